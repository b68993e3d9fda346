//! Golden files: what came out once and was looked at by a person.

use std::path::Path;

/// Compares with a golden file; with `LETOPIS_BLESS=1` in the environment writes it instead.
///
/// # Panics
/// Where they differ, naming the file, the first line that differs and how to accept the new text.
pub fn check(path: &Path, found: &str) {
    if std::env::var_os("LETOPIS_BLESS").is_some_and(|v| v == "1") {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        }
        std::fs::write(path, found).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        return;
    }
    let expected = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) => panic!(
            "{}: {e}\nHint: LETOPIS_BLESS=1 cargo test writes it",
            path.display()
        ),
    };
    if let Some(difference) = first_difference(&expected, found) {
        panic!(
            "{}: {difference}\nHint: LETOPIS_BLESS=1 cargo test accepts the new text",
            path.display()
        );
    }
}

/// Where two texts part, in words; `None` where they are equal.
pub fn first_difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let (mut left, mut right) = (expected.split('\n'), found.split('\n'));
    for line in 1.. {
        match (left.next(), right.next()) {
            (Some(a), Some(b)) if a == b => {}
            (None, None) => break,
            (a, b) => {
                let show = |side: Option<&str>| side.map_or("the end".to_owned(), |t| format!("{t:?}"));
                return Some(format!(
                    "line {line}\n  expected: {}\n  found:    {}",
                    show(a),
                    show(b)
                ));
            }
        }
    }
    Some("they differ".to_owned())
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(first_difference("a\nb", "a\nb"), None);
        let said = first_difference("a\nb\n", "a\nc\n").unwrap();
        assert!(
            said.starts_with("line 2") && said.contains("\"b\"") && said.contains("\"c\""),
            "{said}"
        );
        assert!(first_difference("a", "a\n").unwrap().contains("the end"));
    }
}
