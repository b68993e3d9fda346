use std::io::Write as _;

use super::*;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;

const TOP: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="/xl/workbook.xml"/>
</Relationships>"#;

const RELATED: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>
<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>
</Relationships>"#;

/// As another program writes it: prefixes, runs with formats, a phonetic reading, escapes.
const SHARED: &str = r#"<x:sst xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="4">
<x:si><x:t>id</x:t></x:si><x:si><x:t xml:space="preserve"> Журнал &amp; &#1179;оры </x:t></x:si>
<x:si><x:r><x:rPr><x:b/></x:rPr><x:t>two </x:t></x:r><x:r><x:t>runs</x:t></x:r><x:rPh sb="0" eb="1"><x:t>read</x:t></x:rPh></x:si>
<x:si><x:t/></x:si></x:sst>"#;

const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="0.00&quot; days&quot;"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;

fn workbook(sheet: &str, properties: &str) -> Vec<u8> {
    let book = format!(
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">{properties}<sheets><sheet name="Tabelle1" sheetId="1" r:id="rId9"/></sheets></workbook>"#
    );
    let sheet = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{sheet}</sheetData></worksheet>"#
    );
    packed(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", TOP),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", RELATED),
        ("xl/sharedStrings.xml", SHARED),
        ("xl/styles.xml", STYLES),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut out = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        out.start_file(*name, ::zip::write::SimpleFileOptions::default())
            .unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn read(cells: &str) -> Result<Vec<(u64, Vec<String>)>, String> {
    let sheet = sheet(&workbook(cells, ""), "sources").map_err(|e| e.to_string())?;
    assert_eq!(sheet.name, "Tabelle1");
    Ok(sheet
        .rows
        .into_iter()
        .map(|row| (row.number, row.cells))
        .collect())
}

#[test]
fn cells_come_as_a_person_sees_them() {
    let rows = read(
        r#"<row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c></row>
           <row r="3" spans="1:9"><c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c><c t="s"><v>2</v></c><c><f>6+6</f><v>12</v></c></row>
           <row r="7"><c r="A7"/><c r="B7" t="s"><v>3</v></c></row>
           <row><c r="AA8" t="str"><f>x</f><v>said</v></c><c r="A8" t="b"><v>1</v></c></row>"#,
    );
    let text = |words: &[&str]| -> Vec<String> { words.iter().map(|word| (*word).to_owned()).collect() };
    let mut last = vec![String::new(); 27];
    last[0] = "true".to_owned();
    last[26] = "said".to_owned();
    assert_eq!(
        rows.unwrap(),
        [
            (2, text(&["id", "", " Журнал & қоры "])),
            (3, text(&["ab", "two runs", "12"])),
            (8, last),
        ]
    );
}

#[test]
fn numbers_and_dates_are_written_out() {
    let one = |cell: &str, properties: &str| {
        let bytes = workbook(&format!(r#"<row r="1">{cell}</row>"#), properties);
        sheet(&bytes, "sources").unwrap().rows[0].cells[0].clone()
    };
    // Days as other programs count them: 1 January 2026 is 46023.
    assert_eq!(one(r#"<c s="1"><v>46023</v></c>"#, ""), "2026-01-01");
    assert_eq!(one(r#"<c s="3"><v>46023.75</v></c>"#, ""), "2026-01-01");
    assert_eq!(one(r#"<c s="3"><v>59</v></c>"#, ""), "1900-02-28");
    assert_eq!(one(r#"<c s="3"><v>61</v></c>"#, ""), "1900-03-01");
    let of_1904 = r#"<workbookPr date1904="1"/>"#;
    assert_eq!(one(r#"<c s="1"><v>44561</v></c>"#, of_1904), "2026-01-01");
    assert_eq!(
        one(r#"<c t="d"><v>2026-01-01T10:00:00</v></c>"#, ""),
        "2026-01-01"
    );
    for (number, expected) in [
        ("46023", "46023"),
        ("12.0", "12"),
        ("1.2E1", "12"),
        ("-3", "-3"),
        ("0.5", "0.5"),
    ] {
        assert_eq!(one(&format!("<c><v>{number}</v></c>"), ""), expected);
    }
    // "days" in quotes is no day.
    assert_eq!(one(r#"<c s="2"><v>12</v></c>"#, ""), "12");
}

#[test]
fn what_cannot_be_read_is_named() {
    let error = |cells: &str| read(cells).unwrap_err();
    assert_eq!(
        error(r#"<row r="4"><c r="AB4" t="e"><v>#REF!</v></c></row>"#),
        "workbook: sheet `Tabelle1`, cell AB4: it holds an error, #REF!"
    );
    assert_eq!(
        error(r#"<row r="4"><c r="B4" t="s"><v>4</v></c></row>"#),
        "workbook: sheet `Tabelle1`, cell B4: expected one of 4 shared texts, found `4`"
    );
    assert!(
        error(r#"<row r="3"><c r="G3"><f>6+1</f><v></v></c></row>"#).starts_with(
            "workbook: sheet `Tabelle1`, cell G3: it holds a formula whose value nobody worked out"
        )
    );
    assert!(error(r#"<row r="4"><c r="ZZZZZZZZ4"><v>1</v></c></row>"#).contains("16384 columns"));
    assert!(error(r#"<row r="1"><c s="1"><v>60</v></c></row>"#).contains("expected a date"));
    assert!(error("<row><c><v>1</v></row>").starts_with("workbook: xl/worksheets/sheet1.xml: byte "));
    let other = packed(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet")]);
    assert!(
        sheet(&other, "x")
            .unwrap_err()
            .to_string()
            .starts_with("no workbook (XLSX): expected `_rels/.rels`")
    );
    assert!(sheet(b"PK\x03\x04", "x").is_err());
    assert!(is_workbook(&other) && !is_workbook(b"id,pattern\n"));
}

/// Whatever bytes come: no panic, and a change of any byte is read or refused.
#[test]
fn damaged_workbooks_never_panic() {
    let whole = workbook(
        r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c s="1"><v>46023</v></c></row>"#,
        "",
    );
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        let _ = sheet(&bytes, "sources");
        let _ = sheet(&whole[..at], "sources");
    }
}
