//! The bytes of a log as they stand, before anybody decodes them: whether they are UTF-8, and which lines begin unlike
//! the others.

/// Violations of UTF-8 whose places are kept.
const VIOLATIONS_KEPT: usize = 5;
/// Bytes of the lines of one class that are kept, so that their format can be found out.
const CLASS_BYTES: usize = 16 << 10;
/// Bytes of one line that are kept.
const LINE_BYTES: usize = 4 << 10;

/// A place in a file that is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Offset of the first byte.
    pub offset: u64,
    /// Line, from 1.
    pub line: u64,
    /// The byte.
    pub byte: u8,
}

/// How lines begin: what tells records of different formats apart at first sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// `{`
    Json,
    /// `<name`
    Xml,
    /// `<134>`
    Priority,
    /// `31:12:2025`
    ColonDate,
    /// `2025-12-31`
    IsoDate,
    /// `2025/12/31`
    SlashDate,
    /// `31.12.2025`, `12/31/2025`
    DayDate,
    /// `Dec 31 23:59:59`
    MonthName,
    /// `[`
    Bracket,
    /// `type=`
    AuditType,
    /// `CEF:`, `LEEF:`
    EventFormat,
    /// Nine and more digits: an epoch.
    Epoch,
    /// `192.0.2.1 `
    Address,
}

/// Lines of one beginning.
#[derive(Clone, Debug)]
pub struct Class {
    /// How they begin.
    pub beginning: Beginning,
    /// Offset of the first one.
    pub offset: u64,
    /// Its number, from 1.
    pub line: u64,
    /// How many there are.
    pub lines: u64,
    /// The first ones as they stand.
    pub bytes: Vec<u8>,
}

/// Takes the bytes of one file in order.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// Bytes that begin a character which the next piece ends.
    carry: Vec<u8>,
    /// Offset of the first byte that has not been looked at.
    offset: u64,
    line: u64,
    violations: u64,
    first: Vec<Violation>,
    current: Vec<u8>,
    current_offset: u64,
    classes: Vec<Class>,
    joined: Vec<u8>,
}

impl Lines {
    /// Takes the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        let mut joined = std::mem::take(&mut self.joined);
        joined.clear();
        joined.append(&mut self.carry);
        joined.extend_from_slice(bytes);
        let rest = self.look(&joined, false);
        self.carry
            .extend_from_slice(joined.get(rest..).unwrap_or_default());
        self.joined = joined;
    }

    /// Ends the file.
    pub fn finish(&mut self) {
        let carry = std::mem::take(&mut self.carry);
        self.look(&carry, true);
        if !self.current.is_empty() {
            self.end_line();
        }
    }

    /// Number of places that are not UTF-8.
    pub fn violations(&self) -> u64 {
        self.violations
    }

    /// The first of them.
    pub fn first_violations(&self) -> &[Violation] {
        &self.first
    }

    /// The beginnings that were seen, in the order in which they first came.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// Lets go of everything but the violations.
    pub fn settle(&mut self) {
        *self = Self {
            violations: self.violations,
            first: std::mem::take(&mut self.first),
            ..Self::default()
        };
    }

    /// Looks at `bytes`; how many were settled. What may be the beginning of a character is left for the next piece.
    fn look(&mut self, bytes: &[u8], is_last: bool) -> usize {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|r| !r.is_empty()) {
            match std::str::from_utf8(rest) {
                Ok(_) => {
                    self.take(rest);
                    at += rest.len();
                }
                Err(error) => {
                    let valid = error.valid_up_to();
                    self.take(rest.get(..valid).unwrap_or_default());
                    at += valid;
                    let length = match error.error_len() {
                        Some(length) => length,
                        None if is_last => rest.len() - valid,
                        None => return at,
                    };
                    let wrong = rest.get(valid..valid + length).unwrap_or_default();
                    self.violate(wrong);
                    at += length;
                }
            }
        }
        at
    }

    fn violate(&mut self, wrong: &[u8]) {
        self.violations += 1;
        if let Some(byte) = wrong
            .first()
            .copied()
            .filter(|_| self.first.len() < VIOLATIONS_KEPT)
        {
            self.first.push(Violation {
                offset: self.offset,
                line: self.line + 1,
                byte,
            });
        }
        self.take(wrong);
    }

    /// Bytes that are settled: parted into lines.
    fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|b| *b == b'\n') {
            if self.current.is_empty() {
                self.current_offset = self.offset;
            }
            let room = LINE_BYTES.saturating_sub(self.current.len());
            self.current
                .extend_from_slice(piece.get(..piece.len().min(room)).unwrap_or_default());
            self.offset += piece.len() as u64;
            if piece.ends_with(b"\n") {
                self.end_line();
                self.line += 1;
            }
        }
    }

    fn end_line(&mut self) {
        let start = if self.current_offset == 0 {
            self.current
                .strip_prefix(b"\xef\xbb\xbf")
                .unwrap_or(&self.current)
        } else {
            &self.current
        };
        if let Some(beginning) = beginning(start) {
            let position = self.classes.iter().position(|c| c.beginning == beginning);
            let position = position.unwrap_or_else(|| {
                self.classes.push(Class {
                    beginning,
                    offset: self.current_offset,
                    line: self.line + 1,
                    lines: 0,
                    bytes: Vec::new(),
                });
                self.classes.len() - 1
            });
            let class = &mut self.classes[position];
            class.lines += 1;
            if class.bytes.len() + start.len() <= CLASS_BYTES {
                class.bytes.extend_from_slice(start);
                if !start.ends_with(b"\n") {
                    class.bytes.push(b'\n');
                }
            }
        }
        self.current.clear();
    }
}

/// How a line begins; `None` where it begins like many things.
fn beginning(line: &[u8]) -> Option<Beginning> {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let mut shape = [0u8; 20];
    for (slot, byte) in shape.iter_mut().zip(line) {
        *slot = match byte {
            b'0'..=b'9' => b'9',
            b'A'..=b'Z' | b'a'..=b'z' => b'a',
            other => *other,
        };
    }
    let is = |pattern: &[u8]| shape.starts_with(pattern);
    match line.first()? {
        b'{' => Some(Beginning::Json),
        b'[' => Some(Beginning::Bracket),
        b'<' if is(b"<9") => Some(Beginning::Priority),
        b'<' if is(b"<a") || is(b"<?a") => Some(Beginning::Xml),
        b't' if line.starts_with(b"type=") => Some(Beginning::AuditType),
        b'C' | b'L' if line.starts_with(b"CEF:") || line.starts_with(b"LEEF:") => {
            Some(Beginning::EventFormat)
        }
        _ if is(b"99:99:9999") => Some(Beginning::ColonDate),
        _ if is(b"9999-99-99") => Some(Beginning::IsoDate),
        _ if is(b"9999/99/99") => Some(Beginning::SlashDate),
        _ if is(b"99.99.9999") || is(b"99/99/9999") => Some(Beginning::DayDate),
        _ if is(b"aaa 99 99:99:99") || is(b"aaa  9 99:99:99") => Some(Beginning::MonthName),
        _ if is(b"999999999") => Some(Beginning::Epoch),
        b'0'..=b'9' => {
            let address = line.split(|b| *b == b' ').next().unwrap_or_default();
            let text = std::str::from_utf8(address).ok()?;
            text.parse::<std::net::Ipv4Addr>()
                .ok()
                .map(|_| Beginning::Address)
        }
        _ => None,
    }
}
