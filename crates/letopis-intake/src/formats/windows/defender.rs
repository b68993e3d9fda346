//! Microsoft Defender Antivirus (Microsoft Learn, "Review event logs and error codes").

use letopis_event::{Category, EventBuf, Kind, Text};

use super::rules::{Columns, Rule, rule};
use super::values::{account, number, program, quantity, value};

const THREAT: Columns = &[
    ("Path", Text::Target),
    ("Threat Name", Text::XRule),
    ("Action Name", Text::Action),
    ("Error Description", Text::XReason),
    ("Severity Name", Text::Status),
];

const SETTING: Columns = &[
    ("New Value", Text::Target),
    ("Old Value", Text::XOldValue),
    ("New Value", Text::XNewValue),
];

const FOUND: &str = "{x_rule} found[ in {target}][, {process}]";
const TREATED: &str = "{x_rule}[ in {target}]: {action}[, {x_reason}]";

pub(super) const RULES: &[Rule] = &[
    rule(1000, Kind::OTHER, &[("Scan ID", Text::Session)], "Scan started").with(tool),
    rule(1001, Kind::OTHER, &[("Scan ID", Text::Session)], "Scan finished")
        .done()
        .with(tool),
    rule(
        1002,
        Kind::OTHER,
        &[("Scan ID", Text::Session)],
        "Scan was stopped before its end",
    )
    .with(tool),
    rule(1005, Kind::OTHER, &[("Scan ID", Text::Session)], "Scan failed")
        .failed()
        .with(tool),
    rule(1006, Kind::MALWARE_DETECT, THREAT, FOUND).with(threat),
    rule(1007, Kind::MALWARE_ACTION, THREAT, TREATED)
        .done()
        .with(threat),
    rule(1008, Kind::MALWARE_ACTION, THREAT, TREATED)
        .failed()
        .with(threat),
    rule(
        1009,
        Kind::MALWARE_ACTION,
        THREAT,
        "{x_rule} restored from quarantine[ to {target}]",
    )
    .with(threat),
    rule(
        1010,
        Kind::MALWARE_ACTION,
        THREAT,
        "{x_rule} could not be restored from quarantine",
    )
    .failed()
    .with(threat),
    rule(
        1011,
        Kind::MALWARE_ACTION,
        THREAT,
        "{x_rule} deleted from quarantine",
    )
    .done()
    .with(threat),
    rule(
        1012,
        Kind::MALWARE_ACTION,
        THREAT,
        "{x_rule} could not be deleted from quarantine",
    )
    .failed()
    .with(threat),
    rule(
        1013,
        Kind::LOG_CLEAR,
        THREAT,
        "{user_name} deleted the history of found malware",
    )
    .done()
    .with(threat),
    rule(
        1015,
        Kind::MALWARE_DETECT,
        THREAT,
        "Suspicious behaviour[ of {process}]",
    )
    .with(threat),
    rule(1116, Kind::MALWARE_DETECT, THREAT, FOUND).with(threat),
    rule(1117, Kind::MALWARE_ACTION, THREAT, TREATED).with(treated),
    rule(1118, Kind::MALWARE_ACTION, THREAT, TREATED)
        .failed()
        .with(threat),
    rule(1119, Kind::MALWARE_ACTION, THREAT, TREATED)
        .failed()
        .with(threat),
    rule(
        1121,
        Kind::MALWARE_ACTION,
        &[("Path", Text::Target), ("ID", Text::XRule)],
        "Attack surface rule {x_rule} blocked[ {target}]",
    )
    .with(tool),
    rule(
        1122,
        Kind::MALWARE_DETECT,
        &[("Path", Text::Target), ("ID", Text::XRule)],
        "Attack surface rule {x_rule} would have blocked[ {target}]",
    )
    .with(tool),
    rule(1151, Kind::OTHER, &[], "State of the protection").with(tool),
    rule(
        2000,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[
            ("Current security intelligence Version", Text::XNewValue),
            ("Current Signature Version", Text::XNewValue),
        ],
        "Signatures updated[ to {x_new_value}]",
    )
    .done()
    .with(tool),
    rule(
        2001,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[("Error Description", Text::XReason)],
        "Signatures could not be updated[: {x_reason}]",
    )
    .failed()
    .with(tool),
    rule(
        3002,
        Kind::PROTECTION_DISABLE,
        &[("Error Description", Text::XReason)],
        "Real-time protection failed[: {x_reason}]",
    )
    .failed()
    .with(tool),
    rule(
        5000,
        Kind::PROTECTION_ENABLE,
        &[],
        "Real-time protection switched on",
    )
    .done()
    .with(tool),
    rule(
        5001,
        Kind::PROTECTION_DISABLE,
        &[],
        "Real-time protection switched off",
    )
    .done()
    .with(tool),
    rule(
        5004,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[("Feature Name", Text::Target), ("Configuration", Text::XNewValue)],
        "Real-time protection setting changed[: {target}]",
    )
    .done()
    .with(tool),
    rule(
        5007,
        Kind::PROTECTION_CONFIG_CHANGE,
        SETTING,
        "Setting changed[ from {x_old_value}][ to {x_new_value}]",
    )
    .done()
    .with(tool),
    rule(
        5008,
        Kind::PROTECTION_DISABLE,
        &[("Error Description", Text::XReason)],
        "Protection engine failed[: {x_reason}]",
    )
    .failed()
    .with(tool),
    rule(
        5009,
        Kind::PROTECTION_ENABLE,
        &[],
        "Scanning for unwanted software switched on",
    )
    .done()
    .with(tool),
    rule(
        5010,
        Kind::PROTECTION_DISABLE,
        &[],
        "Scanning for unwanted software switched off",
    )
    .done()
    .with(tool),
    rule(
        5011,
        Kind::PROTECTION_ENABLE,
        &[],
        "Scanning for viruses switched on",
    )
    .done()
    .with(tool),
    rule(
        5012,
        Kind::PROTECTION_DISABLE,
        &[],
        "Scanning for viruses switched off",
    )
    .done()
    .with(tool),
    rule(
        5013,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[("Value", Text::Target)],
        "Tamper protection refused a change[ of {target}]",
    )
    .failed()
    .with(tool),
];

/// Whatever the machine's category is, this record speaks for its protection tool (KZ195-A4-28).
fn tool(event: &mut EventBuf, _scratch: &mut String) {
    event.category = Some(Category::Protection);
}

fn threat(event: &mut EventBuf, scratch: &mut String) {
    tool(event, scratch);
    account(event, scratch, "Detection User", Text::UserName);
    account(event, scratch, "User", Text::UserName);
    program(event, scratch, "Process Name", Text::Process);
    quantity(event, "Process ID", letopis_event::Number::Pid);
}

/// 1117 records what was done; its error code says whether it worked.
fn treated(event: &mut EventBuf, scratch: &mut String) {
    threat(event, scratch);
    match value(event, "Error Code").and_then(number) {
        Some(0) => event.outcome = letopis_event::Outcome::Success,
        Some(_) => event.outcome = letopis_event::Outcome::Failure,
        None => {}
    }
}
