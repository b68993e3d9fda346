//! System and Application channels: services, starting and stopping, clock, software, devices, firewall, WMI.

use letopis_event::{EventBuf, Kind, Number, Text};

use super::rules::{Columns, Rule, rule};
use super::services;
use super::values::{account, program, quantity, value};
use crate::formats::scan::Cut as _;

/// EventLog, the old provider of the System channel.
const EVENTLOG: &[Rule] = &[
    rule(6005, Kind::SYSTEM_START, &[], "Event log service started").done(),
    rule(6006, Kind::SYSTEM_STOP, &[], "Event log service stopped").done(),
    rule(6008, Kind::SYSTEM_STOP, &[], "The shutdown before was unexpected").with(unexpected),
    rule(6009, Kind::SYSTEM_START, &[], "System version at start"),
    rule(6013, Kind::OTHER, &[], "System uptime"),
];

/// Microsoft-Windows-Kernel-General.
const KERNEL: &[Rule] = &[
    rule(
        1,
        Kind::TIME_CHANGE,
        &[
            ("OldTime", Text::XOldValue),
            ("NewTime", Text::XNewValue),
            ("Reason", Text::XReason),
        ],
        "Clock changed from {x_old_value} to {x_new_value}[, reason {Reason}]",
    )
    .done()
    .with(process),
    rule(
        12,
        Kind::SYSTEM_START,
        &[],
        "Operating system started[ at {StartTime}]",
    )
    .done(),
    rule(
        13,
        Kind::SYSTEM_STOP,
        &[],
        "Operating system is shutting down[ at {StopTime}]",
    )
    .done(),
    rule(
        16,
        Kind::OTHER,
        &[("HiveName", Text::Target)],
        "Registry hive {target} was compacted",
    ),
    rule(24, Kind::CONFIG_CHANGE, &[], "Time zone information refreshed"),
];

/// Microsoft-Windows-Kernel-Power.
const POWER: &[Rule] = &[
    rule(
        41,
        Kind::SYSTEM_START,
        &[("BugcheckCode", Text::Status)],
        "System restarted without having shut down cleanly",
    )
    .with(unexpected),
    rule(42, Kind::OTHER, &[], "System is going to sleep"),
    rule(107, Kind::OTHER, &[], "System woke up"),
    rule(109, Kind::SYSTEM_STOP, &[], "Power manager began a shutdown"),
];

const SHUTDOWN: Columns = &[
    ("param2", Text::Target),
    ("param3", Text::XReason),
    ("param5", Text::Action),
];

/// User32.
const USER: &[Rule] = &[
    rule(
        1074,
        Kind::SYSTEM_STOP,
        SHUTDOWN,
        "{user_name} began: {action}[, reason {x_reason}][, by {process}]",
    )
    .with(shutdown),
    rule(
        1076,
        Kind::SYSTEM_STOP,
        &[("param1", Text::XReason)],
        "Reason given for the unexpected shutdown: {x_reason}",
    )
    .with(shutdown),
];

/// Microsoft-Windows-Time-Service.
const TIME: &[Rule] = &[
    rule(24, Kind::TIME_SYNC, &[], "Time source not reachable").failed(),
    rule(29, Kind::TIME_SYNC, &[], "No time source is reachable").failed(),
    rule(
        35,
        Kind::TIME_SYNC,
        &[("TimeSource", Text::Target)],
        "Clock is synchronised with {target}",
    )
    .done(),
    rule(
        36,
        Kind::TIME_SYNC,
        &[],
        "Clock was not synchronised for a long time",
    )
    .failed(),
    rule(
        37,
        Kind::TIME_SYNC,
        &[("TimeSource", Text::Target)],
        "Time is received from {target}",
    )
    .done(),
    rule(47, Kind::TIME_SYNC, &[], "Time source gave no valid time").failed(),
    rule(50, Kind::TIME_SYNC, &[], "Clock differs too much from its source").failed(),
    rule(
        52,
        Kind::TIME_CHANGE,
        &[("TimeOffset", Text::XNewValue)],
        "Clock set by the time service[, by {TimeOffset}]",
    )
    .done(),
    rule(129, Kind::TIME_SYNC, &[], "No time source could be found").failed(),
    rule(
        134,
        Kind::TIME_SYNC,
        &[],
        "Name of the time source could not be resolved",
    )
    .failed(),
];

/// Microsoft-Windows-Winlogon.
pub(super) const WINLOGON: &[Rule] = &[
    rule(
        7001,
        Kind::SESSION_OPEN,
        &[("TSId", Text::Session), ("UserSid", Text::UserName)],
        "User {UserSid} opened session {session}",
    )
    .done(),
    rule(
        7002,
        Kind::SESSION_CLOSE,
        &[("TSId", Text::Session), ("UserSid", Text::UserName)],
        "User {UserSid} closed session {session}",
    )
    .done(),
];

/// MsiInstaller: unnamed data, the first of which begins with the product.
const INSTALLER: &[Rule] = &[
    rule(
        1033,
        Kind::SOFTWARE_INSTALL,
        &[("Data", Text::Target)],
        "Software installed: {target}",
    ),
    rule(
        1034,
        Kind::SOFTWARE_REMOVE,
        &[("Data", Text::Target)],
        "Software removed: {target}",
    ),
    rule(
        1035,
        Kind::SOFTWARE_INSTALL,
        &[("Data", Text::Target)],
        "Software reconfigured: {target}",
    ),
    rule(
        1036,
        Kind::SOFTWARE_INSTALL,
        &[("Data", Text::Target)],
        "Software update installed: {target}",
    ),
    rule(
        11707,
        Kind::SOFTWARE_INSTALL,
        &[("Data", Text::Target)],
        "{target}",
    )
    .done(),
    rule(
        11708,
        Kind::SOFTWARE_INSTALL,
        &[("Data", Text::Target)],
        "{target}",
    )
    .failed(),
    rule(
        11724,
        Kind::SOFTWARE_REMOVE,
        &[("Data", Text::Target)],
        "{target}",
    )
    .done(),
    rule(
        11725,
        Kind::SOFTWARE_REMOVE,
        &[("Data", Text::Target)],
        "{target}",
    )
    .failed(),
];

/// Microsoft-Windows-WindowsUpdateClient.
const UPDATE: &[Rule] = &[
    rule(
        19,
        Kind::SOFTWARE_INSTALL,
        &[("updateTitle", Text::Target)],
        "Update installed: {target}",
    )
    .done(),
    rule(
        20,
        Kind::SOFTWARE_INSTALL,
        &[("updateTitle", Text::Target), ("errorCode", Text::XReason)],
        "Update failed: {target}[, {x_reason}]",
    )
    .failed(),
    rule(
        43,
        Kind::SOFTWARE_INSTALL,
        &[("updateTitle", Text::Target)],
        "Update begins: {target}",
    ),
    rule(
        44,
        Kind::OTHER,
        &[("updateTitle", Text::Target)],
        "Update is being downloaded: {target}",
    ),
];

/// Application Error, Application Hang, Windows Error Reporting.
const CRASH: &[Rule] = &[
    rule(
        1000,
        Kind::ERROR_REPORT,
        &[("AppName", Text::Target), ("Data", Text::Target)],
        "Program {target} crashed",
    )
    .failed(),
    rule(
        1001,
        Kind::ERROR_REPORT,
        &[("EventName", Text::Action), ("param1", Text::Status)],
        "Error report[: {action}]",
    ),
    rule(
        1002,
        Kind::ERROR_REPORT,
        &[("Data", Text::Target)],
        "Program {target} hung",
    )
    .failed(),
    rule(
        1005,
        Kind::ERROR_REPORT,
        &[("Data", Text::Target)],
        "Program {target} could not reach a file",
    )
    .failed(),
];

/// Microsoft-Windows-Windows Firewall With Advanced Security.
const FIREWALL: &[Rule] = &[
    rule(
        2002,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[
            ("SettingType", Text::Target),
            ("SettingValueString", Text::XNewValue),
        ],
        "Firewall setting {target} changed[ to {x_new_value}]",
    )
    .with(rule_changed),
    rule(
        2003,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[
            ("SettingType", Text::Target),
            ("SettingValueString", Text::XNewValue),
        ],
        "Firewall profile setting {target} changed[ to {x_new_value}]",
    )
    .with(rule_changed),
    rule(
        2004,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[("RuleName", Text::Target), ("RuleName", Text::XRule)],
        "Firewall rule {target} added",
    )
    .with(rule_changed),
    rule(
        2005,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[("RuleName", Text::Target), ("RuleName", Text::XRule)],
        "Firewall rule {target} changed",
    )
    .with(rule_changed),
    rule(
        2006,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[("RuleName", Text::Target), ("RuleName", Text::XRule)],
        "Firewall rule {target} deleted",
    )
    .with(rule_changed),
    rule(
        2009,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[],
        "Firewall group policy could not be loaded",
    )
    .failed(),
    rule(
        2033,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[],
        "All firewall rules deleted",
    )
    .with(rule_changed),
];

/// Microsoft-Windows-DriverFrameworks-UserMode: devices behind a user-mode driver, removable media among them.
const DRIVERS: &[Rule] = &[
    rule(
        2003,
        Kind::DEVICE_CONNECT,
        &[("InstanceId", Text::Media), ("instance", Text::Media)],
        "Device {media} is being loaded",
    ),
    rule(
        2004,
        Kind::DEVICE_CONNECT,
        &[("InstanceId", Text::Media), ("instance", Text::Media)],
        "Device {media} is being loaded",
    ),
    rule(
        2100,
        Kind::DEVICE_DISCONNECT,
        &[("InstanceId", Text::Media), ("instance", Text::Media)],
        "Device {media}: power or removal request",
    ),
    rule(
        2102,
        Kind::DEVICE_DISCONNECT,
        &[("InstanceId", Text::Media), ("instance", Text::Media)],
        "Device {media}: power or removal request finished",
    ),
];

/// Microsoft-Windows-WMI-Activity.
const WMI: &[Rule] = &[
    rule(
        5857,
        Kind::MODULE_LOAD,
        &[("ProviderName", Text::Target)],
        "WMI provider {target} started",
    ),
    rule(
        5858,
        Kind::OTHER,
        &[("Operation", Text::XQuery), ("ResultCode", Text::Status)],
        "WMI operation failed[: {Operation}]",
    )
    .failed()
    .with(wmi),
    rule(
        5859,
        Kind::WMI_NAMESPACE_WRITE,
        &[("Query", Text::XQuery), ("NamespaceName", Text::Target)],
        "WMI filter bound[ in {target}]",
    )
    .with(wmi),
    rule(
        5860,
        Kind::OTHER,
        &[("Query", Text::XQuery), ("NamespaceName", Text::Target)],
        "Temporary WMI subscription[: {x_query}]",
    )
    .with(wmi),
    rule(
        5861,
        Kind::WMI_NAMESPACE_WRITE,
        &[("ESS", Text::XQuery), ("Namespace", Text::Target)],
        "Permanent WMI subscription[ in {target}]",
    )
    .with(wmi),
];

/// Microsoft-Windows-Resource-Exhaustion-Detector.
const EXHAUSTION: &[Rule] = &[rule(
    2004,
    Kind::RESOURCE_EXHAUSTED,
    &[],
    "Virtual memory is running out",
)
.failed()];

/// disk, Ntfs, volume manager: the medium fails or is full.
const DISK: &[Rule] = &[
    rule(
        7,
        Kind::ERROR_REPORT,
        &[("Data", Text::Target)],
        "Bad block[ on {target}]",
    )
    .failed(),
    rule(
        11,
        Kind::ERROR_REPORT,
        &[("Data", Text::Target)],
        "Controller error[ on {target}]",
    )
    .failed(),
    rule(
        51,
        Kind::ERROR_REPORT,
        &[("Data", Text::Target)],
        "Error on paging[ on {target}]",
    )
    .failed(),
    rule(
        2013,
        Kind::RESOURCE_EXHAUSTED,
        &[("Data", Text::Target)],
        "Disk {target} is almost full",
    ),
];

/// Every table, for the tests.
#[cfg(test)]
pub(super) const EVERY: &[&[Rule]] = &[
    services::RULES,
    super::iis::RULES,
    EVENTLOG,
    KERNEL,
    POWER,
    USER,
    TIME,
    WINLOGON,
    INSTALLER,
    UPDATE,
    CRASH,
    FIREWALL,
    DRIVERS,
    WMI,
    EXHAUSTION,
    DISK,
];

/// The tables of a provider.
pub(super) fn tables(provider: &str) -> &'static [&'static [Rule]] {
    match provider {
        "Service Control Manager" | "Microsoft-Windows-Service Control Manager" | "" => &[services::RULES],
        "EventLog" => &[EVENTLOG],
        "Microsoft-Windows-Kernel-General" => &[KERNEL],
        "Microsoft-Windows-Kernel-Power" => &[POWER],
        "User32" | "USER32" | "Microsoft-Windows-User32" => &[USER],
        "Microsoft-Windows-Time-Service" | "W32Time" => &[TIME],
        "MsiInstaller" => &[INSTALLER],
        "Microsoft-Windows-WindowsUpdateClient" => &[UPDATE],
        "Application Error"
        | "Application Hang"
        | "Windows Error Reporting"
        | "Microsoft-Windows-WER-SystemErrorReporting"
        | "BugCheck" => &[CRASH],
        "Microsoft-Windows-Windows Firewall With Advanced Security" => &[FIREWALL],
        "Microsoft-Windows-DriverFrameworks-UserMode" => &[DRIVERS],
        "Microsoft-Windows-IIS-Logging" => &[super::iis::RULES],
        "Microsoft-Windows-WMI-Activity" => &[WMI],
        "Microsoft-Windows-Resource-Exhaustion-Detector" => &[EXHAUSTION],
        "disk" | "Disk" | "Srv" | "srv" => &[DISK],
        _ => &[],
    }
}

fn unexpected(event: &mut EventBuf, _scratch: &mut String) {
    event.set(Text::XReason, "unexpected shutdown");
}

fn process(event: &mut EventBuf, scratch: &mut String) {
    program(event, scratch, "ProcessName", Text::Process);
    quantity(event, "ProcessID", Number::Pid);
}

/// The program, its machine in brackets, stands in the first parameter; who asked for it in the seventh.
fn shutdown(event: &mut EventBuf, scratch: &mut String) {
    account(event, scratch, "param7", Text::UserName);
    scratch.clear();
    if let Some(path) = value(event, "param1") {
        let path = path.cut_at(" (").map_or(path, |(path, _)| path);
        scratch.push_str(super::values::base_name(path));
    }
    event.set(Text::Process, scratch);
}

fn rule_changed(event: &mut EventBuf, scratch: &mut String) {
    program(event, scratch, "ModifyingApplication", Text::Process);
    super::values::take(event, "ModifyingUser", Text::UserName);
}

fn wmi(event: &mut EventBuf, scratch: &mut String) {
    account(event, scratch, "User", Text::UserName);
    quantity(event, "ClientProcessId", Number::Pid);
}
