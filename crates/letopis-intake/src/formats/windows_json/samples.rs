//! Samples of the format, written by us.

use crate::format::Sample;

pub(super) const SAMPLES: &[Sample] = &[];
