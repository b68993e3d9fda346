//! pfSense and OPNsense: packets that pf logged (`filterlog`), comma separated ("Raw Filter Log Format").

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use crate::formats::scan;
use crate::formats::scan::Cut as _;

/// Reads one message of filterlog; `false` where it is none.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    let mut fields = message.pieces(b',');
    let mut next = || fields.next().unwrap_or_default();
    let (rule, _sub, anchor, tracker) = (next(), next(), next(), next());
    let (interface, reason, action, direction, version) = (next(), next(), next(), next(), next());
    if !matches!(version, "4" | "6") || !rule.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    event.set(Text::Service, "filterlog");
    event.set(
        Text::XRule,
        if matches!(tracker, "" | "0") {
            rule
        } else {
            tracker
        },
    );
    for (name, value) in [
        ("rule", rule),
        ("anchor", anchor),
        ("direction", direction),
        ("reason", reason),
    ] {
        if !value.is_empty() {
            event.attr(name, value);
        }
    }
    event.set(Text::XInterface, interface);
    event.set(Text::Action, action);
    (event.kind, event.outcome) = match action {
        "block" | "reject" => (Kind::FIREWALL_BLOCK, Outcome::Failure),
        "pass" => (Kind::FIREWALL_ALLOW, Outcome::Success),
        _ => (Kind::NETWORK_FLOW, Outcome::Unknown),
    };
    if event.outcome == Outcome::Failure {
        event.set(Text::Status, "denied");
    }
    let protocol = if version == "4" {
        let (_tos, _ecn, ttl, _id, _offset, _flags) = (next(), next(), next(), next(), next(), next());
        event.attr("ttl", ttl);
        let (_number, protocol) = (next(), next());
        protocol
    } else {
        let (_class, _label, hops) = (next(), next(), next());
        event.attr("ttl", hops);
        let (protocol, _number) = (next(), next());
        protocol
    };
    event.set(Text::Protocol, protocol);
    event.set_number_text(Number::XBytes, next());
    scan::set_source(event, next());
    scan::set_destination(event, next());
    if matches!(protocol, "tcp" | "udp" | "TCP" | "UDP") {
        scan::set_port(event, Number::SrcPort, next());
        scan::set_port(event, Number::DstPort, next());
        let (_length, flags) = (next(), next());
        if !flags.is_empty() {
            event.attr("tcp_flags", flags);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_of_both_versions() {
        let mut event = EventBuf::default();
        assert!(read(
            "5,,,1000000103,igb0,match,block,in,4,0x0,,64,12345,0,DF,6,tcp,60,203.0.113.9,10.1.0.8,4022,22,0,S,123456,,64240,,mss",
            &mut event
        ));
        assert_eq!(
            (event.kind, event.outcome),
            (Kind::FIREWALL_BLOCK, Outcome::Failure)
        );
        assert_eq!(event.get(Text::SrcIp), Some("203.0.113.9"));
        assert_eq!(event.number(Number::DstPort), Some(22));
        assert_eq!(event.find_attr("tcp_flags"), Some("S"));
        assert_eq!(event.get(Text::XRule), Some("1000000103"));
        event.clear();
        assert!(read(
            "7,,,0,em1,match,pass,out,6,0x00,0x0,64,UDP,17,60,2001:db8::7,2001:db8::8,5353,53,52",
            &mut event
        ));
        assert_eq!(event.get(Text::DstIp), Some("2001:db8::8"));
        assert_eq!(event.number(Number::XBytes), Some(60));
        assert_eq!(event.get(Text::XRule), Some("7"));
        assert!(!read("a,b,c", &mut event));
    }
}
