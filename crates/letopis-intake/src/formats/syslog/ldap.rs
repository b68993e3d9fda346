//! OpenLDAP's server at log level `stats` (slapd.conf(5), loglevel): connections, binds, what was asked and changed.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::set_kind;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, after, between, split, word};

/// `conn=1022 op=1 RESULT tag=97 err=49 text=`
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "slapd");
    let text = message.trimmed_end();
    let Some(rest) = text.strip_prefix("conn=") else {
        return server(text, event);
    };
    event.set(Text::Protocol, "ldap");
    let (connection, rest) = word(rest);
    event.set(Text::Session, connection);
    let (operation, rest) = word(rest);
    if let Some(number) = operation.strip_prefix("op=") {
        event.attr("op", number);
    }
    let (verb, rest) = word(rest);
    event.set(Text::Action, verb);
    match verb {
        "ACCEPT" => accept(rest, event),
        "closed" => {
            event.set(Text::XReason, between(rest, "(", ")").unwrap_or_default());
            set_kind(event, Kind::NETWORK_DISCONNECT)
        }
        "BIND" | "ADD" | "MOD" | "DEL" | "MODRDN" | "CMP" => {
            event.set(Text::Target, between(rest, "dn=\"", "\"").unwrap_or_default());
            if let Some(mechanism) = after(rest, "mech=") {
                event.attr("method", mechanism);
            }
            true
        }
        "SRCH" => {
            if let Some(base) = between(rest, "base=\"", "\"") {
                event.set(Text::Target, base);
            }
            if let Some((_, filter)) = split(rest, "filter=\"") {
                event.set(Text::XQuery, filter.less_end(b'"'));
            }
            true
        }
        "RESULT" | "SEARCH" => result(rest, event),
        "UNBIND" => set_kind(event, Kind::AUTH_LOGOFF),
        _ => true,
    }
}

/// `from IP=10.0.0.5:4022 (IP=0.0.0.0:389)`
fn accept(text: &str, event: &mut EventBuf) -> bool {
    if let Some((address, port)) = after(text, "from IP=").and_then(|a| scan::address_port(a, b':')) {
        scan::set_source(event, address);
        scan::set_port(event, Number::SrcPort, port);
    }
    if let Some((address, port)) = between(text, "(IP=", ")").and_then(|a| scan::address_port(a, b':')) {
        scan::set_destination(event, address);
        scan::set_port(event, Number::DstPort, port);
    }
    set_kind(event, Kind::NETWORK_CONNECT)
}

/// The tag says what was answered (RFC 4511 §4: 97 is BindResponse), the code how it ended (§4.1.9 and Appendix A).
fn result(text: &str, event: &mut EventBuf) -> bool {
    let tag = after(text, "tag=").unwrap_or_default();
    let code = after(text, "err=").unwrap_or_default();
    event.set(Text::Code, code);
    event.attr("tag", tag);
    event.set(
        Text::XReason,
        split(text, "text=").map_or("", |(_, t)| t.trimmed()),
    );
    event.outcome = match code {
        // success, compareFalse, compareTrue
        "0" | "5" | "6" => Outcome::Success,
        // referral, saslBindInProgress: not ended yet
        "10" | "14" | "" => Outcome::Unknown,
        _ => Outcome::Failure,
    };
    if code == "50" {
        // insufficientAccessRights
        event.set(Text::Status, "denied");
    }
    let kind = match tag {
        "97" => Kind::AUTH_LOGON,
        "101" => Kind::DATA_ACCESS,
        "103" | "105" | "107" | "109" => Kind::OBJECT_SAVE,
        _ => Kind::OTHER,
    };
    set_kind(event, kind)
}

fn server(text: &str, event: &mut EventBuf) -> bool {
    if text.ends_with("slapd starting") || text == "slapd starting" {
        return set_kind(event, Kind::SERVICE_START);
    }
    text.starts_with("slapd stopped") && set_kind(event, Kind::SERVICE_STOP)
}
