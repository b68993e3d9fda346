//! Group policy (Microsoft-Windows-GroupPolicy): how settings of the domain reach a machine and its users.

use letopis_event::{Kind, Text};

use super::rules::{Columns, Rule, rule, said};

const PRINCIPAL: Columns = &[
    ("PrincipalSamName", Text::TargetUser),
    ("ErrorCode", Text::Status),
];
const EXTENSION: Columns = &[("CSEExtensionName", Text::Target), ("ErrorCode", Text::Status)];

const fn policy(code: u32, message: &'static str) -> Rule {
    rule(code, Kind::OTHER, PRINCIPAL, message)
}

const fn extension(code: u32, message: &'static str) -> Rule {
    rule(code, Kind::OTHER, EXTENSION, message)
}

pub(super) const RULES: &[Rule] = &[
    said(
        1006,
        "Group policy: the directory could not be bound[, error {ErrorCode}]",
    )
    .failed(),
    said(
        1030,
        "Group policy: the list of policies could not be read[, error {ErrorCode}]",
    )
    .failed(),
    said(
        1055,
        "Group policy: the computer's name could not be resolved[, error {ErrorCode}]",
    )
    .failed(),
    said(
        1058,
        "Group policy: file {FilePath} could not be read[, error {ErrorCode}]",
    )
    .failed(),
    said(
        1085,
        "Group policy: settings of {ExtensionName} could not be applied[, error {ErrorCode}]",
    )
    .failed(),
    said(1125, "Group policy: internal error[, error {ErrorCode}]").failed(),
    said(1127, "Group policy: internal error[, error {ErrorCode}]").failed(),
    said(
        1129,
        "Group policy: no domain controller could be reached[, error {ErrorCode}]",
    )
    .failed(),
    said(1500, "Group policy of the computer processed, no changes").done(),
    said(1501, "Group policy of the user processed, no changes").done(),
    said(
        1502,
        "Group policy of the computer processed, new settings[: {NumberOfGroupPolicyObjects}]",
    )
    .done(),
    said(
        1503,
        "Group policy of the user processed, new settings[: {NumberOfGroupPolicyObjects}]",
    )
    .done(),
    policy(4000, "Group policy of the computer {target_user} at start begins"),
    policy(4001, "Group policy of the user {target_user} at logon begins"),
    policy(
        4002,
        "Group policy of the computer {target_user} after a network change begins",
    ),
    policy(
        4003,
        "Group policy of the user {target_user} after a network change begins",
    ),
    policy(
        4004,
        "Group policy of the computer {target_user} on demand begins",
    ),
    policy(4005, "Group policy of the user {target_user} on demand begins"),
    policy(
        4006,
        "Group policy of the computer {target_user} in its period begins",
    ),
    policy(
        4007,
        "Group policy of the user {target_user} in its period begins",
    ),
    extension(4016, "Group policy: {target} begins"),
    said(4017, "Group policy: {OperationDescription}[ {Parameter}] begins"),
    said(4018, "Group policy: script for {target_user} begins"),
    said(4126, "Group policy: receiving of the applicable policies begins"),
    said(4257, "Group policy: download of policies begins"),
    said(4326, "Group policy: search for a domain controller begins"),
    extension(
        5016,
        "Group policy: {target} completed[, {CSEElaspedTimeInMilliSeconds} ms]",
    ),
    said(
        5017,
        "Group policy: {OperationDescription} completed[, {OperationElaspedTimeInMilliSeconds} ms]",
    ),
    said(
        5018,
        "Group policy: script completed[, {ScriptElaspedTimeInSeconds} s]",
    ),
    said(
        5117,
        "Group policy: session completed[, {SessionTimeElapsedInMilliseconds} ms]",
    ),
    said(5126, "Group policy: the applicable policies were received"),
    said(
        5257,
        "Group policy: policies downloaded[, {PolicyDownloadTimeElapsedInMilliseconds} ms]",
    ),
    said(5308, "Group policy: domain controller {DCName}[ ({DCIPAddress})]"),
    said(
        5309,
        "Group policy: the computer's details[, network {NetworkName}]",
    ),
    said(5310, "Group policy: the account's details[, {PrincipalCNName}]"),
    said(5311, "Group policy: mode of processing {PolicyProcessingMode}"),
    said(5312, "Group policy: applicable policies[: {DescriptionString}]"),
    said(
        5313,
        "Group policy: policies that do not apply[: {DescriptionString}]",
    ),
    said(5314, "Group policy: speed of the link[ {BandwidthInkbps} kbit/s]"),
    policy(
        5315,
        "Group policy of {target_user} is processed again in {NextPolicyApplicationTime} {NextPolicyApplicationTimeUnit}",
    ),
    said(5317, "Group policy: {InfoDescription}"),
    said(5320, "Group policy: {InfoDescription}"),
    said(
        5324,
        "Group policy received a notice of the session[: {NotificationType}]",
    ),
    said(
        5326,
        "Group policy: domain controller found[, {DCDiscoveryTimeInMilliSeconds} ms]",
    ),
    said(
        5327,
        "Group policy: speed of the link estimated[: {BandwidthInkbps} kbit/s]",
    ),
    said(5340, "Group policy: mode of application {PolicyApplicationMode}"),
    extension(
        6016,
        "Group policy: {target} completed with a warning[, error {ErrorCode}]",
    ),
    said(
        6314,
        "Group policy: the link is[ {BandwidthInkbps} kbit/s][, slow: {IsSlowLink}]",
    ),
    policy(
        7000,
        "Group policy of the computer {target_user} at start failed[, error {ErrorCode}]",
    )
    .failed(),
    policy(
        7001,
        "Group policy of the user {target_user} at logon failed[, error {ErrorCode}]",
    )
    .failed(),
    extension(7016, "Group policy: {target} failed[, error {ErrorCode}]").failed(),
    said(
        7017,
        "Group policy: {OperationDescription} failed[, error {ErrorCode}]",
    )
    .failed(),
    policy(
        8000,
        "Group policy of the computer {target_user} at start completed[, {PolicyElaspedTimeInSeconds} s]",
    ),
    policy(
        8001,
        "Group policy of the user {target_user} at logon completed[, {PolicyElaspedTimeInSeconds} s]",
    ),
    policy(
        8002,
        "Group policy of the computer {target_user} after a network change completed[, {PolicyElaspedTimeInSeconds} s]",
    ),
    policy(
        8003,
        "Group policy of the user {target_user} after a network change completed[, {PolicyElaspedTimeInSeconds} s]",
    ),
    policy(
        8004,
        "Group policy of the computer {target_user} on demand completed[, {PolicyElaspedTimeInSeconds} s]",
    ),
    policy(
        8005,
        "Group policy of the user {target_user} on demand completed[, {PolicyElaspedTimeInSeconds} s]",
    ),
    policy(
        8006,
        "Group policy of the computer {target_user} in its period completed[, {PolicyElaspedTimeInSeconds} s]",
    ),
    policy(
        8007,
        "Group policy of the user {target_user} in its period completed[, {PolicyElaspedTimeInSeconds} s]",
    ),
];
