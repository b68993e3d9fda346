//! sshd, sudo, PAM, cron and systemd as rsyslog writes them (RFC 3164 form, no year, local time).

use crate::clock::SECOND;
use crate::rng::Stream;
use crate::scenario::stage::{LogId, Stage, pid};

/// A Linux server and its two logs.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Server {
    pub(in crate::scenario) name: &'static str,
    /// auth.log or secure.
    pub(in crate::scenario) auth: LogId,
    /// syslog or messages.
    pub(in crate::scenario) sys: LogId,
    pub(in crate::scenario) address: &'static str,
}

/// The web server (Debian).
pub(in crate::scenario) const WEB: Server = Server {
    name: "srv-web",
    auth: LogId::WebAuth,
    sys: LogId::WebSys,
    address: crate::scenario::cast::WEB,
};
/// The database server (Debian, with auditd).
pub(in crate::scenario) const DB: Server = Server {
    name: "srv-db",
    auth: LogId::DbAuth,
    sys: LogId::DbSys,
    address: crate::scenario::cast::DB,
};
/// The application server (Red Hat family).
pub(in crate::scenario) const APP: Server = Server {
    name: "srv-app",
    auth: LogId::AppSecure,
    sys: LogId::AppMessages,
    address: crate::scenario::cast::APP,
};

/// One line as rsyslog's traditional file format has it.
pub(in crate::scenario) fn line(
    stage: &mut Stage,
    (host, log): (&str, LogId),
    at: i64,
    class: &'static str,
    tag: &str,
    message: &str,
) {
    let clock = log.clock(at).format("%b %e %H:%M:%S");
    stage.push(log, at, class, format!("{clock} {host} {tag}: {message}"));
}

/// Who comes in over ssh, and from where.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Login<'a> {
    pub(in crate::scenario) user: &'a str,
    pub(in crate::scenario) uid: u32,
    pub(in crate::scenario) from: &'a str,
    pub(in crate::scenario) port: u64,
}

impl Server {
    /// A line of the authentication log.
    pub(in crate::scenario) fn auth(
        self,
        stage: &mut Stage,
        at: i64,
        class: &'static str,
        tag: &str,
        text: &str,
    ) {
        line(stage, (self.name, self.auth), at, class, tag, text);
    }

    /// A line of the system log.
    pub(in crate::scenario) fn sys(
        self,
        stage: &mut Stage,
        at: i64,
        class: &'static str,
        tag: &str,
        text: &str,
    ) {
        line(stage, (self.name, self.sys), at, class, tag, text);
    }

    /// One wrong password. `known` says whether the account exists.
    pub(in crate::scenario) fn ssh_wrong(
        self,
        stage: &mut Stage,
        r: &mut Stream,
        at: i64,
        login: Login<'_>,
        known: bool,
    ) {
        let tag = format!("sshd[{}]", pid(at, r));
        let Login { user, from, port, .. } = login;
        let mut at = at;
        if known {
            self.auth(stage, at, "pam.authentication_failure", &tag, &format!(
                "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={from}  user={user}"));
        } else {
            self.auth(
                stage,
                at,
                "sshd.invalid_user",
                &tag,
                &format!("Invalid user {user} from {from} port {port}"),
            );
            at += 90_000;
            self.auth(
                stage,
                at,
                "pam.check_pass",
                &tag,
                "pam_unix(sshd:auth): check pass; user unknown",
            );
            self.auth(stage, at + 1_000, "pam.authentication_failure", &tag, &format!(
                "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={from}"));
        }
        at += 1_800_000 + r.below(900_000) as i64;
        let invalid = if known { "" } else { "invalid user " };
        self.auth(
            stage,
            at,
            "sshd.failed_password",
            &tag,
            &format!("Failed password for {invalid}{user} from {from} port {port} ssh2"),
        );
        at += 400_000 + r.below(800_000) as i64;
        let kind = if known { "authenticating" } else { "invalid" };
        let end = if r.permille(600) {
            format!("Connection closed by {kind} user {user} {from} port {port} [preauth]")
        } else {
            format!("Received disconnect from {from} port {port}:11: Bye Bye [preauth]")
        };
        self.auth(stage, at, "sshd.preauth_end", &tag, &end);
    }

    /// A logon and its session, `seconds` long. `key` is a public key's digest, else a password was given.
    #[expect(clippy::too_many_lines, reason = "a list of messages, one after the other")]
    pub(in crate::scenario) fn ssh_session(
        self,
        stage: &mut Stage,
        r: &mut Stream,
        at: i64,
        login: Login<'_>,
        key: Option<&str>,
        seconds: i64,
    ) {
        let Login {
            user,
            uid,
            from,
            port,
        } = login;
        let process = pid(at, r);
        let tag = format!("sshd[{process}]");
        let session = 40 + (at - crate::clock::SCENARIO_FROM) / (1200 * SECOND);
        let logind = format!("systemd-logind[{}]", 600 + self.name.len() * 7);
        let accepted = match key {
            Some(digest) => {
                format!("Accepted publickey for {user} from {from} port {port} ssh2: ED25519 SHA256:{digest}")
            }
            None => format!("Accepted password for {user} from {from} port {port} ssh2"),
        };
        let class = if key.is_some() {
            "sshd.accepted_publickey"
        } else {
            "sshd.accepted_password"
        };
        self.auth(stage, at, class, &tag, &accepted);
        self.auth(
            stage,
            at + 8_000,
            "pam.session_opened",
            &tag,
            &format!("pam_unix(sshd:session): session opened for user {user}(uid={uid}) by (uid=0)"),
        );
        self.auth(
            stage,
            at + 21_000,
            "logind.new_session",
            &logind,
            &format!("New session {session} of user {user}."),
        );
        let end = at + seconds * SECOND;
        let child = format!("sshd[{}]", process + 9);
        self.auth(
            stage,
            end,
            "sshd.disconnect",
            &child,
            &format!("Received disconnect from {from} port {port}:11: disconnected by user"),
        );
        self.auth(
            stage,
            end + 400,
            "sshd.disconnect",
            &child,
            &format!("Disconnected from user {user} {from} port {port}"),
        );
        self.auth(
            stage,
            end + 2_000,
            "pam.session_closed",
            &tag,
            &format!("pam_unix(sshd:session): session closed for user {user}"),
        );
        self.auth(
            stage,
            end + 9_000,
            "logind.removed_session",
            &logind,
            &format!("Session {session} logged out. Waiting for processes to exit."),
        );
        self.auth(
            stage,
            end + 40_000,
            "logind.removed_session",
            &logind,
            &format!("Removed session {session}."),
        );
    }

    /// A command under sudo.
    pub(in crate::scenario) fn sudo(
        self,
        stage: &mut Stage,
        at: i64,
        user: &str,
        target: &str,
        command: &str,
        seconds: i64,
    ) {
        let uid = if target == "root" { 0 } else { 113 };
        self.auth(
            stage,
            at,
            "sudo.command",
            "sudo",
            &format!("{user:>8} : TTY=pts/0 ; PWD=/home/{user} ; USER={target} ; COMMAND={command}"),
        );
        self.auth(
            stage,
            at + 3_000,
            "pam.session_opened",
            "sudo",
            &format!(
                "pam_unix(sudo:session): session opened for user {target}(uid={uid}) by {user}(uid=1001)"
            ),
        );
        self.auth(
            stage,
            at + seconds * SECOND + 5_000,
            "pam.session_closed",
            "sudo",
            &format!("pam_unix(sudo:session): session closed for user {target}"),
        );
    }

    /// A job of cron: the session in one log, the command in the other (the Red Hat family has a third file for it).
    pub(in crate::scenario) fn cron(
        self,
        stage: &mut Stage,
        r: &mut Stream,
        at: i64,
        user: &str,
        command: &str,
    ) {
        let process = pid(at, r);
        let uid = if user == "root" { 0 } else { 113 };
        let name = if self.auth == LogId::AppSecure {
            "CROND"
        } else {
            "CRON"
        };
        let command_tag = format!("{name}[{}]", process + 1);
        let log = if self.auth == LogId::AppSecure {
            LogId::AppCron
        } else {
            self.sys
        };
        line(
            stage,
            (self.name, log),
            at + 2_000,
            "cron.command",
            &command_tag,
            &format!("({user}) CMD ({command})"),
        );
        if name == "CRON" {
            let tag = format!("CRON[{process}]");
            self.auth(
                stage,
                at,
                "pam.session_opened",
                &tag,
                &format!("pam_unix(cron:session): session opened for user {user}(uid={uid}) by (uid=0)"),
            );
            let end = at + 30_000 + r.below(9_000_000) as i64;
            self.auth(
                stage,
                end,
                "pam.session_closed",
                &tag,
                &format!("pam_unix(cron:session): session closed for user {user}"),
            );
        }
    }
}

/// 43 characters as OpenSSH prints of a SHA-256 digest.
pub(in crate::scenario) fn fingerprint(r: &mut Stream) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (0..43).map(|_| char::from(LETTERS[r.index(64)])).collect()
}
