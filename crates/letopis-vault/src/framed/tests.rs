use std::io::{Read, Write};
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::backend::{Backend, MemoryBackend};
use crate::digest::{Blake3, ShortId};
use crate::layout::{Directory, File};
use crate::object::ObjectReader;

const PATH: File = File::Details(ShortId([7; 8]));

/// A framed file with this content, pushed in pieces of `piece` bytes.
fn framed(content: &[u8], piece: usize) -> Vec<u8> {
    let mut writer = FramedWriter::new(Vec::new(), &Compressors::new());
    for part in content.chunks(piece.max(1)) {
        writer.push(part).unwrap();
    }
    writer.finish().unwrap()
}

fn on_disk(bytes: Vec<u8>) -> Arc<MemoryBackend> {
    let disk = Arc::new(MemoryBackend::default());
    disk.make_directory(Directory::Root).unwrap();
    disk.make_directory(Directory::Details).unwrap();
    disk.overwrite(&PATH.path(), bytes);
    disk
}

/// Content that compresses a little, different everywhere.
fn content(length: usize) -> Vec<u8> {
    (0..length)
        .map(|n| ((n * 2_654_435_761) >> 13) as u8 & 0x3f)
        .collect()
}

#[test]
fn every_size_reads_back_and_a_plain_decoder_agrees() {
    for length in [
        0,
        1,
        1000,
        FRAME_BYTES - 1,
        FRAME_BYTES,
        FRAME_BYTES + 1,
        3 * FRAME_BYTES,
        5 * FRAME_BYTES + 77,
    ] {
        let content = content(length);
        let bytes = framed(&content, 100_000);
        // The streaming decoder knows nothing of seek tables: it is what `zstd -d` does.
        let mut plain = Vec::new();
        zstd::stream::read::Decoder::new(&bytes[..])
            .unwrap()
            .read_to_end(&mut plain)
            .unwrap();
        assert!(plain == content, "length {length}");
        let disk = on_disk(bytes);
        let reader = Framed::open(disk.as_ref(), &PATH, None).unwrap();
        assert_eq!(reader.length(), length as u64);
        assert!(reader.read_all().unwrap() == content, "length {length}");
        assert!(
            check(disk.as_ref(), &PATH, None, &mut |_| Ok(()))
                .unwrap()
                .is_whole()
        );
    }
}

/// Readers of two objects by turns, with room for fewer frames than they want, inside frames and across them.
#[test]
fn readers_that_share_a_cache_read_their_own_object() {
    let disk = Arc::new(MemoryBackend::default());
    disk.make_directory(Directory::Root).unwrap();
    disk.make_directory(Directory::Objects).unwrap();
    // no two frames alike, in neither object
    let noise = |from: u64| -> Vec<u8> {
        (from..)
            .flat_map(|n| {
                n.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                    .rotate_left(29)
                    .to_le_bytes()
            })
            .take(3 * FRAME_BYTES + 9)
            .collect()
    };
    let contents = [noise(0), noise(1 << 40)];
    let cache = Arc::new(FrameCache::new(3));
    let mut readers: Vec<ObjectReader> = contents
        .iter()
        .map(|content| {
            let name = Blake3::of(content);
            let file = File::Object(name);
            disk.make_directory(file.directory()).unwrap();
            disk.overwrite(&file.path(), framed(content, 100_000));
            ObjectReader::open(disk.as_ref(), name, content.len() as u64, &cache).unwrap()
        })
        .collect();
    for n in 0..200 {
        for (reader, content) in readers.iter_mut().zip(&contents) {
            let at = n * 7_919_417 % content.len();
            let length = (n * 31_337 % (FRAME_BYTES + 5)).min(content.len() - at);
            let found = reader.range(at as u64, length as u64).unwrap();
            assert!(found == &content[at..at + length], "{length} bytes from {at}");
            assert!(reader.range(at as u64, content.len() as u64 + 1).is_err());
        }
    }
}

#[test]
fn the_zstd_program_reads_it() {
    let content = content(FRAME_BYTES + 5);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.zst");
    std::fs::File::create(&path)
        .unwrap()
        .write_all(&framed(&content, 4096))
        .unwrap();
    match std::process::Command::new("zstd").arg("-dc").arg(&path).output() {
        Ok(out) => assert!(out.status.success() && out.stdout == content),
        Err(error) => eprintln!("skipped: no zstd program here ({error})"),
    }
}

#[test]
fn any_flipped_bit_is_found() {
    let bytes = framed(&content(3000), 3000);
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let found = check(on_disk(flipped).as_ref(), &PATH, None, &mut |_| Ok(()));
        assert!(!found.is_ok_and(|check| check.is_whole()), "bit {bit}");
    }
}

#[test]
fn damage_is_located() {
    let mut bytes = framed(&content(3 * FRAME_BYTES), FRAME_BYTES);
    let sizes = super::read::table(on_disk(bytes.clone()).open(&PATH).unwrap().as_ref(), &PATH).unwrap();
    let second = sizes[0].compressed as usize + 1000;
    bytes[second] ^= 0x10;
    let found = check(on_disk(bytes).as_ref(), &PATH, None, &mut |_| Ok(())).unwrap();
    let places: Vec<_> = found
        .bad
        .iter()
        .map(|bad| (bad.number, bad.first, bad.length))
        .collect();
    assert_eq!(places, [(1, FRAME_BYTES as u64, FRAME_BYTES as u64)]);
}

/// A file of three frames: its content, its bytes, and where each frame ends.
fn three_frames() -> (Vec<u8>, Vec<u8>, Vec<usize>) {
    let content = content(2 * FRAME_BYTES + 5000);
    let bytes = framed(&content, 100_000);
    let sizes = super::read::table(on_disk(bytes.clone()).open(&PATH).unwrap().as_ref(), &PATH).unwrap();
    let ends: Vec<usize> = sizes
        .iter()
        .scan(0, |at, frame| {
            *at += frame.compressed as usize;
            Some(*at)
        })
        .collect();
    (content, bytes, ends)
}

/// Every byte of the seek table: what is whole is found without it.
#[test]
fn frames_are_found_without_a_seek_table() {
    let (content, bytes, ends) = three_frames();
    let length = content.len() as u64;
    let table = ends[2] + CHECKSUM_BYTES as usize;
    for at in table..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 0x11;
        let disk = on_disk(other);
        // Where a table says another length and is well formed, only the length that is known tells.
        let alone = Framed::open(disk.as_ref(), &PATH, None);
        assert!(alone.is_err() || alone.unwrap().length() != length, "byte {at}");
        let reader = Framed::open(disk.as_ref(), &PATH, Some(length)).unwrap();
        assert!(reader.read_all().unwrap() == content, "byte {at}");
        let mut read = Vec::new();
        let found = check(disk.as_ref(), &PATH, Some(length), &mut |frame| {
            read.extend(frame.content.unwrap());
            Ok(())
        });
        let found = found.unwrap();
        assert!(
            found.table.is_some() && found.bad.is_empty() && found.checksum,
            "byte {at}"
        );
        assert!(!found.is_whole() && read == content, "byte {at}");
    }
}

/// Lengths that a cut leaves: whole frames are read, the others are told.
#[test]
fn whole_frames_of_a_file_cut_short_are_read() {
    let (content, bytes, ends) = three_frames();
    let length = content.len() as u64;
    let table = ends[2] + CHECKSUM_BYTES as usize;
    let cuts = [
        1,
        8,
        100,
        ends[0] - 1,
        ends[0],
        ends[1] - 1,
        ends[1],
        ends[2],
        table,
        bytes.len() - 1,
    ];
    for cut in cuts {
        let disk = on_disk(bytes[..cut].to_vec());
        let whole = ends.iter().filter(|end| **end <= cut).count();
        let opened = Framed::open(disk.as_ref(), &PATH, Some(length));
        let Ok(reader) = opened else {
            assert_eq!(whole, 0, "cut to {cut}");
            continue;
        };
        assert_eq!(reader.length(), length);
        for number in 0..3 {
            let frame = reader.frame(number);
            assert_eq!(
                frame.is_ok(),
                number < whole,
                "frame {number} of a file cut to {cut}"
            );
            let expected = content.chunks(FRAME_BYTES).nth(number).unwrap();
            assert!(frame.is_err() || *frame.unwrap() == expected);
        }
        let found = check(disk.as_ref(), &PATH, Some(length), &mut |_| Ok(())).unwrap();
        let bad: Vec<_> = found
            .bad
            .iter()
            .map(|bad| (bad.number, bad.first + bad.length))
            .collect();
        let expected = (whole < 3).then_some((whole, length));
        assert_eq!(bad, Vec::from_iter(expected), "cut to {cut}");
    }
    // A whole file of another length is another file.
    let whole = on_disk(bytes.clone());
    for other in [0, 100, length - 1, length + 1, length + FRAME_BYTES as u64] {
        assert!(
            Framed::open(whole.as_ref(), &PATH, Some(other)).is_err(),
            "{other}"
        );
        let found = check(whole.as_ref(), &PATH, Some(other), &mut |_| Ok(())).unwrap();
        assert!(found.is_whole(), "it is looked through all the same");
    }
    // A length that is not the content's leads nowhere.
    let disk = on_disk(bytes[..ends[2]].to_vec());
    assert!(Framed::open(disk.as_ref(), &PATH, Some(100)).is_err());
}

#[test]
fn no_file_panics() {
    let bytes = framed(&content(2000), 2000);
    for length in 0..bytes.len() {
        let cut = on_disk(bytes[..length].to_vec());
        assert!(
            Framed::open(cut.as_ref(), &PATH, None).is_err(),
            "cut to {length}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_range_reads_what_the_content_has(
        length in 1usize..3 * FRAME_BYTES, from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(),
    ) {
        let content = content(length);
        let disk = on_disk(framed(&content, 70_000));
        let reader = Framed::open(disk.as_ref(), &PATH, None).unwrap();
        let (a, b) = (from.index(length), to.index(length));
        let (a, b) = (a.min(b), a.max(b));
        let mut out = vec![1, 2, 3];
        reader.read_range(a as u64, (b - a) as u64, &mut out).unwrap();
        prop_assert!(out == content[a..b]);
        prop_assert!(reader.read_range(a as u64, length as u64 + 1, &mut out).is_err());
    }
}
