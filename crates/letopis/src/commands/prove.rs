//! `letopis prove`

use std::path::PathBuf;

use clap::Args;
use letopis_archive::intake::Companion;
use letopis_archive::vault::{ProofOptions, Vault};
use letopis_event::{EventId, Span};
use letopis_reconstruct::removed::not_here;
use letopis_reconstruct::search::cited_by;
use letopis_reconstruct::{Reading, show};
use serde_json::json;

use crate::context::{Context, reconstruct_error, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};

/// What to prove, or which proof to check.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// The record. Several give one proof of all of them.
    #[arg(required_unless_present_any = ["check", "query"], value_name = "EVENT_ID")]
    event_ids: Vec<EventId>,
    /// Proves every record that a search finds, as one text in which paths are shared.
    #[arg(long, value_name = "QUERY", conflicts_with = "check")]
    query: Option<String>,
    /// Writes the proof here instead of to stdout.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Shows the SHA-256 of the whole file too. It lets anyone confirm a guess about the rest of a small file.
    #[arg(long)]
    with_file_digest: bool,
    /// Shows too what the record needs to be read, where its file is binary (Windows event logs): the other records whose
    /// templates and names it uses, proven like itself, and a rendering as XML, marked as not proven.
    #[arg(long, conflicts_with = "check")]
    with_context: bool,
    /// Checks a proof. Needs no archive. (So does the small program `letopis-verify`.)
    #[arg(long, value_name = "FILE", conflicts_with = "event_ids")]
    check: Option<PathBuf>,
    /// Custodian keys known from elsewhere, one a line, as `letopis checkpoint` archives publish them.
    #[arg(long, value_name = "FILE", requires = "check")]
    trust: Option<PathBuf>,
}

/// Proves or checks.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match (&arguments.check, arguments.event_ids.as_slice(), &arguments.query) {
        (Some(file), _, _) => check(context, arguments, file),
        (None, [id], None) => prove(context, arguments, *id),
        (None, ids, query) => prove_many(context, arguments, ids, query.as_deref()),
    }
}

fn prove(context: &Context, arguments: &Arguments, id: EventId) -> CommandResult {
    let mut reading = context.reading(Some(&id.to_string()), true)?;
    let companion = match arguments.with_context {
        true => companion_of(context, &mut reading, id)?,
        false => Companion::default(),
    };
    let options = ProofOptions {
        with_file_digest: arguments.with_file_digest,
        context: companion.elsewhere,
        rendering: companion.rendering,
    };
    let proof = reading.vault().proof(&id.object, id.offset, &options);
    let text = proof.map_err(|e| unproven(reading.vault(), &e))?.to_text();
    reading.give(1, text.as_bytes());
    hand_out(context, arguments, &text, &id.to_string(), 1)?;
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    Ok(Verdict::Done)
}

fn prove_many(
    context: &Context,
    arguments: &Arguments,
    ids: &[EventId],
    query: Option<&str>,
) -> CommandResult {
    let listed = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let mut reading = context.reading(Some(query.unwrap_or(&listed)), true)?;
    let mut cited: Vec<EventId> = ids.to_vec();
    if let Some(query) = query {
        cited.extend(cited_by(&mut reading, query).map_err(|e| reconstruct_error(&e))?);
    }
    if cited.is_empty() {
        reading.end("complete").map_err(|e| reconstruct_error(&e))?;
        context.ui.note("nothing is found, so nothing is proven");
        return Ok(Verdict::Negative);
    }
    let mut places: Vec<_> = cited.iter().map(|id| (id.object, id.offset)).collect();
    for id in cited.iter().filter(|_| arguments.with_context) {
        let companion = companion_of(context, &mut reading, *id)?;
        places.extend(companion.elsewhere.into_iter().map(|offset| (id.object, offset)));
    }
    let proof = reading
        .vault()
        .prove_many(&places, arguments.with_file_digest)
        .map_err(|e| unproven(reading.vault(), &e))?;
    let records: usize = proof.objects.iter().map(|object| object.proven.len()).sum();
    let text = proof.to_string();
    reading.give(records as u64, text.as_bytes());
    hand_out(context, arguments, &text, &format!("{records} records"), records)?;
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    Ok(Verdict::Done)
}

/// Why there is no proof: a record that is not here may have been removed.
fn unproven(vault: &Vault, error: &letopis_archive::vault::Error) -> CommandError {
    match error {
        letopis_archive::vault::Error::NotFound { what: "record", name } => {
            reconstruct_error(&not_here(vault, "record", name.clone()))
        }
        _ => vault_error(error),
    }
}

/// What a record needs beside its bytes to be read by someone who has nothing else.
fn companion_of(context: &Context, reading: &mut Reading, id: EventId) -> Result<Companion, CommandError> {
    let shown = show(reading, id, 0).map_err(|e| reconstruct_error(&e))?;
    let format = shown.columns.iter().find(|(name, _)| name == "format");
    let format = format.map_or("", |(_, format)| format.as_str());
    let vault = reading.vault();
    let resolved = vault
        .resolve(&id.object, id.offset)
        .map_err(|e| vault_error(&e))?;
    let Some(resolved) = resolved else {
        return Ok(Companion::default());
    };
    let mut object = vault
        .object_reader(&resolved.object)
        .map_err(|e| vault_error(&e))?;
    let span = Span {
        offset: shown.offset,
        length: shown.length,
    };
    let companion = letopis_archive::intake::companion(format, &mut object, span)
        .map_err(|e| CommandError::environment(format!("{id}: {e}")))?;
    if companion.is_none() {
        let text =
            format!("{id}: a record of the format {format} is read by itself; nothing is shown beside it");
        context.ui.note(&text);
    }
    Ok(companion.unwrap_or_default())
}

/// Writes a proof to where it was asked for.
fn hand_out(
    context: &Context,
    arguments: &Arguments,
    text: &str,
    of: &str,
    records: usize,
) -> Result<(), CommandError> {
    let Some(path) = &arguments.output else {
        return Ok(context.ui.out(text)?);
    };
    std::fs::write(path, text).map_err(|e| CommandError::environment(format!("{}: {e}", path.display())))?;
    let outcome = json!({ "event_id": of, "records": records, "proof": path.display().to_string(), "bytes": text.len() });
    context.ui.outcome(&outcome, || {
        let path = path.display();
        format!("proof of {of} in {path}; anyone can check it: letopis prove --check {path}")
    })?;
    Ok(())
}

fn check(context: &Context, arguments: &Arguments, file: &PathBuf) -> CommandResult {
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))
    };
    let text = read(file)?;
    let trusted = arguments.trust.as_ref().map(read).transpose()?;
    let shown = match letopis_verify::check(&text, trusted.as_deref()) {
        Ok(shown) => shown,
        Err(problem) => {
            let outcome = json!({ "ok": false, "problem": problem });
            context
                .ui
                .outcome(&outcome, || format!("{}: NOT PROVEN: {problem}", file.display()))?;
            return Ok(Verdict::Negative);
        }
    };
    context.ui.outcome(&shown, || shown.to_string())?;
    Ok(Verdict::Done)
}
