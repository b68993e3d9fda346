"""Searches beside ripgrep, zstd | ripgrep, DuckDB and chDB; who finds what is decided by ripgrep, line by line."""

import hashlib
import json
import tempfile

from ..process import measure as process
from ..result import Row
from ..words import quoted


def measure(bench):
    bench.need_archive()
    bench.need_stream()
    bench.need_parquet()
    for search in bench.searches:
        row = Row(f"search {search.name}", f"search: {search.name}, `{search.query}`")
        with row.keeps_failure():
            one(bench, search, row)
        yield row


def one(bench, search, row):
    """One search: all contestants in turn count, then every line is compared."""
    peers = bench.peers
    rg = [peers.programs.get("rg"), "--no-config", "-a", "--no-ignore", "--hidden", "--no-filename", "-c"]
    for _ in range(bench.rounds):
        bench.load()
        row.take("letopis search", run := bench.letopis.run("search", search.query, "--count"), int(run.output))
        row.take(
            "letopis search --no-index",
            run := bench.letopis.run("search", search.query, "--count", "--no-index"),
            int(run.output),
        )
        if peers.has("rg"):
            run = process([*rg, *search.ripgrep(), *bench.logs.paths], timeout=bench.timeout, accept=(0, 1))
            row.take("rg", run, sum(int(n) for n in run.output.split()))
        if peers.has("rg") and peers.has("zstd"):
            command = [[peers.programs["zstd"], "-q", "-dc", bench.stream], [*rg, *search.ripgrep()]]
            run = process(command, timeout=bench.timeout, accept=(0, 1))
            row.take("zstd -dc | rg", run, sum(int(n) for n in run.output.split()))
        if peers.has("duckdb"):
            run, rows = peers.sql("duckdb", [f"SELECT count(*) FROM {quoted(bench.parquet)} WHERE {search.duckdb()}"])
            row.take("DuckDB", run, int(rows[0][0]))
        if peers.has("chdb"):
            where = search.chdb("assumeNotNull(line)")
            run, rows = peers.sql("chdb", [f"SELECT count() FROM file({quoted(bench.parquet)}, Parquet) WHERE {where}"])
            row.take("chDB", run, int(rows[0][0]))
    bench.absent(row, "rg", "zstd", "duckdb", "chdb")
    aims(bench, search, row)
    if peers.has("rg"):
        compare_lines(bench, search, row)


def aims(bench, search, row):
    """The needle must win by far; everything else must not lose to DuckDB."""
    if search.name == "needle":
        row.ratio("DuckDB : letopis", "DuckDB", "letopis search", "≥", 10)
        row.ratio("chDB : letopis", "chDB", "letopis search", "≥", 10)
        large = bench.logs.bytes >= 0.95 * 2**30
        row.ratio("rg : letopis", "rg", "letopis search", *(("≥", 1) if large else ()))
        row.ratio("zstd -dc | rg : letopis", "zstd -dc | rg", "letopis search", *(("≥", 20) if large else ()))
        if not large:
            row.notes.append("against rg the aim holds at 1 GiB; here the figures are only told")
    else:
        row.ratio("DuckDB : letopis", "DuckDB", "letopis search", "≥", 1)
        for peer in ("chDB", "rg", "zstd -dc | rg"):
            row.ratio(f"{peer} : letopis", peer, "letopis search")


def compare_lines(bench, search, row):
    """Number and SHA-256 of the sorted matching lines, of letopis and of ripgrep."""
    rg = [bench.peers.programs["rg"], "--no-config", "-a", "--no-ignore", "--hidden", "--no-filename", "--no-heading"]
    right = lines_of([*rg, "-N", *search.reference(), *bench.logs.paths], None, lambda line: [line])
    with tempfile.TemporaryFile() as out:
        bench.letopis.run("search", search.query, "--format", "ndjson", stdout=out)
        out.seek(0)
        pieces = [piece for line in out for piece in json.loads(line)["raw"].encode().split(b"\n")]
    # A record of several lines gives those that hold the words; one of one line gives itself.
    if not bench.generated:
        pieces = lines_of([*rg, "-N", *search.reference(), "-"], b"\n".join(pieces), lambda line: [line])
    found, wanted = digest(pieces), digest(right)
    missing, more = sorted(set(right) - set(pieces)), sorted(set(pieces) - set(right))
    excused = not bench.generated and not more and excuse(search, missing)
    if excused:
        row.notes.append(f"letopis has the same lines but {len(missing)}: {excused}")
    else:
        row.agree("lines and SHA-256 of the sorted lines", {"letopis": found, "rg": wanted})
        for what, lines in (("only rg has", missing), ("only letopis has", more)):
            if lines:
                row.failed.append(f"{what} {len(lines)} lines, as: {lines[0][:160].decode(errors='replace')}")
    for name in ("letopis search", "letopis search --no-index", "rg", "zstd -dc | rg", "DuckDB", "chDB"):
        if row.has(name) and set(row.answers[name]) != {len(right)}:
            told = f"{name} counts {row.answers[name][0]}, rg bounded as letopis bounds words {len(right)}"
            unbounded = search.plain and name not in ("letopis search", "letopis search --no-index")
            (row.notes if unbounded or not bench.generated else row.failed).append(told)


def excuse(search, missing):
    """Why given logs may rightly have lines that letopis does not give."""
    if search.is_column:
        return "the address stands in the text and is neither source nor destination of a record"
    if missing and all(line.startswith(b"#") for line in missing):
        return "headers, which are no records"
    return None


def lines_of(command, given, split):
    with tempfile.TemporaryFile() as out:
        process(command, stdin=given, stdout=out, accept=(0, 1))
        out.seek(0)
        return [piece.rstrip(b"\r\n") for line in out for piece in split(line)]


def digest(lines):
    """How many, and the SHA-256 of them sorted."""
    whole = hashlib.sha256()
    for line in sorted(line.rstrip(b"\r") for line in lines):
        whole.update(line + b"\n")
    return f"{len(lines)} {whole.hexdigest()[:32]}"
