#!/usr/bin/env python3
"""Measures letopis beside DuckDB and zstd on the same generated logs, as whole processes, in the same run.

    benches/compare.py --letopis target/release/letopis --generate target/release/generate \\
        --size 256M [--rounds 3] [--work DIR] [--out benches/results]

Times are wall-clock seconds; peak memory is what the system charged to the process. Every round runs all
contestants one after the other, so that a busy machine burdens them alike; medians and ratios are printed.
DuckDB (its Python package, in a process of its own) takes the same lines unparsed into Parquet (zstd) and scans
that file with `contains`; without the package its part is left out with a notice. Standard library otherwise.
"""

import argparse
import datetime
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

# DuckDB's part. Each line is a row; the line is not split: the delimiter stands in no line.
DUCKDB_LOAD = """
import duckdb, sys
c = duckdb.connect()
c.execute("SET threads = {threads}")
c.execute("SET enable_progress_bar = false")
c.execute('''COPY (SELECT * FROM read_csv('{logs}/*', columns = {{'line': 'VARCHAR'}}, delim = '\\x01', quote = '',
    escape = '', header = false, auto_detect = false, strict_mode = false, max_line_size = 16777216))
    TO '{out}' (FORMAT parquet, COMPRESSION zstd)''')
print(c.execute("SELECT count(*) FROM '{out}'").fetchone()[0])
"""
DUCKDB_FIND = """
import duckdb, sys
c = duckdb.connect()
c.execute("SET threads = {threads}")
c.execute("SET enable_progress_bar = false")
print(c.execute("SELECT count(*) FROM '{out}' WHERE contains(line, ?)", [sys.argv[1]]).fetchone()[0])
"""


class Run:
    """What one process took."""

    def __init__(self, seconds, processor, memory, output):
        self.seconds, self.processor, self.memory, self.output = seconds, processor, memory, output


def measure(command, environment=None, stdout=None):
    """Runs a command to its end; the system says what it took. A failure ends the bench."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=stdout or out, stderr=err, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        text = out.read().decode(errors="replace")
        if process.returncode != 0:
            sys.exit(f"{command}: exit {process.returncode}\n{text[-2000:]}{err.read().decode(errors='replace')[-2000:]}")
    # ru_maxrss is in KiB on Linux and in bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit, text)


def bytes_kept(archive):
    """Bytes of the archive by what they are."""
    kept = {"objects": 0, "trees": 0, "Parquet": 0, "index": 0, "rest": 0}
    for here, _, names in os.walk(archive):
        for name in names:
            ending = {".zst": "objects", ".tree": "trees", ".parquet": "Parquet", ".index": "index"}
            kind = ending.get(os.path.splitext(name)[1], "rest")
            kept[kind] += os.path.getsize(os.path.join(here, name))
    return kept


def machine():
    """Its kind: processor, number of processors, memory, system. No names."""
    model, memory = platform.machine(), 0
    try:
        with open("/proc/cpuinfo") as file:
            match = re.search(r"model name\s*:\s*(.+)", file.read())
            model = match.group(1) if match else model
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        pass
    return f"{model}, {os.cpu_count()} processors, {memory / 2**30:.0f} GiB, {platform.system()}"


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = options.work
        self.logs = os.path.join(self.work, "logs")
        self.archive = os.path.join(self.work, "archive")
        self.parquet = os.path.join(self.work, "lines.parquet")
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("LETOPIS_")}
        self.environment["LETOPIS_KEY"] = os.path.join(self.work, "keys")
        self.runs, self.loads, self.lines_out, self.answers = {}, [], [], {}
        self.duckdb = None
        found = subprocess.run(
            [options.python, "-c", "import duckdb; print(duckdb.__version__)"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        if found.returncode == 0:
            self.duckdb = found.stdout.decode().strip()

    def say(self, text=""):
        print(text, flush=True)
        self.lines_out.append(text)

    def generate(self):
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)
        command = [self.options.generate, "bulk", self.logs, "--bytes", self.options.size, "--seed", str(self.options.seed)]
        text = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
        self.needles = {word: int(count) for count, word in re.findall(r"^\s*(\d+) (\S+)$", text, re.M)}
        # Bytes and lines are counted here and not believed.
        self.bytes = self.lines = 0
        for here, _, names in os.walk(self.logs):
            for name in sorted(names):
                with open(os.path.join(here, name), "rb") as file:
                    while block := file.read(1 << 20):
                        self.bytes += len(block)
                        self.lines += block.count(b"\n")
        self.say(f"input: {self.bytes} bytes, {self.lines} lines, seed {self.options.seed}")

    def take(self, name, command, answer=None):
        run = measure(command, self.environment)
        self.runs.setdefault(name, []).append(run)
        if answer is not None:
            self.answers.setdefault(name, set()).add(answer(run.output))
        return run

    def letopis(self, *arguments):
        return [self.options.letopis, "--archive", self.archive, "--quiet", *arguments]

    def round(self):
        shutil.rmtree(self.archive, ignore_errors=True)
        shutil.rmtree(self.environment["LETOPIS_KEY"], ignore_errors=True)
        self.loads.append(os.getloadavg()[0])
        self.take("letopis ingest", self.letopis("ingest", "--json", self.logs), lambda t: json.loads(t)["records"])
        if self.duckdb:
            load = DUCKDB_LOAD.format(threads=os.cpu_count(), logs=self.logs, out=self.parquet)
            self.take("duckdb COPY", [self.options.python, "-c", load], int)
        with open(os.path.join(self.work, "lines.zst"), "wb") as out:
            names = sorted(os.path.join(h, n) for h, _, ns in os.walk(self.logs) for n in ns)
            run = self.stream_through_zstd(names, out)
            self.runs.setdefault("zstd -3", []).append(run)
        for label, word in (("rare", self.options.rare), ("common", self.options.common)):
            count = lambda text: int(text)
            self.take(f"letopis search {label}", self.letopis("search", word, "--count"), count)
            self.take(f"letopis search {label} --no-index", self.letopis("search", word, "--count", "--no-index"), count)
            if self.duckdb:
                find = DUCKDB_FIND.format(threads=os.cpu_count(), out=self.parquet)
                self.take(f"duckdb contains {label}", [self.options.python, "-c", find, word], count)
        statement = "SELECT kind, count(*) AS n FROM events GROUP BY kind ORDER BY n DESC, kind"
        self.take("letopis sql group", self.letopis("sql", statement, "--format", "ndjson"), lambda t: len(t.splitlines()))
        self.take("letopis verify", self.letopis("verify", "--json"), lambda t: json.loads(t)["ok"])

    def stream_through_zstd(self, names, out):
        """All files as one stream: what `cat LOGS | zstd -3` makes of them, on one thread, as zstd does unasked."""
        began = time.perf_counter()
        process = subprocess.Popen(["zstd", "-3", "-q", "-c", "-"], stdin=subprocess.PIPE, stdout=out)

        def feed():
            with process.stdin as pipe:
                for name in names:
                    with open(name, "rb") as file:
                        shutil.copyfileobj(file, pipe, 1 << 20)

        feeder = threading.Thread(target=feed)
        feeder.start()
        _, status, usage = os.wait4(process.pid, 0)
        feeder.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"zstd: exit {process.returncode}")
        return Run(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, "")

    def median(self, name):
        return statistics.median(run.seconds for run in self.runs[name])

    def processor(self, name):
        return statistics.median(run.processor for run in self.runs[name])

    def report(self):
        self.say()
        self.say(f"{'process':34} {'median s':>9} {'least':>8} {'most':>8} {'cpu s':>8} {'peak MiB':>9}  answer")
        for name, runs in self.runs.items():
            seconds = [run.seconds for run in runs]
            answers = ", ".join(str(a) for a in sorted(self.answers.get(name, []), key=str))
            self.say(
                f"{name:34} {statistics.median(seconds):9.3f} {min(seconds):8.3f} {max(seconds):8.3f} "
                f"{statistics.median(run.processor for run in runs):8.2f} {max(run.memory for run in runs) / 2**20:9.0f}  {answers}"
            )
        seconds = self.median("letopis ingest")
        self.say()
        self.say(f"ingest: {self.lines / seconds:,.0f} events/s, {self.bytes / seconds / 2**20:.1f} MiB/s")
        kept = bytes_kept(self.archive)
        total = sum(kept.values())
        packed = os.path.getsize(os.path.join(self.work, "lines.zst"))
        self.say("bytes kept: " + ", ".join(f"{k} {v}" for k, v in kept.items()) + f"; all {total}")
        self.say(f"            {total / self.bytes:.3f} of the input; zstd -3: {packed} ({packed / self.bytes:.3f})")
        if self.duckdb:
            self.say(f"            DuckDB's Parquet: {os.path.getsize(self.parquet)}")
        self.say()
        self.ratio("archive : zstd -3 bytes", total / packed, "at most 2.0")
        if self.duckdb:
            self.ratio("ingest : DuckDB COPY time", seconds / self.median("duckdb COPY"), "at most 2.0")
            busy = self.processor("letopis ingest") / self.processor("duckdb COPY")
            self.ratio("ingest : DuckDB COPY processor time", busy, "")
            for label, aim in (("rare", "at least 10"), ("common", "")):
                faster = self.median(f"duckdb contains {label}") / self.median(f"letopis search {label}")
                self.ratio(f"{label} word: DuckDB : letopis time", faster, aim)
        else:
            self.say("notice: the Python package duckdb is absent: not compared")
        self.say(f"load of the machine before the rounds: {', '.join(f'{x:.1f}' for x in self.loads)}")

    def ratio(self, what, value, aim):
        self.say(f"{what:36} {value:8.2f}" + (f"   (aim: {aim})" if aim else ""))


def version(command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE).stdout.decode().strip().splitlines()[0].strip("* ").split(", by ")[0]
    except (OSError, IndexError):
        return "absent"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letopis", required=True)
    parser.add_argument("--generate", required=True)
    parser.add_argument("--size", default="256M")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rare", default="9f2c4e81d07a35b6")
    parser.add_argument("--common", default="sshd")
    parser.add_argument("--python", default=sys.executable, help="interpreter that has duckdb")
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "letopis-bench"))
    parser.add_argument("--out", help="folder for the dated result")
    options = parser.parse_args()
    bench = Bench(options)
    now = datetime.datetime.now(datetime.timezone.utc)
    bench.say(f"letopis bench {options.size}, {now:%Y-%m-%d %H:%M} UTC")
    bench.say(f"command: benches/compare.py --size {options.size} --seed {options.seed} --rounds {options.rounds}")
    bench.say(f"machine: {machine()}")
    bench.say(f"{version([options.letopis, '--version'])}; DuckDB {bench.duckdb}; {version(['zstd', '--version'])}; Python {platform.python_version()}")
    bench.generate()
    for _ in range(options.rounds):
        bench.round()
    bench.report()
    if options.out:
        os.makedirs(options.out, exist_ok=True)
        with open(os.path.join(options.out, f"{now:%Y-%m-%d}-{options.size}.txt"), "w") as file:
            file.write("\n".join(bench.lines_out) + "\n")
    shutil.rmtree(options.work, ignore_errors=True)


if __name__ == "__main__":
    main()
