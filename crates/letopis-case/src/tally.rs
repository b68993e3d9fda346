//! What the records and bytes of logs gave: counts with the first example of each. Memory does not grow with the logs.

use std::collections::{BTreeSet, HashMap, HashSet};

use letopis_event::{
    Category, EventBuf, EventSink, Kind, Origin, Outcome, SinkError, Span, StructureKind, Text,
};
use serde::Serialize;

use crate::lines::Lines;
use crate::parting::{Parted, Parting};
use crate::plan::Plan;
use crate::profile::{Form, kind_matches};

/// Characters of a record that an example shows.
const EXAMPLE_CHARS: usize = 160;
/// Accounts that are followed, so that one from several addresses is seen.
const ACCOUNTS_MOST: usize = 65_536;
/// Ways to write the time that are kept apart in a file.
const TIME_FORMS_MOST: usize = 8;
/// Bytes of unreadable records that are kept, so that their format can be found out.
const UNPARSED_BYTES: usize = 16 << 10;

/// A record, or a place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    /// The file, and the member inside it.
    pub file: String,
    /// Line, from 1, for text.
    pub line: Option<u64>,
    /// First byte.
    pub offset: u64,
    /// The beginning of its text, or what is there.
    pub text: String,
}

impl Example {
    /// Where it is, in words.
    pub fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{} line {line} (byte {})", self.file, self.offset),
            None => format!("{} byte {}", self.file, self.offset),
        }
    }
}

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// First byte.
    pub offset: u64,
    /// Line, from 1, for text.
    pub line: Option<u64>,
}

/// An event that was looked for.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Records that show it.
    pub count: u64,
    /// The first.
    pub first: Option<Example>,
    /// Records by Windows event id.
    pub codes: Vec<(u32, u64)>,
}

/// A field that was looked for.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// Records that are asked.
    pub asked: u64,
    /// Records that have it.
    pub present: u64,
    /// The first record without it.
    pub first_without: Option<Example>,
    /// Records whose time is written in the form that is asked.
    pub in_form: u64,
    /// Of these, records with a fraction or a zone behind it.
    pub with_addition: u64,
    /// The first record whose time is written otherwise; its text is the time as written.
    pub first_other_form: Option<Example>,
}

/// What is known of a file before its records are read.
#[derive(Clone, Debug, Default)]
pub struct ObjectFacts {
    /// The file, and the member inside it.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its format.
    pub format: String,
    /// The category that the format belongs to.
    pub category: Option<Category>,
    /// Its encoding.
    pub encoding: String,
    /// Whether the format is a binary one.
    pub is_binary: bool,
    /// Whether nobody knows the format.
    pub is_unknown: bool,
    /// The kinds that the format makes; empty where that is not known.
    pub kinds: Vec<Kind>,
    /// Bytes of a code unit.
    pub unit: usize,
    /// What is wrong with it.
    pub damage: Option<String>,
}

/// A second format in a file.
#[derive(Clone, Debug)]
pub struct Second {
    /// Its name.
    pub format: String,
    /// Why.
    pub reason: String,
    /// Where it begins.
    pub place: Place,
    /// Records or lines.
    pub records: u64,
}

/// What one file gave.
#[derive(Clone, Debug, Default)]
pub struct FileTally {
    /// What was known before.
    pub facts: ObjectFacts,
    /// Records.
    pub records: u64,
    /// Of these, unreadable ones.
    pub unparsed: u64,
    /// The first of them.
    pub first_unparsed: Option<Example>,
    /// Their bytes, so far as they are kept.
    pub unparsed_bytes: Vec<u8>,
    /// Its bytes as they stand.
    pub lines: Lines,
    /// How fields are parted.
    pub parting: Parting,
    /// What that came to, once the file has ended.
    pub parted: Option<Parted>,
    /// Ways in which the time is written: shape, records, the first.
    pub time_forms: Vec<(String, u64, Example)>,
    /// Second formats: found out by whoever knows formats.
    pub seconds: Vec<Second>,
}

/// What all files gave.
#[derive(Debug, Default)]
pub struct Tally {
    /// Events looked for, by their number in the plan.
    pub parts: Vec<Seen>,
    /// Fields looked for, by their number in the plan.
    pub fields: Vec<Filled>,
    /// Records.
    pub records: u64,
    /// Of these, unreadable ones.
    pub unparsed: u64,
    /// Records by platform, in the order of the plan, and the first of each.
    pub platforms: Vec<(u64, Option<Example>)>,
    /// Formats that were read.
    pub formats: BTreeSet<String>,
    /// Kinds that these formats make; `None` where one of them does not say.
    pub reachable: Option<HashSet<Kind>>,
    /// The files.
    pub files: Vec<FileTally>,
    /// Whether there were more accounts than are followed.
    pub accounts_full: bool,
    accounts: HashMap<String, String>,
    platform_kinds: Vec<HashSet<Kind>>,
    key: String,
}

impl Tally {
    /// Nothing seen yet.
    pub fn new(plan: &Plan<'_>) -> Self {
        let kinds_of = |patterns: &[String]| {
            Kind::all()
                .filter(|k| patterns.iter().any(|p| kind_matches(p, k.as_str())))
                .collect()
        };
        Self {
            parts: vec![Seen::default(); plan.parts.len()],
            fields: vec![Filled::default(); plan.fields.len()],
            platforms: vec![(0, None); plan.platforms.len()],
            platform_kinds: plan.platforms.iter().map(|(_, p)| kinds_of(&p.kinds)).collect(),
            reachable: Some(HashSet::new()),
            ..Self::default()
        }
    }

    /// Begins a file.
    pub fn begin(&mut self, facts: ObjectFacts) -> FileTally {
        if !facts.is_unknown && facts.bytes > 0 {
            self.formats.insert(facts.format.clone());
            match &mut self.reachable {
                Some(reachable) if !facts.kinds.is_empty() => reachable.extend(&facts.kinds),
                other => *other = None,
            }
        }
        FileTally {
            facts,
            ..FileTally::default()
        }
    }

    /// Ends a file: what is kept of it is small, since there may be many.
    pub fn end(&mut self, mut file: FileTally) {
        file.lines.settle();
        file.unparsed_bytes = Vec::new();
        file.parted = Some(std::mem::take(&mut file.parting).outcome());
        file.time_forms.truncate(2);
        self.files.push(file);
    }

    /// Whether the account of this record came to its host from another address before.
    fn returned(&mut self, event: &EventBuf) -> bool {
        const CONNECTS: [Kind; 4] = [
            Kind::AUTH_LOGON,
            Kind::AUTH_LOGON_NETWORK,
            Kind::SESSION_OPEN,
            Kind::REMOTE_ACCESS,
        ];
        if !CONNECTS.contains(&event.kind) || event.outcome == Outcome::Failure {
            return false;
        }
        let (Some(user), Some(address)) = (event.get(Text::UserName), event.get(Text::SrcIp)) else {
            return false;
        };
        self.key.clear();
        self.key.push_str(event.get(Text::Host).unwrap_or_default());
        self.key.push('\0');
        self.key.push_str(user);
        if let Some(before) = self.accounts.get(&self.key) {
            return before != address;
        }
        if self.accounts.len() >= ACCOUNTS_MOST {
            self.accounts_full = true;
        } else {
            self.accounts.insert(self.key.clone(), address.to_owned());
        }
        false
    }
}

/// Takes the records of one file.
#[derive(Debug)]
pub struct FileSink<'t, 'p> {
    plan: &'t Plan<'p>,
    tally: &'t mut Tally,
    file: &'t mut FileTally,
    /// Platforms that the format alone tells.
    platforms: Vec<bool>,
    shape: String,
}

impl<'t, 'p> FileSink<'t, 'p> {
    /// Ready for the first record.
    pub fn new(plan: &'t Plan<'p>, tally: &'t mut Tally, file: &'t mut FileTally) -> Self {
        let format = file.facts.format.as_str();
        let platforms = plan.platforms.iter();
        let platforms = platforms.map(|(_, p)| p.formats.iter().any(|f| format.starts_with(f.as_str())));
        Self {
            platforms: platforms.collect(),
            plan,
            tally,
            file,
            shape: String::new(),
        }
    }

    fn platforms(&mut self, origin: &Origin<'_>, event: &EventBuf) {
        let provider = event.get(Text::Provider).unwrap_or_default();
        for (number, (_, platform)) in self.plan.platforms.iter().enumerate() {
            let by_provider = || {
                platform
                    .providers
                    .iter()
                    .any(|p| provider.starts_with(p.as_str()))
            };
            let by_kind = || self.tally.platform_kinds[number].contains(&event.kind);
            if self.platforms[number] || by_provider() || by_kind() {
                let (count, first) = &mut self.tally.platforms[number];
                *count += 1;
                if first.is_none() {
                    *first = Some(example(&self.file.facts.path, origin, origin.text));
                }
            }
        }
    }

    fn fields(&mut self, origin: &Origin<'_>, event: &EventBuf, numbers: &[usize]) {
        for number in numbers {
            let field = &self.plan.fields[*number];
            if field
                .of
                .as_ref()
                .is_some_and(|of| of.fits(event, false).is_none())
            {
                continue;
            }
            let filled = &mut self.tally.fields[*number];
            filled.asked += 1;
            if field.columns.iter().any(|c| c.is_filled(event)) {
                filled.present += 1;
            } else if filled.first_without.is_none() {
                filled.first_without = Some(example(&self.file.facts.path, origin, origin.text));
            }
            if field.form == Some(Form::Kz195) {
                let written = event.get(Text::TimeText).unwrap_or_default();
                match kz195_form(written) {
                    Some(rest) => {
                        filled.in_form += 1;
                        filled.with_addition += u64::from(!rest.is_empty());
                    }
                    None if filled.first_other_form.is_none() => {
                        filled.first_other_form = Some(example(&self.file.facts.path, origin, written));
                    }
                    None => {}
                }
            }
        }
    }

    fn time_form(&mut self, origin: &Origin<'_>, event: &EventBuf) {
        let Some(written) = event.get(Text::TimeText) else {
            return;
        };
        time_shape(written, &mut self.shape);
        let forms = &mut self.file.time_forms;
        if let Some((_, count, _)) = forms.iter_mut().find(|(shape, ..)| *shape == self.shape) {
            *count += 1;
        } else if forms.len() < TIME_FORMS_MOST {
            let first = example(&self.file.facts.path, origin, written);
            forms.push((self.shape.clone(), 1, first));
        }
    }
}

impl EventSink for FileSink<'_, '_> {
    fn event(&mut self, origin: &Origin<'_>, event: &EventBuf) -> Result<(), SinkError> {
        if event.kind == Kind::PART {
            return Ok(());
        }
        self.tally.records += 1;
        self.file.records += 1;
        if event.kind == Kind::UNPARSED {
            self.tally.unparsed += 1;
            self.file.unparsed += 1;
            let file = &mut *self.file;
            if file.first_unparsed.is_none() {
                file.first_unparsed = Some(example(&file.facts.path, origin, origin.text));
            }
            if file.unparsed_bytes.len() + origin.bytes.len() <= UNPARSED_BYTES {
                file.unparsed_bytes.extend_from_slice(origin.bytes);
                if !origin.bytes.ends_with(b"\n") {
                    file.unparsed_bytes.push(b'\n');
                }
            }
        } else {
            self.platforms(origin, event);
            self.time_form(origin, event);
            if !self.file.facts.is_binary {
                let place = Place {
                    offset: origin.span.offset,
                    line: origin.line.map(|l| l.0),
                };
                let path = &self.file.facts.path;
                self.file
                    .parting
                    .record(origin.text, place, || example(path, origin, origin.text));
            }
        }
        let returned = self.tally.returned(event);
        let plan = self.plan;
        let Some((parts, fields)) = plan.by_kind.get(&event.kind) else {
            return Ok(());
        };
        for number in parts {
            let Some(code) = plan.parts[*number].fits(event, returned) else {
                continue;
            };
            let seen = &mut self.tally.parts[*number];
            seen.count += 1;
            if seen.first.is_none() {
                seen.first = Some(example(&self.file.facts.path, origin, origin.text));
            }
            if let Some(code) = code {
                match seen.codes.iter_mut().find(|(c, _)| *c == code) {
                    Some((_, count)) => *count += 1,
                    None => seen.codes.push((code, 1)),
                }
            }
        }
        self.fields(origin, event, fields);
        Ok(())
    }

    fn structure(&mut self, _span: Span, _kind: StructureKind) -> Result<(), SinkError> {
        Ok(())
    }
}

fn example(file: &str, origin: &Origin<'_>, text: &str) -> Example {
    let line = text.trim_end_matches(['\r', '\n']);
    Example {
        file: file.to_owned(),
        line: origin.line.map(|l| l.0),
        offset: origin.span.offset,
        text: line
            .chars()
            .take(EXAMPLE_CHARS)
            .map(|c| if c == '\n' || c == '\r' { ' ' } else { c })
            .collect(),
    }
}

/// KZ195 appendix 4: date `DD:MM:YYYY`, time `HH:MM:SS`; what parts them is not said, so any one to three characters
/// that are no digits do. What stands behind the time (a fraction, a zone: not forbidden); `None` where the form is
/// another.
pub fn kz195_form(written: &str) -> Option<&str> {
    let written = written.trim();
    let date = written.get(..10)?;
    let rest = written.get(10..)?;
    let clock_at = rest.find(|c: char| c.is_ascii_digit())?;
    let between = rest.get(..clock_at)?;
    let clock = rest.get(clock_at..clock_at + 8)?;
    let behind = rest.get(clock_at + 8..)?;
    let is_shaped = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(b, s)| match s {
                b'9' => b.is_ascii_digit(),
                s => b == s,
            })
    };
    let number = |text: &str, from: usize| text.get(from..from + 2).and_then(|d| d.parse::<u8>().ok());
    let within = |n: Option<u8>, from: u8, to: u8| n.is_some_and(|n| (from..=to).contains(&n));
    let fits = is_shaped(date, "99:99:9999")
        && is_shaped(clock, "99:99:99")
        && (1..=3).contains(&between.chars().count())
        && !behind.starts_with(|c: char| c.is_ascii_digit())
        && within(number(date, 0), 1, 31)
        && within(number(date, 3), 1, 12)
        && within(number(clock, 0), 0, 23)
        && within(number(clock, 3), 0, 59)
        && within(number(clock, 6), 0, 60);
    fits.then_some(behind)
}

/// The shape of a written time: runs of digits are one `9`, of letters one `a`, of blanks one blank; what stands
/// behind the clock (fraction, zone, year) does not count.
fn time_shape(written: &str, out: &mut String) {
    out.clear();
    for c in written.trim().chars() {
        let c = match c {
            '0'..='9' => '9',
            c if c.is_alphabetic() => 'a',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if out.ends_with(c) && matches!(c, '9' | 'a' | ' ') {
            continue;
        }
        if out.ends_with("9:9:9") && c != '9' && c != ':' && out != "9:9:9" {
            return;
        }
        out.push(c);
    }
    // An epoch with and without a fraction is one form.
    if out == "9.9" {
        out.truncate(1);
    }
}
