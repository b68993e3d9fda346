//! Making a bag.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

use crate::DECLARATION;
use crate::digest::{Algorithm, Hashers};
use crate::medium::{Disk, Medium, MediumFile};
use crate::path::BagPath;

/// The digests of a bag that is written here: what courts and other tools use, and what letopis names objects by.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::Sha256, Algorithm::Blake3];

/// A bag under way. The declaration is written last, when everything else is on the disk: a bag that was begun and not
/// ended, whatever stopped it, has none, and no tool takes it for one.
#[derive(Debug)]
pub struct BagWriter {
    medium: Rc<dyn Medium>,
    root: PathBuf,
    payload: BTreeMap<BagPath, Vec<(Algorithm, String)>>,
    tags: BTreeMap<BagPath, Vec<(Algorithm, String)>>,
    bytes: u64,
}

/// A payload file under way.
pub struct PayloadFile<'a> {
    bag: &'a mut BagWriter,
    path: BagPath,
    out: BufWriter<Box<dyn MediumFile>>,
    hashers: Hashers,
    length: u64,
}

impl BagWriter {
    /// Begins a bag in a folder that is not there yet, or is empty.
    ///
    /// # Errors
    /// When the folder has something in it, or cannot be made.
    pub fn create(root: &Path) -> io::Result<Self> {
        Self::create_on(Rc::new(Disk), root)
    }

    /// The same on a medium of the caller's.
    ///
    /// # Errors
    /// As [`BagWriter::create`].
    pub fn create_on(medium: Rc<dyn Medium>, root: &Path) -> io::Result<Self> {
        if root.exists() && fs::read_dir(root)?.next().is_some() {
            let text = format!("{}: not empty; a bag needs a folder of its own", root.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
        }
        medium.make_folder(&root.join("data"))?;
        Ok(Self {
            medium,
            root: root.to_owned(),
            payload: BTreeMap::new(),
            tags: BTreeMap::new(),
            bytes: 0,
        })
    }

    /// Takes back what was written: an empty folder is left.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn discard(self) -> io::Result<()> {
        for path in self.tags.keys() {
            self.medium.remove_file(&self.root.join(path.to_path()))?;
        }
        self.medium.remove_folder(&self.root.join("data"))
    }

    /// Begins a payload file; `path` is relative to `data/`.
    ///
    /// # Errors
    /// When the path leads elsewhere, exists already, or cannot be written.
    pub fn payload(&mut self, path: &str) -> io::Result<PayloadFile<'_>> {
        let path = bag_path(&format!("data/{path}"))?;
        let out = BufWriter::new(self.new_file(&path)?);
        Ok(PayloadFile {
            hashers: Hashers::new(ALGORITHMS),
            bag: self,
            path,
            out,
            length: 0,
        })
    }

    /// Writes a whole payload file.
    ///
    /// # Errors
    /// As [`BagWriter::payload`].
    pub fn add(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.payload(path)?;
        file.write_all(bytes)?;
        file.finish()
    }

    /// Writes a tag file: something about the bag that is not its payload.
    ///
    /// # Errors
    /// As [`BagWriter::payload`].
    pub fn tag(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = bag_path(path)?;
        self.whole_file(&path, bytes)?;
        self.about(path, bytes);
        Ok(())
    }

    /// Notes the digests of a tag file.
    fn about(&mut self, path: BagPath, bytes: &[u8]) {
        let mut hashers = Hashers::new(ALGORITHMS);
        hashers.update(bytes);
        self.tags.insert(path, hashers.finish());
    }

    /// The SHA-256 of every payload file so far, as `sha256sum` prints them, with paths relative to `data/`.
    pub fn sha256_list(&self) -> String {
        let line = |(path, digests): (&BagPath, &Vec<(Algorithm, String)>)| {
            let sha256 = digests
                .iter()
                .find(|(algorithm, _)| *algorithm == Algorithm::Sha256);
            let path = path.to_manifest();
            let path = path.strip_prefix("data/").unwrap_or(&path).to_owned();
            format!("{}  {path}\n", sha256.map_or("", |(_, digest)| digest))
        };
        self.payload.iter().map(line).collect()
    }

    /// Writes `bag-info.txt` with these labels in this order and `Payload-Oxum`, the manifests, and last, when all of it
    /// is on the disk, the declaration.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(mut self, info: &[(&str, String)]) -> io::Result<()> {
        let mut text = String::new();
        for (label, value) in info {
            // A value goes on over lines that begin with a space.
            text.push_str(&format!(
                "{label}: {}\n",
                value.trim().replace(['\r', '\n'], "\n ")
            ));
        }
        text.push_str(&format!("Payload-Oxum: {}.{}\n", self.bytes, self.payload.len()));
        self.tag("bag-info.txt", text.as_bytes())?;
        for algorithm in ALGORITHMS {
            let lines = manifest(&self.payload, algorithm);
            self.tag(&format!("manifest-{algorithm}.txt"), lines.as_bytes())?;
        }
        let declaration = bag_path("bagit.txt")?;
        self.about(declaration.clone(), DECLARATION.as_bytes());
        for algorithm in ALGORITHMS {
            let lines = manifest(&self.tags, algorithm);
            self.whole_file(
                &bag_path(&format!("tagmanifest-{algorithm}.txt"))?,
                lines.as_bytes(),
            )?;
        }
        // All content and all names are on the disk before the file that makes a bag of them, and then its name.
        for folder in self.folders() {
            self.medium.sync_folder(&folder)?;
        }
        self.whole_file(&declaration, DECLARATION.as_bytes())?;
        self.medium.sync_folder(&self.root)
    }

    /// The folders of the bag, the one that it lies in last.
    fn folders(&self) -> Vec<PathBuf> {
        let mut folders = BTreeSet::from([self.root.join("data")]);
        for path in self.payload.keys().chain(self.tags.keys()) {
            let whole = self.root.join(path.to_path());
            let inside = |folder: &&Path| folder.starts_with(&self.root);
            folders.extend(whole.ancestors().skip(1).take_while(inside).map(Path::to_owned));
        }
        let outside = self
            .root
            .parent()
            .map(|parent| match parent.as_os_str().is_empty() {
                true => PathBuf::from("."),
                false => parent.to_owned(),
            });
        folders.into_iter().rev().chain(outside).collect()
    }

    fn whole_file(&self, path: &BagPath, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.new_file(path)?;
        file.write_all(bytes)?;
        file.sync()
    }

    fn new_file(&self, path: &BagPath) -> io::Result<Box<dyn MediumFile>> {
        let whole = self.root.join(path.to_path());
        if let Some(folder) = whole.parent().filter(|folder| !folder.exists()) {
            self.medium.make_folder(folder)?;
        }
        self.medium.create(&whole)
    }
}

impl PayloadFile<'_> {
    /// Ends the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> io::Result<()> {
        self.finish_dated(None)
    }

    /// Ends the file and sets when it was changed last.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish_dated(self, modified: Option<SystemTime>) -> io::Result<()> {
        let mut file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        if let Some(time) = modified {
            file.set_modified(time)?;
        }
        file.sync()?;
        self.bag.bytes += self.length;
        self.bag.payload.insert(self.path, self.hashers.finish());
        Ok(())
    }
}

impl Write for PayloadFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hashers.update(&bytes[..count]);
        self.length += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn manifest(files: &BTreeMap<BagPath, Vec<(Algorithm, String)>>, algorithm: Algorithm) -> String {
    let mut lines = String::new();
    for (path, digests) in files {
        if let Some((_, digest)) = digests.iter().find(|(have, _)| *have == algorithm) {
            lines.push_str(&format!("{digest}  {}\n", path.to_manifest()));
        }
    }
    lines
}

fn bag_path(path: &str) -> io::Result<BagPath> {
    BagPath::new(path).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
}
