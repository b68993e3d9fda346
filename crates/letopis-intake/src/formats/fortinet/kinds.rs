//! What a FortiOS event is: by its type and subtype, then by its action.

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::super::event_name;
use super::super::scan;

/// The kinds of FortiOS events.
pub(super) const KINDS: &[Kind] = &[
    Kind::ACCOUNT_CREATE,
    Kind::ACCOUNT_DELETE,
    Kind::ACCOUNT_MODIFY,
    Kind::AUTH_LOGOFF,
    Kind::AUTH_LOGON,
    Kind::CONFIG_CHANGE,
    Kind::DNS_QUERY,
    Kind::FIREWALL_ALLOW,
    Kind::FIREWALL_BLOCK,
    Kind::FIREWALL_DEVICE_EVENT,
    Kind::HTTP_REQUEST,
    Kind::IDS_ALERT,
    Kind::LINK_DOWN,
    Kind::LINK_UP,
    Kind::MALWARE_DETECT,
    Kind::NETWORK_DISCONNECT,
    Kind::NETWORK_FLOW,
    Kind::OTHER,
    Kind::REMOTE_ACCESS,
    Kind::SYSTEM_STOP,
];

/// Sets kind and outcome, once all fields are in place.
pub(super) fn settle(class: &str, subclass: &str, event: &mut EventBuf) {
    // What a protection profile found comes before the number of the policy that it stands in.
    if event.get(Text::XRule).is_none() {
        event.copy_attr("policyid", Text::XRule);
    }
    match class {
        "traffic" => traffic(event),
        "event" => of_event(subclass, event),
        // Releases before 5.6 wrote the subtype of a protection profile as the type.
        "utm" => protection(subclass, event),
        _ => protection(class, event),
    }
}

/// Whether the action of a traffic log tells how a session ended: all but `deny` and the start were allowed by the
/// policy (Log Message Reference, traffic log, "action").
pub(in crate::formats) fn is_end(action: &str) -> bool {
    matches!(action, "close" | "timeout" | "client-rst" | "server-rst")
}

fn traffic(event: &mut EventBuf) {
    let verdict = event_name::verdict(event.get(Text::Action).unwrap_or_default());
    event.kind = match verdict {
        Some(Outcome::Failure) => Kind::FIREWALL_BLOCK,
        Some(Outcome::Success) => Kind::FIREWALL_ALLOW,
        // How a session went: a flow.
        _ => Kind::NETWORK_FLOW,
    };
    event.outcome = match event.get(Text::Action) {
        Some(action) if is_end(action) => Outcome::Success,
        _ => verdict.unwrap_or_default(),
    };
    if event.outcome == Outcome::Failure {
        event.set(Text::Status, "denied");
    }
}

fn protection(subclass: &str, event: &mut EventBuf) {
    let verdict = event_name::verdict(event.get(Text::Action).unwrap_or_default());
    event.outcome = verdict.unwrap_or_default();
    event.kind = match subclass {
        "virus" => Kind::MALWARE_DETECT,
        "ips" | "anomaly" | "waf" => Kind::IDS_ALERT,
        "webfilter" => Kind::HTTP_REQUEST,
        "dns" => Kind::DNS_QUERY,
        "app-ctrl" => match verdict {
            Some(Outcome::Failure) => Kind::FIREWALL_BLOCK,
            Some(Outcome::Success) => Kind::FIREWALL_ALLOW,
            _ => Kind::NETWORK_FLOW,
        },
        _ => Kind::OTHER,
    };
    if event.outcome == Outcome::Failure {
        event.set_if_absent(Text::Status, "denied");
    }
}

/// The device itself: administrators, users, tunnels, settings.
fn of_event(subclass: &str, event: &mut EventBuf) {
    let action = event.get(Text::Action).unwrap_or_default().to_ascii_lowercase();
    let status = event.get(Text::Status).unwrap_or_default().to_ascii_lowercase();
    event.outcome = match status.as_str() {
        "success" | "succeeded" => Outcome::Success,
        "failed" | "failure" | "fail" | "error" | "denied" => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    event.kind = Kind::FIREWALL_DEVICE_EVENT;
    match action.as_str() {
        "login" | "authentication" | "auth-logon" | "fsso-logon" => event.kind = Kind::AUTH_LOGON,
        "logout" | "auth-logout" | "fsso-logoff" => event.kind = Kind::AUTH_LOGOFF,
        "ssl-login-fail" => (event.kind, event.outcome) = (Kind::AUTH_LOGON, Outcome::Failure),
        "tunnel-up" | "ssl-new-con" if subclass == "vpn" => event.kind = Kind::REMOTE_ACCESS,
        "tunnel-down" | "ssl-exit-error" | "ssl-exit-fail" if subclass == "vpn" => {
            event.kind = Kind::NETWORK_DISCONNECT
        }
        "add" | "edit" | "delete" | "set" | "move" | "rename" => configured(&action, event),
        "reboot" | "shutdown" => event.kind = Kind::SYSTEM_STOP,
        "interface-stat-change" => {
            event.kind = if status == "up" {
                Kind::LINK_UP
            } else {
                Kind::LINK_DOWN
            };
        }
        _ => {}
    }
    // `ui="ssh(203.0.113.9)"`: where the administrator sits.
    if event.get(Text::SrcIp).is_none()
        && let Some(address) = event.find_attr("ui").and_then(|ui| scan::between(ui, "(", ")"))
    {
        let address = address.to_owned();
        scan::set_source(event, &address);
    }
}

/// The log tells what was done, after it was done.
fn configured(action: &str, event: &mut EventBuf) {
    event.kind = Kind::CONFIG_CHANGE;
    if event.outcome == Outcome::Unknown {
        event.outcome = Outcome::Success;
    }
    let path = event.get(Text::Target).unwrap_or_default();
    if !matches!(path, "system.admin" | "user.local") {
        return;
    }
    event.kind = match action {
        "add" => Kind::ACCOUNT_CREATE,
        "delete" => Kind::ACCOUNT_DELETE,
        _ => Kind::ACCOUNT_MODIFY,
    };
    event.copy_attr("cfgobj", Text::TargetUser);
}
