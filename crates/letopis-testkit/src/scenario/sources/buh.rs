//! The accounts department's program: tab-separated, Windows-1251, CRLF, in Russian, `DD.MM.YYYY HH:MM:SS`.

use crate::clock::SECOND;
use crate::rng::Stream;
use crate::scenario::calendar::{Day, DayKind, OFFICE};
use crate::scenario::cast::{Person, STAFF};
use crate::scenario::stage::{LogId, Stage};

/// The first line of every file.
pub(in crate::scenario) const HEADER: &str =
    "Дата и время\tУровень\tПользователь\tКомпьютер\tСобытие\tОбъект\tКомментарий";

/// One record.
fn record(
    stage: &mut Stage,
    at: i64,
    class: &'static str,
    level: &str,
    person: &Person,
    (event, object, note): (&str, &str, &str),
) {
    // Windows-1251 has no letters of Kazakh beside the Russian ones: the program knows the Russian spelling.
    let clock = LogId::Buh.clock(at).format("%d.%m.%Y %H:%M:%S");
    stage.push(
        LogId::Buh,
        at,
        class,
        format!(
            "{clock}\t{level}\t{}\t{}\t{event}\t{object}\t{note}",
            person.login, person.computer
        ),
    );
}

/// Ordinary days.
pub(in crate::scenario) fn write(stage: &mut Stage, days: &[Day]) {
    let mut r = Stream::new(stage.seed, "buh");
    let people = &STAFF[12..];
    for day in days {
        for _ in 0..day.amount(&mut r, stage.scale, 8, 0) {
            let person = r.pick(people);
            let at = day.moment(&mut r, &OFFICE);
            if r.permille(60) {
                record(
                    stage,
                    at - 9 * SECOND,
                    "buh.logon_failed",
                    "Предупреждение",
                    person,
                    ("Сеанс. Ошибка аутентификации", "", "Неправильное имя или пароль"),
                );
            }
            record(
                stage,
                at,
                "buh.logon",
                "Информация",
                person,
                ("Сеанс. Начало", "", "Тонкий клиент"),
            );
            let mut now = at;
            for _ in 0..r.below(6) {
                now += r.between(20, 900) * SECOND;
                work(stage, &mut r, now, person);
            }
            record(
                stage,
                now + 600 * SECOND,
                "buh.logoff",
                "Информация",
                person,
                ("Сеанс. Завершение", "", ""),
            );
        }
        if day.kind == DayKind::Work {
            let at = day.at(19, 30, 5);
            record(
                stage,
                at,
                "buh.job",
                "Информация",
                &people[0],
                (
                    "Регламентное задание. Запуск",
                    "Выгрузка в казначейство",
                    "Автоматически",
                ),
            );
        }
    }
}

fn work(stage: &mut Stage, r: &mut Stream, at: i64, person: &Person) {
    let n = r.between(1, 9999);
    let date = LogId::Buh
        .clock(at - r.between(0, 20) * crate::clock::DAY)
        .format("%d.%m.%Y");
    let document = format!(
        "{} № {n:06} от {date}",
        r.pick(&[
            "Платёжное поручение",
            "Авансовый отчёт",
            "Счёт-фактура",
            "Ведомость на выплату",
            "Акт сверки"
        ])
    );
    let (class, level, event, note) = match r.below(12) {
        0..=5 => (
            "buh.change",
            "Информация",
            "Данные. Изменение",
            format!("сумма {}-{:02} тг", r.between(1000, 9_000_000), r.below(100)),
        ),
        6 | 7 => (
            "buh.change",
            "Информация",
            "Данные. Добавление",
            "Ввод «с голоса», без вложения".to_owned(),
        ),
        8 => (
            "buh.delete",
            "Предупреждение",
            "Данные. Пометка на удаление",
            String::new(),
        ),
        9 => (
            "buh.refused",
            "Ошибка",
            "Доступ. Отказ в доступе",
            "Недостаточно прав: роль \"ГлавныйБухгалтер\"".to_owned(),
        ),
        10 => (
            "buh.export",
            "Информация",
            "Данные. Выгрузка",
            format!("файл C:\\Обмен\\выгрузка_{n}.xml"),
        ),
        _ => (
            "buh.error",
            "Ошибка",
            "Транзакция. Отмена",
            "Конфликт блокировок — повторите позже".to_owned(),
        ),
    };
    record(stage, at, class, level, person, (event, &document, &note));
}

/// The text in Windows-1251; what the code page lacks becomes `?`, as the program itself does.
pub(in crate::scenario) fn windows_1251(text: &str, out: &mut Vec<u8>) {
    for letter in text.chars() {
        out.push(match letter {
            '\0'..='\u{7f}' => letter as u8,
            'А'..='я' => (letter as u32 - 'А' as u32) as u8 + 0xc0,
            'Ё' => 0xa8,
            'ё' => 0xb8,
            '№' => 0xb9,
            '«' => 0xab,
            '»' => 0xbb,
            '—' => 0x97,
            '–' => 0x96,
            'І' => 0xb2,
            'і' => 0xb3,
            _ => b'?',
        });
    }
}
