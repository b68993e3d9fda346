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

/// Logs of our own in Russian and in Kazakh: syslog, a table, free text, an access log.
const RUSSIAN_LOGS: [&str; 3] = [
    "Jan  5 10:00:00 сервер1 sshd[100]: Ошибка входа пользователя иванов: неверный пароль\n\
     Jan  5 10:00:03 сервер1 cron[101]: Служба резервного копирования остановлена администратором\n\
     Jan  5 10:00:09 сервер1 kernel: plain ascii between\n",
    "Дата;Пользователь;Событие\n2026-01-05 10:00:00;Петров;Открыт документ «Приказ № 17»\n\
     2026-01-05 10:00:03;Сидорова;Изменены права доступа к папке\n",
    "2026-01-05 10:00:00 Соединение с базой данных потеряно, повтор через пять секунд\n\
     2026-01-05 10:00:05 Соединение восстановлено, очередь сообщений пуста\n",
];
const KAZAKH_LOGS: [&str; 3] = [
    "Jan  5 10:00:00 сервер1 sshd[100]: Қолданушының жүйеге кіруі сәтсіз аяқталды: құпия сөз қате\n\
     Jan  5 10:00:03 сервер1 cron[101]: Деректердің сақтық көшірмесі әкімшімен тоқтатылды\n",
    "Күні;Қолданушы;Оқиға\n2026-01-05 10:00:00;Айгүл;Құжат ашылды, өзгерістер енгізілді\n\
     2026-01-05 10:00:03;Серік;Қалтаға қол жеткізу құқықтары өзгертілді\n",
    "2026-01-05 10:00:00 Деректер қорымен байланыс үзілді, бес секундтан кейін қайталанады\n\
     2026-01-05 10:00:05 Байланыс қалпына келтірілді, хабарламалар кезегі бос\n",
];

/// A text in an encoding, by encoders and tables that are not our decoders.
fn in_encoding(text: &str, name: &str) -> Vec<u8> {
    match name {
        "utf-8" => text.as_bytes().to_vec(),
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "pt154" => by_table(text, PT154_REGISTERED),
        "rk1048" => by_table(text, RK1048_REGISTERED),
        other => encoded(text, encoding_rs::Encoding::for_label(other.as_bytes()).unwrap()),
    }
}

/// Reads a log; every record must give back its line, in the encoding it was written in.
#[track_caller]
fn gives_back(bytes: &[u8], text: &str, name: &str) {
    let out = crate::testing::read(bytes, &crate::testing::options());
    assert_eq!(
        out.detection.encoding_name(),
        name,
        "{}\n{text}",
        out.detection.encoding_reason
    );
    let found: Vec<&str> = out.rows.iter().map(|r| r.text.as_str()).collect();
    let header = usize::from(
        out.structure
            .iter()
            .any(|(span, kind)| *kind == letopis_event::StructureKind::Header && span.length > 3),
    );
    let lines: Vec<&str> = text.lines().skip(header).collect();
    assert_eq!(found, lines, "{name}");
    for (row, line) in out.rows.iter().zip(lines) {
        assert!(!row.lossy, "{name} {line}");
        let wide = name.starts_with("utf-16");
        assert_eq!(
            row.encoding,
            if line.is_ascii() && !wide { "utf-8" } else { name },
            "{line}"
        );
    }
}

#[test]
fn logs_in_every_encoding() {
    let both = ["utf-8", "utf-16le", "utf-16be", "pt154", "rk1048"];
    let russian = ["windows-1251", "koi8-r", "ibm866", "iso-8859-5", "x-mac-cyrillic"];
    for text in KAZAKH_LOGS {
        for name in both {
            gives_back(&in_encoding(text, name), text, name);
        }
    }
    for text in RUSSIAN_LOGS {
        for name in russian.iter().chain(&both[..3]) {
            // Not every code page has these signs.
            let text = match *name {
                "koi8-r" | "ibm866" | "iso-8859-5" => text.replace(['«', '»', '№'], "*"),
                _ => text.to_owned(),
            };
            gives_back(&in_encoding(&text, name), &text, name);
        }
        for (mark, name) in [
            (&[0xef, 0xbb, 0xbf][..], "utf-8"),
            (&[0xff, 0xfe], "utf-16le"),
            (&[0xfe, 0xff], "utf-16be"),
        ] {
            let bytes = [mark, &in_encoding(text, name)].concat();
            gives_back(&bytes, text, name);
        }
    }
}

/// The encodings of the other languages whose logs come in; Latin-1 is read as windows-1252, as everywhere.
#[test]
fn slovene_and_finnish_logs() {
    let slovene = "2026-01-05 10:00:00 Prijava uporabnika je bila zavrnjena, geslo ni pravilno, poskušajte znova čez pet minut\n\
                   2026-01-05 10:00:05 Povezava z zbirko podatkov je bila prekinjena, žal ni odziva strežnika\n";
    let finnish = "2026-01-05 10:00:00 Käyttäjän kirjautuminen epäonnistui, väärä salasana, yritä uudelleen\n\
                   2026-01-05 10:00:05 Yhteys tietokantaan katkesi, järjestelmä käynnistyy uudelleen hetken päästä\n";
    for name in ["windows-1250", "iso-8859-2"] {
        gives_back(&in_encoding(slovene, name), slovene, name);
    }
    gives_back(&in_encoding(finnish, "windows-1252"), finnish, "windows-1252");
}

/// Every record in an encoding of its own.
#[test]
fn records_of_many_encodings_in_one_file() {
    let line = |at: usize| {
        format!("2026-01-05 10:00:{at:02} Соединение с базой данных потеряно, запрос {at} повторяется\n")
    };
    let names = [
        "windows-1251",
        "utf-8",
        "koi8-r",
        "windows-1251",
        "ibm866",
        "windows-1251",
        "utf-8",
        "windows-1251",
    ];
    let mut bytes = Vec::new();
    for (at, name) in names.iter().cycle().take(40).enumerate() {
        bytes.extend(in_encoding(&line(at), name));
    }
    let out = crate::testing::read(&bytes, &crate::testing::options());
    for (at, (row, name)) in out.rows.iter().zip(names.iter().cycle()).enumerate() {
        assert_eq!(
            (row.text.as_str(), row.encoding.as_str()),
            (line(at).trim_end(), *name)
        );
    }
    assert_eq!(out.rows.len(), 40);
    let notes = out.summary.notes.join("; ");
    assert!(
        notes.contains("windows-1251") && notes.contains("koi8-r") && notes.contains("ibm866"),
        "{notes}"
    );
}

/// UTF-8 with damage stays UTF-8: what is whole can be read, and what is not is marked.
#[test]
fn utf_8_with_damage() {
    let line = "2026-01-05 10:00:00 Служба остановлена, қызмет тоқтатылды";
    for cut in 1..line.len() - 20 {
        let bytes = [&line.as_bytes()[..20], &line.as_bytes()[20 + cut..], b"\n"].concat();
        let mut file = bytes.clone();
        file.extend(format!("{line}\n").repeat(3).bytes());
        let out = crate::testing::read(&file, &crate::testing::options());
        let expected = String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned();
        let whole = std::str::from_utf8(&bytes).is_ok();
        if expected.chars().filter(|c| !c.is_ascii()).count() < 6 {
            continue;
        }
        let row = &out.rows[0];
        assert_eq!(
            (row.text.as_str(), row.encoding.as_str(), row.lossy),
            (expected.as_str(), "utf-8", !whole)
        );
    }
}

proptest! {
    /// Eight-bit text of words is never taken for damaged UTF-8.
    #[test]
    fn eight_bit_words_are_no_damaged_utf_8(
        words in proptest::collection::vec(proptest::sample::select(
            RUSSIAN_LOGS.iter().flat_map(|l| l.split_whitespace()).chain(KAZAKH_LOGS.iter().flat_map(|l| l.split_whitespace()))
                .filter(|w| w.chars().all(char::is_alphabetic) && !w.is_ascii()).collect::<Vec<_>>()
        ), 2..12),
    ) {
        let text = words.join(" ");
        for name in ["windows-1251", "koi8-r", "ibm866", "iso-8859-5", "rk1048", "pt154"] {
            let kazakh = matches!(name, "rk1048" | "pt154");
            let letters = |c: char| matches!(c, 'а'..='я' | 'А'..='Я' | 'ё' | ' ');
            let text: String = text.chars().filter(|c| kazakh || letters(*c)).collect();
            let bytes = in_encoding(&text, name);
            prop_assert!(!is_damaged_utf8(&bytes), "{} {}", name, text);
        }
    }
}
