//! The event table over segments.
