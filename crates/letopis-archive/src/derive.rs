//! From an object's bytes to rows: the one way that intake, rebuild and re-derivation all go.

use letopis_event::{ObjectDigest, Zone};
use letopis_intake::{Encoding, IntakeError, ParseOptions, detect, parse};
use letopis_vault::{ObjectReader, Sha256, TreeWriter};

use crate::attribution::Attribution;
use crate::descriptions::Reading;
use crate::error::ArchiveError;
use crate::manifest::ParsedRecord;
use crate::name::Name;
use crate::repeats::Repeats;
use crate::sink::{Builders, RowSink, Send, SinkParts};
use crate::sources::Register;

/// An object to be read into rows.
pub(crate) struct Derivation<'a> {
    /// Its bytes.
    pub reader: ObjectReader,
    /// Their SHA-256.
    pub sha256: Sha256,
    /// Their number.
    pub length: u64,
    /// What users say of formats and fields.
    pub reading: Reading,
    /// Path of the file, and of the member inside a container, below the input: for sources and for ties.
    pub path: Name,
    /// How it is to be read: flags, zone, year, bounds, state. The outcome is filled in.
    pub parsed: ParsedRecord,
    /// The register in force.
    pub register: &'a Register,
    /// `ingested` of the rows, microseconds since 1970 UTC.
    pub ingested: i64,
    /// Whether the file may grow: what stands after its last complete record is then kept in rows of its own.
    pub may_grow: bool,
    /// First byte whose rows a later part superseded.
    pub superseded_from: Option<u64>,
    /// Records that earlier copies of the same circular log brought.
    pub repeats: Option<Repeats>,
}

/// What became of an object.
pub(crate) enum Derived {
    /// Read; the outcome of reading it.
    Rows(Box<ParsedRecord>),
    /// Nobody knows the format.
    Unknown(String),
}

/// Reads an object into chunks of rows, and its records into `tree`.
///
/// # Errors
/// When the object cannot be read or the rows cannot be taken.
pub(crate) fn derive<'s>(
    mut input: Derivation<'s>,
    mut tree: Option<&'s mut TreeWriter>,
    builders: &'s mut Builders,
    send: &'s mut Send<'s>,
) -> Result<Derived, ArchiveError> {
    let place = input.path.display();
    let wrap = |error| ArchiveError::Intake {
        place: place.clone(),
        error,
    };
    let options = options_of(&input.parsed, &input.reading).map_err(wrap)?;
    let name = String::from_utf8_lossy(input.path.file_name()).into_owned();
    let detection = detect(&mut input.reader, &name, &options).map_err(wrap)?;
    if detection.is_unknown() {
        return Ok(Derived::Unknown(detection.reason));
    }
    let path = String::from_utf8_lossy(&input.path.0).into_owned();
    let attribution = Attribution::new(
        input.register,
        input.parsed.forced_source.as_deref(),
        &path,
        &input.parsed.input_name,
    );
    let parts = SinkParts {
        object: ObjectDigest(input.sha256.0),
        ingested: input.ingested,
        format_category: detection.category(),
        attribution,
        tree: tree.take(),
        start: 0,
        superseded_from: input.superseded_from.unwrap_or(u64::MAX),
        repeats: input.repeats.take(),
    };
    let mut sink = RowSink::new(parts, builders, send);
    let summary = parse(&mut input.reader, input.length, &detection, &options, &mut sink).map_err(wrap)?;
    let ended = sink
        .finish(input.may_grow.then_some(summary.complete_end))
        .map_err(|e| wrap(IntakeError::Sink(e)))?;
    if ended.accounted != input.length {
        return Err(wrap(IntakeError::Short {
            expected: input.length,
            found: ended.accounted,
        }));
    }
    let mut parsed = input.parsed;
    parsed.take(&detection, &summary);
    parsed.attribution = ended.attribution;
    if let Some(repeats) = ended.repeats {
        repeats.settle(&mut parsed);
    }
    Ok(Derived::Rows(Box::new(parsed)))
}

fn options_of(parsed: &ParsedRecord, reading: &Reading) -> Result<ParseOptions, IntakeError> {
    let encoding = match &parsed.forced_encoding {
        None => None,
        Some(name) => Some(Encoding::parse(name).ok_or_else(|| IntakeError::UnknownEncoding(name.clone()))?),
    };
    Ok(ParseOptions {
        format: parsed.forced_format.clone(),
        encoding,
        mapping: reading.mapping.clone(),
        user_formats: reading.user_formats.clone(),
        zone: parsed.zone.parse().unwrap_or(Zone::UTC),
        year: parsed.year,
        received: Some(parsed.received),
        modified: parsed.modified,
        max_record: usize::try_from(parsed.max_record).unwrap_or(usize::MAX),
        state: parsed.state_in.clone(),
        ..ParseOptions::default()
    })
}
