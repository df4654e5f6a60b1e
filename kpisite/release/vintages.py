"""What was published when: every figure of a product that a later report changed, with what it read at first."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from kpisite.declare.model import RestatementNote, Site
from kpisite.errors import Problems
from kpisite.evaluate.reasons import formula_at, is_redefined
from kpisite.evaluate.report import ABSENT, STATUSES, Figures, Floats, Report
from kpisite.evaluate.rounding import steps
from kpisite.languages import Text
from kpisite.periods import Grain, Period

# A change of no more than one displayed unit, or of less than this share of the tolerance, is a trifle.
MATERIAL_TOLERANCES = 0.25


@dataclass(frozen=True, slots=True)
class Restated:
    """One figure of a past month that reads otherwise in a later report; NaN where there is no value any more."""

    product: str
    indicator: str
    period: Period
    before_version: str
    version: str  # the report that changed it
    days: tuple[str, str]  # as of which the two reports were made
    before: float
    after: float
    before_code: int  # of its status
    after_code: int
    is_material: bool
    is_redefined: bool  # by another formula or definition, not by other data
    reason: Text = field(default_factory=Text)  # of the log; empty without one

    @property
    def before_status(self) -> str:
        """The status that was published."""
        return STATUSES[self.before_code]

    @property
    def after_status(self) -> str:
        """The status that it has since."""
        return STATUSES[self.after_code]

    @property
    def needs_reason(self) -> bool:
        """Other data for a published figure need a reason; a new definition has its own."""
        return not self.is_redefined and not self.reason


@dataclass(frozen=True, slots=True)
class Published:
    """One figure as it was first published and as it is now, with everything that happened to it in between."""

    product: str
    indicator: str
    period: Period
    first: float
    first_version: str
    latest: float
    changes: tuple[Restated, ...]

    @property
    def revisions(self) -> int:
        """How many times it was changed."""
        return len(self.changes)


def as_learned(reports: Sequence[Report]) -> tuple[Report, ...]:
    """The reports in the order in which they were made: a draft beside its release is the newer of the two."""
    return tuple(sorted(reports, key=lambda one: (one.period, not one.frozen)))


def restatements(reports: Sequence[Report]) -> tuple[Restated, ...]:
    """Every change of a published month from report to report, the oldest report first; still without reasons."""
    return tuple(found for before, after in pairwise(as_learned(reports)) for found in _changed(before, after))


def explained(changes: Sequence[Restated], site: Site) -> tuple[Restated, ...]:
    """The changes with the reasons that the log of a site gives for them."""
    notes = site.restatements
    return tuple(replace(one, reason=_reason(notes, one)) for one in changes) if notes else tuple(changes)


def published(changes: Sequence[Restated]) -> tuple[Published, ...]:
    """The figures that were changed: first, latest, and how often."""
    found: dict[tuple[str, str, Period], list[Restated]] = {}
    for one in changes:
        found.setdefault((one.product, one.indicator, one.period), []).append(one)
    return tuple(
        Published(*key, own[0].before, own[0].before_version, own[-1].after, tuple(own))
        for key, own in sorted(found.items())
    )


def doubt_restatements(changes: Sequence[Restated], site: Site, problems: Problems) -> None:
    """Warn of restated figures that the log gives no reason for, once for each figure and report."""
    unexplained: dict[tuple[str, str, str], list[Restated]] = {}
    for one in changes:
        if one.needs_reason:
            unexplained.setdefault((one.version, one.product, one.indicator), []).append(one)
    for (version, product, indicator), own in unexplained.items():
        decimals = site.indicators[indicator].decimals if indicator in site.indicators else 2
        first, last = own[0], own[-1]
        months = f"{first.period}" if len(own) == 1 else f"{first.period} to {last.period} ({len(own)} months)"
        values = f"{_plain(last.before, decimals)} to {_plain(last.after, decimals)}"
        what = (
            f"restated: '{indicator}' of '{product}' for {months} in {version}, the last from {values}; no reason given"
        )
        hint = "Add it under 'restatements' with product, months, the day of the new data and the reason."
        problems.warn(site.place("products", product), what, hint, "restated")


def _plain(value: float, decimals: int) -> str:
    return "none" if math.isnan(value) else f"{value:.{decimals}f}"


@dataclass(frozen=True, slots=True)
class _Common:
    """The products, indicators and months that two reports share: their names, and their positions in each."""

    products: list[str]
    indicators: list[str]
    periods: list[Period]
    first: tuple[list[int], list[int], list[int]]
    second: tuple[list[int], list[int], list[int]]


def _changed(before: Report, after: Report) -> Iterator[Restated]:
    common = _common(before, after)
    if not (common.products and common.indicators and common.periods):
        return
    old, new = before.figures[Grain.MONTH], after.figures[Grain.MONTH]
    decimals = np.array([after.site.indicators[id_].decimals for id_ in common.indicators])[None, :, None]
    was, now = (
        steps(one.value[np.ix_(*at)], np.broadcast_to(decimals, _shape(common)))
        for one, at in ((old, common.first), (new, common.second))
    )
    carried = (before.role[np.ix_(*common.first[:2])] != ABSENT) & (after.role[np.ix_(*common.second[:2])] != ABSENT)
    # What was missing and has come is late, not restated.
    differs = ~np.isnan(was) & (was != now) & carried[:, :, None]
    for p, i, t in np.argwhere(differs).tolist():
        at0 = (common.first[0][p], common.first[1][i], common.first[2][t])
        at1 = (common.second[0][p], common.second[1][i], common.second[2][t])
        id_, period = common.indicators[i], common.periods[t]
        other_formula = formula_at(before.site, id_, period) != formula_at(after.site, id_, period)
        redefined = other_formula or is_redefined(after.site.indicators[id_], period, period)
        yield Restated(
            product=common.products[p],
            indicator=id_,
            period=period,
            before_version=before.version,
            version=after.version,
            days=(before.as_of, after.as_of),
            before=float(old.value[at0]),
            after=float(new.value[at1]),
            before_code=int(old.status[at0]),
            after_code=int(new.status[at1]),
            is_material=_is_material(old, new, at0, at1, float(abs(was[p, i, t] - now[p, i, t]))),
            is_redefined=redefined,
        )


def _common(before: Report, after: Report) -> _Common:
    rows = {one.id: s for s, one in enumerate(before.subjects)}
    columns = {id_: i for i, id_ in enumerate(before.indicators)}
    old, new = before.figures[Grain.MONTH].periods, after.figures[Grain.MONTH].periods
    when = {period: t for t, period in enumerate(old)}
    s = [n for n, one in enumerate(after.subjects) if one.level == "product" and one.id in rows]
    i = [n for n, id_ in enumerate(after.indicators) if id_ in columns]
    t = [n for n, period in enumerate(new) if period in when and period <= before.period]
    products = [after.subjects[n].id for n in s]
    indicators, periods = [after.indicators[n] for n in i], [new[n] for n in t]
    first = (
        [rows[id_] for id_ in products],
        [columns[id_] for id_ in indicators],
        [when[period] for period in periods],
    )
    return _Common(products, indicators, periods, first, (s, i, t))


def _shape(common: _Common) -> tuple[int, int, int]:
    return len(common.products), len(common.indicators), len(common.periods)


def _is_material(
    old: Figures, new: Figures, at0: tuple[int, int, int], at1: tuple[int, int, int], units: float
) -> bool:
    """More than one displayed unit and a quarter of the tolerance, or another status."""
    if old.status[at0] != new.status[at1] or math.isnan(units):
        return True
    tolerance, change = float(new.tolerance[at1]), abs(float(new.value[at1]) - float(old.value[at0]))
    return units > 1 and (math.isnan(tolerance) or change > MATERIAL_TOLERANCES * tolerance)


def _reason(notes: Sequence[RestatementNote], one: Restated) -> Text:
    """The reason that the log gives: for this figure and month, with data that arrived between the two reports."""
    for note in notes:
        about = note.product == one.product and (not note.indicators or one.indicator in note.indicators)
        if about and note.from_ <= one.period <= note.to and one.days[0] < note.on.isoformat() <= one.days[1]:
            return note.reason
    return Text()


def first_values(figures: Sequence[Published], periods: Sequence[Period], latest: Floats) -> Floats:
    """A line of values over periods as they were first published."""
    line = latest.copy()
    when = {period: t for t, period in enumerate(periods)}
    for one in figures:
        if one.period in when:
            line[when[one.period]] = one.first
    return line
