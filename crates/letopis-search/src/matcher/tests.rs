use super::*;
use letopis_event::filter::ColumnTest;
use proptest::prelude::*;

/// A row of fixed values; attributes are named `attrs.NAME`.
struct Fixed<'a>(&'a [(&'a str, &'a str)]);

impl Row for Fixed<'_> {
    fn text(&self, column: &str) -> Option<Cow<'_, str>> {
        let found = self.0.iter().find(|(name, _)| *name == column);
        found.map(|(_, value)| Cow::Borrowed(*value))
    }
    fn number(&self, column: &str) -> Option<i64> {
        self.text(column)?.parse().ok()
    }
    fn time(&self, column: &str) -> Option<i64> {
        self.number(column)
    }
    fn attr(&self, name: &str) -> Option<Cow<'_, str>> {
        let found = self
            .0
            .iter()
            .find(|(n, _)| n.strip_prefix("attrs.") == Some(name));
        found.map(|(_, value)| Cow::Borrowed(*value))
    }
}

fn text_check(test: TextTest, text: &str) -> bool {
    let matcher = Matcher::new(&Filter::Text(test)).unwrap();
    matcher.matches(text, &Fixed(&[]))
}

fn literal(literal: &str, text: &str) -> bool {
    text_check(TextTest::Literal(literal.to_owned()), text)
}

fn wildcard(pattern: &str, text: &str) -> bool {
    text_check(TextTest::Wildcard(pattern.to_owned()), text)
}

#[test]
fn a_word_stands_alone() {
    assert!(literal("admin", "user=admin;"));
    assert!(literal("ADMIN", "Admin"));
    assert!(!literal("admin", "administrator sysadmin"));
    assert!(literal("admin", "administrator, admin"));
    assert!(!literal("10.0.0.1", "from 10.0.0.12"));
    assert!(!literal("10.0.0.1", "from 110.0.0.1"));
    assert!(literal("10.0.0.1", "from 10.0.0.1:22"));
    assert!(literal("needle_user", "for needle_user from"));
    assert!(!literal("needle_user", "for needle_users"));
    assert!(literal("user", "for needle_user from"));
    assert!(literal(".evtx", "Security.evtx"));
    assert!(literal("error: ", "error: disk"));
    assert!(literal("", "anything"));
    assert!(!literal("a", ""));
}

#[test]
fn folding_is_of_every_script() {
    assert!(literal("ӘКІМШІ", "пайдаланушы әкімші кірді"));
    assert!(literal("STRASSE", "straſſe"));
    assert!(literal("kelvin", "\u{212a}elvin"));
    assert!(!literal("strasse", "straße"));
    assert!(!literal("вход", "входа"));
    assert!(!literal("IP", "ІP"), "Cyrillic І is another letter");
}

#[test]
fn look_alikes_are_found_when_asked_for_and_marked() {
    let filter = Filter::Text(TextTest::LookAlike("admin".into()));
    let matcher = Matcher::new(&filter).unwrap();
    let row = Fixed(&[]);
    assert_eq!(matcher.only_look_alike("user аdmin", &row), Some(true));
    assert_eq!(matcher.only_look_alike("user Admin", &row), Some(false));
    assert_eq!(matcher.only_look_alike("user nobody", &row), None);
}

#[test]
fn overlapping_places_are_all_tried() {
    assert!(literal("a a", "a ab a a"));
    assert!(literal("aa.aa", "aa.aab aa.aa"));
    assert!(literal("1.1", "1.11 11.1 1.1"));
}

#[test]
fn wildcards_stay_within_a_word() {
    assert!(wildcard("*dmin*", "sysadministrator"));
    assert!(wildcard("adm*", "administrator"));
    assert!(!wildcard("adm*", "sysadministrator"));
    assert!(wildcard("a*r", "x administrator y"));
    assert!(!wildcard("a*r", "admin user"));
    assert!(wildcard("*.evtx", r"C:\Logs\Security.EVTX"));
    assert!(wildcard("logon type *", "Logon Type 10"));
    assert!(wildcard("Ә*і", "әкімші"));
    assert!(!wildcard("a*b", "a b ab1 1ab"));
}

#[test]
fn columns_are_tested_by_their_type() {
    let row = Fixed(&[
        ("user_name", "Иванов"),
        ("src_ip", "10.1.2.3"),
        ("dst_ip", "::ffff:10.1.2.3"),
        ("src_port", "443"),
        ("status", "503"),
        ("time", "1000"),
        ("target", "/var/log/audit/audit.log"),
        ("attrs.Group", "Users"),
        ("attrs.Group#2", "Admins"),
    ]);
    let check = |column: &str, test: ColumnTest| {
        let filter = Filter::Column {
            column: column.into(),
            test,
        };
        Matcher::new(&filter).unwrap().matches("", &row)
    };
    let network = |text: &str, prefix| ColumnTest::InNetwork {
        address: text.parse().unwrap(),
        prefix,
    };
    let number = |from, to| ColumnTest::NumberRange { from, to };
    assert!(check("user_name", ColumnTest::Equals("ИВАНОВ".into())));
    assert!(!check("user_name", ColumnTest::Equals("Иванова".into())));
    assert!(check("src_ip", network("10.0.0.0", 8)));
    assert!(!check("src_ip", network("10.2.0.0", 16)));
    assert!(check("dst_ip", network("10.1.2.0", 24)));
    assert!(check("src_ip", network("0.0.0.0", 0)));
    assert!(check("src_port", number(Some(80), Some(443))));
    assert!(!check("src_port", number(Some(444), None)));
    assert!(check("status", number(Some(500), None)));
    assert!(!check("user_name", number(None, None)));
    let time = |from, to| ColumnTest::TimeRange { from, to };
    assert!(check("time", time(Some(1000), Some(1001))));
    assert!(!check("time", time(None, Some(1000))));
    assert!(check("target", ColumnTest::Wildcard("/var/*/AUDIT.log".into())));
    assert!(!check("target", ColumnTest::Wildcard("/var/*/audit".into())));
    assert!(check("target", ColumnTest::Regex(r"audit\.log$".into())));
    assert!(check("attrs.Group", ColumnTest::Equals("admins".into())));
    assert!(!check("attrs.Missing", ColumnTest::Present));
    assert!(check("attrs.Group", ColumnTest::Present));
    let unknown = Filter::Column {
        column: "usr".into(),
        test: ColumnTest::Present,
    };
    assert!(matches!(
        Matcher::new(&unknown),
        Err(SearchError::UnknownColumn(_))
    ));
}

#[test]
fn a_pattern_that_is_none_or_too_large_is_refused() {
    for pattern in ["(", r"(\w{1000}){1000}"] {
        let filter = Filter::Text(TextTest::Regex(pattern.into()));
        assert!(
            matches!(Matcher::new(&filter), Err(SearchError::Regex { .. })),
            "{pattern}"
        );
    }
}

/// The definition of design §7, character by character.
fn slow_literal(literal: &str, text: &str, equality: Equality) -> bool {
    let literal: Vec<char> = literal.chars().collect();
    let text: Vec<char> = text.chars().collect();
    if literal.is_empty() {
        return true;
    }
    (0..=text.len().saturating_sub(literal.len())).any(|start| {
        let end = start + literal.len();
        end <= text.len()
            && literal
                .iter()
                .zip(&text[start..end])
                .all(|(a, b)| equality.of(*a) == equality.of(*b))
            && !(start > 0 && literal[0].is_alphanumeric() && text[start - 1].is_alphanumeric())
            && !(end < text.len()
                && literal[literal.len() - 1].is_alphanumeric()
                && text[end].is_alphanumeric())
    })
}

/// Wildcards by trying every way.
fn slow_wildcard(pattern: &[char], text: &[char], before: Option<char>) -> bool {
    fn rest(pattern: &[char], text: &[char], last: Option<char>) -> bool {
        match pattern.split_first() {
            None => {
                !(last.is_some_and(char::is_alphanumeric)
                    && text.first().is_some_and(|c| c.is_alphanumeric()))
            }
            Some(('*', more)) => {
                let visible = text.iter().take_while(|c| !c.is_whitespace()).count();
                more.is_empty() || (0..=visible).any(|n| rest(more, &text[n..], None))
            }
            Some((c, more)) => match text.split_first() {
                Some((t, tail)) => {
                    Equality::Folded.of(*t) == Equality::Folded.of(*c) && rest(more, tail, Some(*c))
                }
                None => false,
            },
        }
    }
    let bound = pattern[0].is_alphanumeric() && before.is_some_and(char::is_alphanumeric);
    (!bound && rest(pattern, text, None))
        || text
            .split_first()
            .is_some_and(|(c, tail)| slow_wildcard(pattern, tail, Some(*c)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn literals_match_as_defined(needle in "[aAаАsSſ1. ]{0,4}", text in "[aAаАsSſ1. ]{0,14}") {
        prop_assert_eq!(literal(&needle, &text), slow_literal(&needle, &text, Equality::Folded));
        prop_assert_eq!(
            text_check(TextTest::LookAlike(needle.clone()), &text),
            slow_literal(&needle, &text, Equality::LookAlike)
        );
    }

    #[test]
    fn any_literal_matches_as_defined(needle in ".{0,3}", head in ".{0,4}", tail in ".{0,4}") {
        let text = format!("{head}{needle}{tail}");
        prop_assert_eq!(literal(&needle, &text), slow_literal(&needle, &text, Equality::Folded));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn wildcards_match_as_defined(pattern in "[aAb1. *]{1,6}", text in "[aAb1. ]{0,12}") {
        let chars: Vec<char> = pattern.chars().collect();
        let letters: Vec<char> = text.chars().collect();
        prop_assert_eq!(wildcard(&pattern, &text), slow_wildcard(&chars, &letters, None), "{} in {:?}", pattern, text);
    }

    #[test]
    fn value_wildcards_match_as_a_regex_does(pattern in "[ab*]{0,6}", value in "[ab]{0,8}") {
        let regex = format!("^{}$", pattern.replace('*', ".*"));
        let expected = regex_automata::meta::Regex::new(&regex).unwrap().is_match(value.as_str());
        prop_assert_eq!(crate::pattern::ValueWildcard::new(&pattern).is(&value), expected);
    }
}
