//! Accounts that are seen too often to be followed everywhere, but whose logon stands in the timeline: they are
//! followed while that logon lasts, and no longer.

use std::collections::BTreeMap;

use serde::Serialize;

use super::TimelineRow;
use super::entity::{EntityKind, Skipped};
use crate::search::literal;

/// A logon of a common account, and how long it lasted as far as the rows show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Presence {
    /// The account. Who used it the records do not say.
    pub account: String,
    /// The record of the logon, or of the change to the account.
    pub event_id: String,
    /// When it began, microseconds since 1970 UTC.
    pub from: i64,
    /// Last trace of the same session or process, or last anchor that names the account; the begin and the window
    /// where there is none.
    pub to: i64,
    /// Days on which the account is seen.
    pub days: u64,
    /// Days on which the sources that name it wrote anything.
    pub source_days: u64,
}

/// Accounts that are always at work on every machine: a logon says nothing about which of their rows belong to it.
const ALWAYS_THERE: &[&str] = &["root", "uid0", "SYSTEM", "LOCAL SERVICE", "NETWORK SERVICE"];

/// The logons of the accounts that were skipped.
pub(super) fn of<'r>(
    rows: impl Iterator<Item = &'r TimelineRow> + Clone,
    skipped: &[Skipped],
    window: i64,
) -> Vec<Presence> {
    let common: BTreeMap<&str, &Skipped> = skipped
        .iter()
        .filter(|s| s.entity.kind == EntityKind::Account && !ALWAYS_THERE.contains(&s.entity.value.as_str()))
        .map(|s| (s.entity.value.as_str(), s))
        .collect();
    let mut presences: BTreeMap<&str, Presence> = BTreeMap::new();
    let mut openers: Vec<(&str, &TimelineRow)> = Vec::new();
    for row in rows.clone() {
        let Some((&account, skipped)) = opened(row).and_then(|a| common.get_key_value(a)) else {
            continue;
        };
        openers.push((account, row));
        presences.entry(account).or_insert_with(|| Presence {
            account: account.to_owned(),
            event_id: row.event_id.clone(),
            from: row.time,
            to: row.time,
            days: skipped.days,
            source_days: skipped.source_days,
        });
    }
    for (account, opener) in openers {
        let Some(presence) = presences.get_mut(account) else {
            continue;
        };
        let belongs = |row: &&TimelineRow| same_thread(opener, row) || (row.anchor && names(row, account));
        let last = rows.clone().filter(belongs).map(|r| r.time).max();
        presence.to = presence.to.max(last.unwrap_or(opener.time));
        if presence.to <= opener.time {
            presence.to = opener.time + window;
        }
    }
    presences.into_values().collect()
}

/// The account that a row lets in: by a logon that succeeded, or by a command run as another account.
fn opened(row: &TimelineRow) -> Option<&str> {
    if row.outcome != "success" {
        return None;
    }
    match row.kind.as_str() {
        "auth.logon" | "auth.logon_network" | "remote.access" => row.user_name.as_deref(),
        "privilege.use" => row.target_user.as_deref(),
        _ => None,
    }
}

fn same_thread(one: &TimelineRow, other: &TimelineRow) -> bool {
    one.source == other.source
        && (one.host == other.host || one.host.is_none() || other.host.is_none())
        && ((one.pid.is_some() && one.pid == other.pid)
            || (one.session.is_some() && one.session == other.session))
        && (one.time..=one.time + super::grow::LIFETIME).contains(&other.time)
}

pub(super) fn names(row: &TimelineRow, account: &str) -> bool {
    row.user_name.as_deref() == Some(account) || row.target_user.as_deref() == Some(account)
}

/// SQL that is true for the rows of the account in the time of its logon.
pub(super) fn condition(presence: &Presence) -> String {
    let account = literal(&presence.account);
    format!(
        "((user_name = {account} OR target_user = {account}) AND time >= {} AND time <= {})",
        super::instant(presence.from),
        super::instant(presence.to)
    )
}
