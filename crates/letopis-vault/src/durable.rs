//! The one home of durable writes.
