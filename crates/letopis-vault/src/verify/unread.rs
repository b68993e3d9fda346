//! Files of entries whose documents cannot be read: no readable document names them, and yet they are no strangers.

use std::collections::{BTreeMap, BTreeSet};

use letopis_seal::EntryKind;

use super::Check;
use crate::digest::{Blake3, ShortId};
use crate::layout::File;
use crate::object::TreeInfo;
use crate::tree::TreeReader;
use crate::vault::tree_info;

/// Entries that are named one by one.
const NAMED: usize = 5;
const WHY: &str = "cannot be read, so the file was not checked; no writer opens the archive before that is put right, \
                   and nothing removes it";

/// What the entries whose documents cannot be read say of their files.
#[derive(Default)]
pub(super) struct Unread {
    /// Entries that brought an object.
    objects: Vec<u64>,
    /// Trees of those objects.
    trees: Vec<TreeInfo>,
    /// Segments by their names, which stand in the entries themselves.
    segments: BTreeMap<ShortId, u64>,
}

impl Check {
    /// Looks through the entries whose documents could not be read.
    pub(super) fn unread(&self) -> Unread {
        let mut unread = Unread::default();
        for seq in &self.unread {
            let Ok(line) = self.ledger.entry(*seq) else {
                continue;
            };
            let entry = crate::Entry::from(line);
            match entry.kind {
                EntryKind::Object => {
                    unread.objects.push(*seq);
                    unread.trees.extend(tree_info(&entry));
                }
                EntryKind::Segment => {
                    let name = entry.text("segment").and_then(ShortId::from_hex);
                    unread.segments.extend(name.map(|name| (name, *seq)));
                }
                _ => {}
            }
        }
        let lost: BTreeSet<u64> = unread.objects.iter().copied().collect();
        let later = self.of_kind(EntryKind::Reframe).into_iter();
        let later = later.filter(|entry| entry.number("object").is_some_and(|seq| lost.contains(&seq)));
        unread.trees.extend(later.filter_map(|entry| tree_info(&entry)));
        unread
    }

    /// What is to be said of a file that no readable document names; `None` of a stranger.
    pub(super) fn unchecked(&self, unread: &Unread, file: &File) -> Option<String> {
        match file {
            File::Parquet(name) | File::Index(name) => {
                let seq = unread.segments.get(name)?;
                Some(format!("entry {seq} names it; the document of that entry {WHY}"))
            }
            File::Object(name) | File::Tree(name, _) if !unread.objects.is_empty() => {
                Some(match self.owner(unread, *name) {
                    Some(seq) => {
                        format!("entry {seq} has the root of its tree; the document of that entry {WHY}")
                    }
                    None => {
                        let seqs: Vec<String> = unread.objects.iter().map(u64::to_string).collect();
                        let first = seqs.get(..NAMED).unwrap_or(&seqs).join(", ");
                        let more = match seqs.len().checked_sub(NAMED) {
                            Some(more @ 1..) => format!(" and {more} more"),
                            _ => String::new(),
                        };
                        format!("it may belong to an entry whose document {WHY}: entries {first}{more}")
                    }
                })
            }
            _ => None,
        }
    }

    /// The entry that has the root of a tree over the object of this name.
    fn owner(&self, unread: &Unread, name: Blake3) -> Option<u64> {
        let numbers: BTreeSet<u32> = unread.trees.iter().map(|tree| tree.number).collect();
        let trees = numbers.into_iter();
        let mut stored = trees.filter_map(|number| {
            let tree = TreeReader::open(self.backend.as_ref(), name, number).ok()?;
            Some((number, tree.records(), tree.root()))
        });
        stored.find_map(|stored| {
            let mut trees = unread.trees.iter();
            let tree = trees.find(|tree| (tree.number, tree.records, tree.root) == stored)?;
            Some(tree.seq)
        })
    }
}
