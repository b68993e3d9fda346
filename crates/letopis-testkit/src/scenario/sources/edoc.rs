//! The document system «Құжат айналымы», in the layout of KZ195 Appendix 4, application software (fields of
//! KZ195-A4-23, date `КК:АА:ЖЖЖЖ`, time `СС:ММ:СС`, separator `;`, quotes where a field holds it), in Kazakh.

use crate::clock::SECOND;
use crate::rng::Stream;
use crate::scenario::calendar::{Day, OFFICE, ROUND};
use crate::scenario::cast::{Person, STAFF};
use crate::scenario::stage::{LogId, Stage};

/// The first line of every file.
pub(in crate::scenario) const HEADER: &str = "Күні мен уақыты;Оқиға көзінің атауы;Есептік жазбаның атауы;Қолданушының IP-мекенжайы;Операцияның басталу уақыты;Операцияның аяқталу уақыты;Оқиғаның сипаттамасы";

/// One record; `at` is when the operation ended and was logged.
pub(in crate::scenario) fn record(
    stage: &mut Stage,
    at: i64,
    seconds: i64,
    class: &'static str,
    user: &str,
    from: &str,
    text: &str,
) {
    let clock = LogId::Edoc.clock(at);
    let begin = LogId::Edoc.clock(at - seconds * SECOND).format("%H:%M:%S");
    let service = match class {
        "edoc.logon" | "edoc.logon_failed" | "edoc.logoff" => "кіру қызметі",
        "edoc.account" | "edoc.config" => "басқару қызметі",
        _ => "құжат айналымы",
    };
    let text = if text.contains([';', '"']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    };
    stage.push(
        LogId::Edoc,
        at,
        class,
        format!(
            "{};{service};{user};{from};{begin};{};{text}",
            clock.format("%d:%m:%Y %H:%M:%S"),
            clock.format("%H:%M:%S")
        ),
    );
}

/// Ordinary days.
pub(in crate::scenario) fn write(stage: &mut Stage, days: &[Day]) {
    let mut r = Stream::new(stage.seed, "edoc");
    for day in days {
        for _ in 0..day.amount(&mut r, stage.scale, 13, 1) {
            let person = r.pick(STAFF);
            let at = day.moment(&mut r, &OFFICE);
            session(stage, &mut r, at, person);
        }
        for _ in 0..2 {
            let at = day.moment(&mut r, &ROUND);
            record(
                stage,
                at,
                r.between(1, 30),
                "edoc.job",
                "жүйе",
                "127.0.0.1",
                &format!("Кезек өңделді: {} хабарлама жіберілді", r.below(60)),
            );
        }
    }
}

#[expect(clippy::too_many_lines, reason = "a list of messages, one after the other")]
fn session(stage: &mut Stage, r: &mut Stream, at: i64, person: &Person) {
    let (user, from) = (person.login, person.address);
    if r.permille(80) {
        record(
            stage,
            at - 11 * SECOND,
            0,
            "edoc.logon_failed",
            user,
            from,
            "Жүйеге кіру сәтсіз: құпиясөз қате",
        );
    }
    record(stage, at, 1, "edoc.logon", user, from, "Жүйеге кіру сәтті");
    let mut now = at;
    for _ in 0..1 + r.below(5) {
        now += r.between(5, 600) * SECOND;
        let n = r.between(100, 4999);
        let (class, text) = match r.below(14) {
            0..=4 => (
                "edoc.read",
                format!("№{n}-қ құжаты ашылды; парақ саны: {}", r.between(1, 40)),
            ),
            5 | 6 => (
                "edoc.read",
                format!(
                    "Іздеу: \"{}\"",
                    r.pick(&[
                        "жер телімі",
                        "отпуск",
                        "бюджет 2026",
                        "Серікова Г.",
                        "тұрғын үй кезегі"
                    ])
                ),
            ),
            7 | 8 => (
                "edoc.change",
                format!("№{n} хаттамасы өзгертілді ({})", person.name),
            ),
            9 => (
                "edoc.change",
                format!(
                    "Жаңа құжат құрылды: «{}» № {n}",
                    r.pick(&["Бұйрық", "Қызметтік хат", "Хаттама", "Өтініш", "Шешім жобасы"])
                ),
            ),
            10 => ("edoc.delete", format!("№{n} құжатының жобасы жойылды")),
            11 => (
                "edoc.refused",
                format!("Рұқсат жоқ: №{n}-қбп құжаты, қолжетімділік деңгейі жеткіліксіз"),
            ),
            12 => ("edoc.export", format!("№{n}-қ құжаты PDF түрінде көшірілді")),
            _ => (
                "edoc.read",
                format!("Тізілім қаралды: кіріс хаттар, {} жол", r.between(10, 500)),
            ),
        };
        record(stage, now, r.between(0, 9), class, user, from, &text);
    }
    if person.rid == 1107 && r.permille(150) {
        record(
            stage,
            now + 5 * SECOND,
            1,
            "edoc.account",
            user,
            from,
            &format!(
                "Есептік жазба өзгертілді: {}; рөлі: тіркеуші",
                r.pick(STAFF).login
            ),
        );
        record(
            stage,
            now + 50 * SECOND,
            1,
            "edoc.config",
            user,
            from,
            "Баптау файлы өзгертілді: workflow.xml",
        );
    }
    let end = now + r.between(30, 3000) * SECOND;
    record(stage, end, 0, "edoc.logoff", user, from, "Жүйеден шығу");
}
