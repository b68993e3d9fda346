//! `letopis hold`

use clap::{Args, Subcommand};
use letopis_archive::holds::{self, Hold, HoldTerms};
use letopis_archive::retention::Selection;
use letopis_archive::vault::{Sha256, Vault};
use letopis_event::Zone;
use letopis_event::time::rfc3339;
use letopis_reconstruct::expiry::selected;
use letopis_reconstruct::inquiry::{Inquiry, inquiries};
use letopis_reconstruct::moment;
use serde::Serialize;
use serde_json::json;

use crate::context::{Context, archive_error, reconstruct_error, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::ui::table;

/// Holds: what may not be removed, whatever its term, until it is released. With --case, what was held is material of an
/// inquiry, and is kept for five years more after the release.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Holds records: those of a source, of a stretch of time, that a search finds, or that are cited. What is said
    /// together must hold together; records that come later and fit are held too.
    Add(AddArguments),
    /// Releases a hold.
    Release {
        /// The hold: its ledger entry, as `list` shows it.
        hold: u64,
        #[command(flatten)]
        order: Order,
    },
    /// Lists the holds in force.
    List {
        /// Released ones too.
        #[arg(long)]
        all: bool,
    },
}

/// Who orders it, and why.
#[derive(Clone, Debug, Args)]
struct Order {
    /// Who orders it: an office, an order by number and date.
    #[arg(long, value_name = "TEXT")]
    authority: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Clone, Debug, Args)]
struct AddArguments {
    #[command(flatten)]
    order: Order,
    /// Records of this source.
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// Records from this time on: RFC 3339, or a date or local time in the archive's zone.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Records before this time.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Records that this search finds.
    #[arg(long, value_name = "QUERY")]
    query: Option<String>,
    /// A record by its citation, besides the rest; may be given several times.
    #[arg(long, value_name = "EVENT_ID")]
    record: Vec<String>,
}

/// Holds, releases, lists.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match &arguments.action {
        Action::Add(add) => hold(context, add)?,
        Action::Release { hold, order } => release(context, *hold, order)?,
        Action::List { all } => list(context, *all)?,
    }
    Ok(Verdict::Done)
}

fn hold(context: &Context, add: &AddArguments) -> Result<(), CommandError> {
    let vault = context.vault()?;
    let zone = vault.config().time_zone.parse().unwrap_or(Zone::UTC);
    let instant = |name: &str, text: &Option<String>| {
        let parse = |text: &String| {
            moment::parse_local(text, zone).ok_or_else(|| {
                CommandError::usage(format!(
                    "--{name}: `{text}` is no time; expected RFC 3339, a date, or a local date and time"
                ))
            })
        };
        text.as_ref().map(parse).transpose()
    };
    let terms = HoldTerms {
        authority: add.order.authority.trim().to_owned(),
        reason: add.order.reason.trim().to_owned(),
        case: context.global.case.clone(),
        selection: Selection {
            source: add.source.clone(),
            from: instant("from", &add.from)?,
            to: instant("to", &add.to)?,
            query: add.query.clone(),
            records: add.record.clone(),
        },
    };
    let unfit = |error: letopis_archive::retention::SelectionError| CommandError::usage(error.to_string());
    terms.selection.check().map_err(unfit)?;
    let mut reading = context.reading(terms.selection.query.as_deref(), true)?;
    let found = selected(&mut reading, &terms.selection).map_err(|e| reconstruct_error(&e))?;
    let objects = entries_of(reading.vault(), &found)?;
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    drop(reading);
    let writer = context.writer()?;
    let entry = holds::hold(&writer, &terms, &objects, context.about(), context.now)
        .map_err(|e| archive_error(&e))?;
    let outcome = json!({ "hold": entry, "objects": objects.len() });
    context.ui.outcome(&outcome, || match objects.len() {
        0 => {
            format!("hold {entry}: nothing here falls under it now; what comes later and does, will be held")
        }
        found => format!("hold {entry}: {found} objects fall under it now, and what comes later and fits"),
    })?;
    Ok(())
}

/// Ledger entries of objects by their SHA-256, hex.
pub(crate) fn entries_of<'a>(
    vault: &Vault,
    objects: impl IntoIterator<Item = &'a String>,
) -> Result<Vec<u64>, CommandError> {
    let mut entries = Vec::new();
    for object in objects {
        let info = match Sha256::from_hex(object) {
            Some(sha256) => vault.object_by_sha256(&sha256).map_err(|e| vault_error(&e))?,
            None => None,
        };
        entries.extend(info.map(|info| info.seq));
    }
    entries.sort_unstable();
    Ok(entries)
}

fn release(context: &Context, hold: u64, order: &Order) -> Result<(), CommandError> {
    let writer = context.writer()?;
    let said = (order.authority.trim(), order.reason.trim());
    let entry = holds::release(&writer, hold, said, &context.about(), context.now)
        .map_err(|e| archive_error(&e).hint("letopis hold list --all"))?;
    let outcome = json!({ "release": entry, "hold": hold });
    context
        .ui
        .outcome(&outcome, || format!("hold {hold} is released by entry {entry}"))?;
    Ok(())
}

/// What a hold is about, in words.
pub(crate) fn selection(of: &Selection) -> String {
    let mut says = Vec::new();
    says.extend(of.source.as_ref().map(|source| format!("source {source}")));
    says.extend(of.from.map(|from| format!("from {}", rfc3339(from))));
    says.extend(of.to.map(|to| format!("before {}", rfc3339(to))));
    says.extend(of.query.as_ref().map(|query| format!("search `{query}`")));
    if !of.records.is_empty() {
        says.push(format!("{} records by citation", of.records.len()));
    }
    says.join(", ")
}

/// A hold, and how the materials of its case stand, where it is for one.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    hold: Hold,
    inquiry: Option<Inquiry>,
}

fn materials(inquiry: &Inquiry) -> String {
    let until = match &inquiry.kept_until {
        Some(day) => format!("kept until {day}"),
        None => "kept while it is held, and five years more".to_owned(),
    };
    match inquiry.gone.len() {
        0 => until,
        gone => format!("{until}; {gone} OBJECTS WERE REMOVED BEFORE"),
    }
}

fn list(context: &Context, all: bool) -> Result<(), CommandError> {
    let vault = context.vault()?;
    let mut holds = holds::holds(&vault).map_err(|e| archive_error(&e))?;
    holds.retain(|hold| all || hold.released.is_none());
    let mut inquiries = inquiries(&vault).map_err(|e| reconstruct_error(&e))?;
    let listed: Vec<Listed> = holds
        .into_iter()
        .map(|hold| {
            let at = inquiries.iter().position(|inquiry| inquiry.hold == hold.entry);
            let inquiry = at.map(|at| inquiries.swap_remove(at));
            Listed { hold, inquiry }
        })
        .collect();
    context.ui.outcome(&listed, || {
        let row = |Listed { hold, inquiry }: &Listed| {
            vec![
                hold.entry.to_string(),
                rfc3339(hold.time),
                selection(&hold.terms.selection),
                hold.objects.len().to_string(),
                hold.terms.case.clone().unwrap_or_default(),
                hold.terms.authority.clone(),
                hold.terms.reason.clone(),
                hold.released.as_ref().map_or_else(String::new, |release| {
                    format!(
                        "{} by {}: {}",
                        rfc3339(release.time),
                        release.authority,
                        release.reason
                    )
                }),
                inquiry.as_ref().map_or_else(String::new, materials),
            ]
        };
        table(
            &[
                "hold",
                "since",
                "about",
                "objects then",
                "case",
                "authority",
                "reason",
                "released",
                "materials of the case",
            ],
            listed.iter().map(row),
        )
    })?;
    Ok(())
}
