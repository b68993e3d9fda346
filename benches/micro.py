#!/usr/bin/env python3
"""Runs the micro-benches of the hot functions and compares them with the last result, so that a regression shows.

    benches/micro.py                runs them, prints every figure beside the last one, exits with 1 if one got slower
    benches/micro.py --keep         also writes results/DATE-micro.txt, which the next run is compared with
    benches/micro.py --slack 25     percent by which a figure may be worse (20 unless said)

Figures count processor time of one thread, the best of five rounds. They hold for one kind of machine: on another,
run once with --keep before the change.
"""

import argparse
import datetime
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
RESULTS = os.path.join(HERE, "results")
BENCHES = ["hashing", "index", "segment", "formats"]
# What `measure.rs` prints: a name of 52 characters, the figure, its unit; and what `formats` prints of each format.
LINE = re.compile(r"^(.{52}) +([0-9.]+) (\S.*)$")
FORMAT = re.compile(r"^(\S+) +[0-9.]+ MB +([0-9.]+) MB/s .* unparsed ")
# Sizes are better when they are less, rates when they are more.
LESS_IS_BETTER = {"%", "bytes"}


def figures(text):
    """Name and unit to figure."""
    found = {}
    for line in text.splitlines():
        if match := LINE.match(line):
            found[match.group(1).strip(), match.group(3)] = float(match.group(2))
        elif match := FORMAT.match(line):
            found[f"format {match.group(1)}", "MB/s"] = float(match.group(2))
    return found


def last():
    """The newest kept result, and its figures."""
    names = sorted(name for name in os.listdir(RESULTS) if name.endswith("-micro.txt"))
    if not names:
        return None, {}
    with open(os.path.join(RESULTS, names[-1])) as file:
        return names[-1], figures(file.read())


def run():
    # The whole workspace: with `-p` the dependencies would be built a second time with other features.
    command = ["cargo", "bench", "--locked", "--workspace", *(word for name in BENCHES for word in ("--bench", name))]
    # Of each format a little: there are eighty of them.
    environment = {"LETOPIS_BENCH_MIB": "2", **os.environ}
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)
    return done.stdout.decode()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--slack", type=float, default=20)
    options = parser.parse_args()
    before_name, before = last()
    now = figures(run())
    slower, lines = [], []
    for (name, unit), value in now.items():
        was = before.get((name, unit))
        change = ""
        if was:
            gain = (was / value if unit in LESS_IS_BETTER else value / was) - 1 if value else -1
            change = f"{gain * 100:+7.1f} % better" if gain >= 0 else f"{gain * 100:+7.1f} %"
            if gain * 100 < -options.slack:
                slower.append(name)
                change += "  SLOWER"
        lines.append(f"{name:<52} {value:>12.3f} {unit}")
        print(f"{lines[-1]:<76} {change}")
    gone = [f"{name} ({unit})" for name, unit in before if (name, unit) not in now]
    print(f"compared with {before_name or 'nothing: no result is kept yet'}")
    for name in gone:
        print(f"no longer measured: {name}")
    if options.keep:
        today = datetime.datetime.now(datetime.timezone.utc)
        with open(os.path.join(RESULTS, f"{today:%Y-%m-%d}-micro.txt"), "w") as file:
            file.write(f"letopis micro-benches, {today:%Y-%m-%d %H:%M} UTC, benches/micro.py --keep\n")
            file.write("\n".join(lines) + "\n")
    if slower or not now:
        sys.exit(f"slower by more than {options.slack:g} %: {', '.join(slower)}" if slower else "nothing was measured")


if __name__ == "__main__":
    main()
