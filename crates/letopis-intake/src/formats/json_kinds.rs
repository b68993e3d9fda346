//! What a JSON record of no known system is, by the classification of a common schema or by its fields.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::event_name;
use super::fields::Fields;
use super::web_access;
use crate::formats::scan::Cut as _;

/// What kind of event the record's own classification says it is.
pub(super) fn settle(fields: &Fields, event: &mut EventBuf) {
    if event.kind == Kind::OTHER {
        event.kind = ecs_kind(fields)
            .or_else(|| ocsf_kind(fields))
            .or_else(|| suricata_kind(fields))
            .or_else(|| cloudtrail_kind(fields, event))
            .or_else(|| zeek_kind(event))
            .or_else(|| request(fields, event))
            .unwrap_or(Kind::OTHER);
    }
    if event.outcome == Outcome::Unknown {
        // `USER_CONNECTION_FAILURE`, `LoginSucceeded`: the name of the event ends in how it ended.
        event.outcome = ["type", "event", "eventType", "event_type"]
            .iter()
            .filter_map(|name| fields.find(name))
            .chain(event.get(Text::Action))
            .map(event_name::ends_in)
            .find(|outcome| *outcome != Outcome::Unknown)
            .unwrap_or_default();
    }
}

/// ECS 8: event.category with event.type.
fn ecs_kind(fields: &Fields) -> Option<Kind> {
    let class = fields.find("event.category")?;
    let phase = fields.find("event.type").unwrap_or_default();
    match (class, phase) {
        ("authentication" | "session", "end") => Some(Kind::AUTH_LOGOFF),
        ("authentication", _) => Some(Kind::AUTH_LOGON),
        ("process", "end") => Some(Kind::PROCESS_STOP),
        ("process", "start") => Some(Kind::PROCESS_START),
        ("file", "creation") => Some(Kind::OBJECT_CREATE),
        ("file", "deletion") => Some(Kind::OBJECT_DELETE),
        ("file", "change") => Some(Kind::OBJECT_SAVE),
        ("file", "access") => Some(Kind::OBJECT_OPEN),
        ("iam", "creation") => Some(Kind::ACCOUNT_CREATE),
        ("iam", "deletion") => Some(Kind::ACCOUNT_DELETE),
        ("iam", "change") => Some(Kind::ACCOUNT_MODIFY),
        ("intrusion_detection", _) => Some(Kind::IDS_ALERT),
        ("network", _) => Some(Kind::NETWORK_FLOW),
        ("web", _) => Some(Kind::HTTP_REQUEST),
        _ => None,
    }
}

/// OCSF 1.3: class_uid with activity_id.
fn ocsf_kind(fields: &Fields) -> Option<Kind> {
    let class = fields.find("class_uid")?;
    let activity = fields.find("activity_id").unwrap_or_default();
    match (class, activity) {
        ("3002", "1") => Some(Kind::AUTH_LOGON),
        ("3002", "2") => Some(Kind::AUTH_LOGOFF),
        ("1007", "1") => Some(Kind::PROCESS_START),
        ("1007", "2") => Some(Kind::PROCESS_STOP),
        ("1001", "1") => Some(Kind::OBJECT_CREATE),
        ("1001", "2") => Some(Kind::OBJECT_OPEN),
        ("1001", "3") => Some(Kind::OBJECT_SAVE),
        ("1001", "4") => Some(Kind::OBJECT_DELETE),
        ("3001", "1") => Some(Kind::ACCOUNT_CREATE),
        ("3001", "6") => Some(Kind::ACCOUNT_DELETE),
        ("3001", _) => Some(Kind::ACCOUNT_MODIFY),
        ("2001" | "2004", _) => Some(Kind::IDS_ALERT),
        ("4001", _) => Some(Kind::NETWORK_FLOW),
        ("4002", _) => Some(Kind::HTTP_REQUEST),
        ("4003", _) => Some(Kind::DNS_QUERY),
        _ => None,
    }
}

/// Suricata EVE: event_type.
fn suricata_kind(fields: &Fields) -> Option<Kind> {
    match fields.find("event_type")? {
        "alert" => Some(Kind::IDS_ALERT),
        "dns" => Some(Kind::DNS_QUERY),
        "http" => Some(Kind::HTTP_REQUEST),
        "flow" | "netflow" => Some(Kind::NETWORK_FLOW),
        _ => None,
    }
}

/// AWS CloudTrail: eventName; whether it failed stands in errorCode or in the answer.
fn cloudtrail_kind(fields: &Fields, event: &mut EventBuf) -> Option<Kind> {
    fields.find("eventTime")?;
    let name = fields.find("eventName")?;
    if fields.find("errorCode").is_some() {
        event.outcome = Outcome::Failure;
    }
    match name {
        "ConsoleLogin" => {
            event.outcome = match fields.find("responseElements.ConsoleLogin") {
                Some("Success") => Outcome::Success,
                Some("Failure") => Outcome::Failure,
                _ => event.outcome,
            };
            Some(Kind::AUTH_LOGON)
        }
        "CreateUser" => Some(Kind::ACCOUNT_CREATE),
        "DeleteUser" => Some(Kind::ACCOUNT_DELETE),
        "UpdateUser" | "AttachUserPolicy" | "PutUserPolicy" => Some(Kind::ACCOUNT_MODIFY),
        "DeleteTrail" | "DeleteLogGroup" | "DeleteLogStream" => Some(Kind::LOG_CLEAR),
        "StopLogging" => Some(Kind::LOG_FAILURE),
        _ => None,
    }
}

/// Zeek JSON: connections are known by their fields.
fn zeek_kind(event: &EventBuf) -> Option<Kind> {
    event
        .find_attr("conn_state")
        .or_else(|| event.find_attr("orig_pkts"))?;
    event.number(Number::DstPort)?;
    event.get(Text::SrcIp).map(|_| Kind::NETWORK_FLOW)
}

/// Access logs of web servers whose format was set to JSON: a status of HTTP beside a method or a request line.
fn request(fields: &Fields, event: &mut EventBuf) -> Option<Kind> {
    let status = ["status", "response_status", "status_code"]
        .iter()
        .find_map(|name| fields.find(name))?;
    let numbered = status.len() == 3 && status.bytes().all(|b| b.is_ascii_digit());
    let line = fields.find("request").filter(|line| line.has(" HTTP/"));
    if !numbered || line.is_none() && event.get(Text::XMethod).is_none() {
        return None;
    }
    if let Some(line) = line.filter(|_| event.get(Text::Target).is_none()) {
        web_access::set_request(line, event);
    }
    if event.outcome == Outcome::Unknown {
        web_access::set_status(status, event);
    }
    Some(Kind::HTTP_REQUEST)
}
