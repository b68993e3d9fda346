//! Queries that compute something, beside a slow computation in Rust from the same records.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate, Timelike as _};
use letopis_event::{Outcome, Text, Zone};

use super::scenario::{self, micros};

fn zone() -> Zone {
    scenario::options(1).zone
}

fn text(record: &scenario::Record, column: Text) -> Option<String> {
    record
        .texts
        .iter()
        .find(|(c, _)| *c == column)
        .map(|(_, v)| v.clone())
}

async fn fields(name: &str, given: &[(&str, &str)], columns: &[&str]) -> Vec<Vec<String>> {
    let engine = scenario::whole_engine();
    let csv = super::named_queries::rows(&engine, name, given).await;
    let mut lines = csv.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            columns
                .iter()
                .map(|c| {
                    let at = header.iter().position(|h| h == c).unwrap();
                    cells.get(at).copied().unwrap_or_default().to_owned()
                })
                .collect()
        })
        .collect()
}

/// Time, outcome, account in small letters, address.
type Logon = (i64, Outcome, Option<String>, Option<String>);

#[tokio::test]
async fn successes_after_failures() {
    let window = 30 * 60 * 1_000_000;
    let mut logons: Vec<Logon> = Vec::new();
    for file in scenario::files() {
        for record in file.records {
            let logon = matches!(
                record.kind.as_str(),
                "auth.logon" | "auth.logon_network" | "remote.access"
            );
            if let (true, Some(time)) = (logon, record.time) {
                let account = text(&record, Text::TargetUser).or_else(|| text(&record, Text::UserName));
                let address = text(&record, Text::SrcIp);
                logons.push((time, record.outcome, account.map(|a| a.to_lowercase()), address));
            }
        }
    }
    let count = |time: i64, same: &dyn Fn(&Logon) -> bool| {
        logons
            .iter()
            .filter(|l| l.1 == Outcome::Failure && l.0 <= time && l.0 >= time - window && same(l))
            .count()
    };
    for least in [1, 5, 7, 9] {
        let mut expected: Vec<String> = Vec::new();
        for (time, outcome, account, address) in &logons {
            let by_account = count(*time, &|l| account.is_some() && l.2 == *account);
            let by_address = count(*time, &|l| address.is_some() && l.3 == *address);
            if *outcome == Outcome::Success && (by_account >= least || by_address >= least) {
                expected.push(format!("{time} {by_account} {by_address}"));
            }
        }
        expected.sort();
        let least = least.to_string();
        let found = fields(
            "logon_success_after_failures",
            &[("failures", &least)],
            &["time", "account_failures", "address_failures"],
        )
        .await;
        let mut found: Vec<String> = found
            .into_iter()
            .map(|f| format!("{} {} {}", micros(&f[0]), f[1], f[2]))
            .collect();
        found.sort();
        assert_eq!(found, expected, "{least}");
    }
}

#[tokio::test]
async fn months_held() {
    for at in ["2026-03-01", "2026-05-01", "2026-05-03", "2026-02-20"] {
        let at_micros = zone()
            .place(
                NaiveDate::parse_from_str(at, "%Y-%m-%d")
                    .unwrap()
                    .and_hms_opt(0, 0, 0)
                    .unwrap(),
            )
            .micros;
        let found = fields(
            "months_held_by_source",
            &[("at", at)],
            &["source", "missing_days", "unbroken_months"],
        )
        .await;
        let found: BTreeMap<String, (String, String)> = found
            .into_iter()
            .map(|f| (f[0].clone(), (f[1].clone(), f[2].clone())))
            .collect();
        for file in scenario::files() {
            let days: BTreeSet<NaiveDate> = file
                .records
                .iter()
                .filter_map(|r| r.time)
                .filter(|t| *t < at_micros)
                .map(|t| zone().local(t).unwrap().date())
                .collect();
            let working = file.source == "db1";
            let expected = |day: NaiveDate| !working || day.weekday().num_days_from_monday() < 5;
            let end = NaiveDate::parse_from_str(at, "%Y-%m-%d").unwrap();
            let Some(first) = days.first().copied() else {
                assert_eq!(
                    found.get(file.source).map(|f| f.1.as_str()),
                    Some("0").filter(|_| found.contains_key(file.source))
                );
                continue;
            };
            let missing = first
                .iter_days()
                .take_while(|d| *d < end)
                .filter(|d| expected(*d) && !days.contains(d))
                .count();
            let mut months = 0;
            let mut month = end.with_day(1).unwrap();
            // The running month must be whole so far.
            let mut whole = month
                .iter_days()
                .take_while(|d| *d < end)
                .all(|d| !expected(d) || days.contains(&d));
            while whole {
                let before = month.pred_opt().unwrap().with_day(1).unwrap();
                whole = before
                    .iter_days()
                    .take_while(|d| *d < month)
                    .all(|d| !expected(d) || days.contains(&d));
                months += usize::from(whole);
                month = before;
            }
            let wanted = (missing.to_string(), months.to_string());
            assert_eq!(found.get(file.source), Some(&wanted), "{} at {at}", file.source);
        }
    }
}

/// A stretch as the query shows it: source, last time before, first time after, expected hours in it, misses of the
/// source among its expected hours in thousandths.
type Silence = (String, i64, Option<i64>, usize, usize);

const HOUR: i64 = 3_600_000_000;

fn hour_of(time: i64) -> i64 {
    zone().local(time).unwrap().and_utc().timestamp() / 3_600
}

/// Stretches of one source by the definition in the query's header: hours one by one, times one by one.
fn silences(source: &str, times: &[i64], last: i64) -> Vec<Silence> {
    let week = 7 * 24;
    let hours: BTreeSet<i64> = times.iter().map(|t| hour_of(*t)).collect();
    let first = *hours.first().unwrap();
    let usual = |hour: i64| (1..=4).filter(|k| hours.contains(&(hour - k * week))).count() >= 3;
    let due: Vec<i64> = (first..hour_of(last)).filter(|h| usual(*h)).collect();
    let missed: Vec<i64> = due.iter().copied().filter(|h| !hours.contains(h)).collect();
    let mut stretches: BTreeMap<(i64, Option<i64>), usize> = BTreeMap::new();
    for hour in &missed {
        let before = times.iter().copied().rfind(|t| hour_of(*t) < *hour).unwrap();
        let after = times.iter().copied().find(|t| hour_of(*t) > *hour);
        *stretches.entry((before, after)).or_default() += 1;
    }
    let hourly = source == "vpn";
    let patience = if hourly { HOUR } else { 24 * HOUR };
    let (kept, misses) = (due.len() - missed.len(), stretches.len());
    let share = (misses + 1) as f64 / (kept + misses + 2) as f64;
    stretches
        .into_iter()
        .filter(|((before, after), _)| after.unwrap_or(last) - before >= patience)
        .filter(|(_, hours)| hourly || share.powi(*hours as i32) < 0.001)
        .map(|((before, after), hours)| {
            let permille = 1_000 * misses / (kept + misses);
            (source.to_owned(), before, after, hours, permille)
        })
        .collect()
}

#[tokio::test]
async fn silent_periods() {
    let ingested = micros("2026-05-01T10:00:00+05:00");
    // Times before 1990 or more than a day after the intake are believed by nobody.
    let believed = |t: &i64| (micros("1990-01-01T00:00:00Z")..=ingested + 24 * HOUR).contains(t);
    let mut sources: Vec<(&str, Vec<i64>)> = Vec::new();
    for file in scenario::files() {
        let times = file.records.iter().filter_map(|r| r.time).filter(believed);
        let mut times: Vec<i64> = times.collect();
        times.sort_unstable();
        sources.push((file.source, times));
    }
    let last = sources
        .iter()
        .filter_map(|(_, times)| times.last())
        .max()
        .unwrap();
    let last = (*last).min(ingested);
    let expected: BTreeSet<Silence> = sources
        .iter()
        .filter(|(_, times)| !times.is_empty())
        .flat_map(|(source, times)| silences(source, times, last))
        .collect();
    let columns = [
        "source",
        "silent_from",
        "silent_to",
        "expected_hours",
        "missed_permille",
        "silent_beside",
    ];
    let found = fields("silent_periods_by_source", &[], &columns).await;
    let number = |text: &str| text.parse::<usize>().unwrap();
    let to = |text: &str| (!text.is_empty()).then(|| micros(text));
    let rows: BTreeSet<Silence> = found
        .iter()
        .map(|f| {
            (
                f[0].clone(),
                micros(&f[1]),
                to(&f[2]),
                number(&f[3]),
                number(&f[4]),
            )
        })
        .collect();
    assert_eq!(rows, expected);
    assert!(
        rows.iter().any(|f| f.0 == "srv1" && f.3 == 3),
        "the three silent days of srv1"
    );
    assert!(
        rows.iter().any(|f| f.0 == "db1" && f.3 == 3),
        "one working day without a record of a source that keeps every hour"
    );
    for one in &found {
        let end = |f: &[String]| to(&f[2]).unwrap_or(last);
        let beside: BTreeSet<&str> = found
            .iter()
            .filter(|f| f[0] != one[0] && micros(&f[1]) < end(one) && micros(&one[1]) < end(f))
            .map(|f| f[0].as_str())
            .collect();
        assert_eq!(number(&one[5]), beside.len(), "{one:?}");
    }
}

/// On 29 March 2026 there is no two o'clock in Ljubljana; a week later there is, and then it is missing.
#[tokio::test]
async fn an_hour_that_does_not_exist_is_not_missed() {
    let given = [("source", "vpn"), ("tz", "Europe/Ljubljana")];
    let found = fields(
        "silent_periods_by_source",
        &given,
        &["first_expected_hour", "expected_hours"],
    )
    .await;
    assert_eq!(found, [["2026-04-05T02:00:00", "1"]]);
}

#[tokio::test]
async fn quarterly_counts() {
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for file in scenario::files() {
        for record in &file.records {
            if record.kind.as_str() == "part" {
                continue;
            }
            let (period, week) = match record.time {
                None => ("not placed in time", String::new()),
                Some(time) => {
                    let local = zone().local(time).unwrap();
                    let period = match (local.year(), local.month0() / 3) {
                        (2026, 0) => "2026Q1",
                        (2025, 3) => "2025Q4",
                        _ => continue,
                    };
                    let days = chrono::TimeDelta::days(i64::from(local.weekday().num_days_from_monday()));
                    (period, (local.date() - days).to_string())
                }
            };
            let outcome = record.outcome.as_str();
            let key = format!(
                "{period},{week},{},{},{outcome},{}",
                file.category.as_str(),
                record.kind.as_str(),
                file.source
            );
            *expected.entry(key).or_default() += 1;
        }
    }
    let columns = [
        "period",
        "week",
        "category",
        "kind",
        "outcome",
        "source",
        "log_records",
    ];
    let found = fields("quarterly_log_records", &[("quarter", "2026Q1")], &columns).await;
    let found: BTreeMap<String, u64> = found
        .into_iter()
        .map(|f| (f[..6].join(","), f[6].parse().unwrap()))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(zone().local(micros("2025-12-31T19:00:00Z")).unwrap().hour(), 0);
}
