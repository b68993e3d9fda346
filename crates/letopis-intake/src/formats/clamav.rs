//! ClamAV's own files (`clamd.log`, `freshclam.log`) and the report of `clamscan`: `TIME -> text`, `PATH: NAME FOUND`.

use letopis_event::{Category, EventBuf, Kind, Outcome, Text, TimeBasis};

use super::scan::{has, split_last};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// ClamAV.
pub(super) const FORMAT: Format = Format {
    name: "clamav",
    title: "ClamAV log (clamd, freshclam, clamscan)",
    reference: "ClamAV documentation, clamd.conf LogFile and LogTime; clamscan(1)",
    category: Some(Category::Protection),
    kinds: &[
        Kind::MALWARE_DETECT,
        Kind::MALWARE_ACTION,
        Kind::PROTECTION_ENABLE,
        Kind::PROTECTION_DISABLE,
        Kind::PROTECTION_CONFIG_CHANGE,
        Kind::ERROR_REPORT,
        Kind::OTHER,
    ],
    samples: &[
        Sample {
            bytes: b"Thu Jan  1 00:12:03 2026 -> +++ Started at Thu Jan  1 00:12:03 2026\nThu Jan  1 00:12:09 2026 -> /srv/in/a: b.exe: Win.Test.EICAR_HDB-1(44d88612fea8a8f36de82e1278abb02f:68) FOUND\nThu Jan  1 00:12:10 2026 -> /srv/in/a: b.exe: moved to '/var/quarantine/b.exe'\nThu Jan  1 00:13:00 2026 -> daily.cld updated (version: 27142, sigs: 2050000, f-level: 90, builder: x)\n",
            events: &[
                &[("kind", "protection.enable")],
                &[("kind", "malware.detect"), ("target", "/srv/in/a: b.exe"), ("x_rule", "Win.Test.EICAR_HDB-1"), ("x_hash", "44d88612fea8a8f36de82e1278abb02f"), ("time", "2026-01-01T00:12:09Z")],
                &[("kind", "malware.action"), ("action", "moved")],
                &[("kind", "protection.config_change"), ("outcome", "success")],
            ],
        },
        Sample {
            bytes: b"/srv/in/x.zip: Win.Trojan.Agent-1 FOUND\n/srv/in/y.txt: OK\n\n----------- SCAN SUMMARY -----------\nKnown viruses: 8700000\nInfected files: 1\n",
            events: &[
                &[("kind", "malware.detect"), ("target", "/srv/in/x.zip"), ("time_basis", "none")],
                &[("kind", "other"), ("status", "OK")],
                &[("message", "----------- SCAN SUMMARY -----------")],
                &[("message", "Known viruses: 8700000")],
                &[("message", "Infected files: 1")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

fn timed(line: &str) -> Option<(letopis_event::TimeReading, &str, &str)> {
    let (reading, taken) = timetext::asctime(line)?;
    Some((
        reading,
        line.get(..taken)?,
        line.get(taken..)?.strip_prefix(" -> ")?,
    ))
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(60, |line| timed(line).is_some());
    let found = head.lines(200).any(|l| l.ends_with(" FOUND") && l.has(": "));
    let scanned = found && head.text.has("SCAN SUMMARY");
    (share >= 80 || scanned).then(|| Claim {
        confidence: if share >= 80 { 88 } else { 86 },
        reason: if scanned {
            "lines `PATH: NAME FOUND` and a scan summary".to_owned()
        } else {
            format!("{share} of 100 lines are a time and ` -> `")
        },
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let text = match timed(record.text) {
            Some((reading, time, text)) => {
                event.reading = Some(reading);
                event.set(Text::TimeText, time);
                text
            }
            None => {
                event.time.basis = TimeBasis::Carried;
                record.text
            }
        };
        let text = text.trimmed_end();
        event.set(Text::Service, "clamav");
        event.set(Text::Message, text);
        meaning(text, event);
        Verdict::Event
    }
}

fn meaning(text: &str, event: &mut EventBuf) {
    if let Some((path, name)) = text.strip_suffix(" FOUND").and_then(|t| split_last(t, ": ")) {
        event.kind = Kind::MALWARE_DETECT;
        event.set(Text::Target, path);
        let (name, digest) = name.cut(b'(').unwrap_or((name, ""));
        event.set(Text::XRule, name);
        event.set(Text::XHash, digest.pieces(b':').next().unwrap_or_default());
        event.set(Text::Status, "FOUND");
    } else if let Some((path, _)) = text.strip_suffix(": OK").map(|p| (p, "")) {
        event.set(Text::Target, path);
        event.set(Text::Status, "OK");
    } else if let Some((path, rest)) = split_last(text, ": ").filter(|(_, r)| {
        ["moved to", "copied to", "Removed", "removed"]
            .iter()
            .any(|s| r.starts_with(s))
    }) {
        event.kind = Kind::MALWARE_ACTION;
        event.set(Text::Target, path);
        event.set(Text::Action, rest.pieces(b' ').next().unwrap_or_default());
        event.outcome = Outcome::Success;
    } else if text.starts_with("+++ Started at") || has(text, "Daemon started") || has(text, "daemon started")
    {
        event.kind = Kind::PROTECTION_ENABLE;
    } else if text.starts_with("--- Stopped at")
        || text.starts_with("SIGTERM")
        || has(text, "Exiting (clean)")
    {
        event.kind = Kind::PROTECTION_DISABLE;
    } else if has(text, " updated (version: ") || has(text, "Database correctly reloaded") {
        event.kind = Kind::PROTECTION_CONFIG_CHANGE;
        event.outcome = Outcome::Success;
    } else if text.starts_with("ERROR: ") {
        event.kind = Kind::ERROR_REPORT;
        event.level = Some(3);
    } else if text.starts_with("WARNING: ") || text.starts_with("^") {
        event.level = Some(4);
    }
}
