//! Name servers: what was asked, by whom, and what was refused (BIND, dnsmasq, unbound).

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::set_kind;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, has, split, word};

/// Reads one message of a name server. BIND's own files begin with category and severity; both are skipped.
pub(crate) fn read(message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "dns");
    let mut text = message.trimmed();
    for _ in 0..2 {
        if let Some((head, rest)) = split(text, ": ")
            && !head.is_empty()
            && head.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        {
            text = rest;
        }
    }
    if let Some(rest) = text.strip_prefix("client ") {
        return bind(rest, event);
    }
    dnsmasq(text, event)
}

/// `[@0x7f… ]10.0.0.5#4022 (name): query: name IN A + (10.0.0.1)` or `… query 'name/A/IN' denied`
fn bind(rest: &str, event: &mut EventBuf) -> bool {
    let rest = if rest.starts_with('@') { word(rest).1 } else { rest };
    let (client, rest) = word(rest);
    if let Some((address, port)) = scan::address_port(client.less_end(b':'), b'#') {
        scan::set_source(event, address);
        scan::set_port(event, Number::SrcPort, port);
    }
    event.kind = Kind::DNS_QUERY;
    event.set(Text::Protocol, "dns");
    if let Some((_, query)) = split(rest, "query: ") {
        let (name, query) = word(query);
        let (class, query) = word(query);
        let (record, tail) = word(query);
        event.set(Text::Target, name);
        event.attr("class", class);
        event.attr("type", record);
        // The address that was asked stands last: flags before it may hold brackets too (`+E(0)K (10.0.0.1)`).
        if let Some((_, local)) = scan::split_last(tail, "(") {
            scan::set_destination(event, local.pieces(b')').next().unwrap_or(local));
        }
        return true;
    }
    if let Some(asked) = scan::between(rest, "'", "'") {
        let mut parts = asked.rsplitn(3, '/');
        let class = parts.next().unwrap_or_default();
        let second = parts.next().unwrap_or_default();
        match parts.next() {
            Some(name) => {
                event.set(Text::Target, name);
                event.attr("type", second);
            }
            None => event.set(Text::Target, second),
        }
        event.attr("class", class);
    }
    let transfer = has(rest, "zone transfer");
    if transfer {
        event.kind = Kind::DATA_ACCESS;
        event.set(Text::Action, "zone transfer");
    }
    if has(rest, " denied") || has(rest, "REFUSED") || rest.has("bad zone transfer request") {
        event.outcome = Outcome::Failure;
        if has(rest, " denied") {
            event.set(Text::Status, "denied");
        }
        event.set(
            Text::XReason,
            scan::split_last(rest, "denied (").map_or("", |(_, r)| r.less_end(b')')),
        );
    }
    true
}

/// `query[A] example.com from 10.0.0.5`
fn dnsmasq(text: &str, event: &mut EventBuf) -> bool {
    let Some(rest) = text.strip_prefix("query[") else {
        return false;
    };
    let Some((record, rest)) = split(rest, "] ") else {
        return false;
    };
    let (name, source) = scan::split_last(rest, " from ").unwrap_or((rest, ""));
    event.set(Text::Target, name);
    event.attr("type", record);
    scan::set_source(event, source);
    event.set(Text::Protocol, "dns");
    set_kind(event, Kind::DNS_QUERY)
}
