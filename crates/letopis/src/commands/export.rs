//! `letopis export`

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use letopis_archive::vault::ObjectReader;
use letopis_event::time::rfc3339;
use letopis_event::{EventId, Span};
use letopis_reconstruct::bundle::{ContextOf, RecordContext};
use letopis_reconstruct::{BundleRequest, export_bundle, export_events};

use crate::cli::Global;
use crate::context::{Context, PROGRAM, reconstruct_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::reports;

/// What to hand out.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// A bag (BagIt, RFC 8493) with records, their proofs and the record of the export, that anyone can check.
    Bundle {
        /// The bag: a folder that is not there yet.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Records by citation.
        #[arg(required_unless_present = "query", value_name = "EVENT_ID")]
        event_ids: Vec<EventId>,
        /// Every record that a search finds.
        #[arg(long, value_name = "QUERY")]
        query: Option<String>,
        /// Hands out the whole files that the records stand in, and not only the records.
        #[arg(long)]
        originals: bool,
        /// Hands out too what records of binary files (Windows event logs) need to be read: the other records whose
        /// templates and names they use, proven like themselves, and a rendering as XML, marked as not proven.
        #[arg(long)]
        with_context: bool,
        /// Language of the README: en, fi, kk, ru or sl.
        #[arg(long, value_name = "LANG", default_value = "en")]
        lang: String,
    },
    /// Every event with all its columns and `raw`.
    Events {
        /// How events are written.
        #[arg(long, value_enum, default_value_t = Format::Jsonl, value_name = "FORMAT")]
        format: Format,
        /// Writes here instead of to stdout.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON object a line.
    Jsonl,
}

/// Hands events out.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match &arguments.action {
        Action::Events { format, output } => events(context, *format, output.as_ref()),
        Action::Bundle {
            folder,
            event_ids,
            query,
            originals,
            with_context,
            lang,
        } => {
            let request = BundleRequest {
                ids: event_ids.clone(),
                query: query.clone(),
                originals: *originals,
                context: with_context.then_some(context_of as ContextOf),
                readme: reports::bundle_readme(lang)?,
                labels: labels(context),
            };
            bundle(context, &request, folder)
        }
    }
}

fn context_of(format: &str, object: &mut ObjectReader, record: Span) -> io::Result<Option<RecordContext>> {
    let companion = letopis_archive::intake::companion(format, object, record).map_err(io::Error::other)?;
    Ok(companion.map(|companion| RecordContext {
        elsewhere: companion.elsewhere,
        rendering: companion.rendering,
    }))
}

fn labels(context: &Context) -> Vec<(&'static str, String)> {
    let made = rfc3339(context.now);
    let Global { purpose, case, .. } = &context.global;
    vec![
        ("Bagging-Date", made.get(..10).unwrap_or_default().to_owned()),
        ("Bag-Software-Agent", PROGRAM.to_owned()),
        ("Internal-Sender-Description", purpose.clone().unwrap_or_default()),
        ("Internal-Sender-Identifier", case.clone().unwrap_or_default()),
    ]
}

fn bundle(context: &Context, request: &BundleRequest, folder: &Path) -> CommandResult {
    let listed = request
        .ids
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ");
    let asked = request.query.as_deref().unwrap_or(&listed);
    let mut reading = context.reading(Some(asked), true)?;
    let outcome = export_bundle(&mut reading, request, folder).map_err(|e| reconstruct_error(&e))?;
    context.ui.outcome(&outcome, || {
        let folder = folder.display();
        let access = if outcome.access_recorded_inside {
            "the record of this export is inside"
        } else {
            "the record of this export is in the journal"
        };
        format!(
            "{} records of {} files in {folder}, each with its proof; {access}\ncheck it with README.txt there, or: \
             letopis import --check {folder}",
            outcome.records, outcome.objects
        )
    })?;
    Ok(Verdict::Done)
}

fn events(context: &Context, format: Format, output: Option<&PathBuf>) -> CommandResult {
    let Format::Jsonl = format;
    let mut reading = context.reading(None, true)?;
    let wrap = |e| reconstruct_error(&e);
    let rows = match output {
        None => export_events(
            &mut reading,
            &mut BufWriter::with_capacity(1 << 20, io::stdout().lock()),
        )
        .map_err(wrap)?,
        Some(path) => {
            let file = File::create(path)
                .map_err(|e| CommandError::environment(format!("{}: {e}", path.display())))?;
            export_events(&mut reading, &mut BufWriter::with_capacity(1 << 20, file)).map_err(wrap)?
        }
    };
    reading.end("complete").map_err(wrap)?;
    context.ui.note(&format!("{rows} events"));
    Ok(Verdict::Done)
}
