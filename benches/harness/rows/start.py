"""How soon the program answers, on an archive of many small segments; the price of a durable access record beside it."""

import datetime
import json
import os
import re
import shutil
import statistics
import time

from ..letopis import Letopis
from ..process import measure as process
from ..result import Row

DAYS_FROM = datetime.date(2023, 1, 1)
LINES = 40


def measure(bench):
    many = bench.options.segments
    row = Row("start", f"start of the program, help, small queries on an archive of {many:,} segments")
    letopis = Letopis(bench.options.letopis, os.path.join(bench.work, "segments-archive"), bench.timeout)
    letopis.clear()
    began = time.perf_counter()
    daily_intakes(letopis, os.path.join(bench.work, "day"), many)
    row.notes.append(f"{many} intakes of a day each: {time.perf_counter() - began:.1f} s")
    segments = len([name for name in os.listdir(os.path.dirname(letopis.segments())) if name.endswith(".parquet")])
    row.notes.append(f"segments: {segments}")
    event = json.loads(letopis.run("search", "zhasyryn", "--format", "ndjson").output.splitlines()[0])["event_id"]
    asked = {
        "--version": (["--version"], None),
        "--help": (["--help"], None),
        "search, one day": (["search", "zhasyryn", "--count"], "1"),
        "show a record": (["show", event], None),
        "sql, count": (["sql", "SELECT count(*) AS n FROM events", "--format", "csv"], str(many * LINES)),
        "sql, one day": (["sql", one_day(many // 2), "--format", "csv"], str(LINES)),
    }
    ask(bench, row, letopis, asked)
    joined = row.take("compact", letopis.run("compact", "--json"))
    told = json.loads(joined.output)
    row.notes.append(f"compact: {told['before']} segments became {told['after']}")
    after = {f"{name}, after compact": question for name, question in asked.items() if not question[0][0].startswith("--")}
    ask(bench, row, letopis, after)
    row.check("compact", row.median("compact"), unit="s")
    row.check("one durable write of 1 KiB beside the archive", durable(letopis.folder) * 1000, unit="ms")
    if bench.peers.has("strace"):
        told = os.path.join(letopis.folder, "trace")
        command = [bench.peers.programs["strace"], "-f", "-T", "-o", told, "-e", "trace=fsync,fdatasync,sync_file_range"]
        process([*command, *letopis.command("search", "zhasyryn", "--count")], letopis.environment)
        with open(told) as file:
            times = [float(t) for t in re.findall(r"= 0 <([0-9.]+)>", file.read())]
        row.check(f"a search, of that {len(times)} durable writes (by strace)", sum(times) * 1000, unit="ms")
    return [row]


def ask(bench, row, letopis, asked):
    # A process is short: more rounds cost little.
    for _ in range(max(bench.rounds, 5)):
        bench.load()
        for name, (arguments, expected) in asked.items():
            run = row.take(name, letopis.run(*arguments))
            if expected and run.output.split()[-1] != expected:
                row.failed.append(f"{name}: {run.output.split()[-1]} and not {expected}")
    for name in asked:
        row.check(name, row.median(name) * 1000, "≤", 50, "ms")


def daily_intakes(letopis, folder, many):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for day in range(many):
        path = os.path.join(folder, f"app-{day:05}.log")
        with open(path, "w") as file:
            for line in range(LINES):
                word = " zhasyryn" if (day, line) == (many // 3, 7) else ""
                second = line * 86_400 // LINES
                clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
                host, port = (day + line) % 5, 1024 + day * 7 + line
                date = DAYS_FROM + datetime.timedelta(day)
                file.write(
                    f"<38>1 {date}T{clock}Z srv-{host} sshd {port} - - Failed password for user{line % 9} "
                    f"from 198.51.100.{line} port {port} ssh2{word}\n"
                )
        letopis.ingest([path], "--source", "servers")
        os.remove(path)


def one_day(day):
    date = DAYS_FROM + datetime.timedelta(day)
    after = date + datetime.timedelta(1)
    return f"SELECT count(*) AS n FROM events WHERE time >= TIMESTAMP '{date}T00:00:00Z' AND time < TIMESTAMP '{after}T00:00:00Z'"


def durable(folder):
    """Median seconds of writing 1 KiB to a file and waiting until the disk has it."""
    path, taken = os.path.join(folder, "durable"), []
    with open(path, "wb") as file:
        for _ in range(15):
            began = time.perf_counter()
            file.write(bytes(1024))
            file.flush()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    os.remove(path)
    return statistics.median(taken)
