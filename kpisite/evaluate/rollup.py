"""Roll-up: indicators to families and composites, products to lines and the bank, each with coverage and bounds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.declare.model import Scoring, Site
from kpisite.evaluate.report import (
    AMBER,
    GREEN,
    GREY,
    KEY,
    RED,
    STATUSES,
    Codes,
    Counts,
    Figures,
    Flags,
    Floats,
    Scores,
)
from kpisite.evaluate.rounding import steps
from kpisite.measure.series import NOT_EXPECTED, REASONS, Subject

# Composites are printed with one decimal, and rounded so before they are compared with their limits.
SCORE_DECIMALS = 1
# Weights such as 33.3 do not add up exactly; a coverage this near to the least one has reached it.
_NEAR = 1e-9
_IS_EXPECTED = np.array([code not in NOT_EXPECTED for code in range(len(REASONS))])


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the roll-up of products adds up, as arrays [P, F + 1, T]."""

    whole: Floats  # weight of everything expected
    there: Floats  # weight of what has a score
    points: Floats  # weight x score
    red: Flags
    vetoed: Flags
    counts: Counts  # [P, F + 1, T, 4]


@dataclass(frozen=True, slots=True)
class _Cells:
    """One key indicator in the products that carry it, as arrays [rows, T]."""

    rows: npt.NDArray[np.intp]
    family: int
    veto: bool
    due: Flags
    weight: Floats
    score: Floats
    status: Codes


def roll_up(
    site: Site, subjects: Sequence[Subject], indicators: Sequence[str], role: Codes, figures: Figures
) -> Scores:
    """The scores of all subjects at one grain: products from their indicators, lines and the bank from products."""
    products = [s for s, subject in enumerate(subjects) if subject.level == "product"]
    sums = _added(len(subjects), len(site.families), _key_cells(site, indicators, role, products, figures), figures)
    scores = _scored(sums, site.scoring)
    shares = np.array([site.products[subjects[s].id].share for s in products], dtype=np.float64)
    for s, subject in enumerate(subjects):
        if subject.level != "product":
            _join(scores, sums, s, subject.members, shares[list(subject.members)], site.scoring)
    return scores


def families_of(site: Site) -> tuple[str, ...]:
    """The families in their order."""
    return tuple(sorted(site.families, key=lambda id_: (site.families[id_].order, id_)))


def is_expected(reason: Codes) -> Flags:
    """Is a figure due in these cells? Some are missing for reasons that are no gap."""
    due: Flags = _IS_EXPECTED[reason]
    return due


def _key_cells(
    site: Site, indicators: Sequence[str], role: Codes, products: Sequence[int], figures: Figures
) -> Iterator[_Cells]:
    """The key indicators in their declared order, each with the products that carry it."""
    families = families_of(site)
    for i, id_ in enumerate(indicators):
        rows = np.array([s for s in products if role[s, i] == KEY], dtype=np.intp)
        if len(rows):
            due = is_expected(figures.reason[rows, i]) & ~np.isnan(figures.target[rows, i])
            yield _Cells(
                rows=rows,
                family=families.index(site.indicators[id_].family),
                veto=site.indicators[id_].veto,
                due=due,
                weight=np.where(due, figures.weight[rows, i], 0.0),
                score=figures.score[rows, i],
                status=figures.status[rows, i],
            )


def _added(subjects: int, families: int, cells: Iterator[_Cells], figures: Figures) -> _Sums:
    shape = (subjects, families + 1, len(figures.periods))
    whole, there, points = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    red, vetoed = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    counts = np.zeros((*shape, len(STATUSES)), dtype=np.int32)
    for one in cells:
        scored = one.due & ~np.isnan(one.score)
        weight = np.where(scored, one.weight, 0.0)
        points_of = weight * np.where(scored, one.score, 0.0)
        is_red = one.due & (one.status == RED)
        for part in (one.family, families):
            whole[one.rows, part] += one.weight
            there[one.rows, part] += weight
            points[one.rows, part] += points_of
            red[one.rows, part] |= is_red
            vetoed[one.rows, part] |= is_red & one.veto
            for code in range(len(STATUSES)):
                counts[one.rows, part, :, code] += one.due & (one.status == code)
    return _Sums(whole, there, points, red, vetoed, counts)


def _scored(sums: _Sums, scoring: Scoring) -> Scores:
    """Weighted means with their coverage, and with what they were if everything missing scored nothing or the cap."""
    coverage = _share(sums.there, sums.whole)
    low = _share(sums.points, sums.whole)
    high = _share(sums.points + scoring.cap * (sums.whole - sums.there), sums.whole)
    match scoring.missing:
        case "zero":
            score = low.copy()
        case "fail":
            score = np.where(sums.there < sums.whole, np.nan, low)
        case _:
            score = _share(sums.points, sums.there)
    score[~(coverage + _NEAR >= scoring.least_coverage)] = np.nan
    return Scores(score, _rated(score, sums.red, sums.vetoed, scoring), coverage, low, high, sums.counts)


def _join(scores: Scores, sums: _Sums, subject: int, members: Sequence[int], shares: Floats, scoring: Scoring) -> None:
    """Write the scores of a line or the bank: the means of its products by their shares.

    A product without a composite is missing as a whole: nothing of it is covered, and it may score nothing or the cap.
    """
    rows = list(members)
    weight = shares[:, None, None]
    silent = np.isnan(scores.score[rows]) & ~np.isnan(scores.coverage[rows])
    for field, instead in (("score", np.nan), ("coverage", 0.0), ("low", 0.0), ("high", scoring.cap)):
        part = getattr(scores, field)
        own = np.where(silent, instead, part[rows])
        given = np.where(np.isnan(own), 0.0, weight)
        part[subject] = _share(_total(given * np.nan_to_num(own)), _total(given))
    scores.counts[subject] = scores.counts[rows].sum(axis=0)
    scores.score[subject][~(scores.coverage[subject] + _NEAR >= scoring.least_coverage)] = np.nan
    red: Flags = np.logical_or.reduce(sums.red[rows], axis=0)
    vetoed: Flags = np.logical_or.reduce(sums.vetoed[rows], axis=0)
    scores.status[subject] = _rated(scores.score[subject], red, vetoed, scoring)


def _rated(score: Floats, red: Flags, vetoed: Flags, scoring: Scoring) -> Codes:
    """The status of a composite: from its limits, at most amber with a red key indicator, red with a red veto."""
    shown = _shown(score)
    status = np.full(score.shape, RED, dtype=np.int8)
    status[shown >= _shown(np.array(scoring.composite.amber))] = AMBER
    status[shown >= _shown(np.array(scoring.composite.green))] = GREEN
    status[red] = np.minimum(status[red], AMBER)
    status[vetoed] = RED
    status[np.isnan(score)] = GREY
    return status


def _shown(score: Floats) -> Floats:
    return steps(score, np.array(SCORE_DECIMALS))


def _share(part: Floats, whole: Floats) -> Floats:
    """Part by whole, NaN where there is no whole."""
    share: Floats = part / np.where(whole > 0, whole, np.nan)
    return share


def _total(parts: Floats) -> Floats:
    """The sum over members, added one after the other in their order."""
    if not len(parts):
        return np.zeros(parts.shape[1:])
    total: Floats = np.add.accumulate(parts, axis=0)[-1]
    return total
