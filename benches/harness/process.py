"""Runs programs to their end and says what they took."""

import json
import os
import subprocess
import sys
import tempfile

LAUNCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "launch.py")


class Failure(Exception):
    """A program did not do what was asked: its row is not measured, the others are."""


class Run:
    """What one process, or a pipe of several, took.

    `seconds` is the clock, `processor` seconds of all processors, `memory` the peak in bytes (of a pipe: of its
    largest process), `inside` seconds that a program counted itself, without the start of its interpreter, `first`
    seconds until the first byte of output where that was asked for.
    """

    def __init__(self, seconds, processor, memory, output, first=None):
        self.seconds, self.processor, self.memory, self.output = seconds, processor, memory, output
        self.first, self.inside = first, None

    def judged(self):
        """Seconds that count in a ratio: a peer inside Python is not charged with Python's start."""
        return self.seconds if self.inside is None else self.inside


def measure(command, environment=None, stdin=None, stdout=None, timeout=3600, accept=(0,), first=False):
    """Runs one command, or a list of commands as a pipe. `stdin` is bytes, `stdout` a file that takes the output.

    Raises `Failure` where the last process ends otherwise than with one of `accept`, or not within `timeout` seconds.
    """
    commands = [command] if isinstance(command[0], str) else command
    name = " | ".join(os.path.basename(one[0]) for one in commands)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as given:
        given.write(stdin or b"")
        given.seek(0)
        with tempfile.NamedTemporaryFile() as report:
            arguments = [report.name, str(timeout), "1" if first else "0", json.dumps(commands)]
            launch = [sys.executable, "-S", "-E", "-B", LAUNCH, *arguments]
            subprocess.run(launch, stdin=given, stdout=stdout or out, stderr=err, env=environment, check=False)
            report.seek(0)
            told = json.loads(report.read() or b"{}")
        err.seek(0)
        said = err.read().decode(errors="replace").strip()[-600:]
        if told.get("error") or "seconds" not in told:
            raise Failure(told.get("error") or f"{name}: {said}")
        if told["late"]:
            raise Failure(f"{name}: not done after {timeout} s (peak memory {told['memory'] >> 20} MiB)")
        if told["exit"] not in accept:
            raise Failure(f"{name}: exit {told['exit']}: {said}")
        out.seek(0)
        text = out.read().decode(errors="replace")
    return Run(told["seconds"], told["processor"], told["memory"], text, told["first"])
