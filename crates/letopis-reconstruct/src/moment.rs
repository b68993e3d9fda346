//! Instants as people type them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use letopis_event::Zone;

/// An RFC 3339 time in microseconds since 1970 UTC.
pub fn parse(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|t| t.timestamp_micros())
}

/// An RFC 3339 time, or a local date or date and time in `zone` (`2026-01-01`, `2026-01-01 00:12`,
/// `2026-01-01T00:12:03`).
pub fn parse_local(text: &str, zone: Zone) -> Option<i64> {
    if let Some(instant) = parse(text) {
        return Some(instant);
    }
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(zone.place(day.and_time(NaiveTime::MIN)).micros);
    }
    let layouts = [
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ];
    let local = layouts
        .iter()
        .find_map(|l| NaiveDateTime::parse_from_str(text, l).ok())?;
    Some(zone.place(local).micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_times_stand_in_the_zone() {
        let zone: Zone = "Asia/Almaty".parse().unwrap();
        assert_eq!(parse_local("2026-01-01", zone), Some(1_767_207_600_000_000));
        assert_eq!(
            parse_local("2026-01-01 00:00", zone),
            parse("2025-12-31T19:00:00Z")
        );
        assert_eq!(parse_local("tomorrow", zone), None);
    }
}
