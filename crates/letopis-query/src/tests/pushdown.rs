//! A search in SQL gives the same rows whichever way it is evaluated.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::named_queries::write;
use super::scenario;
use super::search::WordSearch;

const QUERIES: &[&str] = &[
    "root",
    "Failed password",
    "203.0.113.9",
    "root -Failed",
    "kind:log.clear",
    "source:asa",
    "kind:auth.logon user_name:root",
    "aigul | postgres",
    "nothing-of-the-kind",
    "4625",
    "two",
    "2",
    "Data",
    "-root",
    "",
];

async fn ids(engine: &crate::Engine, sql: &str) -> Vec<String> {
    let stream = engine.sql(sql).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    write(stream).await.lines().skip(1).map(str::to_owned).collect()
}

/// Rows by an exact reader of the records themselves.
fn reference(query: &str) -> usize {
    use super::search::words;
    use std::collections::BTreeSet;
    let holds = |file: &scenario::File, record: &scenario::Record, word: &str| match word.split_once(':') {
        Some(("source", value)) => file.source == value,
        Some(("kind", value)) => record.kind.as_str() == value,
        Some((column, value)) => record
            .texts
            .iter()
            .any(|(c, v)| c.column() == column && v.to_lowercase() == value),
        None => {
            let known: BTreeSet<String> = words(&scenario::searched_text(file, record)).collect();
            words(word).all(|w| known.contains(&w))
        }
    };
    let files = scenario::files();
    files
        .iter()
        .flat_map(|file| file.records.iter().map(move |record| (file, record)))
        .filter(|(file, record)| {
            query.split('|').any(|part| {
                part.split_whitespace().all(|word| match word.strip_prefix('-') {
                    Some(word) => !holds(file, record, word),
                    None => holds(file, record, word),
                })
            })
        })
        .count()
}

#[tokio::test]
async fn pushed_down_plain_and_without_index_agree() {
    let archive = Arc::new(scenario::archive());
    let indexed = scenario::engine(Arc::clone(&archive), Arc::new(scenario::index()), 2);
    let plain = scenario::engine(archive, Arc::new(WordSearch::default()), 1);
    for query in QUERIES {
        let pushed =
            format!("SELECT event_id FROM events WHERE matches(event_id, '{query}') ORDER BY event_id");
        // Beside a comparison of another column it can not be taken over by the table.
        let function = format!(
            "SELECT event_id FROM events WHERE matches(event_id, '{query}') OR byte_offset < 0 ORDER BY event_id"
        );
        let projected = format!(
            "SELECT event_id FROM (SELECT event_id, matches(event_id, '{query}') AS found FROM events) WHERE found ORDER BY event_id"
        );
        let expected = reference(query);
        for engine in [&indexed, &plain] {
            let first = ids(engine, &pushed).await;
            assert_eq!(first.len(), expected, "{query}");
            assert_eq!(first, ids(engine, &function).await, "{query}");
            assert_eq!(first, ids(engine, &projected).await, "{query}");
            let counted = format!("SELECT count(*) FROM events WHERE matches(event_id, '{query}')");
            assert_eq!(ids(engine, &counted).await, [expected.to_string()], "{query}");
        }
    }
}

#[tokio::test]
async fn searches_combine_with_each_other_and_with_columns() {
    let engine = scenario::whole_engine();
    let cases = [
        ("matches(event_id, 'root') AND kind = 'auth.logon'", 7),
        ("matches(event_id, 'root') AND matches(event_id, 'Failed')", 6),
        ("NOT matches(event_id, 'root') AND source = 'asa'", 3),
        ("matches(event_id, 'Accepted') OR matches(event_id, 'cleared')", 2),
        ("matches(event_id, 'Accepted') OR kind = 'log.clear'", 2),
        ("matches(event_id, 'root') AND kind = 'service.stop'", 0),
        (
            "NOT (matches(event_id, 'root') OR matches(event_id, 'cron')) AND source = 'srv1'",
            2,
        ),
    ];
    for (condition, expected) in cases {
        let sql = format!("SELECT count(*) FROM events WHERE {condition}");
        assert_eq!(ids(&engine, &sql).await, [expected.to_string()], "{condition}");
        let all = format!("SELECT event_id, {condition} AS found FROM events");
        let slow = ids(&engine, &format!("SELECT count(*) FROM ({all}) WHERE found")).await;
        assert_eq!(slow, [expected.to_string()], "{condition}");
    }
}

#[tokio::test]
async fn the_plan_shows_who_tests_the_rows() {
    let engine = scenario::whole_engine();
    let plan = ids(
        &engine,
        "EXPLAIN SELECT kind FROM events WHERE matches(event_id, 'root') AND source = 'srv1'",
    )
    .await
    .join("\n");
    assert!(plan.contains("TestRows"), "{plan}");
    assert!(!plan.contains("matches(event_id"), "{plan}");
}

/// Only the segments that can hold rows are opened, and only their index is asked.
#[tokio::test]
async fn segments_that_can_not_matter_stay_closed() {
    let cases: &[(&str, &[&str])] = &[
        ("source = 'asa'", &["asa-all"]),
        ("source IN ('asa', 'vpn')", &["asa-all", "vpn-all"]),
        ("kind = 'log.clear'", &["dc1-all"]),
        (
            "format = 'evtx' AND time >= TIMESTAMP '2026-01-12T00:00:00Z'",
            &["dc1-all"],
        ),
        ("time < TIMESTAMP '2025-10-05T00:00:00Z'", &["srv1-all"]),
        ("time IS NULL", &["srv1-all"]),
        ("event_id = '22222222222222222222-0'", &["dc1-all"]),
        ("source = 'nobody'", &[]),
        ("matches(event_id, 'cleared')", &["dc1-all"]),
        ("matches(event_id, 'root') AND source = 'srv1'", &["srv1-all"]),
        ("matches(event_id, 'source:ASA')", &["asa-all"]),
        (
            "matches(event_id, 'source:asa | kind:log.clear')",
            &["asa-all", "dc1-all"],
        ),
        ("matches(event_id, 'source:asa kind:log.clear')", &[]),
        ("matches(event_id, 'time:2025-10-03')", &["srv1-all"]),
    ];
    for (condition, expected) in cases {
        let archive = Arc::new(scenario::archive());
        let search = Arc::new(scenario::index());
        let engine = scenario::engine(Arc::clone(&archive), Arc::clone(&search), 1);
        ids(
            &engine,
            &format!("SELECT event_id, message FROM events WHERE {condition}"),
        )
        .await;
        let mut opened = archive.opened.lock().unwrap().clone();
        opened.sort();
        opened.dedup();
        assert_eq!(opened, *expected, "{condition}");
        let asked = search.asked.lock().unwrap().clone();
        if condition.contains("source = 'srv1'") {
            assert!(asked.iter().all(|s| s == "srv1-all"), "{asked:?}");
        }
    }
}

#[tokio::test]
async fn raw_gives_the_record_as_written() {
    let engine = scenario::whole_engine();
    let found = ids(
        &engine,
        "SELECT raw(event_id) FROM events WHERE kind = 'log.clear' OR source = 'vpn' ORDER BY event_id",
    )
    .await;
    let text = found.join("\n");
    assert!(text.contains("The audit log was cleared."), "{text}");
    assert!(text.contains("2026-03-29T01:00:00Z remote.access"), "{text}");
    let missing = ids(
        &engine,
        "SELECT raw('99999999999999999999-0') AS a, raw('no id') AS b, matches('no id', 'x') AS c",
    )
    .await;
    assert_eq!(missing, [",,"]);
}

/// Every record's text through SQL, beside the records.
#[tokio::test]
async fn every_text_comes_back() {
    let engine = scenario::whole_engine();
    let stream = engine
        .sql("SELECT raw(event_id) AS text FROM events")
        .await
        .unwrap();
    let mut found = Vec::new();
    for batch in stream.collect().await.unwrap() {
        use arrow::array::AsArray as _;
        found.extend(
            batch
                .column(0)
                .as_string::<i32>()
                .iter()
                .map(|t| t.unwrap().to_owned()),
        );
    }
    let mut expected = Vec::new();
    for file in scenario::files() {
        expected.extend(file.records.iter().map(|r| scenario::searched_text(&file, r)));
    }
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
}

/// What a search says of time is what SQL says of it, to the instant, also where it may not narrow.
#[tokio::test]
async fn times_in_a_search_are_times_in_sql() {
    let engine = scenario::whole_engine();
    let mut rows = 0;
    for day in ["2025-10-03", "2026-01-12", "2026-03-29"] {
        let all = "SELECT event_id FROM events WHERE";
        let of_day = format!(
            "time >= TIMESTAMP '{day}T00:00:00Z' AND time < TIMESTAMP '{day}T00:00:00Z' + INTERVAL '1 day'"
        );
        let sql = ids(&engine, &format!("{all} {of_day} ORDER BY event_id")).await;
        let search = format!("{all} matches(event_id, 'time:{day}') ORDER BY event_id");
        assert_eq!(ids(&engine, &search).await, sql, "{day}");
        rows += sql.len();
        let other = ids(
            &engine,
            &format!("{all} time IS NULL OR NOT ({of_day}) ORDER BY event_id"),
        )
        .await;
        let search = format!("{all} matches(event_id, '-time:{day}') ORDER BY event_id");
        assert_eq!(ids(&engine, &search).await, other, "{day}");
    }
    assert!(rows > 3, "{rows}");
}

/// Records are read from the original again where they lie in two parts of it, or are not in UTF-8. Of the others those that hold
/// the word are tested from what was kept when their part was looked through.
#[tokio::test]
async fn records_are_not_read_again_for_what_their_part_told() {
    let (mut all, mut expected, mut held) = (0, 0, 0);
    for file in scenario::files() {
        let mut offset = 0;
        for record in &file.records {
            let end = offset + record.raw.len() as u64;
            if file.encoding != "binary" {
                let lies_in_two = offset / scenario::PART != (end - 1) / scenario::PART;
                held += usize::from(record.raw.to_lowercase().contains("failed"));
                expected += usize::from(lies_in_two || file.encoding != "utf-8");
                all += 1;
            }
            offset = end + 1;
        }
    }
    assert!(expected * 2 < all, "{expected} of {all}");
    let archive = Arc::new(scenario::archive());
    let engine = scenario::engine(Arc::clone(&archive), Arc::new(WordSearch::default()), 1);
    let found = ids(
        &engine,
        "SELECT event_id FROM events WHERE matches(event_id, 'Failed')",
    )
    .await;
    assert!(
        !found.is_empty() && found.len() <= held,
        "{} of {held}",
        found.len()
    );
    assert_eq!(archive.texts_read.load(Ordering::Relaxed), expected);
}

#[tokio::test]
async fn an_original_that_can_not_be_read_ends_the_query() {
    let mut archive = scenario::archive();
    archive.damaged = Some(letopis_event::ObjectDigest([0x11; 32]));
    let engine = scenario::engine(Arc::new(archive), Arc::new(scenario::index()), 1);
    for sql in [
        "SELECT event_id FROM events WHERE matches(event_id, 'root')",
        "SELECT raw(event_id) FROM events",
        "SELECT matches(event_id, 'root') FROM events",
    ] {
        let error = match engine.sql(sql).await {
            Ok(stream) => stream.collect().await.unwrap_err(),
            Err(error) => error,
        };
        let text = error.to_string();
        assert!(matches!(error, crate::QueryError::Original { .. }), "{text}");
        assert!(
            text.contains(&"11".repeat(32)) && text.contains("the object is damaged"),
            "{text}"
        );
    }
}
