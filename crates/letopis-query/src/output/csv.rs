//! Comma-separated values (RFC 4180).

use std::io::{self, Write};

use arrow::datatypes::Schema;
use arrow::record_batch::RecordBatch;

use super::cell::{Cell, cell};
use super::json::push_cell;

/// Writes a header and one line a row, ended by CR LF.
pub(super) struct CsvWriter<W: Write> {
    out: W,
    line: String,
}

impl<W: Write> CsvWriter<W> {
    pub(super) fn new(schema: &Schema, mut out: W) -> io::Result<Self> {
        let mut line = String::new();
        for (position, field) in schema.fields().iter().enumerate() {
            if position > 0 {
                line.push(',');
            }
            push_text(field.name(), &mut line);
        }
        line.push_str("\r\n");
        out.write_all(line.as_bytes())?;
        Ok(Self { out, line })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        for row in 0..batch.num_rows() {
            self.line.clear();
            for (position, column) in batch.columns().iter().enumerate() {
                if position > 0 {
                    self.line.push(',');
                }
                match cell(column.as_ref(), row) {
                    Cell::None => {}
                    Cell::Text(text) => push_text(text, &mut self.line),
                    Cell::Made(text) | Cell::Plain(text) => push_quoted(&text, &mut self.line),
                    Cell::List(_) | Cell::Map(_) | Cell::Struct(..) => {
                        let mut json = String::new();
                        push_cell(column.as_ref(), row, &mut json);
                        push_quoted(&json, &mut self.line);
                    }
                }
            }
            self.line.push_str("\r\n");
            self.out.write_all(self.line.as_bytes())?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Text from a log: a spreadsheet would run what begins like a formula, so that a `'` goes before it. One goes before a
/// `'` too, so that taking one away always gives back what was there.
fn push_text(text: &str, out: &mut String) {
    const BEGINS: [char; 12] = ['=', '+', '-', '@', '\'', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(BEGINS) {
        push_quoted(&format!("'{text}"), out);
    } else {
        push_quoted(text, out);
    }
}

fn push_quoted(text: &str, out: &mut String) {
    let needs = text.is_empty()
        || text.starts_with(' ')
        || text.ends_with(' ')
        || text.contains(['"', ',', '\r', '\n', ';', '\t']);
    if !needs {
        out.push_str(text);
        return;
    }
    out.push('"');
    for c in text.chars() {
        if c == '"' {
            out.push('"');
        }
        out.push(c);
    }
    out.push('"');
}
