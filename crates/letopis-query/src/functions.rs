//! SQL functions, one a file.
