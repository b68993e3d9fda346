//! Microsoft SQL Server's ERRORLOG and the agent's SQLAGENT.OUT: `TIME SOURCE text`, UTF-16 on disk.
//!
//! Log-ons stand here (`Login failed for user 'x'. Reason: … [CLIENT: 10.0.0.5]`), each refused one after a line
//! `Error: 18456, Severity: 14, State: 8.` of the same moment.

use letopis_event::{Category, EventBuf, Kind, Outcome, Text};

use super::scan::{self, between, has, split, word};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Microsoft SQL Server error log.
pub(super) const FORMAT: Format = Format {
    name: "mssql-errorlog",
    title: "Microsoft SQL Server ERRORLOG",
    reference: "Microsoft Learn, View the SQL Server error log; MSSQLSERVER_18456",
    category: Some(Category::Dbms),
    kinds: &[
        Kind::AUTH_LOGON,
        Kind::SERVICE_START,
        Kind::SERVICE_STOP,
        Kind::BACKUP_RUN,
        Kind::CONFIG_CHANGE,
        Kind::LOG_ROTATE,
        Kind::RESOURCE_EXHAUSTED,
        Kind::ERROR_REPORT,
        Kind::OTHER,
    ],
    samples: &[
        Sample {
            bytes: b"2026-01-01 00:12:03.45 Server      Microsoft SQL Server 2022 (RTM) - 16.0.1000.6 (X64) \n\tOct  8 2022 05:58:25 \n\tDeveloper Edition\n\
2026-01-01 00:12:09.11 Logon       Error: 18456, Severity: 14, State: 8.\n\
2026-01-01 00:12:09.11 Logon       Login failed for user 'sa'. Reason: Password did not match that for the login provided. [CLIENT: 192.0.2.7]\n\
2026-01-01 00:12:10.01 spid52      Configuration option 'xp_cmdshell' changed from 0 to 1. Run the RECONFIGURE statement to install.\n",
            events: &[
                &[("message", "Microsoft SQL Server 2022 (RTM) - 16.0.1000.6 (X64) \n\tOct  8 2022 05:58:25 \n\tDeveloper Edition"), ("process", "Server")],
                &[("kind", "error.report"), ("code", "18456"), ("attrs.severity", "14"), ("attrs.state", "8")],
                &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "sa"), ("src_ip", "192.0.2.7"), ("x_reason", "Password did not match that for the login provided."), ("time", "2026-01-01T00:12:09.11Z")],
                &[("kind", "config.change"), ("target", "xp_cmdshell"), ("x_old_value", "0"), ("x_new_value", "1"), ("session", "spid52")],
            ],
        },
        Sample {
            bytes: "2026-01-01 00:12:09.11 Вход        Ошибка: 18456, серьезность: 14, состояние: 8.\n2026-01-01 00:12:09.11 Вход        Login succeeded for user 'REG\\aigul'. Connection made using Windows authentication. [CLIENT: <local machine>]\n2026-01-01 00:12:12.00 spid9s      Starting up database 'registry'.\n".as_bytes(),
            events: &[
                &[("process", "Вход"), ("code", "18456")],
                &[("kind", "auth.logon"), ("outcome", "success"), ("user_name", "REG\\aigul"), ("attrs.src_host", "<local machine>")],
                &[("kind", "other")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

/// Time, source and text; the source stands in a column of twelve characters.
fn parts(line: &str) -> Option<(letopis_event::TimeReading, &str, &str, &str)> {
    let (reading, taken) = timetext::iso8601(line)?;
    // Hundredths of a second, always.
    let time = line
        .get(..taken)
        .filter(|t| t.len() == 22 && t.as_bytes().get(19) == Some(&b'.'))?;
    let rest = line.get(taken..)?.strip_prefix(' ')?;
    let (source, text) = word(rest);
    let known = matches!(
        source,
        "Server"
            | "Logon"
            | "Backup"
            | "Вход"
            | "Сервер"
            | "Резервная"
            | "Backup/Restore"
            | "Resource"
            | "Errorlog"
    ) || source
        .strip_prefix("spid")
        .is_some_and(|d| d.less_end(b's').bytes().all(|b| b.is_ascii_digit()))
        || rest.get(..12).is_some_and(|c| c.ends_with(' '));
    known.then_some((reading, time, source, text))
}

fn is_start(line: &str) -> bool {
    line.as_bytes().first().is_some_and(u8::is_ascii_digit) && parts(line).is_some()
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let (mut all, mut own, mut sure) = (0, 0, 0);
    for line in head.lines(80).filter(|l| !l.starts_with(['\t', ' '])) {
        all += 1;
        if let Some((_, _, source, _)) = parts(line) {
            own += 1;
            sure += usize::from(
                source.starts_with("spid") || matches!(source, "Server" | "Logon" | "Вход" | "Сервер"),
            );
        }
    }
    (sure > 0 && own * 10 >= all * 7 && sure * 2 >= own).then(|| Claim {
        confidence: 91,
        reason: format!("{own} of the first {all} lines are a time with hundredths and a source such as Server, Logon or spid52"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some((reading, time, source, text)) = parts(record.text) else {
            return Verdict::Unparsed("the line is no time and source of the server");
        };
        event.reading = Some(reading);
        event.set(Text::TimeText, time);
        event.set(Text::Service, "mssql");
        if source.starts_with("spid") {
            event.set(Text::Session, source);
        }
        event.set(Text::Process, source);
        let text = text.trimmed_end();
        event.set(Text::Message, text);
        if !logon(text, event) {
            meaning(text, event);
        }
        Verdict::Event
    }
}

fn logon(text: &str, event: &mut EventBuf) -> bool {
    let failed = text.starts_with("Login failed for user '") || text.starts_with("Login failed for login '");
    if !failed && !text.starts_with("Login succeeded for user '") {
        // The Russian texts put the name in the same quotes.
        let refused =
            has(text, "Ошибка входа пользователя \"") || has(text, "Не удалось выполнить вход пользователя");
        if !refused {
            return false;
        }
        event.set(
            Text::UserName,
            between(text, "\"", "\"")
                .or_else(|| between(text, "'", "'"))
                .unwrap_or_default(),
        );
        settle(text, true, event);
        return true;
    }
    // The name is the client's word; the server's own words follow the last quote before its sentence.
    let name = between(text, "user '", "'. ").or_else(|| between(text, "'", "'"));
    event.set(Text::UserName, name.unwrap_or_default());
    settle(text, failed, event);
    true
}

fn settle(text: &str, failed: bool, event: &mut EventBuf) {
    event.kind = Kind::AUTH_LOGON;
    event.outcome = if failed {
        Outcome::Failure
    } else {
        Outcome::Success
    };
    if let Some((before, client)) =
        scan::split_last(text, "[CLIENT: ").or_else(|| scan::split_last(text, "[КЛИЕНТ: "))
    {
        scan::set_source(event, client.less_end(b']'));
        if failed && let Some((_, reason)) = split(before, "Reason: ").or_else(|| split(before, "Причина: "))
        {
            event.set(Text::XReason, reason.trimmed_end());
        }
    }
}

fn meaning(text: &str, event: &mut EventBuf) {
    if let Some(rest) = text
        .strip_prefix("Error: ")
        .or_else(|| text.strip_prefix("Ошибка: "))
    {
        event.kind = Kind::ERROR_REPORT;
        let mut numbers = rest
            .split(|c: char| !c.is_ascii_digit())
            .filter(|n| !n.is_empty());
        event.set(Text::Code, numbers.next().unwrap_or_default());
        for name in ["severity", "state"] {
            event.attr(name, numbers.next().unwrap_or_default());
        }
    } else if let Some(rest) = text.strip_prefix("Configuration option '") {
        event.kind = Kind::CONFIG_CHANGE;
        event.set(Text::Target, rest.pieces(b'\'').next().unwrap_or_default());
        event.set(
            Text::XOldValue,
            scan::after(rest, "changed from ").unwrap_or_default(),
        );
        event.set(
            Text::XNewValue,
            scan::after(rest, " to ").map_or("", |v| v.less_end(b'.')),
        );
    } else if text.starts_with("SQL Server is now ready for client connections") {
        event.kind = Kind::SERVICE_START;
        event.outcome = Outcome::Success;
    } else if text.starts_with("SQL Server is terminating")
        || text.starts_with("SQL Server shutdown has been initiated")
        || text.starts_with("SQL Trace was stopped due to server shutdown")
    {
        event.kind = Kind::SERVICE_STOP;
    } else if text.starts_with("Database backed up")
        || text.starts_with("Log was backed up")
        || text.starts_with("BACKUP DATABASE successfully")
    {
        event.kind = Kind::BACKUP_RUN;
        event.outcome = Outcome::Success;
        event.set(Text::Target, scan::after(text, "Database: ").unwrap_or_default());
    } else if text.starts_with("BACKUP failed") {
        event.kind = Kind::BACKUP_RUN;
        event.outcome = Outcome::Failure;
    } else if has(text, "The error log has been reinitialized") || has(text, "Attempting to cycle error log")
    {
        event.kind = Kind::LOG_ROTATE;
    } else if has(text, "insufficient system memory")
        || has(text, "There is insufficient")
        || has(text, "Could not allocate space")
    {
        event.kind = Kind::RESOURCE_EXHAUSTED;
    }
}
