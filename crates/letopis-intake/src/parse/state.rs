//! What one part of a file leaves for the next.

use letopis_event::Civil;
use serde::{Deserialize, Serialize};

use crate::encoding::Encoding;
use crate::error::IntakeError;
use crate::framing::{LineEnds, Memory};

/// The state of a walk, as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    /// Version of this layout.
    pub(crate) version: u8,
    /// Line ends before the next part.
    pub(crate) lines: u64,
    /// Fallback encoding.
    pub(crate) encoding: String,
    /// CR ends lines.
    pub(crate) carriage_return: bool,
    /// Framing: a record was seen, inside an array, objects open around the array, records stood in arrays.
    pub(crate) framing: (bool, bool, u8, bool),
    /// The last reading without a year: year given to it, month, day, seconds of the day.
    pub(crate) last_year: Option<(i32, u8, u8, u32)>,
    /// What the format's reader left.
    pub(crate) reader: Option<String>,
}

const VERSION: u8 = 2;

impl State {
    pub(crate) fn parse(text: &str) -> Result<Self, IntakeError> {
        let state: Self = serde_json::from_str(text).map_err(|e| IntakeError::State(e.to_string()))?;
        if state.version != VERSION {
            return Err(IntakeError::State(format!(
                "expected version {VERSION}, found {}",
                state.version
            )));
        }
        Ok(state)
    }

    pub(crate) fn new(encoding: Encoding, ends: LineEnds, memory: Memory, lines: u64) -> Self {
        Self {
            version: VERSION,
            lines,
            encoding: encoding.name().to_owned(),
            carriage_return: ends == LineEnds::Return,
            framing: (memory.started, memory.in_array, memory.wrapped, memory.lists),
            last_year: None,
            reader: None,
        }
    }

    pub(crate) fn write(&self) -> String {
        // Plain numbers and texts: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(crate) fn memory(&self) -> Memory {
        let (started, in_array, wrapped, lists) = self.framing;
        Memory {
            started,
            in_array,
            wrapped,
            lists,
            wasted: 0,
        }
    }

    pub(crate) fn ends(&self) -> LineEnds {
        if self.carriage_return {
            LineEnds::Return
        } else {
            LineEnds::Feed
        }
    }

    pub(crate) fn set_last_year(&mut self, year: i32, civil: &Civil) {
        let seconds =
            u32::from(civil.hour) * 3600 + u32::from(civil.minute) * 60 + u32::from(civil.second.min(59));
        self.last_year = Some((year, civil.month, civil.day, seconds));
    }

    /// The year and the reading after which this part goes on.
    pub(crate) fn last_civil(&self) -> Option<(i32, Civil)> {
        let (year, month, day, seconds) = self.last_year?;
        let civil = Civil {
            year: None,
            month: month.clamp(1, 12),
            day: day.clamp(1, 31),
            hour: (seconds / 3600 % 24) as u8,
            minute: (seconds / 60 % 60) as u8,
            second: (seconds % 60) as u8,
            nanos: 0,
        };
        Some((year, civil))
    }
}
