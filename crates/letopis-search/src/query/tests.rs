use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Filter {
    parse(text, Zone::UTC).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn literal(text: &str) -> Filter {
    Filter::Text(TextTest::Literal(text.into()))
}

fn column(name: &str, test: ColumnTest) -> Filter {
    Filter::Column {
        column: name.into(),
        test,
    }
}

fn refused(text: &str, position: usize, part: &str) {
    let error = parse(text, Zone::UTC).expect_err(text);
    assert_eq!(error.position, position, "{text}: {error}");
    assert!(error.message.contains(part), "{text}: {error}");
}

#[test]
fn words_bind_tighter_than_or() {
    assert_eq!(read("a b"), Filter::All(vec![literal("a"), literal("b")]));
    assert_eq!(
        read("a b OR c"),
        Filter::Any(vec![Filter::All(vec![literal("a"), literal("b")]), literal("c")])
    );
    assert_eq!(
        read("a AND (b OR -c)"),
        Filter::All(vec![
            literal("a"),
            Filter::Any(vec![literal("b"), Filter::Not(Box::new(literal("c")))])
        ])
    );
    assert_eq!(read("or and"), Filter::All(vec![literal("or"), literal("and")]));
    assert_eq!(read("*"), Filter::True);
}

#[test]
fn words_keep_their_punctuation() {
    for word in [
        "10.0.0.1",
        "needle_user",
        r"DOMAIN\user",
        "10:20:30",
        "sshd[12]",
        "a-b",
        "a=b",
        "user@host",
    ] {
        assert_eq!(read(word), literal(word));
    }
    assert_eq!(read(r#""C:\a ""b"" /""#), literal(r#"C:\a "b" /"#));
    assert_eq!(read("adm*"), Filter::Text(TextTest::Wildcard("adm*".into())));
    assert_eq!(read("~admin"), Filter::Text(TextTest::LookAlike("admin".into())));
    assert_eq!(
        read(r"/a\/b\d+/"),
        Filter::Text(TextTest::Regex(r"a/b\d+".into()))
    );
}

#[test]
fn values_are_read_by_their_column() {
    let number = |from, to| ColumnTest::NumberRange { from, to };
    assert_eq!(
        read("user_name:root"),
        column("user_name", ColumnTest::Equals("root".into()))
    );
    assert_eq!(
        read("target:/var/log/*"),
        column("target", ColumnTest::Wildcard("/var/log/*".into()))
    );
    assert_eq!(
        read("target:/etc/passwd"),
        column("target", ColumnTest::Equals("/etc/passwd".into()))
    );
    assert_eq!(
        read("target:/log$/"),
        column("target", ColumnTest::Regex("log$".into()))
    );
    assert_eq!(read("target:*"), column("target", ColumnTest::Present));
    assert_eq!(read("status:>=500"), column("status", number(Some(500), None)));
    assert_eq!(read("status:<500"), column("status", number(None, Some(499))));
    assert_eq!(
        read("dst_port:80..443"),
        column("dst_port", number(Some(80), Some(443)))
    );
    assert_eq!(read("pid:7"), column("pid", number(Some(7), Some(7))));
    assert_eq!(
        read("code:4625"),
        column("code", ColumnTest::Equals("4625".into()))
    );
    let network = ColumnTest::InNetwork {
        address: "10.0.0.0".parse().unwrap(),
        prefix: 8,
    };
    assert_eq!(read("src_ip:10.0.0.0/8"), column("src_ip", network));
    assert_eq!(
        read(r#"attrs."Account Name":x"#),
        column("attrs.Account Name", ColumnTest::Equals("x".into()))
    );
}

/// Microseconds as `date -u -d … +%s` of GNU coreutils gives them.
#[test]
fn times_name_periods() {
    let check = |text: &str, zone: &str, from: Option<i64>, to: Option<i64>| {
        let range = ColumnTest::TimeRange {
            from: from.map(|s| s * 1_000_000),
            to: to.map(|s| s * 1_000_000),
        };
        assert_eq!(
            parse(text, zone.parse().unwrap()),
            Ok(column("time", range)),
            "{text}"
        );
    };
    check(
        "time:2026-03..2026-04",
        "UTC",
        Some(1_772_323_200),
        Some(1_777_593_600),
    );
    check(
        "time:2026-03..2026-04",
        "Asia/Almaty",
        Some(1_772_305_200),
        Some(1_777_575_600),
    );
    check("time:2025-12-31", "UTC", Some(1_767_139_200), Some(1_767_225_600));
    check("time:2025", "UTC", Some(1_735_689_600), Some(1_767_225_600));
    check("time:2024-02-29", "UTC", Some(1_709_164_800), Some(1_709_251_200));
    check("time:>=2026-03-01T10:00+05:00", "UTC", Some(1_772_341_200), None);
    check("time:<2026-03-01", "UTC", None, Some(1_772_323_200));
    check(
        "time:2026-03-01T05:00:00Z..<2026-03-01T05:00:01Z",
        "UTC",
        Some(1_772_341_200),
        Some(1_772_341_201),
    );
    // The day the clock goes back has 25 hours.
    check(
        "time:2025-10-26",
        "Europe/Ljubljana",
        Some(1_761_429_600),
        Some(1_761_519_600),
    );
}

#[test]
fn mistakes_are_named_with_their_place() {
    refused("", 1, "a term was expected");
    refused("a OR", 5, "a term was expected");
    refused("OR a", 1, "on both sides");
    refused("a AND OR b", 7, "needs a term");
    refused("(a", 1, "never closed");
    refused("a)", 2, "no `(`");
    refused("x \"a", 3, "never closed");
    refused("/a(b/", 1, "regular expression");
    refused("/etc/passwd", 6, "a path stands in quotes");
    refused("user:root", 1, "did you mean `user_name`");
    refused("a scr_ip:1", 3, "did you mean `src_ip`");
    refused("http://host", 1, "stands in quotes");
    refused("attrs:x", 1, "attrs.NAME");
    refused("time:yesterday", 6, "is no time");
    refused("time:2026-02-30", 6, "is no time");
    refused("time:2026-04..2026-03", 6, "its end lies before its start");
    refused("pid:x", 5, "whole numbers");
    refused("src_ip:10.0.0.0/33", 8, "up to 32");
    refused("pid: 7", 5, "right after the colon");
    refused(&"(".repeat(100_000), DEEPEST + 1, "nested deeper");
}

fn text_test() -> impl Strategy<Value = TextTest> {
    prop_oneof![
        "[ a-zA-Zж*:\"()~/\\-0-9]{0,8}".prop_map(TextTest::Literal),
        ".{0,6}".prop_map(TextTest::Literal),
        Just(TextTest::Literal("OR".into())),
        "[ a-z*:\"(/\\\\-]{1,8}".prop_map(TextTest::Wildcard),
        "[a-z/ \"]{0,8}".prop_map(TextTest::Regex),
        Just(TextTest::Regex(r"\\a\/b\.".into()).clone()).prop_map(|_| TextTest::Regex(r"a/b\.\\".into())),
        ".{1,6}".prop_map(TextTest::LookAlike),
    ]
}

fn column_filter() -> impl Strategy<Value = Filter> {
    let text = prop_oneof![
        ".{0,8}".prop_map(ColumnTest::Equals),
        ".{1,8}".prop_map(ColumnTest::Wildcard),
        "[a-z/ ]{0,5}".prop_map(ColumnTest::Regex),
        (any::<std::net::IpAddr>(), 0..=32_u8)
            .prop_map(|(address, prefix)| ColumnTest::InNetwork { address, prefix }),
        (any::<Option<i32>>(), 0..9_i64).prop_map(|(from, more)| ColumnTest::NumberRange {
            from: from.map(i64::from),
            to: Some(from.map_or(more, |f| i64::from(f) + more)),
        }),
        Just(ColumnTest::NumberRange { from: None, to: None }),
        Just(ColumnTest::Present),
    ];
    let names = prop_oneof![Just("src_ip".to_owned()), "attrs\\.[a-zA-Z :\"#()]{1,8}"];
    let time = (any::<i64>(), 0..9_i64).prop_map(|(from, more)| ColumnTest::TimeRange {
        from: Some(from),
        to: Some(from.saturating_add(more)),
    });
    prop_oneof![
        (names, text).prop_map(|(name, test)| column(&name, test)),
        time.prop_map(|test| column("time", test)),
        (0..4_000_000_000_000_000_i64).prop_map(|at| column(
            "ingested",
            ColumnTest::TimeRange {
                from: None,
                to: Some(at)
            }
        )),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![
        Just(Filter::True),
        text_test().prop_map(Filter::Text),
        column_filter()
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Any),
            inner.prop_map(|f| Filter::Not(Box::new(f))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_printed_filter_reads_back(filter in filter()) {
        let text = print(&filter);
        prop_assert_eq!(parse(&text, "Asia/Almaty".parse().unwrap()), Ok(filter), "{}", text);
    }

    #[test]
    fn no_query_panics(text in "[a-z:/*~()\" .<>=0-9T-]{0,24}") {
        let _ = parse(&text, Zone::UTC);
    }

    #[test]
    fn no_text_panics(text in ".{0,40}") {
        let _ = parse(&text, Zone::UTC);
    }
}
