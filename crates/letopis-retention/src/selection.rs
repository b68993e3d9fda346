//! What a hold is about: records of a source, of a stretch of time, that a search finds, or that are cited.

use serde::{Deserialize, Serialize};

/// Records that all of these say, and the cited ones besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Of this source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// At or after this instant, microseconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// Before this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<i64>,
    /// Found by this search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Citations, whatever the rest says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
}

/// What a selection may not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// It says nothing: everything would be meant.
    #[error("nothing is selected: name a source, a stretch of time, a search or records")]
    Nothing,
    /// The stretch of time ends before it begins, or where it begins.
    #[error("the stretch of time is empty: its end is not after its beginning")]
    EmptyRange,
}

impl Selection {
    /// Whether it selects by anything but citations.
    pub fn is_by_rule(&self) -> bool {
        self.source.is_some() || self.from.is_some() || self.to.is_some() || self.query.is_some()
    }

    /// Whether it can be used.
    ///
    /// # Errors
    /// When it says nothing, or its stretch of time is empty.
    pub fn check(&self) -> Result<(), SelectionError> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && to <= from
        {
            return Err(SelectionError::EmptyRange);
        }
        match self.is_by_rule() || !self.records.is_empty() {
            true => Ok(()),
            false => Err(SelectionError::Nothing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_selection_is_refused() {
        let check = |selection: &Selection, expected| assert_eq!(selection.check(), expected);
        check(&Selection::default(), Err(SelectionError::Nothing));
        let range = |from, to| Selection {
            from,
            to,
            ..Selection::default()
        };
        check(&range(Some(2), Some(2)), Err(SelectionError::EmptyRange));
        check(&range(Some(3), Some(2)), Err(SelectionError::EmptyRange));
        check(&range(Some(2), Some(3)), Ok(()));
        check(&range(None, Some(3)), Ok(()));
        let cited = Selection {
            records: vec!["x".to_owned()],
            ..Selection::default()
        };
        check(&cited, Ok(()));
        assert!(!cited.is_by_rule());
    }
}
