//! Security channel: audit policy, clock, firewall, services, starting and stopping; and the event log service.

use letopis_event::{EventBuf, Kind, Text};

use super::rules::{Columns, Rule, rule};
use super::values::value;

const POLICY: Columns = &[
    ("AuditPolicyChanges", Text::XNewValue),
    ("SubcategoryGuid", Text::Target),
];

const OBJECT: Columns = &[
    ("ObjectName", Text::Target),
    ("OldSd", Text::XOldValue),
    ("NewSd", Text::XNewValue),
];

const CLOCK: Columns = &[("PreviousTime", Text::XOldValue), ("NewTime", Text::XNewValue)];

const SERVICE: Columns = &[
    ("ServiceName", Text::Target),
    ("ServiceFileName", Text::XCommandLine),
];

const FIREWALL: Columns = &[
    ("RuleName", Text::XRule),
    ("RuleName", Text::Target),
    ("SettingType", Text::Target),
    ("SettingValue", Text::XNewValue),
];

const DOMAIN: Columns = &[
    ("DomainName", Text::Target),
    ("DomainPolicyChanged", Text::XNewValue),
];

const BOOT: Columns = &[];

pub(super) const RULES: &[Rule] = &[
    rule(4608, Kind::SYSTEM_START, BOOT, "Windows started"),
    rule(4609, Kind::SYSTEM_STOP, BOOT, "Windows is shutting down"),
    rule(
        4612,
        Kind::LOG_FAILURE,
        BOOT,
        "Audit messages were lost: the queue ran full",
    )
    .failed(),
    rule(
        4614,
        Kind::MODULE_LOAD,
        &[("NotificationPackageName", Text::Target)],
        "Notification package {target} loaded",
    ),
    rule(
        4616,
        Kind::TIME_CHANGE,
        CLOCK,
        "{user_name} changed the clock from {x_old_value} to {x_new_value}[ by {process}]",
    ),
    rule(
        4621,
        Kind::LOG_FAILURE,
        BOOT,
        "Administrator recovered the system from a crash on audit failure",
    ),
    rule(
        4622,
        Kind::MODULE_LOAD,
        &[("SecurityPackageName", Text::Target)],
        "Security package {target} loaded",
    ),
    rule(
        4697,
        Kind::SERVICE_INSTALL,
        SERVICE,
        "{user_name} installed the service {target}[: {x_command_line}]",
    ),
    rule(
        4703,
        Kind::PRIVILEGE_ASSIGN,
        &[
            ("TargetUserName", Text::TargetUser),
            ("EnabledPrivilegeList", Text::XNewValue),
            ("DisabledPrivilegeList", Text::XOldValue),
        ],
        "{user_name} adjusted the rights of a token of {target_user}[ by {process}]",
    ),
    rule(
        4706,
        Kind::CONFIG_CHANGE,
        DOMAIN,
        "{user_name} created a trust to the domain {target}",
    ),
    rule(
        4707,
        Kind::CONFIG_CHANGE,
        DOMAIN,
        "{user_name} removed the trust to the domain {target}",
    ),
    rule(
        4713,
        Kind::CONFIG_CHANGE,
        &[("KerberosPolicyChange", Text::XNewValue)],
        "{user_name} changed the Kerberos policy",
    ),
    rule(
        4715,
        Kind::LOG_POLICY_CHANGE,
        OBJECT,
        "{user_name} changed the audit policy of an object",
    ),
    rule(
        4716,
        Kind::CONFIG_CHANGE,
        DOMAIN,
        "{user_name} changed the trust to the domain {target}",
    ),
    rule(
        4719,
        Kind::LOG_POLICY_CHANGE,
        POLICY,
        "{user_name} changed the audit policy[: {x_new_value}]",
    ),
    rule(
        4739,
        Kind::CONFIG_CHANGE,
        DOMAIN,
        "{user_name} changed the policy of the domain {target}",
    ),
    rule(
        4817,
        Kind::LOG_POLICY_CHANGE,
        OBJECT,
        "{user_name} changed the auditing settings of {target}",
    ),
    rule(
        4826,
        Kind::OTHER,
        BOOT,
        "Boot configuration loaded[, test signing {TestSigning}][, kernel debugging {KernelDebug}]",
    ),
    rule(
        4902,
        Kind::OTHER,
        BOOT,
        "Table of audit policies per user was made",
    ),
    rule(
        4904,
        Kind::OTHER,
        BOOT,
        "{process} registered the event source {AuditSourceName}",
    ),
    rule(
        4905,
        Kind::OTHER,
        BOOT,
        "{process} removed the event source {AuditSourceName}",
    ),
    rule(
        4906,
        Kind::LOG_POLICY_CHANGE,
        &[("CrashOnAuditFailValue", Text::XNewValue)],
        "The system's stop on audit failure is now {x_new_value}",
    ),
    rule(
        4907,
        Kind::LOG_POLICY_CHANGE,
        OBJECT,
        "{user_name} changed the auditing settings of {target}[ by {process}]",
    ),
    rule(
        4908,
        Kind::LOG_POLICY_CHANGE,
        BOOT,
        "Table of special groups changed",
    ),
    rule(
        4912,
        Kind::LOG_POLICY_CHANGE,
        POLICY,
        "{user_name} changed the audit policy of a user",
    ),
    rule(4944, Kind::OTHER, BOOT, "Firewall policy at start"),
    rule(4945, Kind::OTHER, FIREWALL, "Firewall rule {target} at start"),
    rule(
        4946,
        Kind::PROTECTION_CONFIG_CHANGE,
        FIREWALL,
        "Firewall rule {target} added",
    ),
    rule(
        4947,
        Kind::PROTECTION_CONFIG_CHANGE,
        FIREWALL,
        "Firewall rule {target} changed",
    ),
    rule(
        4948,
        Kind::PROTECTION_CONFIG_CHANGE,
        FIREWALL,
        "Firewall rule {target} deleted",
    ),
    rule(
        4949,
        Kind::PROTECTION_CONFIG_CHANGE,
        BOOT,
        "Firewall settings restored to default",
    ),
    rule(
        4950,
        Kind::PROTECTION_CONFIG_CHANGE,
        FIREWALL,
        "Firewall setting {target} changed[ to {x_new_value}]",
    ),
    rule(
        4954,
        Kind::PROTECTION_CONFIG_CHANGE,
        BOOT,
        "Firewall group policy changed",
    ),
    rule(
        4956,
        Kind::PROTECTION_CONFIG_CHANGE,
        BOOT,
        "Firewall profile changed",
    ),
    rule(5024, Kind::PROTECTION_ENABLE, BOOT, "Firewall service started").done(),
    rule(5025, Kind::PROTECTION_DISABLE, BOOT, "Firewall service stopped").done(),
    rule(
        5030,
        Kind::PROTECTION_ENABLE,
        BOOT,
        "Firewall service failed to start",
    )
    .failed(),
    rule(5033, Kind::PROTECTION_ENABLE, BOOT, "Firewall driver started").done(),
    rule(5034, Kind::PROTECTION_DISABLE, BOOT, "Firewall driver stopped").done(),
    rule(
        5035,
        Kind::PROTECTION_ENABLE,
        BOOT,
        "Firewall driver failed to start",
    )
    .failed(),
];

const CLEARED: Columns = &[("Channel", Text::Target), ("BackupPath", Text::XNewValue)];

/// Events of the event log service (`Microsoft-Windows-Eventlog`), in Security and System.
pub(super) const EVENTLOG: &[Rule] = &[
    rule(
        104,
        Kind::LOG_CLEAR,
        CLEARED,
        "{user_name} cleared the log {target}[, copy in {BackupPath}]",
    )
    .done(),
    rule(
        1100,
        Kind::PROTECTION_DISABLE,
        BOOT,
        "Event logging service stopped",
    )
    .done()
    .with(logging),
    rule(
        1101,
        Kind::LOG_FAILURE,
        BOOT,
        "Audit events were dropped[: {Reason}]",
    )
    .failed(),
    rule(
        1102,
        Kind::LOG_CLEAR,
        CLEARED,
        "{user_name} cleared the security log",
    )
    .done()
    .with(security_log),
    rule(1104, Kind::LOG_FULL, BOOT, "The security log is full")
        .failed()
        .with(security_log),
    rule(
        1105,
        Kind::LOG_ROTATE,
        &[("Channel", Text::Target), ("BackupPath", Text::XNewValue)],
        "Log {target} was saved to {BackupPath}",
    )
    .done(),
    rule(
        1107,
        Kind::LOG_FAILURE,
        BOOT,
        "Error of the event logging service",
    )
    .failed(),
    rule(
        1108,
        Kind::LOG_FAILURE,
        BOOT,
        "The event logging service could not process an event[ of {PublisherName}]",
    )
    .failed(),
];

/// KZ195-A4-1.7 counts the means of logging among the protection systems.
fn logging(event: &mut EventBuf, _scratch: &mut String) {
    event.set(Text::Target, "event logging");
    event.attr("component", "logging");
}

fn security_log(event: &mut EventBuf, _scratch: &mut String) {
    if value(event, "Channel").is_none() && event.get(Text::Target).is_none() {
        event.set(Text::Target, "Security");
    }
}
