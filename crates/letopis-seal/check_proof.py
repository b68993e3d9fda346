#!/usr/bin/env python3
"""Checks a letopis proof of one record with Python's standard library only.

    python3 check_proof.py PROOF [CUSTODIAN_KEY]

CUSTODIAN_KEY is NAME+ID+BASE64 as the archive's custodian published it. Without it the key is taken from the
proof itself and must be compared. Exit code 0: shown; 1: refused. The grammar is in src/proof.rs, the leaf in
src/record.rs, certificates in src/certificate.rs; notes, checkpoints and tlog-proofs are C2SP's.
"""
import base64
import hashlib
import json
import sys


class Refused(Exception):
    pass


def refuse_unless(holds, expected):
    if not holds:
        raise Refused("expected " + expected)


# Ed25519, RFC 8032 section 5.1.4: points as (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def add(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    m, n = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def times(number, point):
    result = NEUTRAL
    while number:
        if number & 1:
            result = add(result, point)
        point = add(point, point)
        number >>= 1
    return result


def point_of(data):
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    refuse_unless(y < P and (x * x - square) % P == 0 and not (x == 0 and sign), "a point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signature_holds(public, message, signature):
    if len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    key, r = point_of(public), point_of(signature[:32])
    if s >= L or equal(times(8, key), NEUTRAL) or equal(times(8, r), NEUTRAL):
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return equal(times(s, BASE), add(r, times(h, key)))


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def unbase64(text):
    data = base64.b64decode(text, validate=True)
    refuse_unless(base64.b64encode(data).decode() == text, "canonical base64")
    return data


def number(text):
    refuse_unless(text.isascii() and text.isdigit() and str(int(text)) == text, "a decimal number")
    return int(text)


# The hash tree, RFC 6962 section 2.1.1 and 2.1.2, by recursion.
def cut(size):
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def root_from_path(index, size, leaf, path):
    refuse_unless(0 <= index < size, "a leaf inside the tree")
    if size == 1:
        refuse_unless(not path, "no more hashes in the path")
        return leaf
    refuse_unless(path, "more hashes in the path")
    k, sibling = cut(size), path[-1]
    if index < k:
        return sha256(b"\1", root_from_path(index, k, leaf, path[:-1]), sibling)
    return sha256(b"\1", sibling, root_from_path(index - k, size - k, leaf, path[:-1]))


def roots_from_consistency(old, new, path, known, old_root):
    """The roots of the old and of the new tree."""
    if old == new:
        if known:
            refuse_unless(not path, "no more hashes of consistency")
            return old_root, old_root
        refuse_unless(len(path) == 1, "one hash of consistency left")
        return path[0], path[0]
    refuse_unless(path, "more hashes of consistency")
    k, sibling = cut(new), path[-1]
    if old <= k:
        before, after = roots_from_consistency(old, k, path[:-1], known, old_root)
        return before, sha256(b"\1", after, sibling)
    before, after = roots_from_consistency(old - k, new - k, path[:-1], False, old_root)
    return sha256(b"\1", sibling, before), sha256(b"\1", sibling, after)


# Notes, keys, certificates.
def key_of(text):
    name, key_id, data = text.split("+", 2)
    data = unbase64(data)
    refuse_unless(len(data) == 33 and data[0] == 1, "an Ed25519 key")
    refuse_unless(sha256(name.encode(), b"\n", data)[:4].hex() == key_id, "the id of key " + name)
    return name, bytes.fromhex(key_id), data[1:]


def signers(note, keys):
    text, signatures = note.rsplit("\n\n", 1)
    signed = []
    for line in signatures.rstrip("\n").split("\n"):
        dash, name, data = line.split(" ")
        data = unbase64(data)
        refuse_unless(dash == "\u2014" and len(data) > 4, "a signature line")
        for key in keys:
            if (name, data[:4]) == key[:2]:
                refuse_unless(signature_holds(key[2], (text + "\n").encode(), data[4:]), "a right signature of " + name)
                signed.append(key)
    return signed


def certified(notes, origin, keys):
    """Custodian and journal keys that the certificates lead to, each with the line that brings it."""
    custodians, journals = {key: -1 for key in keys}, {}
    for note in notes:
        first, archive, role, key, since = note.rsplit("\n\n", 1)[0].split("\n")
        refuse_unless(first == "letopis key certificate, version 1", "a key certificate")
        refuse_unless(archive == "archive " + origin, "a certificate for this archive")
        refuse_unless(role in ("role custodian", "role journal"), "a role")
        refuse_unless(key.startswith("key ") and since.startswith("since "), "a key and its line")
        key = key_of(key[4:])
        if signers(note, list(custodians)):
            signers(note, [key])
            (custodians if role == "role custodian" else journals).setdefault(key, number(since[6:]))
    return custodians, journals


def checkpoint_of(note):
    origin, size, root = note.rsplit("\n\n", 1)[0].split("\n")[:3]
    return origin, number(size), unbase64(root)


def vouched(note, keys):
    size = checkpoint_of(note)[1]
    signed = signers(note, list(keys))
    refuse_unless(signed, "a signature by one of: " + ", ".join(key[0] for key in keys))
    refuse_unless(all(size > keys[key] for key in signed), "a key that the ledger of that size knows")
    return sorted({key[0] for key in signed})


# The text.
def sections(text):
    head, mark, ledger = text.partition("\n\nc2sp.org/tlog-proof@v1\n")
    refuse_unless(mark, "a tlog-proof")
    parts = head.split("\n\n")
    titles = "record", "context", "rendering, not proven by itself", "object", "ledger line", "custodian", "certificate", "later head"
    refuse_unless(all(part.split("\n")[0] in titles for part in parts[1:]), "sections of a letopis proof")
    refuse_unless(parts[0] == "letopis proof of one record, version 1", "a letopis proof, version 1")
    return [part.split("\n") for part in parts[1:]], ledger


def fields(lines, once, many=()):
    """Words with what follows them; every word of `once` once, those of `many` as often as wanted, no others."""
    found = {word: [] for word in many}
    for line in lines:
        word, _, rest = line.partition(" ")
        refuse_unless(word in many or word in once and word not in found, "no line " + ascii(line[:80]))
        found.setdefault(word, []).append(rest)
    return found


HIDDEN = [(0, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C), (0x180E, 0x180E), (0x200B, 0x200F), (0x2028, 0x202E)]
HIDDEN += [(0x2060, 0x206F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0000, 0xE0FFF)]


def escape(text):
    short = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}

    def shown(c):
        hidden = any(low <= ord(c) <= high for low, high in HIDDEN)
        return short.get(c) or ("\\u{%x}" % ord(c) if hidden else c)

    return "".join(map(shown, text))


def text_lines(raw):
    """What the `text` lines of a record must be."""
    try:
        text = raw.decode() if len(raw) <= 4096 else ""
    except UnicodeDecodeError:
        text = ""
    *whole, last = text.split("\n")
    return ["|" + escape(line) for line in [part + "\n" for part in whole] + ([last] if last else [])]


def quoted(lines):
    return "".join(line[1:] + "\n" for line in lines if line.startswith("|"))


def check(text, trusted):
    parts, ledger = sections(text)

    def of(title):
        return [part[1:] for part in parts if part[0] == title]

    (thing,), ((line,),), ((own,),) = of("object"), of("ledger line"), of("custodian")
    thing = fields(thing, ("commitment", "records", "sha256", "nonce"))
    commitment, records = bytes.fromhex(thing["commitment"][0]), number(thing["records"][0])
    entry = json.loads(line)
    refuse_unless(json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == line, "a canonical line")
    refuse_unless(entry["kind"] in ("object", "reframe"), "a line of kind object or reframe")
    refuse_unless((entry["commitment"], entry["records"]) == (commitment.hex(), records), "the line to be about this object")

    shown = []
    refuse_unless(len(of("record")) == 1, "one record")
    for lines in of("record") + of("context"):
        record = fields(lines, ("offset", "length", "leaf", "salt"), ("text", "raw", "path"))
        raw = b"".join(map(unbase64, record["raw"]))
        refuse_unless(record["text"] == text_lines(raw), "`text` lines that say what the raw bytes are")
        offset, length, index = (number(record[word][0]) for word in ("offset", "length", "leaf"))
        refuse_unless(len(raw) == length, "as many bytes as the length says")
        place = offset.to_bytes(8, "big") + length.to_bytes(8, "big") + bytes.fromhex(record["salt"][0])
        leaf = sha256(b"\0letopis.record.leaf.version.001", commitment, place, raw)
        root = root_from_path(index, records, leaf, list(map(unbase64, record["path"])))
        refuse_unless(root.hex() == entry["root"], "the root that the ledger line states")
        shown.append((offset, length, raw))

    proof, _, checkpoint = ledger.partition("\n\n")
    index, *path = proof.split("\n")
    origin, size, root = checkpoint_of(checkpoint)
    refuse_unless(index == "index %d" % entry["seq"], "the line's own number as its index")
    found = root_from_path(entry["seq"], size, sha256(b"\0", line.encode()), list(map(unbase64, path)))
    refuse_unless(found == root, "the ledger line under the checkpoint")

    notes = list(map(quoted, of("certificate")))
    own = key_of(own)
    custodians, journals = certified(notes, origin, [own])
    refuse_unless(len({*custodians, *journals}) + (len(notes) > 0) >= len(notes), "certificates that lead from the custodian")
    if trusted:
        custodians, journals = certified(notes, origin, [key_of(trusted)])
    names = vouched(checkpoint, custodians)
    if "sha256" in thing:
        opened = sha256(b"letopis.object.commitment.v001", bytes.fromhex(thing["nonce"][0] + thing["sha256"][0]))
        refuse_unless(opened == commitment, "the file's digest to open the commitment")
    for later in of("later head"):
        note = quoted(later)
        later_origin, later_size, later_root = checkpoint_of(note)
        refuse_unless(later_origin == origin and later_size >= size, "a later head of the same archive")
        hashes = [line for line in later if not line.startswith("|")]
        hashes = list(map(unbase64, fields(hashes, (), ("consistency",))["consistency"]))
        found = roots_from_consistency(size, later_size, hashes, True, root)
        refuse_unless(found == (root, later_root), "a later head that goes on from the checkpoint")
        vouched(note, {**journals, **custodians})
    return shown, origin, size, names, entry["time"], thing.get("sha256", [None])[0]


def main(arguments):
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    with open(arguments[1], encoding="utf-8", newline="") as file:
        text = file.read()
    trusted = arguments[2] if len(arguments) == 3 else None
    try:
        shown, origin, size, names, time, digest = check(text, trusted)
    except (Refused, ValueError, KeyError, IndexError, RecursionError, TypeError) as error:
        print("refused:", str(error) or type(error).__name__)
        return 1
    for offset, length, raw in shown:
        print("shown: %d bytes at byte %d: %s" % (length, offset, "".join(line[1:] for line in text_lines(raw)) or ascii(raw[:200])))
    print("archive %s, taken in by the ledger line of %s, checkpoint of %d lines" % (escape(origin), time, size))
    print("signed by custodian key", ", ".join(map(escape, names)), "(as you gave it)" if trusted else "(COMPARE: taken from the proof)")
    if digest:
        print("sha256 of the file", digest)
    print("not shown: that the record is true; that the file was unaltered before it was taken in; that nothing was")
    print("left out of what was handed over; who holds the key; when it was signed, but for the signer's own clock")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
