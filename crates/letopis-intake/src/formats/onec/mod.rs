//! The event log of 1C:Enterprise 8: its text files (`.lgp` with the records, `.lgf` with the names, archives with both)
//! and its XML export.
//!
//! A record of the text files is a list in braces: time of 14 digits, transaction, numbers of user, computer, application,
//! connection and event, importance, comment, metadata, data, its presentation, server, ports, session. The numbers are
//! names in the dictionary file; in an archive (names first, then records) they are resolved, in a `.lgp` alone they are
//! kept as numbers, and the entries of the `.lgf` are records of their own to join with.

mod braces;
mod names;
pub(super) mod text;
pub(super) mod xml;

use letopis_event::{EventBuf, Kind, Outcome, Text};

const KINDS: &[Kind] = &[
    Kind::AUTH_LOGON,
    Kind::AUTH_LOGOFF,
    Kind::SESSION_OPEN,
    Kind::SESSION_CLOSE,
    Kind::ACCOUNT_CREATE,
    Kind::ACCOUNT_MODIFY,
    Kind::ACCOUNT_DELETE,
    Kind::DATA_ACCESS,
    Kind::DATA_MODIFY,
    Kind::DATA_DELETE,
    Kind::OBJECT_CREATE,
    Kind::USER_ACTION,
    Kind::CONFIG_CHANGE,
    Kind::LOG_CLEAR,
    Kind::LOG_POLICY_CHANGE,
    Kind::TASK_RUN,
    Kind::BACKUP_RUN,
    Kind::ERROR_REPORT,
    Kind::OTHER,
];

/// What an event of the platform means, by its name (administrator guide, "Event log", list of events).
fn meaning(name: &str, event: &mut EventBuf) {
    event.set(Text::Action, name);
    let (kind, outcome) = match name.trim_start_matches("_$").replacen("$_.", ".", 1).as_str() {
        "Session.Authentication" => (Kind::AUTH_LOGON, Outcome::Success),
        "Session.AuthenticationError" | "Session.AuthenticationFirstFactorError" => {
            (Kind::AUTH_LOGON, Outcome::Failure)
        }
        "Session.Start" => (Kind::SESSION_OPEN, Outcome::Success),
        "Session.Finish" => (Kind::SESSION_CLOSE, Outcome::Success),
        "User.New" => (Kind::ACCOUNT_CREATE, Outcome::Success),
        "User.NewError" => (Kind::ACCOUNT_CREATE, Outcome::Failure),
        "User.Update" => (Kind::ACCOUNT_MODIFY, Outcome::Success),
        "User.UpdateError" => (Kind::ACCOUNT_MODIFY, Outcome::Failure),
        "User.Delete" => (Kind::ACCOUNT_DELETE, Outcome::Success),
        "User.DeleteError" => (Kind::ACCOUNT_DELETE, Outcome::Failure),
        "Data.New" => (Kind::OBJECT_CREATE, Outcome::Success),
        "Data.Update" | "Data.Post" | "Data.Unpost" => (Kind::DATA_MODIFY, Outcome::Success),
        "Data.Delete" => (Kind::DATA_DELETE, Outcome::Success),
        "Access.Access" => (Kind::DATA_ACCESS, Outcome::Success),
        "Access.AccessDenied" => (Kind::USER_ACTION, Outcome::Failure),
        "InfoBase.EventLogReduce" => (Kind::LOG_CLEAR, Outcome::Success),
        "InfoBase.EventLogReduceError" => (Kind::LOG_CLEAR, Outcome::Failure),
        "InfoBase.EventLogSettingsUpdate" => (Kind::LOG_POLICY_CHANGE, Outcome::Success),
        "InfoBase.EventLogSettingsUpdateError" => (Kind::LOG_POLICY_CHANGE, Outcome::Failure),
        "InfoBase.ConfigUpdate"
        | "InfoBase.DBConfigUpdate"
        | "InfoBase.ParametersUpdate"
        | "InfoBase.RegionalSettingsUpdate"
        | "InfoBase.MasterNodeUpdate" => (Kind::CONFIG_CHANGE, Outcome::Success),
        "InfoBase.DumpFinish" => (Kind::BACKUP_RUN, Outcome::Success),
        "InfoBase.DumpStart" => (Kind::BACKUP_RUN, Outcome::Unknown),
        "InfoBase.DumpError" => (Kind::BACKUP_RUN, Outcome::Failure),
        "Job.Start" => (Kind::TASK_RUN, Outcome::Unknown),
        "Job.Succeed" => (Kind::TASK_RUN, Outcome::Success),
        "Job.Fail" => (Kind::TASK_RUN, Outcome::Failure),
        "PerformError" => (Kind::ERROR_REPORT, Outcome::Unknown),
        _ if event.level == Some(3) => (Kind::ERROR_REPORT, Outcome::Unknown),
        _ => return,
    };
    event.kind = kind;
    event.outcome = outcome;
    if kind == Kind::USER_ACTION {
        event.set(Text::Status, "denied");
    }
}

/// The level of an importance.
fn level_of(word: &str) -> Option<i8> {
    Some(match word {
        "E" | "Error" | "Ошибка" => 3,
        "W" | "Warning" | "Предупреждение" => 4,
        "I" | "Information" | "Информация" => 6,
        "N" | "Note" | "Примечание" => 5,
        _ => return None,
    })
}
