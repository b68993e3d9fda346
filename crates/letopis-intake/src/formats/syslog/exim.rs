//! Exim: who logged on to send, what came and went, who was turned away (The Exim Specification, "Log files").
//!
//! The greeting (in brackets) and the name that was tried are the client's words; the address that Exim itself saw
//! stands in square brackets behind a blank or behind `H=`.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::set_kind;
use crate::formats::scan::{self, after, between, has, split, split_last, word};
use crate::timetext;

/// Reads one message, also with the time and process id that a relay left in it.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "exim");
    event.set(Text::Protocol, "smtp");
    let mut text = without_time(message);
    if let Some((pid, rest)) = process(text) {
        event.set_number_text(Number::Pid, pid);
        text = rest;
    }
    if let Some((id, rest)) = message_id(text) {
        event.set(Text::XRecordId, id);
        text = rest;
        if flow(text, event) {
            return true;
        }
    }
    authenticator(text, event) || refused(text, event) || connection(text, event) || daemon(text, event)
}

/// The text behind `2026-01-01 00:12:03 `.
fn without_time(text: &str) -> &str {
    match timetext::iso8601(text) {
        Some((_, length)) => text
            .get(length..)
            .and_then(|t| t.strip_prefix(' '))
            .unwrap_or(text),
        None => text,
    }
}

/// `[7] `: process id and the rest.
fn process(text: &str) -> Option<(&str, &str)> {
    let (pid, rest) = split(text.strip_prefix('[')?, "] ")?;
    (!pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit())).then_some((pid, rest))
}

/// `1tAbCd-0001xY-2Z`, since 4.97 `1tAbCd-00000000abc-2ZaB`: letters and digits in parts of 6, 6 or 11, 2 or 4.
fn message_id(text: &str) -> Option<(&str, &str)> {
    let (id, rest) = word(text);
    let mut parts = id.split('-');
    let fits = |part: Option<&str>, lengths: &[usize]| {
        part.is_some_and(|p| lengths.contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    let whole = fits(parts.next(), &[6]) && fits(parts.next(), &[6, 11]) && fits(parts.next(), &[2, 4]);
    (whole && parts.next().is_none()).then_some((id, rest))
}

/// `plain authenticator failed for (helo) [10.0.0.5]:4022 I=[10.0.0.1]:25: 535 … (set_id=aigul)`
fn authenticator(text: &str, event: &mut EventBuf) -> bool {
    let Some((method, rest)) = split(text, " authenticator failed for ") else {
        return false;
    };
    event.attr("method", method);
    peer(rest, event);
    local(rest, event);
    event.set(Text::UserName, between(rest, "(set_id=", ")").unwrap_or_default());
    let reason = split(rest, ": 535 ").map_or("", |(_, said)| said);
    event.set(Text::XReason, split(reason, " (").map_or(reason, |(r, _)| r));
    event.outcome = Outcome::Failure;
    set_kind(event, Kind::AUTH_LOGON)
}

/// Messages on their way: `<=` came, `=>` and `->` went, `**` failed, `==` waits.
fn flow(text: &str, event: &mut EventBuf) -> bool {
    let (flag, rest) = word(text);
    match flag {
        "<=" => {
            event.outcome = Outcome::Success;
            event.attr("from", word(rest).0);
            named_peer(rest, event);
            if let Some(login) = after(rest, " A=") {
                event.set(Text::UserName, login.split_once(':').map_or("", |(_, user)| user));
                event.attr("method", login.split(':').next().unwrap_or_default());
            } else if let Some(local) = after(rest, " U=") {
                event.set(Text::UserName, local);
            }
            if let Some(size) = after(rest, " S=") {
                event.set_number_text(Number::XBytes, size);
            }
            set_kind(event, Kind::MAIL_RECEIVE)
        }
        "=>" | "->" | ">>" | "**" | "==" => {
            event.outcome = match flag {
                "**" => Outcome::Failure,
                "==" => Outcome::Unknown,
                _ => Outcome::Success,
            };
            event.attr("to", word(rest).0);
            if let Some((_, host)) = split(rest, " H=")
                && let Some((address, _)) = bracketed(host)
            {
                scan::set_destination(event, address);
            }
            if let Some((_, reason)) = split(rest, ": ").filter(|_| matches!(flag, "**" | "==")) {
                event.set(Text::XReason, reason);
            }
            set_kind(event, Kind::MAIL_SEND)
        }
        "Completed" => {
            event.set(Text::Status, "Completed");
            true
        }
        _ => false,
    }
}

/// `[10.0.0.5]` that Exim itself wrote: at the start or behind a blank, not in the brackets of the greeting.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let inside = match text.strip_prefix('[') {
        Some(inside) => inside,
        None => split(text, " [")?.1,
    };
    split(inside, "]")
}

/// `host (helo) [10.0.0.5]:4022 …`
fn peer(text: &str, event: &mut EventBuf) {
    let Some((address, rest)) = bracketed(text) else {
        return;
    };
    scan::set_source(event, address);
    scan::set_port(event, Number::SrcPort, port(rest));
    let (host, _) = word(text);
    if !host.starts_with(['(', '[']) {
        event.attr("src_host", host);
    }
    if let Some(helo) = between(text, "(", ") [") {
        event.attr("helo", helo);
    }
}

/// The digits of `:4022 …`.
fn port(text: &str) -> &str {
    let rest = text.strip_prefix(':').unwrap_or_default();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest.get(..digits).unwrap_or_default()
}

/// The same behind the last `H=`: what the client said may hold another.
fn named_peer(text: &str, event: &mut EventBuf) {
    if let Some(rest) = text.strip_prefix("H=").filter(|t| !has(t, " H=")) {
        peer(rest, event);
    } else if let Some((_, rest)) = split_last(text, " H=") {
        peer(rest, event);
    }
}

/// `I=[10.0.0.1]:25`
fn local(text: &str, event: &mut EventBuf) {
    if let Some((address, rest)) = split_last(text, " I=[").and_then(|(_, t)| split(t, "]")) {
        scan::set_destination(event, address);
        scan::set_port(event, Number::DstPort, port(rest));
    }
}

/// `H=… F=<a@b> rejected RCPT <c@d>: reason`, `sender verify fail for <a@b>: reason`, errors of the protocol.
fn refused(text: &str, event: &mut EventBuf) -> bool {
    let marks = [
        (" rejected ", Kind::MAIL_RECEIVE),
        (" sender verify fail for ", Kind::MAIL_RECEIVE),
        ("SMTP protocol error in ", Kind::NETWORK_CONNECT),
        ("SMTP protocol synchronization error", Kind::NETWORK_CONNECT),
        (" dropped by ", Kind::NETWORK_CONNECT),
    ];
    // What a line is about stands first in it.
    let found = marks
        .iter()
        .filter_map(|(mark, kind)| split(text, mark).map(|(head, tail)| (head.len(), *mark, *kind, tail)))
        .min_by_key(|(at, ..)| *at);
    let Some((_, mark, kind, tail)) = found else {
        return false;
    };
    named_peer(text, event);
    local(text, event);
    if let Some(from) = between(text, " F=<", ">") {
        event.attr("from", from);
    }
    if mark == " rejected " {
        let (command, rest) = word(tail);
        event.set(Text::Action, command);
        if let Some(to) = between(rest, "<", ">") {
            event.attr("to", to);
        }
    } else if mark == " sender verify fail for " {
        event.attr("from", between(tail, "<", ">").unwrap_or_default());
    }
    let reason = match kind == Kind::MAIL_RECEIVE {
        true => split_last(tail, ": ").map_or("", |(_, reason)| reason),
        false => mark.trim(),
    };
    event.set(Text::XReason, reason);
    event.set(Text::Status, "denied");
    event.outcome = Outcome::Failure;
    set_kind(event, kind)
}

/// Connections that were dropped or brought no mail, names that do not resolve.
fn connection(text: &str, event: &mut EventBuf) -> bool {
    for start in [
        "SMTP call from ",
        "SMTP connection from ",
        "no MAIL in SMTP connection from ",
    ] {
        let Some(rest) = text.strip_prefix(start) else {
            continue;
        };
        peer(rest, event);
        local(rest, event);
        let dropped = split(rest, " dropped: ").map(|(_, reason)| reason);
        let by_rule = has(rest, "closed by DROP in ACL").then_some("closed by DROP in ACL");
        if let Some(reason) = dropped.or(by_rule) {
            event.set(Text::XReason, reason);
            event.set(Text::Status, "denied");
            event.outcome = Outcome::Failure;
        }
        return set_kind(event, Kind::NETWORK_CONNECT);
    }
    if let Some(rest) = text.strip_prefix("no host name found for IP address ") {
        scan::set_source(event, word(rest).0);
        event.set(Text::XReason, "no host name found");
        return set_kind(event, Kind::NETWORK_CONNECT);
    }
    if let Some(rest) = text.strip_prefix("no IP address found for host ") {
        event.attr("src_host", word(rest).0);
        event.set(Text::XReason, "no IP address found for the host");
        if let Some((_, from)) = split(rest, "during SMTP connection from ") {
            peer(from.trim_end_matches(')'), event);
            local(from.trim_end_matches(')'), event);
        }
        return set_kind(event, Kind::NETWORK_CONNECT);
    }
    false
}

fn daemon(text: &str, event: &mut EventBuf) -> bool {
    if text.starts_with("exim ") && has(text, " daemon started: ") {
        return set_kind(event, Kind::SERVICE_START);
    }
    if has(text, "SIGHUP received: re-exec daemon") {
        return set_kind(event, Kind::CONFIG_CHANGE);
    }
    text.starts_with("Start queue run: ") || text.starts_with("End queue run: ")
}
