//! letopis-search
