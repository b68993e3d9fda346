//! How fast an index is built, opened and asked, and how fast records are matched, on one core:
//! `cargo bench --workspace --bench index`.
#![allow(clippy::print_stdout, reason = "a program that measures and prints")]

#[path = "../../../benches/measure.rs"]
mod measure;

use std::borrow::Cow;
use std::hint::black_box;
use std::sync::Arc;

use letopis_event::Zone;
use letopis_search::{IndexBuilder, Matcher, Row, SegmentIndex, parse};

const LINES: u64 = 100_000;
/// Stands in one line only, as a word and as an identifier.
const RARE: u64 = 61_803;
const MEGA: f64 = 1e6;

/// What needs no column is asked for none.
struct NoColumns;

impl Row for NoColumns {
    fn text(&self, _: &str) -> Option<Cow<'_, str>> {
        None
    }
    fn number(&self, _: &str) -> Option<i64> {
        None
    }
    fn time(&self, _: &str) -> Option<i64> {
        None
    }
    fn attr(&self, _: &str) -> Option<Cow<'_, str>> {
        None
    }
}

/// Bits that do not repeat.
fn mixed(n: u64) -> u64 {
    let x = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (x ^ (x >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// A line as logs have them: few words, many identifiers, some Cyrillic.
fn line(n: u64) -> String {
    let bits = mixed(n);
    let address = format!(
        "{}.{}.{}.{}",
        10 + bits % 90,
        bits >> 8 & 255,
        bits >> 16 & 255,
        bits >> 24 & 255
    );
    let user = ["a.nurlanova", "b.akhmetov", "root", "www-data"][(bits >> 32 & 3) as usize];
    let rare = if n == RARE {
        " zhasyryn 7b1e0c5293d44f6e"
    } else {
        ""
    };
    match bits >> 60 {
        0..8 => format!(
            "Oct  1 02:12:39 srv-web sshd[{}]: Failed password for {user} from {address} port {}{rare}",
            n % 40_000,
            bits % 60_000
        ),
        8..13 => format!(
            "{address} - - [01/Oct/2025:02:12:39 +0500] \"GET /api/v1/queue?id={bits:x} HTTP/1.1\" 200 {}{rare}",
            bits % 9000
        ),
        _ => format!(
            "{{\"level\":\"info\",\"trace\":\"{bits:016x}\",\"user\":\"{user}\",\"message\":\"кезек жаңартылды {n}{rare}\"}}"
        ),
    }
}

/// Name, query, and the same said without a matcher.
type Search = (&'static str, &'static str, fn(&str) -> bool);

const SEARCHES: [Search; 7] = [
    ("rare word", "zhasyryn", |line| line.contains("zhasyryn")),
    ("rare identifier", "7b1e0c5293d44f6e", |line| {
        line.contains("7b1e0c5293d44f6e")
    }),
    ("absent identifier", "ffffffffffff0001", |_| false),
    ("common word", "sshd", |line| line.contains("sshd[")),
    ("Cyrillic word", "жаңартылды", |line| {
        line.contains("жаңартылды")
    }),
    ("infix", "*asyry*", |line| line.contains("asyry")),
    ("regular expression", "/port [0-9]*77/", |line| {
        line.split_once("port ")
            .is_some_and(|(_, port)| port.contains("77"))
    }),
];

fn main() {
    let lines: Vec<String> = (0..LINES).map(line).collect();
    let bytes = lines.iter().map(String::len).sum::<usize>() as f64 / MEGA;
    let build = || {
        let mut builder = IndexBuilder::new().expect("an index");
        lines.iter().for_each(|line| builder.add(line).expect("a line"));
        builder.finish().expect("its bytes")
    };
    measure::report("index built", bytes, "MB/s", || {
        black_box(build());
    });
    let made: Arc<[u8]> = build().into();
    println!(
        "{:<52} {:>12.3} %",
        "index, bytes of the lines",
        made.len() as f64 / MEGA / bytes * 100.0
    );
    measure::report("index opened", made.len() as f64 / MEGA, "MB/s", || {
        black_box(SegmentIndex::open(Arc::clone(&made)).expect("what was built opens"));
    });
    let index = SegmentIndex::open(made).expect("what was built opens");
    for (name, query, plain) in SEARCHES {
        let filter = parse(query, Zone::UTC).expect("a query");
        measure::report(&format!("asked: {name}"), 1e-3, "k/s", || {
            black_box(index.candidates(&filter).expect("an answer"));
        });
        let matcher = Matcher::new(&filter).expect("a filter");
        let found = || {
            lines
                .iter()
                .filter(|line| matcher.matches(line, &NoColumns))
                .count()
        };
        let expected = lines.iter().filter(|line| plain(line)).count();
        assert_eq!(found(), expected, "{name}");
        measure::report(&format!("matched: {name}"), bytes, "MB/s", || {
            black_box(found());
        });
    }
}
