//! LZ4 frames (`lz4_Frame_format.md` and `lz4_Block_format.md` of the LZ4 project, frame format 1.6).
//!
//! Read here and not by a library, since those that are safe Rust take a frame that is cut between two blocks for a whole
//! one, and a log must not end earlier than its evidence without a word. Check sums are those of `twox-hash`.

use std::hash::Hasher as _;
use std::io::{self, Read};

use twox_hash::XxHash32;

/// Begins a frame.
pub(super) const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];

/// How far back a sequence may reach.
const WINDOW: usize = 64 << 10;

/// What a frame's descriptor says.
struct Frame {
    block_max: usize,
    /// Blocks may reach back into those before.
    linked: bool,
    block_sums: bool,
    /// Of the decoded bytes, where the frame ends with their sum.
    sum: Option<XxHash32>,
    /// Decoded bytes that are still to come, where the descriptor says how many there are.
    size: Option<u64>,
}

/// Decodes frames that follow each other.
pub(super) struct Frames<R> {
    inner: R,
    frame: Option<Frame>,
    /// What was decoded: up to a window of what was handed out already, then what is to be.
    out: Vec<u8>,
    at: usize,
    block: Vec<u8>,
    /// What is told once everything before it was handed out.
    failure: Option<io::Error>,
    /// Behind damage nothing is read.
    ended: bool,
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// A short end is named by what it lacks.
fn lacks(what: &'static str) -> impl Fn(io::Error) -> io::Error {
    move |error| match error.kind() {
        io::ErrorKind::UnexpectedEof => damaged(&format!("the data ends before {what}")),
        _ => error,
    }
}

fn sum_of(bytes: &[u8]) -> u32 {
    XxHash32::oneshot(0, bytes)
}

impl<R: Read> Frames<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            frame: None,
            out: Vec::new(),
            at: 0,
            block: Vec::new(),
            failure: None,
            ended: false,
        }
    }

    fn number(&mut self, what: &'static str) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.inner.read_exact(&mut bytes).map_err(lacks(what))?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// The next frame; `None` where the data ends with the one before.
    fn begin(&mut self) -> io::Result<Option<Frame>> {
        loop {
            let mut magic = Vec::with_capacity(4);
            (&mut self.inner).take(4).read_to_end(&mut magic)?;
            match *magic {
                [] => return Ok(None),
                _ if magic == MAGIC => return self.descriptor().map(Some),
                // What other programs put between frames.
                [0x50..=0x5f, 0x2a, 0x4d, 0x18] => {
                    let length = u64::from(self.number("the length of a skippable frame")?);
                    let skipped = io::copy(&mut (&mut self.inner).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(damaged("the data ends inside a skippable frame"));
                    }
                }
                _ => return Err(damaged("behind a frame stands what begins no other")),
            }
        }
    }

    fn descriptor(&mut self) -> io::Result<Frame> {
        const END: &str = "the end of a frame's descriptor";
        // Flags, sizes of blocks; eight bytes of size and four of a dictionary's name where the flags say so; their sum.
        let mut bytes = [0; 15];
        self.inner.read_exact(&mut bytes[..2]).map_err(lacks(END))?;
        let [flags, sizes, ..] = bytes;
        let is_set = |bit: u8| flags >> bit & 1 == 1;
        if flags >> 6 != 1 || is_set(1) || sizes & 0x8f != 0 {
            return Err(damaged("the descriptor is of no known version"));
        }
        let length = 2 + if is_set(3) { 8 } else { 0 } + if is_set(0) { 4 } else { 0 };
        self.inner
            .read_exact(&mut bytes[2..=length])
            .map_err(lacks(END))?;
        if sum_of(&bytes[..length]).to_le_bytes()[1] != bytes[length] {
            return Err(damaged("the check sum of a frame's descriptor is another"));
        }
        if is_set(0) {
            return Err(damaged("the frame needs a dictionary that is not in it"));
        }
        let block_max = match sizes >> 4 {
            4 => 64 << 10,
            5 => 256 << 10,
            6 => 1 << 20,
            7 => 4 << 20,
            _ => return Err(damaged("the frame states no size of blocks")),
        };
        let size = bytes[2..].first_chunk().map(|size| u64::from_le_bytes(*size));
        Ok(Frame {
            block_max,
            linked: !is_set(5),
            block_sums: is_set(4),
            sum: is_set(2).then(|| XxHash32::with_seed(0)),
            size: size.filter(|_| is_set(3)),
        })
    }

    /// Decodes what comes next behind what was handed out; `false` where nothing comes.
    fn advance(&mut self) -> io::Result<bool> {
        let mut frame = match self.frame.take() {
            Some(frame) => frame,
            None => match self.begin()? {
                Some(frame) => {
                    self.out.clear();
                    frame
                }
                None => return Ok(false),
            },
        };
        let kept = if frame.linked {
            self.out.len().min(WINDOW)
        } else {
            0
        };
        self.out.drain(..self.out.len() - kept);
        self.at = kept;
        let head = self.number("the end mark of a frame")?;
        if head == 0 {
            if frame.size.is_some_and(|left| left > 0) {
                return Err(damaged("the frame holds less than its descriptor says"));
            }
            if let Some(sum) = frame.sum
                && u64::from(self.number("the check sum of a frame")?) != sum.finish()
            {
                return Err(damaged("the check sum of a frame's content is another"));
            }
            return Ok(true);
        }
        let length = (head & 0x7fff_ffff) as usize;
        if length > frame.block_max {
            return Err(damaged("a block is longer than the frame says"));
        }
        self.block.clear();
        (&mut self.inner)
            .take(length as u64)
            .read_to_end(&mut self.block)?;
        let is_cut = self.block.len() < length;
        if frame.block_sums && !is_cut && self.number("the check sum of a block")? != sum_of(&self.block) {
            return Err(damaged("the check sum of a block is another"));
        }
        let decoded = if head >> 31 == 1 {
            self.out.extend_from_slice(&self.block);
            Ok(())
        } else {
            decode(&self.block, &mut self.out, kept + frame.block_max)
        };
        let decoded = match is_cut {
            true => Err("the data ends before the end of a block"),
            false => decoded,
        };
        if let Err(what) = decoded {
            // What was decoded up to there is handed out first.
            self.failure = Some(damaged(what));
            return Ok(true);
        }
        let came = self.out.get(kept..).unwrap_or_default();
        if let Some(sum) = &mut frame.sum {
            sum.write(came);
        }
        if let Some(left) = &mut frame.size {
            *left = left
                .checked_sub(came.len() as u64)
                .ok_or_else(|| damaged("the frame holds more than its descriptor says"))?;
        }
        self.frame = Some(frame);
        Ok(true)
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.out.len() {
            if self.ended {
                return Ok(0);
            }
            let came = match self.failure.take() {
                Some(failure) => Err(failure),
                None => self.advance(),
            };
            self.ended = !matches!(came, Ok(true));
            came?;
        }
        let ready = self.out.get(self.at..).unwrap_or_default();
        let length = ready.len().min(into.len());
        into[..length].copy_from_slice(&ready[..length]);
        self.at += length;
        Ok(length)
    }
}

/// A length that goes on in further bytes where its four bits are full.
fn length(first: u8, rest: &mut &[u8]) -> Option<usize> {
    let mut length = usize::from(first);
    if first == 15 {
        loop {
            let (byte, after) = rest.split_first()?;
            *rest = after;
            length += usize::from(*byte);
            if *byte != 255 {
                break;
            }
        }
    }
    Some(length)
}

/// Decodes a block behind `out`, which then is at most `most` bytes long, as far as it goes. What stands in `out` may be
/// reached back to.
fn decode(block: &[u8], out: &mut Vec<u8>, most: usize) -> Result<(), &'static str> {
    const SHORT: &str = "a block ends inside a sequence";
    let mut rest = block;
    loop {
        let (token, after) = rest.split_first().ok_or(SHORT)?;
        rest = after;
        let count = length(token >> 4, &mut rest).ok_or(SHORT)?;
        let (literals, after) = rest.split_at_checked(count).ok_or(SHORT)?;
        if out.len() + count > most {
            return Err("a block decodes to more than the frame says");
        }
        out.extend_from_slice(literals);
        rest = after;
        // The last sequence has no copy.
        if rest.is_empty() {
            return Ok(());
        }
        let (back, after) = rest.split_first_chunk::<2>().ok_or(SHORT)?;
        rest = after;
        let back = usize::from(u16::from_le_bytes(*back));
        let mut left = length(token & 15, &mut rest).ok_or(SHORT)? + 4;
        if back == 0 || back > out.len() {
            return Err("a sequence reaches back before the beginning");
        }
        if out.len() + left > most {
            return Err("a block decodes to more than the frame says");
        }
        // What is copied may be part of what is to be copied: then it repeats itself.
        let start = out.len() - back;
        while left > 0 {
            let piece = left.min(out.len() - start);
            out.extend_from_within(start..start + piece);
            left -= piece;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> (Vec<u8>, Option<String>) {
        let mut out = Vec::new();
        let result = Frames::new(bytes).read_to_end(&mut out);
        (out, result.err().map(|error| error.to_string()))
    }

    /// A frame as another program writes it.
    fn frame(text: &[u8], linked: bool, sums: bool, size: Option<u64>, block: BlockSize) -> Vec<u8> {
        let info = FrameInfo::new()
            .block_mode(if linked {
                BlockMode::Linked
            } else {
                BlockMode::Independent
            })
            .block_checksums(sums)
            .content_checksum(sums)
            .content_size(size)
            .block_size(block);
        let mut out = FrameEncoder::with_frame_info(info, Vec::new());
        out.write_all(text).unwrap();
        out.finish().unwrap()
    }

    proptest! {
        /// Every sort of frame gives its text; cut anywhere it gives the beginning of it and says that it is cut.
        #[test]
        fn frames_of_another_program_are_read(
            words in proptest::collection::vec("[ab]{1,3} |2026-01-05 10:00:0[0-9] host app: |\\PC{0,8}", 0..60),
            times in prop_oneof![Just(1usize), 1usize..400],
            (linked, sums, sized) in any::<(bool, bool, bool)>(),
            large in any::<bool>(),
            cut in any::<prop::sample::Index>(),
        ) {
            let text = words.concat().repeat(times).into_bytes();
            let block = if large { BlockSize::Max256KB } else { BlockSize::Max64KB };
            let size = sized.then_some(text.len() as u64);
            let bytes = frame(&text, linked, sums, size, block);
            prop_assert_eq!(read(&bytes), (text.clone(), None));
            let twice = [&bytes[..], &[0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9], &bytes].concat();
            prop_assert_eq!(read(&twice), (text.repeat(2), None));
            let at = cut.index(bytes.len());
            let (begins, error) = read(&bytes[..at]);
            prop_assert!(text.starts_with(&begins));
            prop_assert_eq!(error.is_some(), at > 0);
        }

        /// A changed byte is found where the frame has sums.
        #[test]
        fn changes_are_found(text in "[ab ]{1,300}", at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let mut bytes = frame(text.as_bytes(), false, true, Some(text.len() as u64), BlockSize::Max64KB);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let (out, error) = read(&bytes);
            prop_assert!(error.is_some() || out == text.as_bytes(), "byte {}", at);
        }

        /// Nothing that is called a frame does harm.
        #[test]
        fn any_bytes_are_read_or_refused(tail in proptest::collection::vec(any::<u8>(), 0..200), flags in any::<u8>()) {
            let mut bytes = [&MAGIC[..], &[0x40 | flags & 0x3d, 0x40]].concat();
            bytes.push(sum_of(&bytes[4..6]).to_le_bytes()[1]);
            bytes.extend_from_slice(&tail);
            let (out, error) = read(&bytes);
            prop_assert!(error.is_some() || out.len() < 1 << 20);
            let mut out = vec![7; 20];
            let _ = decode(&tail, &mut out, 5000);
            prop_assert!(out.len() <= 5000);
        }
    }
}
