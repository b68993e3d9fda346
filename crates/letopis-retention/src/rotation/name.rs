//! What a file's name says of its place among the files that one rotation made.

use chrono::{Datelike, Days, NaiveDate};

/// Endings that compression adds.
const COMPRESSED: [&str; 8] = [".gz", ".xz", ".bz2", ".zst", ".z", ".lz4", ".lzma", ".br"];
/// Endings that may stand after a rotation number.
const TEXT: [&str; 6] = [".log", ".txt", ".json", ".csv", ".xml", ".out"];

/// How long the time is that a date in a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    Day,
    Month,
    Quarter,
    Year,
}

/// A date in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dated {
    pub(super) unit: Unit,
    /// First day of what it stands for.
    pub(super) at: NaiveDate,
    /// What stands between its parts; nothing where they follow one another.
    separator: Option<char>,
}

impl Dated {
    /// The same way to write another day.
    pub(super) fn spell(self, at: NaiveDate) -> String {
        let separator = self.separator.map(String::from).unwrap_or_default();
        let year = at.year();
        match self.unit {
            Unit::Year => format!("{year:04}"),
            Unit::Quarter => format!("{year:04}{separator}Q{}", at.month0() / 3 + 1),
            Unit::Month => format!("{year:04}{separator}{:02}", at.month()),
            Unit::Day => format!("{year:04}{separator}{:02}{separator}{:02}", at.month(), at.day()),
        }
    }
}

/// What marks a file among its relatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing: it is still written, or no rotation made it.
    None,
    /// A number that rotation counts up.
    Number(u32),
    /// A date.
    Date(Dated),
}

/// A path taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Folders and containers as they stand.
    pub(super) folder: String,
    /// The same without dates: equal for the deliveries of different days.
    pub(super) kin_folder: String,
    /// What stands before the mark in the name, and what after it; a name without a mark is all before.
    pub(super) before: String,
    pub(super) after: String,
    pub(super) mark: Mark,
}

impl Place {
    pub(super) fn of(path: &str) -> Self {
        let mut folders: Vec<&str> = path.split('/').collect();
        let last = folders.pop().unwrap_or_default();
        let name = bare(last);
        // A file that is compressed by itself is named twice: as it came, and as what came out of it.
        if folders.last().is_some_and(|wrapper| bare(wrapper) == name) {
            folders.pop();
        }
        let folder = folders.join("/");
        let kin: Vec<String> = folders.iter().map(|part| undated(part)).collect();
        let (before, after, mark) = marked(name);
        Self {
            folder,
            kin_folder: kin.join("/"),
            before,
            after,
            mark,
        }
    }

    /// What all files of one rotation share.
    pub(super) fn family(&self) -> String {
        let star = match self.mark {
            Mark::None => "",
            Mark::Number(_) | Mark::Date(_) => "*",
        };
        join(&self.kin_folder, &format!("{}{star}{}", self.before, self.after))
    }

    /// Name of the file that rotation turns into this one: the one without a mark.
    pub(super) fn current(&self) -> String {
        let before = match self.mark {
            Mark::None => self.before.as_str(),
            _ => self.before.trim_end_matches(['-', '.', '_']),
        };
        format!("{before}{}", self.after)
    }

    /// The file's name with another mark.
    pub(super) fn with(&self, mark: &str) -> String {
        join(&self.folder, &format!("{}{mark}{}", self.before, self.after))
    }
}

pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// A name without what compression adds.
fn bare(name: &str) -> &str {
    let ending = |end: &str| {
        let at = name.len().checked_sub(end.len())?;
        let tail = name.get(at..)?;
        (at > 0 && tail.eq_ignore_ascii_case(end)).then_some(at)
    };
    match COMPRESSED.iter().find_map(|end| ending(end)) {
        Some(at) => name.get(..at).unwrap_or(name),
        None => name,
    }
}

fn marked(name: &str) -> (String, String, Mark) {
    if let Some((from, to, dated)) = find_date(name) {
        let rest = without_counters(name.get(to..).unwrap_or_default());
        let before = name.get(..from).unwrap_or_default();
        return (before.to_owned(), rest.to_owned(), Mark::Date(dated));
    }
    let text = TEXT.iter().find_map(|end| Some((name.strip_suffix(end)?, *end)));
    let numbered = |stem: &str| {
        let (before, digits) = stem.rsplit_once('.')?;
        let number = digits.parse().ok().filter(|_| digits.len() <= 4)?;
        // A digit before it makes it a part of a version or of an address.
        let is_rotation = before.ends_with(|c: char| !c.is_ascii_digit());
        (is_rotation && digits.bytes().all(|b| b.is_ascii_digit())).then(|| (format!("{before}."), number))
    };
    if let Some((before, number)) = numbered(name) {
        return (before, String::new(), Mark::Number(number));
    }
    if let Some((stem, end)) = text
        && let Some((before, number)) = numbered(stem)
    {
        return (before, end.to_owned(), Mark::Number(number));
    }
    (name.to_owned(), String::new(), Mark::None)
}

/// What follows a date, without the hours and counters that tell files of one date apart.
fn without_counters(mut rest: &str) -> &str {
    loop {
        let Some(inner) = rest.strip_prefix(['-', '.', '_', 'T', ' ']) else {
            return rest;
        };
        let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
        let next = inner.get(digits..).unwrap_or_default();
        if digits == 0 || next.starts_with(|c: char| c.is_alphanumeric() && c != 'T') {
            return rest;
        }
        rest = next;
    }
}

/// A folder's name without the date in it.
fn undated(name: &str) -> String {
    match find_date(name) {
        Some((from, to, _)) => format!(
            "{}*{}",
            name.get(..from).unwrap_or_default(),
            without_counters(name.get(to..).unwrap_or_default())
        ),
        None => name.to_owned(),
    }
}

/// The first date in a name: where it stands.
fn find_date(name: &str) -> Option<(usize, usize, Dated)> {
    let bytes = name.as_bytes();
    (0..bytes.len())
        .filter(|at| bytes[*at].is_ascii_digit() && (*at == 0 || !bytes[at - 1].is_ascii_digit()))
        .find_map(|at| date_at(bytes, at).map(|(length, dated)| (at, at + length, dated)))
}

fn date_at(bytes: &[u8], at: usize) -> Option<(usize, Dated)> {
    let rest = bytes.get(at..)?;
    let number = |from: usize, length: usize| -> Option<u32> {
        let digits = rest.get(from..from + length)?;
        digits.iter().all(u8::is_ascii_digit).then(|| {
            digits
                .iter()
                .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
        })
    };
    let ends = |at: usize| rest.get(at).is_none_or(|b| !b.is_ascii_digit());
    let year = number(0, 4).filter(|year| (1990..2100).contains(year))? as i32;
    let separator = rest
        .get(4)
        .copied()
        .filter(|b| b"-_.".contains(b))
        .map(char::from);
    let wide = usize::from(separator.is_some());
    let dated = |unit, month, day, separator| {
        let at = NaiveDate::from_ymd_opt(year, month, day)?;
        Some(Dated { unit, at, separator })
    };
    if rest.get(4 + wide).is_some_and(|b| b.eq_ignore_ascii_case(&b'q'))
        && let Some(quarter) = number(5 + wide, 1).filter(|q| (1..=4).contains(q))
        && ends(6 + wide)
    {
        return Some((6 + wide, dated(Unit::Quarter, quarter * 3 - 2, 1, separator)?));
    }
    let month = number(4 + wide, 2);
    let same = separator.is_none() || rest.get(7) == rest.get(4);
    if let (Some(month), Some(day), true) = (month, number(6 + 2 * wide, 2), same)
        && ends(8 + 2 * wide)
        && let Some(found) = dated(Unit::Day, month, day, separator)
    {
        return Some((8 + 2 * wide, found));
    }
    if let Some(month) = month
        && ends(6 + wide)
        && let Some(found) = dated(Unit::Month, month, 1, separator)
    {
        return Some((6 + wide, found));
    }
    if ends(4) {
        return Some((4, dated(Unit::Year, 1, 1, None)?));
    }
    None
}

/// How far dates of a family lie apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Days(u32),
    Months(u32),
}

impl Step {
    /// The step that most neighbours are apart, where at least half of them are; dates ascend and differ.
    pub(super) fn of(unit: Unit, dates: &[NaiveDate]) -> Option<Self> {
        if dates.len() < 3 {
            return None;
        }
        let candidates: &[Self] = match unit {
            Unit::Day => &[Self::Months(1), Self::Days(7), Self::Days(1)],
            Unit::Month => &[Self::Months(1)],
            Unit::Quarter => &[Self::Months(3)],
            Unit::Year => &[Self::Months(12)],
        };
        let fits = |step: &&Self| {
            let apart = dates
                .windows(2)
                .filter(|pair| step.after(pair[0], dates) == Some(pair[1]))
                .count();
            2 * apart >= dates.len() - 1
        };
        candidates.iter().find(fits).copied()
    }

    /// The next date; the days of months are those of the first of `dates`, as far as a month has them.
    pub(super) fn after(self, date: NaiveDate, dates: &[NaiveDate]) -> Option<NaiveDate> {
        match self {
            Self::Days(days) => date.checked_add_days(Days::new(days.into())),
            Self::Months(months) => {
                let next = date.checked_add_months(chrono::Months::new(months))?;
                // From 30 April on, a file of each month's last day goes on with 31 May.
                let day = dates.iter().map(Datelike::day).max().unwrap_or(1);
                (date.day()..=day)
                    .rev()
                    .find_map(|day| next.with_day(day))
                    .or(Some(next))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn names_of_one_rotation_are_one_family() {
        for (family, current, paths) in [
            (
                "var/auth.log.*",
                "auth.log",
                &[
                    "var/auth.log.1",
                    "var/auth.log.12",
                    "var/auth.log.3.gz/auth.log.3",
                ][..],
            ),
            (
                "app/cron-*",
                "cron",
                &["app/cron-20251101.gz/cron-20251101", "app/cron-20260301"],
            ),
            (
                "edoc-*.log",
                "edoc.log",
                &["edoc-2025-10.log.gz/edoc-2025-10.log", "edoc-2026-01.log"],
            ),
            (
                "dc/Sec-*.zip/Sec-*.xml",
                "Sec.xml",
                &[
                    "dc/Sec-2025Q4.zip/Sec-2025-10.xml",
                    "dc/Sec-2026Q1.zip/Sec-2026-02.xml",
                ],
            ),
            (
                "app-*.log",
                "app.log",
                &[
                    "app-2026-01-31.0.log",
                    "app-2026-02-01.13.log",
                    "app-2026-02-01-05.log",
                ],
            ),
            ("core.*.log", "core.log", &["core.1.log", "core.22.log"]),
            (
                "delivery-*/auth.log",
                "auth.log",
                &["delivery-2026-01-05/auth.log", "delivery-2026-02-05/auth.log"],
            ),
        ] {
            for path in paths {
                let place = Place::of(path);
                assert_eq!(place.family(), family, "{path}");
                assert_eq!(place.current(), current, "{path}");
            }
        }
        // Neither a version nor an address nor a long number is a date or a rotation.
        for path in [
            "nginx-1.18.0",
            "10.0.0.12345",
            "x-20251340.log",
            "12345678901.log",
            "web01/auth.log",
            "v2",
        ] {
            assert_eq!(Place::of(path).mark, Mark::None, "{path}");
        }
    }

    #[test]
    fn a_date_is_spelled_as_it_stood() {
        for (name, unit, next) in [
            ("a-20251101", Unit::Day, "20260301"),
            ("a.2025-11-01", Unit::Day, "2026-03-01"),
            ("a_2025_11.log", Unit::Month, "2026_03"),
            ("a-202511", Unit::Month, "202603"),
            ("a-2025Q4", Unit::Quarter, "2026Q1"),
            ("a-2025-q4", Unit::Quarter, "2026-Q1"),
            ("a-2025.log", Unit::Year, "2026"),
        ] {
            let Mark::Date(dated) = Place::of(name).mark else {
                panic!("{name}");
            };
            assert_eq!(
                (dated.unit, dated.spell(day("2026-03-01")).as_str()),
                (unit, next),
                "{name}"
            );
        }
    }

    #[test]
    fn the_step_is_the_one_of_most_neighbours() {
        let days = |all: &[&str]| -> Vec<NaiveDate> { all.iter().map(|text| day(text)).collect() };
        let monthly = days(&["2025-11-01", "2025-12-01", "2026-02-01", "2026-03-01"]);
        assert_eq!(Step::of(Unit::Day, &monthly), Some(Step::Months(1)));
        let ends = days(&[
            "2025-11-30",
            "2025-12-31",
            "2026-01-31",
            "2026-02-28",
            "2026-03-31",
        ]);
        assert_eq!(Step::of(Unit::Day, &ends), Some(Step::Months(1)));
        let weekly = days(&["2026-03-01", "2026-03-08", "2026-03-15", "2026-03-29"]);
        assert_eq!(Step::of(Unit::Day, &weekly), Some(Step::Days(7)));
        let wild = days(&["2026-03-01", "2026-03-03", "2026-03-11", "2026-03-29"]);
        assert_eq!(Step::of(Unit::Day, &wild), None);
        assert_eq!(Step::of(Unit::Month, &days(&["2026-01-01", "2026-02-01"])), None);
    }
}
