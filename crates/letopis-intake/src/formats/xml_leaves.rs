//! The leaves of a small XML element: names and texts, without building a tree. Elements that enclose others, comments and
//! declarations are passed over; attributes are not read.

use super::scan::{Cut as _, pieces_by};
use crate::near;

/// Calls `each` for every element that encloses no other, with its text unescaped in `room`.
pub(super) fn leaves(text: &str, room: &mut String, each: &mut dyn FnMut(&str, &str)) {
    let mut rest = text;
    let mut open: Option<&str> = None;
    while let Some((before, inner)) = rest.cut(b'<') {
        let Some((tag, after)) = inner.cut(b'>') else {
            return;
        };
        rest = after;
        if let Some(closed) = tag.strip_prefix('/') {
            if open == Some(closed.trimmed()) {
                each(closed.trimmed(), unescaped(before.trimmed(), room));
            }
            open = None;
        } else if tag.starts_with(['?', '!']) || tag.ends_with('/') {
            open = None;
        } else {
            open = pieces_by(tag, |b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).next();
        }
    }
}

/// Bytes of the longest entity, with zeros that nobody needs.
const ENTITY_MAX: usize = 32;

/// The five entities of XML and character references undone; what is none of them stays.
pub(super) fn unescaped<'a>(text: &'a str, out: &'a mut String) -> &'a str {
    if near::byte(b'&', text.as_bytes()).is_none() {
        return text;
    }
    out.clear();
    let mut rest = text;
    while let Some((plain, inner)) = rest.cut(b'&') {
        out.push_str(plain);
        // No entity is longer: what follows a stray `&` is not looked through for an end.
        let near = inner.as_bytes().get(..ENTITY_MAX).unwrap_or(inner.as_bytes());
        let end = near::byte(b';', near);
        let cut = end.and_then(|end| Some((inner.get(..end)?, inner.get(end + 1..)?)));
        let (entity, after) = cut.unwrap_or(("", inner));
        match character(entity) {
            Some(c) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_are_found_and_unescaped() {
        let mut found = Vec::new();
        leaves(
            "<a x='1'><!-- no --><b>1 &lt; 2 &#x41; &bad;</b><c/><d>\n two </d></a><e>open",
            &mut String::new(),
            &mut |name, value| found.push((name.to_owned(), value.to_owned())),
        );
        assert_eq!(
            found,
            [
                ("b".to_owned(), "1 < 2 A &bad;".to_owned()),
                ("d".to_owned(), "two".to_owned())
            ]
        );
    }
}
