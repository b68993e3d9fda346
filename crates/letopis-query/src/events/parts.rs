//! Which thread reads what: files cut into groups of about equal size.

use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::FileGroup;

/// Bytes below which a part of a file is not worth a group of its own: about a row group. The segments of the tests are
/// small, and are to be cut too.
pub(crate) const LEAST_PART: u64 = if cfg!(test) { 1 << 12 } else { 1 << 20 };

/// Cuts the files into at most so many groups, in their order. A file may be cut too: each part has the row groups that
/// begin in it, and the last part has no end, so that nothing is left out should a catalogue tell fewer bytes than there are.
pub(super) fn groups(files: Vec<PartitionedFile>, partitions: usize) -> Vec<FileGroup> {
    let total: u64 = files.iter().map(|f| f.object_meta.size).sum();
    let share = total.div_ceil(partitions.max(1) as u64).max(LEAST_PART);
    let mut groups: Vec<Vec<PartitionedFile>> = Vec::new();
    let mut group = Vec::new();
    let mut held = 0;
    for file in files {
        let size = file.object_meta.size;
        let mut from = 0;
        while groups.len() + 1 < partitions {
            if held + (size - from) <= share + LEAST_PART {
                break;
            }
            let room = share.saturating_sub(held);
            if room > 0 {
                group.push(part(&file, from, Some(from + room)));
                from += room;
            }
            groups.push(std::mem::take(&mut group));
            held = 0;
        }
        held += size - from;
        group.push(part(&file, from, None));
    }
    groups.push(group);
    groups.into_iter().map(FileGroup::new).collect()
}

/// A file from one byte to another, or to its end.
fn part(file: &PartitionedFile, from: u64, to: Option<u64>) -> PartitionedFile {
    let byte = |at: u64| i64::try_from(at).unwrap_or(i64::MAX);
    match (from, to) {
        (0, None) => file.clone(),
        _ => file.clone().with_range(byte(from), to.map_or(i64::MAX, byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Every byte of every file is in exactly one part, in order, and no more groups come out than were asked for.
        #[test]
        fn every_byte_is_in_one_part(sizes in prop::collection::vec(0..40_u64 << 20, 1..12), partitions in 1..9_usize) {
            let files = sizes.iter().enumerate().map(|(n, size)| PartitionedFile::new(n.to_string(), *size));
            let groups = groups(files.collect(), partitions);
            prop_assert!(groups.len() <= partitions);
            let parts: Vec<_> = groups.iter().flat_map(FileGroup::iter).collect();
            let mut next = parts.iter().peekable();
            for (n, size) in sizes.iter().enumerate() {
                let mut at = 0;
                loop {
                    let part = next.next().expect("a part of each file");
                    prop_assert_eq!(part.object_meta.location.to_string(), n.to_string());
                    let (start, end) = part.range.as_ref().map_or((0, i64::MAX), |r| (r.start, r.end));
                    prop_assert_eq!(start, at);
                    at = end;
                    if end == i64::MAX {
                        break;
                    }
                    prop_assert!(end > start && end < *size as i64);
                }
            }
            prop_assert!(next.peek().is_none());
            // As even as whole row groups allow: no group has more than its share and two row groups.
            let total: u64 = sizes.iter().sum();
            let most = total.div_ceil(partitions as u64).max(LEAST_PART) + LEAST_PART;
            for group in groups.iter().take(groups.len() - 1) {
                let held: u64 = group.iter().map(|part| match &part.range {
                    Some(range) => range.end.min(part.object_meta.size as i64).abs_diff(range.start),
                    None => part.object_meta.size,
                }).sum();
                prop_assert!(held <= most, "{held} of {most}");
            }
        }
    }
}
