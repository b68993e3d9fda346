//! Where the developers' corpus of outsiders' logs lies, if it is there.

use std::path::PathBuf;

/// The corpus folder, or one thing in it; `None`, with a loud notice on standard error, where it is absent.
///
/// A test that gets `None` returns at once: the notice is what tells that it did not look.
pub fn find(inside: &str) -> Option<PathBuf> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus"));
    let path = if inside.is_empty() {
        root
    } else {
        root.join(inside)
    };
    if path.exists() {
        return Some(path);
    }
    notice(&format!(
        "SKIPPED: no corpus here ({}), nothing was compared",
        path.display()
    ));
    None
}

/// The committed samples.
pub fn samples() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples"))
}

/// Says something that must be seen even when the test passes.
fn notice(text: &str) {
    use std::io::Write as _;
    // Straight to the descriptor: the test harness hides what passing tests print. A failure here loses a notice.
    let _ = writeln!(std::io::stderr().lock(), "\n*** {text} ***");
}
