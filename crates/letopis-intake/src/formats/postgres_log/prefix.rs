//! The pieces of `log_line_prefix`, told by their shapes.

use letopis_event::{EventBuf, Number, Text, TimeReading};

use crate::formats::postgres_csv as server;
use crate::formats::scan;
use crate::formats::scan::Cut as _;
use crate::timetext;

/// What the prefix says; empty where it says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prefix<'a> {
    pub(super) reading: Option<TimeReading>,
    time_text: &'a str,
    /// A zone's abbreviation that stands for several offsets.
    zone: &'a str,
    user: &'a str,
    database: &'a str,
    application: &'a str,
    /// Address or name, with a port in brackets or not.
    from: &'a str,
    pid: &'a str,
    /// Number of the line in its session.
    number: &'a str,
    session: &'a str,
    state: &'a str,
    transaction: &'a str,
    rest: &'a str,
}

/// Takes a prefix apart.
pub(super) fn read(text: &str) -> Prefix<'_> {
    let mut out = Prefix::default();
    let rest = time(unbracketed(text), &mut out).unwrap_or(text);
    match rest.strip_prefix(':') {
        Some(inner) => hosted(inner.less_end_of(b": "), &mut out),
        None => pieces(rest, &mut out),
    }
    out
}

/// Whether a time or a process stands in a prefix: the same as [`Prefix::is_known`] of it, at once where it begins with a
/// time.
pub(super) fn is_known(text: &str) -> bool {
    timetext::iso8601(unbracketed(text)).is_some() || read(text).is_known()
}

fn unbracketed(text: &str) -> &str {
    let marks = text
        .bytes()
        .take_while(|b| matches!(b, b'<' | b'[' | b' '))
        .count();
    text.get(marks..).unwrap_or_default()
}

/// `%m`, `%t` or `%n` at the beginning.
fn time<'a>(text: &'a str, out: &mut Prefix<'a>) -> Option<&'a str> {
    let (reading, mut taken) = timetext::iso8601(text).or_else(|| timetext::epoch(text))?;
    out.reading = Some(reading);
    if let TimeReading::Clock {
        civil,
        offset_min: None,
    } = reading
    {
        // The zone behind the time: an abbreviation or an offset.
        let rest = text.get(taken..)?;
        let name = rest.less_start(b' ');
        let end = name
            .bytes()
            .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-')))
            .unwrap_or(name.len());
        let name = name.get(..end)?;
        let is_zone = rest.starts_with(' ')
            && name.len() >= 2
            && (name.starts_with(['+', '-']) || name.bytes().all(|b| b.is_ascii_uppercase()));
        if is_zone {
            match server::offset_of(name) {
                Some(offset) => {
                    out.reading = Some(TimeReading::Clock {
                        civil,
                        offset_min: Some(offset),
                    })
                }
                None => out.zone = name,
            }
            taken += rest.len() - rest.less_start(b' ').len() + name.len();
        }
    }
    out.time_text = text.get(..taken)?;
    text.get(taken..)
}

/// `%t:%r:%u@%d:[%p]:`, the prefix of hosting services; an IPv6 address has colons of its own.
fn hosted<'a>(text: &'a str, out: &mut Prefix<'a>) {
    let Some((rest, pid)) = text.cut_last_at(":[") else {
        out.rest = text;
        return;
    };
    out.pid = pid.less_end(b']');
    let (from, who) = rest.cut_last(b':').unwrap_or(("", rest));
    out.from = from;
    (out.user, out.database) = who.cut(b'@').unwrap_or((who, ""));
}

fn pieces<'a>(text: &'a str, out: &mut Prefix<'a>) {
    let named = text.place_of(b'=').and_then(|_| {
        scan::find(text, "user=")
            .or_else(|| scan::find(text, "db="))
            .or_else(|| scan::find(text, "app="))
    });
    let (plain, fields) = text.split_at(named.unwrap_or(text.len()));
    for token in scan::pieces_by(plain, |b| matches!(b, b' ' | b',' | b';' | b'|' | b'\t')) {
        piece(token.less_end_of(b":>"), out);
    }
    // The name of an application may hold blanks: the commas part the fields.
    let fields = fields.trimmed_end();
    let mark = if fields.holds(b',') { b',' } else { b' ' };
    for field in scan::pieces(fields, mark) {
        let Some((name, value)) = scan::cut(field, b'=') else {
            continue;
        };
        let value = value.trimmed_end();
        match name.trimmed_start() {
            "user" | "usr" | "u" => out.user = value,
            "db" | "database" | "d" => out.database = value,
            "app" | "application" | "a" => out.application = value,
            "client" | "host" | "remote" | "h" | "r" => out.from = value,
            "pid" | "p" => out.pid = value,
            "session" | "c" => out.session = value,
            _ => {}
        }
    }
}

fn piece<'a>(token: &'a str, out: &mut Prefix<'a>) {
    if token.is_empty() {
        return;
    }
    let inner = token.less_both(b"[](<");
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let hex = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_hexdigit());
    if inner.is_empty() || matches!(token, "-" | "--" | ":") {
        return;
    }
    if digits(inner) {
        let place = if out.pid.is_empty() {
            &mut out.pid
        } else {
            &mut out.number
        };
        *place = inner;
    } else if let Some((first, second)) = inner.cut(b'-').filter(|(a, b)| digits(a) && digits(b)) {
        if out.pid.is_empty() {
            (out.pid, out.number) = (first, second);
        } else {
            out.number = first;
        }
    } else if let Some((user, database)) = token.cut(b'@') {
        (out.user, out.database) = (user, database);
    } else if token == "[local]" || scan::is_ip(inner) || host_and_port(token).is_some() {
        out.from = token;
    } else if inner.cut(b'.').is_some_and(|(a, b)| hex(a) && hex(b)) {
        out.session = inner;
    } else if inner.len() == 5
        && inner
            .bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        && inner.bytes().any(|b| b.is_ascii_digit())
    {
        out.state = inner;
    } else if inner.cut(b'/').is_some_and(|(a, b)| digits(a) && digits(b)) {
        out.transaction = inner;
    } else if out.rest.is_empty() {
        out.rest = token;
    }
}

/// `%r`: `host(port)`.
fn host_and_port(text: &str) -> Option<(&str, &str)> {
    let (host, port) = text.strip_suffix(')')?.cut_last(b'(')?;
    (!host.is_empty() && port.parse::<u16>().is_ok()).then_some((host, port))
}

impl Prefix<'_> {
    /// Whether a time or a process was found.
    pub(super) fn is_known(&self) -> bool {
        self.reading.is_some() || !self.pid.is_empty() && self.pid.bytes().all(|b| b.is_ascii_digit())
    }

    pub(super) fn fill(&self, event: &mut EventBuf) {
        event.reading = self.reading;
        event.set(Text::TimeText, self.time_text);
        if self.user != "[unknown]" {
            event.set(Text::UserName, self.user);
        }
        if !self.pid.is_empty() {
            event.set_number_text(Number::Pid, self.pid);
        }
        event.set(Text::XRecordId, self.number);
        event.set(Text::Session, self.session);
        event.set(Text::Code, self.state);
        for (name, value) in [
            ("database_name", self.database),
            ("application_name", self.application),
            ("log_time_zone", self.zone),
            ("virtual_transaction_id", self.transaction),
            ("prefix", self.rest),
        ] {
            if !value.is_empty() && value != "[unknown]" {
                event.attr(name, value);
            }
        }
        match host_and_port(self.from) {
            Some((host, port)) => {
                server::client(host, event);
                event.set_number_text(Number::SrcPort, port);
            }
            None => server::client(self.from, event),
        }
    }
}
