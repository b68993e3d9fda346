//! Rows of the event table as JSON objects, with the record's own text beside them.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use letopis_event::column::{COLUMNS, ColumnType};
use letopis_event::time::format_rfc3339;
use letopis_event::{ObjectDigest, Span};
use letopis_query::arrow::record_batch::RecordBatch;
use letopis_table::{ColumnView, RowView};

use crate::error::{ReconstructError, Result};
use crate::originals::{Objects, Originals, decode};

/// Appends JSON objects of events, one a line: the columns of the event table in table order, `raw` (the record's
/// decoded text), and `raw_base64` where decoding lost something. Columns without a value are left out.
pub struct EventLines {
    originals: Originals,
    objects: Objects,
    /// The object of the row before, as its column says it and as its digest.
    object: Option<(String, ObjectDigest)>,
    bytes: Vec<u8>,
    text: String,
}

impl EventLines {
    pub(crate) fn new(originals: &Originals) -> Self {
        Self {
            originals: originals.clone(),
            objects: originals.objects(),
            object: None,
            bytes: Vec::new(),
            text: String::new(),
        }
    }

    /// Appends every row of a batch that has all columns of the event table.
    ///
    /// # Errors
    /// When an original cannot be read: an answer without its text would pass for a complete one.
    pub fn batch(&mut self, batch: &RecordBatch, out: &mut Vec<u8>) -> Result<()> {
        let columns: Vec<ColumnView<'_>> = COLUMNS.iter().map(|c| ColumnView::new(batch, c.name)).collect();
        for row in RowView::all(batch) {
            self.line(&columns, &row, out)?;
        }
        Ok(())
    }

    /// Appends one row.
    ///
    /// # Errors
    /// As [`EventLines::batch`].
    pub fn row(&mut self, row: &RowView<'_>, out: &mut Vec<u8>) -> Result<()> {
        let batch = row.place().0;
        let columns: Vec<ColumnView<'_>> = COLUMNS.iter().map(|c| ColumnView::new(batch, c.name)).collect();
        self.line(&columns, row, out)
    }

    /// Appends one row, whose columns are those of the table.
    fn line(&mut self, columns: &[ColumnView<'_>], row: &RowView<'_>, out: &mut Vec<u8>) -> Result<()> {
        let number = row.place().1;
        out.push(b'{');
        for (column, values) in COLUMNS.iter().zip(columns) {
            put_column(values, number, column.name, column.kind, out);
        }
        let lossy = self.original(row)?;
        put_key("raw", out);
        put_text(&self.text, out);
        if lossy {
            put_key("raw_base64", out);
            put_text(&STANDARD.encode(&self.bytes), out);
        }
        out.extend_from_slice(b"}\n");
        Ok(())
    }

    /// The record's text.
    ///
    /// # Errors
    /// When the original cannot be read.
    pub fn text_of(&mut self, row: &RowView<'_>) -> Result<&str> {
        self.original(row)?;
        Ok(&self.text)
    }

    /// Fills `text` and `bytes` with the record; whether decoding lost something.
    fn original(&mut self, row: &RowView<'_>) -> Result<bool> {
        let object = row.text("object").unwrap_or_default();
        let missing = || ReconstructError::NotFound {
            what: "object",
            name: object.to_owned(),
        };
        let digest = match &self.object {
            Some((known, digest)) if known == object => *digest,
            _ => {
                let digest = object.parse().map_err(|_| missing())?;
                self.object = Some((object.to_owned(), digest));
                digest
            }
        };
        let number = |name| {
            row.number(name)
                .and_then(|n| u64::try_from(n).ok())
                .unwrap_or_default()
        };
        let span = Span {
            offset: number("byte_offset"),
            length: number("byte_length"),
        };
        self.bytes.clear();
        match self.originals.take(digest, span) {
            Some(record) => self.bytes.extend_from_slice(&record),
            None => {
                let reader = self.objects.reader(digest)?.ok_or_else(missing)?;
                self.bytes
                    .extend_from_slice(reader.range(span.offset, span.length)?);
            }
        }
        match row.text("encoding").unwrap_or_default() {
            // A binary record has no text of its own: what was searched is what was rendered.
            "binary" => {
                row.rendered_text(&mut self.text);
                Ok(true)
            }
            encoding => decode(encoding, &self.bytes, &mut self.text).map_err(ReconstructError::Parameter),
        }
    }
}

fn put_column(values: &ColumnView<'_>, row: usize, name: &str, kind: ColumnType, out: &mut Vec<u8>) {
    match kind {
        ColumnType::Text | ColumnType::Dictionary => {
            if let Some(value) = values.text(row) {
                put_key(name, out);
                put_text(value, out);
            }
        }
        ColumnType::TimestampMicros => {
            if let Some(time) = values.time(row) {
                let mut text = String::with_capacity(32);
                format_rfc3339(time, 0, &mut text);
                put_key(name, out);
                put_text(&text, out);
            }
        }
        ColumnType::Int8 | ColumnType::Int16 | ColumnType::Int32 | ColumnType::Int64 => {
            if let Some(number) = values.number(row) {
                put_key(name, out);
                // Writing into a Vec cannot fail.
                let _ = write!(out, "{number}");
            }
        }
        ColumnType::Map => {
            put_key(name, out);
            out.push(b'{');
            let mut first = true;
            for (key, value) in values.pairs(row) {
                if !std::mem::take(&mut first) {
                    out.push(b',');
                }
                put_text(key, out);
                out.push(b':');
                put_text(value, out);
            }
            out.push(b'}');
        }
    }
}

fn put_key(name: &str, out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    // Writing into a Vec cannot fail, and a str is always JSON.
    let _ = serde_json::to_writer(&mut *out, text);
}
