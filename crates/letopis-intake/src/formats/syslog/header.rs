//! The head of a syslog line: priority, time, host, program, process id; both RFCs and what devices make of them.

use letopis_event::{TimeReading, TimeReading::Clock};

use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, word};
use crate::near;
use crate::timetext;

/// What stands before the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Header<'a> {
    /// Facility times eight plus severity.
    pub(super) priority: Option<u8>,
    /// The clock reading.
    pub(super) reading: Option<TimeReading>,
    /// The reading as written.
    pub(super) time_text: &'a str,
    /// The device's own clock where a relay put another before it.
    pub(super) device_time: &'a str,
    /// Name or address of the sender.
    pub(super) host: &'a str,
    /// Program.
    pub(super) tag: &'a str,
    /// Process id or what stands in its place.
    pub(super) pid: &'a str,
    /// RFC 5424 message id.
    pub(super) message_id: &'a str,
    /// RFC 5424 structured data, with its brackets.
    pub(super) structured: &'a str,
    /// Sequence number of a device.
    pub(super) sequence: &'a str,
    /// The rest.
    pub(super) message: &'a str,
}

/// Reads the head of a line of either RFC; `None` where the line shows neither priority nor time nor `program[pid]:`.
pub(super) fn read(line: &str) -> Option<Header<'_>> {
    let mut header = Header::default();
    let mut rest = line;
    if let Some((priority, after)) = priority(line) {
        header.priority = Some(priority);
        rest = after;
        if let Some(after) = rest.strip_prefix("1 ")
            && rfc5424(after, &mut header).is_some()
        {
            return Some(header);
        }
        rest = rest.less_start(b' ');
    } else if let Some(after) = line.strip_prefix("1 ")
        // Some collectors cut the priority off and leave the version.
        && after.starts_with(|c: char| c.is_ascii_digit())
        && rfc5424(after, &mut header).is_some()
    {
        return Some(header);
    }
    // Cisco devices put a sequence number before the time.
    if let Some((digits, after)) = sequence(rest) {
        header.sequence = digits;
        rest = after;
    }
    if let Some((reading, taken, after)) = time(rest) {
        header.reading = Some(reading);
        header.time_text = taken;
        // A time in brackets: `[Jan  4 10:00:00] …`
        let after = match taken.starts_with('[') {
            true => after.strip_prefix(']').unwrap_or(after),
            false => after,
        };
        let after = match named_priority(after) {
            Some((priority, rest)) if header.priority.is_none() => {
                header.priority = Some(priority);
                rest
            }
            _ => after,
        };
        if taken.get(2..3) == Some("-") {
            // BIND's own files name neither host nor program.
            header.tag = "named";
            header.message = after.trimmed_start();
            return Some(header);
        }
        if taken.starts_with('@') {
            // So do multilog's, which stand in the program's own folder.
            let (tag, pid, message) = tag(after.trimmed_start());
            (header.tag, header.pid, header.message) = (tag, pid, message);
            return Some(header);
        }
        legacy(after, &mut header);
        return Some(header);
    }
    if header.priority.is_some() {
        legacy(rest, &mut header);
        return Some(header);
    }
    // Without a time only the unmistakable `host program[pid]: ` (or `program[pid]: `) counts.
    legacy(rest, &mut header);
    let digits = !header.pid.is_empty() && header.pid.bytes().all(|b| b.is_ascii_digit());
    let named = !header.host.is_empty() || crate::formats::asterisk::level(header.tag).is_some();
    (digits && named).then_some(header)
}

/// `<PRI>` at the start: 0 to 191.
pub(super) fn priority(line: &str) -> Option<(u8, &str)> {
    let bytes = line.as_bytes();
    if bytes.first() != Some(&b'<') {
        return None;
    }
    let mut value = 0u16;
    let mut at = 1;
    while let Some(digit) = bytes.get(at).filter(|b| b.is_ascii_digit()) {
        value = value * 10 + u16::from(digit - b'0');
        at += 1;
        if at > 4 {
            return None;
        }
    }
    let ended = at > 1 && bytes.get(at) == Some(&b'>') && value <= 191;
    ended.then(|| (value as u8, line.get(at + 1..).unwrap_or_default()))
}

/// `<local0.info>` behind the time: what the syslog daemon of the BSDs writes when it is to be verbose (syslogd(8), `-vv`).
fn named_priority(text: &str) -> Option<(u8, &str)> {
    const LEVELS: [&str; 8] = [
        "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug",
    ];
    let (names, rest) = text.less_start(b' ').strip_prefix('<')?.cut(b'>')?;
    let (facility, level) = names.cut(b'.')?;
    let facility = super::FACILITIES.iter().position(|name| *name == facility)?;
    let level = LEVELS.iter().position(|name| *name == level)?;
    u8::try_from(facility * 8 + level)
        .ok()
        .map(|priority| (priority, rest))
}

/// `000123: ` before a Cisco time.
fn sequence(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(end..)?.strip_prefix(": ")?;
    (1..=10)
        .contains(&end)
        .then(|| (text.get(..end).unwrap_or_default(), rest))
}

/// A time of any syslog sort at the start: the reading, its text, the rest.
pub(super) fn time(text: &str) -> Option<(TimeReading, &str, &str)> {
    let lead = match text.as_bytes().first()? {
        // `*` and `.`: a Cisco clock that is not (or no longer) set by a time server.
        b'*' | b'.' | b'[' => 1,
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => 0,
        b'@' => return tai64n(text),
        _ => return None,
    };
    let body = text.get(lead..)?;
    let bytes = body.as_bytes();
    let (reading, length) = if bytes.first()?.is_ascii_digit() {
        match (bytes.get(4), bytes.get(2)) {
            (Some(b'-'), _) => timetext::iso8601(body)?,
            // BIND's own files: `04-Jan-2026 10:00:00.123`
            (_, Some(b'-')) => timetext::day_month_name(body)?,
            _ => year_before_month(body)?,
        }
    } else {
        weekday_skipped(body)?
    };
    let (mut reading, mut end) = (reading, lead + length);
    let rest = text.get(end..)?;
    // A time ends at a space, colon or bracket: `Jan  1 00:00:00x` is none.
    if !rest.is_empty() && !rest.starts_with([' ', ':', '\t', ']']) {
        return None;
    }
    if let Clock {
        civil,
        offset_min: None,
    } = reading
        && let Some(after) = rest.strip_prefix(" UTC").or_else(|| rest.strip_prefix(" GMT"))
        && after.starts_with([' ', ':'])
    {
        reading = Clock {
            civil,
            offset_min: Some(0),
        };
        end += 4;
    }
    let time_text = text.get(..end)?;
    Some((reading, time_text, text.get(end..)?))
}

/// The label of multilog and svlogd: `@`, seconds of TAI since 1970 plus 2^62, nanoseconds, in hex
/// (<https://cr.yp.to/libtai/tai64.html>). Its writers count 10 s between TAI and UTC, whatever the year.
fn tai64n(text: &str) -> Option<(TimeReading, &str, &str)> {
    let digits = text.get(1..25)?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let seconds = u64::from_str_radix(digits.get(..16)?, 16).ok()?;
    let nanos = u32::from_str_radix(digits.get(16..)?, 16).ok()?;
    let since_1970 = i128::from(seconds) - (1i128 << 62) - 10;
    let rest = text.get(25..)?;
    let plain = nanos < 1_000_000_000 && (0..1i128 << 33).contains(&since_1970);
    if !plain || !rest.starts_with([' ', '\t']) {
        return None;
    }
    let reading = TimeReading::Instant {
        nanos: since_1970 * 1_000_000_000 + i128::from(nanos),
    };
    Some((reading, text.get(..25)?, rest))
}

/// BSD time, also behind a weekday (`Sun Jan  4 10:00:00 2026`).
fn weekday_skipped(body: &str) -> timetext::Taken {
    if let Some(taken) = timetext::bsd_syslog(body) {
        return Some(taken);
    }
    let rest = body.get(4..)?;
    let weekday = ["Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "]
        .iter()
        .any(|day| body.starts_with(day));
    let (reading, length) = weekday.then(|| timetext::bsd_syslog(rest)).flatten()?;
    Some((reading, length + 4))
}

/// `2026 Jan  4 10:00:00`, as Cisco NX-OS and some relays write it.
fn year_before_month(body: &str) -> timetext::Taken {
    let (year, rest) = scan::number(body)?;
    let rest = rest.strip_prefix(' ')?;
    if !(1970..=2200).contains(&year) {
        return None;
    }
    let (reading, length) = timetext::bsd_syslog(rest)?;
    match reading {
        Clock {
            mut civil,
            offset_min,
        } if civil.year.is_none() => {
            civil.year = i32::try_from(year).ok();
            Some((Clock { civil, offset_min }, length + 5))
        }
        _ => None,
    }
}

/// Host, tag and message after a BSD time.
fn legacy<'a>(rest: &'a str, header: &mut Header<'a>) {
    let mut rest = rest.less_start_of(b" \t");
    // `… 2020 12:59:57: %ASA-…` and `… host : %ASA-…`
    let colon = rest.starts_with(':');
    if colon {
        rest = rest.less_start(b':').less_start(b' ');
    }
    // An ISO time with a colon behind it is no syslog time: what follows is no host.
    let hostless = colon && header.time_text.as_bytes().get(4) == Some(&b'-');
    if !rest.starts_with('%') && !hostless {
        let (first, after) = word(rest);
        if is_host(first, after) {
            header.host = first.strip_suffix(':').unwrap_or(first);
            rest = after;
        }
    }
    rest = rest.strip_prefix(": ").unwrap_or(rest);
    device(&mut rest, header);
    if rest.starts_with('%') {
        header.message = rest;
        return;
    }
    // A line that says only that the one before it came again has no program.
    if rest.starts_with("last message repeated ") {
        header.message = rest;
        return;
    }
    let (tag, pid, message) = tag(rest);
    header.tag = tag;
    header.pid = pid;
    header.message = message;
}

/// Whether the first word after the time is a host and not already the program.
fn is_host(first: &str, after: &str) -> bool {
    let bytes = first.as_bytes();
    let Some(last) = bytes.last() else { return false };
    if after.is_empty() {
        return false;
    }
    if *last == b':' {
        // `host: %ASA-…` and `host: 000123: *Jan  1 …`
        return after.starts_with('%') || (sequence(after).is_some() && !first.holds(b'['));
    }
    // `sshd[12]:` and `[sshd]` are programs; `[10.0.0.1]` is a host.
    if near::byte(b'[', bytes).is_some() {
        return scan::is_ip(first.less_both(b"[]"));
    }
    if first == "last" && after.starts_with("message repeated ") {
        return false;
    }
    // `-- MARK --`
    first != "--"
}

/// `[seq: ][*time: ]%FAC-SEV-MNEMONIC`: the part that a Cisco device wrote itself, behind a relay's head.
fn device<'a>(rest: &mut &'a str, header: &mut Header<'a>) {
    if !matches!(rest.as_bytes().first(), Some(b'0'..=b'9' | b'*' | b'.')) {
        return;
    }
    let saved = *header;
    let mut text = *rest;
    if let Some((digits, after)) = sequence(text) {
        header.sequence = digits;
        text = after;
    }
    let clock = text.starts_with(['*', '.']) || header.sequence != saved.sequence;
    if clock && let Some((reading, taken, after)) = time(text) {
        if header.reading.is_none() {
            header.reading = Some(reading);
            header.time_text = taken;
        } else {
            header.device_time = taken;
        }
        text = after.less_start_of(b" :");
    }
    if text.starts_with('%') {
        *rest = text;
    } else {
        *header = saved;
    }
}

/// `program[pid]: message` in all its spellings: program, pid, message.
pub(super) fn tag(text: &str) -> (&str, &str, &str) {
    let bytes = text.as_bytes();
    let none = ("", "", text);
    // `[sshd]: …` and `[sshd] …`
    if bytes.first() == Some(&b'[') {
        let Some(close) = near::byte(b']', bytes) else {
            return none;
        };
        let name = text.get(1..close).unwrap_or_default();
        if name.is_empty() || name.holds_any(b" =") {
            return none;
        }
        return (name, "", message(text.get(close + 1..).unwrap_or_default()));
    }
    let end = near::byte3(b':', b'[', b' ', bytes).unwrap_or(bytes.len());
    let name = text.get(..end).unwrap_or_default();
    match bytes.get(end) {
        Some(b':') => {
            let after = text.get(end + 1..).unwrap_or_default();
            // `a:b` without a space is content (`http://…`, an address), not a program.
            let tagged = end > 0 && end <= 64 && (after.is_empty() || after.starts_with([' ', '\t', '[']));
            if tagged { (name, "", message(after)) } else { none }
        }
        Some(b'[') if end > 0 && end <= 64 => bracketed(text, name, end).unwrap_or(none),
        Some(b' ') => spaced(text, name, end).unwrap_or(none),
        _ => none,
    }
}

/// `program[pid]: message`, the bracket at `at`.
fn bracketed<'a>(text: &'a str, name: &'a str, at: usize) -> Option<(&'a str, &'a str, &'a str)> {
    let close = at + near::byte(b']', text.as_bytes().get(at..)?)?;
    let pid = text.get(at + 1..close)?;
    if pid.len() > 48 || pid.holds(b' ') {
        return None;
    }
    Some((name, pid, message(text.get(close + 1..)?)))
}

/// Programs whose name holds spaces (`Google Chrome[12]: …`), and `syslogd 1.4.1: restart.`
fn spaced<'a>(text: &'a str, name: &'a str, space: usize) -> Option<(&'a str, &'a str, &'a str)> {
    let bytes = text.as_bytes();
    let window = bytes.get(..bytes.len().min(80))?;
    let colon = near::byte(b':', window)?;
    let head = text.get(..colon)?;
    if let Some(open) = head.strip_suffix(']').and_then(|h| h.last_place_of(b'[')) {
        let pid = head.get(open + 1..colon - 1)?;
        let plain = head.get(..open)?;
        let digits = !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit());
        let named = plain.len() <= 48 && !plain.holds_any(b"[(\"=");
        return (digits && named).then(|| (plain, pid, message(text.get(colon + 1..).unwrap_or_default())));
    }
    let version = head.get(space + 1..)?;
    let is_version = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    is_version.then(|| (name, "", text.get(space + 1..).unwrap_or_default()))
}

fn message(after: &str) -> &str {
    let text = after.strip_prefix(':').unwrap_or(after);
    text.strip_prefix(' ').unwrap_or(text)
}

/// Everything after `<PRI>1 `: RFC 5424 §6.
fn rfc5424<'a>(text: &'a str, header: &mut Header<'a>) -> Option<()> {
    let (stamp, rest) = field(text)?;
    let reading = match stamp {
        "-" => None,
        _ => {
            let (reading, length) = timetext::iso8601(stamp)?;
            if length != stamp.len() {
                return None;
            }
            Some(reading)
        }
    };
    let (host, rest) = field(rest)?;
    let (tag, rest) = field(rest)?;
    let (pid, rest) = field(rest)?;
    let (message_id, rest) = field(rest)?;
    let structured = structured_length(rest)?;
    let nil = |value: &'a str| if value == "-" { "" } else { value };
    header.reading = reading;
    header.time_text = nil(stamp);
    header.host = nil(host);
    header.tag = nil(tag);
    header.pid = nil(pid);
    header.message_id = nil(message_id);
    header.structured = nil(rest.get(..structured)?);
    let message = rest.get(structured..)?;
    let message = message.strip_prefix(' ').unwrap_or(message);
    header.message = message.strip_prefix('\u{feff}').unwrap_or(message);
    Some(())
}

/// One field and exactly one space.
fn field(text: &str) -> Option<(&str, &str)> {
    let at = near::byte(b' ', text.as_bytes())?;
    (at > 0).then(|| {
        (
            text.get(..at).unwrap_or_default(),
            text.get(at + 1..).unwrap_or_default(),
        )
    })
}

/// Bytes of the structured data at the start: `-`, or elements in brackets where `]` inside a value is escaped.
fn structured_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b'-') {
        return Some(1);
    }
    let mut at = 0;
    while bytes.get(at) == Some(&b'[') {
        let mut quoted = false;
        loop {
            at += 1;
            match bytes.get(at)? {
                b'\\' if quoted => at += 1,
                b'"' => quoted = !quoted,
                b']' if !quoted => break,
                _ => {}
            }
        }
        at += 1;
    }
    (at > 0).then_some(at)
}

/// Walks the parameters of structured data: element id, name, value (escapes still in it).
pub(super) fn parameters<'a>(text: &'a str, mut each: impl FnMut(&'a str, &'a str, &'a str)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while bytes.get(at) == Some(&b'[') {
        let start = at + 1;
        at = start;
        while bytes.get(at).is_some_and(|b| !matches!(b, b' ' | b']')) {
            at += 1;
        }
        let id = text.get(start..at).unwrap_or_default();
        let mut any = false;
        while bytes.get(at) == Some(&b' ') {
            let name_start = at + 1;
            let Some(equals) = bytes.get(name_start..).and_then(|b| near::byte(b'=', b)) else {
                return;
            };
            let name = text.get(name_start..name_start + equals).unwrap_or_default();
            let value_start = name_start + equals + 2;
            at = value_start;
            while let Some(byte) = bytes.get(at).filter(|b| **b != b'"') {
                at += if *byte == b'\\' { 2 } else { 1 };
            }
            each(id, name, text.get(value_start..at).unwrap_or_default());
            any = true;
            at += 1;
        }
        if !any {
            each(id, "", "");
        }
        if bytes.get(at) != Some(&b']') {
            return;
        }
        at += 1;
    }
}
