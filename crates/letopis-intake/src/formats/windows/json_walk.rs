//! Walks one JSON value leaf by leaf, without building it.

use std::fmt::{self, Write as _};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// Calls `leaf(path, value)` for every leaf of the JSON text, in order. The path joins the keys with `.`; elements of
/// a list have the path of the list. Numbers and booleans come as their text, null as an empty one.
///
/// # Errors
/// Where the text is no JSON value (nested at most 128 deep).
pub(crate) fn walk(
    json: &[u8],
    path: &mut String,
    leaf: &mut dyn FnMut(&str, &str),
) -> Result<(), serde_json::Error> {
    path.clear();
    let mut text = serde_json::Deserializer::from_slice(json);
    Walk { path, leaf }.deserialize(&mut text)?;
    text.end()
}

struct Walk<'w> {
    path: &'w mut String,
    leaf: &'w mut dyn FnMut(&str, &str),
}

impl Walk<'_> {
    fn print(self, value: fmt::Arguments<'_>) {
        let mut digits = Digits {
            bytes: [0; 40],
            length: 0,
        };
        // Every number that JSON can hold here is shorter than the buffer.
        let _ = digits.write_fmt(value);
        (self.leaf)(self.path, digits.as_str());
    }
}

/// A number's text on the stack: 64-bit integers take 20 bytes, shortest floats at most 24 in `{:e}`.
struct Digits {
    bytes: [u8; 40],
    length: usize,
}

impl Digits {
    fn as_str(&self) -> &str {
        self.bytes
            .get(..self.length)
            .and_then(|b| std::str::from_utf8(b).ok())
            .unwrap_or_default()
    }
}

impl fmt::Write for Digits {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let room = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        (self.leaf)(self.path, if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.print(format_args!("{value}"));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.print(format_args!("{value}"));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        if value.abs() < 1e15 {
            self.print(format_args!("{value}"));
        } else {
            self.print(format_args!("{value:e}"));
        }
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        (self.leaf)(self.path, value);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        (self.leaf)(self.path, "");
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list
            .next_element_seed(Walk {
                path: &mut *self.path,
                leaf: &mut *self.leaf,
            })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let length = self.path.len();
        loop {
            if length > 0 {
                self.path.push('.');
            }
            if map.next_key_seed(Key(self.path))?.is_none() {
                self.path.truncate(length);
                return Ok(());
            }
            map.next_value_seed(Walk {
                path: &mut *self.path,
                leaf: &mut *self.leaf,
            })?;
            self.path.truncate(length);
        }
    }
}

/// Adds a key to the path.
struct Key<'p>(&'p mut String);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<(), E> {
        self.0.push_str(key);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_come_in_order_with_their_paths() {
        let json = r#"{"a":{"b":[1,-2.5,{"c":"д\n"}]},"e.f":null,"g":true,"h":18446744073709551615,"i":{}}"#;
        let mut found = Vec::new();
        walk(json.as_bytes(), &mut String::new(), &mut |path, value| {
            found.push((path.to_owned(), value.to_owned()));
        })
        .unwrap();
        let expected = [
            ("a.b", "1"),
            ("a.b", "-2.5"),
            ("a.b.c", "д\n"),
            ("e.f", ""),
            ("g", "true"),
            ("h", "18446744073709551615"),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "{", "{\"a\":1} x", &"[".repeat(5000)] {
            assert!(
                walk(text.as_bytes(), &mut String::new(), &mut |_, _| {}).is_err(),
                "{text:.20}"
            );
        }
    }
}
