//! What may be removed, and what keeps the rest.
//!
//! The unit is an object: a run of bytes that was taken in at once. It goes only whole, when the term of every source
//! that has records in it is over, no hold keeps it, and nothing that it belongs to stays.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::expiry::removable_from;

/// The records of one source in one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// SHA-256 of the object, hex.
    pub object: String,
    /// The source.
    pub source: String,
    /// Records.
    pub records: u64,
    /// The latest intake of any of them, microseconds since 1970 UTC.
    pub taken_in: i64,
    /// The same counted from event times: of each record the time that it states itself, where that is no earlier than
    /// 1990 and no later than its intake, else its intake; the latest of them.
    pub by_event_times: i64,
}

/// How long the records of one source in an object are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The source; nothing for bytes without a record.
    pub source: Option<String>,
    /// The retention class that the register gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Calendar months.
    pub months: u32,
    /// The day from which they count.
    #[serde(with = "crate::day::text")]
    pub counted: NaiveDate,
}

/// Second copies of an object: how many are demanded before it may go, and how many hold it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copies {
    /// Demanded.
    pub demanded: u32,
    /// That hold it, and of which the last look found nothing wrong.
    pub held: u32,
}

/// An object, as far as the decision goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its ledger entry: the name of the object here.
    pub entry: u64,
    /// The terms of what is in it; never empty.
    pub terms: Vec<Term>,
    /// Holds in force that it falls under: their ledger entries.
    pub holds: Vec<u64>,
    /// Released holds of inquiries that it fell under, and the first day on which their materials may go.
    pub inquiries: Vec<(u64, NaiveDate)>,
    /// Its second copies.
    pub copies: Copies,
    /// Objects (by their entries) without which it may not go: it stays while one of them stays.
    pub stays_with: BTreeSet<u64>,
}

/// Why an object stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum Keeps {
    /// A term is not over.
    Term {
        /// Of which source, and how long.
        #[serde(flatten)]
        term: Term,
        /// First day on which it is over; nothing where no calendar reaches so far.
        #[serde(with = "crate::day::text_or_none")]
        removable_from: Option<NaiveDate>,
    },
    /// A hold.
    Hold {
        /// Its ledger entry.
        hold: u64,
    },
    /// It was held for an inquiry, whose materials are kept on.
    Inquiry {
        /// Ledger entry of the hold.
        hold: u64,
        /// First day on which it may go.
        #[serde(with = "crate::day::text")]
        removable_from: NaiveDate,
    },
    /// More second copies are demanded than hold it.
    NoSecondCopy {
        /// How many, of how many.
        #[serde(flatten)]
        copies: Copies,
    },
    /// Something that it belongs to stays: its container, its members, the earlier part of its file, or a later copy
    /// that holds the same bytes.
    With {
        /// Ledger entry of that object.
        object: u64,
    },
}

impl Part {
    /// What keeps the object by itself on the day `today`.
    fn own(&self, today: NaiveDate) -> Vec<Keeps> {
        let mut keeps = Vec::new();
        for term in &self.terms {
            let removable_from = removable_from(term.counted, term.months);
            if removable_from.is_none_or(|day| today < day) {
                keeps.push(Keeps::Term {
                    term: term.clone(),
                    removable_from,
                });
            }
        }
        keeps.extend(self.holds.iter().map(|hold| Keeps::Hold { hold: *hold }));
        let inquiries = self.inquiries.iter().filter(|(_, day)| today < *day);
        keeps.extend(inquiries.map(|(hold, removable_from)| Keeps::Inquiry {
            hold: *hold,
            removable_from: *removable_from,
        }));
        if self.copies.held < self.copies.demanded {
            keeps.push(Keeps::NoSecondCopy { copies: self.copies });
        }
        keeps
    }

    /// Whether every term is over: what keeps it then is something else.
    pub fn is_expired(&self, today: NaiveDate) -> bool {
        self.terms
            .iter()
            .all(|term| removable_from(term.counted, term.months).is_some_and(|day| day <= today))
    }
}

/// What keeps each object on the day `today`, by its entry. One that nothing keeps may go.
///
/// A name in `stays_with` that no part has is of something that is gone, and keeps nothing.
pub fn decide(parts: &[Part], today: NaiveDate) -> BTreeMap<u64, Vec<Keeps>> {
    let mut decided: BTreeMap<u64, Vec<Keeps>> =
        parts.iter().map(|part| (part.entry, part.own(today))).collect();
    let mut with: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for part in parts {
        for other in &part.stays_with {
            with.entry(*other).or_default().push(part.entry);
        }
    }
    let mut staying: Vec<u64> = decided
        .iter()
        .filter(|(_, keeps)| !keeps.is_empty())
        .map(|(entry, _)| *entry)
        .collect();
    while let Some(object) = staying.pop() {
        for entry in with.get(&object).into_iter().flatten() {
            if let Some(keeps) = decided.get_mut(entry).filter(|keeps| keeps.is_empty()) {
                keeps.push(Keeps::With { object });
                staying.push(*entry);
            }
        }
    }
    decided
}

#[cfg(test)]
mod tests {
    use chrono::{Days, Months};
    use proptest::prelude::*;

    use super::*;

    const TODAY: &str = "2026-05-01";

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn part(entry: u64, counted: NaiveDate, months: u32) -> Part {
        Part {
            entry,
            terms: vec![Term {
                source: Some("web".to_owned()),
                class: None,
                months,
                counted,
            }],
            holds: Vec::new(),
            inquiries: Vec::new(),
            copies: Copies::default(),
            stays_with: BTreeSet::new(),
        }
    }

    fn old(entry: u64) -> Part {
        part(entry, day("2025-10-01"), 6)
    }

    #[test]
    fn each_reason_keeps_alone() {
        let check = |change: &dyn Fn(&mut Part), expected: Option<Keeps>| {
            let mut part = old(7);
            change(&mut part);
            let decided = decide(&[part], day(TODAY));
            assert_eq!(decided[&7], expected.into_iter().collect::<Vec<_>>());
        };
        check(&|_| (), None);
        check(&|part| part.holds.push(3), Some(Keeps::Hold { hold: 3 }));
        let copies = |demanded, held| Copies { demanded, held };
        check(&|part| part.copies = copies(2, 2), None);
        check(
            &|part| part.copies = copies(2, 1),
            Some(Keeps::NoSecondCopy { copies: copies(2, 1) }),
        );
        check(
            &|part| part.inquiries.push((4, day("2026-05-02"))),
            Some(Keeps::Inquiry {
                hold: 4,
                removable_from: day("2026-05-02"),
            }),
        );
        check(&|part| part.inquiries.push((4, day(TODAY))), None);
        // A name of something that is gone.
        check(&|part| part.stays_with.extend([99]), None);
        let term = Term {
            source: Some("db".to_owned()),
            class: Some("long".to_owned()),
            months: 60,
            counted: day("2025-10-01"),
        };
        check(
            &|part| part.terms.push(term.clone()),
            Some(Keeps::Term {
                term: term.clone(),
                removable_from: Some(day("2030-10-02")),
            }),
        );
    }

    #[test]
    fn what_belongs_together_goes_together() {
        let mut container = old(1);
        container.stays_with.extend([2, 3]);
        let (mut first, mut second) = (old(2), old(3));
        first.stays_with.insert(1);
        second.stays_with.insert(1);
        let gone = decide(&[container.clone(), first.clone(), second.clone()], day(TODAY));
        assert!(gone.values().all(Vec::is_empty));
        second.holds.push(9);
        let kept = decide(&[container, first, second], day(TODAY));
        assert_eq!(kept[&1], [Keeps::With { object: 3 }]);
        assert_eq!(kept[&2], [Keeps::With { object: 1 }]);
        assert_eq!(kept[&3], [Keeps::Hold { hold: 9 }]);
    }

    /// The rule in plain words, slowly: an object goes when, looking at it and at everything it stays with, and so on,
    /// nothing is found whose months are not over (counted day by day, both ways), that is held, that belongs to an
    /// inquiry still kept, or that lacks its copy.
    fn may_go(parts: &[Part], entry: u64, today: NaiveDate) -> bool {
        let (mut seen, mut look) = (BTreeSet::new(), vec![entry]);
        while let Some(entry) = look.pop() {
            let Some(part) = parts.iter().find(|part| part.entry == entry) else {
                continue;
            };
            if !seen.insert(entry) {
                continue;
            }
            let over = part.terms.iter().all(|term| {
                let months = Months::new(term.months);
                term.counted + months < today && term.counted < today - months
            });
            let inquiry = part.inquiries.iter().any(|(_, day)| *day > today);
            let is_copied = (0..part.copies.demanded).all(|number| number < part.copies.held);
            if !over || inquiry || !is_copied || !part.holds.is_empty() {
                return false;
            }
            look.extend(&part.stays_with);
        }
        true
    }

    fn any_part(entry: u64, of: u64) -> impl Strategy<Value = Part> {
        let term = (0_u64..900, prop_oneof![6_u32..14, Just(60)]).prop_map(|(ago, months)| Term {
            source: Some("s".to_owned()),
            class: None,
            months,
            counted: day(TODAY) - Days::new(ago),
        });
        let rare = |likely: u32| prop::bool::weighted(1.0 / f64::from(likely));
        (
            prop::collection::vec(term, 1..3),
            rare(8),
            prop::option::weighted(0.1, 0_u64..60),
            prop_oneof![6 => Just((0, 0)), 1 => (0_u32..3, 0_u32..3)],
            prop::collection::btree_set(1..=of + 2, 0..3),
        )
            .prop_map(
                move |(terms, is_held, inquiry, (demanded, held), stays_with)| Part {
                    entry,
                    terms,
                    holds: if is_held { vec![77] } else { Vec::new() },
                    inquiries: inquiry
                        .map(|days| (78, day(TODAY) + Days::new(days) - Days::new(30)))
                        .into_iter()
                        .collect(),
                    copies: Copies { demanded, held },
                    stays_with,
                },
            )
    }

    proptest! {
        #[test]
        fn the_decision_is_the_rule_in_words(
            parts in (1_u64..12).prop_flat_map(|of| (1..=of).map(|entry| any_part(entry, of)).collect::<Vec<_>>()),
            later in 0_u64..800,
        ) {
            let today = day(TODAY) + Days::new(later);
            let decided = decide(&parts, today);
            prop_assert_eq!(decided.len(), parts.len());
            for part in &parts {
                let goes = decided[&part.entry].is_empty();
                prop_assert_eq!(goes, may_go(&parts, part.entry, today), "{:?}", part);
                prop_assert!(!goes || part.is_expired(today));
            }
        }
    }
}
