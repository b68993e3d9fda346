//! Rules that say what a record means: kind, outcome, level.

use letopis_event::{EventBuf, Kind, Outcome};
use regex::Regex;

use super::UserFormatError;
use super::keys::Keys;

/// One `[[kind]]`.
#[derive(Debug)]
pub(super) struct Rule {
    /// Number of the field that is looked at; the whole record without one.
    field: Option<usize>,
    test: Test,
    kind: Option<Kind>,
    outcome: Option<Outcome>,
    level: Option<i8>,
}

#[derive(Debug)]
enum Test {
    Equals(Vec<String>),
    Contains(Vec<String>),
    Matches(Box<Regex>),
    /// The field is there and not empty.
    Present,
}

impl Test {
    fn holds(&self, value: &str) -> bool {
        match self {
            Self::Equals(texts) => texts.iter().any(|t| t == value),
            Self::Contains(texts) => texts.iter().any(|t| value.contains(t.as_str())),
            Self::Matches(pattern) => pattern.is_match(value),
            Self::Present => !value.is_empty(),
        }
    }
}

impl Rule {
    /// Reads a rule; `fields` are the names of the record's fields.
    pub(super) fn load(keys: &Keys<'_>, fields: &[&str]) -> Result<Self, UserFormatError> {
        keys.only(&[
            "field", "equals", "contains", "matches", "kind", "outcome", "level",
        ])?;
        let field = match keys.text("field")? {
            None => None,
            Some(name) => Some(fields.iter().position(|f| *f == name).ok_or_else(|| {
                keys.error(
                    "field",
                    format!("one of the fields {}", fields.join(", ")),
                    format!("`{name}`"),
                )
            })?),
        };
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let tests = ["equals", "contains", "matches"];
        let test = match tests.iter().filter(|t| keys.has(t)).count() {
            0 if field.is_some() => Test::Present,
            1 if keys.has("equals") => Test::Equals(owned(keys.texts("equals")?)),
            1 if keys.has("contains") => Test::Contains(owned(keys.texts("contains")?)),
            1 => Test::Matches(Box::new(super::load::pattern(keys, "matches")?)),
            found => {
                let found = format!("{found} of them and no field");
                return Err(keys.error("", "one of equals, contains, matches", found));
            }
        };
        let kind = match keys.text("kind")? {
            None => None,
            Some(code) => Some(Kind::parse(code).ok_or_else(|| {
                keys.error(
                    "kind",
                    "the code of a kind, as in auth.logon",
                    format!("`{code}`"),
                )
            })?),
        };
        let outcome = match keys.text("outcome")? {
            None => None,
            Some("success") => Some(Outcome::Success),
            Some("failure") => Some(Outcome::Failure),
            Some(other) => return Err(keys.error("outcome", "success or failure", format!("`{other}`"))),
        };
        let level = keys.number("level", 0, 7)?.map(|level| level as i8);
        if kind.is_none() && outcome.is_none() && level.is_none() {
            return Err(keys.error("", "a kind, an outcome or a level that follows", "none of them"));
        }
        Ok(Self {
            field,
            test,
            kind,
            outcome,
            level,
        })
    }
}

/// Lets the rules decide; `value` gives a field's value by its number.
pub(super) fn apply<'v>(
    rules: &[Rule],
    record: &'v str,
    value: &dyn Fn(usize) -> &'v str,
    event: &mut EventBuf,
) {
    let (mut kind, mut outcome, mut level) = (None, None, None);
    for rule in rules {
        let news = kind.is_none() && rule.kind.is_some()
            || outcome.is_none() && rule.outcome.is_some()
            || level.is_none() && rule.level.is_some();
        if news && rule.test.holds(rule.field.map_or(record, value)) {
            kind = kind.or(rule.kind);
            outcome = outcome.or(rule.outcome);
            level = level.or(rule.level);
        }
    }
    event.kind = kind.unwrap_or(event.kind);
    event.outcome = outcome.unwrap_or(event.outcome);
    event.level = level.or(event.level);
}
