//! Figures: what a query or a command counted, and the exact words to count it again.

use letopis_case::law::Figure;
use letopis_table::RowView;
use serde::Serialize;

use crate::error::{ReconstructError, Result};
use crate::reading::Reading;
use crate::search::literal;

/// How anyone gets the same figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum How {
    /// `letopis sql`: one row with `asked` and `held`.
    Sql {
        /// The statement.
        text: String,
        /// Its `asked`.
        asked: u64,
        /// Its `held`.
        held: u64,
    },
    /// A command whose `--json` holds the figure.
    Command {
        /// The command without the archive.
        text: String,
        /// Where in its outcome the figure stands, in words.
        count: &'static str,
    },
}

/// A figure, and whether nothing stands against it because there is nothing of the kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counted {
    pub figure: Figure,
    /// Of what lacks, so much is tolerated.
    pub tolerated: u64,
    /// What is asked binds systems of another make.
    pub elsewhere: bool,
    pub how: Vec<How>,
}

/// Counts rows: of all rows of `from` those for which `ok` holds; `name` names one that does not.
pub(crate) fn of_rows(from: &str, name: &str, ok: &str) -> String {
    format!(
        "SELECT count(*) AS asked, count(CASE WHEN {ok} THEN 1 END) AS held, \
         min(CASE WHEN coalesce({ok}, false) THEN NULL ELSE {name} END) AS first_lacking FROM {from}"
    )
}

/// One item of a list that a statement looks for.
pub(crate) struct Item {
    /// What it is called.
    pub name: String,
    /// Number of records that show it: an aggregate over the rows.
    pub count: String,
    /// A statement of its own that gives one row `records`, instead.
    pub apart: Option<String>,
}

impl Item {
    pub fn when(name: impl Into<String>, condition: &str) -> Self {
        Self {
            name: name.into(),
            count: format!("count(CASE WHEN {condition} THEN 1 END)"),
            apart: None,
        }
    }
}

/// Counts items that were seen in `from`. Where no row stands there at all, nothing is asked. `rival`, an aggregate, says
/// how many rows are of another make, where the items bind some only: `own` is then the aggregate of those that they bind.
pub(crate) fn of_items(items: &[Item], from: &str, bound: Option<(&str, &str)>) -> String {
    let columns: Vec<String> = items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.apart.is_none())
        .map(|(n, item)| format!("{} AS n{n}", item.count))
        .collect();
    let (own, rival) = bound.unwrap_or(("count(*)", "0"));
    let mut tables = format!(
        "(SELECT {own} AS own, {rival} AS rival{}{} FROM {from}) AS counted",
        if columns.is_empty() { "" } else { ", " },
        columns.join(", ")
    );
    for (n, apart) in items
        .iter()
        .enumerate()
        .filter_map(|(n, i)| Some((n, i.apart.as_ref()?)))
    {
        tables.push_str(&format!(
            " CROSS JOIN (SELECT records AS n{n} FROM ({apart}) AS apart{n}) AS item{n}"
        ));
    }
    let seen: Vec<String> = (0..items.len())
        .map(|n| format!("CASE WHEN n{n} > 0 THEN 1 ELSE 0 END"))
        .collect();
    let lacking: Vec<String> = items
        .iter()
        .enumerate()
        .map(|(n, item)| format!("WHEN n{n} = 0 THEN {}", literal(&item.name)))
        .collect();
    format!(
        "SELECT CASE WHEN own = 0 THEN 0 ELSE {} END AS asked, CASE WHEN own = 0 THEN 0 ELSE {} END AS held, \
         CASE {} END AS first_lacking, rival FROM {tables}",
        items.len(),
        seen.join(" + "),
        lacking.join(" ")
    )
}

/// Runs a statement that gives one row of figures.
pub(crate) fn run(reading: &Reading, sql: String) -> Result<Counted> {
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    let row = batches.iter().flat_map(RowView::all).next();
    let row = row.ok_or_else(|| ReconstructError::Parameter(format!("no row of figures from: {sql}")))?;
    let number = |name| row.number(name).and_then(|n| u64::try_from(n).ok());
    let figure = Figure {
        asked: number("asked").unwrap_or_default(),
        held: number("held").unwrap_or_default(),
        open: number("open").unwrap_or_default(),
        lacking: row.text("first_lacking").map(str::to_owned).into_iter().collect(),
    };
    let mut figure = figure;
    if figure.held >= figure.asked {
        figure.lacking.clear();
    }
    Ok(Counted {
        tolerated: number("tolerated").unwrap_or_default(),
        elsewhere: figure.asked == 0 && number("rival").unwrap_or_default() > 0,
        how: vec![How::Sql {
            text: sql,
            asked: figure.asked,
            held: figure.held,
        }],
        figure,
    })
}

/// Two figures of one check together.
pub(crate) fn plus(mut first: Counted, second: Counted) -> Counted {
    first.figure.asked += second.figure.asked;
    first.figure.held += second.figure.held;
    first.figure.open += second.figure.open;
    first.figure.lacking.extend(second.figure.lacking);
    first.tolerated += second.tolerated;
    first.elsewhere &= second.elsewhere;
    first.how.extend(second.how);
    first
}

/// A figure over named things, counted by a command.
pub(crate) fn of_command(
    things: impl IntoIterator<Item = (String, Standing)>,
    text: String,
    count: &'static str,
) -> Counted {
    let mut figure = Figure::default();
    for (name, standing) in things {
        figure.asked += 1;
        match standing {
            Standing::Held => figure.held += 1,
            Standing::Open => {
                figure.open += 1;
                figure.lacking.push(name);
            }
            Standing::Broken => figure.lacking.insert(0, name),
        }
    }
    Counted {
        figure,
        how: vec![How::Command { text, count }],
        ..Counted::default()
    }
}

/// How one thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// As it is wanted.
    Held,
    /// Not shown.
    Open,
    /// Not as it is wanted.
    Broken,
}
