//! Why a row is in a timeline, as data: a report says it in the language of its reader.

use std::fmt;

use serde::{Serialize, Serializer};

use super::entity::{Entity, EntityKind};

/// Why a row is there. Its `Display` is the English sentence that a terminal shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Why {
    /// It is an anchor, by everything it was asked by.
    Anchor {
        /// What was asked and is true of it; never empty.
        asked: Vec<Asked>,
    },
    /// It shares a trace with a row near it in time.
    Trace {
        /// The trace.
        trace: Entity,
        /// What makes the trace doubtful as that of one actor: accounts that used this address, addresses that used
        /// this account; 0 where they are few enough.
        shared_by: u64,
        /// Microseconds between the two rows.
        apart: i64,
        /// Citation of the other row.
        near: String,
    },
    /// It belongs to an account that is seen too often to be followed, in the time of its logon.
    Logon {
        /// The account.
        account: String,
        /// Citation of the logon.
        logon: String,
        /// Microseconds since the logon.
        apart: i64,
        /// Days on which the account is seen.
        days: u64,
        /// Days on which the sources that name it wrote anything.
        source_days: u64,
    },
}

/// What made a record an anchor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "by", content = "value", rename_all = "kebab-case")]
pub enum Asked {
    /// A search.
    Search(String),
    /// An account.
    User(String),
    /// A machine or source.
    Host(String),
    /// An address.
    Address(String),
    /// Its own citation.
    Event,
    /// The time alone.
    Time,
}

impl Why {
    /// A row that nothing is known of yet: it lies in the time asked for.
    pub(super) fn in_time() -> Self {
        Self::Anchor {
            asked: vec![Asked::Time],
        }
    }
}

/// Writes the sentence as `why` and its parts as `reason`.
pub(super) fn sentence_and_parts<S: Serializer>(why: &Why, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Both<'w> {
        why: String,
        reason: &'w Why,
    }
    let both = Both {
        why: why.to_string(),
        reason: why,
    };
    both.serialize(serializer)
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Search(query) => write!(f, "search {query}"),
            Self::User(name) => write!(f, "user {name}"),
            Self::Host(name) => write!(f, "host {name}"),
            Self::Address(address) => write!(f, "address {address}"),
            Self::Event => f.write_str("named record"),
            Self::Time => f.write_str("in the time asked for"),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anchor { asked } => {
                for (number, one) in asked.iter().enumerate() {
                    let comma = if number > 0 { ", " } else { "" };
                    write!(f, "{comma}{one}")?;
                }
                Ok(())
            }
            Self::Trace {
                trace,
                shared_by,
                apart,
                near,
            } => {
                write!(f, "{trace}")?;
                match (trace.kind, shared_by) {
                    (_, 0) => {}
                    (EntityKind::Address, n) => write!(f, " (shared: {n} accounts used it)")?,
                    (_, n) => write!(f, " (shared: used from {n} addresses)")?,
                }
                write!(f, ", {} from {near}", Apart(*apart))
            }
            Self::Logon {
                account,
                logon,
                apart,
                days,
                source_days,
            } => write!(
                f,
                "account {account} while its logon {logon} lasted, {} after it (the account is seen on {days} of \
                 {source_days} days: others may use it)",
                Apart(*apart)
            ),
        }
    }
}

/// A stretch of microseconds in seconds, minutes, or hours and minutes.
struct Apart(i64);

impl fmt::Display for Apart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.abs() / 1_000_000;
        match seconds {
            0..=119 => write!(f, "{seconds} s"),
            120..=7_199 => write!(f, "{} min", seconds / 60),
            _ => write!(f, "{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_sentence_and_its_parts() {
        #[derive(Serialize)]
        struct Row {
            time: i64,
            #[serde(flatten, serialize_with = "sentence_and_parts")]
            why: Why,
        }
        let why = Why::Trace {
            trace: Entity {
                kind: EntityKind::Process,
                value: "7".to_owned(),
                of: Some("web".to_owned()),
            },
            shared_by: 0,
            apart: -150_000_000,
            near: "ab-0".to_owned(),
        };
        assert_eq!(
            serde_json::to_value(Row { time: 5, why }).unwrap(),
            serde_json::json!({
                "time": 5,
                "why": "process 7 of web, 2 min from ab-0",
                "reason": {
                    "code": "trace", "trace": { "kind": "process", "value": "7", "of": "web" },
                    "shared_by": 0, "apart": -150_000_000, "near": "ab-0",
                },
            })
        );
        let asked = vec![Asked::Search("x".to_owned()), Asked::Event];
        assert_eq!(Why::Anchor { asked }.to_string(), "search x, named record");
    }
}
