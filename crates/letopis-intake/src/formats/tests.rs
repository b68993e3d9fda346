//! Tests over the one list: what holds for every format because it is registered.

use proptest::prelude::*;

use super::FORMATS;
use crate::detect::detect_head;
use crate::testing::{options, read, read_as};

#[test]
fn names_are_unique_and_every_format_describes_itself() {
    for (at, format) in FORMATS.iter().enumerate() {
        assert!(
            !FORMATS[..at].iter().any(|f| f.name == format.name),
            "{} twice",
            format.name
        );
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(format.name.chars().all(plain), "{}", format.name);
        assert!(
            !format.title.is_empty() && !format.reference.is_empty(),
            "{}",
            format.name
        );
        let needs_samples = format.name != super::UNKNOWN_BINARY;
        assert!(
            !needs_samples || !format.samples.is_empty(),
            "{} has no sample",
            format.name
        );
    }
}

/// The cross table: a sample is claimed by its own format above all others, without a hint from the name.
#[test]
fn samples_are_claimed_by_their_own_format() {
    let mut wrong = Vec::new();
    for format in FORMATS {
        for (at, sample) in format.samples.iter().enumerate() {
            let found = detect_head(sample.bytes, true, "", &options()).unwrap();
            if found.format.name != format.name {
                wrong.push(format!(
                    "{} sample {at}: read as {} ({}: {}), runner-up {:?}",
                    format.name, found.format.name, found.confidence, found.reason, found.runner_up
                ));
            }
            assert!(!found.reason.is_empty(), "{}", format.name);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn samples_give_their_events() {
    let mut wrong = Vec::new();
    for format in FORMATS {
        for (at, sample) in format.samples.iter().enumerate() {
            let out = read_as(sample.bytes, format.name);
            if out.rows.len() != sample.events.len() {
                wrong.push(format!(
                    "{} sample {at}: {} events, expected {}; unparsed {:?}",
                    format.name,
                    out.rows.len(),
                    sample.events.len(),
                    out.summary.unparsed_examples
                ));
            }
            for (number, (row, expected)) in out.rows.iter().zip(sample.events).enumerate() {
                for (column, value) in *expected {
                    let found = row.get(column);
                    if found.as_deref() != Some(*value) {
                        wrong.push(format!(
                            "{} sample {at} event {number}: {column} is {found:?}, expected `{value}`",
                            format.name
                        ));
                    }
                }
                let kind = row.get("kind").unwrap_or_default();
                let declared = format.kinds.iter().any(|k| k.as_str() == kind);
                if !declared && !["other", "unparsed", "part"].contains(&kind.as_str()) {
                    wrong.push(format!("{} does not declare the kind {kind}", format.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every prefix and many flipped bits of every sample: no panic, every byte accounted for.
#[test]
fn damaged_samples_never_panic() {
    for format in FORMATS {
        for sample in format.samples {
            let bytes = sample.bytes;
            let step = (bytes.len() / 60).max(1);
            for end in (0..bytes.len()).step_by(step) {
                read_as(&bytes[..end], format.name);
                read(&bytes[..end], &options());
            }
            for at in (0..bytes.len()).step_by(step) {
                let mut flipped = bytes.to_vec();
                flipped[at] ^= 1 << (at % 8);
                read_as(&flipped, format.name);
                flipped[at] = 0xff;
                read_as(&flipped, format.name);
            }
        }
    }
}

/// Bytes that look like logs: pieces of samples and syntax, arbitrary bytes between.
fn log_like() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&'static [u8]> = FORMATS.iter().flat_map(|f| f.samples).map(|s| s.bytes).collect();
    let piece = prop_oneof![
        3 => (proptest::sample::select(pieces), 0usize..400, 0usize..400).prop_map(|(p, from, length)| {
            let from = from.min(p.len());
            p[from..(from + length).min(p.len())].to_vec()
        }),
        2 => proptest::collection::vec(any::<u8>(), 0..40),
        2 => "[\\r\\n\\x00\"{}\\[\\],;:<>/ =a-z0-9]{0,30}".prop_map(String::into_bytes),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Events + unparsed + structure = all bytes, whatever the bytes and whichever format is forced.
    #[test]
    fn every_byte_comes_out_once(bytes in log_like(), max_record in prop_oneof![Just(64usize), Just(1 << 20)]) {
        for format in FORMATS {
            read(&bytes, &crate::ParseOptions {
                format: Some(format.name.to_owned()),
                max_record,
                ..options()
            });
        }
        read(&bytes, &options());
    }

    /// A file read in two parts gives the records of the whole.
    #[test]
    fn a_grown_file_gives_the_same_records(bytes in log_like(), cut in 0usize..2000) {
        let cut = cut.min(bytes.len());
        for format in FORMATS {
            if matches!(format.reader, crate::Reader::Binary { .. }) {
                continue;
            }
            let forced = crate::ParseOptions {
                format: Some(format.name.to_owned()),
                ..options()
            };
            let first = read(&bytes[..cut], &forced);
            let end = first.summary.complete_end as usize;
            prop_assert!(end <= cut);
            let rest = read(&bytes[end..], &crate::ParseOptions { state: first.summary.state, ..forced });
            prop_assert_eq!(rest.summary.total_bytes(), (bytes.len() - end) as u64);
        }
    }
}
