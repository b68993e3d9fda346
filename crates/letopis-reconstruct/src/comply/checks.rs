//! The checks whose figure is one statement of SQL: the statement that is printed is the one that was run.

use chrono::Months;
use letopis_case::law::{Check, CheckName, territory};

use super::condition;
use super::figures::{Item, of_items, of_rows};
use crate::reading::Reading;
use crate::search::{instant, literal};

/// Kinds that say that a log was cleared, overwritten, full or not written.
pub(crate) const FAILURES: &str = "'log.clear', 'log.failure', 'log.full', 'log.overwrite'";

/// Minutes that a record's time may lie after its intake: clocks of two machines differ.
const AHEAD_MINUTES: u32 = 5;

/// What every statement needs to know.
pub(crate) struct Bounds {
    /// Ledger entries before this reading: what it and later ones add does not count.
    pub before: u64,
    /// The present.
    pub now: i64,
    /// Zone in which days are cut.
    pub zone: letopis_event::Zone,
    /// Months of retention that the archive is set to.
    pub months: u32,
}

impl Bounds {
    pub fn of(reading: &Reading) -> Self {
        Self {
            before: reading.own_intent().unwrap_or_else(|| reading.vault().size()),
            now: reading.now(),
            zone: reading.zone(),
            months: reading.vault().config().retention_months,
        }
    }

    /// So many days ago.
    pub fn days_ago(&self, days: u32) -> String {
        instant(self.now - i64::from(days) * 86_400_000_000)
    }

    /// The beginning of the day so many calendar months ago.
    pub fn months_ago(&self, months: u32) -> String {
        let day = self.zone.local_day(self.now);
        let day = day.checked_sub_months(Months::new(months)).unwrap_or(day);
        instant(self.zone.place(day.and_time(chrono::NaiveTime::MIN)).micros)
    }

    /// Today, as text.
    pub fn today(&self) -> String {
        self.zone.local_day(self.now).to_string()
    }
}

/// Sources of the register that still write.
const IN_FORCE: &str = "sources WHERE declared AND until IS NULL";

/// The statement of a check; nothing for those that are counted otherwise.
pub(crate) fn statement(check: &Check, bounds: &Bounds) -> Option<String> {
    readings(check, bounds)
        .or_else(|| settings(check))
        .or_else(|| register(check, bounds))
        .or_else(|| records(check, bounds))
        .or_else(|| ledger(check, bounds))
}

fn readings(check: &Check, bounds: &Bounds) -> Option<String> {
    let ok = match check.check {
        CheckName::AccessIdentified => {
            "person IS NOT NULL AND basis IS NOT NULL AND host IS NOT NULL AND command IS NOT NULL".to_owned()
        }
        CheckName::AccessClosed => format!("result_seq < {} AND ended IS NOT NULL", bounds.before),
        CheckName::AccessPurpose => "trim(purpose) <> ''".to_owned(),
        _ => return None,
    };
    let from = format!("access WHERE journal IS NULL AND seq < {}", bounds.before);
    Some(of_rows(&from, "concat('ledger entry ', seq)", &ok))
}

fn settings(check: &Check) -> Option<String> {
    let named = |name: &str, more: &str, ok: &str| {
        of_rows(
            &format!("settings WHERE name = '{name}'{more}"),
            "concat(name, ' = ', value)",
            ok,
        )
    };
    Some(match check.check {
        CheckName::Custodian => named("custodian", "", "trim(value) <> ''"),
        CheckName::SettingPurpose => named("require_purpose", "", "value = 'true'"),
        CheckName::SettingMonths => {
            let months = check.months.unwrap_or_default();
            named(
                "retention_months",
                "",
                &format!("CAST(value AS BIGINT) >= {months}"),
            )
        }
        CheckName::Territory => {
            let meant = territory::meant(&check.countries);
            let countries: Vec<String> = meant.into_iter().map(literal).collect();
            // What does not begin with the code of a country declares none.
            named(
                "territory",
                " AND regexp_like(value, '^[A-Z]{2}([^A-Za-z]|$)')",
                &format!("substr(value, 1, 2) IN ({})", countries.join(", ")),
            )
        }
        _ => return None,
    })
}

fn register(check: &Check, bounds: &Bounds) -> Option<String> {
    Some(match check.check {
        CheckName::Register => {
            let filled: Vec<String> = check
                .columns
                .iter()
                .map(|column| match column.as_str() {
                    "months" => "months IS NOT NULL".to_owned(),
                    column => format!("trim({column}) <> ''"),
                })
                .collect();
            of_rows(IN_FORCE, "source", &filled.join(" AND "))
        }
        CheckName::RegisterComplete => format!(
            "SELECT count(*) AS asked, count(CASE WHEN declared THEN 1 END) AS held, \
             CASE WHEN count(CASE WHEN listed THEN 1 END) = 0 THEN count(*) ELSE 0 END AS open, \
             min(CASE WHEN NOT declared THEN source END) AS first_lacking \
             FROM (SELECT source, declared, (SELECT count(*) FROM sources WHERE declared) > 0 AS listed \
             FROM sources WHERE source IN ({SEEN})) AS seen"
        ),
        CheckName::LongerWithBasis => of_rows(
            &format!("sources WHERE declared AND months > {}", bounds.months),
            "source",
            "trim(basis) <> ''",
        ),
        CheckName::TimeSources if check.least.unwrap_or(1) > 1 => of_rows(
            &format!("{IN_FORCE} AND trim(criticality) <> ''"),
            "source",
            "regexp_like(clock, '[^,;]+[,;][ ]*[^,; ]')",
        ),
        CheckName::TimeSources => of_rows(IN_FORCE, "source", "trim(clock) <> ''"),
        CheckName::Policy => {
            let today = literal(&bounds.today());
            let asked = format!(
                "(SELECT sources.source AS source, count(notes.seq) AS policies FROM sources LEFT JOIN notes \
                 ON notes.topic = 'policy' AND notes.first_day <= {today} AND (notes.source = sources.source \
                 OR (notes.source IS NULL AND (notes.category IS NULL OR notes.category = sources.category))) \
                 WHERE sources.until IS NULL GROUP BY sources.source) AS ruled"
            );
            of_rows(&asked, "source", "policies > 0")
        }
        CheckName::IntakeRecent => {
            let since = bounds.days_ago(check.days.unwrap_or_default());
            let last = "(SELECT sources.source AS source, taken.last AS last FROM sources LEFT JOIN (SELECT \
                        CAST(source AS VARCHAR) AS source, max(ingested) AS last FROM events GROUP BY source) AS taken \
                        ON taken.source = sources.source WHERE sources.until IS NULL) AS fresh";
            of_rows(last, "source", &format!("last >= {since}"))
        }
        _ => return None,
    })
}

/// Sources that records name.
const SEEN: &str = "SELECT CAST(source AS VARCHAR) FROM events GROUP BY source";

fn records(check: &Check, bounds: &Bounds) -> Option<String> {
    let timed = "events WHERE time IS NOT NULL AND time_basis NOT IN ('carried', 'none')";
    Some(match check.check {
        CheckName::Attributed => of_rows("events", "event_id", "source <> ''"),
        CheckName::TimeKept => of_rows(timed, "event_id", "time_text <> ''"),
        CheckName::NotInFuture => {
            // In microseconds: an interval is added by the calendar, row by row.
            let ok = format!(
                "CAST(time AS BIGINT) <= CAST(ingested AS BIGINT) + {}",
                AHEAD_MINUTES * 60_000_000
            );
            of_rows(timed, "event_id", &ok)
        }
        CheckName::Parsed => format!(
            "SELECT asked, held, first_lacking, asked * {} / 1000 AS tolerated FROM ({}) AS counted",
            check.permille.unwrap_or_default(),
            of_rows("events", "event_id", "kind <> 'unparsed'")
        ),
        CheckName::Categories => {
            let item = |category: &String| Item::when(category, &format!("category = {}", literal(category)));
            let items: Vec<Item> = check.categories.iter().map(item).collect();
            // What the register says of a source goes before what its format tells.
            let from = "(SELECT coalesce(sources.category, CAST(events.category AS VARCHAR)) AS category FROM events \
                        LEFT JOIN sources ON CAST(events.source AS VARCHAR) = sources.source) AS records";
            of_items(&items, from, None)
        }
        CheckName::Kinds => {
            let since = bounds.months_ago(check.months.unwrap_or(bounds.months));
            let item = |kind: &String| {
                let is = condition::kinds(std::slice::from_ref(kind), &[]);
                Item::when(kind, &is.unwrap_or_else(|| "true".to_owned()))
            };
            let items: Vec<Item> = check.kinds.iter().map(item).collect();
            of_items(&items, &format!("events WHERE time >= {since}"), None)
        }
        CheckName::FailuresReviewed => {
            let days = format!(
                "(SELECT failed.source AS source, failed.day AS day, count(reviews.seq) AS reviews FROM \
                 (SELECT DISTINCT CAST(source AS VARCHAR) AS source, CAST(local_day(time, {}) AS VARCHAR) \
                 AS day FROM events WHERE kind IN ({FAILURES}) AND time IS NOT NULL) AS failed LEFT JOIN \
                 (SELECT seq, source, first_day, last_day FROM notes WHERE topic = 'review' AND subject = 'log') AS reviews \
                 ON (reviews.source IS NULL OR reviews.source = failed.source) AND reviews.first_day <= failed.day \
                 AND reviews.last_day >= failed.day GROUP BY failed.source, failed.day) AS days",
                literal(&bounds.zone.to_string())
            );
            of_rows(&days, "concat(source, ' ', day)", "reviews > 0")
        }
        CheckName::Originals => of_rows(
            "objects WHERE object <> ''",
            "path",
            "length(object) = 64 AND length(blake3) = 64",
        ),
        CheckName::Intake => of_rows("objects", "path", "format IS NOT NULL OR status = 'known'"),
        _ => return None,
    })
}

fn ledger(check: &Check, bounds: &Bounds) -> Option<String> {
    let before = bounds.before;
    Some(match check.check {
        CheckName::Anchored => at_least_one(&format!(
            "ledger WHERE kind IN ('cosign', 'stamp', 'attach') AND seq < {before}"
        )),
        CheckName::Reviewed => {
            let since = bounds.months_ago(check.months.unwrap_or_default());
            let subject = literal(check.subject.as_deref().unwrap_or_default());
            at_least_one(&format!(
                "notes WHERE topic = 'review' AND subject = {subject} AND time >= {since} AND seq < {before}"
            ))
        }
        CheckName::Removals => of_rows(
            &format!("ledger WHERE kind = 'delete' AND seq < {before}"),
            "concat('ledger entry ', seq)",
            "detail IS NOT NULL",
        ),
        CheckName::HealthRecorded => {
            let since = bounds.days_ago(check.days.unwrap_or_default());
            // Of entries of that kind only a record of `letopis check` counts troubles.
            let last = format!(
                "(SELECT seq, time FROM ledger WHERE kind = 'note' AND regexp_like(line, '.troubles.:[0-9]') \
                 AND seq < {before} ORDER BY seq DESC LIMIT 1) AS last"
            );
            format!(
                "SELECT count(*) AS asked, count(CASE WHEN time >= {since} THEN 1 END) AS held, \
                 count(CASE WHEN time < {since} THEN 1 END) AS open, \
                 min(CASE WHEN time < {since} THEN concat('ledger entry ', seq) END) AS first_lacking FROM {last}"
            )
        }
        CheckName::Verified => {
            let since = bounds.days_ago(check.days.unwrap_or_default());
            let last = format!(
                "(SELECT seq, time, regexp_like(line, 'findings.:0[,}}]') AS clean FROM ledger \
                 WHERE kind = 'verify' AND seq < {before} ORDER BY seq DESC LIMIT 1) AS last"
            );
            format!(
                "SELECT count(*) AS asked, count(CASE WHEN clean AND time >= {since} THEN 1 END) AS held, \
                 count(CASE WHEN clean AND time < {since} THEN 1 END) AS open, \
                 min(CASE WHEN NOT clean OR time < {since} THEN concat('ledger entry ', seq) END) AS first_lacking \
                 FROM {last}"
            )
        }
        _ => return None,
    })
}

/// One is asked for, and as many are held as there are.
fn at_least_one(from: &str) -> String {
    format!(
        "SELECT CASE WHEN count(*) = 0 THEN 1 ELSE count(*) END AS asked, count(*) AS held, \
         CAST(NULL AS VARCHAR) AS first_lacking FROM {from}"
    )
}
