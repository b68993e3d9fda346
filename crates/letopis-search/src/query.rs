//! The query language: text to filter and back.
//!
//! ```text
//! sshd failed                    both words        "failed password"     these characters, as they stand
//! failed OR refused              either            NOT sshd, -sshd       without it
//! (a OR b) c                     brackets          ~admin                look-alike spellings too
//! adm*, *dmin*                   within a word     like:"logon * from"   a pattern with spaces
//! /ses+ion \d+/                  regular expression; `\/` for a slash
//! user_name:root                 a column          attrs.Group:admins    any other field
//! target:/var/log/*  target:*    pattern; present  target:/log$/         regular expression
//! src_ip:10.0.0.0/8              network           status:>=500  dst_port:80..443
//! time:2026-03..2026-04          both months       time:>=2026-03-01T10:00+05:00
//! ```
//!
//! Words side by side must all be there. `AND`, `OR` and `NOT` are operators in capitals only. In quotes every
//! character is meant as it stands, and `""` is a quote. A word with a colon asks for a column: text that merely
//! holds a colon stands in quotes.

mod print;
mod value;

#[cfg(test)]
mod tests;

use letopis_event::filter::{ColumnTest, TextTest};
use letopis_event::{COLUMNS, Filter, Zone, column};

pub use print::print;

/// Deepest nesting of brackets and `NOT`.
const DEEPEST: usize = 64;

/// Reads a query. `zone` is where times without an offset are taken to stand (the archive's zone).
pub fn parse(text: &str, zone: Zone) -> Result<Filter, QueryError> {
    let mut parser = Parser {
        chars: text.chars().collect(),
        at: 0,
        depth: 0,
        zone,
    };
    let filter = parser.any_of()?;
    match parser.peek() {
        None => Ok(filter),
        Some(_) => Err(parser.error("there is no `(` to this `)`")),
    }
}

/// A query that is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("query, character {position}: {message}")]
pub struct QueryError {
    /// Counted in characters from 1.
    pub position: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

/// Characters that end a word.
fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"')
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    zone: Zone,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn peek_after(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn error(&self, message: impl Into<String>) -> QueryError {
        self.error_at(self.at, message)
    }

    fn error_at(&self, at: usize, message: impl Into<String>) -> QueryError {
        QueryError {
            position: at + 1,
            message: message.into(),
        }
    }

    /// Takes an operator word, if one stands here by itself.
    fn operator(&mut self, word: &str) -> bool {
        self.skip_space();
        let length = word.len();
        let stands = word
            .chars()
            .enumerate()
            .all(|(i, c)| self.peek_after(i) == Some(c));
        let alone = self.peek_after(length).is_none_or(ends_word);
        if stands && alone {
            self.at += length;
        }
        stands && alone
    }

    fn any_of(&mut self) -> Result<Filter, QueryError> {
        let mut parts = vec![self.all_of()?];
        while self.operator("OR") {
            parts.push(self.all_of()?);
        }
        Ok(one_or(parts, Filter::Any))
    }

    fn all_of(&mut self) -> Result<Filter, QueryError> {
        let mut parts = vec![self.unary()?];
        loop {
            let explicit = self.operator("AND");
            let before_or = self.at;
            let or_follows = self.operator("OR");
            self.at = before_or;
            self.skip_space();
            match self.peek() {
                None | Some(')') if explicit => return Err(self.error("`AND` needs a term after it")),
                None | Some(')') => return Ok(one_or(parts, Filter::All)),
                _ if or_follows && explicit => return Err(self.error("`AND` needs a term after it")),
                _ if or_follows => return Ok(one_or(parts, Filter::All)),
                Some(_) => parts.push(self.unary()?),
            }
        }
    }

    fn unary(&mut self) -> Result<Filter, QueryError> {
        self.skip_space();
        let start = self.at;
        if self.depth >= DEEPEST {
            return Err(self.error(format!("nested deeper than {DEEPEST}")));
        }
        self.depth += 1;
        let filter = if self.operator("NOT") {
            Filter::Not(Box::new(self.unary()?))
        } else if self.peek() == Some('-') && self.peek_after(1).is_some_and(|c| !c.is_whitespace()) {
            self.at += 1;
            Filter::Not(Box::new(self.unary()?))
        } else if ["OR", "AND"].iter().any(|word| self.operator(word)) {
            return Err(self.error_at(
                start,
                "an operator needs a term on both sides; in quotes it is a word",
            ));
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(filter)
    }

    fn primary(&mut self) -> Result<Filter, QueryError> {
        let start = self.at;
        match self.peek() {
            None => Err(self.error("a term was expected (a word, \"a phrase\", column:value)")),
            Some(')') => Err(self.error("a term was expected before `)`")),
            Some('(') => {
                self.at += 1;
                let inner = self.any_of()?;
                if self.peek() == Some(')') {
                    self.at += 1;
                    Ok(inner)
                } else {
                    Err(self.error_at(start, "this `(` is never closed"))
                }
            }
            Some('"') => Ok(Filter::Text(TextTest::Literal(self.quoted()?))),
            Some('/') => Ok(Filter::Text(TextTest::Regex(self.regex()?))),
            Some('~') => {
                self.at += 1;
                let literal = match self.peek() {
                    Some('"') => self.quoted()?,
                    _ => self.word(),
                };
                if literal.is_empty() {
                    return Err(self.error("`~` needs a word after it"));
                }
                Ok(Filter::Text(TextTest::LookAlike(literal)))
            }
            Some(_) => self.word_or_column(),
        }
    }

    /// Text in quotes; `""` is a quote.
    fn quoted(&mut self) -> Result<String, QueryError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            if c != '"' {
                text.push(c);
            } else if self.peek() == Some('"') {
                self.at += 1;
                text.push('"');
            } else {
                return Ok(text);
            }
        }
        Err(self.error_at(start, "this quote is never closed"))
    }

    /// A regular expression between slashes; `\/` is a slash.
    fn regex(&mut self) -> Result<String, QueryError> {
        let start = self.at;
        self.at += 1;
        let mut pattern = String::new();
        loop {
            match self.peek() {
                None => {
                    return Err(self.error_at(
                        start,
                        "this `/` opens a regular expression that is never closed; a path stands in quotes",
                    ));
                }
                Some('/') => break,
                Some('\\') if self.peek_after(1) == Some('/') => {
                    pattern.push('/');
                    self.at += 2;
                }
                Some('\\') => {
                    pattern.push('\\');
                    pattern.extend(self.peek_after(1));
                    self.at += if self.peek_after(1).is_some() { 2 } else { 1 };
                }
                Some(c) => {
                    pattern.push(c);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        if self.peek().is_some_and(|c| !ends_word(c)) {
            return Err(
                self.error("white space was expected after a regular expression; a path stands in quotes")
            );
        }
        match crate::pattern::regex(&pattern) {
            Ok(_) => Ok(pattern),
            Err(error) => Err(self.error_at(start, error.to_string())),
        }
    }

    fn word(&mut self) -> String {
        let start = self.at;
        while self.peek().is_some_and(|c| !ends_word(c)) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    fn word_or_column(&mut self) -> Result<Filter, QueryError> {
        let start = self.at;
        if let Some(name) = self.column_name()? {
            if name == "like" {
                let pattern = self.pattern()?;
                return Ok(Filter::Text(TextTest::Wildcard(pattern)));
            }
            self.check_column(start, &name)?;
            let test = self.column_test(&name)?;
            return Ok(Filter::Column { column: name, test });
        }
        self.at = start;
        let word = self.word();
        Ok(if word.chars().all(|c| c == '*') {
            Filter::True
        } else if word.contains('*') {
            Filter::Text(TextTest::Wildcard(word))
        } else {
            Filter::Text(TextTest::Literal(word))
        })
    }

    /// A name and the colon after it, if that is what stands here.
    fn column_name(&mut self) -> Result<Option<String>, QueryError> {
        let mut name = String::new();
        while let Some(c) = self.peek() {
            let in_attr = name.starts_with("attrs.");
            let first = name.is_empty();
            if c == ':' && !first {
                self.at += 1;
                return Ok(Some(name));
            }
            if c == '"' && name == "attrs." {
                name.push_str(&self.quoted()?);
            } else if c.is_ascii_alphabetic()
                || c == '_'
                || (!first && (c.is_ascii_digit() || c == '.'))
                || (in_attr && !ends_word(c))
            {
                name.push(c);
                self.at += 1;
            } else {
                return Ok(None);
            }
        }
        Ok(None)
    }

    fn check_column(&self, start: usize, name: &str) -> Result<(), QueryError> {
        let known = match name.strip_prefix("attrs.") {
            Some(attr) => !attr.is_empty(),
            None => column::find(name).is_some_and(|c| c.kind != column::ColumnType::Map),
        };
        if known {
            return Ok(());
        }
        let message = if name.starts_with("attrs") {
            "`attrs` needs the name of a field: attrs.NAME:value".to_owned()
        } else {
            let hint = nearest(name)
                .map(|near| format!("; did you mean `{near}`?"))
                .unwrap_or_default();
            format!(
                "there is no column `{name}`{hint} (a field of the record is attrs.{name}; \
                 text with a colon stands in quotes)"
            )
        };
        Err(self.error_at(start, message))
    }
}

fn one_or(mut parts: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Filter {
    match (parts.len(), parts.pop()) {
        (1, Some(one)) => one,
        (_, last) => {
            parts.extend(last);
            many(parts)
        }
    }
}

/// The column whose name is nearest to a mistyped one, if any is near.
fn nearest(name: &str) -> Option<&'static str> {
    let wanted = name.to_ascii_lowercase();
    let stem = COLUMNS.iter().find(|c| {
        wanted.len() >= 2 && (c.name.starts_with(&wanted) || c.name.split('_').any(|part| part == wanted))
    });
    if let Some(column) = stem {
        return Some(column.name);
    }
    COLUMNS
        .iter()
        .map(|c| (distance(&wanted, c.name), c.name))
        .min()
        .filter(|(far, near)| *far <= 1 + near.len() / 4)
        .map(|(_, near)| near)
}

/// Edits between two short texts: insertions, deletions, replacements.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, c) in a.chars().take(40).enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, d) in b.iter().enumerate() {
            let replace = diagonal + usize::from(c != *d);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

impl Parser {
    /// A wildcard pattern after `like:`, in quotes or as a word.
    fn pattern(&mut self) -> Result<String, QueryError> {
        let start = self.at;
        let pattern = match self.peek() {
            Some('"') => self.quoted()?,
            _ => self.word(),
        };
        if pattern.is_empty() {
            return Err(self.error_at(start, "`like:` needs a pattern after it"));
        }
        Ok(pattern)
    }

    fn column_test(&mut self, name: &str) -> Result<ColumnTest, QueryError> {
        let start = self.at;
        match self.peek() {
            Some('"') => return Ok(ColumnTest::Equals(self.quoted()?)),
            Some('/') if self.is_regex() => return Ok(ColumnTest::Regex(self.regex()?)),
            _ => {}
        }
        if ['l', 'i', 'k', 'e', ':']
            .iter()
            .enumerate()
            .all(|(i, c)| self.peek_after(i) == Some(*c))
        {
            self.at += 5;
            return Ok(ColumnTest::Wildcard(self.pattern()?));
        }
        let word = self.word();
        if word.is_empty() {
            return Err(self.error_at(start, format!("`{name}:` needs a value right after the colon")));
        }
        value::read(name, &word, self.zone).map_err(|message| self.error_at(start, message))
    }

    /// Whether a value that begins with a slash is a regular expression: a second slash ends the word.
    /// `/var/log/*` is a path.
    fn is_regex(&self) -> bool {
        let mut at = self.at + 1;
        while let Some(c) = self.chars.get(at) {
            match c {
                '\\' => at += 1,
                '/' => return self.chars.get(at + 1).is_none_or(|c| ends_word(*c)),
                _ => {}
            }
            at += 1;
        }
        false
    }
}
