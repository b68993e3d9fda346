#!/usr/bin/env python3
"""Checks a letopis proof of one record, or of many, with Python's standard library only.

    python3 check_proof.py PROOF [CUSTODIAN_KEY]

CUSTODIAN_KEY is NAME+ID+BASE64 as the archive's custodian published it. Without it the key is taken from the
proof itself and must be compared. Exit code 0: shown; 1: refused. The grammar stands in the source of
letopis-seal: proof.rs, proof/batch.rs, the leaf in record.rs, certificates in certificate.rs; notes, checkpoints and
tlog-proofs are C2SP's (c2sp.org).
"""
import base64
import hashlib
import json
import re
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
    signed, lines = [], signatures.removesuffix("\n").split("\n")
    refuse_unless(len(lines) == len(set(lines)), "every signature once")
    for line in lines:
        dash, name, data = line.split(" ")
        data = unbase64(data)
        refuse_unless(dash == "\u2014" and len(data) > 4, "a signature line")
        for key in keys:
            if (name, data[:4]) == key[:2]:
                refuse_unless(signature_holds(key[2], (text + "\n").encode(), data[4:]), "a right signature of " + name)
                signed.append(key)
    return signed


def certified(notes, origin, keys, strict):
    """Custodian and journal keys that the certificates lead to, each with the line that brings it."""
    custodians, journals = {key: -1 for key in keys}, {}
    for note in notes:
        first, archive, role, key, since = note.rsplit("\n\n", 1)[0].split("\n")
        refuse_unless(first == "letopis key certificate, version 1", "a key certificate")
        refuse_unless(archive == "archive " + origin, "a certificate for this archive")
        refuse_unless(role in ("role custodian", "role journal"), "a role")
        refuse_unless(key.startswith("key ") and since.startswith("since "), "a key and its line")
        key = key_of(key[4:])
        led = signers(note, list(custodians))
        refuse_unless(led or not strict, "certificates that lead from the custodian")
        if led:
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
ONE = "letopis proof of one record, version 1"
MANY = "letopis proof of records, version 1"
LEDGER = "\n\nc2sp.org/tlog-proof@v1\n"


def sections(head, first, titles):
    parts = head.split("\n\n")
    refuse_unless(parts[0] == first, first)
    refuse_unless(all(part.split("\n")[0] in titles for part in parts[1:]), "sections of a letopis proof")
    return [part.split("\n") for part in parts[1:]]


def fields(lines, words):
    """Words with what follows them, in the order of `words`; those with a star as often as wanted, the others once."""
    order = [word.rstrip("*") for word in words]
    found = {word[:-1]: [] for word in words if word.endswith("*")}
    at = 0
    for line in lines:
        word, _, rest = line.partition(" ")
        refuse_unless(word in order and order.index(word) >= at, "no line " + ascii(line[:80]))
        at = order.index(word) + (word + "*" not in words)
        found.setdefault(word, []).append(rest)
    return found


def unhex(text):
    data = bytes.fromhex(text)
    refuse_unless(data.hex() == text, "lower case hexadecimal digits")
    return data


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
    refuse_unless(all(line.startswith("|") for line in lines), "quoted lines only")
    return "".join(line[1:] + "\n" for line in lines)


def shared_root(size, leaves, hashes):
    """The root of a tree of which some leaves are known, as {number: hash}; parts without any take the next hash."""
    refuse_unless(all(0 <= index < size for index in leaves), "leaves inside the tree")
    hashes = list(reversed(hashes))

    def root(first, last, known):
        if not known:
            refuse_unless(hashes, "more hashes")
            return hashes.pop()
        if last - first == 1:
            return leaves[first]
        middle = first + cut(last - first)
        left = root(first, middle, [index for index in known if index < middle])
        return sha256(b"\1", left, root(middle, last, [index for index in known if index >= middle]))

    found = root(0, size, sorted(leaves))
    refuse_unless(not hashes, "no more hashes")
    return found


def entry_of(line):
    entry = json.loads(line)
    refuse_unless(json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == line, "a canonical line")
    return entry


def tree_of(thing, line):
    """Commitment and size of a record tree, and the ledger line that binds them."""
    commitment, records, entry = unhex(thing["commitment"][0]), number(thing["records"][0]), entry_of(line)
    refuse_unless(entry["kind"] in ("object", "reframe"), "a line of kind object or reframe")
    refuse_unless((entry["commitment"], entry["records"]) == (commitment.hex(), records), "the line to be about this object")
    if "sha256" in thing:
        opened = sha256(b"letopis.object.commitment.v001", unhex(thing["nonce"][0] + thing["sha256"][0]))
        refuse_unless(opened == commitment, "the file's digest to open the commitment")
    return commitment, records, entry


def record_of(lines, commitment, many):
    """Place and bytes of a record, its number, its leaf, and its path."""
    record = fields(lines, ("offset", "length", "leaf", "salt", "text*", "raw*") + (() if many else ("path*",)))
    raw = b"".join(map(unbase64, record["raw"]))
    refuse_unless(record["text"] == text_lines(raw), "`text` lines that say what the raw bytes are")
    offset, length, index = (number(record[word][0]) for word in ("offset", "length", "leaf"))
    refuse_unless(len(raw) == length, "as many bytes as the length says")
    place = offset.to_bytes(8, "big") + length.to_bytes(8, "big") + unhex(record["salt"][0])
    leaf = sha256(b"\0letopis.record.leaf.version.001", commitment, place, raw)
    return (offset, length, raw), index, leaf, list(map(unbase64, record.get("path", [])))


class Vouching:
    """What keys and certificates of a proof make of its checkpoint."""

    def __init__(self, of, checkpoint, trusted):
        self.origin, self.size, self.root = checkpoint_of(checkpoint)
        self.checkpoint = checkpoint
        notes = list(map(quoted, of("certificate")))
        ((own,),) = of("custodian")
        self.custodians, self.journals = certified(notes, self.origin, [key_of(own)], True)
        if trusted:
            self.custodians, self.journals = certified(notes, self.origin, [key_of(trusted)], False)
        for later in of("later head"):
            self.check_later(later)

    def names(self, journal_may=False):
        return vouched(self.checkpoint, {**self.journals, **self.custodians} if journal_may else self.custodians)

    def check_later(self, later):
        hashes = [line for line in later if not line.startswith("|")]
        note = quoted(later[len(hashes):])
        origin, size, root = checkpoint_of(note)
        refuse_unless(origin == self.origin and size >= self.size, "a later head of the same archive")
        hashes = list(map(unbase64, fields(hashes, ("consistency*",))["consistency"]))
        found = roots_from_consistency(self.size, size, hashes, True, self.root)
        refuse_unless(found == (self.root, root), "a later head that goes on from the checkpoint")
        vouched(note, {**self.journals, **self.custodians})


TREE = ("commitment", "records", "sha256", "nonce")


def check_one(text, trusted):
    head, mark, ledger = text.partition(LEDGER)
    refuse_unless(mark, "a tlog-proof")
    titles = "record", "context", "rendering, not proven by itself", "object", "ledger line", "custodian", "certificate", "later head"
    parts = sections(head, ONE, titles)

    def of(title):
        return [part[1:] for part in parts if part[0] == title]

    (thing,), ((line,),) = of("object"), of("ledger line")
    thing = fields(thing, TREE)
    commitment, records, entry = tree_of(thing, line)
    shown = []
    refuse_unless(len(of("record")) == 1, "one record")
    for lines in of("record") + of("context"):
        record, index, leaf, path = record_of(lines, commitment, False)
        root = root_from_path(index, records, leaf, path)
        refuse_unless(root.hex() == entry["root"], "the root that the ledger line states")
        shown.append(record)

    proof, _, checkpoint = ledger.partition("\n\n")
    index, *path = proof.split("\n")
    vouching = Vouching(of, checkpoint, trusted)
    refuse_unless(index == "index %d" % entry["seq"], "the line's own number as its index")
    found = root_from_path(entry["seq"], vouching.size, sha256(b"\0", line.encode()), list(map(unbase64, path)))
    refuse_unless(found == vouching.root, "the ledger line under the checkpoint")
    digest = thing.get("sha256", [None])[0]
    return [(entry, digest, shown)], [], vouching, vouching.names()


def check_many(text, trusted):
    titles = "object", "record", "document", "ledger", "custodian", "certificate", "later head", "checkpoint"
    refuse_unless(text.endswith("\n") and not text.endswith("\n\n"), "one newline at the end")
    parts = sections(text[:-1], MANY, titles)

    def of(title):
        return [part[1:] for part in parts if part[0] == title]

    objects, documents, lines, commitment = [], [], {}, None
    for title, *rest in parts:
        if title == "object":
            thing = fields(rest, TREE + ("line", "hash*"))
            commitment, records, entry = tree_of(thing, thing["line"][0])
            refuse_unless(not objects or objects[-1][0]["seq"] < entry["seq"], "objects in the order of the ledger")
            lines[entry["seq"]] = thing["line"][0]
            objects.append((entry, thing.get("sha256", [None])[0], [], records, thing["hash"], {}))
        elif title == "record":
            refuse_unless(objects, "an object before its records")
            shown, leaves = objects[-1][2], objects[-1][5]
            record, index, leaf, _ = record_of(rest, commitment, True)
            refuse_unless(not leaves or max(leaves) < index, "records in the order of the tree")
            refuse_unless(not shown or shown[-1][0] + shown[-1][1] <= record[0], "records that do not overlap")
            leaves[index] = leaf
            shown.append(record)
        elif title == "document":
            thing = fields(rest, ("line", "nonce", "text"))
            line = thing["line"][0]
            entry = entry_of(line)
            refuse_unless(not documents or documents[-1][0]["seq"] < entry["seq"], "documents in the order of the ledger")
            refuse_unless(lines.setdefault(entry["seq"], line) == line, "one line of one number")
            said = None
            if "text" in thing:
                refuse_unless(thing["text"][0].startswith("|"), "a bar before the document")
                said = unescape(thing["text"][0][1:])
                opened = sha256(unhex(thing["nonce"][0]), said.encode()).hex()
                refuse_unless(opened == entry.get("detail"), "the document that the line commits to")
            documents.append((entry, said))
    refuse_unless(lines, "at least one object or document")
    for entry, _, _, records, hashes, leaves in objects:
        root = shared_root(records, leaves, list(map(unbase64, hashes)))
        refuse_unless(root.hex() == entry["root"], "the root that the ledger line states")
    (ledger,), (checkpoint,) = of("ledger"), of("checkpoint")
    vouching = Vouching(of, quoted(checkpoint), trusted)
    hashes = list(map(unbase64, fields(ledger, ("hash*",))["hash"]))
    found = shared_root(vouching.size, {seq: sha256(b"\0", line.encode()) for seq, line in lines.items()}, hashes)
    refuse_unless(found == vouching.root, "the ledger lines under the checkpoint")
    journal_may = not objects and all(entry["kind"] in JOURNAL_KINDS for entry, _ in documents)
    return [found[:3] for found in objects], documents, vouching, vouching.names(journal_may)


JOURNAL_KINDS = "access-intent", "access-result", "verify"


def unescape(text):
    """Undoes `escape`, for JSON documents: what is not printed by it is refused."""
    short = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r"}

    def plain(found):
        return short.get(found[1]) or chr(int(found[1][2:-1], 16))

    said = re.sub(r"\\([\\ntr]|u\{[0-9a-f]{1,6}\})", plain, text)
    refuse_unless(escape(said) == text, "escaped text")
    return said


def main(arguments):
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    with open(arguments[1], encoding="utf-8", newline="") as file:
        text = file.read()
    trusted = arguments[2] if len(arguments) == 3 else None
    try:
        check = check_many if text.startswith(MANY + "\n") else check_one
        objects, documents, vouching, names = check(text, trusted)
    except (Refused, ValueError, KeyError, IndexError, RecursionError, TypeError) as error:
        print("refused:", str(error) or type(error).__name__)
        return 1
    for entry, digest, shown in objects:
        for offset, length, raw in shown:
            said = "".join(line[1:] for line in text_lines(raw)) or ascii(raw[:200])
            print("shown: %d bytes at byte %d: %s" % (length, offset, said))
        print("  taken in by ledger line %d of %s" % (entry["seq"], entry["time"]) + (", sha256 of the file " + digest if digest else ""))
    for entry, said in documents:
        print("shown: ledger line %d of %s, %s%s" % (entry["seq"], entry["time"], escape(entry["kind"]), ": " + escape(said) if said else ""))
    print("archive %s, checkpoint of %d lines" % (escape(vouching.origin), vouching.size))
    print("signed by key", ", ".join(map(escape, names)), "(as you gave it)" if trusted else "(COMPARE: taken from the proof)")
    print("not shown: that the records are true; that the files were unaltered before they were taken in; that nothing was")
    print("left out of what was handed over; who holds the key; when it was signed, but for the signer's own clock")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
