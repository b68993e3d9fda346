//! A disk that fails on purpose at its n-th operation: what holds the promise that a bag that was not ended is not taken for
//! a whole one.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

use super::{Disk, Medium, MediumFile};

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
    /// Number of the operation that fails, from 1.
    pub at: u64,
    /// What becomes of it.
    pub effect: Effect,
    /// Whether everything after it fails too, as when the process or the power is gone.
    pub kill: bool,
}

/// What the disk has lost when the power comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Nothing: the process was killed, the system went on.
    Nothing,
    /// Content of files that was not synced.
    Contents,
    /// Names of files whose folder was not synced since.
    Names,
    /// Both.
    Both,
}

/// The file system with at most one planned fault. What is synced is only noted, for [`FaultyDisk::crash`].
#[derive(Clone, Debug, Default)]
pub struct FaultyDisk(Rc<State>);

#[derive(Debug, Default)]
struct State {
    fault: Cell<Option<Fault>>,
    done: Cell<u64>,
    /// Files with the number of their bytes that are surely on the disk.
    contents: RefCell<BTreeMap<PathBuf, u64>>,
    /// Files and folders whose name may be lost.
    names: RefCell<BTreeSet<PathBuf>>,
}

impl State {
    /// Counts an operation and says what is to become of it: `None`, it goes on; else its effect.
    fn next(&self) -> Option<Effect> {
        let number = self.done.get() + 1;
        self.done.set(number);
        let fault = self.fault.get()?;
        match number.cmp(&fault.at) {
            std::cmp::Ordering::Equal => Some(fault.effect),
            std::cmp::Ordering::Greater if fault.kill => Some(Effect::Lost),
            _ => None,
        }
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
}

fn broken() -> io::Error {
    io::Error::other("planned fault")
}

impl FaultyDisk {
    /// The file system that fails as planned, or never.
    pub fn new(fault: Option<Fault>) -> Self {
        let disk = Self::default();
        disk.0.fault.set(fault);
        disk
    }

    /// Operations so far.
    pub fn operations(&self) -> u64 {
        self.0.done.get()
    }

    /// Does to the files what a crash does.
    ///
    /// # Errors
    /// When a file cannot be cut or removed.
    pub fn crash(&self, loss: Loss) -> io::Result<()> {
        if matches!(loss, Loss::Contents | Loss::Both) {
            for (path, kept) in self.0.contents.borrow().iter().filter(|(path, _)| path.exists()) {
                let length = fs::metadata(path)?.len();
                fs::OpenOptions::new()
                    .write(true)
                    .open(path)?
                    .set_len(length.min(*kept))?;
            }
        }
        if matches!(loss, Loss::Names | Loss::Both) {
            for path in self.0.names.borrow().iter().rev() {
                match path.is_dir() {
                    true => fs::remove_dir_all(path)?,
                    false if path.exists() => fs::remove_file(path)?,
                    false => {}
                }
            }
        }
        Ok(())
    }
}

impl Medium for FaultyDisk {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.0.change(|| {
            let new: Vec<PathBuf> = path
                .ancestors()
                .take_while(|path| !path.exists())
                .map(Path::to_owned)
                .collect();
            Disk.make_folder(path)?;
            self.0.names.borrow_mut().extend(new);
            Ok(())
        })
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn MediumFile>> {
        let file = self.0.change(|| {
            let file = Disk.create(path)?;
            self.0.names.borrow_mut().insert(path.to_owned());
            self.0.contents.borrow_mut().insert(path.to_owned(), 0);
            Ok(file)
        })?;
        let (path, state) = (path.to_owned(), Rc::clone(&self.0));
        Ok(Box::new(Writing { file, path, state }))
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.0.change(|| {
            Disk.sync_folder(path)?;
            self.0
                .names
                .borrow_mut()
                .retain(|name| name.parent() != Some(path));
            Ok(())
        })
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.0.change(|| Disk.remove_file(path))
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.0.change(|| Disk.remove_folder(path))
    }
}

struct Writing {
    file: Box<dyn MediumFile>,
    path: PathBuf,
    state: Rc<State>,
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let kept = match self.state.next() {
            None => return self.file.write(bytes),
            Some(Effect::Lost) => 0,
            Some(Effect::Torn) => bytes.len() / 2,
            Some(Effect::Kept) => bytes.len(),
        };
        self.file.write_all(&bytes[..kept])?;
        Err(broken())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl MediumFile for Writing {
    fn set_modified(&mut self, time: SystemTime) -> io::Result<()> {
        self.state.change(|| self.file.set_modified(time))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.state.change(|| {
            let length = fs::metadata(&self.path)?.len();
            self.state.contents.borrow_mut().insert(self.path.clone(), length);
            Ok(())
        })
    }
}
