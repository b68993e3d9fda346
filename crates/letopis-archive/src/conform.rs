//! Whether a log is what a regulation asks: drives the intake over files, without taking them in.
//!
//! What is asked, and how it is judged, stands in `letopis-case`; here files are opened and read twice, once as bytes
//! and once as records.

use std::io::SeekFrom;
use std::path::Path;

use letopis_case::lines::{Beginning, Class};
use letopis_case::tally::{FileSink, Place};
use letopis_case::{FileTally, ObjectFacts, Plan, Second, Tally};
use letopis_intake::detect::detect_head;
use letopis_intake::{Detection, IntakeError, ParseOptions, ReadSeek, detect, parse};

use crate::error::{ArchiveError, Result};
use crate::objects::{Object, each_object};

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;

/// Reads one file, or each member of a container, and counts what `plan` asks. Nothing is written but anonymous
/// temporary files for members.
///
/// # Errors
/// When the file cannot be read or an option makes no sense.
pub fn observe(path: &Path, options: &ParseOptions, plan: &Plan<'_>, tally: &mut Tally) -> Result<()> {
    each_object(path, options, &mut |object| {
        let place = object.place.clone();
        look(object, options, plan, tally).map_err(|error| ArchiveError::Intake { place, error })
    })
}

fn look(
    object: Object<'_>,
    options: &ParseOptions,
    plan: &Plan<'_>,
    tally: &mut Tally,
) -> std::result::Result<(), IntakeError> {
    let name = object.place.rsplit('/').next().unwrap_or_default();
    let detection = detect(object.content, name, options)?;
    let mut file = tally.begin(facts(&object, &detection));
    if detection.is_unknown() || object.length == 0 {
        tally.end(file);
        return Ok(());
    }
    bytes(object.content, &mut file)?;
    let mut sink = FileSink::new(plan, tally, &mut file);
    parse(object.content, object.length, &detection, options, &mut sink)?;
    if !file.facts.is_binary {
        seconds(&mut file, options)?;
    }
    tally.end(file);
    Ok(())
}

fn facts(object: &Object<'_>, detection: &Detection) -> ObjectFacts {
    let kinds = match detection.user {
        Some(_) => Vec::new(),
        None => detection.format.kinds.to_vec(),
    };
    ObjectFacts {
        path: object.place.clone(),
        bytes: object.length,
        format: detection.name().to_owned(),
        category: detection.category(),
        encoding: detection.encoding_name().to_owned(),
        is_binary: detection.encoding_name() == "binary",
        is_unknown: detection.is_unknown(),
        kinds,
        unit: detection.encoding.unit(),
        damage: object.damage.clone(),
    }
}

/// The bytes as they stand, from the first to the last.
fn bytes(content: &mut dyn ReadSeek, file: &mut FileTally) -> std::result::Result<(), IntakeError> {
    content.seek(SeekFrom::Start(0)).map_err(IntakeError::read(0))?;
    let mut piece = vec![0; PIECE];
    let mut offset = 0;
    loop {
        let count = match content.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(IntakeError::read(offset)(error)),
        };
        file.lines.feed(piece.get(..count).unwrap_or_default());
        offset += count as u64;
    }
    file.lines.finish();
    Ok(())
}

/// Formats beside that of the file: of lines that begin unlike most, and of records that could not be read.
fn seconds(file: &mut FileTally, options: &ParseOptions) -> std::result::Result<(), IntakeError> {
    let options = ParseOptions {
        format: None,
        ..options.clone()
    };
    let mut found = Vec::new();
    let most = file.lines.classes().iter().map(|c| c.lines).max().unwrap_or(0);
    // Two bytes to a character begin no line that is looked at here.
    let classes = file.lines.classes().iter();
    for class in classes.filter(|c| c.lines < most && file.facts.unit == 1) {
        let least = match class.beginning {
            Beginning::Json | Beginning::Xml | Beginning::EventFormat => 20,
            _ => 50,
        };
        let place = Place {
            offset: class.offset,
            line: Some(class.line),
        };
        let Class { bytes, lines, .. } = class;
        found.extend(other(bytes, least, &file.facts.format, place, *lines, &options)?);
    }
    if let Some(first) = &file.first_unparsed {
        let place = Place {
            offset: first.offset,
            line: first.line,
        };
        let bytes = &file.unparsed_bytes;
        found.extend(other(
            bytes,
            20,
            &file.facts.format,
            place,
            file.unparsed,
            &options,
        )?);
    }
    file.seconds = found;
    Ok(())
}

/// What `bytes` are, where that is another format than `own`, claimed with `least` confidence at least.
fn other(
    bytes: &[u8],
    least: u8,
    own: &str,
    place: Place,
    records: u64,
    options: &ParseOptions,
) -> std::result::Result<Option<Second>, IntakeError> {
    let detection = detect_head(bytes, true, "", options)?;
    let is_other = detection.confidence >= least && detection.name() != own && !detection.is_unknown();
    Ok(is_other.then(|| Second {
        format: detection.name().to_owned(),
        reason: detection.reason,
        place,
        records,
    }))
}
