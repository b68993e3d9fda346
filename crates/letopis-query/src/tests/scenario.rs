//! A small administration in Almaty, 1 October 2025 to 30 April 2026, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chrono::{DateTime, Datelike as _, TimeDelta, Weekday};
use letopis_event::{
    Category, EventBuf, EventTime, Kind, LineNumber, Number, ObjectDigest, Origin, Outcome, Span, Text,
    TimeBasis, Zone,
};
use letopis_table::{BatchBuilder, RowContext, SegmentWriter};

use super::search::{BLOCK, WordSearch, words};
use crate::companions::CompanionStore;
use crate::engine::{Engine, EngineOptions};
use crate::error::BoxError;
use crate::original::{OriginalReader, OriginalText, RecordPlace};
use crate::store::{SegmentBytes, SegmentInfo, SegmentStore};
use crate::tables::{AccessRow, LedgerRow, NoteRow, ObjectRow, SourceRow};

/// One record: what a person would write down of it.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) time: Option<i64>,
    pub(super) basis: TimeBasis,
    pub(super) kind: Kind,
    pub(super) outcome: Outcome,
    pub(super) texts: Vec<(Text, String)>,
    pub(super) attrs: Vec<(String, String)>,
    pub(super) bytes_moved: Option<i64>,
    pub(super) raw: String,
}

/// Records of one file.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) digest: ObjectDigest,
    pub(super) source: &'static str,
    pub(super) format: &'static str,
    pub(super) encoding: &'static str,
    pub(super) category: Category,
    pub(super) records: Vec<Record>,
}

pub(super) fn micros(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
}

pub(super) fn record(time: &str, kind: &str, outcome: &str) -> Record {
    Record {
        time: (!time.is_empty()).then(|| micros(time)),
        basis: if time.is_empty() {
            TimeBasis::None
        } else {
            TimeBasis::Stated
        },
        kind: Kind::parse(kind).unwrap_or_else(|| panic!("no kind {kind}")),
        outcome: match outcome {
            "success" => Outcome::Success,
            "failure" => Outcome::Failure,
            _ => Outcome::Unknown,
        },
        texts: Vec::new(),
        attrs: Vec::new(),
        bytes_moved: None,
        raw: format!("{time} {kind}"),
    }
}

impl Record {
    pub(super) fn with(mut self, column: &str, value: &str) -> Self {
        let text = Text::from_column(column).unwrap_or_else(|| panic!("no column {column}"));
        self.texts.push((text, value.to_owned()));
        self.raw.push(' ');
        self.raw.push_str(value);
        self
    }

    fn attr(mut self, name: &str, value: &str) -> Self {
        self.attrs.push((name.to_owned(), value.to_owned()));
        self
    }

    fn assumed(mut self, basis: TimeBasis) -> Self {
        self.basis = basis;
        self
    }
}

/// Everything, in the order of segments.
pub(super) fn files() -> Vec<File> {
    let file = |number: u8, source, format, category, records| File {
        digest: ObjectDigest([number; 32]),
        source,
        format,
        encoding: if format == "evtx" { "binary" } else { "utf-8" },
        category,
        records,
    };
    vec![
        file(0x11, "srv1", "syslog", Category::Os, server()),
        file(0x22, "dc1", "evtx", Category::Os, controller()),
        file(0x33, "db1", "postgresql", Category::Dbms, database()),
        file(0x44, "asa", "cisco-asa", Category::Network, firewall()),
        file(0x55, "vpn", "syslog", Category::Network, vpn()),
    ]
}

/// A server that writes every day but three, and the incident of New Year's night.
fn server() -> Vec<Record> {
    let mut records = Vec::new();
    let mut day = micros("2025-10-01T08:00:00+05:00");
    while day < micros("2026-05-01T00:00:00+05:00") {
        let silent =
            (micros("2026-02-10T00:00:00+05:00")..micros("2026-02-13T00:00:00+05:00")).contains(&day);
        if !silent {
            let time = DateTime::from_timestamp_micros(day).unwrap().to_rfc3339();
            let mut tick = record(&time, "task.run", "")
                .with("host", "srv1.akimat.kz")
                .with("process", "CRON");
            tick = tick.with("message", "(root) CMD (run-parts /etc/cron.daily)");
            records.push(tick.assumed(TimeBasis::ZoneAndYearAssumed));
        }
        if day == micros("2025-12-31T08:00:00+05:00") {
            records.extend(night());
        }
        day += TimeDelta::days(1).num_microseconds().unwrap();
    }
    records.push(record("", "unparsed", "").with("message", "\u{1b}[31m<<< broken line"));
    records
}

fn night() -> Vec<Record> {
    let mut records = Vec::new();
    for second in 0..6 {
        let time = format!("2025-12-31T23:41:0{second}+05:00");
        records.push(
            record(&time, "auth.logon", "failure")
                .with("host", "srv1.akimat.kz")
                .with("user_name", "root")
                .with("src_ip", "203.0.113.9")
                .with("protocol", "ssh")
                .with("message", "Failed password for root from 203.0.113.9"),
        );
    }
    let at =
        |time: &str, kind: &str, outcome: &str| record(time, kind, outcome).with("host", "srv1.akimat.kz");
    records.extend([
        at("2025-12-31T23:44:00+05:00", "auth.logon", "success")
            .with("user_name", "root")
            .with("src_ip", "203.0.113.9")
            .with("message", "Accepted password for root from 203.0.113.9"),
        at("2025-12-31T23:50:00+05:00", "privilege.use", "success")
            .with("user_name", "root")
            .with("target_user", "postgres")
            .with("process", "sudo")
            .with("x_command_line", "/usr/bin/psql -c '\\copy citizens'")
            .with("message", "root : COMMAND=/usr/bin/psql"),
        at("2026-01-01T00:05:00+05:00", "process.start", "success")
            .with("user_name", "root")
            .with("process", "cat")
            .with("x_command_line", "cat /var/log/secure")
            .with("event_group", "1767207900.000:77")
            .with("message", "execve"),
        at("2026-01-01T00:05:00+05:00", "part", "")
            .with("event_group", "1767207900.000:77")
            .with("message", "cwd=/root"),
        at("2026-01-01T02:20:00+05:00", "service.stop", "success")
            .with("service", "auditd")
            .with("message", "Stopped Security Auditing Service."),
    ]);
    records
}

/// A domain controller: accounts, a cleared log, a forgotten password.
fn controller() -> Vec<Record> {
    let at = |time: &str, kind: &str, outcome: &str| record(time, kind, outcome).with("host", "DC1");
    let mut records = vec![
        at("2025-11-03T09:00:00+05:00", "account.create", "success")
            .with("user_name", "AKIMAT\\admin")
            .with("target_user", "aigul")
            .with("code", "4720")
            .with("message", "A user account was created.")
            .attr("SubjectUserName", "admin")
            .attr("Data", "one")
            .attr("Data", "two"),
        at("2025-11-03T09:01:00+05:00", "group.member_add", "success")
            .with("user_name", "AKIMAT\\admin")
            .with("target_user", "aigul")
            .with("target", "Domain Users")
            .with("code", "4728"),
    ];
    for minute in 0..8 {
        let time = format!("2026-01-12T09:0{minute}:00+05:00");
        records.push(
            at(&time, "auth.logon_network", "failure")
                .with("target_user", "Aigul")
                .with("src_ip", "::ffff:10.0.0.15")
                .with("x_logon_type", "3")
                .with("code", "4625"),
        );
    }
    records.extend([
        at("2026-01-12T09:09:00+05:00", "auth.logon_network", "success")
            .with("target_user", "aigul")
            .with("src_ip", "10.0.0.15")
            .with("x_logon_type", "3")
            .with("code", "4624"),
        at("2026-01-01T02:10:00+05:00", "log.clear", "success")
            .with("user_name", "AKIMAT\\admin")
            .with("code", "1102")
            .with("provider", "Security")
            .with("message", "The audit log was cleared."),
        at("2026-01-12T09:10:00+05:00", "privilege.assign", "success")
            .with("user_name", "aigul")
            .with("session", "0x3e7"),
    ]);
    records
}

/// A database used on working days in the forenoon, and read empty in the night.
fn database() -> Vec<Record> {
    let mut records = Vec::new();
    let mut hour = micros("2026-01-05T00:00:00+05:00");
    while hour < micros("2026-03-01T00:00:00+05:00") {
        let local = Zone::Fixed(300).local(hour).unwrap();
        let works = !matches!(local.weekday(), Weekday::Sat | Weekday::Sun);
        let hour_of_day = chrono::Timelike::hour(&local);
        // One working day without a record, and one hour.
        let silent = local.date().to_string() == "2026-02-18"
            || (local.date().to_string() == "2026-02-24" && hour_of_day == 10);
        if works && (9..12).contains(&hour_of_day) && !silent {
            let time = DateTime::from_timestamp_micros(hour).unwrap().to_rfc3339();
            records.push(
                record(&time, "db.select", "success")
                    .with("user_name", "app")
                    .with("src_ip", "10.0.0.20")
                    .with("target", "citizens")
                    .with("x_query", "SELECT name FROM citizens WHERE id = $1"),
            );
        }
        hour += 3_600_000_000;
    }
    let mut read = record("2026-01-01T01:00:00+05:00", "db.select", "success")
        .with("user_name", "postgres")
        .with("src_ip", "10.0.0.11")
        .with("target", "citizens")
        .with("x_query", "SELECT * FROM citizens");
    read.bytes_moved = Some(52_000_000);
    records.insert(0, read);
    records.insert(
        1,
        record("2026-01-01T01:02:00+05:00", "db.copy", "success")
            .with("user_name", "postgres")
            .with("target", "citizens")
            .with("x_query", "COPY citizens TO STDOUT")
            .attr("rows", "120000"),
    );
    records
}

/// A firewall that speaks UTC.
fn firewall() -> Vec<Record> {
    vec![
        record("2025-12-31T18:40:30Z", "firewall.allow", "success")
            .with("src_ip", "203.0.113.9")
            .with("dst_ip", "10.0.0.11")
            .with("message", "Built inbound TCP connection"),
        record("2025-12-31T20:59:59Z", "firewall.block", "failure")
            .with("src_ip", "198.51.100.4")
            .with("dst_ip", "10.0.0.11")
            .with("message", "=cmd|' /C calc'!A0"),
        record("2099-01-01T00:00:00Z", "firewall.allow", "success").with("message", "clock without battery"),
    ]
}

/// A gateway elsewhere, whose clock leaps.
fn vpn() -> Vec<Record> {
    // Every Sunday at half past two on the clock there, until the Sunday on which that hour is left out.
    let mut records: Vec<Record> = ["01", "08", "15", "22"]
        .iter()
        .map(|day| record(&format!("2026-03-{day}T01:30:00Z"), "network.connect", "success"))
        .collect();
    records.extend([
        record("2026-03-29T00:59:59Z", "remote.access", "success")
            .with("user_name", "aigul@akimat.kz")
            .with("src_ip", "2001:db8::7"),
        record("2026-03-29T01:00:00Z", "remote.access", "failure")
            .with("user_name", "аigul")
            .with("src_ip", "2001:db8::7")
            .with("x_reason", "unknown user"),
    ]);
    records
}

/// The archive: Parquet in memory, originals as text, a count of what was opened.
#[derive(Debug)]
pub(super) struct Archive {
    pub(super) infos: Vec<SegmentInfo>,
    pub(super) bytes: BTreeMap<String, Bytes>,
    originals: BTreeMap<ObjectDigest, Vec<u8>>,
    pub(super) opened: Mutex<Vec<String>>,
    /// An object that can not be read.
    pub(super) damaged: Option<ObjectDigest>,
    /// How many records were taken apart.
    pub(super) texts_read: AtomicUsize,
}

impl SegmentStore for Archive {
    fn segments(&self) -> &[SegmentInfo] {
        &self.infos
    }

    fn open(&self, id: &str) -> Result<Arc<dyn SegmentBytes>, BoxError> {
        self.opened.lock().unwrap().push(id.to_owned());
        let bytes = self.bytes.get(id).ok_or("no such segment")?;
        Ok(Arc::new(bytes.clone()))
    }
}

#[derive(Debug)]
pub(super) struct Originals(pub(super) Arc<Archive>);

impl OriginalText for Originals {
    fn reader(&self) -> Result<Box<dyn OriginalReader>, BoxError> {
        Ok(Box::new(Self(Arc::clone(&self.0))))
    }
}

impl OriginalReader for Originals {
    fn read(&mut self, place: &RecordPlace<'_>, out: &mut String) -> Result<(), BoxError> {
        assert_ne!(place.encoding, "binary");
        self.0.texts_read.fetch_add(1, Ordering::Relaxed);
        let text = std::str::from_utf8(self.bytes(place.object, place.span)?)?;
        out.clear();
        out.push_str(text);
        Ok(())
    }

    fn keep(&mut self, _: ObjectDigest, _: Span, _: Option<&[u8]>) {}

    /// Parts are small: some records lie in two.
    fn part(&mut self, object: ObjectDigest, offset: u64) -> Result<Span, BoxError> {
        let length = self.0.originals.get(&object).ok_or("no such object")?.len() as u64;
        let offset = offset - offset % PART;
        let length = length.checked_sub(offset).ok_or("the object is too short")?;
        Ok(Span {
            offset,
            length: length.min(PART),
        })
    }

    fn bytes(&mut self, object: ObjectDigest, span: Span) -> Result<&[u8], BoxError> {
        if self.0.damaged == Some(object) {
            return Err("the object is damaged".into());
        }
        let bytes = self.0.originals.get(&object).ok_or("no such object")?;
        let bytes = bytes.get(span.offset as usize..span.end() as usize);
        Ok(bytes.ok_or("the object is too short")?)
    }
}

/// Bytes of a part of an original.
pub(super) const PART: u64 = 1000;

pub(super) fn archive() -> Archive {
    let mut archive = Archive {
        infos: Vec::new(),
        bytes: BTreeMap::new(),
        originals: BTreeMap::new(),
        opened: Mutex::new(Vec::new()),
        damaged: None,
        texts_read: AtomicUsize::new(0),
    };
    for file in files() {
        add(&mut archive, &file);
    }
    archive
}

fn add(archive: &mut Archive, file: &File) {
    let mut builder = BatchBuilder::new();
    let mut writer = SegmentWriter::new(Vec::new()).unwrap();
    let mut object = Vec::new();
    let context = RowContext {
        object: &file.digest,
        source: file.source,
        ingested: micros("2026-05-01T10:00:00+05:00"),
        format_category: Some(file.category),
        source_category: None,
    };
    for (number, record) in file.records.iter().enumerate() {
        let span = Span {
            offset: object.len() as u64,
            length: record.raw.len() as u64,
        };
        let event = event(record);
        let mut rendered = String::new();
        event.rendered_text(&mut rendered);
        let origin = Origin {
            span,
            line: Some(LineNumber(number as u64 + 1)),
            bytes: record.raw.as_bytes(),
            text: &record.raw,
            encoding: file.encoding,
            lossy: false,
            format: file.format,
        };
        builder.append(&context, &origin, &event).unwrap();
        object.extend_from_slice(record.raw.as_bytes());
        object.push(b'\n');
    }
    writer.write(&builder.finish().unwrap()).unwrap();
    let (summary, bytes) = writer.finish().unwrap();
    let id = format!("{}-all", file.source);
    let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (column, set) in [
        ("source", &summary.sources),
        ("category", &summary.categories),
        ("format", &summary.formats),
        ("kind", &summary.kinds),
        ("object", &summary.objects),
    ] {
        assert!(!set.overflown);
        values.insert(column.to_owned(), set.values.clone());
    }
    archive.infos.push(SegmentInfo {
        id: id.clone(),
        rows: summary.rows,
        bytes: bytes.len() as u64,
        time: summary.first_time.zip(summary.last_time),
        rows_without_time: Some(summary.without_time),
        values,
    });
    archive.bytes.insert(id, bytes.into());
    archive.originals.insert(file.digest, object);
}

pub(super) fn event(record: &Record) -> EventBuf {
    let mut event = EventBuf::default();
    (event.kind, event.outcome) = (record.kind, record.outcome);
    event.time = EventTime {
        micros: record.time,
        offset_min: record.time.map(|_| 300),
        basis: record.basis,
        ..EventTime::default()
    };
    for (column, value) in &record.texts {
        event.set(*column, value);
    }
    for (name, value) in &record.attrs {
        event.attr(name, value);
    }
    if let Some(bytes) = record.bytes_moved {
        event.set_number(Number::XBytes, bytes);
    }
    event
}

/// What the index and an exact reader see of a record.
pub(super) fn searched_text(file: &File, record: &Record) -> String {
    if file.encoding != "binary" {
        return record.raw.clone();
    }
    let mut text = String::new();
    event(record).rendered_text(&mut text);
    text
}

pub(super) fn index() -> WordSearch {
    let mut search = WordSearch::default();
    for file in files() {
        let mut blocks: Vec<BTreeSet<String>> = Vec::new();
        for (row, record) in file.records.iter().enumerate() {
            if (row as u64).is_multiple_of(BLOCK) {
                blocks.push(BTreeSet::new());
            }
            let block = blocks.last_mut().unwrap();
            block.extend(words(&searched_text(&file, record)));
        }
        search.blocks.insert(
            format!("{}-all", file.source),
            (blocks, file.records.len() as u64),
        );
    }
    search
}

/// Rows that stand ready.
#[derive(Debug)]
pub(super) struct Companions {
    sources: Vec<SourceRow>,
    objects: Vec<ObjectRow>,
    ledger: Vec<LedgerRow>,
    access: Vec<AccessRow>,
    /// How often each table was asked for.
    pub(super) asked: Mutex<BTreeMap<&'static str, u32>>,
}

impl Companions {
    fn ask<R: Clone>(&self, name: &'static str, rows: &[R]) -> Result<Vec<R>, BoxError> {
        *self.asked.lock().unwrap().entry(name).or_default() += 1;
        Ok(rows.to_vec())
    }
}

impl CompanionStore for Companions {
    fn sources(&self) -> Result<Vec<SourceRow>, BoxError> {
        self.ask("sources", &self.sources)
    }

    fn objects(&self) -> Result<Vec<ObjectRow>, BoxError> {
        self.ask("objects", &self.objects)
    }

    fn ledger(&self) -> Result<Vec<LedgerRow>, BoxError> {
        self.ask("ledger", &self.ledger)
    }

    fn access(&self) -> Result<Vec<AccessRow>, BoxError> {
        self.ask("access", &self.access)
    }

    fn notes(&self) -> Result<Vec<NoteRow>, BoxError> {
        let review = NoteRow {
            topic: "review".to_owned(),
            first_day: "2026-04-01".to_owned(),
            ..NoteRow::default()
        };
        self.ask("notes", &[review])
    }

    fn settings(&self) -> Result<Vec<(String, String)>, BoxError> {
        self.ask("settings", &[("time_zone".to_owned(), "Asia/Almaty".to_owned())])
    }
}

pub(super) fn companions() -> Arc<Companions> {
    let objects = files().into_iter().map(|file| ObjectRow {
        object: file.digest.to_string(),
        path: Some(format!("evidence/{}.log", file.source)),
        source: Some(file.source.to_owned()),
        ..ObjectRow::default()
    });
    Arc::new(Companions {
        asked: Mutex::default(),
        sources: vec![
            declared("srv1", "daily"),
            declared("db1", "working-days"),
            declared("usb", "irregular"),
            declared("vpn", "hourly"),
        ],
        objects: objects.collect(),
        ledger: vec![LedgerRow {
            seq: 0,
            time: micros("2026-05-01T09:00:00+05:00"),
            kind: "create".to_owned(),
            hash: "00".repeat(32),
            line: "{}".to_owned(),
            ..LedgerRow::default()
        }],
        access: access(),
    })
}

fn declared(source: &str, rhythm: &str) -> SourceRow {
    SourceRow {
        source: source.to_owned(),
        rhythm: Some(rhythm.to_owned()),
        declared: true,
        ..SourceRow::default()
    }
}

fn access() -> Vec<AccessRow> {
    vec![
        AccessRow {
            seq: 7,
            time: micros("2026-05-01T11:00:00+05:00"),
            result_seq: Some(8),
            result_time: Some(micros("2026-05-01T11:00:04+05:00")),
            person: Some("serik".to_owned()),
            basis: Some("os-account".to_owned()),
            query: Some("source:srv1 root".to_owned()),
            rows: Some(7),
            ended: Some("done".to_owned()),
            ..AccessRow::default()
        },
        AccessRow {
            seq: 9,
            time: micros("2026-05-02T11:00:00+05:00"),
            person: Some("dana".to_owned()),
            query: Some("db1".to_owned()),
            ..AccessRow::default()
        },
    ]
}

pub(super) fn options(threads: usize) -> EngineOptions {
    EngineOptions {
        memory_bytes: 64 << 20,
        spill: None,
        zone: "Asia/Almaty".parse().unwrap(),
        now: micros("2026-05-01T12:00:00+05:00"),
        threads,
    }
}

pub(super) fn engine(archive: Arc<Archive>, search: Arc<WordSearch>, threads: usize) -> Engine {
    let originals = Arc::new(Originals(Arc::clone(&archive)));
    Engine::new(archive, originals, search, companions(), options(threads)).unwrap()
}

pub(super) fn whole_engine() -> Engine {
    engine(Arc::new(archive()), Arc::new(index()), 2)
}
