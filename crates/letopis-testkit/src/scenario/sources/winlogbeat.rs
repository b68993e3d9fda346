//! The file server's event logs as Winlogbeat 8 ships them: one JSON object a line, UTC.

use std::fmt::Write as _;

use crate::clock::SECOND;
use crate::rng::Stream;
use crate::scenario::calendar::{Day, DayKind, OFFICE, ROUND};
use crate::scenario::cast::{DOMAIN_SID, FS, STAFF};
use crate::scenario::stage::{LogId, NUMBER, Stage, utc};

/// A JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// One event: channel and provider by id, a message and its data.
pub(in crate::scenario) fn event(
    stage: &mut Stage,
    r: &mut Stream,
    at: i64,
    class: &'static str,
    message: &str,
    data: &[(&str, &str)],
) {
    let id: u32 = class
        .rsplit('.')
        .next()
        .and_then(|t| t.parse().ok())
        .unwrap_or_default();
    let (channel, provider) = match id {
        7036 | 7045 | 7009 | 7000 => ("System", "Service Control Manager"),
        6005 | 6006 | 6008 => ("System", "EventLog"),
        104 => ("System", "Microsoft-Windows-Eventlog"),
        112 | 201 => (
            "Microsoft-Windows-DeviceSetupManager/Admin",
            "Microsoft-Windows-DeviceSetupManager",
        ),
        _ => ("Security", "Microsoft-Windows-Security-Auditing"),
    };
    let outcome = if matches!(id, 4625 | 7009 | 7000) {
        "failure"
    } else {
        "success"
    };
    let mut fields = String::new();
    for (name, value) in data {
        let comma = if fields.is_empty() { "" } else { "," };
        let _ = write!(fields, "{comma}{}:{}", quoted(name), quoted(value));
    }
    let millis = |at: i64| format!("{}.{:03}Z", utc(at, "%Y-%m-%dT%H:%M:%S"), at % SECOND / 1000);
    let (created, taken) = (millis(at), millis(at + r.between(600_000, 4_000_000)));
    let level = if outcome == "failure" && channel == "System" {
        "error"
    } else {
        "information"
    };
    // Written by hand: the order of keys in a JSON map depends on how a program is built.
    let text = format!(
        "{{\"@timestamp\":\"{created}\",\"@metadata\":{{\"beat\":\"winlogbeat\",\"type\":\"_doc\",\"version\":\"8.15.3\"}},\"event\":{{\"code\":\"{id}\",\"created\":\"{taken}\",\"kind\":\"event\",\"outcome\":\"{outcome}\",\"provider\":{}}},\"host\":{{\"name\":\"fs01.akimat.example\",\"ip\":[\"{FS}\"]}},\"agent\":{{\"type\":\"winlogbeat\",\"version\":\"8.15.3\",\"name\":\"FS01\"}},\"log\":{{\"level\":\"{level}\"}},\"message\":{},\"winlog\":{{\"api\":\"wineventlog\",\"channel\":{},\"computer_name\":\"FS01.akimat.example\",\"event_id\":\"{id}\",\"event_data\":{{{fields}}},\"provider_name\":{},\"record_id\":{NUMBER},\"process\":{{\"pid\":{},\"thread\":{{\"id\":{}}}}}}}}}",
        quoted(provider),
        quoted(message),
        quoted(channel),
        quoted(provider),
        680 + r.below(9) * 4,
        r.between(700, 9000)
    );
    stage.push(LogId::Fs, at, class, text);
}

/// Ordinary days: shares, files, services, media.
pub(in crate::scenario) fn write(stage: &mut Stage, days: &[Day]) {
    let mut r = Stream::new(stage.seed, "fs01");
    for day in days {
        for _ in 0..day.amount(&mut r, stage.scale, 4, 1) {
            let at = day.moment(&mut r, &OFFICE);
            shares(stage, &mut r, at);
        }
        for _ in 0..day.amount(&mut r, stage.scale, 2, 2) {
            let at = day.moment(&mut r, &ROUND);
            services(stage, &mut r, at);
        }
        if day.kind == DayKind::Work && r.permille(170) {
            let at = day.moment(&mut r, &OFFICE);
            media(stage, &mut r, at);
        }
        if day.date.format("%d").to_string() == "19" {
            let at = day.at(22, 5, 0);
            event(
                stage,
                &mut r,
                at,
                "win.6006",
                "The Event log service was stopped.",
                &[],
            );
            event(
                stage,
                &mut r,
                at + 170 * SECOND,
                "win.6005",
                "The Event log service was started.",
                &[],
            );
        }
    }
}

#[expect(clippy::too_many_lines, reason = "a list of messages, one after the other")]
fn shares(stage: &mut Stage, r: &mut Stream, at: i64) {
    let person = r.pick(STAFF);
    let (sid, id, port) = (
        format!("{DOMAIN_SID}-{}", person.rid),
        super::windows::logon_id(r),
        r.between(49_152, 65_535).to_string(),
    );
    if r.permille(50) {
        event(
            stage,
            r,
            at - 8 * SECOND,
            "win.4625",
            "An account failed to log on.",
            &[
                ("TargetUserName", person.login),
                ("TargetDomainName", "AKIMAT"),
                ("Status", "0xc000006d"),
                ("SubStatus", "0xc000006a"),
                ("LogonType", "3"),
                ("IpAddress", person.address),
                ("IpPort", &port),
                ("WorkstationName", person.computer),
            ],
        );
    }
    event(
        stage,
        r,
        at,
        "win.4624",
        "An account was successfully logged on.",
        &[
            ("TargetUserSid", &sid),
            ("TargetUserName", person.login),
            ("TargetDomainName", "AKIMAT"),
            ("TargetLogonId", &id),
            ("LogonType", "3"),
            ("IpAddress", person.address),
            ("IpPort", &port),
            ("WorkstationName", person.computer),
            ("AuthenticationPackageName", "Kerberos"),
        ],
    );
    event(
        stage,
        r,
        at + 30_000,
        "win.5140",
        "A network share object was accessed.",
        &[
            ("SubjectUserSid", &sid),
            ("SubjectUserName", person.login),
            ("SubjectDomainName", "AKIMAT"),
            ("SubjectLogonId", &id),
            ("ObjectType", "File"),
            ("IpAddress", person.address),
            ("IpPort", &port),
            ("ShareName", "\\\\*\\Ортақ"),
            ("ShareLocalPath", "\\??\\D:\\Shares\\Ортақ"),
            ("AccessMask", "0x1"),
        ],
    );
    for k in 0..r.below(3) as i64 {
        let file = *r.pick(&[
            "Бұйрықтар\\2025\\№14-қ.docx",
            "Кадры\\Отпуска 2026.xlsx",
            "Бюджет\\Смета.xlsx",
            "Хаттамалар\\хаттама 7.odt",
            "Общая\\телефоны.pdf",
        ]);
        event(
            stage,
            r,
            at + (5 + 40 * k) * SECOND,
            "win.4663",
            "An attempt was made to access an object.",
            &[
                ("SubjectUserSid", &sid),
                ("SubjectUserName", person.login),
                ("SubjectDomainName", "AKIMAT"),
                ("SubjectLogonId", &id),
                ("ObjectServer", "Security"),
                ("ObjectType", "File"),
                ("ObjectName", &format!("D:\\Shares\\Ортақ\\{file}")),
                ("AccessList", "%%4417"),
                ("AccessMask", "0x2"),
                ("ProcessId", "0x4"),
                ("ProcessName", ""),
            ],
        );
    }
    let end = at + r.between(40, 3000) * SECOND;
    event(
        stage,
        r,
        end,
        "win.4634",
        "An account was logged off.",
        &[
            ("TargetUserSid", &sid),
            ("TargetUserName", person.login),
            ("TargetDomainName", "AKIMAT"),
            ("TargetLogonId", &id),
            ("LogonType", "3"),
        ],
    );
}

fn services(stage: &mut Stage, r: &mut Stream, at: i64) {
    let name = *r.pick(&[
        "Windows Update",
        "Software Protection",
        "Volume Shadow Copy",
        "Background Intelligent Transfer Service",
        "Диспетчер очереди печати",
    ]);
    match r.below(14) {
        0 => event(
            stage,
            r,
            at,
            "win.7009",
            &format!(
                "A timeout was reached (30000 milliseconds) while waiting for the {name} service to connect."
            ),
            &[("param1", "30000"), ("param2", name)],
        ),
        1 => event(
            stage,
            r,
            at,
            "win.7045",
            "A service was installed in the system.",
            &[
                ("ServiceName", "ScanAgent"),
                ("ImagePath", "C:\\Program Files\\Scan\\agent.exe"),
                ("ServiceType", "user mode service"),
                ("StartType", "auto start"),
                ("AccountName", "LocalSystem"),
            ],
        ),
        n => {
            let state = if n % 2 == 0 { "running" } else { "stopped" };
            event(
                stage,
                r,
                at,
                "win.7036",
                &format!("The {name} service entered the {state} state."),
                &[("param1", name), ("param2", state)],
            );
        }
    }
}

/// A stick in the file server (KZ195-A4-1.10): 6416 and what DeviceSetupManager says.
fn media(stage: &mut Stage, r: &mut Stream, at: i64) {
    let serial = r.hex(16).to_uppercase();
    let device = format!("USBSTOR\\Disk&Ven_Kingston&Prod_DataTraveler_3.0&Rev_PMAP\\{serial}&0");
    event(
        stage,
        r,
        at,
        "win.6416",
        "A new external device was recognized by the system.",
        &[
            ("SubjectUserSid", "S-1-5-18"),
            ("SubjectUserName", "FS01$"),
            ("SubjectDomainName", "AKIMAT"),
            ("SubjectLogonId", "0x3e7"),
            ("DeviceId", &device),
            ("DeviceDescription", "Kingston DataTraveler 3.0 USB Device"),
            ("ClassId", "{4d36e967-e325-11ce-bfc1-08002be10318}"),
            ("ClassName", "DiskDrive"),
            ("VendorIds", "USBSTOR\\DiskKingstonDataTraveler_3.0PMAP"),
            ("CompatibleIds", "USBSTOR\\Disk"),
            ("LocationInformation", "Port_#0004.Hub_#0001"),
        ],
    );
    let container = format!("{{{}}}", r.uuid());
    event(
        stage,
        r,
        at + 2 * SECOND,
        "win.112",
        "Device 'Kingston DataTraveler 3.0' has been serviced, processed 5 tasks, wrote 26 properties, active worktime was 31 milliseconds.",
        &[
            ("Prop_DeviceName", "Kingston DataTraveler 3.0"),
            ("Prop_ContainerId", &container),
            ("Prop_TaskCount", "5"),
            ("Prop_PropertyCount", "26"),
            ("Prop_WorkTime_MilliSeconds", "31"),
        ],
    );
}
