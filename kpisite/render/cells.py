"""The figures of a report as readers see them: value, target, gap, status, score and remark, cell by cell."""

import math
from operator import attrgetter
from typing import NamedTuple

from markupsafe import Markup

from kpisite.evaluate.report import KEY, Figures
from kpisite.languages import Column
from kpisite.measure.series import REASONS
from kpisite.periods import Grain
from kpisite.render.edition import Edition


class Cell(NamedTuple):
    """One judged figure, formatted; an empty text is something that there is not."""

    value: str
    target: str
    gap: str
    attainment: str
    status: Markup
    score: str
    remark: str


class Raw(NamedTuple):
    """One judged figure as plain numbers."""

    value: float
    reason: int
    target: float
    high: float
    tolerance: float
    attainment: float
    score: float
    status: int
    over: bool
    small: bool
    sample: float


ARRAYS = attrgetter(
    "value",
    "reason",
    "target",
    "target_high",
    "tolerance",
    "attainment",
    "score",
    "status",
    "over_limit",
    "small",
    "sample",
)


def raw(figures: Figures, s: int, i: int, t: int) -> Raw:
    """The numbers of one cell."""
    return Raw(*[array[s, i, t].item() for array in ARRAYS(figures)])


def course(figures: Figures, s: int, i: int) -> list[Raw]:
    """The numbers of a figure over all periods of a grain."""
    columns = [array[s, i].tolist() for array in ARRAYS(figures)]
    return [Raw(*cell) for cell in zip(*columns, strict=True)]


def cells(edition: Edition, s: int, i: int, grain: Grain) -> list[Cell]:
    """A figure over all periods of a grain; the unit stands in the headings."""
    column = edition.column(s, i, grain)
    shown = _Shown(edition, s, i, column)
    return [shown.cell(one) for one in course(edition.report.figures[grain], s, i)]


def cell(edition: Edition, s: int, i: int, t: int, grain: Grain = Grain.MONTH, column: Column | None = None) -> Cell:
    """One figure of a period, each number with its unit; or without it, as cells of the given column."""
    shown = _Shown(edition, s, i, column or edition.column(s, i, grain), units=column is None)
    return shown.cell(raw(edition.report.figures[grain], s, i, t))


class _Shown:
    """Formats the cells of one figure; targets repeat over the periods, so their texts are kept."""

    def __init__(self, edition: Edition, s: int, i: int, column: Column, *, units: bool = False) -> None:
        self.edition, self.column, self.units = edition, column, units
        self.tongue = edition.tongue
        self.at = i
        self.judged = edition.report.role[s, i] == KEY
        self.targets: dict[tuple[float, float], str] = {}

    def cell(self, one: Raw) -> Cell:
        edition = self.edition
        known = one.value == one.value
        aimed = one.target == one.target
        steps = self.column.steps(one.value) if known else 0
        value = self._number(steps) if known else edition.t["say"]["missing"]
        return Cell(
            value,
            self._target(one.target, one.high) if aimed else "",
            self._gap(steps, one) if known and aimed else "",
            edition.attainment(one.attainment, close=aimed and abs(one.target) < one.tolerance),
            edition.marks[one.status],
            edition.score(one.score),
            self._remark(one, known=known, aimed=aimed),
        )

    def _number(self, steps: int, *, signed: bool = False, gap: bool = False) -> str:
        if self.units:
            return self.tongue.amount(steps, self.column, signed=signed, gap=gap)
        return self.tongue.number(steps, self.column.decimals, signed=signed)

    def _target(self, target: float, high: float) -> str:
        key = (target, high if high == high else -math.inf)
        if key not in self.targets:
            self.targets[key] = target_text(self.edition, self.column, target, high, units=self.units)
        return self.targets[key]

    def _gap(self, steps: int, one: Raw) -> str:
        return self._number(gap_steps(self.column, steps, one.target, one.high), signed=True, gap=True)

    def _remark(self, one: Raw, *, known: bool, aimed: bool) -> str:
        t = self.edition.t
        found: list[str] = []
        if not known:
            found.append(reason_text(self.edition, self.at, one.reason))
        if one.over:
            found.append(t["badge"]["over_limit"])
        if one.small:
            found.append(t["say"]["too_few"].format(n=self.tongue.number(round(one.sample), 0)))
        if known and not aimed and self.judged:
            found.append(t["reason"]["no-target"])
        return self.edition.listed(found) if found else ""


def gap_steps(column: Column, steps: int, target: float, high: float) -> int:
    """The difference of the displayed numbers: to the target, or to the nearest bound of a range (0 within it)."""
    low = column.steps(target)
    if high != high:
        return steps - low
    top = column.steps(high)
    return steps - top if steps > top else min(0, steps - low)


def target_text(edition: Edition, column: Column, target: float, high: float, *, units: bool = True) -> str:
    """A target or a target range, as 70–100."""
    tongue = edition.tongue
    low = column.steps(target)
    if high != high:
        return tongue.amount(low, column) if units else tongue.number(low, column.decimals)
    top = column.steps(high)
    if units:
        return tongue.amount_span(low, top, column)
    return tongue.span(tongue.number(low, column.decimals), tongue.number(top, column.decimals))


def reason_text(edition: Edition, i: int, reason: int) -> str:
    """Why a figure is missing, in the author's words where they gave some."""
    name = REASONS[reason]
    indicator = edition.site.indicators[edition.report.indicators[i]]
    if name == "no-meaning" and indicator.missing_when is not None:
        return edition.say(indicator.missing_when.reason)
    text: str = edition.t["reason"][name or "no-data"]
    return text
