//! Service Control Manager: services installed, started, stopped, failed (KZ195-A4-4.6, 4.8, 4.9).

use letopis_event::{EventBuf, Kind, Text};

use super::rules::{Columns, Rule, rule};
use super::values::value;

const INSTALLED: Columns = &[("ServiceName", Text::Target), ("ImagePath", Text::XCommandLine)];
const FIRST: Columns = &[("param1", Text::Target)];
const FIRST_REASON: Columns = &[("param1", Text::Target), ("param2", Text::XReason)];
const SECOND: Columns = &[("param2", Text::Target)];

pub(super) const RULES: &[Rule] = &[
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
