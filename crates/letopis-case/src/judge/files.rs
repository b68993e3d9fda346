//! Clauses on the form of files: text, separators, UTF-8, one format.

use std::collections::BTreeMap;

use super::{Ruling, Verdict, is_judged};
use crate::parting::Parted;
use crate::tally::{Example, FileTally, Place, Tally};

/// Examples that are shown.
const EXAMPLES_MOST: usize = 5;

fn judged(tally: &Tally) -> impl Iterator<Item = &FileTally> {
    tally.files.iter().filter(|f| is_judged(f))
}

fn at(file: &FileTally, place: Place, text: impl Into<String>) -> Example {
    Example {
        file: file.facts.path.clone(),
        line: place.line,
        offset: place.offset,
        text: text.into(),
    }
}

/// A verdict over files: `broken` are examples of files that break the clause, `open` files that show nothing.
fn over(files: u64, broken: Vec<Example>, open: &[String], holds: &str) -> Ruling {
    if files == 0 {
        return Ruling::new(Verdict::NotShown, "no file was judged");
    }
    if !broken.is_empty() {
        let count = broken.len();
        let mut shown: Vec<String> = broken
            .iter()
            .take(EXAMPLES_MOST)
            .map(|e| format!("{}: {}", e.place(), e.text))
            .collect();
        if count > shown.len() {
            shown.push(format!("and {} more", count - shown.len()));
        }
        let mut ruling = Ruling::new(
            Verdict::NotMet,
            format!(
                "{count} of {} break it: {}",
                files_in_words(files),
                shown.join("; ")
            ),
        );
        ruling.examples = broken.into_iter().take(EXAMPLES_MOST).collect();
        return ruling;
    }
    if !open.is_empty() {
        let shown: Vec<&str> = open.iter().take(EXAMPLES_MOST).map(String::as_str).collect();
        return Ruling::new(
            Verdict::NotShown,
            format!(
                "{} of {} do not show it: {}",
                open.len(),
                files_in_words(files),
                shown.join("; ")
            ),
        );
    }
    Ruling::new(Verdict::Met, format!("all of {}: {holds}", files_in_words(files)))
}

fn files_in_words(files: u64) -> String {
    if files == 1 {
        "1 file".to_owned()
    } else {
        format!("{files} files")
    }
}

pub(super) fn text(tally: &Tally) -> Ruling {
    let binary = judged(tally).filter(|f| f.facts.is_binary);
    let broken = binary.map(|f| at(f, Place::default(), format!("binary format {}", f.facts.format)));
    over(judged(tally).count() as u64, broken.collect(), &[], "text")
}

pub(super) fn utf8(tally: &Tally) -> Ruling {
    let broken = judged(tally).filter_map(|file| {
        let encoding = &file.facts.encoding;
        if let Some(first) = file.lines.first_violations().first() {
            let offsets = file.lines.first_violations().iter().skip(1);
            let more: Vec<String> = offsets.map(|v| v.offset.to_string()).collect();
            let more = if more.is_empty() {
                String::new()
            } else {
                format!("; then at bytes {}", more.join(", "))
            };
            let read = if encoding == "utf-8" {
                String::new()
            } else {
                format!(", read as {encoding}")
            };
            let place = Place {
                offset: first.offset,
                line: (!file.facts.is_binary).then_some(first.line),
            };
            let text = format!(
                "byte 0x{:02x} begins no UTF-8 character, {} such places{read}{more}",
                first.byte,
                file.lines.violations()
            );
            return Some(at(file, place, text));
        }
        // Latin letters in UTF-16 are bytes that UTF-8 allows.
        (file.facts.unit == 2).then(|| at(file, Place::default(), format!("the encoding is {encoding}")))
    });
    over(
        judged(tally).count() as u64,
        broken.collect(),
        &[],
        "every byte is UTF-8",
    )
}

pub(super) fn separators(tally: &Tally) -> Ruling {
    let mut found = Separators::default();
    for file in judged(tally) {
        found.add(file);
    }
    let holds: Vec<String> = found
        .holds
        .into_iter()
        .map(|(how, enclosed)| match enclosed {
            0 => how,
            enclosed => format!("{how}; enclosed fields: {enclosed}"),
        })
        .collect();
    over(
        judged(tally).count() as u64,
        found.broken,
        &found.open,
        &holds.join("; "),
    )
}

/// What the files show of separators.
#[derive(Default)]
struct Separators {
    broken: Vec<Example>,
    open: Vec<String>,
    /// In words how fields are parted, and how many are enclosed.
    holds: BTreeMap<String, u64>,
}

impl Separators {
    fn add(&mut self, file: &FileTally) {
        let path = &file.facts.path;
        if file.facts.is_binary {
            self.open.push(format!("{path} is binary and has no separators"));
            return;
        }
        match &file.parted {
            Some(Parted::Grammar(name)) => {
                let how = format!("{name}, whose grammar encloses values");
                self.holds.entry(how).or_default();
            }
            Some(Parted::Blanks(fields)) => self.open.push(format!(
                "{path}: blanks part each record into {fields}, and nothing shows how a field holds one"
            )),
            None | Some(Parted::Nothing(None)) => self.open.push(format!("{path} has no readable record")),
            Some(Parted::Nothing(Some(first))) => self.broken.push(Example {
                text: format!(
                    "no separator parts the records into fields of one number: `{}`",
                    first.text
                ),
                ..first.clone()
            }),
            Some(Parted::Separated {
                separator,
                fields,
                others,
                first_other: Some((first, found)),
                ..
            }) => self.broken.push(Example {
                text: format!(
                    "{found} fields where {fields} are usual ({others} of {} records), parted by {separator:?}: `{}`",
                    file.records, first.text
                ),
                ..first.clone()
            }),
            Some(Parted::Separated {
                separator,
                fields,
                enclosed,
                ..
            }) => {
                let how = format!("{separator:?} parts each record into {fields} fields");
                *self.holds.entry(how).or_default() += enclosed;
            }
        }
    }
}

pub(super) fn one_format(tally: &Tally) -> Ruling {
    let broken: Vec<Example> = judged(tally).filter_map(second).collect();
    over(
        judged(tally).count() as u64,
        broken,
        &[],
        "one format from beginning to end",
    )
}

/// Where a second format begins, whatever makes it one: the first place of all.
fn second(file: &FileTally) -> Option<Example> {
    let own = &file.facts.format;
    let seconds = file.seconds.iter().map(|s| {
        let text = format!(
            "{own}, and from here {} (lines or records: {}): {}",
            s.format, s.records, s.reason
        );
        at(file, s.place, text)
    });
    let times = file.time_forms.iter().skip(1).map(|(_, count, first)| {
        let usual = file.time_forms.first().map_or("", |(_, _, e)| e.text.as_str());
        let text = format!(
            "the time is written `{usual}`, and from here `{}` (records: {count})",
            first.text
        );
        Example {
            text,
            ..first.clone()
        }
    });
    let layout = match &file.parted {
        Some(Parted::Separated {
            fields,
            layout: Some((place, found)),
            ..
        }) => Some(at(
            file,
            *place,
            format!("{fields} fields a record, and from here {found}"),
        )),
        _ => None,
    };
    seconds.chain(times).chain(layout).min_by_key(|e| e.offset)
}
