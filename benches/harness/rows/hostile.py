"""Input that is made to hurt: time and memory must stay bounded."""

import os
import shutil

from ..letopis import Letopis
from ..result import Row

# Peak memory that no input may pass, and how much longer a byte may take in twice as much of it.
MEMORY_MIB = 1024
LINEAR = 1.5


def measure(bench):
    for name, (what, write) in CASES.items():
        row = Row(f"hostile {name}", f"bad input: {what(bench.options)}")
        folder = os.path.join(bench.work, "hostile")
        with row.keeps_failure():
            one(bench, row, folder, write)
        shutil.rmtree(folder, ignore_errors=True)
        yield row


def one(bench, row, folder, write):
    """Half of it, then all of it: what grows faster than its input shows."""
    letopis = Letopis(bench.options.letopis, os.path.join(folder, "of"), bench.timeout)
    sizes, records = {}, {}
    for label, share in (("half", 0.5), ("all", 1.0)):
        shutil.rmtree(folder, ignore_errors=True)
        letopis.clear()
        logs = os.path.join(folder, "logs")
        os.makedirs(logs)
        lines = write(logs, bench.options, share)
        sizes[label] = sum(os.path.getsize(os.path.join(h, n)) for h, _, ns in os.walk(logs) for n in ns)
        bench.load()
        run, told = letopis.ingest([logs])
        records[label] = told["records"]
        row.take(f"ingest, {label}", run, told["records"])
        if lines is not None and told["records"] != lines:
            row.failed.append(f"{label}: {lines} records written, {told['records']} taken in")
    row.notes.append(f"input: {sizes['all']} bytes, {records['all']} records; kept {sum(letopis.kept().values())} bytes")
    shutil.rmtree(logs)
    row.take("search", letopis.run("search", "zhasyryn", "--count", accept=(0, 1)))
    row.take(
        "sql", letopis.run("sql", "SELECT kind, count(*) AS n, min(time) AS a, max(time) AS b FROM events GROUP BY kind")
    )
    row.take("verify", letopis.run("verify", "--json"))
    row.check("peak memory of ingest", row.peak("ingest, all") / 2**20, "≤", MEMORY_MIB, "MiB")
    row.check(
        "peak memory of search, sql and verify",
        max(row.peak(n) for n in ("search", "sql", "verify")) / 2**20,
        "≤",
        MEMORY_MIB,
        "MiB",
    )
    times = row.median("ingest, all") / row.median("ingest, half") / (sizes["all"] / sizes["half"])
    row.check("ingest, seconds a byte: all : half", times, "≤", LINEAR)
    row.check("ingest", sizes["all"] / row.median("ingest, all") / 2**20, unit="MiB/s")


def huge_line(folder, options, share):
    """One line without an end of line, of as many bytes as asked for."""
    left = int(options.huge_line_bytes * share)
    piece = b"".join(b"word%07d " % n for n in range(87_381))
    with open(os.path.join(folder, "line.log"), "wb") as file:
        file.write(b"Oct  1 00:00:00 srv app[1]: ")
        while left > 0:
            left -= file.write(piece[: min(left, len(piece))])


def tiny_files(folder, options, share):
    many = int(options.tiny_files * share)
    for n in range(many):
        inside = os.path.join(folder, f"{n // 1000:03}")
        os.makedirs(inside, exist_ok=True)
        with open(os.path.join(inside, f"{n:06}.log"), "w") as file:
            file.write(
                f"2026-03-01T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}Z srv-{n % 50} job[{n}]: run {n} ended\n"
            )
    return many


def fields(folder, options, share):
    """Objects of a hundred fields each, no name twice."""
    many = int(options.fields * share) // 100
    with open(os.path.join(folder, "fields.jsonl"), "w") as file:
        for n in range(many):
            inside = ",".join(f'"field_{n * 100 + k:07}":"value {k}"' for k in range(100))
            file.write(f'{{"@timestamp":"2026-03-01T00:{n // 60 % 60:02}:{n % 60:02}Z","message":"row {n}",{inside}}}\n')
    return many


def lines_of(pattern):
    """Syslog lines until the size is reached; `pattern` makes line n of a file that will have about `most`."""

    def write(folder, options, share):
        wanted, written, n = int(options.hostile_bytes * share), 0, 0
        most = wanted // 110
        with open(os.path.join(folder, "lines.log"), "w") as file:
            while written < wanted:
                written += file.write(pattern(n, most) + "\n")
                n += 1
        return n

    return write


def stamp(second):
    day, rest = divmod(second, 86_400)
    return f"2026-03-{1 + day % 28:02}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"


def mixed(n):
    """Digits that do not repeat and do not sort."""
    return f"{(n * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF:016x}"


def equal_times(n, _):
    return f"<38>1 2026-03-01T12:00:00Z srv-{n % 9} sshd {n} - - Failed password for user{n % 97} from 198.51.{n % 100}.{n % 250} port {n % 65000} ssh2"


def reversed_times(n, most):
    return f"<38>1 {stamp(max(most - n, 0))} srv-{n % 9} sshd {n} - - Failed password for user{n % 97} from 198.51.{n % 100}.{n % 250} port {n % 65000} ssh2"


def one_word(n, _):
    return f"<38>1 {stamp(n // 10)} srv-{n % 9} app {n % 7} - - zhasyryn zhasyryn zhasyryn zhasyryn zhasyryn zhasyryn zhasyryn {n % 10}"


def unique(n, _):
    return f"<38>1 {stamp(n // 10)} h{mixed(n)} p{mixed(n + 1)} {n} - - {mixed(n * 3)} {mixed(n * 5)} user=u{mixed(n * 7)}"


CASES = {
    "line": (lambda o: f"one line of {o.huge_line_bytes >> 20} MiB", huge_line),
    "tiny files": (lambda o: f"{o.tiny_files:,} files of one line", tiny_files),
    "fields": (lambda o: f"{o.fields:,} distinct fields", fields),
    "equal times": (lambda o: "all timestamps equal", lines_of(equal_times)),
    "reversed times": (lambda o: "timestamps in reverse", lines_of(reversed_times)),
    "one word": (lambda o: "one word in every record", lines_of(one_word)),
    "unique": (lambda o: "every record unique, in host, program and user too", lines_of(unique)),
}
