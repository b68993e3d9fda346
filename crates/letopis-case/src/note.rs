//! What people put on record about the keeping of logs: what a source must log, announced changes, reviews, incidents.
//!
//! Each is the detail document of a `note` entry of the ledger, so that every version stays and none can be changed.

use letopis_event::{Category, Kind};
use serde::{Deserialize, Serialize};

use crate::incident::Incident;
use crate::profile::kind_matches;

/// What is put on record. The word under `topic` stands in the ledger line too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "topic", rename_all = "kebab-case")]
pub enum Note {
    /// What must be logged from a day on.
    Policy(Policy),
    /// A change of a log that was announced.
    Notice(Notice),
    /// Logs that somebody went through.
    Review(Review),
    /// An incident, or what came of it.
    Incident(Incident),
}

impl Note {
    /// The word in the ledger line.
    pub fn topic(&self) -> &'static str {
        match self {
            Self::Policy(_) => "policy",
            Self::Notice(_) => "notice",
            Self::Review(_) => "review",
            Self::Incident(_) => "incident",
        }
    }

    /// What makes no sense in it: expected and found.
    ///
    /// # Errors
    /// When a day is none, a kind is unknown, or something that must be said is empty.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Policy(policy) => policy.check(),
            Self::Notice(notice) => notice.check(),
            Self::Review(review) => review.check(),
            Self::Incident(incident) => incident.check(),
        }
    }
}

/// What the logs of a source, of a category, or of all must hold from a day on (RU-PRIK-4.1.1, 4.12.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The source; else `category`, else all sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The category of sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// First day on which it is in force, `YYYY-MM-DD`.
    pub from: String,
    /// Kinds of events that are logged: a code or a family (`object.*`).
    pub kinds: Vec<String>,
    /// Days after which what was logged must have been gone through (RU-PRIK-4.16).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_days: Option<u32>,
    /// Why: the decision that it rests on.
    pub reason: String,
    /// Who set it.
    pub by: String,
}

/// A change of what a log looks like, announced to whom it concerns (KZ195-12.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The source.
    pub source: String,
    /// The day on which it was given, `YYYY-MM-DD`.
    pub given: String,
    /// The day of the change.
    pub change: String,
    /// What changes: the formats and their description, or where they stand.
    pub what: String,
    /// Who gave it.
    pub by: String,
}

/// Logs that somebody went through (RU-PRIK-4.16), or another regular check of the keeping of logs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// What was reviewed: `log`, `sufficiency`, `regulation`.
    pub subject: String,
    /// The source; all where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// First day that was gone through, `YYYY-MM-DD`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Who did it.
    pub by: String,
    /// What came out.
    pub result: String,
}

/// What a review can be of.
pub const SUBJECTS: &[&str] = &["log", "sufficiency", "regulation"];

/// Whether a text is a day that there is, `YYYY-MM-DD`.
fn day(name: &str, text: &str) -> Result<(), String> {
    let bytes = text.as_bytes();
    let is_shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, b)| match at {
            4 | 7 => *b == b'-',
            _ => b.is_ascii_digit(),
        });
    let number = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<u32>().ok());
    let exists = match (number(0, 4), number(5, 7), number(8, 10)) {
        (Some(year), Some(month @ 1..=12), Some(day)) => day >= 1 && day <= days_of(year, month),
        _ => false,
    };
    if is_shaped && exists {
        Ok(())
    } else {
        Err(format!("{name}: `{text}` is no day; expected YYYY-MM-DD"))
    }
}

fn days_of(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn said(name: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        Err(format!("{name}: nothing is said"))
    } else {
        Ok(())
    }
}

fn in_order(from: &str, to: &str) -> Result<(), String> {
    if from <= to {
        Ok(())
    } else {
        Err(format!("{from} is after {to}"))
    }
}

impl Policy {
    fn check(&self) -> Result<(), String> {
        day("from", &self.from)?;
        said("reason", &self.reason)?;
        said("by", &self.by)?;
        if self.kinds.is_empty() {
            return Err("kinds: none is named".to_owned());
        }
        if self.review_days == Some(0) {
            return Err("review days: 0; expected 1 or more".to_owned());
        }
        if self.source.is_some() && self.category.is_some() {
            return Err("source and category: a policy is for one of them".to_owned());
        }
        if let Some(word) = self
            .category
            .as_deref()
            .filter(|word| Category::parse(word).is_none())
        {
            return Err(format!(
                "no category `{word}`; expected one of os, dbms, network, application, protection"
            ));
        }
        let unknown = |pattern: &&String| !Kind::all().any(|k| kind_matches(pattern, k.as_str()));
        match self.kinds.iter().find(unknown) {
            Some(pattern) => Err(format!("no kind is called `{pattern}`")),
            None => Ok(()),
        }
    }

    /// How near it stands to a source of that category: the nearest policy that is in force counts.
    fn nearness(&self, source: &str, category: Option<&str>) -> Option<u8> {
        match (&self.source, &self.category) {
            (Some(own), _) => (own == source).then_some(2),
            (None, Some(own)) => (Some(own.as_str()) == category).then_some(1),
            (None, None) => Some(0),
        }
    }

    /// The policy in force for a source on a day (`YYYY-MM-DD`): of those nearest to it the newest that had begun, and of
    /// two of one day the one put on record later. `policies` in the order of the ledger.
    pub fn in_force<'p>(
        policies: impl IntoIterator<Item = &'p Self>,
        source: &str,
        category: Option<&str>,
        on: &str,
    ) -> Option<&'p Self> {
        let candidates = policies.into_iter().filter(|p| p.from.as_str() <= on);
        let near = candidates.filter_map(|p| Some((p.nearness(source, category)?, p)));
        // The last of equal ones is the greatest: later entries stand later.
        near.max_by(|(a, p), (b, q)| (a, &p.from).cmp(&(b, &q.from)))
            .map(|(_, policy)| policy)
    }
}

impl Notice {
    fn check(&self) -> Result<(), String> {
        day("given", &self.given)?;
        day("change", &self.change)?;
        said("source", &self.source)?;
        said("what", &self.what)?;
        said("by", &self.by)
    }
}

impl Review {
    fn check(&self) -> Result<(), String> {
        day("from", &self.from)?;
        day("to", &self.to)?;
        in_order(&self.from, &self.to)?;
        said("by", &self.by)?;
        said("result", &self.result)?;
        if SUBJECTS.contains(&self.subject.as_str()) {
            Ok(())
        } else {
            Err(format!(
                "no subject `{}`; expected one of: {}",
                self.subject,
                SUBJECTS.join(", ")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(source: Option<&str>, category: Option<&str>, from: &str, kind: &str) -> Policy {
        Policy {
            source: source.map(str::to_owned),
            category: category.map(str::to_owned),
            from: from.to_owned(),
            kinds: vec![kind.to_owned()],
            review_days: None,
            reason: "order 5".to_owned(),
            by: "a".to_owned(),
        }
    }

    #[test]
    fn the_nearest_policy_that_has_begun_is_in_force() {
        let all = [
            policy(None, None, "2026-01-01", "log.clear"),
            policy(None, Some("os"), "2026-02-01", "auth.logon"),
            policy(Some("web"), None, "2026-03-01", "auth.*"),
            policy(Some("web"), None, "2026-03-01", "auth.logoff"),
            policy(Some("web"), None, "2026-06-01", "http.request"),
        ];
        let kind =
            |source, category, on| Policy::in_force(&all, source, category, on).map(|p| p.kinds[0].as_str());
        assert_eq!(kind("web", Some("os"), "2025-12-31"), None);
        assert_eq!(kind("web", Some("os"), "2026-01-15"), Some("log.clear"));
        assert_eq!(kind("web", Some("os"), "2026-02-01"), Some("auth.logon"));
        assert_eq!(kind("web", Some("os"), "2026-05-31"), Some("auth.logoff"));
        assert_eq!(kind("web", Some("os"), "2026-06-01"), Some("http.request"));
        assert_eq!(kind("db", Some("dbms"), "2026-06-01"), Some("log.clear"));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let mut bad = policy(None, None, "2026-02-29", "auth.logon");
        assert_eq!(
            Note::Policy(bad.clone()).check().unwrap_err(),
            "from: `2026-02-29` is no day; expected YYYY-MM-DD"
        );
        "2024-02-29".clone_into(&mut bad.from);
        bad.kinds = vec!["auth.wink".to_owned()];
        assert_eq!(
            Note::Policy(bad).check().unwrap_err(),
            "no kind is called `auth.wink`"
        );
        let review = Review {
            subject: "weather".to_owned(),
            from: "2026-01-01".to_owned(),
            to: "2026-01-02".to_owned(),
            by: "a".to_owned(),
            result: "r".to_owned(),
            source: None,
        };
        assert!(
            Note::Review(review)
                .check()
                .unwrap_err()
                .contains("expected one of: log")
        );
    }
}
