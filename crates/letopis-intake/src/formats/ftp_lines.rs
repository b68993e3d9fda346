//! Transfers and commands of FTP servers that write the common log format: ProFTPD's ExtendedLog (`"RETR a.txt" 226`)
//! and Pure-FTPd's AltLog (`"PUT /a.txt" 200`).

use letopis_event::{EventBuf, Kind, Outcome, Text};

use super::scan::word;
use crate::formats::scan::Cut as _;

/// Reads the request and the status of a line, where they are those of FTP; `false` (and nothing changed) where not.
///
/// RFC 959 §4.2: a reply that begins with 1, 2 or 3 is positive, with 4 or 5 negative. `331` only asks for the password,
/// so `USER` says nothing of a log-on.
pub(super) fn read(request: &str, status: &str, event: &mut EventBuf) -> bool {
    let (command, argument) = word(request);
    let kind = match command {
        "PASS" => Kind::AUTH_LOGON,
        "RETR" => Kind::OBJECT_OPEN,
        // A method of HTTP too, but never without a version.
        "STOR" | "STOU" | "APPE" | "MKD" | "XMKD" | "PUT" => Kind::OBJECT_CREATE,
        "DELE" | "RMD" | "XRMD" => Kind::OBJECT_DELETE,
        "RNTO" => Kind::OBJECT_RENAME,
        "USER" | "QUIT" | "CWD" | "XCWD" | "CDUP" | "PWD" | "XPWD" | "LIST" | "NLST" | "MLSD" | "MLST"
        | "PASV" | "EPSV" | "PORT" | "EPRT" | "TYPE" | "SIZE" | "MDTM" | "RNFR" | "REST" | "SITE"
        | "SYST" | "FEAT" | "AUTH" | "PBSZ" | "PROT" | "OPTS" | "ABOR" | "NOOP" => Kind::OTHER,
        _ => return false,
    };
    if request.has(" HTTP/") {
        return false;
    }
    event.kind = kind;
    event.set(Text::Service, "ftp");
    event.set(Text::Protocol, "ftp");
    event.set(Text::Action, command);
    event.set(Text::Status, status);
    match command {
        "PASS" => {}
        "USER" => event.set_if_absent(Text::UserName, argument),
        _ => event.set(Text::Target, argument),
    }
    event.outcome = match status.as_bytes() {
        [b'1' | b'2' | b'3', _, _] => Outcome::Success,
        [b'4' | b'5', _, _] => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    true
}

#[cfg(test)]
mod tests {
    use crate::testing::read_as;

    #[test]
    fn commands_are_those_of_ftp() {
        let line = |request: &str, status: &str| {
            format!("203.0.113.9 - aigul [01/Jan/2026:00:12:03 +0500] \"{request}\" {status} 5120\n")
        };
        for (request, status, kind, outcome, target) in [
            ("PASS (hidden)", "530", "auth.logon", "failure", None),
            ("PASS (hidden)", "230", "auth.logon", "success", None),
            ("RETR a b.txt", "226", "object.open", "success", Some("a b.txt")),
            ("STOR /in/x", "553", "object.create", "failure", Some("/in/x")),
            ("PUT /in/x", "200", "object.create", "success", Some("/in/x")),
            (
                "PUT /in/x HTTP/1.1",
                "201",
                "http.request",
                "success",
                Some("/in/x"),
            ),
            ("RNTO y", "250", "object.rename", "success", Some("y")),
        ] {
            let out = read_as(line(request, status).as_bytes(), "web-access");
            let row = &out.rows[0];
            assert_eq!(row.get("kind").as_deref(), Some(kind), "{request}");
            assert_eq!(row.get("outcome").as_deref(), Some(outcome), "{request}");
            assert_eq!(row.get("target").as_deref(), target, "{request}");
            assert_eq!(row.get("user_name").as_deref(), Some("aigul"), "{request}");
        }
    }
}
