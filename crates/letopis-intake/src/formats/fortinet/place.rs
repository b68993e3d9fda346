//! Which column a field of FortiOS fills.

use letopis_event::{Number, Text};

use super::super::place::Place;

const fn text(column: Text) -> Place {
    Place::Text(column)
}

/// What the field of that name fills.
pub(super) fn of(name: &str) -> Place {
    match name {
        "devname" => text(Text::Host),
        "logid" | "log_id" => text(Text::Code),
        "srcip" | "remip" | "userip" | "src" => Place::Source,
        "srcport" | "src_port" => Place::Number(Number::SrcPort),
        "dstip" | "dst" | "locip" => Place::Destination,
        "dstport" | "dst_port" => Place::Number(Number::DstPort),
        "user" | "unauthuser" | "xauthuser" => text(Text::UserName),
        "srcintf" => text(Text::XInterface),
        "attack" | "virus" => text(Text::XRule),
        "sessionid" => text(Text::Session),
        "action" => text(Text::Action),
        "status" => text(Text::Status),
        "reason" | "error" => text(Text::XReason),
        "msg" => text(Text::Message),
        "filename" | "file" | "url" | "qname" | "cfgpath" => text(Text::Target),
        "filehash" | "analyticscksum" => text(Text::XHash),
        "agent" => text(Text::XUserAgent),
        "httpmethod" => text(Text::XMethod),
        "referralurl" => text(Text::XReferrer),
        "cfgattr" => text(Text::XNewValue),
        "duration" => Place::Duration(1_000_000),
        "old_value" => text(Text::XOldValue),
        _ => Place::Attr,
    }
}
