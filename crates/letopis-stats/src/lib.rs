//! letopis-stats
