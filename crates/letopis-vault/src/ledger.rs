//! The ledger: reading it whole, following it, and the commit steps that extend it (FORMAT.md, "Ledger").
//!
//! A damaged ledger still loads as far as it can be read; [`Ledger::problems`] says what is wrong, and nothing is
//! ever appended to one that has any.

use std::sync::Arc;

use letopis_seal::entry::Entry as Line;
use letopis_seal::{
    Checkpoint as Statement, EntryKind, MemoryTree, Sha256Digest, SignedCheckpoint, TreeBuilder, TreeSize,
    leaf_hash,
};

use crate::backend::{Backend, read_from, read_if_there};
use crate::digest::ShortId;
use crate::finding::{Finding, FindingKind};
use crate::layout::File;
use crate::{Error, Result};

mod append;
mod authority;

pub(crate) use append::{Draft, Tail};
pub(crate) use authority::Authority;

/// Field of a commit's first line: the signature of the head before it.
pub(crate) const HEAD_FIELD: &str = "head";
/// Field of a commit's first line: its details and secrets.
pub(crate) const BATCH_FIELD: &str = "batch";

/// Where a commit begins.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub(crate) first: u64,
    pub(crate) batch: Option<ShortId>,
    /// Signature line of the head over everything before; `None` for the first commit.
    pub(crate) before: Option<String>,
}

/// The lines under one head.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    origin: String,
    bytes: Vec<u8>,
    /// End of each line, before its line end.
    ends: Vec<usize>,
    /// Kind of each line; `None` for one that is unreadable.
    kinds: Vec<Option<EntryKind>>,
    commits: Vec<Commit>,
    tree: MemoryTree,
    builder: TreeBuilder,
    last_leaf: Sha256Digest,
    next_seq: u64,
    head: Option<SignedCheckpoint>,
    authority: Authority,
    problems: Vec<Finding>,
}

impl Ledger {
    /// Before line 0.
    pub(crate) fn empty(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            bytes: Vec::new(),
            ends: Vec::new(),
            kinds: Vec::new(),
            commits: Vec::new(),
            tree: MemoryTree::new(),
            builder: TreeBuilder::new(),
            last_leaf: Sha256Digest::ZERO,
            next_seq: 0,
            head: None,
            authority: Authority::default(),
            problems: Vec::new(),
        }
    }

    /// Reads head and lines. Only a file that exists and cannot be read is an error.
    pub(crate) fn load(backend: &dyn Backend, origin: &str) -> Result<Self> {
        let mut ledger = Self::empty(origin);
        ledger.head = ledger.read_head(backend)?;
        let bytes = match read_if_there(backend, &File::Entries)? {
            Some(bytes) => bytes,
            None => {
                ledger.problem(FindingKind::LedgerRoot, None, "the ledger", "no such file");
                Vec::new()
            }
        };
        let size = ledger
            .head
            .as_ref()
            .map_or(u64::MAX, |head| head.checkpoint().size().0);
        ledger.take_lines(&bytes, size);
        ledger.check_root();
        ledger.authority = authority::current(&mut ledger);
        Ok(ledger)
    }

    fn read_head(&mut self, backend: &dyn Backend) -> Result<Option<SignedCheckpoint>> {
        let Some(bytes) = read_if_there(backend, &File::Head)? else {
            self.head_problem("a signed checkpoint", "no such file".to_owned());
            return Ok(None);
        };
        match SignedCheckpoint::parse(&bytes) {
            Ok(head) if head.checkpoint().origin() == self.origin => Ok(Some(head)),
            Ok(head) => {
                let found = head.checkpoint().origin().to_owned();
                self.head_problem(&format!("the origin {}", self.origin), found);
                Ok(None)
            }
            Err(error) => {
                self.head_problem("a signed checkpoint", error.to_string());
                Ok(None)
            }
        }
    }

    fn head_problem(&mut self, expected: &str, found: String) {
        let repair =
            "letopis repair --from COPY, a second copy of this archive; or letopis verify --anchor FILE";
        self.problems.push(Finding::new(
            FindingKind::Head,
            File::Head,
            expected,
            found,
            repair,
        ));
    }

    fn problem(&mut self, kind: FindingKind, offset: Option<usize>, expected: &str, found: &str) {
        let repair =
            "letopis repair --from COPY puts back the lines that the signed head covers, and no others";
        let mut finding = Finding::new(kind, File::Entries, expected, found, repair);
        finding.offset = offset.map(|offset| offset as u64);
        self.problems.push(finding);
    }

    /// Takes complete lines until the ledger has `size` of them.
    fn take_lines(&mut self, bytes: &[u8], size: u64) {
        let mut rest = bytes;
        while self.size() < size
            && let Some(end) = rest.iter().position(|byte| *byte == b'\n')
        {
            let (line, after) = rest.split_at(end);
            self.take_line(line);
            rest = after.get(1..).unwrap_or_default();
        }
    }

    fn take_line(&mut self, line: &[u8]) {
        let (place, at) = (self.size(), self.bytes.len());
        let after_unreadable = matches!(self.kinds.last(), Some(None));
        let kind = match Line::parse(line) {
            Err(error) => {
                self.problem(
                    FindingKind::LedgerLine,
                    Some(at),
                    &format!("line {place} of the ledger"),
                    &error.to_string(),
                );
                self.next_seq += 1;
                None
            }
            Ok(entry) => {
                if entry.seq != self.next_seq && !after_unreadable {
                    let (expected, found) =
                        (format!("line {}", self.next_seq), format!("line {}", entry.seq));
                    self.problem(FindingKind::LedgerLine, Some(at), &expected, &found);
                }
                if entry.prev != self.last_leaf && !after_unreadable {
                    let expected = format!(
                        "line {place} to continue line {} ({})",
                        place.wrapping_sub(1),
                        self.last_leaf
                    );
                    let found = format!("it continues {}: one of the two was changed", entry.prev);
                    self.problem(FindingKind::LedgerLine, Some(at), &expected, &found);
                }
                self.begin_commit(&entry, at);
                self.next_seq = entry.seq.saturating_add(1);
                Some(entry.kind)
            }
        };
        self.last_leaf = leaf_hash(line);
        self.tree.append(self.last_leaf);
        self.builder.append(self.last_leaf);
        self.bytes.extend_from_slice(line);
        self.ends.push(self.bytes.len());
        self.bytes.push(b'\n');
        self.kinds.push(kind);
    }

    fn begin_commit(&mut self, entry: &Line, at: usize) {
        let before = entry.text(HEAD_FIELD).ok().map(str::to_owned);
        let first = self.commits.is_empty();
        if before.is_none() && !first {
            return;
        }
        if before.is_some() && self.size() == 0 {
            self.problem(
                FindingKind::LedgerLine,
                Some(at),
                "line 0 without a head before it",
                "one with a head",
            );
        }
        let batch = entry.text(BATCH_FIELD).ok().and_then(ShortId::from_hex);
        self.commits.push(Commit {
            first: self.size(),
            batch,
            before,
        });
    }

    /// Compares lines and tree with the head.
    fn check_root(&mut self) {
        let Some(head) = &self.head else { return };
        let statement = head.checkpoint();
        let (size, root) = (statement.size().0, statement.root());
        if self.size() != size {
            let found = format!("{} complete lines", self.size());
            let end = self.bytes.len();
            self.problem(
                FindingKind::LedgerRoot,
                Some(end),
                &format!("{size} lines, as the head says"),
                &found,
            );
        } else if self.tree.root() != root {
            let found = format!("lines with the root {}", self.tree.root());
            self.problem(
                FindingKind::LedgerRoot,
                None,
                &format!("the root {root}, as the head says"),
                &found,
            );
        }
    }

    /// Follows the ledger to its newest head. An error means that it does not continue what was read before.
    pub(crate) fn catch_up(&mut self, backend: &dyn Backend) -> Result<()> {
        let damaged = |file: File, expected: String, found: String| Error::Damaged {
            path: file.path(),
            offset: None,
            expected,
            found,
        };
        let bytes = crate::backend::read(backend, &File::Head)?;
        let head = SignedCheckpoint::parse(&bytes)
            .map_err(|error| damaged(File::Head, "a signed checkpoint".to_owned(), error.to_string()))?;
        if Some(&head) == self.head.as_ref() {
            return Ok(());
        }
        let (size, origin) = (head.checkpoint().size().0, head.checkpoint().origin());
        if size < self.size() || origin != self.origin {
            let expected = format!("{} with at least {} lines", self.origin, self.size());
            return Err(damaged(
                File::Head,
                expected,
                format!("{origin} with {size} lines"),
            ));
        }
        let more = read_from(backend, &File::Entries, self.bytes.len() as u64)?;
        self.take_lines(&more, size);
        self.head = Some(head);
        self.check_root();
        self.authority = authority::current(self);
        self.refuse_if_damaged()
    }

    /// An error that names the first problem, if there is one.
    pub(crate) fn refuse_if_damaged(&self) -> Result<()> {
        match self.problems.first() {
            None => Ok(()),
            Some(Finding {
                place,
                expected,
                found,
                offset,
                ..
            }) => Err(Error::Damaged {
                path: place.clone(),
                offset: *offset,
                expected: expected.clone(),
                found: found.clone(),
            }),
        }
    }

    /// Number of lines.
    pub(crate) fn size(&self) -> u64 {
        self.ends.len() as u64
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn head(&self) -> Option<&SignedCheckpoint> {
        self.head.as_ref()
    }

    pub(crate) fn tree(&self) -> &MemoryTree {
        &self.tree
    }

    pub(crate) fn problems(&self) -> &[Finding] {
        &self.problems
    }

    pub(crate) fn commits(&self) -> &[Commit] {
        &self.commits
    }

    pub(crate) fn kinds(&self) -> &[Option<EntryKind>] {
        &self.kinds
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Bytes of the lines under the head.
    pub(crate) fn length(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// All lines as they were read, each with its line end.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the first `size` lines end in [`Ledger::bytes`]; `None` where there are fewer.
    pub(crate) fn end_of(&self, size: u64) -> Option<usize> {
        match size.checked_sub(1) {
            None => Some(0),
            Some(last) => self.ends.get(usize::try_from(last).ok()?).map(|end| end + 1),
        }
    }

    /// Number of the first line that is another in `other`, or that one of the two has not.
    pub(crate) fn first_difference(&self, other: &Self) -> u64 {
        let size = self.size().min(other.size());
        (0..size)
            .find(|seq| self.line(*seq) != other.line(*seq))
            .unwrap_or(size)
    }

    /// The text of a line, without its line end.
    pub(crate) fn line(&self, seq: u64) -> Option<&[u8]> {
        let place = usize::try_from(seq).ok()?;
        let end = *self.ends.get(place)?;
        let start = place
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .map_or(0, |before| before + 1);
        self.bytes.get(start..end)
    }

    /// A line, read.
    pub(crate) fn entry(&self, seq: u64) -> Result<Line> {
        let line = self.line(seq).ok_or_else(|| Error::NotFound {
            what: "ledger entry",
            name: seq.to_string(),
        })?;
        Line::parse(line).map_err(|error| Error::Damaged {
            path: File::Entries.path(),
            offset: None,
            expected: format!("line {seq} of the ledger"),
            found: error.to_string(),
        })
    }

    /// Lines of one kind, by number.
    pub(crate) fn of_kind(&self, kind: EntryKind) -> impl Iterator<Item = u64> + '_ {
        let of_kind = self
            .kinds
            .iter()
            .enumerate()
            .filter(move |(_, found)| **found == Some(kind));
        of_kind.map(|(seq, _)| seq as u64)
    }

    /// The commit that a line belongs to.
    pub(crate) fn commit_of(&self, seq: u64) -> Option<&Commit> {
        let after = self.commits.partition_point(|commit| commit.first <= seq);
        self.commits.get(after.checked_sub(1)?)
    }

    /// The head as it was when the ledger had `size` lines, with the signature it bore then.
    pub(crate) fn head_at(&self, size: u64) -> Option<SignedCheckpoint> {
        if self
            .head
            .as_ref()
            .is_some_and(|head| head.checkpoint().size().0 == size)
        {
            return self.head.clone();
        }
        let next = self.commits.iter().find(|commit| commit.first == size)?;
        self.rebuild_head(size, next.before.as_deref()?)
    }

    /// The root when the ledger had `size` lines; none beyond what is here.
    pub(crate) fn root_at(&self, size: u64) -> Option<Sha256Digest> {
        let mut tree = &self.tree;
        (size <= self.size())
            .then(|| letopis_seal::tree::root_at(&mut tree, TreeSize(size)).ok())
            .flatten()
    }

    /// The signed text of an earlier head from the signature that the ledger keeps of it.
    fn rebuild_head(&self, size: u64, signature: &str) -> Option<SignedCheckpoint> {
        let root = self.root_at(size)?;
        let statement = Statement::new(&self.origin, TreeSize(size), root).ok()?;
        SignedCheckpoint::parse(format!("{}\n{signature}\n", statement.to_text()).as_bytes()).ok()
    }

    /// Signatures, certificates and authority of every commit.
    pub(crate) fn check_authority(&self) -> Vec<Finding> {
        authority::check(self)
    }
}

/// Gives the ledger to change in place when nobody else holds it, else a copy.
pub(crate) fn own(ledger: &mut Arc<Ledger>) -> &mut Ledger {
    Arc::make_mut(ledger)
}
