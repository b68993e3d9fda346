//! Stormshield Network Security (`id=firewall time=… fw=… tz=… startime=… … logtype="auth"`), after the vendor's
//! "Description of Audit Logs": what its fields and messages say beyond their names.

use letopis_event::{EventBuf, Outcome, Text};

use crate::formats::event_name;
use crate::formats::fields::Fields;
use crate::formats::scan;

/// Whether the fields are those of this firewall.
pub(super) fn is(fields: &Fields) -> bool {
    fields.find("fw").is_some() && fields.find("startime").is_some()
}

/// Kind and outcome, once the fields are in place.
pub(super) fn settle(fields: &Fields, event: &mut EventBuf) {
    if event.get(Text::SrcIp).is_none()
        && let Some(address) = fields.find("address")
    {
        scan::set_source(event, address);
    }
    let message = fields.find("msg").unwrap_or_default();
    let action = fields.find("action").unwrap_or_default();
    let log = fields.find("logtype").unwrap_or_default();
    match log {
        "auth" | "xvpn" | "server" => {
            event.set_if_absent(Text::Action, message);
            event_name::settle(message, "", event);
            // The code of the answer: 0 where nothing went wrong.
            if event.outcome == Outcome::Unknown
                && let Some(code) = fields.find("error")
            {
                event.outcome = if code == "0" {
                    Outcome::Success
                } else {
                    Outcome::Failure
                };
            }
        }
        _ => {
            event_name::settle("", action, event);
            if event.outcome == Outcome::Unknown {
                event.outcome = event_name::ends_in(message);
            }
        }
    }
}
