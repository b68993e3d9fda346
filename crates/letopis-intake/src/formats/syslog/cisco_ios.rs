//! Cisco IOS, IOS XE and NX-OS: `%FACILITY-SEVERITY-MNEMONIC: text` ("System Message Guide").

mod more;

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::set_kind;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, after, between, split, word};

/// Reads a message that begins with `%`; `false` where it has another shape.
pub(crate) fn read(message: &str, event: &mut EventBuf) -> bool {
    let Some((head, text)) = message.strip_prefix('%').and_then(|r| split(r, ":")) else {
        return false;
    };
    let mut parts = head.rsplitn(3, '-');
    let (Some(mnemonic), Some(severity), Some(facility)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let Ok(level @ 0..=7) = severity.parse::<i8>() else {
        return false;
    };
    if mnemonic.is_empty() || head.holds(b' ') {
        return false;
    }
    event.level = Some(level);
    event.category = Some(Category::Network);
    event.set(Text::Code, head);
    event.set(Text::Provider, facility);
    event.set(Text::Action, mnemonic);
    event.set(Text::Service, "cisco-ios");
    let text = text.trimmed_start();
    match (facility, mnemonic) {
        ("SEC_LOGIN", "LOGIN_SUCCESS" | "LOGIN_FAILED") => login(mnemonic, text, event),
        ("SYS", "LOGOUT") => {
            event.set(Text::UserName, between(text, "User ", " ").unwrap_or_default());
            scan::set_source(event, between(text, "(", ")").unwrap_or_default());
            event.outcome = Outcome::Success;
            set_kind(event, Kind::AUTH_LOGOFF)
        }
        ("SYS", "CONFIG_I") | (_, "VSHD_SYSLOG_CONFIG_I") => {
            event.set(Text::UserName, after(text, " by ").unwrap_or_default());
            event.set(Text::XInterface, after(text, " on ").unwrap_or_default());
            scan::set_source(event, between(text, "(", ")").unwrap_or_default());
            if let Some((address, _)) = after(text, " on ").and_then(|place| place.cut(b'@')) {
                scan::set_source(event, address);
            }
            event.outcome = Outcome::Success;
            set_kind(event, Kind::CONFIG_CHANGE)
        }
        ("PARSER", "CFGLOG_LOGGEDCMD") => {
            event.set(
                Text::UserName,
                between(text, "User:", " ").unwrap_or_default().trimmed(),
            );
            event.set(
                Text::XCommandLine,
                split(text, "logged command:").map_or("", |(_, c)| c),
            );
            set_kind(event, Kind::CONFIG_CHANGE)
        }
        ("SYS", "RESTART") => set_kind(event, Kind::SYSTEM_START),
        ("SYS", "RELOAD") => {
            event.set(Text::UserName, after(text, " by ").unwrap_or_default());
            set_kind(event, Kind::SYSTEM_STOP)
        }
        ("LINK" | "LINEPROTO" | "ETHPORT", _) => link(mnemonic, text, event),
        ("SEC", "IPACCESSLOGP" | "IPACCESSLOGDP" | "IPACCESSLOGNP" | "IPACCESSLOGS" | "IPACCESSLOGRP") => {
            access_list(text, event)
        }
        ("SYS", "LOGGER_FLUSHED" | "LOGGER_FLUSHING") => set_kind(event, Kind::LOG_FAILURE),
        _ => more::read(facility, mnemonic, text, event),
    }
}

/// `Login failed [user: admin] [Source: 10.0.0.5] [localport: 22] [Reason: …] at …`
fn login(mnemonic: &str, text: &str, event: &mut EventBuf) -> bool {
    event.set(Text::UserName, between(text, "[user: ", "]").unwrap_or_default());
    scan::set_source(event, between(text, "[Source: ", "]").unwrap_or_default());
    scan::set_port(
        event,
        Number::DstPort,
        between(text, "[localport: ", "]").unwrap_or_default(),
    );
    event.set(Text::XReason, between(text, "[Reason: ", "]").unwrap_or_default());
    event.outcome = if mnemonic == "LOGIN_SUCCESS" {
        Outcome::Success
    } else {
        Outcome::Failure
    };
    set_kind(event, Kind::AUTH_LOGON)
}

/// `Interface GigabitEthernet0/1, changed state to down`
fn link(mnemonic: &str, text: &str, event: &mut EventBuf) -> bool {
    event.set(
        Text::XInterface,
        between(text, "Interface ", ",")
            .or_else(|| between(text, "Interface ", " "))
            .unwrap_or_default(),
    );
    let state = split(text, "changed state to ").map_or("", |(_, s)| s.trimmed_end());
    event.set(Text::Status, state);
    match (state, mnemonic) {
        ("up", _) | (_, "IF_UP") => set_kind(event, Kind::LINK_UP),
        ("down" | "administratively down", _) => set_kind(event, Kind::LINK_DOWN),
        (_, m) if m.starts_with("IF_DOWN") => set_kind(event, Kind::LINK_DOWN),
        _ => true,
    }
}

/// `list 101 denied tcp 10.0.0.5(4022) -> 10.1.0.9(80), 1 packet`
fn access_list(text: &str, event: &mut EventBuf) -> bool {
    let Some((rule, rest)) = text.strip_prefix("list ").and_then(|r| split(r, " ")) else {
        return false;
    };
    event.set(Text::XRule, rule);
    let (verdict, rest) = word(rest);
    let (first, tail) = word(rest);
    // Standard lists give no protocol: `denied 10.0.0.5 2 packets`.
    let ends = if scan::is_ip(first) {
        rest
    } else {
        event.set(Text::Protocol, first);
        tail
    };
    let (source, destination) = split(ends, " -> ").unwrap_or((word(ends).0, ""));
    let (address, port) = with_port(source);
    scan::set_source(event, address);
    scan::set_port(event, Number::SrcPort, port);
    let (address, port) = with_port(destination.split([',', ' ']).next().unwrap_or_default());
    scan::set_destination(event, address);
    scan::set_port(event, Number::DstPort, port);
    event.set(Text::Action, verdict);
    match verdict {
        "denied" => {
            event.outcome = Outcome::Failure;
            event.set(Text::Status, "denied");
            set_kind(event, Kind::FIREWALL_BLOCK)
        }
        "permitted" => {
            event.outcome = Outcome::Success;
            set_kind(event, Kind::FIREWALL_ALLOW)
        }
        _ => true,
    }
}

/// `10.0.0.5(4022)`
fn with_port(text: &str) -> (&str, &str) {
    let text = word(text).0;
    match text.cut(b'(') {
        Some((address, port)) => (address, port.less_end(b')')),
        None => (text, ""),
    }
}
