use letopis_event::StructureKind;

use crate::ParseOptions;
use crate::testing::{Collector, options, read, read_as};

fn spans(bytes: &[u8], format: &str) -> Vec<String> {
    read_as(bytes, format).rows.into_iter().map(|r| r.text).collect()
}

#[test]
fn line_ends_of_every_kind() {
    assert_eq!(spans(b"a b\nc d\r\n\r\ne f", "plain-text"), ["a b", "c d", "e f"]);
    // A carriage return inside a line must not make a record of its own...
    assert_eq!(spans(b"a\rb\nc\n", "plain-text"), ["a\rb", "c"]);
    // ...unless the file knows no other line end.
    assert_eq!(spans(b"a\rb\rc", "plain-text"), ["a", "b", "c"]);
    let out = read_as(b"a\r\n\r\nb", "plain-text");
    assert_eq!(out.rows[1].line, Some(3));
    assert_eq!(out.summary.complete_end, 5);
}

#[test]
fn utf_16_is_framed_by_code_units() {
    // U+0A0A and U+0D0A hold line ends in their bytes.
    let text = "first \u{0a0a}\u{0d0a} line\r\nsecond line\n";
    for little in [true, false] {
        let mut bytes = if little {
            vec![0xff, 0xfe]
        } else {
            vec![0xfe, 0xff]
        };
        for unit in text.encode_utf16() {
            bytes.extend(if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            });
        }
        let out = read(&bytes, &options());
        let texts: Vec<_> = out.rows.iter().map(|r| r.text.as_str()).collect();
        assert_eq!(texts, ["first \u{0a0a}\u{0d0a} line", "second line"]);
        assert_eq!(out.structure[0].1, StructureKind::Header);
        assert_eq!(out.rows[1].encoding, if little { "utf-16le" } else { "utf-16be" });
    }
}

#[test]
fn a_file_whose_beginning_is_ascii_may_go_on_in_another_encoding() {
    let mut bytes = b"plain ascii line\n".repeat(6000);
    let (legacy, _, _) = encoding_rs::WINDOWS_1251.encode("Служба остановлена администратором домена\n");
    bytes.extend_from_slice(&legacy);
    bytes.extend_from_slice("а это уже UTF-8\n".as_bytes());
    let out = read(&bytes, &options());
    let last: Vec<_> = out
        .rows
        .iter()
        .rev()
        .take(2)
        .map(|r| (r.text.as_str(), r.encoding.as_str()))
        .collect();
    assert_eq!(
        last,
        [
            ("а это уже UTF-8", "utf-8"),
            ("Служба остановлена администратором домена", "windows-1251"),
        ]
    );
    assert!(out.rows.iter().all(|r| !r.lossy));
    assert_eq!(
        out.summary.notes,
        ["records in UTF-8 and records in windows-1251 are mixed"]
    );
}

#[test]
fn a_long_record_is_cut_and_stays_one_event() {
    let mut bytes = "é".repeat(100).into_bytes();
    bytes.extend_from_slice(b"\nshort\n");
    let out = read(
        &bytes,
        &ParseOptions {
            max_record: 65,
            ..options()
        },
    );
    let (short, pieces) = out.rows.split_last().unwrap();
    assert_eq!((short.text.as_str(), short.get("status")), ("short", None));
    assert_eq!(
        pieces.iter().map(|p| p.text.as_str()).collect::<String>(),
        "é".repeat(100)
    );
    assert!(pieces.iter().all(|p| p.span.length <= 65 && !p.lossy));
    for (at, piece) in pieces.iter().enumerate() {
        assert_eq!(piece.get("event_group").as_deref(), Some("cut-0"));
        assert_eq!(piece.get("status").as_deref(), Some("cut"));
        assert_eq!(
            piece.get("kind").as_deref(),
            Some(if at == 0 { "other" } else { "part" })
        );
    }
    assert_eq!(out.summary.cut, 1);
}

#[test]
fn what_a_crash_leaves_is_padding() {
    let mut bytes = b"Jan  1 00:00:00 before\n".to_vec();
    bytes.extend_from_slice(&[0; 4096]);
    bytes.extend_from_slice(b"Jan  1 00:00:09 after\n");
    let out = read_as(&bytes, "plain-text");
    assert_eq!(out.rows.len(), 2);
    assert_eq!(
        out.structure[1],
        (
            letopis_event::Span {
                offset: 23,
                length: 4096
            },
            StructureKind::Padding
        )
    );
}

#[test]
fn years_are_inferred_over_the_whole_object() {
    let text = "Dec 31 23:59:59 a\nJan  1 00:00:01 b\nDec 31 23:59:58 late\nJan  1 00:00:02 c\n";
    let out = read_as(text.as_bytes(), "plain-text");
    let times: Vec<_> = out.rows.iter().map(|r| r.get("time").unwrap()).collect();
    assert_eq!(
        times,
        [
            "2025-12-31T23:59:59Z",
            "2026-01-01T00:00:01Z",
            "2025-12-31T23:59:58Z",
            "2026-01-01T00:00:02Z",
        ]
    );
    assert_eq!(
        out.rows[0].get("time_basis").as_deref(),
        Some("zone-and-year-assumed")
    );
    assert!(
        out.summary.notes[0].contains("2025 to 2026"),
        "{:?}",
        out.summary.notes
    );
    let forced = read(
        text.as_bytes(),
        &ParseOptions {
            year: Some(2019),
            ..options()
        },
    );
    assert_eq!(
        forced.rows[1].get("time").as_deref(),
        Some("2020-01-01T00:00:01Z")
    );
    let unknown = read(text.as_bytes(), &ParseOptions::default());
    assert_eq!(unknown.summary.not_placed, 4);
    assert_eq!(
        unknown.rows[0].get("time_text").as_deref(),
        Some("Dec 31 23:59:59")
    );
}

/// A part is read alone, with the state of the part before it, and gets the same years and line numbers.
#[test]
fn a_part_goes_on_where_the_part_before_ended() {
    let text = b"Nov 30 10:00:00 a\nDec 31 23:59:59 b\nJan  1 00:00:01 c\nJan  2 00:00:01 d\n";
    let options = ParseOptions {
        year: Some(2021),
        ..options()
    };
    let whole = read(text, &options);
    for cut in 0..text.len() {
        let first = read(&text[..cut], &options);
        let end = first.summary.complete_end as usize;
        let rest = read(
            &text[end..],
            &ParseOptions {
                state: first.summary.state.clone(),
                format: Some("plain-text".to_owned()),
                ..options.clone()
            },
        );
        let complete = first.rows.iter().filter(|r| r.span.end() <= end as u64);
        let both: Vec<_> = complete
            .map(|r| (r.span.offset, r.line, r.micros()))
            .chain(
                rest.rows
                    .iter()
                    .map(|r| (r.span.offset + end as u64, r.line, r.micros())),
            )
            .collect();
        let expected: Vec<_> = whole
            .rows
            .iter()
            .map(|r| (r.span.offset, r.line, r.micros()))
            .collect();
        assert_eq!(both, expected, "cut at {cut}");
    }
}

#[test]
fn a_clock_change_is_noted() {
    let options = ParseOptions {
        zone: "Europe/Ljubljana".parse().unwrap(),
        ..options()
    };
    let out = read(
        b"2025-10-26 02:30:00 twice\n2026-03-29 02:30:00 never\n",
        &options,
    );
    assert!(out.rows[0].get("attrs.time_note").unwrap().contains("twice"));
    assert!(out.rows[1].get("attrs.time_note").unwrap().contains("never"));
    assert_eq!(
        out.rows[0].get("time").as_deref(),
        Some("2025-10-26T02:30:00+02:00")
    );
}

#[test]
fn an_input_that_ends_early_is_an_error_that_says_where() {
    let options = options();
    let bytes = b"a\nb\n";
    let detection = crate::detect(&mut std::io::Cursor::new(bytes), "", &options).unwrap();
    let mut sink = Collector::new(bytes, 0);
    let failure = crate::parse(
        &mut std::io::Cursor::new(bytes),
        10,
        &detection,
        &options,
        &mut sink,
    )
    .unwrap_err();
    assert_eq!(failure.to_string(), "the input ends at byte 4, expected 10 bytes");
}

#[test]
fn nothing_gives_nothing() {
    let out = read(b"", &options());
    assert_eq!(
        (out.summary.records, out.detection.reason.as_str()),
        (0, "the file is empty")
    );
    let out = read(&[0x7f, b'E', b'L', b'F', 0, 1, 2, 3, 4, 5], &options());
    assert!(out.detection.is_unknown());
    assert_eq!(out.structure[0].1, StructureKind::Unknown);
}
