//! Files as such: the catalogue, files that must be empty, strangers, permissions.

use std::collections::BTreeSet;

use super::Check;
use super::unread::Unread;
use crate::backend::read_if_there;
use crate::finding::{Finding, FindingKind};
use crate::layout::{Directory, File, join};
use crate::vault::open_catalogue;

/// Folder of the journal of a working copy.
const JOURNAL: &str = "journal";

impl Check {
    pub(super) fn catalogue(&mut self) {
        match read_if_there(self.backend.as_ref(), &File::Catalogue) {
            Ok(None) => {}
            Ok(Some(bytes)) => {
                if let Err(error) = open_catalogue(bytes) {
                    self.find_error(FindingKind::Catalogue, &error, "run `letopis rebuild`");
                }
            }
            Err(error) => self.find_error(FindingKind::Catalogue, &error, "run `letopis rebuild`"),
        }
    }

    /// Names every file that has no place here, and says when others may read the archive.
    pub(super) fn strangers(&mut self) {
        let (named, unread) = (self.named(), self.unread());
        let mut open = Vec::new();
        let mut waiting = vec![Directory::Root];
        while let Some(directory) = waiting.pop() {
            let names = match self.backend.list(directory) {
                Ok(names) => names,
                Err(error) => {
                    let (expected, found) = ("a readable directory", error.to_string());
                    let repair = "make the directory readable, or put it back from a copy of the archive";
                    self.find(Finding::new(
                        FindingKind::Unreadable,
                        directory,
                        expected,
                        found,
                        repair,
                    ));
                    continue;
                }
            };
            if self.is_open(&directory.path()) {
                open.push(directory.to_string());
            }
            for name in names {
                let path = join(directory, &name);
                let stat = self.backend.stat(&path).ok().flatten();
                if stat.is_some_and(|stat| stat.directory) {
                    match Directory::parse(&path) {
                        Some(below) => waiting.push(below),
                        // Checked where it comes home.
                        None if path == JOURNAL && self.is_there(&File::WorkingCopy) => {}
                        None => self.notice(
                            "unexpected-file",
                            &path,
                            "a directory that has no place in an archive",
                        ),
                    }
                    continue;
                }
                if stat.is_some_and(|stat| stat.open_to_others) {
                    open.push(path.clone());
                }
                self.file(&path, stat.map_or(0, |stat| stat.length), &named, &unread);
            }
        }
        if let Some(first) = open.first() {
            let text = format!(
                "other accounts may read {} of its files and directories",
                open.len()
            );
            self.notice("permissions", first.clone(), text);
        }
    }

    fn is_there(&self, file: &File) -> bool {
        self.backend.stat(&file.path()).ok().flatten().is_some()
    }

    fn is_open(&self, path: &str) -> bool {
        self.backend
            .stat(path)
            .ok()
            .flatten()
            .is_some_and(|stat| stat.open_to_others)
    }

    fn file(&mut self, path: &str, length: u64, named: &BTreeSet<File>, unread: &Unread) {
        match File::parse(path) {
            None => self.notice(
                "unexpected-file",
                path,
                "has no place in an archive; nothing reads it",
            ),
            Some(File::WriterLock | File::AppendLock | File::ReadersLock) if length > 0 => {
                let repair = "empty the file";
                let found = format!("{length} bytes");
                self.find(Finding::new(
                    FindingKind::Lock,
                    path,
                    "an empty file",
                    found,
                    repair,
                ));
            }
            // Checked where they are read.
            Some(File::Torn(..) | File::HeadNext) => {}
            Some(file) if named.contains(&file) => {}
            Some(file) => match self.unchecked(unread, &file) {
                Some(text) => self.notice("unchecked-file", path, text),
                None => {
                    let text = "no ledger entry names it; the next writer removes it";
                    self.notice("unexpected-file", path, text);
                }
            },
        }
    }

    /// Every file that is the archive's own or that a readable line names.
    fn named(&self) -> BTreeSet<File> {
        let mut named = BTreeSet::from([
            File::Config,
            File::WorkingCopy,
            File::SecondCopy,
            File::Entries,
            File::Head,
            File::WriterLock,
            File::AppendLock,
            File::ReadersLock,
            File::Catalogue,
        ]);
        named.extend(
            self.ledger
                .authority()
                .all
                .iter()
                .map(|key| File::Key(key.id().0)),
        );
        for object in self.objects.all() {
            named.insert(File::Object(object.blake3));
            named.extend(
                object
                    .trees
                    .iter()
                    .map(|tree| File::Tree(object.blake3, tree.number)),
            );
        }
        for batch in self.ledger.commits().iter().filter_map(|commit| commit.batch) {
            named.extend([File::Details(batch), File::Secrets(batch)]);
        }
        for segment in &self.segments {
            named.insert(File::Parquet(segment.short));
            named.extend(segment.index.iter().map(|_| File::Index(segment.short)));
        }
        named
    }
}
