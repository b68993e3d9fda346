//! The protection server: an export of events in Russian, UTF-8 with a byte order mark, `;` between quoted
//! fields, `DD.MM.YYYY HH:MM:SS`, CRLF.

use crate::clock::{MINUTE, SECOND};
use crate::rng::Stream;
use crate::scenario::calendar::{Day, OFFICE, ROUND};
use crate::scenario::cast::{DC, FS, STAFF};
use crate::scenario::stage::{LogId, Stage};

/// The first line of every file.
pub(in crate::scenario) const HEADER: &str = "\"Время события\";\"Важность\";\"Устройство\";\"IP-адрес\";\"Пользователь\";\"Программа\";\"Событие\";\"Объект\";\"Действие\";\"Результат\"";

/// What one record says.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Said<'a> {
    pub(in crate::scenario) level: &'a str,
    pub(in crate::scenario) device: (&'a str, &'a str),
    pub(in crate::scenario) user: &'a str,
    pub(in crate::scenario) event: &'a str,
    pub(in crate::scenario) object: &'a str,
    pub(in crate::scenario) action: &'a str,
    pub(in crate::scenario) result: &'a str,
}

/// One record.
pub(in crate::scenario) fn record(stage: &mut Stage, at: i64, class: &'static str, s: Said<'_>) {
    let clock = LogId::Av.clock(at).format("%d.%m.%Y %H:%M:%S").to_string();
    let fields = [
        &clock,
        s.level,
        s.device.0,
        s.device.1,
        s.user,
        "Защита станций 12.4",
        s.event,
        s.object,
        s.action,
        s.result,
    ];
    let text: Vec<String> = fields
        .iter()
        .map(|f| format!("\"{}\"", f.replace('"', "\"\"")))
        .collect();
    stage.push(LogId::Av, at, class, text.join(";"));
}

/// Ordinary days.
pub(in crate::scenario) fn write(stage: &mut Stage, days: &[Day]) {
    let mut r = Stream::new(stage.seed, "antivirus");
    for day in days {
        for device in [("DC01", DC), ("FS01", FS)] {
            let at = day.at(4, 10, 0) + r.below(30 * MINUTE as u64) as i64;
            let version = format!("Базы от {}", day.date.format("%d.%m.%Y 03:50"));
            record(
                stage,
                at,
                "av.update",
                Said {
                    level: "Информация",
                    device,
                    user: "СИСТЕМА",
                    event: "Базы обновлены",
                    object: &version,
                    action: "Обновление",
                    result: "Успешно",
                },
            );
        }
        for _ in 0..day.amount(&mut r, stage.scale, 11, 3) {
            let person = r.pick(STAFF);
            let hours = if r.permille(850) { &OFFICE } else { &ROUND };
            let at = day.moment(&mut r, hours);
            let said = Said {
                level: "Информация",
                device: (person.computer, person.address),
                user: person.login,
                event: "",
                object: "",
                action: "",
                result: "Успешно",
            };
            everyday(stage, &mut r, at, said);
        }
    }
}

#[expect(clippy::too_many_lines, reason = "a list of messages, one after the other")]
fn everyday(stage: &mut Stage, r: &mut Stream, at: i64, s: Said<'_>) {
    let n = r.between(100, 9999);
    match r.below(20) {
        0..=4 => record(
            stage,
            at,
            "av.update",
            Said {
                event: "Базы обновлены",
                object: &format!("Пакет {n}"),
                action: "Обновление",
                ..s
            },
        ),
        5..=8 => record(
            stage,
            at,
            "av.scan",
            Said {
                event: "Проверка завершена",
                object: "Критические области",
                action: &format!("Проверено объектов: {}", n * 7),
                ..s
            },
        ),
        9 | 10 => record(
            stage,
            at,
            "av.service",
            Said {
                event: "Служба запущена",
                object: "avp",
                action: "Запуск",
                ..s
            },
        ),
        11 => record(
            stage,
            at,
            "av.service",
            Said {
                event: "Служба остановлена",
                object: "avp",
                action: "Остановка",
                ..s
            },
        ),
        12 => record(
            stage,
            at,
            "av.device_blocked",
            Said {
                level: "Предупреждение",
                event: "Подключение устройства запрещено",
                object: &format!("USB\\VID_0951&PID_1666\\{}", r.hex(12).to_uppercase()),
                action: "Блокирование",
                ..s
            },
        ),
        13 | 14 => record(
            stage,
            at,
            "av.device_allowed",
            Said {
                event: "Съёмный диск подключён",
                object: &format!("USBSTOR\\DISK&VEN_SANDISK\\{}", r.hex(12).to_uppercase()),
                action: "Разрешено",
                ..s
            },
        ),
        15 => record(
            stage,
            at,
            "av.detected",
            Said {
                level: "Критическое",
                event: "Обнаружен вредоносный объект",
                object: &format!("C:\\Users\\{}\\Downloads\\счёт_{n}.pdf.js", s.user),
                action: "Удаление",
                ..s
            },
        ),
        16 => record(
            stage,
            at,
            "av.policy",
            Said {
                event: "Политика применена",
                object: "Рабочие станции; основная",
                action: "Изменение настроек",
                ..s
            },
        ),
        17 => record(
            stage,
            at,
            "av.web_blocked",
            Said {
                level: "Предупреждение",
                event: "Переход по ссылке запрещён",
                object: "https://prize.example/?id=\"1\"",
                action: "Запрещено",
                ..s
            },
        ),
        _ => {
            record(
                stage,
                at,
                "av.update_failed",
                Said {
                    level: "Ошибка",
                    event: "Ошибка обновления баз",
                    object: "Нет связи с сервером",
                    action: "Обновление",
                    result: "Не выполнено",
                    ..s
                },
            );
            record(
                stage,
                at + 600 * SECOND,
                "av.update",
                Said {
                    event: "Базы обновлены",
                    object: &format!("Пакет {n}"),
                    action: "Обновление",
                    ..s
                },
            );
        }
    }
}
