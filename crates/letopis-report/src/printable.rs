//! Text from logs as something that steers nothing: the one rule for pages and terminals.

/// Text in which nothing is hidden: control characters and marks that reorder what is read stand as escapes (log content
/// is written by attackers). Line feeds and tabs stay.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.extend(c.escape_default()),
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.extend(c.escape_unicode());
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_cannot_steer_what_shows_it() {
        assert_eq!(
            printable("a\u{1b}[31mb\u{202e}c\rd\u{61c}"),
            "a\\u{1b}[31mb\\u{202e}c\\rd\\u{61c}"
        );
        assert_eq!(printable("қалыпты мәтін\n"), "қалыпты мәтін\n");
    }
}
