//! What points to records that are missing or to clocks that are wrong, put together so that each thing is named once.

use serde::Serialize;

/// Two records of the same clearing, written by two sources, lie no farther apart, in microseconds.
const SAME_ACT: i64 = 5_000_000;

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "sign", rename_all = "kebab-case")]
pub enum Sign {
    /// A file whose name follows from those of others is not there.
    LeftOut {
        /// The name that it should have.
        name: String,
        /// The file before it, by time.
        after: Option<String>,
        /// The file after it.
        before: Option<String>,
    },
    /// Far more time than usual lies between two files of one rotation.
    BetweenFiles {
        /// What the files are named like.
        files: String,
        /// The file before.
        after: Option<String>,
        /// The file after.
        before: Option<String>,
    },
    /// Days without a record on which some were to be expected.
    Silence {
        /// How many.
        days: u32,
    },
    /// Hours without a record, of a source that is expected in every hour.
    SilentHours {
        /// How many of them were to have one.
        hours: u32,
    },
    /// Numbers that are passed over among records that their writer counts.
    Numbers {
        /// Who counts.
        counter: String,
        /// How many are missing.
        missing: u64,
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
        /// Citation of the record before.
        before_event: String,
        /// Citation of the record after.
        after_event: String,
    },
    /// A log was cleared, overwritten or full, as a record says.
    Cleared {
        /// What happened, a kind of event.
        kind: String,
        /// The log.
        target: Option<String>,
        /// Who did it.
        user: Option<String>,
        /// Citation of the record.
        event_id: String,
    },
    /// The clock does not agree with those of others that recorded the same connections.
    Clock {
        /// The others.
        others: Vec<String>,
        /// Connections that were compared.
        connections: u64,
        /// Seconds behind the others; less than 0 where it is ahead.
        behind_s: i64,
        /// Whether the others agree among each other, so that it is this one.
        is_odd: bool,
    },
    /// A path gave other bytes than before.
    Altered {
        /// The path.
        path: String,
        /// SHA-256 of what came later, hex.
        sha256: String,
    },
}

/// A sign, where and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The source.
    pub source: String,
    /// Begin, microseconds since 1970 UTC; nothing where it is open.
    pub from: Option<i64>,
    /// End; nothing where it is open.
    pub to: Option<i64>,
    /// What was seen.
    pub sign: Sign,
}

/// What is wrong, with all that points to it; the first sign is the one that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The source.
    pub source: String,
    /// Begin, microseconds since 1970 UTC; nothing where it is open.
    pub from: Option<i64>,
    /// End; nothing where it is open.
    pub to: Option<i64>,
    /// What points to it.
    pub signs: Vec<Sign>,
}

impl Gap {
    fn of(seen: Observation) -> Self {
        Self {
            source: seen.source,
            from: seen.from,
            to: seen.to,
            signs: vec![seen.sign],
        }
    }

    fn overlaps(&self, seen: &Observation) -> bool {
        let begins_before = |from: Option<i64>, to: Option<i64>| match (from, to) {
            (Some(from), Some(to)) => from <= to,
            _ => true,
        };
        self.source == seen.source && begins_before(self.from, seen.to) && begins_before(seen.from, self.to)
    }

    /// Whether the observation is another sign of the same.
    fn is_shown_by(&self, seen: &Observation) -> bool {
        let has = |is: &dyn Fn(&Sign) -> bool| self.signs.iter().any(is);
        match &seen.sign {
            Sign::LeftOut { .. } | Sign::Clock { .. } | Sign::Altered { .. } => false,
            // The stretch that a file leaves has the same neighbours.
            Sign::BetweenFiles { after, before, .. } => {
                self.overlaps(seen)
                    && has(
                        &|sign| matches!(sign, Sign::LeftOut { after: a, before: b, .. } if a == after || b == before),
                    )
            }
            // Another silence may begin with the very record that ends one.
            Sign::SilentHours { .. } => {
                self.overlaps(seen)
                    && (self.to.is_none() || self.to != seen.from)
                    && (self.from.is_none() || self.from != seen.to)
                    && has(&|sign| {
                        matches!(
                            sign,
                            Sign::LeftOut { .. } | Sign::BetweenFiles { .. } | Sign::Silence { .. }
                        )
                    })
            }
            Sign::Silence { .. } | Sign::Numbers { .. } => {
                self.overlaps(seen)
                    && has(&|sign| {
                        matches!(
                            sign,
                            Sign::LeftOut { .. }
                                | Sign::BetweenFiles { .. }
                                | Sign::Silence { .. }
                                | Sign::SilentHours { .. }
                        )
                    })
            }
            Sign::Cleared { target, .. } => {
                let target = target.as_deref().unwrap_or_default();
                self.overlaps(seen)
                    && has(&|sign| match sign {
                        Sign::BetweenFiles { files, .. } => is_of(target, files),
                        Sign::Numbers { counter, .. } => !target.is_empty() && counter.contains(target),
                        _ => false,
                    })
            }
        }
    }

    /// Whether another record tells of the same clearing: the same log at the same moment, whoever wrote it down.
    fn is_same_act(&self, seen: &Observation) -> bool {
        let Sign::Cleared { target, .. } = &seen.sign else {
            return false;
        };
        let near = |at: &Option<i64>| match (at, seen.from) {
            (Some(at), Some(other)) => at.abs_diff(other) <= SAME_ACT.unsigned_abs(),
            _ => false,
        };
        let same = |sign: &Sign| matches!(sign, Sign::Cleared { target: t, .. } if t == target);
        target.is_some() && self.signs.iter().any(same) && (near(&self.from) || self.holds(seen))
    }

    fn holds(&self, seen: &Observation) -> bool {
        let inside = |at: i64| {
            self.from.is_none_or(|from| from <= at)
                && self.to.is_none_or(|to| at <= to.saturating_add(SAME_ACT))
        };
        seen.from.is_some_and(inside)
    }
}

/// Whether a log at `path` is one of the files named like `files` (`folder/auth.log.*`).
fn is_of(path: &str, files: &str) -> bool {
    let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let (path, files) = (name(path), name(files));
    let mut parts = files.splitn(2, '*');
    let (before, after) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let current = format!("{}{after}", before.trim_end_matches(['-', '.', '_']));
    !path.is_empty()
        && (path == current
            || (files.contains('*')
                && path.len() >= before.len() + after.len()
                && path.starts_with(before)
                && path.ends_with(after)))
}

/// Puts together what points to the same, in the order of time.
pub fn gather(mut seen: Vec<Observation>) -> Vec<Gap> {
    // What names a thing best comes first: the others join it.
    let rank = |sign: &Sign| match sign {
        Sign::LeftOut { .. } => 0,
        Sign::BetweenFiles { .. } => 1,
        Sign::Silence { .. } => 2,
        Sign::SilentHours { .. } => 3,
        Sign::Numbers { .. } => 4,
        Sign::Cleared { .. } => 5,
        Sign::Clock { .. } => 6,
        Sign::Altered { .. } => 7,
    };
    seen.sort_by_key(|one| (rank(&one.sign), one.from, one.to));
    let mut gaps: Vec<Gap> = Vec::new();
    let mut alone = Vec::new();
    for one in seen {
        match gaps.iter_mut().find(|gap| gap.is_shown_by(&one)) {
            Some(gap) => gap.signs.push(one.sign),
            // Which act it is shows when all that have a gap of their own are placed.
            None if matches!(one.sign, Sign::Cleared { .. }) => alone.push(one),
            None => gaps.push(Gap::of(one)),
        }
    }
    for one in alone {
        match gaps.iter_mut().find(|gap| gap.is_same_act(&one)) {
            Some(gap) => gap.signs.push(one.sign),
            None => gaps.push(Gap::of(one)),
        }
    }
    gaps.sort_by(|a, b| (a.from, &a.source, a.to).cmp(&(b.from, &b.source, b.to)));
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn seen(source: &str, from: i64, to: i64, sign: Sign) -> Observation {
        Observation {
            source: source.to_owned(),
            from: Some(from * HOUR),
            to: Some(to * HOUR),
            sign,
        }
    }

    fn files(name: Option<&str>, after: &str, before: &str) -> Sign {
        let (after, before) = (Some(after.to_owned()), Some(before.to_owned()));
        match name {
            Some(name) => Sign::LeftOut {
                name: name.to_owned(),
                after,
                before,
            },
            None => Sign::BetweenFiles {
                files: "var/auth.log.*".to_owned(),
                after,
                before,
            },
        }
    }

    fn cleared(target: &str) -> Sign {
        Sign::Cleared {
            kind: "log.clear".to_owned(),
            target: Some(target.to_owned()),
            user: None,
            event_id: String::new(),
        }
    }

    fn numbers(counter: &str) -> Sign {
        Sign::Numbers {
            counter: counter.to_owned(),
            missing: 5,
            first: 1,
            last: 5,
            before_event: String::new(),
            after_event: String::new(),
        }
    }

    fn shapes(gaps: &[Gap]) -> Vec<(&str, usize)> {
        gaps.iter()
            .map(|gap| (gap.source.as_str(), gap.signs.len()))
            .collect()
    }

    #[test]
    fn what_points_to_one_thing_is_one_gap() {
        let gaps = gather(vec![
            seen("db", 10, 20, numbers("db")),
            seen("db", 9, 21, Sign::Silence { days: 3 }),
            seen("db", 9, 21, files(None, "a.3", "a.1")),
            seen("db", 9, 21, files(Some("a.2"), "a.3", "a.1")),
            // Another source, another time: nothing to do with it.
            seen("web", 10, 20, Sign::Silence { days: 2 }),
            seen("db", 30, 40, numbers("db")),
        ]);
        assert_eq!(shapes(&gaps), [("db", 4), ("web", 1), ("db", 1)]);
        assert!(matches!(gaps[0].signs[0], Sign::LeftOut { .. }));
    }

    #[test]
    fn silent_hours_belong_to_the_silence_that_they_fill() {
        let gaps = gather(vec![
            seen("mail", 9, 80, Sign::SilentHours { hours: 71 }),
            seen("mail", 9, 80, Sign::Silence { days: 2 }),
            // The next begins with the record that ended it.
            seen("mail", 80, 84, Sign::SilentHours { hours: 3 }),
            seen("mail", 81, 83, numbers("mail")),
        ]);
        assert_eq!(shapes(&gaps), [("mail", 2), ("mail", 2)]);
        assert!(matches!(gaps[0].signs[0], Sign::Silence { days: 2 }));
        assert!(matches!(gaps[1].signs[0], Sign::SilentHours { hours: 3 }));
    }

    #[test]
    fn two_files_left_out_are_two_gaps() {
        let gaps = gather(vec![
            seen("db", 9, 21, files(Some("a.2"), "a.4", "a.1")),
            seen("db", 9, 21, files(Some("a.3"), "a.4", "a.1")),
        ]);
        assert_eq!(shapes(&gaps), [("db", 1), ("db", 1)]);
    }

    #[test]
    fn a_clearing_belongs_to_the_log_that_it_emptied_and_is_told_once() {
        let gaps = gather(vec![
            seen("central", 20, 20, cleared("/var/log/auth.log")),
            seen("db", 20, 20, cleared("/var/log/auth.log")),
            seen("db", 20, 20, cleared("/home/b/.bash_history")),
            seen("db", 9, 21, files(None, "a.3", "a.1")),
            seen("dc", 20, 20, cleared("Security")),
            seen("dc", 19, 21, numbers("dc01 Security")),
            seen("dc", 40, 40, cleared("Security")),
        ]);
        assert_eq!(shapes(&gaps), [("db", 3), ("dc", 2), ("db", 1), ("dc", 1)]);
    }

    #[test]
    fn a_log_is_known_by_its_name() {
        for (path, files, is) in [
            ("/var/log/auth.log", "srv/var-log.tar.gz/var/log/auth.log.*", true),
            ("/var/log/auth.log.1", "auth.log.*", true),
            ("C:\\Logs\\app.log", "app-*.log", true),
            ("/var/log/syslog", "auth.log.*", false),
            ("", "*", false),
            ("/var/log/cron", "cron-*", true),
        ] {
            assert_eq!(is_of(path, files), is, "{path} {files}");
        }
    }
}
