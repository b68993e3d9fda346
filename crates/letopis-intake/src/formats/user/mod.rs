//! Formats that a person describes in a TOML file, without code.
//!
//! ```toml
//! name = "bank-gate"                     # lower case, digits, hyphens; no built-in format's name
//! title = "Payment gateway of the bank"
//! reference = "gateway manual 4.2, section 7"
//! category = "application"               # optional: os, dbms, network, application, protection
//! confidence = 85                        # optional, 50 to 99: how sure the claim is when 80 % of the records match
//!
//! [record]
//! framing = "lines"                      # lines (default); start: other lines continue a record; quoted: so do line ends in quotes
//! start = '^\d{4}-'                      # with framing = "start": what the first line of a record matches
//! comment = "#"                          # optional: lines that begin so are no records
//! pattern = '^(?<when>\S+ \S+) (?<who>\S+) (?<what>\w+) (?<message>.*)$'   # or patterns = ['…', '…']: the first that matches
//! # instead of a pattern:
//! # separator = ";"
//! # quote = '"'                          # optional
//! # columns = ["when", "who", "what", "message"]
//! # header = true                        # optional: lines that repeat the columns' names are no records
//!
//! [time]
//! field = "when"                         # or date = "…" and clock = "…"
//! layout = "%d.%m.%Y %H:%M:%S%.f"        # or a name: any, iso8601, epoch, filetime … (default any)
//! offset = "+00:00"                      # optional: what the manual says of clocks that state none
//!
//! [time_end]                             # optional, as [time]: when the operation ended
//!
//! [fields]                               # field to column; a field called like a column fills it; others become attributes
//! who = "user_name"
//! what = "action"
//!
//! [fixed]                                # columns with the same value in every record
//! service = "bank-gate"
//!
//! [[kind]]                               # in order; for kind, outcome and level the first rule that matches decides
//! field = "what"                         # without it the whole record
//! equals = ["LOGIN", "SIGNIN"]           # or contains = "…", or matches = '…'
//! kind = "auth.logon"
//! outcome = "success"                    # optional: success, failure
//! level = 6                              # optional, syslog scale
//!
//! [[sample]]                             # at least one; the file is refused where a sample fails
//! text = '''
//! 01.01.2026 00:12:03.5 aigul LOGIN from the branch office
//! '''
//! events = [{ time = "2026-01-01T00:12:03.5Z", user_name = "aigul", kind = "auth.logon" }]
//! ```
//!
//! Patterns are regular expressions without look-around and back-references: reading takes time in proportion to the
//! text, whatever the text.

mod keys;
mod load;
mod reader;
mod rules;
mod samples;
#[cfg(test)]
mod tests;
mod time;

use std::sync::Arc;

use letopis_event::Category;
use regex::Regex;

use super::fields::Target;
use crate::format::{Claim, Format, Framing, Head, Reader};
use crate::framing::{self, Start};
use rules::Rule;
use time::TimeFields;

/// Stands in detections for a format that a person described; its own name and words come from the [`UserFormat`].
pub(crate) const FORMAT: Format = Format {
    name: "user-format",
    title: "Format described in a file",
    reference: "the file itself",
    category: None,
    kinds: &[],
    samples: &[],
    detect: |_| None,
    reader: Reader::Text {
        framing: Framing::Lines,
        open: reader::open,
    },
};

/// Why a file that describes a format is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {key}: expected {expected}, found {found}")]
pub struct UserFormatError {
    /// The file, as the caller named it.
    pub file: String,
    /// The key, or the line and column where the TOML itself breaks off.
    pub key: String,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// A format that a person described.
#[derive(Debug)]
pub struct UserFormat {
    name: String,
    title: String,
    reference: String,
    category: Option<Category>,
    confidence: u8,
    text: String,
    framing: Framing,
    start: Option<Regex>,
    comment: Option<String>,
    shape: Shape,
    time: Option<TimeFields>,
    time_end: Option<TimeFields>,
    /// What each field of the shape fills.
    uses: Vec<Use>,
    fixed: Vec<(Target, String)>,
    rules: Vec<Rule>,
    samples: Vec<samples::UserSample>,
}

/// How a record is taken apart.
#[derive(Debug)]
enum Shape {
    /// By the first pattern that matches; each with the field (by number) of each of its groups.
    Patterns(Vec<(Regex, Vec<Option<usize>>)>),
    /// By a separator.
    Columns {
        separator: u8,
        quote: Option<u8>,
        header: bool,
    },
}

/// What a field is for.
#[derive(Debug)]
struct Use {
    /// The field's name in the description.
    name: String,
    /// The column it fills.
    target: Option<Target>,
    /// It is (part of) the time that is read by a layout.
    timed: bool,
}

impl UserFormat {
    /// The name in the `format` column.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a person calls it.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Where it is described.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// Category of a source that writes it.
    pub fn category(&self) -> Option<Category> {
        self.category
    }

    /// The file's text: what must be kept to read the same bytes the same way again.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Number of samples, all of which give what they should.
    pub fn sample_count(&self) -> usize {
        self.samples.len()
    }

    pub(crate) fn framing(&self) -> Framing {
        self.framing
    }

    /// Whether a line begins a record.
    pub(crate) fn begins(&self, line: &str) -> bool {
        let comment = self.comment.as_deref();
        self.start.as_ref().is_none_or(|start| start.is_match(line))
            || comment.is_some_and(|mark| line.starts_with(mark))
    }

    /// The claim on a text: how many of the first records can be read whole.
    pub(crate) fn claim(self: &Arc<Self>, head: &Head<'_>) -> Option<Claim> {
        let begins = |start: Start, line: &str| match start {
            Start::Own(_) => false,
            Start::Pattern => self.begins(line),
        };
        let mut reader = reader::UserReader::new(Arc::clone(self));
        let (mut all, mut good) = (0usize, 0usize);
        for record in framing::cut_by(self.framing, head.text, 30, &begins) {
            if let Some(readable) = reader.can_read(record) {
                all += 1;
                good += usize::from(readable);
            }
        }
        (all > 0 && good * 100 >= all * 80).then(|| Claim {
            confidence: self.confidence,
            reason: format!(
                "{good} of the first {all} records are as the user's format {} describes them",
                self.name
            ),
        })
    }
}

/// A set of formats to take part in detection, in the order of their names.
///
/// # Errors
/// Where two have the same name.
pub fn user_formats(files: Vec<(String, Arc<UserFormat>)>) -> Result<Vec<Arc<UserFormat>>, UserFormatError> {
    let mut files = files;
    files.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
    for pair in files.windows(2) {
        if pair[0].1.name == pair[1].1.name {
            return Err(UserFormatError {
                file: pair[1].0.clone(),
                key: "name".to_owned(),
                expected: "a name that no other file of the set has".to_owned(),
                found: format!("`{}`, which {} has too", pair[1].1.name, pair[0].0),
            });
        }
    }
    Ok(files.into_iter().map(|(_, format)| format).collect())
}
