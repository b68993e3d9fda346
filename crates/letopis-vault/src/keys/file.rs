//! One key file: written so that a crash loses nothing, read only where nobody else may read it.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use letopis_seal::SigningKey;
use zeroize::Zeroizing;

use super::{AskPassphrase, Passphrase, locked};
use crate::backend::io_error;
use crate::digest::random;
use crate::{Error, Result};

/// A key file of more bytes is none.
const BYTES_MAX: u64 = 64 << 10;

fn refuse(path: &Path, reason: impl Into<String>) -> Error {
    Error::KeyFile {
        path: path.to_owned(),
        reason: reason.into(),
    }
}

/// Writes a key, mode 0600, locked where a passphrase is given. An existing file is only replaced when `replace` is
/// set, and then in one step.
pub fn write(path: &Path, key: &SigningKey, passphrase: Option<&Passphrase>, replace: bool) -> Result<()> {
    let failed = |error| io_error(path.display(), "create", error);
    if !replace && path.try_exists().map_err(failed)? {
        return Err(refuse(
            path,
            "a file is there already; keys are never overwritten",
        ));
    }
    let secret = Zeroizing::new(format!("{}\n", key.to_secret_text()));
    let content = match passphrase {
        None => secret,
        Some(passphrase) => Zeroizing::new(locked::lock(secret.as_bytes(), passphrase, locked::WORK)?),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", crate::digest::hex(&random::<4>()?)));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .map_err(failed)?;
    let written = file.write_all(content.as_bytes()).and_then(|()| file.sync_all());
    let placed = written.and_then(|()| match replace {
        true => fs::rename(&beside, path),
        // A link never replaces what came there meanwhile.
        false => fs::hard_link(&beside, path).and_then(|()| fs::remove_file(&beside)),
    });
    if let Err(error) = placed {
        let _ = fs::remove_file(&beside);
        return Err(failed(error));
    }
    // A key that is lost in a crash has signed nothing yet: it is used after this.
    sync_directory(path)
}

/// Makes the names in the directory of `path` durable.
pub(super) fn sync_directory(path: &Path) -> Result<()> {
    let directory = match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    };
    let synced = fs::OpenOptions::new()
        .read(true)
        .open(directory)
        .and_then(|directory| directory.sync_all());
    synced.map_err(|error| io_error(directory.display(), "sync", error))
}

/// Whether the file needs a passphrase.
pub fn is_locked(path: &Path) -> Result<bool> {
    Ok(locked::is_locked(&content(path)?))
}

/// Reads a key. `Ok(None)`: it is locked, and `ask` gave no passphrase.
pub fn read(path: &Path, ask: AskPassphrase<'_>) -> Result<Option<SigningKey>> {
    let bytes = content(path)?;
    let secret = match locked::is_locked(&bytes) {
        false => bytes,
        true => {
            let Some(passphrase) = ask(path) else {
                return Ok(None);
            };
            locked::unlock(&bytes, &passphrase).map_err(|reason| refuse(path, reason))?
        }
    };
    let text = std::str::from_utf8(&secret).map_err(|_| refuse(path, "no key: expected text"))?;
    let key = SigningKey::parse(text.strip_suffix('\n').unwrap_or(text));
    key.map(Some).map_err(|error| refuse(path, error.to_string()))
}

fn content(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let failed = |error| io_error(path.display(), "read", error);
    let file = fs::OpenOptions::new().read(true).open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let mode = metadata.permissions().mode();
    if !metadata.is_file() {
        return Err(refuse(path, "no key: expected a plain file"));
    }
    if mode & 0o077 != 0 {
        let reason = format!(
            "other accounts may use this key (mode {:o}); run `chmod 600` on it",
            mode & 0o777
        );
        return Err(refuse(path, reason));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    let read = file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    match read as u64 > BYTES_MAX {
        true => Err(refuse(path, "no key: expected at most 64 KiB")),
        false => Ok(bytes),
    }
}
