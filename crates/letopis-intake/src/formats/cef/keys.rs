//! The dictionary of CEF: short and full names of the extension's fields, and what an event then is.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::super::fields::{self, Target};
use super::super::place::Place;
use super::super::{event_name, fortinet};

/// The kinds of CEF events.
pub(super) const KINDS: &[Kind] = &[
    Kind::AUTH_LOGOFF,
    Kind::AUTH_LOGON,
    Kind::FIREWALL_ALLOW,
    Kind::FIREWALL_BLOCK,
    Kind::IDS_ALERT,
    Kind::MALWARE_DETECT,
    Kind::NETWORK_FLOW,
    Kind::OTHER,
    // Of one vendor's event types.
    Kind::CONFIG_CHANGE,
    Kind::DEVICE_CONNECT,
    Kind::DEVICE_DISCONNECT,
    Kind::HTTP_REQUEST,
    Kind::MALWARE_ACTION,
    Kind::PROCESS_START,
    Kind::SOFTWARE_INSTALL,
    Kind::SOFTWARE_REMOVE,
];

const fn text(column: Text) -> Place {
    Place::Text(column)
}

/// What the field of that name fills.
pub(super) fn place(key: &str) -> Place {
    match key {
        "src" | "sourceAddress" | "c6a2" => Place::Source,
        "dst" | "destinationAddress" | "c6a3" => Place::Destination,
        "spt" | "sourcePort" => Place::Number(Number::SrcPort),
        "dpt" | "destinationPort" => Place::Number(Number::DstPort),
        "spid" | "sourceProcessId" => Place::Number(Number::Pid),
        "proto" | "transportProtocol" => text(Text::Protocol),
        "suser" | "sourceUserName" | "PanOSSourceUserName" | "PanOSAuthenticatedUserName" => {
            text(Text::UserName)
        }
        "duser" | "destinationUserName" => text(Text::TargetUser),
        "dvchost" | "deviceHostName" | "PanOSDeviceName" => text(Text::Host),
        "dvc" | "deviceAddress" => text(Text::HostIp),
        "act" | "deviceAction" | "FortinetFortiGateaction" => text(Text::Status),
        "msg" | "message" => text(Text::Message),
        "request" | "requestUrl" | "filePath" | "fname" | "fileName" => text(Text::Target),
        "requestMethod" => text(Text::XMethod),
        "requestClientApplication" => text(Text::XUserAgent),
        "requestContext" => text(Text::XReferrer),
        "fileHash" | "FTNTFGTanalyticscksum" => text(Text::XHash),
        "oldFilePath" | "oldFileName" => text(Text::XOldValue),
        "sproc" | "sourceProcessName" | "deviceProcessName" | "dproc" | "destinationProcessName" => {
            text(Text::Process)
        }
        "reason" => text(Text::XReason),
        "deviceInboundInterface" => text(Text::XInterface),
        "externalId" => text(Text::XRecordId),
        "FTNTFGTduration" | "FortinetFortiGateduration" => Place::Duration(1_000_000),
        _ => Place::Attr,
    }
}

/// The custom fields, whose meaning stands beside them (`cs1=a cs1Label=Policy`): a label that is a common name of a
/// column fills it where it is empty. The field itself stays an attribute.
pub(super) fn labelled(event: &mut EventBuf, value: &mut String, plain: &mut String) {
    // The standard has 24 such fields; a hostile record must not cost more for having more.
    let mut labels = [usize::MAX; 24];
    let places = event
        .attrs()
        .enumerate()
        .filter(|(_, (name, _))| name.ends_with("Label"));
    for (slot, (at, _)) in labels.iter_mut().zip(places) {
        *slot = at;
    }
    for at in labels {
        value.clear();
        let Some((name, label)) = event.attrs().nth(at) else {
            return;
        };
        let Some(field) = name.strip_suffix("Label").filter(|field| !field.is_empty()) else {
            continue;
        };
        let Some((target, _)) = fields::find_with(label, plain) else {
            continue;
        };
        value.push_str(event.find_attr(field).unwrap_or_default());
        let free = match target {
            Target::Text(
                Text::Host
                | Text::Service
                | Text::Message
                | Text::Code
                | Text::Provider
                | Text::Action
                | Text::Status,
            ) => false,
            Target::Text(column) => event.get(column).is_none(),
            Target::Number(column) => event.number(column).is_none(),
            _ => false,
        };
        if free && fields::fits(target, value) {
            fields::fill_target(event, target, value, false);
        }
    }
}

/// What the fields without a column tell: bytes moved, outcome, kind. The first field of each name counts.
fn told(vendor: &str, event: &EventBuf) -> (Option<i64>, Outcome, Kind) {
    let mut fields = [None; 9];
    for (name, value) in event.attrs() {
        let place = match name.as_bytes() {
            b"in" => 0,
            b"bytesIn" => 1,
            b"out" => 2,
            b"bytesOut" => 3,
            b"outcome" => 4,
            b"eventOutcome" => 5,
            // Fortinet's own field, under its own name or with the vendor's prefix.
            b"FTNTFGTstatus" => 6,
            b"status" if vendor == "Fortinet" => 7,
            b"cat" => 8,
            _ => continue,
        };
        fields[place].get_or_insert(value);
    }
    let [
        input,
        bytes_in,
        output,
        bytes_out,
        outcome,
        event_outcome,
        own,
        status,
        category,
    ] = fields;
    let bytes = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok());
    let moved = match (
        bytes(input).or_else(|| bytes(bytes_in)),
        bytes(output).or_else(|| bytes(bytes_out)),
    ) {
        (None, None) => None,
        (a, b) => a.unwrap_or(0).checked_add(b.unwrap_or(0)),
    };
    let outcome = match outcome.or(event_outcome).or(own).or(status) {
        Some(word) if is(word, &["success", "/success", "succeeded", "pass"]) => Outcome::Success,
        Some(word) if is(word, &["failure", "/failure", "failed", "fail"]) => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    let kind = match category.unwrap_or_default() {
        "utm:virus" => Kind::MALWARE_DETECT,
        "utm:ips" | "utm:anomaly" | "utm:waf" => Kind::IDS_ALERT,
        category if category.starts_with("traffic:") => Kind::NETWORK_FLOW,
        _ => Kind::OTHER,
    };
    (moved, outcome, kind)
}

/// Kind and outcome, once all fields are in place.
pub(super) fn finish(vendor: &str, name: &str, event: &mut EventBuf) {
    let (moved, outcome, kind) = told(vendor, event);
    (event.kind, event.outcome) = (kind, outcome);
    if let Some(moved) = moved {
        event.set_number(Number::XBytes, moved);
    }
    // A sensor reports nothing but what it found.
    if event.kind == Kind::OTHER
        && is(
            event.get(Text::Service).unwrap_or_default(),
            &["IDS", "IPS", "NIDS"],
        )
    {
        event.kind = Kind::IDS_ALERT;
    }
    let flow = event.kind == Kind::NETWORK_FLOW;
    let verb = event.get(Text::Status).unwrap_or_default().to_owned();
    if flow && event_name::verdict(&verb).is_some() {
        event.kind = Kind::OTHER;
    }
    event_name::settle(name, &verb, event);
    if flow && vendor == "Fortinet" && fortinet::kinds::is_end(&verb) {
        event.outcome = Outcome::Success;
    }
    // Fortinet writes the one user that it knows as the destination's; of a logon it is who logs on.
    let logon = matches!(event.kind, Kind::AUTH_LOGON | Kind::AUTH_LOGOFF);
    if (logon || vendor == "Fortinet") && event.get(Text::UserName).is_none() {
        event.copy(Text::TargetUser, Text::UserName);
    }
}

fn is(word: &str, words: &[&str]) -> bool {
    words.iter().any(|w| w.eq_ignore_ascii_case(word))
}
