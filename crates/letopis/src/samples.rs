//! The samples, embedded.

use std::collections::BTreeMap;

use serde_json::Value;

include!(concat!(env!("OUT_DIR"), "/samples.rs"));

/// When each sample was last written, microseconds since 1970 UTC, by its path: a checkout does not keep file times,
/// and years are inferred from them.
pub fn modified() -> BTreeMap<String, i64> {
    let truth = FILES
        .iter()
        .find(|(name, _)| *name == "truth.json")
        .map(|(_, bytes)| *bytes)
        .unwrap_or_default();
    let truth: Value = serde_json::from_slice(truth).unwrap_or_default();
    let list = |value: &Value, name: &str| {
        value
            .get(name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let mut times: BTreeMap<String, i64> = BTreeMap::new();
    for file in list(&truth, "sources").iter().flat_map(|s| list(s, "files")) {
        let text = |name: &str| file.get(name).and_then(Value::as_str);
        let (Some(path), Some(time)) = (text("path"), text("modified")) else {
            continue;
        };
        // A compressed log keeps the time of what it holds; a collection the newest of its members'.
        if let Some(time) = letopis_reconstruct::moment::parse(time) {
            let entry = times.entry(path.to_owned()).or_insert(time);
            *entry = (*entry).max(time);
        }
    }
    times
}
