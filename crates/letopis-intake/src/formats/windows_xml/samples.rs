//! Samples of the format, written by us.

use crate::format::Sample;

pub(super) const SAMPLES: &[Sample] = &[
    Sample {
        bytes: "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/><EventID>4728</EventID><Version>0</Version><Level>0</Level><Task>13826</Task><Opcode>0</Opcode><Keywords>0x8020000000000000</Keywords><TimeCreated SystemTime='2026-01-01T00:05:10.4567890Z'/><EventRecordID>90211</EventRecordID><Correlation/><Execution ProcessID='692' ThreadID='748'/><Channel>Security</Channel><Computer>DC1</Computer><Security/></System><EventData><Data Name='MemberName'>CN=Айгүл Серікова,OU=Staff,DC=akimat,DC=example</Data><Data Name='MemberSid'>S-1-5-21-7-8-9-1104</Data><Data Name='TargetUserName'>Domain Admins</Data><Data Name='SubjectUserName'>operator</Data><Data Name='SubjectLogonId'>0x3e7a1</Data><Data Name='PrivilegeList'>-</Data></EventData></Event>\r\n<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Eventlog' Guid='{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}'/><EventID>1102</EventID><Level>4</Level><Keywords>0x4020000000000000</Keywords><TimeCreated SystemTime='2026-01-01T00:06:00.0000000Z'/><EventRecordID>1</EventRecordID><Execution ProcessID='1044' ThreadID='2212'/><Channel>Security</Channel><Computer>DC1</Computer></System><UserData><LogFileCleared xmlns='http://manifests.microsoft.com/win/2004/08/windows/eventlog'><SubjectUserSid>S-1-5-21-7-8-9-500</SubjectUserSid><SubjectUserName>operator</SubjectUserName><SubjectDomainName>AKIMAT</SubjectDomainName><SubjectLogonId>0x3e7a1</SubjectLogonId></LogFileCleared></UserData><RenderingInfo Culture='ru-RU'><Message>Журнал аудита был очищен.&#xD;&#xA;Имя: operator &amp; Co</Message><Keywords><Keyword>Аудит успеха</Keyword></Keywords></RenderingInfo></Event></Events>".as_bytes(),
        events: &[
            &[
                ("time", "2026-01-01T00:05:10.456789Z"),
                ("time_basis", "stated"),
                ("kind", "group.member_add"),
                ("outcome", "success"),
                ("user_name", "operator"),
                ("target_user", "Айгүл Серікова"),
                ("target", "Domain Admins"),
                ("session", "0x3e7a1"),
                ("host", "DC1"),
                ("pid", "692"),
                ("x_record_id", "90211"),
                ("attrs.MemberSid", "S-1-5-21-7-8-9-1104"),
                ("attrs.Task", "13826"),
                ("message", "operator added Айгүл Серікова to the group Domain Admins"),
            ],
            &[
                ("kind", "log.clear"),
                ("outcome", "success"),
                ("user_name", "operator"),
                ("target", "Security"),
                ("message", "Журнал аудита был очищен.\r\nИмя: operator & Co"),
            ],
        ],
    },
    Sample {
        bytes: b"<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System><Provider Name=\"Service Control Manager\"/><EventID Qualifiers=\"16384\">7036</EventID><Level>4</Level><TimeCreated SystemTime=\"2026-02-01T03:00:00Z\"/><EventRecordID>5</EventRecordID><Channel>System</Channel><Computer>FS1</Computer></System><EventData><Data Name=\"param1\">Windows Update</Data><Data Name=\"param2\">beendet</Data><Binary>770075006100750073006500720076002F0031000000</Binary></EventData></Event>\n<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System><Provider Name=\"Contoso\"/><EventID>77</EventID><Level>2</Level><TimeCreated SystemTime=\"2026-02-01T03:00:01Z\"/><Channel>Application</Channel><Computer>FS1</Computer></System><EventData><Data>first</Data><Data></Data><Data>&lt;third&gt;</Data></EventData></Event>\n",
        events: &[
            &[
                ("kind", "service.stop"),
                ("target", "Windows Update"),
                ("status", "beendet"),
                ("attrs.Qualifiers", "16384"),
                ("outcome", "unknown"),
            ],
            &[("kind", "other"), ("level", "3"), ("attrs.Data", "first"), ("message", "Contoso event 77: first; <third>")],
        ],
    },
];
