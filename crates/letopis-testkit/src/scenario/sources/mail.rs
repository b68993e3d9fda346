//! The mail server: Postfix and Dovecot in RFC 5424 form, offset stated.

use crate::clock::SECOND;
use crate::rng::Stream;
use crate::scenario::calendar::{Day, OFFICE, PUBLIC, ROUND};
use crate::scenario::cast::{GUESSED, STAFF, outsider};
use crate::scenario::stage::{LogId, Stage, pid};

fn line(stage: &mut Stage, at: i64, class: &'static str, priority: u32, app: &str, process: u64, text: &str) {
    let clock = LogId::Mail.clock(at).format("%Y-%m-%dT%H:%M:%S%.6f+05:00");
    let data = if process.is_multiple_of(3) {
        "[timeQuality tzKnown=\"1\" isSynced=\"1\" syncAccuracy=\"412000\"]"
    } else {
        "-"
    };
    stage.push(
        LogId::Mail,
        at,
        class,
        format!("<{priority}>1 {clock} srv-mail {app} {process} - {data} {text}"),
    );
}

/// Ordinary days.
pub(in crate::scenario) fn write(stage: &mut Stage, days: &[Day]) {
    let mut r = Stream::new(stage.seed, "mail");
    for day in days {
        for _ in 0..day.amount(&mut r, stage.scale, 6, 3) {
            let at = day.moment(&mut r, &PUBLIC);
            letter(stage, &mut r, at);
        }
        for _ in 0..day.amount(&mut r, stage.scale, 5, 1) {
            let at = day.moment(&mut r, &OFFICE);
            mailbox(stage, &mut r, at);
        }
        for hour in 0..24 {
            let at = day.at(hour, 5, 1) + r.below(900_000) as i64;
            let process = pid(at, &mut r);
            line(
                stage,
                at,
                "cron.command",
                78,
                "CRON",
                process,
                "(root) CMD (/usr/local/sbin/mail-queue-check >/dev/null 2>&1)",
            );
        }
        for _ in 0..3 {
            let (at, from) = (day.moment(&mut r, &ROUND), outsider(&mut r));
            let process = pid(at, &mut r);
            line(
                stage,
                at,
                "mail.auth_failed",
                20,
                "postfix/smtpd",
                process,
                &format!(
                    "warning: unknown[{from}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username={}",
                    r.pick(GUESSED)
                ),
            );
        }
    }
}

fn letter(stage: &mut Stage, r: &mut Stream, at: i64) {
    let (process, from, queue) = (pid(at, r), outsider(r), r.hex(11).to_uppercase());
    let to = r.pick(STAFF).login;
    line(
        stage,
        at,
        "mail.connect",
        22,
        "postfix/smtpd",
        process,
        &format!("connect from mx{}.example[{from}]", r.below(9)),
    );
    if r.permille(250) {
        line(
            stage,
            at + 400_000,
            "mail.refused",
            22,
            "postfix/smtpd",
            process,
            &format!(
                "NOQUEUE: reject: RCPT from unknown[{from}]: 554 5.7.1 <{to}@akimat.example>: Relay access denied; from=<info@promo.example> to=<{to}@akimat.example> proto=ESMTP helo=<promo.example>"
            ),
        );
        return;
    }
    line(
        stage,
        at + 500_000,
        "mail.queued",
        22,
        "postfix/qmgr",
        1204,
        &format!(
            "{queue}: from=<office@region.example>, size={}, nrcpt=1 (queue active)",
            r.long_tailed(900, 11)
        ),
    );
    line(
        stage,
        at + 900_000,
        "mail.delivered",
        22,
        "postfix/lmtp",
        process + 3,
        &format!(
            "{queue}: to=<{to}@akimat.example>, relay=srv-mail[private/dovecot-lmtp], delay=0.{:02}, delays=0.1/0/0.01/0.05, dsn=2.0.0, status=sent (250 2.0.0 <{to}@akimat.example> {} Saved)",
            r.below(99),
            r.hex(22)
        ),
    );
    line(
        stage,
        at + SECOND,
        "mail.connect",
        22,
        "postfix/smtpd",
        process,
        &format!(
            "disconnect from mx.example[{from}] ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7"
        ),
    );
}

fn mailbox(stage: &mut Stage, r: &mut Stream, at: i64) {
    let (person, process, session) = (r.pick(STAFF), pid(at, r), r.hex(16));
    let (user, from) = (person.login, person.address);
    if r.permille(60) {
        line(
            stage,
            at - 9 * SECOND,
            "mail.auth_failed",
            22,
            "dovecot",
            980,
            &format!(
                "imap-login: Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): user=<{user}>, method=PLAIN, rip={from}, lip=10.20.1.25, TLS, session=<{session}>"
            ),
        );
    }
    line(
        stage,
        at,
        "mail.logon",
        22,
        "dovecot",
        980,
        &format!(
            "imap-login: Login: user=<{user}>, method=PLAIN, rip={from}, lip=10.20.1.25, mpid={process}, TLS, session=<{session}>"
        ),
    );
    line(
        stage,
        at + r.between(20, 1800) * SECOND,
        "mail.logoff",
        22,
        "dovecot",
        980,
        &format!(
            "imap({user})<{process}><{session}>: Disconnected: Logged out in={} out={} deleted=0 expunged=0 trashed=0",
            r.between(90, 900),
            r.long_tailed(2000, 7)
        ),
    );
}
