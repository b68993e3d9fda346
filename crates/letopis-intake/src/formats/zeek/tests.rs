use super::*;
use crate::testing::{options, read};

#[test]
fn escapes_are_undone() {
    let mut scratch = String::new();
    for (written, plain) in [
        ("a\\\\b", "a\\b"),
        ("\\xd0\\x96", "Ж"),
        ("\\xff\\x41", "\\xff\\x41"),
        ("\\x01\\x0a\\x7f", "\\x01\n\\x7f"),
        ("x\\x09y", "x\ty"),
        ("\\x9", "\\x9"),
        ("end\\", "end\\"),
        ("\\q", "\\q"),
    ] {
        assert_eq!(unescaped(written, &mut scratch), plain, "{written}");
    }
}

/// A second header in the middle changes the columns; the state of a part carries the header that holds.
#[test]
fn a_second_header_holds_from_there_on() {
    let first = "#separator \\x09\n#path\tconn\n#fields\tts\tuid\n#types\ttime\tstring\n1767208323.0\tC1\n#close\tx\n";
    let second = "#separator \\x09\n#path\tdns\n#fields\tts\tuid\tquery\n#types\ttime\tstring\tstring\n1767208324.0\tC2\ta.example\n";
    let whole = format!("{first}{second}1767208325.0\tC3\tb.example\n");
    let out = read(whole.as_bytes(), &options());
    assert_eq!(out.summary.unparsed, 0, "{:?}", out.summary.unparsed_examples);
    let kinds: Vec<_> = out.rows.iter().map(|r| r.get("kind").unwrap()).collect();
    assert_eq!(kinds, ["network.flow", "dns.query", "dns.query"]);
    let part = read(format!("{first}{second}").as_bytes(), &options());
    let forced = crate::ParseOptions {
        format: Some("zeek".to_owned()),
        state: part.summary.state,
        ..options()
    };
    let rest = read(b"1767208325.0\tC3\tb.example\n", &forced);
    assert_eq!(rest.rows[0].get("target").as_deref(), Some("b.example"));
}
