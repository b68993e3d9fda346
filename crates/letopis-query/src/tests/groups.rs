//! Groups of days, weeks and texts against the engine's own calendar, which works them out row by row where nothing is
//! grouped.

use std::collections::BTreeMap;

use super::named_queries::write;
use super::scenario;

async fn answer(sql: &str) -> Vec<String> {
    let engine = scenario::whole_engine();
    let stream = engine.sql(sql).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    let mut lines: Vec<String> = write(stream).await.lines().skip(1).map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}

/// Instants around midnights, Mondays, leap days and 1970, in two ways to write a zone and without one.
fn instants(zone: &str) -> String {
    let mut micros: Vec<i64> = Vec::new();
    for day in [
        -25_567, -1, 0, 3, 4, 5, 11_015, 11_016, 19_782, 20_454, 20_457, 47_540,
    ] {
        for second in [-1, 0, 1, 59, 60, 3_599, 3_600, 43_200] {
            for micro in [-1, 0, 1, 999_999] {
                micros.push((day * 86_400 + second) * 1_000_000 + micro);
            }
        }
    }
    let values: Vec<String> = micros.iter().map(|at| format!("({at})")).collect();
    format!(
        "(SELECT arrow_cast(column1, 'Timestamp(Microsecond, {zone})') AS t FROM (VALUES {}, (NULL)))",
        values.join(", ")
    )
}

#[tokio::test]
async fn the_groups_are_those_of_the_calendar() {
    for zone in ["Some(\"UTC\")", "Some(\"+00:00\")", "None", "Some(\"+05:00\")"] {
        let table = instants(zone);
        for key in [
            "CAST(t AS DATE)",
            "CAST(CAST(t AS DATE) AS VARCHAR)",
            "date_trunc('second', t)",
            "date_trunc('minute', t)",
            "date_trunc('hour', t)",
            "date_trunc('DAY', t)",
            "date_trunc('week', t)",
            "date_trunc('month', t)",
            "CAST(date_trunc('week', t) AS DATE)",
            "CAST(date_trunc('day', t) AS VARCHAR)",
            "CAST(CAST(date_part('hour', t) AS INT) AS VARCHAR)",
        ] {
            let mut expected: BTreeMap<String, u64> = BTreeMap::new();
            for line in answer(&format!("SELECT {key} AS k FROM {table}")).await {
                *expected.entry(line).or_default() += 1;
            }
            let expected: Vec<String> = expected.iter().map(|(k, n)| format!("{k},{n}")).collect();
            let found = answer(&format!(
                "SELECT {key} AS k, count(*) AS n FROM {table} GROUP BY {key}"
            ))
            .await;
            assert_eq!(found, expected, "{key}, {zone}");
        }
    }
}

#[tokio::test]
async fn days_of_events_under_their_names() {
    let grouped = answer(
        "SELECT CAST(CAST(time AS DATE) AS VARCHAR) AS day, kind, count(*) AS n FROM events WHERE time IS NOT NULL \
         GROUP BY CAST(CAST(time AS DATE) AS VARCHAR), kind HAVING count(*) > 1",
    )
    .await;
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for line in
        answer("SELECT substr(local_time(time, 'UTC'), 1, 10), kind FROM events WHERE time IS NOT NULL").await
    {
        *expected.entry(line).or_default() += 1;
    }
    let expected: Vec<String> = expected
        .iter()
        .filter(|(_, n)| **n > 1)
        .map(|(k, n)| format!("{k},{n}"))
        .collect();
    assert!(expected.len() > 10);
    assert_eq!(grouped, expected);
}

#[tokio::test]
async fn no_row_is_looked_up_in_a_calendar() {
    for key in [
        "CAST(CAST(time AS DATE) AS VARCHAR)",
        "date_trunc('week', time)",
        "date_trunc('hour', time)",
    ] {
        let plan = answer(&format!(
            "EXPLAIN SELECT {key}, count(*) FROM events GROUP BY {key}"
        ))
        .await
        .join("\n");
        assert!(plan.contains("cut_instant"), "{key}: {plan}");
    }
}
