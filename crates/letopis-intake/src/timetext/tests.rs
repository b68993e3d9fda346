use chrono::{DateTime, NaiveDate, NaiveDateTime};
use letopis_event::{TimeReading, Zone};
use proptest::prelude::*;

use super::any;
use super::*;

/// The reading as one line: date, clock, fraction, offset.
fn show(reading: TimeReading) -> String {
    match reading {
        TimeReading::Instant { nanos } => format!("@{nanos}"),
        TimeReading::Clock { civil, offset_min } => {
            let year = civil.year.map_or("----".to_owned(), |y| format!("{y:04}"));
            let fraction = if civil.nanos > 0 {
                format!(".{:09}", civil.nanos)
            } else {
                String::new()
            };
            let offset = offset_min.map_or(String::new(), |o| format!(" {o:+}"));
            format!(
                "{year}-{:02}-{:02} {:02}:{:02}:{:02}{fraction}{offset}",
                civil.month, civil.day, civil.hour, civil.minute, civil.second
            )
        }
    }
}

#[track_caller]
fn check(parser: fn(&str) -> Taken, text: &str, expected: &str, rest: &str) {
    let (reading, taken) = parser(text).unwrap_or_else(|| panic!("`{text}` not read"));
    assert_eq!(
        (show(reading).as_str(), &text[taken..]),
        (expected, rest),
        "{text}"
    );
}

#[track_caller]
fn refused(parser: fn(&str) -> Taken, texts: &[&str]) {
    for text in texts {
        assert_eq!(parser(text), None, "{text}");
    }
}

#[test]
fn iso_8601_in_its_forms() {
    check(
        iso8601,
        "2026-01-01T00:12:03Z rest",
        "2026-01-01 00:12:03 +0",
        " rest",
    );
    check(
        iso8601,
        "2026-01-01 00:12:03,747 - x",
        "2026-01-01 00:12:03.747000000",
        " - x",
    );
    check(
        iso8601,
        "2026-01-01T00:12:03.123456789+05:30",
        "2026-01-01 00:12:03.123456789 +330",
        "",
    );
    check(
        iso8601,
        "2026-01-01 00:12:03.5 +05 [12]",
        "2026-01-01 00:12:03.500000000 +300",
        " [12]",
    );
    check(
        iso8601,
        "2026-01-01 00:12:03.123 UTC [9]",
        "2026-01-01 00:12:03.123000000 +0",
        " [9]",
    );
    check(
        iso8601,
        "2026-01-01 00:12:03 +0500 +05 x",
        "2026-01-01 00:12:03 +300",
        " +05 x",
    );
    check(
        iso8601,
        "2026-01-01 00:12:03 +0000 UTC x",
        "2026-01-01 00:12:03 +0",
        " x",
    );
    check(
        iso8601,
        "2026-01-01 00:12:03 -1 x",
        "2026-01-01 00:12:03",
        " -1 x",
    );
    check(
        iso8601,
        "2026-01-01 00:12:03,10.0.0.1",
        "2026-01-01 00:12:03",
        ",10.0.0.1",
    );
    check(iso8601, "2016-12-31T23:59:60Z", "2016-12-31 23:59:60 +0", "");
    check(
        iso8601,
        "2005-06-03-15.42.50.675872+300 x",
        "2005-06-03 15:42:50.675872000 +300",
        " x",
    );
    check(iso8601, "2026-01-01 00:12 ok", "2026-01-01 00:12:00", " ok");
    check(
        iso8601,
        "2026-01-01 00:12:03 CSTA",
        "2026-01-01 00:12:03",
        " CSTA",
    );
    refused(
        iso8601,
        &[
            "2026-13-01T00:00:00Z",
            "2025-02-29T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z",
            "2026-01-01T00:00:60Z",
            "2026-1-01T00:00:00",
            "2026-01-01",
            "",
            "2026-01-01T00:00:000",
            "0000-01-01T00:00:00",
        ],
    );
}

#[test]
fn bsd_syslog_with_and_without_year() {
    check(bsd_syslog, "Jan  1 00:12:03 host", "-----01-01 00:12:03", " host");
    check(bsd_syslog, "Feb 29 00:12:03 host", "-----02-29 00:12:03", " host");
    check(
        bsd_syslog,
        "Jan 01 2026 00:12:03 fw : %ASA",
        "2026-01-01 00:12:03",
        " fw : %ASA",
    );
    check(
        bsd_syslog,
        "Jan  1 00:12:03 2026 host",
        "2026-01-01 00:12:03",
        " host",
    );
    check(
        bsd_syslog,
        "Mar  1 00:00:01.234 UTC: %SYS",
        "-----03-01 00:00:01.234000000 +0",
        ": %SYS",
    );
    check(
        bsd_syslog,
        "Jan  1 00:12:03 MSK sshd[1]: x",
        "-----01-01 00:12:03",
        " MSK sshd[1]: x",
    );
    check(
        bsd_syslog,
        "Jan 1, 2026 12:12:03 AM com.x",
        "2026-01-01 00:12:03",
        " com.x",
    );
    check(bsd_syslog, "янв  1 00:12:03 узел", "-----01-01 00:12:03", " узел");
    refused(
        bsd_syslog,
        &[
            "Feb 30 00:00:00 h",
            "Jan 0 00:00:00",
            "Jan  1 0:0:0",
            "Foo  1 00:00:00",
            "Jan",
            "Jan 32 00:00:00",
        ],
    );
}

#[test]
fn web_servers() {
    check(
        common_log,
        "10/Oct/2000:13:55:36 -0700] \"",
        "2000-10-10 13:55:36 -420",
        "] \"",
    );
    check(
        common_log,
        "09/Dec/2013:12:59:46.633] x",
        "2013-12-09 12:59:46.633000000",
        "] x",
    );
    check(
        asctime,
        "Wed Oct 11 14:32:52.123456 2000] [",
        "2000-10-11 14:32:52.123456000",
        "] [",
    );
    check(
        asctime,
        "Sun Dec  4 04:47:44 UTC 2005",
        "2005-12-04 04:47:44 +0",
        "",
    );
    check(
        year_first,
        "2026/01/01 00:12:03 [error]",
        "2026-01-01 00:12:03",
        " [error]",
    );
    refused(
        common_log,
        &["31/Feb/2020:00:00:00 +0000", "1/Jan/2020", "10/Oct/2000 13:55:36"],
    );
}

#[test]
fn numbers_in_both_orders() {
    check(day_first, "31.12.2025 23:59:59 x", "2025-12-31 23:59:59", " x");
    check(day_first, "31/12/25, 23:59", "2025-12-31 23:59:00", "");
    check(month_first, "12/31/2025 11:59:59 PM", "2025-12-31 23:59:59", "");
    check(month_first, "1/2/2026 12:00:00 AM", "2026-01-02 00:00:00", "");
    check(any, "12/31/2025 11:59:59 PM", "2025-12-31 23:59:59", "");
    check(any, "01/02/2026 10:00:00", "2026-02-01 10:00:00", "");
    check(kz195, "31:12:2025 23:59:59;host", "2025-12-31 23:59:59", ";host");
    check(compact, "20260101T001203Z", "2026-01-01 00:12:03 +0", "");
    check(compact, "20260101001203.0Z", "2026-01-01 00:12:03 +0", "");
    check(
        compact,
        "20171223-22:15:29:606|Step",
        "2017-12-23 22:15:29.606000000",
        "|Step",
    );
    refused(month_first, &["12/31/2025 13:00:00 PM", "31/12/2025 10:00:00"]);
    refused(kz195, &["32:12:2025 00:00:00", "10:11:12", "31:12:2025 23:59"]);
}

#[test]
fn months_by_name() {
    check(any, "1 января 2026 г. 00:12:03", "2026-01-01 00:12:03", "");
    check(any, "2026 ж. 1 қаңтар 00:12:03", "2026-01-01 00:12:03", "");
    check(any, "1. januar 2026 ob 00:12:03", "2026-01-01 00:12:03", "");
    check(any, "1. tammikuuta 2026 klo 0.12.03", "2026-01-01 00:12:03", "");
    check(
        any,
        "Thu, 01 Jan 2026 00:12:03 +0500",
        "2026-01-01 00:12:03 +300",
        "",
    );
    check(
        any,
        "01-Jan-2026 00:12:03.123 queries",
        "2026-01-01 00:12:03.123000000",
        " queries",
    );
    check(
        any,
        "01-JAN-26 12.12.03.000000 AM +05:00",
        "2026-01-01 00:12:03 +300",
        "",
    );
    for (name, month) in [
        ("қараша", 11),
        ("қыркүйек", 9),
        ("МАРТА", 3),
        ("März", 3),
        ("kesäkuuta", 6),
        ("Okt.", 10),
    ] {
        assert_eq!(month_name(name), Some((month, name.len())), "{name}");
    }
    assert_eq!(month_name("Marble"), None);
}

#[test]
fn epochs_by_their_digits() {
    for (text, nanos) in [
        ("1767226323", 1_767_226_323_000_000_000i128),
        ("1767226323.5", 1_767_226_323_500_000_000),
        ("1767226323123", 1_767_226_323_123_000_000),
        ("1767226323123456", 1_767_226_323_123_456_000),
        ("1767226323123456789", 1_767_226_323_123_456_789),
    ] {
        assert_eq!(epoch(text), Some((TimeReading::Instant { nanos }, text.len())));
    }
    refused(epoch, &["12345", "1767226323a", "", "17672263231234567890"]);
}

#[test]
fn two_columns_make_one_time() {
    let both = |d, c| date_and_clock(d, c, false).map(show);
    assert_eq!(
        both("31:12:2025", "23:59:59"),
        Some("2025-12-31 23:59:59".to_owned())
    );
    assert_eq!(
        both("2025-12-31", "23:59:59.5"),
        Some("2025-12-31 23:59:59.500000000".to_owned())
    );
    assert_eq!(both("31.12.2025", "x"), None);
    assert_eq!(both("31.12.2025x", "23:59:59"), None);
}

/// Microsoft's own example: 2009-07-25 23:00:00 UTC is 128930364000000000 (KB 555936).
#[test]
fn filetimes() {
    let expected = DateTime::parse_from_rfc3339("2009-07-25T23:00:00Z").unwrap();
    let nanos = i128::from(expected.timestamp_nanos_opt().unwrap());
    assert_eq!(
        filetime(128_930_364_000_000_000),
        Some(TimeReading::Instant { nanos })
    );
    assert_eq!(filetime(0), None);
    assert_eq!(filetime(u64::MAX), None);
}

fn moments() -> impl Strategy<Value = NaiveDateTime> {
    (-2_000_000_000i64..4_000_000_000, 0u32..1_000_000_000)
        .prop_map(|(s, n)| DateTime::from_timestamp(s, n).unwrap().naive_utc())
}

/// The instant of a reading whose year is stated, by way of the event room.
fn local(reading: TimeReading) -> NaiveDateTime {
    let TimeReading::Clock { civil, .. } = reading else {
        panic!("{reading:?}")
    };
    civil.in_year(civil.year.unwrap()).unwrap()
}

proptest! {
    /// What chrono prints, we read.
    #[test]
    fn chrono_agrees(at in moments(), offset in -840i16..840) {
        let zone = chrono::FixedOffset::east_opt(i32::from(offset) * 60).unwrap();
        let stated = DateTime::<chrono::FixedOffset>::from_naive_utc_and_offset(at, zone);
        let text = stated.to_rfc3339_opts(chrono::SecondsFormat::Nanos, true);
        let (reading, taken) = iso8601(&text).unwrap();
        prop_assert_eq!(taken, text.len());
        let placed = Zone::Fixed(offset).place(local(reading));
        prop_assert_eq!(placed.micros, at.and_utc().timestamp_micros());
        for (layout, parser) in [
            ("%d/%b/%Y:%H:%M:%S%.9f", common_log as fn(&str) -> Taken),
            ("%a %b %e %H:%M:%S%.9f %Y", asctime),
            ("%b %e %Y %H:%M:%S%.9f", bsd_syslog),
            ("%d.%m.%Y %H:%M:%S%.9f", day_first),
            ("%m/%d/%Y %I:%M:%S%.9f %p", month_first),
            ("%d:%m:%Y %H:%M:%S%.9f", kz195),
            ("%Y/%m/%d %H:%M:%S%.9f", year_first),
            ("%Y%m%dT%H%M%S%.9f", compact),
            ("%a, %d %b %Y %H:%M:%S%.9f", day_month_name),
        ] {
            let text = at.format(layout).to_string();
            let (reading, taken) = parser(&text).unwrap_or_else(|| panic!("{text}"));
            prop_assert_eq!(taken, text.len());
            prop_assert_eq!(local(reading), at, "{}", text);
        }
    }

    /// A day is read if and only if chrono has it.
    #[test]
    fn impossible_days_are_refused(y in 1u32..3000, m in 0u32..15, d in 0u32..40) {
        let text = format!("{y:04}-{m:02}-{d:02} 00:00:00");
        let exists = NaiveDate::from_ymd_opt(y as i32, m, d).is_some();
        prop_assert_eq!(iso8601(&text).is_some(), exists);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}", near in "[0-9:/. TZ+,-]{0,40}") {
        for text in [&text, &near] {
            for parser in [iso8601, bsd_syslog, common_log, asctime, day_first, month_first, kz195, year_first,
                compact, day_month_name, epoch, any] {
                if let Some((_, taken)) = parser(text) {
                    prop_assert!(text.is_char_boundary(taken));
                }
            }
            let _ = date_and_clock(text, text, true);
        }
    }
}
