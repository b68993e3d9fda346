//! The demo's archive against the truth that the samples come with: what the timeline reaches, and what it must not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use letopis_reconstruct::moment;
use letopis_reconstruct::stats::monday_of;
use serde_json::Value;

const TRUTH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/truth.json");

/// The demo's folder, made once for all tests here.
static DEMO: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    letopis(folder.path(), &["demo", "demo"]);
    folder
});

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_letopis"));
    command.current_dir(folder).args(arguments);
    command
        .env_remove("LETOPIS_ARCHIVE")
        .env_remove("LETOPIS_KEY")
        .env_remove("LETOPIS_JOURNAL");
    command.output().expect("the program runs")
}

/// Runs the program in a folder; standard output, where it ended well.
fn letopis(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A command over the demo's archive.
fn on_demo<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let (verb, rest) = arguments.split_first().expect("a verb");
    [&[*verb, "-a", "demo/archive", "--key", "demo/keys"], rest].concat()
}

fn reading(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let text = letopis(folder, &on_demo(arguments));
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The archive's records by path and line, for looking up rows of the truth.
struct Places {
    by_line: BTreeMap<i64, Vec<(String, String)>>,
}

impl Places {
    fn read(folder: &Path) -> Self {
        let sql = "SELECT e.event_id AS event_id, e.line AS line, o.path AS path FROM events e JOIN \
                   (SELECT object, min(path) AS path FROM objects GROUP BY object) o ON e.object = o.object \
                   WHERE e.line IS NOT NULL";
        let mut by_line: BTreeMap<i64, Vec<(String, String)>> = BTreeMap::new();
        for row in reading(folder, &["sql", sql, "--format", "ndjson"]) {
            by_line
                .entry(row["line"].as_i64().unwrap_or_default())
                .or_default()
                .push((text(&row, "path").to_owned(), text(&row, "event_id").to_owned()));
        }
        Self { by_line }
    }

    /// The citations of a list of the truth's rows: path, members and line.
    fn ids(&self, rows: &[Value]) -> Vec<BTreeSet<&str>> {
        rows.iter().map(|row| self.of(row)).collect()
    }

    fn of(&self, row: &Value) -> BTreeSet<&str> {
        let path = text(row, "path");
        let path = path.strip_prefix("logs/").unwrap_or(path);
        let members: Vec<&str> = list(row, "members").iter().filter_map(Value::as_str).collect();
        let line = row["line"].as_i64().unwrap_or_default();
        let here = self.by_line.get(&line).map(Vec::as_slice).unwrap_or_default();
        here.iter()
            .filter(|(p, _)| p.starts_with(path) && members.iter().all(|m| p.contains(m)))
            .map(|(_, id)| id.as_str())
            .collect()
    }
}

fn truth() -> Value {
    let text = std::fs::read_to_string(TRUTH).expect("the truth of the samples");
    serde_json::from_str(&text).expect("JSON")
}

/// Starting from nothing but the attacker's address and the night, the timeline reaches nearly all of the incident and
/// nothing of what only looks like one.
#[test]
fn the_timeline_reaches_the_incident_and_none_of_the_decoys() {
    let folder = DEMO.path();
    let truth = truth();
    let places = Places::read(folder);
    let night = [
        "timeline",
        "--address",
        "203.0.113.77",
        "--from",
        "2025-12-31 23:30",
        "--to",
        "2026-01-01 03:00",
        "--format",
        "jsonl",
    ];
    let rows = reading(folder, &night);
    let found: BTreeSet<&str> = rows.iter().map(|r| text(r, "event_id")).collect();
    assert!(rows.iter().all(|r| !text(r, "why").is_empty()));

    let incident = places.ids(list(&truth["incident"], "rows"));
    // A record of several lines may begin on another line than the truth counts: such a row counts as not reached.
    let unplaced = incident.iter().filter(|ids| ids.is_empty()).count();
    let reached = incident
        .iter()
        .filter(|ids| ids.iter().any(|id| found.contains(id)))
        .count();
    let of_incident: BTreeSet<&str> = incident.iter().flatten().copied().collect();
    let others: Vec<&&str> = found.iter().filter(|id| !of_incident.contains(**id)).collect();
    eprintln!(
        "{reached} of {} rows of the incident ({unplaced} of them not found by file and line); {} other rows",
        incident.len(),
        others.len()
    );
    assert!(
        reached * 100 >= incident.len() * 90,
        "{reached} of {}",
        incident.len()
    );
    assert!(others.len() * 100 <= found.len() * 5, "{others:?}");

    for decoy in list(&truth, "decoys") {
        let name = text(decoy, "name");
        for ids in places.ids(list(decoy, "rows")) {
            assert!(
                !ids.iter().any(|id| found.contains(id)),
                "{name}: {ids:?} is in the timeline"
            );
        }
    }
    silence_and_months(folder, &truth);
}

/// The three silent days are found, and no other source is called silent for a day it wrote.
fn silence_and_months(folder: &Path, truth: &Value) {
    let silent = reading(
        folder,
        &["query", "run", "silent_periods_by_source", "--format", "ndjson"],
    );
    let silence = &truth["silence"];
    let hit = silent
        .iter()
        .find(|r| text(r, "source") == text(silence, "source"))
        .expect("the silence of the truth");
    assert_eq!(text(hit, "silent_from"), text(silence, "last_before"));
    assert_eq!(text(hit, "silent_to"), text(silence, "first_after"));
    // Besides it only two applications that people use rest, on public holidays of Kazakhstan: Independence Day, New
    // Year, Christmas, the day off for 8 March, Nauryz. Weekends, thin sources and the hour that the clock in Ljubljana
    // goes through twice are no silence.
    let mut others: Vec<(&str, &str)> = silent
        .iter()
        .filter(|r| text(r, "source") != text(silence, "source"))
        .map(|r| (text(r, "source"), &text(r, "first_expected_hour")[..10]))
        .collect();
    others.sort_unstable();
    assert_eq!(
        others,
        [
            ("buh", "2025-12-16"),
            ("buh", "2026-01-01"),
            ("buh", "2026-01-07"),
            ("buh", "2026-03-09"),
            ("buh", "2026-03-23"),
            ("edoc", "2026-01-01"),
            ("edoc", "2026-03-23"),
            ("edoc", "2026-03-25"),
        ]
    );
    let months = [
        "query",
        "run",
        "months_held_by_source",
        "--param",
        "at=2026-05-01",
        "--format",
        "ndjson",
    ];
    let months = reading(folder, &months);
    assert_eq!(months.len(), list(truth, "sources").len());
    let missing: Vec<(&str, i64)> = months
        .iter()
        .map(|r| (text(r, "source"), r["missing_days"].as_i64().unwrap_or_default()))
        .filter(|(_, days)| *days > 0)
        .collect();
    // Nine public holidays of a source that writes on working days: which days those are is not known here.
    assert_eq!(missing, [("buh", 9), ("mail-os", 2)]);
}

/// Two engines count the same log records: SQL over DataFusion and Polars, cell by cell.
#[test]
fn statistics_by_polars_are_those_of_sql() {
    let folder = DEMO.path();
    let mut cells = 0;
    for quarter in ["2025Q4", "2026Q1", "2026Q2"] {
        let csv = letopis(
            folder,
            &on_demo(&["stats", "quarter", quarter, "--format", "csv"]),
        );
        let mut lines = csv.lines();
        assert_eq!(lines.next(), Some("category,kind,outcome,source,week,records"));
        let mut polars: BTreeMap<[String; 5], i64> = BTreeMap::new();
        for line in lines {
            let fields: Vec<&str> = line.split(',').collect();
            let [category, kind, outcome, source, week, records] = fields[..] else {
                panic!("six fields: {line}");
            };
            let week = monday_of(week).expect("an ISO week").to_string();
            let key = [category, kind, outcome, source, &week].map(str::to_owned);
            let records: i64 = records.parse().expect("a number");
            assert_eq!(polars.insert(key, records), None, "{line}");
        }
        let parameter = format!("quarter={quarter}");
        let query = [
            "query",
            "run",
            "quarterly_log_records",
            "--param",
            &parameter,
            "--format",
            "ndjson",
        ];
        let mut sql: BTreeMap<[String; 5], i64> = BTreeMap::new();
        for row in reading(folder, &query) {
            if text(&row, "period") == quarter {
                let key = ["category", "kind", "outcome", "source", "week"].map(|c| text(&row, c).to_owned());
                sql.insert(key, row["log_records"].as_i64().expect("a number"));
            }
        }
        cells += polars.len();
        assert_eq!(polars, sql, "{quarter}");
    }
    assert!(cells > 5_000, "{cells} cells compared");
}

/// A row of the event table as far as the two queries below look at it.
struct Plain {
    row: Value,
    time: Option<i64>,
    ingested: i64,
}

/// Every record of the archive, in the order of segments.
fn plain_rows(folder: &Path) -> Vec<Plain> {
    let sql = "SELECT event_id, time, time_basis, time_offset_min, ingested, source, format, object, byte_offset, kind, \
               src_ip FROM events WHERE kind <> 'part'";
    let rows = reading(folder, &["sql", sql, "--format", "ndjson"]);
    rows.into_iter()
        .map(|row| Plain {
            time: moment::parse(text(&row, "time")),
            ingested: moment::parse(text(&row, "ingested")).expect("when it was taken in"),
            row,
        })
        .collect()
}

const DAY: i64 = 86_400_000_000;
/// 1990-01-01T00:00:00Z: before it no record's time is believed.
const EARLIEST: i64 = 631_152_000_000_000;

/// Number of records, first and last time, and the citation of the first in the file with its offset.
type Doubt = (i64, Option<i64>, Option<i64>, (i64, String));

/// Doubtful times counted one by one, in the words of the query's header.
#[test]
fn doubtful_times_are_those_of_a_slow_count() {
    let folder = DEMO.path();
    let mut expected: BTreeMap<Vec<String>, Doubt> = BTreeMap::new();
    for Plain { row, time, ingested } in plain_rows(folder) {
        let reason = match (time, text(&row, "time_basis")) {
            (None, _) => "not placed in time",
            (Some(t), _) if t < EARLIEST => "before 1990",
            (Some(t), _) if t > ingested + DAY => "after it was taken in",
            (_, "zone-assumed") => "zone assumed",
            (_, "year-inferred") => "year inferred",
            (_, "zone-and-year-assumed") => "zone assumed and year inferred",
            (_, "carried") => "carried over from the record before",
            _ => continue,
        };
        let basis = text(&row, "time_basis");
        let offset = if basis.starts_with("zone") {
            row["time_offset_min"].to_string()
        } else {
            "null".to_owned()
        };
        let key = [
            text(&row, "source"),
            text(&row, "object"),
            text(&row, "format"),
            basis,
            &offset,
            reason,
        ];
        let place = (
            row["byte_offset"].as_i64().expect("an offset"),
            text(&row, "event_id").to_owned(),
        );
        let entry = expected
            .entry(key.map(str::to_owned).to_vec())
            .or_insert((0, None, None, place.clone()));
        entry.0 += 1;
        entry.1 = entry.1.map_or(time, |t| time.map(|n| n.min(t)));
        entry.2 = entry.2.map_or(time, |t| time.map(|n| n.max(t)));
        if place < entry.3 {
            entry.3 = place;
        }
    }
    let found = reading(folder, &["query", "run", "doubtful_times", "--format", "ndjson"]);
    assert_eq!(found.len(), expected.len());
    for row in &found {
        let offset = row["assumed_offset_min"].to_string();
        let key = [
            text(row, "source"),
            text(row, "object"),
            text(row, "format"),
            text(row, "time_basis"),
            &offset,
            text(row, "reason"),
        ];
        let (records, first, last, (_, example)) = expected
            .get(key.map(str::to_owned).as_slice())
            .unwrap_or_else(|| panic!("{row}"));
        assert_eq!(row["log_records"].as_i64(), Some(*records), "{row}");
        assert_eq!(moment::parse(text(row, "first_time")), *first, "{row}");
        assert_eq!(moment::parse(text(row, "last_time")), *last, "{row}");
        assert_eq!(text(row, "example"), example, "{row}");
        assert!(!text(row, "path").is_empty(), "{row}");
    }
}

/// First records of addresses found one by one, in the words of the query's header.
#[test]
fn first_seen_addresses_are_those_of_a_slow_search() {
    let folder = DEMO.path();
    let rows = plain_rows(folder);
    let one_spelling = |address: &str| {
        let parsed = address.parse::<std::net::IpAddr>();
        parsed.map_or_else(|_| address.to_owned(), |a| a.to_canonical().to_string())
    };
    let from = "2025-12-31T18:30:00Z";
    let to = "2025-12-31T22:00:00Z";
    for (source, from, to) in [
        (None, None, None),
        (None, Some(from), Some(to)),
        (Some("asa-fw1"), Some(from), None),
        (Some("portal-nginx"), None, Some(to)),
    ] {
        let bound = |text: Option<&str>| text.and_then(moment::parse);
        let mut first: BTreeMap<String, (i64, &str, &str, i64)> = BTreeMap::new();
        let mut all: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for Plain { row, time, ingested } in &rows {
            let Some(time) = time.filter(|t| (EARLIEST..=ingested + DAY).contains(t)) else {
                continue;
            };
            let wanted = source.is_none_or(|s| s == text(row, "source"))
                && bound(to).is_none_or(|to| time < to)
                && !row["src_ip"].is_null();
            if !wanted {
                continue;
            }
            let address = one_spelling(text(row, "src_ip"));
            let offset = row["byte_offset"].as_i64().unwrap_or_default();
            let place = (time, text(row, "source"), text(row, "object"), offset);
            let earliest = first.entry(address.clone()).or_insert(place);
            *earliest = (*earliest).min(place);
            let entry = all.entry(address).or_insert((0, time));
            *entry = (entry.0 + 1, entry.1.max(time));
        }
        first.retain(|_, place| bound(from).is_none_or(|from| place.0 >= from));
        let expected: BTreeSet<(String, i64, String, i64, i64, i64)> = first
            .iter()
            .map(|(address, place)| {
                let (records, last) = all[address];
                (
                    address.clone(),
                    place.0,
                    place.1.to_owned(),
                    place.3,
                    records,
                    last,
                )
            })
            .collect();
        let mut query = vec!["query", "run", "first_seen_addresses", "--format", "ndjson"];
        let given: Vec<String> = [("source", source), ("from", from), ("to", to)]
            .iter()
            .filter_map(|(name, value)| value.map(|v| format!("{name}={v}")))
            .collect();
        for one in &given {
            query.extend(["--param", one.as_str()]);
        }
        let found: BTreeSet<(String, i64, String, i64, i64, i64)> = reading(folder, &query)
            .iter()
            .map(|r| {
                let time = |name| moment::parse(text(r, name)).expect("a time");
                let offset = text(r, "event_id").split_once('-').expect("a citation").1;
                (
                    text(r, "src_ip").to_owned(),
                    time("time"),
                    text(r, "source").to_owned(),
                    i64::from_str_radix(offset, 16).expect("an offset"),
                    r["log_records"].as_i64().expect("a number"),
                    time("last_time"),
                )
            })
            .collect();
        assert_eq!(found, expected, "{given:?}");
        assert!(!found.is_empty(), "{given:?}");
    }
}

/// Terminal, CSV, JSON lines and the page tell the same rows in the same order.
#[test]
fn every_form_of_a_timeline_says_the_same_rows() {
    let folder = DEMO.path();
    let event = {
        let sql = "SELECT event_id FROM events WHERE source = 'dc01' AND kind = 'log.clear'";
        let rows = reading(folder, &["sql", sql, "--format", "ndjson"]);
        text(&rows[0], "event_id").to_owned()
    };
    let night = ["--from", "2025-12-31 23:30", "--to", "2026-01-01 03:00"];
    let starts: [&[&str]; 6] = [
        &["--search", "\"b.akhmetov\" kind:log.*", "--no-grow"],
        &["--user", "B.Akhmetov", "--no-grow"],
        &["--host", "dc01", "--steps", "1"],
        &["--address", "::ffff:198.51.100.200"],
        &["--event", &event, "--steps", "2"],
        &["--no-grow"],
    ];
    for start in starts {
        let command = [&["timeline"], start, &night[..]].concat();
        let rows = reading(folder, &[&command[..], &["--format", "jsonl"]].concat());
        let ids: Vec<&str> = rows.iter().map(|r| text(r, "event_id")).collect();
        assert!(!ids.is_empty(), "{start:?}");
        let times: Vec<i64> = rows.iter().map(|r| r["time"].as_i64().expect("a time")).collect();
        assert!(times.is_sorted(), "{start:?}");

        let terminal = letopis(folder, &on_demo(&command));
        let said: Vec<&str> = terminal
            .lines()
            .filter_map(|l| l.strip_prefix("    ")?.split_once(" — ").map(|(id, _)| id))
            .collect();
        assert_eq!(said, ids, "{start:?}");

        let csv = letopis(folder, &on_demo(&[&command[..], &["--format", "csv"]].concat()));
        let page = [
            &command[..],
            &["--report", "pages", "--lang", "ru", "--format", "csv"],
        ]
        .concat();
        let csv_ru = letopis(folder, &on_demo(&page));
        let html = std::fs::read_to_string(folder.join("pages/timeline.ru.html")).expect("the page");
        let (_, listed) = html
            .split_once("class=\"stacked timeline\"")
            .expect("the table of rows");
        let (listed, _) = listed.split_once("</table>").expect("its end");
        let mut at = [0; 3];
        for id in &ids {
            // A row's own citation stands in its cell; others may name it as a reason.
            let cell = format!("<div class=\"code\">{id}</div>");
            for ((text, wanted), at) in [
                (csv.as_str(), format!(",{id},")),
                (csv_ru.as_str(), format!(",{id},")),
                (listed, cell),
            ]
            .into_iter()
            .zip(&mut at)
            {
                let found = text[*at..]
                    .find(&wanted)
                    .unwrap_or_else(|| panic!("{start:?}: {id}"));
                *at += found + 1;
            }
        }
        assert_eq!(
            listed.matches("<div class=\"code\">").count(),
            ids.len(),
            "{start:?}"
        );
        // Reasons are told in the language of the page, not in the English of the terminal.
        for why in rows.iter().map(|r| text(r, "why")) {
            let field = if why.contains([',', '"']) {
                format!(",\"{}\",", why.replace('"', "\"\""))
            } else {
                format!(",{why},")
            };
            assert!(!csv_ru.contains(&field), "{start:?}: {why}");
        }
    }
}

/// A text that no catalogue has stands on a page as its id in brackets.
#[test]
fn pages_lack_no_text() {
    let pages = std::fs::read_dir(DEMO.path().join("demo/reports")).expect("the reports");
    let is_id = |text: &str| text.contains('-') && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let mut read = 0;
    for page in pages.map(|e| e.expect("an entry").path()) {
        if page.extension().is_some_and(|e| e == "html") {
            let html = std::fs::read_to_string(&page).expect("the page");
            let mut bracketed = html.split('[').skip(1).filter_map(|t| t.split_once(']'));
            let lacking = bracketed.find(|(text, _)| is_id(text));
            assert_eq!(lacking.map(|l| l.0), None, "{}", page.display());
            read += 1;
        }
    }
    assert_eq!(read, 6);
}

/// What can have no answer is refused with what was expected; an answer without rows is an answer.
#[test]
fn odd_questions_get_clear_words() {
    let folder = DEMO.path();
    for (arguments, code, says) in [
        (
            &["--event", "00000000000000000000-0"][..],
            2,
            "record not found: 00000000000000000000-0",
        ),
        (&["--event", "nonsense"], 2, "record not found: nonsense"),
        (
            &["--from", "2026-02-01", "--to", "2026-01-01"],
            2,
            "expected an end after the begin",
        ),
        (
            &["--from", "2026-02-01", "--to", "2026-02-01"],
            2,
            "an empty stretch of time",
        ),
        (
            &["--from", "yesterday", "--to", "2026-02-01"],
            2,
            "--from: `yesterday` is no time",
        ),
        (&["--address", "203.0.113"], 2, "`203.0.113` is no address"),
        (&["--user", "x", "--window=-5"], 2, "0 minutes or more"),
        (&["--search", "\"open"], 2, "character 1"),
        (&["--from", "2026-01-01"], 2, "nothing says where to start"),
        (&[], 2, "nothing says where to start"),
        (&["--user", "x", "--lang", "tlh", "--report", "pages"], 2, "tlh"),
        (&["--user", "nobody-of-that-name"], 0, "0 rows"),
        (
            &[
                "--user",
                "b.akhmetov",
                "--from",
                "2019-01-01",
                "--to",
                "2019-02-01",
            ],
            0,
            "0 rows",
        ),
    ] {
        let output = run(folder, &on_demo(&[&["timeline"], arguments].concat()));
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).expect("UTF-8");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
    let zone = [
        "query",
        "run",
        "silent_periods_by_source",
        "--param",
        "tz=Mars/Olympus",
    ];
    let output = run(folder, &on_demo(&zone));
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Mars/Olympus"));
}

/// The days off of Kazakhstan on working days of these months, with those moved from a weekend: the accountants' system
/// rests on them.
const DAYS_OFF: &str = "day,what\n2025-10-27,off\n2025-12-16,off\n2026-01-01,off\n2026-01-02,off\n2026-01-07,off\n\
                        2026-03-09,off\n2026-03-23,off\n2026-03-24,off\n2026-03-25,off\n";

/// The mail server keeps silent for three days, of which two are whole days in Almaty; nobody else does.
#[test]
fn coverage_names_the_days_of_the_silence_and_no_others() {
    std::fs::write(DEMO.path().join("off.csv"), DAYS_OFF).expect("a calendar");
    let output = run(
        DEMO.path(),
        &on_demo(&["coverage", "--json", "--calendar", "off.csv"]),
    );
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut found = Vec::new();
    for source in list(&report, "sources") {
        for stretch in list(&source["coverage"], "missing") {
            let bounds = [text(stretch, "from"), text(stretch, "to")];
            found.push(format!("{} {}", text(source, "source"), bounds.join(" ")));
        }
    }
    assert_eq!(found, ["mail-os 2026-03-11 2026-03-12"]);
    assert_eq!(output.status.code(), Some(1));
}
