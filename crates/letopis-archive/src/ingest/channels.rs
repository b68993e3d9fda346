//! Where workers tell the coordinator of their files.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::News;

/// News of one file that may wait: a worker that is ahead stops there.
const NEWS_WAITING: usize = 4;

/// The channel of each file on which its worker tells the coordinator, made when the first of the two asks for its end:
/// there may be a hundred thousand files, and few are worked on at a time.
#[derive(Default)]
pub(super) struct Channels(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    ends: HashMap<usize, End>,
    closed: bool,
}

/// The end of a channel that nobody took yet.
enum End {
    Sender(Sender<News>),
    Receiver(Receiver<News>),
}

impl Channels {
    /// The worker's end; asked for once.
    pub(super) fn sender(&self, number: usize) -> Sender<News> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(End::Sender(sender)) = waiting.ends.remove(&number) {
            return sender;
        }
        let (sender, receiver) = bounded(NEWS_WAITING);
        // Without a receiver the first thing sent says that all is over.
        if !waiting.closed {
            waiting.ends.insert(number, End::Receiver(receiver));
        }
        sender
    }

    /// The coordinator's end; asked for once.
    pub(super) fn receiver(&self, number: usize) -> Receiver<News> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(End::Receiver(receiver)) = waiting.ends.remove(&number) {
            return receiver;
        }
        let (sender, receiver) = bounded(NEWS_WAITING);
        waiting.ends.insert(number, End::Sender(sender));
        receiver
    }

    /// Nothing more is received.
    pub(super) fn close(&self) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.closed = true;
        waiting.ends.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_file_meet_whoever_asks_first() {
        let channels = Channels::default();
        let (worker, coordinator) = (channels.sender(7), channels.receiver(7));
        assert!(worker.send(News::Failed).is_ok());
        assert!(coordinator.recv().is_ok());
        let (coordinator, worker) = (channels.receiver(8), channels.sender(8));
        assert!(worker.send(News::Failed).is_ok());
        assert!(coordinator.recv().is_ok());
        assert!(channels.0.lock().unwrap().ends.is_empty());
    }

    /// A worker must not wait for a coordinator that is gone, nor the other way round.
    #[test]
    fn nobody_waits_for_who_is_gone() {
        let channels = Channels::default();
        let (early, coordinator) = (channels.sender(1), channels.receiver(2));
        drop(channels.sender(2));
        assert!(coordinator.recv().is_err());
        channels.close();
        assert!(early.send(News::Failed).is_err());
        assert!(channels.sender(3).send(News::Failed).is_err());
    }
}
