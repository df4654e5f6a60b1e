"""The figures of a report as readers see them: value, target, gap, status, score and remark, cell by cell."""

from operator import attrgetter
from typing import NamedTuple

from markupsafe import Markup

from kpisite.evaluate.report import KEY, Figures
from kpisite.languages import Column
from kpisite.measure.series import REASONS
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


def raw(e: Edition, s: int, i: int, t: int) -> Raw:
    """The numbers of one figure of a month; those of the same subject and month are read together and kept."""
    return e.once(("raw", s, t), lambda: _row(e.board.months, s, t))[i]


def _row(figures: Figures, s: int, t: int) -> list[Raw]:
    columns = [array[s, :, t].tolist() for array in ARRAYS(figures)]
    return [Raw(*one) for one in zip(*columns, strict=True)]


def cell(e: Edition, s: int, i: int, t: int, *, column: Column | None = None) -> Cell:
    """One figure of a month, each number with its unit; or without it, as cells of the given column."""
    one, units = raw(e, s, i, t), column is None
    column = column or e.column(s, i)
    known, aimed = one.value == one.value, one.target == one.target
    steps = column.steps(one.value) if known else 0
    close = aimed and abs(one.target) < one.tolerance
    judged = e.report.role[s, i] == KEY
    return Cell(
        value=_number(e, column, steps, units=units) if known else e.t["say"]["missing"],
        target=target_text(e, column, one.target, one.high, units=units) if aimed else "",
        gap=_gap(e, column, gap_steps(column, steps, one.target, one.high), units=units) if known and aimed else "",
        attainment="" if close or one.attainment != one.attainment else e.attainment(one.attainment),
        status=e.marks[one.status],
        score=e.score(one.score),
        remark=remark(e, i, Doubt(one.reason, one.over, one.small, one.sample, judged and not aimed)),
    )


def _number(e: Edition, column: Column, steps: int, *, units: bool) -> str:
    return e.tongue.amount(steps, column) if units else e.tongue.number(steps, column.decimals)


def _gap(e: Edition, column: Column, steps: int, *, units: bool) -> str:
    if units:
        return e.tongue.amount(steps, column, signed=True, gap=True)
    return e.tongue.number(steps, column.decimals, signed=True)


class Doubt(NamedTuple):
    """What keeps a cell from being an ordinary one."""

    reason: int
    over: bool
    small: bool
    sample: float
    aimless: bool  # without a target where one belongs


def remark(e: Edition, i: int, doubt: Doubt) -> str:
    """What has to be said about a cell: why it is missing, a crossed limit, a small sample, a missing target."""
    found: list[str] = []
    if doubt.reason:
        found.append(reason_text(e, i, doubt.reason))
    if doubt.over:
        found.append(e.t["badge"]["over_limit"])
    if doubt.small:
        found.append(e.t["say"]["too_few"].format(n=e.tongue.number(round(doubt.sample), 0)))
    if doubt.aimless and not doubt.reason:
        found.append(e.t["reason"]["no-target"])
    return e.listed(found) if found else ""


def gap_steps(column: Column, steps: int, target: float, high: float) -> int:
    """The difference of the displayed numbers: to the target, or to the nearest bound of a range (0 within it)."""
    low = column.steps(target)
    top = column.steps(high) if high == high else low
    return max(0, steps - top) + min(0, steps - low)


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
