//! letopis-intake
