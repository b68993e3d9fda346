//! Palo Alto Networks logs as Strata Logging Service (Cortex Data Lake) forwards them in JSON ("Log Forwarding Schema
//! Reference"): the firewall's logs under other names.

use letopis_event::{EventBuf, Number, Text};

use super::super::fields::Fields;
use super::super::palo_alto::kinds;
use super::super::place::Place;
use super::{place_all, text};

pub(super) fn is(fields: &Fields) -> bool {
    let has = |name: &str| fields.find(name).is_some();
    has("LogType") && (has("DeviceSN") || has("LogSourceID")) && (has("TimeGenerated") || has("EventTime"))
}

pub(super) fn fill(fields: &Fields, event: &mut EventBuf) {
    let time = if fields.find("TimeGenerated").is_some() {
        "TimeGenerated"
    } else {
        "EventTime"
    };
    place_all(fields, event, time, place);
    let class = fields.find("LogType").unwrap_or_default();
    let subclass = fields
        .find("Subtype")
        .or_else(|| fields.find("SubType"))
        .unwrap_or_default();
    event.set(Text::Service, "pan-os");
    event.set_fmt(Text::Provider, format_args!("{class}/{subclass}"));
    kinds::settle(class, subclass, event);
    if let Some(severity) = fields.find("VendorSeverity") {
        event.level = super::super::fields::level(severity);
    }
}

fn place(name: &str) -> Place {
    match name {
        "DeviceName" | "LogSourceName" => text(Text::Host),
        "SourceAddress" | "SourceIP" | "PublicIPv4" => Place::Source,
        "DestinationAddress" | "DNSResolverIP" => Place::Destination,
        "SourcePort" => Place::Number(Number::SrcPort),
        "DestinationPort" => Place::Number(Number::DstPort),
        "Protocol" => text(Text::Protocol),
        "SourceUser" | "SourceUserName" => text(Text::UserName),
        "DestinationUser" => text(Text::TargetUser),
        "Rule" => text(Text::XRule),
        "Action" | "Stage" => text(Text::Action),
        "EventStatus" => text(Text::Status),
        "SessionID" => text(Text::Session),
        "InboundInterface" => text(Text::XInterface),
        "ThreatID" | "EventName" | "EventIDValue" => text(Text::Code),
        "FileName" | "URL" => text(Text::Target),
        "FileHash" => text(Text::XHash),
        "UserAgent" => text(Text::XUserAgent),
        "EventDescription" | "Description" => text(Text::Message),
        "BytesTotal" => Place::Number(Number::XBytes),
        "SequenceNo" => text(Text::XRecordId),
        _ => Place::Attr,
    }
}
