//! The committed samples against what the generator says now, and against readers that share nothing with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use super::truth::{File, Row, Story, Truth};
use super::{COMMITTED_SEED, foretell};
use crate::clock::{INCIDENT_FROM, INCIDENT_TO};

static COMMITTED: LazyLock<Truth> =
    LazyLock::new(|| Truth::committed().expect("samples/truth.json is committed"));

/// The bytes of every innermost file, in the order of the truth, read from the committed samples.
static CONTENTS: LazyLock<Vec<(&'static str, &'static File, Vec<u8>)>> = LazyLock::new(|| {
    let files = COMMITTED
        .sources
        .iter()
        .flat_map(|s| s.files.iter().map(move |f| (s.id.as_str(), f)));
    files
        .map(|(id, f)| (id, f, unpack(&crate::corpus::samples(), f)))
        .collect()
});

fn read(mut from: impl std::io::Read) -> Vec<u8> {
    let mut out = Vec::new();
    from.read_to_end(&mut out).unwrap();
    out
}

fn unpack(samples: &Path, file: &File) -> Vec<u8> {
    let mut bytes = std::fs::read(samples.join(&file.path)).unwrap();
    let mut members = file.members.iter();
    for container in &file.containers {
        bytes = match container.as_str() {
            "gz" => read(flate2::read::GzDecoder::new(bytes.as_slice())),
            "bz2" => read(bzip2::read::BzDecoder::new(bytes.as_slice())),
            "xz" => read(liblzma::read::XzDecoder::new(bytes.as_slice())),
            "zst" => zstd::decode_all(bytes.as_slice()).unwrap(),
            "zip" => {
                let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
                read(zip.by_name(members.next().unwrap()).unwrap())
            }
            "tar" => {
                let name = members.next().unwrap();
                let mut tar = tar::Archive::new(bytes.as_slice());
                let found = tar
                    .entries()
                    .unwrap()
                    .map(Result::unwrap)
                    .find(|e| e.path().unwrap().to_str() == Some(name));
                read(found.unwrap_or_else(|| panic!("{name} is not in {}", file.path)))
            }
            other => panic!("no container is called {other}"),
        };
    }
    bytes
}

#[test]
fn the_committed_samples_are_what_the_generator_makes() {
    let made = foretell(COMMITTED_SEED, 1).unwrap();
    for (a, b) in made.sources.iter().zip(&COMMITTED.sources) {
        assert_eq!(a, b, "source {}", a.id);
    }
    assert!(
        made == *COMMITTED,
        "truth.json is not what the generator says; write the samples again"
    );
    let text = std::fs::read_to_string(crate::corpus::samples().join("truth.json")).unwrap();
    assert!(
        made.to_json().unwrap() == text,
        "truth.json is written otherwise than now"
    );
    let csv = std::fs::read_to_string(crate::corpus::samples().join("sources.csv")).unwrap();
    assert_eq!(super::sources_csv(&made.sources), csv);
}

#[test]
fn the_same_seed_gives_the_same_and_another_does_not() {
    let other = foretell(7, 1).unwrap();
    assert_eq!(other, foretell(7, 1).unwrap());
    assert_ne!(other.sources, COMMITTED.sources);
    // The stories do not depend on the seed in what matters.
    let roles = |t: &Truth| {
        t.incident
            .rows
            .iter()
            .map(|r| r.role.clone())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(roles(&other), roles(&COMMITTED));
}

#[test]
fn every_committed_file_holds_the_bytes_that_the_truth_names() {
    for (_, file, bytes) in CONTENTS.iter() {
        let name = format!("{} {:?}", file.path, file.members);
        assert_eq!(super::finish::sha256(bytes), file.sha256, "{name}");
        assert_eq!(bytes.len() as u64, file.bytes, "{name}");
        assert_eq!(
            bytes.iter().filter(|b| **b == b'\n').count() as u64,
            file.lines,
            "{name}"
        );
    }
    let again = std::fs::read(crate::corpus::samples().join(&COMMITTED.altered.again)).unwrap();
    assert_eq!(super::finish::sha256(&again), COMMITTED.altered.sha256);
}

/// Records counted by the shape of each format, not by what was written.
fn records(file: &File, bytes: &[u8]) -> u64 {
    let lines = bytes.split_inclusive(|b| *b == b'\n');
    match file.format.as_str() {
        "windows-xml" => bytes.windows(7).filter(|w| *w == b"<Event ").count() as u64,
        "postgres-csv" => {
            // A record ends where the quotes are even.
            let mut open = false;
            lines
                .map(|l| {
                    open ^= l.iter().filter(|b| **b == b'"').count() % 2 == 1;
                    u64::from(!open)
                })
                .sum()
        }
        _ => lines.count() as u64 - file.header_lines,
    }
}

#[test]
fn records_are_counted_alike_by_a_reader_of_lines() {
    let mut all = 0;
    for (_, file, bytes) in CONTENTS.iter() {
        assert_eq!(
            records(file, bytes),
            file.records,
            "{} {:?}",
            file.path,
            file.members
        );
        all += file.records;
    }
    assert_eq!(all, COMMITTED.records);
    let by_class: u64 = COMMITTED
        .counts
        .values()
        .flat_map(|m| m.values())
        .flat_map(|c| c.values())
        .sum();
    assert_eq!(by_class, all);
    assert_eq!(COMMITTED.quarters.values().map(|q| q.records).sum::<u64>(), all);
}

/// Lines of a source whose bytes hold a needle.
fn holding(source: &str, needle: &str) -> u64 {
    let lines = CONTENTS
        .iter()
        .filter(|(id, _, _)| *id == source)
        .flat_map(|(_, _, b)| b.split(|b| *b == b'\n'));
    lines
        .filter(|l| l.windows(needle.len()).any(|w| w == needle.as_bytes()))
        .count() as u64
}

#[test]
fn classes_are_counted_alike_by_a_search_for_words() {
    let class = |source: &str, class: &str| {
        COMMITTED.counts[source]
            .values()
            .filter_map(|c| c.get(class))
            .sum::<u64>()
    };
    for (source, name, needle) in [
        ("web-os", "sshd.failed_password", "]: Failed password for "),
        (
            "syslog-central",
            "sshd.failed_password",
            "]: Failed password for ",
        ),
        ("web-os", "sshd.accepted_password", "]: Accepted password for "),
        ("app-os", "usb.connect", "new high-speed USB device number"),
        ("db-os", "audit.execve", "type=EXECVE "),
        ("dc01", "win.4625", "<EventID>4625</EventID>"),
        ("dc01", "win.1102", "<EventID>1102</EventID>"),
        ("fs01", "win.6416", "\"event_id\":\"6416\""),
        ("asa-fw1", "asa.302014", "%ASA-6-302014:"),
        ("vpn-lj", "vpn.connected", "Peer Connection Initiated"),
        ("edoc", "edoc.logon_failed", "Жүйеге кіру сәтсіз"),
        ("av-server", "av.detected", "Обнаружен"),
        ("pg-registry", "pg.audit_write", ",WRITE,"),
    ] {
        let found = holding(source, needle);
        assert!(
            found > 0 && found == class(source, name),
            "{source} {name}: {found} lines, truth {}",
            class(source, name)
        );
    }
    let spelt: u64 = COMMITTED
        .sources
        .iter()
        .map(|s| holding(&s.id, &COMMITTED.look_alike.written))
        .sum();
    assert_eq!(spelt, COMMITTED.look_alike.records);
}

fn stories() -> impl Iterator<Item = &'static Story> {
    std::iter::once(&COMMITTED.incident).chain(&COMMITTED.decoys)
}

#[test]
fn every_row_of_a_story_is_at_its_line() {
    let files: BTreeMap<_, _> = CONTENTS
        .iter()
        .map(|(_, f, b)| ((&f.path, &f.members), b))
        .collect();
    let mut split: BTreeMap<_, Vec<&[u8]>> = BTreeMap::new();
    for row in stories().flat_map(|s| &s.rows) {
        let key = (&row.path, &row.members);
        let lines = split
            .entry(key)
            .or_insert_with(|| files[&key].split(|b| *b == b'\n').collect());
        for (k, text) in row.text.lines().enumerate() {
            let found = String::from_utf8_lossy(lines[row.line as usize - 1 + k]);
            assert_eq!(
                found.trim_end_matches('\r'),
                text,
                "{} line {}",
                row.path,
                row.line
            );
        }
    }
}

fn micros(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text)
        .unwrap()
        .timestamp_micros()
}

#[test]
fn the_incident_lies_in_its_window_and_the_decoys_outside_of_it() {
    let incident = &COMMITTED.incident;
    assert!(
        incident
            .rows
            .iter()
            .all(|r| (INCIDENT_FROM..=INCIDENT_TO).contains(&micros(&r.instant)))
    );
    let local = |t: &str| {
        super::stage::local(chrono_tz::Tz::Asia__Almaty, micros(t))
            .format("%Y-%m-%d %H:%M")
            .to_string()
    };
    assert_eq!(local(&incident.from), "2025-12-31 23:40");
    assert!(
        local(&incident.to).starts_with("2026-01-01 02:2"),
        "{}",
        incident.to
    );
    let place = |r: &'static Row| (&r.path, &r.members, r.line);
    let own: BTreeSet<_> = incident.rows.iter().map(place).collect();
    assert_eq!(own.len(), incident.rows.len());
    for decoy in &COMMITTED.decoys {
        assert!(!decoy.rows.is_empty(), "{}", decoy.name);
        assert!(
            decoy.rows.iter().all(|r| !own.contains(&place(r))),
            "{}",
            decoy.name
        );
    }
    // The tempting one: the backup runs in the middle of the incident.
    let backup = COMMITTED.decoy("nightly-backup").unwrap();
    assert!(
        backup
            .rows
            .iter()
            .any(|r| (INCIDENT_FROM..INCIDENT_TO).contains(&micros(&r.instant)))
    );
    let forgotten = COMMITTED.decoy("forgotten-password").unwrap();
    assert_eq!(forgotten.rows.iter().filter(|r| r.class == "win.4625").count(), 8);
    let roles: BTreeSet<_> = incident.rows.iter().map(|r| r.role.as_str()).collect();
    for role in [
        "guess",
        "logon",
        "privilege",
        "log-read",
        "export",
        "account-create",
        "protection-off",
        "document-read",
        "transfer",
        "log-clear",
    ] {
        assert!(roles.contains(role), "{role}");
    }
}

#[test]
fn one_clock_is_slow_and_the_others_are_right() {
    for row in stories().flat_map(|s| &s.rows) {
        let behind = micros(&row.instant) / 1_000_000 - micros(&row.recorded) / 1_000_000;
        assert_eq!(
            behind,
            if row.source == COMMITTED.clock.source {
                -COMMITTED.clock.offset_seconds
            } else {
                0
            },
            "{row:?}"
        );
    }
}

#[test]
fn the_hour_that_comes_twice_is_there_and_the_one_that_never_comes_is_not() {
    let count = |start: &str, hour: &str| {
        let prefix = format!("{start} {hour}:");
        let files = CONTENTS.iter().filter(|(id, _, _)| *id == "vpn-lj");
        files
            .flat_map(|(_, _, b)| b.split(|b| *b == b'\n'))
            .filter(|l| l.starts_with(prefix.as_bytes()))
            .count() as u64
    };
    let [twice, never] = COMMITTED.clock_changes.as_slice() else {
        panic!("two clock changes")
    };
    assert_eq!(
        (count("Oct 26", "02"), count("Mar 29", "02")),
        (twice.records, never.records)
    );
    assert!(twice.records > 40 && never.records == 0);
    assert!(count("Mar 29", "01") > 10 && count("Mar 29", "03") > 10);
    // The clock goes back once in the file of October.
    let october = CONTENTS
        .iter()
        .find(|(id, f, _)| *id == "vpn-lj" && f.first.starts_with("2025-09-30"))
        .unwrap();
    let text = String::from_utf8_lossy(&october.2);
    let clocks: Vec<String> = text
        .lines()
        .filter(|l| l.starts_with("Oct "))
        .map(|l| l[4..15].replace(' ', "0"))
        .collect();
    assert_eq!(clocks.windows(2).filter(|w| w[0] > w[1]).count(), 1);
}

#[test]
fn silence_and_clearing_are_as_the_truth_says() {
    let silence = &COMMITTED.silence;
    assert!(micros(&silence.first_after) - micros(&silence.last_before) >= 3 * crate::clock::DAY);
    for (id, _, bytes) in CONTENTS.iter() {
        let text = String::from_utf8_lossy(bytes);
        if *id == silence.source {
            assert!(!text.contains(" 2026-03-11T") && !text.contains(" 2026-03-12T"));
        }
    }
    // What the central copy has beyond the originals is what was cleared.
    let mut balance: BTreeMap<&[u8], i64> = BTreeMap::new();
    let mut originals = 0;
    for (id, file, bytes) in CONTENTS.iter().filter(|(_, f, _)| f.format == "syslog-rfc3164") {
        let weight = match *id {
            "web-os" | "db-os" => -1,
            "syslog-central" => 1,
            _ => continue,
        };
        originals += if weight < 0 { file.records } else { 0 };
        for line in bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
            *balance.entry(line).or_default() += weight;
        }
    }
    assert_eq!(originals, COMMITTED.doubled.both.values().sum::<u64>());
    assert!(balance.values().all(|n| *n >= 0), "an original line has no copy");
    assert_eq!(
        balance.values().sum::<i64>() as u64,
        COMMITTED.doubled.copy_only["db-os"]
    );
    let only = balance.iter().filter(|(_, n)| **n > 0);
    assert!(
        only.map(|(l, _)| l)
            .all(|l| l.windows(8).any(|w| w == b" srv-db "))
    );
}

#[test]
fn the_second_delivery_differs_in_one_line() {
    let samples = crate::corpus::samples();
    let altered = &COMMITTED.altered;
    let [first, second] =
        [&altered.path, &altered.again].map(|p| std::fs::read_to_string(samples.join(p)).unwrap());
    let differ: Vec<_> = first
        .lines()
        .zip(second.lines())
        .enumerate()
        .filter(|(_, (a, b))| a != b)
        .collect();
    assert_eq!(first.lines().count(), second.lines().count());
    let [(line, (before, after))] = differ.as_slice() else {
        panic!("{} lines differ", differ.len())
    };
    assert_eq!(
        (*line as u64 + 1, *before, *after),
        (altered.line, altered.before.as_str(), altered.after.as_str())
    );
    assert!(
        COMMITTED
            .incident
            .rows
            .iter()
            .any(|r| r.path == altered.path && r.line == altered.line)
    );
}

/// Whether an address is for documentation, private use or the machine itself (RFC 5737, 1918).
fn harmless([a, b, c, _]: [u8; 4]) -> bool {
    matches!(
        (a, b, c),
        (10 | 127, ..) | (0, 0, 0) | (192, 0, 2) | (198, 51, 100) | (203, 0, 113)
    )
}

#[test]
fn no_address_of_a_real_machine_stands_in_the_samples() {
    for (_, file, bytes) in CONTENTS.iter() {
        for word in bytes.split(|b| !b.is_ascii_digit() && *b != b'.') {
            let parts: Vec<Option<u8>> = word
                .split(|b| *b == b'.')
                .map(|p| std::str::from_utf8(p).unwrap().parse().ok())
                .collect();
            if let [Some(a), Some(b), Some(c), Some(d)] = parts.as_slice() {
                // Versions of browsers have four parts as well.
                let version = matches!((*c, *d), (0, 0)) || *a == 0;
                assert!(
                    version || harmless([*a, *b, *c, *d]),
                    "{a}.{b}.{c}.{d} in {}",
                    file.path
                );
            }
        }
    }
}
