//! What the message of a record says: sessions, statements, pgAudit, the server itself.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::fields::Fields;
use super::statement;
use crate::format::joined;
use crate::formats::scan::{self, Cut as _};
use crate::formats::sql;
use crate::near;

/// The kinds that records of the server make.
pub(in crate::formats) const KINDS: &[Kind] = &joined::<31>(
    &[
        Kind::AUTH_LOGON,
        Kind::AUTH_LOGOFF,
        Kind::AUTH_UNREGISTERED_ACCOUNT,
        Kind::NETWORK_CONNECT,
        Kind::SERVICE_START,
        Kind::SERVICE_STOP,
        Kind::CONFIG_CHANGE,
        Kind::RESOURCE_EXHAUSTED,
        Kind::ERROR_REPORT,
        Kind::OTHER,
    ],
    sql::KINDS,
);

/// What a record of any of the server's three formats says; empty where it says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::formats) struct Entry<'a> {
    pub(in crate::formats) message: &'a str,
    /// SQLSTATE.
    pub(in crate::formats) state: &'a str,
    pub(in crate::formats) detail: &'a str,
    /// The statement that failed.
    pub(in crate::formats) query: &'a str,
}

/// Reads the message into kind, outcome, target, statement and duration. The outcome is `Failure` already where the
/// severity says so.
pub(in crate::formats) fn read(entry: &Entry<'_>, audit: &mut Fields, event: &mut EventBuf) {
    let message = entry.message;
    if let Some(record) = message.strip_prefix("AUDIT: ") {
        pgaudit(record, audit, event);
    } else if event.outcome == Outcome::Failure {
        failed(entry, event);
    } else if let Some(rest) = after(message, &["duration: ", "продолжительность: "]) {
        timed(rest, event);
    } else if !phase(message, event) && !session(message, event) {
        server(message, event);
    }
    if event.get(Text::Target).is_some_and(sql::is_log_table) {
        event.attr("component", "logging");
    }
}

fn after<'a>(text: &'a str, heads: &[&str]) -> Option<&'a str> {
    heads.iter().find_map(|head| text.strip_prefix(head))
}

/// `AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.t,"select …",<none>` (pgAudit README): type, statement, part, class,
/// command, object type, object name, statement, parameters, and with `pgaudit.log_rows` the number of rows.
fn pgaudit(record: &str, audit: &mut Fields, event: &mut EventBuf) {
    if audit.read_record(record).is_none() || audit.count() < 8 {
        event.kind = Kind::DB_OTHER;
        event.attr("pgaudit", "the audit record is not complete");
        return;
    }
    for (at, name) in [
        (0, "audit_type"),
        (1, "statement_id"),
        (2, "substatement_id"),
        (3, "class"),
        (5, "object_type"),
        (8, "parameter"),
        (9, "rows"),
    ] {
        let value = audit.get(at);
        if !value.is_empty() {
            event.attr(name, value);
        }
    }
    event.set(Text::Action, audit.get(4));
    let hidden = |text: &str| text.starts_with('<') && text.ends_with('>');
    let query = audit.get(7);
    if !hidden(query) {
        event.set(Text::XQuery, query);
    }
    event.set(Text::Target, audit.get(6));
    // The command decides: the text of the statement may hold several, or be left out.
    let command = sql::statement(audit.get(4)).map_or(Kind::DB_OTHER, |s| s.kind);
    let written = if hidden(query) {
        Kind::DB_OTHER
    } else {
        statement(query, event)
    };
    let same_verb = |a: &str, b: &str| {
        let word = |t: &str| t.split_whitespace().next().map(str::to_ascii_lowercase);
        word(a) == word(b)
    };
    // An ALTER that renames, a SET that stops logging: the statement tells more, if it is the same command.
    event.kind = if same_verb(audit.get(4), query) && written != Kind::DB_OTHER {
        written
    } else {
        command
    };
    if event.kind == Kind::DB_OTHER && audit.get(3) == "FUNCTION" {
        event.kind = Kind::DB_CALL;
    }
}

/// `0.123 ms`, alone or before `  statement: …`: the statement is done.
fn timed(rest: &str, event: &mut EventBuf) {
    let (number, rest) = rest.cut(b' ').unwrap_or((rest, ""));
    if let Some(micros) = millis(number) {
        event.set_number(Number::XDurationUs, micros);
    }
    event.kind = Kind::DB_OTHER;
    let rest = rest
        .trim_start_matches(|c: char| c.is_alphabetic())
        .trimmed_start();
    if !rest.is_empty() {
        phase(rest, event);
    }
    event.outcome = Outcome::Success;
}

/// Milliseconds with a fraction, in microseconds; no float, so that nothing is rounded.
fn millis(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let whole: i64 = whole.parse().ok()?;
    let digits = fraction.get(..fraction.len().min(3))?;
    let value: i64 = digits.parse().ok()?;
    let scale = [1000, 100, 10, 1].get(digits.len()).copied()?;
    whole.checked_mul(1000)?.checked_add(value * scale)
}

/// `statement: …`, `execute NAME: …`, and the two phases before it, `parse` and `bind`, which run nothing.
fn phase(message: &str, event: &mut EventBuf) -> bool {
    if let Some(query) = after(message, &["statement: ", "оператор: "]) {
        event.set(Text::XQuery, query);
        event.kind = statement(query, event);
        return true;
    }
    let Some((head, query)) = message.cut_at(": ") else {
        return false;
    };
    match head.cut(b' ').map(|(verb, _)| verb) {
        Some("execute" | "выполнение") => {
            event.set(Text::XQuery, query);
            event.kind = statement(query, event);
            true
        }
        Some("parse" | "bind" | "разбор" | "привязка") => {
            event.set(Text::XQuery, query);
            event.kind = Kind::DB_OTHER;
            true
        }
        _ => false,
    }
}

/// Connections: what the server says of them in English and Russian.
fn session(message: &str, event: &mut EventBuf) -> bool {
    let is = |heads: &[&str]| heads.iter().any(|head| message.starts_with(head));
    if is(&[
        "connection received:",
        "получено подключение:",
        "принято подключение:",
    ]) {
        event.kind = Kind::NETWORK_CONNECT;
        if let Some(host) = word_after(message, "host=")
            && host.parse::<std::net::IpAddr>().is_ok()
        {
            event.set_if_absent(Text::SrcIp, host);
        }
        if let Some(port) = word_after(message, "port=").filter(|_| event.number(Number::SrcPort).is_none()) {
            event.set_number_text(Number::SrcPort, port);
        }
    } else if is(&[
        "connection authorized:",
        "replication connection authorized:",
        "соединение авторизовано:",
        "подключение авторизовано:",
    ]) {
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Success;
        copy_word(message, "user=", Text::UserName, event);
        copy_word(message, "database=", Text::Target, event);
    } else if is(&["disconnection:", "отключение:"]) {
        event.kind = Kind::AUTH_LOGOFF;
        copy_word(message, "database=", Text::Target, event);
        if let Some(micros) = word_after(message, "session time: ")
            .or_else(|| word_after(message, "время сеанса: "))
            .and_then(clock)
        {
            event.set_number(Number::XDurationUs, micros);
        }
    } else {
        return false;
    }
    true
}

fn word_after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let (_, rest) = scan::split(text, mark)?;
    let end = near::byte2(b' ', b',', rest.as_bytes()).unwrap_or(rest.len());
    rest.get(..end).filter(|w| !w.is_empty())
}

fn copy_word(message: &str, mark: &str, column: Text, event: &mut EventBuf) {
    if let Some(word) = word_after(message, mark) {
        event.set_if_absent(column, word);
    }
}

/// `1:02:03.456` in microseconds.
fn clock(text: &str) -> Option<i64> {
    let mut parts = text.pieces(b':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next()?.parse().ok()?;
    let micros = millis(parts.next()?)?;
    // `millis` took seconds for milliseconds: a thousand times too little.
    (hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?)
        .checked_mul(1_000_000)?
        .checked_add(micros.checked_mul(1000)?)
}

/// Errors. SQLSTATE class 28 is a refused logon (manual, appendix "Error Codes").
fn failed(entry: &Entry<'_>, event: &mut EventBuf) {
    let Entry {
        message,
        state,
        detail,
        query,
    } = *entry;
    if state.starts_with("28") {
        let unknown = [message, detail].iter().any(|text| {
            let role = text.has("role \"") || text.has("Role \"") || text.has("оль \"");
            role && (text.has("does not exist") || text.has("не существует"))
        });
        event.kind = if unknown {
            Kind::AUTH_UNREGISTERED_ACCOUNT
        } else {
            Kind::AUTH_LOGON
        };
        return;
    }
    // A refused right is a refusal; the rest of the class 42 and others are errors.
    if state == "42501" {
        event.set(Text::Status, "denied");
    }
    event.kind = match state {
        "53100" | "53200" | "53300" | "53400" | "53000" => Kind::RESOURCE_EXHAUSTED,
        // The database that was asked for is not there, or takes no connections.
        "3D000" | "57P03" if query.is_empty() => Kind::AUTH_LOGON,
        _ if query.is_empty() => Kind::ERROR_REPORT,
        _ => statement(query, event),
    };
}

/// The server's own state.
fn server(message: &str, event: &mut EventBuf) {
    let is = |heads: &[&str]| heads.iter().any(|head| message.starts_with(head));
    if is(&[
        "database system is ready to accept connections",
        "система БД готова принимать подключения",
    ]) {
        event.kind = Kind::SERVICE_START;
        event.outcome = Outcome::Success;
    } else if is(&["starting PostgreSQL", "запускается PostgreSQL"]) {
        event.kind = Kind::SERVICE_START;
    } else if is(&["database system is shut down", "система БД выключена"]) {
        event.kind = Kind::SERVICE_STOP;
        event.outcome = Outcome::Success;
    } else if is(&[
        "received fast shutdown",
        "received smart shutdown",
        "received immediate shutdown",
        "получен запрос на",
    ]) {
        event.kind = Kind::SERVICE_STOP;
    } else if is(&["received SIGHUP", "получен SIGHUP"]) {
        event.kind = Kind::CONFIG_CHANGE;
    } else if let Some(rest) = after(message, &["parameter \"", "параметр \""]) {
        parameter(rest, event);
    }
}

/// `NAME" changed to "VALUE"`, `NAME" removed from configuration file, reset to default`.
fn parameter(rest: &str, event: &mut EventBuf) {
    let Some((name, rest)) = rest.cut(b'"') else {
        return;
    };
    event.kind = if sql::is_log_setting(name) {
        Kind::LOG_POLICY_CHANGE
    } else {
        Kind::CONFIG_CHANGE
    };
    event.set(Text::Target, name);
    if let Some((_, value)) = rest.cut(b'"') {
        event.set(Text::XNewValue, value.less_end(b'"'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_exact() {
        assert_eq!(millis("0.123"), Some(123));
        assert_eq!(millis("12.5"), Some(12_500));
        assert_eq!(millis("7"), Some(7000));
        assert_eq!(clock("1:02:03.456"), Some(3_723_456_000));
        assert_eq!(clock("0:00:00.000"), Some(0));
        assert_eq!(clock("x"), None);
        assert_eq!(millis("99999999999999999999"), None);
    }
}
