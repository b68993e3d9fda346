//! `letopis import`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use letopis_bag::{Bag, BagPath};
use letopis_event::Zone;
use letopis_reconstruct::bundle::{BundledObject, EXTRACTS, ORIGINALS, put_cut_out};
use letopis_verify::Shown;
use serde_json::{Value, json};

use crate::commands::ingest;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Verdict};

/// Which bundle to take over.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// The bundle: a folder that `letopis export bundle` wrote.
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Custodian keys of the archive it comes from, known from elsewhere, one a line.
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Person who runs the intake; the account at the keyboard unless said.
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// Zone of clocks that state none.
    #[arg(long, value_name = "ZONE")]
    tz: Option<Zone>,
    /// Year of the first record of each file that states none.
    #[arg(long, value_name = "YEAR")]
    year: Option<i32>,
    /// Checks the bundle and takes nothing in.
    #[arg(long)]
    check: bool,
}

/// A proof of the bundle that holds.
struct Held {
    text: String,
    shown: Shown,
}

/// Checks a bundle as a stranger's, and takes it in with its provenance.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let bag = match Bag::check(&arguments.bundle) {
        Ok(Ok(bag)) => bag,
        Ok(Err(problems)) => {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            return refuse(context, &problems);
        }
        Err(error) => return Err(CommandError::environment(error.to_string())),
    };
    let trusted = arguments.trust.as_ref().map(|path| read(path)).transpose()?;
    let (records, objects) = match (
        proof(&bag, "records.proof.txt", trusted.as_deref()),
        objects(&bag),
    ) {
        (Ok(proof), Ok(objects)) => (proof, objects),
        (proof, objects) => {
            let problems: Vec<String> = [proof.err(), objects.err()].into_iter().flatten().collect();
            return refuse(context, &problems);
        }
    };
    let mut problems = disagreements(&bag, &records, &objects);
    let access = match bag
        .payload
        .keys()
        .any(|path| path.as_str() == "data/access.proof.txt")
    {
        true => proof(&bag, "access.proof.txt", trusted.as_deref()).map(Some),
        false => Ok(None),
    };
    let access = access.unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    if !problems.is_empty() {
        return refuse(context, &problems);
    }
    context.ui.note(&records.shown.summary());
    if arguments.check {
        let outcome = json!({ "ok": true, "files": objects.len() });
        context
            .ui
            .outcome(&outcome, || "the bundle holds; nothing was taken in".to_owned())?;
        return Ok(Verdict::Done);
    }
    let folders = [ORIGINALS, EXTRACTS].map(|folder| arguments.bundle.join("data").join(folder));
    let inputs: Vec<PathBuf> = folders.into_iter().filter(|folder| folder.is_dir()).collect();
    if inputs.is_empty() {
        return Err(CommandError::usage(format!(
            "{}: no file in it can be read as a log: its records have no text of their own",
            arguments.bundle.display()
        ))
        .hint("ask for a bundle with the whole files: letopis export bundle --originals"));
    }
    let origin = archive_of(&records.shown);
    let taken = ingest::of_bundle(
        inputs,
        origin,
        bag.label("External-Identifier"),
        arguments.operator.as_deref(),
    );
    let taken = taken.with_provenance(provenance(&bag, &records, access.as_ref(), &objects));
    ingest::run(context, &taken.zoned(arguments.tz, arguments.year))
}

/// What the bundle was: its labels, its proofs whole, and which file in it was which.
fn provenance(bag: &Bag, records: &Held, access: Option<&Held>, objects: &[BundledObject]) -> Value {
    json!({
        "import": {
            "archive": archive_of(&records.shown),
            "info": bag.info,
            "objects": objects,
            "records_proof": records.text,
            "access_proof": access.map(|proof| proof.text.as_str()),
        }
    })
}

fn archive_of(shown: &Shown) -> &str {
    match shown {
        Shown::One(one) => &one.vouched.archive,
        Shown::Many(many) => &many.vouched.archive,
    }
}

fn refuse(context: &Context, problems: &[String]) -> CommandResult {
    let outcome = json!({ "ok": false, "problems": problems });
    context
        .ui
        .outcome(&outcome, || format!("NOT TAKEN IN:\n  {}", problems.join("\n  ")))?;
    Ok(Verdict::Negative)
}

fn read(path: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(path).map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))
}

/// A payload file of the bag as text.
fn text_of(bag: &Bag, name: &str) -> Result<String, String> {
    let path = BagPath::new(&format!("data/{name}")).map_err(|error| error.to_string())?;
    if !bag.payload.contains_key(&path) {
        return Err(format!(
            "data/{name}: expected in a bundle of letopis, found none"
        ));
    }
    std::fs::read_to_string(bag.place(&path)).map_err(|error| format!("data/{name}: {error}"))
}

fn proof(bag: &Bag, name: &str, trusted: Option<&str>) -> Result<Held, String> {
    let text = text_of(bag, name)?;
    let shown = letopis_verify::check(&text, trusted).map_err(|error| format!("data/{name}: {error}"))?;
    Ok(Held { text, shown })
}

fn objects(bag: &Bag) -> Result<Vec<BundledObject>, String> {
    let text = text_of(bag, "objects.json")?;
    serde_json::from_str(&text).map_err(|error| format!("data/objects.json: {error}"))
}

/// What the files of the bundle say and its proof does not show. The manifests only say that nothing changed since
/// the bag was made; the proof says that its files are what the archive took in.
fn disagreements(bag: &Bag, records: &Held, objects: &[BundledObject]) -> Vec<String> {
    let Shown::Many(shown) = &records.shown else {
        return vec!["data/records.proof.txt: expected a proof of many records".to_owned()];
    };
    let mut problems = Vec::new();
    let digests: BTreeSet<&str> = shown
        .objects
        .iter()
        .filter_map(|o| o.tree.file_sha256.as_deref())
        .collect();
    let cut_out: Vec<Vec<u8>> = letopis_verify::bytes_of_records(&records.text)
        .unwrap_or_default()
        .into_iter()
        .map(|records| cut_out(&records))
        .collect();
    let mut listed = BTreeSet::new();
    for object in objects {
        let Some(name) = &object.file else { continue };
        listed.insert(format!("data/{name}"));
        let path = BagPath::new(&format!("data/{name}"));
        let Some((path, file)) = path.ok().and_then(|path| bag.payload.get_key_value(&path)) else {
            problems.push(format!("data/objects.json: {name:?} is not in the bundle"));
            continue;
        };
        let shown = if name.starts_with(ORIGINALS) {
            digests.contains(file.sha256.as_str())
        } else {
            std::fs::read(bag.place(path)).is_ok_and(|bytes| cut_out.contains(&bytes))
        };
        if !shown {
            problems.push(format!(
                "{path}: expected what records.proof.txt shows, found other bytes"
            ));
        }
    }
    let under = |path: &&BagPath| {
        [ORIGINALS, EXTRACTS]
            .iter()
            .any(|f| path.as_str().starts_with(&format!("data/{f}/")))
    };
    for path in bag
        .payload
        .keys()
        .filter(under)
        .filter(|path| !listed.contains(path.as_str()))
    {
        problems.push(format!("{path}: expected in objects.json, found not listed"));
    }
    problems
}

/// Records as an extract holds them.
fn cut_out(records: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for record in records {
        // Writing into a Vec cannot fail.
        let _ = put_cut_out(record, &mut bytes);
    }
    bytes
}
