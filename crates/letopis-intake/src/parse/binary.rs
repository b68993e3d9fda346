//! Binary formats walk their bytes themselves; here their account is kept and checked.

use letopis_event::{EventBuf, EventSink, Origin, SinkError, Span, StructureKind, TimeBasis};

use super::Account;
use crate::detect::Detection;
use crate::error::IntakeError;
use crate::format::{Context, Head, ReadSeek};
use crate::options::ParseOptions;

type Read = fn(&mut dyn ReadSeek, &Context<'_>, &mut dyn EventSink) -> Result<(), IntakeError>;

pub(super) fn parse(
    input: &mut dyn ReadSeek,
    length: u64,
    detection: &Detection,
    options: &ParseOptions,
    read: Read,
    account: &mut Account<'_>,
) -> Result<(), IntakeError> {
    let bytes = crate::detect::read_head(input, length)?;
    let head = Head {
        bytes: &bytes,
        text: "",
        complete: bytes.len() as u64 == length,
        name: "",
    };
    let context = Context {
        head: &head,
        state: options.state.as_deref(),
        options,
        user: None,
    };
    input
        .seek(std::io::SeekFrom::Start(0))
        .map_err(IntakeError::read(0))?;
    let mut checked = Checked {
        account,
        length,
        event: EventBuf::default(),
        failure: None,
        disorder: 0,
    };
    let result = read(input, &context, &mut checked);
    if let Some(failure) = checked.failure {
        return Err(failure);
    }
    let disorder = checked.disorder;
    result?;
    if disorder > 0 {
        account.summary.notes.push(format!(
            "the reader of {} gave {disorder} spans out of order; they were left out of the account",
            detection.format.name
        ));
    }
    let rest = length.saturating_sub(account.position);
    account.structure(rest, StructureKind::Unknown)?;
    account.summary.complete_end = length;
    Ok(())
}

/// Stands between a binary format and the sink: order is checked, gaps are reported as unknown structure, times are
/// settled.
struct Checked<'a, 's> {
    account: &'a mut Account<'s>,
    length: u64,
    event: EventBuf,
    failure: Option<IntakeError>,
    disorder: u64,
}

impl Checked<'_, '_> {
    /// Brings the account to `span`; whether the span may be handed on.
    fn reach(&mut self, span: Span) -> Result<bool, IntakeError> {
        let fits = span.offset >= self.account.position && span.end() <= self.length;
        // A reader that steps back is a bug of ours, found by the tests; an investigation goes on and says so.
        assert!(
            fits || !cfg!(test),
            "span {span:?} after byte {}",
            self.account.position
        );
        if !fits {
            self.disorder += 1;
            return Ok(false);
        }
        let gap = span.offset - self.account.position;
        self.account.structure(gap, StructureKind::Unknown)?;
        Ok(true)
    }

    fn keep(&mut self, result: Result<(), IntakeError>) -> Result<(), SinkError> {
        result.map_err(|failure| match failure {
            IntakeError::Sink(sink) => sink,
            other => {
                self.failure = Some(other);
                SinkError("the account could not be kept".into())
            }
        })
    }

    fn take(&mut self, origin: &Origin<'_>, event: &EventBuf) -> Result<(), IntakeError> {
        if !self.reach(origin.span)? {
            return Ok(());
        }
        let settled = event.reading.is_none() && event.end_reading.is_none()
            || event.time.micros.is_some() && event.time.basis != TimeBasis::Carried;
        if settled {
            return self.account.event(origin, event);
        }
        self.event.clone_from(event);
        self.account.settle(&mut self.event, None);
        self.account.event(origin, &self.event)
    }
}

impl EventSink for Checked<'_, '_> {
    fn event(&mut self, origin: &Origin<'_>, event: &EventBuf) -> Result<(), SinkError> {
        let result = self.take(origin, event);
        self.keep(result)
    }

    fn structure(&mut self, span: Span, kind: StructureKind) -> Result<(), SinkError> {
        let result = self.reach(span).and_then(|fits| {
            if fits {
                self.account.structure(span.length, kind)
            } else {
                Ok(())
            }
        });
        self.keep(result)
    }
}
