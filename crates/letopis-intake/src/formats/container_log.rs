//! Logs of containers as the Kubernetes container runtime interface has them (containerd, CRI-O):
//! `TIME STREAM TAG MESSAGE`, where the tag is `F` for a whole line or the last part of one and `P` for a part that more
//! follow.
//!
//! The message is read as the line that it is; the parts of one line share an event group.

use letopis_event::{Category, EventBuf, Kind, Text, TimeReading};

use super::inner::Inner;
use super::scan::word;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Container logs.
pub(super) const FORMAT: Format = Format {
    name: "container-log",
    title: "Container log of Kubernetes (CRI)",
    reference: "Kubernetes: Logging Architecture; kubernetes/community, kubelet-cri-logging.md",
    category: Some(Category::Application),
    kinds: super::json_known::KINDS,
    samples: &[Sample {
        bytes: b"2026-01-01T00:12:03.123456789Z stdout F 203.0.113.9 - serik [01/Jan/2026:05:12:03 +0500] \"GET /a HTTP/1.1\" 403 12\n\
2026-01-01T00:12:04.5+05:00 stderr P begin of a long \n2026-01-01T00:12:04.6+05:00 stdout F between\n2026-01-01T00:12:04.7+05:00 stderr F line\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03.123456Z"), ("time_ns", "789"), ("kind", "http.request"), ("outcome", "failure"),
                ("user_name", "serik"), ("src_ip", "203.0.113.9"), ("provider", "stdout"),
            ],
            &[("kind", "other"), ("message", "begin of a long "), ("provider", "stderr"), ("event_group", "stderr 114"), ("time", "2026-01-01T00:12:04.5+05:00")],
            &[("kind", "other"), ("message", "between"), ("provider", "stdout")],
            &[("kind", "part"), ("message", "line"), ("event_group", "stderr 114")],
        ],
    }],
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

/// A line taken apart.
struct Line<'a> {
    reading: TimeReading,
    time_text: &'a str,
    stream: Stream,
    /// Whether more parts follow.
    partial: bool,
    message: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

impl Stream {
    const ALL: [Self; 2] = [Self::Out, Self::Err];

    fn name(self) -> &'static str {
        match self {
            Self::Out => "stdout",
            Self::Err => "stderr",
        }
    }
}

fn line(text: &str) -> Option<Line<'_>> {
    let (reading, length) = timetext::iso8601(text)?;
    let rest = text.get(length..)?.strip_prefix(' ')?;
    let (stream, rest) = word(rest);
    let stream = Stream::ALL.into_iter().find(|s| s.name() == stream)?;
    // More tags may follow behind colons; an empty message has no blank before it.
    let (tags, message) = rest.cut(b' ').unwrap_or((rest, ""));
    let partial = match tags.pieces(b':').next()? {
        "F" => false,
        "P" => true,
        _ => return None,
    };
    Some(Line {
        reading,
        time_text: text.get(..length)?,
        stream,
        partial,
        message,
    })
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |l| line(l).is_some());
    (share >= 80).then(|| Claim {
        confidence: 85 + share / 10,
        reason: format!("{share} of 100 lines are a time, stdout or stderr, F or P and a message"),
    })
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    let mut lines = Lines {
        inner: Inner::new(context),
        groups: [None; 2],
    };
    for part in context.state.unwrap_or_default().pieces(b' ') {
        if let Some((name, offset)) = part.cut(b'=')
            && let Some(stream) = Stream::ALL.into_iter().find(|s| s.name() == name)
        {
            lines.groups[stream as usize] = offset.parse().ok();
        }
    }
    Box::new(lines)
}

struct Lines {
    inner: Inner,
    /// Where the line began whose parts are being read, for each stream.
    groups: [Option<u64>; 2],
}

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some(found) = line(record.text) else {
            return Verdict::Unparsed("the line is no time, stdout or stderr, F or P and message");
        };
        event.reading = Some(found.reading);
        event.set(Text::TimeText, found.time_text);
        event.set(Text::Provider, found.stream.name());
        event.set(Text::Message, found.message);
        let group = &mut self.groups[found.stream as usize];
        if group.is_none() && !found.partial {
            self.inner.settle(record, event);
            return Verdict::Event;
        }
        if group.is_some() {
            event.kind = Kind::PART;
        }
        let start = *group.get_or_insert(record.offset);
        event.set_fmt(Text::EventGroup, format_args!("{} {start}", found.stream.name()));
        if !found.partial {
            *group = None;
        }
        Verdict::Event
    }

    fn state(&self) -> Option<String> {
        let open: Vec<String> = Stream::ALL
            .iter()
            .filter_map(|s| self.groups[*s as usize].map(|offset| format!("{}={offset}", s.name())))
            .collect();
        (!open.is_empty()).then(|| open.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use crate::options::ParseOptions;
    use crate::testing::{options, read, read_as};

    #[test]
    fn parts_of_one_line_go_on_in_the_next_part_of_a_file() {
        let text = "2026-01-01T00:12:03Z stdout P one \n2026-01-01T00:12:03Z stderr P other \n\
            2026-01-01T00:12:04Z stdout F two\n2026-01-01T00:12:05Z stdout F three\n";
        let kinds = |out: &crate::testing::Read| -> Vec<_> {
            let of = |row: &crate::testing::Row| (row.get("kind").unwrap(), row.get("event_group"));
            out.rows.iter().map(of).collect()
        };
        let whole = kinds(&read_as(text.as_bytes(), "container-log"));
        let group = |name: &str| Some(name.to_owned());
        assert_eq!(
            whole,
            [
                ("other".to_owned(), group("stdout 0")),
                ("other".to_owned(), group("stderr 35")),
                ("part".to_owned(), group("stdout 0")),
                ("other".to_owned(), None),
            ]
        );
        let cut = text.find("2026-01-01T00:12:04Z").unwrap();
        let first = read_as(&text.as_bytes()[..cut], "container-log");
        let rest = read(
            &text.as_bytes()[cut..],
            &ParseOptions {
                state: first.summary.state.clone(),
                format: Some("container-log".to_owned()),
                ..options()
            },
        );
        assert_eq!([kinds(&first), kinds(&rest)].concat(), whole);
    }

    #[test]
    fn other_lines_are_unparsed() {
        for line in [
            "2026-01-01T00:12:03Z stdin F x",
            "2026-01-01T00:12:03Z stdout X x",
            "no time stdout F x",
            "2026-01-01T00:12:03Z",
        ] {
            let out = read_as(line.as_bytes(), "container-log");
            assert_eq!(out.summary.unparsed, 1, "{line}");
        }
    }
}
