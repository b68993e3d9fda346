//! Accounts and groups changed with the shadow tools: useradd, userdel, usermod, groupadd, gpasswd, passwd, chage.

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::{pam, set_kind};
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, between, has, split, word};

/// Reads one message of an account tool.
pub(super) fn read(name: &str, message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, name);
    if pam::is_pam("", message) {
        return pam::read(message, event);
    }
    let text = message.trimmed_end();
    let failed = text.starts_with("failed ") || text.starts_with("cannot ");
    event.outcome = if failed {
        Outcome::Failure
    } else {
        Outcome::Success
    };
    let known = created(text, event)
        || members(text, event)
        || removed(text, event)
        || passwords(text, event)
        || changed(text, event);
    if !known {
        event.outcome = Outcome::Unknown;
    }
    known
}

/// Names come in quotes (`'alice'`, `` `alice' ``) or bare.
fn name_of(text: &str) -> &str {
    let text = text.trimmed_start();
    match text.as_bytes().first() {
        Some(b'\'' | b'`') => {
            let inner = text.get(1..).unwrap_or_default();
            split(inner, "'").map_or(inner, |(name, _)| name)
        }
        _ => word(text).0.less_end_of(b",.:"),
    }
}

fn created(text: &str, event: &mut EventBuf) -> bool {
    if let Some(rest) = text.strip_prefix("new user: ") {
        fields(rest, event);
        event.copy_attr("name", Text::TargetUser);
        return set_kind(event, Kind::ACCOUNT_CREATE);
    }
    if let Some(rest) = text.strip_prefix("new group: ") {
        fields(rest, event);
        event.copy_attr("name", Text::Target);
        return set_kind(event, Kind::GROUP_CREATE);
    }
    if let Some((_, rest)) = split(text, "group added to ") {
        event.attr("file", word(rest).0.less_end(b':'));
        fields(rest, event);
        event.copy_attr("name", Text::Target);
        return set_kind(event, Kind::GROUP_CREATE);
    }
    if let Some(rest) = text.strip_prefix("failed adding user ") {
        event.set(Text::TargetUser, name_of(rest));
        event.set(Text::XReason, split(rest, ", ").map_or("", |(_, r)| r));
        return set_kind(event, Kind::ACCOUNT_CREATE);
    }
    false
}

fn fields(text: &str, event: &mut EventBuf) {
    scan::fields(text, |key, value| event.attr(key, value));
}

fn members(text: &str, event: &mut EventBuf) -> bool {
    // usermod, useradd: `add 'alice' to group 'wheel'`, `delete 'alice' from group 'wheel'`
    for (start, middle, kind) in [
        ("add ", " to group ", Kind::GROUP_MEMBER_ADD),
        ("add ", " to shadow group ", Kind::GROUP_MEMBER_ADD),
        ("delete ", " from group ", Kind::GROUP_MEMBER_REMOVE),
        ("delete ", " from shadow group ", Kind::GROUP_MEMBER_REMOVE),
    ] {
        if let Some(rest) = text.strip_prefix(start)
            && let Some((user, group)) = split(rest, middle)
        {
            event.set(Text::TargetUser, name_of(user));
            event.set(Text::Target, name_of(group));
            return set_kind(event, kind);
        }
    }
    // gpasswd: `user alice added by root to group wheel`
    if let Some(rest) = text.strip_prefix("user ")
        && let Some((middle, group)) = split(rest, " group ")
    {
        event.set(Text::TargetUser, name_of(rest));
        event.set(Text::UserName, scan::after(middle, " by ").unwrap_or_default());
        event.set(Text::Target, name_of(group));
        let adds = has(middle, " added by ");
        return set_kind(
            event,
            if adds {
                Kind::GROUP_MEMBER_ADD
            } else {
                Kind::GROUP_MEMBER_REMOVE
            },
        );
    }
    if let Some(rest) = text.strip_prefix("members of group ") {
        event.set(Text::Target, name_of(rest));
        event.set(Text::UserName, scan::after(rest, " set by ").unwrap_or_default());
        event.set(Text::XNewValue, split(rest, " to ").map_or("", |(_, m)| m));
        return set_kind(event, Kind::GROUP_MODIFY);
    }
    false
}

fn removed(text: &str, event: &mut EventBuf) -> bool {
    if let Some(rest) = text.strip_prefix("delete user ") {
        event.set(Text::TargetUser, name_of(rest));
        return set_kind(event, Kind::ACCOUNT_DELETE);
    }
    for start in [
        "removed group ",
        "removed shadow group ",
        "group removed from ",
        "remove group ",
    ] {
        if let Some(rest) = text.strip_prefix(start) {
            event.set(Text::Target, name_of(rest));
            return set_kind(event, Kind::GROUP_DELETE);
        }
    }
    if let Some(rest) = text.strip_prefix("group '")
        && let Some((group, _)) = split(rest, "' removed")
    {
        event.set(Text::Target, group);
        return set_kind(event, Kind::GROUP_DELETE);
    }
    false
}

fn passwords(text: &str, event: &mut EventBuf) -> bool {
    // passwd: `password for 'alice' changed by 'root'`
    if let Some(rest) = text.strip_prefix("password for ")
        && let Some((user, by)) = split(rest, " changed by ")
    {
        let (user, by) = (name_of(user), name_of(by));
        event.set(Text::TargetUser, user);
        event.set(Text::UserName, by);
        let own = user == by;
        return set_kind(
            event,
            if own {
                Kind::ACCOUNT_PASSWORD_CHANGE
            } else {
                Kind::ACCOUNT_PASSWORD_RESET
            },
        );
    }
    for (start, kind) in [
        ("change user ", Kind::ACCOUNT_PASSWORD_RESET),
        ("lock user ", Kind::ACCOUNT_LOCK),
        ("unlock user ", Kind::ACCOUNT_UNLOCK),
    ] {
        if let Some(rest) = text.strip_prefix(start)
            && rest.ends_with(" password")
        {
            event.set(Text::TargetUser, name_of(rest));
            return set_kind(event, kind);
        }
    }
    if let Some(rest) = text.strip_prefix("changed password expiry for ") {
        event.set(Text::TargetUser, name_of(rest));
        return set_kind(event, Kind::ACCOUNT_MODIFY);
    }
    if let Some(rest) = text.strip_prefix("password changed for ") {
        event.set(Text::TargetUser, name_of(rest));
        return set_kind(event, Kind::ACCOUNT_PASSWORD_CHANGE);
    }
    false
}

fn changed(text: &str, event: &mut EventBuf) -> bool {
    if let Some(rest) = text
        .strip_prefix("change user ")
        .or_else(|| text.strip_prefix("changed user "))
    {
        event.set(Text::TargetUser, name_of(rest));
        // `change user 'alice' shell from '/bin/sh' to '/bin/bash'`
        if let Some((head, new)) = split(rest, "' to '")
            && let Some((what, old)) = split(head, " from '")
        {
            event.set(Text::XOldValue, old);
            event.set(Text::XNewValue, new.less_end(b'\''));
            event.attr("property", what.rsplit("' ").next().unwrap_or_default());
        }
        return set_kind(event, Kind::ACCOUNT_MODIFY);
    }
    if text.starts_with("group changed in ")
        || text.starts_with("change group ")
        || text.starts_with("changed group ")
    {
        let group = between(text, "(group ", "/")
            .or_else(|| between(text, "group '", "'"))
            .unwrap_or_default();
        event.set(Text::Target, group);
        return set_kind(event, Kind::GROUP_MODIFY);
    }
    false
}
