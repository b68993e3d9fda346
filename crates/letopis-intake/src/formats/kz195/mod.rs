//! The five log layouts of KZ195 Appendix 4: operating system, DBMS, network, application, protection.
//!
//! The law fixes the date (`DD:MM:YYYY`), the time (`HH:MM:SS`), text form and the fields, and leaves separator, quote,
//! header line and the number of time columns open; those are found out.

mod columns;
pub(super) mod words;

use letopis_event::{Category, EventBuf, Kind, StructureKind, Text, TimeReading};

use super::delimited::layout::split;
use super::scan;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;
use columns::{Columns, Role};
use words::Words;

/// Logs as KZ195 Appendix 4 wants them.
pub(super) const FORMAT: Format = Format {
    name: "kz195",
    title: "KZ195 Appendix 4 layouts (Kazakhstan)",
    reference: "KZ195-A4: clauses 2, 10, 17, 23, 29 (fields), date DD:MM:YYYY, time HH:MM:SS",
    category: None,
    kinds: KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Quoted(b'"'),
        open,
    },
};

/// Every kind that descriptions in words make.
pub(super) const KINDS: &[Kind] = &[
    Kind::SYSTEM_START,
    Kind::SYSTEM_STOP,
    Kind::OBJECT_OPEN,
    Kind::OBJECT_SAVE,
    Kind::OBJECT_RENAME,
    Kind::OBJECT_DELETE,
    Kind::OBJECT_CREATE,
    Kind::OBJECT_COPY,
    Kind::SOFTWARE_INSTALL,
    Kind::SOFTWARE_REMOVE,
    Kind::AUTH_LOGON,
    Kind::AUTH_LOGOFF,
    Kind::CONFIG_CHANGE,
    Kind::ACCOUNT_CREATE,
    Kind::ACCOUNT_DELETE,
    Kind::ACCOUNT_MODIFY,
    Kind::ACCOUNT_COPY,
    Kind::ACCOUNT_MOVE,
    Kind::ACCOUNT_LOCK,
    Kind::ACCOUNT_PASSWORD_CHANGE,
    Kind::PROTECTION_ENABLE,
    Kind::PROTECTION_DISABLE,
    Kind::PROTECTION_CONFIG_CHANGE,
    Kind::PRIVILEGE_USE,
    Kind::PRIVILEGE_ASSIGN,
    Kind::DEVICE_CONNECT,
    Kind::DEVICE_DISCONNECT,
    Kind::MEDIA_CONNECT,
    Kind::MEDIA_DISCONNECT,
    Kind::MEDIA_WRITE,
    Kind::USER_ACTION,
    Kind::PROCESS_START,
    Kind::PROCESS_STOP,
    Kind::SERVICE_INSTALL,
    Kind::SERVICE_START,
    Kind::SERVICE_STOP,
    Kind::DB_SELECT,
    Kind::DB_INSERT,
    Kind::DB_UPDATE,
    Kind::DB_DELETE,
    Kind::DB_TRUNCATE,
    Kind::DB_DROP,
    Kind::DB_ALTER,
    Kind::DB_RENAME,
    Kind::DB_LOCK,
    Kind::DB_CALL,
    Kind::DB_CREATE,
    Kind::DB_GRANT,
    Kind::DB_REVOKE,
    Kind::DB_DENY,
    Kind::LINK_UP,
    Kind::LINK_DEGRADE,
    Kind::LINK_DOWN,
    Kind::TRAFFIC_IN,
    Kind::TRAFFIC_OUT,
    Kind::CONFIG_FILE_CREATE,
    Kind::CONFIG_FILE_COPY,
    Kind::CONFIG_FILE_MOVE,
    Kind::CONFIG_FILE_DELETE,
    Kind::CONFIG_FILE_MODIFY,
    Kind::ACCESS_OBTAIN,
    Kind::DATA_ACCESS,
    Kind::DATA_MODIFY,
    Kind::DATA_DELETE,
    Kind::LOG_CLEAR,
    Kind::LOG_EXPORT,
    Kind::LOG_VIEW,
    Kind::LOG_FAILURE,
    Kind::MALWARE_DETECT,
    Kind::BACKUP_RUN,
];

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: "31:12:2025 23:59:59;SRV-01;Жүйе іске қосылды\n01:01:2026 00:12:03;SRV-01;Сәтсіз авторландыру әрекеті: admin\n".as_bytes(),
        events: &[
            &[("time", "2025-12-31T23:59:59Z"), ("category", "os"), ("host", "SRV-01"), ("kind", "system.start"), ("time_basis", "zone-assumed")],
            &[("kind", "auth.logon"), ("outcome", "failure"), ("time_text", "01:01:2026 00:12:03")],
        ],
    },
    Sample {
        bytes: b"01:01:2026,00:12:03,postgres,10.0.0.7,\"SELECT iin, fio FROM citizens\",citizens\n01:01:2026,00:12:09,postgres,db1,DROP TABLE audit,audit\n",
        events: &[
            &[("category", "dbms"), ("user_name", "postgres"), ("host_ip", "10.0.0.7"), ("kind", "db.select"), ("target", "citizens"), ("time", "2026-01-01T00:12:03Z"), ("message", "SELECT iin, fio FROM citizens")],
            &[("host", "db1"), ("kind", "db.drop")],
        ],
    },
    Sample {
        bytes: "01:01:2026 00:12:03|RTR-1|netadmin|10.0.0.1|10.0.0.5|198.51.100.7|Желілік линк тоқтады\n01:01:2026 00:12:05|RTR-1|netadmin|10.0.0.1|10.0.0.5|198.51.100.7|Изменена конфигурация\n".as_bytes(),
        events: &[
            &[("category", "network"), ("host", "RTR-1"), ("host_ip", "10.0.0.1"), ("src_ip", "10.0.0.5"), ("dst_ip", "198.51.100.7"), ("kind", "link.down")],
            &[("kind", "config.change"), ("user_name", "netadmin")],
        ],
    },
    Sample {
        bytes: "Күні мен уақыты;Оқиға көзінің атауы;Есептік жазба;Қолданушының IP-мекенжайы;Операцияның басталу уақыты;Операцияның аяқталу уақыты;Оқиғаның сипаттамасы\n01:01:2026 00:12:03;е-Өтініш;aigul;10.1.2.3;00:12:01;00:12:03;Азаматтың деректері өзгертілді\n01:01:2026 00:13:00;е-Өтініш;aigul;10.1.2.3;;;Жүйеден шығу\n".as_bytes(),
        events: &[
            &[("category", "application"), ("service", "е-Өтініш"), ("src_ip", "10.1.2.3"), ("kind", "data.modify"), ("time_end", "2026-01-01T00:12:03Z"), ("attrs.op_start", "00:12:01")],
            &[("kind", "auth.logoff")],
        ],
    },
    Sample {
        bytes: "Дата;Время;Источник события;Учетная запись;IP-адрес клиента;Время начала операции;Время окончания операции;Описание события\n01:01:2026;00:12:03;Антивирус;admin;10.1.2.3;00:12:01;00:12:03;'Антивирус отключен; причина неизвестна'\n01:01:2026;00:13:00;Антивирус;admin;10.1.2.3;;;Изменены настройки защиты\n".as_bytes(),
        events: &[
            &[("category", "protection"), ("service", "Антивирус"), ("kind", "protection.disable"), ("message", "Антивирус отключен; причина неизвестна"), ("time", "2026-01-01T00:12:03Z")],
            &[("kind", "protection.config_change")],
        ],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let columns = Columns::guess(head.text)?;
    let share = head.share(30, |line| {
        let mut timed = false;
        split(
            line,
            columns.layout.separator,
            columns.layout.quote,
            &mut String::new(),
            &mut |at, value| {
                let value = value.trimmed();
                timed |= match columns.roles.get(at) {
                    Some(Role::DateTime) => timetext::kz195(value).is_some(),
                    Some(Role::Date) => timetext::date_alone(value, false).is_some(),
                    _ => false,
                };
            },
        );
        timed
    });
    let with_header = usize::from(columns.header.is_some());
    (share >= 60 || with_header > 0 && share >= 40).then(|| Claim {
        confidence: 85,
        reason: format!(
            "{share} % of the first lines have a time as KZ195-A4 writes it (DD:MM:YYYY HH:MM:SS), fields parted by {:?}",
            char::from(columns.layout.separator)
        ),
    })
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    let columns = context
        .state
        .and_then(Columns::from_state)
        .or_else(|| Columns::guess(context.head.text));
    Box::new(Rows {
        columns,
        words: Words::default(),
        scratch: String::new(),
        date: String::new(),
        description: String::new(),
        service: (String::new(), words::category_of_service("")),
    })
}

struct Rows {
    columns: Option<Columns>,
    words: Words,
    scratch: String,
    date: String,
    description: String,
    /// The last service, and its category.
    service: (String, Category),
}

impl RecordReader for Rows {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some(columns) = &self.columns else {
            return Verdict::Unparsed("no column holds a time as KZ195-A4 writes it");
        };
        if columns
            .header
            .as_deref()
            .is_some_and(|h| h.trimmed_end() == record.text.trimmed_end())
        {
            return Verdict::Structure(StructureKind::Header);
        }
        self.date.clear();
        let (date, layout) = (&mut self.date, &columns.layout);
        let mut clock_is_bad = false;
        split(
            record.text,
            layout.separator,
            layout.quote,
            &mut self.scratch,
            &mut |at, value| {
                let role = columns.roles.get(at).copied().unwrap_or(Role::Other);
                match role {
                    Role::Date => date.push_str(value.trimmed()),
                    Role::Clock => {
                        event.set_joined(Text::TimeText, &[date, " ", value.trimmed()]);
                        event.reading = timetext::date_and_clock(date, value, false);
                        clock_is_bad = event.reading.is_none();
                    }
                    _ => fill(event, role, at, value.trimmed()),
                }
            },
        );
        if event.reading.is_none() {
            return Verdict::Unparsed(if clock_is_bad {
                "date or time do not exist in the calendar"
            } else {
                "no time as KZ195-A4 writes it where its column is"
            });
        }
        settle_end(event);
        self.description.clear();
        self.description
            .push_str(event.get(Text::Message).unwrap_or_default());
        self.words.settle(&self.description, event);
        event.category = match &columns.chapter {
            Some(chapter) => Category::parse(chapter),
            None => {
                let service = event.get(Text::Service).unwrap_or_default();
                if self.service.0 != service {
                    self.service = (service.to_owned(), words::category_of_service(service));
                }
                Some(self.service.1)
            }
        };
        Verdict::Event
    }

    fn state(&self) -> Option<String> {
        self.columns.as_ref().map(Columns::to_state)
    }
}

fn fill(event: &mut EventBuf, role: Role, at: usize, value: &str) {
    match role {
        Role::DateTime => {
            event.set(Text::TimeText, value);
            event.reading = timetext::kz195(value)
                .filter(|(_, taken)| *taken == value.len())
                .map(|(reading, _)| reading);
        }
        Role::Host => event.set(Text::Host, value),
        Role::HostOrAddress => {
            let is_address = value.parse::<std::net::IpAddr>().is_ok();
            event.set(if is_address { Text::HostIp } else { Text::Host }, value);
        }
        Role::HostIp => event.set(Text::HostIp, value),
        Role::Account => scan::set_account(event, Text::UserName, value),
        Role::SrcIp => event.set(Text::SrcIp, value),
        Role::DstIp => event.set(Text::DstIp, value),
        Role::Service => event.set(Text::Service, value),
        Role::Start => event.attr("op_start", value),
        Role::End => event.attr("op_end", value),
        Role::Description => event.set(Text::Message, value),
        Role::Object => event.set(Text::Target, value),
        Role::Date | Role::Clock => {}
        Role::Other => event.attr_fmt("column", format_args!("{}: {value}", at + 1)),
    }
}

/// The end of the operation, with or without a date of its own. A clock before the start is of the next day, which
/// the law does not say, so it stays a text only.
fn settle_end(event: &mut EventBuf) {
    let Some(end) = event.find_attr("op_end").filter(|e| !e.is_empty()) else {
        return;
    };
    let dated = timetext::kz195(end)
        .filter(|(_, taken)| *taken == end.len())
        .map(|(reading, _)| reading);
    let found = dated.or_else(|| timetext::clock_on_day_of(end, event.reading.as_ref()?));
    let start = event.find_attr("op_start").filter(|s| !s.is_empty());
    let start = start.and_then(|s| timetext::clock_on_day_of(s, event.reading.as_ref()?));
    let clock = |reading: &TimeReading| match reading {
        TimeReading::Clock { civil, .. } => Some((civil.day, civil.hour, civil.minute, civil.second)),
        TimeReading::Instant { .. } => None,
    };
    let backwards = dated.is_none() && matches!((&start, &found), (Some(s), Some(e)) if clock(e) < clock(s));
    event.end_reading = found.filter(|_| !backwards);
}
