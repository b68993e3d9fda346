//! Clocks: set, stepped, synchronised, or left alone (chrony, ntpd, timesyncd, timedated).

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::set_kind;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, has, split, word};

/// Reads one message of a time daemon.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    let text = message.trimmed_end();
    changed(text, event) || synchronised(text, event)
}

/// A clock that was set.
fn changed(text: &str, event: &mut EventBuf) -> bool {
    let stepped = [
        "System clock was stepped by ",
        "time reset ",
        "time stepped by ",
        "step time server ",
        "System clock wrong by ",
        "Initial clock synchronization to ",
        "Changed local time to ",
        "System clock time unset or jumped backwards",
        "Forward time jump detected",
        "Backward time jump detected",
        "clock_step ",
        "adjusting local clock by ",
    ];
    if let Some((mark, tail)) = stepped.iter().find_map(|m| split(text, m).map(|(_, t)| (*m, t))) {
        // A clock that is wrong is not yet set; one that was only slewed is set slowly.
        event.kind = if mark.starts_with("System clock wrong") {
            Kind::TIME_SYNC
        } else {
            Kind::TIME_CHANGE
        };
        event.set(Text::Action, mark.trimmed());
        if let Some((_, offset)) = split(text, "offset ") {
            event.attr("offset", word(offset).0);
        } else if tail.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-')) {
            event.attr("offset", word(tail).0);
        } else if mark.ends_with("to ") {
            event.set(Text::XNewValue, tail.less_end(b'.'));
        }
        if mark == "step time server " {
            event.set(Text::DstIp, word(tail).0);
        }
        return true;
    }
    if let Some((_, zone)) = split(text, "Changed time zone to ") {
        event.set(Text::XNewValue, zone.less_both(b"'."));
        return set_kind(event, Kind::TIME_CHANGE);
    }
    false
}

/// A clock that follows a server, or lost it.
fn synchronised(text: &str, event: &mut EventBuf) -> bool {
    let synced = [
        "Selected source ",
        "synchronized to ",
        "Synchronized to time server ",
        "Initial synchronization to time server ",
        "adjust time server ",
        "Contacted time server ",
    ];
    if let Some(tail) = synced.iter().find_map(|m| split(text, m).map(|(_, t)| t)) {
        let server = word(tail).0.less_end_of(b".,");
        let address = scan::address_port(server, b':').map_or(server, |(a, _)| a);
        let address = if scan::is_ip(server) { server } else { address };
        scan::set_destination(event, address);
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::TIME_SYNC);
    }
    let lost = [
        "Can't synchronise",
        "no servers reachable",
        "no server suitable for synchronization",
        "Timed out waiting for reply",
        "time sync status",
    ];
    if lost.iter().any(|m| has(text, m)) {
        event.outcome = if has(text, "time sync status") {
            Outcome::Unknown
        } else {
            Outcome::Failure
        };
        return set_kind(event, Kind::TIME_SYNC);
    }
    false
}
