//! What the logs of web servers have in common: a line is read by its own grammar first; servers that write to one
//! file (or whose files were put together) mix access lines, error lines and lines that came by syslog.

use letopis_event::{EventBuf, Text};

use super::{apache, nginx, syslog, web_access};
use crate::format::{Record, RecordReader, Verdict};

/// Reads one line into the event; `false` (and nothing to be kept) where it is none of its own.
pub(super) type ReadLine = fn(&str, &mut EventBuf) -> bool;

/// Reads the lines of one file: each by the file's own grammar, else by those that web servers mix with it.
pub(super) struct WebLines {
    /// The grammar of the file.
    pub(super) own: ReadLine,
    /// What a line of none of the grammars lacks.
    pub(super) expected: &'static str,
}

impl RecordReader for WebLines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        if (self.own)(record.text, event) {
            return Verdict::Event;
        }
        event.clear();
        if other(record.text, event) {
            return Verdict::Event;
        }
        event.clear();
        Verdict::Unparsed(self.expected)
    }
}

/// A line of any grammar that web servers write; one of the error logs must state its time.
pub(super) fn other(line: &str, event: &mut EventBuf) -> bool {
    direct(line, event) || syslog::read_web_line(line, event)
}

/// The same of lines that no syslog daemon carried.
pub(super) fn direct(line: &str, event: &mut EventBuf) -> bool {
    access(line, event)
        || nginx::read_line(line, event) && event.reading.is_some()
        || apache::read_line(line, event) && event.reading.is_some()
}

/// An access line with its whole text as the message.
pub(super) fn access(line: &str, event: &mut EventBuf) -> bool {
    let known = web_access::read_line(line, event);
    if known {
        event.set(Text::Message, line);
    }
    known
}

/// The level of an error log on the syslog scale; both servers use the same names (`trace1` to `trace8` are
/// Apache's).
pub(super) fn level(name: &str) -> Option<i8> {
    Some(match name {
        "emerg" => 0,
        "alert" => 1,
        "crit" => 2,
        "error" => 3,
        "warn" => 4,
        "notice" => 5,
        "info" => 6,
        "debug" => 7,
        _ if name.strip_prefix("trace").is_some_and(|n| n.len() == 1) => 7,
        _ => return None,
    })
}
