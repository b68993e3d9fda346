//! The time of a record by the layout that its description gives.

use chrono::format::{Item, Parsed, StrftimeItems};
use chrono::{NaiveDate, NaiveDateTime, Timelike as _};
use letopis_event::{Civil, TimeReading, Zone};

use super::UserFormatError;
use super::keys::Keys;
use crate::formats::scan::Cut as _;
use crate::timetext::{self, Taken};

/// `[time]` or `[time_end]`.
#[derive(Debug)]
pub(super) struct TimeFields {
    pub(super) place: Place,
    layout: Layout,
    /// Offset in minutes of clocks that state none.
    offset_min: Option<i16>,
}

/// Which fields hold the time, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    One(usize),
    DateAndClock(usize, usize),
}

#[derive(Debug)]
enum Layout {
    /// A layout of `timetext`.
    Known(ReadInstant),
    /// A number of units since 1970, each of that many nanoseconds.
    Epoch(i128),
    /// 100-nanosecond steps since 1601.
    Filetime,
    /// strftime.
    Items(Vec<Item<'static>>),
}

/// Reads an instant at the beginning of a text.
type ReadInstant = fn(&str) -> Taken;

const KNOWN: &[(&str, ReadInstant)] = &[
    ("any", timetext::any),
    ("iso8601", timetext::iso8601),
    ("bsd-syslog", timetext::bsd_syslog),
    ("common-log", timetext::common_log),
    ("asctime", timetext::asctime),
    ("day-first", timetext::day_first),
    ("month-first", timetext::month_first),
    ("kz195", timetext::kz195),
    ("year-first", timetext::year_first),
    ("compact", timetext::compact),
    ("day-month-name", timetext::day_month_name),
    ("epoch", timetext::epoch),
];

const EPOCHS: &[(&str, i128)] = &[
    ("epoch-s", 1_000_000_000),
    ("epoch-ms", 1_000_000),
    ("epoch-us", 1_000),
    ("epoch-ns", 1),
];

impl TimeFields {
    /// Reads the table; `fields` are the names of the record's fields.
    pub(super) fn load(keys: &Keys<'_>, fields: &[&str]) -> Result<Self, UserFormatError> {
        keys.only(&["field", "date", "clock", "layout", "offset"])?;
        let named = |key: &str| -> Result<Option<usize>, UserFormatError> {
            let Some(name) = keys.text(key)? else {
                return Ok(None);
            };
            let found = fields.iter().position(|f| *f == name);
            found.map(Some).ok_or_else(|| {
                let expected = format!("one of the fields {}", fields.join(", "));
                keys.error(key, expected, format!("`{name}`"))
            })
        };
        let place = match (named("field")?, named("date")?, named("clock")?) {
            (Some(field), None, None) => Place::One(field),
            (None, Some(date), Some(clock)) => Place::DateAndClock(date, clock),
            _ => return Err(keys.error("", "either field, or date and clock", "another set of keys")),
        };
        let offset_min = match keys.text("offset")? {
            None => None,
            Some(text) => match text.parse() {
                Ok(Zone::Fixed(minutes)) => Some(minutes),
                _ => return Err(keys.error("offset", "an offset as in +05:00", format!("`{text}`"))),
            },
        };
        Ok(Self {
            place,
            layout: Layout::load(keys)?,
            offset_min,
        })
    }

    /// Whether a field is part of this time.
    pub(super) fn uses(&self, field: usize) -> bool {
        match self.place {
            Place::One(one) => one == field,
            Place::DateAndClock(date, clock) => date == field || clock == field,
        }
    }

    /// Reads the time; all of `text` (a date and a clock: with one blank between) must belong to it.
    pub(super) fn read(&self, text: &str) -> Option<TimeReading> {
        let text = text.trimmed();
        let whole = |(reading, taken): (TimeReading, usize)| (taken == text.len()).then_some(reading);
        let reading = match &self.layout {
            Layout::Known(layout) => match self.place {
                Place::One(_) => layout(text).and_then(whole)?,
                // The date may be in any order, which a column of its own allows.
                Place::DateAndClock(..) => match layout(text).and_then(whole) {
                    Some(reading) => reading,
                    None => {
                        let (date, clock) = text.cut(b' ')?;
                        timetext::date_and_clock(date, clock, false)?
                    }
                },
            },
            Layout::Epoch(unit) => TimeReading::Instant {
                nanos: epoch(text, *unit)?,
            },
            Layout::Filetime => timetext::filetime(text.parse().ok()?)?,
            Layout::Items(items) => by_items(text, items)?,
        };
        Some(match reading {
            TimeReading::Clock { civil, offset_min } => TimeReading::Clock {
                civil,
                offset_min: offset_min.or(self.offset_min),
            },
            instant => instant,
        })
    }
}

impl Layout {
    fn load(keys: &Keys<'_>) -> Result<Self, UserFormatError> {
        let name = keys.text("layout")?.unwrap_or("any");
        if let Some((_, layout)) = KNOWN.iter().find(|(known, _)| *known == name) {
            return Ok(Self::Known(*layout));
        }
        if let Some((_, unit)) = EPOCHS.iter().find(|(known, _)| *known == name) {
            return Ok(Self::Epoch(*unit));
        }
        if name == "filetime" {
            return Ok(Self::Filetime);
        }
        let known = KNOWN
            .iter()
            .map(|(n, _)| *n)
            .chain(EPOCHS.iter().map(|(n, _)| *n));
        let expected = || {
            format!(
                "a strftime layout that gives month, day and clock (%d.%m.%Y %H:%M:%S), or one of {}, filetime",
                known.clone().collect::<Vec<_>>().join(", ")
            )
        };
        let found = || format!("`{name}`");
        if !name.holds(b'%') {
            return Err(keys.error("layout", expected(), found()));
        }
        let items = StrftimeItems::new(name)
            .parse_to_owned()
            .map_err(|_| keys.error("layout", expected(), found()))?;
        // What the layout prints it must read back: else it does not say all that a time needs.
        let probe = NaiveDate::from_ymd_opt(2024, 11, 22).and_then(|d| d.and_hms_opt(21, 43, 0));
        let readable = probe.is_some_and(|probe: NaiveDateTime| {
            let mut text = String::new();
            use std::fmt::Write as _;
            let printed = write!(text, "{}", probe.and_utc().format_with_items(items.iter()));
            let civil = match by_items(&text, &items) {
                Some(TimeReading::Clock { civil, .. }) => civil.in_year(civil.year.unwrap_or(2024)),
                Some(TimeReading::Instant { .. }) => Some(probe),
                None => None,
            };
            printed.is_ok() && civil == Some(probe)
        });
        if readable {
            Ok(Self::Items(items))
        } else {
            Err(keys.error("layout", expected(), found()))
        }
    }
}

/// A decimal number of units with or without a fraction.
fn epoch(text: &str, unit: i128) -> Option<i128> {
    let (whole, fraction) = text.cut(b'.').unwrap_or((text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 20 || fraction.len() > 18 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let mut nanos = whole.parse::<i128>().ok()? * unit;
    if !fraction.is_empty() {
        nanos += fraction.parse::<i128>().ok()? * unit / 10i128.pow(fraction.len() as u32);
    }
    Some(nanos)
}

fn by_items(text: &str, items: &[Item<'static>]) -> Option<TimeReading> {
    let mut parsed = Parsed::new();
    chrono::format::parse(&mut parsed, text, items.iter()).ok()?;
    if let Some(seconds) = parsed.timestamp() {
        let below = parsed.nanosecond().unwrap_or(0);
        return Some(TimeReading::Instant {
            nanos: i128::from(seconds) * 1_000_000_000 + i128::from(below),
        });
    }
    let (year, month, day) = if has_year(&parsed) {
        use chrono::Datelike as _;
        let date = parsed.to_naive_date().ok()?;
        (Some(date.year()), date.month(), date.day())
    } else {
        let (month, day) = (parsed.month()?, parsed.day()?);
        // In a leap year every day of the calendar exists.
        NaiveDate::from_ymd_opt(2024, month, day)?;
        (None, month, day)
    };
    let time = parsed.to_naive_time().ok()?;
    // chrono counts a leap second as the second before and a thousand million nanoseconds.
    let leap = time.nanosecond() >= 1_000_000_000;
    Some(TimeReading::Clock {
        civil: Civil {
            year,
            month: month as u8,
            day: day as u8,
            hour: time.hour() as u8,
            minute: time.minute() as u8,
            second: if leap { 60 } else { time.second() as u8 },
            nanos: time.nanosecond() % 1_000_000_000,
        },
        offset_min: parsed.offset().map(|seconds| (seconds / 60) as i16),
    })
}

fn has_year(parsed: &Parsed) -> bool {
    parsed.year().is_some()
        || parsed.year_mod_100().is_some()
        || parsed.isoyear().is_some()
        || parsed.isoyear_mod_100().is_some()
}
