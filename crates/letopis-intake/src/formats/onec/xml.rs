//! The export of the event log as XML: elements `Event` in the namespace `http://v8.1c.ru/eventLog`, each
//! opening on a line of its own.

use letopis_event::{Category, EventBuf, Kind, Outcome, StructureKind, Text};

use super::{KINDS, level_of, meaning};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// 1C:Enterprise event log, XML export.
pub(in crate::formats) const FORMAT: Format = Format {
    name: "onec-xml",
    title: "1C:Enterprise event log (XML export)",
    reference: "1C:Enterprise 8 administrator guide, Appendix 2, Description of the event log items",
    category: Some(Category::Application),
    kinds: KINDS,
    samples: &[
        Sample {
            bytes: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<v8e:EventLog xmlns:v8e=\"http://v8.1c.ru/eventLog\">\n<v8e:Event>\n<v8e:Level>Information</v8e:Level>\n<v8e:Date>2026-01-01T00:12:03</v8e:Date>\n<v8e:ApplicationName>1CV8C</v8e:ApplicationName>\n<v8e:Event>_$Session$_.Authentication</v8e:Event>\n<v8e:UserName>Айгүл</v8e:UserName>\n<v8e:Computer>WS17</v8e:Computer>\n<v8e:Comment>a &amp; b</v8e:Comment>\n<v8e:Session>900</v8e:Session>\n</v8e:Event>\n</v8e:EventLog>\n".as_bytes(),
            events: &[&[
                ("kind", "auth.logon"), ("outcome", "success"), ("user_name", "Айгүл"), ("session", "900"), ("message", "a & b"),
                ("time", "2026-01-01T00:12:03Z"), ("process", "1CV8C"), ("level", "6"), ("attrs.Computer", "WS17"),
            ]],
        },
        Sample {
            bytes: "<v8e:EventLog xmlns:v8e=\"http://v8.1c.ru/eventLog\">\n\t<v8e:Event>\n\t\t<v8e:Level>Error</v8e:Level>\n\t\t<v8e:Date>2026-01-01T00:12:03</v8e:Date><v8e:EventName>_$Access$_.AccessDenied</v8e:EventName><v8e:UserName>serik</v8e:UserName><v8e:MetadataName>Catalog.Citizens</v8e:MetadataName><v8e:ServerName>srv1c</v8e:ServerName><v8e:TransactionStatus>NotApplicable</v8e:TransactionStatus>\n\t</v8e:Event>\n</v8e:EventLog>".as_bytes(),
            events: &[&[("kind", "user.action"), ("outcome", "failure"), ("target", "Catalog.Citizens"), ("host", "srv1c"), ("status", "denied")]],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

/// The element of a record opens alone on its line; inside it an element of the same name holds the event's name.
fn is_start(line: &str) -> bool {
    matches!(line.trimmed(), "<v8e:Event>" | "<Event>")
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    (head.text.has("http://v8.1c.ru/eventLog") || head.text.has("<v8e:Event>")).then(|| Claim {
        confidence: 97,
        reason: "elements Event in the namespace of 1C's event log".to_owned(),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Events { value: String::new() })
}

struct Events {
    value: String,
}

impl RecordReader for Events {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        if !is_start(record.text.lines().next().unwrap_or_default()) {
            return Verdict::Structure(StructureKind::Header);
        }
        event.set(Text::Service, "1c");
        let mut named = false;
        let value_room = &mut self.value;
        crate::formats::xml_leaves::leaves(record.text, value_room, &mut |name, value| {
            let local = name.pieces(b':').next_back().unwrap_or(name);
            match local {
                "Date" => {
                    event.reading = timetext::iso8601(value).map(|(reading, _)| reading);
                    event.set(Text::TimeText, value);
                }
                "Level" => {
                    event.level = level_of(value);
                    event.attr(local, value);
                }
                "ApplicationName" | "Application" => event.set(Text::Process, value),
                "EventName" | "Event" => {
                    meaning(value, event);
                    named = true;
                }
                "UserName" | "User" => event.set(Text::UserName, value),
                "Comment" => event.set(Text::Message, value),
                "MetadataName" | "Metadata" => event.set_if_absent(Text::Target, value),
                "ServerName" => event.set(Text::Host, value),
                "Session" => event.set(Text::Session, value),
                "TransactionStatus" => {
                    if value == "RolledBack" {
                        event.outcome = Outcome::Failure;
                    }
                    event.set_if_absent(Text::Status, value);
                    event.attr(local, value);
                }
                "DataPresentation" | "EventPresentation" => {
                    event.set_if_absent(Text::Message, value);
                    event.attr(local, value);
                }
                _ => event.attr(local, value),
            }
        });
        if event.reading.is_none() {
            return Verdict::Unparsed("the element Date is missing or no time");
        }
        if !named && event.level == Some(3) {
            event.kind = Kind::ERROR_REPORT;
        }
        Verdict::Event
    }
}
