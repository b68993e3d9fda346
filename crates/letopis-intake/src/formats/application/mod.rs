//! What applications write with a logging library: a time in whatever layout, a level, a thread, a logger, a message.
//!
//! One reader for many layouts, since they are made of the same pieces ([`head`] takes them apart): log4j, logback,
//! log4net, NLog and Serilog, java.util.logging, Python's logging, Ruby's Logger, glog and klog, Go, Android's logcat,
//! oslo.log, Elasticsearch, Windows servicing (CBS, DISM). A message that is fields (`key=value`, JSON) gives its
//! fields; lines that are whole JSON objects or logfmt between the others are read as such. Lines that begin with none
//! of the pieces (stack traces) belong to the record before.
//!
//! The logger stands in the column `process`: it is the part of the program that logged. The level's own word is
//! kept as the attribute `level`, since the scale of the column has fewer steps than some libraries.

mod head;
mod layouts;
mod level;
mod message;
mod samples;
#[cfg(test)]
mod tests;

use letopis_event::{Category, EventBuf, Kind, Number, StructureKind, Text};

use super::fields::{Fields, Mapper};
use super::{json_lines, key_value};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Verdict};
use crate::formats::scan::Cut as _;
use head::Line;
pub(super) use level::level_of;

/// Logs of applications.
pub(super) const FORMAT: Format = Format {
    name: "application",
    title: "Application log (time, level, logger, message)",
    reference: "log4j 2 PatternLayout, logback, NLog, Serilog, Python logging, Ruby Logger, glog, logcat, oslo.log manuals",
    category: Some(Category::Application),
    kinds: KINDS,
    samples: samples::SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

const KINDS: &[Kind] = &[
    Kind::AUTH_LOGON,
    Kind::AUTH_LOGOFF,
    Kind::ACCOUNT_CREATE,
    Kind::ACCOUNT_MODIFY,
    Kind::ACCOUNT_DELETE,
    Kind::ACCOUNT_PASSWORD_CHANGE,
    Kind::ACCOUNT_PASSWORD_RESET,
    Kind::HTTP_REQUEST,
    Kind::SERVICE_START,
    Kind::SERVICE_STOP,
    Kind::RESOURCE_EXHAUSTED,
    Kind::ERROR_REPORT,
    Kind::OTHER,
    // Of JSON objects between the lines.
    Kind::PROCESS_START,
    Kind::PROCESS_STOP,
    Kind::IDS_ALERT,
    Kind::NETWORK_FLOW,
    Kind::DNS_QUERY,
    Kind::OBJECT_CREATE,
    Kind::OBJECT_DELETE,
    Kind::OBJECT_SAVE,
    Kind::OBJECT_OPEN,
    Kind::LOG_CLEAR,
    Kind::LOG_FAILURE,
];

/// Lines that are looked at.
const LINES: usize = 60;

fn detect(head: &Head<'_>) -> Option<Claim> {
    let year_first = layouts::two_digit_year_first(head.text);
    let (mut all, mut starts, mut levels, mut timed, mut other) = (0usize, 0usize, 0usize, 0usize, 0usize);
    let mut foreign = 0usize;
    for line in head.lines(LINES).filter(|l| !is_divider(l)) {
        all += 1;
        if is_object(line) || is_logfmt(line) {
            starts += 1;
            other += 1;
        } else if let Some(found) = head::read(line, year_first) {
            starts += 1;
            levels += usize::from(found.level.is_some());
            timed += usize::from(found.reading.is_some() && found.is_named());
        } else if all == 1 {
            // What continues nothing begins the file: not ours.
            return None;
        } else {
            foreign += usize::from(!continues(line));
        }
    }
    let own = starts - other;
    if own == 0 && (other == 0 || !mixed(head)) || foreign * 4 > all {
        return None;
    }
    let share = |part: usize| (part * 100).checked_div(own).unwrap_or(0);
    let reason = format!(
        "{starts} of the first {all} lines begin a record; {levels} of them have a level, {timed} a time with a logger, thread or process"
    );
    let confidence = match (share(levels), share(timed)) {
        _ if own == 0 => 46,
        (80.., 80..) => 78,
        (80.., _) => 72,
        (_, 90..) => 48,
        _ => return None,
    };
    Some(Claim { confidence, reason })
}

/// Whether a line looks like the second one of a record: indented, or of a stack trace.
fn continues(line: &str) -> bool {
    let heads = ["Caused by", "Traceback", "at ", "...", "}", ")", "]"];
    let exception = |t: &str| t.ends_with("Exception") || t.ends_with("Error") || t.ends_with("Throwable");
    line.starts_with([' ', '\t'])
        || heads.iter().any(|h| line.starts_with(h))
        || exception(line.split([':', ' ']).next().unwrap_or(line))
}

/// Whether JSON objects and logfmt lines stand beside each other: each alone has a format of its own.
fn mixed(head: &Head<'_>) -> bool {
    let objects = head.lines(LINES).filter(|l| is_object(l)).count();
    let pairs = head.lines(LINES).filter(|l| is_logfmt(l)).count();
    objects > 0 && pairs > 0
}

/// logcat: `--------- beginning of main`.
fn is_divider(line: &str) -> bool {
    line.starts_with("--------- beginning of ") || line.starts_with("--------- switch to ")
}

fn is_object(line: &str) -> bool {
    line.starts_with("{\"") && line.trimmed_end().ends_with('}')
}

/// logfmt: at least three fields, the first at the beginning of the line.
fn is_logfmt(line: &str) -> bool {
    super::scan::starts_with_field(line) && {
        let mut count = 0;
        super::scan::fields(line, |_, _| count += 1);
        count >= 3
    }
}

/// Whether a line begins a record.
fn is_start(line: &str) -> bool {
    // Most continuation lines are dismissed by their first byte.
    match line.as_bytes().first() {
        None | Some(b' ' | b'\t' | b'}' | b')' | b'"') => false,
        Some(b'{') => line.starts_with("{\""),
        Some(b'-') => is_divider(line),
        _ => head::begins(line) || is_logfmt(line),
    }
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    let year_first = match context.state {
        Some(state) => state == YEAR_FIRST,
        None => layouts::two_digit_year_first(context.head.text),
    };
    Box::new(Lines {
        year_first,
        mapper: Mapper::new(context.options.mapping.as_ref()),
        fields: Fields::default(),
        objects: json_lines::open(context),
        pairs: key_value::open(context),
    })
}

/// State of a file whose dates begin with a year of two digits.
const YEAR_FIRST: &str = "two-digit year first";

struct Lines {
    year_first: bool,
    mapper: Mapper,
    fields: Fields,
    objects: Box<dyn RecordReader>,
    pairs: Box<dyn RecordReader>,
}

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let (first, rest) = match memchr::memchr(b'\n', record.text.as_bytes()) {
            Some(at) => (
                record.text.get(..at).unwrap_or_default().less_end(b'\r'),
                record.text.get(at..).unwrap_or_default(),
            ),
            None => (record.text, ""),
        };
        if first.starts_with("{\"") {
            let verdict = self.objects.read(record, event);
            message::of_fields(event);
            return verdict;
        }
        if is_divider(first) {
            return Verdict::Structure(StructureKind::Header);
        }
        let Some(line) = head::read(first, self.year_first) else {
            if is_logfmt(first) {
                let verdict = self.pairs.read(record, event);
                message::of_fields(event);
                return verdict;
            }
            return Verdict::Unparsed("the line begins with neither a time nor a level");
        };
        fill(&line, event);
        if rest.is_empty() {
            event.set(Text::Message, line.message);
        } else {
            event.set_joined(Text::Message, &[line.message, rest]);
        }
        message::read(line.message, &mut self.mapper, &mut self.fields, event);
        self.mapper.fill_fixed(event);
        Verdict::Event
    }

    fn state(&self) -> Option<String> {
        self.year_first.then(|| YEAR_FIRST.to_owned())
    }
}

/// What fields that have been read say of log-ons.
pub(super) fn read_fields(event: &mut EventBuf) {
    message::of_fields(event);
}

/// Reads one line that stands among others or in another record, where it has a level; `false` where not, and then the
/// event is as it was.
pub(super) fn read_line(text: &str, mapper: &mut Mapper, fields: &mut Fields, event: &mut EventBuf) -> bool {
    let Some(line) = head::read(text, false).filter(|line| line.level.is_some()) else {
        return false;
    };
    fill(&line, event);
    event.set(Text::Message, line.message);
    message::read(line.message, mapper, fields, event);
    true
}

/// Reads a sentence that tells of a log-on, a request or the program's state, behind a time or not; `false` where it
/// tells of none: then the event has a message only where fields were filled that tell nothing.
pub(super) fn read_sentence(
    text: &str,
    mapper: &mut Mapper,
    fields: &mut Fields,
    event: &mut EventBuf,
) -> bool {
    message::read(text, mapper, fields, event);
    let tells = event.kind != Kind::OTHER || event.get(Text::SrcIp).is_some();
    if tells {
        event.set_if_absent(Text::Message, text);
    }
    tells
}

fn fill(line: &Line<'_>, event: &mut EventBuf) {
    event.reading = line.reading;
    event.set(Text::TimeText, line.time_text);
    event.level = line.level;
    event.set(Text::Process, line.logger);
    if !line.pid.is_empty() {
        event.set_number_text(Number::Pid, line.pid);
    }
    for (name, value) in [
        ("level", line.level_text),
        ("thread", line.thread),
        ("place", line.place),
        ("context", line.context),
    ] {
        if !value.is_empty() {
            event.attr(name, value);
        }
    }
}
