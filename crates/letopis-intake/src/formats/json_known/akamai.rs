//! Akamai security events (SIEM Integration API, "security event data format"): one request and what the rules of the
//! web application firewall said of it. `httpMessage.start` is an epoch in seconds.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::super::fields::Fields;
use super::super::place::Place;
use super::super::web_access;
use super::{place_all, text};

pub(super) fn is(fields: &Fields) -> bool {
    let has = |name: &str| fields.find(name).is_some();
    has("attackData.clientIP") && (has("httpMessage.requestId") || has("httpMessage.start"))
}

pub(super) fn fill(fields: &Fields, event: &mut EventBuf) {
    place_all(fields, event, "httpMessage.start", place);
    event.kind = Kind::IDS_ALERT;
    event.set_if_absent(Text::Service, "akamai");
    if let Some(status) = fields.find("httpMessage.status") {
        web_access::set_status(status, event);
    }
    // What was applied to the request comes before what its answer says.
    let refused = |action: &str| matches!(action, "deny" | "abort" | "tarpit" | "slow");
    let denied = match fields.find("attackData.appliedAction") {
        Some(applied) => refused(applied),
        None => fields
            .each()
            .any(|(name, value)| name == "attackData.rules.ruleAction" && refused(value)),
    };
    if denied {
        event.outcome = Outcome::Failure;
    }
}

fn place(name: &str) -> Place {
    match name {
        "attackData.clientIP" => Place::Source,
        "httpMessage.port" => Place::Number(Number::DstPort),
        "httpMessage.protocol" => text(Text::Protocol),
        "httpMessage.method" => text(Text::XMethod),
        "httpMessage.path" => text(Text::Target),
        "httpMessage.bytes" => Place::Number(Number::XBytes),
        "httpMessage.requestId" => text(Text::XRecordId),
        "httpMessage.requestHeaders.User-Agent" => text(Text::XUserAgent),
        "attackData.appliedAction" => text(Text::Action),
        "attackData.rules.rule" => text(Text::Code),
        "attackData.rules.ruleMessage" => text(Text::XRule),
        "attackData.policyId" => text(Text::Provider),
        "userRiskData.username" => text(Text::UserName),
        _ => Place::Attr,
    }
}
