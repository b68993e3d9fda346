//! Reading the values of Windows data fields into columns.

use letopis_event::{EventBuf, Number, Text};

use crate::formats::scan::Cut as _;
pub(super) use crate::formats::scan::between;

/// The value of a data field; `None` where it is absent, empty or `-`.
pub(super) fn value<'a>(event: &'a EventBuf, name: &str) -> Option<&'a str> {
    event.find_attr(name).filter(|v| !matches!(*v, "" | "-"))
}

/// The value of the data at a place, counted from 1, where data have no names: EVTX and XML call each of them `Data`,
/// shippers call them `param1`, `param2` ….
pub(super) fn unnamed(event: &EventBuf, place: usize) -> Option<&str> {
    let found = event
        .attrs()
        .filter(|(name, _)| *name == "Data")
        .nth(place.checked_sub(1)?);
    let value = match found {
        Some((_, value)) => value,
        None => event.find_attr(shipped(place))?,
    };
    Some(value).filter(|v| !matches!(*v, "" | "-"))
}

/// What shippers call the data at a place.
fn shipped(place: usize) -> &'static str {
    const NAMES: [&str; 9] = [
        "param1", "param2", "param3", "param4", "param5", "param6", "param7", "param8", "param9",
    ];
    place
        .checked_sub(1)
        .and_then(|at| NAMES.get(at))
        .copied()
        .unwrap_or("")
}

/// Copies a data field into a column that is still empty; the first of unnamed data is `Data`.
pub(super) fn take(event: &mut EventBuf, name: &str, column: Text) {
    let name = match name {
        "Data" if event.find_attr(name).is_none() => shipped(1),
        name => name,
    };
    if event.get(column).is_none() && value(event, name).is_some() {
        event.copy_attr(name, column);
    }
}

/// Copies a data field into a column after `change` cut it down, where the column is still empty. Says whether it
/// filled the column.
fn take_part(
    event: &mut EventBuf,
    scratch: &mut String,
    name: &str,
    column: Text,
    change: impl Fn(&str) -> &str,
) -> bool {
    if event.get(column).is_some() {
        return false;
    }
    scratch.clear();
    if let Some(found) = value(event, name) {
        scratch.push_str(change(found));
    }
    event.set(column, scratch);
    !scratch.is_empty()
}

/// A program without its folder: `C:\Windows\System32\lsass.exe` is `lsass.exe`.
pub(super) fn program(event: &mut EventBuf, scratch: &mut String, name: &str, column: Text) -> bool {
    take_part(event, scratch, name, column, base_name)
}

/// An account without its domain: `CONTOSO\aigul` is `aigul`.
pub(super) fn account(event: &mut EventBuf, scratch: &mut String, name: &str, column: Text) -> bool {
    take_part(event, scratch, name, column, |text| {
        text.cut_last(b'\\').map_or(text, |(_, account)| account)
    })
}

/// An address: IPv4 written as IPv6 (`::ffff:10.0.0.1`) and interface zones (`fe80::1%12`) are cut down; what is no
/// address (`LOCAL`, a name) stays in its attribute only.
pub(super) fn address(event: &mut EventBuf, scratch: &mut String, name: &str, column: Text) -> bool {
    take_part(event, scratch, name, column, plain_address)
}

/// The address in `text`, or an empty text.
pub(super) fn plain_address(text: &str) -> &str {
    let text = text
        .trim_start_matches("\\\\")
        .trim_matches(|c| c == '[' || c == ']');
    let text = text.cut(b'%').map_or(text, |(address, _)| address);
    let mapped = text
        .strip_prefix("::ffff:")
        .or_else(|| text.strip_prefix("::FFFF:"));
    let text = mapped.filter(|t| t.holds(b'.')).unwrap_or(text);
    if text.parse::<std::net::IpAddr>().is_ok() {
        text
    } else {
        ""
    }
}

/// A port from 1 to 65535; 0 and `-` mean that there was none.
pub(super) fn port(event: &mut EventBuf, name: &str, column: Number) {
    if event.number(column).is_none()
        && let Some(port) = value(event, name)
            .and_then(number)
            .filter(|p| (1..=65535).contains(p))
    {
        event.set_number(column, port);
    }
}

/// A number in decimal or hex, where the column is still empty.
pub(super) fn quantity(event: &mut EventBuf, name: &str, column: Number) {
    if event.number(column).is_none()
        && let Some(number) = value(event, name).and_then(number)
    {
        event.set_number(column, number);
    }
}

/// Decimal, or hex after `0x`.
pub(super) fn number(text: &str) -> Option<i64> {
    let text = text.trimmed();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// A bit mask: hex after `0x`, or decimal, also a negative one (64 bits printed as signed).
pub(super) fn mask(text: &str) -> Option<u64> {
    let text = text.trimmed();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text
            .parse::<u64>()
            .ok()
            .or_else(|| text.parse::<i64>().ok().map(i64::cast_unsigned)),
    }
}

/// What follows the last `\` or `/`.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit(['\\', '/']).next().unwrap_or(path)
}

/// Whether `text` ends with `end`, ASCII letters of either case.
pub(super) fn ends_with(text: &str, end: &str) -> bool {
    text.len()
        .checked_sub(end.len())
        .and_then(|at| text.as_bytes().get(at..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
}

/// Whether `text` contains `part`, ASCII letters of either case.
pub(super) fn contains(text: &str, part: &str) -> bool {
    text.as_bytes()
        .windows(part.len())
        .any(|w| w.eq_ignore_ascii_case(part.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_cut_to_what_networks_know() {
        for (text, address) in [
            ("::ffff:10.1.2.3", "10.1.2.3"),
            ("10.1.2.3", "10.1.2.3"),
            ("fe80::1%12", "fe80::1"),
            ("::1", "::1"),
            ("\\\\10.0.0.9", "10.0.0.9"),
            ("LOCAL", ""),
            ("WKS-7", ""),
        ] {
            assert_eq!(plain_address(text), address, "{text}");
        }
    }

    #[test]
    fn masks_are_read_in_every_writing() {
        for text in [
            "0x8020000000000000",
            "-9214364837600034816",
            "9232379236109516800",
        ] {
            assert_eq!(mask(text), Some(0x8020_0000_0000_0000), "{text}");
        }
        assert_eq!(mask("Audit Success"), None);
        assert_eq!(number("0x1a4"), Some(420));
    }
}
