//! Formats of hosts, databases and applications against logs of outsiders, where they are present.

use super::delimited::layout::split;
use crate::testing::{Read, options, read};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus");

/// A corpus file as it is read; says so where it is absent.
fn of_corpus(path: &str) -> Option<Read> {
    let Ok(bytes) = std::fs::read(format!("{CORPUS}/{path}")) else {
        eprintln!("skipped: the corpus file {path} is not here");
        return None;
    };
    Some(read(&bytes, &options()))
}

/// plaso's own tests state how many events each file gives.
#[test]
fn counts_are_those_of_plaso() {
    for (file, format, events) in [
        ("utmp/utmp", "utmp", 14),
        ("utmp/wtmp.1", "utmp", 4),
        ("utmp/utmp_x86_64", "utmp", 6),
        ("bash_history", "shell-history", 4),
        ("dpkg.log", "dpkg", 4),
        ("apt_history.log", "apt-history", 10),
        ("postgresql.log", "postgres-log", 20),
        ("powershell_transcript.txt", "powershell-transcript", 1),
        ("atlassian-bitbucket.log", "application", 6),
        ("santa2.log", "application", 11),
        ("vsftpd.log", "vsftpd", 25),
    ] {
        let Some(out) = of_corpus(&format!("plaso/test_data/{file}")) else {
            return;
        };
        let found = (
            out.detection.format.name,
            out.summary.records,
            out.summary.unparsed,
        );
        assert_eq!(found, (format, events, 0), "{file}: {}", out.detection.reason);
    }
}

#[test]
fn fields_are_those_of_plaso() {
    for (file, row, column, value) in [
        ("utmp/wtmp.1", 0, "user_name", "userA"),
        ("utmp/wtmp.1", 0, "src_ip", "10.10.122.1"),
        ("utmp/wtmp.1", 0, "pid", "20060"),
        ("utmp/wtmp.1", 0, "time", "2011-12-01T17:36:38.432935Z"),
        ("utmp/utmp", 2, "x_interface", "tty4"),
        ("utmp/utmp_x86_64", 1, "src_ip", "4.3.2.1"),
        ("bash_history", 0, "time", "2013-10-01T12:36:17Z"),
        ("bash_history", 0, "x_command_line", "/usr/lib/plaso"),
        ("dpkg.log", 0, "time", "2009-02-25T11:45:23Z"),
        ("apt_history.log", 2, "action", "Install"),
        ("apt_history.log", 2, "time_end", "2019-07-11T12:21:28Z"),
        ("postgresql.log", 15, "user_name", "postgres"),
        ("postgresql.log", 15, "kind", "auth.logon"),
        ("postgresql.log", 15, "pid", "9158"),
        ("postgresql.log", 16, "kind", "part"),
        ("powershell_transcript.txt", 0, "x_command_line", "whoami"),
        ("powershell_transcript.txt", 0, "pid", "6456"),
        ("powershell_transcript.txt", 0, "time", "2022-07-21T02:37:49Z"),
        ("santa2.log", 3, "action", "RENAME"),
        ("santa2.log", 3, "time", "2022-02-17T16:30:05.253Z"),
    ] {
        let Some(out) = of_corpus(&format!("plaso/test_data/{file}")) else {
            return;
        };
        let found = out.rows.get(row).and_then(|r| r.get(column));
        assert_eq!(found.as_deref(), Some(value), "{file} record {row}: {column}");
    }
}

/// loghub's columns: the component and the text of each line, whatever the layout.
#[test]
fn lines_of_applications_are_taken_apart_as_loghub_does() {
    for (product, component, exact) in [
        ("Hadoop", Some(5), 2000),
        ("Zookeeper", None, 2000),
        ("HealthApp", Some(2), 2000),
        ("Windows", Some(4), 2000),
        ("BGL", Some(8), 2000),
    ] {
        let path = format!("loghub/{product}/{product}_2k.log");
        let Some(out) = of_corpus(&path) else { return };
        let table = std::fs::read_to_string(format!("{CORPUS}/{path}_structured.csv")).unwrap();
        let header = table.lines().next().unwrap();
        let content = header
            .trim_start_matches('\u{feff}')
            .split(',')
            .position(|n| n == "Content")
            .unwrap();
        let mut same = 0;
        for (row, truth) in out.rows.iter().zip(table.lines().skip(1)) {
            let mut columns = Vec::new();
            split(truth, b',', Some(b'"'), &mut String::new(), &mut |_, v| {
                columns.push(v.to_owned())
            });
            let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let message = row.get("message").unwrap_or_default();
            let named = component.is_none_or(|at| row.get("process") == Some(columns[at].clone()));
            same += u64::from(named && fold(&message) == fold(&columns[content]));
        }
        assert!(same >= exact, "{product}: {same} of {exact} lines agree");
        assert_eq!(out.summary.not_placed, 0, "{product}");
    }
}
