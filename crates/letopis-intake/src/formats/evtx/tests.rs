//! Event log files against what libevtx read of the same files, and files that we damage ourselves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use letopis_event::StructureKind;

use super::chunk::RECOVERED;
use super::frame::{self, CHUNK_HEADER};
use super::{CHUNK, CHUNK_SIGNATURE, FILE_HEADER, companion, writer};
use crate::testing::{Read, Row, read_as};

/// The folder of outsiders' logs, where it is there.
fn corpus() -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus"));
    if folder.is_dir() {
        return Some(folder.to_owned());
    }
    eprintln!("skipped: no folder {} with outsiders' logs", folder.display());
    None
}

/// A table of the corpus: rows as name to value.
fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    lines
        .map(|line| {
            let values = line.split('\t').map(str::to_owned);
            names.iter().map(|n| (*n).to_owned()).zip(values).collect()
        })
        .collect()
}

fn live(read: &Read) -> Vec<&Row> {
    let apart = |row: &&Row| row.get("status").as_deref() != Some(RECOVERED);
    read.rows.iter().filter(apart).collect()
}

/// Files where we read more than libevtx does: readable records beyond its count, records that are reported as
/// unparsed, and why.
const EXPLAINED: &[(&str, usize, usize, &str)] = &[
    (
        "Microsoft-Windows-LanguagePackSetup%4Operational.evtx",
        0,
        1,
        "its last record was half written",
    ),
    (
        "System2.evtx",
        89,
        1,
        "the file is cut inside its third chunk, whose whole records we read",
    ),
];

/// Every file gives as many records as libevtx finds, none of them unreadable; those from free space are apart.
#[test]
fn counts_equal_those_of_libevtx() {
    let Some(corpus) = corpus() else { return };
    let mut wrong = Vec::new();
    let (mut records, mut recovered, mut theirs) = (0, 0, 0);
    for row in table(&corpus.join("evtx-counts.tsv")) {
        let bytes = std::fs::read(corpus.join(&row["file"])).unwrap();
        let read = read_as(&bytes, "evtx");
        let expected: usize = row["libevtx_records"].parse().unwrap();
        let found = live(&read);
        let unparsed = found
            .iter()
            .filter(|r| r.get("kind").as_deref() == Some("unparsed"))
            .count();
        records += found.len();
        recovered += read.rows.len() - found.len();
        theirs += row["libevtx_recovered"].parse::<usize>().unwrap();
        let explained = EXPLAINED.iter().find(|(file, ..)| row["file"].ends_with(file));
        let (more, damaged) = explained.map_or((0, 0), |(_, more, damaged, _)| (*more, *damaged));
        if found.len() - unparsed != expected + more || unparsed != damaged {
            wrong.push(format!(
                "{}: {} records, {unparsed} unparsed {:?}, expected {expected} ({} recovered, libevtx {})",
                row["file"],
                found.len(),
                read.summary.unparsed_examples,
                read.rows.len() - found.len(),
                row["libevtx_recovered"],
            ));
        }
    }
    eprintln!("evtx: {records} records, {recovered} recovered from free space (libevtx {theirs})");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Ids, provider, channel, computer, user and time of every record equal those that libevtx read.
#[test]
fn records_equal_those_of_libevtx() {
    let Some(corpus) = corpus() else { return };
    let mut files: BTreeMap<String, Vec<BTreeMap<String, String>>> = BTreeMap::new();
    for row in table(&corpus.join("evtx-records.tsv")) {
        files.entry(row["file"].clone()).or_default().push(row);
    }
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (file, expected) in files {
        let bytes = std::fs::read(corpus.join(&file)).unwrap();
        let read = read_as(&bytes, "evtx");
        let found = live(&read);
        for (at, row) in expected.iter().enumerate() {
            // One record (issue_201.evtx) that libevtx could not read, and we do.
            if row["event_id"].is_empty() {
                continue;
            }
            let Some(event) = found.get(at) else {
                wrong.push(format!("{file}: record {at} is missing"));
                continue;
            };
            for (column, name) in [
                ("x_record_id", "event_record_id"),
                ("code", "event_id"),
                ("provider", "provider"),
                ("attrs.Channel", "channel"),
                ("host", "computer"),
                ("attrs.UserID", "user_sid"),
                ("attrs.ExecutionProcessID", "pid"),
            ] {
                compared += 1;
                let ours = event.get(column).unwrap_or_default();
                let theirs = row.get(name).map_or("", String::as_str);
                if ours != theirs {
                    wrong.push(format!(
                        "{file} record {at}: {column} is `{ours}`, expected `{theirs}`"
                    ));
                }
            }
            compared += 1;
            let theirs = row["created_time"]
                .trim_end_matches('Z')
                .trim_end_matches('0')
                .to_owned();
            let ours = event.get("time_text").unwrap_or_default();
            if ours.trim_end_matches('Z').trim_end_matches('0') != theirs || event.micros().is_none() {
                wrong.push(format!(
                    "{file} record {at}: time is `{ours}`, expected `{theirs}`"
                ));
            }
        }
    }
    eprintln!("evtx: {compared} values compared, {} differ", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The sample file, whole.
fn sample() -> Vec<u8> {
    writer::file(writer::SAMPLE)
}

/// The sample is the writer's file without the empty end of its chunk.
fn cut_sample() -> Vec<u8> {
    let mut bytes = sample();
    let end = frame::u32_at(&bytes, FILE_HEADER + 48).unwrap() as usize;
    bytes.truncate(FILE_HEADER + end);
    bytes
}

#[test]
fn the_sample_is_what_the_writer_makes() {
    assert!(
        include_bytes!("sample.evtx") == cut_sample().as_slice(),
        "run the ignored test `make_the_sample`"
    );
}

/// Writes the sample anew after the writer changed.
#[test]
#[ignore = "writes into the source folder"]
fn make_the_sample() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/formats/evtx/sample.evtx");
    std::fs::write(path, cut_sample()).unwrap();
}

/// Reads damaged bytes: kinds of the rows with their reasons, and the structure.
fn outcome(bytes: &[u8]) -> (Vec<String>, Vec<StructureKind>) {
    let read = read_as(bytes, "evtx");
    let show = |row: &Row| match row.get("kind").as_deref() {
        Some("unparsed") => format!("unparsed: {}", row.get("x_reason").unwrap_or_default()),
        _ => {
            let apart = row
                .get("status")
                .filter(|s| s == RECOVERED)
                .map_or(String::new(), |s| format!(" {s}"));
            row.get("code").unwrap_or_default() + &apart
        }
    };
    (
        read.rows.iter().map(show).collect(),
        read.structure.iter().map(|(_, kind)| *kind).collect(),
    )
}

#[test]
fn a_damaged_file_header_is_reported_and_the_records_are_read() {
    let mut bytes = sample();
    bytes[0] = b'x';
    let (rows, _) = outcome(&bytes);
    let header = "unparsed: the signature of the file header is missing: expected `ElfFile`";
    assert_eq!(rows, [header, "4625", "4624"]);
}

#[test]
fn a_chunk_without_its_header_still_gives_its_records() {
    let mut bytes = sample();
    bytes[FILE_HEADER..FILE_HEADER + CHUNK_HEADER].fill(0x5a);
    let (rows, structure) = outcome(&bytes);
    let header = "unparsed: the signature of the chunk is missing: expected `ElfChnk`";
    assert_eq!(rows, [header, "4625", "4624"]);
    assert_eq!(structure, [StructureKind::Header, StructureKind::Padding]);
}

#[test]
fn a_chunk_alone_is_read() {
    let bytes = &sample()[FILE_HEADER..];
    assert_eq!(outcome(bytes).0, ["4625", "4624"]);
}

#[test]
fn a_damaged_record_leaves_the_others() {
    let mut bytes = sample();
    // The binary XML of the first record: its first token becomes none.
    bytes[FILE_HEADER + CHUNK_HEADER + 28] = 0xee;
    let (rows, _) = outcome(&bytes);
    assert_eq!(rows.len(), 2, "{rows:#?}");
    assert!(
        rows[0].starts_with("unparsed: the record cannot be rendered: "),
        "{}",
        rows[0]
    );
    assert_eq!(rows[1], "4624", "{rows:#?}");
    // The signature: the bytes up to the next record are unparsed.
    let mut bytes = sample();
    bytes[FILE_HEADER + CHUNK_HEADER] = 0;
    let (rows, _) = outcome(&bytes);
    assert_eq!(
        rows[0],
        "unparsed: no record begins here: expected the signature 2a 2a 00 00"
    );
    assert_eq!(rows[1], "4624");
}

#[test]
fn a_cut_record_says_how_much_is_there() {
    let bytes = cut_sample();
    let (rows, _) = outcome(&bytes[..bytes.len() - 40]);
    assert_eq!(rows[0], "4625");
    assert!(
        rows[1].starts_with("unparsed: the record is cut: "),
        "{}",
        rows[1]
    );
}

#[test]
fn records_in_free_space_are_apart() {
    let mut bytes = sample();
    let second = frame::next_frame(&bytes, FILE_HEADER + CHUNK_HEADER + 4).unwrap() - FILE_HEADER;
    // The header ends the log behind the first record; the second is an older one with an id that does not follow.
    bytes[FILE_HEADER + 48..FILE_HEADER + 52].copy_from_slice(&(second as u32).to_le_bytes());
    bytes[FILE_HEADER + second + 8] = 1;
    let (rows, structure) = outcome(&bytes);
    assert_eq!(rows, ["4625", "4624 recovered"]);
    assert_eq!(structure, [StructureKind::Header, StructureKind::Padding]);
}

#[test]
fn records_behind_a_header_not_brought_up_to_date_are_in_use() {
    let mut bytes = sample();
    let second = frame::next_frame(&bytes, FILE_HEADER + CHUNK_HEADER + 4).unwrap() - FILE_HEADER;
    bytes[FILE_HEADER + 48..FILE_HEADER + 52].copy_from_slice(&(second as u32).to_le_bytes());
    assert_eq!(outcome(&bytes).0, ["4625", "4624"]);
}

#[test]
fn a_wrong_check_sum_is_noted() {
    let mut bytes = sample();
    bytes[FILE_HEADER + 52] ^= 1;
    let read = read_as(&bytes, "evtx");
    let note = read.rows[0].get("attrs.EvtxChunk").unwrap();
    assert_eq!(note, "the check sum of the chunk's header differs");
    assert_eq!(read.rows.len(), 2);
}

#[test]
fn junk_behind_the_chunks_is_reported() {
    let mut bytes = sample();
    bytes.extend(vec![0x11; 3000]);
    let (rows, _) = outcome(&bytes);
    assert_eq!(rows.len(), 3);
    assert!(rows[2].contains("no record was found"), "{}", rows[2]);
    let mut bytes = sample();
    bytes.extend(vec![0; CHUNK + 10]);
    assert_eq!(outcome(&bytes).1.last(), Some(&StructureKind::Padding));
}

/// The crate's other rendering, as XML, read by the reader of XML exports: the same columns and data, but for
/// control characters, which XML cannot hold, and line ends, which it makes one.
#[test]
fn both_renderings_of_a_record_give_the_same_event() {
    let Some(corpus) = corpus() else { return };
    let mut wrong = Vec::new();
    let (mut records, mut compared) = (0, 0);
    for row in table(&corpus.join("evtx-counts.tsv")) {
        let path = corpus.join(&row["file"]);
        let bytes = std::fs::read(&path).unwrap();
        let read = read_as(&bytes, "evtx");
        let mut xml = String::new();
        let mut parser = evtx::EvtxParser::from_buffer(bytes).unwrap();
        for record in parser.records().filter_map(Result::ok) {
            let at = record.data.find("<Event").unwrap();
            xml.push_str(&record.data[at..]);
            xml.push('\n');
        }
        let from_xml = read_as(xml.as_bytes(), "windows-xml");
        assert_eq!(
            from_xml.summary.unparsed, 0,
            "{}: {:?}",
            row["file"], from_xml.summary.unparsed_examples
        );
        let key = |row: &Row| (row.get("x_record_id"), row.get("time_text"), row.get("code"));
        for event in live(&read) {
            let Some(other) = from_xml.rows.iter().find(|r| key(r) == key(event)) else {
                continue;
            };
            records += 1;
            for column in [
                "kind",
                "outcome",
                "level",
                "user_name",
                "target_user",
                "session",
                "process",
                "pid",
                "src_ip",
                "src_port",
                "dst_ip",
                "dst_port",
                "protocol",
                "target",
                "action",
                "status",
                "provider",
                "host",
                "service",
                "message",
                "x_command_line",
                "x_hash",
                "x_reason",
                "x_new_value",
                "time",
            ] {
                compared += 1;
                let (ours, theirs) = (event.get(column), other.get(column));
                let plain = |text: Option<String>| {
                    text.map(|t| t.replace("\r\n", "\n").replace(char::is_control, "_"))
                };
                if plain(ours.clone()) != plain(theirs.clone()) {
                    wrong.push(format!(
                        "{}: {column} is {ours:?}, as XML {theirs:?}",
                        row["file"]
                    ));
                }
            }
        }
    }
    eprintln!(
        "evtx as XML: {records} records, {compared} values compared, {} differ",
        wrong.len()
    );
    assert!(records >= 590, "only {records} records were found in both");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Outsiders' event logs: how many of the records in use get a sentence from the tables. What no table knows is told
/// by its provider, its id and its data.
#[test]
fn records_of_outsiders_get_a_sentence() {
    let Some(corpus) = corpus() else { return };
    let (mut records, mut strange) = (0usize, BTreeMap::<String, usize>::new());
    for row in table(&corpus.join("evtx-counts.tsv")) {
        let bytes = std::fs::read(corpus.join(&row["file"])).unwrap();
        let read = read_as(&bytes, "evtx");
        for event in live(&read) {
            if event.get("kind").as_deref() == Some("unparsed") {
                continue;
            }
            records += 1;
            let message = event.get("message").unwrap_or_default();
            assert!(!message.is_empty(), "{}: a record without a text", row["file"]);
            assert_eq!(event.get("attrs.message_by").as_deref(), Some("letopis"));
            let provider = event.get("provider").unwrap_or_default();
            if message.starts_with(&format!("{provider} event ")) {
                let id = event.get("code").unwrap_or_default();
                *strange.entry(format!("{provider} {id}")).or_default() += 1;
            }
        }
    }
    let without: usize = strange.values().sum();
    eprintln!("evtx: {records} records in use, {without} of no known id {strange:?}");
    assert!(without * 50 <= records, "{without} of {records}: {strange:?}");
}

/// A chunk that a file ends in, filled up with zeros as readers do.
fn whole_chunk(part: &[u8]) -> Vec<u8> {
    let mut chunk = part.to_vec();
    chunk.resize(CHUNK, 0);
    chunk
}

/// A chunk with nothing in it but its header, one record, and the records that it points to.
fn only_with_references(
    chunk: &[u8],
    spans: &[(usize, usize)],
    record: (usize, usize),
) -> Option<(Vec<u8>, usize)> {
    let places = companion::references(chunk, record.0, record.1)?;
    let mut wanted: std::collections::BTreeSet<(usize, usize)> = places
        .iter()
        .filter_map(|place| {
            spans
                .iter()
                .find(|(from, to)| (*from..*to).contains(place))
                .copied()
        })
        .collect();
    let others = wanted.len();
    wanted.insert(record);
    let mut alone = vec![0; chunk.len()];
    alone[..CHUNK_HEADER].copy_from_slice(&chunk[..CHUNK_HEADER]);
    for (from, to) in wanted {
        alone[from..to].copy_from_slice(&chunk[from..to]);
    }
    Some((alone, others))
}

/// Whoever has a record and those that it points to reads the same as we who have the whole file.
#[test]
fn a_record_and_what_it_points_to_are_enough_to_read_it() {
    let mut files = vec![("sample.evtx".to_owned(), include_bytes!("sample.evtx").to_vec())];
    if let Some(corpus) = corpus() {
        for row in table(&corpus.join("evtx-counts.tsv")) {
            files.push((
                row["file"].clone(),
                std::fs::read(corpus.join(&row["file"])).unwrap(),
            ));
        }
    }
    let whole_corpus = files.len() > 1;
    let (mut compared, mut pointing, mut unfollowed) = (0, 0, 0);
    for (name, bytes) in files {
        let first = if bytes.starts_with(CHUNK_SIGNATURE) {
            0
        } else {
            FILE_HEADER
        };
        for part in bytes[first.min(bytes.len())..].chunks(CHUNK) {
            let chunk = &whole_chunk(part)[..];
            let mut spans = Vec::new();
            while let Some(at) = frame::next_frame(chunk, spans.last().map_or(CHUNK_HEADER, |(_, end)| *end))
            {
                spans.push((at, frame::frame(chunk, at).unwrap().end));
            }
            for record in &spans {
                let Some(expected) = companion::xml(chunk.to_vec(), record.0) else {
                    continue;
                };
                let Some((alone, others)) = only_with_references(chunk, &spans, *record) else {
                    unfollowed += 1;
                    continue;
                };
                let found = companion::xml(alone, record.0);
                assert_eq!(found.as_ref(), Some(&expected), "{name}: record at {}", record.0);
                compared += 1;
                pointing += usize::from(others > 0);
            }
        }
    }
    eprintln!(
        "evtx alone: {compared} records compared, {pointing} point to others, {unfollowed} are not followed"
    );
    assert!(compared > 0 && unfollowed * 100 <= compared);
    assert!(
        !whole_corpus || pointing * 2 > compared,
        "most records have a template elsewhere"
    );
}

#[test]
fn a_companion_is_found_by_the_place_of_its_record() {
    let bytes = include_bytes!("sample.evtx");
    let chunk = &whole_chunk(&bytes[FILE_HEADER..])[..];
    let first = frame::next_frame(chunk, CHUNK_HEADER).unwrap();
    let second = frame::frame(chunk, first).unwrap().end;
    let end = frame::frame(chunk, second).unwrap().end;
    let span = |offset: usize, length: usize| letopis_event::Span {
        offset: (FILE_HEADER + offset) as u64,
        length: length as u64,
    };
    let look = |span| crate::companion("evtx", &mut std::io::Cursor::new(&bytes[..]), span).unwrap();
    let found = look(span(second, end - second)).unwrap();
    assert!(found.rendering.unwrap().contains("<EventID"));
    // Names of elements stand in the first record, which uses them first.
    let inside = (FILE_HEADER + first) as u64..(FILE_HEADER + second) as u64;
    assert!(!found.elsewhere.is_empty() && found.elsewhere.iter().all(|place| inside.contains(place)));
    assert!(look(span(first, second - first)).unwrap().elsewhere.is_empty());
    // Not the place of a record, or another length: nothing is said.
    assert_eq!(look(span(second + 1, 100)), None);
    assert_eq!(look(span(second, end - second - 1)), None);
    assert_eq!(look(span(10_000_000, 100)), None);
    let other = crate::companion(
        "syslog",
        &mut std::io::Cursor::new(&bytes[..]),
        span(second, end - second),
    );
    assert_eq!(other.unwrap(), None);
}

/// Whatever stands in a chunk, looking for references ends and does not panic.
#[test]
fn references_of_broken_chunks_end() {
    let bytes = include_bytes!("sample.evtx");
    let chunk = &whole_chunk(&bytes[FILE_HEADER..])[..];
    let first = frame::next_frame(chunk, CHUNK_HEADER).unwrap();
    let end = frame::frame(chunk, first).unwrap().end;
    for at in first..end {
        for value in [0x00, 0x0c, 0x01, 0x41, 0xff] {
            let mut broken = chunk.to_vec();
            broken[at] = value;
            let _ = companion::references(&broken, first, end);
        }
    }
    let _ = companion::references(&chunk[..first + 30], first, end);
}
