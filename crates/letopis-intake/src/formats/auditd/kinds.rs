//! What an audit record means: kinds by record type, by system call, and by what the record says itself.

use letopis_event::{EventBuf, Kind, Outcome, Text};

use crate::formats::log_access::is_logging_service;
use crate::formats::scan::Cut as _;

/// Whether records of this type only add to an event that another record begins.
pub(super) fn is_auxiliary(kind: &str) -> bool {
    matches!(
        kind,
        "PATH"
            | "CWD"
            | "EXECVE"
            | "PROCTITLE"
            | "SOCKADDR"
            | "SOCKETCALL"
            | "EOE"
            | "OBJ_PID"
            | "IPC"
            | "IPC_SET_PERM"
            | "MQ_OPEN"
            | "MQ_SENDRECV"
            | "MQ_NOTIFY"
            | "MQ_GETSETATTR"
            | "FD_PAIR"
            | "BPRM_FCAPS"
            | "CAPSET"
            | "MMAP"
            | "OPENAT2"
            | "INTERFACE"
            | "UNKNOWN"
    )
}

/// The kind of an event that begins with a record of this type.
pub(super) fn of_type(kind: &str) -> Kind {
    match kind {
        "USER_LOGIN" | "USER_AUTH" | "USER_ERR" | "GRP_AUTH" => Kind::AUTH_LOGON,
        "USER_LOGOUT" => Kind::AUTH_LOGOFF,
        "USER_START" => Kind::SESSION_OPEN,
        "USER_END" => Kind::SESSION_CLOSE,
        "USER_CMD" => Kind::PRIVILEGE_USE,
        "ADD_USER" => Kind::ACCOUNT_CREATE,
        "DEL_USER" => Kind::ACCOUNT_DELETE,
        "USER_MGMT" | "USER_ACCT_CHANGE" => Kind::ACCOUNT_MODIFY,
        "USER_CHAUTHTOK" => Kind::ACCOUNT_PASSWORD_CHANGE,
        "ACCT_LOCK" | "RESP_ACCT_LOCK" | "RESP_ACCT_LOCK_TIMED" => Kind::ACCOUNT_LOCK,
        "ACCT_UNLOCK" | "RESP_ACCT_UNLOCK_TIMED" => Kind::ACCOUNT_UNLOCK,
        "ADD_GROUP" => Kind::GROUP_CREATE,
        "DEL_GROUP" => Kind::GROUP_DELETE,
        "GRP_MGMT" | "GRP_CHAUTHTOK" => Kind::GROUP_MODIFY,
        "CHGRP_ID" | "CHUSER_ID" | "ROLE_ASSIGN" | "ROLE_REMOVE" | "USER_ROLE_CHANGE" => {
            Kind::PRIVILEGE_ASSIGN
        }
        "CONFIG_CHANGE" | "DAEMON_CONFIG" | "DAEMON_RECONFIG" | "FEATURE_CHANGE" => Kind::LOG_POLICY_CHANGE,
        "DAEMON_START" | "DAEMON_RESUME" => Kind::PROTECTION_ENABLE,
        "DAEMON_END" => Kind::PROTECTION_DISABLE,
        "DAEMON_ABORT" | "DAEMON_ERR" => Kind::LOG_FAILURE,
        "DAEMON_ROTATE" => Kind::LOG_ROTATE,
        "AVC" | "USER_AVC" | "SELINUX_ERR" | "USER_SELINUX_ERR" | "SECCOMP" | "APPARMOR_DENIED"
        | "LANDLOCK_ACCESS" => Kind::RESOURCE_ACTION,
        "SERVICE_START" => Kind::SERVICE_START,
        "SERVICE_STOP" => Kind::SERVICE_STOP,
        "SYSTEM_BOOT" => Kind::SYSTEM_START,
        "SYSTEM_SHUTDOWN" => Kind::SYSTEM_STOP,
        "KERN_MODULE" => Kind::MODULE_LOAD,
        "TIME_INJOFFSET" | "TIME_ADJNTPVAL" => Kind::TIME_CHANGE,
        "USYS_CONFIG" => Kind::CONFIG_CHANGE,
        "MAC_STATUS" | "MAC_POLICY_LOAD" | "MAC_CONFIG_CHANGE" | "MAC_CHECK" | "NETFILTER_CFG" => {
            Kind::PROTECTION_CONFIG_CHANGE
        }
        "SOFTWARE_UPDATE" => Kind::SOFTWARE_INSTALL,
        "USER_DEVICE" => Kind::DEVICE_CONNECT,
        "USER_TTY" | "TTY" => Kind::SCRIPT_RUN,
        "ANOM_ABEND" => Kind::PROCESS_STOP,
        "ANOM_PROMISCUOUS" => Kind::CONFIG_CHANGE,
        _ if kind.starts_with("ANOM_") => Kind::IDS_ALERT,
        _ => Kind::OTHER,
    }
}

/// The kind of an event that a system call is.
pub(super) fn of_syscall(name: &str) -> Kind {
    match name {
        "execve" | "execveat" => Kind::PROCESS_START,
        "open" | "openat" | "openat2" | "open_by_handle_at" => Kind::OBJECT_OPEN,
        "creat" | "mknod" | "mknodat" | "mkdir" | "mkdirat" | "link" | "linkat" | "symlink" | "symlinkat" => {
            Kind::OBJECT_CREATE
        }
        "truncate" | "ftruncate" | "write" | "pwrite64" | "writev" => Kind::OBJECT_SAVE,
        "unlink" | "unlinkat" | "rmdir" => Kind::OBJECT_DELETE,
        "rename" | "renameat" | "renameat2" => Kind::OBJECT_RENAME,
        "connect" | "accept" | "accept4" => Kind::NETWORK_CONNECT,
        "bind" | "listen" => Kind::PORT_OPEN,
        "settimeofday" | "clock_settime" | "clock_settime64" | "stime" | "adjtimex" | "clock_adjtime" => {
            Kind::TIME_CHANGE
        }
        "init_module" | "finit_module" | "delete_module" => Kind::MODULE_LOAD,
        "kill" | "tkill" | "tgkill" | "exit" | "exit_group" => Kind::PROCESS_STOP,
        "ptrace" | "process_vm_readv" | "process_vm_writev" => Kind::PROCESS_ACCESS,
        "sethostname" | "setdomainname" => Kind::CONFIG_CHANGE,
        "reboot" => Kind::SYSTEM_STOP,
        _ => Kind::OTHER,
    }
}

/// Types by the numbers that the kernel's own log gives instead of names (`linux/audit.h`).
pub(super) fn type_name(number: &str) -> Option<&'static str> {
    Some(match number {
        "1100" => "USER_AUTH",
        "1101" => "USER_ACCT",
        "1102" => "USER_MGMT",
        "1103" => "CRED_ACQ",
        "1104" => "CRED_DISP",
        "1105" => "USER_START",
        "1106" => "USER_END",
        "1107" => "USER_AVC",
        "1108" => "USER_CHAUTHTOK",
        "1109" => "USER_ERR",
        "1110" => "CRED_REFR",
        "1112" => "USER_LOGIN",
        "1113" => "USER_LOGOUT",
        "1114" => "ADD_USER",
        "1115" => "DEL_USER",
        "1116" => "ADD_GROUP",
        "1117" => "DEL_GROUP",
        "1123" => "USER_CMD",
        "1127" => "SYSTEM_BOOT",
        "1128" => "SYSTEM_SHUTDOWN",
        "1130" => "SERVICE_START",
        "1131" => "SERVICE_STOP",
        "1300" => "SYSCALL",
        "1302" => "PATH",
        "1305" => "CONFIG_CHANGE",
        "1306" => "SOCKADDR",
        "1307" => "CWD",
        "1309" => "EXECVE",
        "1325" => "NETFILTER_CFG",
        "1326" => "SECCOMP",
        "1327" => "PROCTITLE",
        "1330" => "KERN_MODULE",
        "1334" => "BPF",
        "1400" => "AVC",
        "1401" => "SELINUX_ERR",
        "1403" => "MAC_POLICY_LOAD",
        "1404" => "MAC_STATUS",
        "1700" => "ANOM_PROMISCUOUS",
        "1701" => "ANOM_ABEND",
        "2000" => "KERNEL",
        _ => return None,
    })
}

/// Sharpens the kind of a first record by its own fields, once they are all read.
pub(super) fn sharpen(kind: &str, event: &mut EventBuf) {
    match kind {
        "USER_AUTH" | "USER_ACCT" => {
            let by = event.find_attr("exe").unwrap_or_default();
            let privilege = ["/sudo", "/su", "/pkexec", "/doas"]
                .iter()
                .any(|p| by.ends_with(p));
            if kind == "USER_AUTH" && event.outcome == Outcome::Success {
                // A step: USER_LOGIN, USER_CMD or USER_START completes it.
                event.kind = Kind::OTHER;
            } else if privilege && kind == "USER_AUTH" {
                event.kind = Kind::PRIVILEGE_USE;
            } else if kind == "USER_ACCT" && event.outcome == Outcome::Failure {
                event.kind = if privilege {
                    Kind::PRIVILEGE_USE
                } else {
                    Kind::AUTH_LOGON
                };
            }
        }
        "SERVICE_START" | "SERVICE_STOP" => {
            event.copy_attr("unit", Text::Target);
            if event.get(Text::Target).is_some_and(is_logging_service) {
                event.attr("component", "logging");
                let starts = kind == "SERVICE_START";
                event.kind = if starts {
                    Kind::PROTECTION_ENABLE
                } else {
                    Kind::PROTECTION_DISABLE
                };
            }
        }
        "DAEMON_START" | "DAEMON_END" | "DAEMON_RESUME" => event.attr("component", "logging"),
        "CONFIG_CHANGE" => {
            let off = event.find_attr("audit_enabled") == Some("0");
            let on = event.find_attr("audit_enabled").is_some() && event.find_attr("old") == Some("0");
            if off || on {
                event.kind = if off {
                    Kind::PROTECTION_DISABLE
                } else {
                    Kind::PROTECTION_ENABLE
                };
                event.attr("component", "logging");
            }
            event.copy_attr("op", Text::Action);
        }
        "MAC_STATUS" if event.find_attr("enforcing") == Some("0") => {
            event.kind = Kind::PROTECTION_DISABLE;
            event.attr("component", "access control");
        }
        "SOFTWARE_UPDATE" => {
            event.copy_attr("sw", Text::Target);
            if event
                .find_attr("op")
                .is_some_and(|op| op == "remove" || op == "erase")
            {
                event.kind = Kind::SOFTWARE_REMOVE;
            }
        }
        "GRP_MGMT" | "USER_MGMT" => group_change(event),
        _ => {}
    }
}

/// `op=add-user-to-group`, `op=deleting-user-from-group`
fn group_change(event: &mut EventBuf) {
    let op = event.find_attr("op").unwrap_or_default();
    let about_group = op.has("group");
    let kind = if op.has("add-user-to-group") || op.has("add-to-group") || op.has("adding user to group") {
        Kind::GROUP_MEMBER_ADD
    } else if about_group && op.has("user") && (op.has("delet") || op.has("remov")) {
        Kind::GROUP_MEMBER_REMOVE
    } else if about_group && op.has("add") {
        Kind::GROUP_CREATE
    } else {
        return;
    };
    event.kind = kind;
    event.copy_attr("grp", Text::Target);
}
