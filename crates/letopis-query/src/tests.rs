//! An archive in memory, written by hand, and every question asked of it.

mod distinct;
mod groups;
mod named_queries;
mod pushdown;
mod references;
mod refusals;
mod scenario;
mod search;
mod tables;
