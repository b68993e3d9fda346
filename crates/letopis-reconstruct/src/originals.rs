//! Record texts from the originals in the vault.

use std::collections::HashMap;
use std::sync::Arc;

use letopis_event::Encoding;
use letopis_query::{BoxError, OriginalReader, OriginalText, RecordPlace};
use letopis_vault::{ObjectReader, Sha256, Vault};

/// The originals of an archive.
#[derive(Clone, Debug)]
pub(crate) struct Originals(pub Vault);

impl OriginalText for Originals {
    fn reader(&self) -> Result<Box<dyn OriginalReader>, BoxError> {
        Ok(Box::new(Reader {
            vault: self.0.clone(),
            open: HashMap::new(),
            last: None,
            encoding: None,
            bytes: Vec::new(),
        }))
    }
}

/// Most objects one reader keeps open.
const OPEN_MOST: usize = 64;

struct Reader {
    vault: Vault,
    open: HashMap<[u8; 32], Arc<ObjectReader>>,
    /// The object and the encoding of the record before: mostly those of the next one too.
    last: Option<([u8; 32], Arc<ObjectReader>)>,
    encoding: Option<(String, Encoding)>,
    bytes: Vec<u8>,
}

impl Reader {
    fn object(&mut self, sha256: &[u8; 32]) -> Result<Arc<ObjectReader>, BoxError> {
        if let Some(open) = self.open.get(sha256) {
            return Ok(Arc::clone(open));
        }
        let name = Sha256(*sha256);
        let object = self.vault.object_by_sha256(&name)?.ok_or_else(|| {
            format!("object {name} is named by a row and not in the archive: letopis verify")
        })?;
        if self.open.len() >= OPEN_MOST {
            self.open.clear();
        }
        let reader = Arc::new(self.vault.object_reader(object)?);
        self.open.insert(*sha256, Arc::clone(&reader));
        Ok(reader)
    }
}

impl OriginalReader for Reader {
    fn read(&mut self, place: &RecordPlace<'_>, out: &mut String) -> Result<(), BoxError> {
        if self
            .last
            .as_ref()
            .is_none_or(|(known, _)| *known != place.object.0)
        {
            self.last = Some((place.object.0, self.object(&place.object.0)?));
        }
        if self
            .encoding
            .as_ref()
            .is_none_or(|(known, _)| known != place.encoding)
        {
            self.encoding = Some((place.encoding.to_owned(), encoding_named(place.encoding)?));
        }
        if let (Some((_, object)), Some((_, encoding))) = (&self.last, &self.encoding) {
            object.read_range(place.span.offset, place.span.length, &mut self.bytes)?;
            out.clear();
            encoding.decode_into(&self.bytes, out);
        }
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
