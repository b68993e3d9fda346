use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::alphabet::strange_words;

/// Messages that read the same in that language and in English, and are meant to: names, and signs of units that the
/// SI or the languages share.
const SAME_AS_ENGLISH: &[(&str, &[&str])] = &[
    ("col-sha256", &["fi", "kk", "ru", "sl"]),
    ("col-this", &["fi", "kk", "ru", "sl"]),
    ("apart-seconds", &["fi", "sl"]),
    ("apart-minutes", &["fi", "sl"]),
    ("apart-hours", &["fi", "sl"]),
    ("unit-minutes", &["fi", "sl"]),
    ("head-program", &["sl"]),
    ("col-incident", &["sl"]),
];

/// Ids and texts, a text with all its forms.
fn messages(language: Language) -> BTreeMap<&'static str, String> {
    let mut found: BTreeMap<&'static str, String> = BTreeMap::new();
    let mut last = None;
    for line in language.source().lines() {
        let opens = line.starts_with(|c: char| c.is_ascii_lowercase());
        match line.split_once(" =") {
            Some((id, text)) if opens => {
                assert!(
                    found.insert(id, text.trim().to_owned()).is_none(),
                    "{}: {id} stands twice",
                    language.code()
                );
                last = Some(id);
            }
            _ if line.starts_with([' ', '}']) => {
                let text = last
                    .and_then(|id| found.get_mut(id))
                    .expect("a form of a message");
                text.push('\n');
                text.push_str(line);
            }
            _ => last = None,
        }
    }
    found
}

fn ids(language: Language) -> BTreeSet<&'static str> {
    messages(language).into_keys().collect()
}

/// What a text is made with: `$name` of every argument in it.
fn arguments(text: &str) -> BTreeSet<&str> {
    let after = text.split('$').skip(1);
    after
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next())
        .collect()
}

fn counted(language: Language, id: &'static str, numbers: &[i64]) -> Vec<String> {
    let catalogue = Catalogue::new(language);
    let say = |n: &i64| {
        catalogue.text(
            &Message::id(id)
                .number("n", *n)
                .text("root", "R")
                .text("time", "T"),
        )
    };
    numbers.iter().map(say).collect()
}

#[test]
fn every_language_says_everything_and_nothing_is_broken() {
    assert!(ids(Language::En).len() > 400);
    for language in Language::ALL {
        assert!(
            FluentResource::try_new(language.source().to_owned()).is_ok(),
            "{}",
            language.code()
        );
        assert_eq!(ids(*language), ids(Language::En), "{}", language.code());
        assert_eq!(Language::parse(language.code()), Ok(*language));
    }
}

#[test]
fn every_language_says_the_same_values() {
    let english = messages(Language::En);
    for language in Language::ALL {
        for (id, text) in messages(*language) {
            assert!(!text.is_empty(), "{}: {id}", language.code());
            assert_eq!(
                arguments(&text),
                arguments(&english[id]),
                "{}: {id}",
                language.code()
            );
        }
    }
}

/// Every message, with every value that it takes, comes out without an error and without a mark of something missing.
#[test]
fn every_message_can_be_said() {
    for language in Language::ALL {
        let catalogue = Catalogue::new(*language);
        for (id, source) in messages(*language) {
            for number in [0, 1, 2, 3, 5, 11, 21, 101, i64::MAX] {
                let mut values = FluentArgs::new();
                for name in arguments(&source) {
                    values.set(name.to_owned(), number);
                }
                let pattern = catalogue
                    .bundle
                    .get_message(id)
                    .and_then(|m| m.value())
                    .expect(id);
                let mut errors = Vec::new();
                let text = catalogue
                    .bundle
                    .format_pattern(pattern, Some(&values), &mut errors);
                assert!(errors.is_empty(), "{}: {id}: {errors:?}", language.code());
                assert!(
                    !text.trim().is_empty() && !text.contains(['{', '}', '$']),
                    "{}: {id}: {text}",
                    language.code()
                );
            }
        }
    }
}

#[test]
fn no_text_is_left_in_english() {
    let english = messages(Language::En);
    for language in Language::ALL.iter().filter(|l| **l != Language::En) {
        let code = language.code();
        for (id, text) in messages(*language) {
            let meant = SAME_AS_ENGLISH
                .iter()
                .any(|(same, codes)| *same == id && codes.contains(&code));
            assert_eq!(text == english[id], meant, "{code}: {id}: {text}");
        }
    }
}

#[test]
fn no_word_mixes_alphabets() {
    for language in Language::ALL {
        let found = strange_words(language.code(), language.source());
        assert!(found.is_empty(), "{}: {found:?}", language.code());
    }
}

/// Every message of a language in Cyrillic has a word in Cyrillic: a Latin look-alike of a whole word is none.
#[test]
fn texts_are_in_their_own_script() {
    let letters = |text: &str| text.chars().any(|c| ('\u{400}'..='\u{52f}').contains(&c));
    for language in [Language::Kk, Language::Ru] {
        for (id, text) in messages(language) {
            let name = ["col-sha256", "col-this", "col-finding"].contains(&id);
            assert_eq!(letters(&text), !name, "{}: {id}: {text}", language.code());
        }
    }
}

/// Plural forms as the grammar of the language has them, not as English has them.
#[test]
fn slovene_counts_in_four_forms() {
    assert_eq!(
        counted(
            Language::Sl,
            "count-records",
            &[1, 2, 3, 4, 5, 11, 21, 100, 101, 102, 104]
        ),
        [
            "1 zapis",
            "2 zapisa",
            "3 zapisi",
            "4 zapisi",
            "5 zapisov",
            "11 zapisov",
            "21 zapisov",
            "100 zapisov",
            "101 zapis",
            "102 zapisa",
            "104 zapisi"
        ]
    );
    assert_eq!(
        counted(Language::Sl, "head-entries", &[1, 2, 3, 5, 101]),
        [
            "1 vpis, koren R",
            "2 vpisa, koren R",
            "3 vpisi, koren R",
            "5 vpisov, koren R",
            "101 vpis, koren R"
        ]
    );
    assert_eq!(
        counted(Language::Sl, "copy-home", &[1, 2, 3, 5, 101]),
        [
            "dnevnik vpisan T: 1 branje",
            "dnevnik vpisan T: 2 branji",
            "dnevnik vpisan T: 3 branja",
            "dnevnik vpisan T: 5 branj",
            "dnevnik vpisan T: 101 branje"
        ]
    );
}

#[test]
fn russian_counts_in_three_forms() {
    assert_eq!(
        counted(Language::Ru, "count-records", &[1, 2, 3, 5, 11, 21, 101]),
        [
            "1 запись",
            "2 записи",
            "3 записи",
            "5 записей",
            "11 записей",
            "21 запись",
            "101 запись"
        ]
    );
}

/// One and more: a Finnish number is followed by the partitive from two on.
#[test]
fn finnish_counts_in_two_forms() {
    assert_eq!(
        counted(Language::Fi, "count-records", &[0, 1, 2, 11, 21, 101]),
        [
            "0 tietuetta",
            "1 tietue",
            "2 tietuetta",
            "11 tietuetta",
            "21 tietuetta",
            "101 tietuetta"
        ]
    );
}

/// A Kazakh noun stays as it is after any number.
#[test]
fn kazakh_counts_in_one_form() {
    assert_eq!(
        counted(Language::Kk, "count-records", &[0, 1, 2, 21]),
        ["0 жазба", "1 жазба", "2 жазба", "21 жазба"]
    );
}

/// A form for each plural category that whole numbers have in the language (Unicode CLDR), and no other; a text that
/// needs no forms has none.
#[test]
fn plural_forms_are_those_of_the_language() {
    let categories = |language| match language {
        Language::En | Language::Fi | Language::Kk => &["one", "other"][..],
        Language::Ru => &["one", "few", "many"],
        Language::Sl => &["one", "two", "few", "other"],
    };
    for language in Language::ALL {
        for (id, text) in messages(*language) {
            let opens = text.split('[').skip(1);
            let forms = opens.filter_map(|rest| rest.split_once(']').map(|(form, _)| form));
            let forms: Vec<&str> = forms.filter(|form| *form != "0").collect();
            let whole = forms == categories(*language);
            // What stands in the same case after several and many may share a form; Kazakh has one for all.
            let shared = match language {
                Language::Ru => forms == ["one", "many"],
                Language::Kk => forms == ["other"],
                _ => false,
            };
            assert!(
                forms.is_empty() || whole || shared,
                "{}: {id}: {forms:?}",
                language.code()
            );
        }
    }
}

#[test]
fn every_kind_has_words_in_every_language() {
    for language in Language::ALL {
        let ids = ids(*language);
        for kind in letopis_event::kind::KINDS {
            let id = format!("kind-{}", kind.code.replace(['.', '_'], "-"));
            assert!(ids.contains(id.as_str()), "{}: {id}", language.code());
        }
    }
    let say = |code: &str| Catalogue::new(Language::Ru).text(&Message::code("kind", code));
    assert_eq!(say("log.clear"), "Журнал очищен");
    assert_eq!(say("no.such_kind"), "no.such_kind");
}

/// Two kinds in the same words could not be told apart in a table of kinds.
#[test]
fn no_two_kinds_have_the_same_words() {
    for language in Language::ALL {
        let mut seen = BTreeMap::new();
        for (id, text) in messages(*language) {
            if id.starts_with("kind-") {
                let other = seen.insert(text, id);
                assert_eq!(other, None, "{}: {id}", language.code());
            }
        }
    }
}

/// Soft hyphens stand in texts of the catalogue alone: a value with one in it is another value.
#[test]
fn only_texts_without_values_may_be_broken() {
    let catalogue = Catalogue::new(Language::Fi);
    let cases = [
        (Message::id("col-unparsed"), "Jäsen\u{ad}tä\u{ad}mättä"),
        (Message::code("kind", "account.create"), "Tili luotu"),
        (
            Message::code("kind", "process.stop"),
            "Prosessi päät\u{ad}ty\u{ad}nyt",
        ),
        (Message::code("kind", "käyttöjärjestelmä"), "käyttöjärjestelmä"),
        (Message::plain("käyttöjärjestelmä"), "käyttöjärjestelmä"),
        (
            Message::id("why-user").text("value", "käyttöjärjestelmä"),
            "tili käyttöjärjestelmä",
        ),
    ];
    for (message, text) in cases {
        assert_eq!(catalogue.breakable(&message), text);
        assert!(!catalogue.text(&message).contains('\u{ad}'));
    }
}

#[test]
fn a_missing_text_shows_its_id() {
    let catalogue = Catalogue::new(Language::En);
    assert_eq!(catalogue.text(&Message::id("no-such-text")), "[no-such-text]");
}

#[test]
fn an_unknown_language_is_refused_with_those_that_there_are() {
    let error = Language::parse("de").unwrap_err();
    assert!(
        error.to_string().ends_with("expected one of: en, fi, kk, ru, sl"),
        "{error}"
    );
}
