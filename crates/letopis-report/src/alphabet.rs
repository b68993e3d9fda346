//! Which letters a language is written in: letters of one alphabet among another's look right on paper and are not
//! found by a search.

const LATIN: &str = "abcdefghijklmnopqrstuvwxyz";
const CYRILLIC: &str = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя";

/// Words of a text in the language of that code that a writer of it cannot have meant: with letters of two alphabets,
/// or with a letter that the language does not have. A whole word in Latin letters is a name anywhere.
pub(crate) fn strange_words<'t>(code: &str, text: &'t str) -> Vec<&'t str> {
    let own = match code {
        "en" => LATIN.to_owned(),
        "fi" => format!("{LATIN}åäöšž"),
        "sl" => format!("{LATIN}čšž"),
        "ru" => CYRILLIC.to_owned(),
        "kk" => format!("{CYRILLIC}әғқңөұүһі"),
        _ => String::new(),
    };
    let made_of = |word: &str, letters: &str| {
        word.chars()
            .flat_map(char::to_lowercase)
            .all(|l| letters.contains(l))
    };
    text.split(|letter: char| !letter.is_alphabetic())
        .filter(|word| !made_of(word, LATIN) && !made_of(word, &own))
        .collect()
}

#[test]
fn a_letter_of_another_alphabet_is_seen() {
    // The first has a Latin `i` in it, the second a Latin `o`, the third a Ukrainian letter.
    assert_eq!(strange_words("kk", "кіру кiру"), ["кiру"]);
    assert_eq!(
        strange_words("ru", "журнал жyрнал, SHA-256: пoлный"),
        ["жyрнал", "пoлный"]
    );
    assert_eq!(strange_words("kk", "Жазба їшкі"), ["їшкі"]);
    assert_eq!(strange_words("sl", "časovnica čаs"), ["čаs"]);
    assert_eq!(strange_words("fi", "näkö журнал õ"), ["журнал", "õ"]);
}
