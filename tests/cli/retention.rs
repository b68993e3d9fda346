//! `letopis source`, `coverage` and `retention` over a year of logs with random gaps, against what the generator knows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, Days, Months, NaiveDate, Weekday};
use serde_json::Value;

use super::Environment;

const SOURCES: [(&str, &str); 3] = [("web", "daily"), ("desk", "working-days"), ("gate", "2/day")];

/// A year of logs that were taken in month by month, on the second day of the next.
struct Year {
    env: Environment,
    /// Records by source and day.
    records: BTreeMap<(&'static str, NaiveDate), u64>,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn days(from: NaiveDate, until: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().take_while(move |day| *day < until)
}

/// Numbers that follow from a seed (splitmix64).
fn roll(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn is_expected(rhythm: &str, day: NaiveDate) -> bool {
    rhythm != "working-days" || !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// When the records of a day were taken in.
fn taken_in(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap() + Months::new(1) + Days::new(1)
}

impl Year {
    fn new(seed: u64) -> Self {
        let mut state = seed;
        let env = Environment::new();
        let (begin, end) = (day("2025-05-01"), day("2026-05-01"));
        let mut register = String::from("id,pattern,rhythm,since\n");
        let mut records = BTreeMap::new();
        for (source, rhythm) in SOURCES {
            register.push_str(&format!("{source},{source}/**,{rhythm},{begin}\n"));
            let mut silent = 0;
            for on in days(begin, end) {
                if silent == 0 && roll(&mut state).is_multiple_of(45) {
                    silent = 1 + roll(&mut state) % 4;
                }
                let writes = silent == 0 && (is_expected(rhythm, on) || roll(&mut state).is_multiple_of(8));
                silent = silent.saturating_sub(1);
                if writes {
                    records.insert((source, on), 1 + roll(&mut state) % 4);
                }
            }
        }
        env.write("register.csv", register);
        for month in 0..12 {
            let first = begin + Months::new(month);
            for (source, _) in SOURCES {
                let mut log = String::new();
                for on in days(first, first + Months::new(1)) {
                    for number in 0..records.get(&(source, on)).copied().unwrap_or(0) {
                        // Near both ends of the day, so that a wrong zone shows.
                        let hour = if number % 2 == 0 { "00:00" } else { "23:59" };
                        log.push_str(&format!(
                            "{on}T{hour}:0{number}Z {source} app[7]: record {number}\n"
                        ));
                    }
                }
                env.write(&format!("in/{source}/{}.log", first.format("%Y-%m")), log);
            }
            let now = format!("{}T06:00:00Z", taken_in(first));
            let arguments = ["-a", "a", "ingest", "in", "--sources", "register.csv", "-q"];
            env.run_at(&now, &arguments).exits(0);
        }
        Self { env, records }
    }

    fn has(&self, source: &'static str, on: NaiveDate) -> bool {
        self.records.contains_key(&(source, on))
    }

    /// The rule of the proof in words, for a source that declared its beginning.
    fn verdict(&self, source: &'static str, rhythm: &str, at: NaiveDate, intake_days: i64) -> &'static str {
        let begin = (at - Months::new(6)).max(day("2025-05-01"));
        let window: Vec<NaiveDate> = days(begin, at).collect();
        let here = |on: NaiveDate| self.has(source, on) && taken_in(on) <= at;
        let last = self
            .records
            .keys()
            .filter(|(s, _)| *s == source)
            .map(|(_, on)| *on)
            .max()
            .unwrap();
        if window
            .iter()
            .any(|on| !self.has(source, *on) && is_expected(rhythm, *on) && *on < last)
        {
            return "not-met";
        }
        let newest = days(day("2025-05-01"), at).filter(|on| here(*on)).last();
        let since = newest.map_or(begin, |on| on + Days::new(1));
        if (at - since).num_days() > intake_days {
            return "not-shown";
        }
        "met"
    }
}

/// The days of stretches in an outcome.
fn spread(stretches: &Value, counts: impl Fn(NaiveDate) -> bool) -> BTreeSet<NaiveDate> {
    let mut all = BTreeSet::new();
    for stretch in stretches.as_array().unwrap() {
        let bound = |name: &str| day(stretch[name].as_str().unwrap());
        let found: Vec<_> = days(bound("from"), bound("to") + Days::new(1))
            .filter(|d| counts(*d))
            .collect();
        assert_eq!(stretch["days"], found.len());
        all.extend(found);
    }
    all
}

#[test]
fn coverage_is_what_the_generator_left_out() {
    let year = Year::new(11);
    let output = year
        .env
        .run(&["-a", "a", "coverage", "--to", "2026-04-30", "--json"])
        .exits(1);
    let report = output.json();
    assert_eq!(report["sources"].as_array().unwrap().len(), SOURCES.len());
    let mut gaps = 0;
    for (source, rhythm) in SOURCES {
        let sources = report["sources"].as_array().unwrap();
        let found = &sources.iter().find(|s| s["source"] == source).unwrap()["coverage"];
        let all = || days(day("2025-05-01"), day("2026-05-01"));
        let missing: BTreeSet<_> = all()
            .filter(|on| !year.has(source, *on) && is_expected(rhythm, *on))
            .collect();
        assert_eq!(
            spread(&found["missing"], |on| missing.contains(&on)),
            missing,
            "{source}"
        );
        let thin = |on: &NaiveDate| source == "gate" && year.records.get(&(source, *on)) == Some(&1);
        assert_eq!(
            spread(&found["thin"], |_| true),
            all().filter(thin).collect(),
            "{source}"
        );
        assert_eq!(
            found["records"],
            all()
                .filter_map(|on| year.records.get(&(source, on)))
                .sum::<u64>()
        );
        assert_eq!(
            found["held_days"],
            all().filter(|on| year.has(source, *on)).count()
        );
        gaps += missing.len();
    }
    assert!(gaps > 20, "{gaps}");
    let csv = year.env.run(&["-a", "a", "coverage", "--format", "csv"]).stdout;
    let mut lines: Vec<String> = year
        .records
        .iter()
        .map(|((source, on), records)| format!("{source},{on},{records}"))
        .collect();
    lines.sort_unstable();
    assert_eq!(csv.lines().skip(1).map(str::trim_end).collect::<Vec<_>>(), lines);
}

#[test]
fn the_floor_is_judged_as_the_rule_in_words_judges_it() {
    let year = Year::new(12);
    let mut seen = BTreeSet::new();
    let mut state = 5;
    for _ in 0..10 {
        let at = day("2025-07-01") + Days::new(roll(&mut state) % 300);
        let intake_days = [20, 40][(roll(&mut state) % 2) as usize];
        let arguments = [
            "-a",
            "a",
            "retention",
            "prove",
            "--at",
            &at.to_string(),
            "--intake-days",
            &intake_days.to_string(),
            "--json",
        ];
        let output = year.env.run(&arguments);
        let proof = output.json();
        let mut worst = "met";
        for (source, rhythm) in SOURCES {
            let expected = year.verdict(source, rhythm, at, intake_days);
            let sources = proof["sources"].as_array().unwrap();
            let found = sources.iter().find(|s| s["source"] == source).unwrap();
            assert_eq!(
                found["today"]["verdict"], expected,
                "{source} {at} {intake_days}: {found}"
            );
            let past = found["past"].as_array().unwrap();
            let on = |text: &Value| day(text.as_str().unwrap());
            for period in past {
                for earlier in [on(&period["from"]), on(&period["to"])] {
                    let expected = year.verdict(source, rhythm, earlier, intake_days);
                    assert_eq!(
                        period["verdict"], expected,
                        "{source} {earlier}, seen from {at}: {period}"
                    );
                }
            }
            seen.insert(expected);
            if ["met", "not-shown", "not-met"]
                .iter()
                .position(|v| *v == expected)
                > ["met", "not-shown", "not-met"].iter().position(|v| *v == worst)
            {
                worst = expected;
            }
        }
        assert_eq!(proof["verdict"], worst);
        assert_eq!(output.code, i32::from(worst != "met"));
    }
    assert!(seen.contains("not-met") && seen.len() > 1, "{seen:?}");
}

#[test]
fn no_request_undercuts_the_floor_and_the_future_is_not_proven() {
    let env = Environment::with_archive();
    let months = |more: &[&str]| {
        let output = env.run(&[&["-a", "a", "retention", "prove", "--json"], more].concat());
        output.json()["sources"][0]["months"].as_u64().unwrap()
    };
    assert_eq!((months(&["--months", "2"]), months(&["--months", "9"])), (6, 9));
    env.run(&["-a", "a", "source", "add", "web1", "hosts=web1", "months=12"])
        .exits(0);
    assert_eq!(months(&[]), 12);
    env.run(&["-a", "a", "retention", "prove", "--at", "2027-01-01"])
        .exits(2)
        .says("2027-01-01 is not past");
    env.run(&["-a", "a", "coverage", "--source", "nobody"])
        .says("source not found: nobody");
}

#[test]
fn the_register_is_changed_by_entries_that_say_who_did_what() {
    let env = Environment::with_archive();
    let source = |arguments: &[&str]| env.run(&[&["-a", "a", "source"], arguments].concat());
    source(&["add", "gate", "hosts=gw1", "category=network", "rhythm=hourly"]).exits(0);
    source(&["add", "gate2", "hosts=GW1"])
        .exits(2)
        .says("`GW1` belongs to `gate` already: two sources cannot claim it");
    source(&["add", "x", "hosts=x", "rhythm=often"])
        .exits(2)
        .says("no rhythm `often`; expected hourly");
    source(&["add", "x", "hosts=x", "colour=red"])
        .exits(2)
        .says("no column is called `colour`");
    source(&["edit", "gate", "rhythm=daily", "site=Astana, room 4"])
        .exits(0)
        .says("register in force: 1 lines");
    source(&["edit", "gate", "rhythm=daily"])
        .exits(0)
        .says("nothing changed");
    source(&["retire", "gate", "--until", "2026-04-30"]).exits(0);
    source(&["retire", "gate", "--until", "April"])
        .exits(2)
        .says("until: `April` is no day; expected YYYY-MM-DD");
    source(&["show", "gate"])
        .exits(0)
        .says("Astana, room 4")
        .says("rhythm: `hourly` to `daily`; site: `` to `Astana, room 4`");
    let shown = source(&["show", "gate", "--json"]).json();
    assert_eq!(shown["changes"].as_array().unwrap().len(), 3);
    // What is written out can be taken in again.
    let list = source(&["list", "--json"]).json();
    assert_eq!(list[0]["until"], "2026-04-30");
    env.write("register.csv", "hosts,id\ngw9,gate\n");
    source(&["import", "register.csv"]).exits(0);
    assert_eq!(source(&["list", "--json"]).json()[0]["hosts"], "gw9");
    env.verified();
}

/// A proof that was signed holds against its archive later, and not when a word of it is changed.
#[test]
fn a_signed_proof_holds_later() {
    let env = Environment::with_archive();
    env.run(&["-a", "a", "retention", "prove", "--sign", "proof.txt"])
        .exits(1);
    let text = std::fs::read_to_string(env.path("proof.txt")).unwrap();
    assert!(
        text.contains("\nas of 2026-05-01 in UTC: floor of retention "),
        "{text}"
    );
    env.write("in/more.log", super::AUTH);
    env.run(&["-a", "a", "ingest", "in"]).exits(0);
    env.run(&["-a", "a", "verify", "--statement", "proof.txt"])
        .exits(0)
        .says("holds: about retention");
    env.write(
        "changed.txt",
        text.replacen("floor of retention", "floor of Retention", 1),
    );
    env.run(&["-a", "a", "verify", "--statement", "changed.txt"])
        .exits(1)
        .says("DOES NOT HOLD");
}
