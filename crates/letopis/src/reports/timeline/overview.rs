//! The rows in short: what was done, by whom and where, from the first to the last time.

use std::collections::BTreeMap;

use letopis_event::Zone;
use letopis_reconstruct::timeline::TimelineRow;
use letopis_report::page::Row;
use letopis_report::{Cell, Mark, Message, Table};

use crate::reports::{columns, moment};

/// First and last time, source and machine, what and how it ended, by whom and from where, how often.
pub(super) const GROUPS: &[&[usize]] = &[&[0, 1], &[2, 3], &[4, 5], &[6, 7], &[8]];

/// Rows that tell of the same: all in these but the time and the words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Alike<'r> {
    source: &'r str,
    host: Option<&'r str>,
    kind: &'r str,
    outcome: &'r str,
    who: Option<&'r str>,
    address: Option<&'r str>,
}

/// First and last of them, and their number.
#[derive(Clone, Copy, Debug)]
struct Stretch<'r> {
    first: &'r TimelineRow,
    last: &'r TimelineRow,
    number: u64,
}

/// The table of the overview, in the order of first times. Rows are given in the order of time.
pub(super) fn table(rows: &[TimelineRow], zone: Zone) -> Table {
    let mut stretches: BTreeMap<Alike<'_>, Stretch<'_>> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.copy_of.is_none()) {
        let alike = Alike {
            source: &row.source,
            host: row.host.as_deref(),
            kind: &row.kind,
            outcome: &row.outcome,
            who: row.user_name.as_deref().or(row.target_user.as_deref()),
            address: row.src_ip.as_deref().or(row.dst_ip.as_deref()),
        };
        let stretch = stretches.entry(alike).or_insert(Stretch {
            first: row,
            last: row,
            number: 0,
        });
        stretch.last = row;
        stretch.number += 1;
    }
    let mut ordered: Vec<(Alike<'_>, Stretch<'_>)> = stretches.into_iter().collect();
    ordered.sort_by(|a, b| a.1.first.time.cmp(&b.1.first.time).then_with(|| a.0.cmp(&b.0)));
    Table {
        name: "overview",
        columns: columns(&[
            "col-from",
            "col-to",
            "col-source",
            "col-host",
            "col-kind",
            "col-outcome",
            "col-user",
            "col-address",
            "col-number",
        ]),
        rows: ordered
            .iter()
            .map(|(alike, stretch)| row(alike, stretch, zone))
            .collect(),
    }
}

fn row(alike: &Alike<'_>, stretch: &Stretch<'_>, zone: Zone) -> Row {
    let text = |value: Option<&str>| value.map(str::to_owned).into();
    let time = |row: &TimelineRow| moment(Some(row.time), zone, &row.time_basis);
    Row {
        mark: match alike.outcome {
            "failure" => Mark::Bad,
            _ => Mark::Plain,
        },
        cells: vec![
            time(stretch.first),
            if stretch.number > 1 {
                time(stretch.last)
            } else {
                Cell::Empty
            },
            text(Some(alike.source)),
            text(alike.host),
            Cell::Message(Message::code("kind", alike.kind)),
            Cell::Message(Message::code("outcome", alike.outcome)),
            text(alike.who),
            text(alike.address),
            stretch.number.into(),
        ],
    }
}
