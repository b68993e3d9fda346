//! `xferlog`: the transfer log of wu-ftpd, ProFTPD, vsftpd and Pure-FTPd.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::scan::{self, word};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

const KINDS: &[Kind] = &[Kind::OBJECT_OPEN, Kind::OBJECT_SAVE, Kind::OBJECT_DELETE];

/// xferlog.
pub(super) const FORMAT: Format = Format {
    name: "xferlog",
    title: "FTP transfer log (xferlog)",
    reference: "man xferlog(5), wu-ftpd and ProFTPD",
    category: Some(Category::Application),
    kinds: KINDS,
    samples: &[
        Sample {
            bytes: b"Thu Jan  1 00:12:03 2026 2 192.0.2.7 4096 /srv/reports/may.csv b _ o r aigul ftp 0 * c\nThu Jan  1 00:12:09 2026 1 192.0.2.7 77 /srv/in/a b.txt a _ i r aigul ftp 0 * i\n",
            events: &[
                &[("kind", "object.open"), ("outcome", "success"), ("target", "/srv/reports/may.csv"), ("x_bytes", "4096"), ("user_name", "aigul"), ("src_ip", "192.0.2.7"), ("x_duration_us", "2000000")],
                &[("kind", "object.save"), ("outcome", "failure"), ("target", "/srv/in/a b.txt"), ("status", "incomplete")],
            ],
        },
        Sample {
            bytes: b"Thu Jan  1 00:12:03 2026 0 ftp.example 10 /srv/old.txt b _ d g guest ftp 0 * c\n",
            events: &[&[("kind", "object.delete"), ("attrs.src_host", "ftp.example"), ("attrs.access_mode", "g")]],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

/// `TIME SECONDS HOST BYTES FILE TYPE ACTION DIRECTION MODE USER SERVICE METHOD ID STATUS`: the file may hold blanks, so
/// the fields behind it are taken from the right.
fn xferlog(line: &str) -> Option<([&str; 4], &str, [&str; 9])> {
    let (_, taken) = timetext::asctime(line)?;
    let time = line.get(..taken)?;
    let (seconds, rest) = word(line.get(taken..)?.strip_prefix(' ')?);
    let (host, rest) = word(rest);
    let (bytes, rest) = word(rest);
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let mut tail = [""; 9];
    let mut file = rest.trimmed_end();
    for part in tail.iter_mut().rev() {
        let (before, last) = file.cut_last(b' ')?;
        (*part, file) = (last, before);
    }
    let fits = digits(seconds)
        && digits(bytes)
        && matches!(tail[0], "a" | "b")
        && matches!(tail[2], "i" | "o" | "d")
        && matches!(tail[8], "c" | "i");
    fits.then_some(([time, seconds, host, bytes], file, tail))
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| xferlog(line).is_some());
    (share >= 80).then(|| Claim {
        confidence: 84 + share / 10,
        reason: format!("{share} of 100 lines have the fields of xferlog"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Transfers)
}

struct Transfers;

impl RecordReader for Transfers {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some(([time, seconds, host, bytes], file, tail)) = xferlog(record.text) else {
            return Verdict::Unparsed("not the fields of xferlog");
        };
        let [kind, special, direction, mode, user, service, method, id, status] = tail;
        event.reading = timetext::asctime(time).map(|(reading, _)| reading);
        event.set(Text::TimeText, time);
        scan::set_source(event, host);
        event.set_number_text(Number::XBytes, bytes);
        if let Ok(seconds) = seconds.parse::<i64>() {
            event.set_number(Number::XDurationUs, seconds.saturating_mul(1_000_000));
        }
        event.set(Text::Target, file);
        event.set(Text::UserName, user);
        event.set(Text::Service, service);
        event.set(Text::Protocol, "ftp");
        event.set(Text::Message, record.text);
        (event.kind, event.outcome) = (
            match direction {
                "i" => Kind::OBJECT_SAVE,
                "o" => Kind::OBJECT_OPEN,
                _ => Kind::OBJECT_DELETE,
            },
            if status == "c" {
                Outcome::Success
            } else {
                Outcome::Failure
            },
        );
        event.set(
            Text::Action,
            match direction {
                "i" => "incoming",
                "o" => "outgoing",
                _ => "deleted",
            },
        );
        event.set(
            Text::Status,
            if status == "c" { "complete" } else { "incomplete" },
        );
        for (name, value) in [
            ("transfer_type", kind),
            ("special_action", special),
            ("access_mode", mode),
            ("authentication_method", method),
            ("authenticated_user", id),
        ] {
            if !matches!(value, "_" | "*" | "0") {
                event.attr(name, value);
            }
        }
        Verdict::Event
    }
}
