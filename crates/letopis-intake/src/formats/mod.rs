//! Every format that there is. A format is tested by being in this list.

mod apache;
mod application;
mod asterisk;
mod auditd;
mod aws_elb;
mod cef;
mod check_point;
mod cisco_asa;
mod cisco_ios;
mod clamav;
mod cluster_log;
mod container_log;
mod delimited;
mod dns_server;
mod event_name;
mod evtx;
mod exchange;
mod exim;
mod fields;
mod fortinet;
mod ftp_lines;
#[cfg(test)]
mod generic_tests;
mod haproxy;
#[cfg(test)]
mod host_tests;
mod ids_alerts;
mod inner;
mod journal;
mod json_kinds;
mod json_known;
mod json_lines;
mod json_walk;
mod kaspersky;
mod key_value;
mod kz195;
mod leef;
mod lighttpd;
mod log_access;
mod logon_lists;
mod logon_text;
mod mikrotik;
mod mongodb;
mod mssql_errorlog;
mod mysql;
#[cfg(test)]
mod network_tests;
mod nginx;
mod nps;
mod onec;
mod openvpn;
mod openvpn_status;
mod oracle_audit;
mod package_logs;
mod palo_alto;
mod panels;
mod place;
mod plain_text;
mod postgres_csv;
mod postgres_json;
mod postgres_log;
mod powershell_transcript;
#[cfg(test)]
mod product_tests;
mod quoted;
mod radius;
mod roundcube;
mod samba;
pub(crate) mod scan;
mod shell_history;
mod sql;
mod squid;
mod strongswan;
mod syslog;
mod sysstat;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod truth;
mod unknown_binary;
pub mod user;
mod utmp;
mod vmware;
mod vpc_flow;
mod vsftpd;
mod w3c;
mod web_access;
mod web_lines;
#[cfg(test)]
mod web_tests;
mod windows;
mod windows_dhcp;
mod windows_dns;
mod windows_json;
mod windows_xml;
mod xferlog;
mod xml_leaves;
mod zeek;

pub(crate) use unknown_binary::NAME as UNKNOWN_BINARY;
pub use user::{UserFormat, UserFormatError, user_formats};
pub(crate) use windows_xml::resolve as resolve_reference;

use letopis_event::Span;

use crate::error::IntakeError;
use crate::format::{Format, ReadSeek};

/// Every format, specific ones first: equal claims go to the earlier.
pub const FORMATS: &[&Format] = &[
    &evtx::FORMAT,
    &windows_xml::FORMAT,
    &windows_json::FORMAT,
    &postgres_csv::FORMAT,
    &postgres_log::FORMAT,
    &postgres_json::FORMAT,
    &mysql::audit::FORMAT,
    &mysql::audit_records::JSON,
    &mysql::audit_records::XML,
    &mysql::slow::FORMAT,
    &mysql::general::FORMAT,
    &mysql::error::FORMAT,
    &utmp::FORMAT,
    &journal::export::FORMAT,
    &journal::json::FORMAT,
    &shell_history::FORMAT,
    &package_logs::dpkg::FORMAT,
    &package_logs::apt::HISTORY,
    &package_logs::apt::TERM,
    &package_logs::rpm::FORMAT,
    &mongodb::JSON,
    &mongodb::TEXT,
    &mssql_errorlog::FORMAT,
    &asterisk::FORMAT,
    &xferlog::FORMAT,
    &strongswan::FORMAT,
    &samba::FORMAT,
    &powershell_transcript::FORMAT,
    &onec::text::FORMAT,
    &onec::xml::FORMAT,
    &oracle_audit::TEXT,
    &oracle_audit::XML,
    &panels::WEBMIN,
    &panels::DIRECTADMIN,
    &exchange::FORMAT,
    &clamav::FORMAT,
    &sysstat::FORMAT,
    &logon_lists::LAST,
    &logon_lists::SULOG,
    &auditd::FORMAT,
    &cisco_asa::FORMAT,
    &zeek::FORMAT,
    &w3c::FORMAT,
    &ids_alerts::FAST,
    &ids_alerts::FULL,
    &cef::FORMAT,
    &squid::FORMAT,
    &haproxy::FORMAT,
    &leef::FORMAT,
    &fortinet::FORMAT,
    &palo_alto::FORMAT,
    &cisco_ios::FORMAT,
    &vpc_flow::FORMAT,
    &aws_elb::FORMAT,
    &dns_server::FORMAT,
    &windows_dns::FORMAT,
    &windows_dhcp::FORMAT,
    &radius::LOG,
    &radius::DETAIL,
    &nps::CSV,
    &nps::XML,
    &vmware::FORMAT,
    &mikrotik::FORMAT,
    &check_point::FORMAT,
    &web_access::FORMAT,
    &nginx::FORMAT,
    &apache::FORMAT,
    &lighttpd::FORMAT,
    &exim::FORMAT,
    &roundcube::FORMAT,
    &openvpn::FORMAT,
    &openvpn_status::FORMAT,
    &vsftpd::FORMAT,
    &syslog::RFC5424,
    &syslog::RFC3164,
    &container_log::FORMAT,
    &cluster_log::FORMAT,
    &kz195::FORMAT,
    &application::FORMAT,
    &json_lines::FORMAT,
    &delimited::FORMAT,
    &key_value::FORMAT,
    &plain_text::FORMAT,
    &unknown_binary::FORMAT,
];

/// The format of that name.
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|f| f.name == name)
}

/// Whether logs of that format overwrite their oldest records in place, so that two copies of one log share records
/// and no beginning.
pub fn is_circular(name: &str) -> bool {
    name == evtx::FORMAT.name
}

/// The number that a circular log itself gave a record, where its bytes state one.
pub fn record_number(record: &[u8]) -> Option<u64> {
    evtx::record_number(record)
}

/// What someone needs to read one record of a binary file who has only its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Companion {
    /// Bytes of the file, outside the record, that its meaning depends on, ascending.
    pub elsewhere: Vec<u64>,
    /// How a program reads it: no evidence, but a reading of it. Absent where that fails.
    pub rendering: Option<String>,
}

/// Looks for what the record at `record` of a file needs beside its bytes; nothing for formats whose records are read
/// alone, and for a record that cannot be followed.
///
/// # Errors
/// When the file cannot be read.
pub fn companion(
    format: &str,
    input: &mut dyn ReadSeek,
    record: Span,
) -> Result<Option<Companion>, IntakeError> {
    match format == evtx::FORMAT.name {
        true => evtx::companion(input, record),
        false => Ok(None),
    }
}

/// Whether a mapping may fill a column of that name.
pub(crate) fn is_mappable(name: &str) -> bool {
    fields::Target::of_column(name).is_some()
}

/// The format of text that nobody claims.
pub(crate) fn last_resort() -> &'static Format {
    &plain_text::FORMAT
}
