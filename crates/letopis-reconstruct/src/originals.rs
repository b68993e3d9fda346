//! Record texts from the originals in the vault.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use letopis_event::{Encoding, ObjectDigest, Span};
use letopis_query::{BoxError, OriginalReader, OriginalText, RecordPlace};
use letopis_vault::{ObjectReader, Sha256, Vault};

/// Most bytes of records that are kept.
const KEPT_MOST: usize = 32 << 20;

/// Bytes that a kept record takes beside its own.
const KEPT_EACH: usize = 96;

/// The originals of an archive.
#[derive(Clone, Debug)]
pub(crate) struct Originals {
    vault: Vault,
    found: Arc<Mutex<Found>>,
}

/// Records that a search found, until they are shown: answers come in the order of time, and in that order each record
/// lies in another frame.
#[derive(Debug, Default)]
struct Found {
    records: HashMap<(ObjectDigest, u64), Box<[u8]>>,
    bytes: usize,
}

impl Originals {
    pub(crate) fn new(vault: &Vault) -> Self {
        Self {
            vault: vault.clone(),
            found: Arc::default(),
        }
    }

    pub(crate) fn objects(&self) -> Objects {
        Objects::new(&self.vault)
    }

    /// A record that a search kept, which then is kept no longer.
    pub(crate) fn take(&self, object: ObjectDigest, span: Span) -> Option<Box<[u8]>> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let record = found.records.remove(&(object, span.offset))?;
        found.bytes = found.bytes.saturating_sub(record.len() + KEPT_EACH);
        (record.len() as u64 == span.length).then_some(record)
    }
}

impl OriginalText for Originals {
    fn reader(&self) -> Result<Box<dyn OriginalReader>, BoxError> {
        Ok(Box::new(Reader {
            objects: self.objects(),
            found: Arc::clone(&self.found),
            encoding: None,
        }))
    }
}

/// Most objects that are kept open.
const OPEN_MOST: usize = 64;

/// Objects that were read last: rows come from several of them by turns.
pub(crate) struct Objects {
    vault: Vault,
    open: HashMap<ObjectDigest, ObjectReader>,
    /// The one of the record before, mostly that of the next one too.
    last: Option<(ObjectDigest, ObjectReader)>,
}

impl Objects {
    fn new(vault: &Vault) -> Self {
        Self {
            vault: vault.clone(),
            open: HashMap::new(),
            last: None,
        }
    }

    /// An object by its SHA-256; `None` where the archive has none.
    pub(crate) fn reader(
        &mut self,
        object: ObjectDigest,
    ) -> letopis_vault::Result<Option<&mut ObjectReader>> {
        if self.last.as_ref().is_none_or(|(known, _)| *known != object) {
            let reader = match self.open.get(&object) {
                Some(open) => open.clone(),
                None => {
                    let Some(info) = self.vault.object_by_sha256(&Sha256(object.0))? else {
                        return Ok(None);
                    };
                    let reader = self.vault.object_reader(info)?;
                    if self.open.len() >= OPEN_MOST {
                        self.open.clear();
                    }
                    // The one that is kept holds no frame.
                    self.open.insert(object, reader.clone());
                    reader
                }
            };
            self.last = Some((object, reader));
        }
        Ok(self.last.as_mut().map(|(_, reader)| reader))
    }
}

struct Reader {
    objects: Objects,
    found: Arc<Mutex<Found>>,
    /// The encoding of the record before.
    encoding: Option<(String, Encoding)>,
}

impl OriginalReader for Reader {
    fn read(&mut self, place: &RecordPlace<'_>, out: &mut String) -> Result<(), BoxError> {
        let encoding = match &self.encoding {
            Some((known, encoding)) if known == place.encoding => *encoding,
            _ => {
                let encoding = encoding_named(place.encoding)?;
                self.encoding = Some((place.encoding.to_owned(), encoding));
                encoding
            }
        };
        out.clear();
        encoding.decode_into(self.bytes(place.object, place.span)?, out);
        Ok(())
    }

    fn part(&mut self, object: ObjectDigest, offset: u64) -> Result<Span, BoxError> {
        let (offset, length) = self.object(object)?.frame_of(offset)?;
        Ok(Span { offset, length })
    }

    fn keep(&mut self, object: ObjectDigest, span: Span, bytes: Option<&[u8]>) {
        let taken = self.found.lock().unwrap_or_else(PoisonError::into_inner).bytes;
        if span.length > KEPT_MOST.saturating_sub(taken + KEPT_EACH) as u64 {
            return;
        }
        let record = match bytes {
            Some(bytes) => Box::from(bytes),
            // What can not be read now is read, and named, where it is shown.
            None => match self.bytes(object, span) {
                Ok(bytes) => Box::from(bytes),
                Err(_) => return,
            },
        };
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.bytes += span.length as usize + KEPT_EACH;
        if let Some(twice) = found.records.insert((object, span.offset), record) {
            found.bytes -= twice.len() + KEPT_EACH;
        }
    }

    fn bytes(&mut self, object: ObjectDigest, span: Span) -> Result<&[u8], BoxError> {
        Ok(self.object(object)?.range(span.offset, span.length)?)
    }
}

impl Reader {
    fn object(&mut self, object: ObjectDigest) -> Result<&mut ObjectReader, BoxError> {
        let found = self.objects.reader(object)?;
        found.ok_or_else(|| {
            format!("object {object} is named by a row and not in the archive: letopis verify").into()
        })
    }
}

/// Replaces `out` by the text of a record's bytes; whether something was lost.
pub(crate) fn decode(encoding: &str, bytes: &[u8], out: &mut String) -> Result<bool, String> {
    out.clear();
    Ok(encoding_named(encoding)?.decode_into(bytes, out))
}

fn encoding_named(name: &str) -> Result<Encoding, String> {
    Encoding::parse(name).ok_or_else(|| format!("no encoding is called `{name}`"))
}
