//! Certificates, signatures and stamps that `openssl` makes in the test, and lies about each of them.
//!
//! `openssl` is the second opinion: nothing here is made by our own code. Where it is not installed the tests say so
//! on stderr and check nothing.

mod authority;
mod signatures;
mod stamps;

pub(crate) use authority::{Authority, openssl_is_there};
