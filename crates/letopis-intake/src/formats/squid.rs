//! Squid's native access log: `time elapsed client result/status bytes method URL user hierarchy/peer type`.
//!
//! The time is an epoch with milliseconds. `TCP_DENIED` is a refusal; 407 asks for a password, and counts as one too.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::scan::{self, word};
use super::syslog;
use super::web_access;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Squid native access log.
pub(super) const FORMAT: Format = Format {
    name: "squid",
    title: "Squid access log (native)",
    reference: "Squid wiki: Log Files, access.log; squid.conf logformat squid",
    category: Some(Category::Network),
    kinds: &[Kind::HTTP_REQUEST],
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"1767208323.486   5756 10.1.2.3 TCP_TUNNEL/200 6295 CONNECT portal.example:443 aigul HIER_DIRECT/198.51.100.7 -\n\
1767208324.001      0 10.1.2.4 TCP_DENIED/403 3868 GET http://games.example/x?y=1 - HIER_NONE/- text/html\n",
        events: &[
            &[
                ("time", "2025-12-31T19:12:03.486Z"),
                ("kind", "http.request"),
                ("outcome", "success"),
                ("src_ip", "10.1.2.3"),
                ("dst_ip", "198.51.100.7"),
                ("dst_port", "443"),
                ("user_name", "aigul"),
                ("x_method", "CONNECT"),
                ("target", "portal.example:443"),
                ("status", "200"),
                ("action", "TCP_TUNNEL"),
                ("x_bytes", "6295"),
                ("x_duration_us", "5756000"),
            ],
            &[("outcome", "failure"), ("action", "TCP_DENIED"), ("status", "403"), ("attrs.content_type", "text/html")],
        ],
    },
    Sample {
        bytes: b"Jan  1 00:12:03 proxy1 squid[812]: 1767208323.486    120 2001:db8::5 TCP_MISS/304 310 GET http://a.example/ - FIRSTUP_PARENT/10.1.0.3 image/png \"-\" \"curl/8.5\"\n\
1767208325.000     17 10.1.2.3 NONE_NONE/000 0 - error:transaction-end-before-headers - HIER_NONE/- -\n",
        events: &[
            &[
                ("host", "proxy1"),
                ("process", "squid"),
                ("pid", "812"),
                ("time", "2025-12-31T19:12:03.486Z"),
                ("src_ip", "2001:db8::5"),
                ("attrs.hierarchy", "FIRSTUP_PARENT"),
                ("attrs.extra", "\"-\" \"curl/8.5\""),
            ],
            &[("outcome", "unknown"), ("target", "error:transaction-end-before-headers")],
        ],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| start_of(line).is_some());
    (share >= 50).then(|| Claim {
        confidence: 84 + share / 10,
        reason: format!(
            "{share} of 100 lines are epoch, milliseconds, client, RESULT/status, bytes, method, URL"
        ),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        let Some(at) = start_of(line) else {
            // Squid can be told to write the common format instead, and configurations change.
            return if web_access::read_line(line, event) {
                event.set(Text::Message, line);
                Verdict::Event
            } else {
                Verdict::Unparsed(
                    "the line is not epoch, milliseconds, client, RESULT/status, bytes, method, URL",
                )
            };
        };
        if at > 0 {
            syslog::read_prefix(line.get(..at).unwrap_or_default(), event);
        }
        fill(line.get(at..).unwrap_or_default(), event);
        event.set(Text::Message, line);
        Verdict::Event
    }
}

/// Reads a line that came through syslog; `false` where it is none of the access log.
pub(super) fn read_message(message: &str, event: &mut EventBuf) -> bool {
    let message = message.trimmed_start();
    let own = is_own(message);
    if own {
        fill(message, event);
    }
    own
}

/// Where the log line itself begins: at the start, or behind a syslog head.
fn start_of(line: &str) -> Option<usize> {
    if is_own(line) {
        return Some(0);
    }
    let at = crate::formats::scan::find(line, "]: ")? + 3;
    is_own(line.get(at..)?.trimmed_start())
        .then(|| line.len() - line.get(at..).unwrap_or_default().trimmed_start().len())
}

fn is_own(line: &str) -> bool {
    let (time, rest) = word(line);
    let Some((whole, millis)) = time.cut(b'.') else {
        return false;
    };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if !(9..=10).contains(&whole.len()) || !digits(whole) || !digits(millis) {
        return false;
    }
    let (elapsed, rest) = word(rest);
    let (_, rest) = word(rest);
    let (result, _) = word(rest);
    let status = result.pieces(b'/').next_back().unwrap_or_default();
    digits(elapsed.less_start(b'-')) && result.holds(b'/') && status.len() == 3 && digits(status)
}

fn fill(line: &str, event: &mut EventBuf) {
    event.kind = Kind::HTTP_REQUEST;
    event.set(Text::Service, "squid");
    let (time, rest) = word(line);
    event.reading = timetext::epoch(time).map(|(reading, _)| reading);
    event.set(Text::TimeText, time);
    let (elapsed, rest) = word(rest);
    if let Ok(millis) = elapsed.parse::<i64>() {
        event.set_number(Number::XDurationUs, millis.saturating_mul(1000));
    }
    let (client, rest) = word(rest);
    scan::set_source(event, client);
    let (result, rest) = word(rest);
    let (action, status) = result.cut_last(b'/').unwrap_or((result, ""));
    let (bytes, rest) = word(rest);
    event.set_number_text(Number::XBytes, bytes);
    let (method, rest) = word(rest);
    let (url, rest) = word(rest);
    let (user, rest) = word(rest);
    let (peer, rest) = word(rest);
    let (content, rest) = word(rest);
    web_access::set_status(status, event);
    event.set(Text::Action, action);
    if action.has("DENIED") {
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, "denied");
    }
    if method != "-" {
        event.set(Text::XMethod, method);
    }
    event.set(Text::Target, url);
    if !matches!(user, "-" | "") {
        event.set(Text::UserName, user);
    }
    if let Some((hierarchy, server)) = peer.cut(b'/') {
        event.attr("hierarchy", hierarchy);
        scan::set_destination(event, server);
    }
    web_access::set_tunnel(method, url, event);
    if !matches!(content, "-" | "") {
        event.attr("content_type", content);
    }
    let rest = rest.trimmed();
    if !rest.is_empty() {
        event.attr("extra", rest);
    }
}
