//! Security channel: accounts and groups.
//!
//! The subject acted (`user_name`), the account is `target_user`; for a change of members the group is `target`
//! and the member is `target_user`.

use letopis_event::{EventBuf, Kind, Text};

use super::rules::{Columns, Rule, rule};
use super::values::{between, program, value};

const ACCOUNT: Columns = &[
    ("SubjectUserName", Text::UserName),
    ("TargetUserName", Text::TargetUser),
];

const GROUP: Columns = &[
    ("SubjectUserName", Text::UserName),
    ("TargetUserName", Text::Target),
];

const RENAMED: Columns = &[
    ("SubjectUserName", Text::UserName),
    ("NewTargetUserName", Text::TargetUser),
    ("OldTargetUserName", Text::XOldValue),
    ("NewTargetUserName", Text::XNewValue),
];

const RIGHT: Columns = &[
    ("SubjectUserName", Text::UserName),
    ("TargetSid", Text::TargetUser),
    ("PrivilegeList", Text::XNewValue),
    ("AccessGranted", Text::XNewValue),
    ("AccessRemoved", Text::XOldValue),
];

const MEMBER_ADDED: &str = "{user_name} added {target_user} to the group {target}";
const MEMBER_REMOVED: &str = "{user_name} removed {target_user} from the group {target}";
const GROUP_CREATED: &str = "{user_name} created the group {target}";
const GROUP_CHANGED: &str = "{user_name} changed the group {target}";
const GROUP_DELETED: &str = "{user_name} deleted the group {target}";

const fn created(code: u32) -> Rule {
    rule(code, Kind::GROUP_CREATE, GROUP, GROUP_CREATED)
}

const fn changed(code: u32) -> Rule {
    rule(code, Kind::GROUP_MODIFY, GROUP, GROUP_CHANGED)
}

const fn deleted(code: u32) -> Rule {
    rule(code, Kind::GROUP_DELETE, GROUP, GROUP_DELETED)
}

const fn added(code: u32) -> Rule {
    rule(code, Kind::GROUP_MEMBER_ADD, GROUP, MEMBER_ADDED).with(member)
}

const fn removed(code: u32) -> Rule {
    rule(code, Kind::GROUP_MEMBER_REMOVE, GROUP, MEMBER_REMOVED).with(member)
}

pub(super) const RULES: &[Rule] = &[
    rule(
        4704,
        Kind::ACCOUNT_MODIFY,
        RIGHT,
        "{user_name} gave {target_user} the right {PrivilegeList}",
    ),
    rule(
        4705,
        Kind::ACCOUNT_MODIFY,
        RIGHT,
        "{user_name} took from {target_user} the right {PrivilegeList}",
    ),
    rule(
        4717,
        Kind::ACCOUNT_MODIFY,
        RIGHT,
        "{user_name} gave {target_user} the access {AccessGranted}",
    ),
    rule(
        4718,
        Kind::ACCOUNT_MODIFY,
        RIGHT,
        "{user_name} took from {target_user} the access {AccessRemoved}",
    ),
    rule(
        4720,
        Kind::ACCOUNT_CREATE,
        ACCOUNT,
        "{user_name} created the account {target_user}",
    ),
    rule(
        4722,
        Kind::ACCOUNT_ENABLE,
        ACCOUNT,
        "{user_name} enabled the account {target_user}",
    ),
    rule(
        4723,
        Kind::ACCOUNT_PASSWORD_CHANGE,
        ACCOUNT,
        "{user_name} tried to change the password of {target_user}",
    ),
    rule(
        4724,
        Kind::ACCOUNT_PASSWORD_RESET,
        ACCOUNT,
        "{user_name} tried to reset the password of {target_user}",
    ),
    rule(
        4725,
        Kind::ACCOUNT_DISABLE,
        ACCOUNT,
        "{user_name} disabled the account {target_user}",
    ),
    rule(
        4726,
        Kind::ACCOUNT_DELETE,
        ACCOUNT,
        "{user_name} deleted the account {target_user}",
    ),
    created(4727),
    added(4728),
    removed(4729),
    deleted(4730),
    created(4731),
    added(4732),
    removed(4733),
    deleted(4734),
    changed(4735),
    changed(4737),
    rule(
        4738,
        Kind::ACCOUNT_MODIFY,
        ACCOUNT,
        "{user_name} changed the account {target_user}",
    ),
    rule(
        4740,
        Kind::ACCOUNT_LOCK,
        // The caller's computer stands in the field that elsewhere holds the account's domain.
        &[
            ("SubjectUserName", Text::UserName),
            ("TargetUserName", Text::TargetUser),
            ("TargetDomainName", Text::Target),
        ],
        "Account {target_user} was locked out[, attempts came from {TargetDomainName}]",
    ),
    rule(
        4741,
        Kind::ACCOUNT_CREATE,
        ACCOUNT,
        "{user_name} created the computer account {target_user}",
    ),
    rule(
        4742,
        Kind::ACCOUNT_MODIFY,
        ACCOUNT,
        "{user_name} changed the computer account {target_user}",
    ),
    rule(
        4743,
        Kind::ACCOUNT_DELETE,
        ACCOUNT,
        "{user_name} deleted the computer account {target_user}",
    ),
    created(4744),
    changed(4745),
    added(4746),
    removed(4747),
    deleted(4748),
    created(4749),
    changed(4750),
    added(4751),
    removed(4752),
    deleted(4753),
    created(4754),
    changed(4755),
    added(4756),
    removed(4757),
    deleted(4758),
    created(4759),
    changed(4760),
    added(4761),
    removed(4762),
    deleted(4763),
    rule(
        4764,
        Kind::GROUP_MODIFY,
        GROUP,
        "{user_name} changed the type of the group {target}",
    ),
    rule(
        4765,
        Kind::ACCOUNT_MODIFY,
        ACCOUNT,
        "An identifier history was added to {target_user}",
    ),
    rule(
        4766,
        Kind::ACCOUNT_MODIFY,
        ACCOUNT,
        "An identifier history could not be added to {target_user}",
    )
    .failed(),
    rule(
        4767,
        Kind::ACCOUNT_UNLOCK,
        ACCOUNT,
        "{user_name} unlocked the account {target_user}",
    ),
    rule(
        4780,
        Kind::ACCOUNT_MODIFY,
        ACCOUNT,
        "Access list of the administrator account {target_user} was set",
    ),
    rule(
        4781,
        Kind::ACCOUNT_MODIFY,
        RENAMED,
        "{user_name} renamed the account {x_old_value} to {x_new_value}",
    ),
    rule(
        4793,
        Kind::OTHER,
        GROUP,
        "{user_name} asked the password policy interface",
    ),
    rule(
        4794,
        Kind::ACCOUNT_PASSWORD_RESET,
        ACCOUNT,
        "{user_name} tried to set the directory restore mode password",
    ),
    rule(
        4797,
        Kind::OTHER,
        ACCOUNT,
        "{user_name} asked whether {target_user} has a blank password",
    ),
    rule(
        4798,
        Kind::OTHER,
        ACCOUNT,
        "{user_name} listed the local groups of {target_user}[ by {process}]",
    )
    .with(caller),
    rule(
        4799,
        Kind::OTHER,
        GROUP,
        "{user_name} listed the members of the group {target}[ by {process}]",
    )
    .with(caller),
];

/// The member as its common name (`CN=Aigul,OU=…` is `Aigul`), else its identifier.
fn member(event: &mut EventBuf, scratch: &mut String) {
    scratch.clear();
    if let Some(name) = value(event, "MemberName") {
        let common = between(name, "CN=", ",").or_else(|| name.strip_prefix("CN="));
        scratch.push_str(common.unwrap_or(name));
    } else if let Some(sid) = value(event, "MemberSid") {
        scratch.push_str(sid);
    }
    event.set(Text::TargetUser, scratch);
}

fn caller(event: &mut EventBuf, scratch: &mut String) {
    program(event, scratch, "CallerProcessName", Text::Process);
    super::values::quantity(event, "CallerProcessId", letopis_event::Number::Pid);
}
