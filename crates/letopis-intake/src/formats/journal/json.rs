//! `journalctl -o json`, `json-pretty`, `json-sse`, `json-seq`: one JSON object an entry. A field that is no text is a
//! list of byte values; one that stands several times is a list of texts.

use letopis_event::{Category, EventBuf};

use super::Entry;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::json_walk::{Leaf, Scratch, walk};
use crate::formats::scan::Cut as _;
use crate::formats::syslog;

/// The journal as JSON.
pub(in crate::formats) const FORMAT: Format = Format {
    name: "journal-json",
    title: "systemd journal as JSON (journalctl -o json)",
    reference: "systemd documentation, Journal JSON Format; man systemd.journal-fields",
    category: Some(Category::Os),
    kinds: syslog::AUDIT_KINDS,
    samples: &[
        Sample {
            bytes: b"{\"__CURSOR\":\"s=aa;i=1\",\"__REALTIME_TIMESTAMP\":\"1767208323250000\",\"__MONOTONIC_TIMESTAMP\":\"77\",\"_BOOT_ID\":\"0f\",\"PRIORITY\":\"6\",\"SYSLOG_FACILITY\":\"10\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"_PID\":\"4021\",\"_HOSTNAME\":\"web1\",\"_COMM\":\"sshd\",\"_SYSTEMD_UNIT\":\"ssh.service\",\"MESSAGE\":\"Failed password for invalid user oracle from 203.0.113.7 port 51022 ssh2\"}\n",
            events: &[&[
                ("time", "2025-12-31T19:12:03.25Z"), ("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "oracle"),
                ("src_ip", "203.0.113.7"), ("host", "web1"), ("process", "sshd"), ("pid", "4021"), ("service", "ssh.service"),
                ("level", "6"), ("attrs.facility", "authpriv"), ("x_record_id", "s=aa;i=1"),
            ]],
        },
        Sample {
            bytes: b"{\"__REALTIME_TIMESTAMP\":\"1767208324000000\",\"_HOSTNAME\":\"web1\",\"_BOOT_ID\":\"0f\",\"MESSAGE\":[104,105,255],\"_COMM\":\"printer\",\"TAG\":[\"a\",\"b\"]}\n",
            events: &[&[("message", "hi\u{fffd}"), ("process", "printer"), ("attrs.TAG", "a"), ("attrs.MESSAGE_bytes", "6869ff")]],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::Json,
        open,
    },
};

fn detect(head: &Head<'_>) -> Option<Claim> {
    let records = crate::framing::cut(Framing::Json, head.text, 10);
    let own = records
        .iter()
        .filter(|r| r.has("\"__REALTIME_TIMESTAMP\"") && (r.has("\"_BOOT_ID\"") || r.has("\"MESSAGE\"")))
        .count();
    (own > 0 && own * 2 >= records.len()).then(|| Claim {
        confidence: 96,
        reason: format!(
            "{own} of the first {} JSON objects have the journal's fields",
            records.len()
        ),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Entries::default())
}

#[derive(Default)]
struct Entries {
    scratch: Scratch,
    entry: Entry,
    name: String,
    bytes: Vec<u8>,
}

/// Bytes of one field that are kept.
const BYTES_MAX: usize = 1 << 20;

impl RecordReader for Entries {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        self.entry.clear();
        self.name.clear();
        self.bytes.clear();
        let Self {
            scratch,
            entry,
            name,
            bytes,
        } = self;
        let text = record.text.trimmed();
        // json-sse writes `data: ` before each object.
        let text = text.strip_prefix("data: ").unwrap_or(text);
        let walked = walk(text, scratch, &mut |field, leaf| {
            if !bytes.is_empty() && field != name {
                flush(name, bytes, entry, event);
            }
            match leaf {
                // The journal's own values are texts: a number is a byte of a list.
                Leaf::Plain(value) => {
                    if let (Ok(byte), true) = (value.parse::<u8>(), bytes.len() < BYTES_MAX) {
                        name.clear();
                        name.push_str(field);
                        bytes.push(byte);
                    } else {
                        event.attr(field, value);
                    }
                }
                Leaf::Text(value) => entry.take(field, value, event),
                Leaf::Empty => event.attr(field, ""),
            }
        });
        if let Err(reason) = walked {
            return Verdict::Unparsed(reason);
        }
        if !self.bytes.is_empty() {
            flush(&self.name, &mut self.bytes, &mut self.entry, event);
        }
        self.entry.settle(event);
        Verdict::Event
    }
}

/// A field of byte values: as text where it is one, and the bytes as hexadecimal digits where they are none.
fn flush(name: &str, bytes: &mut Vec<u8>, entry: &mut Entry, event: &mut EventBuf) {
    match std::str::from_utf8(bytes) {
        Ok(text) => entry.take(name, text, event),
        Err(_) => {
            entry.take(name, &String::from_utf8_lossy(bytes), event);
            event.attr(&format!("{name}_bytes"), &super::export::hex(bytes));
        }
    }
    bytes.clear();
}
