use std::borrow::Cow;

use letopis_event::Filter;
use letopis_event::filter::{ColumnTest, TextTest};
use proptest::prelude::*;

use super::*;
use crate::{IndexBuilder, Matcher, Row};

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

fn build(rows: &[String]) -> Vec<u8> {
    let mut builder = IndexBuilder::new().unwrap();
    for row in rows {
        builder.add(row).unwrap();
    }
    builder.finish().unwrap()
}

fn open(bytes: Vec<u8>) -> Result<SegmentIndex, SearchError> {
    SegmentIndex::open(Arc::from(bytes))
}

fn by_scan(rows: &[String], filter: &Filter) -> Vec<u64> {
    let matcher = Matcher::new(filter).unwrap();
    (0..rows.len() as u64)
        .filter(|row| matcher.matches(&rows[*row as usize], &Nothing))
        .collect()
}

fn by_index(index: &SegmentIndex, rows: &[String], filter: &Filter) -> Vec<u64> {
    let matcher = Matcher::new(filter).unwrap();
    let found = index.candidates(filter).unwrap();
    found
        .blocks
        .ranges()
        .flatten()
        .filter(|row| matcher.matches(&rows[*row as usize], &Nothing))
        .collect()
}

/// A thousand and some rows in which word `wN` and identifier `id-0000N` stand once, `common` always.
fn numbered(count: u64) -> Vec<String> {
    (0..count)
        .map(|n| format!("common w{n} needle_user{} id-{n:05} ж{n}", n % 7))
        .collect()
}

#[test]
fn a_rare_word_leaves_one_block() {
    let rows = numbered(5000);
    let index = open(build(&rows)).unwrap();
    assert_eq!(index.rows(), 5000);
    let literal = |text: &str| Filter::Text(TextTest::Literal(text.into()));
    let check = |filter: &Filter, most: usize| {
        let found = index.candidates(filter).unwrap();
        assert!(found.blocks.len() <= most, "{:?}", found.plan);
        assert_eq!(
            by_index(&index, &rows, filter),
            by_scan(&rows, filter),
            "{filter:?}"
        );
        found.blocks.len()
    };
    assert_eq!(check(&literal("w42"), 1), 1);
    assert_eq!(check(&literal("W42 needle_user0"), 1), 1);
    assert_eq!(check(&literal("absent"), 0), 0);
    assert!(check(&literal("id-04999"), 3) >= 1);
    check(&literal("common"), 20);
    check(&Filter::Not(Box::new(literal("w42"))), 20);
    check(&Filter::Any(vec![literal("w42"), literal("w4999")]), 4);
    check(&Filter::All(vec![literal("w42"), literal("w4999")]), 0);
    check(&Filter::Text(TextTest::Wildcard("*ommon w42".into())), 1);
    check(&Filter::Text(TextTest::Wildcard("comm*".into())), 20);
    check(&Filter::Text(TextTest::LookAlike("Ж17".into())), 1);
    let column = Filter::Column {
        column: "user_name".into(),
        test: ColumnTest::Equals("w42".into()),
    };
    check(&column, 20);
}

#[test]
fn long_tokens_are_found() {
    let long = "x".repeat(300);
    let rows = vec![
        format!("a {long} b"),
        "c".to_owned(),
        format!("{long}{}", "1".repeat(5000)),
    ];
    let index = open(build(&rows)).unwrap();
    for text in [long.clone(), format!("{long}y"), rows[2].clone()] {
        let filter = Filter::Text(TextTest::Literal(text));
        assert_eq!(by_index(&index, &rows, &filter), by_scan(&rows, &filter));
    }
}

#[test]
fn an_index_of_nothing_opens() {
    let index = open(build(&[])).unwrap();
    let filter = Filter::Text(TextTest::Literal("a".into()));
    assert!(index.candidates(&filter).unwrap().blocks.is_empty());
    let index = open(build(&[String::new()])).unwrap();
    assert_eq!(index.candidates(&filter).unwrap().blocks.len(), 0);
    assert_eq!(index.candidates(&Filter::True).unwrap().blocks.row_count(), 1);
}

#[test]
fn any_damage_is_an_error() {
    let bytes = build(&numbered(600));
    for place in (0..bytes.len()).step_by(bytes.len() / 400 + 1).chain(0..HEADER) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x10;
        assert!(open(damaged).is_err(), "byte {place}");
    }
    for length in (0..bytes.len()).step_by(97) {
        assert!(open(bytes[..length].to_vec()).is_err(), "{length} bytes");
    }
}

/// Damage behind a digest that fits (a forger's), in the parts that are read by us: an error or an answer, no
/// panic. Tantivy's own part is not forged here: it takes memory by what its file says.
#[test]
fn forged_files_do_not_panic() {
    let bytes = build(&numbered(600));
    let mut length = [0; 8];
    length.copy_from_slice(&bytes[32..40]);
    let words_end = HEADER + u64::from_le_bytes(length) as usize;
    let body = bytes.len() - DIGEST;
    let filter = Filter::Text(TextTest::Literal("w42 id-00042".into()));
    for place in (words_end..body)
        .step_by((body - words_end) / 300 + 1)
        .chain(8..HEADER)
    {
        for mask in [0x01, 0x80, 0xff] {
            let mut forged = bytes[..body].to_vec();
            forged[place] ^= mask;
            let digest = blake3::hash(&forged);
            forged.extend_from_slice(digest.as_bytes());
            if let Ok(index) = open(forged) {
                let _ = index.candidates(&filter);
            }
        }
    }
}

#[test]
fn an_index_by_other_rules_is_stale() {
    for place in [7, 8, 12, 16, 20] {
        let mut bytes = build(&["a".to_owned()]);
        bytes.truncate(bytes.len() - DIGEST);
        bytes[place] ^= 0x40;
        let digest = blake3::hash(&bytes);
        bytes.extend_from_slice(digest.as_bytes());
        assert!(
            matches!(open(bytes), Err(SearchError::Stale { .. })),
            "byte {place}"
        );
    }
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[abАа]{1,2}",
        "[ab0-2]{1,6}",
        Just("admin".to_owned()),
        Just("аdmin".to_owned()),
        Just("10.0.0.1".to_owned()),
        Just("f00-ba55".to_owned()),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec((piece(), "[ .:_=-]{0,2}"), 1..4)
        .prop_map(|parts| parts.into_iter().map(|(a, b)| a + &b).collect())
}

fn filter() -> impl Strategy<Value = Filter> {
    let test = prop_oneof![
        text().prop_map(TextTest::Literal),
        text().prop_map(TextTest::LookAlike),
        (text(), text()).prop_map(|(a, b)| TextTest::Wildcard(format!("{a}*{b}"))),
        piece().prop_map(|a| TextTest::Wildcard(format!("*{a}"))),
        piece().prop_map(|a| TextTest::Regex(a.replace('.', "\\."))),
    ];
    let leaf = prop_oneof![5 => test.prop_map(Filter::Text), 1 => Just(Filter::True)];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::Any),
            inner.prop_map(|f| Filter::Not(Box::new(f))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// The whole point: narrowing never changes the answer. Rows repeat in stretches, so that blocks differ.
    #[test]
    fn index_and_scan_agree(
        texts in prop::collection::vec((text(), 1..400_usize), 1..6),
        filters in prop::collection::vec(filter(), 1..12),
    ) {
        let rows: Vec<String> =
            texts.iter().flat_map(|(text, times)| std::iter::repeat_n(text.clone(), *times)).collect();
        let index = open(build(&rows)).unwrap();
        for filter in &filters {
            prop_assert_eq!(by_index(&index, &rows, filter), by_scan(&rows, filter), "{:?}", filter);
        }
    }
}
