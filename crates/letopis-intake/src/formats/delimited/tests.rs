//! Tables by what comes out of them.

use letopis_event::{Number, Text};
use proptest::prelude::*;

use crate::testing::{options, read, read_as};
use crate::{Mapping, ParseOptions};

fn rows(count: usize) -> String {
    (0..count)
        .map(|n| {
            format!(
                "{n};2026-01-01 00:12:{:02};10.1.2.{n};10.9.9.9;INFO;door {n}\n",
                n % 60
            )
        })
        .collect()
}

#[test]
fn a_record_with_another_number_of_fields_keeps_them_all_and_fills_no_column() {
    let text = rows(30) + "31;2026-01-01 00:13:00;10.1.2.3;10.9.9.9;INFO;door 31;twice\n";
    let out = read(text.as_bytes(), &options());
    assert_eq!(out.detection.format.name, "delimited", "{}", out.detection.reason);
    assert!(
        out.detection
            .reason
            .contains("column_2 a time, column_3 an address, column_4 a second address")
    );
    let (last, first) = (&out.rows[30], &out.rows[0]);
    assert_eq!(first.get("dst_ip").as_deref(), Some("10.9.9.9"));
    assert_eq!(first.get("attrs.column_6").as_deref(), Some("door 0"));
    assert_eq!((last.get("time"), last.get("src_ip")), (None, None));
    assert_eq!(last.get("attrs.column_2").as_deref(), Some("2026-01-01 00:13:00"));
    assert_eq!(last.get("attrs.column_7").as_deref(), Some("twice"));
}

#[test]
fn a_mapping_names_columns_that_nothing_names() {
    let mapping = Mapping::parse("[fields]\ncolumn_6 = 'target'\ncolumn_3 = 'host_ip'\n").unwrap();
    let out = read(
        rows(5).as_bytes(),
        &ParseOptions {
            mapping: Some(mapping),
            ..options()
        },
    );
    let row = &out.rows[1];
    assert_eq!(row.get("target").as_deref(), Some("door 1"));
    assert_eq!(row.get("host_ip").as_deref(), Some("10.1.2.1"));
    assert_eq!(row.get("time").as_deref(), Some("2026-01-01T00:12:01Z"));
}

/// A first line of words that come again below names nothing: it is a record.
#[test]
fn a_first_record_is_no_header() {
    let text = "anna;opened;north\nserik;closed;south\nanna;opened;west\n".repeat(4);
    let out = read(text.as_bytes(), &options());
    assert_eq!((out.detection.format.name, out.rows.len()), ("delimited", 12));
    assert_eq!(out.rows[0].get("attrs.column_1").as_deref(), Some("anna"));
    let named = "who;what;where\nserik;closed;south\nanna;opened;west\n";
    let out = read(named.as_bytes(), &options());
    assert_eq!((out.detection.format.name, out.rows.len()), ("delimited", 2));
}

/// A later part knows the columns from the part before.
#[test]
fn a_part_goes_on_without_a_header() {
    let whole = rows(8);
    let cut = whole.match_indices('\n').nth(4).unwrap().0 + 1;
    let first = read(&whole.as_bytes()[..cut], &options());
    assert_eq!(first.summary.complete_end as usize, cut);
    let rest = read(
        &whole.as_bytes()[cut..],
        &ParseOptions {
            format: Some("delimited".to_owned()),
            state: first.summary.state,
            ..options()
        },
    );
    assert_eq!(rest.rows.len(), 3);
    assert!(
        rest.rows
            .iter()
            .all(|r| r.get("src_ip").is_some() && r.get("time").is_some())
    );
}

/// Free text with marks in it is no table.
#[test]
fn prose_is_no_table() {
    let text = "First, we came, and saw. Then we left\nIt rained; nobody, not one, stayed\nSo it went, on and on, and on\n";
    assert_eq!(
        read(text.as_bytes(), &options()).detection.format.name,
        "plain-text"
    );
}

proptest! {
    /// A second column of a meaning makes all fields be gathered first. Where it is empty, the same comes out.
    #[test]
    fn fields_put_where_they_belong_are_those_that_are_gathered(
        names in proptest::sample::subsequence(
            vec!["Date", "Time", "User Name", "Source IP", "Source Port", "Result", "Level", "Message", "Room"],
            2..9,
        ).prop_shuffle(),
        records in proptest::collection::vec(proptest::collection::vec(prop_oneof![
            Just("2026-01-31"), Just("31.01.2026"), Just("00:12:03"), Just("2026-01-31 00:12:03"), Just("1780272000"),
            Just("aigul"), Just("AKIMAT\\serik"), Just("10.1.2.3"), Just("10.1.2.3:4022"), Just("4022"), Just("failed"),
            Just("warning"), Just("7"), Just("N/A"), Just("-"), Just(""), Just("\"a;\"\"b\""), Just("вход"),
        ], 9), 1..6),
    ) {
        let table = |twice: &str| {
            let mut text = String::new();
            for record in std::iter::once(&names).chain(&records) {
                let end = if std::ptr::eq(record, &names) { twice } else { "" };
                text += &format!("{};{end}\n", record[..names.len()].join(";"));
            }
            read_as(text.as_bytes(), "delimited").rows
        };
        // The last column has a name that nobody knows, or means what the first one does.
        let twin = match names[0] {
            "Date" => "Event Date",
            "Time" => "Timestamp",
            "User Name" => "Login",
            "Source IP" => "Client IP",
            "Source Port" => "Client Port",
            "Result" => "Outcome",
            "Level" => "Severity",
            "Message" => "Description",
            _ => "User",
        };
        let (alone, beside) = (table("Wing"), table(twin));
        prop_assert_eq!(alone.len(), beside.len());
        let columns = Text::ALL.iter().map(|c| c.column()).chain(Number::ALL.iter().map(|c| c.column()));
        let columns: Vec<_> = columns.chain(["time", "time_basis", "kind", "outcome", "level"]).collect();
        for (one, other) in alone.iter().zip(&beside) {
            for column in columns.iter().filter(|column| **column != "message") {
                prop_assert_eq!(one.get(column), other.get(column), "{} of {}", column, one.text);
            }
            for name in &names {
                let name = format!("attrs.{name}");
                prop_assert_eq!(one.get(&name), other.get(&name), "{} of {}", name, one.text);
            }
        }
    }
}
