//! A page as one self-contained HTML file: no script is needed to read it, nothing is fetched, it prints on A4.

use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use crate::catalogue::Catalogue;
use crate::page::{Cell, Head, Mark, Message, Page, Section, Table};
use crate::picture;
use crate::printable::printable;
use crate::qr;

const STYLE: &str = include_str!("style.css");

/// The page as HTML. Everything that comes from logs is escaped; control characters and marks that reorder text are
/// shown as what they are.
pub fn html(page: &Page, catalogue: &Catalogue) -> String {
    let title = catalogue.text(&page.title);
    let markup = markup! {
        (DOCTYPE)
        html lang=(catalogue.language().code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (printable(&title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (printable(&title)) }
                (facts(&head_facts(&page.head), Some("head"), catalogue))
                @for section in &page.sections { (self::section(section, catalogue)) }
                @if !page.not_shown.is_empty() {
                    section class="limits" {
                        h2 { (catalogue.text(&Message::id("not-shown"))) }
                        ul { @for message in &page.not_shown { li { (printable(&catalogue.text(message))) } } }
                    }
                }
            }
        }
    };
    markup.into_string()
}

/// The facts of a head with their names.
pub(crate) fn head_facts(head: &Head) -> Vec<(Message, Message)> {
    let plain = |id, text: String| (Message::id(id), Message::plain(text));
    let custodian = if head.custodian.is_empty() {
        Message::id("head-nobody")
    } else {
        Message::plain(head.custodian.clone())
    };
    let entries = i64::try_from(head.checkpoint_size).unwrap_or(i64::MAX);
    let mut facts = vec![
        plain(
            "head-archive",
            format!("{} · {}", head.archive_name, head.archive_id),
        ),
        (Message::id("head-custodian"), custodian),
        (
            Message::id("head-checkpoint"),
            Message::id("head-entries")
                .number("n", entries)
                .text("root", head.checkpoint_root.clone()),
        ),
        plain("head-made", head.made.clone()),
        plain("head-made-by", head.made_by.clone()),
        plain("head-zone", format!("{} (tzdata {})", head.zone, head.tzdata)),
        plain("head-program", head.program.clone()),
        plain("head-command", head.command.clone()),
    ];
    facts.extend(head.parameters.iter().cloned());
    facts
}

fn facts(facts: &[(Message, Message)], class: Option<&str>, catalogue: &Catalogue) -> Markup {
    markup! {
        dl class=[class] {
            @for (name, value) in facts {
                dt { (printable(&catalogue.text(name))) }
                dd { (printable(&catalogue.text(value))) }
            }
        }
    }
}

fn section(section: &Section, catalogue: &Catalogue) -> Markup {
    let text = |message: &Message| printable(&catalogue.text(message));
    markup! {
        @match section {
            Section::Heading(message) => h2 { (text(message)) },
            Section::Text(message) => p { (text(message)) },
            Section::Warning(message) => p class="warning" { (text(message)) },
            Section::Verbatim(signed) => pre { (printable(signed)) },
            Section::Code(text) => @if let Some(picture) = qr::picture(text) { figure class="qr" { (picture) } },
            Section::Facts(list) => (facts(list, None, catalogue)),
            Section::Table(table) => (self::table(table, catalogue)),
            Section::Stacked(table, groups) => (self::stacked(table, groups, catalogue)),
            Section::Picture(series) => figure { (picture::activity(series)) },
            Section::Bars { legend, bars } => figure { (picture::bars(bars, legend, catalogue)) },
        }
    }
}

fn table(table: &Table, catalogue: &Catalogue) -> Markup {
    markup! {
        table {
            thead {
                tr {
                    @for (number, column) in table.columns.iter().enumerate() {
                        th class=[of_numbers(table, number)] { (printable(&catalogue.breakable(column))) }
                    }
                }
            }
            tbody {
                @for row in &table.rows {
                    tr class=[class(row.mark)] {
                        @for cell in &row.cells { td class=[face(cell)] { (content(cell, catalogue)) } }
                    }
                }
            }
        }
    }
}

/// The class of a column of numbers, whose heading stands above them at the right.
fn of_numbers(table: &Table, column: usize) -> Option<&'static str> {
    let cells = || table.rows.iter().filter_map(|r| r.cells.get(column));
    let numbers = cells().any(|c| matches!(c, Cell::Number(_)))
        && cells().all(|c| matches!(c, Cell::Number(_) | Cell::Empty));
    numbers.then_some("number")
}

/// A table whose columns stand below each other by groups; the first of a group leads, the others are smaller.
fn stacked(table: &Table, groups: &[&[usize]], catalogue: &Catalogue) -> Markup {
    let heading = |group: &[usize]| {
        let names: Vec<String> = group
            .iter()
            .filter_map(|c| table.columns.get(*c))
            .map(|m| catalogue.breakable(m))
            .collect();
        names.join(" · ")
    };
    markup! {
        table class=(format!("stacked {}", table.name)) {
            thead {
                tr {
                    @for group in groups {
                        th class=[group.first().and_then(|c| of_numbers(table, *c))] { (printable(&heading(group))) }
                    }
                }
            }
            tbody {
                @for row in &table.rows {
                    tr class=[class(row.mark)] {
                        @for group in groups {
                            td {
                                @for cell in group.iter().filter_map(|c| row.cells.get(*c)) {
                                    @if *cell != Cell::Empty {
                                        div class=[face(cell)] { (content(cell, catalogue)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How a cell is set.
fn face(cell: &Cell) -> Option<&'static str> {
    match cell {
        Cell::Number(_) => Some("number"),
        Cell::Code(_) => Some("code"),
        Cell::Time(_) => Some("time"),
        Cell::Message(_) => Some("word"),
        Cell::Text(_) | Cell::Empty => None,
    }
}

fn content(cell: &Cell, catalogue: &Catalogue) -> Markup {
    markup! {
        @match cell {
            Cell::Text(text) | Cell::Code(text) => (printable(text)),
            Cell::Message(message) => (printable(&catalogue.breakable(message))),
            Cell::Number(number) => (grouped(*number)),
            Cell::Time(text) => {
                @match text.split_once('T') {
                    Some((day, clock)) => { span { (printable(day)) "T" } wbr; span { (printable(clock)) } },
                    None => { span { (printable(text)) } },
                }
            }
            Cell::Empty => {},
        }
    }
}

/// A number with a narrow space between its thousands, which reads the same in every language.
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        out.push('-');
    }
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

fn class(mark: Mark) -> Option<&'static str> {
    match mark {
        Mark::Plain => None,
        Mark::Anchor => Some("anchor"),
        Mark::Bad => Some("bad"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Language;
    use crate::page::Row;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(
            [0, 999, 1_000, -76_253, 1_234_567].map(grouped),
            [
                "0",
                "999",
                "1\u{202f}000",
                "-76\u{202f}253",
                "1\u{202f}234\u{202f}567"
            ]
        );
    }

    #[test]
    fn a_log_line_cannot_speak_to_the_browser() {
        let hostile = "<script>alert(1)</script>\u{202e}\u{0}\"'&";
        let table = Table {
            name: "t",
            columns: vec![Message::plain(hostile)],
            rows: vec![Row {
                cells: vec![Cell::Text(hostile.to_owned())],
                mark: Mark::Bad,
            }],
        };
        let page = Page {
            title: Message::plain(hostile),
            head: Head::default(),
            sections: vec![Section::Table(table)],
            not_shown: vec![Message::plain(hostile)],
        };
        let text = html(&page, &Catalogue::new(Language::Ru));
        assert!(!text.contains("<script"), "{text}");
        assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}\\u{0}"));
        for language in Language::ALL {
            let opening = format!("<html lang=\"{}\">", language.code());
            assert!(html(&page, &Catalogue::new(*language)).contains(&opening));
        }
        assert_eq!(text, html(&page, &Catalogue::new(Language::Ru)));
    }
}
