//! Words for severities and results, in English, Russian, Kazakh, Slovene, Finnish and German.

/// Severities whose words are ASCII, on the syslog scale; compared without regard to case.
pub(super) const LEVELS: &[(i8, &[&str])] = &[
    (0, &["emerg", "emergency", "panic"]),
    (1, &["alert"]),
    (
        2,
        &["crit", "critical", "fatal", "severe", "kritisch", "kriittinen"],
    ),
    (
        3,
        &[
            "err", "error", "eror", "high", "failure", "napaka", "virhe", "fehler",
        ],
    ),
    (
        4,
        &["warn", "warning", "medium", "opozorilo", "varoitus", "warnung"],
    ),
    (5, &["notice", "audit"]),
    (
        6,
        &[
            "info",
            "information",
            "informational",
            "low",
            "log",
            "default",
            "informacija",
            "tiedoksi",
        ],
    ),
    (7, &["debug", "dbug", "trace", "verbose", "fine", "finest"]),
];

/// The others, in lower case.
pub(super) const OTHER_LEVELS: &[(i8, &[&str])] = &[
    (
        2,
        &[
            "критический",
            "критическая",
            "критическое",
            "критическое событие",
            "сыни",
            "kritično",
        ],
    ),
    (
        3,
        &["ошибка", "қате", "высокая", "высокий", "отказ функционирования"],
    ),
    (4, &["предупреждение", "ескерту", "средняя", "средний"]),
    (
        6,
        &[
            "сведения",
            "информация",
            "ақпарат",
            "низкая",
            "низкий",
            "информационное сообщение",
        ],
    ),
    (7, &["отладка"]),
];

/// Words for success that are ASCII; compared without regard to case.
pub(super) const SUCCESS: &[&str] = &[
    "success",
    "succeeded",
    "successful",
    "ok",
    "true",
    "allow",
    "allowed",
    "accept",
    "accepted",
    "pass",
    "passed",
    "permit",
    "permitted",
    "granted",
    "yes",
    "dovoljeno",
    "uspeh",
    "onnistui",
    "onnistunut",
    "sallittu",
    "erfolg",
    "erfolgreich",
    "zugelassen",
    "erlaubt",
];

/// Words for failure that are ASCII.
pub(super) const FAILURE: &[&str] = &[
    "failure",
    "failed",
    "fail",
    "error",
    "false",
    "deny",
    "denied",
    "reject",
    "rejected",
    "block",
    "blocked",
    "drop",
    "dropped",
    "refused",
    "unauthorized",
    "forbidden",
    "no",
    "napaka",
    "neuspeh",
    "zavrnjeno",
    "estetty",
    "fehler",
    "fehlgeschlagen",
    "verweigert",
    "abgelehnt",
    "blockiert",
];

/// The others for success, in lower case.
pub(super) const OTHER_SUCCESS: &[&str] = &[
    "успешно",
    "успешная",
    "успешный",
    "успешное",
    "успех",
    "аудит успеха",
    "разрешено",
    "сәтті",
    "табысты",
    "рұқсат етілді",
    "рұқсат берілді",
    "uspešno",
];

/// The others for failure, in lower case.
pub(super) const OTHER_FAILURE: &[&str] = &[
    "неуспешно",
    "неуспешная",
    "неуспешный",
    "неуспешное",
    "неудача",
    "отказ",
    "отказано",
    "запрещено",
    "отклонено",
    "заблокировано",
    "аудит отказа",
    "ошибка",
    "сәтсіз",
    "қабылданбаған",
    "бас тартылды",
    "тыйым салынды",
    "бұғатталды",
    "neuspešno",
    "epäonnistui",
    "epäonnistunut",
    "hylätty",
];
