//! Ordinary days of the Linux servers.

use super::linux::{APP, DB, Login, Server, WEB, fingerprint};
use crate::clock::{HOUR, MINUTE, SECOND};
use crate::rng::Stream;
use crate::scenario::calendar::{Day, DayKind, OFFICE, ROUND};
use crate::scenario::cast::{GUESSED, STAFF, outsider4};
use crate::scenario::stage::{Stage, pid};

/// Everything the three servers log on their own.
pub(in crate::scenario) fn write(stage: &mut Stage, days: &[Day]) {
    for server in [WEB, DB, APP] {
        let mut r = Stream::new(stage.seed, server.name);
        let keys: Vec<String> = (0..4).map(|_| fingerprint(&mut r)).collect();
        for day in days {
            timed_jobs(stage, &mut r, server, day);
            people(stage, &mut r, server, day, &keys);
            if server.name == "srv-web" {
                strangers(stage, &mut r, server, day);
            }
            let count = day.amount(&mut r, stage.scale, 14, 9);
            for _ in 0..count {
                let at = day.moment(&mut r, &ROUND);
                chatter(stage, &mut r, server, at);
            }
            if day.kind == DayKind::Work && r.permille(90) {
                let at = day.moment(&mut r, &OFFICE);
                administration(stage, &mut r, server, at);
            }
            if server.name == "srv-app" && day.kind == DayKind::Work && r.permille(140) {
                let at = day.moment(&mut r, &OFFICE);
                usb_stick(stage, &mut r, server, at);
            }
        }
    }
}

fn timed_jobs(stage: &mut Stage, r: &mut Stream, server: Server, day: &Day) {
    let watch = "   test -x /usr/local/sbin/disk-watch && /usr/local/sbin/disk-watch -q";
    for hour in (0..24).step_by(3) {
        let at = day.at(hour, 17, 1) + r.below(700_000) as i64;
        server.cron(stage, r, at, "root", watch);
    }
    let at = day.at(6, 25, 1) + r.below(700_000) as i64;
    let daily = "test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }";
    server.cron(stage, r, at, "root", daily);
    let red_hat = server.name == "srv-app";
    let fetch = if red_hat {
        ("dnf-makecache.service", "dnf makecache", 7)
    } else {
        ("apt-daily.service", "Daily apt download activities", 7)
    };
    for (unit, title, hour) in [
        fetch,
        ("logrotate.service", "Rotate log files", 0),
        ("man-db.service", "Daily man-db regeneration", 0),
        (
            "fstrim.service",
            "Discard unused blocks on filesystems from /etc/fstab",
            1,
        ),
    ] {
        if unit == "fstrim.service" && day.start / crate::clock::DAY % 7 != 3 {
            continue;
        }
        let start = day.at(hour, 0, 0) + r.below(40 * MINUTE as u64) as i64;
        server.sys(
            stage,
            start,
            "systemd.unit",
            "systemd[1]",
            &format!("Starting {unit} - {title}..."),
        );
        let end = start + SECOND + r.below(60 * SECOND as u64) as i64;
        server.sys(
            stage,
            end,
            "systemd.unit",
            "systemd[1]",
            &format!("{unit}: Deactivated successfully."),
        );
        server.sys(
            stage,
            end + 900,
            "systemd.unit",
            "systemd[1]",
            &format!("Finished {unit} - {title}."),
        );
    }
}

fn people(stage: &mut Stage, r: &mut Stream, server: Server, day: &Day, keys: &[String]) {
    let sessions = if day.kind == DayKind::Work {
        1 + r.below(4)
    } else {
        u64::from(r.permille(150))
    };
    for _ in 0..sessions {
        let who = r.index(3);
        let person = STAFF[who];
        let at = day.moment(r, &OFFICE);
        let login = Login {
            user: person.login,
            uid: 1001 + who as u32,
            from: person.address,
            port: r.between(49_152, 65_500) as u64,
        };
        let typos = if r.permille(120) { 1 + r.below(2) as i64 } else { 0 };
        for k in 0..typos {
            server.ssh_wrong(stage, r, at - (20 + 9 * k) * SECOND, login, true);
        }
        let seconds = r.between(70, 9000);
        let key = (typos == 0 && r.permille(800)).then(|| keys[who].as_str());
        server.ssh_session(stage, r, at, login, key, seconds);
        for _ in 0..r.below(5) {
            let when = at + r.between(20, seconds.max(40)) * SECOND;
            everyday_sudo(stage, r, server, when, person.login);
        }
    }
}

fn everyday_sudo(stage: &mut Stage, r: &mut Stream, server: Server, at: i64, user: &str) {
    const COMMANDS: &[&str] = &[
        "/usr/bin/systemctl status nginx",
        "/usr/bin/systemctl reload nginx",
        "/usr/bin/apt-get update",
        "/usr/bin/df -h",
        "/usr/bin/ss -ltnp",
        "/usr/bin/vi /etc/hosts",
        "/usr/bin/cat /etc/cron.d/backup",
        "/usr/sbin/ufw status verbose",
        "/usr/bin/chown -R www-data:www-data /srv/portal/upload",
        "/usr/bin/systemctl restart edoc.service",
        "/usr/bin/du -sh /var/lib/postgresql",
        "/usr/bin/find /var/www -mtime -1 -type f",
    ];
    match r.below(60) {
        // Administrators do read logs in working hours: that alone is no incident.
        0 => server.sudo(stage, at, user, "root", "/usr/bin/tail -n 100 /var/log/syslog", 4),
        1 => server.sudo(
            stage,
            at,
            user,
            "root",
            "/usr/bin/journalctl -u nginx --since today",
            30,
        ),
        2 => {
            server.auth(stage, at, "sudo.refused", "sudo", &format!(
                "{user:>8} : 1 incorrect password attempt ; TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND=/usr/bin/su -"));
        }
        3 => server.sudo(
            stage,
            at,
            user,
            "postgres",
            "/usr/bin/psql -c 'select version()'",
            2,
        ),
        _ => {
            let command = *r.pick(COMMANDS);
            let seconds = r.between(0, 40);
            server.sudo(stage, at, user, "root", command, seconds);
        }
    }
}

/// Scanners of the internet at the web server's ssh port.
fn strangers(stage: &mut Stage, r: &mut Stream, server: Server, day: &Day) {
    let visits = day.amount(r, stage.scale, 3, 3);
    for _ in 0..visits {
        let from = outsider4(r);
        let mut at = day.moment(r, &ROUND);
        let tries = 1 + r.below(4);
        for _ in 0..tries {
            let user = *r.pick(GUESSED);
            let login = Login {
                user,
                uid: 0,
                from: &from,
                port: r.between(30_000, 60_999) as u64,
            };
            server.ssh_wrong(stage, r, at, login, matches!(user, "root" | "postgres" | "www"));
            at += r.between(3, 50) * SECOND;
        }
        let tag = format!("sshd[{}]", pid(at, r));
        let port = r.between(30_000, 60_999);
        let text = match r.below(7) {
            0 => "error: kex_exchange_identification: banner line contains invalid characters".to_owned(),
            1 => format!("banner exchange: Connection from {from} port {port}: invalid format"),
            2 => format!(
                "Unable to negotiate with {from} port {port}: no matching key exchange method found. Their offer: diffie-hellman-group14-sha1,diffie-hellman-group1-sha1 [preauth]"
            ),
            3 => format!(
                "error: maximum authentication attempts exceeded for root from {from} port {port} ssh2 [preauth]"
            ),
            4 => format!(
                "Disconnecting authenticating user root {from} port {port}: Too many authentication failures [preauth]"
            ),
            _ => continue,
        };
        server.auth(stage, at, "sshd.other", &tag, &text);
    }
}

fn chatter(stage: &mut Stage, r: &mut Stream, server: Server, at: i64) {
    let chrony = format!("chronyd[{}]", 540 + server.name.len());
    match r.below(12) {
        0 => server.sys(stage, at, "ntp", &chrony, &format!("Selected source 10.20.0.{}", r.between(2, 3))),
        1 => server.sys(stage, at, "ntp", &chrony, &format!("Source 10.20.0.{} offline", r.between(2, 3))),
        2 => server.sys(stage, at, "dbus", &format!("dbus-daemon[{}]", 501 + server.name.len()),
            "[system] Successfully activated service 'org.freedesktop.nm_dispatcher'"),
        3..=6 => firewall(stage, r, server, at),
        7 => {
            let n = r.between(20, 99);
            server.sys(stage, at, "smartd", "smartd[611]", &format!(
                "Device: /dev/sda [SAT], SMART Usage Attribute: 194 Temperature_Celsius changed from {n} to {}", n + r.between(-3, 3)));
        }
        8 => server.sys(stage, at, "kernel", "kernel", &format!(
            "[{}.{:06}] TCP: request_sock_TCP: Possible SYN flooding on port 443. Sending cookies.  Check SNMP counters.",
            r.between(100_000, 2_000_000), r.below(1_000_000))),
        9 => {
            let unit = *r.pick(&["session-c1.scope", "user@1001.service", "run-docker-runtime.mount", "edoc-export.service"]);
            server.sys(stage, at, "systemd.unit", "systemd[1]", &format!("{unit}: Deactivated successfully."));
            server.sys(stage, at + 1200, "systemd.unit", "systemd[1]", &format!(
                "{unit}: Consumed {}.{:03}s CPU time.", r.between(0, 90), r.below(1000)));
        }
        10 => server.sys(stage, at, "rsyslog", "rsyslogd", &format!(
            "[origin software=\"rsyslogd\" swVersion=\"8.2302.0\" x-pid=\"{}\" x-info=\"https://www.rsyslog.com\"] rsyslogd was HUPed",
            590 + server.name.len())),
        _ => server.sys(stage, at, "systemd.failed", "systemd[1]", &format!(
            "{}: Failed with result 'exit-code'.", r.pick(&["certbot.service", "edoc-sync.service", "snmpd.service", "motd-news.service"]))),
    }
}

/// A line of the kernel's packet filter.
fn firewall(stage: &mut Stage, r: &mut Stream, server: Server, at: i64) {
    let from = outsider4(r);
    let ports = [
        (6, 22),
        (4, 23),
        (3, 445),
        (3, 3389),
        (2, 5900),
        (2, 8080),
        (1, 6379),
        (1, 2375),
    ];
    let port = *r.weighted(&ports);
    let text = format!(
        "[{}.{:06}] {}IN=eth0 OUT= MAC=52:54:00:1a:{:02x}:{:02x}:00:1b:17:00:01:30:08:00 SRC={from} DST={} LEN={} TOS=0x00 PREC=0x00 TTL={} ID={} {}PROTO=TCP SPT={} DPT={port} WINDOW={} RES=0x00 SYN URGP=0",
        (at - crate::clock::SCENARIO_FROM) / SECOND + 86_000,
        r.below(1_000_000),
        if server.name == "srv-app" {
            "FINAL_REJECT: "
        } else {
            "[UFW BLOCK] "
        },
        r.below(256),
        r.below(256),
        server.address,
        r.pick(&[40, 44, 52, 60]),
        r.between(40, 120),
        r.below(65_536),
        if r.permille(400) { "DF " } else { "" },
        r.between(1024, 65_535),
        r.pick(&[1024, 14_600, 29_200, 64_240])
    );
    server.sys(stage, at, "kernel.packet_blocked", "kernel", &text);
}

#[expect(clippy::too_many_lines, reason = "a list of messages, one after the other")]
fn administration(stage: &mut Stage, r: &mut Stream, server: Server, at: i64) {
    let process = pid(at, r);
    match r.below(5) {
        0 if server.name == "srv-app" => {
            for (k, package) in ["openssl", "tzdata", "sudo", "java-21-openjdk-headless"]
                .iter()
                .enumerate()
                .take(1 + r.index(4))
            {
                let text = format!(
                    "Upgraded: {package}-{}.{}.{}-{}.el9.x86_64",
                    r.between(1, 3),
                    r.between(0, 20),
                    r.between(0, 9),
                    r.between(1, 30)
                );
                server.sys(
                    stage,
                    at + k as i64 * 2 * SECOND,
                    "package.install",
                    &format!("yum[{process}]"),
                    &text,
                );
            }
        }
        0 => {
            for (k, package) in ["openssl", "libssl3", "tzdata", "curl", "nginx"]
                .iter()
                .enumerate()
                .take(1 + r.index(5))
            {
                let text = format!(
                    "Unpacking {package}:amd64 ({}.{}.{}-0+deb12u{}) over the installed version ...",
                    r.between(1, 3),
                    r.between(0, 20),
                    r.between(0, 9),
                    r.between(1, 5)
                );
                server.sys(
                    stage,
                    at + k as i64 * 3 * SECOND,
                    "package.install",
                    &format!("dpkg[{process}]"),
                    &text,
                );
            }
        }
        1 => {
            let name = format!("svc-{}", r.pick(&["report", "gis", "egov", "print", "archive"]));
            server.auth(stage, at, "account.create", &format!("useradd[{process}]"), &format!(
                "new user: name={name}, UID={}, GID=1100, home=/home/{name}, shell=/usr/sbin/nologin, from=/dev/pts/0", r.between(1101, 1900)));
            server.auth(
                stage,
                at + 4 * SECOND,
                "account.modify",
                &format!("usermod[{}]", process + 2),
                &format!("add '{name}' to group 'www-data'"),
            );
        }
        2 => server.auth(
            stage,
            at,
            "account.password",
            &format!("passwd[{process}]"),
            &format!(
                "pam_unix(passwd:chauthtok): password changed for {}",
                r.pick(STAFF).login
            ),
        ),
        3 => server.auth(
            stage,
            at,
            "su",
            &format!("su[{process}]"),
            "(to postgres) root on pts/0",
        ),
        _ => {
            let unit = *r.pick(&[
                "nginx.service",
                "edoc.service",
                "postgresql@16-main.service",
                "cron.service",
            ]);
            server.sys(
                stage,
                at,
                "service.stop",
                "systemd[1]",
                &format!("Stopping {unit}..."),
            );
            server.sys(
                stage,
                at + 2 * SECOND,
                "service.stop",
                "systemd[1]",
                &format!("Stopped {unit}."),
            );
            server.sys(
                stage,
                at + 3 * SECOND,
                "service.start",
                "systemd[1]",
                &format!("Started {unit}."),
            );
        }
    }
}

/// A USB stick comes and goes (KZ195-A4-1.10).
fn usb_stick(stage: &mut Stage, r: &mut Stream, server: Server, at: i64) {
    let serial = r.hex(20).to_uppercase();
    let device = r.between(4, 60);
    let stick = *r.pick(&[
        ("0951", "1666", "DataTraveler 3.0", "Kingston"),
        ("0781", "5567", "Cruzer Blade", "SanDisk"),
        ("8564", "1000", "Mass Storage Device", "JetFlash"),
        ("090c", "1000", "Flash Drive", "Samsung"),
    ]);
    let up = (at - crate::clock::SCENARIO_FROM) / SECOND + 5_000;
    for (k, (class, text)) in [
        (
            "usb.connect",
            format!("usb 2-1: new high-speed USB device number {device} using xhci_hcd"),
        ),
        (
            "usb.detail",
            format!(
                "usb 2-1: New USB device found, idVendor={}, idProduct={}, bcdDevice= 1.10",
                stick.0, stick.1
            ),
        ),
        ("usb.detail", format!("usb 2-1: Product: {}", stick.2)),
        ("usb.detail", format!("usb 2-1: Manufacturer: {}", stick.3)),
        ("usb.detail", format!("usb 2-1: SerialNumber: {serial}")),
        (
            "usb.storage",
            "usb-storage 2-1:1.0: USB Mass Storage device detected".to_owned(),
        ),
        (
            "usb.detail",
            "sd 3:0:0:0: [sdb] Attached SCSI removable disk".to_owned(),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!("[{}.{:06}] {text}", up + k as i64 / 3, 100_000 + 90_000 * k);
        server.sys(stage, at + k as i64 * 150_000, class, "kernel", &text);
    }
    let end = at + r.between(60, 5400) * SECOND;
    let text = format!(
        "[{}.{:06}] usb 2-1: USB disconnect, device number {device}",
        up + (end - at) / SECOND,
        r.below(1_000_000)
    );
    server.sys(stage, end, "usb.disconnect", "kernel", &text);
}

/// A reboot, `minutes` long: what is written while it goes down and comes up.
pub(in crate::scenario) fn reboot(stage: &mut Stage, r: &mut Stream, server: Server, at: i64, minutes: i64) {
    let logind = format!("systemd-logind[{}]", 600 + server.name.len() * 7);
    server.auth(stage, at, "system.reboot", &logind, "System is rebooting.");
    for (k, unit) in ["nginx.service", "cron.service", "ssh.service", "rsyslog.service"]
        .iter()
        .enumerate()
    {
        server.sys(
            stage,
            at + (k as i64 + 1) * SECOND,
            "service.stop",
            "systemd[1]",
            &format!("Stopping {unit}..."),
        );
    }
    server.auth(
        stage,
        at + SECOND,
        "sshd.terminating",
        "sshd[702]",
        "Received signal 15; terminating.",
    );
    server.sys(stage, at + 6 * SECOND, "rsyslog.exit", "rsyslogd", &format!(
        "[origin software=\"rsyslogd\" swVersion=\"8.2302.0\" x-pid=\"{}\" x-info=\"https://www.rsyslog.com\"] exiting on signal 15.",
        590 + server.name.len()));
    let up = at + minutes * MINUTE;
    server.sys(stage, up, "rsyslog.start", "rsyslogd", "[origin software=\"rsyslogd\" swVersion=\"8.2302.0\" x-pid=\"588\" x-info=\"https://www.rsyslog.com\"] start");
    server.sys(stage, up + 1000, "kernel.boot", "kernel", "[    0.000000] Linux version 6.1.0-41-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.158-1 (2025-11-09)");
    server.sys(
        stage,
        up + 2000,
        "kernel.boot",
        "kernel",
        "[    0.000000] Command line: BOOT_IMAGE=/vmlinuz-6.1.0-41-amd64 root=/dev/mapper/vg0-root ro quiet",
    );
    for k in 0..12 {
        let text = format!(
            "[    {}.{:06}] {}",
            k / 3,
            r.below(1_000_000),
            r.pick(&[
                "ACPI: PCI Interrupt Link [LNKD] enabled at IRQ 11",
                "EXT4-fs (dm-0): mounted filesystem with ordered data mode. Quota mode: none.",
                "clocksource: Switched to clocksource kvm-clock",
                "random: crng init done",
                "audit: type=2000 audit(1.212:1): state=initialized audit_enabled=0 res=1"
            ])
        );
        server.sys(stage, up + 3000 + k * 1000, "kernel.boot", "kernel", &text);
    }
    server.auth(
        stage,
        up + 9 * SECOND,
        "sshd.listening",
        "sshd[702]",
        "Server listening on 0.0.0.0 port 22.",
    );
    server.sys(
        stage,
        up + 12 * SECOND,
        "systemd.startup",
        "systemd[1]",
        "Startup finished in 3.412s (kernel) + 8.934s (userspace) = 12.346s.",
    );
    debug_assert!(up - at < HOUR);
}
