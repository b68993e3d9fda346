//! Sentences in which programs tell of a log-on: who, from where, and how it ended.
//!
//! A user name is the client's word and may hold anything, an address behind ` from ` included. The address that the
//! program itself wrote stands behind the last ` from ` before the words it always ends with.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::scan::{self, AnyOf, split, word};
use crate::formats::scan::Cut as _;

/// Sentences that name the user directly after them.
static OPENINGS: AnyOf = AnyOf::new(&[
    "Failed authentication attempt for ",
    "Failed login attempt for ",
    "Failed login for ",
    "FAILED login for ",
    "Login failed for ",
    "login failed for ",
    "Failed Login: username=",
    "Invalid login as ",
    "Non-existent login as ",
    "Authentication failed for ",
    "authentication failed for ",
    "Successful authentication for ",
    "Successful login for ",
    "Successful login as ",
    "Successful Login: username=",
]);

/// Reads such a sentence; `false` where the text holds none.
pub(super) fn read(text: &str, event: &mut EventBuf) -> bool {
    let Some((_, opening, rest)) = OPENINGS.split(text) else {
        return false;
    };
    let outcome = match opening.starts_with("Successful") {
        true => Outcome::Success,
        false => Outcome::Failure,
    };
    let (user, address) = user_and_address(rest);
    if user.is_empty() && address.is_empty() {
        return false;
    }
    event.kind = Kind::AUTH_LOGON;
    event.outcome = outcome;
    event.set(Text::UserName, user.less_both(b"'\"`[]"));
    set_address(address, event);
    if outcome == Outcome::Failure
        && let Some((_, reason)) = split(rest, address).filter(|_| !address.is_empty())
    {
        let reason = reason.less_start_of(b"]:. ,'\"");
        event.set(
            Text::XReason,
            reason.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | ' ')),
        );
    }
    true
}

fn set_address(text: &str, event: &mut EventBuf) {
    let plain = text.less_both(b"'\"()");
    if scan::is_ip(plain) {
        event.set(Text::SrcIp, plain);
    } else if let Some((address, port)) = scan::address_port(plain, b':').filter(|(a, _)| scan::is_ip(a)) {
        event.set(Text::SrcIp, address);
        // Port 0 stands for "not known".
        if port != "0" {
            scan::set_port(event, Number::SrcPort, port);
        }
    } else {
        scan::set_source(event, plain);
    }
}

/// `alice from 10.0.0.5: reason`, `alice ip=10.0.0.5`: the user and the address as written.
fn user_and_address(rest: &str) -> (&str, &str) {
    if let Some((user, address)) = split(rest, " ip=") {
        return (user, address_token(address));
    }
    let mut from = 0;
    let mut found: Option<(&str, &str)> = None;
    while let Some(at) = rest.get(from..).and_then(|r| scan::find(r, " from ")) {
        let start = from + at;
        let address = address_token(rest.get(start + 6..).unwrap_or_default());
        from = start + 6;
        if !is_address(address) {
            continue;
        }
        found = Some((rest.get(..start).unwrap_or_default(), address));
        // Another ` from ` directly behind it: this one was part of the name.
        let behind = rest
            .get(from + address.len()..)
            .unwrap_or_default()
            .less_start_of(b". ");
        if !behind.starts_with("from ")
            && !behind.starts_with("in from ")
            && !behind.starts_with("in in from ")
        {
            break;
        }
    }
    let (user, address) = found.unwrap_or_else(|| (word(rest).0.less_end_of(b":,."), ""));
    // Roundcube: `alice against imap.example from …`
    (split(user, " against ").map_or(user, |(u, _)| u), address)
}

/// An address with the port that may stand behind it, without what ends a sentence.
fn address_token(text: &str) -> &str {
    let token = text.split([' ', ',', ';', '(']).next().unwrap_or_default();
    token.less_end_of(b".:)")
}

fn is_address(token: &str) -> bool {
    let plain = token.less_both(b"'\"[]");
    scan::is_ip(plain) || scan::address_port(token, b':').is_some_and(|(a, _)| scan::is_ip(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, user: &str, address: &str) {
        let mut event = EventBuf::default();
        assert!(read(text, &mut event), "{text}");
        assert_eq!(event.get(Text::UserName), Some(user), "{text}");
        assert_eq!(event.get(Text::SrcIp), Some(address), "{text}");
    }

    #[test]
    fn the_address_is_the_programs_own_word() {
        check(
            "Failed login for 'anna' from 10.0.0.5 at 2026-01-01 00:00:00 UTC",
            "anna",
            "10.0.0.5",
        );
        check(
            "Login failed for x from 10.9.9.9 from 192.0.2.7. AUTHENTICATE PLAIN: no",
            "x from 10.9.9.9",
            "192.0.2.7",
        );
        check(
            "Failed authentication attempt for bob from 192.0.2.7:40112: no such user",
            "bob",
            "192.0.2.7",
        );
        check(
            "Failed authentication attempt for bob from [2001:db8::7]:0: no",
            "bob",
            "2001:db8::7",
        );
        check(
            "Failed Login: username=anna maria ip=192.0.2.7",
            "anna maria",
            "192.0.2.7",
        );
    }

    #[test]
    fn other_sentences_are_left_alone() {
        for text in ["Login page shown", "authentication is on", "", "from 10.0.0.1"] {
            assert!(!read(text, &mut EventBuf::default()), "{text}");
        }
    }
}
