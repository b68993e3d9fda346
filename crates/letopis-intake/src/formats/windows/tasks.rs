//! Scheduled tasks: as the Security channel audits them, and as the scheduler itself records them.

use letopis_event::{EventBuf, Kind, Number, Text};

use super::rules::{Columns, Rule, rule};
use super::values::{account, between, number, program, quantity, value};
use crate::formats::scan::Cut as _;

const TASK: Columns = &[("TaskName", Text::Target)];

/// The Security channel (KZ195-A4-4.7: 4698, 4702).
pub(super) const AUDITED: &[Rule] = &[
    rule(
        4698,
        Kind::TASK_CREATE,
        TASK,
        "{user_name} created the task {target}[: {x_command_line}]",
    )
    .with(command),
    rule(
        4699,
        Kind::TASK_DELETE,
        TASK,
        "{user_name} deleted the task {target}",
    )
    .with(command),
    rule(
        4700,
        Kind::TASK_MODIFY,
        TASK,
        "{user_name} enabled the task {target}",
    )
    .with(command),
    rule(
        4701,
        Kind::TASK_MODIFY,
        TASK,
        "{user_name} disabled the task {target}",
    )
    .with(command),
    rule(
        4702,
        Kind::TASK_MODIFY,
        TASK,
        "{user_name} changed the task {target}[: {x_command_line}]",
    )
    .with(command),
];

const RUN: Columns = &[
    ("TaskName", Text::Target),
    ("TaskInstanceId", Text::Session),
    ("InstanceId", Text::Session),
];

/// Microsoft-Windows-TaskScheduler/Operational.
pub(super) const RULES: &[Rule] = &[
    rule(
        100,
        Kind::TASK_RUN,
        RUN,
        "Task {target} started[ for {user_name}]",
    )
    .done()
    .with(scheduler),
    rule(
        101,
        Kind::TASK_RUN,
        RUN,
        "Task {target} could not be started[ for {user_name}]",
    )
    .failed()
    .with(scheduler),
    rule(
        102,
        Kind::TASK_RUN,
        RUN,
        "Task {target} finished[ for {user_name}]",
    )
    .done()
    .with(scheduler),
    rule(
        103,
        Kind::TASK_RUN,
        RUN,
        "Action of task {target} could not be started",
    )
    .failed()
    .with(scheduler),
    rule(
        106,
        Kind::TASK_CREATE,
        TASK,
        "{user_name} registered the task {target}",
    )
    .done()
    .with(scheduler),
    rule(
        107,
        Kind::TASK_RUN,
        RUN,
        "Task {target} was triggered by the clock",
    )
    .with(scheduler),
    rule(
        110,
        Kind::TASK_RUN,
        RUN,
        "Task {target} was triggered by {user_name}",
    )
    .with(scheduler),
    rule(111, Kind::TASK_RUN, RUN, "Task {target} was ended").with(scheduler),
    rule(
        119,
        Kind::TASK_RUN,
        RUN,
        "Task {target} was triggered by the logon of {user_name}",
    )
    .with(scheduler),
    rule(
        129,
        Kind::TASK_RUN,
        RUN,
        "Task {target} started the process {Path}",
    )
    .with(scheduler),
    rule(
        140,
        Kind::TASK_MODIFY,
        TASK,
        "{user_name} changed the task {target}",
    )
    .done()
    .with(scheduler),
    rule(
        141,
        Kind::TASK_DELETE,
        TASK,
        "{user_name} deleted the task {target}",
    )
    .done()
    .with(scheduler),
    rule(
        142,
        Kind::TASK_MODIFY,
        TASK,
        "{user_name} disabled the task {target}",
    )
    .done()
    .with(scheduler),
    rule(
        200,
        Kind::TASK_RUN,
        RUN,
        "Task {target} started the action {ActionName}",
    )
    .with(scheduler),
    rule(
        201,
        Kind::TASK_RUN,
        RUN,
        "Task {target} completed the action {ActionName}[, result {ResultCode}]",
    )
    .with(scheduler),
    rule(
        203,
        Kind::TASK_RUN,
        RUN,
        "Task {target} could not start the action {ActionName}",
    )
    .failed()
    .with(scheduler),
    rule(400, Kind::SERVICE_START, &[], "Task scheduler started").done(),
    rule(402, Kind::SERVICE_STOP, &[], "Task scheduler is ending").done(),
];

/// The task's program and arguments out of its XML definition.
fn command(event: &mut EventBuf, scratch: &mut String) {
    scratch.clear();
    let content = value(event, "TaskContent")
        .or_else(|| value(event, "TaskContentNew"))
        .unwrap_or_default();
    if let Some(program) = between(content, "<Command>", "</Command>") {
        scratch.push_str(program.trimmed());
        if let Some(arguments) = between(content, "<Arguments>", "</Arguments>") {
            scratch.push(' ');
            scratch.push_str(arguments.trimmed());
        }
    }
    event.set(Text::XCommandLine, scratch);
}

fn scheduler(event: &mut EventBuf, scratch: &mut String) {
    account(event, scratch, "UserContext", Text::UserName);
    account(event, scratch, "UserName", Text::UserName);
    program(event, scratch, "Path", Text::Process);
    quantity(event, "ProcessID", Number::Pid);
    if let Some(code) = value(event, "ResultCode").and_then(number) {
        event.set_fmt(Text::Status, format_args!("0x{code:x}"));
    }
}
