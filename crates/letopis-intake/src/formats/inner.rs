//! A log line that stands inside another record: what a container, a collector or an application passes on as one
//! text (Docker's json-file, Filebeat, ECS `message`), and lines of several grammars in one file.
//!
//! The line is read by the grammar it is written in. Of what it says the outer record takes over what it does not say
//! itself; what differs is kept as `inner_COLUMN`, and the message stays as it came.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::fields::{Fields, Mapper};
use super::plain_text::time_at_start;
use super::{application, json_lines, key_value, syslog, web_lines};
use crate::format::{Context, Record, RecordReader, Verdict};
use crate::formats::scan::{Cut as _, starts_with_field};

/// What a line turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A line of a known grammar: the event is filled.
    Event,
    /// A time and a text that says nothing known: the event has both.
    Time,
    /// Nothing: the event is empty.
    Nothing,
}

/// Reads lines of any grammar that programs write to their standard output.
pub(super) struct Inner {
    objects: Box<dyn RecordReader>,
    pairs: Box<dyn RecordReader>,
    mapper: Mapper,
    fields: Fields,
    event: EventBuf,
    text: String,
    name: String,
}

impl Inner {
    pub(super) fn new(context: &Context<'_>) -> Self {
        Self {
            objects: json_lines::open_plain(context),
            pairs: key_value::open(context),
            mapper: Mapper::new(None),
            fields: Fields::default(),
            event: EventBuf::default(),
            text: String::new(),
            name: String::new(),
        }
    }

    /// Reads the message of `event` as a line, where it is one, and takes over what it says.
    pub(super) fn settle(&mut self, record: &Record<'_>, event: &mut EventBuf) {
        let Some(message) = event.get(Text::Message) else {
            return;
        };
        self.text.clear();
        self.text.push_str(message.less_end_of(b"\r\n"));
        let text = std::mem::take(&mut self.text);
        let mut inner = std::mem::take(&mut self.event);
        inner.clear();
        if self.read(&text, record, &mut inner) == Found::Event {
            take_over(&inner, &mut self.name, event);
        }
        (self.text, self.event) = (text, inner);
    }

    /// Reads a line by the first grammar that knows it.
    pub(super) fn read(&mut self, text: &str, record: &Record<'_>, event: &mut EventBuf) -> Found {
        let inside = Record { text, ..*record };
        if json_lines::is_json(text) {
            if self.objects.read(&inside, event) == Verdict::Event {
                application::read_fields(event);
                return Found::Event;
            }
            event.clear();
        }
        // Most messages are sentences: what can begin no dated line is spared the grammars of those.
        let dated = may_be_dated(text);
        if dated {
            if web_lines::direct(text, event) {
                return Found::Event;
            }
            event.clear();
            if syslog::read_whole(text, event) {
                return Found::Event;
            }
            event.clear();
        } else if web_lines::access(text, event) {
            return Found::Event;
        }
        if starts_with_field(text) {
            if self.pairs.read(&inside, event) == Verdict::Event {
                application::read_fields(event);
                return Found::Event;
            }
            event.clear();
        }
        let (mapper, fields) = (&mut self.mapper, &mut self.fields);
        if dated && application::read_line(text, mapper, fields, event) {
            return Found::Event;
        }
        let begins = if dated { time_at_start(text) } else { None };
        let sentence = begins.map_or(text, |begins| begins.rest);
        if let Some(begins) = &begins {
            begins.fill(event);
        }
        if application::read_sentence(sentence, mapper, fields, event) {
            return Found::Event;
        }
        // Fields that tell nothing may have been filled.
        if event.get(Text::Message).is_some() {
            event.clear();
            if let Some(begins) = &begins {
                begins.fill(event);
            }
        }
        if begins.is_none() {
            return Found::Nothing;
        }
        event.set(Text::Message, sentence);
        Found::Time
    }
}

/// Whether a line can begin with a time or a level: with a digit or a bracket, two capitals (`INFO`), or the name of a
/// month or a weekday.
fn may_be_dated(text: &str) -> bool {
    match text.as_bytes() {
        [b'0'..=b'9' | b'[' | b'(' | b'<' | b'@' | b'"', ..] => true,
        [b'A'..=b'Z', b'A'..=b'Z' | b',' | b'/' | b'0' | b'1', ..] => true,
        [a, b, c, ..] => matches!(
            &[*a, *b, *c],
            b"Jan"
                | b"Feb"
                | b"Mar"
                | b"Apr"
                | b"May"
                | b"Jun"
                | b"Jul"
                | b"Aug"
                | b"Sep"
                | b"Oct"
                | b"Nov"
                | b"Dec"
                | b"Mon"
                | b"Tue"
                | b"Wed"
                | b"Thu"
                | b"Fri"
                | b"Sat"
                | b"Sun"
        ),
        _ => false,
    }
}

/// Gives `event` what only `inner` says; names are put together in `name`.
fn take_over(inner: &EventBuf, name: &mut String, event: &mut EventBuf) {
    let beside = |column: &str, name: &mut String| {
        name.clear();
        name.push_str("inner_");
        name.push_str(column);
    };
    if event.reading.is_none() && inner.reading.is_some() {
        event.reading = inner.reading;
        event.set(Text::TimeText, inner.get(Text::TimeText).unwrap_or_default());
    }
    if event.kind == Kind::OTHER {
        event.kind = inner.kind;
    }
    if event.outcome == Outcome::Unknown {
        event.outcome = inner.outcome;
    }
    event.level = event.level.or(inner.level);
    for column in Text::ALL {
        let Some(value) = inner.get(*column).filter(|_| *column != Text::Message) else {
            continue;
        };
        match event.get(*column) {
            None => event.set(*column, value),
            Some(own) if own == value => {}
            Some(_) => {
                beside(column.column(), name);
                event.attr(name, value);
            }
        }
    }
    for column in Number::ALL {
        let Some(value) = inner.number(*column) else {
            continue;
        };
        match event.number(*column) {
            None => event.set_number(*column, value),
            Some(own) if own == value => {}
            Some(_) => {
                beside(column.column(), name);
                event.attr_fmt(name, format_args!("{value}"));
            }
        }
    }
    for (name, value) in inner.attrs() {
        event.attr(name, value);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::read_as;

    #[track_caller]
    fn check(format: &str, line: &str, expected: &[(&str, Option<&str>)]) {
        let out = read_as(format!("{line}\n").as_bytes(), format);
        assert_eq!(out.rows.len(), 1, "{line}");
        for (column, value) in expected {
            assert_eq!(out.rows[0].get(column).as_deref(), *value, "{column} of {line}");
        }
    }

    #[test]
    fn lines_of_containers_are_read_as_what_they_are() {
        let docker = |log: &str| {
            format!(
                "{{\"log\":{},\"stream\":\"stdout\",\"time\":\"2026-01-01T00:12:04.5Z\"}}",
                serde_json::Value::from(log)
            )
        };
        check(
            "json",
            &docker(
                "203.0.113.9 - serik [01/Jan/2026:05:12:03 +0500] \"GET /a HTTP/1.1\" 403 12 \"-\" \"curl/8.5\"\n",
            ),
            &[
                ("kind", Some("http.request")),
                ("outcome", Some("failure")),
                ("user_name", Some("serik")),
                ("src_ip", Some("203.0.113.9")),
                ("time", Some("2026-01-01T00:12:04.5Z")),
                ("attrs.inner_time_text", Some("01/Jan/2026:05:12:03 +0500")),
            ],
        );
        check(
            "json",
            &docker(
                "Jan  1 00:12:03 web1 sshd[77]: Failed password for root from 203.0.113.9 port 4022 ssh2\n",
            ),
            &[
                ("kind", Some("auth.logon")),
                ("outcome", Some("failure")),
                ("host", Some("web1")),
                ("pid", Some("77")),
            ],
        );
        check(
            "json",
            &docker(
                "{\"level\":\"warn\",\"msg\":\"slow\",\"user\":\"aigul\",\"remote_addr\":\"10.1.2.3:4022\"}\n",
            ),
            &[
                ("level", Some("4")),
                ("user_name", Some("aigul")),
                ("src_ip", Some("10.1.2.3")),
                ("src_port", Some("4022")),
            ],
        );
        check(
            "json",
            &docker("time=\"2026-01-01T00:12:03Z\" level=error msg=\"no route\" client_ip=10.1.2.3\n"),
            &[("level", Some("3")), ("src_ip", Some("10.1.2.3"))],
        );
        check(
            "json",
            &docker("just words = of nothing\n"),
            &[("kind", Some("other")), ("src_ip", None), ("user_name", None)],
        );
    }

    #[test]
    fn what_the_outer_record_says_stays() {
        check(
            "json",
            "{\"@timestamp\":\"2026-01-01T00:12:04Z\",\"host\":{\"name\":\"web9\"},\"message\":\"Jan  1 00:12:03 web1 sshd[77]: Accepted password for root from 203.0.113.9 port 4022 ssh2\"}",
            &[
                ("host", Some("web9")),
                ("attrs.inner_host", Some("web1")),
                ("outcome", Some("success")),
                (
                    "message",
                    Some(
                        "Jan  1 00:12:03 web1 sshd[77]: Accepted password for root from 203.0.113.9 port 4022 ssh2",
                    ),
                ),
            ],
        );
        check(
            "json",
            "{\"@timestamp\":\"2026-01-01T00:12:04Z\",\"log.logger\":\"org.keycloak.events\",\"message\":\"type=\\\"LOGIN_ERROR\\\", realmId=\\\"r1\\\", userId=\\\"null\\\", ipAddress=\\\"203.0.113.9\\\", error=\\\"user_not_found\\\", username=\\\"serik\\\"\"}",
            &[
                ("kind", Some("auth.logon")),
                ("outcome", Some("failure")),
                ("src_ip", Some("203.0.113.9")),
                ("user_name", Some("serik")),
                ("x_reason", Some("user_not_found")),
            ],
        );
    }

    #[test]
    fn a_file_of_several_grammars_is_read_line_by_line() {
        let log = "words without a time\n\
            10.1.2.3 - - [01/Jan/2026:00:12:03 +0500] \"GET / HTTP/1.1\" 200 1\n\
            {\"time\":\"2026-01-01T00:12:03Z\",\"remote_addr\":\"10.1.2.4\"}\n\
            2026-01-01T00:12:03Z: Failed Login: username=anna maria ip=10.1.2.5\n";
        let out = read_as(log.as_bytes(), "plain-text");
        let sources: Vec<_> = out.rows.iter().map(|r| r.get("src_ip")).collect();
        let expected = [None, Some("10.1.2.3"), Some("10.1.2.4"), Some("10.1.2.5")];
        assert_eq!(sources, expected.map(|a| a.map(str::to_owned)));
        assert_eq!(out.rows[3].get("user_name").as_deref(), Some("anna maria"));
        assert_eq!(out.rows[3].get("outcome").as_deref(), Some("failure"));
    }
}
