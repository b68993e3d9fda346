//! Which family reads a message: by the program that wrote it, then by what the message itself shows.

use letopis_event::{EventBuf, Kind, Number, Text};

use super::{
    accounts, admin, cisco_ios, cron, device, dhcp, dns, filterlog, ftp, imap, inetd, kernel, ldap, logging,
    logind, mail, ossec, packages, pam, sshd, su, sudo, systemd, timekeeping, vpn, web,
};
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, AnyOf, has};
use crate::formats::{
    asterisk, auditd, cef, cisco_asa, fortinet, ids_alerts, leef, lighttpd, mikrotik, palo_alto, radius,
    roundcube, squid,
};

/// Every kind that the families make.
pub(crate) const KINDS: &[Kind] = &[
    Kind::ACCOUNT_CREATE,
    Kind::ACCOUNT_DELETE,
    Kind::ACCOUNT_LOCK,
    Kind::ACCOUNT_MODIFY,
    Kind::ACCOUNT_PASSWORD_CHANGE,
    Kind::ACCOUNT_PASSWORD_RESET,
    Kind::ACCOUNT_UNLOCK,
    Kind::AUTH_LOGOFF,
    Kind::AUTH_LOGON,
    Kind::AUTH_UNREGISTERED_ACCOUNT,
    Kind::CONFIG_CHANGE,
    Kind::DATA_ACCESS,
    Kind::DEVICE_CONNECT,
    Kind::DEVICE_DISCONNECT,
    Kind::DEVIATION_REPORT,
    Kind::DNS_QUERY,
    Kind::ERROR_REPORT,
    Kind::FIREWALL_ALLOW,
    Kind::FIREWALL_BLOCK,
    Kind::FIREWALL_DEVICE_EVENT,
    Kind::GROUP_CREATE,
    Kind::GROUP_DELETE,
    Kind::GROUP_MEMBER_ADD,
    Kind::GROUP_MEMBER_REMOVE,
    Kind::GROUP_MODIFY,
    Kind::HTTP_REQUEST,
    Kind::IDS_ALERT,
    Kind::LINK_DOWN,
    Kind::LINK_UP,
    Kind::LOG_CLEAR,
    Kind::LOG_EXPORT,
    Kind::LOG_FAILURE,
    Kind::LOG_FULL,
    Kind::LOG_OVERWRITE,
    Kind::LOG_POLICY_CHANGE,
    Kind::LOG_ROTATE,
    Kind::LOG_VIEW,
    Kind::MAIL_RECEIVE,
    Kind::MAIL_SEND,
    Kind::MALWARE_ACTION,
    Kind::MALWARE_DETECT,
    Kind::MEDIA_CONNECT,
    Kind::MODULE_LOAD,
    Kind::NETWORK_CONNECT,
    Kind::NETWORK_DISCONNECT,
    Kind::NETWORK_FLOW,
    Kind::OBJECT_CREATE,
    Kind::OBJECT_DELETE,
    Kind::OBJECT_OPEN,
    Kind::OBJECT_RENAME,
    Kind::OBJECT_SAVE,
    Kind::OTHER,
    Kind::PART,
    Kind::PORT_OPEN,
    Kind::PRIVILEGE_ASSIGN,
    Kind::PRIVILEGE_USE,
    Kind::PROCESS_ACCESS,
    Kind::PROCESS_START,
    Kind::PROCESS_STOP,
    Kind::PROTECTION_CONFIG_CHANGE,
    Kind::PROTECTION_DISABLE,
    Kind::PROTECTION_ENABLE,
    Kind::REMOTE_ACCESS,
    Kind::RESOURCE_ACTION,
    Kind::RESOURCE_EXHAUSTED,
    Kind::SCRIPT_RUN,
    Kind::SERVICE_FAILURE,
    Kind::SERVICE_START,
    Kind::SERVICE_STATE,
    Kind::SERVICE_STOP,
    Kind::SERVICE_TIMEOUT,
    Kind::SESSION_CLOSE,
    Kind::SESSION_OPEN,
    Kind::SOFTWARE_INSTALL,
    Kind::SOFTWARE_REMOVE,
    Kind::SYSTEM_START,
    Kind::SYSTEM_STOP,
    Kind::TASK_DELETE,
    Kind::TASK_MODIFY,
    Kind::TASK_RUN,
    Kind::TIME_CHANGE,
    Kind::TIME_SYNC,
    Kind::TRAFFIC_IN,
    Kind::TRAFFIC_OUT,
    Kind::USER_ACTION,
];

/// Reads a message that `program` wrote. The journal formats use this too: they have the same messages under
/// other heads. Never fails: a message that no family knows keeps kind `other` and its text.
pub(crate) fn read_message(program: &str, message: &str, event: &mut EventBuf) {
    let message = message.less_end_of(b"\n\r");
    let message = solaris_id(message, event);
    event.set(Text::Message, message);
    let (name, module) = base_name(program);
    let message = repeated(message, event);
    if message.starts_with('%') {
        if !device::read(message, event) && !cisco_asa::read_message(message, event) {
            cisco_ios::read(message, event);
        }
        return;
    }
    if by_program(name, message, event) != Some(true) {
        by_content(name, module, message, event);
    }
}

/// The program without its path, and the PAM module of the old spelling `su(pam_unix)`.
fn base_name(program: &str) -> (&str, &str) {
    let (name, module) = match program.cut(b'(') {
        Some((name, rest)) if !name.is_empty() => (name, rest.strip_suffix(')').unwrap_or(rest)),
        // `(systemd)` is what a child calls itself before it becomes another program.
        _ => (program.less_both(b"()"), ""),
    };
    let name = match name.starts_with('/') {
        true => name.pieces(b'/').next_back().unwrap_or(name),
        false => name,
    };
    (name, module)
}

/// `[ID 800047 auth.info] ` of Solaris.
fn solaris_id<'a>(message: &'a str, event: &mut EventBuf) -> &'a str {
    let Some(rest) = message.strip_prefix("[ID ") else {
        return message;
    };
    let Some((inside, rest)) = scan::split(rest, "] ") else {
        return message;
    };
    let (id, facility) = scan::word(inside);
    event.set_if_absent(Text::Code, id);
    event.attr("solaris_facility", facility);
    rest
}

/// `message repeated 3 times: [ … ]` (rsyslog): the inner message, with the count as an attribute.
fn repeated<'a>(message: &'a str, event: &mut EventBuf) -> &'a str {
    if let Some(rest) = message.strip_prefix("last message repeated ") {
        event.attr("repeated", scan::word(rest).0);
        return message;
    }
    let Some(rest) = message.strip_prefix("message repeated ") else {
        return message;
    };
    let Some((count, inner)) = scan::split(rest, " times: [") else {
        return message;
    };
    event.attr("repeated", count);
    inner.less_start(b' ').strip_suffix(']').unwrap_or(inner)
}

/// `None` where no family belongs to the program.
fn by_program(name: &str, message: &str, event: &mut EventBuf) -> Option<bool> {
    Some(match name {
        "sshd" | "sshd-session" | "sshd-auth" | "dropbear" => sshd::read(message, event),
        "sudo" | "sudoedit" => sudo::read(message, event),
        "su" | "su-l" | "runuser" => su::read(message, event),
        "login" | "systemd-user" | "gdm-password" | "gdm" | "lightdm" | "sddm" | "polkitd" | "pkexec"
        | "doas" | "pam" | "vsftpd" | "proftpd" | "pure-ftpd" | "ftpd" | "klogind" => {
            pam::read_program(name, message, event)
        }
        "cron" | "CRON" | "crond" | "CROND" | "crontab" | "anacron" | "atd" | "/usr/sbin/cron" => {
            cron::read(message, event)
        }
        "systemd" | "systemd-shutdown" | "init" | "shutdown" => systemd::read(message, event),
        "filterlog" => filterlog::read(message, event),
        "snort" | "suricata" => ids_alerts::read_message(message, event),
        "squid" | "squid-1" => squid::read_message(message, event),
        "radiusd" | "freeradius" => radius::read_message(message, event),
        "systemd-logind" | "elogind" => logind::read(message, event),
        "kernel" => kernel::read(message, event),
        "useradd" | "userdel" | "usermod" | "groupadd" | "groupdel" | "groupmod" | "passwd" | "chage"
        | "gpasswd" | "chpasswd" | "chfn" | "chsh" | "newusers" | "vipw" | "adduser" | "deluser" => {
            accounts::read(name, message, event)
        }
        "rsyslogd" | "rsyslogd-pstats" | "syslogd" | "syslog-ng" | "syslog" | "klogd" | "auditd"
        | "auditctl" | "augenrules" | "logrotate" | "systemd-journald" | "journald" | "systemd-journal"
        | "rsyslog" => logging::read(name, message, event),
        "audispd" | "audisp-syslog" | "audit" | "audisp-remote" => auditd::read_embedded(message, event),
        "chronyd" | "ntpd" | "ntpdate" | "sntp" | "systemd-timesyncd" | "systemd-timedated" | "openntpd"
        | "hwclock" => timekeeping::read(message, event),
        "dhcpd" | "dhclient" | "dnsmasq-dhcp" | "dhcpcd" => dhcp::read(message, event),
        "named" | "dnsmasq" | "unbound" | "systemd-resolved" => dns::read(message, event),
        "openvpn" | "charon" | "charon-systemd" | "ipsec" | "pluto" | "wireguard" | "wg-quick" | "pppd"
        | "ocserv" => vpn::read(name, message, event),
        "dovecot" | "exim" | "exim4" | "sendmail" | "opendkim" | "imap-login" | "pop3-login"
        | "submission-login" | "managesieve-login" | "auth" | "auth-worker" | "dovecot-auth" => {
            mail::read(name, message, event)
        }
        "yum" | "dnf" | "dpkg" | "apt" | "apt-get" | "rpm" | "zypper" | "packagekitd" | "PackageKit"
        | "pacman" => packages::read(message, event),
        _ if web::is_server(name) => web::read(name, message, event),
        "lighttpd" => lighttpd::read_message(message, event),
        "roundcube" => roundcube::read_message(message, event),
        "WinEvtLog" => ossec::read(message, event),
        "asterisk" => asterisk::read_message(message, event),
        "slapd" => ldap::read(message, event),
        "xinetd" | "inetd" => inetd::read(message, event),
        "webmin" | "usermin" | "pvedaemon" | "pveproxy" => admin::read(name, message, event),
        "MailScanner" => mail::read_scanner(message, event),
        "NetworkManager" | "systemd-networkd" | "wpa_supplicant" => kernel::read_link(message, event),
        // Old rsyslog puts the number of its message behind the name.
        _ if name.starts_with("rsyslogd-") => logging::read("rsyslogd", message, event),
        _ if name.starts_with("sm-") => mail::read("sendmail", message, event),
        _ if name.starts_with("postfix") => mail::read_postfix(name, message, event),
        _ if name.starts_with("dovecot") || name.starts_with("auth(") => {
            mail::read("dovecot", message, event)
        }
        _ if name.starts_with("openvpn") || name.starts_with("ovpn-") => vpn::read("openvpn", message, event),
        _ => return None,
    })
}

/// One of these stands in what [`of_a_product`] and [`of_a_service`] read.
static MARKS: AnyOf = AnyOf::new(&["CEF:0|", "CEF:1|", "LEEF:", "logid=", "/IN'", " SRC=", NO_SPACE]);

const NO_SPACE: &str = "No space left on device";

/// Fields of a product that stand anywhere in the message.
fn of_a_product(message: &str, event: &mut EventBuf) -> bool {
    if has(message, "CEF:0|") || has(message, "CEF:1|") {
        cef::read(message, event);
        return true;
    }
    if has(message, "LEEF:") && leef::read(message, event) {
        return true;
    }
    if has(message, "logid=") && fortinet::is_own(message) {
        fortinet::fill(message, event);
        return true;
    }
    false
}

/// Messages of services that came without the program's name.
fn of_a_service(message: &str, event: &mut EventBuf) -> bool {
    // BIND's own categories in place of a program: `security: info: client …`
    if has(message, "/IN'") && has(message, "client ") && has(message, "#") && dns::read(message, event) {
        return true;
    }
    // netfilter
    if has(message, " SRC=") && has(message, " PROTO=") && kernel::read(message, event) {
        return true;
    }
    if has(message, NO_SPACE) {
        event.kind = Kind::RESOURCE_EXHAUSTED;
        event.set(Text::XReason, NO_SPACE);
        return true;
    }
    false
}

/// What is recognised whoever wrote it.
fn by_content(name: &str, module: &str, message: &str, event: &mut EventBuf) {
    if pam::is_pam(module, message) && pam::read(message, event) {
        return;
    }
    // Dovecot's own files: `auth(alice,10.0.0.5,sasl:login)<…>: Info: …`
    if message.starts_with("auth(") && mail::read("auth", message, event) {
        event.set_if_absent(Text::Process, "auth");
        return;
    }
    if imap::is_own(message) && imap::read(name, message, event) {
        return;
    }
    if ftp::is_vsftpd(message) && ftp::read(message, event) {
        return;
    }
    let marked = MARKS.holds(message);
    if marked && of_a_product(message, event) {
        return;
    }
    if palo_alto::start_of(message) == Some(0) {
        palo_alto::fill(message, &mut String::new(), event);
        return;
    }
    if mikrotik::topics(message).is_some() && mikrotik::read_message(message, event) {
        return;
    }
    if (message.starts_with("type=") || message.starts_with("node=")) && auditd::read_embedded(message, event)
    {
        return;
    }
    if marked && of_a_service(message, event) {
        return;
    }
    // Only a message that begins with a field is one of fields: a stray `=` in a sentence is no name.
    if scan::starts_with_field(message) {
        pairs(message, event);
    }
    event.set_if_absent(Text::Service, name);
}

/// key=value messages of devices and applications: every field an attribute, the plain ones as columns too.
fn pairs(message: &str, event: &mut EventBuf) {
    let mut scratch = String::new();
    scan::fields(message, |key, value| {
        event.attr(key, value);
        match key {
            "srcip" | "src" | "src_ip" | "SRC" | "client_ip" => scan::set_source(event, value),
            "dstip" | "dst" | "dst_ip" | "DST" => scan::set_destination(event, value),
            "srcport" | "src_port" | "spt" => scan::set_port(event, Number::SrcPort, value),
            "dstport" | "dst_port" | "dpt" => scan::set_port(event, Number::DstPort, value),
            "user" | "usr" | "username" | "user_name" => event.set(Text::UserName, value),
            "action" => event.set(Text::Action, value),
            "status" => event.set(Text::Status, value),
            "proto" => event.set(Text::Protocol, value),
            // A number of the system, not of a session.
            "uid" => {}
            _ => super::parameter(key, value, &mut scratch, event),
        }
    });
}
