//! letopis on the command line: arguments in, one joiner function called, its outcome printed.
//!
//! Each command is a file under `commands/`; what is printed goes through `ui`, what went wrong through `error`.

mod cli;
mod commands;
mod context;
mod error;
mod passphrase;
mod reports;
mod samples;
mod ui;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};
use crate::context::Context;
use crate::error::{CommandResult, Kind};

// Many threads make and drop large blocks of rows, which the system's allocator keeps in pieces (measured: benches).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(cli)));
    match outcome {
        Ok(Ok(verdict)) => ExitCode::from(verdict.exit_code()),
        Ok(Err(error)) => {
            if error.kind != Kind::BrokenPipe {
                let _ = write!(std::io::stderr().lock(), "{}", ui::printable(&error.to_string()));
            }
            ExitCode::from(error.kind.exit_code())
        }
        Err(_) => {
            let text = "Error: this is a bug in letopis; the archive is left as its ledger says\n";
            let _ = std::io::stderr().lock().write_all(text.as_bytes());
            ExitCode::from(Kind::Bug.exit_code())
        }
    }
}

fn run(cli: Cli) -> CommandResult {
    let context = Context::new(cli.global)?;
    match cli.command {
        Command::Init(arguments) => commands::init::run(&context, &arguments),
        Command::Config(arguments) => commands::config::run(&context, &arguments),
        Command::Source(arguments) => commands::source::run(&context, &arguments),
        Command::Detect(arguments) => commands::detect::run(&context, &arguments),
        Command::Conform(arguments) => commands::conform::run(&context, &arguments),
        Command::Formats(arguments) => commands::formats::run(&context, &arguments),
        Command::Ingest(arguments) => commands::ingest::run(&context, &arguments),
        Command::Import(arguments) => commands::import::run(&context, &arguments),
        Command::Show(arguments) => commands::show::run(&context, &arguments),
        Command::Search(arguments) => commands::search::run(&context, &arguments),
        Command::Sql(arguments) => commands::sql::run(&context, &arguments),
        Command::Query(arguments) => commands::query::run(&context, &arguments),
        Command::Timeline(arguments) => commands::timeline::run(&context, &arguments),
        Command::Access(arguments) => commands::access::run(&context, &arguments),
        Command::Coverage(arguments) => commands::coverage::run(&context, &arguments),
        Command::Retention(arguments) => commands::retention::run(&context, &arguments),
        Command::Check(arguments) => commands::check::run(&context, &arguments),
        Command::Forecast(arguments) => commands::forecast::run(&context, &arguments),
        Command::Hold(arguments) => commands::hold::run(&context, &arguments),
        Command::Comply(arguments) => commands::comply::run(&context, &arguments),
        Command::Sufficiency(arguments) => commands::sufficiency::run(&context, &arguments),
        Command::Policy(arguments) => commands::policy::run(&context, &arguments),
        Command::Review(arguments) => commands::review::run(&context, &arguments),
        Command::Incident(arguments) => commands::incident::run(&context, &arguments),
        Command::Stats(arguments) => commands::stats::run(&context, &arguments),
        Command::Verify(arguments) => commands::verify::run(&context, &arguments),
        Command::Compact(arguments) => commands::compact::run(&context, &arguments),
        Command::Rebuild(arguments) => commands::rebuild::run(&context, &arguments),
        Command::Repair(arguments) => commands::repair::run(&context, &arguments),
        Command::Prove(arguments) => commands::prove::run(&context, &arguments),
        Command::Key(arguments) => commands::key::run(&context, &arguments),
        Command::Checkpoint(arguments) => commands::checkpoint::run(&context, &arguments),
        Command::Export(arguments) => commands::export::run(&context, &arguments),
        Command::Copy(arguments) => commands::copy::run(&context, &arguments),
        Command::Demo(arguments) => commands::demo::run(&context, &arguments),
    }
}
