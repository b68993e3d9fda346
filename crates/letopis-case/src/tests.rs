//! What is true of invented records, written by hand.

use std::collections::BTreeSet;

use letopis_event::{
    Category, EventBuf, EventSink as _, EventTime, Kind, LineNumber, Origin, Outcome, Span, Text, TimeBasis,
};

use crate::lines::{Beginning, Lines, Violation};
use crate::parting::{Parted, Parting};
use crate::profile::{self, Profile};
use crate::tally::{Example, FileSink, ObjectFacts, Place, kz195_form};
use crate::{Judgement, Plan, Tally, Verdict, judge};

#[test]
fn the_profiles_hold_every_clause_once() {
    let profiles = profile::embedded().unwrap();
    let ids: Vec<&str> = profiles
        .iter()
        .flat_map(|p| &p.clauses)
        .map(|c| c.id.as_str())
        .collect();
    let expected: Vec<String> = (1..=33)
        .map(|n| format!("KZ195-A4-{n}"))
        .chain((4..=11).map(|n| format!("RU-PRIK-4.{n}")))
        .collect();
    assert_eq!(ids, expected);
    // The chapters of the appendix: os 1 to 8, dbms 9 to 14, network 15 to 21, application 22 to 27, protection 28 to 33.
    for (category, from, to) in [
        ("os", 1, 8),
        ("dbms", 9, 14),
        ("network", 15, 21),
        ("application", 22, 27),
        ("protection", 28, 33),
    ] {
        for clause in profiles[0].clauses.iter().take(to).skip(from - 1) {
            assert_eq!(clause.category.as_deref(), Some(category), "{}", clause.id);
        }
    }
}

#[test]
fn the_event_ids_are_those_of_the_law() {
    let profiles = profile::embedded().unwrap();
    let clause = profiles[0].clauses.iter().find(|c| c.id == "KZ195-A4-4").unwrap();
    let ids: BTreeSet<u32> = clause
        .checks
        .iter()
        .flat_map(|c| &c.parts)
        .flat_map(|p| p.codes.clone())
        .collect();
    let law = [
        1, 4624, 4657, 4662, 4663, 4672, 4697, 4698, 4702, 5140, 5145, 7000, 7009, 7036, 7045,
    ];
    assert_eq!(ids.into_iter().collect::<Vec<_>>(), law);
    // And each stands in the text of the law that the title quotes.
    for check in &clause.checks {
        for id in check.parts.iter().flat_map(|p| &p.codes) {
            assert!(
                check.title.kk.as_deref().unwrap().contains(&id.to_string()),
                "{}",
                check.id
            );
        }
    }
}

#[test]
fn a_profile_that_asks_what_there_is_not_is_refused_by_clause() {
    let clause = |more: &str| {
        format!("id = \"X\"\ntitle.en = \"x\"\n[[clause]]\nid = \"X-1\"\ntitle.en = \"x\"\n{more}\n")
    };
    let check = |more: &str| {
        clause(&format!(
            "rule = \"kinds\"\n[[clause.check]]\nid = \"X-1.1\"\ntitle.en = \"x\"\n{more}"
        ))
    };
    for (text, expected) in [
        (
            clause("rule = \"text\"\ncategory = \"router\""),
            "X-1: no category `router`",
        ),
        (
            clause("rule = \"text\"\nplatform = \"vms\""),
            "X-1: no platform `vms`",
        ),
        (clause("rule = \"fields\""), "X-1: its rule needs checks"),
        (clause("rule = \"beyond\""), "X-1: its rule needs a note"),
        (check("rule = \"utf-8\""), "X-1.1: its rule judges files"),
        (clause("rule = \"guess\""), "unknown variant `guess`"),
        (clause("rule = \"text\"\nkind = \"x\""), "unknown field `kind`"),
        (
            check("parts = [{ kinds = [\"auth.login\"] }]"),
            "X-1.1: no kind is called `auth.login`",
        ),
        (
            check("parts = [{ kinds = [\"*\"], outcome = \"ok\" }]"),
            "X-1.1: no outcome `ok`",
        ),
        (
            check("parts = [{ kinds = [\"*\"], with = [\"user\"] }]"),
            "X-1.1: no column is called `user`",
        ),
        (
            check("parts = [{ kinds = [\"*\"], code = [1] }]"),
            "unknown field `code`",
        ),
        (check(""), "X-1.1: its rule needs `parts`"),
        (
            check("rule = \"fields\"\ncolumns = [\"hostname\"]"),
            "no column is called `hostname`",
        ),
    ] {
        let error = Profile::parse(&text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}\nexpected {expected}");
    }
    Profile::parse(&check("parts = [{ kinds = [\"auth.*\"], with = [\"attrs.x\"] }]")).unwrap();
}

#[test]
fn violations_of_utf8_have_their_places_however_the_bytes_come() {
    // Line 1 is whole; in line 2 byte 8 is Windows-1251; line 3 ends within a character of three bytes.
    let text = b"\xd2\x9b\xd0\xb0\n abc\xc2 d\n\xe2\x82";
    let expected = [
        Violation {
            offset: 9,
            line: 2,
            byte: 0xc2,
        },
        Violation {
            offset: 13,
            line: 3,
            byte: 0xe2,
        },
    ];
    for size in 1..=text.len() {
        let mut lines = Lines::default();
        for piece in text.chunks(size) {
            lines.feed(piece);
        }
        lines.finish();
        assert_eq!(lines.first_violations(), expected, "pieces of {size}");
        assert_eq!(lines.violations(), 2);
    }
    // Overlong, surrogate, beyond U+10FFFF: not UTF-8 (RFC 3629).
    for wrong in [&b"a\xc0\xafb"[..], b"a\xed\xa0\x80b", b"a\xf4\x90\x80\x80b"] {
        let mut lines = Lines::default();
        lines.feed(wrong);
        lines.finish();
        assert_eq!(lines.first_violations()[0].offset, 1);
    }
}

#[test]
fn lines_that_begin_otherwise_are_found_with_their_place() {
    let text = "Jan  5 10:00:00 web1 a\n  at x\n{\"a\":1}\nJan 15 10:00:01 web1 b\n{\"a\":2}";
    for size in [1, 7, 1000] {
        let mut lines = Lines::default();
        for piece in text.as_bytes().chunks(size) {
            lines.feed(piece);
        }
        lines.finish();
        let found: Vec<_> = lines
            .classes()
            .iter()
            .map(|c| (c.beginning, c.offset, c.line, c.lines))
            .collect();
        assert_eq!(
            found,
            [(Beginning::MonthName, 0, 1, 2), (Beginning::Json, 30, 3, 2)],
            "pieces of {size}"
        );
        assert_eq!(lines.classes()[1].bytes, b"{\"a\":1}\n{\"a\":2}\n");
    }
}

#[test]
fn the_form_of_the_time_is_that_of_the_law() {
    for (written, behind) in [
        ("31:12:2025 23:59:59", Some("")),
        ("31:12:2025T23:59:59", Some("")),
        ("01:01:2026 - 00:00:00", Some("")),
        ("31:12:2025 23:59:60", Some("")),
        ("31:12:2025 23:59:59.125", Some(".125")),
        ("31:12:2025 23:59:59 +05:00", Some(" +05:00")),
        ("12:31:2025 23:59:59", None),
        ("31:12:25 23:59:59", None),
        ("1:1:2026 00:00:00", None),
        ("31.12.2025 23:59:59", None),
        ("2025-12-31 23:59:59", None),
        ("31:12:2025 24:00:00", None),
        ("31:12:2025 11:59", None),
        ("31:12:202523:59:59", None),
        ("31:12:2025 23:59:599", None),
        ("", None),
        ("қаңтар", None),
    ] {
        assert_eq!(kz195_form(written), behind, "{written}");
    }
}

fn parted(records: &[&str]) -> Parted {
    let mut parting = Parting::default();
    let mut place = Place {
        offset: 0,
        line: Some(1),
    };
    for record in records {
        parting.record(record, place, || Example {
            file: "x".to_owned(),
            line: place.line,
            offset: place.offset,
            text: (*record).to_owned(),
        });
        place = Place {
            offset: place.offset + record.len() as u64 + 1,
            line: place.line.map(|l| l + 1),
        };
    }
    parting.outcome()
}

#[test]
fn separators_are_found_and_so_is_a_field_that_is_not_enclosed() {
    let Parted::Separated {
        separator,
        fields,
        others,
        enclosed,
        ..
    } = parted(&["a;b;\"c;d\"", "a;;'it''s; so'", "a;b;O'Neil"])
    else {
        panic!()
    };
    assert_eq!((separator, fields, others, enclosed), (';', 3, 0, 2));
    let Parted::Separated {
        others,
        first_other,
        layout,
        ..
    } = parted(&["a|b|c", "a|b|c|d", "a|b|c"])
    else {
        panic!()
    };
    let (first, number) = first_other.unwrap();
    assert_eq!((others, first.line, first.offset, number), (1, Some(2), 6, 4));
    assert!(layout.is_none());
    // Three in a row are another layout, which begins with the first of them.
    let Parted::Separated { layout, .. } = parted(&[
        "a|b|c",
        "a|b|c",
        "a|b|c",
        "a|b|c",
        "a|b|c|d|e",
        "a|b|c|d|e",
        "a|b|c|d|e",
    ]) else {
        panic!()
    };
    let (place, number) = layout.unwrap();
    assert_eq!((place.line, place.offset, number), (Some(5), 24, 5));
}

#[test]
fn grammars_that_enclose_are_no_separators() {
    assert!(matches!(
        parted(&["{\"a\":1}", "{\"b\":\"x;y\"}"]),
        Parted::Grammar("JSON")
    ));
    assert!(matches!(parted(&["<Event><a/></Event>"]), Parted::Grammar("XML")));
    assert!(matches!(
        parted(&["type=A pid=1 exe=\"/bin/x y\"", "type=B pid=2 key=(null)"]),
        Parted::Grammar("name=value")
    ));
    assert!(matches!(
        parted(&["Jan  5 10:00:00 web1 app: a b c", "Jan  5 10:00:01 web1 app: a b"]),
        Parted::Nothing(Some(_))
    ));
    assert!(matches!(parted(&[]), Parted::Nothing(None)));
    // A web log: blanks part it, and a `;` within quotes is none of its separators.
    let line = "192.0.2.1 - - [05/Jan/2026:10:00:00 +0500] \"GET / HTTP/1.1\" 200 12 \"-\" \"x (a; b; c)\"";
    let Parted::Separated {
        separator, fields, ..
    } = parted(&[line; 12])
    else {
        panic!()
    };
    assert_eq!((separator, fields), (' ', 10));
}

/// A record: kind, outcome, columns.
type Given<'a> = (Kind, Outcome, &'a [(Text, &'a str)]);

fn judged(profile: &str, category: Category, format: &str, records: &[Given<'_>]) -> Judgement {
    let profiles: Vec<Profile> = profile::embedded()
        .unwrap()
        .into_iter()
        .filter(|p| p.id == profile)
        .collect();
    let plan = Plan::new(&profiles, category);
    let mut tally = Tally::new(&plan);
    let mut file = tally.begin(ObjectFacts {
        path: "x.log".to_owned(),
        bytes: 1,
        format: format.to_owned(),
        encoding: "utf-8".to_owned(),
        kinds: vec![Kind::AUTH_LOGON, Kind::SYSTEM_START],
        unit: 1,
        ..ObjectFacts::default()
    });
    let mut sink = FileSink::new(&plan, &mut tally, &mut file);
    for (number, (kind, outcome, columns)) in records.iter().enumerate() {
        let mut event = EventBuf::default();
        event.kind = *kind;
        event.outcome = *outcome;
        event.time = EventTime {
            micros: Some(0),
            basis: TimeBasis::ZoneAssumed,
            ..EventTime::default()
        };
        for (column, value) in *columns {
            event.set(*column, value);
        }
        let origin = Origin {
            span: Span {
                offset: number as u64 * 10,
                length: 10,
            },
            line: Some(LineNumber(number as u64 + 1)),
            bytes: b"",
            text: "a record",
            encoding: "utf-8",
            lossy: false,
            format: "x",
        };
        sink.event(&origin, &event).unwrap();
    }
    tally.end(file);
    judge(&plan, &tally, "kk")
}

fn item<'a>(judgement: &'a Judgement, id: &str) -> &'a crate::judge::ItemResult {
    judgement
        .clauses
        .iter()
        .flat_map(|c| &c.items)
        .find(|i| i.id == id)
        .unwrap()
}

const SILENT: Outcome = Outcome::Unknown;

#[test]
fn an_event_that_was_never_seen_is_not_shown_and_never_not_met() {
    let judgement = judged(
        "KZ195-A4",
        Category::Os,
        "syslog-x",
        &[
            (Kind::SYSTEM_START, SILENT, &[]),
            (Kind::AUTH_LOGON, Outcome::Failure, &[]),
        ],
    );
    let clause = &judgement.clauses[0];
    assert!(clause.items.iter().all(|i| i.verdict == Verdict::NotShown));
    let start = &item(&judgement, "KZ195-A4-1.1").events;
    assert_eq!((start[0].count, start[0].can_be_seen), (1, Some(true)));
    assert_eq!((start[1].count, start[1].can_be_seen), (0, Some(false)));
    let logon = &item(&judgement, "KZ195-A4-1.4").events;
    assert_eq!([logon[0].count, logon[1].count, logon[2].count], [0, 1, 0]);
    assert_eq!(logon[1].first.as_ref().unwrap().offset, 10);
    assert_eq!(judgement.clauses[0].title_language, "kk");
    // A Unix-like system: the clause on Windows does not apply, that on Unix does.
    let verdict_of = |id: &str| judgement.clauses.iter().find(|c| c.id == id).unwrap().verdict;
    assert_eq!(verdict_of("KZ195-A4-4"), Verdict::DoesNotApply);
    assert_eq!(verdict_of("KZ195-A4-3"), Verdict::NotShown);
}

#[test]
fn a_field_that_a_record_lacks_is_not_met_with_its_share() {
    let judgement = judged(
        "KZ195-A4",
        Category::Os,
        "x",
        &[
            (Kind::OTHER, SILENT, &[(Text::Host, "h"), (Text::Message, "m")]),
            (Kind::OTHER, SILENT, &[(Text::Host, " "), (Text::Message, "m")]),
            (Kind::OTHER, SILENT, &[(Text::Host, "h"), (Text::Message, "m")]),
        ],
    );
    let host = item(&judgement, "KZ195-A4-2.2");
    assert_eq!(host.verdict, Verdict::NotMet);
    assert!(
        host.reason
            .starts_with("2 of 3 records have it (66.6 %); first without: x.log line 2 (byte 10)"),
        "{}",
        host.reason
    );
    assert_eq!(item(&judgement, "KZ195-A4-2.3").verdict, Verdict::Met);
    // Nothing tells what wrote it.
    assert!(
        judgement.clauses[2..4]
            .iter()
            .all(|c| c.verdict == Verdict::NotShown)
    );
}

#[test]
fn what_a_clause_asks_where_it_can_be_done_is_never_not_met() {
    let row = |target: &'static str| -> Vec<(Text, &'static str)> { vec![(Text::Target, target)] };
    let with = row("citizens");
    let without = row("");
    let both = judged(
        "KZ195-A4",
        Category::Dbms,
        "x",
        &[
            (Kind::DB_SELECT, SILENT, &with),
            (Kind::DB_SELECT, SILENT, &without),
        ],
    );
    assert_eq!(item(&both, "KZ195-A4-10.5").verdict, Verdict::Met);
    let none = judged(
        "KZ195-A4",
        Category::Dbms,
        "x",
        &[(Kind::DB_SELECT, SILENT, &without)],
    );
    assert_eq!(item(&none, "KZ195-A4-10.5").verdict, Verdict::NotShown);
    assert_eq!(item(&none, "KZ195-A4-10.2").verdict, Verdict::NotMet);
}

#[test]
fn one_account_from_two_addresses_on_one_host_is_seen_and_on_two_hosts_is_not() {
    let logon = |host, address| {
        [
            (Text::Host, host),
            (Text::UserName, "anna"),
            (Text::SrcIp, address),
        ]
    };
    let (one, two, elsewhere) = (
        logon("web1", "203.0.113.5"),
        logon("web1", "203.0.113.6"),
        logon("web2", "203.0.113.7"),
    );
    let ok = Outcome::Success;
    let seen = |records: &[Given<'_>]| {
        let judgement = judged("KZ195-A4", Category::Os, "syslog-x", records);
        item(&judgement, "KZ195-A4-3.1").events[0].count
    };
    assert_eq!(
        seen(&[(Kind::AUTH_LOGON, ok, &one), (Kind::AUTH_LOGON, ok, &two)]),
        1
    );
    assert_eq!(
        seen(&[(Kind::AUTH_LOGON, ok, &one), (Kind::AUTH_LOGON, ok, &one)]),
        0
    );
    assert_eq!(
        seen(&[(Kind::AUTH_LOGON, ok, &one), (Kind::AUTH_LOGON, ok, &elsewhere)]),
        0
    );
    let failed = (Kind::AUTH_LOGON, Outcome::Failure, &two[..]);
    assert_eq!(seen(&[(Kind::AUTH_LOGON, ok, &one), failed]), 0);
}

#[test]
fn an_event_id_counts_in_its_channel_only() {
    let security = [
        (Text::Code, "4672"),
        (Text::Service, "Security"),
        (Text::Provider, "Microsoft-Windows-Security-Auditing"),
    ];
    let other = [
        (Text::Code, "4672"),
        (Text::Service, "Application"),
        (Text::Provider, "Backup"),
    ];
    let judgement = judged(
        "KZ195-A4",
        Category::Os,
        "evtx",
        &[
            (Kind::OTHER, SILENT, &other),
            (Kind::PRIVILEGE_ASSIGN, SILENT, &security),
        ],
    );
    let found = &item(&judgement, "KZ195-A4-4.1").events[0];
    assert_eq!((found.count, found.first.as_ref().unwrap().offset), (1, 10));
    assert_eq!((found.windows_ids[0].id, found.windows_ids[0].count), (4672, 1));
}

#[test]
fn directions_come_from_the_record_or_from_the_addresses() {
    let from_outside = [(Text::SrcIp, "203.0.113.9"), (Text::DstIp, "10.1.1.1")];
    let from_inside = [(Text::SrcIp, "192.168.0.2"), (Text::DstIp, "198.51.100.7")];
    let within = [(Text::SrcIp, "10.1.1.2"), (Text::DstIp, "10.1.1.1")];
    let judgement = judged(
        "KZ195-A4",
        Category::Network,
        "x",
        &[
            (Kind::FIREWALL_BLOCK, Outcome::Failure, &from_outside),
            (Kind::FIREWALL_BLOCK, Outcome::Failure, &within),
            (Kind::NETWORK_CONNECT, Outcome::Success, &from_inside),
            (Kind::TRAFFIC_IN, SILENT, &within),
        ],
    );
    let clause = judgement.clauses.iter().find(|c| c.id == "KZ195-A4-16").unwrap();
    let counts: Vec<Vec<u64>> = clause
        .items
        .iter()
        .map(|i| i.events.iter().map(|e| e.count).collect())
        .collect();
    assert_eq!(counts, [vec![2], vec![1], vec![1, 2], vec![0], vec![]]);
    assert_eq!(clause.verdict, Verdict::NotShown);
    assert!(
        clause.reason.contains("3 of 4 records are those of a firewall"),
        "{}",
        clause.reason
    );
}

#[test]
fn records_that_no_log_tells_to_be_bound_do_not_break_a_clause_as_long_as_others_keep_it() {
    let named = [(Text::Target, "passwd"), (Text::UserName, "anna")];
    let some = judged(
        "RU-PRIK-4",
        Category::Os,
        "x",
        &[
            (Kind::OBJECT_OPEN, Outcome::Success, &named),
            (Kind::OBJECT_OPEN, SILENT, &named),
        ],
    );
    let result = |judgement: &Judgement| {
        let clause = judgement.clauses.iter().find(|c| c.id == "RU-PRIK-4.9").unwrap();
        clause.items[1].verdict
    };
    assert_eq!(result(&some), Verdict::NotShown);
    let none = judged(
        "RU-PRIK-4",
        Category::Os,
        "x",
        &[(Kind::OBJECT_OPEN, SILENT, &named)],
    );
    assert_eq!(result(&none), Verdict::NotMet);
    assert_eq!(none.clauses[0].title_language, "en");
}
