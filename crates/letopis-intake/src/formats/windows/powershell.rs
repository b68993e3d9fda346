//! PowerShell: script blocks and pipelines (Operational), engine and providers (Windows PowerShell).

use letopis_event::{EventBuf, Kind, Text};

use super::rules::{Columns, Rule, rule};
use super::values::{account, value};
use crate::formats::scan::Cut as _;

/// A script block longer than a record comes in parts that share its identifier.
const BLOCK: Columns = &[
    ("ScriptBlockText", Text::XCommandLine),
    ("Path", Text::Target),
    ("ScriptBlockId", Text::Session),
];

const PIPELINE: Columns = &[("Payload", Text::XCommandLine)];

/// Microsoft-Windows-PowerShell and PowerShellCore.
pub(super) const RULES: &[Rule] = &[
    rule(
        4100,
        Kind::ERROR_REPORT,
        PIPELINE,
        "PowerShell error[: {Payload}]",
    )
    .with(context),
    rule(
        4103,
        Kind::SCRIPT_RUN,
        PIPELINE,
        "PowerShell command[ of {user_name}][: {Payload}]",
    )
    .with(context),
    rule(
        4104,
        Kind::SCRIPT_RUN,
        BLOCK,
        "PowerShell script block[ {MessageNumber} of {MessageTotal}][ from {Path}]: {ScriptBlockText}",
    ),
    rule(
        4105,
        Kind::SCRIPT_RUN,
        BLOCK,
        "PowerShell script block {ScriptBlockId} started",
    ),
    rule(
        4106,
        Kind::SCRIPT_RUN,
        BLOCK,
        "PowerShell script block {ScriptBlockId} ended",
    ),
    rule(
        8193,
        Kind::SESSION_OPEN,
        &[("param1", Text::Session)],
        "PowerShell session made",
    ),
    rule(32784, Kind::ERROR_REPORT, &[], "PowerShell remote session failed").failed(),
    rule(40961, Kind::PROCESS_START, &[], "PowerShell console is starting"),
    rule(40962, Kind::PROCESS_START, &[], "PowerShell console is ready").done(),
    rule(
        53504,
        Kind::OTHER,
        &[("param1", Text::Session)],
        "PowerShell listens on its inner channel[, process {param1}]",
    ),
    rule(
        53506,
        Kind::OTHER,
        &[],
        "PowerShell stopped listening on its inner channel",
    ),
];

/// The classic provider `PowerShell`: unnamed data, the last of which is a text of `Name=Value` lines.
pub(super) const CLASSIC: &[Rule] = &[
    rule(
        400,
        Kind::PROCESS_START,
        &[],
        "PowerShell engine started[: {x_command_line}]",
    )
    .with(engine),
    rule(
        403,
        Kind::PROCESS_STOP,
        &[],
        "PowerShell engine stopped[: {x_command_line}]",
    )
    .with(engine),
    rule(
        500,
        Kind::SCRIPT_RUN,
        &[],
        "PowerShell command started[: {x_command_line}]",
    )
    .with(engine),
    rule(
        501,
        Kind::SCRIPT_RUN,
        &[],
        "PowerShell command stopped[: {x_command_line}]",
    )
    .with(engine),
    rule(
        600,
        Kind::OTHER,
        &[],
        "PowerShell provider started[: {x_command_line}]",
    )
    .with(engine),
    rule(
        800,
        Kind::SCRIPT_RUN,
        &[],
        "PowerShell pipeline[ of {user_name}][: {x_command_line}]",
    )
    .with(engine),
];

/// The value of a line `Name = Value` (with or without blanks) in a context text.
fn line<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (key, found) = line.cut(b'=')?;
        (key.trimmed() == name)
            .then(|| found.trimmed())
            .filter(|v| !v.is_empty())
    })
}

/// Who ran the pipeline stands in `ContextInfo`, under a localised name; the account is the one value that has a
/// backslash behind `User =` or its translation.
fn context(event: &mut EventBuf, scratch: &mut String) {
    scratch.clear();
    if let Some(info) = value(event, "ContextInfo") {
        let user = ["User", "Пользователь", "Пайдаланушы"]
            .iter()
            .find_map(|name| line(info, name));
        let user = user.unwrap_or_default();
        scratch.push_str(user.cut_last(b'\\').map_or(user, |(_, name)| name));
    }
    event.set(Text::UserName, scratch);
    scratch.clear();
    if let Some(application) = value(event, "ContextInfo").and_then(|info| line(info, "Host Application")) {
        scratch.push_str(application);
    }
    if !scratch.is_empty() {
        event.set(Text::Action, scratch);
    }
}

fn engine(event: &mut EventBuf, scratch: &mut String) {
    for (name, column) in [
        ("HostApplication", Text::XCommandLine),
        ("UserId", Text::UserName),
        ("RunspaceId", Text::Session),
        ("ScriptName", Text::Target),
    ] {
        scratch.clear();
        let found = event
            .attrs()
            .filter(|(key, _)| *key == "Data" || *key == "param3")
            .find_map(|(_, v)| line(v, name));
        if let Some(found) = found {
            let own = if column == Text::UserName {
                found.pieces(b'\\').next_back().unwrap_or(found)
            } else {
                found
            };
            scratch.push_str(own);
        }
        event.set(column, scratch);
    }
    account(event, scratch, "User", Text::UserName);
}
