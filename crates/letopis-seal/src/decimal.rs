//! Numbers that have one spelling: no sign, no leading zero, nothing around them.

/// Reads a decimal number that prints back as it was read.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit());
    let spare_zero = text.len() > 1 && text.starts_with('0');
    if digits && !spare_zero {
        text.parse().ok()
    } else {
        None
    }
}
