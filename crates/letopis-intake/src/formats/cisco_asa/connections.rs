//! Connections, translations and packets: built, torn down, refused.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::endpoint::End;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, after, between, has, split, word};

/// Built and torn down.
pub(super) fn built(code: u32, text: &str, event: &mut EventBuf) -> bool {
    let (verb, rest) = word(text);
    event.set(Text::Action, verb);
    let torn = verb == "Teardown";
    if !matches!(verb, "Built" | "Teardown" | "Rebuilt") {
        return false;
    }
    let (direction, rest) = match word(rest) {
        (d @ ("inbound" | "outbound"), after) => (d, after),
        _ => ("", rest),
    };
    let connection = after(rest, "connection ");
    if connection.is_none()
        && let Some((head, ends)) = split(rest, " translation from ")
    {
        // `Built dynamic TCP translation from inside:A/P to outside:A/P`
        event.kind = Kind::FIREWALL_DEVICE_EVENT;
        event.set(Text::Protocol, head.pieces(b' ').next_back().unwrap_or_default());
        let (source, tail) = End::read(ends);
        source.set_source(event);
        if let Some((_, to)) = split(tail, "to ").or_else(|| tail.strip_prefix("to ").map(|t| ("", t))) {
            End::read(to).0.set_destination(event);
        }
        duration(text, event);
        return true;
    }
    let (protocol, _) = word(rest);
    event.set(Text::Protocol, protocol);
    if let Some(id) = connection.filter(|id| id.bytes().all(|b| b.is_ascii_digit())) {
        event.set(Text::Session, id);
    }
    event.kind = match (torn, direction) {
        (true, _) => Kind::NETWORK_DISCONNECT,
        (false, "inbound") => Kind::TRAFFIC_IN,
        (false, "outbound") => Kind::TRAFFIC_OUT,
        _ => Kind::NETWORK_FLOW,
    };
    if !torn {
        event.outcome = Outcome::Success;
    }
    if has(rest, "faddr ") {
        icmp(rest, direction, event);
    } else if let Some((_, ends)) = split(rest, " for ") {
        for_to(ends, direction, event);
    }
    if torn {
        closing(code, text, event);
    }
    true
}

/// `for A to B`: of an outbound connection A is the far end, so B began it; otherwise (also where a teardown does
/// not tell) A.
fn for_to(ends: &str, direction: &str, event: &mut EventBuf) {
    let (first, tail) = End::read(ends);
    let Some((between_ends, second)) = split(tail, "to ") else {
        first.set_source(event);
        return;
    };
    let (second, tail) = End::read(second);
    if direction == "outbound" {
        second.set_source(event);
        first.set_destination(event);
    } else {
        first.set_source(event);
        second.set_destination(event);
    }
    // `(mapped/port) (user)`: what is no address is a user of the identity firewall.
    for bracket in between_ends.pieces(b'(').skip(1).chain(tail.pieces(b'(').skip(1)) {
        let inside = bracket.pieces(b')').next().unwrap_or_default();
        let address = inside.pieces(b'/').next().unwrap_or_default();
        if !inside.is_empty() && !scan::is_ip(address) {
            event.set_if_absent(Text::UserName, inside.strip_prefix("LOCAL\\").unwrap_or(inside));
        }
    }
}

/// `faddr` is the far end, `laddr` the near one, `gaddr` the near one as seen outside.
fn icmp(text: &str, direction: &str, event: &mut EventBuf) {
    let end = |mark: &str| split(text, mark).map(|(_, t)| End::read(t).0).unwrap_or_default();
    let (far, near, global) = (end("faddr "), end("laddr "), end("gaddr "));
    if direction == "inbound" {
        scan::set_source(event, far.address);
        scan::set_destination(event, near.address);
    } else {
        scan::set_source(event, near.address);
        scan::set_destination(event, far.address);
    }
    event.attr("gaddr", global.address);
    for name in ["type", "code"] {
        if let Some(value) = split(text, name).and_then(|(_, t)| t.strip_prefix(' ')) {
            event.attr(name, word(value).0);
        }
    }
}

/// `duration 0:01:07 bytes 38110 TCP Reset-I`
fn closing(code: u32, text: &str, event: &mut EventBuf) {
    duration(text, event);
    if let Some(bytes) = after(text, " bytes ").and_then(|b| b.parse().ok()) {
        event.set_number(Number::XBytes, bytes);
        if let Some((_, tail)) = split(text, " bytes ") {
            let reason = word(tail).1;
            let reason = reason.cut_at(" (").map_or(reason, |(reason, _)| reason);
            if matches!(code, 302_014 | 302_018) {
                event.set(Text::XReason, reason);
            }
        }
    }
}

/// `duration h:mm:ss`
fn duration(text: &str, event: &mut EventBuf) {
    let Some(clock) = after(text, "duration ") else {
        return;
    };
    let mut seconds = 0i64;
    for part in clock.pieces(b':') {
        let Ok(number) = part.parse::<i64>() else { return };
        seconds = seconds.saturating_mul(60).saturating_add(number);
    }
    event.set_number(Number::XDurationUs, seconds.saturating_mul(1_000_000));
}

/// Refused, dropped, discarded; and the access lists that also permit.
pub(super) fn denied(code: u32, text: &str, event: &mut EventBuf) -> bool {
    if matches!(code, 106_100 | 106_102 | 106_103) {
        return access_list(text, event);
    }
    event.kind = Kind::FIREWALL_BLOCK;
    event.outcome = Outcome::Failure;
    event.set(Text::Status, "denied");
    if matches!(code, 710_001 | 710_002) {
        let permitted = code == 710_002;
        event.kind = if permitted {
            Kind::FIREWALL_ALLOW
        } else {
            Kind::NETWORK_FLOW
        };
        event.outcome = if permitted {
            Outcome::Success
        } else {
            Outcome::Unknown
        };
        event.unset(Text::Status);
    }
    event.set(Text::Protocol, protocol(text));
    any_ends(text, event);
    if let Some(rule) = between(text, "access-group \"", "\"")
        .or_else(|| between(text, "access_group \"", "\""))
        .or_else(|| between(text, "outbound list ", " "))
    {
        event.set(Text::XRule, rule);
    }
    if let Some(flags) =
        between(text, "flags ", " on interface").or_else(|| split(text, "flags ").map(|(_, f)| f))
    {
        event.attr("flags", flags.trimmed());
    }
    if event.get(Text::XInterface).is_none()
        && let Some((_, name)) = split(text, " interface ")
    {
        event.set(Text::XInterface, word(name).0.less_end_of(b":,."));
    }
    true
}

/// The protocol of a refusal stands after `Deny`, `Inbound`, at the start, or in `protocol=`.
fn protocol(text: &str) -> &str {
    if let Some(named) = after(text, "protocol=") {
        return named;
    }
    scan::pieces(text, b' ')
        .take(5)
        .map(|w| w.less_both(b",:"))
        .find(|w| {
            [
                "tcp", "udp", "icmp", "ip", "icmp6", "icmpv6", "gre", "esp", "sctp", "igmp", "ospf", "pim",
            ]
            .iter()
            .any(|p| scan::same(w, p))
        })
        .unwrap_or_default()
}

/// `access-list NAME permitted tcp inside/10.0.0.1(4022) -> outside/10.1.0.2(80) hit-cnt 1 first hit [..]`
fn access_list(text: &str, event: &mut EventBuf) -> bool {
    let Some(rest) = text.strip_prefix("access-list ") else {
        return false;
    };
    let (rule, rest) = word(rest);
    let (verdict, rest) = word(rest);
    let (protocol, rest) = word(rest);
    event.set(Text::XRule, rule);
    event.set(Text::Action, verdict);
    event.set(Text::Protocol, protocol);
    let rest = match rest.strip_prefix("for user ") {
        Some(rest) => {
            let (user, rest) = word(rest);
            event.set(Text::UserName, user.trim_matches('\''));
            rest
        }
        None => rest,
    };
    let (source, destination) = split(rest, "-> ").unwrap_or((rest, ""));
    let (interface, address, port) = slashed(source);
    scan::set_source(event, address);
    scan::set_port(event, Number::SrcPort, port);
    event.set(Text::XInterface, interface);
    let (interface, address, port) = slashed(destination);
    scan::set_destination(event, address);
    scan::set_port(event, Number::DstPort, port);
    if !interface.is_empty() {
        event.attr("dst_interface", interface);
    }
    if let Some(hits) = after(rest, "hit-cnt ") {
        event.attr("hits", hits);
    }
    match verdict {
        "denied" => {
            event.kind = Kind::FIREWALL_BLOCK;
            event.outcome = Outcome::Failure;
            event.set(Text::Status, "denied");
        }
        _ => {
            event.kind = Kind::FIREWALL_ALLOW;
            event.outcome = Outcome::Success;
        }
    }
    true
}

/// `inside/10.0.0.1(4022)`
fn slashed(text: &str) -> (&str, &str, &str) {
    let text = word(text.trimmed_start()).0;
    let (interface, rest) = text.cut(b'/').unwrap_or(("", text));
    let (address, port) = rest.cut(b'(').unwrap_or((rest, ""));
    (interface, address, port.pieces(b')').next().unwrap_or_default())
}

/// `src A dst B` or `from A to B`, wherever they stand.
pub(super) fn any_ends(text: &str, event: &mut EventBuf) {
    let pairs: [(&str, &[&str]); 3] = [
        (" src ", &[" dst ", " dest "]),
        (" from ", &[" to "]),
        ("from ", &[" to "]),
    ];
    for (first, seconds) in pairs {
        let Some((_, source)) = split(text, first) else {
            continue;
        };
        let (end, _) = End::read(source);
        if !is_address(end) {
            continue;
        }
        end.set_source(event);
        if let Some((_, target)) = seconds.iter().find_map(|second| split(source, second)) {
            let target = target.strip_prefix("PAT address ").unwrap_or(target);
            let (end, _) = End::read(target);
            if is_address(end) {
                end.set_destination(event);
            }
        }
        return;
    }
}

/// An address, or a name with a port: other words after `from` are no ends.
fn is_address(end: End<'_>) -> bool {
    scan::is_ip(end.address)
        || (!end.address.is_empty() && (!end.port.is_empty() || !end.interface.is_empty()))
}
