//! The strict reader of canonical JSON.

use std::collections::BTreeMap;

use super::EntryError;
use super::value::{INTEGER_MAX, NESTING_MAX, Value};

/// Reads a whole line that must be one map.
pub(super) fn object(line: &[u8]) -> Result<BTreeMap<String, Value>, EntryError> {
    let text = std::str::from_utf8(line).map_err(|error| {
        let at = error.valid_up_to();
        EntryError::Syntax {
            at,
            expected: "UTF-8",
            found: describe(line.get(at).copied()),
        }
    })?;
    let mut reader = Reader { text, at: 0 };
    reader.take(b'{', "`{` at the start of the line")?;
    let map = reader.map(1)?;
    match reader.peek() {
        None => Ok(map),
        Some(_) => Err(reader.refuse("the end of the line after the last `}`")),
    }
}

fn describe(byte: Option<u8>) -> String {
    match byte {
        None => "the end of the line".to_owned(),
        Some(byte @ 0x21..=0x7e) => format!("`{}`", char::from(byte)),
        Some(byte) => format!("byte {byte:02x}"),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn refuse(&self, expected: &'static str) -> EntryError {
        EntryError::Syntax {
            at: self.at,
            expected,
            found: describe(self.peek()),
        }
    }

    fn take(&mut self, byte: u8, expected: &'static str) -> Result<(), EntryError> {
        if self.peek() != Some(byte) {
            return Err(self.refuse(expected));
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str, value: bool) -> Result<Value, EntryError> {
        match self
            .text
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word))
        {
            true => {
                self.at += word.len();
                Ok(Value::Bool(value))
            }
            false => Err(self.refuse("`true` or `false`")),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, EntryError> {
        match self.peek() {
            Some(b'"') => Ok(Value::Text(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.integer(),
            Some(b't') => self.word("true", true),
            Some(b'f') => self.word("false", false),
            Some(b'[' | b'{') if depth >= NESTING_MAX => Err(self.refuse("at most 8 levels of nesting")),
            Some(b'[') => {
                self.at += 1;
                self.list(depth + 1)
            }
            Some(b'{') => {
                self.at += 1;
                Ok(Value::Map(self.map(depth + 1)?))
            }
            _ => Err(self
                .refuse("a value (string, integer, true, false, list or map; no space before it, no null)")),
        }
    }

    /// After the opening bracket.
    fn list(&mut self, depth: usize) -> Result<Value, EntryError> {
        let mut values = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(values));
        }
        loop {
            values.push(self.value(depth)?);
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::List(values));
                }
                _ => return Err(self.refuse("`,` or `]` after a value of a list")),
            }
        }
    }

    /// After the opening brace.
    fn map(&mut self, depth: usize) -> Result<BTreeMap<String, Value>, EntryError> {
        let mut map = BTreeMap::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(map);
        }
        loop {
            let at = self.at;
            let key = self.string()?;
            if let Some((last, _)) = map.last_key_value().filter(|(last, _)| **last >= key) {
                let expected = if *last == key {
                    "every key once"
                } else {
                    "keys in ascending order of their bytes"
                };
                return Err(EntryError::Syntax {
                    at,
                    expected,
                    found: format!("{key:?} after {last:?}"),
                });
            }
            self.take(b':', "`:` after a key")?;
            let value = self.value(depth)?;
            map.insert(key, value);
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(map);
                }
                _ => return Err(self.refuse("`,` or `}` after a value of a map")),
            }
        }
    }

    fn string(&mut self) -> Result<String, EntryError> {
        self.take(b'"', "`\"` at the start of a string")?;
        let mut value = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest
                .find(|c: char| c == '"' || c == '\\' || c < ' ')
                .unwrap_or(rest.len());
            value.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(value);
                }
                Some(b'\\') => value.push(self.escape()?),
                _ => return Err(self.refuse("`\"` at the end of a string (control characters are escaped)")),
            }
        }
    }

    /// The shortest escape of a character that needs one.
    fn escape(&mut self) -> Result<char, EntryError> {
        let expected = "an escape in its shortest form: \\\" \\\\ \\b \\t \\n \\f \\r, or \\u00xx for another control \
                        character, in lower case";
        let rest = self.text.as_bytes().get(self.at + 1..).unwrap_or_default();
        let (length, c) = match rest {
            [b'"', ..] => (2, '"'),
            [b'\\', ..] => (2, '\\'),
            [b'b', ..] => (2, '\u{8}'),
            [b't', ..] => (2, '\t'),
            [b'n', ..] => (2, '\n'),
            [b'f', ..] => (2, '\u{c}'),
            [b'r', ..] => (2, '\r'),
            [
                b'u',
                b'0',
                b'0',
                high @ b'0'..=b'1',
                low @ (b'0'..=b'9' | b'a'..=b'f'),
                ..,
            ] => {
                let low = if low.is_ascii_digit() {
                    low - b'0'
                } else {
                    low - b'a' + 10
                };
                (6, char::from((high - b'0') * 16 + low))
            }
            _ => return Err(self.refuse(expected)),
        };
        if length == 6 && matches!(c, '\u{8}' | '\t' | '\n' | '\u{c}' | '\r') {
            return Err(self.refuse(expected));
        }
        self.at += length;
        Ok(c)
    }

    fn integer(&mut self) -> Result<Value, EntryError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let (sign, digits) = rest.strip_prefix('-').map_or((1, rest), |digits| (-1, digits));
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        let digits = digits.get(..length).unwrap_or_default();
        let number = digits.parse::<i64>().ok().filter(|number| *number <= INTEGER_MAX);
        let canonical = digits == "0" && sign == 1 || !digits.starts_with('0');
        match number {
            Some(number) if canonical => {
                self.at += length + usize::from(sign < 0);
                if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
                    return Err(self.refuse("an integer (no fraction, no exponent)"));
                }
                Ok(Value::Integer(sign * number))
            }
            _ => Err(self.refuse("an integer between -2^53 and 2^53 without leading zeros")),
        }
    }
}
