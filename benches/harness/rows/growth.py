"""The same questions and the same intake on ten times as much."""

import os
import shutil

from ..letopis import Letopis
from ..logs import generate
from ..result import Row

FACTOR = 10


def measure(bench):
    row = Row("growth", f"growth from {bench.options.growth} to {FACTOR} times that")
    needed = bench.growth_bytes * FACTOR * 2
    if shutil.disk_usage(bench.work).free < needed:
        row.absent.append(f"{needed >> 30} GiB of free space")
        return [row]
    weeks = {}
    for name, factor in (("N", 1), (f"{FACTOR} N", FACTOR)):
        folder = os.path.join(bench.work, "growth")
        shutil.rmtree(folder, ignore_errors=True)
        letopis = Letopis(bench.options.letopis, os.path.join(folder, "of"), bench.timeout)
        letopis.clear()
        logs = generate(
            bench.options.generate, os.path.join(folder, "logs"), bench.growth_bytes * factor, bench.options.seed
        )
        row.notes.append(f"{name}: {logs.bytes} bytes, {logs.lines} lines")
        run, told = letopis.ingest(logs.inputs())
        row.take(f"ingest {name}", run, told["records"])
        if told["records"] != logs.lines:
            row.failed.append(f"{name}: {logs.lines} lines, {told['records']} records")
        shutil.rmtree(os.path.join(folder, "logs"))
        week = "time >= TIMESTAMP '2025-09-29T00:00:00Z' AND time < TIMESTAMP '2025-10-06T00:00:00Z'"
        statement = f"SELECT status, count(*) AS n FROM events WHERE {week} AND format = 'web-access' GROUP BY status"
        for _ in range(max(bench.rounds, 3)):
            bench.load()
            run = letopis.run("search", '"9f2c4e81d07a35b6"', "--count")
            row.take(f"needle {name}", run, int(run.output))
            run = letopis.run("search", "403 format:web-access time:2025-09-29..2025-10-05", "--count")
            row.take(f"one-week search {name}", run, int(run.output))
            run, rows = letopis.sql(statement)
            row.take(f"one-week sql {name}", run, sum(r[1] for r in rows))
        weeks[name] = row.answers[f"one-week sql {name}"][0]
        shutil.rmtree(folder)
    big = f"{FACTOR} N"
    for question in ("needle", "one-week search", "one-week sql"):
        row.ratio(f"{question}: {big} : N", f"{question} {big}", f"{question} N", "≤", 1.5)
    times = row.median(f"ingest {big}") / row.median("ingest N") / FACTOR
    row.check(f"ingest, seconds a byte: {big} : N", times, "≤", 1.2)
    row.check(f"ingest, peak memory: {big} : N", row.peak(f"ingest {big}") / row.peak("ingest N"), "≤", 1.2)
    if len(set(weeks.values())) > 1:
        row.notes.append(f"records in the week: {weeks}: below some 220 MiB the longer logs have more in it")
    return [row]
