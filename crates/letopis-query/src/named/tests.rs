use std::collections::BTreeMap;

use super::{BindDefaults, NamedError, NamedQuery, ParameterType, ParameterValue, QueryFolder};

fn defaults() -> BindDefaults {
    BindDefaults {
        zone: "Asia/Almaty".parse().unwrap(),
        // 1 January 2026, 00:30 in Almaty, still the old year in UTC.
        now: 1_767_209_400_000_000,
    }
}

fn bind(text: &str, given: &[(&str, &str)]) -> Result<BTreeMap<String, ParameterValue>, NamedError> {
    let query = NamedQuery::parse("q", &format!("-- @title T\n{text}\nSELECT 1"))?;
    let given = given
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    Ok(query.bind(&given, &defaults())?.values)
}

#[test]
fn headers_are_read_and_wrong_ones_named_by_line() {
    let text = "-- @title A title\n-- @about One\n--   two\n-- @about three\n-- @param n integer = 5: how many: at least\n-- @column a: b: c\n-- @clause X-1, X-2\nSELECT 1 -- @title not me\n";
    let query = NamedQuery::parse("q", text).unwrap();
    assert_eq!(query.title, "A title");
    assert_eq!(query.description, "One two three");
    assert_eq!(query.parameters.len(), 1);
    assert_eq!(query.parameters[0].kind, ParameterType::Integer);
    assert_eq!(query.parameters[0].default.as_deref(), Some("5"));
    assert_eq!(query.parameters[0].description, "how many: at least");
    assert_eq!(query.columns, [("a".to_owned(), "b: c".to_owned())]);
    assert_eq!(query.clauses, ["X-1", "X-2"]);
    for (bad, line) in [
        ("SELECT 1", 1),
        ("-- hello\n-- @title T", 1),
        ("-- @title T\n-- @what x", 2),
        ("-- @title T\n-- @param n number: x", 2),
        ("-- @title T\n-- @param N integer: x", 2),
        ("-- @title T\n-- @param n integer = 1", 2),
        ("-- @title T\n-- @param n integer: x\n-- @param n text: x", 3),
        ("-- @title T\n-- @column a", 2),
    ] {
        match NamedQuery::parse("q", bad) {
            Err(NamedError::Header { line: found, .. }) => assert_eq!(found, line, "{bad}"),
            other => panic!("{bad}: {other:?}"),
        }
    }
}

/// Instants by GNU `date -u -d … +%s`.
#[test]
fn times_are_read_in_the_zone_of_the_query() {
    let text = "-- @param t timestamp = none: t\n-- @param tz zone = archive: z";
    for (given, zone, seconds) in [
        ("2026-01-01T00:00:00+05:00", "UTC", 1_767_207_600),
        ("2026-01-01T00:00:00", "", 1_767_207_600),
        ("2026-01-01", "", 1_767_207_600),
        ("2026-01", "", 1_767_207_600),
        ("2026-01-01 00:00", "", 1_767_207_600),
        ("2026-01-01", "UTC", 1_767_225_600),
        ("2026-01-01", "-03:30", 1_767_238_200),
        ("2025-12-31T19:00:00Z", "", 1_767_207_600),
    ] {
        let values =
            bind(text, &[("t", given), ("tz", zone)].map(|p| p)).or_else(|_| bind(text, &[("t", given)]));
        let values = if zone.is_empty() {
            bind(text, &[("t", given)])
        } else {
            values
        }
        .unwrap();
        assert_eq!(
            values["t"],
            ParameterValue::Timestamp(seconds * 1_000_000),
            "{given} {zone}"
        );
    }
    for bad in [
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "01.02.2026",
        "2026-1",
        "2026-01-01T25:00",
        "1767207600",
    ] {
        assert!(
            matches!(bind(text, &[("t", bad)]), Err(NamedError::Value { .. })),
            "{bad}"
        );
    }
    assert_eq!(
        bind(text, &[]).unwrap()["t"],
        ParameterValue::None(ParameterType::Timestamp)
    );
    assert!(bind(text, &[("tz", "Mars/Base")]).is_err());
}

#[test]
fn quarters_are_cut_on_the_local_clock() {
    let text = "-- @param q quarter = last: q\n-- @param tz zone = archive: z";
    let values = bind(text, &[]).unwrap();
    assert_eq!(values["q"], ParameterValue::Text("2025Q4".to_owned()));
    assert_eq!(values["q_before"], ParameterValue::Text("2025Q3".to_owned()));
    assert_eq!(values["q_to"], ParameterValue::Timestamp(1_767_207_600_000_000));
    // In UTC the fourth quarter is still going on.
    let values = bind(text, &[("tz", "UTC")]).unwrap();
    assert_eq!(values["q"], ParameterValue::Text("2025Q3".to_owned()));
    let values = bind(text, &[("q", "2026-Q1")]).unwrap();
    assert_eq!(values["q"], ParameterValue::Text("2026Q1".to_owned()));
    assert_eq!(values["q_before"], ParameterValue::Text("2025Q4".to_owned()));
    assert_eq!(values["q_from"], ParameterValue::Timestamp(1_767_207_600_000_000));
    for bad in ["2026Q5", "2026", "Q1", "2026Q0", "99999Q1"] {
        assert!(bind(text, &[("q", bad)]).is_err(), "{bad}");
    }
}

#[test]
fn other_values() {
    let text = "-- @param d duration = 30m: d\n-- @param s text = none: s\n-- @param r text: r";
    let values = bind(text, &[("r", "none")]).unwrap();
    assert_eq!(values["d"], ParameterValue::Seconds(1_800));
    assert_eq!(values["s"], ParameterValue::None(ParameterType::Text));
    assert_eq!(values["r"], ParameterValue::Text("none".to_owned()));
    assert!(matches!(
        bind(text, &[]),
        Err(NamedError::MissingParameter { .. })
    ));
    assert!(matches!(
        bind(text, &[("r", "x"), ("z", "1")]),
        Err(NamedError::UnknownParameter { .. })
    ));
    for bad in ["0m", "-1m", "5", "m", "5w", "9999999999999d", "ж"] {
        assert!(bind(text, &[("r", "x"), ("d", bad)]).is_err(), "{bad}");
    }
}

#[test]
fn a_folder_adds_and_replaces() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.sql"), "-- @title Mine\nSELECT 1").unwrap();
    std::fs::write(
        folder.path().join("logon_failures.sql"),
        "-- @title Ours\nSELECT 2",
    )
    .unwrap();
    std::fs::write(folder.path().join("notes.txt"), "not a query").unwrap();
    let queries = QueryFolder::built_in()
        .unwrap()
        .with_folder(folder.path())
        .unwrap();
    assert_eq!(queries.find("mine").unwrap().title, "Mine");
    assert_eq!(queries.find("logon_failures").unwrap().title, "Ours");
    assert!(
        queries
            .find("nobody")
            .unwrap_err()
            .to_string()
            .contains("logon_failures")
    );
    std::fs::write(folder.path().join("bad.sql"), "SELECT 1").unwrap();
    let error = QueryFolder::built_in()
        .unwrap()
        .with_folder(folder.path())
        .unwrap_err();
    assert!(error.to_string().contains("bad"), "{error}");
}
