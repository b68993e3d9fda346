//! Commands that read, copy, or wipe logs: who looked at the trail, and who removed it.
//!
//! One rule for sudo, auditd and shell history. A kind is given only where the command shows it beyond doubt:
//!
//! | the command | kind |
//! | --- | --- |
//! | a viewer (`cat`, `less`, `tail`, `vi`, `grep` …) with a log file; `journalctl`, `last`, `lastb`, `lastlog`, `ausearch`, `aureport`, `dmesg`, `utmpdump` | `log.view` |
//! | a copier (`cp`, `scp`, `rsync`, `tar`, `zip` …) with a log file as source | `log.export` |
//! | `rm`, `unlink`, `shred`, `truncate`, `wipe`, `srm` with a log file; `sed -i`, `perl -i`; a log file behind `>`; `tee`, `dd of=`; `cp /dev/null`; `journalctl --vacuum-…`; `dmesg -C`; `history -c` | `log.clear` |
//! | `logrotate -f`, `journalctl --rotate`, `--flush` | `log.rotate` |
//! | `systemctl`/`service` stop, kill, mask, disable of a logging service; `auditctl -e 0` | `protection.disable` |
//! | `auditctl -D`, `-W`, `-d`, `-a`, `-A` | `log.policy_change` |
//!
//! Any other command on a log file (`chmod`, `mv`, `chown` …) keeps the kind that its record has; the log file
//! still becomes the target. An editor counts as a reader: what it changed no command line shows.

use letopis_event::{EventBuf, Kind, Text};

use crate::formats::scan::{AnyOf, Cut as _};

/// What a command does to a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LogAccess<'a> {
    /// What it does, where the command shows it beyond doubt.
    pub(crate) kind: Option<Kind>,
    /// The log: a path, or what the program stands for (`/var/log/wtmp`, `journal`).
    pub(crate) target: &'a str,
}

/// Puts what a command does to a log into the event: its target, and its kind where there is no doubt.
pub(crate) fn apply(command: &str, event: &mut EventBuf) {
    let Some(access) = of_command(command) else { return };
    event.set(Text::Target, access.target);
    if let Some(kind) = access.kind {
        event.kind = kind;
        if kind == Kind::PROTECTION_DISABLE {
            event.attr("component", "logging");
        }
    }
}

/// Looks at a command line as sudo, auditd or a shell recorded it.
pub(crate) fn of_command(command: &str) -> Option<LogAccess<'_>> {
    if !SIGNS.holds(command) {
        return None;
    }
    nested(command, 0)
}

/// Everything that matters holds one of these; most commands are dismissed by them.
static SIGNS: AnyOf = AnyOf::new(&[
    "log", "journal", "last", "dmesg", "ausearch", "aureport", "auditctl", "auditd", "audit/", "history",
    "/adm/", "utmp", "wtmp", "btmp",
]);

/// A shell given a command (`sh -c '…'`), at most three deep.
fn nested(command: &str, depth: u8) -> Option<LogAccess<'_>> {
    // Each simple command on its own: the strongest finding wins.
    let mut best: Option<LogAccess<'_>> = None;
    for simple in simple_commands(command) {
        let found = if depth < 3
            && let Some(inner) = shell_argument(simple)
        {
            nested(inner, depth + 1)
        } else {
            of_simple(simple)
        };
        best = match (best, found) {
            (Some(old), Some(new)) if weight(new) <= weight(old) => Some(old),
            (old, None) => old,
            (_, new) => new,
        };
    }
    best
}

fn weight(access: LogAccess<'_>) -> u8 {
    match access.kind {
        None => 0,
        Some(Kind::LOG_VIEW) => 1,
        Some(Kind::LOG_EXPORT | Kind::LOG_ROTATE) => 2,
        Some(_) => 3,
    }
}

/// Cuts at `;`, `|`, `&&`, `||` and `&` outside quotes.
fn simple_commands(command: &str) -> impl Iterator<Item = &str> {
    let bytes = command.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= bytes.len() {
            return None;
        }
        let start = at;
        let mut quote = 0u8;
        while let Some(byte) = bytes.get(at).copied() {
            match byte {
                b'\\' => at += 1,
                b'"' | b'\'' if quote == 0 => quote = byte,
                b'"' | b'\'' if quote == byte => quote = 0,
                // `2>&1` and `&>` are redirections.
                b'&' if quote == 0
                    && (bytes.get(at + 1) == Some(&b'>')
                        || at.checked_sub(1).and_then(|p| bytes.get(p)) == Some(&b'>')) => {}
                b';' | b'|' | b'&' | b'\n' if quote == 0 => break,
                _ => {}
            }
            at += 1;
        }
        let piece = command.get(start..at.min(bytes.len())).unwrap_or_default();
        at += 1;
        Some(piece.trimmed())
    })
}

/// What `sh -c` is given, without its quotes.
fn shell_argument(simple: &str) -> Option<&str> {
    let (program, rest) = program_of(simple)?;
    if !matches!(program, "sh" | "bash" | "dash" | "zsh" | "ksh" | "ash") {
        return None;
    }
    let mut words = Words::new(rest);
    while let Some(word) = words.next() {
        if word.starts_with('-') && word.ends_with('c') && !word.starts_with("--") {
            let inner = rest.get(words.at..)?.trimmed();
            let bare = ['\'', '"']
                .iter()
                .find_map(|q| inner.strip_prefix(*q).map(|i| i.strip_suffix(*q).unwrap_or(i)));
            return Some(bare.unwrap_or(inner));
        }
    }
    None
}

/// The name of the program and its arguments, past `sudo`, `env`, `nohup`, `nice` and `NAME=value`.
fn program_of(simple: &str) -> Option<(&str, &str)> {
    let mut words = Words::new(simple);
    loop {
        let word = words.next()?;
        let name =
            memchr::memrchr(b'/', word.as_bytes()).map_or(word, |at| word.get(at + 1..).unwrap_or(word));
        let prefix = matches!(
            name,
            "sudo" | "env" | "nohup" | "nice" | "ionice" | "time" | "exec" | "command"
        );
        let assigned =
            super::scan::cut(word, b'=').is_some_and(|(n, _)| !n.is_empty() && !n.holds_any(b"/-"));
        if prefix || assigned || (word.starts_with('-') && words.at > word.len() + 1) {
            continue;
        }
        return Some((name, simple.get(words.at..).unwrap_or_default()));
    }
}

/// Words as a shell cuts them, quotes stripped at both ends.
struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        let start = self.at;
        let mut quote = 0u8;
        while let Some(byte) = bytes.get(self.at).copied() {
            match byte {
                b'\\' => self.at += 1,
                b'"' | b'\'' if quote == 0 => quote = byte,
                b'"' | b'\'' if quote == byte => quote = 0,
                _ if byte.is_ascii_whitespace() && quote == 0 => break,
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.at.min(bytes.len());
        let word = self.text.get(start..self.at).unwrap_or_default();
        let quoted = |b: Option<&u8>| matches!(b, Some(b'"' | b'\''));
        let plain = if quoted(word.as_bytes().first()) || quoted(word.as_bytes().last()) {
            word.less_both(b"\"'")
        } else {
            word
        };
        (!word.is_empty()).then_some(plain)
    }
}

fn of_simple(simple: &str) -> Option<LogAccess<'_>> {
    if let Some(target) = redirected(simple) {
        return found(Some(Kind::LOG_CLEAR), target);
    }
    let (program, arguments) = program_of(simple)?;
    if let Some(access) = of_log_tool(program, arguments) {
        return Some(access);
    }
    let log = Words::new(arguments)
        .map(|w| w.strip_prefix("of=").unwrap_or(w))
        .find(|w| is_log(w))?;
    let kind = match program {
        "cat" | "less" | "more" | "most" | "head" | "tail" | "vi" | "vim" | "view" | "nano" | "ed"
        | "emacs" | "mcview" | "mcedit" | "pico" | "joe" | "sudoedit" | "grep" | "egrep" | "fgrep"
        | "zgrep" | "zcat" | "zless" | "zmore" | "bzcat" | "xzcat" | "zstdcat" | "gunzip" | "awk"
        | "gawk" | "mawk" | "cut" | "sort" | "uniq" | "strings" | "od" | "xxd" | "hexdump" | "tac" | "nl"
        | "multitail" | "lnav" | "diff" | "bat" | "rg" => {
            let in_place = matches!(program, "awk" | "gawk") && arguments.has("inplace");
            Some(if in_place { Kind::LOG_CLEAR } else { Kind::LOG_VIEW })
        }
        "sed" | "perl" => Some(if edits_in_place(arguments) {
            Kind::LOG_CLEAR
        } else {
            Kind::LOG_VIEW
        }),
        "rm" | "unlink" | "shred" | "truncate" | "wipe" | "srm" => Some(Kind::LOG_CLEAR),
        "tee" => (!Words::new(arguments).any(|w| w == "-a" || w == "--append")).then_some(Kind::LOG_CLEAR),
        "dd" => Some(if arguments.has("of=") && !arguments.has("if=/var/log") {
            Kind::LOG_CLEAR
        } else {
            Kind::LOG_EXPORT
        }),
        "cp" | "scp" | "rsync" | "tar" | "zip" | "7z" | "curl" | "nc" | "ncat" | "sftp" | "install" => {
            copied(program, arguments)
        }
        _ => None,
    };
    found(kind, log)
}

fn found(kind: Option<Kind>, target: &str) -> Option<LogAccess<'_>> {
    Some(LogAccess { kind, target })
}

/// A log written over by `>` (not appended to by `>>`).
fn redirected(simple: &str) -> Option<&str> {
    let mut quote = 0u8;
    let at = simple.bytes().position(|byte| {
        match byte {
            b'"' | b'\'' if quote == 0 => quote = byte,
            b'"' | b'\'' if quote == byte => quote = 0,
            _ => {}
        }
        byte == b'>' && quote == 0
    })?;
    let rest = simple.get(at + 1..)?;
    let rest = rest.strip_prefix('|').unwrap_or(rest);
    if rest.starts_with(['>', '&']) {
        return None;
    }
    Words::new(rest).next().filter(|w| is_log(w))
}

fn edits_in_place(arguments: &str) -> bool {
    Words::new(arguments).any(|w| {
        w.starts_with("--in-place")
            || (w.starts_with('-') && !w.starts_with("--") && w.len() < 6 && w.holds(b'i'))
    })
}

/// Copying a log away is an export; copying something over a log wipes it.
fn copied(program: &str, arguments: &str) -> Option<Kind> {
    let mut words = Words::new(arguments).filter(|w| !w.starts_with('-'));
    let first = words.next()?;
    if matches!(program, "cp" | "install") && first == "/dev/null" {
        return Some(Kind::LOG_CLEAR);
    }
    let last = words.last().unwrap_or(first);
    // With the log as the last word only (a restore) it is not known which side it is on.
    let source_is_log = is_log(first) || matches!(program, "tar" | "zip" | "7z" | "curl");
    (source_is_log && (first != last || program == "curl")).then_some(Kind::LOG_EXPORT)
}

/// Programs that are about logs by themselves.
fn of_log_tool<'a>(program: &str, arguments: &'a str) -> Option<LogAccess<'a>> {
    let any = |wanted: &[&str]| Words::new(arguments).any(|w| wanted.contains(&w));
    match program {
        "journalctl" => {
            let starts = |prefix: &str| Words::new(arguments).any(|w| w.starts_with(prefix));
            let kind = if starts("--vacuum") {
                Some(Kind::LOG_CLEAR)
            } else if any(&["--rotate", "--flush", "--relinquish-var"]) {
                Some(Kind::LOG_ROTATE)
            } else if any(&[
                "--version",
                "--help",
                "-h",
                "--disk-usage",
                "--verify",
                "--setup-keys",
                "--sync",
            ]) {
                None
            } else {
                Some(Kind::LOG_VIEW)
            };
            found(kind, "journal")
        }
        "last" => found(Some(Kind::LOG_VIEW), "/var/log/wtmp"),
        "lastb" => found(Some(Kind::LOG_VIEW), "/var/log/btmp"),
        "lastlog" => {
            let clears = any(&["-C", "--clear"]);
            found(
                Some(if clears { Kind::LOG_CLEAR } else { Kind::LOG_VIEW }),
                "/var/log/lastlog",
            )
        }
        "utmpdump" => found(
            Some(Kind::LOG_VIEW),
            Words::new(arguments).last().unwrap_or("/var/run/utmp"),
        ),
        "ausearch" | "aureport" => found(Some(Kind::LOG_VIEW), "/var/log/audit/audit.log"),
        "dmesg" => {
            let clears = any(&["-C", "-c", "--clear", "--read-clear"]);
            found(
                Some(if clears { Kind::LOG_CLEAR } else { Kind::LOG_VIEW }),
                "kernel ring buffer",
            )
        }
        "history" => any(&["-c", "-w", "-d"]).then_some(LogAccess {
            kind: any(&["-c"]).then_some(Kind::LOG_CLEAR),
            target: "shell history",
        }),
        "logrotate" => any(&["-f", "--force"]).then_some(LogAccess {
            kind: Some(Kind::LOG_ROTATE),
            target: Words::new(arguments).last().unwrap_or("logrotate"),
        }),
        "auditctl" => {
            let off = Words::new(arguments)
                .zip(Words::new(arguments).skip(1))
                .any(|(a, b)| a == "-e" && b == "0");
            let policy = any(&["-D", "-W", "-d", "-a", "-A", "-w"]);
            let kind = if off {
                Some(Kind::PROTECTION_DISABLE)
            } else {
                policy.then_some(Kind::LOG_POLICY_CHANGE)
            };
            kind.and_then(|kind| found(Some(kind), "audit rules"))
        }
        _ => stopped_service(program, arguments),
    }
}

/// Stopping what writes the logs.
fn stopped_service<'a>(program: &str, arguments: &'a str) -> Option<LogAccess<'a>> {
    if !matches!(
        program,
        "systemctl" | "service" | "rc-service" | "pkill" | "killall"
    ) {
        return None;
    }
    let service = Words::new(arguments).find(|w| is_logging_service(w))?;
    let stops = matches!(program, "pkill" | "killall")
        || Words::new(arguments).any(|w| matches!(w, "stop" | "kill" | "mask" | "disable"));
    stops.then_some(LogAccess {
        kind: Some(Kind::PROTECTION_DISABLE),
        target: service,
    })
}

/// Services that write or carry logs.
pub(crate) fn is_logging_service(unit: &str) -> bool {
    let name = unit
        .strip_suffix(".service")
        .or_else(|| unit.strip_suffix(".socket"))
        .unwrap_or(unit);
    matches!(
        name,
        "rsyslog"
            | "rsyslogd"
            | "syslog"
            | "syslogd"
            | "syslog-ng"
            | "auditd"
            | "systemd-journald"
            | "journald"
            | "systemd-journald-dev-log"
            | "systemd-journald-audit"
            | "klogd"
            | "fluentd"
            | "td-agent"
            | "fluent-bit"
            | "filebeat"
            | "auditbeat"
            | "winlogbeat"
            | "nxlog"
            | "vector"
            | "promtail"
    )
}

/// Whether a word names a log: a file below a log directory, or a shell history.
pub(crate) fn is_log(word: &str) -> bool {
    const DIRECTORIES: [&str; 8] = [
        "/var/log/",
        "/var/adm/",
        "/run/log/",
        "/var/audit/",
        "/var/lib/pgsql/data/log/",
        "/var/lib/docker/containers/",
        "/private/var/log/",
        "/usr/local/var/log/",
    ];
    // `host:/var/log/x` of scp
    let path = word
        .cut(b':')
        .map_or(word, |(_, p)| if p.starts_with('/') { p } else { word });
    if path.has("/../") {
        return false;
    }
    let below = DIRECTORIES
        .iter()
        .any(|d| path.strip_prefix(d).is_some_and(|rest| !rest.is_empty()));
    below
        || matches!(path, "/var/log" | "/var/log/" | "/var/run/utmp" | "/run/utmp")
        || [
            ".bash_history",
            ".zsh_history",
            ".ash_history",
            ".sh_history",
            ".psql_history",
            ".mysql_history",
        ]
        .iter()
        .any(|name| {
            path.strip_suffix(name)
                .is_some_and(|before| before.is_empty() || before.ends_with('/'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(command: &str, expected: Option<(&str, &str)>) {
        let found = of_command(command).map(|a| (a.kind.map_or("", Kind::as_str), a.target));
        assert_eq!(found, expected, "{command}");
    }

    #[test]
    fn readers_are_views() {
        check("/bin/cat /var/log/secure", Some(("log.view", "/var/log/secure")));
        check(
            "/usr/bin/tail -f -n 100 /var/log/audit/audit.log",
            Some(("log.view", "/var/log/audit/audit.log")),
        );
        check(
            "/usr/bin/journalctl -u sshd --since today",
            Some(("log.view", "journal")),
        );
        check(
            "grep -i 'Accepted password' /var/log/auth.log.1",
            Some(("log.view", "/var/log/auth.log.1")),
        );
        check("/usr/bin/last -n 20", Some(("log.view", "/var/log/wtmp")));
        check(
            "bash -c 'zcat /var/log/auth.log.2.gz | grep root'",
            Some(("log.view", "/var/log/auth.log.2.gz")),
        );
        check(
            "sed -n 1,20p /var/log/messages",
            Some(("log.view", "/var/log/messages")),
        );
    }

    #[test]
    fn wiping_is_clearing() {
        check(
            "/bin/rm -f /var/log/auth.log",
            Some(("log.clear", "/var/log/auth.log")),
        );
        check(
            "/usr/bin/truncate -s 0 /var/log/nginx/access.log",
            Some(("log.clear", "/var/log/nginx/access.log")),
        );
        check("sh -c \"> /var/log/wtmp\"", Some(("log.clear", "/var/log/wtmp")));
        check("echo 'a > /var/log/wtmp'", None);
        check(
            "sh -c \"echo -n > /var/log/wtmp\"",
            Some(("log.clear", "/var/log/wtmp")),
        );
        check(
            "bash -c 'cat /dev/null > /var/log/secure && history -c'",
            Some(("log.clear", "/var/log/secure")),
        );
        check(
            "sed -i /203.0.113.7/d /var/log/auth.log",
            Some(("log.clear", "/var/log/auth.log")),
        );
        check("cp /dev/null /var/log/btmp", Some(("log.clear", "/var/log/btmp")));
        check("journalctl --vacuum-time=1s", Some(("log.clear", "journal")));
        check("history -c", Some(("log.clear", "shell history")));
        check(
            "shred -u /srv/anna/.bash_history",
            Some(("log.clear", "/srv/anna/.bash_history")),
        );
        check("tee /var/log/lastlog", Some(("log.clear", "/var/log/lastlog")));
    }

    #[test]
    fn carrying_off_is_exporting() {
        check(
            "cp /var/log/auth.log /mnt/usb/",
            Some(("log.export", "/var/log/auth.log")),
        );
        check(
            "tar czf /mnt/usb/l.tgz /var/log/nginx/",
            Some(("log.export", "/var/log/nginx/")),
        );
        check(
            "scp /var/log/messages backup@10.0.0.9:/srv/",
            Some(("log.export", "/var/log/messages")),
        );
    }

    #[test]
    fn stopping_the_loggers_is_noticed() {
        check(
            "systemctl stop rsyslog.service",
            Some(("protection.disable", "rsyslog.service")),
        );
        check("auditctl -e 0", Some(("protection.disable", "audit rules")));
        check("auditctl -D", Some(("log.policy_change", "audit rules")));
        check("systemctl restart rsyslog", None);
    }

    #[test]
    fn doubt_gives_no_kind() {
        check("chmod 640 /var/log/auth.log", Some(("", "/var/log/auth.log")));
        check(
            "mv /var/log/auth.log /var/log/auth.log.old",
            Some(("", "/var/log/auth.log")),
        );
        check("cat /etc/logrotate.conf", None);
        check("ls -l /var/log/nginx", Some(("", "/var/log/nginx")));
        check("echo x >> /var/log/app.log", Some(("", "/var/log/app.log")));
        check("vi /etc/rsyslog.conf", None);
        check("login root", None);
    }
}
