//! Exim's own logs (`mainlog`, `rejectlog`): `TIME [pid] text`, the text as syslog carries it too.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text, TimeBasis};

use super::scan::{self, AnyOf, after, has, split, word};
use super::syslog;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::near;
use crate::timetext;

/// Exim main log.
pub(super) const FORMAT: Format = Format {
    name: "exim",
    title: "Exim main and reject log",
    reference: "Exim specification, chapter Log files",
    category: Some(Category::Application),
    kinds: &[
        Kind::AUTH_LOGON,
        Kind::DNS_QUERY,
        Kind::MAIL_RECEIVE,
        Kind::MAIL_SEND,
        Kind::NETWORK_CONNECT,
        Kind::NETWORK_DISCONNECT,
        Kind::SERVICE_START,
        Kind::ERROR_REPORT,
        Kind::OTHER,
    ],
    samples: &[
        Sample {
            bytes: b"2026-01-01 00:12:03 1vb0Aa-0001XY-2B <= aigul@registry.example H=mx.example (mail) [192.0.2.7]:40711 I=[10.0.0.1]:25 P=esmtpsa A=dovecot_login:aigul S=2048 id=a@b\n\
2026-01-01 00:12:04 1vb0Aa-0001XY-2B => serik@partner.example R=dnslookup T=remote_smtp H=mx.partner.example [198.51.100.9] C=\"250 ok\"\n\
2026-01-01 00:12:05 1vb0Aa-0001XY-2B Completed\n\
2026-01-01 00:12:06 [4021] dovecot_login authenticator failed for (User) [192.0.2.8]:21298 I=[10.0.0.1]:465: 535 Incorrect authentication data (set_id=root@registry.example)\n",
            events: &[
                &[
                    ("kind", "mail.receive"), ("user_name", "aigul"), ("src_ip", "192.0.2.7"), ("src_port", "40711"), ("dst_ip", "10.0.0.1"),
                    ("attrs.from", "aigul@registry.example"), ("x_record_id", "1vb0Aa-0001XY-2B"), ("x_bytes", "2048"), ("time", "2026-01-01T00:12:03Z"),
                ],
                &[("kind", "mail.send"), ("outcome", "success"), ("attrs.to", "serik@partner.example"), ("dst_ip", "198.51.100.9")],
                &[("message", "1vb0Aa-0001XY-2B Completed"), ("x_record_id", "1vb0Aa-0001XY-2B")],
                &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "root@registry.example"), ("src_ip", "192.0.2.8"), ("pid", "4021")],
            ],
        },
        Sample {
            bytes: b"2026-01-01 00:12:03 H=(bad.example) [192.0.2.9]:3755 F=<a@bad.example> rejected RCPT <serik@registry.example>: relay not permitted\n2026-01-01 00:12:04 exim 4.96 daemon started: pid=77, -q30m, listening for SMTP on port 25 (IPv4)\n",
            events: &[
                &[("kind", "mail.receive"), ("outcome", "failure"), ("src_ip", "192.0.2.9"), ("attrs.from", "a@bad.example"), ("attrs.to", "serik@registry.example"), ("x_reason", "relay not permitted")],
                &[("kind", "service.start")],
            ],
        },
        Sample {
            bytes: b"2026-01-01 00:12:03 no IP address found for host pc.example (during SMTP connection from [192.0.2.9]:3755 I=[10.0.0.1]:25)\n\
2026-01-01 00:12:04 no host name found for IP address 192.0.2.9\n\
2026-01-01 00:12:05 SMTP connection from (x lost) [192.0.2.9]:3755 I=[10.0.0.1]:25 closed by QUIT\n\
2026-01-01 00:12:06 SMTP connection from (x) [192.0.2.9]:3755 I=[10.0.0.1]:25 lost while reading message data\n\
2026-01-01 00:12:07 SMTP command timeout on connection from (x) [192.0.2.9]:3755 I=[10.0.0.1]:25\n",
            events: &[
                &[("kind", "dns.query"), ("outcome", "failure"), ("target", "pc.example"), ("src_ip", "192.0.2.9")],
                &[("kind", "dns.query"), ("outcome", "failure"), ("target", "192.0.2.9"), ("src_ip", "192.0.2.9")],
                &[("kind", "network.disconnect"), ("outcome", "unknown"), ("src_ip", "192.0.2.9")],
                &[("kind", "network.disconnect"), ("outcome", "failure"), ("x_reason", "lost while reading message data")],
                &[("kind", "network.disconnect"), ("outcome", "failure"), ("x_reason", "SMTP command timeout"), ("src_ip", "192.0.2.9")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

/// Words by which Exim's lines are told from others with a time.
const SIGNS: &[&str] = &[
    " <= ",
    " => ",
    " -> ",
    " ** ",
    " == ",
    " Completed",
    "authenticator failed for",
    "rejected RCPT",
    "SMTP connection",
    "SMTP protocol",
    "SMTP call from",
    "no MAIL in SMTP",
    "sender verify",
    "H=",
    "exim 4",
    "Start queue run",
    "End queue run",
    "no host name found for IP",
    "no IP address found for host",
    "TLS error on connection",
    "rejected EHLO",
    "rejected HELO",
    "rejected after DATA",
    "SMTP command timeout",
    "unexpected disconnection",
    "lost",
    "dropped by",
];

fn time(line: &str) -> Option<(letopis_event::TimeReading, &str, &str)> {
    let (reading, taken) = timetext::iso8601(line)?;
    Some((reading, line.get(..taken)?, line.get(taken..)?.strip_prefix(' ')?))
}

fn is_start(line: &str) -> bool {
    line.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) && (time(line).is_some() || relayed(line))
}

fn relayed(line: &str) -> bool {
    has(line, " exim[")
}

/// `1vb0Aa-0001XY-2B`, or the longer ids since 4.97.
fn is_id(word: &str) -> bool {
    // Three parts with a hyphen between them.
    if !matches!(word.len(), 16 | 23) {
        return false;
    }
    let mut lengths = word.pieces(b'-').map(|p| {
        if p.bytes().all(|b| b.is_ascii_alphanumeric()) {
            p.len()
        } else {
            0
        }
    });
    matches!(
        (lengths.next(), lengths.next(), lengths.next(), lengths.next()),
        (Some(6), Some(6), Some(2), None) | (Some(6), Some(11), Some(4), None)
    )
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let own = head.share(60, |line| {
        time(line).is_some_and(|(_, _, rest)| is_id(word(rest).0) || SIGNS.iter().any(|s| has(line, s)))
    });
    let sure = head.lines(60).any(|line| {
        is_id(time(line).map_or("", |t| word(t.2).0))
            || has(line, "authenticator failed for")
            || has(line, "rejected RCPT")
            || has(line, "SMTP ")
    });
    (own >= 80 && sure).then(|| Claim {
        confidence: 75 + own / 10,
        reason: format!("{own} of 100 lines are a time and what Exim writes of messages and connections"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some((reading, time, rest)) = time(record.text) else {
            if relayed(record.text) {
                let verdict = syslog::read_line(record.text, event);
                return verdict;
            }
            event.time.basis = TimeBasis::Carried;
            event.set(Text::Message, record.text);
            return Verdict::Event;
        };
        if relayed(record.text) && syslog::read_line(record.text, event) == Verdict::Event {
            return Verdict::Event;
        }
        event.reading = Some(reading);
        event.set(Text::TimeText, time);
        event.set(Text::Process, "exim");
        let mut text = rest;
        if let Some((pid, after)) = text.strip_prefix('[').and_then(|t| split(t, "] "))
            && pid.bytes().all(|b| b.is_ascii_digit())
        {
            event.set_number_text(Number::Pid, pid);
            text = after;
        }
        event.set(Text::Service, "exim");
        event.set(Text::Message, text.trimmed_end());
        read_message(text, event);
        Verdict::Event
    }
}

/// What became of a message, between its id and an address (Exim specification, Logging message reception and Logging
/// deliveries): received; delivered, also to further addresses; bounced; deferred.
static FLAGS: AnyOf = AnyOf::new(&[" <= ", " => ", " -> ", " ** ", " == "]);

/// Reads the text of a line, from a file or by syslog; whether it says what happened.
pub(super) fn read_message(text: &str, event: &mut EventBuf) -> bool {
    // By syslog a process number or a time may stand before it once more.
    let text = match time(text) {
        Some((.., rest)) => rest,
        None => text,
    };
    let text = match text.strip_prefix('[').and_then(|t| split(t, "] ")) {
        Some((pid, rest)) if pid.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => text,
    };
    event.set(Text::Protocol, "smtp");
    let id = word(text).0;
    let is_message = is_id(id);
    if is_message {
        event.set(Text::XRecordId, id);
    }
    if let Some((_, rest)) = split(text, "authenticator failed for ") {
        event.set(
            Text::UserName,
            scan::between(rest, "(set_id=", ")").unwrap_or_default(),
        );
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Failure;
        event.attr("authenticator", word(text).0);
    } else {
        match FLAGS.split(text) {
            Some((_, " <= ", rest)) => {
                event.attr("from", word(rest).0);
                if let Some(login) = after(rest, " A=") {
                    event.set(Text::UserName, login.pieces(b':').next_back().unwrap_or(login));
                }
                event.kind = Kind::MAIL_RECEIVE;
            }
            // Only of a message, whose id stands first, is it said where it went.
            Some((_, flag, rest)) if is_message => {
                event.attr("to", word(rest).0);
                event.outcome = match flag {
                    " => " | " -> " => Outcome::Success,
                    " ** " => Outcome::Failure,
                    _ => Outcome::Unknown,
                };
                event.kind = Kind::MAIL_SEND;
            }
            _ => {}
        }
    }
    fields(text, event);
    event.kind != Kind::OTHER
}

/// The fields that the text has as `H=`, `I=`, `S=`, and what the families of syslog leave open.
fn fields(text: &str, event: &mut EventBuf) {
    peer(text, event);
    if let Some((local, port)) = split(text, " I=[").and_then(|(_, t)| split(t, "]")) {
        scan::set_destination(event, local);
        if let Some((number, _)) = port.strip_prefix(':').and_then(scan::number) {
            event.set_number(Number::DstPort, number);
        }
    }
    let [bytes, protocol, router, transport] = lettered(text, *b"SPRT");
    if let Some(bytes) = bytes {
        event.set_number_text(Number::XBytes, bytes);
    }
    for (name, value) in [
        ("protocol", protocol),
        ("router", router),
        ("transport", transport),
    ] {
        if let Some(value) = value {
            event.attr(name, value);
        }
    }
    if TOLD.holds(text) {
        told(text, event);
    }
}

/// The values behind ` X=`, the first of each letter.
fn lettered<const N: usize>(text: &str, letters: [u8; N]) -> [Option<&str>; N] {
    let mut found = [None; N];
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = near::byte(b'=', bytes.get(from..).unwrap_or_default()) {
        let sign = from + at;
        from = sign + 1;
        if let Some([b' ', letter]) = sign.checked_sub(2).and_then(|start| bytes.get(start..sign))
            && let Some(nth) = letters.iter().position(|known| known == letter)
            && found[nth].is_none()
        {
            found[nth] = text.get(from..).map(scan::value);
        }
    }
    found
}

/// Without one of these [`told`] has nothing to read.
static TOLD: AnyOf = AnyOf::new(&[
    " rejected RCPT ",
    " daemon started: ",
    " lost",
    "SMTP command timeout",
    "SMTP data timeout",
    "unexpected disconnection",
    " closed by ",
    " dropped",
    "no host name found for IP address ",
    "no IP address found for host ",
    "SMTP connection",
    "AUTH command used when not advertised",
    "authentication mechanism not supported",
    " sender verify fail ",
    "SMTP protocol",
]);

/// What is said of connections, refusals and the program itself.
fn told(text: &str, event: &mut EventBuf) {
    rejected(text, event);
    if event.kind != Kind::OTHER {
        return;
    }
    let starts = |heads: &[&str]| heads.iter().any(|h| text.starts_with(h));
    if has(text, " daemon started: ") {
        event.kind = Kind::SERVICE_START;
    } else if let Some(how) = broken(text) {
        event.kind = Kind::NETWORK_DISCONNECT;
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, how);
    } else if starts(&["no MAIL in SMTP connection"]) || has(text, " closed by ") || has(text, " dropped: ") {
        event.kind = Kind::NETWORK_DISCONNECT;
        let reason = split(text, " dropped: ").map(|(_, reason)| reason);
        let by_rule = has(text, " closed by DROP in ACL").then_some("closed by DROP in ACL");
        if let Some(reason) = reason.or(by_rule) {
            event.set(Text::XReason, reason);
            event.set(Text::Status, "denied");
            event.outcome = Outcome::Failure;
        }
    } else if let Some(asked) = lookup(text) {
        event.kind = Kind::DNS_QUERY;
        event.outcome = Outcome::Failure;
        event.set(Text::Target, word(asked).0);
        event.set(Text::XReason, "not found");
    } else if has(text, "SMTP connection from") {
        event.kind = Kind::NETWORK_CONNECT;
    } else if has(text, "AUTH command used when not advertised")
        || has(text, "authentication mechanism not supported")
    {
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Failure;
    } else if has(text, " sender verify fail ") {
        event.kind = Kind::MAIL_RECEIVE;
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, split(text, ">: ").map_or("", |(_, r)| r));
    } else if has(text, "SMTP protocol") || has(text, " dropped by ") {
        event.kind = Kind::NETWORK_CONNECT;
        event.outcome = Outcome::Failure;
    }
}

/// What was looked up without a result: `no IP address found for host NAME (during SMTP connection from …)`.
fn lookup(text: &str) -> Option<&str> {
    [
        "no host name found for IP address ",
        "no IP address found for host ",
    ]
    .iter()
    .find_map(|start| text.strip_prefix(start))
}

/// How a connection broke, in Exim's words: `SMTP command timeout on connection from …`,
/// `unexpected disconnection while reading SMTP command from …`, `SMTP connection from … [10.0.0.5] lost while …`.
fn broken(text: &str) -> Option<&str> {
    let starts = [
        "SMTP command timeout",
        "SMTP data timeout",
        "unexpected disconnection",
    ];
    if starts.iter().any(|start| text.starts_with(start)) {
        let ends = [" on connection from ", " on TLS connection from ", " from "];
        let how = ends.iter().find_map(|end| split(text, end));
        return Some(how.map_or(text, |(how, _)| how));
    }
    // The name in front of the address is the client's word.
    let (_, tail) = scan::split_last(text, "]")?;
    let at = scan::find(tail, " lost")?;
    tail.get(at + 1..)
}

/// What Exim writes behind a peer.
static PEER_ENDS: AnyOf = AnyOf::new(&[
    " I=[",
    " F=",
    " P=",
    " rejected ",
    " AUTH command",
    " closed by ",
    " dropped",
    " sender verify",
    ": ",
    " C=",
]);

/// `H=name (helo) [address]:port` and `from name (helo) [address]:port`. The name in round brackets is the client's
/// word, so the address is the last one in square brackets before what Exim writes next.
fn peer(text: &str, event: &mut EventBuf) {
    let start = [
        "H=",
        "connection from ",
        "SMTP call from ",
        "authenticator failed for ",
    ]
    .iter()
    .filter_map(|mark| scan::split_last(text, mark))
    .map(|(_, rest)| rest)
    .next();
    let Some(rest) = start else {
        if let Some(address) = text.strip_prefix("no host name found for IP address ") {
            scan::set_source(event, word(address).0);
        }
        return;
    };
    let host = PEER_ENDS.split(rest).map_or(rest, |(host, ..)| host);
    let Some((name, bracket)) = host.cut_last(b'[') else {
        return;
    };
    let (address, port) = bracket.cut(b']').unwrap_or((bracket, ""));
    if !scan::is_ip(address) {
        return;
    }
    // Of a delivery the host is where the message went.
    if event.kind == Kind::MAIL_SEND {
        scan::set_destination(event, address);
        event.unset(Text::SrcIp);
        return;
    }
    scan::set_source(event, address);
    if let Some((number, _)) = port.strip_prefix(':').and_then(scan::number) {
        event.set_number(Number::SrcPort, number);
    }
    let name = name.cut_at(" (").map_or(name, |(name, _)| name).trimmed();
    if !name.is_empty() && !name.starts_with('(') {
        event.attr("src_host", name);
    }
}

/// `F=<a@b> rejected RCPT <c@d>: reason`
fn rejected(text: &str, event: &mut EventBuf) {
    let Some((head, rest)) = split(text, " rejected RCPT ") else {
        return;
    };
    let plain = |t: &str| t.less_both(b"<>").to_owned();
    if let Some(from) = after(head, " F=") {
        event.attr("from", &plain(from));
    }
    let (to, reason) = split(rest, ": ").unwrap_or((rest, ""));
    event.attr("to", &plain(to));
    event.set(Text::XReason, reason);
    event.set(Text::Status, "denied");
    event.kind = Kind::MAIL_RECEIVE;
    event.outcome = Outcome::Failure;
}
