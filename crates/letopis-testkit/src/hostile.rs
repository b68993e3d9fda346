//! Byte strings that attackers write into logs. Each must be stored as it is and harm nobody who reads it.

/// One hostile string and what it tries.
#[derive(Clone, Copy, Debug)]
pub struct Hostile {
    /// What it tries, as a name for messages.
    pub name: &'static str,
    /// The bytes; no line end inside unless that is the point.
    pub bytes: &'static [u8],
}

/// The fixed ones.
pub const ALL: &[Hostile] = &[];

/// `count` random mixtures of the fixed ones, letters, and random bytes, the same for the same seed.
pub fn seeded(seed: u64, count: usize) -> Vec<Vec<u8>> {
    let _ = (seed, count);
    todo!()
}
