//! The event table: every column, its type and what it is called elsewhere.

use crate::event::{Number, Text};

/// Type of a column, as Arrow and Parquet name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// UTF-8 text, mostly distinct.
    Text,
    /// UTF-8 text with few values.
    Dictionary,
    /// Microseconds since 1970 UTC.
    TimestampMicros,
    /// Signed numbers.
    Int8,
    /// Signed numbers.
    Int16,
    /// Signed numbers.
    Int32,
    /// Signed numbers.
    Int64,
    /// `map<string, string>`.
    Map,
}

/// One column of the event table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name, reserved by no SQL engine.
    pub name: &'static str,
    /// Type.
    pub kind: ColumnType,
    /// Whether a row may have no value.
    pub nullable: bool,
    /// The field of the Elastic Common Schema 8 that means the same, or an empty text.
    pub ecs: &'static str,
    /// The attribute of the Open Cybersecurity Schema Framework 1.3 that means the same, or an empty text.
    pub ocsf: &'static str,
}

const fn col(
    name: &'static str,
    kind: ColumnType,
    nullable: bool,
    ecs: &'static str,
    ocsf: &'static str,
) -> Column {
    Column {
        name,
        kind,
        nullable,
        ecs,
        ocsf,
    }
}

use ColumnType::{Dictionary, Int8, Int16, Int32, Int64, Map, Text as Txt, TimestampMicros};

/// The event table of format version 1, in order (design §6).
pub const COLUMNS: &[Column] = &[
    col("event_id", Txt, false, "event.id", "metadata.uid"),
    col("time", TimestampMicros, true, "@timestamp", "time_dt"),
    col("time_ns", Int16, true, "", ""),
    col("time_text", Txt, true, "", "metadata.original_time"),
    col(
        "time_offset_min",
        Int16,
        true,
        "event.timezone",
        "timezone_offset",
    ),
    col("time_basis", Dictionary, false, "", ""),
    col("time_end", TimestampMicros, true, "event.end", "end_time_dt"),
    col(
        "ingested",
        TimestampMicros,
        false,
        "event.ingested",
        "metadata.logged_time_dt",
    ),
    col(
        "source",
        Dictionary,
        false,
        "observer.name",
        "metadata.log_source",
    ),
    col("category", Dictionary, true, "event.category", "category_name"),
    col(
        "format",
        Dictionary,
        false,
        "event.dataset",
        "metadata.log_format",
    ),
    col("host", Dictionary, true, "host.name", "device.hostname"),
    col("host_ip", Dictionary, true, "host.ip", "device.ip"),
    col(
        "service",
        Dictionary,
        true,
        "service.name",
        "metadata.product.name",
    ),
    col("encoding", Dictionary, false, "", ""),
    col("kind", Dictionary, false, "event.type", "type_name"),
    col("outcome", Dictionary, false, "event.outcome", "status"),
    col("level", Int8, true, "log.syslog.severity.code", "severity_id"),
    col("user_name", Txt, true, "user.name", "actor.user.name"),
    col("target_user", Txt, true, "user.target.name", "user.name"),
    col("session", Txt, true, "session.id", "actor.session.uid"),
    col("process", Txt, true, "process.name", "actor.process.name"),
    col("pid", Int64, true, "process.pid", "actor.process.pid"),
    col("src_ip", Txt, true, "source.ip", "src_endpoint.ip"),
    col("src_port", Int32, true, "source.port", "src_endpoint.port"),
    col("dst_ip", Txt, true, "destination.ip", "dst_endpoint.ip"),
    col("dst_port", Int32, true, "destination.port", "dst_endpoint.port"),
    col(
        "protocol",
        Txt,
        true,
        "network.protocol",
        "connection_info.protocol_name",
    ),
    col("target", Txt, true, "", "resource.name"),
    col("media", Txt, true, "device.id", "device.uid"),
    col("action", Txt, true, "event.action", "activity_name"),
    col("status", Txt, true, "", "status_detail"),
    col("code", Txt, true, "event.code", "metadata.event_code"),
    col("provider", Txt, true, "event.provider", "metadata.log_provider"),
    col("message", Txt, true, "message", "message"),
    col(
        "x_command_line",
        Txt,
        true,
        "process.command_line",
        "process.cmd_line",
    ),
    col(
        "x_parent_process",
        Txt,
        true,
        "process.parent.name",
        "process.parent_process.name",
    ),
    col("x_logon_type", Txt, true, "winlog.logon.type", "logon_type_id"),
    col("x_record_id", Txt, true, "winlog.record_id", "metadata.sequence"),
    col(
        "x_method",
        Txt,
        true,
        "http.request.method",
        "http_request.http_method",
    ),
    col(
        "x_user_agent",
        Txt,
        true,
        "user_agent.original",
        "http_request.user_agent",
    ),
    col(
        "x_referrer",
        Txt,
        true,
        "http.request.referrer",
        "http_request.referrer",
    ),
    col("x_rule", Txt, true, "rule.name", "firewall_rule.name"),
    col(
        "x_interface",
        Txt,
        true,
        "observer.ingress.interface.name",
        "src_endpoint.interface_name",
    ),
    col("x_query", Txt, true, "", "query_info.query_string"),
    col("x_hash", Txt, true, "file.hash.sha256", "file.hashes"),
    col("x_old_value", Txt, true, "", ""),
    col("x_new_value", Txt, true, "", ""),
    col("x_reason", Txt, true, "event.reason", "status_detail"),
    col("x_bytes", Int64, true, "network.bytes", "traffic.bytes"),
    col("x_duration_us", Int64, true, "event.duration", "duration"),
    col("attrs", Map, false, "labels", "unmapped"),
    col(
        "object",
        Dictionary,
        false,
        "log.file.hash.sha256",
        "metadata.file.uid",
    ),
    col("byte_offset", Int64, false, "log.offset", ""),
    col("byte_length", Int64, false, "", ""),
    col("line", Int64, true, "log.file.line", ""),
    col("event_group", Txt, true, "", "metadata.correlation_uid"),
];

/// The column of that name.
pub fn find(name: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|c| c.name == name)
}

/// The text column of the buffer that fills this column.
pub fn text_of(column: &Column) -> Option<Text> {
    Text::from_column(column.name)
}

/// The number column of the buffer that fills this column.
pub fn number_of(column: &Column) -> Option<Number> {
    Number::ALL.iter().copied().find(|n| n.column() == column.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_buffer_has_its_column_once() {
        for text in Text::ALL {
            assert_eq!(
                COLUMNS.iter().filter(|c| c.name == text.column()).count(),
                1,
                "{text:?}"
            );
        }
        for number in Number::ALL {
            assert_eq!(
                COLUMNS.iter().filter(|c| c.name == number.column()).count(),
                1,
                "{number:?}"
            );
        }
    }

    /// Words that DuckDB, Spark, Trino or SQL:2016 reserve.
    #[test]
    fn no_name_is_reserved() {
        let reserved = [
            "user",
            "group",
            "timestamp",
            "offset",
            "end",
            "start",
            "table",
            "key",
            "value",
            "values",
        ];
        assert!(COLUMNS.iter().all(|c| !reserved.contains(&c.name)));
    }
}
