use std::cell::RefCell;
use std::io::{Cursor, Write};

use proptest::prelude::*;

use super::*;

/// Name and bytes of a member.
pub(super) type Kept = (String, Vec<u8>);

/// Keeps members in memory.
#[derive(Default)]
struct Memory {
    members: RefCell<Vec<Kept>>,
    ended: usize,
}

struct Last<'m>(&'m RefCell<Vec<Kept>>);

impl Write for Last<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().last_mut().unwrap().1.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Spool for Memory {
    fn begin(&mut self, member: &MemberInfo) -> std::io::Result<Box<dyn Write + '_>> {
        let name = String::from_utf8_lossy(&member.name).into_owned();
        self.members.borrow_mut().push((name, Vec::new()));
        Ok(Box::new(Last(&self.members)))
    }
    fn end(&mut self, member: &Member) -> std::io::Result<()> {
        self.ended += 1;
        assert_eq!(member.bytes, self.members.borrow().last().unwrap().1.len() as u64);
        Ok(())
    }
    fn scratch(&mut self) -> std::io::Result<Box<dyn Scratch>> {
        Ok(Box::new(Cursor::new(Vec::new())))
    }
}

pub(super) fn open_with(bytes: &[u8], name: &str, limits: &Limits) -> (Vec<Kept>, Expansion) {
    let mut spool = Memory::default();
    let out = expand(&mut Cursor::new(bytes), name.as_bytes(), &mut spool, limits).unwrap();
    (spool.members.into_inner(), out)
}

pub(super) fn open(bytes: &[u8], name: &str) -> (Vec<Kept>, Expansion) {
    open_with(bytes, name, &Limits::default())
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut out = liblzma::write::XzEncoder::new(Vec::new(), 3);
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut out = lz4_flex::frame::FrameEncoder::new(Vec::new());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        out.start_file(*name, ::zip::write::SimpleFileOptions::default())
            .unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

pub(super) fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ::tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mtime(1_767_208_323);
        out.append_data(&mut header, name, *bytes).unwrap();
    }
    out.into_inner().unwrap()
}

/// Text that compresses badly enough to have damage in the middle.
fn lines(count: u32) -> Vec<u8> {
    (0..count)
        .flat_map(|n| format!("line {n} {:x}\n", n.wrapping_mul(2_654_435_761)).into_bytes())
        .collect()
}

#[test]
fn single_streams_give_their_bytes() {
    let text = lines(5000);
    for (name, packed) in [
        ("a.log.gz", gz(&text)),
        ("a.log.bz2", bz2(&text)),
        ("a.log.xz", xz(&text)),
        ("a.log.zst", zst(&text)),
        ("a.log.lz4", lz4(&text)),
        ("a.log.lz4", [lz4(&text[..100]), lz4(&text[100..])].concat()),
        ("a.log.gz", [gz(&text[..100]), gz(&text[100..])].concat()),
        ("a.log.xz", [xz(&text[..100]), xz(&text[100..])].concat()),
        ("a.log.zst", [zst(&text[..100]), zst(&text[100..])].concat()),
        ("a.log.bz2", [bz2(&text[..100]), bz2(&text[100..])].concat()),
    ] {
        let (members, out) = open(&packed, name);
        assert_eq!(members, [("a.log".to_owned(), text.clone())], "{name}");
        assert_eq!(
            (out.members[0].status.clone(), out.damage),
            (MemberStatus::Complete, vec![])
        );
    }
}

#[test]
fn members_of_archives_nested_in_each_other() {
    let long = format!("{}/end.log", "deep/".repeat(40));
    let inner = tarred(&[("one.log", b"1\n"), (&long, b"2\n")]);
    let zip = zipped(&[("logs/in.tar.gz", &gz(&inner)), ("три.log", b"3\n")]);
    let outer = tarred(&[("x.zip", &zip), ("y.log", b"4\n")]);
    let (members, out) = open(&xz(&outer), "case.tar.xz");
    let names: Vec<_> = members.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();
    assert_eq!(
        names,
        [
            ("one.log", &b"1\n"[..]),
            (long.as_str(), b"2\n"),
            ("три.log", b"3\n"),
            ("y.log", b"4\n"),
        ]
    );
    let way: Vec<_> = out.members[0]
        .info
        .steps
        .iter()
        .map(|s| s.decoder.as_str())
        .collect();
    assert_eq!(way, ["xz", "tar", "zip", "gzip", "tar"]);
    assert_eq!(out.members[3].info.modified, Some(1_767_208_323_000_000));
    assert!(out.members[2].info.modified_is_local);
}

#[test]
fn what_is_cut_gives_its_bytes_up_to_the_damage() {
    let text = lines(40_000);
    for (name, packed) in [
        ("gz", gz(&text)),
        ("zst", zst(&text)),
        ("xz", xz(&text)),
        ("bz2", bz2(&text)),
        ("lz4", lz4(&text)),
    ] {
        let (members, out) = open(&packed[..packed.len() / 2], name);
        let bytes = &members[0].1;
        assert!(
            !bytes.is_empty() && bytes.len() < text.len() && text.starts_with(bytes),
            "{name}"
        );
        let MemberStatus::Damaged(damage) = &out.members[0].status else {
            panic!("{name}: {out:?}")
        };
        assert_eq!(damage.offset, bytes.len() as u64);
        assert!(!damage.found.is_empty() && !damage.bound);
    }
    let tar = tarred(&[("a", b"1"), ("b", &text), ("c", b"3")]);
    let (members, out) = open(&tar[..tar.len() / 2], "t.tar");
    assert_eq!(members.len(), 2);
    assert!(
        matches!(out.members[1].status, MemberStatus::Damaged(_)),
        "{:?}",
        out.members[1]
    );
    let zip = zipped(&[("a", b"1"), ("b", &text)]);
    let (members, out) = open(&zip[..zip.len() / 2], "t.zip");
    assert_eq!(members[0], ("a".to_owned(), b"1".to_vec()));
    assert!(text.starts_with(&members[1].1) && !members[1].1.is_empty());
    assert!(!out.damage.is_empty());
}

#[test]
fn a_bomb_stops_and_what_came_before_is_kept() {
    let bomb = tarred(&[
        ("first.log", b"kept\n"),
        ("bomb", &vec![0; 4 << 20]),
        ("never", b"x"),
    ]);
    let limits = Limits {
        ratio_max: 10,
        ratio_free_bytes: 1 << 20,
        ..Limits::default()
    };
    let (members, out) = open_with(&gz(&bomb), "b.tgz", &limits);
    assert_eq!(members[0], ("first.log".to_owned(), b"kept\n".to_vec()));
    assert!(members.len() == 2 && members[1].1.len() <= 1 << 20);
    let MemberStatus::Damaged(damage) = &out.members[1].status else {
        panic!("{out:?}")
    };
    assert!(damage.bound && damage.found.contains("bomb"), "{damage:?}");
    let mut nested = b"x".to_vec();
    for _ in 0..12 {
        nested = gz(&nested);
    }
    let (members, out) = open(&nested, "n.gz");
    assert_eq!(members.len(), 1);
    assert!(out.damage[0].bound, "{out:?}");
}

#[test]
fn an_encrypted_member_is_recorded() {
    let mut zip = zipped(&[("secret", b"abcdefghijklmnop"), ("open", b"2")]);
    // The bit that says so, in the local header and in the directory (APPNOTE 4.4.4).
    zip[6] |= 1;
    let directory = memchr::memmem::find(&zip, b"PK\x01\x02").unwrap();
    zip[directory + 8] |= 1;
    let (members, out) = open(&zip, "z.zip");
    assert_eq!(
        members,
        [("secret".to_owned(), vec![]), ("open".to_owned(), b"2".to_vec())]
    );
    let MemberStatus::Unreadable(damage) = &out.members[0].status else {
        panic!("{out:?}")
    };
    assert_eq!(damage.found, "an encrypted one");
}

#[test]
fn text_is_no_container() {
    for text in [
        &b"Jan  1 00:00:00 host sshd[1]: x\n"[..],
        b"",
        b"PK",
        b"BZh9 text",
        &[0; 600],
    ] {
        assert_eq!(recognise(text), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Damaged and arbitrary containers: no panic, no hang, nothing beyond the bounds.
    #[test]
    fn damaged_containers_never_panic(
        which in 0usize..8,
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        noise in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let text = lines(300);
        let mut packed = match which {
            0 => gz(&text),
            1 => zst(&text),
            2 => xz(&text),
            3 => bz2(&text),
            4 => lz4(&text),
            5 => zipped(&[("a", &text), ("b.gz", &gz(&text))]),
            6 => {
                let made = seven_zip::tests::archives();
                made[cut.index(made.len())].to_vec()
            }
            _ => tarred(&[("a", &text), ("b.zip", &zipped(&[("c", &text)]))]),
        };
        for (at, byte) in &flips {
            let at = at.index(packed.len());
            packed[at] ^= byte;
        }
        let limits = Limits { ratio_free_bytes: 8 << 20, ratio_max: 100, ..Limits::default() };
        open_with(&packed, "x", &limits);
        open_with(&packed[..cut.index(packed.len())], "x", &limits);
        open_with(&[&packed[..8.min(packed.len())], &noise].concat(), "x", &limits);
    }
}
