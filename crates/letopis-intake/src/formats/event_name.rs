//! What the name of an event says beyond doubt: used where a vendor gives a name in words and no code of ours.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use letopis_event::{EventBuf, Kind, Outcome, Text};

/// The kinds that [`settle`] makes.
pub(super) const KINDS: &[Kind] = &[
    Kind::AUTH_LOGOFF,
    Kind::AUTH_LOGON,
    Kind::FIREWALL_ALLOW,
    Kind::FIREWALL_BLOCK,
    Kind::IDS_ALERT,
    Kind::MALWARE_DETECT,
];

/// Sets kind and outcome by the event's name and by the verb of a device that decides, where they say it.
pub(super) fn settle(name: &str, verb: &str, event: &mut EventBuf) {
    let said = verdict(verb);
    if event.kind == Kind::OTHER {
        event.kind = match of_name(name) {
            Kind::OTHER => match said {
                Some(Outcome::Failure) => Kind::FIREWALL_BLOCK,
                Some(Outcome::Success) => Kind::FIREWALL_ALLOW,
                _ => Kind::OTHER,
            },
            kind => kind,
        };
    }
    if event.outcome != Outcome::Unknown {
        return;
    }
    if event.kind == Kind::AUTH_LOGON {
        event.outcome = ended(name);
    } else if let Some(said) = said {
        event.outcome = said;
    }
    if said == Some(Outcome::Failure) {
        event.set_if_absent(Text::Status, "denied");
    }
}

/// What a device did: let pass or refused; `None` where the verb says neither.
pub(super) fn verdict(verb: &str) -> Option<Outcome> {
    const REFUSED: &[&str] = &[
        "block",
        "blocked",
        "deny",
        "denied",
        "drop",
        "dropped",
        "reject",
        "rejected",
        "prevent",
        "prevented",
        "reset",
        "reset-both",
        "reset-client",
        "reset-server",
        "refuse",
        "refused",
        "discard",
        "discarded",
    ];
    const PASSED: &[&str] = &[
        "allow",
        "allowed",
        "accept",
        "accepted",
        "permit",
        "permitted",
        "pass",
        "passed",
        "passthrough",
        "bypass",
    ];
    let is = |words: &[&str]| words.iter().any(|w| w.eq_ignore_ascii_case(verb));
    if is(REFUSED) {
        Some(Outcome::Failure)
    } else if is(PASSED) {
        Some(Outcome::Success)
    } else {
        None
    }
}

/// How an event ended whose name ends in a word for it, set apart by a mark or a capital (`LOGIN_FAILED`,
/// `UserLoginSuccess`, `session.failure`).
pub(super) fn ends_in(name: &str) -> Outcome {
    const ENDS: &[(&str, Outcome)] = &[
        ("success", Outcome::Success),
        ("succeeded", Outcome::Success),
        ("failure", Outcome::Failure),
        ("failed", Outcome::Failure),
        ("denied", Outcome::Failure),
    ];
    let Some((end, outcome)) = ENDS
        .iter()
        .find(|(end, _)| name.len() > end.len() && ends_with(name, end))
    else {
        return Outcome::Unknown;
    };
    let bytes = name.as_bytes();
    let at = bytes.len() - end.len();
    let (before, first) = (bytes[at - 1], bytes[at]);
    let apart = matches!(before, b'_' | b'-' | b'.' | b' ')
        || before.is_ascii_lowercase() && first.is_ascii_uppercase();
    if apart { *outcome } else { Outcome::Unknown }
}

/// Whether `text` ends with the lower-case ASCII `word`, in any case.
fn ends_with(text: &str, word: &str) -> bool {
    let bytes = text.as_bytes();
    bytes
        .get(bytes.len() - word.len()..)
        .is_some_and(|end| end.eq_ignore_ascii_case(word.as_bytes()))
}

/// Words that say what an event is or how it ended, in small letters: groups, one after the other.
const GROUPS: [&[&str]; 7] = [
    &["logout", "logoff", "logged out", "log off", "signed out"],
    &[
        "logon",
        "login",
        "logged in",
        "log on",
        "signed in",
        "sign-in",
        "authentication",
        "authenticated",
    ],
    &["malware", "virus", "trojan", "ransomware", "worm detected"],
    &["intrusion", "exploit"],
    &["fail", "denied", "rejected", "invalid", "unsuccessful", "refused"],
    &["unsuccess", "unauthenticated", " not ", "cannot", "n't "],
    &["success", "succeed", "accepted", "logged in", "authenticated"],
];
const LOGOFF: usize = 0;
const LOGON: usize = 1;
const MALWARE: usize = 2;
const INTRUSION: usize = 3;
const FAILED: usize = 4;
const NEGATED: usize = 5;
const SUCCEEDED: usize = 6;

/// All words in one automaton, so that a name is walked once, and for each the bit of its group.
struct Table {
    finder: AhoCorasick,
    groups: Vec<u8>,
}

fn table() -> Option<&'static Table> {
    static TABLE: OnceLock<Option<Table>> = OnceLock::new();
    TABLE
        .get_or_init(|| {
            let each = |(group, words): (usize, &&'static [&'static str])| {
                words.iter().map(move |word| (*word, 1 << group))
            };
            let (words, groups): (Vec<&str>, Vec<u8>) = GROUPS.iter().enumerate().flat_map(each).unzip();
            let finder = AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(words)
                .ok()?;
            Some(Table { finder, groups })
        })
        .as_ref()
}

/// The groups of which a word stands in the text, in any case: a bit for each.
fn groups_in(text: &str) -> u8 {
    let Some(table) = table() else { return 0 };
    let found = table.finder.find_overlapping_iter(text);
    found.fold(0, |all, word| all | table.groups[word.pattern().as_usize()])
}

fn of_name(name: &str) -> Kind {
    let groups = groups_in(name);
    let says = |group: usize| groups & (1 << group) != 0;
    if says(LOGOFF) {
        Kind::AUTH_LOGOFF
    } else if says(LOGON) {
        Kind::AUTH_LOGON
    } else if says(MALWARE) {
        Kind::MALWARE_DETECT
    } else if says(INTRUSION) {
        Kind::IDS_ALERT
    } else {
        Kind::OTHER
    }
}

/// How a logon ended, by its name; nothing where the name says both or neither.
fn ended(name: &str) -> Outcome {
    let groups = groups_in(name);
    let says = |group: usize| groups & (1 << group) != 0;
    match (says(FAILED), says(SUCCEEDED) && !says(NEGATED)) {
        (true, false) => Outcome::Failure,
        (false, true) => Outcome::Success,
        _ => Outcome::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_say_and_no_more() {
        let of = |name: &str, verb: &str| {
            let mut event = EventBuf::default();
            settle(name, verb, &mut event);
            (event.kind, event.outcome)
        };
        assert_eq!(of("Login failed", ""), (Kind::AUTH_LOGON, Outcome::Failure));
        assert_eq!(
            of("User authentication", ""),
            (Kind::AUTH_LOGON, Outcome::Unknown)
        );
        assert_eq!(of("Unsuccessful login", ""), (Kind::AUTH_LOGON, Outcome::Failure));
        assert_eq!(
            of("User authenticated in ASQ", ""),
            (Kind::AUTH_LOGON, Outcome::Success)
        );
        assert_eq!(
            of("User could not be authenticated", ""),
            (Kind::AUTH_LOGON, Outcome::Unknown)
        );
        assert_eq!(of("Admin LOGOUT", ""), (Kind::AUTH_LOGOFF, Outcome::Unknown));
        assert_eq!(of("Traffic", "Deny"), (Kind::FIREWALL_BLOCK, Outcome::Failure));
        assert_eq!(
            of("Virus found", "blocked"),
            (Kind::MALWARE_DETECT, Outcome::Failure)
        );
        assert_eq!(of("anything", "alert"), (Kind::OTHER, Outcome::Unknown));
    }

    #[test]
    fn names_end_in_how_it_ended() {
        for (name, outcome) in [
            ("USER_CONNECTION_FAILURE", Outcome::Failure),
            ("UserLoginSuccess", Outcome::Success),
            ("session.failed", Outcome::Failure),
            ("unsuccess", Outcome::Unknown),
            ("UNSUCCESS", Outcome::Unknown),
            ("failed", Outcome::Unknown),
            ("", Outcome::Unknown),
            ("FAILED_LOGIN", Outcome::Unknown),
        ] {
            assert_eq!(ends_in(name), outcome, "{name}");
        }
    }
}
