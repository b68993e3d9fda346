"""Charts as SVG inside the page; colours are the page's, by class."""

import math
from html import escape

from .result import number

WIDTH, LABEL, LINE, RIGHT = 760, 250, 22, 150


def overview(rows):
    """All judged figures on one logarithmic axis: how many times better or worse than its aim each one is."""
    points = [(row, check) for row in rows for check in row["checks"] if check["aim"] and check["value"]]
    if not points:
        return ""
    margins = [margin(check) for _, check in points]
    low = min(-1, math.floor(math.log10(min(margins))))
    high = max(1, math.ceil(math.log10(max(margins))))
    x = lambda value: LABEL + 90 + (math.log10(value) - low) / (high - low) * (WIDTH - LABEL - 90 - 60)
    height = 40 + LINE * len(points)
    out = [head(height, "How far each figure is from its aim")]
    for power in range(low, high + 1):
        at = x(10.0**power)
        name = "aim" if power == 0 else f"{number(10.0 ** abs(power))} × {'better' if power > 0 else 'worse'}"
        css = "aim" if power == 0 else "grid"
        out.append(f'<line class="{css}" x1="{at:.1f}" x2="{at:.1f}" y1="24" y2="{height - 8}"/>')
        out.append(f'<text class="small" x="{at:.1f}" y="14" text-anchor="middle">{name}</text>')
    for position, ((row, check), value) in enumerate(zip(points, margins)):
        y = 36 + LINE * position
        css = "met" if check["met"] else "missed"
        label = f"{row['row']}: {check['what']}"
        out.append(
            f'<text x="{LABEL + 80}" y="{y + 4}" text-anchor="end">{escape(cut(label, 54))}<title>{escape(label)}</title></text>'
        )
        out.append(f'<line class="{css}" x1="{x(1.0):.1f}" x2="{x(value):.1f}" y1="{y}" y2="{y}" stroke-width="2"/>')
        out.append(dot(x(value), y, check["met"]))
        out.append(f'<text class="small" x="{WIDTH - 4}" y="{y + 4}" text-anchor="end">{number(value)}</text>')
    return "".join([*out, "</svg>"])


def margin(check):
    return check["aim"] / check["value"] if check["sign"] == "≤" else check["value"] / check["aim"]


def dot(x, y, met):
    """Met is a disc, not met a diamond: seen without colour too."""
    if met:
        return f'<circle class="met" cx="{x:.1f}" cy="{y}" r="5"/>'
    return f'<path class="missed" d="M{x - 6:.1f} {y}L{x:.1f} {y - 6}L{x + 6:.1f} {y}L{x:.1f} {y + 6}Z"/>'


def times(row):
    """A bar a contestant: the median, a line from least to most."""
    bars = []
    for contestant in row["contestants"]:
        seconds = contestant["inside_seconds"] or contestant["seconds"]
        bars.append((contestant["name"], sorted(seconds)))
    if len(bars) < 2:
        return ""
    most = max(seconds[-1] for _, seconds in bars) or 1
    x = lambda value: LABEL + value / most * (WIDTH - LABEL - RIGHT)
    height = 6 + LINE * len(bars)
    out = [head(height, f"Seconds, {row['title']}")]
    for position, (name, seconds) in enumerate(bars):
        y = 4 + LINE * position
        middle = median(seconds)
        css = "ours" if name.startswith("letopis") or row["row"].split()[0] in ("start", "growth", "hostile") else "peer"
        out.append(f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(cut(name, 40))}</text>')
        out.append(f'<rect class="{css}" x="{LABEL}" y="{y + 2}" width="{max(x(middle) - LABEL, 1):.1f}" height="14"/>')
        out.append(f'<line class="spread" x1="{x(seconds[0]):.1f}" x2="{x(seconds[-1]):.1f}" y1="{y + 9}" y2="{y + 9}"/>')
        out.append(f'<text class="small" x="{x(seconds[-1]) + 8:.1f}" y="{y + 13}">{number(middle)} s</text>')
    return "".join([*out, "</svg>"])


def median(values):
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def cut(text, most):
    return text if len(text) <= most else text[: most - 1] + "…"


def head(height, title):
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}">'
