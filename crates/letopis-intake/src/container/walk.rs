//! The way from a container to its members, under one budget.

use std::cell::Cell;
use std::io::{self, Read, Write as _};
use std::rc::Rc;

use super::{
    Damage, Decoder, Expansion, Limits, Member, MemberInfo, MemberStatus, Scratch, Spool, Step, lz4,
    recognise, seven_zip, tar, zip,
};
use crate::error::IntakeError;
use crate::format::ReadSeek;

/// Enough to know a tar by.
const PEEK: usize = 1024;
/// Memory that a decoder of LZMA or PPMd may ask for.
pub(super) const MEMORY: u64 = 512 << 20;

/// Decoded bytes in all, and how many there may be.
pub(super) struct Budget {
    produced: Cell<u64>,
    most: u64,
}

impl Budget {
    pub(super) fn new(limits: &Limits, outer: u64) -> Rc<Self> {
        let by_ratio = outer
            .saturating_mul(limits.ratio_max)
            .max(limits.ratio_free_bytes);
        Rc::new(Self {
            produced: Cell::new(0),
            most: by_ratio.min(limits.bytes_max),
        })
    }

    fn is_spent(&self) -> bool {
        self.produced.get() > self.most
    }

    /// What was expected and found when it is spent.
    fn words(&self) -> (String, String) {
        (
            format!("at most {} decoded bytes", self.most),
            "more (a decompression bomb?)".to_owned(),
        )
    }
}

/// Counts what a decoder gives and stops it when the budget is spent.
pub(super) struct Metered<R> {
    inner: R,
    budget: Rc<Budget>,
}

impl<R: Read> Metered<R> {
    pub(super) fn new(inner: R, budget: &Rc<Budget>) -> Self {
        Self {
            inner,
            budget: Rc::clone(budget),
        }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.budget
            .produced
            .set(self.budget.produced.get().saturating_add(read as u64));
        if self.budget.is_spent() {
            return Err(io::Error::other("the bound of decoded bytes is reached"));
        }
        Ok(read)
    }
}

/// Reads the outermost container and remembers when reading itself fails: that is no damage of the evidence.
pub(super) struct Outer<'i> {
    input: &'i mut dyn ReadSeek,
    pub(super) failure: Rc<Cell<Option<(u64, io::Error)>>>,
    at: u64,
}

impl<'i> Outer<'i> {
    pub(super) fn new(input: &'i mut dyn ReadSeek) -> Self {
        Self {
            input,
            failure: Rc::default(),
            at: 0,
        }
    }
}

impl Read for Outer<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.input.read(out) {
            Ok(read) => {
                self.at += read as u64;
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let copy = io::Error::new(error.kind(), error.to_string());
                self.failure.set(Some((self.at, error)));
                Err(copy)
            }
        }
    }
}

impl io::Seek for Outer<'_> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.at = self.input.seek(to)?;
        Ok(self.at)
    }
}

/// What has been read of a stream to look at it, and then the rest.
pub(super) struct Peeked<'r> {
    head: Vec<u8>,
    at: usize,
    error: Option<io::Error>,
    rest: &'r mut dyn Read,
}

impl<'r> Peeked<'r> {
    pub(super) fn new(rest: &'r mut dyn Read) -> Self {
        let mut head = vec![0; PEEK];
        let (mut filled, mut error) = (0, None);
        while filled < PEEK {
            match rest.read(&mut head[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    error = Some(e);
                    break;
                }
            }
        }
        head.truncate(filled);
        Self {
            head,
            at: 0,
            error,
            rest,
        }
    }
}

impl Read for Peeked<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.head.get(self.at..).unwrap_or_default();
        if !left.is_empty() {
            let take = left.len().min(out.len());
            out[..take].copy_from_slice(&left[..take]);
            self.at += take;
            return Ok(take);
        }
        match self.error.take() {
            Some(error) => Err(error),
            None => self.rest.read(out),
        }
    }
}

/// One expansion on its way.
pub(super) struct Walker<'s> {
    pub(super) spool: &'s mut dyn Spool,
    pub(super) limits: Limits,
    pub(super) budget: Rc<Budget>,
    pub(super) out: Expansion,
    /// A bound was reached: nothing more is taken out.
    pub(super) stopped: bool,
}

impl Walker<'_> {
    /// Takes the members out of a container; `info` is the way to the container itself.
    pub(super) fn container(
        &mut self,
        decoder: Decoder,
        reader: &mut dyn Read,
        info: &MemberInfo,
        depth: u32,
    ) -> Result<(), IntakeError> {
        match decoder {
            Decoder::Gzip => {
                let gzip = flate2::read::MultiGzDecoder::new(reader);
                self.single(decoder, gzip, info, depth)
            }
            Decoder::Bzip2 => self.single(decoder, bzip2::read::MultiBzDecoder::new(reader), info, depth),
            Decoder::Zstd => match zstd::stream::read::Decoder::new(reader) {
                Ok(zstd) => self.single(decoder, zstd, info, depth),
                Err(error) => {
                    self.damage(info, 0, "a Zstandard decoder", &error.to_string());
                    Ok(())
                }
            },
            Decoder::Xz => {
                let flags = liblzma::stream::CONCATENATED;
                match liblzma::stream::Stream::new_stream_decoder(MEMORY, flags) {
                    Ok(stream) => {
                        let xz = liblzma::read::XzDecoder::new_stream(reader, stream);
                        self.single(decoder, xz, info, depth)
                    }
                    Err(error) => {
                        self.damage(info, 0, "an xz decoder", &error.to_string());
                        Ok(())
                    }
                }
            }
            Decoder::Lz4 => self.single(decoder, lz4::Frames::new(reader), info, depth),
            Decoder::Tar => tar::walk(self, reader, info, depth),
            Decoder::Zip => {
                let mut aside = self.laid_aside(reader, info, decoder)?;
                zip::walk(self, &mut *aside, info, depth)
            }
            Decoder::SevenZip => {
                let mut aside = self.laid_aside(reader, info, decoder)?;
                seven_zip::walk(self, &mut *aside, info, depth)
            }
        }
    }

    /// A container of one stream.
    fn single(
        &mut self,
        decoder: Decoder,
        reader: impl Read,
        info: &MemberInfo,
        depth: u32,
    ) -> Result<(), IntakeError> {
        let mut member = info.clone();
        member.name = without_ending(&info.name, decoder);
        member.declared_size = None;
        member.steps.push(Step {
            decoder,
            index: 0,
            name: Vec::new(),
        });
        let mut metered = Metered::new(reader, &self.budget);
        self.stream(&mut metered, member, depth)
    }

    /// A stream that came out of a container: another container, or a member.
    pub(super) fn stream(
        &mut self,
        reader: &mut dyn Read,
        info: MemberInfo,
        depth: u32,
    ) -> Result<(), IntakeError> {
        if self.stopped {
            return Ok(());
        }
        let mut peeked = Peeked::new(reader);
        match recognise(&peeked.head) {
            Some(decoder) if depth < self.limits.depth_max => {
                self.container(decoder, &mut peeked, &info, depth + 1)
            }
            Some(_) => {
                let most = self.limits.depth_max;
                let found = format!(
                    "deeper nesting in `{}`, kept as it is",
                    String::from_utf8_lossy(&info.name)
                );
                self.bound(&info, 0, format!("containers nested at most {most} deep"), found);
                self.keep(&mut peeked, info)
            }
            None => self.keep(&mut peeked, info),
        }
    }

    /// Writes a member to the spool.
    fn keep(&mut self, reader: &mut dyn Read, info: MemberInfo) -> Result<(), IntakeError> {
        if !self.has_room(&info) {
            return Ok(());
        }
        let mut writer = self.spool.begin(&info).map_err(IntakeError::Spool)?;
        let mut buffer = vec![0; 128 << 10];
        let mut bytes = 0u64;
        let failure = loop {
            match reader.read(&mut buffer) {
                Ok(0) => break None,
                Ok(read) => {
                    bytes += read as u64;
                    writer.write_all(&buffer[..read]).map_err(IntakeError::Spool)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error.to_string()),
            }
        };
        writer.flush().map_err(IntakeError::Spool)?;
        drop(writer);
        let status = self.status(&info, bytes, failure);
        let member = Member { info, bytes, status };
        self.spool.end(&member).map_err(IntakeError::Spool)?;
        self.out.members.push(member);
        Ok(())
    }

    /// Whether one more member may be taken; says so once where not.
    fn has_room(&mut self, info: &MemberInfo) -> bool {
        let most = self.limits.members_max;
        if (self.out.members.len() as u64) < most {
            return true;
        }
        if !self.stopped {
            self.bound(info, 0, format!("at most {most} members"), "more".to_owned());
            self.stopped = true;
        }
        false
    }

    fn status(&mut self, info: &MemberInfo, bytes: u64, failure: Option<String>) -> MemberStatus {
        let spent = self.budget.is_spent();
        let declared = info.declared_size.filter(|d| *d > bytes);
        let (expected, found) = match (failure, declared) {
            (Some(_), _) if spent => {
                self.stopped = true;
                self.budget.words()
            }
            (Some(error), _) => (expectation(info), error),
            (None, Some(declared)) => (format!("{declared} bytes"), format!("the end after {bytes}")),
            (None, None) => return MemberStatus::Complete,
        };
        let damage = Damage {
            steps: info.steps.clone(),
            offset: bytes,
            expected,
            found,
            bound: spent,
        };
        if bytes == 0 {
            MemberStatus::Unreadable(damage)
        } else {
            MemberStatus::Damaged(damage)
        }
    }

    /// Records a member that gives no byte.
    pub(super) fn unreadable(
        &mut self,
        info: MemberInfo,
        expected: &str,
        found: &str,
    ) -> Result<(), IntakeError> {
        if !self.has_room(&info) {
            return Ok(());
        }
        let damage = Damage {
            steps: info.steps.clone(),
            offset: 0,
            expected: expected.to_owned(),
            found: found.to_owned(),
            bound: false,
        };
        let member = Member {
            info,
            bytes: 0,
            status: MemberStatus::Unreadable(damage),
        };
        drop(self.spool.begin(&member.info).map_err(IntakeError::Spool)?);
        self.spool.end(&member).map_err(IntakeError::Spool)?;
        self.out.members.push(member);
        Ok(())
    }

    /// Records what is wrong with a container.
    pub(super) fn damage(&mut self, info: &MemberInfo, offset: u64, expected: &str, found: &str) {
        if self.budget.is_spent() {
            // The member that was cut says so already.
            self.stopped = true;
            return;
        }
        self.out.damage.push(Damage {
            steps: info.steps.clone(),
            offset,
            expected: expected.to_owned(),
            found: found.to_owned(),
            bound: false,
        });
    }

    /// Stops, and says why, where the budget was spent on bytes of no member.
    pub(super) fn stop_if_spent(&mut self, info: &MemberInfo) {
        if self.budget.is_spent() && !self.stopped {
            let (expected, found) = self.budget.words();
            self.bound(info, 0, expected, found);
            self.stopped = true;
        }
    }

    fn bound(&mut self, info: &MemberInfo, offset: u64, expected: String, found: String) {
        self.out.damage.push(Damage {
            steps: info.steps.clone(),
            offset,
            expected,
            found,
            bound: true,
        });
    }

    /// A container inside another one, laid aside because it is read from its end.
    fn laid_aside(
        &mut self,
        reader: &mut dyn Read,
        info: &MemberInfo,
        decoder: Decoder,
    ) -> Result<Box<dyn Scratch>, IntakeError> {
        let mut scratch = self.spool.scratch().map_err(IntakeError::Spool)?;
        let mut buffer = vec![0; 128 << 10];
        let mut bytes = 0u64;
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => {
                    bytes += read as u64;
                    scratch.write_all(&buffer[..read]).map_err(IntakeError::Spool)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let expected = format!("the whole {}", decoder.as_str());
                    self.damage(info, bytes, &expected, &error.to_string());
                    break;
                }
            }
        }
        scratch.seek(io::SeekFrom::Start(0)).map_err(IntakeError::Spool)?;
        Ok(scratch)
    }
}

/// What a member's decoder should have found.
fn expectation(info: &MemberInfo) -> String {
    match info.steps.last() {
        Some(step) => format!("{} data up to its end mark", step.decoder.as_str()),
        None => "readable bytes".to_owned(),
    }
}

/// The name of what is inside a compressed file.
fn without_ending(name: &[u8], decoder: Decoder) -> Vec<u8> {
    let endings: &[(&str, &str)] = match decoder {
        Decoder::Gzip => &[(".tgz", ".tar"), (".gz", ""), (".gzip", "")],
        Decoder::Zstd => &[(".tzst", ".tar"), (".zst", ""), (".zstd", "")],
        Decoder::Xz => &[(".txz", ".tar"), (".xz", "")],
        Decoder::Bzip2 => &[(".tbz2", ".tar"), (".tbz", ".tar"), (".bz2", "")],
        Decoder::Lz4 => &[(".tlz4", ".tar"), (".lz4", "")],
        Decoder::Zip | Decoder::SevenZip | Decoder::Tar => &[],
    };
    for (ending, instead) in endings {
        let cut = name.len().saturating_sub(ending.len());
        if cut > 0 && name[cut..].eq_ignore_ascii_case(ending.as_bytes()) {
            return [&name[..cut], instead.as_bytes()].concat();
        }
    }
    name.to_vec()
}
