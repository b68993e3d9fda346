//! The systemd journal as `journalctl -o export` and `-o json` write it.
//!
//! Both carry the journal's own fields: `MESSAGE`, `PRIORITY`, `SYSLOG_IDENTIFIER`, `_PID`, `_HOSTNAME`, … (man
//! systemd.journal-fields). The time is `__REALTIME_TIMESTAMP`, the moment the journal took the entry; the sender's
//! own (`_SOURCE_REALTIME_TIMESTAMP`) is kept as an attribute. The message is read as the syslog families read it.

pub(super) mod export;
pub(super) mod json;

use letopis_event::{EventBuf, Number, Text};

use super::syslog;
use crate::timetext;

/// The syslog facilities by number (RFC 5424 table 1).
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
    "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6",
    "local7",
];

/// What an entry's message is read with, when all its fields are known.
#[derive(Debug, Default)]
struct Entry {
    message: String,
    program: String,
    has_time: bool,
}

impl Entry {
    fn clear(&mut self) {
        self.message.clear();
        self.program.clear();
        self.has_time = false;
    }

    /// Takes one field.
    fn take(&mut self, name: &str, value: &str, event: &mut EventBuf) {
        match name {
            "MESSAGE" => {
                self.message.clear();
                self.message.push_str(value);
            }
            "SYSLOG_IDENTIFIER" => {
                self.program.clear();
                self.program.push_str(value);
            }
            "__REALTIME_TIMESTAMP" => {
                if let Ok(micros) = value.parse::<i64>() {
                    event.reading = Some(letopis_event::TimeReading::Instant {
                        nanos: i128::from(micros) * 1000,
                    });
                    self.has_time = true;
                }
                event.set(Text::TimeText, value);
            }
            "PRIORITY" => match value.parse::<i8>() {
                Ok(level @ 0..=7) => event.level = Some(level),
                _ => event.attr(name, value),
            },
            "SYSLOG_FACILITY" => match value.parse::<usize>().ok().and_then(|n| FACILITIES.get(n)) {
                Some(facility) => event.attr("facility", facility),
                None => event.attr(name, value),
            },
            "_PID" => event.set_number_text(Number::Pid, value),
            "_HOSTNAME" => event.set(Text::Host, value),
            "_SYSTEMD_UNIT" => event.set(Text::Service, value),
            "_COMM" => {
                event.set(Text::Process, value);
                event.attr(name, value);
            }
            "_CMDLINE" => event.set(Text::XCommandLine, value),
            "_TRANSPORT" => event.set(Text::Provider, value),
            "MESSAGE_ID" => event.set(Text::Code, value),
            "__CURSOR" => event.set(Text::XRecordId, value),
            _ => event.attr(name, value),
        }
    }

    /// Reads the message when all fields are there.
    fn settle(&self, event: &mut EventBuf) {
        if !self.has_time
            && let Some(found) = event.find_attr("_SOURCE_REALTIME_TIMESTAMP")
            && let Some((reading, _)) = timetext::epoch(found)
        {
            event.reading = Some(reading);
            event.copy_attr("_SOURCE_REALTIME_TIMESTAMP", Text::TimeText);
        }
        let unit = event.get(Text::Service).map(str::to_owned);
        event.set(Text::Process, &self.program);
        let program = if self.program.is_empty() {
            event.get(Text::Process).unwrap_or_default().to_owned()
        } else {
            self.program.clone()
        };
        syslog::read_message(&program, &self.message, event);
        // The unit is more than the family's name for the service.
        if let Some(unit) = unit {
            event.set(Text::Service, &unit);
        }
    }
}
