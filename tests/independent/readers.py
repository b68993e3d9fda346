"""Reads `segments/*.parquet` as one table with DuckDB, Polars and pyarrow, unchanged, and counts its rows.

    python3 readers.py --letopis PROGRAM --archive DIR

Compares the rows with the lines of `export events`, and the columns with the names of the event table. A reader
that is not installed is named and skipped. Exit code 0 when all that ran agree, 1 when not, 4 when none is there.
"""

import argparse
import glob
import importlib
import json
import os
import subprocess
import sys

# The columns of the event table, in order; `x_…` columns may follow `attrs`.
COLUMNS = (
    "event_id time time_ns time_text time_offset_min time_basis time_end ingested source category format host host_ip "
    "service encoding kind outcome level user_name target_user session process pid src_ip src_port dst_ip dst_port "
    "protocol target media action status code provider message attrs object byte_offset byte_length line event_group"
).split()


def duckdb(module, pattern, paths):
    connection = module.connect()
    connection.execute("SET TimeZone='UTC'")
    table = f"read_parquet('{pattern}')"
    names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()]
    columns = ", ".join(f'count("{name}")' for name in names)
    values = connection.execute(f"SELECT {columns} FROM {table}").fetchone()
    rows, first, last = connection.execute(
        f"SELECT count(*), epoch_us(min(time)), epoch_us(max(time)) FROM {table}"
    ).fetchone()
    connection.execute(f"SELECT sum(len(map_keys(attrs))) FROM {table}").fetchone()
    return names, rows, dict(zip(names, values)), (first, last)


def polars(module, pattern, paths):
    frame = module.scan_parquet(pattern)
    names = frame.collect_schema().names()
    counts = frame.select([module.col(name).count() for name in names]).collect().row(0)
    rows = frame.select(module.len()).collect().item()
    time = module.col("time").dt.epoch("us")
    first, last = frame.select(time.min().alias("first"), time.max().alias("last")).collect().row(0)
    return names, rows, dict(zip(names, counts)), (first, last)


def pyarrow(module, pattern, paths):
    dataset = importlib.import_module("pyarrow.dataset").dataset(paths, format="parquet")
    table = dataset.to_table()
    table.validate(full=True)
    counts = {name: len(table) - table.column(name).null_count for name in table.column_names}
    times = table.column("time").cast("int64")
    ends = importlib.import_module("pyarrow.compute").min_max(times).as_py()
    return table.column_names, table.num_rows, counts, (ends["min"], ends["max"])


READERS = {"duckdb": duckdb, "polars": polars, "pyarrow": pyarrow}


def exported(letopis, archive):
    """Lines of the export, values in each column, and what is wrong with its shape."""
    command = [letopis, "--archive", archive, "export", "events", "--format", "jsonl"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    lines, values, problems = 0, {}, []
    for line in process.stdout:
        event = json.loads(line)
        lines += 1
        if "raw" not in event or not event.get("event_id"):
            problems.append(f"line {lines}: no raw or no event_id")
        for name, value in event.items():
            values[name] = values.get(name, 0) + (value is not None)
            if name not in COLUMNS and not name.startswith("x_") and name not in ("raw", "raw_base64"):
                problems.append(f"line {lines}: unknown column {name}")
    if process.wait() != 0:
        problems.append(f"the export ended with {process.returncode}")
    return lines, values, problems[:10]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letopis", required=True)
    parser.add_argument("--archive", required=True)
    options = parser.parse_args()
    paths = sorted(glob.glob(os.path.join(options.archive, "segments", "*.parquet")))
    lines, values, problems = exported(options.letopis, options.archive)
    print(f"{len(paths)} segments, {lines} exported events")
    ran, ends = 0, set()
    for name, read in READERS.items():
        try:
            module = importlib.import_module(name)
        except ImportError:
            print(f"notice: {name} is not installed: not compared")
            continue
        ran += 1
        names, rows, counts, time_ends = read(module, os.path.join(options.archive, "segments", "*.parquet"), paths)
        ends.add(time_ends)
        print(f"{name} {module.__version__}: {rows} rows, {len(names)} columns, time {time_ends[0]} to {time_ends[1]}")
        if rows != lines:
            problems.append(f"{name}: {rows} rows, the export has {lines}")
        core = [column for column in names if not column.startswith("x_")]
        if sorted(core) != sorted(COLUMNS):
            problems.append(f"{name}: columns differ: {sorted(set(core) ^ set(COLUMNS))}")
        for column in names:
            if column != "attrs" and counts[column] != values.get(column, 0):
                problems.append(
                    f"{name}: {column} has {counts[column]} values, the export {values.get(column, 0)}"
                )
    if len(ends) > 1:
        problems.append(f"the readers differ on first and last time: {sorted(ends)}")
    for problem in problems:
        print(f"DIFFERS: {problem}")
    if problems:
        return 1
    return 0 if ran else 4


if __name__ == "__main__":
    sys.exit(main())
