//! What an event description in Kazakh, Russian or English says: kind and outcome, by word stems.

use std::collections::HashMap;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use foldhash::fast::RandomState;
use letopis_event::{Category, EventBuf, Kind, Outcome, Text};

use crate::formats::scan;

type Stems = &'static [&'static str];

const ACCOUNT: Stems = &[
    "есептік жазба",
    "учетн",
    "учётн",
    "account",
    "қолданушы құр",
    "пользователь созд",
    "пользователь удал",
];
const CONFIG_FILE: Stems = &[
    "конфигурациялық файл",
    "конфигурационн",
    "файл конфигурац",
    "configuration file",
    "config file",
];
const CREATE: Stems = &[
    "құрыл",
    "құру",
    "жасал",
    "создан",
    "создал",
    "создание",
    "добавлен",
    "create",
    "added",
];
/// `удалён` is deleted, `удалённый` is remote: the forms of the verb, each for itself.
const DELETE: Stems = &[
    "жою",
    "жойыл",
    "жойды",
    " өшірілді",
    "удалил",
    "удалит",
    "удаля",
    "удалени",
    "удалена",
    "удалено",
    "удалены",
    "удален ",
    "удалён ",
    "удален.",
    "удалён.",
    "удален,",
    "удалён,",
    "удален:",
    "удалён:",
    "delet",
    "remov",
];
const MODIFY: Stems = &["түрленд", "өзгер", "измен", "модифиц", "chang", "modif"];
const COPY: Stems = &["көшір", "скопир", "копиров", "copied", "copy"];
const MOVE: Stems = &["ауыстыр", "перемещ", "замен", "moved", "replac"];
const START: Stems = &[
    "іске қос",
    "запущ",
    "запуск",
    "загруж",
    "загрузка",
    "start",
    "boot",
];
const STOP: Stems = &[
    "тоқта",
    "останов",
    "остановк",
    "выключ",
    "завершен",
    "stop",
    "shutdown",
    "shut down",
];
const ON: Stems = &["қосыл", "қосу", "подключ", "connected"];
const OFF: Stems = &["ажырат", "отключ", "извлеч", "disconnect"];
const PROTECTION: Stems = &[
    "антивирус",
    "қорғау",
    "защит",
    "басып кіру",
    "обнаружения вторж",
    "тіркеу журнал",
    "antivirus",
    "firewall",
];
const SETTINGS: Stems = &[
    "конфигурац",
    "баптау",
    "настрой",
    "настроек",
    "параметр",
    "configuration",
    "settings",
];
const MEDIUM: Stems = &[
    "usb",
    "флеш",
    "съемн",
    "съёмн",
    "носител",
    "тасымалдағыш",
    "тасығыш",
];
const DEVICE: Stems = &["құрылғы", "устройств", "device"];
const SERVICE: Stems = &["қызмет", "сервис", "служб", "service", "daemon"];
const LOG: Stems = &["журнал", "лог-файл", "логтар", "логов", "audit log", "event log"];
const FILE: Stems = &["файл", "объект", "file", "object", "құжат", "документ"];
const DATA: Stems = &["дерек", "данн", "data", "жазба", "запись", "карточк"];
const LINK: Stems = &["линк", "link", "интерфейс", "қосылыс", "соединени", "порт "];
const READ: Stems = &[
    "қол жеткіз",
    "қолжетім",
    "доступ",
    "қара",
    "просмотр",
    "прочит",
    "оқыл",
    "access",
    "read",
    "view",
];

/// The first row of which every group has a stem in the text gives the kind.
const ROWS: &[(Kind, &[Stems])] = &[
    (
        Kind::LOG_CLEAR,
        &[
            LOG,
            &[
                "тазал",
                "тазарт",
                "очист",
                "очищ",
                "clear",
                "жойыл",
                "жою",
                "удалени",
                "удалил",
                "удаля",
                "удален ",
                "удалён ",
                "удален.",
                "удалён.",
                "delet",
            ],
        ],
    ),
    (Kind::LOG_EXPORT, &[LOG, &["экспорт", "выгруз", "export"]]),
    (Kind::LOG_FAILURE, &[LOG, &["сбой", "ақау", "failure"]]),
    (Kind::LOG_VIEW, &[LOG, READ]),
    (
        Kind::MALWARE_DETECT,
        &[
            &["зиянды", "вирус", "вредонос", "троян", "malware", "virus"],
            &["табыл", "анықтал", "обнаруж", "detect", "found"],
        ],
    ),
    (
        Kind::AUTH_LOGOFF,
        &[&[
            "жүйеден шығ",
            "жүйеден шық",
            "шығу",
            "шықты",
            "выход",
            "вышел",
            "вышла",
            "завершение сеанса",
            "logoff",
            "logout",
            "log off",
            "logged off",
            "logged out",
        ]],
    ),
    (
        Kind::AUTH_LOGON,
        &[&[
            "авторланды",
            "авторизац",
            "аутентификац",
            "жүйеге кір",
            "кіру әрекеті",
            "кіру",
            "кірді",
            "вход в",
            "вход пользоват",
            "вошел",
            "вошёл",
            "вошла",
            "попытка входа",
            "ошибка входа",
            "logon",
            "login",
            "log on",
            "logged on",
            "logged in",
        ]],
    ),
    (Kind::CONFIG_FILE_CREATE, &[CONFIG_FILE, CREATE]),
    (Kind::CONFIG_FILE_COPY, &[CONFIG_FILE, COPY]),
    (Kind::CONFIG_FILE_MOVE, &[CONFIG_FILE, MOVE]),
    (Kind::CONFIG_FILE_DELETE, &[CONFIG_FILE, DELETE]),
    (Kind::CONFIG_FILE_MODIFY, &[CONFIG_FILE, MODIFY]),
    (
        Kind::PRIVILEGE_ASSIGN,
        &[
            &["артықшылық", "привилег", "privileg"],
            &["беріл", "беру", "назнач", "assign", "grant"],
        ],
    ),
    (
        Kind::PRIVILEGE_USE,
        &[&["артықшылық", "привилег", "privileg", "sudo"]],
    ),
    (
        Kind::ACCOUNT_LOCK,
        &[ACCOUNT, &["бұғатта", "блокта", "блокир", "lock"]],
    ),
    (
        Kind::ACCOUNT_PASSWORD_CHANGE,
        &[&["құпиясөз", "құпия сөз", "пароль", "пароля", "password"], MODIFY],
    ),
    (Kind::ACCOUNT_CREATE, &[ACCOUNT, CREATE]),
    (Kind::ACCOUNT_COPY, &[ACCOUNT, COPY]),
    (Kind::ACCOUNT_MOVE, &[ACCOUNT, MOVE]),
    (Kind::ACCOUNT_DELETE, &[ACCOUNT, DELETE]),
    (Kind::ACCOUNT_MODIFY, &[ACCOUNT, MODIFY]),
    (Kind::PROTECTION_CONFIG_CHANGE, &[PROTECTION, SETTINGS, MODIFY]),
    (
        Kind::PROTECTION_DISABLE,
        &[
            PROTECTION,
            &[
                "дезактив",
                " өшір",
                "отключ",
                "приостанов",
                "выключ",
                "деактив",
                "тоқта",
                "останов",
                "disabl",
                "stop",
            ],
        ],
    ),
    (
        Kind::PROTECTION_ENABLE,
        &[
            PROTECTION,
            &["активац", "активтен", "қосыл", "включ", "запущ", "enabl", "start"],
        ],
    ),
    (Kind::MEDIA_DISCONNECT, &[MEDIUM, OFF]),
    (Kind::MEDIA_CONNECT, &[MEDIUM, ON]),
    (
        Kind::MEDIA_WRITE,
        &[
            MEDIUM,
            &["жазу", "жазыл", "көшір", "запис", "скопир", "written", "copied"],
        ],
    ),
    (Kind::DEVICE_DISCONNECT, &[DEVICE, OFF]),
    (Kind::DEVICE_CONNECT, &[DEVICE, ON]),
    (Kind::BACKUP_RUN, &[&["резервн", "сақтық көшір", "backup"]]),
    (Kind::DB_GRANT, &[&["grant "]]),
    (Kind::DB_REVOKE, &[&["revoke "]]),
    (Kind::DB_DENY, &[&["deny "], &[" to ", " on "]]),
    (Kind::DB_SELECT, &[&["select "], &[" from "]]),
    (Kind::DB_INSERT, &[&["insert into", "insert "]]),
    (Kind::DB_UPDATE, &[&["update "], &[" set "]]),
    (Kind::DB_DELETE, &[&["delete from"]]),
    (Kind::DB_TRUNCATE, &[&["truncate "]]),
    (Kind::DB_DROP, &[&["drop "]]),
    (Kind::DB_ALTER, &[&["alter "]]),
    (Kind::DB_RENAME, &[&["rename "], &[" to "]]),
    (Kind::DB_LOCK, &[&["lock table"]]),
    (Kind::DB_CALL, &[&["execute ", "call "]]),
    (
        Kind::DB_CREATE,
        &[
            &["create "],
            &[
                "table",
                "index",
                "view",
                "user",
                "role",
                "database",
                "function",
                "procedure",
            ],
        ],
    ),
    (
        Kind::SOFTWARE_INSTALL,
        &[
            &["бағдарлама", "программ", "software", "пакет", "обновлен"],
            &["орнат", "установ", "install"],
        ],
    ),
    (
        Kind::SOFTWARE_REMOVE,
        &[&["бағдарлама", "программ", "software", "пакет"], DELETE],
    ),
    (Kind::PROCESS_START, &[&["процес", "process"], START]),
    (Kind::PROCESS_STOP, &[&["процес", "process"], STOP]),
    (
        Kind::SERVICE_INSTALL,
        &[SERVICE, &["орнат", "установ", "install"]],
    ),
    (Kind::SERVICE_STOP, &[SERVICE, STOP]),
    (Kind::SERVICE_START, &[SERVICE, START]),
    (Kind::CONFIG_CHANGE, &[SETTINGS, MODIFY]),
    (
        Kind::LINK_DEGRADE,
        &[LINK, &["төменде", "деград", "ухудш", "degrad"]],
    ),
    (
        Kind::LINK_DOWN,
        &[LINK, &["тоқта", "үзіл", "разрыв", "потеря", "опущен", " down"]],
    ),
    (
        Kind::LINK_UP,
        &[LINK, &["іске қос", "поднят", "установлен", "восстановл", " up"]],
    ),
    (
        Kind::TRAFFIC_IN,
        &[
            &["трафик", "traffic"],
            &["кіріс", "входящ", "inbound", "incoming"],
        ],
    ),
    (
        Kind::TRAFFIC_OUT,
        &[
            &["трафик", "traffic"],
            &["шығыс", "исходящ", "outbound", "outgoing"],
        ],
    ),
    (
        Kind::SYSTEM_STOP,
        &[&["жүйе", "систем", "system", "сервер", "server"], STOP],
    ),
    (
        Kind::SYSTEM_START,
        &[&["жүйе", "систем", "system", "сервер", "server"], START],
    ),
    (
        Kind::OBJECT_RENAME,
        &[&["атын өзгерт", "аты өзгер", "переимен", "renam"]],
    ),
    (Kind::DATA_DELETE, &[DATA, DELETE]),
    (Kind::DATA_MODIFY, &[DATA, MODIFY]),
    (Kind::DATA_ACCESS, &[DATA, READ]),
    (
        Kind::ACCESS_OBTAIN,
        &[
            &["қол жеткізу", "қолжетімділік", "доступ", "access"],
            &["алды", "алынды", "алу", "получ", "предостав", "obtain", "granted"],
        ],
    ),
    (Kind::OBJECT_DELETE, &[FILE, DELETE]),
    (Kind::OBJECT_CREATE, &[FILE, CREATE]),
    (Kind::OBJECT_COPY, &[FILE, COPY]),
    (
        Kind::OBJECT_SAVE,
        &[FILE, &["сақта", "сохран", "save", "өзгер", "измен"]],
    ),
    (
        Kind::OBJECT_OPEN,
        &[
            FILE,
            &[
                "ашу",
                "ашыл",
                "ашты",
                "открыт",
                "открыл",
                "open",
                "қол жеткіз",
                "доступ",
            ],
        ],
    ),
];

const DENIED: Stems = &[
    "отказ",
    "отклон",
    "запрещ",
    "тыйым",
    "қабылданба",
    "бас тарт",
    "denied",
    "reject",
    "refused",
    "рұқсат жоқ",
    "нет доступа",
];
const FAILED: Stems = &[
    "сәтсіз",
    "неуспеш",
    "неудач",
    "ошибк",
    "неверн",
    "қате",
    "fail",
    "invalid",
    "мүмкін болмады",
    "не удал",
];
const SUCCEEDED: Stems = &["сәтті", "успеш", "success", "выполнен", "орындалды", "аяқталды"];

/// Every stem once, and what each is part of.
struct Table {
    finder: AhoCorasick,
    /// For each stem the rows in which it stands, with the bit of its group there.
    places: Vec<Vec<(u16, u8)>>,
    /// The kind of each row and the bits of all its groups; behind them the three outcomes, which are no kinds.
    rows: Vec<(Kind, u8)>,
}

/// The rows of refusals, failures and successes behind those of the kinds.
const DENIED_ROW: usize = ROWS.len();
const FAILED_ROW: usize = ROWS.len() + 1;
const SUCCEEDED_ROW: usize = ROWS.len() + 2;

/// Small letters, with one letter for the Cyrillic and the Latin i: the law's own text mixes them.
fn fold(text: &str, out: &mut String) {
    out.clear();
    for letter in text.chars() {
        match letter {
            'a'..='z' | 'а'..='я' | '\0'..='@' => out.push(letter),
            'A'..='Z' => out.push(letter.to_ascii_lowercase()),
            _ => out.extend(letter.to_lowercase().map(|c| if c == 'і' { 'i' } else { c })),
        }
    }
}

fn table() -> Option<&'static Table> {
    static TABLE: OnceLock<Option<Table>> = OnceLock::new();
    TABLE
        .get_or_init(|| {
            let mut stems: Vec<String> = Vec::new();
            let mut places: Vec<Vec<(u16, u8)>> = Vec::new();
            let mut rows = Vec::new();
            let outcomes = [DENIED, FAILED, SUCCEEDED].map(|group| (Kind::OTHER, vec![group]));
            let kinds = ROWS.iter().map(|(kind, groups)| (*kind, groups.to_vec()));
            for (row, (kind, groups)) in (0u16..).zip(kinds.chain(outcomes)) {
                let each = |(at, group): (u8, &Stems)| group.iter().map(move |stem| (at, *stem));
                for (group, stem) in (0..).zip(&groups).flat_map(each) {
                    let mut folded = String::new();
                    fold(stem, &mut folded);
                    let at = stems.iter().position(|s| *s == folded).unwrap_or_else(|| {
                        stems.push(folded);
                        places.push(Vec::new());
                        stems.len() - 1
                    });
                    places[at].push((row, 1u8 << group));
                }
                rows.push((kind, ((1u16 << groups.len()) - 1) as u8));
            }
            Some(Table {
                finder: AhoCorasick::new(&stems).ok()?,
                places,
                rows,
            })
        })
        .as_ref()
}

/// Reusable memory.
#[derive(Debug, Default)]
pub(in crate::formats) struct Words {
    folded: String,
    /// For each row the bits of the groups of which a stem was seen.
    seen: Vec<u8>,
    /// The last description told of a refusal.
    denied: bool,
    /// What descriptions said: registers have few of them.
    known: HashMap<String, Said, RandomState>,
}

/// What a description says.
#[derive(Clone, Copy, Debug)]
struct Said {
    kind: Kind,
    outcome: Outcome,
    denied: bool,
}

/// Descriptions that are remembered, and bytes of the longest of them.
const KNOWN_MAX: usize = 1000;
const KNOWN_BYTES_MAX: usize = 200;

impl Words {
    /// The same for a record that may state its outcome by itself: an outcome that is known stays, but for a refusal,
    /// which a protection tool calls its own success.
    pub(in crate::formats) fn settle_unknown(&mut self, description: &str, event: &mut EventBuf) {
        let stated = event.outcome;
        self.settle(description, event);
        if stated != Outcome::Unknown && !self.denied {
            event.outcome = stated;
        }
        // That something failed does not yet mean that a user did it.
        if event.kind == Kind::USER_ACTION && !self.denied {
            event.kind = Kind::OTHER;
        }
    }

    /// Sets kind and outcome by the words of the description.
    pub(super) fn settle(&mut self, description: &str, event: &mut EventBuf) {
        let said = match self.known.get(description) {
            Some(said) => *said,
            None => {
                let Some(said) = self.say(description) else { return };
                if self.known.len() < KNOWN_MAX && description.len() <= KNOWN_BYTES_MAX {
                    self.known.insert(description.to_owned(), said);
                }
                said
            }
        };
        self.denied = said.denied;
        if self.denied {
            event.set_if_absent(Text::Status, "denied");
        }
        (event.kind, event.outcome) = (said.kind, said.outcome);
    }

    fn say(&mut self, description: &str) -> Option<Said> {
        let table = table()?;
        fold(description, &mut self.folded);
        // A stem with a blank before it stands at the beginning of a word (`өшірілді`, deleted, is in `көшірілді`,
        // copied, too), one with a blank behind it at the end of one.
        self.folded.insert(0, ' ');
        self.folded.push(' ');
        self.seen.clear();
        self.seen.resize(table.rows.len(), 0);
        for found in table.finder.find_overlapping_iter(&self.folded) {
            for (row, group) in &table.places[found.pattern().as_usize()] {
                self.seen[usize::from(*row)] |= group;
            }
        }
        let is = |row: usize| self.seen[row] != 0;
        let rows = table.rows.iter().zip(&self.seen).take(DENIED_ROW);
        let row = rows
            .map(|((kind, all), seen)| (kind, all == seen))
            .find(|(_, fits)| *fits)
            .map(|(kind, _)| kind);
        let outcome = if is(DENIED_ROW) || is(FAILED_ROW) {
            Outcome::Failure
        } else if is(SUCCEEDED_ROW) {
            Outcome::Success
        } else {
            Outcome::Unknown
        };
        let kind = match row {
            Some(kind) => *kind,
            None if outcome == Outcome::Failure => Kind::USER_ACTION,
            None => Kind::OTHER,
        };
        Some(Said {
            kind,
            outcome,
            denied: is(DENIED_ROW),
        })
    }
}

/// Whether a service's name is that of a protection tool (for records whose layout both have).
pub(super) fn category_of_service(name: &str) -> Category {
    const TOOLS: Stems = &[
        "антивирус",
        "antivirus",
        "касперск",
        "kaspersky",
        "defender",
        "clam",
        "dr.web",
        "drweb",
        "dlp",
        "ids",
        "ips",
        "secret net",
        "dallas",
        "vipnet",
        "континент",
        "firewall",
        "қорғау",
        "защит",
    ];
    static STEMS: OnceLock<Vec<String>> = OnceLock::new();
    let mut folded = String::new();
    let stems = STEMS.get_or_init(|| {
        let stem = |tool: &&str| {
            let mut stem = String::new();
            fold(tool, &mut stem);
            stem
        };
        TOOLS.iter().map(stem).collect()
    });
    fold(name, &mut folded);
    let is_tool = stems.iter().any(|stem| {
        // A short one stands alone: it is part of too many words.
        if stem.len() > 3 {
            return scan::has(&folded, stem);
        }
        folded
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == stem)
    });
    if is_tool {
        Category::Protection
    } else {
        Category::Application
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_in_three_languages() {
        for (text, kind, outcome) in [
            ("Сәтсіз авторландыру әрекеті", "auth.logon", "failure"),
            ("Жүйеге кіру сәтті орындалды", "auth.logon", "success"),
            ("Қолданушы жүйеден шықты", "auth.logoff", "unknown"),
            ("Есептік жазба құрылды", "account.create", "unknown"),
            ("Учётная запись ivanov удалена", "account.delete", "unknown"),
            (
                "Неуспешная попытка входа: неверный пароль",
                "auth.logon",
                "failure",
            ),
            ("Журнал событий очищен", "log.clear", "unknown"),
            (
                "Антивирустық қорғау дезактивацияланды",
                "protection.disable",
                "unknown",
            ),
            (
                "Изменены настройки антивируса",
                "protection.config_change",
                "unknown",
            ),
            ("Подключено устройство USB Kingston", "media.connect", "unknown"),
            ("Жүйенің конфигурациясы өзгертілді", "config.change", "unknown"),
            ("Қызмет тоқтатылды", "service.stop", "unknown"),
            ("В доступе отказано", "user.action", "failure"),
            ("SELECT * FROM citizens", "db.select", "unknown"),
            ("Азаматтың деректері өзгертілді", "data.modify", "unknown"),
            ("Конфигурациялық файл көшірілді", "config_file.copy", "unknown"),
            ("Желілік линк тоқтады", "link.down", "unknown"),
            ("№7-қ құжаты PDF түрінде көшірілді", "object.copy", "unknown"),
            ("№7-қ құжаты өшірілді", "object.delete", "unknown"),
            ("Защита приостановлена", "protection.disable", "unknown"),
            ("Обнаружена программа удалённого управления", "other", "unknown"),
            ("Программа удалена", "software.remove", "unknown"),
            ("Файл удалён", "object.delete", "unknown"),
            ("Антивирус өшірілді", "protection.disable", "unknown"),
            ("Съёмный диск подключён", "media.connect", "unknown"),
            ("The weather is fine", "other", "unknown"),
        ] {
            let mut event = EventBuf::default();
            Words::default().settle(text, &mut event);
            assert_eq!(
                (event.kind.as_str(), event.outcome.as_str()),
                (kind, outcome),
                "{text}"
            );
        }
    }
}
