//! letopis-vault
