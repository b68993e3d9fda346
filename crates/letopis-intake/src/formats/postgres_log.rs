//! PostgreSQL's log on standard error: a prefix of the administrator's choice, the severity, the message.
//!
//! `log_line_prefix` (manual, "What to Log") is free; the pieces are told by their shapes: the default `%m [%p] `,
//! Debian's `%m [%p] %q%u@%d `, `%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h `, `%t:%r:%u@%d:[%p]:` of hosting
//! services, and others made of the same pieces. A statement of several lines goes on behind a tab.
//!
//! The server writes `DETAIL`, `HINT`, `CONTEXT` and `STATEMENT` as lines of their own behind the line they belong to:
//! here they are records of kind `part` in the group of that line.

mod prefix;
mod samples;

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::postgres_csv::{self as server, Entry, Fields};
use super::scan;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Verdict};
use crate::formats::scan::Cut as _;
use crate::near;

/// PostgreSQL, standard error.
pub(super) const FORMAT: Format = Format {
    name: "postgres-log",
    title: "PostgreSQL log (stderr), with pgAudit",
    reference: "PostgreSQL manual, Error Reporting and Logging, log_line_prefix; pgAudit README, Format",
    category: Some(Category::Dbms),
    kinds: KINDS,
    samples: samples::SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

/// The server's kinds; parts are known to every format.
const KINDS: &[Kind] = server::KINDS;

/// Severities and the names of the lines that follow one, as `lc_messages` makes them.
fn is_label(word: &str) -> bool {
    match word.as_bytes() {
        b"LOG" | b"ERROR" | b"FATAL" | b"PANIC" | b"WARNING" | b"NOTICE" | b"INFO" | b"DEBUG" => true,
        b"DETAIL" | b"HINT" | b"STATEMENT" | b"CONTEXT" | b"QUERY" | b"LOCATION" | b"BACKTRACE" => true,
        [b'D', b'E', b'B', b'U', b'G', b'1'..=b'5'] => true,
        bytes => bytes.first().is_some_and(|first| !first.is_ascii()) && RUSSIAN_LABELS.contains(&word),
    }
}

const RUSSIAN_LABELS: &[&str] = &[
    "СООБЩЕНИЕ",
    "ОШИБКА",
    "ВАЖНО",
    "ПАНИКА",
    "ПРЕДУПРЕЖДЕНИЕ",
    "ЗАМЕЧАНИЕ",
    "ИНФОРМАЦИЯ",
    "ОТЛАДКА",
    "ПОДРОБНОСТИ",
    "ПОДСКАЗКА",
    "ОПЕРАТОР",
    "КОМАНДА",
    "КОНТЕКСТ",
    "ЗАПРОС",
    "ПОЛОЖЕНИЕ",
];

/// Longest prefix that is looked through.
const PREFIX_MAX: usize = 600;

/// The prefix, the severity and the text of a line.
fn parts(line: &str) -> Option<(&str, &str, &str)> {
    let bytes = line.as_bytes();
    let mut from = 0;
    while let Some(found) = near::byte(b':', bytes.get(from..)?) {
        let colon = from + found;
        if colon > PREFIX_MAX {
            return None;
        }
        from = colon + 1;
        if !bytes.get(from..)?.starts_with(b"  ") {
            continue;
        }
        let head = line.get(..colon)?;
        let start = head
            .bytes()
            .rposition(|b| matches!(b, b' ' | b':' | b']' | b'>' | b')' | b',' | b'\t' | b'|'))
            .map_or(0, |at| at + 1);
        let word = head.get(start..)?;
        if is_label(word) {
            return Some((head.get(..start)?, word, line.get(colon + 3..)?));
        }
    }
    None
}

/// Whether a line begins a record: it has a severity, and a time or a process before it, or nothing.
fn is_start(line: &str) -> bool {
    if line.starts_with(['\t', ' ']) {
        return false;
    }
    parts(line).is_some_and(|(prefix, ..)| prefix.trimmed().is_empty() || prefix::is_known(prefix))
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let (mut all, mut own, mut timed) = (0, 0, 0);
    for line in head.lines(60).filter(|l| !l.starts_with(['\t', ' '])) {
        all += 1;
        if let Some((before, ..)) = parts(line) {
            let prefix = prefix::read(before);
            own += usize::from(prefix.is_known() || before.trimmed().is_empty());
            timed += usize::from(prefix.reading.is_some());
        }
    }
    (own > 0 && own * 10 >= all * 8).then(|| Claim {
        confidence: if timed * 2 >= own { 90 } else { 60 },
        reason: format!("{own} of {all} lines have one of the server's severities, a colon and two blanks; {timed} a time before it"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Log::default())
}

#[derive(Debug, Default)]
struct Log {
    audit: Fields,
    scratch: String,
    /// Offset of the line that details belong to.
    head: u64,
}

impl RecordReader for Log {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some((before, severity, text)) = parts(record.text) else {
            return Verdict::Unparsed("no severity with a colon and two blanks stands in the line");
        };
        prefix::read(before).fill(event);
        event.set(Text::Service, "postgresql");
        event.set(Text::Process, "postgres");
        event.attr("error_severity", severity);
        let text = unfolded(text, &mut self.scratch);
        event.set(Text::Message, text);
        if let Some(name) = follower(severity) {
            event.set_fmt(Text::EventGroup, format_args!("{:x}", self.head));
            event.kind = Kind::PART;
            if name == "STATEMENT" {
                event.set(Text::XQuery, text);
            }
            return Verdict::Event;
        }
        self.head = record.offset;
        event.set_fmt(Text::EventGroup, format_args!("{:x}", record.offset));
        event.level = server::level_of(severity);
        if server::is_error(severity) {
            event.outcome = Outcome::Failure;
            event.set(Text::XReason, text);
        }
        let stated = event.get(Text::Code).unwrap_or_default();
        let mut state = [0u8; 5];
        let state = match (stated.len(), stated.as_bytes()) {
            (5, bytes) => {
                state.copy_from_slice(bytes);
                std::str::from_utf8(&state).unwrap_or_default()
            }
            _ => state_of(severity, text),
        };
        let entry = Entry {
            message: text,
            state,
            ..Entry::default()
        };
        server::read_message(&entry, &mut self.audit, event);
        named(text, event);
        Verdict::Event
    }
}

/// A text of several lines without the tabs that the server put before them.
fn unfolded<'a>(text: &'a str, scratch: &'a mut String) -> &'a str {
    if !text.holds(b'\n') {
        return text.trimmed_end();
    }
    scratch.clear();
    for (at, line) in text.lines().enumerate() {
        if at > 0 {
            scratch.push('\n');
        }
        scratch.push_str(if at > 0 {
            line.strip_prefix('\t').unwrap_or(line)
        } else {
            line
        });
    }
    scratch
}

/// The English name of a line that belongs to the one before.
fn follower(severity: &str) -> Option<&'static str> {
    Some(match severity {
        "STATEMENT" | "ОПЕРАТОР" | "КОМАНДА" => "STATEMENT",
        "DETAIL" | "ПОДРОБНОСТИ" => "DETAIL",
        "HINT" | "ПОДСКАЗКА" => "HINT",
        "CONTEXT" | "КОНТЕКСТ" => "CONTEXT",
        "QUERY" | "ЗАПРОС" => "QUERY",
        "LOCATION" | "ПОЛОЖЕНИЕ" | "BACKTRACE" => "LOCATION",
        _ => return None,
    })
}

/// The SQLSTATE that a message stands for where the prefix does not state it: of those messages whose text tells it.
fn state_of(severity: &str, text: &str) -> &'static str {
    let has = |sign: &str| scan::has(text, sign);
    let starts = |heads: &[&str]| heads.iter().any(|h| text.starts_with(h));
    if !server::is_error(severity) {
        return "";
    }
    let fatal = matches!(severity, "FATAL" | "ВАЖНО");
    let gone = has("\" does not exist") || has("\" не существует");
    if has("authentication failed for user")
        || has("не прошёл проверку подлинности")
        || has("не прошел проверку подлинности")
    {
        "28P01"
    } else if starts(&[
        "no pg_hba.conf entry",
        "pg_hba.conf rejects",
        "в pg_hba.conf нет записи",
        "в pg_hba.conf отвергнуто",
    ]) || fatal && gone && starts(&["role \"", "роль \""])
        || fatal && has("is not permitted to log in")
    {
        "28000"
    } else if fatal && gone && starts(&["database \"", "база данных \""]) {
        "3D000"
    } else if starts(&[
        "permission denied",
        "must be owner of",
        "нет доступа",
        "нужно быть владельцем",
    ]) {
        "42501"
    } else if has("too many clients already") || has("remaining connection slots are reserved") {
        "53300"
    } else if has("No space left on device") {
        "53100"
    } else if starts(&["out of memory", "нехватка памяти"]) {
        "53200"
    } else {
        ""
    }
}

/// The account that a refusal names, where the prefix has none.
fn named(text: &str, event: &mut EventBuf) {
    if event.kind != Kind::AUTH_LOGON && event.kind != Kind::AUTH_UNREGISTERED_ACCOUNT {
        return;
    }
    for mark in ["for user \"", "role \"", ", user \"", "ользователь \"", "оль \""] {
        if let Some(user) = scan::between(text, mark, "\"") {
            event.set_if_absent(Text::UserName, user);
            break;
        }
    }
    if let Some(host) = scan::between(text, "for host \"", "\"").filter(|h| scan::is_ip(h)) {
        event.set_if_absent(Text::SrcIp, host);
    }
    if event.number(Number::SrcPort).is_none()
        && let Some(port) = scan::between(text, " port=", " ")
    {
        event.set_number_text(Number::SrcPort, port);
    }
}
