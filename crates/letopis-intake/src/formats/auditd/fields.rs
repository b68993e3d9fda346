//! Where the fields of an audit record go.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::values;
use crate::formats::scan;
use crate::formats::scan::Cut as _;

/// The arguments of EXECVE as one command line. A long argument comes in pieces (`a1[0]=… a1[1]=…`).
pub(super) fn arguments(body: &str, decoded: &mut String, line: &mut String, event: &mut EventBuf) {
    line.clear();
    let mut last = "";
    values::fields(body, |name, value, quoted| {
        let is_argument = name
            .strip_prefix('a')
            .is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()));
        if !is_argument {
            event.attr(name, value);
            return;
        }
        if name.ends_with("_len") {
            return;
        }
        let (base, piece) = name.cut(b'[').unwrap_or((name, ""));
        if !line.is_empty() && (base != last || piece.is_empty()) {
            line.push(' ');
        }
        last = base;
        if !quoted && values::unhex(value, decoded) {
            line.push_str(decoded);
        } else {
            line.push_str(value);
        }
    });
    event.set(Text::XCommandLine, line);
}

/// One field into its column; the others become attributes under their own names.
pub(super) fn field(kind: &str, name: &str, value: &str, event: &mut EventBuf) {
    let absent = matches!(value, "?" | "(null)" | "(none)" | "4294967295" | "-1");
    match name {
        "pid" => event.set_number_text(Number::Pid, value),
        "res" | "success" | "result" => {
            event.outcome = match value {
                "success" | "yes" | "1" => Outcome::Success,
                "failed" | "no" | "0" => Outcome::Failure,
                _ => Outcome::Unknown,
            };
            if event.kind == Kind::PART {
                event.outcome = Outcome::Unknown;
            }
            event.attr("result", value);
        }
        "exit" => {
            event.attr(name, value);
            event.set(Text::Status, value);
        }
        "new auid" => field(kind, "auid", value, event),
        "new ses" => field(kind, "ses", value, event),
        "old auid" => field(kind, "old-auid", value, event),
        "old ses" => field(kind, "old-ses", value, event),
        "ses" => {
            if absent {
                event.attr("ses", "unset")
            } else {
                event.set(Text::Session, value)
            }
        }
        "auid" | "old-auid" | "old-ses" | "uid" if absent => event.attr(name, "unset"),
        "syscall" => event.attr("syscall_number", value),
        "comm" if !absent => event.set(Text::Process, value),
        "exe" => {
            event.attr(name, value);
            event.set_if_absent(Text::Process, value);
        }
        "key" if !absent => event.set(Text::XRule, value),
        "proctitle" | "cmd" => {
            event.set(Text::XCommandLine, value);
        }
        "name" if kind == "PATH" && !absent => event.set(Text::Target, value),
        "name" | "path" => {
            event.attr(name, value);
            event.set_if_absent(Text::Target, value);
        }
        "addr" if !absent => scan::set_source(event, value),
        "hostname" if !absent => {
            event.attr(name, value);
            if event.get(Text::SrcIp).is_none() && scan::is_ip(value) {
                event.set(Text::SrcIp, value);
            }
        }
        "terminal" | "tty" if !absent => event.set(Text::XInterface, value),
        "saddr" => socket(value, false, event),
        "rport" | "lport" if !absent => event.attr(name, value),
        "op" => {
            event.attr(name, value);
            event.set(Text::Action, value);
        }
        _ => event.attr(name, value),
    }
}

/// A socket's address: where to, or (`accepted`) where from.
pub(super) fn socket(value: &str, accepted: bool, event: &mut EventBuf) {
    match values::socket(value) {
        Some(values::Socket::Internet { address, port }) => {
            let (ip, number) = match accepted {
                true => (Text::SrcIp, Number::SrcPort),
                false => (Text::DstIp, Number::DstPort),
            };
            event.set(ip, &address);
            event.set_number(number, i64::from(port));
        }
        Some(values::Socket::Local(path)) => event.set(Text::Target, &path),
        Some(values::Socket::Other(family)) => event.attr_fmt("saddr_family", format_args!("{family}")),
        None => {}
    }
    event.attr("saddr", value);
}

/// Names that auditd adds to the numbers (`log_format = ENRICHED`).
pub(super) fn enrichment(name: &str, value: &str, event: &mut EventBuf) {
    match name {
        "SYSCALL" => {
            event.attr("syscall", value);
            event.set(Text::Action, value);
        }
        _ => event.attr(name, value),
    }
}

/// `avc:  denied  { read write } for  pid=…`; AppArmor: `apparmor="DENIED" operation="open"`.
pub(super) fn access_vector(raw: &str, event: &mut EventBuf) {
    let verdict = if scan::has(raw, "denied  {") || scan::has(raw, "apparmor=\"DENIED\"") {
        Outcome::Failure
    } else if scan::has(raw, "granted  {") || scan::has(raw, "apparmor=\"ALLOWED\"") {
        Outcome::Success
    } else {
        Outcome::Unknown
    };
    if event.kind != Kind::PART {
        event.outcome = verdict;
        if verdict == Outcome::Failure {
            event.set(Text::Status, "denied");
        }
    }
    if let Some(rights) = scan::between(raw, "{ ", " }") {
        event.set(Text::Action, rights);
    } else {
        event.copy_attr("operation", Text::Action);
    }
    event.copy_attr("profile", Text::XRule);
}

/// Who acted: the login user (who once logged on), else the user of the process; a name where the record has one,
/// else the number. Log-ons name the account that was tried; account changes have it as the target.
pub(super) fn settle_user(kind: &str, event: &mut EventBuf) {
    let actor = |event: &mut EventBuf, to: Text| {
        for name in ["AUID", "auid", "UID", "uid"] {
            if event.find_attr(name).is_some_and(|id| id != "unset") {
                event.copy_attr(name, to);
                return;
            }
        }
    };
    let tried = matches!(
        kind,
        "USER_LOGIN"
            | "USER_AUTH"
            | "USER_ACCT"
            | "USER_ERR"
            | "USER_START"
            | "USER_END"
            | "USER_LOGOUT"
            | "CRED_ACQ"
            | "CRED_DISP"
            | "CRED_REFR"
            | "GRP_AUTH"
    );
    let account = event
        .find_attr("acct")
        .filter(|a| !a.is_empty() && *a != "?")
        .is_some();
    if tried && account {
        event.copy_attr("acct", Text::UserName);
        return;
    }
    // A successful log-on may give only the number: names first, then the login user, then that number.
    for name in ["ID", "AUID", "id"] {
        if tried && event.find_attr(name).is_some_and(|id| id != "unset") {
            event.copy_attr(name, Text::UserName);
            return;
        }
    }
    if account {
        event.copy_attr("acct", Text::TargetUser);
    }
    if event.get(Text::UserName).is_none() {
        actor(event, Text::UserName);
    }
}
