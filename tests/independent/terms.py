"""When a word stands in a text, by the rule of the search, written a second time.

A word matches by Unicode simple case folding where its characters stand bounded: an end that is a letter or
digit must not touch another letter or digit.
"""

import re
import unicodedata
from functools import lru_cache


@lru_cache(maxsize=None)
def fold_character(c):
    """Simple case folding of one character, from the full folding and the lower case that Python knows."""
    full = c.casefold()
    if len(full) == 1:
        return full
    lower = c.lower()
    return lower if len(lower) == 1 else c


class _Folding(dict):
    def __missing__(self, code):
        folded = ord(fold_character(chr(code)))
        self[code] = folded
        return folded


_FOLDING = _Folding()


def fold(text):
    """The text folded character by character: its length in characters stays."""
    if text.isascii():
        return text.lower()
    return text.translate(_FOLDING)


@lru_cache(maxsize=None)
def is_alphanumeric(c):
    """Alphabetic or numeric, as Unicode's derived properties say: marks that are vowels count as letters."""
    if c.isalnum():
        return True
    category = unicodedata.category(c)
    return category in ("Nl", "No") or (category in ("Mc", "Mn") and "VOWEL SIGN" in unicodedata.name(c, ""))


class Word:
    """One word, ready to be looked for in folded texts."""

    def __init__(self, word):
        self.word = word
        self.folded = fold(word)
        self.left = is_alphanumeric(self.folded[0])
        self.right = is_alphanumeric(self.folded[-1])

    def stands_in(self, folded):
        """Whether it stands in a text that `fold` made."""
        at = folded.find(self.folded)
        while at >= 0:
            end = at + len(self.folded)
            bounded_left = not self.left or at == 0 or not is_alphanumeric(folded[at - 1])
            bounded_right = not self.right or end == len(folded) or not is_alphanumeric(folded[end])
            if bounded_left and bounded_right:
                return True
            at = folded.find(self.folded, at + 1)
        return False

    def query(self):
        """The word in the query language: bare where it can be, else in quotes."""
        if re.fullmatch(r"\w[\w.\-]*", self.word) and self.word not in ("AND", "OR", "NOT"):
            return self.word
        return '"' + self.word.replace('"', '""') + '"'


# What people type: words, and identifiers that hold points, colons, hyphens.
_PIECE = re.compile(r"\w+(?:[.:@_\-/]\w+)*", re.UNICODE)
_PLAIN = re.compile(r"[^\W_]+", re.UNICODE)


def stratum(word):
    """What kind of word it is: script, identifier or not."""
    if not _PLAIN.fullmatch(word):
        return "compound"
    if any(c.isdigit() for c in word):
        return "identifier" if len(word) >= 5 else "number"
    scripts = {unicodedata.name(c, "?").split(" ")[0] for c in word if c.isalpha()}
    if scripts == {"LATIN"}:
        return "latin"
    if scripts == {"CYRILLIC"}:
        return "cyrillic"
    return "mixed"


def tier(count):
    """How frequent it is, by powers of ten: 1, 2–9, 10–99 …"""
    return 0 if count == 1 else len(str(count))


def choose(records, number, draw):
    """Words of the records, spread evenly over kind × frequency × encoding.

    `records` are pairs of encoding and text. Frequencies here are rough (pieces, not matches): they only
    spread the choice.
    """
    counts, encodings = {}, {}
    for encoding, text in records:
        pieces = set(_PIECE.findall(text)) | set(_PLAIN.findall(text))
        for piece in pieces:
            if len(piece) <= 200:
                counts[piece] = counts.get(piece, 0) + 1
                encodings.setdefault(piece, encoding)
    strata = {}
    for word in sorted(counts):
        key = (stratum(word), tier(counts[word]), encodings[word])
        strata.setdefault(key, []).append(word)
    chosen, queues = [], []
    for key in sorted(strata):
        words = strata[key]
        draw.shuffle(words)
        queues.append((key, words))
    while len(chosen) < number and any(words for _, words in queues):
        for key, words in queues:
            if words and len(chosen) < number:
                chosen.append((key, words.pop()))
    return chosen


def variants(chosen, draw):
    """Every fourth word in other case, cut short, or as no record holds it: what must not match counts too."""
    words = []
    for place, (key, word) in enumerate(chosen):
        turn = draw.randrange(12)
        if turn == 0:
            word = word.upper()
        elif turn == 1 and len(word) > 3:
            word = word[:-1]
        elif turn == 2 and len(word) > 3:
            word = word[1:]
        elif place % 40 == 39:
            word = word + "zqx"
        if word and is_alphanumeric(word[0]) and is_alphanumeric(word[-1]):
            words.append((key, word))
    return words
