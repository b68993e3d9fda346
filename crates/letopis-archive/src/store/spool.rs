//! Members of a container on their way into the vault.

use std::cell::RefCell;
use std::io::{self, Cursor, Write};
use std::rc::Rc;

use letopis_intake::container::{Member, MemberInfo, Scratch, Spool};
use letopis_intake::{ParseOptions, detect};
use letopis_vault::{ObjectWriter, Sha256 as Sha256Digest, StoredObject, VaultWriter};
use sha2::{Digest as _, Sha256};

use super::HEAD_BYTES;
use crate::error::ArchiveError;

/// What became of a member's bytes.
pub(super) enum MemberOutcome {
    Stored(StoredObject),
    /// Nobody knows the format: its container keeps the bytes.
    Unknown {
        sha256: String,
        blake3: String,
        length: u64,
        reason: String,
    },
}

/// Puts the members of a container into the vault as they come out.
pub(super) struct VaultSpool<'a> {
    vault: &'a VaultWriter,
    options: &'a ParseOptions,
    keep_unknown: bool,
    current: Rc<RefCell<Option<MemberSink>>>,
    /// What became of each member, in their order.
    pub done: Vec<MemberOutcome>,
    /// The vault's own error, which `io::Error` would flatten.
    pub error: Option<ArchiveError>,
}

/// A member while it is written: its head decides whether it goes into the vault.
struct MemberSink {
    name: String,
    head: Vec<u8>,
    object: Option<ObjectWriter>,
    sha256: Sha256,
    blake3: blake3::Hasher,
    length: u64,
    /// Set once the head is complete: why nobody knows the format, or an empty text.
    unknown: Option<String>,
    options: ParseOptions,
    keep_unknown: bool,
}

impl MemberSink {
    fn decide(&mut self) -> io::Result<()> {
        let detection =
            detect(&mut Cursor::new(&self.head), &self.name, &self.options).map_err(io::Error::other)?;
        if detection.is_unknown() && !self.keep_unknown {
            self.unknown = Some(detection.reason);
            self.object = None;
        } else {
            self.unknown = Some(String::new());
        }
        let head = std::mem::take(&mut self.head);
        self.pass_on(&head)
    }

    fn pass_on(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.object {
            Some(object) => object.write_all(bytes),
            None => {
                self.sha256.update(bytes);
                self.blake3.update(bytes);
                Ok(())
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += bytes.len() as u64;
        if self.unknown.is_some() {
            return self.pass_on(bytes);
        }
        self.head.extend_from_slice(bytes);
        if self.head.len() >= HEAD_BYTES {
            self.decide()
        } else {
            Ok(())
        }
    }
}

struct SharedSink(Rc<RefCell<Option<MemberSink>>>);

impl Write for SharedSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(sink) = self.0.borrow_mut().as_mut() {
            sink.take(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> VaultSpool<'a> {
    pub fn new(vault: &'a VaultWriter, options: &'a ParseOptions, keep_unknown: bool) -> Self {
        Self {
            vault,
            options,
            keep_unknown,
            current: Rc::default(),
            done: Vec::new(),
            error: None,
        }
    }

    fn keep<T>(&mut self, result: letopis_vault::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let text = error.to_string();
            self.error = Some(error.into());
            io::Error::other(text)
        })
    }
}

impl Spool for VaultSpool<'_> {
    fn begin(&mut self, member: &MemberInfo) -> io::Result<Box<dyn Write>> {
        let writer = self.vault.object_writer();
        let object = Some(self.keep(writer)?);
        *self.current.borrow_mut() = Some(MemberSink {
            name: String::from_utf8_lossy(&member.name).into_owned(),
            head: Vec::new(),
            object,
            sha256: Sha256::new(),
            blake3: blake3::Hasher::new(),
            length: 0,
            unknown: None,
            options: self.options.clone(),
            keep_unknown: self.keep_unknown,
        });
        Ok(Box::new(SharedSink(Rc::clone(&self.current))))
    }

    fn end(&mut self, _member: &Member) -> io::Result<()> {
        let Some(mut sink) = self.current.borrow_mut().take() else {
            return Err(io::Error::other("a member ended that was never begun"));
        };
        if sink.unknown.is_none() {
            sink.decide()?;
        }
        let outcome = match sink.object.take() {
            Some(object) => {
                let stored = object.finish();
                MemberOutcome::Stored(self.keep(stored)?)
            }
            None => MemberOutcome::Unknown {
                sha256: Sha256Digest(sink.sha256.finalize().into()).to_string(),
                blake3: sink.blake3.finalize().to_hex().to_string(),
                length: sink.length,
                reason: sink.unknown.unwrap_or_default(),
            },
        };
        self.done.push(outcome);
        Ok(())
    }

    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(tempfile::tempfile()?))
    }
}
