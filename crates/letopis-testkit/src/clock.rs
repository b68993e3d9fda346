//! Fixed instants, so that no test asks the machine what time it is. All in microseconds since 1970 UTC.

/// `2026-05-04T04:00:00Z`: the Monday on which the scenario's logs are handed over; `now` of most tests.
pub const NOW: i64 = 1_777_867_200_000_000;

/// `2025-09-30T19:00:00Z`: 1 October 2025, 00:00 in Asia/Almaty, where the scenario begins.
pub const SCENARIO_FROM: i64 = 1_759_258_800_000_000;

/// `2026-04-30T19:00:00Z`: 1 May 2026, 00:00 in Asia/Almaty, where it ends (exclusive).
pub const SCENARIO_TO: i64 = 1_777_575_600_000_000;

/// `2025-12-31T18:40:00Z`: 31 December, 23:40 in Asia/Almaty, when the incident begins.
pub const INCIDENT_FROM: i64 = 1_767_206_400_000_000;

/// `2025-12-31T21:30:00Z`: 1 January, 02:30 in Asia/Almaty, when it is over.
pub const INCIDENT_TO: i64 = 1_767_216_600_000_000;

/// `2025-12-31T19:00:00Z`: the year's end in Asia/Almaty, inside the incident.
pub const NEW_YEAR_ALMATY: i64 = 1_767_207_600_000_000;

/// A second.
pub const SECOND: i64 = 1_000_000;
/// A minute.
pub const MINUTE: i64 = 60 * SECOND;
/// An hour.
pub const HOUR: i64 = 60 * MINUTE;
/// A day of 24 hours.
pub const DAY: i64 = 24 * HOUR;

#[cfg(test)]
mod tests {
    use letopis_event::time::format_rfc3339;

    #[test]
    fn the_constants_are_what_they_say() {
        for (micros, offset, text) in [
            (super::NOW, 0, "2026-05-04T04:00:00Z"),
            (super::SCENARIO_FROM, 300, "2025-10-01T00:00:00+05:00"),
            (super::SCENARIO_TO, 300, "2026-05-01T00:00:00+05:00"),
            (super::INCIDENT_FROM, 300, "2025-12-31T23:40:00+05:00"),
            (super::INCIDENT_TO, 300, "2026-01-01T02:30:00+05:00"),
            (super::NEW_YEAR_ALMATY, 300, "2026-01-01T00:00:00+05:00"),
        ] {
            let mut out = String::new();
            format_rfc3339(micros, offset, &mut out);
            assert_eq!(out, text);
        }
    }
}
