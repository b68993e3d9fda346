"""The bytes that everybody gets: generated, or given and read in place."""

import os
import re
import subprocess

from .process import Failure

UNITS = {"K": 10, "M": 20, "G": 30}


def size(text):
    """Bytes of `256M`, `1G`, `4096`."""
    match = re.fullmatch(r"(\d+)([KMG]?)", text)
    if not match:
        raise ValueError(f"`{text}` is no size: 256M, 1G, 4096")
    return int(match.group(1)) << UNITS.get(match.group(2), 0)


def count(text):
    """A number of things: `10M` is ten million, `200K` two hundred thousand."""
    match = re.fullmatch(r"(\d+)([KMG]?)", text)
    if not match:
        raise ValueError(f"`{text}` is no number: 200000, 200K, 10M")
    return int(match.group(1)) * {"": 1, "K": 1000, "M": 10**6, "G": 10**9}[match.group(2)]


class Logs:
    """Text files: their paths, bytes and lines (counted here, not believed), and the words that are searched."""

    def __init__(self, paths, folder=None):
        self.paths, self.folder, self.bytes, self.lines = sorted(paths), folder, 0, 0
        for path in self.paths:
            last = b"\n"
            with open(path, "rb") as file:
                while block := file.read(1 << 20):
                    self.bytes += len(block)
                    self.lines += block.count(b"\n")
                    last = block[-1:]
            self.lines += last != b"\n"

    def inputs(self):
        """What is handed to a program: the folder where all of it is taken, else each file."""
        return [self.folder] if self.folder else self.paths


def generate(program, out, wanted, seed):
    """Mixed text logs of `wanted` bytes."""
    make(program, ["bulk", out, "--bytes", str(wanted), "--seed", str(seed)])
    return Logs(files(out), out)


def make(program, arguments):
    try:
        return subprocess.run([program, *arguments], stdout=subprocess.PIPE, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failure(f"generate {arguments[0]}: {error}") from error


def files(folder):
    return sorted(os.path.join(here, name) for here, _, names in os.walk(folder) for name in names)


def given(folder):
    """The UTF-8 text files of a folder, each once by its bytes; says how many others there are."""
    import hashlib

    texts, seen, others = [], set(), {"empty or not UTF-8 text": 0, "the same bytes again": 0}
    for path in files(folder):
        with open(path, "rb") as file:
            content = file.read()
        digest = hashlib.sha256(content).digest()
        if digest in seen:
            others["the same bytes again"] += 1
        elif not content or b"\0" in content or not _utf8(content):
            others["empty or not UTF-8 text"] += 1
        else:
            texts.append(path)
        seen.add(digest)
    if not texts:
        raise Failure(f"{folder}: no text file")
    return Logs(texts), others


def _utf8(content):
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def evtx_of(folder):
    """The Windows event logs of a folder, by their first bytes."""
    found = []
    for path in files(folder):
        with open(path, "rb") as file:
            if file.read(8) == b"ElfFile\0":
                found.append(path)
    return found
