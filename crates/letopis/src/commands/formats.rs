//! `letopis formats`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use letopis_archive::intake::{FORMATS, Format, UserFormat, user_formats};
use letopis_event::Category;
use serde::Serialize;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Verdict};
use crate::ui::table;

/// What to do; lists the formats unless said.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Lists all formats.
    List,
    /// Shows one format with its reference and kinds.
    Show {
        /// Its name.
        name: String,
    },
    /// Checks files that describe formats (TOML): keys, patterns, and that every sample gives what it promises.
    Check {
        /// The files.
        #[arg(required = true, value_name = "FILE.toml")]
        files: Vec<PathBuf>,
    },
}

/// Lists all formats, shows one, or checks descriptions.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match &arguments.action {
        None | Some(Action::List) => list(context),
        Some(Action::Show { name }) => show(context, name),
        Some(Action::Check { files }) => check(context, files),
    }
}

fn list(context: &Context) -> CommandResult {
    let list: Vec<_> = FORMATS.iter().map(|f| described(f)).collect();
    context.ui.outcome(&list, || {
        table(
            &["name", "title"],
            FORMATS
                .iter()
                .map(|f| vec![f.name.to_owned(), f.title.to_owned()]),
        )
    })?;
    Ok(Verdict::Done)
}

fn show(context: &Context, name: &str) -> CommandResult {
    let found = FORMATS.iter().find(|f| f.name == name);
    let format = found.ok_or_else(|| {
        CommandError::usage(format!("no format is called `{name}`")).hint("letopis formats list")
    })?;
    context.ui.outcome(&described(format), || shown(format))?;
    Ok(Verdict::Done)
}

fn described(format: &Format) -> serde_json::Value {
    json!({
        "name": format.name,
        "title": format.title,
        "reference": format.reference,
        "category": format.category.map(Category::as_str),
        "kinds": format.kinds.iter().map(|k| k.as_str()).collect::<Vec<_>>(),
    })
}

fn shown(format: &Format) -> String {
    let kinds: Vec<_> = format.kinds.iter().map(|k| k.as_str()).collect();
    format!(
        "{}\n{}\n{}\nkinds: {}",
        format.name,
        format.title,
        format.reference,
        kinds.join(", ")
    )
}

/// What a check found of one description.
#[derive(Serialize)]
struct Checked {
    file: String,
    name: String,
    title: String,
    samples: usize,
    /// Built-in formats whose own samples it would claim.
    overlaps: Vec<&'static str>,
}

fn check(context: &Context, files: &[PathBuf]) -> CommandResult {
    let formats = read_all(files)?;
    let list: Vec<Checked> = formats
        .iter()
        .map(|(file, format)| Checked {
            file: file.clone(),
            name: format.name().to_owned(),
            title: format.title().to_owned(),
            samples: format.sample_count(),
            overlaps: format.overlaps(),
        })
        .collect();
    user_formats(formats).map_err(refused)?;
    context.ui.outcome(&list, || {
        let line = |checked: &Checked| {
            let mut line = format!(
                "{}: {} ({}), {} samples as promised",
                checked.file, checked.name, checked.title, checked.samples
            );
            if !checked.overlaps.is_empty() {
                line.push_str(&format!(
                    "\n  too wide: it claims samples of {} too; a stricter pattern or a lower confidence leaves them theirs",
                    checked.overlaps.join(", ")
                ));
            }
            line
        };
        list.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(Verdict::Done)
}

fn refused(error: letopis_archive::intake::UserFormatError) -> CommandError {
    CommandError::usage(error.to_string())
}

fn read_all(files: &[PathBuf]) -> Result<Vec<(String, Arc<UserFormat>)>, CommandError> {
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| CommandError::usage(format!("{name}: {e}")))?;
        let format = UserFormat::parse(&name, &text).map_err(refused)?;
        Ok((name, format))
    };
    files.iter().map(read).collect()
}

/// The formats that the `.toml` files of a folder describe, or the one that a file describes.
///
/// # Errors
/// When the folder cannot be read, holds no such file, or one of them is refused.
pub fn user_formats_of(folder: &Path) -> Result<Vec<Arc<UserFormat>>, CommandError> {
    let wrap = |e: std::io::Error| CommandError::usage(format!("{}: {e}", folder.display()));
    let mut files = Vec::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder).map_err(wrap)? {
            let path = entry.map_err(wrap)?.path();
            if path.extension().is_some_and(|e| e == "toml") && path.is_file() {
                files.push(path);
            }
        }
        files.sort();
    } else {
        files.push(folder.to_owned());
    }
    if files.is_empty() {
        return Err(CommandError::usage(format!(
            "{}: expected files that end in .toml, found none",
            folder.display()
        )));
    }
    user_formats(read_all(&files)?).map_err(refused)
}
