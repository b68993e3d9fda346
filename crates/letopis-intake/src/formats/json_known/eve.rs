//! Suricata EVE JSON (Suricata User Guide, "Eve JSON Format").

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::super::fields::{self, Fields};
use super::super::place::Place;
use super::{place_all, text};

pub(super) fn is(fields: &Fields) -> bool {
    let has = |name: &str| fields.find(name).is_some();
    has("event_type") && has("timestamp") && (has("flow_id") || has("src_ip") || has("stats.uptime"))
}

pub(super) fn fill(fields: &Fields, event: &mut EventBuf) {
    let class = fields.find("event_type").unwrap_or_default();
    place_all(
        fields,
        event,
        "timestamp",
        if class == "alert" { of_alert } else { place },
    );
    let bytes = |name: &str| fields.find(name).and_then(|v| v.parse::<i64>().ok());
    let flow = ("flow.bytes_toserver", "flow.bytes_toclient");
    if let (Some(sent), Some(received)) = (bytes(flow.0), bytes(flow.1)) {
        event.set_number(Number::XBytes, sent.saturating_add(received));
    }
    if let Some(end) = fields.find("flow.end").or_else(|| fields.find("netflow.end")) {
        event.end_reading = fields::time(end, false);
    }
    event.kind = match class {
        "alert" => Kind::IDS_ALERT,
        "anomaly" => Kind::DEVIATION_REPORT,
        "drop" => Kind::FIREWALL_BLOCK,
        "dns" => Kind::DNS_QUERY,
        "http" | "http2" => Kind::HTTP_REQUEST,
        "flow" | "netflow" => Kind::NETWORK_FLOW,
        "krb5" => Kind::AUTH_TICKET,
        "rdp" => Kind::REMOTE_ACCESS,
        "smtp" => Kind::MAIL_SEND,
        _ => Kind::OTHER,
    };
    let refused = event.kind == Kind::FIREWALL_BLOCK || event.get(Text::Status) == Some("blocked");
    if refused {
        event.outcome = Outcome::Failure;
        event.set_if_absent(Text::Status, "denied");
    } else if event.kind == Kind::HTTP_REQUEST {
        let status = event.get(Text::Status).unwrap_or_default().to_owned();
        super::super::web_access::set_status(&status, event);
    }
    event.level = match fields.find("alert.severity") {
        Some("1") => Some(3),
        Some("2") => Some(4),
        Some("3") => Some(6),
        Some("4") => Some(7),
        _ => None,
    };
}

/// An alert carries the fields of its protocol too: its own come first.
fn of_alert(name: &str) -> Place {
    match name {
        "alert.action" => text(Text::Status),
        "http.status" | "dns.rcode" | "flow.state" | "flow.reason" => Place::Attr,
        _ => place(name),
    }
}

fn place(name: &str) -> Place {
    match name {
        "event_type" => text(Text::Action),
        "flow_id" => text(Text::Session),
        "src_ip" => Place::Source,
        "src_port" => Place::Number(Number::SrcPort),
        "dest_ip" => Place::Destination,
        "dest_port" => Place::Number(Number::DstPort),
        "proto" => text(Text::Protocol),
        "app_proto" => text(Text::Service),
        "in_iface" => text(Text::XInterface),
        "host" => text(Text::Host),
        "alert.signature" | "anomaly.event" => text(Text::XRule),
        "alert.signature_id" => text(Text::Code),
        "http.http_method" => text(Text::XMethod),
        "http.url" | "dns.rrname" | "dns.query.rrname" | "dns.queries.rrname" | "tls.sni" | "quic.sni"
        | "fileinfo.filename" | "smb.filename" | "krb5.sname" => text(Text::Target),
        "http.http_user_agent" => text(Text::XUserAgent),
        "http.http_refer" => text(Text::XReferrer),
        "http.status" | "dns.rcode" | "flow.state" | "krb5.error_code" => text(Text::Status),
        "http.length" | "fileinfo.size" => Place::Number(Number::XBytes),
        "fileinfo.sha256" | "fileinfo.sha1" | "fileinfo.md5" => text(Text::XHash),
        "flow.reason" | "drop.reason" => text(Text::XReason),
        "flow.age" => Place::Duration(1_000_000),
        "krb5.cname" | "rdp.cookie" | "smb.ntlmssp.user" => text(Text::UserName),
        _ => Place::Attr,
    }
}
