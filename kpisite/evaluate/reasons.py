"""The moves between two states of reports: two periods of one report, or one period in two reports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kpisite.declare.model import Indicator, Site, Target
from kpisite.evaluate.anchors import Anchors
from kpisite.evaluate.arithmetic import Arithmetic
from kpisite.evaluate.case import own_anchors
from kpisite.evaluate.decompose import Mean, Moves, State, Way, decompose, split_means
from kpisite.evaluate.report import KEY, Figures, Flags, Floats, Report
from kpisite.evaluate.rollup import is_expected
from kpisite.evaluate.status import rules_of
from kpisite.evaluate.target import Goals, in_force
from kpisite.evaluate.working import desk, ledger_of
from kpisite.periods import Grain, Period


@dataclass(frozen=True, slots=True)
class Moment:
    """A report at one of its periods; `t` is the position on axis T of its months."""

    report: Report
    t: int

    @property
    def period(self) -> Period:
        """The period itself."""
        return self.months.periods[self.t]

    @property
    def months(self) -> Figures:
        """The figures by month."""
        return self.report.figures[Grain.MONTH]


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why the composites of products moved: the axes, and the moves over them.

    Products and indicators are those of the later report, and after them those that only the earlier one has.
    """

    products: tuple[str, ...]
    indicators: tuple[str, ...]
    before: State
    after: State
    way: Way
    moves: Moves

    @property
    def entered(self) -> Flags:
        """What has a score in the second moment only [S, I]."""
        only: Flags = np.isnan(self.before.score[:, :, 0]) & ~np.isnan(self.after.score[:, :, 0])
        return only

    @property
    def left(self) -> Flags:
        """What has a score in the first moment only [S, I]."""
        only: Flags = ~np.isnan(self.before.score[:, :, 0]) & np.isnan(self.after.score[:, :, 0])
        return only


def reasons(before: Moment, after: Moment) -> Reasons:
    """Split the change of every product's composite between two moments."""
    products = _joined(_products(after.report), _products(before.report))
    indicators = _joined(after.report.indicators, before.report.indicators)
    first, second = (_state(one, products, indicators) for one in (before, after))
    way = _way(before, after, products, indicators)
    return Reasons(products, indicators, first, second, way, decompose(first, second, way))


@dataclass(frozen=True, slots=True)
class RollupReasons:
    """Why the composite of the bank or of a line moved: its two values, and the parts of the change by product."""

    before: float
    after: float
    scores: tuple[tuple[str, float], ...]  # product, effect of its composite
    shares: tuple[tuple[str, float], ...]  # product, effect of its share
    mix: float  # products that appear, leave or have no composite


def rollup_reasons(before: Moment, after: Moment, subject: str) -> RollupReasons | None:
    """Split the change of the composite of the bank or of a line; nothing where one of the two is none."""
    products = _joined(*(_members(one.report, subject) for one in (after, before)))
    means = [_mean(one, products, subject) for one in (before, after)]
    first, second = means
    if any(one is None for one in means) or first is None or second is None:
        return None
    split = split_means(first, second)
    gained = np.where(np.isnan(first.score) | np.isnan(second.score), 0.0, second.score - first.score)
    scores, shares = (split.share * gained)[0, :, 0].tolist(), split.weight[0, :, 0].tolist()
    return RollupReasons(
        before=first.whole[0].item(),
        after=second.whole[0].item(),
        scores=tuple(zip(products, scores, strict=True)),
        shares=tuple(zip(products, shares, strict=True)),
        mix=split.mix[0].item(),
    )


def _members(report: Report, subject: str) -> tuple[str, ...]:
    """The products that the bank or a line is made of; none where the report does not know it."""
    members = next((one.members for one in report.subjects if one.id == subject), ())
    return tuple(report.subjects[s].id for s in members)


def _mean(moment: Moment, products: Sequence[str], subject: str) -> Mean | None:
    """The composite of the bank or of a line as the mean of its products by their shares."""
    report, t, c = moment.report, moment.t, len(moment.report.families)
    scores = report.scores[Grain.MONTH].score[:, c, t]
    whole = next((s for s, one in enumerate(report.subjects) if one.id == subject), None)
    if whole is None or np.isnan(scores[whole]):
        return None
    where = {id_: report.subject(id_) for id_ in _members(report, subject)}
    score = [scores[where[id_]].item() if id_ in where else np.nan for id_ in products]
    weight = [report.site.products[id_].share if id_ in where else 0.0 for id_ in products]
    weights, cells = (np.array(column, dtype=np.float64).reshape(1, -1, 1) for column in (weight, score))
    return Mean(weights, cells, scores[[whole]])


def is_redefined(indicator: Indicator, first: Period, second: Period) -> bool:
    """Does a definition that breaks the comparison begin after the first period, up to the second?"""
    return any(
        not one.comparable and first.last_month < one.valid_from.last_month <= second.last_month
        for one in indicator.definitions[1:]
    )


def formula_at(site: Site, id_: str, period: Period) -> str:
    """What an indicator was computed by in a period: the formula in force."""
    indicator = site.indicators[id_]
    found = indicator.formula or f"builtin {indicator.builtin}"
    begun = [one for number, one in enumerate(indicator.definitions) if not number or one.valid_from <= period]
    return (begun[-1].formula if begun else None) or found


def _products(report: Report) -> tuple[str, ...]:
    return tuple(one.id for one in report.subjects if one.level == "product")


def _joined(later: Sequence[str], earlier: Sequence[str]) -> tuple[str, ...]:
    known = set(later)
    return (*later, *(id_ for id_ in earlier if id_ not in known))


def _state(moment: Moment, products: Sequence[str], indicators: Sequence[str]) -> State:
    """What the products scored at a moment, laid out over common axes."""
    report, figures, t = moment.report, moment.months, moment.t
    at = _Places(report, products, indicators)
    role = at.lay(report.role[:, :, None].astype(np.float64))
    target = at.lay(figures.target[:, :, t : t + 1])
    due = at.lay(is_expected(figures.reason[:, :, t : t + 1]).astype(np.float64)) == 1
    plays = (role == KEY) & due & ~np.isnan(target)
    composite = np.full(len(products), np.nan)
    composite[at.rows] = report.scores[Grain.MONTH].score[at.from_rows, len(report.families), t]
    # Rules of an indicator that this report does not know are never asked: it has no score in it.
    rules = rules_of(_with_all(report.site, indicators), indicators)
    return State(
        rules=rules,
        scoring=report.site.scoring,
        goals=Goals(
            target,
            at.lay(figures.target_high[:, :, t : t + 1]),
            at.lay(figures.tolerance[:, :, t : t + 1]),
            at.lay(figures.weight[:, :, t : t + 1]),
            _anchors(moment, products, indicators),
        ),
        value=at.lay(figures.value[:, :, t : t + 1]),
        weight=np.where(plays, at.lay(figures.weight[:, :, t : t + 1]), 0.0),
        score=np.where(plays, at.lay(figures.score[:, :, t : t + 1]), np.nan),
        composite=composite,
    )


def _anchors(moment: Moment, products: Sequence[str], indicators: Sequence[str]) -> Anchors | None:
    """The floors and stretches that authors set themselves, in one month."""
    site, column = moment.report.site, {id_: i for i, id_ in enumerate(indicators)}
    found = [
        (s, column[indicator], *distances)
        for s, id_ in enumerate(products)
        if id_ in site.products
        for indicator, entries in site.products[id_].key.items()
        for distances in _distances(moment, id_, indicator, entries)
    ]
    if not found:
        return None
    rows, columns, floors, stretches = zip(*found, strict=True)
    s, i = (np.array(part, dtype=np.intp) for part in (rows, columns))
    floor, stretch = (np.array(part, dtype=np.float64)[:, None] for part in (floors, stretches))
    return Anchors(s, i, floor, stretch)


def _distances(moment: Moment, product: str, id_: str, entries: tuple[Target, ...]) -> Iterator[tuple[float, float]]:
    """How far floor and stretch of the target in force lie from it in a month, where it has any of its own."""
    target = in_force(entries, moment.period.last_month)
    if target is None or (target.floor is None and target.stretch is None):
        return
    report, months = moment.report, moment.months
    yield own_anchors(report, months, (report.subject(product), report.indicator(id_), moment.t), target)


def _with_all(site: Site, indicators: Sequence[str]) -> Site:
    missing = [id_ for id_ in indicators if id_ not in site.indicators]
    if not missing:
        return site
    any_one = next(iter(site.indicators.values()), None) or _NONE
    return site.model_copy(update={"indicators": site.indicators | dict.fromkeys(missing, any_one)})


_NONE = Indicator.model_validate(
    {"name": "-", "family": "none", "formula": "0", "unit": "count", "direction": "higher", "kind": "flow"}
)


class _Places:
    """Where the figures of a report go on common axes."""

    def __init__(self, report: Report, products: Sequence[str], indicators: Sequence[str]) -> None:
        rows = {id_: s for s, id_ in enumerate(products)}
        columns = {id_: i for i, id_ in enumerate(indicators)}
        self.shape = (len(products), len(indicators), 1)
        self.from_rows = np.array([s for s, one in enumerate(report.subjects) if one.level == "product"], dtype=np.intp)
        self.rows = np.array([rows[report.subjects[s].id] for s in self.from_rows.tolist()], dtype=np.intp)
        self.columns = np.array([columns[id_] for id_ in report.indicators], dtype=np.intp)

    def lay(self, cells: Floats) -> Floats:
        """Cells [S, I, 1] of the report over the common axes, NaN elsewhere."""
        found = np.full(self.shape, np.nan)
        found[np.ix_(self.rows, self.columns)] = cells[self.from_rows]
        return found


def _way(before: Moment, after: Moment, products: Sequence[str], indicators: Sequence[str]) -> Way:
    shape = (len(products), len(indicators), 1)
    restated = np.full(shape, np.nan)
    remade = np.zeros(shape, dtype=np.bool_)
    redefined = np.zeros(shape, dtype=np.bool_)
    first, second = before.report.site, after.report.site
    for i, id_ in enumerate(indicators):
        if id_ in second.indicators and id_ in first.indicators:
            redefined[:, i] = is_redefined(second.indicators[id_], before.period, after.period)
            remade[:, i] = formula_at(first, id_, before.period) != formula_at(second, id_, before.period)
    old = np.full(shape, np.nan)
    for i in np.flatnonzero(redefined[0, :, 0]).tolist() if len(products) else ():
        for s, value in _under_the_old(before.period, after, products, indicators[i]):
            old[s, i] = value
    months = after.months
    if before.report is not after.report and before.period in months.periods:
        t = months.periods.index(before.period)
        restated = _Places(after.report, products, indicators).lay(months.value[:, :, t : t + 1])
    return Way(restated, old, remade, redefined)


def _under_the_old(first: Period, after: Moment, products: Sequence[str], id_: str) -> Iterator[tuple[int, float]]:
    """What products that carry an indicator had by its earlier definition, in a month of its dual run."""
    report, period = after.report, after.period
    run = next((one.dual_run for one in reversed(report.site.indicators[id_].definitions) if one.dual_run), None)
    found = desk(report, report.indicator(id_))
    if found is None or run is None or not run[0] <= period <= run[1]:
        return
    version = found.version(first)
    rows = {subject.id: s for s, subject in enumerate(report.subjects)}
    for s, product in enumerate(products):
        if product in rows and report.role[rows[product], report.indicator(id_)] == KEY:
            ledger = ledger_of(found, rows[product], version)
            value = Arithmetic(ledger, report.site.params).term(version.formula, period).value
            if value is not None:
                yield s, float(value)
