//! Security channel: what the platform itself audits beside accounts and objects: the authority's start, protected
//! data, directory replication, the filtering platform, code integrity.
//!
//! Ids and meanings as in the vendor's appendix of audit events; most of these have no kind of their own.

use letopis_event::{Kind, Text};

use super::rules::{Columns, Rule, rule, said};

const KEY: Columns = &[("KeyName", Text::Target), ("Operation", Text::Action)];
const FILTER: Columns = &[
    ("FilterName", Text::Target),
    ("FilterId", Text::XRule),
    ("ChangeType", Text::Action),
];
const RADIUS: Columns = &[
    ("SubjectUserName", Text::UserName),
    ("Reason", Text::XReason),
    ("NetworkPolicyName", Text::XRule),
];
const REPLICA: Columns = &[
    ("DestinationDRA", Text::Target),
    ("SourceDRA", Text::XOldValue),
    ("StatusCode", Text::Status),
];

const fn firewall(code: u32, message: &'static str) -> Rule {
    rule(
        code,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[("RuleName", Text::Target)],
        message,
    )
}

pub(super) const fn refused(code: u32, message: &'static str) -> Rule {
    rule(code, Kind::OTHER, &[], message).failed()
}

pub(super) const RULES: &[Rule] = &[
    rule(
        4610,
        Kind::MODULE_LOAD,
        &[("AuthenticationPackageName", Text::Target)],
        "Authentication package {target} loaded",
    ),
    rule(
        4611,
        Kind::OTHER,
        &[("LogonProcessName", Text::Target)],
        "Trusted logon process {target} registered",
    ),
    said(4615, "Invalid use of a local procedure call port[ by {process}]"),
    said(4618, "A monitored pattern of security events occurred"),
    rule(
        4627,
        Kind::OTHER,
        &[
            ("TargetUserName", Text::UserName),
            ("TargetLogonId", Text::Session),
        ],
        "Groups of the logon of {user_name}[, part {EventIdx} of {EventCountTotal}]",
    ),
    said(4665, "{AppName} asked for an application client context"),
    said(4666, "{AppName} attempted an operation[: {OperationName}]"),
    said(4667, "{AppName} deleted an application client context"),
    said(4668, "Application {AppName} was initialised"),
    said(
        4671,
        "A program asked for a blocked function of the trusted platform module",
    ),
    said(4685, "State of a transaction changed"),
    said(4692, "{user_name} tried to back up a data protection master key"),
    said(4693, "{user_name} tried to recover a data protection master key"),
    said(4694, "{user_name} protected data[: {DataDescription}]"),
    said(4695, "{user_name} unprotected data[: {DataDescription}]"),
    rule(
        4696,
        Kind::OTHER,
        &[("TargetUserName", Text::TargetUser)],
        "A token of {target_user} was assigned to {TargetProcessName}",
    ),
    said(4782, "{user_name} read the password hash of {TargetUserName}"),
    said(
        4816,
        "A damaged message was received by remote procedure call[ from {PeerName}]",
    ),
    said(
        4818,
        "Proposed central access policy would decide otherwise for {ObjectName}",
    ),
    rule(
        4819,
        Kind::CONFIG_CHANGE,
        &[],
        "Central access policies of the machine changed",
    ),
    refused(4820, "Ticket refused: the device does not meet the access rules"),
    refused(
        4821,
        "Service ticket refused: user or device do not meet the access rules",
    ),
    refused(4822, "NTLM refused: the account is a protected user"),
    refused(4823, "NTLM refused: access rules"),
    refused(
        4824,
        "Kerberos pre-authentication by {TargetUserName} refused: protected user",
    ),
    rule(
        4825,
        Kind::REMOTE_ACCESS,
        &[("AccountName", Text::UserName), ("LogonID", Text::Session)],
        "{user_name} was refused remote desktop[ from {ClientAddress}]",
    )
    .failed(),
    said(4864, "A namespace collision was found"),
    rule(
        4865,
        Kind::CONFIG_CHANGE,
        &[],
        "{user_name} added trusted forest information",
    ),
    rule(
        4866,
        Kind::CONFIG_CHANGE,
        &[],
        "{user_name} removed trusted forest information",
    ),
    rule(
        4867,
        Kind::CONFIG_CHANGE,
        &[],
        "{user_name} changed trusted forest information",
    ),
    rule(
        4909,
        Kind::CONFIG_CHANGE,
        &[],
        "Local policy of the trusted platform base services changed",
    ),
    rule(
        4910,
        Kind::CONFIG_CHANGE,
        &[],
        "Group policy of the trusted platform base services changed",
    ),
    said(
        4911,
        "{user_name} changed the resource attributes of {ObjectName}",
    ),
    said(
        4913,
        "{user_name} changed the central access policy of {ObjectName}",
    ),
    rule(
        4928,
        Kind::OTHER,
        REPLICA,
        "Replication source of {target} established",
    ),
    rule(
        4929,
        Kind::OTHER,
        REPLICA,
        "Replication source of {target} removed",
    ),
    rule(
        4930,
        Kind::OTHER,
        REPLICA,
        "Replication source of {target} changed",
    ),
    rule(
        4931,
        Kind::OTHER,
        REPLICA,
        "Replication destination {target} changed",
    ),
    rule(
        4932,
        Kind::OTHER,
        REPLICA,
        "Replication to {target} begins[, from {SourceDRA}]",
    ),
    rule(
        4933,
        Kind::OTHER,
        REPLICA,
        "Replication to {target} ended[, from {SourceDRA}][, status {status}]",
    ),
    said(4934, "Attributes of the directory object {Object} replicated"),
    refused(4935, "Replication failure begins"),
    said(4936, "Replication failure ends"),
    said(4937, "Lingering object removed from a replica[: {Object}]"),
    firewall(4951, "Firewall rule {target} ignored: unknown major version"),
    firewall(
        4952,
        "Parts of the firewall rule {target} ignored: unknown minor version",
    ),
    firewall(
        4953,
        "Firewall rule {target} ignored: it could not be parsed[: {ReasonForRejection}]",
    ),
    firewall(4957, "Firewall rule {target} was not applied"),
    firewall(
        4958,
        "Firewall rule {target} was not applied: it names what this machine has not",
    ),
    said(4985, "State of a transaction changed[ by {process}]"),
    refused(5027, "Firewall service could not read its policy"),
    refused(5028, "Firewall service could not parse the new policy"),
    refused(5029, "Firewall service could not start its driver"),
    rule(
        5031,
        Kind::FIREWALL_BLOCK,
        &[("Application", Text::Target)],
        "Firewall kept {target} from accepting connections",
    )
    .failed(),
    refused(5032, "Firewall could not tell the user that it blocked a program"),
    refused(5037, "Firewall driver ended after a critical error"),
    rule(
        5038,
        Kind::DEVIATION_REPORT,
        &[("param1", Text::Target)],
        "Code integrity: the image hash of {target} is not valid",
    )
    .failed(),
    said(5039, "Registry key {KeyName} was virtualised"),
    refused(5050, "{process} tried to switch the firewall off and was refused"),
    said(5051, "File {FileName} was virtualised"),
    said(5056, "Cryptographic self test[ of {Module}]"),
    refused(5057, "Cryptographic primitive failed[: {Reason}]"),
    rule(
        5058,
        Kind::OTHER,
        KEY,
        "{user_name}: operation on the key file of {KeyName}",
    ),
    rule(
        5059,
        Kind::OTHER,
        KEY,
        "{user_name}: migration of the key {KeyName}",
    ),
    refused(5060, "Verification with the key {KeyName} failed[: {Reason}]"),
    rule(
        5061,
        Kind::OTHER,
        KEY,
        "{user_name}: operation with the key {KeyName}",
    ),
    said(5062, "Cryptographic self test in the kernel"),
    said(5063, "Operation on the cryptographic provider {ProviderName}"),
    said(5064, "Operation on a cryptographic context[ by {process}]"),
    said(5065, "Change of a cryptographic context[ by {process}]"),
    said(5066, "Operation on a cryptographic function[ by {process}]"),
    said(5067, "Change of a cryptographic function[ by {process}]"),
    said(
        5068,
        "Operation on a provider of a cryptographic function[ by {process}]",
    ),
    said(
        5069,
        "Operation on a property of a cryptographic function[ by {process}]",
    ),
    said(
        5070,
        "Change of a property of a cryptographic function[ by {process}]",
    ),
    said(
        5148,
        "Filtering platform: flood of packets, defensive mode begins",
    ),
    said(5149, "Filtering platform: the flood has ended"),
    said(5376, "{user_name} backed up stored credentials"),
    said(5377, "{user_name} restored stored credentials from a backup"),
    refused(
        5378,
        "Policy forbids {user_name} to delegate credentials[ to {TargetServer}]",
    ),
    rule(
        5379,
        Kind::OTHER,
        &[("TargetName", Text::Target)],
        "{user_name} read stored credentials[: {target}]",
    ),
    rule(
        5380,
        Kind::OTHER,
        &[("SearchString", Text::Target)],
        "{user_name} searched the credential vault[: {target}]",
    ),
    said(5381, "{user_name} read the list of vault credentials"),
    rule(
        5382,
        Kind::OTHER,
        &[("SchemaFriendlyName", Text::Target)],
        "{user_name} read vault credentials[: {target}]",
    ),
    said(5440, "Filtering platform at start: callout {CalloutName}"),
    rule(
        5441,
        Kind::OTHER,
        FILTER,
        "Filtering platform at start: filter {FilterName}",
    ),
    said(5442, "Filtering platform at start: provider {ProviderName}"),
    said(
        5443,
        "Filtering platform at start: provider context {ProviderContextName}",
    ),
    said(5444, "Filtering platform at start: sub-layer {SubLayerName}"),
    said(5446, "Filtering platform: callout {CalloutName} changed"),
    rule(
        5447,
        Kind::OTHER,
        FILTER,
        "Filtering platform: filter {FilterName} changed",
    ),
    said(5448, "Filtering platform: provider {ProviderName} changed"),
    said(
        5449,
        "Filtering platform: provider context {ProviderContextName} changed",
    ),
    said(5450, "Filtering platform: sub-layer {SubLayerName} changed"),
    rule(
        5632,
        Kind::AUTH_LOGON,
        &[
            ("SubjectUserName", Text::UserName),
            ("SSID", Text::Target),
            ("ReasonText", Text::XReason),
        ],
        "Authentication of {user_name} to the wireless network {SSID}[: {ReasonText}]",
    ),
    rule(
        5633,
        Kind::AUTH_LOGON,
        &[
            ("SubjectUserName", Text::UserName),
            ("InterfaceName", Text::Target),
            ("ReasonText", Text::XReason),
        ],
        "Authentication of {user_name} to the wired network {InterfaceName}[: {ReasonText}]",
    ),
    said(5712, "A remote procedure call was attempted[ by {process}]"),
    rule(
        5888,
        Kind::CONFIG_CHANGE,
        &[],
        "Object of the COM+ catalogue changed[: {ObjectIdentifyingProperties}]",
    ),
    rule(
        5889,
        Kind::CONFIG_CHANGE,
        &[],
        "Object of the COM+ catalogue deleted[: {ObjectIdentifyingProperties}]",
    ),
    rule(
        5890,
        Kind::CONFIG_CHANGE,
        &[],
        "Object of the COM+ catalogue added[: {ObjectIdentifyingProperties}]",
    ),
    rule(
        6144,
        Kind::CONFIG_CHANGE,
        &[],
        "Security policy of the group policy objects applied",
    )
    .done(),
    rule(
        6145,
        Kind::CONFIG_CHANGE,
        &[],
        "Security policy of the group policy objects: errors while applying",
    )
    .failed(),
    rule(
        6275,
        Kind::OTHER,
        RADIUS,
        "Network policy server dropped the accounting of {user_name}[: {Reason}]",
    )
    .failed(),
    rule(
        6276,
        Kind::OTHER,
        RADIUS,
        "Network policy server put {user_name} in quarantine",
    ),
    rule(
        6277,
        Kind::AUTH_LOGON,
        RADIUS,
        "Network policy server granted {user_name} access on probation",
    )
    .done(),
    rule(
        6278,
        Kind::AUTH_LOGON,
        RADIUS,
        "Network policy server granted {user_name} full access",
    )
    .done(),
    rule(
        6279,
        Kind::ACCOUNT_LOCK,
        RADIUS,
        "Network policy server locked the account {user_name}",
    ),
    rule(
        6280,
        Kind::ACCOUNT_UNLOCK,
        RADIUS,
        "Network policy server unlocked the account {user_name}",
    ),
    rule(
        6281,
        Kind::DEVIATION_REPORT,
        &[("param1", Text::Target)],
        "Code integrity: the page hashes of {target} are not valid",
    )
    .failed(),
    said(6406, "{ProductName} took over the filtering of {Categories}"),
    said(
        6408,
        "{ProductName} failed: the firewall filters {Categories} again",
    ),
    rule(
        6410,
        Kind::DEVIATION_REPORT,
        &[("param1", Text::Target)],
        "Code integrity: {target} does not meet the requirements to be loaded",
    )
    .failed(),
    said(6417, "Self tests of the certified cryptographic mode passed"),
    refused(6418, "Self tests of the certified cryptographic mode failed"),
];
