//! systemd-logind: sessions, seats, power.

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::set_kind;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{has, split, word};

/// Reads one message of the session manager.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "systemd-logind");
    let text = message.trimmed_end();
    if let Some(rest) = text.strip_prefix("New session ") {
        // `New session 12 of user alice.`, newer: `New session '12' of user 'alice' with class 'user' and type 'tty'.`
        let (id, rest) = word(rest);
        event.set(Text::Session, unquoted(id));
        if let Some((_, user)) = split(rest, "of user ") {
            event.set(Text::UserName, unquoted(word(user).0));
        }
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::SESSION_OPEN);
    }
    if let Some(rest) = text.strip_prefix("Removed session ") {
        event.set(Text::Session, unquoted(rest));
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::SESSION_CLOSE);
    }
    if let Some(rest) = text.strip_prefix("Session ") {
        event.set(Text::Session, unquoted(word(rest).0));
        if has(rest, " logged out") {
            event.outcome = Outcome::Success;
            return set_kind(event, Kind::AUTH_LOGOFF);
        }
        return true;
    }
    if text.starts_with("System is rebooting")
        || text.starts_with("System is powering down")
        || text.starts_with("System is halting")
        || text.starts_with("The system will ")
        || text.starts_with("Creating /run/nologin")
    {
        return set_kind(event, Kind::SYSTEM_STOP);
    }
    text.starts_with("New seat ") || text.starts_with("Watching system buttons ")
}

fn unquoted(text: &str) -> &str {
    text.less_end(b'.').trim_matches('\'').less_end(b'.')
}
