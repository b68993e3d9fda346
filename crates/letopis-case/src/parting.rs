//! By what the fields of records are parted, and whether fields that hold the separator are enclosed.

use std::collections::BTreeMap;

use crate::tally::{Example, Place};

/// Separators that logs part fields by; blanks in a row are one.
const SEPARATORS: [u8; 5] = [b';', b'|', b'\t', b',', b' '];
const BLANK: usize = 4;
/// Records below which as many blanks in each may be an accident of the text.
const BLANK_RECORDS: u64 = 10;
/// Fields below which parting may be an accident of the text.
const FIELDS_LEAST: u32 = 3;
/// Bytes within which the first separator of a record stands.
const LEAD_BYTES: usize = 48;
/// Different numbers of fields that are kept apart.
const COUNTS_MOST: usize = 16;
/// Records in a row with another number of fields that make another layout.
const RUN: u32 = 3;

/// What the records of a file showed.
#[derive(Clone, Debug, Default)]
pub struct Parting {
    records: u64,
    json: u64,
    xml: u64,
    events: u64,
    pairs: u64,
    splits: [Split; 5],
    first: Option<Example>,
}

#[derive(Clone, Debug, Default)]
struct Split {
    counts: BTreeMap<u32, Counted>,
    enclosed: u64,
    last: u32,
    run: u32,
    run_start: Place,
}

#[derive(Clone, Debug)]
struct Counted {
    records: u64,
    first: Example,
    run: Option<Place>,
}

/// How the fields of a file are parted.
#[derive(Clone, Debug)]
pub enum Parted {
    /// The grammar encloses every value; its name.
    Grammar(&'static str),
    /// By one separator.
    Separated {
        /// The separator.
        separator: char,
        /// Fields of most records.
        fields: u32,
        /// Records with another number, and the first.
        others: u64,
        /// The first record with another number, and that number.
        first_other: Option<(Example, u32)>,
        /// Where several records in a row have another number: another layout begins, of so many fields.
        layout: Option<(Place, u32)>,
        /// Fields that are enclosed.
        enclosed: u64,
    },
    /// By blanks, of which each record has as many, and nothing shows how a field holds one.
    Blanks(u32),
    /// By nothing that all records share; the first record.
    Nothing(Option<Example>),
}

impl Parting {
    /// Takes a record's text.
    pub fn record(&mut self, text: &str, place: Place, example: impl Fn() -> Example) {
        let line = text.trim_end_matches(['\r', '\n']);
        if line.trim().is_empty() {
            return;
        }
        self.records += 1;
        if self.first.is_none() {
            self.first = Some(example());
        }
        let trimmed = line.trim();
        if trimmed.starts_with('{') && trimmed.ends_with('}') {
            self.json += 1;
            return;
        }
        if trimmed.starts_with('<') && trimmed.ends_with('>') {
            self.xml += 1;
            return;
        }
        self.events += u64::from(line.contains("CEF:") || line.contains("LEEF:"));
        self.pairs += u64::from(is_pairs(line));
        for (separator, split) in SEPARATORS.iter().zip(&mut self.splits) {
            let (fields, enclosed) = count(line.as_bytes(), *separator);
            split.enclosed += enclosed;
            split.add(fields, place, &example);
        }
    }

    /// What it comes to.
    pub fn outcome(&self) -> Parted {
        for (records, name) in [
            (self.json, "JSON"),
            (self.xml, "XML"),
            (self.events, "CEF or LEEF"),
            (self.pairs, "name=value"),
        ] {
            if records == self.records && records > 0 {
                return Parted::Grammar(name);
            }
        }
        match self.best() {
            Some((number, fields)) => self.separated(number, fields),
            None => match self.splits[BLANK].most() {
                Some((fields, found)) if fields >= FIELDS_LEAST && found.records == self.records => {
                    Parted::Blanks(fields)
                }
                _ => Parted::Nothing(self.first.clone()),
            },
        }
    }

    /// The separator that parts most records alike, by its number, and the fields that it gives. One that parts all
    /// records alike goes before one that does not.
    fn best(&self) -> Option<(usize, u32)> {
        let counted = self.records - self.json - self.xml;
        let candidates = (0..SEPARATORS.len()).filter_map(|number| {
            let split = &self.splits[number];
            let (fields, found) = split.most()?;
            let is_whole = found.records == self.records;
            let fits = if number == BLANK {
                is_whole && split.enclosed > 0 && self.records >= BLANK_RECORDS
            } else {
                found.records * 2 > counted && self.leads(SEPARATORS[number])
            };
            // Two fields may be an accident of the text.
            (fields >= FIELDS_LEAST && fits).then_some((
                is_whole,
                number != BLANK,
                found.records,
                fields,
                number,
            ))
        });
        candidates.max().map(|(.., fields, number)| (number, fields))
    }

    /// Whether the first record begins with a field and this separator, and not with a text that holds it somewhere.
    fn leads(&self, separator: u8) -> bool {
        let first = self.first.as_ref().map_or("", |e| e.text.as_str());
        first
            .bytes()
            .position(|b| b == separator)
            .is_some_and(|at| at <= LEAD_BYTES)
    }

    fn separated(&self, number: usize, fields: u32) -> Parted {
        let split = &self.splits[number];
        let records = split.counts.get(&fields).map_or(0, |c| c.records);
        let others = split.counts.iter().filter(|(f, _)| **f != fields);
        let first = others.clone().min_by_key(|(_, c)| c.first.offset);
        let layout = others.filter_map(|(f, c)| Some((c.run?, *f)));
        Parted::Separated {
            separator: char::from(SEPARATORS[number]),
            fields,
            others: self.records - records,
            first_other: first.map(|(f, c)| (c.first.clone(), *f)),
            layout: layout.min_by_key(|(place, _)| place.offset),
            enclosed: split.enclosed,
        }
    }
}

impl Split {
    fn add(&mut self, fields: u32, place: Place, example: impl Fn() -> Example) {
        if fields == self.last {
            self.run += 1;
        } else {
            (self.last, self.run, self.run_start) = (fields, 1, place);
        }
        // Numbers beyond those kept apart count with the largest kept.
        let key = if self.counts.contains_key(&fields) || self.counts.len() < COUNTS_MOST {
            fields
        } else {
            self.counts.keys().next_back().copied().unwrap_or(fields)
        };
        let counted = self.counts.entry(key).or_insert_with(|| Counted {
            records: 0,
            first: example(),
            run: None,
        });
        counted.records += 1;
        if self.run >= RUN && counted.run.is_none() {
            counted.run = Some(self.run_start);
        }
    }

    fn most(&self) -> Option<(u32, &Counted)> {
        let most = self.counts.iter().max_by_key(|(fields, c)| (c.records, **fields));
        most.map(|(fields, counted)| (*fields, counted))
    }
}

/// Fields of a line, and how many of them are enclosed in quotes.
fn count(line: &[u8], separator: u8) -> (u32, u64) {
    let (mut fields, mut enclosed) = (1u32, 0u64);
    let mut at = 0;
    let mut is_start = true;
    while let Some(byte) = line.get(at) {
        match byte {
            b'"' | b'\'' if is_start => {
                if let Some(end) = closing(line, at, *byte, separator) {
                    at = end;
                    enclosed += 1;
                }
                is_start = false;
            }
            b if *b == separator => {
                if !(separator == b' ' && is_start) {
                    fields += 1;
                }
                is_start = true;
            }
            b' ' if is_start => {}
            _ => is_start = false,
        }
        at += 1;
    }
    (fields, enclosed)
}

/// Where the field that is enclosed from `start` on ends: a quote before a separator or the end.
fn closing(line: &[u8], start: usize, quote: u8, separator: u8) -> Option<usize> {
    let mut at = start + 1;
    loop {
        let rest = line.get(at..)?;
        at += rest.iter().position(|b| *b == quote)?;
        match line.get(at + 1) {
            None => return Some(at),
            Some(next) if *next == separator => return Some(at),
            Some(next) if *next == quote => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// Whether a line is nothing but `name=value`, values with blanks enclosed.
fn is_pairs(line: &str) -> bool {
    let mut rest = line.trim();
    let mut pairs = 0u32;
    while !rest.is_empty() {
        let Some((name, after)) = rest.split_once('=') else {
            return false;
        };
        if name.is_empty() || name.contains(char::is_whitespace) {
            return false;
        }
        let end = match after.as_bytes().first() {
            Some(quote @ (b'"' | b'\'')) => {
                let quote = char::from(*quote);
                let inner = after.get(1..).unwrap_or_default();
                inner.find(quote).map(|end| end + 2)
            }
            _ => Some(after.find(char::is_whitespace).unwrap_or(after.len())),
        };
        let Some(next) = end.and_then(|end| after.get(end..)) else {
            return false;
        };
        if !next.is_empty() && !next.starts_with(char::is_whitespace) {
            return false;
        }
        rest = next.trim_start();
        pairs += 1;
    }
    pairs >= 3
}
