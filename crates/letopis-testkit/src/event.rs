//! Events for tests, and a sink that keeps what it is given.

use letopis_event::{
    EventBuf, EventSink, EventTime, Kind, LineNumber, Number, Origin, Outcome, SinkError, Span,
    StructureKind, Text, TimeBasis,
};

/// Builds one event: `Event::of(Kind::AUTH_LOGON).at("2025-12-31T23:58:31+05:00").user("b.akhmetov").done()`.
#[derive(Clone, Debug, Default)]
pub struct Event(EventBuf);

impl Event {
    /// An event of that kind, not placed in time.
    #[allow(clippy::field_reassign_with_default)] // The other fields are private to their room.
    pub fn of(kind: Kind) -> Self {
        let mut event = EventBuf::default();
        event.kind = kind;
        Self(event)
    }

    /// With its time, stated, as RFC 3339 text.
    ///
    /// # Panics
    /// Where the text is no RFC 3339 time.
    #[must_use]
    pub fn at(mut self, rfc3339: &str) -> Self {
        let time = chrono::DateTime::parse_from_rfc3339(rfc3339)
            .unwrap_or_else(|e| panic!("{rfc3339:?} is no RFC 3339 time: {e}"));
        self.0.set(Text::TimeText, rfc3339);
        self.0.time = EventTime {
            micros: Some(time.timestamp_micros()),
            nanos: Some((time.timestamp_subsec_nanos() % 1000) as i16),
            offset_min: Some((time.offset().local_minus_utc() / 60) as i16),
            basis: TimeBasis::Stated,
            ..EventTime::default()
        };
        self
    }

    /// With how it ended.
    #[must_use]
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = outcome;
        self
    }

    /// With a text column.
    #[must_use]
    pub fn text(mut self, column: Text, value: &str) -> Self {
        self.0.set(column, value);
        self
    }

    /// With who acted.
    #[must_use]
    pub fn user(self, name: &str) -> Self {
        self.text(Text::UserName, name)
    }

    /// With where it came from.
    #[must_use]
    pub fn from_address(self, address: &str) -> Self {
        self.text(Text::SrcIp, address)
    }

    /// With the machine that logged.
    #[must_use]
    pub fn host(self, name: &str) -> Self {
        self.text(Text::Host, name)
    }

    /// With a number column.
    #[must_use]
    pub fn number(mut self, column: Number, value: i64) -> Self {
        self.0.set_number(column, value);
        self
    }

    /// With an attribute.
    #[must_use]
    pub fn attr(mut self, name: &str, value: &str) -> Self {
        self.0.attr(name, value);
        self
    }

    /// The event.
    pub fn done(self) -> EventBuf {
        self.0
    }
}

/// One event with where it lay.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The record's bytes in its object.
    pub span: Span,
    /// First line.
    pub line: Option<LineNumber>,
    /// The record's bytes.
    pub bytes: Vec<u8>,
    /// Decoded text.
    pub text: String,
    /// Name of the encoding.
    pub encoding: String,
    /// Name of the format.
    pub format: String,
    /// The event.
    pub event: EventBuf,
}

/// A sink that keeps everything it is given.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    /// Events in order.
    pub events: Vec<Taken>,
    /// Bytes that are no event, in order.
    pub structure: Vec<(Span, StructureKind)>,
}

impl Collected {
    /// Checks that events and structure cover `0..length` in ascending order without hole or overlap.
    ///
    /// # Errors
    /// Says where the first hole or overlap is.
    pub fn covers(&self, length: u64) -> Result<(), String> {
        let mut spans: Vec<Span> = self.events.iter().map(|t| t.span).collect();
        spans.extend(self.structure.iter().map(|(span, _)| *span));
        spans.sort_by_key(|s| (s.offset, s.length));
        let mut at = 0;
        for span in spans {
            if span.offset != at {
                return Err(format!(
                    "expected a span at byte {at}, found one at {}",
                    span.offset
                ));
            }
            at = span.end();
        }
        if at == length {
            Ok(())
        } else {
            Err(format!("expected spans up to byte {length}, found {at}"))
        }
    }
}

impl EventSink for Collected {
    fn event(&mut self, origin: &Origin<'_>, event: &EventBuf) -> Result<(), SinkError> {
        self.events.push(Taken {
            span: origin.span,
            line: origin.line,
            bytes: origin.bytes.to_vec(),
            text: origin.text.to_owned(),
            encoding: origin.encoding.to_owned(),
            format: origin.format.to_owned(),
            event: event.clone(),
        });
        Ok(())
    }

    fn structure(&mut self, span: Span, kind: StructureKind) -> Result<(), SinkError> {
        self.structure.push((span, kind));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_built_in_one_line() {
        let event = Event::of(Kind::AUTH_LOGON)
            .at("2025-12-31T23:58:31+05:00")
            .user("b.akhmetov")
            .done();
        assert_eq!(event.time.micros, Some(1_767_207_511_000_000));
        assert_eq!(event.time.offset_min, Some(300));
        assert_eq!(event.get(Text::UserName), Some("b.akhmetov"));
    }

    #[test]
    fn holes_and_overlaps_are_found() {
        let mut sink = Collected::default();
        let span = |offset, length| Span { offset, length };
        sink.structure(span(0, 4), StructureKind::Header).unwrap();
        sink.structure(span(4, 6), StructureKind::Separator).unwrap();
        assert_eq!(sink.covers(10), Ok(()));
        assert!(sink.covers(11).is_err());
        sink.structure(span(9, 2), StructureKind::Padding).unwrap();
        assert!(sink.covers(11).is_err());
    }
}
