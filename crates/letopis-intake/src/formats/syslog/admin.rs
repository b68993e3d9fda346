//! Tools that machines are administered with from afar: Webmin and Proxmox VE.

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::set_kind;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, between, split, split_last, word};

/// Reads one message of such a tool.
pub(super) fn read(name: &str, message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, name);
    let text = message.trimmed_end();
    match name {
        "webmin" | "usermin" => webmin(text, event),
        _ => proxmox(text, event),
    }
}

/// `Invalid login as root from 10.0.0.5`; the name is the client's word, the address stands behind it.
fn webmin(text: &str, event: &mut EventBuf) -> bool {
    for (mark, outcome, reason) in [
        ("Successful login as ", Outcome::Success, ""),
        ("Invalid login as ", Outcome::Failure, "wrong password"),
        ("Non-existent login as ", Outcome::Failure, "user unknown"),
        ("Expired login as ", Outcome::Failure, "password expired"),
        ("Locked login as ", Outcome::Failure, "account locked"),
    ] {
        if let Some(rest) = text.strip_prefix(mark) {
            let (user, address) = split_last(rest, " from ").unwrap_or((rest, ""));
            event.set(Text::UserName, user);
            scan::set_source(event, address.trimmed());
            event.outcome = outcome;
            event.set(Text::XReason, reason);
            return set_kind(event, Kind::AUTH_LOGON);
        }
    }
    for mark in ["Logout by ", "Timeout of session for "] {
        if let Some(rest) = text.strip_prefix(mark) {
            let (user, address) = split_last(rest, " from ").unwrap_or((rest, ""));
            event.set(Text::UserName, user);
            scan::set_source(event, address);
            return set_kind(event, Kind::AUTH_LOGOFF);
        }
    }
    if let Some(rest) = text.strip_prefix("Security alert: Host ") {
        scan::set_source(event, word(rest).0);
        event.set(Text::Status, "denied");
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::IDS_ALERT);
    }
    match text {
        "Webmin starting" => set_kind(event, Kind::SERVICE_START),
        "Webmin stopping" => set_kind(event, Kind::SERVICE_STOP),
        _ => false,
    }
}

/// `authentication failure; rhost=10.0.0.5 user=root@pam msg=…`, `<root@pam> starting task UPID:…`
fn proxmox(text: &str, event: &mut EventBuf) -> bool {
    if let Some(rest) = text.strip_prefix("authentication failure; rhost=") {
        let (address, rest) = word(rest);
        scan::set_source(event, address);
        let (user, reason) = split_last(rest, " msg=").unwrap_or((rest, ""));
        event.set(Text::UserName, user.strip_prefix("user=").unwrap_or(user));
        event.set(Text::XReason, reason);
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    let Some((user, rest)) = text.strip_prefix('<').and_then(|t| split(t, "> ")) else {
        return false;
    };
    event.set(Text::UserName, user);
    if let Some(who) = rest.strip_prefix("successful auth for user ") {
        event.set(Text::UserName, who.trim_matches('\''));
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    // The task's id: UPID:node:pid:pstart:starttime:type:id:user:
    if let Some(task) = rest.strip_prefix("starting task ") {
        task_fields(task, event);
        return set_kind(event, Kind::TASK_RUN);
    }
    if let Some(rest) = rest.strip_prefix("end task ") {
        let (task, status) = word(rest);
        task_fields(task, event);
        event.set(Text::Status, status);
        event.outcome = if status == "OK" {
            Outcome::Success
        } else {
            Outcome::Failure
        };
        return set_kind(event, Kind::TASK_RUN);
    }
    false
}

fn task_fields(task: &str, event: &mut EventBuf) {
    let mut parts = task.pieces(b':').skip(5);
    event.set(Text::Action, parts.next().unwrap_or_default());
    event.set(Text::Target, parts.next().unwrap_or_default());
    event.set(Text::XRecordId, between(task, "UPID:", " ").unwrap_or(task));
}
