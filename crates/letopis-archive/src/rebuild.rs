//! Making every segment and index again from the originals: they are derived, and no proof depends on them.

use std::thread;

use letopis_vault::{Receipt, VaultWriter};
use serde_json::json;

use crate::error::Result;
use crate::lanes::Lanes;
use crate::replay::{plan, replay};
use crate::sink::Builders;
use crate::supersede::retire;

/// What a rebuild did.
#[derive(Debug)]
pub struct RebuildOutcome {
    /// Segments that were retired.
    pub retired: u64,
    /// Segments made.
    pub segments: u64,
    /// Rows in them.
    pub rows: u64,
    /// Objects read again.
    pub objects: u64,
    /// State of the ledger afterwards.
    pub receipt: Receipt,
}

/// Reads every original again and replaces all segments by one `rebuild` entry. `program` is this program and its
/// version; `progress` is told the bytes of each object done.
///
/// # Errors
/// When an original cannot be read, or the archive cannot be written.
pub fn rebuild(
    vault: &VaultWriter,
    program: &str,
    now: i64,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<RebuildOutcome> {
    let view = vault.vault();
    let register = crate::register::in_force(&view)?;
    let items = plan(&view)?;
    let total = items.iter().map(|i| i.object.length).sum();
    let retired: Vec<String> = view.segments()?.iter().map(|s| s.id.clone()).collect();
    let mut entries = retire(&retired, &json!({ "program": program }));
    let mut outcome = (0, 0);
    thread::scope(|scope| -> Result<()> {
        let lanes = Lanes::start(scope, vault, 1);
        let mut builders = Builders::default();
        let mut done = 0;
        let read = (|| {
            for item in &items {
                replay(&view, item, &register, &mut builders, &mut |chunk| {
                    lanes.rows(chunk)
                })?;
                done += item.object.length;
                progress(done, total);
            }
            lanes.flush()
        })();
        lanes.end()?;
        for closed in read? {
            outcome.0 += 1;
            outcome.1 += closed.rows;
            entries.push(closed.entry);
        }
        Ok(())
    })?;
    let receipt = vault.commit(entries, now)?;
    Ok(RebuildOutcome {
        retired: retired.len() as u64,
        segments: outcome.0,
        rows: outcome.1,
        objects: items.len() as u64,
        receipt,
    })
}
