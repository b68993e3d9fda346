//! What attackers write into logs: depth, width, length, and characters that steer whoever looks.

use std::io::{Read, Seek, SeekFrom};

use letopis_event::{EventBuf, EventSink, Origin, SinkError, Span, StructureKind};

use crate::testing::{options, read, read_as};
use crate::{FORMATS, ParseOptions, Reader, detect, parse};

#[test]
fn nesting_of_ten_thousand_levels() {
    const LEVELS: usize = 10_000;
    let objects = "{\"a\":".repeat(LEVELS) + "1" + &"}".repeat(LEVELS) + "\n";
    let arrays = "{\"a\":".to_owned() + &"[".repeat(LEVELS) + &"]".repeat(LEVELS) + "}\n";
    let open = "{\"a\":".repeat(LEVELS) + "\n";
    let list = "[".repeat(LEVELS) + "\n";
    let elements = "<Event>".to_owned() + &"<a>".repeat(LEVELS) + &"</a>".repeat(LEVELS) + "</Event>\n";
    let events = "<Event>".repeat(LEVELS) + "\n";
    for text in [objects, arrays, open, list, elements, events] {
        let with_next = text + "{\"time\":\"2026-01-01T00:12:03Z\",\"message\":\"the next one\"}\n";
        for format in FORMATS.iter().filter(|f| matches!(f.reader, Reader::Text { .. })) {
            let out = read_as(with_next.as_bytes(), format.name);
            assert_eq!(
                out.summary.total_bytes(),
                with_next.len() as u64,
                "{}",
                format.name
            );
        }
        // What follows is not swallowed.
        let out = read_as(with_next.as_bytes(), "json");
        let last = out.rows.last().unwrap();
        assert!(last.text.contains("the next one"), "{}", last.text.len());
    }
}

#[test]
fn a_million_fields() {
    let many_of = |fields: usize, head: &str, each: &dyn Fn(usize) -> String, tail: &str| {
        let mut text = head.to_owned();
        for at in 0..fields {
            text.push_str(&each(at));
        }
        text + tail
    };
    let many = |head: &str, each: &dyn Fn(usize) -> String, tail: &str| many_of(1_000_000, head, each, tail);
    let named = |head: &str, each: &dyn Fn(usize) -> String, tail: &str| many_of(200_000, head, each, tail);
    for (format, text) in [
        (
            "json",
            named("{\"a\":1", &|at| format!(",\"k{}\":{at}", at % 50_000), "}\n"),
        ),
        ("json", many("{\"a\":[0", &|at| format!(",{at}"), "]}\n")),
        (
            "delimited",
            many("time;user;x\n2026-01-01 00:12:03;a", &|at| format!(";{at}"), "\n"),
        ),
        (
            "key-value",
            named("time=2026-01-01T00:12:03Z", &|at| format!(" k{at}={at}"), "\n"),
        ),
        (
            "windows-xml",
            named(
                "<Event><EventData>",
                &|at| format!("<Data>{at}</Data>"),
                "</EventData></Event>\n",
            ),
        ),
        (
            "syslog-rfc5424",
            named(
                "<13>1 2026-01-01T00:12:03Z h a - - [x",
                &|at| format!(" k{at}=\"{at}\""),
                "] m\n",
            ),
        ),
        (
            "application",
            named(
                "2026-01-01 00:12:03 INFO [main] app.Main - x=1",
                &|at| format!(" k{at}={at}"),
                "\n",
            ),
        ),
        (
            "mysql-audit-xml",
            named(
                "<AUDIT_RECORD><TIMESTAMP>2026-01-01T00:12:03 UTC</TIMESTAMP>",
                &|at| format!("<k{at}>{at}</k{at}>"),
                "</AUDIT_RECORD>\n",
            ),
        ),
    ] {
        if crate::format_named(format).is_none() {
            panic!("no format is called {format}");
        }
        let out = read_as(text.as_bytes(), format);
        assert!(out.summary.records > 0, "{format}");
    }
}

/// A name that encloses many others is repeated with each of them: what comes out stays a few times what came in.
#[test]
fn names_that_enclose_others_do_not_multiply() {
    let name = "n".repeat(200_000);
    let pairs = (0..40_000).map(|at| format!(",\"k{at}\":1")).collect::<String>();
    let json = format!("{{\"{name}\":{{\"a\":1{pairs}}}}}\n");
    let parameters = (0..40_000).map(|at| format!(" k{at}=\"1\"")).collect::<String>();
    let syslog = format!("<13>1 2026-01-01T00:12:03Z h a - - [{name}{parameters}] m\n");
    for (format, text) in [("json", json), ("syslog-rfc5424", syslog)] {
        let out = read_as(text.as_bytes(), format);
        assert_eq!(out.rows.len(), 1, "{format}");
        let told: usize = out.rows[0]
            .attrs()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        assert!(told < 10 * text.len(), "{format}: {told} bytes of attributes");
        assert_eq!(out.rows[0].text, text.trim_end(), "{format}");
    }
    // An element id of usual length stands before the name of each parameter.
    let usual = format!(
        "<13>1 2026-01-01T00:12:03Z h a - - [{} k=\"v\"] m\n",
        "i".repeat(64)
    );
    let out = read_as(usual.as_bytes(), "syslog-rfc5424");
    assert_eq!(
        out.rows[0].get(&format!("attrs.{}.k", "i".repeat(64))).as_deref(),
        Some("v")
    );
}

/// The name of a column is repeated with every record: one of a quarter of a mebibyte must not be.
#[test]
fn names_of_columns_do_not_multiply() {
    let name = "n".repeat(250_000);
    for (format, head) in [
        ("w3c-extended", format!("#Fields: {name}\n")),
        (
            "zeek",
            format!("#separator \\x09\n#set_separator\t,\n#path\tx\n#fields\t{name}\n#types\tstring\n"),
        ),
        ("delimited", format!("time,{name}\n")),
        (
            "sysstat",
            format!("Linux 5 (h) 01/01/26 _x86_64_ (2 CPU)\n00:00:01 {name}\n"),
        ),
    ] {
        let rows = match format {
            "delimited" => "2026-01-01 00:12:03,7\n",
            "sysstat" => "00:00:02 7\n",
            _ => "7\n",
        };
        let text = head + &rows.repeat(2000);
        let out = read_as(text.as_bytes(), format);
        assert!(out.rows.len() >= 2000, "{format}: {}", out.rows.len());
        let told: usize = out
            .rows
            .iter()
            .flat_map(|row| {
                row.attrs()
                    .map(|(name, value)| name.len() + value.len())
                    .collect::<Vec<_>>()
            })
            .sum();
        assert!(told < 10 * text.len(), "{format}: {told} bytes of attributes");
    }
}

/// What log content does to a terminal or an eye stays in the text as it is: whoever shows it must escape it.
#[test]
fn characters_that_steer_are_kept() {
    let hostile = "user \u{1b}[2J\u{1b}]0;title\u{7} \u{202e}gpj.exe\u{202c} a\0b\rc =cmd|'/c'!A1 <script>alert(1)</script>";
    for text in [
        format!("Jan  5 10:00:00 host app[1]: {hostile}\nJan  5 10:00:01 host app[1]: after\n"),
        format!("2026-01-05 10:00:00 {hostile}\n2026-01-05 10:00:01 after\n"),
        format!(
            "<13>1 2026-01-05T10:00:00Z host app 1 - - {hostile}\n<13>1 2026-01-05T10:00:01Z host app 1 - - after\n"
        ),
    ] {
        let out = read(text.as_bytes(), &options());
        assert_eq!(out.rows.len(), 2, "{}", out.detection.format.name);
        assert_eq!(out.rows[0].text, text.lines().next().unwrap());
        let message = out.rows[0].get("message").unwrap();
        assert!(
            message.contains("\u{1b}[2J") && message.contains('\u{202e}') && message.contains('\0'),
            "{message:?}"
        );
        assert!(out.rows[1].get("message").unwrap().ends_with("after"));
    }
}

/// A stream of `length` bytes that nobody keeps: a head, the same byte over and over, a tail.
struct Stream {
    head: &'static [u8],
    fill: u8,
    tail: &'static [u8],
    length: u64,
    at: u64,
    /// Most bytes asked for at once.
    asked: usize,
}

impl Stream {
    fn new(head: &'static [u8], fill: u8, tail: &'static [u8], length: u64) -> Self {
        Self {
            head,
            fill,
            tail,
            length,
            at: 0,
            asked: 0,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.asked = self.asked.max(out.len());
        let take = (self.length - self.at).min(out.len() as u64) as usize;
        let out = &mut out[..take];
        out.fill(self.fill);
        let tail_at = self.length - self.tail.len() as u64;
        for (at, slot) in (self.at..).zip(out.iter_mut()) {
            if at < self.head.len() as u64 {
                *slot = self.head[at as usize];
            } else if at >= tail_at {
                *slot = self.tail[(at - tail_at) as usize];
            } else if at + (take as u64) < tail_at {
                break;
            }
        }
        self.at += take as u64;
        Ok(take)
    }
}

impl Seek for Stream {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.length.saturating_add_signed(by),
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

/// Counts and checks, and keeps nothing.
#[derive(Default)]
struct Figures {
    position: u64,
    events: u64,
    structures: u64,
    longest: u64,
}

impl EventSink for Figures {
    fn event(&mut self, origin: &Origin<'_>, _: &EventBuf) -> Result<(), SinkError> {
        assert_eq!(origin.span.offset, self.position);
        self.position = origin.span.end();
        self.events += 1;
        self.longest = self.longest.max(origin.span.length);
        Ok(())
    }

    fn structure(&mut self, span: Span, _: StructureKind) -> Result<(), SinkError> {
        assert_eq!(span.offset, self.position);
        self.position = span.end();
        self.structures += 1;
        Ok(())
    }
}

fn figures(stream: &mut Stream, options: &ParseOptions) -> Figures {
    let detection = detect(stream, "", options).unwrap();
    let mut figures = Figures::default();
    let length = stream.length;
    parse(stream, length, &detection, options, &mut figures).unwrap();
    assert_eq!(figures.position, length);
    figures
}

/// Peak of the process's memory in bytes, where the system tells.
fn memory_peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

const HEAD: &[u8] = b"Jan  5 10:00:00 host app[1]: ";
const TAIL: &[u8] = b"\nJan  5 10:00:01 host app[1]: after\n";

#[test]
fn a_record_of_many_megabytes_is_cut_and_never_held_whole() {
    let options = ParseOptions {
        max_record: 256 << 10,
        ..options()
    };
    for format in ["plain-text", "json", "delimited", "windows-xml", "key-value"] {
        let mut stream = Stream::new(HEAD, b'x', TAIL, 24 << 20);
        let forced = ParseOptions {
            format: Some(format.to_owned()),
            ..options.clone()
        };
        let found = figures(&mut stream, &forced);
        assert!(found.longest <= 256 << 10, "{format}: {}", found.longest);
        assert!(found.events >= 96, "{format}: {}", found.events);
        assert!(
            stream.asked <= 4 << 20,
            "{format}: {} bytes asked for at once",
            stream.asked
        );
    }
}

/// Alone in its process it shows that memory stays bounded.
#[test]
#[ignore = "reads 1 GiB"]
fn a_record_of_a_gibibyte_needs_bounded_memory() {
    let mut stream = Stream::new(HEAD, b'x', TAIL, 1 << 30);
    let found = figures(&mut stream, &options());
    assert_eq!((found.events, found.longest), (65, 16 << 20));
    if let Some(peak) = memory_peak() {
        assert!(peak < 300 << 20, "{peak} bytes of memory");
        eprintln!("peak of memory: {} MiB", peak >> 20);
    }
}

#[test]
fn millions_of_blank_lines_are_one_piece_of_structure() {
    let mut stream = Stream::new(HEAD, b'\n', TAIL, 48 << 20);
    let found = figures(&mut stream, &options());
    assert_eq!(found.events, 2);
    assert!(found.structures <= 3, "{}", found.structures);
}

/// What stands in one field, as what could be a thousand others.
#[test]
fn endless_values_are_read_in_a_straight_line() {
    let read_cef = |fields: &str| {
        let text = format!("CEF:0|v|p|1|id|name|3|{fields}\n");
        let mut rows = read_as(text.as_bytes(), "cef").rows;
        assert_eq!((rows.len(), rows[0].text.len()), (1, text.len() - 1));
        rows.remove(0)
    };
    let row = read_cef(&("src=192.0.2.7 msg=".to_owned() + &"a=".repeat(400_000)));
    assert_eq!(row.get("src_ip").as_deref(), Some("192.0.2.7"));
    assert_eq!(row.get("message").unwrap(), "a=".repeat(400_000));
    let row = read_cef(&("n".repeat(400_000) + &"\u{e9}=".repeat(200_000) + " src=192.0.2.7"));
    assert_eq!(row.get("src_ip").as_deref(), Some("192.0.2.7"));
}

/// Syntax over and over, as what it could be the beginning of: time must not grow with the square of the length.
#[test]
fn endless_syntax_is_read_in_a_straight_line() {
    for (format, piece) in [
        ("windows-xml", "<a>"),
        ("windows-xml", "<Event "),
        ("windows-xml", "<"),
        ("windows-xml", "<![CDATA["),
        ("json", "{"),
        ("json", "["),
        ("json", "{\"records\":["),
        ("json", "{}"),
        // Values that never end, one a line, with others between them or in a string that does.
        ("json", " {\n"),
        ("json", " [\n"),
        ("json", " {\n{}\n"),
        ("windows-json", " {\"a\":{\n"),
        ("json", "\""),
        ("delimited", "\"\n"),
        ("delimited", "a,\"b\n"),
        ("key-value", "a=\""),
        ("key-value", "="),
        ("syslog-rfc3164", "<13>"),
        ("syslog-rfc5424", "[a b=\""),
        // Tags and text on one line without end.
        ("windows-xml", "v<a>"),
        ("windows-xml", "<Event><![CDATA[\n"),
        ("mysql-audit-xml", "<a>b</a>"),
        // Entities and key=value pairs that nothing closes, and what a user name may hold.
        ("mysql-audit-xml", "&a"),
        ("mysql-audit-xml", "<AUDIT_RECORD>&</AUDIT_RECORD>"),
        ("application", "k=v "),
        ("syslog-rfc3164", " from 192.0.2.7 port 22 "),
        ("plain-text", "\r"),
        ("auditd", "type=A msg=audit(1.1:1): a=\"\n"),
        // Marks of a message's head without a colon, and fields of which none ends with a bar.
        ("cisco-asa", "%"),
        ("cisco-asa", "%ASA-"),
        ("check-point", "loguid=a origin=b product=c "),
    ] {
        let text = "Jan  5 10:00:00 h a: b\n".to_owned() + &piece.repeat(1_500_000 / piece.len());
        let out = read_as(text.as_bytes(), format);
        assert!(out.summary.records > 0, "{format} {piece:?}");
    }
}
