//! Pictures as inline SVG: activity over time, and bars. They zoom with the page and print sharp.

use maud::{Markup, html};

use crate::catalogue::Catalogue;
use crate::html::grouped;
use crate::page::{Bar, Line, Mark, Message, Series};
use crate::printable::printable;

const WIDTH: f64 = 1000.0;
const LEFT: f64 = 250.0;
/// Most characters of a name that fit at the left, the widest letters of Cyrillic among them.
const NAME: usize = 27;
const LINE_HEIGHT: f64 = 26.0;
const TOP: f64 = 30.0;

/// Points and silences, one line a source, over a common time axis.
pub(crate) fn activity(series: &Series) -> Markup {
    let height = TOP + LINE_HEIGHT * series.lines.len() as f64 + 10.0;
    let span = (series.to - series.from).max(1) as f64;
    let x = |time: i64| LEFT + (time - series.from) as f64 / span * (WIDTH - LEFT - 10.0);
    html! {
        svg class="activity" viewBox=(format!("0 0 {WIDTH} {height}")) role="img" xmlns="http://www.w3.org/2000/svg" {
            @for (time, label) in ticks(series) {
                line x1=(num(x(time))) x2=(num(x(time))) y1=(num(TOP - 6.0)) y2=(num(height - 8.0)) class="tick" {}
                text x=(num(x(time))) y="16" text-anchor="middle" class="axis" { (label) }
            }
            @for (number, line) in series.lines.iter().enumerate() {
                (activity_line(line, TOP + LINE_HEIGHT * number as f64, &x, series))
            }
        }
    }
}

fn activity_line(line: &Line, top: f64, x: &dyn Fn(i64) -> f64, series: &Series) -> Markup {
    let middle = top + LINE_HEIGHT / 2.0;
    html! {
        text x=(num(LEFT - 8.0)) y=(num(middle + 4.0)) text-anchor="end" class="name" { (cut(&printable(&line.name), NAME)) }
        line x1=(num(LEFT)) x2=(num(WIDTH - 10.0)) y1=(num(middle)) y2=(num(middle)) class="base" {}
        @for (from, to) in &line.gaps {
            @let (from, to) = ((*from).max(series.from), (*to).min(series.to));
            @if to > from {
                rect x=(num(x(from))) y=(num(top + 4.0)) width=(num((x(to) - x(from)).max(1.0)))
                    height=(num(LINE_HEIGHT - 8.0)) class="gap" {}
            }
        }
        @for (place, amount, mark) in heaps(line, x) {
            @let size = 5.0 + (amount as f64).log2() * 2.0;
            rect x=(num(place)) y=(num(middle - size.min(18.0) / 2.0)) width="2.6"
                height=(num(size.min(18.0))) class=(class(mark)) {}
        }
    }
}

/// Points that would lie on each other are one mark, taller the more they are.
fn heaps(line: &Line, x: &dyn Fn(i64) -> f64) -> Vec<(f64, u32, Mark)> {
    let mut heaps: Vec<(f64, u32, Mark)> = Vec::new();
    for (time, mark) in &line.points {
        let place = (x(*time) / 3.0).floor() * 3.0;
        match heaps.last_mut() {
            Some((last, amount, strongest)) if *last == place => {
                *amount += 1;
                if weight(*mark) > weight(*strongest) {
                    *strongest = *mark;
                }
            }
            _ => heaps.push((place, 1, *mark)),
        }
    }
    heaps
}

fn weight(mark: Mark) -> u8 {
    match mark {
        Mark::Plain => 0,
        Mark::Anchor => 1,
        Mark::Bad => 2,
    }
}

fn class(mark: Mark) -> &'static str {
    match mark {
        Mark::Plain => "point",
        Mark::Anchor => "point anchor",
        Mark::Bad => "point bad",
    }
}

/// Up to eight instants at round local times.
fn ticks(series: &Series) -> Vec<(i64, String)> {
    const MINUTE: i64 = 60_000_000;
    let steps = [
        1,
        2,
        5,
        10,
        15,
        30,
        60,
        120,
        180,
        360,
        720,
        1440,
        2880,
        7 * 1440,
        14 * 1440,
        30 * 1440,
        90 * 1440,
        365 * 1440,
    ];
    let span = (series.to - series.from).max(1);
    let step = steps
        .iter()
        .map(|m| m * MINUTE)
        .find(|s| span / s <= 8)
        .unwrap_or(3650 * 1440 * MINUTE);
    let shift = i64::from(series.offset_min) * MINUTE;
    let mut at = (series.from + shift).div_euclid(step) * step + step - shift;
    let mut ticks = Vec::new();
    let mut day_before = String::new();
    while at <= series.to && ticks.len() < 12 {
        let mut text = String::new();
        letopis_event::time::format_rfc3339(at, series.offset_min, &mut text);
        let (day, clock) = text.split_at_checked(10).unwrap_or((&text, ""));
        // The day stands where it changes; between, the clock alone is enough.
        let label = if step >= 1440 * MINUTE {
            day.to_owned()
        } else if day == day_before {
            clock.get(1..6).unwrap_or_default().to_owned()
        } else {
            format!("{day} {}", clock.get(1..6).unwrap_or_default())
        };
        day.clone_into(&mut day_before);
        ticks.push((at, label));
        at += step;
    }
    ticks
}

/// Amounts as bars, one below the other; a second amount stands right below the first.
pub(crate) fn bars(bars: &[Bar], legend: &(Message, Option<Message>), catalogue: &Catalogue) -> Markup {
    let amounts = || {
        bars.iter()
            .flat_map(|b| std::iter::once(b.amount).chain(b.beside))
    };
    let most = amounts().max().unwrap_or(1).max(1) as f64;
    let step = if bars.iter().any(|b| b.beside.is_some()) {
        28.0
    } else {
        17.0
    };
    let height = 24.0 + step * bars.len() as f64;
    html! {
        svg class="bars" viewBox=(format!("0 0 {WIDTH} {height}")) role="img" xmlns="http://www.w3.org/2000/svg" {
            (bars_legend(legend, catalogue))
            @for (number, bar) in bars.iter().enumerate() {
                @let top = 24.0 + step * number as f64;
                text x=(num(LEFT - 8.0)) y=(num(top + step / 2.0 + 1.0)) text-anchor="end" class="name" {
                    (cut(&printable(&catalogue.text(&bar.name)), NAME))
                }
                (one_bar(bar.amount, most, top, "first"))
                @if let Some(beside) = bar.beside { (one_bar(beside, most, top + 12.0, "second")) }
            }
        }
    }
}

fn bars_legend(legend: &(Message, Option<Message>), catalogue: &Catalogue) -> Markup {
    html! {
        rect x=(num(LEFT)) y="4" width="12" height="10" class="first" {}
        text x=(num(LEFT + 18.0)) y="13" class="axis" { (catalogue.text(&legend.0)) }
        @if let Some(second) = &legend.1 {
            rect x=(num(LEFT + 220.0)) y="4" width="12" height="10" class="second" {}
            text x=(num(LEFT + 238.0)) y="13" class="axis" { (catalogue.text(second)) }
        }
    }
}

fn one_bar(amount: u64, most: f64, top: f64, class: &str) -> Markup {
    let width = (amount as f64 / most * (WIDTH - LEFT - 110.0)).max(if amount > 0 { 1.0 } else { 0.0 });
    let label = grouped(i64::try_from(amount).unwrap_or(i64::MAX));
    html! {
        rect x=(num(LEFT)) y=(num(top)) width=(num(width)) height="11" class=(class) {}
        text x=(num(LEFT + width + 6.0)) y=(num(top + 10.0)) class="axis" { (label) }
    }
}

/// A coordinate with one decimal, so that two machines print the same.
fn num(value: f64) -> String {
    format!("{value:.1}")
}

/// The text cut at a character, never inside one.
fn cut(text: &str, most: usize) -> String {
    use unicode_segmentation::UnicodeSegmentation as _;
    let mut characters = text.graphemes(true);
    let head: String = characters.by_ref().take(most).collect();
    if characters.next().is_some() {
        format!("{head}…")
    } else {
        head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_between_characters() {
        assert_eq!(cut("қауіпсіздік", 5), "қауіп…");
        assert_eq!(cut("vpn", 5), "vpn");
    }

    #[test]
    fn ticks_stand_at_round_local_times() {
        let hour = 3_600_000_000;
        let series = Series {
            from: 0,
            to: 8 * hour,
            offset_min: 330,
            lines: Vec::new(),
        };
        let labels: Vec<String> = ticks(&series).into_iter().map(|(_, l)| l).collect();
        assert_eq!(labels[..2], ["1970-01-01 06:00", "07:00"]);
        assert!(labels.len() >= 7);
    }
}
