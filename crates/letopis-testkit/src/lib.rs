//! letopis-testkit
