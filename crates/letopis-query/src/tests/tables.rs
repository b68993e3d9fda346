//! The tables beside the events, the functions, and the order of answers.

use std::sync::Arc;

use super::named_queries::write;
use super::scenario;

async fn answer(sql: &str) -> String {
    let stream = scenario::whole_engine()
        .sql(sql)
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
    write(stream).await
}

#[tokio::test]
async fn every_table_can_be_asked() {
    let tables = answer(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name",
    )
    .await;
    assert_eq!(
        tables,
        "table_name\naccess\ncoverage\nevents\nledger\nnotes\nobjects\nsegments\nsettings\nsources\n"
    );
    let counts = answer(
        "SELECT (SELECT count(*) FROM access) AS a, (SELECT count(*) FROM ledger) AS l, (SELECT count(*) FROM objects) AS o,
         (SELECT count(*) FROM segments) AS s, (SELECT count(*) FROM sources) AS r, (SELECT sum(rows) FROM segments) AS n,
         (SELECT count(*) FROM events) AS e, (SELECT count(*) FROM notes) AS k, (SELECT count(*) FROM settings) AS c",
    )
    .await;
    let rows: usize = scenario::files().iter().map(|f| f.records.len()).sum();
    assert_eq!(
        counts,
        format!("a,l,o,s,r,n,e,k,c\n2,1,5,5,4,{rows},{rows},1,1\n")
    );
}

/// A table beside the events is read when it is first named, once, and never for a question that names it nowhere.
#[tokio::test]
async fn tables_beside_the_events_are_read_when_named() {
    let companions = scenario::companions();
    let archive = Arc::new(scenario::archive());
    let originals = Arc::new(scenario::Originals(Arc::clone(&archive)));
    let store = Arc::clone(&companions);
    let search = Arc::new(scenario::index());
    let engine = crate::Engine::new(archive, originals, search, store, scenario::options(2)).unwrap();
    let asked = || companions.asked.lock().unwrap().clone();
    for sql in [
        "SELECT count(*) FROM events WHERE matches(event_id, 'aigul')",
        "SELECT table_name FROM information_schema.tables",
        "DESCRIBE access",
    ] {
        engine.sql(sql).await.unwrap().collect().await.unwrap();
    }
    assert!(asked().is_empty(), "{:?}", asked());
    for _ in 0..2 {
        let both = "SELECT (SELECT count(*) FROM access) AS a, (SELECT count(*) FROM sources) AS s";
        engine.sql(both).await.unwrap().collect().await.unwrap();
    }
    assert_eq!(
        asked().into_iter().collect::<Vec<_>>(),
        [("access", 1), ("sources", 1)]
    );
}

/// Every column of the event table, by its name and in order, reads.
#[tokio::test]
async fn the_event_table_is_the_one_of_the_event_room() {
    let csv = answer("SELECT * FROM events LIMIT 1").await;
    let names: Vec<&str> = letopis_event::COLUMNS.iter().map(|c| c.name).collect();
    assert_eq!(csv.lines().next().unwrap(), names.join(","));
}

#[tokio::test]
async fn rows_come_in_the_order_of_segments_and_records() {
    let csv = answer("SELECT event_id FROM events").await;
    let mut expected = vec!["event_id".to_owned()];
    for file in scenario::files() {
        let mut offset = 0;
        for record in &file.records {
            expected.push(letopis_event::EventId::new(&file.digest, offset).to_string());
            offset += record.raw.len() as u64 + 1;
        }
    }
    assert_eq!(csv.lines().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn equal_rows_of_a_sort_keep_one_order() {
    let archive = Arc::new(scenario::archive());
    let search = Arc::new(scenario::index());
    let sql = "SELECT kind, event_id FROM events ORDER BY kind LIMIT 40";
    let mut first = None;
    for threads in [1, 2, 3, 8] {
        let engine = scenario::engine(Arc::clone(&archive), Arc::clone(&search), threads);
        let text = write(engine.sql(sql).await.unwrap()).await;
        assert_eq!(*first.get_or_insert_with(|| text.clone()), text, "{threads}");
    }
}

/// Parts of files have no end that arithmetic could use, so nobody may cut them once more.
#[tokio::test]
async fn files_are_cut_among_many_threads_and_only_once() {
    let archive = Arc::new(scenario::archive());
    let search = Arc::new(scenario::index());
    let sizes: Vec<u64> = crate::store::SegmentStore::segments(&*archive)
        .iter()
        .map(|info| info.bytes)
        .collect();
    assert!(
        sizes.iter().any(|size| *size > 3 * crate::events::LEAST_PART),
        "{sizes:?}: none is cut"
    );
    for threads in [2, 8, 64] {
        let engine = scenario::engine(Arc::clone(&archive), Arc::clone(&search), threads);
        let sql = "SELECT event_id FROM events WHERE matches(event_id, 'root') ORDER BY event_id";
        let found = write(engine.sql(sql).await.unwrap()).await.lines().count();
        let plain = "SELECT event_id FROM events WHERE matches(event_id, 'root') OR byte_offset < 0 ORDER BY event_id";
        let plain = write(engine.sql(plain).await.unwrap()).await.lines().count();
        assert!(found > 1);
        assert_eq!(found, plain, "{threads} threads");
    }
}

#[tokio::test]
async fn the_present_is_the_one_that_was_given() {
    let csv = answer("SELECT local_time(now()) AS here, local_time(now(), 'UTC') AS there").await;
    assert_eq!(
        csv,
        "here,there\n2026-05-01T12:00:00+05:00,2026-05-01T07:00:00Z\n"
    );
}

#[tokio::test]
async fn attributes_are_read_by_name() {
    let csv =
        answer("SELECT attrs['Data'] AS a, attrs['Data#2'] AS b FROM events WHERE kind = 'account.create'")
            .await;
    assert_eq!(csv, "a,b\none,two\n");
}

#[tokio::test]
async fn functions_work_on_columns_of_the_table() {
    let csv = answer(
        "SELECT kind_title(kind) AS title, in_cidr(src_ip, '10.0.0.0/28') AS inside, local_time(time) AS here FROM events
         WHERE source = 'dc1' AND kind = 'auth.logon_network' AND outcome = 'success'",
    )
    .await;
    assert_eq!(
        csv,
        "title,inside,here\nNetwork logon,true,2026-01-12T09:09:00+05:00\n"
    );
}

#[tokio::test]
async fn an_engine_can_be_asked_what_it_has() {
    assert!(answer("DESCRIBE events").await.contains("time_basis"));
    assert!(answer("SHOW TABLES").await.contains("ledger"));
    assert!(
        answer("EXPLAIN ANALYZE SELECT count(*) FROM events")
            .await
            .contains("DataSourceExec")
    );
}
