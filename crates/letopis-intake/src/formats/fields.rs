//! Named fields of a record and the columns they fill: what JSON, delimited and key=value records have in common.
//!
//! A record is first gathered as names and values in reusable memory; then the best field for each column is chosen
//! and everything else becomes attributes under its own name.

mod foreign;
mod lookup;
mod names;
mod values;
mod words;

use std::collections::HashMap;

use foldhash::fast::RandomState;
use letopis_event::{EventBuf, Number, Text};

use crate::mapping::Mapping;
use crate::timetext;

pub(super) use lookup::{find_with, is_time_name};
pub(super) use values::{fill as fill_target, level, outcome, time};

/// What a field fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// When it happened.
    Time,
    /// A date without its clock.
    Date,
    /// A clock without its date.
    Clock,
    /// When it ended.
    TimeEnd,
    /// Severity.
    Level,
    /// Success or failure.
    Outcome,
    /// The kind's code, only by a mapping.
    Kind,
    /// A text column.
    Text(Text),
    /// A number column.
    Number(Number),
}

/// Number of distinct targets.
const TARGETS: usize = 8 + Text::ALL.len() + Number::ALL.len();

impl Target {
    fn place(self) -> usize {
        match self {
            Self::Time => 0,
            Self::Date => 1,
            Self::Clock => 2,
            Self::TimeEnd => 3,
            Self::Level => 4,
            Self::Outcome => 5,
            Self::Kind => 6,
            Self::Text(text) => 8 + text as usize,
            Self::Number(number) => 8 + Text::ALL.len() + number as usize,
        }
    }

    /// The target of a column's name in a mapping.
    pub(super) fn of_column(name: &str) -> Option<Self> {
        Some(match name {
            "time" => Self::Time,
            "date" => Self::Date,
            "clock" => Self::Clock,
            "time_end" => Self::TimeEnd,
            "level" => Self::Level,
            "outcome" => Self::Outcome,
            "kind" => Self::Kind,
            _ => match Text::from_column(name) {
                Some(text) => Self::Text(text),
                None => Self::Number(*Number::ALL.iter().find(|n| n.column() == name)?),
            },
        })
    }
}

/// Whether a value says anything for its column: no empty one, no word for "none", and for a service no bare number.
pub(super) fn fits(target: Target, value: &str) -> bool {
    match value.as_bytes() {
        [] => false,
        [b'N' | b'n', b'/', b'A' | b'a'] => false,
        bytes if target == Target::Text(Text::Service) => !bytes.iter().all(u8::is_ascii_digit),
        _ => true,
    }
}

/// A target and how well the name fits it: the lowest rank wins.
pub(super) type Match = (Target, u16);

/// The fields of one record.
#[derive(Debug, Default)]
pub(super) struct Fields {
    arena: String,
    items: Vec<Item>,
}

#[derive(Clone, Copy, Debug)]
struct Item {
    name: (usize, usize),
    value: (usize, usize),
    matched: Option<Match>,
}

impl Fields {
    pub(super) fn clear(&mut self) {
        self.arena.clear();
        self.items.clear();
    }

    /// Adds a field.
    pub(super) fn push(&mut self, name: &str, value: &str, matched: Option<Match>) {
        let start = self.arena.len();
        self.arena.push_str(name);
        let middle = self.arena.len();
        self.arena.push_str(value);
        self.items.push(Item {
            name: (start, middle),
            value: (middle, self.arena.len()),
            matched,
        });
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    fn text(&self, range: (usize, usize)) -> &str {
        self.arena.get(range.0..range.1).unwrap_or_default()
    }

    /// Every field, name and value, in the order of the record.
    pub(super) fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        self.items.iter().map(|i| (self.text(i.name), self.text(i.value)))
    }

    /// The value of the first field of that name.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        // Most names differ in length already.
        let is_named = |i: &&Item| i.name.1 - i.name.0 == name.len() && self.text(i.name) == name;
        let item = self.items.iter().find(is_named)?;
        Some(self.text(item.value))
    }

    /// Fills the event; whether a time was found.
    pub(super) fn fill(&self, event: &mut EventBuf, month_first: bool) {
        // For each target one more than the place of the best field; 0 where there is none.
        let mut best = [0u32; TARGETS];
        let field = |place: u32| (place as usize).checked_sub(1).and_then(|at| self.items.get(at));
        for (place, item) in (1..).zip(&self.items) {
            if let Some((target, rank)) = item.matched
                && fits(target, self.text(item.value))
            {
                let slot = &mut best[target.place()];
                let lowest = field(*slot).and_then(|best| best.matched);
                if lowest.is_none_or(|(_, lowest)| rank < lowest) {
                    *slot = place;
                }
            }
        }
        for (place, item) in (1..).zip(&self.items) {
            let (name, value) = (self.text(item.name), self.text(item.value));
            let taken = match item.matched {
                Some((target, _)) if best[target.place()] == place => {
                    values::fill(event, target, value, month_first)
                }
                _ => false,
            };
            if !taken {
                event.attr(name, value);
            }
        }
        let value_of = |target: Target| field(best[target.place()]).map(|item| self.text(item.value));
        settle_time(
            event,
            value_of(Target::Date),
            value_of(Target::Clock),
            value_of(Target::Time),
            month_first,
        );
    }
}

/// Puts a date and a clock from two fields together, where the event has no time yet. `time` is what is called the time.
pub(super) fn settle_time(
    event: &mut EventBuf,
    date: Option<&str>,
    clock: Option<&str>,
    time: Option<&str>,
    month_first: bool,
) {
    if event.reading.is_none()
        && let Some(date) = date
    {
        // Beside a date, what is called the time may be the clock alone.
        let clock =
            clock.or_else(|| time.filter(|time| timetext::date_and_clock(date, time, month_first).is_some()));
        values::fill_date(event, date, clock, month_first);
    } else if let Some(clock) = clock {
        // Some tables call the whole time by the name of the clock.
        let whole = event.reading.is_none() && values::fill(event, Target::Time, clock, month_first);
        if !whole {
            event.attr("clock", clock);
        }
    }
}

/// Whether no two fields of a record contend for one column, so that each can be put where it belongs as it comes.
pub(super) fn are_distinct(columns: impl Iterator<Item = Option<Match>>) -> bool {
    let mut taken = [false; TARGETS];
    columns
        .flatten()
        .all(|(target, _)| !std::mem::replace(&mut taken[target.place()], true))
}

/// Knows which names fill which columns; remembers every name it was asked for.
#[derive(Debug)]
pub(super) struct Mapper {
    known: HashMap<String, Option<Match>, RandomState>,
    /// Names in the order in which they came last, and the place in it: records of one program have the same.
    order: Vec<(String, Option<Match>)>,
    next: usize,
    own: HashMap<String, Target>,
    fixed: Vec<(Target, String)>,
    pub(super) month_first: bool,
}

/// Names that are remembered; more are looked up each time.
const KNOWN_MAX: usize = 10_000;
/// And in order.
const ORDER_MAX: usize = 256;
/// Bytes of the longest name that is remembered.
const NAME_MAX: usize = 256;

impl Mapper {
    pub(super) fn new(mapping: Option<&Mapping>) -> Self {
        let mut mapper = Self {
            known: HashMap::default(),
            order: Vec::new(),
            next: 0,
            own: HashMap::new(),
            fixed: Vec::new(),
            month_first: mapping.is_some_and(|m| m.month_first),
        };
        if let Some(mapping) = mapping {
            // Names of columns were checked when the mapping was read.
            for (name, column) in &mapping.fields {
                mapper
                    .own
                    .extend(Target::of_column(column).map(|target| (name.clone(), target)));
            }
            for (column, value) in &mapping.fixed {
                mapper
                    .fixed
                    .extend(Target::of_column(column).map(|target| (target, value.clone())));
            }
        }
        mapper
    }

    /// Whether the user said what fields mean.
    pub(super) fn is_chosen(&self) -> bool {
        !self.own.is_empty()
    }

    /// What a field of that name fills.
    pub(super) fn find(&mut self, name: &str) -> Option<Match> {
        for place in [self.next, 0] {
            if let Some((last, found)) = self.order.get(place)
                && last == name
            {
                self.next = place + 1;
                return *found;
            }
        }
        if name.len() > NAME_MAX {
            return self.look_up(name);
        }
        let found = self.remembered(name);
        match self.order.get_mut(self.next) {
            Some((last, before)) => {
                name.clone_into(last);
                *before = found;
            }
            None if self.next < ORDER_MAX => self.order.push((name.to_owned(), found)),
            None => return found,
        }
        self.next += 1;
        found
    }

    fn remembered(&mut self, name: &str) -> Option<Match> {
        if let Some(found) = self.known.get(name) {
            return *found;
        }
        let found = self.look_up(name);
        if self.known.len() < KNOWN_MAX {
            self.known.insert(name.to_owned(), found);
        }
        found
    }

    fn look_up(&self, name: &str) -> Option<Match> {
        // A mapping is the user's word: better than any synonym.
        match self.own.get(name) {
            Some(target) => Some((*target, 0)),
            None => lookup::find(name),
        }
    }

    /// Fills what the mapping says of every record.
    pub(super) fn fill_fixed(&self, event: &mut EventBuf) {
        for (target, value) in &self.fixed {
            values::fill(event, *target, value, self.month_first);
        }
    }
}
