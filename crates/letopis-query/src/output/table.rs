//! Aligned columns for a terminal.

use std::io::{self, Write};

use arrow::datatypes::Schema;
use arrow::record_batch::RecordBatch;
use unicode_width::UnicodeWidthStr as _;

use super::cell::{Cell, cell, is_number, steers};
use super::json::push_cell;

/// Rows that widths are taken from.
const MEASURED_ROWS: usize = 1_000;
/// Widest a column is made; a wider cell stands as it is and pushes the rest of its row.
const WIDEST: usize = 60;

/// Holds the first rows back until widths are known, then streams.
pub(super) struct TableWriter<W: Write> {
    out: W,
    names: Vec<String>,
    right: Vec<bool>,
    held: Vec<Vec<String>>,
    /// Set once the header is written.
    widths: Option<Vec<usize>>,
}

impl<W: Write> TableWriter<W> {
    pub(super) fn new(schema: &Schema, out: W) -> Self {
        Self {
            out,
            names: schema.fields().iter().map(|f| visible(f.name())).collect(),
            right: schema.fields().iter().map(|f| is_number(f.data_type())).collect(),
            held: Vec::new(),
            widths: None,
        }
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        for row in 0..batch.num_rows() {
            let cells: Vec<String> = batch.columns().iter().map(|c| text(c.as_ref(), row)).collect();
            if self.widths.is_some() {
                self.line(&cells)?;
                continue;
            }
            self.held.push(cells);
            if self.held.len() >= MEASURED_ROWS {
                self.begin()?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        if self.widths.is_none() {
            self.begin()?;
        }
        self.out.flush()?;
        Ok(self.out)
    }

    fn begin(&mut self) -> io::Result<()> {
        let mut widths: Vec<usize> = self.names.iter().map(|n| n.width()).collect();
        for cells in &self.held {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(cell.width()).min(WIDEST);
            }
        }
        let rule: Vec<String> = widths.iter().map(|w| "-".repeat(*w)).collect();
        self.widths = Some(widths);
        let names = std::mem::take(&mut self.names);
        self.line(&names)?;
        self.line(&rule)?;
        for cells in std::mem::take(&mut self.held) {
            self.line(&cells)?;
        }
        Ok(())
    }

    fn line(&mut self, cells: &[String]) -> io::Result<()> {
        let mut line = String::new();
        let widths = self.widths.as_deref().unwrap_or_default();
        for (position, ((cell, width), right)) in cells.iter().zip(widths).zip(&self.right).enumerate() {
            if position > 0 {
                line.push_str("  ");
            }
            let filling = " ".repeat(width.saturating_sub(cell.width()));
            if *right {
                line.push_str(&filling);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.push_str(&filling);
            }
        }
        line.truncate(line.trim_end_matches(' ').len());
        line.push('\n');
        self.out.write_all(line.as_bytes())
    }
}

fn text(array: &dyn arrow::array::Array, row: usize) -> String {
    match cell(array, row) {
        Cell::None => "-".to_owned(),
        Cell::Text("-") => "\"-\"".to_owned(),
        Cell::Text(text) => visible(text),
        Cell::Made(text) | Cell::Plain(text) => visible(&text),
        Cell::List(_) | Cell::Map(_) | Cell::Struct(..) => {
            let mut json = String::new();
            push_cell(array, row, &mut json);
            json
        }
    }
}

/// Text in which nothing steers the terminal.
fn visible(text: &str) -> String {
    use std::fmt::Write as _;
    if !text.contains(steers) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        // Writing into a String can not fail.
        let _ = match c {
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            c if steers(c) && c.is_ascii() => write!(out, "\\x{:02x}", u32::from(c)),
            c if steers(c) => write!(out, "\\u{{{:x}}}", u32::from(c)),
            c => write!(out, "{c}"),
        };
    }
    out
}
