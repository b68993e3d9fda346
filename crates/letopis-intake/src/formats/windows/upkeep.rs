//! Providers that keep the system running: profiles, boot, devices and drivers, file systems, printing,
//! components, licensing, databases of the system. Most of their events have no kind of their own.

use letopis_event::{EventBuf, Kind, Text};

use super::group_policy;
use super::rules::{Columns, Rule, rule, said};
use super::values::account;

/// Microsoft-Windows-User Profiles Service.
const PROFILES: &[Rule] = &[
    said(1500, "Logon refused: the profile could not be loaded").failed(),
    said(1511, "Profile not found: a temporary one is used"),
    said(1515, "Profile kept as a copy: a temporary one is used next"),
    said(
        1530,
        "Registry of a profile was still in use when it was unloaded",
    ),
    rule(1531, Kind::SERVICE_START, &[], "Profile service started").done(),
    rule(1532, Kind::SERVICE_STOP, &[], "Profile service stopped").done(),
];

/// Microsoft-Windows-Winlogon and Winlogon, beside sessions.
const LOGON: &[Rule] = &[
    said(6000, "Subscriber {Data} of logon notices was not available"),
    said(6001, "Subscriber {Data} of logon notices failed").failed(),
    said(6003, "Subscriber {Data} of logon notices could not be reached"),
    said(
        6004,
        "Subscriber {Data} of logon notices failed a critical notice",
    )
    .failed(),
];

/// Microsoft-Windows-WMI.
const INSTRUMENTATION: &[Rule] = &[
    said(10, "Event filter {Data 2} could not be used in {Data}").failed(),
    rule(
        5615,
        Kind::SERVICE_START,
        &[],
        "Management instrumentation service started",
    )
    .done(),
    said(5617, "Subsystems of management instrumentation started").done(),
];

/// Microsoft-Windows-Security-SPP: licensing.
const LICENSING: &[Rule] = &[
    rule(
        900,
        Kind::SERVICE_START,
        &[],
        "Licensing service is starting[, {Data}]",
    ),
    rule(
        902,
        Kind::SERVICE_START,
        &[],
        "Licensing service started[, version {Data}]",
    )
    .done(),
    rule(903, Kind::SERVICE_STOP, &[], "Licensing service stopped").done(),
    said(1003, "Licensing service checked the licences[ of {Data}]"),
    said(1066, "Licensing service: state of its start"),
    said(16384, "Licensing service will start again[ at {Data}]"),
    said(16388, "Licensing service: times of the next start[: {Data}]"),
    said(16394, "Licensing service: transition before an upgrade"),
];

/// ESENT: databases of the system's own services; data without names, the first of which is the program.
const ENGINE: &[Rule] = &[
    said(102, "Database engine of {Data} started a new instance").done(),
    said(103, "Database engine of {Data} stopped an instance").done(),
    said(105, "Database engine of {Data} is ready").done(),
    said(216, "Database {Data 4} of {Data} was moved[ to {Data 5}]"),
    said(325, "Database engine of {Data} created a database"),
    said(326, "Database engine of {Data} opened a database"),
    said(327, "Database engine of {Data} closed a database"),
];

/// Microsoft-Windows-Search.
const SEARCH: &[Rule] = &[
    rule(1003, Kind::SERVICE_START, &[], "Search service started").done(),
    rule(1013, Kind::SERVICE_STOP, &[], "Search service stopped").done(),
];

/// Microsoft-Windows-LanguagePackSetup.
const LANGUAGES: &[Rule] = &[
    said(4000, "Clean-up of language packs begins"),
    said(4001, "Clean-up of language packs ended"),
];

/// Microsoft-Windows-Ntfs.
const FILES: &[Rule] = &[
    rule(
        55,
        Kind::ERROR_REPORT,
        &[("DriveName", Text::Target)],
        "File system of {target} is damaged",
    )
    .failed(),
    rule(
        98,
        Kind::OTHER,
        &[("DriveName", Text::Target)],
        "File system of {target} ({DeviceName}): health checked",
    ),
    rule(
        137,
        Kind::ERROR_REPORT,
        &[],
        "A file transaction manager met an error",
    )
    .failed(),
    rule(
        142,
        Kind::OTHER,
        &[("VolumeName", Text::Target)],
        "Summary of the volume {target}",
    ),
];

/// Microsoft-Windows-Kernel-Boot.
const BOOT: &[Rule] = &[
    said(18, "Entries of the boot menu: {EntryCount}"),
    said(
        20,
        "The last shutdown was clean: {LastShutdownGood}[, the last start: {LastBootGood}]",
    ),
    said(25, "Policy of the boot menu: {BootMenuPolicy}"),
    said(27, "Type of the start: {BootType}"),
    said(30, "Firmware reported the times of the start"),
    said(
        32,
        "The boot manager waited for the user[ {BitlockerUserInputTime}]",
    ),
    said(153, "Security based on virtualisation: {EnableDisableReason}"),
];

const INSTANCE: Columns = &[
    ("DeviceInstanceId", Text::Media),
    ("DeviceInstanceID", Text::Media),
    ("DriverName", Text::Target),
];

/// Microsoft-Windows-Kernel-PnP.
const DEVICES: &[Rule] = &[
    rule(
        219,
        Kind::MODULE_LOAD,
        INSTANCE,
        "Driver {FailureName} of {DriverName} could not be loaded",
    )
    .failed(),
    rule(
        400,
        Kind::DEVICE_CONNECT,
        INSTANCE,
        "Device {media} configured[ with {DriverName}]",
    )
    .done(),
    rule(
        401,
        Kind::DEVICE_CONNECT,
        INSTANCE,
        "Device {media} could not be configured",
    )
    .failed(),
    rule(
        410,
        Kind::DEVICE_CONNECT,
        INSTANCE,
        "Device {media} started[ with {DriverName}]",
    )
    .done(),
    rule(
        411,
        Kind::DEVICE_CONNECT,
        INSTANCE,
        "Device {media} had a problem when it started",
    )
    .failed(),
    rule(420, Kind::OTHER, INSTANCE, "Device {media} deleted"),
    rule(
        430,
        Kind::OTHER,
        INSTANCE,
        "Device {media} needs further installing",
    ),
    rule(
        440,
        Kind::OTHER,
        INSTANCE,
        "Settings of the device {media} migrated",
    ),
    rule(
        441,
        Kind::OTHER,
        INSTANCE,
        "Settings of the device {media} migrated",
    ),
    rule(
        442,
        Kind::OTHER,
        INSTANCE,
        "Settings of the device {media} were not migrated",
    ),
];

/// Microsoft-Windows-UserPnp.
const INSTALLING: &[Rule] = &[
    rule(
        20001,
        Kind::DEVICE_CONNECT,
        INSTANCE,
        "Driver {DriverName} installed for the device {media}[, by {DriverProvider}][, status {InstallStatus}]",
    ),
    rule(
        20003,
        Kind::SERVICE_INSTALL,
        &[
            ("ServiceName", Text::Target),
            ("DriverFileName", Text::XCommandLine),
            ("DeviceInstanceID", Text::Media),
        ],
        "Driver service {target} added for the device {media}",
    ),
];

/// Microsoft-Windows-FilterManager.
const FILTERS: &[Rule] = &[
    rule(
        1,
        Kind::OTHER,
        &[("DeviceName", Text::Target)],
        "File system filter {DeviceName} unloaded",
    ),
    rule(
        6,
        Kind::MODULE_LOAD,
        &[("DeviceName", Text::Target)],
        "File system filter {DeviceName} loaded",
    )
    .done(),
];

/// Microsoft-Windows-PrintService.
const PRINTING: &[Rule] = &[
    rule(
        300,
        Kind::OTHER,
        &[("PrinterCreated", Text::Target), ("Param1", Text::Target)],
        "Printer {target} created",
    ),
    rule(
        301,
        Kind::OTHER,
        &[("Param1", Text::Target)],
        "Printer {target} deleted",
    ),
    rule(
        307,
        Kind::OTHER,
        &[("Param2", Text::Target), ("Param3", Text::UserName)],
        "{user_name} printed {target}[ on {Param5}][ from {Param4}][, pages {Param8}]",
    )
    .done()
    .with(printed),
    rule(
        316,
        Kind::OTHER,
        &[("Param1", Text::Target)],
        "Printer driver {target} added",
    ),
    rule(
        808,
        Kind::MODULE_LOAD,
        &[("PluginDllName", Text::Target)],
        "Print service could not load {target}",
    )
    .failed(),
];

/// Microsoft-Windows-DistributedCOM.
const COMPONENTS: &[Rule] = &[
    said(
        10005,
        "Component service {param2} could not be started[, error {param1}]",
    )
    .failed(),
    said(10010, "Component {param1} did not register in time").failed(),
    said(10016, "{param6} may not {param2}{param3} the component {param4}").failed(),
    said(10028, "Component of {param1} could not be reached").failed(),
];

/// VSS and volsnap: shadow copies.
const SHADOWS: &[Rule] = &[
    said(25, "Shadow copies of {Data} were deleted: no room"),
    said(33, "Oldest shadow copy of {Data} was deleted"),
    said(36, "Shadow copies of {Data} were broken off: no room"),
    said(8193, "Shadow copy service: error in {Data}").failed(),
    rule(
        8224,
        Kind::SERVICE_STOP,
        &[],
        "Shadow copy service stops: nothing to do",
    ),
];

/// Microsoft-Windows-Backup.
const BACKUP: &[Rule] = &[
    rule(4, Kind::BACKUP_RUN, &[], "Backup completed").done(),
    rule(5, Kind::BACKUP_RUN, &[], "Backup failed").failed(),
    rule(8, Kind::BACKUP_RUN, &[], "Backup was cancelled").failed(),
    rule(14, Kind::OTHER, &[], "Backup operation ended"),
    rule(
        521,
        Kind::BACKUP_RUN,
        &[],
        "Backup failed: a shadow copy could not be made",
    )
    .failed(),
];

/// SceCli: security policy of the machine.
const SETTINGS: &[Rule] = &[
    said(1202, "Security policies applied with warnings[: {Data}]"),
    rule(
        1704,
        Kind::CONFIG_CHANGE,
        &[],
        "Security policy of the group policy objects applied",
    )
    .done(),
];

/// Microsoft-Windows-Wininit.
const START: &[Rule] = &[
    said(11, "Custom libraries are loaded into every program"),
    said(
        12,
        "Local security authority runs as a protected process[, level {Data}]",
    ),
    said(14, "Credential isolation was started"),
    said(1001, "Check of a disk at start"),
];

/// Tcpip.
const STACK: &[Rule] = &[
    said(4199, "Address {Data 2} is used by another machine[, {Data 3}]").failed(),
    rule(
        4227,
        Kind::RESOURCE_EXHAUSTED,
        &[],
        "No port was left for a connection",
    )
    .failed(),
    rule(4231, Kind::RESOURCE_EXHAUSTED, &[], "No port was left").failed(),
];

/// Every table, for the tests.
#[cfg(test)]
pub(super) const EVERY: &[&[Rule]] = &[
    group_policy::RULES,
    PROFILES,
    LOGON,
    INSTRUMENTATION,
    LICENSING,
    ENGINE,
    SEARCH,
    LANGUAGES,
    FILES,
    BOOT,
    DEVICES,
    INSTALLING,
    FILTERS,
    PRINTING,
    COMPONENTS,
    SHADOWS,
    BACKUP,
    SETTINGS,
    START,
    STACK,
];

/// The tables of a provider.
pub(super) fn tables(provider: &str) -> Option<&'static [&'static [Rule]]> {
    Some(match provider {
        "Microsoft-Windows-GroupPolicy" => &[group_policy::RULES],
        "Microsoft-Windows-User Profiles Service" => &[PROFILES],
        "Microsoft-Windows-Winlogon" | "Winlogon" => &[LOGON, super::system::WINLOGON],
        "Microsoft-Windows-WMI" => &[INSTRUMENTATION],
        "Microsoft-Windows-Security-SPP" => &[LICENSING],
        "ESENT" => &[ENGINE],
        "Microsoft-Windows-Search" => &[SEARCH],
        "Microsoft-Windows-LanguagePackSetup" => &[LANGUAGES],
        "Microsoft-Windows-Ntfs" | "Ntfs" => &[FILES],
        "Microsoft-Windows-Kernel-Boot" => &[BOOT],
        "Microsoft-Windows-Kernel-PnP" => &[DEVICES],
        "Microsoft-Windows-UserPnp" => &[INSTALLING],
        "Microsoft-Windows-FilterManager" => &[FILTERS],
        "Microsoft-Windows-PrintService" => &[PRINTING],
        "Microsoft-Windows-DistributedCOM" | "DCOM" => &[COMPONENTS],
        "VSS" | "volsnap" | "Volsnap" => &[SHADOWS],
        "Microsoft-Windows-Backup" => &[BACKUP],
        "SceCli" => &[SETTINGS],
        "Microsoft-Windows-Wininit" => &[START],
        "Tcpip" => &[STACK],
        _ => return None,
    })
}

fn printed(event: &mut EventBuf, scratch: &mut String) {
    account(event, scratch, "Param3", Text::UserName);
}
