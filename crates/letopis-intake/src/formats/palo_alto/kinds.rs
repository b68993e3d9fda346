//! What a PAN-OS log entry is, by its type and subtype, and who and where by the text of system logs.

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::super::event_name;
use super::super::fields;
use super::super::scan::{self, between, has, split};
use crate::formats::scan::Cut as _;

/// The kinds of PAN-OS logs.
pub(in crate::formats) const KINDS: &[Kind] = &[
    Kind::AUTH_LOGOFF,
    Kind::AUTH_LOGON,
    Kind::CONFIG_CHANGE,
    Kind::DNS_QUERY,
    Kind::FIREWALL_ALLOW,
    Kind::FIREWALL_BLOCK,
    Kind::FIREWALL_DEVICE_EVENT,
    Kind::HTTP_REQUEST,
    Kind::IDS_ALERT,
    Kind::LINK_DOWN,
    Kind::LINK_UP,
    Kind::MALWARE_DETECT,
    Kind::NETWORK_FLOW,
    Kind::OTHER,
    Kind::REMOTE_ACCESS,
    Kind::SESSION_CLOSE,
    Kind::SESSION_OPEN,
];

/// Sets kind, outcome and level, once all columns are in place.
pub(in crate::formats) fn settle(class: &str, subclass: &str, event: &mut EventBuf) {
    if let Some(severity) = event.find_attr("severity") {
        event.level = fields::level(severity).or(event.level);
    }
    match class {
        "TRAFFIC" | "TUNNEL" | "DECRYPTION" => traffic(event),
        "THREAT" => threat(subclass, event),
        "SYSTEM" => system(event),
        "CONFIG" => {
            event.kind = Kind::CONFIG_CHANGE;
            event.outcome = match event.get(Text::Status) {
                Some("Succeeded") => Outcome::Success,
                Some("Failed" | "Unauthorized") => Outcome::Failure,
                _ => Outcome::Unknown,
            };
        }
        "GLOBALPROTECT" => remote(event),
        "USERID" => {
            // A mapping of an address to a user that was learnt elsewhere.
            event.kind = match subclass {
                "login" => Kind::SESSION_OPEN,
                "logout" => Kind::SESSION_CLOSE,
                _ => Kind::OTHER,
            };
        }
        "AUTH" | "AUTHENTICATION" => {
            event.kind = Kind::AUTH_LOGON;
            let said = event.get(Text::Action).unwrap_or_default().to_owned();
            event_name::settle(&said, "", event);
        }
        "CORRELATION" => event.kind = Kind::IDS_ALERT,
        "DNS" => {
            event.kind = Kind::DNS_QUERY;
            event.outcome = verdict(event).unwrap_or_default();
            if event.outcome == Outcome::Failure {
                event.set(Text::Status, "denied");
            }
        }
        _ => {}
    }
}

fn verdict(event: &EventBuf) -> Option<Outcome> {
    let action = event.get(Text::Action).unwrap_or_default();
    match action {
        "drop-icmp" | "drop ICMP" | "block-url" | "block-ip" | "block-continue" | "sinkhole"
        | "random-drop" => Some(Outcome::Failure),
        _ => event_name::verdict(action),
    }
}

fn traffic(event: &mut EventBuf) {
    let said = verdict(event);
    event.outcome = said.unwrap_or_default();
    event.kind = match said {
        Some(Outcome::Failure) => Kind::FIREWALL_BLOCK,
        Some(Outcome::Success) => Kind::FIREWALL_ALLOW,
        _ => Kind::NETWORK_FLOW,
    };
    if event.outcome == Outcome::Failure {
        event.set(Text::Status, "denied");
    }
}

fn threat(subclass: &str, event: &mut EventBuf) {
    event.kind = match subclass {
        "url" => Kind::HTTP_REQUEST,
        "virus" | "wildfire-virus" | "wildfire" | "ml-virus" => Kind::MALWARE_DETECT,
        "file" | "data" | "dlp" => Kind::OTHER,
        _ => Kind::IDS_ALERT,
    };
    event.outcome = verdict(event).unwrap_or_default();
    if event.outcome == Outcome::Failure {
        event.set(Text::Status, "denied");
    }
}

fn remote(event: &mut EventBuf) {
    event.outcome = match event.get(Text::Status) {
        Some("success") => Outcome::Success,
        Some("failure") => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    event.kind = match event.get(Text::Action) {
        Some("login") => Kind::AUTH_LOGON,
        Some("logout") => Kind::AUTH_LOGOFF,
        Some("connected" | "tunnel") => Kind::REMOTE_ACCESS,
        _ => Kind::OTHER,
    };
}

/// System logs say in words who did what from where.
fn system(event: &mut EventBuf) {
    event.kind = Kind::FIREWALL_DEVICE_EVENT;
    let code = event.get(Text::Code).unwrap_or_default().to_owned();
    let text = event.get(Text::Message).unwrap_or_default().to_owned();
    if code.ends_with("auth-fail") || text.starts_with("failed authentication for user") {
        (event.kind, event.outcome) = (Kind::AUTH_LOGON, Outcome::Failure);
    } else if code.ends_with("auth-success") || code.ends_with("auth-succ") {
        (event.kind, event.outcome) = (Kind::AUTH_LOGON, Outcome::Success);
    } else if code.ends_with("logout-succ") || has(&text, " logged out") {
        event.kind = Kind::AUTH_LOGOFF;
    } else if has(&text, " logged in ") {
        (event.kind, event.outcome) = (Kind::AUTH_LOGON, Outcome::Success);
    } else if code == "link-change" {
        event.set(Text::XInterface, between(&text, "Port ", ":").unwrap_or_default());
        event.kind = if has(&text, ": Up") || has(&text, "link up") {
            Kind::LINK_UP
        } else {
            Kind::LINK_DOWN
        };
    } else {
        // `Commit job succeeded for user admin`, `… upgraded … by admin`: who had it done stands at the end.
        let end = scan::split_last(&text, " for user ").or_else(|| scan::split_last(&text, " by "));
        if let Some((_, user)) = end.filter(|(_, user)| !user.holds(b' ')) {
            event.set(Text::UserName, word_of(user));
        }
        return;
    }
    if event.kind == Kind::LINK_UP || event.kind == Kind::LINK_DOWN {
        return;
    }
    let user = between(&text, "user '", "'")
        .or_else(|| between(&text, "User '", "'"))
        .or_else(|| split(&text, " user ").map(|(_, rest)| word_of(rest)))
        .or_else(|| text.strip_prefix("User ").map(word_of));
    event.set(Text::UserName, user.unwrap_or_default());
    let source = split(&text, "From: ").or_else(|| split(&text, " from "));
    if let Some((_, rest)) = source {
        scan::set_source(event, word_of(rest));
    }
    let server = between(&text, "server address '", "'").or_else(|| {
        split(&text, "erver address ")
            .or_else(|| split(&text, "erver Address "))
            .map(|(_, r)| word_of(r))
    });
    if let Some(server) = server {
        scan::set_destination(event, server);
    }
    if let Some((_, reason)) = split(&text, "Reason: ") {
        event.set(Text::XReason, reason.split(". ").next().unwrap_or(reason));
    }
}

/// The first word without the punctuation that ends a clause.
fn word_of(text: &str) -> &str {
    scan::word(text).0.less_end_of(b".,;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_had_it_done_stands_at_the_end() {
        for (text, user) in [
            ("Commit job succeeded for user aigul", Some("aigul")),
            (
                "Content package upgraded from version 1 to 2 by aigul.",
                Some("aigul"),
            ),
            ("Server stopped by the timer of the day", None),
        ] {
            let mut event = EventBuf::default();
            event.set(Text::Message, text);
            settle("SYSTEM", "general", &mut event);
            assert_eq!(event.get(Text::UserName), user, "{text}");
            assert_eq!(event.kind, Kind::FIREWALL_DEVICE_EVENT);
        }
    }
}
