//! The logs of MySQL and MariaDB: error, general query, slow query, audit plugins.

pub(super) mod audit;
pub(super) mod audit_records;
pub(super) mod error;
pub(super) mod general;
pub(super) mod slow;

use letopis_event::{Civil, EventBuf, Kind, Text, TimeReading};

use super::scan;
use super::sql;
use crate::format::joined;
use crate::formats::scan::Cut as _;
use crate::timetext;

/// The kinds that statements and the server make.
const KINDS: &[Kind] = &joined::<33>(
    &[
        Kind::AUTH_LOGON,
        Kind::AUTH_LOGOFF,
        Kind::NETWORK_CONNECT,
        Kind::NETWORK_DISCONNECT,
        Kind::SERVICE_START,
        Kind::SERVICE_STOP,
        Kind::CONFIG_CHANGE,
        Kind::LOG_ROTATE,
        Kind::RESOURCE_EXHAUSTED,
        Kind::ERROR_REPORT,
        Kind::PART,
        Kind::OTHER,
    ],
    sql::KINDS,
);

/// A time as any version writes it: `2026-01-01T00:12:03.123456Z`, `2026-01-01  0:12:03`, `260101  0:12:03`.
fn time(text: &str) -> timetext::Taken {
    let digits = text.bytes().take(9).take_while(u8::is_ascii_digit).count();
    match digits {
        4 => timetext::iso8601(text),
        6 => packed(text),
        _ => None,
    }
}

/// `yymmdd`, one or two blanks, the clock with an hour that is not padded.
fn packed(text: &str) -> timetext::Taken {
    let date = text.get(..6)?;
    let blanks = text.bytes().skip(6).take_while(|b| *b == b' ').count();
    let clock = text.get(6 + blanks..).filter(|_| matches!(blanks, 1 | 2))?;
    let (hour, rest) = clock.cut(b':').filter(|(h, _)| matches!(h.len(), 1 | 2))?;
    let (minute, second) = (rest.get(..2)?, rest.get(3..5)?);
    let number = |t: &str| t.parse::<u8>().ok();
    let year = i32::from(number(date.get(..2)?)?);
    let civil = Civil {
        year: Some(if year >= 69 { 1900 + year } else { 2000 + year }),
        month: number(date.get(2..4)?)?,
        day: number(date.get(4..)?)?,
        hour: number(hour)?,
        minute: number(minute)?,
        second: number(second)?,
        nanos: 0,
    };
    civil.in_year(civil.year?)?;
    let taken = 6 + blanks + hour.len() + 6;
    (rest.as_bytes().get(2) == Some(&b':')).then_some((
        TimeReading::Clock {
            civil,
            offset_min: None,
        },
        taken,
    ))
}

/// What a statement does: kind and target. A `SET` of the server's own variables is configuration.
fn statement(query: &str, event: &mut EventBuf) {
    event.set(Text::XQuery, query);
    let Some(found) = sql::statement(query) else {
        event.kind = Kind::DB_OTHER;
        return;
    };
    event.kind = found.kind;
    if let Some(target) = found.target {
        event.set(Text::Target, target.trim_matches('`'));
    }
    if event.get(Text::Target).is_some_and(sql::is_log_table) {
        event.attr("component", "logging");
    }
    global(query, event);
}

/// `SET GLOBAL …`, `SET PERSIST …`, `SET @@global.…`: the server's configuration.
fn global(query: &str, event: &mut EventBuf) {
    let mut words = scan::words(query);
    if !words.next().is_some_and(|w| scan::same(w, "set")) {
        return;
    }
    let second = words.next().unwrap_or_default();
    let name = if scan::same(second, "global") || scan::same(second, "persist") {
        words.next().unwrap_or_default()
    } else {
        let lower = second.get(..9).unwrap_or_default();
        if !scan::same(lower, "@@global.") {
            return;
        }
        second.get(9..).unwrap_or_default()
    };
    let name = name.pieces(b'=').next().unwrap_or_default();
    if name.is_empty() {
        return;
    }
    event.set(Text::Target, name);
    let logging = sql::is_log_setting(name)
        || [
            "slow_query_log",
            "server_audit",
            "audit_log",
            "log_output",
            "log_error",
        ]
        .iter()
        .any(|h| name.get(..h.len()).is_some_and(|n| scan::same(n, h)));
    event.kind = if logging {
        Kind::LOG_POLICY_CHANGE
    } else {
        Kind::CONFIG_CHANGE
    };
}

/// `user[user] @ host [address]`: the account and where it came from.
fn account(text: &str, event: &mut EventBuf) {
    let (who, from) = scan::split(text, " @ ").unwrap_or((text, ""));
    let user = match who.cut(b'[') {
        // The second name is the account that the privileges are of.
        Some(("", effective)) => effective.less_end(b']'),
        Some((given, _)) => given,
        None => who,
    };
    event.set(Text::UserName, user.trimmed());
    let (host, rest) = from.cut(b'[').unwrap_or((from, ""));
    let address = rest.pieces(b']').next().unwrap_or_default();
    let place = if address.is_empty() {
        host.trimmed()
    } else {
        address
    };
    scan::set_source(event, place);
    if !address.is_empty() && !host.trimmed().is_empty() {
        event.attr("src_host", host.trimmed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_all_versions_are_read() {
        for (text, taken) in [
            ("2026-01-01T00:12:03.123456Z 8", 27),
            ("2026-01-01  0:12:03 8", 19),
            ("260101  0:12:03 [Note]", 15),
            ("260101 10:12:03 [Note]", 15),
        ] {
            assert_eq!(time(text).map(|t| t.1), Some(taken), "{text}");
        }
        for text in ["", "261301  0:12:03", "260101", "260101  0-12-03", "1234567890"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn accounts_are_told_from_their_hosts() {
        let mut event = EventBuf::default();
        account("root[root] @ localhost [127.0.0.1]", &mut event);
        assert_eq!(
            (event.get(Text::UserName), event.get(Text::SrcIp)),
            (Some("root"), Some("127.0.0.1"))
        );
        event.clear();
        account("app[app] @ web1.example []", &mut event);
        assert_eq!(event.find_attr("src_host"), Some("web1.example"));
    }
}
