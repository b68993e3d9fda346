//! A JSON value as a flat list of fields, without building a tree: nested names are joined by dots, numbers stay as
//! they are written.

/// Deepest nesting that is read.
const DEPTH_MAX: usize = 64;

/// The names of all leaves may be so many times as long as the record, and this much beyond.
const NAMES_TIMES: usize = 8;
const NAMES_FREE: usize = 1 << 20;

/// What stands at a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf<'a> {
    /// A string, unescaped.
    Text(&'a str),
    /// A number, `true`, `false` as written.
    Plain(&'a str),
    /// `null`, `{}`, `[]`.
    Empty,
}

/// What stands at a name, with `null` told from what holds nothing.
#[derive(Clone, Copy)]
enum Found<'a> {
    Text(&'a str),
    Plain(&'a str),
    Null,
    Hollow,
}

/// Reusable memory of a walk.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    path: String,
    text: String,
}

/// Calls `leaf` for every leaf of the JSON value that `text` is as a whole; `Err` says what is wrong.
pub(super) fn walk(
    text: &str,
    scratch: &mut Scratch,
    leaf: &mut dyn FnMut(&str, Leaf<'_>),
) -> Result<(), &'static str> {
    walk_found(text, scratch, &mut |path, found| {
        leaf(
            path,
            match found {
                Found::Text(text) => Leaf::Text(text),
                Found::Plain(text) => Leaf::Plain(text),
                Found::Null | Found::Hollow => Leaf::Empty,
            },
        );
    })
}

/// The same with values as text: `null` comes as an empty one, an empty object or list not at all. Windows events hold
/// lists whose values are known by their place, so a value that is not there must keep its own.
pub(super) fn walk_values(
    text: &str,
    scratch: &mut Scratch,
    leaf: &mut dyn FnMut(&str, &str),
) -> Result<(), &'static str> {
    walk_found(text, scratch, &mut |path, found| match found {
        Found::Text(text) | Found::Plain(text) => leaf(path, text),
        Found::Null => leaf(path, ""),
        Found::Hollow => {}
    })
}

fn walk_found(
    text: &str,
    scratch: &mut Scratch,
    leaf: &mut dyn FnMut(&str, Found<'_>),
) -> Result<(), &'static str> {
    scratch.path.clear();
    let mut walker = Walker {
        text,
        bytes: text.as_bytes(),
        at: 0,
        names: 0,
        scratch,
        leaf,
    };
    walker.value(0)?;
    walker.blanks();
    if walker.at == text.len() {
        Ok(())
    } else {
        Err("something stands after the JSON value")
    }
}

struct Walker<'t, 's, 'l> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Bytes of the names that leaves were given.
    names: usize,
    scratch: &'s mut Scratch,
    leaf: &'l mut dyn FnMut(&str, Found<'_>),
}

impl Walker<'_, '_, '_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Counts the name of a leaf, which repeats those of all objects around it: a record must not become many times as
    /// long as it is.
    fn count_name(&mut self) -> Result<(), &'static str> {
        self.names += self.scratch.path.len();
        if self.names > self.text.len().saturating_mul(NAMES_TIMES) + NAMES_FREE {
            return Err("the names of nested JSON fields are together many times as long as the record");
        }
        Ok(())
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<(), &'static str> {
        if depth > DEPTH_MAX {
            return Err("JSON nested more than 64 deep");
        }
        self.blanks();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => {
                self.at += 1;
                let range = self.string()?;
                self.count_name()?;
                let value = match range {
                    Some((from, to)) => self.text.get(from..to).unwrap_or_default(),
                    None => &self.scratch.text,
                };
                (self.leaf)(&self.scratch.path, Found::Text(value));
                Ok(())
            }
            Some(_) => self.plain(),
            None => Err("the JSON value is cut"),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), &'static str> {
        self.at += 1;
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            self.count_name()?;
            (self.leaf)(&self.scratch.path, Found::Hollow);
            return Ok(());
        }
        let outer = self.scratch.path.len();
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err("a name in quotes is missing in a JSON object");
            }
            self.at += 1;
            let range = self.string()?;
            if outer > 0 {
                self.scratch.path.push('.');
            }
            let Scratch { path, text } = &mut *self.scratch;
            path.push_str(match range {
                Some((from, to)) => self.text.get(from..to).unwrap_or_default(),
                None => text,
            });
            self.blanks();
            if self.peek() != Some(b':') {
                return Err("a colon is missing in a JSON object");
            }
            self.at += 1;
            self.value(depth + 1)?;
            self.scratch.path.truncate(outer);
            if self.next_or_end(b'}')? {
                return Ok(());
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), &'static str> {
        self.at += 1;
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            self.count_name()?;
            (self.leaf)(&self.scratch.path, Found::Hollow);
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            if self.next_or_end(b']')? {
                return Ok(());
            }
        }
    }

    /// After an element: a comma (false) or the end (true).
    fn next_or_end(&mut self, end: u8) -> Result<bool, &'static str> {
        self.blanks();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            Some(byte) if byte == end => {
                self.at += 1;
                Ok(true)
            }
            Some(_) => Err("a comma or a closing bracket is missing in JSON"),
            None => Err("the JSON value is cut"),
        }
    }

    fn plain(&mut self) -> Result<(), &'static str> {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'-' | b'.')
        ) {
            self.at += 1;
        }
        let word = self.text.get(start..self.at).unwrap_or_default();
        let found = match word {
            "null" => Found::Null,
            "true" | "false" => Found::Plain(word),
            _ if is_number(word) => Found::Plain(word),
            _ => {
                return Err(
                    "neither a string, a number, true, false nor null stands where a JSON value must",
                );
            }
        };
        self.count_name()?;
        (self.leaf)(&self.scratch.path, found);
        Ok(())
    }

    /// A string after its opening quote: its range in the text, or `None` where it was unescaped into the scratch.
    fn string(&mut self) -> Result<Option<(usize, usize)>, &'static str> {
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let stop = crate::near::byte2(b'"', b'\\', rest).ok_or("a JSON string is cut")?;
        if rest.get(stop) == Some(&b'"') {
            self.at = start + stop + 1;
            return Ok(Some((start, start + stop)));
        }
        self.scratch.text.clear();
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let stop = crate::near::byte2(b'"', b'\\', rest).ok_or("a JSON string is cut")?;
            let piece = self.text.get(self.at..self.at + stop).unwrap_or_default();
            self.scratch.text.push_str(piece);
            self.at += stop + 1;
            if rest.get(stop) == Some(&b'"') {
                return Ok(None);
            }
            let letter = self.escape()?;
            self.scratch.text.push(letter);
        }
    }

    fn escape(&mut self) -> Result<char, &'static str> {
        let mark = self.peek().ok_or("a JSON string is cut")?;
        self.at += 1;
        Ok(match mark {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex4()?;
                let low = if (0xd800..0xdc00).contains(&first)
                    && self.bytes.get(self.at..self.at + 2) == Some(b"\\u")
                {
                    let back = self.at;
                    self.at += 2;
                    let low = self.hex4()?;
                    if (0xdc00..0xe000).contains(&low) {
                        Some(low)
                    } else {
                        self.at = back;
                        None
                    }
                } else {
                    None
                };
                let code = low.map_or(first, |low| 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00));
                // Half a pair is no character; the record's own text keeps it.
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err("a JSON string has an escape that there is not"),
        })
    }

    fn hex4(&mut self) -> Result<u32, &'static str> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .ok_or("a \\u escape has no four hex digits")?;
        self.at += 4;
        Ok(code)
    }
}

/// The grammar of RFC 8259 §6.
fn is_number(word: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match word.find(['e', 'E']) {
        Some(at) => (&word[..at], Some(&word[at + 1..])),
        None => (word, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let exponent_fits = exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)));
    digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(digits) && exponent_fits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn flat(text: &str) -> Result<Vec<(String, String)>, &'static str> {
        let mut out = Vec::new();
        walk(text, &mut Scratch::default(), &mut |path, leaf| {
            let value = match leaf {
                Leaf::Text(t) | Leaf::Plain(t) => t.to_owned(),
                Leaf::Empty => "null".to_owned(),
            };
            out.push((path.to_owned(), value));
        })?;
        Ok(out)
    }

    /// The same from serde_json's tree.
    fn reference(path: &str, value: &serde_json::Value, out: &mut Vec<(String, String)>) {
        let join = |name: &str| {
            if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            }
        };
        match value {
            serde_json::Value::Object(map) if !map.is_empty() => {
                map.iter()
                    .for_each(|(name, value)| reference(&join(name), value, out));
            }
            serde_json::Value::Array(list) if !list.is_empty() => {
                list.iter().for_each(|value| reference(path, value, out));
            }
            serde_json::Value::String(text) => out.push((path.to_owned(), text.clone())),
            serde_json::Value::Number(number) => out.push((path.to_owned(), number.to_string())),
            serde_json::Value::Bool(yes) => out.push((path.to_owned(), yes.to_string())),
            _ => out.push((path.to_owned(), "null".to_owned())),
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            ".{0,12}".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
                proptest::collection::btree_map("[a-z\"\\\\é]{1,5}", inner, 0..5)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn leaves_are_those_of_a_tree(value in json()) {
            let mut expected = Vec::new();
            reference("", &value, &mut expected);
            let mut found = flat(&value.to_string()).unwrap();
            // serde_json's map is sorted, as is its text here, so the order is the same but for equal names.
            found.sort();
            expected.sort();
            prop_assert_eq!(found, expected);
        }

        /// What serde_json refuses, we refuse, and the other way round.
        #[test]
        fn the_grammar_is_serde_jsons(text in "[\\[\\]{}\",:0-9eE.+ a-z\\\\-]{0,24}") {
            let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            // Numbers beyond f64 are the one difference: we keep digits, they need a value.
            let ours = flat(&text).is_ok();
            prop_assert!(ours == theirs || (ours && text.contains(['e', 'E'])), "{}", text);
        }
    }

    #[test]
    fn values_keep_their_places() {
        let json = r#"{"a":{"b":[1,-2.5,null,{"c":"д\n"}]},"e.f":null,"g":true,"i":{},"j":[]}"#;
        let mut found = Vec::new();
        walk_values(json, &mut Scratch::default(), &mut |path, value| {
            found.push((path.to_owned(), value.to_owned()));
        })
        .unwrap();
        let expected = [
            ("a.b", "1"),
            ("a.b", "-2.5"),
            ("a.b", ""),
            ("a.b.c", "д\n"),
            ("e.f", ""),
            ("g", "true"),
        ];
        assert_eq!(found, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }

    #[test]
    fn numbers_stay_as_written() {
        let found = flat(
            r#"{"ts":1258531221.486539,"big":123456789012345678901234567890,"a":{"b":[1,"\u0416\ud83d\ude00"]}}"#,
        );
        let expected = [
            ("ts", "1258531221.486539"),
            ("big", "123456789012345678901234567890"),
            ("a.b", "1"),
            ("a.b", "Ж😀"),
        ];
        assert_eq!(
            found.unwrap(),
            expected.map(|(n, v)| (n.to_owned(), v.to_owned()))
        );
        assert!(flat(&"[".repeat(100_000)).is_err());
    }
}
