//! Security channel: objects, files, registry, shares, processes, directory, connections, devices.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::rules::{Columns, Rule, kind_of_start, rule};
use super::status;
use super::values::{account, address, contains, ends_with, mask, port, program, quantity, take, value};
use crate::formats::scan::Cut as _;

const OBJECT: Columns = &[("ObjectName", Text::Target)];

const REGISTRY: Columns = &[
    ("ObjectName", Text::Target),
    ("OldValue", Text::XOldValue),
    ("NewValue", Text::XNewValue),
];

const PERMISSIONS: Columns = &[
    ("ObjectName", Text::Target),
    ("OldSd", Text::XOldValue),
    ("NewSd", Text::XNewValue),
];

const SHARE: Columns = &[("ShareName", Text::Target)];

const STARTED: Columns = &[
    ("NewProcessName", Text::Target),
    ("CommandLine", Text::XCommandLine),
];

const ENDED: Columns = &[("ProcessName", Text::Target), ("Status", Text::Status)];

const DIRECTORY: Columns = &[
    ("ObjectDN", Text::Target),
    ("OldObjectDN", Text::Target),
    ("OldObjectDN", Text::XOldValue),
    ("NewObjectDN", Text::XNewValue),
    ("AttributeValue", Text::XNewValue),
    ("AttributeLDAPDisplayName", Text::Action),
];

const DEVICE: Columns = &[
    ("DeviceDescription", Text::Media),
    ("DeviceId", Text::Target),
    ("ClassName", Text::Action),
];

pub(super) const RULES: &[Rule] = &[
    rule(
        4656,
        Kind::OBJECT_OPEN,
        OBJECT,
        "{user_name} asked for a handle to {target}[ by {process}]",
    ),
    rule(
        4657,
        Kind::REGISTRY_VALUE_CHANGE,
        REGISTRY,
        "{user_name} changed the registry value {target}[ to {x_new_value}][ by {process}]",
    )
    .with(registry_value),
    rule(
        4658,
        Kind::OTHER,
        OBJECT,
        "{user_name} closed a handle[ by {process}]",
    ),
    rule(
        4659,
        Kind::OBJECT_DELETE,
        OBJECT,
        "{user_name} asked to delete {target}",
    ),
    rule(
        4660,
        Kind::OBJECT_DELETE,
        OBJECT,
        "{user_name} deleted an object[ by {process}]",
    ),
    rule(
        4661,
        Kind::OBJECT_OPEN,
        OBJECT,
        "{user_name} asked for a handle to {target}[ by {process}]",
    ),
    rule(
        4662,
        Kind::OBJECT_OPEN,
        OBJECT,
        "{user_name} acted on {ObjectType}[ {target}]",
    )
    .with(operation),
    rule(
        4663,
        Kind::OBJECT_OPEN,
        OBJECT,
        "{user_name} accessed {target}[ (access {AccessMask})][ by {process}]",
    )
    .with(access),
    rule(
        4664,
        Kind::OBJECT_CREATE,
        &[("LinkName", Text::Target)],
        "{user_name} made a hard link[ {target}]",
    ),
    rule(
        4670,
        Kind::CONFIG_CHANGE,
        PERMISSIONS,
        "{user_name} changed the permissions of {target}[ by {process}]",
    ),
    rule(
        4688,
        Kind::PROCESS_START,
        STARTED,
        "{user_name} started {target}[: {x_command_line}]",
    )
    .with(started),
    rule(
        4689,
        Kind::PROCESS_STOP,
        ENDED,
        "{target} of {user_name} ended[ with {Status}]",
    ),
    rule(
        4690,
        Kind::OTHER,
        OBJECT,
        "{user_name} tried to duplicate a handle",
    ),
    rule(
        4691,
        Kind::OBJECT_OPEN,
        OBJECT,
        "{user_name} asked for indirect access to {target}",
    ),
    rule(
        5136,
        Kind::CONFIG_CHANGE,
        DIRECTORY,
        "{user_name} changed[ {action} of] {target}",
    )
    .with(directory),
    rule(
        5137,
        Kind::OBJECT_CREATE,
        DIRECTORY,
        "{user_name} created the directory object {target}",
    )
    .with(directory),
    rule(
        5138,
        Kind::OBJECT_CREATE,
        DIRECTORY,
        "{user_name} restored the directory object {target}",
    )
    .with(directory),
    rule(
        5139,
        Kind::OBJECT_RENAME,
        DIRECTORY,
        "{user_name} moved {x_old_value} to {x_new_value}",
    )
    .with(directory),
    rule(
        5140,
        Kind::OBJECT_OPEN,
        SHARE,
        "{user_name} accessed the share {target}[ from {src_ip}]",
    )
    .with(share),
    rule(
        5141,
        Kind::OBJECT_DELETE,
        DIRECTORY,
        "{user_name} deleted the directory object {target}",
    )
    .with(directory),
    rule(
        5142,
        Kind::CONFIG_CHANGE,
        SHARE,
        "{user_name} added the share {target}",
    )
    .with(share_itself),
    rule(
        5143,
        Kind::CONFIG_CHANGE,
        SHARE,
        "{user_name} changed the share {target}",
    )
    .with(share_itself),
    rule(
        5144,
        Kind::CONFIG_CHANGE,
        SHARE,
        "{user_name} removed the share {target}",
    )
    .with(share_itself),
    rule(
        5145,
        Kind::OBJECT_OPEN,
        SHARE,
        "{user_name} asked for {target}[ from {src_ip}]",
    )
    .with(share),
    rule(5150, Kind::FIREWALL_BLOCK, &[], "Packet blocked")
        .failed()
        .with(connection),
    rule(5151, Kind::FIREWALL_BLOCK, &[], "Packet blocked")
        .failed()
        .with(connection),
    rule(
        5152,
        Kind::FIREWALL_BLOCK,
        &[],
        "Packet from {src_ip}[ to {dst_ip}] blocked[, {process}]",
    )
    .failed()
    .with(connection),
    rule(
        5153,
        Kind::FIREWALL_BLOCK,
        &[],
        "Packet from {src_ip}[ to {dst_ip}] blocked[, {process}]",
    )
    .failed()
    .with(connection),
    rule(
        5154,
        Kind::PORT_OPEN,
        &[],
        "{process} listens on port {SourcePort}[ of {SourceAddress}]",
    )
    .with(connection),
    rule(
        5155,
        Kind::FIREWALL_BLOCK,
        &[],
        "{process} was not allowed to listen on port {SourcePort}",
    )
    .failed()
    .with(connection),
    rule(
        5156,
        Kind::FIREWALL_ALLOW,
        &[],
        "Connection {src_ip} to {dst_ip} port {DestPort} allowed[, {process}]",
    )
    .with(connection),
    rule(
        5157,
        Kind::FIREWALL_BLOCK,
        &[],
        "Connection {src_ip} to {dst_ip} port {DestPort} blocked[, {process}]",
    )
    .failed()
    .with(connection),
    rule(5158, Kind::NETWORK_FLOW, &[], "{process} bound port {SourcePort}").with(connection),
    rule(
        5159,
        Kind::FIREWALL_BLOCK,
        &[],
        "{process} was not allowed to bind port {SourcePort}",
    )
    .failed()
    .with(connection),
    rule(
        5168,
        Kind::DEVIATION_REPORT,
        &[],
        "The name of an SMB client could not be proven",
    )
    .failed(),
    rule(
        6416,
        Kind::DEVICE_CONNECT,
        DEVICE,
        "Device connected: {media}[ ({ClassName})]",
    )
    .with(device),
    rule(
        6419,
        Kind::CONFIG_CHANGE,
        DEVICE,
        "{user_name} asked to disable the device {media}",
    ),
    rule(6420, Kind::CONFIG_CHANGE, DEVICE, "Device disabled: {media}"),
    rule(
        6421,
        Kind::CONFIG_CHANGE,
        DEVICE,
        "{user_name} asked to enable the device {media}",
    ),
    rule(6422, Kind::CONFIG_CHANGE, DEVICE, "Device enabled: {media}"),
    rule(
        6423,
        Kind::DEVICE_CONNECT,
        DEVICE,
        "Policy forbids the device {media}",
    )
    .failed(),
    rule(
        6424,
        Kind::DEVICE_CONNECT,
        DEVICE,
        "Device {media} allowed after it had been forbidden",
    ),
];

/// Access rights (winnt.h): the same bit means another thing for a file and for a registry key.
const READ_DATA: u64 = 0x1;
const WRITE_DATA: u64 = 0x2;
const APPEND_DATA: u64 = 0x4;
const DELETE: u64 = 0x1_0000;

/// KZ195-A4-4.4: access to a file with the rights "write data" or "add file". Reading a log file is a look into
/// the log.
fn access(event: &mut EventBuf, _scratch: &mut String) {
    let rights = value(event, "AccessMask")
        .and_then(mask)
        .unwrap_or_else(|| listed_rights(event));
    let object = value(event, "ObjectType").unwrap_or_default();
    let target = event.get(Text::Target).unwrap_or_default();
    event.kind = if object.eq_ignore_ascii_case("File") {
        if rights & (WRITE_DATA | APPEND_DATA) != 0 {
            Kind::OBJECT_WRITE_ACCESS
        } else if rights & DELETE != 0 {
            Kind::OBJECT_DELETE
        } else if rights & READ_DATA != 0 && is_log(target) {
            Kind::LOG_VIEW
        } else {
            Kind::OBJECT_OPEN
        }
    } else if object.eq_ignore_ascii_case("Key") && rights & (WRITE_DATA | APPEND_DATA | DELETE) != 0 {
        Kind::REGISTRY_KEY_CHANGE
    } else if object.eq_ignore_ascii_case("Process") {
        Kind::PROCESS_ACCESS
    } else {
        Kind::OBJECT_OPEN
    };
}

/// The rights by their message numbers, where no mask is recorded (%%1537 delete, %%4416 read, %%4417 write,
/// %%4418 append: msobjs.dll).
fn listed_rights(event: &EventBuf) -> u64 {
    let mut rights = 0;
    for word in value(event, "AccessList").unwrap_or_default().split_whitespace() {
        rights |= match word {
            "%%1537" => DELETE,
            "%%4416" | "ReadData" => READ_DATA,
            "%%4417" | "WriteData" => WRITE_DATA,
            "%%4418" | "AppendData" => APPEND_DATA,
            _ => 0,
        };
    }
    rights
}

/// The accesses that were asked for, in words where their message numbers are known (msobjs.dll), as the action.
pub(super) fn accesses(event: &mut EventBuf, scratch: &mut String) {
    if event.get(Text::Action).is_some() {
        return;
    }
    scratch.clear();
    let list = value(event, "AccessList").unwrap_or_default();
    // A list without message numbers is words already.
    let numbers = list.has("%%");
    for word in list.split_whitespace().filter(|_| numbers) {
        if !scratch.is_empty() {
            scratch.push(' ');
        }
        scratch.push_str(status::parameter(word).unwrap_or(word));
    }
    if numbers {
        event.set(Text::Action, scratch);
    } else {
        take(event, "AccessList", Text::Action);
    }
}

/// Whether a path is an event log file, or lies where Windows keeps them.
fn is_log(path: &str) -> bool {
    ends_with(path, ".evtx") || contains(path, r"\winevt\logs")
}

fn registry_value(event: &mut EventBuf, scratch: &mut String) {
    scratch.clear();
    if let (Some(key), Some(name)) = (value(event, "ObjectName"), value(event, "ObjectValueName")) {
        scratch.push_str(key);
        scratch.push('\\');
        scratch.push_str(name);
    }
    event.set(Text::Target, scratch);
}

/// KZ195-A4-4.11: writing in a WMI namespace (rights of wbemcli.h: full, partial and provider write).
const WMI_WRITE: u64 = 0x4 | 0x8 | 0x10;

fn operation(event: &mut EventBuf, _scratch: &mut String) {
    let rights = value(event, "AccessMask").and_then(mask);
    let server = value(event, "ObjectServer").unwrap_or_default();
    if server.eq_ignore_ascii_case("WMI") {
        if rights.is_none_or(|r| r & WMI_WRITE != 0) {
            event.kind = Kind::WMI_NAMESPACE_WRITE;
        }
    } else if server.eq_ignore_ascii_case("DS") {
        event.kind = Kind::DATA_ACCESS;
    }
}

/// KZ195-A4-4.3: administrative shares end with `$`; `IPC$` is where named pipes are.
fn share(event: &mut EventBuf, scratch: &mut String) {
    event.set(Text::Protocol, "smb");
    scratch.clear();
    let Some(name) = value(event, "ShareName") else {
        return;
    };
    if ends_with(name, r"\IPC$") {
        event.kind = Kind::SHARE_PIPE_ACCESS;
    } else if name.ends_with('$') {
        event.kind = Kind::SHARE_ADMIN_ACCESS;
    }
    let Some(name) = value(event, "ShareName") else {
        return;
    };
    scratch.push_str(name);
    if let Some(inner) = value(event, "RelativeTargetName") {
        if !inner.starts_with('\\') {
            scratch.push('\\');
        }
        scratch.push_str(inner);
    }
    event.set(Text::Target, scratch);
}

fn share_itself(event: &mut EventBuf, _scratch: &mut String) {
    event.set(Text::Protocol, "smb");
}

fn started(event: &mut EventBuf, scratch: &mut String) {
    program(event, scratch, "NewProcessName", Text::Process);
    program(event, scratch, "ParentProcessName", Text::XParentProcess);
    quantity(event, "NewProcessId", Number::Pid);
    event.kind = kind_of_start(event.get(Text::Target).unwrap_or_default());
    // Since Windows 10 the account of the new process stands apart from the one that started it.
    if value(event, "TargetUserName").is_some() {
        event.copy_attr("TargetUserName", Text::TargetUser);
    }
}

/// A change of a user, a computer or a group is a change of an account.
fn directory(event: &mut EventBuf, _scratch: &mut String) {
    let class = value(event, "ObjectClass").unwrap_or_default();
    let account = ["user", "computer", "inetOrgPerson"]
        .iter()
        .any(|c| c.eq_ignore_ascii_case(class));
    let group = class.eq_ignore_ascii_case("group");
    event.kind = match event.kind {
        Kind::CONFIG_CHANGE if account => Kind::ACCOUNT_MODIFY,
        Kind::CONFIG_CHANGE if group => Kind::GROUP_MODIFY,
        Kind::OBJECT_CREATE if account => Kind::ACCOUNT_CREATE,
        Kind::OBJECT_CREATE if group => Kind::GROUP_CREATE,
        Kind::OBJECT_DELETE if account => Kind::ACCOUNT_DELETE,
        Kind::OBJECT_DELETE if group => Kind::GROUP_DELETE,
        Kind::OBJECT_RENAME if account => Kind::ACCOUNT_MOVE,
        other => other,
    };
}

/// Windows Filtering Platform.
fn connection(event: &mut EventBuf, scratch: &mut String) {
    program(event, scratch, "Application", Text::Process);
    account(event, scratch, "RemoteUserID", Text::TargetUser);
    quantity(event, "ProcessId", Number::Pid);
    quantity(event, "ProcessID", Number::Pid);
    address(event, scratch, "SourceAddress", Text::SrcIp);
    address(event, scratch, "DestAddress", Text::DstIp);
    port(event, "SourcePort", Number::SrcPort);
    port(event, "DestPort", Number::DstPort);
    let name = value(event, "Protocol").and_then(status::ip_protocol);
    match name {
        Some(name) => event.set(Text::Protocol, name),
        None => event.copy_attr("Protocol", Text::Protocol),
    }
    event.copy_attr("FilterRTID", Text::XRule);
    // A blocked packet is a refusal whatever the audit keyword says of the filter itself.
    if event.kind == Kind::FIREWALL_BLOCK {
        event.outcome = Outcome::Failure;
    }
}

/// Disks and portable devices are media; anything else that is plugged in is a device.
fn device(event: &mut EventBuf, _scratch: &mut String) {
    let class = value(event, "ClassName").unwrap_or_default();
    let id = value(event, "DeviceId").unwrap_or_default();
    let storage = ["DiskDrive", "WPD", "CDROM", "Volume"]
        .iter()
        .any(|c| c.eq_ignore_ascii_case(class))
        || contains(id, "USBSTOR");
    if storage {
        event.kind = Kind::MEDIA_CONNECT;
    }
}
