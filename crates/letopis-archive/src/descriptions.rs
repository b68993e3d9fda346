//! What users say of their logs (formats, field mappings), kept with the manifests: an object can only be read again
//! by the text it was read by.

use std::collections::BTreeMap;
use std::sync::Arc;

use letopis_intake::{Mapping, UserFormat};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{ArchiveError, Result};
use crate::manifest::{FileRecord, Manifest, ParsedRecord};

/// What a description is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Described {
    /// A format.
    Format,
    /// The fields of the generic formats.
    Mapping,
}

/// A file of the user's by which objects were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// What it describes.
    pub of: Described,
    /// Name of the format; empty for a mapping.
    pub name: String,
    /// SHA-256 of the text, hex.
    pub sha256: String,
    /// The file's text.
    pub text: String,
}

/// The name by which a record refers to a description.
pub(crate) fn digest(text: &str) -> String {
    letopis_vault::Sha256(Sha256::digest(text.as_bytes()).into()).to_string()
}

impl Description {
    fn of_format(format: &UserFormat) -> Self {
        Self {
            of: Described::Format,
            name: format.name().to_owned(),
            sha256: digest(format.text()),
            text: format.text().to_owned(),
        }
    }

    fn of_mapping(mapping: &Mapping) -> Self {
        Self {
            of: Described::Mapping,
            name: String::new(),
            sha256: digest(&mapping.text),
            text: mapping.text.clone(),
        }
    }
}

/// What reading an object takes besides its bytes and its record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    pub user_formats: Vec<Arc<UserFormat>>,
    pub mapping: Option<Mapping>,
}

/// Descriptions by their digests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Descriptions(BTreeMap<String, Description>);

impl Descriptions {
    /// Those that manifests hold.
    pub fn of_manifests<'m>(manifests: impl IntoIterator<Item = &'m Manifest>) -> Self {
        let mut all = Self::default();
        for description in manifests.into_iter().flat_map(|m| &m.descriptions) {
            all.insert(description.clone());
        }
        all
    }

    /// Adds those that a person gives for an intake.
    pub fn add(&mut self, reading: &Reading) {
        for format in &reading.user_formats {
            self.insert(Description::of_format(format));
        }
        if let Some(mapping) = &reading.mapping {
            self.insert(Description::of_mapping(mapping));
        }
    }

    fn insert(&mut self, description: Description) {
        self.0.entry(description.sha256.clone()).or_insert(description);
    }

    /// Those by which files were read: what their manifest must hold.
    pub fn used_by(&self, files: &[FileRecord]) -> Vec<Description> {
        let parsed = files
            .iter()
            .flat_map(|f| &f.objects)
            .filter_map(|o| o.parsed.as_ref());
        let mut used: Vec<&String> = parsed
            .flat_map(|p| [&p.user_format, &p.mapping])
            .flatten()
            .collect();
        used.sort_unstable();
        used.dedup();
        used.into_iter()
            .filter_map(|sha256| self.0.get(sha256).cloned())
            .collect()
    }

    /// What reading an object again takes.
    ///
    /// # Errors
    /// [`ArchiveError::NoDescription`] where a text is gone, [`ArchiveError::Intake`] where this program does not
    /// understand it.
    pub fn reading(&self, parsed: &ParsedRecord) -> Result<Reading> {
        let text = |sha256: &String| {
            self.0
                .get(sha256)
                .map(|d| d.text.as_str())
                .ok_or_else(|| ArchiveError::NoDescription {
                    format: parsed.format.clone(),
                    sha256: sha256.clone(),
                })
        };
        let wrap = |sha256: &str, error| ArchiveError::Intake {
            place: format!("description {sha256} of {}", parsed.format),
            error,
        };
        let mut reading = Reading::default();
        if let Some(sha256) = &parsed.user_format {
            let format = UserFormat::parse(sha256, text(sha256)?).map_err(|e| wrap(sha256, e.into()))?;
            reading.user_formats.push(format);
        }
        if let Some(sha256) = &parsed.mapping {
            reading.mapping = Some(Mapping::parse(text(sha256)?).map_err(|e| wrap(sha256, e))?);
        }
        Ok(reading)
    }
}
