//! proof (being written)

/// Being written.
pub struct Proof;
/// Being written.
pub struct ProofError;
