//! The comment block at the top of a query file.

use super::{NamedError, NamedQuery, Parameter, ParameterType};

/// One entry of the header with the line it begins on.
struct Entry {
    line: usize,
    tag: String,
    text: String,
}

pub(super) fn parse(name: &str, text: &str) -> Result<NamedQuery, NamedError> {
    let refuse = |line: usize, message: String| NamedError::Header {
        name: name.to_owned(),
        line,
        message,
    };
    let mut query = NamedQuery {
        name: name.to_owned(),
        title: String::new(),
        description: String::new(),
        parameters: Vec::new(),
        columns: Vec::new(),
        clauses: Vec::new(),
        text: text.to_owned(),
        path: None,
    };
    for entry in entries(text).map_err(|(line, message)| refuse(line, message))? {
        let value = entry.text.trim();
        match entry.tag.as_str() {
            "title" => query.title = value.to_owned(),
            "about" => {
                if !query.description.is_empty() {
                    query.description.push(' ');
                }
                query.description.push_str(value);
            }
            "param" => {
                let parameter = parameter(value).map_err(|message| refuse(entry.line, message))?;
                if query.parameters.iter().any(|p| p.name == parameter.name) {
                    return Err(refuse(
                        entry.line,
                        format!("`{}` is declared twice", parameter.name),
                    ));
                }
                query.parameters.push(parameter);
            }
            "column" => {
                let (column, meaning) = value.split_once(':').ok_or_else(|| {
                    refuse(entry.line, format!("expected `name: meaning`, found `{value}`"))
                })?;
                query
                    .columns
                    .push((column.trim().to_owned(), meaning.trim().to_owned()));
            }
            "clause" => query.clauses.extend(
                value
                    .split(',')
                    .map(|c| c.trim().to_owned())
                    .filter(|c| !c.is_empty()),
            ),
            other => {
                let known = "@title, @about, @param, @column, @clause";
                return Err(refuse(
                    entry.line,
                    format!("expected one of {known}, found `@{other}`"),
                ));
            }
        }
    }
    if query.title.is_empty() {
        return Err(refuse(1, "expected a line `-- @title …`, found none".to_owned()));
    }
    Ok(query)
}

fn entries(text: &str) -> Result<Vec<Entry>, (usize, String)> {
    let mut entries: Vec<Entry> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some(comment) = line.strip_prefix("--") else {
            break;
        };
        let comment = comment.trim();
        if let Some(tagged) = comment.strip_prefix('@') {
            let (tag, rest) = tagged.split_once(char::is_whitespace).unwrap_or((tagged, ""));
            entries.push(Entry {
                line: index + 1,
                tag: tag.to_owned(),
                text: rest.trim().to_owned(),
            });
        } else if let Some(last) = entries.last_mut() {
            last.text.push(' ');
            last.text.push_str(comment);
        } else if !comment.is_empty() {
            return Err((index + 1, format!("expected `-- @title …`, found `{line}`")));
        }
    }
    Ok(entries)
}

/// `name type = default: text`, with `= default` left out where a value must be given.
fn parameter(text: &str) -> Result<Parameter, String> {
    let refuse = || format!("expected `name type = default: text`, found `{text}`");
    let (declaration, description) = text.split_once(": ").ok_or_else(refuse)?;
    let (declaration, default) = match declaration.split_once('=') {
        Some((declaration, default)) => (declaration, Some(default.trim().to_owned())),
        None => (declaration, None),
    };
    let mut words = declaration.split_whitespace();
    let (Some(name), Some(kind), None) = (words.next(), words.next(), words.next()) else {
        return Err(refuse());
    };
    let is_name = |n: &str| {
        n.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if !is_name(name) {
        return Err(format!(
            "expected a name of small letters, digits and `_`, found `{name}`"
        ));
    }
    let types = [
        ParameterType::Text,
        ParameterType::Integer,
        ParameterType::Timestamp,
        ParameterType::Zone,
        ParameterType::Quarter,
        ParameterType::Duration,
    ];
    let kind = types.into_iter().find(|t| t.as_str() == kind).ok_or_else(|| {
        let known: Vec<_> = types.iter().map(|t| t.as_str()).collect();
        format!("expected a type out of {}, found `{kind}`", known.join(", "))
    })?;
    Ok(Parameter {
        name: name.to_owned(),
        kind,
        default,
        description: description.trim().to_owned(),
    })
}
