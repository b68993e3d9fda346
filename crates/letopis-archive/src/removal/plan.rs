//! The plan of a removal: what may go, what keeps what has expired, and what is won.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use letopis_event::Zone;
use letopis_event::time::rfc3339;
use letopis_retention::{
    Copies, FLOOR_MONTHS, Figures, INQUIRY_MONTHS, Keeps, Part, Term, counted_from, decide, removable_from,
};
use letopis_vault::{ObjectInfo, Vault};
use serde::{Deserialize, Serialize};

use super::PlanError;
use super::bonds::Bonds;
use crate::error::{ArchiveError, Result};
use crate::holds::{Hold, holds};
use crate::register;
use crate::sources::Register;

/// Version of the plan's form.
pub(super) const VERSION: u32 = 1;

/// What the plan needs to know besides the ledger.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The records of each object.
    pub figures: &'a [Figures],
    /// Ledger entries of the objects that each hold finds now, by the hold's own entry; released holds too.
    pub found: &'a BTreeMap<u64, BTreeSet<u64>>,
    /// The present, microseconds since 1970 UTC.
    pub now: i64,
}

/// An object that goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Going {
    /// Its ledger entry.
    pub entry: u64,
    /// The path it came by.
    pub path: String,
    /// Its format, or the kind of container.
    pub format: Option<String>,
    /// Bytes of the original.
    pub bytes: u64,
    /// Bytes on the medium, with its trees.
    pub stored: u64,
    /// Records that stand in tables.
    pub records: u64,
    /// The terms that are over.
    pub terms: Vec<Term>,
}

/// An object that has expired and stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staying {
    /// Its ledger entry.
    pub entry: u64,
    /// The path it came by.
    pub path: String,
    /// Bytes of the original.
    pub bytes: u64,
    /// What keeps it.
    pub keeps: Vec<Keeps>,
}

/// What is won.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Objects.
    pub objects: u64,
    /// Records that stand in tables.
    pub records: u64,
    /// Bytes of the originals.
    pub bytes: u64,
    /// Bytes on the medium, with trees, without tables and indexes.
    pub stored: u64,
}

/// What has not expired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Objects.
    pub objects: u64,
    /// Bytes of the originals.
    pub bytes: u64,
}

/// A working copy that was handed out: nothing here reaches it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyOut {
    /// Its id.
    pub copy: String,
    /// Whom it was handed to.
    #[serde(rename = "for")]
    pub holder: Option<String>,
    /// When, RFC 3339.
    pub since: String,
}

/// A plan: made on one day, of one state of one archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Version of this form: 1.
    pub version: u32,
    /// Id of the archive.
    pub archive: String,
    /// Ledger entries it rests on.
    pub size: u64,
    /// Root over them, hex.
    pub root: String,
    /// When it was made, microseconds since 1970 UTC.
    pub made: i64,
    /// The day that was, in `zone`.
    pub day: String,
    /// Zone in which days are cut.
    pub zone: String,
    /// Fewest calendar months.
    pub floor_months: u32,
    /// What goes, by ledger entry.
    pub remove: Vec<Going>,
    /// What has expired and stays.
    pub keep: Vec<Staying>,
    /// What has not expired.
    pub waiting: Waiting,
    /// What is won.
    pub won: Sum,
    /// Working copies that were handed out.
    pub copies: Vec<CopyOut>,
}

impl Plan {
    /// Ledger entries of the objects that go.
    pub fn objects(&self) -> BTreeSet<u64> {
        self.remove.iter().map(|going| going.entry).collect()
    }

    /// Whether another plan, made anew for the same moment, says the same.
    ///
    /// # Errors
    /// Names the first difference, or says that there is nothing to remove.
    pub fn agrees(&self, anew: &Self) -> Result<()> {
        let differs = |what: String| Err(ArchiveError::Plan(PlanError::Differs(what)));
        let (mine, theirs) = (self.objects(), anew.objects());
        if let Some(entry) = mine.difference(&theirs).next() {
            return differs(format!("the object of entry {entry} may not be removed"));
        }
        if let Some(entry) = theirs.difference(&mine).next() {
            return differs(format!("the object of entry {entry} is left out"));
        }
        let same_head = Self {
            size: self.size,
            root: self.root.clone(),
            ..anew.clone()
        };
        if *self != same_head {
            return differs("names, terms or figures in it are others".to_owned());
        }
        match self.remove.is_empty() {
            true => Err(PlanError::Nothing.into()),
            false => Ok(()),
        }
    }
}

pub(super) fn zone_of(vault: &Vault) -> Zone {
    vault.config().time_zone.parse().unwrap_or(Zone::UTC)
}

/// Makes the plan for the moment `facts.now`.
///
/// # Errors
/// When the ledger or a document cannot be read: what keeps an object must be known.
pub fn plan(vault: &Vault, facts: &Facts<'_>) -> Result<Plan> {
    let zone = zone_of(vault);
    let today = zone.local_day(facts.now);
    let floor = vault.config().retention_months.max(FLOOR_MONTHS);
    let bonds = Bonds::of(vault)?;
    let terms = Terms::new(vault, facts.figures, floor, zone)?;
    let holds = holds(vault)?;
    let mut parts = Vec::new();
    for object in vault.objects()? {
        parts.push(Part {
            entry: object.seq,
            terms: terms.of(object, &bonds),
            holds: held_by(object.seq, &holds, facts.found),
            inquiries: terms.inquiries(object.seq, &holds, facts.found),
            copies: terms.copies(object, &bonds),
            stays_with: bonds.stays_with.get(&object.seq).cloned().unwrap_or_default(),
        });
    }
    let mut decided = decide(&parts, today);
    let checkpoint = vault.checkpoint();
    let mut plan = Plan {
        version: VERSION,
        archive: vault.config().id.clone(),
        size: checkpoint.size,
        root: checkpoint.root.to_string(),
        made: facts.now,
        day: today.to_string(),
        zone: zone.to_string(),
        floor_months: floor,
        remove: Vec::new(),
        keep: Vec::new(),
        waiting: Waiting::default(),
        won: Sum::default(),
        copies: copies(vault)?,
    };
    for (object, part) in vault.objects()?.iter().zip(parts) {
        let keeps = decided.remove(&object.seq).unwrap_or_default();
        let (path, format) = bonds.names.get(&object.seq).cloned().unwrap_or_default();
        if keeps.is_empty() {
            let going = Going {
                entry: object.seq,
                path,
                format,
                bytes: object.length,
                stored: vault.object_bytes_stored(object)?,
                records: terms.records(object),
                terms: part.terms,
            };
            plan.won.objects += 1;
            plan.won.records += going.records;
            plan.won.bytes += going.bytes;
            plan.won.stored += going.stored;
            plan.remove.push(going);
        } else if part.is_expired(today) {
            plan.keep.push(Staying {
                entry: object.seq,
                path,
                bytes: object.length,
                keeps,
            });
        } else {
            plan.waiting.objects += 1;
            plan.waiting.bytes += object.length;
        }
    }
    Ok(plan)
}

fn copies(vault: &Vault) -> Result<Vec<CopyOut>> {
    let copies = vault.copies()?.into_iter();
    let out = copies.filter(|copy| copy.ended.as_deref() != Some("error"));
    Ok(out
        .map(|copy| CopyOut {
            copy: copy.copy,
            holder: copy.holder,
            since: rfc3339(copy.time),
        })
        .collect())
}

fn falls_under(object: u64, hold: &Hold, found: &BTreeMap<u64, BTreeSet<u64>>) -> bool {
    let now = found.get(&hold.entry);
    hold.objects.contains(&object) || now.is_some_and(|found| found.contains(&object))
}

fn held_by(object: u64, holds: &[Hold], found: &BTreeMap<u64, BTreeSet<u64>>) -> Vec<u64> {
    let in_force = holds.iter().filter(|hold| hold.released.is_none());
    in_force
        .filter(|hold| falls_under(object, hold, found))
        .map(|hold| hold.entry)
        .collect()
}

/// How long the records of each object are kept.
struct Terms<'a> {
    figures: BTreeMap<&'a str, Vec<&'a Figures>>,
    register: Register,
    floor: u32,
    /// The most months that anything here is kept: for bytes whose source is not known.
    longest: u32,
    zone: Zone,
    /// Second copies that are demanded of everything.
    copies: u32,
    /// How many ledger entries each second copy holds that is not given up and of which the last look found nothing
    /// wrong: of an object it has the bytes where the object's entry is among them.
    sizes: Vec<u64>,
    /// The latest time of the ledger up to each entry: an intake is no earlier than what stands before it.
    clock: Vec<i64>,
}

impl<'a> Terms<'a> {
    fn new(vault: &Vault, figures: &'a [Figures], floor: u32, zone: Zone) -> Result<Self> {
        let mut by_object: BTreeMap<&str, Vec<&Figures>> = BTreeMap::new();
        for figure in figures {
            by_object.entry(&figure.object).or_default().push(figure);
        }
        let mut clock = Vec::new();
        let mut latest = i64::MIN;
        for entry in vault.entries(None) {
            latest = latest.max(entry?.time);
            clock.push(latest);
        }
        let register = register::in_force(vault)?;
        let classes = register.classes().iter().map(|class| class.months);
        let own = register.sources().filter_map(|source| source.months.parse().ok());
        let longest = classes.chain(own).fold(floor, u32::max);
        let second = vault.second_copies()?.into_iter();
        let good = second.filter(letopis_vault::SecondCopy::is_good);
        Ok(Self {
            figures: by_object,
            register,
            floor,
            longest,
            copies: vault.config().second_copies,
            sizes: good.map(|copy| copy.size).collect(),
            zone,
            clock,
        })
    }

    fn at(&self, entry: u64) -> i64 {
        let at = usize::try_from(entry).ok().and_then(|at| self.clock.get(at));
        at.or(self.clock.last()).copied().unwrap_or(i64::MAX)
    }

    fn records(&self, object: &ObjectInfo) -> u64 {
        let figures = self.figures.get(object.sha256.to_string().as_str());
        figures.into_iter().flatten().map(|f| f.records).sum()
    }

    /// The terms of an object: one for each source that has records in it.
    fn of(&self, object: &ObjectInfo, bonds: &Bonds) -> Vec<Term> {
        let at_intake = bonds.taken_in.get(&object.seq).copied().unwrap_or(i64::MIN);
        let taken_in = self.at(object.seq).max(at_intake);
        let least = if bonds.imported.contains(&object.seq) {
            INQUIRY_MONTHS
        } else {
            self.floor
        };
        let figures = self.figures.get(object.sha256.to_string().as_str());
        let terms = figures.into_iter().flatten().map(|figure| {
            let (class, months, from_event_times) = self.policy(&figure.source);
            // A record without a time of its own counts from its intake, and that is never before the ledger's time.
            let stated = Some(figure.by_event_times).filter(|time| *time < figure.taken_in);
            let counted = counted_from(stated, taken_in.max(figure.taken_in), from_event_times);
            Term {
                source: Some(figure.source.clone()),
                class,
                months: months.max(least),
                counted: self.zone.local_day(counted),
            }
        });
        let terms: Vec<Term> = terms.collect();
        if !terms.is_empty() {
            return terms;
        }
        // Bytes without a record: a container is bound to its members; of anything else nobody knows whose it is.
        let months = match bonds.containers.contains(&object.seq) {
            true => least,
            false => self.longest.max(least),
        };
        vec![Term {
            source: None,
            class: None,
            months,
            counted: self.zone.local_day(taken_in),
        }]
    }

    /// Second copies that are demanded of an object, by the archive or by the class of any source that has records in
    /// it, and those that hold it.
    fn copies(&self, object: &ObjectInfo, bonds: &Bonds) -> Copies {
        let classes = self.register.classes();
        let figures = self.figures.get(object.sha256.to_string().as_str());
        let demanded = match figures {
            Some(figures) => {
                let of = |figure: &&Figures| {
                    let (named, ..) = self.policy(&figure.source);
                    let class = classes.iter().find(|class| Some(&class.id) == named.as_ref());
                    class.map_or(0, |class| class.copies)
                };
                figures.iter().map(of).max()
            }
            // A container is bound to its members; of other bytes nobody knows whose they are.
            None if bonds.containers.contains(&object.seq) => None,
            None => classes.iter().map(|class| class.copies).max(),
        };
        let held = self.sizes.iter().filter(|size| object.seq < **size).count();
        Copies {
            demanded: demanded.unwrap_or_default().max(self.copies),
            held: u32::try_from(held).unwrap_or(u32::MAX),
        }
    }

    /// Class, months and whether they count from event times, for a source.
    fn policy(&self, source: &str) -> (Option<String>, u32, bool) {
        let mut lines = self.register.sources().filter(|line| line.id == source);
        let Some(line) = lines.find(|line| !line.class.is_empty() || !line.months.is_empty()) else {
            return (None, self.floor, false);
        };
        match self
            .register
            .classes()
            .iter()
            .find(|class| class.id == line.class)
        {
            Some(class) => (
                Some(class.id.clone()),
                class.months.max(self.floor),
                class.from_event_times.is_some(),
            ),
            // A class that is named and not there: nobody knows how long, so the longest that is known.
            None if !line.class.is_empty() => (Some(line.class.clone()), self.longest, false),
            None => (
                None,
                line.months.parse().unwrap_or(self.longest).max(self.floor),
                false,
            ),
        }
    }

    /// The released holds of cases that an object fell under, and until when their materials are kept.
    fn inquiries(
        &self,
        object: u64,
        holds: &[Hold],
        found: &BTreeMap<u64, BTreeSet<u64>>,
    ) -> Vec<(u64, NaiveDate)> {
        let of_cases = holds.iter().filter(|hold| hold.terms.case.is_some());
        let under = of_cases.filter(|hold| falls_under(object, hold, found));
        under
            .filter_map(|hold| {
                // What came after the release was never held for the case.
                let release = hold.released.as_ref().filter(|release| object < release.entry)?;
                let released = self.zone.local_day(self.at(release.entry));
                let until = removable_from(released, INQUIRY_MONTHS).unwrap_or(NaiveDate::MAX);
                Some((hold.entry, until))
            })
            .collect()
    }
}
