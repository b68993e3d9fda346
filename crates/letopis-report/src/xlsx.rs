//! The tables of a page as a workbook, one sheet each.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};

use crate::catalogue::Catalogue;
use crate::csv::cell_text;
use crate::page::{Cell, Page, Table};

/// A workbook that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("workbook: {0}")]
pub struct XlsxError(#[from] rust_xlsxwriter::XlsxError);

/// Most characters a cell of a workbook holds.
const CELL_CHARACTERS: usize = 32_767;

/// The workbook: a sheet with what the report rests on, and one a table. All text is written as text, so that
/// nothing in it is ever a formula. The same page gives the same bytes.
///
/// # Errors
/// When the page has more rows or sheets than a workbook can hold.
pub fn xlsx(page: &Page, catalogue: &Catalogue) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A fixed creation time: the moment of writing would make every file differ.
    let fixed = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&fixed));
    head_sheet(workbook.add_worksheet(), page, catalogue)?;
    for section in &page.sections {
        if let Some(table) = section.table() {
            table_sheet(workbook.add_worksheet(), table, catalogue)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// An empty table to be filled: one sheet whose first row names the columns. All its cells are text, so that the program in
/// which it is filled makes no dates and numbers of what is typed. The same columns give the same bytes.
///
/// # Errors
/// When the name is none for a sheet.
pub fn form(name: &str, columns: &[&str]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let fixed = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&fixed));
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    let bold = Format::new().set_bold();
    let text = Format::new().set_num_format("@");
    for (column, title) in (0..).zip(columns) {
        sheet.set_column_format(column, &text)?;
        sheet.set_column_width(column, 16)?;
        sheet.write_string_with_format(0, column, *title, &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(workbook.save_to_buffer()?)
}

fn head_sheet(sheet: &mut Worksheet, page: &Page, catalogue: &Catalogue) -> Result<(), XlsxError> {
    sheet.set_name("letopis")?;
    let bold = Format::new().set_bold();
    sheet.write_string_with_format(0, 0, catalogue.text(&page.title), &bold)?;
    let facts = crate::html::head_facts(&page.head);
    for (row, (name, value)) in (1..).zip(&facts) {
        sheet.write_string(row, 0, catalogue.text(name))?;
        sheet.write_string(row, 1, catalogue.text(value))?;
    }
    let first = facts.len() as u32 + 2;
    for (row, message) in (first..).zip(&page.not_shown) {
        sheet.write_string(row, 0, catalogue.text(message))?;
    }
    sheet.set_column_width(0, 28)?;
    sheet.set_column_width(1, 90)?;
    Ok(())
}

fn table_sheet(sheet: &mut Worksheet, table: &Table, catalogue: &Catalogue) -> Result<(), XlsxError> {
    sheet.set_name(table.name)?;
    let bold = Format::new().set_bold();
    for (column, title) in (0..).zip(&table.columns) {
        sheet.write_string_with_format(0, column, catalogue.text(title), &bold)?;
    }
    for (number, row) in (1..).zip(&table.rows) {
        for (column, cell) in (0..).zip(&row.cells) {
            match cell {
                // Beyond 2^53 a workbook would round: such a number is written as text.
                Cell::Number(value) if value.unsigned_abs() <= 1 << 53 => {
                    sheet.write_number(number, column, *value as f64)?;
                }
                Cell::Empty => {}
                other => {
                    let text: String = cell_text(other, catalogue)
                        .chars()
                        .take(CELL_CHARACTERS)
                        .collect();
                    sheet.write_string(number, column, text)?;
                }
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Language;
    use crate::page::{Head, Message, Row, Section};

    #[test]
    fn the_same_page_gives_the_same_bytes() {
        let table = Table {
            name: "rows",
            columns: vec![Message::plain("текст"), Message::plain("n")],
            rows: vec![Row {
                cells: vec![Cell::Text("=1+1".to_owned()), Cell::Number(5)],
                ..Row::default()
            }],
        };
        let page = Page {
            title: Message::plain("t"),
            head: Head::default(),
            sections: vec![Section::Table(table)],
            not_shown: Vec::new(),
        };
        let catalogue = Catalogue::new(Language::En);
        let first = xlsx(&page, &catalogue).unwrap();
        assert_eq!(first, xlsx(&page, &catalogue).unwrap());
        assert!(first.starts_with(b"PK"));
    }
}
