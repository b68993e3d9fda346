//! `letopis sufficiency`

use std::collections::BTreeMap;

use clap::Args;
use letopis_archive::intake::FORMATS;
use letopis_reconstruct::comply::sufficiency::State;
use letopis_reconstruct::{Sufficiency, SufficiencyRequest, sufficiency};
use letopis_report::{Catalogue, Language, Message};

use crate::context::{Context, reconstruct_error};
use crate::error::{CommandResult, Verdict};
use crate::reports::{self, Out};
use crate::ui::table;

/// Which events and fields each source must show, by the regulations and by the logging policy in force, and which it
/// showed. What the policy asks and was not seen makes the verdict negative.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// Only this source.
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// Only regulations whose id begins like this: KZ195, RU-PRIK.
    #[arg(long, value_name = "ID")]
    profile: Option<String>,
    /// Calendar months back; else those that the archive is set to keep.
    #[arg(long, value_name = "N")]
    months: Option<u32>,
    #[command(flatten)]
    out: Out,
}

/// Looks, writes the page where one is wanted, and prints.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let language = reports::language(&arguments.out.lang)?;
    let kinds = |format: &&letopis_archive::intake::Format| (format.name.to_owned(), format.kinds.to_vec());
    let request = SufficiencyRequest {
        source: arguments.source.clone(),
        profile: arguments.profile.clone(),
        months: arguments.months,
        kinds_of_formats: FORMATS.iter().map(kinds).collect::<BTreeMap<_, _>>(),
    };
    let mut reading = context.reading(None, true)?;
    let found = sufficiency(&mut reading, &request).map_err(|e| reconstruct_error(&e))?;
    let page = reports::sufficiency(context, &reading, &found, &arguments.out.lang);
    reports::write_keeping(context, &arguments.out, &page)?;
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    context.ui.outcome(&found, || describe(&found, language))?;
    let short = |state: State, by_policy: bool| by_policy && state != State::Seen;
    let events = found.sources.iter().flat_map(|source| &source.events);
    Ok(
        match events
            .into_iter()
            .any(|event| short(event.state, event.by_policy))
        {
            true => Verdict::Negative,
            false => Verdict::Done,
        },
    )
}

fn describe(found: &Sufficiency, language: Language) -> String {
    let catalogue = Catalogue::new(language);
    let rows = found.sources.iter().flat_map(|source| {
        source.events.iter().map(|event| {
            let state = match event.state {
                State::Seen => "state-seen",
                State::Never => "state-never",
                State::Cannot => "state-cannot",
            };
            vec![
                source.source.clone(),
                event.clause.clone(),
                event.what.clone(),
                catalogue.text(&Message::id(state)),
                event.count.to_string(),
                event.example.clone().unwrap_or_default(),
                if event.by_policy {
                    catalogue.text(&Message::id("by-policy"))
                } else {
                    String::new()
                },
            ]
        })
    });
    let fields = found.sources.iter().flat_map(|source| {
        let asked = source.fields.iter().filter(|field| field.asked > 0);
        asked.map(|field| {
            vec![
                source.source.clone(),
                field.clause.clone(),
                field.columns.join(", "),
                format!("{} / {}", field.filled, field.asked),
                reports::share(field.filled, field.asked),
            ]
        })
    });
    format!(
        "{}\n\n{}",
        table(
            &[
                "source",
                "clause",
                "looked for",
                "found",
                "records",
                "example",
                "policy"
            ],
            rows
        ),
        table(&["source", "clause", "columns", "filled", "share"], fields)
    )
}
