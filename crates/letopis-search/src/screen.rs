//! What must stand in a record's bytes for a filter to hold: looked for in many records at once, before one is taken apart.

use aho_corasick::{AhoCorasick, Input, MatchKind, packed};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, HirKind};

/// Most byte strings of one screen; the packed searcher takes no more.
const MOST_NEEDLES: usize = 128;
/// Bytes of a literal that are looked for; more do not make the packed searcher more certain.
const MOST_BYTES: usize = 8;
/// Bytes below which a literal of a regular expression stands nearly everywhere.
const LEAST_BYTES: usize = 2;

/// Finds, in UTF-8, byte strings of which one stands in every text that satisfies a filter.
///
/// Where none begins inside a record, the record does not satisfy the filter. Damaged UTF-8 is no exception: what is
/// looked for is whole characters, and none of them is the one that stands for damage.
#[derive(Clone, Debug)]
pub struct Screen(Finder);

#[derive(Clone, Debug)]
enum Finder {
    Packed(packed::Searcher),
    /// Where the processor or the needles are not what the packed one needs.
    Automaton(AhoCorasick),
}

/// Byte strings of which one must be there.
pub(crate) type Needles = Vec<Vec<u8>>;

impl Screen {
    /// `None` where the needles are of no use, or none are known.
    pub(crate) fn new(needles: Option<Needles>) -> Option<Self> {
        let mut needles = needles?;
        needles.sort_unstable();
        needles.dedup();
        // U+FFFD begins with this byte: it may stand in a text for bytes that are none.
        let useless = |needle: &Vec<u8>| needle.is_empty() || needle.contains(&0xef);
        if needles.is_empty() || needles.len() > MOST_NEEDLES || needles.iter().any(useless) {
            return None;
        }
        let packed = packed::Config::new()
            .match_kind(packed::MatchKind::LeftmostFirst)
            .builder()
            .extend(&needles)
            .build();
        let finder = match packed {
            Some(packed) => Finder::Packed(packed),
            None => {
                let mut builder = AhoCorasick::builder();
                builder.match_kind(MatchKind::LeftmostFirst);
                Finder::Automaton(builder.build(&needles).ok()?)
            }
        };
        Some(Self(finder))
    }

    /// Where needles begin in `bytes`, ascending, at the end of `places`. `false` where there are more than `most`: the
    /// rest is then not looked for.
    pub fn places(&self, bytes: &[u8], most: usize, places: &mut Vec<u32>) -> bool {
        let mut from = 0;
        let mut found = 0;
        while let Some(place) = self.find(bytes, from) {
            let Ok(offset) = u32::try_from(place) else {
                return false;
            };
            if found == most {
                return false;
            }
            found += 1;
            places.push(offset);
            // One needle may begin inside another.
            from = place + 1;
        }
        true
    }

    fn find(&self, bytes: &[u8], from: usize) -> Option<usize> {
        match &self.0 {
            Finder::Packed(packed) => packed
                .find_in(bytes, (from..bytes.len()).into())
                .map(|found| found.start()),
            Finder::Automaton(automaton) => automaton
                .find(Input::new(bytes).range(from..))
                .map(|found| found.start()),
        }
    }
}

/// The needles that find least: the longest, then the fewest.
pub(crate) fn best(choices: impl Iterator<Item = Needles>) -> Option<Needles> {
    choices.max_by_key(|needles| {
        let shortest = needles.iter().map(Vec::len).min().unwrap_or(0);
        (shortest, usize::MAX - needles.len())
    })
}

/// What every match of a regular expression holds, of an expression that the compiler took; `None` where nothing is known.
pub(crate) fn needles_of_regex(pattern: &str) -> Option<Needles> {
    needles_of(&regex_syntax::parse(pattern).ok()?)
}

fn needles_of(hir: &Hir) -> Option<Needles> {
    let inner = match hir.kind() {
        HirKind::Capture(capture) => needles_of(&capture.sub),
        HirKind::Repetition(repeated) if repeated.min > 0 => needles_of(&repeated.sub),
        HirKind::Alternation(parts) => {
            let each: Option<Vec<Needles>> = parts.iter().map(needles_of).collect();
            each.map(|each| each.concat())
        }
        HirKind::Concat(parts) => {
            // What a match goes on with at any part is in the match.
            let tails = (1..parts.len()).filter_map(|at| beginnings(&Hir::concat(parts[at..].to_vec())));
            best(parts.iter().filter_map(needles_of).chain(tails))
        }
        _ => None,
    };
    best(inner.into_iter().chain(beginnings(hir)))
}

/// The byte strings with one of which every match begins.
fn beginnings(hir: &Hir) -> Option<Needles> {
    let all = Extractor::new().kind(ExtractKind::Prefix).extract(hir);
    // Shorter where there are too many: `(?i)` doubles them with every letter.
    (LEAST_BYTES..=MOST_BYTES).rev().find_map(|length| {
        let mut cut = all.clone();
        cut.keep_first_bytes(length);
        cut.dedup();
        let literals = cut.literals()?;
        let fits = !literals.is_empty() && literals.len() <= MOST_NEEDLES;
        let long = literals.iter().all(|literal| literal.len() >= LEAST_BYTES);
        (fits && long).then(|| literals.iter().map(|l| l.as_bytes().to_vec()).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::{Matcher, Row};
    use letopis_event::Filter;
    use letopis_event::filter::TextTest;
    use proptest::prelude::*;
    use std::borrow::Cow;

    struct Nothing;

    impl Row for Nothing {
        fn text(&self, _: &str) -> Option<Cow<'_, str>> {
            None
        }
        fn number(&self, _: &str) -> Option<i64> {
            None
        }
        fn time(&self, _: &str) -> Option<i64> {
            None
        }
        fn attr(&self, _: &str) -> Option<Cow<'_, str>> {
            None
        }
    }

    const PATTERNS: &[&str] = &[
        "",
        "abc",
        "(?i)abc",
        "(?i)абв",
        "a(b|c)+d",
        "(ab|cd|)x",
        "^ab",
        "bc$",
        r"\bab\b",
        "[abc]{2,4}d",
        "a.*d",
        "[^a]bc",
        "(?:abc)?d",
        "(abcd){2}",
        r"\w+ab",
        "ab|бв|[cd]a",
        r"d[0-9]+7\.ab",
        "\u{fffd}ab",
        r"(?s)ab.cd",
        r"ab\s+cd",
    ];

    fn filter() -> impl Strategy<Value = Filter> {
        let leaf = prop_oneof![
            "[abcdаб1. ]{0,5}".prop_map(|text| Filter::Text(TextTest::Literal(text))),
            "[abcdаб]{1,4}".prop_map(|text| Filter::Text(TextTest::LookAlike(text))),
            "[abcd*]{1,5}".prop_map(|text| Filter::Text(TextTest::Wildcard(text))),
            proptest::sample::select(PATTERNS).prop_map(|p| Filter::Text(TextTest::Regex(p.to_owned()))),
            Just(Filter::True),
        ];
        leaf.prop_recursive(3, 8, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Filter::All),
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Filter::Any),
                inner.prop_map(|part| Filter::Not(Box::new(part))),
            ]
        })
    }

    /// Short texts of few letters, so that filters hold often; damage stands where a `?` was.
    fn records() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let record = "[abcdABКабв17?. \\n]{0,14}".prop_map(|text| {
            let damage = |byte: u8| if byte == b'?' { 0xd0 } else { byte };
            text.into_bytes().into_iter().map(damage).collect::<Vec<u8>>()
        });
        proptest::collection::vec(record, 1..12)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        /// Whatever satisfies a filter holds a place, wherever it lies among others.
        #[test]
        fn no_record_is_lost(filter in filter(), records in records()) {
            let matcher = Matcher::new(&filter).unwrap();
            let Some(screen) = matcher.screen() else { return Ok(()) };
            let mut places = Vec::new();
            prop_assert!(screen.places(&records.concat(), usize::MAX, &mut places));
            prop_assert!(places.is_sorted());
            let mut start = 0;
            for record in &records {
                let end = start + record.len();
                if matcher.matches(&String::from_utf8_lossy(record), &Nothing) {
                    let holds = places.iter().any(|place| (start..end).contains(&(*place as usize)));
                    prop_assert!(holds, "{:?} in {:?}", filter, String::from_utf8_lossy(record));
                }
                start = end;
            }
        }
    }

    fn of(filter: &Filter) -> Option<Screen> {
        Matcher::new(filter).unwrap().screen()
    }

    fn regex(pattern: &str) -> Filter {
        Filter::Text(TextTest::Regex(pattern.to_owned()))
    }

    #[test]
    fn what_can_be_told_is_told() {
        let literal = |text: &str| Filter::Text(TextTest::Literal(text.to_owned()));
        let count = |filter: &Filter, text: &str| {
            let mut places = Vec::new();
            assert!(of(filter).unwrap().places(text.as_bytes(), 100, &mut places));
            places.len()
        };
        assert_eq!(count(&literal("root"), "ROOT rot toor Root"), 2);
        assert_eq!(
            count(&regex(r"session-[0-9]+7\.scope"), "session-17.scope sessions"),
            1
        );
        assert_eq!(count(&regex(r"[0-9]+ (?i)failed"), "17 FAILED, 18 fal, fai"), 1);
        assert_eq!(count(&regex("(sshd|sudo):"), "sshd: sudo: sshd"), 2);
        let both = Filter::All(vec![regex(r"\d"), literal("root")]);
        assert_eq!(count(&both, "1 2 3 root"), 1);
        for nothing in [
            regex(".*"),
            regex("a?b?"),
            literal(""),
            Filter::Not(Box::new(literal("root"))),
            Filter::Any(vec![literal("root"), regex(".")]),
            Filter::Any(vec![literal("root"), literal("")]),
        ] {
            assert!(of(&nothing).is_none(), "{nothing:?}");
        }
    }

    #[test]
    fn more_places_than_asked_for_are_refused() {
        let screen = of(&regex("abc")).unwrap();
        let mut places = Vec::new();
        assert!(screen.places(b"abcabcabc", 3, &mut places));
        assert_eq!(places, [0, 3, 6]);
        assert!(!screen.places(b"abcabcabcabc", 3, &mut places));
    }
}
