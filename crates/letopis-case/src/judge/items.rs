//! Items of clauses: events, fields, logs by name.

use letopis_event::Kind;

use super::{EventResult, FieldResult, ItemResult, Ruling, Verdict, WindowsId, can_be_seen, is_judged};
use crate::plan::{Plan, PlannedCheck};
use crate::profile::{Derived, Rule, SourceLog};
use crate::tally::{Example, Filled, Tally};

pub(super) fn judge_item(
    planned: &PlannedCheck<'_>,
    plan: &Plan<'_>,
    tally: &Tally,
    language: &str,
) -> ItemResult {
    let check = planned.check;
    let (title, title_language) = check.title.in_language(language);
    let mut events = Vec::new();
    let mut field = None;
    let ruling = match planned.rule {
        Rule::Fields => match planned.field.and_then(|n| tally.fields.get(n)) {
            Some(filled) => {
                field = Some(field_result(planned, filled));
                field_ruling(planned, filled)
            }
            None => Ruling::new(Verdict::NotShown, "no column was named"),
        },
        Rule::Sources => sources(&check.sources, tally),
        Rule::Beyond => Ruling::new(Verdict::NotForATool, check.note.clone()),
        _ => {
            events = planned
                .parts
                .clone()
                .zip(&check.parts)
                .map(|(n, part)| event_result(&part.name, n, plan, tally))
                .collect();
            let follows = check
                .parts
                .iter()
                .any(|p| p.derived == Some(Derived::SeveralAddresses));
            event_ruling(&events, tally, follows)
        }
    };
    ItemResult {
        id: check.id.clone(),
        title: title.to_owned(),
        title_language,
        verdict: ruling.verdict,
        reason: ruling.reason,
        note: check.note.clone(),
        events,
        field,
    }
}

fn event_result(name: &str, number: usize, plan: &Plan<'_>, tally: &Tally) -> EventResult {
    let matcher = &plan.parts[number];
    let seen = &tally.parts[number];
    let count_of = |id: u32| seen.codes.iter().find(|(c, _)| *c == id).map_or(0, |(_, n)| *n);
    // A kind that any record may be of says nothing of what a format can show.
    let is_any = matcher.kinds().contains(&Kind::OTHER);
    EventResult {
        name: name.to_owned(),
        count: seen.count,
        first: seen.first.clone(),
        windows_ids: matcher
            .codes()
            .iter()
            .map(|id| WindowsId {
                id: *id,
                count: count_of(*id),
            })
            .collect(),
        can_be_seen: if is_any {
            None
        } else {
            can_be_seen(tally, matcher.kinds())
        },
    }
}

fn event_ruling(events: &[EventResult], tally: &Tally, follows_accounts: bool) -> Ruling {
    let mut parts = Vec::new();
    for event in events.iter().filter(|e| e.count > 0) {
        let ids: Vec<String> = event
            .windows_ids
            .iter()
            .map(|id| format!("{}: {}", id.id, id.count))
            .collect();
        let ids = if ids.is_empty() {
            String::new()
        } else {
            format!(" by event id {}", ids.join(", "))
        };
        let first = event.first.as_ref().map(Example::place).unwrap_or_default();
        parts.push(format!("{} {}{ids}, first in {first}", event.name, event.count));
    }
    let silent = |can: bool| {
        let named = events
            .iter()
            .filter(|e| e.count == 0 && (e.can_be_seen == Some(false)) != can);
        named.map(with_ids).collect::<Vec<_>>()
    };
    let (never, never_can) = (silent(true), silent(false));
    if !never.is_empty() {
        parts.push(format!("never seen: {}", never.join(", ")));
    }
    if !never_can.is_empty() {
        let formats: Vec<&str> = tally.formats.iter().map(String::as_str).collect();
        parts.push(format!(
            "never seen, and nothing in the formats that were read ({}) is taken as such: {}",
            formats.join(", "),
            never_can.join(", ")
        ));
    }
    if follows_accounts && tally.accounts_full {
        parts.push("more accounts than are followed".to_owned());
    }
    if tally.records == 0 {
        return Ruling::new(Verdict::NotShown, "no record was read");
    }
    let verdict = if events.iter().all(|e| e.count > 0) {
        Verdict::Met
    } else {
        Verdict::NotShown
    };
    Ruling::new(verdict, parts.join("; "))
}

fn with_ids(event: &EventResult) -> String {
    if event.windows_ids.is_empty() {
        return event.name.clone();
    }
    let ids: Vec<String> = event.windows_ids.iter().map(|id| id.id.to_string()).collect();
    format!("{} ({})", event.name, ids.join(", "))
}

fn field_result(planned: &PlannedCheck<'_>, filled: &Filled) -> FieldResult {
    FieldResult {
        columns: planned.check.columns.clone(),
        asked: filled.asked,
        present: filled.present,
        first_without: filled.first_without.clone(),
        in_form: planned.check.form.map(|_| filled.in_form),
        first_other_form: filled.first_other_form.clone(),
    }
}

fn field_ruling(planned: &PlannedCheck<'_>, filled: &Filled) -> Ruling {
    let check = planned.check;
    let Filled { asked, present, .. } = *filled;
    if asked == 0 {
        let why = match check.of {
            Some(_) => "no record of the kinds that it is asked of",
            None => "no record was read",
        };
        return Ruling::new(Verdict::NotShown, why);
    }
    let mut reason = format!("{present} of {asked} records have it{}", percent(present, asked));
    if let Some(first) = &filled.first_without {
        reason.push_str(&format!("; first without: {} `{}`", first.place(), first.text));
    }
    if check.optional {
        let verdict = if present == 0 {
            reason.push_str("; it is asked where it can be done, which no log shows");
            Verdict::NotShown
        } else {
            reason.push_str("; it is asked where it can be done");
            Verdict::Met
        };
        return Ruling::new(verdict, reason);
    }
    let mut verdict = if present == asked {
        Verdict::Met
    } else if planned.presumed && present > 0 {
        reason.push_str(
            "; which records the clause binds stands in no log, so the others do not break it for sure",
        );
        Verdict::NotShown
    } else {
        Verdict::NotMet
    };
    if check.form.is_some() {
        reason.push_str(&format!(
            "; {} of {asked} are in the form DD:MM:YYYY HH:MM:SS",
            filled.in_form
        ));
        if filled.with_addition > 0 {
            reason.push_str(&format!(
                ", {} of them with a fraction or a zone behind, of which the text says nothing",
                filled.with_addition
            ));
        }
        if filled.in_form < asked {
            verdict = Verdict::NotMet;
        }
        if let Some(other) = &filled.first_other_form {
            let written = match other.text.as_str() {
                "" => "no text".to_owned(),
                text => format!("`{text}`"),
            };
            reason.push_str(&format!("; first otherwise: {}, {written}", other.place()));
        }
    }
    Ruling::new(verdict, reason)
}

/// The share in tenths of a percent, cut and never rounded up: 100 % is all.
fn percent(part: u64, of: u64) -> String {
    if part == of || of == 0 {
        return String::new();
    }
    let tenths = u128::from(part) * 1000 / u128::from(of);
    format!(" ({}.{} %)", tenths / 10, tenths % 10)
}

fn sources(wanted: &[SourceLog], tally: &Tally) -> Ruling {
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for source in wanted {
        let files = tally.files.iter().filter(|f| is_judged(f) && f.records > 0);
        let mut files = files.filter(|f| {
            let name = f.facts.path.rsplit('/').next().unwrap_or_default();
            source.formats.contains(&f.facts.format) || source.files.iter().any(|n| is_named(name, n))
        });
        match files.next() {
            Some(file) => found.push(format!(
                "{}: {} ({} records)",
                source.name, file.facts.path, file.records
            )),
            None => missing.push(source.name.clone()),
        }
    }
    let verdict = if missing.is_empty() {
        Verdict::Met
    } else {
        found.push(format!("not handed over: {}", missing.join(", ")));
        Verdict::NotShown
    };
    Ruling::new(verdict, found.join("; "))
}

/// `messages`, `messages.1`, `messages-20260101` are the log `messages`; `messages_of_the_day` is not.
fn is_named(file: &str, log: &str) -> bool {
    file.strip_prefix(log)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}
