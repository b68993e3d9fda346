//! How files are read where they do not say it well enough themselves: options of the commands that look at logs
//! without an archive.

use std::path::PathBuf;

use clap::Args;
use letopis_archive::intake::ParseOptions;
use letopis_event::Zone;

use crate::commands::formats::user_formats_of;
use crate::context::Context;
use crate::error::CommandError;

/// What a person says of files.
#[derive(Clone, Debug, Args)]
pub struct ReadAs {
    /// Reads them as this format.
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// Folder of formats described in TOML files; they take part (`letopis formats check`).
    #[arg(long, value_name = "DIR")]
    formats: Option<PathBuf>,
    /// Reads their text in this encoding.
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Zone of clocks that state none.
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<Zone>,
    /// Year of the first record that states none.
    #[arg(long, value_name = "YEAR")]
    year: Option<i32>,
}

impl ReadAs {
    /// As the intake takes it.
    ///
    /// # Errors
    /// When the encoding is none, or a described format does not hold.
    pub fn options(&self, context: &Context) -> Result<ParseOptions, CommandError> {
        let mut options = ParseOptions {
            format: self.format.clone(),
            zone: self.tz.unwrap_or(Zone::UTC),
            year: self.year,
            received: Some(context.now),
            ..ParseOptions::default()
        };
        if let Some(name) = &self.encoding {
            options = options
                .with_encoding_named(name)
                .map_err(|e| CommandError::usage(e.to_string()))?;
        }
        if let Some(folder) = &self.formats {
            options.user_formats = user_formats_of(folder)?;
        }
        Ok(options)
    }
}
