//! The files of a segment, as bytes.

use super::super::finding_of;
use super::{REPAIR_SEGMENT, Shared};
use crate::Result;
use crate::backend::io_error;
use crate::digest::Blake3;
use crate::finding::{Checked, Finding, FindingKind};
use crate::framed::FRAME_BYTES;
use crate::layout::File;
use crate::segment::{PartDigest, SegmentInfo};

/// The files of one segment against the digests in its document.
pub(super) fn check_segment(shared: &Shared<'_>, segment: &SegmentInfo) -> (Vec<Finding>, Checked) {
    let parts = [
        (File::Parquet(segment.short), Some(&segment.parquet)),
        (File::Index(segment.short), segment.index.as_ref()),
    ];
    let parts = parts
        .into_iter()
        .filter_map(|(file, digest)| Some((file, digest?)));
    let findings = parts
        .filter_map(|(file, digest)| check_part(shared, file, digest))
        .collect();
    let checked = Checked {
        segments: 1,
        bytes: segment.parquet_bytes + segment.index_bytes.unwrap_or(0),
        ..Checked::default()
    };
    (findings, checked)
}

fn check_part(shared: &Shared<'_>, file: File, digest: &PartDigest) -> Option<Finding> {
    match digest_of(shared, &file) {
        Ok((bytes, blake3)) if bytes == digest.bytes && blake3.to_string() == digest.blake3 => None,
        Ok((bytes, blake3)) => {
            let expected = format!("{} bytes with the BLAKE3 {}", digest.bytes, digest.blake3);
            let found = format!("{bytes} bytes with the BLAKE3 {blake3}");
            Some(Finding::new(
                FindingKind::SegmentDamaged,
                file,
                expected,
                found,
                REPAIR_SEGMENT,
            ))
        }
        Err(error) if error.is_missing() => {
            Some(finding_of(FindingKind::SegmentMissing, &error, REPAIR_SEGMENT))
        }
        Err(error) => Some(finding_of(FindingKind::SegmentDamaged, &error, REPAIR_SEGMENT)),
    }
}

fn digest_of(shared: &Shared<'_>, file: &File) -> Result<(u64, Blake3)> {
    let failed = |error| io_error(file, "read", error);
    let reader = shared.backend.open(file).map_err(failed)?;
    let (mut hasher, mut at) = (blake3::Hasher::new(), 0);
    let mut bytes = vec![0; FRAME_BYTES];
    while at < reader.length() {
        let length = (reader.length() - at).min(FRAME_BYTES as u64) as usize;
        let part = bytes.get_mut(..length).unwrap_or_default();
        reader.read_exact_at(at, part).map_err(failed)?;
        hasher.update(part);
        at += length as u64;
        shared.advance(length as u64);
    }
    Ok((at, Blake3(*hasher.finalize().as_bytes())))
}
