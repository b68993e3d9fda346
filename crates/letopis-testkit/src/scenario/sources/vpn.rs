//! The VPN host of the vendor in Ljubljana: OpenVPN through syslog, year-less, local time of Europe/Ljubljana.

use super::linux::line;
use crate::clock::{HOUR, MINUTE, SECOND};
use crate::rng::Stream;
use crate::scenario::calendar::{Day, DayKind, OFFICE, ROUND};
use crate::scenario::cast::{GUESSED, STAFF, VENDOR, outsider4};
use crate::scenario::stage::{LogId, Stage, pid};

fn openvpn(stage: &mut Stage, at: i64, class: &'static str, text: &str) {
    line(stage, ("vpn-lj", LogId::Vpn), at, class, "ovpn-server[914]", text);
}

/// A tunnel: name, certificate name, address outside and inside, length.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Tunnel<'a> {
    pub(in crate::scenario) user: &'a str,
    pub(in crate::scenario) name: &'a str,
    pub(in crate::scenario) from: &'a str,
    pub(in crate::scenario) port: u64,
    pub(in crate::scenario) inside: &'a str,
    pub(in crate::scenario) seconds: i64,
}

/// A tunnel comes up and goes down.
#[expect(clippy::too_many_lines, reason = "a list of messages, one after the other")]
pub(in crate::scenario) fn tunnel(stage: &mut Stage, at: i64, t: Tunnel<'_>) {
    let Tunnel {
        user,
        name,
        from,
        port,
        inside,
        seconds,
    } = t;
    let peer = format!("{from}:{port}");
    let named = format!("{user}/{peer}");
    openvpn(
        stage,
        at,
        "vpn.tls",
        &format!(
            "{peer} TLS: Initial packet from [AF_INET]{peer}, sid=9c41{:04x} 7f{:06x}",
            port,
            port * 77
        ),
    );
    openvpn(
        stage,
        at + 800_000,
        "vpn.tls",
        &format!("{peer} VERIFY OK: depth=0, C=SI, L=Ljubljana, O=Podpora d.o.o., CN={name}"),
    );
    openvpn(
        stage,
        at + 900_000,
        "vpn.auth_ok",
        &format!("{peer} TLS: Username/Password authentication succeeded for username '{user}'"),
    );
    openvpn(
        stage,
        at + 950_000,
        "vpn.tls",
        &format!(
            "{peer} Control Channel: TLSv1.3, cipher TLSv1.3 TLS_AES_256_GCM_SHA384, peer certificate: 256 bits ED25519, signature: ED25519"
        ),
    );
    openvpn(
        stage,
        at + SECOND,
        "vpn.connected",
        &format!("{peer} [{user}] Peer Connection Initiated with [AF_INET]{peer}"),
    );
    openvpn(
        stage,
        at + SECOND + 50_000,
        "vpn.assigned",
        &format!("{named} MULTI: Learn: {inside} -> {named}"),
    );
    let mut now = at + HOUR;
    while now < at + seconds * SECOND {
        openvpn(
            stage,
            now,
            "vpn.rekey",
            &format!(
                "{named} TLS: soft reset sec=3600/3600 bytes={}/-1 pkts={}/0",
                port * 9973,
                port * 17
            ),
        );
        now += HOUR;
    }
    openvpn(
        stage,
        at + seconds * SECOND,
        "vpn.disconnected",
        &format!("{named} SIGTERM[soft,remote-exit] received, client-instance exiting"),
    );
}

/// A refused password.
pub(in crate::scenario) fn refused(stage: &mut Stage, at: i64, user: &str, from: &str, port: u64) {
    openvpn(
        stage,
        at,
        "vpn.auth_failed",
        &format!("{from}:{port} TLS Auth Error: Auth Username/Password verification failed for peer"),
    );
    openvpn(
        stage,
        at + 30_000,
        "vpn.other",
        &format!("{from}:{port} SENT CONTROL [{user}]: 'AUTH_FAILED' (status=1)"),
    );
}

/// Ordinary days, the nights of both clock changes with more work than usual.
pub(in crate::scenario) fn write(stage: &mut Stage, days: &[Day]) {
    let mut r = Stream::new(stage.seed, "vpn");
    for day in days {
        let sessions = if day.kind == DayKind::Work {
            2 + r.below(4)
        } else {
            r.below(2)
        };
        for _ in 0..sessions {
            let at = day.moment(&mut r, &OFFICE);
            let (user, name) = if r.permille(650) {
                *r.pick(VENDOR)
            } else {
                let p = r.pick(&STAFF[..6]);
                (p.login, p.name)
            };
            let from = outsider4(&mut r);
            let port = r.between(20_000, 64_000) as u64;
            if r.permille(90) {
                refused(stage, at - 14 * SECOND, user, &from, port - 2);
            }
            let inside = format!("10.20.9.{}", r.between(10, 60));
            let seconds = r.between(300, 20_000);
            tunnel(
                stage,
                at,
                Tunnel {
                    user,
                    name,
                    from: &from,
                    port,
                    inside: &inside,
                    seconds,
                },
            );
        }
        for _ in 0..day.amount(&mut r, stage.scale, 14, 12) {
            let at = day.moment(&mut r, &ROUND);
            noise(stage, &mut r, at);
        }
        for hour in 0..24 {
            let at = day.at(hour, 17, 1);
            let process = pid(at, &mut r);
            line(
                stage,
                ("vpn-lj", LogId::Vpn),
                at,
                "cron.command",
                &format!("CRON[{process}]"),
                "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)",
            );
        }
        // 26 October 2025 and 29 March 2026, 01:00 UTC = 06:00 in Almaty: an hour that comes twice, one that never comes.
        if matches!(day.date.format("%m-%d").to_string().as_str(), "10-26" | "03-29") {
            for k in 0..90 {
                let at = day.at(4, 30, 0) + k * 2 * MINUTE + r.below(100 * SECOND as u64) as i64;
                noise(stage, &mut r, at);
            }
        }
    }
}

#[expect(clippy::too_many_lines, reason = "a list of messages, one after the other")]
fn noise(stage: &mut Stage, r: &mut Stream, at: i64) {
    let from = outsider4(r);
    let (port, process) = (r.between(1024, 65_000), pid(at, r));
    let host = ("vpn-lj", LogId::Vpn);
    match r.below(9) {
        0..=2 => openvpn(
            stage,
            at,
            "vpn.tls_error",
            &format!(
                "{from}:{port} TLS Error: TLS key negotiation failed to occur within 60 seconds (check your network connectivity)"
            ),
        ),
        3 => openvpn(
            stage,
            at,
            "vpn.tls_error",
            &format!("TLS Error: cannot locate HMAC in incoming packet from [AF_INET]{from}:{port}"),
        ),
        4 => line(
            stage,
            host,
            at,
            "sshd.failed_password",
            &format!("sshd[{process}]"),
            &format!(
                "Failed password for invalid user {} from {from} port {port} ssh2",
                r.pick(GUESSED)
            ),
        ),
        5 => line(
            stage,
            host,
            at,
            "ntp",
            "systemd-timesyncd[488]",
            "Contacted time server 10.20.0.2:123 (ntp.ljubljana.example).",
        ),
        6 => line(
            stage,
            host,
            at,
            "dhcp",
            "dhclient[402]",
            &format!(
                "DHCPACK of 192.0.2.40 from 192.0.2.{} (xid=0x{})",
                r.between(1, 9),
                r.hex(8)
            ),
        ),
        7 => line(
            stage,
            host,
            at,
            "systemd.unit",
            "systemd[1]",
            "apt-daily.service: Succeeded.",
        ),
        _ => line(
            stage,
            host,
            at,
            "kernel.packet_blocked",
            "kernel",
            &format!(
                "[{}.{:06}] DROP IN=eth0 OUT= SRC={from} DST=192.0.2.40 LEN=44 TTL={} ID={} PROTO=TCP SPT={port} DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0",
                (at - crate::clock::SCENARIO_FROM) / SECOND,
                r.below(1_000_000),
                r.between(30, 60),
                r.below(65_000)
            ),
        ),
    }
}
