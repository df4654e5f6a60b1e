"""Targets on a straight path: what will be red in each of the next periods, seen from every period.

The path is known as a whole from its baseline on, so that what is said of a past period stays. Steps, tables and
targets that follow each other are left out: later levels are agreed later, and nothing tells when each was. So are
parts of a year, which move with the season as their figures do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Site, Target
from kpisite.evaluate.achieve import AHEAD
from kpisite.evaluate.limits import Codes, Flags, Floats
from kpisite.evaluate.report import Figures
from kpisite.evaluate.rounding import settle
from kpisite.evaluate.signals import SIGNS
from kpisite.evaluate.target import Goals, goals_of, keys_of
from kpisite.measure.series import Series
from kpisite.periods import Period

Indexes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Moving:
    """How much the bounds of N figures move from each of T periods to the next six, as arrays [N, T, 6].

    `worst` and `best` are the lowest and the highest value that is not red for the target, `low` and `high` the same
    with the regulatory limit, where it is nearer. 0 where nothing is wanted, or that side is never red. `at` [S, I] is
    the position of a figure among them, -1 for all whose target stays.
    """

    at: Indexes
    worst: Floats
    best: Floats
    low: Floats
    high: Floats

    @property
    def any(self) -> Flags:
        """Which figures have such a target, [S, I]."""
        found: Flags = self.at >= 0
        return found

    def limits(self, at: tuple[Indexes, Indexes]) -> tuple[Floats, Floats] | None:
        """How the nearer of amber and regulatory limit moves, for figures whose targets either all do or all stay."""
        rows = self.at[at]
        return (self.low[rows], self.high[rows]) if len(rows) and rows[0] >= 0 else None

    def not_red(
        self, figures: Figures, now: int, at: tuple[Indexes, Indexes], traits: tuple[Codes, Flags]
    ) -> tuple[Floats, Floats]:
        """The lowest and the highest value of some figures that is not red in each of the next six periods, [N, 6].

        `traits` are the sign and the veto of each. Infinite where there is no such side, or no target.
        """
        sign, veto = traits
        low, high, width = (part[at][:, now] for part in (figures.target, figures.target_high, figures.tolerance))
        width, top = np.where(veto, 0.0, width), np.where(np.isnan(high), low, high)
        worst = np.nan_to_num(np.where(sign >= 0, low - width, np.nan), nan=-np.inf)
        best = np.nan_to_num(np.where(sign <= 0, top + width, np.nan), nan=np.inf)
        return self._step_by_step(worst, self.worst[:, now], at), self._step_by_step(best, self.best[:, now], at)

    def _step_by_step(self, bounds: Floats, moved: Floats, at: tuple[Indexes, Indexes]) -> Floats:
        rows, steps = self.at[at], np.broadcast_to(bounds[:, None], (len(bounds), AHEAD))
        moves = rows >= 0
        if not moves.any():
            return steps
        found: Floats = steps.copy()
        found[moves] += moved[rows[moves]]
        return found


def moving(site: Site, series: Series, periods: Sequence[Period]) -> Moving:
    """The figures whose target moves, over these periods of a grain up to the report's."""
    at = np.full((len(series.subjects), len(series.indicators)), -1, dtype=np.intp)
    found = list(_declared(site, series))
    if not found:
        nothing = np.zeros((0, len(periods), AHEAD))
        return Moving(at, nothing, nothing, nothing, nothing)
    s, i = (np.array(part, dtype=np.intp) for part in zip(*found, strict=True))
    at[s, i] = np.arange(len(s))
    goals = _goals(site, series, s, [*periods, *(periods[-1].plus(step) for step in range(1, AHEAD + 1))])
    rows = np.unique(s, return_inverse=True)[1], i
    declared = [site.indicators[series.indicators[k]] for k in i.tolist()]
    sign = np.array([SIGNS[one.direction] for one in declared])[:, None]
    places = np.array([one.decimals for one in declared], dtype=np.int64)[:, None]
    veto = np.array([one.veto for one in declared])[:, None]
    low, high, width = (part[rows] for part in (goals.target, goals.high, goals.tolerance))
    width, top = np.where(veto, 0.0, width), np.where(np.isnan(high), low, high)
    worst = _seen(np.where(sign >= 0, settle(low - width, places), np.nan))
    best = _seen(np.where(sign <= 0, settle(top + width, places), np.nan))
    limits = [(one.limit.side, one.limit.value) if one.limit else ("", np.nan) for one in declared]
    least, most = (
        np.array([v if side == own else np.nan for own, v in limits])[:, None, None] for side in ("min", "max")
    )
    return Moving(at, _moved(worst), _moved(best), _moved(np.fmax(worst, least)), _moved(np.fmin(best, most)))


def _declared(site: Site, series: Series) -> Iterator[tuple[int, int]]:
    where = {id_: i for i, id_ in enumerate(series.indicators)}
    for s, subject in enumerate(series.subjects):
        for id_, entries in keys_of(site, subject).items():
            if id_ in where and _moves(entries):
                yield s, where[id_]


def _moves(entries: Sequence[Target]) -> bool:
    return len(entries) == 1 and entries[0].path == "linear" and entries[0].basis == "period"


def _goals(site: Site, series: Series, s: Indexes, periods: Sequence[Period]) -> Goals:
    """The goals of some subjects only, in the order of their positions."""
    some = np.unique(s)
    part = replace(
        series,
        subjects=tuple(series.subjects[row] for row in some.tolist()),
        grains={grain: replace(cells, value=cells.value[some]) for grain, cells in series.grains.items()},
    )
    months = range(min(period.first_month for period in periods), periods[-1].last_month + 1)
    return goals_of(site, part, months).over(periods)


def _seen(bounds: Floats) -> Floats:
    """The bounds [N, T + 6] of each period and of the next six, [N, T, 7]; after the last target that one goes on."""
    known = ~np.isnan(bounds)
    latest = np.maximum.accumulate(np.where(known, np.arange(bounds.shape[1]), 0), axis=1)
    going_on = np.take_along_axis(bounds, latest, axis=1)
    seen = np.lib.stride_tricks.sliding_window_view(going_on, AHEAD + 1, axis=1)
    found: Floats = np.where(known[:, : seen.shape[1], None], seen, np.nan)
    return found


def _moved(seen: Floats) -> Floats:
    found: Floats = np.nan_to_num(seen[..., 1:] - seen[..., :1], nan=0.0)
    return found
