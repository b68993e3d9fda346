//! `letopis init`

use clap::Args;
use letopis_event::Zone;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Verdict};

/// What an archive is told once.
#[derive(Clone, Debug, Default, Args)]
pub struct Facts {
    /// What people call the archive.
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// Person or office that answers for it.
    #[arg(long, value_name = "TEXT")]
    pub custodian: Option<String>,
    /// Where it is kept: country, place.
    #[arg(long, value_name = "TEXT")]
    pub territory: Option<String>,
    /// Time zone of quarters, days, and clocks that state none (tz database name or offset).
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<Zone>,
    /// Months that records are kept at least.
    #[arg(long, value_name = "N")]
    pub retention_months: Option<u32>,
    /// Whether every reading must state a purpose.
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
    pub require_purpose: Option<bool>,
    /// Second copies that must hold an object before it may be removed; 0 for none.
    #[arg(long, value_name = "N")]
    pub second_copies: Option<u32>,
    /// Countries in which second copies may lie: two letters each, with commas, EU for any member state; `any` for all.
    #[arg(long, value_name = "CC,…", value_parser = countries)]
    pub copy_countries: Option<Countries>,
}

/// Countries by their codes; none for any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Countries(pub Vec<String>);

/// Reads `SI,EU`, or `any`.
///
/// # Errors
/// When one is no code of two letters.
pub fn countries(text: &str) -> Result<Countries, String> {
    if text.trim().eq_ignore_ascii_case("any") {
        return Ok(Countries::default());
    }
    let code = |word: &str| crate::commands::copy::second::country(word.trim());
    text.split(',').map(code).collect::<Result<_, _>>().map(Countries)
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("expected yes or no".to_owned()),
    }
}

impl Facts {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.custodian.is_none()
            && self.territory.is_none()
            && self.time_zone.is_none()
            && self.retention_months.is_none()
            && self.require_purpose.is_none()
            && self.second_copies.is_none()
            && self.copy_countries.is_none()
    }

    /// Puts what was said into a configuration.
    ///
    /// # Errors
    /// When retention would fall under the floor of six months (SI-4, SIG-2).
    pub fn apply(&self, config: &mut letopis_archive::vault::Config) -> Result<(), CommandError> {
        if let Some(months) = self.retention_months {
            if months < 6 {
                return Err(CommandError::usage(format!(
                    "--retention-months: {months} is under the floor of 6 calendar months (SI-4)"
                )));
            }
            config.retention_months = months;
        }
        let set = |field: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                field.clone_from(value);
            }
        };
        set(&mut config.name, &self.name);
        set(&mut config.custodian, &self.custodian);
        set(&mut config.territory, &self.territory);
        if let Some(zone) = self.time_zone {
            config.time_zone = zone.to_string();
        }
        if let Some(required) = self.require_purpose {
            config.require_purpose = required;
        }
        config.second_copies = self.second_copies.unwrap_or(config.second_copies);
        if let Some(Countries(countries)) = &self.copy_countries {
            config.copy_countries.clone_from(countries);
        }
        Ok(())
    }
}

/// Makes an empty archive.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    facts: Facts,
}

/// Makes the archive and says where it and its keys are.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let mut config = context.default_config();
    arguments.facts.apply(&mut config)?;
    let writer = context.create(config)?;
    let vault = writer.vault();
    let outcome = json!({
        "archive": vault.place(),
        "id": vault.config().id,
        "keys": context.key_folder()?.display().to_string(),
        "checkpoint": { "size": vault.size(), "root": vault.checkpoint().root.to_string() },
    });
    context.ui.outcome(&outcome, || {
        let keys = context
            .key_folder()
            .map(|k| k.display().to_string())
            .unwrap_or_default();
        format!(
            "archive {} made at {}\nkeys in {keys}",
            vault.config().id,
            vault.place()
        )
    })?;
    Ok(Verdict::Done)
}
