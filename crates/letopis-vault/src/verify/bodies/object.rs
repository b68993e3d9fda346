//! One object and its trees, in one pass over its frames.

use std::sync::mpsc;

use letopis_seal::{ObjectSecret, Sha256Digest};
use sha2::Digest;

use super::super::finding_of;
use super::leaves::{Leaves, LeavesEnd};
use super::{REPAIR_OBJECT, Shared};
use crate::digest::Blake3;
use crate::finding::{Checked, Concerned, Finding, FindingKind};
use crate::framed::{Frame, FramedCheck, check};
use crate::layout::File;
use crate::object::{ObjectInfo, TreeInfo};
use crate::tree::{RecordSpan, TreeReader};
use crate::{Error, Result};

/// Frames on their way from the thread that decodes to the thread that makes leaves.
const FRAMES_WAITING: usize = 4;

/// Frames, checksum and digests of one object, and every tree over it made again from the same bytes. `large` gives
/// the leaves a thread of their own.
pub(super) fn check_object(
    shared: &Shared<'_>,
    object: &ObjectInfo,
    secrets: &[Option<ObjectSecret>],
    large: bool,
) -> (Vec<Finding>, Checked) {
    let mut checked = Checked {
        objects: 1,
        bytes: object.length,
        ..Checked::default()
    };
    let (mut findings, mut trees) = (Vec::new(), Vec::new());
    for (info, secret) in object.trees.iter().zip(secrets) {
        match begin(shared, object, info, secret.as_ref()) {
            Ok(leaves) => trees.extend(leaves),
            Err(finding) => findings.push(*finding),
        }
    }
    let content = if large && !trees.is_empty() {
        read_in_two(shared, object, &mut trees)
    } else {
        read(shared, object, &mut |frame| {
            trees.iter_mut().for_each(|leaves| leaves.frame(&frame))
        })
    };
    let of_content = judge(object, &content, trees.last().map(Leaves::tree));
    let mut place = None;
    for leaves in trees {
        let (info, end) = (leaves.info, leaves.end());
        match end {
            Ok(end) => {
                checked.records += end.records;
                place = end.differ.or(place);
                // Where the bytes are others, the tree cannot be judged by them.
                if of_content.is_empty() && !end.fits {
                    findings.push(differing(object, info, &end));
                }
            }
            Err(error) => findings.push(finding_of(FindingKind::TreeDamaged, &error, REPAIR_OBJECT)),
        }
    }
    findings.extend(
        of_content
            .into_iter()
            .map(|finding| match (finding.offset, place) {
                (None, Some((first, last))) => locate(finding, object, first, last),
                _ => finding,
            }),
    );
    (findings, checked)
}

/// What reading an object gave.
type Content = Result<(FramedCheck, Blake3, Sha256Digest)>;

/// Decodes every frame and hashes the content; `each` gets the frames in order.
fn read(shared: &Shared<'_>, object: &ObjectInfo, each: &mut dyn FnMut(Frame)) -> Content {
    let (mut blake3, mut sha256) = (blake3::Hasher::new(), sha2::Sha256::new());
    let file = File::Object(object.blake3);
    let checked = check(shared.backend, &file, Some(object.length), &mut |frame| {
        let (content, length) = (frame.content.as_deref().unwrap_or_default(), frame.length);
        blake3.update(content);
        sha256.update(content);
        each(frame);
        shared.advance(length);
        Ok(())
    })?;
    let sha256 = Sha256Digest(sha256.finalize().into());
    Ok((checked, Blake3(*blake3.finalize().as_bytes()), sha256))
}

/// The same with the leaves in another thread.
fn read_in_two(shared: &Shared<'_>, object: &ObjectInfo, trees: &mut [Leaves<'_>]) -> Content {
    let (send, frames) = mpsc::sync_channel::<Frame>(FRAMES_WAITING);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for frame in frames {
                trees.iter_mut().for_each(|leaves| leaves.frame(&frame));
            }
        });
        // The other end is there until this one is dropped.
        let content = read(shared, object, &mut |frame| drop(send.send(frame)));
        drop(send);
        content
    })
}

/// What is wrong with the bytes of an object.
fn judge(object: &ObjectInfo, content: &Content, tree: Option<&TreeReader>) -> Vec<Finding> {
    let file = File::Object(object.blake3);
    let damaged = |expected: String, found: String| {
        Finding::new(FindingKind::ObjectDamaged, file, expected, found, REPAIR_OBJECT)
    };
    let (checked, blake3, sha256) = match content {
        Ok(content) => content,
        Err(error) if error.is_missing() => {
            return vec![finding_of(FindingKind::ObjectMissing, error, REPAIR_OBJECT)];
        }
        Err(error) => return vec![finding_of(FindingKind::ObjectDamaged, error, REPAIR_OBJECT)],
    };
    let of_table = checked.table.as_ref().map(|error| {
        let mut finding = finding_of(FindingKind::ObjectDamaged, error, REPAIR_OBJECT);
        finding.found.push_str("; frames were found without the table");
        finding
    });
    if !checked.bad.is_empty() {
        let bad = checked.bad.iter().map(|bad| {
            let end = bad.first + bad.length;
            let expected = format!("frame {} with content bytes {} to {end}", bad.number, bad.first);
            let mut finding = damaged(expected, bad.reason.clone()).at(bad.first, Some(bad.length));
            let records = tree.and_then(|tree| tree.between(bad.first, end).ok().flatten());
            finding.records = records.map(|(first, last)| concerned(object, first, last));
            finding
        });
        return of_table.into_iter().chain(bad).collect();
    }
    if *blake3 != object.blake3 {
        let expected = format!("content with the BLAKE3 {}", object.blake3);
        vec![damaged(expected, blake3.to_string())]
    } else if *sha256 != object.sha256 {
        let expected = format!("content with the SHA-256 {}", object.sha256);
        vec![damaged(expected, sha256.to_string())]
    } else if let Some(mut finding) = of_table {
        finding.found.push_str(", and the content is whole");
        vec![finding]
    } else if !checked.checksum {
        let expected = "frames that fit the checksum of the file".to_owned();
        vec![damaged(expected, "other bytes; the content is whole".to_owned())]
    } else {
        Vec::new()
    }
}

/// Opens one tree and makes it ready for the frames; nothing where its secret cannot be read, which is a finding of
/// its own.
fn begin<'a>(
    shared: &Shared<'_>,
    object: &ObjectInfo,
    info: &'a TreeInfo,
    secret: Option<&ObjectSecret>,
) -> std::result::Result<Option<Leaves<'a>>, Box<Finding>> {
    let tree = open_tree(shared, object, info).map_err(|error| {
        let kind = match error.is_missing() {
            true => FindingKind::TreeMissing,
            false => FindingKind::TreeDamaged,
        };
        Box::new(finding_of(kind, &error, REPAIR_OBJECT))
    })?;
    let Some(secret) = secret else {
        return Ok(None);
    };
    let leaves = Leaves::new(info, tree, secret, &object.sha256);
    if leaves.commitment() != info.commitment {
        let expected = format!(
            "a secret that opens the commitment {} of entry {}",
            info.commitment, info.seq
        );
        let file = File::Tree(object.blake3, info.number);
        let finding = Finding::new(
            FindingKind::Secret,
            file,
            expected,
            "another secret",
            REPAIR_OBJECT,
        );
        return Err(Box::new(finding));
    }
    Ok(Some(leaves))
}

/// Checks every byte of a tree's file, and that it says what the ledger says.
fn open_tree(shared: &Shared<'_>, object: &ObjectInfo, info: &TreeInfo) -> Result<TreeReader> {
    let file = File::Tree(object.blake3, info.number);
    let damaged = |expected: String, found: String| Error::Damaged {
        path: file.path(),
        offset: None,
        expected,
        found,
    };
    let checked = check(shared.backend, &file, None, &mut |_| Ok(()))?;
    if !checked.is_whole() {
        let frames: Vec<_> = checked.bad.iter().map(|bad| bad.number.to_string()).collect();
        let found = match frames.is_empty() {
            true => "others".to_owned(),
            false => format!("bad frames: {}", frames.join(", ")),
        };
        return Err(damaged(
            "frames that fit the checksum of the file".to_owned(),
            found,
        ));
    }
    let tree = TreeReader::open(shared.backend, object.blake3, info.number)?;
    let stated = (tree.records(), tree.root(), tree.object_length());
    if stated != (info.records, info.root, object.length) {
        let expected = format!(
            "{} records with the root {}, as the ledger says",
            info.records, info.root
        );
        let found = format!("{} records with the root {}", stated.0, stated.1);
        return Err(damaged(expected, found));
    }
    Ok(tree)
}

/// The bytes are the ones that were sealed, and the tree is another.
fn differing(object: &ObjectInfo, info: &TreeInfo, end: &LeavesEnd) -> Finding {
    let file = File::Tree(object.blake3, info.number);
    let expected = format!("records that give the root {}", info.root);
    let found = format!("{}: boundaries or stored hashes were changed", end.root);
    let mut finding = Finding::new(FindingKind::TreeDamaged, file, expected, found, REPAIR_OBJECT);
    finding.records = end.differ.map(|(first, last)| concerned(object, first, last));
    finding
}

fn locate(finding: Finding, object: &ObjectInfo, first: RecordSpan, last: RecordSpan) -> Finding {
    let mut finding = finding.at(first.offset, Some(last.end() - first.offset));
    finding.records = Some(concerned(object, first, last));
    finding
}

fn concerned(object: &ObjectInfo, first: RecordSpan, last: RecordSpan) -> Concerned {
    let citation = |span: &RecordSpan| {
        let sha256 = object.sha256.to_hex();
        format!("{}-{:x}", sha256.get(..20).unwrap_or_default(), span.offset)
    };
    Concerned {
        first: first.index,
        last: last.index,
        first_id: citation(&first),
        last_id: citation(&last),
    }
}
