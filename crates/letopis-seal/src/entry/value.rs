//! The values a ledger line can hold, and their one spelling.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::EntryError;
use crate::hash::Sha256Digest;

/// Integers lie between −2⁵³ and 2⁵³, so that every JSON reader gives them back exactly.
pub const INTEGER_MAX: i64 = 1 << 53;
/// Lists and maps inside each other, the line itself included.
pub const NESTING_MAX: usize = 8;

/// A value in a ledger line. There is no `null`: what is not known is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number; beyond [`INTEGER_MAX`] it is refused when the line is made.
    Integer(i64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// A map, in bytewise order of its keys.
    Map(BTreeMap<String, Self>),
}

impl Value {
    /// Bytes that are most often text: text when they are UTF-8, else `{"base64":"…"}`.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Map([("base64".to_owned(), Self::Text(STANDARD.encode(bytes)))].into()),
        }
    }

    /// The bytes that [`from_bytes`](Self::from_bytes) was given; `None` for any other value.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Text(text) => Some(text.clone().into_bytes()),
            Self::Map(map) if map.len() == 1 => STANDARD.decode(map.get("base64")?.as_text()?).ok(),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The number, if it is one and not negative.
    pub fn as_count(&self) -> Option<u64> {
        if let Self::Integer(number) = self {
            u64::try_from(*number).ok()
        } else {
            None
        }
    }

    /// The digest, if it is 64 lower-case hexadecimal digits.
    pub fn as_digest(&self) -> Option<Sha256Digest> {
        Sha256Digest::from_hex(self.as_text()?)
    }

    /// The one spelling of this value.
    pub fn to_canonical(&self) -> Result<String, EntryError> {
        let mut text = String::new();
        self.write(&mut text, 0)?;
        Ok(text)
    }

    fn write(&self, text: &mut String, depth: usize) -> Result<(), EntryError> {
        let nested = matches!(self, Self::List(_) | Self::Map(_));
        if nested && depth >= NESTING_MAX {
            let found = format!("{} levels", depth + 1);
            return Err(EntryError::Syntax {
                at: text.len(),
                expected: "at most 8 levels of nesting",
                found,
            });
        }
        match self {
            Self::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
            Self::Integer(number) if number.unsigned_abs() > INTEGER_MAX.unsigned_abs() => {
                let expected = "an integer between -2^53 and 2^53";
                return Err(EntryError::Syntax {
                    at: text.len(),
                    expected,
                    found: number.to_string(),
                });
            }
            Self::Integer(number) => text.push_str(&number.to_string()),
            Self::Text(value) => write_text(text, value),
            Self::List(values) => {
                text.push('[');
                for (place, value) in values.iter().enumerate() {
                    if place > 0 {
                        text.push(',');
                    }
                    value.write(text, depth + 1)?;
                }
                text.push(']');
            }
            Self::Map(map) => {
                text.push('{');
                for (place, (key, value)) in map.iter().enumerate() {
                    if place > 0 {
                        text.push(',');
                    }
                    write_text(text, key);
                    text.push(':');
                    value.write(text, depth + 1)?;
                }
                text.push('}');
            }
        }
        Ok(())
    }
}

fn write_text(line: &mut String, text: &str) {
    line.push('"');
    for c in text.chars() {
        match c {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\u{8}' => line.push_str("\\b"),
            '\t' => line.push_str("\\t"),
            '\n' => line.push_str("\\n"),
            '\u{c}' => line.push_str("\\f"),
            '\r' => line.push_str("\\r"),
            '\0'..='\u{1f}' => line.push_str(&format!("\\u{:04x}", u32::from(c))),
            other => line.push(other),
        }
    }
    line.push('"');
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u64> for Value {
    /// A number too large for the line becomes one that [`Value::to_canonical`] refuses; none is changed silently.
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Sha256Digest> for Value {
    fn from(digest: Sha256Digest) -> Self {
        Self::Text(digest.to_hex())
    }
}

impl From<BTreeMap<String, Self>> for Value {
    fn from(map: BTreeMap<String, Self>) -> Self {
        Self::Map(map)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}
