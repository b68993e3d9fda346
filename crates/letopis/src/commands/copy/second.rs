//! `letopis copy add | sync | verify | list | retire`: second copies of the whole archive.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use indicatif::ProgressBar;
use letopis_archive::Found;
use letopis_archive::ingest::keep_apart;
use letopis_archive::vault::{Backend, DirectoryBackend, Finding, Progress, SecondCopy, VaultWriter};
use letopis_event::time::rfc3339;
use letopis_reconstruct::case::law::territory;
use serde::Serialize;
use serde_json::json;

use crate::commands::init::{Countries, countries};
use crate::commands::verify::describe_finding;
use crate::context::{Context, archive_error, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::ui::{bytes, table};

/// What to do with second copies.
#[derive(Clone, Debug, Subcommand)]
pub enum Action {
    /// Registers a second copy at another place and fills it.
    Add {
        /// A folder that is not there yet, or is empty; best on another disk.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// What it is called.
        #[arg(long, value_name = "NAME")]
        name: String,
        /// The country it lies in (two letters), where the law asks for it.
        #[arg(long, value_name = "CC", value_parser = country)]
        country: Option<String>,
    },
    /// Moves what a second copy lacks, checks what came, and removes what was removed by record.
    Sync {
        /// Its name.
        name: String,
        /// Where it lies now, when that is another place than when it was registered.
        #[arg(long, value_name = "DIR")]
        at: Option<PathBuf>,
    },
    /// Checks every byte of a second copy, and that its history is this archive's.
    Verify {
        /// Its name.
        name: String,
        /// Where it lies now, when that is another place than when it was registered.
        #[arg(long, value_name = "DIR")]
        at: Option<PathBuf>,
    },
    /// Lists the second copies: where each lies, how far behind it is, and how the last look at it ended. One that does not
    /// lie where it may makes the verdict negative.
    List {
        /// Countries in which second copies may lie, with commas (EU for any member state); else as the archive is set.
        #[arg(long, value_name = "CC,…", value_parser = countries)]
        countries: Option<Countries>,
    },
    /// Gives a second copy up. What lies there is left as it is.
    Retire {
        /// Its name.
        name: String,
    },
}

/// A code of a country, in capitals.
///
/// # Errors
/// When it is none.
pub fn country(text: &str) -> Result<String, String> {
    let is_code = text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
    match is_code {
        true => Ok(text.to_ascii_uppercase()),
        false => Err(format!(
            "`{text}` is no country code; expected two letters, as SI"
        )),
    }
}

struct Bar(ProgressBar);

impl Progress for Bar {
    fn bytes(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }
}

/// Does it.
pub fn run(context: &Context, action: &Action) -> CommandResult {
    match action {
        Action::Add {
            folder,
            name,
            country,
        } => add(context, folder, name, country.as_deref()),
        Action::Sync { name, at } => {
            let writer = context.writer()?;
            let copy = writer.vault().second_copy(name).map_err(|e| vault_error(&e))?;
            sync(context, &writer, &copy, &place_of(&copy, at.as_deref()))
        }
        Action::Verify { name, at } => verify(context, name, at.as_deref()),
        Action::List { countries } => list(context, &asked_countries(context, countries.as_ref())?),
        Action::Retire { name } => {
            let writer = context.writer()?;
            let copy = writer.vault().second_copy(name).map_err(|e| vault_error(&e))?;
            let receipt = writer.record_copy(&copy, "retired", context.about_machine(), context.now);
            let receipt = receipt.map_err(|e| vault_error(&e))?;
            context
                .ui
                .outcome(&json!({ "copy": copy.id, "entry": receipt.first }), || {
                    format!(
                        "the copy {name} counts no more; what lies at {} is left as it is",
                        copy.place
                    )
                })?;
            Ok(Verdict::Done)
        }
    }
}

fn place_of(copy: &SecondCopy, at: Option<&Path>) -> PathBuf {
    at.map_or_else(|| PathBuf::from(&copy.place), Path::to_path_buf)
}

fn add(context: &Context, folder: &Path, name: &str, country: Option<&str>) -> CommandResult {
    if name.trim().is_empty() {
        return Err(CommandError::usage("--name: expected a name, found none"));
    }
    keep_apart(&context.archive_path(), folder).map_err(|e| archive_error(&e))?;
    let place = std::path::absolute(folder)
        .map_err(|e| CommandError::environment(format!("{}: {e}", folder.display())))?;
    let writer = context.writer()?;
    let backend: Arc<dyn Backend> = DirectoryBackend::new(&place);
    let registered = writer.register_copy(name, &backend, country, context.about_machine(), context.now);
    registered.map_err(|e| vault_error(&e))?;
    let copy = writer.vault().second_copy(name).map_err(|e| vault_error(&e))?;
    sync(context, &writer, &copy, &place)
}

fn sync(context: &Context, writer: &VaultWriter, copy: &SecondCopy, place: &Path) -> CommandResult {
    let backend: Arc<dyn Backend> = DirectoryBackend::new(place);
    let bar = Bar(context.ui.byte_bar(0));
    let synced = writer.sync_copy(copy, &backend, context.about_machine(), context.now, &bar);
    bar.0.finish_and_clear();
    let synced = synced.map_err(|e| vault_error(&e))?;
    let findings: Vec<Found> = synced.findings.iter().map(Found::from).collect();
    let outcome = json!({
        "ok": findings.is_empty(), "copy": copy.id, "name": copy.name, "place": place.display().to_string(),
        "files": synced.files, "bytes": synced.bytes, "removed": synced.removed, "size": synced.size,
        "findings": findings,
    });
    context.ui.outcome(&outcome, || {
        let mut text = format!(
            "{}: {} files moved ({}), {} removed; it holds ledger entries 0 to {}, and what came was checked\n",
            copy.name,
            synced.files,
            bytes(synced.bytes),
            synced.removed,
            synced.size.saturating_sub(1),
        );
        for finding in &findings {
            text.push_str(&describe_finding(finding));
        }
        if !findings.is_empty() {
            text.push_str("WHAT CAME IS NOT WHOLE: check the archive (letopis verify), then sync again");
        }
        text
    })?;
    Ok(verdict(&synced.findings))
}

fn verdict(findings: &[Finding]) -> Verdict {
    match findings.is_empty() {
        true => Verdict::Done,
        false => Verdict::Negative,
    }
}

fn verify(context: &Context, name: &str, at: Option<&Path>) -> CommandResult {
    let writer = context.writer()?;
    let vault = writer.vault();
    let copy = vault.second_copy(name).map_err(|e| vault_error(&e))?;
    let place = place_of(&copy, at);
    let backend: Arc<dyn Backend> = DirectoryBackend::new(&place);
    let bar = Bar(context.ui.byte_bar(0));
    let findings = vault.check_copy(&copy, &backend, &bar);
    bar.0.finish_and_clear();
    let findings = findings.map_err(|e| vault_error(&e))?;
    let ended = match findings.is_empty() {
        true => "whole",
        false => "damaged",
    };
    let recorded = writer.record_copy(&copy, ended, context.about_machine(), context.now);
    recorded.map_err(|e| vault_error(&e))?;
    let found: Vec<Found> = findings.iter().map(Found::from).collect();
    let outcome = json!({
        "ok": found.is_empty(), "copy": copy.id, "name": name, "place": place.display().to_string(),
        "findings": found,
    });
    context.ui.outcome(&outcome, || {
        let mut text: String = found.iter().map(describe_finding).collect();
        text.push_str(&match found.is_empty() {
            true => format!("{name}: whole, and its history is this archive's"),
            false => format!(
                "{name} IS NOT WHOLE: remove the files named above there, and `letopis copy sync {name}` moves them again"
            ),
        });
        text
    })?;
    Ok(verdict(&findings))
}

/// The countries that are asked for, else those that the archive is set to; empty for any.
///
/// # Errors
/// When the archive cannot be opened.
pub fn asked_countries(context: &Context, asked: Option<&Countries>) -> Result<Vec<String>, CommandError> {
    match asked {
        Some(Countries(countries)) => Ok(countries.clone()),
        None => Ok(context.vault()?.config().copy_countries.clone()),
    }
}

/// A second copy, and whether it lies where it may; nothing where nobody said where it may or where it lies.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    copy: SecondCopy,
    placed: Option<bool>,
}

fn list(context: &Context, countries: &[String]) -> CommandResult {
    let vault = context.vault()?;
    let copies = vault.second_copies().map_err(|e| vault_error(&e))?;
    let placed = |copy: &SecondCopy| match countries {
        [] => None,
        list => territory::lies_in(list, copy.country.as_deref()),
    };
    let copies: Vec<Listed> = copies
        .into_iter()
        .map(|copy| Listed {
            placed: placed(&copy),
            copy,
        })
        .collect();
    let is_wrong = |listed: &Listed| {
        listed.copy.retired.is_none() && !countries.is_empty() && listed.placed != Some(true)
    };
    let outcome = json!({ "size": vault.size(), "countries": countries, "copies": copies });
    let size = vault.size();
    let when = |time: Option<i64>| time.map_or_else(|| "never".to_owned(), rfc3339);
    context.ui.outcome(&outcome, || {
        if copies.is_empty() {
            return "there is no second copy: letopis copy add DIR --name NAME".to_owned();
        }
        let rows = copies.iter().map(|listed| {
            let copy = &listed.copy;
            let mut country = copy.country.clone().unwrap_or_else(|| "not declared".to_owned());
            if is_wrong(listed) {
                country.push_str(" (NOT WHERE IT MAY LIE)");
            }
            vec![
                copy.name.clone(),
                country,
                copy.place.clone(),
                when(copy.synced),
                size.saturating_sub(copy.size).to_string(),
                when(copy.verified),
                match copy.retired {
                    Some(_) => "given up".to_owned(),
                    None => copy.ended.clone().unwrap_or_else(|| "not filled".to_owned()),
                },
            ]
        });
        table(
            &[
                "name",
                "country",
                "place",
                "up to date",
                "entries behind",
                "checked",
                "state",
            ],
            rows,
        )
    })?;
    Ok(match copies.iter().any(is_wrong) {
        true => Verdict::Negative,
        false => Verdict::Done,
    })
}
