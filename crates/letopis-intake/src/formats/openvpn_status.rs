//! OpenVPN's status file: who is connected at the moment it was written. Version 1 has a headline for each table,
//! versions 2 and 3 put the name of the table before each row (commas, or tabs in 3).
//!
//! A row of a client is an event at the time when it connected; a row of the routing table one at its last packet.

use letopis_event::{Category, EventBuf, Kind, Number, StructureKind, Text};

use super::fields;
use super::scan;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;

/// The status file.
pub(super) const FORMAT: Format = Format {
    name: "openvpn-status",
    title: "OpenVPN status file",
    reference: "openvpn(8): --status, --status-version; management-notes.txt, COMMAND status",
    category: Some(Category::Network),
    kinds: &[Kind::REMOTE_ACCESS, Kind::OTHER],
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"OpenVPN CLIENT LIST\nUpdated,Thu Jan  1 00:12:03 2026\nCommon Name,Real Address,Bytes Received,Bytes Sent,Connected Since\n\
aigul,203.0.113.9:51022,8840,9120,Thu Jan  1 00:10:00 2026\nROUTING TABLE\nVirtual Address,Common Name,Real Address,Last Ref\n\
10.8.0.6,aigul,203.0.113.9:51022,Thu Jan  1 00:12:01 2026\nGLOBAL STATS\nMax bcast/mcast queue length,0\nEND\n",
        events: &[
            &[
                ("kind", "remote.access"), ("user_name", "aigul"), ("src_ip", "203.0.113.9"), ("src_port", "51022"),
                ("x_bytes", "17960"), ("time", "2026-01-01T00:10:00Z"), ("attrs.Bytes Sent", "9120"),
            ],
            &[("kind", "other"), ("user_name", "aigul"), ("attrs.Virtual Address", "10.8.0.6"), ("time", "2026-01-01T00:12:01Z")],
        ],
    },
    Sample {
        bytes: b"TITLE,OpenVPN 2.6.8 x86_64-pc-linux-gnu\nTIME,2026-01-01 00:12:03,1767208323\n\
HEADER,CLIENT_LIST,Common Name,Real Address,Virtual Address,Virtual IPv6 Address,Bytes Received,Bytes Sent,Connected Since,Connected Since (time_t),Username,Client ID,Peer ID,Data Channel Cipher\n\
CLIENT_LIST,aigul-laptop,[2001:db8::9]:51022,10.8.0.6,,8840,9120,2026-01-01 00:10:00,1767208200,aigul,3,0,AES-256-GCM\n\
HEADER,ROUTING_TABLE,Virtual Address,Common Name,Real Address,Last Ref,Last Ref (time_t)\n\
ROUTING_TABLE,10.8.0.6,aigul-laptop,[2001:db8::9]:51022,2026-01-01 00:12:01,1767208321\nGLOBAL_STATS,Max bcast/mcast queue length,0\nEND\n",
        events: &[
            &[
                ("kind", "remote.access"), ("user_name", "aigul"), ("attrs.Common Name", "aigul-laptop"), ("src_ip", "2001:db8::9"),
                ("time", "2025-12-31T19:10:00Z"), ("time_text", "1767208200"), ("session", "3"), ("time_basis", "stated"),
            ],
            &[("user_name", "aigul-laptop"), ("time", "2025-12-31T19:12:01Z")],
        ],
    },
];

/// The tables that have rows of clients.
const CLIENTS: &str = "CLIENT_LIST";
const ROUTES: &str = "ROUTING_TABLE";

fn detect(head: &Head<'_>) -> Option<Claim> {
    let mut lines = head.lines(3);
    let (first, second) = (lines.next()?, lines.next().unwrap_or_default());
    let known = first == "OpenVPN CLIENT LIST" && second.starts_with("Updated,")
        || first.starts_with("TITLE,OpenVPN ") && second.starts_with("TIME,")
        || first.starts_with("TITLE\tOpenVPN ") && second.starts_with("TIME\t");
    known.then(|| Claim {
        confidence: 92,
        reason: "the headlines of an OpenVPN status file".to_owned(),
    })
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    let mut rows = Rows::default();
    let mut lines = context.state.unwrap_or_default().pieces(b'\n').map(str::to_owned);
    rows.table = lines.next().unwrap_or_default();
    rows.names = lines.collect();
    Box::new(rows)
}

/// The table that the rows belong to, and the names of its columns.
#[derive(Default)]
struct Rows {
    table: String,
    names: Vec<String>,
}

impl RecordReader for Rows {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        let mark = if line.holds(b'\t') { '\t' } else { ',' };
        let (first, rest) = line.split_once(mark).unwrap_or((line, ""));
        match first {
            "OpenVPN CLIENT LIST" => self.begin(CLIENTS),
            "ROUTING TABLE" => self.begin(ROUTES),
            "HEADER" => {
                let (table, names) = rest.split_once(mark).unwrap_or((rest, ""));
                self.begin(table);
                self.name(names, mark);
            }
            "GLOBAL STATS" => self.begin(""),
            "TITLE" | "TIME" | "Updated" | "GLOBAL_STATS" | "END" | "Max bcast/mcast queue length" => {}
            CLIENTS | ROUTES if self.table == first => return self.row(rest, mark, record, event),
            _ if !self.table.is_empty() && self.names.is_empty() => self.name(line, mark),
            _ if !self.table.is_empty() => return self.row(line, mark, record, event),
            _ => return Verdict::Unparsed("a row of no table"),
        }
        Verdict::Structure(StructureKind::Header)
    }

    fn state(&self) -> Option<String> {
        (!self.table.is_empty()).then(|| {
            let mut state = self.table.clone();
            for name in &self.names {
                state.push('\n');
                state.push_str(name);
            }
            state
        })
    }
}

impl Rows {
    fn begin(&mut self, table: &str) {
        table.clone_into(&mut self.table);
        self.names.clear();
    }

    fn name(&mut self, names: &str, mark: char) {
        self.names.clear();
        self.names
            .extend(names.split(mark).map(|name| scan::column_name(name).to_owned()));
    }

    fn row(&self, row: &str, mark: char, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let mut count = 0;
        let mut bytes = Some(0i64);
        for (at, value) in row.split(mark).enumerate() {
            let Some(name) = self.names.get(at) else {
                return Verdict::Unparsed("more columns than the header names");
            };
            count += 1;
            column(name, value, &mut bytes, event);
        }
        if count < self.names.len() {
            return Verdict::Unparsed("fewer columns than the header names");
        }
        if self.table == CLIENTS {
            event.kind = Kind::REMOTE_ACCESS;
            if let Some(bytes) = bytes {
                event.set_number(Number::XBytes, bytes);
            }
        }
        event.set(Text::Service, "openvpn");
        event.set(Text::Protocol, "openvpn");
        event.set(Text::Message, record.text);
        Verdict::Event
    }
}

/// Puts the value of a column where it belongs.
fn column(name: &str, value: &str, bytes: &mut Option<i64>, event: &mut EventBuf) {
    match name {
        "Common Name" => {
            event.attr(name, value);
            event.set_if_absent(Text::UserName, value);
        }
        "Username" if value != "UNDEF" => event.set(Text::UserName, value),
        "Client ID" => event.set(Text::Session, value),
        "Real Address" => match scan::address_port(value, b':').filter(|(a, _)| scan::is_ip(a)) {
            Some((address, port)) => {
                scan::set_source(event, address);
                scan::set_port(event, Number::SrcPort, port);
            }
            None => scan::set_source(event, value),
        },
        "Bytes Received" | "Bytes Sent" => {
            *bytes = bytes
                .zip(value.parse::<i64>().ok())
                .and_then(|(sum, count)| sum.checked_add(count));
            event.attr(name, value);
        }
        "Connected Since" | "Last Ref" => {
            event.reading = fields::time(value, false);
            event.set(Text::TimeText, value);
        }
        "Connected Since (time_t)" | "Last Ref (time_t)" => {
            // An instant: the text beside it is the server's clock.
            if let Some(reading) = fields::time(value, false) {
                if let Some(clock) = event.get(Text::TimeText).map(str::to_owned) {
                    event.attr("device_time", &clock);
                }
                event.reading = Some(reading);
                event.set(Text::TimeText, value);
            } else {
                event.attr(name, value);
            }
        }
        _ if value.is_empty() || value == "UNDEF" => {}
        _ => event.attr(name, value),
    }
}

#[cfg(test)]
mod tests {
    use crate::options::ParseOptions;
    use crate::testing::{options, read, read_as};

    #[test]
    fn a_part_knows_the_table_of_the_part_before() {
        for sample in super::SAMPLES {
            let text = std::str::from_utf8(sample.bytes).unwrap();
            let whole = read_as(sample.bytes, "openvpn-status");
            for (cut, _) in text.match_indices('\n') {
                let first = read_as(&sample.bytes[..=cut], "openvpn-status");
                let rest = read(
                    &sample.bytes[cut + 1..],
                    &ParseOptions {
                        state: first.summary.state.clone(),
                        format: Some("openvpn-status".to_owned()),
                        ..options()
                    },
                );
                let users = |rows: &[crate::testing::Row]| -> Vec<_> {
                    rows.iter().map(|r| (r.get("user_name"), r.get("kind"))).collect()
                };
                let both = [users(&first.rows), users(&rest.rows)].concat();
                assert_eq!(both, users(&whole.rows), "cut at {cut}");
            }
        }
    }

    #[test]
    fn rows_that_do_not_fit_their_header_are_unparsed() {
        let log = "OpenVPN CLIENT LIST\nUpdated,x\nCommon Name,Real Address\na,203.0.113.9:1,more\na\nb,203.0.113.9:1\n";
        let out = read_as(log.as_bytes(), "openvpn-status");
        assert_eq!((out.rows.len(), out.summary.unparsed), (3, 2));
        assert_eq!(out.rows[2].get("user_name").as_deref(), Some("b"));
    }
}
