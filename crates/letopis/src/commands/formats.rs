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

/// Which format to show, or a description to check.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// Shows one format with its reference and kinds.
    name: Option<String>,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Checks files that describe formats (TOML): keys, patterns, and that every sample gives what it promises.
    Check {
        /// The files.
        #[arg(required = true, value_name = "FILE.toml")]
        files: Vec<PathBuf>,
    },
}

/// Lists all formats, shows one, or checks descriptions.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    if let Some(Action::Check { files }) = &arguments.action {
        return check(context, files);
    }
    let chosen: Vec<&Format> = match &arguments.name {
        None => FORMATS.to_vec(),
        Some(name) => {
            let found = FORMATS.iter().find(|f| f.name == name);
            vec![found.ok_or_else(|| {
                CommandError::usage(format!("no format is called `{name}`")).hint("letopis formats")
            })?]
        }
    };
    let list: Vec<_> = chosen.iter().map(|f| described(f)).collect();
    context.ui.outcome(&list, || {
        if arguments.name.is_some() {
            return shown(chosen[0]);
        }
        table(
            &["name", "title"],
            chosen.iter().map(|f| vec![f.name.to_owned(), f.title.to_owned()]),
        )
    })?;
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
