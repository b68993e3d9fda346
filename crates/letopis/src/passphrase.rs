//! Where a passphrase comes from: the environment, else whoever sits at the terminal.

use std::io::IsTerminal as _;
use std::path::Path;

use letopis_archive::vault::Passphrase;

use crate::error::CommandError;

/// Holds the passphrase of a locked key, for runs without a terminal. Other programs of the same account can read it.
pub const VARIABLE: &str = "LETOPIS_PASSPHRASE";
/// Holds the new one where it is set or changed.
pub const NEW_VARIABLE: &str = "LETOPIS_NEW_PASSPHRASE";

fn from(variable: &str) -> Option<Passphrase> {
    std::env::var(variable).ok().and_then(Passphrase::new)
}

fn prompt(text: &str) -> Option<String> {
    let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    terminal.then(|| rpassword::prompt_password(text).ok()).flatten()
}

/// The passphrase of a locked key file; `None` where nobody can be asked, or nothing was typed.
pub fn ask(path: &Path) -> Option<Passphrase> {
    from(VARIABLE).or_else(|| Passphrase::new(prompt(&format!("Passphrase of {}: ", path.display()))?))
}

/// A new passphrase, typed twice.
///
/// # Errors
/// When nobody can be asked, nothing was typed, or the two differ.
pub fn ask_new() -> Result<Passphrase, CommandError> {
    if let Some(passphrase) = from(NEW_VARIABLE) {
        return Ok(passphrase);
    }
    let missing = || {
        CommandError::usage("a new passphrase is needed, and there is no terminal to ask at")
            .hint(format!("{NEW_VARIABLE} holds it for a run without a terminal"))
    };
    let first = prompt("New passphrase: ").ok_or_else(missing)?;
    if prompt("The same again: ").as_deref() != Some(first.as_str()) {
        return Err(CommandError::usage("the two passphrases differ"));
    }
    Passphrase::new(first).ok_or_else(|| CommandError::usage("an empty passphrase is none"))
}
