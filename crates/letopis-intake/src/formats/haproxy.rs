//! HAProxy's own log lines: HTTP, TCP, CLF and the error log, with a syslog head or without.
//!
//! `10.0.0.5:4022 [01/Jan/2026:00:12:03.439] front back/server 0/0/1/2/3 200 5168 - - ---- 3/3/0/0/0 0/0 "GET / HTTP/1.1"`.
//! Times have milliseconds and no zone (the CLF log has one).

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::scan::{self, split, word};
use super::{syslog, web_access};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// HAProxy.
pub(super) const FORMAT: Format = Format {
    name: "haproxy",
    title: "HAProxy log (HTTP, TCP)",
    reference: "HAProxy Configuration Manual, section 8.2 Log formats",
    category: Some(Category::Network),
    kinds: &[
        Kind::HTTP_REQUEST,
        Kind::NETWORK_FLOW,
        Kind::OTHER,
        Kind::SERVICE_FAILURE,
        Kind::SERVICE_START,
        Kind::SERVICE_STATE,
        Kind::SERVICE_STOP,
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
        bytes: b"Jan  1 00:12:05 lb1 haproxy[760]: 203.0.113.9:58444 [01/Jan/2026:00:12:03.439] main app/app1 10/0/1/5/16 403 5168 - - ---- 3/3/0/0/0 0/0 {portal.example} \"GET /admin HTTP/1.1\"\n\
Jan  1 00:12:06 lb1 haproxy[760]: 2001:db8::7:58430 [01/Jan/2026:00:12:04.608] db~ pg/pg1 1/0/120 2860 cD 1/1/0/0/0 0/0\n\
Jan  1 00:12:07 lb1 haproxy[760]: Server app/app1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.\n",
        events: &[
            &[
                ("host", "lb1"),
                ("process", "haproxy"),
                ("pid", "760"),
                ("time", "2026-01-01T00:12:03.439Z"),
                ("time_text", "01/Jan/2026:00:12:03.439"),
                ("time_basis", "zone-assumed"),
                ("kind", "http.request"),
                ("outcome", "failure"),
                ("src_ip", "203.0.113.9"),
                ("src_port", "58444"),
                ("status", "403"),
                ("x_method", "GET"),
                ("target", "/admin"),
                ("x_duration_us", "16000"),
                ("attrs.frontend", "main"),
                ("attrs.backend", "app/app1"),
                ("attrs.captured", "portal.example"),
            ],
            &[
                ("kind", "network.flow"),
                ("src_ip", "2001:db8::7"),
                ("x_bytes", "2860"),
                ("x_duration_us", "120000"),
                ("attrs.termination_state", "cD"),
                ("protocol", "tcp"),
            ],
            &[("kind", "service.failure"), ("target", "app/app1"), ("x_reason", "Layer4 timeout")],
        ],
    },
    Sample {
        bytes: b"10.1.2.3:40022 [01/Jan/2026:00:12:03.439] web~ web/<NOSRV> -1/-1/-1/-1/0 401 248 - - PR-- 0/0/0/0/0 0/0 \"POST /login HTTP/1.1\"\n",
        events: &[&[("outcome", "failure"), ("x_method", "POST"), ("src_port", "40022")]],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| body_at(line).is_some());
    (share >= 50).then(|| Claim {
        confidence: 84 + share / 10,
        reason: format!("{share} of 100 lines hold client:port [accept date] frontend backend/server timers"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        if let Some(at) = body_at(line) {
            syslog::read_prefix(line.get(..at).unwrap_or_default(), event);
            read_message(line.get(at..).unwrap_or_default(), event);
            event.set(Text::Message, line.get(at..).unwrap_or_default());
            return Verdict::Event;
        }
        // The proxy's own messages stand between, with a syslog head.
        syslog::read_line(line, event)
    }
}

/// Where `client:port [date] ` begins: at the start or behind a head that ends in `: `.
fn body_at(line: &str) -> Option<usize> {
    let open = crate::formats::scan::find(line, " [")?;
    if timetext::common_log(line.get(open + 2..)?).is_none() {
        let next = open + 2 + crate::formats::scan::find(line.get(open + 2..)?, " [")?;
        timetext::common_log(line.get(next + 2..)?)?;
        return client_before(line, next);
    }
    client_before(line, open)
}

fn client_before(line: &str, open: usize) -> Option<usize> {
    let start = line.get(..open)?.last_place_of(b' ').map_or(0, |p| p + 1);
    let (address, _) = scan::address_port(line.get(start..open)?, b':')?;
    let after = split(line.get(open..)?, "] ")?.1;
    let (_, rest) = word(after);
    (scan::is_ip(address) && word(rest).0.holds(b'/')).then_some(start)
}

/// Reads what HAProxy wrote; the head of its line has been read. `false` where the message is none that is known.
pub(super) fn read_message(text: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "haproxy");
    traffic(text, event) || state(text, event)
}

fn traffic(text: &str, event: &mut EventBuf) -> bool {
    let (client, rest) = word(text);
    let Some((address, port)) = scan::address_port(client, b':').filter(|(a, _)| scan::is_ip(a)) else {
        return false;
    };
    let Some((accepted, rest)) = rest.strip_prefix('[').and_then(|r| split(r, "] ")) else {
        return false;
    };
    scan::set_source(event, address);
    scan::set_port(event, Number::SrcPort, port);
    if let Some((reading, _)) = timetext::common_log(accepted) {
        if let Some(outer) = event.get(Text::TimeText).map(str::to_owned) {
            event.attr("syslog_time", &outer);
        }
        event.reading = Some(reading);
        event.set(Text::TimeText, accepted);
    }
    let (frontend, rest) = word(rest);
    event.attr("frontend", frontend.less_end(b'~'));
    if frontend.ends_with('~') {
        event.attr("tls", "yes");
    }
    let (backend, rest) = word(rest);
    if backend.ends_with(':') || !backend.holds(b'/') {
        // The error log: `frontend/bind: SSL handshake failure`.
        event.set(Text::XReason, rest);
        event.kind = Kind::OTHER;
        return true;
    }
    event.attr("backend", backend);
    let (timers, rest) = word(rest);
    event.attr("timers", timers);
    let total = timers
        .pieces(b'/')
        .next_back()
        .and_then(|t| t.less_start(b'+').parse::<i64>().ok());
    if let Some(total) = total.filter(|t| *t >= 0) {
        event.set_number(Number::XDurationUs, total.saturating_mul(1000));
    }
    // HTTP has five timers and a status, TCP three and none.
    if timers.matches('/').count() >= 4 {
        http(rest, event);
    } else {
        tcp(rest, event);
    }
    true
}

/// `200 5168 - - ---- 3/3/0/0/0 0/0 {captured} "GET / HTTP/1.1"`
fn http(rest: &str, event: &mut EventBuf) {
    let (status, rest) = word(rest);
    let (bytes, rest) = word(rest);
    if let Ok(moved) = bytes.less_start(b'+').parse() {
        event.set_number(Number::XBytes, moved);
    }
    let (_, after) = word(rest);
    let (_, after) = word(after);
    termination(after, event);
    event.kind = Kind::HTTP_REQUEST;
    web_access::set_status(status, event);
    let Some((before, request)) = split(rest, "\"") else {
        return;
    };
    if let Some(captured) = scan::between(before, "{", "}") {
        event.attr("captured", captured);
    }
    let request = request.cut(b'"').map_or(request, |(inside, _)| inside);
    web_access::set_request(request, event);
}

/// `2860 -- 1/1/0/0/0 0/0`
fn tcp(rest: &str, event: &mut EventBuf) {
    let (bytes, rest) = word(rest);
    if let Ok(moved) = bytes.less_start(b'+').parse() {
        event.set_number(Number::XBytes, moved);
    }
    termination(rest, event);
    event.set(Text::Protocol, "tcp");
    event.kind = Kind::NETWORK_FLOW;
}

fn termination(rest: &str, event: &mut EventBuf) {
    let (state, rest) = word(rest);
    event.attr("termination_state", state);
    let (connections, _) = word(rest);
    if !connections.is_empty() {
        event.attr("connections", connections);
    }
}

/// `Server app/app1 is DOWN, reason: …`, `Proxy main started.`
fn state(text: &str, event: &mut EventBuf) -> bool {
    let (what, rest) = word(text);
    let (name, rest) = word(rest);
    match what {
        "Server" | "Backup" if name.holds(b'/') => {
            event.set(Text::Target, name);
            event.kind = match word(rest.trim_start_matches("is ")).0.less_end_of(b",.") {
                "DOWN" => Kind::SERVICE_FAILURE,
                "UP" => Kind::SERVICE_START,
                _ => Kind::SERVICE_STATE,
            };
            if let Some(reason) = scan::between(rest, "reason: ", ", ") {
                event.set(Text::XReason, reason);
            }
            true
        }
        "Proxy" => {
            event.set(Text::Target, name);
            event.kind = match rest.less_end(b'.') {
                "started" => Kind::SERVICE_START,
                state if state.starts_with("stopped") => Kind::SERVICE_STOP,
                _ => Kind::SERVICE_STATE,
            };
            true
        }
        "backend" if rest.starts_with("has no server available") => {
            event.set(Text::Target, name);
            event.kind = Kind::SERVICE_FAILURE;
            event.outcome = Outcome::Failure;
            true
        }
        _ => false,
    }
}
