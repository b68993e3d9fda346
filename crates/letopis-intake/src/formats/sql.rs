//! What an SQL statement does and to what, by its first words: enough to tell kinds apart, no more.

use letopis_event::Kind;

use crate::format::joined;

/// The kinds of statements about data and rights.
pub(crate) const STATEMENTS: &[Kind] = &[
    Kind::DB_SELECT,
    Kind::DB_CREATE,
    Kind::DB_ALTER,
    Kind::DB_DROP,
    Kind::DB_TRUNCATE,
    Kind::DB_RENAME,
    Kind::DB_INSERT,
    Kind::DB_UPDATE,
    Kind::DB_DELETE,
    Kind::DB_CALL,
    Kind::DB_LOCK,
    Kind::DB_COPY,
    Kind::DB_OTHER,
    Kind::DB_GRANT,
    Kind::DB_REVOKE,
    Kind::DB_DENY,
];

/// Every kind that a statement can be: those, and statements about accounts and about the log.
pub(crate) const KINDS: &[Kind] = &joined::<21>(
    STATEMENTS,
    &[
        Kind::ACCOUNT_CREATE,
        Kind::ACCOUNT_MODIFY,
        Kind::ACCOUNT_DELETE,
        Kind::ACCOUNT_PASSWORD_RESET,
        Kind::LOG_POLICY_CHANGE,
    ],
);

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statement<'a> {
    /// What it is.
    pub(crate) kind: Kind,
    /// The first object it names, where one can be told: table, procedure, role.
    pub(crate) target: Option<&'a str>,
}

/// Words of a statement: identifiers with their dots and quotes, each other mark alone; comments and string
/// literals are left out.
struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    fn skip(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            let rest = bytes.get(self.at..).unwrap_or_default();
            if byte.is_ascii_whitespace() {
                self.at += 1;
            } else if rest.starts_with(b"--") {
                self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            } else if rest.starts_with(b"/*") {
                self.at += memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2);
            } else if *byte == b'\'' {
                self.at += literal(rest);
            } else if let Some(length) = dollar_quoted(rest) {
                self.at += length;
            } else {
                return;
            }
        }
    }
}

/// Length of a string literal with its quotes; a doubled quote does not end it.
fn literal(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(b'\'', rest)) {
        at += found + 1;
        if bytes.get(at) != Some(&b'\'') {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

/// Length of `$tag$ … $tag$`, where such a literal begins here.
fn dollar_quoted(bytes: &[u8]) -> Option<usize> {
    if bytes.first() != Some(&b'$') {
        return None;
    }
    let tag = bytes
        .get(1..)?
        .iter()
        .position(|b| !(b.is_ascii_alphanumeric() || *b == b'_'))?
        + 2;
    let mark = bytes.get(..tag).filter(|m| m.ends_with(b"$"))?;
    let rest = bytes.get(tag..)?;
    Some(memchr::memmem::find(rest, mark).map_or(bytes.len(), |end| tag + end + tag))
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.skip();
        let bytes = self.text.as_bytes();
        let start = self.at;
        while let Some(byte) = bytes.get(self.at) {
            if *byte == b'"' {
                let rest = bytes.get(self.at + 1..).unwrap_or_default();
                self.at += memchr::memchr(b'"', rest).map_or(rest.len() + 1, |end| end + 2);
            } else if byte.is_ascii_alphanumeric()
                || matches!(byte, b'_' | b'.' | b'$' | b'#' | b'@')
                || *byte >= 0x80
            {
                self.at += 1;
            } else {
                break;
            }
        }
        if self.at == start {
            bytes.get(start)?;
            self.at += 1;
        }
        self.text.get(start..self.at)
    }
}

fn is(word: &str, known: &[&str]) -> bool {
    known.iter().any(|k| k.eq_ignore_ascii_case(word))
}

/// Reads the beginning of a statement. Looks at no more than the first 16 KiB of it.
pub(crate) fn statement(text: &str) -> Option<Statement<'_>> {
    const LOOKED_AT: usize = 16 << 10;
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut words = Words {
        text: text.get(..end)?,
        at: 0,
    };
    let mut verb = words.next()?;
    while verb == "(" || verb == ";" {
        verb = words.next()?;
    }
    if is(verb, &["with"]) {
        verb = behind_tables(&mut words)?;
    }
    if !verb.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    Some(read(verb, words))
}

/// The verb behind the tables of a `WITH`: the first one outside of brackets.
fn behind_tables<'a>(words: &mut Words<'a>) -> Option<&'a str> {
    let mut depth = 0usize;
    loop {
        match words.next()? {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            word if depth == 0
                && is(
                    word,
                    &["select", "insert", "update", "delete", "merge", "values", "table"],
                ) =>
            {
                return Some(word);
            }
            _ => {}
        }
    }
}

fn read<'a>(verb: &str, mut words: Words<'a>) -> Statement<'a> {
    let simple = |kind, target| Statement { kind, target };
    if is(verb, &["select", "values", "fetch"]) {
        simple(Kind::DB_SELECT, behind(&mut words, &["from"]))
    } else if is(verb, &["table"]) {
        simple(Kind::DB_SELECT, name(&mut words))
    } else if is(verb, &["insert", "replace"]) {
        simple(Kind::DB_INSERT, behind(&mut words, &["into"]))
    } else if is(verb, &["update"]) {
        simple(Kind::DB_UPDATE, name(&mut words))
    } else if is(verb, &["merge"]) {
        simple(Kind::DB_UPDATE, behind(&mut words, &["into"]))
    } else if is(verb, &["delete"]) {
        simple(Kind::DB_DELETE, behind(&mut words, &["from"]))
    } else if is(verb, &["truncate"]) {
        simple(Kind::DB_TRUNCATE, name(&mut words))
    } else if is(verb, &["lock"]) {
        simple(Kind::DB_LOCK, name(&mut words))
    } else if is(verb, &["copy"]) {
        simple(Kind::DB_COPY, copied(&mut words))
    } else if is(verb, &["call", "execute", "exec"]) {
        simple(Kind::DB_CALL, name(&mut words))
    } else if is(verb, &["do"]) {
        simple(Kind::DB_CALL, None)
    } else if is(verb, &["grant"]) {
        simple(Kind::DB_GRANT, behind(&mut words, &["on", "to"]))
    } else if is(verb, &["revoke"]) {
        simple(Kind::DB_REVOKE, behind(&mut words, &["on", "from"]))
    } else if is(verb, &["deny"]) {
        simple(Kind::DB_DENY, behind(&mut words, &["on", "to"]))
    } else if is(verb, &["rename"]) {
        simple(Kind::DB_RENAME, name(&mut words))
    } else if is(verb, &["create", "alter", "drop"]) {
        definition(verb, words)
    } else if is(verb, &["set", "reset"]) {
        setting(&mut words)
    } else {
        simple(Kind::DB_OTHER, None)
    }
}

/// `CREATE`, `ALTER` and `DROP`: roles are accounts, the system's parameters are configuration.
fn definition<'a>(verb: &str, mut words: Words<'a>) -> Statement<'a> {
    let mut sort = words.next().unwrap_or_default();
    while is(
        sort,
        &[
            "or",
            "replace",
            "temp",
            "temporary",
            "unlogged",
            "global",
            "local",
            "unique",
            "materialized",
            "foreign",
            "event",
        ],
    ) {
        sort = words.next().unwrap_or_default();
    }
    let account = is(sort, &["role", "user", "login"]);
    if is(sort, &["system"]) {
        return setting(&mut words);
    }
    let target = name(&mut words);
    let kind = if is(verb, &["create"]) {
        if account {
            Kind::ACCOUNT_CREATE
        } else {
            Kind::DB_CREATE
        }
    } else if is(verb, &["drop"]) {
        if account {
            Kind::ACCOUNT_DELETE
        } else {
            Kind::DB_DROP
        }
    } else {
        let mut rest = words.map(|w| (is(w, &["rename"]), is(w, &["password"])));
        let (renames, secret) = rest
            .by_ref()
            .take(64)
            .fold((false, false), |(a, b), (c, d)| (a | c, b | d));
        match (account, renames, secret) {
            (true, _, true) => Kind::ACCOUNT_PASSWORD_RESET,
            (true, ..) => Kind::ACCOUNT_MODIFY,
            (false, true, _) => Kind::DB_RENAME,
            _ => Kind::DB_ALTER,
        }
    };
    Statement { kind, target }
}

/// `SET`, `RESET`, `ALTER SYSTEM`: what changes what is logged is a change of the logging policy.
fn setting<'a>(words: &mut Words<'a>) -> Statement<'a> {
    let mut target = words.next();
    while target.is_some_and(|w| is(w, &["session", "local", "set", "reset"])) {
        target = words.next();
    }
    let logging = target.is_some_and(is_log_setting);
    Statement {
        kind: if logging {
            Kind::LOG_POLICY_CHANGE
        } else {
            Kind::DB_OTHER
        },
        target,
    }
}

/// Whether a parameter of PostgreSQL or MySQL decides what is logged.
pub(crate) fn is_log_setting(name: &str) -> bool {
    let starts = |head: &str| {
        name.get(..head.len())
            .is_some_and(|n| n.eq_ignore_ascii_case(head))
    };
    starts("log_") || starts("pgaudit") || starts("logging_") || starts("general_log") || starts("sql_log")
}

/// Whether an object is a log by its name: one of the words between its marks says so.
pub(crate) fn is_log_table(name: &str) -> bool {
    name.split(|c: char| !c.is_alphanumeric()).any(|word| {
        is(
            word,
            &[
                "log", "logs", "audit", "journal", "history", "audits", "logging", "auditlog", "eventlog",
                "syslog",
            ],
        ) || word.eq_ignore_ascii_case("log_event")
    }) || name.to_ascii_lowercase().ends_with("_log")
}

/// The name behind the first of these words.
fn behind<'a>(words: &mut Words<'a>, marks: &[&str]) -> Option<&'a str> {
    while let Some(word) = words.next() {
        if is(word, marks) {
            return name(words);
        }
    }
    None
}

/// The next name, without the words that may stand before one.
fn name<'a>(words: &mut Words<'a>) -> Option<&'a str> {
    for word in words.by_ref() {
        if is(
            word,
            &[
                "only",
                "table",
                "if",
                "not",
                "exists",
                "concurrently",
                "low_priority",
                "ignore",
                "view",
                "all",
                "tables",
                "in",
                "schema",
                "into",
            ],
        ) {
            continue;
        }
        let known = word.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '"' | '#' | '@'));
        return known.then_some(word);
    }
    None
}

/// `COPY table …` or `COPY (query) …`.
fn copied<'a>(words: &mut Words<'a>) -> Option<&'a str> {
    let first = words.next()?;
    if first == "(" {
        behind(words, &["from"])
    } else {
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, kind: Kind, target: Option<&str>) {
        let found = statement(sql).unwrap();
        assert_eq!((found.kind, found.target), (kind, target), "{sql}");
    }

    #[test]
    fn statements_are_told_by_their_verb() {
        check(
            "SELECT * FROM public.citizens WHERE iin = '1 from x'",
            Kind::DB_SELECT,
            Some("public.citizens"),
        );
        check(
            "  -- select\n/* drop */ delete from audit.log",
            Kind::DB_DELETE,
            Some("audit.log"),
        );
        check(
            "with a as (select 1 from t) insert into \"B c\" select * from a",
            Kind::DB_INSERT,
            Some("\"B c\""),
        );
        check(
            "with a as (delete from t returning *) select * from a",
            Kind::DB_SELECT,
            Some("a"),
        );
        check(
            "COPY (SELECT * FROM people) TO '/srv/out/p.csv'",
            Kind::DB_COPY,
            Some("people"),
        );
        check("copy people to stdout", Kind::DB_COPY, Some("people"));
        check("TRUNCATE TABLE ONLY a.b", Kind::DB_TRUNCATE, Some("a.b"));
        check("drop table if exists x", Kind::DB_DROP, Some("x"));
        check(
            "create or replace function f() returns int",
            Kind::DB_CREATE,
            Some("f"),
        );
        check("ALTER TABLE a RENAME TO b", Kind::DB_RENAME, Some("a"));
        check("GRANT SELECT ON TABLE a TO b", Kind::DB_GRANT, Some("a"));
        check("revoke admin from b", Kind::DB_REVOKE, Some("b"));
        check("create user u with password 'x'", Kind::ACCOUNT_CREATE, Some("u"));
        check(
            "alter role u password 'x'",
            Kind::ACCOUNT_PASSWORD_RESET,
            Some("u"),
        );
        check(
            "alter system set log_statement = 'none'",
            Kind::LOG_POLICY_CHANGE,
            Some("log_statement"),
        );
        check("set search_path = a", Kind::DB_OTHER, Some("search_path"));
        check("begin", Kind::DB_OTHER, None);
        check("do $x$ begin delete from t; end $x$", Kind::DB_CALL, None);
        check("(select 1)", Kind::DB_SELECT, None);
        check("insert into журнал values (1)", Kind::DB_INSERT, Some("журнал"));
    }

    #[test]
    fn what_is_no_statement_is_none() {
        for text in [
            "",
            "   ",
            "-- only a comment",
            "/* open",
            "'literal",
            "123",
            "with",
            "$$",
        ] {
            assert_eq!(statement(text), None, "{text}");
        }
    }

    #[test]
    fn logs_are_known_by_whole_words() {
        for name in ["audit.events", "public.app_log", "log", "\"Audit\"", "access-log"] {
            assert!(is_log_table(name), "{name}");
        }
        for name in ["public.catalog", "login", "dialogs", "blog"] {
            assert!(!is_log_table(name), "{name}");
        }
    }
}
