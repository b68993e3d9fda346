"""What letopis is compared with: which peers are here, and how each is asked."""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys

from .process import Failure, measure

INSIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inside.py")


class Peers:
    """The peers that are installed. A missing one is named in every row that would have asked it."""

    def __init__(self, python, threads, timeout):
        self.python, self.threads, self.timeout = python, threads, timeout
        self.modules = {}
        try:
            told = measure([python, INSIDE], stdin=b'{"engine": "versions"}', timeout=300).output
            self.modules = dict(json.loads(told)["rows"])
        except (Failure, ValueError):
            pass
        self.programs = {name: path for name in ("rg", "zstd", "evtx_dump", "strace") if (path := shutil.which(name))}

    def has(self, name):
        return name in self.modules or name in self.programs

    def versions(self):
        """One line a peer, the absent ones too."""
        flags = {"evtx_dump": "--version", "rg": "--version", "zstd": "--version"}
        told = []
        for name, flag in flags.items():
            said = _first_line([self.programs[name], flag]) if name in self.programs else "absent"
            told.append(f"{name}: {said}")
        told += [f"{name} (Python package): {self.modules.get(name, 'absent')}" for name in ("duckdb", "chdb", "evtx")]
        return told + [f"Python {platform.python_version()}"]

    def sql(self, engine, statements):
        """Runs statements in a process of their own; gives the run and the rows of the last statement."""
        return self._job({"engine": engine, "statements": statements, "threads": self.threads})

    def evtx(self, files, out):
        """All records of `files` as lines of JSON in `out`, by the Python package of the crate evtx."""
        return self._job({"engine": "evtx", "files": files, "out": out, "threads": self.threads})

    def _job(self, job):
        run = measure([self.python, INSIDE], stdin=json.dumps(job).encode(), timeout=self.timeout)
        try:
            told = json.loads(run.output)
        except ValueError as error:
            raise Failure(f"{job['engine']}: {run.output[-300:]}") from error
        run.inside = told["seconds"]
        return run, told["rows"]


def _first_line(command):
    try:
        said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.decode()
        return said.strip().splitlines()[0].strip("* ").split(", by ")[0].split(" -SIMD")[0]
    except (OSError, IndexError):
        return "absent"


def version(program):
    """What letopis says of itself, and which build it is."""
    try:
        with open(program, "rb") as file:
            build = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except OSError as error:
        raise SystemExit(f"{program}: {error.strerror}; build it with `cargo build --release`") from error
    return f"{_first_line([program, '--version'])}, program of SHA-256 {build}…"


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
    return f"{model}, {os.cpu_count()} processors, {memory / 2**30:.0f} GiB, {platform.system()}, {sys.platform}"
