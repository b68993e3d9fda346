//! Words for levels in the logging libraries.

/// The place of a level on the syslog scale (0 worst, 7 debug); `None` where the word is no level.
///
/// Only the three ways in which libraries write them count: all capitals, all small, or a capital first.
pub(in crate::formats) fn level_of(word: &str) -> Option<i8> {
    let bytes = word.as_bytes();
    if !(3..=13).contains(&bytes.len()) {
        return None;
    }
    match bytes {
        b"INFO" => return Some(6),
        b"ERROR" => return Some(3),
        b"WARN" => return Some(4),
        b"DEBUG" => return Some(7),
        _ => {}
    }
    let may_begin = |letter: &u8| {
        matches!(
            letter.to_ascii_uppercase(),
            b'E' | b'P' | b'A' | b'F' | b'C' | b'S' | b'W' | b'N' | b'I' | b'D' | b'T' | b'V'
        )
    };
    if !bytes.first().is_some_and(may_begin) || !is_one_case(bytes) {
        return None;
    }
    let mut upper = [0u8; 13];
    let room = upper.get_mut(..bytes.len())?;
    room.copy_from_slice(bytes);
    room.make_ascii_uppercase();
    Some(match &*room {
        b"EMERG" | b"EMERGENCY" | b"PANIC" => 0,
        b"ALERT" => 1,
        b"FATAL" | b"CRITICAL" | b"CRIT" | b"SEVERE" | b"FTL" => 2,
        b"ERROR" | b"ERR" | b"EROR" | b"FAILURE" => 3,
        b"WARN" | b"WARNING" | b"WRN" => 4,
        b"NOTICE" | b"AUDIT" | b"SECURITY" => 5,
        b"INFO" | b"INF" | b"INFORMATION" | b"INFORMATIONAL" | b"CONFIG" => 6,
        b"DEBUG" | b"DBG" | b"DBUG" | b"TRACE" | b"TRC" | b"VERBOSE" | b"VRB" | b"FINE" | b"FINER"
        | b"FINEST" => 7,
        _ => return None,
    })
}

fn is_one_case(bytes: &[u8]) -> bool {
    let Some((first, rest)) = bytes.split_first() else {
        return false;
    };
    let small = rest.iter().all(u8::is_ascii_lowercase);
    (small && first.is_ascii_alphabetic())
        || (first.is_ascii_uppercase() && rest.iter().all(u8::is_ascii_uppercase))
}

/// The level of one letter, as glog, logcat, Ruby and others have it.
pub(super) fn of_letter(letter: u8) -> Option<i8> {
    Some(match letter {
        b'F' | b'C' | b'A' => 2,
        b'E' => 3,
        b'W' => 4,
        b'N' => 5,
        b'I' => 6,
        b'D' | b'V' | b'T' => 7,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_words_of_one_case() {
        for (word, level) in [
            ("INFO", Some(6)),
            ("Info", Some(6)),
            ("warning", Some(4)),
            ("SEVERE", Some(2)),
            ("iNFO", None),
            ("Information", Some(6)),
            ("hello", None),
            ("", None),
        ] {
            assert_eq!(level_of(word), level, "{word}");
        }
    }
}
