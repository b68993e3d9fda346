use chrono::{DateTime, Months};

use super::*;

const DAY: i64 = 24 * HOUR;

fn at(text: &str) -> i64 {
    text.parse::<DateTime<chrono::Utc>>().unwrap().timestamp_micros()
}

fn local_day(micros: i64) -> NaiveDate {
    DateTime::from_timestamp_micros(micros).unwrap().date_naive()
}

fn look(files: &[LogFile]) -> Vec<Lacking> {
    let calendar = Calendar::default();
    lacking(
        files,
        Expected {
            rhythm: Rhythm::Daily,
            calendar: &calendar,
            local_day: &local_day,
        },
    )
}

fn file(path: &str, first: i64, last: i64) -> LogFile {
    LogFile {
        path: path.to_owned(),
        arrived: 1,
        first: Some(first),
        last: Some(last),
    }
}

fn names(found: &[Lacking]) -> Vec<(Lack, &str)> {
    found
        .iter()
        .map(|lacking| (lacking.lack, lacking.name.as_str()))
        .collect()
}

/// Seven months of one folder, each log in the way its program rotates.
fn folder() -> Vec<LogFile> {
    let mut files = Vec::new();
    let begin = NaiveDate::from_ymd_opt(2025, 10, 1).unwrap();
    for month in 0..7 {
        let (of, next) = (begin + Months::new(month), begin + Months::new(month + 1));
        let instant = |day: NaiveDate| day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_micros();
        let (first, last) = (instant(of), instant(next) - HOUR);
        let number = 6 - month;
        let or_current = |name: &str, mark: String| match number {
            0 => format!("v/{name}"),
            _ => format!("v/{name}{mark}"),
        };
        files.push(file(&or_current("auth.log", format!(".{number}")), first, last));
        files.push(file(
            &or_current("cron", next.format("-%Y%m%d").to_string()),
            first,
            last,
        ));
        files.push(file(&of.format("v/edoc-%Y-%m.log").to_string(), first, last));
    }
    files
}

#[test]
fn nothing_is_missing_where_nothing_was_left_out() {
    assert_eq!(look(&folder()), []);
}

/// Every file that has a neighbour on both sides, left out alone.
#[test]
fn each_file_left_out_is_named_once() {
    let all = folder();
    for (place, left_out) in all.iter().enumerate() {
        let mut files = all.clone();
        files.remove(place);
        let found = look(&files);
        let by_name: Vec<_> = found
            .iter()
            .filter(|lacking| lacking.lack == Lack::File)
            .collect();
        let oldest = ["v/auth.log.6", "v/edoc-2025-10.log", "v/cron-20251101"];
        let newest = "v/edoc-2026-04.log";
        if oldest.contains(&left_out.path.as_str()) || left_out.path == newest {
            assert_eq!(found, [], "{}: no trace", left_out.path);
            continue;
        }
        assert_eq!(by_name.len(), 1, "{}: {found:?}", left_out.path);
        assert_eq!(by_name[0].name, left_out.path);
        assert!(by_name[0].from < left_out.first, "{:?}", by_name[0]);
        // The stretch between its neighbours is named as well, and with the same bounds.
        for records in found.iter().filter(|lacking| lacking.lack == Lack::Records) {
            assert_eq!((records.from, records.to), (by_name[0].from, by_name[0].to));
        }
    }
}

#[test]
fn a_file_that_was_emptied_leaves_a_stretch() {
    let mut files = folder();
    let emptied = files.iter_mut().find(|f| f.path == "v/auth.log.3").unwrap();
    assert_eq!(emptied.first, Some(at("2026-01-01T00:00:00Z")));
    emptied.first = emptied.last.map(|last| last - HOUR);
    let (from, to) = (at("2025-12-31T23:00:00Z"), emptied.first.unwrap());
    let found = look(&files);
    assert_eq!(names(&found), [(Lack::Records, "v/auth.log.*")]);
    assert_eq!((found[0].from, found[0].to), (Some(from), Some(to)));
}

#[test]
fn days_off_are_not_missing() {
    let calendar = Calendar::parse("2026-03-09,off\n").unwrap();
    let mut files = Vec::new();
    let begin = at("2026-03-02T08:00:00Z");
    for day in 0..26 {
        let first = begin + day * DAY;
        let date = local_day(first);
        let worked = calendar.is_worked(date);
        if worked && date.to_string() != "2026-03-18" {
            files.push(file(
                &format!("desk.{date}.gz/desk.{date}"),
                first,
                first + 9 * HOUR,
            ));
        }
    }
    let expected = |calendar| Expected {
        rhythm: Rhythm::WorkingDays,
        calendar,
        local_day: &local_day,
    };
    let found = lacking(&files, expected(&calendar));
    assert_eq!(names(&found), [(Lack::File, "desk.2026-03-18")]);
    let without = lacking(&files, expected(&Calendar::default()));
    assert!(
        without.iter().any(|lacking| lacking.name == "desk.2026-03-09"),
        "{without:?}"
    );
}

#[test]
fn numbers_are_compared_within_one_delivery() {
    let mut files = Vec::new();
    for (arrived, numbers) in [(1, [1, 2]), (2, [1, 4])] {
        for number in numbers {
            files.push(LogFile {
                path: format!("auth.log.{number}"),
                arrived,
                ..LogFile::default()
            });
        }
    }
    let found = look(&files);
    assert_eq!(
        names(&found),
        [(Lack::File, "auth.log.2"), (Lack::File, "auth.log.3")]
    );
    // A file that is still written is missed only where its neighbours' are there.
    files.push(LogFile {
        path: "syslog.1".to_owned(),
        arrived: 1,
        ..LogFile::default()
    });
    assert_eq!(look(&files).len(), 2);
    files.push(LogFile {
        path: "syslog".to_owned(),
        arrived: 1,
        ..LogFile::default()
    });
    assert!(names(&look(&files)).contains(&(Lack::File, "auth.log")));
}

proptest::proptest! {
    /// No name breaks it, and what is said to be missing is not there.
    #[test]
    fn what_is_missing_is_not_there(names in proptest::collection::vec("[a-c]{0,2}[-._/]?(20(25|26)[-.]?(0[1-9]|1[0-2])[-.]?[0-3][0-9]|[0-9]{1,3})?(\\.log|\\.gz|\\.Ж)?", 0..12)) {
        let files: Vec<_> = names.iter().map(|name| file(name, 0, 0)).collect();
        for lacking in look(&files) {
            proptest::prop_assert!(!names.contains(&lacking.name), "{lacking:?}");
        }
    }
}
