"""Our figures beside those of competitors: of the same period and frequency only, and no gap where there is none."""

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np

from kpisite.declare.model import Indicator, Site
from kpisite.evaluate import gaps
from kpisite.evaluate.report import GREEN, GREY, Figures, PeerFact
from kpisite.evaluate.rounding import steps
from kpisite.load.peers import PeerValue, known_on
from kpisite.measure.series import Subject
from kpisite.periods import Grain, Period

NONE = math.nan
# Confidences that may stand behind a recommendation: published, or from an association or a survey.
FIRM = ("A", "B")


def compare_peers(
    site: Site,
    subjects: Sequence[Subject],
    indicators: Sequence[str],
    figures: Mapping[Grain, Figures],
    values: tuple[PeerValue, ...],
    as_of: dt.date,
) -> tuple[PeerFact, ...]:
    """Every value of a competitor known on this day with our figure of the same period, and what follows from both."""
    last = (site.report.through or site.report.period).last_month
    rows = {subject.id: s for s, subject in enumerate(subjects)}
    columns = {id_: i for i, id_ in enumerate(indicators)}
    found: list[PeerFact] = []
    known = known_on(values, as_of, last)
    for (product, indicator), group in groupby(known, key=lambda one: (one.product, one.indicator)):
        if product in rows and indicator in columns:
            at = (rows[product], columns[indicator])
            found += _Pair(site, site.indicators[indicator], figures, at).facts(list(group))
    return tuple(found)


class _Own(NamedTuple):
    """Our figure of one period, rounded as it is shown; no value where the period still runs or the sample is small."""

    value: float
    low: float
    high: float
    tolerance: float
    weight: float
    status: int


@dataclass(frozen=True, slots=True)
class _Pair:
    """One indicator of one product."""

    site: Site
    indicator: Indicator
    figures: Mapping[Grain, Figures]
    at: tuple[int, int]

    def facts(self, values: list[PeerValue]) -> Iterator[PeerFact]:
        """The comparisons of all periods, by period and competitor."""
        before: dict[tuple[str, Grain], list[float]] = {}
        order = sorted(values, key=lambda one: (one.period.grain, one.period, one.competitor))
        for period, group in groupby(order, key=lambda one: one.period):
            own, peers = self._own(period), list(group)
            standing = self._standing(own, peers)
            for peer in peers:
                course = before.setdefault((peer.competitor, period.grain), [])
                yield self._fact(own, peer, standing, course)

    def _fact(self, own: _Own, peer: PeerValue, standing: "_Standing", course: list[float]) -> PeerFact:
        value, ranked = self._shown(peer.value), self._is_ranked(peer)
        usable = peer.comparable != "no"
        gap = self._gap(own, value) if usable else NONE
        change, falling = NONE, 0
        if not math.isnan(gap):
            change = self._clean(gap - course[-1]) if course else NONE
            course.append(gap)
            falling = gaps.worsenings(course) if ranked else 0
        ratio_scale = self.indicator.bounds[0] is not None and self.indicator.bounds[0] >= 0
        return PeerFact(
            product=peer.product,
            indicator=peer.indicator,
            period=peer.period,
            competitor=peer.competitor,
            value=peer.value,
            as_of=dt.date.fromordinal(peer.as_of).isoformat(),
            comparable=peer.comparable,
            confidence=peer.confidence,
            source=peer.source,
            note=peer.note,
            own=own.value,
            gap=gap,
            relative_gap=gaps.relative(gap, value, own.tolerance, is_ratio_scale=ratio_scale),
            gap_change=change,
            worsenings=falling,
            rank=standing.rank,
            of=standing.of,
            percentile=standing.percentile,
            median=standing.median,
            best=standing.best,
            quadrant=standing.quadrant,
            material=self._material(own, gap) if ranked else NONE,
        )

    def _standing(self, own: _Own, peers: Sequence[PeerValue]) -> "_Standing":
        """Where we stand among the peers of one period whose values are comparable."""
        values = [self._shown(one.value) for one in peers if one.comparable == "yes" and self._is_ranked(one)]
        if not values:
            return _Standing()
        merits = [self._merit(own, value) for value in values]
        middle = self._clean(gaps.median(values))
        best = NONE if any(math.isnan(merit) for merit in merits) else values[merits.index(max(merits))]
        mine = self._merit(own, own.value)
        if math.isnan(mine):
            return _Standing(median=middle, best=best)
        # Of a range the peers' median may lie where none of them is, so it is their gaps that have a middle.
        gap = self._clean(gaps.median([self._gap(own, value) for value in values]))
        quadrant = gaps.quadrant(met=own.status == GREEN, gap_=gap) if own.status != GREY else ""
        place, share = gaps.rank(mine, merits), gaps.percentile(mine, merits)
        return _Standing(place, len(values) + 1, share, middle, best, quadrant)

    def _is_ranked(self, value: PeerValue) -> bool:
        """Is it of a peer? A line that stands for the market is only shown."""
        declared = self.site.competitors
        return declared is not None and declared.names[value.competitor].kind == "peer"

    def _material(self, own: _Own, gap: float) -> float:
        return round(own.weight * gap / own.tolerance, 6) if own.weight and own.tolerance > 0 else NONE

    def _own(self, period: Period) -> _Own:
        figures = self.figures.get(period.grain)
        if figures is None or period not in figures.periods:
            return _Own(NONE, NONE, NONE, NONE, 0.0, GREY)
        at = (*self.at, figures.periods.index(period))
        unusable = bool(figures.small[at]) or bool(figures.provisional[at])
        return _Own(
            NONE if unusable else self._shown(float(figures.value[at])),
            float(figures.target[at]),
            float(figures.target_high[at]),
            float(figures.tolerance[at]),
            float(figures.weight[at]),
            int(figures.status[at]),
        )

    def _gap(self, own: _Own, value: float) -> float:
        return self._clean(gaps.gap(own.value, value, self.indicator.direction, own.low, own.high))

    def _merit(self, own: _Own, value: float) -> float:
        return gaps.merit(value, self.indicator.direction, own.low, own.high)

    def _shown(self, value: float) -> float:
        """A value at the decimals that readers see, so that no two that look equal are told apart."""
        decimals = self.indicator.decimals
        return float(steps(np.array(value), np.array(decimals))) / 10.0**decimals

    def _clean(self, difference: float) -> float:
        """A difference of shown numbers without the noise of binary arithmetic."""
        return difference if math.isnan(difference) else round(difference, self.indicator.decimals + 6) + 0.0


@dataclass(frozen=True, slots=True)
class _Standing:
    rank: int = 0
    of: int = 0
    percentile: float = NONE
    median: float = NONE
    best: float = NONE
    quadrant: str = ""


def newest_facts(facts: Sequence[PeerFact]) -> tuple[PeerFact, ...]:
    """The newest comparison with each competitor: one with a gap if there is any, by product, indicator, competitor."""
    newest: dict[tuple[str, str, str], PeerFact] = {}
    for fact in facts:
        key = (fact.product, fact.indicator, fact.competitor)
        held = newest.get(key)
        if held is None or (not math.isnan(fact.gap), fact.period.last_month) >= (
            not math.isnan(held.gap),
            held.period.last_month,
        ):
            newest[key] = fact
    return tuple(newest.values())


def opportunities(facts: Sequence[PeerFact]) -> tuple[PeerFact, ...]:
    """The newest gaps in which a firmly known, comparable competitor is better, by weight x |gap| / tolerance."""
    behind = [
        fact
        for fact in newest_facts(facts)
        if fact.gap < 0 and fact.confidence in FIRM and fact.comparable == "yes" and not math.isnan(fact.material)
    ]
    return tuple(sorted(behind, key=lambda fact: fact.material))


def falling_behind(fact: PeerFact) -> bool:
    """Has the gap worsened three times in a row?"""
    return fact.worsenings >= gaps.FALLING
