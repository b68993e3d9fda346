//! Heads and families of messages, by our own lines and by outsiders' logs.

use letopis_event::{EventBuf, Number, Text, TimeReading};

use super::{header, read_line};
use crate::format::Verdict;
use crate::formats::truth::{self, Score};

/// Reads a line and compares `column=value` pairs (`attrs.x` for attributes).
fn check(line: &str, expected: &[(&str, &str)]) {
    let mut event = EventBuf::default();
    assert_eq!(read_line(line, &mut event), Verdict::Event, "{line}");
    compare(line, &event, expected);
}

fn compare(line: &str, event: &EventBuf, expected: &[(&str, &str)]) {
    for (column, value) in expected {
        let found = match *column {
            "kind" => Some(event.kind.as_str().to_owned()),
            "outcome" => Some(event.outcome.as_str().to_owned()),
            "level" => event.level.map(|l| l.to_string()),
            _ => match (Text::from_column(column), column.strip_prefix("attrs.")) {
                (Some(text), _) => event.get(text).map(str::to_owned),
                (None, Some(name)) => event.find_attr(name).map(str::to_owned),
                (None, None) => {
                    let number = Number::ALL
                        .iter()
                        .find(|n| n.column() == *column)
                        .expect("a column");
                    event.number(*number).map(|n| n.to_string())
                }
            },
        };
        assert_eq!(found.as_deref().unwrap_or(""), *value, "{column} of {line}");
    }
}

/// A message behind a fixed head.
fn message(program: &str, text: &str, expected: &[(&str, &str)]) {
    check(&format!("Jan  5 10:00:00 h {program}: {text}"), expected);
}

#[test]
fn heads_in_every_dialect() {
    let check = |line: &str, host: &str, tag: &str, pid: &str, message: &str| {
        let head = header::read(line).unwrap_or_else(|| panic!("{line}"));
        assert_eq!(
            (head.host, head.tag, head.pid, head.message),
            (host, tag, pid, message),
            "{line}"
        );
    };
    check(
        "Jan  5 10:00:00 web1 sshd[12]: hello",
        "web1",
        "sshd",
        "12",
        "hello",
    );
    check(
        "<34>Oct 11 22:14:15 mymachine su: 'su root' failed",
        "mymachine",
        "su",
        "",
        "'su root' failed",
    );
    check(
        "2026-01-05T10:00:00.123456+05:00 web1 sshd-session[12]: hello",
        "web1",
        "sshd-session",
        "12",
        "hello",
    );
    check(
        "Jan 05 10:00:00 web1 postfix/smtpd[9]: connect",
        "web1",
        "postfix/smtpd",
        "9",
        "connect",
    );
    check(
        "Jan  5 10:00:00 web1 kernel: [12345.678] up",
        "web1",
        "kernel",
        "",
        "[12345.678] up",
    );
    check(
        "Jan  5 10:00:00 web1 su(pam_unix)[77]: x",
        "web1",
        "su(pam_unix)",
        "77",
        "x",
    );
    check(
        "Jan  5 10:00:00 web1 last message repeated 3 times",
        "web1",
        "",
        "",
        "last message repeated 3 times",
    );
    check("Jan  5 10:00:00 web1 -- MARK --", "web1", "", "", "-- MARK --");
    check(
        "Jan  5 10:00:00 web1 syslogd 1.4.1: restart.",
        "web1",
        "syslogd",
        "",
        "1.4.1: restart.",
    );
    check("Jan  5 10:00:00 [sshd]: User x", "", "sshd", "", "User x");
    check("Jan  5 10:00:00 sshd[12]: hello", "", "sshd", "12", "hello");
    check(
        "Jan  5 10:00:00 mac Google Chrome[12]: hello",
        "mac",
        "Google Chrome",
        "12",
        "hello",
    );
    check("Jan  5 2026 10:00:00: %ASA-6-1: x", "", "", "", "%ASA-6-1: x");
    check(
        "<166>Jan  5 2026 10:00:00 fw : %ASA-6-1: x",
        "fw",
        "",
        "",
        "%ASA-6-1: x",
    );
    check(
        "<189>123: *Mar  1 00:00:00.123 UTC: %SYS-5-CONFIG_I: c",
        "",
        "",
        "",
        "%SYS-5-CONFIG_I: c",
    );
    check(
        "Jan  5 10:00:00 10.0.0.1 77: Mar  1 00:00:00: %SYS-5-CONFIG_I: c",
        "10.0.0.1",
        "",
        "",
        "%SYS-5-CONFIG_I: c",
    );
    check("<13>plain words only", "plain", "", "", "words only");
    check(
        "host1 sshd[7]: no time at all",
        "host1",
        "sshd",
        "7",
        "no time at all",
    );
    check(
        "<38>1 2026-01-05T10:00:00Z h app 7 ID1 [a b=\"]\\\"\"] text",
        "h",
        "app",
        "7",
        "text",
    );
    assert!(header::read("just a sentence of words").is_none());
    assert!(header::read("").is_none());
}

#[test]
fn a_stated_utc_mark_is_an_offset() {
    let head = header::read("Jan  5 2026 10:00:00 UTC: %ASA-6-1: x").unwrap();
    assert!(
        matches!(
            head.reading,
            Some(TimeReading::Clock {
                offset_min: Some(0),
                ..
            })
        ),
        "{:?}",
        head.reading
    );
}

#[test]
fn logons_by_ssh() {
    message(
        "sshd[1]",
        "Failed password for invalid user a from 10.1.1.1 port 5 ssh2 from 10.2.2.2 port 6 ssh2",
        &[
            ("src_ip", "10.2.2.2"),
            ("src_port", "6"),
            ("user_name", "a from 10.1.1.1 port 5 ssh2"),
            ("outcome", "failure"),
            ("kind", "auth.logon"),
        ],
    );
    message(
        "sshd[1]",
        "Accepted publickey for aigul from 10.2.2.2 port 6 ssh2: RSA SHA256:abc",
        &[
            ("outcome", "success"),
            ("attrs.method", "publickey"),
            ("attrs.key_fingerprint", "SHA256:abc"),
        ],
    );
    message(
        "sshd[1]",
        "Invalid user  from 10.2.2.2 port 6",
        &[("src_ip", "10.2.2.2"), ("x_reason", "invalid user")],
    );
    message(
        "sshd[1]",
        "Connection closed by authenticating user root 10.2.2.2 port 6 [preauth]",
        &[
            ("kind", "network.disconnect"),
            ("user_name", "root"),
            ("src_ip", "10.2.2.2"),
            ("outcome", "failure"),
        ],
    );
    message(
        "sshd[1]",
        "Bad protocol version identification 'x' from 10.1.1.1' from 10.2.2.2 port 6",
        &[
            ("kind", "remote.access"),
            ("src_ip", "10.2.2.2"),
            ("outcome", "failure"),
        ],
    );
    message(
        "sshd[1]",
        "Server listening on 0.0.0.0 port 22.",
        &[("kind", "port.open"), ("dst_port", "22")],
    );
    message(
        "sshd[1]",
        "pam_unix(sshd:session): session opened for user aigul(uid=1000) by (uid=0)",
        &[
            ("kind", "session.open"),
            ("user_name", "aigul"),
            ("protocol", "ssh"),
            ("attrs.uid", "1000"),
        ],
    );
    message(
        "sshd[1]",
        "message repeated 2 times: [ Failed password for root from 10.2.2.2 port 6 ssh2]",
        &[
            ("attrs.repeated", "2"),
            ("user_name", "root"),
            ("outcome", "failure"),
        ],
    );
}

#[test]
fn privileges() {
    message(
        "sudo",
        "   aigul : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/bin/ls ; USER=x",
        &[
            ("kind", "privilege.use"),
            ("outcome", "success"),
            ("user_name", "aigul"),
            ("target_user", "root"),
            ("x_command_line", "/bin/ls ; USER=x"),
        ],
    );
    message(
        "sudo",
        "aigul : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/cat /var/log/secure",
        &[
            ("kind", "privilege.use"),
            ("outcome", "failure"),
            ("status", "denied"),
            ("target", "/var/log/secure"),
        ],
    );
    message(
        "sudo",
        "aigul : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls",
        &[("outcome", "failure"), ("attrs.attempts", "3")],
    );
    message(
        "sudo",
        "root : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/journalctl --vacuum-size=1",
        &[("kind", "log.clear")],
    );
    message(
        "su[2]",
        "(to root) aigul on pts/1",
        &[
            ("outcome", "success"),
            ("user_name", "aigul"),
            ("target_user", "root"),
        ],
    );
    message(
        "su",
        "FAILED SU (to root) aigul on pts/1",
        &[("outcome", "failure"), ("x_interface", "pts/1")],
    );
    message(
        "su",
        "'su root' failed for lonvick on /dev/pts/8",
        &[
            ("outcome", "failure"),
            ("user_name", "lonvick"),
            ("target_user", "root"),
        ],
    );
}

#[test]
fn the_system() {
    message(
        "CRON[5]",
        "(root) CMD (run-parts /etc/cron.hourly)",
        &[("kind", "task.run"), ("user_name", "root")],
    );
    message(
        "systemd[1]",
        "Stopped rsyslog.service - System Logging Service.",
        &[("kind", "protection.disable"), ("attrs.component", "logging")],
    );
    message(
        "systemd[1]",
        "Started Session 12 of user aigul.",
        &[
            ("kind", "session.open"),
            ("session", "12"),
            ("user_name", "aigul"),
        ],
    );
    message(
        "systemd[1]",
        "nginx.service: Failed with result 'exit-code'.",
        &[("kind", "service.failure"), ("x_reason", "exit-code")],
    );
    message("systemd[1]", "Time has been changed", &[("kind", "time.change")]);
    message(
        "systemd-logind[9]",
        "New session 12 of user aigul.",
        &[("kind", "session.open"), ("session", "12")],
    );
    message(
        "kernel",
        "[1.5] [UFW BLOCK] IN=eth0 OUT= MAC=a SRC=10.0.0.1 DST=10.0.0.2 LEN=40 PROTO=TCP SPT=5 DPT=22 SYN URGP=0",
        &[
            ("kind", "firewall.block"),
            ("status", "denied"),
            ("src_ip", "10.0.0.1"),
            ("dst_port", "22"),
            ("protocol", "TCP"),
            ("x_interface", "eth0"),
            ("x_rule", "UFW BLOCK"),
        ],
    );
    message(
        "kernel",
        "IN=eth0 OUT= SRC=10.0.0.1 DST=10.0.0.2 PROTO=UDP SPT=5 DPT=53",
        &[("kind", "network.flow"), ("outcome", "unknown")],
    );
    message(
        "kernel",
        "[2.1] usb 1-1: New USB device found, idVendor=0781, idProduct=5567, bcdDevice= 1.00",
        &[("kind", "device.connect"), ("media", "0781:5567")],
    );
    message(
        "kernel",
        "sd 6:0:0:0: [sdb] Attached SCSI removable disk",
        &[("kind", "media.connect"), ("media", "sdb")],
    );
    message(
        "kernel",
        "Out of memory: Killed process 77 (java) total-vm:1",
        &[("kind", "resource.exhausted"), ("target", "java")],
    );
    for (text, target, reason) in [
        (
            "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,task=java,pid=77,uid=1000",
            "java",
            "out of memory",
        ),
        (
            "Memory cgroup out of memory: Killed process 77 (java) total-vm:1kB, anon-rss:1kB",
            "java",
            "out of memory",
        ),
        (
            "loop: Write error at byte offset 4096, ENOSPC on dev loop0, sector 8",
            "loop0",
            "ENOSPC",
        ),
        (
            "pid 77 (java), jid 0, uid 70, was killed: out of swap space",
            "java",
            "out of swap space",
        ),
        (
            "pid 77 (java), uid 70 inumber 5 on /var: filesystem full",
            "",
            "filesystem full",
        ),
        (
            "java: page allocation failure: order:4, mode:0x40d0",
            "",
            "page allocation failure",
        ),
    ] {
        message(
            "kernel",
            text,
            &[
                ("kind", "resource.exhausted"),
                ("target", target),
                ("x_reason", reason),
            ],
        );
    }
    message(
        "kernel",
        "e1000: eth0 NIC Link is Down",
        &[("kind", "link.down"), ("x_interface", "eth0")],
    );
    message(
        "useradd[7]",
        "new user: name=bolat, UID=1002, GID=1002, home=/home/bolat, shell=/bin/sh, from=/dev/pts/0",
        &[
            ("kind", "account.create"),
            ("target_user", "bolat"),
            ("outcome", "success"),
        ],
    );
    message(
        "usermod[7]",
        "add 'bolat' to group 'sudo'",
        &[
            ("kind", "group.member_add"),
            ("target_user", "bolat"),
            ("target", "sudo"),
        ],
    );
    message(
        "gpasswd[7]",
        "user bolat added by root to group sudo",
        &[("kind", "group.member_add"), ("user_name", "root")],
    );
    message(
        "passwd[7]",
        "pam_unix(passwd:chauthtok): password changed for bolat",
        &[("kind", "account.password_change"), ("target_user", "bolat")],
    );
    message(
        "chronyd[7]",
        "System clock was stepped by -0.8 seconds",
        &[("kind", "time.change"), ("attrs.offset", "-0.8")],
    );
    message(
        "rsyslogd",
        "[origin software=\"rsyslogd\" x-pid=\"1\"] exiting on signal 15.",
        &[
            ("kind", "protection.disable"),
            ("attrs.component", "logging"),
            ("x_reason", "signal 15"),
        ],
    );
    message(
        "audit[9]",
        "USER_LOGIN pid=9 uid=0 auid=1000 ses=3 msg='op=login id=1000 exe=\"/usr/sbin/sshd\" hostname=10.0.0.5 addr=10.0.0.5 terminal=ssh res=success'",
        &[
            ("kind", "auth.logon"),
            ("outcome", "success"),
            ("src_ip", "10.0.0.5"),
        ],
    );
}

#[test]
fn services() {
    message(
        "openvpn[3]",
        "10.0.0.5:4022 [aigul] Peer Connection Initiated with [AF_INET]10.0.0.5:4022",
        &[
            ("kind", "auth.logon"),
            ("user_name", "aigul"),
            ("src_ip", "10.0.0.5"),
            ("outcome", "success"),
        ],
    );
    message(
        "charon",
        "12[IKE] IKE_SA home[3] established between 10.0.0.1[gw]...203.0.113.5[aigul]",
        &[
            ("kind", "auth.logon"),
            ("user_name", "aigul"),
            ("src_ip", "203.0.113.5"),
        ],
    );
    message(
        "dovecot",
        "imap-login: Login: user=<aigul>, method=PLAIN, rip=10.0.0.5, lip=10.0.0.1, TLS, session=<ab>",
        &[
            ("outcome", "success"),
            ("user_name", "aigul"),
            ("session", "ab"),
            ("protocol", "imap"),
        ],
    );
    message(
        "postfix/smtp[3]",
        "4AB12: to=<b@example.org>, relay=mx[10.0.0.9]:25, delay=1, dsn=2.0.0, status=sent (250 ok)",
        &[("kind", "mail.send"), ("outcome", "success"), ("status", "sent")],
    );
    message(
        "named[3]",
        "client @0x7f 10.0.0.5#4022 (example.org): query: example.org IN A +E(0) (10.0.0.1)",
        &[
            ("kind", "dns.query"),
            ("target", "example.org"),
            ("src_ip", "10.0.0.5"),
        ],
    );
    message(
        "dhcpd",
        "DHCPACK on 10.0.0.77 to aa:bb:cc:dd:ee:ff (pc7) via eth0",
        &[
            ("action", "DHCPACK"),
            ("src_ip", "10.0.0.77"),
            ("attrs.mac", "aa:bb:cc:dd:ee:ff"),
            ("attrs.client_name", "pc7"),
        ],
    );
    message(
        "yum[3]",
        "Installed: nmap-7.9-1.x86_64",
        &[("kind", "software.install"), ("target", "nmap-7.9-1.x86_64")],
    );
    message(
        "haproxy[3]",
        "10.0.0.5:4022 [14/Nov/2025:22:45:25.439] front back/s1 0/0/1/2/3 403 5168 - - ---- 3/3/0/0/0 0/0 \"GET /x HTTP/1.1\"",
        &[
            ("kind", "http.request"),
            ("status", "403"),
            ("target", "/x"),
            ("x_duration_us", "3000"),
        ],
    );
    check(
        "<189>Jan  5 10:00:00 sw1 77: *Mar  1 00:00:00: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: admin] [Source: 10.0.0.5] [localport: 22] [Reason: bad] at 00:00",
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "admin"),
            ("level", "4"),
            ("code", "SEC_LOGIN-4-LOGIN_FAILED"),
            ("attrs.device_time", "*Mar  1 00:00:00"),
        ],
    );
    message(
        "app[1]",
        "srcip=10.0.0.1 action=\"deny now\" user=x",
        &[("src_ip", "10.0.0.1"), ("action", "deny now"), ("kind", "other")],
    );
}

/// The generated scenario in `samples/`: what its truth calls a log-on, a failed one or the use of a privilege
/// must come out as that, and nothing else as a log-on.
#[test]
fn sample_scenario() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/truth.json");
    let truth: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let class = |name: &str, class: &str| {
        truth["classes"][name]
            .as_array()
            .unwrap()
            .iter()
            .any(|c| c == class)
    };
    let mut rows = Vec::new();
    rows.extend(truth["incident"]["rows"].as_array().unwrap());
    for decoy in truth["decoys"].as_array().unwrap() {
        rows.extend(decoy["rows"].as_array().into_iter().flatten());
    }
    let ours = [
        "sshd.", "pam.", "sudo.", "su", "asa.", "vpn.", "logind.", "systemd.", "cron.", "kernel.",
        "rsyslog.", "mail.",
    ];
    let mut seen = 0;
    for row in rows {
        let name = row["class"].as_str().unwrap();
        let line = row["text"].as_str().unwrap();
        if !ours.iter().any(|own| name.starts_with(own)) || line.contains('\n') {
            continue;
        }
        let mut event = EventBuf::default();
        assert_eq!(read_line(line, &mut event), Verdict::Event, "{line}");
        seen += 1;
        let said = (event.kind.as_str(), event.outcome.as_str());
        if class("failed_logon", name) {
            assert_eq!(said, ("auth.logon", "failure"), "{line}");
        } else if class("logon", name) {
            assert_eq!(said, ("auth.logon", "success"), "{line}");
        } else {
            assert_ne!(said.0, "auth.logon", "{line}");
        }
        if class("privilege", name) {
            assert!(
                matches!(
                    said.0,
                    "privilege.use" | "log.view" | "log.clear" | "config.change"
                ),
                "{said:?} {line}"
            );
        }
        if row["role"] == "log-read" && name == "sudo.command" {
            assert_eq!(said, ("log.view", "success"), "{line}");
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn fail2ban_truth() {
    // Known disagreement: `Failed password for invalid user test from 127.0.0.1 port 58946 ssh2: from 10.10.1.2 port
    // 55555 ssh2`. After `ssh2:` the server writes nothing but a key, and a password has none, so the name goes on.
    let mut score = Score::default();
    for name in [
        "sshd",
        "sshd-journal",
        "pam-generic",
        "postfix",
        "dovecot",
        "named-refused",
        "openvpn",
        "sendmail-auth",
        "haproxy-http-auth",
    ] {
        let mut own = Score::default();
        truth::fail2ban(name, read_line, &mut own);
        own.print(name);
        truth::fail2ban(name, read_line, &mut score);
    }
    score.print("fail2ban over syslog");
    assert!(score.share("read") >= 97 && score.share("src_ip") >= 94 && score.share("user") == 100);
}

#[test]
fn crowdsec_truth() {
    let mut score = Score::default();
    for name in [
        "sshd-logs",
        "pam-logs",
        "iptables-logs",
        "postfix-logs",
        "dovecot-logs",
    ] {
        truth::crowdsec(name, read_line, &mut score);
    }
    score.print("CrowdSec over syslog");
    for field in ["read", "host", "process", "pid", "src_ip", "user"] {
        assert_eq!(score.share(field), 100, "{field}");
    }
}

#[test]
fn elastic_truth() {
    let mut score = Score::default();
    truth::elastic("system/auth/test-auth.log", read_line, &mut score);
    truth::elastic("system/auth/test-timestamp.log", read_line, &mut score);
    score.print("Elastic system auth");
    for field in ["read", "host", "process", "pid", "src_ip", "src_port", "user"] {
        assert_eq!(score.share(field), 100, "{field}");
    }
}

/// loghub's columns are named wrongly (see its description): `Level` of Linux and `Component` of OpenSSH are hosts.
#[test]
fn loghub_truth() {
    let Some(root) = truth::corpus("loghub") else {
        return;
    };
    let mut score = Score::default();
    for (product, host, process, pid) in [
        ("Linux", "Level", "Component", "PID"),
        ("OpenSSH", "Component", "", "Pid"),
    ] {
        let log = truth::text(&root.join(format!("{product}/{product}_2k.log")));
        let table = truth::text(&root.join(format!("{product}/{product}_2k.log_structured.csv")));
        let mut rows = table.lines();
        let names: Vec<&str> = rows.next().unwrap().split(',').collect();
        let place = |name: &str| names.iter().position(|n| *n == name);
        for (line, row) in log.lines().zip(rows) {
            let mut event = EventBuf::default();
            assert_eq!(read_line(line, &mut event), Verdict::Event, "{line}");
            // The columns before the content hold no commas.
            let cells: Vec<&str> = row.split(',').collect();
            let cell = |name: &str| {
                place(name)
                    .and_then(|p| cells.get(p))
                    .copied()
                    .unwrap_or("")
                    .trim_end_matches(".0")
            };
            score.field("host", cell(host), event.get(Text::Host), line);
            if !process.is_empty() {
                score.field("process", cell(process), event.get(Text::Process), line);
            }
            if !cell(pid).is_empty() {
                let found = event.number(Number::Pid).map(|n| n.to_string());
                score.field("pid", cell(pid), found.as_deref(), line);
            }
        }
    }
    score.print("loghub Linux and OpenSSH");
    // Seven lines `syslogd 1.4.1: restart.`: they count the version to the name.
    assert!(score.share("host") == 100 && score.share("pid") == 100 && score.share("process") >= 99);
}

/// How fast heads and families are read; run with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a check"]
fn speed() {
    let lines = [
        "Jan  5 10:00:00 web1 sshd[4021]: Failed password for invalid user oracle from 203.0.113.7 port 51022 ssh2",
        "Jan  5 10:00:01 web1 CRON[5]: (root) CMD (run-parts /etc/cron.hourly)",
        "2026-01-05T10:00:00.123456+05:00 web1 systemd[1]: Started Session 12 of user aigul.",
        "Jan  5 10:00:02 web1 kernel: [12345.678901] [UFW BLOCK] IN=eth0 OUT= MAC=00:08:a2:0c:1f:12:00:c8:8b:e2:d6:87:08:00 SRC=203.0.113.7 DST=10.0.0.2 LEN=40 TOS=0x00 PREC=0x00 TTL=245 ID=37308 PROTO=TCP SPT=8080 DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0",
        "Jan  5 10:00:03 web1 app[77]: request 4711 done in 12 ms for customer 99812, queue length 3",
        "<38>1 2026-01-05T10:00:00Z web1 app 7 ID1 [origin ip=\"10.1.2.3\"] something happened in the middle of the night",
    ];
    for line in lines {
        let mut event = EventBuf::default();
        let mut reader = super::Syslog::default();
        let rounds = 300_000u32;
        let start = std::time::Instant::now();
        for _ in 0..rounds {
            event.clear();
            std::hint::black_box(reader.read_line(std::hint::black_box(line), &mut event));
        }
        let seconds = start.elapsed().as_secs_f64();
        let megabytes = f64::from(rounds) * line.len() as f64 / 1e6;
        println!(
            "{:6.0} MB/s {:5.0} ns {}",
            megabytes / seconds,
            seconds * 1e9 / f64::from(rounds),
            &line[..60]
        );
    }
}

#[test]
fn an_audit_stamp_that_counts_from_boot_is_no_time() {
    let mut event = EventBuf::default();
    let line =
        "Jan  5 10:00:00 h kernel: audit: type=1403 audit(1.212:2): auid=4294967295 ses=4294967295 res=1";
    assert_eq!(read_line(line, &mut event), Verdict::Event);
    assert_eq!(event.get(Text::TimeText), Some("Jan  5 10:00:00"));
    assert!(
        matches!(event.reading, Some(TimeReading::Clock { .. })),
        "{:?}",
        event.reading
    );
    assert_eq!(event.find_attr("audit_time"), Some("1.212"));
    // A real one is more exact than the log around it.
    let line = "Jan  5 10:00:00 h kernel: audit: type=1403 audit(1767600000.212:2): auid=0 ses=1 res=1";
    event.clear();
    assert_eq!(read_line(line, &mut event), Verdict::Event);
    assert_eq!(event.get(Text::TimeText), Some("1767600000.212"));
}

/// A message for each of the words that the kernel's and the products' messages are told by.
#[test]
fn messages_told_by_a_word() {
    let kinds = [
        (
            "resource.exhausted",
            "Out of memory: Killed process 77 (java) total-vm:1kB",
        ),
        (
            "resource.exhausted",
            "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=java,pid=77,uid=70",
        ),
        (
            "resource.exhausted",
            "java invoked oom-killer: gfp_mask=0x201da, order=0",
        ),
        (
            "resource.exhausted",
            "pid 77 (java), jid 0, uid 70, was killed: out of swap space",
        ),
        (
            "resource.exhausted",
            "java: page allocation failure: order:4, mode:0x204020",
        ),
        ("resource.exhausted", "swap_pager_getswapspace(16): failed"),
        (
            "resource.exhausted",
            "device-mapper: thin: 253:2: switching pool to out of data space mode",
        ),
        ("resource.exhausted", "loop: No space left on device"),
        ("resource.exhausted", "/var: filesystem is full"),
        ("resource.exhausted", "NOTICE: alloc: /var: file system full"),
        (
            "resource.exhausted",
            "pid 77 (java), uid 70 inumber 5 on /var: filesystem full",
        ),
        ("resource.exhausted", "quota: Disk quota exceeded"),
        ("resource.exhausted", "xfs: write failed: ENOSPC"),
        ("error.report", "Buffer I/O error on dev sdb1, logical block 12"),
        (
            "error.report",
            "EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2",
        ),
        (
            "error.report",
            "XFS (sdb1): Metadata corruption detected at xfs_agf_read_verify",
        ),
        ("process.stop", "java[77]: segfault at 0 ip 000 sp 000 error 4"),
        (
            "process.stop",
            "traps: java[77] general protection fault ip:0 sp:0 error:0",
        ),
        ("link.up", "e1000e: eth0 NIC Link is Up 1000 Mbps Full Duplex"),
        (
            "link.up",
            "tg3 0000:03:00.0: eth0: Link is up at 1000 Mbps, full duplex",
        ),
        ("link.up", "eth0: link up, 100Mbps, full-duplex"),
        ("link.up", "bond0: eth0 link is up"),
        (
            "link.up",
            "IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready",
        ),
        ("link.up", "eth0: Gained carrier"),
        ("link.down", "igb 0000:01:00.0 eth0: igb: eth0 NIC Link is Down"),
        ("link.down", "tg3 0000:03:00.0: eth0: Link is down"),
        ("link.down", "eth0: link down"),
        ("link.down", "bond0: eth0 link is down"),
        ("link.down", "eth0: Lost carrier"),
    ];
    for (kind, text) in kinds {
        message("kernel", text, &[("kind", kind)]);
    }
    let sources = [
        "CEF:0|V|P|1|100|name|5|src=10.2.2.2",
        "CEF:1|V|P|1|100|name|5|src=10.2.2.2",
        "LEEF:1.0|V|P|1|100|src=10.2.2.2",
        "date=2026-01-05 time=10:00:00 logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" srcip=10.2.2.2",
        "security: info: client 10.2.2.2#4022: query (cache) 'a.example/A/IN' denied",
        "drop: IN=eth0 OUT= SRC=10.2.2.2 DST=10.0.0.1 PROTO=TCP SPT=4022 DPT=22",
    ];
    for text in sources {
        message("app[7]", text, &[("src_ip", "10.2.2.2")]);
    }
    message(
        "app[7]",
        "write: No space left on device",
        &[("kind", "resource.exhausted")],
    );
}

#[test]
fn connections_that_broke_and_those_that_only_ended() {
    let broken = [
        (
            "postfix/smtpd[3]",
            "lost connection after CONNECT from pc7[10.0.0.5]",
            "lost connection",
        ),
        (
            "postfix/smtpd[3]",
            "NOQUEUE: lost connection after RCPT (2 bytes) from unknown[10.0.0.5]",
            "lost connection",
        ),
        (
            "postfix/smtpd[3]",
            "4AB12CD: timeout after DATA (15 bytes) from unknown[10.0.0.5]",
            "timeout",
        ),
        (
            "postfix/postscreen[3]",
            "HANGUP after 16 from [10.0.0.5]:48119 in tests after SMTP handshake",
            "hung up unexpectedly",
        ),
        (
            "openvpn[3]",
            "10.0.0.5:4022 SIGUSR1[soft,connection-reset] received, client-instance restarting",
            "connection-reset",
        ),
        (
            "openvpn[3]",
            "10.0.0.5:4022 Connection reset, restarting [0]",
            "connection-reset",
        ),
        (
            "sshd[3]",
            "Connection reset by 10.0.0.5 port 4022",
            "connection reset",
        ),
        (
            "proftpd[3]",
            "gw (pc7[10.0.0.5]) - FTP login timed out, disconnected",
            "login timed out",
        ),
    ];
    for (process, text, reason) in broken {
        message(
            process,
            text,
            &[
                ("kind", "network.disconnect"),
                ("outcome", "failure"),
                ("src_ip", "10.0.0.5"),
                ("x_reason", reason),
            ],
        );
    }
    let ended = [
        (
            "postfix/smtpd[3]",
            "disconnect from pc7[10.0.0.5] ehlo=1 quit=1 commands=2",
        ),
        (
            "openvpn[3]",
            "10.0.0.5:4022 SIGTERM[soft,remote-exit] received, client-instance exiting",
        ),
        ("sshd[3]", "Connection closed by 10.0.0.5 port 4022"),
        ("proftpd[3]", "gw (pc7[10.0.0.5]) - FTP session closed."),
    ];
    for (process, text) in ended {
        message(
            process,
            text,
            &[
                ("kind", "network.disconnect"),
                ("outcome", "unknown"),
                ("src_ip", "10.0.0.5"),
            ],
        );
    }
    // Whoever had logged on has left, however it came to that.
    message(
        "openvpn[3]",
        "aigul/10.0.0.5:4022 SIGUSR1[soft,connection-reset] received, client-instance restarting",
        &[
            ("kind", "auth.logoff"),
            ("outcome", "unknown"),
            ("x_reason", "connection-reset"),
        ],
    );
    message(
        "postfix/smtpd[3]",
        "warning: hostname pc7.example does not resolve to address 10.0.0.5: Name or service not known",
        &[
            ("kind", "dns.query"),
            ("outcome", "failure"),
            ("target", "pc7.example"),
            ("src_ip", "10.0.0.5"),
        ],
    );
}

#[test]
fn the_own_file_of_proftpd() {
    check(
        "2026-01-01 00:12:04,123 ftp1 proftpd[4022] 10.1.2.3 (203.0.113.9[203.0.113.9]): USER serik (Login failed): Incorrect password",
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "serik"),
            ("src_ip", "203.0.113.9"),
            ("pid", "4022"),
            ("host", "ftp1"),
        ],
    );
    check(
        "2026-01-01 00:12:06,001 ftp1 proftpd[1] 10.1.2.3: ProFTPD 1.3.8 (stable) (built) standalone mode STARTUP",
        &[("kind", "service.start"), ("process", "proftpd")],
    );
}

#[test]
fn log_ons_that_a_directory_refuses() {
    for text in [
        "ldap_bind with zero-length password is forbidden.",
        "LDAP bind failed: Invalid credentials",
        "Incorrect password supplied for LDAP DN \"uid=serik,dc=akimat,dc=example\".",
    ] {
        message("openvpn", text, &[("kind", "auth.logon"), ("outcome", "failure")]);
    }
}

#[test]
fn tunnels_of_the_kernel() {
    for (text, expected) in [
        (
            "wireguard: wg0: Receiving handshake initiation from peer 3 (203.0.113.9:51820)",
            [
                ("kind", "remote.access"),
                ("src_ip", "203.0.113.9"),
                ("outcome", "unknown"),
            ],
        ),
        (
            "wireguard: wg0: Keypair 12 created for peer 3",
            [
                ("kind", "remote.access"),
                ("x_interface", "wg0"),
                ("outcome", "success"),
            ],
        ),
        (
            "wireguard: wg0: Handshake for peer 3 ([2001:db8::9]:51820) did not complete after 5 seconds, retrying (try 2)",
            [
                ("kind", "remote.access"),
                ("attrs.peer", "3"),
                ("outcome", "failure"),
            ],
        ),
        (
            "wireguard: wg0: Sending handshake initiation to peer 3 (203.0.113.9:51820)",
            [
                ("kind", "remote.access"),
                ("dst_ip", "203.0.113.9"),
                ("src_ip", ""),
            ],
        ),
        (
            "wireguard: wg0: Invalid MAC of handshake, dropping packet from 203.0.113.9:51820",
            [
                ("src_ip", "203.0.113.9"),
                ("src_port", "51820"),
                ("outcome", "failure"),
            ],
        ),
        (
            "wireguard: wg0: Packet has unallowed src IP (10.9.9.9) from peer 3 (203.0.113.9:51820)",
            [
                ("kind", "firewall.block"),
                ("src_ip", "203.0.113.9"),
                ("status", "denied"),
            ],
        ),
        (
            "wireguard: wg0: Zeroing out all keys for peer 3 (203.0.113.9:51820)",
            [
                ("kind", "session.close"),
                ("src_ip", "203.0.113.9"),
                ("outcome", "unknown"),
            ],
        ),
    ] {
        message("kernel", text, &expected);
    }
}

#[test]
fn telephone_exchanges() {
    message(
        "asterisk[7]",
        "NOTICE[12]: chan_sip.c:23417 in handle_request: Registration from '\"x\" <sip:100@10.1.1.1>' failed for '10.2.2.2:5060' - Wrong password",
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "100"),
            ("src_ip", "10.2.2.2"),
            ("src_port", "5060"),
            ("x_reason", "Wrong password"),
            ("level", "5"),
            ("provider", "chan_sip"),
        ],
    );
    // The caller's own words hold what the exchange writes.
    check(
        "[2026-01-05 10:00:00] NOTICE[12][C-0001] res_pjsip.c: Request 'INVITE' from '\"' failed for '10.9.9.9' <sip:a@b>' failed for '10.2.2.2:5060' (callid: x) - No matching endpoint found",
        &[
            ("src_ip", "10.2.2.2"),
            ("process", "asterisk"),
            ("host", ""),
            ("session", "C-0001"),
            ("x_reason", "No matching endpoint found"),
        ],
    );
    check(
        "[Jan  5 10:00:00] SECURITY[12] res_security_log.c: SecurityEvent=\"InvalidPassword\",EventTV=\"2026-01-05T10:00:00.000+0500\",Severity=\"Error\",Service=\"SIP\",EventVersion=\"2\",AccountID=\"200\",SessionID=\"a\",RemoteAddress=\"IPV4/UDP/10.9.9.9/1\"\",LocalAddress=\"IPV4/UDP/10.1.1.1/5060\",RemoteAddress=\"IPV4/UDP/10.2.2.2/5061\"",
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "200"),
            ("src_ip", "10.2.2.2"),
            ("dst_ip", "10.1.1.1"),
            ("protocol", "UDP"),
        ],
    );
    check(
        "[2026-01-05 10:00:00] NOTICE [12] manager.c: 10.2.2.2 failed to authenticate as 'admin'",
        &[
            ("user_name", "admin"),
            ("src_ip", "10.2.2.2"),
            ("attrs.thread", "12"),
        ],
    );
    check(
        "[2026-01-05 10:00:00] NOTICE[12] chan_sip.c: Call from 'a' (UDP:10.2.2.2:5060) to extension '900' rejected because extension not found in context 'default'.",
        &[
            ("kind", "user.action"),
            ("outcome", "failure"),
            ("target", "900"),
            ("src_ip", "10.2.2.2"),
        ],
    );
}

#[test]
fn mailboxes_and_files() {
    message(
        "imapd-ssl",
        "LOGIN FAILED, user=a, ip=[10.9.9.9], ip=[::ffff:10.2.2.2], port=[4022]",
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "a, ip=[10.9.9.9]"),
            ("src_ip", "::ffff:10.2.2.2"),
            ("src_port", "4022"),
            ("protocol", "imap"),
        ],
    );
    message(
        "cyrus/imaps[7]",
        "badlogin: mail.example [10.2.2.2] plaintext aigul SASL(-13): authentication failure: checkpass failed",
        &[
            ("outcome", "failure"),
            ("user_name", "aigul"),
            ("src_ip", "10.2.2.2"),
            ("attrs.src_host", "mail.example"),
            ("x_reason", "authentication failure: checkpass failed"),
        ],
    );
    message(
        "imap[7]",
        "login: mail.example [10.2.2.2] aigul plaintext+TLS User logged in SESSIONID=<s-1>",
        &[("outcome", "success"), ("user_name", "aigul"), ("session", "s-1")],
    );
    message(
        "proftpd[7]",
        "ftp.example (b.example[10.2.2.2]) - USER x (c[10.9.9.9]): no such user found from b [10.2.2.2] to 10.0.0.1:21",
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("src_ip", "10.2.2.2"),
            ("user_name", "x (c[10.9.9.9])"),
        ],
    );
    check(
        "Mon Jan  5 10:00:00 2026 [pid 7] [aigul] OK UPLOAD: Client \"10.2.2.2\", \"/a b.txt\", 12 bytes, 1.0Kbyte/sec",
        &[
            ("kind", "object.create"),
            ("outcome", "success"),
            ("user_name", "aigul"),
            ("target", "/a b.txt"),
            ("x_bytes", "12"),
            ("pid", "7"),
        ],
    );
    message(
        "pure-ftpd",
        "(?@10.2.2.2) [WARNING] Authentication failed for user [aigul]",
        &[
            ("outcome", "failure"),
            ("user_name", "aigul"),
            ("src_ip", "10.2.2.2"),
        ],
    );
}

#[test]
fn services_of_a_machine() {
    message(
        "webmin[7]",
        "Invalid login as root from 10.9.9.9 from 10.2.2.2",
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "root from 10.9.9.9"),
            ("src_ip", "10.2.2.2"),
        ],
    );
    message(
        "pvedaemon[7]",
        "authentication failure; rhost=::ffff:10.2.2.2 user=root@pam msg=Authentication failure",
        &[
            ("outcome", "failure"),
            ("user_name", "root@pam"),
            ("src_ip", "::ffff:10.2.2.2"),
        ],
    );
    message(
        "xinetd[7]",
        "FAIL: telnet libwrap from=10.2.2.2",
        &[
            ("kind", "network.connect"),
            ("status", "denied"),
            ("x_reason", "libwrap"),
            ("service", "telnet"),
        ],
    );
    message(
        "slapd[7]",
        "conn=1022 op=0 RESULT tag=97 err=49 text=",
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("session", "1022"),
            ("code", "49"),
        ],
    );
    message(
        "slapd[7]",
        "conn=1022 fd=15 ACCEPT from IP=10.2.2.2:4022 (IP=0.0.0.0:389)",
        &[
            ("kind", "network.connect"),
            ("src_ip", "10.2.2.2"),
            ("dst_port", "389"),
        ],
    );
    message(
        "postfix/smtpd[7]",
        "disconnect from unknown[10.2.2.2] ehlo=1 auth=0/2 quit=1 commands=2/4",
        &[
            ("kind", "network.disconnect"),
            ("outcome", "failure"),
            ("src_ip", "10.2.2.2"),
        ],
    );
    message(
        "postfix/smtpd[7]",
        "disconnect from unknown[10.2.2.2] ehlo=1 auth=1 quit=1 commands=3",
        &[("outcome", "unknown")],
    );
    message(
        "dovecot",
        "imap-login: Disconnected (no auth attempts in 4 secs): user=<>, rip=10.2.2.2, lip=10.0.0.1",
        &[
            ("kind", "network.disconnect"),
            ("outcome", "failure"),
            ("src_ip", "10.2.2.2"),
        ],
    );
    check(
        "05-Jan-2026 10:00:00.123 client @0x7f 10.2.2.2#4022 (a.example): query (cache) 'a.example/A/IN' denied",
        &[
            ("kind", "dns.query"),
            ("outcome", "failure"),
            ("process", "named"),
            ("src_ip", "10.2.2.2"),
            ("host", ""),
        ],
    );
    check(
        "@400000006957a3bd000003e8 sshd: Failed password for root from 10.2.2.2 port 22 ssh2",
        &[("outcome", "failure"), ("time_text", "@400000006957a3bd000003e8")],
    );
}

#[test]
fn messages_that_are_json() {
    let log = b"Jan  5 10:00:00 h app[7]: {\"@timestamp\":\"2026-01-05T04:59:59Z\",\"user\":\"aigul\",\"remoteAddress\":\"10.2.2.2:4022\",\"message\":\"let in\"}\n\
        Jan  5 10:00:01 h app[7]: @cee: {\"login\":\"serik\"}\n\
        Jan  5 10:00:02 h app[7]: {\"cut\":}\n\
        Jan  5 10:00:03 h sshd[7]: Accepted password for aigul from 10.2.2.2 port 22 ssh2\n";
    let out = crate::testing::read(log, &crate::testing::options());
    assert_eq!(out.detection.format.name, "syslog-rfc3164");
    let of = |row: usize, column: &str| out.rows[row].get(column);
    assert_eq!(of(0, "time").as_deref(), Some("2026-01-05T04:59:59Z"));
    assert_eq!(of(0, "user_name").as_deref(), Some("aigul"));
    assert_eq!(of(0, "src_ip").as_deref(), Some("10.2.2.2"));
    assert_eq!(of(0, "src_port").as_deref(), Some("4022"));
    assert_eq!(of(0, "message").as_deref(), Some("let in"));
    assert_eq!(
        (of(0, "host").as_deref(), of(0, "pid").as_deref()),
        (Some("h"), Some("7"))
    );
    assert_eq!(
        (of(1, "user_name").as_deref(), of(1, "time_text").as_deref()),
        (Some("serik"), Some("Jan  5 10:00:01"))
    );
    assert_eq!(
        (of(2, "process").as_deref(), of(2, "message").as_deref()),
        (Some("app"), Some("{\"cut\":}"))
    );
    assert_eq!(of(3, "outcome").as_deref(), Some("success"));
}
