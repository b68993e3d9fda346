//! Mail: who logged on to fetch or send it, what came in, what went out (Postfix, Dovecot, Exim, sendmail).

use letopis_event::{EventBuf, Kind, Number, Outcome, Text};

use super::{pam, set_kind};
use crate::formats::exim;
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, after, between, has, split, split_last, word};

/// Reads one message of Dovecot, Exim or sendmail.
pub(super) fn read(name: &str, message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, name);
    if pam::is_pam("", message) {
        return pam::read(message, event);
    }
    let text = message.trimmed_end();
    match name {
        "dovecot" | "imap-login" | "pop3-login" | "auth" | "auth-worker" | "dovecot-auth" => {
            dovecot(name, text, event)
        }
        "exim" | "exim4" => exim::read_message(text, event),
        _ => sendmail(text, event),
    }
}

/// `imap-login: Login: user=<alice>, method=PLAIN, rip=10.0.0.5, lip=10.0.0.1, TLS, session=<…>`
fn dovecot(name: &str, text: &str, event: &mut EventBuf) -> bool {
    // Dovecot's own files put the level between: `imap-login: Info: …`, and the part before may be missing by syslog.
    let (part, rest) = split(text, ": ").unwrap_or((name, text));
    let (part, rest) = match part {
        "Info" | "Warning" | "Error" | "Debug" | "Fatal" | "Panic" => (name, rest),
        _ => (part, rest),
    };
    let protocol = part.strip_suffix("-login").unwrap_or_default();
    event.set(Text::Protocol, protocol);
    // user= is the client's word and stands first; the server's own fields follow it, so they are taken from the right.
    let server = split_last(rest, "rip=").map_or("", |(_, t)| t);
    if !server.is_empty() {
        scan::set_source(event, server.split([',', ' ']).next().unwrap_or_default());
        scan::set_destination(event, after(server, "lip=").unwrap_or_default());
        event.set(
            Text::Session,
            between(server, "session=<", ">").unwrap_or_default(),
        );
        if let Some((_, user)) = split(rest, "user=<") {
            let user = split(user, ">, method=")
                .or_else(|| split(user, ">, rip="))
                .or_else(|| split(user, ">"));
            event.set(Text::UserName, user.map_or("", |(u, _)| u));
        }
        if let Some(method) = after(rest, "method=") {
            event.attr("method", method);
        }
    }
    if rest.starts_with("Login: ") || rest.starts_with("Info: Login: ") {
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    let failed = has(rest, "auth failed")
        || has(rest, "unknown user")
        || has(rest, "assword mismatch")
        || has(rest, "Authentication failure")
        || has(rest, "pam_authenticate() failed")
        || has(rest, "invalid credentials")
        || has(rest, "tried to use dis");
    if failed {
        event.outcome = Outcome::Failure;
        if event.get(Text::SrcIp).is_none() {
            worker(text, event);
        }
        event.set(
            Text::XReason,
            between(rest, "(", ")")
                .filter(|r| has(r, "auth") || has(r, "tried"))
                .unwrap_or_default(),
        );
        return set_kind(event, Kind::AUTH_LOGON);
    }
    if has(rest, "Logged out") {
        event.set_if_absent(Text::UserName, between(part, "(", ")").unwrap_or_default());
        event.outcome = Outcome::Success;
        return set_kind(event, Kind::AUTH_LOGOFF);
    }
    ended(part, rest, event)
}

/// Connections that ended, with or without a log-on.
fn ended(part: &str, rest: &str, event: &mut EventBuf) -> bool {
    let ends = [
        "Disconnected",
        "Aborted login",
        "Login aborted",
        "Connection closed",
    ];
    if ends.iter().any(|e| has(rest, e)) {
        event.set_if_absent(Text::UserName, between(part, "(", ")").unwrap_or_default());
        // The log-in process hands a connection on when its user is known: one that ends there let nobody in.
        if part.ends_with("-login") {
            event.outcome = Outcome::Failure;
            event.set(
                Text::XReason,
                between(rest, "(", "):").unwrap_or("ended before a log-on"),
            );
        }
        return set_kind(event, Kind::NETWORK_DISCONNECT);
    }
    false
}

/// `… pam(alice,10.0.0.5,<session>): …`, `sql(…)`, `auth(alice,10.0.0.5,sasl:login)<session>: …`: user and address of
/// the last such bracket.
fn worker(text: &str, event: &mut EventBuf) {
    for mark in [
        "pam(",
        "sql(",
        "passwd-file(",
        "ldap(",
        "shadow(",
        "passwd(",
        "static(",
        "auth(",
    ] {
        if let Some((_, inside)) = split_last(text, mark) {
            let inside = split(inside, "):")
                .or_else(|| split(inside, ")<"))
                .map_or(inside, |(i, _)| i);
            let inside = inside.split(",<").next().unwrap_or(inside);
            let inside = inside.split(",sasl:").next().unwrap_or(inside).less_end(b',');
            let (user, address) = inside.cut_last(b',').unwrap_or((inside, ""));
            event.set(Text::UserName, user);
            scan::set_source(event, address);
            return;
        }
    }
}

fn sendmail(text: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Protocol, "smtp");
    if has(text, "AUTH failure") || has(text, "possible SMTP attack") {
        scan::set_source(event, split_last(text, "relay=").map_or("", |(_, r)| bracket(r)));
        if event.get(Text::SrcIp).is_none() {
            scan::set_source(event, bracket(text));
        }
        event.set(Text::UserName, after(text, "user=").unwrap_or_default());
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::AUTH_LOGON);
    }
    let queued = split(text, ": from=");
    let sent = split(text, ": to=");
    let (head, rest) = match (queued, sent) {
        (Some(pair), _) | (None, Some(pair)) => pair,
        _ => return false,
    };
    event.set(Text::XRecordId, head);
    event.attr(
        if queued.is_some() { "from" } else { "to" },
        rest.pieces(b',').next().unwrap_or_default(),
    );
    if let Some((_, status)) = split(rest, "stat=") {
        event.set(Text::Status, status);
        event.outcome = if status.starts_with("Sent") {
            Outcome::Success
        } else {
            Outcome::Unknown
        };
    }
    if let Some((_, relay)) = split(rest, "relay=") {
        scan::set_source(event, bracket(relay));
    }
    set_kind(
        event,
        if queued.is_some() {
            Kind::MAIL_RECEIVE
        } else {
            Kind::MAIL_SEND
        },
    )
}

/// What stands in the first square brackets.
fn bracket(text: &str) -> &str {
    between(text, "[", "]").unwrap_or_default()
}

/// Reads one message of a Postfix process (`postfix/smtpd`, `postfix/submission/smtpd`, `postfix/qmgr` …).
pub(super) fn read_postfix(name: &str, message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "postfix");
    event.set(Text::Protocol, "smtp");
    let process = name.pieces(b'/').next_back().unwrap_or(name);
    let text = message.trimmed_end();
    let text = text.strip_prefix("warning: ").unwrap_or(text);
    // Where a queue id would stand, of a client that has handed no mail in yet.
    let text = text.strip_prefix("NOQUEUE: ").unwrap_or(text);
    if let Some((client, reason)) = split(text, ": SASL ") {
        peer(client, event);
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, split(reason, "failed: ").map_or("", |(_, r)| r));
        event.attr("method", word(reason).0);
        event.set(
            Text::UserName,
            after(reason, "sasl_username=").unwrap_or_default(),
        );
        return set_kind(event, Kind::AUTH_LOGON);
    }
    if refused_conduct(text, event) {
        return true;
    }
    if broken(text, event) {
        return true;
    }
    for (start, kind) in [
        ("connect from ", Kind::NETWORK_CONNECT),
        ("disconnect from ", Kind::NETWORK_DISCONNECT),
    ] {
        if let Some(client) = text.strip_prefix(start) {
            peer(client, event);
            // The commands of the session, accepted of tried: `ehlo=1 auth=0/2 quit=1` (smtpd(8), since 3.0).
            if after(client, " auth=").is_some_and(|a| a.starts_with("0/")) {
                event.outcome = Outcome::Failure;
                event.set(Text::XReason, "no authentication succeeded");
            }
            return set_kind(event, kind);
        }
    }
    if let Some((_, rest)) = split(text, "reject: ").or_else(|| split(text, "milter-reject: ")) {
        return reject(rest, event);
    }
    if let Some((queue, rest)) = split(text, ": ")
        && !queue.is_empty()
        && queue.bytes().all(|b| b.is_ascii_alphanumeric())
    {
        event.set(Text::XRecordId, queue);
        if queued(process, rest, event) || broken(rest, event) {
            return true;
        }
    }
    // Whatever else is said of a client: `PREGREET 14 after 0.08 from [10.0.0.5]:4022: …`
    let Some((_, client)) = split(text, "from ") else {
        return false;
    };
    peer(client, event);
    event.get(Text::SrcIp).is_some() && set_kind(event, Kind::NETWORK_CONNECT)
}

/// Connections that smtpd(8) lost or gave up, `lost connection after DATA (15 bytes) from host[10.0.0.5]`, and those
/// whose client hung up unexpectedly within a test of postscreen(8), `HANGUP after 16 from [10.0.0.5]:4022 in tests …`.
fn broken(text: &str, event: &mut EventBuf) -> bool {
    let signs = [
        ("lost connection after ", "lost connection"),
        ("timeout after ", "timeout"),
        ("HANGUP after ", "hung up unexpectedly"),
    ];
    let Some((rest, reason)) = signs
        .iter()
        .find_map(|(start, reason)| Some((text.strip_prefix(start)?, reason)))
    else {
        return false;
    };
    let (stage, client) = split(rest, " from ").unwrap_or((rest, ""));
    peer(client, event);
    event.attr("stage", stage);
    event.set(Text::XReason, reason);
    event.outcome = Outcome::Failure;
    set_kind(event, Kind::NETWORK_DISCONNECT)
}

/// Clients that smtpd and postscreen turned away for how they behaved.
fn refused_conduct(text: &str, event: &mut EventBuf) -> bool {
    let signs = [
        ("improper command pipelining after ", Kind::NETWORK_CONNECT),
        ("non-SMTP command from ", Kind::NETWORK_CONNECT),
        ("Illegal address syntax from ", Kind::NETWORK_CONNECT),
        ("SSL_accept error from ", Kind::NETWORK_CONNECT),
        ("too many errors after ", Kind::NETWORK_DISCONNECT),
        ("Connection rate limit exceeded: ", Kind::NETWORK_CONNECT),
        ("Connection concurrency limit exceeded: ", Kind::NETWORK_CONNECT),
        (
            "Message delivery request rate limit exceeded: ",
            Kind::NETWORK_CONNECT,
        ),
        ("Recipient address rate limit exceeded: ", Kind::NETWORK_CONNECT),
        ("New TLS session rate limit exceeded: ", Kind::NETWORK_CONNECT),
        ("AUTH command rate limit exceeded: ", Kind::NETWORK_CONNECT),
        // Tests of postscreen(8) that a client did not pass.
        ("PREGREET ", Kind::NETWORK_CONNECT),
        ("DNSBL rank ", Kind::NETWORK_CONNECT),
        ("COMMAND PIPELINING from ", Kind::NETWORK_CONNECT),
        ("COMMAND TIME LIMIT from ", Kind::NETWORK_CONNECT),
        ("COMMAND COUNT LIMIT from ", Kind::NETWORK_CONNECT),
        ("COMMAND LENGTH LIMIT from ", Kind::NETWORK_CONNECT),
        ("NON-SMTP COMMAND from ", Kind::NETWORK_CONNECT),
        ("BARE NEWLINE from ", Kind::NETWORK_CONNECT),
    ];
    let Some((start, kind)) = signs.iter().find(|(start, _)| text.starts_with(start)) else {
        // `hostname a.example does not resolve to address 10.0.0.5: …`
        let Some((host, address)) = text
            .strip_prefix("hostname ")
            .and_then(|t| split(t, " does not resolve to address "))
        else {
            return false;
        };
        event.set(Text::Target, host);
        let (address, reason) = split(address, ": ").unwrap_or((address, ""));
        scan::set_source(event, address);
        event.set(
            Text::XReason,
            if reason.is_empty() {
                "does not resolve to the address"
            } else {
                reason
            },
        );
        event.outcome = Outcome::Failure;
        return set_kind(event, Kind::DNS_QUERY);
    };
    // The client's own words may follow its address, not precede it.
    let (_, client) = split(text, " from ").unwrap_or(("", text));
    peer(client, event);
    let reason = start.less_end_of(b": ");
    event.set(Text::XReason, reason.strip_suffix(" from").unwrap_or(reason));
    event.outcome = Outcome::Failure;
    set_kind(event, *kind)
}

/// A message of MailScanner: `Message 4bs from 10.0.0.5 (a@b) to c is spam, …`.
pub(super) fn read_scanner(message: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "mailscanner");
    let Some((id, rest)) = message.strip_prefix("Message ").and_then(|t| split(t, " from ")) else {
        return false;
    };
    event.set(Text::XRecordId, id);
    let (address, rest) = word(rest);
    scan::set_source(event, address);
    if let Some(from) = between(rest, "(", ")") {
        event.attr("from", from);
    }
    if let Some((to, verdict)) = split(rest, ") to ").and_then(|(_, t)| split(t, " is ")) {
        event.attr("to", to);
        event.set(Text::Status, split(verdict, ",").map_or(verdict, |(v, _)| v));
    }
    set_kind(event, Kind::MAIL_RECEIVE)
}

/// `host[10.0.0.5]`, `unknown[10.0.0.5]:4022`
fn peer(text: &str, event: &mut EventBuf) {
    let Some((name, rest)) = split(text, "[") else {
        return;
    };
    let (address, _) = split(rest, "]").unwrap_or((rest, ""));
    scan::set_source(event, address);
    if !matches!(name, "unknown" | "") && !name.holds(b' ') {
        event.attr("src_host", name);
    }
}

/// `RCPT from host[10.0.0.5]: 554 5.7.1 …; from=<a> to=<b> proto=ESMTP helo=<c>`
fn reject(rest: &str, event: &mut EventBuf) -> bool {
    let (head, reason) = split(rest, ": ").unwrap_or((rest, ""));
    peer(split(head, "from ").map_or(head, |(_, c)| c), event);
    event.set(Text::Action, word(head).0);
    event.set(Text::Code, word(reason).0);
    let (reason, fields) = split_last(reason, "; from=<").unwrap_or((reason, ""));
    event.set(Text::XReason, reason);
    event.set(Text::Status, "denied");
    if !fields.is_empty() {
        event.attr("from", split(fields, ">").map_or("", |(f, _)| f));
        if let Some(to) = between(fields, "to=<", ">") {
            event.attr("to", to);
        }
        if let Some(helo) = between(fields, "helo=<", ">") {
            event.attr("helo", helo);
        }
    }
    event.outcome = Outcome::Failure;
    set_kind(event, Kind::MAIL_RECEIVE)
}

/// `QUEUEID: client=…`, `from=<…>`, `to=<…>, relay=…, status=sent (…)`
fn queued(process: &str, rest: &str, event: &mut EventBuf) -> bool {
    if let Some(client) = rest.strip_prefix("client=") {
        peer(client, event);
        event.set(
            Text::UserName,
            after(client, "sasl_username=").unwrap_or_default(),
        );
        let logged_on = event.get(Text::UserName).is_some();
        if logged_on {
            event.outcome = Outcome::Success;
        }
        return set_kind(
            event,
            if logged_on {
                Kind::AUTH_LOGON
            } else {
                Kind::MAIL_RECEIVE
            },
        );
    }
    if let Some(from) = rest.strip_prefix("from=<") {
        event.attr("from", split(from, ">").map_or("", |(f, _)| f));
        if let Some(size) = after(from, "size=") {
            event.set_number_text(Number::XBytes, size);
        }
        return process == "qmgr" && set_kind(event, Kind::MAIL_RECEIVE);
    }
    if let Some(to) = rest.strip_prefix("to=<") {
        event.attr("to", split(to, ">").map_or("", |(t, _)| t));
        if let Some(relay) = after(to, "relay=") {
            scan::set_destination(event, bracket(relay));
        }
        let status = after(to, "status=").unwrap_or_default();
        event.set(Text::Status, status);
        event.outcome = match status {
            "sent" => Outcome::Success,
            "bounced" => Outcome::Failure,
            _ => Outcome::Unknown,
        };
        return set_kind(event, Kind::MAIL_SEND);
    }
    false
}
