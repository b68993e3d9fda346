//! Syslog, RFC 3164 as it is really written and RFC 5424: the head of the line here, the message by families.
//!
//! [`header`] takes the line apart, [`dispatch`] chooses the reader of the message by program and content. Each
//! family of messages is one file. A message that no family knows is an event of kind `other` with its text; its
//! head is read all the same.

mod accounts;
mod admin;
mod cisco_ios;
mod cron;
mod device;
mod dhcp;
mod dispatch;
mod dns;
mod filterlog;
mod firewall;
mod ftp;
mod header;
mod imap;
mod inetd;
mod kernel;
mod ldap;
mod logging;
mod logind;
mod mail;
mod ossec;
mod packages;
mod pam;
mod sshd;
mod su;
mod sudo;
mod systemd;
#[cfg(test)]
mod tests;
mod timekeeping;
mod vpn;
mod web;

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

pub(crate) use cisco_ios::read as read_cisco_ios;
pub(crate) use dispatch::{KINDS as AUDIT_KINDS, read_message};
pub(crate) use dns::read as read_dns;

use super::fields::{self, Target};
use super::{asterisk, event_name, json_lines, kaspersky};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::near;
use header::Header;

/// RFC 3164 syslog and its dialects.
pub(crate) const RFC3164: Format = Format {
    name: "syslog-rfc3164",
    title: "Syslog, BSD style (RFC 3164 and dialects)",
    reference: "RFC 3164 sections 4 and 5; rsyslog templates RSYSLOG_TraditionalFileFormat and RSYSLOG_FileFormat",
    category: Some(Category::Os),
    kinds: dispatch::KINDS,
    samples: SAMPLES_3164,
    detect: detect_3164,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

/// RFC 5424 syslog.
pub(crate) const RFC5424: Format = Format {
    name: "syslog-rfc5424",
    title: "Syslog (RFC 5424)",
    reference: "RFC 5424 section 6",
    category: Some(Category::Os),
    kinds: dispatch::KINDS,
    samples: SAMPLES_5424,
    detect: detect_5424,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES_3164: &[Sample] = &[
    Sample {
        bytes: b"Jan 31 23:52:07 web1 sshd[4021]: Failed password for invalid user oracle from 203.0.113.7 port 51022 ssh2\n\
<86>Jan 31 23:52:09 web1 sshd[4021]: Accepted publickey for aigul from 203.0.113.7 port 51022 ssh2: ED25519 SHA256:Zm9vYmFy\n",
        events: &[
            &[
                ("host", "web1"),
                ("process", "sshd"),
                ("pid", "4021"),
                ("kind", "auth.logon"),
                ("outcome", "failure"),
                ("user_name", "oracle"),
                ("src_ip", "203.0.113.7"),
                ("src_port", "51022"),
                ("x_reason", "invalid user"),
                ("time_text", "Jan 31 23:52:07"),
            ],
            &[("outcome", "success"), ("user_name", "aigul"), ("level", "6"), ("attrs.facility", "authpriv")],
        ],
    },
    Sample {
        bytes: b"2026-01-01T00:12:03.250000+05:00 db1 sudo:    admin : TTY=pts/0 ; PWD=/home/admin ; USER=root ; COMMAND=/usr/bin/less /var/log/auth.log\n",
        events: &[&[
            ("kind", "log.view"),
            ("outcome", "success"),
            ("user_name", "admin"),
            ("target_user", "root"),
            ("target", "/var/log/auth.log"),
            ("x_command_line", "/usr/bin/less /var/log/auth.log"),
        ]],
    },
];

const SAMPLES_5424: &[Sample] = &[
    Sample {
        bytes: br#"<14>1 2026-01-01T00:12:03+05:00 gate3 FLOW - SESSION_DENY [fw@32473 source-address="10.20.0.31" source-port="51022" destination-address="198.51.100.7" destination-port="443" protocol="tcp" policy-name="clerks-out" username="N/A" action="deny"]
<10>1 2026-01-01T00:12:05Z admin1.bank.example KES|12.1.0.0 - GNRL_EV_VIRUS_FOUND [event@23668 p1="00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF" p2="C:\\Users\\aitova\\report.exe" p5="Test-Threat.A" p7="BANK\\g.aitova" et="GNRL_EV_VIRUS_FOUND" tdn="File Threat Protection" etdn="Malicious object detected" hdn="WKS-7" hip="10.20.0.7" gn="Managed devices"] Result: detected
<10>1 2026-01-01T00:12:06Z wks-7.bank.example KES|12.1.0.0 - GNRL_EV_ATTACK_DETECTED [event@23668 p1="Scan.Generic.A" p2="TCP" p3="169869577" p4="3389" p6="169869319" et="GNRL_EV_ATTACK_DETECTED" etdn="Network attack detected" hdn="WKS-7" hip="10.32.0.7"] Result: blocked
"#,
        events: &[
            &[
                ("src_ip", "10.20.0.31"),
                ("src_port", "51022"),
                ("dst_ip", "198.51.100.7"),
                ("dst_port", "443"),
                ("protocol", "tcp"),
                ("x_rule", "clerks-out"),
                ("action", "deny"),
                ("outcome", "failure"),
                ("kind", "other"),
                ("attrs.fw@32473.username", "N/A"),
            ],
            &[
                ("kind", "malware.detect"),
                ("category", "protection"),
                ("host", "WKS-7"),
                ("host_ip", "10.20.0.7"),
                ("attrs.relay", "admin1.bank.example"),
                ("user_name", "g.aitova"),
                ("target", r"C:\Users\aitova\report.exe"),
                ("x_rule", "Test-Threat.A"),
                ("x_hash", "00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF"),
                ("code", "GNRL_EV_VIRUS_FOUND"),
                ("action", "Malicious object detected"),
            ],
            &[
                ("kind", "ids.alert"),
                ("host", "WKS-7"),
                ("src_ip", "10.32.1.9"),
                ("dst_ip", "10.32.0.7"),
                ("dst_port", "3389"),
                ("protocol", "TCP"),
                ("x_rule", "Scan.Generic.A"),
            ],
        ],
    },
    Sample {
    bytes: b"<38>1 2026-01-01T00:12:03.25+05:00 db1 sshd 812 - [origin ip=\"10.1.2.3\" note=\"a \\\"b\\] c\"] Invalid user test from 198.51.100.4 port 4022\n\
<13>1 - - - - - - plain words\n",
    events: &[
        &[
            ("host", "db1"),
            ("pid", "812"),
            ("level", "6"),
            ("attrs.facility", "auth"),
            ("attrs.origin.ip", "10.1.2.3"),
            ("attrs.origin.note", "a \"b] c"),
            ("user_name", "test"),
            ("src_ip", "198.51.100.4"),
        ],
        &[("kind", "other"), ("message", "plain words"), ("level", "5")],
    ],
},
];

/// The facilities of RFC 5424 table 1, by number.
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
    "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6",
    "local7",
];

fn detect_3164(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| {
        header::priority(line).is_none_or(|(_, rest)| !rest.starts_with("1 ")) && is_syslog(line)
    });
    (share >= 60).then(|| Claim {
        confidence: 60 + share / 10,
        reason: format!("{share} of 100 lines have a syslog head (time, host, program)"),
    })
}

fn detect_5424(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| {
        header::priority(line).is_some_and(|(_, rest)| rest.starts_with("1 ")) && header::read(line).is_some()
    });
    (share >= 60).then(|| Claim {
        confidence: 65 + share / 10,
        reason: format!("{share} of 100 lines begin with <priority>1 and the seven fields of RFC 5424"),
    })
}

/// A line that is syslog and nothing more special: a time alone is not enough, many logs begin with one.
fn is_syslog(line: &str) -> bool {
    header::read(line).is_some_and(|head| is_syslog_head(&head))
}

fn is_syslog_head(head: &Header<'_>) -> bool {
    if head.priority.is_some() || !head.pid.is_empty() {
        return true;
    }
    let bsd = head.time_text.starts_with(|c: char| c.is_ascii_alphabetic())
        // `2026 Jan  1 00:12:03`
        || head.time_text.as_bytes().get(4) == Some(&b' ');
    let named = !head.host.is_empty() && !head.host.starts_with('[') || head.tag == "WinEvtLog";
    let quiet = head.message.starts_with("-- MARK --") || head.message.starts_with("last message repeated ");
    let iso = head.time_text.holds(b'T') && !head.tag.is_empty();
    (bsd || iso) && named && (!head.tag.is_empty() || quiet || head.message.starts_with('%'))
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Syslog {
        json: Some(json_lines::open(context)),
        ..Syslog::default()
    })
}

/// Keeps the memory of what structured data is put together in.
#[derive(Default)]
struct Syslog {
    name: String,
    value: String,
    /// Reads messages that are JSON.
    json: Option<Box<dyn RecordReader>>,
}

impl RecordReader for Syslog {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        if self.read_json(record, event) {
            return Verdict::Event;
        }
        self.read_line(record.text, event)
    }
}

/// Bytes of an element id that stand before the name of each of its parameters.
const ELEMENT_ID_MAX: usize = 64;

/// Reads one line of either RFC.
pub(crate) fn read_line(line: &str, event: &mut EventBuf) -> Verdict {
    Syslog::default().read_line(line, event)
}

/// Reads a line that stands in another record or among lines of other grammars; `false` where it is no syslog.
pub(crate) fn read_whole(line: &str, event: &mut EventBuf) -> bool {
    !is_sentence(line) && has_own_head(line) && read_line(line, event) == Verdict::Event
}

fn has_own_head(line: &str) -> bool {
    // Brackets in a sentence make no process id.
    let known = |head: Header<'_>| head.pid.bytes().all(|b| b.is_ascii_digit()) && is_syslog_head(&head);
    header::read(line).is_some_and(known)
}

/// Whether a date and a blank stand before a text that has no head for certain: neither a process id, nor a priority, nor
/// the `T` that syslog's own dates have.
fn is_sentence(line: &str) -> bool {
    let bytes = line.as_bytes();
    matches!(bytes, [b'0'..=b'9', _, _, _, b'-', _, _, b'-', _, _, b' ', ..])
        && near::byte3(b'[', b'<', b'T', bytes).is_none()
}

#[cfg(test)]
proptest::proptest! {
    /// What is told by three signs has no head of syslog.
    #[test]
    fn sentences_have_no_head(
        date in "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(,[0-9]{3}| UTC| GMT|Z| [+]0500)?",
        rest in "( |: |)(host |web1: )?([a-z]{1,5}|)([\\[][0-9]{1,4}[\\]])?(: | |:)(%[A-Z]{3}-[0-9]-X: )?[a-zT<>%:\\[\\] 0-9]{0,20}",
    ) {
        let line = date + &rest;
        proptest::prop_assert!(!is_sentence(&line) || !has_own_head(&line), "{}", line);
    }
}

/// Reads a message of a VPN daemon, from its own log.
pub(crate) fn read_vpn(name: &str, message: &str, event: &mut EventBuf) -> bool {
    vpn::read(name, message, event)
}

/// Reads a line that a web server sent by syslog; `false` where it is none.
pub(crate) fn read_web_line(line: &str, event: &mut EventBuf) -> bool {
    header::read(line).is_some_and(|head| web::is_server(head.tag) || head.tag == "lighttpd")
        && read_line(line, event) == Verdict::Event
}

impl Syslog {
    /// A message that is JSON as a whole: what it says of itself goes before what the head says.
    fn read_json(&mut self, record: &Record<'_>, event: &mut EventBuf) -> bool {
        let Some(reader) = &mut self.json else {
            return false;
        };
        // Most lines end otherwise: one look spares the rest.
        if !record.text.trimmed_end().ends_with('}') {
            return false;
        }
        let Some(head) = header::read(record.text).filter(|h| json_lines::is_json(h.message)) else {
            return false;
        };
        fill_header(&head, event);
        let inner = Record {
            text: head.message,
            ..*record
        };
        if reader.read(&inner, event) != Verdict::Event {
            event.clear();
            return false;
        }
        if event.reading.is_none() {
            event.reading = head.reading;
            event.set(Text::TimeText, head.time_text);
        }
        event.set_if_absent(Text::Message, head.message);
        true
    }

    fn read_line(&mut self, line: &str, event: &mut EventBuf) -> Verdict {
        let Some(head) = header::read(line) else {
            return Verdict::Unparsed("the line begins with neither a priority nor a syslog time");
        };
        let of_asterisk = asterisk::level(head.tag)
            .or_else(|| asterisk::level(head.host))
            .is_some();
        if of_asterisk && asterisk::read_line(line, event) {
            return Verdict::Event;
        }
        fill_header(&head, event);
        if head.structured.is_empty() {
            dispatch::read_message(head.tag, head.message, event);
            return Verdict::Event;
        }
        self.structured(head.structured, event);
        dispatch::read_message(head.tag, head.message, event);
        if kaspersky::is_own(head.structured) {
            kaspersky::of_structured(event, &mut self.value);
        } else if event.kind == Kind::OTHER && has_private(head.structured) {
            event_name::settle(head.message_id, "", event);
            if event.outcome == Outcome::Unknown {
                event.outcome = event
                    .get(Text::Action)
                    .and_then(fields::outcome)
                    .unwrap_or_default();
            }
        }
        // All that some devices say stands there.
        event.set_if_absent(Text::Message, head.structured);
        Verdict::Event
    }

    /// Each parameter as an attribute `id.name`; an element without parameters as an attribute `id`.
    fn structured(&mut self, text: &str, event: &mut EventBuf) {
        let (full_name, plain) = (&mut self.name, &mut self.value);
        header::parameters(text, |id, name, value| {
            full_name.clear();
            // RFC 5424 §6.3.2 allows 32 characters: a longer id must not be repeated with every parameter.
            let most = if name.is_empty() { id.len() } else { ELEMENT_ID_MAX };
            full_name.push_str(id.get(..id.floor_char_boundary(most)).unwrap_or(id));
            if !name.is_empty() {
                full_name.push('.');
                full_name.push_str(name);
            }
            // One maker's parameters have numbers for names, and other meanings than the common ones.
            let private = id.holds(b'@') && !kaspersky::is_identifier(id);
            if !value.holds(b'\\') {
                if private {
                    parameter(name, value, plain, event);
                }
                event.attr(full_name, value);
                return;
            }
            // Only `"`, `\` and `]` are escaped (RFC 5424 §6.3.3); any other backslash stands for itself.
            plain.clear();
            let mut chars = value.chars().peekable();
            while let Some(c) = chars.next() {
                let escaped = c == '\\' && matches!(chars.peek(), Some('"' | '\\' | ']'));
                plain.push(if escaped { chars.next().unwrap_or(c) } else { c });
            }
            event.attr(full_name, plain);
        });
    }
}

/// Whether an element is a maker's own: its identifier holds the number of an enterprise (RFC 5424 §6.3.2). The others
/// speak of the message's way, not of what happened.
fn has_private(structured: &str) -> bool {
    let mut found = false;
    header::parameters(structured, |id, _, _| found |= id.holds(b'@'));
    found
}

/// What a parameter of a maker's own element means by its name, where its column is still empty. Time, host, program and
/// text are those of the head.
fn parameter(name: &str, value: &str, scratch: &mut String, event: &mut EventBuf) {
    let Some((target, _)) = fields::find_with(name, scratch) else {
        return;
    };
    let free = match target {
        Target::Text(Text::Host | Text::Service | Text::Process | Text::Message | Text::Code) => false,
        Target::Text(column) => event.get(column).is_none(),
        Target::Number(column) => event.number(column).is_none(),
        Target::Outcome => event.outcome == Outcome::Unknown,
        _ => false,
    };
    if free && fields::fits(target, value) {
        fields::fill_target(event, target, value, false);
    }
}

/// Reads what stands before a message that has a grammar of its own (CEF, LEEF, key=value): priority, time, host,
/// program. Unlike [`read_line`] it does not need a message to know a host by.
pub(crate) fn read_prefix(text: &str, event: &mut EventBuf) {
    let (program, pid) = relay(text, event);
    event.set(Text::Process, program);
    set_pid(pid, event);
}

/// `<PRI>` at the start: its value and what follows.
pub(crate) fn priority(line: &str) -> Option<(u8, &str)> {
    header::priority(line)
}

/// Level and facility of a priority.
pub(crate) fn set_priority(priority: u8, event: &mut EventBuf) {
    let head = Header {
        priority: Some(priority),
        ..Header::default()
    };
    fill_header(&head, event);
}

/// A time of any syslog sort at the start: the reading, its text, the rest.
pub(crate) fn time_at_start(text: &str) -> Option<(letopis_event::TimeReading, &str, &str)> {
    header::time(text)
}

/// The same where the message names the acting program itself: the one that sent it is the attribute `sender`.
pub(crate) fn read_relay(text: &str, event: &mut EventBuf) {
    let (program, _) = relay(text, event);
    if !program.is_empty() {
        event.attr("sender", program);
    }
}

/// Fills priority, time and host; gives program and process id.
fn relay<'a>(text: &'a str, event: &mut EventBuf) -> (&'a str, &'a str) {
    let mut rest = text.trimmed();
    if let Some((priority, after)) = header::priority(rest) {
        set_priority(priority, event);
        rest = after.strip_prefix("1 ").unwrap_or(after).trimmed_start();
    }
    if let Some((reading, time_text, after)) = header::time(rest) {
        event.reading = Some(reading);
        event.set(Text::TimeText, time_text);
        rest = after.less_start_of(b" :");
    }
    let mut words = rest.pieces(b' ').filter(|w| !w.is_empty());
    let tag = match words.next() {
        // No host, only a program.
        Some(word) if word.ends_with(':') => word,
        Some(host) => {
            event.set(Text::Host, host);
            words.next().filter(|w| *w != "-").unwrap_or_default()
        }
        None => return ("", ""),
    };
    let tag = tag.less_end(b':');
    match tag.cut(b'[') {
        Some((program, pid)) => (program, pid.less_end(b']')),
        None => (tag, words.next().unwrap_or_default()),
    }
}

fn set_pid(pid: &str, event: &mut EventBuf) {
    if !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit()) {
        event.set_number_text(Number::Pid, pid);
    }
}

fn fill_header(head: &Header<'_>, event: &mut EventBuf) {
    if let Some(priority) = head.priority {
        event.level = Some((priority & 7) as i8);
        if let Some(name) = FACILITIES.get(usize::from(priority >> 3)) {
            event.attr("facility", name);
        }
    }
    event.reading = head.reading;
    event.set(Text::TimeText, head.time_text);
    event.set(Text::Host, head.host);
    event.set(Text::Process, head.tag);
    if !head.pid.is_empty() {
        if head.pid.bytes().all(|b| b.is_ascii_digit()) {
            event.set_number_text(Number::Pid, head.pid);
        } else {
            event.attr("procid", head.pid);
        }
    }
    event.set(Text::Code, head.message_id);
    if !head.device_time.is_empty() {
        event.attr("device_time", head.device_time);
    }
    event.set(Text::XRecordId, head.sequence);
}

/// What most families do: a kind, and nothing said of the outcome.
fn set_kind(event: &mut EventBuf, kind: Kind) -> bool {
    event.kind = kind;
    true
}
