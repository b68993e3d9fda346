//! Writes generated logs: `generate scenario OUT [--seed N] [--scale N]` · `generate bulk OUT --bytes N [--seed N]`.

fn main() {}
