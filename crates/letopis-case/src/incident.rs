//! The register of incidents: what was detected, who was told when, what was done, and whether deadlines were kept.
//!
//! A register is a row of notes ([`Incident`]): one opens an incident, later ones go on with it. [`gather`] puts them
//! together, [`Case::standing`] judges a [`Deadline`] of the digest of the regulations. Times are microseconds since 1970
//! UTC; the present is an argument.

use serde::{Deserialize, Serialize};

/// Whose duty the deadlines are: that of the organisation which keeps the register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The owner of the object (KZ195-12).
    #[default]
    Owner,
    /// The national coordination centre (KZ195-10).
    Nkcib,
    /// An operational centre (KZ195-22).
    Ocib,
    /// The owner of a critical object (KZ195-23, 24).
    Ciio,
    /// The state technical service (KZ199-10).
    Gts,
    /// A state body (KZ199-12).
    StateBody,
}

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// The persons responsible for information security of the object.
    Responsible,
    /// The owner of the object.
    Owner,
    /// The state body.
    StateBody,
    /// The state technical service.
    Gts,
    /// The national coordination centre.
    Nkcib,
    /// The operational centre.
    Ocib,
    /// The committee of national security.
    Knb,
    /// The authorised body.
    Authority,
    /// Somebody else, whom the text names.
    Other,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Owner,
        Self::Nkcib,
        Self::Ocib,
        Self::Ciio,
        Self::Gts,
        Self::StateBody,
    ];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Nkcib => "nkcib",
            Self::Ocib => "ocib",
            Self::Ciio => "ciio",
            Self::Gts => "gts",
            Self::StateBody => "state-body",
        }
    }
}

impl Party {
    /// Every party.
    pub const ALL: [Self; 9] = [
        Self::Responsible,
        Self::Owner,
        Self::StateBody,
        Self::Gts,
        Self::Nkcib,
        Self::Ocib,
        Self::Knb,
        Self::Authority,
        Self::Other,
    ];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Responsible => "responsible",
            Self::Owner => "owner",
            Self::StateBody => "state-body",
            Self::Gts => "gts",
            Self::Nkcib => "nkcib",
            Self::Ocib => "ocib",
            Self::Knb => "knb",
            Self::Authority => "authority",
            Self::Other => "other",
        }
    }
}

/// What is put on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    /// An incident was detected.
    Detected {
        /// Whose register this is.
        role: Role,
        /// Whether those who keep the register found it themselves.
        own: bool,
        /// When somebody else's notice of it came, microseconds since 1970 UTC.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told: Option<i64>,
        /// Sources that it is about.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sources: Vec<String>,
    },
    /// Somebody was told.
    Notified {
        /// Who.
        to: Party,
        /// Whether the list of data on the incident (KZ195-A2) went with it.
        list: bool,
    },
    /// Recommendations were given (KZ195-10.1.6, KZ199-10.3.8).
    Recommendation,
    /// A measure was taken (RU-PRIK-4.17).
    Measure,
    /// Materials are held.
    Materials {
        /// The hold: its ledger entry.
        hold: u64,
    },
    /// Causes and consequences are removed.
    Closed,
}

/// Words of the steps after the first.
pub const STEPS: &[&str] = &["notified", "recommendation", "measure", "materials", "closed"];

impl Step {
    /// Its word.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Detected { .. } => "detected",
            Self::Notified { .. } => "notified",
            Self::Recommendation => "recommendation",
            Self::Measure => "measure",
            Self::Materials { .. } => "materials",
            Self::Closed => "closed",
        }
    }
}

/// One note of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// The incident that it goes on with: ledger entry of its first note; nothing in that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u64>,
    /// What happened.
    #[serde(flatten)]
    pub step: Step,
    /// When, microseconds since 1970 UTC.
    pub at: i64,
    /// In words.
    pub text: String,
    /// Who says so.
    pub by: String,
}

impl Incident {
    /// What makes no sense in it.
    pub(crate) fn check(&self) -> Result<(), String> {
        for (name, text) in [("text", &self.text), ("by", &self.by)] {
            if text.trim().is_empty() {
                return Err(format!("{name}: nothing is said"));
            }
        }
        match (self.of, &self.step) {
            (Some(_), Step::Detected { .. }) => Err("an incident is detected once".to_owned()),
            (None, Step::Detected { .. }) | (Some(_), _) => Ok(()),
            (None, step) => Err(format!("{}: of which incident is not said", step.as_str())),
        }
    }
}

/// A deadline of the digest of the regulations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// Its id: `DL-08`.
    pub id: &'static str,
    /// Whose duty it is.
    pub who: Role,
    /// From when it runs.
    start: Start,
    /// What must have been done.
    act: Act,
    /// Minutes from the start.
    pub minutes: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// Detection.
    Detected,
    /// Detection by oneself.
    Own,
    /// Somebody else's notice.
    Told,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    /// These are told, with the list of data where that is asked, no later.
    Tell(&'static [Party], bool),
    /// These are told, no earlier, that the incident is not closed; where it is closed by then, nothing is asked.
    TellAfter(&'static [Party]),
    /// The incident is closed, no later.
    Close,
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// The deadlines that run from an incident (requirements, "Deadlines"). KZ195 and KZ199 count hours and minutes from the
/// detection; DL-20 counts calendar days.
pub const DEADLINES: &[Deadline] = {
    use Act::{Close, Tell, TellAfter};
    use Party::{Authority, Gts, Knb, Nkcib, Ocib, Responsible, StateBody};
    use Start::{Detected, Own, Told};
    const fn deadline(id: &'static str, who: Role, start: Start, act: Act, minutes: i64) -> Deadline {
        Deadline {
            id,
            who,
            start,
            act,
            minutes,
        }
    }
    &[
        deadline("DL-02", Role::Nkcib, Detected, Tell(&[Responsible], true), 30),
        deadline("DL-03", Role::Nkcib, Detected, Tell(&[Knb], true), DAY),
        deadline(
            "DL-04",
            Role::Nkcib,
            Detected,
            TellAfter(&[Authority, Knb]),
            2 * DAY,
        ),
        deadline("DL-08", Role::Owner, Own, Tell(&[Nkcib], false), 15),
        deadline("DL-09", Role::Owner, Detected, Tell(&[Nkcib], true), DAY),
        deadline("DL-19", Role::Ocib, Detected, Tell(&[Responsible], false), DAY),
        deadline("DL-20", Role::Ciio, Told, Close, 30 * DAY),
        deadline("DL-21", Role::Ciio, Own, Tell(&[Nkcib, Ocib], true), DAY),
        deadline("DL-22", Role::Gts, Detected, Tell(&[StateBody], false), 30),
        deadline("DL-23", Role::Gts, Detected, Tell(&[Knb], false), 3 * HOUR),
        deadline(
            "DL-24",
            Role::Gts,
            Detected,
            TellAfter(&[Authority, Knb]),
            2 * DAY,
        ),
        deadline("DL-26", Role::StateBody, Told, Tell(&[Gts], false), 2 * DAY),
    ]
};

/// The deadline of that id.
pub fn deadline(id: &str) -> Option<&'static Deadline> {
    DEADLINES.iter().find(|deadline| deadline.id == id)
}

/// How a deadline stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// What was asked was done in time.
    Kept,
    /// It runs yet, or has no last moment.
    Open,
    /// It was done too late.
    Late,
    /// The time is over, and it is not on record.
    Missing,
}

impl Standing {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Open => "open",
            Self::Late => "late",
            Self::Missing => "missing",
        }
    }
}

/// One incident with all that was put on record of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    /// Ledger entry of its first note: its name.
    pub entry: u64,
    /// Whose register this is.
    pub role: Role,
    /// Whether those who keep the register found it themselves.
    pub own: bool,
    /// When it was detected, microseconds since 1970 UTC.
    pub detected: i64,
    /// When somebody else's notice of it came.
    pub told: Option<i64>,
    /// What it is.
    pub text: String,
    /// Sources that it is about.
    pub sources: Vec<String>,
    /// What came after, each with its ledger entry, in the order of the ledger.
    pub steps: Vec<(u64, Incident)>,
}

/// The incidents of notes in the order of the ledger. A note of an incident that is not there is passed over: it cannot be
/// put on record.
pub fn gather<'n>(notes: impl IntoIterator<Item = (u64, &'n Incident)>) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (entry, note) in notes {
        match (&note.step, note.of) {
            (
                Step::Detected {
                    role,
                    own,
                    told,
                    sources,
                },
                _,
            ) => cases.push(Case {
                entry,
                role: *role,
                own: *own,
                detected: note.at,
                told: *told,
                text: note.text.clone(),
                sources: sources.clone(),
                steps: Vec::new(),
            }),
            (_, Some(of)) => {
                if let Some(case) = cases.iter_mut().find(|case| case.entry == of) {
                    case.steps.push((entry, note.clone()));
                }
            }
            (_, None) => {}
        }
    }
    cases
}

impl Case {
    /// When it was closed; the first time counts.
    pub fn closed(&self) -> Option<i64> {
        let closings = self.steps.iter().filter(|(_, step)| step.step == Step::Closed);
        closings.map(|(_, step)| step.at).min()
    }

    /// Whether a step of that word is on record.
    pub fn has(&self, word: &str) -> bool {
        self.steps.iter().any(|(_, step)| step.step.as_str() == word)
    }

    /// When somebody was first told, no earlier than `from`.
    fn told_at(&self, party: Party, with_list: bool, from: i64) -> Option<i64> {
        let told = self.steps.iter().filter_map(|(_, step)| match step.step {
            Step::Notified { to, list } if to == party && (list || !with_list) => Some(step.at),
            _ => None,
        });
        told.filter(|at| *at >= from).min()
    }

    /// The last moment of a deadline (the first, of one that names no last); nothing where it does not run here: it is
    /// another's duty, or what starts it did not happen.
    pub fn until(&self, deadline: &Deadline) -> Option<i64> {
        if deadline.who != self.role {
            return None;
        }
        let start = match deadline.start {
            Start::Detected => Some(self.detected),
            Start::Own => self.own.then_some(self.detected),
            Start::Told => self.told,
        };
        Some(start?.saturating_add(deadline.minutes * 60_000_000))
    }

    /// How a deadline stands at the present `now`; nothing where it does not run here.
    pub fn standing(&self, deadline: &Deadline, now: i64) -> Option<Standing> {
        let until = self.until(deadline)?;
        let done = match deadline.act {
            Act::Tell(parties, list) => {
                let times = parties.iter().map(|party| self.told_at(*party, list, i64::MIN));
                times.collect::<Option<Vec<i64>>>()
            }
            Act::Close => self.closed().map(|at| vec![at]),
            Act::TellAfter(parties) => {
                if self.closed().is_some_and(|closed| closed <= until) {
                    return None;
                }
                let times = parties.iter().map(|party| self.told_at(*party, false, until));
                // No last moment is named, so it is never too late.
                let is_told = times.collect::<Option<Vec<i64>>>().is_some();
                return Some(if is_told { Standing::Kept } else { Standing::Open });
            }
        };
        Some(match done {
            Some(times) if times.iter().all(|at| *at <= until) => Standing::Kept,
            Some(_) => Standing::Late,
            None if now <= until => Standing::Open,
            None => Standing::Missing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;

    fn note(of: Option<u64>, step: Step, minute: i64) -> Incident {
        Incident {
            of,
            step,
            at: minute * MINUTE,
            text: "words".to_owned(),
            by: "a".to_owned(),
        }
    }

    fn detected(role: Role, own: bool, told: Option<i64>) -> Incident {
        let step = Step::Detected {
            role,
            own,
            told: told.map(|minute| minute * MINUTE),
            sources: Vec::new(),
        };
        note(None, step, 0)
    }

    fn told(to: Party, list: bool, minute: i64) -> Incident {
        note(Some(5), Step::Notified { to, list }, minute)
    }

    /// What is asked of an incident, by id, `minute` minutes after its detection.
    #[track_caller]
    fn check(first: &Incident, later: &[Incident], minute: i64, expected: &[(&str, Standing)]) {
        let notes = std::iter::once((5, first)).chain((6..).zip(later));
        let cases = gather(notes);
        assert_eq!(cases.len(), 1);
        let found: Vec<(&str, Standing)> = DEADLINES
            .iter()
            .filter_map(|deadline| Some((deadline.id, cases[0].standing(deadline, minute * MINUTE)?)))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_owner_tells_the_centre_in_a_quarter_of_an_hour_and_sends_the_list_in_a_day() {
        use Standing::{Kept, Late, Missing, Open};
        let first = detected(Role::Owner, true, None);
        check(&first, &[], 15, &[("DL-08", Open), ("DL-09", Open)]);
        check(&first, &[], 16, &[("DL-08", Missing), ("DL-09", Open)]);
        let call = told(Party::Nkcib, false, 15);
        check(
            &first,
            std::slice::from_ref(&call),
            2000,
            &[("DL-08", Kept), ("DL-09", Missing)],
        );
        let list = told(Party::Nkcib, true, 1440);
        check(
            &first,
            &[call, list.clone()],
            2000,
            &[("DL-08", Kept), ("DL-09", Kept)],
        );
        check(&first, &[list], 2000, &[("DL-08", Late), ("DL-09", Kept)]);
        check(
            &first,
            &[told(Party::Knb, true, 1)],
            2000,
            &[("DL-08", Missing), ("DL-09", Missing)],
        );
        // Found by somebody else: the quarter of an hour does not run.
        check(
            &detected(Role::Owner, false, None),
            &[],
            2000,
            &[("DL-09", Missing)],
        );
    }

    #[test]
    fn two_must_be_told_where_two_are_named_and_only_after_two_days() {
        use Standing::{Kept, Missing, Open};
        let first = detected(Role::Nkcib, true, None);
        let soon = [told(Party::Responsible, true, 30), told(Party::Knb, true, 60)];
        let rest = |standing| [("DL-02", Kept), ("DL-03", Kept), ("DL-04", standing)];
        check(&first, &soon, 100, &rest(Open));
        check(&first, &soon, 99_999, &rest(Open));
        let after = |party| told(party, false, 2881);
        let one = [soon.to_vec(), vec![after(Party::Knb)]].concat();
        check(&first, &one, 99_999, &rest(Open));
        let both = [one, vec![after(Party::Authority)]].concat();
        check(&first, &both, 99_999, &rest(Kept));
        // Closed within the two days: nobody need be told that it is not.
        let closed = [soon.to_vec(), vec![note(Some(5), Step::Closed, 2880)]].concat();
        check(&first, &closed, 99_999, &[("DL-02", Kept), ("DL-03", Kept)]);
        let first = detected(Role::Ciio, true, None);
        check(
            &first,
            &[told(Party::Nkcib, true, 5)],
            2000,
            &[("DL-21", Missing)],
        );
    }

    #[test]
    fn some_run_from_a_notice() {
        use Standing::{Kept, Late, Missing, Open};
        check(&detected(Role::StateBody, false, None), &[], 9_999, &[]);
        let first = detected(Role::StateBody, false, Some(100));
        check(&first, &[], 2980, &[("DL-26", Open)]);
        check(&first, &[], 2981, &[("DL-26", Missing)]);
        check(
            &first,
            &[told(Party::Gts, false, 2980)],
            9_999,
            &[("DL-26", Kept)],
        );
        let first = detected(Role::Ciio, false, Some(0));
        let closed = |minute| [note(Some(5), Step::Closed, minute)];
        check(&first, &closed(30 * 1440), 99_999, &[("DL-20", Kept)]);
        check(&first, &closed(30 * 1440 + 1), 99_999, &[("DL-20", Late)]);
        check(
            &detected(Role::Gts, true, None),
            &[],
            31,
            &[("DL-22", Missing), ("DL-23", Open), ("DL-24", Open)],
        );
    }

    #[test]
    fn what_belongs_to_no_incident_is_refused() {
        assert!(
            note(None, Step::Closed, 0)
                .check()
                .unwrap_err()
                .contains("of which incident")
        );
        assert!(
            note(Some(5), detected(Role::Owner, true, None).step, 0)
                .check()
                .is_err()
        );
        assert!(detected(Role::Owner, true, None).check().is_ok());
    }
}
