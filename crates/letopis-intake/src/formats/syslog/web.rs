//! Web servers and HAProxy that send their lines through syslog: the readers of the files read these too.

use letopis_event::{EventBuf, Kind, Number, Text};

use super::set_kind;
use crate::formats::scan::{self, split, word};
use crate::formats::{apache, nginx, web_access};

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
        |(head, rest)| if head.contains(' ') { message } else { rest },
    );
    if name == "haproxy" {
        event.set(Text::Service, "haproxy");
        return haproxy(message, event);
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

/// HTTP and TCP log lines of HAProxy (its configuration manual, section 8.2):
/// `10.0.0.5:4022 [14/Nov/2025:22:45:25.439] front back/server 0/0/1/2/3 200 5168 - - ---- 3/3/0/0/0 0/0 "GET / HTTP/1.1"`.
fn haproxy(text: &str, event: &mut EventBuf) -> bool {
    let (client, rest) = word(text);
    let Some((address, port)) = scan::address_port(client, b':').filter(|(a, _)| scan::is_ip(a)) else {
        return false;
    };
    let Some(rest) = rest.strip_prefix('[') else {
        return false;
    };
    let Some((accepted, rest)) = split(rest, "] ") else {
        return false;
    };
    scan::set_source(event, address);
    scan::set_port(event, Number::SrcPort, port);
    event.attr("accepted", accepted);
    let (frontend, rest) = word(rest);
    let (backend, rest) = word(rest);
    event.attr("frontend", frontend);
    event.attr("backend", backend);
    let (timers, rest) = word(rest);
    event.attr("timers", timers);
    let (status, rest) = word(rest);
    let (bytes, rest) = word(rest);
    if let Ok(moved) = bytes.parse() {
        event.set_number(Number::XBytes, moved);
    }
    let Some((_, request)) = split(rest, "\"") else {
        return set_kind(event, Kind::NETWORK_FLOW);
    };
    let total = timers
        .rsplit('/')
        .next()
        .and_then(|t| t.trim_start_matches('+').parse::<i64>().ok());
    if let Some(total) = total.filter(|t| *t >= 0) {
        event.set_number(Number::XDurationUs, total.saturating_mul(1000));
    }
    web_access::set_status(status, event);
    web_access::set_request(request.strip_suffix('"').unwrap_or(request), event);
    set_kind(event, Kind::HTTP_REQUEST)
}
