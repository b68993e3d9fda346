//! What the message of an application says: fields, who tried to log on, which request was answered.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use crate::formats::fields::{Fields, Mapper, Target};
use crate::formats::logon_text;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, AnyOf, split, starts_with_field, word};
use crate::near;

/// Reads a message into kind, outcome, user, addresses and fields.
pub(super) fn read(message: &str, mapper: &mut Mapper, fields: &mut Fields, event: &mut EventBuf) {
    if starts_with_field(message) {
        fields.clear();
        gather(message, mapper, fields);
        fill(message, fields, event);
        of_fields(event);
    } else if let Some((context, rest)) = context(message) {
        fields.clear();
        gather(rest, mapper, fields);
        gather(context, mapper, fields);
        fill(message, fields, event);
        of_fields(event);
        if event.kind == Kind::OTHER {
            told(rest, event);
        }
    } else if !logon_text::read(message, event) {
        of_client(message, event);
    }
    if event.kind == Kind::OTHER {
        event.kind = state(message).unwrap_or(match event.level {
            Some(0..=3) => Kind::ERROR_REPORT,
            _ => Kind::OTHER,
        });
    }
}

/// What a library puts before the message in brackets: `[name=…;ip=…;] ` (the diagnostic context of log4j and logback).
/// What follows, without the category before it (`security - `).
fn context(message: &str) -> Option<(&str, &str)> {
    let close = match message.as_bytes().first()? {
        b'[' => ']',
        b'{' => '}',
        _ => return None,
    };
    let (inside, rest) = message.get(1..)?.split_once(close)?;
    if !starts_with_field(inside) {
        return None;
    }
    let rest = rest.trimmed_start();
    let rest = match rest.cut_at(" - ") {
        Some((category, after)) if category.len() <= 40 && !category.holds_any(b" =") => after,
        _ => rest,
    };
    Some((inside, rest))
}

/// What the text tells of a log-on; the user that a field names stays.
fn told(text: &str, event: &mut EventBuf) {
    let user = event.get(Text::UserName).map(str::to_owned);
    if logon_text::read(text, event)
        && let Some(user) = user
    {
        event.set(Text::UserName, &user);
    }
}

/// Gathers fields parted by commas, blanks, bars or semicolons; words that are none are left. Time and level are those of
/// the head.
fn gather(text: &str, mapper: &mut Mapper, fields: &mut Fields) {
    let mut push = |name: &str, value: &str| {
        let matched = mapper
            .find(name)
            .filter(|(target, _)| {
                !matches!(
                    target,
                    Target::Time | Target::Date | Target::Clock | Target::Level
                )
            })
            .filter(|(target, _)| !matches!(target, Target::Text(Text::Message | Text::Process)));
        let value = if value == "null" { "" } else { value };
        fields.push(name, value, matched);
    };
    if parted_by_semicolons(text) {
        for part in text.pieces(b';') {
            if let Some((name, value)) = part.cut(b'=') {
                push(name.trimmed(), value.trimmed());
            }
        }
    } else if text.holds(b'|') && !text.has(", ") {
        for part in text.pieces(b'|') {
            match part.cut(b'=') {
                Some((name, value)) => push(name, value),
                None => push("text", part),
            }
        }
    } else {
        scan::fields(text, push);
    }
}

/// Whether every part before a semicolon is a field: then values may hold blanks and commas.
fn parted_by_semicolons(text: &str) -> bool {
    text.holds(b';')
        && text
            .pieces(b';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .all(starts_with_field)
}

fn fill(message: &str, fields: &Fields, event: &mut EventBuf) {
    fields.fill(event, false);
    event.set(Text::Message, message);
}

/// What the fields say of log-ons: Keycloak's events, Grafana's, Teleport's and those of other programs that
/// write the result of a log-on as fields.
pub(super) fn of_fields(event: &mut EventBuf) {
    keycloak(event);
    if event.kind != Kind::OTHER {
        return;
    }
    let says = |column: Text, words: &[&str]| {
        event
            .get(column)
            .is_some_and(|v| words.iter().any(|w| v.eq_ignore_ascii_case(w)))
    };
    let failed = says(
        Text::Message,
        &[
            "Invalid username or password",
            "Unauthorized",
            "Failed to authenticate request",
        ],
    );
    let succeeded = says(Text::Message, &["Successful Login"]);
    if failed || succeeded {
        event.kind = Kind::AUTH_LOGON;
        event.outcome = if failed {
            Outcome::Failure
        } else {
            Outcome::Success
        };
        event.copy_attr("error", Text::XReason);
        event.copy_attr("User", Text::UserName);
    } else if event
        .get(Text::Message)
        .is_some_and(|m| m.eq_ignore_ascii_case("Request Completed"))
    {
        event.kind = Kind::HTTP_REQUEST;
    }
}

/// Keycloak, server developer's guide, EventType: `LOGIN`, `LOGIN_ERROR`, `LOGOUT` …
fn keycloak(event: &mut EventBuf) {
    if event.find_attr("realmId").is_none() {
        return;
    }
    let Some(name) = event.find_attr("type") else {
        return;
    };
    let (base, failed) = match name.strip_suffix("_ERROR") {
        Some(base) => (base, true),
        None => (name, false),
    };
    let kind = match base {
        "LOGIN" | "CLIENT_LOGIN" | "IDENTITY_PROVIDER_LOGIN" | "IMPERSONATE" => Kind::AUTH_LOGON,
        "LOGOUT" => Kind::AUTH_LOGOFF,
        "REGISTER" => Kind::ACCOUNT_CREATE,
        "UPDATE_PASSWORD" => Kind::ACCOUNT_PASSWORD_CHANGE,
        "RESET_PASSWORD" => Kind::ACCOUNT_PASSWORD_RESET,
        "UPDATE_PROFILE" | "UPDATE_EMAIL" | "UPDATE_TOTP" | "REMOVE_TOTP" | "UPDATE_CREDENTIAL" => {
            Kind::ACCOUNT_MODIFY
        }
        "DELETE_ACCOUNT" => Kind::ACCOUNT_DELETE,
        // Other steps of a log-on: what failed is said all the same.
        _ if failed => Kind::OTHER,
        _ => return,
    };
    event.kind = kind;
    event.outcome = if failed {
        Outcome::Failure
    } else {
        Outcome::Success
    };
    event.copy_attr("type", Text::Action);
    if failed {
        event.copy_attr("error", Text::XReason);
    }
}

/// What begins with the address of a client.
fn of_client(message: &str, event: &mut EventBuf) {
    let (address, rest) = word(message);
    if scan::is_ip(address) && !panel(address, rest, event) {
        request(address, rest, event);
    }
}

/// How a log-on to cPanel and WHM ended; a deferred one has not ended yet.
static PANEL: AnyOf = AnyOf::new(&["\" FAILED LOGIN ", "\" SUCCESS LOGIN ", "\" DEFERRED LOGIN "]);

/// cPanel and WHM (login_log): `ADDRESS - USER "REQUEST" FAILED LOGIN SERVICE: reason`.
fn panel(address: &str, rest: &str, event: &mut EventBuf) -> bool {
    let Some(rest) = rest.strip_prefix("- ") else {
        return false;
    };
    let Some((who, result, rest)) = PANEL.split(rest) else {
        return false;
    };
    event.set(Text::SrcIp, address);
    let (user, request) = split(who, " \"").unwrap_or((who, ""));
    event.set(Text::UserName, user);
    crate::formats::web_access::set_request(request, event);
    event.kind = Kind::AUTH_LOGON;
    event.outcome = match result {
        "\" FAILED LOGIN " => Outcome::Failure,
        "\" SUCCESS LOGIN " => Outcome::Success,
        _ => Outcome::Unknown,
    };
    let (service, reason) = split(rest, ": ").unwrap_or((rest, ""));
    event.set(Text::Service, service.less_end(b':'));
    if event.outcome != Outcome::Success {
        event.set(Text::XReason, reason);
    }
    true
}

/// `ADDRESS METHOD PATH … returned STATUS …`: an answered request.
fn request(address: &str, rest: &str, event: &mut EventBuf) {
    let quoted = rest.strip_prefix('"');
    let (method, after) = word(quoted.unwrap_or(rest));
    let known = matches!(
        method,
        "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "OPTIONS" | "PATCH"
    );
    if !known {
        return;
    }
    event.set(Text::SrcIp, address);
    event.set(Text::XMethod, method);
    event.set(Text::Target, word(after).0.less_end(b'"'));
    event.kind = Kind::HTTP_REQUEST;
    let status = scan::after(after, " returned ").or_else(|| scan::after(after, " status: "));
    if let Some(status) = status {
        event.set(Text::Status, status);
        event.outcome = match status.as_bytes().first() {
            Some(b'2' | b'3') => Outcome::Success,
            Some(b'4' | b'5') => Outcome::Failure,
            _ => Outcome::Unknown,
        };
    }
    if let Some(bytes) = scan::after(after, " len: ") {
        event.set_number_text(Number::XBytes, bytes);
    }
}

/// What a program says of itself.
fn state(message: &str) -> Option<Kind> {
    // Each begins with a capital of its own, which most messages have not.
    let bytes = message.as_bytes();
    near::byte3(b'O', b'N', b'T', bytes)?;
    let has = |sign: &str| scan::has(message, sign);
    if has("OutOfMemoryError") || has("No space left on device") || has("Too many open files") {
        return Some(Kind::RESOURCE_EXHAUSTED);
    }
    None
}
