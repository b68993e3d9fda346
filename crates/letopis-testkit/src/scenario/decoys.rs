//! What looks like an incident and is none, each with its own truth.

use super::calendar::Day;
use super::cast::{BACKUP, FORGETFUL, SCANNER, WEB};
use super::sources::linux::{self, Login};
use super::sources::linux_days::reboot;
use super::sources::nginx::{self, Request};
use super::sources::windows::{self, Account};
use super::sources::{asa, edoc, postgres};
use super::stage::{Chain, Stage};
use crate::clock::SECOND;
use crate::rng::Stream;

/// Name and story of each.
pub(super) const STORIES: &[(Chain, &str, &str)] = &[
    (
        Chain::Forgotten,
        "forgotten-password",
        "On the morning of 31 December 2025 Гүлнар Серікова tries eight forgotten passwords at her own office computer between 09:02 and 09:11, then remembers.",
    ),
    (
        Chain::Backup,
        "nightly-backup",
        "Every night at 01:00 the account `backup` copies every table to 10.20.8.20: also in the night of the incident. The rows below are those of the nights from 30 December to 3 January; the other 207 nights look the same.",
    ),
    (
        Chain::Scan,
        "authorised-scan",
        "On 12 November 2025 from 20:00 to 21:30 the scanner 10.20.8.50 tries ports, passwords and addresses of srv-web on order of the administration.",
    ),
    (
        Chain::Reboot,
        "planned-reboot",
        "On Saturday 27 December 2025 at 22:00 srv-web and srv-db are rebooted for a new kernel, as announced.",
    ),
];

/// Adds them all.
pub(super) fn write(stage: &mut Stage, days: &[Day]) {
    let mut r = Stream::new(stage.seed, "decoys");
    for day in days {
        let at = day.at(1, 0, 1) + r.below(900_000) as i64;
        let shown = matches!(
            day.date.format("%m-%d").to_string().as_str(),
            "12-30" | "12-31" | "01-01" | "01-02" | "01-03"
        );
        let night = |stage: &mut Stage, r: &mut Stream| {
            linux::DB.cron(
                stage,
                r,
                at - SECOND,
                "root",
                "/usr/local/sbin/full-backup --to 10.20.8.20",
            );
            let login = Login {
                user: "backup",
                uid: 1050,
                from: BACKUP,
                port: 40_000 + (day.start / 1_000_000_000 % 20_000) as u64,
            };
            linux::DB.ssh_session(
                stage,
                r,
                at,
                login,
                Some("Qm9ja3VwIGtleSBvZiB0aGUgbmlnaHQtLS0tLS0tLS0"),
                900,
            );
            postgres::backup(stage, r, at + 3 * SECOND);
        };
        if shown {
            stage.tell(Chain::Backup, "backup", |stage| night(stage, &mut r));
        } else {
            night(stage, &mut r);
        }
        match day.date.format("%Y-%m-%d").to_string().as_str() {
            "2025-11-12" => scan(stage, &mut r, day),
            "2025-12-27" => planned_reboot(stage, &mut r, day),
            "2025-12-31" => forgotten(stage, &mut r, day),
            _ => {}
        }
    }
}

fn forgotten(stage: &mut Stage, r: &mut Stream, day: &Day) {
    let a = Account::of(&FORGETFUL, "2");
    stage.tell(Chain::Forgotten, "wrong-password", |stage| {
        for k in 0..8 {
            let at = day.at(9, 2, 14) + k * 70 * SECOND + r.below(9_000_000) as i64;
            windows::ticket(stage, r, at, a, false);
            windows::logon_failed(stage, r, at + 4_000, a, true);
        }
        edoc::record(
            stage,
            day.at(9, 8, 40),
            0,
            "edoc.logon_failed",
            FORGETFUL.login,
            FORGETFUL.address,
            "Жүйеге кіру сәтсіз: құпиясөз қате",
        );
    });
    stage.tell(Chain::Forgotten, "logon", |stage| {
        windows::ticket(stage, r, day.at(9, 12, 30), a, true);
        windows::logon(stage, r, day.at(9, 12, 30) + 70_000, a, "0x2f11ab0");
    });
}

fn scan(stage: &mut Stage, r: &mut Stream, day: &Day) {
    stage.tell(Chain::Scan, "scan", |stage| {
        let mut at = day.at(20, 0, 5);
        let mut count = 0;
        while at < day.at(21, 30, 0) {
            match count % 3 {
                0 => asa::scanned_port(stage, r, at, SCANNER, WEB, 1 + count * 13),
                1 => {
                    let path = *r.pick(&[
                        "/admin/",
                        "/.svn/entries",
                        "/backup.zip",
                        "/server-status",
                        "/manager/html",
                        "/console/",
                    ]);
                    nginx::request(
                        stage,
                        at,
                        Request {
                            from: SCANNER,
                            line: &format!("GET {path}?scan={count} HTTP/1.1"),
                            status: 404,
                            bytes: 153,
                            referrer: "-",
                            agent: "Mozilla/5.00 (Scanner; order 12-11/25)",
                        },
                    );
                }
                _ => {
                    let user = *r.pick(&["root", "admin", "scan", "test"]);
                    let login = Login {
                        user,
                        uid: 0,
                        from: SCANNER,
                        port: 33_000 + count,
                    };
                    linux::WEB.ssh_wrong(stage, r, at, login, login.user == "root");
                }
            }
            count += 1;
            at += r.between(50, 120) * SECOND;
        }
    });
}

fn planned_reboot(stage: &mut Stage, r: &mut Stream, day: &Day) {
    stage.tell(Chain::Reboot, "reboot", |stage| {
        linux::WEB.sudo(stage, day.at(21, 59, 50), "n.kim", "root", "/usr/sbin/reboot", 0);
        reboot(stage, r, linux::WEB, day.at(22, 0, 2), 4);
        linux::DB.sudo(stage, day.at(22, 9, 50), "n.kim", "root", "/usr/sbin/reboot", 0);
        reboot(stage, r, linux::DB, day.at(22, 10, 1), 6);
    });
}
