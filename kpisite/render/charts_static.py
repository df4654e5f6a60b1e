"""The static drawings of bullets, heat maps and small multiples."""

from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from kpisite.render.charts_model import (
    AT_RISK,
    FULL,
    ON_TARGET,
    STATUSES,
    BulletChart,
    HeatChart,
    MultiplesChart,
    SmallSeries,
    domain,
    gaps,
)
from kpisite.render.charts_svg import GLYPHS, drawing, path, point, stretched, text

# Heights in CSS pixels; the live charts are drawn into the same room, so that nothing jumps.
ROW, HEAD = 40, 22
CELL, HEADINGS = 30, 38
ROW_LABELS = 20  # per cent of the width
SMALL = 56
WIDE = 1000  # of a stretched drawing
LONGEST_HEADING = 10  # letters of a heading in one line; half as many Chinese ones
WIDE_FROM = "\u2e80"  # letters from here on are as wide as they are high


def bullet(chart: BulletChart, places: Sequence[float | None]) -> Markup:
    """Rows of label and value over a bar on three bands; the targets stand in one line."""
    tops = [HEAD + at * ROW for at in range(len(chart.rows))]
    letters = [
        text("label", "0", top + 13, row.label) + text("value", "100%", top + 13, row.display)
        for top, row in zip(tops, chart.rows, strict=True)
    ]
    # A figure that cannot be judged has its letters only.
    judged = [(top, row.status, at) for top, row, at in zip(tops, chart.rows, places, strict=True) if at is not None]
    bands = [
        path(f"band-{zone}", "".join([_box(start, top + 20, end - start, 10) for top, _, _ in judged]))
        for zone, start, end in (("red", 0, AT_RISK), ("amber", AT_RISK, ON_TARGET), ("green", ON_TARGET, FULL))
    ]
    bars = [
        path(f"bar {status}", "".join([_box(0, top + 23, at, 4) for top, own, at in judged if own == status]))
        for status in STATUSES
    ]
    targets = path("mark", "".join([f"M{ON_TARGET:g} {top + 17}v16" for top, _, _ in judged]))
    points = [point(status, f"{at / FULL * 100:.1f}", f"{top + 25}") for top, status, at in judged]
    height = HEAD + len(tops) * ROW
    head = text("head", f"{ON_TARGET / FULL * 100:.1f}%", 12, chart.texts.target)
    inner = stretched(FULL, height, "".join([*bands, *bars, targets]))
    return drawing("bullet", height, chart.title, head + inner + "".join(points + letters))


@lru_cache(maxsize=1024)  # the bands are the same in every chart
def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:g} {y:g}h{width:.1f}v{height}h-{width:.1f}z"


def heat(chart: HeatChart) -> Markup:
    """Tinted cells with glyph and number; the first column holds the rows' labels."""
    share = (100 - ROW_LABELS) / max(1, len(chart.columns))
    parts = [_heading(name, ROW_LABELS + (at + 0.5) * share) for at, name in enumerate(chart.columns)]
    for down, (row, scores, statuses) in enumerate(zip(chart.rows, chart.scores, chart.statuses, strict=True)):
        y = HEADINGS + down * CELL
        parts.append(text("label", "0", y + 19, row))
        for at, (score, status) in enumerate(zip(gaps(scores), statuses, strict=True)):
            if not status:
                continue
            x = ROW_LABELS + at * share
            parts.append(
                f'<rect class="cell {status}" x="{x:.2f}%" y="{y}" width="{share - 0.3:.2f}%" height="{CELL - 3}"/>'
            )
            parts.append(text(f"in {status}", f"{x + share / 2:.2f}%", y + 18, in_cell(score, status)))
    return drawing("heat", HEADINGS + len(chart.rows) * CELL, chart.title, "".join(parts))


def in_cell(score: float | None, status: str) -> str:
    """Glyph and score of a cell; a missing score is the glyph alone."""
    if not status:
        return ""
    return GLYPHS[status] if score is None else f"{GLYPHS[status]} {score:.1f}"


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
    step, scale, last = 100 / max(1, len(values)), SMALL / (high - low), len(values) - 1
    parts, points, pen = [], [], "M"
    for at, (value, status) in enumerate(zip(values, small.statuses, strict=True)):
        if value is None:
            pen = "M"
            continue
        x, y = (at + 0.5) * step, f"{(high - value) * scale:.1f}"
        parts.append(f"{pen}{x * WIDE / 100:.0f} {y}")
        pen = "L"
        if status in ("red", "amber") or at == last:
            points.append(point(status, f"{x:.1f}", y))
    target = "" if small.target is None else f"M0 {(high - small.target) * scale:.1f}H{WIDE}"
    inner = stretched(WIDE, SMALL, path("target", target) + path("line", "".join(parts)))
    label, display = escape(small.label), escape(small.display)
    return (
        f'<div class="small"><span class="label">{label}</span> <span class="value">{display}</span>'
        f"{drawing('multiple', SMALL, f'{small.label} {small.display}', inner + ''.join(points))}</div>"
    )


def _heading(name: str, centre: float) -> str:
    above = zip(lines(name), (22, 9), strict=True)
    return "".join([text("column", f"{centre:.2f}%", HEADINGS - up, line) for line, up in above if line])


def lines(name: str) -> tuple[str, str]:
    """A heading in two lines, broken between words or within a Chinese name; the upper one may be empty."""
    if len(name) <= LONGEST_HEADING // (2 if any(letter > WIDE_FROM for letter in name) else 1):
        return "", name
    middle = len(name) / 2
    gaps_in = [at for at, letter in enumerate(name) if letter == " "]
    at = min(gaps_in, key=lambda place: abs(place - middle)) if gaps_in else round(middle)
    return name[:at].rstrip(), name[at:].lstrip()
