//! The text files: `1CV8LOG(ver 2.0)`, the infobase's identifier, then records in braces.

use letopis_event::{Category, EventBuf, Number, Outcome, StructureKind, Text};

use super::braces::{elements, unquoted};
use super::names::{Names, Sort};
use super::{KINDS, level_of, meaning};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// 1C:Enterprise event log, text files.
pub(in crate::formats) const FORMAT: Format = Format {
    name: "onec-log",
    title: "1C:Enterprise event log (.lgp, .lgf)",
    reference: "1C:Enterprise 8 administrator guide, Event log; layout of the text files, version 2.0",
    category: Some(Category::Application),
    kinds: KINDS,
    samples: &[
        Sample {
            bytes: "\u{feff}1CV8LOG(ver 2.0)\r\n28319a74-e5ca-487b-bd0d-c9207a1dc5f0\r\n\r\n{20260101001203,N,\r\n{0,0},1,2,1,77,3,I,\"вход, \"\"первый\"\"\",4,\r\n{\"U\"},\"Справочник\",1,5,6,900,0,\r\n{0}\r\n},\r\n{20260101001209,U,\r\n{2455d34f248f0,a621f1ea},1,2,1,77,4,E,\"\",0,\r\n{\"S\",\"{x}\"},\"\",1,5,6,900,0,\r\n{0}\r\n}\r\n".as_bytes(),
            events: &[
                &[
                    ("time", "2026-01-01T00:12:03Z"), ("attrs.user_number", "1"), ("attrs.event_number", "3"), ("level", "6"),
                    ("message", "вход, \"первый\""), ("attrs.data_presentation", "Справочник"), ("session", "900"), ("status", "none"),
                ],
                &[("level", "3"), ("kind", "error.report"), ("status", "committed"), ("attrs.transaction", "{2455d34f248f0,a621f1ea}"), ("attrs.data", "{\"S\",\"{x}\"}")],
            ],
        },
        Sample {
            bytes: "1CV8LOG(ver 2.0)\n28319a74-e5ca-487b-bd0d-c9207a1dc5f0\n\n{1,9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d,\"Айгүл\",1},\n{2,\"WS17\",2},\n{3,\"1CV8C\",1},\n{4,\"_$Session$_.AuthenticationError\",3},\n{6,\"srv1c\",1},\n{20260101001203,N,\n{0,0},1,2,1,77,3,W,\"\",0,\n{\"U\"},\"\",1,0,0,900,0,\n{0}\n},\n".as_bytes(),
            events: &[
                &[("action", "dictionary entry"), ("target", "Айгүл"), ("attrs.entry", "user"), ("attrs.number", "1")],
                &[("attrs.entry", "computer"), ("target", "WS17")],
                &[("attrs.entry", "application")],
                &[("attrs.entry", "event")],
                &[("attrs.entry", "server")],
                &[
                    ("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "Айгүл"), ("attrs.computer", "WS17"), ("process", "1CV8C"),
                    ("host", "srv1c"), ("action", "_$Session$_.AuthenticationError"), ("level", "4"),
                ],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

/// Records begin with a brace and a time or the sort of an entry; the lists inside a record do not.
fn is_start(line: &str) -> bool {
    if line.starts_with("1CV8LOG") {
        return true;
    }
    let Some(inner) = line.strip_prefix('{') else {
        return false;
    };
    let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
    let Some(rest) = inner.get(digits..) else {
        return false;
    };
    match digits {
        14 => rest.starts_with(','),
        // `{0,0}` is a transaction: entries have a name or an identifier behind their sort.
        1 | 2 => {
            rest.starts_with(",\"")
                || rest
                    .get(..9)
                    .is_some_and(|t| t.starts_with(',') && t.bytes().skip(1).all(|b| b.is_ascii_hexdigit()))
                    && rest.as_bytes().get(9) == Some(&b'-')
                || matches!(inner.get(..1), Some("7" | "8"))
                    && rest.starts_with(',')
                    && line.trimmed_end().less_end(b',').ends_with('}')
        }
        _ => false,
    }
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let text = head.text.trim_start_matches('\u{feff}');
    let marked = text.starts_with("1CV8LOG(ver ") || text.starts_with("1CV8LOG_");
    let shaped = head.share(60, |line| is_start(line) && line.len() > 16);
    (marked || shaped >= 20 && text.starts_with("{20")).then(|| Claim {
        confidence: if marked { 98 } else { 80 },
        reason: if marked {
            "begins with `1CV8LOG`, the mark of the platform's event log".to_owned()
        } else {
            "records in braces that begin with a time of 14 digits".to_owned()
        },
    })
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Log {
        names: context.state.map(Names::from_state).unwrap_or_default(),
        text: String::new(),
    })
}

struct Log {
    names: Names,
    text: String,
}

impl RecordReader for Log {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let text = record.text.trim_start_matches('\u{feff}').trimmed();
        if text.starts_with("1CV8LOG") {
            return Verdict::Structure(StructureKind::Header);
        }
        let digits = text.bytes().skip(1).take_while(u8::is_ascii_digit).count();
        if digits == 14 {
            self.record(text, event)
        } else {
            self.entry(text, event)
        }
    }

    fn state(&self) -> Option<String> {
        self.names.to_state()
    }
}

impl Log {
    /// `{1,UUID,"name",number}`, `{2,"name",number}`, `{7,port,number}`
    fn entry(&mut self, text: &str, event: &mut EventBuf) -> Verdict {
        let mut parts = [""; 5];
        let whole = elements(text, |at, value| {
            if let Some(part) = parts.get_mut(at) {
                *part = value;
            }
        });
        if !whole {
            return Verdict::Unparsed("the braces of the entry do not close");
        }
        let sort = parts[0]
            .parse::<u8>()
            .ok()
            .and_then(|n| Sort::ALL.into_iter().find(|s| *s as u8 == n));
        let identified = !parts[3].is_empty() && parts[4].is_empty();
        let (name, number) = if identified {
            (parts[2], parts[3])
        } else {
            (parts[1], parts[2])
        };
        unquoted(name, &mut self.text);
        if let (Some(sort), Ok(number)) = (sort, number.parse()) {
            self.names.keep(sort, number, &self.text);
        }
        event.set(Text::Action, "dictionary entry");
        let entry: &str = match sort {
            Some(sort) => sort.name(),
            None => parts[0],
        };
        event.attr("entry", entry);
        event.attr("number", number);
        if identified {
            event.attr("id", parts[1]);
        }
        event.set(Text::Target, &self.text);
        event.set(Text::Message, text);
        Verdict::Event
    }

    fn record(&mut self, text: &str, event: &mut EventBuf) -> Verdict {
        let mut parts = [""; 18];
        let whole = elements(text, |at, value| {
            if let Some(part) = parts.get_mut(at) {
                *part = value;
            } else {
                event.attr("more", value);
            }
        });
        if !whole {
            return Verdict::Unparsed("the braces of the record do not close");
        }
        let [
            time,
            state,
            transaction,
            user,
            computer,
            application,
            connection,
            name,
            importance,
            comment,
            metadata,
            data,
            presentation,
            server,
            main_port,
            sync_port,
            session,
            _,
        ] = parts;
        let Some((reading, _)) = timetext::compact(time) else {
            return Verdict::Unparsed("the time of the record is none");
        };
        event.reading = Some(reading);
        event.set(Text::TimeText, time);
        event.set(Text::Service, "1c");
        event.level = level_of(importance);
        circumstances(state, transaction, connection, session, event);
        unquoted(comment, &mut self.text);
        event.set(Text::Message, &self.text);
        unquoted(presentation, &mut self.text);
        if !self.text.is_empty() {
            event.attr("data_presentation", &self.text);
            event.set_if_absent(Text::Message, &self.text);
        }
        if data != "{\"U\"}" {
            event.attr("data", data);
        }
        for (sort, number, column) in [
            (Sort::User, user, Some(Text::UserName)),
            (Sort::Computer, computer, None),
            (Sort::Application, application, Some(Text::Process)),
            (Sort::Metadata, metadata, Some(Text::Target)),
            (Sort::Server, server, Some(Text::Host)),
            (Sort::MainPort, main_port, None),
            (Sort::SyncPort, sync_port, None),
            (Sort::Event, name, None),
        ] {
            self.name(sort, number, column, event);
        }
        if state == "C" {
            event.outcome = Outcome::Failure;
        }
        Verdict::Event
    }

    /// A number as the name it stands for, where the dictionary is known; 0 stands for nothing.
    fn name(&self, sort: Sort, number: &str, column: Option<Text>, event: &mut EventBuf) {
        let Some(value) = number.parse::<u64>().ok().filter(|n| *n != 0) else {
            return;
        };
        let Some(name) = self.names.find(sort, value) else {
            return unresolved(sort, number, event);
        };
        match (column, sort) {
            (Some(column), _) => event.set(column, name),
            (None, Sort::Event) => meaning(name, event),
            (None, Sort::MainPort) => event.set_number_text(Number::DstPort, name),
            (None, _) => event.attr(sort.name(), name),
        }
    }
}

/// Transaction, connection and session of a record.
fn circumstances(state: &str, transaction: &str, connection: &str, session: &str, event: &mut EventBuf) {
    let status = match state {
        "N" => "none",
        "U" => "committed",
        "R" => "unfinished",
        "C" => "rolled back",
        other => other,
    };
    event.set(Text::Status, status);
    if transaction != "{0,0}" {
        event.attr("transaction", transaction);
    }
    event.set(Text::Session, session);
    if connection != "0" {
        event.attr("connection", connection);
    }
}

/// The number alone; an error is known by its importance.
fn unresolved(sort: Sort, number: &str, event: &mut EventBuf) {
    let name = match sort {
        Sort::User => "user_number",
        Sort::Computer => "computer_number",
        Sort::Application => "application_number",
        Sort::Event => "event_number",
        Sort::Metadata => "metadata_number",
        Sort::Server => "server_number",
        Sort::MainPort => "main_port_number",
        Sort::SyncPort => "sync_port_number",
    };
    event.attr(name, number);
    if sort == Sort::Event && event.level == Some(3) {
        event.kind = letopis_event::Kind::ERROR_REPORT;
    }
}
