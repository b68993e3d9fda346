//! Microsoft Entra ID (Azure AD) and other Azure resource logs (Azure Monitor "Resource log common schema"; sign-in and
//! audit log schemas).

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::super::fields::{self, Fields};
use super::super::place::Place;
use super::{office, place_all, text};

pub(super) fn is(fields: &Fields) -> bool {
    let has = |name: &str| fields.find(name).is_some();
    has("time") && has("operationName") && has("category") && (has("resourceId") || has("correlationId"))
}

pub(super) fn fill(fields: &Fields, event: &mut EventBuf) {
    place_all(fields, event, "time", place);
    // Some exports leave the record's own time to the properties.
    if event.reading.is_none()
        && let Some(time) = fields
            .find("properties.activityDateTime")
            .or_else(|| fields.find("properties.createdDateTime"))
    {
        event.reading = fields::time(time, false);
        event.set(Text::TimeText, time);
    }
    for name in ["properties.initiatedBy.app.displayName", "identity"] {
        if event.get(Text::UserName).is_none() {
            event.copy_attr(name, Text::UserName);
        }
    }
    let category = fields.find("category").unwrap_or_default();
    let operation = fields.find("operationName").unwrap_or_default();
    let result = fields
        .find("properties.result")
        .or_else(|| fields.find("resultType"));
    event.outcome = match result {
        Some(word) if word.eq_ignore_ascii_case("success") || word.eq_ignore_ascii_case("succeeded") => {
            Outcome::Success
        }
        Some(word) if word.eq_ignore_ascii_case("failure") || word.eq_ignore_ascii_case("failed") => {
            Outcome::Failure
        }
        // Sign-ins: 0 or the number of the error.
        Some("0") if is_sign_in(category) => Outcome::Success,
        Some(code) if is_sign_in(category) && !code.is_empty() => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    event.level = fields
        .find("level")
        .or_else(|| fields.find("Level"))
        .filter(|l| !l.bytes().all(|b| b.is_ascii_digit()))
        .and_then(fields::level);
    event.kind = if is_sign_in(category) {
        Kind::AUTH_LOGON
    } else {
        office::kind(operation)
    };
}

fn is_sign_in(category: &str) -> bool {
    category.ends_with("SignInLogs")
}

fn place(name: &str) -> Place {
    match name {
        "operationName" => text(Text::Action),
        "category" => text(Text::Provider),
        "callerIpAddress" | "properties.ipAddress" => Place::Source,
        "properties.userPrincipalName" | "properties.initiatedBy.user.userPrincipalName" => {
            text(Text::UserName)
        }
        "properties.targetResources.userPrincipalName" => text(Text::TargetUser),
        "properties.targetResources.displayName" | "properties.resourceDisplayName" => text(Text::Target),
        "properties.result" | "properties.status.errorCode" => text(Text::Status),
        "resultDescription" | "properties.resultReason" | "properties.status.failureReason" => {
            text(Text::XReason)
        }
        "properties.userAgent" => text(Text::XUserAgent),
        "properties.id" => text(Text::XRecordId),
        "properties.deviceDetail.displayName" => text(Text::Host),
        "properties.loggedByService" => text(Text::Service),
        _ => Place::Attr,
    }
}
