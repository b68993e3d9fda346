//! Zeek's own logs: tab separated text whose header names columns and types, and the same records as JSON (read by
//! the JSON format through [`records`]).
//!
//! The header may come again in the middle (files joined, restarts); what follows is read by the new one.

pub(super) mod records;

use letopis_event::{Category, EventBuf, StructureKind, Text};

use super::place::{Place, put};
use super::scan;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Zeek TSV.
pub(super) const FORMAT: Format = Format {
    name: "zeek",
    title: "Zeek log (tab separated, with header)",
    reference: "Book of Zeek: Zeek Log Formats and Inspection; base/frameworks/logging/writers/ascii",
    category: Some(Category::Network),
    kinds: records::KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t2026-01-01-00-12-00\n\
#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\thistory\ttunnel_parents\n\
#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tstring\tset[string]\n\
1767208323.486539\tCk1aZ93Nd\t10.1.2.3\t50122\t198.51.100.7\t443\ttcp\tssl\t2.500000\t1200\t8800\tSF\tT\tShADadFf\t(empty)\n\
XXXXXXXXXX.XXXXXX\tCk1aZ93Ne\t10.1.2.3\t50123\t198.51.100.7\t443\ttcp\t-\t-\t-\t-\tS0\tT\tS\tCaaa,Cbbb\n\
#close\t2026-01-01-01-00-00\n",
        events: &[
            &[
                ("time", "2025-12-31T19:12:03.486539Z"),
                ("time_basis", "stated"),
                ("kind", "network.flow"),
                ("session", "Ck1aZ93Nd"),
                ("src_ip", "10.1.2.3"),
                ("src_port", "50122"),
                ("dst_ip", "198.51.100.7"),
                ("dst_port", "443"),
                ("protocol", "tcp"),
                ("service", "ssl"),
                ("status", "SF"),
                ("x_duration_us", "2500000"),
                ("x_bytes", "10000"),
                ("attrs.local_orig", "true"),
                ("attrs.tunnel_parents", ""),
                ("provider", "conn"),
            ],
            &[("time_basis", "none"), ("time_text", "XXXXXXXXXX.XXXXXX"), ("status", "S0"), ("attrs.tunnel_parents", "Caaa")],
        ],
    },
    Sample {
        bytes: b"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tssh\n\
#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tversion\tauth_success\tauth_attempts\tclient\n\
#types\ttime\tstring\taddr\tport\taddr\tport\tcount\tbool\tcount\tstring\n\
1767208323.000001\tCq1\t203.0.113.9\t4022\t10.1.0.8\t22\t2\tF\t3\tSSH-2.0-lib\\\\ssh\\x09x\n\
1767208324.000001\tCq2\t203.0.113.9\n",
        events: &[
            &[
                ("kind", "auth.logon"),
                ("outcome", "failure"),
                ("service", "ssh"),
                ("attrs.auth_attempts", "3"),
                ("attrs.client", "SSH-2.0-lib\\ssh\tx"),
            ],
            &[("kind", "unparsed"), ("x_reason", "fewer fields than the #fields line names")],
        ],
    },
    Sample {
        bytes: b"#separator \\x2c\n#set_separator,;\n#empty_field,(empty)\n#unset_field,-\n#path,dns\n\
#fields,ts,uid,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,query,qtype_name,rcode_name,answers,rejected\n\
#types,time,string,addr,port,addr,port,enum,string,string,string,vector[string],bool\n\
1767208323.5,Cd1,10.1.2.3,5353,10.0.0.53,53,udp,mail.akimat.example,A,NOERROR,10.0.0.25;10.0.0.26,F\n",
        events: &[&[
            ("kind", "dns.query"),
            ("target", "mail.akimat.example"),
            ("status", "NOERROR"),
            ("attrs.answers", "10.0.0.25"),
            ("attrs.rejected", "false"),
        ]],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let mut marks = 0;
    for line in head.lines(12) {
        marks += usize::from(line.starts_with("#separator "));
        marks += usize::from(line.starts_with("#fields") || line.starts_with("#types"));
    }
    (marks >= 2).then(|| Claim {
        confidence: 98,
        reason: "the header has #separator, #fields and #types as Zeek writes them".to_owned(),
    })
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    let mut table = Table::default();
    for line in context.state.unwrap_or_default().lines() {
        table.header_line(line);
    }
    Box::new(table)
}

/// How the values of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Plain,
    Bool,
    /// A set or a vector: `T` in it is a text.
    List,
}

struct Column {
    name: String,
    sort: Sort,
    place: Place,
}

struct Table {
    separator: char,
    set_separator: String,
    empty: String,
    unset: String,
    path: String,
    columns: Vec<Column>,
    /// The header lines that hold now, as they were written: what a later part needs.
    header: Vec<String>,
    scratch: String,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            separator: '\t',
            set_separator: ",".to_owned(),
            empty: "(empty)".to_owned(),
            unset: "-".to_owned(),
            path: String::new(),
            columns: Vec::new(),
            header: Vec::new(),
            scratch: String::new(),
        }
    }
}

impl Table {
    /// Takes a line that begins with `#`.
    fn header_line(&mut self, line: &str) {
        let line = line.less_end(b'\r');
        if let Some(written) = line.strip_prefix("#separator ") {
            // A new header: what the old one said holds no longer.
            *self = Self::default();
            self.separator = separator(written).unwrap_or('\t');
        } else if let Some((name, value)) = line.split_once(self.separator) {
            match name {
                "#set_separator" => value.clone_into(&mut self.set_separator),
                "#empty_field" => value.clone_into(&mut self.empty),
                "#unset_field" => value.clone_into(&mut self.unset),
                "#path" => value.clone_into(&mut self.path),
                "#fields" => self.fields(value),
                "#types" => self.types(value),
                _ => return,
            }
        } else {
            return;
        }
        let key = |l: &str| l.split([' ', '\t', self.separator]).next().map(str::to_owned);
        let of_line = key(line);
        self.header.retain(|l| key(l) != of_line);
        self.header.push(line.to_owned());
    }

    fn fields(&mut self, names: &str) {
        let path = &self.path;
        self.columns = names
            .split(self.separator)
            .map(|name| Column {
                name: scan::column_name(name).to_owned(),
                sort: Sort::Plain,
                place: records::place(path, name),
            })
            .collect();
    }

    /// Takes the value of one column of a record.
    fn value(&mut self, at: usize, value: &str, event: &mut EventBuf) {
        let Some(column) = self.columns.get(at) else {
            event.attr("column", value);
            return;
        };
        if value == self.unset {
            return;
        }
        if column.name == "ts" {
            event.set(Text::TimeText, value);
            // Times may be masked (`XXXXXXXXXX.XXXXXX`): such a record has no place in time.
            event.reading = timetext::epoch(value)
                .or_else(|| timetext::iso8601(value))
                .filter(|(_, taken)| *taken == value.len())
                .map(|(reading, _)| reading);
            return;
        }
        let value = if value == self.empty { "" } else { value };
        match column.sort {
            Sort::Bool => put(column.place, &column.name, boolean(value), event),
            Sort::List if !value.is_empty() => {
                for part in value.split(self.set_separator.as_str()) {
                    let part = unescaped(part, &mut self.scratch);
                    put(column.place, &column.name, part, event);
                }
            }
            _ => put(
                column.place,
                &column.name,
                unescaped(value, &mut self.scratch),
                event,
            ),
        }
    }

    fn types(&mut self, types: &str) {
        for (column, word) in self.columns.iter_mut().zip(types.split(self.separator)) {
            column.sort = match word {
                "bool" => Sort::Bool,
                _ if word.starts_with("set[")
                    || word.starts_with("vector[")
                    || word.starts_with("table[") =>
                {
                    Sort::List
                }
                _ => Sort::Plain,
            };
        }
    }
}

/// `\x09` or the character itself.
fn separator(written: &str) -> Option<char> {
    match written.strip_prefix("\\x") {
        Some(hex) => u8::from_str_radix(hex.get(..2)?, 16)
            .ok()
            .filter(u8::is_ascii)
            .map(char::from),
        None => written.chars().next(),
    }
}

impl RecordReader for Table {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        if line.starts_with('#') {
            self.header_line(line);
            return Verdict::Structure(StructureKind::Header);
        }
        if self.columns.is_empty() {
            return Verdict::Unparsed("no #fields line stands before it");
        }
        let (separator, mut seen) = (self.separator, 0);
        let mut each = |value: &str| {
            self.value(seen, value, event);
            seen += 1;
        };
        match u8::try_from(separator) {
            Ok(mark) if mark.is_ascii() => scan::pieces(line, mark).for_each(&mut each),
            _ => line.split(separator).for_each(&mut each),
        }
        if seen < self.columns.len() {
            return Verdict::Unparsed("fewer fields than the #fields line names");
        }
        records::finish(&self.path, event);
        Verdict::Event
    }

    fn state(&self) -> Option<String> {
        Some(self.header.join("\n"))
    }
}

/// `T` and `F` as JSON writes them.
fn boolean(value: &str) -> &str {
    match value {
        "T" => "true",
        "F" => "false",
        other => other,
    }
}

/// `\x09` and `\\` undone; bytes that make no UTF-8, and control characters, stay as they were written.
fn unescaped<'a>(value: &'a str, scratch: &'a mut String) -> &'a str {
    if crate::near::byte(b'\\', value.as_bytes()).is_none() {
        return value;
    }
    scratch.clear();
    let mut rest = value;
    while let Some(at) = rest.place_of(b'\\') {
        scratch.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(next) = after.strip_prefix('\\') {
            scratch.push('\\');
            rest = next;
            continue;
        }
        let run = hex_run(&rest[at..]);
        if run.is_empty() {
            scratch.push('\\');
            rest = after;
            continue;
        }
        match std::str::from_utf8(&run) {
            Ok(text) => text.chars().for_each(|c| push_char(c, scratch)),
            Err(_) => scratch.push_str(&rest[at..at + run.len() * 4]),
        }
        rest = &rest[at + run.len() * 4..];
    }
    scratch.push_str(rest);
    scratch
}

/// Control characters stay as they were written, as they do in Zeek's JSON.
fn push_char(c: char, into: &mut String) {
    use std::fmt::Write as _;
    if c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r') {
        // Writing into a String cannot fail.
        let _ = write!(into, "\\x{:02x}", u32::from(c));
    } else {
        into.push(c);
    }
}

/// The bytes of `\x..\x..` at the start.
fn hex_run(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(byte) = rest
        .strip_prefix("\\x")
        .and_then(|r| r.get(..2))
        .filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
        .and_then(|hex| u8::from_str_radix(hex, 16).ok())
    {
        bytes.push(byte);
        rest = &rest[4..];
    }
    bytes
}

#[cfg(test)]
mod tests;
