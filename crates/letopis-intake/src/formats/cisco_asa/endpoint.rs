//! One end of a connection as these firewalls write it.

use letopis_event::{EventBuf, Number, Text};

use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, word};
use crate::near;

/// `interface:address/port`, each part possibly absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct End<'a> {
    pub(super) interface: &'a str,
    pub(super) address: &'a str,
    pub(super) port: &'a str,
}

impl<'a> End<'a> {
    /// Reads an end at the start of the text: the end, and what follows it.
    pub(super) fn read(text: &'a str) -> (Self, &'a str) {
        let text = text.less_start_of(b" [(<");
        let (first, after) = word(text);
        let looks_whole = near::byte2(b'/', b':', first.as_bytes()).is_some() || scan::is_ip(clean(first));
        // Interface names may hold spaces: `NP Identity Ifc:255.255.255.255/68`.
        if !looks_whole && let Some(colon) = text.get(..text.len().min(48)).unwrap_or(text).place_of(b':') {
            let interface = text.get(..colon).unwrap_or_default();
            let (rest, after) = word(text.get(colon + 1..).unwrap_or_default().trimmed_start());
            let (address, port) = address_port(clean(rest));
            return (
                Self {
                    interface,
                    address,
                    port,
                },
                after,
            );
        }
        // `inside: 10.0.0.1`
        if let Some(interface) = first.strip_suffix(':').filter(|i| !i.holds(b':')) {
            let (rest, after) = word(after);
            let (address, port) = address_port(clean(rest));
            return (
                Self {
                    interface,
                    address,
                    port,
                },
                after,
            );
        }
        let first = clean(first);
        // An IPv6 address holds colons too: only a name before the first colon is an interface.
        let (interface, whole) = match first.cut(b':') {
            Some((name, rest)) if !scan::is_ip(address_port(first).0) => (name, rest),
            _ => ("", first),
        };
        let (address, port) = address_port(whole);
        (
            Self {
                interface,
                address,
                port,
            },
            after,
        )
    }

    /// As the source.
    pub(super) fn set_source(&self, event: &mut EventBuf) {
        scan::set_source(event, self.address);
        set_port(event, Number::SrcPort, self.port, "src_service");
        event.set(Text::XInterface, self.interface);
    }

    /// As the destination.
    pub(super) fn set_destination(&self, event: &mut EventBuf) {
        scan::set_destination(event, self.address);
        set_port(event, Number::DstPort, self.port, "dst_service");
        if !self.interface.is_empty() {
            event.attr("dst_interface", self.interface);
        }
    }
}

/// A port given by name (`ssh`, `https`) is kept as an attribute, and the usual ones as their number too.
fn set_port(event: &mut EventBuf, column: Number, port: &str, name: &str) {
    if port.is_empty() {
        return;
    }
    if port.bytes().all(|b| b.is_ascii_digit()) {
        event.set_number_text(column, port);
        return;
    }
    event.attr(name, port);
}

fn clean(text: &str) -> &str {
    // Mostly nothing stands around it.
    if let [first, .., last] = text.as_bytes()
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return text;
    }
    text.less_both(b"[]()<>,;\"").less_end_of(b".:")
}

/// `10.0.0.1/80`, `10.0.0.1(80)`, `10.0.0.1`
fn address_port(text: &str) -> (&str, &str) {
    if let Some((address, port)) = text.cut(b'/') {
        let end = near::byte2(b'(', b')', port.as_bytes()).unwrap_or(port.len());
        return (address, port.get(..end).unwrap_or_default());
    }
    match text.cut(b'(') {
        Some((address, port)) => (address, port.less_end(b')')),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_read_in_every_spelling() {
        let check = |text: &str, interface: &str, address: &str, port: &str| {
            let (end, _) = End::read(text);
            assert_eq!(
                (end.interface, end.address, end.port),
                (interface, address, port),
                "{text}"
            );
        };
        check("outside:10.0.0.1/80 (10.0.0.1/80)", "outside", "10.0.0.1", "80");
        check(
            "NP Identity Ifc:255.255.255.255/68 duration",
            "NP Identity Ifc",
            "255.255.255.255",
            "68",
        );
        check("inside: 10.0.0.1 dst", "inside", "10.0.0.1", "");
        check("10.0.0.1/https", "", "10.0.0.1", "https");
        check("outside:2001:db8::1/443", "outside", "2001:db8::1", "443");
        check("2001:db8::1/443", "", "2001:db8::1", "443");
        check("(10.0.0.1) to", "", "10.0.0.1", "");
        check("host.name.local/0", "", "host.name.local", "0");
    }
}
