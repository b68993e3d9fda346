//! Address leases: ISC dhcpd and dhclient, dnsmasq. Which machine had which address, and when.

use letopis_event::{EventBuf, Text};

use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, has, split, word};

/// Reads one message of a lease server or client.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "dhcp");
    let text = message.trimmed();
    // dnsmasq may begin with a transaction number: `3245 DHCPACK(eth0) …`
    let text = match text.cut(b' ') {
        Some((number, rest)) if number.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => text,
    };
    let (verb, rest) = word(text);
    if let Some(rest) = text.strip_prefix("bound to ") {
        scan::set_source(event, word(rest).0);
        event.set(Text::Action, "bound");
        return true;
    }
    if !verb.starts_with("DHCP") {
        return false;
    }
    event.set(Text::Protocol, "dhcp");
    if let Some((action, interface)) = verb.cut(b'(') {
        // `DHCPACK(eth0) 10.0.0.5 aa:bb:cc:dd:ee:ff name`
        event.set(Text::Action, action);
        event.set(Text::XInterface, interface.less_end(b')'));
        for (place, part) in rest.pieces(b' ').filter(|p| !p.is_empty()).enumerate() {
            if scan::is_ip(part) && event.get(Text::SrcIp).is_none() {
                event.set(Text::SrcIp, part);
            } else if is_mac(part) {
                event.attr("mac", part);
            } else if place >= 2 {
                event.attr("client_name", part);
            }
        }
        return true;
    }
    event.set(Text::Action, verb);
    if let Some(interface) = scan::after(rest, "via ") {
        event.set(Text::XInterface, interface.less_end(b':'));
    }
    let mut parts = rest.split([' ', ':']).filter(|p| !p.is_empty());
    if let Some(address) = parts.find(|p| scan::is_ip(p) && p.holds(b'.')) {
        event.set(Text::SrcIp, address);
    }
    if let Some(mac) = rest.pieces(b' ').find(|p| is_mac(p)) {
        event.attr("mac", mac);
    }
    if let Some(name) = scan::between(rest, "(", ")").filter(|n| !scan::is_ip(n)) {
        event.attr("client_name", name);
    }
    if has(rest, "no free leases") {
        event.set(Text::XReason, "no free leases");
    } else if let Some((_, reason)) = split(rest, ": ") {
        event.set(Text::XReason, reason);
    }
    true
}

fn is_mac(text: &str) -> bool {
    text.len() == 17
        && text.bytes().enumerate().all(|(i, b)| {
            if i % 3 == 2 {
                b == b':'
            } else {
                b.is_ascii_hexdigit()
            }
        })
}
