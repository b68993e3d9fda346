"""Rows: what was measured, what it was held to, and whether it was met."""

import contextlib
import statistics

from .process import Failure


class Check:
    """One figure and its aim. `aim` None: the figure is told, nothing is asked of it.

    `sign` is "≤" or "≥". `spread` is the least and the most of the figure over the rounds.
    """

    def __init__(self, what, value, sign=None, aim=None, unit="×", spread=None):
        self.what, self.value, self.sign, self.aim, self.unit, self.spread = what, value, sign, aim, unit, spread

    def met(self):
        if self.aim is None:
            return None
        return self.value <= self.aim if self.sign == "≤" else self.value >= self.aim

    def margin(self):
        """Above 1: better than asked, so many times; below: worse."""
        if not self.aim or not self.value:
            return None
        return self.aim / self.value if self.sign == "≤" else self.value / self.aim


class Row:
    """A row of the table: contestants with their runs, checks, and what is worth knowing about them."""

    def __init__(self, key, title):
        self.key, self.title = key, title
        self.runs, self.answers, self.checks, self.notes, self.absent, self.failed = {}, {}, [], [], [], []

    def take(self, name, run, answer=None):
        self.runs.setdefault(name, []).append(run)
        if answer is not None:
            self.answers.setdefault(name, []).append(answer)
        return run

    def has(self, name):
        return bool(self.runs.get(name))

    def figures(self, name, value=lambda run: run.judged()):
        return [value(run) for run in self.runs[name]]

    def median(self, name, value=lambda run: run.judged()):
        return statistics.median(self.figures(name, value))

    def peak(self, name):
        return max(run.memory for run in self.runs[name])

    def check(self, what, value, sign=None, aim=None, unit="×", spread=None):
        self.checks.append(Check(what, value, sign, aim, unit, spread))

    def ratio(self, what, above, below, sign=None, aim=None):
        """Median of the one by the median of the other; nothing where one of them was not run."""
        if not (self.has(above) and self.has(below)):
            return
        rounds = [a / b for a, b in zip(self.figures(above), self.figures(below))]
        self.check(what, self.median(above) / self.median(below), sign, aim, "×", (min(rounds), max(rounds)))

    def agree(self, what, answers):
        """`answers` by contestant must be equal; says so, or who differs."""
        kinds = {}
        for name, answer in answers.items():
            kinds.setdefault(str(answer), []).append(name)
        if len(kinds) > 1:
            told = "; ".join(f"{', '.join(names)}: {answer[:120]}" for answer, names in kinds.items())
            self.failed.append(f"{what}: answers differ: {told}")
        elif len(answers) > 1:
            self.notes.append(f"{what}: equal answers of {', '.join(answers)}")

    @contextlib.contextmanager
    def keeps_failure(self):
        """What fails inside is told in this row and ends no other; what was measured before stays."""
        try:
            yield
        except (Failure, OSError) as error:
            # The same in every round is one failure.
            if str(error) not in self.failed:
                self.failed.append(str(error))

    def verdict(self):
        judged = [check.met() for check in self.checks if check.aim is not None]
        if self.failed:
            return "failed"
        if not judged:
            return "not run" if self.absent or not self.runs else "measured"
        if not all(judged):
            return "not met"
        return "met" if not self.absent else "met, in part"

    def plain(self):
        """For the JSON."""
        return {
            "row": self.key,
            "title": self.title,
            "verdict": self.verdict(),
            "checks": [
                {
                    "what": c.what,
                    "value": c.value,
                    "sign": c.sign,
                    "aim": c.aim,
                    "unit": c.unit,
                    "met": c.met(),
                    "least": c.spread and c.spread[0],
                    "most": c.spread and c.spread[1],
                }
                for c in self.checks
            ],
            "contestants": [
                {
                    "name": name,
                    "seconds": [run.seconds for run in runs],
                    "inside_seconds": [run.inside for run in runs if run.inside is not None],
                    "first_byte_seconds": [run.first for run in runs if run.first is not None],
                    "processor_seconds": [run.processor for run in runs],
                    "peak_bytes": max(run.memory for run in runs),
                    "answers": sorted({str(a)[:200] for a in self.answers.get(name, [])}),
                }
                for name, runs in self.runs.items()
            ],
            "notes": self.notes,
            "absent": self.absent,
            "failed": self.failed,
        }


def number(value):
    """Three digits that mean something."""
    if value is None:
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return (
        f"{value:.0f}"
        if abs(value) >= 100
        else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"
    )


def text(rows):
    """The dated text: a line a check, then a line a contestant."""
    out = []
    for row in rows:
        out.append(f"[{row.verdict()}] {row.key}: {row.title}")
        for c in row.checks:
            aim = "" if c.aim is None else f"   aim {c.sign} {number(c.aim)} {c.unit}: {'met' if c.met() else 'NOT MET'}"
            spread = (
                "" if not c.spread or c.spread[0] == c.spread[1] else f"  ({number(c.spread[0])} to {number(c.spread[1])})"
            )
            out.append(f"  {c.what:62} {number(c.value):>9} {c.unit}{spread}{aim}")
        if row.runs:
            out.append(
                f"    {'process':42} {'median s':>9} {'inside':>8} {'least':>8} {'most':>8} {'cpu s':>8} {'MiB':>7}  answer"
            )
        for name, runs in row.runs.items():
            seconds = row.figures(name, lambda run: run.seconds)
            inside = f"{row.median(name):8.3f}" if runs[0].inside is not None else " " * 8
            answer = ", ".join(sorted({str(a)[:60] for a in row.answers.get(name, [])}))
            out.append(
                f"    {name:42} {statistics.median(seconds):9.3f} {inside} {min(seconds):8.3f} {max(seconds):8.3f} "
                f"{row.median(name, lambda run: run.processor):8.2f} {row.peak(name) / 2**20:7.0f}  {answer}".rstrip()
            )
        out += [f"    {note}" for note in row.notes]
        out += [f"    not run: {name}" for name in row.absent]
        out += [f"    FAILED: {what}" for what in row.failed]
        out.append("")
    return out
