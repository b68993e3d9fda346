//! What a person is told when a command cannot do its work: a kind, a sentence, causes and hints.

use std::error::Error;
use std::fmt;

/// What kind of failure it is; the kind alone picks the exit code (design §11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was typed, or a configuration file.
    Usage,
    /// The system, the disk, the archive's state: we could not look.
    Environment,
    /// Ours.
    Bug,
    /// The reader of our output went away.
    BrokenPipe,
}

impl Kind {
    /// The exit code of the process.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Environment => 3,
            Self::Bug => 255,
            Self::BrokenPipe => 0,
        }
    }
}

/// A command that could not do its work.
#[derive(Debug)]
pub struct CommandError {
    /// What kind of failure.
    pub kind: Kind,
    /// One sentence.
    pub message: String,
    /// What lies behind it, outermost first.
    pub causes: Vec<String>,
    /// Commands to type or things to do.
    pub hints: Vec<String>,
}

impl CommandError {
    /// A failure that the person at the keyboard can mend by typing something else.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Usage,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// A failure of the surroundings.
    pub fn environment(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Environment,
            ..Self::usage(message)
        }
    }

    /// A failure with its cause chain.
    pub fn from_error(kind: Kind, error: &(dyn Error + 'static)) -> Self {
        let mut causes = Vec::new();
        let mut below = error.source();
        let message = error.to_string();
        while let Some(cause) = below {
            let text = cause.to_string();
            // Transparent wrappers repeat the text of what they wrap.
            if causes.last() != Some(&text) && !message.contains(&text) {
                causes.push(text);
            }
            if let Some(io) = cause.downcast_ref::<std::io::Error>()
                && io.kind() == std::io::ErrorKind::BrokenPipe
            {
                return Self {
                    kind: Kind::BrokenPipe,
                    message,
                    causes,
                    hints: Vec::new(),
                };
            }
            below = cause.source();
        }
        Self {
            kind,
            message,
            causes,
            hints: Vec::new(),
        }
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Error: {}", self.message)?;
        for (number, cause) in (1..).zip(&self.causes) {
            writeln!(f, "  {number}: {cause}")?;
        }
        for hint in &self.hints {
            writeln!(f, "Hint: {hint}")?;
        }
        Ok(())
    }
}

impl From<std::io::Error> for CommandError {
    fn from(error: std::io::Error) -> Self {
        let kind = if error.kind() == std::io::ErrorKind::BrokenPipe {
            Kind::BrokenPipe
        } else {
            Kind::Environment
        };
        Self {
            kind,
            ..Self::environment(error.to_string())
        }
    }
}

/// Outcome of a command: whether its verdict is positive (exit code 0) or negative (exit code 1), or some input
/// could not be read (exit code 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Done.
    Done,
    /// We looked, and the answer is no.
    Negative,
    /// Done, but the system would not let us read some of the input.
    Incomplete,
}

impl Verdict {
    /// The exit code of the process.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Negative => 1,
            Self::Incomplete => 3,
        }
    }
}

/// What a command returns.
pub type CommandResult = Result<Verdict, CommandError>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_prints_causes_and_hints() {
        let error = CommandError {
            causes: vec!["No space left on device".to_owned()],
            ..CommandError::environment("cannot write the ledger")
        }
        .hint("letopis verify");
        assert_eq!(
            error.to_string(),
            "Error: cannot write the ledger\n  1: No space left on device\nHint: letopis verify\n"
        );
        assert_eq!(error.kind.exit_code(), 3);
    }
}
