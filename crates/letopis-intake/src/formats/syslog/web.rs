//! Web servers and HAProxy that send their lines through syslog: the readers of the files read these too.

use letopis_event::{EventBuf, Text};

use crate::formats::scan::Cut as _;
use crate::formats::scan::split;
use crate::formats::{apache, haproxy, nginx, web_access};

/// Whether the program is a web server or HAProxy.
pub(super) fn is_server(name: &str) -> bool {
    matches!(name, "haproxy" | "nginx" | "apache2" | "httpd" | "apache")
        || name.starts_with("httpd/")
        || name.starts_with("apache2/")
}

/// Reads one message of a web server.
pub(super) fn read(name: &str, message: &str, event: &mut EventBuf) -> bool {
    // nginx repeats host and program: `host nginx: 2025/09/07 …`
    let message = split(message, " nginx: ").map_or(
        message,
        |(head, rest)| if head.holds(b' ') { message } else { rest },
    );
    if name == "haproxy" {
        return haproxy::read_message(message, event);
    }
    // The head of syslog already gave a time; the one inside is more exact, and the message stays as it came.
    let outer = event.reading;
    let service = if name.starts_with("nginx") {
        "nginx"
    } else {
        "apache"
    };
    event.set(Text::Service, service);
    let known = web_access::read_line(message, event)
        || if service == "nginx" {
            nginx::read_line(message, event)
        } else {
            apache::read_line(message, event)
        };
    if event.reading.is_none() {
        event.reading = outer;
    }
    known
}
