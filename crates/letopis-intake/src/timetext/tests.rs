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

#[test]
fn zone_names_that_mean_one_zone_state_an_offset() {
    // Standard and summer times of the tz database; names that several zones share state none.
    for (name, offset) in [
        ("UTC", Some(0)),
        ("WEST", Some(60)),
        ("SAST", Some(120)),
        ("MSK", Some(180)),
        ("HKT", Some(480)),
        ("JST", Some(540)),
        ("AEDT", Some(660)),
        ("NZDT", Some(780)),
        ("BRT", Some(-180)),
        ("EDT", Some(-240)),
        ("AKST", Some(-540)),
        ("HST", Some(-600)),
        ("CST", None),
        ("IST", None),
        ("BST", None),
    ] {
        let text = format!("Jan  5 10:00:00 {name}: text");
        let (reading, _) = bsd_syslog(&text).unwrap();
        let TimeReading::Clock { offset_min, .. } = reading else {
            panic!("{text} is a clock");
        };
        assert_eq!(offset_min, offset, "{name}");
    }
}

/// Names of months, January first: the languages' full names, the form that stands in dates, and the abbreviations of
/// the Unicode CLDR and of glibc.
const MONTHS: &[(&str, &str)] = &[
    (
        "en",
        "January February March April May June July August September October November December",
    ),
    ("en", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
    (
        "en",
        "Jan. Feb. Mar. Apr. May Jun. Jul. Aug. Sept. Oct. Nov. Dec.",
    ),
    (
        "ru",
        "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    ),
    (
        "ru",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    ),
    (
        "ru",
        "янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек.",
    ),
    ("ru", "янв фев мар апр май июн июл авг сен окт ноя дек"),
    (
        "kk",
        "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    ),
    (
        "kk",
        "Қаңтар Ақпан Наурыз Сәуір Мамыр Маусым Шілде Тамыз Қыркүйек Қазан Қараша Желтоқсан",
    ),
    (
        "kk",
        "қаң. ақп. нау. сәу. мам. мау. шіл. там. қыр. қаз. қар. жел.",
    ),
    (
        "sl",
        "januar februar marec april maj junij julij avgust september oktober november december",
    ),
    (
        "sl",
        "januarja februarja marca aprila maja junija julija avgusta septembra oktobra novembra decembra",
    ),
    ("sl", "jan. feb. mar. apr. maj jun. jul. avg. sep. okt. nov. dec."),
    (
        "fi",
        "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
    ),
    (
        "fi",
        "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta \
         marraskuuta joulukuuta",
    ),
    (
        "fi",
        "tammik. helmik. maalisk. huhtik. toukok. kesäk. heinäk. elok. syysk. lokak. marrask. jouluk.",
    ),
    (
        "fi",
        "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
    ),
    (
        "de",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    ),
    (
        "de",
        "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    ),
    ("de", "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez"),
    (
        "de",
        "Jänner Feber März April Mai Juni Juli August September Oktober November Dezember",
    ),
];

#[test]
fn every_month_in_every_language_and_form() {
    for (language, names) in MONTHS {
        let names: Vec<&str> = names.split_whitespace().collect();
        assert_eq!(names.len(), 12, "{language} {names:?}");
        for (month, name) in (1..).zip(names) {
            for name in [name.to_owned(), name.to_uppercase(), name.to_lowercase()] {
                assert_eq!(month_name(&name), Some((month, name.len())), "{language} {name}");
                let expected = format!("2026-{month:02}-03 14:05:06");
                for text in [
                    format!("3 {name} 2026 14:05:06"),
                    format!("03 {name} 2026 02:05:06 PM"),
                    format!("3. {name} 2026 klo 14.05.06"),
                    format!("3. {name} 2026 ob 14:05:06"),
                    format!("3. {name} 2026, um 14:05:06"),
                    format!("3 {name} 2026 г. 14:05:06"),
                    format!("3 {name} 2026 г., 14:05:06"),
                    format!("2026 ж. 3 {name} 14:05:06"),
                    format!("2026 жылғы 3 {name} 14:05:06"),
                    format!("03-{name}-2026 14:05:06"),
                    format!("{name} 3 2026 14:05:06"),
                    format!("{name} 3, 2026 2:05:06 pm"),
                    format!("{name}  3 14:05:06 2026"),
                ] {
                    check(any, &text, &expected, "");
                }
                check(common_log, &format!("03/{name}/2026:14:05:06"), &expected, "");
                check(
                    bsd_syslog,
                    &format!("{name}  3 14:05:06 узел"),
                    &expected.replace("2026", "----"),
                    " узел",
                );
            }
        }
    }
}

/// Every hour of the day in the ways that twelve-hour clocks are written.
#[test]
fn twelve_hour_clocks() {
    for hour in 0..24u32 {
        let (half, twelve) = (if hour < 12 { "a" } else { "p" }, (hour + 11) % 12 + 1);
        for mark in [
            format!("{half}m"),
            format!("{half}.m."),
            format!("{half}M").to_uppercase(),
        ] {
            for between in [" ", "", "\u{202f}"] {
                let clock = format!("{twelve}:05:06{between}{mark}");
                let expected = format!("2026-01-03 {hour:02}:05:06");
                check(
                    any,
                    &format!("01/03/2026 {clock}"),
                    &expected.replace("01-03", "03-01"),
                    "",
                );
                check(month_first, &format!("1/3/2026 {clock}"), &expected, "");
                check(bsd_syslog, &format!("Jan 3, 2026 {clock}"), &expected, "");
                check(day_month_name, &format!("3 Jan 2026 {clock}"), &expected, "");
                check(year_first, &format!("2026/01/03 {clock}"), &expected, "");
            }
        }
    }
    refused(month_first, &["1/3/2026 0:05:06 AM", "1/3/2026 13:05:06 PM"]);
}

#[test]
fn fractions_after_a_comma() {
    for (digits, nanos) in [
        ("5", 500_000_000),
        ("123", 123_000_000),
        ("123456", 123_456_000),
        ("1234567", 123_456_700),
    ] {
        for (parser, date) in [
            (iso8601 as fn(&str) -> Taken, "2026-01-03 "),
            (compact, "20260103T"),
            (day_first, "03.01.2026 "),
            (year_first, "2026/01/03 "),
        ] {
            let text = format!("{date}14:05:06,{digits} x");
            check(parser, &text, &format!("2026-01-03 14:05:06.{nanos:09}"), " x");
        }
    }
    // What could be the next column of a list is none.
    check(
        iso8601,
        "2026-01-03 14:05:06,12,x",
        "2026-01-03 14:05:06",
        ",12,x",
    );
    check(
        iso8601,
        "2026-01-03 14:05:06,123,x",
        "2026-01-03 14:05:06",
        ",123,x",
    );
}

#[test]
fn compact_forms() {
    for (text, expected) in [
        ("20260103T140506", "2026-01-03 14:05:06"),
        ("20260103T140506Z", "2026-01-03 14:05:06 +0"),
        ("20260103T140506.25+0500", "2026-01-03 14:05:06.250000000 +300"),
        ("20260103T140506,250+05:30", "2026-01-03 14:05:06.250000000 +330"),
        ("20260103T140506-03", "2026-01-03 14:05:06 -180"),
        ("20260103140506", "2026-01-03 14:05:06"),
        ("20260103140506.123456", "2026-01-03 14:05:06.123456000"),
        ("20260103 14:05:06", "2026-01-03 14:05:06"),
        ("20260103_140506", "2026-01-03 14:05:06"),
        ("20260103-14:05:06:007", "2026-01-03 14:05:06.007000000"),
        ("20260103-14:5:6:7", ""),
    ] {
        match expected {
            "" => refused(compact, &[text]),
            _ => check(compact, text, expected, ""),
        }
    }
    refused(
        compact,
        &[
            "20260230T140506",
            "20260103T246060",
            "99990103140506",
            "2026010314050",
            "20260103T140506X",
        ],
    );
}

#[test]
fn mail_dates() {
    check(
        day_month_name,
        "Sat, 3 Jan 2026 14:05:06 +0500",
        "2026-01-03 14:05:06 +300",
        "",
    );
    check(day_month_name, "3 Jan 26 14:05 GMT", "2026-01-03 14:05:00 +0", "");
    check(
        day_month_name,
        "Sat, 03 Jan 2026 14:05:06 EST",
        "2026-01-03 14:05:06 -300",
        "",
    );
    check(
        day_month_name,
        "Sat, 03 Jan 2026 14:05:06 -0000 (UTC)",
        "2026-01-03 14:05:06 +0",
        " (UTC)",
    );
    check(
        any,
        "Saturday, 03-Jan-26 14:05:06 GMT",
        "2026-01-03 14:05:06 +0",
        "",
    );
    check(any, "Sat Jan  3 14:05:06 2026", "2026-01-03 14:05:06", "");
    check(
        any,
        "Sat Jan  3 14:05:06 MSK 2026",
        "2026-01-03 14:05:06 +180",
        "",
    );
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

    /// Mail dates and epochs as chrono prints them.
    #[test]
    fn chrono_agrees_on_mail_dates_and_epochs(at in moments(), offset in -840i16..840) {
        let zone = chrono::FixedOffset::east_opt(i32::from(offset) * 60).unwrap();
        let stated = DateTime::<chrono::FixedOffset>::from_naive_utc_and_offset(at, zone);
        let text = stated.to_rfc2822();
        let (reading, taken) = day_month_name(&text).unwrap_or_else(|| panic!("{text}"));
        prop_assert_eq!(taken, text.len());
        let placed = Zone::Fixed(offset).place(local(reading));
        prop_assert_eq!(placed.micros, at.and_utc().timestamp() * 1_000_000);
        let utc = at.and_utc();
        prop_assume!(utc.timestamp() >= 1_000_000_000);
        for (text, unit) in [
            (utc.timestamp().to_string(), 1_000_000_000),
            (utc.timestamp_millis().to_string(), 1_000_000),
            (utc.timestamp_micros().to_string(), 1_000),
            (utc.timestamp_nanos_opt().unwrap().to_string(), 1),
            (utc.format("%s%.9f").to_string(), 1),
        ] {
            let nanos = i128::from(utc.timestamp_nanos_opt().unwrap()) / unit * unit;
            prop_assert_eq!(epoch(&text), Some((TimeReading::Instant { nanos }, text.len())), "{}", text);
        }
        // 100-nanosecond steps since 1601, counted from the calendar.
        let since = at - NaiveDate::from_ymd_opt(1601, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
        let ticks = since.num_seconds() * 10_000_000 + i64::from(since.subsec_nanos()) / 100;
        let nanos = i128::from(utc.timestamp_nanos_opt().unwrap()) / 100 * 100;
        prop_assert_eq!(filetime(ticks as u64), Some(TimeReading::Instant { nanos }));
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

/// Texts that are times of the usual layouts, or nearly.
fn nearly_times() -> impl Strategy<Value = String> {
    let layouts = prop::sample::select(vec![
        "%Y-%m-%dT%H:%M:%S%.6f%:z",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d-%H.%M.%S",
        "%b %e %H:%M:%S host",
        "%b %d %H:%M:%S Host",
        "%b %e %H:%M:%S%.3f",
        "%b %e %Y %H:%M:%S",
        "%b %e %H:%M:%S %Y",
        "%b %e %H:%M:%S UTC: x",
        "%B %e %H:%M:%S x",
        "%d/%b/%Y:%H:%M:%S %z]",
        "%d/%b/%Y:%H:%M:%S.123",
        "%a %b %e %H:%M:%S %Y",
        "%a %b %e %H:%M:%S UTC %Y",
        "%d.%m.%Y %H:%M:%S",
        "%d.%m.%y %H:%M",
        "%m/%d/%Y %I:%M:%S %p",
        "%d:%m:%Y %H:%M:%S",
        "%Y/%m/%d %H:%M:%S",
        "%Y.%m.%d %H:%M:%S,123",
        "%Y%m%dT%H%M%S%z",
        "%a, %d %b %Y %H:%M:%S %z",
        "%d-%b-%Y %H:%M:%S%.3f",
        "%d %b %Y г. %H:%M:%S",
    ]);
    let change = prop::option::of((
        proptest::arbitrary::any::<prop::sample::Index>(),
        prop::sample::select(" 0159:-/.,TZ+aJ\té".chars().collect::<Vec<_>>()),
    ));
    (moments(), -840i32..840, layouts, change).prop_map(|(at, offset, layout, change)| {
        let zone = chrono::FixedOffset::east_opt(offset * 60).unwrap();
        let stated = DateTime::<chrono::FixedOffset>::from_naive_utc_and_offset(at, zone);
        let mut letters: Vec<char> = stated.format(layout).to_string().chars().collect();
        if let Some((place, letter)) = change {
            let place = place.index(letters.len());
            letters[place] = letter;
        }
        letters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// The general way finds the same as the shapes at fixed places.
    #[test]
    fn usual_shapes_are_read_as_the_general_way_reads_them(text in nearly_times()) {
        let readings = || {
            let parsers = [iso8601, bsd_syslog, common_log, asctime, day_first, month_first, kz195, year_first, compact,
                day_month_name, any];
            let mut found: Vec<_> = parsers.iter().map(|parser| parser(&text)).collect();
            let (date, clock) = text.split_once(' ').unwrap_or((&text, "10:00:00"));
            let dated = |m| date_and_clock(date, clock, m).map(|reading| (reading, 0));
            found.extend([dated(false), dated(true)]);
            found
        };
        let usual = (readings(), month_name(&text));
        usual::OFF.set(true);
        let general = (readings(), month_name(&text));
        usual::OFF.set(false);
        prop_assert_eq!(usual, general, "{}", text);
    }
}
