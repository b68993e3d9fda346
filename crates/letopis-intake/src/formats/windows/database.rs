//! The database server of the same vendor: its own events in the Application channel, and its audit records there.

use letopis_event::{Category, EventBuf, Kind, Outcome, Text};

use super::rules::{Rule, rule};
use super::values::{between, plain_address, unnamed};
use crate::formats::scan::Cut as _;
use crate::formats::sql;

/// MSSQLSERVER and named instances, whose data have no names.
pub(super) const RULES: &[Rule] = &[
    rule(
        15457,
        Kind::CONFIG_CHANGE,
        &[("Data", Text::Target)],
        "Option {target} changed from {Data 2} to {Data 3}",
    )
    .done()
    .with(database),
    rule(
        17137,
        Kind::OTHER,
        &[("Data", Text::Target)],
        "Database {target} is starting",
    )
    .with(database),
    rule(
        17148,
        Kind::SERVICE_STOP,
        &[],
        "Database server is ending on request of the service manager",
    )
    .with(database),
    rule(17162, Kind::SERVICE_START, &[], "Database server is starting").with(database),
    rule(
        18453,
        Kind::AUTH_LOGON,
        &[("Data", Text::UserName)],
        "Logon of {user_name} to the database server[ from {src_ip}]",
    )
    .done()
    .with(database_logon),
    rule(
        18454,
        Kind::AUTH_LOGON,
        &[("Data", Text::UserName)],
        "Logon of {user_name} to the database server[ from {src_ip}]",
    )
    .done()
    .with(database_logon),
    rule(
        18456,
        Kind::AUTH_LOGON,
        &[("Data", Text::UserName)],
        "Logon of {user_name} to the database server failed[: {x_reason}][ from {src_ip}]",
    )
    .failed()
    .with(database_logon),
    rule(
        33205,
        Kind::DB_OTHER,
        &[],
        "Database audit: {action}[ on {target}][ by {user_name}][: {x_query}]",
    )
    .with(audited),
];

fn database(event: &mut EventBuf, _scratch: &mut String) {
    event.category = Some(Category::Dbms);
}

/// The client stands last, as `[CLIENT: 10.0.0.7]`; before it, for a refusal, the reason.
fn database_logon(event: &mut EventBuf, scratch: &mut String) {
    database(event, scratch);
    scratch.clear();
    let last = unnamed(event, 3)
        .or_else(|| unnamed(event, 2))
        .unwrap_or_default();
    if let Some(rest) = last.trimmed().strip_prefix("[CLIENT: ") {
        scratch.push_str(plain_address(rest.less_end(b']')));
    }
    event.set(Text::SrcIp, scratch);
    if event.outcome == Outcome::Failure {
        scratch.clear();
        if let Some(reason) = unnamed(event, 3).and_then(|_| unnamed(event, 2)) {
            let reason = reason.trimmed();
            scratch.push_str(reason.strip_prefix("Reason: ").unwrap_or(reason));
        }
        event.set(Text::XReason, scratch);
    }
}

/// A record of the server's audit: one `name:value` a line (Microsoft Learn, "SQL Server Audit records"); what the
/// letters of `action_id` mean stands in `sys.dm_audit_actions`.
fn audited(event: &mut EventBuf, scratch: &mut String) {
    database(event, scratch);
    scratch.clear();
    scratch.push_str(unnamed(event, 1).unwrap_or_default());
    let record = scratch.as_str();
    let of = |name: &str| {
        record
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(str::trim)
            .filter(|value| !value.is_empty())
    };
    let action = of("action_id").unwrap_or_default();
    let statement = of("statement").unwrap_or_default();
    event.set(Text::Action, action);
    event.set(Text::XQuery, statement);
    event.kind = kind_of(action, statement);
    event.outcome = match of("succeeded") {
        Some("true" | "1") => Outcome::Success,
        Some("false" | "0") => Outcome::Failure,
        _ => event.outcome,
    };
    let names = [
        "session_server_principal_name",
        "server_principal_name",
        "database_principal_name",
    ];
    if let Some(user) = names.iter().find_map(|name| of(name)) {
        event.set(
            Text::UserName,
            user.cut_last(b'\\').map_or(user, |(_, name)| name),
        );
    }
    let whose = ["target_server_principal_name", "target_database_principal_name"];
    if let Some(user) = whose.iter().find_map(|name| of(name)) {
        event.set(Text::TargetUser, user);
    }
    if let Some(target) = of("object_name").or_else(|| of("database_name")) {
        event.set(Text::Target, target);
    }
    if let Some(session) = of("session_id").filter(|id| *id != "0") {
        event.set(Text::Session, session);
    }
    let client = of("client_ip").or_else(|| between(record, "<address>", "</address>"));
    event.set(Text::SrcIp, client.map_or("", plain_address));
}

/// What an action of the audit is. Creating, changing and removing is told finer by the statement.
fn kind_of(action: &str, statement: &str) -> Kind {
    let by_statement = || sql::statement(statement).map(|s| s.kind);
    match action {
        "LGIS" | "LGIF" => Kind::AUTH_LOGON,
        "LGO" => Kind::AUTH_LOGOFF,
        "SL" => Kind::DB_SELECT,
        "IN" => Kind::DB_INSERT,
        "UP" => Kind::DB_UPDATE,
        "DL" => Kind::DB_DELETE,
        "EX" => Kind::DB_CALL,
        "G" | "GWG" => Kind::DB_GRANT,
        "R" | "RWG" | "RWC" => Kind::DB_REVOKE,
        "D" | "DWC" => Kind::DB_DENY,
        "CR" => by_statement().unwrap_or(Kind::DB_CREATE),
        "AL" => by_statement().unwrap_or(Kind::DB_ALTER),
        "DR" => by_statement().unwrap_or(Kind::DB_DROP),
        "PWC" | "PWCS" => Kind::ACCOUNT_PASSWORD_CHANGE,
        "PWR" | "PWRS" => Kind::ACCOUNT_PASSWORD_RESET,
        "BA" | "BAL" => Kind::BACKUP_RUN,
        _ => Kind::DB_OTHER,
    }
}
