//! The head of a line, piece by piece: time, level, process, thread, logger, place in the source, in any order.

use letopis_event::TimeReading;

use super::layouts;
use super::level::{level_of, of_letter};
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, split, word};

/// A line taken apart; what it does not have is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) reading: Option<TimeReading>,
    pub(super) time_text: &'a str,
    /// On the syslog scale.
    pub(super) level: Option<i8>,
    /// As written.
    pub(super) level_text: &'a str,
    /// Name of the logger, class or component.
    pub(super) logger: &'a str,
    pub(super) thread: &'a str,
    pub(super) pid: &'a str,
    /// File, line and function.
    pub(super) place: &'a str,
    /// What a library adds in brackets: request ids, the node.
    pub(super) context: &'a str,
    pub(super) message: &'a str,
}

impl Line<'_> {
    /// Whether the line begins a record. A time and a message alone are not enough: any text may begin with a date.
    fn is_head(&self) -> bool {
        self.level.is_some() || self.is_named()
    }

    /// Whether anything but the time stands before the message.
    pub(super) fn is_named(&self) -> bool {
        [self.logger, self.thread, self.pid, self.place]
            .iter()
            .any(|p| !p.is_empty())
    }
}

/// Pieces that are taken at most: a message of bracketed words must not be eaten.
const PIECES: usize = 7;

/// Takes a line apart; `None` where it begins with neither a time nor a level. `year_first` says how a date of three
/// two-digit numbers is meant.
pub(super) fn read(line: &str, year_first: bool) -> Option<Line<'_>> {
    let mut out = Line::default();
    take_apart(line, year_first, false, &mut out)?;
    Some(out)
}

/// Whether [`read`] takes a line apart, without going through all of it.
pub(super) fn begins(line: &str) -> bool {
    take_apart(line, false, true, &mut Line::default()).is_some()
}

/// With `enough` no further piece is looked for where one is found that makes the line a head.
fn take_apart<'a>(line: &'a str, year_first: bool, enough: bool, out: &mut Line<'a>) -> Option<()> {
    if let Some(found) = layouts::of_its_own(line) {
        *out = found;
        return Some(());
    }
    let rest = match layouts::time(line, year_first) {
        Some(time) => {
            out.reading = Some(time.reading);
            out.time_text = time.text;
            if let Some((text, level)) = time.level {
                out.level_text = text;
                out.level = Some(level);
            }
            out.thread = time.thread;
            time.rest
        }
        None => level_first(line, out, year_first)?,
    };
    if enough && out.is_head() {
        return Some(());
    }
    if out.reading.is_some() && rest.starts_with('|') {
        pipes(rest, out, enough);
    } else if out.reading.is_none() || !layouts::logcat(rest, out) {
        pieces(rest, out, enough);
    }
    out.is_head().then_some(())
}

/// `INFO  [2026-01-01 00:00:00,000] logger: …`, `[info] logger …`, `WARNING:logger:…`.
fn level_first<'a>(line: &'a str, out: &mut Line<'a>, year_first: bool) -> Option<&'a str> {
    let (text, rest) = match line.strip_prefix('[') {
        Some(inner) => {
            let (text, rest) = split(inner, "]")?;
            (text.trimmed_end(), rest)
        }
        None => {
            let end = line.bytes().position(|b| matches!(b, b' ' | b':' | b'\t'))?;
            (line.get(..end)?, line.get(end..)?)
        }
    };
    out.level = Some(level_of(text)?);
    out.level_text = text;
    let after = rest.less_start_of(b" \t");
    if let Some(time) = layouts::time(after, year_first) {
        out.reading = Some(time.reading);
        out.time_text = time.text;
        return Some(time.rest);
    }
    // Python's default: LEVEL:logger:message.
    if let Some(inner) = rest.strip_prefix(':')
        && let Some((logger, message)) = split(inner, ":")
        && is_name(logger)
        && text.bytes().all(|b| b.is_ascii_uppercase())
    {
        out.logger = logger;
        return Some(message);
    }
    // Without a time a level must be set apart: a sentence may begin with `Error`.
    line.starts_with('[').then_some(rest)
}

/// `|INFO|Logger|message`: fields parted by bars.
fn pipes<'a>(rest: &'a str, out: &mut Line<'a>, enough: bool) {
    let mut rest = rest.get(1..).unwrap_or_default();
    for _ in 0..PIECES {
        if enough && out.is_head() {
            return;
        }
        let Some((field, after)) = split(rest, "|") else {
            break;
        };
        let plain = field.trimmed();
        if out.level.is_none()
            && let Some(level) = level_of(plain)
        {
            (out.level, out.level_text) = (Some(level), plain);
        } else if out.pid.is_empty() && is_digits(plain) {
            out.pid = plain;
        } else if out.logger.is_empty() && (is_name(plain) || plain.is_empty()) {
            out.logger = plain;
        } else {
            break;
        }
        rest = after;
    }
    out.message = rest;
}

/// What stands between the pieces.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// Blanks or nothing.
    Blank,
    /// ` - `, ` : `, `: `: often the message begins behind it.
    Strong,
}

fn pieces<'a>(rest: &'a str, out: &mut Line<'a>, enough: bool) {
    let mut rest = rest;
    let mut mark = Mark::Blank;
    for _ in 0..PIECES {
        let (after, found) = separator(rest);
        if found == Mark::Strong {
            mark = Mark::Strong;
        }
        let Some(next) = piece(after, out, mark) else {
            out.message = after;
            break;
        };
        if enough && out.is_head() {
            return;
        }
        rest = next;
        out.message = rest;
    }
    let (message, _) = separator(out.message);
    out.message = message.trimmed_end();
    if out.logger.is_empty() {
        trailing_logger(out);
    }
}

/// Passes over what stands between two pieces.
fn separator(text: &str) -> (&str, Mark) {
    let plain = without_blanks(text);
    if !matches!(plain.as_bytes().first(), Some(b'-' | b':' | b'|' | b',')) {
        return (plain, Mark::Blank);
    }
    for (sign, mark) in [
        ("--- ", Mark::Blank),
        ("-- : ", Mark::Strong),
        ("-- ", Mark::Strong),
        ("- ", Mark::Strong),
        (": ", Mark::Strong),
        ("| ", Mark::Strong),
        (", ", Mark::Blank),
    ] {
        if let Some(rest) = plain.strip_prefix(sign) {
            return (without_blanks(rest), mark);
        }
    }
    (plain, Mark::Blank)
}

fn without_blanks(text: &str) -> &str {
    let blanks = text.bytes().take_while(|b| matches!(b, b' ' | b'\t')).count();
    text.get(blanks..).unwrap_or_default()
}

/// Takes one piece; `None` where the message begins.
fn piece<'a>(text: &'a str, out: &mut Line<'a>, mark: Mark) -> Option<&'a str> {
    match text.as_bytes().first()? {
        b'[' => bracket(text, out, mark),
        b'(' => {
            // WildFly: [logger] (thread).
            let (inner, rest) = split(text.get(1..)?, ") ")?;
            let fits =
                out.level.is_some() && out.thread.is_empty() && !out.logger.is_empty() && mark == Mark::Blank;
            (fits && inner.len() <= 120).then(|| {
                out.thread = inner;
                rest
            })
        }
        b'<' => {
            let (inner, rest) = split(text.get(1..)?, ">")?;
            let level = level_of(inner)?;
            out.level.is_none().then(|| {
                (out.level, out.level_text) = (Some(level), inner);
                rest
            })
        }
        _ => bare(text, out, mark),
    }
}

/// A piece in square brackets: level, process, thread, logger, context.
fn bracket<'a>(text: &'a str, out: &mut Line<'a>, mark: Mark) -> Option<&'a str> {
    let (inner, rest) = balanced(text)?;
    let plain = inner.trimmed();
    if out.level.is_none()
        && let Some(level) = level_of(plain).or_else(|| one_letter(plain))
    {
        (out.level, out.level_text) = (Some(level), plain);
        return Some(rest);
    }
    // Behind the level and a mark the message has begun, but for `[thread:Class@line] - `.
    if mark == Mark::Strong && out.level.is_some() && !rest.trimmed_start().starts_with('-') {
        return None;
    }
    let process = plain.strip_prefix('#').unwrap_or(plain);
    if out.pid.is_empty() && is_digits(process) {
        out.pid = process;
    } else if let Some((head, line)) = plain
        .cut_last(b'@')
        .filter(|(_, l)| is_digits(l) && out.logger.is_empty())
    {
        // %t:%C{1}@%L
        let (thread, class) = head.cut_last(b':').unwrap_or(("", head));
        (out.thread, out.logger, out.place) = (thread, class, line);
    } else if plain.starts_with("req-") || out.context.is_empty() && is_context(plain) {
        out.context = plain;
    } else if out.logger.is_empty() && is_dotted(plain) {
        out.logger = plain;
    } else if out.thread.is_empty() {
        out.thread = plain;
    } else if out.context.is_empty()
        && mark == Mark::Blank
        && is_name(out.thread)
        && is_name(plain)
        && word(rest.trimmed_start()).1.starts_with(": ")
    {
        // Spring: [application] [thread] logger :
        (out.context, out.thread) = (out.thread, plain);
    } else if out.logger.is_empty() && is_name(plain) {
        out.logger = plain;
    } else {
        return None;
    }
    Some(rest)
}

/// The inside of a bracket that may hold others, and what follows it.
fn balanced(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate().take(400) {
        match byte {
            b'[' => depth += 1,
            b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some((text.get(1..at)?, text.get(at + 1..)?));
                }
            }
            _ => {}
        }
    }
    None
}

/// Request ids and the like: hexadecimal, or several parts.
fn is_context(text: &str) -> bool {
    let hex = |t: &str| t.len() >= 8 && t.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    text.split(['|', ',', ' ']).all(hex)
}

/// A piece without brackets.
fn bare<'a>(text: &'a str, out: &mut Line<'a>, mark: Mark) -> Option<&'a str> {
    let (token, rest) = word(text);
    let plain = token.less_end(b':');
    if out.level.is_none()
        && let Some(level) = bare_level(text, (token, rest), plain, out)
    {
        (out.level, out.level_text) = (Some(level), plain);
        let after = text.get(plain.len()..)?;
        return Some(servicing(after, out).unwrap_or(after));
    }
    let after = text.get(plain.len()..)?;
    if is_digits(plain) && plain.len() <= 10 && out.pid.is_empty() && mark == Mark::Blank {
        return (followed_by_level_or_name(rest, out)).then(|| {
            out.pid = plain;
            after
        });
    }
    if out.place.is_empty() && is_place(plain) && (mark == Mark::Blank || out.level.is_none()) {
        out.place = plain;
        return Some(after);
    }
    if !out.logger.is_empty() {
        return None;
    }
    let marked = rest.starts_with("- ") || rest.starts_with(": ") || token.len() > plain.len();
    let set_apart = rest.starts_with("- ") || rest.starts_with(": ");
    let fits = if mark == Mark::Strong && out.level.is_some() {
        set_apart && is_name(plain)
    } else if set_apart {
        is_name(plain) && (out.level.is_some() || next_is_level(rest))
    } else if marked {
        out.level.is_some() && (is_telling(plain) || out.level_text.len() == 1 && is_name(plain))
    } else {
        (out.level.is_some() || !out.pid.is_empty()) && is_dotted(plain)
    };
    fits.then(|| {
        out.logger = plain;
        after
    })
}

/// A level without brackets: capitals anywhere, other words only where they are set apart.
fn bare_level(text: &str, (token, rest): (&str, &str), plain: &str, out: &Line<'_>) -> Option<i8> {
    let level = level_of(plain).or_else(|| {
        // `I santad: …`, `1234  1234 D Tag : …`
        let letter = plain.as_bytes().first().filter(|_| plain.len() == 1)?;
        let next = word(rest).0;
        let named = next.ends_with(':') || word(word(rest).1).0 == ":";
        named.then(|| of_letter(*letter)).flatten()
    })?;
    let capitals = plain.bytes().all(|b| b.is_ascii_uppercase());
    let set_apart = token.len() > plain.len() || rest.starts_with(['[', ':', '-', '(']) || out.is_named();
    (capitals || set_apart || is_padded(text, token)).then_some(level)
}

/// Whether a word stands in a column of its own: several blanks behind it.
fn is_padded(text: &str, token: &str) -> bool {
    text.get(token.len()..)
        .is_some_and(|rest| rest.starts_with("   "))
}

/// Windows servicing: behind the level a column with the component, then the message.
fn servicing<'a>(after: &'a str, out: &mut Line<'a>) -> Option<&'a str> {
    let plain = after.less_start(b' ');
    if after.len() - plain.len() < 8 {
        return None;
    }
    let (component, rest) = word(plain);
    let fits = !component.is_empty()
        && component.bytes().all(|b| b.is_ascii_alphanumeric())
        && is_padded(plain, component);
    fits.then(|| {
        out.logger = component;
        rest
    })
}

fn one_letter(text: &str) -> Option<i8> {
    match text.as_bytes() {
        [letter] => of_letter(*letter),
        _ => None,
    }
}

fn next_is_level(rest: &str) -> bool {
    let next = rest.less_start_of(b"-: ");
    level_of(word(next).0.less_end(b':').less_both(b"[]")).is_some()
}

/// A number is a process where a level, a name or `---` follows it.
fn followed_by_level_or_name(rest: &str, out: &Line<'_>) -> bool {
    let next = word(rest).0;
    rest.starts_with("---")
        || rest.starts_with('[')
        || level_of(next.less_end(b':')).is_some()
        || next.len() == 1 && of_letter(next.as_bytes().first().copied().unwrap_or(0)).is_some()
        || is_digits(next) && out.level.is_none()
        || out.level.is_some() && is_dotted(next.less_end(b':'))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The characters of names: a look into a table costs half of the comparisons.
static OF_NAMES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric()
            || matches!(byte, b'.' | b'_' | b'$' | b'-' | b'/' | b'@' | b'#' | b':');
        byte += 1;
    }
    table
};

/// What loggers, threads and components are called.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 160
        && text.bytes().all(|b| OF_NAMES[usize::from(b)])
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// A name with dots as classes and modules have: no address, no file, no version.
fn is_dotted(text: &str) -> bool {
    let mut parts = 0;
    let mut capital = false;
    for part in text.pieces(b'.') {
        let Some(first) = part.bytes().next() else {
            return false;
        };
        let fits = (first.is_ascii_alphabetic() || first == b'_')
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'-'));
        if !fits {
            return false;
        }
        capital = first.is_ascii_uppercase();
        parts += 1;
    }
    (parts >= 3 || parts == 2 && capital) && text.len() <= 160
}

/// A word before a colon that is a name rather than the beginning of a sentence.
fn is_telling(text: &str) -> bool {
    is_name(text)
        && text
            .bytes()
            .any(|b| matches!(b, b'.' | b'_' | b'$' | b'/' | b'-' | b'#' | b':') || b.is_ascii_digit())
        && !text.ends_with("Exception")
        && !text.ends_with("Error")
        && !scan::is_ip(text)
}

/// `file.ext:123`, with a function or without.
fn is_place(text: &str) -> bool {
    let Some((file, rest)) = text.cut(b':') else {
        return false;
    };
    let line = rest.pieces(b':').next().unwrap_or(rest);
    let line = line.less_end(b']');
    let Some((_, extension)) = file.cut_last(b'.') else {
        return false;
    };
    is_digits(line)
        && matches!(
            extension,
            "go" | "c"
                | "cc"
                | "cpp"
                | "cxx"
                | "h"
                | "hpp"
                | "py"
                | "rb"
                | "rs"
                | "java"
                | "kt"
                | "scala"
                | "js"
                | "ts"
                | "php"
                | "pl"
                | "cs"
                | "lua"
                | "ex"
                | "erl"
        )
}

/// `… (kafka.server.KafkaServer)` at the end: where log4j patterns of some programs put the logger.
fn trailing_logger(out: &mut Line<'_>) {
    let Some(inner) = out.message.strip_suffix(')') else {
        return;
    };
    let Some((message, logger)) = inner.cut_last_at(" (") else {
        return;
    };
    if is_dotted(logger) && logger.holds(b'.') && !logger.holds(b'-') {
        out.logger = logger;
        out.message = message.trimmed_end();
    }
}
