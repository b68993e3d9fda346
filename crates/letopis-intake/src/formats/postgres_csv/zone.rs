//! The time of a record and its zone, which the server writes as an offset or as an abbreviation.

use letopis_event::TimeReading;

use crate::formats::scan::Cut as _;
use crate::timetext;

/// The reading, and the abbreviation where it does not tell the offset beyond doubt.
pub(in crate::formats) fn time(text: &str) -> Option<(TimeReading, Option<&str>)> {
    let (reading, taken) = timetext::iso8601(text)?;
    let name = text.get(taken..).unwrap_or_default().trimmed();
    let TimeReading::Clock {
        civil,
        offset_min: None,
    } = reading
    else {
        return Some((reading, None));
    };
    match offset_of(name) {
        Some(offset) => Some((
            TimeReading::Clock {
                civil,
                offset_min: Some(offset),
            },
            None,
        )),
        None => Some((reading, (!name.is_empty()).then_some(name))),
    }
}

/// Abbreviations of the tz database that stand for one offset only. Those that several zones share with different
/// offsets (IST, CST, BST, PST and others) state no offset.
pub(in crate::formats) fn offset_of(name: &str) -> Option<i16> {
    Some(match name {
        "UTC" | "GMT" | "Z" | "WET" => 0,
        "WEST" | "CET" => 60,
        "CEST" | "EET" => 120,
        "EEST" | "MSK" => 180,
        "EDT" => -240,
        "PDT" => -420,
        "JST" | "KST" => 540,
        _ => {
            // `+05`, `-0330`: zones without an abbreviation print their offset.
            let sign = match name.as_bytes().first()? {
                b'+' => 1,
                b'-' => -1,
                _ => return None,
            };
            let digits = name.get(1..)?;
            let number: i16 = digits
                .bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| digits.parse().ok())??;
            match digits.len() {
                2 => sign * number * 60,
                4 => sign * (number / 100 * 60 + number % 100),
                _ => return None,
            }
        }
    })
    .filter(|minutes: &i16| minutes.abs() <= 15 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_stated_or_kept() {
        for (text, offset, kept) in [
            ("2026-01-01 00:12:03.500 UTC", Some(0), None),
            ("2026-01-01 00:12:03.500 +05", Some(300), None),
            ("2026-01-01 00:12:03 -0330", Some(-210), None),
            ("2026-07-01 00:12:03.500 CEST", Some(120), None),
            ("2026-01-01 00:12:03.500 MSK", Some(180), None),
            ("2026-01-01 00:12:03.500 IST", None, Some("IST")),
            ("2026-01-01 00:12:03", None, None),
        ] {
            let (reading, name) = time(text).unwrap();
            let TimeReading::Clock { offset_min, .. } = reading else {
                panic!("{text}")
            };
            assert_eq!((offset_min, name), (offset, kept), "{text}");
        }
        assert!(time("yesterday").is_none());
    }
}
