//! The Polars figures against a loop over the same rows that anyone can read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike as _;

use super::*;

const KINDS: [&str; 6] = [
    "auth.logon",
    "http.request",
    "part",
    "privilege.use",
    "account.create",
    "unparsed",
];
const SOURCES: [&str; 3] = ["vpn", "портал", "dc"];

/// Rows by a linear congruential sequence over 200 days around New Year, 7 % without time.
fn rows(number: usize) -> Rows {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |bound: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let mut rows = Rows::default();
    for _ in 0..number {
        let time = 1_759_000_000_000_000 + next(200 * 86_400) as i64 * 1_000_000;
        rows.time.push((next(100) >= 7).then_some(time));
        rows.stated.push(next(2) == 0);
        rows.source.push(SOURCES[next(3) as usize]);
        rows.category.push(["os", "", "network"][next(3) as usize]);
        rows.kind.push(KINDS[next(6) as usize]);
        rows.outcome
            .push(["success", "failure", "unknown"][next(3) as usize]);
        // Spread over all 64 bits, as digests are.
        rows.content.push(next(400).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    }
    rows
}

struct Counted {
    cells: BTreeMap<[String; 5], u64>,
    days: BTreeMap<String, BTreeSet<NaiveDate>>,
    contents: BTreeMap<u64, BTreeSet<String>>,
    failed: BTreeMap<String, u64>,
    parts: u64,
}

/// The plain loop: chrono cuts days and weeks here, Polars there.
fn count(rows: &Rows, quarter: Quarter, zone: Zone) -> Counted {
    let mut counted = Counted {
        cells: BTreeMap::new(),
        days: BTreeMap::new(),
        contents: BTreeMap::new(),
        failed: BTreeMap::new(),
        parts: 0,
    };
    for i in 0..rows.len() {
        let Some(local) = rows.time[i].and_then(|t| zone.local(t)) else {
            continue;
        };
        let day = local.date();
        if (day.year(), day.month0() / 3 + 1) != (quarter.year, u32::from(quarter.number)) {
            continue;
        }
        let of = |c: &Coded| c.value(c.codes[i]).to_owned();
        let (kind, outcome, source) = (of(&rows.kind), of(&rows.outcome), of(&rows.source));
        if kind == "auth.logon" && outcome == "failure" {
            *counted.failed.entry(source.clone()).or_default() += 1;
        }
        counted.days.entry(source.clone()).or_default().insert(day);
        counted
            .contents
            .entry(rows.content[i])
            .or_default()
            .insert(source.clone());
        if kind == "part" {
            counted.parts += 1;
            continue;
        }
        *counted
            .cells
            .entry([of(&rows.category), kind, outcome, source, iso_week_label(day)])
            .or_default() += 1;
    }
    counted
}

fn iso_week_label(day: NaiveDate) -> String {
    let week = day.iso_week();
    format!("{:04}-W{:02}", week.year(), week.week())
}

#[test]
fn a_week_is_called_by_its_monday_too() {
    for day in ["2025-12-29", "2026-01-05", "2020-12-28", "2026-03-30"] {
        let day: NaiveDate = day.parse().unwrap();
        assert_eq!(monday_of(&iso_week_label(day)), Some(day));
    }
    for none in ["2026", "2026-W00", "2026-W54", "x-W01"] {
        assert_eq!(monday_of(none), None, "{none}");
    }
}

#[test]
fn polars_counts_what_a_loop_counts() {
    let rows = rows(5_000);
    for (quarter, zone) in [
        ("2026Q1", "Asia/Almaty"),
        ("2025Q4", "Europe/Ljubljana"),
        ("2026Q1", "UTC"),
    ] {
        let (quarter, zone): (Quarter, Zone) = (quarter.parse().unwrap(), zone.parse().unwrap());
        let stats = quarterly(&rows, quarter, zone).unwrap();
        let counted = count(&rows, quarter, zone);
        let cells: BTreeMap<_, _> = stats
            .cells
            .iter()
            .map(|c| {
                let key = [&c.category, &c.kind, &c.outcome, &c.source, &c.week].map(Clone::clone);
                (key, c.records)
            })
            .collect();
        assert_eq!(cells, counted.cells, "{quarter} {zone}");
        assert_eq!(stats.heads.0, counted.cells.values().sum::<u64>());
        assert_eq!(stats.records.0, stats.heads.0 + counted.parts);
        assert_eq!(
            stats.copies.0,
            counted.contents.values().map(|s| s.len() as u64 - 1).sum::<u64>()
        );
        let failed: BTreeMap<_, _> = stats
            .failed_logons
            .iter()
            .filter(|l| l.records > 0)
            .map(|l| (l.value.clone(), l.records))
            .collect();
        assert_eq!(failed, counted.failed);
        let mut silent = Vec::new();
        for (source, days) in &counted.days {
            let (first, last) = (days.first().unwrap(), days.last().unwrap());
            let missing = first
                .iter_days()
                .take_while(|d| d < last)
                .filter(|d| !days.contains(d));
            silent.extend(missing.map(|day| SilentDay {
                source: source.clone(),
                day,
            }));
        }
        silent.sort();
        assert_eq!(stats.silent_days, silent);
    }
}

#[test]
fn the_quarter_before_is_the_quarter_before() {
    let rows = rows(3_000);
    let zone: Zone = "Asia/Almaty".parse().unwrap();
    let this = quarterly(&rows, "2026Q1".parse().unwrap(), zone).unwrap();
    let before = quarterly(&rows, "2025Q4".parse().unwrap(), zone).unwrap();
    assert_eq!(this.records.1, before.records.0);
    assert_eq!(this.heads.1, before.heads.0);
    assert_eq!(this.copies.1, before.copies.0);
    assert_eq!(
        this.not_placed,
        rows.time.iter().filter(|t| t.is_none()).count() as u64
    );
}

#[test]
fn columns_of_different_length_are_refused() {
    let mut rows = rows(3);
    rows.content.pop();
    let error = quarterly(&rows, "2026Q1".parse().unwrap(), Zone::UTC).unwrap_err();
    assert_eq!(error.to_string(), "column content has 2 rows, expected 3");
    assert!(
        quarterly(&Rows::default(), "2026Q1".parse().unwrap(), Zone::UTC)
            .unwrap()
            .cells
            .is_empty()
    );
}
