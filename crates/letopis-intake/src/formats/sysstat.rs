//! sysstat's text: `sar` (tables below a line with kernel, host and date) and `sadf -d` (semicolons, `# hostname;…`).
//!
//! Every row is a record of kind `resource.usage`; its columns are attributes under the names of the table. The date stands
//! once at the head of `sar`; with slashes it is month first, as the C and English locales print it.

use letopis_event::{Category, EventBuf, Kind, StructureKind, Text, TimeReading};

use super::scan;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// sysstat reports.
pub(super) const FORMAT: Format = Format {
    name: "sysstat",
    title: "sysstat reports (sar, sadf -d)",
    reference: "man sar(1), sadf(1), environment S_TIME_FORMAT",
    category: Some(Category::Os),
    kinds: &[Kind::RESOURCE_USAGE, Kind::SYSTEM_START],
    samples: &[
        Sample {
            bytes: b"Linux 6.1.0-18-amd64 (db1) \t01/31/2026 \t_x86_64_\t(2 CPU)\n\n12:00:01 AM     CPU     %user     %idle\n12:10:01 AM     all      3.20     95.10\n12:20:01 PM     all      9.90     80.00\nAverage:        all      5.00     90.00\n\n12:30:01 PM  LINUX RESTART\t(2 CPU)\n",
            events: &[
                &[("kind", "resource.usage"), ("host", "db1"), ("time", "2026-01-31T00:10:01Z"), ("attrs.%user", "3.20"), ("attrs.CPU", "all")],
                &[("time", "2026-01-31T12:20:01Z")],
                &[("kind", "system.start"), ("time", "2026-01-31T12:30:01Z")],
            ],
        },
        Sample {
            bytes: b"# hostname;interval;timestamp;CPU;%user;%idle\ndb1;600;2026-01-31 00:10:01 UTC;-1;3.20;95.10\n# hostname;interval;timestamp;kbmemfree;%memused\ndb1;600;2026-01-31 00:10:01 UTC;91000;88.00\n",
            events: &[
                &[("host", "db1"), ("time", "2026-01-31T00:10:01Z"), ("time_basis", "stated"), ("attrs.CPU", "-1")],
                &[("attrs.%memused", "88.00")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

/// Whether a word is a number as the standard library reads them; most are known without it.
fn is_number(word: &str) -> bool {
    let bytes = word.as_bytes();
    let dots = bytes.iter().filter(|b| **b == b'.').count();
    let plain = bytes.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    (plain && dots <= 1 && bytes.len() > dots) || word.parse::<f64>().is_ok()
}

/// `Linux KERNEL (HOST) DATE _ARCH_ (N CPU)`: host and date.
fn banner(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("Linux ")?;
    let (_, rest) = rest.cut_at(" (")?;
    let (host, rest) = rest.cut(b')')?;
    let date = scan::words(rest).next()?;
    (rest.has("CPU)") && timetext::date_alone(date, date.holds(b'/')).is_some()).then_some((host, date))
}

/// The clock at the start of a row, with AM or PM where it has one, and the rest.
fn clock(line: &str) -> Option<(&str, &str)> {
    let end = line.place_of(b' ')?;
    let time = line
        .get(..end)
        .filter(|t| t.len() == 8 && t.as_bytes().get(2) == Some(&b':'))?;
    let rest = line.get(end..)?;
    for half in [" AM", " PM"] {
        if let Some(after) = rest.strip_prefix(half) {
            return Some((line.get(..end + 3)?, after));
        }
    }
    time.bytes()
        .all(|b| b.is_ascii_digit() || b == b':')
        .then_some((time, rest))
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let first = head.lines(1).next()?;
    let semicolons = first.starts_with("# hostname;interval;timestamp");
    let table = banner(first).is_some() && head.lines(40).any(|l| clock(l).is_some());
    (semicolons || table).then(|| Claim {
        confidence: 95,
        reason: if table {
            "begins with sar's line of kernel, host and date, with rows that begin with a clock".to_owned()
        } else {
            "begins with sadf's `# hostname;interval;timestamp`".to_owned()
        },
    })
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    let mut parts = context.state.unwrap_or_default().pieces(b'\n').map(str::to_owned);
    let (host, date) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut rows = Rows {
        host,
        day: day(&date),
        date,
        columns: String::new(),
        names: Vec::new(),
    };
    rows.set_columns(&parts.next().unwrap_or_default());
    Box::new(rows)
}

/// The date of a report as a day.
fn day(date: &str) -> Option<TimeReading> {
    timetext::date_alone(date, date.holds(b'/'))
}

struct Rows {
    host: String,
    date: String,
    day: Option<TimeReading>,
    /// Names of the columns, as the header wrote them.
    columns: String,
    /// The names of a row's values, without the clock's.
    names: Vec<String>,
}

impl RecordReader for Rows {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let text = record.text;
        if let Some(names) = text.strip_prefix("# ") {
            self.set_columns(names.trimmed_end());
            return Verdict::Structure(StructureKind::Header);
        }
        if self.columns.starts_with("hostname;") {
            return self.semicolons(text, event);
        }
        if let Some((host, date)) = banner(text) {
            (self.host, self.date, self.day) = (host.to_owned(), date.to_owned(), day(date));
            return Verdict::Structure(StructureKind::Header);
        }
        // Averages are of the report, not of a time.
        if text.starts_with("Average:") || text.starts_with("Summary:") || text.starts_with("Среднее:")
        {
            return Verdict::Structure(StructureKind::Trailer);
        }
        let Some((time, rest)) = clock(text) else {
            return Verdict::Unparsed("the row begins with no clock");
        };
        if rest.has("LINUX RESTART") {
            self.place(time, event);
            event.kind = Kind::SYSTEM_START;
            event.set(Text::Message, rest.trimmed());
            return Verdict::Event;
        }
        // A header names its columns: no value among them is a number.
        if scan::words(rest).next().is_some() && !scan::words(rest).any(is_number) {
            self.set_columns(rest.trimmed());
            return Verdict::Structure(StructureKind::Header);
        }
        self.place(time, event);
        event.kind = Kind::RESOURCE_USAGE;
        event.set(Text::Message, text);
        let mut names = self.names.iter();
        for value in scan::words(rest) {
            event.attr(names.next().map_or("more", String::as_str), value);
        }
        Verdict::Event
    }

    fn state(&self) -> Option<String> {
        Some(format!("{}\n{}\n{}", self.host, self.date, self.columns))
    }
}

impl Rows {
    fn set_columns(&mut self, columns: &str) {
        columns.clone_into(&mut self.columns);
        self.names.clear();
        self.names
            .extend(scan::words(columns).map(|name| scan::column_name(name).to_owned()));
    }

    fn place(&self, time: &str, event: &mut EventBuf) {
        event.set(Text::Host, &self.host);
        event.reading = self.day.and_then(|day| timetext::clock_on_day_of(time, &day));
        event.set_joined(Text::TimeText, &[&self.date, " ", time]);
    }

    fn semicolons(&self, text: &str, event: &mut EventBuf) -> Verdict {
        let mut names = self.columns.pieces(b';');
        for value in text.pieces(b';') {
            match names.next() {
                Some("hostname") => event.set(Text::Host, value),
                Some("timestamp") => {
                    event.reading = timetext::iso8601(value)
                        .or_else(|| timetext::epoch(value))
                        .map(|(reading, _)| reading);
                    event.set(Text::TimeText, value);
                }
                name => event.attr(scan::column_name(name.unwrap_or("more")), value),
            }
        }
        if event.reading.is_none() {
            return Verdict::Unparsed("the column timestamp is missing or no time");
        }
        if event.find_attr("LINUX-RESTART").is_some() || text.has("LINUX-RESTART") {
            event.kind = Kind::SYSTEM_START;
        } else {
            event.kind = Kind::RESOURCE_USAGE;
        }
        event.set(Text::Message, text);
        Verdict::Event
    }
}
