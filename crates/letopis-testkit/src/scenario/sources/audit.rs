//! auditd on the database server: records of one event share time and serial; `log_format = ENRICHED`, so that
//! names follow a group separator (U+001D).

use std::fmt::Write as _;

use super::linux::Login;
use crate::clock::{MINUTE, SECOND};
use crate::rng::Stream;
use crate::scenario::calendar::{Day, DayKind, OFFICE, ROUND};
use crate::scenario::cast::STAFF;
use crate::scenario::stage::{LogId, NUMBER, Stage, pid};

fn head(at: i64, kind: &str) -> String {
    format!(
        "type={kind} msg=audit({}.{:03}:{NUMBER}):",
        at / SECOND,
        at % SECOND / 1000
    )
}

/// A record that a program writes through the audit library.
fn user_record(at: i64, kind: &str, process: u64, auid: u32, ses: u32, message: &str) -> String {
    let name = if auid == u32::MAX {
        "unset".to_owned()
    } else {
        format!("uid{auid}")
    };
    format!(
        "{} pid={process} uid=0 auid={auid} ses={ses} subj=unconfined msg='{message}'\u{1d}UID=\"root\" AUID=\"{name}\"",
        head(at, kind)
    )
}

/// An ssh logon as PAM and sshd tell auditd.
pub(in crate::scenario) fn ssh(stage: &mut Stage, r: &mut Stream, at: i64, login: Login<'_>, success: bool) {
    let process = pid(at, r);
    let Login { user, uid, from, .. } = login;
    let ses = 100 + (at - crate::clock::SCENARIO_FROM).max(0) as u32 as u64 % 4000;
    let (word, exe) = (if success { "success" } else { "failed" }, "/usr/sbin/sshd");
    let tail = format!("exe=\"{exe}\" hostname={from} addr={from} terminal=ssh res={word}");
    let class = if success {
        "audit.user_auth_success"
    } else {
        "audit.user_auth_failed"
    };
    stage.push(
        LogId::DbAudit,
        at,
        class,
        user_record(
            at,
            "USER_AUTH",
            process,
            u32::MAX,
            u32::MAX,
            &format!("op=PAM:authentication grantors=pam_unix acct=\"{user}\" {tail}"),
        ),
    );
    if !success {
        return;
    }
    let later = at + 4_000;
    stage.push(
        LogId::DbAudit,
        later,
        "audit.user_acct",
        user_record(
            later,
            "USER_ACCT",
            process,
            u32::MAX,
            u32::MAX,
            &format!("op=PAM:accounting grantors=pam_permit acct=\"{user}\" {tail}"),
        ),
    );
    let later = at + 9_000;
    stage.push(
        LogId::DbAudit,
        later,
        "audit.user_start",
        user_record(
            later,
            "USER_START",
            process,
            uid,
            ses as u32,
            &format!("op=PAM:session_open grantors=pam_limits,pam_env,pam_unix acct=\"{user}\" {tail}"),
        ),
    );
    let later = at + 15_000;
    stage.push(
        LogId::DbAudit,
        later,
        "audit.user_login",
        user_record(
            later,
            "USER_LOGIN",
            process,
            uid,
            ses as u32,
            &format!(
                "op=login id={uid} exe=\"{exe}\" hostname={from} addr={from} terminal=/dev/pts/0 res=success"
            ),
        ),
    );
}

/// A watched program was started: one event of five records.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Exec<'a> {
    pub(in crate::scenario) auid: u32,
    pub(in crate::scenario) uid: u32,
    /// The path of the program.
    pub(in crate::scenario) exe: &'a str,
    pub(in crate::scenario) arguments: &'a [&'a str],
    pub(in crate::scenario) folder: &'a str,
    /// Key of the audit rule.
    pub(in crate::scenario) key: &'a str,
}

fn hex(bytes: impl IntoIterator<Item = u8>) -> String {
    let mut out = String::new();
    for byte in bytes {
        let _ = write!(out, "{byte:02X}");
    }
    out
}

/// A value as auditd writes it: quoted, or hexadecimal where it holds blanks, quotes or bytes beyond ASCII.
fn value(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_graphic() && b != b'"') {
        format!("\"{text}\"")
    } else {
        hex(text.bytes())
    }
}

/// Adds the five records.
pub(in crate::scenario) fn exec(stage: &mut Stage, r: &mut Stream, at: i64, e: Exec<'_>) {
    let process = pid(at, r);
    let name = e.exe.rsplit('/').next().unwrap_or(e.exe);
    let syscall = format!(
        "{} arch=c000003e syscall=59 success=yes exit=0 a0=55{} a1=55{} a2=55{} a3=8 items=2 ppid={} pid={process} auid={} uid={uid} gid={uid} euid={uid} suid={uid} fsuid={uid} egid={uid} sgid={uid} fsgid={uid} tty=pts0 ses=214 comm={} exe=\"{}\" subj=unconfined key=\"{}\"\u{1d}ARCH=x86_64 SYSCALL=execve AUID=\"uid{}\" UID=\"uid{uid}\"",
        head(at, "SYSCALL"),
        r.hex(10),
        r.hex(10),
        r.hex(10),
        process - 3,
        e.auid,
        value(name),
        e.exe,
        e.key,
        e.auid,
        uid = e.uid
    );
    let mut execve = format!("{} argc={}", head(at, "EXECVE"), e.arguments.len());
    for (k, argument) in e.arguments.iter().enumerate() {
        let _ = write!(execve, " a{k}={}", value(argument));
    }
    let path = format!(
        "{} item=0 name=\"{}\" inode={} dev=fe:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0\u{1d}OUID=\"root\" OGID=\"root\"",
        head(at, "PATH"),
        e.exe,
        131_000 + e.exe.len() * 37
    );
    let title = hex(e.arguments.join("\0").bytes());
    stage.push_group(
        LogId::DbAudit,
        at,
        vec![
            ("audit.syscall", syscall),
            ("audit.execve", execve),
            ("audit.cwd", format!("{} cwd=\"{}\"", head(at, "CWD"), e.folder)),
            ("audit.path", path),
            (
                "audit.proctitle",
                format!("{} proctitle={title}", head(at, "PROCTITLE")),
            ),
        ],
    );
}

/// Ordinary days: cron sessions, services, watched files, the administrators.
pub(in crate::scenario) fn write(stage: &mut Stage, days: &[Day]) {
    let mut r = Stream::new(stage.seed, "audit");
    for day in days {
        for hour in (0..24).step_by(3) {
            let at = day.at(hour, 17, 1) + 10_000 + r.below(900_000) as i64;
            cron(stage, &mut r, at);
        }
        for _ in 0..day.amount(&mut r, stage.scale, 3, 2) {
            let at = day.moment(&mut r, &ROUND);
            service(stage, &mut r, at);
        }
        let people = if day.kind == DayKind::Work {
            1 + r.below(3)
        } else {
            0
        };
        for _ in 0..people {
            let at = day.moment(&mut r, &OFFICE);
            let who = r.index(3);
            let login = Login {
                user: STAFF[who].login,
                uid: 1001 + who as u32,
                from: STAFF[who].address,
                port: 0,
            };
            if r.permille(100) {
                ssh(stage, &mut r, at - 15 * SECOND, login, false);
            }
            ssh(stage, &mut r, at, login, true);
            let arguments: &[&str] = r.pick::<&[&str]>(&[
                &["sudo", "-i"],
                &["psql", "-d", "registry"],
                &["vi", "/etc/postgresql/16/main/pg_hba.conf"],
                &["sudo", "systemctl", "reload", "postgresql"],
                &[
                    "grep",
                    "-c",
                    "deadlock detected",
                    "/var/log/postgresql/postgresql.log",
                ],
            ]);
            let exe = format!("/usr/bin/{}", arguments[0]);
            exec(
                stage,
                &mut r,
                at + MINUTE,
                Exec {
                    auid: login.uid,
                    uid: login.uid,
                    exe: &exe,
                    arguments,
                    folder: "/home",
                    key: "admin-exec",
                },
            );
        }
    }
}

fn cron(stage: &mut Stage, r: &mut Stream, at: i64) {
    let process = pid(at, r);
    let tail = "acct=\"root\" exe=\"/usr/sbin/cron\" hostname=? addr=? terminal=cron res=success";
    for (k, (class, kind, op)) in [
        (
            "audit.user_acct",
            "USER_ACCT",
            "PAM:accounting grantors=pam_permit",
        ),
        (
            "audit.user_start",
            "USER_START",
            "PAM:session_open grantors=pam_loginuid,pam_env,pam_permit,pam_unix,pam_limits",
        ),
        (
            "audit.user_end",
            "USER_END",
            "PAM:session_close grantors=pam_loginuid,pam_env,pam_permit,pam_unix,pam_limits",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let when = at + k as i64 * 7_000;
        stage.push(
            LogId::DbAudit,
            when,
            class,
            user_record(
                when,
                kind,
                process,
                if k == 0 { u32::MAX } else { 0 },
                if k == 0 { u32::MAX } else { 77 },
                &format!("op={op} {tail}"),
            ),
        );
    }
}

fn service(stage: &mut Stage, r: &mut Stream, at: i64) {
    let unit = *r.pick(&[
        "apt-daily",
        "fstrim",
        "logrotate",
        "man-db",
        "postgresql@16-main",
        "systemd-tmpfiles-clean",
    ]);
    for (when, class, kind) in [
        (at, "audit.service", "SERVICE_START"),
        (at + r.between(1, 40) * SECOND, "audit.service", "SERVICE_STOP"),
    ] {
        stage.push(LogId::DbAudit, when, class, user_record(when, kind, 1, u32::MAX, u32::MAX, &format!(
            "unit={unit} comm=\"systemd\" exe=\"/usr/lib/systemd/systemd\" hostname=? addr=? terminal=? res=success")));
    }
    if r.permille(60) {
        let when = at + 50 * SECOND;
        stage.push(LogId::DbAudit, when, "audit.avc", format!(
            "{} apparmor=\"DENIED\" operation=\"open\" profile=\"/usr/sbin/chronyd\" name=\"/etc/ssl/openssl.cnf\" pid=541 comm=\"chronyd\" requested_mask=\"r\" denied_mask=\"r\" fsuid=101 ouid=0\u{1d}FSUID=\"_chrony\" OUID=\"root\"",
            head(when, "AVC")));
    }
}
