//! Security log of the domain controller as `wevtutil qe Security /f:xml` prints it: one `<Event>` a line, UTC.

use std::fmt::Write as _;

use crate::clock::SECOND;
use crate::rng::Stream;
use crate::scenario::calendar::{Day, DayKind, OFFICE, ROUND};
use crate::scenario::cast::{ADMIN, DOMAIN_SID, FS, Person, STAFF};
use crate::scenario::stage::{LogId, NUMBER, Stage, utc};

const SUCCESS: &str = "0x8020000000000000";
const FAILURE: &str = "0x8010000000000000";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\'', "&apos;")
}

/// Task number of the event ids used here (from the provider's manifest).
fn task(id: u32) -> u32 {
    match id {
        4624 | 4625 | 4648 => 12_544,
        4634 | 4647 => 12_545,
        4672 => 12_548,
        4688 => 13_312,
        4768 | 4771 => 14_339,
        4769 => 14_337,
        4776 => 14_336,
        4720..=4726 | 4738 | 4740 | 4767 => 13_824,
        4728 | 4732 | 4756 => 13_826,
        5140 => 12_808,
        4719 => 13_568,
        _ => 0,
    }
}

/// One event of the Security log with its data in order.
pub(in crate::scenario) fn security(
    stage: &mut Stage,
    r: &mut Stream,
    at: i64,
    id: u32,
    class: &'static str,
    ok: bool,
    data: &[(&str, &str)],
) {
    let mut body = String::new();
    for (name, value) in data {
        let _ = write!(body, "<Data Name='{name}'>{}</Data>", escape(value));
    }
    let keywords = if ok { SUCCESS } else { FAILURE };
    let version = if matches!(id, 4624 | 4688) { 2 } else { 0 };
    let text = format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing' Guid='{{54849625-5478-4994-a5ba-3e3b0328c30d}}'/><EventID>{id}</EventID><Version>{version}</Version><Level>0</Level><Task>{}</Task><Opcode>0</Opcode><Keywords>{keywords}</Keywords><TimeCreated SystemTime='{}'/><EventRecordID>{NUMBER}</EventRecordID><Correlation/><Execution ProcessID='{}' ThreadID='{}'/><Channel>Security</Channel><Computer>dc01.akimat.example</Computer><Security/></System><EventData>{body}</EventData></Event>",
        task(id),
        system_time(r, at),
        r.pick(&[684, 692, 4]),
        r.between(700, 6000)
    );
    stage.push(LogId::Dc, at, class, text);
}

/// Seven digits, as Windows has 100 ns.
fn system_time(r: &mut Stream, at: i64) -> String {
    format!(
        "{}.{:06}{}Z",
        utc(at, "%Y-%m-%dT%H:%M:%S"),
        at % SECOND,
        r.below(10)
    )
}

/// The log was cleared (1102 of Microsoft-Windows-Eventlog).
pub(in crate::scenario) fn cleared(
    stage: &mut Stage,
    r: &mut Stream,
    at: i64,
    user: &str,
    rid: u32,
    logon: &str,
) {
    let text = format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Eventlog' Guid='{{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}}'/><EventID>1102</EventID><Version>0</Version><Level>4</Level><Task>104</Task><Opcode>0</Opcode><Keywords>0x4020000000000000</Keywords><TimeCreated SystemTime='{}'/><EventRecordID>{NUMBER}</EventRecordID><Correlation/><Execution ProcessID='1128' ThreadID='{}'/><Channel>Security</Channel><Computer>dc01.akimat.example</Computer><Security/></System><UserData><LogFileCleared xmlns='http://manifests.microsoft.com/win/2004/08/windows/eventlog'><SubjectUserSid>{DOMAIN_SID}-{rid}</SubjectUserSid><SubjectUserName>{user}</SubjectUserName><SubjectDomainName>AKIMAT</SubjectDomainName><SubjectLogonId>{logon}</SubjectLogonId></LogFileCleared></UserData></Event>",
        system_time(r, at),
        r.between(700, 6000)
    );
    stage.push(LogId::Dc, at, "win.1102", text);
}

/// Who logs on, from where.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Account<'a> {
    pub(in crate::scenario) user: &'a str,
    pub(in crate::scenario) rid: u32,
    pub(in crate::scenario) computer: &'a str,
    pub(in crate::scenario) from: &'a str,
    /// 2 at the screen, 3 over the network, 10 by remote desktop.
    pub(in crate::scenario) logon_type: &'a str,
}

impl<'a> Account<'a> {
    pub(in crate::scenario) fn of(person: &'a Person, logon_type: &'a str) -> Self {
        Self {
            user: person.login,
            rid: person.rid,
            computer: person.computer,
            from: person.address,
            logon_type,
        }
    }
}

/// A new logon identifier.
pub(in crate::scenario) fn logon_id(r: &mut Stream) -> String {
    format!("0x{}", r.hex(7).trim_start_matches('0'))
}

/// 4624.
pub(in crate::scenario) fn logon(stage: &mut Stage, r: &mut Stream, at: i64, a: Account<'_>, id: &str) {
    let sid = format!("{DOMAIN_SID}-{}", a.rid);
    let port = r.between(49_152, 65_535).to_string();
    let guid = format!("{{{}}}", r.uuid());
    let package = if a.logon_type == "3" {
        ("Kerberos", "Kerberos")
    } else {
        ("User32", "Negotiate")
    };
    security(
        stage,
        r,
        at,
        4624,
        "win.4624",
        true,
        &[
            ("SubjectUserSid", "S-1-0-0"),
            ("SubjectUserName", "-"),
            ("SubjectDomainName", "-"),
            ("SubjectLogonId", "0x0"),
            ("TargetUserSid", &sid),
            ("TargetUserName", a.user),
            ("TargetDomainName", "AKIMAT"),
            ("TargetLogonId", id),
            ("LogonType", a.logon_type),
            ("LogonProcessName", package.0),
            ("AuthenticationPackageName", package.1),
            ("WorkstationName", a.computer),
            ("LogonGuid", &guid),
            ("TransmittedServices", "-"),
            ("LmPackageName", "-"),
            ("KeyLength", "0"),
            ("ProcessId", "0x0"),
            ("ProcessName", "-"),
            ("IpAddress", a.from),
            ("IpPort", &port),
            ("ImpersonationLevel", "%%1833"),
        ],
    );
}

/// 4625: a wrong password (`0xc000006a`) or no such account (`0xc0000064`).
pub(in crate::scenario) fn logon_failed(
    stage: &mut Stage,
    r: &mut Stream,
    at: i64,
    a: Account<'_>,
    known: bool,
) {
    let port = r.between(49_152, 65_535).to_string();
    security(
        stage,
        r,
        at,
        4625,
        "win.4625",
        false,
        &[
            ("SubjectUserSid", "S-1-0-0"),
            ("SubjectUserName", "-"),
            ("SubjectDomainName", "-"),
            ("SubjectLogonId", "0x0"),
            ("TargetUserSid", "S-1-0-0"),
            ("TargetUserName", a.user),
            ("TargetDomainName", "AKIMAT"),
            ("Status", "0xc000006d"),
            ("FailureReason", "%%2313"),
            ("SubStatus", if known { "0xc000006a" } else { "0xc0000064" }),
            ("LogonType", a.logon_type),
            ("LogonProcessName", "NtLmSsp"),
            ("AuthenticationPackageName", "NTLM"),
            ("WorkstationName", a.computer),
            ("TransmittedServices", "-"),
            ("LmPackageName", "-"),
            ("KeyLength", "0"),
            ("ProcessId", "0x0"),
            ("ProcessName", "-"),
            ("IpAddress", a.from),
            ("IpPort", &port),
        ],
    );
}

/// 4634.
pub(in crate::scenario) fn logoff(stage: &mut Stage, r: &mut Stream, at: i64, a: Account<'_>, id: &str) {
    let sid = format!("{DOMAIN_SID}-{}", a.rid);
    security(
        stage,
        r,
        at,
        4634,
        "win.4634",
        true,
        &[
            ("TargetUserSid", &sid),
            ("TargetUserName", a.user),
            ("TargetDomainName", "AKIMAT"),
            ("TargetLogonId", id),
            ("LogonType", a.logon_type),
        ],
    );
}

/// 4672.
pub(in crate::scenario) fn privileges(
    stage: &mut Stage,
    r: &mut Stream,
    at: i64,
    user: &str,
    rid: u32,
    id: &str,
) {
    let sid = format!("{DOMAIN_SID}-{rid}");
    security(
        stage,
        r,
        at,
        4672,
        "win.4672",
        true,
        &[
            ("SubjectUserSid", &sid),
            ("SubjectUserName", user),
            ("SubjectDomainName", "AKIMAT"),
            ("SubjectLogonId", id),
            (
                "PrivilegeList",
                "SeSecurityPrivilege\n\t\t\tSeBackupPrivilege\n\t\t\tSeRestorePrivilege\n\t\t\tSeTakeOwnershipPrivilege\n\t\t\tSeDebugPrivilege\n\t\t\tSeLoadDriverPrivilege",
            ),
        ],
    );
}

/// 4768 or, with a wrong password, 4771.
pub(in crate::scenario) fn ticket(stage: &mut Stage, r: &mut Stream, at: i64, a: Account<'_>, ok: bool) {
    let (sid, address, port) = (
        format!("{DOMAIN_SID}-{}", a.rid),
        format!("::ffff:{}", a.from),
        r.between(49_152, 65_535).to_string(),
    );
    if ok {
        security(
            stage,
            r,
            at,
            4768,
            "win.4768",
            true,
            &[
                ("TargetUserName", a.user),
                ("TargetDomainName", "AKIMAT"),
                ("TargetSid", &sid),
                ("ServiceName", "krbtgt"),
                ("ServiceSid", &format!("{DOMAIN_SID}-502")),
                ("TicketOptions", "0x40810010"),
                ("Status", "0x0"),
                ("TicketEncryptionType", "0x12"),
                ("PreAuthType", "2"),
                ("IpAddress", &address),
                ("IpPort", &port),
                ("CertIssuerName", ""),
                ("CertSerialNumber", ""),
                ("CertThumbprint", ""),
            ],
        );
    } else {
        security(
            stage,
            r,
            at,
            4771,
            "win.4771",
            false,
            &[
                ("TargetUserName", a.user),
                ("TargetSid", &sid),
                ("ServiceName", "krbtgt/AKIMAT"),
                ("TicketOptions", "0x40810010"),
                ("Status", "0x18"),
                ("PreAuthType", "2"),
                ("IpAddress", &address),
                ("IpPort", &port),
                ("CertIssuerName", ""),
                ("CertSerialNumber", ""),
                ("CertThumbprint", ""),
            ],
        );
    }
}

/// Who did it, in which logon.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct By<'a> {
    pub(in crate::scenario) user: &'a str,
    pub(in crate::scenario) rid: u32,
    pub(in crate::scenario) logon: &'a str,
}

/// The event id that a class is named after.
fn id_of(class: &str) -> u32 {
    class
        .rsplit('.')
        .next()
        .and_then(|id| id.parse().ok())
        .unwrap_or_default()
}

/// An action of one account on another: 4720, 4722, 4724, 4725, 4738, 4740, 4767.
pub(in crate::scenario) fn account(
    stage: &mut Stage,
    r: &mut Stream,
    at: i64,
    class: &'static str,
    target: (&str, u32),
    by: By<'_>,
) {
    let (target_sid, by_sid) = (
        format!("{DOMAIN_SID}-{}", target.1),
        format!("{DOMAIN_SID}-{}", by.rid),
    );
    security(
        stage,
        r,
        at,
        id_of(class),
        class,
        true,
        &[
            ("TargetUserName", target.0),
            ("TargetDomainName", "AKIMAT"),
            ("TargetSid", &target_sid),
            ("SubjectUserSid", &by_sid),
            ("SubjectUserName", by.user),
            ("SubjectDomainName", "AKIMAT"),
            ("SubjectLogonId", by.logon),
        ],
    );
}

/// 4732 (local) or 4728 (global): a member joins a group.
pub(in crate::scenario) fn joins(
    stage: &mut Stage,
    r: &mut Stream,
    at: i64,
    class: &'static str,
    member: (&str, u32),
    group: (&str, &str),
    by: By<'_>,
) {
    let (sid, by_sid, name) = (
        format!("{DOMAIN_SID}-{}", member.1),
        format!("{DOMAIN_SID}-{}", by.rid),
        format!("CN={},CN=Users,DC=akimat,DC=example", member.0),
    );
    security(
        stage,
        r,
        at,
        id_of(class),
        class,
        true,
        &[
            ("MemberName", &name),
            ("MemberSid", &sid),
            ("TargetUserName", group.0),
            ("TargetDomainName", "Builtin"),
            ("TargetSid", group.1),
            ("SubjectUserSid", &by_sid),
            ("SubjectUserName", by.user),
            ("SubjectDomainName", "AKIMAT"),
            ("SubjectLogonId", by.logon),
            ("PrivilegeList", "-"),
        ],
    );
}

/// Ordinary days.
pub(in crate::scenario) fn write(stage: &mut Stage, days: &[Day]) {
    let mut r = Stream::new(stage.seed, "dc01");
    for day in days {
        for _ in 0..day.amount(&mut r, stage.scale, 4, 1) {
            let person = r.pick(STAFF);
            let at = day.moment(&mut r, &OFFICE);
            office_logon(stage, &mut r, at, Account::of(person, "3"));
        }
        for _ in 0..day.amount(&mut r, stage.scale, 3, 3) {
            let at = day.moment(&mut r, &ROUND);
            let id = logon_id(&mut r);
            let machine = Account {
                user: "FS01$",
                rid: 1003,
                computer: "-",
                from: FS,
                logon_type: "3",
            };
            logon(stage, &mut r, at, machine, &id);
            logoff(stage, &mut r, at + 12 * SECOND, machine, &id);
        }
        if day.kind == DayKind::Work && r.permille(160) {
            let at = day.moment(&mut r, &OFFICE);
            administration(stage, &mut r, at);
        }
    }
}

fn office_logon(stage: &mut Stage, r: &mut Stream, at: i64, a: Account<'_>) {
    if r.permille(70) {
        ticket(stage, r, at - 20 * SECOND, a, false);
        logon_failed(stage, r, at - 20 * SECOND + 3000, a, true);
    }
    ticket(stage, r, at, a, true);
    let id = logon_id(r);
    logon(stage, r, at + 60_000, a, &id);
    if a.rid < 1108 {
        privileges(stage, r, at + 61_000, a.user, a.rid, &id);
    }
    let end = at + r.between(60, 7200) * SECOND;
    logoff(stage, r, end, a, &id);
}

fn administration(stage: &mut Stage, r: &mut Stream, at: i64) {
    let id = logon_id(r);
    let by = By {
        user: ADMIN.login,
        rid: ADMIN.rid,
        logon: &id,
    };
    let target = r.pick(&STAFF[3..]);
    match r.below(5) {
        0 => {
            account(
                stage,
                r,
                at,
                "win.4740",
                (target.login, target.rid),
                By {
                    user: "DC01$",
                    rid: 1000,
                    logon: "0x3e7",
                },
            );
            account(
                stage,
                r,
                at + 240 * SECOND,
                "win.4767",
                (target.login, target.rid),
                by,
            );
        }
        1 => account(stage, r, at, "win.4724", (target.login, target.rid), by),
        2 => account(stage, r, at, "win.4738", (target.login, target.rid), by),
        3 => joins(
            stage,
            r,
            at,
            "win.4728",
            (target.login, target.rid),
            ("Отдел кадров", &format!("{DOMAIN_SID}-1201")),
            by,
        ),
        _ => {
            let name = format!("trainee{}", r.between(10, 99));
            account(stage, r, at, "win.4720", (&name, 1300), by);
            account(stage, r, at + SECOND, "win.4722", (&name, 1300), by);
        }
    }
}
