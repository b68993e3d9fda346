//! Access logs of AWS load balancers: application (type first), classic (time first) and network (`tls 2.0` first).

use letopis_event::{Category, EventBuf, Kind, Number, Text, TimeReading};

use super::quoted::cut;
use super::{scan, web_access};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Load balancer access logs.
pub(super) const FORMAT: Format = Format {
    name: "aws-elb",
    title: "AWS load balancer access log (application, classic, network)",
    reference: "Elastic Load Balancing: Access logs for your Application Load Balancer; Classic; Network",
    category: Some(Category::Network),
    kinds: &[Kind::HTTP_REQUEST, Kind::NETWORK_FLOW],
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"https 2026-01-01T00:12:03.356586Z app/portal/50dc6c495c0c9188 203.0.113.9:44325 10.1.0.8:80 0.013 0.164 0.000 403 403 391 1079 \"GET https://portal.example:443/a?b=\\\"c HTTP/1.1\" \"Mozilla/5.0 (X11)\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:x \"Root=1-5\" \"portal.example\" \"arn:aws:cert\" 2 2026-01-01T00:12:02.000000Z \"waf,forward\" \"-\" \"-\" \"10.1.0.8:80\" \"403\" \"-\" \"-\"\n",
        events: &[&[
            ("time", "2026-01-01T00:12:03.356586Z"),
            ("kind", "http.request"),
            ("outcome", "failure"),
            ("src_ip", "203.0.113.9"),
            ("src_port", "44325"),
            ("dst_ip", "10.1.0.8"),
            ("dst_port", "80"),
            ("status", "403"),
            ("x_method", "GET"),
            ("x_user_agent", "Mozilla/5.0 (X11)"),
            ("x_duration_us", "177000"),
            ("x_bytes", "1079"),
            ("service", "app/portal/50dc6c495c0c9188"),
            ("attrs.actions", "waf,forward"),
        ]],
    },
    Sample {
        bytes: b"2026-01-01T00:12:03.945958Z my-elb 203.0.113.9:2817 10.1.0.8:80 0.000073 0.001048 0.000057 200 200 0 29 \"GET http://www.example:80/ HTTP/1.1\" \"curl/8.5\" - -\n\
2026-01-01T00:12:04.000000Z my-elb 203.0.113.9:2818 - -1 -1 -1 - - 0 0 \"- - - \" \"-\" - -\n\
tls 2.0 2026-01-01T00:12:05 net/edge/c6e77e28c25b2234 g3d4b5e8bb8464cd 203.0.113.9:51341 10.1.0.8:443 5 2 98 246 - arn:aws:cert 1 ECDHE-RSA tlsv12 - portal.example h2 h2 \"h2\",\"http/1.1\"\n",
        events: &[
            &[("outcome", "success"), ("target", "http://www.example:80/"), ("x_duration_us", "1178")],
            &[("kind", "network.flow"), ("src_port", "2818")],
            &[("kind", "network.flow"), ("x_duration_us", "5000"), ("x_bytes", "246"), ("attrs.domain_name", "portal.example")],
        ],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let own = |line: &str| split(line).is_some() || network(line, &mut EventBuf::default()).is_some();
    let share = head.share(50, own);
    (share >= 60).then(|| Claim {
        confidence: 88 + share / 10,
        reason: format!(
            "{share} of 100 lines are time, load balancer, client:port, target:port and three durations"
        ),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some(parts) = split(record.text) else {
            if network(record.text, event).is_some() {
                event.set(Text::Message, record.text);
                return Verdict::Event;
            }
            return Verdict::Unparsed(
                "not time, load balancer, client:port, target:port and three durations",
            );
        };
        fill(&parts, event);
        event.set(Text::Message, record.text);
        Verdict::Event
    }
}

/// What follows the bytes in the log of a network load balancer.
const NETWORK_TAIL: &[&str] = &[
    "incoming_tls_alert",
    "chosen_cert_arn",
    "chosen_cert_serial",
    "tls_cipher",
    "tls_protocol_version",
    "tls_named_group",
    "domain_name",
    "alpn_fe_protocol",
    "alpn_be_protocol",
    "alpn_client_preference_list",
    "tls_connection_creation_time",
];

/// `tls 2.0 time balancer listener client:port target:port milliseconds handshake received sent …`
fn network(line: &str, event: &mut EventBuf) -> Option<()> {
    let (version, rest) = scan::word(line.strip_prefix("tls ")?);
    version.cut(b'.')?;
    let (time, rest) = scan::word(rest);
    let (reading, taken) = timetext::iso8601(time)?;
    let (balancer, rest) = scan::word(rest);
    let (listener, rest) = scan::word(rest);
    let (client, rest) = scan::word(rest);
    let (address, port) =
        scan::address_port(client, b':').filter(|(a, _)| scan::is_ip(a) && taken == time.len())?;
    event.reading = Some(reading);
    event.set(Text::TimeText, time);
    event.set(Text::Service, balancer);
    event.attr("listener", listener);
    scan::set_source(event, address);
    scan::set_port(event, Number::SrcPort, port);
    let (target, rest) = scan::word(rest);
    if let Some((address, port)) = scan::address_port(target, b':') {
        scan::set_destination(event, address);
        scan::set_port(event, Number::DstPort, port);
    }
    let (duration, rest) = scan::word(rest);
    if let Some(micros) = super::place::micros(duration, 1000) {
        event.set_number(Number::XDurationUs, micros);
    }
    let (handshake, rest) = scan::word(rest);
    let (received, rest) = scan::word(rest);
    let (sent, mut rest) = scan::word(rest);
    event.attr("tls_handshake_ms", handshake);
    event.attr("received_bytes", received);
    event.set_number_text(Number::XBytes, sent);
    event.set(Text::Protocol, "tls");
    event.kind = Kind::NETWORK_FLOW;
    let mut names = NETWORK_TAIL.iter();
    while !rest.is_empty() {
        let (value, after) = cut(rest, b' ');
        rest = after.unwrap_or_default();
        let name = names.next().copied().unwrap_or("extra");
        if !matches!(value, "-" | "") {
            event.attr(name, value);
        }
    }
    Some(())
}

/// The first fields, checked; the rest of the line.
struct Parts<'a> {
    class: &'a str,
    reading: TimeReading,
    time: &'a str,
    balancer: &'a str,
    client: &'a str,
    target: &'a str,
    durations: [&'a str; 3],
    rest: &'a str,
}

fn split(line: &str) -> Option<Parts<'_>> {
    let (mut first, mut rest) = scan::word(line);
    let mut class = "";
    if matches!(first, "http" | "https" | "h2" | "grpcs" | "ws" | "wss") {
        class = first;
        (first, rest) = scan::word(rest);
    }
    let (reading, taken) = timetext::iso8601(first)?;
    let (balancer, rest) = scan::word(rest);
    let (client, rest) = scan::word(rest);
    let (target, rest) = scan::word(rest);
    let (one, rest) = scan::word(rest);
    let (two, rest) = scan::word(rest);
    let (three, rest) = scan::word(rest);
    scan::address_port(client, b':').filter(|(address, _)| scan::is_ip(address))?;
    let is_duration =
        |t: &str| t == "-1" || t.cut(b'.').is_some() && t.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let fits = taken == first.len() && (target == "-" || target.holds(b':'));
    (fits && [one, two, three].iter().all(|d| is_duration(d))).then_some(Parts {
        class,
        reading,
        time: first,
        balancer,
        client,
        target,
        durations: [one, two, three],
        rest,
    })
}

/// What follows the user agent in the log of an application load balancer.
const TAIL: &[&str] = &[
    "ssl_cipher",
    "ssl_protocol",
    "target_group_arn",
    "trace_id",
    "domain_name",
    "chosen_cert_arn",
    "matched_rule_priority",
    "request_creation_time",
    "actions",
    "redirect_url",
    "error_reason",
    "targets",
    "target_status_codes",
    "classification",
    "classification_reason",
    "conn_trace_id",
];

fn fill(parts: &Parts<'_>, event: &mut EventBuf) {
    event.reading = Some(parts.reading);
    event.set(Text::TimeText, parts.time);
    event.set(Text::Service, parts.balancer);
    if !parts.class.is_empty() {
        event.attr("type", parts.class);
    }
    if let Some((address, port)) = scan::address_port(parts.client, b':') {
        scan::set_source(event, address);
        scan::set_port(event, Number::SrcPort, port);
    }
    if let Some((address, port)) = scan::address_port(parts.target, b':') {
        scan::set_destination(event, address);
        scan::set_port(event, Number::DstPort, port);
    }
    let micros = parts.durations.map(|d| super::place::micros(d, 1_000_000));
    if let [Some(one), Some(two), Some(three)] = micros {
        event.set_number(Number::XDurationUs, one.saturating_add(two).saturating_add(three));
    }
    let (status, rest) = scan::word(parts.rest);
    let (target_status, rest) = scan::word(rest);
    let (received, rest) = scan::word(rest);
    let (sent, rest) = scan::word(rest);
    event.attr("target_status_code", target_status);
    event.attr("received_bytes", received);
    event.set_number_text(Number::XBytes, sent);
    event.kind = Kind::NETWORK_FLOW;
    if status != "-" {
        event.kind = Kind::HTTP_REQUEST;
        web_access::set_status(status, event);
    }
    let (request, after) = quoted(rest);
    if !request.starts_with("- ") {
        web_access::set_request(request, event);
    }
    let (agent, mut rest) = quoted(after);
    if agent != "-" {
        event.set(Text::XUserAgent, agent);
    }
    let mut names = TAIL.iter();
    while !rest.is_empty() {
        let (value, after) = cut(rest, b' ');
        rest = after.unwrap_or_default();
        let name = names.next().copied().unwrap_or("extra");
        if !matches!(value, "-" | "") {
            event.attr(name, value);
        }
    }
}

/// A text in double quotes with `\"` inside, and what follows it.
fn quoted(text: &str) -> (&str, &str) {
    let Some(inside) = text.strip_prefix('"') else {
        return scan::word(text);
    };
    let bytes = inside.as_bytes();
    let mut from = 0;
    while let Some(found) = bytes.get(from..).and_then(|b| crate::near::byte2(b'"', b'\\', b)) {
        let at = from + found;
        if bytes.get(at) == Some(&b'"') {
            let rest = inside.get(at + 1..).unwrap_or_default();
            return (inside.get(..at).unwrap_or_default(), rest.less_start(b' '));
        }
        from = at + 2;
    }
    (inside, "")
}
