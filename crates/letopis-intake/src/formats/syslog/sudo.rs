//! sudo: what was run as whom, and what was refused (sudoers(5), "Log format").

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::pam;
use crate::formats::log_access;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{split, word};

/// Reads `alice : [reason ; ]TTY=… ; PWD=… ; USER=root ; COMMAND=…`; `false` where it is none.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "sudo");
    if pam::is_pam("", message) {
        let known = pam::read(message, event);
        // sudo authenticates the one who asks, for the account that is asked for.
        return known;
    }
    let text = message.trimmed_start();
    let Some((user, rest)) = split(text, " : ") else {
        return false;
    };
    if user.is_empty() || user.len() > 256 {
        return false;
    }
    event.kind = Kind::PRIVILEGE_USE;
    event.set(Text::UserName, user.trimmed());
    let (reason, fields) = match first_field(rest) {
        Some(0) => ("", rest),
        Some(at) => (
            rest.get(..at).unwrap_or_default(),
            rest.get(at..).unwrap_or_default(),
        ),
        None => (rest, ""),
    };
    let reason = reason.trimmed_end().less_end(b';').trimmed_end();
    let command = read_fields(fields, event);
    if reason.is_empty() {
        // sudo logs a command that it allowed; whether the command then succeeded is not said.
        event.outcome = Outcome::Success;
        if let Some(command) = command {
            log_access::apply(command, event);
        }
        return true;
    }
    refused(reason, event);
    if let Some(command) = command {
        // The log that was meant stays the target; the kind stays the refused use of a privilege.
        if let Some(access) = log_access::of_command(command) {
            event.set(Text::Target, access.target);
        }
    }
    true
}

/// Where the first `NAME=` field begins.
fn first_field(rest: &str) -> Option<usize> {
    ["TTY=", "PWD=", "USER=", "COMMAND=", "HOST="]
        .iter()
        .filter_map(|name| {
            let at = crate::formats::scan::find(rest, name)?;
            (at == 0 || rest.get(..at).is_some_and(|h| h.ends_with(" ; "))).then_some(at)
        })
        .min()
}

/// The fields in sudo's order; the command takes the rest of the line, since it may hold anything.
fn read_fields<'a>(fields: &'a str, event: &mut EventBuf) -> Option<&'a str> {
    let mut rest = fields;
    loop {
        if let Some(command) = rest.strip_prefix("COMMAND=") {
            event.set(Text::XCommandLine, command);
            return Some(command);
        }
        let (field, after) = split(rest, " ; ").unwrap_or((rest, ""));
        let (name, value) = field.cut(b'=').unwrap_or((field, ""));
        match name {
            "USER" => event.set(Text::TargetUser, value),
            "TTY" => event.set(Text::XInterface, value),
            "TSID" => event.set(Text::Session, value),
            _ if !name.is_empty() => event.attr(name, value),
            _ => {}
        }
        if after.is_empty() {
            return None;
        }
        rest = after;
    }
}

/// Why it was refused.
fn refused(reason: &str, event: &mut EventBuf) {
    event.set(Text::XReason, reason);
    let denied = reason.ends_with("NOT in sudoers")
        || reason.has("NOT in sudoers")
        || reason.has("not allowed")
        || reason.has("NOT authorized");
    let failed = denied
        || reason.has("incorrect password attempt")
        || reason.has("password is required")
        || reason.has("must have a tty")
        || reason.has("problem with defaults")
        || reason.has("unable to");
    if failed {
        event.outcome = Outcome::Failure;
    }
    if denied {
        event.set(Text::Status, "denied");
    }
    if reason.has("incorrect password attempt") {
        event.attr("attempts", word(reason).0);
    }
}
