//! Reading any range of a framed file.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use super::scan::{Frames, scan};
use super::{CHECKSUM_BYTES, FRAME_BYTES, FrameSize, SEEK_END, seek_table};
use crate::backend::{Backend, ReadAt, io_error};
use crate::layout::File;
use crate::{Error, Result};

/// Decoded frames kept where a reader has a cache of its own.
const FRAMES_KEPT: usize = 4;

/// Frames decoded last, for all readers that share it; the one used longest ago makes room.
pub(crate) struct FrameCache {
    most: usize,
    kept: Mutex<Vec<Kept>>,
}

/// A file, the number of a frame in it, and the frame's content.
type Kept = (File, usize, Arc<Vec<u8>>);

impl Default for FrameCache {
    fn default() -> Self {
        Self::new(FRAMES_KEPT)
    }
}

impl FrameCache {
    /// Keeps at most `most` frames of half a MiB.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            kept: Mutex::default(),
        }
    }

    fn get(&self, file: &File, number: usize) -> Option<Arc<Vec<u8>>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept
            .iter()
            .rposition(|(of, frame, _)| *frame == number && of == file)?;
        let found = kept.remove(at);
        let content = Arc::clone(&found.2);
        kept.push(found);
        Some(content)
    }

    fn put(&self, file: File, number: usize, content: &Arc<Vec<u8>>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= self.most {
            kept.remove(0);
        }
        kept.push((file, number, Arc::clone(content)));
    }
}

thread_local! {
    /// A decoding context is 100 KB and worth keeping; it holds no state between frames.
    static DECODER: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Decodes one frame that must give exactly `length` bytes.
pub(super) fn decode(compressed: &[u8], length: usize) -> std::io::Result<Vec<u8>> {
    DECODER.with_borrow_mut(|kept| {
        let decoder = match kept {
            Some(decoder) => decoder,
            None => kept.insert(zstd::bulk::Decompressor::new()?),
        };
        let mut content = Vec::with_capacity(length);
        decoder.decompress_to_buffer(compressed, &mut content)?;
        if content.len() == length {
            Ok(content)
        } else {
            let found = content.len();
            Err(std::io::Error::other(format!(
                "the frame holds {found} bytes of content, expected {length}"
            )))
        }
    })
}

/// A framed file opened for reading; safe from many threads at once.
pub(crate) struct Framed {
    file: Box<dyn ReadAt>,
    path: File,
    /// Where each frame begins in the file, and the end of the last.
    starts: Vec<u64>,
    length: u64,
    /// Why there are fewer frames than the content takes.
    stopped: String,
    cache: Arc<FrameCache>,
}

impl std::fmt::Debug for Framed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Framed({}, {} bytes)", self.path, self.length)
    }
}

/// Reads and checks the seek table of a file.
pub(super) fn table(file: &dyn ReadAt, path: &File) -> Result<Vec<FrameSize>> {
    let damaged = |offset: u64, expected: &str, found: String| Error::Damaged {
        path: path.path(),
        offset: Some(offset),
        expected: expected.to_owned(),
        found,
    };
    let total = file.length();
    let read = |offset: u64, length: u64| {
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        file.read_exact_at(offset, &mut bytes)
            .map_err(|error| io_error(path, "read", error))?;
        Ok::<_, Error>(bytes)
    };
    let smallest = CHECKSUM_BYTES + 17 + 8;
    if total < smallest {
        let expected = format!("a framed file of at least {smallest} bytes");
        return Err(damaged(0, &expected, format!("{total} bytes")));
    }
    let end = read(total - 9, 9)?;
    let count = end
        .first_chunk::<4>()
        .map_or(0, |count| u32::from_le_bytes(*count));
    if end.get(4..) != Some(&SEEK_END) {
        return Err(damaged(
            total - 5,
            "the end mark of a seek table",
            crate::digest::hex(&end),
        ));
    }
    let bytes = u64::from(count) * 8 + 17;
    if count == 0 || bytes + CHECKSUM_BYTES > total {
        return Err(damaged(
            total - 9,
            "a number of frames that fits the file",
            count.to_string(),
        ));
    }
    let stored = read(total - bytes, bytes)?;
    let (entries, _) = stored.get(8..).unwrap_or_default().as_chunks::<8>();
    let frames: Vec<FrameSize> = entries
        .iter()
        .take(count as usize)
        .map(|[a, b, c, d, e, f, g, h]| FrameSize {
            compressed: u32::from_le_bytes([*a, *b, *c, *d]),
            content: u32::from_le_bytes([*e, *f, *g, *h]),
        })
        .collect();
    if seek_table(&frames).as_ref() != Some(&stored) {
        return Err(damaged(
            total - bytes,
            "the head of a seek table",
            "other bytes".to_owned(),
        ));
    }
    let full = frames.len() - 1;
    // Twice the content is more than any encoder makes of a frame, and bounds what a forged table makes us allocate.
    let fits = |frame: &FrameSize| frame.compressed as usize <= 2 * FRAME_BYTES;
    let shape = |(place, frame): (usize, &FrameSize)| match place {
        place if place < full => fits(frame) && frame.content as usize == FRAME_BYTES,
        _ => fits(frame) && frame.content as usize <= FRAME_BYTES && (frame.content > 0 || full == 0),
    };
    let sum: u64 = frames.iter().map(|frame| u64::from(frame.compressed)).sum();
    if !frames.iter().enumerate().all(shape) || sum + CHECKSUM_BYTES + bytes != total {
        return Err(damaged(
            total - bytes,
            "sizes of frames that fit the file",
            "other sizes".to_owned(),
        ));
    }
    Ok(frames)
}

/// Where the frames of a file are. Where the seek table is damaged and the `length` of the content is known from
/// elsewhere, the frames are followed one by one, so that those which are whole can still be read. A table that is well
/// formed and speaks of another length may be another file's: then all frames must be there, of that length together.
pub(super) fn frames(file: &dyn ReadAt, path: &File, length: Option<u64>) -> Result<Frames> {
    let found = match (table(file, path), length) {
        (Ok(found), _) => found,
        (Err(error @ Error::Damaged { .. }), Some(length)) => return scan(file, length, error),
        (Err(error), _) => return Err(error),
    };
    let sum: u64 = found.iter().map(|frame| u64::from(frame.content)).sum();
    if let Some(length) = length.filter(|length| *length != sum) {
        let error = || Error::Damaged {
            path: path.path(),
            offset: None,
            expected: format!("{length} bytes of content"),
            found: format!("{sum} bytes"),
        };
        let frames = scan(file, length, error())?;
        return match frames.found.len() == frames.count() {
            true => Ok(frames),
            false => Err(error()),
        };
    }
    Ok(Frames {
        length: sum,
        found,
        table: None,
        stopped: String::new(),
    })
}

impl Framed {
    /// Opens a file; `length` as [`frames`] has it.
    pub(crate) fn open(backend: &dyn Backend, path: &File, length: Option<u64>) -> Result<Self> {
        Self::open_sharing(backend, path, length, Arc::default())
    }

    /// The same with a cache that others use too.
    pub(crate) fn open_sharing(
        backend: &dyn Backend,
        path: &File,
        length: Option<u64>,
        cache: Arc<FrameCache>,
    ) -> Result<Self> {
        let file = backend
            .open(path)
            .map_err(|error| io_error(path, "open", error))?;
        let frames = frames(file.as_ref(), path, length)?;
        let mut starts = Vec::with_capacity(frames.found.len() + 1);
        let mut at = 0;
        for frame in &frames.found {
            starts.push(at);
            at += u64::from(frame.compressed);
        }
        starts.push(at);
        Ok(Self {
            file,
            path: *path,
            starts,
            length: frames.length,
            stopped: frames.stopped,
            cache,
        })
    }

    /// Bytes of content.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// The file, for messages.
    pub(crate) fn path(&self) -> &File {
        &self.path
    }

    /// The content of one frame.
    pub(crate) fn frame(&self, number: usize) -> Result<Arc<Vec<u8>>> {
        if let Some(content) = self.cache.get(&self.path, number) {
            return Ok(content);
        }
        // Decoded outside the lock: two threads may do it twice, none waits for another's frame.
        let content = Arc::new(self.decode(number)?);
        self.cache.put(self.path, number, &content);
        Ok(content)
    }

    fn decode(&self, number: usize) -> Result<Vec<u8>> {
        let (Some(start), Some(end)) = (self.starts.get(number), self.starts.get(number + 1)) else {
            return Err(self.no_frame(number));
        };
        let mut compressed = vec![0; usize::try_from(end - start).unwrap_or(0)];
        self.file
            .read_exact_at(*start, &mut compressed)
            .map_err(|error| io_error(self.path, "read", error))?;
        let first = number as u64 * FRAME_BYTES as u64;
        let length = (self.length - first).min(FRAME_BYTES as u64) as usize;
        decode(&compressed, length).map_err(|error| Error::Damaged {
            path: self.path.path(),
            offset: Some(*start),
            expected: format!(
                "frame {number} with content bytes {first} to {}",
                first + length as u64
            ),
            found: error.to_string(),
        })
    }

    #[cold]
    fn no_frame(&self, number: usize) -> Error {
        if self.stopped.is_empty() {
            let frames = self.starts.len() - 1;
            return Error::Refused(format!("{}: frame {number} of {frames}", self.path));
        }
        Error::Damaged {
            path: self.path.path(),
            offset: self.starts.last().copied(),
            expected: format!("frame {number}"),
            found: self.stopped.clone(),
        }
    }

    /// Puts exactly `length` bytes from `offset` into `out`, which is cleared first.
    pub(crate) fn read_range(&self, offset: u64, length: u64, out: &mut Vec<u8>) -> Result<()> {
        out.clear();
        let end = offset
            .checked_add(length)
            .filter(|end| *end <= self.length)
            .ok_or_else(|| {
                let Self {
                    path, length: have, ..
                } = self;
                Error::Refused(format!(
                    "{path}: bytes {offset} to {offset}+{length} of {have} bytes of content"
                ))
            })?;
        let mut at = offset;
        while at < end {
            let number = (at / FRAME_BYTES as u64) as usize;
            let first = number as u64 * FRAME_BYTES as u64;
            let content = self.frame(number)?;
            let stop = end.min(first + content.len() as u64);
            out.extend_from_slice(
                content
                    .get((at - first) as usize..(stop - first) as usize)
                    .unwrap_or_default(),
            );
            at = stop;
        }
        Ok(())
    }

    /// All of the content, for files known to be small.
    pub(crate) fn read_all(&self) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        self.read_range(0, self.length, &mut content)?;
        Ok(content)
    }
}
