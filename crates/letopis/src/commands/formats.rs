//! `letopis formats`

use clap::Args;
use letopis_archive::intake::FORMATS;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Verdict};
use crate::ui::table;

/// Which format to show.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// Shows one format with its reference and kinds.
    name: Option<String>,
}

/// Lists all formats, or shows one.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let chosen: Vec<_> = match &arguments.name {
        None => FORMATS.iter().collect(),
        Some(name) => {
            let found = FORMATS.iter().find(|f| f.name == name);
            vec![found.ok_or_else(|| {
                CommandError::usage(format!("no format is called `{name}`")).hint("letopis formats")
            })?]
        }
    };
    let list: Vec<_> = chosen
        .iter()
        .map(|f| {
            json!({
                "name": f.name,
                "title": f.title,
                "reference": f.reference,
                "category": f.category.map(letopis_event::Category::as_str),
                "kinds": f.kinds.iter().map(|k| k.as_str()).collect::<Vec<_>>(),
            })
        })
        .collect();
    context.ui.outcome(&list, || {
        if arguments.name.is_some() {
            let f = chosen[0];
            let kinds: Vec<_> = f.kinds.iter().map(|k| k.as_str()).collect();
            return format!(
                "{}\n{}\n{}\nkinds: {}",
                f.name,
                f.title,
                f.reference,
                kinds.join(", ")
            );
        }
        table(
            &["name", "title"],
            chosen.iter().map(|f| vec![f.name.to_owned(), f.title.to_owned()]),
        )
    })?;
    Ok(Verdict::Done)
}
