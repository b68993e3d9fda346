//! One integration binary: everything that needs the built program or the whole source tree.

mod cli;
mod independent;
mod reconstructions;
mod tidy;
