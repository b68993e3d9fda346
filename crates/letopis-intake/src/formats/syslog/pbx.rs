//! Asterisk, the telephone exchange: registrations, calls and log-ons of its manager that it refused, and its
//! security events.
//!
//! Names, call ids and responses are written by the caller: what the exchange itself wrote stands behind them and is
//! read from the right.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::header::Header;
use super::set_kind;
use crate::formats::scan::{self, between, split, split_last, word};

/// The levels of logger.conf with their place on the syslog scale.
const LEVELS: &[(&str, i8)] = &[
    ("DEBUG", 7),
    ("VERBOSE", 6),
    ("DTMF", 7),
    ("NOTICE", 5),
    ("WARNING", 4),
    ("ERROR", 3),
    ("SECURITY", 5),
];

/// The place of a level of the exchange on the syslog scale.
pub(super) fn level(name: &str) -> Option<i8> {
    LEVELS.iter().find(|(n, _)| *n == name).map(|(_, level)| *level)
}

/// Whether a line is of Asterisk's own files: `[time] LEVEL[thread] file.c: message`, or what remains of it where a
/// collector cut the time off.
pub(super) fn is_own(head: &Header<'_>) -> bool {
    let bracketed = head.time_text.starts_with('[');
    let untimed = head.time_text.is_empty() && head.host.is_empty();
    level(head.tag).is_some() && (bracketed || untimed) || level(head.host).is_some() && bracketed
}

/// Reads a line of Asterisk's own files, whose head says program and host where it means level and thread.
pub(super) fn read_own(head: &Header<'_>, event: &mut EventBuf) {
    event.reading = head.reading;
    event.set(Text::TimeText, head.time_text.trim_start_matches('['));
    event.set(Text::Process, "asterisk");
    let (name, thread) = match level(head.tag) {
        Some(_) => (head.tag, head.pid),
        // `NOTICE [22382] manager.c: …`
        None => (head.host, head.tag),
    };
    event.level = level(name);
    event.attr("thread", thread);
    event.set(Text::Message, head.message);
    body(head.message, event);
}

/// Reads a message that came by syslog: `NOTICE[32257]: chan_sip.c:23417 in handler: …`.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    let mut text = message;
    if let Some((head, rest)) = split(message, "]")
        && let Some((name, thread)) = head.split_once('[')
        && let Some(level) = level(name)
    {
        event.level = event.level.or(Some(level));
        event.attr("thread", thread);
        text = rest.strip_prefix(':').unwrap_or(rest).trim_start();
    }
    body(text, event)
}

fn body(text: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "asterisk");
    let mut text = text.trim();
    // `[C-000003bb]`, the call that the thread works for
    if let Some(rest) = text.strip_prefix("[C-")
        && let Some((call, rest)) = split(rest, "]")
    {
        event.set_fmt(Text::Session, format_args!("C-{call}"));
        text = rest.trim_start_matches([':', ' ']);
    }
    // `chan_sip.c:`, `res_pjsip.c:114 function:`, `chan_sip.c:23417 in function:`
    if let Some((place, rest)) = split(text, ": ")
        && let (file, _) = word(place)
        && split(file, ".c").is_some_and(|(_, line)| line.is_empty() || line.starts_with(':'))
        && place.len() <= 100
    {
        event.set(Text::Provider, split(file, ".c").map_or(file, |(name, _)| name));
        text = rest.trim_start();
    }
    security(text, event) || registrations(text, event) || calls(text, event) || manager(text, event)
}

/// `SecurityEvent="InvalidPassword",EventTV="…",…,AccountID="100",…,RemoteAddress="IPV4/UDP/10.0.0.5/5060",…`
fn security(text: &str, event: &mut EventBuf) -> bool {
    let Some(rest) = text.strip_prefix("SecurityEvent=\"") else {
        return false;
    };
    let name = split(rest, "\"").map_or(rest, |(n, _)| n);
    event.set(Text::Action, name);
    let account = between(rest, ",AccountID=\"", "\"").unwrap_or_default();
    event.set(Text::UserName, if account == "<unknown>" { "" } else { account });
    event.set(
        Text::Session,
        between(rest, ",SessionID=\"", "\"").unwrap_or_default(),
    );
    event.attr(
        "pbx_service",
        between(rest, ",Service=\"", "\"").unwrap_or_default(),
    );
    if let Some((_, remote)) = split_last(rest, ",RemoteAddress=\"") {
        socket(remote, event, false);
    }
    if let Some((_, local)) = split_last(rest, ",LocalAddress=\"") {
        socket(local, event, true);
    }
    event.kind = match name {
        "SuccessfulAuth" => {
            event.outcome = Outcome::Success;
            Kind::AUTH_LOGON
        }
        "FailedACL"
        | "InvalidAccountID"
        | "InvalidPassword"
        | "ChallengeResponseFailed"
        | "AuthMethodNotAllowed" => {
            event.outcome = Outcome::Failure;
            event.set(Text::XReason, name);
            if name == "FailedACL" {
                event.set(Text::Status, "denied");
            }
            Kind::AUTH_LOGON
        }
        "RequestNotAllowed"
        | "RequestNotSupported"
        | "RequestBadFormat"
        | "InvalidTransport"
        | "SessionLimit"
        | "MemoryLimit"
        | "LoadAverageLimit"
        | "UnexpectedAddress" => {
            event.outcome = Outcome::Failure;
            event.set(Text::XReason, name);
            Kind::USER_ACTION
        }
        _ => Kind::OTHER,
    };
    true
}

/// `IPV4/UDP/10.0.0.5/5060"…`
fn socket(text: &str, event: &mut EventBuf, local: bool) {
    let inside = split(text, "\"").map_or(text, |(i, _)| i);
    let mut parts = inside.splitn(4, '/').skip(1);
    let (protocol, address, port) = (parts.next(), parts.next(), parts.next());
    let (Some(address), Some(port)) = (address, port) else {
        return;
    };
    if local {
        scan::set_destination(event, address);
        scan::set_port(event, Number::DstPort, port);
    } else {
        event.set(Text::Protocol, protocol.unwrap_or_default());
        scan::set_source(event, address);
        scan::set_port(event, Number::SrcPort, port);
    }
}

/// `Registration from '"a" <sip:100@pbx>' failed for '10.0.0.5:5060' - Wrong password`, and the same of a request
/// with its call id.
fn registrations(text: &str, event: &mut EventBuf) -> bool {
    let what = ["Registration from '", "Request from '", "Request '"];
    if !what.iter().any(|w| text.starts_with(w)) {
        return false;
    }
    let Some((claimed, rest)) = split_last(text, " failed for '") else {
        return false;
    };
    let (peer, reason) = split(rest, "'").unwrap_or((rest, ""));
    address(peer, event);
    event.set(Text::Action, word(text).0);
    event.set(Text::UserName, sip_user(claimed));
    event.set(Text::XReason, split_last(reason, " - ").map_or("", |(_, r)| r));
    if let Some(call) = between(reason, "(callid: ", ")") {
        event.set_if_absent(Text::Session, call);
    }
    event.outcome = Outcome::Failure;
    set_kind(event, Kind::AUTH_LOGON)
}

/// The name in `"a" <sip:100@pbx>`, `sip:100@pbx`.
fn sip_user(text: &str) -> &str {
    let Some((_, uri)) = split_last(text, "sip:") else {
        return "";
    };
    split_last(uri, "@").map_or("", |(user, _)| user)
}

/// `Call from 'anonymous' (TCP:[10.0.0.5]:5060) to extension '900' rejected because …`
fn calls(text: &str, event: &mut EventBuf) -> bool {
    if let Some((_, peer)) = split_last(text, "ejecting unknown SIP connection from ") {
        address(peer.trim_end_matches('"'), event);
        return refused(event, "unknown SIP connection");
    }
    if let Some(peer) = text.strip_prefix("hacking attempt detected '") {
        address(peer.trim_end_matches('\''), event);
        event.kind = Kind::IDS_ALERT;
        event.outcome = Outcome::Failure;
        return true;
    }
    let Some((head, reason)) = split_last(text, " rejected because ") else {
        return false;
    };
    let Some((caller, extension)) = split_last(head, ") to extension '") else {
        return false;
    };
    let Some((name, peer)) = split_last(caller, " (") else {
        return false;
    };
    let peer = ["UDP:", "TCP:", "TLS:", "WS:", "WSS:"]
        .iter()
        .find_map(|p| peer.strip_prefix(p))
        .unwrap_or(peer);
    address(peer, event);
    event.set(
        Text::UserName,
        between(name, "Call from '", "'").unwrap_or_default(),
    );
    event.set(Text::Target, extension.trim_end_matches('\''));
    event.set(Text::Action, "Call");
    refused(event, reason)
}

fn refused(event: &mut EventBuf, reason: &str) -> bool {
    event.outcome = Outcome::Failure;
    event.set(Text::Status, "denied");
    event.set(Text::XReason, reason);
    set_kind(event, Kind::USER_ACTION)
}

/// Manager interface and IAX: `10.0.0.5 failed to authenticate as 'admin'`.
fn manager(text: &str, event: &mut EventBuf) -> bool {
    let text = text.strip_prefix("Host ").unwrap_or(text);
    let (peer, rest) = word(text);
    let tried = [
        ("failed to authenticate as '", "authentication failed"),
        ("tried to authenticate with nonexistent user '", "user unknown"),
        ("failed MD5 authentication for '", "authentication failed"),
    ];
    for (mark, reason) in tried {
        if let Some(user) = rest.strip_prefix(mark) {
            address(peer, event);
            event.set(Text::UserName, split_last(user, "'").map_or(user, |(u, _)| u));
            event.set(Text::XReason, reason);
            event.outcome = Outcome::Failure;
            return set_kind(event, Kind::AUTH_LOGON);
        }
    }
    if let Some(rest) = text.strip_prefix("No registration for peer '")
        && let Some((user, peer)) = split_last(rest, "' (from ")
    {
        address(peer.trim_end_matches(')'), event);
        event.set(Text::UserName, user);
        event.set(Text::XReason, "no registration");
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    false
}

/// `10.0.0.5`, `10.0.0.5:5060`, `[2001:db8::1]:5060`
fn address(text: &str, event: &mut EventBuf) {
    let text = text.trim();
    if scan::is_ip(text) {
        event.set(Text::SrcIp, text);
    } else if let Some((address, port)) = scan::address_port(text, b':') {
        scan::set_source(event, address);
        scan::set_port(event, Number::SrcPort, port);
    } else {
        scan::set_source(event, text);
    }
}
