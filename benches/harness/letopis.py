"""letopis as a process, and its archive on disk."""

import json
import os
import shutil

from .process import Failure, measure


class Letopis:
    """One archive and its keys in a folder of their own."""

    def __init__(self, program, folder, timeout):
        self.program, self.folder, self.timeout = program, folder, timeout
        self.archive = os.path.join(folder, "archive")
        # What a user has set must not decide what is measured.
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("LETOPIS_")}
        self.environment["LETOPIS_KEY"] = os.path.join(folder, "keys")

    def clear(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)

    def command(self, *arguments):
        return [self.program, "--archive", self.archive, "--quiet", *arguments]

    def run(self, *arguments, accept=(0,), stdout=None):
        command = self.command(*arguments)
        return measure(command, self.environment, stdout=stdout, timeout=self.timeout, accept=accept)

    def run_first(self, *arguments):
        return measure(self.command(*arguments), self.environment, timeout=self.timeout, first=True)

    def ingest(self, inputs, *options):
        """Takes logs in; gives the run and what letopis says of it."""
        run = self.run("ingest", "--json", *options, *inputs, accept=(0, 3))
        try:
            return run, json.loads(run.output)
        except ValueError as error:
            raise Failure(f"letopis ingest: {run.output[-300:]}") from error

    def sql(self, statement):
        run = self.run("sql", statement, "--format", "ndjson")
        return run, [list(json.loads(line).values()) for line in run.output.splitlines()]

    def segments(self):
        """The Parquet files that any reader takes as one table."""
        return os.path.join(self.archive, "segments", "*.parquet")

    def kept(self):
        """Bytes of the archive by what they are."""
        kinds = {".zst": "originals", ".tree": "trees", ".parquet": "Parquet", ".index": "index"}
        kept = {"originals": 0, "trees": 0, "Parquet": 0, "index": 0, "rest": 0}
        for here, _, names in os.walk(self.archive):
            top = os.path.relpath(here, self.archive).split(os.sep)[0]
            for name in names:
                kind = kinds.get(os.path.splitext(name)[1], "rest")
                kind = "rest" if kind == "originals" and top != "objects" else kind
                kept[kind] += os.path.getsize(os.path.join(here, name))
        return kept
