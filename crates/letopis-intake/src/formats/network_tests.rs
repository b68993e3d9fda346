//! Network, web and protection formats against outsiders' logs, where these are present.

use std::collections::BTreeMap;
use std::io::Read as _;

use letopis_event::{Number, Text};

use super::fields;
use super::truth::corpus;
use crate::testing::{Row, options, read};

/// A gzip file of the corpus, unpacked.
fn unpacked(path: &std::path::Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

/// Whether two writings of one value mean the same: the same text, number or instant.
fn same(a: &str, b: &str) -> bool {
    let number = |t: &str| t.parse::<f64>().ok();
    let instant = |t: &str| {
        let reading = fields::time(t, false)?;
        crate::resolve::place(&reading, letopis_event::Zone::UTC, None).micros
    };
    let zero_epoch = |t: &str| t == "0.000000" || t == "1970-01-01T00:00:00.000000Z";
    a == b
        || number(a).is_some_and(|a| number(b).is_some_and(|b| (a - b).abs() < 1e-6))
        || instant(a).is_some_and(|a| instant(b) == Some(a))
        || zero_epoch(a) && zero_epoch(b)
}

fn attrs(row: &Row) -> BTreeMap<&str, Vec<&str>> {
    let mut out: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in row.attrs() {
        // What only the JSON writing has.
        if !matches!(name, "_path" | "_write_ts") {
            out.entry(name).or_default().push(value);
        }
    }
    out
}

/// Zeek's text and JSON of the same records give equal events.
#[test]
fn zeek_writings_agree() {
    let Some(folder) = corpus("zed-sample-data") else {
        return;
    };
    let mut records = 0;
    for log in [
        "dpd",
        "kerberos",
        "known_hosts",
        "notice",
        "ntlm",
        "software",
        "ssh",
    ] {
        let text = unpacked(&folder.join(format!("zeek-default/{log}.log.gz")));
        let json = unpacked(&folder.join(format!("zeek-json/{log}.json.gz")));
        let (text, json) = (read(&text, &options()), read(&json, &options()));
        assert_eq!(
            (text.detection.format.name, json.detection.format.name),
            ("zeek", "json"),
            "{log}"
        );
        assert_eq!((text.summary.unparsed, json.summary.unparsed), (0, 0), "{log}");
        assert_eq!(text.rows.len(), json.rows.len(), "{log}");
        for (at, (a, b)) in text.rows.iter().zip(&json.rows).enumerate() {
            assert_eq!(a.micros(), b.micros(), "{log} record {at}");
            let columns = Text::ALL
                .iter()
                .filter(|c| **c != Text::TimeText)
                .map(|c| c.column());
            let numbers = Number::ALL.iter().map(|n| n.column());
            for column in columns.chain(numbers).chain(["kind", "outcome", "level"]) {
                assert_eq!(a.get(column), b.get(column), "{log} record {at}: {column}");
            }
            let (theirs, ours) = (attrs(b), attrs(a));
            assert_eq!(
                ours.keys().collect::<Vec<_>>(),
                theirs.keys().collect::<Vec<_>>(),
                "{log} record {at}"
            );
            for (name, values) in &ours {
                let other = &theirs[name];
                let agree = values.len() == other.len() && values.iter().zip(other).all(|(a, b)| same(a, b));
                assert!(agree, "{log} record {at}: {name} is {values:?} and {other:?}");
            }
            records += 1;
        }
    }
    assert_eq!(records, 1368);
}

/// Zeek's own baselines: every record is read, with the masked times they have.
#[test]
fn zeek_baselines_are_read() {
    let Some(folder) = corpus("zeek/Baseline") else {
        return;
    };
    let mut logs = 0;
    for test in std::fs::read_dir(folder).unwrap() {
        for log in std::fs::read_dir(test.unwrap().path()).unwrap() {
            let path = log.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let out = read(&bytes, &options());
            let lines = bytes
                .split(|b| *b == b'\n')
                .filter(|l| !l.is_empty() && l[0] != b'#')
                .count();
            assert_eq!(out.detection.format.name, "zeek", "{}", path.display());
            assert_eq!(
                (out.rows.len(), out.summary.unparsed),
                (lines, 0),
                "{}",
                path.display()
            );
            let addressed = out
                .rows
                .iter()
                .filter(|r| r.get("src_ip").is_some() && r.get("dst_port").is_some());
            assert_eq!(addressed.count(), lines, "{}", path.display());
            logs += 1;
        }
    }
    assert_eq!(logs, 6);
}

/// Zeek JSON that names its log `@stream` and joins names with an underscore.
#[test]
fn zeek_json_of_other_pipelines_is_zeek() {
    let Some(folder) =
        corpus("otrf-security-datasets/datasets/compound/apt29/day1/zeek/individual_zeek_logs")
    else {
        return;
    };
    for (log, kind) in [
        ("conn", "network.flow"),
        ("dns", "dns.query"),
        ("http", "http.request"),
        ("kerberos", "auth.ticket"),
        ("ssl", "other"),
    ] {
        let bytes = std::fs::read(folder.join(format!("SCRANTON_{log}.log"))).unwrap();
        let out = read(&bytes, &options());
        assert_eq!((out.summary.unparsed, out.summary.not_placed), (0, 0), "{log}");
        for row in &out.rows {
            assert_eq!(row.get("kind").as_deref(), Some(kind), "{log}");
            assert!(
                row.get("src_ip").is_some() && row.get("dst_port").is_some(),
                "{log}: {}",
                row.text
            );
            assert_eq!(row.get("provider").as_deref(), Some(log));
        }
    }
}

/// As many events as plaso's tests expect, and the values they assert.
#[test]
fn plaso_counts_and_values() {
    let Some(folder) = corpus("plaso/test_data") else {
        return;
    };
    // file, format, events, then of one event: index, columns and their values.
    type Expected = (
        &'static str,
        &'static str,
        usize,
        usize,
        &'static [(&'static str, &'static str)],
    );
    const EXPECTED: &[Expected] = &[
        (
            "iis/iis6.log",
            "w3c-extended",
            12,
            0,
            &[
                ("time", "2013-07-30T00:00:00Z"),
                ("dst_ip", "10.10.10.100"),
                ("dst_port", "80"),
                ("x_method", "GET"),
                ("status", "200"),
                ("target", "/some/image/path/something.jpg"),
                ("src_ip", "10.10.10.100"),
                (
                    "x_user_agent",
                    "Mozilla/4.0+(compatible;+Win32;+WinHttp.WinHttpRequest.5)",
                ),
            ],
        ),
        (
            "iis/iis7_owa.log",
            "w3c-extended",
            3,
            0,
            &[
                ("time", "2015-12-31T00:19:48Z"),
                ("src_ip", "77.123.22.98"),
                ("dst_ip", "10.11.2.3"),
                ("dst_port", "443"),
            ],
        ),
        (
            "iis/iis_without_date.log",
            "w3c-extended",
            11,
            1,
            &[("time", "2013-07-30T00:00:03Z"), ("protocol", "HTTP/1.1")],
        ),
        (
            "iis/iis10.log",
            "w3c-extended",
            1,
            0,
            &[
                ("time", "2021-04-01T00:00:21Z"),
                ("target", "/foo/bar/baz.asp"),
                ("src_ip", "222.222.222.222"),
            ],
        ),
        (
            "windows_firewall.log",
            "w3c-extended",
            15,
            7,
            &[
                ("time", "2005-04-11T08:06:26Z"),
                ("time_basis", "zone-assumed"),
                ("src_ip", "123.45.78.90"),
                ("src_port", "80"),
                ("dst_ip", "123.156.78.90"),
                ("dst_port", "1774"),
                ("x_bytes", "576"),
                ("attrs.tcpflags", "A"),
                ("attrs.tcpsyn", "123456789"),
                ("attrs.tcpwin", "12345"),
            ],
        ),
        (
            "aws_elb_access.log",
            "aws-elb",
            16,
            0,
            &[
                ("time", "2020-01-11T16:55:20.356586Z"),
                ("dst_ip", "192.168.1.123"),
                ("dst_port", "32869"),
                ("status", "200"),
                ("attrs.domain_name", "www.domain.name"),
                ("attrs.actions", "waf,forward"),
                ("attrs.received_bytes", "391"),
            ],
        ),
        (
            "snort3_alert_fast.log",
            "ids-alert-fast",
            4,
            0,
            &[
                ("time_text", "12/28-12:55:38.765402"),
                ("src_ip", "2001:df1:c200:c:0:0:0:35"),
                ("protocol", "ICMP"),
                ("dst_ip", "2001:4860:4860:0:0:0:0:8888"),
                ("x_rule", "PROTOCOL-ICMP PING Unix"),
                ("attrs.priority", "3"),
            ],
        ),
        (
            "jsonl/aws_cloudtrail.jsonl",
            "json",
            6,
            0,
            &[
                ("time", "2022-02-07T22:23:37Z"),
                ("action", "DescribeInstances"),
                ("service", "ec2.amazonaws.com"),
                ("src_ip", "1.2.3.4"),
                ("user_name", "fakeusername"),
                ("session", "0123456789ABCDEFGHIJ"),
            ],
        ),
        (
            "jsonl/azure_activity_log.jsonl",
            "json",
            4,
            0,
            &[
                ("time", "2022-02-09T03:04:54.297853Z"),
                ("user_name", "12345678-9abc-defg-hijk-lmnopqrstuvw"),
            ],
        ),
    ];
    for (file, format, events, index, values) in EXPECTED {
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let out = read(&bytes, &options());
        assert_eq!(
            (out.detection.format.name, out.rows.len(), out.summary.unparsed),
            (*format, *events, 0),
            "{file}"
        );
        for (column, value) in *values {
            assert_eq!(
                out.rows[*index].get(column).as_deref(),
                Some(*value),
                "{file}: {column}"
            );
        }
    }
}
