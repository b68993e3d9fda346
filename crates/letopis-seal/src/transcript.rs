//! A checkpoint out of minutes: from a printed page, a letter, a photograph that was read into text.
//!
//! People copy lines with what stands around them, break long ones, and type a hyphen for a dash. All of that is
//! forgiven here, since the signature and the root decide; nothing else is.

use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::decimal;
use crate::hash::Sha256Digest;
use crate::note::NoteSignature;
use crate::tree::TreeSize;

/// A text of more bytes is refused unread.
pub const TRANSCRIPT_BYTES_MAX: usize = 1 << 20;

/// A checkpoint that was found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// Origin, size and root.
    pub checkpoint: Checkpoint,
    /// The signature lines under it: often one, none where only the first three lines were copied.
    pub signatures: Vec<NoteSignature>,
    /// A signature line stands there and cannot be read: that is not the same as none.
    pub torn: bool,
}

impl Transcript {
    /// The signed note it stands for; `None` where no signature was copied.
    pub fn to_note(&self) -> Option<SignedCheckpoint> {
        let lines: Vec<String> = self.signatures.iter().map(|line| format!("{line}\n")).collect();
        if lines.is_empty() {
            return None;
        }
        let text = format!("{}\n{}", self.checkpoint.to_text(), lines.concat());
        SignedCheckpoint::parse(text.as_bytes()).ok()
    }
}

/// The first checkpoint with an origin that begins with `prefix`, wherever it stands in the text.
pub fn find(text: &str, prefix: &str) -> Option<Transcript> {
    if text.len() > TRANSCRIPT_BYTES_MAX {
        return None;
    }
    let lines: Vec<&str> = text.lines().map(clean).filter(|line| !line.is_empty()).collect();
    (0..lines.len()).find_map(|start| {
        let (origin, rest) = lines.get(start..)?.split_first()?;
        let (size, rest) = rest.split_first()?;
        let (root, rest) = joined(rest, Sha256Digest::from_base64)?;
        if !origin.starts_with(prefix) {
            return None;
        }
        let checkpoint = Checkpoint::new(origin, TreeSize(decimal::parse(size)?), root).ok()?;
        let (signatures, torn) = signatures(rest);
        Some(Transcript {
            checkpoint,
            signatures,
            torn,
        })
    })
}

/// Without what stands at both ends of a copied line: spaces, quotation marks of a letter, borders of a table.
fn clean(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '|' | '│' | '\u{feff}' | '\u{200b}'))
}

/// What `read` makes of the first line, or of the first two or three put together: a page is narrow.
fn joined<'a, 'b, T>(lines: &'a [&'b str], read: impl Fn(&str) -> Option<T>) -> Option<(T, &'a [&'b str])> {
    let mut text = String::new();
    for (place, line) in lines.iter().enumerate().take(4) {
        text.push_str(line);
        if let Some(value) = read(&text) {
            return Some((value, lines.get(place + 1..).unwrap_or_default()));
        }
    }
    None
}

/// Signature lines one after another, and whether one of them cannot be read. A line that is whole only with the next
/// ones is put together with them.
fn signatures(mut lines: &[&str]) -> (Vec<NoteSignature>, bool) {
    let mut found = Vec::new();
    while let Some(first) = lines.first() {
        let dashed = ["— ", "– ", "- ", "-- "]
            .iter()
            .find_map(|dash| first.strip_prefix(dash));
        let Some(rest) = dashed else { break };
        let (mut text, mut best, mut place) = (rest.trim().to_owned(), None, 0);
        loop {
            place += 1;
            if let Ok(line) = NoteSignature::parse(&format!("— {text}")) {
                // An Ed25519 signature or cosignature; a shorter piece that happens to decode is not whole yet.
                if matches!(line.bytes.len(), 64 | 72) {
                    best = Some(line);
                    break;
                }
                best.get_or_insert(line);
            }
            match lines.get(place) {
                Some(more) if place < 4 && more.chars().all(is_base64) => text.push_str(more),
                _ => break,
            }
        }
        let Some(line) = best else {
            return (found, looks_signed(rest));
        };
        if !found.contains(&line) {
            found.push(line);
        }
        lines = lines.get(place..).unwrap_or_default();
    }
    (found, false)
}

/// A dash, a name and a long run of base64: meant as a signature. A list in a letter is not.
fn looks_signed(rest: &str) -> bool {
    let run = rest.split_whitespace().nth(1).unwrap_or_default();
    run.len() >= 20 && run.chars().all(is_base64)
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;
    use crate::key::{KeyName, SigningKey};

    fn note() -> SignedCheckpoint {
        let [one, two] =
            [1, 2].map(|seed| SigningKey::from_seed(KeyName::new("letopis-custodian").unwrap(), &[seed; 32]));
        let checkpoint = Checkpoint::new("letopis.archive/0f3c", TreeSize(42), sha256(b"x")).unwrap();
        checkpoint.sign(&[&one, &two]).unwrap()
    }

    fn found(text: &str) -> Option<String> {
        Some(find(text, "letopis.archive/")?.to_note()?.to_text())
    }

    #[test]
    fn copies_with_what_stands_around_them_are_read() {
        let note = note();
        let whole = note.to_text();
        let lines: Vec<&str> = whole.lines().collect();
        let (signature, second) = (lines[4], lines[5]);
        let half = signature.len() / 2;
        let narrow = format!("{}\n    {}", &signature[..half], &signature[half..]);
        for (name, text) in [
            ("as it is", whole.clone()),
            ("CR LF", whole.replace('\n', "\r\n")),
            (
                "quoted",
                whole.lines().map(|line| format!("> {line}\n")).collect(),
            ),
            (
                "indented, spaced",
                whole.lines().map(|line| format!("    {line}  \n\n")).collect(),
            ),
            ("a hyphen", whole.replace("— ", "- ")),
            ("an en dash", whole.replace("— ", "– ")),
            (
                "words around",
                format!("Minutes of 30 April\nChecked:\n{whole}\nSigned: A. Serikova\n"),
            ),
            ("a narrow page", whole.replace(signature, &narrow)),
            (
                "a broken root",
                whole.replace(lines[2], &format!("{}\n{}", &lines[2][..20], &lines[2][20..])),
            ),
        ] {
            assert_eq!(found(&text).as_deref(), Some(whole.as_str()), "{name}");
        }
        let one = whole.replace(&format!("{second}\n"), "");
        assert_eq!(found(&one), Some(one.clone()));
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let whole = note().to_text();
        let bare: String = whole.lines().take(3).map(|line| format!("{line}\n")).collect();
        let transcript = find(&bare, "letopis.archive/").unwrap();
        assert_eq!(
            (transcript.checkpoint.size(), transcript.signatures.len()),
            (TreeSize(42), 0)
        );
        assert!(transcript.to_note().is_none());
        for text in [
            "",
            "letopis.archive/0f3c",
            "letopis.archive/0f3c\n42\n",
            &whole.replace("\n42\n", "\nforty-two\n"),
        ] {
            assert_eq!(find(text, "letopis.archive/"), None, "{text}");
        }
        assert_eq!(find(&whole, "letopis.journal/"), None);
        // A signature that was cut short is not the same as none; a list after the lines is.
        let cut = format!("{}\n", &whole[..whole.len() - 20]);
        let cut = find(&cut, "letopis.archive/").unwrap();
        assert!(cut.torn && cut.signatures.len() == 1);
        assert!(
            !transcript.torn
                && !find(&format!("{bare}- item one\n"), "letopis.archive/")
                    .unwrap()
                    .torn
        );
    }
}
