//! Logs of any size for benches: mixed formats, realistic entropy, words planted by count.

mod lines;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::rng::Stream;
use lines::{Kind, Writer};

/// What to write.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Folder to write into; made when absent.
    pub out: &'a Path,
    /// Bytes to write, all files together; each ends with a whole line, so a little less comes out.
    pub bytes: u64,
    /// Seed.
    pub seed: u64,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulk {
    /// Seed.
    pub seed: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Lines of all files; each is one record.
    pub lines: u64,
    /// The files.
    pub files: Vec<BulkFile>,
    /// Words and the number of lines that hold them, rarest first.
    pub needles: Vec<Needle>,
}

/// One file of a bulk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkFile {
    /// Name in the folder.
    pub name: String,
    /// Bytes.
    pub bytes: u64,
    /// Lines.
    pub lines: u64,
}

/// A planted word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needle {
    /// The word: a whole term, in no other line.
    pub word: String,
    /// Lines that hold it.
    pub lines: u64,
}

/// Words that are planted, with the number of lines that get each; a size so small that it has fewer lines than
/// that gets fewer.
const NEEDLES: &[(&str, u64)] = &[
    ("zhasyryn", 1),
    ("7b1e0c52-93d4-4f6e-a1c8-5d2f90e4b6a3", 1),
    ("needle_user", 7),
    ("құпиякілт", 10),
    ("9f2c4e81d07a35b6", 25),
    ("192.0.2.254", 100),
    ("zhoba-sun-2026", 1000),
];

/// Largest file.
const FILE_BYTES: u64 = 64 << 20;

/// Writes the files and says what is in them. Streams: memory does not grow with the size.
///
/// # Errors
/// Where a file cannot be written.
pub fn write(options: &Options<'_>) -> io::Result<Bulk> {
    fs::create_dir_all(options.out).map_err(|e| named(options.out, &e))?;
    let mut plan = Plan::new(options);
    let mut bulk = Bulk {
        seed: options.seed,
        bytes: 0,
        lines: 0,
        files: Vec::new(),
        needles: Vec::new(),
    };
    for (kind, share) in Kind::SHARES {
        let mut left = options.bytes * share / 100;
        let mut part = 0;
        while left > 0 {
            part += 1;
            let name = format!("{}-{part:02}.{}", kind.name(), kind.extension());
            let wanted = left.min(FILE_BYTES);
            let file = one_file(options, *kind, &name, wanted, part, &mut plan)?;
            bulk.bytes += file.bytes;
            bulk.lines += file.lines;
            bulk.files.push(file);
            left -= wanted;
        }
    }
    bulk.needles = NEEDLES
        .iter()
        .zip(&plan.placed)
        .map(|((word, _), lines)| Needle {
            word: (*word).to_owned(),
            lines: *lines,
        })
        .collect();
    Ok(bulk)
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn one_file(
    options: &Options<'_>,
    kind: Kind,
    name: &str,
    wanted: u64,
    part: u64,
    plan: &mut Plan,
) -> io::Result<BulkFile> {
    let path = options.out.join(name);
    let mut out = fs::File::create(&path).map_err(|e| named(&path, &e))?;
    let mut writer = Writer::new(Stream::new(options.seed, name), part);
    let (mut bytes, mut lines) = (0, 0);
    let mut buffer = Vec::with_capacity((1 << 20) + 4096);
    loop {
        let before = buffer.len();
        let word = plan.due();
        writer.line(&mut buffer, kind, word.map(|k| NEEDLES[k].0));
        let length = (buffer.len() - before) as u64;
        if bytes + length > wanted {
            buffer.truncate(before);
            break;
        }
        if let Some(k) = word {
            plan.place(k);
        }
        bytes += length;
        lines += 1;
        plan.written += length;
        if buffer.len() >= 1 << 20 {
            out.write_all(&buffer).map_err(|e| named(&path, &e))?;
            buffer.clear();
        }
    }
    out.write_all(&buffer).map_err(|e| named(&path, &e))?;
    Ok(BulkFile {
        name: name.to_owned(),
        bytes,
        lines,
    })
}

/// Where the planted words go: positions in the bytes of all files, in order.
struct Plan {
    /// Position and index of the word, last one first.
    to_come: Vec<(u64, usize)>,
    placed: Vec<u64>,
    written: u64,
}

impl Plan {
    fn new(options: &Options<'_>) -> Self {
        let mut r = Stream::new(options.seed, "needles");
        // A small size gets fewer: at most one planted line in about twenty.
        let most = options.bytes / 32_768 + 1;
        let mut to_come: Vec<(u64, usize)> = NEEDLES
            .iter()
            .enumerate()
            .flat_map(|(k, (_, count))| (0..(*count).min(most)).map(move |_| k))
            .map(|k| (r.below(options.bytes.saturating_sub(options.bytes / 10)), k))
            .collect();
        to_come.sort_unstable_by(|a, b| b.cmp(a));
        Self {
            to_come,
            placed: vec![0; NEEDLES.len()],
            written: 0,
        }
    }

    fn due(&self) -> Option<usize> {
        self.to_come
            .last()
            .filter(|(at, _)| *at <= self.written)
            .map(|(_, k)| *k)
    }

    fn place(&mut self, k: usize) {
        self.to_come.pop();
        self.placed[k] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(folder: &Path, bulk: &Bulk) -> Vec<u8> {
        bulk.files
            .iter()
            .flat_map(|f| fs::read(folder.join(&f.name)).unwrap())
            .collect()
    }

    #[test]
    fn what_is_said_is_what_is_there_and_seeds_repeat() {
        let folders = [
            tempfile::tempdir().unwrap(),
            tempfile::tempdir().unwrap(),
            tempfile::tempdir().unwrap(),
        ];
        let made: Vec<Bulk> = [5, 5, 6]
            .iter()
            .zip(&folders)
            .map(|(seed, f)| {
                write(&Options {
                    out: f.path(),
                    bytes: 3 << 20,
                    seed: *seed,
                })
                .unwrap()
            })
            .collect();
        let all: Vec<Vec<u8>> = made
            .iter()
            .zip(&folders)
            .map(|(b, f)| read(f.path(), b))
            .collect();
        assert_eq!((&made[0], &all[0]), (&made[1], &all[1]));
        assert_ne!(all[0], all[2]);
        assert_eq!(made[0].bytes, all[0].len() as u64);
        assert!(made[0].bytes > (3 << 20) - 8192 && made[0].bytes <= 3 << 20);
        let text = String::from_utf8(all[0].clone()).unwrap();
        assert_eq!(made[0].lines, text.lines().count() as u64);
        for needle in &made[0].needles {
            assert!(needle.lines > 0);
            assert_eq!(
                needle.lines,
                text.lines().filter(|l| l.contains(&needle.word)).count() as u64,
                "{}",
                needle.word
            );
        }
        assert!(
            text.lines()
                .filter(|l| l.starts_with('{'))
                .all(|l| serde_json::from_str::<serde_json::Value>(l).is_ok())
        );
    }
}
