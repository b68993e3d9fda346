//! Writes small event log files for the tests: binary XML without templates, which readers must take too.

use super::frame::{CHUNK_HEADER, SIGNATURE};
use super::{CHUNK, CHUNK_SIGNATURE, FILE_HEADER, FILE_SIGNATURE};

/// One event to write.
pub(super) struct Entry<'a> {
    pub(super) record: u64,
    pub(super) time: &'a str,
    pub(super) filetime: u64,
    pub(super) provider: &'a str,
    pub(super) channel: &'a str,
    pub(super) code: &'a str,
    pub(super) keywords: &'a str,
    pub(super) data: &'a [(&'a str, &'a str)],
}

/// A chunk being written; names and offsets count from its first byte.
struct Chunk {
    bytes: Vec<u8>,
    names: Vec<(String, u32)>,
}

impl Chunk {
    fn u16(&mut self, value: usize) {
        self.bytes.extend((value as u16).to_le_bytes());
    }

    fn u32(&mut self, value: usize) {
        self.bytes.extend((value as u32).to_le_bytes());
    }

    fn utf16(&mut self, text: &str) {
        self.bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    }

    /// A name is written where it is first used, and referred to later.
    fn name(&mut self, name: &str) {
        if let Some((_, offset)) = self.names.iter().find(|(n, _)| n == name) {
            let offset = *offset as usize;
            return self.u32(offset);
        }
        let offset = self.bytes.len() + 4;
        self.names.push((name.to_owned(), offset as u32));
        self.u32(offset);
        self.u32(0);
        let hash = name
            .encode_utf16()
            .fold(0u32, |h, c| h.wrapping_mul(65599).wrapping_add(u32::from(c)));
        self.u16((hash & 0xffff) as usize);
        self.u16(name.encode_utf16().count());
        self.utf16(name);
        self.u16(0);
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend([0x05, 0x01]);
        self.u16(text.encode_utf16().count());
        self.utf16(text);
    }

    /// An element with attributes and what `inner` writes into it.
    fn element(&mut self, name: &str, attributes: &[(&str, &str)], inner: impl FnOnce(&mut Self)) {
        self.bytes.push(if attributes.is_empty() { 0x01 } else { 0x41 });
        self.u32(0);
        self.name(name);
        if !attributes.is_empty() {
            self.u32(0);
            for (at, (key, value)) in attributes.iter().enumerate() {
                self.bytes
                    .push(if at + 1 < attributes.len() { 0x46 } else { 0x06 });
                self.name(key);
                self.text(value);
            }
        }
        self.bytes.push(0x02);
        inner(self);
        self.bytes.push(0x04);
    }

    fn record(&mut self, entry: &Entry<'_>) {
        let start = self.bytes.len();
        self.bytes.extend(SIGNATURE);
        self.u32(0);
        self.bytes.extend(entry.record.to_le_bytes());
        self.bytes.extend(entry.filetime.to_le_bytes());
        self.bytes.extend([0x0f, 0x01, 0x01, 0x00]);
        let number = entry.record.to_string();
        self.element("Event", &[], |c| {
            c.element("System", &[], |c| {
                c.element("Provider", &[("Name", entry.provider)], |_| {});
                c.element("EventID", &[], |c| c.text(entry.code));
                c.element("Level", &[], |c| c.text("0"));
                c.element("Keywords", &[], |c| c.text(entry.keywords));
                c.element("TimeCreated", &[("SystemTime", entry.time)], |_| {});
                c.element("EventRecordID", &[], |c| c.text(&number));
                c.element("Execution", &[("ProcessID", "712"), ("ThreadID", "3340")], |_| {});
                c.element("Channel", &[], |c| c.text(entry.channel));
                c.element("Computer", &[], |c| c.text("DC1.akimat.example"));
            });
            c.element("EventData", &[], |c| {
                for (name, value) in entry.data {
                    c.element("Data", &[("Name", name)], |c| c.text(value));
                }
            });
        });
        self.bytes.push(0x00);
        while !(self.bytes.len() + 4 - start).is_multiple_of(8) {
            self.bytes.push(0);
        }
        let size = self.bytes.len() + 4 - start;
        self.u32(size);
        self.bytes[start + 4..start + 8].copy_from_slice(&(size as u32).to_le_bytes());
    }
}

/// A log file of one chunk.
pub(super) fn file(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut chunk = Chunk {
        bytes: vec![0; CHUNK_HEADER],
        names: Vec::new(),
    };
    let mut last = CHUNK_HEADER;
    for entry in entries {
        last = chunk.bytes.len();
        chunk.record(entry);
    }
    let mut bytes = chunk.bytes;
    let end = bytes.len();
    let ids = [
        entries.first().map_or(0, |e| e.record),
        entries.last().map_or(0, |e| e.record),
    ];
    bytes[..8].copy_from_slice(CHUNK_SIGNATURE);
    for (at, value) in [(8, ids[0]), (16, ids[1]), (24, ids[0]), (32, ids[1])] {
        bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }
    let sum = evtx::checksum_ieee(&bytes[CHUNK_HEADER..]);
    for (at, value) in [(40, 128), (44, last as u32), (48, end as u32), (52, sum)] {
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    let head: Vec<u8> = bytes[..120]
        .iter()
        .chain(&bytes[128..CHUNK_HEADER])
        .copied()
        .collect();
    bytes[124..128].copy_from_slice(&evtx::checksum_ieee(&head).to_le_bytes());
    bytes.resize(CHUNK, 0);
    let mut file = vec![0; FILE_HEADER];
    file[..8].copy_from_slice(FILE_SIGNATURE);
    for (at, value) in [(36, 1u16), (38, 3), (40, 4096), (42, 1)] {
        file[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }
    file[32..36].copy_from_slice(&128u32.to_le_bytes());
    let sum = evtx::checksum_ieee(&file[..120]);
    file[124..128].copy_from_slice(&sum.to_le_bytes());
    file.extend(bytes);
    file
}

/// The events of the sample: a refused logon and a successful one.
pub(super) const SAMPLE: &[Entry<'static>] = &[
    Entry {
        record: 4101,
        time: "2025-12-31T18:41:07.1234567Z",
        filetime: 134_116_296_671_234_567,
        provider: "Microsoft-Windows-Security-Auditing",
        channel: "Security",
        code: "4625",
        keywords: "0x8010000000000000",
        data: &[
            ("SubjectUserName", "-"),
            ("SubjectLogonId", "0x0"),
            ("TargetUserName", "aigul"),
            ("TargetDomainName", "AKIMAT"),
            ("Status", "0xc000006d"),
            ("SubStatus", "0xc000006a"),
            ("LogonType", "10"),
            ("WorkstationName", "ЖҰМЫС-7"),
            ("IpAddress", "::ffff:192.0.2.44"),
            ("IpPort", "50211"),
        ],
    },
    Entry {
        record: 4102,
        time: "2025-12-31T18:41:19.5000000Z",
        filetime: 134_116_296_795_000_000,
        provider: "Microsoft-Windows-Security-Auditing",
        channel: "Security",
        code: "4624",
        keywords: "0x8020000000000000",
        data: &[
            ("TargetUserName", "aigul"),
            ("TargetDomainName", "AKIMAT"),
            ("TargetLogonId", "0x5c1e2"),
            ("LogonType", "3"),
            ("ProcessName", "C:\\Windows\\System32\\svchost.exe"),
            ("ProcessId", "0x2c8"),
            ("IpAddress", "192.0.2.44"),
            ("IpPort", "0"),
        ],
    },
];
