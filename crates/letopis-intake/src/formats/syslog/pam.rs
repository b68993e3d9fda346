//! PAM modules (`pam_unix`, `pam_sss`, `pam_faillock` …) in whatever program calls them, and the log-in programs
//! that mostly speak through PAM.
//!
//! `ruser` and `user` are written by the one who logs on: `rhost` is the one that nothing but `user=` or the end
//! follows.

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::{ftp, set_kind};
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, has, split, word};

/// Whether the message is from a PAM module.
pub(super) fn is_pam(module: &str, message: &str) -> bool {
    module.starts_with("pam_")
        || message.starts_with("pam_")
        || message.starts_with("(pam_")
        || message.starts_with("PAM ")
        || message.starts_with("gkr-pam")
}

/// Reads a message of a PAM module.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    let mut text = message;
    if let Some((module, rest)) = message.strip_prefix('(').and_then(|r| split(r, ") ")) {
        text = rest;
        event.attr("pam_module", module);
    } else if message.starts_with("pam_")
        && let Some((module, rest)) = split(message, ": ")
    {
        text = rest;
        match split(module, "(") {
            Some((name, service)) => {
                event.attr("pam_module", name);
                let service = service.less_end(b')');
                let (service, stage) = service.cut_last(b':').unwrap_or((service, ""));
                event.set_if_absent(Text::Service, service);
                if !stage.is_empty() {
                    event.attr("pam_stage", stage);
                }
            }
            None => event.attr("pam_module", module),
        }
    }
    authentication(text, event) || session(text, event) || account(text, event)
}

fn authentication(text: &str, event: &mut EventBuf) -> bool {
    let failure = text.starts_with("authentication failure") || text.starts_with("Authentication failure");
    if failure || has(text, "more authentication failure") {
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Failure;
        event.set(Text::Action, "authentication failure");
        fields(text, event);
        // sshd, sudo and su say themselves how the attempt ended: an attempt is one log-on, not two.
        let service = event.get(Text::Service).unwrap_or_default();
        let says_itself = matches!(service, "sshd" | "sudo" | "sudo-i" | "su" | "su-l");
        if says_itself && event.find_attr("pam_stage").is_some() {
            event.kind = Kind::USER_ACTION;
        }
        if let Some(count) = text.strip_prefix("PAM ").map(|t| word(t).0) {
            event.attr("repeated", count);
        }
        return true;
    }
    if text.starts_with("authentication success") {
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Success;
        fields(text, event);
        return true;
    }
    if text.starts_with("check pass; user unknown") || text.starts_with("bad username") {
        event.kind = Kind::AUTH_UNREGISTERED_ACCOUNT;
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, "user unknown");
        if let Some(name) = scan::between(text, "bad username [", "]") {
            event.set(Text::UserName, name);
        }
        return true;
    }
    // pam_sss: `received for user alice: 17 (Failure setting user credentials)`
    if let Some(rest) = text.strip_prefix("received for user ") {
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Failure;
        if let Some((name, reason)) = split(rest, ": ") {
            event.set(Text::UserName, name);
            event.set(Text::XReason, reason);
        }
        return true;
    }
    false
}

/// `logname= uid=0 euid=0 tty=ssh ruser=R rhost=H  user=U`
fn fields(text: &str, event: &mut EventBuf) {
    let Some(start) = split(text, "logname=") else {
        return;
    };
    let plain_end = split(start.1, " ruser=").map_or(start.1.len(), |(head, _)| head.len());
    let plain = start.1.get(..plain_end).unwrap_or_default();
    let (logname, others) = plain.cut(b' ').unwrap_or((plain, ""));
    if !logname.is_empty() {
        event.attr("logname", logname);
    }
    scan::fields(others, |key, value| {
        if !value.is_empty() {
            event.attr(key, value);
        }
    });
    let Some((_, rest)) = split(start.1, " ruser=") else {
        return;
    };
    let (ruser, tail) = remote_host(rest);
    let (rhost, after) = word(tail);
    scan::set_source(event, rhost);
    let user = after.trimmed_start().strip_prefix("user=").unwrap_or_default();
    if !ruser.is_empty() {
        event.attr("ruser", ruser);
    }
    // The account that was tried; without it (an unknown user) the name that was claimed.
    event.set(
        Text::UserName,
        if user.is_empty() {
            ruser
        } else {
            user.trimmed_end()
        },
    );
}

/// The remote user, and the text from the remote host on.
fn remote_host(text: &str) -> (&str, &str) {
    let mut from = 0;
    let mut last = None;
    while let Some((head, tail)) = text.get(from..).and_then(|t| split(t, " rhost=")) {
        let at = from + head.len();
        let (_, after) = word(tail);
        last = Some((at, tail));
        if after.is_empty() || after.starts_with("user=") {
            break;
        }
        from = at + 7;
    }
    match last {
        Some((at, tail)) => (text.get(..at).unwrap_or_default(), tail),
        None => (text.trimmed_end(), ""),
    }
}

fn session(text: &str, event: &mut EventBuf) -> bool {
    if let Some(rest) = text.strip_prefix("session opened for user ") {
        event.kind = Kind::SESSION_OPEN;
        event.outcome = Outcome::Success;
        event.set(Text::Action, "session opened");
        let (user, by) = split(rest, " by ").unwrap_or((rest, ""));
        user_with_id(user, event);
        let (who, id) = split(by, "(uid=").unwrap_or((by, ""));
        if !id.is_empty() {
            event.attr("by_uid", id.trimmed_end().less_end(b')'));
        }
        // Who is named as the opener acts, on the account that the session is for (sudo, su).
        if !matches!(who, "" | "LOGIN") {
            event.copy(Text::UserName, Text::TargetUser);
            event.set(Text::UserName, who);
        }
        return true;
    }
    if let Some(user) = text.strip_prefix("session closed for user ") {
        event.kind = Kind::SESSION_CLOSE;
        event.outcome = Outcome::Success;
        event.set(Text::Action, "session closed");
        user_with_id(user.trimmed_end(), event);
        return true;
    }
    if let Some(rest) = text.strip_prefix("user ")
        && let Some(name) = rest.less_end(b'.').strip_suffix(" logged out")
    {
        event.set(Text::UserName, name);
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::AUTH_LOGOFF);
    }
    false
}

/// `alice(uid=1000)` of newer versions, or `alice`.
fn user_with_id(text: &str, event: &mut EventBuf) {
    match split(text, "(uid=") {
        Some((name, id)) => {
            event.set(Text::UserName, name);
            event.attr("uid", id.less_end(b')'));
        }
        None => event.set(Text::UserName, text),
    }
}

fn account(text: &str, event: &mut EventBuf) -> bool {
    if let Some(user) = text.strip_prefix("password changed for ") {
        event.set(Text::TargetUser, user.trimmed_end());
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::ACCOUNT_PASSWORD_CHANGE);
    }
    if let Some(rest) = text.strip_prefix("account ")
        && let Some((name, reason)) = split(rest, " has ")
    {
        event.set(Text::UserName, name);
        event.set(Text::XReason, reason);
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    // pam_faillock, pam_tally2
    if text.starts_with("Consecutive login failures for user ") || has(text, " account temporarily locked") {
        event.set(
            Text::TargetUser,
            scan::after(text, "for user ").unwrap_or_default(),
        );
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::ACCOUNT_LOCK);
    }
    if let Some(rest) = text.strip_prefix("user ")
        && let Some((name, tally)) = split(rest, ") tally ")
    {
        let (name, id) = split(name, " (").unwrap_or((name, ""));
        event.set(Text::UserName, name);
        event.attr("uid", id);
        event.attr("tally", word(tally).0.less_end(b','));
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, "too many failures");
        return set_kind(event, Kind::AUTH_LOGON);
    }
    if text.starts_with("requirement \"") && has(text, "not met by user") {
        event.set(
            Text::UserName,
            scan::between(text, "not met by user \"", "\"").unwrap_or_default(),
        );
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::USER_ACTION);
    }
    false
}

/// Programs that log users on by themselves.
pub(super) fn read_program(name: &str, message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, name);
    if is_pam("", message) {
        return read(message, event);
    }
    let text = message.trimmed_end();
    if let Some(rest) = text.strip_prefix("FAILED LOGIN ") {
        return failed_login(rest, event);
    }
    for start in ["ROOT LOGIN", "LOGIN ON ", "DIALUP AT "] {
        if text.starts_with(start) {
            event.kind = Kind::AUTH_LOGON;
            event.outcome = Outcome::Success;
            let user = if start.starts_with("ROOT") {
                "root"
            } else {
                scan::after(text, " BY ").unwrap_or_default()
            };
            event.set(Text::UserName, user);
            line_and_host(text, event);
            return true;
        }
    }
    if text.starts_with("TOO MANY LOGIN TRIES") {
        event.set(
            Text::UserName,
            split(text, ") FOR ").map_or("", |(_, r)| r.less_start(b'\'').pieces(b'\'').next().unwrap_or(r)),
        );
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, "too many log-in tries");
        return set_kind(event, Kind::AUTH_LOGON);
    }
    if text.starts_with("authentication failure") {
        return authentication(text, event);
    }
    ftp::read(text, event) || polkit(text, event)
}

/// `(1) on '/dev/tty1' FOR 'alice', Authentication failure` and `1 FROM tty1 FOR alice, Authentication failure`
fn failed_login(rest: &str, event: &mut EventBuf) -> bool {
    event.kind = Kind::AUTH_LOGON;
    event.outcome = Outcome::Failure;
    if let Some((head, tail)) = split(rest, " FOR ") {
        let (user, reason) = scan::split_last(tail, ", ").unwrap_or((tail, ""));
        event.set(Text::UserName, user.trim_matches('\''));
        event.set(Text::XReason, reason);
        line_and_host(head, event);
    }
    true
}

/// `on '/dev/tty1' from 'host'`, `ON tty1 FROM host`.
fn line_and_host(text: &str, event: &mut EventBuf) {
    for mark in [" on '", " ON ", " AT "] {
        if let Some((_, tail)) = split(text, mark) {
            event.set(Text::XInterface, word(tail).0.trim_matches('\''));
            break;
        }
    }
    for mark in [" from '", " FROM "] {
        if let Some((_, tail)) = split(text, mark) {
            scan::set_source(event, word(tail).0.less_both(b"',"));
            break;
        }
    }
}

/// polkit and pkexec.
fn polkit(text: &str, event: &mut EventBuf) -> bool {
    if let Some((user, rest)) = split(text, ": Executing command ") {
        event.set(Text::UserName, user);
        event.set(
            Text::TargetUser,
            scan::between(rest, "[USER=", "]").unwrap_or_default(),
        );
        event.set(
            Text::XCommandLine,
            scan::between(rest, "[COMMAND=", "]").unwrap_or_default(),
        );
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::PRIVILEGE_USE);
    }
    if text.starts_with("Operator of unix-session:") || text.starts_with("Operator of unix-process:") {
        event.outcome = match (
            has(text, "successfully authenticated"),
            has(text, "FAILED to authenticate"),
        ) {
            (true, _) => Outcome::Success,
            (_, true) => Outcome::Failure,
            _ => Outcome::Unknown,
        };
        event.set(
            Text::Session,
            scan::after(text, "unix-session:").unwrap_or_default(),
        );
        event.set(
            Text::UserName,
            scan::between(text, "(owned by unix-user:", ")").unwrap_or_default(),
        );
        event.set(
            Text::Target,
            scan::between(text, "for action ", " ").unwrap_or_default(),
        );
        event.set(
            Text::TargetUser,
            scan::after(text, "as unix-user:").unwrap_or_default(),
        );
        return set_kind(event, Kind::PRIVILEGE_USE);
    }
    false
}
