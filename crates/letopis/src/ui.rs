//! The only place that writes to the terminal: data to stdout, everything else to stderr.

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::time::Duration;

use comfy_table::{ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
pub use letopis_report::printable;
use serde::Serialize;

/// How this run speaks.
#[derive(Clone, Copy, Debug)]
pub struct Ui {
    /// Whether the outcome goes out as one JSON object.
    pub json: bool,
    /// Whether anything but data is wanted.
    pub quiet: bool,
}

impl Ui {
    /// A line for people, on stderr.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{}", printable(text));
        }
    }

    /// Text that is the command's answer, on stdout.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn out(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        out.flush()
    }

    /// The outcome as JSON where that was asked, as the given text otherwise.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn outcome<T: Serialize>(&self, outcome: &T, text: impl FnOnce() -> String) -> io::Result<()> {
        if self.json {
            let mut out = BufWriter::new(io::stdout().lock());
            serde_json::to_writer(&mut out, outcome)?;
            out.write_all(b"\n")?;
            out.flush()
        } else {
            self.out(&text())
        }
    }

    /// A bar over bytes, drawn on a terminal only.
    pub fn byte_bar(&self, total: u64) -> ProgressBar {
        self.bar(
            total,
            "{bytes}/{total_bytes} {bar:30} {bytes_per_sec} {eta} {wide_msg}",
        )
    }

    fn bar(&self, total: u64, template: &str) -> ProgressBar {
        if self.quiet || self.json || !io::stderr().is_terminal() {
            return ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
        }
        let bar = ProgressBar::new(total);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }
}

/// Whether stdout is a terminal: tables there, ndjson into a pipe.
pub fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// A table for people.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    if !stdout_is_terminal() {
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    table.set_header(header.iter().copied());
    for row in rows {
        table.add_row(row.iter().map(|cell| printable(cell)).collect::<Vec<_>>());
    }
    table.to_string()
}

/// A number of bytes for people.
pub fn bytes(number: u64) -> String {
    indicatif::BinaryBytes(number).to_string()
}
