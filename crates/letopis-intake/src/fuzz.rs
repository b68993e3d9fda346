//! Two targets for inputs that nobody wrote by hand: every format by its bytes, and every container.
//!
//! A generator mutates the samples of all formats: pieces are joined, cut, repeated and shuffled, bits and numbers
//! changed, syntax thrown in, text put into other encodings. Whatever comes, nothing panics, every byte comes out once
//! (the door of the tests checks that), two readings are equal, and a file read in two parts is read whole.
//! The ordinary run is short and always the same. A long one:
//!
//! ```text
//! LETOPIS_FUZZ_SECONDS=1200 LETOPIS_FUZZ_SEED=7 cargo test -p letopis-intake --lib -- --ignored fuzz::long
//! ```
//!
//! The seconds are those of the processor. `LETOPIS_FUZZ_FROM` begins with that case. A case that fails is written to the
//! folder for temporary files; its path is in the message.

use std::cell::RefCell;
use std::io::{Cursor, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::container::{self, Limits, Member, MemberInfo, Scratch, Spool};
use crate::formats::FORMATS;
use crate::testing::{Stopwatch, options, read};
use crate::{ParseOptions, Reader};

/// Numbers that follow from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `most`; 0 for 0.
    fn below(&mut self, most: usize) -> usize {
        (self.roll() % most.max(1) as u64) as usize
    }

    fn of<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }

    /// A range of `bytes`, mostly short.
    fn range(&mut self, bytes: &[u8]) -> std::ops::Range<usize> {
        let from = self.below(bytes.len() + 1);
        let most = if self.below(4) == 0 { bytes.len() } else { 40 };
        from..(from + self.below(most + 1)).min(bytes.len())
    }
}

/// Syntax of the formats, numbers at their limits, and characters that steer terminals.
const TOKENS: &[&[u8]] = &[
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"\"",
    b"'",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b">",
    b"</",
    b"<![CDATA[",
    b"=",
    b":",
    b",",
    b";",
    b"|",
    b"\t",
    b" ",
    b"%",
    b"&#x0;",
    b"&amp;",
    b"\\u0000",
    b"\\ud800",
    b"0",
    b"-1",
    b"255",
    b"65536",
    b"4294967296",
    b"9223372036854775808",
    b"18446744073709551616",
    b"1e999",
    b"nan",
    b"99999999999999999999999",
    b"<191>1 ",
    b"<0>",
    b"Feb 29 23:59:60 ",
    b"2026-02-29T24:00:00Z",
    b"0000-00-00",
    b"CEF:0|",
    b"LEEF:2.0|",
    b"type=",
    b"msg=audit(",
    b"%ASA-",
    b"\x1b[2J",
    b"\xe2\x80\xae",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xf0\x9f\x92",
    b"ElfChnk\0",
    b"\x1f\x8b",
];

/// One input.
fn input(dice: &mut Dice, samples: &[&'static [u8]]) -> Vec<u8> {
    let mut bytes = dice.of(samples).to_vec();
    for _ in 0..dice.below(8) {
        mutate(dice, &mut bytes, samples);
        bytes.truncate(1 << 20);
    }
    match dice.below(24) {
        0 => wide(&bytes, u16::to_le_bytes),
        1 => wide(&bytes, u16::to_be_bytes),
        2 => encoding_rs::WINDOWS_1251
            .encode(&String::from_utf8_lossy(&bytes))
            .0
            .into_owned(),
        _ => bytes,
    }
}

fn wide(bytes: &[u8], order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    String::from_utf8_lossy(bytes)
        .encode_utf16()
        .flat_map(order)
        .collect()
}

fn mutate(dice: &mut Dice, bytes: &mut Vec<u8>, samples: &[&'static [u8]]) {
    let at = dice.below(bytes.len() + 1);
    match dice.below(12) {
        0 if !bytes.is_empty() => {
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
        }
        1 if !bytes.is_empty() => {
            let at = dice.below(bytes.len());
            bytes[at] = dice.roll() as u8;
        }
        2 => bytes.truncate(at),
        3 => {
            let range = dice.range(bytes);
            bytes.drain(range);
        }
        4 => {
            let piece = bytes[dice.range(bytes)].to_vec();
            bytes.splice(at..at, piece);
        }
        // The same again and again: nesting, fields, lines.
        5 => {
            let piece = bytes[dice.range(bytes)].to_vec();
            let times = dice.below(if piece.len() < 16 { 3000 } else { 60 });
            bytes.splice(at..at, piece.repeat(times));
        }
        6 => {
            let other = *dice.of(samples);
            bytes.splice(at..at, other[dice.range(other)].iter().copied());
        }
        7 => {
            let other = *dice.of(samples);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[dice.range(other).start..]);
        }
        8 => {
            let token = *dice.of(TOKENS);
            let times = if dice.below(6) == 0 { dice.below(20_000) } else { 1 };
            bytes.splice(at..at, token.repeat(times));
        }
        9 => {
            let fill = dice.roll() as u8;
            bytes.splice(at..at, std::iter::repeat_n(fill, dice.below(3000)));
        }
        10 => {
            let mut lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
            let (one, two) = (dice.below(lines.len()), dice.below(lines.len()));
            if !lines.is_empty() {
                lines.swap(one, two);
            }
            *bytes = lines.concat();
        }
        _ => {
            let token = *dice.of(TOKENS);
            let end = (at + token.len()).min(bytes.len());
            bytes.splice(at..end, token.iter().copied());
        }
    }
}

/// Reads an input as what it seems to be, or as any format, whole and in two parts.
fn formats(dice: &mut Dice, bytes: &[u8]) {
    let format = (dice.below(3) > 0).then(|| *dice.of(FORMATS));
    let chosen = ParseOptions {
        format: format.map(|f| f.name.to_owned()),
        max_record: *dice.of(&[64, 4096, 1 << 20, 16 << 20]),
        year: (dice.below(4) == 0).then_some(2024),
        ..options()
    };
    let whole = read(bytes, &chosen);
    let again = read(bytes, &chosen);
    assert_eq!(whole.summary, again.summary, "two readings differ");
    let is_text = matches!(whole.detection.format.reader, Reader::Text { .. });
    if !is_text {
        return;
    }
    let forced = ParseOptions {
        format: Some(whole.detection.format.name.to_owned()),
        ..chosen
    };
    let cut = dice.below(bytes.len() + 1);
    let first = read(&bytes[..cut], &forced);
    let end = first.summary.complete_end as usize;
    assert!(end <= cut, "complete up to {end} of {cut}");
    let rest = read(
        &bytes[end..],
        &ParseOptions {
            state: first.summary.state,
            ..forced
        },
    );
    assert_eq!(rest.summary.total_bytes(), (bytes.len() - end) as u64);
}

/// Counts what comes out of a container.
#[derive(Default)]
struct Counted {
    bytes: RefCell<u64>,
    ended: u64,
}

struct Counting<'c>(&'c RefCell<u64>);

impl Write for Counting<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        *self.0.borrow_mut() += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Spool for Counted {
    fn begin(&mut self, _: &MemberInfo) -> std::io::Result<Box<dyn Write + '_>> {
        Ok(Box::new(Counting(&self.bytes)))
    }

    fn end(&mut self, member: &Member) -> std::io::Result<()> {
        self.ended += member.bytes;
        Ok(())
    }

    fn scratch(&mut self) -> std::io::Result<Box<dyn Scratch>> {
        Ok(Box::new(Cursor::new(Vec::new())))
    }
}

/// A container around `bytes`, perhaps around another one.
fn packed(dice: &mut Dice, bytes: &[u8]) -> Vec<u8> {
    match dice.below(6) {
        0 => {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            out.write_all(bytes).unwrap();
            out.finish().unwrap()
        }
        1 => {
            let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            out.write_all(bytes).unwrap();
            out.finish().unwrap()
        }
        2 => {
            let mut out = liblzma::write::XzEncoder::new(Vec::new(), 0);
            out.write_all(bytes).unwrap();
            out.finish().unwrap()
        }
        3 => zstd::encode_all(bytes, 1).unwrap(),
        4 => {
            let mut out = tar::Builder::new(Vec::new());
            for name in ["a.log", "d/b.log"] {
                let mut header = tar::Header::new_gnu();
                header.set_size(bytes.len() as u64);
                header.set_cksum();
                out.append_data(&mut header, name, bytes).unwrap();
            }
            out.into_inner().unwrap()
        }
        _ => {
            let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for name in ["a.log", "d/b.log"] {
                out.start_file(name, zip::write::SimpleFileOptions::default())
                    .unwrap();
                out.write_all(bytes).unwrap();
            }
            out.finish().unwrap().into_inner()
        }
    }
}

fn containers(dice: &mut Dice, bytes: &[u8], samples: &[&'static [u8]]) {
    let mut outer = packed(dice, &bytes[..bytes.len().min(1 << 16)]);
    for _ in 0..dice.below(3) {
        if dice.below(3) == 0 {
            outer = packed(dice, &outer);
        }
        if dice.below(2) == 0 {
            mutate(dice, &mut outer, samples);
        }
    }
    let limits = Limits {
        bytes_max: 8 << 20,
        ..Limits::default()
    };
    let _ = container::recognise(&outer);
    let mut spool = Counted::default();
    let expansion = container::expand(&mut Cursor::new(&outer), b"x.tar.gz", &mut spool, &limits).unwrap();
    let told: u64 = expansion.members.iter().map(|m| m.bytes).sum();
    let came = *spool.bytes.borrow();
    assert_eq!((told, spool.ended), (came, came), "bytes that nobody told of");
    assert!(came <= limits.bytes_max + (1 << 20), "{came} bytes came out");
}

/// Runs cases from `case` on until `until` says so. A failure names its input.
fn run(seed: u64, mut case: u64, until: &mut dyn FnMut(u64) -> bool) {
    let samples: Vec<&'static [u8]> = FORMATS.iter().flat_map(|f| f.samples).map(|s| s.bytes).collect();
    while !until(case) {
        let mut dice = Dice(seed ^ case.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let bytes = input(&mut dice, &samples);
        let began = Stopwatch::new();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            if case % 8 == 7 {
                containers(&mut dice, &bytes, &samples);
            } else {
                formats(&mut dice, &bytes);
            }
        }));
        let slow = began.elapsed() > Duration::from_secs(20);
        if outcome.is_err() || slow {
            let path = std::env::temp_dir().join(format!("letopis-fuzz-{seed}-{case}.bin"));
            std::fs::write(&path, &bytes).unwrap();
            let what = if slow {
                "took more than 20 seconds"
            } else {
                "failed"
            };
            panic!(
                "case {case} of seed {seed} {what}: {} ({} bytes)",
                path.display(),
                bytes.len()
            );
        }
        case += 1;
    }
}

#[test]
fn formats_and_containers_withstand_some_hundred_cases() {
    run(1, 0, &mut |case| case >= 400);
}

#[test]
#[ignore = "runs for LETOPIS_FUZZ_SECONDS"]
fn long() {
    let number = |name: &str, usual: u64| {
        std::env::var(name)
            .ok()
            .and_then(|t| t.parse().ok())
            .unwrap_or(usual)
    };
    let (seconds, seed) = (number("LETOPIS_FUZZ_SECONDS", 60), number("LETOPIS_FUZZ_SEED", 2));
    let began = Stopwatch::new();
    let mut cases = 0;
    run(seed, number("LETOPIS_FUZZ_FROM", 0), &mut |case| {
        cases = case;
        began.elapsed() >= Duration::from_secs(seconds)
    });
    eprintln!("{cases} cases of seed {seed} in {seconds} seconds");
}

/// Reads one file (`LETOPIS_FUZZ_FILE`) as every format and says how long each took.
#[test]
#[ignore = "reads LETOPIS_FUZZ_FILE"]
fn replay() {
    let bytes = std::fs::read(std::env::var_os("LETOPIS_FUZZ_FILE").unwrap()).unwrap();
    for format in FORMATS {
        let forced = ParseOptions {
            format: Some(format.name.to_owned()),
            ..options()
        };
        let began = Stopwatch::new();
        let out = read(&bytes, &forced);
        eprintln!(
            "{}: {} records, {:?}",
            format.name,
            out.summary.records,
            began.elapsed()
        );
    }
}
