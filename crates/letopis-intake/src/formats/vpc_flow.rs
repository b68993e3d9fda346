//! AWS VPC flow logs: one aggregated flow a line, parted by blanks; the columns of the default format, or those that a
//! header line names (files delivered to S3 have one). CloudWatch puts the time of the line before it.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, StructureKind, Text};

use super::fortinet::protocol;
use super::json_lines;
use super::place::{Place, put};
use super::scan::{self, word};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// VPC flow logs.
pub(super) const FORMAT: Format = Format {
    name: "aws-vpc-flow",
    title: "AWS VPC flow log",
    reference: "Amazon VPC User Guide: Flow log records, available fields",
    category: Some(Category::Network),
    kinds: &[Kind::FIREWALL_ALLOW, Kind::FIREWALL_BLOCK, Kind::OTHER],
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"2 123456789010 eni-0a1b2c3d4e5f60718 203.0.113.9 10.1.0.8 40022 22 6 20 4249 1767208323 1767208382 REJECT OK\n\
2 123456789010 eni-0a1b2c3d4e5f60718 - - - - - - - 1767208383 1767208442 - NODATA\n",
        events: &[
            &[
                ("time", "2025-12-31T19:12:03Z"),
                ("time_end", "2025-12-31T19:13:02Z"),
                ("kind", "firewall.block"),
                ("outcome", "failure"),
                ("action", "REJECT"),
                ("src_ip", "203.0.113.9"),
                ("src_port", "40022"),
                ("dst_ip", "10.1.0.8"),
                ("dst_port", "22"),
                ("protocol", "tcp"),
                ("x_bytes", "4249"),
                ("x_interface", "eni-0a1b2c3d4e5f60718"),
            ],
            &[("kind", "other"), ("attrs.log-status", "NODATA")],
        ],
    },
    Sample {
        bytes: b"version vpc-id srcaddr dstaddr srcport dstport protocol bytes start end action flow-direction log-status\n\
5 vpc-1 2001:db8::7 2001:db8::8 40022 443 6 44 1767208323 1767208325 ACCEPT ingress OK\n",
        events: &[&[
            ("kind", "firewall.allow"),
            ("outcome", "success"),
            ("src_ip", "2001:db8::7"),
            ("attrs.flow-direction", "ingress"),
            ("attrs.vpc-id", "vpc-1"),
        ]],
    },
];

/// The fields of the default format, and after them those of version 3 to 5 in the order of the guide.
const DEFAULT: &[&str] = &[
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
    "vpc-id",
    "subnet-id",
    "instance-id",
    "tcp-flags",
    "type",
    "pkt-srcaddr",
    "pkt-dstaddr",
    "region",
    "az-id",
    "sublocation-type",
    "sublocation-id",
    "pkt-src-aws-service",
    "pkt-dst-aws-service",
    "flow-direction",
    "traffic-path",
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    if head.lines(1).next().is_some_and(is_header) {
        return Some(Claim {
            confidence: 95,
            reason: "the first line names the fields of a VPC flow log".to_owned(),
        });
    }
    let share = head.share(50, |line| default_start(line).is_some());
    (share >= 50).then(|| Claim {
        confidence: 84 + share / 10,
        reason: format!(
            "{share} of 100 lines are version, account, interface and a flow with ACCEPT or REJECT"
        ),
    })
}

fn is_header(line: &str) -> bool {
    // Flows are numbers: hardly any of them names a field.
    if !scan::has(line, "srcaddr") {
        return false;
    }
    let mut known = 0;
    let mut all = 0;
    for name in line.pieces(b' ').filter(|n| !n.is_empty()) {
        all += 1;
        known += usize::from(DEFAULT.contains(&name));
    }
    known >= 4 && known * 2 > all
}

/// Where a line of the default format begins.
fn default_start(line: &str) -> Option<usize> {
    let is_own = |text: &str| {
        let mut fields = scan::pieces(text, b' ');
        let version = fields.next().unwrap_or_default();
        let account = fields.next().unwrap_or_default();
        let interface = fields.next().unwrap_or_default();
        let numbered = (1..=2).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_digit());
        let owned = account.len() >= 6 && account.bytes().all(|b| b.is_ascii_digit()) || account == "unknown";
        numbered && owned && (interface.starts_with("eni-") || interface == "-") && fields.count() >= 11
    };
    if is_own(line) {
        return Some(0);
    }
    let (time, rest) = word(line);
    (timetext::iso8601(time).is_some_and(|(_, taken)| taken == time.len()) && is_own(rest))
        .then(|| line.len() - rest.len())
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    let mut flows = Flows {
        names: DEFAULT.iter().map(|n| (*n).to_owned()).collect(),
        named: false,
        json: json_lines::open(context),
    };
    if let Some(header) = context.state.filter(|s| !s.is_empty()) {
        flows.header(header);
    }
    Box::new(flows)
}

struct Flows {
    names: Vec<String>,
    /// A header line named the fields.
    named: bool,
    /// Some pipelines deliver the same flows as JSON.
    json: Box<dyn RecordReader>,
}

impl Flows {
    fn header(&mut self, line: &str) {
        self.names = line
            .pieces(b' ')
            .filter(|n| !n.is_empty())
            .map(|name| scan::column_name(name).to_owned())
            .collect();
        self.named = true;
    }
}

impl RecordReader for Flows {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        if is_header(line) {
            self.header(line);
            return Verdict::Structure(StructureKind::Header);
        }
        if line.starts_with('{') {
            return self.json.read(record, event);
        }
        let start = match default_start(line) {
            Some(start) => start,
            None if self.named => 0,
            None => {
                return Verdict::Unparsed("no line of the default format, and no header names other fields");
            }
        };
        if let Some(delivered) = line.get(..start).filter(|t| !t.is_empty()) {
            event.attr("cloudwatch_time", delivered.trimmed());
        }
        let mut seen = 0;
        for (at, value) in scan::pieces(line.get(start..).unwrap_or_default(), b' ')
            .filter(|v| !v.is_empty())
            .enumerate()
        {
            seen += 1;
            match self.names.get(at) {
                Some(_) if value == "-" => {}
                Some(name) => field(name, value, event),
                None => event.attr("field", value),
            }
        }
        if self.named && seen < self.names.len() {
            return Verdict::Unparsed("fewer fields than the header names");
        }
        finish(event);
        event.set(Text::Message, line);
        Verdict::Event
    }

    fn state(&self) -> Option<String> {
        self.named.then(|| self.names.join(" "))
    }
}

fn field(name: &str, value: &str, event: &mut EventBuf) {
    let place = match name {
        "start" => {
            event.reading = timetext::epoch(value).map(|(reading, _)| reading);
            event.set(Text::TimeText, value);
            return;
        }
        "end" => {
            event.end_reading = timetext::epoch(value).map(|(reading, _)| reading);
            Place::Attr
        }
        "protocol" => {
            event.set(Text::Protocol, protocol(value));
            return;
        }
        "srcaddr" => Place::Source,
        "dstaddr" => Place::Destination,
        "srcport" => Place::Number(Number::SrcPort),
        "dstport" => Place::Number(Number::DstPort),
        "bytes" => Place::Number(Number::XBytes),
        "action" => Place::Text(Text::Action),
        "interface-id" => Place::Text(Text::XInterface),
        "instance-id" => Place::Text(Text::Host),
        "reject-reason" => Place::Text(Text::XReason),
        _ => Place::Attr,
    };
    put(place, name, value, event);
}

fn finish(event: &mut EventBuf) {
    event.set(Text::Service, "vpc-flow");
    match event.get(Text::Action) {
        Some("ACCEPT") => {
            event.kind = Kind::FIREWALL_ALLOW;
            event.outcome = Outcome::Success;
        }
        Some("REJECT") => {
            event.kind = Kind::FIREWALL_BLOCK;
            event.outcome = Outcome::Failure;
            event.set(Text::Status, "denied");
        }
        _ => {}
    }
}
