//! letopis-reconstruct
