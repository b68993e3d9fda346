//! Record texts from the originals in the vault.

use std::collections::HashMap;

use letopis_event::{Encoding, ObjectDigest};
use letopis_query::{BoxError, OriginalReader, OriginalText, RecordPlace};
use letopis_vault::{ObjectReader, Sha256, Vault};

/// The originals of an archive.
#[derive(Clone, Debug)]
pub(crate) struct Originals(pub Vault);

impl OriginalText for Originals {
    fn reader(&self) -> Result<Box<dyn OriginalReader>, BoxError> {
        Ok(Box::new(Reader {
            objects: Objects::new(&self.0),
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
    pub(crate) fn new(vault: &Vault) -> Self {
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
        let object = self.objects.reader(place.object)?.ok_or_else(|| {
            let name = place.object;
            format!("object {name} is named by a row and not in the archive: letopis verify")
        })?;
        out.clear();
        encoding.decode_into(object.range(place.span.offset, place.span.length)?, out);
        Ok(())
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
