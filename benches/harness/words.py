"""What is searched for: planted words of generated logs, or words that the given logs really hold."""

import collections
import ipaddress
import re

# A letter or a digit, and what bounds a word: letopis and the others are asked for the same lines.
EDGE = r"[^\p{Alphabetic}\p{N}]"


class Search:
    """One search, said in each language. `pattern` is what ripgrep decides the right answer by."""

    def __init__(self, name, query, pattern, plain=None, ignore_case=True, is_column=False):
        self.name, self.query, self.pattern, self.is_column = name, query, pattern, is_column
        self.plain, self.ignore_case = plain, ignore_case

    def ripgrep(self):
        """The quickest way to say it: characters as they stand where that is the whole question."""
        return ["-F", "-e", self.plain] if self.plain else ["-e", self.pattern]

    def reference(self):
        return (["-i"] if self.ignore_case else []) + ["-e", self.pattern]

    def duckdb(self, column="line"):
        if self.plain:
            return f"contains({column}, {quoted(self.plain)})"
        return f"regexp_matches({column}, {quoted(self.pattern)})"

    def chdb(self, column="line"):
        if self.plain:
            return f"position({column}, {quoted(self.plain)}) > 0"
        return f"match({column}, {quoted(self.pattern, True)})"


def quoted(text, backslashes=False):
    text = text.replace("\\", "\\\\") if backslashes else text
    return "'" + text.replace("'", "''") + "'"


def whole(word):
    return f"(^|{EDGE}){re.escape(word)}({EDGE}|$)"


def word(name, text):
    return Search(name, f'"{text}"', whole(text), plain=text)


def infix(name, text):
    return Search(name, f"*{text}*", re.escape(text), plain=text)


def network(name, net):
    """Addresses of an IPv4 network of 16 bits, wherever a record has one."""
    head = re.escape(".".join(str(net.network_address).split(".")[:2]))
    pattern = rf"(^|[^0-9.]){head}\.[0-9]{{1,3}}\.[0-9]{{1,3}}([^0-9.]|$)"
    return Search(name, f"src_ip:{net} OR dst_ip:{net}", pattern, ignore_case=False, is_column=True)


def regex(name, pattern):
    return Search(name, f"/{pattern}/", pattern, ignore_case=False)


def of_generated():
    """Words that the generator plants by number, and words that its lines are full of."""
    return [
        word("needle", "9f2c4e81d07a35b6"),
        word("common word", "sshd"),
        regex("regex", r"session-[0-9]+7\.scope"),
        infix("infix", "hoba-sun"),
        infix("common infix", "urlanov"),
        word("Cyrillic word", "құпиякілт"),
        word("common Cyrillic word", "жаңартылды"),
        network("IP network", ipaddress.ip_network("77.5.0.0/16")),
    ]


def of_given(logs):
    """Words by their frequency in the given text: the same files give the same words."""
    terms, networks = collections.Counter(), collections.Counter()
    for path in logs.paths:
        with open(path, encoding="utf-8") as file:
            for line in file:
                terms.update(set(re.findall(r"[^\W_]{4,24}", line)))
                networks.update(
                    {f"{a}.{b}.0.0/16" for a, b in re.findall(r"\b(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}\b", line)}
                )
    once = sorted(t for t, n in terms.items() if n == 1 and len(t) >= 12 and t.isascii())
    often = sorted((-n, t) for t, n in terms.items() if t.isascii() and t.isalpha())
    cyrillic = sorted((-n, t) for t, n in terms.items() if re.fullmatch(r"[а-яёәіңғүұқөһ]{4,}", t))
    some = [t for n, t in often if 20 <= -n <= 200 and len(t) >= 8]
    searches = []
    if once:
        searches.append(word("needle", once[len(once) // 2]))
    if often:
        searches.append(word("common word", often[0][1]))
        searches.append(regex("regex", rf"{often[0][1]}[a-z]*[^a-z]+[0-9]+"))
    if some:
        searches.append(infix("infix", some[0][1:-1]))
    if cyrillic:
        searches.append(word("Cyrillic word", cyrillic[0][1]))
    valid = [(-n, net) for net, n in networks.items() if all(int(p) < 256 for p in net[:-3].split("."))]
    if valid:
        searches.append(network("IP network", ipaddress.ip_network(min(valid)[1])))
    return searches
