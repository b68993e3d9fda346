//! The lines of bulk logs: few allocations, much entropy where real logs have it (addresses, ports, ids, sizes),
//! little where they have little (hosts, programs, wording).

use std::io::Write as _;

use chrono::{Datelike as _, NaiveDate};

use crate::clock::{SCENARIO_FROM, SECOND};
use crate::rng::Stream;

/// What a file holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Access,
    Syslog,
    Firewall,
    Json,
    Database,
}

impl Kind {
    /// Percent of the bytes.
    pub(super) const SHARES: &[(Self, u64)] = &[
        (Self::Access, 30),
        (Self::Syslog, 25),
        (Self::Firewall, 20),
        (Self::Json, 15),
        (Self::Database, 10),
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Syslog => "syslog",
            Self::Firewall => "asa",
            Self::Json => "app",
            Self::Database => "postgresql",
        }
    }

    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Json => "jsonl",
            Self::Database => "csv",
            _ => "log",
        }
    }
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const HOSTS: &[&str] = &[
    "srv-web", "srv-web2", "srv-db", "srv-app", "srv-mail", "gw-01", "node-17", "node-18",
];
const USERS: &[&str] = &[
    "a.nurlanova",
    "b.akhmetov",
    "e.sadykov",
    "n.kim",
    "root",
    "backup",
    "www-data",
    "i.petrova",
    "svc-report",
    "deploy",
];
const PATHS: &[&str] = &[
    "/",
    "/kk/news/",
    "/ru/news/",
    "/api/v1/requests",
    "/api/v1/queue",
    "/static/js/app.js",
    "/static/css/main.css",
    "/login",
    "/files/orders",
    "/search",
];
const AGENTS: &[&str] = &[
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "curl/8.5.0",
];
const SUBJECTS: &[&str] = &[
    "request accepted",
    "өтініш қабылданды",
    "запрос отклонён: нет прав",
    "cache refreshed",
    "кезек жаңартылды",
    "отчёт построен",
    "retry scheduled",
    "session renewed",
];
const TABLES: &[&str] = &["citizens", "requests", "queue", "documents", "payments"];

/// Writes lines in the order of time.
pub(super) struct Writer {
    r: Stream,
    /// Milliseconds since 1970 on the local clock.
    now: i64,
    day: i64,
    date: NaiveDate,
    serial: u64,
}

/// Writing to memory cannot fail.
macro_rules! put {
    ($out:expr, $($part:tt)*) => {{ let _ = write!($out, $($part)*); }};
}

impl Writer {
    /// Later parts begin later.
    pub(super) fn new(r: Stream, part: u64) -> Self {
        let now = SCENARIO_FROM / 1000 + 5 * 3_600_000 + (part as i64 - 1) * 14 * 86_400_000;
        Self {
            r,
            now,
            day: i64::MIN,
            date: NaiveDate::default(),
            serial: part * 100_000_000,
        }
    }

    /// Adds one line, with a planted word where there is one.
    pub(super) fn line(&mut self, out: &mut Vec<u8>, kind: Kind, word: Option<&str>) {
        self.now += self.r.below(1900) as i64;
        self.serial += 1 + self.r.below(3);
        let day = self.now.div_euclid(86_400_000);
        if day != self.day {
            self.day = day;
            self.date = chrono::DateTime::from_timestamp(day * 86_400, 0)
                .unwrap_or_default()
                .date_naive();
        }
        let word = word.unwrap_or_default();
        match kind {
            Kind::Access => self.access(out, word),
            Kind::Syslog => self.syslog(out, word),
            Kind::Firewall => self.firewall(out, word),
            Kind::Json => self.json(out, word),
            Kind::Database => self.database(out, word),
        }
        out.push(b'\n');
    }

    fn two(out: &mut Vec<u8>, n: i64) {
        out.push(b'0' + (n / 10 % 10) as u8);
        out.push(b'0' + (n % 10) as u8);
    }

    /// `HH:MM:SS`.
    fn clock(&self, out: &mut Vec<u8>) {
        let second = self.now.rem_euclid(86_400_000) / 1000;
        Self::two(out, second / 3600);
        out.push(b':');
        Self::two(out, second / 60 % 60);
        out.push(b':');
        Self::two(out, second % 60);
    }

    /// `2025-10-01`.
    fn date(&self, out: &mut Vec<u8>) {
        put!(out, "{}", self.date.year());
        out.push(b'-');
        Self::two(out, i64::from(self.date.month()));
        out.push(b'-');
        Self::two(out, i64::from(self.date.day()));
    }

    fn month(&self) -> &'static str {
        MONTHS[self.date.month0() as usize % 12]
    }

    fn address(&mut self, out: &mut Vec<u8>, inside: bool) {
        let bits = self.r.bits();
        let (b, c, d) = (bits as u8, (bits >> 8) as u8, (bits >> 16) as u8);
        // 192.0.2.254 is a planted word; nothing else begins with 192.
        if inside {
            put!(out, "10.{}.{c}.{d}", b % 32)
        } else {
            put!(out, "{}.{b}.{c}.{d}", 11 + (bits >> 24) % 160)
        }
    }

    fn note(out: &mut Vec<u8>, word: &str) {
        if !word.is_empty() {
            out.extend_from_slice(b" note ");
            out.extend_from_slice(word.as_bytes());
        }
    }

    fn access(&mut self, out: &mut Vec<u8>, word: &str) {
        self.address(out, false);
        out.extend_from_slice(b" - - [");
        Self::two(out, i64::from(self.date.day()));
        put!(out, "/{}/{}:", self.month(), self.date.year());
        self.clock(out);
        let bits = self.r.bits();
        put!(
            out,
            " +0500] \"{} {}",
            if bits.is_multiple_of(9) { "POST" } else { "GET" },
            self.r.pick(PATHS)
        );
        if bits % 5 < 2 {
            put!(out, "?id={}&s={:08x}", bits >> 40, bits as u32);
        }
        let status = *self
            .r
            .weighted(&[(80, 200), (8, 304), (4, 302), (5, 404), (1, 403), (1, 500)]);
        let size = self.r.long_tailed(180, 9);
        put!(out, " HTTP/1.1\" {status} {size} \"-\" \"{}", self.r.pick(AGENTS));
        Self::note(out, word);
        out.push(b'"');
    }

    fn syslog(&mut self, out: &mut Vec<u8>, word: &str) {
        put!(out, "{} {:>2} ", self.month(), self.date.day());
        self.clock(out);
        let (host, user, pid) = (
            *self.r.pick(HOSTS),
            *self.r.pick(USERS),
            600 + self.serial % 4_000_000,
        );
        let bits = self.r.bits();
        let port = 1024 + bits % 64_000;
        match (bits >> 32) % 8 {
            0 | 1 => {
                put!(out, " {host} sshd[{pid}]: Failed password for {user} from ");
                self.address(out, false);
                put!(out, " port {port} ssh2");
            }
            2 => {
                put!(out, " {host} sshd[{pid}]: Accepted publickey for {user} from ");
                self.address(out, true);
                put!(
                    out,
                    " port {port} ssh2: ED25519 SHA256:{:016x}{:016x}",
                    self.r.bits(),
                    self.r.bits()
                );
            }
            3 => put!(
                out,
                " {host} CRON[{pid}]: pam_unix(cron:session): session opened for user {user}(uid=0) by (uid=0)"
            ),
            4 => put!(
                out,
                " {host} sudo: {user:>8} : TTY=pts/{} ; PWD=/home/{user} ; USER=root ; COMMAND=/usr/bin/systemctl restart unit-{:05}",
                bits % 9,
                bits % 99_991
            ),
            5 => {
                put!(
                    out,
                    " {host} kernel: [{}.{:06}] [UFW BLOCK] IN=eth0 OUT= SRC=",
                    self.now / 1000 % 9_000_000,
                    bits % 1_000_000
                );
                self.address(out, false);
                put!(
                    out,
                    " DST=10.20.1.10 LEN=40 TTL={} ID={} PROTO=TCP SPT={port} DPT={}",
                    bits % 200,
                    bits % 65_536,
                    (bits >> 16) % 9000
                );
            }
            6 => put!(
                out,
                " {host} postfix/qmgr[{pid}]: {:011X}: from=<{user}@region.example>, size={}, nrcpt=1 (queue active)",
                bits >> 20,
                bits % 90_000
            ),
            _ => put!(
                out,
                " {host} systemd[1]: session-{}.scope: Consumed {}.{:03}s CPU time.",
                self.serial,
                bits % 40,
                bits % 1000
            ),
        }
        Self::note(out, word);
    }

    fn firewall(&mut self, out: &mut Vec<u8>, word: &str) {
        put!(
            out,
            "{} {:02} {} ",
            self.month(),
            self.date.day(),
            self.date.year()
        );
        self.clock(out);
        let bits = self.r.bits();
        let (sport, dport) = (
            1024 + bits % 64_000,
            *self.r.pick(&[443, 443, 443, 80, 25, 53, 22]),
        );
        let id = self.serial;
        match (bits >> 32) % 5 {
            0 | 1 => {
                put!(
                    out,
                    " asa-fw1 : %ASA-6-302013: Built outbound TCP connection {id} for inside:"
                );
                self.address(out, true);
                put!(out, "/{sport} to outside:");
                self.address(out, false);
                put!(out, "/{dport}");
            }
            2 | 3 => {
                put!(
                    out,
                    " asa-fw1 : %ASA-6-302014: Teardown TCP connection {id} for outside:"
                );
                self.address(out, false);
                put!(
                    out,
                    "/{sport} to dmz:10.20.1.10/{dport} duration 0:{:02}:{:02} bytes {} TCP FINs",
                    bits % 60,
                    (bits >> 8) % 60,
                    (bits >> 40) % 9_000_000
                );
            }
            _ => {
                put!(out, " asa-fw1 : %ASA-4-106023: Deny tcp src outside:");
                self.address(out, false);
                put!(
                    out,
                    "/{sport} dst dmz:10.20.1.10/{dport} by access-group \"OUTSIDE_IN\" [0x{:08x}, 0x0]",
                    bits as u32
                );
            }
        }
        Self::note(out, word);
    }

    fn json(&mut self, out: &mut Vec<u8>, word: &str) {
        out.extend_from_slice(b"{\"@timestamp\":\"");
        self.date(out);
        out.push(b'T');
        self.clock(out);
        let bits = self.r.bits();
        put!(
            out,
            ".{:03}+05:00\",\"level\":\"{}\",\"service\":\"portal-{}\",\"trace\":\"{:016x}{:016x}\",\"user\":\"{}\",\"ip\":\"",
            self.now % 1000,
            self.r.weighted(&[(20, "info"), (3, "warn"), (1, "error")]),
            bits % 7,
            bits,
            self.r.bits(),
            self.r.pick(USERS)
        );
        self.address(out, true);
        put!(
            out,
            "\",\"ms\":{},\"message\":\"{} {}",
            (bits >> 20) % 4000,
            self.r.pick(SUBJECTS),
            self.serial
        );
        Self::note(out, word);
        out.extend_from_slice(b"\"}");
    }

    fn database(&mut self, out: &mut Vec<u8>, word: &str) {
        self.date(out);
        out.push(b' ');
        self.clock(out);
        let bits = self.r.bits();
        let (pid, user) = (600 + self.serial % 4_000_000, *self.r.pick(USERS));
        put!(
            out,
            ".{:03} +05,\"{user}\",\"registry\",{pid},\"",
            self.now % 1000
        );
        self.address(out, true);
        put!(
            out,
            ":{}\",{:x}.{pid:x},{},\"SELECT\",",
            32_768 + bits % 28_000,
            self.now * 1000 / SECOND,
            1 + bits % 40
        );
        self.date(out);
        out.push(b' ');
        self.clock(out);
        let table = *self.r.pick(TABLES);
        put!(
            out,
            " +05,{}/{},0,LOG,00000,\"AUDIT: SESSION,{},1,READ,SELECT,TABLE,public.{table},\"\"SELECT * FROM {table} WHERE id = {}\"\",<not logged>",
            bits % 20,
            bits % 9999,
            bits % 30,
            bits >> 44
        );
        Self::note(out, word);
        out.extend_from_slice(b"\",,,,,,,,,\"edoc\",\"client backend\",,0");
    }
}
