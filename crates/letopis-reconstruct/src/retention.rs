//! Proof of retention: for every source, what is held, whether the floor is met, and whether it was met on every day of
//! the year before, by what the archive itself held then.

use chrono::NaiveDate;
use letopis_retention::{Calendar, Held, Obligation, Verdict};
use letopis_vault::Trusted;
use serde::Serialize;

use crate::coverage::known;
use crate::error::{ReconstructError, Result};
use crate::reading::Reading;

/// What is asked.
#[derive(Clone, Debug)]
pub struct RetentionRequest {
    /// Only this source.
    pub source: Option<String>,
    /// Months that must be held; never fewer than the archive's own, which no request can undercut.
    pub months: Option<u32>,
    /// The day asked for; else today.
    pub at: Option<NaiveDate>,
    /// Days at the end that need not have been taken in yet.
    pub intake_days: u32,
    /// Which days are worked.
    pub calendar: Calendar,
}

/// How one source stands.
#[derive(Clone, Debug, Serialize)]
pub struct SourceHeld {
    /// The source.
    pub source: String,
    /// Its category, where the source list gives one.
    pub category: Option<String>,
    /// Whether it stands in the source list.
    pub declared: bool,
    /// How often it is expected to write; nothing where nobody said, which is read as daily.
    pub rhythm: Option<String>,
    /// Months that must be held of it.
    pub months: u32,
    /// Records without a believable time, which prove nothing here.
    pub not_placed: u64,
    /// The answer.
    #[serde(flatten)]
    pub held: Held,
}

/// What others put under a checkpoint of this archive: it shows that what the ledger held then is not made up later.
#[derive(Clone, Debug, Serialize)]
pub struct Anchor {
    /// `cosign`, `stamp` or `attach`.
    pub kind: &'static str,
    /// Ledger entries under it.
    pub size: u64,
    /// When it was handed in, RFC 3339.
    pub since: String,
    /// Who signed.
    pub by: Vec<String>,
    /// What was found out about it, a word.
    pub verdict: &'static str,
}

/// The proof.
#[derive(Clone, Debug, Serialize)]
pub struct RetentionProof {
    /// Id of the archive.
    pub archive: String,
    /// The day asked for.
    pub at: String,
    /// Zone in which days are cut.
    pub zone: String,
    /// Ledger entries and root that the proof rests on.
    pub checkpoint: (u64, String),
    /// What others put under this archive's checkpoints.
    pub anchors: Vec<Anchor>,
    /// Whether there is a source list: without one nobody said which sources there should be.
    pub listed: bool,
    /// The worst answer of any source; not shown where there is none.
    pub verdict: Verdict,
    /// The sources, by name.
    pub sources: Vec<SourceHeld>,
}

/// Judges every source, or one.
///
/// # Errors
/// When the day is not past, there is no such source, or the records cannot be read.
pub fn retention_proof(reading: &mut Reading, request: &RetentionRequest) -> Result<RetentionProof> {
    let zone = reading.zone();
    let today = zone.local_day(reading.now());
    let at = request.at.unwrap_or(today);
    if at > today {
        return Err(ReconstructError::Parameter(format!(
            "{at} is not past: what will be held cannot be shown (today is {today} in {zone})"
        )));
    }
    let floor = reading.vault().config().retention_months;
    let months = request.months.unwrap_or(floor).max(floor);
    let mut sources = Vec::new();
    for (source, known) in known(reading, request.source.as_deref())?.iter() {
        let own = known.row.months.and_then(|months| u32::try_from(months).ok());
        let obligation = Obligation {
            months: own.unwrap_or(months).max(months),
            rhythm: known.rhythm,
            since: known.since(),
            until: known.until(),
            intake_days: request.intake_days,
        };
        let held = Held::judge(&known.days, &obligation, &request.calendar, at, &|micros| {
            zone.local_day(micros)
        });
        sources.push(SourceHeld {
            source: source.clone(),
            category: known.row.category.clone(),
            declared: known.row.declared,
            rhythm: known.row.rhythm.clone(),
            months: obligation.months,
            not_placed: known.not_placed,
            held,
        });
    }
    let checkpoint = reading.vault().checkpoint();
    let proof = RetentionProof {
        archive: reading.vault().config().id.clone(),
        at: at.to_string(),
        zone: zone.to_string(),
        checkpoint: (checkpoint.size, checkpoint.root.to_string()),
        anchors: anchors(reading)?,
        listed: sources.iter().any(|source| source.declared),
        verdict: sources
            .iter()
            .map(|source| source.held.today.verdict)
            .max()
            .unwrap_or(Verdict::NotShown),
        sources,
    };
    reading.give(proof.sources.len() as u64, format!("{proof:?}").as_bytes());
    Ok(proof)
}

fn anchors(reading: &Reading) -> Result<Vec<Anchor>> {
    let vault = reading.vault();
    let mut anchors = Vec::new();
    for kept in vault.attachments(&Trusted::default())? {
        anchors.push(Anchor {
            kind: kept.kind.name(),
            size: kept.size.unwrap_or_default(),
            since: letopis_event::time::rfc3339(vault.entry(kept.seq)?.time),
            by: kept.by,
            verdict: kept.verdict,
        });
    }
    Ok(anchors)
}
