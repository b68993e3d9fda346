//! A check that can be interrupted and go on: what was looked at stands in a file outside the archive, since a check
//! writes nothing into the archive.
//!
//! ```text
//! {"letopis":"check state 1","archive":"0f3c…","checkpoint":"…","complete":false}
//! {"place":"objects/ab/….zst","sealed":"…","findings":[],"checked":{…},"records":8211}     one line for each body
//! {"complete":true}                                                                        when all were looked at
//! ```
//!
//! The checkpoint with which a pass began is an anchor of every run that goes on with it. A pass that came to its end
//! is followed by a new one. The file is not signed: who can write it can make a run pass over bodies, so it belongs
//! where only the person who checks can write.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use letopis_vault::{Anchor, CheckedBody, Vault};
use serde::{Deserialize, Serialize};

use crate::error::{ArchiveError, Result};

const SHAPE: &str = "check state 1";

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    letopis: String,
    archive: String,
    checkpoint: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct End {
    complete: bool,
}

/// The state of a check, while it runs.
#[derive(Debug)]
pub struct Scrub {
    path: PathBuf,
    file: Mutex<(fs::File, Option<std::io::Error>)>,
    done: Vec<CheckedBody>,
    anchor: Option<Anchor>,
}

impl Scrub {
    /// Opens the state at `path` or begins a new pass there. What an earlier run looked at and found whole is in
    /// [`Scrub::done`].
    ///
    /// # Errors
    /// When the file holds something else, or the state of another archive, or cannot be written.
    pub fn open(path: &Path, vault: &Vault) -> Result<Self> {
        let failed = |error| ArchiveError::Input {
            path: path.to_owned(),
            error,
        };
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.map_err(failed)?,
        };
        let (mut done, mut anchor) = (Vec::new(), None);
        if let Some((head, rest)) = text.split_once('\n') {
            let head = Self::head(path, head, &vault.config().id)?;
            let lines = || rest.lines();
            let complete =
                lines().any(|line| serde_json::from_str::<End>(line).is_ok_and(|end| end.complete));
            if !complete {
                // A line that an interrupted run did not finish is looked at again.
                done = lines()
                    .filter_map(|line| serde_json::from_str(line).ok())
                    .collect();
                anchor = Some(Anchor::new(
                    format!("{} (state of the check)", path.display()),
                    head.checkpoint,
                ));
            }
        } else if !text.is_empty() {
            return Err(Self::foreign(path, "something else"));
        }
        let head = Head {
            letopis: SHAPE.to_owned(),
            archive: vault.config().id.clone(),
            checkpoint: anchor.as_ref().map_or_else(
                || vault.checkpoint().text.clone(),
                |anchor| String::from_utf8_lossy(&anchor.bytes).into_owned(),
            ),
        };
        // Written anew beside the old one, then put in its place: an interruption leaves one of the two.
        let beside = path.with_extension("new");
        let mut file = fs::File::create(&beside).map_err(failed)?;
        let mut begin = || -> std::io::Result<()> {
            writeln!(file, "{}", serde_json::to_string(&head)?)?;
            for body in &done {
                writeln!(file, "{}", serde_json::to_string(body)?)?;
            }
            file.sync_all()?;
            fs::rename(&beside, path)
        };
        begin().map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            file: Mutex::new((file, None)),
            done,
            anchor,
        })
    }

    fn head(path: &Path, line: &str, archive: &str) -> Result<Head> {
        let head: Head = serde_json::from_str(line)
            .map_err(|_| Self::foreign(path, "a first line that is none of this shape"))?;
        if head.letopis != SHAPE {
            return Err(Self::foreign(path, &format!("`{}`", head.letopis)));
        }
        if head.archive != archive {
            let found = format!("the state of a check of archive {}", head.archive);
            return Err(Self::foreign(path, &found));
        }
        Ok(head)
    }

    fn foreign(path: &Path, found: &str) -> ArchiveError {
        ArchiveError::Input {
            path: path.to_owned(),
            error: std::io::Error::new(
                std::io::ErrorKind::NotFound,
                format!("expected a {SHAPE} of this archive, found {found}"),
            ),
        }
    }

    /// What earlier runs of this pass looked at.
    pub fn done(&self) -> &[CheckedBody] {
        &self.done
    }

    /// The checkpoint with which the pass began, where it began earlier.
    pub fn anchor(&self) -> Option<&Anchor> {
        self.anchor.as_ref()
    }

    /// Keeps what was looked at now.
    pub fn keep(&self, body: &CheckedBody) {
        let text = serde_json::to_string(body).unwrap_or_default();
        self.write(&text);
    }

    fn write(&self, line: &str) {
        let (file, failure) = &mut *self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if failure.is_none() {
            *failure = writeln!(file, "{line}").err();
        }
    }

    /// Ends the pass: the next run begins a new one.
    ///
    /// # Errors
    /// When anything could not be written since [`Scrub::open`].
    pub fn complete(self) -> Result<()> {
        let text = serde_json::to_string(&End { complete: true }).unwrap_or_default();
        self.write(&text);
        let (file, failure) = self.file.into_inner().unwrap_or_else(PoisonError::into_inner);
        let failure = failure.map_or_else(|| file.sync_all(), Err);
        failure.map_err(|error| ArchiveError::Input {
            path: self.path,
            error,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use letopis_vault::{Backend, Config, Keys, MemoryBackend, VaultWriter};

    use super::*;

    fn archive() -> Vault {
        let place: Arc<dyn Backend> = Arc::new(MemoryBackend::default());
        let keys = Keys::generate().unwrap();
        VaultWriter::create(place, Config::new("test"), keys, None, 0)
            .unwrap()
            .vault()
    }

    fn body(place: &str) -> CheckedBody {
        let text = format!(
            r#"{{"place":"{place}","sealed":"x","findings":[],"checked":{{"objects":1,"segments":0,"records":2,"entries":0,"bytes":9}},"records":2}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_pass_goes_on_until_it_is_complete() {
        let (folder, vault) = (tempfile::tempdir().unwrap(), archive());
        let path = folder.path().join("state");
        let first = Scrub::open(&path, &vault).unwrap();
        assert!(first.done().is_empty() && first.anchor().is_none());
        first.keep(&body("one"));
        drop(first);
        // Killed in the middle of a line.
        let mut text = fs::read_to_string(&path).unwrap();
        text.push_str("{\"place\":\"tw");
        fs::write(&path, text).unwrap();
        let second = Scrub::open(&path, &vault).unwrap();
        assert_eq!(second.done(), [body("one")]);
        assert_eq!(second.anchor().unwrap().bytes, vault.checkpoint().text.as_bytes());
        second.keep(&body("two"));
        drop(second);
        let third = Scrub::open(&path, &vault).unwrap();
        assert_eq!(third.done(), [body("one"), body("two")]);
        third.complete().unwrap();
        assert!(Scrub::open(&path, &vault).unwrap().done().is_empty());
    }

    #[test]
    fn what_is_no_state_of_this_archive_is_refused() {
        let (folder, vault) = (tempfile::tempdir().unwrap(), archive());
        let path = folder.path().join("state");
        drop(Scrub::open(&path, &archive()).unwrap());
        let before = fs::read(&path).unwrap();
        let refused = Scrub::open(&path, &vault).unwrap_err().to_string();
        assert!(refused.contains("of archive"), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), before);
        for text in [
            "hello",
            "hello\n",
            "{\"letopis\":\"other\",\"archive\":\"\",\"checkpoint\":\"\"}\n",
        ] {
            fs::write(&path, text).unwrap();
            assert!(Scrub::open(&path, &vault).is_err(), "{text}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
