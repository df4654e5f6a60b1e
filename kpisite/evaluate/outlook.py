"""The outlook of every figure at the report's period: trend, changes, streaks, forecast, and can its target be met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Site
from kpisite.evaluate import achieve
from kpisite.evaluate.charted import CADENCES, YEAR
from kpisite.evaluate.deadlines import Deadlines, deadlines
from kpisite.evaluate.forecast import Forecast, without
from kpisite.evaluate.foresight import Track, look_ahead, look_ahead_and_back
from kpisite.evaluate.hindsight import Reach
from kpisite.evaluate.limits import Codes, Flags, Floats
from kpisite.evaluate.methods import HORIZON
from kpisite.evaluate.moving import Moving, moving
from kpisite.evaluate.report import ABSENT, GREEN, GREY, RED, ROLLED, Figures, Lengths, Outlook, Signals
from kpisite.evaluate.rounding import Ints
from kpisite.evaluate.signals import SIGNS
from kpisite.evaluate.target import goals_of
from kpisite.evaluate.trend import change, last_points, streak, trend
from kpisite.measure.series import Series
from kpisite.periods import MONTHS, Grain, Period

# Series looked at at a time: few enough for the processor's own memory, enough to keep numpy busy.
_AT_A_TIME = 1024
# A trend and a forecast stand on a value of the last year, and on one of so many periods where a year has fewer.
_LATEST = 2
# Kinds whose change is told in percent; all others move in their own unit (a ratio in percentage points).
_GROWING = ("flow", "stock")
Indexes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Traits:
    """What counts of each indicator, [I]."""

    sign: Codes
    veto: Flags  # red from the target on
    decimals: Ints
    growing: Flags
    flow: Flags
    seasonal: Flags
    on_the_year: Flags  # watched as growth on the year
    low: Floats  # natural bounds
    high: Floats
    least: Floats  # regulatory limits
    most: Floats
    since: npt.NDArray[np.int64]  # month of the last definition that is not comparable with those before


@dataclass(frozen=True, slots=True)
class _Grain:
    """One grain with its figures, signals and the position of the report's period.

    `year` is what its fiscal year has reached, what it should reach, each [S, I], and the months left in it.
    """

    figures: Figures
    signals: Signals
    now: int
    goals: Deadlines
    year: tuple[Floats, Floats, int] | None
    moving: Moving
    reach: Reach  # [S, I, T] up to now; filled


def outlook(
    site: Site,
    series: Series,
    role: Codes,
    judged: tuple[Mapping[Grain, Figures], Mapping[Grain, Signals], Period],
) -> tuple[Outlook, dict[Grain, Reach]]:
    """The outlook of all figures at the grain of each indicator's cadence; `judged` is figures, signals and period.

    And how far forecasts reached in each period up to the report's, [S, I, T], for figures that could cross a limit.
    """
    figures, signals, period = judged
    indicators = series.indicators
    made, reached = empty_outlook(role.shape), {}
    traits = _traits(site, indicators, period)
    for grain, found in signals.items():
        ended = [t for t, one in enumerate(figures[grain].periods) if one.last_month <= period.last_month]
        if not ended:
            continue
        now = ended[-1]
        due = np.array([CADENCES[site.indicators[id_].cadence] is grain for id_ in indicators], dtype=np.bool_)
        shape = (*role.shape, now + 1)
        one = _Grain(
            figures[grain],
            found,
            now,
            deadlines(site, series, figures[grain], now),
            _this_year(site, series, figures, figures[grain].periods[now]),
            moving(site, series, figures[grain].periods[: now + 1]),
            Reach(np.full(shape, np.nan), np.full(shape, np.nan)),
        )
        crossing = _may_cross(traits, role, figures[grain], now)
        moves = one.moving.any
        parts = (due & crossing & ~moves, due & crossing & moves, due & (role != ABSENT) & ~crossing)
        for some, back in zip(parts, (True, True, False), strict=True):
            s, i = np.nonzero(some)
            for start in range(0, len(s), _AT_A_TIME):
                at = (s[start : start + _AT_A_TIME], i[start : start + _AT_A_TIME])
                for name, values in _of(traits, one, at, back=back).items():
                    getattr(made, name)[at] = values
        reached[grain] = one.reach
    return made, reached


def _may_cross(traits: _Traits, role: Codes, figures: Figures, now: int) -> Flags:
    """The figures [S, I] that could be forecast to cross a limit: they have one, and were not red all the time."""
    limited = ~(np.isinf(traits.least) & np.isinf(traits.most))[:, None] | ~np.isnan(figures.target[:, :, : now + 1])
    there = (figures.status[:, :, : now + 1] != RED) & (figures.reason[:, :, : now + 1] == 0)
    found: Flags = (role != ABSENT) & (role != ROLLED) & (limited & there).any(axis=2)
    return found


def empty_outlook(shape: tuple[int, ...]) -> Outlook:
    """The outlook of figures of which nothing can be said."""

    def floats(*more: int) -> Floats:
        return np.full((*shape, *more), np.nan)

    def codes() -> Codes:
        return np.zeros(shape, dtype=np.int8)

    def lengths() -> Lengths:
        return np.zeros(shape, dtype=np.int16)

    return Outlook(
        slope=floats(), kendall=codes(), trend=codes(), on_period=floats(), on_year=floats(),
        same_status=lengths(), off_target=lengths(), method=codes(), mase=floats(), error=floats(),
        expected=floats(HORIZON), spread=floats(HORIZON), steps=lengths(), goal=floats(), goal_high=floats(),
        chance=floats(), likelihood=codes(), required=floats(), stretch=floats(), run_rate=floats(),
        crosses=codes(), crosses_limit=codes(), crosses_at=floats(),
    )  # fmt: skip


def _traits(site: Site, indicators: Sequence[str], period: Period) -> _Traits:
    declared = [site.indicators[id_] for id_ in indicators]

    def bound(side: int) -> Floats:
        return np.array(
            [np.nan if one.bounds[side] is None else one.bounds[side] for one in declared], dtype=np.float64
        )

    def limit(side: str, none: float) -> Floats:
        found = [one.limit.value if one.limit and one.limit.side == side else none for one in declared]
        return np.array(found, dtype=np.float64)

    breaks = [
        [d.valid_from.last_month for d in one.definitions[1:] if not d.comparable and d.valid_from <= period]
        for one in declared
    ]
    return _Traits(
        sign=np.array([SIGNS[one.direction] for one in declared], dtype=np.int8),
        veto=np.array([one.veto for one in declared], dtype=np.bool_),
        decimals=np.array([one.decimals for one in declared], dtype=np.int64),
        growing=np.array([one.kind in _GROWING for one in declared], dtype=np.bool_),
        flow=np.array([one.kind == "flow" for one in declared], dtype=np.bool_),
        seasonal=np.array([one.seasonal for one in declared], dtype=np.bool_),
        on_the_year=np.array([one.spc == "yoy" for one in declared], dtype=np.bool_),
        low=bound(0),
        high=bound(1),
        least=limit("min", -np.inf),
        most=limit("max", np.inf),
        since=np.array([max(months, default=0) for months in breaks], dtype=np.int64),
    )


def _this_year(
    site: Site, series: Series, figures: Mapping[Grain, Figures], period: Period
) -> tuple[Floats, Floats, int] | None:
    """What the fiscal year of a month has reached by it, what is wanted of the whole year, and the months left."""
    found = figures.get(Grain.YTD)
    same = None if found is None or period.grain is not Grain.MONTH else period.at(Grain.YTD)
    if found is None or same not in found.periods:
        return None
    year = period.at(Grain.YEAR)
    wanted = goals_of(site, series, range(year.first_month, year.last_month + 1)).over([year])
    return found.value[:, :, found.periods.index(same)], wanted.target[:, :, 0], year.last_month - period.last_month


def _of(
    traits: _Traits, grain: _Grain, at: tuple[Indexes, Indexes], *, back: bool
) -> dict[str, npt.NDArray[np.generic]]:
    """Every field of the outlook for some series; those that look back also write how far forecasts reached."""
    figures, until, own = grain.figures, grain.now + 1, at[1]
    value = np.where(
        (figures.small[at] | (figures.provisional[at] > 0))[:, :until], np.nan, figures.value[at][:, :until]
    )
    last = np.array([period.last_month for period in figures.periods[:until]], dtype=np.int64)
    comparable = np.where(last >= traits.since[own][:, None], value, np.nan)
    year = YEAR // MONTHS[figures.grain]
    track = Track(
        value=value,
        segment=grain.signals.segment[at][:, :until],
        compared=grain.goals.compared[at],
        seasonal=traits.seasonal[own],
        season=year,
        low=traits.low[own],
        high=traits.high[own],
        moved=grain.moving.limits(at) if back else None,
    )
    history = np.where(track.latest, value, np.nan)
    watched = np.where(traits.on_the_year[own][:, None], grain.signals.charted[at][:, :until], history)
    # What ended long ago has neither a trend nor anything ahead of it now.
    ended = (~np.isnan(history[:, -max(year, _LATEST) :])).sum(axis=1) == 0
    history[ended], watched[ended] = np.nan, np.nan
    made = without(_forecast(grain, at, track, back=back), ended)
    sign, growing = traits.sign[own], traits.growing[own]
    found = trend(watched, sign)
    return {
        "slope": found.slope,
        "kendall": found.kendall,
        "trend": found.word,
        "on_period": change(comparable, 1, growing),
        "on_year": change(comparable, year, growing),
        **_streaks(figures.status[at][:, :until]),
        **_ahead(traits, grain, at, history, made),
    }


def _forecast(grain: _Grain, at: tuple[Indexes, Indexes], track: Track, *, back: bool) -> Forecast:
    if not back:
        return look_ahead(track)
    made, reach = look_ahead_and_back(track)
    grain.reach.lowest[at], grain.reach.highest[at] = reach.lowest, reach.highest
    return made


def _streaks(status: Codes) -> dict[str, npt.NDArray[np.generic]]:
    judged = status != GREY
    latest = np.zeros(len(status), dtype=np.int8)
    for t in range(status.shape[1]):
        latest = np.where(judged[:, t], status[:, t], latest)
    return {
        "same_status": streak(status == latest[:, None], judged),
        "off_target": streak(judged & (status != GREEN), judged),
    }


def _ahead(
    traits: _Traits, grain: _Grain, at: tuple[Indexes, Indexes], history: Floats, made: Forecast
) -> dict[str, npt.NDArray[np.generic]]:
    """The forecast of some series and what it says of their targets."""
    own, figures, now = at[1], grain.figures, grain.now
    goal = achieve.Goal(grain.goals.low[at], grain.goals.high[at], grain.goals.steps[at])
    chances = achieve.chance(made.expected, made.spread, goal, traits.sign[own])
    value = last_points(history, 1)[0][:, -1]
    needed = achieve.required(value, goal)
    status = figures.status[at][:, : now + 1]
    kept = streak(status == GREEN, status != GREY) >= achieve.KEPT_FOR
    kept &= achieve.reached(value, goal, traits.sign[own], traits.decimals[own])
    safe = (status[:, -1] != RED) & (status[:, -1] != GREY)
    worst, best = grain.moving.not_red(figures, now, at, (traits.sign[own], traits.veto[own]))
    crosses = np.where(safe, achieve.crossing(made.expected, worst, best), 0).astype(np.int8)
    over, limits = figures.over_limit[at][:, now], (traits.least[own][:, None], traits.most[own][:, None])
    return {
        "method": made.method,
        "mase": made.mase,
        "error": made.error,
        "expected": made.expected,
        "spread": made.spread,
        "steps": goal.steps.astype(np.int16),
        "goal": goal.low,
        "goal_high": goal.high,
        "chance": chances,
        "likelihood": achieve.likelihood(chances, kept),
        "required": needed,
        "stretch": achieve.stretch(history, needed, goal.steps, traits.sign[own]),
        "run_rate": _run_rate(grain, at, history, traits.flow[own]),
        "crosses": crosses,
        "crosses_limit": np.where(over, 0, achieve.crossing(made.expected, *limits)).astype(np.int8),
        "crosses_at": achieve.crossed(made.expected, crosses, worst, best),
    }


def _run_rate(grain: _Grain, at: tuple[Indexes, Indexes], history: Floats, flow: Flags) -> Floats:
    """What each month left in the year must bring, as a multiple of the last twelve months' average; for flows only."""
    none = np.full(len(history), np.nan)
    if grain.year is None or history.shape[1] < YEAR:
        return none
    reached, wanted, left = grain.year
    if left == 0:
        return none
    needed = (wanted[at] - reached[at]) / left
    recent = history[:, -YEAR:]
    average = np.where((~np.isnan(recent)).all(axis=1), recent.mean(axis=1), np.nan)
    usable = flow & (average > 0)
    found: Floats = np.where(usable, needed / np.where(usable, average, 1.0), np.nan)
    return found
