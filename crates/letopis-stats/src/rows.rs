//! What the statistics are made of: plain columns, one value a row.

/// A column of few values: a code a row, and the value of each code.
#[derive(Clone, Debug, Default)]
pub struct Coded {
    /// Position in `values`, one a row.
    pub codes: Vec<u32>,
    /// The distinct values.
    pub values: Vec<String>,
}

impl Coded {
    /// The value of a code; codes that were never given read as an empty text.
    pub fn value(&self, code: u32) -> &str {
        self.values.get(code as usize).map_or("", String::as_str)
    }

    /// Adds a row's value, looking it up among the known ones.
    pub fn push(&mut self, value: &str) {
        // Rows of one kind come in runs: the last code is right most of the time.
        if let Some(last) = self.codes.last().copied().filter(|c| self.value(*c) == value) {
            self.codes.push(last);
            return;
        }
        let code = self.values.iter().position(|v| v == value).unwrap_or_else(|| {
            self.values.push(value.to_owned());
            self.values.len() - 1
        });
        self.codes.push(code as u32);
    }
}

/// The rows of the event table that a statistic counts. All columns are of one length.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// `time`, microseconds since 1970 UTC; `None` where not placed in time.
    pub time: Vec<Option<i64>>,
    /// Whether `time_basis` is `stated`.
    pub stated: Vec<bool>,
    /// `source`.
    pub source: Coded,
    /// `category`; an empty text where there is none.
    pub category: Coded,
    /// `kind`.
    pub kind: Coded,
    /// `outcome`.
    pub outcome: Coded,
    /// A number that is equal for two rows exactly when host, time, process and message are: copies of one record.
    pub content: Vec<u64>,
}

impl Rows {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }
}
