//! Asterisk's log files (`messages`, `security`, `full`): `[TIME] LEVEL[pid][call] place: text`.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::scan::{self, between, has, split, word};
use super::syslog;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::timetext;

/// Asterisk.
pub(super) const FORMAT: Format = Format {
    name: "asterisk",
    title: "Asterisk log (messages, security, full)",
    reference: "Asterisk documentation, Logging Configuration and Asterisk Security Event Logger",
    category: Some(Category::Application),
    kinds: &[
        Kind::AUTH_LOGON,
        Kind::USER_ACTION,
        Kind::NETWORK_CONNECT,
        Kind::SERVICE_START,
        Kind::ERROR_REPORT,
        Kind::OTHER,
    ],
    samples: &[
        Sample {
            bytes: b"[2026-01-01 00:12:03] SECURITY[3308] res_security_log.c: SecurityEvent=\"InvalidPassword\",EventTV=\"2026-01-01T00:12:03.151+0500\",Severity=\"Error\",Service=\"SIP\",EventVersion=\"2\",AccountID=\"6001\",SessionID=\"0x7f\",LocalAddress=\"IPV4/UDP/10.0.0.2/5060\",RemoteAddress=\"IPV4/UDP/192.0.2.7/56433\",Challenge=\"62\"\n\
[2026-01-01 00:12:04] NOTICE[1638][C-0000001d] chan_sip.c: Registration from '\"100\"<sip:100@10.0.0.2:5060>' failed for '192.0.2.8:5071' - Wrong password\n\
[2026-01-01 00:12:05] VERBOSE[12]: pbx.c:2911 pbx_extension_helper: Executing [s@default:1]\n",
            events: &[
                &[
                    ("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "6001"), ("src_ip", "192.0.2.7"), ("src_port", "56433"),
                    ("dst_ip", "10.0.0.2"), ("dst_port", "5060"), ("protocol", "UDP"), ("action", "InvalidPassword"), ("session", "0x7f"),
                ],
                &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "100"), ("src_ip", "192.0.2.8"), ("src_port", "5071"), ("x_reason", "Wrong password"), ("pid", "1638"), ("attrs.call", "C-0000001d")],
                &[("kind", "other"), ("level", "7"), ("process", "pbx.c"), ("message", "Executing [s@default:1]")],
            ],
        },
        Sample {
            bytes: b"[Jan  1 00:12:03] SECURITY[77]: res_security_log.c:114 security_event_stasis_cb: SecurityEvent=\"SuccessfulAuth\",EventTV=\"2026-01-01T00:12:03.192+0500\",Severity=\"Informational\",Service=\"AMI\",EventVersion=\"1\",AccountID=\"admin\",SessionID=\"0x1\",LocalAddress=\"IPV4/TCP/0.0.0.0/5038\",RemoteAddress=\"IPV4/TCP/192.0.2.4/62389\"\n\
[Jan  1 00:12:04] NOTICE[78]: manager.c:2 authenticate: 192.0.2.5 failed to authenticate as 'root'\n",
            events: &[
                &[("kind", "auth.logon"), ("outcome", "success"), ("user_name", "admin"), ("time_basis", "stated")],
                &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "root"), ("src_ip", "192.0.2.5")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

struct Line<'a> {
    time: Option<(letopis_event::TimeReading, &'a str)>,
    level: &'a str,
    pid: &'a str,
    call: &'a str,
    /// Source file, where the line names it.
    file: &'a str,
    text: &'a str,
}

fn level_of(name: &str) -> Option<i8> {
    Some(match name {
        "ERROR" => 3,
        "WARNING" => 4,
        "NOTICE" | "SECURITY" => 5,
        "VERBOSE" | "DEBUG" | "DTMF" => 7,
        _ => return None,
    })
}

fn line(text: &str) -> Option<Line<'_>> {
    let (time, rest) = match text.strip_prefix('[') {
        Some(inner) => {
            let (reading, taken) = timetext::any(inner)?;
            (
                Some((reading, inner.get(..taken)?)),
                inner.get(taken..)?.strip_prefix("] ")?,
            )
        }
        None => (None, text),
    };
    let end = rest.bytes().position(|b| !b.is_ascii_uppercase())?;
    let level = rest.get(..end).filter(|l| level_of(l).is_some())?;
    let (pid, rest) = split(rest.get(end..)?.trim_start_matches(' ').strip_prefix('[')?, "]")?;
    if pid.is_empty() || !pid.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (call, rest) = match rest.strip_prefix("[C-") {
        Some(inner) => (rest.get(1..3 + inner.find(']')?)?, split(inner, "]")?.1),
        None => ("", rest),
    };
    let rest = rest.trim_start_matches([':', ' ']);
    let (file, text) = place(rest);
    Some(Line {
        time,
        level,
        pid,
        call,
        file,
        text,
    })
}

/// `chan_sip.c:23417 in handle_request_register: text`, `manager.c: text`: the file and the text.
fn place(rest: &str) -> (&str, &str) {
    let Some((head, text)) = split(rest, ": ") else {
        return ("", rest);
    };
    let file = word(head).0;
    let file = file.split(':').next().unwrap_or(file);
    if file.ends_with(".c") || file.ends_with(".so") || file.starts_with("Ext.") {
        (file, text)
    } else {
        ("", rest)
    }
}

fn is_start(text: &str) -> bool {
    text.starts_with(['[', 'N', 'W', 'E', 'S', 'V', 'D']) && line(text).is_some() || relayed(text)
}

/// A line that a syslog daemon wrote between the others.
fn relayed(text: &str) -> bool {
    has(text, " asterisk[") && timetext::any(text).is_some()
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(60, |l| line(l).is_some_and(|found| found.time.is_some()));
    let known = head.share(60, is_start);
    (share >= 60 && known >= 70).then(|| Claim {
        confidence: 80 + share / 10,
        reason: format!("{share} of 100 lines are [time] LEVEL[pid] as Asterisk writes them"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let inner;
        let (found, text) = match line(record.text) {
            Some(found) => (found, ""),
            None if relayed(record.text) => {
                let verdict = syslog::read_line(record.text, event);
                if verdict != Verdict::Event {
                    return verdict;
                }
                inner = event.get(Text::Message).unwrap_or_default().to_owned();
                match line(&inner) {
                    Some(found) => (found, inner.as_str()),
                    None => return Verdict::Event,
                }
            }
            None => return Verdict::Unparsed("the line is no [time] LEVEL[pid] of Asterisk"),
        };
        if let Some((reading, time)) = found.time {
            event.reading = Some(reading);
            event.set(Text::TimeText, time);
        }
        event.level = level_of(found.level);
        event.attr("level", found.level);
        event.set_number_text(Number::Pid, found.pid);
        if !found.call.is_empty() {
            event.attr("call", found.call);
        }
        event.set(Text::Service, "asterisk");
        if text.is_empty() {
            event.set(Text::Process, found.file);
        }
        read_message(found.text, event);
        Verdict::Event
    }
}

/// Reads the text behind the head.
fn read_message(text: &str, event: &mut EventBuf) {
    let text = text.trim_end();
    event.set(Text::Message, text);
    if text.starts_with("SecurityEvent=") {
        security(text, event);
    } else if let Some((head, rest)) = split(text, "' failed for '") {
        // Registration from '…' failed for 'address' - reason; the first part is the client's word.
        let (address, reason) = split(rest, "'").unwrap_or((rest, ""));
        peer(address, event);
        event.set(Text::UserName, sip_user(head));
        event.set(
            Text::XReason,
            scan::split_last(reason, " - ").map_or("", |(_, r)| r),
        );
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Failure;
    } else if let Some((head, rest)) = split(text, " failed to authenticate as '")
        .or_else(|| split(text, " failed MD5 authentication for '"))
    {
        peer(head.rsplit(' ').next().unwrap_or(head), event);
        event.set(Text::UserName, rest.split('\'').next().unwrap_or_default());
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Failure;
    } else if has(text, " rejected because ") {
        // Call from 'x' (address:port) to extension 'y' rejected because …
        let head = text.strip_prefix("Call from '").unwrap_or_default();
        let (user, rest) = split(head, "' (")
            .or_else(|| split(text, ": Call ("))
            .unwrap_or(("", text));
        let place = rest.split(") to extension").next().unwrap_or_default();
        event.set(Text::UserName, user);
        peer(
            place
                .trim_start_matches("TCP:")
                .trim_start_matches("UDP:")
                .trim_start_matches("TLS:"),
            event,
        );
        event.set(
            Text::Target,
            between(text, "to extension '", "'").unwrap_or_default(),
        );
        event.set(
            Text::XReason,
            split(text, " rejected because ").map_or("", |(_, r)| r),
        );
        event.kind = Kind::USER_ACTION;
        event.outcome = Outcome::Failure;
    } else {
        refused(text, event);
    }
}

/// Other refusals, and the server's own state.
fn refused(text: &str, event: &mut EventBuf) {
    if let Some(address) = between(text, "Rejecting unknown SIP connection from ", "\"") {
        peer(address, event);
        event.kind = Kind::NETWORK_CONNECT;
        event.outcome = Outcome::Failure;
    } else if let Some((_, rest)) = split(text, "o registration for peer '")
        .or_else(|| split(text, "o registry for '"))
        .or_else(|| split(text, "ending fake auth rejection for device "))
    {
        let address = split(rest, " (from ")
            .map_or("", |(_, a)| a)
            .trim_end_matches(')');
        peer(address, event);
        event.set(Text::UserName, sip_user(rest.split('\'').next().unwrap_or(rest)));
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Failure;
    } else if let Some(address) = between(text, "hacking attempt detected '", "'") {
        peer(address, event);
        event.kind = Kind::USER_ACTION;
        event.outcome = Outcome::Failure;
    } else if text.starts_with("Asterisk Ready") {
        event.kind = Kind::SERVICE_START;
    } else if event.level == Some(3) {
        event.kind = Kind::ERROR_REPORT;
    }
}

/// `…'"100" <sip:100@10.0.0.2:5060>`: the account of the address.
fn sip_user(text: &str) -> &str {
    let (_, rest) = split(text, "sip:")
        .or_else(|| split(text, "sips:"))
        .unwrap_or(("", text));
    rest.split(['@', '>', ';']).next().unwrap_or_default()
}

/// `192.0.2.7`, `192.0.2.7:5060`, `[2001:db8::7]:5060`
fn peer(text: &str, event: &mut EventBuf) {
    let text = text.trim_matches(['\'', '"']);
    match scan::address_port(text, b':').filter(|(a, _)| scan::is_ip(a)) {
        Some((address, port)) if !scan::is_ip(text) => {
            scan::set_source(event, address);
            scan::set_port(event, Number::SrcPort, port);
        }
        _ => scan::set_source(event, text),
    }
}

/// Events of the security logger: what each means stands in its name.
fn security(text: &str, event: &mut EventBuf) {
    scan::fields(text, |name, value| match name {
        "SecurityEvent" => event.set(Text::Action, value),
        "EventTV" => {
            event.attr(name, value);
            // The event's own clock states its offset, that of the line does not.
            if let Some((reading, taken)) = timetext::iso8601(value)
                && taken == value.len()
                && matches!(
                    reading,
                    letopis_event::TimeReading::Clock {
                        offset_min: Some(_),
                        ..
                    }
                )
            {
                event.reading = Some(reading);
                event.set(Text::TimeText, value);
            }
        }
        "AccountID" if value != "<unknown>" => event.set(Text::UserName, value),
        "SessionID" => event.set(Text::Session, value),
        "RemoteAddress" => {
            if let Some((protocol, address, port)) = endpoint(value) {
                event.set(Text::Protocol, protocol);
                scan::set_source(event, address);
                scan::set_port(event, Number::SrcPort, port);
            }
        }
        "LocalAddress" => {
            if let Some((_, address, port)) = endpoint(value) {
                scan::set_destination(event, address);
                scan::set_port(event, Number::DstPort, port);
            }
        }
        _ => event.attr(name, value),
    });
    let name = event.get(Text::Action).unwrap_or_default();
    let (kind, outcome) = match name {
        "SuccessfulAuth" => (Kind::AUTH_LOGON, Outcome::Success),
        "InvalidPassword"
        | "InvalidAccountID"
        | "ChallengeResponseFailed"
        | "InvalidTransport"
        | "FailedACL"
        | "UnexpectedAddress" => (Kind::AUTH_LOGON, Outcome::Failure),
        "RequestNotAllowed"
        | "RequestNotSupported"
        | "RequestBadFormat"
        | "AuthMethodNotAllowed"
        | "SessionLimit"
        | "MemoryLimit"
        | "LoadAverageLimit" => (Kind::USER_ACTION, Outcome::Failure),
        _ => (Kind::OTHER, Outcome::Unknown),
    };
    event.kind = kind;
    event.outcome = outcome;
}

/// `IPV4/UDP/192.0.2.7/56433`
fn endpoint(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.splitn(3, '/');
    let (_, protocol, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (address, port) = rest.rsplit_once('/')?;
    Some((protocol, address, port))
}
