//! What the numbers in Windows records mean.

/// Logon types (Microsoft Learn, event 4624; `SECURITY_LOGON_TYPE` in ntsecapi.h).
pub(super) fn logon_type(number: &str) -> Option<&'static str> {
    Some(match number {
        "0" => "system",
        "2" => "interactive",
        "3" => "network",
        "4" => "batch",
        "5" => "service",
        "7" => "unlock",
        "8" => "network with clear-text password",
        "9" => "new credentials",
        "10" => "remote desktop",
        "11" => "cached interactive",
        "12" => "cached remote desktop",
        "13" => "cached unlock",
        _ => return None,
    })
}

/// NTSTATUS values that end a logon (MS-ERREF §2.3.1), by their number.
pub(super) fn nt_status(code: i64) -> Option<&'static str> {
    Some(match code {
        0x0000_0000 => "success",
        0xC000_0022 => "access denied",
        0xC000_005E => "no logon server available",
        0xC000_0064 => "account does not exist",
        0xC000_006A => "wrong password",
        0xC000_006C => "password does not meet the policy",
        0xC000_006D => "wrong account or password",
        0xC000_006E => "account restriction",
        0xC000_006F => "outside of the permitted hours",
        0xC000_0070 => "not permitted from this workstation",
        0xC000_0071 => "password expired",
        0xC000_0072 => "account disabled",
        0xC000_009A => "insufficient resources",
        0xC000_00DC => "server in the wrong state",
        0xC000_0133 => "clocks differ too much",
        0xC000_015B => "logon type not granted",
        0xC000_018C => "trust relationship failed",
        0xC000_018D => "trust relationship of the computer failed",
        0xC000_0192 => "logon service not started",
        0xC000_0193 => "account expired",
        0xC000_0224 => "password must be changed",
        0xC000_0225 => "not found",
        0xC000_0234 => "account locked out",
        0xC000_02EE => "failure without a further cause",
        0xC000_0371 => "no secrets on this read-only domain controller",
        0xC000_0413 => "authentication firewall",
        _ => return None,
    })
}

/// Kerberos error codes (RFC 4120 §7.5.9).
pub(super) fn kerberos(code: i64) -> Option<&'static str> {
    Some(match code {
        0x0 => "success",
        0x1 => "client entry expired",
        0x2 => "server entry expired",
        0x6 => "account does not exist",
        0x7 => "service does not exist",
        0x8 => "several entries for the account",
        0x9 => "no key for account or service",
        0xA => "ticket cannot be postdated",
        0xB => "requested start is later than the end",
        0xC => "policy refuses the request",
        0xD => "option cannot be granted",
        0xE => "encryption type not supported",
        0xF => "checksum type not supported",
        0x10 => "type of pre-authentication not supported",
        0x12 => "account disabled, expired or locked",
        0x13 => "service disabled",
        0x14 => "ticket-granting ticket revoked",
        0x15 => "client not yet valid",
        0x17 => "password expired",
        0x18 => "wrong password",
        0x19 => "further pre-authentication needed",
        0x1A => "ticket is for another server",
        0x1B => "server needs user-to-user authentication",
        0x1D => "service not available",
        0x1F => "integrity check failed",
        0x20 => "ticket expired",
        0x21 => "ticket not yet valid",
        0x22 => "request is a replay",
        0x23 => "ticket is not for this server",
        0x24 => "ticket and authenticator differ",
        0x25 => "clocks differ too much",
        0x26 => "wrong network address",
        0x28 => "invalid message type",
        0x29 => "message was altered",
        0x2C => "key version not available",
        0x32 => "checksum inappropriate",
        0x34 => "answer too big for UDP",
        0x3C => "generic error",
        0x3D => "field too long",
        0x44 => "user-to-user ticket missing",
        _ => return None,
    })
}

/// IP protocol numbers (IANA).
pub(super) fn ip_protocol(number: &str) -> Option<&'static str> {
    Some(match number {
        "1" => "icmp",
        "2" => "igmp",
        "6" => "tcp",
        "17" => "udp",
        "41" => "ipv6",
        "47" => "gre",
        "50" => "esp",
        "58" => "ipv6-icmp",
        _ => return None,
    })
}
