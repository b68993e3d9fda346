//! Descriptions of formats: what they read, and what is refused with which words.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::ParseOptions;
use crate::testing::{Read, options, read};

/// The description that the module's documentation shows.
const GATE: &str = r##"
name = "bank-gate"
title = "Payment gateway of the bank"
reference = "gateway manual 4.2, section 7"
category = "application"
confidence = 85

[record]
framing = "start"
start = '^\d\d\.\d\d\.\d{4} '
comment = "#"
patterns = [
  '(?s)^(?<when>\S+ \S+) (?<who>\S+) (?<what>[A-Z]+) from (?<src_ip>\S+?)(?: in (?<took>\d+) ms)?(?<rest>\n.*)?$',
  '^(?<when>\S+ \S+) --- (?<message>.*)$',
]

[time]
field = "when"
layout = "%d.%m.%Y %H:%M:%S%.f"
offset = "+05:00"

[fields]
who = "user_name"
what = "action"

[fixed]
service = "bank-gate"

[[kind]]
field = "what"
equals = ["LOGIN", "SIGNIN"]
kind = "auth.logon"
outcome = "success"

[[kind]]
field = "what"
matches = '^DEN(Y|IED)$'
kind = "auth.logon"
outcome = "failure"
level = 4

[[kind]]
contains = "went down"
kind = "system.stop"

[[sample]]
text = '''
# gateway 4.2
01.01.2026 00:12:03.5 aigul LOGIN from 10.1.2.3 in 12 ms
01.01.2026 00:12:09 serik DENY from 10.1.2.4
  the branch office is closed
01.01.2026 00:13:00 --- the gateway went down
'''
events = [
  { time = "2026-01-01T00:12:03.5+05:00", time_basis = "stated", user_name = "aigul", kind = "auth.logon", outcome = "success", "attrs.took" = "12", service = "bank-gate" },
  { kind = "auth.logon", outcome = "failure", level = "4", src_ip = "10.1.2.4", "attrs.rest" = "\n  the branch office is closed" },
  { kind = "system.stop", message = "the gateway went down" },
]
"##;

fn with(format: &Arc<UserFormat>, bytes: &[u8]) -> Read {
    let user_formats = vec![Arc::clone(format)];
    read(
        bytes,
        &ParseOptions {
            user_formats,
            ..options()
        },
    )
}

#[test]
fn a_description_reads_and_takes_part_in_detection() {
    let format = UserFormat::parse("gate.toml", GATE).unwrap();
    let text = "01.02.2026 10:00:00 a LOGIN from 10.0.0.1\n01.02.2026 10:00:01 b STEP\n\tmore\n".repeat(3)
        + &"01.02.2026 10:00:02 c LOGIN from 10.0.0.2\n".repeat(9);
    let out = with(&format, text.as_bytes());
    assert_eq!(out.detection.name(), "bank-gate");
    assert!(
        out.detection.reason.contains("12 of the first 15"),
        "{}",
        out.detection.reason
    );
    assert_eq!((out.summary.records, out.summary.unparsed), (15, 3));
    assert_eq!(
        out.rows[0].get("time").as_deref(),
        Some("2026-02-01T10:00:00+05:00")
    );
    assert_eq!(out.rows[1].text, "01.02.2026 10:00:01 b STEP\n\tmore");
    assert_eq!(
        out.rows[1].get("x_reason").as_deref(),
        Some("no pattern of the user's format matches")
    );
    // Fewer than 80 % of the records: somebody else's file.
    let other = "01.02.2026 10:00:01 b STEP\n".repeat(4) + "01.02.2026 10:00:00 a LOGIN from 10.0.0.1\n";
    assert!(with(&format, other.as_bytes()).detection.user.is_none());
    assert!(format.overlaps().is_empty());
    assert_eq!(
        (format.category(), format.sample_count()),
        (Some(Category::Application), 1)
    );
}

#[test]
fn a_forced_description_reads_what_it_would_not_claim() {
    let format = UserFormat::parse("gate.toml", GATE).unwrap();
    let forced = ParseOptions {
        format: Some("bank-gate".to_owned()),
        user_formats: vec![Arc::clone(&format)],
        ..options()
    };
    let out = read(b"nothing of the sort\n", &forced);
    assert_eq!((out.detection.name(), out.summary.unparsed), ("bank-gate", 1));
    assert!(out.detection.forced);
}

/// A part reads on with the same description, and the same records come out.
#[test]
fn a_part_goes_on_where_the_part_before_ended() {
    let format = UserFormat::parse("gate.toml", GATE).unwrap();
    let text = b"01.02.2026 10:00:00 a LOGIN from 10.0.0.1\n\tx\n01.02.2026 10:00:02 c LOGIN from 10.0.0.2\n";
    let forced = ParseOptions {
        format: Some("bank-gate".to_owned()),
        user_formats: vec![format],
        ..options()
    };
    let whole: Vec<_> = read(text, &forced)
        .rows
        .into_iter()
        .map(|r| (r.text, r.line))
        .collect();
    for cut in 0..text.len() {
        let first = read(&text[..cut], &forced);
        let end = first.summary.complete_end;
        let rest = read(
            &text[end as usize..],
            &ParseOptions {
                state: first.summary.state,
                ..forced.clone()
            },
        );
        let complete = first.rows.into_iter().filter(|r| r.span.end() <= end);
        let both: Vec<_> = complete.chain(rest.rows).map(|r| (r.text, r.line)).collect();
        assert_eq!(both, whole, "cut at {cut}");
    }
}

const TABLE: &str = r#"
name = "turnstile"
title = "Turnstile of the main entrance"
[record]
framing = "quoted"
separator = ";"
quote = "'"
columns = ["day", "clock", "card", "door", "note", "left"]
header = true
[time]
date = "day"
clock = "clock"
[time_end]
field = "left"
[fields]
card = "user_name"
door = "target"
note = "message"
[[kind]]
field = "left"
kind = "auth.logoff"
[[sample]]
text = """
Day;Clock;Card;Door;Note;Left
31.12.2025;23:59:58;A-17;north;'late; very
late';
01.01.2026;00:12:03;A-18;south;x;2026-01-01 00:20:00
"""
events = [
  { time = "2025-12-31T23:59:58Z", time_basis = "zone-assumed", user_name = "A-17", target = "north", message = "late; very\nlate", kind = "other" },
  { time = "2026-01-01T00:12:03Z", time_end = "2026-01-01T00:20:00Z", kind = "auth.logoff", "attrs.left" = "2026-01-01 00:20:00" },
]
"#;

#[test]
fn columns_with_quotes_and_a_header() {
    let format = UserFormat::parse("turnstile.toml", TABLE).unwrap();
    let out = with(
        &format,
        b"31.12.2025;23:59:58;A;n;x;\n31.12.2025;23:59:59;A;n;x\n31.12.2025;23:59:59;A;n;x;\n\
        31.12.2025;23:59:59;A;n;x;\n31.12.2025;23:59:59;A;n;x;\n",
    );
    assert_eq!(out.detection.name(), "turnstile");
    assert_eq!((out.summary.records, out.summary.unparsed), (5, 1));
    assert_eq!(
        out.rows[1].get("x_reason").as_deref(),
        Some("another number of fields than the user's format has columns")
    );
}

/// A description whose time is read by `layout`, and the sample's time as it must come out.
fn timed(layout: &str, sample: &str, year: Option<i32>, expected: &str) -> Result<(), UserFormatError> {
    let year = year.map_or(String::new(), |y| format!("year = {y}\n"));
    let text = format!(
        "name = 'timed'\ntitle = 'x'\nconfidence = 99\n[record]\npattern = '^(?<t>[^|]+)[|](?<message>zzz.*)$'\n[time]\n\
         field = 't'\nlayout = '{layout}'\n[[sample]]\n{year}text = '''{sample}|zzz'''\nevents = [{{ time = '{expected}', \
         time_text = '{sample}' }}]\n"
    );
    UserFormat::parse("timed.toml", &text).map(|_| ())
}

#[test]
fn times_by_every_kind_of_layout() {
    for (layout, sample, year, expected) in [
        (
            "%d.%m.%Y %H:%M:%S",
            "31.12.2025 23:59:59",
            None,
            "2025-12-31T23:59:59Z",
        ),
        (
            "%m/%d/%y %I:%M:%S %p",
            "12/31/25 11:59:59 PM",
            None,
            "2025-12-31T23:59:59Z",
        ),
        (
            "%b %e %H:%M:%S",
            "Feb 29 10:00:00",
            Some(2024),
            "2024-02-29T10:00:00Z",
        ),
        (
            "%Y-%m-%dT%H:%M:%S%.f%z",
            "2026-01-01T00:12:03.25+0500",
            None,
            "2026-01-01T00:12:03.25+05:00",
        ),
        ("%s", "1767226323", None, "2026-01-01T00:12:03Z"),
        ("%Y%j %H%M", "2026001 0012", None, "2026-01-01T00:12:00Z"),
        (
            "%d %B %Y %H:%M:%S",
            "01 January 2026 00:12:60",
            None,
            "2026-01-01T00:13:00Z",
        ),
        ("epoch-ms", "1767226323250", None, "2026-01-01T00:12:03.25Z"),
        ("epoch-us", "1767226323250000", None, "2026-01-01T00:12:03.25Z"),
        ("epoch-ns", "1767226323250000000", None, "2026-01-01T00:12:03.25Z"),
        ("epoch-s", "1767226323.25", None, "2026-01-01T00:12:03.25Z"),
        ("filetime", "128930364000000000", None, "2009-07-25T23:00:00Z"),
        ("month-first", "01/02/2026 10:00:00", None, "2026-01-02T10:00:00Z"),
        ("day-first", "01/02/2026 10:00:00", None, "2026-02-01T10:00:00Z"),
        ("any", "1 января 2026 г. 00:12:03", None, "2026-01-01T00:12:03Z"),
    ] {
        timed(layout, sample, year, expected).unwrap_or_else(|e| panic!("{layout}: {e}"));
    }
    for layout in ["%H:%M:%S", "%d.%m.%Y", "%Q", "yesterday", "%%", "%d %H:%M:%S"] {
        let error = timed(layout, "x", None, "x").unwrap_err();
        assert_eq!(error.key, "time.layout", "{error}");
        assert_eq!(error.found, format!("`{layout}`"));
    }
    // A time that the layout does not read has no place, and its text is kept.
    let error = timed("%d.%m.%Y %H:%M:%S", "32.12.2025 23:59:59", None, "x").unwrap_err();
    assert_eq!(error.key, "sample[1].text", "{error}");
}

/// What is wrong is named by key, expectation and finding.
#[test]
fn refusals_name_the_key() {
    let minimal = "name = 'a-b'\ntitle = 'x'\n[record]\npattern = '^(?<message>zzz.*)$'\n[[sample]]\ntext = 'zzz 1'\n\
                   events = [{ message = 'zzz 1' }]\n";
    UserFormat::parse("a.toml", minimal).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(minimal.contains(from), "{from}");
        UserFormat::parse("a.toml", &minimal.replacen(from, to, 1))
            .unwrap_err()
            .to_string()
    };
    for (from, to, words) in [
        (
            "'a-b'",
            "'A b'",
            "a.toml: name: expected a name of lower-case letters, digits and hyphens, found `A b`",
        ),
        (
            "'a-b'",
            "'syslog-rfc3164'",
            "a.toml: name: expected a name that no built-in format has",
        ),
        (
            "'a-b'",
            "3",
            "a.toml: name: expected a text in quotes, found integer (3)",
        ),
        (
            "name = 'a-b'\n",
            "",
            "a.toml: name: expected a name of lower-case letters, digits and hyphens, found nothing",
        ),
        ("title", "titel", "a.toml: titel: expected one of name, title, "),
        (
            "[record]",
            "confidence = 100\n[record]",
            "a.toml: confidence: expected a number from 50 to 99, found integer (100)",
        ),
        (
            "[record]",
            "category = 'net'\n[record]",
            "a.toml: category: expected os, dbms, network, application or protection, found `net`",
        ),
        (
            "[record]",
            "[record]\nseparator = ';'",
            "a.toml: record: expected a pattern, or separator and columns, found both",
        ),
        (
            "'^(?<message>zzz.*)$'",
            "'^(?<message>zzz.*'",
            "a.toml: record.pattern: expected a regular expression, found `^(?<message>zzz.*`: error: unclosed group",
        ),
        (
            "'^(?<message>zzz.*)$'",
            "'(?<message>.*)'",
            "which matches an empty line",
        ),
        ("'^(?<message>zzz.*)$'", "'^zzz'", "expected named groups"),
        (
            "[[sample]]",
            "[fields]\nmessag = 'host'\n[[sample]]",
            "a.toml: fields.messag: expected one of the fields message, found a name of none of them",
        ),
        (
            "[[sample]]",
            "[fields]\nmessage = 'hots'\n[[sample]]",
            "a.toml: fields.message: expected time, date, clock",
        ),
        (
            "[[sample]]",
            "[fixed]\nmessage = 7\n[[sample]]",
            "a.toml: fixed.message: expected a text in quotes, found integer (7)",
        ),
        (
            "[[sample]]",
            "[time]\nfield = 'tame'\n[[sample]]",
            "a.toml: time.field: expected one of the fields message, found `tame`",
        ),
        (
            "[[sample]]",
            "[time]\ndate = 'message'\n[[sample]]",
            "a.toml: time: expected either field, or date and clock",
        ),
        (
            "[[sample]]",
            "[time]\nfield = 'message'\noffset = 'Asia/Almaty'\n[[sample]]",
            "a.toml: time.offset: expected an offset as in +05:00",
        ),
        (
            "[[sample]]",
            "[[kind]]\nkind = 'auth.logon'\n[[sample]]",
            "a.toml: kind[1]: expected one of equals, contains, matches",
        ),
        (
            "[[sample]]",
            "[[kind]]\ncontains = 'x'\nkind = 'auth.login'\n[[sample]]",
            "a.toml: kind[1].kind: expected the code of a kind, as in auth.logon, found `auth.login`",
        ),
        (
            "[[sample]]",
            "[[kind]]\ncontains = 'x'\n[[sample]]",
            "a.toml: kind[1]: expected a kind, an outcome or a level that follows",
        ),
        (
            "[[sample]]\ntext = 'zzz 1'\nevents = [{ message = 'zzz 1' }]",
            "",
            "a.toml: sample: expected at least one sample",
        ),
        (
            "'zzz 1' }]",
            "'zzz 2' }]",
            "a.toml: sample[1].events[1].message: expected `zzz 2`, found `zzz 1`",
        ),
        (
            "'zzz 1' }]",
            "'zzz 1' }, {}]",
            "a.toml: sample[1].events: expected 2 records, found 1 records, 0 of them unparsed",
        ),
        (
            "{ message",
            "{ massage",
            "a.toml: sample[1].events[1].massage: expected a column of the event table",
        ),
        (
            "text = 'zzz 1'",
            "text = 'zz 1'",
            "a.toml: sample[1].text: expected a text that this format claims with 85 %, found the claim of plain-text",
        ),
        (
            "[record]",
            "[record]\nframing = 'start'",
            "a.toml: record.start: expected a regular expression, found nothing",
        ),
        (
            "[record]",
            "[record]\nframing = 'quoted'",
            "a.toml: record.framing: expected a quote beside \"quoted\", found none",
        ),
        (
            "[record]",
            "[record]\nheader = true",
            "a.toml: record.header: expected a key that goes with separator and columns",
        ),
        (
            "[record]",
            "[record",
            "a.toml: line 3, column 8: expected TOML, found",
        ),
    ] {
        let error = changed(from, to);
        assert!(error.contains(words), "{error}\nexpected: {words}");
    }
}

#[test]
fn names_stand_once_in_a_set() {
    let format = || UserFormat::parse("x", GATE).unwrap();
    let table = UserFormat::parse("y", TABLE).unwrap();
    let set = user_formats(vec![("b".to_owned(), table), ("a".to_owned(), format())]).unwrap();
    let names: Vec<_> = set.iter().map(|f| f.name()).collect();
    assert_eq!(names, ["bank-gate", "turnstile"]);
    let error = user_formats(vec![("a".to_owned(), format()), ("b".to_owned(), format())]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "b: name: expected a name that no other file of the set has, found `bank-gate`, which a has too"
    );
}

/// A pattern that is too wide is told by the samples of the built-in formats.
#[test]
fn a_wide_pattern_overlaps_with_built_in_formats() {
    let wide = "name = 'wide'\ntitle = 'x'\nconfidence = 99\n[record]\npattern = '^(?<message>.+)$'\n[[sample]]\n\
                text = 'zzz 1'\nevents = [{ message = 'zzz 1' }]\n";
    let format = UserFormat::parse("wide.toml", wide).unwrap();
    assert!(
        format.overlaps().contains(&"plain-text"),
        "{:?}",
        format.overlaps()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// No change of a good description panics, and no bytes break what is read with it.
    #[test]
    fn nothing_panics(at in 0usize..2000, put in "[\\PC\n]{0,8}", bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for text in [GATE, TABLE] {
            let mut at = at.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let changed = format!("{}{put}{}", &text[..at], &text[at..]);
            let _ = UserFormat::parse("changed", &changed);
            let format = UserFormat::parse("whole", text).unwrap();
            let forced = ParseOptions {
                format: Some(format.name().to_owned()),
                user_formats: vec![format],
                ..options()
            };
            read(&bytes, &forced);
        }
    }
}
