//! Where all logs are collected before they are cut into files.

use chrono::{DateTime, NaiveDateTime};
use chrono_tz::Tz;
use letopis_event::Zone;

use crate::clock::SECOND;

/// Seconds that the firewall's clock is behind.
pub(super) const SLOW_SECONDS: i64 = 97;

/// The logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub(super) enum LogId {
    WebAuth,
    WebSys,
    DbAuth,
    DbSys,
    DbAudit,
    AppSecure,
    AppMessages,
    AppCron,
    Mail,
    Vpn,
    Dc,
    Fs,
    Pg,
    Asa,
    Nginx,
    Edoc,
    Buh,
    Av,
}

/// How many there are.
const LOGS: usize = LogId::Av as usize + 1;

/// A chain of records with a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Chain {
    Incident,
    Forgotten,
    Backup,
    Scan,
    Reboot,
}

/// What a record means in a chain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark(pub(super) Chain, pub(super) &'static str);

/// One record.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// True instant, microseconds since 1970 UTC.
    pub(super) at: i64,
    /// What kind of message it is.
    pub(super) class: &'static str,
    /// Part in a chain.
    pub(super) mark: Option<Mark>,
    /// Records that share it make one event together and share their running number.
    pub(super) group: u64,
    /// Text without the last line end. [`NUMBER`] stands for the record's number in its log.
    pub(super) text: String,
}

/// Stands for the record's running number, which is known only when all records are in order.
pub(super) const NUMBER: char = '\u{1}';

/// One log.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    pub(super) entries: Vec<Entry>,
}

/// All logs, and the chain being told.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    pub(super) seed: u64,
    pub(super) scale: u32,
    /// Whether nothing goes wrong: no incident, no silence, all clocks right.
    pub(super) is_control: bool,
    /// Set while a chain is told: every record gets it.
    pub(super) mark: Option<Mark>,
    pub(super) logs: Vec<Log>,
    groups: u64,
}

impl Stage {
    pub(super) fn new(seed: u64, scale: u32, is_control: bool) -> Self {
        Self {
            seed,
            scale,
            is_control,
            mark: None,
            logs: vec![Log::default(); LOGS],
            groups: 0,
        }
    }

    /// Adds a record.
    pub(super) fn push(&mut self, log: LogId, at: i64, class: &'static str, text: String) {
        self.push_group(log, at, vec![(class, text)]);
    }

    /// Recorded minus true, in microseconds.
    pub(super) fn offset(&self, log: LogId) -> i64 {
        if log == LogId::Asa && !self.is_control {
            -SLOW_SECONDS * SECOND
        } else {
            0
        }
    }

    /// What the clock of a log shows at a true instant.
    pub(super) fn clock(&self, log: LogId, at: i64) -> NaiveDateTime {
        log.clock(at + self.offset(log))
    }

    /// Adds the records of one event.
    pub(super) fn push_group(&mut self, log: LogId, at: i64, records: Vec<(&'static str, String)>) {
        self.groups += 1;
        let (mark, group) = (self.mark, self.groups);
        let entries = &mut self.logs[log as usize].entries;
        entries.extend(records.into_iter().map(|(class, text)| Entry {
            at,
            class,
            mark,
            group,
            text,
        }));
    }

    /// Tells a part of a chain: every record that `part` adds is marked.
    pub(super) fn tell(&mut self, chain: Chain, role: &'static str, part: impl FnOnce(&mut Self)) {
        let before = self.mark.replace(Mark(chain, role));
        part(self);
        self.mark = before;
    }
}

impl LogId {
    /// The zone of its clock.
    pub(super) fn zone(self) -> Tz {
        match self {
            Self::Vpn => Tz::Europe__Ljubljana,
            Self::Asa | Self::Fs | Self::Dc => Tz::UTC,
            _ => Tz::Asia__Almaty,
        }
    }

    /// What its clock shows at a true instant where it is right.
    pub(super) fn clock(self, at: i64) -> NaiveDateTime {
        local(self.zone(), at)
    }
}

/// The local clock of a zone.
pub(super) fn local(zone: Tz, micros: i64) -> NaiveDateTime {
    Zone::Named(zone).local(micros).unwrap_or_default()
}

/// An instant as RFC 3339 in UTC, with as many digits as it needs.
pub(super) fn rfc3339(micros: i64) -> String {
    let mut out = String::new();
    letopis_event::time::format_rfc3339(micros, 0, &mut out);
    out
}

/// UTC with a chrono layout.
pub(super) fn utc(micros: i64, layout: &str) -> String {
    DateTime::from_timestamp_micros(micros)
        .unwrap_or_default()
        .format(layout)
        .to_string()
}

/// A process id that grows over the months as they do on a server that forks a few times a second.
pub(super) fn pid(at: i64, r: &mut crate::rng::Stream) -> u64 {
    612 + ((at - crate::clock::SCENARIO_FROM).max(0) / (5 * SECOND)) as u64 + r.below(5)
}
