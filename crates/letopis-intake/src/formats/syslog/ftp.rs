//! File transfer servers: ProFTPD, vsftpd, Pure-FTPd and the BSD daemon.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::set_kind;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, between, has, split, split_last, word};

/// Reads one message of an FTP server.
pub(super) fn read(text: &str, event: &mut EventBuf) -> bool {
    proftpd(text, event) || vsftpd(text, event) || pure(text, event) || bsd(text, event)
}

/// `server (host[10.0.0.5]) - USER alice (Login failed): Incorrect password`. What the server wrote of itself and of
/// the peer stands first; the name behind it is the client's word.
fn proftpd(text: &str, event: &mut EventBuf) -> bool {
    // Of the server itself: no client stands in brackets.
    if !has(text, "])") && has(text, "ProFTPD ") {
        if text.ends_with(" standalone mode STARTUP") {
            return set_kind(event, Kind::SERVICE_START);
        }
        if text.ends_with(" standalone mode SHUTDOWN") {
            return set_kind(event, Kind::SERVICE_STOP);
        }
    }
    let Some((_, rest)) = split(text, " (") else {
        return false;
    };
    let Some((peer, rest)) = split(rest, "])") else {
        return false;
    };
    let Some((host, address)) = split_last(peer, "[") else {
        return false;
    };
    let Some(said) = rest.strip_prefix(": ").or_else(|| rest.strip_prefix(" - ")) else {
        return false;
    };
    scan::set_source(event, address);
    if !scan::is_ip(host) {
        event.attr("src_host", host);
    }
    event.set(Text::Protocol, "ftp");
    proftpd_event(said, event);
    true
}

fn proftpd_event(said: &str, event: &mut EventBuf) {
    if let Some(rest) = said.strip_prefix("USER ") {
        let ends = [
            (": no such user found", "no such user", Outcome::Failure),
            (" (Login failed)", "", Outcome::Failure),
            (": Login successful", "", Outcome::Success),
        ];
        for (mark, reason, outcome) in ends {
            if let Some((user, tail)) = split_last(rest, mark) {
                event.kind = Kind::AUTH_LOGON;
                event.outcome = outcome;
                event.set(Text::UserName, user);
                let told = tail.strip_prefix(": ").unwrap_or_default();
                event.set(Text::XReason, if reason.is_empty() { told } else { reason });
                return;
            }
        }
        return;
    }
    if let Some(rest) = said.strip_prefix("SECURITY VIOLATION: ") {
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, rest);
        event.set(
            Text::UserName,
            split(rest, " login attempted").map_or("", |(user, _)| user),
        );
        event.kind = Kind::AUTH_LOGON;
    } else if said.starts_with("Maximum login attempts") {
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, "maximum login attempts exceeded");
        event.kind = Kind::USER_ACTION;
    } else if said.starts_with("FTP session opened") {
        event.kind = Kind::NETWORK_CONNECT;
    } else if said.starts_with("FTP session closed") {
        event.kind = Kind::NETWORK_DISCONNECT;
    } else if said.starts_with("FTP login timed out") {
        event.kind = Kind::NETWORK_DISCONNECT;
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, "login timed out");
    }
}

/// Whether the message is vsftpd's: `[pid 2] [alice] OK LOGIN: Client "10.0.0.5"`, by syslog without the process.
pub(super) fn is_vsftpd(message: &str) -> bool {
    message.starts_with("[pid ") && has(message, ": Client \"") || message.starts_with("CONNECT: Client \"")
}

/// `[pid 2] [alice] OK UPLOAD: Client "10.0.0.5", "/a.txt", 12 bytes, 0.1Kbyte/sec`
fn vsftpd(text: &str, event: &mut EventBuf) -> bool {
    let mut rest = text;
    if let Some(after) = rest.strip_prefix("[pid ")
        && let Some((pid, after)) = split(after, "] ")
    {
        event.set_number_text(Number::Pid, pid);
        rest = after;
    }
    let Some((head, detail)) = split_last(rest, ": Client \"") else {
        return false;
    };
    event.set(Text::Service, "vsftpd");
    event.set_if_absent(Text::Process, "vsftpd");
    event.set(Text::Protocol, "ftp");
    let (address, detail) = split(detail, "\"").unwrap_or((detail, ""));
    scan::set_source(event, address);
    let verb = match head.strip_prefix('[').and_then(|h| split_last(h, "] ")) {
        Some((user, verb)) => {
            event.set(Text::UserName, user);
            verb
        }
        None => head,
    };
    let (result, action) = word(verb);
    event.outcome = match result {
        "OK" => Outcome::Success,
        "FAIL" => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    let action = if action.is_empty() { result } else { action };
    event.set(Text::Action, action);
    let quoted = between(detail, "\"", "\"").unwrap_or_default();
    if action == "LOGIN" {
        event.set(Text::XReason, quoted);
    } else {
        event.set(Text::Target, quoted);
    }
    if let Some((head, _)) = split(detail, " bytes") {
        event.set_number_text(Number::XBytes, head.pieces(b' ').next_back().unwrap_or_default());
    }
    let kind = match action {
        "LOGIN" => Kind::AUTH_LOGON,
        "CONNECT" => Kind::NETWORK_CONNECT,
        "UPLOAD" | "MKDIR" => Kind::OBJECT_CREATE,
        "DOWNLOAD" => Kind::OBJECT_OPEN,
        "DELETE" | "RMDIR" => Kind::OBJECT_DELETE,
        "RENAME" => Kind::OBJECT_RENAME,
        _ => Kind::OTHER,
    };
    set_kind(event, kind)
}

/// `(?@10.0.0.5) [WARNING] Authentication failed for user [alice]`, `(?@10.0.0.5) [INFO] alice is now logged in`
fn pure(text: &str, event: &mut EventBuf) -> bool {
    let Some((who, rest)) = text.strip_prefix('(').and_then(|t| split(t, ") [")) else {
        return false;
    };
    let Some((user, address)) = who.cut_last(b'@') else {
        return false;
    };
    let Some((_, said)) = split(rest, "] ") else {
        return false;
    };
    scan::set_source(event, address);
    event.set(Text::UserName, if user == "?" { "" } else { user });
    event.set(Text::Protocol, "ftp");
    if let Some(name) = said.strip_prefix("Authentication failed for user [") {
        event.set(Text::UserName, name.less_end(b']'));
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    if let Some((name, _)) = split(said, " is now logged in") {
        event.set(Text::UserName, name);
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    if said.starts_with("New connection from ") {
        return set_kind(event, Kind::NETWORK_CONNECT);
    }
    if said.starts_with("Logout") {
        return set_kind(event, Kind::AUTH_LOGOFF);
    }
    let moved = said.strip_suffix(" uploaded").map(|t| (t, Kind::OBJECT_CREATE));
    let moved = moved.or_else(|| split(said, " uploaded ").map(|(t, _)| (t, Kind::OBJECT_CREATE)));
    let moved = moved.or_else(|| split(said, " downloaded ").map(|(t, _)| (t, Kind::OBJECT_OPEN)));
    if let Some((file, kind)) = moved {
        event.set(Text::Target, file);
        event.outcome = Outcome::Success;
        return set_kind(event, kind);
    }
    false
}

/// The daemon of BSD and its kin.
fn bsd(text: &str, event: &mut EventBuf) -> bool {
    if let Some(rest) = text.strip_prefix("connection from ") {
        scan::set_source(event, word(rest).0);
        if let Some(name) = between(rest, "(", ")").filter(|n| !n.is_empty()) {
            event.attr("src_host", name);
        }
        event.set(Text::Protocol, "ftp");
        return set_kind(event, Kind::NETWORK_CONNECT);
    }
    if let Some(rest) = text.strip_prefix("ANONYMOUS FTP LOGIN FROM ") {
        scan::set_source(event, word(rest).0.less_end(b','));
        event.set(Text::UserName, "anonymous");
        event.set(Text::Protocol, "ftp");
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    if let Some(rest) = text.strip_prefix("Authentication failed from ") {
        scan::set_source(event, word(rest).0);
        event.set(Text::XReason, split(rest, ": ").map_or("", |(_, r)| r));
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    if has(text, "Kerberos authentication failed") {
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    false
}
