//! `letopis ingest`

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use letopis_archive::ingest::keep_apart;
use letopis_archive::intake::Mapping;
use letopis_archive::vault::VaultWriter;
use letopis_archive::{
    Acquisition, FileRecord, HashList, IngestOptions, IngestOutcome, IngestProgress, Register, import,
    ingest, planned,
};
use letopis_event::Zone;

use crate::commands::formats::user_formats_of;
use crate::commands::init::Facts;
use crate::context::{Context, PROGRAM, archive_error, machine, person};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::reports;

mod outcome;
mod watch;

/// What to take in, and how.
#[derive(Clone, Debug, Default, Args)]
pub struct Arguments {
    /// Files and folders. They are opened read-only; links are listed, not followed.
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    acquisition: AcquisitionArguments,
    /// The source register: pattern,id,name,category,owner,zone,rhythm (`letopis source template`).
    #[arg(long, value_name = "FILE.csv")]
    sources: Option<PathBuf>,
    /// Attributes all records to this source.
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// Reads all files as this format.
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// Folder of formats described in TOML files; they take part in detection (`letopis formats check`).
    #[arg(long, value_name = "DIR")]
    formats: Option<PathBuf>,
    /// Field mapping for JSON and delimited files (TOML).
    #[arg(long, value_name = "FILE.toml")]
    mapping: Option<PathBuf>,
    /// Reads all text in this encoding.
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Zone of clocks that state none.
    #[arg(long, value_name = "ZONE")]
    tz: Option<Zone>,
    /// Year of the first record of each file that states none.
    #[arg(long, value_name = "YEAR")]
    year: Option<i32>,
    /// Longest record in bytes; a longer one is cut into several.
    #[arg(long, value_name = "BYTES")]
    max_record: Option<usize>,
    /// Stores files of no known format too.
    #[arg(long)]
    keep_unknown: bool,
    /// Exits with 1 when a file was refused, changed or damaged.
    #[arg(long)]
    strict: bool,
    /// Worker threads.
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
    /// Goes on: looks every so many seconds, and takes in what has come since and stands still. Ends when it is ended.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    watch: Option<u32>,
    /// Writes the intake act (HTML and CSV) into this folder.
    #[arg(long, value_name = "DIR")]
    act: Option<PathBuf>,
    /// Language of the intake act: en, fi, kk, ru or sl.
    #[arg(long, value_name = "LANG", default_value = "en")]
    lang: String,
    #[command(flatten)]
    facts: Facts,
    /// Where the files come from, when another archive handed them out.
    #[arg(skip)]
    provenance: Option<serde_json::Value>,
}

/// Where the input comes from: the chain of custody.
#[derive(Clone, Debug, Default, Args)]
struct AcquisitionArguments {
    /// Person who runs the intake; the account at the keyboard unless said.
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// Exhibit number or name.
    #[arg(long, value_name = "TEXT")]
    exhibit: Option<String>,
    /// Who handed the input over.
    #[arg(long, value_name = "NAME")]
    received_from: Option<String>,
    /// When and how it was acquired.
    #[arg(long, value_name = "TEXT")]
    acquired: Option<String>,
    /// Medium it came on.
    #[arg(long, value_name = "TEXT")]
    medium: Option<String>,
    /// The list of digests made at seizure (sha256sum or b3sum).
    #[arg(long, value_name = "FILE")]
    hashes: Option<PathBuf>,
}

fn read(path: &PathBuf) -> Result<Vec<u8>, CommandError> {
    std::fs::read(path).map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))
}

/// Shows rate and remaining time on a terminal.
struct Bar(indicatif::ProgressBar);

impl IngestProgress for Bar {
    fn found(&self, files: usize, bytes: u64) {
        self.0.set_length(bytes);
        self.0.set_message(format!("{files} files"));
    }

    fn bytes(&self, number: u64) {
        self.0.inc(number);
    }

    fn file(&self, record: &FileRecord) {
        self.0.set_message(record.path.display());
    }
}

/// Takes the input in, once or again and again.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match arguments.watch {
        Some(seconds) => watch::watch(context, arguments, Duration::from_secs(seconds.into())),
        None => once(context, arguments),
    }
}

/// Takes the input in and prints the reconciliation.
fn once(context: &Context, arguments: &Arguments) -> CommandResult {
    let outcome = take_in(context, arguments)?;
    if let Some(folder) = &arguments.act {
        let vault = context.vault()?;
        let page = reports::intake_act(context, &vault, &outcome, &acquisition(context, arguments));
        reports::write(context, folder, "intake-act", &arguments.lang, &page)?;
    }
    outcome::print(context, &outcome)?;
    Ok(if outcome.is_incomplete() {
        Verdict::Incomplete
    } else if arguments.strict && outcome.is_blemished() {
        Verdict::Negative
    } else {
        Verdict::Done
    })
}

fn take_in(context: &Context, arguments: &Arguments) -> Result<IngestOutcome, CommandError> {
    let options = options(context, arguments)?;
    for input in &arguments.inputs {
        if let Err(error) = std::fs::symlink_metadata(input) {
            return Err(CommandError::usage(format!("{}: {error}", input.display())));
        }
        // Before the archive is made: nothing is written into what is handed over.
        keep_apart(input, &context.archive_path()).map_err(|e| archive_error(&e))?;
    }
    let writer = if context.archive_path().join("letopis.toml").exists() {
        if !arguments.facts.is_empty() {
            return Err(CommandError::usage(
                "the archive is there already: its name, zone and retention stand",
            )
            .hint("letopis config set changes them"));
        }
        context.writer()?
    } else {
        let mut config = context.default_config();
        arguments.facts.apply(&mut config)?;
        let writer = context.create(config)?;
        let keys = context.key_folder()?;
        context.ui.note(&format!(
            "archive made at {} (keys in {})",
            writer.vault().place(),
            keys.display()
        ));
        writer
    };
    let bar = Bar(context.ui.byte_bar(0));
    let outcome = match &arguments.provenance {
        Some(provenance) => import(&writer, provenance.clone(), options, &bar),
        None => ingest(&writer, options, &bar),
    };
    let outcome = outcome.map_err(|e| archive_error(&e));
    bar.0.finish_and_clear();
    if outcome.is_ok() && !context.ui.quiet {
        tell_small_segments(context, &writer);
    }
    outcome
}

/// Small segments that are worth a word.
const SMALL_TOLD: u64 = 64;

/// The intake is committed: what cannot be read now is no failure of it.
fn tell_small_segments(context: &Context, writer: &VaultWriter) {
    if let Ok(planned) = planned(&writer.vault())
        && planned.joined >= SMALL_TOLD
    {
        context.ui.note(&format!(
            "Note: {} of {} segments are small; `letopis compact` joins them, and queries begin sooner",
            planned.joined, planned.segments
        ));
    }
}

fn options(context: &Context, arguments: &Arguments) -> Result<IngestOptions, CommandError> {
    let mut options = IngestOptions {
        inputs: arguments.inputs.clone(),
        archive: Some(context.archive_path()),
        acquisition: acquisition(context, arguments),
        format: arguments.format.clone(),
        encoding: arguments.encoding.clone(),
        zone: arguments.tz,
        year: arguments.year,
        source: arguments.source.clone(),
        keep_unknown: arguments.keep_unknown,
        threads: arguments.threads,
        now: context.now,
        ..IngestOptions::default()
    };
    if let Some(bytes) = arguments.max_record {
        options.max_record = bytes;
    }
    if let Some(path) = &arguments.sources {
        let register = Register::from_file(&read(path)?)
            .map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))?;
        options.register = Some(register);
    }
    if let Some(path) = &arguments.acquisition.hashes {
        options.hashes = Some(HashList::read(path, &read(path)?).map_err(|e| archive_error(&e))?);
    }
    if let Some(folder) = &arguments.formats {
        options.user_formats = user_formats_of(folder)?;
    }
    if let Some(path) = &arguments.mapping {
        let text = String::from_utf8_lossy(&read(path)?).into_owned();
        let mapping =
            Mapping::parse(&text).map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))?;
        options.mapping = Some(mapping);
    }
    Ok(options)
}

fn acquisition(context: &Context, arguments: &Arguments) -> Acquisition {
    let said = &arguments.acquisition;
    Acquisition {
        operator: said.operator.clone().unwrap_or_else(person),
        exhibit: said.exhibit.clone(),
        received_from: said.received_from.clone(),
        acquired: said.acquired.clone(),
        medium: said.medium.clone(),
        machine: machine(),
        program: PROGRAM.to_owned(),
        tzdata: letopis_event::zone::TZDATA_VERSION.to_owned(),
        options: vec![context.command.clone()],
        inputs: arguments
            .inputs
            .iter()
            .map(|p| letopis_archive::Name::of_path(p))
            .collect(),
    }
}

/// The intake of the files of a bundle that comes from the archive `origin`.
pub fn of_bundle(
    inputs: Vec<PathBuf>,
    origin: &str,
    exhibit: Option<&str>,
    operator: Option<&str>,
) -> Arguments {
    Arguments {
        inputs,
        acquisition: AcquisitionArguments {
            operator: operator.map(str::to_owned),
            exhibit: exhibit.map(str::to_owned),
            received_from: Some(format!("bundle of {origin}")),
            ..AcquisitionArguments::default()
        },
        lang: "en".to_owned(),
        ..Arguments::default()
    }
}

impl Arguments {
    /// With where the files come from: on record before the first of them.
    #[must_use]
    pub fn with_provenance(mut self, provenance: serde_json::Value) -> Self {
        self.provenance = Some(provenance);
        self
    }

    /// With what a person says of clocks that do not say it themselves.
    #[must_use]
    pub fn zoned(mut self, zone: Option<Zone>, year: Option<i32>) -> Self {
        (self.tz, self.year) = (zone, year);
        self
    }
}

/// Takes a folder of the demo in; the outcome in short. `first` makes the archive, in the zone of the samples.
///
/// # Errors
/// As the command.
pub fn demo(context: &Context, input: &Path, sources: &Path, first: bool) -> Result<String, CommandError> {
    let mut arguments = Arguments {
        inputs: vec![input.to_owned()],
        sources: Some(sources.to_owned()),
        lang: "en".to_owned(),
        ..Arguments::default()
    };
    if first {
        arguments.facts.name = Some("Samples: district administration".to_owned());
        arguments.facts.territory = Some("KZ".to_owned());
        arguments.facts.time_zone = "Asia/Almaty".parse().ok();
    }
    let outcome = take_in(context, &arguments)?;
    let mut text = outcome::attention(&outcome);
    text.push_str(&outcome::summary(&outcome));
    Ok(text)
}
