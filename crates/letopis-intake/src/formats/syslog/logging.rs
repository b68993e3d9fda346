//! What writes the logs, about itself: starts, stops, rotations, records lost. Silence begins here.

use letopis_event::{EventBuf, Kind, Outcome, Text};

use crate::formats::auditd;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, has, word};

/// Reads one message of a logging daemon.
pub(super) fn read(name: &str, message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, name);
    let text = message.trimmed_end();
    if name == "auditd" && (text.starts_with("type=") || text.starts_with("node=")) {
        return auditd::read_embedded(text, event);
    }
    let kind = lost(text)
        .or_else(|| rotated(name, text))
        .or_else(|| state(name, text));
    let Some(kind) = kind else { return false };
    event.kind = kind;
    match kind {
        // The end of recording is what KZ195-A4-1.7 wants to see, an orderly shutdown included: what follows is not
        // recorded either way. The reason tells one that was asked for (signal 15) from others.
        Kind::PROTECTION_ENABLE | Kind::PROTECTION_DISABLE => {
            event.attr("component", "logging");
            if let Some((_, signal)) = scan::split(text, "exiting on signal ") {
                let number = word(signal).0.less_end(b'.');
                event.set_fmt(Text::XReason, format_args!("signal {number}"));
            }
        }
        Kind::LOG_FAILURE | Kind::LOG_FULL => {
            event.outcome = Outcome::Failure;
            if let Some(count) = text
                .pieces(b' ')
                .find(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_digit()))
            {
                event.attr("lost", count);
            }
        }
        _ => {}
    }
    if let Some(by) = scan::between(text, "from PID ", " ") {
        event.attr("by_pid", by);
    }
    true
}

/// Records that were not written.
fn lost(text: &str) -> Option<Kind> {
    if has(text, "low on disk space")
        || has(text, "no space left on logging partition")
        || has(text, "disk is full")
    {
        return Some(Kind::LOG_FULL);
    }
    let signs = [
        "messages lost",
        "begins to drop messages",
        "Suppressed ",
        "message suppressed",
        "Forwarding to syslog missed ",
        "Missed ",
        "event lost",
        "queue is full",
        "queue overflow",
        "backlog limit exceeded",
        "corrupted or uncleanly shut down",
        "suspending logging",
        "Error writing ",
        "error writing ",
        "Failed to write entry",
        "destination queue full",
    ];
    let suspended = text.starts_with("action '") && has(text, "suspended");
    (suspended || signs.iter().any(|s| has(text, s))).then_some(Kind::LOG_FAILURE)
}

fn rotated(name: &str, text: &str) -> Option<Kind> {
    if has(text, "rotating log files") || has(text, "request to rotate journal") || has(text, "was HUPed") {
        return Some(Kind::LOG_ROTATE);
    }
    if text.starts_with("Vacuuming done") {
        return Some(Kind::LOG_OVERWRITE);
    }
    if name == "logrotate" {
        return Some(if has(text, "exited abnormally") || text.starts_with("error:") {
            Kind::LOG_FAILURE
        } else {
            Kind::LOG_ROTATE
        });
    }
    None
}

fn state(name: &str, text: &str) -> Option<Kind> {
    let stopped = has(text, "exiting on signal")
        || text.starts_with("Journal stopped")
        || has(text, "The audit daemon is exiting")
        || has(text, "syslog-ng shutting down")
        || has(text, "Kernel logging (proc) stopped")
        || has(text, "shutdown succeeded")
        || text.starts_with("Received SIGTERM")
        || has(text, "audit daemon is now disabled");
    if stopped {
        return Some(Kind::PROTECTION_DISABLE);
    }
    // `[origin software="rsyslogd" …] start`
    let started = text.ends_with("] start")
        || text.ends_with("] (re)start")
        || has(text, "syslog-ng starting up")
        || text.starts_with("Journal started")
        || has(text, "Init complete, auditd")
        || has(text, "startup succeeded")
        || text.ends_with("restart.")
        || text.ends_with(" restart") && name.has("syslog");
    if started {
        return Some(Kind::PROTECTION_ENABLE);
    }
    let audit_rules = matches!(name, "auditctl" | "augenrules");
    if audit_rules && !text.is_empty() && word(text).0 != "No" {
        return Some(Kind::LOG_POLICY_CHANGE);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_announced() {
        let kind = |name: &str, text: &str| {
            let mut event = EventBuf::default();
            read(name, text, &mut event);
            event.kind.as_str()
        };
        assert_eq!(
            kind(
                "rsyslogd",
                "[origin software=\"rsyslogd\" x-pid=\"7\"] exiting on signal 15."
            ),
            "protection.disable"
        );
        assert_eq!(
            kind("rsyslogd", "[origin software=\"rsyslogd\" x-pid=\"7\"] start"),
            "protection.enable"
        );
        assert_eq!(
            kind("auditd", "The audit daemon is exiting."),
            "protection.disable"
        );
        assert_eq!(
            kind("systemd-journald", "Suppressed 312 messages from sshd.service"),
            "log.failure"
        );
        assert_eq!(
            kind("auditd", "Audit daemon is low on disk space for logging"),
            "log.full"
        );
        assert_eq!(
            kind("rsyslogd", "[origin software=\"rsyslogd\"] rsyslogd was HUPed"),
            "log.rotate"
        );
    }
}
