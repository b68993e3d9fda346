//! Software put on and taken off, as package tools tell syslog (yum, dnf, dpkg, rpm, zypper).

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::set_kind;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{split, word};

/// Reads one message of a package tool.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    let text = message.trimmed();
    if let Some((verb, package)) = split(text, ": ")
        && let Some(kind) = kind_of(verb.trim_start_matches("[RPM] "))
    {
        event.set(Text::Action, verb);
        event.set(Text::Target, package.trimmed());
        event.outcome = Outcome::Success;
        return set_kind(event, kind);
    }
    // `status installed nginx:amd64 1.24.0`, `install nginx:amd64 <none> 1.24.0`, `remove …`
    let (verb, rest) = word(text);
    let (verb, rest) = if verb == "status" {
        word(rest)
    } else {
        (verb, rest)
    };
    let Some(kind) = kind_of(verb) else { return false };
    event.set(Text::Action, verb);
    event.set(Text::Target, word(rest).0);
    if verb == "installed" {
        event.outcome = Outcome::Success;
    }
    set_kind(event, kind)
}

fn kind_of(verb: &str) -> Option<Kind> {
    Some(match verb {
        "Installed" | "Updated" | "Upgraded" | "Reinstalled" | "Downgraded" | "install" | "upgrade"
        | "installed" => Kind::SOFTWARE_INSTALL,
        "Erased" | "Removed" | "remove" | "purge" | "erase" | "not-installed" => Kind::SOFTWARE_REMOVE,
        _ => return None,
    })
}
