//! Which encoding a file is written in: byte order marks, UTF-8 validity, the shape of UTF-16, letter frequencies.

use super::Encoding;

/// What the beginning of a file seems to be encoded in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    /// The encoding; `None` where the bytes are no text.
    pub encoding: Option<Encoding>,
    /// Bytes of the byte order mark.
    pub bom: u8,
    /// Why, in words.
    pub reason: String,
}

/// Guesses from the first bytes of a file; `complete` says that there are no more.
pub fn guess(head: &[u8], complete: bool) -> Guess {
    let found = |encoding, bom, reason: &str| Guess {
        encoding,
        bom,
        reason: reason.to_owned(),
    };
    if head.starts_with(&[0xef, 0xbb, 0xbf]) {
        return found(
            Some(Encoding::Utf8),
            3,
            "the UTF-8 byte order mark stands at the beginning",
        );
    }
    let wide_nul = head.get(2..4) == Some(&[0, 0]);
    if head.starts_with(&[0xff, 0xfe]) && !wide_nul {
        return found(
            Some(Encoding::Utf16Le),
            2,
            "the UTF-16LE byte order mark stands at the beginning",
        );
    }
    if head.starts_with(&[0xfe, 0xff]) {
        return found(
            Some(Encoding::Utf16Be),
            2,
            "the UTF-16BE byte order mark stands at the beginning",
        );
    }
    if let Some(wide) = utf16_shape(head) {
        return found(
            Some(wide),
            0,
            "every other byte is that of UTF-16 text, without a byte order mark",
        );
    }
    if !is_text(head) {
        return found(None, 0, "control bytes that no text has");
    }
    match std::str::from_utf8(head) {
        Ok(text) if text.is_ascii() => found(Some(Encoding::Utf8), 0, "the beginning is ASCII"),
        Ok(_) => found(Some(Encoding::Utf8), 0, "the beginning is valid UTF-8"),
        Err(error) if !complete && error.error_len().is_none() => {
            found(Some(Encoding::Utf8), 0, "the beginning is valid UTF-8")
        }
        Err(_) => {
            let (encoding, reason) = guess_fallback(head);
            found(Some(encoding), 0, reason)
        }
    }
}

/// The two sides of UTF-16: nearly every unit is a printable ASCII or Cyrillic letter, and there are many zeros.
fn utf16_shape(head: &[u8]) -> Option<Encoding> {
    let (pairs, _) = head.get(..head.len().min(8192))?.as_chunks::<2>();
    if pairs.len() < 4 {
        return None;
    }
    let plausible = |high: u8, low: u8| match high {
        0 => matches!(low, b'\t' | b'\r' | b'\n' | 0x20..=0x7e | 0xa0..=0xff),
        1 | 3 | 4 | 0x20 => true,
        _ => false,
    };
    let share = |order: fn(&[u8; 2]) -> (u8, u8)| {
        let good = pairs.iter().map(order).filter(|(h, l)| plausible(*h, *l)).count();
        let zeros = pairs.iter().map(order).filter(|(h, _)| *h == 0).count();
        good * 100 >= pairs.len() * 97 && zeros * 100 >= pairs.len() * 5
    };
    let little = share(|p| (p[1], p[0]));
    let big = share(|p| (p[0], p[1]));
    match (little, big) {
        (true, false) => Some(Encoding::Utf16Le),
        (false, true) => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// Whether bytes can be text: hardly any control bytes. Runs of NUL are what a crash leaves in a log and do not count
/// unless they are most of it.
fn is_text(head: &[u8]) -> bool {
    let (mut nul, mut runs, mut control) = (0usize, 0usize, 0usize);
    let mut before = 1u8;
    for byte in head {
        match byte {
            0 => {
                nul += 1;
                runs += usize::from(before != 0);
            }
            b'\t' | b'\n' | b'\r' | 0x0c | 0x1b | 0x08 | 0x07 => {}
            0x01..=0x1f | 0x7f => control += 1,
            _ => {}
        }
        before = *byte;
    }
    let rest = head.len() - nul;
    // A text in which single NULs stand again and again is a binary structure.
    rest > 0 && control * 50 <= rest && runs * 100 <= rest && (nul <= rest || runs <= 4)
}

/// The encoding of what is not UTF-8 among these bytes, and why. Cyrillic code pages are told apart by how frequent
/// their letters are in Russian and Kazakh; everything else is chardetng's word.
pub fn guess_fallback(bytes: &[u8]) -> (Encoding, &'static str) {
    let mut sample = Vec::with_capacity(bytes.len().min(1 << 16));
    for line in bytes.split(|b| *b == b'\n') {
        if std::str::from_utf8(line).is_err() && !is_damaged_utf8(line) && sample.len() + line.len() < 1 << 16
        {
            sample.extend_from_slice(line);
            sample.push(b'\n');
        }
    }
    if sample.is_empty() {
        return (Encoding::Utf8, "no line is other than UTF-8, whole or damaged");
    }
    let votes = votes(&sample);
    if let Some(mut cyrillic) = cyrillic(&sample) {
        // The Kazakh pages have the Russian letters where windows-1251 has them: without a line that is better read in
        // one of them, strange bytes of a third encoding make the difference.
        let kazakh = matches!(cyrillic, Encoding::Rk1048 | Encoding::Pt154);
        if kazakh && votes[0] > 0 && page(cyrillic).is_some_and(|page| votes[page] == 0) {
            cyrillic = Encoding::WINDOWS_1251;
        }
        return (cyrillic, "letters are as frequent as in Russian or Kazakh");
    }
    if let Some(most) = most(&votes, &sample) {
        return (
            most,
            "most lines read as Russian or Kazakh in this encoding, others in another",
        );
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&sample, true);
    let found = detector.guess(None, chardetng::Utf8Detection::Deny);
    match Encoding::parse(found.name()) {
        Some(encoding) => (encoding, "statistics of byte pairs (chardetng)"),
        None => (
            Encoding::Utf8,
            "no known encoding; bytes that are not UTF-8 are shown as U+FFFD",
        ),
    }
}

/// Lines that are looked at one by one.
const VOTING_LINES: usize = 100;

/// Lines with letters enough to vote for a code page.
fn voting_lines(sample: &[u8]) -> impl Iterator<Item = &[u8]> {
    let letters = |line: &&[u8]| line.iter().filter(|b| **b >= 0x80).count() as i64 >= RECORD_LETTERS;
    sample.split(|b| *b == b'\n').filter(letters).take(VOTING_LINES)
}

/// How many lines read best in each of the Cyrillic code pages.
fn votes(sample: &[u8]) -> [usize; CYRILLIC.len()] {
    let mut votes = [0; CYRILLIC.len()];
    for found in voting_lines(sample).filter_map(cyrillic).filter_map(page) {
        votes[found] += 1;
    }
    votes
}

/// The code page of most lines, where half of all lines and more read as Russian or Kazakh in some page.
fn most(votes: &[usize; CYRILLIC.len()], sample: &[u8]) -> Option<Encoding> {
    let most = (0..votes.len()).rev().max_by_key(|page| votes[*page])?;
    let enough = votes.iter().sum::<usize>() * 2 >= voting_lines(sample).count();
    (enough && votes[most] > 0).then_some(CYRILLIC[most])
}

/// The place of a code page among the Cyrillic ones.
fn page(encoding: Encoding) -> Option<usize> {
    CYRILLIC.iter().position(|c| *c == encoding)
}

/// Whether bytes that are no UTF-8 are UTF-8 with damage (a letter cut in two, a byte overwritten): of what is not
/// ASCII nearly all is letters of two bytes, signs as in `№ — “` and `…`, or letters of four. Eight-bit text hardly
/// ever looks so, since in it letters stand beside letters.
pub(crate) fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars().filter(|c| !c.is_ascii()) {
            match letter.len_utf8() {
                3 if !matches!(letter, '\u{2010}'..='\u{2122}') => bad += 3,
                length => good += length,
            }
        }
        bad += chunk.invalid().len();
    }
    good >= 4 && bad * 5 <= good
}

/// The Cyrillic code pages that are told apart.
const CYRILLIC: [Encoding; 7] = [
    Encoding::WINDOWS_1251,
    Encoding::Legacy(encoding_rs::KOI8_R),
    Encoding::Legacy(encoding_rs::IBM866),
    Encoding::Legacy(encoding_rs::ISO_8859_5),
    Encoding::Rk1048,
    Encoding::Pt154,
    Encoding::Legacy(encoding_rs::X_MAC_CYRILLIC),
];

/// Bytes of a record that are needed to tell its code page.
const RECORD_LETTERS: i64 = 12;

/// The encoding of one record that is no UTF-8, in a file whose others are in `usual`: another Cyrillic code page only
/// where the record reads badly in the usual one and well in that.
pub(super) fn of_record(bytes: &[u8], usual: Encoding) -> Encoding {
    let Some(page) = page(usual) else {
        return usual;
    };
    let weights = &byte_weights()[page];
    let (mut letters, mut sum) = (0i64, 0i64);
    for byte in bytes.iter().filter(|b| **b >= 0x80) {
        letters += 1;
        sum += i64::from(weights[usize::from(*byte - 0x80)]);
    }
    // Real text reaches 15 and more.
    if letters < RECORD_LETTERS || sum >= letters * 12 {
        return usual;
    }
    let mut text = String::with_capacity(bytes.len() * 2);
    usual.decode_into(bytes, &mut text);
    let before = score(&text);
    match cyrillic(bytes) {
        Some(other) => {
            text.clear();
            other.decode_into(bytes, &mut text);
            if score(&text) >= before.max(letters * 12) + letters * 4 {
                other
            } else {
                usual
            }
        }
        None => usual,
    }
}

/// What each byte of the upper half speaks for Russian or Kazakh, in each of the code pages.
fn byte_weights() -> &'static [[i8; 128]; 7] {
    static WEIGHTS: std::sync::OnceLock<[[i8; 128]; 7]> = std::sync::OnceLock::new();
    WEIGHTS.get_or_init(|| {
        CYRILLIC.map(|page| {
            let mut weights = [0i8; 128];
            for (at, slot) in (0x80..=0xffu8).zip(&mut weights) {
                let mut text = String::new();
                page.decode_into(&[at], &mut text);
                *slot = score(&text).clamp(-100, 100) as i8;
            }
            weights
        })
    })
}

/// How much a lower-case letter speaks for Russian or Kazakh text: about log2 of its frequency per 1,000, so that a
/// letter chosen at random gets nothing.
fn weight(letter: char) -> i64 {
    match letter {
        'о' | 'е' | 'а' | 'и' | 'н' | 'т' => 30,
        'с' | 'р' | 'в' | 'л' | 'к' => 20,
        'м' | 'д' | 'п' | 'у' | 'ы' | 'і' => 12,
        'я' | 'ь' | 'г' | 'з' | 'б' | 'ч' | 'й' | 'қ' | 'ғ' => 6,
        'х' | 'ж' | 'ш' | 'ю' | 'ц' | 'ә' | 'ң' | 'ү' | 'ұ' | 'ө' => 2,
        'щ' | 'э' | 'ф' => 0,
        'ъ' | 'ё' | 'һ' => -4,
        _ => -40,
    }
}

/// The Cyrillic code page in which the bytes read most like Russian or Kazakh; `None` where none does.
fn cyrillic(sample: &[u8]) -> Option<Encoding> {
    let high = sample.iter().filter(|b| **b >= 0x80).count() as i64;
    let mut best: Option<(i64, Encoding)> = None;
    let mut text = String::new();
    for candidate in CYRILLIC {
        text.clear();
        candidate.decode_into(sample, &mut text);
        let score = score(&text);
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, candidate));
        }
    }
    // On average better than a rare letter: real text reaches 12 and more.
    best.filter(|(score, _)| *score >= high * 8)
        .map(|(_, encoding)| encoding)
}

fn score(text: &str) -> i64 {
    let mut sum = 0;
    let mut before = ' ';
    for letter in text.chars() {
        if !letter.is_ascii() {
            let is_letter = letter.is_alphabetic();
            let mut lower = letter.to_lowercase();
            let small = lower.next().unwrap_or(letter);
            sum += match (is_letter, letter == small) {
                (false, _) if matches!(letter, '«' | '»' | '—' | '–' | '№' | '…' | '\u{a0}' | '“' | '”') => {
                    0
                }
                (false, _) => -40,
                (true, true) => weight(small),
                // A capital is rarer, and inside a word after a small letter it speaks against the code page.
                (true, false) if before.is_lowercase() => -40,
                (true, false) => weight(small) / 2,
            };
            // Latin letters glued to Cyrillic ones are no word.
            if is_letter && before.is_ascii_alphabetic() {
                sum -= 10;
            }
        }
        before = letter;
    }
    sum
}
