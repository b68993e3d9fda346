//! PostgreSQL 16 `csvlog` with pgAudit: 26 columns in the order of the manual ("Using CSV-Format Log Output").

use std::fmt::Write as _;

use crate::clock::{MINUTE, SECOND};
use crate::rng::Stream;
use crate::scenario::calendar::{Day, OFFICE, ROUND};
use crate::scenario::cast::{APP, BACKUP, DBA};
use crate::scenario::stage::{LogId, Stage, pid};

/// One backend: a connection of one user to one database.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct Session {
    user: &'static str,
    database: &'static str,
    process: u64,
    /// `10.20.3.30:51022` or `[local]`.
    from: String,
    begin: i64,
    line: u32,
    statement: u32,
    program: &'static str,
}

/// A text field and the comma after it; nothing where it is null.
fn csv(out: &mut String, field: &str, there: bool) {
    if there {
        let _ = write!(out, "\"{}\"", field.replace('"', "\"\""));
    }
    out.push(',');
}

/// What one line says beside the session.
#[derive(Clone, Copy, Debug)]
struct Said<'a> {
    class: &'static str,
    tag: &'a str,
    severity: &'a str,
    state: &'a str,
    message: &'a str,
    query: &'a str,
}

impl Session {
    fn new(
        r: &mut Stream,
        at: i64,
        user: &'static str,
        database: &'static str,
        from: &str,
        program: &'static str,
    ) -> Self {
        let from = if from == "[local]" {
            from.to_owned()
        } else {
            format!("{from}:{}", r.between(32_768, 60_999))
        };
        Self {
            user,
            database,
            process: pid(at, r),
            from,
            begin: at,
            line: 0,
            statement: 0,
            program,
        }
    }

    fn say(&mut self, stage: &mut Stage, at: i64, s: Said<'_>) {
        self.line += 1;
        let clock = LogId::Pg.clock(at);
        let begin = LogId::Pg
            .clock(self.begin)
            .format("%Y-%m-%d %H:%M:%S +05")
            .to_string();
        let id = format!("{:x}.{:x}", self.begin / SECOND, self.process);
        // PostgreSQL quotes every text that can hold anything, and nothing else; a null is nothing at all.
        let named = s.class != "pg.connection_received" && !self.user.is_empty();
        let own = self.user.is_empty();
        let mut out = clock.format("%Y-%m-%d %H:%M:%S%.3f +05,").to_string();
        csv(&mut out, self.user, named);
        csv(&mut out, self.database, named);
        let _ = write!(out, "{},", self.process);
        csv(&mut out, &self.from, !own);
        let _ = write!(out, "{id},{},", self.line);
        csv(&mut out, s.tag, !own);
        let transaction = if own || !named {
            String::new()
        } else {
            format!("{}/{}", 3 + self.process % 20, 100 + self.line)
        };
        let _ = write!(
            out,
            "{begin},{transaction},{},{},{},",
            if s.class == "pg.audit_write" {
                740_000 + self.process
            } else {
                0
            },
            s.severity,
            s.state
        );
        csv(&mut out, s.message, true);
        out.push_str(",,,,,");
        csv(&mut out, s.query, !s.query.is_empty());
        let (program, backend) = if own {
            ("", self.program)
        } else if named {
            (self.program, "client backend")
        } else {
            ("", "client backend")
        };
        let _ = write!(out, ",,\"{program}\",\"{backend}\",,0");
        stage.push(LogId::Pg, at, s.class, out);
    }

    /// Connection received and authorised.
    pub(in crate::scenario) fn open(
        stage: &mut Stage,
        r: &mut Stream,
        at: i64,
        user: &'static str,
        database: &'static str,
        from: &str,
        program: &'static str,
    ) -> Self {
        let mut session = Self::new(r, at, user, database, from, program);
        let host = session.from.clone();
        let said = Said {
            class: "pg.connection_received",
            tag: "",
            severity: "LOG",
            state: "00000",
            message: "",
            query: "",
        };
        let text = match host.split_once(':') {
            Some((host, port)) => format!("connection received: host={host} port={port}"),
            None => "connection received: host=[local]".to_owned(),
        };
        session.say(
            stage,
            at,
            Said {
                message: &text,
                ..said
            },
        );
        let text =
            format!("connection authorized: user={user} database={database} application_name={program}");
        session.say(
            stage,
            at + 9_000,
            Said {
                class: "pg.connection_authorized",
                tag: "authentication",
                message: &text,
                ..said
            },
        );
        session
    }

    /// A statement that pgAudit records.
    pub(in crate::scenario) fn audit(
        &mut self,
        stage: &mut Stage,
        at: i64,
        class: (&'static str, &str),
        command: &str,
        object: &str,
        sql: &str,
    ) {
        self.statement += 1;
        let kind = if object.is_empty() { ",," } else { "TABLE," };
        let quoted = if sql.contains(['"', ',', '\n']) {
            format!("\"{}\"", sql.replace('"', "\"\""))
        } else {
            sql.to_owned()
        };
        let kind = if object.is_empty() {
            kind.to_owned()
        } else {
            format!("{kind}{object},")
        };
        let text = format!(
            "AUDIT: SESSION,{},1,{},{command},{kind}{quoted},<not logged>",
            self.statement, class.1
        );
        self.say(
            stage,
            at,
            Said {
                class: class.0,
                tag: command.split(' ').next().unwrap_or(command),
                severity: "LOG",
                state: "00000",
                message: &text,
                query: "",
            },
        );
    }

    /// How long the statement took.
    pub(in crate::scenario) fn duration(&mut self, stage: &mut Stage, at: i64, millis: u64, sql: &str) {
        let text = format!("duration: {millis}.{:03} ms  statement: {sql}", millis * 7 % 1000);
        self.say(
            stage,
            at,
            Said {
                class: "pg.duration",
                tag: sql.split(' ').next().unwrap_or(sql),
                severity: "LOG",
                state: "00000",
                message: &text,
                query: "",
            },
        );
    }

    /// An error with its statement.
    fn error(
        &mut self,
        stage: &mut Stage,
        at: i64,
        class: &'static str,
        state: &str,
        message: &str,
        query: &str,
    ) {
        let severity = if class == "pg.auth_failed" {
            "FATAL"
        } else {
            "ERROR"
        };
        self.say(
            stage,
            at,
            Said {
                class,
                tag: "",
                severity,
                state,
                message,
                query,
            },
        );
    }

    /// Disconnection.
    pub(in crate::scenario) fn close(mut self, stage: &mut Stage, at: i64) {
        let s = (at - self.begin) / SECOND;
        let (host, port) = self
            .from
            .split_once(':')
            .map_or(("[local]".to_owned(), String::new()), |(h, p)| {
                (h.to_owned(), format!(" port={p}"))
            });
        let text = format!(
            "disconnection: session time: {}:{:02}:{:02}.{:03} user={} database={} host={host}{port}",
            s / 3600,
            s / 60 % 60,
            s % 60,
            at % SECOND / 1000,
            self.user,
            self.database
        );
        self.say(
            stage,
            at,
            Said {
                class: "pg.disconnection",
                tag: "idle",
                severity: "LOG",
                state: "00000",
                message: &text,
                query: "",
            },
        );
    }
}

/// Ordinary days: the applications, the administrator, the server's own jobs.
pub(in crate::scenario) fn write(stage: &mut Stage, days: &[Day]) {
    let mut r = Stream::new(stage.seed, "postgres");
    for day in days {
        for _ in 0..day.amount(&mut r, stage.scale, 6, 2) {
            let at = day.moment(&mut r, &OFFICE);
            application(stage, &mut r, at);
        }
        for _ in 0..day.amount(&mut r, stage.scale, 4, 4) {
            let at = day.moment(&mut r, &ROUND);
            own_jobs(stage, &mut r, at);
        }
        if r.permille(if day.kind == crate::scenario::calendar::DayKind::Work {
            350
        } else {
            20
        }) {
            let at = day.moment(&mut r, &OFFICE);
            administrator(stage, &mut r, at);
        }
    }
}

fn application(stage: &mut Stage, r: &mut Stream, at: i64) {
    let (user, program) = *r.weighted(&[
        (5, ("edoc_app", "edoc")),
        (3, ("portal_app", "portal-api")),
        (1, ("report_ro", "pgsql-report")),
    ]);
    let from = if user == "portal_app" {
        crate::scenario::cast::WEB
    } else {
        APP
    };
    let mut session = Session::open(stage, r, at, user, "registry", from, program);
    let mut now = at + 40_000;
    for _ in 0..1 + r.below(6) {
        now += r.between(20_000, 40_000_000);
        let n = r.between(10_000, 99_999);
        match r.below(8) {
            0..=2 => session.audit(stage, now, ("pg.audit_read", "READ"), "SELECT", "public.citizens",
                &format!("SELECT id, family_name, given_name FROM citizens WHERE id = {n}")),
            3 => session.audit(stage, now, ("pg.audit_write", "WRITE"), "UPDATE", "public.requests",
                &format!("UPDATE requests\n   SET state = 'орындалды', closed = now()\n WHERE id = {n}")),
            4 => session.audit(stage, now, ("pg.audit_write", "WRITE"), "INSERT", "public.requests",
                &format!("INSERT INTO requests (citizen, subject) VALUES ({n}, 'О выдаче справки, копия \"{}\"')", n % 97)),
            5 => session.duration(stage, now, r.between(250, 9_000) as u64, "SELECT count(*) FROM requests WHERE opened > current_date - 30"),
            6 => {
                let text = *r.pick(&["duplicate key value violates unique constraint \"requests_number_key\"", "deadlock detected",
                    "canceling statement due to statement timeout", "column \"фамилия\" does not exist"]);
                let state = if text.starts_with("dup") { "23505" } else if text.starts_with("dead") { "40P01" } else if text.starts_with("can") { "57014" } else { "42703" };
                session.error(stage, now, "pg.error", state, text, &format!("INSERT INTO requests (number) VALUES ('{n}-Қ')"));
            }
            _ => session.audit(stage, now, ("pg.audit_read", "READ"), "SELECT", "public.requests",
                &format!("SELECT number, subject FROM requests\n WHERE district = 'Алатау' AND opened >= date '2025-{:02}-01'\n ORDER BY number LIMIT 50", r.between(1, 12))),
        }
    }
    let end = now + r.between(100_000, 300_000_000);
    session.close(stage, end);
}

#[expect(clippy::too_many_lines, reason = "a list of messages, one after the other")]
fn own_jobs(stage: &mut Stage, r: &mut Stream, at: i64) {
    if r.permille(700) {
        let mut own = Session {
            user: "",
            database: "",
            process: 871,
            from: String::new(),
            begin: crate::clock::SCENARIO_FROM - 9_000_000_000,
            line: ((at - crate::clock::SCENARIO_FROM) / (300 * SECOND)) as u32,
            statement: 0,
            program: "checkpointer",
        };
        let n = r.between(3, 900);
        own.say(
            stage,
            at,
            Said {
                class: "pg.checkpoint",
                tag: "",
                severity: "LOG",
                state: "00000",
                message: "checkpoint starting: time",
                query: "",
            },
        );
        let text = format!(
            "checkpoint complete: wrote {n} buffers ({}.{}%); 0 WAL file(s) added, 0 removed, 1 recycled; write={}.{:03} s, sync=0.0{:02} s, total={}.{:03} s; sync files={}, longest=0.006 s, average=0.002 s; distance={} kB, estimate={} kB; lsn=3/{}, redo lsn=3/{}",
            n / 160,
            n % 10,
            n / 10,
            r.below(1000),
            r.below(99),
            n / 10,
            r.below(1000),
            r.between(2, 60),
            n * 11,
            n * 13,
            r.hex(8).to_uppercase(),
            r.hex(8).to_uppercase()
        );
        own.say(
            stage,
            at + n * SECOND / 10,
            Said {
                class: "pg.checkpoint",
                tag: "",
                severity: "LOG",
                state: "00000",
                message: &text,
                query: "",
            },
        );
    } else {
        let mut own = Session {
            user: "",
            database: "",
            process: pid(at, r),
            from: String::new(),
            begin: at,
            line: 0,
            statement: 0,
            program: "autovacuum worker",
        };
        let text = format!(
            "automatic vacuum of table \"registry.public.{}\": index scans: 1\npages: 0 removed, {} remain, {} scanned\ntuples: {} removed, {} remain, 0 are dead but not yet removable",
            r.pick(&["requests", "sessions", "citizens", "queue"]),
            r.between(50, 9000),
            r.between(20, 900),
            r.between(10, 4000),
            r.between(1000, 400_000)
        );
        own.say(
            stage,
            at,
            Said {
                class: "pg.autovacuum",
                tag: "",
                severity: "LOG",
                state: "00000",
                message: &text,
                query: "",
            },
        );
    }
}

fn administrator(stage: &mut Stage, r: &mut Stream, at: i64) {
    let mut session = Session::open(stage, r, at, "e.sadykov", "registry", DBA.address, "psql");
    if r.permille(150) {
        let mut wrong = Session::new(r, at - 20 * SECOND, "e.sadykov", "registry", DBA.address, "psql");
        wrong.error(
            stage,
            at - 20 * SECOND,
            "pg.auth_failed",
            "28P01",
            "password authentication failed for user \"e.sadykov\"",
            "",
        );
    }
    let steps: &[(&'static str, &str, &str, &str, &str)] = &[
        (
            "pg.audit_role",
            "ROLE",
            "GRANT",
            "",
            "GRANT SELECT ON requests TO report_ro",
        ),
        (
            "pg.audit_ddl",
            "DDL",
            "CREATE INDEX",
            "public.requests",
            "CREATE INDEX requests_opened ON requests (opened)",
        ),
        (
            "pg.audit_ddl",
            "DDL",
            "ALTER TABLE",
            "public.queue",
            "ALTER TABLE queue ADD COLUMN note text",
        ),
        (
            "pg.audit_read",
            "READ",
            "SELECT",
            "public.citizens",
            "SELECT count(*) FROM citizens",
        ),
        (
            "pg.audit_role",
            "ROLE",
            "ALTER ROLE",
            "",
            "ALTER ROLE report_ro PASSWORD <REDACTED>",
        ),
        (
            "pg.audit_misc",
            "MISC",
            "VACUUM",
            "",
            "VACUUM (VERBOSE, ANALYZE) requests",
        ),
    ];
    for k in 0..1 + r.below(4) as i64 {
        let (class, kind, command, object, sql) = *r.pick(steps);
        session.audit(
            stage,
            at + (30 + 70 * k) * SECOND,
            (class, kind),
            command,
            object,
            sql,
        );
    }
    session.close(stage, at + 20 * MINUTE);
}

/// The nightly full backup: `COPY … TO stdout` of every table by the backup account.
pub(in crate::scenario) fn backup(stage: &mut Stage, r: &mut Stream, at: i64) {
    let mut session = Session::open(stage, r, at, "backup", "registry", BACKUP, "pg_dump");
    let mut now = at + SECOND;
    for table in ["citizens", "requests", "queue", "documents", "payments"] {
        session.audit(
            stage,
            now,
            ("pg.audit_read", "READ"),
            "COPY",
            &format!("public.{table}"),
            &format!("COPY public.{table} TO stdout;"),
        );
        now += r.between(20, 260) * SECOND;
    }
    session.close(stage, now);
}
