//! Packets that netfilter logged (iptables, nftables, ufw, firewalld): `[prefix]IN=… OUT=… SRC=… DST=… PROTO=…`.
//!
//! The kernel logs what a rule says, not what became of the packet: blocked or allowed is stated only where the
//! administrator's prefix says so.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use crate::formats::scan;
use crate::formats::scan::Cut as _;

/// Reads one packet line; `false` where the text is none.
pub(super) fn read(text: &str, event: &mut EventBuf) -> bool {
    let Some(start) = start_of_packet(text) else {
        return false;
    };
    let prefix = text.get(..start).unwrap_or_default();
    let packet = text.get(start..).unwrap_or_default();
    event.kind = Kind::NETWORK_FLOW;
    event.set(Text::Service, "netfilter");
    let rule = prefix.trimmed().less_both(b"[]: -");
    event.set(Text::XRule, rule);
    verdict(rule, event);
    let (mut incoming, mut outgoing) = ("", "");
    scan::fields_and_words(packet, |key, value| match (key, value.unwrap_or_default()) {
        // An ICMP error carries the packet it is about in brackets: the first addresses are those of the line.
        ("SRC", ip) if event.get(Text::SrcIp).is_none() => scan::set_source(event, ip),
        ("DST", ip) if event.get(Text::DstIp).is_none() => scan::set_destination(event, ip),
        ("SPT", port) => event.set_number_text(Number::SrcPort, port),
        ("DPT", port) => event.set_number_text(Number::DstPort, port),
        ("PROTO", name) => event.set(Text::Protocol, name),
        ("IN", name) => incoming = name,
        ("OUT", name) => outgoing = name,
        ("LEN", length) if event.number(Number::XBytes).is_none() => {
            event.set_number_text(Number::XBytes, length)
        }
        ("SYN" | "ACK" | "FIN" | "RST" | "PSH" | "URG", _) if value.is_none() => event.attr("tcp_flag", key),
        (
            "SRC" | "DST" | "MAC" | "TTL" | "ID" | "MARK" | "PHYSIN" | "PHYSOUT" | "TYPE" | "CODE" | "UID"
            | "GID" | "VPROTO",
            value,
        ) => event.attr(key, value),
        _ => {}
    });
    event.set(
        Text::XInterface,
        if incoming.is_empty() { outgoing } else { incoming },
    );
    if !incoming.is_empty() {
        event.attr("IN", incoming);
    }
    if !outgoing.is_empty() {
        event.attr("OUT", outgoing);
    }
    true
}

/// Where `IN=` begins, when the line has what every packet line has.
fn start_of_packet(text: &str) -> Option<usize> {
    if !scan::has(text, "SRC=") || !scan::has(text, "DST=") {
        return None;
    }
    for mark in ["IN=", "OUT=", "SRC="] {
        if let Some(at) = crate::formats::scan::find(text, mark) {
            let free = at == 0
                || text
                    .as_bytes()
                    .get(at - 1)
                    .is_some_and(|b| !b.is_ascii_alphanumeric());
            if free
                || mark == "IN=" && at > 0 && !text.as_bytes().get(at - 1).is_some_and(u8::is_ascii_uppercase)
            {
                return Some(at);
            }
        }
    }
    None
}

/// Blocked or allowed, by whole words of the prefix.
fn verdict(prefix: &str, event: &mut EventBuf) {
    let words = || {
        prefix
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| !w.is_empty())
    };
    let is = |wanted: &[&str]| words().find(|w| wanted.iter().any(|v| scan::same(w, v)));
    let blocked = is(&[
        "BLOCK", "BLOCKED", "DROP", "DROPPED", "DENY", "DENIED", "REJECT", "REJECTED", "DPT_DROP", "BAN",
    ]);
    let allowed = is(&[
        "ALLOW",
        "ALLOWED",
        "ACCEPT",
        "ACCEPTED",
        "PASS",
        "PERMIT",
        "PERMITTED",
    ]);
    match (blocked, allowed) {
        (Some(word), None) => {
            event.set(Text::Action, word);
            event.kind = Kind::FIREWALL_BLOCK;
            event.outcome = Outcome::Failure;
            event.set(Text::Status, "denied");
        }
        (None, Some(word)) => {
            event.set(Text::Action, word);
            event.kind = Kind::FIREWALL_ALLOW;
            event.outcome = Outcome::Success;
        }
        _ => {}
    }
}
