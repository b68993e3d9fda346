//! From collected records to files, and to the truth about them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use chrono_tz::Tz;
use sha2::{Digest as _, Sha256};

use super::cast::LOOK_ALIKE;
use super::layout::{self, CENTRAL, MONTHS, Place, SOURCES, Shape, SourceSpec};
use super::pack::{self, Member};
use super::sources::buh;
use super::stage::{Chain, Entry, LogId, NUMBER, Stage, local, rfc3339};
use super::truth::{File, Row, Source};
use crate::clock::{SCENARIO_FROM, SCENARIO_TO, SECOND};

/// Everything that was counted while the files were made.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) records: u64,
    pub(super) sources: Vec<Source>,
    pub(super) rows: BTreeMap<Chain, Vec<(i64, Row)>>,
    pub(super) counts: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>,
    pub(super) look_alike: u64,
    pub(super) both: BTreeMap<String, u64>,
    pub(super) copy_only: BTreeMap<String, u64>,
    /// Written hours of the VPN host: `2025-10-26 02` → records.
    pub(super) vpn_hours: BTreeMap<String, u64>,
    /// Recorded instants of the mail server's last record before and first after its silence.
    pub(super) silence: (Option<i64>, Option<i64>),
    /// Bytes of the one file that is delivered twice, with its truth.
    pub(super) redelivered: Option<(File, Vec<u8>)>,
    /// Recorded minus true of the firewall's clock, in microseconds.
    firewall_offset: i64,
    outer: BTreeMap<String, (Vec<&'static str>, Vec<Member>)>,
}

/// The silence: 10 March 2026, 14:20 to 13 March, 14:20 local.
pub(super) const SILENCE: (i64, i64) = (
    SCENARIO_FROM + (160 * 24 * 60 + 860) * 60 * SECOND,
    SCENARIO_FROM + (163 * 24 * 60 + 860) * 60 * SECOND,
);

/// Cuts, renders and counts everything; where `logs` is given, packs it and writes it there.
pub(super) fn write(mut stage: Stage, logs: Option<&Path>) -> io::Result<Tally> {
    let mut tally = Tally {
        firewall_offset: stage.offset(LogId::Asa),
        ..Tally::default()
    };
    for log in &mut stage.logs {
        log.entries
            .retain(|e| (SCENARIO_FROM..SCENARIO_TO).contains(&e.at));
        log.entries.sort_by_key(|e| e.at);
    }
    if !stage.is_control {
        silence(&mut stage, &mut tally);
    }
    let mut copies = BTreeMap::new();
    for (host, source, ids) in [
        ("srv-web", "web-os", [LogId::WebAuth, LogId::WebSys]),
        ("srv-db", "db-os", [LogId::DbAuth, LogId::DbSys]),
    ] {
        let mut entries: Vec<Entry> = ids
            .iter()
            .flat_map(|id| stage.logs[*id as usize].entries.iter().cloned())
            .collect();
        entries.sort_by_key(|e| e.at);
        tally.both.insert(source.to_owned(), entries.len() as u64);
        copies.insert(host, entries);
    }
    let emptied = match stage.is_control {
        true => 0,
        false => empty_auth_log(&mut stage),
    };
    if let Some(both) = tally.both.get_mut("db-os") {
        *both -= emptied;
    }
    tally.copy_only = BTreeMap::from([("web-os".to_owned(), 0), ("db-os".to_owned(), emptied)]);
    for spec in SOURCES {
        let mut source = begin(spec);
        for log in spec.logs {
            let months = by_month(&stage.logs[*log as usize].entries, |e| {
                layout::month_of(*log, stage.clock(*log, e.at))
            });
            let mut number = layout::shape(*log).first_number;
            for (month, entries) in months.into_iter().enumerate() {
                let place = layout::place(*log, month);
                let file = tally.file(logs, spec.id, *log, &entries, place, &mut number)?;
                source.files.push(file);
            }
        }
        tally.finish_source(source);
    }
    let mut source = begin(&CENTRAL);
    for (host, entries) in &copies {
        for (month, entries) in by_month(entries, |e| layout::month_index(LogId::WebSys.clock(e.at)))
            .into_iter()
            .enumerate()
        {
            let place = layout::central_place(host, month);
            source
                .files
                .push(tally.file(logs, CENTRAL.id, LogId::WebSys, &entries, place, &mut 0)?);
        }
    }
    tally.finish_source(source);
    if let Some(logs) = logs {
        tally.write_archives(logs)?;
    }
    Ok(tally)
}

fn begin(spec: &SourceSpec) -> Source {
    Source {
        id: spec.id.to_owned(),
        name: spec.name.to_owned(),
        category: spec.category.to_owned(),
        owner: spec.owner.to_owned(),
        zone: spec.zone.to_owned(),
        rhythm: spec.rhythm.to_owned(),
        pattern: spec.pattern.to_owned(),
        records: 0,
        files: Vec::new(),
    }
}

fn by_month(entries: &[Entry], month: impl Fn(&Entry) -> usize) -> Vec<Vec<&Entry>> {
    let mut out = vec![Vec::new(); MONTHS.len()];
    for entry in entries {
        out[month(entry)].push(entry);
    }
    out
}

fn silence(stage: &mut Stage, tally: &mut Tally) {
    let entries = &mut stage.logs[LogId::Mail as usize].entries;
    entries.retain(|e| !(SILENCE.0..SILENCE.1).contains(&e.at));
    tally.silence.0 = entries.iter().rev().map(|e| e.at).find(|at| *at < SILENCE.0);
    tally.silence.1 = entries.iter().map(|e| e.at).find(|at| *at >= SILENCE.1);
}

/// Drops what stood in srv-db's auth.log when it was emptied; says how many records.
fn empty_auth_log(stage: &mut Stage) -> u64 {
    let entries = &mut stage.logs[LogId::DbAuth as usize].entries;
    let before = entries.len();
    let current = layout::month_of(LogId::DbAuth, LogId::DbAuth.clock(super::incident::EMPTIED_AT));
    entries.retain(|e| {
        e.at >= super::incident::EMPTIED_AT
            || layout::month_of(LogId::DbAuth, LogId::DbAuth.clock(e.at)) != current
    });
    (before - entries.len()) as u64
}

/// Bytes of one file while it grows.
#[derive(Debug)]
struct Content {
    bytes: Vec<u8>,
    lines: u64,
}

impl Content {
    fn new(shape: Shape) -> Self {
        let mut content = Self {
            bytes: shape.mark.to_vec(),
            lines: 0,
        };
        if let Some(header) = shape.header {
            content.add(shape, header);
        }
        content
    }

    fn add(&mut self, shape: Shape, text: &str) {
        if shape.encoding == "windows-1251" {
            buh::windows_1251(text, &mut self.bytes);
        } else {
            self.bytes.extend_from_slice(text.as_bytes());
        }
        self.bytes.extend_from_slice(shape.line_end.as_bytes());
        self.lines += 1 + text.matches('\n').count() as u64;
    }
}

impl Tally {
    fn offset(&self, log: LogId) -> i64 {
        match log {
            LogId::Asa => self.firewall_offset,
            _ => 0,
        }
    }

    /// Makes one file of one month's records.
    fn file(
        &mut self,
        logs: Option<&Path>,
        source: &str,
        log: LogId,
        entries: &[&Entry],
        place: Place,
        number: &mut u64,
    ) -> io::Result<File> {
        let shape = layout::shape(log);
        let mut content = Content::new(shape);
        let header_lines = content.lines;
        let mut group = 0;
        for entry in entries {
            if entry.group != group {
                group = entry.group;
                *number += 1;
            }
            let text = if entry.text.contains(NUMBER) {
                entry.text.replace(NUMBER, &number.to_string())
            } else {
                entry.text.clone()
            };
            self.count(source, log, entry, &text, &place, content.lines + 1);
            content.add(shape, &text);
        }
        let recorded =
            |e: Option<&&Entry>| e.map_or(String::new(), |e| rfc3339(second(log, e.at) + self.offset(log)));
        let modified = entries
            .last()
            .map_or(SCENARIO_FROM, |e| e.at / SECOND * SECOND + SECOND);
        let file = File {
            path: format!("logs/{}", place.path),
            members: place.members.clone(),
            containers: place.containers.iter().map(|c| (*c).to_owned()).collect(),
            format: shape.format.to_owned(),
            encoding: shape.encoding.to_owned(),
            bytes: content.bytes.len() as u64,
            sha256: sha256(&content.bytes),
            lines: content.lines,
            records: entries.len() as u64,
            header_lines,
            first: recorded(entries.first()),
            last: recorded(entries.last()),
            modified: rfc3339(modified),
        };
        if log == LogId::Edoc && place.containers.is_empty() {
            self.redelivered = Some((file.clone(), content.bytes.clone()));
        }
        if let Some(logs) = logs {
            self.store(logs, place, content.bytes, modified)?;
        }
        Ok(file)
    }

    fn count(&mut self, source: &str, log: LogId, entry: &Entry, text: &str, place: &Place, line: u64) {
        let recorded = second(log, entry.at) + self.offset(log);
        let month = local(Tz::Asia__Almaty, recorded).format("%Y-%m").to_string();
        *self
            .counts
            .entry(source.to_owned())
            .or_default()
            .entry(month)
            .or_default()
            .entry(entry.class.to_owned())
            .or_default() += 1;
        self.records += 1;
        self.look_alike += u64::from(text.contains(LOOK_ALIKE));
        if log == LogId::Vpn {
            *self
                .vpn_hours
                .entry(log.clock(entry.at).format("%Y-%m-%d %H").to_string())
                .or_default() += 1;
        }
        if let Some(mark) = entry.mark {
            let row = Row {
                source: source.to_owned(),
                path: format!("logs/{}", place.path),
                members: place.members.clone(),
                line,
                instant: rfc3339(entry.at),
                recorded: rfc3339(recorded),
                role: mark.1.to_owned(),
                class: entry.class.to_owned(),
                text: text.to_owned(),
            };
            self.rows.entry(mark.0).or_default().push((entry.at, row));
        }
    }

    /// Writes a file, or keeps it for the archive that it goes into.
    fn store(&mut self, logs: &Path, place: Place, bytes: Vec<u8>, modified: i64) -> io::Result<()> {
        let archive = place.containers.iter().position(|c| matches!(*c, "tar" | "zip"));
        let inner = archive.map_or(0, |at| at + 1);
        let name = place.members.last().unwrap_or(&place.path).clone();
        let plain_name = name.rsplit('/').next().unwrap_or(&name);
        let plain_name = plain_name
            .rsplit_once('.')
            .map_or(plain_name, |(stem, _)| stem)
            .to_owned();
        let mut bytes = bytes;
        for method in place.containers[inner..].iter().rev() {
            bytes = pack::compress(method, &plain_name, &bytes, modified)?;
        }
        match archive {
            None => write_file(&logs.join(&place.path), &bytes, modified),
            Some(at) => {
                let outer = self
                    .outer
                    .entry(place.path)
                    .or_insert_with(|| (place.containers[..=at].to_vec(), Vec::new()));
                outer.1.push(Member {
                    name,
                    bytes,
                    modified,
                });
                Ok(())
            }
        }
    }

    fn write_archives(&mut self, logs: &Path) -> io::Result<()> {
        for (path, (containers, members)) in std::mem::take(&mut self.outer) {
            let modified = members.iter().map(|m| m.modified).max().unwrap_or(SCENARIO_FROM);
            let mut bytes = if containers.last() == Some(&"zip") {
                pack::zip(&members)?
            } else {
                pack::tar(&members)?
            };
            let name = path.rsplit('/').next().unwrap_or(&path);
            for method in containers.iter().rev().skip(1) {
                bytes = pack::compress(
                    method,
                    name.rsplit_once('.').map_or(name, |(stem, _)| stem),
                    &bytes,
                    modified,
                )?;
            }
            write_file(&logs.join(&path), &bytes, modified)?;
        }
        Ok(())
    }

    fn finish_source(&mut self, mut source: Source) {
        source.records = source.files.iter().map(|f| f.records).sum();
        self.sources.push(source);
    }
}

/// The instant as far as the log's own clock writes it.
pub(super) fn second(log: LogId, at: i64) -> i64 {
    match log {
        LogId::DbAudit | LogId::Pg | LogId::Fs => at / 1000 * 1000,
        LogId::Mail => at,
        // Seven digits are written; the last one lies below the microsecond.
        LogId::Dc => at,
        _ => at.div_euclid(SECOND) * SECOND,
    }
}

/// Lower-case hexadecimal SHA-256.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// Writes a file with its folders; the file system says it was last written then.
pub(super) fn write_file(path: &Path, bytes: &[u8], modified: i64) -> io::Result<()> {
    let named = |e: io::Error| io::Error::new(e.kind(), format!("{}: {e}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(named)?;
    }
    std::fs::write(path, bytes).map_err(named)?;
    let time = SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(modified).unwrap_or(0));
    std::fs::File::options()
        .write(true)
        .open(path)
        .and_then(|f| f.set_modified(time))
        .map_err(named)
}
