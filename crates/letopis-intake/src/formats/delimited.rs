//! Tables as text: CSV, TSV and any other separator, with a header line or without; separator and quote are found out.

mod headerless;
pub(super) mod layout;
#[cfg(test)]
mod tests;

use letopis_event::{EventBuf, Kind, StructureKind, Text};

use super::fields::{self, Fields, Mapper, Match, Target};
use super::kz195::words::Words;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use layout::{Layout, split};

/// Tables.
pub(super) const FORMAT: Format = Format {
    name: "delimited",
    title: "Delimited text (CSV, TSV, any separator), with a header or without",
    reference: "RFC 4180; separator and quote detected",
    category: None,
    kinds: super::kz195::KINDS,
    samples: &[
        Sample {
            bytes: b"Time,User Name,Source IP,Result,Message\n2026-01-01 00:12:03,aigul,10.1.2.3,failed,\"wrong, twice \"\"now\"\"\"\n2026-01-01 00:12:09,aigul,10.1.2.3,success,\"two\nlines\"\n",
            events: &[
                &[
                    ("time", "2026-01-01T00:12:03Z"), ("time_basis", "zone-assumed"), ("user_name", "aigul"),
                    ("src_ip", "10.1.2.3"), ("outcome", "failure"), ("message", "wrong, twice \"now\""),
                ],
                &[("outcome", "success"), ("message", "two\nlines"), ("line", "3")],
            ],
        },
        Sample {
            bytes: "Дата;Время;Компьютер;Пользователь;Событие\n01.01.2026;00:12:03;WS-17;Серик;Вход\n01.01.2026;00:13:00;WS-17;Серик;Выход\n".as_bytes(),
            events: &[
                &[
                    ("time", "2026-01-01T00:12:03Z"), ("time_text", "01.01.2026 00:12:03"), ("host", "WS-17"),
                    ("user_name", "Серик"), ("message", "Вход"),
                ],
                &[("time", "2026-01-01T00:13:00Z"), ("kind", "auth.logoff")],
            ],
        },
        Sample {
            bytes: b"17;01.01.2026;00:12:03;10.1.2.3;WARN;door north;\"left; open\"\n18;01.01.2026;00:12:09;10.1.2.4;INFO;door south;closed\n",
            events: &[
                &[
                    ("time", "2026-01-01T00:12:03Z"), ("time_text", "01.01.2026 00:12:03"), ("src_ip", "10.1.2.3"),
                    ("level", "4"), ("attrs.column_1", "17"), ("attrs.column_6", "door north"),
                    ("attrs.column_7", "left; open"),
                ],
                &[("level", "6"), ("message", "18;01.01.2026;00:12:09;10.1.2.4;INFO;door south;closed")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::Quoted(b'"'),
        open,
    },
};

fn detect(head: &Head<'_>) -> Option<Claim> {
    let layout = Layout::guess(head.text)?;
    let Some(names) = layout.names.as_ref() else {
        return headerless::claim(head.text, &layout);
    };
    let known = names
        .iter()
        .filter(|n| Mapper::new(None).find(n).is_some())
        .count();
    let timed = names.iter().any(|n| fields::is_time_name(n));
    let confidence = match (timed, known) {
        (true, _) => 45,
        (false, 2..) => 30,
        _ if layout.share >= 95 && names.len() >= 3 && !headerless::is_prose(head.text, layout.separator) => {
            15
        }
        _ => return None,
    };
    Some(Claim {
        confidence,
        reason: format!(
            "{} % of the first lines have {} fields parted by {:?}, and the first line names them ({known} names known)",
            layout.share,
            names.len(),
            char::from(layout.separator)
        ),
    })
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    let earlier = context.state.and_then(Layout::from_state);
    let header_pending = earlier.is_none();
    let layout = earlier
        .or_else(|| {
            let mut layout = Layout::guess(context.head.text)?;
            if layout.names.is_none() {
                layout.roles = headerless::roles(context.head.text, &layout);
            }
            Some(layout)
        })
        .unwrap_or_default();
    let mut mapper = Mapper::new(context.options.mapping.as_ref());
    let columns = match &layout.names {
        Some(names) => names
            .iter()
            .map(|name| (mapper.find(name), name.clone()))
            .collect(),
        None => unnamed(&layout, &mut mapper),
    };
    Box::new(Table {
        header_pending: header_pending && layout.names.is_some(),
        distinct: fields::are_distinct(columns.iter().map(|(matched, _)| *matched)),
        stamps: Stamps::default(),
        layout,
        columns,
        mapper,
        fields: Fields::default(),
        scratch: String::new(),
        words: Words::default(),
        description: String::new(),
    })
}

/// Columns without names: the user's word, else what their values say.
fn unnamed(layout: &Layout, mapper: &mut Mapper) -> Vec<(Option<Match>, String)> {
    let column = |(at, role): (usize, &Option<headerless::Role>)| {
        let name = column_name(at, &mut [0; 24]).to_owned();
        let matched = mapper.find(&name).or(role.map(|r| (r.target(), 1)));
        (matched, name)
    };
    layout.roles.iter().enumerate().map(column).collect()
}

struct Table {
    layout: Layout,
    columns: Vec<(Option<Match>, String)>,
    /// No two columns mean the same.
    distinct: bool,
    stamps: Stamps,
    mapper: Mapper,
    fields: Fields,
    scratch: String,
    header_pending: bool,
    words: Words,
    description: String,
}

impl RecordReader for Table {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let text = record.text;
        if self.header_pending && self.layout.is_header(text) {
            self.header_pending = false;
            return Verdict::Structure(StructureKind::Header);
        }
        // Joined files repeat their header.
        if self.layout.is_header(text) {
            return Verdict::Structure(StructureKind::Header);
        }
        let count = match self.distinct {
            true => self.place(text, event),
            false => self.gather(text, true),
        };
        // Where nothing names the columns, their number is all that says which is which.
        let unlike = self.layout.names.is_none() && count != self.columns.len() && count > 1;
        if unlike {
            event.clear();
            self.gather(text, false);
        }
        if unlike || !self.distinct {
            self.fields.fill(event, self.mapper.month_first);
        }
        if count == 1 && self.columns.len() != 1 {
            return Verdict::Unparsed("one field where the table has several");
        }
        // A column that describes the event in words says what it was.
        if event.kind == Kind::OTHER
            && let Some(described) = event.get(Text::Message)
            && is_description(described)
        {
            self.description.clear();
            self.description.push_str(described);
            self.words.settle_unknown(&self.description, event);
        }
        self.mapper.fill_fixed(event);
        event.set_if_absent(Text::Message, text);
        Verdict::Event
    }

    fn state(&self) -> Option<String> {
        Some(self.layout.to_state())
    }
}

impl Table {
    /// Puts every field where it belongs; the number of fields.
    fn place(&mut self, text: &str, event: &mut EventBuf) -> usize {
        self.stamps.clear();
        let (columns, stamps, month_first) = (&self.columns, &mut self.stamps, self.mapper.month_first);
        let count = split(
            text,
            self.layout.separator,
            self.layout.quote,
            &mut self.scratch,
            &mut |at, value| match columns.get(at) {
                Some((Some((target, _)), name)) if fields::fits(*target, value) => {
                    stamps.keep(*target, value);
                    if !fields::fill_target(event, *target, value, month_first) {
                        event.attr(name, value);
                    }
                }
                Some((_, name)) => event.attr(name, value),
                None => event.attr(column_name(at, &mut [0; 24]), value),
            },
        );
        let [date, clock, time] = self.stamps.texts();
        fields::settle_time(event, date, clock, time, month_first);
        count
    }

    /// Gathers the fields, so that the best for each column can be chosen; the number of fields.
    fn gather(&mut self, text: &str, matched: bool) -> usize {
        self.fields.clear();
        let (columns, fields) = (&self.columns, &mut self.fields);
        split(
            text,
            self.layout.separator,
            self.layout.quote,
            &mut self.scratch,
            &mut |at, value| match columns.get(at) {
                Some((found, name)) => fields.push(name, value, found.filter(|_| matched)),
                None => fields.push(column_name(at, &mut [0; 24]), value, None),
            },
        )
    }
}

/// Date, clock and time of a record, which are settled when all fields are known.
#[derive(Default)]
struct Stamps {
    texts: [String; 3],
    found: [bool; 3],
}

impl Stamps {
    fn clear(&mut self) {
        self.found = [false; 3];
    }

    fn keep(&mut self, target: Target, value: &str) {
        let place = match target {
            Target::Date => 0,
            Target::Clock => 1,
            Target::Time => 2,
            _ => return,
        };
        self.found[place] = true;
        value.clone_into(&mut self.texts[place]);
    }

    fn texts(&self) -> [Option<&str>; 3] {
        let text = |place: usize| self.found[place].then(|| self.texts[place].as_str());
        [text(0), text(1), text(2)]
    }
}

/// A short text in Russian or Kazakh, as registers of events have: long texts tell of many things at once.
fn is_description(text: &str) -> bool {
    !text.is_ascii() && text.len() <= 160
}

/// `column_7`, without an allocation.
fn column_name(at: usize, room: &mut [u8; 24]) -> &str {
    use std::io::Write as _;
    let length = room.len();
    let mut rest = &mut room[..];
    // At most 7 + 20 digits are asked for; a name that does not fit is cut, which no record reaches.
    let _ = write!(rest, "column_{}", at + 1);
    let written = length - rest.len();
    std::str::from_utf8(&room[..written]).unwrap_or("column")
}
