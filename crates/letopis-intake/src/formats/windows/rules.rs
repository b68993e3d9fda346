//! What an event id means: the shape of the tables, and where each provider's table lies.
//!
//! Ids and the names of their data are facts of the vendor's manuals (Microsoft Learn, "Windows security audit
//! events" and the pages of each provider; Sysinternals Sysmon schema). Kinds follow KZ195 Appendix 4 where it
//! names an id, else the vendor's meaning. The sentences are ours.

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::{
    accounts, certificates, control, defender, ipsec, logon, objects, platform, policy, powershell, remote,
    sysmon, system, tasks, terminal, upkeep, values,
};
use crate::format::joined;
use crate::formats::sql;

/// Which data field fills which column, in order; the first with a value wins.
pub(super) type Columns = &'static [(&'static str, Text)];

/// What needs more than copying.
pub(super) type More = fn(&mut EventBuf, &mut String);

/// What an event id means.
#[derive(Debug)]
pub(super) struct Rule {
    /// The event id.
    pub(super) code: u32,
    /// What it is.
    pub(super) kind: Kind,
    /// How it ended, where the event's meaning states it and the audit keywords do not.
    pub(super) outcome: Outcome,
    /// Data fields that fill columns.
    pub(super) columns: Columns,
    /// What needs more than copying.
    pub(super) more: Option<More>,
    /// Template of the message.
    pub(super) message: &'static str,
}

pub(super) const fn rule(code: u32, kind: Kind, columns: Columns, message: &'static str) -> Rule {
    Rule {
        code,
        kind,
        outcome: Outcome::Unknown,
        columns,
        more: None,
        message,
    }
}

/// An event without a kind of its own, of which only the text is to be said.
pub(super) const fn said(code: u32, message: &'static str) -> Rule {
    rule(code, Kind::OTHER, &[], message)
}

impl Rule {
    /// The event itself states that it was done.
    pub(super) const fn done(mut self) -> Self {
        self.outcome = Outcome::Success;
        self
    }

    /// The event itself states that it failed.
    pub(super) const fn failed(mut self) -> Self {
        self.outcome = Outcome::Failure;
        self
    }

    /// Needs more than copying.
    pub(super) const fn with(mut self, more: More) -> Self {
        self.more = Some(more);
        self
    }
}

/// A family of events that share the names of their data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Provider of the Security channel.
    Security,
    /// The event log service itself.
    Eventlog,
    /// Providers of the System and Application channels.
    System,
    /// Sysinternals Sysmon.
    Sysmon,
    /// PowerShell, old and new.
    PowerShell,
    /// Microsoft Defender.
    Defender,
    /// Task Scheduler.
    Tasks,
    /// Terminal services, remote desktop.
    Terminal,
    /// Any other.
    Other,
}

impl Family {
    /// The family of a provider; the channel decides where no provider is named.
    pub(super) fn of(provider: &str, channel: &str) -> Self {
        match provider {
            "Microsoft-Windows-Security-Auditing" | "Microsoft Windows security auditing." | "Security" => {
                Self::Security
            }
            "Microsoft-Windows-Eventlog" | "Eventlog" => Self::Eventlog,
            "Microsoft-Windows-Sysmon" | "Linux-Sysmon" => Self::Sysmon,
            "Microsoft-Windows-PowerShell" | "PowerShellCore" | "PowerShell" => Self::PowerShell,
            "Microsoft-Windows-Windows Defender" | "Windows Defender" | "Microsoft Antimalware" => {
                Self::Defender
            }
            "Microsoft-Windows-TaskScheduler" => Self::Tasks,
            _ if provider.starts_with("Microsoft-Windows-TerminalServices-")
                || provider.starts_with("Microsoft-Windows-RemoteDesktopServices-") =>
            {
                Self::Terminal
            }
            "" => Self::of_channel(channel),
            _ if channel == "System" || channel == "Application" => Self::System,
            _ => Self::Other,
        }
    }

    fn of_channel(channel: &str) -> Self {
        match channel {
            "Security" => Self::Security,
            "System" | "Application" => Self::System,
            "Microsoft-Windows-Sysmon/Operational" => Self::Sysmon,
            "Microsoft-Windows-PowerShell/Operational" | "Windows PowerShell" => Self::PowerShell,
            "Microsoft-Windows-Windows Defender/Operational" => Self::Defender,
            "Microsoft-Windows-TaskScheduler/Operational" => Self::Tasks,
            _ if channel.starts_with("Microsoft-Windows-TerminalServices-") => Self::Terminal,
            _ => Self::Other,
        }
    }
}

/// The tables of a provider, each sorted by event id.
fn tables(family: Family, provider: &str) -> &'static [&'static [Rule]] {
    match family {
        Family::Security => &[
            logon::RULES,
            accounts::RULES,
            objects::RULES,
            policy::RULES,
            tasks::AUDITED,
            platform::RULES,
            certificates::RULES,
            ipsec::RULES,
        ],
        Family::Eventlog => &[policy::EVENTLOG],
        Family::Sysmon => &[sysmon::RULES],
        Family::PowerShell if provider == "PowerShell" => &[powershell::CLASSIC],
        Family::PowerShell => &[powershell::RULES],
        Family::Defender => &[defender::RULES],
        Family::Tasks => &[tasks::RULES],
        Family::Terminal => terminal::tables(provider),
        Family::System | Family::Other => remote::tables(provider)
            .or_else(|| control::tables(provider))
            .or_else(|| upkeep::tables(provider))
            .unwrap_or_else(|| system::tables(provider)),
    }
}

/// What the event id of that provider means.
pub(super) fn find(family: Family, provider: &str, code: u32) -> Option<&'static Rule> {
    tables(family, provider)
        .iter()
        .find_map(|table| table.binary_search_by_key(&code, |r| r.code).ok().and_then(|at| table.get(at)))
        // The event log service writes some ids into Security under the auditing provider's channel.
        .or_else(|| match family {
            Family::Security => policy::EVENTLOG.iter().find(|r| r.code == code),
            _ => control::any(provider),
        })
}

/// Processes that KZ195-A4-4.5 calls potentially dangerous: the law lists six names, two with a wildcard.
pub(super) fn is_dangerous(program: &str) -> bool {
    let name = values::base_name(program);
    let starts = |head: &str| {
        name.get(..head.len())
            .is_some_and(|n| n.eq_ignore_ascii_case(head))
    };
    let exact = ["WmiPrvSE.exe", "WinrsHost.exe", "wsmprovhost.exe", "mmc.exe"];
    exact.iter().any(|known| known.eq_ignore_ascii_case(name))
        || ((starts("psexe") || starts("paexe")) && values::ends_with(name, ".exe"))
}

/// Kind of a process start.
pub(super) fn kind_of_start(program: &str) -> Kind {
    if is_dangerous(program) {
        Kind::PROCESS_START_SUSPICIOUS
    } else {
        Kind::PROCESS_START
    }
}

/// Every kind that the tables and their additions make.
pub(super) const KINDS: &[Kind] = &joined::<107>(
    &[
        Kind::SYSTEM_START,
        Kind::SYSTEM_STOP,
        Kind::OBJECT_OPEN,
        Kind::OBJECT_SAVE,
        Kind::OBJECT_DELETE,
        Kind::OBJECT_CREATE,
        Kind::OBJECT_RENAME,
        Kind::SOFTWARE_INSTALL,
        Kind::SOFTWARE_REMOVE,
        Kind::AUTH_LOGON,
        Kind::AUTH_LOGON_NETWORK,
        Kind::AUTH_LOGOFF,
        Kind::AUTH_TICKET,
        Kind::AUTH_CREDENTIAL_USE,
        Kind::CONFIG_CHANGE,
        Kind::ACCOUNT_CREATE,
        Kind::ACCOUNT_DELETE,
        Kind::ACCOUNT_MODIFY,
        Kind::ACCOUNT_MOVE,
        Kind::ACCOUNT_LOCK,
        Kind::ACCOUNT_UNLOCK,
        Kind::ACCOUNT_ENABLE,
        Kind::ACCOUNT_DISABLE,
        Kind::ACCOUNT_PASSWORD_CHANGE,
        Kind::ACCOUNT_PASSWORD_RESET,
        Kind::GROUP_CREATE,
        Kind::GROUP_DELETE,
        Kind::GROUP_MODIFY,
        Kind::GROUP_MEMBER_ADD,
        Kind::GROUP_MEMBER_REMOVE,
        Kind::PROTECTION_ENABLE,
        Kind::PROTECTION_DISABLE,
        Kind::PROTECTION_CONFIG_CHANGE,
        Kind::PRIVILEGE_USE,
        Kind::PRIVILEGE_ASSIGN,
        Kind::DEVICE_CONNECT,
        Kind::DEVICE_DISCONNECT,
        Kind::MEDIA_CONNECT,
        Kind::RESOURCE_ACTION,
        Kind::PROCESS_START,
        Kind::PROCESS_START_SUSPICIOUS,
        Kind::PROCESS_STOP,
        Kind::PROCESS_ACCESS,
        Kind::MODULE_LOAD,
        Kind::PORT_OPEN,
        Kind::SHARE_ADMIN_ACCESS,
        Kind::SHARE_PIPE_ACCESS,
        Kind::OBJECT_WRITE_ACCESS,
        Kind::DATA_ACCESS,
        Kind::SERVICE_INSTALL,
        Kind::SERVICE_START,
        Kind::SERVICE_STOP,
        Kind::SERVICE_STATE,
        Kind::SERVICE_TIMEOUT,
        Kind::SERVICE_FAILURE,
        Kind::TASK_CREATE,
        Kind::TASK_MODIFY,
        Kind::TASK_DELETE,
        Kind::TASK_RUN,
        Kind::REGISTRY_VALUE_CHANGE,
        Kind::REGISTRY_KEY_CHANGE,
        Kind::WMI_NAMESPACE_WRITE,
        Kind::LOG_CLEAR,
        Kind::LOG_FAILURE,
        Kind::LOG_FULL,
        Kind::LOG_POLICY_CHANGE,
        Kind::LOG_ROTATE,
        Kind::LOG_VIEW,
        Kind::MALWARE_DETECT,
        Kind::MALWARE_ACTION,
        Kind::FIREWALL_ALLOW,
        Kind::FIREWALL_BLOCK,
        Kind::NETWORK_CONNECT,
        Kind::NETWORK_DISCONNECT,
        Kind::NETWORK_FLOW,
        Kind::DNS_QUERY,
        Kind::HTTP_REQUEST,
        Kind::REMOTE_ACCESS,
        Kind::IDS_ALERT,
        Kind::RESOURCE_EXHAUSTED,
        Kind::BACKUP_RUN,
        Kind::SESSION_OPEN,
        Kind::SESSION_CLOSE,
        Kind::SESSION_RECONNECT,
        Kind::SESSION_DISCONNECT,
        Kind::SCRIPT_RUN,
        Kind::TIME_CHANGE,
        Kind::TIME_SYNC,
        Kind::ERROR_REPORT,
        Kind::DEVIATION_REPORT,
        Kind::OTHER,
    ],
    sql::STATEMENTS,
);

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<&'static [Rule]> {
        let mut all: Vec<&'static [Rule]> = vec![policy::EVENTLOG];
        for (family, provider) in [
            (Family::Security, ""),
            (Family::Sysmon, ""),
            (Family::PowerShell, "PowerShell"),
            (Family::PowerShell, ""),
            (Family::Defender, ""),
            (Family::Tasks, ""),
        ] {
            all.extend(tables(family, provider));
        }
        for every in [system::EVERY, remote::EVERY, control::EVERY, upkeep::EVERY] {
            all.extend(every);
        }
        all.extend(terminal::EVERY);
        all
    }

    #[test]
    fn tables_are_sorted_and_make_known_kinds() {
        for table in all() {
            for pair in table.windows(2) {
                assert!(
                    pair[0].code < pair[1].code,
                    "{} before {}",
                    pair[0].code,
                    pair[1].code
                );
            }
            for rule in table {
                assert!(KINDS.contains(&rule.kind), "{} {:?}", rule.code, rule.kind);
                let count = |c: char| rule.message.matches(c).count();
                assert_eq!(
                    (count('['), count('{')),
                    (count(']'), count('}')),
                    "{}",
                    rule.code
                );
            }
        }
    }

    #[test]
    fn no_id_of_the_security_channel_stands_in_two_tables() {
        let mut codes: Vec<u32> = tables(Family::Security, "")
            .iter()
            .flat_map(|t| t.iter().map(|r| r.code))
            .collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }

    #[test]
    fn the_law_names_six_dangerous_programs() {
        for path in [
            r"C:\Windows\System32\wbem\WmiPrvSE.exe",
            "winrshost.exe",
            "WSMPROVHOST.EXE",
            "mmc.exe",
            "psexesvc.exe",
            "PAExec.exe",
        ] {
            assert!(is_dangerous(path), "{path}");
        }
        for path in ["cmd.exe", "ammc.exe", "psexec", "mmc.exe.txt", "псexe.exe", ""] {
            assert!(!is_dangerous(path), "{path}");
        }
    }
}
