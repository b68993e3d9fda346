//! Security channel: logon, logoff, sessions, Kerberos, NTLM, privileges of a session.

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::rules::{Columns, Rule, rule};
use super::status;
use super::values::{account, address, number, value};

/// The account that logs on is the one that acts; the subject is the process that asked for it.
const LOGON: Columns = &[
    ("TargetUserName", Text::UserName),
    ("TargetLogonId", Text::Session),
    ("LogonType", Text::XLogonType),
    ("TargetServerName", Text::Target),
];

/// A refused logon opens no session: the subject's session is not the user's.
const REFUSED: Columns = &[
    ("TargetUserName", Text::UserName),
    ("LogonType", Text::XLogonType),
];

const CREDENTIALS: Columns = &[
    ("SubjectUserName", Text::UserName),
    ("TargetUserName", Text::TargetUser),
    ("SubjectLogonId", Text::Session),
    ("TargetServerName", Text::Target),
];

const KERBEROS: Columns = &[("TargetUserName", Text::UserName), ("ServiceName", Text::Target)];

const SUBJECT: Columns = &[
    ("SubjectUserName", Text::UserName),
    ("SubjectLogonId", Text::Session),
    ("PrivilegeList", Text::XNewValue),
];

const WINDOW_STATION: Columns = &[("AccountName", Text::UserName), ("LogonID", Text::Session)];

const SCREEN: Columns = &[
    ("TargetUserName", Text::UserName),
    ("TargetLogonId", Text::Session),
];

const RADIUS: Columns = &[
    ("SubjectUserName", Text::UserName),
    ("Reason", Text::XReason),
    ("AuthenticationProvider", Text::Protocol),
    ("NetworkPolicyName", Text::XRule),
];

pub(super) const RULES: &[Rule] = &[
    rule(
        4624,
        Kind::AUTH_LOGON,
        LOGON,
        "{user_name} logged on[ ({logon_type})][ from {src_ip}][ by {process}]",
    )
    .with(logged_on),
    rule(
        4625,
        Kind::AUTH_LOGON,
        REFUSED,
        "Logon of {user_name} failed[: {x_reason}][ ({logon_type})][ from {src_ip}][, workstation {WorkstationName}]",
    )
    .failed()
    .with(refused),
    rule(4626, Kind::OTHER, LOGON, "Claims of {user_name}"),
    rule(4634, Kind::AUTH_LOGOFF, LOGON, "{user_name} logged off[ ({logon_type})][, session {session}]"),
    rule(4647, Kind::AUTH_LOGOFF, LOGON, "{user_name} asked to log off[, session {session}]"),
    rule(
        4648,
        Kind::AUTH_CREDENTIAL_USE,
        CREDENTIALS,
        "{user_name} used the credentials of {target_user}[ for {target}][ by {process}]",
    ),
    rule(4649, Kind::DEVIATION_REPORT, REFUSED, "Replay of an authentication of {user_name}[ by {process}]"),
    rule(4672, Kind::PRIVILEGE_ASSIGN, SUBJECT, "Special privileges for the session of {user_name}: {x_new_value}")
        .with(privileges),
    rule(4673, Kind::PRIVILEGE_USE, SUBJECT, "{user_name} used {x_new_value}[ for {Service}][ by {process}]")
        .with(privileges),
    rule(4674, Kind::PRIVILEGE_USE, SUBJECT, "{user_name} used {x_new_value}[ on {ObjectName}][ by {process}]")
        .with(privileges),
    rule(4675, Kind::OTHER, SCREEN, "Identifiers of {user_name} were filtered"),
    rule(
        4768,
        Kind::AUTH_TICKET,
        KERBEROS,
        "Kerberos logon ticket for {user_name}[ from {src_ip}][: {x_reason}]",
    )
    .with(kerberos),
    rule(
        4769,
        Kind::AUTH_TICKET,
        KERBEROS,
        "Kerberos service ticket for {user_name} to {ServiceName}[ from {src_ip}][: {x_reason}]",
    )
    .with(kerberos),
    rule(4770, Kind::AUTH_TICKET, KERBEROS, "Kerberos service ticket of {user_name} to {ServiceName} renewed")
        .with(kerberos),
    rule(
        4771,
        Kind::AUTH_LOGON,
        KERBEROS,
        "Kerberos pre-authentication of {user_name} failed[: {x_reason}][ from {src_ip}]",
    )
    .failed()
    .with(kerberos),
    rule(4772, Kind::AUTH_TICKET, KERBEROS, "Kerberos logon ticket for {user_name} refused[: {x_reason}]")
        .failed()
        .with(kerberos),
    rule(4773, Kind::AUTH_TICKET, KERBEROS, "Kerberos service ticket for {user_name} refused[: {x_reason}]")
        .failed()
        .with(kerberos),
    rule(4774, Kind::OTHER, REFUSED, "Account mapped for logon"),
    rule(4775, Kind::OTHER, REFUSED, "Account could not be mapped for logon").failed(),
    rule(
        4776,
        Kind::AUTH_LOGON,
        REFUSED,
        "NTLM credentials of {user_name} checked[ from {Workstation}][: {x_reason}]",
    )
    .with(ntlm),
    rule(
        4777,
        Kind::AUTH_LOGON,
        REFUSED,
        "NTLM credentials of {user_name} not valid[ from {Workstation}][: {x_reason}]",
    )
    .failed()
    .with(ntlm),
    rule(
        4778,
        Kind::SESSION_RECONNECT,
        WINDOW_STATION,
        "{user_name} took up session {SessionName} again[ from {ClientName}][ {src_ip}]",
    )
    .with(window_station),
    rule(
        4779,
        Kind::SESSION_DISCONNECT,
        WINDOW_STATION,
        "{user_name} left session {SessionName}[ of {ClientName}][ {src_ip}]",
    )
    .with(window_station),
    rule(4800, Kind::SESSION_DISCONNECT, SCREEN, "{user_name} locked the workstation"),
    rule(4801, Kind::SESSION_RECONNECT, SCREEN, "{user_name} unlocked the workstation"),
    rule(4802, Kind::OTHER, SCREEN, "Screen saver of {user_name} started"),
    rule(4803, Kind::OTHER, SCREEN, "Screen saver of {user_name} ended"),
    rule(4964, Kind::PRIVILEGE_ASSIGN, LOGON, "Special groups for the logon of {user_name}[: {SidList}]"),
    rule(6272, Kind::AUTH_LOGON, RADIUS, "Network policy server granted access to {user_name}").done().with(radius),
    rule(
        6273,
        Kind::AUTH_LOGON,
        RADIUS,
        "Network policy server refused access to {user_name}[: {Reason}]",
    )
    .failed()
    .with(radius),
    rule(6274, Kind::AUTH_LOGON, RADIUS, "Network policy server dropped the request of {user_name}[: {Reason}]")
        .failed()
        .with(radius),
];

/// KZ195-A4-4.2: a logon of type 3 is a network logon; type 10 came by remote desktop.
fn logged_on(event: &mut EventBuf, _scratch: &mut String) {
    match event.get(Text::XLogonType) {
        Some("3") => event.kind = Kind::AUTH_LOGON_NETWORK,
        Some("10" | "12") => event.set(Text::Protocol, "rdp"),
        _ => {}
    }
}

/// The sub-status is the finer one, where there is one.
fn refused(event: &mut EventBuf, _scratch: &mut String) {
    if matches!(event.get(Text::XLogonType), Some("10" | "12")) {
        event.set(Text::Protocol, "rdp");
    }
    event.copy_attr("Status", Text::Status);
    let fine = value(event, "SubStatus")
        .and_then(number)
        .filter(|code| *code != 0);
    let code = fine.or_else(|| value(event, "Status").and_then(number));
    reason(event, code, status::nt_status);
}

/// Fills the reason with the code and, where it is known, its meaning.
fn reason(event: &mut EventBuf, code: Option<i64>, meaning: fn(i64) -> Option<&'static str>) {
    let Some(code) = code.filter(|c| *c != 0) else {
        return;
    };
    match meaning(code) {
        Some(text) => event.set_fmt(Text::XReason, format_args!("0x{code:x} {text}")),
        None => event.set_fmt(Text::XReason, format_args!("0x{code:x}")),
    }
}

fn kerberos(event: &mut EventBuf, _scratch: &mut String) {
    event.set(Text::Protocol, "kerberos");
    event.copy_attr("Status", Text::Status);
    let code = value(event, "Status")
        .or_else(|| value(event, "FailureCode"))
        .and_then(number);
    settle(event, code);
    reason(event, code, status::kerberos);
}

fn ntlm(event: &mut EventBuf, scratch: &mut String) {
    event.set(Text::Protocol, "ntlm");
    event.copy_attr("Status", Text::Status);
    let code = value(event, "Status")
        .or_else(|| value(event, "Error Code"))
        .and_then(number);
    settle(event, code);
    reason(event, code, status::nt_status);
    address(event, scratch, "Workstation", Text::SrcIp);
}

/// Where no audit keyword says how it ended, the status does.
fn settle(event: &mut EventBuf, code: Option<i64>) {
    if event.outcome == Outcome::Unknown {
        event.outcome = match code {
            Some(0) => Outcome::Success,
            Some(_) => Outcome::Failure,
            None => Outcome::Unknown,
        };
    }
}

/// One privilege a line in the record becomes one text.
fn privileges(event: &mut EventBuf, scratch: &mut String) {
    scratch.clear();
    if let Some(list) = value(event, "PrivilegeList") {
        for name in list.split_whitespace() {
            if !scratch.is_empty() {
                scratch.push(' ');
            }
            scratch.push_str(name);
        }
    }
    event.unset(Text::XNewValue);
    event.set(Text::XNewValue, scratch);
    event.copy_attr("ObjectName", Text::Target);
}

fn window_station(event: &mut EventBuf, scratch: &mut String) {
    address(event, scratch, "ClientAddress", Text::SrcIp);
    if value(event, "SessionName").is_some_and(|name| name.starts_with("RDP")) {
        event.set(Text::Protocol, "rdp");
    }
}

fn radius(event: &mut EventBuf, scratch: &mut String) {
    account(event, scratch, "FullyQualifiedSubjectUserName", Text::UserName);
    address(event, scratch, "CallingStationID", Text::SrcIp);
    address(event, scratch, "NASIPv4Address", Text::DstIp);
    event.set(Text::Protocol, "radius");
}
