//! Fortinet FortiOS and its kin: `date=… time=… devname="…" logid="…" type="traffic" subtype="forward" …`, parted by
//! blanks or commas, with a syslog head or without. What the fields fill is in [`place`], what an event is in [`kinds`].
//!
//! `eventtime` is an epoch and comes first; `date` and `time` are the device's clock, whose zone `tz` states.

pub(super) mod kinds;
mod place;

use letopis_event::{Category, EventBuf, Number, Text, TimeReading};

use super::place::put;
use super::{cef, fields, scan, syslog};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::timetext;

/// FortiOS.
pub(super) const FORMAT: Format = Format {
    name: "fortinet",
    title: "Fortinet FortiGate and other FortiOS logs (key=value)",
    reference: "Fortinet: FortiOS Log Message Reference 7.4",
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
        bytes: b"date=2026-01-01 time=00:12:03 devname=\"FW-ALA\" devid=\"FG100X0000000001\" eventtime=1767208323486539000 tz=\"+0500\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip=10.1.2.3 srcport=50122 srcintf=\"lan\" dstip=198.51.100.7 dstport=443 dstintf=\"wan1\" sessionid=77 proto=6 action=\"deny\" policyid=12 policytype=\"policy\" service=\"HTTPS\" duration=3 sentbyte=100 rcvdbyte=52\n\
date=2026-01-01 time=00:12:05 devname=\"FW-ALA\" devid=\"FG100X0000000001\" tz=\"+0500\" logid=\"0100032002\" type=\"event\" subtype=\"system\" level=\"alert\" vd=\"root\" logdesc=\"Admin login failed\" sn=\"0\" user=\"admin\" ui=\"ssh(203.0.113.9)\" method=\"ssh\" srcip=203.0.113.9 dstip=198.51.100.1 action=\"login\" status=\"failed\" reason=\"passwd_invalid\" msg=\"Administrator admin login failed from ssh(203.0.113.9) because of invalid password\"\n\
date=2026-01-01 time=00:12:07 devname=\"FW-ALA\" devid=\"FG100X0000000001\" tz=\"+0500\" logid=\"0100044547\" type=\"event\" subtype=\"system\" level=\"information\" vd=\"root\" logdesc=\"Object attribute configured\" user=\"admin\" ui=\"GUI(10.1.2.3)\" action=\"Add\" cfgtid=7 cfgpath=\"system.admin\" cfgobj=\"helper\" cfgattr=\"accprofile[super_admin]\" msg=\"Add system.admin helper\"\n",
        events: &[
            &[
                ("time", "2025-12-31T19:12:03.486539Z"),
                ("time_basis", "stated"),
                ("kind", "firewall.block"),
                ("outcome", "failure"),
                ("status", "denied"),
                ("host", "FW-ALA"),
                ("level", "5"),
                ("src_ip", "10.1.2.3"),
                ("src_port", "50122"),
                ("dst_ip", "198.51.100.7"),
                ("dst_port", "443"),
                ("protocol", "tcp"),
                ("x_rule", "12"),
                ("x_interface", "lan"),
                ("session", "77"),
                ("x_bytes", "152"),
                ("x_duration_us", "3000000"),
                ("code", "0000000013"),
                ("provider", "traffic/forward"),
            ],
            &[
                ("time", "2026-01-01T00:12:05+05:00"),
                ("time_basis", "stated"),
                ("kind", "auth.logon"),
                ("outcome", "failure"),
                ("user_name", "admin"),
                ("x_reason", "passwd_invalid"),
                ("level", "1"),
            ],
            &[("kind", "account.create"), ("outcome", "success"), ("target_user", "helper"), ("src_ip", "10.1.2.3")],
        ],
    },
    Sample {
        bytes: b"<189>date=2026-01-01,time=00:12:03,devname=FW2,devid=FG100X0000000002,logid=\"0211008192\",type=\"utm\",subtype=\"virus\",eventtype=\"infected\",level=\"warning\",vd=\"root\",eventtime=1767208323,policyid=1,msg=\"File is infected.\",action=\"blocked\",service=\"HTTP\",sessionid=9,srcip=10.1.2.3,dstip=198.51.100.7,srcport=50122,dstport=80,proto=6,filename=\"a,b.exe\",virus=\"EICAR_TEST\",url=\"http://a.example/a,b.exe\",user=\"aigul\",agent=\"curl/8.5\"\n",
        events: &[&[
            ("kind", "malware.detect"),
            ("outcome", "failure"),
            ("host", "FW2"),
            ("user_name", "aigul"),
            ("x_rule", "EICAR_TEST"),
            ("target", "a,b.exe"),
            ("attrs.url", "http://a.example/a,b.exe"),
            ("message", "File is infected."),
            ("attrs.facility", "local7"),
        ]],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, is_own);
    (share >= 50).then(|| Claim {
        confidence: 85 + share / 10,
        reason: format!("{share} of 100 lines hold logid=, type= and subtype= as FortiOS writes them"),
    })
}

/// Whether the text has what every FortiOS line has.
pub(super) fn is_own(line: &str) -> bool {
    scan::has(line, "logid=")
        && scan::has(line, "type=")
        && scan::has(line, "subtype=")
        && !scan::has(line, "|Fortinet|")
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines::default())
}

#[derive(Default)]
struct Lines(cef::Scratch);

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        if is_own(line) {
            let start = first_field(line);
            syslog::read_relay(line.get(..start).unwrap_or_default(), event);
            fill(line.get(start..).unwrap_or_default(), event);
            return Verdict::Event;
        }
        // One device may be told to write CEF for some of its logs; collectors may cut the word off.
        let known = cef::read_line(line, &mut self.0, event)
            || scan::has(line, "|Fortinet|") && cef::read_body(line, &mut self.0, event);
        if known {
            Verdict::Event
        } else {
            Verdict::Unparsed("no logid=, type= and subtype= stand in the line")
        }
    }
}

/// Where the first `name=` begins.
fn first_field(line: &str) -> usize {
    let equals = crate::near::byte(b'=', line.as_bytes()).unwrap_or(0);
    let before = line.get(..equals).unwrap_or_default();
    // `<189>date=` has no blank between.
    before.rfind([' ', '>', ':']).map_or(0, |at| at + 1)
}

/// Reads the fields; what stands before them has been read.
pub(super) fn fill(text: &str, event: &mut EventBuf) {
    let mut when = When::default();
    let (mut class, mut subclass) = ("", "");
    let (mut sent, mut received) = (None, None);
    event.unset(Text::Message);
    let relayed = event.get(Text::TimeText).map(str::to_owned);
    // The device's own name comes before the relay's.
    let relay = event.get(Text::Host).map(str::to_owned);
    event.unset(Text::Host);
    scan::fields(text, |name, value| match name {
        "date" => when.date = value,
        "time" => when.clock = value,
        "tz" => {
            when.zone = value;
            event.attr(name, value);
        }
        "eventtime" => when.epoch = value,
        "timestamp" | "itime" => {
            // `itime` is when a collector took it in: only where the device gives no time of its own.
            if name == "timestamp" || when.stamp.is_empty() {
                when.stamp = value;
            }
            event.attr(name, value);
        }
        "type" => class = value,
        "subtype" => subclass = value,
        "level" | "pri" => {
            event.level = fields::level(value).or(event.level);
            if event.level.is_none() {
                event.attr(name, value);
            }
        }
        "proto" => event.set(Text::Protocol, protocol(value)),
        "sentbyte" | "rcvdbyte" => {
            let count = value.parse::<i64>().ok();
            if name == "sentbyte" {
                sent = count;
            } else {
                received = count;
            }
            event.attr(name, value);
        }
        _ if value == "N/A" => event.attr(name, value),
        _ => put(place::of(name), name, value, event),
    });
    if let (Some(sent), Some(received)) = (sent, received) {
        event.set_number(Number::XBytes, i64::saturating_add(sent, received));
    }
    when.settle(event);
    super::place::second_host(relay.as_deref(), event);
    if let Some(relayed) = relayed.filter(|r| event.get(Text::TimeText) != Some(r)) {
        event.attr("syslog_time", &relayed);
    }
    event.set(Text::Service, "fortios");
    event.set_joined(Text::Provider, &[class, "/", subclass]);
    kinds::settle(class, subclass, event);
}

/// The IP protocol of a number, where it is one of the usual; else as written.
pub(super) fn protocol(value: &str) -> &str {
    match value {
        "1" => "icmp",
        "2" => "igmp",
        "6" => "tcp",
        "17" => "udp",
        "41" => "ipv6",
        "47" => "gre",
        "50" => "esp",
        "51" => "ah",
        "58" => "ipv6-icmp",
        "89" => "ospf",
        "132" => "sctp",
        other => other,
    }
}

/// The times of a line.
#[derive(Default)]
struct When<'a> {
    date: &'a str,
    clock: &'a str,
    zone: &'a str,
    epoch: &'a str,
    stamp: &'a str,
}

impl When<'_> {
    fn settle(&self, event: &mut EventBuf) {
        for epoch in [self.epoch, if self.date.is_empty() { self.stamp } else { "" }] {
            if let Some((reading, _)) = timetext::epoch(epoch).filter(|(_, taken)| *taken == epoch.len()) {
                event.reading = Some(reading);
                event.set(Text::TimeText, epoch);
                // The device's own clock stays beside it.
                if !self.clock.is_empty() {
                    event.attr_fmt("device_time", format_args!("{} {}", self.date, self.clock));
                }
                return;
            }
        }
        let Some(reading) = timetext::date_and_clock(self.date, self.clock, false) else {
            if !self.clock.is_empty() {
                event.attr("device_time", self.clock);
            }
            return;
        };
        event.set_joined(Text::TimeText, &[self.date, " ", self.clock]);
        event.reading = Some(match reading {
            TimeReading::Clock {
                civil,
                offset_min: None,
            } => TimeReading::Clock {
                civil,
                offset_min: scan::offset(self.zone),
            },
            other => other,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_field_is_found_behind_any_head() {
        for line in [
            "<189>date=1 a=2",
            "Jan  1 00:00:00 10.0.0.1 date=1",
            "date=1",
            "<5>1 x host: date=1",
        ] {
            assert!(
                line.get(first_field(line)..).unwrap().starts_with("date=1"),
                "{line}"
            );
        }
        assert_eq!(first_field("none"), 0);
    }
}
