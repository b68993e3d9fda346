//! Asterisk's log files (`messages`, `security`, `full`): `[TIME] LEVEL[thread][call] place: text`.

mod messages;

use letopis_event::{Category, EventBuf, Kind, Text};

pub(super) use messages::level;

use super::scan::{has, split};
use super::syslog;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
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
        Kind::IDS_ALERT,
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
                &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "100"), ("src_ip", "192.0.2.8"), ("src_port", "5071"), ("x_reason", "Wrong password"), ("attrs.thread", "1638"), ("session", "C-0000001d")],
                &[("kind", "other"), ("level", "7"), ("process", "asterisk"), ("provider", "pbx"), ("message", "Executing [s@default:1]")],
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

/// The head of a line taken apart.
struct Line<'a> {
    time: Option<(letopis_event::TimeReading, &'a str)>,
    level: &'a str,
    /// The thread that logged: Asterisk writes no process.
    thread: &'a str,
    text: &'a str,
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
    let level = rest.get(..end).filter(|l| level(l).is_some())?;
    let (thread, text) = split(rest.get(end..)?.less_start(b' ').strip_prefix('[')?, "]")?;
    let digits = !thread.is_empty() && thread.bytes().all(|b| b.is_ascii_digit());
    digits.then_some(Line {
        time,
        level,
        thread,
        text: text.less_start_of(b": "),
    })
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
        reason: format!("{share} of 100 lines are [time] LEVEL[thread] as Asterisk writes them"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        if read_line(record.text, event) {
            Verdict::Event
        } else if relayed(record.text) {
            syslog::read_line(record.text, event)
        } else {
            Verdict::Unparsed("the line is no [time] LEVEL[thread] of Asterisk")
        }
    }
}

/// Reads a line of Asterisk's own files, or what remains of it where a collector cut the time off; `false` where it is
/// none.
pub(super) fn read_line(text: &str, event: &mut EventBuf) -> bool {
    let Some(found) = line(text) else { return false };
    if let Some((reading, time)) = found.time {
        event.reading = Some(reading);
        event.set(Text::TimeText, time);
    }
    event.set(Text::Process, "asterisk");
    event.level = level(found.level);
    event.attr("level", found.level);
    event.attr("thread", found.thread);
    messages::read(found.text, event);
    true
}

/// Reads a message that came by syslog: `NOTICE[32257]: chan_sip.c:23417 in handler: …`, or the text alone.
pub(super) fn read_message(message: &str, event: &mut EventBuf) -> bool {
    read_line(message, event) || messages::read(message, event)
}
