//! The dictionary: numbers that the records use, by what they number.

use std::collections::BTreeMap;

/// What a number stands for; the numbers are those of the entries in the dictionary file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    User = 1,
    Computer = 2,
    Application = 3,
    Event = 4,
    Metadata = 5,
    Server = 6,
    MainPort = 7,
    SyncPort = 8,
}

impl Sort {
    pub(super) const ALL: [Self; 8] = [
        Self::User,
        Self::Computer,
        Self::Application,
        Self::Event,
        Self::Metadata,
        Self::Server,
        Self::MainPort,
        Self::SyncPort,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Computer => "computer",
            Self::Application => "application",
            Self::Event => "event",
            Self::Metadata => "metadata",
            Self::Server => "server",
            Self::MainPort => "main_port",
            Self::SyncPort => "sync_port",
        }
    }
}

/// Entries that are kept; more are left as numbers.
const ENTRIES_MAX: usize = 200_000;

/// Names by sort and number.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<(u8, u64), String>);

impl Names {
    pub(super) fn keep(&mut self, sort: Sort, number: u64, name: &str) {
        if self.0.len() < ENTRIES_MAX {
            self.0.insert((sort as u8, number), name.to_owned());
        }
    }

    pub(super) fn find(&self, sort: Sort, number: u64) -> Option<&str> {
        self.0.get(&(sort as u8, number)).map(String::as_str)
    }

    /// As text for a later part of the same file.
    pub(super) fn to_state(&self) -> Option<String> {
        let entries: Vec<(u8, u64, &str)> = self.0.iter().map(|((s, n), t)| (*s, *n, t.as_str())).collect();
        if entries.is_empty() {
            return None;
        }
        serde_json::to_string(&entries).ok()
    }

    pub(super) fn from_state(text: &str) -> Self {
        let entries: Vec<(u8, u64, String)> = serde_json::from_str(text).unwrap_or_default();
        Self(entries.into_iter().map(|(s, n, t)| ((s, n), t)).collect())
    }
}
