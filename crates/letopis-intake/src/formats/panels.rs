//! Logs of hosting panels: Webmin's actions and DirectAdmin's log-ons.

use letopis_event::{Category, EventBuf, Kind, Outcome, Text};

use super::scan::{self, between, split, word};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Webmin.
pub(super) const WEBMIN: Format = Format {
    name: "webmin",
    title: "Webmin actions log",
    reference: "Webmin documentation, Webmin Actions Log; web-lib-funcs.pl, webmin_log",
    category: Some(Category::Application),
    kinds: &[Kind::AUTH_LOGON, Kind::AUTH_LOGOFF, Kind::CONFIG_CHANGE, Kind::OTHER],
    samples: &[
        Sample {
            bytes: b"1767208323.40210.0 [1/Jan/2026 00:12:03] aigul 0a1b 192.0.2.7 global miniserv.pl \"failed\" \"-\" \"wrongpass\"\n1767208330.40211.0 [1/Jan/2026 00:12:10] root 0a1c 192.0.2.8 useradmin save_user.cgi \"create\" \"user\" \"serik\" uid='1001'\n",
            events: &[
                &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "aigul"), ("src_ip", "192.0.2.7"), ("x_reason", "wrongpass"), ("time", "2025-12-31T19:12:03Z"), ("time_basis", "stated")],
                &[("kind", "config.change"), ("action", "create"), ("target", "serik"), ("service", "useradmin"), ("attrs.uid", "1001"), ("session", "0a1c")],
            ],
        },
        Sample {
            bytes: b"1767208340.40212.0 [1/Jan/2026 00:12:20] root - 192.0.2.8 global session_login.cgi \"logout\" \"-\" \"-\"\n",
            events: &[&[("kind", "auth.logoff")]],
        },
    ],
    detect: detect_webmin,
    reader: Reader::Text {
        framing: Framing::Lines,
        open: open_webmin,
    },
};

/// DirectAdmin.
pub(super) const DIRECTADMIN: Format = Format {
    name: "directadmin",
    title: "DirectAdmin login log",
    reference: "DirectAdmin documentation, login.log and security.log",
    category: Some(Category::Application),
    kinds: &[Kind::AUTH_LOGON, Kind::OTHER],
    samples: &[
        Sample {
            bytes: b"2026:01:01-00:12:03: '192.0.2.7' 2 failed login attempts. Account 'aigul'\n2026:01:01-00:12:40: '192.0.2.8' successful login to 'serik' after 1 attempts\n",
            events: &[
                &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "aigul"), ("src_ip", "192.0.2.7"), ("attrs.attempts", "2"), ("time", "2026-01-01T00:12:03Z")],
                &[("kind", "auth.logon"), ("outcome", "success"), ("user_name", "serik")],
            ],
        },
        Sample {
            bytes: b"2026:01:01-00:12:50: '192.0.2.9' 5 failed login attempt. Invalid account 'user%2Ename'\n",
            events: &[&[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "user%2Ename"), ("x_reason", "invalid account")]],
        },
    ],
    detect: detect_directadmin,
    reader: Reader::Text {
        framing: Framing::Lines,
        open: open_directadmin,
    },
};

/// `ID [time] user session address module script "action" "type" "object" name='value' …`
fn webmin(line: &str) -> Option<(&str, (letopis_event::TimeReading, &str), &str)> {
    let (id, rest) = word(line);
    let (stamp, rest) = split(rest.strip_prefix('[')?, "] ")?;
    let (reading, taken) = timetext::day_month_name(stamp)?;
    let digits = id.len() > 12 && id.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (digits && taken == stamp.len() && rest.has(" \"")).then_some((id, (reading, stamp), rest))
}

fn detect_webmin(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| webmin(line).is_some());
    (share >= 80).then(|| Claim {
        confidence: 84 + share / 10,
        reason: format!(
            "{share} of 100 lines are a serial number, [time], user, session, address, module and script"
        ),
    })
}

fn open_webmin(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Webmin)
}

struct Webmin;

impl RecordReader for Webmin {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some((id, (reading, stamp), rest)) = webmin(record.text) else {
            return Verdict::Unparsed("the line is no serial number, [time] and action of Webmin");
        };
        // The serial number begins with the seconds since 1970: an instant, where the clock states no zone.
        let epoch = timetext::epoch(id.pieces(b'.').next().unwrap_or_default());
        event.reading = epoch.map(|(instant, _)| instant).or(Some(reading));
        event.set(Text::TimeText, stamp);
        event.set(Text::XRecordId, id);
        event.set(Text::Message, rest);
        let (user, rest) = word(rest);
        let (session, rest) = word(rest);
        let (address, rest) = word(rest);
        let (module, rest) = word(rest);
        let (script, rest) = word(rest);
        event.set(Text::UserName, user);
        if session != "-" {
            event.set(Text::Session, session);
        }
        scan::set_source(event, address);
        event.set(Text::Service, module);
        event.set(Text::Process, script);
        let mut parts = [""; 3];
        let mut rest = rest;
        for part in &mut parts {
            let Some((value, after)) = rest
                .trimmed_start()
                .strip_prefix('"')
                .and_then(|t| split(t, "\""))
            else {
                break;
            };
            (*part, rest) = (value, after);
        }
        let [action, sort, object] = parts;
        event.set(Text::Action, action);
        if object != "-" {
            event.set(Text::Target, object);
        }
        if sort != "-" && !sort.is_empty() {
            event.attr("type", sort);
        }
        scan::fields(rest, |name, value| event.attr(name, value));
        (event.kind, event.outcome) = match (module, action) {
            ("global", "failed") => {
                event.set(Text::XReason, object);
                (Kind::AUTH_LOGON, Outcome::Failure)
            }
            ("global", "login") => (Kind::AUTH_LOGON, Outcome::Success),
            ("global", "logout") => (Kind::AUTH_LOGOFF, Outcome::Success),
            (_, "create" | "modify" | "delete" | "save" | "config" | "apply") => {
                (Kind::CONFIG_CHANGE, Outcome::Success)
            }
            _ => (Kind::OTHER, Outcome::Unknown),
        };
        Verdict::Event
    }
}

/// `2026:01:01-00:12:03: `: the time and what follows it.
fn directadmin(line: &str) -> Option<(letopis_event::TimeReading, &str, &str)> {
    let (date, clock) = (line.get(..10)?, line.get(11..19)?);
    let reading = timetext::date_and_clock(date, clock, false)?;
    (line.as_bytes().get(10) == Some(&b'-')).then_some(())?;
    Some((reading, line.get(..19)?, line.get(19..)?.strip_prefix(": ")?))
}

fn detect_directadmin(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| {
        directadmin(line).is_some_and(|(.., rest)| rest.starts_with('\''))
    });
    (share >= 80).then(|| Claim {
        confidence: 82 + share / 10,
        reason: format!("{share} of 100 lines are year:month:day-clock and an address in quotes"),
    })
}

fn open_directadmin(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(DirectAdmin)
}

struct DirectAdmin;

impl RecordReader for DirectAdmin {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some((reading, time, rest)) = directadmin(record.text) else {
            return Verdict::Unparsed("the line does not begin with year:month:day-clock");
        };
        event.reading = Some(reading);
        event.set(Text::TimeText, time);
        event.set(Text::Service, "directadmin");
        event.set(Text::Message, rest);
        let (address, what) = rest
            .strip_prefix('\'')
            .and_then(|t| split(t, "' "))
            .unwrap_or(("", rest));
        scan::set_source(event, address);
        if let Some((count, _)) = split(what, " failed login attempt") {
            event.kind = Kind::AUTH_LOGON;
            event.outcome = Outcome::Failure;
            event.attr("attempts", count);
            event.set(Text::UserName, between(what, "ccount '", "'").unwrap_or_default());
            if what.has("Invalid account") {
                event.set(Text::XReason, "invalid account");
            }
        } else if let Some(user) = between(what, "successful login to '", "'") {
            event.kind = Kind::AUTH_LOGON;
            event.outcome = Outcome::Success;
            event.set(Text::UserName, user);
        }
        Verdict::Event
    }
}
