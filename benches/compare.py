#!/usr/bin/env python3
"""Measures letopis beside other programs on the same bytes, as whole processes, in one run.

    benches/compare.py                                  all rows at 256 MiB; results into benches/results
    benches/compare.py --quick                          all rows, small: does it work?
    benches/compare.py --size 1G --only ingest,size,search,sql
    benches/compare.py --logs DIR                       given logs, read in place

Every round runs all contestants of a row one after the other, so that a busy machine burdens them alike; medians
and ratios are told, and for each row whether its aim is met. Answers must be equal: lines are compared by number
and SHA-256 with what ripgrep finds. Peers are optional and named when absent: ripgrep, zstd, evtx_dump (programs);
duckdb, chdb, evtx (packages of the interpreter that `--python` names). Standard library otherwise.
"""

import argparse
import datetime
import json
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

from harness import logs, page, peers, result  # noqa: E402
from harness.bench import Bench  # noqa: E402
from harness.rows import ROWS  # noqa: E402

QUICK = {
    "size": "16M",
    "rounds": 1,
    "events": 182_000,
    "segments": 50,
    "growth": "4M",
    "evtx_size": "4M",
    "huge_line": "64M",
    "tiny_files": 1000,
    "fields": 10_000,
    "hostile": "8M",
}


def built(name):
    """Where cargo puts programs."""
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(os.path.dirname(HERE), "target"))
    return os.path.join(target, "release", name)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--letopis", default=built("letopis"), help="the program (target/release/letopis unless said)")
    add("--generate", default=built("generate"), help="the generator of logs (cargo build --release makes it)")
    add("--python", default=sys.executable, help="interpreter that has the packages duckdb, chdb and evtx")
    add("--size", default="256M", help="bytes of generated logs")
    add("--logs", help="folder of logs to take instead of generated ones")
    add("--evtx", help="folder that has Windows event logs (that of --logs unless said)")
    add("--evtx-size", default="64M", help="bytes of the event log that is made of them")
    add("--only", help="rows, with commas: " + ", ".join(ROWS))
    add("--rounds", type=int, default=3)
    add("--seed", type=int, default=7)
    add("--events", type=logs.count, default=10_000_000, help="records of the scenario for the timeline")
    add("--segments", type=int, default=1000, help="segments of the archive that `start` asks")
    add("--growth", default="256M", help="the smaller size of `growth`")
    add("--huge-line", default="256M", help="bytes of the one line")
    add("--tiny-files", type=int, default=100_000)
    add("--fields", type=int, default=200_000)
    add("--hostile", default="64M", help="bytes of the other bad inputs")
    add("--timeout", type=int, default=3600, help="seconds after which a process is ended and its row failed")
    add("--quick", action="store_true", help="small sizes and one round, where nothing else is said")
    add("--work", default=os.path.join(tempfile.gettempdir(), "letopis-bench"), help="folder that is made and removed")
    add("--out", default=os.path.join(HERE, "results"), help="folder of the results; `-` writes none")
    add("--keep", action="store_true", help="leaves the work folder")
    if "--quick" in sys.argv:
        parser.set_defaults(**QUICK)
    options = parser.parse_args()
    options.huge_line_bytes, options.hostile_bytes = logs.size(options.huge_line), logs.size(options.hostile)
    options.evtx = options.evtx or options.logs
    options.only = options.only.split(",") if options.only else []
    for name in options.only:
        if name not in ROWS:
            parser.error(f"--only {name}: rows are {', '.join(ROWS)}")
    if (
        os.path.exists(options.work)
        and os.listdir(options.work)
        and not os.path.exists(os.path.join(options.work, ".letopis-bench"))
    ):
        parser.error(f"--work {options.work}: not empty, and not of an earlier bench")
    return options


def command_told():
    """What was typed, without folders of this machine."""
    words, hidden = [], False
    for word in sys.argv[1:]:
        words.append("…" if hidden else word)
        hidden = word in ("--letopis", "--generate", "--python", "--work", "--out", "--logs", "--evtx")
    return " ".join(["benches/compare.py", *words])


def save(options, bench, now, title, about):
    """Text, JSON and page of what is measured so far."""
    if options.out == "-":
        return
    os.makedirs(options.out, exist_ok=True)
    kind = "given" if options.logs else options.size
    part = "-" + "-".join(options.only) if options.only else ""
    stem = os.path.join(options.out, f"{now:%Y-%m-%d}-{kind}{part}")
    about = [*about, f"input: {bench.input}", f"rounds: {options.rounds}", bench.load_told()]
    document = {"time": f"{now:%Y-%m-%dT%H:%M:%SZ}", "about": about, "rows": [row.plain() for row in bench.rows]}
    with open(stem + ".txt", "w") as file:
        file.write("\n".join([title, *about, "", *result.text(bench.rows)]) + "\n")
    with open(stem + ".json", "w") as file:
        json.dump(document, file, ensure_ascii=False, indent=1)
    with open(stem + ".html", "w") as file:
        file.write(page.html(title, about, document["rows"]))


def main():
    options = arguments()

    def say(text):
        print(text, flush=True)

    bench = Bench(options, say)
    now = datetime.datetime.now(datetime.timezone.utc)
    title = f"letopis beside other programs, {now:%Y-%m-%d %H:%M} UTC"
    about = [
        f"command: {command_told()}",
        f"machine: {peers.machine()}",
        peers.version(options.letopis),
        *bench.peers.versions(),
    ]
    for line in [title, *about]:
        say(line)
    bench.take_input()
    with open(os.path.join(options.work, ".letopis-bench"), "w"):
        pass
    # After every row: a run that is ended leaves what it has measured.
    bench.run(options.only, lambda: save(options, bench, now, title, about))
    for line in ["", *result.text(bench.rows), bench.load_told()]:
        say(line)
    if not options.keep:
        shutil.rmtree(options.work, ignore_errors=True)


if __name__ == "__main__":
    main()
