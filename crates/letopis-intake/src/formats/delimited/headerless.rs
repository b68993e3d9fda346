//! Tables without a header line: what stands in a column says what it is for, where that is sure.

use serde::{Deserialize, Serialize};

use super::super::fields::{self, Target};
use super::layout::{Layout, records, split};
use crate::format::Claim;
use crate::formats::scan::Cut as _;
use crate::timetext;
use letopis_event::Text;

/// What a column without a name holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::formats) enum Role {
    /// Date and clock.
    Time,
    /// A date whose clock stands in the next column.
    Date,
    /// The clock of the date before it.
    Clock,
    /// The first column of addresses.
    SrcIp,
    /// The second one.
    DstIp,
    /// Words that are severities.
    Level,
}

impl Role {
    pub(super) fn target(self) -> Target {
        match self {
            Self::Time => Target::Time,
            Self::Date => Target::Date,
            Self::Clock => Target::Clock,
            Self::SrcIp => Target::Text(Text::SrcIp),
            Self::DstIp => Target::Text(Text::DstIp),
            Self::Level => Target::Level,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Time => "a time",
            Self::Date => "a date",
            Self::Clock => "a clock",
            Self::SrcIp => "an address",
            Self::DstIp => "a second address",
            Self::Level => "a severity",
        }
    }
}

/// Separators that part columns and hardly ever stand in free text in equal number line by line.
const SEPARATORS: &[u8] = b",;\t|^\x1f\x01";

/// The claim on a table whose first line names nothing.
pub(super) fn claim(text: &str, layout: &Layout) -> Option<Claim> {
    let rows = records(text, layout.quote).len();
    if layout.share < 95 || layout.columns < 3 || !SEPARATORS.contains(&layout.separator) {
        return None;
    }
    let roles = roles(text, layout);
    let timed = roles
        .iter()
        .flatten()
        .any(|r| matches!(r, Role::Time | Role::Date));
    let confidence = match (timed, rows) {
        (true, 2..) => 25,
        (false, 5..) if !is_prose(text, layout.separator) => 10,
        _ => return None,
    };
    let known: Vec<_> = (1..)
        .zip(&roles)
        .filter_map(|(at, role)| role.map(|r| format!("column_{at} {}", r.words())))
        .collect();
    let known = if known.is_empty() {
        "none that is known by its values".to_owned()
    } else {
        known.join(", ")
    };
    Some(Claim {
        confidence,
        reason: format!(
            "{} % of the first lines have {} fields parted by {:?}, and nothing names them: {known}",
            layout.share,
            layout.columns,
            char::from(layout.separator)
        ),
    })
}

/// Whether commas stand as in sentences: a blank follows nearly every one.
pub(super) fn is_prose(text: &str, separator: u8) -> bool {
    let bytes = text.as_bytes();
    let places = memchr::memchr_iter(separator, bytes).take(1000);
    let (mut all, mut spaced) = (0usize, 0usize);
    for at in places {
        all += 1;
        spaced += usize::from(matches!(bytes.get(at + 1), Some(b' ')));
    }
    spaced * 10 >= all * 8
}

/// What has been seen in one column.
#[derive(Clone, Copy, Default)]
struct Seen {
    filled: usize,
    times: usize,
    dates: usize,
    clocks: usize,
    addresses: usize,
    levels: usize,
}

impl Seen {
    fn add(&mut self, value: &str) {
        let value = value.trimmed();
        if value.is_empty() || value == "-" {
            return;
        }
        self.filled += 1;
        // A bare number is no time: nothing says that it is one.
        let number = value.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        self.times += usize::from(!number && fields::time(value, false).is_some());
        self.dates += usize::from(timetext::date_alone(value, false).is_some());
        self.clocks += usize::from(timetext::date_and_clock("2024-01-01", value, false).is_some() && !number);
        self.addresses += usize::from(value.parse::<std::net::IpAddr>().is_ok());
        self.levels += usize::from(value.starts_with(char::is_alphabetic) && fields::level(value).is_some());
    }

    /// Whether nine of ten values are so, and there are enough of them.
    fn mostly(&self, hits: usize, rows: usize) -> bool {
        self.filled * 2 >= rows && hits * 10 >= self.filled * 9 && hits > 0
    }
}

/// Roles of the columns by the first records.
pub(super) fn roles(text: &str, layout: &Layout) -> Vec<Option<Role>> {
    let mut seen = vec![Seen::default(); layout.columns];
    let mut scratch = String::new();
    let mut rows = 0;
    for record in records(text, layout.quote) {
        rows += 1;
        split(
            record,
            layout.separator,
            layout.quote,
            &mut scratch,
            &mut |at, value| {
                if let Some(column) = seen.get_mut(at) {
                    column.add(value);
                }
            },
        );
    }
    let mut roles = vec![None; layout.columns];
    let first = |of: fn(&Seen) -> usize| seen.iter().position(|s| s.mostly(of(s), rows));
    if let Some(at) = first(|s| s.times) {
        roles[at] = Some(Role::Time);
    } else if let Some(at) = first(|s| s.dates)
        && let Some(clock) = seen.get(at + 1)
        && clock.mostly(clock.clocks, rows)
    {
        roles[at] = Some(Role::Date);
        roles[at + 1] = Some(Role::Clock);
    }
    let mut addresses = seen
        .iter()
        .enumerate()
        .filter(|(_, s)| s.mostly(s.addresses, rows));
    for role in [Role::SrcIp, Role::DstIp] {
        if let Some((at, _)) = addresses.next() {
            roles[at] = Some(role);
        }
    }
    if let Some(at) = first(|s| s.levels)
        && roles[at].is_none()
    {
        roles[at] = Some(Role::Level);
    }
    roles
}
