//! Oracle Database's audit files: text (`*.aud`, `AUDIT_TRAIL=OS`) and XML (`AUDIT_TRAIL=XML`).
//!
//! A text record begins with a line that holds the time alone, `NAME:[length] 'value'` lines follow; the lengths tell where
//! a value ends, since a statement may hold quotes and line ends.

use letopis_event::{Category, EventBuf, Kind, Outcome, StructureKind, Text};

use super::scan;
use super::sql;
use super::xml_leaves::leaves;
use crate::format::{
    Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict, joined,
};
use crate::formats::scan::Cut as _;
use crate::timetext;

const KINDS: &[Kind] = &joined::<26>(
    &[
        Kind::AUTH_LOGON,
        Kind::AUTH_LOGOFF,
        Kind::SERVICE_START,
        Kind::SERVICE_STOP,
        Kind::OTHER,
    ],
    sql::KINDS,
);

/// Oracle audit files, text.
pub(super) const TEXT: Format = Format {
    name: "oracle-aud",
    title: "Oracle audit file (.aud)",
    reference: "Oracle Database Security Guide, Administering the Audit Trail, operating system audit trail",
    category: Some(Category::Dbms),
    kinds: KINDS,
    samples: &[
        Sample {
            bytes: b"Audit file /u01/app/oracle/admin/reg/adump/reg_ora_4021.aud\nOracle Database 19c Enterprise Edition Release 19.0.0.0.0\nORACLE_HOME:    /u01/app/oracle/product/19\nSystem name:\tLinux\nInstance name: reg\n\nThu Jan  1 00:12:03 2026 +05:00\nLENGTH : '162'\nACTION :[7] 'CONNECT'\nDATABASE USER:[3] 'sys'\nPRIVILEGE :[6] 'SYSDBA'\nCLIENT USER:[5] 'aigul'\nCLIENT TERMINAL:[5] 'pts/0'\nSTATUS:[1] '0'\nDBID:[10] '1234567890'\n\nThu Jan  1 00:12:09 2026 +05:00\nLENGTH : '170'\nACTION :[33] 'delete from aud$\nwhere name = 'x''\nDATABASE USER:[3] 'sys'\nPRIVILEGE :[6] 'SYSDBA'\nCLIENT USER:[5] 'aigul'\nSTATUS:[4] '1031'\n",
            events: &[
                &[
                    ("kind", "auth.logon"), ("outcome", "success"), ("user_name", "sys"), ("attrs.CLIENT USER", "aigul"), ("attrs.PRIVILEGE", "SYSDBA"),
                    ("x_interface", "pts/0"), ("time", "2026-01-01T00:12:03+05:00"),
                ],
                &[("kind", "db.delete"), ("outcome", "failure"), ("code", "1031"), ("x_query", "delete from aud$\nwhere name = 'x'"), ("target", "aud$")],
            ],
        },
        Sample {
            bytes: b"Thu Jan  1 00:12:03 2026 +05:00\nLENGTH: \"250\"\nSESSIONID:[6] \"900123\" ENTRYID:[1] \"1\" STATEMENT:[1] \"1\" USERID:[5] \"AIGUL\" USERHOST:[4] \"WS17\" TERMINAL:[7] \"unknown\" ACTION:[3] \"100\" RETURNCODE:[4] \"1017\" COMMENT$TEXT:[84] \"Authenticated by: DATABASE; Client address: (ADDRESS=(PROTOCOL=tcp)(HOST=192.0.2.7)(PORT=51000))\" OS$USERID:[5] \"aigul\"\n",
            events: &[&[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "AIGUL"), ("session", "900123"), ("code", "1017"), ("src_ip", "192.0.2.7"), ("attrs.USERHOST", "WS17")]],
        },
    ],
    detect: detect_text,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open: open_text,
    },
};

/// Oracle audit files, XML.
pub(super) const XML: Format = Format {
    name: "oracle-xml-audit",
    title: "Oracle audit file (XML)",
    reference: "Oracle Database Security Guide, Administering the Audit Trail, XML; V$XML_AUDIT_TRAIL",
    category: Some(Category::Dbms),
    kinds: KINDS,
    samples: &[
        Sample {
            bytes: b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Audit xmlns=\"http://xmlns.oracle.com/oracleas/schema/dbserver_audittrail-11_2.xsd\">\n<Version>11.2</Version>\n<AuditRecord><Audit_Type>1</Audit_Type><Session_Id>900123</Session_Id><Extended_Timestamp>2026-01-01T00:12:03.250000Z</Extended_Timestamp><DB_User>AIGUL</DB_User><OS_User>aigul</OS_User><Userhost>WS17</Userhost><OS_Process>4021</OS_Process><Terminal>pts/0</Terminal><Action>3</Action><Returncode>0</Returncode><Object_Schema>REG</Object_Schema><Object_Name>CITIZENS</Object_Name><Sql_Text>select iin from citizens where a &lt; 3</Sql_Text></AuditRecord>\n</Audit>\n",
            events: &[&[
                ("kind", "db.select"), ("outcome", "success"), ("user_name", "AIGUL"), ("session", "900123"), ("target", "REG.CITIZENS"),
                ("x_query", "select iin from citizens where a < 3"), ("time", "2026-01-01T00:12:03.25Z"), ("pid", "4021"),
            ]],
        },
        Sample {
            bytes: b"<Audit xmlns=\"http://xmlns.oracle.com/oracleas/schema/dbserver_audittrail-11_2.xsd\"><AuditRecord><Audit_Type>8</Audit_Type><Extended_Timestamp>2026-01-01T00:12:03Z</Extended_Timestamp><DB_User>/</DB_User><Action>101</Action><Returncode>0</Returncode></AuditRecord></Audit>",
            events: &[&[("kind", "auth.logoff"), ("outcome", "success")]],
        },
    ],
    detect: detect_xml,
    reader: Reader::Text {
        framing: Framing::XmlElement("AuditRecord"),
        open: open_xml,
    },
};

fn time(line: &str) -> Option<(letopis_event::TimeReading, &str)> {
    let plain = line.trimmed_end();
    let (mut reading, taken) = timetext::asctime(plain).or_else(|| timetext::iso8601(plain))?;
    let rest = plain.get(taken..)?;
    if let (letopis_event::TimeReading::Clock { offset_min, .. }, Some(zone)) =
        (&mut reading, rest.strip_prefix(' '))
    {
        // The offset behind the year.
        let (hours, minutes) = zone.get(1..)?.cut(b':')?;
        let value = hours
            .parse::<i16>()
            .ok()?
            .checked_mul(60)?
            .checked_add(minutes.parse().ok()?)?;
        *offset_min = Some(if zone.starts_with('-') { -value } else { value }).filter(|o| o.abs() <= 15 * 60);
        return Some((reading, plain));
    }
    rest.is_empty().then_some((reading, plain))
}

fn is_start(line: &str) -> bool {
    line.len() <= 60 && time(line).is_some()
}

fn detect_text(head: &Head<'_>) -> Option<Claim> {
    let dated = head.lines(200).any(is_start);
    let fields = head
        .lines(200)
        .any(|l| l.starts_with("ACTION :[") || l.starts_with("ACTION:[") || l.has(" ACTION:["));
    (dated && fields && head.text.has("LENGTH")).then(|| Claim {
        confidence: 95,
        reason: "lines that hold a time alone, then LENGTH and ACTION:[…] as in Oracle's audit files"
            .to_owned(),
    })
}

fn detect_xml(head: &Head<'_>) -> Option<Claim> {
    (head.text.has("<AuditRecord>")
        && (head.text.has("dbserver_audittrail") || head.text.has("<Audit_Type>")))
    .then(|| Claim {
        confidence: 96,
        reason: "elements AuditRecord of Oracle's audit trail".to_owned(),
    })
}

fn open_text(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Aud)
}

fn open_xml(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Xml { value: String::new() })
}

struct Aud;

impl RecordReader for Aud {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let (first, rest) = record.text.cut(b'\n').unwrap_or((record.text, ""));
        let Some((reading, time)) = time(first) else {
            return if first.starts_with("Audit file ") || record.text.has("ORACLE_HOME") {
                Verdict::Structure(StructureKind::Header)
            } else {
                Verdict::Unparsed("the record does not begin with a line that holds a time alone")
            };
        };
        event.reading = Some(reading);
        event.set(Text::TimeText, time);
        let mut found = Found::default();
        fields(rest, |name, value| found.take(name, value, event));
        event.set(Text::Message, rest.trimmed_end());
        found.settle(event);
        Verdict::Event
    }
}

/// `NAME:[length] 'value'` or `NAME : 'value'`, one after another; the length is in bytes.
fn fields<'a>(text: &'a str, mut each: impl FnMut(&'a str, &'a str)) {
    let mut rest = text;
    loop {
        rest = rest.trimmed_start();
        let Some((name, after)) = rest.cut(b':') else {
            return;
        };
        let mut after = after.less_start(b' ');
        let mut length = None;
        if let Some((digits, behind)) = after.strip_prefix('[').and_then(|t| t.cut(b']')) {
            length = digits.parse::<usize>().ok();
            after = behind.less_start(b' ');
        }
        let Some(quote) = after.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
            return;
        };
        let inner = after.get(1..).unwrap_or_default();
        // Where the length does not fit, the next quote of the same sort ends the value.
        let end = length
            .filter(|l| inner.get(*l..).is_some_and(|t| t.starts_with(quote)))
            .or_else(|| inner.find(quote))
            .unwrap_or(inner.len());
        each(name.trimmed(), inner.get(..end).unwrap_or_default());
        rest = inner.get(end + 1..).unwrap_or_default();
    }
}

/// What decides the kind.
#[derive(Debug, Default)]
struct Found {
    action: String,
    query: String,
    schema: String,
    object: String,
    comment: String,
}

impl Found {
    fn take(&mut self, name: &str, value: &str, event: &mut EventBuf) {
        let is = |known: &[&str]| known.iter().any(|k| scan::same(name, k));
        if is(&["ACTION"]) {
            self.action.push_str(value);
        } else if is(&["DATABASE USER", "USERID", "DB_User", "DBUSER"]) {
            event.set(Text::UserName, value);
        } else if is(&["STATUS", "RETURNCODE", "Returncode", "RETCODE"]) {
            event.set(Text::Code, value);
            event.outcome = if value == "0" {
                Outcome::Success
            } else {
                Outcome::Failure
            };
        } else if is(&["SESSIONID", "Session_Id", "SESID"]) {
            event.set(Text::Session, value);
        } else if is(&["CLIENT TERMINAL", "TERMINAL"]) {
            event.set(Text::XInterface, value);
        } else if is(&["OS_Process"]) {
            event.set_number_text(letopis_event::Number::Pid, value);
        } else if is(&["SQL_TEXT", "SQLTEXT"]) {
            self.query.push_str(value);
        } else if is(&["OBJ$CREATOR", "Object_Schema", "SCHEMA"]) {
            self.schema.push_str(value);
        } else if is(&["OBJ$NAME", "Object_Name", "OBJNAME"]) {
            self.object.push_str(value);
        } else if is(&["COMMENT$TEXT", "Comment_Text"]) {
            self.comment.push_str(value);
            event.attr(name, value);
        } else if !is(&["LENGTH"]) {
            event.attr(name, value);
        }
    }

    fn settle(&self, event: &mut EventBuf) {
        event.set(Text::Service, "oracle");
        event.set(Text::Action, &self.action);
        if let Some(host) = scan::between(&self.comment, "(HOST=", ")") {
            scan::set_source(event, host);
        }
        if let Some(port) = scan::between(&self.comment, "(PORT=", ")") {
            event.set_number_text(letopis_event::Number::SrcPort, port);
        }
        let number = self.action.parse::<u16>().ok();
        let query = if self.query.is_empty() && number.is_none() {
            &self.action
        } else {
            &self.query
        };
        event.kind = match (number, self.action.as_str()) {
            (Some(100), _) | (_, "CONNECT" | "LOGON") => Kind::AUTH_LOGON,
            (Some(101 | 102), _) | (_, "LOGOFF" | "DISCONNECT") => Kind::AUTH_LOGOFF,
            (_, "STARTUP") => Kind::SERVICE_START,
            (_, "SHUTDOWN") => Kind::SERVICE_STOP,
            _ => statement(query, number, event),
        };
        if !self.object.is_empty() {
            let dot = if self.schema.is_empty() { "" } else { "." };
            event.set_fmt(Text::Target, format_args!("{}{dot}{}", self.schema, self.object));
        }
    }
}

/// By the statement, or by the number of the action where there is none (AUDIT_ACTIONS).
fn statement(query: &str, number: Option<u16>, event: &mut EventBuf) -> Kind {
    if let Some(found) = sql::statement(query) {
        event.set(Text::XQuery, query);
        if let Some(target) = found.target {
            event.set(Text::Target, target);
        }
        return found.kind;
    }
    match number {
        Some(1 | 9 | 21) => Kind::DB_CREATE,
        Some(2) => Kind::DB_INSERT,
        Some(3) => Kind::DB_SELECT,
        Some(6) => Kind::DB_UPDATE,
        Some(7) => Kind::DB_DELETE,
        Some(12 | 10 | 22) => Kind::DB_DROP,
        Some(15) => Kind::DB_ALTER,
        Some(17 | 114) => Kind::DB_GRANT,
        Some(18 | 115) => Kind::DB_REVOKE,
        Some(26) => Kind::DB_LOCK,
        Some(28) => Kind::DB_RENAME,
        Some(30 | 31 | 104 | 105) => Kind::LOG_POLICY_CHANGE,
        Some(43) => Kind::ACCOUNT_MODIFY,
        Some(51) => Kind::ACCOUNT_CREATE,
        Some(53) => Kind::ACCOUNT_DELETE,
        Some(85) => Kind::DB_TRUNCATE,
        Some(116) => Kind::DB_CALL,
        _ => Kind::DB_OTHER,
    }
}

struct Xml {
    value: String,
}

impl RecordReader for Xml {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        // The version of the layout stands between the elements.
        if !record.text.trimmed_start().starts_with("<AuditRecord") {
            return Verdict::Structure(StructureKind::Header);
        }
        let mut found = Found::default();
        leaves(record.text, &mut self.value, &mut |name, value| match name {
            "Extended_Timestamp" | "Timestamp" => {
                event.reading = timetext::iso8601(value).map(|(reading, _)| reading);
                event.set(Text::TimeText, value);
            }
            _ => found.take(name, value, event),
        });
        if event.reading.is_none() {
            return Verdict::Unparsed("Extended_Timestamp is missing or no time");
        }
        let message = if found.query.is_empty() {
            format!("action {}", found.action)
        } else {
            found.query.clone()
        };
        event.set(Text::Message, &message);
        found.settle(event);
        Verdict::Event
    }
}
