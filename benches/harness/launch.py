"""Runs a command, or several as a pipe, and writes what they took as JSON into a file.

    launch.py REPORT TIMEOUT FIRST '[["program", "argument"], …]'

A process of its own, because the system charges a process with the peak memory of whoever started it: the bench
itself holds whole answers, this holds nothing. With FIRST the output is read here, for the clock of its first byte.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
import time

# ru_maxrss is in KiB on Linux and in bytes on macOS.
MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024


def kill(processes):
    """Ends what was started here and nothing else."""
    for process in processes:
        if process.returncode is None:
            process.kill()


def main():
    report, timeout, first, commands = sys.argv[1], float(sys.argv[2]), sys.argv[3] == "1", json.loads(sys.argv[4])
    told = {"late": False, "exit": None, "processor": 0.0, "memory": 0, "first": None, "error": None}
    processes, before = [], None
    began = time.perf_counter()
    try:
        for position, command in enumerate(commands):
            is_last = position + 1 == len(commands)
            sink = None if is_last and not first else subprocess.PIPE
            processes.append(subprocess.Popen(command, stdin=before, stdout=sink))
            if before:
                before.close()
            before = processes[-1].stdout
    except OSError as error:
        kill(processes)
        told["error"] = f"{commands[len(processes)][0]}: {error.strerror}"
    late = threading.Event()
    clock = threading.Timer(timeout, lambda: (late.set(), kill(processes)))
    clock.start()
    if first and before:
        head = before.read(1)
        told["first"] = time.perf_counter() - began
        sys.stdout.buffer.write(head)
        shutil.copyfileobj(before, sys.stdout.buffer, 1 << 20)
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        told["processor"] += usage.ru_utime + usage.ru_stime
        told["memory"] = max(told["memory"], usage.ru_maxrss * MEMORY_UNIT)
        told["exit"] = process.returncode
    told["seconds"] = time.perf_counter() - began
    clock.cancel()
    told["late"] = late.is_set()
    with open(report, "w") as file:
        json.dump(told, file)


main()
