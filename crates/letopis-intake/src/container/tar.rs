//! Members of a tar: POSIX ustar, GNU long names, pax names.

use std::io::Read;

use super::walk::Walker;
use super::{Decoder, MemberInfo, Step};
use crate::error::IntakeError;

/// Longest name or pax header that is read.
const NAME_MAX: u64 = 1 << 20;

/// Names that stand before the entry they belong to.
#[derive(Default)]
struct Ahead {
    name: Option<Vec<u8>>,
    modified: Option<i64>,
}

pub(super) fn walk(
    walker: &mut Walker<'_>,
    reader: &mut dyn Read,
    info: &MemberInfo,
    depth: u32,
) -> Result<(), IntakeError> {
    let mut archive = ::tar::Archive::new(reader);
    let entries = match archive.entries() {
        Ok(entries) => entries.raw(true),
        Err(error) => {
            walker.damage(info, 0, "a tar header", &error.to_string());
            return Ok(());
        }
    };
    let mut ahead = Ahead::default();
    let mut index = 0;
    let mut at = 0;
    for entry in entries {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                walker.damage(info, at, "a tar header or the end mark", &error.to_string());
                return Ok(());
            }
        };
        at = entry.raw_file_position();
        let kind = entry.header().entry_type();
        if kind.is_gnu_longname() || kind.is_pax_local_extensions() {
            let mut text = Vec::new();
            // What is longer than the bound is left to the entry's own short name.
            let _ = (&mut entry).take(NAME_MAX).read_to_end(&mut text);
            if kind.is_gnu_longname() {
                text.truncate(text.iter().position(|b| *b == 0).unwrap_or(text.len()));
                ahead.name = Some(text);
            } else {
                read_pax(&text, &mut ahead);
            }
            continue;
        }
        if kind.is_gnu_longlink() || kind.is_pax_global_extensions() || kind.is_dir() {
            ahead = if kind.is_dir() { Ahead::default() } else { ahead };
            continue;
        }
        let names = std::mem::take(&mut ahead);
        let name = names
            .name
            .unwrap_or_else(|| entry.header().path_bytes().into_owned());
        let mut steps = info.steps.clone();
        steps.push(Step {
            decoder: Decoder::Tar,
            index,
            name: name.clone(),
        });
        index += 1;
        let seconds = entry.header().mtime().ok().and_then(|s| i64::try_from(s).ok());
        let member = MemberInfo {
            steps,
            name,
            modified: names.modified.or_else(|| seconds?.checked_mul(1_000_000)),
            modified_is_local: false,
            declared_size: entry.header().entry_size().ok(),
        };
        if kind.is_file() || kind.is_contiguous() {
            walker.stream(&mut entry, member, depth)?;
        } else {
            walker.unreadable(member, "a regular file", other_kind(kind))?;
        }
        if walker.stopped {
            break;
        }
    }
    Ok(())
}

fn other_kind(kind: ::tar::EntryType) -> &'static str {
    if kind.is_symlink() {
        "a symbolic link (listed, not followed)"
    } else if kind.is_hard_link() {
        "a hard link to another member"
    } else if kind.is_gnu_sparse() {
        "a GNU sparse file (not supported)"
    } else {
        "a device, pipe or other special entry"
    }
}

/// `LENGTH KEY=VALUE\n` records of POSIX pax.
fn read_pax(text: &[u8], ahead: &mut Ahead) {
    let mut rest = text;
    while let Some(space) = rest.iter().take(20).position(|b| *b == b' ') {
        let length = std::str::from_utf8(&rest[..space])
            .ok()
            .and_then(|t| t.parse::<usize>().ok());
        let Some(record) = length
            .filter(|l| *l > space + 1)
            .and_then(|l| rest.get(space + 1..l - 1))
        else {
            return;
        };
        if let Some(path) = record.strip_prefix(b"path=") {
            ahead.name = Some(path.to_vec());
        } else if let Some(time) = record.strip_prefix(b"mtime=") {
            let seconds = std::str::from_utf8(time).ok().and_then(|t| t.parse::<f64>().ok());
            ahead.modified = seconds.filter(|s| s.abs() < 1e11).map(|s| (s * 1e6) as i64);
        }
        rest = rest.get(space + 1 + record.len() + 1..).unwrap_or_default();
    }
}
