//! Memory that fails on purpose at its n-th operation: what holds the promise that no crash harms an archive.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Backend, Lock, Loss, MemoryBackend, ReadAt, Stat, WriteFile};
use crate::layout::{Directory, File};

/// What happens to the operation that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing of it happened.
    Lost,
    /// A write happened up to its middle; anything else did not happen.
    Torn,
    /// It happened, and an error is reported all the same.
    Kept,
}

/// One planned fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Number of the operation that fails, from 1, counting only operations that change or sync something.
    pub at: u64,
    /// What becomes of it.
    pub effect: Effect,
    /// Whether everything after it fails too, as when the process or the power is gone.
    pub kill: bool,
}

/// A [`MemoryBackend`] with at most one planned fault.
#[derive(Debug)]
pub struct FaultyBackend {
    disk: Arc<MemoryBackend>,
    plan: Arc<Plan>,
}

#[derive(Debug, Default)]
struct Plan {
    done: AtomicU64,
    fault: Mutex<Option<Fault>>,
}

impl Plan {
    /// Counts an operation and says what is to become of it: `None`, it goes on; else its effect.
    fn next(&self) -> Option<Effect> {
        let number = self.done.fetch_add(1, Ordering::SeqCst) + 1;
        let fault = (*self.fault.lock().unwrap_or_else(PoisonError::into_inner))?;
        match number.cmp(&fault.at) {
            std::cmp::Ordering::Equal => Some(fault.effect),
            std::cmp::Ordering::Greater if fault.kill => Some(Effect::Lost),
            _ => None,
        }
    }

    /// Whether everything is over.
    fn dead(&self) -> bool {
        let fault = *self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault.is_some_and(|fault| fault.kill && self.done.load(Ordering::SeqCst) >= fault.at)
    }

    fn change<T>(&self, change: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self.next() {
            None => change(),
            Some(Effect::Kept) => {
                change()?;
                Err(broken())
            }
            Some(_) => Err(broken()),
        }
    }

    fn look<T>(&self, look: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        if self.dead() { Err(broken()) } else { look() }
    }
}

fn broken() -> io::Error {
    io::Error::other("planned fault")
}

impl FaultyBackend {
    /// A backend over `disk` that fails as planned, or never.
    pub fn new(disk: Arc<MemoryBackend>, fault: Option<Fault>) -> Arc<Self> {
        let plan = Plan {
            done: AtomicU64::new(0),
            fault: Mutex::new(fault),
        };
        Arc::new(Self {
            disk,
            plan: Arc::new(plan),
        })
    }

    /// Operations so far that changed or synced something.
    pub fn operations(&self) -> u64 {
        self.plan.done.load(Ordering::SeqCst)
    }

    /// The same memory after the crash, without faults.
    pub fn survivor(&self, loss: Loss) -> Arc<MemoryBackend> {
        self.disk.crash(loss);
        Arc::clone(&self.disk)
    }
}

struct Writing {
    file: Box<dyn WriteFile>,
    plan: Arc<Plan>,
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.plan.next() {
            None => self.file.write(bytes),
            Some(Effect::Lost) => Err(broken()),
            Some(effect) => {
                let kept = if effect == Effect::Torn {
                    bytes.len() / 2
                } else {
                    bytes.len()
                };
                self.file.write_all(bytes.get(..kept).unwrap_or_default())?;
                Err(broken())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl WriteFile for Writing {
    fn close(self: Box<Self>) -> io::Result<()> {
        let Self { file, plan } = *self;
        plan.change(|| file.close())
    }
}

impl Backend for FaultyBackend {
    fn place(&self) -> String {
        self.disk.place()
    }

    fn disk_path(&self, _file: &File) -> Option<PathBuf> {
        None
    }

    fn stat(&self, path: &str) -> io::Result<Option<Stat>> {
        self.plan.look(|| self.disk.stat(path))
    }

    fn list(&self, directory: Directory) -> io::Result<Vec<String>> {
        self.plan.look(|| self.disk.list(directory))
    }

    fn open(&self, file: &File) -> io::Result<Box<dyn ReadAt>> {
        self.plan.look(|| self.disk.open(file))
    }

    fn create(&self, file: &File) -> io::Result<Box<dyn WriteFile>> {
        let plan = Arc::clone(&self.plan);
        self.plan
            .change(|| self.disk.create(file))
            .map(|file| Box::new(Writing { file, plan }) as Box<dyn WriteFile>)
    }

    fn append(&self, file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
        match self.plan.next() {
            None => self.disk.append(file, offset, bytes),
            Some(Effect::Lost) => Err(broken()),
            Some(effect) => {
                let kept = if effect == Effect::Torn {
                    bytes.len() / 2
                } else {
                    bytes.len()
                };
                self.disk
                    .append(file, offset, bytes.get(..kept).unwrap_or_default())?;
                Err(broken())
            }
        }
    }

    fn truncate(&self, file: &File, length: u64) -> io::Result<()> {
        self.plan.change(|| self.disk.truncate(file, length))
    }

    fn rename(&self, from: &File, to: &File) -> io::Result<()> {
        self.plan.change(|| self.disk.rename(from, to))
    }

    fn remove(&self, file: &File) -> io::Result<()> {
        self.plan.change(|| self.disk.remove(file))
    }

    fn make_directory(&self, directory: Directory) -> io::Result<()> {
        self.plan.change(|| self.disk.make_directory(directory))
    }

    fn sync_file(&self, file: &File) -> io::Result<()> {
        self.plan.change(|| self.disk.sync_file(file))
    }

    fn sync_directory(&self, directory: Directory) -> io::Result<()> {
        self.plan.change(|| self.disk.sync_directory(directory))
    }

    fn sync_everything(&self) -> io::Result<bool> {
        self.plan.change(|| self.disk.sync_everything())
    }

    fn lock(&self, file: &File, wait: bool) -> io::Result<Option<Box<dyn Lock>>> {
        self.plan.change(|| self.disk.lock(file, wait))
    }

    fn share_lock(&self, file: &File) -> io::Result<Option<Box<dyn Lock>>> {
        self.disk.share_lock(file)
    }
}
