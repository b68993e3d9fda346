//! DER, one element after another, each with the bytes it stands in: what is signed is hashed as it came, never encoded anew.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Class, Decode, Reader, SliceReader, Tag};

use crate::{Micros, PkiError, Result, form};

/// One element: tag, content, and the whole of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: Tag,
    pub(crate) value: &'a [u8],
    pub(crate) whole: &'a [u8],
}

/// Elements that stand one after another.
pub(crate) struct Elements<'a> {
    reader: SliceReader<'a>,
    place: &'static str,
}

/// Reads one element that is all of `bytes`.
pub(crate) fn only<'a>(bytes: &'a [u8], place: &'static str) -> Result<Element<'a>> {
    let mut elements = Elements::of(bytes, place)?;
    let element = elements.next()?;
    elements.end()?;
    Ok(element)
}

impl<'a> Elements<'a> {
    pub(crate) fn of(bytes: &'a [u8], place: &'static str) -> Result<Self> {
        let reader = SliceReader::new(bytes).map_err(|_| form(place, "DER"))?;
        Ok(Self { reader, place })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.reader.is_finished()
    }

    /// The next element, whatever it is.
    pub(crate) fn next(&mut self) -> Result<Element<'a>> {
        let whole = self.reader.tlv_bytes();
        let whole = whole.map_err(|_| form(self.place, "a further element in DER"))?;
        let any = AnyRef::from_der(whole).map_err(|_| form(self.place, "an element in DER"))?;
        Ok(Element {
            tag: der::Tagged::tag(&any),
            value: any.value(),
            whole,
        })
    }

    /// The next element, which must have that tag.
    pub(crate) fn expect(&mut self, tag: Tag, expected: &'static str) -> Result<Element<'a>> {
        let element = self.next()?;
        match element.tag == tag {
            true => Ok(element),
            false => Err(form(self.place, expected)),
        }
    }

    /// The next element, if it has that tag.
    pub(crate) fn take(&mut self, tag: Tag) -> Result<Option<Element<'a>>> {
        if self.is_empty() || Tag::peek(&self.reader).ok() != Some(tag) {
            return Ok(None);
        }
        self.next().map(Some)
    }

    /// The next element, if it has that context-specific number.
    pub(crate) fn take_context(&mut self, number: u32) -> Result<Option<Element<'a>>> {
        let there = !self.is_empty()
            && Tag::peek(&self.reader)
                .is_ok_and(|tag| tag.class() == Class::ContextSpecific && tag.number().value() == number);
        if there { self.next().map(Some) } else { Ok(None) }
    }

    /// The next element, a SEQUENCE.
    pub(crate) fn sequence(&mut self, expected: &'static str) -> Result<Element<'a>> {
        self.expect(Tag::Sequence, expected)
    }

    /// Nothing may follow.
    pub(crate) fn end(&self) -> Result<()> {
        match self.is_empty() {
            true => Ok(()),
            false => Err(form(self.place, "nothing after its last element")),
        }
    }
}

impl<'a> Element<'a> {
    /// The elements inside.
    pub(crate) fn inside(&self, place: &'static str) -> Result<Elements<'a>> {
        Elements::of(self.value, place)
    }

    /// As an object identifier.
    pub(crate) fn oid(&self, place: &'static str) -> Result<ObjectIdentifier> {
        let oid = (self.tag == Tag::ObjectIdentifier).then(|| ObjectIdentifier::from_bytes(self.value));
        oid.and_then(std::result::Result::ok)
            .ok_or_else(|| form(place, "an object identifier"))
    }

    /// As a whole number of at most 64 bits, not negative.
    pub(crate) fn number(&self, place: &'static str) -> Result<u64> {
        let bytes = self.integer(place)?;
        let digits = bytes.strip_prefix(&[0]).unwrap_or(bytes);
        if bytes.first().is_some_and(|first| first & 0x80 != 0) || digits.len() > 8 {
            return Err(form(place, "a whole number of at most 64 bits"));
        }
        Ok(digits.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// The bytes of an INTEGER, shortest form, two's complement.
    pub(crate) fn integer(&self, place: &'static str) -> Result<&'a [u8]> {
        let shortest = match self.value {
            [] => false,
            [0, second, ..] => second & 0x80 != 0,
            [0xff, second, ..] => second & 0x80 == 0,
            _ => true,
        };
        match self.tag == Tag::Integer && shortest {
            true => Ok(self.value),
            false => Err(form(place, "an INTEGER in its shortest form")),
        }
    }

    /// The bytes of a BIT STRING of whole bytes.
    pub(crate) fn bits(&self, place: &'static str) -> Result<&'a [u8]> {
        match (self.tag, self.value.split_first()) {
            (Tag::BitString, Some((0, bytes))) => Ok(bytes),
            _ => Err(form(place, "a BIT STRING of whole bytes")),
        }
    }

    /// As a UTCTime or GeneralizedTime in UTC, fractions of a second included (RFC 5280 §4.1.2.5, RFC 3161 §2.4.2).
    pub(crate) fn time(&self, place: &'static str) -> Result<Micros> {
        let text = std::str::from_utf8(self.value).ok();
        let micros = match self.tag {
            // Two digits: 50 to 99 are of the last century.
            Tag::UtcTime => text.and_then(|text| {
                let century = if text.get(..2)?.parse::<u8>().ok()? < 50 {
                    "20"
                } else {
                    "19"
                };
                parse_time(&format!("{century}{text}"), false)
            }),
            Tag::GeneralizedTime => text.and_then(|text| parse_time(text, true)),
            _ => None,
        };
        micros.ok_or_else(|| form(place, "a time in UTC"))
    }
}

/// `YYYYMMDDHHMMSS`, perhaps a fraction that does not end in 0, `Z`.
fn parse_time(text: &str, fractions: bool) -> Option<Micros> {
    let text = text.strip_suffix('Z')?;
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if fractions && !fraction.is_empty() && !fraction.ends_with('0') => {
            (whole, fraction)
        }
        Some(_) => return None,
        None => (text, ""),
    };
    if whole.len() != 14 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| whole.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    let days = days_of_month(year, month)?;
    if !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = (days_before(year, month) + day - 1) * 86_400 + hour * 3600 + minute * 60 + second;
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    Some(seconds * 1_000_000 + micros.parse::<i64>().ok()?)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_month(year: i64, month: i64) -> Option<i64> {
    let days = match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    Some(days)
}

/// Days from 1970-01-01 to the first of the month.
fn days_before(year: i64, month: i64) -> i64 {
    let before = year - 1;
    let leaps = |year: i64| year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let years = (year - 1970) * 365 + leaps(before) - leaps(1969);
    let months: i64 = (1..month).filter_map(|month| days_of_month(year, month)).sum();
    years + months
}

/// `2026-04-30T12:00:00Z`, to the second, for messages.
pub(crate) fn time_text(micros: Micros) -> String {
    let seconds = micros.div_euclid(1_000_000);
    let (day, within) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // The year is found from below: an average year is longer than 365 days.
    let mut year = 1970 + day.div_euclid(366);
    while days_before(year + 1, 1) <= day {
        year += 1;
    }
    let month = (2..=12)
        .rev()
        .find(|month| days_before(year, *month) <= day)
        .unwrap_or(1);
    format!(
        "{year:04}-{month:02}-{:02}T{:02}:{:02}:{:02}Z",
        day - days_before(year, month) + 1,
        within / 3600,
        within / 60 % 60,
        within % 60
    )
}

/// The parameters of an algorithm must be absent or NULL.
pub(crate) fn no_parameters(rest: &mut Elements<'_>, place: &'static str) -> Result<()> {
    rest.take(Tag::Null)?;
    rest.end().map_err(|_: PkiError| form(place, "no parameters"))
}

/// A definite length and the tag before it.
pub(crate) fn encode(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let length = content.len().to_be_bytes();
            let digits: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | digits.len() as u8);
            out.extend(digits);
        }
    }
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_printed() {
        for (text, fractions, expected) in [
            ("19700101000000Z", true, Some(0)),
            ("20000229120000Z", true, Some(951_825_600_000_000)),
            ("20260430235959.5Z", true, Some(1_777_593_599_500_000)),
            ("20260430235959.123456789Z", true, Some(1_777_593_599_123_456)),
            ("20260430235959.50Z", true, None),
            ("20260430235959.5Z", false, None),
            ("20250229000000Z", true, None),
            ("19000229000000Z", true, None),
            ("20260431000000Z", true, None),
            ("20260430240000Z", true, None),
            ("20261330000000Z", true, None),
            ("20260430235959+0500", true, None),
            ("2026043023595Z", true, None),
            ("", true, None),
        ] {
            assert_eq!(parse_time(text, fractions), expected, "{text}");
        }
        for (micros, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1_000_000, "1969-12-31T23:59:59Z"),
            (951_825_600_000_000, "2000-02-29T12:00:00Z"),
            (1_777_593_599_500_000, "2026-04-30T23:59:59Z"),
            (253_402_300_799_000_000, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(time_text(micros), text);
        }
    }

    #[test]
    fn numbers_have_one_form() {
        let number = |bytes: &[u8]| only(bytes, "test").and_then(|e| e.number("test")).ok();
        assert_eq!(number(&[2, 1, 0]), Some(0));
        assert_eq!(number(&[2, 2, 0, 0x80]), Some(128));
        assert_eq!(number(&[2, 2, 0, 1]), None);
        assert_eq!(number(&[2, 1, 0x80]), None);
        assert_eq!(number(&[2, 0]), None);
        assert_eq!(number(&[4, 1, 0]), None);
        assert_eq!(number(&[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(
            number(&[2, 0x81, 1, 0]),
            None,
            "a length in its long form without need"
        );
    }

    #[test]
    fn lengths_are_encoded_shortest() {
        for length in [0, 1, 127, 128, 255, 256, 65_536] {
            let element = encode(4, &vec![7; length]);
            assert_eq!(only(&element, "test").unwrap().value.len(), length);
        }
    }
}
