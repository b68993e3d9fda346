//! Counts beside distinct counts, against sets made from the same records; and the plan that spares a set for each group.

use std::collections::{BTreeMap, BTreeSet};

use letopis_event::Text;

use super::named_queries::write;
use super::scenario;

/// Records, records with a user, users.
type Group = (u64, u64, BTreeSet<String>);

fn groups() -> BTreeMap<String, Group> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for file in scenario::files() {
        for record in &file.records {
            let user = record.texts.iter().find(|(column, _)| *column == Text::UserName);
            let group = groups.entry(file.source.to_owned()).or_default();
            group.0 += 1;
            group.1 += u64::from(user.is_some());
            group.2.extend(user.map(|(_, name)| name.clone()));
        }
    }
    groups
}

async fn answer(sql: &str) -> Vec<String> {
    let engine = scenario::whole_engine();
    let stream = engine.sql(sql).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    write(stream).await.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn counts_beside_distinct_counts() {
    let found = answer(
        "SELECT source, count(*) AS n, count(user_name) AS named, count(DISTINCT user_name) AS users, \
         count(DISTINCT user_name) + count(*) AS both FROM events GROUP BY source HAVING count(*) > 0 ORDER BY source",
    )
    .await;
    let expected: Vec<String> = groups()
        .into_iter()
        .map(|(source, (n, named, users))| {
            format!("{source},{n},{named},{},{}", users.len(), users.len() as u64 + n)
        })
        .collect();
    assert_eq!(found[0], "source,n,named,users,both");
    assert_eq!(found[1..], expected[..]);
}

#[tokio::test]
async fn without_groups_and_without_rows() {
    let users: BTreeSet<String> = groups().into_values().flat_map(|group| group.2).collect();
    let all: u64 = groups().values().map(|group| group.0).sum();
    let sql = "SELECT count(*) AS n, count(DISTINCT user_name) AS users FROM events";
    assert_eq!(answer(sql).await[1..], [format!("{all},{}", users.len())]);
    let none = answer(&format!("{sql} WHERE source = 'no such source'")).await;
    assert_eq!(none[1..], ["0,0"]);
    let none = answer(&format!("{sql} WHERE source = 'no such source' GROUP BY kind")).await;
    assert!(none[1..].is_empty());
}

#[tokio::test]
async fn no_group_holds_a_set() {
    let plan = answer(
        "EXPLAIN SELECT src_ip, count(*) AS n, count(DISTINCT user_name) AS users FROM events GROUP BY src_ip ORDER BY n",
    )
    .await
    .join("\n");
    assert!(!plan.contains("DISTINCT"), "{plan}");
}
