//! Layouts of many libraries, one line each.

use super::head;

#[track_caller]
fn check(line: &str, level: Option<i8>, logger: &str, pid: &str, message: &str) {
    let found = head::read(line, false).unwrap_or_else(|| panic!("not taken: {line}"));
    assert_eq!(
        (found.level, found.logger, found.pid, found.message),
        (level, logger, pid, message),
        "{line}"
    );
}

#[test]
fn the_layouts_of_the_libraries_are_read() {
    // Python, with its usual format strings.
    check(
        "2026-01-01 00:00:00,123 - app.mail - ERROR - not sent",
        Some(3),
        "app.mail",
        "",
        "not sent",
    );
    check(
        "2026-01-01 00:00:00,123 INFO app.mail: sent",
        Some(6),
        "app.mail",
        "",
        "sent",
    );
    check(
        "WARNING:root:disk is nearly full",
        Some(4),
        "root",
        "",
        "disk is nearly full",
    );
    // Spring Boot.
    check(
        "2026-01-01T00:00:00.123Z  INFO 4021 --- [main] k.a.registry.Application : up",
        Some(6),
        "k.a.registry.Application",
        "4021",
        "up",
    );
    check(
        "2026-01-01T00:00:00.123+05:00  WARN 4021 --- [registry] [nio-8080-exec-1] k.a.r.Api       : late",
        Some(4),
        "k.a.r.Api",
        "4021",
        "late",
    );
    // logback, log4net, java.util.logging.
    check(
        "2026-01-01 00:00:00.123 [main] DEBUG kz.app.Main - ready",
        Some(7),
        "kz.app.Main",
        "",
        "ready",
    );
    check(
        "2026-01-01 00:00:00,123 [12] INFO  Billing - paid",
        Some(6),
        "Billing",
        "12",
        "paid",
    );
    check(
        "01-Jan-2026 00:00:00.000 SEVERE [main] org.example.Lifecycle.start failed to start",
        Some(2),
        "org.example.Lifecycle.start",
        "",
        "failed to start",
    );
    // NLog, Serilog, oslo.log, Celery, Kafka.
    check(
        "2026-01-01 00:00:00.1234|INFO|Billing|paid|in full",
        Some(6),
        "Billing",
        "",
        "paid|in full",
    );
    check(
        "2026-01-01 00:00:00.123 +05:00 [ERR] not paid",
        Some(3),
        "",
        "",
        "not paid",
    );
    check(
        "2026-01-01 00:00:00.008 25746 INFO nova.api.server [req-38101a0b a b - - -] 10.0.0.1 \"GET / HTTP/1.1\" status: 200 len: 5",
        Some(6),
        "nova.api.server",
        "25746",
        "10.0.0.1 \"GET / HTTP/1.1\" status: 200 len: 5",
    );
    check(
        "[2026-01-01 00:00:00,123: INFO/MainProcess] task done",
        Some(6),
        "",
        "",
        "task done",
    );
    check(
        "[2026-01-01 00:00:00,123] WARN the broker is slow (kafka.server.Broker)",
        Some(4),
        "kafka.server.Broker",
        "",
        "the broker is slow",
    );
    // Go and others that name the place.
    check(
        "2026/01/01 00:00:00 ...ers/web/auth.go:200:SignIn() [I] refused",
        Some(6),
        "",
        "",
        "refused",
    );
    check(
        "[2026-01-01T00:00:00.253Z] I santad: action=EXEC|pid=3",
        Some(6),
        "santad",
        "",
        "action=EXEC|pid=3",
    );
    check(
        "081109 203615 148 INFO dfs.Node$Responder: ends",
        Some(6),
        "dfs.Node$Responder",
        "148",
        "ends",
    );
    check(
        "[info] o.t.s.Filter [1e60d1e5e2a1741f|2989d0704d3c364c] 10.0.0.1 POST /a took 8ms",
        Some(6),
        "o.t.s.Filter",
        "",
        "10.0.0.1 POST /a took 8ms",
    );
}

#[test]
fn other_text_is_not_taken() {
    for line in [
        "Jan  1 00:00:00 web1 sshd[4021]: Failed password for a from 10.0.0.1 port 1 ssh2",
        "2026-01-01T00:00:00+05:00 web1 sudo: a : TTY=pts/0",
        "Error in the third chapter",
        "2026-01-01 00:00:00 backup finished",
        "java.io.IOException: gone",
        "10.0.0.1 - - [01/Jan/2026:00:00:00 +0500] \"GET / HTTP/1.1\" 200 5",
        "2026-01-01,10.0.0.1,INFO",
        "",
        "[",
        "[2026",
    ] {
        assert_eq!(head::read(line, false), None, "{line}");
    }
}
