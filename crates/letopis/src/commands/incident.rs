//! `letopis incident`

use clap::{Args, Subcommand, ValueEnum};
use letopis_archive::holds::holds;
use letopis_event::Zone;
use letopis_event::time::rfc3339;
use letopis_reconstruct::case::Note;
use letopis_reconstruct::case::incident::{Incident, Party, Role, Standing, Step};
use letopis_reconstruct::incidents::{Register, incidents};
use letopis_reconstruct::moment;
use serde_json::json;

use crate::commands::review::put_on_record;
use crate::context::{Context, archive_error, person, reconstruct_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::reports::{self, Out};
use crate::ui::table;

/// The register of incidents: what was detected, who was told when, what was done, and the deadlines that run. Every line of
/// it is a ledger entry; none is changed later.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Opens an incident.
    Add(AddArguments),
    /// Somebody was told of it.
    Notify {
        /// The incident: its ledger entry, as `list` shows it.
        incident: u64,
        /// Who was told.
        #[arg(long, value_name = "PARTY", value_parser = party)]
        to: Party,
        /// With the list of data on the incident (KZ195-A2).
        #[arg(long)]
        list: bool,
        #[command(flatten)]
        said: Said,
    },
    /// Recommendations were given, or a measure was taken.
    Record {
        /// The incident.
        incident: u64,
        /// What it was.
        #[arg(value_enum)]
        what: What,
        #[command(flatten)]
        said: Said,
    },
    /// Materials of it are held.
    Materials {
        /// The incident.
        incident: u64,
        /// The hold: its ledger entry, as `letopis hold list` shows it.
        #[arg(long, value_name = "ENTRY")]
        hold: u64,
        #[command(flatten)]
        said: Said,
    },
    /// Causes and consequences are removed.
    Close {
        /// The incident.
        incident: u64,
        #[command(flatten)]
        said: Said,
    },
    /// Lists the incidents with their deadlines; one that is missing or was late makes the verdict negative.
    List {
        /// Closed ones whose deadlines were kept too.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        out: Out,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Recommendations (KZ195-10.1.6, KZ199-10.3.8).
    Recommendation,
    /// A measure (RU-PRIK-4.17).
    Measure,
}

/// When, what and by whom.
#[derive(Clone, Debug, Args)]
struct Said {
    /// When: RFC 3339, or local date and time in the archive's zone.
    #[arg(long, value_name = "TIME")]
    at: String,
    /// In words.
    #[arg(long, value_name = "TEXT")]
    text: String,
    /// Who says so; else the account at the keyboard.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

#[derive(Clone, Debug, Args)]
struct AddArguments {
    /// Whose register this is, and so whose deadlines run: owner, nkcib, ocib, ciio, gts, state-body.
    #[arg(long, value_name = "ROLE", default_value = "owner", value_parser = role)]
    role: Role,
    /// Somebody else found it.
    #[arg(long)]
    found_by_others: bool,
    /// When the notice of somebody else came.
    #[arg(long, value_name = "TIME")]
    told: Option<String>,
    /// A source that it is about; may be given several times.
    #[arg(long, value_name = "ID")]
    source: Vec<String>,
    #[command(flatten)]
    said: Said,
}

fn role(word: &str) -> Result<Role, String> {
    let known = || Role::ALL.map(Role::as_str).join(", ");
    let found = Role::ALL.into_iter().find(|role| role.as_str() == word);
    found.ok_or_else(|| format!("expected one of: {}", known()))
}

fn party(word: &str) -> Result<Party, String> {
    let known = || Party::ALL.map(Party::as_str).join(", ");
    let found = Party::ALL.into_iter().find(|party| party.as_str() == word);
    found.ok_or_else(|| format!("expected one of: {}", known()))
}

/// Records or lists.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match &arguments.action {
        Action::Add(add) => {
            let step = Step::Detected {
                role: add.role,
                own: !add.found_by_others,
                told: match &add.told {
                    Some(text) => Some(instant(context, "told", text)?),
                    None => None,
                },
                sources: add.source.clone(),
            };
            put(context, None, step, &add.said)
        }
        Action::Notify {
            incident,
            to,
            list,
            said,
        } => put(
            context,
            Some(*incident),
            Step::Notified { to: *to, list: *list },
            said,
        ),
        Action::Record { incident, what, said } => {
            let step = match what {
                What::Recommendation => Step::Recommendation,
                What::Measure => Step::Measure,
            };
            put(context, Some(*incident), step, said)
        }
        Action::Materials { incident, hold, said } => {
            let known = holds(&context.vault()?).map_err(|e| archive_error(&e))?;
            if !known.iter().any(|known| known.entry == *hold) {
                return Err(
                    CommandError::usage(format!("entry {hold} of the ledger is no hold"))
                        .hint("letopis hold list --all"),
                );
            }
            put(context, Some(*incident), Step::Materials { hold: *hold }, said)
        }
        Action::Close { incident, said } => put(context, Some(*incident), Step::Closed, said),
        Action::List { all, out } => list(context, *all, out),
    }
}

fn instant(context: &Context, name: &str, text: &str) -> Result<i64, CommandError> {
    let zone = context.vault()?.config().time_zone.parse().unwrap_or(Zone::UTC);
    let found = moment::parse_local(text, zone);
    let found = found.ok_or_else(|| {
        CommandError::usage(format!(
            "--{name}: `{text}` is no time; expected RFC 3339, or a local date and time"
        ))
    })?;
    if found > context.now {
        return Err(CommandError::usage(format!(
            "--{name}: {} lies after the present, {}",
            rfc3339(found),
            rfc3339(context.now)
        )));
    }
    Ok(found)
}

fn put(context: &Context, of: Option<u64>, step: Step, said: &Said) -> CommandResult {
    let at = instant(context, "at", &said.at)?;
    if let Some(of) = of {
        let known = incidents(&context.vault()?, context.now).map_err(|e| reconstruct_error(&e))?;
        let Some(incident) = known.iter().find(|known| known.case.entry == of) else {
            return Err(
                CommandError::usage(format!("entry {of} of the ledger opens no incident"))
                    .hint("letopis incident list --all"),
            );
        };
        if at < incident.case.detected {
            return Err(CommandError::usage(format!(
                "--at: {} lies before the detection, {}",
                rfc3339(at),
                rfc3339(incident.case.detected)
            )));
        }
        if let Some(closed) = incident.closed.filter(|_| step == Step::Closed) {
            return Err(CommandError::usage(format!(
                "incident {of} was closed at {} already",
                rfc3339(closed)
            )));
        }
    }
    let incident = Incident {
        of,
        step,
        at,
        text: said.text.trim().to_owned(),
        by: said.by.clone().unwrap_or_else(person),
    };
    put_on_record(context, Note::Incident(incident))
}

fn list(context: &Context, all: bool, out: &Out) -> CommandResult {
    reports::language(&out.lang)?;
    let vault = context.vault()?;
    let mut found = incidents(&vault, context.now).map_err(|e| reconstruct_error(&e))?;
    let is_bad = |one: &Register| {
        one.deadlines
            .iter()
            .any(|due| matches!(due.standing, Standing::Late | Standing::Missing))
    };
    found.retain(|one| all || one.closed.is_none() || is_bad(one));
    reports::write_keeping(context, out, &reports::incidents(context, &vault, &found))?;
    let outcome = json!({ "incidents": found });
    context.ui.outcome(&outcome, || describe(&found))?;
    Ok(match found.iter().any(is_bad) {
        true => Verdict::Negative,
        false => Verdict::Done,
    })
}

/// A step in words.
fn words(step: &Step) -> String {
    match step {
        Step::Notified { to, list } => {
            let list = if *list { " with the list of data" } else { "" };
            format!("told {}{list}", to.as_str())
        }
        Step::Materials { hold } => format!("materials held by entry {hold}"),
        other => other.as_str().to_owned(),
    }
}

fn describe(found: &[Register]) -> String {
    if found.is_empty() {
        return "no incident is open: letopis incident add, letopis incident list --all".to_owned();
    }
    let rows = found.iter().flat_map(|one| {
        let case = &one.case;
        let first = vec![
            case.entry.to_string(),
            rfc3339(case.detected),
            "detected".to_owned(),
            format!("{} ({})", case.text, case.role.as_str()),
        ];
        let steps = case.steps.iter().map(|(_, note)| {
            vec![
                String::new(),
                rfc3339(note.at),
                words(&note.step),
                format!("{} ({})", note.text, note.by),
            ]
        });
        let dues = one.deadlines.iter().map(|due| {
            let standing = match due.standing {
                Standing::Late => "LATE",
                Standing::Missing => "MISSING",
                other => other.as_str(),
            };
            vec![
                String::new(),
                due.until.clone(),
                format!("{}: {standing}", due.id),
                String::new(),
            ]
        });
        std::iter::once(first)
            .chain(steps)
            .chain(dues)
            .collect::<Vec<_>>()
    });
    table(&["incident", "time", "what", ""], rows)
}
