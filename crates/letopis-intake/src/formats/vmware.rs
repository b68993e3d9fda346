//! VMware ESXi and vCenter Server: the logs of their services (`time level program[pid] [Originator@6876 sub=… opID=…]
//! text`), the event export of vCenter (`Event [id] [1-1] [time] [vim.event.…] [level] [user] [place] [chain] [text]`)
//! and the shell log.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::scan::{self, between, has, split, word};
use super::{fields, syslog};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// ESXi and vCenter.
pub(super) const FORMAT: Format = Format {
    name: "vmware",
    title: "VMware ESXi and vCenter Server logs",
    reference: "VMware vSphere Monitoring and Performance: System Log Files; vSphere Web Services API: Event",
    category: Some(Category::Os),
    kinds: KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

const KINDS: &[Kind] = &[
    Kind::AUTH_LOGOFF,
    Kind::AUTH_LOGON,
    Kind::HTTP_REQUEST,
    Kind::OBJECT_CREATE,
    Kind::OBJECT_DELETE,
    Kind::OTHER,
    Kind::PRIVILEGE_ASSIGN,
    Kind::REMOTE_ACCESS,
    Kind::SCRIPT_RUN,
    Kind::SERVICE_START,
    Kind::SERVICE_STOP,
    Kind::SESSION_CLOSE,
    Kind::SYSTEM_START,
    Kind::SYSTEM_STOP,
    Kind::USER_ACTION,
];

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"2026-01-01T00:12:03.123Z info hostd[2099] [Originator@6876 sub=Vimsvc.ha-eventmgr opID=esxui-1 user=root] Event 77 : User root@203.0.113.9 logged in as VMware-client/6.5\n\
2026-01-01T00:12:04.001Z warning vpxd[7001] [Originator@6876 sub=Default] Failed to connect\n  backtrace line\n\
2026-01-01T00:12:05Z shell[2101]: [root]: esxcli system syslog config set --loghost=none\n\
2026-01-01T00:12:06.500Z INFO websso[52:tomcat-http--15] [CorId=1] [auditlogger] {\"user\":\"serik@vsphere.local\",\"client\":\"203.0.113.9\",\"description\":\"User serik@vsphere.local@203.0.113.9 failed to log in with response code 401\",\"type\":\"com.vmware.sso.LoginFailure\"}\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03.123Z"),
                ("process", "hostd"),
                ("pid", "2099"),
                ("level", "6"),
                ("kind", "auth.logon"),
                ("outcome", "success"),
                ("user_name", "root"),
                ("src_ip", "203.0.113.9"),
                ("attrs.sub", "Vimsvc.ha-eventmgr"),
                ("message", "Event 77 : User root@203.0.113.9 logged in as VMware-client/6.5"),
            ],
            &[("level", "4"), ("process", "vpxd"), ("message", "Failed to connect\n  backtrace line")],
            &[
                ("process", "shell"),
                ("user_name", "root"),
                ("kind", "script.run"),
                ("x_command_line", "esxcli system syslog config set --loghost=none"),
            ],
            &[
                ("process", "websso"),
                ("pid", "52"),
                ("outcome", "failure"),
                ("user_name", "serik@vsphere.local"),
                ("src_ip", "203.0.113.9"),
                ("attrs.thread", "tomcat-http--15"),
            ],
        ],
    },
    Sample {
        bytes: b"Event [1201] [1-1] [2026-01-01T00:12:03.74689Z] [vim.event.UserLoginSessionEvent] [info] [VSPHERE.LOCAL\\aigul] [] [1201] [User VSPHERE.LOCAL\\aigul@203.0.113.9 logged in as pyvmomi]\n\
Event [1202] [1-1] [2026-01-01T00:12:05.1Z] [vim.event.VmRemovedEvent] [info] [VSPHERE.LOCAL\\aigul] [DC1] [1201] [Removed db1 on esx1 from DC1]\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03.74689Z"),
                ("kind", "auth.logon"),
                ("outcome", "success"),
                ("user_name", "VSPHERE.LOCAL\\aigul"),
                ("src_ip", "203.0.113.9"),
                ("code", "vim.event.UserLoginSessionEvent"),
                ("x_record_id", "1201"),
                ("level", "6"),
            ],
            &[("kind", "object.delete"), ("attrs.place", "DC1"), ("message", "Removed db1 on esx1 from DC1")],
        ],
    },
    Sample {
        bytes: b"2026-01-01T00:12:03.608Z INFO ssoAdminServer[697:pool-2-thread-9] [OpId=1] [com.vmware.identity.vlsi.RoleBasedAuthorizer] User {Name: serik, Domain: vsphere.local} with role 'Administrator' is authorized for method call 'SessionManager.login'\n\
2026-01-01T00:12:04.379Z [tomcat-exec-25 [] INFO com.vmware.vcenter.trustmanagement.AuthzPermissionValidator opId=] User vsphere.local\\aigul who belongs to group vsphere.local\\Administrators has top-level Admin privileges to invoke API com.vmware.vcenter.identity.providers.list\n\
2026-01-01T00:12:05.488Z info envoy[77] [Originator@6876 sub=Default] 2026-01-01T00:12:05.383Z POST /api/x?q=a HTTP/2 403 via_upstream - 56 77 9 8 0 203.0.113.9:40008 10.1.2.3:443 127.0.0.1:38482 127.0.0.1:12346\n",
        events: &[
            &[
                ("kind", "user.action"),
                ("outcome", "success"),
                ("user_name", "serik"),
                ("attrs.user_domain", "vsphere.local"),
                ("action", "SessionManager.login"),
            ],
            &[
                ("kind", "user.action"),
                ("outcome", "success"),
                ("user_name", "aigul"),
                ("action", "com.vmware.vcenter.identity.providers.list"),
            ],
            &[
                ("kind", "http.request"),
                ("outcome", "failure"),
                ("src_ip", "203.0.113.9"),
                ("src_port", "40008"),
                ("dst_ip", "10.1.2.3"),
                ("dst_port", "443"),
                ("target", "/api/x?q=a"),
                ("status", "403"),
            ],
        ],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let (mut all, mut own) = (0usize, 0usize);
    for line in head.lines(60) {
        if is_start(line) {
            all += 1;
            own += usize::from(is_own(line));
        }
    }
    (all > 0 && own * 2 >= all).then(|| Claim {
        confidence: 86,
        reason: format!("{own} of {all} records are written as ESXi's and vCenter's services write them"),
    })
}

/// A record begins with a time or with `Event [`.
fn is_start(line: &str) -> bool {
    line.starts_with("Event [")
        || line.starts_with('<')
        || line.as_bytes().first().is_some_and(u8::is_ascii_digit) && timetext::iso8601(line).is_some()
}

/// A line that no other program would write.
fn is_own(line: &str) -> bool {
    line.starts_with("Event [") && has(line, "[vim.event.")
        || has(line, "[Originator@6876 ")
        || has(line, "[Originator@") && has(line, " sub=")
        || has(line, "com.vmware.")
        || timetext::iso8601(line).is_some_and(|(_, at)| {
            line.get(at..)
                .is_some_and(|r| r.starts_with(" shell[") && has(r, "]: ["))
        })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let text = record.text.trimmed_end();
        if text.starts_with("Event [") && exported(text, event) {
            return Verdict::Event;
        }
        let Some((reading, length)) = timetext::iso8601(text) else {
            return syslog::read_line(text, event);
        };
        let rest = text.get(length..).unwrap_or_default().trimmed_start();
        let (first, after) = word(rest);
        // `info hostd[2099] …`, `INFO websso[52:thread] …`, `shell[2101]: …`
        let level = fields::level(first.less_both(b"()"));
        let body = if level.is_some() { after } else { rest };
        if level.is_none() && !body.starts_with("shell[") && !body.starts_with('[') {
            // A host stands there: syslog, or a program that writes nothing of all this.
            return syslog::read_line(text, event);
        }
        event.reading = Some(reading);
        event.set(Text::TimeText, text.get(..length).unwrap_or_default());
        event.level = level;
        service(body, event);
        Verdict::Event
    }
}

/// `Event [77] [1-1] [time] [vim.event.X] [info] [user] [place] [chain] [text]`
fn exported(text: &str, event: &mut EventBuf) -> bool {
    let mut parts = [""; 8];
    let mut rest = text.get(6..).unwrap_or_default();
    for part in &mut parts {
        let Some((inside, after)) = rest.strip_prefix('[').and_then(|r| split(r, "]")) else {
            return false;
        };
        *part = inside;
        rest = after.trimmed_start();
    }
    let [id, _, time, class, level, user, place, chain] = parts;
    let Some((reading, _)) = timetext::iso8601(time) else {
        return false;
    };
    event.reading = Some(reading);
    event.set(Text::TimeText, time);
    event.set(Text::XRecordId, id);
    event.set(Text::Code, class);
    event.level = fields::level(level);
    event.set(Text::Service, "vcenter");
    event.set(Text::UserName, user);
    if !place.is_empty() {
        event.attr("place", place);
    }
    event.attr("chain", chain);
    let message = rest.strip_prefix('[').unwrap_or(rest);
    let message = message.strip_suffix(']').unwrap_or(message);
    event.set(Text::Message, message);
    event.kind = of_class(class);
    meaning(message, event);
    true
}

fn of_class(class: &str) -> Kind {
    match class.pieces(b'.').next_back().unwrap_or(class) {
        "UserLoginSessionEvent"
        | "BadUsernameSessionEvent"
        | "AlreadyAuthenticatedSessionEvent"
        | "NoAccessUserEvent" => Kind::AUTH_LOGON,
        "UserLogoutSessionEvent" => Kind::AUTH_LOGOFF,
        "VmCreatedEvent" | "VmClonedEvent" => Kind::OBJECT_CREATE,
        "VmRemovedEvent" => Kind::OBJECT_DELETE,
        "VmPoweredOnEvent" => Kind::SYSTEM_START,
        "VmPoweredOffEvent" => Kind::SYSTEM_STOP,
        "VmAcquiredTicketEvent" | "VmAcquiredMksTicketEvent" => Kind::REMOTE_ACCESS,
        "PermissionAddedEvent" | "PermissionUpdatedEvent" | "RoleAddedEvent" => Kind::PRIVILEGE_ASSIGN,
        _ => Kind::OTHER,
    }
}

/// `hostd[2099] [Originator@6876 sub=… opID=… user=…] text`
fn service(body: &str, event: &mut EventBuf) {
    let mut rest = body;
    if let Some((name, after)) = rest
        .cut(b'[')
        .filter(|(name, _)| !name.is_empty() && !name.holds(b' '))
        && let Some((pid, after)) = split(after, "]")
    {
        event.set(Text::Process, name);
        let (pid, thread) = pid.cut(b':').unwrap_or((pid, ""));
        scan::set_port(event, Number::Pid, pid);
        if !thread.is_empty() {
            event.attr("thread", thread);
        }
        rest = after.less_start_of(b": ");
        if name == "shell" {
            shell(rest, event);
            return;
        }
    }
    while let Some((inside, after)) = rest.strip_prefix('[').and_then(|r| split(r, "]")) {
        origin(inside, event);
        rest = after.trimmed_start();
    }
    event.set(Text::Message, rest);
    if rest.starts_with('{') {
        audit(rest, event);
    } else {
        meaning(rest, event);
    }
}

/// What stands in brackets before the text: `Originator@6876 sub=… opID=… user=…`, `auditlogger`.
fn origin(inside: &str, event: &mut EventBuf) {
    scan::fields_and_words(inside, |name, value| match value {
        Some(value) if name == "user" => event.set(Text::UserName, value),
        Some(value) if matches!(name, "opID" | "OpId" | "CorId") => event.set(Text::Session, value),
        Some(value) => event.attr(name, value),
        None => event.attr("origin", name),
    });
}

/// `[root]: esxcli …`
fn shell(text: &str, event: &mut EventBuf) {
    let Some((user, command)) = text.strip_prefix('[').and_then(|t| split(t, "]: ")) else {
        event.set(Text::Message, text);
        return;
    };
    event.set(Text::UserName, user);
    event.set(Text::XCommandLine, command);
    event.set(Text::Message, command);
    event.kind = Kind::SCRIPT_RUN;
}

/// The audit log of single sign-on is a JSON object with few fields.
fn audit(text: &str, event: &mut EventBuf) {
    let value = |name: &str| {
        let (_, rest) = split(text, name)?;
        between(rest, "\"", "\"")
    };
    event.set(Text::UserName, value("\"user\":").unwrap_or_default());
    scan::set_source(event, value("\"client\":").unwrap_or_default());
    event.set(Text::Code, value("\"type\":").unwrap_or_default());
    meaning(value("\"description\":").unwrap_or_default(), event);
}

/// `User {Name: serik, Domain: vsphere.local} with role 'Administrator' is authorized for method call 'x.y'`,
/// `User vsphere.local\serik who belongs to group … has top-level Admin privileges to invoke API x.y`.
fn authorized(text: &str, event: &mut EventBuf) -> bool {
    if let Some((name, rest)) = split(text, "User {Name: ").and_then(|(_, rest)| split(rest, ", Domain: "))
        && let Some((domain, rest)) = split(rest, "}")
    {
        event.set(Text::UserName, name);
        event.attr("user_domain", domain);
        event.outcome = if has(rest, " is not authorized ") {
            Outcome::Failure
        } else if has(rest, " is authorized ") {
            Outcome::Success
        } else {
            Outcome::Unknown
        };
        event.set(
            Text::Action,
            split(rest, "method call '")
                .and_then(|(_, r)| split(r, "'"))
                .map_or("", |(call, _)| call),
        );
        event.kind = Kind::USER_ACTION;
        return true;
    }
    let Some((who, rest)) = split(text, "User ").and_then(|(_, rest)| split(rest, " who belongs to group "))
    else {
        return false;
    };
    scan::set_account(event, Text::UserName, who);
    if let Some((_, call)) = split(rest, " privileges to invoke API ") {
        event.outcome = Outcome::Success;
        event.set(Text::Action, word(call).0);
    }
    event.kind = Kind::USER_ACTION;
    true
}

/// The access log of vCenter's proxy (envoy): `time METHOD path HTTP/2 status details - sizes… client:port local:port
/// upstream:port …`.
fn proxied(text: &str, event: &mut EventBuf) -> bool {
    let Some((_, length)) = timetext::iso8601(text) else {
        return false;
    };
    let rest = text.get(length..).unwrap_or_default().trimmed_start();
    let Some((request, tail)) = split(rest, " HTTP/") else {
        return false;
    };
    let (version, tail) = word(tail);
    let (status, tail) = word(tail);
    let (method, target) = word(request);
    if !method.bytes().all(|b| b.is_ascii_uppercase()) || status.len() > 3 {
        return false;
    }
    event.kind = Kind::HTTP_REQUEST;
    event.set(Text::XMethod, method);
    event.set(Text::Target, target);
    event.set_fmt(Text::Protocol, format_args!("HTTP/{version}"));
    super::web_access::set_status(status, event);
    let mut ends = tail
        .pieces(b' ')
        .filter_map(|part| scan::address_port(part, b':').filter(|(address, _)| scan::is_ip(address)));
    if let Some((address, port)) = ends.next() {
        scan::set_source(event, address);
        scan::set_port(event, Number::SrcPort, port);
    }
    if let Some((address, port)) = ends.next() {
        scan::set_destination(event, address);
        scan::set_port(event, Number::DstPort, port);
    }
    true
}

/// What the texts of hosts and vCenter say of logons and sessions.
fn meaning(text: &str, event: &mut EventBuf) {
    if authorized(text, event) || proxied(text, event) {
        return;
    }
    if has(text, " logged in") {
        (event.kind, event.outcome) = (Kind::AUTH_LOGON, Outcome::Success);
    } else if has(text, "failed to log in") || has(text, "Cannot login ") || has(text, "Failed login ") {
        (event.kind, event.outcome) = (Kind::AUTH_LOGON, Outcome::Failure);
    } else if has(text, "Successful login ") {
        (event.kind, event.outcome) = (Kind::AUTH_LOGON, Outcome::Success);
    } else if has(text, "cannot logon since") {
        event.outcome = Outcome::Failure;
    } else if has(text, " logged out") {
        event.kind = Kind::AUTH_LOGOFF;
    } else if has(text, "SSH session was opened") {
        (event.kind, event.outcome) = (Kind::REMOTE_ACCESS, Outcome::Success);
    } else if has(text, "SSH session was closed") {
        event.kind = Kind::SESSION_CLOSE;
    } else if has(text, "SSH access has been enabled")
        || has(text, "ESXi Shell for the host has been enabled")
    {
        event.kind = Kind::SERVICE_START;
    } else if has(text, "SSH access has been disabled") {
        event.kind = Kind::SERVICE_STOP;
    } else {
        return;
    }
    // `User root@203.0.113.9 logged in`, `opened for 'root@203.0.113.9'`, `login serik from 203.0.113.9`
    let who = split(text, "User ")
        .or_else(|| split(text, " for "))
        .or_else(|| split(text, "ogin "));
    let Some((_, rest)) = who else { return };
    let name = word(rest).0.less_both(b"'.,");
    match name.cut_last(b'@') {
        Some((user, address)) if scan::is_ip(address.less_end(b'.')) => {
            event.set_if_absent(Text::UserName, user);
            scan::set_source(event, address.less_end(b'.'));
        }
        _ => event.set_if_absent(Text::UserName, name),
    }
    if event.get(Text::SrcIp).is_none() {
        scan::set_source(event, scan::after(text, " from ").unwrap_or_default());
    }
}
