//! The objects of a file that is looked at and not taken in: itself, or the members of the container that it is.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::rc::Rc;

use letopis_intake::container::{self, Limits, Member, MemberInfo, Scratch, Spool};
use letopis_intake::{ParseOptions, ReadSeek};

use crate::error::{ArchiveError, Result};
use crate::manifest::member_damage;

/// An object to be looked at.
pub(crate) struct Object<'a> {
    /// File, and member inside it.
    pub place: String,
    /// Its bytes, from the first.
    pub content: &'a mut dyn ReadSeek,
    /// Their number.
    pub length: u64,
    /// What is wrong with the container where it lies.
    pub damage: Option<String>,
}

/// Hands over the file at `path`, or each member where it is a container and no format is forced.
///
/// # Errors
/// When the file cannot be read, or `take` fails.
pub(crate) fn each_object(
    path: &Path,
    options: &ParseOptions,
    take: &mut dyn FnMut(Object<'_>) -> Result<()>,
) -> Result<()> {
    let input = |error| ArchiveError::Input {
        path: path.to_owned(),
        error,
    };
    let mut file = File::open(path).map_err(input)?;
    let length = file.metadata().map_err(input)?.len();
    let mut head = Vec::new();
    (&file).take(64 << 10).read_to_end(&mut head).map_err(input)?;
    file.rewind().map_err(input)?;
    let shown = path.display().to_string();
    if options.format.is_some() || container::recognise(&head).is_none() {
        return take(Object {
            place: shown,
            content: &mut file,
            length,
            damage: None,
        });
    }
    let mut spool = Kept::default();
    let wrap = |error| ArchiveError::Intake {
        place: shown.clone(),
        error,
    };
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let expansion = container::expand(&mut file, name, &mut spool, &Limits::default()).map_err(wrap)?;
    for (member, mut content) in expansion.members.iter().zip(spool.members) {
        content.seek(SeekFrom::Start(0)).map_err(input)?;
        let damage = member_damage(member).map(|d| d.words(member.bytes));
        take(Object {
            place: format!("{shown}/{}", String::from_utf8_lossy(&member.info.name)),
            content: &mut content,
            length: member.bytes,
            damage,
        })?;
    }
    Ok(())
}

/// Keeps members in anonymous temporary files.
#[derive(Default)]
struct Kept {
    current: Rc<RefCell<Option<File>>>,
    members: Vec<File>,
}

struct KeptWriter(Rc<RefCell<Option<File>>>);

impl Write for KeptWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.borrow_mut().as_mut() {
            Some(file) => file.write(bytes),
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spool for Kept {
    fn begin(&mut self, _member: &MemberInfo) -> io::Result<Box<dyn Write>> {
        *self.current.borrow_mut() = Some(tempfile::tempfile()?);
        Ok(Box::new(KeptWriter(Rc::clone(&self.current))))
    }

    fn end(&mut self, _member: &Member) -> io::Result<()> {
        let file = self.current.borrow_mut().take();
        self.members
            .push(file.ok_or_else(|| io::Error::other("a member ended that was never begun"))?);
        Ok(())
    }

    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(tempfile::tempfile()?))
    }
}
