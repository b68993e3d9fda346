//! From figures to answers: one rule for every check.

use serde::Serialize;

use crate::judge::Verdict;

/// What a check counted: of `asked` things `held` are as the clause wants them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// Things that the clause asks about.
    pub asked: u64,
    /// Of them, those that are as it wants them.
    pub held: u64,
    /// Of the others, those of which the archive cannot say more than that it does not show them.
    pub open: u64,
    /// Some of the others, by name.
    pub lacking: Vec<String>,
}

/// How a figure is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// What is short breaks the clause; nothing asked shows nothing.
    Breaks,
    /// What is short is only not shown: it may stand elsewhere, or may not have happened.
    NotShown,
    /// What is short breaks the clause; where nothing is asked, the clause does not apply.
    IfAny,
}

impl Ruling {
    /// The answer. Everything asked and held: met. Something lacks: not met, or not shown where nothing proves a breach.
    /// Nothing asked: nothing is shown; a clause is never met by there being nothing.
    pub fn of(self, figure: &Figure) -> Verdict {
        let short = figure.asked.saturating_sub(figure.held);
        match (self, figure.asked, short) {
            (Self::IfAny, 0, _) => Verdict::DoesNotApply,
            (_, 0, _) => Verdict::NotShown,
            (_, _, 0) => Verdict::Met,
            (Self::NotShown, _, _) => Verdict::NotShown,
            (_, _, short) if short <= figure.open => Verdict::NotShown,
            _ => Verdict::NotMet,
        }
    }
}

/// The answer to a clause from the answers of its checks: the worst. What does not apply counts only where nothing else
/// stands.
pub fn together(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let weight = |verdict: &Verdict| match verdict {
        Verdict::DoesNotApply => 0,
        Verdict::Met => 1,
        Verdict::NotForATool => 2,
        Verdict::NotShown => 3,
        Verdict::NotMet => 4,
    };
    verdicts
        .into_iter()
        .max_by_key(weight)
        .unwrap_or(Verdict::NotShown)
}
