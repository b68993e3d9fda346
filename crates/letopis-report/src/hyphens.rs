//! Where long words of the catalogue may be broken: soft hyphens, for narrow columns. Browsers bring rules for few
//! languages, and none for Kazakh.

use crate::catalogue::Language;

/// A place where a word may be broken, seen only where it is.
const SOFT: char = '\u{ad}';

/// Words shorter than this stay whole.
const LONG: usize = 9;

/// Letters that stay together before the first break and after the last.
const KEPT: usize = 3;

/// Second parts of Finnish compounds that begin with a vowel: the break is before them, not a letter earlier.
const FINNISH_PARTS: &[&str] = &["aika", "ohjelma", "otet", "otta", "otto", "yrity"];

/// The text with soft hyphens in its long words. English has none: its rules are no matter of syllables.
pub(crate) fn hyphenated(language: Language, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        put_word(&mut out, language, word);
        let gap = after.find(char::is_alphabetic).unwrap_or(after.len());
        let (between, next) = after.split_at(gap);
        out.push_str(between);
        rest = next;
    }
    out
}

fn put_word(out: &mut String, language: Language, word: &str) {
    let letters: Vec<char> = word
        .chars()
        .map(|c| c.to_lowercase().next().unwrap_or(c))
        .collect();
    let broken = letters.len() >= LONG && language != Language::En;
    for (place, letter) in word.chars().enumerate() {
        let inside = place >= KEPT && place + KEPT <= letters.len();
        if broken && inside && begins_syllable(language, &letters, place) {
            out.push(SOFT);
        }
        out.push(letter);
    }
}

/// In Finnish and Kazakh a syllable begins with the last consonant before a vowel. In Russian and Slovene that holds
/// between single vowels and after a sonorant; elsewhere prefixes and roots decide, which is mostly no matter of letters:
/// there the word stays whole. Never asked of the first [`KEPT`] letters.
fn begins_syllable(language: Language, letters: &[char], place: usize) -> bool {
    let word = Word { language, letters };
    if word.compound_part(place) {
        return true;
    }
    let beside = word.compound_part(place - 1) || word.compound_part(place + 1);
    let later = letters[..place].iter().any(|c| vowels(language).contains(*c));
    if beside || !later || !word.consonant(place) {
        return false;
    }
    match language {
        Language::En => false,
        Language::Fi | Language::Kk => word.vowel(place + 1),
        Language::Ru | Language::Sl => word.slavic_onset(place),
    }
}

/// A word and the rules of its language.
struct Word<'w> {
    language: Language,
    letters: &'w [char],
}

impl Word<'_> {
    fn at(&self, place: usize) -> char {
        self.letters.get(place).copied().unwrap_or(' ')
    }

    fn is(&self, place: usize, of: &str) -> bool {
        of.contains(self.at(place))
    }

    fn vowel(&self, place: usize) -> bool {
        self.is(place, vowels(self.language))
    }

    /// A consonant that a syllable may begin with.
    fn consonant(&self, place: usize) -> bool {
        self.at(place).is_alphabetic() && !self.vowel(place) && !self.is(place, "ьъй")
    }

    /// Whether a part of a Finnish compound begins here.
    fn compound_part(&self, place: usize) -> bool {
        let rest = || -> String { self.letters.iter().skip(place).collect() };
        self.language == Language::Fi
            && self.is(place - 1, "ns")
            && FINNISH_PARTS.iter().any(|part| rest().starts_with(part))
    }

    fn slavic_onset(&self, place: usize) -> bool {
        let after_vowel = self.vowel(place - 1) && !self.vowel(place - 2);
        let closed = self.consonant(place - 1) && self.vowel(place - 2);
        if self.vowel(place + 1) {
            let obstruent = !self.is(place, "рлмнjrlmn");
            return after_vowel || closed && obstruent && self.is(place - 1, "рлмнrlmn");
        }
        // `lj` and `nj` are one sound; a stop with `l` or `r` after it is one beginning, but for `str` and its like.
        let softened = self.language == Language::Sl && self.is(place, "ln") && self.is(place + 1, "j");
        let liquid = !self.is(place, "рлмнйjrlmn") && self.is(place + 1, "рлrl");
        self.vowel(place + 2) && (softened && after_vowel || liquid && closed && !self.is(place - 1, "sšсш"))
    }
}

fn vowels(language: Language) -> &'static str {
    match language {
        Language::En => "",
        Language::Fi => "aeiouyåäö",
        Language::Kk => "аәеёиоөуұүыіэюя",
        Language::Ru => "аеёиоуыэюя",
        Language::Sl => "aeiou",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(language: Language, text: &str) -> String {
        hyphenated(language, text).replace(SOFT, "-")
    }

    /// As dictionaries of the languages divide them.
    #[test]
    fn words_break_between_syllables() {
        let cases = [
            (Language::Fi, "tallennusvälineelle", "tal-len-nus-vä-li-neelle"),
            (Language::Fi, "Käyttöjärjestelmät", "Käyt-tö-jär-jes-tel-mät"),
            (
                Language::Fi,
                "Vähimmäissäilytysaika",
                "Vähim-mäis-säi-ly-tys-aika",
            ),
            (Language::Fi, "kirjautumisyritys", "kir-jau-tu-mis-yri-tys"),
            (Language::Kk, "Конфигурациялық", "Кон-фи-гу-ра-ция-лық"),
            (Language::Kk, "анықталмаған", "анық-тал-ма-ған"),
            (Language::Kk, "артықшылықтарды", "артық-шы-лық-тарды"),
            (Language::Ru, "Зарегистрировано", "Заре-гистри-ро-вано"),
            (Language::Ru, "подключённый", "под-клю-чённый"),
            (Language::Sl, "Konfiguracijska", "Kon-fi-gu-ra-cijska"),
            (Language::Sl, "odstranjena", "odstra-njena"),
            (Language::Sl, "Nerazčlenjeni", "Neraz-čle-njeni"),
            (Language::En, "Configuration", "Configuration"),
            (Language::Fi, "Kohde luotu, osoite", "Kohde luotu, osoite"),
        ];
        for (language, word, broken) in cases {
            assert_eq!(shown(language, word), broken, "{}", language.code());
        }
    }

    #[test]
    fn nothing_else_changes() {
        for language in Language::ALL {
            for text in [
                "",
                "—",
                "SHA-256",
                "анықталмаған Vähimmäisaika\n(~ 5)",
                "ьъйййййййййй",
                "bcdfghjklmn",
            ] {
                assert_eq!(hyphenated(*language, text).replace(SOFT, ""), text);
            }
        }
    }
}
