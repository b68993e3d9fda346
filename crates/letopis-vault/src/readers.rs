//! What readers see stays while they look: retired segments are swept only when nobody reads.
//!
//! A reader shares `readers.lock`; who sweeps holds it alone for the time of the sweep. Both are short of waiting: a
//! reader that comes during a sweep takes its head afterwards, and a sweep leaves retired segments to the next one.

use std::thread;
use std::time::Duration;

use crate::backend::{Backend, Lock};
use crate::layout::File;

/// Looks at a lock that a sweep holds; then the reader goes on without. Only a stopped process holds it for longer.
const LOOKS: u32 = 200;
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Takes a share for a reader, before it reads the head. None where no writer that sweeps has been here yet, or where
/// the medium has no locks.
pub(crate) fn share(backend: &dyn Backend) -> Option<Box<dyn Lock>> {
    for _ in 0..LOOKS {
        match backend.share_lock(&File::ReadersLock) {
            Ok(None) => thread::sleep(PAUSE),
            Ok(share) => return share,
            Err(_) => return None,
        }
    }
    None
}

/// Takes the lock alone, making its file; none while somebody reads.
pub(crate) fn shut_out(backend: &dyn Backend) -> Option<Box<dyn Lock>> {
    backend.lock(&File::ReadersLock, false).ok().flatten()
}
