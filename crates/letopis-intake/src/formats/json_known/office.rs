//! Microsoft 365 audit records (Office 365 Management Activity API schema): times are UTC though they do not say so.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::super::fields::{self, Fields};
use super::super::place::Place;
use super::super::scan;
use super::{as_utc, place_all, text};
use crate::formats::scan::Cut as _;

pub(super) fn is(fields: &Fields) -> bool {
    let has = |name: &str| fields.find(name).is_some();
    has("CreationTime") && has("Operation") && has("Workload") && has("RecordType")
}

pub(super) fn fill(fields: &Fields, event: &mut EventBuf) {
    place_all(fields, event, "CreationTime", place);
    as_utc(event);
    // `SenderIp`: who handed a mail in (TIMailData); `UserIp`: who followed a link (TIUrlClickData).
    for name in [
        "ClientIP",
        "ClientIPAddress",
        "ActorIpAddress",
        "UserIp",
        "SenderIp",
    ] {
        let Some(value) = fields.find(name).filter(|_| event.get(Text::SrcIp).is_none()) else {
            continue;
        };
        match scan::address_port(value, b':').filter(|(address, _)| scan::is_ip(address)) {
            // `::1` ends in a colon and digits as well.
            Some((address, port)) if value.starts_with('[') || !address.holds(b':') => {
                scan::set_source(event, address);
                scan::set_port(event, Number::SrcPort, port);
            }
            _ => scan::set_source(event, value),
        }
    }
    let operation = fields.find("Operation").unwrap_or_default();
    // Power BI says it in a field of its own.
    event.outcome = event
        .get(Text::Status)
        .or_else(|| fields.find("IsSuccess"))
        .and_then(fields::outcome)
        .unwrap_or_default();
    match operation {
        "UserLoginFailed" => event.outcome = Outcome::Failure,
        "UserLoggedIn" if event.outcome == Outcome::Unknown => event.outcome = Outcome::Success,
        _ => {}
    }
    event.kind = kind(operation.less_end(b'.'));
}

pub(super) fn kind(operation: &str) -> Kind {
    match operation {
        "UserLoggedIn" | "UserLoginFailed" | "MailboxLogin" => Kind::AUTH_LOGON,
        "Add user" => Kind::ACCOUNT_CREATE,
        "Delete user" | "Hard Delete user" => Kind::ACCOUNT_DELETE,
        "Update user" => Kind::ACCOUNT_MODIFY,
        "Disable account" => Kind::ACCOUNT_DISABLE,
        "Enable account" => Kind::ACCOUNT_ENABLE,
        "Change user password" | "Change password (self-service)" => Kind::ACCOUNT_PASSWORD_CHANGE,
        "Reset user password" | "Reset password (by admin)" | "Reset password (self-service)" => {
            Kind::ACCOUNT_PASSWORD_RESET
        }
        "Add group" => Kind::GROUP_CREATE,
        "Delete group" => Kind::GROUP_DELETE,
        "Add member to group" => Kind::GROUP_MEMBER_ADD,
        "Remove member from group" => Kind::GROUP_MEMBER_REMOVE,
        "Add member to role" | "Add eligible member to role" | "Add-MailboxPermission" => {
            Kind::PRIVILEGE_ASSIGN
        }
        "FileAccessed" | "FilePreviewed" => Kind::OBJECT_OPEN,
        "FileDownloaded" | "FileCopied" => Kind::OBJECT_COPY,
        "FileUploaded" => Kind::OBJECT_CREATE,
        "FileModified" => Kind::OBJECT_SAVE,
        "FileRenamed" => Kind::OBJECT_RENAME,
        "FileDeleted" | "FileRecycled" => Kind::OBJECT_DELETE,
        "MailItemsAccessed" => Kind::DATA_ACCESS,
        "HardDelete" | "SoftDelete" | "MoveToDeletedItems" => Kind::DATA_DELETE,
        "Send" | "SendAs" | "SendOnBehalf" => Kind::MAIL_SEND,
        "New-InboxRule" | "Set-InboxRule" | "UpdateInboxRules" | "Set-Mailbox" => Kind::CONFIG_CHANGE,
        "Set-AdminAuditLogConfig" => Kind::LOG_POLICY_CHANGE,
        _ => Kind::OTHER,
    }
}

fn place(name: &str) -> Place {
    match name {
        "Operation" => text(Text::Action),
        "UserId" => text(Text::UserName),
        "Workload" => text(Text::Service),
        "ResultStatus" => text(Text::Status),
        "ObjectId" => text(Text::Target),
        "Id" => text(Text::XRecordId),
        "SessionId" => text(Text::Session),
        "LogonError" => text(Text::XReason),
        "ClientInfoString" | "UserAgent" => text(Text::XUserAgent),
        "RecordType" => text(Text::Code),
        _ => Place::Attr,
    }
}
