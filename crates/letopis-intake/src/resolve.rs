//! Placing readings in time: zone, year, and how each is known.
