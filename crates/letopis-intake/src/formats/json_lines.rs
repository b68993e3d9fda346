//! JSON records of any system: nested names are flattened with dots, known names fill columns.

use letopis_event::{EventBuf, Text};

use super::fields::{Fields, Mapper, Match, Target};
use super::inner::Inner;
use super::json_kinds;
use super::json_known;
use super::json_walk::{Leaf, Scratch, walk};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;

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
    let text = text.trim_start_matches('\u{feff}').trimmed();
    text.strip_prefix(COOKIE).map_or(text, str::trim_start)
}

/// Whether a message of syslog is JSON as a whole.
pub(super) fn is_json(message: &str) -> bool {
    // Most messages end otherwise.
    if !message.trimmed_end().ends_with('}') {
        return false;
    }
    let text = without_cookie(message);
    text.starts_with("{\"") && text.ends_with('}') || text.starts_with("{ \"") && text.ends_with('}')
}

pub(super) fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(JsonRecords {
        inner: Some(Inner::new(context)),
        ..JsonRecords::new(context)
    })
}

/// A reader that leaves messages as they are.
pub(super) fn open_plain(context: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(JsonRecords::new(context))
}

struct JsonRecords {
    mapper: Mapper,
    fields: Fields,
    scratch: Scratch,
    pair: Pair,
    /// Reads lines that stand in messages.
    inner: Option<Inner>,
}

impl JsonRecords {
    fn new(context: &Context<'_>) -> Self {
        Self {
            mapper: Mapper::new(context.options.mapping.as_ref()),
            fields: Fields::default(),
            scratch: Scratch::default(),
            pair: Pair::default(),
            inner: None,
        }
    }
}

/// Members of a list that are `{"key": NAME, "value": …}`: the name says what the value is.
#[derive(Default)]
struct Pair {
    list: String,
    matched: Option<Match>,
}

/// What a name in such a list counts less than one of the record itself.
const PAIR_RANK: u16 = 2000;

impl Pair {
    fn find(&mut self, path: &str, leaf: Leaf<'_>, mapper: &mut Mapper) -> Option<Match> {
        if let Some(list) = path.strip_suffix(".key") {
            self.list.clear();
            self.list.push_str(list);
            self.matched = match leaf {
                Leaf::Text(name) => mapper.find(name).filter(|(target, _)| Self::counts(*target)),
                _ => None,
            };
        } else if let Some((target, rank)) = self.matched
            && let Some(value) = path
                .strip_prefix(self.list.as_str())
                .and_then(|rest| rest.strip_prefix(".value"))
        {
            // `"value": "x"`, OTLP's `"value": {"stringValue": "x"}`, or the member of an object that says the same.
            let own = matches!(value, "" | ".stringValue")
                || value
                    .strip_prefix('.')
                    .and_then(|last| mapper.find(last))
                    .is_some_and(|(found, _)| found == target);
            if own {
                return Some((target, PAIR_RANK.saturating_add(rank)));
            }
        }
        mapper.find(path)
    }

    /// Who and from where: the rest of such lists (headers, labels) is about other things.
    fn counts(target: Target) -> bool {
        matches!(target, Target::Text(Text::UserName | Text::SrcIp))
    }
}

impl RecordReader for JsonRecords {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let text = without_cookie(record.text);
        if !text.starts_with('{') {
            return Verdict::Unparsed("no JSON object");
        }
        self.fields.clear();
        self.pair.matched = None;
        let (fields, mapper, pair) = (&mut self.fields, &mut self.mapper, &mut self.pair);
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
            fields.push(path, value, pair.find(path, leaf, mapper));
        });
        if let Err(reason) = walked {
            return Verdict::Unparsed(reason);
        }
        // A mapping is the user's word: then no system's own meaning is assumed.
        if self.mapper.is_chosen() || !json_known::fill(&self.fields, event) {
            self.fields.fill(event, self.mapper.month_first);
            json_kinds::settle(&self.fields, event);
            if let Some(inner) = self.inner.as_mut().filter(|_| !self.mapper.is_chosen()) {
                inner.settle(record, event);
            }
        }
        if omitted > 0 {
            event.attr_fmt("fields_omitted", format_args!("{omitted}"));
        }
        self.mapper.fill_fixed(event);
        Verdict::Event
    }
}
