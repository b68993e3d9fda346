//! Members of a zip, by its directory, or one after the other where the directory is gone.

use std::io::{Read, Seek, SeekFrom};

use super::walk::{Metered, Walker};
use super::{Decoder, MemberInfo, Step};
use crate::error::IntakeError;

/// What the directory says of one member.
struct Listed {
    name: Vec<u8>,
    modified: Option<i64>,
    size: u64,
    is_dir: bool,
    is_link: bool,
    encrypted: bool,
}

fn listed<R: Read>(file: &::zip::read::ZipFile<'_, R>) -> Listed {
    Listed {
        name: file.name_raw().to_vec(),
        modified: file.last_modified().and_then(local_micros),
        size: file.size(),
        is_dir: file.is_dir(),
        is_link: file.is_symlink(),
        encrypted: file.encrypted(),
    }
}

/// The local clock of a member as if it were UTC.
fn local_micros(time: ::zip::DateTime) -> Option<i64> {
    let day = chrono::NaiveDate::from_ymd_opt(
        i32::from(time.year()),
        u32::from(time.month()),
        u32::from(time.day()),
    )?;
    let clock = day.and_hms_opt(
        u32::from(time.hour()),
        u32::from(time.minute()),
        u32::from(time.second()),
    )?;
    Some(clock.and_utc().timestamp_micros())
}

fn member(info: &MemberInfo, index: u64, listed: &Listed, sized: bool) -> MemberInfo {
    let mut steps = info.steps.clone();
    steps.push(Step {
        decoder: Decoder::Zip,
        index,
        name: listed.name.clone(),
    });
    MemberInfo {
        steps,
        name: listed.name.clone(),
        modified: listed.modified,
        modified_is_local: listed.modified.is_some(),
        declared_size: sized.then_some(listed.size),
    }
}

pub(super) fn walk<R: Read + Seek + ?Sized>(
    walker: &mut Walker<'_>,
    input: &mut R,
    info: &MemberInfo,
    depth: u32,
) -> Result<(), IntakeError> {
    let mut archive = match ::zip::ZipArchive::new(&mut *input) {
        Ok(archive) => archive,
        Err(error) => {
            walker.damage(info, 0, "a zip directory at the end", &error.to_string());
            input.seek(SeekFrom::Start(0)).map_err(IntakeError::read(0))?;
            return by_stream(walker, input, info, depth);
        }
    };
    for index in 0..archive.len() {
        let entry = match archive.by_index_raw(index) {
            Ok(file) => listed(&file),
            Err(error) => {
                walker.damage(
                    info,
                    0,
                    &format!("a readable header of member {index}"),
                    &error.to_string(),
                );
                continue;
            }
        };
        if entry.is_dir {
            continue;
        }
        let member = member(info, index as u64, &entry, true);
        if entry.encrypted {
            walker.unreadable(member, "a member without a password", "an encrypted one")?;
            continue;
        }
        if entry.is_link {
            walker.unreadable(member, "a regular file", "a symbolic link (listed, not followed)")?;
            continue;
        }
        match archive.by_index(index) {
            Ok(file) => {
                let mut metered = Metered::new(file, &walker.budget);
                walker.stream(&mut metered, member, depth)?;
            }
            Err(error) => {
                walker.unreadable(member, "a compression method that is known", &error.to_string())?
            }
        }
        if walker.stopped {
            break;
        }
    }
    Ok(())
}

/// A zip without its directory: cut, or still being written. Members are taken one after the other.
fn by_stream<R: Read + ?Sized>(
    walker: &mut Walker<'_>,
    mut input: &mut R,
    info: &MemberInfo,
    depth: u32,
) -> Result<(), IntakeError> {
    for index in 0.. {
        match ::zip::read::read_zipfile_from_stream(&mut input) {
            Ok(Some(file)) => {
                let entry = listed(&file);
                if entry.is_dir {
                    continue;
                }
                let member = member(info, index, &entry, false);
                if entry.encrypted {
                    walker.unreadable(member, "a member without a password", "an encrypted one")?;
                    continue;
                }
                let mut metered = Metered::new(file, &walker.budget);
                walker.stream(&mut metered, member, depth)?;
            }
            Ok(None) => break,
            Err(error) => {
                walker.damage(info, 0, &format!("member {index} of the zip"), &error.to_string());
                break;
            }
        }
        if walker.stopped {
            break;
        }
    }
    Ok(())
}
