//! Audit records, by our own lines and by outsiders' logs.

use letopis_event::{EventBuf, Kind, Number, Text};
use serde_json::Value;

use super::Audit;
use crate::formats::truth::{self, Score};

pub(super) fn read_all(lines: &str) -> Vec<EventBuf> {
    let mut audit = Audit::default();
    lines
        .lines()
        .filter(|l| !l.trim().is_empty())
        .map(|line| {
            let mut event = EventBuf::default();
            assert!(audit.read_line(line, &mut event), "{line}");
            event
        })
        .collect()
}

#[test]
fn a_log_opened_by_a_person_is_told_by_its_path() {
    let rows = read_all(
        "type=SYSCALL msg=audit(1.000:7): arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7f a2=0 a3=0 items=1 ppid=1 pid=2 auid=1000 uid=0 ses=4 comm=\"less\" exe=\"/usr/bin/less\" key=\"logs\"\n\
         type=CWD msg=audit(1.000:7): cwd=\"/root\"\n\
         type=PATH msg=audit(1.000:7): item=0 name=\"/var/log/secure\" inode=9 nametype=NORMAL\n\
         type=PATH msg=audit(2.000:9): item=0 name=\"/var/log/secure\" inode=9 nametype=NORMAL",
    );
    let kinds: Vec<&str> = rows.iter().map(|r| r.kind.as_str()).collect();
    assert_eq!(kinds, ["object.open", "part", "log.view", "part"]);
    assert_eq!(rows[2].get(Text::UserName), Some("1000"));
    assert_eq!(rows[2].number(Number::Pid), Some(2));
    assert_eq!(rows[3].get(Text::Status), Some("late-part"));
    assert_eq!(rows[0].get(Text::EventGroup), rows[2].get(Text::EventGroup));
}

#[test]
fn interleaved_events_keep_their_parts() {
    let rows = read_all(
        "type=SYSCALL msg=audit(1.000:7): arch=c000003e syscall=59 success=yes pid=2 auid=1000 comm=\"a\"\n\
         type=SYSCALL msg=audit(1.000:8): arch=c000003e syscall=87 success=no pid=3 auid=1001 comm=\"b\"\n\
         type=EXECVE msg=audit(1.000:7): argc=3 a0=\"tail\" a1=2D66 a2=\"/var/log/messages\"\n\
         type=PATH msg=audit(1.000:8): name=\"/var/log/wtmp\" nametype=DELETE",
    );
    assert_eq!(rows[2].kind, Kind::LOG_VIEW);
    assert_eq!(rows[2].get(Text::XCommandLine), Some("tail -f /var/log/messages"));
    assert_eq!(rows[2].get(Text::UserName), Some("1000"));
    // The call failed: nothing was wiped.
    assert_eq!(rows[3].kind, Kind::PART);
    assert_eq!(rows[1].kind, Kind::OBJECT_DELETE);
}

#[test]
fn settings_of_the_audit_itself() {
    let kind = |line: &str| read_all(line)[0].kind.as_str();
    assert_eq!(
        kind("type=CONFIG_CHANGE msg=audit(1.0:1): audit_enabled=0 old=1 auid=1000 ses=1 res=1"),
        "protection.disable"
    );
    assert_eq!(
        kind("type=CONFIG_CHANGE msg=audit(1.0:1): auid=1000 ses=1 op=remove_rule key=\"logs\" list=4 res=1"),
        "log.policy_change"
    );
    assert_eq!(
        kind("type=DAEMON_END msg=audit(1.0:1): op=terminate auid=0 pid=1 res=success"),
        "protection.disable"
    );
    assert_eq!(
        kind(
            "type=SERVICE_STOP msg=audit(1.0:1): pid=1 uid=0 auid=4294967295 ses=4294967295 msg='unit=rsyslog comm=\"systemd\" exe=\"/x\" hostname=? addr=? terminal=? res=success'"
        ),
        "protection.disable"
    );
    assert_eq!(
        kind(
            "type=ADD_USER msg=audit(1.0:1): pid=1 uid=0 auid=1000 ses=1 msg='op=adding user acct=\"bolat\" exe=\"/usr/sbin/useradd\" res=success'"
        ),
        "account.create"
    );
}

/// A field of a record, wherever it went.
pub(super) fn find(row: &EventBuf, field: &str) -> Option<String> {
    let column = match field {
        "pid" => return row.number(Number::Pid).map(|n| n.to_string()),
        "comm" => Text::Process,
        "cmd" | "proctitle" => Text::XCommandLine,
        "ses" => Text::Session,
        "key" => Text::XRule,
        "terminal" | "tty" => Text::XInterface,
        "addr" => Text::SrcIp,
        "acct" => Text::UserName,
        "name" => Text::Target,
        _ => return row.find_attr(field).map(str::to_owned),
    };
    row.get(column)
        .or_else(|| row.find_attr(field))
        .map(str::to_owned)
}

/// Awkward records of the audit project itself: read without loss of any line that is one.
#[test]
fn awkward_records_are_read() {
    let Some(root) = truth::corpus("audit-userspace") else {
        return;
    };
    for name in ["test.log", "test2.log"] {
        let log = truth::text(&root.join(name));
        for line in log.lines().filter(|l| l.contains("msg=audit(")) {
            let mut event = EventBuf::default();
            assert!(Audit::default().read_line(line, &mut event), "{line}");
            assert!(event.reading.is_some() && event.get(Text::EventGroup).is_some());
        }
    }
}

#[test]
fn fail2ban_and_crowdsec_truth() {
    let mut score = Score::default();
    let read = |line: &str, event: &mut EventBuf| {
        if Audit::default().read_line(line, event) {
            crate::Verdict::Event
        } else {
            crate::Verdict::Unparsed("")
        }
    };
    truth::fail2ban("selinux-ssh", read, &mut score);
    truth::crowdsec("auditd-logs", read, &mut score);
    score.print("audit in fail2ban and CrowdSec");
    assert!(score.share("read") == 100 && score.share("src_ip") == 100 && score.share("failure said") == 100);
}

/// The generated scenario in `samples/`: each command of the intruder on a log is told once, with its user.
#[test]
fn sample_scenario() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/truth.json");
    let truth: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut audit = Audit::default();
    let mut told = Vec::new();
    for row in truth["incident"]["rows"].as_array().unwrap() {
        let line = row["text"].as_str().unwrap();
        if !line.starts_with("type=") {
            continue;
        }
        let mut event = EventBuf::default();
        assert!(audit.read_line(line, &mut event), "{line}");
        let role = row["role"].as_str().unwrap();
        if ["log.view", "log.clear"].contains(&event.kind.as_str()) {
            assert!(role == "log-read" || role == "log-clear", "{line}");
            assert!(
                event.get(Text::UserName).is_some() && event.get(Text::XCommandLine).is_some(),
                "{line}"
            );
            let target = event.get(Text::Target).unwrap();
            let quoted = format!("\"{target}\"");
            assert!(
                target == "journal" || line.contains(&quoted),
                "{target} in {line}"
            );
            told.push((event.kind.as_str().to_owned(), target.to_owned()));
        }
        if row["class"] == "audit.user_login" {
            assert_eq!(
                (event.kind, event.outcome.as_str()),
                (Kind::AUTH_LOGON, "success"),
                "{line}"
            );
        }
    }
    let told: Vec<(&str, &str)> = told.iter().map(|(k, t)| (k.as_str(), t.as_str())).collect();
    assert!(told.contains(&("log.view", "/var/log/auth.log")), "{told:?}");
    assert!(told.contains(&("log.view", "journal")), "{told:?}");
    assert!(told.contains(&("log.clear", "/var/log/auth.log")), "{told:?}");
    let is_history =
        |(kind, target): &(&str, &str)| *kind == "log.clear" && target.ends_with("/.bash_history");
    assert!(told.iter().any(is_history), "{told:?}");
}
