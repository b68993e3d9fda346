//! Web access logs: NCSA common and combined, with a virtual host before and extras behind, as Apache, nginx and
//! many others write them. The line does not say which server wrote it, so this is one format.
//!
//! `outcome` is what the status says of the request (RFC 9110 §15): `success` where the server delivered or redirected
//! (2xx, 3xx), `failure` where it refused or could not (4xx, 5xx). Who was let in is another question: see `status`.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::ftp_lines;
use super::scan::{self, is_ip, word};
use super::web_lines::{self, WebLines};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, RecordReader, Sample};
use crate::formats::scan::Cut as _;
use crate::near;
use crate::timetext;

/// Access logs in the common and combined formats.
pub(crate) const FORMAT: Format = Format {
    name: "web-access",
    title: "Web server access log (common, combined)",
    reference: "Apache mod_log_config (CLF, combined, vhost_combined); nginx ngx_http_log_module (combined)",
    category: Some(Category::Application),
    kinds: &[
        Kind::HTTP_REQUEST,
        Kind::AUTH_LOGON,
        Kind::OBJECT_CREATE,
        Kind::OBJECT_DELETE,
        Kind::OBJECT_OPEN,
        Kind::OBJECT_RENAME,
        Kind::OTHER,
    ],
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[Sample {
    bytes: b"203.0.113.9 - aigul [01/Jan/2026:00:12:03 +0500] \"GET /reports?id=7 HTTP/1.1\" 200 5120 \"https://portal.example/\" \"Mozilla/5.0 (X11)\" rt=0.120\n\
portal.example:443 203.0.113.9 - - [01/Jan/2026:00:12:04 +0500] \"POST /login HTTP/2.0\" 401 - \"-\" \"curl/8.5\"\n\
2001:db8::7 - - [01/Jan/2026:00:12:05 +0500] \"\\x16\\x03\\x01\" 400 226\n",
    events: &[
        &[
            ("kind", "http.request"),
            ("outcome", "success"),
            ("src_ip", "203.0.113.9"),
            ("user_name", "aigul"),
            ("x_method", "GET"),
            ("target", "/reports?id=7"),
            ("status", "200"),
            ("x_bytes", "5120"),
            ("x_referrer", "https://portal.example/"),
            ("x_user_agent", "Mozilla/5.0 (X11)"),
            ("x_duration_us", "120000"),
        ],
        &[("attrs.vhost", "portal.example:443"), ("outcome", "failure"), ("x_method", "POST"), ("status", "401")],
        &[("outcome", "failure"), ("target", "\\x16\\x03\\x01"), ("attrs.malformed", "yes"), ("src_ip", "2001:db8::7")],
    ],
}];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let scratch = std::cell::RefCell::new(EventBuf::default());
    let share_of = |read: fn(&str, &mut EventBuf) -> bool| {
        head.share(50, |line| {
            let mut scratch = scratch.borrow_mut();
            scratch.clear();
            read(line, &mut scratch)
        })
    };
    let share = share_of(read_line);
    if share >= 60 {
        return Some(Claim {
            confidence: 80 + share / 10,
            reason: format!(
                "{share} of 100 lines are client, [day/month/year:time zone], \"request\", status"
            ),
        });
    }
    // Access and error log in one file.
    let web = if share >= 10 {
        share_of(web_lines::other)
    } else {
        0
    };
    (web >= 60).then(|| Claim {
        confidence: 78 + share / 10,
        reason: format!(
            "{web} of 100 lines are a web server's, {share} of them client, [day/month/year:time zone], \"request\", status"
        ),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(WebLines {
        own: web_lines::access,
        expected: "the line has no [day/month/year:time zone] \"request\" status",
    })
}

/// Reads one line; `false` (and nothing filled) where it is none.
pub(crate) fn read_line(line: &str, event: &mut EventBuf) -> bool {
    let Some(parts) = parts_of(line) else { return false };
    event.kind = Kind::HTTP_REQUEST;
    event.reading = Some(parts.reading);
    event.set(Text::TimeText, parts.time_text);
    client(parts.client, event);
    if parts.ssl {
        set_request(parts.request, event);
        // `client protocol cipher "request" bytes`: no status there.
        let (_, rest) = word(parts.client);
        let (protocol, cipher) = word(rest);
        event.attr("tls_protocol", protocol);
        event.attr("tls_cipher", cipher.trimmed_end());
        if let Ok(bytes) = word(parts.tail).0.parse() {
            event.set_number(Number::XBytes, bytes);
        }
        return true;
    }
    let (status, rest) = word(parts.tail);
    if !ftp_lines::read(parts.request, status, event) {
        set_request(parts.request, event);
        set_status(status, event);
    }
    let (bytes, rest) = word(rest);
    if let Ok(bytes) = bytes.parse() {
        event.set_number(Number::XBytes, bytes);
    }
    extras(rest, event);
    true
}

/// The line cut at its fixed marks.
struct Parts<'a> {
    client: &'a str,
    reading: letopis_event::TimeReading,
    time_text: &'a str,
    request: &'a str,
    tail: &'a str,
    /// Apache's `ssl_request_log`, which begins with the time.
    ssl: bool,
}

fn parts_of(line: &str) -> Option<Parts<'_>> {
    let bytes = line.as_bytes();
    let mut from = 0;
    loop {
        let open = from + near::byte(b'[', bytes.get(from..)?)?;
        from = open + 1;
        let stamp = line.get(open + 1..)?;
        let Some((reading, length)) = timetext::common_log(stamp).or_else(|| in_numbers(stamp)) else {
            continue;
        };
        let close = open + 1 + length;
        if bytes.get(close) != Some(&b']') {
            continue;
        }
        let time_text = line.get(open + 1..close)?;
        let after = line.get(close + 1..)?.strip_prefix(' ')?;
        if open == 0 {
            let quote = near::byte(b'"', after.as_bytes())?;
            let (request, tail) = quoted(after.get(quote..)?)?;
            let client = after.get(..quote)?;
            return is_ip(word(client).0).then_some(Parts {
                client,
                reading,
                time_text,
                request,
                tail,
                ssl: true,
            });
        }
        // A user name cannot fake this: both servers escape a quote in it.
        let Some((request, tail)) = quoted(after) else {
            continue;
        };
        let client = line.get(..open)?.trimmed_end();
        let status = word(tail).0;
        let numbered = status.len() == 3 && status.bytes().all(|b| b.is_ascii_digit()) || status == "-";
        return numbered.then_some(Parts {
            client,
            reading,
            time_text,
            request,
            tail,
            ssl: false,
        });
    }
}

/// A time whose month is a number, up to the bracket: `06/10/2026:11:19:31 -0000` (cPanel's access_log, the month
/// first), the same with a blank and no offset.
fn in_numbers(text: &str) -> timetext::Taken {
    let bytes = text.as_bytes();
    if bytes.get(2) != Some(&b'/') || bytes.get(5) != Some(&b'/') {
        return None;
    }
    let close = near::byte(b']', bytes.get(..40.min(bytes.len()))?)?;
    let (date, clock) = (text.get(..10)?, text.get(11..close)?);
    matches!(bytes.get(10), Some(b':' | b' ')).then_some(())?;
    let reading = timetext::date_and_clock(date, clock, true)
        .or_else(|| timetext::date_and_clock(date, clock, false))?;
    Some((reading, close))
}

/// A text in double quotes at the start, escapes left in place, and what follows the spaces behind it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'"') {
        return None;
    }
    let mut at = 1;
    loop {
        at += near::byte2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some((text.get(1..at)?, text.get(at + 1..)?.less_start(b' ')));
        }
        at += 2;
    }
}

/// `[vhost[:port] ]client ident user`
fn client(text: &str, event: &mut EventBuf) {
    let (first, rest) = word(text);
    let (second, after_second) = word(rest);
    let host_first = !is_ip(first) && (is_ip(second) || first.holds(b':'));
    let (address, rest) = if host_first {
        event.attr("vhost", first);
        (second, after_second)
    } else {
        (first, rest)
    };
    scan::set_source(event, address.less_end(b','));
    let (ident, user) = word(rest);
    if !matches!(ident, "-" | "") {
        event.attr("ident", ident);
    }
    if !matches!(user, "-" | "" | "\"\"") {
        event.set(Text::UserName, user);
    }
}

/// `GET /path HTTP/1.1`; what is no such request is the target as it stands.
pub(crate) fn set_request(request: &str, event: &mut EventBuf) {
    let (method, rest) = word(request);
    let is_method = !method.is_empty()
        && method.len() <= 32
        && method
            .bytes()
            .all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-'));
    if is_method
        && let Some((target, version)) = scan::split_last(rest, " HTTP/")
        && version.len() <= 8
    {
        event.set(Text::XMethod, method);
        event.set(Text::Target, target);
        event.set_joined(Text::Protocol, &["HTTP/", version]);
        set_tunnel(method, target, event);
        return;
    }
    // HTTP/0.9 has no version: `GET /path`.
    if is_method && rest.starts_with('/') && !rest.holds(b' ') {
        event.set(Text::XMethod, method);
        event.set(Text::Target, rest);
        return;
    }
    event.set(Text::Target, request);
    if request != "-" {
        event.attr("malformed", "yes");
    }
}

/// A tunnel goes to the host and port that were asked for (RFC 9110 §9.3.6).
pub(crate) fn set_tunnel(method: &str, target: &str, event: &mut EventBuf) {
    if method != "CONNECT" {
        return;
    }
    if let Some((host, port)) = scan::address_port(target, b':') {
        scan::set_port(event, Number::DstPort, port);
        if event.get(Text::DstIp).is_none() && is_ip(host) {
            event.set(Text::DstIp, host);
        }
    }
}

/// The status and what it says of the outcome (see the module). 1xx, 000 (no answer was sent) and `-` say nothing.
pub(crate) fn set_status(status: &str, event: &mut EventBuf) {
    event.set(Text::Status, status);
    event.outcome = match status.as_bytes() {
        [b'2' | b'3', _, _] => Outcome::Success,
        [b'4' | b'5', _, _] => Outcome::Failure,
        _ => Outcome::Unknown,
    };
}

/// Referrer, user agent, and whatever the administrator added.
fn extras(text: &str, event: &mut EventBuf) {
    let mut rest = text.trimmed_start();
    let mut place = 0;
    while !rest.is_empty() {
        if let Some((value, after)) = quoted(rest) {
            place += 1;
            rest = after;
            if matches!(value, "-" | "") {
                continue;
            }
            match place {
                1 => event.set(Text::XReferrer, value),
                2 => event.set(Text::XUserAgent, value),
                // nginx's `main` format ends so.
                3 if value.pieces(b',').all(|a| is_ip(a.trimmed())) => event.attr("x_forwarded_for", value),
                _ => event.attr("extra", value),
            }
            continue;
        }
        let (field, after) = extra_word(rest);
        rest = after;
        match field.cut(b'=') {
            Some((name, value)) if !name.is_empty() => named_extra(name, value.trim_matches('"'), event),
            _ if field == "-" => {}
            // Seconds with a fraction are nginx's $request_time; a bare integer may be anything.
            _ if field.holds(b'.')
                && seconds(field).is_some()
                && event.number(Number::XDurationUs).is_none() =>
            {
                event.set_number(Number::XDurationUs, seconds(field).unwrap_or(0));
            }
            _ => event.attr("extra", field),
        }
    }
}

/// A word, the quotes of `name="a b"` kept together.
fn extra_word(text: &str) -> (&str, &str) {
    let (field, after) = word(text);
    if let Some(open) = field.place("=\"")
        && let Some((value, rest)) = quoted(text.get(open + 1..).unwrap_or_default())
    {
        return (text.get(..open + value.len() + 3).unwrap_or(field), rest);
    }
    (field, after)
}

fn named_extra(name: &str, value: &str, event: &mut EventBuf) {
    event.attr(name, value);
    let is_duration = matches!(name, "rt" | "request_time") && event.number(Number::XDurationUs).is_none();
    if is_duration && let Some(micros) = seconds(value) {
        event.set_number(Number::XDurationUs, micros);
    }
}

/// `0.120` as microseconds.
fn seconds(text: &str) -> Option<i64> {
    let (whole, fraction) = text.cut(b'.').unwrap_or((text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 6 {
        return None;
    }
    // The fraction as microseconds: six places, missing ones are zeros.
    let places = u32::try_from(fraction.len()).ok()?;
    let micros = if fraction.is_empty() {
        0
    } else {
        fraction.parse::<i64>().ok()?
    } * 10i64.pow(6 - places.min(6));
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(1_000_000)?
        .checked_add(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> EventBuf {
        let mut event = EventBuf::default();
        assert!(read_line(line, &mut event), "{line}");
        event
    }

    #[test]
    fn what_attackers_write_stays_in_its_field() {
        let event = read(
            r#"198.51.100.1 - a [b] c [01/Jan/2026:00:00:00 +0000] "GET /\"x HTTP/1.1\" 200 1 HTTP/1.1" 404 12 "-" "x\"y""#,
        );
        assert_eq!(event.get(Text::UserName), Some("a [b] c"));
        assert_eq!(event.get(Text::Status), Some("404"));
        assert_eq!(event.get(Text::Target), Some(r#"/\"x HTTP/1.1\" 200 1"#));
        assert_eq!(event.get(Text::XUserAgent), Some(r#"x\"y"#));
    }

    #[test]
    fn months_may_be_numbers() {
        let event = read(
            r#"10.0.0.1 - root [02/10/2026:11:19:31 -0000] "GET /a HTTP/1.1" 200 0 "-" "a" "-" "-" 2086"#,
        );
        assert_eq!(event.get(Text::TimeText), Some("02/10/2026:11:19:31 -0000"));
        let expected = timetext::iso8601("2026-02-10T11:19:31Z").map(|(reading, _)| reading);
        assert_eq!(event.reading, expected);
        let event = read(r#"10.0.0.1 - - [22/10/2026 11:19:31] "GET /a HTTP/1.1" 200 - - 10 News Sites"#);
        let expected = timetext::iso8601("2026-10-22T11:19:31").map(|(reading, _)| reading);
        assert_eq!(event.reading, expected);
    }

    #[test]
    fn extras_are_kept() {
        let event = read(
            r#"10.0.0.1 - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "a" "10.9.8.7, 10.1.1.1" 0.033 uct="0.1, 0.2" 777"#,
        );
        assert_eq!(event.number(Number::XDurationUs), Some(33_000));
        assert_eq!(event.find_attr("x_forwarded_for"), Some("10.9.8.7, 10.1.1.1"));
        assert_eq!(event.find_attr("uct"), Some("0.1, 0.2"));
        assert_eq!(event.find_attr("extra"), Some("777"));
    }

    #[test]
    fn other_lines_are_refused() {
        let mut event = EventBuf::default();
        for line in [
            "",
            "x",
            "[",
            "a [01/Jan/2026:00:00:00 +0000] \"open",
            "a - - [1] \"GET / HTTP/1.1\" 200 1",
        ] {
            assert!(!read_line(line, &mut event), "{line}");
        }
    }
}
