//! Which column holds which field of KZ195 Appendix 4: by the header line, else by the order that the law gives.

use letopis_event::Category;
use serde::{Deserialize, Serialize};

use super::super::delimited::layout::{Layout, split};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// A field of the five layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Role {
    DateTime,
    Date,
    Clock,
    Host,
    /// KZ195-A4-10.3: address or name.
    HostOrAddress,
    HostIp,
    Account,
    SrcIp,
    DstIp,
    Service,
    Start,
    End,
    Description,
    Object,
    Other,
}

/// The columns of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Columns {
    pub(super) layout: Layout,
    pub(super) roles: Vec<Role>,
    /// The chapter of the appendix; `None` where application and protection cannot be told apart by the layout.
    pub(super) chapter: Option<String>,
    /// The header line as it stands, where there is one.
    pub(super) header: Option<String>,
}

/// Roles by words of a header, the more specific first.
const HEADERS: &[(Role, &[&str])] = &[
    (Role::Start, &["басталу", "начал", "start"]),
    (Role::End, &["аяқталу", "оконч", "end"]),
    (
        Role::DateTime,
        &[
            "күні мен уақыты",
            "дата и время",
            "date and time",
            "datetime",
            "date/time",
            "timestamp",
            "event_time",
        ],
    ),
    (Role::Date, &["күні", "дата", "date"]),
    (Role::Clock, &["уақыт", "время", "time"]),
    (Role::DstIp, &["тағайындал", "назначен", "destination", "dst"]),
    (
        Role::SrcIp,
        &[
            "бастапқы",
            "исходн",
            "источника ip",
            "source ip",
            "src",
            "қолданушының ip",
            "пользователя ip",
            "ip-адрес пользовател",
            "ip адрес пользовател",
            "клиенттің ip",
            "ip-адрес клиент",
            "ip адрес клиент",
            "client ip",
            "user ip",
            "client_ip",
            "user_ip",
        ],
    ),
    (
        Role::HostOrAddress,
        &["ip-мекенжай немесе", "ip-адрес или", "ip or", "ip address or"],
    ),
    (
        Role::HostIp,
        &[
            "хосттың ip",
            "ip-адрес хост",
            "ip адрес хост",
            "host ip",
            "host_ip",
        ],
    ),
    (Role::Description, &["сипаттама", "описани", "description"]),
    (Role::Object, &["объектінің атауы", "объект", "object"]),
    (
        Role::Account,
        &[
            "есептік жазба",
            "учетн",
            "учётн",
            "account",
            "қолданушы",
            "пользовател",
            "user",
        ],
    ),
    (
        Role::Service,
        &[
            "көзінің атауы",
            "оқиға көзі",
            "источник",
            "сервис",
            "қызмет",
            "source",
            "service",
        ],
    ),
    (Role::Host, &["хост", "құрылғы", "устройств", "host", "device"]),
];

fn role_of(name: &str) -> Role {
    let name = name.trimmed().trim_start_matches('\u{feff}').to_lowercase();
    HEADERS
        .iter()
        .find(|(_, words)| words.iter().any(|w| name.contains(w)))
        .map_or(Role::Other, |(role, _)| *role)
}

/// The law's own order of fields behind the time, by chapter.
const OS: &[Role] = &[Role::Host, Role::Description];
const DBMS: &[Role] = &[
    Role::Account,
    Role::HostOrAddress,
    Role::Description,
    Role::Object,
];
const NETWORK: &[Role] = &[
    Role::Host,
    Role::Account,
    Role::HostIp,
    Role::SrcIp,
    Role::DstIp,
    Role::Description,
];
const APPLICATION: &[Role] = &[
    Role::Service,
    Role::Account,
    Role::SrcIp,
    Role::Start,
    Role::End,
    Role::Description,
];

fn is_date(value: &str) -> bool {
    let value = value.trimmed();
    let has_colons = value.as_bytes().iter().filter(|b| **b == b':').count() == 2;
    has_colons && timetext::date_alone(value, false).is_some()
}

fn is_date_time(value: &str) -> bool {
    timetext::kz195(value.trimmed()).is_some()
}

fn is_clock(value: &str) -> bool {
    is_date_time(value) || {
        let mut parts = value.trimmed().pieces(b':');
        let number = |part: Option<&str>, most: u32| {
            part.is_some_and(|p| p.len() == 2 && p.parse::<u32>().is_ok_and(|n| n <= most))
        };
        number(parts.next(), 23)
            && number(parts.next(), 59)
            && number(parts.next(), 60)
            && parts.next().is_none()
    }
}

impl Columns {
    /// The columns of a text that begins like this; `None` where no column holds a time as the law writes it.
    pub(super) fn guess(text: &str) -> Option<Self> {
        let layout = Layout::guess(text)?;
        let mut lines = text.lines().filter(|l| !l.trimmed().is_empty());
        let first = lines.next()?;
        let values = |line: &str| {
            let mut out = Vec::new();
            split(
                line,
                layout.separator,
                layout.quote,
                &mut String::new(),
                &mut |_, v| out.push(v.to_owned()),
            );
            out
        };
        let names = values(first);
        let is_header = !names.iter().any(|v| is_date(v) || is_date_time(v));
        let sample = if is_header {
            values(lines.next()?)
        } else {
            names.clone()
        };
        let at = sample.iter().position(|v| is_date(v) || is_date_time(v))?;
        let split_time = is_date(&sample[at]);
        if split_time && !sample.get(at + 1).is_some_and(|v| is_clock(v)) {
            return None;
        }
        let roles = if is_header { by_header(&names) } else { None };
        let mut columns = Self {
            layout,
            roles: Vec::new(),
            chapter: None,
            header: is_header.then(|| first.to_owned()),
        };
        match roles {
            Some(roles) => {
                columns.chapter = chapter_of(&roles, &names).map(|c| c.as_str().to_owned());
                columns.roles = roles;
            }
            None => columns.by_order(&sample, at, split_time)?,
        }
        Some(columns)
    }

    /// Roles by the law's order, told apart by what the values are.
    fn by_order(&mut self, sample: &[String], at: usize, split_time: bool) -> Option<()> {
        let skip = at + 1 + usize::from(split_time);
        let rest = sample.get(skip..)?;
        let is_address =
            |v: Option<&String>| v.is_some_and(|v| v.trimmed().parse::<std::net::IpAddr>().is_ok());
        let empty_or =
            |v: Option<&String>, f: fn(&str) -> bool| v.is_some_and(|v| v.trimmed().is_empty() || f(v));
        let (order, chapter): (&[Role], _) = match rest.len() {
            0 | 1 => return None,
            2 => (OS, Some(Category::Os)),
            3 | 4 => (DBMS, Some(Category::Dbms)),
            _ if is_address(rest.get(2))
                && empty_or(rest.get(3), is_clock)
                && empty_or(rest.get(4), is_clock) =>
            {
                (APPLICATION, None)
            }
            _ if is_address(rest.get(3)) || is_address(rest.get(4)) => (NETWORK, Some(Category::Network)),
            _ if empty_or(rest.get(3), is_clock) && empty_or(rest.get(4), is_clock) => (APPLICATION, None),
            _ => (NETWORK, Some(Category::Network)),
        };
        self.roles = vec![Role::Other; at];
        if split_time {
            self.roles.extend([Role::Date, Role::Clock]);
        } else {
            self.roles.push(Role::DateTime);
        }
        self.roles.extend(order);
        self.chapter = chapter.map(|c| c.as_str().to_owned());
        Some(())
    }

    pub(super) fn to_state(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn from_state(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// Roles by a header line that names the time and the description.
fn by_header(names: &[String]) -> Option<Vec<Role>> {
    let mut roles: Vec<Role> = names.iter().map(|n| role_of(n)).collect();
    // `дата` alone is both where no column of its own holds the clock.
    if !roles.contains(&Role::Clock) {
        for role in &mut roles {
            if *role == Role::Date {
                *role = Role::DateTime;
            }
        }
    }
    let timed = roles.contains(&Role::DateTime) || roles.contains(&Role::Date);
    (timed && roles.contains(&Role::Description)).then_some(roles)
}

/// The chapter whose fields these are.
fn chapter_of(roles: &[Role], names: &[String]) -> Option<Category> {
    let has = |role| roles.contains(&role);
    if has(Role::Service) {
        let client = names.iter().any(|n| {
            let name = n.to_lowercase();
            name.has("клиент") || name.has("client")
        });
        return client.then_some(Category::Protection);
    }
    if has(Role::DstIp) {
        Some(Category::Network)
    } else if has(Role::HostOrAddress) || has(Role::Object) {
        Some(Category::Dbms)
    } else {
        Some(Category::Os)
    }
}
