//! What an event is: one code for the same thing whoever logged it.

/// One kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindInfo {
    /// The code in the `kind` column, `category.action`.
    pub code: &'static str,
    /// The clause that names it first (ids as in the regulations' digest), or an empty text.
    pub clause: &'static str,
    /// What it means, in English; other languages stand in the message catalogue.
    pub title: &'static str,
}

/// A registered kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind(u16);

macro_rules! kinds {
    ($($constant:ident $code:literal $clause:literal $title:literal;)*) => {
        /// Every kind, in the order of the law, then ours.
        pub const KINDS: &[KindInfo] = &[$(KindInfo { code: $code, clause: $clause, title: $title },)*];

        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u16)]
        enum Position { $($constant,)* }

        #[allow(missing_docs)] // Each constant's meaning is the title in `KINDS`.
        impl Kind { $(pub const $constant: Self = Self(Position::$constant as u16);)* }
    };
}

kinds! {
    SYSTEM_START "system.start" "KZ195-A4-1.1" "System started";
    SYSTEM_STOP "system.stop" "KZ195-A4-1.1" "System stopped";
    OBJECT_OPEN "object.open" "KZ195-A4-1.2" "Object opened";
    OBJECT_SAVE "object.save" "KZ195-A4-1.2" "Object saved or written";
    OBJECT_RENAME "object.rename" "KZ195-A4-1.2" "Object renamed";
    OBJECT_DELETE "object.delete" "KZ195-A4-1.2" "Object deleted";
    OBJECT_CREATE "object.create" "KZ195-A4-1.2" "Object created";
    OBJECT_COPY "object.copy" "KZ195-A4-1.2" "Object copied";
    SOFTWARE_INSTALL "software.install" "KZ195-A4-1.3" "Software installed";
    SOFTWARE_REMOVE "software.remove" "KZ195-A4-1.3" "Software removed";
    AUTH_LOGON "auth.logon" "KZ195-A4-1.4" "Logon or attempt to log on";
    AUTH_LOGOFF "auth.logoff" "KZ195-A4-1.4" "Logoff";
    CONFIG_CHANGE "config.change" "KZ195-A4-1.5" "Configuration changed";
    ACCOUNT_CREATE "account.create" "KZ195-A4-1.6" "Account created";
    ACCOUNT_DELETE "account.delete" "KZ195-A4-1.6" "Account deleted";
    ACCOUNT_MODIFY "account.modify" "KZ195-A4-1.6" "Account changed";
    PROTECTION_ENABLE "protection.enable" "KZ195-A4-1.7" "Protection switched on";
    PROTECTION_DISABLE "protection.disable" "KZ195-A4-1.7" "Protection switched off";
    PROTECTION_CONFIG_CHANGE "protection.config_change" "KZ195-A4-1.8" "Protection settings changed";
    PRIVILEGE_USE "privilege.use" "KZ195-A4-1.9" "Privileged account or right used";
    DEVICE_CONNECT "device.connect" "KZ195-A4-1.10" "Device connected";
    DEVICE_DISCONNECT "device.disconnect" "KZ195-A4-1.10" "Device disconnected";
    USER_ACTION "user.action" "KZ195-A4-1.11" "User action failed or refused";
    RESOURCE_ACTION "resource.action" "KZ195-A4-1.12" "Action on data or resource failed or refused";
    PROCESS_START "process.start" "KZ195-A4-1.13" "Process started";
    PROCESS_STOP "process.stop" "KZ195-A4-1.13" "Process stopped";
    AUTH_MULTI_IP "auth.multi_ip" "KZ195-A4-3.1" "One account from several addresses";
    PORT_OPEN "port.open" "KZ195-A4-3.2" "Port opened";
    PRIVILEGE_ASSIGN "privilege.assign" "KZ195-A4-4.1" "Privileges given to a session";
    AUTH_LOGON_NETWORK "auth.logon_network" "KZ195-A4-4.2" "Network logon";
    SHARE_ADMIN_ACCESS "share.admin_access" "KZ195-A4-4.3" "Administrative share accessed";
    SHARE_PIPE_ACCESS "share.pipe_access" "KZ195-A4-4.3" "Named pipe accessed";
    OBJECT_WRITE_ACCESS "object.write_access" "KZ195-A4-4.4" "Write access to a file";
    PROCESS_START_SUSPICIOUS "process.start_suspicious" "KZ195-A4-4.5" "Potentially dangerous process started";
    SERVICE_INSTALL "service.install" "KZ195-A4-4.6" "Service installed";
    SERVICE_START "service.start" "KZ195-A4-4.6" "Service started";
    SERVICE_STOP "service.stop" "KZ195-A4-28.2" "Service stopped";
    TASK_CREATE "task.create" "KZ195-A4-4.7" "Scheduled task created";
    TASK_MODIFY "task.modify" "KZ195-A4-4.7" "Scheduled task changed";
    SERVICE_TIMEOUT "service.timeout" "KZ195-A4-4.8" "Service timed out";
    SERVICE_FAILURE "service.failure" "KZ195-A4-4.9" "Service failed";
    REGISTRY_VALUE_CHANGE "registry.value_change" "KZ195-A4-4.10" "Registry value changed";
    WMI_NAMESPACE_WRITE "wmi.namespace_write" "KZ195-A4-4.11" "Write in a WMI namespace";
    AUTH_UNREGISTERED_ACCOUNT "auth.unregistered_account" "KZ195-A4-9.1" "Unregistered account used";
    DB_SELECT "db.select" "KZ195-A4-9.2" "Database: select";
    DB_CREATE "db.create" "KZ195-A4-9.2" "Database: create";
    DB_ALTER "db.alter" "KZ195-A4-9.2" "Database: alter";
    DB_DROP "db.drop" "KZ195-A4-9.2" "Database: drop";
    DB_TRUNCATE "db.truncate" "KZ195-A4-9.2" "Database: truncate";
    DB_RENAME "db.rename" "KZ195-A4-9.2" "Database: rename";
    DB_INSERT "db.insert" "KZ195-A4-9.2" "Database: insert";
    DB_UPDATE "db.update" "KZ195-A4-9.2" "Database: update";
    DB_DELETE "db.delete" "KZ195-A4-9.2" "Database: delete";
    DB_CALL "db.call" "KZ195-A4-9.2" "Database: procedure called";
    DB_LOCK "db.lock" "KZ195-A4-9.2" "Database: lock";
    DB_COPY "db.copy" "KZ195-A4-9.2" "Database: bulk copy";
    DB_OTHER "db.other" "KZ195-A4-9.2" "Database: other statement";
    DB_GRANT "db.grant" "KZ195-A4-9.3" "Database: right granted";
    DB_REVOKE "db.revoke" "KZ195-A4-9.3" "Database: right revoked";
    DB_DENY "db.deny" "KZ195-A4-9.3" "Database: right denied";
    LINK_UP "link.up" "KZ195-A4-15.7" "Network link up";
    LINK_DEGRADE "link.degrade" "KZ195-A4-15.7" "Network link degraded";
    LINK_DOWN "link.down" "KZ195-A4-15.7" "Network link down";
    TRAFFIC_IN "traffic.in" "KZ195-A4-16" "Inbound traffic";
    TRAFFIC_OUT "traffic.out" "KZ195-A4-16" "Outbound traffic";
    FIREWALL_DEVICE_EVENT "firewall.device_event" "KZ195-A4-16" "Event of the firewall itself";
    ACCOUNT_COPY "account.copy" "KZ195-A4-22.2" "Account copied";
    ACCOUNT_MOVE "account.move" "KZ195-A4-22.2" "Account moved";
    CONFIG_FILE_CREATE "config_file.create" "KZ195-A4-22.2" "Configuration file created";
    CONFIG_FILE_COPY "config_file.copy" "KZ195-A4-22.2" "Configuration file copied";
    CONFIG_FILE_MOVE "config_file.move" "KZ195-A4-22.2" "Configuration file moved or replaced";
    CONFIG_FILE_DELETE "config_file.delete" "KZ195-A4-22.2" "Configuration file deleted";
    CONFIG_FILE_MODIFY "config_file.modify" "KZ195-A4-22.2" "Configuration file changed";
    ACCESS_OBTAIN "access.obtain" "KZ195-A4-22.4" "Access to an object obtained";
    DATA_ACCESS "data.access" "KZ195-A4-22.5" "Data accessed";
    DATA_MODIFY "data.modify" "KZ195-A4-22.5" "Data changed";
    DATA_DELETE "data.delete" "KZ195-A4-22.5" "Data deleted";
    MEDIA_CONNECT "media.connect" "RU-PRIK-4.4.2" "Removable medium connected";
    MEDIA_DISCONNECT "media.disconnect" "" "Removable medium disconnected";
    MEDIA_WRITE "media.write" "RU-PRIK-4.4.2" "Data written to a removable medium";
    FILE_ACCESS "file.access" "RU-PRIK-4.9" "Protected file accessed";
    PROTECTED_OBJECT_ACCESS "protected_object.access" "RU-PRIK-4.10" "Protected object accessed";
    REMOTE_ACCESS "remote.access" "RU-PRIK-4.4.5" "Remote access or attempt";
    LOG_CLEAR "log.clear" "RU-PRIK-3.1" "Log cleared";
    LOG_FAILURE "log.failure" "RU-PRIK-4.14" "Logging failed";
    LOG_FULL "log.full" "RU-PRIK-4.14" "Log full";
    LOG_OVERWRITE "log.overwrite" "RU-PRIK-4.15" "Log overwritten";
    LOG_POLICY_CHANGE "log.policy_change" "RU-PRIK-3.1" "Audit or logging policy changed";
    LOG_ROTATE "log.rotate" "" "Log rotated or archived";
    LOG_VIEW "log.view" "FI-4b" "Log read";
    LOG_EXPORT "log.export" "FI-4b" "Log exported";
    MALWARE_DETECT "malware.detect" "FI-2c" "Malware detected";
    MALWARE_ACTION "malware.action" "" "Protection tool acted on malware";
    IDS_ALERT "ids.alert" "FI-2c" "Intrusion detection alert";
    FIREWALL_BLOCK "firewall.block" "FI-2c" "Connection refused by firewall";
    FIREWALL_ALLOW "firewall.allow" "FI-2c" "Connection allowed by firewall";
    RESOURCE_USAGE "resource.usage" "SIG-1" "Use of resources";
    TIME_SYNC "time.sync" "SI-3b" "Clock synchronised";
    TIME_CHANGE "time.change" "SI-3b" "Clock changed";
    ERROR_REPORT "error.report" "FI-7b" "Error reported";
    DEVIATION_REPORT "deviation.report" "FI-7b" "Deviation reported";
    AUTH_TICKET "auth.ticket" "" "Kerberos ticket asked for or given";
    AUTH_CREDENTIAL_USE "auth.credential_use" "" "Credentials used for another account";
    ACCOUNT_LOCK "account.lock" "" "Account locked";
    ACCOUNT_UNLOCK "account.unlock" "" "Account unlocked";
    ACCOUNT_ENABLE "account.enable" "" "Account enabled";
    ACCOUNT_DISABLE "account.disable" "" "Account disabled";
    ACCOUNT_PASSWORD_CHANGE "account.password_change" "" "Password changed";
    ACCOUNT_PASSWORD_RESET "account.password_reset" "" "Password reset by another";
    GROUP_CREATE "group.create" "" "Group created";
    GROUP_DELETE "group.delete" "" "Group deleted";
    GROUP_MODIFY "group.modify" "" "Group changed";
    GROUP_MEMBER_ADD "group.member_add" "" "Member added to a group";
    GROUP_MEMBER_REMOVE "group.member_remove" "" "Member removed from a group";
    SESSION_OPEN "session.open" "" "Session opened";
    SESSION_CLOSE "session.close" "" "Session closed";
    SESSION_RECONNECT "session.reconnect" "" "Session taken up again";
    SESSION_DISCONNECT "session.disconnect" "" "Session left";
    TASK_DELETE "task.delete" "" "Scheduled task deleted";
    TASK_RUN "task.run" "" "Scheduled task run";
    SCRIPT_RUN "script.run" "" "Script run";
    HTTP_REQUEST "http.request" "" "Web request";
    DNS_QUERY "dns.query" "" "Name looked up";
    MAIL_RECEIVE "mail.receive" "" "Mail received";
    MAIL_SEND "mail.send" "" "Mail sent";
    NETWORK_CONNECT "network.connect" "" "Network connection opened";
    NETWORK_DISCONNECT "network.disconnect" "" "Network connection closed";
    NETWORK_FLOW "network.flow" "" "Network connection recorded";
    SERVICE_STATE "service.state" "" "Service changed state";
    REGISTRY_KEY_CHANGE "registry.key_change" "" "Registry key changed";
    PROCESS_ACCESS "process.access" "" "Process opened by another";
    MODULE_LOAD "module.load" "" "Module or driver loaded";
    BACKUP_RUN "backup.run" "" "Backup made";
    RESOURCE_EXHAUSTED "resource.exhausted" "" "Memory, disk or another resource ran out";
    PART "part" "" "Continuation of an event recorded in several records";
    UNPARSED "unparsed" "" "Record that could not be read";
    OTHER "other" "" "Anything else";
}

impl Kind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..KINDS.len() as u16).map(Self)
    }

    /// The kind of that code.
    pub fn parse(code: &str) -> Option<Self> {
        KINDS.iter().position(|k| k.code == code).map(|p| Self(p as u16))
    }

    /// What is known of it.
    pub fn info(self) -> &'static KindInfo {
        &KINDS[usize::from(self.0)]
    }

    /// The code in the `kind` column.
    pub fn as_str(self) -> &'static str {
        self.info().code
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_registered_once_and_reads_back() {
        for kind in Kind::all() {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(Kind::parse("auth.login"), None);
    }
}
