//! Sysmon, on Windows and Linux (its event manifest, schema 4.90).

use letopis_event::{EventBuf, Kind, Number, Text};

use super::rules::{Columns, Rule, kind_of_start, rule};
use super::values::{account, address, port, program, quantity, value};
use crate::formats::scan::Cut as _;

const STARTED: Columns = &[
    ("Image", Text::Target),
    ("CommandLine", Text::XCommandLine),
    ("LogonId", Text::Session),
];
const FILE: Columns = &[("TargetFilename", Text::Target)];
const FILE_TIME: Columns = &[
    ("TargetFilename", Text::Target),
    ("PreviousCreationUtcTime", Text::XOldValue),
    ("CreationUtcTime", Text::XNewValue),
];
const REGISTRY: Columns = &[
    ("TargetObject", Text::Target),
    ("Details", Text::XNewValue),
    ("NewName", Text::XNewValue),
    ("EventType", Text::Action),
];
const MODULE: Columns = &[("ImageLoaded", Text::Target), ("Signature", Text::Status)];
const PIPE: Columns = &[("PipeName", Text::Target), ("EventType", Text::Action)];
const ACCESS: Columns = &[("TargetImage", Text::Target), ("GrantedAccess", Text::Action)];
const WMI: Columns = &[
    ("Name", Text::Target),
    ("Filter", Text::Target),
    ("Query", Text::XQuery),
    ("Destination", Text::XNewValue),
    ("Consumer", Text::XNewValue),
    ("Operation", Text::Action),
];
const NAME: Columns = &[
    ("QueryName", Text::Target),
    ("QueryResults", Text::XNewValue),
    ("QueryStatus", Text::Status),
];

pub(super) const RULES: &[Rule] = &[
    rule(
        1,
        Kind::PROCESS_START,
        STARTED,
        "{user_name} started {x_command_line}[, parent {x_parent_process}]",
    )
    .with(started),
    rule(
        2,
        Kind::OBJECT_SAVE,
        FILE_TIME,
        "{process} set the creation time of {target}[ to {x_new_value}]",
    ),
    rule(
        3,
        Kind::NETWORK_CONNECT,
        &[],
        "{process} connected {src_ip} to {dst_ip}[ port {DestinationPort}][ ({DestinationHostname})]",
    )
    .with(connection),
    rule(
        4,
        Kind::SERVICE_STATE,
        &[("State", Text::Status)],
        "Sysmon service is {State}",
    )
    .with(service),
    rule(
        5,
        Kind::PROCESS_STOP,
        &[("Image", Text::Target)],
        "{target} ended",
    ),
    rule(
        6,
        Kind::MODULE_LOAD,
        MODULE,
        "Driver {target} loaded[, signed by {Signature}]",
    )
    .with(hashes),
    rule(
        7,
        Kind::MODULE_LOAD,
        MODULE,
        "{process} loaded {target}[, signed by {Signature}]",
    )
    .with(hashes),
    rule(
        8,
        Kind::PROCESS_ACCESS,
        ACCESS,
        "{SourceImage} started a thread in {target}",
    )
    .with(source),
    rule(
        9,
        Kind::OBJECT_OPEN,
        &[("Device", Text::Target)],
        "{process} read the device {target} directly",
    ),
    rule(
        10,
        Kind::PROCESS_ACCESS,
        ACCESS,
        "{SourceImage} opened the process {target}[ with {GrantedAccess}]",
    )
    .with(source),
    rule(11, Kind::OBJECT_CREATE, FILE, "{process} created {target}"),
    rule(
        12,
        Kind::REGISTRY_KEY_CHANGE,
        REGISTRY,
        "{process} created or deleted the registry key {target}[: {EventType}]",
    ),
    rule(
        13,
        Kind::REGISTRY_VALUE_CHANGE,
        REGISTRY,
        "{process} set the registry value {target}[ to {x_new_value}]",
    ),
    rule(
        14,
        Kind::REGISTRY_KEY_CHANGE,
        REGISTRY,
        "{process} renamed the registry key {target}[ to {x_new_value}]",
    ),
    rule(
        15,
        Kind::OBJECT_CREATE,
        FILE,
        "{process} wrote the stream {target}",
    )
    .with(hashes),
    rule(
        16,
        Kind::LOG_POLICY_CHANGE,
        &[("Configuration", Text::Target)],
        "Sysmon configuration changed[: {target}]",
    )
    .with(hashes),
    rule(
        17,
        Kind::OBJECT_CREATE,
        PIPE,
        "{process} created the pipe {target}",
    ),
    rule(
        18,
        Kind::SHARE_PIPE_ACCESS,
        PIPE,
        "{process} connected to the pipe {target}",
    ),
    rule(
        19,
        Kind::WMI_NAMESPACE_WRITE,
        WMI,
        "{user_name}: WMI filter {target}[ {action}]",
    ),
    rule(
        20,
        Kind::WMI_NAMESPACE_WRITE,
        WMI,
        "{user_name}: WMI consumer {target}[ {action}]",
    ),
    rule(
        21,
        Kind::WMI_NAMESPACE_WRITE,
        WMI,
        "{user_name}: WMI filter bound to a consumer[ {action}]",
    ),
    rule(
        22,
        Kind::DNS_QUERY,
        NAME,
        "{process} looked up {target}[, answer {QueryResults}]",
    ),
    rule(
        23,
        Kind::OBJECT_DELETE,
        FILE,
        "{process} deleted {target} (a copy was kept)",
    )
    .with(hashes),
    rule(
        24,
        Kind::OTHER,
        &[("ClientInfo", Text::Target)],
        "{process} changed the clipboard",
    )
    .with(hashes),
    rule(
        25,
        Kind::DEVIATION_REPORT,
        &[("Type", Text::Action)],
        "The image of {process} was tampered with[: {Type}]",
    ),
    rule(26, Kind::OBJECT_DELETE, FILE, "{process} deleted {target}").with(hashes),
    rule(
        27,
        Kind::OBJECT_CREATE,
        FILE,
        "{process} was kept from creating the program {target}",
    )
    .failed()
    .with(hashes),
    rule(
        28,
        Kind::OBJECT_DELETE,
        FILE,
        "{process} was kept from shredding {target}",
    )
    .failed()
    .with(hashes),
    rule(
        29,
        Kind::OBJECT_CREATE,
        FILE,
        "{process} created the program {target}",
    )
    .with(hashes),
    rule(
        255,
        Kind::LOG_FAILURE,
        &[("Description", Text::XReason)],
        "Sysmon error[: {Description}]",
    )
    .failed(),
];

fn started(event: &mut EventBuf, scratch: &mut String) {
    program(event, scratch, "Image", Text::Process);
    program(event, scratch, "ParentImage", Text::XParentProcess);
    quantity(event, "ProcessId", Number::Pid);
    hashes(event, scratch);
    event.kind = kind_of_start(event.get(Text::Target).unwrap_or_default());
}

fn connection(event: &mut EventBuf, scratch: &mut String) {
    address(event, scratch, "SourceIp", Text::SrcIp);
    address(event, scratch, "DestinationIp", Text::DstIp);
    port(event, "SourcePort", Number::SrcPort);
    port(event, "DestinationPort", Number::DstPort);
    event.copy_attr("Protocol", Text::Protocol);
}

/// Sysmon is a means of logging: its start and stop are the start and stop of protection (KZ195-A4-1.7).
fn service(event: &mut EventBuf, _scratch: &mut String) {
    event.set(Text::Target, "Sysmon");
    match value(event, "State") {
        Some("Started") => event.kind = Kind::PROTECTION_ENABLE,
        Some("Stopped") => event.kind = Kind::PROTECTION_DISABLE,
        _ => {}
    }
}

/// Who opened another process stands in fields of its own.
fn source(event: &mut EventBuf, scratch: &mut String) {
    program(event, scratch, "SourceImage", Text::Process);
    quantity(event, "SourceProcessId", Number::Pid);
    account(event, scratch, "SourceUser", Text::UserName);
    account(event, scratch, "TargetUser", Text::TargetUser);
}

/// The strongest digest of the list `SHA1=…,MD5=…,SHA256=…`.
fn hashes(event: &mut EventBuf, scratch: &mut String) {
    scratch.clear();
    let list = ["Hashes", "Hash", "ConfigurationFileHash"]
        .iter()
        .find_map(|name| value(event, name));
    if let Some(list) = list {
        let strongest = ["SHA256=", "SHA1=", "MD5="].iter().find_map(|name| {
            list.pieces(b',')
                .find_map(|part| part.trimmed().strip_prefix(name))
        });
        scratch.push_str(strongest.unwrap_or(list));
    }
    event.set(Text::XHash, scratch);
}
