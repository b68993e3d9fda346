//! su: who became whom, in the spellings of util-linux, shadow, BSD and Solaris.

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::pam;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{split, word};

/// Reads one message of su.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "su");
    if pam::is_pam("", message) {
        return pam::read(message, event);
    }
    event.kind = Kind::PRIVILEGE_USE;
    let text = message.trimmed();
    let lower_failed = text.starts_with("FAILED su for ") || text.starts_with("FAILED SU for ");
    if lower_failed || text.starts_with("Successful su for ") {
        // shadow: `FAILED su for root by alice`
        event.outcome = if lower_failed {
            Outcome::Failure
        } else {
            Outcome::Success
        };
        if let Some((target, user)) = split(text, " for ").and_then(|(_, t)| split(t, " by ")) {
            users(user, target, event);
        }
        return true;
    }
    // util-linux: `(to root) alice on pts/0`, `FAILED SU (to root) alice on pts/0`
    let (failed, rest) = match text.strip_prefix("FAILED SU ") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if let Some((target, rest)) = rest.strip_prefix("(to ").and_then(|r| split(r, ") ")) {
        event.outcome = if failed {
            Outcome::Failure
        } else {
            Outcome::Success
        };
        let (user, line) = split(rest, " on ").unwrap_or((rest, ""));
        users(user, target, event);
        event.set(Text::XInterface, line);
        return true;
    }
    // shadow: `+ /dev/pts/0 alice:root`, `- pts/0 alice-root`
    if let Some((sign @ ("+" | "-"), rest)) = text.cut(b' ') {
        event.outcome = if sign == "+" {
            Outcome::Success
        } else {
            Outcome::Failure
        };
        let (line, pair) = word(rest);
        event.set(Text::XInterface, line);
        if let Some((user, target)) = pair.rsplit_once([':', '-']) {
            users(user, target, event);
        }
        return true;
    }
    bsd(text, event)
}

/// `alice to root on /dev/ttyp0`, `BAD SU alice to root on …`; RFC 3164's `'su root' failed for alice on /dev/pts/8`.
fn bsd(text: &str, event: &mut EventBuf) -> bool {
    let (bad, rest) = match text.strip_prefix("BAD SU ") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if let Some((user, tail)) = split(rest, " to ").filter(|(u, _)| !u.holds(b' ')) {
        let (target, line) = split(tail, " on ").unwrap_or((tail, ""));
        event.outcome = if bad { Outcome::Failure } else { Outcome::Success };
        users(user, target, event);
        event.set(Text::XInterface, line);
        return true;
    }
    if let Some((command, tail)) = text.strip_prefix("'su ").and_then(|r| split(r, "' ")) {
        let (verb, tail) = word(tail);
        event.outcome = match verb {
            "failed" => Outcome::Failure,
            "succeeded" => Outcome::Success,
            _ => Outcome::Unknown,
        };
        let user = tail.strip_prefix("for ").unwrap_or(tail);
        let (user, line) = split(user, " on ").unwrap_or((user, ""));
        users(user, command.trim_start_matches("- "), event);
        event.set(Text::XInterface, line);
        return true;
    }
    event.kind = Kind::OTHER;
    false
}

fn users(user: &str, target: &str, event: &mut EventBuf) {
    event.set(Text::UserName, user.trimmed());
    event.set(Text::TargetUser, target.trimmed());
}
