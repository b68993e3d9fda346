//! Remote desktop: the services of terminal sessions, and the client.

use letopis_event::{EventBuf, Kind, Text};

use super::rules::{Columns, Rule, rule};
use super::values::{account, address};
use crate::formats::scan::Cut as _;

const SESSION: Columns = &[("SessionID", Text::Session)];

/// Microsoft-Windows-TerminalServices-LocalSessionManager.
const LOCAL: &[Rule] = &[
    rule(
        21,
        Kind::SESSION_OPEN,
        SESSION,
        "{user_name} opened session {session}[ from {src_ip}]",
    )
    .done()
    .with(session),
    rule(
        22,
        Kind::SESSION_OPEN,
        SESSION,
        "Shell of {user_name} started in session {session}[, {src_ip}]",
    )
    .done()
    .with(session),
    rule(
        23,
        Kind::SESSION_CLOSE,
        SESSION,
        "{user_name} closed session {session}",
    )
    .done()
    .with(session),
    rule(
        24,
        Kind::SESSION_DISCONNECT,
        SESSION,
        "{user_name} left session {session}[ from {src_ip}]",
    )
    .done()
    .with(session),
    rule(
        25,
        Kind::SESSION_RECONNECT,
        SESSION,
        "{user_name} took up session {session} again[ from {src_ip}]",
    )
    .done()
    .with(session),
    rule(
        32,
        Kind::OTHER,
        &[("Plugin", Text::Target)],
        "Plugin {target} started",
    ),
    rule(
        34,
        Kind::SERVICE_FAILURE,
        &[],
        "Remote desktop does not accept logons",
    )
    .failed(),
    rule(
        39,
        Kind::SESSION_DISCONNECT,
        &[("TargetSession", Text::Session), ("Source", Text::Action)],
        "Session {session} was disconnected[ by session {Source}]",
    )
    .done(),
    rule(
        40,
        Kind::SESSION_DISCONNECT,
        &[("Session", Text::Session), ("Reason", Text::XReason)],
        "Session {session} was disconnected[, reason {Reason}]",
    )
    .done(),
    rule(
        41,
        Kind::OTHER,
        SESSION,
        "Arbitration of the session of {user_name} began",
    )
    .with(session),
    rule(
        42,
        Kind::OTHER,
        SESSION,
        "Arbitration of the session of {user_name} ended",
    )
    .with(session),
];

/// Microsoft-Windows-TerminalServices-RemoteConnectionManager.
const REMOTE: &[Rule] = &[
    rule(
        261,
        Kind::NETWORK_CONNECT,
        &[("listenerName", Text::Target)],
        "Listener {target} received a connection",
    ),
    rule(
        1149,
        Kind::REMOTE_ACCESS,
        &[],
        "{user_name} connected by remote desktop[ from {src_ip}]",
    )
    .with(connected),
];

/// Microsoft-Windows-RemoteDesktopServices-RdpCoreTS.
const CORE: &[Rule] = &[
    rule(
        131,
        Kind::NETWORK_CONNECT,
        &[("ConnType", Text::Action)],
        "Connection accepted from {ClientIP}",
    )
    .with(core),
    rule(
        140,
        Kind::AUTH_LOGON,
        &[],
        "Remote desktop logon failed[ from {IPString}]: wrong account or password",
    )
    .failed()
    .with(core),
];

/// Microsoft-Windows-TerminalServices-ClientActiveXCore: this machine connected to another.
const CLIENT: &[Rule] = &[
    rule(
        1024,
        Kind::REMOTE_ACCESS,
        &[("Value", Text::Target)],
        "Remote desktop client connects to {target}",
    )
    .with(client),
    rule(
        1025,
        Kind::REMOTE_ACCESS,
        &[("Value", Text::Target)],
        "Remote desktop client is connected[ to {target}]",
    )
    .done()
    .with(client),
    rule(
        1026,
        Kind::SESSION_DISCONNECT,
        &[("Value", Text::XReason)],
        "Remote desktop client was disconnected[, reason {Value}]",
    )
    .with(client),
    rule(
        1027,
        Kind::SESSION_OPEN,
        &[("SessionId", Text::Session), ("DomainName", Text::Target)],
        "Remote desktop client opened session {session}[ on {target}]",
    )
    .done()
    .with(client),
    rule(
        1029,
        Kind::OTHER,
        &[("TraceMessage", Text::XHash)],
        "Digest of the account used by the remote desktop client: {TraceMessage}",
    )
    .with(client),
    rule(
        1102,
        Kind::NETWORK_CONNECT,
        &[("Value", Text::Target)],
        "Remote desktop client connects to {target}",
    )
    .with(client),
];

/// Every table, for the tests.
#[cfg(test)]
pub(super) const EVERY: &[&[Rule]] = &[LOCAL, REMOTE, CORE, CLIENT];

/// The tables of one of the providers.
pub(super) fn tables(provider: &str) -> &'static [&'static [Rule]] {
    match provider {
        "Microsoft-Windows-TerminalServices-LocalSessionManager" => &[LOCAL],
        "Microsoft-Windows-TerminalServices-RemoteConnectionManager" => &[REMOTE],
        "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS" => &[CORE],
        "Microsoft-Windows-TerminalServices-ClientActiveXCore" => &[CLIENT],
        _ => &[],
    }
}

fn session(event: &mut EventBuf, scratch: &mut String) {
    account(event, scratch, "User", Text::UserName);
    if address(event, scratch, "Address", Text::SrcIp) {
        event.set(Text::Protocol, "rdp");
    }
}

/// Param1 to Param3 are account, domain and address.
fn connected(event: &mut EventBuf, scratch: &mut String) {
    event.set(Text::Protocol, "rdp");
    account(event, scratch, "Param1", Text::UserName);
    address(event, scratch, "Param3", Text::SrcIp);
}

/// The address stands with its port, `10.0.0.7:49823` or `[fe80::1]:49823`.
fn core(event: &mut EventBuf, scratch: &mut String) {
    event.set(Text::Protocol, "rdp");
    address(event, scratch, "IPString", Text::SrcIp);
    let Some(text) = super::values::value(event, "ClientIP") else {
        return;
    };
    let Some((host, port)) = text.cut_last(b':') else {
        return;
    };
    let number = port.parse::<i64>().ok();
    scratch.clear();
    scratch.push_str(super::values::plain_address(host));
    event.set(Text::SrcIp, scratch);
    if let Some(number) = number.filter(|n| (1..=65535).contains(n)) {
        event.set_number(letopis_event::Number::SrcPort, number);
    }
}

fn client(event: &mut EventBuf, scratch: &mut String) {
    event.set(Text::Protocol, "rdp");
    address(event, scratch, "Value", Text::DstIp);
}
