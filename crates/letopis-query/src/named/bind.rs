//! Parameters: text to typed values.

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use letopis_event::Zone;

use super::{BindDefaults, BoundQuery, NamedError, NamedQuery, Parameter, ParameterType, ParameterValue};

pub(super) fn bind(
    query: &NamedQuery,
    given: &BTreeMap<String, String>,
    defaults: &BindDefaults,
) -> Result<BoundQuery, NamedError> {
    for name in given.keys() {
        if !query.parameters.iter().any(|p| p.name == *name) {
            return Err(NamedError::UnknownParameter {
                name: query.name.clone(),
                parameter: name.clone(),
                known: query
                    .parameters
                    .iter()
                    .map(|p| p.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            });
        }
    }
    let zone = zone_of(query, given, defaults)?;
    let mut values = BTreeMap::new();
    for parameter in &query.parameters {
        let text = given.get(&parameter.name).or(parameter.default.as_ref());
        let Some(text) = text else {
            return Err(NamedError::MissingParameter {
                name: query.name.clone(),
                parameter: parameter.name.clone(),
                description: parameter.description.clone(),
            });
        };
        let literal = parameter.kind == ParameterType::Text && given.contains_key(&parameter.name);
        let value = if literal {
            given_text(parameter, text)
        } else {
            value(parameter, text.trim(), zone, defaults)
        };
        let value = value.ok_or_else(|| refuse(query, parameter, text))?;
        if parameter.kind == ParameterType::Quarter {
            quarter_parts(&parameter.name, &value, zone, &mut values)
                .ok_or_else(|| refuse(query, parameter, text))?;
        }
        values.insert(parameter.name.clone(), value);
    }
    Ok(BoundQuery {
        name: query.name.clone(),
        sql: query.text.clone(),
        values,
    })
}

fn refuse(query: &NamedQuery, parameter: &Parameter, text: &str) -> NamedError {
    NamedError::Value {
        name: query.name.clone(),
        parameter: parameter.name.clone(),
        found: text.chars().take(80).collect(),
        expected: expected(parameter.kind),
    }
}

/// The zone that times of other parameters are read in: that of the first zone parameter.
fn zone_of(
    query: &NamedQuery,
    given: &BTreeMap<String, String>,
    defaults: &BindDefaults,
) -> Result<Zone, NamedError> {
    let Some(parameter) = query.parameters.iter().find(|p| p.kind == ParameterType::Zone) else {
        return Ok(defaults.zone);
    };
    let text = given.get(&parameter.name).or(parameter.default.as_ref());
    match text.map(|t| t.trim()) {
        None | Some("archive" | "none") => Ok(defaults.zone),
        Some(text) => Zone::from_str(text).map_err(|_| refuse(query, parameter, text)),
    }
}

fn expected(kind: ParameterType) -> &'static str {
    match kind {
        ParameterType::Text => "a text",
        ParameterType::Integer => "a whole number",
        ParameterType::Timestamp => {
            "a time (2026-01-31T08:00:00+05:00; without an offset, or as 2026-01-31 or 2026-01, in the zone of the query)"
        }
        ParameterType::Zone => "a time zone (Asia/Almaty, UTC, +05:00)",
        ParameterType::Quarter => "a quarter (2026Q1, or last)",
        ParameterType::Duration => "a length of time of at most ten years (90s, 30m, 2h, 1d)",
    }
}

/// Text as given: `none` is a text like any other here, and nothing at all means the default.
fn given_text(parameter: &Parameter, text: &str) -> Option<ParameterValue> {
    match (text.is_empty(), parameter.default.as_deref()) {
        (false, _) => Some(ParameterValue::Text(text.to_owned())),
        (true, Some("none")) => Some(ParameterValue::None(ParameterType::Text)),
        (true, Some(default)) => Some(ParameterValue::Text(default.to_owned())),
        (true, None) => None,
    }
}

fn value(parameter: &Parameter, text: &str, zone: Zone, defaults: &BindDefaults) -> Option<ParameterValue> {
    // An empty value means "not given" on a command line (`--param source=`).
    if text.is_empty() || text == "none" {
        return match parameter.kind {
            ParameterType::Zone => Some(ParameterValue::Text(zone.to_string())),
            ParameterType::Quarter | ParameterType::Duration => None,
            kind => Some(ParameterValue::None(kind)),
        };
    }
    match parameter.kind {
        ParameterType::Text => Some(ParameterValue::Text(text.to_owned())),
        ParameterType::Integer => text.parse().ok().map(ParameterValue::Integer),
        ParameterType::Timestamp if text == "now" => Some(ParameterValue::Timestamp(defaults.now)),
        ParameterType::Timestamp => timestamp(text, zone).map(ParameterValue::Timestamp),
        ParameterType::Zone => Some(ParameterValue::Text(zone.to_string())),
        ParameterType::Quarter if text == "last" => {
            let (year, number) = quarter_at(defaults.now, zone)?;
            Some(ParameterValue::Text(quarter_name(before(year, number))))
        }
        ParameterType::Quarter => quarter(text).map(|quarter| ParameterValue::Text(quarter_name(quarter))),
        ParameterType::Duration => seconds(text).map(ParameterValue::Seconds),
    }
}

/// Reads an instant; one without an offset stands in `zone`. A day or a month means its first instant.
fn timestamp(text: &str, zone: Zone) -> Option<i64> {
    if let Ok(time) = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        return Some(time.timestamp_micros());
    }
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|layout| NaiveDateTime::parse_from_str(&text.replacen(' ', "T", 1), layout).ok())
        .or_else(|| day(text))
        .or_else(|| (text.len() == 7).then(|| day(&format!("{text}-01"))).flatten())?;
    Some(zone.place(local).micros)
}

fn day(text: &str) -> Option<NaiveDateTime> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(date.and_time(NaiveTime::MIN))
}

fn seconds(text: &str) -> Option<i64> {
    const TEN_YEARS: i64 = 3_653 * 86_400;
    let unit = text.chars().last()?;
    let number: i64 = text.strip_suffix(unit)?.parse().ok()?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    number.checked_mul(factor).filter(|s| (1..=TEN_YEARS).contains(s))
}

/// A year and a quarter from 1 to 4.
type Quarter = (i32, u32);

fn quarter(text: &str) -> Option<Quarter> {
    let (year, number) = text.split_once(['Q', 'q'])?;
    let year: i32 = year.trim_end_matches('-').parse().ok()?;
    let number: u32 = number.parse().ok()?;
    ((1..=4).contains(&number) && (1970..=9998).contains(&year)).then_some((year, number))
}

fn quarter_at(micros: i64, zone: Zone) -> Option<Quarter> {
    use chrono::Datelike as _;
    let local = zone.local(micros)?;
    Some((local.year(), local.month0() / 3 + 1))
}

fn quarter_name((year, number): Quarter) -> String {
    format!("{year}Q{number}")
}

fn before(year: i32, number: u32) -> Quarter {
    if number == 1 {
        (year - 1, 4)
    } else {
        (year, number - 1)
    }
}

fn after((year, number): Quarter) -> Quarter {
    if number == 4 {
        (year + 1, 1)
    } else {
        (year, number + 1)
    }
}

/// First instant of a quarter.
fn start((year, number): Quarter, zone: Zone) -> Option<i64> {
    let date = NaiveDate::from_ymd_opt(year, number * 3 - 2, 1)?;
    Some(zone.place(date.and_time(NaiveTime::MIN)).micros)
}

fn quarter_parts(
    name: &str,
    value: &ParameterValue,
    zone: Zone,
    values: &mut BTreeMap<String, ParameterValue>,
) -> Option<()> {
    let ParameterValue::Text(text) = value else {
        return None;
    };
    let this = quarter(text)?;
    let earlier = before(this.0, this.1);
    let mut put = |part: &str, value| values.insert(format!("{name}_{part}"), value);
    put("from", ParameterValue::Timestamp(start(this, zone)?));
    put("to", ParameterValue::Timestamp(start(after(this), zone)?));
    put("before_from", ParameterValue::Timestamp(start(earlier, zone)?));
    put("before", ParameterValue::Text(quarter_name(earlier)));
    Some(())
}
