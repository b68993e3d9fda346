use proptest::prelude::*;

use super::*;
use crate::hash::{Sha256Digest, leaf_hash};

fn time() -> EntryTime {
    EntryTime::parse("2026-04-30T23:59:59.000000Z").unwrap()
}

#[test]
fn a_line_is_what_python_would_print() {
    let nested = [
        ("ключ".to_owned(), Value::from("\u{1}\t\"\\/\u{7f}é")),
        ("Z".to_owned(), Value::from(true)),
    ];
    let entry = Entry::new(0, Sha256Digest::ZERO, EntryKind::AccessIntent, time())
        .with(
            "list",
            vec![
                Value::from(-5i64),
                Value::Integer(INTEGER_MAX),
                Value::List(vec![]),
            ],
        )
        .with("name", Value::from_bytes(b"\xffbytes"))
        .with("map", Value::Map(nested.into()))
        .with_detail(Sha256Digest([0xab; 32]));
    let line = entry.to_line().unwrap();
    // Made with json.dumps(..., sort_keys=True, separators=(",", ":"), ensure_ascii=False).
    let expected = format!(
        r#"{{"detail":"{}","kind":"access-intent","list":[-5,9007199254740992,[]],"map":{{"Z":true,"ключ":"\u0001\t\"\\/{}é"}},"name":{{"base64":"/2J5dGVz"}},"prev":"{}","seq":0,"time":"2026-04-30T23:59:59.000000Z"}}"#,
        "ab".repeat(32),
        '\u{7f}',
        "0".repeat(64),
    );
    assert_eq!(line, expected);
    let read = Entry::parse(line.as_bytes()).unwrap();
    assert_eq!(read, entry);
    assert_eq!(read.fields["name"].to_bytes().unwrap(), b"\xffbytes");
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table of refusals")]
fn whatever_is_not_canonical_is_refused_by_position() {
    let line = Entry::new(0, Sha256Digest::ZERO, EntryKind::Note, time())
        .with("a", 1u64)
        .with("m", Value::Map([("k".to_owned(), Value::from("v"))].into()))
        .to_line()
        .unwrap();
    let check = |from: &str, to: &str, expected: &str| {
        assert!(line.contains(from), "{from}");
        let error = Entry::parse(line.replacen(from, to, 1).as_bytes())
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{from} → {to}: {error}");
    };
    check(
        "{\"a\"",
        "{ \"a\"",
        "byte 1: expected `\"` at the start of a string, found byte 20",
    );
    check("{\"a\":", "{\"a\": ", "byte 5: expected a value");
    check(
        ":1,",
        ":01,",
        "byte 5: expected an integer between -2^53 and 2^53 without leading zeros, found `0`",
    );
    check(":1,", ":-0,", "without leading zeros");
    check(":1,", ":+1,", "expected a value");
    check(":1,", ":-,", "expected an integer");
    check(
        ":1,",
        ":1.0,",
        "byte 6: expected an integer (no fraction, no exponent), found `.`",
    );
    check(":1,", ":1e3,", "no exponent");
    check(":1,", ":9007199254740993,", "between -2^53 and 2^53");
    check(":1,", ":-9007199254740993,", "between -2^53 and 2^53");
    check(":1,", ":99999999999999999999999999,", "between -2^53 and 2^53");
    check(":1,", ":null,", "no null");
    check(":1,", ":tru,", "`true` or `false`");
    check(":1,", ":[1,],", "expected a value");
    check(":1,", ":[1 ],", "`,` or `]`");
    check(
        "\"a\":1,",
        "\"a\":1,\"a\":1,",
        "expected every key once, found \"a\" after \"a\"",
    );
    check(
        "\"a\":1,\"kind\":\"note\"",
        "\"kind\":\"note\",\"a\":1",
        "ascending order of their bytes",
    );
    check("\"v\"", "\"\\u0076\"", "shortest form");
    check("\"v\"", "\"\\/\"", "shortest form");
    check("\"v\"", "\"\\u0009\"", "shortest form");
    check("\"v\"", "\"\\u001F\"", "shortest form");
    check("\"v\"", "\"\t\"", "control characters are escaped");
    check("\"v\"", "\"v", "byte");
    check(
        "\"note\"",
        "\"notes\"",
        "field \"kind\": expected a kind of this version, found \"notes\"",
    );
    check("\"seq\":0", "\"seq\":-1", "field \"seq\"");
    check("23:59:59", "23:59:60", "field \"time\"");
    check("04-30", "04-31", "field \"time\"");
    check(".000000Z", ".000Z", "field \"time\"");
    check(
        "0000\",\"seq\"",
        "000G\",\"seq\"",
        "field \"prev\": expected 64 hexadecimal digits",
    );
    check(
        "\"kind\":\"note\",",
        "",
        "field \"kind\": expected a kind of this version, found nothing",
    );
    check("\"kind\"", "\"detail\":1,\"kind\"", "field \"detail\"");
    for end in [" ", "\n", "}", ","] {
        let error = Entry::parse(format!("{line}{end}").as_bytes())
            .unwrap_err()
            .to_string();
        assert!(error.contains("expected the end of the line"), "{error}");
    }
    for cut in 0..line.len() {
        assert!(Entry::parse(&line.as_bytes()[..cut]).is_err(), "cut at {cut}");
    }
    let bad = [&line.as_bytes()[..3], b"\xff", &line.as_bytes()[3..]].concat();
    assert!(matches!(
        Entry::parse(&bad),
        Err(EntryError::Syntax {
            at: 3,
            expected: "UTF-8",
            ..
        })
    ));
}

#[test]
fn bounds_of_size_and_nesting() {
    let base = Entry::new(0, Sha256Digest::ZERO, EntryKind::Note, time());
    let empty = base.clone().with("x", "").to_line().unwrap().len();
    let full = base
        .clone()
        .with("x", "a".repeat(LINE_BYTES_MAX - empty))
        .to_line()
        .unwrap();
    assert_eq!(full.len(), LINE_BYTES_MAX);
    assert!(Entry::parse(full.as_bytes()).is_ok());
    let long = base
        .clone()
        .with("x", "a".repeat(LINE_BYTES_MAX - empty + 1))
        .to_line();
    assert!(matches!(long, Err(EntryError::TooLong { found }) if found == LINE_BYTES_MAX + 1));
    assert!(matches!(
        Entry::parse(&vec![b'['; LINE_BYTES_MAX + 1]),
        Err(EntryError::TooLong { .. })
    ));

    let nested = |levels: usize| (0..levels).fold(Value::from(1u32), |value, _| Value::List(vec![value]));
    let deep = base.clone().with("x", nested(NESTING_MAX - 1)).to_line().unwrap();
    assert!(Entry::parse(deep.as_bytes()).is_ok());
    assert!(base.clone().with("x", nested(NESTING_MAX)).to_line().is_err());
    let text = deep.replacen("[1]", "[[1]]", 1);
    assert!(
        Entry::parse(text.as_bytes())
            .unwrap_err()
            .to_string()
            .contains("8 levels")
    );
    let brackets = format!("{{\"x\":{}", "[".repeat(16_000));
    assert!(
        Entry::parse(brackets.as_bytes())
            .unwrap_err()
            .to_string()
            .contains("8 levels")
    );

    assert!(base.clone().with("x", u64::MAX).to_line().is_err());
    assert!(base.clone().with("x", i64::MIN).to_line().is_err());
    assert!(base.clone().with("seq", 3u64).to_line().is_err());
    assert!(
        Entry::new(1 << 54, Sha256Digest::ZERO, EntryKind::Note, time())
            .to_line()
            .is_err()
    );
}

#[test]
fn the_cursor_holds_lines_to_their_chain() {
    let mut cursor = LedgerCursor::new();
    let mut lines = Vec::new();
    for kind in [EntryKind::Create, EntryKind::Key, EntryKind::Ingest] {
        let line = cursor
            .draft(kind, time())
            .with("n", lines.len() as u64)
            .to_line()
            .unwrap();
        assert_eq!(cursor.accept(line.as_bytes()).unwrap().kind, kind);
        lines.push(line);
    }
    assert_eq!(cursor.size(), TreeSize(3));
    assert_eq!(cursor.last_leaf(), leaf_hash(lines[2].as_bytes()));
    let tree: crate::tree::MemoryTree = lines.iter().map(|line| leaf_hash(line.as_bytes())).collect();
    assert_eq!(cursor.root(), tree.root());

    let mut again = LedgerCursor::new();
    again.accept(lines[0].as_bytes()).unwrap();
    let before = again.clone();
    let skipped = again.accept(lines[2].as_bytes()).unwrap_err().to_string();
    assert!(
        skipped.contains("ledger line 1: \"seq\" is 2, expected 1"),
        "{skipped}"
    );
    let other = Entry::new(1, leaf_hash(b"other"), EntryKind::Key, time())
        .to_line()
        .unwrap();
    let broken = again.accept(other.as_bytes()).unwrap_err().to_string();
    assert!(broken.contains("ledger line 1: \"prev\" is"), "{broken}");
    assert_eq!(again, before);
}

#[test]
fn times_have_one_spelling() {
    // Reference values from the calendar: the epoch, a leap day, the ends of the range.
    for (micros, text) in [
        (0, "1970-01-01T00:00:00.000000Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (1_777_593_599_123_456, "2026-04-30T23:59:59.123456Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (-62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
    ] {
        let time = EntryTime::from_micros(micros).unwrap();
        assert_eq!(time.to_string(), text);
        assert_eq!(EntryTime::parse(text), Some(time));
    }
    assert_eq!(EntryTime::from_micros(253_402_300_800_000_000), None);
    assert_eq!(EntryTime::from_micros(i64::MIN), None);
    for text in [
        "1900-02-29T00:00:00.000000Z",
        "2026-1-01T00:00:00.000000Z0",
        "2026-01-01t00:00:00.000000Z",
        "é",
    ] {
        assert_eq!(EntryTime::parse(text), None, "{text}");
    }
}

#[test]
fn kinds_have_their_words() {
    let words: Vec<&str> = EntryKind::ALL.iter().map(|kind| kind.name()).collect();
    let listed = "create, key, config, source, ingest, object, reframe, segment, rebuild, access-intent, access-result, \
                  verify, export, copy, journal, hold, release, delete, cosign, stamp, attach, incident, case, note";
    assert_eq!(words.join(", "), listed);
    assert!(
        EntryKind::ALL
            .iter()
            .all(|kind| EntryKind::from_name(kind.name()) == Some(*kind))
    );
    let journal: Vec<&EntryKind> = EntryKind::ALL
        .iter()
        .filter(|kind| kind.journal_may_sign())
        .collect();
    assert_eq!(
        journal,
        [
            &EntryKind::AccessIntent,
            &EntryKind::AccessResult,
            &EntryKind::Verify
        ]
    );
}

#[test]
fn detail_commitment_is_plain_sha256() {
    let mut message = vec![3; 32];
    message.extend_from_slice(b"document");
    assert_eq!(
        detail_commitment(&[3; 32], b"document"),
        crate::hash::sha256(&message)
    );
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-INTEGER_MAX..=INTEGER_MAX).prop_map(Value::Integer),
        any::<String>().prop_map(Value::from),
        prop::collection::vec(any::<u8>(), 0..12).prop_map(|bytes| Value::from_bytes(&bytes)),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            prop::collection::btree_map(any::<String>(), inner, 0..5).prop_map(Value::Map),
        ]
    })
}

proptest! {
    #[test]
    fn lines_round_trip_and_other_readers_agree(
        seq in 0..1u64 << 53, prev: [u8; 32], value in any_value(), name in "x[^\u{0}]{0,8}",
    ) {
        let entry = Entry::new(seq, Sha256Digest(prev), EntryKind::Config, time()).with(&name, value);
        let line = entry.to_line().unwrap();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(&Entry::parse(line.as_bytes()).unwrap(), &entry);
        // serde_json reads the same and, with its sorted map, writes the same line.
        let other: serde_json::Value = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(other.to_string(), line);
    }

    #[test]
    fn what_parses_prints_back(at: prop::sample::Index, byte: u8) {
        let line = Entry::new(7, leaf_hash(b""), EntryKind::Object, time()).with("é\"", "\u{1}\\n").to_line().unwrap();
        let mut bytes = line.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(entry) = Entry::parse(&bytes) {
            prop_assert_eq!(entry.to_line().unwrap().into_bytes(), bytes);
        }
    }

    #[test]
    fn times_round_trip(micros in -62_135_596_800_000_000i64..253_402_300_800_000_000) {
        let time = EntryTime::from_micros(micros).unwrap();
        prop_assert_eq!(EntryTime::parse(&time.to_string()), Some(time));
    }
}
