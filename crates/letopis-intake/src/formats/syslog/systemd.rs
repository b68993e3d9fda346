//! The service manager: units started, stopped and failed, boot, and the clock that was set.

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::{pam, set_kind};
use crate::formats::log_access::is_logging_service;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, has, split, word};

/// Reads one message of systemd (or init).
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "systemd");
    if pam::is_pam("", message) {
        return pam::read(message, event);
    }
    system(message, event) || job(message, event) || unit_state(message, event)
}

/// The machine as a whole.
fn system(text: &str, event: &mut EventBuf) -> bool {
    if text.starts_with("Startup finished in ") {
        event.outcome = Outcome::Success;
        return set_kind(
            event,
            if has(text, "(kernel)") {
                Kind::SYSTEM_START
            } else {
                Kind::SESSION_OPEN
            },
        );
    }
    if text.starts_with("systemd ") && has(text, " running in system mode") {
        return set_kind(event, Kind::SYSTEM_START);
    }
    if text.starts_with("Time has been changed") {
        return set_kind(event, Kind::TIME_CHANGE);
    }
    if text.starts_with("System time before build time")
        || text.starts_with("System clock time unset or jumped")
    {
        return set_kind(event, Kind::TIME_CHANGE);
    }
    if text.starts_with("Shutting down.")
        || text.starts_with("Rebooting.")
        || text.starts_with("Powering off.")
    {
        return set_kind(event, Kind::SYSTEM_STOP);
    }
    if text.starts_with("shutting down for system") || text.starts_with("Switching to runlevel: ") {
        let stops = text.starts_with("shutting") || text.ends_with('0') || text.ends_with('6');
        return stops && set_kind(event, Kind::SYSTEM_STOP);
    }
    if let Some(target) = text.strip_prefix("Reached target ") {
        let (name, title) = unit_and_title(target);
        event.set(Text::Target, name);
        let stops = [
            "Shutdown",
            "System Reboot",
            "System Power Off",
            "Power-Off",
            "Reboot",
        ]
        .iter()
        .any(|t| title.less_end(b'.') == *t);
        return set_kind(
            event,
            if stops {
                Kind::SYSTEM_STOP
            } else {
                Kind::SERVICE_STATE
            },
        );
    }
    false
}

/// `Started X.`, `Stopped X.`, `Failed to start X.`
fn job(text: &str, event: &mut EventBuf) -> bool {
    if let Some(rest) = text
        .strip_prefix("Failed to start ")
        .or_else(|| text.strip_prefix("Failed to stop "))
    {
        let (name, _) = unit_and_title(rest);
        event.set(Text::Target, name);
        event.set(
            Text::Action,
            if text.starts_with("Failed to start") {
                "start"
            } else {
                "stop"
            },
        );
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::SERVICE_FAILURE);
    }
    let (verb, rest) = word(text);
    let kind = match verb {
        "Started" | "Starting" | "Reloaded" | "Restarted" => Kind::SERVICE_START,
        "Stopped" | "Stopping" | "Closed" => Kind::SERVICE_STOP,
        "Mounted" | "Unmounted" | "Finished" | "Listening" | "Created" | "Removed" | "Condition"
        | "Mounting" | "Unmounting" | "Reloading" | "Activated" | "Deactivated" => Kind::SERVICE_STATE,
        _ => return false,
    };
    if matches!(
        verb,
        "Started" | "Stopped" | "Finished" | "Mounted" | "Unmounted" | "Closed" | "Reloaded" | "Restarted"
    ) {
        event.outcome = Outcome::Success;
    }
    event.kind = kind;
    event.set(Text::Action, verb);
    let (name, title) = unit_and_title(rest);
    event.set(Text::Target, name);
    if let Some(session) = title.strip_prefix("Session ")
        && let Some((id, user)) = split(title_end(session), " of ")
    {
        event.set(Text::Session, id);
        event.set(
            Text::UserName,
            user.trim_start_matches("user ").trim_start_matches("User "),
        );
        event.kind = if kind == Kind::SERVICE_START {
            Kind::SESSION_OPEN
        } else {
            Kind::SESSION_CLOSE
        };
        return true;
    }
    if let Some(component) = protection(name, title) {
        event.attr("component", component);
        event.kind = match kind {
            Kind::SERVICE_START if verb != "Starting" => Kind::PROTECTION_ENABLE,
            Kind::SERVICE_STOP if verb != "Stopping" => Kind::PROTECTION_DISABLE,
            other => other,
        };
    }
    true
}

/// `rsyslog.service - System Logging Service.` (new) or `System Logging Service.` (old): name of the unit where
/// there is one, else its title; and the title.
fn unit_and_title(text: &str) -> (&str, &str) {
    let text = text.trim_end_matches("...");
    if let Some((unit, title)) = split(text, " - ")
        && !unit.holds(b' ')
        && unit.holds(b'.')
    {
        return (unit, title_end(title));
    }
    (title_end(text), title_end(text))
}

fn title_end(text: &str) -> &str {
    text.strip_suffix('.').unwrap_or(text)
}

/// What protects or records, by unit name or by the title that the distributions give it.
fn protection(unit: &str, title: &str) -> Option<&'static str> {
    let name = unit.strip_suffix(".service").unwrap_or(unit);
    if is_logging_service(name) {
        return Some("logging");
    }
    match title {
        "System Logging Service"
        | "Journal Service"
        | "Security Auditing Service"
        | "System Logger Daemon"
        | "Security Audit Logging Service"
        | "System Logging Daemon" => return Some("logging"),
        "firewalld - dynamic firewall daemon"
        | "Uncomplicated firewall"
        | "Netfilter Tables"
        | "nftables"
        | "IPv4 firewall with iptables"
        | "CLI Netfilter Manager" => return Some("firewall"),
        "Fail2Ban Service" => return Some("intrusion prevention"),
        "Clam AntiVirus userspace daemon" | "ClamAV daemon" => return Some("antivirus"),
        _ => {}
    }
    match name {
        "firewalld" | "ufw" | "nftables" | "iptables" | "ip6tables" => Some("firewall"),
        "fail2ban" | "crowdsec" | "sshguard" => Some("intrusion prevention"),
        "clamav-daemon" | "clamd" | "kesl" | "drweb-configd" | "mdatp" | "falcon-sensor" => Some("antivirus"),
        "apparmor" => Some("access control"),
        _ => None,
    }
}

/// `x.service: Main process exited, code=exited, status=1/FAILURE`
fn unit_state(text: &str, event: &mut EventBuf) -> bool {
    let Some((unit, rest)) = split(text, ": ") else {
        return false;
    };
    if unit.holds(b' ') || !unit.holds(b'.') {
        return false;
    }
    event.set(Text::Target, unit);
    event.kind = Kind::SERVICE_STATE;
    if rest.starts_with("Failed with result") || has(rest, "entered failed state") {
        event.kind = Kind::SERVICE_FAILURE;
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, scan::between(rest, "'", "'").unwrap_or_default());
        if rest.has("'timeout'") {
            event.kind = Kind::SERVICE_TIMEOUT;
        } else if rest.has("'oom-kill'") {
            event.kind = Kind::RESOURCE_EXHAUSTED;
        }
    } else if has(rest, "process exited, code=") {
        event.set(Text::Status, scan::after(rest, "status=").unwrap_or_default());
        event.attr("code", scan::after(rest, "code=").unwrap_or_default());
    } else if has(rest, "timed out") {
        event.kind = Kind::SERVICE_TIMEOUT;
        event.outcome = Outcome::Failure;
    } else if rest.starts_with("Succeeded") || rest.starts_with("Deactivated successfully") {
        event.outcome = Outcome::Success;
        event.kind = Kind::SERVICE_STOP;
    } else if rest.starts_with("Killing process ") {
        event.attr(
            "killed_pid",
            word(rest.strip_prefix("Killing process ").unwrap_or_default()).0,
        );
    } else if has(rest, "A process of this unit has been killed by the OOM killer") {
        event.kind = Kind::RESOURCE_EXHAUSTED;
    }
    true
}
