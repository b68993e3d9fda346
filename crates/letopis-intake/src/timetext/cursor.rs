//! The pieces that time layouts are made of: digits, separators, clocks, offsets.

use letopis_event::{Civil, TimeReading};

use super::usual;
use crate::near;

/// A place in the text; every method that takes something moves it only on success.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
}

/// A day of the calendar that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) year: i32,
    pub(super) month: u8,
    pub(super) day: u8,
}

/// A clock reading below the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    pub(super) nanos: u32,
}

/// Days of the longest February count: a year-less 29 February is possible.
pub(super) fn days_in_month(year: Option<i32>, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_none_or(|y| (y % 4 == 0 && y % 100 != 0) || y % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

impl Day {
    /// The day, where the calendar has it.
    pub(super) fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let year = i32::try_from(year).ok().filter(|y| *y >= 1)?;
        if day == 0 || day > days_in_month(Some(year), month) {
            return None;
        }
        Some(Self {
            year,
            month: month as u8,
            day: day as u8,
        })
    }

    /// Together with a clock reading.
    pub(super) fn at(self, clock: Clock, offset_min: Option<i16>) -> TimeReading {
        TimeReading::Clock {
            civil: Civil {
                year: Some(self.year),
                month: self.month,
                day: self.day,
                hour: clock.hour,
                minute: clock.minute,
                second: clock.second,
                nanos: clock.nanos,
            },
            offset_min,
        }
    }
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
        }
    }

    /// On bytes whose ASCII characters mean themselves and are no part of others.
    pub(super) fn of_bytes(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The bytes from here on.
    pub(super) fn here(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// The text from here on; empty where a character is cut (cannot happen between whole tokens).
    pub(super) fn rest(&self, text: &'a str) -> &'a str {
        text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    pub(super) fn eat_any(&mut self, allowed: &[u8]) -> Option<u8> {
        let byte = self.peek().filter(|b| allowed.contains(b))?;
        self.at += 1;
        Some(byte)
    }

    /// One or more blanks, at most `most`.
    pub(super) fn spaces(&mut self, most: usize) -> Option<()> {
        let start = self.at;
        while self.at - start < most && matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// Exactly `count` digits (at most nine).
    pub(super) fn digits(&mut self, count: usize) -> Option<u32> {
        let run = self.bytes.get(self.at..self.at + count)?;
        let mut value = 0u32;
        for byte in run {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value * 10 + u32::from(byte - b'0');
        }
        self.at += count;
        Some(value)
    }

    /// One or two digits that no further digit follows.
    pub(super) fn one_or_two(&mut self) -> Option<u32> {
        let count = self.digit_run();
        if count == 1 || count == 2 {
            self.digits(count)
        } else {
            None
        }
    }

    /// How many digits stand here, at most 20.
    pub(super) fn digit_run(&self) -> usize {
        let here = self.here();
        near::digits(here.get(..20).unwrap_or(here))
    }

    /// A four-digit year, or a two-digit one (POSIX: 69 and later are of the last century).
    pub(super) fn year(&mut self, two_digits: bool) -> Option<u32> {
        match self.digit_run() {
            4 => self.digits(4),
            2 if two_digits => self.digits(2).map(|y| if y >= 69 { 1900 + y } else { 2000 + y }),
            _ => None,
        }
    }

    /// Whether a word or number would go on here.
    pub(super) fn in_word(&self) -> bool {
        self.peek()
            .is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_')
    }

    /// The numbers of `HH:MM:SS`, which nearly every clock is.
    #[inline(always)]
    fn usual_clock(&self, between: u8) -> Option<(u8, u8, u8)> {
        usual::clock(*self.here().first_chunk::<8>()?, between)
    }

    /// `HH:MM` or `HH:MM:SS`, with a fraction; `between` stands between the numbers.
    ///
    /// Inlined, so that the usual clock is put together where it is asked for.
    #[inline(always)]
    pub(super) fn clock(&mut self, between: u8, need_seconds: bool) -> Option<Clock> {
        let Some((hour, minute, second)) = self.usual_clock(between) else {
            return self.unusual_clock(between, need_seconds);
        };
        if hour > 23 || minute > 59 || second > 60 || (second == 60 && minute % 15 != 14) {
            return None;
        }
        let mut c = *self;
        c.at += 8;
        let nanos = c.fraction().unwrap_or(0);
        if c.peek().is_some_and(|b| b.is_ascii_digit()) {
            return None;
        }
        *self = c;
        Some(Clock {
            hour,
            minute,
            second,
            nanos,
        })
    }

    #[inline(never)]
    fn unusual_clock(&mut self, between: u8, need_seconds: bool) -> Option<Clock> {
        let mut c = *self;
        let hour = c.one_or_two()?;
        c.eat(between)?;
        let minute = c.digits(2)?;
        let mut clock = Clock {
            hour: hour as u8,
            minute: minute as u8,
            ..Clock::default()
        };
        if hour > 23 || minute > 59 {
            return None;
        }
        if c.peek() == Some(between) && c.peek_at(1).is_some_and(|b| b.is_ascii_digit()) {
            c.eat(between)?;
            let second = c.digits(2)?;
            // A leap second is the last second of a UTC day: elsewhere it shows at a quarter of an hour at most.
            if second > 60 || (second == 60 && minute % 15 != 14) {
                return None;
            }
            clock.second = second as u8;
            clock.nanos = c.fraction().unwrap_or(0);
        } else if need_seconds {
            return None;
        }
        if c.peek().is_some_and(|b| b.is_ascii_digit()) {
            return None;
        }
        *self = c;
        Some(clock)
    }

    /// `.5`, `,123`: nanoseconds. After a comma only what cannot be the next column of a list.
    #[inline(always)]
    pub(super) fn fraction(&mut self) -> Option<u32> {
        match self.peek() {
            Some(b'.' | b',') => self.fraction_here(),
            _ => None,
        }
    }

    #[inline(never)]
    fn fraction_here(&mut self) -> Option<u32> {
        // Milliseconds, with nothing behind them that could belong to them.
        if let [_, a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..] = self.here()
            && !matches!(rest.first(), Some(b'0'..=b'9' | b'.' | b',' | b':'))
            && usual::on()
        {
            self.at += 4;
            let [a, b, c] = [a, b, c].map(|digit| u32::from(digit - b'0'));
            return Some((a * 100 + b * 10 + c) * 1_000_000);
        }
        let mut c = *self;
        let mark = c.eat_any(b".,")?;
        let start = c.at;
        let mut nanos = 0u32;
        let mut count = 0;
        for digit in c.here().iter().take_while(|b| b.is_ascii_digit()) {
            if count < 9 {
                nanos = nanos.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'));
            }
            count += 1;
        }
        c.at = start + count;
        if count == 0 || count > 20 {
            return None;
        }
        let goes_on = matches!(c.peek(), Some(b'.' | b',' | b':')) && mark == b',';
        if mark == b',' && (goes_on || !matches!(count, 1 | 3 | 6 | 7 | 9)) {
            return None;
        }
        // Nine digits are kept; what is behind them was counted only.
        const SCALE: [u32; 9] = [
            1_000_000_000,
            100_000_000,
            10_000_000,
            1_000_000,
            100_000,
            10_000,
            1000,
            100,
            10,
        ];
        nanos *= SCALE.get(count).copied().unwrap_or(1);
        *self = c;
        Some(nanos)
    }

    /// ` AM`, `pm`, ` a.m.`: turns a twelve-hour reading into the day's; `None` where the two contradict.
    pub(super) fn half_day(&mut self, clock: Clock) -> Option<Clock> {
        let mut c = *self;
        let _ = c.spaces(1);
        // U+202F, the narrow space that some systems put here.
        if c.bytes.get(c.at..c.at + 3) == Some(&[0xe2, 0x80, 0xaf]) {
            c.at += 3;
        }
        let half = match c.peek() {
            Some(b @ (b'A' | b'a' | b'P' | b'p')) => b.to_ascii_uppercase(),
            _ => return Some(clock),
        };
        c.at += 1;
        let dotted = c.eat(b'.').is_some();
        if c.eat_any(b"Mm").is_none() {
            return Some(clock);
        }
        if dotted {
            let _ = c.eat(b'.');
        }
        if c.in_word() {
            return Some(clock);
        }
        if clock.hour == 0 || clock.hour > 12 {
            return None;
        }
        let hour = clock.hour % 12 + if half == b'P' { 12 } else { 0 };
        *self = c;
        Some(Clock { hour, ..clock })
    }

    /// The offset from UTC in minutes, where one stands here: `Z`, `+05:00`, `+0500`, `+05`, ` UTC`, ` +0500`,
    /// and the abbreviations that mean one offset only.
    #[inline(always)]
    pub(super) fn offset(&mut self) -> Option<i16> {
        // Most clocks are followed by a word in small letters, a bracket or nothing.
        let possible = |b: u8| b.is_ascii_uppercase() || matches!(b, b'+' | b'-' | b'z');
        match self.peek()? {
            b' ' | b'\t' if !self.peek_at(1).is_some_and(possible) => None,
            b if !possible(b) && !matches!(b, b' ' | b'\t') => None,
            _ => self.offset_here(),
        }
    }

    #[inline(never)]
    fn offset_here(&mut self) -> Option<i16> {
        let mut c = *self;
        let blank = c.spaces(1).is_some();
        let minutes = match c.peek()? {
            sign @ (b'+' | b'-') => {
                c.at += 1;
                let minutes = match c.usual_offset() {
                    Some(minutes) => minutes,
                    None => c.hours_minutes()?,
                };
                if sign == b'-' { -minutes } else { minutes }
            }
            b'Z' | b'z' if !blank => {
                c.at += 1;
                0
            }
            b'A'..=b'Z' => c.abbreviation()?,
            _ => return None,
        };
        if c.in_word() {
            return None;
        }
        // Go prints both: `+0500 +05`, `+0000 UTC`.
        let mut name = c;
        if blank && name.spaces(1).is_some() && name.abbreviation().is_some() && !name.in_word() {
            c = name;
        }
        *self = c;
        Some(minutes)
    }

    /// `05:00` or `0500` with nothing of a word or number behind it, which nearly every offset is.
    fn usual_offset(&mut self) -> Option<i16> {
        let (digits, taken) = match *self.here() {
            [a, b, b':', c, d, ..] => ([a, b, c, d], 5),
            [a, b, c, d, ..] => ([a, b, c, d], 4),
            _ => return None,
        };
        let ends = self.peek_at(taken).is_none_or(|b| !b.is_ascii_digit());
        if !ends || !usual::on() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let [a, b, c, d] = digits.map(|b| i16::from(b - b'0'));
        let (hours, minutes) = (a * 10 + b, c * 10 + d);
        if hours > 15 || minutes >= 60 {
            return None;
        }
        self.at += taken;
        Some(hours * 60 + minutes)
    }

    fn hours_minutes(&mut self) -> Option<i16> {
        let run = self.digit_run();
        let (hours, minutes) = match run {
            4 => (self.digits(2)?, self.digits(2)?),
            2 => {
                let hours = self.digits(2)?;
                let colon = self.peek() == Some(b':') && self.peek_at(1).is_some_and(|b| b.is_ascii_digit());
                let minutes = if colon {
                    self.eat(b':')?;
                    if self.digit_run() != 2 {
                        return None;
                    }
                    self.digits(2)?
                } else {
                    0
                };
                (hours, minutes)
            }
            _ => return None,
        };
        (hours <= 15 && minutes < 60).then_some((hours * 60 + minutes) as i16)
    }

    /// A zone abbreviation. `CST`, `IST`, `BST` and others that mean several zones are not among them.
    fn abbreviation(&mut self) -> Option<i16> {
        // RFC 5322 §4.3 for the American ones; tz database for the others.
        const KNOWN: &[(&str, i16)] = &[
            ("UTC", 0),
            ("GMT", 0),
            ("CEST", 120),
            ("CET", 60),
            ("EEST", 180),
            ("EET", 120),
            ("MSK", 180),
            ("EST", -300),
            ("EDT", -240),
            ("MST", -420),
            ("MDT", -360),
            ("PST", -480),
            ("PDT", -420),
            ("WEST", 60),
            ("WET", 0),
            ("SAST", 120),
            ("HKT", 480),
            ("AWST", 480),
            ("JST", 540),
            ("AEST", 600),
            ("AEDT", 660),
            ("NZST", 720),
            ("NZDT", 780),
            ("BRT", -180),
            ("AKST", -540),
            ("AKDT", -480),
            ("HST", -600),
        ];
        let rest = self.bytes.get(self.at..)?;
        // The first letters of the names above.
        if !matches!(
            rest.first()?,
            b'A' | b'B' | b'C' | b'E' | b'G' | b'H' | b'J' | b'M' | b'N' | b'P' | b'S' | b'U' | b'W'
        ) {
            return None;
        }
        let (name, minutes) = KNOWN.iter().find(|(name, _)| rest.starts_with(name.as_bytes()))?;
        self.at += name.len();
        Some(*minutes)
    }
}
