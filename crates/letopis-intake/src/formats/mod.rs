//! Every format that there is. A format is tested by being in this list.

mod unknown_binary;

pub(crate) use unknown_binary::NAME as UNKNOWN_BINARY;

use crate::format::Format;

/// Every format, specific ones first: equal claims go to the earlier.
pub const FORMATS: &[&Format] = &[&unknown_binary::FORMAT];

/// The format of that name.
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|f| f.name == name)
}
