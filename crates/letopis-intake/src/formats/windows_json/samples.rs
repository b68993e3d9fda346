//! Samples of each shape, written by us.

use crate::format::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    // A tree, as tools that render the XML as JSON write it.
    Sample {
        bytes: br##"{"Event":{"#attributes":{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"},"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,"Level":4,"Keywords":"0x8000000000000000","TimeCreated":{"#attributes":{"SystemTime":"2026-01-01T00:01:02.345678Z"}},"EventRecordID":7001,"Execution":{"#attributes":{"ProcessID":2300,"ThreadID":4100}},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS7"},"EventData":{"UtcTime":"2026-01-01 00:01:02.340","ProcessId":5521,"Image":"C:\\Windows\\System32\\mmc.exe","CommandLine":"mmc.exe eventvwr.msc","User":"AKIMAT\\aigul","LogonId":"0x5c1e2","Hashes":"MD5=00112233445566778899AABBCCDDEEFF,SHA256=AA11","ParentImage":"C:\\Windows\\explorer.exe"}}}
"##,
        events: &[&[
            ("kind", "process.start_suspicious"),
            ("time", "2026-01-01T00:01:02.345678Z"),
            ("process", "mmc.exe"),
            ("target", "C:\\Windows\\System32\\mmc.exe"),
            ("pid", "5521"),
            ("user_name", "aigul"),
            ("session", "0x5c1e2"),
            ("x_command_line", "mmc.exe eventvwr.msc"),
            ("x_parent_process", "explorer.exe"),
            ("x_hash", "AA11"),
            ("host", "WS7"),
            ("x_record_id", "7001"),
            ("attrs.ExecutionProcessID", "2300"),
        ]],
    },
    // Winlogbeat.
    Sample {
        bytes: br##"{"@timestamp":"2026-01-01T00:03:00.100Z","event":{"code":"4740","provider":"Microsoft-Windows-Security-Auditing"},"host":{"name":"DC1"},"log":{"level":"information"},"message":"A user account was locked out.","winlog":{"channel":"Security","computer_name":"DC1.akimat.example","event_id":4740,"keywords":["Audit Success"],"process":{"pid":692,"thread":{"id":700}},"provider_name":"Microsoft-Windows-Security-Auditing","record_id":90100,"event_data":{"TargetUserName":"aigul","TargetDomainName":"WS7","SubjectUserName":"DC1$","SubjectLogonId":"0x3e7"}}}
{"@timestamp":"2026-01-01T00:03:01Z","event.outcome":"success","winlog.channel":"Security","winlog.computer_name":"DC1","winlog.event_id":"4634","winlog.provider_name":"Microsoft-Windows-Security-Auditing","winlog.event_data.TargetUserName":"aigul","winlog.event_data.TargetLogonId":"0x77","winlog.event_data.LogonType":"3"}
"##,
        events: &[
            &[
                ("kind", "account.lock"),
                ("outcome", "success"),
                ("time", "2026-01-01T00:03:00.1Z"),
                ("time_text", "2026-01-01T00:03:00.100Z"),
                ("user_name", "DC1$"),
                ("target_user", "aigul"),
                ("target", "WS7"),
                ("host", "DC1.akimat.example"),
                ("level", "6"),
                ("message", "A user account was locked out."),
            ],
            &[("kind", "auth.logoff"), ("outcome", "success"), ("user_name", "aigul"), ("session", "0x77"), ("x_logon_type", "3")],
        ],
    },
    // PowerShell: values without names.
    Sample {
        bytes: br##"[
  {
    "Id": 4776, "Version": 0, "Level": 0, "Keywords": -9218868437227405312, "RecordId": 4401,
    "ProviderName": "Microsoft-Windows-Security-Auditing", "LogName": "Security", "ProcessId": 692, "ThreadId": 9,
    "MachineName": "DC1", "UserId": null, "TimeCreated": "\/Date(1767225783250)\/",
    "KeywordsDisplayNames": ["Audit Failure"],
    "Properties": [{"Value": "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0"}, {"Value": "aigul"}, {"Value": "WS7"}, {"Value": 3221225578}],
    "Message": "The computer attempted to validate the credentials for an account."
  }
]
"##,
        events: &[&[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("time", "2026-01-01T00:03:03.25Z"),
            ("user_name", "aigul"),
            ("protocol", "ntlm"),
            ("x_reason", "0xc000006a wrong password"),
            ("attrs.Workstation", "WS7"),
        ]],
    },
    // NXLog: one level.
    Sample {
        bytes: br##"{"EventTime":"2026-01-01 05:04:00","Hostname":"FS1","Keywords":-9214364837600034816,"EventType":"AUDIT_SUCCESS","SeverityValue":2,"Severity":"INFO","EventID":5145,"SourceName":"Microsoft-Windows-Security-Auditing","RecordNumber":66,"ProcessID":4,"ThreadID":88,"Channel":"Security","SubjectUserName":"aigul","SubjectLogonId":"0x88","ObjectType":"File","IpAddress":"192.0.2.44","IpPort":"50300","ShareName":"\\\\*\\C$","RelativeTargetName":"Windows\\System32\\winevt\\Logs\\Security.evtx","AccessMask":"0x1","EventReceivedTime":"2026-01-01 05:04:02","SourceModuleType":"im_msvistalog"}
"##,
        events: &[&[
            ("kind", "share.admin_access"),
            ("outcome", "success"),
            ("time", "2026-01-01T05:04:00Z"),
            ("time_basis", "zone-assumed"),
            ("user_name", "aigul"),
            ("session", "0x88"),
            ("src_ip", "192.0.2.44"),
            ("src_port", "50300"),
            ("protocol", "smb"),
            ("target", "\\\\*\\C$\\Windows\\System32\\winevt\\Logs\\Security.evtx"),
            ("host", "FS1"),
        ]],
    },
];
