//! Fields parted by one character, some of them in double quotes: cut off one by one, without an allocation.

use super::scan;

/// The first field and what follows its separator; a field may stand in double quotes, in which `""` is a quote.
pub(super) fn cut(text: &str, separator: u8) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b'"') {
        let mut at = 1;
        while let Some(found) = bytes.get(at..).and_then(|b| crate::near::byte(b'"', b)) {
            at += found;
            if bytes.get(at + 1) == Some(&b'"') {
                at += 2;
                continue;
            }
            if bytes.get(at + 1).is_none_or(|b| *b == separator) {
                return (text.get(1..at).unwrap_or_default(), text.get(at + 2..));
            }
            break;
        }
    }
    match crate::near::byte(separator, bytes) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    }
}

/// `""` inside a quoted field as one quote.
pub(super) fn unquoted<'a>(value: &'a str, scratch: &'a mut String) -> &'a str {
    if crate::near::byte(b'"', value.as_bytes()).is_none() || !scan::has(value, "\"\"") {
        return value;
    }
    scratch.clear();
    for (at, part) in value.split("\"\"").enumerate() {
        if at > 0 {
            scratch.push('"');
        }
        scratch.push_str(part);
    }
    scratch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_cut_with_their_quotes() {
        assert_eq!(cut("a b", b' '), ("a", Some("b")));
        assert_eq!(cut("\"a \"\"b\"\" c\" d", b' '), ("a \"\"b\"\" c", Some("d")));
        assert_eq!(cut("\"open x", b' '), ("\"open", Some("x")));
        assert_eq!(cut("\"end\"", b' '), ("end", None));
        assert_eq!(cut("", b' '), ("", None));
        assert_eq!(unquoted("a \"\"b", &mut String::new()), "a \"b");
    }
}
