"""One module a row, or a few rows that share their contestants."""

from . import evtx, growth, hostile, ingest, search, sql, start, timeline

# The order of the run: ingest makes the archive that the rows behind it ask.
ROWS = {
    "ingest": ingest.measure,
    "evtx": evtx.measure,
    "size": ingest.size,
    "search": search.measure,
    "sql": sql.measure,
    "timeline": timeline.measure,
    "start": start.measure,
    "growth": growth.measure,
    "hostile": hostile.measure,
}
