//! What stops an intake: the input could not be read, an option makes no sense, or the sink refused.
//!
//! Damage in the evidence is not here: a damaged record becomes an event of kind `unparsed`, a damaged container
//! a [`crate::container::Damage`].

use letopis_event::SinkError;

use crate::formats::UserFormatError;

/// The reading could not go on.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The bytes could not be read.
    #[error("cannot read the input at byte {offset}: {source}")]
    Read {
        /// Where, from the first byte of the object.
        offset: u64,
        /// What the system said.
        source: std::io::Error,
    },
    /// The input ended before the length that was announced: it was cut while being read.
    #[error("the input ends at byte {found}, expected {expected} bytes")]
    Short {
        /// Announced length in bytes.
        expected: u64,
        /// Where it ended.
        found: u64,
    },
    /// The sink could not take an event.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// An option names a format that there is not.
    #[error("no format is called `{0}`; `letopis formats list` names them all")]
    UnknownFormat(String),
    /// An option names an encoding that there is not.
    #[error(
        "no encoding is called `{0}`: expected utf-8, utf-16le, utf-16be, windows-1251, koi8-r, ibm866, iso-8859-5, pt154 or a WHATWG label"
    )]
    UnknownEncoding(String),
    /// A mapping file cannot be understood.
    #[error("mapping: {0}")]
    Mapping(String),
    /// A file that describes a format cannot be understood, or its samples do not give what they should.
    #[error(transparent)]
    UserFormat(Box<UserFormatError>),
    /// The state left by an earlier part is none of ours.
    #[error("the state of the earlier part cannot be read: {0}")]
    State(String),
    /// The place where the spool keeps members could not be written.
    #[error("cannot keep a member of the container: {0}")]
    Spool(#[source] std::io::Error),
}

impl From<UserFormatError> for IntakeError {
    fn from(error: UserFormatError) -> Self {
        Self::UserFormat(Box::new(error))
    }
}

impl IntakeError {
    /// Wraps a failure to read at `offset`.
    pub fn read(offset: u64) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Read { offset, source }
    }
}
