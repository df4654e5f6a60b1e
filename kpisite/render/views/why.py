"""Why a composite moved, as readers see it: a sentence, a waterfall, and the table behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from kpisite.render import charts, marks
from kpisite.render.charts import WaterfallChart, WaterfallRow
from kpisite.render.charts_waterfall import LEVEL
from kpisite.render.edition import Edition
from kpisite.render.parts import Folded, Why

# Parts that a waterfall shows by themselves; the others are one bar with their count.
MOST_PARTS = 8
# Parts that a sentence names.
MOST_NAMED = 2


class Bar(NamedTuple):
    """One part of a change: its name in the chart, what it is about, its points in tenths, and what changed."""

    label: str
    name: str
    effect: str
    tenths: int
    remark: str


@dataclass(frozen=True, slots=True)
class Told:
    """A change from one composite to another, in tenths as shown, and its parts from the largest on."""

    first: int
    last: int
    bars: tuple[Bar, ...]


def why(e: Edition, told: Told, id_: str, title: str, note: str = "") -> Why:
    """The block of a page that tells why a composite moved."""
    chart = _chart(e, told, id_, title)
    return Why(id_, title, _sentence(e, told), chart, _table(e, told, id_, note or e.t["why"]["note"]))


def label(e: Edition, name: str, effect: str) -> str:
    """What a part is called: of what, and what about it."""
    return str(e.t["why"]["label"].format(indicator=name, effect=e.t["why"]["effects"][effect]))


def from_to(e: Edition, before: str, after: str) -> str:
    """What changed into what."""
    return str(e.t["why"]["from_to"].format(before=before, after=after))


def _sentence(e: Edition, told: Told) -> str:
    """From where to where, and the parts that moved most."""
    words = e.t["why"]
    facts = {
        "before": e.tongue.number(told.first, 1),
        "after": e.tongue.number(told.last, 1),
        "change": _points(e, told.last - told.first),
    }
    named = [bar for bar in told.bars[:MOST_NAMED] if bar.tenths]
    if not named:
        return str(words["unmoved"].format(**facts))
    parts = [words["points_of"].format(part=bar.label, points=_points(e, bar.tenths)) for bar in named]
    return str(words["moved"].format(parts=e.listed(parts), **facts))


def _chart(e: Edition, told: Told, id_: str, title: str) -> Markup:
    """The level before, the largest parts, the rest as one, their sum, the level after; nothing if nothing moved."""
    words, moving = e.t["why"], [bar for bar in told.bars if bar.tenths]
    if not moving:
        return Markup()
    shown = [(bar.label, bar.tenths) for bar in moving[:MOST_PARTS]]
    rest = len(told.bars) - len(shown)
    left = told.last - told.first - sum(tenths for _, tenths in shown)
    if left:
        shown.append((words["other"].format(count=rest), left))
    rows = tuple(_rows(e, told, shown))
    return charts.waterfall(WaterfallChart(f"{id_}-chart", title, words["unit"], rows, e.chart_texts))


def _rows(e: Edition, told: Told, bars: Sequence[tuple[str, int]]) -> Iterator[WaterfallRow]:
    words, moved = e.t["why"], 0
    yield WaterfallRow(words["start"], 0.0, 0.0, LEVEL, e.tongue.number(told.first, 1))
    for name, tenths in bars:
        kind = "up" if tenths > 0 else "down"
        yield WaterfallRow(name, moved / 10, (moved + tenths) / 10, kind, _points(e, tenths))
        moved += tenths
    yield WaterfallRow(words["total"], 0.0, moved / 10, "total", _points(e, moved))
    yield WaterfallRow(words["end"], moved / 10, moved / 10, LEVEL, e.tongue.number(told.first + moved, 1))


def _table(e: Edition, told: Told, id_: str, note: str) -> Folded:
    """Every part with its points and what changed from what to what."""
    words = e.t["why"]
    rows = [(bar.name, bar.effect, _points(e, bar.tenths), bar.remark) for bar in told.bars]
    ends = from_to(e, e.tongue.number(told.first, 1), e.tongue.number(told.last, 1))
    rows.append((words["total"], "", _points(e, told.last - told.first), ends))
    heads = (e.head("of_what"), e.head("effect"), e.head("points", "num"), e.head("from_to"))
    return Folded(words["table"], marks.table(f"{id_}-table", words["table"], heads, rows, note=note))


def _points(e: Edition, tenths: int) -> str:
    return e.tongue.number(tenths, 1, signed=True)
