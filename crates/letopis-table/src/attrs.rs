//! The `attrs` map: every other field under its original name, repeated names told apart.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use arrow::array::{MapArray, MapBuilder, MapFieldNames, StringBuilder};
use arrow::datatypes::{DataType, Field};
use letopis_event::{EventBuf, Number};

use crate::error::TableError;
use crate::schema::{MAP_ENTRY, MAP_KEY, MAP_VALUE};

/// Up to this many attributes names are compared one by one.
const FEW: usize = 12;

/// Builds the map column.
pub(crate) struct AttrsBuilder {
    map: MapBuilder<StringBuilder, StringBuilder>,
    hashes: Vec<u64>,
    hasher: RandomState,
    number: String,
}

impl Default for AttrsBuilder {
    fn default() -> Self {
        let names = MapFieldNames {
            entry: MAP_ENTRY.to_owned(),
            key: MAP_KEY.to_owned(),
            value: MAP_VALUE.to_owned(),
        };
        let map = MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new())
            .with_keys_field(Arc::new(Field::new(MAP_KEY, DataType::Utf8, false)))
            .with_values_field(Arc::new(Field::new(MAP_VALUE, DataType::Utf8, true)));
        Self {
            map,
            hashes: Vec::new(),
            hasher: RandomState::new(),
            number: String::new(),
        }
    }
}

impl AttrsBuilder {
    /// Adds one row's attributes. A repeated name becomes `name#2`, `name#3` …, in the order of the record.
    pub(crate) fn append(&mut self, event: &EventBuf) -> Result<(), TableError> {
        if self.may_repeat(event) || has_spilled(event) {
            self.append_apart(event);
        } else {
            for (name, value) in event.attrs() {
                self.map.keys().append_value(name);
                self.map.values().append_value(value);
            }
        }
        Ok(self.map.append(true)?)
    }

    pub(crate) fn finish(&mut self) -> MapArray {
        self.map.finish()
    }

    /// Whether a name may stand twice; never says no wrongly. A record can hold a hundred thousand fields, so that
    /// comparing each with each is kept to few.
    fn may_repeat(&mut self, event: &EventBuf) -> bool {
        if event.attr_count() <= FEW {
            let mut seen = [""; FEW];
            for (place, (name, _)) in event.attrs().enumerate() {
                if seen[..place].contains(&name) {
                    return true;
                }
                seen[place] = name;
            }
            return false;
        }
        self.hashes.clear();
        for (name, _) in event.attrs() {
            self.hashes.push(self.hasher.hash_one(name));
        }
        self.hashes.sort_unstable();
        self.hashes.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// The careful way: also where the record itself has a field `name#2`, every key is there once.
    fn append_apart(&mut self, event: &EventBuf) {
        let mut taken: HashSet<String> = HashSet::new();
        let mut next: HashMap<&str, u64> = std::collections::HashMap::new();
        let originals: HashSet<&str> = event.attrs().map(|(name, _)| name).collect();
        for (name, value) in event.attrs() {
            let count = next.entry(name).or_insert(0);
            *count += 1;
            let mut key = name.to_owned();
            if *count > 1 {
                key = format!("{name}#{count}");
                while originals.contains(key.as_str()) || taken.contains(&key) {
                    *count += 1;
                    key = format!("{name}#{count}");
                }
            }
            self.map.keys().append_value(&key);
            self.map.values().append_value(value);
            taken.insert(key);
        }
        for (column, number) in spilled(event) {
            self.number.clear();
            self.number.push_str(&number.to_string());
            let mut key = column.to_owned();
            let mut count = 1;
            while taken.contains(&key) {
                count += 1;
                key = format!("{column}#{count}");
            }
            self.map.keys().append_value(&key);
            self.map.values().append_value(&self.number);
            taken.insert(key);
        }
    }
}

/// Ports that do not fit their column: kept as attributes under the column's name, so that nothing is lost.
fn spilled(event: &EventBuf) -> impl Iterator<Item = (&'static str, i64)> + '_ {
    [Number::SrcPort, Number::DstPort]
        .into_iter()
        .filter_map(|which| event.number(which).map(|number| (which.column(), number)))
        .filter(|(_, number)| i32::try_from(*number).is_err())
}

fn has_spilled(event: &EventBuf) -> bool {
    spilled(event).next().is_some()
}
