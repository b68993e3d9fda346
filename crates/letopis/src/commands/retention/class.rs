//! `letopis retention class`

use clap::{Args, Subcommand};
use letopis_archive::register;
use letopis_archive::retention::{Class, Ground};
use serde_json::json;

use crate::context::{Context, archive_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::ui::table;

/// Retention classes: for how many months, on what ground. The source list names them (column `class`).
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Adds a class.
    Add {
        /// Its name.
        id: String,
        /// Calendar months; six at least, sixty for materials of inquiries.
        #[arg(long, value_name = "N")]
        months: u32,
        /// On what ground: risk-analysis, contract, law, inquiry.
        #[arg(long, value_parser = ground)]
        ground: Ground,
        /// The analysis, contract or law by name.
        #[arg(long, value_name = "TEXT")]
        basis: String,
        /// Counts from the times that records state themselves, for this reason; else from the intake.
        #[arg(long, value_name = "REASON")]
        from_event_times: Option<String>,
        /// Second copies that must hold an object before it may be removed.
        #[arg(long, value_name = "N", default_value_t = 0)]
        copies: u32,
    },
    /// Changes a class.
    Edit {
        /// Its name.
        id: String,
        /// Calendar months.
        #[arg(long, value_name = "N")]
        months: Option<u32>,
        /// On what ground: risk-analysis, contract, law, inquiry.
        #[arg(long, value_parser = ground)]
        ground: Option<Ground>,
        /// The analysis, contract or law by name.
        #[arg(long, value_name = "TEXT")]
        basis: Option<String>,
        /// Counts from the times that records state themselves, for this reason.
        #[arg(long, value_name = "REASON", conflicts_with = "from_intake")]
        from_event_times: Option<String>,
        /// Counts from the intake.
        #[arg(long)]
        from_intake: bool,
        /// Second copies that must hold an object before it may be removed; 0 for none.
        #[arg(long, value_name = "N")]
        copies: Option<u32>,
    },
    /// Ends a class: no source may name it any more.
    Retire {
        /// Its name.
        id: String,
    },
    /// Lists the classes.
    List,
}

fn ground(word: &str) -> Result<Ground, String> {
    Ground::parse(word).ok_or_else(|| "expected risk-analysis, contract, law or inquiry".to_owned())
}

/// Lists or changes.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let register = register::in_force(&context.vault()?).map_err(|e| archive_error(&e))?;
    let mut classes = register.classes().to_vec();
    match &arguments.action {
        Action::List => {
            list(context, &classes)?;
            return Ok(Verdict::Done);
        }
        Action::Add {
            id,
            months,
            ground,
            basis,
            from_event_times,
            copies,
        } => classes.push(Class {
            id: id.clone(),
            months: *months,
            ground: *ground,
            basis: basis.clone(),
            from_event_times: from_event_times.clone(),
            copies: *copies,
            retired: false,
        }),
        Action::Retire { id } => find(&mut classes, id)?.retired = true,
        Action::Edit {
            id,
            months,
            ground,
            basis,
            from_event_times,
            from_intake,
            copies,
        } => {
            let class = find(&mut classes, id)?;
            class.months = months.unwrap_or(class.months);
            class.copies = copies.unwrap_or(class.copies);
            class.ground = ground.unwrap_or(class.ground);
            if let Some(basis) = basis {
                class.basis.clone_from(basis);
            }
            if *from_intake || from_event_times.is_some() {
                class.from_event_times.clone_from(from_event_times);
            }
        }
    }
    put(context, classes)?;
    Ok(Verdict::Done)
}

fn find<'c>(classes: &'c mut [Class], id: &str) -> Result<&'c mut Class, CommandError> {
    let class = classes.iter_mut().find(|class| class.id == id);
    class.ok_or_else(|| {
        CommandError::usage(format!("no retention class `{id}`")).hint("letopis retention class list")
    })
}

fn put(context: &Context, classes: Vec<Class>) -> Result<(), CommandError> {
    let count = classes.len();
    let about = context.about();
    let writer = context.writer()?;
    let changed = register::put_classes_in_force(&writer, classes, Some(about), context.now)
        .map_err(|e| archive_error(&e))?;
    let outcome = json!({ "changed": changed, "classes": count });
    context.ui.outcome(&outcome, || match changed {
        true => format!("retention classes in force: {count}"),
        false => "nothing changed: the classes in force say the same".to_owned(),
    })?;
    Ok(())
}

fn list(context: &Context, classes: &[Class]) -> Result<(), CommandError> {
    context.ui.outcome(&classes, || {
        let rows = classes.iter().map(|class| {
            vec![
                class.id.clone(),
                class.months.to_string(),
                class.ground.as_str().to_owned(),
                class.basis.clone(),
                class
                    .from_event_times
                    .as_ref()
                    .map_or_else(|| "intake".to_owned(), |why| format!("event times: {why}")),
                class.copies.to_string(),
                if class.retired { "retired" } else { "" }.to_owned(),
            ]
        });
        table(
            &[
                "class",
                "months",
                "ground",
                "basis",
                "counted from",
                "second copies",
                "state",
            ],
            rows,
        )
    })?;
    Ok(())
}
