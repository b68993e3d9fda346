//! A text as a QR code (ISO/IEC 18004), drawn as SVG: one path, sharp at any size, nothing fetched.

use std::fmt::Write as _;

use maud::{Markup, html as markup};
use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around the code (ISO/IEC 18004 §5.3.8).
const QUIET: i32 = 4;

/// The picture, with as much error correction as fits; none for a text that no code can hold.
pub(crate) fn picture(text: &str) -> Option<Markup> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .or_else(|_| QrCode::encode_text(text, QrCodeEcc::Low))
        .ok()?;
    let side = code.size() + 2 * QUIET;
    // Wide enough for a camera: half a millimetre a module.
    let width = format!("{}mm", f64::from(side) / 2.0);
    Some(markup! {
        svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox=(format!("0 0 {side} {side}")) width=(width) shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path(&code)) fill="#000" {}
        }
    })
}

/// Each run of dark modules of a row as one rectangle.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let start = x;
            while code.get_module(x, y) && x < code.size() {
                x += 1;
            }
            if x > start {
                // Writing into a String cannot fail.
                let _ = write!(
                    path,
                    "M{},{}h{}v1h-{}z",
                    start + QUIET,
                    y + QUIET,
                    x - start,
                    x - start
                );
            }
            x += 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dark modules that the path draws are those of the code, every one and no other.
    #[test]
    fn the_path_draws_the_code() {
        let text = "letopis.archive/0f3c\n42\nroot\n\n— letopis-custodian signature\n";
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        let mut drawn = std::collections::BTreeSet::new();
        for part in path(&code).split('M').filter(|part| !part.is_empty()) {
            let (corner, rest) = part.split_once('h').unwrap();
            let (x, y) = corner.split_once(',').unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            let run: i32 = rest.split_once('v').unwrap().0.parse().unwrap();
            for dx in 0..run {
                assert!(drawn.insert((x + dx - QUIET, y - QUIET)), "drawn twice");
            }
        }
        for y in 0..code.size() {
            for x in 0..code.size() {
                assert_eq!(drawn.contains(&(x, y)), code.get_module(x, y), "{x} {y}");
            }
        }
    }

    #[test]
    fn a_text_that_no_code_holds_is_left_out() {
        assert!(picture(&"x".repeat(2_900)).is_some());
        assert!(picture(&"x".repeat(3_000)).is_none());
    }
}
