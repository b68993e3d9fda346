"""The result as one page: no script, nothing from elsewhere; light, dark and printed."""

from html import escape

from . import chart
from .result import number

STYLE = """
:root{color-scheme:light dark;--paper:#fdfdfb;--ink:#1d2226;--soft:#5d666d;--rule:#d9dcd8;--ours:#1f5f8b;--peer:#b9bfc3;--met:#1d7a46;--missed:#b3391f}
@media(prefers-color-scheme:dark){:root{--paper:#15191c;--ink:#e4e7e8;--soft:#9aa4aa;--rule:#333b40;--ours:#6db3e3;--peer:#566067;--met:#63c48b;--missed:#f0866b}}
@media print{:root{--paper:#fff;--ink:#000;--soft:#444;--rule:#bbb;--ours:#1f5f8b;--peer:#b9bfc3;--met:#1d7a46;--missed:#b3391f}svg,tr,h2{break-inside:avoid}h2,h2+p{break-after:avoid}body{font-size:10pt}}
body{font:16px/1.5 system-ui,sans-serif;background:var(--paper);color:var(--ink);max-width:52rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.1rem;margin:2.2rem 0 .3rem}h2 b{font-weight:600}
p,ul{margin:.4rem 0}.soft{color:var(--soft);font-size:.86rem}ul.soft{padding-left:1.1rem}
.verdict{font-size:.8rem;font-weight:600;border:1px solid;border-radius:.3rem;padding:.05rem .45rem;white-space:nowrap}
.verdict.met{color:var(--met)}.verdict.missed{color:var(--missed)}.verdict.other{color:var(--soft)}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.88rem;margin:.5rem 0}
th,td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
th{font-weight:600;color:var(--soft)}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
svg{width:100%;height:auto;display:block;margin:.6rem 0}svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .small{font-size:11px;fill:var(--soft)}
.ours{fill:var(--ours)}.peer{fill:var(--peer)}.spread{stroke:var(--ink);stroke-width:1.5}.grid{stroke:var(--rule)}line.aim{stroke:var(--ink);stroke-dasharray:4 3}
circle.met{fill:var(--met)}line.met{stroke:var(--met)}path.missed{fill:var(--missed)}line.missed{stroke:var(--missed)}
"""


def html(title, about, rows):
    counts = {}
    for row in rows:
        counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
    summary = ", ".join(f"{n} {verdict}" for verdict, n in sorted(counts.items()))
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width,initial-scale=1'>",
        f"<title>{escape(title)}</title><style>{STYLE}</style><h1>{escape(title)}</h1>",
        "<ul class=soft>" + "".join(f"<li>{escape(line)}" for line in about) + "</ul>",
        f"<p>Rows: {escape(summary)}. A disc is an aim that is met, a diamond one that is not.</p>",
        f"<div class=wide>{chart.overview(rows)}</div>",
        "<p class=soft>Seconds of programs in Python count from when their library is loaded until the answer is there; "
        "letopis is charged with its whole process. Bars are medians, the thin line goes from the least to the most.</p>",
    ]
    parts += [section(row) for row in rows]
    return "\n".join(parts) + "\n"


def section(row):
    css = {"met": "met", "not met": "missed", "failed": "missed"}.get(row["verdict"], "other")
    out = [
        f"<section><h2><b>{escape(row['row'])}</b> <span class='verdict {css}'>{escape(row['verdict'])}</span></h2><p>{escape(row['title'])}</p>"
    ]
    if row["checks"]:
        out.append("<div class=wide><table><tr><th>figure<th class=n>value<th class=n>rounds<th class=n>aim<th>")
        out += [check(one) for one in row["checks"]]
        out.append("</table></div>")
    out.append(chart.times(row))
    if row["contestants"]:
        out.append(contestants(row["contestants"]))
    told = [*row["notes"], *(f"not run: {name}" for name in row["absent"]), *(f"FAILED: {what}" for what in row["failed"])]
    if told:
        out.append("<ul class=soft>" + "".join(f"<li>{escape(line)}" for line in told) + "</ul>")
    return "".join([*out, "</section>"])


def check(one):
    spread = (
        "" if one["least"] is None or one["least"] == one["most"] else f"{number(one['least'])} to {number(one['most'])}"
    )
    aim = "" if one["aim"] is None else f"{one['sign']} {number(one['aim'])} {one['unit']}"
    verdict = {
        None: "",
        True: "<span class='verdict met'>met</span>",
        False: "<span class='verdict missed'>not met</span>",
    }[one["met"]]
    return (
        f"<tr><td>{escape(one['what'])}<td class=n>{number(one['value'])} {escape(one['unit'])}<td class=n>{spread}"
        f"<td class=n>{escape(aim)}<td>{verdict}"
    )


def contestants(made):
    out = [
        "<div class=wide><table><tr><th>process<th class=n>median s<th class=n>inside s<th class=n>processor s<th class=n>peak MiB<th>answer"
    ]
    for one in made:
        inside = number(chart.median(sorted(one["inside_seconds"]))) if one["inside_seconds"] else ""
        answer = ", ".join(a[:40] for a in one["answers"])
        out.append(
            f"<tr><td>{escape(one['name'])}<td class=n>{number(chart.median(sorted(one['seconds'])))}<td class=n>{inside}"
            f"<td class=n>{number(chart.median(sorted(one['processor_seconds'])))}<td class=n>{one['peak_bytes'] / 2**20:.0f}<td>{escape(answer)}"
        )
    return "".join([*out, "</table></div>"])
