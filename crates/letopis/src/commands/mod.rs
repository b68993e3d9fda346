//! One file a command: what can be typed, and one function that does it and prints the outcome.

pub mod access;
pub mod checkpoint;
pub mod config;
pub mod conform;
pub mod coverage;
pub mod demo;
pub mod detect;
pub mod export;
pub mod formats;
pub mod import;
pub mod ingest;
pub mod init;
pub mod key;
pub mod prove;
pub mod query;
pub mod read_as;
pub mod rebuild;
pub mod repair;
pub mod retention;
pub mod search;
pub mod show;
pub mod source;
pub mod sql;
pub mod stats;
pub mod timeline;
pub mod verify;
