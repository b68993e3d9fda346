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

/// The high halves as the registrations print them: PT154 (IANA, 2002) and KZ-1048 (IANA, 2006), code points in
/// hexadecimal, sixteen a row, 0000 where the position is not assigned.
const PT154_REGISTERED: &str = "\
    0496 0492 04EE 0493 201E 2026 04B6 04AE 04B2 04AF 04A0 04E2 04A2 049A 04BA 04B8 \
    0497 2018 2019 201C 201D 2022 2013 2014 04B3 04B7 04A1 04E3 04A3 049B 04BB 04B9 \
    00A0 040E 045E 0408 04E8 0498 04B0 00A7 0401 00A9 04D8 00AB 00AC 04EF 00AE 049C \
    00B0 04B1 0406 0456 0499 04E9 00B6 00B7 0451 2116 04D9 00BB 0458 04AA 04AB 049D \
    0410 0411 0412 0413 0414 0415 0416 0417 0418 0419 041A 041B 041C 041D 041E 041F \
    0420 0421 0422 0423 0424 0425 0426 0427 0428 0429 042A 042B 042C 042D 042E 042F \
    0430 0431 0432 0433 0434 0435 0436 0437 0438 0439 043A 043B 043C 043D 043E 043F \
    0440 0441 0442 0443 0444 0445 0446 0447 0448 0449 044A 044B 044C 044D 044E 044F";
const RK1048_REGISTERED: &str = "\
    0402 0403 201A 0453 201E 2026 2020 2021 20AC 2030 0409 2039 040A 049A 04BA 040F \
    0452 2018 2019 201C 201D 2022 2013 2014 0000 2122 0459 203A 045A 049B 04BB 045F \
    00A0 04B0 04B1 04D8 00A4 04E8 00A6 00A7 0401 00A9 0492 00AB 00AC 00AD 00AE 04AE \
    00B0 00B1 0406 0456 04E9 00B5 00B6 00B7 0451 2116 0493 00BB 04D9 04A2 04A3 04AF \
    0410 0411 0412 0413 0414 0415 0416 0417 0418 0419 041A 041B 041C 041D 041E 041F \
    0420 0421 0422 0423 0424 0425 0426 0427 0428 0429 042A 042B 042C 042D 042E 042F \
    0430 0431 0432 0433 0434 0435 0436 0437 0438 0439 043A 043B 043C 043D 043E 043F \
    0440 0441 0442 0443 0444 0445 0446 0447 0448 0449 044A 044B 044C 044D 044E 044F";

/// Bytes of a text by a registered table.
fn by_table(text: &str, table: &str) -> Vec<u8> {
    let points: Vec<u32> = table
        .split_whitespace()
        .map(|p| u32::from_str_radix(p, 16).unwrap())
        .collect();
    assert_eq!(points.len(), 128);
    text.chars()
        .map(|c| match u8::try_from(c) {
            Ok(ascii) if ascii < 128 => ascii,
            _ => 128 + points.iter().position(|p| *p == u32::from(c)).unwrap() as u8,
        })
        .collect()
}

#[test]
fn kazakh_code_pages() {
    for (encoding, table) in [
        (Encoding::Rk1048, RK1048_REGISTERED),
        (Encoding::Pt154, PT154_REGISTERED),
    ] {
        let bytes = by_table(KAZAKH, table);
        check(&bytes, encoding.name());
        let mut text = String::new();
        assert!(!encoding.decode_into(&bytes, &mut text));
        assert_eq!(text, KAZAKH);
        // Every position of the page, not only the letters of this text.
        for (at, point) in table.split_whitespace().enumerate() {
            text.clear();
            let lossy = encoding.decode_into(&[128 + at as u8], &mut text);
            let expected = u32::from_str_radix(point, 16).unwrap();
            assert_eq!(lossy, expected == 0);
            assert!(lossy || text.chars().eq(char::from_u32(expected)), "{point}");
        }
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
}
