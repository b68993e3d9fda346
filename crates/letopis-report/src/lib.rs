//! letopis-report
