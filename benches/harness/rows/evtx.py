"""Ingest of Windows event logs beside `evtx_dump` to lines of JSON on the same file."""

import os
import shutil
import struct
import zlib

from ..letopis import Letopis
from ..logs import evtx_of
from ..process import Failure
from ..process import measure as process
from ..result import Row

CHUNK = 65536


def measure(bench):
    row = Row("evtx", "ingest of EVTX")
    if not bench.options.evtx:
        row.absent.append("Windows event logs: `--evtx DIR` or `--logs DIR` names a folder that has some")
        return [row]
    folder = os.path.join(bench.work, "evtx")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    path = os.path.join(folder, "all.evtx")
    written = join(evtx_of(bench.options.evtx), path, bench.evtx_bytes)
    row.notes.append(
        f"input: {written} bytes: the full chunks of the given files in one file, again and again, record ids counted on"
    )
    letopis = Letopis(bench.options.letopis, os.path.join(bench.work, "evtx-archive"), bench.timeout)
    out = os.path.join(folder, "out.jsonl")
    for _ in range(bench.rounds):
        bench.load()
        letopis.clear()
        run, told = letopis.ingest([path])
        # What stands in free space letopis recovers and marks; the others leave it out.
        _, stated = letopis.sql("SELECT count(*) AS n FROM events WHERE status IS DISTINCT FROM 'recovered'")
        row.take("letopis ingest", run, stated[0][0])
        if bench.peers.has("evtx_dump"):
            dump = [
                bench.peers.programs["evtx_dump"],
                "-t",
                str(bench.peers.threads),
                "-o",
                "jsonl",
                "--no-confirm-overwrite",
                "-f",
                out,
                path,
            ]
            row.take("evtx_dump", process(dump, timeout=bench.timeout), lines(out))
        if bench.peers.has("evtx"):
            run, rows = bench.peers.evtx([path], out)
            row.take("Python package evtx", run, int(rows[0][0]))
    peer = "evtx_dump" if row.has("evtx_dump") else "Python package evtx"
    if not row.has(peer):
        bench.absent(row, "evtx_dump", "evtx")
    row.ratio(f"letopis : {peer}", "letopis ingest", peer, "≤", 2.0)
    if peer == "evtx_dump":
        row.ratio("letopis : Python package evtx", "letopis ingest", "Python package evtx")
    row.check("speed of letopis", written / row.median("letopis ingest") / 2**20, unit="MiB/s")
    row.check("the same in records", told["records"] / row.median("letopis ingest"), unit="records/s")
    row.check("letopis, peak memory", row.peak("letopis ingest") / 2**20, unit="MiB")
    row.notes.append(f"records recovered from free space by letopis beside those: {told['records'] - stated[0][0]}")
    row.agree("records", {name: answers[0] for name, answers in row.answers.items()})
    shutil.rmtree(folder)
    return [row]


def lines(path):
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def join(files, out, wanted):
    """One valid event log of whole chunks of `files`, in turn until `wanted` bytes are there. Each record gets the
    next record id in its header and each chunk its sums, so that no chunk is the same as another."""
    chunks = []
    for path in files:
        with open(path, "rb") as file:
            head = file.read(4096)
            if head[:8] == b"ElfFile\0":
                while len(chunk := file.read(CHUNK)) == CHUNK:
                    if chunk[:8] == b"ElfChnk\0" and sound(chunk):
                        chunks.append((chunk, head))
    if not chunks:
        raise Failure("no chunk of an event log is whole")
    # Small logs are mostly empty chunks; a log in use has full ones.
    chunks = [one for one in chunks if struct.unpack_from("<I", one[0], 48)[0] > CHUNK * 3 // 4] or chunks
    # The number of chunks is a 16-bit field.
    many = min(max(1, wanted // CHUNK), 65535)
    record = 1
    with open(out, "wb") as file:
        file.write(bytes(4096))
        for position in range(many):
            body, record = renumbered(chunks[position % len(chunks)][0], record)
            file.write(body)
        header = bytearray(chunks[0][1])
        struct.pack_into("<QQQ", header, 8, 0, many - 1, record)
        struct.pack_into("<H", header, 42, many)
        struct.pack_into("<I", header, 120, 0)
        struct.pack_into("<I", header, 124, zlib.crc32(header[:120]))
        file.seek(0)
        file.write(header)
    return os.path.getsize(out)


def sound(chunk):
    free = struct.unpack_from("<I", chunk, 48)[0]
    if not 512 <= free <= CHUNK or struct.unpack_from("<I", chunk, 52)[0] != zlib.crc32(chunk[512:free]):
        return False
    return struct.unpack_from("<I", chunk, 124)[0] == zlib.crc32(chunk[:120] + chunk[128:512])


def renumbered(chunk, record):
    body = bytearray(chunk)
    free = struct.unpack_from("<I", body, 48)[0]
    first, at = record, 512
    while at + 24 <= free and body[at : at + 4] == b"**\0\0":
        length = struct.unpack_from("<I", body, at + 4)[0]
        struct.pack_into("<Q", body, at + 8, record)
        record += 1
        if length < 24:
            break
        at += length
    struct.pack_into("<QQQQ", body, 8, first, record - 1, first, record - 1)
    struct.pack_into("<I", body, 52, zlib.crc32(body[512:free]))
    struct.pack_into("<I", body, 124, zlib.crc32(body[:120] + body[128:512]))
    return bytes(body), record
