//! From what was typed to ready tools: the archive, the keys, the clock, who is at the keyboard.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use letopis_archive::vault::{Backend, Config, DirectoryBackend, KeyRole, Keys, Vault, VaultWriter};
use letopis_reconstruct::removed::removed;
use letopis_reconstruct::{OpenOptions, Reader, Reading};

use crate::cli::Global;
use crate::commands::copy::{JOURNAL, MARK};
use crate::error::{CommandError, Kind};
use crate::ui::Ui;

/// Program and version, as it stands in records.
pub const PROGRAM: &str = concat!("letopis ", env!("CARGO_PKG_VERSION"));

/// Removals that are told one by one.
const TOLD_MOST: usize = 3;

/// Where `ingest` makes an archive when none is named.
const ARCHIVE_DEFAULT: &str = "letopis-archive";

/// What a command works with.
#[derive(Debug)]
pub struct Context {
    /// How it speaks.
    pub ui: Ui,
    /// What was typed for all commands.
    pub global: Global,
    /// The command line as typed, for records and reports.
    pub command: String,
    /// The present, microseconds since 1970 UTC.
    pub now: i64,
}

impl Context {
    /// Makes the tools ready.
    ///
    /// # Errors
    /// When `--now` is no time.
    pub fn new(global: Global) -> Result<Self, CommandError> {
        let now = match &global.now {
            Some(text) => letopis_reconstruct::moment::parse(text).ok_or_else(|| {
                CommandError::usage(format!(
                    "--now: `{text}` is no time; expected RFC 3339, as 2026-05-01T09:00:00Z"
                ))
            })?,
            None => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
            }
        };
        let ui = Ui {
            json: global.json,
            quiet: global.quiet,
        };
        Ok(Self {
            ui,
            command: command_line(),
            global,
            now,
        })
    }

    /// The archive that is meant: the one named, else the default one.
    pub fn archive_path(&self) -> PathBuf {
        self.global
            .archive
            .clone()
            .unwrap_or_else(|| PathBuf::from(ARCHIVE_DEFAULT))
    }

    /// The archive's place.
    pub fn backend(&self) -> Arc<dyn Backend> {
        DirectoryBackend::new(&self.archive_path())
    }

    /// Folder of the keys: the one named, else the one under the user's configuration directory.
    ///
    /// # Errors
    /// When neither is known.
    pub fn key_folder(&self) -> Result<PathBuf, CommandError> {
        if let Some(folder) = &self.global.key {
            return Ok(folder.clone());
        }
        let base = std::env::var_os("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".config")));
        base.map(|b| b.join("letopis").join("keys")).ok_or_else(|| {
            CommandError::usage("no place for the signing keys: neither --key nor HOME is set")
                .hint("--key DIR")
        })
    }

    /// The keys at hand; made where there are none and `make` is set. A locked key is opened only to make an archive:
    /// a reading is signed by the journal key, which is never locked.
    ///
    /// # Errors
    /// When a key file cannot be read or others may read it.
    pub fn keys(&self, make: bool) -> Result<Keys, CommandError> {
        let folder = self.key_folder()?;
        let keys = if make {
            Keys::load_or_create_with(&folder, &mut |path| crate::passphrase::ask(path))
        } else {
            Keys::load(&folder)
        };
        keys.map_err(|e| vault_error(&e))
    }

    /// The keys at hand for what the custodian signs: a locked one is opened with its passphrase.
    ///
    /// # Errors
    /// When a key file cannot be read, others may read it, or the passphrase is wrong.
    pub fn keys_to_sign(&self) -> Result<Keys, CommandError> {
        let folder = self.key_folder()?;
        let mut shut = None;
        let keys = Keys::load_with(&folder, &mut |path| {
            let passphrase = crate::passphrase::ask(path);
            if passphrase.is_none() {
                shut = Some(path.to_owned());
            }
            passphrase
        });
        let keys = keys.map_err(|e| vault_error(&e))?;
        match shut {
            Some(path) if !keys.has(KeyRole::Custodian) => Err(CommandError::usage(format!(
                "{}: its passphrase is needed",
                path.display()
            ))
            .hint(format!(
                "{} holds it for a run without a terminal",
                crate::passphrase::VARIABLE
            ))),
            _ => Ok(keys),
        }
    }

    /// The archive opened for writing.
    ///
    /// # Errors
    /// When there is none, it is locked, or the key may not sign.
    pub fn writer(&self) -> Result<VaultWriter, CommandError> {
        let keys = self.keys_to_sign()?;
        let writer = VaultWriter::open(self.backend(), keys, self.now).map_err(|e| vault_error(&e))?;
        for notice in writer.recovered() {
            self.ui.note(&format!("Note: {}: {}", notice.place, notice.text));
        }
        Ok(writer)
    }

    /// Who writes, with which program and how it was called: for an entry of the ledger.
    pub fn about(&self) -> serde_json::Value {
        serde_json::json!({ "operator": person(), "program": PROGRAM, "command": self.command })
    }

    /// The same with the machine: for entries about files and disks.
    pub fn about_machine(&self) -> serde_json::Value {
        serde_json::json!({
            "operator": person(), "machine": machine(), "program": PROGRAM, "command": self.command,
        })
    }

    /// Makes a new archive.
    ///
    /// # Errors
    /// When there is something there already, or it cannot be written.
    pub fn create(&self, config: Config) -> Result<VaultWriter, CommandError> {
        let keys = self.keys(true)?;
        let about = Some(self.about_machine());
        VaultWriter::create(self.backend(), config, keys, about, self.now).map_err(|e| vault_error(&e))
    }

    /// A name for an archive that nobody named: that of its directory.
    pub fn default_config(&self) -> Config {
        let path = self.archive_path();
        let name = path
            .file_name()
            .map_or_else(|| "archive".to_owned(), |n| n.to_string_lossy().into_owned());
        Config::new(&name)
    }

    /// The archive opened for looking at what is no log content: configuration, head, register.
    ///
    /// # Errors
    /// When there is none.
    pub fn vault(&self) -> Result<Vault, CommandError> {
        Vault::open(self.backend()).map_err(|e| vault_error(&e))
    }

    /// Says what was removed by record: an answer that lacks it does not say that it never was.
    fn tell_removals(&self, reading: &Reading) {
        let all = match removed(reading.vault()) {
            Ok(all) => all,
            // What is damaged is told by `verify`, and does not stand in the way of what can be read.
            Err(error) => {
                self.ui.note(&format!(
                    "Note: what was removed by record cannot be told: {error}"
                ));
                return;
            }
        };
        let earlier = all.len().saturating_sub(TOLD_MOST);
        if earlier > 0 {
            self.ui.note(&format!(
                "Note: records were removed by record {} times; the last of them:",
                all.len()
            ));
        }
        for removal in all.iter().skip(earlier) {
            self.ui
                .note(&format!("Note: removed by record: {}", removal.words()));
        }
    }

    /// The archive opened for reading, on record. `query` is the exact question, where the command has one.
    ///
    /// # Errors
    /// When it cannot be opened or cannot take the record.
    pub fn reading(&self, query: Option<&str>, use_index: bool) -> Result<Reading, CommandError> {
        let reader = Reader {
            person: person(),
            host: machine(),
            program: PROGRAM.to_owned(),
            command: self.command.clone(),
            query: query.map(str::to_owned),
            purpose: self.global.purpose.clone(),
            case: self.global.case.clone(),
        };
        // A working copy has its own journal, and the key that came with it.
        let copy = self.archive_path();
        let own = copy.join(MARK).is_file().then(|| copy.join(JOURNAL));
        let made = self.global.journal.is_some() && own.is_none();
        let journal = self.global.journal.as_deref().or(own.as_deref());
        let options = OpenOptions {
            backend: self.backend(),
            keys: self.keys(made)?,
            journal: journal.map(DirectoryBackend::new),
            use_index,
            zone: None,
            now: self.now,
            memory_bytes: 2 << 30,
        };
        let reading = Reading::open(options, &reader).map_err(|e| reconstruct_error(&e))?;
        self.tell_removals(&reading);
        Ok(reading)
    }
}

/// The account at the keyboard, as the operating system vouches for it.
pub fn person() -> String {
    let id = rustix::process::getuid().as_raw();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id.to_string()).then(|| name.to_owned())
    });
    name.map_or_else(|| format!("uid {id}"), |name| format!("{name} (uid {id})"))
}

/// The name of this machine.
pub fn machine() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The command line as typed.
fn command_line() -> String {
    let quoted = |argument: std::ffi::OsString| {
        let text = argument.to_string_lossy().into_owned();
        let plain = |c: char| c.is_alphanumeric() || "-_./:=,@%+".contains(c);
        if !text.is_empty() && text.chars().all(plain) {
            text
        } else {
            format!("'{}'", text.replace('\'', r"'\''"))
        }
    };
    let rest = std::env::args_os().skip(1).map(quoted);
    std::iter::once("letopis".to_owned())
        .chain(rest)
        .collect::<Vec<_>>()
        .join(" ")
}

/// What a person is told when the vault refuses.
pub fn vault_error(error: &letopis_archive::vault::Error) -> CommandError {
    use letopis_archive::vault::Error;
    let kind = match error {
        Error::NotAnArchive(_)
        | Error::Exists(_)
        | Error::NotEmpty(_)
        | Error::UnknownVersion { .. }
        | Error::WrongKey { .. }
        | Error::NoKey(_)
        | Error::KeyFile { .. }
        | Error::NotFound { .. }
        | Error::Refused(_) => Kind::Usage,
        Error::Io { .. }
        | Error::Damaged { .. }
        | Error::Locked { .. }
        | Error::Busy { .. }
        | Error::CannotRecord { .. }
        | Error::Poisoned { .. } => Kind::Environment,
        Error::Entry(_) => Kind::Bug,
    };
    let told = CommandError::from_error(kind, error);
    match error {
        Error::NotAnArchive(_) => {
            told.hint("letopis ingest -a DIR INPUT makes an archive; letopis init an empty one")
        }
        Error::Damaged { .. } => told.hint("letopis verify names all damage and what to do"),
        Error::CannotRecord { .. } => told.hint("--journal DIR keeps the access record elsewhere"),
        Error::WrongKey { .. } | Error::NoKey(_) => {
            told.hint("--key DIR names the folder of the signing keys")
        }
        Error::Locked { .. } => told
            .hint("wait until the other process has ended; readers need not wait")
            .hint("the lock ends with that process, however it ends: no file has to be removed"),
        _ => told,
    }
}

/// What a person is told when taking in or checking fails.
pub fn archive_error(error: &letopis_archive::ArchiveError) -> CommandError {
    use letopis_archive::ArchiveError;
    match error {
        ArchiveError::Vault(error) => vault_error(error),
        ArchiveError::Sources(_)
        | ArchiveError::Hold(_)
        | ArchiveError::Plan(_)
        | ArchiveError::Nested { .. }
        | ArchiveError::Hashes { .. } => CommandError::from_error(Kind::Usage, error),
        ArchiveError::Input { error: cause, .. } => {
            let kind = if cause.kind() == std::io::ErrorKind::NotFound {
                Kind::Usage
            } else {
                Kind::Environment
            };
            CommandError::from_error(kind, error)
        }
        ArchiveError::Intake { error: cause, .. } if letopis_archive::is_usage(cause) => {
            CommandError::from_error(Kind::Usage, error)
        }
        _ => CommandError::from_error(Kind::Environment, error),
    }
}

/// What a person is told when an answer fails.
pub fn reconstruct_error(error: &letopis_reconstruct::ReconstructError) -> CommandError {
    use letopis_reconstruct::ReconstructError;
    use letopis_reconstruct::query::QueryError;
    match error {
        ReconstructError::Vault(error) => vault_error(error),
        // The question was right, and the archive or the machine could not answer it.
        ReconstructError::Query(
            QueryError::Original { .. }
            | QueryError::Segment { .. }
            | QueryError::Companion { .. }
            | QueryError::Memory { .. },
        ) => CommandError::from_error(Kind::Environment, error),
        ReconstructError::Query(QueryError::Output(cause))
            if cause.kind() == std::io::ErrorKind::BrokenPipe =>
        {
            CommandError::from_error(Kind::BrokenPipe, error)
        }
        ReconstructError::Search(_)
        | ReconstructError::Query(_)
        | ReconstructError::Named(_)
        | ReconstructError::NotFound { .. }
        | ReconstructError::NotHere { .. }
        | ReconstructError::Parameter(_)
        | ReconstructError::PurposeMissing => CommandError::from_error(Kind::Usage, error),
        ReconstructError::Io(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe => {
            CommandError::from_error(Kind::BrokenPipe, error)
        }
        _ => CommandError::from_error(Kind::Environment, error),
    }
}
