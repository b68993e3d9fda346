//! Samba's `log.smbd`: head lines `[TIME, LEVEL] file.c:LINE(function)` with the text indented below, and the lines of the
//! authentication audit (`Auth: [SMB2,(null)] user [DOM]\[name] at [TIME] with [NTLMv2] status [NT_STATUS_…] …`).

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text, TimeBasis};

use super::scan::{self, between, split};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Samba log.
pub(super) const FORMAT: Format = Format {
    name: "samba",
    title: "Samba log (log.smbd) with authentication audit",
    reference: "man smb.conf(5), log level, auth_audit; Samba wiki, Setting up Audit Logging",
    category: Some(Category::Application),
    kinds: &[Kind::AUTH_LOGON, Kind::ERROR_REPORT, Kind::OTHER],
    samples: &[
        Sample {
            bytes: b"[2026/01/01 00:12:03.512345,  3, pid=4021, effective(0, 0), real(0, 0)] ../../auth/auth_log.c:635(log_authentication_event_human_readable)\n  Auth: [SMB2,(null)] user [REG]\\[aigul] at [Thu, 01 Jan 2026 00:12:03.512000 +05] with [NTLMv2] status [NT_STATUS_WRONG_PASSWORD] workstation [WS17] remote host [ipv4:192.0.2.7:44890] mapped to [REG]\\[aigul]. local host [ipv4:10.0.0.2:445]\n[2026/01/01 00:12:04.000001,  0] ../../source3/smbd/server.c:10(main)\n  smbd version 4.17 started.\n",
            events: &[
                &[
                    ("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "aigul"), ("src_ip", "192.0.2.7"), ("src_port", "44890"),
                    ("dst_ip", "10.0.0.2"), ("dst_port", "445"), ("status", "NT_STATUS_WRONG_PASSWORD"), ("attrs.domain", "REG"),
                    ("attrs.workstation", "WS17"), ("pid", "4021"), ("time", "2026-01-01T00:12:03.512345Z"),
                ],
                &[("message", "smbd version 4.17 started."), ("attrs.debug_level", "0"), ("attrs.place", "../../source3/smbd/server.c:10(main)")],
            ],
        },
        Sample {
            bytes: b"Auth: [SMB2,(null)] user [REG]\\[serik] at [Thu, 01 Jan 2026 15:24:12.023984 UTC] with [NTLMv2] status [NT_STATUS_OK] workstation [WS18] remote host [ipv6:2001:db8::7:44890] became [REG]\\[serik] [S-1-5-21-1-2-3-1001]. local host [ipv6:2001:db8::1:445] \n",
            events: &[&[("kind", "auth.logon"), ("outcome", "success"), ("src_ip", "2001:db8::7"), ("time", "2026-01-01T15:24:12.023984Z"), ("time_basis", "stated")]],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

/// `[2026/01/01 00:12:03.512345,  3, …] place`: time, what stands behind it, place.
fn header(line: &str) -> Option<(letopis_event::TimeReading, &str, &str, &str)> {
    let inner = line.strip_prefix('[')?;
    let (reading, taken) = timetext::year_first(inner)?;
    let (rest, place) = split(inner.get(taken..)?, "]")?;
    let rest = rest.strip_prefix(',')?;
    let level = rest.trimmed_start().pieces(b',').next().unwrap_or_default();
    let digits = !level.is_empty() && level.bytes().all(|b| b.is_ascii_digit());
    digits.then_some((
        reading,
        inner.get(..taken)?,
        rest.trimmed_start(),
        place.trimmed(),
    ))
}

fn is_audit(text: &str) -> bool {
    (text.starts_with("Auth: [")
        || text.starts_with("Authorization: [")
        || text.starts_with("Successful AuthZ: ["))
        && scan::has(text, " at [")
}

fn is_start(line: &str) -> bool {
    header(line).is_some() || is_audit(line)
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let (mut own, mut other) = (0, 0);
    for line in head.lines(80).filter(|l| !l.starts_with([' ', '\t'])) {
        if is_start(line) {
            own += 1;
        } else {
            other += 1;
        }
    }
    (own > 0 && own >= other * 4).then(|| Claim {
        confidence: 89,
        reason: format!("{own} lines are [year/month/day time, level] with a place in Samba's source, or `Auth: […] user […]`"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        event.set(Text::Service, "samba");
        let text = match header(record.text.lines().next().unwrap_or_default()) {
            Some((reading, time, rest, place)) => {
                event.reading = Some(reading);
                event.set(Text::TimeText, time);
                event.attr("place", place);
                for (at, part) in rest.split(", ").enumerate() {
                    match part.trimmed().cut(b'=') {
                        Some(("pid", pid)) => event.set_number_text(Number::Pid, pid),
                        Some((name, value)) => event.attr(name, value),
                        None if at == 0 => event.attr("debug_level", part.trimmed()),
                        None => {}
                    }
                }
                record.text.cut(b'\n').map_or("", |(_, t)| t).trimmed()
            }
            None if is_audit(record.text) => record.text.trimmed(),
            None => {
                event.time.basis = TimeBasis::Carried;
                record.text
            }
        };
        event.set(Text::Message, text);
        if is_audit(text) {
            audit(text, event);
        }
        Verdict::Event
    }
}

fn audit(text: &str, event: &mut EventBuf) {
    let inside = |mark: &str| {
        let (_, rest) = split(text, mark)?;
        rest.pieces(b']').next()
    };
    if event.reading.is_none()
        && let Some(at) = inside(" at [")
    {
        event.reading = timetext::day_month_name(at).map(|(reading, _)| reading);
        event.set(Text::TimeText, at);
    }
    event.set(Text::Provider, between(text, ": [", ",").unwrap_or_default());
    if let Some((_, account)) = split(text, " user [") {
        let (domain, rest) = split(account, "]\\[").unwrap_or(("", account));
        event.set(Text::UserName, rest.pieces(b']').next().unwrap_or_default());
        if !domain.is_empty() {
            event.attr("domain", domain);
        }
    }
    for (name, mark) in [("workstation", " workstation ["), ("method", " with [")] {
        if let Some(value) = inside(mark).filter(|v| *v != "(null)") {
            event.attr(name, value);
        }
    }
    if let Some((address, port)) = inside("remote host [").and_then(endpoint) {
        scan::set_source(event, address);
        scan::set_port(event, Number::SrcPort, port);
    }
    if let Some((address, port)) = inside("local host [").and_then(endpoint) {
        scan::set_destination(event, address);
        scan::set_port(event, Number::DstPort, port);
    }
    event.kind = Kind::AUTH_LOGON;
    if let Some(status) = inside(" status [") {
        event.set(Text::Status, status);
        event.outcome = if status == "NT_STATUS_OK" {
            Outcome::Success
        } else {
            Outcome::Failure
        };
        if event.outcome == Outcome::Failure {
            event.set(Text::XReason, status);
        }
    }
}

/// `ipv4:192.0.2.7:44890`, `ipv6:2001:db8::7:44890`
fn endpoint(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.cut(b':')?;
    rest.cut_last(b':')
}
