//! Words by block: a tantivy index with one document per block, postings only, packed into one run of bytes.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::directory::error::{DeleteError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    FileHandle, FileSlice, OwnedBytes, RamDirectory, WatchCallback, WatchHandle, WritePtr,
};
use tantivy::index::{IndexSettings, SegmentReader};
use tantivy::indexer::SingleSegmentIndexWriter;
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy::{Directory, DocSet, Index, TERMINATED, TantivyDocument};

use crate::blocks::BlockSet;
use crate::bytes::{Cursor, damaged};
use crate::error::SearchError;

/// Memory that tantivy is told it may use; one segment is made whatever it takes. It only sizes the table of
/// terms at the start, which grows by itself: a large one would be paid by every small segment.
const MEMORY: usize = 1 << 20;
/// Name of the one field and of its tokenizer.
const FIELD: &str = "w";

fn terms_error(error: impl fmt::Display) -> SearchError {
    SearchError::Terms(error.to_string())
}

fn schema() -> (Schema, Field) {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(FIELD)
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    let mut schema = Schema::builder();
    let field = schema.add_text_field(FIELD, TextOptions::default().set_indexing_options(indexing));
    (schema.build(), field)
}

fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::new();
    manager.register(FIELD, TextAnalyzer::from(Lines));
    manager
}

/// Builds the words of one segment.
pub(crate) struct WordsBuilder {
    writer: SingleSegmentIndexWriter,
    field: Field,
    directory: RamDirectory,
}

impl fmt::Debug for WordsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WordsBuilder")
    }
}

impl WordsBuilder {
    pub(crate) fn new() -> Result<Self, SearchError> {
        let (schema, field) = schema();
        let directory = RamDirectory::create();
        let settings = IndexSettings {
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        };
        let writer = Index::builder()
            .schema(schema)
            .settings(settings)
            .tokenizers(tokenizers())
            .single_segment_index_writer(directory.clone(), MEMORY)
            .map_err(terms_error)?;
        Ok(Self {
            writer,
            field,
            directory,
        })
    }

    /// Ends a block with these words, each once, separated by line feeds.
    pub(crate) fn block(&mut self, words: &str) -> Result<(), SearchError> {
        let mut document = TantivyDocument::new();
        document.add_text(self.field, words);
        self.writer.add_document(document).map_err(terms_error)
    }

    /// Ends the index and packs its files.
    pub(crate) fn finish(self, out: &mut Vec<u8>) -> Result<(), SearchError> {
        let index = self.writer.finalize().map_err(terms_error)?;
        let mut paths: Vec<PathBuf> = index.directory().list_managed_files().into_iter().collect();
        paths.sort();
        let mut files = Vec::with_capacity(paths.len());
        for path in &paths {
            let bytes = match self.directory.open_read(path) {
                Ok(file) => file.read_bytes().map_err(terms_error)?,
                // Planned by tantivy but never written.
                Err(OpenReadError::FileDoesNotExist(_)) => continue,
                Err(error) => return Err(terms_error(error)),
            };
            files.push((path.to_string_lossy().into_owned(), bytes));
        }
        out.extend_from_slice(&(files.len() as u32).to_le_bytes());
        for (name, bytes) in &files {
            out.extend_from_slice(&(name.len() as u32).to_le_bytes());
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        }
        for (_, bytes) in &files {
            out.extend_from_slice(bytes.as_slice());
        }
        Ok(())
    }
}

/// Opened words.
pub(crate) struct Words {
    segment: Option<SegmentReader>,
    field: Field,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words")
    }
}

impl Words {
    /// Opens packed files; `blocks` is how many documents there must be.
    pub(crate) fn open(packed: OwnedBytes, blocks: usize) -> Result<Self, SearchError> {
        guarded(|| Self::open_trusting(packed, blocks))
    }

    fn open_trusting(packed: OwnedBytes, blocks: usize) -> Result<Self, SearchError> {
        let directory = Packed::read(packed)?;
        let mut index = Index::open(directory).map_err(terms_error)?;
        index.set_tokenizers(tokenizers());
        let (_, field) = schema();
        let segments = index.searchable_segments().map_err(terms_error)?;
        let segment = match segments.as_slice() {
            [] => None,
            [one] => Some(SegmentReader::open(one).map_err(terms_error)?),
            more => return Err(damaged(0, "one term segment", more.len().to_string())),
        };
        let documents = segment.as_ref().map_or(0, |s| s.max_doc() as usize);
        if documents != blocks {
            return Err(damaged(
                0,
                format!("{blocks} blocks in the term index"),
                documents.to_string(),
            ));
        }
        Ok(Self { segment, field })
    }

    /// Adds the blocks in which a word stands.
    pub(crate) fn find(&self, word: &[u8], found: &mut BlockSet) -> Result<(), SearchError> {
        guarded(|| self.find_trusting(word, found))
    }

    fn find_trusting(&self, word: &[u8], found: &mut BlockSet) -> Result<(), SearchError> {
        let Some(segment) = &self.segment else {
            return Ok(());
        };
        let words = segment.inverted_index(self.field).map_err(terms_error)?;
        let Some(info) = words.terms().get(word).map_err(terms_error)? else {
            return Ok(());
        };
        let mut postings = words
            .read_postings_from_terminfo(&info, IndexRecordOption::Basic)
            .map_err(terms_error)?;
        while postings.doc() != TERMINATED {
            let block = postings.doc();
            if !found.add(block as usize) {
                return Err(damaged(
                    0,
                    format!("a block below {}", found.total()),
                    block.to_string(),
                ));
            }
            postings.advance();
        }
        Ok(())
    }
}

/// Tantivy trusts its files and panics on many that are damaged. Damage is found by the digest before it gets here;
/// of what someone wrote behind a digest that fits, this turns what it can into an error. Only a digest kept
/// elsewhere (the ledger's) stops a forger.
fn guarded<T>(read: impl FnOnce() -> Result<T, SearchError>) -> Result<T, SearchError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(damaged(0, "a readable term index", "one that cannot be read")))
}

/// Words as [`WordsBuilder::block`] hands them over: one a line.
#[derive(Clone, Debug)]
struct Lines;

struct LineStream<'a> {
    rest: &'a str,
    token: Token,
}

impl Tokenizer for Lines {
    type TokenStream<'a> = LineStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> LineStream<'a> {
        LineStream {
            rest: text,
            token: Token::default(),
        }
    }
}

impl TokenStream for LineStream<'_> {
    fn advance(&mut self) -> bool {
        if self.rest.is_empty() {
            return false;
        }
        let (word, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        self.token.text.clear();
        self.token.text.push_str(word);
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// The files of an index in one run of bytes, read only.
#[derive(Clone, Debug)]
struct Packed {
    files: Arc<Vec<(PathBuf, OwnedBytes)>>,
}

impl Packed {
    fn read(packed: OwnedBytes) -> Result<Self, SearchError> {
        let bytes = packed.as_slice();
        let mut cursor = Cursor::new(bytes);
        let count = cursor.count(8, "term files")?;
        let mut entries = Vec::with_capacity(count);
        for _ in 0..count {
            let length = cursor.count(1, "name bytes")?;
            let name = cursor.take(length, "a file name")?;
            let name =
                std::str::from_utf8(name).map_err(|_| damaged(cursor.at(), "a UTF-8 name", "other bytes"))?;
            let length = cursor.u32("a file length")? as usize;
            entries.push((PathBuf::from(name), length));
        }
        let mut files = Vec::with_capacity(count);
        for (path, length) in entries {
            let start = cursor.at();
            cursor.take(length, "a term file")?;
            files.push((path, packed.slice(start..start + length)));
        }
        Ok(Self {
            files: Arc::new(files),
        })
    }

    fn get(&self, path: &Path) -> Result<&OwnedBytes, OpenReadError> {
        self.files
            .iter()
            .find(|(name, _)| name == path)
            .map(|(_, bytes)| bytes)
            .ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_owned()))
    }
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "a finished index is only read")
}

impl Directory for Packed {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.get(path)
            .map(|bytes| Arc::new(bytes.clone()) as Arc<dyn FileHandle>)
    }

    fn open_read(&self, path: &Path) -> Result<FileSlice, OpenReadError> {
        self.get_file_handle(path).map(FileSlice::new)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError {
            io_error: Arc::new(read_only()),
            filepath: path.to_owned(),
        })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.get(path).is_ok())
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(read_only(), path.to_owned()))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.get(path).map(|bytes| bytes.as_slice().to_vec())
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(read_only())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
