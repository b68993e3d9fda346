//! What a workbook says besides its cells: its sheets, the texts they share, and which formats are dates.

use std::collections::BTreeMap;

use super::xml::{Node, value, walk};
use super::{Parts, SheetError};

/// A workbook without its cells.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Name and part of each sheet, in order.
    pub sheets: Vec<(String, String)>,
    /// Texts that cells name by their number.
    pub shared: Vec<String>,
    /// Whether the format of that number (`s` of a cell) is a date.
    pub dates: Vec<bool>,
    /// Whether days count from 1904.
    pub from_1904: bool,
}

impl Book {
    pub fn read(file: &mut Parts<'_>) -> Result<Self, SheetError> {
        let main = main_part(file)?;
        let (folder, name) = main.rsplit_once('/').unwrap_or(("", &main));
        let related = relations(file, &join(folder, &format!("_rels/{name}.rels")))?;
        let mut book = Self::default();
        let text = file.text(&main)?;
        walk(&main, &text, &mut |node| {
            match node {
                Node::Open("sheet", attributes) => {
                    let part = value(attributes, "id").and_then(|id| related.get(id));
                    if let (Some(name), Some((_, target))) = (value(attributes, "name"), part) {
                        book.sheets.push((name.to_owned(), join(folder, target)));
                    }
                }
                Node::Open("workbookPr", attributes) => {
                    book.from_1904 = matches!(value(attributes, "date1904"), Some("1" | "true"));
                }
                _ => {}
            }
            Ok(())
        })?;
        for (kind, target) in related.values() {
            let part = join(folder, target);
            match kind.as_str() {
                "sharedStrings" => book.shared = shared(&part, &file.text(&part)?)?,
                "styles" => book.dates = dates(&part, &file.text(&part)?)?,
                _ => {}
            }
        }
        Ok(book)
    }
}

/// The part that names the sheets.
fn main_part(file: &mut Parts<'_>) -> Result<String, SheetError> {
    if !file.has("_rels/.rels") {
        return Err(SheetError::NoWorkbook(
            "expected `_rels/.rels` in the zip file, found none".to_owned(),
        ));
    }
    let related = relations(file, "_rels/.rels")?;
    let main = related.into_values().find(|(kind, _)| kind == "officeDocument");
    let main = main.map(|(_, target)| join("", &target));
    main.filter(|main| file.has(main)).ok_or_else(|| {
        SheetError::NoWorkbook("expected a part of the kind officeDocument, found none".to_owned())
    })
}

/// Kind (the last word of its name) and target of each relation, by id.
fn relations(file: &mut Parts<'_>, part: &str) -> Result<BTreeMap<String, (String, String)>, SheetError> {
    let text = file.text(part)?;
    let mut found = BTreeMap::new();
    walk(part, &text, &mut |node| {
        if let Node::Open("Relationship", attributes) = node
            && let (Some(id), Some(kind), Some(target)) = (
                value(attributes, "Id"),
                value(attributes, "Type"),
                value(attributes, "Target"),
            )
        {
            let kind = kind.rsplit('/').next().unwrap_or(kind);
            found.insert(id.to_owned(), (kind.to_owned(), target.to_owned()));
        }
        Ok(())
    })?;
    Ok(found)
}

/// A target as seen from a folder; one that begins with `/` is seen from the top.
fn join(folder: &str, target: &str) -> String {
    let path = match target.strip_prefix('/') {
        Some(path) => path.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The shared texts: of runs with formats all parts, without phonetic readings.
fn shared(part: &str, text: &str) -> Result<Vec<String>, SheetError> {
    let mut texts: Vec<String> = Vec::new();
    let (mut in_text, mut in_reading) = (false, false);
    walk(part, text, &mut |node| {
        match node {
            Node::Open("si", _) => texts.push(String::new()),
            Node::Open("rPh", _) => in_reading = true,
            Node::Close("rPh") => in_reading = false,
            Node::Open("t", _) => in_text = true,
            Node::Close("t") => in_text = false,
            Node::Text(text) if in_text && !in_reading => {
                if let Some(last) = texts.last_mut() {
                    last.push_str(text);
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(texts)
}

/// Which of the formats that cells name are dates (ECMA-376, part 1, 18.8.30: built-in numbers; else by the code).
fn dates(part: &str, text: &str) -> Result<Vec<bool>, SheetError> {
    let mut codes: BTreeMap<u32, bool> = BTreeMap::new();
    let mut dates = Vec::new();
    let mut in_formats = false;
    walk(part, text, &mut |node| {
        match node {
            Node::Open("numFmt", attributes) => {
                let id = value(attributes, "numFmtId").and_then(|id| id.parse().ok());
                if let (Some(id), Some(code)) = (id, value(attributes, "formatCode")) {
                    codes.insert(id, is_date(code));
                }
            }
            Node::Open("cellXfs", _) => in_formats = true,
            Node::Close("cellXfs") => in_formats = false,
            Node::Open("xf", attributes) if in_formats => {
                let id = value(attributes, "numFmtId")
                    .and_then(|id| id.parse().ok())
                    .unwrap_or(0);
                let built_in = matches!(id, 14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58);
                dates.push(codes.get(&id).copied().unwrap_or(built_in));
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(dates)
}

/// Whether a code of a format has a day or a year in it, outside quoted words and brackets.
fn is_date(code: &str) -> bool {
    let (mut quoted, mut bracket, mut escaped) = (false, false, false);
    code.chars().any(|c| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        match c {
            '\\' | '_' | '*' => escaped = true,
            '"' => quoted = !quoted,
            '[' => bracket = true,
            ']' => bracket = false,
            'd' | 'D' | 'y' | 'Y' => return !quoted && !bracket,
            _ => {}
        }
        false
    })
}
