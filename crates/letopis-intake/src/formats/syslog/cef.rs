//! ArcSight Common Event Format (implementation standard, version 25): `CEF:0|vendor|product|version|id|name|severity|fields`.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use crate::formats::scan;

/// Reads a message that holds `CEF:`. Every field of the extension is kept; the known ones fill columns.
pub(crate) fn read(message: &str, event: &mut EventBuf) -> bool {
    let Some((_, rest)) = scan::split(message, "CEF:") else {
        return false;
    };
    let mut parts = [""; 7];
    let mut extension = rest;
    for part in &mut parts {
        let Some((head, tail)) = header_part(extension) else {
            return false;
        };
        *part = head;
        extension = tail;
    }
    let [_, vendor, product, version, id, name, severity] = parts;
    event.set_fmt(Text::Provider, format_args!("{vendor} {product}"));
    event.set(Text::Service, product);
    event.attr("device_version", version);
    event.set(Text::Code, id);
    event.set(Text::Action, name);
    event.attr("severity", severity);
    event.level = level(severity).or(event.level);
    let mut buffer = String::new();
    walk(extension, |key, value| {
        let value = unescaped(value, &mut buffer);
        field(key, value, event);
    });
    if event.kind == Kind::OTHER {
        event.kind = kind(name, event);
    }
    true
}

/// One part of the head, to the next `|` that is not escaped.
fn header_part(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let at = from + memchr::memchr(b'|', bytes.get(from..)?)?;
        let escaped = bytes.get(..at)?.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1;
        if !escaped {
            return Some((text.get(..at)?, text.get(at + 1..)?));
        }
        from = at + 1;
    }
}

/// CEF counts 0 to 10 upwards; syslog 7 to 0 downwards.
fn level(severity: &str) -> Option<i8> {
    Some(match severity {
        "Unknown" => return None,
        "Low" => 5,
        "Medium" => 4,
        "High" => 3,
        "Very-High" => 2,
        _ => match severity.parse::<u8>().ok()? {
            0..=3 => 5,
            4..=6 => 4,
            7..=8 => 3,
            9..=10 => 2,
            _ => return None,
        },
    })
}

/// `key=value key=value`: a value ends where the next ` key=` begins, since spaces are allowed in it.
fn walk<'a>(text: &'a str, mut each: impl FnMut(&'a str, &'a str)) {
    let bytes = text.as_bytes();
    let mut key: Option<(usize, usize)> = None;
    let mut from = 0;
    while let Some(equals) = bytes
        .get(from..)
        .and_then(|b| memchr::memchr(b'=', b))
        .map(|p| p + from)
    {
        from = equals + 1;
        let escaped = bytes
            .get(..equals)
            .is_some_and(|b| b.iter().rev().take_while(|c| **c == b'\\').count() % 2 == 1);
        let start = bytes
            .get(..equals)
            .and_then(|b| b.iter().rposition(|c| matches!(c, b' ' | b'\t')))
            .map_or(0, |p| p + 1);
        let name = text.get(start..equals).unwrap_or_default();
        let plain = !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'[' | b']'));
        if escaped || !plain || key.is_some_and(|(_, value)| start < value) {
            continue;
        }
        if let Some((name_start, value_start)) = key {
            let name = text.get(name_start..value_start - 1).unwrap_or_default();
            each(name, text.get(value_start..start).unwrap_or_default().trim_end());
        }
        key = Some((start, equals + 1));
    }
    if let Some((name_start, value_start)) = key {
        each(
            text.get(name_start..value_start - 1).unwrap_or_default(),
            text.get(value_start..).unwrap_or_default().trim_end(),
        );
    }
}

fn unescaped<'a>(value: &'a str, buffer: &'a mut String) -> &'a str {
    if !value.contains('\\') {
        return value;
    }
    buffer.clear();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            buffer.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => buffer.push('\n'),
            Some('r') => buffer.push('\r'),
            Some(other @ ('=' | '\\' | '|')) => buffer.push(other),
            Some(other) => {
                buffer.push('\\');
                buffer.push(other);
            }
            None => buffer.push('\\'),
        }
    }
    buffer
}

fn field(key: &str, value: &str, event: &mut EventBuf) {
    match key {
        "src" | "sourceAddress" | "c6a2" => scan::set_source(event, value),
        "dst" | "destinationAddress" | "c6a3" => scan::set_destination(event, value),
        "spt" | "sourcePort" => event.set_number_text(Number::SrcPort, value),
        "dpt" | "destinationPort" => event.set_number_text(Number::DstPort, value),
        "proto" | "transportProtocol" => event.set(Text::Protocol, value),
        "suser" | "sourceUserName" => event.set(Text::UserName, value),
        "duser" | "destinationUserName" => event.set(Text::TargetUser, value),
        "shost" => event.attr("src_host", value),
        "dhost" => event.attr("dst_host", value),
        "dvchost" | "deviceHostName" => event.set_if_absent(Text::Host, value),
        "dvc" | "deviceAddress" => event.set(Text::HostIp, value),
        "act" | "deviceAction" => event.set(Text::Status, value),
        "msg" | "message" => {
            event.set(Text::Message, value);
        }
        "request" | "requestUrl" | "filePath" => event.set(Text::Target, value),
        "fname" | "fileName" => event.set_if_absent(Text::Target, value),
        "requestMethod" => event.set(Text::XMethod, value),
        "requestClientApplication" => event.set(Text::XUserAgent, value),
        "fileHash" => event.set(Text::XHash, value),
        "sproc" | "dproc" => event.set_if_absent(Text::Process, value),
        "reason" => event.set(Text::XReason, value),
        "outcome" => {
            event.outcome = if scan::same(value, "success") {
                Outcome::Success
            } else if scan::same(value, "failure") || scan::same(value, "failed") {
                Outcome::Failure
            } else {
                Outcome::Unknown
            };
            event.attr(key, value);
        }
        "in" | "bytesIn" => {
            if let Ok(moved) = value.parse() {
                event.set_number(Number::XBytes, moved);
            }
            event.attr(key, value);
        }
        "externalId" => event.set(Text::XRecordId, value),
        _ => event.attr(key, value),
    }
}

/// What the name says beyond doubt.
fn kind(name: &str, event: &EventBuf) -> Kind {
    let says = |word: &str| name.to_ascii_lowercase().contains(word);
    if says("logon") || says("login") || says("authentication") {
        return Kind::AUTH_LOGON;
    }
    if says("malware") || says("virus") || says("trojan") {
        return Kind::MALWARE_DETECT;
    }
    match event.get(Text::Status) {
        Some(act)
            if ["block", "blocked", "deny", "denied", "drop", "dropped"]
                .iter()
                .any(|w| scan::same(act, w)) =>
        {
            Kind::FIREWALL_BLOCK
        }
        Some(act)
            if ["allow", "allowed", "accept", "permit", "permitted"]
                .iter()
                .any(|w| scan::same(act, w)) =>
        {
            Kind::FIREWALL_ALLOW
        }
        _ => Kind::OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_and_extension_are_read() {
        let mut event = EventBuf::default();
        let line = r"CEF:0|Shield|Edge \| Gate|2.1|100|Login failed|7|src=10.1.1.1 spt=4022 suser=aigul msg=bad pass\=word here cs1=a b cs1Label=Policy outcome=Failure";
        assert!(read(line, &mut event));
        assert_eq!(event.get(Text::SrcIp), Some("10.1.1.1"));
        assert_eq!(event.get(Text::Message), Some("bad pass=word here"));
        assert_eq!(event.find_attr("cs1"), Some("a b"));
        assert_eq!(event.get(Text::Provider), Some("Shield Edge \\| Gate"));
        assert_eq!(event.outcome, Outcome::Failure);
        assert_eq!(event.kind, Kind::AUTH_LOGON);
        assert_eq!(event.level, Some(3));
        assert!(!read("CEF:0|a|b", &mut event));
    }
}
