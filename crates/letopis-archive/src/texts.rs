//! What the index is made of: the searched text of each row, as the intake saw it or from the original again.

use arrow::record_batch::RecordBatch;
use letopis_intake::{Encoding, IntakeError};
use letopis_table::{ColumnView, RowView};
use letopis_vault::{ObjectReader, Sha256, Vault};

use crate::error::{ArchiveError, Result};

/// The searched texts of a batch, one a row.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    /// None yet, with room for so many bytes.
    pub fn with_room(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            ends: Vec::new(),
        }
    }

    /// The texts from that row on; the ones before stay.
    pub fn split_off(&mut self, row: usize) -> Self {
        let cut = row
            .checked_sub(1)
            .and_then(|last| self.ends.get(last))
            .copied()
            .unwrap_or(0);
        Self {
            text: self.text.split_off(cut),
            ends: self
                .ends
                .split_off(row)
                .into_iter()
                .map(|end| end - cut)
                .collect(),
        }
    }

    /// Adds the text that `write` appends.
    pub fn push_with(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.text);
        self.ends.push(self.text.len());
    }

    /// Adds a text.
    pub fn push(&mut self, text: &str) {
        self.push_with(|all| all.push_str(text));
    }

    /// The texts in row order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let text = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            text
        })
    }

    /// Bytes of all texts.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Bytes that it holds in memory for them.
    pub fn room(&self) -> usize {
        self.text.capacity()
    }
}

/// Reads the searched texts of rows from their originals.
pub(crate) struct TextReader<'v> {
    vault: &'v Vault,
    open: Option<(String, ObjectReader)>,
    rendered: String,
}

impl<'v> TextReader<'v> {
    pub fn new(vault: &'v Vault) -> Self {
        Self {
            vault,
            open: None,
            rendered: String::new(),
        }
    }

    /// The texts of a batch, one a row.
    ///
    /// # Errors
    /// When an original is not here or cannot be read.
    pub fn of(&mut self, batch: &RecordBatch) -> Result<Texts> {
        let column = |name| ColumnView::new(batch, name);
        let (objects, encodings) = (column("object"), column("encoding"));
        let (offsets, lengths) = (column("byte_offset"), column("byte_length"));
        let number = |column: &ColumnView<'_>, row| column.number(row).and_then(|n| u64::try_from(n).ok());
        let mut texts = Texts::default();
        let mut known: Option<(&str, Encoding)> = None;
        for row in RowView::all(batch) {
            let (_, at) = row.place();
            let name = encodings.text(at).unwrap_or_default();
            if name == "binary" {
                row.rendered_text(&mut self.rendered);
                texts.push(&self.rendered);
                continue;
            }
            let object = objects.text(at).unwrap_or_default();
            let encoding = match known {
                Some((before, encoding)) if before == name => encoding,
                _ => encoding_of(name, object)?,
            };
            known = Some((name, encoding));
            let offset = number(&offsets, at).unwrap_or(0);
            let bytes = self
                .open(object)?
                .range(offset, number(&lengths, at).unwrap_or(0))?;
            texts.push_with(|text| {
                encoding.decode_into(bytes, text);
            });
        }
        Ok(texts)
    }

    fn open(&mut self, object: &str) -> Result<&mut ObjectReader> {
        let missing = || ArchiveError::NoObject(object.to_owned());
        if self.open.as_ref().is_none_or(|(open, _)| open != object) {
            let info = match Sha256::from_hex(object) {
                Some(sha256) => self.vault.object_by_sha256(&sha256)?,
                None => None,
            };
            let reader = self.vault.object_reader(info.ok_or_else(missing)?)?;
            self.open = Some((object.to_owned(), reader));
        }
        self.open.as_mut().map(|(_, reader)| reader).ok_or_else(missing)
    }
}

fn encoding_of(name: &str, object: &str) -> Result<Encoding> {
    Encoding::parse(name).ok_or_else(|| ArchiveError::Intake {
        place: format!("object {object}"),
        error: IntakeError::UnknownEncoding(name.to_owned()),
    })
}
