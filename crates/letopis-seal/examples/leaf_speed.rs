//! How fast records become a tree on one core: `cargo run --release -p letopis-seal --example leaf_speed`.
//!
//! Prints leaves per second for records of several lengths: leaf hashes alone, with the tree grown over them, and both
//! by runs of 256, which are hashed together where the processor can.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program that measures and prints"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use letopis_seal::{LeafBatch, ObjectSecret, RecordHasher, TreeBuilder, sha256};

fn main() {
    let hasher = RecordHasher::new(&ObjectSecret([1; 32]), &sha256(b"object"));
    for length in [80usize, 150, 300, 1000] {
        let bytes: Vec<u8> = (0..length * 1000).map(|n| (n * 31 % 251) as u8).collect();
        let leaves = rate(|| {
            for (n, raw) in bytes.chunks(length).enumerate() {
                black_box(hasher.leaf(n as u64 * length as u64, raw));
            }
        });
        let tree = rate(|| {
            let mut tree = TreeBuilder::new();
            for (n, raw) in bytes.chunks(length).enumerate() {
                tree.append(hasher.leaf(n as u64 * length as u64, raw));
            }
            black_box(tree.root());
        });
        let runs = rate(|| {
            let (mut tree, mut batch) = (TreeBuilder::new(), LeafBatch::new());
            for (n, raw) in bytes.chunks(length).enumerate() {
                batch.push(&hasher, n as u64 * length as u64, raw);
                if batch.len() == 256 {
                    if let Ok(run) = batch.leaves(&hasher).try_into() {
                        tree.append_run(run);
                    }
                    batch.clear();
                }
            }
            batch.leaves(&hasher).iter().for_each(|leaf| tree.append(*leaf));
            black_box(tree.root());
        });
        println!(
            "{length:5} bytes: {:5.2} M leaves/s, with the tree {:5.2} M leaves/s, by runs {:5.2} M leaves/s",
            leaves / 1e6,
            tree / 1e6,
            runs / 1e6
        );
    }
}

/// Runs a batch of 1,000 records for a second; records per second of processor time.
fn rate(mut batch: impl FnMut()) -> f64 {
    let (start, wall) = (processor_time(), Instant::now());
    let mut batches = 0u32;
    while wall.elapsed() < Duration::from_secs(1) {
        batch();
        batches += 1;
    }
    let spent = match (start, processor_time()) {
        (Some(start), Some(end)) => end - start,
        _ => wall.elapsed(),
    };
    f64::from(batches) * 1000.0 / spent.as_secs_f64()
}

/// What this thread has used of a processor, where the system says so: other work on the machine does not count.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
