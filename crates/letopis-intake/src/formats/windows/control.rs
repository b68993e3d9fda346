//! Providers that decide what may run or connect, and those that report their state: application control, code
//! integrity, security centre, directory service, database server.

use letopis_event::{Category, EventBuf, Kind, Number, Text};

use super::database;
use super::rules::{Columns, Rule, rule, said};
use super::values::{number, plain_address, program, quantity, take, unnamed};
use crate::formats::kaspersky;
use crate::formats::scan::Cut as _;

const FILE: Columns = &[
    ("FullFilePath", Text::Target),
    ("FilePath", Text::Target),
    ("RuleName", Text::XRule),
];

/// Microsoft-Windows-AppLocker.
const PROGRAMS: &[Rule] = &[
    said(
        8000,
        "Application control could not apply its policy[, status {Status}]",
    )
    .failed(),
    rule(
        8001,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[],
        "Application control applied its policy",
    )
    .done(),
    rule(8002, Kind::OTHER, FILE, "Application control let {target} run").with(controlled),
    rule(
        8003,
        Kind::OTHER,
        FILE,
        "Application control would have stopped {target}",
    )
    .with(controlled),
    rule(
        8004,
        Kind::DEVIATION_REPORT,
        FILE,
        "Application control stopped {target}",
    )
    .failed()
    .with(controlled),
    rule(8005, Kind::OTHER, FILE, "Application control let {target} run").with(controlled),
    rule(
        8006,
        Kind::OTHER,
        FILE,
        "Application control would have stopped {target}",
    )
    .with(controlled),
    rule(
        8007,
        Kind::DEVIATION_REPORT,
        FILE,
        "Application control stopped {target}",
    )
    .failed()
    .with(controlled),
    said(8008, "Application control is not available on this edition"),
    rule(
        8020,
        Kind::OTHER,
        FILE,
        "Application control let the package {Fqbn} run",
    )
    .with(controlled),
    rule(
        8021,
        Kind::OTHER,
        FILE,
        "Application control would have stopped the package {Fqbn}",
    )
    .with(controlled),
    rule(
        8022,
        Kind::DEVIATION_REPORT,
        FILE,
        "Application control stopped the package {Fqbn}",
    )
    .failed()
    .with(controlled),
    rule(
        8023,
        Kind::OTHER,
        FILE,
        "Application control let the package {Fqbn} be installed",
    )
    .with(controlled),
    rule(
        8024,
        Kind::OTHER,
        FILE,
        "Application control would have stopped the installing of {Fqbn}",
    )
    .with(controlled),
    rule(
        8025,
        Kind::DEVIATION_REPORT,
        FILE,
        "Application control stopped the installing of {Fqbn}",
    )
    .failed()
    .with(controlled),
];

const IMAGE: Columns = &[("FileNameBuffer", Text::Target), ("File Name", Text::Target)];

/// Microsoft-Windows-CodeIntegrity.
const INTEGRITY: &[Rule] = &[
    rule(
        3001,
        Kind::MODULE_LOAD,
        IMAGE,
        "Unsigned driver {target} was loaded",
    ),
    rule(
        3002,
        Kind::DEVIATION_REPORT,
        IMAGE,
        "Page hashes of {target} were not found",
    )
    .failed(),
    rule(
        3003,
        Kind::DEVIATION_REPORT,
        IMAGE,
        "Page hashes of {target} were not found, a debugger is attached",
    ),
    rule(
        3004,
        Kind::DEVIATION_REPORT,
        IMAGE,
        "File hash of {target} was not found",
    )
    .failed(),
    rule(
        3005,
        Kind::DEVIATION_REPORT,
        IMAGE,
        "File hash of {target} was not found, a debugger is attached",
    ),
    rule(3010, Kind::OTHER, IMAGE, "Catalogue {target} could not be loaded").failed(),
    rule(
        3021,
        Kind::MODULE_LOAD,
        IMAGE,
        "Revoked driver {target} was loaded",
    ),
    rule(
        3022,
        Kind::MODULE_LOAD,
        IMAGE,
        "Revoked driver {target} was loaded, a debugger is attached",
    ),
    rule(
        3023,
        Kind::MODULE_LOAD,
        IMAGE,
        "Revoked driver {target} was kept out",
    )
    .failed(),
    rule(
        3032,
        Kind::MODULE_LOAD,
        IMAGE,
        "Revoked image {target} was loaded",
    ),
    rule(
        3033,
        Kind::MODULE_LOAD,
        IMAGE,
        "{process} was kept from loading {target}: its signature is too weak",
    )
    .failed()
    .with(loading),
    rule(
        3034,
        Kind::MODULE_LOAD,
        IMAGE,
        "{process} would be kept from loading {target}: its signature is too weak",
    )
    .with(loading),
    rule(
        3036,
        Kind::MODULE_LOAD,
        IMAGE,
        "Revoked image {target} was kept out",
    )
    .failed(),
    rule(
        3037,
        Kind::MODULE_LOAD,
        IMAGE,
        "Unsigned image {target} was loaded",
    ),
    rule(
        3063,
        Kind::MODULE_LOAD,
        IMAGE,
        "{process} was kept from loading {target}: shared sections",
    )
    .failed()
    .with(loading),
    rule(
        3065,
        Kind::MODULE_LOAD,
        IMAGE,
        "{process} would be kept from loading {target}: shared sections",
    )
    .with(loading),
    rule(
        3066,
        Kind::MODULE_LOAD,
        IMAGE,
        "{process} would be kept from loading {target}: signing level",
    )
    .with(loading),
    rule(
        3076,
        Kind::OTHER,
        IMAGE,
        "Application control would have stopped {target}[, called by {process}]",
    )
    .with(loading),
    rule(
        3077,
        Kind::DEVIATION_REPORT,
        IMAGE,
        "Application control stopped {target}[, called by {process}]",
    )
    .failed()
    .with(loading),
    said(
        3089,
        "Signature of a file that application control judged[, publisher {PublisherName}]",
    ),
    rule(
        3099,
        Kind::PROTECTION_CONFIG_CHANGE,
        &[("PolicyNameBuffer", Text::Target)],
        "Application control loaded a policy[: {target}]",
    )
    .done(),
];

/// SecurityCenter, whose data have no names.
const CENTRE: &[Rule] = &[
    rule(1, Kind::SERVICE_START, &[], "Security centre started").done(),
    rule(
        15,
        Kind::OTHER,
        &[("Data", Text::Target)],
        "State of {target} is now {Data 2}",
    ),
    said(16, "State of {Data} could not be set").failed(),
    said(17, "Security centre could not validate the caller[: {Data}]").failed(),
];

/// Microsoft-Windows-Audit-CVE: a program reports that a known weakness was tried.
const WEAKNESS: &[Rule] = &[rule(
    1,
    Kind::DEVIATION_REPORT,
    &[("CVEID", Text::Target)],
    "Possible use of the weakness {CVEID}[: {AdditionalDetails}]",
)];

/// Microsoft-Windows-ActiveDirectory_DomainService, whose data have no names.
const DIRECTORY: &[Rule] = &[
    rule(1000, Kind::SERVICE_START, &[], "Directory service started").done(),
    rule(1004, Kind::SERVICE_STOP, &[], "Directory service stopped").done(),
    said(1644, "Costly search in the directory[, below {Data}]"),
    said(2886, "Directory does not require signed binds"),
    said(2887, "Unsigned binds to the directory in the last day: {Data}"),
    said(
        2888,
        "Unsigned binds refused by the directory in the last day: {Data}",
    ),
    rule(
        2889,
        Kind::OTHER,
        &[],
        "Unsigned bind to the directory[ of {Data 2}][ from {Data}]",
    )
    .with(bound),
];

const CMDLET: Columns = &[("Data", Text::Action), ("Data", Text::Target)];

/// MSExchange CmdletLogs, whose data have no names: the command, its parameters, who gave it.
const MAIL: &[Rule] = &[
    rule(
        1,
        Kind::OTHER,
        CMDLET,
        "Mail server: {Data}[ {Data 2}][, by {Data 3}]",
    )
    .done()
    .with(cmdlet),
    rule(
        6,
        Kind::OTHER,
        CMDLET,
        "Mail server: {Data}[ {Data 2}][, by {Data 3}] failed",
    )
    .failed()
    .with(cmdlet),
];

/// avp, the service of Kaspersky Endpoint Security: any of its events is a report in words.
const REPORT: Rule = rule(0, Kind::OTHER, &[], "").with(report);

/// What any event of a provider is, whatever its id.
pub(super) fn any(provider: &str) -> Option<&'static Rule> {
    (provider == "avp").then_some(&REPORT)
}

/// Every table, for the tests.
#[cfg(test)]
pub(super) const EVERY: &[&[Rule]] = &[
    PROGRAMS,
    INTEGRITY,
    CENTRE,
    WEAKNESS,
    DIRECTORY,
    database::RULES,
    MAIL,
];

/// The tables of a provider.
pub(super) fn tables(provider: &str) -> Option<&'static [&'static [Rule]]> {
    Some(match provider {
        "Microsoft-Windows-AppLocker" => &[PROGRAMS],
        "Microsoft-Windows-CodeIntegrity" => &[INTEGRITY],
        "SecurityCenter" => &[CENTRE],
        "Microsoft-Windows-Audit-CVE" | "Audit-CVE" => &[WEAKNESS],
        "Microsoft-Windows-ActiveDirectory_DomainService" | "ActiveDirectory_DomainService" => &[DIRECTORY],
        "MSExchange CmdletLogs" => &[MAIL],
        _ if provider == "MSSQLSERVER" || provider.starts_with("MSSQL$") => &[database::RULES],
        _ => return None,
    })
}

fn controlled(event: &mut EventBuf, _scratch: &mut String) {
    event.category = Some(Category::Protection);
    take(event, "TargetUser", Text::UserName);
    quantity(event, "TargetProcessId", Number::Pid);
}

fn loading(event: &mut EventBuf, scratch: &mut String) {
    program(event, scratch, "ProcessNameBuffer", Text::Process);
    program(event, scratch, "Process Name", Text::Process);
}

/// The address stands with its port, `10.0.0.7:49823`.
fn bound(event: &mut EventBuf, scratch: &mut String) {
    scratch.clear();
    let (host, port) = unnamed(event, 1)
        .and_then(|text| text.cut_last(b':'))
        .unwrap_or_default();
    let port = number(port);
    scratch.push_str(plain_address(host));
    event.set(Text::SrcIp, scratch);
    if let Some(port) = port.filter(|p| (1..=65535).contains(p)) {
        event.set_number(Number::SrcPort, port);
    }
    scratch.clear();
    let user = unnamed(event, 2).unwrap_or_default();
    scratch.push_str(user.cut_last(b'\\').map_or(user, |(_, name)| name));
    event.set(Text::UserName, scratch);
}

fn report(event: &mut EventBuf, scratch: &mut String) {
    scratch.clear();
    scratch.push_str(unnamed(event, 1).unwrap_or_default());
    if !scratch.is_empty() {
        kaspersky::of_report(scratch, event);
    }
}

fn cmdlet(event: &mut EventBuf, scratch: &mut String) {
    event.category = Some(Category::Application);
    scratch.clear();
    let user = unnamed(event, 3).unwrap_or_default();
    scratch.push_str(user.cut_last(b'/').map_or(user, |(_, name)| name));
    event.set(Text::UserName, scratch);
}
