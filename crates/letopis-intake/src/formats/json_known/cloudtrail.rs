//! AWS CloudTrail records (AWS CloudTrail User Guide, "CloudTrail record contents").

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::super::fields::Fields;
use super::super::json_walk::{Leaf, Scratch, walk};
use super::super::place::Place;
use super::{place_all, text};

pub(super) fn is(fields: &Fields) -> bool {
    let has = |name: &str| fields.find(name).is_some();
    has("eventName")
        && has("eventTime")
        && (has("eventSource") || has("eventVersion") || has("userIdentity.type"))
}

/// The answer of `lookup-events` holds the record itself as a text; whether it was one.
pub(super) fn fill_wrapped(fields: &Fields, event: &mut EventBuf) -> bool {
    let Some(record) = fields.find("CloudTrailEvent") else {
        return false;
    };
    let mut inner = Fields::default();
    let walked = walk(record, &mut Scratch::default(), &mut |path, leaf| {
        let value = match leaf {
            Leaf::Text(value) | Leaf::Plain(value) => value,
            Leaf::Empty => "",
        };
        inner.push(path, value, None);
    });
    if walked.is_err() || !is(&inner) {
        return false;
    }
    fill(&inner, event);
    for (name, value) in fields.each().filter(|(name, _)| *name != "CloudTrailEvent") {
        event.attr(name, value);
    }
    true
}

pub(super) fn fill(fields: &Fields, event: &mut EventBuf) {
    place_all(fields, event, "eventTime", place);
    if event.get(Text::UserName).is_none() {
        // Roles have a name for their session only: it stands in the ARN.
        for name in [
            "userIdentity.arn",
            "userIdentity.invokedBy",
            "userIdentity.principalId",
        ] {
            if event.get(Text::UserName).is_none() {
                event.copy_attr(name, Text::UserName);
            }
        }
    }
    let name = fields.find("eventName").unwrap_or_default();
    // The guide: "errorCode: the AWS service error if the request returns an error".
    event.outcome = match fields.find("responseElements.ConsoleLogin") {
        Some("Success") => Outcome::Success,
        Some("Failure") => Outcome::Failure,
        _ if fields.find("errorCode").is_some_and(|code| !code.is_empty()) => Outcome::Failure,
        _ if fields.find("eventVersion").is_some() => Outcome::Success,
        _ => Outcome::Unknown,
    };
    event.kind = kind(name);
}

fn kind(name: &str) -> Kind {
    match name {
        "ConsoleLogin" => Kind::AUTH_LOGON,
        "AssumeRole" | "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity" | "AssumeRoot" => {
            Kind::PRIVILEGE_ASSIGN
        }
        "CreateUser" => Kind::ACCOUNT_CREATE,
        "DeleteUser" => Kind::ACCOUNT_DELETE,
        "UpdateUser"
        | "AttachUserPolicy"
        | "DetachUserPolicy"
        | "PutUserPolicy"
        | "DeleteUserPolicy"
        | "CreateAccessKey"
        | "DeleteAccessKey"
        | "UpdateAccessKey"
        | "CreateLoginProfile"
        | "DeleteLoginProfile"
        | "DeactivateMFADevice"
        | "EnableMFADevice" => Kind::ACCOUNT_MODIFY,
        "ChangePassword" => Kind::ACCOUNT_PASSWORD_CHANGE,
        "UpdateLoginProfile" => Kind::ACCOUNT_PASSWORD_RESET,
        "CreateGroup" => Kind::GROUP_CREATE,
        "DeleteGroup" => Kind::GROUP_DELETE,
        "AddUserToGroup" => Kind::GROUP_MEMBER_ADD,
        "RemoveUserFromGroup" => Kind::GROUP_MEMBER_REMOVE,
        "DeleteTrail" | "DeleteLogGroup" | "DeleteLogStream" => Kind::LOG_CLEAR,
        "StopLogging" => Kind::LOG_FAILURE,
        "CreateTrail" | "UpdateTrail" | "StartLogging" | "PutEventSelectors" | "PutRetentionPolicy" => {
            Kind::LOG_POLICY_CHANGE
        }
        "PutObject" | "CompleteMultipartUpload" => Kind::OBJECT_SAVE,
        "GetObject" => Kind::OBJECT_OPEN,
        "CopyObject" => Kind::OBJECT_COPY,
        "DeleteObject" | "DeleteObjects" => Kind::OBJECT_DELETE,
        "PutBucketPolicy"
        | "DeleteBucketPolicy"
        | "PutBucketAcl"
        | "AuthorizeSecurityGroupIngress"
        | "AuthorizeSecurityGroupEgress"
        | "RevokeSecurityGroupIngress"
        | "RevokeSecurityGroupEgress"
        | "ModifyInstanceAttribute"
        | "UpdateAssumeRolePolicy"
        | "CreatePolicyVersion"
        | "AttachRolePolicy"
        | "PutRolePolicy" => Kind::CONFIG_CHANGE,
        _ => Kind::OTHER,
    }
}

fn place(name: &str) -> Place {
    match name {
        "eventName" => text(Text::Action),
        "eventSource" => text(Text::Service),
        "eventID" => text(Text::XRecordId),
        "sourceIPAddress" => Place::Source,
        "userAgent" => text(Text::XUserAgent),
        "userIdentity.userName" => text(Text::UserName),
        "requestParameters.userName" => text(Text::TargetUser),
        "userIdentity.accessKeyId" => text(Text::Session),
        "errorCode" | "responseElements.ConsoleLogin" => text(Text::Status),
        "errorMessage" => text(Text::XReason),
        "resources.ARN"
        | "requestParameters.bucketName"
        | "requestParameters.name"
        | "requestParameters.roleArn"
        | "requestParameters.instanceId"
        | "requestParameters.groupName"
        | "requestParameters.groupId" => text(Text::Target),
        _ => Place::Attr,
    }
}
