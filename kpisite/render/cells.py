"""The figures of a report as readers see them: value, target, gap, status, score and remark, cell by cell."""

from collections.abc import Sequence
from functools import partial
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from kpisite.evaluate.report import KEY, Figures
from kpisite.languages import Column
from kpisite.measure.series import REASONS
from kpisite.periods import Grain
from kpisite.render import rounding
from kpisite.render.due import months_due, not_due, with_period
from kpisite.render.edition import SCORE_LIMITS, Edition
from kpisite.render.judgements import judgements


class Cell(NamedTuple):
    """One judged figure, formatted; an empty text is something that there is not."""

    value: str
    target: str
    gap: str
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
    return e.latest(("raw", t), s, partial(_row, e.board.months, s, t))[i]


def _row(figures: Figures, s: int, t: int) -> list[Raw]:
    columns = [array[s, :, t].tolist() for array in ARRAYS(figures)]
    return [Raw(*one) for one in zip(*columns, strict=True)]


class Places(NamedTuple):
    """Which figures of the report's month stand in a table, in its order."""

    subjects: npt.NDArray[np.int64]
    indicators: npt.NDArray[np.int64]

    def pairs(self) -> list[tuple[int, int]]:
        """The same as subject and indicator of each."""
        return list(zip(self.subjects.tolist(), self.indicators.tolist(), strict=True))


def of_subject(s: int, indicators: Sequence[int]) -> Places:
    """Several figures of one subject."""
    return Places(np.full(len(indicators), s), np.array(indicators, dtype=np.int64))


def of_indicator(i: int, subjects: Sequence[int]) -> Places:
    """One figure of several subjects."""
    return Places(np.array(subjects, dtype=np.int64), np.full(len(subjects), i))


def carried(e: Edition, s: int) -> tuple[int, ...]:
    """The indicators of a subject: the key ones in their order, then the watched ones."""
    return (*e.board.keys[s], *e.board.watched[s])


def cell(e: Edition, s: int, i: int) -> Cell:
    """One figure of the report's month; all those of its subject are made together."""
    return e.latest(("cells",), s, partial(_of_subject, e, s))[i]


def _of_subject(e: Edition, s: int) -> dict[int, Cell]:
    at = of_subject(s, carried(e, s))
    return dict(zip(carried(e, s), cells(e, at, own_columns(e, at)), strict=True))


def own_columns(e: Edition, places: Places) -> list[Column]:
    """Each figure in the column of its own page, where units stand beside the numbers."""
    return [e.column(s, i) for s, i in places.pairs()]


def cells(e: Edition, places: Places, columns: Sequence[Column]) -> list[Cell]:
    """Figures of the report's month, or what was due last, each printed as its column says."""
    figures, due, amount = e.board.months, months_due(e)[places], e.tongue.amount
    at = (*places, due)
    numbers = np.stack([figures.value[at], figures.target[at], figures.target_high[at]], axis=1)
    shown = rounding.rounded(numbers, columns)
    gaps = rounding.gaps(shown[:, 0], shown[:, 1], shown[:, 2]).tolist()
    # The score is that of the report's month, which the composite is made of.
    own = figures.score[(*places, e.board.now)]
    scores = e.tongue.numbers(rounding.scores(own, SCORE_LIMITS).tolist(), 1)
    missing, marks = e.t["say"]["missing"], judgements(e, Grain.MONTH, at)
    found = [
        Cell(
            missing if n != n else amount(n, column),
            "" if low != low else amount(low, column) if high != high else e.tongue.amount_span(low, high, column),
            "" if gap != gap else amount(gap, column, signed=True, gap=True),
            mark,
            score,
            remark_,
        )
        for column, (n, low, high), gap, mark, score, remark_ in zip(
            columns, shown.tolist(), gaps, marks, scores, _remarks(e, places), strict=True
        )
    ]
    for row in np.flatnonzero(due != e.board.now).tolist():
        s, i = int(places.subjects[row]), int(places.indicators[row])
        remarks = (found[row].remark, not_due(e, s, i))
        found[row] = found[row]._replace(
            value=with_period(e, s, i, found[row].value), remark=e.listed(text for text in remarks if text)
        )
    return found


def _remarks(e: Edition, places: Places) -> list[str]:
    """Most cells need none, so only the others are looked at closely."""
    figures, due = e.board.months, months_due(e)[places]
    at = (*places, due)
    aimless = np.isnan(figures.target[at]) & (e.report.role[places] == KEY)
    reason, over, small = figures.reason[at], figures.over_limit[at], figures.small[at]
    remarks = [""] * len(reason)
    for row in np.flatnonzero((reason != 0) | over | small | aimless).tolist():
        s, i = int(places.subjects[row]), int(places.indicators[row])
        sample = float(figures.sample[s, i, due[row]])
        doubt = Doubt(int(reason[row]), bool(over[row]), bool(small[row]), sample, bool(aimless[row]))
        remarks[row] = remark(e, i, doubt)
    return remarks


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
        found.append(sample_text(e, doubt.sample))
    if doubt.aimless and not doubt.reason:
        found.append(e.t["reason"]["no-target"])
    return e.listed(found) if found else ""


def sample_text(e: Edition, sample: float) -> str:
    """How many answers there are, too few to judge; or that nobody knows."""
    words: str = e.t["say"]["uncounted"]
    return words if sample != sample else str(e.t["say"]["too_few"].format(n=e.tongue.number(round(sample), 0)))


def gap_steps(column: Column, steps: int, target: float, high: float) -> int:
    """The difference of the displayed numbers: to the target, or to the nearest bound of a range (0 within it)."""
    low = column.steps(target)
    top = column.steps(high) if high == high else low
    return max(0, steps - top) + min(0, steps - low)


def target_text(edition: Edition, column: Column, target: float, high: float) -> str:
    """A target or a target range with its unit, as 70–100%."""
    low, tongue = column.steps(target), edition.tongue
    return tongue.amount(low, column) if high != high else tongue.amount_span(low, column.steps(high), column)


def reason_text(edition: Edition, i: int, reason: int) -> str:
    """Why a figure is missing, in the author's words where they gave some."""
    name = REASONS[reason]
    indicator = edition.site.indicators[edition.report.indicators[i]]
    if name == "no-meaning" and indicator.missing_when is not None:
        return edition.say(indicator.missing_when.reason)
    text: str = edition.t["reason"][name or "no-data"]
    return text
