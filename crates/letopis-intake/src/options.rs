//! What the caller decides before an object is read.

use std::sync::Arc;

use letopis_event::Zone;

use crate::encoding::Encoding;
use crate::error::IntakeError;
use crate::formats::UserFormat;
use crate::mapping::Mapping;

/// Longest record unless said otherwise (design §5).
pub const MAX_RECORD_DEFAULT: usize = 16 << 20;

/// Options of reading one object. `Default` reads everything from the first byte, in UTC.
#[derive(Clone, Debug)]
pub struct ParseOptions {
    /// Name of the format to use instead of the detected one.
    pub format: Option<String>,
    /// Encoding to use instead of the detected one.
    pub encoding: Option<Encoding>,
    /// Zone of clocks that state none: already chosen by the caller (flag, source, archive, UTC).
    pub zone: Zone,
    /// Year of the first record that states none; otherwise inferred from the order of the file.
    pub year: Option<i32>,
    /// When the file came in, microseconds since 1970 UTC: no inferred year puts a record after it.
    pub received: Option<i64>,
    /// When the file says it was last modified, microseconds since 1970 UTC. May lie; never trusted beyond `received`.
    pub modified: Option<i64>,
    /// Longest record in bytes; a longer one is cut into records that share `event_group`.
    pub max_record: usize,
    /// Field mapping for the generic formats.
    pub mapping: Option<Mapping>,
    /// Formats that a person described: they take part in detection, and win where claims are equal.
    pub user_formats: Vec<Arc<UserFormat>>,
    /// Host of records that name none.
    pub host: Option<String>,
    /// First byte to read: where an earlier part of the same file ended.
    pub start: u64,
    /// What [`crate::ParseSummary::state`] of the earlier part said.
    pub state: Option<String>,
}

impl Default for ParseOptions {
    fn default() -> Self {
        Self {
            format: None,
            encoding: None,
            zone: Zone::UTC,
            year: None,
            received: None,
            modified: None,
            max_record: MAX_RECORD_DEFAULT,
            mapping: None,
            user_formats: Vec::new(),
            host: None,
            start: 0,
            state: None,
        }
    }
}

impl ParseOptions {
    /// Sets the encoding by its name.
    ///
    /// # Errors
    /// [`IntakeError::UnknownEncoding`] where no encoding is called that.
    pub fn with_encoding_named(mut self, name: &str) -> Result<Self, IntakeError> {
        self.encoding =
            Some(Encoding::parse(name).ok_or_else(|| IntakeError::UnknownEncoding(name.to_owned()))?);
        Ok(self)
    }

    /// The latest instant that an inferred year may give, in microseconds: the earlier of both bounds. A time of
    /// change that tools write where they know none is no bound.
    pub fn latest(&self) -> Option<i64> {
        match (self.received, self.modified.filter(|m| !is_placeholder(*m))) {
            (Some(received), Some(modified)) => Some(received.min(modified)),
            (received, modified) => received.or(modified),
        }
    }
}

/// Whether a time of change is one that stands for none: the beginning of Unix time, of DOS time (a zero there is
/// 30 November 1979), and 26 October 1985, which package tools write.
fn is_placeholder(micros: i64) -> bool {
    const DAY: i64 = 86_400_000_000;
    // Days since 1970 with a day on either side for the zone of whoever wrote it.
    const NONE: [i64; 4] = [0, 3620, 3652, 5777];
    NONE.iter().any(|day| (micros.div_euclid(DAY) - day).abs() <= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str) -> i64 {
        let day = chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").unwrap();
        day.and_hms_opt(12, 0, 0).unwrap().and_utc().timestamp_micros()
    }

    #[test]
    fn a_time_of_change_that_stands_for_none_bounds_nothing() {
        let latest = |modified| {
            let options = ParseOptions {
                received: Some(at("2026-06-01")),
                modified: Some(at(modified)),
                ..ParseOptions::default()
            };
            options.latest().unwrap()
        };
        for none in ["1970-01-01", "1979-11-30", "1980-01-01", "1985-10-26"] {
            assert_eq!(latest(none), at("2026-06-01"), "{none}");
        }
        assert_eq!(latest("2024-03-01"), at("2024-03-01"));
        // A clock that runs ahead does not put records after the day they came in.
        assert_eq!(latest("2031-03-01"), at("2026-06-01"));
    }
}
