//! Samples of the format, made by the writer of the tests: a file cut behind its last record.

use crate::format::Sample;

pub(super) const SAMPLES: &[Sample] = &[Sample {
    bytes: include_bytes!("sample.evtx"),
    events: &[
        &[
            ("time", "2025-12-31T18:41:07.123456Z"),
            ("time_ns", "700"),
            ("time_basis", "stated"),
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("level", "6"),
            ("code", "4625"),
            ("provider", "Microsoft-Windows-Security-Auditing"),
            ("service", "Security"),
            ("host", "DC1.akimat.example"),
            ("x_record_id", "4101"),
            ("user_name", "aigul"),
            ("src_ip", "192.0.2.44"),
            ("src_port", "50211"),
            ("protocol", "rdp"),
            ("x_logon_type", "10"),
            ("x_reason", "0xc000006a wrong password"),
            ("pid", "712"),
            ("attrs.IpAddress", "::ffff:192.0.2.44"),
            ("attrs.SubjectUserName", "-"),
            (
                "message",
                "Logon of aigul failed: 0xc000006a wrong password (remote desktop) from 192.0.2.44, workstation ЖҰМЫС-7",
            ),
        ],
        &[
            ("kind", "auth.logon_network"),
            ("outcome", "success"),
            ("session", "0x5c1e2"),
            ("process", "svchost.exe"),
            ("pid", "712"),
            ("attrs.ExecutionThreadID", "3340"),
            (
                "message",
                "aigul logged on (network) from 192.0.2.44 by svchost.exe",
            ),
        ],
    ],
}];
