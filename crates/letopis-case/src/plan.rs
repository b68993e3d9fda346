//! What one category of source is asked: the clauses that bind it, with everything to be counted numbered through.

use std::collections::HashMap;
use std::ops::Range;

use letopis_event::{Category, Kind};

use crate::matching::{Column, Matcher};
use crate::profile::{Check, Clause, Form, Platform, Profile, Rule};

/// The clauses of some profiles that bind one category.
#[derive(Debug)]
pub struct Plan<'p> {
    /// The category.
    pub category: Category,
    /// The clauses in the order of the profiles.
    pub clauses: Vec<Planned<'p>>,
    pub(crate) parts: Vec<Matcher>,
    pub(crate) fields: Vec<Field>,
    /// For each kind: the parts and the fields that its records can count for.
    pub(crate) by_kind: HashMap<Kind, (Vec<usize>, Vec<usize>)>,
    pub(crate) platforms: Vec<(&'p str, &'p Platform)>,
}

/// A clause with its checks.
#[derive(Debug)]
pub struct Planned<'p> {
    /// Its profile.
    pub profile: &'p Profile,
    /// The clause.
    pub clause: &'p Clause,
    /// What it lists.
    pub checks: Vec<PlannedCheck<'p>>,
}

/// A check with the numbers of what is counted for it.
#[derive(Debug)]
pub struct PlannedCheck<'p> {
    /// The check.
    pub check: &'p Check,
    /// How it is judged.
    pub rule: Rule,
    pub(crate) presumed: bool,
    pub(crate) parts: Range<usize>,
    pub(crate) field: Option<usize>,
}

/// A field to be filled.
#[derive(Debug)]
pub(crate) struct Field {
    pub columns: Vec<Column>,
    pub form: Option<Form>,
    pub of: Option<Matcher>,
}

impl<'p> Plan<'p> {
    /// Gathers what `profiles` ask of a category.
    pub fn new(profiles: &'p [Profile], category: Category) -> Self {
        let mut plan = Self {
            category,
            clauses: Vec::new(),
            parts: Vec::new(),
            fields: Vec::new(),
            by_kind: HashMap::new(),
            platforms: Vec::new(),
        };
        for profile in profiles {
            let platforms = profile.platform.iter();
            plan.platforms.extend(platforms.map(|(n, p)| (n.as_str(), p)));
            for clause in &profile.clauses {
                let bound = clause.category.as_deref().is_none_or(|c| c == category.as_str());
                if bound {
                    let checks = clause.checks.iter().map(|c| plan.add(c, clause)).collect();
                    plan.clauses.push(Planned {
                        profile,
                        clause,
                        checks,
                    });
                }
            }
        }
        for kind in Kind::all() {
            let parts = (0..plan.parts.len()).filter(|n| plan.parts[*n].kinds().contains(&kind));
            let asked = |n: &usize| {
                let of = plan.fields[*n].of.as_ref();
                of.is_none_or(|m| m.kinds().contains(&kind))
            };
            let fields = (0..plan.fields.len()).filter(asked);
            let entry = (parts.collect(), fields.collect());
            plan.by_kind.insert(kind, entry);
        }
        plan
    }

    fn add(&mut self, check: &'p Check, clause: &Clause) -> PlannedCheck<'p> {
        let first = self.parts.len();
        self.parts.extend(check.parts.iter().map(Matcher::new));
        let field = (!check.columns.is_empty()).then(|| {
            self.fields.push(Field {
                columns: check.columns.iter().filter_map(|c| Column::parse(c)).collect(),
                form: check.form,
                of: check.of.as_ref().map(Matcher::new),
            });
            self.fields.len() - 1
        });
        PlannedCheck {
            check,
            rule: check.rule.unwrap_or(clause.rule),
            presumed: clause.presumed,
            parts: first..self.parts.len(),
            field,
        }
    }
}
