//! `letopis show`

use std::fmt::Write as _;

use clap::Args;
use letopis_event::EventId;
use letopis_reconstruct::{Shown, show};

use crate::context::{Context, reconstruct_error};
use crate::error::{CommandResult, Verdict};
use crate::ui::printable;

/// Which record.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// The record, as searches and reports cite it.
    #[arg(value_name = "EVENT_ID")]
    event_id: EventId,
    /// Records to show before and after it.
    #[arg(long, default_value_t = 0, value_name = "N")]
    context: u64,
}

/// Shows it.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let mut reading = context.reading(Some(&arguments.event_id.to_string()), true)?;
    let shown =
        show(&mut reading, arguments.event_id, arguments.context).map_err(|e| reconstruct_error(&e))?;
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    context.ui.outcome(&shown, || describe(&shown))?;
    Ok(Verdict::Done)
}

fn describe(shown: &Shown) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    if let Some(notice) = &shown.notice {
        let _ = writeln!(text, "Note: {notice}");
    }
    let _ = writeln!(
        text,
        "record   {} (number {} of its object)",
        shown.event_id,
        shown.record + 1
    );
    for path in &shown.paths {
        let _ = writeln!(text, "file     {}", printable(path));
    }
    let line = shown.line.map_or_else(String::new, |l| format!(", line {l}"));
    let _ = writeln!(
        text,
        "place    byte {}, {} bytes{line}",
        shown.offset, shown.length
    );
    let _ = writeln!(text, "object   {}\n", shown.object);
    for (id, raw) in &shown.before {
        let _ = writeln!(text, "  {id}  {}", printable(raw.trim_end()));
    }
    let _ = writeln!(
        text,
        "> {}",
        printable(shown.raw.trim_end()).replace('\n', "\n> ")
    );
    for (id, raw) in &shown.after {
        let _ = writeln!(text, "  {id}  {}", printable(raw.trim_end()));
    }
    text.push('\n');
    let fixed = ["event_id", "object", "byte_offset", "byte_length", "line"];
    for (name, value) in shown.columns.iter().filter(|(n, _)| !fixed.contains(&n.as_str())) {
        let _ = writeln!(text, "{name:18} {}", printable(value));
    }
    for (name, value) in &shown.attrs {
        let _ = writeln!(text, "  {name:16} {}", printable(value));
    }
    text
}
