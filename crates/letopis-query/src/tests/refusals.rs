//! What is refused, and how it says so.

use super::scenario;
use crate::QueryError;

async fn refusal(sql: &str) -> QueryError {
    match scenario::whole_engine().sql(sql).await {
        Err(error) => error,
        Ok(stream) => match stream.collect().await {
            Err(error) => error,
            Ok(_) => panic!("{sql} was answered"),
        },
    }
}

#[tokio::test]
async fn statements_that_change_something_are_refused_by_name() {
    let cases = [
        ("CREATE TABLE t AS SELECT * FROM events", "CREATE TABLE"),
        ("CREATE VIEW v AS SELECT 1", "CREATE VIEW"),
        (
            "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '/etc'",
            "CREATE EXTERNAL",
        ),
        ("DROP TABLE events", "DROP TABLE"),
        ("INSERT INTO sources VALUES ('a')", "INSERT INTO"),
        ("SELECT * INTO t FROM events", "SELECT INTO"),
        ("UPDATE sources SET name = 'a'", "UPDATE"),
        ("DELETE FROM events", "DELETE"),
        ("TRUNCATE TABLE events", "TRUNCATE"),
        ("COPY events TO 'out.parquet'", "COPY"),
        ("COPY (SELECT * FROM events) TO 'out.csv'", "COPY"),
        ("SET datafusion.execution.batch_size = 1", "SET"),
        ("EXPLAIN COPY events TO 'out.parquet'", "COPY"),
        ("PREPARE p AS SELECT 1", "PREPARE"),
        ("RESET datafusion.execution.batch_size", "RESET"),
    ];
    for (sql, what) in cases {
        let error = refusal(sql).await;
        assert!(
            matches!(&error, QueryError::NotReadOnly { what: found } if found == what),
            "{sql}: {error}"
        );
    }
}

#[tokio::test]
async fn files_can_not_be_read_past_the_archive() {
    for sql in [
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM \"/etc/passwd.csv\"",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM parquet_metadata('x')",
        "SELECT 1; SELECT 2",
        "",
        "SELECT $from",
    ] {
        let error = refusal(sql).await;
        assert!(matches!(error, QueryError::Statement(_)), "{sql}: {error:?}");
    }
}

#[tokio::test]
async fn a_search_that_is_none_is_named() {
    for sql in [
        "SELECT count(*) FROM events WHERE matches(event_id, 'a(')",
        "SELECT matches(event_id, 'a(') FROM events",
    ] {
        let error = refusal(sql).await;
        let text = error.to_string();
        assert!(matches!(error, QueryError::Search { .. }), "{text}");
        assert!(text.contains("`a(`") && text.contains("brackets"), "{text}");
    }
}

#[tokio::test]
async fn arguments_of_the_wrong_kind_are_refused() {
    for sql in [
        "SELECT in_cidr(src_ip, '10.0.0.0/33') FROM events",
        "SELECT local_time(time, 'Almaty') FROM events",
        "SELECT local_time(byte_offset) FROM events",
        "SELECT matches(byte_offset, 'a') FROM events",
        "SELECT kind_title(pid) FROM events",
    ] {
        let text = refusal(sql).await.to_string();
        assert!(
            text.contains("in_cidr") || text.contains("zone") || text.contains("argument 1"),
            "{sql}: {text}"
        );
    }
}

/// A sort that does not fit says so; nothing is written to a disk that was not offered.
#[tokio::test]
async fn memory_has_a_limit() {
    let mut options = scenario::options(1);
    options.memory_bytes = 2_000_000;
    let archive = std::sync::Arc::new(scenario::archive());
    let search = std::sync::Arc::new(scenario::index());
    let originals = std::sync::Arc::new(scenario::Originals(std::sync::Arc::clone(&archive)));
    let engine = crate::Engine::new(archive, originals, search, scenario::companions(), options).unwrap();
    let sql = "SELECT value, repeat('x', 1000) AS filling FROM generate_series(1, 100000) ORDER BY filling, value DESC";
    let error = match engine.sql(sql).await {
        Ok(stream) => stream.collect().await.unwrap_err(),
        Err(error) => error,
    };
    assert!(
        matches!(
            error,
            QueryError::Memory {
                limit_bytes: 2_000_000,
                ..
            }
        ),
        "{error:?}"
    );
}

/// Every way in which a segment can be cut short or changed gives an error that names it, or the true answer; never other rows.
#[tokio::test]
async fn a_damaged_segment_is_named() {
    let sql =
        "SELECT count(*) AS n, count(message) AS m, sum(byte_offset) AS o FROM events WHERE source = 'asa'";
    let whole = std::sync::Arc::new(scenario::archive());
    let search = std::sync::Arc::new(scenario::index());
    let truth = scenario::engine(whole, std::sync::Arc::clone(&search), 1);
    let truth = super::named_queries::write(truth.sql(sql).await.unwrap()).await;
    let length = scenario::archive().bytes["asa-all"].len();
    for cut in [0, 4, length / 2, length - 9, length - 1] {
        let mut archive = scenario::archive();
        let bytes = archive.bytes["asa-all"].slice(..cut);
        archive.bytes.insert("asa-all".to_owned(), bytes);
        let engine = scenario::engine(std::sync::Arc::new(archive), std::sync::Arc::clone(&search), 1);
        let error = match engine.sql(sql).await {
            Ok(stream) => match stream.collect().await {
                Ok(_) => panic!("{cut}: answered, and the whole answer is {truth}"),
                Err(error) => error,
            },
            Err(error) => error,
        };
        assert!(error.to_string().contains("asa-all"), "{cut}: {error:?}");
    }
}
