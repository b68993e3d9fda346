//! Windows events as the OSSEC and Wazuh agents write them into one line:
//! `WinEvtLog: Security: AUDIT_FAILURE(4625): Microsoft-Windows-Security-Auditing: user: domain: computer: text`.

use letopis_event::{EventBuf, Text};

use crate::formats::scan::Cut as _;
use crate::formats::scan::split;
use crate::formats::windows::{Field, Interpreter};

/// Reads what stands behind `WinEvtLog: `; `false` where it has another shape.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    let mut rest = message;
    let mut part = || {
        let (head, tail) = split(rest, ": ")?;
        rest = tail;
        Some(head)
    };
    let (Some(channel), Some(coded)) = (part(), part()) else {
        return false;
    };
    let Some((level, code)) = coded.strip_suffix(')').and_then(|c| c.cut(b'(')) else {
        return false;
    };
    let (Some(provider), Some(user), Some(domain)) = (part(), part(), part()) else {
        return false;
    };
    let Some(computer) = part() else { return false };
    let mut interpreter = Interpreter::default();
    interpreter.begin();
    let fields = &mut interpreter.fields;
    fields.set(Field::Channel, channel);
    fields.set(Field::EventId, code);
    fields.set(Field::Provider, provider);
    fields.set(Field::Computer, computer);
    fields.set(Field::Message, rest);
    match level {
        "AUDIT_SUCCESS" | "AUDIT_FAILURE" => fields.append(Field::KeywordNames, level),
        "ERROR" => fields.set(Field::Level, "2"),
        "WARNING" => fields.set(Field::Level, "3"),
        _ => fields.set(Field::Level, "4"),
    }
    let (reading, process) = (event.reading, event.get(Text::Process) == Some("WinEvtLog"));
    let time = event.get(Text::TimeText).unwrap_or_default().to_owned();
    if process {
        event.unset(Text::Process);
    }
    interpreter.finish(event);
    // The line's own time: the event's is not among the parts.
    event.reading = reading;
    event.set(Text::TimeText, &time);
    if user != "(no user)" {
        event.set_if_absent(Text::UserName, user);
        if domain != "no domain" {
            event.attr("user_domain", domain);
        }
    }
    true
}
