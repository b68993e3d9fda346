//! `letopis retention plan` and `letopis retention apply`

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use letopis_archive::holds::holds;
use letopis_archive::removal::{self, Facts, Order, Plan, Removed};
use letopis_archive::retention::{Keeps, Selection, Term};
use letopis_reconstruct::Reading;
use letopis_reconstruct::expiry::{figures, selected};
use serde_json::json;

use crate::commands::hold::entries_of;
use crate::context::{Context, PROGRAM, archive_error, person, reconstruct_error, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::reports;
use crate::ui::table;

/// What may be removed today, and what keeps the rest. Removes nothing.
#[derive(Clone, Debug, Args)]
pub struct PlanArguments {
    /// Writes the plan into this file, for review and for `retention apply`.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Writes the plan as a report (HTML, CSV, XLSX) into this folder.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Language of the report.
    #[arg(long, value_name = "LANG", default_value = "en")]
    lang: String,
}

/// Removes for good what a plan names, as long as the plan is still true.
#[derive(Clone, Debug, Args)]
pub struct ApplyArguments {
    /// The plan, as `retention plan -o FILE` wrote it.
    plan: PathBuf,
    /// Who ordered the removal: an office, an order by number and date.
    #[arg(long, value_name = "TEXT")]
    authority: String,
}

/// Makes a plan.
pub fn plan(context: &Context, arguments: &PlanArguments) -> CommandResult {
    let mut reading = context.reading(None, true)?;
    let plan = made(&mut reading, context.now)?;
    if let Some(folder) = &arguments.report {
        let page = reports::removal(context, &reading, &plan);
        reports::write(context, folder, "removal", &arguments.lang, &page)?;
    }
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    if let Some(path) = &arguments.output {
        let mut text = serde_json::to_string_pretty(&plan)
            .map_err(|e| CommandError::environment(format!("the plan: {e}")))?;
        text.push('\n');
        std::fs::write(path, text)
            .map_err(|e| CommandError::environment(format!("{}: {e}", path.display())))?;
    }
    context.ui.outcome(&plan, || describe(&plan, arguments))?;
    Ok(Verdict::Done)
}

/// The plan that the archive gives for a moment.
fn made(reading: &mut Reading, now: i64) -> Result<Plan, CommandError> {
    let failed = |e| reconstruct_error(&e);
    let figures = figures(reading).map_err(failed)?;
    let mut found: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for hold in holds(reading.vault()).map_err(|e| archive_error(&e))? {
        // What was cited stands among the objects that the hold found when it was made.
        let rule = Selection {
            records: Vec::new(),
            ..hold.terms.selection
        };
        if rule.is_by_rule() {
            let objects = selected(reading, &rule).map_err(failed)?;
            let entries = entries_of(reading.vault(), &objects)?;
            found.insert(hold.entry, entries.into_iter().collect());
        }
    }
    let facts = Facts {
        figures: &figures,
        found: &found,
        now,
    };
    removal::plan(reading.vault(), &facts).map_err(|e| archive_error(&e))
}

/// Applies a plan.
pub fn apply(context: &Context, arguments: &ApplyArguments) -> CommandResult {
    let place = arguments.plan.display();
    let authority = arguments.authority.trim();
    if authority.is_empty() {
        return Err(CommandError::usage(
            "--authority: who ordered the removal must be said",
        ));
    }
    let bytes = std::fs::read(&arguments.plan).map_err(|e| CommandError::usage(format!("{place}: {e}")))?;
    let plan: Plan = serde_json::from_slice(&bytes)
        .map_err(|e| CommandError::usage(format!("{place}: this is no plan of removal: {e}")))?;
    let refused = |e| archive_error(&e).hint("letopis retention plan -o FILE makes one anew");
    removal::still_true(&context.vault()?, &plan, context.now).map_err(refused)?;
    let mut reading = context.reading(None, true)?;
    let anew = made(&mut reading, plan.made)?;
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    drop(reading);
    plan.agrees(&anew).map_err(refused)?;
    let writer = context.writer()?;
    // Under the lock: nobody else writes from here on.
    removal::nothing_since(&writer.vault(), plan.size).map_err(refused)?;
    let about = json!({
        "plan": { "sha256": removal::digest(&bytes), "made": plan.made, "entries": plan.size },
        "operator": person(), "program": PROGRAM, "command": context.command,
    });
    let order = Order {
        objects: &plan.objects(),
        authority,
        about,
        now: context.now,
    };
    let removed = removal::remove(&writer, &order).map_err(|e| archive_error(&e))?;
    let second = writer.vault().second_copies().map_err(|e| vault_error(&e))?;
    let second: Vec<String> = second
        .into_iter()
        .filter(|copy| copy.retired.is_none())
        .map(|copy| copy.name)
        .collect();
    let outcome = json!({
        "entry": removed.entry,
        "authority": authority,
        "objects": removed.objects,
        "records": removed.records,
        "bytes": removed.bytes,
        "segments": removed.segments,
        "documents": removed.documents,
        "copies": plan.copies,
        "second_copies": second,
        "limits": LIMITS,
        "checkpoint": { "size": removed.receipt.size, "root": removed.receipt.root.to_string() },
    });
    context
        .ui
        .outcome(&outcome, || report(&removed, &plan, authority, &second))?;
    Ok(Verdict::Done)
}

/// What a removal does not reach.
const LIMITS: [&str; 4] = [
    "Backups and snapshots of the archive's directory, of the machine or of its disk are not reached: remove there too.",
    "Flash media and file systems that keep old blocks may hold the bytes until they are written over.",
    "Exports, reports, bundles and plans that were written hold what they held; a plan names the files.",
    "Access records, holds, notes and commands as they were typed stay with what they say: citations in them have 80 \
     bits of an object's SHA-256.",
];

fn copies(plan: &Plan) -> String {
    let mut text = String::new();
    for copy in &plan.copies {
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "  Working copy {} for {}, handed out {}: it has everything that the archive had then.",
            copy.copy,
            copy.holder
                .as_deref()
                .unwrap_or("somebody whose name was removed"),
            copy.since
        );
    }
    text
}

fn report(removed: &Removed, plan: &Plan, authority: &str, second: &[String]) -> String {
    let mut text = format!(
        "removed by record: entry {} on the authority of {authority}: {} objects, {} records, {} bytes of originals, \
         {} segments, {} documents\nWhat is not reached:\n",
        removed.entry, removed.objects, removed.records, removed.bytes, removed.segments, removed.documents
    );
    text.push_str(&copies(plan));
    for name in second {
        let _ = writeln!(
            text,
            "  Second copy {name}: it has what was removed until letopis copy sync is run for it."
        );
    }
    for limit in LIMITS {
        let _ = writeln!(text, "  {limit}");
    }
    text
}

fn term(term: &Term) -> String {
    let source = term.source.as_deref().unwrap_or("no record");
    let class = term
        .class
        .as_ref()
        .map_or_else(String::new, |class| format!(", class {class}"));
    format!("{source}: {} months from {}{class}", term.months, term.counted)
}

fn keeps(reason: &Keeps) -> String {
    match reason {
        Keeps::Term {
            term: own,
            removable_from,
        } => match removable_from {
            Some(day) => format!("{}, to be kept until {day}", term(own)),
            None => format!("{}, to be kept for ever", term(own)),
        },
        Keeps::Hold { hold } => format!("hold {hold}"),
        Keeps::Inquiry { hold, removable_from } => {
            format!("material of an inquiry (hold {hold}), to be kept until {removable_from}")
        }
        Keeps::NoSecondCopy { copies } => format!(
            "second copies demanded: {}, holding it whole: {}",
            copies.demanded, copies.held
        ),
        Keeps::With { object } => format!("belongs to the object of entry {object}, which stays"),
    }
}

fn describe(plan: &Plan, arguments: &PlanArguments) -> String {
    let joined = |texts: Vec<String>| texts.join("; ");
    let mut text = String::new();
    if !plan.remove.is_empty() {
        text.push_str("May go:\n");
        let rows = plan.remove.iter().map(|going| {
            vec![
                going.entry.to_string(),
                going.path.clone(),
                going.format.clone().unwrap_or_default(),
                going.records.to_string(),
                going.bytes.to_string(),
                joined(going.terms.iter().map(term).collect()),
            ]
        });
        text.push_str(&table(
            &[
                "entry",
                "path",
                "format",
                "records",
                "bytes",
                "terms that are over",
            ],
            rows,
        ));
    }
    if !plan.keep.is_empty() {
        text.push_str("\nExpired and kept:\n");
        let rows = plan.keep.iter().map(|staying| {
            vec![
                staying.entry.to_string(),
                staying.path.clone(),
                staying.bytes.to_string(),
                joined(staying.keeps.iter().map(keeps).collect()),
            ]
        });
        text.push_str(&table(&["entry", "path", "bytes", "kept by"], rows));
    }
    let _ = write!(
        text,
        "\nAs of {} in {}, no term under {} calendar months: {} objects may go, with {} records and {} bytes of \
         originals ({} on the medium, tables besides); {} have expired and stay; {} have not expired.\nLedger of {} \
         entries, root {}.\nWhat a removal does not reach:\n",
        plan.day,
        plan.zone,
        plan.floor_months,
        plan.won.objects,
        plan.won.records,
        plan.won.bytes,
        plan.won.stored,
        plan.keep.len(),
        plan.waiting.objects,
        plan.size,
        plan.root
    );
    text.push_str(&copies(plan));
    for limit in LIMITS {
        let _ = writeln!(text, "  {limit}");
    }
    let _ = match &arguments.output {
        Some(path) => writeln!(
            text,
            "Nothing was removed. To remove: letopis retention apply {} --authority TEXT",
            path.display()
        ),
        None => writeln!(text, "Nothing was removed. To keep the plan: -o FILE"),
    };
    text
}
