//! letopis-table
