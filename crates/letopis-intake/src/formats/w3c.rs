//! W3C extended log files: IIS (web, FTP, SMTP), Windows Firewall, Exchange, CloudFront and others.
//!
//! `#Fields:` names the columns, and may come again with others. Times are UTC by the draft ("date" and "time" are in
//! GMT), so they are stated; Windows Firewall says `#Time Format: Local`, and then they are a clock without a zone. A
//! file without a date column takes its day from `#Date`, and goes on to the next day where the clock runs back.

mod columns;

use letopis_event::{Civil, EventBuf, Kind, StructureKind, Text, TimeReading};
use serde::{Deserialize, Serialize};

use super::place::put;
use super::quoted::{cut, unquoted};
use super::scan;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;
use columns::Role;

/// W3C extended.
pub(super) const FORMAT: Format = Format {
    name: "w3c-extended",
    title: "W3C extended log (IIS, Windows Firewall, Exchange, CloudFront)",
    reference: "W3C WD-logfile-960323; Microsoft: W3C Logging, IIS; Windows Firewall log file format",
    category: None,
    kinds: &[
        Kind::AUTH_LOGON,
        Kind::FIREWALL_ALLOW,
        Kind::FIREWALL_BLOCK,
        Kind::HTTP_REQUEST,
        Kind::MAIL_RECEIVE,
        Kind::MAIL_SEND,
        Kind::NETWORK_CONNECT,
        Kind::NETWORK_DISCONNECT,
        Kind::OTHER,
    ],
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2026-01-01 00:12:03\r\n\
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\r\n\
2026-01-01 00:12:03 10.1.0.8 GET /reports/q4.aspx id=7 443 AKIMAT\\aigul 203.0.113.9 Mozilla/5.0+(X11) - 200 0 0 46\r\n\
2026-01-01 00:12:04 10.1.0.8 POST /login - 443 - 203.0.113.9 curl/8.5 https://portal.example/ 401 1 1326 3\r\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03Z"),
                ("time_basis", "stated"),
                ("time_text", "2026-01-01 00:12:03"),
                ("kind", "http.request"),
                ("outcome", "success"),
                ("user_name", "AKIMAT\\aigul"),
                ("src_ip", "203.0.113.9"),
                ("dst_ip", "10.1.0.8"),
                ("dst_port", "443"),
                ("x_method", "GET"),
                ("target", "/reports/q4.aspx?id=7"),
                ("status", "200"),
                ("x_duration_us", "46000"),
                ("x_user_agent", "Mozilla/5.0+(X11)"),
            ],
            &[("outcome", "failure"), ("x_referrer", "https://portal.example/"), ("attrs.sc-win32-status", "1326")],
        ],
    },
    Sample {
        bytes: b"#Version: 1.5\r\n#Software: Microsoft Windows Firewall\r\n#Time Format: Local\r\n\
#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path\r\n\r\n\
2026-01-01 00:12:03 DROP TCP 203.0.113.9 10.1.0.8 4022 3389 52 S 12345 0 8192 - - - RECEIVE\r\n\
2026-01-01 00:12:05 ALLOW UDP 10.1.0.8 10.1.0.53 50111 53 0 - - - - - - - SEND\r\n",
        events: &[
            &[
                ("time_basis", "zone-assumed"),
                ("kind", "firewall.block"),
                ("outcome", "failure"),
                ("status", "denied"),
                ("action", "DROP"),
                ("protocol", "TCP"),
                ("src_port", "4022"),
                ("dst_port", "3389"),
                ("x_bytes", "52"),
                ("attrs.path", "RECEIVE"),
            ],
            &[("kind", "firewall.allow"), ("outcome", "success")],
        ],
    },
    Sample {
        bytes: b"#Software: Some Server\n#Date: 2026-01-01 23:59:00\n#Fields: time c-ip cs-method cs-uri sc-status\n\
23:59:58 10.1.2.3 GET /a 200\n00:00:01 10.1.2.3 GET \"/b c\" 302\nshort 1\n",
        events: &[
            &[("time", "2026-01-01T23:59:58Z"), ("time_text", "23:59:58")],
            &[("time", "2026-01-02T00:00:01Z"), ("target", "/b c"), ("outcome", "success")],
            &[("kind", "unparsed"), ("x_reason", "fewer fields than the #Fields line names")],
        ],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let mut found = None;
    for line in head.lines(30) {
        if let Some(names) = directive(line, "Fields") {
            found = Some(names.split([' ', '\t', ',']).filter(|n| !n.is_empty()).count());
            break;
        }
    }
    let names = found.filter(|names| *names > 0)?;
    Some(Claim {
        confidence: 96,
        reason: format!("a #Fields: line names {names} columns"),
    })
}

/// The value of the directive `#Name: value`, whose case does not matter.
fn directive<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let rest = line.strip_prefix('#')?;
    let (word, value) = rest.cut(b':')?;
    word.trimmed().eq_ignore_ascii_case(name).then(|| value.trimmed())
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    let mut log = Log::default();
    if let Some(held) = context
        .state
        .and_then(|state| serde_json::from_str::<Held>(state).ok())
    {
        log.hold(held);
    }
    Box::new(log)
}

/// What the directives said, and the day that a clock alone stands on: what a later part needs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Held {
    fields: String,
    software: String,
    local: bool,
    date: String,
    /// The last clock in seconds of the day, where the file has no date column.
    last: Option<u32>,
    /// Days after `date`.
    days: u32,
}

#[derive(Default)]
struct Log {
    held: Held,
    columns: Vec<(String, Role)>,
    separator: u8,
    quoted: String,
}

impl Log {
    fn hold(&mut self, held: Held) {
        self.fields(&held.fields);
        self.held = held;
    }

    fn fields(&mut self, names: &str) {
        self.separator = match () {
            () if names.holds(b'\t') => b'\t',
            () if names.holds(b',') => b',',
            () => b' ',
        };
        self.columns = names
            .split([' ', '\t', ','])
            .filter(|n| !n.is_empty())
            .map(|name| (scan::column_name(name).to_owned(), columns::role(name)))
            .collect();
    }

    fn directive_line(&mut self, line: &str) {
        if let Some(names) = directive(line, "Fields") {
            self.fields(names);
            names.clone_into(&mut self.held.fields);
        } else if let Some(software) = directive(line, "Software") {
            software.clone_into(&mut self.held.software);
            self.held.local = false;
        } else if let Some(date) = directive(line, "Date").or_else(|| directive(line, "Start-Date")) {
            date.clone_into(&mut self.held.date);
            (self.held.last, self.held.days) = (None, 0);
        } else if let Some(sort) = directive(line, "Time Format") {
            self.held.local = sort.eq_ignore_ascii_case("local");
        }
    }

    /// A reading in UTC, unless the file says that its clock is local.
    fn placed(&self, reading: TimeReading) -> TimeReading {
        match reading {
            TimeReading::Clock {
                civil,
                offset_min: None,
            } if !self.held.local => TimeReading::Clock {
                civil,
                offset_min: Some(0),
            },
            other => other,
        }
    }

    /// A clock on the day of `#Date`, or a later one where the clock has run back since.
    fn clock_alone(&mut self, clock: &str) -> Option<TimeReading> {
        let day = timetext::iso8601(&self.held.date)
            .map(|(reading, _)| reading)
            .or_else(|| timetext::date_alone(&self.held.date, false))?;
        let reading = timetext::clock_on_day_of(clock, &day)?;
        let TimeReading::Clock { civil, offset_min } = reading else {
            return None;
        };
        let seconds = u32::from(civil.hour) * 3600 + u32::from(civil.minute) * 60 + u32::from(civil.second);
        // Records of one second may be written a little out of order; half a day back is the next day.
        if self
            .held
            .last
            .is_some_and(|last| last > seconds && last - seconds > 43_200)
        {
            self.held.days += 1;
        }
        self.held.last = Some(seconds);
        let local = civil.in_year(civil.year?)?;
        let shifted = local.checked_add_days(chrono::Days::new(u64::from(self.held.days)))?;
        Some(TimeReading::Clock {
            civil: on_day(civil, shifted),
            offset_min,
        })
    }
}

fn on_day(civil: Civil, day: chrono::NaiveDateTime) -> Civil {
    use chrono::Datelike as _;
    Civil {
        year: Some(day.year()),
        month: day.month() as u8,
        day: day.day() as u8,
        ..civil
    }
}

/// Date and time of a record, as far as its columns give them.
#[derive(Default)]
struct When<'a> {
    date: &'a str,
    clock: &'a str,
    whole: &'a str,
}

impl RecordReader for Log {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text.less_end_of(b"\r\0");
        if line.starts_with('#') {
            self.directive_line(line);
            return Verdict::Structure(StructureKind::Header);
        }
        if self.columns.is_empty() {
            return Verdict::Unparsed("no #Fields line stands before it");
        }
        // Exchange repeats the names without the directive.
        if line.starts_with(self.held.fields.as_str()) {
            return Verdict::Structure(StructureKind::Header);
        }
        let mut when = When::default();
        let mut seen = 0;
        let mut rest = Some(line);
        let (mut query, mut more) = ("", 0);
        while let Some((value, after)) = rest.map(|r| cut(r, self.separator)) {
            let column = self.columns.get(seen);
            seen += 1;
            rest = after;
            let Some((name, role)) = column else {
                more += usize::from(!value.is_empty());
                event.attr("column", value);
                continue;
            };
            if matches!(value, "-" | "") {
                continue;
            }
            match role {
                Role::Date => when.date = value,
                Role::Clock => when.clock = value,
                Role::Whole => when.whole = value,
                Role::Query => {
                    query = value;
                    event.attr(name, value);
                }
                Role::Field(place) => put(*place, name, unquoted(value, &mut self.quoted), event),
            }
        }
        if seen < self.columns.len() && !(self.columns.len() - seen == 1 && self.separator == b' ') {
            return Verdict::Unparsed("fewer fields than the #Fields line names");
        }
        if more > 0 {
            event.attr("note", "more fields than the #Fields line names");
        }
        self.settle_time(&when, event);
        if !query.is_empty() && event.get(Text::Target).is_some() {
            let target = event.get(Text::Target).unwrap_or_default().to_owned();
            event.set_joined(Text::Target, &[&target, "?", query]);
        }
        columns::finish(&self.held.software, event);
        event.set_if_absent(Text::Message, line);
        Verdict::Event
    }

    fn state(&self) -> Option<String> {
        serde_json::to_string(&self.held).ok()
    }
}

impl Log {
    fn settle_time(&mut self, when: &When<'_>, event: &mut EventBuf) {
        if !when.whole.is_empty() {
            event.set(Text::TimeText, when.whole);
            event.reading = super::fields::time(when.whole, false).map(|r| self.placed(r));
        } else if !when.date.is_empty() && !when.clock.is_empty() {
            event.set_joined(Text::TimeText, &[when.date, " ", when.clock]);
            event.reading = timetext::date_and_clock(when.date, when.clock, false).map(|r| self.placed(r));
        } else if !when.clock.is_empty() {
            event.set(Text::TimeText, when.clock);
            event.reading = self.clock_alone(when.clock).map(|r| self.placed(r));
        }
    }
}
