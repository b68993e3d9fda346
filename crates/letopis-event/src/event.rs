//! One event being read: a reusable buffer that a format fills and a sink copies out of.

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use crate::kind::Kind;
use crate::time::{EventTime, TimeReading};

macro_rules! text_columns {
    ($($(#[$doc:meta])* $name:ident => $column:literal,)*) => {
        /// The text columns that a format fills.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Text { $($(#[$doc])* $name,)* }

        impl Text {
            /// Every text column, in table order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Name of the column in the event table.
            pub fn column(self) -> &'static str {
                match self { $(Self::$name => $column,)* }
            }

            /// The column of that name.
            pub fn from_column(name: &str) -> Option<Self> {
                match name { $($column => Some(Self::$name),)* _ => None }
            }
        }
    };
}

text_columns! {
    /// The time exactly as written.
    TimeText => "time_text",
    /// The machine that the record names as its origin.
    Host => "host",
    /// That machine's address, where the record gives one.
    HostIp => "host_ip",
    /// The service or program family that logged (unit, application, subsystem).
    Service => "service",
    /// Who acted.
    UserName => "user_name",
    /// Whose account was acted upon.
    TargetUser => "target_user",
    /// Session or logon identifier.
    Session => "session",
    /// Program that acted or logged.
    Process => "process",
    /// Where it came from.
    SrcIp => "src_ip",
    /// Where it went.
    DstIp => "dst_ip",
    /// Network or access protocol.
    Protocol => "protocol",
    /// What was acted on: file, table, URL, service, share, rule.
    Target => "target",
    /// Removable medium.
    Media => "media",
    /// The verb as recorded.
    Action => "action",
    /// The result as recorded.
    Status => "status",
    /// The vendor's event code.
    Code => "code",
    /// Channel or provider of the vendor.
    Provider => "provider",
    /// The text a person reads.
    Message => "message",
    /// Ties the records that make one event together.
    EventGroup => "event_group",
    /// Command line.
    XCommandLine => "x_command_line",
    /// Program that started the process.
    XParentProcess => "x_parent_process",
    /// Windows logon type, as its number.
    XLogonType => "x_logon_type",
    /// Identifier of the record in its own log (EVTX record id, journal cursor, sequence number).
    XRecordId => "x_record_id",
    /// HTTP method.
    XMethod => "x_method",
    /// HTTP user agent.
    XUserAgent => "x_user_agent",
    /// HTTP referrer.
    XReferrer => "x_referrer",
    /// Rule, policy, signature or access list that decided.
    XRule => "x_rule",
    /// Network interface or line.
    XInterface => "x_interface",
    /// SQL statement.
    XQuery => "x_query",
    /// Digest of the file that was acted on, as recorded.
    XHash => "x_hash",
    /// What was there before (old value, old name, old time).
    XOldValue => "x_old_value",
    /// What is there now.
    XNewValue => "x_new_value",
    /// Reason of a refusal or failure as recorded.
    XReason => "x_reason",
}

/// The number columns that a format fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Number {
    /// Process id.
    Pid,
    /// Source port, 0 to 65535.
    SrcPort,
    /// Destination port, 0 to 65535.
    DstPort,
    /// Bytes moved, as the record counts them.
    XBytes,
    /// How long it took, in microseconds.
    XDurationUs,
}

impl Number {
    /// Every number column, in table order.
    pub const ALL: &'static [Self] = &[
        Self::Pid,
        Self::SrcPort,
        Self::DstPort,
        Self::XBytes,
        Self::XDurationUs,
    ];

    /// Name of the column in the event table.
    pub fn column(self) -> &'static str {
        match self {
            Self::Pid => "pid",
            Self::SrcPort => "src_port",
            Self::DstPort => "dst_port",
            Self::XBytes => "x_bytes",
            Self::XDurationUs => "x_duration_us",
        }
    }
}

/// How the action ended, only where the record says so.
///
/// - **Stated**: a word or code that the record's format gives that meaning (`res=failed`, `Accepted`, Windows' audit
///   keywords, an error code other than "no error") is taken as it is meant.
/// - **Refused is failed.** What was denied, blocked, dropped or rejected is [`Outcome::Failure`] with `denied` in the
///   column `status`: the action is the one that somebody wanted to do, not that of the tool that stopped it. A
///   firewall that denies a connection therefore gives a failure, however well it did its own work, and one that
///   builds a connection a success.
/// - **HTTP** says it by the status (RFC 9110 §15): 2xx and 3xx success, 4xx and 5xx failure of the request; anything
///   else nothing.
/// - **A connection that ended before anybody logged on** is a failure where the record itself marks that phase
///   (sshd's `[preauth]`, a log-in process that ends its connection): nobody got in. It stays a
///   `network.disconnect`, so that attempts to log on are counted by their own records only.
/// - **A connection that broke** is a failure where the program that held it says so: lost, reset, aborted, hung up
///   unexpectedly, given up since the peer did not answer. That it ended, closed or was left says nothing; nor does the
///   way in which a firewall or an observer saw somebody else's connection end (a reset, an idle timeout), which is a
///   state of that flow.
/// - **A name that was looked up and not found**, or does not belong to the address, is a failure of the query
///   (`dns.query`), not of the connection for whose sake it was asked; the source is that connection's client.
/// - **A detection, a state, a number, a message of level error** has no outcome: that something is wrong is not yet
///   that an action failed.
/// - A record that is silent is [`Outcome::Unknown`], though its neighbours may tell more: an outcome is never carried
///   from one record to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It succeeded.
    Success,
    /// It failed or was refused.
    Failure,
    /// The record does not say.
    #[default]
    Unknown,
}

impl Outcome {
    /// The word in the `outcome` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Unknown => "unknown",
        }
    }
}

/// The five categories of KZ195 Appendix 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    /// Operating systems (KZ195-A4-1).
    Os,
    /// Database management systems (KZ195-A4-9).
    Dbms,
    /// Telecommunication equipment and firewalls (KZ195-A4-15).
    Network,
    /// Application software (KZ195-A4-22).
    Application,
    /// Protection tools (KZ195-A4-28).
    Protection,
}

impl Category {
    /// Every category, in the order of the law.
    pub const ALL: &'static [Self] = &[
        Self::Os,
        Self::Dbms,
        Self::Network,
        Self::Application,
        Self::Protection,
    ];

    /// The word in the `category` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Os => "os",
            Self::Dbms => "dbms",
            Self::Network => "network",
            Self::Application => "application",
            Self::Protection => "protection",
        }
    }

    /// The category of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.as_str() == word)
    }
}

/// A number of up to nine digits and nothing else, as ports and process ids are: read in half the time that the
/// standard library needs, which says the same of it.
fn short_number(digits: &[u8]) -> Option<i64> {
    if !(1..=9).contains(&digits.len()) {
        return None;
    }
    let mut value = 0u32;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value.wrapping_mul(10).wrapping_add(u32::from(byte - b'0'));
    }
    Some(i64::from(value))
}

/// A run of the arena.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    start: u32,
    end: u32,
}

const EMPTY: Slot = Slot {
    start: u32::MAX,
    end: u32::MAX,
};

/// One event being read.
///
/// All text lies in one arena that keeps its capacity from record to record, so that reading a record
/// allocates nothing once the buffer is warm. A format calls the setters in any order; setting a column again
/// replaces it; an empty value means "not there" and is ignored.
#[derive(Clone, Debug)]
pub struct EventBuf {
    arena: String,
    texts: [Slot; Text::ALL.len()],
    numbers: [i64; Number::ALL.len()],
    /// A bit for each number column that is filled.
    filled: u8,
    attrs: Vec<(Slot, Slot)>,
    /// What the event is.
    pub kind: Kind,
    /// How it ended.
    pub outcome: Outcome,
    /// Syslog scale, 0 worst to 7.
    pub level: Option<i8>,
    /// Category of the source, where the record itself tells more than its format does.
    pub category: Option<Category>,
    /// What the record says of its time.
    pub reading: Option<TimeReading>,
    /// What the record says of the end of the operation.
    pub end_reading: Option<TimeReading>,
    /// The time as settled by the intake.
    pub time: EventTime,
    /// The end of the operation as settled by the intake, microseconds since 1970 UTC.
    pub time_end: Option<i64>,
}

impl Default for EventBuf {
    fn default() -> Self {
        Self {
            arena: String::with_capacity(2048),
            texts: [EMPTY; Text::ALL.len()],
            numbers: [0; Number::ALL.len()],
            filled: 0,
            attrs: Vec::with_capacity(32),
            kind: Kind::OTHER,
            outcome: Outcome::Unknown,
            level: None,
            category: None,
            reading: None,
            end_reading: None,
            time: EventTime::default(),
            time_end: None,
        }
    }
}

impl EventBuf {
    /// Empties the buffer and keeps its memory.
    #[inline]
    pub fn clear(&mut self) {
        // No column is filled without a text in the arena.
        if !self.arena.is_empty() {
            self.arena.clear();
            self.texts = [EMPTY; Text::ALL.len()];
        }
        self.filled = 0;
        self.attrs.clear();
        self.kind = Kind::OTHER;
        self.outcome = Outcome::Unknown;
        self.level = None;
        self.category = None;
        self.reading = None;
        self.end_reading = None;
        self.time = EventTime::default();
        self.time_end = None;
    }

    #[inline]
    fn push(&mut self, value: &str) -> Slot {
        let start = self.arena.len();
        self.arena.push_str(value);
        Slot {
            start: start as u32,
            end: self.arena.len() as u32,
        }
    }

    #[inline]
    fn slice(&self, slot: Slot) -> &str {
        self.arena
            .get(slot.start as usize..slot.end as usize)
            .unwrap_or_default()
    }

    /// Fills a text column; an empty value is ignored.
    #[inline]
    pub fn set(&mut self, column: Text, value: &str) {
        if !value.is_empty() {
            self.texts[column as usize] = self.push(value);
        }
    }

    /// Fills a text column unless it already has a value.
    #[inline]
    pub fn set_if_absent(&mut self, column: Text, value: &str) {
        if self.get(column).is_none() {
            self.set(column, value);
        }
    }

    /// Fills a text column with formatted text.
    pub fn set_fmt(&mut self, column: Text, value: fmt::Arguments<'_>) {
        let start = self.arena.len();
        // Writing into a String cannot fail.
        let _ = self.arena.write_fmt(value);
        if self.arena.len() > start {
            self.texts[column as usize] = Slot {
                start: start as u32,
                end: self.arena.len() as u32,
            };
        }
    }

    /// Fills a text column with pieces put together; where they are empty together, nothing is filled.
    pub fn set_joined(&mut self, column: Text, pieces: &[&str]) {
        let start = self.arena.len();
        for piece in pieces {
            self.arena.push_str(piece);
        }
        if self.arena.len() > start {
            self.texts[column as usize] = Slot {
                start: start as u32,
                end: self.arena.len() as u32,
            };
        }
    }

    /// Empties a text column.
    #[inline]
    pub fn unset(&mut self, column: Text) {
        self.texts[column as usize] = EMPTY;
    }

    /// Copies one text column into another, where the first has a value.
    #[inline]
    pub fn copy(&mut self, from: Text, to: Text) {
        if self.get(from).is_some() {
            self.texts[to as usize] = self.texts[from as usize];
        }
    }

    /// The value of the first attribute of that name.
    fn attr_slot(&self, name: &str) -> Option<Slot> {
        // Most names differ in length already.
        let is_named = |n: Slot| (n.end - n.start) as usize == name.len() && self.slice(n) == name;
        self.attrs.iter().find(|(n, _)| is_named(*n)).map(|(_, v)| *v)
    }

    /// Copies the first attribute of that name into a text column, where it exists.
    pub fn copy_attr(&mut self, name: &str, to: Text) {
        let found = self.attr_slot(name);
        if let Some(slot) = found.filter(|s| s.end > s.start) {
            self.texts[to as usize] = slot;
        }
    }

    /// The value of a text column.
    #[inline]
    pub fn get(&self, column: Text) -> Option<&str> {
        let slot = self.texts[column as usize];
        (slot.start != u32::MAX).then(|| self.slice(slot))
    }

    /// Fills a number column.
    #[inline]
    pub fn set_number(&mut self, column: Number, value: i64) {
        self.numbers[column as usize] = value;
        self.filled |= 1 << column as u8;
    }

    /// Fills a number column from decimal text; a port outside 0 to 65535 or a text that is no number is kept as
    /// an attribute under the column's name instead, so that nothing is lost.
    pub fn set_number_text(&mut self, column: Number, value: &str) {
        let is_port = matches!(column, Number::SrcPort | Number::DstPort);
        let number = match short_number(value.as_bytes()) {
            Some(number) => Ok(number),
            None => value.parse::<i64>(),
        };
        match number {
            Ok(number) if !is_port || (0..=65535).contains(&number) => self.set_number(column, number),
            _ => self.attr(column.column(), value),
        }
    }

    /// The value of a number column.
    #[inline]
    pub fn number(&self, column: Number) -> Option<i64> {
        (self.filled & 1 << column as u8 != 0).then_some(self.numbers[column as usize])
    }

    /// Adds an attribute under its original name; a name that repeats gets `#2`, `#3` … in the table.
    /// Empty values are kept: that a field was there and empty is a fact.
    #[inline]
    pub fn attr(&mut self, name: &str, value: &str) {
        let name = self.push(name);
        let value = self.push(value);
        self.attrs.push((name, value));
    }

    /// Adds an attribute with formatted text.
    pub fn attr_fmt(&mut self, name: &str, value: fmt::Arguments<'_>) {
        let name = self.push(name);
        let start = self.arena.len() as u32;
        let _ = self.arena.write_fmt(value);
        self.attrs.push((
            name,
            Slot {
                start,
                end: self.arena.len() as u32,
            },
        ));
    }

    /// The first attribute of that name.
    pub fn find_attr(&self, name: &str) -> Option<&str> {
        self.attr_slot(name).map(|slot| self.slice(slot))
    }

    /// The attributes in the order they were added.
    #[inline]
    pub fn attrs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attrs.iter().map(|(n, v)| (self.slice(*n), self.slice(*v)))
    }

    /// Number of attributes.
    #[inline]
    pub fn attr_count(&self) -> usize {
        self.attrs.len()
    }

    /// Bytes of text held: what a batch counts towards its limit.
    #[inline]
    pub fn text_bytes(&self) -> usize {
        self.arena.len()
    }

    /// The searched text of a binary record: every text column and attribute, one a line, in table order; a name
    /// that repeats is numbered as in the table, so that the row alone gives the same text again.
    pub fn rendered_text(&self, out: &mut String) {
        for column in Text::ALL {
            if let Some(value) = self.get(*column) {
                out.push_str(value);
                out.push('\n');
            }
        }
        let mut seen: HashMap<&str, usize> = HashMap::with_capacity(self.attrs.len());
        for (name, value) in self.attrs() {
            out.push_str(name);
            let before = seen.entry(name).or_default();
            *before += 1;
            if *before > 1 {
                // Writing into a String cannot fail.
                let _ = write!(out, "#{before}");
            }
            out.push_str(": ");
            out.push_str(value);
            out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_set_again_is_replaced_and_empty_is_absent() {
        let mut event = EventBuf::default();
        event.set(Text::UserName, "aigul");
        event.set(Text::UserName, "");
        assert_eq!(event.get(Text::UserName), Some("aigul"));
        event.set(Text::UserName, "айгүл");
        assert_eq!(event.get(Text::UserName), Some("айгүл"));
        event.clear();
        assert_eq!(event.get(Text::UserName), None);
    }

    #[test]
    fn pieces_make_one_value() {
        let mut event = EventBuf::default();
        event.set_joined(Text::TimeText, &["2026-01-01", " ", "00:12:03"]);
        assert_eq!(event.get(Text::TimeText), Some("2026-01-01 00:12:03"));
        event.set_joined(Text::Target, &["", ""]);
        assert_eq!(event.get(Text::Target), None);
    }

    #[test]
    fn a_port_that_is_none_stays_as_written() {
        let mut event = EventBuf::default();
        event.set_number_text(Number::SrcPort, "70000");
        event.set_number_text(Number::DstPort, "ssh");
        event.set_number_text(Number::Pid, "123");
        assert_eq!(event.number(Number::SrcPort), None);
        assert_eq!(event.find_attr("src_port"), Some("70000"));
        assert_eq!(event.find_attr("dst_port"), Some("ssh"));
        assert_eq!(event.number(Number::Pid), Some(123));
    }

    /// Compared with the standard library.
    #[test]
    fn numbers_are_the_standard_librarys() {
        for text in [
            "",
            "0",
            "007",
            "22",
            "65535",
            "65536",
            "999999999",
            "1000000000",
            "9223372036854775807",
            "9223372036854775808",
            "+5",
            "-5",
            "5 ",
            "1e3",
            "٣",
            "12345678a",
        ] {
            let mut event = EventBuf::default();
            event.set_number_text(Number::XBytes, text);
            assert_eq!(event.number(Number::XBytes), text.parse().ok(), "{text}");
        }
    }

    #[test]
    fn columns_are_found_by_their_names() {
        for column in Text::ALL {
            assert_eq!(Text::from_column(column.column()), Some(*column));
        }
    }
}
