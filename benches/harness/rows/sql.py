"""Five statements on the archive, and the same on the same Parquet files by DuckDB and chDB."""

import hashlib

from ..result import Row
from ..words import quoted


class Dialect:
    """Where the three differ: the table, an instant, a day, the quarter, several aggregates in one expression."""

    def __init__(self, engine, segments):
        self.engine = engine
        tables = {"duckdb": f"read_parquet({quoted(segments)})", "chdb": f"file({quoted(segments)}, Parquet)"}
        self.events = tables.get(engine, "events")

    def instant(self, day):
        if self.engine == "chdb":
            return f"toDateTime64('{day} 00:00:00', 6, 'UTC')"
        return f"TIMESTAMPTZ '{day} 00:00:00+00'" if self.engine == "duckdb" else f"TIMESTAMP '{day}T00:00:00Z'"

    def day(self, column):
        return f"toDate({column})" if self.engine == "chdb" else f"CAST({column} AS DATE)"

    def part(self, what, column):
        if self.engine == "chdb":
            return f"{ {'year': 'toYear', 'quarter': 'toQuarter'}[what] }({column})"
        return f"CAST(date_part('{what}', {column}) AS BIGINT)"

    def text(self, expression):
        return f"toString({expression})" if self.engine == "chdb" else f"CAST({expression} AS VARCHAR)"


def user_week(d, facts):
    return (
        f"SELECT event_id, kind, message FROM {d.events} WHERE user_name = {quoted(facts['user'])} "
        f"AND time >= {d.instant(facts['from'])} AND time < {d.instant(facts['to'])} ORDER BY time, event_id LIMIT 1000"
    )


def day_kind(d, _):
    day = d.text(d.day("time"))
    return f"SELECT {day} AS day, kind, count(*) AS n FROM {d.events} WHERE time IS NOT NULL GROUP BY {day}, kind ORDER BY 1, 2"


def top_addresses(d, _):
    return (
        f"SELECT src_ip, count(*) AS n, count(DISTINCT user_name) AS users FROM {d.events} WHERE src_ip IS NOT NULL "
        "GROUP BY src_ip ORDER BY n DESC, src_ip LIMIT 20"
    )


def sessions(d, _):
    """Each session by its first record: of which kinds those are, and how long sessions are."""
    key = "coalesce(session, " + d.text("pid") + ")"
    return (
        f"SELECT e.kind AS kind, count(*) AS records, sum(s.n) AS of_sessions, max(s.n) AS longest FROM (SELECT source AS o, {key} AS k, "
        f"min(time) AS b, count(*) AS n FROM {d.events} WHERE {key} IS NOT NULL AND time IS NOT NULL GROUP BY source, {key}) s "
        f"JOIN (SELECT source, {key} AS k, time, kind FROM {d.events}) e ON e.source = s.o AND e.k = s.k AND e.time = s.b "
        "GROUP BY e.kind ORDER BY 1"
    )


def quarter(d, _):
    year, part = d.part("year", "time"), d.part("quarter", "time")
    return (
        f"SELECT {year} AS y, {part} AS q, category, kind, outcome, count(*) AS n, count(DISTINCT user_name) AS users, "
        f"count(DISTINCT host) AS hosts, sum(x_bytes) AS bytes FROM {d.events} WHERE time IS NOT NULL "
        f"GROUP BY {year}, {part}, category, kind, outcome ORDER BY 1, 2, 3, 4, 5"
    )


STATEMENTS = {
    "user and week": user_week,
    "day and kind": day_kind,
    "top addresses": top_addresses,
    "join of sessions": sessions,
    "quarterly statistic": quarter,
}


def facts(letopis):
    """Who is asked about and when: whoever has most records, in the week that begins with their first."""
    statement = (
        "SELECT user_name, CAST(CAST(min(time) AS DATE) AS VARCHAR) AS a, CAST(CAST(min(time) AS DATE) + INTERVAL '7' DAY AS VARCHAR) AS b "
        "FROM events WHERE user_name IS NOT NULL AND time IS NOT NULL GROUP BY user_name ORDER BY count(*) DESC, user_name LIMIT 1"
    )
    _, rows = letopis.sql(statement)
    user, first, after = rows[0] if rows else ("nobody", "1970-01-01", "1970-01-08")
    return {"user": user, "from": first[:10], "to": after[:10]}


def measure(bench):
    bench.need_archive()
    asked = facts(bench.letopis)
    for name, statement in STATEMENTS.items():
        row = Row(f"sql {name}", f"SQL on the same Parquet: {name}")
        with row.keeps_failure():
            one(bench, row, statement, asked)
        yield row


def one(bench, row, statement, asked):
    answers = {}
    for _ in range(bench.rounds):
        bench.load()
        with row.keeps_failure():
            run, told = bench.letopis.sql(statement(Dialect("letopis", ""), asked))
            answers["letopis"] = digest(told)
            row.take("letopis sql", run, answers["letopis"])
        for engine, label in (("duckdb", "DuckDB"), ("chdb", "chDB")):
            if bench.peers.has(engine):
                run, told = bench.peers.sql(engine, [statement(Dialect(engine, bench.letopis.segments()), asked)])
                answers[label] = digest(told)
                row.take(label, run, answers[label])
    bench.absent(row, "duckdb", "chdb")
    row.agree("rows and SHA-256 of them", answers)
    here = [label for label in ("DuckDB", "chDB") if row.has(label)]
    if here and row.has("letopis sql"):
        quickest = min(here, key=row.median)
        row.ratio(f"letopis : the faster of the two ({quickest})", "letopis sql", quickest, "≤", 1.0)
        whole = lambda run: run.seconds
        of_process = row.median("letopis sql", whole) / min(row.median(label, whole) for label in here)
        row.check("the same with the start of the peer's interpreter", of_process)
    for label in here:
        row.ratio(f"letopis : {label}", "letopis sql", label)


def digest(rows):
    """How many rows, and a digest of their cells as text, in order."""
    whole = hashlib.sha256()
    for row in rows:
        whole.update(("\x1f".join("\x00" if cell is None else str(cell) for cell in row) + "\n").encode())
    return f"{len(rows)} {whole.hexdigest()[:16]}"
