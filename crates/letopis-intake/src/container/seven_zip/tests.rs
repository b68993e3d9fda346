//! The archives beside this file were made by 7-Zip 25.01, one for each method, of the folder that [`folder`] spells:
//! `7zz a -snl -m0=METHOD NAME.7z logs`; `apart` with `-ms=off`, `plain-header` with `-mhc=off`, `aes` with a password, and
//! `aes-header` with `-mhe=on` too.

use super::super::tests::{Kept, open, open_with, tarred};
use super::super::{Expansion, Limits};
use super::*;

macro_rules! made {
    ($($name:literal),*) => { [$(($name, include_bytes!(concat!($name, ".7z")).as_slice())),*] };
}

const READ: [(&str, &[u8]); 10] = made!(
    "apart",
    "bcj2",
    "bzip2",
    "copy",
    "deflate",
    "delta",
    "lzma",
    "lzma2",
    "plain-header",
    "ppmd"
);

/// Every archive beside this file.
pub(in super::super) fn archives() -> Vec<&'static [u8]> {
    let locked = made!("aes", "aes-header", "deflate64");
    READ.iter().chain(&locked).map(|(_, bytes)| *bytes).collect()
}

/// The files in it, in the order of the archives.
fn folder() -> Vec<Kept> {
    let auth = |i: u32| {
        format!(
            "Jan  1 00:{:02}:{:02} web1 sshd[{}]: Failed password for root from 192.0.2.{} port {} ssh2\n",
            i / 60,
            i % 60,
            1000 + i,
            i % 250 + 1,
            40_000 + i * 7 % 9999
        )
    };
    let cron = |i: u32| {
        let run = i.wrapping_mul(2_654_435_761);
        format!(
            "2026-01-01T00:00:{:02}Z web1 cron[{i}]: (root) CMD (run {run:x})\n",
            i % 60
        )
    };
    [
        ("logs/empty.log", String::new()),
        ("logs/auth.log", (0..60).map(auth).collect()),
        // A symbolic link: listed, not followed.
        ("logs/current.log", String::new()),
        ("logs/deep/journal.log", "1 қаңтар 2026 жүйе: журнал\n".repeat(3)),
        ("logs/messages", (0..40).map(cron).collect()),
    ]
    .map(|(name, text)| (name.to_owned(), text.into_bytes()))
    .to_vec()
}

/// How each member ended: a letter, and what was found.
fn ends(out: &Expansion) -> Vec<(char, &str)> {
    out.members
        .iter()
        .map(|member| match &member.status {
            MemberStatus::Complete => ('c', ""),
            MemberStatus::Damaged(damage) => ('d', damage.found.as_str()),
            MemberStatus::Unreadable(damage) => ('u', damage.found.as_str()),
        })
        .collect()
}

fn archive(name: &str) -> Vec<u8> {
    READ.iter().find(|(n, _)| *n == name).unwrap().1.to_vec()
}

/// The sums of the directory and of the start, made right again (`7zFormat.txt`, SignatureHeader).
fn summed(mut bytes: Vec<u8>) -> Vec<u8> {
    let at = 32 + u64::from_le_bytes(bytes[12..20].try_into().unwrap()) as usize;
    let sum = crc32fast::hash(&bytes[at..]);
    bytes[28..32].copy_from_slice(&sum.to_le_bytes());
    let sum = crc32fast::hash(&bytes[12..32]);
    bytes[8..12].copy_from_slice(&sum.to_le_bytes());
    bytes
}

#[test]
fn members_by_every_method() {
    for (name, bytes) in READ {
        let (members, out) = open(bytes, "case.7z");
        assert!(members == folder(), "{name}: {out:?}");
        let link = ('u', "a symbolic link (listed, not followed)");
        assert_eq!(
            ends(&out),
            [('c', ""), ('c', ""), link, ('c', ""), ('c', "")],
            "{name}"
        );
        assert!(out.damage.is_empty(), "{name}: {:?}", out.damage);
        let auth = &out.members[1].info;
        assert_eq!(auth.modified, Some(1_767_208_323_000_000), "{name}");
        assert!(!auth.modified_is_local);
        assert_eq!((auth.steps.len(), auth.steps[0].decoder), (1, Decoder::SevenZip));
        assert_eq!(auth.steps[0].name, b"logs/auth.log");
    }
}

#[test]
fn one_inside_another_container() {
    let (members, out) = open(
        &tarred(&[("in.7z", &archive("lzma2")), ("after.log", b"1\n")]),
        "x.tar",
    );
    assert!(members[..5] == folder(), "{out:?}");
    assert_eq!(members[5], ("after.log".to_owned(), b"1\n".to_vec()));
    let way: Vec<_> = out.members[4]
        .info
        .steps
        .iter()
        .map(|s| s.decoder.as_str())
        .collect();
    assert_eq!(way, ["tar", "7z"]);
}

#[test]
fn what_cannot_be_opened_is_named() {
    let (members, out) = open(include_bytes!("aes.7z"), "x.7z");
    assert_eq!(members.len(), 5);
    assert_eq!(ends(&out)[1..], [('u', "an encrypted one"); 4]);
    let (_, out) = open(include_bytes!("deflate64.7z"), "x.7z");
    assert_eq!(ends(&out)[1..], [('u', "the method DEFLATE64"); 4]);
    let (members, out) = open(include_bytes!("aes-header.7z"), "x.7z");
    assert!(members.is_empty());
    assert_eq!(out.damage[0].found, "an encrypted one");
}

#[test]
fn damage_takes_no_more_than_it_must() {
    // Bytes that are stored: one member is not what its sum says, all bytes of all are there.
    let mut stored = archive("copy");
    stored[32 + 100] ^= 1;
    let (members, out) = open(&stored, "x.7z");
    let whole = folder();
    assert_eq!(members[1].1.len(), whole[1].1.len());
    assert!(members[2..] == whole[2..], "{out:?}");
    let (how, found) = ends(&out)[1];
    assert!(
        how == 'd' && found.starts_with("bytes whose CRC-32 is "),
        "{found}"
    );
    assert_eq!(ends(&out)[3..], [('c', ""), ('c', "")]);

    // A solid block: what came before the damage comes out, and what follows is listed.
    for name in ["lzma", "ppmd"] {
        let mut solid = archive(name);
        solid[32 + 300] ^= 0x55;
        let (members, out) = open(&solid, "x.7z");
        assert_eq!(members.len(), 5, "{name}");
        assert!(
            ends(&out).iter().skip(1).any(|(how, _)| *how != 'c'),
            "{name}: {out:?}"
        );
        let same = members[1]
            .1
            .iter()
            .zip(&whole[1].1)
            .take_while(|(a, b)| a == b)
            .count();
        assert!(same > 500, "{name}: {same} bytes before the damage");
    }

    // Members that stand in blocks of their own do not suffer from each other.
    let mut apart = archive("apart");
    apart[32 + 300] ^= 0x55;
    let (members, out) = open(&apart, "x.7z");
    assert!(members[1] != whole[1] && members[3..] == whole[3..], "{out:?}");
    assert_eq!(ends(&out)[3..], [('c', ""), ('c', "")]);

    // The directory is gone.
    let cut = archive("lzma2");
    let (members, out) = open(&cut[..cut.len() - 200], "x.7z");
    assert!(members.is_empty() && out.damage.len() == 1, "{out:?}");
}

#[test]
fn bounds_hold() {
    let tight = Limits {
        ratio_max: 1,
        ratio_free_bytes: 1,
        ..Limits::default()
    };
    let bytes = archive("lzma2");
    let (members, out) = open_with(&bytes, "x.7z", &tight);
    let MemberStatus::Damaged(damage) = &out.members.last().unwrap().status else {
        panic!("{out:?}")
    };
    assert!(damage.bound && members.len() == 2, "{out:?}");
    assert!(folder()[1].1.starts_with(&members[1].1) && members[1].1.len() <= bytes.len());

    let few = Limits {
        members_max: 2,
        ..Limits::default()
    };
    for bytes in archives() {
        let (members, out) = open_with(bytes, "x.7z", &few);
        assert!(members.len() <= 2 && out.damage.len() == 1, "{out:?}");
    }

    // A dictionary of 4 GiB (LZMA2's property 40) is asked for and not given.
    let mut greedy = archive("plain-header");
    let coder = memchr::memmem::rfind(&greedy, &[0x21, 0x21, 0x01]).unwrap();
    greedy[coder + 3] = 40;
    let (members, out) = open(&summed(greedy), "x.7z");
    assert_eq!(members.len(), 5);
    let (how, found) = ends(&out)[1];
    assert!(how == 'u' && found.contains("KiB of memory"), "{found}");
}

#[test]
fn a_directory_that_lies_is_told() {
    // The number of files (7zFormat.txt, FilesInfo: 0x05, then the count).
    let plain = archive("plain-header");
    let start = 32 + u64::from_le_bytes(plain[12..20].try_into().unwrap()) as usize;
    let files = start + memchr::memmem::find(&plain[start..], &[0, 0, 5, 7]).unwrap() + 3;
    for count in [1u8, 6, 8, 0x7f] {
        let mut lying = plain.clone();
        lying[files] = count;
        let (_, out) = open(&summed(lying), "x.7z");
        assert_eq!(out.damage.len(), 1, "{count}: {out:?}");
    }
}
