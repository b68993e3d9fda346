//! What is asked of every input, whoever made it: the properties that the fuzz targets and the tests share.
//!
//! One module a target, each with one function `run` that panics where something does not hold, and one `seeds` that
//! gives inputs to begin with. The targets in `targets/` hand libFuzzer's inputs over; the tests of the workspace
//! replay what is kept under `kept/`.
//!
//! Deliberately absent: everything above the rooms (SQL, search, the program): what reads strangers' bytes stands below.

pub mod archive;
pub mod bundle;
pub mod checkpoint;
pub mod containers;
pub mod formats;
pub mod frames;
pub mod ledger;
pub mod manifest;
pub mod pki;
pub mod proof;
pub mod tiles;

/// A target: what is asked of an input, and inputs to begin with.
pub struct Target {
    /// As the program and the folder of its inputs are called.
    pub name: &'static str,
    /// Panics where a property does not hold.
    pub run: fn(&[u8]),
    /// Inputs that reach deep, made out of the samples of the crates and the frozen archives.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target {
        name: "bundle",
        run: bundle::run,
        seeds: bundle::seeds,
    },
    Target {
        name: "checkpoint",
        run: checkpoint::run,
        seeds: checkpoint::seeds,
    },
    Target {
        name: "containers",
        run: containers::run,
        seeds: containers::seeds,
    },
    Target {
        name: "formats",
        run: formats::run,
        seeds: formats::seeds,
    },
    Target {
        name: "frames",
        run: frames::run,
        seeds: frames::seeds,
    },
    Target {
        name: "ledger",
        run: ledger::run,
        seeds: ledger::seeds,
    },
    Target {
        name: "manifest",
        run: manifest::run,
        seeds: manifest::seeds,
    },
    Target {
        name: "pki",
        run: pki::run,
        seeds: pki::seeds,
    },
    Target {
        name: "proof",
        run: proof::run,
        seeds: proof::seeds,
    },
    Target {
        name: "tiles",
        run: tiles::run,
        seeds: tiles::seeds,
    },
];

/// The first bytes of an input choose among ways; a short input chooses the first.
fn choice<const N: usize>(data: &[u8]) -> ([u8; N], &[u8]) {
    match data.split_first_chunk::<N>() {
        Some((head, rest)) => (*head, rest),
        None => ([0; N], data),
    }
}
