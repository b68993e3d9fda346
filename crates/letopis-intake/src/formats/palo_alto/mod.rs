//! Palo Alto Networks firewalls: comma separated fields by log type, with a syslog head or without.
//!
//! The columns have no names in the line: they are those of the type's "Syslog Field Descriptions" ([`columns`]). The
//! time is "Generated Time" on the firewall's clock; its zone is stated only where the newer "High Resolution
//! Timestamp" stands beside it, and where both show the same second that one is taken for its fraction.

mod columns;
pub(super) mod kinds;

use letopis_event::{Category, EventBuf, Text, TimeReading};

use super::place::{put, second_host};
use super::quoted::{cut, unquoted};
use super::{cef, fields, json_lines, syslog};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// PAN-OS.
pub(super) const FORMAT: Format = Format {
    name: "palo-alto",
    title: "Palo Alto Networks PAN-OS logs (comma separated)",
    reference: "Palo Alto Networks: PAN-OS 11.1 Administrator's Guide, Syslog Field Descriptions",
    category: Some(Category::Network),
    kinds: kinds::KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"<14>Jan  1 00:12:04 PA-1 1,2026/01/01 00:12:04,001,TRAFFIC,end,2817,2026/01/01 00:12:03,10.1.2.3,198.51.100.7,0.0.0.0,0.0.0.0,Outbound web,akimat\\aigul,,ssl,vsys1,LAN,WAN,ae1,ae2,fwd,2026/01/01 00:12:03,77,1,50122,443,0,0,0x0,tcp,allow,2346,1974,372,9,2026/01/01 00:11:50,13,any,0,1,0x0,10.0.0.0-10.255.255.255,Kazakhstan,0,6,3,tcp-fin,0,0,0,0,,PA-1,from-policy\n\
1,2026/01/01 00:12:05,001,THREAT,vulnerability,2817,2026/01/01 00:12:05,203.0.113.9,10.1.0.8,0.0.0.0,0.0.0.0,Inbound,,,web-browsing,vsys1,WAN,DMZ,ae2,ae1,fwd,2026/01/01 00:12:05,78,1,4022,80,0,0,0x0,tcp,reset-both,\"a,b.html\",Some Exploit(34805),any,high,client-to-server,2,0x0,US,KZ,0,,0,,,1,,,,,,,,0,0,0,0,0,,PA-1\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03Z"),
                ("time_basis", "zone-assumed"),
                ("kind", "firewall.allow"),
                ("outcome", "success"),
                ("host", "PA-1"),
                ("src_ip", "10.1.2.3"),
                ("src_port", "50122"),
                ("dst_ip", "198.51.100.7"),
                ("dst_port", "443"),
                ("user_name", "akimat\\aigul"),
                ("protocol", "tcp"),
                ("x_rule", "Outbound web"),
                ("x_bytes", "2346"),
                ("x_duration_us", "13000000"),
                ("session", "77"),
                ("provider", "TRAFFIC/end"),
                ("attrs.session_end_reason", "tcp-fin"),
            ],
            &[
                ("kind", "ids.alert"),
                ("outcome", "failure"),
                ("action", "reset-both"),
                ("target", "a,b.html"),
                ("code", "Some Exploit(34805)"),
                ("level", "3"),
            ],
        ],
    },
    Sample {
        bytes: b"1,2026/01/01 00:12:04,001,SYSTEM,auth,2817,2026/01/01 00:12:04,,auth-fail,VPN_AUTH,0,0,general,medium,\"failed authentication for user 'serik'. Reason: Invalid username/password. auth profile 'VPN_AUTH', vsys 'vsys1', server address '10.1.0.5', auth protocol 'PAP', From: 203.0.113.9.\",7,0x0,0,0,0,0,,PA-1,0,0,2026-01-01T00:12:04.851+05:00\n\
1,2026/01/01 00:12:06,001,CONFIG,0,2817,2026/01/01 00:12:06,10.1.2.3,,edit,admin,Web,Succeeded, config shared address web1,8,0x0,0,0,0,0,,PA-1,0,,0,2026-01-01T00:12:09.000+05:00\n\
1,2026/01/01 00:12:08,001,GLOBALPROTECT,0,2817,2026/01/01 00:12:08,vsys1,gateway-auth,login,LDAP,,akimat\\aigul,KZ,WS-17,203.0.113.10,0.0.0.0,0.0.0.0,0.0.0.0,id,sn,6.0.4,Windows,\"Windows 11 , 64-bit\",1,,,,success,,0,,0,GW,9,0x0,2026-01-01T00:12:08.100+05:00,,,,,,0,0,0,0,,PA-1,1\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:04.851+05:00"),
                ("time_basis", "stated"),
                ("kind", "auth.logon"),
                ("outcome", "failure"),
                ("user_name", "serik"),
                ("src_ip", "203.0.113.9"),
                ("dst_ip", "10.1.0.5"),
                ("code", "auth-fail"),
                ("x_reason", "Invalid username/password"),
            ],
            &[
                ("time", "2026-01-01T00:12:06+05:00"),
                ("kind", "config.change"),
                ("outcome", "success"),
                ("user_name", "admin"),
                ("src_ip", "10.1.2.3"),
                ("action", "edit"),
            ],
            &[
                ("kind", "auth.logon"),
                ("outcome", "success"),
                ("user_name", "akimat\\aigul"),
                ("src_ip", "203.0.113.10"),
                ("attrs.machine_name", "WS-17"),
            ],
        ],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| start_of(line).is_some());
    (share >= 40).then(|| Claim {
        confidence: 85 + share / 10,
        reason: format!("{share} of 100 lines are comma separated with a receive time, a serial number and a PAN-OS log type"),
    })
}

/// Where the first field begins, where the line is one of PAN-OS.
pub(super) fn start_of(line: &str) -> Option<usize> {
    let comma = crate::near::byte(b',', line.as_bytes())?;
    let start = line.get(..comma)?.rfind([' ', '>', ':']).map_or(0, |at| at + 1);
    let mut fields = line.get(start..)?.splitn(5, ',');
    let first = fields.next()?;
    let (time, _serial, class) = (fields.next()?, fields.next()?, fields.next()?);
    let digits = !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit());
    let timed = time.holds(b'/') && time.holds(b':');
    (digits && timed && columns::of(class).is_some()).then_some(start)
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines {
        quoted: String::new(),
        cef: cef::Scratch::default(),
        json: json_lines::open(context),
    })
}

struct Lines {
    quoted: String,
    cef: cef::Scratch,
    /// The same logs as Strata Logging Service forwards them.
    json: Box<dyn RecordReader>,
}

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        if let Some(start) = start_of(line) {
            syslog::read_relay(line.get(..start).unwrap_or_default(), event);
            fill(line.get(start..).unwrap_or_default(), &mut self.quoted, event);
            return Verdict::Event;
        }
        if line.trimmed_start().starts_with('{') {
            return self.json.read(record, event);
        }
        if cef::read_line(line, &mut self.cef, event) {
            return Verdict::Event;
        }
        Verdict::Unparsed(
            "no comma separated line with a receive time, a serial number and a PAN-OS log type",
        )
    }
}

/// Reads the fields; what stands before them has been read.
pub(super) fn fill(line: &str, quoted: &mut String, event: &mut EventBuf) {
    event.unset(Text::Message);
    let relayed = event.get(Text::TimeText).map(str::to_owned);
    // The firewall's own name comes before the relay's.
    let relay = event.get(Text::Host).map(str::to_owned);
    event.unset(Text::Host);
    let (mut class, mut subclass, mut generated, mut precise) = ("", "", "", None);
    let mut names: &[columns::Column] = &[];
    let mut rest = Some(line);
    let mut at = 0usize;
    while let Some(text) = rest {
        let (value, after) = cut(text, b',');
        rest = after;
        match at {
            3 => {
                class = value;
                names = columns::of(value).unwrap_or_default();
            }
            4 => subclass = value,
            6 => generated = value,
            0 | 1 | 2 | 5 => {
                if at == 2 {
                    event.attr("serial", value);
                }
            }
            _ if value.is_empty() => {}
            _ => {
                if precise.is_none() && is_precise(value) {
                    precise = timetext::iso8601(value).map(|(reading, _)| (reading, value));
                }
                match names.get(at - 7) {
                    Some((name, place)) => put(*place, name, unquoted(value, quoted), event),
                    None => event.attr_fmt("field", format_args!("{} {value}", at + 1)),
                }
            }
        }
        at += 1;
    }
    second_host(relay.as_deref(), event);
    time(generated, precise, event);
    if let Some(relayed) = relayed.filter(|r| event.get(Text::TimeText) != Some(r)) {
        event.attr("syslog_time", &relayed);
    }
    event.set(Text::Service, "pan-os");
    event.set_joined(Text::Provider, &[class, "/", subclass]);
    kinds::settle(class, subclass, event);
    event.set_if_absent(Text::Message, line);
}

/// `2026-01-01T00:12:04.851+05:00`
fn is_precise(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() > 22
        && bytes.get(10) == Some(&b'T')
        && bytes.get(4) == Some(&b'-')
        && bytes.get(19) == Some(&b'.')
}

/// The generated time, with what the precise one adds.
fn time(generated: &str, precise: Option<(TimeReading, &str)>, event: &mut EventBuf) {
    let reading = fields::time(generated, true);
    event.reading = reading;
    event.set(Text::TimeText, generated);
    let Some((
        TimeReading::Clock {
            civil: exact,
            offset_min: offset @ Some(_),
        },
        text,
    )) = precise
    else {
        return;
    };
    match reading {
        Some(TimeReading::Clock {
            civil,
            offset_min: None,
        }) => {
            let same_second = (
                civil.year,
                civil.month,
                civil.day,
                civil.hour,
                civil.minute,
                civil.second,
            ) == (
                exact.year,
                exact.month,
                exact.day,
                exact.hour,
                exact.minute,
                exact.second,
            );
            if same_second {
                event.set(Text::TimeText, text);
            }
            event.reading = Some(TimeReading::Clock {
                civil: if same_second { exact } else { civil },
                offset_min: offset,
            });
        }
        None => {
            event.set(Text::TimeText, text);
            event.reading = Some(TimeReading::Clock {
                civil: exact,
                offset_min: offset,
            });
        }
        Some(_) => {}
    }
}
