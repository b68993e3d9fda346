//! A report as data: what stands on the page, in which order, before any language is chosen.

/// A text of the catalogue, with its arguments; or a text that is the same in every language.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A message id and its arguments.
    Id(&'static str, Vec<(&'static str, Argument)>),
    /// A code in words, by its family (`kind`, `outcome`, `category` …); a code without words stands as it is.
    Code(&'static str, String),
    /// Several texts in a row, with a comma between them.
    List(Vec<Message>),
    /// A name, a number, a value from a log.
    Plain(String),
}

/// An argument of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// Text.
    Text(String),
    /// A number: chooses plural forms.
    Number(i64),
    /// A text of the catalogue inside another.
    Message(Message),
}

impl Message {
    /// A message without arguments.
    pub fn id(id: &'static str) -> Self {
        Self::Id(id, Vec::new())
    }

    /// A code that the catalogue has words for.
    pub fn code(family: &'static str, code: impl Into<String>) -> Self {
        Self::Code(family, code.into())
    }

    /// A text that is the same in every language.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    /// Adds a text argument.
    #[must_use]
    pub fn text(self, name: &'static str, value: impl Into<String>) -> Self {
        self.with(name, Argument::Text(value.into()))
    }

    /// Adds a number argument.
    #[must_use]
    pub fn number(self, name: &'static str, value: i64) -> Self {
        self.with(name, Argument::Number(value))
    }

    /// Adds an argument that is a message itself.
    #[must_use]
    pub fn message(self, name: &'static str, value: Self) -> Self {
        self.with(name, Argument::Message(value))
    }

    fn with(mut self, name: &'static str, value: Argument) -> Self {
        if let Self::Id(_, arguments) = &mut self {
            arguments.push((name, value));
        }
        self
    }
}

/// What stands on every report, so that anyone can make it again and knows what it rests on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// Name of the archive.
    pub archive_name: String,
    /// Its id.
    pub archive_id: String,
    /// Who answers for it; empty where the archive names nobody, which the page then says.
    pub custodian: String,
    /// Ledger entries under the checkpoint.
    pub checkpoint_size: u64,
    /// Root of the checkpoint, hex.
    pub checkpoint_root: String,
    /// Program and version.
    pub program: String,
    /// The exact command.
    pub command: String,
    /// When the report was made, as text with its offset.
    pub made: String,
    /// The account and the machine that it was made under.
    pub made_by: String,
    /// Zone of local times.
    pub zone: String,
    /// Version of the tz database.
    pub tzdata: String,
    /// What was asked: names and values of the parameters in force.
    pub parameters: Vec<(Message, Message)>,
}

/// A report.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Its title.
    pub title: Message,
    /// What it rests on.
    pub head: Head,
    /// Its content.
    pub sections: Vec<Section>,
    /// What it does not show.
    pub not_shown: Vec<Message>,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Section {
    /// A heading.
    Heading(Message),
    /// A paragraph.
    Text(Message),
    /// A paragraph that must be seen.
    Warning(Message),
    /// Facts by name.
    Facts(Vec<(Message, Message)>),
    /// Signed text, to be copied.
    Verbatim(String),
    /// A text as a QR code, to be read from paper by a camera. Too long a text (over about 2,900 bytes) is left out.
    Code(String),
    /// A table.
    Table(Table),
    /// A table too wide for a page: in HTML the named columns stand below each other in one; elsewhere each stands
    /// alone.
    Stacked(Table, &'static [&'static [usize]]),
    /// Rows over time, one line a series: points and shaded stretches.
    Picture(Series),
    /// Amounts as bars.
    Bars {
        /// Name of the first amount, and of the second where the bars have one.
        legend: (Message, Option<Message>),
        /// The bars from top to bottom.
        bars: Vec<Bar>,
    },
}

/// A bar: an amount, and one to compare it with.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Its name.
    pub name: Message,
    /// The amount.
    pub amount: u64,
    /// The amount beside it.
    pub beside: Option<u64>,
}

impl Section {
    /// Its table, if it is one.
    pub fn table(&self) -> Option<&Table> {
        match self {
            Self::Table(table) | Self::Stacked(table, _) => Some(table),
            _ => None,
        }
    }
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Short name without spaces: file name of the CSV, name of the sheet.
    pub name: &'static str,
    /// Column headings.
    pub columns: Vec<Message>,
    /// Rows; as many cells as columns.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<Cell>,
    /// How it stands out.
    pub mark: Mark,
}

/// How something stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// It does not.
    #[default]
    Plain,
    /// It is what the report starts from.
    Anchor,
    /// It is a failure or a gap.
    Bad,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text, as it is.
    Text(String),
    /// A text of the catalogue.
    Message(Message),
    /// A number.
    Number(i64),
    /// A citation or digest: set in a fixed-width face.
    Code(String),
    /// An instant as RFC 3339 text, `~` before it where assumed: broken between day and clock only.
    Time(String),
    /// Nothing known.
    Empty,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text)
        }
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Empty, Self::from)
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// Points over time, one line a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// First and last instant, microseconds since 1970 UTC.
    pub from: i64,
    /// Last instant.
    pub to: i64,
    /// Offset of the axis, minutes.
    pub offset_min: i16,
    /// Lines from top to bottom.
    pub lines: Vec<Line>,
}

/// One line of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Instants, with how they stand out.
    pub points: Vec<(i64, Mark)>,
    /// Stretches of silence.
    pub gaps: Vec<(i64, i64)>,
}
