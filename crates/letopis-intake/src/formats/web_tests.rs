//! Access and error logs of web servers against outsiders' truth.

use letopis_event::EventBuf;

use super::truth::{self, Score};
use super::{apache, nginx, syslog, web_access};
use crate::format::Verdict;

/// By whichever reader takes the line, as detection would choose over a whole file.
fn read(line: &str, event: &mut EventBuf) -> Verdict {
    if web_access::read_line(line, event) || nginx::read_line(line, event) || apache::read_line(line, event) {
        return Verdict::Event;
    }
    syslog::read_line(line, event)
}

#[test]
fn elastic_truth() {
    let mut score = Score::default();
    for name in [
        "access/test-access-basic",
        "access/test-access-darwin",
        "access/test-access-ssl-request",
        "access/test-access-ubuntu",
        "access/test-access-vhost",
        "error/test-error-basic",
        "error/test-error-darwin",
        "error/test-error-trace",
        "error/test-error-ubuntu",
    ] {
        truth::elastic(&format!("apache/{name}.log"), read, &mut score);
    }
    score.print("Elastic apache");
    for field in ["read", "src_ip", "method", "status", "bytes", "pid"] {
        assert_eq!(score.share(field), 100, "{field}");
    }
}

#[test]
fn fail2ban_truth() {
    let mut score = Score::default();
    for name in [
        "apache-auth",
        "apache-badbots",
        "apache-noscript",
        "apache-overflows",
        "nginx-bad-request",
        "nginx-botsearch",
        "nginx-http-auth",
    ] {
        truth::fail2ban(name, read, &mut score);
    }
    score.print("fail2ban web");
    for field in ["read", "src_ip", "no false failure"] {
        assert_eq!(score.share(field), 100, "{field}");
    }
}

#[test]
fn crowdsec_truth() {
    let mut score = Score::default();
    for name in ["apache2-logs", "nginx_http-logs"] {
        truth::crowdsec(name, read, &mut score);
    }
    score.print("CrowdSec web");
    for field in ["read", "src_ip", "status", "path", "user", "pid"] {
        assert_eq!(score.share(field), 100, "{field}");
    }
}
