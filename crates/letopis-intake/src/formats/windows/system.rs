//! System and Application channels: services, starting and stopping, clock, software, devices, firewall, WMI.

use letopis_event::{EventBuf, Kind, Number, Text};

use super::rules::{Columns, Rule, rule};
use super::values::{account, program, quantity, value};

const INSTALLED: Columns = &[("ServiceName", Text::Target), ("ImagePath", Text::XCommandLine)];
const FIRST: Columns = &[("param1", Text::Target)];
const FIRST_REASON: Columns = &[("param1", Text::Target), ("param2", Text::XReason)];
const SECOND: Columns = &[("param2", Text::Target)];

/// Service Control Manager.
const SERVICES: &[Rule] = &[
    rule(
        7000,
        Kind::SERVICE_FAILURE,
        FIRST_REASON,
        "Service {target} failed to start[: {x_reason}]",
    )
    .failed(),
    rule(
        7001,
        Kind::SERVICE_FAILURE,
        &[("param1", Text::Target), ("param3", Text::XReason)],
        "Service {target} depends on {param2}, which failed to start",
    )
    .failed(),
    rule(
        7003,
        Kind::SERVICE_FAILURE,
        FIRST_REASON,
        "Service {target} depends on {param2}, which is not there",
    )
    .failed(),
    rule(
        7005,
        Kind::SERVICE_FAILURE,
        FIRST_REASON,
        "A call failed: {param1}[: {param2}]",
    )
    .failed(),
    rule(
        7009,
        Kind::SERVICE_TIMEOUT,
        SECOND,
        "Service {target} did not connect within {param1} ms",
    )
    .failed(),
    rule(
        7011,
        Kind::SERVICE_TIMEOUT,
        SECOND,
        "Service {target} did not answer within {param1} ms",
    )
    .failed(),
    rule(
        7022,
        Kind::SERVICE_FAILURE,
        FIRST,
        "Service {target} hung on starting",
    )
    .failed(),
    rule(
        7023,
        Kind::SERVICE_FAILURE,
        FIRST_REASON,
        "Service {target} ended with error {x_reason}",
    )
    .failed(),
    rule(
        7024,
        Kind::SERVICE_FAILURE,
        FIRST_REASON,
        "Service {target} ended with its own error {x_reason}",
    )
    .failed(),
    rule(
        7026,
        Kind::SERVICE_FAILURE,
        FIRST,
        "Drivers that did not load: {target}",
    )
    .failed(),
    rule(
        7030,
        Kind::CONFIG_CHANGE,
        FIRST,
        "Service {target} is marked interactive, which the system does not allow",
    ),
    rule(
        7031,
        Kind::SERVICE_FAILURE,
        FIRST,
        "Service {target} ended unexpectedly[, time {param2}]",
    )
    .failed(),
    rule(
        7032,
        Kind::SERVICE_FAILURE,
        &[("param3", Text::Target)],
        "Recovery of the service {target} failed",
    )
    .failed(),
    rule(
        7034,
        Kind::SERVICE_FAILURE,
        FIRST,
        "Service {target} ended unexpectedly[, time {param2}]",
    )
    .failed(),
    rule(
        7035,
        Kind::SERVICE_STATE,
        &[("param1", Text::Target), ("param2", Text::Action)],
        "Service {target} was sent: {action}",
    ),
    rule(
        7036,
        Kind::SERVICE_STATE,
        &[("param1", Text::Target), ("param2", Text::Status)],
        "Service {target} is now {status}",
    )
    .with(service_state),
    rule(
        7038,
        Kind::SERVICE_FAILURE,
        &[
            ("param1", Text::Target),
            ("param2", Text::TargetUser),
            ("param3", Text::XReason),
        ],
        "Service {target} could not log on as {target_user}[: {x_reason}]",
    )
    .failed(),
    rule(
        7040,
        Kind::CONFIG_CHANGE,
        &[
            ("param1", Text::Target),
            ("param2", Text::XOldValue),
            ("param3", Text::XNewValue),
        ],
        "Start of the service {target} changed from {x_old_value} to {x_new_value}",
    )
    .done(),
    rule(
        7041,
        Kind::SERVICE_FAILURE,
        &[("param1", Text::Target), ("param2", Text::TargetUser)],
        "Service {target}: {target_user} may not log on as a service",
    )
    .failed(),
    rule(
        7042,
        Kind::SERVICE_STOP,
        FIRST,
        "Service {target} was sent a stop[, reason {param4}]",
    ),
    rule(
        7043,
        Kind::SERVICE_FAILURE,
        FIRST,
        "Service {target} did not shut down properly",
    )
    .failed(),
    rule(
        7045,
        Kind::SERVICE_INSTALL,
        INSTALLED,
        "Service {target} installed[: {x_command_line}][, account {AccountName}]",
    )
    .done(),
];

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
const WINLOGON: &[Rule] = &[
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
    SERVICES, EVENTLOG, KERNEL, POWER, USER, TIME, WINLOGON, INSTALLER, UPDATE, CRASH, FIREWALL, DRIVERS,
    WMI, EXHAUSTION, DISK,
];

/// The tables of a provider.
pub(super) fn tables(provider: &str) -> &'static [&'static [Rule]] {
    match provider {
        "Service Control Manager" | "Microsoft-Windows-Service Control Manager" | "" => &[SERVICES],
        "EventLog" => &[EVENTLOG],
        "Microsoft-Windows-Kernel-General" => &[KERNEL],
        "Microsoft-Windows-Kernel-Power" => &[POWER],
        "User32" | "USER32" | "Microsoft-Windows-User32" => &[USER],
        "Microsoft-Windows-Time-Service" | "W32Time" => &[TIME],
        "Microsoft-Windows-Winlogon" => &[WINLOGON],
        "MsiInstaller" => &[INSTALLER],
        "Microsoft-Windows-WindowsUpdateClient" => &[UPDATE],
        "Application Error"
        | "Application Hang"
        | "Windows Error Reporting"
        | "Microsoft-Windows-WER-SystemErrorReporting"
        | "BugCheck" => &[CRASH],
        "Microsoft-Windows-Windows Firewall With Advanced Security" => &[FIREWALL],
        "Microsoft-Windows-DriverFrameworks-UserMode" => &[DRIVERS],
        "Microsoft-Windows-WMI-Activity" => &[WMI],
        "Microsoft-Windows-Resource-Exhaustion-Detector" => &[EXHAUSTION],
        "disk" | "Disk" | "Srv" | "srv" => &[DISK],
        _ => &[],
    }
}

/// The new state stands as a word in the system's language; the binary data says it as a number: the service's
/// name, `/`, and the state of `SERVICE_STATUS` in UTF-16 (1 stopped, 4 running).
fn service_state(event: &mut EventBuf, _scratch: &mut String) {
    let state = value(event, "Binary").and_then(state_number);
    let word = value(event, "param2").unwrap_or_default();
    event.kind = match (state, word) {
        (Some(b'4'), _) => Kind::SERVICE_START,
        (Some(b'1'), _) => Kind::SERVICE_STOP,
        (Some(_), _) => Kind::SERVICE_STATE,
        (None, "running" | "работает" | "Работает" | "выполняется" | "Выполняется") => {
            Kind::SERVICE_START
        }
        (None, "stopped" | "остановлена" | "Остановлена" | "остановлен") => {
            Kind::SERVICE_STOP
        }
        _ => Kind::SERVICE_STATE,
    };
}

/// The digit behind the last `/` of a UTF-16 text printed in hex, with or without its closing zero.
fn state_number(hex: &str) -> Option<u8> {
    let hex = hex
        .strip_suffix("0000")
        .filter(|h| h.len().is_multiple_of(4))
        .unwrap_or(hex);
    let tail = hex.get(hex.len().checked_sub(8)?..)?;
    let digit = tail.strip_prefix("2F00").or_else(|| tail.strip_prefix("2f00"))?;
    let digit = digit.strip_suffix("00")?;
    u8::from_str_radix(digit, 16).ok().filter(u8::is_ascii_digit)
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
        let path = path.split_once(" (").map_or(path, |(path, _)| path);
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

#[cfg(test)]
mod tests {
    use super::state_number;

    #[test]
    fn service_states_are_read_from_the_binary_data() {
        // "EFS/4" and "EFS/1" in UTF-16, with the closing zero.
        assert_eq!(state_number("4500460053002F0034000000"), Some(b'4'));
        assert_eq!(state_number("4500460053002f0031000000"), Some(b'1'));
        assert_eq!(state_number("4500460053002F003400"), Some(b'4'));
        assert_eq!(state_number("4500"), None);
        assert_eq!(state_number(""), None);
    }
}
