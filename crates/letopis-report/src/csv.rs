//! Tables as CSV (RFC 4180), safe to open in a spreadsheet.

use crate::catalogue::Catalogue;
use crate::page::{Cell, Table};

/// A table as CSV with a header line. A text that a spreadsheet would take for a formula gets an apostrophe before
/// it: log content is written by attackers.
pub fn csv(table: &Table, catalogue: &Catalogue) -> String {
    let mut out = String::new();
    put_row(&mut out, table.columns.iter().map(|c| catalogue.text(c)));
    for row in &table.rows {
        put_row(&mut out, row.cells.iter().map(|c| cell_text(c, catalogue)));
    }
    out
}

/// A cell as text.
pub(crate) fn cell_text(cell: &Cell, catalogue: &Catalogue) -> String {
    match cell {
        Cell::Text(text) | Cell::Code(text) | Cell::Time(text) => text.clone(),
        Cell::Message(message) => catalogue.text(message),
        Cell::Number(number) => number.to_string(),
        Cell::Empty => String::new(),
    }
}

fn put_row(out: &mut String, cells: impl Iterator<Item = String>) {
    for (number, cell) in cells.enumerate() {
        if number > 0 {
            out.push(',');
        }
        let harmless = disarm(&cell);
        if harmless.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&harmless.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&harmless);
        }
    }
    out.push_str("\r\n");
}

/// The text with an apostrophe before it where a spreadsheet would run it. Plain numbers stay numbers.
pub(crate) fn disarm(text: &str) -> String {
    let is_number = !text.is_empty() && text.parse::<f64>().is_ok();
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && !is_number {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Language;
    use crate::page::{Message, Row};

    #[test]
    fn a_formula_in_a_log_stays_text() {
        let cells = [
            "=cmd|' /C calc'!A0",
            "-5",
            "a,b",
            "say \"x\"",
            "+7 701",
            "@SUM(A1)",
        ];
        let table = Table {
            name: "t",
            columns: vec![Message::plain("c")],
            rows: cells
                .iter()
                .map(|c| Row {
                    cells: vec![Cell::Text((*c).to_owned())],
                    ..Row::default()
                })
                .collect(),
        };
        let expected =
            "c\r\n'=cmd|' /C calc'!A0\r\n-5\r\n\"a,b\"\r\n\"say \"\"x\"\"\"\r\n'+7 701\r\n'@SUM(A1)\r\n";
        assert_eq!(csv(&table, &Catalogue::new(Language::En)), expected);
    }
}
