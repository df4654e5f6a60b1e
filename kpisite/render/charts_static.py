"""Static charts as small SVGs without any style of their own: classes only, so that the strict CSP holds.

Every chart is as wide as its place and keeps the size of its letters: a stretched inner drawing holds lines and
bands (their strokes do not scale), letters and points stand at percentages of the width.
"""

from collections.abc import Sequence

from markupsafe import Markup, escape

from kpisite.render.charts_model import (
    AT_RISK,
    FULL,
    ON_TARGET,
    STATUSES,
    BulletChart,
    HeatChart,
    MultiplesChart,
    Numbers,
    SmallSeries,
    domain,
    gaps,
)

# Heights in CSS pixels; the live charts are drawn into the same room, so that nothing jumps.
ROW, HEAD = 40, 22
CELL, HEADINGS = 30, 38
ROW_LABELS = 20  # per cent of the width
SMALL = 56
WIDE = 1000  # of a stretched drawing
GLYPHS = {"green": "●", "amber": "▲", "red": "■", "grey": "○"}
LONGEST_HEADING = 10  # letters of a heading in one line; half as many Chinese ones
WIDE_FROM = "\u2e80"  # letters from here on are as wide as they are high


def sparkline(values: Numbers, target: float | None, label: str) -> Markup:
    """A line of 100 x 24 for a table's cell."""
    known = [value for value in values if value is not None]
    if not known:
        return Markup(f'<svg class="spark" width="100" height="24" role="img" aria-label="{escape(label)}"></svg>')
    low, high = min(known), max(known)
    if target is not None and target == target:
        low, high = min(low, target), max(high, target)
    scale = 18 / (high - low) if high > low else 0.0
    base = 21 if scale else 12
    step = 94 / max(1, len(values) - 1)
    parts, pen, last = [], "M", ""
    for at, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        last = f"{2 + at * step:.0f} {base - (value - low) * scale:.0f}"
        parts.append(pen + last)
        pen = "L"
    hair = (
        f'<path class="target" d="M2 {base - (target - low) * scale:.0f}H96"/>'
        if target is not None and target == target
        else ""
    )
    return Markup(
        f'<svg class="spark" width="100" height="24" role="img" aria-label="{escape(label)}">{hair}'
        f'<path class="line" d="{"".join(parts)}"/><path class="end" d="M{last}h0"/></svg>'
    )


def bullet(chart: BulletChart, places: Sequence[float | None]) -> Markup:
    """Rows of label and value over a bar on three bands; the targets stand in one line."""
    bands: dict[str, list[str]] = {"red": [], "amber": [], "green": []}
    bars: dict[str, list[str]] = {status: [] for status in STATUSES}
    letters, points = [], []
    for at, (row, place) in enumerate(zip(chart.rows, places, strict=True)):
        top = HEAD + at * ROW
        letters.append(
            f'<text class="label" x="0" y="{top + 13}">{escape(row.label)}</text>'
            f'<text class="value" x="100%" y="{top + 13}">{escape(row.display)}</text>'
        )
        if place is None:
            continue
        bands["red"].append(f"M0 {top + 20}h{AT_RISK:g}v10h-{AT_RISK:g}z")
        bands["amber"].append(f"M{AT_RISK:g} {top + 20}h40v10h-40z")
        bands["green"].append(f"M{ON_TARGET:g} {top + 20}h20v10h-20z")
        bars[row.status].append(f"M0 {top + 23}h{place:.1f}v4h-{place:.1f}z")
        points.append(
            f'<use href="#mark-{row.status}" class="{row.status}" x="{place / FULL * 100:.1f}%" y="{top + 25}"/>'
        )
    height = HEAD + len(chart.rows) * ROW
    drawn = "".join([f'<path class="band-{zone}" d="{"".join(parts)}"/>' for zone, parts in bands.items() if parts])
    drawn += "".join([f'<path class="bar {status}" d="{"".join(parts)}"/>' for status, parts in bars.items() if parts])
    targets = "".join(
        [f"M{ON_TARGET:g} {HEAD + at * ROW + 17}v16" for at, place in enumerate(places) if place is not None]
    )
    return Markup(
        f'<svg class="bullet" width="100%" height="{height}" role="img" aria-label="{escape(chart.title)}">'
        f'<text class="head" x="{ON_TARGET / FULL * 100:.1f}%" y="12">{escape(chart.texts.target)}</text>'
        f'<svg class="stretch" viewBox="0 0 {FULL:g} {height}" width="100%" height="{height}" preserveAspectRatio="none">'
        f'{drawn}<path class="mark" d="{targets}"/></svg>{"".join(points)}{"".join(letters)}</svg>'
    )


def heat(chart: HeatChart) -> Markup:
    """Tinted cells with glyph and number; the first column holds the rows' labels."""
    share = 80 / max(1, len(chart.columns))
    heads = "".join([_heading(name, 20 + (at + 0.5) * share) for at, name in enumerate(chart.columns)])
    body = []
    for down, (row, scores, statuses) in enumerate(zip(chart.rows, chart.scores, chart.statuses, strict=True)):
        y = HEADINGS + down * CELL
        body.append(f'<text class="label" x="0" y="{y + 19}">{escape(row)}</text>')
        body.extend(
            [
                f'<rect class="cell {status}" x="{20 + at * share:.2f}%" y="{y}" width="{share - 0.3:.2f}%" height="{CELL - 3}"/>'
                f'<text class="in {status}" x="{20 + (at + 0.5) * share:.2f}%" y="{y + 18}">{in_cell(score, status)}</text>'
                for at, (score, status) in enumerate(zip(gaps(scores), statuses, strict=True))
            ]
        )
    return Markup(
        f'<svg class="heat" width="100%" height="{HEADINGS + len(chart.rows) * CELL}" role="img" '
        f'aria-label="{escape(chart.title)}">{heads}{"".join(body)}</svg>'
    )


def in_cell(score: float | None, status: str) -> str:
    """Glyph and rounded score of a cell; a missing score is the glyph alone."""
    return GLYPHS[status] if score is None else f"{GLYPHS[status]} {score:.0f}"


def span(periods: Sequence[str]) -> str:
    """The first and the last of some periods."""
    return f"{periods[0]} – {periods[-1]}" if periods else ""


def multiples(chart: MultiplesChart) -> Markup:
    """A grid of small lines, each under its label."""
    cells = "".join([_small(chart, small) for small in chart.series])
    return Markup(f'<div class="small-multiples">{cells}</div>')


def _small(chart: MultiplesChart, small: SmallSeries) -> str:
    values = gaps(small.values)
    known = [value for value in values if value is not None]
    low, high = domain([*known, *([] if small.target is None else [small.target])], pad=0.12)
    step, scale = WIDE / max(1, len(values)), SMALL / (high - low)
    parts, pen = [], "M"
    for at, value in enumerate(values):
        if value is not None:
            parts.append(f"{pen}{(at + 0.5) * step:.0f} {(high - value) * scale:.1f}")
        pen = "M" if value is None else "L"
    target = "" if small.target is None else f'<path class="target" d="M0 {(high - small.target) * scale:.1f}H{WIDE}"/>'
    points = "".join(
        [
            f'<use href="#mark-{status}" class="{status}" x="{(at + 0.5) * step / 10:.1f}%" y="{(high - value) * scale:.1f}"/>'
            for at, (value, status) in enumerate(zip(values, small.statuses, strict=True))
            if value is not None and (status in ("red", "amber") or at == len(values) - 1)
        ]
    )
    return (
        f'<div class="small"><span class="label">{escape(small.label)}</span> <span class="value">{escape(small.display)}</span>'
        f'<svg class="multiple" width="100%" height="{SMALL}" role="img" aria-label="{escape(small.label)} {escape(small.display)}">'
        f'<svg class="stretch" viewBox="0 0 {WIDE} {SMALL}" width="100%" height="{SMALL}" preserveAspectRatio="none">{target}'
        f'<path class="line" d="{"".join(parts)}"/></svg>{points}</svg></div>'
    )


def _heading(name: str, centre: float) -> str:
    """A column's heading in one line or two, broken between words or in the middle of a Chinese name."""
    return "".join(
        [
            f'<text class="column" x="{centre:.2f}%" y="{HEADINGS - above}">{escape(line)}</text>'
            for line, above in zip(lines(name), (22, 9), strict=True)
            if line
        ]
    )


def lines(name: str) -> tuple[str, str]:
    """A heading in two lines; the upper one is empty where one line is enough."""
    if len(name) <= LONGEST_HEADING // (2 if any(letter > WIDE_FROM for letter in name) else 1):
        return "", name
    middle = len(name) / 2
    gaps_in = [at for at, letter in enumerate(name) if letter == " "]
    at = min(gaps_in, key=lambda place: abs(place - middle)) if gaps_in else round(middle)
    return name[:at].rstrip(), name[at:].lstrip()
