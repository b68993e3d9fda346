//! The cells of a sheet.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::book::Book;
use super::xml::{Node, value, walk};
use super::{SheetError, SheetRow};

/// Columns that a sheet can have.
const COLUMNS_MOST: usize = 16_384;

/// A cell as it is being read.
#[derive(Default)]
struct Cell {
    /// Its column, from 0.
    column: usize,
    /// What its value is: `s`, `inlineStr`, `str`, `b`, `e`, `d`, or a number.
    kind: String,
    /// Whether its format is a date.
    is_date: bool,
    /// Whether its value is worked out from others.
    is_formula: bool,
    text: String,
}

struct Reader<'b> {
    book: &'b Book,
    sheet: &'b str,
    rows: BTreeMap<u64, Vec<String>>,
    row: u64,
    next: usize,
    cell: Option<Cell>,
    /// Whether text belongs to the cell: it stands in `v`, or in `is`/`t`, and in no phonetic reading.
    in_value: bool,
    in_reading: bool,
}

/// The rows of a sheet that have a text.
pub(super) fn rows(text: &str, sheet: &str, part: &str, book: &Book) -> Result<Vec<SheetRow>, SheetError> {
    let mut reader = Reader {
        book,
        sheet,
        rows: BTreeMap::new(),
        row: 0,
        next: 0,
        cell: None,
        in_value: false,
        in_reading: false,
    };
    walk(part, text, &mut |node| reader.node(node))?;
    let rows = reader.rows.into_iter();
    Ok(rows
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()))
        .map(|(number, cells)| SheetRow { number, cells })
        .collect())
}

impl Reader<'_> {
    fn node(&mut self, node: Node<'_>) -> Result<(), SheetError> {
        match node {
            Node::Open("row", attributes) => {
                let number = value(attributes, "r").and_then(|number| number.parse().ok());
                // A row that says no number follows the one before.
                self.row = number.unwrap_or(self.row + 1);
                self.next = 0;
            }
            Node::Open("c", attributes) => {
                let column = value(attributes, "r").and_then(column).unwrap_or(self.next);
                if column >= COLUMNS_MOST {
                    return Err(self.wrong(column, "expected one of 16384 columns"));
                }
                let style = value(attributes, "s").and_then(|style| style.parse::<usize>().ok());
                let is_date = style.and_then(|style| self.book.dates.get(style)).copied();
                self.next = column + 1;
                self.cell = Some(Cell {
                    column,
                    kind: value(attributes, "t").unwrap_or("n").to_owned(),
                    is_date: is_date.unwrap_or_default(),
                    is_formula: false,
                    text: String::new(),
                });
            }
            Node::Open("f", _) => {
                if let Some(cell) = &mut self.cell {
                    cell.is_formula = true;
                }
            }
            Node::Open("v" | "t", _) => self.in_value = true,
            Node::Close("v" | "t") => self.in_value = false,
            Node::Open("rPh", _) => self.in_reading = true,
            Node::Close("rPh") => self.in_reading = false,
            Node::Text(text) if self.in_value && !self.in_reading => {
                if let Some(cell) = &mut self.cell {
                    cell.text.push_str(text);
                }
            }
            Node::Close("c") => self.keep()?,
            _ => {}
        }
        Ok(())
    }

    fn wrong(&self, column: usize, problem: &str) -> SheetError {
        SheetError::Cell {
            sheet: self.sheet.to_owned(),
            cell: format!("{}{}", letters(column), self.row),
            problem: problem.to_owned(),
        }
    }

    fn keep(&mut self) -> Result<(), SheetError> {
        let Some(cell) = self.cell.take() else {
            return Ok(());
        };
        let text = match self.read(&cell) {
            Ok(text) => text,
            Err(problem) => return Err(self.wrong(cell.column, &problem)),
        };
        if !text.is_empty() {
            let cells = self.rows.entry(self.row).or_default();
            if cells.len() <= cell.column {
                cells.resize(cell.column + 1, String::new());
            }
            cells[cell.column] = text;
        }
        Ok(())
    }

    /// The text of a cell as a person sees it.
    fn read(&self, cell: &Cell) -> Result<String, String> {
        let raw = cell.text.as_str();
        match cell.kind.as_str() {
            "s" => {
                let shared = raw
                    .trim()
                    .parse::<usize>()
                    .ok()
                    .and_then(|at| self.book.shared.get(at));
                shared.cloned().ok_or_else(|| {
                    format!(
                        "expected one of {} shared texts, found `{raw}`",
                        self.book.shared.len()
                    )
                })
            }
            "inlineStr" | "str" => Ok(raw.to_owned()),
            "b" => Ok(if raw.trim() == "1" { "true" } else { "false" }.to_owned()),
            "e" => Err(format!("it holds an error, {raw}")),
            // ISO 8601: of a moment the day.
            "d" => Ok(raw.split('T').next().unwrap_or(raw).to_owned()),
            // A program that only writes workbooks leaves the working out to the next one.
            _ if raw.trim().is_empty() && cell.is_formula => Err(
                "it holds a formula whose value nobody worked out: open the workbook in a program that does, and save it"
                    .to_owned(),
            ),
            _ if raw.trim().is_empty() => Ok(String::new()),
            _ => self.number(raw.trim(), cell.is_date),
        }
    }

    fn number(&self, raw: &str, is_date: bool) -> Result<String, String> {
        let number: f64 = raw
            .parse()
            .map_err(|_| format!("expected a number, found `{raw}`"))?;
        if is_date {
            let day = day(number, self.book.from_1904);
            return day
                .map(|day| day.to_string())
                .ok_or_else(|| format!("expected a date, found the number {raw}"));
        }
        // What is whole stands without a fraction (12, not 12.0 or 1.2E1); other numbers stand as they were written.
        if number.fract() == 0.0 && number.abs() < 1e15 {
            return Ok(format!("{number:.0}"));
        }
        Ok(raw.to_owned())
    }
}

/// The day of a serial number. The count of 1900 has a 29 February 1900 that never was: before 1 March 1900 it is one
/// behind (ECMA-376, part 1, 18.17.4.1).
fn day(number: f64, from_1904: bool) -> Option<NaiveDate> {
    if !(0.0..2_958_466.0).contains(&number) {
        return None;
    }
    // In bounds, and what is cut off is the time of day.
    let days = number.trunc() as u64;
    let (first, days) = match (from_1904, days) {
        (true, days) => (NaiveDate::from_ymd_opt(1904, 1, 1)?, days),
        (false, 0 | 60) => return None,
        (false, 1..=59) => (NaiveDate::from_ymd_opt(1899, 12, 31)?, days),
        (false, days) => (NaiveDate::from_ymd_opt(1899, 12, 30)?, days),
    };
    first.checked_add_days(Days::new(days))
}

/// The column of a cell's name (`B7`), from 0.
fn column(name: &str) -> Option<usize> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.fold(0_usize, |number, letter| {
        number
            .saturating_mul(26)
            .saturating_add(usize::from(letter.to_ascii_uppercase() - b'A') + 1)
    });
    number.checked_sub(1)
}

/// The letters of a column, from 0.
fn letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}
