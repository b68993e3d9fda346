"""Takes a folder in and looks for every line of every text file in the records that come out.

    python3 lines.py --letopis PROGRAM --folder DIR [--archive ignored]

Every line that is not empty must lie inside the bytes of records, and their `raw` must hold it. What no record holds is
structure: headings of tables, comments of the format, brackets of a JSON document, byte order marks. It is counted and
shown by format; anything else missing is a failure. Files that are no text are listed with what they were read as.
Exit code 0 when nothing is missing, 1 when a line is.
"""

import argparse
import base64
import bisect
import collections
import json
import os
import subprocess
import sys
import tempfile

BLANK = b" \t\r\n\x0b\x0c"
# What JSON documents have between their elements.
BRACKETS = b" \t\r\n,[]{}"


def records_of(letopis, folder, place, environment):
    """The outcome of the intake, and the records of each object: offset, length, text, bytes where text is not all."""
    archive = os.path.join(place, "archive")
    taken = subprocess.run([letopis, "-a", archive, "--json", "ingest", folder], env=environment, stdout=subprocess.PIPE)
    assert taken.returncode == 0, "ingest ended with %d" % taken.returncode
    export = [letopis, "-a", archive, "--purpose", "test", "export", "events", "--format", "jsonl"]
    records = collections.defaultdict(list)
    with subprocess.Popen(export, env=environment, stdout=subprocess.PIPE) as process:
        for line in process.stdout:
            event = json.loads(line)
            raw = event.get("raw_base64")
            raw = base64.b64decode(raw) if raw else None
            records[event["object"]].append((event["byte_offset"], event["byte_length"], event["raw"], raw))
    assert process.returncode == 0, "export ended with %d" % process.returncode
    for found in records.values():
        found.sort(key=lambda record: record[:2])
    return json.loads(taken.stdout), records


def lines_of(data):
    """Offset and bytes of every line that is not empty, without blanks around it."""
    at = 0
    for line in data.split(b"\n"):
        text = line.strip(BLANK)
        if text:
            yield at + line.find(text), text
        at += len(line) + 1


def parts(records, starts, at, text):
    """The pieces of a line: (bytes, record or None)."""
    place = bisect.bisect_right(starts, at) - 1
    while text:
        if 0 <= place < len(records) and at < records[place][0] + records[place][1]:
            take = records[place][0] + records[place][1] - at
            yield text[:take], records[place]
        else:
            take = records[place + 1][0] - at if place + 1 < len(records) else len(text)
            yield text[:take], None
        text, at, place = text[take:], at + take, place + 1


def holds(record, piece, encoding):
    _, _, text, raw = record
    if raw is not None:
        return piece in raw
    return any(piece.decode(name, "replace") in text for name in ("utf-8", encoding or "utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letopis", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--archive")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        environment = dict(os.environ, LETOPIS_KEY=os.path.join(place, "keys"))
        outcome, records = records_of(asked.letopis, asked.folder, place, environment)
    found, structure, missing = 0, collections.Counter(), []
    examples, binary = {}, []
    for file in outcome["files"]:
        path = os.path.join(asked.folder, file["path"])
        if file["status"] not in ("new", "grown") or not os.path.isfile(path):
            continue
        with open(path, "rb") as handle:
            data = handle.read()
        if b"\0" in data[:4096] or not data:
            binary.append((file["path"], file["format"], file["reason"]))
            continue
        of_object = records[file["object"]]
        starts = [record[0] for record in of_object]
        for at, text in lines_of(data):
            whole = True
            for piece, record in parts(of_object, starts, at, text):
                if record is not None and not holds(record, piece, file["encoding"]):
                    missing.append((file["path"], file["format"], text[:100]))
                    whole = False
                elif record is None and piece.strip(BRACKETS):
                    structure[file["format"]] += 1
                    examples.setdefault(file["format"], (file["path"], piece[:60]))
                    whole = False
            found += whole
    print("%d lines found in records" % found)
    for name, count in structure.most_common():
        print("structure of %s: %d lines, as %s in %s" % (name, count, ascii(examples[name][1]), examples[name][0]))
    known = collections.Counter(name for _, name, _ in binary)
    print("no text: %s" % ", ".join("%s %d" % (name or "unknown", count) for name, count in known.most_common()))
    for path, name, reason in binary:
        if name is None:
            print("  %s: %s" % (path, reason))
    for path, name, text in missing:
        print("MISSING in %s (%s): %s" % (path, name, ascii(text)))
    return 1 if missing or not found else 0


if __name__ == "__main__":
    sys.exit(main())
