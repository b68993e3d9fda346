//! Kubernetes audit events (`audit.k8s.io/v1`, Kubernetes documentation "Auditing").

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::super::fields::{self, Fields};
use super::super::place::Place;
use super::{place_all, text};

pub(super) fn is(fields: &Fields) -> bool {
    fields.find("auditID").is_some() && (fields.find("verb").is_some() || fields.find("stage").is_some())
}

pub(super) fn fill(fields: &Fields, event: &mut EventBuf) {
    let time = if fields.find("requestReceivedTimestamp").is_some() {
        "requestReceivedTimestamp"
    } else {
        "stageTimestamp"
    };
    place_all(fields, event, time, place);
    if let Some(end) = fields.find("stageTimestamp").filter(|_| time != "stageTimestamp") {
        event.end_reading = fields::time(end, false);
    }
    let decision = fields.find("annotations.authorization.k8s.io/decision");
    event.outcome = match event.get(Text::Status).unwrap_or_default().as_bytes() {
        [b'1' | b'2' | b'3', _, _] => Outcome::Success,
        [b'4' | b'5', _, _] => Outcome::Failure,
        // An answer that was never given: what the authorizer decided still stands.
        _ if decision == Some("forbid") => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    event.kind = kind(
        fields.find("verb").unwrap_or_default(),
        fields.find("objectRef.resource").unwrap_or_default(),
        fields.find("objectRef.subresource").unwrap_or_default(),
    );
    event.set_if_absent(Text::Service, "kubernetes");
}

fn kind(verb: &str, resource: &str, subresource: &str) -> Kind {
    match (verb, resource, subresource) {
        (_, "pods", "exec" | "attach" | "portforward") => Kind::REMOTE_ACCESS,
        ("create" | "update" | "patch", "rolebindings" | "clusterrolebindings", _) => Kind::PRIVILEGE_ASSIGN,
        ("create", "serviceaccounts", "") => Kind::ACCOUNT_CREATE,
        ("delete", "serviceaccounts", _) => Kind::ACCOUNT_DELETE,
        ("get" | "list" | "watch", "secrets", _) => Kind::DATA_ACCESS,
        (_, "", _) => Kind::OTHER,
        ("create", ..) => Kind::OBJECT_CREATE,
        ("delete" | "deletecollection", ..) => Kind::OBJECT_DELETE,
        ("update" | "patch", ..) => Kind::OBJECT_SAVE,
        ("get" | "list" | "watch", ..) => Kind::OBJECT_OPEN,
        _ => Kind::OTHER,
    }
}

fn place(name: &str) -> Place {
    match name {
        "auditID" => text(Text::XRecordId),
        "verb" => text(Text::Action),
        "user.username" => text(Text::UserName),
        "impersonatedUser.username" => text(Text::TargetUser),
        "sourceIPs" => Place::Source,
        "userAgent" => text(Text::XUserAgent),
        "requestURI" => text(Text::Target),
        "responseStatus.code" => text(Text::Status),
        "responseStatus.message" | "annotations.authorization.k8s.io/reason" => text(Text::XReason),
        _ => Place::Attr,
    }
}
