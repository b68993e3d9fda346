//! `letopis demo`

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clap::Args;

use crate::cli::Global;
use crate::commands::{access, ingest, stats, timeline, verify};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Verdict};
use crate::samples;

/// Where the demo is built.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// Folder of the demo: samples, keys, archive and reports go there.
    #[arg(default_value = "letopis-demo", value_name = "DIR")]
    folder: PathBuf,
}

/// Builds, verifies, reconstructs.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let folder = &arguments.folder;
    let samples = folder.join("samples");
    unpack(&samples)?;
    let say = |text: &str| context.ui.note(&format!("\n== {text}"));
    let demo = inside(context, folder)?;

    say("Taking in seven months of logs of a district administration (samples/logs), by its source register");
    let before = demo.vault().ok().map(|v| v.size());
    let taken = ingest::demo(
        &demo,
        &samples.join("logs"),
        &samples.join("sources.csv"),
        before.is_none(),
    )?;
    context.ui.out(&taken)?;
    say("Taking in one file that was delivered a second time, with a line altered (samples/redelivered)");
    let taken = ingest::demo(
        &demo,
        &samples.join("redelivered"),
        &samples.join("sources.csv"),
        false,
    )?;
    context.ui.out(&taken)?;

    say("Verifying every byte, and deriving every row again from the originals");
    if verify::demo(&demo)? == Verdict::Negative {
        return Ok(Verdict::Negative);
    }
    let reports = folder.join("reports");
    for lang in ["en", "ru"] {
        say(&format!("Reports in `{lang}`"));
        timeline::demo(&demo, &reports, lang)?;
        access::demo(&demo, &reports, lang)?;
        stats::demo(&demo, &reports, lang)?;
    }
    say(
        "The checkpoint: whoever holds these lines can tell later whether anything at or below them was changed",
    );
    context.ui.out(&demo.vault()?.checkpoint().text)?;
    finish(context, folder, before)
}

/// The same context, with archive and keys inside the demo's folder.
fn inside(context: &Context, folder: &Path) -> Result<Context, CommandError> {
    Context::new(Global {
        archive: Some(folder.join("archive")),
        key: Some(folder.join("keys")),
        purpose: Some(
            context
                .global
                .purpose
                .clone()
                .unwrap_or_else(|| "demo".to_owned()),
        ),
        json: false,
        ..context.global.clone()
    })
}

fn finish(context: &Context, folder: &Path, before: Option<u64>) -> CommandResult {
    let archive = folder.join("archive");
    let mut text = String::from("\nReports:\n");
    let mut pages: Vec<PathBuf> = std::fs::read_dir(folder.join("reports"))?
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "html"))
        .collect();
    pages.sort();
    for page in pages {
        text.push_str(&format!("  {}\n", page.display()));
    }
    if before.is_some() {
        text.push_str("The archive was there already: no object, record or segment was added, only its own ledger entries.\n");
    }
    let keys = folder.join("keys");
    let with = format!("-a {} --key {}", archive.display(), keys.display());
    text.push_str(&format!(
        "Try next:\n  letopis search {with} 'user_name:b.akhmetov time:2025-12-31..2026-01-01'\n  letopis sql {with} \
         'SELECT kind, count(*) AS n FROM events GROUP BY kind ORDER BY n DESC LIMIT 10'\n  letopis query list\n  \
         letopis prove {with} EVENT_ID -o record.proof && letopis prove --check record.proof\n"
    ));
    context.ui.out(&text)?;
    Ok(Verdict::Done)
}

/// Writes the embedded samples, with the times that the files had: years are inferred from them.
fn unpack(folder: &Path) -> Result<(), CommandError> {
    let failed =
        |path: &Path, e: std::io::Error| CommandError::environment(format!("{}: {e}", path.display()));
    let times = samples::modified();
    for (name, bytes) in samples::FILES {
        let path = folder.join(name);
        if path.exists() {
            continue;
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|e| failed(parent, e))?;
        }
        std::fs::write(&path, bytes).map_err(|e| failed(&path, e))?;
        if let Some(micros) = times.get(*name).and_then(|t| u64::try_from(*t).ok()) {
            let file = std::fs::File::options()
                .write(true)
                .open(&path)
                .map_err(|e| failed(&path, e))?;
            let time = SystemTime::UNIX_EPOCH + Duration::from_micros(micros);
            file.set_modified(time).map_err(|e| failed(&path, e))?;
        }
    }
    Ok(())
}
