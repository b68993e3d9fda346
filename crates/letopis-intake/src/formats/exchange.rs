//! Microsoft Exchange's text logs: message tracking, protocol logs (SMTP receive and send), IMAP4 and POP3. All are
//! comma-separated with comment lines at the head; `#Fields:` names the columns.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, StructureKind, Text};

use super::delimited::layout::split as columns;
use super::scan::{self, has};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Microsoft Exchange text logs.
pub(super) const FORMAT: Format = Format {
    name: "exchange",
    title: "Microsoft Exchange logs (message tracking, SMTP, IMAP4, POP3)",
    reference: "Microsoft Learn, Message tracking; Protocol logging; Protocol logging for POP3 and IMAP4",
    category: Some(Category::Application),
    kinds: &[
        Kind::AUTH_LOGON,
        Kind::NETWORK_CONNECT,
        Kind::NETWORK_DISCONNECT,
        Kind::MAIL_RECEIVE,
        Kind::MAIL_SEND,
        Kind::OTHER,
    ],
    samples: &[
        Sample {
            bytes: b"\xef\xbb\xbf#Software: Microsoft Exchange Server\r\n#Version: 15.02.1118.007\r\n#Log-type: IMAP4 Log\r\n#Date: 2026-01-01T00:00:00.000Z\r\n#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context,puid\r\n2026-01-01T00:12:03.530Z,000000000000000E,2,10.0.0.2:143,192.0.2.7:35070,aigul,168,31,31,authenticate,PLAIN,\"R=\"\"2 NO AUTHENTICATE failed.\"\";Msg=\"\"AuthFailed:LogonDenied,User: aigul\"\";ErrMsg=AuthFailed:LogonDenied\",\r\n2026-01-01T00:12:09.530Z,000000000000000F,1,[2001:db8::2]:143,[2001:db8::7]:35071,serik,20,31,31,login,x,R=ok,\r\n",
            events: &[
                &[
                    ("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "aigul"), ("src_ip", "192.0.2.7"), ("src_port", "35070"), ("dst_ip", "10.0.0.2"),
                    ("dst_port", "143"), ("session", "000000000000000E"), ("time", "2026-01-01T00:12:03.53Z"), ("x_duration_us", "168000"),
                ],
                &[("kind", "auth.logon"), ("outcome", "success"), ("src_ip", "2001:db8::7")],
            ],
        },
        Sample {
            bytes: b"#Software: Microsoft Exchange Server\n#Log-type: Message Tracking Log\n#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,message-id,recipient-address,recipient-status,total-bytes,recipient-count,message-subject,sender-address,return-path\n2026-01-01T00:12:03.111Z,192.0.2.7,mx,10.0.0.2,EX1,,Default EX1,SMTP,RECEIVE,77,<a@b>,serik@registry.example,,2048,1,Report,aigul@partner.example,aigul@partner.example\n2026-01-01T00:12:04.111Z,,,,EX1,,,STOREDRIVER,FAIL,77,<a@b>,serik@registry.example,550 5.1.1,2048,1,Report,aigul@partner.example,\n",
            events: &[
                &[("kind", "mail.receive"), ("src_ip", "192.0.2.7"), ("host", "EX1"), ("x_bytes", "2048"), ("attrs.sender-address", "aigul@partner.example"), ("action", "RECEIVE")],
                &[("kind", "mail.send"), ("outcome", "failure"), ("status", "550 5.1.1")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::Quoted(b'"'),
        open,
    },
};

/// Columns of the IMAP4 and POP3 logs, for a file whose head is missing.
const CLIENT_ACCESS: &str =
    "dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context,puid";

fn is_client_access(line: &str) -> bool {
    let mut parts = line.pieces(b',');
    let timed = parts
        .next()
        .is_some_and(|t| timetext::iso8601(t).is_some_and(|(_, taken)| taken == t.len()));
    let hex = |t: Option<&str>| t.is_some_and(|t| t.len() == 16 && t.bytes().all(|b| b.is_ascii_hexdigit()));
    timed
        && hex(parts.next())
        && parts.next().is_some_and(|t| t.parse::<u32>().is_ok())
        && parts.next().is_some_and(|t| t.holds(b':'))
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let text = head.text.trim_start_matches('\u{feff}');
    let named = text.starts_with("#Software: Microsoft Exchange") && text.has("#Fields: ");
    let shaped = head.share(50, is_client_access);
    (named || shaped >= 80).then(|| Claim {
        confidence: if named { 96 } else { 88 },
        reason: if named {
            "begins with `#Software: Microsoft Exchange Server` and names its fields".to_owned()
        } else {
            format!("{shaped} of 100 lines are time, session of 16 hexadecimal digits, number, address:port as in the IMAP4 and POP3 logs")
        },
    })
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    let fields = context.state.unwrap_or(CLIENT_ACCESS);
    Box::new(Lines {
        names: fields
            .pieces(b',')
            .map(|name| scan::column_name(name).to_owned())
            .collect(),
        scratch: String::new(),
    })
}

struct Lines {
    names: Vec<String>,
    scratch: String,
}

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let text = record.text.trim_start_matches('\u{feff}');
        if text.starts_with('#') {
            if let Some(fields) = text.strip_prefix("#Fields: ") {
                self.names = fields
                    .trimmed()
                    .pieces(b',')
                    .map(|name| scan::column_name(name).to_owned())
                    .collect();
            }
            return Verdict::Structure(StructureKind::Header);
        }
        let mut context = false;
        let names = &self.names;
        let count = columns(text, b',', Some(b'"'), &mut self.scratch, &mut |at, value| {
            let name = names.get(at).map_or("more", String::as_str);
            if !value.is_empty() {
                field(name, value, event);
                context |= name == "context"
                    && (has(value, "failed")
                        || has(value, "ErrMsg=")
                        || has(value, " NO ")
                        || has(value, "-ERR"));
            }
        });
        if count < 2 || event.reading.is_none() {
            return Verdict::Unparsed("not the columns that `#Fields:` names");
        }
        event.set_if_absent(Text::Message, text);
        meaning(context, event);
        Verdict::Event
    }

    fn state(&self) -> Option<String> {
        Some(self.names.join(","))
    }
}

fn endpoint(value: &str) -> (&str, &str) {
    scan::address_port(value, b':').unwrap_or((value, ""))
}

fn field(name: &str, value: &str, event: &mut EventBuf) {
    match name {
        "dateTime" | "date-time" => {
            event.reading = timetext::iso8601(value).map(|(reading, _)| reading);
            event.set(Text::TimeText, value);
        }
        "sessionId" | "session-id" => event.set(Text::Session, value),
        "cIp" | "remote-endpoint" | "client-ip" | "original-client-ip" => {
            if name == "original-client-ip" && event.get(Text::SrcIp).is_some() {
                event.attr(name, value);
                return;
            }
            let (address, port) = endpoint(value);
            scan::set_source(event, address);
            scan::set_port(event, Number::SrcPort, port);
        }
        "sIp" | "local-endpoint" | "server-ip" => {
            let (address, port) = endpoint(value);
            scan::set_destination(event, address);
            scan::set_port(event, Number::DstPort, port);
        }
        "user" => event.set(Text::UserName, value),
        "server-hostname" => event.set(Text::Host, value),
        "connector-id" => event.set(Text::Service, value),
        "command" | "event-id" => event.set(Text::Action, value),
        "message-id" => event.set(Text::XRecordId, value),
        "recipient-status" => event.set(Text::Status, value),
        "total-bytes" => event.set_number_text(Number::XBytes, value),
        "duration" => {
            if let Ok(millis) = value.parse::<i64>() {
                event.set_number(Number::XDurationUs, millis.saturating_mul(1000));
            }
        }
        "message-subject" => event.set(Text::Target, value),
        "event" => {
            event.set(Text::Code, value);
            event.attr(name, value);
        }
        "data" => {
            event.set(Text::Message, value);
            event.attr(name, value);
        }
        _ => event.attr(name, value),
    }
}

fn meaning(refused: bool, event: &mut EventBuf) {
    let action = event.get(Text::Action).unwrap_or_default();
    let is = |words: &[&str]| words.iter().any(|w| scan::same(w, action));
    // IMAP4 and POP3 commands; message tracking events; events of the protocol logs.
    let (kind, outcome) = if is(&["authenticate", "login", "pass", "auth"]) {
        (
            Kind::AUTH_LOGON,
            if refused {
                Outcome::Failure
            } else {
                Outcome::Success
            },
        )
    } else if is(&["RECEIVE"]) {
        (Kind::MAIL_RECEIVE, Outcome::Success)
    } else if is(&["SEND", "DELIVER", "SENDEXTERNAL"]) {
        (Kind::MAIL_SEND, Outcome::Success)
    } else if is(&["FAIL", "BADMAIL"]) {
        (Kind::MAIL_SEND, Outcome::Failure)
    } else if is(&["OpenSession"]) {
        (Kind::NETWORK_CONNECT, Outcome::Unknown)
    } else if is(&["CloseSession", "logout", "quit"]) {
        (Kind::NETWORK_DISCONNECT, Outcome::Unknown)
    } else {
        match event.find_attr("event") {
            Some("+") => (Kind::NETWORK_CONNECT, Outcome::Unknown),
            Some("-") => (Kind::NETWORK_DISCONNECT, Outcome::Unknown),
            _ if event
                .get(Text::Message)
                .is_some_and(|m| has(m, "535 ") || has(m, "Inbound authentication failed")) =>
            {
                (Kind::AUTH_LOGON, Outcome::Failure)
            }
            _ => return,
        }
    };
    event.kind = kind;
    event.outcome = outcome;
}
