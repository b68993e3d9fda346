//! Azure flow logs: of network security groups (versions 1 and 2) and of virtual networks (version 4), whose flows
//! are texts of comma-separated values (Azure Network Watcher, "Flow logging for network security groups" and
//! "Virtual network flow logs").
//!
//! A record may hold many flows. Where it holds one, the event is that flow; else the flows are attributes as they
//! were written, beside the record's own time.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::super::fields::{self, Fields};
use super::super::fortinet::protocol;
use super::super::place::Place;
use super::super::scan;
use super::{place_all, text};
use crate::formats::scan::Cut as _;

pub(super) fn is(fields: &Fields) -> bool {
    matches!(
        fields.find("operationName"),
        Some("FlowLogFlowEvent" | "NetworkSecurityGroupFlowEvents")
    ) && tuples(fields).next().is_some()
}

/// The flows of a record: under `flowTuples`, or one by one under `flow.0`, `flow.1` where an exporter cut them apart.
fn tuples(fields: &Fields) -> impl Iterator<Item = &str> {
    fields.each().filter_map(|(name, value)| {
        let apart = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
        let named = name.ends_with("flowTuples") || name.strip_prefix("flow.").is_some_and(apart);
        (named && value.pieces(b',').count() >= 8).then_some(value)
    })
}

pub(super) fn fill(fields: &Fields, event: &mut EventBuf) {
    let mut found = tuples(fields);
    let (first, more) = (found.next().unwrap_or_default(), found.next().is_some());
    drop(found);
    event.kind = Kind::NETWORK_FLOW;
    if more {
        place_all(fields, event, "time", place);
    } else {
        one(first, event);
        place_all(fields, event, "time", place);
    }
    event.set_if_absent(Text::Service, "azure-flow-log");
}

/// `time,source,destination,source port,destination port,protocol,direction,…`; the time in seconds (versions 1 and 2)
/// or milliseconds (4).
fn one(tuple: &str, event: &mut EventBuf) {
    let mut parts = [""; 13];
    for (part, value) in parts.iter_mut().zip(tuple.pieces(b',')) {
        *part = value;
    }
    let [
        time,
        source,
        destination,
        source_port,
        destination_port,
        proto,
        direction,
        word,
        state,
        ..,
    ] = parts;
    event.reading = fields::time(time, false);
    event.set(Text::TimeText, time);
    scan::set_source(event, source);
    scan::set_destination(event, destination);
    scan::set_port(event, Number::SrcPort, source_port);
    scan::set_port(event, Number::DstPort, destination_port);
    event.set(
        Text::Protocol,
        match proto {
            "T" => "tcp",
            "U" => "udp",
            other => protocol(other),
        },
    );
    event.attr("direction", direction);
    // Versions 1 and 2: Allowed or Denied, then the state. Version 4: Begin, Continue, End or Denied, then encryption.
    event.outcome = match word {
        "A" | "B" | "C" | "E" => Outcome::Success,
        "D" => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    event.set(
        Text::Status,
        match event.outcome {
            Outcome::Failure => "denied",
            _ => word,
        },
    );
    event.attr("flow_state", state);
    event.kind = match event.outcome {
        Outcome::Success => Kind::FIREWALL_ALLOW,
        Outcome::Failure => Kind::FIREWALL_BLOCK,
        Outcome::Unknown => Kind::NETWORK_FLOW,
    };
}

fn place(name: &str) -> Place {
    match name {
        "operationName" => text(Text::Action),
        "category" => text(Text::Provider),
        _ if name == "rule" || name.ends_with(".rule") => text(Text::XRule),
        _ => Place::Attr,
    }
}
