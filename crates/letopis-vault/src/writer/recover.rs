//! What a writer puts right when it opens an archive, under both locks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use letopis_seal::entry::field;
use letopis_seal::{EntryKind, SignedCheckpoint};

use super::write_public_key;
use crate::backend::{Backend, io_error, read_if_there};
use crate::digest::ShortId;
use crate::documents;
use crate::durable;
use crate::finding::Notice;
use crate::framed::Compressors;
use crate::layout::{Directory, File, join};
use crate::ledger;
use crate::readers;
use crate::vault::{Vault, numbers, retired};
use crate::{Error, Keys, Result};

/// Lines of the commit that creates an archive.
pub(crate) const CREATION_LINES: u64 = 3;

/// Finishes or sets aside what a crash left, puts back what is only a copy of the ledger, and sweeps.
pub(super) fn recover(backend: &Arc<dyn Backend>, vault: Vault, keys: &Keys) -> Result<(Vault, Vec<Notice>)> {
    let mut state = Arc::clone(vault.ledger());
    let ledger = ledger::own(&mut state);
    // Another process may have appended since the archive was opened.
    ledger.catch_up(backend.as_ref())?;
    ledger.signer(keys, false)?;
    durable::make_missing(backend.as_ref(), Directory::ARCHIVE)?;
    let mut notices = ledger.settle(backend)?;
    let vault = if ledger.size() == vault.size() {
        vault
    } else {
        Vault::open_to_write(Arc::clone(backend))?
    };
    if let Some(text) = vault.stated_config_text()?
        && read_if_there(backend.as_ref(), &File::Config)?.is_none_or(|bytes| bytes != text.as_bytes())
    {
        durable::replace(backend, &File::Config, text.as_bytes())?;
        let text = "was not what the ledger states, and was written again from the ledger";
        notices.push(Notice::new("config", File::Config, text));
    }
    for key in &vault.ledger().authority().all {
        if write_public_key(backend, key)? {
            let text = "was not what the ledger certifies, and was written again from the ledger";
            notices.push(Notice::new("key", File::Key(key.id().0), text));
        }
    }
    finish_deletions(&vault)?;
    let swept = sweep(backend, &vault)?;
    if swept > 0 {
        let text = format!("{swept} files that no ledger entry names were removed");
        notices.push(Notice::new("swept", Directory::Root, text));
    }
    Ok((vault, notices))
}

/// An archive is made in an empty place, or where making one was cut short.
pub(crate) fn refuse_used_place(backend: &Arc<dyn Backend>) -> Result<()> {
    let failed = |error| io_error(Directory::Root, "look into", error);
    let Some(stat) = backend.stat("").map_err(failed)? else {
        return Ok(());
    };
    if !stat.directory {
        return Err(Error::NotEmpty(backend.place()));
    }
    if backend.stat(&File::Config.path()).map_err(failed)?.is_some() {
        return Err(Error::Exists(backend.place()));
    }
    let ours = |name: &String| {
        Directory::parse(name).is_some() && !matches!(Directory::parse(name), Some(Directory::Root))
    };
    if !backend.list(Directory::Root).map_err(failed)?.iter().all(ours) {
        return Err(Error::NotEmpty(backend.place()));
    }
    match read_if_there(backend.as_ref(), &File::Head)? {
        None => Ok(()),
        Some(head) => match SignedCheckpoint::parse(&head) {
            Ok(head) if head.checkpoint().size().0 <= CREATION_LINES => Ok(()),
            // letopis.toml is gone, but this is an archive with a history.
            _ => Err(Error::Exists(backend.place())),
        },
    }
}

/// Removes what an earlier creation left that did not come to its end.
pub(super) fn clear_unfinished(backend: &Arc<dyn Backend>) -> Result<()> {
    for file in [File::Head, File::HeadNext, File::Entries] {
        durable::remove(backend.as_ref(), &file)?;
    }
    for directory in [
        Directory::Keys,
        Directory::Torn,
        Directory::Details,
        Directory::Secrets,
        Directory::Temporary,
    ] {
        remove_strangers(backend.as_ref(), directory, &|_| false)?;
    }
    durable::sync_directory(backend.as_ref(), Directory::Ledger)
}

/// Removes the files of a directory that have a place in archives and are not `named`; gives their number.
fn remove_strangers(
    backend: &dyn Backend,
    directory: Directory,
    named: &dyn Fn(&File) -> bool,
) -> Result<u64> {
    let names = match backend.list(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        other => other.map_err(|error| io_error(directory, "list", error))?,
    };
    let mut removed = 0;
    for file in names
        .iter()
        .filter_map(|name| File::parse(&join(directory, name)))
    {
        if !named(&file) {
            durable::remove(backend, &file)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Every file that the ledger names or that is the ledger's own.
pub(crate) fn named_files(vault: &Vault) -> Result<BTreeSet<File>> {
    let mut named = BTreeSet::new();
    for object in vault.objects()? {
        named.insert(File::Object(object.blake3));
        named.extend(
            object
                .trees
                .iter()
                .map(|tree| File::Tree(object.blake3, tree.number)),
        );
    }
    for batch in vault.ledger().commits().iter().filter_map(|commit| commit.batch) {
        named.extend([File::Details(batch), File::Secrets(batch)]);
    }
    for segment in vault.segments()? {
        named.insert(File::Parquet(segment.short));
        if segment.index.is_some() {
            named.insert(File::Index(segment.short));
        }
    }
    named.insert(File::Catalogue);
    Ok(named)
}

/// Removes what no line names. Segments that a line retired stay while somebody reads, whose head may name them; but not
/// those that a removal found retired, since they may hold what was to go.
fn sweep(backend: &Arc<dyn Backend>, vault: &Vault) -> Result<u64> {
    let mut named = named_files(vault)?;
    let alone = readers::shut_out(backend.as_ref());
    if alone.is_none() {
        let removal = vault.ledger().of_kind(EntryKind::Delete).last();
        for (id, seq) in retired(vault)? {
            let id = ShortId::from_hex(&id).filter(|_| removal.is_none_or(|removal| seq > removal));
            named.extend(id.into_iter().flat_map(|id| [File::Parquet(id), File::Index(id)]));
        }
    }
    let mut removed = 0;
    let shards = backend
        .list(Directory::Objects)
        .map_err(|error| io_error(Directory::Objects, "list", error))?;
    let shards = shards
        .iter()
        .filter_map(|name| Directory::parse(&join(Directory::Objects, name)));
    let others = [
        Directory::Details,
        Directory::Secrets,
        Directory::Segments,
        Directory::Temporary,
    ];
    for directory in shards.chain(others) {
        removed += remove_strangers(backend.as_ref(), directory, &|file| named.contains(file))?;
    }
    Ok(removed)
}

/// Destroys what `delete` entries name and is still there: object and tree files first, then secrets, then
/// documents, since the documents say which files to remove.
pub(crate) fn finish_deletions(vault: &Vault) -> Result<()> {
    let backend = vault.backend();
    let mut gone: BTreeMap<ShortId, BTreeSet<letopis_seal::Sha256Digest>> = BTreeMap::new();
    let mut mark = |seq: u64| -> Result<()> {
        let line = vault.ledger().entry(seq)?;
        if let Some(batch) = vault.ledger().commit_of(seq).and_then(|commit| commit.batch) {
            let commitments = gone.entry(batch).or_default();
            commitments.extend(line.detail);
            if matches!(line.kind, EntryKind::Object | EntryKind::Reframe) {
                commitments.extend(line.digest(field::COMMITMENT));
            }
        }
        Ok(())
    };
    for deletion in vault.entries(Some(EntryKind::Delete)) {
        let deletion = deletion?;
        for seq in numbers(&deletion, "details") {
            mark(seq)?;
        }
        for seq in numbers(&deletion, "objects") {
            remove_object(vault, seq)?;
            mark(seq)?;
            for reframe in vault.entries(Some(EntryKind::Reframe)) {
                let reframe = reframe?;
                if reframe.number("object") == Some(seq) {
                    mark(reframe.seq)?;
                }
            }
        }
    }
    for (batch, commitments) in gone {
        documents::destroy(backend, &Compressors::new(), batch, &commitments)?;
    }
    Ok(())
}

/// Removes the files of all segments that were ever retired: a removal does so at once, whoever reads, because they may
/// hold what was to go.
pub(super) fn remove_retired(vault: &Vault) -> Result<()> {
    let ids: Vec<ShortId> = retired(vault)?
        .keys()
        .filter_map(|id| ShortId::from_hex(id))
        .collect();
    remove_segments(vault.backend().as_ref(), &ids)
}

/// Removes the files of segments.
pub(super) fn remove_segments(backend: &dyn Backend, ids: &[ShortId]) -> Result<()> {
    for id in ids {
        durable::remove(backend, &File::Parquet(*id))?;
        durable::remove(backend, &File::Index(*id))?;
    }
    match ids.is_empty() {
        true => Ok(()),
        false => durable::sync_directory(backend, Directory::Segments),
    }
}

/// Removes the files of a deleted object, unless its document is destroyed already or the object came back later.
fn remove_object(vault: &Vault, seq: u64) -> Result<()> {
    let Some(document) = vault.detail(seq)? else {
        return Ok(());
    };
    let object = crate::vault::object_info(&vault.entry(seq)?, Some(&document))?;
    if vault.object_by_blake3(&object.blake3)?.is_some() {
        return Ok(());
    }
    let mut numbers = vec![1];
    for reframe in vault.entries(Some(EntryKind::Reframe)) {
        let reframe = reframe?;
        if reframe.number("object") == Some(seq) {
            numbers.extend(
                reframe
                    .number("tree")
                    .and_then(|number| u32::try_from(number).ok()),
            );
        }
    }
    let backend = vault.backend().as_ref();
    for number in numbers {
        durable::remove(backend, &File::Tree(object.blake3, number))?;
    }
    durable::remove(backend, &File::Object(object.blake3))?;
    durable::sync_directory(backend, File::Object(object.blake3).directory())
}
