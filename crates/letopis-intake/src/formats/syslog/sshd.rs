//! OpenSSH's server (and Dropbear): who tried to log on, from where, how it ended.
//!
//! The name of the user is written by the attacker and may hold anything, ` from 10.0.0.1 port 22 ssh2` included.
//! What the server itself wrote stands behind the name, so those parts are read from the right end (auth.c,
//! `auth_log`: `<result> <method> for [invalid user ]<name> from <address> port <port> ssh2[: <key>]`).

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::{pam, set_kind};
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, has, is_ip, split, split_last, word};

/// Reads one message; `false` where it is none of sshd's.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "sshd");
    if pam::is_pam("", message) {
        event.set_if_absent(Text::Protocol, "ssh");
        return pam::read(message, event);
    }
    event.set(Text::Protocol, "ssh");
    let mut text = message.less_end(b' ');
    if let Some(rest) = text.strip_prefix("kernel:") {
        // Some journals put the kernel's clock into the message.
        text = rest.trim_start_matches(|c: char| matches!(c, ' ' | '[' | '.' | ':') || c.is_ascii_digit());
        text = text.strip_prefix("]").unwrap_or(text).less_start_of(b": ");
    }
    if let Some(inner) = text.strip_suffix(" [preauth]") {
        event.attr("stage", "preauth");
        text = inner;
    } else if let Some(inner) = text.strip_suffix(" [postauth]") {
        event.attr("stage", "postauth");
        text = inner;
    }
    for level in ["error: ", "fatal: ", "debug1: ", "debug2: ", "debug3: "] {
        if let Some(rest) = text.strip_prefix(level) {
            text = rest;
            break;
        }
    }
    let known =
        attempts(text, event) || refusals(text, event) || connections(text, event) || server(text, event);
    // What ends before authentication did, as sshd marks it, let nobody in.
    let nobody_in = event.kind == Kind::NETWORK_DISCONNECT && event.find_attr("stage") == Some("preauth");
    if nobody_in {
        event.outcome = Outcome::Failure;
        event.set_if_absent(Text::XReason, "ended before authentication");
    }
    known
}

/// `Accepted`, `Failed`, `Invalid user`: the outcome of one attempt.
fn attempts(text: &str, event: &mut EventBuf) -> bool {
    let (verb, rest) = word(text);
    match verb {
        "Accepted" | "Failed" | "Postponed" | "Partial" => tried(verb, rest, event),
        "Invalid" | "Illegal" => {
            let Some(rest) = rest
                .strip_prefix("user ")
                .or_else(|| (rest == "user").then_some(""))
            else {
                return false;
            };
            // Said before the attempt, whose own record follows with its outcome.
            failed(event, "invalid user");
            event.kind = Kind::AUTH_UNREGISTERED_ACCOUNT;
            event.set(Text::Action, "Invalid user");
            name_from(rest, event);
            true
        }
        "PAM:" => {
            let Some((reason, rest)) = split(rest, " for ") else {
                return false;
            };
            refused(event, reason);
            let rest = rest.strip_prefix("illegal user ").unwrap_or(rest);
            let (rest, _) = split_last(rest, " via ").unwrap_or((rest, ""));
            name_from(rest.less_end(b' '), event);
            true
        }
        "ROOT" => {
            let Some(rest) = text.strip_prefix("ROOT LOGIN REFUSED FROM ") else {
                return false;
            };
            failed(event, "root login refused");
            event.set(Text::UserName, "root");
            address_port(rest, event);
            true
        }
        _ => false,
    }
}

/// `password for invalid user x from 10.0.0.1 port 22 ssh2: key`
fn tried(verb: &str, rest: &str, event: &mut EventBuf) -> bool {
    let Some((method, rest)) = split(rest, " for ") else {
        return false;
    };
    if method.len() > 48 || method.holds(b' ') {
        return false;
    }
    event.kind = Kind::AUTH_LOGON;
    event.set(Text::Action, verb);
    event.attr("method", method);
    event.outcome = match verb {
        "Accepted" => Outcome::Success,
        "Failed" => Outcome::Failure,
        // Another factor follows.
        _ => Outcome::Unknown,
    };
    let key_follows = method.starts_with("publickey") || method.starts_with("hostbased");
    let Some((name, address, port, extra)) = server_part(rest, key_follows) else {
        name_from(rest, event);
        return true;
    };
    let name = match name
        .strip_prefix("invalid user ")
        .or_else(|| name.strip_prefix("illegal user "))
    {
        Some(name) => {
            event.set(Text::XReason, "invalid user");
            name
        }
        None if name == "invalid user" || name == "<invalid username>" => {
            event.set(Text::XReason, "invalid user");
            ""
        }
        None => name,
    };
    event.set(Text::UserName, name.strip_prefix("user ").unwrap_or(name));
    scan::set_source(event, address);
    scan::set_port(event, Number::SrcPort, port);
    if !extra.is_empty() {
        event.attr("key", extra);
        if let Some(at) = extra.place("SHA256:") {
            let digest = extra.get(at..).unwrap_or_default();
            event.attr("key_fingerprint", word(digest).0);
        }
    }
    true
}

/// The rightmost ` from ADDRESS port N ssh2[: extra]` that the server can have written: name, address, port, extra.
/// Only key methods (and protocol 1) have something behind the colon.
fn server_part(text: &str, key_follows: bool) -> Option<(&str, &str, &str, &str)> {
    let mut head = text;
    let mut without_port = None;
    while let Some((name, _)) = split_last(head, " from ") {
        let tail = text.get(name.len() + 6..)?;
        head = name;
        let (address, rest) = word(tail);
        let Some(rest) = rest.strip_prefix("port ") else {
            // Very old versions give no port; nothing may follow then.
            if rest.is_empty() && without_port.is_none() {
                without_port = Some((name, address, "", ""));
            }
            continue;
        };
        let (port, rest) = word(rest);
        if !port.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        // The longest protocol is `ssh2`: what a user name holds is not looked through once for every port in it.
        let near = rest.as_bytes().get(..6).unwrap_or(rest.as_bytes());
        let colon = near.windows(2).position(|pair| pair == b": ");
        let (protocol, extra) = match colon {
            Some(colon) => (rest.get(..colon)?, rest.get(colon + 2..)?),
            None => (rest, ""),
        };
        let ends_well = extra.is_empty() || key_follows && is_key(extra) || protocol == "ssh1";
        if ends_well && matches!(protocol, "" | "ssh" | "ssh1" | "ssh2") {
            return Some((name, address, port, extra));
        }
    }
    // A user name that begins the text leaves no ` from ` before it: `Invalid user  from 1.2.3.4`.
    without_port
}

/// A key or certificate description begins with the key's type.
fn is_key(extra: &str) -> bool {
    let kind = word(extra).0;
    let kind = kind.cut(b'-').map_or(kind, |(k, _)| k);
    matches!(
        kind,
        "RSA" | "DSA" | "ECDSA" | "ED25519" | "RSA1" | "ssh" | "ecdsa" | "sk" | "unknown" | "UNKNOWN"
    )
}

/// `NAME from ADDRESS[ port N]`, the name possibly empty.
fn name_from(text: &str, event: &mut EventBuf) {
    let found = match text.strip_prefix("from ") {
        Some(tail) if !has(tail, " from ") => Some(("", tail)),
        _ => split_last(text, " from "),
    };
    let Some((name, tail)) = found else {
        event.set(Text::UserName, text);
        return;
    };
    event.set(Text::UserName, name);
    address_port(tail, event);
}

/// `ADDRESS[ port N[ …]]`
fn address_port(text: &str, event: &mut EventBuf) {
    let (address, rest) = word(text);
    scan::set_source(event, address.less_end_of(b":,"));
    if let Some(port) = rest.strip_prefix("port ") {
        let end = port.bytes().take_while(u8::is_ascii_digit).count();
        scan::set_port(event, Number::SrcPort, port.get(..end).unwrap_or_default());
    }
}

/// What accompanies an attempt whose outcome sshd records by itself: attempts are counted once.
fn refused(event: &mut EventBuf, reason: &str) {
    failed(event, reason);
    event.kind = Kind::USER_ACTION;
}

fn failed(event: &mut EventBuf, reason: &str) {
    event.kind = Kind::AUTH_LOGON;
    event.outcome = Outcome::Failure;
    event.set(Text::XReason, reason);
}

/// Refusals that name the user and say why.
fn refusals(text: &str, event: &mut EventBuf) -> bool {
    if let Some(rest) = text.strip_prefix("User ")
        && let Some((name, reason)) = split_last(rest, " not allowed because ")
    {
        refused(event, reason);
        event.set(Text::Status, "denied");
        name_from(name, event);
        return true;
    }
    if let Some(rest) = text.strip_prefix("maximum authentication attempts exceeded for ") {
        refused(event, "maximum authentication attempts exceeded");
        let rest = rest.strip_prefix("invalid user ").unwrap_or(rest);
        match server_part(rest, false) {
            Some((name, address, port, _)) => {
                event.set(Text::UserName, name);
                scan::set_source(event, address);
                scan::set_port(event, Number::SrcPort, port);
            }
            None => name_from(rest, event),
        }
        return true;
    }
    if let Some(rest) = text.strip_prefix("Disconnecting: Too many authentication failures") {
        refused(event, "Too many authentication failures");
        event.set(Text::UserName, rest.strip_prefix(" for ").unwrap_or_default());
        return true;
    }
    if let Some(rest) = text.strip_prefix("input_userauth_request: invalid user") {
        failed(event, "invalid user");
        event.kind = Kind::AUTH_UNREGISTERED_ACCOUNT;
        event.set(Text::UserName, rest.trimmed_start());
        return true;
    }
    if let Some(rest) = text.strip_prefix("refused connect from ") {
        refused(event, "refused by TCP wrappers");
        event.kind = Kind::NETWORK_CONNECT;
        event.set(Text::Status, "denied");
        let inside = split_last(rest, "(").map_or(rest, |(_, i)| i.less_end(b')'));
        scan::set_source(event, inside);
        return true;
    }
    handshakes(text, event)
}

/// Conversations that ended before anybody was named.
fn handshakes(text: &str, event: &mut EventBuf) -> bool {
    const TIMEOUT: &str = "Timeout before authentication";
    for (start, reason) in [
        ("Timeout before authentication for connection from ", TIMEOUT),
        ("Timeout before authentication for ", TIMEOUT),
        ("Unable to negotiate with ", ""),
        (
            "Did not receive identification string from ",
            "no identification string",
        ),
    ] {
        if let Some(rest) = text.strip_prefix(start) {
            let said = split(rest, ": ").map_or("no common algorithm", |(_, said)| said);
            refused(event, if reason.is_empty() { said } else { reason });
            event.kind = Kind::REMOTE_ACCESS;
            address_port(rest, event);
            return true;
        }
    }
    for (start, reason) in [
        ("Bad protocol version identification ", "bad protocol version"),
        ("Magic value check failed ", "obfuscated handshake failed"),
        ("Protocol major versions differ for ", "protocol versions differ"),
        (
            "reverse mapping checking getaddrinfo for ",
            "reverse mapping failed",
        ),
        ("Address ", "reverse mapping does not match"),
    ] {
        if let Some(rest) = text.strip_prefix(start) {
            return strange(start, rest, reason, event);
        }
    }
    false
}

/// Handshakes gone wrong and names that do not resolve back: the peer's own words stand before the address.
fn strange(start: &str, rest: &str, reason: &str, event: &mut EventBuf) -> bool {
    event.set(Text::XReason, reason);
    match start {
        "Address " => {
            if !has(rest, " maps to ") {
                event.unset(Text::XReason);
                return false;
            }
            scan::set_source(event, word(rest).0);
            set_kind(event, Kind::REMOTE_ACCESS)
        }
        "reverse mapping checking getaddrinfo for " => {
            if let Some(address) = scan::between(rest, "[", "]") {
                scan::set_source(event, address);
            }
            event.attr("src_host", word(rest).0);
            set_kind(event, Kind::REMOTE_ACCESS)
        }
        "Protocol major versions differ for " => {
            address_port(rest, event);
            event.outcome = Outcome::Failure;
            set_kind(event, Kind::REMOTE_ACCESS)
        }
        _ => {
            if let Some((_, tail)) = split_last(rest, " from ") {
                address_port(tail, event);
            }
            event.outcome = Outcome::Failure;
            set_kind(event, Kind::REMOTE_ACCESS)
        }
    }
}

/// Connections: opened, closed, reset, left, with the user that was being authenticated.
fn connections(text: &str, event: &mut EventBuf) -> bool {
    for start in ["banner exchange: ", "ssh_dispatch_run_fatal: "] {
        if let Some(rest) = text.strip_prefix(start)
            && let Some(tail) = rest.strip_prefix("Connection from ")
        {
            address_port(tail, event);
            event.outcome = Outcome::Failure;
            event.set(
                Text::XReason,
                split_last(tail, ": ").map_or("", |(_, reason)| reason),
            );
            return set_kind(event, Kind::REMOTE_ACCESS);
        }
    }
    if let Some(rest) = text.strip_prefix("Connection from ") {
        let (source, local) = split(rest, " on ").unwrap_or((rest, ""));
        address_port(source, event);
        let (address, port) = word(local);
        scan::set_destination(event, address);
        let port = port.strip_prefix("port ").map_or("", |p| word(p).0);
        scan::set_port(event, Number::DstPort, port);
        return set_kind(event, Kind::NETWORK_CONNECT);
    }
    for start in [
        "Connection closed by ",
        "Connection reset by ",
        "Disconnected from ",
    ] {
        if let Some(rest) = text.strip_prefix(start) {
            event.set(
                Text::Action,
                start.trimmed_end().cut_last(b' ').map_or("", |(verb, _)| verb),
            );
            peer(rest, event);
            if start.starts_with("Connection reset") {
                event.outcome = Outcome::Failure;
                event.set(Text::XReason, "connection reset");
            }
            return set_kind(event, Kind::NETWORK_DISCONNECT);
        }
    }
    if let Some(rest) = text.strip_prefix("Received disconnect from ") {
        return received_disconnect(rest, event);
    }
    if let Some(rest) = text.strip_prefix("Disconnecting ") {
        let (who, reason) = split_last(rest, ": ").unwrap_or((rest, ""));
        // The reason itself may hold `: ` (`Change of username …: (a) -> (b)`).
        let who = port_end(who).unwrap_or(who);
        event.set(Text::Action, "Disconnecting");
        event.set(Text::XReason, rest.get(who.len() + 2..).unwrap_or(reason));
        peer(who, event);
        if has(rest, "Too many authentication failures") {
            event.outcome = Outcome::Failure;
        }
        return set_kind(event, Kind::NETWORK_DISCONNECT);
    }
    false
}

/// `ADDRESS: 11: Bye` in old versions, `ADDRESS port N:11: Bye` in new ones.
fn received_disconnect(rest: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Action, "Received disconnect");
    address_port(rest, event);
    let (_, port) = word(rest);
    let tail = match port.starts_with("port ") {
        true => split(rest, ":").map(|(_, t)| t),
        false => Some(port),
    };
    if let Some((code, reason)) = tail.and_then(|t| split(t, ": ")) {
        event.set(Text::Code, code.less_end(b':'));
        event.set(Text::XReason, reason);
        // SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE (RFC 4253 §11.1)
        if code == "14" || reason.ends_with("Auth fail") {
            event.outcome = Outcome::Failure;
        }
    }
    set_kind(event, Kind::NETWORK_DISCONNECT)
}

/// `… port N` up to the end of the number, by the last ` port N: ` in the text.
fn port_end(text: &str) -> Option<&str> {
    let (head, tail) = split_last(text, " port ")?;
    let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..head.len() + 6 + digits)
}

/// `[authenticating|invalid ]user NAME ADDRESS port N` or `ADDRESS[ port N]`: the address from the right.
fn peer(text: &str, event: &mut EventBuf) {
    let text = text.less_end(b' ');
    let (head, port) = match split_last(text, " port ") {
        Some((head, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => (head, port),
        _ => (text, ""),
    };
    scan::set_port(event, Number::SrcPort, port);
    let (name, address) = match head.cut_last(b' ') {
        Some((name, address)) => (name, address),
        None => ("", head),
    };
    scan::set_source(event, address);
    let Some((state, name)) = split(name, "user ").or_else(|| (name.ends_with("user")).then_some((name, "")))
    else {
        return;
    };
    event.set(Text::UserName, name.less_end(b' '));
    if !state.is_empty() {
        event.attr("user_state", state.trimmed());
    }
    if state.starts_with("invalid") {
        event.set_if_absent(Text::XReason, "invalid user");
    }
}

/// The server itself.
fn server(text: &str, event: &mut EventBuf) -> bool {
    if let Some(rest) = text.strip_prefix("Server listening on ") {
        let (address, rest) = word(rest);
        scan::set_destination(event, address);
        let port = rest.strip_prefix("port ").map_or("", |p| p.less_end(b'.'));
        scan::set_port(event, Number::DstPort, port);
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::PORT_OPEN);
    }
    if text.starts_with("Received signal ") && has(text, "terminating") {
        return set_kind(event, Kind::SERVICE_STOP);
    }
    if let Some(rest) = text.strip_prefix("subsystem request for ") {
        let (subsystem, rest) = word(rest);
        event.set(Text::Target, subsystem);
        event.set(Text::UserName, scan::after(rest, "by user ").unwrap_or_default());
        return set_kind(event, Kind::SESSION_OPEN);
    }
    if let Some(rest) = text.strip_prefix("Starting session: ") {
        if let Some((what, who)) = split(rest, " for ") {
            event.set(Text::Target, what);
            if let Some((name, tail)) = split_last(who, " from ") {
                event.set(Text::UserName, name);
                address_port(tail, event);
            }
        }
        return set_kind(event, Kind::SESSION_OPEN);
    }
    if text.starts_with("kex_exchange_identification: ")
        || text.starts_with("Read from socket failed")
        || text.starts_with("no matching ")
        || text.starts_with("Unable to negotiate ")
    {
        event.outcome = Outcome::Failure;
        event.set(
            Text::XReason,
            split(text, ": ").map_or(text, |(_, reason)| reason),
        );
        return set_kind(event, Kind::REMOTE_ACCESS);
    }
    // Dropbear's own words.
    if let Some(rest) = text
        .strip_prefix("Password auth succeeded for '")
        .or_else(|| text.strip_prefix("Pubkey auth succeeded for '"))
    {
        event.outcome = Outcome::Success;
        return dropbear(rest, event);
    }
    if let Some(rest) = text.strip_prefix("Bad password attempt for '") {
        event.outcome = Outcome::Failure;
        return dropbear(rest, event);
    }
    false
}

/// `name' from 10.0.0.1:5000`
fn dropbear(rest: &str, event: &mut EventBuf) -> bool {
    if let Some((name, tail)) = split_last(rest, "' ") {
        event.set(Text::UserName, name);
        let source = split_last(tail, "from ").map_or("", |(_, s)| s);
        if let Some((address, port)) = scan::address_port(source, b':').filter(|(a, _)| is_ip(a)) {
            scan::set_source(event, address);
            scan::set_port(event, Number::SrcPort, port);
        }
    }
    set_kind(event, Kind::AUTH_LOGON)
}
