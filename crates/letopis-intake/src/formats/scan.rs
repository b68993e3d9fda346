//! Cutting text into words and fields by hand: what the text formats share. Nothing here allocates.

use letopis_event::{EventBuf, Number, Text};
use memchr::memrchr;

use crate::near;

mod any_of;
mod find;
mod marks;

pub(crate) use any_of::AnyOf;
pub(crate) use find::{find, find_bytes, rfind};
pub(crate) use marks::Cut;
use marks::is_blank;

/// The text up to the first space, and what follows the spaces.
pub(crate) fn word(text: &str) -> (&str, &str) {
    match near::byte(b' ', text.as_bytes()) {
        Some(at) => (
            text.get(..at).unwrap_or_default(),
            without_spaces(text.get(at..).unwrap_or_default()),
        ),
        None => (text, ""),
    }
}

/// The text from its first byte on that is no space.
pub(crate) fn without_spaces(text: &str) -> &str {
    let spaces = match text.as_bytes() {
        [b' ', next, ..] if *next != b' ' => 1,
        bytes => near::spaces(bytes),
    };
    text.get(spaces..).unwrap_or_default()
}

/// The text before and after the first `mark`.
#[inline]
pub(crate) fn split<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text, mark)?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// The text before and after the last `mark`.
#[inline]
pub(crate) fn split_last<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let at = rfind(text, mark)?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// The text before and after the first `mark`, one ASCII character.
pub(crate) fn cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = near::byte(mark, text.as_bytes())?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The pieces of a text between marks of one ASCII character: one more than there are marks.
pub(crate) fn pieces(text: &str, mark: u8) -> Pieces<'_> {
    Pieces {
        rest: Some(text),
        mark,
    }
}

/// See [`pieces`].
#[derive(Clone, Debug)]
pub(crate) struct Pieces<'a> {
    rest: Option<&'a str>,
    mark: u8,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        let end = near::byte(self.mark, text.as_bytes());
        self.rest = end.and_then(|at| text.get(at + 1..));
        text.get(..end.unwrap_or(text.len()))
    }
}

impl DoubleEndedIterator for Pieces<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let text = self.rest?;
        let start = memrchr(self.mark, text.as_bytes());
        self.rest = start.and_then(|at| text.get(..at));
        text.get(start.map_or(0, |at| at + 1)..)
    }
}

/// The pieces of a text between marks, all ASCII characters for which `is_mark` holds.
pub(crate) fn pieces_by(text: &str, is_mark: impl Fn(u8) -> bool) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text.bytes().position(|b| b.is_ascii() && is_mark(b));
        rest = end.and_then(|at| text.get(at + 1..));
        text.get(..end.unwrap_or(text.len()))
    })
}

/// The lines of a text, as `str::lines` gives them.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let line = match cut(rest, b'\n') {
            Some((line, after)) => {
                rest = after;
                line.strip_suffix('\r').unwrap_or(line)
            }
            None if rest.is_empty() => return None,
            None => std::mem::take(&mut rest),
        };
        Some(line)
    })
}

/// A column's name as a header line gives it, no longer than any that is meant: it is repeated with every record.
pub(crate) fn column_name(name: &str) -> &str {
    const BYTES_MAX: usize = 256;
    name.get(..name.floor_char_boundary(BYTES_MAX)).unwrap_or(name)
}

/// The words of a text, parted by blanks of any sort.
pub(crate) fn words(text: &str) -> Words<'_> {
    Words {
        rest: text,
        ascii: near::is_ascii(text.as_bytes()),
    }
}

/// See [`words`].
#[derive(Clone, Debug)]
pub(crate) struct Words<'a> {
    rest: &'a str,
    ascii: bool,
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if !self.ascii {
            let text = self.rest.trim_start();
            let end = text.find(char::is_whitespace).unwrap_or(text.len());
            let (word, rest) = text.split_at(end);
            self.rest = rest;
            return (!word.is_empty()).then_some(word);
        }
        let bytes = self.rest.as_bytes();
        let mut start = near::spaces(bytes);
        while is_blank(*bytes.get(start)?) {
            start += 1;
        }
        let mut end = start;
        loop {
            match near::space_or_control(bytes.get(end..)?) {
                Some(length) => end += length,
                None => end = bytes.len(),
            }
            // A control character that is no blank belongs to the word.
            if bytes.get(end).is_none_or(|byte| is_blank(*byte)) {
                break;
            }
            end += 1;
        }
        let word = self.rest.get(start..end);
        self.rest = self.rest.get(end..).unwrap_or_default();
        word
    }
}

/// What stands between the first `open` and the next `close` after it.
#[inline]
pub(crate) fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    split(split(text, open)?.1, close).map(|(inner, _)| inner)
}

/// What follows the first `mark`, up to a space, comma, semicolon or the end.
#[inline]
pub(crate) fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    Some(value(split(text, mark)?.1))
}

/// The text up to a blank, comma or semicolon.
pub(crate) fn value(text: &str) -> &str {
    let end = near::byte3(b' ', b',', b';', text.as_bytes()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Whether the text begins with `name=`, the name a plain one.
pub(crate) fn starts_with_field(text: &str) -> bool {
    const NAME_MAX: usize = 40;
    let bytes = text.as_bytes();
    let near = bytes.get(..=NAME_MAX).unwrap_or(bytes);
    let is_plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    near::byte(b'=', near).is_some_and(|end| end > 0 && near[..end].iter().all(is_plain))
}

/// Whether the text contains `needle`.
#[inline]
pub(crate) fn has(text: &str, needle: &str) -> bool {
    find(text, needle).is_some()
}

/// Whether the text is an IPv4 or IPv6 address; a zone (`%eth0`) is allowed.
pub(crate) fn is_ip(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Most texts that are asked about are names: one look at the first byte spares the parser.
    let Some(first) = bytes.first() else { return false };
    if !(first.is_ascii_hexdigit() || *first == b':') {
        return false;
    }
    if is_ipv4(bytes) {
        return true;
    }
    // Only an IPv6 address, or one of either sort with a zone, is written otherwise.
    let plain = match near::byte2(b':', b'%', bytes) {
        None => return false,
        Some(at) => match near::byte(b'%', bytes.get(at..).unwrap_or_default()) {
            Some(zone) => bytes.get(..at + zone).unwrap_or_default(),
            None => bytes,
        },
    };
    is_ipv6(plain) || plain.len() < bytes.len() && is_ipv4(plain)
}

/// Eight groups of up to four hexadecimal digits, the last two perhaps written as an IPv4 address, one run of groups
/// perhaps left out (RFC 4291 §2.2).
fn is_ipv6(bytes: &[u8]) -> bool {
    let (mut rest, mut groups, mut left_out) = (bytes, 0, false);
    if let [b':', b':', after @ ..] = rest {
        (rest, left_out) = (after, true);
        if rest.is_empty() {
            return true;
        }
    }
    loop {
        let digits = rest.iter().take(5).take_while(|b| b.is_ascii_hexdigit()).count();
        if !(1..=4).contains(&digits) {
            return false;
        }
        groups += 1;
        match rest.get(digits..) {
            None | Some([]) => break,
            Some([b':', b':', after @ ..]) if !left_out => (rest, left_out) = (after, true),
            Some([b':', after @ ..]) if !after.is_empty() => {
                rest = after;
                continue;
            }
            Some([b'.', ..]) if is_ipv4(rest) => {
                groups += 1;
                break;
            }
            Some(_) => return false,
        }
        if rest.is_empty() {
            break;
        }
    }
    // What is left out is one group at least.
    if left_out { groups <= 7 } else { groups == 8 }
}

/// Four numbers up to 255 without leading zeros, parted by dots.
fn is_ipv4(bytes: &[u8]) -> bool {
    if !(7..=15).contains(&bytes.len()) {
        return false;
    }
    let mut rest = bytes;
    for part in 0..4 {
        if part > 0 {
            let [b'.', after @ ..] = rest else { return false };
            rest = after;
        }
        rest = match rest {
            [b'2', b'5', b'0'..=b'5', after @ ..]
            | [b'2', b'0'..=b'4', b'0'..=b'9', after @ ..]
            | [b'1', b'0'..=b'9', b'0'..=b'9', after @ ..]
            | [b'1'..=b'9', b'0'..=b'9', after @ ..]
            | [b'0'..=b'9', after @ ..] => after,
            _ => return false,
        };
    }
    rest.is_empty()
}

/// Fills a column with an address; a name goes to the attribute `name` instead, so that the address columns hold
/// addresses only. `-`, `?` and empty text mean that the record has none.
fn set_address(event: &mut EventBuf, column: Text, name: &str, text: &str) {
    let is_bracket = |b: Option<&u8>| matches!(b, Some(b'[' | b']'));
    let text = if is_bracket(text.as_bytes().first()) || is_bracket(text.as_bytes().last()) {
        text.less_both(b"[]")
    } else {
        text
    };
    if is_ip(text) {
        event.set(column, text);
    } else if !matches!(text, "" | "-" | "?" | "unknown" | "(none)" | "UNKNOWN") {
        event.attr(name, text);
    }
}

/// Where it came from: an address, or a name into the attribute `src_host`.
pub(crate) fn set_source(event: &mut EventBuf, text: &str) {
    set_address(event, Text::SrcIp, "src_host", text);
}

/// Where it went: an address, or a name into the attribute `dst_host`.
pub(crate) fn set_destination(event: &mut EventBuf, text: &str) {
    set_address(event, Text::DstIp, "dst_host", text);
}

/// Fills a column with the name of an account: of `DOMAIN\\name` the name, the domain becomes the attribute
/// `user_domain` (`target_user_domain`).
pub(crate) fn set_account(event: &mut EventBuf, column: Text, text: &str) {
    match split_domain(text) {
        Some((domain, name)) => {
            event.set(column, name);
            event.attr(
                if column == Text::TargetUser {
                    "target_user_domain"
                } else {
                    "user_domain"
                },
                domain,
            );
        }
        None => event.set(column, text),
    }
}

/// `DOMAIN\\name`, where both parts can be what they are called: a path or a text in quotes is none.
fn split_domain(text: &str) -> Option<(&str, &str)> {
    let at = near::byte(b'\\', text.as_bytes())?;
    let (domain, name) = (text.get(..at)?, text.get(at + 1..)?);
    let plain = |t: &str| !t.is_empty() && near::byte4([b'\\', b'/', b':', b'"'], t.as_bytes()).is_none();
    (plain(domain) && plain(name)).then_some((domain, name))
}

/// Fills a number column from digits; other text is kept as an attribute.
pub(crate) fn set_port(event: &mut EventBuf, column: Number, text: &str) {
    if !text.is_empty() {
        event.set_number_text(column, text);
    }
}

/// `address:port`, `[address]:port`, `address#port` or `address/port`: both parts.
pub(crate) fn address_port(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = memrchr(mark, text.as_bytes())?;
    let (address, port) = (text.get(..at)?, text.get(at + 1..)?);
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let address = address.trim_start_matches('[').trim_end_matches(']');
    (digits && !address.is_empty()).then_some((address, port))
}

/// Walks `key=value` fields divided by spaces, commas or semicolons; a value may stand in double or single quotes
/// (a quote of the same sort inside is allowed when written `\"`). Words without `=` are passed over.
pub(crate) fn fields<'a>(text: &'a str, mut field: impl FnMut(&'a str, &'a str)) {
    fields_and_words(text, |name, value| {
        if let Some(value) = value {
            field(name, value);
        }
    });
}

/// As [`fields`]; words without `=` come with no value.
pub(crate) fn fields_and_words<'a>(text: &'a str, mut each: impl FnMut(&'a str, Option<&'a str>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if matches!(byte, b' ' | b',' | b';' | b'\t') {
            at += 1;
            continue;
        }
        let start = at;
        let rest = bytes.get(at..).unwrap_or_default();
        at += near::byte3(b'=', b' ', b'\t', rest).unwrap_or(rest.len());
        let name = text.get(start..at).unwrap_or_default();
        if bytes.get(at) == Some(&b'=') {
            let (value, next) = value_at(text, at + 1);
            each(name, Some(value));
            at = next;
        } else {
            each(name, None);
        }
    }
}

/// The value that begins at `at`, without its quotes, and where it ends.
fn value_at(text: &str, at: usize) -> (&str, usize) {
    let bytes = text.as_bytes();
    if let Some(quote @ (b'"' | b'\'')) = bytes.get(at).copied() {
        let mut end = at + 1;
        while let Some(found) = bytes.get(end..).and_then(|rest| near::byte2(quote, b'\\', rest)) {
            end += found;
            if bytes.get(end) == Some(&quote) {
                return (text.get(at + 1..end).unwrap_or_default(), end + 1);
            }
            end += 2;
        }
        // The quote is never closed: the rest as it stands.
        return (text.get(at..).unwrap_or_default(), bytes.len());
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let end = at + near::byte4([b' ', b'\t', b',', b';'], rest).unwrap_or(rest.len());
    (text.get(at..end).unwrap_or_default(), end)
}

/// Reads a run of decimal digits at the start: the number and what follows.
pub(crate) fn number(text: &str) -> Option<(i64, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let value = text.get(..end)?.parse().ok()?;
    Some((value, text.get(end..)?))
}

/// An offset from UTC as devices write it (`+0500`, `-07:00`, `UTC+5:00`), in minutes east.
pub(crate) fn offset(zone: &str) -> Option<i16> {
    let named = zone.strip_prefix("UTC").or_else(|| zone.strip_prefix("GMT"));
    let zone = named.unwrap_or(zone);
    let sign = match zone.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = zone.get(1..)?;
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() == 4 => (digits.get(..2)?, digits.get(2..)?),
        None => (digits, "0"),
    };
    let (hours, minutes): (i16, i16) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then(|| sign * (hours * 60 + minutes))
}

/// Whether two ASCII texts are equal without regard to case.
#[inline]
pub(crate) fn same(a: &str, b: &str) -> bool {
    // Names are compared with long lists: most differ in length.
    a.len() == b.len() && a.eq_ignore_ascii_case(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_as_devices_write_them() {
        for (text, minutes) in [
            ("+0500", Some(300)),
            ("-07:30", Some(-450)),
            ("UTC+5:00", Some(300)),
            ("+3", Some(180)),
        ] {
            assert_eq!(offset(text), minutes, "{text}");
        }
        for text in [
            "", "x", "+", "+9999", "0500", "+999", "+546:07", "-32768", "+1:32767",
        ] {
            assert_eq!(offset(text), None, "{text}");
        }
    }

    #[test]
    fn fields_keep_their_quotes_together() {
        let mut found = Vec::new();
        let mut words = Vec::new();
        fields_and_words("avc: name=\"a b\" user='c=d' x= y=1, z=\"open", |k, v| match v {
            Some(v) => found.push((k, v)),
            None => words.push(k),
        });
        assert_eq!(
            found,
            [
                ("name", "a b"),
                ("user", "c=d"),
                ("x", ""),
                ("y", "1"),
                ("z", "\"open")
            ]
        );
        assert_eq!(words, ["avc:"]);
    }

    proptest::proptest! {
        /// The standard library cuts the same words and pieces.
        #[test]
        fn words_and_pieces_are_the_standard_librarys(text in "[ab,\\t\\x0b\\r \u{a0}é]{0,20}") {
            let expected: Vec<_> = text.split_whitespace().collect();
            proptest::prop_assert_eq!(words(&text).collect::<Vec<_>>(), expected);
            let expected: Vec<_> = text.split(',').collect();
            proptest::prop_assert_eq!(pieces(&text, b',').collect::<Vec<_>>(), expected);
            let expected: Vec<_> = text.split([',', 'a']).collect();
            proptest::prop_assert_eq!(pieces_by(&text, |b| matches!(b, b',' | b'a')).collect::<Vec<_>>(), expected);
            proptest::prop_assert_eq!(cut(&text, b','), text.split_once(','));
            let folded = text.replace(',', "\n");
            proptest::prop_assert_eq!(lines(&folded).collect::<Vec<_>>(), folded.lines().collect::<Vec<_>>());
        }
    }

    #[test]
    fn accounts_stand_without_their_domain() {
        for (text, name, domain) in [
            ("AKIMAT\\b.akhmetov", "b.akhmetov", Some("AKIMAT")),
            ("b.akhmetov", "b.akhmetov", None),
            ("NT AUTHORITY\\SYSTEM", "SYSTEM", Some("NT AUTHORITY")),
            ("C:\\Users\\x", "C:\\Users\\x", None),
            ("\\x", "\\x", None),
        ] {
            let mut event = EventBuf::default();
            set_account(&mut event, Text::UserName, text);
            assert_eq!(
                (event.get(Text::UserName), event.find_attr("user_domain")),
                (Some(name), domain)
            );
        }
    }

    proptest::proptest! {
        /// The standard library's parser says the same of every text without a zone.
        #[test]
        fn addresses_are_the_standard_librarys(
            text in "[0-9.:a]{0,18}",
            octets in "([0-9]{1,3}[.]){3}[0-9]{1,3}",
            groups in "(::)?([0-9a-fA-F]{1,4}:){0,8}(:|::)?([0-9a-fA-Fg]{0,5}:){0,4}[0-9a-f]{0,4}(10[.]1[.]2[.]3)?",
            whole in "([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|([0-9a-f]{1,4}:){6}10[.]1[.]2[.]3|([0-9a-f]{1,4}:){1,3}(:[0-9a-f]{1,4}){1,5}",
        ) {
            for text in [text, octets, groups, whole] {
                proptest::prop_assert_eq!(is_ip(&text), text.parse::<std::net::IpAddr>().is_ok(), "{}", text);
            }
        }
    }

    #[test]
    fn addresses_are_told_from_names() {
        for ip in ["10.0.0.1", "::1", "fe80::1%eth0", "::ffff:1.2.3.4"] {
            assert!(is_ip(ip), "{ip}");
        }
        for name in ["", "example.com", "a", "1.2.3", "192.030.0.6", "-"] {
            assert!(!is_ip(name), "{name}");
        }
        assert_eq!(
            address_port("[2001:db8::1]:22", b':'),
            Some(("2001:db8::1", "22"))
        );
        assert_eq!(address_port("10.0.0.1:http", b':'), None);
    }
}
