//! Requests to IIS as events (provider of "IIS Logging", where W3C logging goes to ETW): the data has the names of the
//! W3C fields.

use letopis_event::{EventBuf, Kind, Number, Text};

use super::rules::{Rule, rule};
use super::values::{account, address, port, quantity, value};
use crate::formats::web_access;

/// Microsoft-Windows-IIS-Logging.
pub(super) const RULES: &[Rule] = &[rule(
    6200,
    Kind::HTTP_REQUEST,
    &[
        ("cs-method", Text::XMethod),
        ("cs-uri-stem", Text::Target),
        ("cs-version", Text::Protocol),
        ("csUser-Agent", Text::XUserAgent),
        ("csReferer", Text::XReferrer),
    ],
    "{x_method} {target} from {src_ip}: {status}",
)
.with(request)];

fn request(event: &mut EventBuf, scratch: &mut String) {
    address(event, scratch, "c-ip", Text::SrcIp);
    address(event, scratch, "s-ip", Text::DstIp);
    port(event, "s-port", Number::DstPort);
    quantity(event, "sc-bytes", Number::XBytes);
    account(event, scratch, "cs-username", Text::UserName);
    if let Some(status) = value(event, "sc-status").map(str::to_owned) {
        web_access::set_status(&status, event);
    }
    if let Some(millis) = value(event, "time-taken").and_then(|v| v.parse::<i64>().ok()) {
        event.set_number(Number::XDurationUs, millis.saturating_mul(1000));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::read_as;

    #[test]
    fn requests_are_read_as_those_of_the_log_file() {
        let event = "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>\
            <Provider Name=\"Microsoft-Windows-IIS-Logging\"/><EventID>6200</EventID><Level>4</Level>\
            <TimeCreated SystemTime=\"2026-01-01T00:12:05.5Z\"/><Channel>Microsoft-IIS-Logging/Logs</Channel>\
            <Computer>web1.akimat.example</Computer></System><EventData><Data Name=\"c-ip\">203.0.113.9</Data>\
            <Data Name=\"cs-username\">AKIMAT\\serik</Data><Data Name=\"s-ip\">10.1.2.3</Data>\
            <Data Name=\"cs-method\">POST</Data><Data Name=\"cs-uri-stem\">/owa/auth.owa</Data>\
            <Data Name=\"sc-status\">401</Data><Data Name=\"sc-bytes\">120</Data><Data Name=\"time-taken\">49</Data>\
            <Data Name=\"s-port\">443</Data><Data Name=\"csUser-Agent\">curl/8.5</Data><Data Name=\"csReferer\">-</Data>\
            </EventData></Event>";
        let out = read_as(event.as_bytes(), "windows-xml");
        for (column, expected) in [
            ("kind", Some("http.request")),
            ("outcome", Some("failure")),
            ("src_ip", Some("203.0.113.9")),
            ("dst_ip", Some("10.1.2.3")),
            ("dst_port", Some("443")),
            ("user_name", Some("serik")),
            ("x_method", Some("POST")),
            ("target", Some("/owa/auth.owa")),
            ("status", Some("401")),
            ("x_bytes", Some("120")),
            ("x_duration_us", Some("49000")),
            ("x_referrer", None),
            ("message", Some("POST /owa/auth.owa from 203.0.113.9: 401")),
        ] {
            assert_eq!(out.rows[0].get(column).as_deref(), expected, "{column}");
        }
    }
}
