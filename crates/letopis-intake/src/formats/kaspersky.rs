//! Events of Kaspersky Security Center and the applications it manages, as its server sends them on: as syslog with
//! structured data of the identifier `event@23668`, and as CEF.
//!
//! What the vendor's manual says (Kaspersky Security Center, "Exporting events to SIEM systems" and the lists of
//! event types): `et` is the type, `etdn` its name, `tdn` the task or component, `hdn` and `hip` the managed device,
//! `gn` its group, `p1` to `p9` the parameters of the type; in CEF `dhost` and `dst` are the managed device. On the
//! device itself Kaspersky Endpoint Security writes reports into the Windows event log. Addresses among the parameters are numbers, the first byte highest.

use std::net::Ipv4Addr;

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::scan;
use crate::formats::scan::Cut as _;

/// Identifier of the structured data; 23668 is the vendor's number at IANA.
const IDENTIFIER: &str = "event@23668";

/// Whether an element's identifier is the vendor's.
pub(super) fn is_identifier(id: &str) -> bool {
    id == IDENTIFIER
}

/// Whether the structured data of a line is the vendor's.
pub(super) fn is_own(structured: &str) -> bool {
    structured
        .strip_prefix('[')
        .is_some_and(|rest| rest.starts_with(IDENTIFIER))
}

/// Fills the columns of an event whose structured data stands in its attributes; `scratch` holds one value at a time.
pub(super) fn of_structured(event: &mut EventBuf, scratch: &mut String) {
    event.category = Some(Category::Protection);
    if take(event, scratch, "event@23668.et") {
        // The message id is cut at 32 characters, this is not.
        event.set(Text::Code, scratch);
    }
    let kind = kind_of(event.get(Text::Code).unwrap_or_default());
    settle(kind, event);
    if take(event, scratch, "event@23668.etdn") {
        event.set(Text::Action, scratch);
    }
    if take(event, scratch, "event@23668.hip") && scan::is_ip(scratch) {
        event.set(Text::HostIp, scratch);
    }
    if take(event, scratch, "event@23668.hdn") {
        device(event, scratch);
    }
    match kind {
        Some((Kind::MALWARE_DETECT | Kind::MALWARE_ACTION, _)) => {
            column(event, scratch, "event@23668.p2", Text::Target);
            column(event, scratch, "event@23668.p5", Text::XRule);
            column(event, scratch, "event@23668.p7", Text::UserName);
            if take(event, scratch, "event@23668.p1") && is_sha256(scratch) {
                event.set(Text::XHash, scratch);
            }
        }
        Some((Kind::IDS_ALERT, _)) => {
            column(event, scratch, "event@23668.p1", Text::XRule);
            column(event, scratch, "event@23668.p2", Text::Protocol);
            number_address(event, scratch, "event@23668.p3", Text::SrcIp);
            number_address(event, scratch, "event@23668.p6", Text::DstIp);
            if take(event, scratch, "event@23668.p4") {
                event.set_number_text(Number::DstPort, scratch);
            }
        }
        Some((Kind::PROCESS_START, _)) => {
            column(event, scratch, "event@23668.p2", Text::UserName);
            column(event, scratch, "event@23668.p6", Text::Process);
            column(event, scratch, "event@23668.p7", Text::Target);
        }
        _ => {}
    }
}

/// Fills what in CEF of this vendor means another thing than in the standard.
pub(super) fn of_cef(event: &mut EventBuf, scratch: &mut String) {
    event.category = Some(Category::Protection);
    settle(kind_of(event.get(Text::Code).unwrap_or_default()), event);
    // The destination is the managed device.
    event.copy(Text::DstIp, Text::HostIp);
    event.unset(Text::DstIp);
    if take(event, scratch, "dhost") {
        device(event, scratch);
    }
    for (label, to) in [("AttackerIPv4", Text::SrcIp), ("AttackedIPv4", Text::DstIp)] {
        scratch.clear();
        if let Some(value) = labelled(event, label) {
            scratch.push_str(value);
        }
        if let Some(address) = address(scratch) {
            event.set_fmt(to, format_args!("{address}"));
        }
    }
    scratch.clear();
    scratch.push_str(labelled(event, "AttackedPort").unwrap_or_default());
    if !scratch.is_empty() {
        event.set_number_text(Number::DstPort, scratch);
    }
    for (label, to) in [("AttackName", Text::XRule), ("AttackedProtocol", Text::Protocol)] {
        scratch.clear();
        scratch.push_str(labelled(event, label).unwrap_or_default());
        event.set(to, scratch);
    }
}

/// Fills the columns from the report that an application writes into the Windows event log (provider `avp`): a label, a
/// colon and a value a line, the first of them `Event type`. The report is the record's own text.
pub(super) fn of_report(report: &str, event: &mut EventBuf) {
    event.category = Some(Category::Protection);
    event.set(Text::Message, report.trimmed_end());
    for line in report.lines() {
        let Some((label, value)) = line.cut(b':') else {
            continue;
        };
        let (label, value) = (label.trimmed(), value.trimmed());
        if value.is_empty() {
            continue;
        }
        match label {
            "Event type" => {
                event.set(Text::Action, value);
                settle(kind_of_name(value), event);
            }
            // `DOMAIN\user (Initiator)`: in brackets stands what the account is to the event.
            "User" => {
                let user = value.cut_last_at(" (").map_or(value, |(user, _)| user);
                scan::set_account(event, Text::UserName, user);
            }
            "Name" | "Result\\Name" => event.set(Text::XRule, value),
            "Object" | "Object name" | "Object\\Name" => event.set_if_absent(Text::Target, value),
            "Path to object" | "Object\\Path" => event.set(Text::Target, value.less_start(b'#')),
            "Application\\Name" => event.set(Text::Process, value),
            "Application\\Process ID" => event.set_number_text(Number::Pid, value),
            "SHA256" => event.set(Text::XHash, value),
            "Reason" => event.set(Text::XReason, value),
            _ => {}
        }
    }
}

/// What a type is by the name that the applications show.
fn kind_of_name(name: &str) -> Option<(Kind, Outcome)> {
    Some(match name {
        "Malicious object detected" => (Kind::MALWARE_DETECT, Outcome::Unknown),
        "Network attack detected" => (Kind::IDS_ALERT, Outcome::Unknown),
        "Dangerous link blocked" => (Kind::HTTP_REQUEST, Outcome::Failure),
        "Application startup prohibited" => (Kind::PROCESS_START, Outcome::Failure),
        _ => return None,
    })
}

/// The value of the custom field with that label: `cs4` beside `cs4Label=AttackerIPv4`.
fn labelled<'a>(event: &'a EventBuf, label: &str) -> Option<&'a str> {
    let (name, _) = event
        .attrs()
        .find(|(name, value)| *value == label && name.ends_with("Label"))?;
    event.find_attr(name.strip_suffix("Label")?)
}

/// Copies the attribute into `scratch`; whether it says anything.
fn take(event: &EventBuf, scratch: &mut String, name: &str) -> bool {
    scratch.clear();
    scratch.push_str(event.find_attr(name).unwrap_or_default());
    !scratch.is_empty()
}

fn column(event: &mut EventBuf, scratch: &mut String, name: &str, to: Text) {
    if take(event, scratch, name) {
        match to {
            Text::UserName => scan::set_account(event, to, scratch),
            _ => event.set(to, scratch),
        }
    }
}

fn number_address(event: &mut EventBuf, scratch: &mut String, name: &str, to: Text) {
    if take(event, scratch, name)
        && let Some(address) = address(scratch)
    {
        event.set_fmt(to, format_args!("{address}"));
    }
}

/// `167772167` is 10.0.0.7.
fn address(text: &str) -> Option<Ipv4Addr> {
    text.parse::<u32>().ok().filter(|n| *n != 0).map(Ipv4Addr::from)
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The managed device is where it happened; the sender of the line, where it is another, stands beside.
fn device(event: &mut EventBuf, name: &str) {
    let sender = event.get(Text::Host).unwrap_or_default();
    let short = sender.pieces(b'.').next().unwrap_or(sender);
    if !sender.is_empty() && !short.eq_ignore_ascii_case(name) {
        let sender = sender.to_owned();
        event.attr("relay", &sender);
    }
    event.set(Text::Host, name);
}

fn settle(kind: Option<(Kind, Outcome)>, event: &mut EventBuf) {
    // What the type means goes before what its name sounds like.
    if let Some((kind, outcome)) = kind {
        event.kind = kind;
        event.outcome = outcome;
        if outcome == Outcome::Failure && kind != Kind::MALWARE_ACTION {
            event.set(Text::Status, "denied");
        }
    }
}

/// What an event type is, and how it ended where the type itself says so.
fn kind_of(code: &str) -> Option<(Kind, Outcome)> {
    Some(match code {
        "GNRL_EV_VIRUS_FOUND"
        | "GNRL_EV_VIRUS_FOUND_BY_KSN"
        | "GNRL_EV_VIRUS_FOUND_AND_BLOCKED"
        | "GNRL_EV_INFECTED_OBJECT_FOUND"
        | "GNRL_EV_SUSPICIOUS_OBJECT_FOUND"
        | "GNRL_EV_VIRUS_OUTBREAK" => (Kind::MALWARE_DETECT, Outcome::Unknown),
        "GNRL_EV_OBJECT_CURED"
        | "GNRL_EV_OBJECT_DELETED"
        | "GNRL_EV_OBJECT_QUARANTINED"
        | "GNRL_EV_OBJECT_BLOCKED" => (Kind::MALWARE_ACTION, Outcome::Success),
        "GNRL_EV_OBJECT_NOTCURED" => (Kind::MALWARE_ACTION, Outcome::Failure),
        "GNRL_EV_ATTACK_DETECTED" => (Kind::IDS_ALERT, Outcome::Unknown),
        "GNRL_EV_APPLICATION_LAUNCH_DENIED" => (Kind::PROCESS_START, Outcome::Failure),
        "GNRL_EV_WEB_URL_BLOCKED" => (Kind::HTTP_REQUEST, Outcome::Failure),
        "GNRL_EV_WEB_URL_PASSED" => (Kind::HTTP_REQUEST, Outcome::Success),
        "GNRL_EV_DEVCTRL_DEV_PLUGGED" | "KLNAG_EV_DEVICE_ARRIVAL" => (Kind::DEVICE_CONNECT, Outcome::Success),
        "GNRL_EV_DEVCTRL_DEV_PLUG_DENIED" => (Kind::DEVICE_CONNECT, Outcome::Failure),
        "GNRL_EV_DEVCTRL_DEV_UNPLUGGED" | "KLNAG_EV_DEVICE_REMOVE" => {
            (Kind::DEVICE_DISCONNECT, Outcome::Success)
        }
        "KLAUD_EV_SERVERCONNECT" => (Kind::AUTH_LOGON, Outcome::Unknown),
        "KLAUD_EV_OBJECTMODIFY" | "KLAUD_EV_OBJECTPROPMODIFIED" | "KLAUD_EV_ADMGROUP_CHANGED" => {
            (Kind::CONFIG_CHANGE, Outcome::Unknown)
        }
        "KLNAG_EV_INV_APP_INSTALLED" => (Kind::SOFTWARE_INSTALL, Outcome::Success),
        "KLNAG_EV_INV_APP_UNINSTALLED" => (Kind::SOFTWARE_REMOVE, Outcome::Success),
        _ => return None,
    })
}
