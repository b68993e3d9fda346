//! Messages of network devices that begin with two percent signs: `%%01SHELL/5/LOGIN(l):…`, `%%10SHELL/5/SHELL_LOGIN: …`.
//!
//! Version of the layout, module, severity, what it is in brief, the sort of information in brackets, a number in square
//! brackets; then a colon and the text (Huawei VRP, "Log Format Description"; H3C and HPE Comware, "System information
//! formats").

use letopis_event::{Category, EventBuf, Kind, Outcome, Text};

use crate::formats::scan::Cut as _;
use crate::formats::{event_name, scan};

/// Reads such a message; `false` where it is none.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    let Some((module, severity, brief, text)) = head(message) else {
        return false;
    };
    event.category = Some(Category::Network);
    event.level = Some(severity);
    event.set_fmt(Text::Code, format_args!("{module}/{severity}/{brief}"));
    event.set(Text::Provider, module);
    event.set(Text::Action, brief);
    let text = component(text, event);
    if let Some(inner) = scan::between(text, "(", ")") {
        scan::fields(inner, |name, value| field(name, value, event));
    }
    if event.get(Text::SrcIp).is_none()
        && let Some(address) = scan::after(text, " from ")
    {
        scan::set_source(event, address.less_end_of(b".,;)"));
    }
    event_name::settle(brief, "", event);
    if event.kind == Kind::AUTH_LOGON && event.outcome == Outcome::Unknown {
        event_name::settle(text, "", event);
    }
    true
}

/// Module, severity and what it is in brief; the text.
fn head(message: &str) -> Option<(&str, i8, &str, &str)> {
    let rest = message.strip_prefix("%%")?.trimmed_start();
    let version = rest.bytes().take_while(u8::is_ascii_digit).count();
    let rest = rest.get(version..).filter(|_| version == 2)?.trimmed_start();
    let (module, rest) = rest.cut(b'/')?;
    let (severity, rest) = rest.cut(b'/')?;
    let severity = severity.parse::<i8>().ok().filter(|s| (0..=7).contains(s))?;
    let end = rest.find([':', '(', '['])?;
    let (brief, rest) = rest.split_at_checked(end)?;
    let (_, text) = rest.cut(b':')?;
    let plain = |word: &str| {
        !word.is_empty()
            && word.len() <= 64
            && word
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    };
    (plain(module) && plain(brief)).then_some((module, severity, brief, text.trimmed_start()))
}

/// `CID=0x80;` before the text: the component that wrote it.
fn component<'a>(text: &'a str, event: &mut EventBuf) -> &'a str {
    let Some((id, rest)) = text.strip_prefix("CID=").and_then(|t| t.cut(b';')) else {
        return text;
    };
    event.attr("CID", id);
    rest
}

fn field(name: &str, value: &str, event: &mut EventBuf) {
    event.attr(name, value);
    match name {
        "UserName" | "User" | "user" => event.set(Text::UserName, value),
        "Ip" | "IP" | "IPAddress" | "UserIpAddress" | "SourceIP" => scan::set_source(event, value),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_both_makers_are_taken_apart() {
        for (message, expected) in [
            (
                "%%01SSH/4/LOGIN(s)[14]:The user operator logged in.",
                Some(("SSH", 4, "LOGIN", "The user operator logged in.")),
            ),
            (
                "%% 01 IFNET/2/LINK_STATE(l)[1]: down",
                Some(("IFNET", 2, "LINK_STATE", "down")),
            ),
            (
                "%%10SHELL/5/SHELL_LOGIN: in",
                Some(("SHELL", 5, "SHELL_LOGIN", "in")),
            ),
            ("%%10SHELL/9/SHELL_LOGIN: in", None),
            ("%%SHELL/5/LOGIN: in", None),
            ("%%01SHELL/5/LOGIN", None),
            ("%%01", None),
            ("%%", None),
        ] {
            assert_eq!(head(message), expected, "{message}");
        }
    }

    #[test]
    fn logons_say_who_and_from_where() {
        let mut event = EventBuf::default();
        assert!(read(
            "%%01SSHS/4/LOGIN_FAILED(l)[3]:Failed to log in. (UserName=netops, Ip=10.20.0.9, VpnName=_public_)",
            &mut event
        ));
        assert_eq!((event.kind, event.outcome), (Kind::AUTH_LOGON, Outcome::Failure));
        assert_eq!(event.get(Text::UserName), Some("netops"));
        assert_eq!(event.get(Text::SrcIp), Some("10.20.0.9"));
        assert_eq!(event.get(Text::Code), Some("SSHS/4/LOGIN_FAILED"));
        let mut event = EventBuf::default();
        assert!(read(
            "%%10SHELL/5/SHELL_LOGIN(l): VTY logged in from 10.20.0.21.",
            &mut event
        ));
        assert_eq!((event.kind, event.outcome), (Kind::AUTH_LOGON, Outcome::Success));
        assert_eq!(event.get(Text::SrcIp), Some("10.20.0.21"));
    }
}
