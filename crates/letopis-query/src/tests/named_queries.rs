//! Every query of `queries/` over the scenario, compared with what a person wrote down once.

use std::collections::BTreeMap;
use std::path::Path;

use crate::named::{BindDefaults, NamedQuery, ParameterType, QueryFolder};
use crate::output::{OutputFormat, RowWriter};

use super::scenario;

pub(super) async fn rows(engine: &crate::Engine, name: &str, given: &[(&str, &str)]) -> String {
    let folder = QueryFolder::built_in().unwrap();
    let query = folder.find(name).unwrap();
    let given: BTreeMap<String, String> = given
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    let options = scenario::options(1);
    let defaults = BindDefaults {
        zone: options.zone,
        now: options.now,
    };
    let bound = query.bind(&given, &defaults).unwrap();
    let stream = engine.run(&bound).await.unwrap_or_else(|e| panic!("{name}: {e}"));
    let columns: Vec<String> = stream
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().clone())
        .collect();
    let documented: Vec<String> = query.columns.iter().map(|c| c.0.clone()).collect();
    assert_eq!(
        columns, documented,
        "{name}: the header documents exactly the columns that come out"
    );
    write(stream).await
}

pub(super) async fn write(stream: crate::QueryStream) -> String {
    let mut writer = RowWriter::new(OutputFormat::Csv, stream.schema(), Vec::new()).unwrap();
    for batch in stream.collect().await.unwrap() {
        writer.write(&batch).unwrap();
    }
    let (_, bytes) = writer.finish().unwrap();
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

/// Parameters that make each query show something in the scenario.
const CASES: &[(&str, &[(&str, &str)])] = &[
    ("access_to_log_files", &[]),
    ("account_and_rights_changes", &[]),
    ("archive_access_trail", &[]),
    ("clock_offsets_by_source", &[("limit", "10s")]),
    ("database_mass_reads", &[("reads", "20"), ("window", "10d")]),
    ("doubtful_times", &[]),
    ("first_seen_addresses", &[]),
    ("logging_stopped_or_cleared", &[("tz", "UTC")]),
    ("logon_failures", &[("from", "2026-01-01"), ("to", "2026-04")]),
    ("logon_success_after_failures", &[]),
    ("months_held_by_source", &[("at", "2026-05-01")]),
    ("privileged_use", &[("source", "srv1")]),
    ("quarterly_log_records", &[("quarter", "2026Q1")]),
    ("sequence_holes_by_source", &[]),
    ("silent_periods_by_source", &[]),
    ("timeline_by_address", &[("address", "10.0.0.0/28")]),
    (
        "timeline_by_host",
        &[
            ("host", "SRV1"),
            ("from", "2025-12-31T23:00"),
            ("to", "2026-01-02"),
        ],
    ),
    ("timeline_by_user", &[("user", "Aigul")]),
    ("unparsed_by_file", &[]),
];

#[tokio::test]
async fn every_query_answers_as_written_down() {
    let engine = scenario::whole_engine();
    for (name, given) in CASES {
        let text = rows(&engine, name, given).await;
        insta::assert_snapshot!(*name, text);
    }
}

/// The same question over one thread and over four gives the same bytes.
#[tokio::test]
async fn answers_do_not_depend_on_threads() {
    let archive = std::sync::Arc::new(scenario::archive());
    let index = std::sync::Arc::new(scenario::index());
    let one = scenario::engine(std::sync::Arc::clone(&archive), std::sync::Arc::clone(&index), 1);
    let four = scenario::engine(archive, index, 4);
    for (name, given) in CASES {
        assert_eq!(
            rows(&one, name, given).await,
            rows(&four, name, given).await,
            "{name}"
        );
    }
}

#[test]
fn every_file_is_registered_and_has_a_golden() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../queries");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .map(|n| {
            n.strip_suffix(".sql")
                .expect("only SQL files stand in queries/")
                .to_owned()
        })
        .collect();
    names.sort();
    let registered: Vec<String> = QueryFolder::built_in()
        .unwrap()
        .list()
        .map(|q| q.name.clone())
        .collect();
    assert_eq!(names, registered);
    let cases: Vec<&str> = CASES.iter().map(|c| c.0).collect();
    assert_eq!(names, cases);
    for name in names {
        let golden = format!("src/tests/snapshots/letopis_query__tests__named_queries__{name}.snap");
        assert!(
            Path::new(env!("CARGO_MANIFEST_DIR")).join(&golden).is_file(),
            "{golden}"
        );
    }
}

/// Parameters that are declared and never used, or used and never declared, mislead.
#[test]
fn headers_say_what_the_sql_does() {
    for query in QueryFolder::built_in().unwrap().list() {
        let sql: String = query
            .text
            .lines()
            .filter(|l| !l.starts_with("--"))
            .collect::<Vec<_>>()
            .join("\n");
        for common in ["from", "to", "source", "tz"] {
            assert!(
                query.parameters.iter().any(|p| p.name == common),
                "{}: {common}",
                query.name
            );
        }
        for parameter in &query.parameters {
            let used = uses(&sql, &parameter.name)
                || (parameter.kind == ParameterType::Quarter
                    && uses(&sql, &format!("{}_from", parameter.name)));
            assert!(used, "{}: ${} is not used", query.name, parameter.name);
            assert!(
                !parameter.description.is_empty(),
                "{}: {}",
                query.name,
                parameter.name
            );
        }
        assert!(!query.clauses.is_empty(), "{}", query.name);
        assert!(!query.description.is_empty(), "{}", query.name);
        if query.columns.iter().any(|c| c.0 == "event_id") {
            for column in ["time", "local_time", "time_basis"] {
                assert!(
                    query.columns.iter().any(|c| c.0 == column),
                    "{}: {column}",
                    query.name
                );
            }
        }
    }
}

fn uses(sql: &str, name: &str) -> bool {
    let wanted = format!("${name}");
    sql.match_indices(&wanted).any(|(at, _)| {
        let after = sql[at + wanted.len()..].chars().next();
        !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// Kinds whose names tell that they belong to a query stand in it.
#[test]
fn no_kind_is_forgotten() {
    let folder = QueryFolder::built_in().unwrap();
    let holds = |query: &NamedQuery, code: &str| query.text.contains(&format!("'{code}'"));
    for kind in letopis_event::Kind::all() {
        let code = kind.as_str();
        let expected = match code.split('.').next().unwrap() {
            "account" | "group" => "account_and_rights_changes",
            "privilege" => "privileged_use",
            "log" if !matches!(code, "log.rotate" | "log.view" | "log.export") => {
                "logging_stopped_or_cleared"
            }
            _ => continue,
        };
        assert!(
            holds(folder.find(expected).unwrap(), code),
            "{expected} lacks {code}"
        );
    }
}

/// A value is a value, whatever it looks like.
#[tokio::test]
async fn values_never_become_sql() {
    let engine = scenario::whole_engine();
    for hostile in [
        "' OR '1'='1",
        "x'; DROP TABLE events; --",
        "$user",
        "\\' OR 1=1",
        "'); COPY events TO '/x'--",
    ] {
        for (name, parameter) in [
            ("timeline_by_host", "host"),
            ("timeline_by_user", "user"),
            ("logon_failures", "source"),
        ] {
            let text = rows(&engine, name, &[(parameter, hostile)]).await;
            assert_eq!(text.lines().count(), 1, "{name} {hostile}: {text}");
        }
    }
}
