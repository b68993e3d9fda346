//! What can be checked of an archive: a fixed list, each with the parameters that it takes.

use letopis_event::{Category, Kind};
use serde::{Deserialize, Serialize};

use crate::incident;
use crate::profile::{self, kind_matches};

/// A check by its name. What each looks at, and in what its figure counts, stands beside it; how the figure comes about
/// is the query or command that the answer prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckName {
    /// Readings of the archive that name person, machine and command. Counts readings.
    AccessIdentified,
    /// Readings that ended with a result. Counts readings.
    AccessClosed,
    /// Readings that say why. Counts readings.
    AccessPurpose,
    /// Signed states of the archive that others hold. Counts them; at least one.
    Anchored,
    /// Records that are attributed to a source. Counts records.
    Attributed,
    /// `categories` of source that have records. Counts categories.
    Categories,
    /// The folder of the archive is closed to other accounts of the machine. Counts one.
    Closed,
    /// Events of the clause `clause` of the appendix on log formats, its fields, or its form. Counts items.
    Conform,
    /// Working copies that were handed out and whose journal of readings is home. Counts copies.
    CopiesHome,
    /// Second copies in use that are declared to lie in `countries`. Counts copies.
    CopiesPlaced,
    /// Sources of which no expected day is without records. Counts sources.
    Coverage,
    /// Who answers for the archive is named. Counts one.
    Custodian,
    /// Records of failing, full, overwritten and cleared logs that a later review of the source covers. Counts days.
    FailuresReviewed,
    /// Sources with records of which `letopis coverage` finds nothing missing, cleared, altered or off within `months`.
    /// Counts sources.
    Findings,
    /// Sources whose floor of retention of `months` is met. Counts sources.
    Floor,
    /// The same on every day of the year before. Counts sources.
    FloorPast,
    /// Kinds of failure of registration that `letopis check` looks for and does not find. Counts kinds.
    Health,
    /// A look for failures of registration (`letopis check --record`) on record, within `days`. Counts one.
    HealthRecorded,
    /// Holds for cases whose materials are all there, until five years after the release. Counts holds; at least one.
    Holds,
    /// Deadlines of `deadlines` that were kept, of those that run from the incidents on record; incidents with the step
    /// `step` on record; without either, incidents on record. Counts them; at least one.
    Incidents,
    /// Files that were handed over and taken in. Counts files.
    Intake,
    /// Sources of which something was taken in within `days`. Counts sources.
    IntakeRecent,
    /// Kinds of events `kinds` that were seen within `months`. Counts kinds.
    Kinds,
    /// Sources that are kept longer than the floor and say on what basis. Counts sources.
    LongerWithBasis,
    /// Changes of what a log looks like that were announced `days` working days before. Counts changes.
    Notices,
    /// Records of which no time lies after their intake. Counts records.
    NotInFuture,
    /// Objects that carry both digests. Counts objects.
    Originals,
    /// Records that could be read. Counts records; `permille` may not be.
    Parsed,
    /// Sources for which a logging policy is in force. Counts sources.
    Policy,
    /// What the policy in force asks of each source and was seen within `months`. Counts pairs of source and kind.
    PolicyKinds,
    /// Sources in force whose line in the register fills each of `columns`. Counts sources.
    Register,
    /// Sources with records that stand in the register. Counts sources.
    RegisterComplete,
    /// Removals that stand in the ledger with their reason. Counts removals.
    Removals,
    /// Reviews of `subject` within `months`. Counts them; at least one.
    Reviewed,
    /// Sources of which no day is without review for longer than the period set. Counts sources.
    Reviews,
    /// Months of retention that the archive is set to; at least `months`. Counts one.
    SettingMonths,
    /// The archive asks a purpose of every reading. Counts one.
    SettingPurpose,
    /// The months that must be held fit on the disk, and it lasts for `days`. Counts two.
    Storage,
    /// The archive is declared to stand in one of `countries`. Counts one.
    Territory,
    /// Records with a time that keep it as it was written. Counts records.
    TimeKept,
    /// Sources whose clock is named; with `least` 2, sources of named criticality that name two. Counts sources.
    TimeSources,
    /// A verification without findings on record, within `days`. Counts one.
    Verified,
}

/// A check with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Which.
    pub check: CheckName,
    /// Calendar months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// Days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// How many at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<u32>,
    /// A share in thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permille: Option<u32>,
    /// Columns of the register.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Categories of source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Kinds of events: a code or a family (`object.*`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Countries, ISO 3166-1 alpha-2; `EU` for any member state.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// A clause of the appendices on log formats (`letopis conform`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// What a review was of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Deadlines that run from an incident: `DL-08`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deadlines: Vec<String>,
    /// A step of an incident: `measure`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

/// Columns of the register that a profile may ask for.
pub const REGISTER_COLUMNS: &[&str] = &[
    "name",
    "category",
    "owner",
    "zone",
    "rhythm",
    "hosts",
    "addresses",
    "holder",
    "unit",
    "responsible",
    "contact",
    "site",
    "country",
    "clock",
    "criticality",
    "months",
    "basis",
    "since",
];

/// A parameter by its name.
type Parameter = &'static str;

impl CheckName {
    /// Every check.
    pub const ALL: &'static [Self] = &[
        Self::AccessClosed,
        Self::AccessIdentified,
        Self::AccessPurpose,
        Self::Anchored,
        Self::Attributed,
        Self::Categories,
        Self::Closed,
        Self::Conform,
        Self::CopiesHome,
        Self::CopiesPlaced,
        Self::Coverage,
        Self::Custodian,
        Self::FailuresReviewed,
        Self::Findings,
        Self::Floor,
        Self::FloorPast,
        Self::Health,
        Self::HealthRecorded,
        Self::Holds,
        Self::Incidents,
        Self::Intake,
        Self::IntakeRecent,
        Self::Kinds,
        Self::LongerWithBasis,
        Self::Notices,
        Self::NotInFuture,
        Self::Originals,
        Self::Parsed,
        Self::Policy,
        Self::PolicyKinds,
        Self::Register,
        Self::RegisterComplete,
        Self::Removals,
        Self::Reviewed,
        Self::Reviews,
        Self::SettingMonths,
        Self::SettingPurpose,
        Self::Storage,
        Self::Territory,
        Self::TimeKept,
        Self::TimeSources,
        Self::Verified,
    ];

    /// Its name in a profile.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessClosed => "access-closed",
            Self::AccessIdentified => "access-identified",
            Self::AccessPurpose => "access-purpose",
            Self::Anchored => "anchored",
            Self::Attributed => "attributed",
            Self::Categories => "categories",
            Self::Closed => "closed",
            Self::Conform => "conform",
            Self::CopiesHome => "copies-home",
            Self::CopiesPlaced => "copies-placed",
            Self::Coverage => "coverage",
            Self::Custodian => "custodian",
            Self::FailuresReviewed => "failures-reviewed",
            Self::Findings => "findings",
            Self::Floor => "floor",
            Self::FloorPast => "floor-past",
            Self::Health => "health",
            Self::HealthRecorded => "health-recorded",
            Self::Holds => "holds",
            Self::Incidents => "incidents",
            Self::Intake => "intake",
            Self::IntakeRecent => "intake-recent",
            Self::Kinds => "kinds",
            Self::LongerWithBasis => "longer-with-basis",
            Self::NotInFuture => "not-in-future",
            Self::Notices => "notices",
            Self::Originals => "originals",
            Self::Parsed => "parsed",
            Self::Policy => "policy",
            Self::PolicyKinds => "policy-kinds",
            Self::Register => "register",
            Self::RegisterComplete => "register-complete",
            Self::Removals => "removals",
            Self::Reviewed => "reviewed",
            Self::Reviews => "reviews",
            Self::SettingMonths => "setting-months",
            Self::SettingPurpose => "setting-purpose",
            Self::Storage => "storage",
            Self::Territory => "territory",
            Self::TimeKept => "time-kept",
            Self::TimeSources => "time-sources",
            Self::Verified => "verified",
        }
    }

    /// The parameters that it needs, and those that it takes beside them.
    pub fn parameters(self) -> (&'static [Parameter], &'static [Parameter]) {
        match self {
            Self::Categories => (&["categories"], &[]),
            Self::Conform => (&["clause"], &[]),
            Self::Findings | Self::Floor | Self::FloorPast => (&[], &["months"]),
            Self::HealthRecorded | Self::IntakeRecent | Self::Notices | Self::Storage | Self::Verified => {
                (&["days"], &[])
            }
            Self::Incidents => (&[], &["deadlines", "step"]),
            Self::Kinds => (&["kinds"], &["months"]),
            Self::Parsed => (&["permille"], &[]),
            Self::PolicyKinds => (&[], &["months"]),
            Self::Register => (&["columns"], &[]),
            Self::Reviewed => (&["subject", "months"], &[]),
            Self::SettingMonths => (&["months"], &[]),
            Self::CopiesPlaced | Self::Territory => (&["countries"], &[]),
            Self::TimeSources => (&[], &["least"]),
            _ => (&[], &[]),
        }
    }
}

impl Check {
    /// A check without parameters.
    pub fn plain(check: CheckName) -> Self {
        Self {
            check,
            months: None,
            days: None,
            least: None,
            permille: None,
            columns: Vec::new(),
            categories: Vec::new(),
            kinds: Vec::new(),
            countries: Vec::new(),
            clause: None,
            subject: None,
            deadlines: Vec::new(),
            step: None,
        }
    }

    /// The parameters that are given, by name.
    fn given(&self) -> Vec<Parameter> {
        let given = [
            ("months", self.months.is_some()),
            ("days", self.days.is_some()),
            ("least", self.least.is_some()),
            ("permille", self.permille.is_some()),
            ("columns", !self.columns.is_empty()),
            ("categories", !self.categories.is_empty()),
            ("kinds", !self.kinds.is_empty()),
            ("countries", !self.countries.is_empty()),
            ("clause", self.clause.is_some()),
            ("subject", self.subject.is_some()),
            ("deadlines", !self.deadlines.is_empty()),
            ("step", self.step.is_some()),
        ];
        let named = given.into_iter().filter(|(_, is_given)| *is_given);
        named.map(|(name, _)| name).collect()
    }

    /// Whether all it needs is given, nothing that it does not take, and everything that is named exists.
    pub(super) fn verify(&self) -> Result<(), String> {
        let name = self.check.as_str();
        let (needed, taken) = self.check.parameters();
        let given = self.given();
        if let Some(missing) = needed.iter().find(|p| !given.contains(p)) {
            return Err(format!("check `{name}` needs `{missing}`"));
        }
        if let Some(extra) = given.iter().find(|p| !needed.contains(p) && !taken.contains(p)) {
            return Err(format!("check `{name}` takes no `{extra}`"));
        }
        let named = |what: &str, list: &[String], is_known: &dyn Fn(&str) -> bool| {
            let unknown = list.iter().find(|word| !is_known(word.as_str()));
            unknown.map_or(Ok(()), |word| {
                Err(format!("check `{name}`: no {what} is called `{word}`"))
            })
        };
        named("column of the register", &self.columns, &|word| {
            REGISTER_COLUMNS.contains(&word)
        })?;
        named("category", &self.categories, &|word| {
            Category::parse(word).is_some()
        })?;
        named("kind", &self.kinds, &|word| {
            Kind::all().any(|kind| kind_matches(word, kind.as_str()))
        })?;
        named("country (two capital letters)", &self.countries, &|word| {
            word.len() == 2 && word.bytes().all(|b| b.is_ascii_uppercase())
        })?;
        named("deadline of an incident", &self.deadlines, &|word| {
            incident::deadline(word).is_some()
        })?;
        named("step of an incident", self.step.as_slice(), &|word| {
            incident::STEPS.contains(&word)
        })?;
        if let Some(clause) = &self.clause {
            let profiles = profile::embedded().map_err(|e| e.to_string())?;
            let ids = |c: &profile::Clause| c.id == *clause || c.checks.iter().any(|item| item.id == *clause);
            if !profiles.iter().flat_map(|p| &p.clauses).any(ids) {
                return Err(format!("check `{name}`: no clause is called `{clause}`"));
            }
        }
        Ok(())
    }
}
