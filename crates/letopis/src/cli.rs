//! What can be typed: the commands and the options they share.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands;

/// Takes retained logs in, keeps them provably unchanged, and reconstructs incidents from them. Offline.
#[derive(Debug, Parser)]
#[command(
    name = "letopis",
    version,
    arg_required_else_help = true,
    max_term_width = 110
)]
pub struct Cli {
    /// Options that every command understands.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command understands.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// The archive: a directory.
    #[arg(short, long, global = true, env = "LETOPIS_ARCHIVE", value_name = "DIR")]
    pub archive: Option<PathBuf>,
    /// Folder of the signing keys (custodian.key, journal.key), outside the archive.
    #[arg(long, global = true, env = "LETOPIS_KEY", value_name = "DIR")]
    pub key: Option<PathBuf>,
    /// Gives the outcome as one JSON object.
    #[arg(long, global = true)]
    pub json: bool,
    /// Says nothing but the answer.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Why the archive is read: goes into the access record.
    #[arg(long, global = true, value_name = "TEXT")]
    pub purpose: Option<String>,
    /// For which case the archive is read.
    #[arg(long, global = true, value_name = "ID")]
    pub case: Option<String>,
    /// Keeps the access record in this folder: for an archive that cannot take it (read-only, full, damaged).
    #[arg(long, global = true, value_name = "DIR")]
    pub journal: Option<PathBuf>,
    /// The present, for reports that must come out the same again (RFC 3339).
    #[arg(long, global = true, value_name = "TIME")]
    pub now: Option<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes an empty archive.
    Init(commands::init::Arguments),
    /// Shows or changes what the archive is told once: name, custodian, territory, zone, retention.
    Config(commands::config::Arguments),
    /// The source register: shows it, changes it, writes a template for it.
    Source(commands::source::Arguments),
    /// Says what files are: format, encoding, zone, year, first events. Writes nothing.
    Detect(commands::detect::Arguments),
    /// Says clause by clause whether logs are what regulations ask: kinds, fields, form. Writes nothing.
    Conform(Box<commands::conform::Arguments>),
    /// Lists the formats that are known, and checks formats that a user describes.
    Formats(commands::formats::Arguments),
    /// Takes logs in. Makes the archive where there is none.
    Ingest(Box<commands::ingest::Arguments>),
    /// Takes over a bundle that another archive handed out, after checking it as a stranger's.
    Import(commands::import::Arguments),
    /// Shows one record as it was found, with its fields and neighbours.
    Show(commands::show::Arguments),
    /// Finds records by their text and fields.
    Search(commands::search::Arguments),
    /// Runs SQL; without a statement, a shell.
    Sql(commands::sql::Arguments),
    /// Lists, shows and runs the named reconstructions.
    Query(commands::query::Arguments),
    /// Reconstructs what happened around a person, a machine, an address, a record or a search.
    Timeline(Box<commands::timeline::Arguments>),
    /// Who read this archive, and who read, changed, stopped or cleared logs on the monitored systems.
    Access(commands::access::Arguments),
    /// Which days of each source have records, and which lack those that were to be expected.
    Coverage(commands::coverage::Arguments),
    /// Whether logs were kept as long as they must be; for how long they are, and what may go.
    Retention(commands::retention::Arguments),
    /// What somebody must look at today, a line each: silent sources, failed intakes, space, clocks, gaps, copies.
    Check(commands::check::Arguments),
    /// What each source adds, when the disk is full, and what the floor of retention will need.
    Forecast(commands::forecast::Arguments),
    /// Holds: what may not be removed, whatever its term.
    Hold(commands::hold::Arguments),
    /// Answers a regulation clause by clause, with figures that anyone can count again.
    Comply(commands::comply::Arguments),
    /// Which events and fields each source must show, and which it showed.
    Sufficiency(commands::sufficiency::Arguments),
    /// What each source must log, from which day on.
    Policy(commands::policy::Arguments),
    /// Who went through which logs, and which days nobody went through.
    Review(commands::review::Arguments),
    /// The register of incidents, and the deadlines that run.
    Incident(commands::incident::Arguments),
    /// Statistics of a quarter.
    Stats(commands::stats::Arguments),
    /// Checks every byte of the archive. Writes nothing.
    Verify(commands::verify::Arguments),
    /// Makes segments and indexes again from the originals.
    Rebuild(commands::rebuild::Arguments),
    /// Joins the many small segments of small intakes to few good ones.
    Compact(commands::compact::Arguments),
    /// Puts damaged files right from a second copy of the same archive.
    Repair(commands::repair::Arguments),
    /// Proves one record to an outsider, or checks such a proof.
    Prove(commands::prove::Arguments),
    /// Signing keys: making, locking, handing over.
    Key(commands::key::Arguments),
    /// The signed state of the ledger, and what others put under it.
    Checkpoint(commands::checkpoint::Arguments),
    /// Hands events out.
    Export(commands::export::Arguments),
    /// Hands a working copy of the whole archive to a named person; its access journal comes home.
    Copy(commands::copy::Arguments),
    /// Builds an archive from the samples, verifies it, and runs the three reconstructions.
    Demo(commands::demo::Arguments),
}
