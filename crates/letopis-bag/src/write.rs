//! Making a bag.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::DECLARATION;
use crate::digest::{Algorithm, Hashers};
use crate::path::BagPath;

/// The digests of a bag that is written here: what courts and other tools use, and what letopis names objects by.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::Sha256, Algorithm::Blake3];

/// A bag under way. It is complete when [`BagWriter::finish`] has returned; before that it has no declaration and no
/// tool takes it for one.
#[derive(Debug)]
pub struct BagWriter {
    root: PathBuf,
    payload: BTreeMap<BagPath, Vec<(Algorithm, String)>>,
    tags: BTreeMap<BagPath, Vec<(Algorithm, String)>>,
    bytes: u64,
}

/// A payload file under way.
pub struct PayloadFile<'a> {
    bag: &'a mut BagWriter,
    path: BagPath,
    out: BufWriter<File>,
    hashers: Hashers,
    length: u64,
}

impl BagWriter {
    /// Begins a bag in a folder that is not there yet, or is empty.
    ///
    /// # Errors
    /// When the folder has something in it, or cannot be made.
    pub fn create(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        if fs::read_dir(root)?.next().is_some() {
            let text = format!("{}: not empty; a bag needs a folder of its own", root.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
        }
        fs::create_dir(root.join("data"))?;
        Ok(Self {
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
            fs::remove_file(self.root.join(path.to_path()))?;
        }
        fs::remove_dir_all(self.root.join("data"))
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
        let mut file = self.new_file(&path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        let mut hashers = Hashers::new(ALGORITHMS);
        hashers.update(bytes);
        self.tags.insert(path, hashers.finish());
        Ok(())
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

    /// Writes `bag-info.txt` with these labels in this order and `Payload-Oxum`, the manifests, and last the
    /// declaration.
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
        self.tag("bagit.txt", DECLARATION.as_bytes())?;
        for algorithm in ALGORITHMS {
            let lines = manifest(&self.tags, algorithm);
            let path = bag_path(&format!("tagmanifest-{algorithm}.txt"))?;
            let mut file = self.new_file(&path)?;
            file.write_all(lines.as_bytes())?;
            file.sync_all()?;
        }
        File::open(&self.root)?.sync_all()
    }

    fn new_file(&self, path: &BagPath) -> io::Result<File> {
        let whole = self.root.join(path.to_path());
        if let Some(folder) = whole.parent() {
            fs::create_dir_all(folder)?;
        }
        File::create_new(&whole)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", whole.display())))
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
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        if let Some(time) = modified {
            file.set_modified(time)?;
        }
        file.sync_all()?;
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
