//! `letopis key`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use letopis_archive::vault::{CosignerKey, KeyRole, Keys, Passphrase, VerifyingKey, keys, listed};
use serde_json::json;

use crate::commands::checkpoint::read_text;
use crate::context::{Context, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::passphrase;

/// Signing keys: files outside the archive.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Prints public keys: of the archive, to be given to others; or of one key file.
    Show {
        /// A key file; without it, the keys that the archive certifies.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// As a cosigner's: what goes into the list of those whom others trust.
        #[arg(long, requires = "file")]
        cosigner: bool,
    },
    /// Makes a key file: for a cosigner, or for another analyst's readings.
    New {
        /// Where; an existing file is never overwritten.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Its name: who or what signs, without spaces.
        #[arg(long, value_name = "NAME")]
        name: String,
        /// Locks it with a passphrase.
        #[arg(long)]
        passphrase: bool,
    },
    /// Sets, changes or takes away the passphrase of a key file.
    Passphrase {
        /// The file [default: custodian.key].
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Takes it away.
        #[arg(long)]
        remove: bool,
    },
    /// Hands the archive over to a fresh key. The old one is kept, and signs no more.
    Rotate {
        /// Which key.
        #[arg(long, value_enum, default_value = "custodian")]
        role: Role,
        /// Locks the new key with a passphrase (custodian only; a journal key signs every reading).
        #[arg(long)]
        passphrase: bool,
    },
    /// Lets a further journal key record readings, such as another analyst's.
    Certify {
        /// Its public key, one line, as `letopis key show FILE` prints it.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Who holds it.
        #[arg(long, value_name = "NAME")]
        holder: Option<String>,
    },
    /// Ends a journal key.
    Retire {
        /// Its id: 8 hex digits.
        #[arg(value_name = "ID")]
        id: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Role {
    Custodian,
    Journal,
}

impl Role {
    fn of(self) -> KeyRole {
        match self {
            Self::Custodian => KeyRole::Custodian,
            Self::Journal => KeyRole::Journal,
        }
    }
}

/// Does what was asked.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match &arguments.action {
        Action::Show {
            file: Some(file),
            cosigner,
        } => show_file(context, file, *cosigner),
        Action::Show { file: None, .. } => show(context),
        Action::New {
            file,
            name,
            passphrase,
        } => new(context, file, name, *passphrase),
        Action::Passphrase { file, remove } => {
            let file = match file {
                Some(file) => file.clone(),
                None => context.key_folder()?.join("custodian.key"),
            };
            change_passphrase(context, &file, *remove)
        }
        Action::Rotate { role, passphrase } => rotate(context, role.of(), *passphrase),
        Action::Certify { file, holder } => certify(context, file, holder.as_deref()),
        Action::Retire { id } => retire(context, id),
    }
}

fn locked(path: &Path) -> CommandError {
    CommandError::usage(format!("{}: its passphrase is needed", path.display())).hint(format!(
        "{} holds it for a run without a terminal",
        passphrase::VARIABLE
    ))
}

fn open(path: &Path) -> Result<letopis_archive::vault::SigningKey, CommandError> {
    let key = keys::file::read(path, &mut |path| passphrase::ask(path)).map_err(|e| vault_error(&e))?;
    key.ok_or_else(|| locked(path))
}

fn show_file(context: &Context, path: &Path, cosigner: bool) -> CommandResult {
    let key = open(path)?;
    let public = key.verifying_key();
    let as_cosigner = CosignerKey::of(public);
    let outcome = json!({ "key": public.to_string(), "cosigner": as_cosigner.to_string() });
    context.ui.outcome(&outcome, || match cosigner {
        true => as_cosigner.to_string(),
        false => public.to_string(),
    })?;
    Ok(Verdict::Done)
}

fn show(context: &Context) -> CommandResult {
    let keys = context.vault()?.certified_keys();
    let listed: Vec<_> = keys
        .iter()
        .map(|key| json!({ "role": key.role.name(), "key": key.key.to_string(), "since": key.since, "active": key.active }))
        .collect();
    context.ui.outcome(&listed, || {
        let mut text = String::new();
        for key in &keys {
            let state = if key.active { "signs" } else { "signs no more" };
            text.push_str(&format!(
                "# {}, from entry {}, {state}\n{}\n",
                key.role, key.since, key.key
            ));
        }
        text
    })?;
    Ok(Verdict::Done)
}

fn new(context: &Context, path: &Path, name: &str, lock: bool) -> CommandResult {
    let passphrase = lock.then(passphrase::ask_new).transpose()?;
    let key = keys::fresh(KeyRole::Custodian, Some(name)).map_err(|e| vault_error(&e))?;
    keys::file::write(path, &key, passphrase.as_ref(), false).map_err(|e| vault_error(&e))?;
    let (public, cosigner) = (key.verifying_key(), CosignerKey::of(key.verifying_key()));
    let outcome = json!({ "file": path, "key": public.to_string(), "cosigner": cosigner.to_string() });
    context.ui.outcome(&outcome, || {
        format!(
            "key in {}\npublic       {public}\nas cosigner  {cosigner}",
            path.display()
        )
    })?;
    Ok(Verdict::Done)
}

fn change_passphrase(context: &Context, path: &Path, remove: bool) -> CommandResult {
    let key = open(path)?;
    let passphrase: Option<Passphrase> = (!remove).then(passphrase::ask_new).transpose()?;
    keys::file::write(path, &key, passphrase.as_ref(), true).map_err(|e| vault_error(&e))?;
    let state = if remove {
        "not locked any more"
    } else {
        "locked with the new passphrase"
    };
    let outcome = json!({ "file": path, "locked": !remove });
    context
        .ui
        .outcome(&outcome, || format!("{}: {state}", path.display()))?;
    Ok(Verdict::Done)
}

fn about(context: &Context, holder: Option<&str>) -> serde_json::Value {
    json!({
        "holder": holder,
        "about": context.about(),
    })
}

/// The next key is written first, then certified, then put in its place; each step is done again after a crash.
fn rotate(context: &Context, role: KeyRole, lock: bool) -> CommandResult {
    let folder = context.key_folder()?;
    if lock && role == KeyRole::Journal {
        return Err(CommandError::usage(
            "a journal key signs every reading and takes no passphrase",
        ));
    }
    let next = keys::next_key_file(&folder, role);
    if !next.exists() {
        let passphrase = lock.then(passphrase::ask_new).transpose()?;
        let key = keys::fresh(role, None).map_err(|e| vault_error(&e))?;
        keys::file::write(&next, &key, passphrase.as_ref(), false).map_err(|e| vault_error(&e))?;
    }
    let key = open(&next)?;
    let public = key.verifying_key().clone();
    let certified = context.vault()?.certified_keys();
    let active = |key: &&letopis_archive::vault::CertifiedKey| key.role == role && key.active;
    let current = folder.join(format!("{role}.key"));
    let old = match role {
        KeyRole::Custodian => certified.iter().find(active).map(|key| key.key.clone()),
        KeyRole::Journal => current
            .exists()
            .then(|| open(&current))
            .transpose()?
            .map(|key| key.verifying_key().clone()),
    };
    if !certified.iter().filter(active).any(|key| key.key == public) {
        let writer = context.writer()?;
        let about = Some(about(context, Some(writer.vault().config().custodian.as_str())));
        let done = match role {
            KeyRole::Custodian => writer.rotate_custodian_key(&Keys::of(role, key), about, context.now),
            KeyRole::Journal => {
                let retired = old
                    .as_ref()
                    .filter(|old| certified.iter().any(|key| key.active && key.key == **old));
                writer.replace_journal_keys(Some(&public), retired.map(VerifyingKey::id), about, context.now)
            }
        };
        done.map_err(|e| vault_error(&e))?;
    }
    // After a crash the custodian of the ledger is the new one already; the file tells the old.
    let replaced = match &old {
        Some(old) if *old != public => Some(old.clone()),
        _ if current.exists() => Some(open(&current)?.verifying_key().clone()),
        _ => None,
    };
    if let Some(old) = replaced.as_ref().filter(|old| **old != public) {
        keys::finish_rotation(&folder, role, old).map_err(|e| vault_error(&e))?;
    }
    let outcome =
        json!({ "role": role.name(), "key": public.to_string(), "old": replaced.map(|old| old.to_string()) });
    context.ui.outcome(&outcome, || {
        format!("the {role} key is now {public}\ngive it to those who check this archive; keep a copy of its file in {}", folder.display())
    })?;
    Ok(Verdict::Done)
}

fn certify(context: &Context, path: &Path, holder: Option<&str>) -> CommandResult {
    let text = read_text(path)?;
    let key = VerifyingKey::parse(listed(&text).next().unwrap_or_default());
    let key = key.map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))?;
    let writer = context.writer()?;
    let receipt = writer.certify_journal(&key, Some(about(context, holder)), context.now);
    let receipt = receipt.map_err(|e| vault_error(&e))?;
    let outcome = json!({ "entry": receipt.first, "key": key.to_string() });
    context.ui.outcome(&outcome, || {
        format!("entry {}: {key} may record readings", receipt.first)
    })?;
    Ok(Verdict::Done)
}

fn retire(context: &Context, id: &str) -> CommandResult {
    let keys = context.vault()?.certified_keys();
    let known = keys
        .iter()
        .find(|key| key.active && key.role == KeyRole::Journal && key.key.id().to_string() == id);
    let known = known.ok_or_else(|| {
        CommandError::usage(format!("{id}: no journal key of this id may sign here")).hint("letopis key show")
    })?;
    let receipt =
        context
            .writer()?
            .retire_journal_key(known.key.id(), Some(about(context, None)), context.now);
    let receipt = receipt.map_err(|e| vault_error(&e))?;
    let outcome = json!({ "entry": receipt.first, "key": known.key.to_string() });
    context.ui.outcome(&outcome, || {
        format!("entry {}: {} signs no more", receipt.first, known.key)
    })?;
    Ok(Verdict::Done)
}
