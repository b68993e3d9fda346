//! People: log-ons to the device and through it, commands, accounts, VPN sessions.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::connections;
use super::endpoint::End;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, after, between, has, split, split_last, word};

/// Reads the messages about users; `false` where the number is not one of them.
pub(super) fn read(code: u32, text: &str, event: &mut EventBuf) -> bool {
    match code {
        605_004 | 605_005 => login(code == 605_005, text, event),
        611_101..=611_103 => {
            event.set(
                Text::UserName,
                split_last(text, "Uname: ").map_or("", |(_, u)| u.trimmed()),
            );
            scan::set_source(event, after(text, "IP address: ").unwrap_or_default());
            match code {
                611_101 => logon(Outcome::Success, event),
                611_102 => logon(Outcome::Failure, event),
                _ => event.kind = Kind::AUTH_LOGOFF,
            }
            true
        }
        109_001..=109_039 => {
            through(code, text, event);
            true
        }
        113_003..=113_045 => {
            aaa(code, text, event);
            true
        }
        111_001..=111_111 | 112_001 => {
            configuration(code, text, event);
            true
        }
        502_101..=502_112 => {
            accounts(code, text, event);
            true
        }
        308_001 => {
            event.kind = Kind::PRIVILEGE_USE;
            event.outcome = Outcome::Failure;
            scan::set_source(event, between(text, "(from ", ")").unwrap_or_default());
            true
        }
        315_011 | 315_004 | 315_001 | 307_001..=307_004 | 606_001..=606_004 => {
            management(code, text, event);
            true
        }
        713_000..=713_999
        | 716_001..=716_999
        | 722_001..=722_999
        | 725_001..=725_099
        | 734_001..=734_004
        | 737_001..=737_999
        | 751_001..=751_099 => {
            tunnel(code, text, event);
            true
        }
        _ => false,
    }
}

fn logon(outcome: Outcome, event: &mut EventBuf) {
    event.kind = Kind::AUTH_LOGON;
    event.outcome = outcome;
    if outcome == Outcome::Failure {
        event.set_if_absent(Text::Status, "denied");
    }
}

/// `Login denied from A/P to ifc:A/service for user "u"`: the name is the attacker's word and stands last.
fn login(permitted: bool, text: &str, event: &mut EventBuf) -> bool {
    let (head, user) = split(text, " for user ").unwrap_or((text, ""));
    event.set(Text::UserName, user.less_both(b"\" "));
    connections::any_ends(head, event);
    event.copy_attr("dst_service", Text::Protocol);
    logon(
        if permitted {
            Outcome::Success
        } else {
            Outcome::Failure
        },
        event,
    );
    true
}

/// Users who pass through the device: 109xxx.
fn through(code: u32, text: &str, event: &mut EventBuf) {
    any_user(text, event);
    connections::any_ends(text, event);
    match code {
        109_005 | 109_007 | 109_028 | 109_201 => logon(Outcome::Success, event),
        109_006 | 109_008 | 109_010 | 109_017 | 109_024 | 109_025 | 109_031 | 109_034 => {
            logon(Outcome::Failure, event)
        }
        109_012 => event.kind = Kind::AUTH_LOGOFF,
        _ => {}
    }
    if let Some((_, name)) = split(text, " interface ") {
        event.set(Text::XInterface, word(name).0);
    }
}

/// Authentication by servers and the local database: 113xxx.
fn aaa(code: u32, text: &str, event: &mut EventBuf) {
    any_user(text, event);
    if let Some(address) = after(text, "user IP = ") {
        scan::set_source(event, address);
    }
    if let Some(server) = after(text, "server = ") {
        scan::set_destination(event, server);
    }
    if let Some((_, reason)) = split(text, "reason = ") {
        event.set(
            Text::XReason,
            reason.split(" : ").next().unwrap_or(reason).trimmed(),
        );
    }
    match code {
        113_004 | 113_012 | 113_039 | 113_008 => {
            let rejected = code == 113_008 && !has(text, "ACCEPT");
            logon(
                if rejected {
                    Outcome::Failure
                } else {
                    Outcome::Success
                },
                event,
            );
        }
        113_005 | 113_015..=113_017 | 113_021 | 113_029..=113_038 | 113_040 => {
            logon(Outcome::Failure, event);
            // Warnings about a filter do not refuse the session.
            if matches!(code, 113_031 | 113_032 | 113_034 | 113_036) {
                (event.kind, event.outcome) = (Kind::FIREWALL_DEVICE_EVENT, Outcome::Unknown);
                event.unset(Text::Status);
            }
        }
        113_006 => {
            event.kind = Kind::ACCOUNT_LOCK;
            event.copy(Text::UserName, Text::TargetUser);
        }
        113_007 => {
            event.kind = Kind::ACCOUNT_UNLOCK;
            event.copy(Text::UserName, Text::TargetUser);
        }
        113_019 => {
            event.kind = Kind::AUTH_LOGOFF;
            session_end(text, event);
        }
        _ => {}
    }
}

/// `Session Type: SSL, Duration: 2h:27m:34s, Bytes xmt: 45323434, Bytes rcv: 43252324, Reason: Idle Timeout`
fn session_end(text: &str, event: &mut EventBuf) {
    if let Some(kind) = between(text, "Session Type: ", ",") {
        event.set(Text::Protocol, kind);
    }
    if let Some((_, reason)) = split(text, "Reason: ") {
        event.set(Text::XReason, reason);
    }
    let number = |mark: &str| after(text, mark).and_then(|n| n.parse::<i64>().ok());
    if let (Some(sent), Some(received)) = (number("Bytes xmt: "), number("Bytes rcv: ")) {
        event.set_number(Number::XBytes, sent.saturating_add(received));
        event.attr_fmt("bytes_sent", format_args!("{sent}"));
        event.attr_fmt("bytes_received", format_args!("{received}"));
    }
    let Some(clock) = after(text, "Duration: ") else {
        return;
    };
    let mut seconds = 0i64;
    for part in clock.pieces(b':') {
        let unit = match part.as_bytes().last() {
            Some(b'd') => 86_400,
            Some(b'h') => 3_600,
            Some(b'm') => 60,
            Some(b's') => 1,
            _ => return,
        };
        let Ok(count) = part.less_end_of(b"dhms").parse::<i64>() else {
            return;
        };
        seconds = seconds.saturating_add(count.saturating_mul(unit));
    }
    event.set_number(Number::XDurationUs, seconds.saturating_mul(1_000_000));
}

/// Commands and the configuration: 111xxx.
fn configuration(code: u32, text: &str, event: &mut EventBuf) {
    event.set(Text::UserName, between(text, "User '", "'").unwrap_or_default());
    scan::set_source(event, after(text, " from IP ").unwrap_or_default());
    event.kind = Kind::CONFIG_CHANGE;
    let command = match code {
        111_008 => between(text, "executed the '", "' command"),
        111_009 => split(text, "executed cmd: ").map(|(_, c)| c),
        111_010 => split(text, "executed '").map(|(_, c)| c.less_end(b'\'')),
        111_003 | 111_005 | 111_001 | 111_004 | 111_007 => {
            connections::any_ends(text, event);
            scan::set_source(
                event,
                text.pieces(b' ').find(|w| scan::is_ip(w)).unwrap_or_default(),
            );
            None
        }
        _ => None,
    };
    if let Some(command) = command {
        event.set(Text::XCommandLine, command);
        event.outcome = Outcome::Success;
        event.kind = command_kind(code, command);
        if matches!(event.kind, Kind::LOG_VIEW | Kind::LOG_CLEAR) {
            event.set(Text::Target, "logging buffer");
        }
    }
}

/// 111009 is logged for commands that change nothing (`show …`).
fn command_kind(code: u32, command: &str) -> Kind {
    if command.starts_with("show log") {
        Kind::LOG_VIEW
    } else if command.starts_with("clear logging") {
        Kind::LOG_CLEAR
    } else if code == 111_009 || command.starts_with("show ") {
        Kind::PRIVILEGE_USE
    } else {
        Kind::CONFIG_CHANGE
    }
}

/// Local accounts: 502xxx.
fn accounts(code: u32, text: &str, event: &mut EventBuf) {
    event.set(Text::TargetUser, after(text, "Uname: ").unwrap_or_default());
    event.outcome = Outcome::Success;
    event.kind = match code {
        502_101 => Kind::ACCOUNT_CREATE,
        502_102 => Kind::ACCOUNT_DELETE,
        502_103 => {
            event.set(Text::XOldValue, after(text, "From: ").unwrap_or_default());
            event.set(Text::XNewValue, after(text, "To: ").unwrap_or_default());
            Kind::ACCOUNT_MODIFY
        }
        _ => Kind::CONFIG_CHANGE,
    };
}

/// SSH, Telnet and ASDM sessions with the device.
fn management(code: u32, text: &str, event: &mut EventBuf) {
    any_user(text, event);
    connections::any_ends(text, event);
    if event.get(Text::SrcIp).is_none()
        && let Some((_, source)) = split(text, "from ")
    {
        End::read(source).0.set_source(event);
    }
    event.set(
        Text::XReason,
        between(text, "reason: \"", "\"").unwrap_or_default(),
    );
    event.kind = match code {
        315_011 | 606_002 | 606_004 => Kind::AUTH_LOGOFF,
        606_001 | 606_003 => Kind::AUTH_LOGON,
        _ => Kind::FIREWALL_DEVICE_EVENT,
    };
    if has(text, " denied") || has(text, "rejected") || code == 315_001 {
        logon(Outcome::Failure, event);
    }
    event.set(
        Text::Protocol,
        match code {
            315_000..=315_999 => "ssh",
            307_000..=307_999 => "telnet",
            _ => "https",
        },
    );
    if let Some((_, name)) = split(text, " interface ") {
        event.set(Text::XInterface, word(name).0);
    }
}

/// IPsec, WebVPN, AnyConnect, TLS.
fn tunnel(code: u32, text: &str, event: &mut EventBuf) {
    any_user(text, event);
    event.set(
        Text::Protocol,
        match code {
            713_000..=713_999 | 751_000..=751_999 => "ipsec",
            _ => "tls",
        },
    );
    if event.get(Text::SrcIp).is_none() {
        if let Some((_, client)) = split(text, "client ") {
            let (end, _) = End::read(client);
            if scan::is_ip(end.address) {
                end.set_source(event);
            }
        } else {
            connections::any_ends(text, event);
        }
    }
    match code {
        713_052 | 716_001 | 716_038 | 722_022 | 713_119 => logon(Outcome::Success, event),
        713_167 | 713_198 | 716_039 | 716_007 | 713_166 | 713_060 => logon(Outcome::Failure, event),
        716_002 | 722_023 | 713_050 | 713_259 => {
            event.kind = Kind::AUTH_LOGOFF;
            event.set(Text::XReason, split_last(text, ": ").map_or("", |(_, r)| r));
        }
        722_051 => {
            if let Some(given) = between(text, "IPv4 Address <", ">") {
                event.attr("assigned_ip", given);
            }
        }
        _ => {}
    }
}

/// The user, group and address that a message names, in all its spellings.
pub(super) fn any_user(text: &str, event: &mut EventBuf) {
    if let Some(rest) = text.strip_prefix("Group ").filter(|r| !r.starts_with('='))
        && let Some((_, rest)) = split(rest, "User ")
    {
        // `Group <g> User <u> IP <a>`, `Group g User u IP a`
        event.attr(
            "group",
            bare(between(text, "Group ", " User ").unwrap_or_default()),
        );
        let (user, tail) = split(rest, " IP ").unwrap_or((rest, ""));
        event.set(Text::UserName, bare(user));
        scan::set_source(event, bare(word(tail).0));
        return;
    }
    if let Some(group) = between(text, "Group = ", ",") {
        event.attr("group", group);
        event.set(
            Text::UserName,
            between(text, "Username = ", ",").unwrap_or_default(),
        );
        scan::set_source(event, after(text, "IP = ").unwrap_or_default());
        return;
    }
    if let Some(rest) = text.strip_prefix("DAP: User ") {
        event.set(Text::UserName, split(rest, ",").map_or(rest, |(u, _)| u));
        scan::set_source(event, after(rest, "Addr ").unwrap_or_default());
        return;
    }
    for (open, close) in [
        ("user '", "'"),
        ("user \"", "\""),
        ("User '", "'"),
        ("User \"", "\""),
    ] {
        if let Some(user) = between(text, open, close) {
            event.set(Text::UserName, user);
            return;
        }
    }
    for mark in ["user = ", "Username = ", "Uname: ", "Username: "] {
        if let Some((_, rest)) = split(text, mark) {
            let user = rest.split(" : ").next().unwrap_or(rest);
            let user = user.split(": user IP").next().unwrap_or(user);
            event.set(Text::UserName, word(user.trimmed()).0.less_end_of(b",:"));
            return;
        }
    }
}

fn bare(text: &str) -> &str {
    text.trimmed().less_both(b"<>,")
}
