//! One integration binary: everything that needs the built program or the whole source tree.

// A test may stop where it cannot go on, and says on stderr what it skips.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::too_many_lines)]

mod cli;
mod faults;
mod independent;
mod kept;
mod reconstructions;
mod tidy;
