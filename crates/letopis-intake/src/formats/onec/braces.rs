//! Lists in braces as the platform writes values: numbers and words bare, texts in quotes with a quote doubled, lists
//! inside lists.

use crate::formats::scan::Cut as _;
use crate::near;

/// The marks outside of quotes. They stand close: to look each byte up is quicker than any search.
static IS_MARK: [bool; 256] = {
    let mut table = [false; 256];
    table[b'"' as usize] = true;
    table[b'{' as usize] = true;
    table[b'}' as usize] = true;
    table[b',' as usize] = true;
    table
};

/// Calls `each` with every element of the outermost list: its place, its text as written. `false` where the braces do not
/// close.
pub(super) fn elements<'a>(text: &'a str, mut each: impl FnMut(usize, &'a str)) -> bool {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'{') {
        return false;
    }
    let (mut depth, mut quoted, mut start, mut place) = (0usize, false, 1usize, 0usize);
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let mark = if quoted {
            near::byte(b'"', rest)
        } else {
            rest.iter().position(|byte| IS_MARK[usize::from(*byte)])
        };
        let Some(found) = mark else { return false };
        at += found;
        match bytes[at] {
            // A doubled quote closes and opens again: the state is right behind it.
            b'"' => quoted = !quoted,
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    each(place, text.get(start..at).unwrap_or_default().trimmed());
                    return true;
                }
            }
            b',' if depth == 1 => {
                each(place, text.get(start..at).unwrap_or_default().trimmed());
                place += 1;
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
}

/// A text without its quotes.
pub(super) fn unquoted(text: &str, out: &mut String) {
    out.clear();
    let Some(inner) = text.strip_prefix('"').map(|t| t.strip_suffix('"').unwrap_or(t)) else {
        out.push_str(text);
        return;
    };
    let mut rest = inner;
    while let Some((head, tail)) = rest.cut_at("\"\"") {
        out.push_str(head);
        out.push('"');
        rest = tail;
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_braces_and_commas() {
        let mut found = Vec::new();
        assert!(elements(
            "{20260101001203,N,\n{0,0},\"a, \"\"{b}\"\" \\\",{\"U\"}}",
            |_, v| found.push(v.to_owned())
        ));
        assert_eq!(
            found,
            ["20260101001203", "N", "{0,0}", "\"a, \"\"{b}\"\" \\\"", "{\"U\"}"]
        );
        let mut out = String::new();
        unquoted("\"a \"\"b\"\"\"", &mut out);
        assert_eq!(out, "a \"b\"");
        for broken in ["", "{", "{1,\"}", "1}", "{{1}"] {
            assert!(!elements(broken, |_, _| {}), "{broken}");
        }
    }
}
