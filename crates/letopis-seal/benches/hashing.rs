//! How fast records become a tree on one core: `cargo bench --workspace --bench hashing`.
//!
//! Records of several lengths: leaf hashes alone, with the tree grown over them, and both by runs of 256, which are
//! hashed together where the processor can.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program that measures and prints"
)]

#[path = "../../../benches/measure.rs"]
mod measure;

use std::hint::black_box;

use letopis_seal::{LeafBatch, ObjectSecret, RecordHasher, TreeBuilder, sha256};

/// Records of one batch.
const RECORDS: usize = 1000;

fn main() {
    let hasher = RecordHasher::new(&ObjectSecret([1; 32]), &sha256(b"object"));
    let mixed: Vec<u8> = (0..450 * RECORDS).map(|n| (n * 31 % 251) as u8).collect();
    measure::report(
        "leaves of 40 to 440 bytes by runs",
        RECORDS as f64 / 1e6,
        "M/s",
        || {
            let (mut batch, mut at) = (LeafBatch::new(), 0);
            for n in 0..RECORDS {
                let end = at + 40 + n * 7919 % 401;
                batch.push(&hasher, at as u64, mixed.get(at..end).unwrap_or_default());
                at = end;
                if batch.len() == 256 {
                    black_box(batch.leaves(&hasher));
                    batch.clear();
                }
            }
            black_box(batch.leaves(&hasher));
        },
    );
    for length in [80usize, 150, 300, 1000] {
        let bytes: Vec<u8> = (0..length * RECORDS).map(|n| (n * 31 % 251) as u8).collect();
        let records = || bytes.chunks(length).zip((0u64..).step_by(length));
        let millions = RECORDS as f64 / 1e6;
        measure::report(&format!("leaves of {length} bytes"), millions, "M/s", || {
            for (raw, offset) in records() {
                black_box(hasher.leaf(offset, raw));
            }
        });
        measure::report(
            &format!("leaves of {length} bytes, tree"),
            millions,
            "M/s",
            || {
                let mut tree = TreeBuilder::new();
                records().for_each(|(raw, offset)| tree.append(hasher.leaf(offset, raw)));
                black_box(tree.root());
            },
        );
        measure::report(
            &format!("leaves of {length} bytes, tree by runs"),
            millions,
            "M/s",
            || {
                let (mut tree, mut batch) = (TreeBuilder::new(), LeafBatch::new());
                for (raw, offset) in records() {
                    batch.push(&hasher, offset, raw);
                    if batch.len() == 256 {
                        if let Ok(run) = batch.leaves(&hasher).try_into() {
                            tree.append_run(run);
                        }
                        batch.clear();
                    }
                }
                batch.leaves(&hasher).iter().for_each(|leaf| tree.append(*leaf));
                black_box(tree.root());
            },
        );
    }
    let block: Vec<u8> = (0..1 << 20).map(|n: usize| (n * 31 % 251) as u8).collect();
    measure::report("SHA-256 of 1 MiB", 1.048_576, "MB/s", || {
        black_box(sha256(&block));
    });
}
