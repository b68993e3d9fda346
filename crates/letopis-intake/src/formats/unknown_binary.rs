//! Last resort for bytes that are no text: recorded, not parsed.

use letopis_event::{EventSink, Span, StructureKind};

use crate::error::IntakeError;
use crate::format::{Claim, Context, Format, Head, ReadSeek, Reader};

/// Name of the format.
pub(crate) const NAME: &str = "unknown-binary";

/// Bytes that nobody here can read.
pub(super) const FORMAT: Format = Format {
    name: NAME,
    title: "Unknown binary data",
    reference: "none: no format claims these bytes",
    category: None,
    kinds: &[],
    samples: &[],
    detect,
    reader: Reader::Binary { read },
};

/// What is known by its first bytes and holds logs, perhaps, but is not opened here: name, place of the mark, mark. From the
/// makers' descriptions of their formats; those of the Expert Witness format and the Extensible Storage Engine from the
/// documents of libewf and libesedb.
const KNOWN: &[(&str, usize, &[u8])] = &[
    ("an LZ4 frame of the legacy sort", 0, &[0x02, 0x21, 0x4c, 0x18]),
    ("a RAR archive", 0, b"Rar!\x1a\x07"),
    ("a cabinet file", 0, b"MSCF\0\0\0\0"),
    ("a file of compress(1)", 0, &[0x1f, 0x9d]),
    ("an lzip file", 0, b"LZIP"),
    ("an SQLite database", 0, b"SQLite format 3\0"),
    (
        "a database of the Extensible Storage Engine",
        4,
        &[0xef, 0xcd, 0xab, 0x89],
    ),
    ("a hive of the Windows registry", 0, b"regf"),
    ("a packet capture", 0, &[0xd4, 0xc3, 0xb2, 0xa1]),
    ("a packet capture", 0, &[0xa1, 0xb2, 0xc3, 0xd4]),
    ("a packet capture", 0, &[0x4d, 0x3c, 0xb2, 0xa1]),
    ("a packet capture", 0, &[0xa1, 0xb2, 0x3c, 0x4d]),
    ("a packet capture (pcapng)", 0, &[0x0a, 0x0d, 0x0d, 0x0a]),
    (
        "a disk image in the Expert Witness format",
        0,
        b"EVF\x09\x0d\x0a\xff\0",
    ),
    ("a disk image (QCOW)", 0, b"QFI\xfb"),
    ("a disk image (VHDX)", 0, b"vhdxfile"),
    ("a disk image (VMDK)", 0, b"KDMV"),
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    if !head.text.is_empty() || head.bytes.is_empty() {
        return None;
    }
    let is_here =
        |(_, at, mark): &&(&str, usize, &[u8])| head.bytes.get(*at..).is_some_and(|b| b.starts_with(mark));
    let reason = match KNOWN.iter().find(is_here) {
        Some((name, ..)) => {
            format!("{name}, which is kept as it is and not opened here: take in what is inside as well")
        }
        None => "the bytes are no text and no known format begins like this".to_owned(),
    };
    Some(Claim {
        confidence: 1,
        reason,
    })
}

fn read(input: &mut dyn ReadSeek, _: &Context<'_>, sink: &mut dyn EventSink) -> Result<(), IntakeError> {
    let length = input
        .seek(std::io::SeekFrom::End(0))
        .map_err(IntakeError::read(0))?;
    if length > 0 {
        sink.structure(Span { offset: 0, length }, StructureKind::Unknown)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use crate::{ParseOptions, detect};

    #[test]
    fn what_is_not_opened_is_named() {
        for (bytes, name) in [
            (&b"\x02\x21\x4c\x18\x0f\0\0\0\x10a\0\x01\0\0\0\0"[..], "LZ4"),
            (
                &b"\x10\x20\x30\x40\xef\xcd\xab\x89\x20\x06\0\0"[..],
                "Extensible Storage",
            ),
            (&b"\0\x01\x02\x03\x04\x05\x06\x07\x0e\x0f"[..], "no known format"),
        ] {
            let found = detect(&mut Cursor::new(bytes), "", &ParseOptions::default()).unwrap();
            assert_eq!(found.name(), super::NAME);
            assert!(found.reason.contains(name), "{}", found.reason);
        }
    }
}
