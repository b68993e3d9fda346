//! letopis-archive
