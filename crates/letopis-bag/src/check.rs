//! Checking a bag that somebody else made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::digest::{Algorithm, Hashers};
use crate::path::BagPath;

/// A longer tag file is refused unread: manifests of a million files stay below it.
const TAG_BYTES_MAX: u64 = 512 << 20;
/// Folders nested deeper are refused.
const DEPTH_MAX: usize = 64;

/// Why a folder could not be checked at all.
#[derive(Debug, thiserror::Error)]
pub enum BagError {
    /// It is no bag.
    #[error("{place}: no bag: {why}")]
    NoBag {
        /// The folder.
        place: PathBuf,
        /// What is missing or wrong.
        why: String,
    },
    /// It cannot be read.
    #[error("{place}: {error}")]
    Unreadable {
        /// The file or folder.
        place: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// What is wrong with a bag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// File and line, or file alone, relative to the bag.
    pub place: String,
    /// What should be.
    pub expected: String,
    /// What is.
    pub found: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}: expected {}, found {}",
            self.place, self.expected, self.found
        )
    }
}

/// A bag that was checked: complete and valid in the sense of RFC 8493 §3, with every algorithm that is known here.
#[derive(Clone, Debug)]
pub struct Bag {
    root: PathBuf,
    /// Payload files, with their length and digests.
    pub payload: BTreeMap<BagPath, Checked>,
    /// Labels of `bag-info.txt` in order.
    pub info: Vec<(String, String)>,
    /// Algorithms of the payload manifests that were checked.
    pub algorithms: BTreeSet<Algorithm>,
    /// Things that are allowed and still worth saying.
    pub notices: Vec<Problem>,
}

/// A file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Bytes.
    pub length: u64,
    /// SHA-256, lower case hexadecimal, computed whether or not a manifest has it.
    pub sha256: String,
}

/// What the declaration says.
struct Declared {
    major: u32,
    minor: u32,
    utf8: bool,
}

impl Declared {
    /// From version 1.0 every manifest lists every file, each once.
    fn strict(&self) -> bool {
        self.major >= 1
    }
}

struct Manifest {
    name: String,
    algorithm: Option<Algorithm>,
    files: BTreeMap<BagPath, String>,
}

/// A check under way.
struct Run<'a> {
    root: &'a Path,
    problems: Vec<Problem>,
    notices: Vec<Problem>,
}

impl Bag {
    /// Reads every file of the bag at `root` and compares it with its manifests.
    ///
    /// # Errors
    /// When it is no bag or cannot be read.
    /// The inner error lists everything that is wrong with a bag that could be read.
    pub fn check(root: &Path) -> Result<Result<Self, Vec<Problem>>, BagError> {
        let mut run = Run {
            root,
            problems: Vec::new(),
            notices: Vec::new(),
        };
        let declared = declaration(root)?;
        let files = run.files()?;
        let (mut manifests, mut tag_manifests) = (Vec::new(), Vec::new());
        for path in files.iter().filter(|path| !path.is_payload()) {
            let name = path.as_str();
            let algorithm = |kind: &str| name.strip_prefix(kind)?.strip_suffix(".txt");
            if let Some(algorithm) = algorithm("manifest-") {
                manifests.push(run.manifest(path, algorithm, true, &declared)?);
            } else if let Some(algorithm) = algorithm("tagmanifest-") {
                tag_manifests.push(run.manifest(path, algorithm, false, &declared)?);
            }
        }
        if manifests.is_empty() {
            run.problem(
                "manifest-ALGORITHM.txt",
                "at least one manifest of the payload",
                "none",
            );
        } else if manifests.iter().all(|manifest| manifest.algorithm.is_none()) {
            let names: Vec<&str> = manifests.iter().map(|manifest| manifest.name.as_str()).collect();
            run.problem(
                &names.join(", "),
                "one of md5, sha1, sha256, sha512, blake3",
                "algorithms that are not known here",
            );
        }
        if !root.join("data").is_dir() {
            run.problem("data", "a folder with the payload", "none");
        }
        run.completeness(&files, &manifests, &declared);
        run.fetch(&files, &declared)?;
        let info = run.info(&files, &declared)?;
        let payload = run.contents(&files, &manifests, &tag_manifests)?;
        run.oxum(&info, &payload);
        if !run.problems.is_empty() {
            run.problems.sort();
            run.problems.dedup();
            return Ok(Err(run.problems));
        }
        Ok(Ok(Self {
            root: root.to_owned(),
            payload,
            info,
            algorithms: manifests
                .iter()
                .filter_map(|manifest| manifest.algorithm)
                .collect(),
            notices: run.notices,
        }))
    }

    /// Where a payload file lies.
    pub fn place(&self, path: &BagPath) -> PathBuf {
        self.root.join(path.to_path())
    }

    /// The first value of a label of `bag-info.txt`.
    pub fn label(&self, label: &str) -> Option<&str> {
        let found = self
            .info
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(label));
        found.map(|(_, value)| value.as_str())
    }
}

fn unreadable(place: &Path) -> impl Fn(io::Error) -> BagError + '_ {
    move |error| BagError::Unreadable {
        place: place.to_owned(),
        error,
    }
}

fn declaration(root: &Path) -> Result<Declared, BagError> {
    let no_bag = |why: String| BagError::NoBag {
        place: root.to_owned(),
        why,
    };
    let place = root.join("bagit.txt");
    match fs::symlink_metadata(&place) {
        Ok(about) if about.is_file() && about.len() <= 4096 => {}
        Ok(_) => return Err(no_bag("bagit.txt: expected a small file".to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(no_bag("bagit.txt is missing".to_owned()));
        }
        Err(error) => return Err(unreadable(&place)(error)),
    }
    let bytes = fs::read(&place).map_err(unreadable(&place))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| no_bag("bagit.txt: expected UTF-8".to_owned()))?;
    let mut lines = text.lines().map(str::trim_end);
    let version = lines
        .next()
        .and_then(|line| line.strip_prefix("BagIt-Version:"))
        .and_then(|version| {
            let (major, minor) = version.trim().split_once('.')?;
            Some((major.parse().ok()?, minor.parse().ok()?))
        });
    let Some((major, minor)) = version else {
        let found: String = text.lines().next().unwrap_or_default().chars().take(80).collect();
        return Err(no_bag(format!(
            "bagit.txt, line 1: expected `BagIt-Version: M.N`, found {found:?}"
        )));
    };
    let encoding = lines
        .next()
        .and_then(|line| line.strip_prefix("Tag-File-Character-Encoding:"))
        .map(str::trim);
    let Some(encoding) = encoding else {
        return Err(no_bag(
            "bagit.txt, line 2: expected `Tag-File-Character-Encoding: …`".to_owned(),
        ));
    };
    if (major, minor) > (1, 0) {
        return Err(no_bag(format!(
            "bagit.txt: version {major}.{minor} is not known here (up to 1.0)"
        )));
    }
    let utf8 = encoding.eq_ignore_ascii_case("utf-8");
    if !utf8 && !encoding.eq_ignore_ascii_case("iso-8859-1") {
        let why = format!("bagit.txt: tag files in {encoding:?}; expected UTF-8 or ISO-8859-1");
        return Err(no_bag(why));
    }
    Ok(Declared { major, minor, utf8 })
}

impl Run<'_> {
    fn problem(&mut self, place: &str, expected: &str, found: &str) {
        self.problems.push(Problem {
            place: place.to_owned(),
            expected: expected.to_owned(),
            found: found.to_owned(),
        });
    }

    /// Every file under the root. Links and devices are problems: what they lead to is not in the bag.
    fn files(&mut self) -> Result<BTreeSet<BagPath>, BagError> {
        let mut files = BTreeSet::new();
        let mut folders = vec![(self.root.to_owned(), String::new(), 0)];
        while let Some((folder, prefix, depth)) = folders.pop() {
            for entry in fs::read_dir(&folder).map_err(unreadable(&folder))? {
                let entry = entry.map_err(unreadable(&folder))?;
                let name = entry.file_name();
                let Some(name) = name.to_str() else {
                    let shown = format!("{prefix}{}", name.to_string_lossy());
                    self.problem(&shown, "a name in UTF-8, as manifests spell names", "other bytes");
                    continue;
                };
                let whole = format!("{prefix}{name}");
                let kind = entry.file_type().map_err(unreadable(&folder))?;
                if kind.is_dir() && depth < DEPTH_MAX {
                    folders.push((entry.path(), format!("{whole}/"), depth + 1));
                } else if kind.is_dir() {
                    self.problem(&whole, "at most 64 folders inside each other", "more");
                } else if kind.is_file() {
                    match BagPath::new(&whole) {
                        Ok(path) => drop(files.insert(path)),
                        Err(error) => self.problem(&whole, "a path inside the bag", error.why),
                    }
                } else {
                    let found = if kind.is_symlink() {
                        "a link"
                    } else {
                        "a device or pipe"
                    };
                    self.problem(&whole, "a file", found);
                }
            }
        }
        Ok(files)
    }

    /// A tag file as text, in the encoding that the declaration names.
    fn text(&mut self, path: &BagPath, declared: &Declared) -> Result<String, BagError> {
        let place = self.root.join(path.to_path());
        let length = fs::metadata(&place).map_err(unreadable(&place))?.len();
        if length > TAG_BYTES_MAX {
            self.problem(path.as_str(), "at most 512 MiB", &format!("{length} bytes"));
            return Ok(String::new());
        }
        let bytes = fs::read(&place).map_err(unreadable(&place))?;
        if !declared.utf8 {
            return Ok(bytes.iter().map(|byte| char::from(*byte)).collect());
        }
        String::from_utf8(bytes).or_else(|error| {
            let at = error.utf8_error().valid_up_to();
            self.problem(
                path.as_str(),
                "UTF-8, as bagit.txt says",
                &format!("other bytes at {at}"),
            );
            Ok(String::new())
        })
    }

    fn manifest(
        &mut self,
        path: &BagPath,
        algorithm: &str,
        payload: bool,
        declared: &Declared,
    ) -> Result<Manifest, BagError> {
        let text = self.text(path, declared)?;
        let mut files = BTreeMap::new();
        for (number, line) in text.split('\n').enumerate() {
            let line = line.strip_suffix('\r').unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            let place = format!("{path}, line {}", number + 1);
            let Some((digest, name)) = line.split_once([' ', '\t']) else {
                self.problem(&place, "a digest, space, a path", &shortened(line));
                continue;
            };
            // `md5sum -b` writes a star before the name; before 1.0 such lines were common.
            let name = name.trim_start_matches([' ', '\t']);
            let name = if declared.strict() {
                name
            } else {
                name.strip_prefix('*').unwrap_or(name)
            };
            let listed = match BagPath::of_manifest(name) {
                Ok(listed) if listed.is_payload() == payload => listed,
                Ok(_) if payload => {
                    self.problem(&place, "a path under data/", &shortened(name));
                    continue;
                }
                Ok(_) => {
                    self.problem(&place, "a path outside data/", &shortened(name));
                    continue;
                }
                Err(error) => {
                    self.problem(&place, "a path inside the bag", &error.to_string());
                    continue;
                }
            };
            let digest = digest.to_ascii_lowercase();
            if let Some(before) = files.insert(listed, digest.clone()) {
                let again = Problem {
                    place,
                    expected: "every file once".to_owned(),
                    found: format!("{} again", shortened(name)),
                };
                // Versions before 1.0 do not forbid it; another digest is wrong in any.
                if declared.strict() || before != digest {
                    self.problems.push(again);
                } else {
                    self.notices.push(again);
                }
            }
        }
        Ok(Manifest {
            name: path.to_string(),
            algorithm: Algorithm::of_name(algorithm),
            files,
        })
    }

    /// Every payload file is listed: in every manifest from 1.0 on, in at least one before.
    fn completeness(&mut self, files: &BTreeSet<BagPath>, manifests: &[Manifest], declared: &Declared) {
        for path in files.iter().filter(|path| path.is_payload()) {
            let missing: Vec<&str> = manifests
                .iter()
                .filter(|manifest| !manifest.files.contains_key(path))
                .map(|manifest| manifest.name.as_str())
                .collect();
            if missing.len() == manifests.len() || (declared.strict() && !missing.is_empty()) {
                self.problem(
                    path.as_str(),
                    &format!("to be listed in {}", missing.join(", ")),
                    "not listed",
                );
            }
        }
        let all: BTreeSet<&BagPath> = manifests
            .iter()
            .flat_map(|manifest| manifest.files.keys())
            .collect();
        for manifest in manifests.iter().filter(|_| declared.strict()) {
            for path in all.iter().filter(|path| !manifest.files.contains_key(**path)) {
                self.problem(
                    path.as_str(),
                    &format!("to be listed in {}", manifest.name),
                    "listed elsewhere only",
                );
            }
        }
    }

    /// Nothing is fetched: files that `fetch.txt` names must be there already, and lie inside the bag.
    fn fetch(&mut self, files: &BTreeSet<BagPath>, declared: &Declared) -> Result<(), BagError> {
        let Some(path) = files.iter().find(|path| path.as_str() == "fetch.txt") else {
            return Ok(());
        };
        let text = self.text(path, declared)?;
        for (number, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            let place = format!("fetch.txt, line {}", number + 1);
            // URL, length, and a path that may have spaces.
            let name = line.splitn(3, [' ', '\t']).nth(2).unwrap_or_default().trim();
            match BagPath::of_manifest(name) {
                Err(error) => self.problem(&place, "a path inside the bag", &error.to_string()),
                Ok(name) if !files.contains(&name) => {
                    self.problem(
                        &place,
                        "a file that is in the bag: nothing is fetched here",
                        &format!("{name} is not"),
                    );
                }
                Ok(_) => {}
            }
        }
        Ok(())
    }

    fn info(
        &mut self,
        files: &BTreeSet<BagPath>,
        declared: &Declared,
    ) -> Result<Vec<(String, String)>, BagError> {
        // Called package-info.txt before version 0.96.
        let name = if (declared.major, declared.minor) < (0, 96) {
            "package-info.txt"
        } else {
            "bag-info.txt"
        };
        let Some(path) = files.iter().find(|path| path.as_str() == name) else {
            return Ok(Vec::new());
        };
        let text = self.text(path, declared)?;
        let mut info: Vec<(String, String)> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            match (
                line.starts_with([' ', '\t']),
                info.last_mut(),
                line.split_once(':'),
            ) {
                (true, Some((_, value)), _) => {
                    value.push('\n');
                    value.push_str(line.trim());
                }
                (false, _, Some((label, value))) => {
                    info.push((label.trim().to_owned(), value.trim().to_owned()))
                }
                _ if line.trim().is_empty() => {}
                _ => {
                    let place = format!("{name}, line {}", number + 1);
                    self.problem(&place, "`Label: value`", &shortened(line));
                }
            }
        }
        Ok(info)
    }

    /// Reads every listed file once and compares all its digests.
    fn contents(
        &mut self,
        files: &BTreeSet<BagPath>,
        manifests: &[Manifest],
        tag_manifests: &[Manifest],
    ) -> Result<BTreeMap<BagPath, Checked>, BagError> {
        let mut expected: BTreeMap<&BagPath, Vec<(Algorithm, &str, &str)>> = BTreeMap::new();
        for manifest in manifests.iter().chain(tag_manifests) {
            let Some(algorithm) = manifest.algorithm else {
                self.notices.push(Problem {
                    place: manifest.name.clone(),
                    expected: "an algorithm that is known here".to_owned(),
                    found: "another: this manifest is not checked".to_owned(),
                });
                continue;
            };
            for (path, digest) in &manifest.files {
                expected
                    .entry(path)
                    .or_default()
                    .push((algorithm, digest, &manifest.name));
            }
        }
        for manifest in manifests.iter().chain(tag_manifests) {
            for path in manifest.files.keys().filter(|path| !files.contains(*path)) {
                self.problem(
                    path.as_str(),
                    &format!("a file, as {} lists it", manifest.name),
                    "none",
                );
            }
        }
        let mut payload = BTreeMap::new();
        for path in files {
            let listed = expected.remove(path).unwrap_or_default();
            if listed.is_empty() && !path.is_payload() {
                continue;
            }
            let mut algorithms: BTreeSet<Algorithm> =
                listed.iter().map(|(algorithm, ..)| *algorithm).collect();
            algorithms.insert(Algorithm::Sha256);
            let place = self.root.join(path.to_path());
            let file = File::open(&place).map_err(unreadable(&place))?;
            let (length, digests) = Hashers::new(algorithms).read(file).map_err(unreadable(&place))?;
            let found = |wanted| {
                digests
                    .iter()
                    .find(|(have, _)| *have == wanted)
                    .map_or("", |(_, digest)| digest)
            };
            for (algorithm, digest, manifest) in listed {
                if found(algorithm) != digest {
                    let expected = format!("{algorithm} {digest}, as {manifest} says");
                    self.problem(path.as_str(), &expected, found(algorithm));
                }
            }
            if path.is_payload() {
                let sha256 = found(Algorithm::Sha256).to_owned();
                payload.insert(path.clone(), Checked { length, sha256 });
            }
        }
        Ok(payload)
    }

    /// `Payload-Oxum: BYTES.FILES` counts the payload.
    fn oxum(&mut self, info: &[(String, String)], payload: &BTreeMap<BagPath, Checked>) {
        let bytes: u64 = payload.values().map(|file| file.length).sum();
        let found = format!("{bytes}.{}", payload.len());
        for (_, value) in info
            .iter()
            .filter(|(label, _)| label.eq_ignore_ascii_case("payload-oxum"))
        {
            if *value != found {
                self.problem("bag-info.txt", &format!("Payload-Oxum {value}"), &found);
            }
        }
    }
}

fn shortened(text: &str) -> String {
    format!("{:?}", text.chars().take(80).collect::<String>())
}
