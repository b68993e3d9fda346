//! What Asterisk's messages say: registrations, calls and log-ons of its manager that it refused, and its security
//! events, whether they come from its own files or by syslog.
//!
//! Names, call ids and responses are written by the caller: what the exchange itself wrote stands behind them and is
//! read from the right.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text, TimeReading};

use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, between, split, split_last, word};
use crate::timetext;

/// The levels of logger.conf with their place on the syslog scale.
const LEVELS: &[(&str, i8)] = &[
    ("DEBUG", 7),
    ("VERBOSE", 7),
    ("DTMF", 7),
    ("NOTICE", 5),
    ("WARNING", 4),
    ("ERROR", 3),
    ("SECURITY", 5),
];

/// The place of a level of the exchange on the syslog scale.
pub(in crate::formats) fn level(name: &str) -> Option<i8> {
    LEVELS.iter().find(|(n, _)| *n == name).map(|(_, level)| *level)
}

/// Reads the text behind the head; `false` where it says nothing known.
pub(in crate::formats) fn read(text: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "asterisk");
    let mut text = text.trimmed();
    // `[C-000003bb]`, the call that the thread works for
    if let Some(rest) = text.strip_prefix("[C-")
        && let Some((call, rest)) = split(rest, "]")
    {
        event.set_fmt(Text::Session, format_args!("C-{call}"));
        text = rest.less_start_of(b": ");
    }
    // `chan_sip.c:`, `res_pjsip.c:114 function:`, `chan_sip.c:23417 in function:`
    if let Some((place, rest)) = split(text, ": ")
        && place.len() <= 100
        && let Some(file) = source_file(place)
    {
        event.set(Text::Provider, file);
        text = rest.trimmed_start();
    }
    event.set(Text::Message, text);
    security(text, event)
        || registrations(text, event)
        || calls(text, event)
        || manager(text, event)
        || peers(text, event)
        || state(text, event)
}

/// The source file of a place, without what follows its name: `chan_sip` of `chan_sip.c:23417 in function`.
fn source_file(place: &str) -> Option<&str> {
    let file = word(place).0;
    let file = file.pieces(b':').next().unwrap_or(file);
    file.strip_suffix(".c")
        .or_else(|| file.strip_suffix(".so"))
        .or_else(|| file.starts_with("Ext.").then_some(file))
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
    if let Some((_, remote)) = split_last(rest, ",RemoteAddress=\"") {
        socket(remote, event, false);
    }
    if let Some((_, local)) = split_last(rest, ",LocalAddress=\"") {
        socket(local, event, true);
    }
    // The other fields under their own names.
    scan::fields(text, |name, value| match name {
        "SecurityEvent" | "AccountID" | "SessionID" | "RemoteAddress" | "LocalAddress" => {}
        "EventTV" => own_clock(value, event),
        _ => event.attr(name, value),
    });
    event.kind = match name {
        "SuccessfulAuth" => {
            event.outcome = Outcome::Success;
            Kind::AUTH_LOGON
        }
        "FailedACL"
        | "InvalidAccountID"
        | "InvalidPassword"
        | "ChallengeResponseFailed"
        | "AuthMethodNotAllowed" => refused(event, name, Kind::AUTH_LOGON),
        "RequestNotAllowed"
        | "RequestNotSupported"
        | "RequestBadFormat"
        | "InvalidTransport"
        | "SessionLimit"
        | "MemoryLimit"
        | "LoadAverageLimit"
        | "UnexpectedAddress" => refused(event, name, Kind::USER_ACTION),
        _ => Kind::OTHER,
    };
    if name == "FailedACL" {
        event.set(Text::Status, "denied");
    }
    true
}

/// The event's own clock, whose offset it states; that of the line does not.
fn own_clock(value: &str, event: &mut EventBuf) {
    event.attr("EventTV", value);
    if let Some((reading, taken)) = timetext::iso8601(value)
        && taken == value.len()
        && let TimeReading::Clock {
            offset_min: Some(_), ..
        } = reading
    {
        event.reading = Some(reading);
        event.set(Text::TimeText, value);
    }
}

fn refused(event: &mut EventBuf, reason: &str, kind: Kind) -> Kind {
    event.outcome = Outcome::Failure;
    event.set(Text::XReason, reason);
    event.kind = kind;
    kind
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
    event.kind = Kind::AUTH_LOGON;
    true
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
        address(peer.less_end(b'"'), event);
        event.set(Text::Status, "denied");
        refused(event, "unknown SIP connection", Kind::NETWORK_CONNECT);
        return true;
    }
    if let Some(peer) = text.strip_prefix("hacking attempt detected '") {
        address(peer.less_end(b'\''), event);
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
    event.set(Text::Target, extension.less_end(b'\''));
    event.set(Text::Action, "Call");
    event.set(Text::Status, "denied");
    refused(event, reason, Kind::USER_ACTION);
    true
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
            refused(event, reason, Kind::AUTH_LOGON);
            return true;
        }
    }
    false
}

/// IAX and SIP peers: `No registration for peer 'x' (from 10.0.0.5)`, `Sending fake auth rejection for device x`.
fn peers(text: &str, event: &mut EventBuf) -> bool {
    let marks = [
        ("o registration for peer '", "no registration"),
        ("o registry for '", "no registration"),
        ("ending fake auth rejection for device ", "unknown device"),
    ];
    let Some((rest, reason)) = marks
        .iter()
        .find_map(|(mark, reason)| split(text, mark).map(|(_, rest)| (rest, *reason)))
    else {
        return false;
    };
    let (user, peer) = split_last(rest, " (from ").unwrap_or((rest, ""));
    address(peer.less_end(b')'), event);
    let user = user.less_end(b'\'');
    let named = sip_user(user);
    event.set(Text::UserName, if named.is_empty() { user } else { named });
    refused(event, reason, Kind::AUTH_LOGON);
    true
}

/// The exchange's own state.
fn state(text: &str, event: &mut EventBuf) -> bool {
    if text.starts_with("Asterisk Ready") {
        event.kind = Kind::SERVICE_START;
    } else if event.level == Some(3) {
        event.kind = Kind::ERROR_REPORT;
    } else {
        return false;
    }
    true
}

/// `10.0.0.5`, `10.0.0.5:5060`, `[2001:db8::1]:5060`
fn address(text: &str, event: &mut EventBuf) {
    let text = text.trimmed();
    if scan::is_ip(text) {
        event.set(Text::SrcIp, text);
    } else if let Some((address, port)) = scan::address_port(text, b':') {
        scan::set_source(event, address);
        scan::set_port(event, Number::SrcPort, port);
    } else {
        scan::set_source(event, text);
    }
}
