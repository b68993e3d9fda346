"""Runs in a peer's own interpreter: one job on standard input, one JSON object on standard output.

    {"engine": "duckdb" | "chdb" | "evtx" | "versions", "statements": [SQL, …], "files": [path, …], "threads": n}

The clock starts when the engine's library is loaded and stops when the last statement's rows are here, so that a
peer pays for opening its database and its files, not for the start of Python. Rows come as text, a value a cell.
"""

import json
import sys
import time


def duckdb_rows(job):
    import duckdb

    began = time.perf_counter()
    connection = duckdb.connect()
    connection.execute(f"SET threads = {job['threads']}")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET TimeZone = 'UTC'")
    rows = []
    for statement in job["statements"]:
        rows = connection.execute(statement).fetchall()
    return time.perf_counter() - began, rows


def chdb_rows(job):
    import chdb

    began = time.perf_counter()
    told = ""
    for statement in job["statements"]:
        told = chdb.query(f"{statement} SETTINGS max_threads = {job['threads']}", "JSONCompactEachRow").bytes().decode()
    return time.perf_counter() - began, [json.loads(line) for line in told.splitlines()]


def evtx_rows(job):
    from evtx import PyEvtxParser

    began = time.perf_counter()
    records = 0
    with open(job["out"], "w") as out:
        for path in job["files"]:
            for record in PyEvtxParser(path, number_of_threads=job["threads"]).records_json():
                if isinstance(record, dict):
                    out.write(record["data"].replace("\n", "") + "\n")
                    records += 1
    return time.perf_counter() - began, [[records]]


def versions(_):
    found = []
    for name in ("duckdb", "chdb", "evtx"):
        try:
            from importlib.metadata import version

            __import__(name)
            found.append([name, version(name)])
        except Exception:  # Whatever keeps a peer from loading makes it absent.
            continue
    return 0.0, found


def main():
    job = json.load(sys.stdin)
    run = {"duckdb": duckdb_rows, "chdb": chdb_rows, "evtx": evtx_rows, "versions": versions}[job["engine"]]
    seconds, rows = run(job)
    json.dump(
        {"seconds": seconds, "rows": [[None if cell is None else str(cell) for cell in row] for row in rows]}, sys.stdout
    )


main()
