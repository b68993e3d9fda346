//! Names of months in the languages of the systems whose logs come in.

use super::usual::{self, month as english};

/// Lower-case names and abbreviations, January first: nominative, genitive (Russian, Slovene), partitive (Finnish),
/// and the abbreviations of the Unicode CLDR for en, ru, kk, sl, fi, de.
const NAMES: [&[&str]; 12] = [
    &[
        "january",
        "января",
        "январь",
        "янв",
        "қаңтар",
        "қаң",
        "januar",
        "januarja",
        "tammikuu",
        "tammikuuta",
        "tammi",
        "tammik",
        "jänner",
    ],
    &[
        "february",
        "февраля",
        "февраль",
        "фев",
        "февр",
        "ақпан",
        "ақп",
        "februar",
        "feber",
        "februarja",
        "helmikuu",
        "helmikuuta",
        "helmi",
        "helmik",
    ],
    &[
        "march",
        "марта",
        "март",
        "мар",
        "наурыз",
        "нау",
        "marec",
        "marca",
        "maaliskuu",
        "maaliskuuta",
        "maalis",
        "maalisk",
        "märz",
        "mär",
        "mrz",
    ],
    &[
        "april",
        "апреля",
        "апрель",
        "апр",
        "сәуір",
        "сәу",
        "aprila",
        "huhtikuu",
        "huhtikuuta",
        "huhti",
        "huhtik",
    ],
    &[
        "may",
        "мая",
        "май",
        "мамыр",
        "мам",
        "maj",
        "maja",
        "toukokuu",
        "toukokuuta",
        "touko",
        "toukok",
        "mai",
    ],
    &[
        "june",
        "июня",
        "июнь",
        "июн",
        "маусым",
        "мау",
        "junij",
        "junija",
        "kesäkuu",
        "kesäkuuta",
        "kesä",
        "kesäk",
        "juni",
    ],
    &[
        "july",
        "июля",
        "июль",
        "июл",
        "шілде",
        "шіл",
        "julij",
        "julija",
        "heinäkuu",
        "heinäkuuta",
        "heinä",
        "heinäk",
        "juli",
    ],
    &[
        "august",
        "августа",
        "август",
        "авг",
        "тамыз",
        "там",
        "avgust",
        "avgusta",
        "avg",
        "elokuu",
        "elokuuta",
        "elo",
        "elok",
    ],
    &[
        "september",
        "sept",
        "сентября",
        "сентябрь",
        "сен",
        "сент",
        "қыркүйек",
        "қыр",
        "septembra",
        "syyskuu",
        "syyskuuta",
        "syys",
        "syysk",
    ],
    &[
        "october",
        "октября",
        "октябрь",
        "окт",
        "қазан",
        "қаз",
        "oktober",
        "oktobra",
        "okt",
        "lokakuu",
        "lokakuuta",
        "loka",
        "lokak",
    ],
    &[
        "november",
        "ноября",
        "ноябрь",
        "ноя",
        "нояб",
        "қараша",
        "қар",
        "novembra",
        "marraskuu",
        "marraskuuta",
        "marras",
        "marrask",
    ],
    &[
        "december",
        "декабря",
        "декабрь",
        "дек",
        "желтоқсан",
        "жел",
        "decembra",
        "joulukuu",
        "joulukuuta",
        "joulu",
        "jouluk",
        "dezember",
        "dez",
    ],
];

/// For each letter that a name begins with: bit n where one of n letters does. ASCII names of three letters and more.
const ASCII_LENGTHS: [u16; 26] = ascii_lengths();

const fn ascii_lengths() -> [u16; 26] {
    let mut table = [0u16; 26];
    let mut month = 0;
    while month < NAMES.len() {
        let mut at = 0;
        while at < NAMES[month].len() {
            let name = NAMES[month][at].as_bytes();
            if name.is_ascii() {
                table[(name[0] - b'a') as usize] |= 1 << name.len();
            }
            at += 1;
        }
        month += 1;
    }
    table
}

/// The longest names (`marraskuuta`) have eleven letters.
const LETTERS_MAX: usize = 11;

/// The month whose name stands at the start of the text, and the bytes of the name (with a dot that abbreviates).
pub(super) fn at_start(text: &str) -> Option<(u8, usize)> {
    let bytes = text.as_bytes();
    if let Some([a, b, c, end]) = bytes.first_chunk::<4>()
        && usual::on()
        && end.is_ascii()
        && !end.is_ascii_alphabetic()
        && let Some(month) = english([*a, *b, *c])
    {
        return Some((month, 3 + usize::from(*end == b'.')));
    }
    let letters = bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    // Where no letter of another script follows, the ASCII letters are the whole word.
    let whole = match bytes.get(letters) {
        Some(byte) if !byte.is_ascii() => !text
            .get(letters..)
            .is_some_and(|rest| rest.starts_with(char::is_alphabetic)),
        _ => true,
    };
    if !whole {
        return of_any_script(text);
    }
    let (first, month) = (bytes.first()?, bytes.first_chunk::<3>());
    if letters == 3
        && let Some(month) = month.and_then(|three| english(*three))
    {
        return Some((month, 3 + usize::from(bytes.get(3) == Some(&b'.'))));
    }
    if letters == 0 || letters > LETTERS_MAX {
        return None;
    }
    let lengths = ASCII_LENGTHS.get(usize::from(first.to_ascii_lowercase() - b'a'))?;
    if lengths & (1 << letters) == 0 {
        return None;
    }
    let word = text.get(..letters)?;
    let is_word = |name: &&str| name.eq_ignore_ascii_case(word);
    let month = NAMES.iter().position(|names| names.iter().any(is_word))?;
    Some((
        month as u8 + 1,
        letters + usize::from(bytes.get(letters) == Some(&b'.')),
    ))
}

/// The same where the word has letters that are not ASCII.
fn of_any_script(text: &str) -> Option<(u8, usize)> {
    let bytes = text.as_bytes();
    let mut folded = [0u8; 48];
    let (mut length, mut taken) = (0, 0);
    let letters = text.chars().take_while(|c| c.is_alphabetic());
    for letter in letters.take(LETTERS_MAX + 1) {
        taken += letter.len_utf8();
        for lower in letter.to_lowercase() {
            let room = folded.get_mut(length..length + lower.len_utf8())?;
            lower.encode_utf8(room);
            length += lower.len_utf8();
        }
    }
    let word = std::str::from_utf8(&folded[..length])
        .ok()
        .filter(|w| !w.is_empty())?;
    let month = NAMES.iter().position(|names| names.contains(&word))?;
    Some((
        month as u8 + 1,
        taken + usize::from(bytes.get(taken) == Some(&b'.')),
    ))
}
