//! The slow query log: comment lines about a statement, then the statement.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, StructureKind, Text, TimeReading};

use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan;
use crate::formats::scan::Cut as _;
use crate::timetext;

/// MySQL and MariaDB slow query log.
pub(in crate::formats) const FORMAT: Format = Format {
    name: "mysql-slow",
    title: "MySQL and MariaDB slow query log",
    reference: "MySQL manual, The Slow Query Log; MariaDB documentation, Slow Query Log Overview",
    category: Some(Category::Dbms),
    kinds: super::KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

const SAMPLES: &[Sample] = &[Sample {
    bytes: b"# Time: 2026-01-01T00:12:03.123456Z\n# User@Host: aigul[aigul] @  [192.0.2.7]  Id:    14\n# Query_time: 2.500000  Lock_time: 0.000100 Rows_sent: 1  Rows_examined: 900\nuse registry;\nSET timestamp=1767226321;\nselect count(*)\nfrom citizens;\n\
# User@Host: root[root] @ localhost []\n# Thread_id: 15  Schema: registry  QC_hit: No\n# Query_time: 3.000000  Lock_time: 0.000100  Rows_sent: 0  Rows_examined: 5\nSET timestamp=1767226330;\ndelete from audit_log;\n",
    events: &[
        &[
            ("kind", "db.select"),
            ("user_name", "aigul"),
            ("src_ip", "192.0.2.7"),
            ("session", "14"),
            ("x_duration_us", "2500000"),
            ("time", "2026-01-01T00:12:03.123456Z"),
            ("x_query", "select count(*)\nfrom citizens;"),
            ("attrs.database", "registry"),
        ],
        &[
            ("kind", "db.delete"),
            ("target", "audit_log"),
            ("attrs.component", "logging"),
            ("session", "15"),
            ("time", "2026-01-01T00:12:10Z"),
        ],
    ],
}];

fn is_header(text: &str) -> bool {
    text.has(", Version: ") && text.has("started with:")
        || text.starts_with("Tcp port: ")
        || text.starts_with("Time ") && text.has(" Command ")
}

fn is_start(text: &str) -> bool {
    text.starts_with("# Time: ") || text.starts_with("# User@Host: ") || is_header(text)
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let has = |mark: &str| head.lines(60).any(|l| l.starts_with(mark));
    (has("# User@Host: ") && has("# Query_time: ")).then(|| Claim {
        confidence: 92,
        reason: "lines begin with `# User@Host:` and `# Query_time:`".to_owned(),
    })
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Slow {
        time: context.state.unwrap_or_default().to_owned(),
    })
}

/// Keeps the `# Time:` that the next statement belongs to.
struct Slow {
    time: String,
}

impl RecordReader for Slow {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        if let Some(time) = record.text.strip_prefix("# Time: ") {
            self.time.clear();
            self.time
                .push_str(time.lines().next().unwrap_or_default().trimmed());
            return Verdict::Structure(StructureKind::Header);
        }
        if !record.text.starts_with("# User@Host: ") {
            return if is_header(record.text) {
                Verdict::Structure(StructureKind::Header)
            } else {
                Verdict::Unparsed("the record does not begin with `# User@Host:`")
            };
        }
        let query = comments(record.text, event);
        let (query, epoch) = preamble(query, event);
        if let Some((reading, taken)) = super::time(&self.time) {
            event.reading = Some(reading);
            event.set(Text::TimeText, self.time.get(..taken).unwrap_or_default());
        } else if let Some(epoch) = epoch {
            event.reading = reading_of(epoch);
            event.set(Text::TimeText, epoch);
        }
        self.time.clear();
        event.set(Text::Service, "mysql");
        event.set(Text::Process, "mysqld");
        event.set(Text::Message, query);
        match query.strip_prefix("# administrator command: ") {
            Some(command) => {
                event.kind = Kind::DB_OTHER;
                event.set(Text::Action, command.less_end(b';'));
            }
            None => super::statement(query, event),
        }
        Verdict::Event
    }

    fn state(&self) -> Option<String> {
        (!self.time.is_empty()).then(|| self.time.clone())
    }
}

fn reading_of(epoch: &str) -> Option<TimeReading> {
    timetext::epoch(epoch).map(|(reading, _)| reading)
}

/// The comment lines; what follows them.
fn comments<'a>(text: &'a str, event: &mut EventBuf) -> &'a str {
    let mut rest = text;
    while let Some(comment) = rest.strip_prefix("# ") {
        if comment.starts_with("administrator command") {
            break;
        }
        let (line, after) = comment.cut(b'\n').unwrap_or((comment, ""));
        let line = line.trimmed_end();
        match line.strip_prefix("User@Host: ") {
            Some(who) => {
                let (account, id) = scan::split(who, "Id:").unwrap_or((who, ""));
                super::account(account.trimmed_end(), event);
                event.set(Text::Session, id.trimmed());
            }
            None => pairs(line, event),
        }
        rest = after;
    }
    rest.trimmed_end()
}

/// `Query_time: 2.5  Lock_time: 0.0 Rows_sent: 1`
fn pairs(line: &str, event: &mut EventBuf) {
    let mut words = line.split_whitespace().peekable();
    while let Some(name) = words.next() {
        let Some(name) = name.strip_suffix(':') else {
            continue;
        };
        let value = words.next_if(|w| !w.ends_with(':')).unwrap_or_default();
        match name {
            "Thread_id" => event.set(Text::Session, value),
            "Schema" if !value.is_empty() => event.attr("database", value),
            "Query_time" => {
                if let Some(micros) = micros(value) {
                    event.set_number(Number::XDurationUs, micros);
                }
                event.attr(name, value);
            }
            "Bytes_sent" => event.set_number_text(Number::XBytes, value),
            // A number of the error that ended the statement; 0 means none.
            "Errno" | "Last_errno" => {
                event.outcome = if value == "0" {
                    Outcome::Success
                } else {
                    Outcome::Failure
                };
                event.set(Text::Code, value);
            }
            _ => event.attr(name, value),
        }
    }
}

/// Seconds with a fraction, in microseconds.
fn micros(text: &str) -> Option<i64> {
    let (whole, fraction) = text.cut(b'.').unwrap_or((text, ""));
    let whole: i64 = whole.parse().ok()?;
    let mut value = 0i64;
    for at in 0..6 {
        let digit = fraction.as_bytes().get(at).copied().unwrap_or(b'0');
        value = value * 10 + i64::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    whole.checked_mul(1_000_000)?.checked_add(value)
}

/// `use DATABASE;` and `SET timestamp=SECONDS;` before the statement.
fn preamble<'a>(text: &'a str, event: &mut EventBuf) -> (&'a str, Option<&'a str>) {
    let mut rest = text;
    let mut epoch = None;
    loop {
        let (line, after) = rest.cut(b'\n').unwrap_or((rest, ""));
        let line = line.trimmed_end();
        if let Some(database) = line.strip_prefix("use ") {
            event.attr("database", database.less_end(b';').trim_matches('`'));
        } else if let Some(seconds) = line.strip_prefix("SET timestamp=") {
            epoch = Some(seconds.less_end(b';'));
        } else {
            return (rest, epoch);
        }
        if after.is_empty() {
            return ("", epoch);
        }
        rest = after;
    }
}
