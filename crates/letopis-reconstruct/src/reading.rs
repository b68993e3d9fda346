//! Reading an archive: nothing is decoded before the intent is on record, and every reading says how it ended.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use letopis_event::Zone;
use letopis_query::arrow::record_batch::RecordBatch;
use letopis_query::{Engine, EngineOptions, OutputFormat, QueryStream, RowWriter};
use letopis_vault::{
    AccessIntent, AccessResult, AccessToken, Backend, Basis, ExternalJournal, Keys, Micros, Sha256, Vault,
};
use serde_json::{Map, Value, json};
use sha2::Digest as _;
use tokio::task::JoinHandle;

use crate::companions::Beside;
use crate::coverage::Kept;
use crate::error::{ReconstructError, Result};
use crate::finding::IndexSearch;
use crate::originals::Originals;
use crate::rows::EventLines;
use crate::segments::Segments;
use letopis_table::RowView;

/// Who reads, with what command, and why: the content of the access record.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// The person, as the basis vouches for it.
    pub person: String,
    /// The machine.
    pub host: String,
    /// Program and version.
    pub program: String,
    /// The command as typed.
    pub command: String,
    /// The exact query, where the command has one.
    pub query: Option<String>,
    /// Why.
    pub purpose: Option<String>,
    /// For which case.
    pub case: Option<String>,
}

/// How an archive is opened for reading.
#[derive(Debug)]
pub struct OpenOptions {
    /// Where the archive is.
    pub backend: Arc<dyn Backend>,
    /// Keys at hand; the journal key signs the record.
    pub keys: Keys,
    /// Where the record goes when the archive cannot take it.
    pub journal: Option<Arc<dyn Backend>>,
    /// Whether the indexes are used.
    pub use_index: bool,
    /// Zone of answers, where not the archive's.
    pub zone: Option<Zone>,
    /// The present, microseconds since 1970 UTC.
    pub now: Micros,
    /// Bytes a query may hold.
    pub memory_bytes: usize,
}

/// Bytes that the line of an event takes, about.
const LINE: usize = 1 << 10;

/// An archive that is being read, on record.
pub struct Reading {
    vault: Vault,
    originals: Originals,
    keys: Keys,
    journal: Option<ExternalJournal>,
    token: Option<AccessToken>,
    now: Micros,
    zone: Zone,
    engine: Engine,
    pub(crate) segments: Arc<Segments>,
    pub(crate) search: Arc<IndexSearch>,
    runtime: tokio::runtime::Runtime,
    pub(crate) kept: Kept,
    /// Rows given out and their digest so far.
    given: Given,
}

/// What was given out so far.
struct Given {
    rows: u64,
    digest: Arc<Mutex<sha2::Sha256>>,
}

/// Writes an answer out and into the digest that the access record keeps.
pub struct Tee<W> {
    out: W,
    digest: Arc<Mutex<sha2::Sha256>>,
}

impl<W: Write> Write for Tee<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

impl Reading {
    /// Opens an archive and puts the intent on record before anything is decoded.
    ///
    /// # Errors
    /// When the archive cannot be opened, wants a purpose that was not given, or cannot take the record and no
    /// journal was named.
    pub fn open(options: OpenOptions, reader: &Reader) -> Result<Self> {
        let vault = Vault::open(Arc::clone(&options.backend))?;
        if vault.config().require_purpose && reader.purpose.as_deref().is_none_or(|p| p.trim().is_empty()) {
            return Err(ReconstructError::PurposeMissing);
        }
        let intent = AccessIntent {
            basis: Basis::OsAccount,
            detail: document(reader),
        };
        let (journal, token) = match &options.journal {
            None => (None, vault.begin_access(&intent, &options.keys, options.now)?),
            Some(place) => {
                let journal =
                    ExternalJournal::open_or_create(Arc::clone(place), &vault, &options.keys, options.now)?;
                let token = journal.begin_access(&intent, &options.keys, options.now)?;
                (Some(journal), token)
            }
        };
        Self::begin(vault.refresh()?, options, journal, token)
    }

    fn begin(
        vault: Vault,
        options: OpenOptions,
        journal: Option<ExternalJournal>,
        token: AccessToken,
    ) -> Result<Self> {
        let zone = options
            .zone
            .unwrap_or_else(|| vault.config().time_zone.parse().unwrap_or(Zone::UTC));
        let segments = Arc::new(Segments::read(&vault)?);
        let search = Arc::new(IndexSearch::new(&vault, zone, options.use_index));
        let threads = threads();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .build()?;
        let engine_options = EngineOptions {
            memory_bytes: options.memory_bytes,
            spill: None,
            zone,
            now: options.now,
            threads,
        };
        let originals = Originals::new(&vault);
        let engine = Engine::new(
            Arc::clone(&segments) as _,
            Arc::new(originals.clone()),
            Arc::clone(&search) as _,
            Arc::new(Beside(vault.clone())),
            engine_options,
        )?;
        Ok(Self {
            vault,
            originals,
            keys: options.keys,
            journal,
            token: Some(token),
            now: options.now,
            zone,
            engine,
            segments,
            search,
            runtime,
            kept: Kept::default(),
            given: Given {
                rows: 0,
                digest: Arc::default(),
            },
        })
    }

    /// The archive as it stands in this reading.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Events as lines, with originals from this archive.
    pub(crate) fn lines(&self) -> EventLines {
        EventLines::new(&self.originals)
    }

    /// The zone of answers.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// The present of this reading, microseconds since 1970 UTC.
    pub fn now(&self) -> Micros {
        self.now
    }

    /// Ledger position of this reading's own intent; none where a journal outside the archive holds it.
    pub fn own_intent(&self) -> Option<u64> {
        let token = self.token.as_ref().filter(|_| self.journal.is_none());
        token.map(|t| t.seq)
    }

    /// SQL over the archive.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Runs a future to its end.
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// The rows of each statement, in any order; the statements are worked on side by side.
    ///
    /// # Errors
    /// When one of them fails: the first by their order.
    pub(crate) fn gather(&self, statements: Vec<String>) -> Result<Vec<Vec<RecordBatch>>> {
        let ask = |sql: String| {
            let engine = self.engine.clone();
            self.runtime
                .spawn(async move { engine.sql_in_any_order(&sql).await?.collect().await })
        };
        let asked: Vec<_> = statements.into_iter().map(ask).collect();
        let mut answers = Vec::with_capacity(asked.len());
        for asked in asked {
            answers.push(self.runtime.block_on(asked).map_err(std::io::Error::other)??);
        }
        Ok(answers)
    }

    /// Counts rows that are given out, with the bytes they are given out as.
    pub fn give(&mut self, rows: u64, bytes: &[u8]) {
        self.given.rows += rows;
        self.given
            .digest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .update(bytes);
    }

    /// A writer that counts what goes through it as given out; rows are told by [`Reading::give`].
    pub fn tee<W: Write>(&self, out: W) -> Tee<W> {
        Tee {
            out,
            digest: Arc::clone(&self.given.digest),
        }
    }

    /// Writes the rows of an answer out in the given format. Gives their number.
    ///
    /// # Errors
    /// When the query fails on the way, or `out` cannot be written.
    pub fn write<W: Write + Send>(
        &mut self,
        mut stream: QueryStream,
        format: OutputFormat,
        out: W,
    ) -> Result<u64> {
        let mut writer = RowWriter::new(format, stream.schema(), self.tee(out))?;
        while let Some(batch) = self.runtime.block_on(stream.next()) {
            writer.write(&batch?)?;
        }
        let (rows, mut out) = writer.finish()?;
        out.flush()?;
        self.given.rows += rows;
        Ok(rows)
    }

    /// Writes rows of the event table out as [`EventLines`] does. Gives their number.
    ///
    /// # Errors
    /// When the query fails, an original cannot be read, or `out` cannot be written.
    pub fn write_events<W: Write>(&mut self, mut stream: QueryStream, mut out: W) -> Result<u64> {
        // Lines are made by other threads, as many batches at a time as there are processors; they keep their order.
        let spare: Arc<Mutex<Vec<EventLines>>> = Arc::default();
        let mut making = VecDeque::new();
        let (mut rows, mut more) = (0, true);
        while more || !making.is_empty() {
            if more && making.len() < threads() {
                match self.runtime.block_on(stream.next()).transpose()? {
                    Some(batch) => making.push_back(self.make_lines(batch, &spare)),
                    None => more = false,
                }
                continue;
            }
            if let Some(lines) = making.pop_front() {
                let (count, text) = self.runtime.block_on(lines).map_err(std::io::Error::other)??;
                out.write_all(&text)?;
                self.give(count, &text);
                rows += count;
            }
        }
        out.flush()?;
        Ok(rows)
    }

    /// The lines of a batch and their number, made by another thread; `spare` holds makers that no thread uses now.
    fn make_lines(
        &self,
        batch: RecordBatch,
        spare: &Arc<Mutex<Vec<EventLines>>>,
    ) -> JoinHandle<Result<(u64, Vec<u8>)>> {
        let (originals, spare) = (self.originals.clone(), Arc::clone(spare));
        self.runtime.spawn_blocking(move || {
            let unused = spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut lines = unused.unwrap_or_else(|| EventLines::new(&originals));
            let mut text = Vec::with_capacity(batch.num_rows() * LINE);
            lines.batch(&batch, &mut text)?;
            spare.lock().unwrap_or_else(PoisonError::into_inner).push(lines);
            Ok((batch.num_rows() as u64, text))
        })
    }

    /// Calls `each` for every row of an answer of the event table, with the record's text. Gives their number.
    ///
    /// # Errors
    /// When the query fails, an original cannot be read, or `each` cannot go on.
    pub fn each_event(
        &mut self,
        mut stream: QueryStream,
        each: &mut dyn FnMut(&RowView<'_>, &str) -> std::io::Result<()>,
    ) -> Result<u64> {
        let mut lines = self.lines();
        let mut rows = 0;
        while let Some(batch) = self.runtime.block_on(stream.next()) {
            let batch = batch?;
            for row in RowView::all(&batch) {
                let text = lines.text_of(&row)?;
                each(&row, text)?;
                self.give(1, text.as_bytes());
                rows += 1;
            }
        }
        Ok(rows)
    }

    /// Puts the end of the reading on record: `complete`, `interrupted` or `error`.
    ///
    /// # Errors
    /// When the record cannot be written; the intent then stands without a result, which `verify` names.
    pub fn end(&mut self, ended: &str) -> Result<()> {
        let Some(token) = self.token.take() else {
            return Ok(());
        };
        let digest = self
            .given
            .digest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .finalize();
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(&digest);
        let result = AccessResult {
            rows: self.given.rows,
            rows_sha256: Some(Sha256(sha256)),
            ended: ended.to_owned(),
        };
        match &self.journal {
            None => self.vault.finish_access(token, &result, &self.keys, self.now)?,
            Some(journal) => journal.finish_access(token, &result, &self.keys, self.now)?,
        }
        Ok(())
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        // A reading that nobody ended was interrupted; failing to say so leaves the intent, which tells enough.
        if self.token.is_some() {
            let _ = self.end("interrupted");
        }
    }
}

/// Threads that work on an answer.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn document(reader: &Reader) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), json!(value));
        }
    };
    put("person", Some(&reader.person));
    put("host", Some(&reader.host));
    put("program", Some(&reader.program));
    put("command", Some(&reader.command));
    put("query", reader.query.as_deref());
    put("purpose", reader.purpose.as_deref());
    put("case", reader.case.as_deref());
    Value::Object(fields)
}
