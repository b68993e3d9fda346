//! A page as one self-contained HTML file: no script is needed to read it, nothing is fetched, it prints on A4.

use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use crate::catalogue::Catalogue;
use crate::page::{Cell, Head, Mark, Message, Page, Section, Table};
use crate::picture;

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
                title { (shown(&title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (shown(&title)) }
                (head(&page.head, catalogue))
                @for section in &page.sections { (self::section(section, catalogue)) }
                @if !page.not_shown.is_empty() {
                    section class="limits" {
                        h2 { (catalogue.text(&Message::id("not-shown"))) }
                        ul { @for message in &page.not_shown { li { (shown(&catalogue.text(message))) } } }
                    }
                }
            }
        }
    };
    markup.into_string()
}

/// The facts of a head with their names.
pub(crate) fn head_facts(head: &Head) -> Vec<(Message, String)> {
    let mut facts = vec![
        (
            Message::id("head-archive"),
            format!("{} · {}", head.archive_name, head.archive_id),
        ),
        (
            Message::id("head-checkpoint"),
            format!("{} · {}", head.checkpoint_size, head.checkpoint_root),
        ),
        (Message::id("head-made"), head.made.clone()),
        (
            Message::id("head-zone"),
            format!("{} (tzdata {})", head.zone, head.tzdata),
        ),
        (Message::id("head-program"), head.program.clone()),
        (Message::id("head-command"), head.command.clone()),
    ];
    if !head.custodian.is_empty() {
        facts.insert(1, (Message::id("head-custodian"), head.custodian.clone()));
    }
    facts.extend(
        head.parameters
            .iter()
            .map(|(name, value)| (Message::plain(name.clone()), value.clone())),
    );
    facts
}

fn head(head: &Head, catalogue: &Catalogue) -> Markup {
    markup! {
        dl class="head" {
            @for (name, value) in head_facts(head) {
                dt { (shown(&catalogue.text(&name))) }
                dd { (shown(&value)) }
            }
        }
    }
}

fn section(section: &Section, catalogue: &Catalogue) -> Markup {
    let text = |message: &Message| shown(&catalogue.text(message));
    markup! {
        @match section {
            Section::Heading(message) => h2 { (text(message)) },
            Section::Text(message) => p { (text(message)) },
            Section::Warning(message) => p class="warning" { (text(message)) },
            Section::Verbatim(signed) => pre { (shown(signed)) },
            Section::Facts(facts) => dl {
                @for (name, value) in facts { dt { (text(name)) } dd { (text(value)) } }
            },
            Section::Table(table) => (self::table(table, catalogue)),
            Section::Stacked(table, groups) => (self::stacked(table, groups, catalogue)),
            Section::Picture(series) => figure { (picture::activity(series)) },
            Section::Bars { title, legend, bars } => figure {
                figcaption { (text(title)) }
                (picture::bars(bars, (&catalogue.text(&legend.0), &catalogue.text(&legend.1))))
            },
        }
    }
}

fn table(table: &Table, catalogue: &Catalogue) -> Markup {
    markup! {
        table {
            thead { tr { @for column in &table.columns { th { (shown(&catalogue.text(column))) } } } }
            tbody {
                @for row in &table.rows {
                    tr class=[class(row.mark)] {
                        @for cell in &row.cells { (self::cell(cell, catalogue)) }
                    }
                }
            }
        }
    }
}

/// A table whose columns stand below each other by groups; the first of a group leads, the others are smaller.
fn stacked(table: &Table, groups: &[&[usize]], catalogue: &Catalogue) -> Markup {
    let heading = |group: &[usize]| {
        let names: Vec<String> = group
            .iter()
            .filter_map(|c| table.columns.get(*c))
            .map(|m| catalogue.text(m))
            .collect();
        names.join(" · ")
    };
    markup! {
        table class="stacked" {
            thead { tr { @for group in groups { th { (shown(&heading(group))) } } } }
            tbody {
                @for row in &table.rows {
                    tr class=[class(row.mark)] {
                        @for group in groups {
                            td {
                                @for cell in group.iter().filter_map(|c| row.cells.get(*c)) {
                                    (part(cell, catalogue))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn part(cell: &Cell, catalogue: &Catalogue) -> Markup {
    markup! {
        @match cell {
            Cell::Text(text) => div { (shown(text)) },
            Cell::Message(message) => div { (shown(&catalogue.text(message))) },
            Cell::Number(number) => div { (number) },
            Cell::Code(code) => div class="code" { (shown(code)) },
            Cell::Empty => {},
        }
    }
}

fn class(mark: Mark) -> Option<&'static str> {
    match mark {
        Mark::Plain => None,
        Mark::Anchor => Some("anchor"),
        Mark::Bad => Some("bad"),
    }
}

fn cell(cell: &Cell, catalogue: &Catalogue) -> Markup {
    markup! {
        @match cell {
            Cell::Text(text) => td { (shown(text)) },
            Cell::Message(message) => td { (shown(&catalogue.text(message))) },
            Cell::Number(number) => td class="number" { (number) },
            Cell::Code(code) => td class="code" { (shown(code)) },
            Cell::Empty => td {},
        }
    }
}

/// Text in which nothing is hidden: control characters and bidirectional marks stand as their code points.
fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.extend(c.escape_unicode()),
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.extend(c.escape_unicode());
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Language;
    use crate::page::Row;

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
        assert!(text.contains("lang=\"ru\""));
        assert_eq!(text, html(&page, &Catalogue::new(Language::Ru)));
    }
}
