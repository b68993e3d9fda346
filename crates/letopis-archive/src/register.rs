//! The source register and the retention classes as the ledger holds them: the newest `source` entry is in force, with
//! both, so that neither ever names what the other does not have.

use letopis_retention::Class;
use letopis_vault::{EntryKind, NewEntry, Vault, VaultWriter};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::{ArchiveError, Result};
use crate::sources::{Register, Source, SourceError};

#[derive(Deserialize)]
struct Document {
    sources: Vec<Source>,
    /// Absent in archives that have none.
    #[serde(default)]
    classes: Vec<Class>,
}

fn read(seq: u64, document: Value) -> Result<Document> {
    serde_json::from_value(document).map_err(|e| ArchiveError::Document {
        seq,
        problem: e.to_string(),
    })
}

/// The register in force; an empty one where none was ever given.
///
/// # Errors
/// When the newest one cannot be read.
pub fn in_force(vault: &Vault) -> Result<Register> {
    let mut newest = None;
    for entry in vault.entries(Some(EntryKind::Source)) {
        newest = Some(entry?.seq);
    }
    let Some(seq) = newest else {
        return Ok(Register::default());
    };
    let Some(document) = vault.detail(seq)? else {
        return Ok(Register::default());
    };
    let document = read(seq, document)?;
    Ok(Register::from_sources(document.sources)?.with_classes(document.classes))
}

/// Puts a register in force by a ledger entry, where it differs from the one in force; whether it did. `about` says who
/// did it, with which program and command. The retention classes stay as they are.
///
/// # Errors
/// When the register in force cannot be read, a source names a class that is not there, or the entry cannot be written.
pub fn put_in_force(
    writer: &VaultWriter,
    register: &Register,
    about: Option<Value>,
    now: i64,
) -> Result<bool> {
    let before = in_force(&writer.vault())?;
    if before.sources().eq(register.sources()) {
        return Ok(false);
    }
    let sources = register.sources().cloned().collect();
    let classes = before.classes().to_vec();
    Register::from_sources(sources)?
        .with_classes(classes)
        .check_classes()?;
    write(writer, register, before.classes(), about, now)
}

/// Puts retention classes in force by a ledger entry, where they differ from those in force; whether they did. The
/// sources stay as they are.
///
/// # Errors
/// When a class cannot be ([`letopis_retention::ClassError`]: a floor is undercut, a name stands twice), a source names
/// one that is gone or retired, or the entry cannot be written.
pub fn put_classes_in_force(
    writer: &VaultWriter,
    classes: Vec<Class>,
    about: Option<Value>,
    now: i64,
) -> Result<bool> {
    let vault = writer.vault();
    let before = in_force(&vault)?;
    if before.classes() == classes {
        return Ok(false);
    }
    let in_use = |class: &&Class| class.retired && before.sources().any(|s| s.class == class.id);
    if let Some(class) = classes.iter().find(in_use) {
        let named = before.sources().find(|s| s.class == class.id);
        return Err(ArchiveError::Sources(SourceError::InUse {
            class: class.id.clone(),
            source_id: named.map(|s| s.id.clone()).unwrap_or_default(),
        }));
    }
    letopis_retention::class::check_all(&classes, vault.config().retention_months)
        .map_err(SourceError::Retention)?;
    let register = before.with_classes(classes);
    register.check_classes()?;
    write(writer, &register, register.classes(), about, now)
}

fn write(
    writer: &VaultWriter,
    register: &Register,
    classes: &[Class],
    about: Option<Value>,
    now: i64,
) -> Result<bool> {
    let sources: Vec<&Source> = register.sources().collect();
    let mut fields = Map::new();
    fields.insert("sources".to_owned(), Value::from(sources.len() as u64));
    let mut detail = Map::from_iter([("sources".to_owned(), json!(sources))]);
    if !classes.is_empty() {
        fields.insert("classes".to_owned(), Value::from(classes.len() as u64));
        detail.insert("classes".to_owned(), json!(classes));
    }
    if let Some(about) = about {
        detail.insert("about".to_owned(), about);
    }
    let entry = NewEntry::new(EntryKind::Source, fields, Some(Value::Object(detail)));
    writer.commit(vec![entry], now)?;
    Ok(true)
}

/// One state of the register: the ledger entry that brought it.
#[derive(Clone, Debug)]
pub struct State {
    /// Ledger position.
    pub seq: u64,
    /// When it came into force, microseconds since 1970 UTC.
    pub time: i64,
    /// Who brought it, where that was recorded.
    pub operator: Option<String>,
    /// Who confirmed what was learned from history, where it was.
    pub confirmed_by: Option<String>,
    /// The sources, in their order.
    pub sources: Vec<Source>,
    /// The retention classes, in their order.
    pub classes: Vec<Class>,
}

/// All states of the register, oldest first.
///
/// # Errors
/// When one cannot be read.
pub fn history(vault: &Vault) -> Result<Vec<State>> {
    let mut states = Vec::new();
    for entry in vault.entries(Some(EntryKind::Source)) {
        let entry = entry?;
        let Some(document) = vault.detail(entry.seq)? else {
            continue;
        };
        let said = |name: &str| {
            let said = document.get("about").and_then(|about| about.get(name));
            said.and_then(Value::as_str).map(str::to_owned)
        };
        let (operator, confirmed_by) = (said("operator"), said("confirmed_by"));
        let document = read(entry.seq, document)?;
        states.push(State {
            seq: entry.seq,
            time: entry.time,
            operator,
            confirmed_by,
            sources: document.sources,
            classes: document.classes,
        });
    }
    Ok(states)
}
