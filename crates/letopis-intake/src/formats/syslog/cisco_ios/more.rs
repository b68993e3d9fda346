//! Messages about sessions, privileges, accounts and irregularities of Cisco IOS, IOS XE and NX-OS.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::set_kind;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, after, between, split, split_last, word};
use crate::formats::syslog::sshd;

/// Reads the text of one message.
pub(super) fn read(facility: &str, mnemonic: &str, text: &str, event: &mut EventBuf) -> bool {
    match (facility, mnemonic) {
        ("SYS", _) => system(mnemonic, text, event),
        ("SSH", _) => secure_shell(mnemonic, text, event),
        ("SEC_LOGIN", _) => {
            event.set(Text::UserName, between(text, "[user: ", "]").unwrap_or_default());
            scan::set_source(event, between(text, "[Source: ", "]").unwrap_or_default());
            scan::set_port(
                event,
                Number::DstPort,
                between(text, "[localport: ", "]").unwrap_or_default(),
            );
            event.set(Text::XReason, between(text, "[Reason: ", "]").unwrap_or_default());
            true
        }
        ("DMI", m) if m.starts_with("AUTH") => netconf(text, event),
        ("NDBMAN" | "DMI", "MODEL_RPC_I" | "CONFIG_I") => {
            event.set(Text::UserName, after(text, " user ").unwrap_or_default());
            peer(after(text, " from ").unwrap_or_default(), event);
            event.set(Text::Target, between(text, "'", "'").unwrap_or_default());
            true
        }
        ("AAA", _) => accounts(mnemonic, text, event),
        ("AAAA" | "PARSER" | "HA_EM", "ACCTLOCAL") => {
            event.set(
                Text::UserName,
                between(text, "Username: ", " ").unwrap_or_default(),
            );
            event.set(
                Text::XCommandLine,
                split(text, "Command: ").map_or("", |(_, c)| c),
            );
            let privileged = between(text, "Privilege level: ", " ") == Some("15");
            set_kind(
                event,
                if privileged {
                    Kind::PRIVILEGE_USE
                } else {
                    Kind::OTHER
                },
            )
        }
        ("DOT1X" | "MAB" | "AUTHMGR", _) => port_access(mnemonic, text, event),
        ("AUTHPRIV" | "DAEMON" | "USER" | "AUTH", "SYSTEM_MSG") => system_message(text, event),
        ("VSHD", "VSHD_SYSLOG_CMD_EXEC") => {
            event.set(Text::UserName, between(text, "User:", " ").unwrap_or_default());
            event.set(
                Text::XCommandLine,
                split(text, "executed the command:").map_or("", |(_, c)| c),
            );
            true
        }
        _ => irregular(facility, mnemonic, text, event),
    }
}

/// The system itself: privileges, settings, logging, terminals.
fn system(mnemonic: &str, text: &str, event: &mut EventBuf) -> bool {
    match mnemonic {
        "PRIV_AUTH_FAIL" | "PRIV_AUTH_PASS" => {
            event.set(Text::UserName, after(text, " by ").unwrap_or_default());
            terminal(text, event);
            event.outcome = ended(mnemonic == "PRIV_AUTH_PASS");
            set_kind(event, Kind::PRIVILEGE_USE)
        }
        "CONFIG_P" => {
            event.set(Text::UserName, after(text, " as ").unwrap_or_default());
            event.set(
                Text::Process,
                between(text, "by process ", " from ").unwrap_or_default(),
            );
            terminal(text, event);
            event.outcome = Outcome::Success;
            set_kind(event, Kind::CONFIG_CHANGE)
        }
        "LOGGINGHOST_FAIL" => {
            scan::set_destination(event, between(text, "host ", " ").unwrap_or_default());
            scan::set_port(
                event,
                Number::DstPort,
                between(text, "port ", " ").unwrap_or_default(),
            );
            event.outcome = Outcome::Failure;
            set_kind(event, Kind::LOG_FAILURE)
        }
        "TTY_EXPIRE_TIMER" => {
            event.set(Text::UserName, after(text, "user ").unwrap_or_default());
            let address = split(text, "tty ").and_then(|(_, rest)| between(rest, "(", ")"));
            scan::set_source(event, address.unwrap_or_default());
            set_kind(event, Kind::SESSION_CLOSE)
        }
        "LOGGINGHOST_STARTSTOP" => {
            let stopped = scan::has(text, "stopped");
            event.attr("component", "logging");
            set_kind(
                event,
                if stopped {
                    Kind::PROTECTION_DISABLE
                } else {
                    Kind::PROTECTION_ENABLE
                },
            )
        }
        _ => true,
    }
}

/// Addresses that two machines have, and machines at ports that are not theirs.
fn irregular(facility: &str, mnemonic: &str, text: &str, event: &mut EventBuf) -> bool {
    match (facility, mnemonic) {
        ("IP" | "ARP", "DUPADDR" | "DUP_SRC_IP" | "DUP_VADDR_SRC_IP") => {
            let address = text.split([' ', ',']).find(|w| scan::is_ip(w));
            scan::set_source(event, address.unwrap_or_default());
            set_kind(event, Kind::DEVIATION_REPORT)
        }
        ("IPS", "SIGNATURE" | "SIG") => {
            event.set(
                Text::XRule,
                split(text, "Sev:").map_or(text, |(_, rest)| word(rest).1),
            );
            event.attr("signature", after(text, "Sig:").unwrap_or_default());
            if let Some((source, destination)) = between(text, "[", "]").and_then(|ends| split(ends, " -> "))
            {
                peer(source.trimmed(), event);
                let (address, port) =
                    scan::address_port(destination.trimmed(), b':').unwrap_or((destination, ""));
                scan::set_destination(event, address.trimmed());
                scan::set_port(event, Number::DstPort, port);
            }
            set_kind(event, Kind::IDS_ALERT)
        }
        ("PORT_SECURITY", _) => {
            event.attr(
                "mac",
                after(text, "MAC address ").unwrap_or_default().less_end(b'.'),
            );
            event.set(
                Text::XInterface,
                after(text, " port ").unwrap_or_default().less_end(b'.'),
            );
            set_kind(event, Kind::DEVIATION_REPORT)
        }
        _ => true,
    }
}

fn ended(well: bool) -> Outcome {
    if well { Outcome::Success } else { Outcome::Failure }
}

/// ` on vty0 (10.0.0.5)`
fn terminal(text: &str, event: &mut EventBuf) {
    let Some((_, rest)) = split(text, " on ") else {
        return;
    };
    event.set(Text::XInterface, word(rest).0);
    scan::set_source(event, between(rest, "(", ")").unwrap_or_default());
}

/// `10.0.0.5:7540`
fn peer(text: &str, event: &mut EventBuf) {
    match scan::address_port(text, b':') {
        Some((address, port)) if scan::is_ip(address) => {
            scan::set_source(event, address);
            scan::set_port(event, Number::SrcPort, port);
        }
        _ => scan::set_source(event, text),
    }
}

/// `User 'a' authentication for SSH2 Session from 10.0.0.5 (tty = 0) using … Succeeded`
fn secure_shell(mnemonic: &str, text: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Protocol, "ssh");
    scan::set_source(event, after(text, " from ").unwrap_or_default());
    let user = between(text, "User '", "'").or_else(|| between(text, "for user '", "'"));
    event.set(Text::UserName, user.unwrap_or_default());
    let text = text.less_end_of(b" \".");
    event.outcome = match () {
        () if text.ends_with("Succeeded") => Outcome::Success,
        () if text.ends_with("Failed") || text.ends_with("failed") => Outcome::Failure,
        () => Outcome::Unknown,
    };
    match mnemonic {
        "SSH2_USERAUTH" | "SSH_USERAUTH" => set_kind(event, Kind::AUTH_LOGON),
        "SSH2_SESSION" | "SSH_SESSION" => set_kind(event, Kind::REMOTE_ACCESS),
        "SSH2_CLOSE" | "SSH_CLOSE" => set_kind(event, Kind::SESSION_CLOSE),
        _ => true,
    }
}

/// `Switch 1 R0/0: dmiauthd: User 'a' authenticated successfully from 10.0.0.5:7540 …`
fn netconf(text: &str, event: &mut EventBuf) -> bool {
    if let Some((head, _)) = split(text, ": User") {
        event.set(Text::Process, head.pieces(b' ').next_back().unwrap_or_default());
    }
    event.set(Text::UserName, between(text, "User '", "'").unwrap_or_default());
    peer(after(text, " from ").unwrap_or_default(), event);
    let well = scan::has(text, "successfully");
    let badly = scan::has(text, "failed") || scan::has(text, "denied");
    if well != badly {
        event.outcome = ended(well);
    }
    set_kind(event, Kind::AUTH_LOGON)
}

/// Locked and unlocked accounts; the accounting of NX-OS (`update:10.0.0.5@pts/0:admin:configure terminal (SUCCESS)`).
fn accounts(mnemonic: &str, text: &str, event: &mut EventBuf) -> bool {
    match mnemonic {
        "USER_LOCKED" => {
            event.set(Text::TargetUser, between(text, "User ", " ").unwrap_or_default());
            set_kind(event, Kind::ACCOUNT_LOCK)
        }
        "USER_RESET" | "USER_UNLOCKED" => {
            event.set(Text::TargetUser, between(text, "User ", " ").unwrap_or_default());
            event.set(Text::UserName, after(text, " by ").unwrap_or_default());
            terminal(text, event);
            set_kind(event, Kind::ACCOUNT_UNLOCK)
        }
        "AAA_ACCOUNTING_MESSAGE" => {
            let mut parts = text.splitn(4, ':');
            event.set(Text::Status, parts.next().unwrap_or_default());
            let place = parts.next().unwrap_or_default();
            scan::set_source(event, place.pieces(b'@').next().unwrap_or_default());
            event.set(Text::UserName, parts.next().unwrap_or_default());
            let command = parts.next().unwrap_or_default().trimmed();
            let (command, result) = split_last(command, " (").unwrap_or((command, ""));
            event.set(Text::XCommandLine, command);
            event.outcome = match result.less_end(b')') {
                "SUCCESS" => Outcome::Success,
                "FAILURE" => Outcome::Failure,
                _ => Outcome::Unknown,
            };
            true
        }
        _ => true,
    }
}

/// `Authentication failed for client (0050.5683.69cd) on Interface Gi1/0/1 …`
fn port_access(mnemonic: &str, text: &str, event: &mut EventBuf) -> bool {
    event.attr("mac", between(text, "client (", ")").unwrap_or_default());
    event.set(Text::XInterface, after(text, "nterface ").unwrap_or_default());
    event.outcome = match mnemonic {
        "SUCCESS" => Outcome::Success,
        "FAIL" => Outcome::Failure,
        _ => return true,
    };
    set_kind(event, Kind::AUTH_LOGON)
}

/// NX-OS hands on what its programs log: `text - program[pid]`.
fn system_message(text: &str, event: &mut EventBuf) -> bool {
    let mut inner = text;
    if let Some((before, tag)) = split_last(text, " - ") {
        let (program, pid) = tag.trimmed_end().cut(b'[').unwrap_or((tag.trimmed_end(), ""));
        if !program.holds(b' ') {
            inner = before;
            event.set(Text::Process, program);
            scan::set_port(event, Number::Pid, pid.less_end(b']'));
        }
    }
    if let Some(rest) = inner.strip_prefix("pam_aaa:Authentication failed") {
        let user = between(rest, "user ", " ").unwrap_or_default();
        event.set(Text::UserName, user);
        scan::set_source(event, after(rest, "from ").unwrap_or_default());
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    let secure = event.get(Text::Process).is_some_and(|p| p.ends_with("sshd"));
    if secure {
        sshd::read(inner, event);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(facility: &str, mnemonic: &str, text: &str) -> EventBuf {
        let mut event = EventBuf::default();
        assert!(read(facility, mnemonic, text, &mut event));
        event
    }

    #[test]
    fn who_did_what_from_where() {
        let event = read_one(
            "SYS",
            "PRIV_AUTH_FAIL",
            "Authentication to privilege level 15 failed by serik on vty0 (203.0.113.9)",
        );
        assert_eq!(
            (event.kind, event.outcome),
            (Kind::PRIVILEGE_USE, Outcome::Failure)
        );
        assert_eq!(
            (event.get(Text::UserName), event.get(Text::SrcIp)),
            (Some("serik"), Some("203.0.113.9"))
        );
        let event = read_one(
            "AAA",
            "USER_RESET",
            "User aigul failed attempts reset by admin on vty0 (10.1.2.3)",
        );
        assert_eq!(event.kind, Kind::ACCOUNT_UNLOCK);
        assert_eq!(
            (event.get(Text::TargetUser), event.get(Text::UserName)),
            (Some("aigul"), Some("admin"))
        );
        let event = read_one(
            "AAA",
            "AAA_ACCOUNTING_MESSAGE",
            "update:10.1.2.3@pts/0:admin:configure terminal (SUCCESS)",
        );
        assert_eq!(
            (event.get(Text::XCommandLine), event.outcome),
            (Some("configure terminal"), Outcome::Success)
        );
        let event = read_one(
            "IPS",
            "SIGNATURE",
            "Sig:3051 Subsig:1 Sev:4 TCP Window [203.0.113.9:80 -> 10.1.0.8:51000]",
        );
        assert_eq!(
            (event.kind, event.get(Text::DstIp)),
            (Kind::IDS_ALERT, Some("10.1.0.8"))
        );
        assert!(
            event
                .get(Text::XRule)
                .is_some_and(|r| r.starts_with("TCP Window"))
        );
    }
}
