//! Silence inside a day, judged by the hours that the register says are quiet: outages that the test makes, and nothing else.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::*;

/// Microseconds of 1 March 2026, 00:00 UTC.
const BEGIN: i64 = 1_772_323_200_000_000;
const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAYS: i64 = 60;

/// The clock of Ljubljana, which leaps an hour ahead on 29 March 2026 at 1:00 UTC.
fn in_ljubljana(at: i64) -> i64 {
    let hours = if at < 1_774_746_000_000_000 { 1 } else { 2 };
    at + hours * HOUR
}

/// Hour of the day there.
fn hour(at: i64) -> i64 {
    in_ljubljana(at).div_euclid(HOUR).rem_euclid(24)
}

/// Where all logs end: on the last day, which is over in Almaty six hours before it is in UTC.
const END: i64 = BEGIN + DAYS * 24 * HOUR - 6 * HOUR;

/// Every twenty minutes from 6 to 22 there, never at night.
fn times() -> Vec<i64> {
    let all = (0..DAYS * 72).map(|number| BEGIN + number * 20 * MINUTE + 7_000_000);
    all.filter(|at| *at < END && (6..22).contains(&hour(*at)))
        .collect()
}

fn rfc3339(at: i64) -> String {
    let time = chrono::DateTime::from_timestamp_micros(at).unwrap();
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Hours there that were to have a record and have none, between two records.
fn silent(kept: &BTreeSet<i64>, from: i64, to: i64) -> usize {
    let held: BTreeSet<i64> = kept.iter().map(|at| in_ljubljana(*at).div_euclid(HOUR)).collect();
    let minutes = (from..to)
        .step_by(MINUTE as usize)
        .filter(|at| (6..22).contains(&hour(*at)));
    let asked: BTreeSet<i64> = minutes.map(|at| in_ljubljana(at).div_euclid(HOUR)).collect();
    asked.difference(&held).count()
}

/// Days of Almaty without a record, between two records.
fn silent_days(kept: &BTreeSet<i64>, from: i64, to: i64) -> usize {
    let day = |at: i64| (at + 5 * HOUR).div_euclid(24 * HOUR);
    let held: BTreeSet<i64> = kept.iter().map(|at| day(*at)).collect();
    (day(from)..day(to)).filter(|day| !held.contains(day)).count()
}

/// An archive whose days are those of Almaty, of a source whose quiet hours are those of Ljubljana, one that writes round the
/// clock, and one that is expected daily and writes at noon.
fn archive(gate: &BTreeSet<i64>) -> Environment {
    let env = Environment::new();
    let (mut log, mut round, mut noon) = (String::new(), String::new(), String::new());
    for at in gate {
        writeln!(log, "{} gate app[7]: one of many", rfc3339(*at)).unwrap();
    }
    for number in 0..DAYS * 24 - 6 {
        writeln!(
            round,
            "{} round app[7]: one of many",
            rfc3339(BEGIN + number * HOUR + MINUTE)
        )
        .unwrap();
    }
    for day in 0..DAYS {
        writeln!(
            noon,
            "{} noon app[7]: one of many",
            rfc3339(BEGIN + day * 24 * HOUR + 12 * HOUR)
        )
        .unwrap();
    }
    env.write("in/gate/app.log", log);
    env.write("in/round/app.log", round);
    env.write("in/noon/app.log", noon);
    env.write(
        "register.csv",
        "id,pattern,zone,rhythm\ngate,gate/**,Europe/Ljubljana,hourly quiet 22-6\nround,round/**,,hourly\nnoon,noon/**,,daily\n",
    );
    env.run(&["-a", "a", "init", "--time-zone", "Asia/Almaty"])
        .exits(0);
    env.run(&["-a", "a", "ingest", "in", "--sources", "register.csv", "-q"])
        .exits(0);
    env
}

fn findings(env: &Environment) -> (Vec<Value>, i32) {
    let output = env.run(&["-a", "a", "coverage", "--json"]);
    (output.json()["findings"].as_array().unwrap().clone(), output.code)
}

#[test]
fn quiet_hours_are_no_silence() {
    let env = archive(&times().into_iter().collect());
    assert_eq!(findings(&env), (Vec::new(), 0));
}

/// In each week one outage of some minutes to some days: what empties an hour is found once, to the record; what does not is
/// no silence.
#[test]
fn outages_are_found_to_the_record() {
    let mut state = 11u64;
    let mut roll = |most: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let all = times();
    let mut gone: BTreeSet<i64> = BTreeSet::new();
    let mut outages = Vec::new();
    for (week, records) in [2, 4, 9, 20, 60, 150, 3].into_iter().enumerate() {
        // 48 records a day: within the first half of the week.
        let first = week * 7 * 48 + 10 + roll(100) as usize;
        outages.push((all[first - 1], all[first + records]));
        gone.extend(&all[first..first + records]);
    }
    let kept: BTreeSet<i64> = all.into_iter().filter(|at| !gone.contains(at)).collect();
    let with_hours = |(from, to): &&(i64, i64)| silent(&kept, *from, *to) > 0;
    let truth_days: Vec<usize> = outages
        .iter()
        .filter(with_hours)
        .map(|(from, to)| silent_days(&kept, *from, *to))
        .collect();
    let truth: Vec<(String, String, usize)> = outages
        .into_iter()
        .map(|(from, to)| (rfc3339(from), rfc3339(to), silent(&kept, from, to)))
        .filter(|(.., hours)| *hours > 0)
        .collect();
    assert!(truth.len() >= 5, "{truth:?}");

    let env = archive(&kept);
    let (findings, code) = findings(&env);
    assert_eq!(code, 1);
    let found: Vec<(String, String, usize)> = findings
        .iter()
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap().to_owned();
            let signs = finding["signs"].as_array().unwrap();
            let hours = signs.iter().find(|sign| sign["sign"] == "silent-hours").unwrap();
            assert_eq!(text("source"), "gate");
            (
                text("from"),
                text("to"),
                hours["hours"].as_u64().unwrap() as usize,
            )
        })
        .collect();
    assert_eq!(found, truth);
    // The longest empty whole days, which are told with them.
    let days: Vec<usize> = findings
        .iter()
        .map(|finding| finding["signs"][0]["days"].as_u64().unwrap_or_default() as usize)
        .collect();
    assert_eq!(days, truth_days);
    assert!(days.iter().any(|days| *days > 0));
    env.run(&["-a", "a", "coverage"])
        .says("hours without an expected record: ");
}
