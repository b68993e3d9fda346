//! Containers: the input as one, or as the content of one that is spelled here.
//!
//! ```text
//! 1 byte    0 the input is the container; 1 tar, 2 zip, 3 gzip, 4 Zstandard, 5 tar.gz around it; modulo 6
//! the rest
//! ```
//!
//! Whatever comes: nothing panics, every member is begun and ended, every byte that comes out is told of, bounds hold, two
//! expansions are equal, and what was put in comes out.

use std::cell::RefCell;
use std::io::{Cursor, Write};

use letopis_intake::FORMATS;
use letopis_intake::container::{
    Decoder, Expansion, Limits, Member, MemberInfo, MemberStatus, Scratch, Spool, expand, recognise,
};

use super::choice;

const LIMITS: Limits = Limits {
    bytes_max: 4 << 20,
    ratio_max: 2_000,
    ratio_free_bytes: 1 << 20,
    depth_max: 8,
    members_max: 2_000,
};

#[derive(Default)]
struct Kept {
    members: Vec<(Vec<u8>, u64)>,
    current: RefCell<Option<Vec<u8>>>,
}

struct Keeping<'k>(&'k RefCell<Option<Vec<u8>>>);

impl Write for Keeping<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .borrow_mut()
            .as_mut()
            .expect("a member was begun")
            .extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Spool for Kept {
    fn begin(&mut self, _: &MemberInfo) -> std::io::Result<Box<dyn Write + '_>> {
        let before = self.current.replace(Some(Vec::new()));
        assert!(
            before.is_none(),
            "a member was begun before the last one was ended"
        );
        Ok(Box::new(Keeping(&self.current)))
    }

    fn end(&mut self, member: &Member) -> std::io::Result<()> {
        let bytes = self.current.take().expect("a member was begun");
        assert_eq!(bytes.len() as u64, member.bytes, "bytes that nobody told of");
        self.members.push((bytes, member.bytes));
        Ok(())
    }

    fn scratch(&mut self) -> std::io::Result<Box<dyn Scratch>> {
        Ok(Box::new(Cursor::new(Vec::new())))
    }
}

fn expanded(bytes: &[u8]) -> (Expansion, Vec<Vec<u8>>) {
    let mut spool = Kept::default();
    let expansion =
        expand(&mut Cursor::new(bytes), b"x.log", &mut spool, &LIMITS).expect("memory can be read");
    assert!(spool.current.borrow().is_none(), "a member was not ended");
    assert_eq!(
        expansion.members.len(),
        spool.members.len(),
        "members that nobody told of"
    );
    let told: u64 = expansion.members.iter().map(|member| member.bytes).sum();
    let came: u64 = spool.members.iter().map(|(_, bytes)| bytes).sum();
    assert_eq!(told, came, "bytes that nobody told of");
    assert!(came <= LIMITS.bytes_max, "{came} bytes came out");
    assert!(
        expansion.members.len() as u64 <= LIMITS.members_max,
        "too many members"
    );
    for member in &expansion.members {
        assert!(!member.info.steps.is_empty(), "a member without a way to it");
        assert!(
            member.info.steps.len() <= 2 * LIMITS.depth_max as usize,
            "too deep"
        );
        if let MemberStatus::Unreadable(_) = member.status {
            assert_eq!(member.bytes, 0, "bytes out of what is unreadable");
        }
    }
    (
        expansion,
        spool.members.into_iter().map(|(bytes, _)| bytes).collect(),
    )
}

/// Panics where a property does not hold.
pub fn run(data: &[u8]) {
    let ([how], inner) = choice::<1>(data);
    let outer = packed(how % 6, inner);
    let kind = recognise(&outer[..outer.len().min(1024)]);
    let (expansion, members) = expanded(&outer);
    let (again, same) = expanded(&outer);
    assert_eq!(
        (&expansion.members, &expansion.damage),
        (&again.members, &again.damage)
    );
    assert_eq!(members, same, "two expansions differ");
    if kind.is_none() {
        assert!(members.is_empty(), "something came out of what is no container");
    }
    // What was put in comes out, where it is no container itself.
    if how % 6 != 0 && recognise(&inner[..inner.len().min(1024)]).is_none() {
        assert_eq!(members, [inner], "something else came out than was put in");
        assert!(expansion.damage.is_empty(), "{:?}", expansion.damage);
        assert_eq!(expansion.members[0].status, MemberStatus::Complete);
    }
}

/// `content` in a container.
fn packed(how: u8, content: &[u8]) -> Vec<u8> {
    match how {
        0 => content.to_vec(),
        1 => tar(content),
        2 => zip(content),
        3 => gzip(content),
        4 => zstd::bulk::compress(content, 1).expect("a frame"),
        _ => gzip(&tar(content)),
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(content).expect("memory");
    out.finish().expect("memory")
}

/// POSIX.1-2017, pax, ustar interchange format: one file, two blocks of zeros.
fn tar(content: &[u8]) -> Vec<u8> {
    let mut head = [0u8; 512];
    let mut put = |at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, "d/a.log");
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{:011o}", content.len()));
    put(136, "15000000000");
    put(148, "        0");
    put(257, "ustar");
    put(263, "00");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut out = [&head, content].concat();
    out.resize(out.len().next_multiple_of(512) + 1024, 0);
    out
}

/// APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12, 4.3.16: one stored file.
fn zip(content: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    let name = b"d/a.log";
    let length = (content.len() as u32).to_le_bytes();
    // Version, flags, method, time, date, CRC, sizes, length of the name, length of the extra field.
    let common = [
        &[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x5c][..],
        &crc.sum().to_le_bytes(),
        &length,
        &length,
        &[name.len() as u8, 0, 0, 0],
    ]
    .concat();
    let local = [b"PK\x03\x04", &common[..], name, content].concat();
    let central = [b"PK\x01\x02\x14\x00", &common[..], &[0; 14], name].concat();
    let end = [
        &b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..],
        &(central.len() as u32).to_le_bytes(),
        &(local.len() as u32).to_le_bytes(),
        &[0, 0],
    ]
    .concat();
    [local, central, end].concat()
}

/// Some samples of the formats in each container, and containers in containers.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for sample in FORMATS
        .iter()
        .filter_map(|format| format.samples.first())
        .step_by(6)
    {
        for how in 0..6 {
            seeds.push([&[how], sample.bytes].concat());
            seeds.push([&[0], packed(how, sample.bytes).as_slice()].concat());
        }
    }
    for outer in 1..6 {
        for inner in 1..6 {
            let inside = packed(inner, b"Jan  5 10:00:00 web1 sshd[100]: hello\n");
            seeds.push([&[outer], inside.as_slice()].concat());
            seeds.push([&[0], packed(outer, &inside).as_slice()].concat());
        }
    }
    for made in [&b"BZh91AY&SY\x19\x31\x65\x3d\x00\x00\x00\x81\x00\x02\x44\xa0\x00\x21\x9a\x68\x33\x4d\x07\x33\x8b\xb9\x22\x9c\x28\x48\x0c\x98\xb2\x9e\x80"[..],
        b"BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0",
        b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46\0\0\0\0\x1c\xdf\x44\x21\x1f\xb6\xf3\x7d\x01\0\0\0\0\x04YZ"]
    {
        seeds.push([&[0], made].concat());
        seeds.push([&[1], made].concat());
    }
    debug_assert!(matches!(recognise(&gzip(b"x")), Some(Decoder::Gzip)));
    seeds
}
