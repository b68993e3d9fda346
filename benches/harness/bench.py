"""One run: its folder, its input, its peers, and what rows need from each other."""

import os
import shutil
import traceback

from . import logs, words
from .letopis import Letopis
from .peers import Peers
from .process import Failure
from .process import measure as process
from .result import Row
from .rows import ROWS
from .rows.ingest import copy_statement


class Bench:
    """What rows share. A row asks for the archive, the packed stream or the Parquet of lines and gets the same one."""

    def __init__(self, options, say):
        self.options, self.say = options, say
        self.work, self.rounds, self.timeout = options.work, options.rounds, options.timeout
        self.peers = Peers(options.python, os.cpu_count(), options.timeout)
        self.letopis = Letopis(options.letopis, os.path.join(self.work, "of"), options.timeout)
        self.parquet = os.path.join(self.work, "lines.parquet")
        self.stream = os.path.join(self.work, "lines.zst")
        self.evtx_bytes = logs.size(options.evtx_size)
        self.growth_bytes = logs.size(options.growth)
        self.loads, self.rows = [], []
        self.generated = not options.logs

    def take_input(self):
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)
        if self.generated:
            self.logs = logs.generate(
                self.options.generate, os.path.join(self.work, "logs"), logs.size(self.options.size), self.options.seed
            )
            self.searches = words.of_generated()
            told = f"generated, seed {self.options.seed}"
        else:
            self.logs, others = logs.given(self.options.logs)
            self.searches = words.of_given(self.logs)
            told = f"{len(self.logs.paths)} given files; left out: " + ", ".join(
                f"{n} {what}" for what, n in others.items()
            )
        self.input = f"{self.logs.bytes} bytes, {self.logs.lines} lines, {told}"
        self.say(f"input: {self.input}")

    def load(self):
        """How busy the machine is before a round."""
        self.loads.append(os.getloadavg()[0])

    def need_archive(self):
        if not os.path.exists(self.letopis.archive):
            self.letopis.clear()
            self.letopis.ingest(self.logs.inputs())

    def need_stream(self):
        if not os.path.exists(self.stream) and self.peers.has("zstd"):
            with open(self.stream, "wb") as out:
                process([["cat", *self.logs.paths], [self.peers.programs["zstd"], "-3", "-q", "-c", "-"]], stdout=out)

    def need_parquet(self):
        if not os.path.exists(self.parquet) and self.peers.has("duckdb"):
            self.peers.sql("duckdb", [copy_statement(self.logs, self.parquet)])

    def absent(self, row, *names):
        row.absent += [f"{name} is not installed" for name in names if not self.peers.has(name)]

    def load_told(self):
        return (
            f"load of the machine before the rounds: {min(self.loads, default=0):.1f} to {max(self.loads, default=0):.1f}"
        )

    def run(self, only, save):
        """All rows, or those asked for; `save` after each. One that fails is told as failed; the others are measured."""
        for key, measure in ROWS.items():
            if only and key not in only:
                continue
            try:
                for row in measure(self):
                    self.done(row)
                    save()
            except Failure as error:
                self.broken(key, str(error))
            except Exception as error:  # A mistake of the harness in one row must not lose the others.
                self.broken(key, f"{error!r} at {traceback.extract_tb(error.__traceback__)[-1]}")

            save()

    def done(self, row):
        self.rows.append(row)
        self.say(f"[{row.verdict()}] {row.key}")

    def broken(self, key, what):
        row = Row(key, key)
        row.failed.append(what)
        self.done(row)
