//! Servers of mailboxes other than Dovecot: Courier (`LOGIN FAILED, user=…`) and Cyrus with its Sieve service
//! (`badlogin: …`).

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::set_kind;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, between, split, split_last, word};

/// Whether the message begins as one of theirs.
pub(super) fn is_own(message: &str) -> bool {
    [
        "LOGIN FAILED, ",
        "LOGIN, ",
        "LOGOUT, ",
        "DISCONNECTED, ",
        "TIMEOUT, ",
        "Connection, ip=",
        "error,relay=",
        "badlogin: ",
        "login: ",
    ]
    .iter()
    .any(|start| message.starts_with(start))
}

/// Reads one message of the program of that name.
pub(super) fn read(name: &str, message: &str, event: &mut EventBuf) -> bool {
    let text = message.trimmed_end();
    let service = name.strip_prefix("cyrus/").unwrap_or(name);
    event.set(Text::Service, service);
    event.set(Text::Protocol, protocol(service));
    cyrus(text, event) || courier(text, event)
}

fn protocol(service: &str) -> &str {
    for (mark, protocol) in [
        ("imap", "imap"),
        ("pop3", "pop3"),
        ("sieve", "sieve"),
        ("smtp", "smtp"),
    ] {
        if scan::has(service, mark) {
            return protocol;
        }
    }
    ""
}

/// `badlogin: host [10.0.0.5] plaintext alice SASL(-13): …`, `login: host [10.0.0.5] alice plaintext User logged in`
fn cyrus(text: &str, event: &mut EventBuf) -> bool {
    let bad = text.strip_prefix("badlogin: ");
    let Some(rest) = bad.or_else(|| text.strip_prefix("login: ")) else {
        return false;
    };
    let Some((peer, rest)) = split(rest, "]") else {
        return false;
    };
    let (host, address) = split_last(peer, "[").unwrap_or(("", peer));
    scan::set_source(event, address);
    if !host.trimmed().is_empty() {
        event.attr("src_host", host.trimmed());
    }
    let (first, rest) = word(rest.trimmed_start());
    if bad.is_none() {
        event.set(Text::UserName, first);
        event.attr("method", word(rest).0);
        event.set(
            Text::Session,
            between(rest, "SESSIONID=<", ">").unwrap_or_default(),
        );
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    event.attr("method", first);
    let reason = match split(rest, "SASL(") {
        Some((name, said)) => {
            event.set(Text::UserName, name.less_both(b" ["));
            split(said, "): ").map_or(said, |(_, r)| r)
        }
        None => rest,
    };
    if event.get(Text::UserName).is_none() {
        // `user not found: user: alice@mail property: …`
        event.set(
            Text::UserName,
            between(reason, "user: ", " property: ").unwrap_or_default(),
        );
    }
    event.set(Text::XReason, reason.less_end(b']'));
    event.outcome = Outcome::Failure;
    set_kind(event, Kind::AUTH_LOGON)
}

/// `LOGIN FAILED, user=alice, ip=[::ffff:10.0.0.5], port=[4022]`: the name is the client's word, the address follows.
fn courier(text: &str, event: &mut EventBuf) -> bool {
    if let Some(rest) = text.strip_prefix("error,relay=") {
        scan::set_source(event, rest.pieces(b',').next().unwrap_or_default());
        let said = between(rest, "msg=\"", "\"").unwrap_or_default();
        event.set(Text::XReason, said);
        event.outcome = Outcome::Failure;
        // 535: authentication credentials invalid (RFC 4954 §6)
        let logon = said.starts_with("535");
        return set_kind(
            event,
            if logon {
                Kind::AUTH_LOGON
            } else {
                Kind::MAIL_RECEIVE
            },
        );
    }
    let Some((head, address)) = split_last(text, "ip=[") else {
        return false;
    };
    let (address, rest) = split(address, "]").unwrap_or((address, ""));
    scan::set_source(event, address);
    if let Some(port) = between(rest, "port=[", "]") {
        scan::set_port(event, Number::SrcPort, port);
    }
    if let Some((_, user)) = split(head, "user=") {
        event.set(Text::UserName, user.strip_suffix(", ").unwrap_or(user));
    }
    let (verb, _) = split(text, ", ").unwrap_or((text, ""));
    event.set(Text::Action, verb);
    match verb {
        "LOGIN FAILED" => {
            event.outcome = Outcome::Failure;
            set_kind(event, Kind::AUTH_LOGON)
        }
        "LOGIN" => {
            event.outcome = Outcome::Success;
            set_kind(event, Kind::AUTH_LOGON)
        }
        "LOGOUT" => set_kind(event, Kind::AUTH_LOGOFF),
        "Connection" => set_kind(event, Kind::NETWORK_CONNECT),
        _ => set_kind(event, Kind::NETWORK_DISCONNECT),
    }
}
