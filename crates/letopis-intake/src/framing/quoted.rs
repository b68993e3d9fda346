//! Lines in which a quoted field may hold line ends.

use super::lines::{last_line, line, line_end};
use super::{Step, View};

/// Longest record that a quote may hold together. A quote that is not closed by then was a stray one, and the line
/// stands alone: one damaged line must not swallow the rest of the file.
const QUOTED_UNITS_MAX: usize = 4 << 20;

/// A line, with the lines that its open quote takes in.
pub(super) fn record(view: &View<'_>, quote: u8) -> Step {
    let Some((content, _)) = line_end(view.units, 0, view.ends, view.at_end) else {
        return last_line(view);
    };
    if memchr::memchr(quote, &view.units[..content]).is_none() {
        return line(view);
    }
    let mut open = false;
    let mut place = 0;
    while let Some((content, next)) = line_end(view.units, place, view.ends, view.at_end) {
        let quotes = memchr::memchr_iter(quote, &view.units[place..content]).count();
        open ^= quotes % 2 == 1;
        if !open {
            return Step::Record {
                length: content,
                after: next - content,
                closed: true,
            };
        }
        place = next;
        if place > QUOTED_UNITS_MAX {
            return line(view);
        }
    }
    if !view.at_end {
        return if view.units.len() > QUOTED_UNITS_MAX {
            line(view)
        } else {
            Step::More
        };
    }
    let rest = memchr::memchr_iter(quote, &view.units[place..]).count();
    if open && rest % 2 == 1 {
        return Step::Record {
            length: view.units.len(),
            after: 0,
            closed: false,
        };
    }
    line(view)
}
