"""Ingest of mixed text with everything, beside the same lines unparsed into Parquet; and what is kept."""

import os

from ..process import measure as process
from ..result import Row
from ..words import quoted

LINES = """SELECT * FROM read_csv([{files}], columns = {{'line': 'VARCHAR'}}, delim = '\\x01', quote = '', escape = '',
    header = false, auto_detect = false, strict_mode = false, max_line_size = 16777216, ignore_errors = true)"""


def copy_statement(logs, out):
    """Each line is a row; no line is split: the delimiter stands in no line."""
    files = ", ".join(quoted(path) for path in logs.paths)
    return f"COPY ({LINES.format(files=files)}) TO {quoted(out)} (FORMAT parquet, COMPRESSION zstd)"


def measure(bench):
    """letopis, DuckDB and zstd in turn on the same files."""
    row = Row(
        "ingest", "ingest with everything (originals, parsing, hashing, trees, Parquet, index, durable) of mixed text"
    )
    letopis, logs = bench.letopis, bench.logs
    for _ in range(bench.rounds):
        bench.load()
        letopis.clear()
        run, told = letopis.ingest(logs.inputs())
        row.take("letopis ingest", run, told["records"])
        if bench.peers.has("duckdb"):
            run, _ = bench.peers.sql("duckdb", [copy_statement(logs, bench.parquet)])
            row.take("DuckDB COPY", run)
        if bench.peers.has("zstd"):
            with open(bench.stream, "wb") as out:
                command = [["cat", *logs.paths], [bench.peers.programs["zstd"], "-3", "-q", "-c", "-"]]
                row.take("zstd -3", process(command, stdout=out, timeout=bench.timeout))
    bench.absent(row, "duckdb", "zstd")
    row.ratio("letopis : DuckDB COPY", "letopis ingest", "DuckDB COPY", "≤", 2.0)
    row.ratio("letopis : zstd -3 of the same bytes in one stream", "letopis ingest", "zstd -3")
    if row.has("DuckDB COPY"):
        busy = lambda run: run.processor
        row.check(
            "processor time, letopis : DuckDB COPY", row.median("letopis ingest", busy) / row.median("DuckDB COPY", busy)
        )
        _, rows = bench.peers.sql("duckdb", [f"SELECT count(*) FROM {quoted(bench.parquet)}"])
        row.notes.append(f"lines: {logs.lines}; rows of DuckDB: {rows[0][0]}; records of letopis: {told['records']}")
        if bench.generated and int(rows[0][0]) != told["records"]:
            row.failed.append("each generated line is one record, and they are not equally many")
    seconds = row.median("letopis ingest")
    row.check("speed of letopis", logs.bytes / seconds / 2**20, unit="MiB/s")
    row.check("the same in records", told["records"] / seconds, unit="records/s")
    row.check("letopis, peak memory", row.peak("letopis ingest") / 2**20, unit="MiB")
    return [row]


def size(bench):
    """Bytes of the archive by what they are."""
    row = Row("size", "archive size, all included, by part")
    bench.need_archive()
    bench.need_stream()
    kept = bench.letopis.kept()
    total = sum(kept.values())
    row.notes.append("bytes: " + ", ".join(f"{name} {value}" for name, value in kept.items()) + f"; all {total}")
    row.check("archive : originals", total / bench.logs.bytes)
    if os.path.exists(bench.stream):
        packed = os.path.getsize(bench.stream)
        row.notes.append(f"zstd -3, one stream: {packed} bytes; originals: {bench.logs.bytes}")
        row.check("archive : zstd -3 of the originals", total / packed, "≤", 2.0)
        derived = kept["Parquet"] + kept["index"] + kept["trees"]
        row.check("Parquet + index + trees : zstd -3 of the originals", derived / packed, "≤", 1.0)
        for name, value in kept.items():
            row.check(f"{name} : zstd -3 of the originals", value / packed)
    else:
        bench.absent(row, "zstd")
    if bench.peers.has("duckdb"):
        row.notes.append(f"largest columns of Parquet: {largest_columns(bench)}")
    if os.path.exists(bench.parquet):
        row.check("archive : DuckDB's Parquet of unparsed lines", total / os.path.getsize(bench.parquet))
    return [row]


def largest_columns(bench):
    """Which columns take the bytes of the segments."""
    statement = (
        f"SELECT path_in_schema, sum(total_compressed_size) AS n FROM parquet_metadata({quoted(bench.letopis.segments())}) "
        "GROUP BY path_in_schema ORDER BY n DESC, path_in_schema LIMIT 12"
    )
    _, rows = bench.peers.sql("duckdb", [statement])
    return ", ".join(f"{name} {size}" for name, size in rows)
