use std::net::IpAddr;

use letopis_event::Zone;

use super::in_cidr::Network;
use super::is_account::means;
use super::is_filled::filled;
use super::time_form::form_of;
use super::{Offsets, address};

/// Networks and members as the documentation ranges of RFC 5737, RFC 3849 and RFC 4291 give them.
#[test]
fn addresses_lie_in_networks() {
    let cases = [
        ("10.0.0.0/8", "10.255.255.255", true),
        ("10.0.0.0/8", "11.0.0.0", false),
        ("192.0.2.17", "192.0.2.17", true),
        ("192.0.2.17", "192.0.2.18", false),
        ("0.0.0.0/0", "203.0.113.1", true),
        ("0.0.0.0/0", "2001:db8::1", false),
        ("::/0", "2001:db8::1", true),
        ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("2001:db8::/32", "2001:db9::", false),
        ("10.0.0.0/28", "::ffff:10.0.0.15", true),
        ("::ffff:10.0.0.0/124", "10.0.0.15", true),
        ("fe80::/10", "fe80::1%eth0", true),
        ("2001:db8::/64", "[2001:db8::5]", true),
        ("10.1.2.3/8", "10.9.9.9", true),
    ];
    for (network, text, expected) in cases {
        let network = Network::parse(network).unwrap();
        let found = address(text).is_some_and(|a: IpAddr| network.holds(a));
        assert_eq!(found, expected, "{network:?} {text}");
    }
    for bad in [
        "",
        "10.0.0.0/33",
        "10.0.0/8",
        "::/129",
        "10.0.0.0/",
        "a/8",
        "10.0.0.0/-1",
        "::ffff:10.0.0.0/90",
    ] {
        assert!(Network::parse(bad).is_none(), "{bad}");
    }
    assert!(address("host.example").is_none());
}

/// Spellings of RFC 5952, section 4, and of what logs write.
#[test]
fn an_address_has_one_spelling() {
    for (text, one) in [
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:DB8:0:0:0:0:2:1", "2001:db8::2:1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("192.0.2.7", "192.0.2.7"),
    ] {
        assert_eq!(address(text).unwrap().to_string(), one);
    }
}

#[test]
fn accounts_are_known_with_and_without_domain() {
    for (name, wanted, expected) in [
        ("aigul", "aigul", true),
        ("AKIMAT\\Aigul", "aigul", true),
        ("aigul@akimat.kz", "aigul", true),
        ("aigul2", "aigul", false),
        ("AKIMAT\\aigul", "akimat\\aigul", true),
        ("aigul", "akimat\\aigul", false),
        ("Айгүл", "айгүл", true),
        ("аigul", "aigul", false),
        ("", "", false),
    ] {
        assert_eq!(means(name, wanted), expected, "{name} {wanted}");
    }
}

/// The kept offset is the true one around every change of every zone since 1973.
#[test]
fn offsets_are_kept_no_longer_than_they_hold() {
    const DAY: i64 = 86_400 * 1_000_000;
    let begin = 3 * 365 * DAY;
    for tz in chrono_tz::TZ_VARIANTS {
        let zone = Zone::Named(tz);
        let mut offsets = Offsets::new(zone);
        for week in 0..52 * 60 {
            let start = begin + week * 7 * DAY;
            if zone.offset_min_at(start) == zone.offset_min_at(start + 7 * DAY) {
                continue;
            }
            // Halve down to the change itself, then look at both of its sides.
            let (mut low, mut high) = (start, start + 7 * DAY);
            while high - low > 1_000_000 {
                let middle = low + (high - low) / 2;
                if zone.offset_min_at(middle) == zone.offset_min_at(start) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            for micros in [low - 40_000_000, low, high, high + 40_000_000] {
                assert_eq!(
                    offsets.at(zone, micros),
                    zone.offset_min_at(micros),
                    "{tz} {micros}"
                );
            }
        }
    }
}

/// Forms as a person would write them down.
#[test]
fn the_form_of_a_time_has_no_time() {
    for (text, expected) in [
        ("2026-03-10T09:05:35.976329Z", "9-9-9a9:9:9"),
        ("10:03:2026   09:05:35", "9:9:9"),
        ("Mar  3 07:00:01", "a 9 9:9:9"),
        ("10/Mar/2026:09:05:35 +0500", "9/a/9:9:9"),
        ("1773133535", "9"),
        ("10.03.2026 г. 09:05", "9.9.9 г. 9:9"),
        ("", ""),
    ] {
        let mut form = String::new();
        form_of(text, &mut form);
        assert_eq!(form, expected, "{text}");
    }
}

/// As `trim(text) <> ''`, plain and in a dictionary.
#[test]
fn only_spaces_fill_nothing() {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, BooleanArray, DictionaryArray, StringArray};
    use arrow::datatypes::Int32Type;

    let texts = [
        Some("a"),
        None,
        Some(""),
        Some("   "),
        Some(" b "),
        Some("\t"),
        Some("a"),
    ];
    let expected = [
        Some(true),
        None,
        Some(false),
        Some(false),
        Some(true),
        Some(true),
        Some(true),
    ];
    let plain: ArrayRef = Arc::new(StringArray::from(texts.to_vec()));
    let keyed: DictionaryArray<Int32Type> = texts.into_iter().collect();
    let keyed: ArrayRef = Arc::new(keyed);
    for array in [plain, keyed] {
        assert_eq!(filled(&array).unwrap(), BooleanArray::from(expected.to_vec()));
    }
}
