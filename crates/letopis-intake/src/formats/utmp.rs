//! `utmp`, `wtmp` and `btmp`: who logged on, who failed to, when the system started and stopped.
//!
//! Records of 384 bytes as glibc writes them on Linux (man utmp, 64-bit and 32-bit machines alike: the session and the
//! time are 32 bits in both): type, pid, line, id, user, host, exit status, session, seconds, microseconds, address.
//! Numbers are in the order of the machine that wrote them; both orders are recognised. A record of nothing but zeros
//! is an event without a time: programs that hide a log-on leave such records. What is left at the end is a trailer.
//!
//! The files do not say which of the three they are. In `btmp` login(1) and sshd write the type `LOGIN_PROCESS` with the
//! name that was refused; in the other two getty writes that type with the name `LOGIN`. So the name tells them apart.

use std::io::SeekFrom;

use letopis_event::{
    Category, EventBuf, EventSink, Kind, Number, Origin, Outcome, Span, StructureKind, Text, TimeReading,
};

use crate::error::IntakeError;
use crate::format::{Claim, Context, Format, Head, ReadSeek, Reader, Sample};

/// Name of the format.
const NAME: &str = "utmp";

/// utmp, wtmp, btmp.
pub(super) const FORMAT: Format = Format {
    name: NAME,
    title: "Login records (utmp, wtmp, btmp)",
    reference: "man utmp(5), glibc bits/utmp.h; Linux, 384-byte records",
    category: Some(Category::Os),
    kinds: &[
        Kind::AUTH_LOGON,
        Kind::AUTH_LOGOFF,
        Kind::SYSTEM_START,
        Kind::SYSTEM_STOP,
        Kind::TIME_CHANGE,
        Kind::SERVICE_STATE,
        Kind::OTHER,
    ],
    samples: SAMPLES,
    detect,
    reader: Reader::Binary { read },
};

/// Length of a record.
const RECORD: usize = 384;

/// Builds a record of the samples: type, pid, line, id, user, host, session, seconds, micros, address.
const fn record(
    kind: u16,
    pid: u32,
    texts: [&[u8]; 4],
    time: (u32, u32),
    address: [u8; 4],
    little: bool,
) -> [u8; RECORD] {
    const PLACES: [usize; 4] = [8, 40, 44, 76];
    let mut out = [0u8; RECORD];
    let kind = if little {
        kind.to_le_bytes()
    } else {
        kind.to_be_bytes()
    };
    out[0] = kind[0];
    out[1] = kind[1];
    let numbers = [(4, pid), (340, time.0), (344, time.1)];
    let mut at = 0;
    while at < numbers.len() {
        let (place, value) = numbers[at];
        let bytes = if little {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        };
        let mut byte = 0;
        while byte < 4 {
            out[place + byte] = bytes[byte];
            byte += 1;
        }
        at += 1;
    }
    let mut text = 0;
    while text < 4 {
        let mut byte = 0;
        while byte < texts[text].len() {
            out[PLACES[text] + byte] = texts[text][byte];
            byte += 1;
        }
        text += 1;
    }
    let mut byte = 0;
    while byte < 4 {
        out[348 + byte] = address[byte];
        byte += 1;
    }
    out
}

/// Two records after one another.
const fn both(a: [u8; RECORD], b: [u8; RECORD]) -> [u8; 2 * RECORD] {
    let mut out = [0u8; 2 * RECORD];
    let mut at = 0;
    while at < RECORD {
        out[at] = a[at];
        out[RECORD + at] = b[at];
        at += 1;
    }
    out
}

const LITTLE: [u8; 2 * RECORD] = both(
    record(
        7,
        4021,
        [b"pts/3", b"ts/3", b"aigul", b"203.0.113.7"],
        (1_767_208_323, 250_000),
        [203, 0, 113, 7],
        true,
    ),
    record(
        8,
        4021,
        [b"pts/3", b"ts/3", b"", b""],
        (1_767_208_400, 0),
        [0; 4],
        true,
    ),
);
const REFUSED: [u8; RECORD] = record(
    6,
    4021,
    [b"ssh:notty", b"", b"oracle", b"2001:db8::7"],
    (1_767_208_323, 0),
    [0; 4],
    true,
);
const BIG: [u8; 2 * RECORD] = both(
    record(
        2,
        0,
        [b"~", b"~~", b"reboot", b"6.1.0-18-amd64"],
        (1_767_208_000, 1),
        [0; 4],
        false,
    ),
    record(
        7,
        90,
        [b"tty1", b"1", b"serik", b""],
        (1_767_208_100, 2),
        [0; 4],
        false,
    ),
);

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: &LITTLE,
        events: &[
            &[
                ("time", "2025-12-31T19:12:03.25Z"),
                ("kind", "auth.logon"),
                ("user_name", "aigul"),
                ("src_ip", "203.0.113.7"),
                ("pid", "4021"),
                ("x_interface", "pts/3"),
                ("outcome", "unknown"),
            ],
            &[
                ("kind", "auth.logoff"),
                ("x_interface", "pts/3"),
                ("status", "DEAD_PROCESS"),
            ],
        ],
    },
    Sample {
        bytes: &REFUSED,
        events: &[&[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "oracle"),
            ("src_ip", "2001:db8::7"),
        ]],
    },
    Sample {
        bytes: &BIG,
        events: &[
            &[
                ("kind", "system.start"),
                ("time", "2025-12-31T19:06:40.000001Z"),
                ("attrs.kernel", "6.1.0-18-amd64"),
            ],
            &[("user_name", "serik"), ("pid", "90")],
        ],
    },
];

/// Names of the types (man utmp), by number.
const TYPES: [&str; 10] = [
    "EMPTY",
    "RUN_LVL",
    "BOOT_TIME",
    "NEW_TIME",
    "OLD_TIME",
    "INIT_PROCESS",
    "LOGIN_PROCESS",
    "USER_PROCESS",
    "DEAD_PROCESS",
    "ACCOUNTING",
];

/// Order of the bytes in a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn u16(self, bytes: &[u8], at: usize) -> u16 {
        let found = bytes
            .get(at..at + 2)
            .and_then(|b| b.try_into().ok())
            .unwrap_or_default();
        match self {
            Self::Little => u16::from_le_bytes(found),
            Self::Big => u16::from_be_bytes(found),
        }
    }

    fn u32(self, bytes: &[u8], at: usize) -> u32 {
        let found = bytes
            .get(at..at + 4)
            .and_then(|b| b.try_into().ok())
            .unwrap_or_default();
        match self {
            Self::Little => u32::from_le_bytes(found),
            Self::Big => u32::from_be_bytes(found),
        }
    }

    /// The order in which most of the records make sense; `None` where neither does.
    fn of(bytes: &[u8]) -> Option<Self> {
        let records = bytes.chunks_exact(RECORD).take(64);
        let count = records.clone().filter(|r| r.iter().any(|b| *b != 0)).count();
        let fits = |order: Self| records.clone().filter(|r| is_record(r, order)).count();
        let (little, big) = (fits(Self::Little), fits(Self::Big));
        let (best, order) = if little >= big {
            (little, Self::Little)
        } else {
            (big, Self::Big)
        };
        (count > 0 && best * 10 >= count * 8).then_some(order)
    }
}

/// A text field up to its first NUL.
fn text(bytes: &[u8], at: usize, length: usize) -> &[u8] {
    let field = bytes.get(at..at + length).unwrap_or_default();
    let end = memchr::memchr(0, field).unwrap_or(field.len());
    field.get(..end).unwrap_or_default()
}

/// Whether bytes read as a record that says something.
fn is_record(bytes: &[u8], order: Order) -> bool {
    let kind = order.u16(bytes, 0);
    let micros = order.u32(bytes, 344);
    // The two bytes behind the type and the twenty at the end are never written.
    let unused = bytes.get(2..4).is_some_and(|b| b.iter().all(|b| *b == 0))
        && bytes.get(364..RECORD).is_some_and(|b| b.iter().all(|b| *b == 0));
    let texts = [(8, 32), (44, 32), (76, 256)];
    let printable = texts
        .iter()
        .all(|(at, length)| text(bytes, *at, *length).iter().all(|b| *b >= b' ' && *b != 0x7f));
    usize::from(kind) < TYPES.len()
        && micros < 1_000_000
        && unused
        && printable
        && bytes.iter().any(|b| *b != 0)
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let order = Order::of(head.bytes)?;
    // One record of type 0 and little else is too little to go by.
    let told = head
        .bytes
        .chunks_exact(RECORD)
        .take(64)
        .any(|r| order.u16(r, 0) != 0 && order.u32(r, 340) != 0);
    told.then(|| Claim {
        confidence: 93,
        reason: format!(
            "records of {RECORD} bytes with a known type, printable names and a time, {}",
            match order {
                Order::Little => "numbers little-endian",
                Order::Big => "numbers big-endian",
            }
        ),
    })
}

fn read(
    input: &mut dyn ReadSeek,
    context: &Context<'_>,
    sink: &mut dyn EventSink,
) -> Result<(), IntakeError> {
    let order = Order::of(context.head.bytes).unwrap_or(Order::Little);
    let mut at = context.options.start;
    input.seek(SeekFrom::Start(at)).map_err(IntakeError::read(at))?;
    // An earlier part ended inside a record: what is left of it is no record.
    let begun = (at % RECORD as u64) as usize;
    if begun > 0 {
        let mut rest = [0u8; RECORD];
        let found = fill(input, at, rest.get_mut(begun..).unwrap_or_default())? as u64;
        if found > 0 {
            sink.structure(
                Span {
                    offset: at,
                    length: found,
                },
                StructureKind::Trailer,
            )?;
        }
        at += found;
    }
    let mut event = EventBuf::default();
    let mut rendered = String::new();
    let mut buffer = [0u8; RECORD];
    loop {
        let found = fill(input, at, &mut buffer)?;
        if found == 0 {
            return Ok(());
        }
        let bytes = buffer.get(..found).unwrap_or_default();
        let span = Span {
            offset: at,
            length: found as u64,
        };
        at += found as u64;
        if found < RECORD {
            sink.structure(span, StructureKind::Trailer)?;
            return Ok(());
        }
        event.clear();
        if bytes.iter().all(|b| *b == 0) {
            event.set(Text::Status, "EMPTY");
            event.set(Text::Message, "empty record: never written, or zeroed");
        } else if is_record(bytes, order) {
            one(bytes, order, &mut event);
        } else {
            event.kind = Kind::UNPARSED;
            event.set(
                Text::XReason,
                "no type of 0 to 9, or text where a record has none",
            );
        }
        rendered.clear();
        event.rendered_text(&mut rendered);
        let origin = Origin {
            span,
            line: None,
            bytes,
            text: &rendered,
            encoding: "binary",
            lossy: false,
            format: NAME,
        };
        sink.event(&origin, &event)?;
    }
}

/// Reads until `room` is full or the input ends.
fn fill(input: &mut dyn ReadSeek, at: u64, room: &mut [u8]) -> Result<usize, IntakeError> {
    let mut found = 0;
    while let Some(rest) = room.get_mut(found..).filter(|r| !r.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(count) => found += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(IntakeError::read(at + found as u64)(error)),
        }
    }
    Ok(found)
}

fn one(bytes: &[u8], order: Order, event: &mut EventBuf) {
    let kind = order.u16(bytes, 0);
    let seconds = order.u32(bytes, 340);
    let micros = order.u32(bytes, 344);
    if seconds != 0 {
        event.reading = Some(TimeReading::Instant {
            nanos: (i128::from(seconds) * 1_000_000 + i128::from(micros)) * 1000,
        });
        event.set_fmt(Text::TimeText, format_args!("{seconds}.{micros:06}"));
    }
    event.set_number(Number::Pid, i64::from(order.u32(bytes, 4)));
    let line = String::from_utf8_lossy(text(bytes, 8, 32));
    let user = String::from_utf8_lossy(text(bytes, 44, 32));
    let host = String::from_utf8_lossy(text(bytes, 76, 256));
    event.set(Text::XInterface, &line);
    let name = TYPES.get(usize::from(kind)).copied().unwrap_or_default();
    event.set(Text::Status, name);
    event.attr("id", &printed(bytes.get(40..44).unwrap_or_default()));
    let (termination, exit) = (order.u16(bytes, 332), order.u16(bytes, 334));
    if termination != 0 || exit != 0 {
        event.attr_fmt("exit_status", format_args!("{exit}"));
        event.attr_fmt("termination", format_args!("{termination}"));
    }
    let session = order.u32(bytes, 336);
    if session != 0 {
        event.set_fmt(Text::Session, format_args!("{session}"));
    }
    meaning(kind, &user, &host, event);
    address(bytes.get(348..364).unwrap_or_default(), &host, event);
    let what = event.get(Text::Action).unwrap_or(name).to_owned();
    event.set_fmt(Text::Message, format_args!("{what} {user} {line} {host}"));
}

/// What the type says, with the names that mean the system itself.
fn meaning(kind: u16, user: &str, host: &str, event: &mut EventBuf) {
    let refused = kind == 6 && !user.is_empty() && user != "LOGIN";
    let system = matches!(kind, 1..=5);
    if !system {
        event.set(Text::UserName, user);
    }
    let (kind, action) = match (kind, user) {
        (1, "shutdown") => (Kind::SYSTEM_STOP, "shutdown"),
        (1, _) => (Kind::SERVICE_STATE, "run level"),
        (2, _) => (Kind::SYSTEM_START, "boot"),
        (3, _) => (Kind::TIME_CHANGE, "new time"),
        (4, _) => (Kind::TIME_CHANGE, "old time"),
        (6, _) if refused => (Kind::AUTH_LOGON, "refused log-on"),
        (7, _) => (Kind::AUTH_LOGON, "log-on"),
        (8, _) => (Kind::AUTH_LOGOFF, "end of session"),
        (6, _) => (Kind::OTHER, "waiting for a log-on"),
        _ => (Kind::OTHER, ""),
    };
    event.kind = kind;
    event.set(Text::Action, action);
    if refused && kind == Kind::AUTH_LOGON {
        event.outcome = Outcome::Failure;
    }
    if system && !host.is_empty() {
        event.attr("kernel", host);
    }
}

/// The address where the record has one (the first of four words alone is IPv4), and the host it names.
fn address(bytes: &[u8], host: &str, event: &mut EventBuf) {
    let rest = bytes.get(4..).unwrap_or_default();
    if let Ok(all) = <[u8; 16]>::try_from(bytes) {
        if rest.iter().any(|b| *b != 0) {
            event.set_fmt(Text::SrcIp, format_args!("{}", std::net::Ipv6Addr::from(all)));
        } else if let Some([a, b, c, d]) = bytes
            .get(..4)
            .and_then(|b| <[u8; 4]>::try_from(b).ok())
            .filter(|f| *f != [0; 4])
        {
            event.set_fmt(Text::SrcIp, format_args!("{a}.{b}.{c}.{d}"));
        }
    }
    if event.kind == Kind::SYSTEM_START || event.kind == Kind::SYSTEM_STOP || host.is_empty() {
        return;
    }
    if event.get(Text::SrcIp).is_none() && super::scan::is_ip(host) {
        event.set(Text::SrcIp, host);
    } else if !super::scan::is_ip(host) && event.find_attr("kernel").is_none() {
        event.attr("src_host", host);
    }
}

/// Four bytes as text where they are printable, else as hexadecimal digits.
fn printed(bytes: &[u8]) -> String {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    let text = bytes.get(..end).unwrap_or_default();
    let plain = text.iter().all(|b| b.is_ascii_graphic());
    if plain && bytes.get(end..).is_some_and(|r| r.iter().all(|b| *b == 0)) {
        return String::from_utf8_lossy(text).into_owned();
    }
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
