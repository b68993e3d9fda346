//! Tables that people keep in workbooks (XLSX: ECMA-376, part 1, SpreadsheetML), as rows of text.
//!
//! For registers that somebody hands over, never for logs. Cells come as a person sees them, as far as that can be said
//! without the program that made them: texts, whole numbers, dates as `YYYY-MM-DD`. A formula counts with the value that
//! the program stored; a cell that holds an error is an error.
//!
//! Deliberately absent: writing, formats of cells other than dates, workbooks that are locked.

mod book;
mod cells;
mod xml;

use std::io::{Cursor, Read as _};

/// Most bytes of one part of a workbook, unpacked: a register has a few thousand lines.
const PART_BYTES_MOST: u64 = 64 << 20;

/// Why a workbook cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// It is no workbook of this kind.
    #[error("no workbook (XLSX): {0}")]
    NoWorkbook(String),
    /// A part of it cannot be read.
    #[error("workbook: {part}: {problem}")]
    Part {
        /// Its name in the file.
        part: String,
        /// What was expected and found.
        problem: String,
    },
    /// A cell cannot be taken as it is.
    #[error("workbook: sheet `{sheet}`, cell {cell}: {problem}")]
    Cell {
        /// The sheet.
        sheet: String,
        /// The cell as the program names it: `B7`.
        cell: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// A row that has cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// Its number, from 1, as the program shows it.
    pub number: u64,
    /// The text of each column, from the first; empty where there is no cell.
    pub cells: Vec<String>,
}

/// A table of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Name of the sheet.
    pub name: String,
    /// Its rows that have a text, in order.
    pub rows: Vec<SheetRow>,
}

/// Whether bytes begin like a workbook: as a zip file.
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Reads the sheet of that name, or the first where there is none of that name.
///
/// # Errors
/// When the bytes are no workbook, a part is missing or is no XML, or a cell holds an error.
pub fn sheet(bytes: &[u8], preferred: &str) -> Result<Sheet, SheetError> {
    let mut file = Parts::open(bytes)?;
    let book = book::Book::read(&mut file)?;
    let sheets = &book.sheets;
    let chosen = sheets
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(preferred));
    let chosen = chosen.or(sheets.first());
    let (name, part) = chosen.ok_or_else(|| SheetError::NoWorkbook("it has no sheet".to_owned()))?;
    let text = file.text(part)?;
    let rows = cells::rows(&text, name, part, &book)?;
    Ok(Sheet {
        name: name.clone(),
        rows,
    })
}

/// The files in a workbook.
struct Parts<'b> {
    zip: ::zip::ZipArchive<Cursor<&'b [u8]>>,
}

impl<'b> Parts<'b> {
    fn open(bytes: &'b [u8]) -> Result<Self, SheetError> {
        let zip = ::zip::ZipArchive::new(Cursor::new(bytes));
        let zip = zip.map_err(|e| SheetError::NoWorkbook(e.to_string()))?;
        Ok(Self { zip })
    }

    fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// A part as text: UTF-8, which every program writes.
    fn text(&mut self, name: &str) -> Result<String, SheetError> {
        let fail = |problem: String| SheetError::Part {
            part: name.to_owned(),
            problem,
        };
        let file = self.zip.by_name(name).map_err(|e| fail(e.to_string()))?;
        let mut bytes = Vec::new();
        let read = file.take(PART_BYTES_MOST + 1).read_to_end(&mut bytes);
        read.map_err(|e| fail(e.to_string()))?;
        if bytes.len() as u64 > PART_BYTES_MOST {
            return Err(fail(format!(
                "expected at most {PART_BYTES_MOST} bytes, found more"
            )));
        }
        let text = String::from_utf8(bytes);
        let text = text.map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            fail(format!("byte {at}: expected UTF-8, found another encoding"))
        })?;
        Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
    }
}

#[cfg(test)]
mod tests;
