//! The data of event records that PowerShell writes as a list of values without names.
//!
//! Names by position are facts of the providers' manifests (`wevtutil gp PROVIDER /ge /gm`). A list whose length
//! fits no known version keeps its values without names: a wrong name would be worse than none.

use letopis_event::EventBuf;

use crate::formats::windows::{Field, SystemFields};

/// The values of one record, until its id is known.
#[derive(Debug, Default)]
pub(super) struct Properties {
    text: String,
    ends: Vec<usize>,
}

impl Properties {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    pub(super) fn add(&mut self, value: &str) {
        self.text.push_str(value);
        self.ends.push(self.text.len());
    }

    /// Adds the values to the event, with their names where they are known.
    pub(super) fn name(&self, fields: &SystemFields, event: &mut EventBuf) {
        let code = fields.get(Field::EventId).parse().unwrap_or(0);
        let names = names_of(fields.get(Field::Provider), code, self.ends.len());
        let mut start = 0;
        for (at, end) in self.ends.iter().enumerate() {
            let value = self.text.get(start..*end).unwrap_or_default();
            event.attr(names.and_then(|n| n.get(at)).copied().unwrap_or("Data"), value);
            start = *end;
        }
    }
}

type Names = &'static [&'static str];

const LOGON: Names = &[
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "TargetUserSid",
    "TargetUserName",
    "TargetDomainName",
    "TargetLogonId",
    "LogonType",
    "LogonProcessName",
    "AuthenticationPackageName",
    "WorkstationName",
    "LogonGuid",
    "TransmittedServices",
    "LmPackageName",
    "KeyLength",
    "ProcessId",
    "ProcessName",
    "IpAddress",
    "IpPort",
    "ImpersonationLevel",
    "RestrictedAdminMode",
    "TargetOutboundUserName",
    "TargetOutboundDomainName",
    "VirtualAccount",
    "TargetLinkedLogonId",
    "ElevatedToken",
];

const REFUSED: Names = &[
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "TargetUserSid",
    "TargetUserName",
    "TargetDomainName",
    "Status",
    "FailureReason",
    "SubStatus",
    "LogonType",
    "LogonProcessName",
    "AuthenticationPackageName",
    "WorkstationName",
    "TransmittedServices",
    "LmPackageName",
    "KeyLength",
    "ProcessId",
    "ProcessName",
    "IpAddress",
    "IpPort",
];

const LOGOFF: Names = &[
    "TargetUserSid",
    "TargetUserName",
    "TargetDomainName",
    "TargetLogonId",
    "LogonType",
];

const CREDENTIALS: Names = &[
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "LogonGuid",
    "TargetUserName",
    "TargetDomainName",
    "TargetLogonGuid",
    "TargetServerName",
    "TargetInfo",
    "ProcessId",
    "ProcessName",
    "IpAddress",
    "IpPort",
];

const SUBJECT: Names = &[
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "PrivilegeList",
];

const PROCESS: Names = &[
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "NewProcessId",
    "NewProcessName",
    "TokenElevationType",
    "ProcessId",
    "CommandLine",
    "TargetUserSid",
    "TargetUserName",
    "TargetDomainName",
    "TargetLogonId",
    "ParentProcessName",
    "MandatoryLabel",
];

const ACCOUNT: Names = &[
    "TargetUserName",
    "TargetDomainName",
    "TargetSid",
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "PrivilegeList",
];

const MEMBER: Names = &[
    "MemberName",
    "MemberSid",
    "TargetUserName",
    "TargetDomainName",
    "TargetSid",
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "PrivilegeList",
];

const TASK: Names = &[
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "TaskName",
    "TaskContent",
];

const SHARE: Names = &[
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "ObjectType",
    "IpAddress",
    "IpPort",
    "ShareName",
    "ShareLocalPath",
];

const OBJECT: Names = &[
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "ObjectServer",
    "ObjectType",
    "ObjectName",
    "HandleId",
    "AccessList",
    "AccessMask",
    "ProcessId",
    "ProcessName",
    "ResourceAttributes",
];

const NTLM: Names = &["PackageName", "TargetUserName", "Workstation", "Status"];
const SERVICE: Names = &[
    "ServiceName",
    "ImagePath",
    "ServiceType",
    "StartType",
    "AccountName",
];
const STATE: Names = &["param1", "param2"];
const BLOCK: Names = &[
    "MessageNumber",
    "MessageTotal",
    "ScriptBlockText",
    "ScriptBlockId",
    "Path",
];
const CLEARED: Names = &["SubjectUserName", "SubjectDomainName", "Channel", "BackupPath"];

/// The names of `count` values, where some version of the event has that many. Later versions add values behind
/// those of the earlier ones, so that a shorter list has the first names.
fn names_of(provider: &str, code: u32, count: usize) -> Option<Names> {
    let (names, counts): (Names, &[usize]) = match (provider, code) {
        ("Microsoft-Windows-Security-Auditing", 4624) => (LOGON, &[20, 21, 27]),
        ("Microsoft-Windows-Security-Auditing", 4625) => (REFUSED, &[21]),
        ("Microsoft-Windows-Security-Auditing", 4634) => (LOGOFF, &[5]),
        ("Microsoft-Windows-Security-Auditing", 4647) => (LOGOFF, &[4]),
        ("Microsoft-Windows-Security-Auditing", 4648) => (CREDENTIALS, &[14]),
        ("Microsoft-Windows-Security-Auditing", 4672) => (SUBJECT, &[5]),
        ("Microsoft-Windows-Security-Auditing", 4663) => (OBJECT, &[12, 13]),
        ("Microsoft-Windows-Security-Auditing", 4688) => (PROCESS, &[8, 9, 14, 15]),
        ("Microsoft-Windows-Security-Auditing", 4698..=4702) => (TASK, &[6]),
        ("Microsoft-Windows-Security-Auditing", 4722 | 4724 | 4725 | 4740 | 4767) => (ACCOUNT, &[7]),
        ("Microsoft-Windows-Security-Auditing", 4723 | 4726) => (ACCOUNT, &[8]),
        (
            "Microsoft-Windows-Security-Auditing",
            4728 | 4729 | 4732 | 4733 | 4746 | 4747 | 4751 | 4752 | 4756 | 4757 | 4761 | 4762,
        ) => (MEMBER, &[10]),
        ("Microsoft-Windows-Security-Auditing", 4776) => (NTLM, &[4]),
        ("Microsoft-Windows-Security-Auditing", 5140) => (SHARE, &[9]),
        ("Microsoft-Windows-Eventlog", 1102) => (SUBJECT, &[4]),
        ("Microsoft-Windows-Eventlog", 104) => (CLEARED, &[4]),
        ("Service Control Manager", 7045) => (SERVICE, &[5]),
        ("Service Control Manager", 7036) => (STATE, &[2]),
        ("Microsoft-Windows-PowerShell", 4104) => (BLOCK, &[5]),
        _ => return None,
    };
    counts.contains(&count).then_some(names)
}
