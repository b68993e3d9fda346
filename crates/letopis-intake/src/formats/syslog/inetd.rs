//! xinetd and inetd, which start other servers: who connected, and who was turned away.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::set_kind;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, after, word};

/// `START: ssh pid=12 from=10.0.0.5`, `FAIL: telnet address from=10.0.0.5`, `EXIT: ssh status=0 pid=12 duration=3(sec)`
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    let text = message.trimmed_end();
    let (verb, rest) = word(text);
    if !matches!(verb, "START:" | "FAIL:" | "EXIT:") {
        return false;
    }
    let (service, rest) = word(rest);
    event.set(Text::Action, verb.less_end(b':'));
    event.set(Text::Service, service);
    scan::set_source(event, after(text, "from=").unwrap_or_default());
    if let Some(child) = after(rest, "pid=") {
        event.attr("child_pid", child);
    }
    match verb {
        "FAIL:" => {
            // What refused: `address`, `libwrap`, `time`, `per_source_limit` …
            event.set(Text::XReason, word(rest).0);
            event.set(Text::Status, "denied");
            event.outcome = Outcome::Failure;
            set_kind(event, Kind::NETWORK_CONNECT)
        }
        "START:" => set_kind(event, Kind::NETWORK_CONNECT),
        _ => {
            event.set(Text::Status, after(rest, "status=").unwrap_or_default());
            let seconds = after(rest, "duration=").map_or("", |d| d.trim_end_matches("(sec)"));
            if let Ok(seconds) = seconds.parse::<i64>() {
                event.set_number(Number::XDurationUs, seconds.saturating_mul(1_000_000));
            }
            set_kind(event, Kind::NETWORK_DISCONNECT)
        }
    }
}
