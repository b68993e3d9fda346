//! Rows of the event table as JSON objects, with the record's own text beside them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use letopis_event::ObjectDigest;
use letopis_event::column::{COLUMNS, ColumnType};
use letopis_event::time::format_rfc3339;
use letopis_query::arrow::record_batch::RecordBatch;
use letopis_table::RowView;
use letopis_vault::Vault;

use crate::error::{ReconstructError, Result};
use crate::originals::{Objects, decode};

/// Appends JSON objects of events, one a line: the columns of the event table in table order, `raw` (the record's
/// decoded text), and `raw_base64` where decoding lost something. Columns without a value are left out.
pub struct EventLines {
    objects: Objects,
    /// The object of the row before, as its column says it and as its digest.
    object: Option<(String, ObjectDigest)>,
    bytes: Vec<u8>,
    text: String,
}

impl EventLines {
    /// Lines with originals from this archive.
    pub fn new(vault: &Vault) -> Self {
        Self {
            objects: Objects::new(vault),
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
        for row in RowView::all(batch) {
            self.row(&row, out)?;
        }
        Ok(())
    }

    /// Appends one row.
    ///
    /// # Errors
    /// As [`EventLines::batch`].
    pub fn row(&mut self, row: &RowView<'_>, out: &mut Vec<u8>) -> Result<()> {
        out.push(b'{');
        for column in COLUMNS {
            put_column(row, column.name, column.kind, out);
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
        let reader = self.objects.reader(digest)?.ok_or_else(missing)?;
        self.bytes.clear();
        self.bytes
            .extend_from_slice(reader.range(number("byte_offset"), number("byte_length"))?);
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

fn put_column(row: &RowView<'_>, name: &str, kind: ColumnType, out: &mut Vec<u8>) {
    match kind {
        ColumnType::Text | ColumnType::Dictionary => {
            if let Some(value) = row.text(name) {
                put_key(name, out);
                put_text(value, out);
            }
        }
        ColumnType::TimestampMicros => {
            if let Some(time) = row.time(name) {
                let mut text = String::with_capacity(32);
                format_rfc3339(time, 0, &mut text);
                put_key(name, out);
                put_text(&text, out);
            }
        }
        ColumnType::Int8 | ColumnType::Int16 | ColumnType::Int32 | ColumnType::Int64 => {
            if let Some(number) = row.number(name) {
                put_key(name, out);
                out.extend_from_slice(number.to_string().as_bytes());
            }
        }
        ColumnType::Map => {
            put_key(name, out);
            out.push(b'{');
            let mut first = true;
            for (key, value) in row.attrs() {
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
