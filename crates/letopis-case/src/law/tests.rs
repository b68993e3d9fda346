use std::collections::BTreeSet;

use super::*;
use crate::judge::Verdict;

fn built_in() -> Vec<Law> {
    let parse = |(name, text): &(&str, &str)| Law::parse(text).unwrap_or_else(|e| panic!("{name}: {e}"));
    BUILT_IN.iter().map(parse).collect()
}

fn error(text: &str) -> String {
    Law::parse(text).unwrap_err().to_string()
}

const HEAD: &str = "id = \"own\"\ntitle.en = \"Own\"\n\n[[clause]]\n";

/// What issue and digest ask the archive to show: written out here, not taken from the profiles.
#[test]
fn every_clause_that_an_archive_can_show_is_in_a_profile() {
    let mut asked: Vec<String> = Vec::new();
    let mut ask = |prefix: &str, ids: &str| asked.extend(ids.split(' ').map(|id| format!("{prefix}{id}")));
    ask("", "SI-1a SI-1b SI-2 SI-3a SI-3b SI-4 SI-5 SIG-1 SIG-2");
    ask("FI-", "1 2a 2b 2c 3a 3b 4a 4b 5a 5b 6a 6b 7a 7b 7c 7d 8");
    ask(
        "KZ195-",
        "2.14 7 7.1 7.2 7.3 7.4 10.1.1 10.1.2 10.1.3 10.1.4 10.1.5 10.1.6 10.1.7 10.1.8 10.2.1 10.2.2 10.2.3 10.3.1 \
         10.3.2 11.1 11.2 11.3 11.4 12.1 12.2 12.3 12.4 12.5 12.6 12.7 16 A1 A1.T1 A1.T2 A6",
    );
    for number in 1..=33 {
        ask("KZ195-A4-", &number.to_string());
    }
    ask(
        "KZ199-",
        "2.8 6 7.1 7.2 7.3 8.1 8.2 9 10.1.1 10.1.2 10.1.3 10.2.1 10.2.2 10.2.3 10.3.1 10.3.2 10.3.3 10.3.4 10.3.5 \
         10.3.6 10.3.7 10.3.8 10.3.9 10.3.10 10.3.11 11.1 11.2 11.3 11.4 11.5 12.1 12.2 12.3 12.4 12.5",
    );
    ask(
        "RU-PRIK-",
        "3.1 4.1.1 4.1.2 4.1.3 4.1.4 4.1.5 4.1.6 4.1.7 4.2 4.3 4.4.1 4.4.2 4.4.3 4.4.4 4.4.5 4.5 4.6 4.7 4.8 4.9 4.10 \
         4.11 4.12.1 4.12.2 4.12.3 4.13 4.14 4.15.1 4.15.2 4.16 4.17 4.18 4.19 5.3 7.12",
    );
    for number in 1..=33 {
        ask("DL-", &format!("{number:02}"));
    }
    let laws = built_in();
    let clauses = laws.iter().flat_map(|law| &law.clauses);
    let ids = clauses.flat_map(|clause| std::iter::once(&clause.id).chain(&clause.also));
    let answered: BTreeSet<&str> = ids.map(|id| id.get_ref().as_str()).collect();
    let missing: Vec<&String> = asked
        .iter()
        .filter(|id| !answered.contains(id.as_str()))
        .collect();
    assert!(missing.is_empty(), "in no profile: {missing:?}");
}

/// The examples of the documentation are profiles as users would write them.
#[test]
fn the_examples_are_profiles() {
    for (name, text) in [
        ("nis2", include_str!("../../profiles/examples/nis2.toml")),
        ("iso27001", include_str!("../../profiles/examples/iso27001.toml")),
        ("pci-dss", include_str!("../../profiles/examples/pci-dss.toml")),
    ] {
        let law = Law::parse(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(law.id, name);
        assert!(law.clauses.iter().any(|clause| !clause.checks.is_empty()));
    }
}

#[test]
fn every_language_has_every_title() {
    for law in built_in() {
        let clauses = law
            .clauses
            .iter()
            .map(|clause| (clause.id.get_ref(), &clause.title));
        for (id, title) in clauses.chain([(&law.id, &law.title)]) {
            for language in ["en", "fi", "kk", "ru", "sl"] {
                let (text, found) = title.in_language(language);
                assert!(!text.is_empty() && found == language, "{id}: {language}");
                let words = text.split(|letter: char| !letter.is_alphabetic());
                for word in words {
                    let cyrillic = word
                        .chars()
                        .filter(|c| ('\u{400}'..='\u{52f}').contains(c))
                        .count();
                    assert!(cyrillic == 0 || cyrillic == word.chars().count(), "{id}: {word}");
                }
            }
        }
    }
}

#[test]
fn every_check_is_used_and_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = CheckName::ALL.iter().map(|name| name.as_str()).collect();
    assert_eq!(names.len(), CheckName::ALL.len());
    for name in CheckName::ALL {
        let value = serde_name(name.as_str());
        assert_eq!(value, *name);
    }
}

/// The check of that name, as a profile would find it.
fn serde_name(name: &str) -> CheckName {
    #[derive(serde::Deserialize)]
    struct One {
        check: CheckName,
    }
    toml::from_str::<One>(&format!("check = \"{name}\""))
        .unwrap()
        .check
}

#[test]
fn slips_are_named_with_their_line() {
    assert_eq!(
        error(&format!(
            "{HEAD}id = \"X-1\"\ntitle.en = \"t\"\nchecks = [{{ check = \"magic\" }}]\n"
        ))
        .split(", expected")
        .next()
        .unwrap(),
        "line 7: unknown variant `magic`"
    );
    assert_eq!(
        error(&format!(
            "{HEAD}id = \"KZ195-99\"\ntitle.en = \"t\"\ndocuments = [\"act\"]\n"
        )),
        "line 5: no clause is called `KZ195-99`"
    );
    assert_eq!(
        error(&format!(
            "{HEAD}id = \"X-1\"\ntitle.en = \"t\"\ndocuments = [\"act\"]\n\n[[clause]]\nid = \"X-1\"\n\
             title.en = \"t\"\ndocuments = [\"act\"]\n"
        )),
        "line 10: clause `X-1` stands on line 5 already"
    );
    assert_eq!(
        error(&format!("{HEAD}id = \"X-1\"\ntitle.en = \"t\"\n")),
        "line 5: clause `X-1`: expected either `checks`, or `documents` where no tool can see it"
    );
    let check = |check: &str| {
        error(&format!(
            "{HEAD}id = \"X-1\"\ntitle.en = \"t\"\nchecks = [\n  {{ {check} }},\n]\n"
        ))
    };
    assert_eq!(
        check("check = \"register\""),
        "line 8: clause `X-1`: check `register` needs `columns`"
    );
    assert_eq!(
        check("check = \"coverage\", months = 6"),
        "line 8: clause `X-1`: check `coverage` takes no `months`"
    );
    assert_eq!(
        check("check = \"register\", columns = [\"colour\"]"),
        "line 8: clause `X-1`: check `register`: no column of the register is called `colour`"
    );
    assert_eq!(
        check("check = \"kinds\", kinds = [\"auth.wink\"]"),
        "line 8: clause `X-1`: check `kinds`: no kind is called `auth.wink`"
    );
    assert_eq!(
        check("check = \"conform\", clause = \"KZ195-A4-99\""),
        "line 8: clause `X-1`: check `conform`: no clause is called `KZ195-A4-99`"
    );
    assert!(check("check = \"coverage\", month = 6").contains("unknown field `month`"));
    assert!(error("id = 5\n").starts_with("line 1: "));
    assert!(error("id = \"x\"\ntitle.en = \"t\"\nclause = []\n").contains("no `[[clause]]`"));
}

#[test]
fn a_figure_is_met_only_where_all_that_is_asked_is_held() {
    let of = |ruling: Ruling, asked, held, open| {
        ruling.of(&Figure {
            asked,
            held,
            open,
            lacking: Vec::new(),
        })
    };
    assert_eq!(of(Ruling::Breaks, 3, 3, 0), Verdict::Met);
    assert_eq!(of(Ruling::Breaks, 3, 2, 0), Verdict::NotMet);
    assert_eq!(of(Ruling::Breaks, 3, 2, 1), Verdict::NotShown);
    assert_eq!(of(Ruling::Breaks, 3, 1, 1), Verdict::NotMet);
    assert_eq!(of(Ruling::Breaks, 0, 0, 0), Verdict::NotShown);
    assert_eq!(of(Ruling::NotShown, 3, 2, 0), Verdict::NotShown);
    assert_eq!(of(Ruling::NotShown, 3, 3, 0), Verdict::Met);
    assert_eq!(of(Ruling::IfAny, 0, 0, 0), Verdict::DoesNotApply);
    assert_eq!(of(Ruling::IfAny, 2, 1, 0), Verdict::NotMet);
}

#[test]
fn the_worst_answer_is_that_of_the_clause() {
    use Verdict::{DoesNotApply, Met, NotMet, NotShown};
    assert_eq!(together([Met, DoesNotApply]), Met);
    assert_eq!(together([Met, NotShown, DoesNotApply]), NotShown);
    assert_eq!(together([NotShown, NotMet, Met]), NotMet);
    assert_eq!(together([DoesNotApply]), DoesNotApply);
    assert_eq!(together([]), NotShown);
}
