//! Where the named fields of one vendor go: the column of each name is a plain `match` in the vendor's own file, and
//! this is the one way in which a value gets there.
//!
//! Nothing is lost on the way: a value that does not fit its column, or whose column another field has already
//! filled, becomes an attribute under its own name.

use letopis_event::{EventBuf, Number, Text};

use super::scan;
use crate::formats::scan::Cut as _;

/// What a named field fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A text column.
    Text(Text),
    /// The address where it came from.
    Source,
    /// The address where it went.
    Destination,
    /// A number column.
    Number(Number),
    /// How long it took, in units of so many microseconds; a decimal fraction is allowed.
    Duration(i64),
    /// No column: an attribute.
    Attr,
}

/// Puts the value of the field `name` where it belongs.
pub(super) fn put(place: Place, name: &str, value: &str, event: &mut EventBuf) {
    let free = match place {
        Place::Text(column) => event.get(column).is_none(),
        Place::Source => event.get(Text::SrcIp).is_none(),
        Place::Destination => event.get(Text::DstIp).is_none(),
        Place::Number(column) => event.number(column).is_none(),
        Place::Duration(_) => event.number(Number::XDurationUs).is_none(),
        Place::Attr => false,
    };
    if !free || value.is_empty() {
        event.attr(name, value);
        return;
    }
    match place {
        Place::Text(column) => event.set(column, value),
        Place::Source if scan::is_ip(value) => event.set(Text::SrcIp, value),
        Place::Destination if scan::is_ip(value) => event.set(Text::DstIp, value),
        Place::Number(column) => event.set_number_text(column, value),
        Place::Duration(unit) => match micros(value, unit) {
            Some(micros) => event.set_number(Number::XDurationUs, micros),
            None => event.attr(name, value),
        },
        Place::Source | Place::Destination | Place::Attr => event.attr(name, value),
    }
}

/// The host that a relay's head names, where the message itself names another: that one is the column already.
pub(super) fn second_host(relay: Option<&str>, event: &mut EventBuf) {
    let Some(relay) = relay else { return };
    if event.get(Text::Host).is_none() {
        event.set(Text::Host, relay);
    } else if event.get(Text::Host) != Some(relay) {
        event.attr("relay", relay);
    }
}

/// A decimal number of units of `unit` microseconds, in microseconds; what is below is cut off.
pub(super) fn micros(text: &str, unit: i64) -> Option<i64> {
    let (whole, fraction) = text.cut(b'.').unwrap_or((text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let mut scale = unit;
    let mut below = 0i64;
    for digit in fraction.bytes() {
        scale /= 10;
        below += i64::from(digit - b'0') * scale;
    }
    whole.parse::<i64>().ok()?.checked_mul(unit)?.checked_add(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_exact_to_the_microsecond() {
        assert_eq!(micros("0.003186173", 1_000_000), Some(3186));
        assert_eq!(micros("12", 1000), Some(12_000));
        assert_eq!(micros("1.5", 1000), Some(1500));
        assert_eq!(micros("99999999999999999999", 1), None);
        assert_eq!(micros("9223372036854775807", 1000), None);
        for text in ["", "-1", "1e5", ".5", "a"] {
            assert_eq!(micros(text, 1000), None, "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_an_attribute() {
        let mut event = EventBuf::default();
        put(Place::Source, "src", "gateway", &mut event);
        put(Place::Source, "src", "10.0.0.1", &mut event);
        put(Place::Source, "src2", "10.0.0.2", &mut event);
        put(Place::Number(Number::SrcPort), "port", "99999", &mut event);
        put(Place::Text(Text::UserName), "user", "", &mut event);
        assert_eq!(event.get(Text::SrcIp), Some("10.0.0.1"));
        let attrs: Vec<_> = event.attrs().collect();
        assert_eq!(
            attrs,
            [
                ("src", "gateway"),
                ("src2", "10.0.0.2"),
                ("src_port", "99999"),
                ("user", "")
            ]
        );
    }
}
