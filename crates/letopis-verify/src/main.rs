//! `letopis-verify`: checks proofs of records with nothing but the seal room. No archive, no network, no options to
//! get wrong.

use std::io::Write as _;
use std::process::ExitCode;

const USAGE: &str = "letopis-verify [--trust KEYS] PROOF...

Checks letopis proofs. Needs no archive and no network.

  PROOF          a proof of one record or of many, as `letopis prove` writes it
  --trust KEYS   a file with the custodian keys that you know from elsewhere, one a line. Without it the key is
                 taken from the proof itself and must be compared with a published one

Exit code: 0 all proven, 1 a proof does not hold, 2 wrong usage, 3 a file cannot be read.
";

fn main() -> ExitCode {
    let mut said = String::new();
    let code = run(std::env::args_os().skip(1).collect(), &mut said);
    let mut out = std::io::stdout().lock();
    match out.write_all(said.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::from(code),
        Err(_) => ExitCode::from(3),
    }
}

/// Checks what the arguments name, appends what is to be said, and gives the exit code.
fn run(arguments: Vec<std::ffi::OsString>, said: &mut String) -> u8 {
    let mut proofs = Vec::new();
    let mut trust = None;
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("-h" | "--help") => {
                said.push_str(USAGE);
                return 0;
            }
            Some("--trust") if trust.is_none() => match arguments.next() {
                Some(file) => trust = Some(file),
                None => return usage(said, "--trust: expected a file of keys after it"),
            },
            Some(option) if option.starts_with('-') => {
                return usage(said, &format!("unknown option {option:?}"));
            }
            _ => proofs.push(argument),
        }
    }
    if proofs.is_empty() {
        return usage(said, "expected at least one proof");
    }
    let trusted = match trust.map(|file| read(&file)).transpose() {
        Ok(trusted) => trusted,
        Err(error) => return unreadable(said, &error),
    };
    let mut code = 0;
    for file in proofs {
        let name = file.to_string_lossy();
        let text = match read(&file) {
            Ok(text) => text,
            Err(error) => {
                code = unreadable(said, &error);
                continue;
            }
        };
        match letopis_verify::check(&text, trusted.as_deref()) {
            Ok(shown) => said.push_str(&format!("{name}: {shown}\n\n")),
            Err(problem) => {
                code = code.max(1);
                said.push_str(&format!("{name}: NOT PROVEN: {problem}\n\n"));
            }
        }
    }
    code
}

fn usage(said: &mut String, problem: &str) -> u8 {
    said.push_str(&format!("{problem}\n\n{USAGE}"));
    2
}

fn unreadable(said: &mut String, problem: &str) -> u8 {
    said.push_str(&format!("{problem}\n"));
    3
}

fn read(file: &std::ffi::OsString) -> Result<String, String> {
    let name = file.to_string_lossy();
    let bytes = std::fs::read(file).map_err(|error| format!("{name}: {error}"))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("{name}, byte {at}: expected UTF-8")
    })
}
