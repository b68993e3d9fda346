//! Detail documents and secrets: two files for each commit (FORMAT.md, "Details", "Secrets").

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use letopis_seal::entry::detail_commitment;
use letopis_seal::{ObjectSecret, Sha256Digest};
use serde_json::Value;

use crate::backend::{Backend, io_error, read};
use crate::digest::{Blake3, ShortId, hex, parse_hex, random};
use crate::durable::{self, NewFile};
use crate::framed::{Compressors, Framed, FramedWriter};
use crate::layout::File;
use crate::{Error, Result};

const SECRETS_HEAD: &str = "letopis secrets 1";

/// The documents and secrets of one commit while they are collected.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    details: Vec<u8>,
    secrets: Vec<u8>,
}

impl Batch {
    pub(crate) fn new() -> Self {
        Self {
            details: Vec::new(),
            secrets: format!("{SECRETS_HEAD}\n").into_bytes(),
        }
    }

    /// Takes a document and gives the commitment that opens it.
    pub(crate) fn add_document(&mut self, document: &Value) -> Result<Sha256Digest> {
        let nonce: [u8; 32] = random()?;
        let text = document.to_string();
        let commitment = detail_commitment(&nonce, text.as_bytes());
        self.details
            .extend_from_slice(format!("{commitment} ").as_bytes());
        self.details.extend_from_slice(text.as_bytes());
        self.details.push(b'\n');
        self.secrets
            .extend_from_slice(format!("detail {commitment} {}\n", hex(&nonce)).as_bytes());
        Ok(commitment)
    }

    /// Takes the secret of a tree, or of an object without one.
    pub(crate) fn add_secret(&mut self, commitment: &Sha256Digest, secret: &ObjectSecret) {
        self.secrets
            .extend_from_slice(format!("object {commitment} {}\n", hex(&secret.0)).as_bytes());
    }

    /// Writes both files under a fresh name, not durable yet; `None` when there is nothing to write.
    pub(crate) fn place(
        self,
        backend: &Arc<dyn Backend>,
        compressors: &Arc<Compressors>,
    ) -> Result<Option<ShortId>> {
        if self.details.is_empty() && self.secrets.len() <= SECRETS_HEAD.len() + 1 {
            return Ok(None);
        }
        let id = ShortId::random()?;
        write_details(backend, compressors, id, &self.details)?.into_place(&File::Details(id))?;
        durable::place(backend, &File::Secrets(id), &with_checksum(self.secrets))?;
        Ok(Some(id))
    }
}

fn write_details(
    backend: &Arc<dyn Backend>,
    compressors: &Arc<Compressors>,
    id: ShortId,
    content: &[u8],
) -> Result<NewFile> {
    let failed = |error| io_error(File::Details(id), "write", error);
    let mut framed = FramedWriter::new(NewFile::create(backend)?, compressors);
    framed.push(content).map_err(failed)?;
    framed.finish().map_err(failed)
}

fn with_checksum(mut text: Vec<u8>) -> Vec<u8> {
    let checksum = Blake3::of(&text);
    text.extend_from_slice(format!("blake3 {checksum}\n").as_bytes());
    text
}

/// The detail documents of one commit, found by commitment.
#[derive(Debug)]
pub(crate) struct Details {
    content: Vec<u8>,
    places: BTreeMap<Sha256Digest, Range<usize>>,
}

impl Details {
    pub(crate) fn read(backend: &dyn Backend, id: ShortId) -> Result<Self> {
        let file = File::Details(id);
        let content = Framed::open(backend, &file, None)?.read_all()?;
        Self::parse(content).map_err(|offset| Error::Damaged {
            path: file.path(),
            offset: Some(offset as u64),
            expected: "a commitment, a space, a document and a line end".to_owned(),
            found: "something else".to_owned(),
        })
    }

    /// Reads the content of the file; on failure says where.
    pub(crate) fn parse(content: Vec<u8>) -> std::result::Result<Self, usize> {
        let mut places = BTreeMap::new();
        let mut at = 0;
        while at < content.len() {
            let rest = content.get(at..).unwrap_or_default();
            let end = rest.iter().position(|byte| *byte == b'\n').ok_or(at)?;
            let commitment = rest.get(..64).and_then(|hex| std::str::from_utf8(hex).ok());
            let commitment = commitment.and_then(Sha256Digest::from_hex).ok_or(at)?;
            if end < 65
                || rest.get(64) != Some(&b' ')
                || places.insert(commitment, at + 65..at + end).is_some()
            {
                return Err(at);
            }
            at += end + 1;
        }
        Ok(Self { content, places })
    }

    /// Bytes that it holds in memory, about.
    pub(crate) fn bytes(&self) -> usize {
        self.content.len() + self.places.len() * 64
    }

    pub(crate) fn get(&self, commitment: &Sha256Digest) -> Option<&[u8]> {
        self.content.get(self.places.get(commitment)?.clone())
    }

    pub(crate) fn commitments(&self) -> impl Iterator<Item = &Sha256Digest> {
        self.places.keys()
    }

    /// The content without some documents, in its old order.
    fn without(&self, gone: &BTreeSet<Sha256Digest>) -> Vec<u8> {
        let mut ranges: Vec<_> = self
            .places
            .iter()
            .filter(|(commitment, _)| !gone.contains(commitment))
            .collect();
        ranges.sort_unstable_by_key(|(_, range)| range.start);
        let mut content = Vec::new();
        for (_, range) in ranges {
            content.extend_from_slice(self.content.get(range.start - 65..=range.end).unwrap_or_default());
        }
        content
    }
}

/// The secrets of one commit, found by commitment.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    nonces: BTreeMap<Sha256Digest, [u8; 32]>,
    objects: BTreeMap<Sha256Digest, [u8; 32]>,
    lines: Vec<(Sha256Digest, String)>,
}

impl Secrets {
    pub(crate) fn read(backend: &dyn Backend, id: ShortId) -> Result<Self> {
        let file = File::Secrets(id);
        let bytes = read(backend, &file)?;
        // What stands in this file is never shown, not even when it is damaged.
        Self::parse(&bytes).ok_or_else(|| Error::Damaged {
            path: file.path(),
            offset: None,
            expected: "secrets that fit their checksum".to_owned(),
            found: format!("{} bytes that do not", bytes.len()),
        })
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
        let (body, checksum) = text.rsplit_once('\n')?;
        let covered = bytes.get(..=body.len())?;
        if checksum.strip_prefix("blake3 ").and_then(Blake3::from_hex)? != Blake3::of(covered) {
            return None;
        }
        let mut lines = body.split('\n');
        if lines.next()? != SECRETS_HEAD {
            return None;
        }
        let mut secrets = Self::default();
        for line in lines {
            let mut words = line.split(' ');
            let (kind, commitment, value) = (words.next()?, words.next()?, words.next()?);
            let (commitment, value) = (Sha256Digest::from_hex(commitment)?, parse_hex(value)?);
            let map = match kind {
                "detail" => &mut secrets.nonces,
                "object" => &mut secrets.objects,
                _ => return None,
            };
            if map.insert(commitment, value).is_some() || words.next().is_some() {
                return None;
            }
            secrets.lines.push((commitment, line.to_owned()));
        }
        Some(secrets)
    }

    /// What opens a detail document.
    pub(crate) fn nonce(&self, commitment: &Sha256Digest) -> Option<&[u8; 32]> {
        self.nonces.get(commitment)
    }

    /// The secret of a tree.
    pub(crate) fn object(&self, commitment: &Sha256Digest) -> Option<ObjectSecret> {
        self.objects.get(commitment).copied().map(ObjectSecret)
    }

    /// Commitments of everything in it.
    pub(crate) fn commitments(&self) -> impl Iterator<Item = &Sha256Digest> {
        self.lines.iter().map(|(commitment, _)| commitment)
    }

    fn without(&self, gone: &BTreeSet<Sha256Digest>) -> Vec<u8> {
        let mut text = format!("{SECRETS_HEAD}\n").into_bytes();
        for (_, line) in self
            .lines
            .iter()
            .filter(|(commitment, _)| !gone.contains(commitment))
        {
            text.extend_from_slice(line.as_bytes());
            text.push(b'\n');
        }
        with_checksum(text)
    }
}

/// Rewrites the files of a batch without what opens or says `gone`; durable when it returns. Does nothing where
/// nothing of it is left.
pub(crate) fn destroy(
    backend: &Arc<dyn Backend>,
    compressors: &Arc<Compressors>,
    id: ShortId,
    gone: &BTreeSet<Sha256Digest>,
) -> Result<()> {
    let secrets = Secrets::read(backend.as_ref(), id)?;
    if secrets.commitments().any(|commitment| gone.contains(commitment)) {
        durable::replace(backend, &File::Secrets(id), &secrets.without(gone))?;
    }
    let details = Details::read(backend.as_ref(), id)?;
    if details.commitments().any(|commitment| gone.contains(commitment)) {
        let file = write_details(backend, compressors, id, &details.without(gone))?;
        file.replace(&File::Details(id))?;
    }
    Ok(())
}
