//! cron, anacron and at: jobs run, tables changed.

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::{pam, set_kind};
use crate::formats::log_access;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, split};

/// Reads one message of a job scheduler.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "cron");
    if pam::is_pam("", message) {
        return pam::read(message, event);
    }
    if let Some((user, rest)) = message.strip_prefix('(').and_then(|r| split(r, ") ")) {
        return entry(user, rest, event);
    }
    if let Some(job) = scan::between(message, "Job `", "'") {
        event.set(Text::Target, job);
        return set_kind(event, Kind::TASK_RUN);
    }
    if message.starts_with("Starting job ") {
        event.set(
            Text::Target,
            scan::between(message, "Starting job ", " ").unwrap_or_default(),
        );
        event.set(
            Text::UserName,
            scan::between(message, "user '", "'").unwrap_or_default(),
        );
        return set_kind(event, Kind::TASK_RUN);
    }
    if message.has("STARTUP") {
        return set_kind(event, Kind::SERVICE_START);
    }
    false
}

/// `(root) CMD (run-parts /etc/cron.hourly)`
fn entry(user: &str, rest: &str, event: &mut EventBuf) -> bool {
    let (verb, inside) = match split(rest, " (") {
        Some((verb, inside)) => (verb, inside.strip_suffix(')').unwrap_or(inside)),
        None => (rest, ""),
    };
    // `(CRON) INFO (…)` speaks of the daemon, not of an account.
    if !matches!(user, "CRON" | "*system*") {
        event.set(Text::UserName, user);
    }
    event.set(Text::Action, verb);
    match verb {
        "CMD" => {
            // Some versions put the process id of the job before the command: `[1234] command`.
            let command = inside
                .strip_prefix('[')
                .and_then(|r| split(r, "] "))
                .filter(|(pid, _)| pid.bytes().all(|b| b.is_ascii_digit()))
                .map_or(inside, |(pid, command)| {
                    event.attr("job_pid", pid);
                    command
                });
            event.set(Text::XCommandLine, command);
            event.kind = Kind::TASK_RUN;
            if let Some(access) = log_access::of_command(command) {
                event.set(Text::Target, access.target);
            }
        }
        "CMDEND" | "CMDOUT" => {
            event.set(Text::XCommandLine, inside);
            event.kind = Kind::TASK_RUN;
        }
        "REPLACE" | "END EDIT" | "RELOAD" => {
            event.kind = Kind::TASK_MODIFY;
            event.outcome = if verb == "REPLACE" {
                Outcome::Success
            } else {
                Outcome::Unknown
            };
            event.set(Text::TargetUser, inside);
        }
        "DELETE" => {
            event.kind = Kind::TASK_DELETE;
            event.outcome = Outcome::Success;
            event.set(Text::TargetUser, inside);
        }
        "STARTUP" => event.kind = Kind::SERVICE_START,
        "AUTH" | "ERROR" | "FAILED" => {
            event.kind = Kind::ERROR_REPORT;
            event.outcome = Outcome::Failure;
            event.set(Text::XReason, inside);
        }
        _ => event.set(Text::XReason, inside),
    }
    true
}
