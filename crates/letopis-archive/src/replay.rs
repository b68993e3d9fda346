//! Reading stored objects again, each the way its manifest says it was read.

use std::collections::{HashMap, HashSet};

use letopis_event::SinkError;
use letopis_vault::{ObjectInfo, Sha256, Vault};

use crate::derive::{Derivation, Derived, derive};
use crate::descriptions::{Descriptions, Reading};
use crate::error::{ArchiveError, Result};
use crate::known::manifests;
use crate::manifest::{Manifest, ObjectRecord, ParsedRecord};
use crate::name::Name;
use crate::repeats::Repeats;
use crate::sink::{Builders, Chunk};
use crate::sources::Register;

/// An object that was read at its intake, and how.
pub(crate) struct Replay {
    /// The object.
    pub object: ObjectInfo,
    /// What users said of it.
    reading: Reading,
    /// Path of the file and member.
    pub path: Name,
    /// How it was read.
    pub parsed: ParsedRecord,
    /// When it was taken in.
    pub ingested: i64,
    /// The program that took it in.
    pub program: String,
    may_grow: bool,
    superseded_from: Option<u64>,
    repeats: Vec<String>,
}

/// Every object that was read, in the order of the intakes.
pub(crate) fn plan(vault: &Vault) -> Result<Vec<Replay>> {
    let mut plan = Vec::new();
    let mut planned = HashSet::new();
    let manifests = manifests(vault)?;
    let superseded = superseded(&manifests);
    let mut readings = Readings {
        descriptions: Descriptions::of_manifests(&manifests),
        known: HashMap::new(),
    };
    for manifest in manifests {
        for file in manifest.files {
            let is_container = file.container.is_some();
            for record in file.objects {
                let Some((object, record)) = find(vault, record)? else {
                    continue;
                };
                let Some(parsed) = record.parsed else { continue };
                if planned.insert(object.sha256) {
                    plan.push(Replay {
                        superseded_from: superseded.get(&object.sha256.to_string()).copied(),
                        may_grow: !is_container,
                        repeats: record.repeats,
                        object,
                        reading: readings.of(&parsed)?,
                        path: record.name,
                        parsed,
                        ingested: manifest.started,
                        program: manifest.acquisition.program.clone(),
                    });
                }
            }
        }
    }
    Ok(plan)
}

/// The first byte of each object whose rows a later part superseded.
fn superseded(manifests: &[Manifest]) -> HashMap<String, u64> {
    let mut superseded = HashMap::new();
    let files = manifests.iter().flat_map(|m| &m.files);
    for end in files
        .flat_map(|f| &f.objects)
        .filter_map(|o| o.supersedes.as_ref())
    {
        let from = superseded.entry(end.object.clone()).or_insert(end.from);
        *from = (*from).min(end.from);
    }
    superseded
}

/// Readings by their descriptions: a text is understood once.
struct Readings {
    descriptions: Descriptions,
    known: HashMap<[Option<String>; 2], Reading>,
}

impl Readings {
    fn of(&mut self, parsed: &ParsedRecord) -> Result<Reading> {
        let key = [parsed.user_format.clone(), parsed.mapping.clone()];
        if let Some(reading) = self.known.get(&key) {
            return Ok(reading.clone());
        }
        let reading = self.descriptions.reading(parsed)?;
        self.known.insert(key, reading.clone());
        Ok(reading)
    }
}

fn find(vault: &Vault, record: ObjectRecord) -> Result<Option<(ObjectInfo, ObjectRecord)>> {
    let Some(sha256) = record.sha256.as_deref().and_then(Sha256::from_hex) else {
        return Ok(None);
    };
    Ok(vault
        .object_by_sha256(&sha256)?
        .cloned()
        .map(|object| (object, record)))
}

/// Reads one object again and hands its rows to `take`; the record of the new reading.
pub(crate) fn replay(
    vault: &Vault,
    item: &Replay,
    register: &Register,
    builders: &mut Builders,
    take: &mut dyn FnMut(Chunk) -> Result<()>,
) -> Result<Option<ParsedRecord>> {
    let derivation = Derivation {
        reader: vault.object_reader(&item.object)?,
        sha256: item.object.sha256,
        length: item.object.length,
        reading: item.reading.clone(),
        path: item.path.clone(),
        parsed: item.parsed.clone(),
        register,
        ingested: item.ingested,
        may_grow: item.may_grow,
        superseded_from: item.superseded_from,
        repeats: Repeats::of(vault, &item.repeats)?,
    };
    let mut failure = None;
    let mut send = |chunk| {
        take(chunk).map_err(|error| {
            failure = Some(error);
            SinkError(Box::new(ArchiveError::Stopped))
        })
    };
    let derived = derive(derivation, None, builders, &mut send);
    match (failure, derived) {
        (Some(error), _) | (None, Err(error)) => Err(error),
        (None, Ok(Derived::Rows(parsed))) => Ok(Some(*parsed)),
        (None, Ok(Derived::Unknown(_))) => Ok(None),
    }
}
