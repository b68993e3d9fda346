//! Logs of outsiders, where they are present: every line comes out, as an event or at least as a record.

use std::io::Cursor;

use crate::container::{self, Limits, Member, MemberInfo, Scratch, Spool};
use crate::testing::{options, read};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus");

/// The bytes of a corpus file; says so where it is absent.
#[allow(clippy::disallowed_methods)] // A test reads its fixture.
fn corpus(path: &str) -> Option<Vec<u8>> {
    let bytes = std::fs::read(format!("{CORPUS}/{path}")).ok();
    if bytes.is_none() {
        eprintln!("skipped: the corpus file {path} is not here");
    }
    bytes
}

struct One(Vec<u8>);

impl Spool for One {
    fn begin(&mut self, _: &MemberInfo) -> std::io::Result<Box<dyn std::io::Write + '_>> {
        Ok(Box::new(&mut self.0))
    }
    fn end(&mut self, _: &Member) -> std::io::Result<()> {
        Ok(())
    }
    fn scratch(&mut self) -> std::io::Result<Box<dyn Scratch>> {
        Ok(Box::new(Cursor::new(Vec::new())))
    }
}

fn opened(path: &str) -> Option<Vec<u8>> {
    let packed = corpus(path)?;
    let mut spool = One(Vec::new());
    let out = container::expand(
        &mut Cursor::new(packed),
        path.as_bytes(),
        &mut spool,
        &Limits::default(),
    )
    .unwrap();
    assert_eq!((out.members.len(), out.damage.len()), (1, 0), "{path}");
    Some(spool.0)
}

#[test]
fn every_line_of_loghub_is_covered() {
    for product in [
        "Linux",
        "OpenSSH",
        "Apache",
        "Windows",
        "Mac",
        "Zookeeper",
        "Hadoop",
        "BGL",
        "HealthApp",
    ] {
        let Some(bytes) = corpus(&format!("loghub/{product}/{product}_2k.log")) else {
            return;
        };
        let out = read(&bytes, &options());
        let lines = bytes
            .split(|b| *b == b'\n')
            .filter(|l| !l.trim_ascii().is_empty())
            .count() as u64;
        let unparsed = out.summary.unparsed;
        assert!(
            unparsed * 100 <= lines,
            "{product} as {}: {unparsed}",
            out.detection.format.name
        );
        let covered: usize = out
            .rows
            .iter()
            .map(|r| r.text.lines().filter(|l| !l.trim().is_empty()).count())
            .sum();
        assert_eq!(
            covered as u64, lines,
            "{product} as {}",
            out.detection.format.name
        );
    }
}

#[test]
fn zeek_json_is_read_with_its_addresses_and_times() {
    let Some(bytes) = opened("zed-sample-data/zeek-json/conn.json.gz") else {
        return;
    };
    let part = &bytes[..bytes.len().min(1 << 20)];
    let end = part
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(part.len(), |p| p + 1);
    let out = read(&part[..end], &options());
    assert_eq!(out.detection.format.name, "json");
    assert_eq!(
        (out.summary.unparsed, out.summary.not_placed),
        (0, 0),
        "{:?}",
        out.summary.unparsed_examples
    );
    let whole = |r: &crate::testing::Row| r.get("src_ip").is_some() && r.get("dst_ip").is_some();
    assert!(out.rows.iter().all(whole));
}

#[test]
fn compressed_syslog_gives_the_same_text_both_ways() {
    let (Some(gz), Some(bz2)) = (
        opened("plaso/test_data/syslog.gz"),
        opened("plaso/test_data/syslog.bz2"),
    ) else {
        return;
    };
    assert!(!gz.is_empty() && !bz2.is_empty());
    for bytes in [gz, bz2] {
        let out = read(&bytes, &options());
        assert!(out.summary.records > 0 && out.summary.unparsed * 2 < out.summary.records);
    }
}
