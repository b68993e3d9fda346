//! What a file is, without taking it in: format, encoding, zone, year and the first events.

use std::path::Path;

use letopis_event::{EventBuf, EventSink, Origin, SinkError, Span, StructureKind, Text};
use letopis_intake::{IntakeError, ParseOptions, ReadSeek, detect, parse};
use serde::Serialize;

use crate::error::{ArchiveError, Result};
use crate::objects::each_object;

/// What a file, or a member of a container, is.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// File, and member inside it.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// Format.
    pub format: String,
    /// 1 to 100.
    pub confidence: u8,
    /// Why.
    pub reason: String,
    /// The format that came second.
    pub runner_up: Option<String>,
    /// Encoding.
    pub encoding: String,
    /// Why.
    pub encoding_reason: String,
    /// Where records end.
    pub framing: String,
    /// Zone of clocks that state none.
    pub zone: String,
    /// Year of the first event placed in time.
    pub first_year: Option<i32>,
    /// The first events.
    pub events: Vec<FirstEvent>,
    /// What is wrong with it.
    pub damage: Option<String>,
}

/// One of the first events.
#[derive(Clone, Debug, Serialize)]
pub struct FirstEvent {
    /// Microseconds since 1970 UTC.
    pub time: Option<i64>,
    /// Offset in minutes, for printing.
    pub offset_min: Option<i16>,
    /// How the time is known.
    pub time_basis: &'static str,
    /// Kind.
    pub kind: &'static str,
    /// Host.
    pub host: Option<String>,
    /// User.
    pub user_name: Option<String>,
    /// Message, or the record's text.
    pub message: String,
}

/// Looks at one file; containers are opened and each member looked at.
///
/// # Errors
/// When the file cannot be read or an option makes no sense.
pub fn inspect(path: &Path, options: &ParseOptions, events: usize) -> Result<Vec<Inspection>> {
    let mut inspections = Vec::new();
    each_object(path, options, &mut |object| {
        let mut inspection = look(object.content, object.length, &object.place, options, events)?;
        inspection.damage = object.damage;
        inspections.push(inspection);
        Ok(())
    })?;
    Ok(inspections)
}

fn look(
    input: &mut dyn ReadSeek,
    length: u64,
    place: &str,
    options: &ParseOptions,
    events: usize,
) -> Result<Inspection> {
    let wrap = |error| ArchiveError::Intake {
        place: place.to_owned(),
        error,
    };
    let name = place.rsplit('/').next().unwrap_or_default();
    let detection = detect(input, name, options).map_err(wrap)?;
    let mut first = First {
        events: Vec::new(),
        most: events,
    };
    if !detection.is_unknown() {
        match parse(input, length, &detection, options, &mut first) {
            Ok(_) => {}
            // The sink stops the reading once it has seen enough.
            Err(IntakeError::Sink(_)) => {}
            Err(error) => return Err(wrap(error)),
        }
    }
    let first_year = first.events.iter().find_map(|e| e.time).and_then(|t| {
        use chrono::Datelike as _;
        chrono::DateTime::from_timestamp_micros(t).map(|t| t.year())
    });
    Ok(Inspection {
        path: place.to_owned(),
        bytes: length,
        format: detection.name().to_owned(),
        confidence: detection.confidence,
        reason: detection.reason,
        runner_up: detection
            .runner_up
            .map(|(name, claim)| format!("{name} ({}): {}", claim.confidence, claim.reason)),
        encoding: detection.encoding.name().to_owned(),
        encoding_reason: detection.encoding_reason,
        framing: detection.framing.to_owned(),
        zone: options.zone.to_string(),
        first_year,
        events: first.events,
        damage: None,
    })
}

/// Takes the first events and then stops the reading.
struct First {
    events: Vec<FirstEvent>,
    most: usize,
}

impl EventSink for First {
    fn event(&mut self, origin: &Origin<'_>, event: &EventBuf) -> std::result::Result<(), SinkError> {
        if self.events.len() >= self.most {
            return Err(SinkError(Box::new(ArchiveError::Stopped)));
        }
        let text = |column| event.get(column).map(str::to_owned);
        self.events.push(FirstEvent {
            time: event.time.micros,
            offset_min: event.time.offset_min,
            time_basis: event.time.basis.as_str(),
            kind: event.kind.as_str(),
            host: text(Text::Host),
            user_name: text(Text::UserName),
            message: text(Text::Message).unwrap_or_else(|| origin.text.to_owned()),
        });
        Ok(())
    }

    fn structure(&mut self, _span: Span, _kind: StructureKind) -> std::result::Result<(), SinkError> {
        Ok(())
    }
}
