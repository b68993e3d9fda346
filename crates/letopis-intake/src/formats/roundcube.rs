//! Roundcube, the web mail: `[01-Jan-2026 00:12:03 +0500]: <abc123> Failed login for aigul from 10.0.0.5 in session …`.

use letopis_event::{Category, EventBuf, Kind, Outcome, Text, TimeReading};

use super::scan::{self, split, split_last};
use super::syslog;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Roundcube's logs.
pub(super) const FORMAT: Format = Format {
    name: "roundcube",
    title: "Roundcube webmail log",
    reference: "Roundcube, config/defaults.inc.php: log_driver, log_date_format, log_logins; rcube.php write_log",
    category: Some(Category::Application),
    kinds: &[Kind::AUTH_LOGON, Kind::ERROR_REPORT, Kind::OTHER],
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(|line| line.starts_with('[') || !line.starts_with([' ', '\t', '#'])),
        open,
    },
};

const SAMPLES: &[Sample] = &[Sample {
    bytes: b"[01-Jan-2026 00:12:03 +0500]: <abc12345> Failed login for aigul from 203.0.113.9 in session abc12345def (error: 1)\n\
[01-Jan-2026 00:12:09 +0500]: <abc12345> Successful login for aigul (ID: 7) from 203.0.113.9 in session abc12345def\n\
[01-Jan-2026 00:12:20 +0500]: <abc12346> IMAP Error: Login failed for x from 10.9.9.9 from 203.0.113.9. AUTHENTICATE PLAIN: A1 NO in /srv/rcube_imap.php on line 205 (POST /mail/)\n",
    events: &[
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "aigul"),
            ("src_ip", "203.0.113.9"),
            ("session", "abc12345"),
            ("time", "2026-01-01T00:12:03+05:00"),
        ],
        &[("outcome", "success"), ("user_name", "aigul")],
        &[("outcome", "failure"), ("user_name", "x from 10.9.9.9"), ("src_ip", "203.0.113.9")],
    ],
}];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let own = head.share(50, |line| start_of(line).is_some());
    let share = match own {
        0 => 0,
        _ => head.share(50, |line| {
            start_of(line).is_some() || scan::has(line, " roundcube")
        }),
    };
    (share >= 60).then(|| Claim {
        confidence: 75 + share / 10,
        reason: format!(
            "{share} of 100 lines begin with [day-month-year time zone]: or are sent by roundcube"
        ),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

/// `[01-Jan-2026 00:12:03 +0500]: `: the time, its text, the rest.
fn start_of(line: &str) -> Option<(TimeReading, &str, &str)> {
    let (time_text, rest) = split(line.strip_prefix('[')?, "]: ")?;
    let (reading, length) = timetext::day_month_name(time_text)?;
    (length == time_text.len()).then_some((reading, time_text, rest))
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some((reading, time_text, rest)) = start_of(record.text) else {
            return match syslog::read_line(record.text, event) {
                Verdict::Unparsed(_) => {
                    Verdict::Unparsed("the line does not begin with [day-month-year time]:")
                }
                verdict => verdict,
            };
        };
        event.reading = Some(reading);
        event.set(Text::TimeText, time_text);
        event.set(Text::Process, "roundcube");
        event.set(Text::Message, rest);
        read_message(rest, event);
        Verdict::Event
    }
}

/// Reads what stands behind the time, or came by syslog.
pub(super) fn read_message(message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "roundcube");
    let mut text = message.trimmed_end();
    if let Some((session, rest)) = text.strip_prefix('<').and_then(|t| split(t, "> ")) {
        event.set(Text::Session, session);
        text = rest;
    }
    let text = text.strip_prefix("IMAP Error: ").unwrap_or(text);
    for (start, outcome) in [
        ("Successful login for ", Outcome::Success),
        ("Failed login for ", Outcome::Failure),
        ("FAILED login for ", Outcome::Failure),
        ("Login failed for ", Outcome::Failure),
    ] {
        if let Some(rest) = text.strip_prefix(start) {
            logon(rest, event);
            event.outcome = outcome;
            event.kind = Kind::AUTH_LOGON;
            return true;
        }
    }
    let error = ["PHP Error: ", "DB Error: ", "SMTP Error: ", "PHP Fatal error: "];
    if error.iter().any(|e| text.starts_with(e)) {
        event.kind = Kind::ERROR_REPORT;
        return true;
    }
    false
}

/// `aigul[ (ID: 7)][ against host] from 10.0.0.5[(X-Real-IP: …)][. what the mailbox said][ in session …]`. The name is
/// the client's word: the address is the last one before what the program adds.
fn logon(text: &str, event: &mut EventBuf) {
    let mut ends = [
        ". AUTHENTICATE",
        ". LOGIN",
        ". Could not connect",
        " in session ",
        " in /",
        "(X-",
    ]
    .iter()
    .filter_map(|mark| split(text, mark).map(|(head, _)| head.len()))
    .collect::<Vec<_>>();
    ends.push(text.len());
    ends.sort_unstable();
    for end in ends {
        let head = text.get(..end).unwrap_or(text);
        let Some((user, address)) = split_last(head, " from ") else {
            continue;
        };
        let address = address.less_end_of(b". ");
        if !scan::is_ip(address) {
            continue;
        }
        scan::set_source(event, address);
        let (user, against) = split_last(user, " against ").unwrap_or((user, ""));
        if !against.is_empty() {
            event.attr("against", against);
        }
        let user = user
            .strip_suffix(')')
            .and_then(|u| split_last(u, " (ID: "))
            .map_or(user, |(u, _)| u);
        event.set(Text::UserName, user);
        let said = text.get(end..).unwrap_or_default();
        if let Some((reason, _)) = said.strip_prefix(". ").and_then(|s| split_last(s, " in /")) {
            event.set(Text::XReason, reason);
        }
        return;
    }
    event.set(Text::UserName, text);
}
