//! Who and what appears: people, machines, addresses. All invented.

/// A person with an account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    /// Account name in the domain and on servers.
    pub(super) login: &'static str,
    /// Name as the Kazakh and Russian programs write it.
    pub(super) name: &'static str,
    /// Address of the office computer.
    pub(super) address: &'static str,
    /// Name of the office computer.
    pub(super) computer: &'static str,
    /// Relative identifier in the domain.
    pub(super) rid: u32,
}

const fn person(
    login: &'static str,
    name: &'static str,
    address: &'static str,
    computer: &'static str,
    rid: u32,
) -> Person {
    Person {
        login,
        name,
        address,
        computer,
        rid,
    }
}

/// The staff; the first three administer systems.
pub(super) const STAFF: &[Person] = &[
    person("b.akhmetov", "Бауыржан Ахметов", "10.20.4.11", "WS-011", 1105),
    person("e.sadykov", "Ерлан Садықов", "10.20.4.12", "WS-012", 1106),
    person("n.kim", "Наталья Ким", "10.20.4.13", "WS-013", 1107),
    person("a.nurlanova", "Айгүл Нұрланова", "10.20.4.17", "WS-017", 1112),
    person("g.serikova", "Гүлнар Серікова", "10.20.4.31", "WS-031", 1126),
    person("d.omarov", "Дәурен Омаров", "10.20.4.32", "WS-032", 1127),
    person("i.petrova", "Ирина Петрова", "10.20.4.33", "WS-033", 1128),
    person("s.kuznetsov", "Сергей Кузнецов", "10.20.5.41", "WS-141", 1136),
    person("zh.tolegen", "Жанар Төлеген", "10.20.5.42", "WS-142", 1137),
    person("m.abdrakhman", "Мұрат Әбдірахман", "10.20.5.43", "WS-143", 1138),
    person("k.yskakova", "Қарлығаш Ысқақова", "10.20.5.44", "WS-144", 1139),
    person("t.zhumabek", "Тимур Жұмабек", "10.20.5.45", "WS-145", 1140),
    person("o.ivanova", "Ольга Иванова", "10.20.6.51", "WS-151", 1146),
    person("r.bekova", "Роза Бекова", "10.20.6.52", "WS-152", 1147),
    person("v.shmidt", "Виктор Шмидт", "10.20.6.53", "WS-153", 1148),
    person("sh.ualikhan", "Шыңғыс Уәлихан", "10.20.6.54", "WS-154", 1149),
];

/// The administrator whose password is guessed.
pub(super) const ADMIN: Person = STAFF[0];
/// The database administrator.
pub(super) const DBA: Person = STAFF[1];
/// The one who forgot a password on the morning of 31 December.
pub(super) const FORGETFUL: Person = STAFF[4];

/// Staff of the vendor in Ljubljana: login, certificate name.
pub(super) const VENDOR: &[(&str, &str)] = &[
    ("ziga.novak", "Žiga Novak"),
    ("spela.kranjc", "Špela Kranjc"),
    ("matjaz.zupancic", "Matjaž Zupančič"),
    ("jure.oblak", "Jure Oblak"),
];

/// Where the guessing comes from, and the logons after it.
pub(super) const ATTACKER: &str = "203.0.113.77";
/// Where the export goes.
pub(super) const DROP: &str = "198.51.100.200";
/// The attacker's address inside the tunnel.
pub(super) const ATTACKER_TUNNEL: &str = "10.20.9.66";
/// The machine that scans on order.
pub(super) const SCANNER: &str = "10.20.8.50";
/// The account with a Cyrillic letter (U+0430) at its beginning.
pub(super) const LOOK_ALIKE: &str = "\u{430}dmin";

/// Public address of the web server.
pub(super) const WEB_PUBLIC: &str = "192.0.2.10";
/// The web server in its zone.
pub(super) const WEB: &str = "10.20.1.10";
/// The mail server.
pub(super) const MAIL: &str = "10.20.1.25";
/// The database server.
pub(super) const DB: &str = "10.20.3.20";
/// The application server.
pub(super) const APP: &str = "10.20.3.30";
/// The domain controller.
pub(super) const DC: &str = "10.20.2.10";
/// The file server.
pub(super) const FS: &str = "10.20.2.20";
/// The backup machine.
pub(super) const BACKUP: &str = "10.20.8.20";
/// SID of the domain without its last part.
pub(super) const DOMAIN_SID: &str = "S-1-5-21-3120457781-1904412265-2750018837";

/// Names that scanners of the internet try.
pub(super) const GUESSED: &[&str] = &[
    "root",
    "admin",
    "test",
    "oracle",
    "ubuntu",
    "postgres",
    "user",
    "ftpuser",
    "git",
    "pi",
    "deploy",
    "www",
    "nagios",
    "hadoop",
    "support",
    "guest",
    "mysql",
    "jenkins",
    "minecraft",
    "es",
    "akimat",
    "1c",
    "buh",
    "sysadmin",
];

/// An address of the internet, as documentation knows it (RFC 5737); every fifteenth or so has version 6 (RFC 3849).
pub(super) fn outsider(r: &mut crate::rng::Stream) -> String {
    // .77 and .200 belong to the incident alone.
    let last = |r: &mut crate::rng::Stream| match r.between(2, 253) {
        77 | 200 => 78,
        other => other,
    };
    match r.below(15) {
        0 => format!(
            "2001:db8:{:x}:{:x}::{:x}",
            r.below(0x3ff),
            r.below(0xffff),
            r.between(1, 0xffff)
        ),
        1..=7 => format!("198.51.100.{}", last(r)),
        _ => format!("203.0.113.{}", last(r)),
    }
}

/// The same without version 6.
pub(super) fn outsider4(r: &mut crate::rng::Stream) -> String {
    loop {
        let address = outsider(r);
        if !address.contains(':') {
            return address;
        }
    }
}
