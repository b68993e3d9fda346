//! Which column a field of a record fills, by its name.

use std::collections::HashMap;
use std::sync::LazyLock;

use letopis_event::{Number, Text};

use super::names::{NAMES, n, t};
use super::{Match, Target, foreign};
use crate::formats::scan::Cut as _;

/// A name without its case and its `_`, `-` and blanks.
fn plain(name: &str, out: &mut String) {
    out.clear();
    let name_only = name.trimmed().less_start(b'_');
    if name.is_ascii() {
        let kept = name_only.bytes().filter(|b| !matches!(b, b'_' | b' ' | b'-'));
        out.extend(kept.map(|b| char::from(b.to_ascii_lowercase())));
        return;
    }
    let kept = name_only.chars().filter(|c| !matches!(c, '_' | ' ' | '\u{feff}'));
    // The Cyrillic letter and its Latin twin stand for each other in headers.
    out.extend(
        kept.flat_map(char::to_lowercase)
            .map(|c| if c == 'і' { 'i' } else { c }),
    );
}

/// Last parts of nested names that say the same below any parent (`req.remoteAddress`, `attackData.clientIP`): they
/// count less than every name above.
const INNER: &[(Target, &[&str])] = &[
    (
        t(Text::SrcIp),
        &[
            "clientip",
            "clientipaddress",
            "remoteaddress",
            "remoteaddr",
            "remoteip",
            "sourceip",
            "srcip",
            "calleripaddress",
        ],
    ),
    (
        n(Number::SrcPort),
        &["clientport", "remoteport", "sourceport", "srcport"],
    ),
    (t(Text::DstIp), &["destinationip", "destip", "dstip"]),
    (n(Number::DstPort), &["destinationport", "destport", "dstport"]),
    (
        t(Text::UserName),
        &["username", "loginname", "userprincipalname", "accountname"],
    ),
];

/// Parents below which an account is not the one that acted.
const OTHERS: &[&str] = &[
    "target",
    "dest",
    "recipient",
    "owner",
    "creat",
    "modif",
    "object",
    "parent",
    "previous",
    "member",
];

/// Rank of the names of [`foreign::NAMES`].
const FOREIGN_RANK: u16 = 500;
/// Rank of the names of [`INNER`].
const INNER_RANK: u16 = 1000;

fn inner(wanted: &str) -> Option<Match> {
    let (parents, last) = wanted.cut_last(b'.')?;
    let (target, rank) = INNER.iter().find_map(|(target, names)| {
        let rank = names.iter().position(|name| *name == last)?;
        Some((*target, INNER_RANK + rank as u16))
    })?;
    let of_another = target == t(Text::UserName) && OTHERS.iter().any(|other| parents.contains(other));
    (!of_another).then_some((target, rank))
}

/// Every name that stands at the top of a record.
static KNOWN: LazyLock<HashMap<String, Match>> = LazyLock::new(|| {
    let mut known = HashMap::new();
    let mut written = String::new();
    for (target, names) in NAMES {
        for (rank, name) in (1..).zip(*names) {
            // The first that has a name keeps it. Rank 0 is for mappings.
            known.entry((*name).to_owned()).or_insert((*target, rank));
            plain(name, &mut written);
            known.entry(written.clone()).or_insert((*target, rank));
        }
    }
    for (target, names) in foreign::NAMES {
        for (rank, name) in (FOREIGN_RANK..).zip(names.split_whitespace()) {
            known.entry(name.to_owned()).or_insert((*target, rank));
        }
    }
    known
});

/// What a field of that name fills, where anything.
pub(super) fn find(name: &str) -> Option<Match> {
    find_with(name, &mut String::new())
}

/// The same, with memory for the plain name.
pub(in crate::formats) fn find_with(name: &str, scratch: &mut String) -> Option<Match> {
    plain(name, scratch);
    KNOWN.get(scratch.as_str()).copied().or_else(|| inner(scratch))
}

/// Whether a field of that name states a time or a date.
pub(crate) fn is_time_name(name: &str) -> bool {
    matches!(find(name), Some((Target::Time | Target::Date, _)))
}
