//! What Zeek's records mean: which column a field of a log fills, and of which kind the record is. One answer for both
//! writings (text and JSON), so that the same record gives the same event.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::super::fields::Fields;
use super::super::place::{Place, put};

/// The kinds of Zeek's records.
pub(in crate::formats) const KINDS: &[Kind] = &[
    Kind::AUTH_LOGON,
    Kind::AUTH_TICKET,
    Kind::DEVIATION_REPORT,
    Kind::DNS_QUERY,
    Kind::HTTP_REQUEST,
    Kind::IDS_ALERT,
    Kind::MAIL_SEND,
    Kind::NETWORK_CONNECT,
    Kind::NETWORK_DISCONNECT,
    Kind::NETWORK_FLOW,
    Kind::OBJECT_DELETE,
    Kind::OBJECT_OPEN,
    Kind::OBJECT_RENAME,
    Kind::OBJECT_SAVE,
    Kind::OTHER,
    Kind::REMOTE_ACCESS,
    Kind::TIME_SYNC,
];

const fn text(column: Text) -> Place {
    Place::Text(column)
}

const SECONDS: i64 = 1_000_000;

/// What the field `name` of the log `path` fills.
pub(super) fn place(path: &str, name: &str) -> Place {
    match name {
        "uid" => return text(Text::Session),
        "id.orig_h" | "id_orig_h" => return Place::Source,
        "id.orig_p" | "id_orig_p" => return Place::Number(Number::SrcPort),
        "id.resp_h" | "id_resp_h" => return Place::Destination,
        "id.resp_p" | "id_resp_p" => return Place::Number(Number::DstPort),
        "proto" | "transport_proto" => return text(Text::Protocol),
        "@system" | "_system_name" => return text(Text::Host),
        _ => {}
    }
    let found = match path {
        "conn" | "dns" | "ssl" | "quic" | "http" | "sip" | "smtp" | "dhcp" | "tunnel" | "socks"
        | "modbus" | "dnp3" | "files" => of_traffic(path, name),
        "kerberos" | "ntlm" | "radius" | "ftp" | "irc" | "postgresql" | "rdp" | "smb_files"
        | "smb_mapping" | "dce_rpc" | "mysql" | "ldap" | "ldap_search" => of_access(path, name),
        _ => of_observation(path, name),
    };
    found.unwrap_or(Place::Attr)
}

/// Connections and the protocols of the net itself.
fn of_traffic(path: &str, name: &str) -> Option<Place> {
    Some(match (path, name) {
        ("conn", "service") => text(Text::Service),
        ("conn", "duration") | ("dns", "rtt") => Place::Duration(SECONDS),
        ("conn", "conn_state") | ("dns", "rcode_name") => text(Text::Status),
        ("dns", "query") | ("ssl" | "quic", "server_name") => text(Text::Target),
        ("http", "method") | ("sip", "method") => text(Text::XMethod),
        ("http" | "sip", "uri") => text(Text::Target),
        ("http" | "sip", "user_agent") | ("smtp", "user_agent") => text(Text::XUserAgent),
        ("http", "referrer") => text(Text::XReferrer),
        ("http" | "sip", "status_code") | ("smtp", "last_reply") => text(Text::Status),
        ("http", "username") => text(Text::UserName),
        ("http", "response_body_len") => Place::Number(Number::XBytes),
        ("dhcp", "client_addr") => Place::Source,
        ("dhcp", "server_addr") => Place::Destination,
        ("dhcp", "msg_types") => text(Text::Action),
        ("tunnel", "action") => text(Text::Action),
        ("socks", "user") => text(Text::UserName),
        ("socks", "status") => text(Text::Status),
        ("socks", "request.host" | "request.name" | "request_host" | "request_name") => text(Text::Target),
        ("modbus", "func") | ("dnp3", "fc_request") => text(Text::Action),
        ("modbus", "exception") => text(Text::XReason),
        ("files", "filename") => text(Text::Target),
        ("files", "sha256" | "sha1" | "md5") => text(Text::XHash),
        ("files", "source") => text(Text::Service),
        ("files", "seen_bytes") => Place::Number(Number::XBytes),
        ("files", "duration") => Place::Duration(SECONDS),
        ("files", "tx_hosts") => Place::Source,
        ("files", "rx_hosts") => Place::Destination,
        ("files", "conn_uids") => text(Text::Session),
        _ => return None,
    })
}

/// Who logged on where and did what.
fn of_access(path: &str, name: &str) -> Option<Place> {
    Some(match (path, name) {
        ("kerberos", "client") => text(Text::UserName),
        ("kerberos", "service") => text(Text::Target),
        ("kerberos", "request_type") => text(Text::Action),
        ("kerberos", "error_msg") => text(Text::XReason),
        ("ntlm" | "radius", "username") | ("ftp" | "irc" | "postgresql", "user") => text(Text::UserName),
        ("rdp", "cookie") => text(Text::UserName),
        ("rdp" | "radius", "result") => text(Text::Status),
        ("radius", "reply_msg") => text(Text::XReason),
        ("smb_files", "action") => text(Text::Action),
        ("smb_files", "name") | ("smb_mapping", "path") => text(Text::Target),
        ("smb_files", "prev_name") => text(Text::XOldValue),
        ("dce_rpc", "operation") => text(Text::Action),
        ("dce_rpc", "endpoint") => text(Text::Target),
        ("ftp" | "irc", "command") | ("mysql", "cmd") => text(Text::Action),
        ("ftp", "arg") => text(Text::Target),
        ("ftp", "reply_code") => text(Text::Status),
        ("ftp", "reply_msg") => text(Text::XReason),
        ("ftp", "file_size") => Place::Number(Number::XBytes),
        ("mysql", "arg") => text(Text::XQuery),
        ("ldap", "message_type") => text(Text::Action),
        ("ldap", "object") | ("ldap_search", "base_object") => text(Text::Target),
        ("ldap" | "ldap_search", "result") => text(Text::Status),
        ("ldap_search", "filter") => text(Text::XQuery),
        ("postgresql", "application_name") => text(Text::XUserAgent),
        ("postgresql", "database") => text(Text::Target),
        _ => return None,
    })
}

/// What Zeek itself noticed.
fn of_observation(path: &str, name: &str) -> Option<Place> {
    Some(match (path, name) {
        ("notice" | "notice_alarm", "note") | ("weird", "name") | ("signatures", "sig_id") => {
            text(Text::XRule)
        }
        ("notice" | "notice_alarm", "msg") | ("syslog", "message") | ("reporter", "message") => {
            text(Text::Message)
        }
        ("signatures", "event_msg") => text(Text::Message),
        ("notice" | "notice_alarm", "src") | ("signatures", "src_addr") => Place::Source,
        ("notice" | "notice_alarm", "dst") | ("signatures", "dst_addr") => Place::Destination,
        ("notice" | "notice_alarm", "p") | ("signatures", "dst_port") => Place::Number(Number::DstPort),
        ("signatures", "src_port") => Place::Number(Number::SrcPort),
        ("intel", "seen.indicator" | "seen_indicator") => text(Text::Target),
        ("intel", "sources") => text(Text::XRule),
        ("dpd" | "analyzer", "analyzer" | "analyzer_name") => text(Text::Service),
        ("dpd" | "analyzer", "failure_reason") => text(Text::XReason),
        ("software" | "known_hosts" | "known_services" | "known_certs", "host") => Place::Source,
        ("software", "software_type") => text(Text::Service),
        ("software", "name") => text(Text::Target),
        ("known_services", "port_num") => Place::Number(Number::SrcPort),
        ("known_services", "port_proto") => text(Text::Protocol),
        ("known_services", "service") => text(Text::Service),
        ("known_certs", "subject") | ("x509", "certificate.subject" | "certificate_subject") => {
            text(Text::Target)
        }
        _ => return None,
    })
}

/// Kind, outcome and what is put together of several fields, once all fields are in place.
pub(super) fn finish(path: &str, event: &mut EventBuf) {
    event.set(Text::Provider, path);
    event.kind = kind(path, event);
    match path {
        "conn" => connection_bytes(event),
        "ssh" => logon(event, "auth_success", Kind::REMOTE_ACCESS),
        "ntlm" => logon(event, "success", Kind::OTHER),
        "postgresql" | "kerberos" => said(event, "success"),
        "mysql" => said(event, "success"),
        "http" => web(event),
        "radius" => {
            event.outcome = match event.get(Text::Status) {
                Some("success") => Outcome::Success,
                Some("failed") => Outcome::Failure,
                _ => Outcome::Unknown,
            };
        }
        "ftp" => ftp(event),
        "dns" if event.find_attr("rejected") == Some("true") => event.outcome = Outcome::Failure,
        "syslog" => {
            let severity = event.find_attr("severity").map(str::to_owned);
            event.level = severity.as_deref().and_then(super::super::fields::level);
        }
        _ => {}
    }
    if matches!(
        path,
        "ssh"
            | "rdp"
            | "ftp"
            | "smtp"
            | "dns"
            | "http"
            | "ssl"
            | "dhcp"
            | "radius"
            | "kerberos"
            | "ntlm"
            | "mysql"
            | "sip"
            | "irc"
            | "socks"
            | "snmp"
            | "ntp"
            | "ldap"
            | "ldap_search"
            | "postgresql"
            | "quic"
            | "dce_rpc"
            | "modbus"
    ) {
        event.set_if_absent(Text::Service, path);
    } else if matches!(path, "smb_files" | "smb_mapping") {
        event.set_if_absent(Text::Service, "smb");
    }
}

fn kind(path: &str, event: &EventBuf) -> Kind {
    match path {
        "conn" => Kind::NETWORK_FLOW,
        "dns" => Kind::DNS_QUERY,
        "http" => Kind::HTTP_REQUEST,
        "smtp" => Kind::MAIL_SEND,
        "kerberos" => Kind::AUTH_TICKET,
        "rdp" => Kind::REMOTE_ACCESS,
        "radius" => Kind::AUTH_LOGON,
        "ntp" => Kind::TIME_SYNC,
        "notice" | "notice_alarm" | "intel" | "signatures" => Kind::IDS_ALERT,
        "weird" => Kind::DEVIATION_REPORT,
        "tunnel" => match event.get(Text::Action) {
            Some("Tunnel::DISCOVER") => Kind::NETWORK_CONNECT,
            Some("Tunnel::CLOSE" | "Tunnel::EXPIRE") => Kind::NETWORK_DISCONNECT,
            _ => Kind::OTHER,
        },
        "smb_files" => match event.get(Text::Action) {
            Some("SMB::FILE_OPEN" | "SMB::FILE_READ") => Kind::OBJECT_OPEN,
            Some("SMB::FILE_WRITE") => Kind::OBJECT_SAVE,
            Some("SMB::FILE_RENAME") => Kind::OBJECT_RENAME,
            Some("SMB::FILE_DELETE") => Kind::OBJECT_DELETE,
            _ => Kind::OTHER,
        },
        "ftp" => match event.get(Text::Action) {
            Some("RETR") => Kind::OBJECT_OPEN,
            Some("STOR" | "STOU" | "APPE") => Kind::OBJECT_SAVE,
            Some("DELE") => Kind::OBJECT_DELETE,
            _ => Kind::OTHER,
        },
        _ => Kind::OTHER,
    }
}

/// Both directions together; each stays as an attribute.
fn connection_bytes(event: &mut EventBuf) {
    let count = |name: &str| event.find_attr(name).and_then(|v| v.parse::<i64>().ok());
    if let (Some(sent), Some(received)) = (count("orig_bytes"), count("resp_bytes")) {
        event.set_number(Number::XBytes, sent.saturating_add(received));
    }
}

/// A logon where the record says how it ended; `otherwise` where Zeek could not tell.
fn logon(event: &mut EventBuf, field: &str, otherwise: Kind) {
    said(event, field);
    event.kind = if event.outcome == Outcome::Unknown {
        otherwise
    } else {
        Kind::AUTH_LOGON
    };
}

fn said(event: &mut EventBuf, field: &str) {
    event.outcome = match event.find_attr(field) {
        Some("true") => Outcome::Success,
        Some("false") => Outcome::Failure,
        _ => Outcome::Unknown,
    };
}

fn web(event: &mut EventBuf) {
    if let Some(status) = event.get(Text::Status).map(str::to_owned) {
        super::super::web_access::set_status(&status, event);
    }
}

fn ftp(event: &mut EventBuf) {
    event.outcome = match event.get(Text::Status).unwrap_or_default().as_bytes() {
        [b'2', _, _] => Outcome::Success,
        [b'4' | b'5', _, _] => Outcome::Failure,
        _ => Outcome::Unknown,
    };
}

/// The log that a JSON record belongs to: what it says itself (`_path`, `@stream`), else what its fields show; `None`
/// where it is no record of Zeek.
pub(in crate::formats) fn path_of(fields: &Fields) -> Option<&str> {
    let named = fields.find("_path").or_else(|| fields.find("@stream"));
    fields.find("ts")?;
    let has = |name: &str| fields.find(name).is_some();
    let ends = has("id.orig_h") || has("id_orig_h");
    if let Some(path) = named {
        return (ends || has("uid") || has("_write_ts") || has("@proc") || has("_system_name"))
            .then_some(path);
    }
    if !ends || !has("uid") {
        return None;
    }
    const SIGNS: &[(&str, &str)] = &[
        ("conn_state", "conn"),
        ("qtype_name", "dns"),
        ("trans_id", "dns"),
        ("query", "dns"),
        ("host_key_alg", "ssh"),
        ("auth_success", "ssh"),
        ("auth_attempts", "ssh"),
        ("note", "notice"),
        ("request_type", "kerberos"),
        ("server_nb_computer_name", "ntlm"),
        ("domainname", "ntlm"),
        ("mailfrom", "smtp"),
        ("helo", "smtp"),
        ("call_id", "sip"),
        ("trans_depth", "http"),
        ("named_pipe", "dce_rpc"),
        ("share_type", "smb_mapping"),
        ("times_modified", "smb_files"),
        ("seen.indicator", "intel"),
        ("established", "ssl"),
        ("cookie", "rdp"),
        ("analyzer", "dpd"),
        ("tunnel_type", "tunnel"),
    ];
    let sign = SIGNS.iter().find(|(field, _)| has(field));
    Some(sign.map_or("", |(_, path)| path))
}

/// Fills the event from the fields of a JSON record of the log `path`.
pub(in crate::formats) fn fill(path: &str, fields: &Fields, event: &mut EventBuf) {
    for (name, value) in fields.each() {
        match name {
            "ts" => {
                event.set(Text::TimeText, value);
                event.reading = super::super::fields::time(value, false);
            }
            _ => put(place(path, name), name, value, event),
        }
    }
    finish(path, event);
}
