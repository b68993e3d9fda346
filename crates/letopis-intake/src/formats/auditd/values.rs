//! Values of audit records: fields, hexadecimal text, socket addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::formats::scan::Cut as _;

/// Walks `name=value` fields. A value ends at a space unless it stands in double quotes; audit writes a text that
/// holds quotes or control characters as hexadecimal, so quotes never nest and backslashes mean nothing. Old kernels
/// write `old auid=1 new auid=2`: those names have two words.
pub(super) fn fields<'a>(text: &'a str, mut each: impl FnMut(&'a str, &'a str, bool)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut prefixed = None;
    while at < bytes.len() {
        if bytes
            .get(at)
            .is_some_and(|b| matches!(b, b' ' | b',' | b'(' | 0x1d))
        {
            at += 1;
            continue;
        }
        let mut start = at;
        while bytes.get(at).is_some_and(|b| !matches!(b, b'=' | b' ')) {
            at += 1;
        }
        if bytes.get(at) != Some(&b'=') {
            prefixed = matches!(text.get(start..at), Some("old" | "new")).then_some(start);
            continue;
        }
        start = prefixed.take().unwrap_or(start);
        let name = text.get(start..at).unwrap_or_default();
        at += 1;
        let quote = bytes.get(at).copied().filter(|b| matches!(b, b'"' | b'\''));
        if let Some(quote) = quote
            && let Some(length) = bytes.get(at + 1..).and_then(|b| crate::near::byte(quote, b))
        {
            each(name, text.get(at + 1..at + 1 + length).unwrap_or_default(), true);
            at += length + 2;
            continue;
        }
        let end = bytes
            .get(at..)
            .and_then(|b| crate::near::byte3(b' ', b',', 0x1d, b))
            .map_or(bytes.len(), |length| at + length);
        let value = text.get(at..end).unwrap_or_default();
        // `(null)` is a value, `success)` the end of an old `(hostname=…, res=success)`.
        let value = if value.starts_with('(') {
            value
        } else {
            value.less_end(b')')
        };
        each(name, value, false);
        at = end;
    }
}

/// Fields whose unquoted value is hexadecimal text (auparse's field dictionary, type "escaped").
pub(super) fn is_escaped_field(name: &str) -> bool {
    matches!(
        name,
        "exe"
            | "comm"
            | "name"
            | "cwd"
            | "cmd"
            | "proctitle"
            | "acct"
            | "data"
            | "key"
            | "dir"
            | "path"
            | "watch"
            | "vm"
            | "file"
            | "ocomm"
            | "sw"
            | "root_dir"
            | "cgroup"
            | "grp"
            | "new_group"
    )
}

/// Decodes upper-case hexadecimal text into `out`: NUL (between arguments) becomes a space, the separator of keys
/// a comma; bytes that are no UTF-8 become replacement characters. `false` where the value is no such text.
pub(super) fn unhex(value: &str, out: &mut String) -> bool {
    let bytes = value.as_bytes();
    if bytes.len() < 2 || !bytes.len().is_multiple_of(2) {
        return false;
    }
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'A'..=b'F' => Some(b - b'A' + 10),
        _ => None,
    };
    if !bytes.iter().all(|b| digit(*b).is_some()) {
        return false;
    }
    out.clear();
    // Plain characters go straight into the text; only what follows a byte above ASCII is gathered.
    let mut rest = bytes.chunks_exact(2).map(|pair| match pair {
        [high, low] => digit(*high).unwrap_or(0) << 4 | digit(*low).unwrap_or(0),
        _ => 0,
    });
    while let Some(byte) = rest.next() {
        match byte {
            0 => out.push(' '),
            1 => out.push(','),
            2..=0x7f => out.push(char::from(byte)),
            _ => {
                let mut tail = vec![byte];
                tail.extend(rest.by_ref().map(|b| match b {
                    0 => b' ',
                    1 => b',',
                    other => other,
                }));
                out.push_str(&String::from_utf8_lossy(&tail));
            }
        }
    }
    let kept = out.less_end(b' ').len();
    out.truncate(kept);
    true
}

/// A socket address (`saddr`).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Socket {
    /// An internet address with its port.
    Internet {
        /// The address as text.
        address: String,
        /// The port.
        port: u16,
    },
    /// A local socket with its path.
    Local(String),
    /// Another family, by its number.
    Other(u16),
}

/// Decodes `saddr=02000035…`: the bytes of a `sockaddr`, the family in the byte order of x86 and ARM.
pub(super) fn socket(value: &str) -> Option<Socket> {
    let bytes: Vec<u8> = value
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| {
            std::str::from_utf8(pair)
                .ok()
                .and_then(|p| u8::from_str_radix(p, 16).ok())
        })
        .collect::<Option<_>>()?;
    let family = u16::from_le_bytes([*bytes.first()?, *bytes.get(1)?]);
    match family {
        1 => {
            let path = bytes.get(2..)?;
            let path = path.strip_prefix(&[0]).unwrap_or(path);
            let end = path.iter().position(|b| *b == 0).unwrap_or(path.len());
            Some(Socket::Local(
                String::from_utf8_lossy(path.get(..end)?).into_owned(),
            ))
        }
        2 => {
            let port = u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]);
            let ip: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
            Some(Socket::Internet {
                address: Ipv4Addr::from(ip).to_string(),
                port,
            })
        }
        10 => {
            let port = u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]);
            let ip: [u8; 16] = bytes.get(8..24)?.try_into().ok()?;
            Some(Socket::Internet {
                address: Ipv6Addr::from(ip).to_string(),
                port,
            })
        }
        other => Some(Socket::Other(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hexadecimal_text_is_decoded() {
        let mut out = String::new();
        assert!(unhex("2F62696E2F636174002F7661722F6C6F67", &mut out));
        assert_eq!(out, "/bin/cat /var/log");
        assert!(unhex("D0B0D0B9", &mut out));
        assert_eq!(out, "ай");
        assert!(!unhex("12345", &mut out));
        assert!(!unhex("root", &mut out));
        assert!(!unhex("deadbeef", &mut out));
    }

    #[test]
    fn socket_addresses_are_decoded() {
        assert_eq!(
            socket("02000035C0A80101000000000000000000"),
            Some(Socket::Internet {
                address: "192.168.1.1".to_owned(),
                port: 53
            })
        );
        assert_eq!(
            socket("0A0001BB00000000200100000000000000000000000000010000000000"),
            Some(Socket::Internet {
                address: "2001::1".to_owned(),
                port: 443
            })
        );
        assert_eq!(
            socket("01002F72756E2F7300"),
            Some(Socket::Local("/run/s".to_owned()))
        );
        assert_eq!(socket("0200"), None);
    }

    #[test]
    fn names_of_two_words() {
        let mut found = Vec::new();
        fields(
            "login pid=7 uid=0 old auid=4294967295 new auid=500 old ses=1",
            |n, v, _| {
                found.push((n, v));
            },
        );
        assert_eq!(
            found,
            [
                ("pid", "7"),
                ("uid", "0"),
                ("old auid", "4294967295"),
                ("new auid", "500"),
                ("old ses", "1")
            ]
        );
    }

    #[test]
    fn quotes_do_not_nest_and_backslashes_mean_nothing() {
        let mut found = Vec::new();
        fields(
            "a=1 comm=\"x\\\" key=(null) (hostname=?, res=success)",
            |n, v, q| found.push((n, v, q)),
        );
        assert_eq!(
            found,
            [
                ("a", "1", false),
                ("comm", "x\\", true),
                ("key", "(null)", false),
                ("hostname", "?", false),
                ("res", "success", false)
            ]
        );
    }

    proptest! {
        /// The reference goes over the whole value at once.
        #[test]
        fn decoding_equals_the_reference(bytes in proptest::collection::vec(any::<u8>(), 1..60)) {
            let hex: String = bytes.iter().map(|b| format!("{b:02X}")).collect();
            let mut out = String::new();
            prop_assert!(unhex(&hex, &mut out));
            let replaced: Vec<u8> = bytes.iter().map(|b| match b { 0 => b' ', 1 => b',', b => *b }).collect();
            let reference = String::from_utf8_lossy(&replaced).into_owned();
            prop_assert_eq!(out.as_str(), reference.trim_end_matches(' '));
        }
    }
}
