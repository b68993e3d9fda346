//! Statements: read, refused where they would change something, filled with values.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SQLOptions;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::{
    self, CastKind, DataType, Expr, Interval, Statement as AstStatement, Value, visit_expressions_mut,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;

use crate::error::QueryError;
use crate::named::{ParameterType, ParameterValue};

/// Reads exactly one statement, and refuses every kind that is not a reading.
pub(crate) fn read(text: &str) -> Result<Statement, QueryError> {
    let understood = |e: datafusion::error::DataFusionError| QueryError::from_engine(e, 0);
    let mut parser = DFParserBuilder::new(text)
        .with_dialect(&GenericDialect {})
        .build()
        .map_err(understood)?;
    let mut statements = parser.parse_statements().map_err(understood)?;
    let (Some(statement), true) = (statements.pop_front(), statements.is_empty()) else {
        return Err(QueryError::Statement("expected one statement".to_owned()));
    };
    match &statement {
        Statement::Statement(inner) => match &**inner {
            AstStatement::Query(query) if makes_table(query) => Err(refuse("SELECT INTO")),
            AstStatement::Query(_)
            | AstStatement::Explain { .. }
            | AstStatement::ExplainTable { .. }
            | AstStatement::ShowTables { .. }
            | AstStatement::ShowColumns { .. }
            | AstStatement::ShowFunctions { .. }
            | AstStatement::ShowVariable { .. } => Ok(statement),
            other => Err(refuse(&first_words(&other.to_string()))),
        },
        Statement::Explain(explain) => match explain.statement.as_ref() {
            Statement::Statement(inner) if matches!(**inner, AstStatement::Query(_)) => Ok(statement),
            other => Err(refuse(&first_words(&other.to_string()))),
        },
        Statement::CopyTo(_) => Err(refuse("COPY")),
        other => Err(refuse(&first_words(&other.to_string()))),
    }
}

fn makes_table(query: &ast::Query) -> bool {
    matches!(&*query.body, ast::SetExpr::Select(select) if select.into.is_some())
}

fn refuse(what: &str) -> QueryError {
    QueryError::NotReadOnly {
        what: what.to_owned(),
    }
}

/// The verb of a statement, for messages: `CREATE TABLE`, `INSERT INTO`, `DELETE`.
fn first_words(text: &str) -> String {
    let mut words = text.split_whitespace();
    let verb = words.next().unwrap_or("a statement").to_uppercase();
    let takes_two = matches!(verb.as_str(), "CREATE" | "DROP" | "ALTER" | "INSERT");
    match words.next().filter(|_| takes_two) {
        Some(second) => format!("{verb} {}", second.to_uppercase()),
        None => verb,
    }
}

/// A second look at the plan, where nothing but a reading can be left.
pub(crate) fn refuse_changes(plan: &LogicalPlan) -> Result<(), QueryError> {
    let options = SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    options
        .verify_plan(plan)
        .map_err(|e| refuse(e.strip_backtrace().trim_start_matches("Error during planning: ")))
}

/// Puts values where the statement says `$name`, as literals of the parsed statement: a text stays one text whatever it contains.
pub(crate) fn put_values(
    statement: &mut Statement,
    values: &BTreeMap<String, ParameterValue>,
) -> Result<(), QueryError> {
    let Statement::Statement(inner) = statement else {
        return Ok(());
    };
    let flow = visit_expressions_mut(inner, |expr| {
        let name = match expr {
            Expr::Value(value) => match &value.value {
                Value::Placeholder(name) => name.clone(),
                _ => return ControlFlow::Continue(()),
            },
            _ => return ControlFlow::Continue(()),
        };
        match values.get(name.trim_start_matches('$')).map(literal) {
            Some(Ok(value)) => {
                *expr = value;
                ControlFlow::Continue(())
            }
            Some(Err(error)) => ControlFlow::Break(error),
            None => ControlFlow::Break(QueryError::Statement(format!(
                "`{name}` stands for a parameter, and none of that name is declared"
            ))),
        }
    });
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

fn literal(value: &ParameterValue) -> Result<Expr, QueryError> {
    let text = |text: &str| Expr::value(Value::SingleQuotedString(text.to_owned()));
    Ok(match value {
        ParameterValue::Text(value) => text(value),
        ParameterValue::Integer(number) => cast(text(&number.to_string()), DataType::BigInt(None)),
        ParameterValue::Timestamp(micros) => timestamp(&micros.to_string())?,
        ParameterValue::Seconds(seconds) => Expr::Interval(Interval {
            value: Box::new(text(&format!("{seconds} seconds"))),
            leading_field: None,
            leading_precision: None,
            last_field: None,
            fractional_seconds_precision: None,
        }),
        ParameterValue::None(ParameterType::Timestamp) => timestamp("NULL")?,
        ParameterValue::None(ParameterType::Integer) => {
            cast(Expr::value(Value::Null), DataType::BigInt(None))
        }
        ParameterValue::None(_) => cast(Expr::value(Value::Null), DataType::Varchar(None)),
    })
}

fn cast(expr: Expr, data_type: DataType) -> Expr {
    Expr::Cast {
        kind: CastKind::Cast,
        expr: Box::new(expr),
        data_type,
        array: false,
        format: None,
    }
}

/// A timestamp literal of exactly the type of the event table; `micros` is a whole number or NULL, never a person's text.
fn timestamp(micros: &str) -> Result<Expr, QueryError> {
    let text = format!("arrow_cast(arrow_cast({micros}, 'Int64'), 'Timestamp(Microsecond, Some(\"UTC\"))')");
    let parsed: Result<ast::Expr, _> = Parser::new(&GenericDialect {})
        .try_with_sql(&text)
        .and_then(|mut parser| parser.parse_expr());
    parsed.map_err(|e| QueryError::Statement(e.to_string()))
}
