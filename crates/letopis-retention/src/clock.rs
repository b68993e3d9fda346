//! Clocks that do not agree: sources that record the same connections, compared by when each begins them.
//!
//! The same judgement as that of the query `clock_offsets_by_source`, which anyone can run; here over records in memory,
//! since an engine scans them once for each time that a statement names them.

use std::collections::BTreeMap;

/// Microseconds after which the same address and port are another connection, and most by which two records of one
/// connection lie apart.
const APART: i64 = 3_600_000_000;

/// Fewest connections from which two clocks are compared.
const CONNECTIONS_LEAST: usize = 10;

/// Seconds up to which a difference is no finding.
const LIMIT_S: i64 = 30;

/// A record of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// Address of the one who connects, as the caller numbers them.
    pub address: u32,
    /// Its port.
    pub port: i64,
    /// The source, as the caller numbers them.
    pub source: u32,
    /// When it wrote the record, microseconds since 1970 UTC.
    pub time: i64,
}

/// A pair of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The source.
    pub source: u32,
    /// The source that it is compared with.
    pub other: u32,
    /// Connections that both recorded.
    pub connections: u64,
    /// Seconds by which the source is behind the other, in the middle.
    pub behind_s: i64,
    /// Whether the difference counts: it is above the limit, and nearly the same in half of all connections.
    pub is_off: bool,
    /// Whether the source differs by the same from every other that it is compared with, at least two.
    pub is_odd: bool,
}

/// Compares every two sources that recorded at least ten connections in common, by source and other.
pub fn compare(mut seen: Vec<Seen>) -> Vec<Pair> {
    seen.sort_unstable();
    let mut before: Option<Seen> = None;
    let mut begun: Vec<Seen> = Vec::new();
    for one in seen {
        let goes_on = before.is_some_and(|before| {
            (before.address, before.port, before.source) == (one.address, one.port, one.source)
                && one.time.saturating_sub(before.time) <= APART
        });
        before = Some(one);
        if !goes_on {
            begun.push(one);
        }
    }
    begun.sort_unstable_by_key(|one| (one.address, one.port, one.time));
    let mut differences: BTreeMap<(u32, u32), Vec<i64>> = BTreeMap::new();
    for same in begun.chunk_by(|a, b| (a.address, a.port) == (b.address, b.port)) {
        for (at, one) in same.iter().enumerate() {
            for other in same.iter().skip(at + 1) {
                let apart = other.time.saturating_sub(one.time);
                if apart > APART {
                    break;
                }
                if other.source != one.source {
                    let seconds = apart / 1_000_000;
                    let mut add = |pair, seconds| differences.entry(pair).or_default().push(seconds);
                    add((one.source, other.source), seconds);
                    add((other.source, one.source), -seconds);
                }
            }
        }
    }
    let mut pairs: Vec<Pair> = differences
        .into_iter()
        .filter(|(_, seconds)| seconds.len() >= CONNECTIONS_LEAST)
        .map(|((source, other), seconds)| judged(source, other, seconds))
        .collect();
    for of_one in pairs.chunk_by_mut(|a, b| a.source == b.source) {
        let is_odd = is_odd(of_one);
        of_one.iter_mut().for_each(|pair| pair.is_odd = is_odd);
    }
    pairs
}

fn judged(source: u32, other: u32, mut seconds: Vec<i64>) -> Pair {
    seconds.sort_unstable();
    let count = seconds.len();
    // At least ten: each of these places is one of them.
    let at = |place: usize| seconds.get(place.max(1) - 1).copied().unwrap_or_default();
    let behind_s = at(count.div_ceil(2));
    let spread = at((3 * count).div_ceil(4)) - at(count.div_ceil(4));
    Pair {
        source,
        other,
        connections: count as u64,
        behind_s,
        is_off: behind_s.abs() > LIMIT_S && spread <= tolerance(behind_s),
        is_odd: false,
    }
}

fn is_odd(pairs: &[Pair]) -> bool {
    let behind = || pairs.iter().map(|pair| pair.behind_s);
    let (Some(least), Some(most)) = (behind().min(), behind().max()) else {
        return false;
    };
    pairs.len() >= 2 && pairs.iter().all(|pair| pair.is_off) && most - least <= tolerance(most)
}

/// Differences that are so much apart are taken for the same: a tenth, or ten seconds.
fn tolerance(seconds: i64) -> i64 {
    (seconds.abs() / 10).max(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Connections `from` to `to`, a minute apart, each recorded by these sources so many seconds late.
    fn recorded(connections: std::ops::Range<i64>, sources: &[(u32, i64)]) -> Vec<Seen> {
        let one = |number: i64, source: u32, late: i64| Seen {
            address: 7,
            port: 1024 + number,
            source,
            time: (number * 60 + late) * 1_000_000,
        };
        connections
            .flat_map(|number| {
                sources
                    .iter()
                    .map(move |(source, late)| one(number, *source, *late))
            })
            .collect()
    }

    fn shown(seen: Vec<Seen>) -> Vec<(u32, u32, u64, i64, bool, bool)> {
        let pairs = compare(seen).into_iter();
        pairs
            .map(|p| (p.source, p.other, p.connections, p.behind_s, p.is_off, p.is_odd))
            .collect()
    }

    #[test]
    fn the_clock_that_differs_from_all_others_is_the_odd_one() {
        let seen = recorded(0..20, &[(0, 0), (1, 2), (2, -300)]);
        assert_eq!(
            shown(seen),
            [
                (0, 1, 20, 2, false, false),
                (0, 2, 20, -300, true, false),
                (1, 0, 20, -2, false, false),
                (1, 2, 20, -302, true, false),
                (2, 0, 20, 300, true, true),
                (2, 1, 20, 302, true, true),
            ]
        );
    }

    #[test]
    fn few_connections_and_differences_that_scatter_tell_nothing() {
        assert_eq!(shown(recorded(0..9, &[(0, 0), (1, 100)])), []);
        let mut scattered = recorded(0..20, &[(0, 0)]);
        scattered.extend((0..20).flat_map(|n| recorded(n..n + 1, &[(1, 60 + 20 * n)])));
        let pairs = shown(scattered);
        assert_eq!(pairs.len(), 2);
        assert!(pairs.iter().all(|pair| !pair.4), "{pairs:?}");
    }

    /// The first record of a connection counts; an hour's pause begins a new one on the same port.
    #[test]
    fn a_connection_is_compared_by_its_begin() {
        let mut seen = recorded(0..10, &[(0, 0), (1, 40)]);
        // More records of the same connections, and the same ports three hours later, where the difference is another.
        seen.extend(recorded(0..10, &[(0, 900), (1, 1000)]));
        seen.extend(recorded(0..10, &[(0, 10_800), (1, 10_845)]));
        let pairs = shown(seen);
        assert_eq!(pairs[0], (0, 1, 20, 40, true, false));
        assert_eq!(pairs[1], (1, 0, 20, -45, true, false));
    }
}
