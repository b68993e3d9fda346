//! letopis-query
