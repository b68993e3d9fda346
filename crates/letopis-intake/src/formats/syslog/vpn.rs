//! Virtual private networks: OpenVPN, strongSwan, WireGuard, ocserv, pppd.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::{pam, set_kind};
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, between, has, split, split_last, word};

/// Reads one message of a VPN daemon.
pub(super) fn read(name: &str, message: &str, event: &mut EventBuf) -> bool {
    if pam::is_pam("", message) {
        return pam::read(message, event);
    }
    let text = message.trimmed_end();
    match name {
        "openvpn" => {
            event.set(Text::Service, "openvpn");
            event.set(Text::Protocol, "openvpn");
            openvpn(text, event)
        }
        "wireguard" | "wg-quick" => {
            event.set(Text::Service, "wireguard");
            event.set(Text::Protocol, "wireguard");
            wireguard(text, event)
        }
        "charon" | "charon-systemd" | "ipsec" | "pluto" => {
            event.set(Text::Service, "ipsec");
            event.set(Text::Protocol, "ipsec");
            strongswan(text, event)
        }
        _ => {
            event.set(Text::Service, name);
            ppp(text, event)
        }
    }
}

/// `[user/]10.0.0.5:4022 [user] Peer Connection Initiated with [AF_INET]10.0.0.5:4022`
fn openvpn(text: &str, event: &mut EventBuf) -> bool {
    let (head, rest) = word(text);
    let (user, peer) = head.cut_last(b'/').unwrap_or(("", head));
    let text = match scan::address_port(peer, b':').filter(|(a, _)| scan::is_ip(a)) {
        Some((address, port)) => {
            event.set(Text::UserName, user);
            scan::set_source(event, address);
            scan::set_port(event, Number::SrcPort, port);
            rest
        }
        None => text,
    };
    let inet = split_last(text, "[AF_INET]").or_else(|| split_last(text, "[AF_INET6]"));
    if event.get(Text::SrcIp).is_none()
        && let Some((_, peer)) = inet
        && let Some((address, port)) = scan::address_port(word(peer).0.less_end(b','), b':')
    {
        scan::set_source(event, address);
        scan::set_port(event, Number::SrcPort, port);
    }
    openvpn_logon(text, event) || openvpn_connection(text, event)
}

/// Who got in and who did not.
fn openvpn_logon(text: &str, event: &mut EventBuf) -> bool {
    if let Some((name, _)) = split(text, "] Peer Connection Initiated") {
        event.set(Text::UserName, name.less_start(b'['));
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    let refused = has(text, "Auth Username/Password verification failed")
        || text.starts_with("VERIFY ERROR")
        || text.starts_with("TLS Auth Error")
        || text.starts_with("PLUGIN AUTH-PAM: BACKGROUND: user") && has(text, "failed")
        // The plugin openvpn-auth-ldap.
        || has(text, "ldap_bind with zero-length password is forbidden")
        || has(text, "LDAP bind failed")
        || has(text, "Incorrect password supplied for LDAP DN");
    if refused {
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, split(text, ": ").map_or(text, |(_, r)| r));
        if let Some(name) = between(text, "user '", "'") {
            event.set(Text::UserName, name);
        }
        return set_kind(event, Kind::AUTH_LOGON);
    }
    // Steps of a log-on that `Peer Connection Initiated` or the refusal above completes.
    if has(text, "authentication succeeded for username") {
        event.set(
            Text::UserName,
            between(text, "username '", "'").unwrap_or_default(),
        );
        event.outcome = Outcome::Success;
        return true;
    }
    if has(text, "AUTH_FAILED") {
        event.set_if_absent(Text::UserName, between(text, "[", "]").unwrap_or_default());
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::USER_ACTION);
    }
    false
}

/// What became of the connection.
fn openvpn_connection(text: &str, event: &mut EventBuf) -> bool {
    if text.starts_with("TLS Error")
        || text.starts_with("TLS_ERROR")
        || has(text, "Bad encapsulated packet length")
    {
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, split(text, ": ").map_or(text, |(_, r)| r));
        return set_kind(event, Kind::REMOTE_ACCESS);
    }
    if text.starts_with("TCP connection established with") {
        return set_kind(event, Kind::NETWORK_CONNECT);
    }
    if has(text, "client-instance exiting")
        || has(text, "client-instance restarting")
        || text.starts_with("Connection reset")
    {
        let reset = text.starts_with("Connection reset").then_some("connection-reset");
        let reason = between(text, "[soft,", "]").or(reset).unwrap_or_default();
        event.set(Text::XReason, reason);
        if event.get(Text::UserName).is_some() {
            return set_kind(event, Kind::AUTH_LOGOFF);
        }
        if matches!(
            reason,
            "connection-reset" | "ping-restart" | "ping-exit" | "tls-error"
        ) {
            event.outcome = Outcome::Failure;
        }
        return set_kind(event, Kind::NETWORK_DISCONNECT);
    }
    if text.starts_with("Initialization Sequence Completed") {
        return set_kind(event, Kind::SERVICE_START);
    }
    false
}

fn wireguard(text: &str, event: &mut EventBuf) -> bool {
    if let Some(rest) = text.strip_prefix("wireguard: ") {
        event.set(Text::XInterface, rest.pieces(b':').next().unwrap_or_default());
    }
    if let Some((_, peer)) = split(text, "peer ") {
        event.attr("peer", word(peer).0);
    }
    // `peer 3 (203.0.113.9:51820)`, or without a peer at the end: `… packet from 203.0.113.9:51820`
    let endpoint = split_last(text, "(")
        .map(|(_, rest)| rest.pieces(b')').next().unwrap_or(rest))
        .or_else(|| split_last(text, " from ").map(|(_, rest)| rest));
    if let Some((address, port)) = endpoint.and_then(|e| scan::address_port(e, b':')) {
        if has(text, "Sending ") {
            scan::set_destination(event, address);
            scan::set_port(event, Number::DstPort, port);
        } else {
            scan::set_source(event, address);
            scan::set_port(event, Number::SrcPort, port);
        }
    }
    wireguard_kind(text, event)
}

/// The kernel's messages (`drivers/net/wireguard`: receive.c, send.c, timers.c, device.c, peer.c).
fn wireguard_kind(text: &str, event: &mut EventBuf) -> bool {
    let says = |words: &[&str]| words.iter().any(|w| has(text, w));
    if says(&[
        "did not complete",
        "Invalid handshake",
        "Invalid MAC",
        "Invalid handshake response",
    ]) {
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::REMOTE_ACCESS);
    }
    if says(&["has unallowed src IP", "Packet is neither ipv4 nor ipv6"]) {
        event.outcome = Outcome::Failure;
        event.set(Text::Status, "denied");
        return set_kind(event, Kind::FIREWALL_BLOCK);
    }
    // The keys stand: the handshake is done.
    if has(text, "Keypair ") && has(text, " created") {
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::REMOTE_ACCESS);
    }
    if has(text, "handshake initiation") || has(text, "handshake response") {
        return set_kind(event, Kind::REMOTE_ACCESS);
    }
    if has(text, "Zeroing out all keys for peer") {
        return set_kind(event, Kind::SESSION_CLOSE);
    }
    if has(text, "Interface created") {
        return set_kind(event, Kind::SERVICE_START);
    }
    if has(text, "Interface destroyed") {
        return set_kind(event, Kind::SERVICE_STOP);
    }
    if text.ends_with(" created") || text.ends_with(" destroyed") {
        return set_kind(event, Kind::CONFIG_CHANGE);
    }
    false
}

/// `12[IKE] IKE_SA home[3] established between 10.0.0.1[gw]...203.0.113.5[alice]`
fn strongswan(text: &str, event: &mut EventBuf) -> bool {
    let text = match text.cut_at("] ") {
        Some((head, rest)) if head.len() <= 10 && head.holds(b'[') => rest,
        _ => text,
    };
    let text = match text.strip_prefix('<').and_then(|r| split(r, "> ")) {
        Some((connection, rest)) => {
            event.attr("connection", connection);
            rest
        }
        None => text,
    };
    if let Some((_, ends)) = split(text, " between ")
        && let Some((local, peer)) = split(ends, "...")
    {
        let (address, who) = split(peer, "[").unwrap_or((peer, ""));
        scan::set_source(event, address);
        event.set(Text::UserName, who.less_end(b']'));
        scan::set_destination(event, split(local, "[").map_or(local, |(a, _)| a));
        let leaves = text.starts_with("deleting IKE_SA");
        if !leaves && has(text, " established ") {
            event.outcome = Outcome::Success;
        }
        return set_kind(
            event,
            if leaves {
                Kind::AUTH_LOGOFF
            } else {
                Kind::AUTH_LOGON
            },
        );
    }
    if let Some(rest) = text.strip_prefix("authentication of '") {
        event.set(Text::UserName, split(rest, "'").map_or(rest, |(n, _)| n));
        event.outcome = match (has(rest, "successful"), has(rest, "failed")) {
            (true, _) => Outcome::Success,
            (_, true) => Outcome::Failure,
            _ => Outcome::Unknown,
        };
        return set_kind(event, Kind::AUTH_LOGON);
    }
    if has(text, "AUTHENTICATION_FAILED")
        || has(text, "EAP method") && has(text, "failed")
        || has(text, "no shared key found")
    {
        event.set(Text::UserName, between(text, "peer ", " ").unwrap_or_default());
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    if has(text, "is initiating an IKE_SA") {
        scan::set_source(event, word(text).0);
        return set_kind(event, Kind::REMOTE_ACCESS);
    }
    false
}

/// pppd and ocserv.
fn ppp(text: &str, event: &mut EventBuf) -> bool {
    if let Some((_, rest)) = split(text, "peer from calling number ") {
        scan::set_source(event, word(rest).0);
        return set_kind(event, Kind::REMOTE_ACCESS);
    }
    // ocserv: `worker[alice]: 10.0.0.5 …`, `main[alice]:10.0.0.5:4022 user logged in`
    let who = between(text, "[", "]").unwrap_or_default();
    if has(text, "user logged in") || has(text, "new user session") || has(text, "user disconnected") {
        event.set(Text::UserName, who);
        if let Some((_, rest)) = split(text, "]:") {
            let peer = word(rest.trimmed_start()).0;
            match scan::address_port(peer, b':') {
                Some((address, port)) => {
                    scan::set_source(event, address);
                    scan::set_port(event, Number::SrcPort, port);
                }
                None => scan::set_source(event, peer),
            }
        }
        let leaves = has(text, "disconnected");
        if !leaves {
            event.outcome = Outcome::Success;
        }
        return set_kind(
            event,
            if leaves {
                Kind::AUTH_LOGOFF
            } else {
                Kind::AUTH_LOGON
            },
        );
    }
    if has(text, "failed authentication") || has(text, "authentication failed") {
        event.set(Text::UserName, who);
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    false
}
