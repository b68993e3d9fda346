//! The page of the answers to a regulation, clause by clause.

use std::collections::BTreeMap;

use letopis_reconstruct::Compliance;
use letopis_reconstruct::case::Verdict;
use letopis_reconstruct::case::law::Check;
use letopis_reconstruct::comply::{Answer, ClauseAnswer, How};
use letopis_report::page::Row;
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Table};

use super::columns;

/// Clause and answer; what it asks; what was counted and why; figure; number of the query.
const GROUPS: &[&[usize]] = &[&[0, 2], &[1], &[3, 5], &[4], &[6]];

pub(super) fn page(head: Head, found: &Compliance, language: &str) -> Page {
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let summary = Message::id("comply-summary")
        .number("met", number(found.met))
        .number("unmet", number(found.not_met))
        .number("unshown", number(found.not_shown))
        .number("beyond", number(found.not_for_a_tool));
    let mut queries = Queries::default();
    let rows: Vec<Row> = found
        .clauses
        .iter()
        .flat_map(|clause| rows(clause, language, &mut queries))
        .collect();
    let clauses = Table {
        name: "clauses",
        columns: columns(&[
            "col-clause",
            "col-asks",
            "col-answer-clause",
            "col-was-counted",
            "col-figure",
            "col-because",
            "col-query",
        ]),
        rows,
    };
    Page {
        title: Message::id("comply-title").text("law", found.title.in_language(language).0),
        head,
        sections: vec![
            if found.not_met > 0 {
                Section::Warning(summary)
            } else {
                Section::Text(summary)
            },
            Section::Text(Message::id("comply-meaning")),
            Section::Stacked(clauses, GROUPS),
            Section::Heading(Message::id("comply-queries")),
            Section::Table(queries.table()),
        ],
        not_shown: ["limit-tool", "limit-words"].map(Message::id).to_vec(),
    }
}

/// Commands and statements by their number, each once.
#[derive(Default)]
struct Queries {
    numbers: BTreeMap<String, usize>,
    words: Vec<(String, String)>,
}

impl Queries {
    fn number(&mut self, how: &How) -> usize {
        let (words, figure) = match how {
            How::Sql { text, asked, held } => {
                (format!("letopis sql \"{text}\""), format!("{held} / {asked}"))
            }
            How::Command { text, count } => (text.clone(), (*count).to_owned()),
        };
        let next = self.words.len() + 1;
        let number = *self.numbers.entry(words.clone()).or_insert(next);
        if number == next {
            self.words.push((words, figure));
        }
        number
    }

    fn table(self) -> Table {
        let rows = (1..).zip(self.words).map(|(number, (words, figure))| Row {
            cells: vec![Cell::Number(number), Cell::Code(words), Cell::Code(figure)],
            ..Row::default()
        });
        Table {
            name: "queries",
            columns: columns(&["col-query", "col-words", "col-figure"]),
            rows: rows.collect(),
        }
    }
}

/// A row for each check of a clause; the first says what the clause asks and how it is answered.
fn rows(clause: &ClauseAnswer, language: &str, queries: &mut Queries) -> Vec<Row> {
    let ids: Vec<&str> = std::iter::once(clause.id.as_str())
        .chain(clause.also.iter().map(String::as_str))
        .collect();
    let mark = match clause.verdict {
        Verdict::NotMet => Mark::Bad,
        _ => Mark::Plain,
    };
    let title = clause.title.in_language(language).0.to_owned();
    let head = vec![
        Cell::Text(ids.join(" ")),
        Cell::Text(title),
        Cell::Message(verdict(clause.verdict)),
    ];
    if clause.checks.is_empty() {
        return vec![joined(head, by_documents(clause), mark)];
    }
    let is_alone = clause.checks.len() == 1;
    let mut rows = Vec::new();
    if !is_alone {
        let held = clause
            .checks
            .iter()
            .filter(|answer| answer.verdict == Verdict::Met)
            .count();
        let rest = vec![
            Cell::Empty,
            figure(held as u64, clause.checks.len() as u64),
            Cell::Empty,
            Cell::Empty,
        ];
        rows.push(joined(head.clone(), rest, mark));
    }
    for answer in &clause.checks {
        let first = match is_alone {
            true => head.clone(),
            false => vec![
                Cell::Text(clause.id.clone()),
                Cell::Empty,
                Cell::Message(verdict(answer.verdict)),
            ],
        };
        let numbers: Vec<String> = answer
            .how
            .iter()
            .map(|how| queries.number(how).to_string())
            .collect();
        let rest = vec![
            Cell::Message(counted(&answer.check)),
            figure(answer.figure.held, answer.figure.asked),
            Cell::Message(because(answer)),
            Cell::Text(numbers.join(", ")),
        ];
        let mark = if answer.verdict == Verdict::NotMet {
            Mark::Bad
        } else {
            Mark::Plain
        };
        rows.push(joined(first, rest, mark));
    }
    rows
}

fn joined(mut cells: Vec<Cell>, rest: Vec<Cell>, mark: Mark) -> Row {
    cells.extend(rest);
    Row { cells, mark }
}

/// What would show a clause that no tool can see.
fn by_documents(clause: &ClauseAnswer) -> Vec<Cell> {
    let documents = clause
        .documents
        .iter()
        .map(|document| Message::code("document", document.as_str()))
        .collect();
    let because = Message::id("because-document").message("documents", Message::List(documents));
    vec![Cell::Empty, Cell::Empty, Cell::Message(because), Cell::Empty]
}

fn figure(held: u64, asked: u64) -> Cell {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    Cell::Message(
        Message::id("figure-of")
            .number("held", number(held))
            .number("asked", number(asked)),
    )
}

/// An answer in words.
pub fn verdict(verdict: Verdict) -> Message {
    Message::id(match verdict {
        Verdict::Met => "comply-met",
        Verdict::NotMet => "comply-not-met",
        Verdict::NotShown => "comply-not-shown",
        Verdict::DoesNotApply => "comply-does-not-apply",
        Verdict::NotForATool => "comply-not-for-a-tool",
    })
}

/// What a check counts, in words.
pub fn counted(check: &Check) -> Message {
    let list = [&check.columns, &check.categories, &check.kinds, &check.countries]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .chain(check.clause.as_deref())
        .chain(check.subject.as_deref())
        .chain(check.deadlines.iter().map(String::as_str))
        .chain(check.step.as_deref());
    let list: Vec<&str> = list.collect();
    let plain = CHECKS
        .iter()
        .find(|id| id.strip_prefix("check-") == Some(check.check.as_str()))
        .copied();
    let id = match (check.deadlines.is_empty(), &check.step) {
        (false, _) => "check-incident-deadlines",
        (true, Some(_)) => "check-incident-steps",
        (true, None) => plain.unwrap_or_default(),
    };
    Message::id(id)
        .text("list", list.join(", "))
        .number("months", i64::from(check.months.unwrap_or(6)))
        .number("days", i64::from(check.days.unwrap_or_default()))
        .number("least", i64::from(check.least.unwrap_or(1)))
}

/// Ids of what each check counts.
const CHECKS: &[&str] = &[
    "check-access-closed",
    "check-access-identified",
    "check-access-purpose",
    "check-anchored",
    "check-attributed",
    "check-categories",
    "check-closed",
    "check-conform",
    "check-copies-home",
    "check-copies-placed",
    "check-coverage",
    "check-custodian",
    "check-failures-reviewed",
    "check-findings",
    "check-floor",
    "check-floor-past",
    "check-health",
    "check-health-recorded",
    "check-holds",
    "check-incidents",
    "check-intake",
    "check-intake-recent",
    "check-kinds",
    "check-longer-with-basis",
    "check-not-in-future",
    "check-notices",
    "check-originals",
    "check-parsed",
    "check-policy",
    "check-policy-kinds",
    "check-register",
    "check-register-complete",
    "check-removals",
    "check-reviewed",
    "check-reviews",
    "check-setting-months",
    "check-setting-purpose",
    "check-storage",
    "check-territory",
    "check-time-kept",
    "check-time-sources",
    "check-verified",
];

/// Why an answer is as it is.
pub fn because(answer: &Answer) -> Message {
    let figure = &answer.figure;
    match answer.verdict {
        Verdict::Met if figure.held < figure.asked => {
            Message::id("because-tolerated").number("n", i64::try_from(answer.tolerated).unwrap_or(i64::MAX))
        }
        Verdict::Met => Message::id("because-all"),
        Verdict::DoesNotApply if figure.asked == 0 && answer.check.clause.is_some() => {
            Message::id("because-elsewhere")
        }
        _ if figure.asked == 0 || (figure.held == 0 && figure.lacking.is_empty()) => {
            Message::id("because-nothing")
        }
        _ => {
            let mut names = figure.lacking.join(", ");
            let short = figure.asked.saturating_sub(figure.held);
            if short > figure.lacking.len() as u64 || names.is_empty() {
                let more = short.saturating_sub(figure.lacking.len() as u64);
                let dash = if names.is_empty() { "" } else { ", " };
                names = format!("{names}{dash}+{more}");
            }
            Message::id("because-lacking").text("names", names)
        }
    }
}

#[cfg(test)]
mod tests {
    use letopis_reconstruct::case::law::CheckName;

    use super::*;

    #[test]
    fn every_check_says_what_it_counts_in_every_language() {
        for check in CheckName::ALL {
            let message = counted(&Check::plain(*check));
            for language in letopis_report::Language::ALL {
                let text = letopis_report::Catalogue::new(*language).text(&message);
                assert!(
                    !text.starts_with('[') && text.len() > 10,
                    "{}: {text}",
                    check.as_str()
                );
            }
        }
        assert_eq!(CHECKS.len(), CheckName::ALL.len());
    }
}
