//! Encodings of text by name, and how their bytes become text.
//!
//! What a record was read in stands in its `encoding` column by name; whoever shows the original again decodes it by
//! that name. Which encoding a file is in is not decided here: that is the intake's.

mod tables;

/// An encoding of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 (and ASCII).
    Utf8,
    /// UTF-16, least significant byte first.
    Utf16Le,
    /// UTF-16, most significant byte first.
    Utf16Be,
    /// An eight-bit or East Asian encoding of the WHATWG list.
    Legacy(&'static encoding_rs::Encoding),
    /// PT154, also known as CP154: Cyrillic of Asian languages.
    Pt154,
    /// RK1048 (KZ-1048): Windows-1251 with the Kazakh letters (STRK1048-2002).
    Rk1048,
}

impl Encoding {
    /// Windows-1251.
    pub const WINDOWS_1251: Self = Self::Legacy(encoding_rs::WINDOWS_1251);

    /// Name in the `encoding` column, in lower case.
    #[inline]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Legacy(encoding) => lower_name(encoding),
            Self::Pt154 => "pt154",
            Self::Rk1048 => "rk1048",
        }
    }

    /// The encoding of that name or WHATWG label, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        match name.as_str() {
            "pt154" | "ptcp154" | "cp154" | "csptcp154" => return Some(Self::Pt154),
            "rk1048" | "kz1048" | "kz-1048" | "strk1048-2002" => return Some(Self::Rk1048),
            "utf-16" | "utf16" | "utf16le" | "ucs-2" => return Some(Self::Utf16Le),
            "utf16be" => return Some(Self::Utf16Be),
            "cp866" | "dos-866" | "oem866" => return Some(Self::Legacy(encoding_rs::IBM866)),
            _ => {}
        }
        let found = encoding_rs::Encoding::for_label_no_replacement(name.as_bytes())?;
        Some(if found == encoding_rs::UTF_8 {
            Self::Utf8
        } else if found == encoding_rs::UTF_16LE {
            Self::Utf16Le
        } else if found == encoding_rs::UTF_16BE {
            Self::Utf16Be
        } else {
            Self::Legacy(found)
        })
    }

    /// Bytes of one code unit.
    #[inline]
    pub fn unit(self) -> usize {
        match self {
            Self::Utf16Le | Self::Utf16Be => 2,
            _ => 1,
        }
    }

    /// Decodes `bytes` at the end of `out`; whether something was lost (U+FFFD stands for it).
    pub fn decode_into(self, bytes: &[u8], out: &mut String) -> bool {
        match self {
            Self::Utf8 => decode_utf8(bytes, out),
            Self::Utf16Le => decode_utf16(bytes, u16::from_le_bytes, out),
            Self::Utf16Be => decode_utf16(bytes, u16::from_be_bytes, out),
            Self::Legacy(encoding) => decode_legacy(encoding, bytes, out),
            Self::Pt154 => decode_table(&tables::PT154, bytes, out),
            Self::Rk1048 => decode_table(&tables::RK1048, bytes, out),
        }
    }
}

/// The WHATWG names in lower case, without an allocation.
fn lower_name(encoding: &'static encoding_rs::Encoding) -> &'static str {
    const LOWER: &[(&str, &str)] = &[
        ("IBM866", "ibm866"),
        ("ISO-8859-2", "iso-8859-2"),
        ("ISO-8859-3", "iso-8859-3"),
        ("ISO-8859-4", "iso-8859-4"),
        ("ISO-8859-5", "iso-8859-5"),
        ("ISO-8859-6", "iso-8859-6"),
        ("ISO-8859-7", "iso-8859-7"),
        ("ISO-8859-8", "iso-8859-8"),
        ("ISO-8859-8-I", "iso-8859-8-i"),
        ("ISO-8859-10", "iso-8859-10"),
        ("ISO-8859-13", "iso-8859-13"),
        ("ISO-8859-14", "iso-8859-14"),
        ("ISO-8859-15", "iso-8859-15"),
        ("ISO-8859-16", "iso-8859-16"),
        ("KOI8-R", "koi8-r"),
        ("KOI8-U", "koi8-u"),
        ("GBK", "gbk"),
        ("Big5", "big5"),
        ("EUC-JP", "euc-jp"),
        ("EUC-KR", "euc-kr"),
        ("ISO-2022-JP", "iso-2022-jp"),
        ("Shift_JIS", "shift_jis"),
    ];
    let name = encoding.name();
    LOWER
        .iter()
        .find(|(upper, _)| *upper == name)
        .map_or(name, |(_, lower)| lower)
}

fn decode_utf8(bytes: &[u8], out: &mut String) -> bool {
    // Nearly always whole, and then checked many bytes at a time.
    if let Ok(text) = std::str::from_utf8(bytes) {
        out.push_str(text);
        return false;
    }
    let mut lossy = false;
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            out.push(char::REPLACEMENT_CHARACTER);
            lossy = true;
        }
    }
    lossy
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, out: &mut String) -> bool {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut lossy = !rest.is_empty();
    for decoded in char::decode_utf16(pairs.iter().map(|p| unit(*p))) {
        out.push(decoded.unwrap_or_else(|_| {
            lossy = true;
            char::REPLACEMENT_CHARACTER
        }));
    }
    if !rest.is_empty() {
        out.push(char::REPLACEMENT_CHARACTER);
    }
    lossy
}

fn decode_legacy(encoding: &'static encoding_rs::Encoding, bytes: &[u8], out: &mut String) -> bool {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut lossy = false;
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        out.reserve(
            decoder
                .max_utf8_buffer_length(rest.len())
                .unwrap_or(rest.len() * 3 + 16),
        );
        let (result, read, errors) = decoder.decode_to_string(rest, out, true);
        lossy |= errors;
        at += read;
        if result == encoding_rs::CoderResult::InputEmpty {
            return lossy;
        }
    }
}

fn decode_table(table: &[char; 128], bytes: &[u8], out: &mut String) -> bool {
    let mut lossy = false;
    for byte in bytes {
        let letter = if *byte < 128 {
            char::from(*byte)
        } else {
            table[usize::from(*byte - 128)]
        };
        lossy |= letter == char::REPLACEMENT_CHARACTER;
        out.push(letter);
    }
    lossy
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_in_lower_case_and_read_back() {
        for name in [
            "utf-8",
            "utf-16le",
            "utf-16be",
            "windows-1250",
            "windows-1251",
            "windows-1252",
            "koi8-r",
            "koi8-u",
            "ibm866",
            "iso-8859-2",
            "iso-8859-3",
            "iso-8859-4",
            "iso-8859-5",
            "iso-8859-6",
            "iso-8859-7",
            "iso-8859-8",
            "iso-8859-8-i",
            "iso-8859-10",
            "iso-8859-13",
            "iso-8859-14",
            "iso-8859-15",
            "iso-8859-16",
            "x-mac-cyrillic",
            "gbk",
            "gb18030",
            "big5",
            "euc-jp",
            "euc-kr",
            "iso-2022-jp",
            "shift_jis",
            "pt154",
            "rk1048",
        ] {
            assert_eq!(Encoding::parse(name).map(Encoding::name), Some(name));
            assert_eq!(
                Encoding::parse(&name.to_uppercase()).map(Encoding::name),
                Some(name)
            );
        }
        assert_eq!(Encoding::parse("klingon"), None);
    }

    proptest! {
        /// The standard library decodes lossy UTF-8 and UTF-16 the same way.
        #[test]
        fn decoding_is_the_standard_librarys(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut text = String::new();
            let lossy = Encoding::Utf8.decode_into(&bytes, &mut text);
            prop_assert_eq!(&text, &String::from_utf8_lossy(&bytes));
            prop_assert_eq!(lossy, std::str::from_utf8(&bytes).is_err());
            let even = &bytes[..bytes.len() / 2 * 2];
            let units: Vec<u16> = even.chunks(2).map(|p| u16::from_le_bytes([p[0], p[1]])).collect();
            text.clear();
            let lossy = Encoding::Utf16Le.decode_into(even, &mut text);
            prop_assert_eq!(&text, &String::from_utf16_lossy(&units));
            prop_assert_eq!(lossy, String::from_utf16(&units).is_err());
        }

        /// No bytes panic, and text is only added.
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for name in ["utf-8", "utf-16le", "utf-16be", "koi8-r", "pt154", "rk1048", "gbk", "iso-2022-jp"] {
                let mut text = "before".to_owned();
                Encoding::parse(name).unwrap().decode_into(&bytes, &mut text);
                prop_assert!(text.starts_with("before"));
            }
        }
    }
}
