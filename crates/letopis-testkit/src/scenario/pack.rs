//! Compressors and archives, with the times that a real one carries: gzip, tar and zip tell when a file was written.

use std::io::{self, Write as _};

use crate::clock::SECOND;

/// A file to be put somewhere: name, bytes, when last written (microseconds since 1970 UTC).
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) modified: i64,
}

/// Compresses by one method; an unknown name leaves the bytes as they are.
pub(super) fn compress(method: &str, name: &str, bytes: &[u8], modified: i64) -> io::Result<Vec<u8>> {
    match method {
        "gz" => {
            let builder = flate2::GzBuilder::new()
                .mtime(u32::try_from(modified / SECOND).unwrap_or(0))
                .filename(name)
                .operating_system(3);
            let mut out = builder.write(Vec::new(), flate2::Compression::best());
            out.write_all(bytes)?;
            out.finish()
        }
        "bz2" => {
            let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
            out.write_all(bytes)?;
            out.finish()
        }
        "xz" => {
            let mut out = liblzma::write::XzEncoder::new(Vec::new(), 6);
            out.write_all(bytes)?;
            out.finish()
        }
        "zst" => zstd::bulk::compress(bytes, 15),
        _ => Ok(bytes.to_vec()),
    }
}

/// A tar of files, owned by root.
pub(super) fn tar(members: &[Member]) -> io::Result<Vec<u8>> {
    let mut out = tar::Builder::new(Vec::new());
    for member in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(member.bytes.len() as u64);
        header.set_mode(0o640);
        header.set_mtime(u64::try_from(member.modified / SECOND).unwrap_or(0));
        header.set_username("root")?;
        header.set_groupname("adm")?;
        out.append_data(&mut header, &member.name, member.bytes.as_slice())?;
    }
    out.into_inner()
}

/// A zip of files, deflated.
pub(super) fn zip(members: &[Member]) -> io::Result<Vec<u8>> {
    let mut out = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for member in members {
        let local = super::stage::local(chrono_tz::Tz::Asia__Almaty, member.modified);
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(dos_time(local));
        out.start_file(member.name.as_str(), options)
            .map_err(io::Error::other)?;
        out.write_all(&member.bytes)?;
    }
    Ok(out.finish().map_err(io::Error::other)?.into_inner())
}

/// The wall clock as zip keeps it, to two seconds and without a zone.
fn dos_time(clock: chrono::NaiveDateTime) -> zip::DateTime {
    use chrono::{Datelike as _, Timelike as _};
    zip::DateTime::from_date_and_time(
        clock.year() as u16,
        clock.month() as u8,
        clock.day() as u8,
        clock.hour() as u8,
        clock.minute() as u8,
        clock.second() as u8,
    )
    .unwrap_or_default()
}
