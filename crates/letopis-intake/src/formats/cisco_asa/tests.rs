//! Messages by number, by our own lines and by Elastic's documents.

use letopis_event::{EventBuf, Number, Text};

use super::read_message;
use crate::formats::{syslog, truth};

fn read(message: &str) -> EventBuf {
    let mut event = EventBuf::default();
    assert!(read_message(message, &mut event), "{message}");
    event
}

fn columns(event: &EventBuf) -> (&str, &str, &str, &str, &str) {
    let text = |c| event.get(c).unwrap_or("");
    (
        event.kind.as_str(),
        event.outcome.as_str(),
        text(Text::UserName),
        text(Text::SrcIp),
        text(Text::DstIp),
    )
}

#[test]
fn people() {
    for (message, expected) in [
        (
            "%ASA-6-605005: Login permitted from 10.0.0.5/4022 to inside:10.0.0.1/ssh for user \"admin\"",
            ("auth.logon", "success", "admin", "10.0.0.5", "10.0.0.1"),
        ),
        (
            "%ASA-6-113005: AAA user authentication Rejected : reason = Invalid password : server = 10.0.0.9 : user = bob : user IP = 203.0.113.5",
            ("auth.logon", "failure", "bob", "203.0.113.5", "10.0.0.9"),
        ),
        (
            "%ASA-6-113015: AAA user authentication Rejected : reason = Invalid password : local database : user = bob : user IP = 203.0.113.5",
            ("auth.logon", "failure", "bob", "203.0.113.5", ""),
        ),
        (
            "%ASA-6-109006: Authentication failed for user 'bob' from 10.0.0.5/4022 to 10.1.0.2/80 on interface inside",
            ("auth.logon", "failure", "bob", "10.0.0.5", "10.1.0.2"),
        ),
        (
            "%ASA-6-611101: User authentication succeeded: IP address: 10.0.0.5, Uname: admin",
            ("auth.logon", "success", "admin", "10.0.0.5", ""),
        ),
        (
            "%ASA-5-111010: User 'admin', running 'CLI' from IP 10.0.0.5, executed 'no logging enable'",
            ("config.change", "success", "admin", "10.0.0.5", ""),
        ),
        (
            "%ASA-7-111009: User 'admin' executed cmd: show logging",
            ("log.view", "success", "admin", "", ""),
        ),
        (
            "%ASA-5-502101: New user added to local dbase: Uname: bob Priv: 15 Encpass: *",
            ("account.create", "success", "", "", ""),
        ),
        (
            "%ASA-6-716001: Group <g> User <bob> IP <203.0.113.5> WebVPN session started.",
            ("auth.logon", "success", "bob", "203.0.113.5", ""),
        ),
        (
            "%ASA-3-713167: Group = g, Username = bob, IP = 203.0.113.5, Remote peer has failed user authentication",
            ("auth.logon", "failure", "bob", "203.0.113.5", ""),
        ),
    ] {
        assert_eq!(columns(&read(message)), expected, "{message}");
    }
}

#[test]
fn packets() {
    for (message, expected) in [
        (
            "%ASA-6-302020: Built outbound ICMP connection for faddr 203.0.113.5/0 gaddr 198.51.100.1/1 laddr 10.0.0.5/1",
            ("traffic.out", "success", "", "10.0.0.5", "203.0.113.5"),
        ),
        (
            "%ASA-3-106014: Deny inbound icmp src outside:203.0.113.5 dst inside:10.0.0.5 (type 8, code 0)",
            ("firewall.block", "failure", "", "203.0.113.5", "10.0.0.5"),
        ),
        (
            "%ASA-3-106014: Deny inbound icmp src outside:203.0.113.5 dest inside:10.0.0.5 (type 8, code 0)",
            ("firewall.block", "failure", "", "203.0.113.5", "10.0.0.5"),
        ),
        (
            "%ASA-6-106100: access-list in denied tcp outside/203.0.113.5(4022) -> inside/10.0.0.5(22) hit-cnt 1 first hit [0x1, 0x0]",
            ("firewall.block", "failure", "", "203.0.113.5", "10.0.0.5"),
        ),
        (
            "%ASA-3-710003: TCP access denied by ACL from 203.0.113.5/4022 to outside:198.51.100.1/ssh",
            ("firewall.block", "failure", "", "203.0.113.5", "198.51.100.1"),
        ),
        (
            "%ASA-6-106015: Deny TCP (no connection) from 10.0.0.5/80 to 10.1.0.2/4022 flags FIN ACK on interface inside",
            ("firewall.block", "failure", "", "10.0.0.5", "10.1.0.2"),
        ),
        (
            "%ASA-4-500004: Invalid transport field for protocol=UDP, from 10.0.0.5/80 to 10.1.0.2/0",
            ("firewall.block", "failure", "", "10.0.0.5", "10.1.0.2"),
        ),
        (
            "%FTD-1-430002: SrcIP: 10.0.0.5, DstIP: 10.1.0.2, SrcPort: 4022, DstPort: 80, Protocol: tcp, AccessControlRuleAction: Block",
            ("firewall.block", "failure", "", "10.0.0.5", "10.1.0.2"),
        ),
        (
            "%ASA-5-999998: unheard of",
            ("firewall.device_event", "unknown", "", "", ""),
        ),
    ] {
        assert_eq!(columns(&read(message)), expected, "{message}");
    }
    let event = read(
        "%ASA-6-302014: Teardown TCP connection 7 for outside:203.0.113.5/80 to inside:10.0.0.5/4022 duration 1:00:07 bytes 38110 TCP Reset-I",
    );
    assert_eq!(event.number(Number::XDurationUs), Some(3_607_000_000));
    assert_eq!(
        (event.number(Number::XBytes), event.get(Text::XReason)),
        (Some(38_110), Some("TCP Reset-I"))
    );
}

#[test]
fn elastic_truth() {
    let mut score = truth::Score::default();
    for name in [
        "anyconnect-messages",
        "asa-missing-groups",
        "asa",
        "dap-records",
        "filtered",
        "hostnames",
    ] {
        truth::elastic(
            &format!("cisco_asa/log/test-{name}.log"),
            syslog::read_line,
            &mut score,
        );
    }
    score.print("Elastic cisco_asa");
    for field in ["read", "host", "process", "pid", "src_ip", "src_port", "dst_port"] {
        assert_eq!(score.share(field), 100, "{field}");
    }
    // They have the peer of 113019 as the destination, and cut the domain off a user.
    assert!(score.share("dst_ip") >= 98 && score.share("user") >= 90);
}
