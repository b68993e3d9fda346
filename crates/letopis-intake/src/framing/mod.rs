//! Where records end.
