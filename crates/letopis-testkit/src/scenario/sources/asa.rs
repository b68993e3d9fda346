//! A Cisco ASA firewall: message ids and wording of Cisco's "ASA Series Syslog Messages", `logging timestamp`, UTC.
//! Its clock is slow; see [`SLOW_SECONDS`](crate::scenario::stage::SLOW_SECONDS).

use crate::clock::SECOND;
use crate::rng::Stream;
use crate::scenario::calendar::{Day, DayKind, OFFICE, PUBLIC, ROUND};
use crate::scenario::cast::{ADMIN, MAIL, STAFF, WEB, WEB_PUBLIC, outsider4};
use crate::scenario::stage::{LogId, Stage};

/// A connection through the firewall.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Connection<'a> {
    /// Interface and address where it comes from.
    pub(in crate::scenario) from: (&'a str, &'a str),
    pub(in crate::scenario) from_port: u64,
    /// Interface and address where it goes.
    pub(in crate::scenario) to: (&'a str, &'a str),
    pub(in crate::scenario) to_port: u64,
    /// Bytes of both directions.
    pub(in crate::scenario) bytes: u64,
    /// Length in seconds.
    pub(in crate::scenario) seconds: i64,
}

fn message(stage: &mut Stage, at: i64, class: &'static str, id: &str, text: &str) {
    let clock = stage.clock(LogId::Asa, at).format("%b %d %Y %H:%M:%S");
    stage.push(
        LogId::Asa,
        at,
        class,
        format!("{clock} asa-fw1 : %ASA-{id}: {text}"),
    );
}

/// Built and torn down.
pub(in crate::scenario) fn connection(stage: &mut Stage, r: &mut Stream, at: i64, c: Connection<'_>) {
    let id = 4_100_000 + (at - crate::clock::SCENARIO_FROM) / SECOND * 4 + r.below(4) as i64;
    let Connection {
        from,
        from_port,
        to,
        to_port,
        bytes,
        seconds,
    } = c;
    // What the address looks like from outside.
    let seen = if to.1 == WEB { WEB_PUBLIC } else { to.1 };
    let (udp, direction) = (
        to_port == 53 || to_port == 123,
        if from.0 == "outside" {
            "inbound"
        } else {
            "outbound"
        },
    );
    let (name, built, torn) = if udp {
        ("UDP", ("asa.302015", "6-302015"), ("asa.302016", "6-302016"))
    } else {
        ("TCP", ("asa.302013", "6-302013"), ("asa.302014", "6-302014"))
    };
    message(
        stage,
        at,
        built.0,
        built.1,
        &format!(
            "Built {direction} {name} connection {id} for {}:{}/{from_port} ({}/{from_port}) to {}:{}/{to_port} ({seen}/{to_port})",
            from.0, from.1, from.1, to.0, to.1
        ),
    );
    let reason = if udp {
        ""
    } else {
        *r.weighted(&[
            (8, " TCP FINs from inside"),
            (5, " TCP Reset-O"),
            (4, " TCP FINs from outside"),
            (2, " TCP Reset-I"),
        ])
    };
    message(
        stage,
        at + seconds * SECOND,
        torn.0,
        torn.1,
        &format!(
            "Teardown {name} connection {id} for {}:{}/{from_port} to {}:{}/{to_port} duration {}:{:02}:{:02} bytes {bytes}{reason}",
            from.0,
            from.1,
            to.0,
            to.1,
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        ),
    );
}

/// Everything on ordinary days.
pub(in crate::scenario) fn write(stage: &mut Stage, days: &[Day]) {
    let mut r = Stream::new(stage.seed, "asa");
    for day in days {
        for _ in 0..day.amount(&mut r, stage.scale, 18, 11) {
            let at = day.moment(&mut r, &PUBLIC);
            inbound(stage, &mut r, at);
        }
        for _ in 0..day.amount(&mut r, stage.scale, 22, 4) {
            let at = day.moment(&mut r, &OFFICE);
            outbound(stage, &mut r, at);
        }
        for _ in 0..day.amount(&mut r, stage.scale, 14, 14) {
            let at = day.moment(&mut r, &ROUND);
            refused(stage, &mut r, at);
        }
        if day.kind == DayKind::Work && r.permille(200) {
            let at = day.moment(&mut r, &OFFICE);
            administration(stage, &mut r, at);
        }
    }
}

fn inbound(stage: &mut Stage, r: &mut Stream, at: i64) {
    let from = outsider4(r);
    let (to, to_port) = if r.permille(820) { (WEB, 443) } else { (MAIL, 25) };
    let c = Connection {
        from: ("outside", &from),
        from_port: r.between(1024, 65_535) as u64,
        to: ("dmz", to),
        to_port,
        bytes: r.long_tailed(600, 12),
        seconds: r.between(0, 90),
    };
    connection(stage, r, at, c);
}

fn outbound(stage: &mut Stage, r: &mut Stream, at: i64) {
    let person = *r.pick(STAFF);
    let to = outsider4(r);
    let to_port = *r.weighted(&[(20, 443), (3, 80), (4, 53), (2, 123)]);
    let c = Connection {
        from: ("inside", person.address),
        from_port: r.between(49_152, 65_535) as u64,
        to: ("outside", &to),
        to_port,
        bytes: if matches!(to_port, 53 | 123) {
            r.between(60, 900) as u64
        } else {
            r.long_tailed(180, 14)
        },
        seconds: if to_port < 124 && to_port > 22 {
            r.between(0, 130)
        } else {
            r.between(0, 600)
        },
    };
    if r.permille(250) {
        let port = r.between(1024, 65_535);
        message(
            stage,
            at - 2000,
            "asa.305011",
            "6-305011",
            &format!(
                "Built dynamic TCP translation from inside:{}/{} to outside:192.0.2.1/{port}",
                person.address, c.from_port
            ),
        );
    }
    connection(stage, r, at, c);
}

#[expect(clippy::too_many_lines, reason = "a list of messages, one after the other")]
fn refused(stage: &mut Stage, r: &mut Stream, at: i64) {
    let from = outsider4(r);
    let (sport, dport) = (
        r.between(1024, 65_535),
        *r.weighted(&[
            (5, 22),
            (5, 23),
            (4, 445),
            (4, 3389),
            (2, 1433),
            (2, 8443),
            (1, 5060),
        ]),
    );
    let last = r.between(8, 30);
    match r.below(20) {
        0..=12 => message(
            stage,
            at,
            "asa.106023",
            "4-106023",
            &format!(
                "Deny tcp src outside:{from}/{sport} dst dmz:192.0.2.{last}/{dport} by access-group \"OUTSIDE_IN\" [0x{}, 0x0]",
                r.hex(8)
            ),
        ),
        13 | 14 => message(
            stage,
            at,
            "asa.106100",
            "6-106100",
            &format!(
                "access-list INSIDE_OUT denied udp inside/10.20.5.{last}({sport}) -> outside/{from}({dport}) hit-cnt 1 first hit [0x{}, 0x00000000]",
                r.hex(8)
            ),
        ),
        15 => message(
            stage,
            at,
            "asa.106015",
            "6-106015",
            &format!(
                "Deny TCP (no connection) from {from}/{sport} to 192.0.2.{last}/443 flags RST  on interface outside"
            ),
        ),
        16 => message(
            stage,
            at,
            "asa.313001",
            "3-313001",
            &format!("Denied ICMP type=8, code=0 from {from} on interface outside"),
        ),
        17 => message(
            stage,
            at,
            "asa.710003",
            "3-710003",
            &format!("TCP access denied by ACL from {from}/{sport} to outside:192.0.2.1/{dport}"),
        ),
        18 => message(
            stage,
            at,
            "asa.733100",
            "4-733100",
            &format!(
                "[ Scanning] drop rate-1 exceeded. Current burst rate is {} per second, max configured rate is 10; Current average rate is {} per second, max configured rate is 5; Cumulative total count is {}",
                r.between(1, 40),
                r.between(5, 19),
                r.between(3000, 30_000)
            ),
        ),
        _ => message(
            stage,
            at,
            "asa.609",
            "7-609001",
            &format!("Built local-host outside:{from}"),
        ),
    }
}

fn administration(stage: &mut Stage, r: &mut Stream, at: i64) {
    let (user, from) = (ADMIN.login, ADMIN.address);
    let port = r.between(49_152, 65_000);
    if r.permille(150) {
        message(
            stage,
            at - 9 * SECOND,
            "asa.login_denied",
            "6-605004",
            &format!(
                "Login denied from {from}/{} to inside:10.20.0.1/ssh for user \"{user}\"",
                port - 3
            ),
        );
    }
    message(
        stage,
        at,
        "asa.login_permitted",
        "6-605005",
        &format!("Login permitted from {from}/{port} to inside:10.20.0.1/ssh for user \"{user}\""),
    );
    message(
        stage,
        at + 6 * SECOND,
        "asa.privilege",
        "5-502103",
        &format!("User priv level changed: Uname: {user} From: 1 To: 15"),
    );
    for k in 0..r.between(1, 4) {
        let command = *r.pick(&[
            "show running-config",
            "show conn",
            "write memory",
            "access-list OUTSIDE_IN extended permit tcp any host 192.0.2.10 eq 443",
            "object network srv-mail",
            "clock set",
            "no logging hide username",
        ]);
        message(
            stage,
            at + (20 + 31 * k) * SECOND,
            "asa.command",
            "5-111008",
            &format!("User '{user}' executed the '{command}' command."),
        );
    }
    if r.permille(120) {
        message(
            stage,
            at + 300 * SECOND,
            "asa.link",
            "4-411002",
            "Line protocol on Interface GigabitEthernet0/3, changed state to down",
        );
        message(
            stage,
            at + 309 * SECOND,
            "asa.link",
            "4-411001",
            "Line protocol on Interface GigabitEthernet0/3, changed state to up",
        );
    }
}

/// A port scan of the inner machine that scans on order: refused connections to many ports.
pub(in crate::scenario) fn scanned_port(
    stage: &mut Stage,
    r: &mut Stream,
    at: i64,
    from: &str,
    to: &str,
    port: u64,
) {
    message(
        stage,
        at,
        "asa.106023",
        "4-106023",
        &format!(
            "Deny tcp src inside:{from}/{} dst dmz:{to}/{port} by access-group \"INSIDE_OUT\" [0x{}, 0x0]",
            r.between(40_000, 60_000),
            r.hex(8)
        ),
    );
}
