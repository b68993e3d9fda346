//! `letopis search`

use std::io::{self, Write as _};

use clap::{Args, ValueEnum};
use letopis_event::time::format_rfc3339;
use letopis_reconstruct::{SearchRequest, search, table::RowView};

use crate::context::{Context, reconstruct_error};
use crate::error::{CommandResult, Verdict};
use crate::ui::{printable, stdout_is_terminal};

/// What to find.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// Words (all of them), "phrases", field:value, src_ip:10.0.0.0/8, time:2026-01..2026-02, status:>=500, word*,
    /// ~lookalike, /regex/, OR, NOT, brackets.
    #[arg(value_name = "QUERY")]
    query: String,
    /// Gives the number of matching records only.
    #[arg(long)]
    count: bool,
    /// How rows are written: `line` on a terminal, `ndjson` into a pipe unless said.
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Gives at most so many rows, the earliest; without it, all.
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Reads everything instead of asking the index first. The answer is the same.
    #[arg(long)]
    no_index: bool,
    /// Says how the index narrows the search, and finds nothing.
    #[arg(long)]
    explain: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Time, source and text of each record.
    Line,
    /// One JSON object a record, with all columns and `raw`.
    Ndjson,
}

/// Finds and prints.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let mut reading = context.reading(Some(&arguments.query), !arguments.no_index)?;
    let wrap = |e| reconstruct_error(&e);
    if arguments.explain {
        let plan = search::plan(&reading, &arguments.query).map_err(wrap)?;
        context.ui.outcome(&plan, || plan.join("\n"))?;
        reading.end("complete").map_err(wrap)?;
        return Ok(Verdict::Done);
    }
    if arguments.count {
        let count = search::count(&mut reading, &arguments.query).map_err(wrap)?;
        reading.end("complete").map_err(wrap)?;
        context.ui.out(&count.to_string())?;
        return Ok(Verdict::Done);
    }
    let request = SearchRequest {
        query: arguments.query.clone(),
        limit: arguments.limit,
    };
    let stream = search::rows(&reading, &request).map_err(wrap)?;
    let default = if stdout_is_terminal() {
        Format::Line
    } else {
        Format::Ndjson
    };
    let rows = match arguments.format.unwrap_or(default) {
        Format::Ndjson => reading.write_events(stream, io::stdout().lock()).map_err(wrap)?,
        Format::Line => {
            let mut out = io::stdout().lock();
            reading
                .each_event(stream, &mut |row, raw| writeln!(out, "{}", line(row, raw)))
                .map_err(wrap)?
        }
    };
    reading.end("complete").map_err(wrap)?;
    context.ui.note(&format!("{rows} records"));
    Ok(Verdict::Done)
}

/// `~2026-01-01T00:12:03+05:00  vpn  <event id>  text`
fn line(row: &RowView<'_>, raw: &str) -> String {
    let mut time = String::new();
    match row.time("time") {
        Some(micros) => {
            let offset = row
                .number("time_offset_min")
                .and_then(|m| i16::try_from(m).ok())
                .unwrap_or(0);
            format_rfc3339(micros, offset, &mut time);
        }
        None => time.push_str("(no time)"),
    }
    let mark = if row.text("time_basis") == Some("stated") {
        ' '
    } else {
        '~'
    };
    let text = printable(&raw.trim_end().replace('\n', " ⏎ "));
    format!(
        "{mark}{time}  {}  {}  {text}",
        printable(row.text("source").unwrap_or_default()),
        row.text("event_id").unwrap_or_default()
    )
}
