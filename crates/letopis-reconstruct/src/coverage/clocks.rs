//! Clocks that disagree: sources that recorded the same connections.

use std::collections::BTreeMap;

use letopis_retention::clock::{Pair, Seen, compare};
use letopis_retention::{Observation, Sign};
use letopis_table::RowView;

use crate::error::Result;
use crate::reading::Reading;

/// Records of connections that clocks are compared by; of more, a share is taken.
const CONNECTIONS_MOST: u64 = 50_000;

/// Names in the order in which they came.
#[derive(Default)]
struct Names {
    numbers: BTreeMap<String, u32>,
    names: Vec<String>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.numbers.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        number
    }

    fn name(&self, number: u32) -> String {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        self.names.get(at).cloned().unwrap_or_default()
    }
}

/// One observation for each clock that is odd, and one for each other pair that differs.
pub(super) fn clocks(reading: &Reading) -> Result<Vec<Observation>> {
    let (seen, sources) = seen(reading)?;
    let pairs = compare(seen);
    // In the order of their names, as anyone would list them.
    let mut named: Vec<(String, String, Pair)> = pairs
        .into_iter()
        .map(|pair| (sources.name(pair.source), sources.name(pair.other), pair))
        .collect();
    named.sort_unstable_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    let mut odd: BTreeMap<&str, Vec<(&str, &Pair)>> = BTreeMap::new();
    for (source, other, pair) in named.iter().filter(|(.., pair)| pair.is_odd) {
        odd.entry(source).or_default().push((other, pair));
    }
    let is_told = |source: &String| odd.contains_key(source.as_str());
    let open = named
        .iter()
        .filter(|(source, other, pair)| pair.is_off && source < other && !is_told(source) && !is_told(other));
    let open = open.map(|(source, other, pair)| (source.as_str(), vec![(other.as_str(), pair)]));
    let odd = odd.iter().map(|(source, pairs)| (*source, pairs.clone()));
    let observation = |(source, pairs): (&str, Vec<(&str, &Pair)>)| {
        let (_, first) = pairs.first()?;
        Some(Observation {
            source: source.to_owned(),
            from: None,
            to: None,
            sign: Sign::Clock {
                others: pairs.iter().map(|(other, _)| (*other).to_owned()).collect(),
                connections: pairs.iter().map(|(_, pair)| pair.connections).sum(),
                behind_s: first.behind_s,
                is_odd: first.is_odd,
            },
        })
    };
    Ok(odd.chain(open).filter_map(observation).collect())
}

/// Records of connections, and the names of the sources that they number. All records of a connection have its port: whole
/// connections are taken or left.
fn seen(reading: &Reading) -> Result<(Vec<Seen>, Names)> {
    let ask = |sql: String| reading.run(async { reading.engine().sql(&sql).await?.collect().await });
    let counted = ask("SELECT count(src_port) AS n FROM events".to_owned())?;
    let records = counted
        .iter()
        .flat_map(RowView::all)
        .find_map(|row| row.number("n"));
    let share = records.unwrap_or_default().unsigned_abs();
    let share = share.div_ceil(CONNECTIONS_MOST).max(1);
    let batches = ask(format!(
        "SELECT source, src_ip, src_port, time FROM events WHERE src_port % {share} = 0 AND src_ip IS NOT NULL \
         AND time IS NOT NULL ORDER BY time"
    ))?;
    let (mut sources, mut addresses) = (Names::default(), Names::default());
    let mut seen = Vec::new();
    for row in batches.iter().flat_map(RowView::all) {
        if let (Some(address), Some(port), Some(time)) =
            (row.text("src_ip"), row.number("src_port"), row.time("time"))
        {
            seen.push(Seen {
                address: addresses.number(address),
                port,
                source: sources.number(row.text("source").unwrap_or_default()),
                time,
            });
        }
    }
    Ok((seen, sources))
}
