"""Reads logs as they were handed over: containers by Python's own decoders, text by its codecs, lines by LF."""

import bz2
import gzip
import io
import lzma
import os
import shutil
import subprocess
import tarfile
import zipfile


class NoDecoder(Exception):
    """A container that this machine cannot decode."""


def _zstd(data):
    if shutil.which("zstd") is None:
        raise NoDecoder("the program zstd is absent")
    return subprocess.run(["zstd", "-dc"], input=data, stdout=subprocess.PIPE, check=True).stdout


def members(data):
    """The innermost files in some bytes, in order."""
    if data[:2] == b"\x1f\x8b":
        yield from members(gzip.decompress(data))
    elif data[:3] == b"BZh":
        yield from members(bz2.decompress(data))
    elif data[:6] == b"\xfd7zXZ\x00":
        yield from members(lzma.decompress(data))
    elif data[:4] == b"\x28\xb5\x2f\xfd":
        yield from members(_zstd(data))
    elif data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield from members(archive.read(info))
    elif data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for info in archive:
                if info.isfile():
                    yield from members(archive.extractfile(info).read())
    else:
        yield data


def files(folder):
    """Path and bytes of every innermost file below a folder, in the order of paths."""
    for here, folders, names in sorted(os.walk(folder)):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(here, name)
            with open(path, "rb") as file:
                data = file.read()
            for member in members(data):
                yield os.path.relpath(path, folder), member


def lines(data, encoding):
    """The lines of a text without their ends and without the byte order mark."""
    text = data.decode({"windows-1251": "cp1251"}.get(encoding, encoding))
    parts = text.removeprefix("\ufeff").split("\n")
    if parts and parts[-1] == "":
        parts.pop()
    return [part.removesuffix("\r") for part in parts]
