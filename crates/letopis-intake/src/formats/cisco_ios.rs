//! Cisco IOS, IOS XE, IOS XR and NX-OS as files of their own: `%FACILITY-SEVERITY-MNEMONIC: text` behind whatever head
//! device and relay wrote: `<189>000123: host: *Jan  1 2026 00:12:03.250 UTC: %SYS-5-CONFIG_I: …`.
//!
//! What the messages mean is read as in syslog; here the head is taken apart, which devices write in many orders.

use letopis_event::{Category, EventBuf, Kind, Text, TimeReading};

use super::syslog;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;

/// Cisco IOS and NX-OS.
pub(super) const FORMAT: Format = Format {
    name: "cisco-ios",
    title: "Cisco IOS, IOS XE, IOS XR and NX-OS system messages",
    reference: "Cisco IOS System Message Guide; Cisco NX-OS System Messages Reference; service timestamps log datetime",
    category: Some(Category::Network),
    kinds: &[
        Kind::ACCOUNT_LOCK,
        Kind::ACCOUNT_UNLOCK,
        Kind::AUTH_LOGOFF,
        Kind::AUTH_LOGON,
        Kind::AUTH_UNREGISTERED_ACCOUNT,
        Kind::CONFIG_CHANGE,
        Kind::DEVIATION_REPORT,
        Kind::FIREWALL_ALLOW,
        Kind::FIREWALL_BLOCK,
        Kind::IDS_ALERT,
        Kind::LINK_DOWN,
        Kind::LINK_UP,
        Kind::LOG_FAILURE,
        Kind::OTHER,
        Kind::PRIVILEGE_USE,
        Kind::PROTECTION_DISABLE,
        Kind::PROTECTION_ENABLE,
        Kind::REMOTE_ACCESS,
        Kind::SESSION_CLOSE,
        Kind::SYSTEM_START,
        Kind::SYSTEM_STOP,
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
        bytes: b"000123: *Jan  1 2026 00:12:03.250 UTC: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (10.1.2.3)\n\
sw1: Jan 1 2026 00:12:04.001 CST: %SSH-5-SSH2_USERAUTH: User 'serik' authentication for SSH2 Session from 203.0.113.9 (tty = 0) using crypto cipher 'aes256-ctr', hmac 'hmac-sha2-256' Failed\n\
Jan 1 00:12:05.001: %SEC-6-IPACCESSLOGP: list 101 denied tcp 203.0.113.9(4022) -> 10.1.0.8(22), 1 packet\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03.25Z"),
                ("time_basis", "stated"),
                ("kind", "config.change"),
                ("level", "5"),
                ("code", "SYS-5-CONFIG_I"),
                ("user_name", "admin"),
                ("src_ip", "10.1.2.3"),
                ("x_record_id", "000123"),
                ("attrs.clock", "not synchronised"),
            ],
            &[
                ("time", "2026-01-01T00:12:04.001Z"),
                ("time_basis", "zone-assumed"),
                ("host", "sw1"),
                ("attrs.zone_name", "CST"),
                ("kind", "auth.logon"),
                ("outcome", "failure"),
                ("user_name", "serik"),
                ("src_ip", "203.0.113.9"),
            ],
            &[("kind", "firewall.block"), ("x_rule", "101"), ("dst_port", "22"), ("time_basis", "zone-and-year-assumed")],
        ],
    },
    Sample {
        bytes: b"<187>nx1: 2026 Jan  1 00:12:03 CET: %AUTHPRIV-3-SYSTEM_MSG: pam_aaa:Authentication failed from 203.0.113.9 - dcos_sshd[6531]\n\
2026 Jan  1 00:12:04 CET: %VSHD-5-VSHD_SYSLOG_CMD_EXEC: User:aigul executed the command:show run\n",
        events: &[
            &[
                ("host", "nx1"),
                ("time", "2026-01-01T00:12:03+01:00"),
                ("kind", "auth.logon"),
                ("outcome", "failure"),
                ("src_ip", "203.0.113.9"),
                ("process", "dcos_sshd"),
                ("pid", "6531"),
            ],
            &[("user_name", "aigul"), ("x_command_line", "show run")],
        ],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| message_at(line).is_some());
    (share >= 60).then(|| Claim {
        confidence: 80 + share / 10,
        reason: format!("{share} of 100 lines hold a message code like %SYS-5-CONFIG_I"),
    })
}

/// Where `%FACILITY-SEVERITY-MNEMONIC:` begins, after a head of at most a hundred bytes.
fn message_at(line: &str) -> Option<usize> {
    let window = line.as_bytes().get(..line.len().min(160))?;
    let at = crate::near::byte(b'%', window)?;
    let code = line.get(at + 1..)?.pieces(b':').next()?;
    let mut parts = code.rsplitn(3, '-');
    let (mnemonic, severity, facility) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = |t: &str| {
        !t.is_empty()
            && t.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'/'))
    };
    let numbered = severity.len() == 1 && severity.bytes().all(|b| (b'0'..=b'7').contains(&b));
    // A code of six digits is the Adaptive Security Appliance's.
    let own = !(mnemonic.len() == 6 && mnemonic.bytes().all(|b| b.is_ascii_digit()));
    (numbered && plain(mnemonic) && plain(facility) && own).then_some(at)
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        let Some(at) = message_at(line) else {
            // Other devices may log to the same place.
            return syslog::read_line(line, event);
        };
        let message = line.get(at..).unwrap_or_default();
        head(line.get(..at).unwrap_or_default(), event);
        event.set(Text::Message, message);
        syslog::read_cisco_ios(message, event);
        Verdict::Event
    }
}

/// Priority, sequence numbers, hosts and times, in any order: each stands before a colon or a blank.
fn head(text: &str, event: &mut EventBuf) {
    let mut rest = text.trimmed_start();
    if let Some((priority, after)) = syslog::priority(rest) {
        syslog::set_priority(priority, event);
        rest = after.less_start(b' ');
    }
    while !rest.is_empty() {
        if let Some((reading, time_text, after)) = syslog::time_at_start(rest) {
            rest = time(reading, time_text, after, event);
            continue;
        }
        let end = rest.find([' ', ':']).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        rest = rest.get(end..).unwrap_or_default().less_start_of(b" :");
        if word.is_empty() {
            continue;
        }
        if word.bytes().all(|b| b.is_ascii_digit()) {
            event.set(Text::XRecordId, word);
        } else if event.get(Text::Host).is_none() {
            event.set(Text::Host, word);
        } else {
            event.attr("relay", word);
        }
    }
}

/// A device's own time comes after a relay's: the last one is the event's.
fn time<'a>(reading: TimeReading, time_text: &str, after: &'a str, event: &mut EventBuf) -> &'a str {
    if let Some(relayed) = event.get(Text::TimeText).map(str::to_owned) {
        event.attr("syslog_time", &relayed);
    }
    event.reading = Some(reading);
    event.set(Text::TimeText, time_text);
    if time_text.starts_with('*') {
        event.attr("clock", "not synchronised");
    }
    let rest = after.less_start(b' ');
    // A zone whose abbreviation means several offsets: kept, and not believed.
    let end = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    if (2..=5).contains(&end) && rest.get(end..).is_some_and(|r| r.starts_with(':')) {
        event.attr("zone_name", rest.get(..end).unwrap_or_default());
        return rest.get(end..).unwrap_or_default().less_start_of(b" :");
    }
    rest.less_start_of(b" :")
}
