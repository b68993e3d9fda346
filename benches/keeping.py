#!/usr/bin/env python3
"""How long the questions about the keeping of logs take: coverage over many sources, and every regulation's answers.

    benches/keeping.py                              # 1,000 sources of 10,000 records in half a year: ten million
    benches/keeping.py --sources 50 --records 200   # small, to see that it runs
    benches/keeping.py --folder DIR                 # keeps logs and archive there, and takes them if they are there

Every source is a machine with one log of sshd and PAM; two days of each are left out, drawn from a seed, and coverage must
name just those. Prints the median of the rounds, in seconds, and the most memory.
"""

import argparse
import datetime
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BEGIN = datetime.date(2025, 11, 1)
DAYS = 180
PROFILES = ["kz195", "kz199", "ru-prik", "si", "fi"]


def logs(folder, sources, records):
    """Writes the logs and the register; gives the days left out of each source that lie between others."""
    dice = random.Random(3)
    people = [(f"user{n}", f"10.{n % 200}.{n % 250}.{n % 240}") for n in range(50)]
    truth, register = {}, ["id,pattern,rhythm,since"]
    for number in range(sources):
        name = f"h{number:04d}"
        register.append(f"{name},{name}/**,daily,{BEGIN}")
        gone = {dice.randrange(DAYS) for _ in range(2)}
        truth[name] = sorted(str(BEGIN + datetime.timedelta(day)) for day in gone)
        place = folder / "logs" / name
        place.mkdir(parents=True)
        with open(place / "auth.log", "w") as log:
            for at in range(records):
                second = at * DAYS * 86_400 // records
                if second // 86_400 in gone:
                    continue
                moment = datetime.datetime.combine(BEGIN, datetime.time()) + datetime.timedelta(seconds=second)
                user, address = dice.choice(people)
                said = (
                    f"Accepted publickey for {user} from {address} port {1024 + at % 60_000} ssh2"
                    if dice.random() < 0.5
                    else f"pam_unix(sshd:session): session opened for user {user}(uid=1000) by (uid=0)"
                )
                log.write(f"{moment:%Y-%m-%dT%H:%M:%S}+00:00 {name} sshd[{1000 + at % 9000}]: {said}\n")
    (folder / "sources.csv").write_text("\n".join(register) + "\n")
    (folder / "truth.json").write_text(json.dumps(truth))


def run(command):
    """Seconds, most memory in bytes, and what was said; a negative verdict is an answer too."""
    begin = time.monotonic()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            sys.exit(f"{' '.join(command)}: failed")
        out.seek(0)
        return seconds, usage.ru_maxrss * 1024, out.read()


def missing(report):
    """The days that coverage misses, by source."""
    found = {}
    for source in report["sources"]:
        days = []
        for stretch in source["coverage"]["missing"]:
            day = datetime.date.fromisoformat(stretch["from"])
            while day <= datetime.date.fromisoformat(stretch["to"]):
                days.append(str(day))
                day += datetime.timedelta(1)
        found[source["source"]] = days
    return found


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--letopis", default="target/release/letopis")
    asked.add_argument("--sources", type=int, default=1000)
    asked.add_argument("--records", type=int, default=10_000, help="of each source")
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--folder", type=Path)
    asked = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = asked.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        of = ["-a", str(folder / "archive"), "--key", str(folder / "keys")]
        if not (folder / "archive").exists():
            logs(folder, asked.sources, asked.records)
            taken = [asked.letopis, "ingest", *of, str(folder / "logs"), "--sources", str(folder / "sources.csv"), "-q"]
            subprocess.run([*taken, "--time-zone", "UTC"], check=True, stdout=subprocess.DEVNULL)
        truth = json.loads((folder / "truth.json").read_text())
        report = json.loads(run([asked.letopis, "coverage", *of, "--json"])[2])
        if missing(report) != truth:
            sys.exit("coverage does not name the days that were left out")
        records = sum(source["coverage"]["records"] for source in report["sources"])
        print(f"{records} records of {len(truth)} sources; the days left out are found, and no others")
        commands = [["coverage"]] + [["comply", profile] for profile in PROFILES]
        for command in commands:
            rounds = [run([asked.letopis, *command, *of, "--json"])[:2] for _ in range(asked.rounds)]
            seconds, memory = zip(*rounds)
            print(f"{' '.join(command):16} {statistics.median(seconds):7.2f} s  {max(memory) / 2**20:6.0f} MiB")


main()
