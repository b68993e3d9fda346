//! The sentences: whose they are, what they are made of, and that an id means only what its provider says.

use crate::testing::{Row, read_as};

/// An event as XML: provider, id and channel, the data, and what a renderer added.
fn event(provider: &str, id: u32, channel: &str, data: &str, rendered: &str) -> Row {
    let xml = format!(
        "<Events><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
         <Provider Name='{provider}'/><EventID>{id}</EventID><Level>4</Level>\
         <TimeCreated SystemTime='2026-03-02T08:15:30.0000000Z'/><EventRecordID>7</EventRecordID>\
         <Channel>{channel}</Channel><Computer>WKS-7</Computer></System><EventData>{data}</EventData>{rendered}\
         </Event></Events>"
    );
    let mut rows = read_as(xml.as_bytes(), "windows-xml").rows;
    assert_eq!(rows.len(), 1, "{xml}");
    rows.remove(0)
}

fn message(row: &Row) -> String {
    row.get("message").unwrap_or_default()
}

#[test]
fn the_records_own_text_wins_and_ours_says_that_it_is_ours() {
    let data = "<Data Name='param1'>Print Spooler</Data><Data Name='param2'>stopped</Data>";
    let ours = event("Service Control Manager", 7036, "System", data, "");
    assert_eq!(message(&ours), "Service Print Spooler is now stopped");
    assert_eq!(ours.get("attrs.message_by").as_deref(), Some("letopis"));
    let rendered = "<RenderingInfo Culture='ru-RU'><Message>Служба остановлена.</Message></RenderingInfo>";
    let theirs = event("Service Control Manager", 7036, "System", data, rendered);
    assert_eq!(message(&theirs), "Служба остановлена.");
    assert_eq!(theirs.get("attrs.message_by"), None);
}

#[test]
fn an_id_means_only_what_its_provider_says() {
    let data = "<Data Name='Channel'>Application</Data><Data Name='SubjectUserName'>operator</Data>";
    let cleared = event("Microsoft-Windows-Eventlog", 104, "System", data, "");
    assert_eq!(cleared.get("kind").as_deref(), Some("log.clear"));
    assert_eq!(message(&cleared), "operator cleared the log Application");
    for (provider, channel) in [
        ("Example Backup Agent", "System"),
        ("Example Backup Agent", "Application"),
        ("Microsoft-Windows-WinRM", "Microsoft-Windows-WinRM/Operational"),
    ] {
        let other = event(provider, 104, channel, data, "");
        assert_eq!(other.get("kind").as_deref(), Some("other"), "{provider}");
        let text = message(&other);
        assert!(text.starts_with(&format!("{provider} event 104: ")), "{text}");
        assert!(text.contains("SubjectUserName=operator"), "{text}");
    }
}

#[test]
fn missing_fields_leave_no_mark_of_the_template() {
    for (provider, id, channel) in [
        ("Microsoft-Windows-Security-Auditing", 4624, "Security"),
        ("Microsoft-Windows-Security-Auditing", 4625, "Security"),
        ("Microsoft-Windows-Security-Auditing", 4728, "Security"),
        ("Microsoft-Windows-Security-Auditing", 5058, "Security"),
        (
            "Microsoft-Windows-Sysmon",
            1,
            "Microsoft-Windows-Sysmon/Operational",
        ),
        ("Microsoft-Windows-GroupPolicy", 5315, "System"),
        ("MSSQLSERVER", 18456, "Application"),
        ("MSSQL$AUDIT", 33205, "Application"),
        ("OpenSSH", 4, "OpenSSH/Operational"),
    ] {
        let text = message(&event(provider, id, channel, "", ""));
        assert!(!text.is_empty() && !text.contains(['{', '}', '[', ']']), "{text}");
    }
}

#[test]
fn data_without_names_are_told_by_their_place() {
    let data = "<Data>report_reader</Data><Data> Reason: Password did not match that for the login \
                provided.</Data><Data> [CLIENT: 10.20.0.14]</Data>";
    let row = event("MSSQLSERVER", 18456, "Application", data, "");
    for (column, expected) in [
        ("kind", "auth.logon"),
        ("outcome", "failure"),
        ("user_name", "report_reader"),
        ("src_ip", "10.20.0.14"),
        ("category", "dbms"),
        (
            "message",
            "Logon of report_reader to the database server failed: Password did not match that for the login \
             provided. from 10.20.0.14",
        ),
    ] {
        assert_eq!(row.get(column).as_deref(), Some(expected), "{column}");
    }
    // As shippers name them.
    let data =
        "<Data Name='param1'>Security Example AV</Data><Data Name='param2'>SECURITY_PRODUCT_STATE_ON</Data>";
    let row = event("SecurityCenter", 15, "Application", data, "");
    assert_eq!(
        message(&row),
        "State of Security Example AV is now SECURITY_PRODUCT_STATE_ON"
    );
}

#[test]
fn numbers_of_messages_stand_as_words() {
    let data = "<Data Name='SubjectUserName'>operator</Data>\
                <Data Name='AuditPolicyChanges'>%%8449, %%8450</Data>";
    let row = event("Microsoft-Windows-Security-Auditing", 4719, "Security", data, "");
    assert_eq!(
        message(&row),
        "operator changed the audit policy: success audited, failure no longer audited"
    );
    assert_eq!(
        row.get("attrs.AuditPolicyChanges").as_deref(),
        Some("%%8449, %%8450")
    );
}

#[test]
fn audit_records_of_the_database_server_are_read() {
    let data = "<Data>audit_schema_version:1\nevent_time:2026-03-02 08:15:29.1230000\naction_id:DL  \n\
                succeeded:true\nsession_id:61\nserver_principal_name:BANK\\g.aitova\nserver_instance_name:SQL1\n\
                database_name:ledger\nobject_name:payments\nstatement:DELETE FROM payments WHERE id = 7\n\
                additional_information:\nclient_ip:10.20.0.31\n</Data>";
    let row = event("MSSQL$LEDGER", 33205, "Application", data, "");
    for (column, expected) in [
        ("kind", "db.delete"),
        ("outcome", "success"),
        ("user_name", "g.aitova"),
        ("target", "payments"),
        ("session", "61"),
        ("src_ip", "10.20.0.31"),
        ("x_query", "DELETE FROM payments WHERE id = 7"),
        (
            "message",
            "Database audit: DL on payments by g.aitova: DELETE FROM payments WHERE id = 7",
        ),
    ] {
        assert_eq!(row.get(column).as_deref(), Some(expected), "{column}");
    }
}

#[test]
fn reports_of_a_protection_tool_are_the_records_own_text() {
    let data = "<Data>Event type: Malicious object detected\nUser: BANK\\g.aitova (Initiator)\n\
                Component: Virus Scan\nResult description: Detected\nType: Trojan\nName: Test-Threat.A\n\
                Path to object: D:\\inbox\\report.exe\nObject name: report.exe\n\
                SHA256: 00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF\n</Data>";
    let row = event("avp", 302, "Kaspersky Event Log", data, "");
    for (column, expected) in [
        ("kind", "malware.detect"),
        ("category", "protection"),
        ("user_name", "g.aitova"),
        ("target", "D:\\inbox\\report.exe"),
        ("x_rule", "Test-Threat.A"),
        ("action", "Malicious object detected"),
        (
            "x_hash",
            "00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF",
        ),
    ] {
        assert_eq!(row.get(column).as_deref(), Some(expected), "{column}");
    }
    assert!(message(&row).starts_with("Event type: Malicious object detected"));
    assert_eq!(row.get("attrs.message_by"), None);
    // Without a report: the names and values that there are.
    let bare = event("avp", 302, "Kaspersky Event Log", "", "");
    assert_eq!(message(&bare), "avp event 302");
}
