//! Whether time grows in a straight line with what an attacker writes: every format is given the same syntax over and
//! over, alone and behind the beginning of its own samples, with `n` bytes and with four times as many.
//!
//! Reported, never asserted: what a clock shows on a busy machine is no verdict. What was found slow stands as a plain
//! test in `hostile`.
//!
//! ```text
//! cargo test --release -p letopis-intake --lib -- --ignored --nocapture growth
//! ```

use std::io::Cursor;
use std::time::Duration;

use letopis_event::{EventBuf, EventSink, Origin, SinkError, Span, StructureKind};

use crate::testing::{Stopwatch, options};
use crate::{FORMATS, Format, ParseOptions, Reader, detect, parse};

/// Bytes of the smaller input.
const BYTES: usize = 64 << 10;

/// Syntax that may be the beginning of something.
const PIECES: &[&str] = &[
    "\n",
    "\r",
    "\0",
    " ",
    "\t",
    "a",
    "1",
    "\"",
    "'",
    "\\",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "=",
    ":",
    ",",
    ";",
    "|",
    "#",
    "@",
    "&",
    "%",
    "/",
    ".",
    "-",
    "+",
    "*",
    "$",
    "`",
    "я",
    "\u{202e}",
    "{\n",
    " {\n",
    "[\n",
    " [\n",
    "\"\n",
    "a\"\n",
    "'\n",
    "<a>\n",
    "<a ",
    "</",
    "<!--",
    "<![CDATA[",
    "&a",
    "&#",
    "=\"",
    "a=\"",
    "a='",
    "a=b ",
    "a=b,",
    "a=b\n",
    "\"a\":",
    "{\"a\":",
    "{\"a\":\n",
    "{\"a\":1},",
    "[{",
    "{\"records\":[",
    "{\"records\":[{},",
    ",\"",
    ",\"\"",
    ";\"a",
    "a,",
    "a, b: ",
    ": ",
    " - ",
    " -> ",
    "[a]",
    "[a b=\"c\"]",
    "(a)",
    "{a}",
    "\\\"",
    "\\n",
    " for ",
    " from ",
    " user ",
    "failed ",
    "logged in",
    "<13>",
    "<13>1 ",
    "Jan  5 10:00:00 ",
    "2026-01-05 10:00:00 ",
    "10.0.0.1 ",
    "::",
    "--",
    "/*",
    "$$",
    "select ",
    "a b\n",
    "\ta\n",
    " a\n",
    "[**]",
    "%ASA-",
    "CEF:0|",
    "CEF:0|\\|",
    "cs1Label=a cs1=b ",
    "type=",
    "msg=audit(1.1:1): ",
    "\u{1}",
    "\u{1d}",
];

/// Fields of which each has a name of its own.
const NAMED: &[fn(usize) -> String] = &[
    |at| format!(" k{at}=v"),
    |at| format!(" k{at}=\"v\""),
    |at| format!(",\"k{at}\":1"),
    |at| format!(",\"k{at}\":{{\"a\":1}}"),
    |at| format!("<k{at}>v</k{at}>"),
    |at| format!("<Data Name='k{at}'>v</Data>"),
    |at| format!("[k{at} a=\"v\"]"),
    |at| format!("k{at}: v\n"),
    |at| format!("k{at}:\"v\"; "),
    |at| format!("|k{at}=v"),
    |at| format!("\tk{at}"),
    |at| format!(",k{at}"),
    |at| format!("\nk{at} v"),
];

/// Keeps nothing.
#[derive(Default)]
struct Bytes(u64);

impl EventSink for Bytes {
    fn event(&mut self, _: &Origin<'_>, event: &EventBuf) -> Result<(), SinkError> {
        self.0 += event.text_bytes() as u64;
        Ok(())
    }

    fn structure(&mut self, _: Span, _: StructureKind) -> Result<(), SinkError> {
        Ok(())
    }
}

/// How long it takes to read `bytes` as `format`, and how much text came out.
fn measure(format: &Format, bytes: &[u8]) -> (Duration, u64) {
    let options = ParseOptions {
        format: Some(format.name.to_owned()),
        ..options()
    };
    let began = Stopwatch::new();
    let mut input = Cursor::new(bytes);
    let detection = detect(&mut input, "", &options).unwrap();
    let mut sink = Bytes::default();
    parse(&mut input, bytes.len() as u64, &detection, &options, &mut sink).unwrap();
    (began.elapsed(), sink.0)
}

fn long(head: &str, each: &dyn Fn(usize) -> String, bytes: usize) -> Vec<u8> {
    let mut text = head.to_owned();
    let mut at = 0;
    while text.len() < bytes {
        text.push_str(&each(at));
        at += 1;
    }
    text.push('\n');
    text.into_bytes()
}

/// Reports what is slow and takes more than seven times as long for four times as much, and what gives far more text
/// than came in. Only what is slow is measured twice.
fn look(format: &Format, head: &str, each: &dyn Fn(usize) -> String) {
    let input = long(head, each, 4 * BYTES);
    let (time, text) = measure(format, &input);
    let swollen = text > 40 * input.len() as u64;
    if time < Duration::from_millis(50) && !swollen {
        return;
    }
    let (short, _) = measure(format, &long(head, each, BYTES));
    if swollen || time > 7 * short || time > Duration::from_millis(500) {
        let (head, piece) = (head.chars().take(60).collect::<String>(), each(1));
        eprintln!(
            "{}: {short:?} → {time:?}, {text} bytes of text: {head:?} and {piece:?}",
            format.name
        );
    }
}

#[test]
#[ignore = "measures for minutes"]
fn growth_of_every_format() {
    let wanted = std::env::var("LETOPIS_GROWTH_FORMAT").ok();
    for format in FORMATS.iter().filter(|f| matches!(f.reader, Reader::Text { .. })) {
        if wanted.as_ref().is_some_and(|name| name != format.name) {
            continue;
        }
        let samples: Vec<_> = format
            .samples
            .iter()
            .map(|s| String::from_utf8_lossy(s.bytes))
            .collect();
        let mut heads = vec![""];
        for sample in &samples {
            let lines = sample.lines().collect::<Vec<_>>();
            heads.extend(lines.last());
            let half = lines.last().map_or(0, |line| line.len() / 2);
            heads.extend(lines.last().and_then(|line| line.get(..half)));
            heads.push(sample);
            heads.extend(sample.get(..sample.len() / 2));
        }
        for head in heads {
            for piece in PIECES {
                look(format, head, &|_| (*piece).to_owned());
            }
            for each in NAMED {
                look(format, head, each);
            }
            for sample in &samples {
                let line = sample.replace('\n', " ");
                look(format, head, &|_| line.clone());
            }
        }
    }
}

/// Names of which one encloses the others: each field's name repeats it.
#[test]
#[ignore = "measures for minutes"]
fn growth_of_names_that_enclose_others() {
    for format in FORMATS.iter().filter(|f| matches!(f.reader, Reader::Text { .. })) {
        let name = "n".repeat(BYTES / 8);
        for head in [
            format!("{{\"{name}\":{{\"a\":1"),
            format!("<13>1 2026-01-01T00:12:03Z h a - - [{name}"),
            format!("<{name}>"),
            format!("<Event><EventData><Data Name='{name}'>"),
            format!("{name}={{\"a\":1"),
        ] {
            for piece in [",\"b\":2", " a=\"b\"", "<a>b</a>", " b=1"] {
                look(format, &head, &|_| piece.to_owned());
            }
        }
    }
}
