//! The Linux audit log: `type=SYSCALL msg=audit(1364481363.243:24287): field=value …`.
//!
//! One event is several records with the same serial number. Each record is a row of its own, tied by
//! `event_group` (node, epoch, serial); the first carries kind and outcome, the others are `part`. What the first
//! record says of who and which process is written into the others too, as far as they follow within
//! [`WINDOW`] events, so that a path or a command line is read together with its user.
//!
//! One exception to `part`: a record that shows that a person (login uid set) read or wiped a log carries
//! `log.view`, `log.clear` … itself, since the first record had gone before the path was known.

mod fields;
#[cfg(test)]
mod golden_tests;
mod kinds;
mod syscalls;
#[cfg(test)]
mod tests;
mod values;

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text, TimeReading};

use super::log_access;
use super::scan::{self, split};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;

/// How many events the records of one event may be interleaved with.
const WINDOW: usize = 8;

/// The Linux audit log.
pub(crate) const FORMAT: Format = Format {
    name: "auditd",
    title: "Linux audit log",
    reference: "audit-userspace: auditd(8), auparse field dictionary; linux/audit.h record types",
    category: Some(Category::Os),
    kinds: super::syslog::AUDIT_KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[Sample {
    bytes: b"type=SYSCALL msg=audit(1767208323.250:4411): arch=c000003e syscall=59 success=yes exit=0 a0=55d0 items=2 ppid=900 pid=901 auid=1000 uid=0 euid=0 tty=pts0 ses=3 comm=\"cat\" exe=\"/usr/bin/cat\" key=\"logs\"\x1dARCH=x86_64 SYSCALL=execve AUID=\"aigul\" UID=\"root\"\n\
type=EXECVE msg=audit(1767208323.250:4411): argc=2 a0=\"cat\" a1=\"/var/log/secure\"\n\
type=PROCTITLE msg=audit(1767208323.250:4411): proctitle=636174002F7661722F6C6F672F736563757265\n\
type=USER_LOGIN msg=audit(1767208400.000:4412): pid=950 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct=28756E6B6E6F776E207573657229 exe=\"/usr/sbin/sshd\" hostname=? addr=203.0.113.9 terminal=ssh res=failed'\n",
    events: &[
        &[
            ("kind", "process.start"),
            ("outcome", "success"),
            ("user_name", "aigul"),
            ("process", "cat"),
            ("pid", "901"),
            ("session", "3"),
            ("x_rule", "logs"),
            ("attrs.syscall", "execve"),
            ("event_group", "1767208323.250:4411"),
        ],
        &[
            ("kind", "log.view"),
            ("target", "/var/log/secure"),
            ("user_name", "aigul"),
            ("x_command_line", "cat /var/log/secure"),
            ("event_group", "1767208323.250:4411"),
        ],
        &[("kind", "part"), ("x_command_line", "cat /var/log/secure")],
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "(unknown user)"),
            ("src_ip", "203.0.113.9"),
            ("attrs.auid", "unset"),
        ],
    ],
}];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| {
        (line.starts_with("type=") || line.starts_with("node=")) && scan::has(line, " msg=audit(")
    });
    (share >= 50).then(|| Claim {
        confidence: 85 + share / 10,
        reason: format!("{share} of 100 lines begin with type= and have msg=audit(seconds:serial)"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Audit::default())
}

/// What the first record of an event said, for those that follow it.
#[derive(Debug, Default)]
struct Begun {
    group: String,
    /// Whether the first record (not only auxiliary ones) has been seen.
    head: bool,
    user: String,
    process: String,
    session: String,
    syscall: &'static str,
    pid: Option<i64>,
    /// A login uid is set: somebody logged on is behind it.
    person: bool,
    /// Flags of `open`, where it is one.
    open_flags: Option<u64>,
    success: bool,
    /// What was done to a log has been told already.
    told: bool,
}

#[derive(Default)]
struct Audit {
    recent: Vec<Begun>,
    next: usize,
    /// The record stands alone in another log: nothing to remember for others.
    alone: bool,
    decoded: String,
    line: String,
}

impl RecordReader for Audit {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        if self.read_line(record.text, event) {
            Verdict::Event
        } else {
            Verdict::Unparsed("the line has no type= and msg=audit(seconds:serial)")
        }
    }
}

/// An audit record that came inside another log (kernel, audispd, journal): read alone, without its neighbours.
pub(crate) fn read_embedded(text: &str, event: &mut EventBuf) -> bool {
    let mut audit = Audit {
        alone: true,
        ..Audit::default()
    };
    if scan::has(text, "audit(") {
        // The outer log has its own time; the record's is the more exact one.
        let outer_text = event.get(Text::TimeText).is_some();
        let outer = event.reading;
        let known = audit.read_line(text, event);
        if known && outer_text {
            event.reading = event.reading.or(outer);
        }
        return known;
    }
    // The journal has type and fields only: `USER_LOGIN pid=1 …`.
    let (kind, body) = scan::word(text);
    let typed = !kind.is_empty()
        && kind
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit());
    if !typed || !body.holds(b'=') {
        return false;
    }
    audit.begin_event(kind, "", event);
    audit.read_body(kind, body, event);
    audit.finish(kind, event);
    true
}

/// `[node=N ]type=T msg=audit(S.MMM:SERIAL): body`
struct Head4<'a> {
    node: &'a str,
    kind: &'a str,
    stamp: &'a str,
    body: &'a str,
}

fn head_of(line: &str) -> Option<Head4<'_>> {
    let (node, rest) = match line.strip_prefix("node=") {
        Some(rest) => scan::word(rest),
        None => ("", line),
    };
    let rest = rest.strip_prefix("type=")?;
    let (kind, rest) = scan::word(rest);
    let rest = rest.strip_prefix("msg=").unwrap_or(rest);
    let (stamp, rest) = split(rest.strip_prefix("audit(")?, ")")?;
    let body = rest.strip_prefix(':').unwrap_or(rest).less_start(b' ');
    let bare = kind
        .strip_prefix("UNKNOWN[")
        .and_then(|k| k.strip_suffix(']'))
        .unwrap_or(kind);
    Some(Head4 {
        node,
        kind: kinds::type_name(bare).unwrap_or(kind),
        stamp,
        body,
    })
}

/// `1364481363.243`: nanoseconds since 1970.
fn instant(seconds: &str) -> Option<TimeReading> {
    let (whole, fraction) = seconds.cut(b'.').unwrap_or((seconds, ""));
    let whole: i64 = whole.parse().ok()?;
    let mut nanos = 0i128;
    let mut place = 100_000_000;
    for digit in fraction.bytes().take(9) {
        nanos += i128::from(digit.checked_sub(b'0').filter(|d| *d < 10)?) * place;
        place /= 10;
    }
    Some(TimeReading::Instant {
        nanos: i128::from(whole) * 1_000_000_000 + nanos,
    })
}

/// Whether a stamp is no time of day: no machine that writes audit records has run before 2000.
fn is_uptime(reading: &TimeReading) -> bool {
    const YEAR_2000: i128 = 946_684_800;
    matches!(reading, TimeReading::Instant { nanos } if *nanos < YEAR_2000 * 1_000_000_000)
}

impl Audit {
    fn read_line(&mut self, line: &str, event: &mut EventBuf) -> bool {
        let Some(head) = head_of(line) else { return false };
        let Some((seconds, serial)) = head.stamp.cut(b':') else {
            return false;
        };
        if serial.is_empty() || !serial.bytes().all(|b| b.is_ascii_digit()) {
            return false;
        }
        let Some(reading) = instant(seconds) else {
            return false;
        };
        if self.alone && event.reading.is_some() && is_uptime(&reading) {
            // Before the clock is set the kernel counts from its start; the log around it knows better.
            event.attr("audit_time", seconds);
        } else {
            event.reading = Some(reading);
            event.set(Text::TimeText, seconds);
        }
        if head.node.is_empty() {
            event.set(Text::EventGroup, head.stamp);
        } else {
            event.set(Text::Host, head.node);
            event.set_joined(Text::EventGroup, &[head.node, ":", head.stamp]);
        }
        event.set(Text::XRecordId, serial);
        let group = event.get(Text::EventGroup).unwrap_or_default();
        self.find(group);
        self.begin_event(head.kind, head.body, event);
        self.read_body(head.kind, head.body, event);
        self.finish(head.kind, event);
        true
    }

    /// Makes `next` the place of this event in the window.
    fn find(&mut self, group: &str) {
        if self.alone {
            return;
        }
        if self.recent.get(self.next).is_some_and(|b| b.group == group) {
            return;
        }
        if let Some(at) = self.recent.iter().position(|b| b.group == group) {
            self.next = at;
            return;
        }
        if self.recent.len() < WINDOW {
            self.next = self.recent.len();
            self.recent.push(Begun::default());
        } else {
            self.next = (self.next + 1) % WINDOW;
        }
        if let Some(begun) = self.recent.get_mut(self.next) {
            // Keep the memory of the texts.
            begun.group.clear();
            begun.group.push_str(group);
            begun.user.clear();
            begun.process.clear();
            begun.session.clear();
            begun.syscall = "";
            (begun.head, begun.person, begun.success, begun.told) = (false, false, false, false);
            (begun.pid, begun.open_flags) = (None, None);
        }
    }

    /// First record or part: settled before the fields, which the parts take over from the first.
    fn begin_event(&mut self, kind: &str, body: &str, event: &mut EventBuf) {
        event.set(Text::Code, kind);
        event.set(Text::Service, "auditd");
        event.set_if_absent(Text::Message, body);
        let Some(begun) = self.recent.get(self.next) else {
            event.kind = kinds::of_type(kind);
            return;
        };
        if begun.head || kinds::is_auxiliary(kind) {
            event.kind = Kind::PART;
            if !begun.head {
                event.set(Text::Status, "late-part");
            }
            event.set(Text::UserName, &begun.user);
            event.set(Text::Process, &begun.process);
            event.set(Text::Session, &begun.session);
            if let Some(pid) = begun.pid {
                event.set_number(Number::Pid, pid);
            }
        } else {
            event.kind = kinds::of_type(kind);
        }
    }

    /// The fields: those of the kernel, then those of the program in `msg='…'`, then the names after 0x1D.
    fn read_body(&mut self, kind: &str, body: &str, event: &mut EventBuf) {
        let (raw, enriched) = match crate::near::byte(0x1d, body.as_bytes()) {
            Some(at) => (
                body.get(..at).unwrap_or_default(),
                body.get(at + 1..).unwrap_or_default(),
            ),
            None => (body, ""),
        };
        let (outer, rest) = split(raw, "msg='").unwrap_or((raw, ""));
        // The program's text may hold quotes; it ends at the last one.
        let (inner, tail) = scan::split_last(rest, "'").unwrap_or((rest, ""));
        let accepted = kind == "SOCKADDR" && self.accepts();
        let mut decoded = std::mem::take(&mut self.decoded);
        if kind == "EXECVE" {
            fields::arguments(outer, &mut decoded, &mut self.line, event);
        } else {
            for part in [outer, inner] {
                values::fields(part, |name, value, quoted| {
                    let hexed =
                        !quoted && values::is_escaped_field(name) && values::unhex(value, &mut decoded);
                    let value = if hexed { decoded.as_str() } else { value };
                    if accepted && name == "saddr" {
                        fields::socket(value, true, event);
                    } else {
                        fields::field(kind, name, value, event);
                    }
                });
            }
        }
        for part in [tail, enriched] {
            values::fields(part, |name, value, _| fields::enrichment(name, value, event));
        }
        self.decoded = decoded;
        if kind == "AVC" || kind == "USER_AVC" {
            fields::access_vector(raw, event);
        }
    }

    /// Settles what depends on all fields, and remembers the first record.
    fn finish(&mut self, kind: &str, event: &mut EventBuf) {
        fields::settle_user(kind, event);
        let number = event.find_attr("syscall_number").and_then(|n| n.parse().ok());
        let arch = event.find_attr("arch").unwrap_or_default();
        let syscall = number.and_then(|n| syscalls::name(arch, n)).unwrap_or("");
        if event.find_attr("syscall").is_none() && number.is_some() {
            if syscall.is_empty() {
                event.copy_attr("syscall_number", Text::Action);
            } else {
                event.attr("syscall", syscall);
                event.set(Text::Action, syscall);
            }
        }
        if event.kind == Kind::PART {
            self.tell_log_access(kind, event);
        } else {
            if kind == "SYSCALL" {
                event.kind = event.find_attr("syscall").map_or(Kind::OTHER, kinds::of_syscall);
            }
            kinds::sharpen(kind, event);
        }
        if kind == "USER_CMD" && event.outcome != Outcome::Failure {
            let command = event.get(Text::XCommandLine).unwrap_or_default().to_owned();
            log_access::apply(&command, event);
        }
        if event.kind != Kind::PART && !kinds::is_auxiliary(kind) {
            self.remember(syscall, event);
        }
    }

    fn remember(&mut self, syscall: &'static str, event: &EventBuf) {
        let Some(begun) = self.recent.get_mut(self.next) else {
            return;
        };
        begun.head = true;
        begun.user.push_str(event.get(Text::UserName).unwrap_or_default());
        begun
            .process
            .push_str(event.get(Text::Process).unwrap_or_default());
        begun
            .session
            .push_str(event.get(Text::Session).unwrap_or_default());
        begun.pid = event.number(Number::Pid);
        begun.syscall = syscall;
        begun.success = event.outcome == Outcome::Success;
        begun.person = event.find_attr("auid").is_some_and(|id| id != "unset");
        let flags = match syscall {
            "open" => event.find_attr("a1"),
            "openat" => event.find_attr("a2"),
            _ => None,
        };
        begun.open_flags = flags.and_then(|f| u64::from_str_radix(f, 16).ok());
    }

    /// Whether the address of this event is the one that a connection came from.
    fn accepts(&self) -> bool {
        let accepts = ["accept", "accept4", "recvfrom", "recvmsg", "getpeername"];
        let begun = self.recent.get(self.next);
        begun.is_some_and(|b| accepts.contains(&b.syscall))
    }

    /// A part that shows that a person read or wiped a log says so itself.
    fn tell_log_access(&mut self, kind: &str, event: &mut EventBuf) {
        let Some(begun) = self.recent.get_mut(self.next) else {
            return;
        };
        if !begun.head || !begun.person || begun.told || !begun.success {
            return;
        }
        match kind {
            "EXECVE" => {
                let command = event.get(Text::XCommandLine).unwrap_or_default();
                let Some(access) = log_access::of_command(command) else {
                    return;
                };
                let (kind, target) = (access.kind, access.target.to_owned());
                event.set(Text::Target, &target);
                let Some(kind) = kind else { return };
                event.kind = kind;
                if kind == Kind::PROTECTION_DISABLE {
                    event.attr("component", "logging");
                }
            }
            "PATH" => {
                let Some(path) = event.get(Text::Target).filter(|p| log_access::is_log(p)) else {
                    return;
                };
                // A directory is named as the parent of what is opened or deleted in it.
                if path.ends_with('/') || event.find_attr("nametype") == Some("PARENT") {
                    return;
                }
                let Some(kind) = path_access(begun) else { return };
                event.kind = kind;
            }
            _ => return,
        }
        begun.told = true;
        event.outcome = Outcome::Success;
    }
}

/// What the system call did to the log that a PATH record names.
fn path_access(begun: &Begun) -> Option<Kind> {
    const ACCESS_MODE: u64 = 3;
    const TRUNCATE: u64 = 0o1000;
    match begun.syscall {
        "open" | "openat" => {
            let flags = begun.open_flags?;
            if flags & TRUNCATE != 0 {
                Some(Kind::LOG_CLEAR)
            } else {
                (flags & ACCESS_MODE == 0).then_some(Kind::LOG_VIEW)
            }
        }
        "unlink" | "unlinkat" | "truncate" => Some(Kind::LOG_CLEAR),
        _ => None,
    }
}
