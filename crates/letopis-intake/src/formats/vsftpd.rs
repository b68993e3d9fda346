//! vsftpd's own log: `Mon Jan  5 10:00:00 2026 [pid 2] [aigul] OK LOGIN: Client "10.0.0.5"`.

use letopis_event::{Category, EventBuf};

use super::syslog;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;

/// vsftpd's own log (`vsftpd_log_file`, or `xferlog_std_format=NO`).
pub(super) const FORMAT: Format = Format {
    name: "vsftpd",
    title: "vsftpd log",
    reference: "vsftpd.conf(5): vsftpd_log_file, dual_log_enable; logging.c",
    category: Some(Category::Application),
    kinds: syslog::AUDIT_KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[Sample {
    bytes: b"Thu Jan  1 00:12:03 2026 [pid 7] CONNECT: Client \"203.0.113.9\"\n\
Thu Jan  1 00:12:04 2026 [pid 6] [aigul] FAIL LOGIN: Client \"203.0.113.9\"\n\
Thu Jan  1 00:12:09 2026 [pid 8] [aigul] OK DOWNLOAD: Client \"203.0.113.9\", \"/srv/report.pdf\", 5120 bytes, 31.00Kbyte/sec\n",
    events: &[
        &[("kind", "network.connect"), ("src_ip", "203.0.113.9"), ("pid", "7"), ("process", "vsftpd")],
        &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "aigul"), ("time", "2026-01-01T00:12:04Z")],
        &[("kind", "object.open"), ("outcome", "success"), ("target", "/srv/report.pdf"), ("x_bytes", "5120")],
    ],
}];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| {
        line.cut_at(" [pid ")
            .is_some_and(|(time, rest)| (20..=26).contains(&time.len()) && rest.has(": Client \""))
    });
    (share >= 60).then(|| Claim {
        confidence: 82 + share / 10,
        reason: format!("{share} of 100 lines have a time, [pid N] and Client \"address\""),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        // The head is a time as syslog knows it; the message is read where those by syslog are.
        match syslog::read_line(record.text, event) {
            Verdict::Unparsed(_) => Verdict::Unparsed("the line has no time before [pid N]"),
            verdict => verdict,
        }
    }
}
