//! JSON records of any system: nested names are flattened with dots, known names fill columns.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::fields::{Fields, Mapper};
use super::json_known;
use super::json_walk::{Leaf, Scratch, walk};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};

/// Fields of one record that are kept one by one; the text of the record has them all.
const FIELDS_MAX: usize = 4096;

/// JSON, one value a record.
pub(super) const FORMAT: Format = Format {
    name: "json",
    title: "JSON records (lines, array or concatenated)",
    reference: "RFC 8259, RFC 7464; names of ECS 8, OCSF 1.3, CloudTrail, GELF 1.1, Docker json-file, Suricata EVE, audit.k8s.io/v1, systemd journal export, Zeek",
    category: None,
    kinds: json_known::KINDS,
    samples: &[
        Sample {
            bytes: b"{\"@timestamp\":\"2026-01-01T00:12:03.250+05:00\",\"event\":{\"category\":\"authentication\",\"type\":\"start\",\"outcome\":\"failure\"},\"user\":{\"name\":\"aigul\"},\"source\":{\"ip\":\"10.1.2.3\",\"port\":50123},\"host\":{\"name\":\"app1\"},\"log\":{\"level\":\"warning\"},\"message\":\"wrong password\"}\n",
            events: &[&[
                ("time", "2026-01-01T00:12:03.25+05:00"), ("time_basis", "stated"), ("kind", "auth.logon"),
                ("outcome", "failure"), ("user_name", "aigul"), ("src_ip", "10.1.2.3"), ("src_port", "50123"),
                ("host", "app1"), ("level", "4"), ("message", "wrong password"), ("attrs.event.type", "start"),
            ]],
        },
        Sample {
            bytes: b"{\"ts\":1767208323.486539,\"uid\":\"CqqlWf1Nv\",\"id.orig_h\":\"10.0.0.5\",\"id.orig_p\":1044,\"id.resp_h\":\"10.0.0.9\",\"id.resp_p\":53,\"proto\":\"udp\",\"query\":\"mail.akimat.example\"}\n{\"ts\":1767208324,\"broken\":\n",
            events: &[
                &[
                    ("time", "2025-12-31T19:12:03.486539Z"), ("time_text", "1767208323.486539"), ("session", "CqqlWf1Nv"),
                    ("src_ip", "10.0.0.5"), ("dst_port", "53"), ("protocol", "udp"), ("target", "mail.akimat.example"),
                ],
                &[("kind", "unparsed"), ("x_reason", "the JSON value is cut")],
            ],
        },
        Sample {
            bytes: b"{\"Records\":[{\"eventTime\":\"2026-01-01T00:12:03Z\",\"eventName\":\"ConsoleLogin\",\"eventSource\":\"signin.example\",\"sourceIPAddress\":\"198.51.100.7\",\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":\"ops\"},\"responseElements\":{\"ConsoleLogin\":\"Failure\"}},{\"eventTime\":\"2026-01-01T00:12:09Z\",\"eventName\":\"DeleteTrail\",\"userIdentity\":{\"userName\":\"ops\"}}]}",
            events: &[
                &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "ops"), ("action", "ConsoleLogin"),
                    ("src_ip", "198.51.100.7"), ("service", "signin.example")],
                &[("kind", "log.clear"), ("action", "DeleteTrail"), ("time", "2026-01-01T00:12:09Z")],
            ],
        },
        Sample {
            bytes: b"{\"timestamp\":\"2026-01-01T00:12:03.123456+0500\",\"event_type\":\"alert\",\"src_ip\":\"203.0.113.9\",\"src_port\":4444,\"dest_ip\":\"10.0.0.9\",\"dest_port\":22,\"proto\":\"TCP\",\"alert\":{\"signature\":\"SSH scan\",\"signature_id\":2001219,\"severity\":2}}\n",
            events: &[&[("kind", "ids.alert"), ("dst_ip", "10.0.0.9"), ("dst_port", "22"), ("x_rule", "SSH scan"), ("code", "2001219")]],
        },
        Sample {
            bytes: b"[\n {\"time_dt\": \"2026-01-01T00:12:03Z\", \"class_uid\": 3002, \"activity_id\": 2, \"actor\": {\"user\": {\"name\": \"serik\"}}, \"status\": \"Success\"},\n {\"log\":\"started\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:12:03.123456789Z\"}\n]\n",
            events: &[
                &[("kind", "auth.logoff"), ("user_name", "serik"), ("outcome", "success")],
                &[("message", "started\n"), ("provider", "stdout"), ("time_ns", "789")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::Json,
        open,
    },
};

fn detect(head: &Head<'_>) -> Option<Claim> {
    let first = head.text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let cookie = first.starts_with(COOKIE);
    if !first.starts_with(['{', '[', '\u{1e}']) && !cookie {
        return None;
    }
    let mut scratch = Scratch::default();
    let (mut all, mut good, mut named) = (0u32, 0u32, 0u32);
    for record in crate::framing::cut(Framing::Json, head.text, 20) {
        all += 1;
        let mut knows_time = false;
        let record = without_cookie(record);
        let walked = walk(record, &mut scratch, &mut |path, _| {
            knows_time |= super::fields::is_time_name(path)
        });
        good += u32::from(walked.is_ok() && record.starts_with('{'));
        named += u32::from(knows_time);
    }
    if all == 0 || good * 2 < all {
        let begins = first.starts_with("{\"") && !head.complete && all <= 1;
        return begins.then(|| Claim {
            confidence: 20,
            reason: "begins as JSON, and the first value is longer than what was looked at".to_owned(),
        });
    }
    Some(Claim {
        confidence: if named > 0 { 45 } else { 35 },
        reason: format!(
            "{good} of the first {all} records are JSON objects, {named} of them with a field for a time"
        ),
    })
}

/// What marks JSON in a message of syslog (Common Event Expression, CEE).
const COOKIE: &str = "@cee:";

/// The text without a byte order mark and the mark of CEE before it.
fn without_cookie(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}').trim();
    text.strip_prefix(COOKIE).map_or(text, str::trim_start)
}

/// Whether a message of syslog is JSON as a whole.
pub(super) fn is_json(message: &str) -> bool {
    let text = without_cookie(message);
    text.starts_with("{\"") && text.ends_with('}') || text.starts_with("{ \"") && text.ends_with('}')
}

pub(super) fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(JsonRecords {
        mapper: Mapper::new(context.options.mapping.as_ref()),
        fields: Fields::default(),
        scratch: Scratch::default(),
    })
}

struct JsonRecords {
    mapper: Mapper,
    fields: Fields,
    scratch: Scratch,
}

impl RecordReader for JsonRecords {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let text = without_cookie(record.text);
        if !text.starts_with('{') {
            return Verdict::Unparsed("no JSON object");
        }
        self.fields.clear();
        let (fields, mapper) = (&mut self.fields, &mut self.mapper);
        let mut omitted = 0usize;
        let walked = walk(text, &mut self.scratch, &mut |path, leaf| {
            if fields.len() >= FIELDS_MAX {
                omitted += 1;
                return;
            }
            let value = match leaf {
                Leaf::Text(value) | Leaf::Plain(value) => value,
                Leaf::Empty => "",
            };
            fields.push(path, value, mapper.find(path));
        });
        if let Err(reason) = walked {
            return Verdict::Unparsed(reason);
        }
        // A mapping is the user's word: then no system's own meaning is assumed.
        if self.mapper.is_chosen() || !json_known::fill(&self.fields, event) {
            self.fields.fill(event, self.mapper.month_first);
            settle_kind(&self.fields, event);
        }
        if omitted > 0 {
            event.attr_fmt("fields_omitted", format_args!("{omitted}"));
        }
        self.mapper.fill_fixed(event);
        Verdict::Event
    }
}

/// What kind of event the record's own classification says it is.
fn settle_kind(fields: &Fields, event: &mut EventBuf) {
    if event.kind != Kind::OTHER {
        return;
    }
    let found = ecs_kind(fields)
        .or_else(|| ocsf_kind(fields))
        .or_else(|| suricata_kind(fields))
        .or_else(|| cloudtrail_kind(fields, event))
        .or_else(|| zeek_kind(event));
    if let Some(kind) = found {
        event.kind = kind;
    }
}

/// ECS 8: event.category with event.type.
fn ecs_kind(fields: &Fields) -> Option<Kind> {
    let class = fields.find("event.category")?;
    let phase = fields.find("event.type").unwrap_or_default();
    match (class, phase) {
        ("authentication" | "session", "end") => Some(Kind::AUTH_LOGOFF),
        ("authentication", _) => Some(Kind::AUTH_LOGON),
        ("process", "end") => Some(Kind::PROCESS_STOP),
        ("process", "start") => Some(Kind::PROCESS_START),
        ("file", "creation") => Some(Kind::OBJECT_CREATE),
        ("file", "deletion") => Some(Kind::OBJECT_DELETE),
        ("file", "change") => Some(Kind::OBJECT_SAVE),
        ("file", "access") => Some(Kind::OBJECT_OPEN),
        ("iam", "creation") => Some(Kind::ACCOUNT_CREATE),
        ("iam", "deletion") => Some(Kind::ACCOUNT_DELETE),
        ("iam", "change") => Some(Kind::ACCOUNT_MODIFY),
        ("intrusion_detection", _) => Some(Kind::IDS_ALERT),
        ("network", _) => Some(Kind::NETWORK_FLOW),
        ("web", _) => Some(Kind::HTTP_REQUEST),
        _ => None,
    }
}

/// OCSF 1.3: class_uid with activity_id.
fn ocsf_kind(fields: &Fields) -> Option<Kind> {
    let class = fields.find("class_uid")?;
    let activity = fields.find("activity_id").unwrap_or_default();
    match (class, activity) {
        ("3002", "1") => Some(Kind::AUTH_LOGON),
        ("3002", "2") => Some(Kind::AUTH_LOGOFF),
        ("1007", "1") => Some(Kind::PROCESS_START),
        ("1007", "2") => Some(Kind::PROCESS_STOP),
        ("1001", "1") => Some(Kind::OBJECT_CREATE),
        ("1001", "2") => Some(Kind::OBJECT_OPEN),
        ("1001", "3") => Some(Kind::OBJECT_SAVE),
        ("1001", "4") => Some(Kind::OBJECT_DELETE),
        ("3001", "1") => Some(Kind::ACCOUNT_CREATE),
        ("3001", "6") => Some(Kind::ACCOUNT_DELETE),
        ("3001", _) => Some(Kind::ACCOUNT_MODIFY),
        ("2001" | "2004", _) => Some(Kind::IDS_ALERT),
        ("4001", _) => Some(Kind::NETWORK_FLOW),
        ("4002", _) => Some(Kind::HTTP_REQUEST),
        ("4003", _) => Some(Kind::DNS_QUERY),
        _ => None,
    }
}

/// Suricata EVE: event_type.
fn suricata_kind(fields: &Fields) -> Option<Kind> {
    match fields.find("event_type")? {
        "alert" => Some(Kind::IDS_ALERT),
        "dns" => Some(Kind::DNS_QUERY),
        "http" => Some(Kind::HTTP_REQUEST),
        "flow" | "netflow" => Some(Kind::NETWORK_FLOW),
        _ => None,
    }
}

/// AWS CloudTrail: eventName; whether it failed stands in errorCode or in the answer.
fn cloudtrail_kind(fields: &Fields, event: &mut EventBuf) -> Option<Kind> {
    fields.find("eventTime")?;
    let name = fields.find("eventName")?;
    if fields.find("errorCode").is_some() {
        event.outcome = Outcome::Failure;
    }
    match name {
        "ConsoleLogin" => {
            event.outcome = match fields.find("responseElements.ConsoleLogin") {
                Some("Success") => Outcome::Success,
                Some("Failure") => Outcome::Failure,
                _ => event.outcome,
            };
            Some(Kind::AUTH_LOGON)
        }
        "CreateUser" => Some(Kind::ACCOUNT_CREATE),
        "DeleteUser" => Some(Kind::ACCOUNT_DELETE),
        "UpdateUser" | "AttachUserPolicy" | "PutUserPolicy" => Some(Kind::ACCOUNT_MODIFY),
        "DeleteTrail" | "DeleteLogGroup" | "DeleteLogStream" => Some(Kind::LOG_CLEAR),
        "StopLogging" => Some(Kind::LOG_FAILURE),
        _ => None,
    }
}

/// Zeek JSON: connections are known by their fields.
fn zeek_kind(event: &EventBuf) -> Option<Kind> {
    event
        .find_attr("conn_state")
        .or_else(|| event.find_attr("orig_pkts"))?;
    event.number(Number::DstPort)?;
    event.get(Text::SrcIp).map(|_| Kind::NETWORK_FLOW)
}
