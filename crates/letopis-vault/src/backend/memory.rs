//! An archive in memory, which remembers what would be on the medium if the power failed now.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::{Backend, Lock, ReadAt, Stat, WriteFile};
use crate::layout::{Directory, File};

/// An archive in memory, for tests.
///
/// Contents and names are volatile until they are synced, each for itself, as on a disk: a synced file may lie in a
/// directory that forgets it, and a synced name may lead to a file that lost its bytes.
#[derive(Debug, Default)]
pub struct MemoryBackend {
    disk: Arc<Mutex<Disk>>,
    locks: Arc<Locks>,
}

/// What a crash takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The process died, the system lives: nothing is lost.
    Nothing,
    /// The power failed: everything that was not synced is lost.
    Unsynced,
    /// The power failed: each unsynced file and directory is lost, kept or kept in part, by this seed.
    Some(u64),
    /// The power failed, and what was not synced had reached the medium out of order: each write is lost, kept, or
    /// kept as zeros where only the length was written; each new, changed or removed name is there or not, by this seed.
    Reordered(u64),
}

#[derive(Debug, Default)]
struct Disk {
    directories: BTreeMap<String, Names>,
    nodes: Vec<Node>,
}

#[derive(Debug, Default)]
struct Names {
    /// Whether the name of this directory itself is on the medium.
    kept: bool,
    now: BTreeMap<String, usize>,
    durable: BTreeMap<String, usize>,
}

#[derive(Debug, Default)]
struct Node {
    now: Arc<Vec<u8>>,
    durable: Arc<Vec<u8>>,
    /// What was done to it since it was synced.
    pending: Vec<Change>,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Write { offset: usize, length: usize },
    Truncate(usize),
}

impl Node {
    fn sync(&mut self) {
        self.durable = Arc::clone(&self.now);
        self.pending.clear();
    }

    /// The content when some of the writes since the last sync reached the medium, in whatever order.
    fn reordered(&self, draw: &mut dyn FnMut(u64) -> u64) -> Vec<u8> {
        let mut content = self.durable.to_vec();
        for change in &self.pending {
            match (*change, draw(3)) {
                (_, 0) => {}
                (Change::Truncate(length), _) => content.resize(length, 0),
                (Change::Write { offset, length }, kept) => {
                    let end = offset + length;
                    content.resize(content.len().max(end), 0);
                    let (to, from) = (content.get_mut(offset..end), self.now.get(offset..end));
                    if let (Some(to), Some(from), 1) = (to, from, kept) {
                        to.copy_from_slice(from);
                    }
                }
            }
        }
        content
    }
}

/// The step of splitmix64 (public domain, S. Vigna): any mixing will do here.
fn mix(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[derive(Debug, Default)]
struct Locks {
    /// How many hold a lock together; 0 where one holds it alone.
    held: Mutex<BTreeMap<String, usize>>,
    freed: Condvar,
}

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn missing() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl MemoryBackend {
    /// An empty place.
    #[expect(clippy::new_ret_no_self, reason = "nobody wants it but as a backend")]
    pub fn new() -> Arc<dyn Backend> {
        Arc::new(Self::default())
    }

    /// Every file with its bytes, by path.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let disk = unpoisoned(&self.disk);
        let mut files = BTreeMap::new();
        for (directory, names) in &disk.directories {
            for (name, node) in &names.now {
                let path = if directory.is_empty() {
                    name.clone()
                } else {
                    format!("{directory}/{name}")
                };
                if let Some(node) = disk.nodes.get(*node) {
                    files.insert(path, node.now.to_vec());
                }
            }
        }
        files
    }

    /// Puts `bytes` at `path`, as an intruder or a failing disk would.
    pub fn overwrite(&self, path: &str, bytes: Vec<u8>) {
        let mut disk = unpoisoned(&self.disk);
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let bytes = Arc::new(bytes);
        disk.nodes.push(Node {
            now: Arc::clone(&bytes),
            durable: bytes,
            pending: Vec::new(),
        });
        let node = disk.nodes.len() - 1;
        let names = disk.directories.entry(directory.to_owned()).or_default();
        names.kept = true;
        names.now.insert(name.to_owned(), node);
        names.durable.insert(name.to_owned(), node);
    }

    /// Takes `path` away.
    pub fn take(&self, path: &str) {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        if let Some(names) = unpoisoned(&self.disk).directories.get_mut(directory) {
            names.now.remove(name);
            names.durable.remove(name);
        }
    }

    /// An independent copy.
    pub fn copy(&self) -> Arc<Self> {
        let copy = Self::default();
        for (path, bytes) in self.files() {
            copy.overwrite(&path, bytes);
        }
        let from = unpoisoned(&self.disk);
        for directory in from.directories.keys() {
            unpoisoned(&copy.disk)
                .directories
                .entry(directory.clone())
                .or_default()
                .kept = true;
        }
        drop(from);
        Arc::new(copy)
    }

    /// The state after a crash: every lock is free, and what was not synced is lost as `loss` says.
    pub fn crash(&self, loss: Loss) {
        unpoisoned(&self.locks.held).clear();
        let disk = &mut *unpoisoned(&self.disk);
        let mut seed = match loss {
            Loss::Some(seed) | Loss::Reordered(seed) => seed,
            _ => 0,
        };
        let mut draw = |of: u64| mix(&mut seed) % of;
        for node in &mut disk.nodes {
            match (loss, draw(3)) {
                (Loss::Nothing, _) | (Loss::Some(_), 0) => {}
                (Loss::Reordered(_), _) => node.now = Arc::new(node.reordered(&mut draw)),
                (Loss::Unsynced, _) | (Loss::Some(_), 1) => node.now = Arc::clone(&node.durable),
                (Loss::Some(_), _) => {
                    let kept = usize::try_from(draw(node.now.len() as u64 + 1)).unwrap_or(0);
                    if node.now.starts_with(&node.durable) && kept >= node.durable.len() {
                        node.now = Arc::new(node.now.get(..kept).unwrap_or_default().to_vec());
                    }
                }
            }
            node.sync();
        }
        lose_names(disk, loss, &mut draw);
    }

    fn node(&self, file: &File) -> io::Result<usize> {
        let path = file.path();
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let disk = unpoisoned(&self.disk);
        disk.directories
            .get(directory)
            .and_then(|names| names.now.get(name))
            .copied()
            .ok_or_else(missing)
    }

    /// Does `change` to the names of the directory that holds `file`.
    fn with_names<T>(
        &self,
        file: &File,
        change: impl FnOnce(&mut Names, &str) -> io::Result<T>,
    ) -> io::Result<T> {
        let path = file.path();
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let mut disk = unpoisoned(&self.disk);
        change(disk.directories.get_mut(directory).ok_or_else(missing)?, name)
    }
}

/// What a crash does to directories and names.
fn lose_names(disk: &mut Disk, loss: Loss, draw: &mut dyn FnMut(u64) -> u64) {
    let drawn = matches!(loss, Loss::Some(_) | Loss::Reordered(_));
    let gone: Vec<String> = disk
        .directories
        .iter()
        .filter(|(path, names)| {
            let lost = !path.is_empty() && !names.kept;
            lost && (loss == Loss::Unsynced || (drawn && draw(2) == 0))
        })
        .map(|(path, _)| path.clone())
        .collect();
    disk.directories.retain(|path, _| {
        !gone
            .iter()
            .any(|lost| path == lost || path.strip_prefix(lost).is_some_and(|rest| rest.starts_with('/')))
    });
    for names in disk.directories.values_mut() {
        names.kept = true;
        match loss {
            Loss::Reordered(_) => {
                let mut all = names.durable.clone();
                all.extend(names.now.clone());
                for name in all.keys() {
                    let (now, before) = (names.now.get(name).copied(), names.durable.get(name).copied());
                    let node = if draw(2) == 0 { before } else { now };
                    match node {
                        Some(node) => drop(names.now.insert(name.clone(), node)),
                        None => drop(names.now.remove(name)),
                    }
                }
            }
            _ if loss == Loss::Unsynced || (drawn && draw(2) == 0) => names.now = names.durable.clone(),
            _ => {}
        }
        names.durable = names.now.clone();
    }
}

fn change_bytes(
    disk: &Mutex<Disk>,
    node: usize,
    change: impl FnOnce(&mut Vec<u8>) -> Change,
) -> io::Result<()> {
    let mut disk = unpoisoned(disk);
    let node = disk.nodes.get_mut(node).ok_or_else(missing)?;
    let change = change(Arc::make_mut(&mut node.now));
    node.pending.push(change);
    Ok(())
}

struct Bytes(Arc<Vec<u8>>);

impl ReadAt for Bytes {
    fn length(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        let end = start.checked_add(out.len());
        let part = end
            .and_then(|end| self.0.get(start..end))
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(part);
        Ok(())
    }
}

/// A file while it is written: every write is seen at once, none is durable.
struct Growing {
    disk: Arc<Mutex<Disk>>,
    node: usize,
}

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        change_bytes(&self.disk, self.node, |content| {
            let offset = content.len();
            content.extend_from_slice(bytes);
            Change::Write {
                offset,
                length: bytes.len(),
            }
        })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl WriteFile for Growing {
    fn close(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

struct Held {
    locks: Arc<Locks>,
    name: String,
}

impl Lock for Held {}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = unpoisoned(&self.locks.held);
        match held.get_mut(&self.name) {
            Some(sharers) if *sharers > 1 => *sharers -= 1,
            _ => {
                held.remove(&self.name);
            }
        }
        self.locks.freed.notify_all();
    }
}

impl Backend for MemoryBackend {
    fn place(&self) -> String {
        "(memory)".to_owned()
    }

    fn disk_path(&self, _file: &File) -> Option<PathBuf> {
        None
    }

    fn stat(&self, path: &str) -> io::Result<Option<Stat>> {
        let disk = unpoisoned(&self.disk);
        let stat = |length, directory| Stat {
            length,
            directory,
            open_to_others: false,
        };
        if disk.directories.contains_key(path) {
            return Ok(Some(stat(0, true)));
        }
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let node = disk
            .directories
            .get(directory)
            .and_then(|names| names.now.get(name));
        Ok(node
            .and_then(|node| disk.nodes.get(*node))
            .map(|node| stat(node.now.len() as u64, false)))
    }

    fn list(&self, directory: Directory) -> io::Result<Vec<String>> {
        let disk = unpoisoned(&self.disk);
        let path = directory.path();
        let names = disk.directories.get(&path).ok_or_else(missing)?;
        let mut found: BTreeSet<String> = names.now.keys().cloned().collect();
        let below = if path.is_empty() { path } else { format!("{path}/") };
        for other in disk.directories.keys().filter(|other| !other.is_empty()) {
            if let Some(name) = other.strip_prefix(&below).filter(|name| !name.contains('/')) {
                found.insert(name.to_owned());
            }
        }
        Ok(found.into_iter().collect())
    }

    fn open(&self, file: &File) -> io::Result<Box<dyn ReadAt>> {
        let node = self.node(file)?;
        let disk = unpoisoned(&self.disk);
        let node = disk.nodes.get(node).ok_or_else(missing)?;
        Ok(Box::new(Bytes(Arc::clone(&node.now))))
    }

    fn create(&self, file: &File) -> io::Result<Box<dyn WriteFile>> {
        let node = {
            let mut disk = unpoisoned(&self.disk);
            disk.nodes.push(Node::default());
            disk.nodes.len() - 1
        };
        self.with_names(file, |names, name| match names.now.contains_key(name) {
            true => Err(io::ErrorKind::AlreadyExists.into()),
            false => Ok(names.now.insert(name.to_owned(), node)),
        })?;
        Ok(Box::new(Growing {
            disk: Arc::clone(&self.disk),
            node,
        }))
    }

    fn append(&self, file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let node = match self.node(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && offset == 0 => {
                drop(self.create(file)?);
                self.node(file)?
            }
            other => other?,
        };
        let offset = usize::try_from(offset).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
        change_bytes(&self.disk, node, |content| {
            content.resize(offset.max(content.len()), 0);
            content.truncate(offset);
            content.extend_from_slice(bytes);
            Change::Write {
                offset,
                length: bytes.len(),
            }
        })
    }

    fn truncate(&self, file: &File, length: u64) -> io::Result<()> {
        let length = usize::try_from(length).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
        change_bytes(&self.disk, self.node(file)?, |content| {
            content.resize(length, 0);
            Change::Truncate(length)
        })
    }

    fn rename(&self, from: &File, to: &File) -> io::Result<()> {
        let node = self.with_names(from, |names, name| names.now.remove(name).ok_or_else(missing))?;
        self.with_names(to, |names, name| Ok(names.now.insert(name.to_owned(), node)))
            .map(drop)
    }

    fn remove(&self, file: &File) -> io::Result<()> {
        self.with_names(file, |names, name| names.now.remove(name).ok_or_else(missing))
            .map(drop)
    }

    fn make_directory(&self, directory: Directory) -> io::Result<()> {
        let mut disk = unpoisoned(&self.disk);
        if let Some(parent) = directory.parent()
            && !disk.directories.contains_key(&parent.path())
        {
            return Err(missing());
        }
        disk.directories.entry(directory.path()).or_default();
        Ok(())
    }

    fn sync_file(&self, file: &File) -> io::Result<()> {
        let node = self.node(file)?;
        if let Some(node) = unpoisoned(&self.disk).nodes.get_mut(node) {
            node.sync();
        }
        Ok(())
    }

    fn sync_directory(&self, directory: Directory) -> io::Result<()> {
        let path = directory.path();
        let mut disk = unpoisoned(&self.disk);
        let names = disk.directories.get_mut(&path).ok_or_else(missing)?;
        names.durable = names.now.clone();
        let below = if path.is_empty() { path } else { format!("{path}/") };
        for (other, names) in &mut disk.directories {
            if other
                .strip_prefix(&below)
                .is_some_and(|name| !name.is_empty() && !name.contains('/'))
            {
                names.kept = true;
            }
        }
        Ok(())
    }

    fn sync_everything(&self) -> io::Result<bool> {
        let mut disk = unpoisoned(&self.disk);
        for node in &mut disk.nodes {
            node.sync();
        }
        for names in disk.directories.values_mut() {
            names.kept = true;
            names.durable = names.now.clone();
        }
        Ok(true)
    }

    fn lock(&self, file: &File, wait: bool) -> io::Result<Option<Box<dyn Lock>>> {
        if self.node(file).is_err() {
            drop(self.create(file)?);
        }
        let name = file.path();
        let mut held = unpoisoned(&self.locks.held);
        while held.contains_key(&name) {
            if !wait {
                return Ok(None);
            }
            held = self
                .locks
                .freed
                .wait(held)
                .unwrap_or_else(PoisonError::into_inner);
        }
        held.insert(name.clone(), 0);
        Ok(Some(Box::new(Held {
            locks: Arc::clone(&self.locks),
            name,
        })))
    }

    fn share_lock(&self, file: &File) -> io::Result<Option<Box<dyn Lock>>> {
        self.node(file)?;
        let name = file.path();
        let mut held = unpoisoned(&self.locks.held);
        match held.get(&name) {
            Some(0) => return Ok(None),
            sharers => {
                let sharers = sharers.copied().unwrap_or(0);
                held.insert(name.clone(), sharers + 1);
            }
        }
        Ok(Some(Box::new(Held {
            locks: Arc::clone(&self.locks),
            name,
        })))
    }
}
