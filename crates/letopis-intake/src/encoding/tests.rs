use proptest::prelude::*;

use super::*;

const RUSSIAN: &str =
    "Ошибка входа пользователя Иванов: неверный пароль\nСлужба остановлена администратором\n";
const KAZAKH: &str =
    "Қолданушының сәтсіз авторландыру әрекеті тіркелді\nЖүйені іске қосу, есептік жазбаны жою\n";

fn encoded(text: &str, encoding: &'static encoding_rs::Encoding) -> Vec<u8> {
    let (bytes, _, lost) = encoding.encode(text);
    assert!(!lost);
    bytes.into_owned()
}

#[track_caller]
fn check(bytes: &[u8], name: &str) {
    let guess = guess(bytes, true);
    assert_eq!(guess.encoding.map(Encoding::name), Some(name), "{}", guess.reason);
}

#[test]
fn cyrillic_code_pages_are_told_apart() {
    for (encoding, name) in [
        (encoding_rs::WINDOWS_1251, "windows-1251"),
        (encoding_rs::KOI8_R, "koi8-r"),
        (encoding_rs::IBM866, "ibm866"),
        (encoding_rs::ISO_8859_5, "iso-8859-5"),
    ] {
        check(&encoded(RUSSIAN, encoding), name);
    }
}

/// Bytes of the Kazakh text by the table itself, read back and recognised.
#[test]
fn kazakh_code_pages() {
    for (encoding, table) in [
        (Encoding::Rk1048, &tables::RK1048),
        (Encoding::Pt154, &tables::PT154),
    ] {
        let bytes: Vec<u8> = KAZAKH
            .chars()
            .map(|c| match u8::try_from(c) {
                Ok(ascii) if ascii < 128 => ascii,
                _ => table.iter().position(|t| *t == c).unwrap() as u8 + 128,
            })
            .collect();
        check(&bytes, encoding.name());
        let mut text = String::new();
        assert!(!encoding.decode_into(&bytes, &mut text));
        assert_eq!(text, KAZAKH);
    }
}

#[test]
fn utf_16_with_and_without_mark() {
    for text in [RUSSIAN, "plain text of a log\r\nsecond line\r\n", KAZAKH] {
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(&little, "utf-16le");
        check(&big, "utf-16be");
        check(&[&[0xff, 0xfe][..], &little].concat(), "utf-16le");
        check(&[&[0xfe, 0xff][..], &big].concat(), "utf-16be");
        let mut read = String::new();
        assert!(!Encoding::Utf16Be.decode_into(&big, &mut read));
        assert_eq!(read, text);
    }
}

#[test]
fn text_and_no_text() {
    check(RUSSIAN.as_bytes(), "utf-8");
    check(b"ascii\n", "utf-8");
    check(
        &[
            b"Jan  1 00:00:00 a b\n".repeat(20),
            vec![0; 200],
            b"Jan  1 00:00:01 a b\n".repeat(20),
        ]
        .concat(),
        "utf-8",
    );
    assert_eq!(
        guess(b"ElfFile\0\0\0\0\0\0\0\0\x01\x02\x03\x04\x05\x06", true).encoding,
        None
    );
    assert_eq!(guess(&[0; 4096], true).encoding, None);
}

#[test]
fn a_mixed_file_is_decided_record_by_record() {
    let legacy = encoded("Служба остановлена", encoding_rs::WINDOWS_1251);
    let mut scratch = String::new();
    let decoded = decode(&legacy, Encoding::WINDOWS_1251, false, &mut scratch);
    assert_eq!(
        (decoded.text, decoded.encoding.name(), decoded.lossy),
        ("Служба остановлена", "windows-1251", false)
    );
    let decoded = decode("Служба".as_bytes(), Encoding::WINDOWS_1251, false, &mut scratch);
    assert_eq!((decoded.text, decoded.encoding.name()), ("Служба", "utf-8"));
    let decoded = decode(b"a\xffb", Encoding::Utf8, false, &mut scratch);
    assert_eq!((decoded.text, decoded.lossy), ("a\u{fffd}b", true));
}

#[test]
fn names_read_back() {
    for name in [
        "utf-8",
        "utf-16le",
        "utf-16be",
        "windows-1251",
        "koi8-r",
        "ibm866",
        "iso-8859-5",
        "pt154",
        "rk1048",
    ] {
        assert_eq!(Encoding::parse(name).map(Encoding::name), Some(name));
    }
    assert_eq!(Encoding::parse("klingon"), None);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = guess(&bytes, false);
        let _ = guess_fallback(&bytes);
        for name in ["utf-8", "utf-16le", "utf-16be", "koi8-r", "pt154", "gbk"] {
            let mut text = String::new();
            Encoding::parse(name).unwrap().decode_into(&bytes, &mut text);
        }
    }

    /// The standard library decodes UTF-16 and lossy UTF-8 the same way.
    #[test]
    fn decoding_is_the_standard_librarys(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut text = String::new();
        let lossy = Encoding::Utf8.decode_into(&bytes, &mut text);
        prop_assert_eq!(&text, &String::from_utf8_lossy(&bytes));
        prop_assert_eq!(lossy, std::str::from_utf8(&bytes).is_err());
    }
}
