//! Providers that speak of other machines: remote management, transfers, file sharing, name resolution, NTLM, networks,
//! secure shell.

use letopis_event::{EventBuf, Kind, Text};

use super::rules::{Columns, Rule, rule, said};
use super::values::{account, address};

const OPERATION: Columns = &[
    ("operationName", Text::Action),
    ("resourceUri", Text::Target),
    ("errorCode", Text::Status),
];

/// Microsoft-Windows-WinRM.
const MANAGEMENT: &[Rule] = &[
    rule(
        6,
        Kind::REMOTE_ACCESS,
        &[("connection", Text::Target)],
        "Session of remote management begins[, to {target}]",
    ),
    said(8, "Session of remote management is being closed"),
    said(11, "Remote shell is being created[, {resourceUri}]"),
    said(15, "Command of a remote shell is being closed"),
    said(16, "Remote shell is being closed"),
    rule(
        31,
        Kind::REMOTE_ACCESS,
        &[],
        "Session of remote management established",
    )
    .done(),
    said(33, "Session of remote management closed"),
    rule(
        91,
        Kind::REMOTE_ACCESS,
        OPERATION,
        "Remote shell created on this machine[, {target}]",
    ),
    said(132, "Operation {operationName} of remote management completed").done(),
    said(
        142,
        "Operation {operationName} of remote management failed[, error {errorCode}]",
    )
    .failed(),
    rule(
        145,
        Kind::OTHER,
        OPERATION,
        "Operation {action} of remote management started[, {target}]",
    ),
    rule(
        161,
        Kind::AUTH_LOGON,
        &[("authFailureMessage", Text::XReason)],
        "Remote management: authentication failed[: {x_reason}]",
    )
    .failed(),
    rule(
        162,
        Kind::AUTH_LOGON,
        &[("authFailureMessage", Text::XReason)],
        "Remote management: authentication failed[: {x_reason}]",
    )
    .failed(),
    rule(
        169,
        Kind::AUTH_LOGON,
        &[("authenticationMechanism", Text::Protocol)],
        "Remote management: {user_name} authenticated[ by {authenticationMechanism}]",
    )
    .done()
    .with(managed),
    rule(
        192,
        Kind::AUTH_LOGON,
        &[],
        "Remote management: authorisation failed",
    )
    .failed(),
    rule(
        208,
        Kind::SERVICE_START,
        &[],
        "Remote management service is starting",
    ),
    rule(209, Kind::SERVICE_START, &[], "Remote management service started").done(),
    rule(
        210,
        Kind::SERVICE_STOP,
        &[],
        "Remote management service is stopping",
    ),
    rule(
        211,
        Kind::SERVICE_STOP,
        &[],
        "Remote management service is stopping",
    ),
    rule(212, Kind::SERVICE_STOP, &[], "Remote management service stopped").done(),
];

const JOB: Columns = &[("jobTitle", Text::Target)];
const TRANSFER: Columns = &[
    ("url", Text::Target),
    ("name", Text::XQuery),
    ("hr", Text::Status),
];

/// Microsoft-Windows-Bits-Client: transfers in the background.
const TRANSFERS: &[Rule] = &[
    rule(
        3,
        Kind::OTHER,
        JOB,
        "{user_name} created the transfer job {target}[ by {processPath}]",
    )
    .with(owner),
    rule(
        4,
        Kind::OTHER,
        JOB,
        "Transfer job {target} of {user_name} completed[, files {fileCount}]",
    )
    .with(owner),
    rule(
        5,
        Kind::OTHER,
        JOB,
        "Transfer job {target} of {user_name} cancelled",
    )
    .with(owner),
    rule(
        59,
        Kind::NETWORK_CONNECT,
        TRANSFER,
        "Transfer job {name} begins {target}",
    ),
    rule(
        60,
        Kind::OTHER,
        TRANSFER,
        "Transfer job {name} ended {target}[, status {hr}]",
    ),
    rule(
        61,
        Kind::OTHER,
        TRANSFER,
        "Transfer job {name} broke off {target}[, status {hr}]",
    )
    .failed(),
    rule(
        16403,
        Kind::OTHER,
        &[("RemoteName", Text::Target), ("LocalName", Text::XNewValue)],
        "{user_name} added {RemoteName} to the transfer job {jobTitle}[, as {LocalName}]",
    )
    .with(owner),
];

/// Microsoft-Windows-DNS-Client.
const NAMES: &[Rule] = &[
    rule(
        1014,
        Kind::DNS_QUERY,
        &[("QueryName", Text::Target)],
        "Name {target} could not be resolved: no server answered",
    )
    .failed(),
    rule(
        3006,
        Kind::DNS_QUERY,
        &[("QueryName", Text::Target)],
        "Name {target} is looked up[, type {QueryType}]",
    ),
    rule(
        3008,
        Kind::DNS_QUERY,
        &[
            ("QueryName", Text::Target),
            ("QueryStatus", Text::Status),
            ("QueryResults", Text::XNewValue),
        ],
        "Name {target} looked up[, status {QueryStatus}][, answer {QueryResults}]",
    ),
    rule(
        3020,
        Kind::DNS_QUERY,
        &[("QueryName", Text::Target), ("Status", Text::Status)],
        "Answer for {target}[, status {status}]",
    ),
];

/// Microsoft-Windows-DNS-Server-Service.
const NAME_SERVER: &[Rule] = &[
    rule(2, Kind::SERVICE_START, &[], "Name server started").done(),
    rule(3, Kind::SERVICE_STOP, &[], "Name server stopped").done(),
    rule(4, Kind::OTHER, &[], "Name server finished loading its zones"),
    rule(
        150,
        Kind::MODULE_LOAD,
        &[("param1", Text::Target)],
        "Name server could not load the plug-in {target}",
    )
    .failed(),
    rule(
        770,
        Kind::MODULE_LOAD,
        &[("param1", Text::Target)],
        "Name server loaded the plug-in {target}",
    )
    .done(),
    rule(
        771,
        Kind::MODULE_LOAD,
        &[("param1", Text::Target)],
        "Name server could not load the plug-in {target}",
    )
    .failed(),
];

/// Microsoft-Windows-SMBServer.
const SHARES: &[Rule] = &[
    rule(
        551,
        Kind::AUTH_LOGON,
        &[("UserName", Text::UserName), ("Status", Text::Status)],
        "File sharing: authentication[ of {UserName}] failed[ from {ClientName}][, status {status}]",
    )
    .failed()
    .with(client),
    rule(
        1006,
        Kind::SHARE_ADMIN_ACCESS,
        &[("ShareName", Text::Target), ("UserName", Text::UserName)],
        "File sharing: {UserName} was refused the share {target}[ from {ClientName}]",
    )
    .failed()
    .with(share),
    said(
        1010,
        "File sharing: message with a wrong signature[ from {ClientName}]",
    )
    .failed(),
    rule(
        3000,
        Kind::OTHER,
        &[],
        "File sharing: {ClientName} tried the protocol's first version",
    )
    .with(client),
];

/// Microsoft-Windows-SMBClient.
const SHARE_CLIENT: &[Rule] = &[
    said(30800, "File sharing: name {ServerName} could not be resolved").failed(),
    said(30803, "File sharing: no connection to {ServerName}").failed(),
    said(30804, "File sharing: connection to {ServerName} lost"),
    said(30805, "File sharing: session with {ServerName} lost"),
    said(30807, "File sharing: connection to {ShareName} lost"),
    said(30808, "File sharing: connection to {ShareName} established again"),
    rule(
        31001,
        Kind::AUTH_LOGON,
        &[
            ("UserName", Text::UserName),
            ("ServerName", Text::Target),
            ("Status", Text::Status),
        ],
        "File sharing: logon[ of {UserName}] at {ServerName} failed[, status {status}]",
    )
    .failed(),
    said(31010, "File sharing: connection to the share {ShareName} failed").failed(),
];

const NTLM: Columns = &[
    ("UserName", Text::UserName),
    ("TargetName", Text::Target),
    ("SChannelName", Text::Target),
];

/// Microsoft-Windows-NTLM: what is blocked, or would be.
const CREDENTIALS: &[Rule] = &[
    rule(4001, Kind::OTHER, NTLM, "NTLM to {TargetName} blocked").failed(),
    rule(4002, Kind::OTHER, NTLM, "NTLM from a client blocked").failed(),
    rule(
        4003,
        Kind::OTHER,
        NTLM,
        "NTLM of {UserName} in the domain blocked[, from {Workstation}]",
    )
    .failed(),
    rule(
        4004,
        Kind::OTHER,
        NTLM,
        "NTLM of {UserName} at the domain controller blocked[, from {WorkstationName}]",
    )
    .failed(),
    rule(8001, Kind::OTHER, NTLM, "NTLM to {TargetName} would be blocked"),
    rule(
        8002,
        Kind::OTHER,
        NTLM,
        "NTLM from a client would be blocked[, {ProcessName}]",
    ),
    rule(
        8003,
        Kind::OTHER,
        NTLM,
        "NTLM of {UserName} in the domain would be blocked[, from {Workstation}]",
    ),
    rule(
        8004,
        Kind::OTHER,
        NTLM,
        "NTLM of {UserName} at the domain controller would be blocked[, by {SChannelName}][, from {WorkstationName}]",
    ),
];

/// Microsoft-Windows-NetworkProfile.
const NETWORKS: &[Rule] = &[
    rule(
        10000,
        Kind::NETWORK_CONNECT,
        &[("Name", Text::Target)],
        "Network {target} connected",
    )
    .done(),
    rule(
        10001,
        Kind::NETWORK_DISCONNECT,
        &[("Name", Text::Target)],
        "Network {target} disconnected",
    )
    .done(),
];

/// Microsoft-Windows-WLAN-AutoConfig.
const WIRELESS: &[Rule] = &[
    rule(
        8000,
        Kind::OTHER,
        &[("SSID", Text::Target)],
        "Wireless network {target}: connection begins",
    ),
    rule(
        8001,
        Kind::NETWORK_CONNECT,
        &[("SSID", Text::Target)],
        "Wireless network {target} connected",
    )
    .done(),
    rule(
        8002,
        Kind::NETWORK_CONNECT,
        &[("SSID", Text::Target), ("FailureReason", Text::XReason)],
        "Wireless network {target} could not be connected[: {x_reason}]",
    )
    .failed(),
    rule(
        8003,
        Kind::NETWORK_DISCONNECT,
        &[("SSID", Text::Target), ("Reason", Text::XReason)],
        "Wireless network {target} disconnected[: {x_reason}]",
    ),
];

/// NETLOGON, whose data have no names.
const DOMAIN: &[Rule] = &[
    said(5719, "No domain controller of {Data} could be reached").failed(),
    said(5722, "Session of the computer {Data} could not be authenticated").failed(),
    said(5723, "Session of the computer {Data} failed: no such account").failed(),
    said(5805, "Session of the computer {Data} could not be authenticated").failed(),
    said(5827, "Vulnerable secure channel of {Data} refused").failed(),
    said(5828, "Vulnerable secure channel of the trust {Data} refused").failed(),
    said(5829, "Vulnerable secure channel of {Data} allowed"),
];

/// OpenSSH for Windows: the text that elsewhere goes to syslog.
const SECURE_SHELL: &[Rule] = &[
    said(2, "{process}: {payload}").with(shell),
    said(3, "{process}: {payload}").with(shell),
    said(4, "{process}: {payload}").with(shell),
];

/// Every table, for the tests.
#[cfg(test)]
pub(super) const EVERY: &[&[Rule]] = &[
    MANAGEMENT,
    TRANSFERS,
    NAMES,
    NAME_SERVER,
    SHARES,
    SHARE_CLIENT,
    CREDENTIALS,
    NETWORKS,
    WIRELESS,
    DOMAIN,
    SECURE_SHELL,
];

/// The tables of a provider.
pub(super) fn tables(provider: &str) -> Option<&'static [&'static [Rule]]> {
    Some(match provider {
        "Microsoft-Windows-WinRM" => &[MANAGEMENT],
        "Microsoft-Windows-Bits-Client" => &[TRANSFERS],
        "Microsoft-Windows-DNS-Client" => &[NAMES],
        "Microsoft-Windows-DNS-Server-Service" => &[NAME_SERVER],
        "Microsoft-Windows-SMBServer" => &[SHARES],
        "Microsoft-Windows-SMBClient" => &[SHARE_CLIENT],
        "Microsoft-Windows-NTLM" => &[CREDENTIALS],
        "Microsoft-Windows-NetworkProfile" => &[NETWORKS],
        "Microsoft-Windows-WLAN-AutoConfig" => &[WIRELESS],
        "NETLOGON" | "Netlogon" => &[DOMAIN],
        "OpenSSH" => &[SECURE_SHELL],
        _ => return None,
    })
}

fn managed(event: &mut EventBuf, scratch: &mut String) {
    account(event, scratch, "username", Text::UserName);
}

fn owner(event: &mut EventBuf, scratch: &mut String) {
    account(event, scratch, "jobOwner", Text::UserName);
}

fn shell(event: &mut EventBuf, _scratch: &mut String) {
    event.copy_attr("process", Text::Process);
}

fn client(event: &mut EventBuf, scratch: &mut String) {
    event.set(Text::Protocol, "smb");
    address(event, scratch, "ClientName", Text::SrcIp);
}

/// Only a share that ends with `$` is an administrative one (KZ195-A4-4.3).
fn share(event: &mut EventBuf, scratch: &mut String) {
    client(event, scratch);
    let target = event.get(Text::Target).unwrap_or_default();
    if target.ends_with(r"\IPC$") {
        event.kind = Kind::SHARE_PIPE_ACCESS;
    } else if !target.ends_with('$') {
        event.kind = Kind::RESOURCE_ACTION;
    }
}
