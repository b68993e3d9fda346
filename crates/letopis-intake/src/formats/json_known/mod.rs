//! JSON records whose fields are defined by one system: what they mean is known, not guessed from their names.
//!
//! A record is recognised by fields that only this system writes together; every other record goes the general way of
//! synonyms. Each system is one file: which column a field fills, then kind and outcome.

mod akamai;
mod cloudtrail;
mod cortex;
mod entra;
mod eve;
mod flow_tuples;
mod kubernetes;
mod office;

use letopis_event::{Civil, EventBuf, Kind, Text, TimeReading};

use super::fields::{self, Fields};
use super::place::{Place, put};
use super::syslog;
use super::zeek::records;
use crate::format::joined;

/// The kinds of all of them, what the classes of ECS and OCSF say, and those of lines that stand inside a record.
pub(super) const KINDS: &[Kind] = &joined::<90>(
    &[
        Kind::ACCOUNT_DISABLE,
        Kind::ACCOUNT_ENABLE,
        Kind::AUTH_TICKET,
        Kind::DATA_DELETE,
        Kind::OBJECT_COPY,
    ],
    syslog::AUDIT_KINDS,
);

/// The one field of each system without which a record is none of its own, as a bit: one pass over the names tells which
/// systems need a second look.
fn mark(name: &str) -> u16 {
    match name {
        "ts" => ZEEK,
        "event_type" => EVE,
        "eventName" => CLOUDTRAIL,
        "CloudTrailEvent" => WRAPPED,
        "auditID" => KUBERNETES,
        "Operation" => OFFICE,
        "LogType" => CORTEX,
        "operationName" => ENTRA,
        "attackData.clientIP" => AKAMAI,
        _ => 0,
    }
}

const ZEEK: u16 = 1;
const EVE: u16 = 1 << 1;
const CLOUDTRAIL: u16 = 1 << 2;
const WRAPPED: u16 = 1 << 3;
const KUBERNETES: u16 = 1 << 4;
const OFFICE: u16 = 1 << 5;
const CORTEX: u16 = 1 << 6;
const ENTRA: u16 = 1 << 7;
const AKAMAI: u16 = 1 << 8;

/// Fills the event where the record is one of a known system; `false` (and nothing filled) where it is not.
pub(super) fn fill(fields: &Fields, event: &mut EventBuf) -> bool {
    let marks = fields.each().fold(0, |marks, (name, _)| marks | mark(name));
    if marks == 0 {
        return false;
    }
    let marked = |bit: u16| marks & bit != 0;
    if marked(ZEEK)
        && let Some(path) = records::path_of(fields)
    {
        records::fill(path, fields, event);
        return true;
    }
    type Fill = fn(&Fields, &mut EventBuf);
    type Is = fn(&Fields) -> bool;
    const KNOWN: &[(u16, Is, Fill)] = &[
        (EVE, eve::is, eve::fill),
        (CLOUDTRAIL, cloudtrail::is, cloudtrail::fill),
        (KUBERNETES, kubernetes::is, kubernetes::fill),
        (OFFICE, office::is, office::fill),
        (CORTEX, cortex::is, cortex::fill),
        (AKAMAI, akamai::is, akamai::fill),
        (ENTRA, flow_tuples::is, flow_tuples::fill),
        (ENTRA, entra::is, entra::fill),
    ];
    match KNOWN.iter().find(|(bit, is, _)| marked(*bit) && is(fields)) {
        Some((_, _, fill)) => {
            fill(fields, event);
            true
        }
        None => marked(WRAPPED) && cloudtrail::fill_wrapped(fields, event),
    }
}

/// Puts every field where `place` says; the field `time` is the time of the event.
fn place_all(fields: &Fields, event: &mut EventBuf, time: &str, place: fn(&str) -> Place) {
    for (name, value) in fields.each() {
        if name == time && event.reading.is_none() {
            event.reading = fields::time(value, false);
            if event.reading.is_some() {
                event.set(Text::TimeText, value);
                continue;
            }
        }
        put(place(name), name, value, event);
    }
}

/// A clock that its format defines as UTC though it does not say so.
fn as_utc(event: &mut EventBuf) {
    if let Some(TimeReading::Clock {
        civil: civil @ Civil { year: Some(_), .. },
        offset_min: None,
    }) = event.reading
    {
        event.reading = Some(TimeReading::Clock {
            civil,
            offset_min: Some(0),
        });
    }
}

const fn text(column: Text) -> Place {
    Place::Text(column)
}

#[cfg(test)]
mod tests;
