"""The incident of the generated scenario, over all of its seven months."""

import json
import os
import shutil

from ..letopis import Letopis
from ..logs import make
from ..process import Failure
from ..result import Row

# Records that the scenario has at any scale, and for each step of it; what it really wrote is read from its truth.
RECORDS, RECORDS_A_STEP = 80_800, 101_237
ADDRESS = "203.0.113.77"


def measure(bench):
    wanted = bench.options.events
    row = Row("timeline", f"incident timeline over seven months, {wanted:,} records asked for")
    scale = max(1, -(-(wanted - RECORDS) // RECORDS_A_STEP))
    folder = os.path.join(bench.work, "scenario")
    shutil.rmtree(folder, ignore_errors=True)
    make(bench.options.generate, ["scenario", folder, "--scale", str(scale)])
    with open(os.path.join(folder, "truth.json")) as file:
        truth = json.load(file)
    letopis = Letopis(bench.options.letopis, os.path.join(bench.work, "scenario-archive"), bench.timeout)
    letopis.clear()
    run, told = letopis.ingest(
        [os.path.join(folder, "logs")], "--time-zone", truth["zone"], "--sources", os.path.join(folder, "sources.csv")
    )
    row.take("letopis ingest", run, told["records"])
    row.notes.append(f"{truth['records']} records by the truth of the scenario, {told['records']} of letopis")
    shutil.rmtree(os.path.join(folder, "logs"))
    for _ in range(bench.rounds):
        bench.load()
        run = letopis.run_first("timeline", "--address", ADDRESS, "--format", "jsonl")
        row.take("letopis timeline", run, len(run.output.splitlines()))
    row.check("first row", row.median("letopis timeline", lambda run: run.first), "≤", 0.5, "s")
    row.check("all rows", row.median("letopis timeline"), "≤", 3.0, "s")
    row.check("peak memory", row.peak("letopis timeline") / 2**20, "≤", 1024, "MiB")
    row.check("records in the archive", told["records"], "≥", 10_000_000, "")
    complete(row, letopis, truth, run.output)
    return [row]


def complete(row, letopis, truth, output):
    """Every line of the incident that names the address, by the scenario's truth, must be in the timeline."""
    cited = {json.loads(line).get("event_id") for line in output.splitlines()}
    found = letopis.run("search", ADDRESS, "--format", "ndjson").output.splitlines()
    by_text = {}
    for record in map(json.loads, found):
        by_text.setdefault(record["raw"].strip(), set()).add(record["event_id"])
    wanted = [r["text"].strip() for r in truth["incident"]["rows"] if "text" in r and ADDRESS in r["text"]]
    known = [text for text in wanted if text in by_text]
    shown = [text for text in known if by_text[text] & cited]
    row.notes.append(f"lines of the incident that name {ADDRESS}: {len(wanted)} in the truth, {len(shown)} in the timeline")
    if not wanted:
        raise Failure("the scenario's truth names no line of the incident")
    if len(shown) < len(known):
        missing = next(text for text in known if not by_text[text] & cited)
        row.failed.append(f"{len(known) - len(shown)} lines of the incident are not in the timeline, as: {missing[:160]}")
    if len(known) < len(wanted):
        row.notes.append(
            f"{len(wanted) - len(known)} lines of the truth are written otherwise in the files (records of several lines)"
        )
