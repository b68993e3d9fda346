//! Times as text: parsers of the layouts that logs use.
//!
//! Each reads from the start of a text and gives the reading and the number of bytes it took; nothing allocates.
//! Impossible values are refused. Zone and year are settled later, in [`crate::resolve`].

use letopis_event::TimeReading;

/// The reading and the bytes it took, or `None` where the text does not begin with such a time.
pub type Taken = Option<(TimeReading, usize)>;

/// ISO 8601 / RFC 3339: `2026-01-01T00:12:03.5+05:00`; `T` or a space, comma or dot before the fraction (to ns),
/// `Z`, `±hh:mm`, `±hhmm`, `±hh`, ` UTC` or nothing.
pub fn iso8601(text: &str) -> Taken {
    let _ = text;
    None
}

/// BSD syslog (RFC 3164): `Jan  1 00:12:03`, also with a year before or after the clock, a fraction, or a zone name.
pub fn bsd_syslog(text: &str) -> Taken {
    let _ = text;
    None
}

/// Common log format: `10/Oct/2000:13:55:36 -0700`.
pub fn common_log(text: &str) -> Taken {
    let _ = text;
    None
}

/// `asctime` as Apache's error log writes it: `Wed Oct 11 14:32:52.123456 2000`.
pub fn asctime(text: &str) -> Taken {
    let _ = text;
    None
}

/// Day first: `31.12.2025 23:59:59`, with `.`, `/` or `-`, two- or four-digit year.
pub fn day_first(text: &str) -> Taken {
    let _ = text;
    None
}

/// Month first: `12/31/2025 11:59:59 PM`.
pub fn month_first(text: &str) -> Taken {
    let _ = text;
    None
}

/// KZ195-A4: `31:12:2025 23:59:59`.
pub fn kz195(text: &str) -> Taken {
    let _ = text;
    None
}

/// Year first with slashes or dots: `2026/01/01 00:12:03` (nginx error log, Go).
pub fn year_first(text: &str) -> Taken {
    let _ = text;
    None
}

/// Compact: `20260101T001203`, `20260101001203`, `20260101 001203`, with fraction and offset.
pub fn compact(text: &str) -> Taken {
    let _ = text;
    None
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by the number of digits; a fraction
/// is allowed after seconds.
pub fn epoch(text: &str) -> Taken {
    let _ = text;
    None
}

/// A Windows FILETIME: 100-nanosecond steps since 1601-01-01 UTC.
pub fn filetime(ticks: u64) -> Option<TimeReading> {
    let _ = ticks;
    None
}

/// Any of the layouts above that states a date, tried from the most specific on. Day comes before month unless
/// only the other way gives a date.
pub fn any(text: &str) -> Taken {
    let _ = text;
    None
}

/// A month's name or abbreviation in English, Russian, Kazakh, Slovene, Finnish or German at the start of the
/// text: its number and the bytes it took.
pub fn month_name(text: &str) -> Option<(u8, usize)> {
    let _ = text;
    None
}
