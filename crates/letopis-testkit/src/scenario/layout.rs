//! Which source wrote what, and how its files are named, cut, packed and encoded.

use chrono::{Datelike as _, NaiveDateTime, TimeDelta};

use super::sources::{antivirus, buh, edoc};
use super::stage::LogId;

/// Months of the scenario, in order.
pub(super) const MONTHS: [(i32, u32); 7] = [
    (2025, 10),
    (2025, 11),
    (2025, 12),
    (2026, 1),
    (2026, 2),
    (2026, 3),
    (2026, 4),
];

/// A source as `sources.csv` has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct SourceSpec {
    pub(super) id: &'static str,
    pub(super) pattern: &'static str,
    pub(super) name: &'static str,
    pub(super) category: &'static str,
    pub(super) owner: &'static str,
    pub(super) zone: &'static str,
    pub(super) rhythm: &'static str,
    pub(super) logs: &'static [LogId],
}

macro_rules! source {
    ($id:literal, $pattern:literal, $name:literal, $category:literal, $owner:literal, $zone:literal, $rhythm:literal, $($log:ident),*) => {
        SourceSpec { id: $id, pattern: $pattern, name: $name, category: $category, owner: $owner, zone: $zone, rhythm: $rhythm, logs: &[$(LogId::$log),*] }
    };
}

/// All sources but the central copy.
pub(super) const SOURCES: &[SourceSpec] = &[
    source!(
        "web-os",
        "srv-web/var-log/**",
        "Web server srv-web, operating system",
        "os",
        "b.akhmetov",
        "Asia/Almaty",
        "daily",
        WebAuth,
        WebSys
    ),
    source!(
        "db-os",
        "srv-db/**",
        "Database server srv-db, operating system",
        "os",
        "e.sadykov",
        "Asia/Almaty",
        "daily",
        DbAuth,
        DbSys,
        DbAudit
    ),
    source!(
        "app-os",
        "srv-app/**",
        "Application server srv-app, operating system",
        "os",
        "n.kim",
        "Asia/Almaty",
        "daily",
        AppSecure,
        AppMessages,
        AppCron
    ),
    source!(
        "mail-os",
        "srv-mail/**",
        "Mail server srv-mail",
        "os",
        "n.kim",
        "Asia/Almaty",
        "hourly",
        Mail
    ),
    source!(
        "dc01",
        "dc01/**",
        "Domain controller DC01, Security log as forwarded to the collector",
        "os",
        "b.akhmetov",
        "UTC",
        "daily",
        Dc
    ),
    source!(
        "fs01",
        "fs01/**",
        "File server FS01, event logs by Winlogbeat",
        "os",
        "n.kim",
        "UTC",
        "daily",
        Fs
    ),
    source!(
        "pg-registry",
        "postgres/**",
        "PostgreSQL cluster of the registry, pgAudit",
        "dbms",
        "e.sadykov",
        "Asia/Almaty",
        "daily",
        Pg
    ),
    source!(
        "asa-fw1",
        "asa-fw1/**",
        "Firewall asa-fw1",
        "network",
        "b.akhmetov",
        "UTC",
        "daily",
        Asa
    ),
    source!(
        "vpn-lj",
        "vpn-lj/**",
        "VPN-strežnik Ljubljana (vendor support)",
        "network",
        "Žiga Novak",
        "Europe/Ljubljana",
        "hourly",
        Vpn
    ),
    source!(
        "portal-nginx",
        "srv-web/nginx/**",
        "Портал, nginx",
        "application",
        "n.kim",
        "Asia/Almaty",
        "daily",
        Nginx
    ),
    source!(
        "edoc",
        "edoc/**",
        "Құжат айналымы жүйесі",
        "application",
        "n.kim",
        "Asia/Almaty",
        "daily",
        Edoc
    ),
    source!(
        "buh",
        "buh/**",
        "Бухгалтерия",
        "application",
        "o.ivanova",
        "Asia/Almaty",
        "workdays",
        Buh
    ),
    source!(
        "av-server",
        "av-server/**",
        "Сервер антивирусной защиты",
        "protection",
        "b.akhmetov",
        "Asia/Almaty",
        "daily",
        Av
    ),
];

/// The central copy of srv-web and srv-db.
pub(super) const CENTRAL: SourceSpec = source!(
    "syslog-central",
    "central/**",
    "Central syslog: copies of srv-web and srv-db",
    "os",
    "n.kim",
    "Asia/Almaty",
    "daily",
);

/// Where one month of one log lies.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Path under `logs/`.
    pub(super) path: String,
    pub(super) members: Vec<String>,
    /// From outside in.
    pub(super) containers: Vec<&'static str>,
}

/// How a log's bytes are made from its records.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Name of the grammar.
    pub(super) format: &'static str,
    pub(super) encoding: &'static str,
    pub(super) header: Option<&'static str>,
    /// Bytes before the first line.
    pub(super) mark: &'static [u8],
    pub(super) line_end: &'static str,
    /// Added to the running number of records.
    pub(super) first_number: u64,
}

/// The shape of a log.
pub(super) fn shape(log: LogId) -> Shape {
    let plain = Shape {
        format: "syslog-rfc3164",
        encoding: "utf-8",
        header: None,
        mark: b"",
        line_end: "\n",
        first_number: 0,
    };
    match log {
        LogId::DbAudit => Shape {
            format: "auditd",
            first_number: 20_417,
            ..plain
        },
        LogId::Mail => Shape {
            format: "syslog-rfc5424",
            ..plain
        },
        LogId::Dc => Shape {
            format: "windows-xml",
            first_number: 918_221,
            line_end: "\r\n",
            ..plain
        },
        LogId::Fs => Shape {
            format: "windows-json",
            first_number: 40_112,
            ..plain
        },
        LogId::Pg => Shape {
            format: "postgres-csv",
            ..plain
        },
        LogId::Asa => Shape {
            format: "cisco-asa",
            ..plain
        },
        LogId::Nginx => Shape {
            format: "web-access",
            ..plain
        },
        LogId::Edoc => Shape {
            format: "kz195",
            header: Some(edoc::HEADER),
            ..plain
        },
        LogId::Buh => Shape {
            format: "delimited",
            encoding: "windows-1251",
            header: Some(buh::HEADER),
            line_end: "\r\n",
            ..plain
        },
        LogId::Av => Shape {
            format: "delimited",
            header: Some(antivirus::HEADER),
            mark: "\u{feff}".as_bytes(),
            line_end: "\r\n",
            ..plain
        },
        _ => plain,
    }
}

/// Which month's file takes a record, by the clock that wrote it. Rotation happens in the early morning of the
/// first day where a job does it, at midnight where the name carries the date.
pub(super) fn month_of(log: LogId, clock: NaiveDateTime) -> usize {
    let late = match log {
        LogId::WebAuth | LogId::WebSys | LogId::DbAuth | LogId::DbSys | LogId::Nginx | LogId::Vpn => {
            TimeDelta::minutes(6 * 60 + 25)
        }
        LogId::AppSecure | LogId::AppMessages | LogId::AppCron | LogId::DbAudit => {
            TimeDelta::minutes(3 * 60 + 12)
        }
        _ => TimeDelta::zero(),
    };
    let shifted = clock.checked_sub_signed(late).unwrap_or(clock);
    month_index(shifted)
}

/// Index in [`MONTHS`]; earlier and later dates go to the first and last.
pub(super) fn month_index(clock: NaiveDateTime) -> usize {
    let number = (clock.year() - 2025) * 12 + clock.month() as i32 - 10;
    usize::try_from(number.max(0)).unwrap_or(0).min(MONTHS.len() - 1)
}

/// `2025-10`.
pub(super) fn month_name(month: usize) -> String {
    let (year, number) = MONTHS[month.min(MONTHS.len() - 1)];
    format!("{year}-{number:02}")
}

/// logrotate without dates: the newest without number, then `.1` (packed unless `delaycompress`), older ones packed.
fn numbered(folder: &str, name: &str, month: usize, delayed: bool) -> Place {
    let age = MONTHS.len() - 1 - month;
    let (path, containers) = match age {
        0 => (format!("{folder}/{name}"), vec![]),
        1 if delayed => (format!("{folder}/{name}.1"), vec![]),
        _ => (format!("{folder}/{name}.{age}.gz"), vec!["gz"]),
    };
    Place {
        path,
        members: vec![],
        containers,
    }
}

/// logrotate with `dateext`: the day of the rotation stands in the name.
fn dated(folder: &str, name: &str, month: usize) -> Place {
    let Some((year, number)) = MONTHS.get(month + 1) else {
        return Place {
            path: format!("{folder}/{name}"),
            members: vec![],
            containers: vec![],
        };
    };
    Place {
        path: format!("{folder}/{name}-{year}{number:02}01.gz"),
        members: vec![],
        containers: vec!["gz"],
    }
}

fn packed(path: String, container: &'static str) -> Place {
    Place {
        path,
        members: vec![],
        containers: vec![container],
    }
}

/// Puts a place inside an archive.
fn inside(archive: &str, outer: &[&'static str], inner: Place) -> Place {
    let containers = outer.iter().copied().chain(inner.containers).collect();
    Place {
        path: archive.to_owned(),
        members: vec![inner.path],
        containers,
    }
}

/// Where one month of a log lies.
pub(super) fn place(log: LogId, month: usize) -> Place {
    let name = month_name(month);
    let quarter = match month {
        0..=2 => "2025Q4",
        3..=5 => "2026Q1",
        _ => "2026Q2",
    };
    let db = |inner| inside("srv-db/var-log.tar.gz", &["gz", "tar"], inner);
    match log {
        LogId::WebAuth => numbered("srv-web/var-log", "auth.log", month, true),
        LogId::WebSys => numbered("srv-web/var-log", "syslog", month, true),
        LogId::Nginx => numbered("srv-web/nginx", "access.log", month, false),
        LogId::DbAuth => db(numbered("var/log", "auth.log", month, true)),
        LogId::DbSys => db(numbered("var/log", "syslog", month, true)),
        LogId::DbAudit => {
            let age = MONTHS.len() - 1 - month;
            let name = if age == 0 {
                "audit.log".to_owned()
            } else {
                format!("audit.log.{age}")
            };
            db(Place {
                path: format!("var/log/audit/{name}"),
                members: vec![],
                containers: vec![],
            })
        }
        LogId::AppSecure => dated("srv-app", "secure", month),
        LogId::AppMessages => dated("srv-app", "messages", month),
        LogId::AppCron => dated("srv-app", "cron", month),
        LogId::Mail => packed(format!("srv-mail/mail-{name}.log.gz"), "gz"),
        LogId::Vpn => numbered("vpn-lj", "syslog", month, false),
        LogId::Dc => inside(
            &format!("dc01/Security-{quarter}.zip"),
            &["zip"],
            Place {
                path: format!("Security-{name}.xml"),
                members: vec![],
                containers: vec![],
            },
        ),
        LogId::Fs => packed(format!("fs01/winlogbeat-{name}.ndjson.zst"), "zst"),
        LogId::Pg => packed(format!("postgres/postgresql-{name}.csv.zst"), "zst"),
        LogId::Asa => packed(format!("asa-fw1/asa-fw1-{name}.log.xz"), "xz"),
        LogId::Edoc if month == 3 => Place {
            path: format!("edoc/edoc-{name}.log"),
            members: vec![],
            containers: vec![],
        },
        LogId::Edoc => packed(format!("edoc/edoc-{name}.log.gz"), "gz"),
        LogId::Buh => packed(format!("buh/journal-{name}.txt.bz2"), "bz2"),
        LogId::Av => packed(format!("av-server/events-{name}.csv.gz"), "gz"),
    }
}

/// Where one month of the central copy lies.
pub(super) fn central_place(host: &str, month: usize) -> Place {
    let name = month_name(month);
    let inner = Place {
        path: format!("remote/{host}/{name}.log"),
        members: vec![],
        containers: vec![],
    };
    inside(
        &format!("central/remote-{}.tar.zst", &name[..4]),
        &["zst", "tar"],
        inner,
    )
}
