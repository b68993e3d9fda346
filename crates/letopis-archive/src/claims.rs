//! Which file of a run may claim bytes that several hold: the first in the order of the walk, whatever thread is
//! faster, so that two runs over the same input attribute the same records to the same file.

use std::collections::HashSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The order in which files claim their bytes.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    state: Mutex<State>,
    turned: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Whose turn it is.
    turn: usize,
    /// Bytes that are claimed: SHA-256, hex.
    claimed: HashSet<String>,
    stopped: bool,
}

/// A file's turn: passes on when dropped, so that an error in one file never holds up the others.
pub(crate) struct Turn<'a> {
    claims: &'a Claims,
    guard: Option<MutexGuard<'a, State>>,
}

impl Claims {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere ends the run anyway; the set itself is always whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn of the file with this number. `None` when the run was stopped.
    pub fn turn(&self, number: usize) -> Option<Turn<'_>> {
        let mut guard = self.lock();
        while guard.turn != number && !guard.stopped {
            guard = self.turned.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
        if guard.stopped {
            None
        } else {
            Some(Turn {
                claims: self,
                guard: Some(guard),
            })
        }
    }

    /// Lets everybody who waits go home.
    pub fn stop(&self) {
        self.lock().stopped = true;
        self.turned.notify_all();
    }
}

impl Turn<'_> {
    /// Claims bytes; `false` when an earlier file of this run has claimed them.
    pub fn claim(&mut self, sha256: &str) -> bool {
        self.guard
            .as_mut()
            .is_some_and(|state| state.claimed.insert(sha256.to_owned()))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(mut state) = self.guard.take() {
            state.turn += 1;
        }
        self.claims.turned.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_in_the_walk_claims_whoever_is_faster() {
        let claims = Claims::default();
        let results = std::thread::scope(|scope| {
            let later = scope.spawn(|| claims.turn(1).unwrap().claim("x"));
            let first = scope.spawn(|| {
                std::thread::sleep(std::time::Duration::from_millis(20));
                claims.turn(0).unwrap().claim("x")
            });
            (first.join().unwrap(), later.join().unwrap())
        });
        assert_eq!(results, (true, false));
    }

    #[test]
    fn nobody_waits_for_a_run_that_was_stopped() {
        let claims = Claims::default();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| claims.turn(5).is_none());
            claims.stop();
            assert!(waiting.join().unwrap());
        });
    }
}
