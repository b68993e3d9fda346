//! letopis-seal
