"""Compares `letopis search WORD --count` with counts made here, word by word, with and without the index.

    python3 search_counts.py --letopis PROGRAM --archive DIR [--words 200] [--seed 1] [--folder DIR]

The records come from `export events`. With `--folder` (the logs that were taken in) their texts are first
compared with the files as Python decodes them, so that the counts rest on the logs and not on the export.
Exit code 0 when everything agrees, 1 when a count differs, 4 when a decoder is absent.
"""

import argparse
import collections
import hashlib
import json
import random
import subprocess
import sys
import time

import handed_over
import terms


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letopis", required=True)
    parser.add_argument("--archive", required=True)
    parser.add_argument("--words", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder")
    parser.add_argument("--word", action="append", help="ask these words only")
    return parser.parse_args()


def run(options, *command):
    done = subprocess.run(
        [options.letopis, "--archive", options.archive, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    if done.returncode != 0:
        sys.exit(f"{command}: exit {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode("utf-8")


def exported(options):
    """Every event: object, encoding, searched text."""
    # Only a line feed ends a row: other line separators may stand in the text.
    for row in run(options, "export", "events", "--format", "jsonl").split("\n"):
        if row:
            event = json.loads(row)
            yield event["object"], event.get("encoding", ""), event["byte_offset"], event["raw"]


def compare_with_files(records, folder):
    """Objects whose records are not the lines of their file: problems in words; and how many records agree."""
    by_object = collections.defaultdict(list)
    for digest, encoding, offset, raw in records:
        by_object[digest].append((offset, encoding, raw))
    problems, agreed, structure, seen = [], 0, 0, set()
    for path, data in handed_over.files(folder):
        digest = hashlib.sha256(data).hexdigest()
        if digest in seen:
            continue
        seen.add(digest)
        rows = sorted(by_object.pop(digest, []))
        if not rows:
            if data:
                problems.append(f"{path}: no records of object {digest}")
            continue
        expected = handed_over.lines(data, rows[0][1])
        found = [line.removesuffix("\r") for _, _, raw in rows for line in raw.removeprefix("\ufeff").split("\n")]
        # Lines that no record holds are structure (headers, wrapping elements); none may be in a record that
        # is not in the file, and the order stays.
        rest = iter(expected)
        skipped = 0
        for line in found:
            for candidate in rest:
                if candidate == line:
                    break
                skipped += 1
            else:
                problems.append(f"{path}: a record holds a line that the file has not, or not there: {line[:200]!r}")
                break
        skipped += sum(1 for _ in rest)
        # What is skipped must be little: a reader that loses lines would show here.
        if skipped > 4 + len(expected) // 100:
            problems.append(f"{path}: {skipped} of {len(expected)} lines are in no record")
        structure += skipped
        agreed += len(rows)
    for digest, rows in by_object.items():
        problems.append(f"object {digest} with {len(rows)} records is no file of the folder")
    return problems, agreed, structure


def main():
    sys.stdout.reconfigure(line_buffering=True)
    options = arguments()
    records = list(exported(options))
    print(f"{len(records)} records exported")
    if options.folder:
        try:
            problems, agreed, structure = compare_with_files(records, options.folder)
        except handed_over.NoDecoder as absent:
            print(f"skipped: {absent}")
            return 4
        print(f"{agreed} records agree with the files line by line, {structure} lines are in no record")
        for problem in problems:
            print(f"DIFFERS: {problem}")
        if problems:
            return 1
    draw = random.Random(options.seed)
    if options.word:
        words = [(("asked", 0, ""), word) for word in options.word]
    else:
        texts = [(encoding, raw) for _, encoding, _, raw in records]
        words = terms.variants(terms.choose(texts, options.words, draw), draw)
    folded = [terms.fold(raw) for _, _, _, raw in records]
    differ, strata, times = 0, collections.Counter(), {(): [], ("--no-index",): []}
    for key, text in words:
        word = terms.Word(text)
        expected = sum(1 for record in folded if word.stands_in(record))
        strata[key[0]] += 1
        for flags in times:
            began = time.perf_counter()
            found = int(run(options, "search", word.query(), "--count", *flags))
            times[flags].append(time.perf_counter() - began)
            if found != expected:
                differ += 1
                print(f"DIFFERS: {word.query()} {' '.join(flags)}: found {found}, expected {expected} {key}")
    for flags, taken in times.items():
        taken.sort()
        if taken:
            print(
                f"{' '.join(flags) or 'with index'}: median {taken[len(taken) // 2]:.3f} s, most {taken[-1]:.3f} s a call"
            )
    print(f"{len(words)} words {dict(sorted(strata.items()))}, {differ} counts differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
