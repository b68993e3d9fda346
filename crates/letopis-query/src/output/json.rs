//! JSON and JSON lines.

use std::io::{self, Write};

use arrow::array::{Array, StructArray};
use arrow::datatypes::Schema;
use arrow::record_batch::RecordBatch;

use super::cell::{Cell, cell, steers};

/// Writes objects, as an array or one a line.
pub(super) struct JsonWriter<W: Write> {
    out: W,
    /// `"name":` for each column, escaped once.
    keys: Vec<String>,
    array: bool,
    first: bool,
    line: String,
}

impl<W: Write> JsonWriter<W> {
    pub(super) fn lines(schema: &Schema, out: W) -> Self {
        let keys = schema.fields().iter().map(|field| {
            let mut key = String::new();
            push_string(field.name(), &mut key);
            key.push(':');
            key
        });
        Self {
            out,
            keys: keys.collect(),
            array: false,
            first: true,
            line: String::new(),
        }
    }

    pub(super) fn array(schema: &Schema, mut out: W) -> io::Result<Self> {
        out.write_all(b"[")?;
        let mut writer = Self::lines(schema, out);
        writer.array = true;
        Ok(writer)
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        for row in 0..batch.num_rows() {
            self.line.clear();
            if self.array {
                self.line.push_str(if self.first { "\n" } else { ",\n" });
            }
            self.first = false;
            self.line.push('{');
            for (position, (key, column)) in self.keys.iter().zip(batch.columns()).enumerate() {
                if position > 0 {
                    self.line.push(',');
                }
                self.line.push_str(key);
                push_cell(column.as_ref(), row, &mut self.line);
            }
            self.line.push('}');
            if !self.array {
                self.line.push('\n');
            }
            self.out.write_all(self.line.as_bytes())?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        if self.array {
            self.out.write_all(if self.first { b"]\n" } else { b"\n]\n" })?;
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Adds a value as JSON.
pub(super) fn push_cell(array: &dyn Array, row: usize, out: &mut String) {
    match cell(array, row) {
        Cell::None => out.push_str("null"),
        Cell::Text(text) => push_string(text, out),
        Cell::Made(text) => push_string(&text, out),
        Cell::Plain(text) => out.push_str(&text),
        Cell::List(values) => {
            out.push('[');
            for row in 0..values.len() {
                if row > 0 {
                    out.push(',');
                }
                push_cell(values.as_ref(), row, out);
            }
            out.push(']');
        }
        Cell::Map(entries) => push_map(&entries, out),
        Cell::Struct(fields, row) => {
            out.push('{');
            for (position, (name, column)) in fields.column_names().iter().zip(fields.columns()).enumerate() {
                if position > 0 {
                    out.push(',');
                }
                push_string(name, out);
                out.push(':');
                push_cell(column.as_ref(), row, out);
            }
            out.push('}');
        }
    }
}

fn push_map(entries: &StructArray, out: &mut String) {
    let [keys, values] = entries.columns() else {
        out.push_str("null");
        return;
    };
    out.push('{');
    for row in 0..entries.len() {
        if row > 0 {
            out.push(',');
        }
        match cell(keys.as_ref(), row) {
            Cell::Text(text) => push_string(text, out),
            _ => {
                let mut key = String::new();
                push_cell(keys.as_ref(), row, &mut key);
                push_string(&key, out);
            }
        }
        out.push(':');
        push_cell(values.as_ref(), row, out);
    }
    out.push('}');
}

/// Adds a JSON string (RFC 8259); what steers a terminal is escaped as well, which changes no value.
pub(super) fn push_string(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // All of these lie in the basic plane. Writing into a String can not fail.
            c if steers(c) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
