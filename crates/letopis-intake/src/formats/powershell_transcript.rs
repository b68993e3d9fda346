//! Transcripts of Windows PowerShell and PowerShell (`Start-Transcript`): a head with user, machine and program between
//! lines of asterisks, then what was typed and printed.
//!
//! A transcript is one record, or with invocation headers (`-IncludeInvocationHeader`, group policy) one for each command.
//! Times are the machine's clock: `20260101001203`.

use letopis_event::{Category, EventBuf, Kind, Number, StructureKind, Text};

use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// PowerShell transcript.
pub(super) const FORMAT: Format = Format {
    name: "powershell-transcript",
    title: "PowerShell transcript",
    reference: "Microsoft Learn, Start-Transcript",
    category: Some(Category::Os),
    kinds: &[Kind::SCRIPT_RUN, Kind::OTHER],
    samples: &[
        Sample {
            bytes: b"**********************\r\nWindows PowerShell transcript start\r\nStart time: 20260101001203\r\nUsername: REG\\aigul\r\nRunAs User: REG\\admin\r\nMachine: WS17 (Microsoft Windows NT 10.0.17763.0)\r\nHost Application: C:\\Windows\\System32\\powershell.exe -NoProfile\r\nProcess ID: 6456\r\nPSVersion: 5.1.17763.1852\r\n**********************\r\nPS C:\\Users\\aigul> whoami\r\nreg\\aigul\r\nPS C:\\Users\\aigul> Get-Date\r\n**********************\r\nWindows PowerShell transcript end\r\nEnd time: 20260101001259\r\n**********************\r\n",
            events: &[&[
                ("kind", "script.run"), ("user_name", "REG\\aigul"), ("target_user", "REG\\admin"), ("host", "WS17"), ("pid", "6456"),
                ("x_command_line", "whoami; Get-Date"), ("time", "2026-01-01T00:12:03Z"), ("time_end", "2026-01-01T00:12:59Z"),
                ("process", "C:\\Windows\\System32\\powershell.exe -NoProfile"), ("attrs.PSVersion", "5.1.17763.1852"),
            ]],
        },
        Sample {
            bytes: b"**********************\nPowerShell transcript start\nStart time: 20260101001203\nUsername: REG\\aigul\nMachine: WS17 (Microsoft Windows NT 10.0)\nProcess ID: 77\n**********************\n**********************\nCommand start time: 20260101001210\n**********************\nPS>Stop-Service EventLog\n**********************\nPowerShell transcript end\nEnd time: 20260101001259\n**********************\n",
            events: &[
                &[("user_name", "REG\\aigul"), ("time", "2026-01-01T00:12:03Z")],
                &[("kind", "script.run"), ("x_command_line", "Stop-Service EventLog"), ("user_name", "REG\\aigul"), ("host", "WS17"), ("time", "2026-01-01T00:12:10Z")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

const STARTS: &[&str] = &[
    "Windows PowerShell transcript start",
    "PowerShell transcript start",
    "Начало записи сценария Windows PowerShell",
    "Начало записи расшифровки PowerShell",
];

fn is_start(line: &str) -> bool {
    STARTS.contains(&line.trimmed_end()) || line.starts_with("Command start time: ")
}

fn is_stars(line: &str) -> bool {
    let plain = line.trimmed_end();
    plain.len() >= 10 && plain.bytes().all(|b| b == b'*')
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let mut lines = head.lines(2);
    let (first, second) = (lines.next()?, lines.next()?);
    (is_stars(first) && STARTS.contains(&second.trimmed_end())).then(|| Claim {
        confidence: 99,
        reason: "begins with a line of asterisks and `PowerShell transcript start`".to_owned(),
    })
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    let mut parts = context.state.unwrap_or_default().pieces(b'\n').map(str::to_owned);
    Box::new(Transcript {
        user: parts.next().unwrap_or_default(),
        machine: parts.next().unwrap_or_default(),
        pid: parts.next().unwrap_or_default(),
    })
}

/// Who and where the transcript is of: the commands below its head say it no more.
struct Transcript {
    user: String,
    machine: String,
    pid: String,
}

impl RecordReader for Transcript {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let first = record.text.lines().next().unwrap_or_default();
        if let Some(time) = first.strip_prefix("Command start time: ") {
            self.command(record.text, time.trimmed(), event);
            return Verdict::Event;
        }
        if !STARTS.contains(&first.trimmed_end()) {
            return if record.text.lines().all(|l| is_stars(l) || l.trimmed().is_empty()) {
                Verdict::Structure(StructureKind::Header)
            } else {
                Verdict::Unparsed("no transcript begins here")
            };
        }
        self.start(record.text, event);
        Verdict::Event
    }

    fn state(&self) -> Option<String> {
        (!self.user.is_empty()).then(|| format!("{}\n{}\n{}", self.user, self.machine, self.pid))
    }
}

fn time(text: &str) -> Option<letopis_event::TimeReading> {
    timetext::compact(text.trimmed())
        .or_else(|| timetext::any(text.trimmed()))
        .map(|(reading, _)| reading)
}

impl Transcript {
    fn start(&mut self, text: &str, event: &mut EventBuf) {
        let mut lines = text.lines();
        lines.next();
        let keep = |room: &mut String, value: &str| {
            room.clear();
            room.push_str(value);
        };
        for room in [&mut self.user, &mut self.machine, &mut self.pid] {
            room.clear();
        }
        let mut taken = text.place_of(b'\n').map_or(text.len(), |at| at + 1);
        for line in lines {
            taken += line.len()
                + 1
                + usize::from(
                    text.get(taken + line.len()..)
                        .is_some_and(|t| t.starts_with('\r')),
                );
            if is_stars(line) {
                break;
            }
            let Some((name, value)) = line.cut_at(": ").map(|(n, v)| (n, v.trimmed())) else {
                continue;
            };
            match name {
                "Start time" => {
                    event.reading = time(value);
                    event.set(Text::TimeText, value);
                }
                "Username" => {
                    event.set(Text::UserName, value);
                    keep(&mut self.user, value);
                }
                "RunAs User" => event.set(Text::TargetUser, value),
                "Machine" => {
                    let host = value.split(" (").next().unwrap_or(value);
                    event.set(Text::Host, host);
                    event.attr(name, value);
                    keep(&mut self.machine, host);
                }
                "Host Application" => event.set(Text::Process, value),
                "Process ID" => {
                    event.set_number_text(Number::Pid, value);
                    keep(&mut self.pid, value);
                }
                _ => event.attr(name, value),
            }
        }
        let body = text.get(taken.min(text.len())..).unwrap_or_default();
        let (body, end) = ending(body);
        if !end.is_empty() {
            event.end_reading = time(end);
            event.attr("End time", end);
        }
        commands(body, event);
        event.set(Text::Message, body.trimmed());
        event.set_if_absent(Text::Message, "transcript started");
        event.kind = Kind::SCRIPT_RUN;
    }

    fn command(&self, text: &str, at: &str, event: &mut EventBuf) {
        event.reading = time(at);
        event.set(Text::TimeText, at);
        event.set(Text::UserName, &self.user);
        event.set(Text::Host, &self.machine);
        if !self.pid.is_empty() {
            event.set_number_text(Number::Pid, &self.pid);
        }
        let body = text.cut(b'\n').map_or("", |(_, b)| b);
        let (body, end) = ending(body);
        if !end.is_empty() {
            event.attr("End time", end);
        }
        commands(body, event);
        event.set(Text::Message, body.less_both(b"*\r\n "));
        event.kind = Kind::SCRIPT_RUN;
    }
}

/// What stands before the transcript's end, and the time that the end gives.
fn ending(body: &str) -> (&str, &str) {
    let Some(at) = body.place("PowerShell transcript end") else {
        return (body, "");
    };
    let end = body
        .get(at..)
        .and_then(|t| t.lines().find_map(|l| l.strip_prefix("End time: ")))
        .unwrap_or_default();
    let body = body.get(..at).unwrap_or(body);
    (
        body.trim_end_matches("Windows ").trimmed_end().less_end(b'*'),
        end.trimmed(),
    )
}

/// What was typed: the lines with a prompt (`PS C:\> …`, `PS>…`), joined by `; `.
fn commands(body: &str, event: &mut EventBuf) {
    let typed = body
        .lines()
        .filter_map(|line| line.strip_prefix("PS").and_then(|l| l.cut(b'>')))
        .map(|(_, command)| command.trimmed())
        .filter(|c| !c.is_empty());
    let mut all = String::new();
    for command in typed {
        if !all.is_empty() {
            all.push_str("; ");
        }
        all.push_str(command);
    }
    event.set(Text::XCommandLine, &all);
}
