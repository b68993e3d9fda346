//! What the columns of W3C extended logs fill, and what their records are.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::super::place::Place;
use super::super::web_access;
use crate::formats::scan::Cut as _;

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The day.
    Date,
    /// The clock.
    Clock,
    /// Day and clock together.
    Whole,
    /// The query of a URL: joined to its path.
    Query,
    /// Anything else.
    Field(Place),
}

const fn text(column: Text) -> Role {
    Role::Field(Place::Text(column))
}

/// The role of the column of that name (case does not matter).
pub(super) fn role(name: &str) -> Role {
    match name.to_ascii_lowercase().as_str() {
        "date" => Role::Date,
        "time" => Role::Clock,
        "date-time" | "datetime" | "timestamp" => Role::Whole,
        "cs-uri-query" => Role::Query,
        "c-ip" | "src-ip" | "client-ip" | "cs-ip" | "original-client-ip" => Role::Field(Place::Source),
        "c-port" | "src-port" => Role::Field(Place::Number(Number::SrcPort)),
        "s-ip" | "dst-ip" | "server-ip" => Role::Field(Place::Destination),
        "s-port" | "dst-port" => Role::Field(Place::Number(Number::DstPort)),
        "cs-username" | "authenticated-user" => text(Text::UserName),
        "s-computername" | "s-host" => text(Text::Host),
        "s-sitename" | "connector-id" => text(Text::Service),
        "cs-method" => text(Text::XMethod),
        "cs-uri-stem" | "cs-uri" | "message-subject" => text(Text::Target),
        "sc-status" => text(Text::Status),
        "cs(user-agent)" => text(Text::XUserAgent),
        "cs(referer)" | "cs(referrer)" => text(Text::XReferrer),
        "sc-bytes" | "size" | "total-bytes" => Role::Field(Place::Number(Number::XBytes)),
        // IIS counts milliseconds; the draft says seconds, and who follows it writes a fraction.
        "time-taken" => Role::Field(Place::Duration(1000)),
        "cs-version" | "protocol" | "cs-protocol" => text(Text::Protocol),
        "action" | "event-id" | "x-event" | "event" => text(Text::Action),
        "pid" => Role::Field(Place::Number(Number::Pid)),
        "message-id" | "session-id" | "x-session" | "x-edge-request-id" => text(Text::Session),
        "s-reason" | "sc-reason" => text(Text::XReason),
        _ => Role::Field(Place::Attr),
    }
}

/// Kind and outcome, once all columns are in place.
pub(super) fn finish(software: &str, event: &mut EventBuf) {
    if software.has("Firewall") {
        event.category = Some(letopis_event::Category::Network);
        firewall(event);
    } else if event.find_attr("sender-address").is_some() || event.find_attr("recipient-address").is_some() {
        event.kind = match event.get(Text::Action) {
            Some("RECEIVE" | "DELIVER") => Kind::MAIL_RECEIVE,
            Some("SEND" | "SUBMIT") => Kind::MAIL_SEND,
            _ => Kind::OTHER,
        };
    } else if let Some(method) = event.get(Text::XMethod) {
        // The FTP service writes its commands into the same column.
        let command = method.pieces(b']').next_back().unwrap_or(method);
        let status = event.get(Text::Status).unwrap_or_default().to_owned();
        if matches!(command, "PASS" | "USER") {
            event.kind = Kind::AUTH_LOGON;
            event.outcome = match status.as_str() {
                "230" => Outcome::Success,
                "530" => Outcome::Failure,
                _ => Outcome::Unknown,
            };
        } else if event.get(Text::Target).is_some() || command.len() > 2 {
            event.kind = Kind::HTTP_REQUEST;
            if !status.is_empty() {
                web_access::set_status(&status, event);
            }
        }
    }
}

/// Windows Firewall: `ALLOW`, `DROP`, and in older systems `OPEN`, `OPEN-INBOUND`, `CLOSE`, `INFO-EVENTS-LOST`.
fn firewall(event: &mut EventBuf) {
    event.set(Text::Service, "windows-firewall");
    match event.get(Text::Action) {
        Some("DROP") => {
            event.kind = Kind::FIREWALL_BLOCK;
            event.outcome = Outcome::Failure;
            event.set(Text::Status, "denied");
        }
        Some("ALLOW") => {
            event.kind = Kind::FIREWALL_ALLOW;
            event.outcome = Outcome::Success;
        }
        Some("OPEN" | "OPEN-INBOUND") => event.kind = Kind::NETWORK_CONNECT,
        Some("CLOSE") => event.kind = Kind::NETWORK_DISCONNECT,
        _ => {}
    }
}
