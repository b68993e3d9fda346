//! Whether a record is one that a profile means: kind, outcome, columns, Windows event id.

use std::net::IpAddr;

use letopis_event::{EventBuf, Kind, Number, Outcome, Text, TimeBasis};

use crate::profile::{Condition, Derived, kind_matches, word_outcome};

/// A column of the event table, as a profile names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// A text column.
    Text(Text),
    /// A number column.
    Number(Number),
    /// An attribute, by its original name.
    Attribute(String),
    /// The record's own time; one carried over from a neighbour is none.
    Time,
    /// The end of the operation.
    TimeEnd,
    /// A kind other than "other".
    Kind,
    /// Success or failure.
    Outcome,
}

impl Column {
    /// The column of that name (`attrs.NAME` for attributes).
    pub fn parse(name: &str) -> Option<Self> {
        if let Some(attribute) = name.strip_prefix("attrs.") {
            return Some(Self::Attribute(attribute.to_owned()));
        }
        match name {
            "time" => Some(Self::Time),
            "time_end" => Some(Self::TimeEnd),
            "kind" => Some(Self::Kind),
            "outcome" => Some(Self::Outcome),
            _ => Text::from_column(name).map(Self::Text).or_else(|| {
                let number = Number::ALL.iter().copied().find(|n| n.column() == name);
                number.map(Self::Number)
            }),
        }
    }

    /// Whether the record has a value here.
    pub fn is_filled(&self, event: &EventBuf) -> bool {
        match self {
            Self::Text(column) => event.get(*column).is_some_and(|v| !v.trim().is_empty()),
            Self::Number(column) => event.number(*column).is_some(),
            Self::Attribute(name) => event.find_attr(name).is_some_and(|v| !v.trim().is_empty()),
            Self::Time => {
                let carried = matches!(event.time.basis, TimeBasis::Carried | TimeBasis::None);
                event.time.micros.is_some() && !carried
            }
            Self::TimeEnd => event.time_end.is_some(),
            Self::Kind => event.kind != Kind::OTHER && event.kind != Kind::UNPARSED,
            Self::Outcome => event.outcome != Outcome::Unknown,
        }
    }
}

/// A condition made ready.
#[derive(Clone, Debug)]
pub struct Matcher {
    kinds: Vec<Kind>,
    outcome: Option<Outcome>,
    with: Vec<Column>,
    sure: Vec<String>,
    codes: Vec<u32>,
    channels: Vec<String>,
    derived: Option<Derived>,
}

impl Matcher {
    /// Makes a condition ready. Names that do not exist match nothing; [`crate::Profile::parse`] refuses them.
    pub fn new(condition: &Condition) -> Self {
        let meant = |kind: &Kind| {
            let is = |pattern: &String| kind_matches(pattern, kind.as_str());
            condition.kinds.iter().any(is) && !condition.except.iter().any(is)
        };
        Self {
            kinds: Kind::all().filter(meant).collect(),
            outcome: condition.outcome.as_deref().and_then(word_outcome),
            with: condition.with.iter().filter_map(|c| Column::parse(c)).collect(),
            sure: condition.sure.clone(),
            codes: condition.codes.clone(),
            channels: condition.channels.clone(),
            derived: condition.derived,
        }
    }

    /// The kinds that are meant.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The Windows event ids that are meant.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// Whether a record of a kind that is meant fits; and by which of the event ids. `returned`: the account of this
    /// record came to its host from another address before.
    pub fn fits(&self, event: &EventBuf, returned: bool) -> Option<Option<u32>> {
        if self.outcome.is_some_and(|o| o != event.outcome) {
            return None;
        }
        let is_sure = || self.sure.iter().any(|s| kind_matches(s, event.kind.as_str()));
        if !self.with.iter().all(|c| c.is_filled(event)) && !is_sure() {
            return None;
        }
        let derived = match self.derived {
            None => true,
            Some(Derived::SeveralAddresses) => returned || event.kind == Kind::AUTH_MULTI_IP,
            Some(Derived::Inbound) => direction(event) == Some(Direction::In),
            Some(Derived::Outbound) => direction(event) == Some(Direction::Out),
        };
        if !derived {
            return None;
        }
        if self.codes.is_empty() {
            return Some(None);
        }
        let code: u32 = event.get(Text::Code)?.parse().ok()?;
        (self.codes.contains(&code) && self.is_channel(event)).then_some(Some(code))
    }

    /// An event id means something in its channel only.
    fn is_channel(&self, event: &EventBuf) -> bool {
        let named = |column| {
            let value = event.get(column).unwrap_or_default();
            let parts = || value.split(['-', '/', ' ']);
            self.channels
                .iter()
                .any(|c| c == value || parts().any(|part| part == c))
        };
        named(Text::Service) || named(Text::Provider)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    In,
    Out,
}

/// Which way traffic went: as the record says, else by its addresses.
fn direction(event: &EventBuf) -> Option<Direction> {
    match event.kind {
        Kind::TRAFFIC_IN => return Some(Direction::In),
        Kind::TRAFFIC_OUT => return Some(Direction::Out),
        _ => {}
    }
    let address = |column| event.get(column)?.parse::<IpAddr>().ok();
    let from = is_inside(address(Text::SrcIp)?);
    let to = is_inside(address(Text::DstIp)?);
    match (from, to) {
        (false, true) => Some(Direction::In),
        (true, false) => Some(Direction::Out),
        _ => None,
    }
}

/// RFC 1918, RFC 4193.
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private(),
        IpAddr::V6(v6) => v6.is_unique_local(),
    }
}
