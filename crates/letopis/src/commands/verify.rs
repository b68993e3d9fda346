//! `letopis verify`

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::ProgressBar;
use letopis_archive::vault::{CheckedBody, Progress};
use letopis_archive::{CheckOptions, CheckOutcome, Found, Scrub, check};

use crate::commands::checkpoint::anchors;
use crate::commands::checkpoint::trust::TrustArguments;
use crate::context::{Context, PROGRAM, archive_error, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};

/// What to check.
#[derive(Clone, Debug, Default, Args)]
pub struct Arguments {
    /// What someone else holds (a checkpoint, a cosigned one, a time stamp, the text of a printed page): the archive
    /// must continue each of them.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    anchor: Vec<PathBuf>,
    /// What the custodian stated and signed (`letopis retention prove --sign`): whether it is this archive's, and rests on
    /// a state that the archive went through.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    statement: Vec<PathBuf>,
    #[command(flatten)]
    trust: TrustArguments,
    /// Reads the originals again and compares what comes out with the rows.
    #[arg(long)]
    rederive: bool,
    /// Writes the outcome into the ledger.
    #[arg(long)]
    record: bool,
    /// Keeps what was looked at in this file outside the archive, and goes on from there when interrupted.
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Reads at most so many bytes a second (50M), so that others can work meanwhile.
    #[arg(long, value_name = "BYTES", value_parser = rate)]
    rate: Option<u64>,
}

/// A number of bytes: `4096`, `500K`, `50M`, `1G`.
fn rate(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (text.get(..text.len() - 1), 10),
        Some(b'M' | b'm') => (text.get(..text.len() - 1), 20),
        Some(b'G' | b'g') => (text.get(..text.len() - 1), 30),
        _ => (Some(text), 0),
    };
    let number = digits.and_then(|digits| digits.parse::<u64>().ok());
    let number = number.and_then(|number| number.checked_mul(1 << unit));
    number
        .filter(|number| *number > 0)
        .ok_or_else(|| format!("`{text}` is no number of bytes; expected one like 4096, 500K, 50M, 1G"))
}

/// Shows how far the check is, keeps what was looked at, and holds back the threads that are faster than wanted.
struct Watch {
    bar: ProgressBar,
    scrub: Option<Scrub>,
    rate: Option<u64>,
    started: Instant,
    /// Bytes that an earlier run had looked at.
    before: AtomicU64,
}

impl Watch {
    fn new(context: &Context, scrub: Option<Scrub>, rate: Option<u64>) -> Self {
        Self {
            bar: context.ui.byte_bar(0),
            scrub,
            rate,
            started: Instant::now(),
            before: AtomicU64::new(u64::MAX),
        }
    }
}

impl Progress for Watch {
    fn bytes(&self, done: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_position(done);
        let before = self.before.fetch_min(done, Ordering::Relaxed).min(done);
        if let Some(rate) = self.rate {
            let due = Duration::from_secs_f64((done - before) as f64 / rate as f64);
            std::thread::sleep(due.saturating_sub(self.started.elapsed()));
        }
    }

    fn body(&self, body: &CheckedBody) {
        if let Some(scrub) = &self.scrub {
            scrub.keep(body);
        }
    }
}

/// The state of the check, which must lie outside the archive.
fn scrub(context: &Context, path: &Path) -> Result<Scrub, CommandError> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let places = std::fs::canonicalize(folder)
        .ok()
        .zip(std::fs::canonicalize(context.archive_path()).ok());
    if places.is_some_and(|(folder, archive)| folder.starts_with(archive)) {
        return Err(CommandError::usage(format!(
            "{}: lies inside the archive, into which a check writes nothing",
            path.display()
        )));
    }
    Scrub::open(path, &context.vault()?).map_err(|e| archive_error(&e))
}

/// Checks, prints the outcome, and exits with 1 when something is wrong.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let mut options = CheckOptions {
        rederive: arguments.rederive,
        program: PROGRAM.to_owned(),
        anchors: anchors(&arguments.anchor)?,
        trusted: arguments.trust.trusted()?,
        ..CheckOptions::default()
    };
    let state = arguments.resume.as_deref();
    let state = state.map(|path| scrub(context, path)).transpose()?;
    if let Some(state) = &state {
        options.done = state.done().to_vec();
        options.anchors.extend(state.anchor().cloned());
    }
    let watch = Watch::new(context, state, arguments.rate);
    let outcome = check(&context.backend(), &options, &watch).map_err(|e| archive_error(&e))?;
    watch.bar.finish_and_clear();
    if let Some(state) = watch.scrub {
        state.complete().map_err(|e| archive_error(&e))?;
    }
    if arguments.record {
        let detail = serde_json::json!({
            "ok": outcome.ok, "findings": outcome.findings, "checked": outcome.checked, "program": PROGRAM,
        });
        let keys = context.keys(false)?;
        context
            .vault()?
            .record_verification(outcome.findings.len() as u64, detail, &keys, context.now)
            .map_err(|e| vault_error(&e))?;
    }
    let stated = statements(context, &arguments.statement)?;
    // Names in certificates are written by others.
    context
        .ui
        .outcome(&outcome, || crate::ui::printable(&describe(&outcome)))?;
    Ok(if outcome.ok && stated {
        Verdict::Done
    } else {
        Verdict::Negative
    })
}

/// Looks into what was stated, and says of each what came out; whether all hold.
fn statements(context: &Context, files: &[PathBuf]) -> Result<bool, CommandError> {
    let mut all = true;
    for path in files {
        let name = path.display();
        let bytes = std::fs::read(path).map_err(|e| CommandError::usage(format!("{name}: {e}")))?;
        let said = match context.vault()?.check_statement(&bytes) {
            Ok(statement) => format!(
                "{name}: holds: about {}, made {}, signed by the custodian's key {} over {} ledger entries\n  {}",
                statement.about,
                statement.made,
                statement.key,
                statement.size,
                statement.lines.join("\n  ")
            ),
            Err(error) => {
                all = false;
                format!("{name}: DOES NOT HOLD: {error}")
            }
        };
        context.ui.note(&crate::ui::printable(&said));
    }
    Ok(all)
}

/// Checks the demo's archive, with its rows against the originals.
///
/// # Errors
/// As the command.
pub fn demo(context: &Context) -> CommandResult {
    run(
        context,
        &Arguments {
            rederive: true,
            ..Arguments::default()
        },
    )
}

/// One finding as text.
pub(crate) fn describe_finding(finding: &Found) -> String {
    let Found {
        kind,
        place,
        expected,
        found,
        repair,
        records,
    } = finding;
    let records = records.as_ref();
    let records = records.map_or_else(String::new, |records| format!("  records   {records}\n"));
    format!(
        "FINDING {kind}\n  where     {place}\n{records}  expected  {expected}\n  found     {found}\n  to do     {repair}\n"
    )
}

/// The outcome as text.
fn describe(outcome: &CheckOutcome) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    // Writing into a String cannot fail.
    for finding in &outcome.findings {
        text.push_str(&describe_finding(finding));
    }
    for notice in &outcome.notices {
        let _ = writeln!(text, "notice {}: {}: {}", notice.kind, notice.place, notice.text);
    }
    for removed in &outcome.removed {
        let _ = writeln!(
            text,
            "removed by record: entry {} of {}: {} objects and {} documents; their roots and commitments stay",
            removed.entry, removed.time, removed.objects, removed.documents
        );
    }
    let checked = &outcome.checked;
    let _ = writeln!(
        text,
        "checked: {} ledger entries, {} objects of {}, {} records, {} segments",
        checked.entries,
        checked.objects,
        crate::ui::bytes(checked.bytes),
        checked.records,
        checked.segments
    );
    if let Some(rows) = checked.rows {
        let _ = writeln!(text, "derived again from the originals: {rows} rows");
    }
    let verdict = if outcome.ok {
        "nothing is wrong"
    } else {
        "SOMETHING IS WRONG"
    };
    let _ = writeln!(text, "{verdict}; ledger root {}", outcome.root);
    let _ = writeln!(text, "not shown by this check: {}", outcome.not_shown.join("; "));
    text
}
