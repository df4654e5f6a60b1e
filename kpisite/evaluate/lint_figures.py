"""Are targets measured, wider than noise and worth reaching? What only the figures can tell."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kpisite.declare.model import Plan
from kpisite.evaluate.lint_found import Finding, Pair, found
from kpisite.evaluate.report import RED, Figures, Flags, Floats, Report
from kpisite.measure.series import REASON
from kpisite.periods import Grain

# Missing for these reasons means that data were not delivered.
UNDELIVERED = tuple(REASON[name] for name in ("no-data", "incomplete"))
RECENT = 2  # periods within which a value must have come, or a red figure needs a plan
MET = 6  # periods in a row by which a target is too easy
# As for process control: fewer points say nothing about noise.
FEWEST_POINTS = 8
NOISE = 0.5
# A smaller chance of being met needs a rationale.
LEAST_CHANCE = 0.1


@dataclass(frozen=True, slots=True)
class Line:
    """One figure by month up to the report's period: values and reasons where it is due."""

    months: Figures
    s: int
    i: int
    at: tuple[int, ...]  # positions of the months in which it is due

    @property
    def values(self) -> Floats:
        """The values of the due months, NaN where there is none."""
        cells: Floats = self.months.value[self.s, self.i, list(self.at)]
        return cells


def measured(report: Report, pair: Pair) -> Iterator[Finding]:
    """Everything that the figures say about one target."""
    line = _line(report, pair)
    for check in (_delivered, _wider_than_noise, _within_reach, _no_sandbag, _red_with_plan):
        yield from check(report, pair, line)


def _line(report: Report, pair: Pair) -> Line:
    months = report.figures[Grain.MONTH]
    s, i = report.subject(pair.product_id), report.indicator(pair.indicator_id)
    reason = months.reason[s, i].tolist()
    out = tuple(REASON[name] for name in ("not-due", "not-launched", "not-applicable", "ended"))
    return Line(months, s, i, tuple(t for t in range(report.now() + 1) if reason[t] not in out))


def _delivered(report: Report, pair: Pair, line: Line) -> Iterator[Finding]:
    recent = line.at[-RECENT:]
    reasons = [int(line.months.reason[line.s, line.i, t]) for t in recent]
    if recent and all(reason in UNDELIVERED for reason in reasons):
        labels = " and ".join(line.months.periods[t].label for t in recent)
        what = f"{pair.name} has no value in {labels}"
        yield found(report.site, "T-M1", "error", "no-value", what, pair.path, periods=labels)


def _wider_than_noise(report: Report, pair: Pair, line: Line) -> Iterator[Finding]:
    tolerance = line.months.tolerance[line.s, line.i, report.now()].item()
    noise = moving_range(line.values)
    if tolerance < NOISE * noise:
        what = f"the tolerance {tolerance:.4g} of '{pair.indicator_id}' is below half of its mean change {noise:.4g}"
        place = (*pair.path, "tolerance")
        yield found(report.site, "T-M3", "warning", "noise", what, place, tolerance=tolerance, noise=noise)


def moving_range(values: Floats) -> float:
    """The mean change between neighbours, none across a gap; NaN where too few values say anything."""
    if np.count_nonzero(~np.isnan(values)) < FEWEST_POINTS:
        return float("nan")
    changes = np.abs(np.diff(values))
    known = changes[~np.isnan(changes)]
    return float(np.add.accumulate(known)[-1] / len(known)) if len(known) else float("nan")


def _within_reach(report: Report, pair: Pair, line: Line) -> Iterator[Finding]:
    """Does the way that is left take more than nine in ten such times have brought, or is there hardly a chance?"""
    if pair.target.rationale or pair.target.by is None or pair.target.by <= report.period:
        return
    ahead, at = report.outlook, (line.s, line.i)
    ratio, chance, steps = ahead.stretch[at].item(), ahead.chance[at].item(), int(ahead.steps[at])
    what, facts = f"the target of {pair.name} asks within {steps} periods", {"steps": float(steps)}
    if ratio == np.inf:
        kind, what = "unheard", f"{what} for a change that such a time has never brought"
    elif ratio > 1:
        kind, what = "stretch", f"{what} for {ratio:.1f} times what nine in ten such times brought"
        facts["ratio"] = ratio
    elif chance < LEAST_CHANCE:
        kind, what = "unlikely", f"{what} for what the forecast gives a chance of {100 * chance:.0f} %"
        facts["percent"] = 100 * chance
    else:
        return
    yield found(report.site, "T-A2", "warning", kind, what, (*pair.path, "target"), **facts)


def _sign(pair: Pair) -> int:
    return -1 if pair.indicator.direction == "lower" else 1


def _no_sandbag(report: Report, pair: Pair, line: Line) -> Iterator[Finding]:
    """Met by a tolerance or more when it was agreed, or in each of the last six periods; a range cannot be."""
    wanted, now = pair.target.target, report.now()
    tolerance = line.months.tolerance[line.s, line.i, now].item()
    if isinstance(wanted, tuple) or pair.target.rationale or pair.target.basis != "period" or not tolerance > 0:
        return
    lead = _sign(pair) * (line.values - wanted) / tolerance
    start = _agreed(pair)
    before = [n for n, t in enumerate(line.at) if start is not None and line.months.periods[t].last_month <= start]
    what = f"the target {wanted:g} of {pair.name} was already met by a tolerance or more"
    place = (*pair.path, "target")
    if before and lead[before[-1]] >= 1:
        when = line.months.periods[line.at[before[-1]]].label
        yield found(report.site, "T-A3", "warning", "met-before", f"{what} in {when}", place, period=when)
    elif len(lead) >= MET and (lead[-MET:] >= 1).all():
        yield found(report.site, "T-A3", "warning", "met-long", f"{what} in each of the last {MET} periods", place)


def _agreed(pair: Pair) -> int | None:
    """The last month that was over when the target was agreed: by its approval, its baseline or its start."""
    target = pair.target
    if target.approved_on:
        return target.approved_on.year * 12 + target.approved_on.month - 2
    if target.baseline:
        return target.baseline.period.number
    return target.from_.number - 1 if target.from_ else None


def _red_with_plan(report: Report, pair: Pair, line: Line) -> Iterator[Finding]:
    status = line.months.status[line.s, line.i, list(line.at[-RECENT:])]
    is_red = len(status) == RECENT and (status == RED).all()
    if is_red and not any(_touches(plan, pair) for plan in report.site.plans.values()):
        what = f"{pair.name} has been red for {RECENT} periods and no open plan touches it"
        yield found(report.site, "T-R2", "warning", "red-without-plan", what, pair.path)


def _touches(plan: Plan, pair: Pair) -> bool:
    if plan.product != pair.product_id or plan.closed is not None:
        return False
    about = {*plan.indicators, *(id_ for action in plan.actions.values() for id_ in action.indicators)}
    return pair.indicator_id in about


def twins(report: Report) -> Iterator[Finding]:
    """Pairs of key indicators of a product that move as one."""
    site, months, now = report.site, report.figures[Grain.MONTH], report.now()
    for id_, product in site.products.items():
        s = report.subject(id_)
        keys = list(product.key)
        rows = np.array([report.indicator(key) for key in keys], dtype=np.intp)
        changes = np.diff(months.value[s, rows, : now + 1], axis=1) if keys else np.zeros((0, 0))
        ranked = [_Ranked.of(row, ~np.isnan(row)) for row in changes]
        for a, one in enumerate(keys):
            for b in range(a + 1, len(keys)):
                likeness = _likeness(ranked[a], ranked[b])
                if abs(likeness) > TWINS:
                    what = f"'{one}' and '{keys[b]}' of '{id_}' move as one (rank correlation {likeness:.2f})"
                    path = ("products", id_, "key", keys[b], 0)
                    yield found(site, "K-5", "info", "twins", what, path, other=one, correlation=likeness)


# From this rank correlation on, over at least so many changes, two indicators are one.
TWINS = 0.95
FEWEST_CHANGES = 12


def rank_correlation(one: Floats, two: Floats) -> float:
    """Spearman's rank correlation of the changes that both have; 0 where they are too few or do not vary."""
    return _likeness(_Ranked.of(one, ~np.isnan(one)), _Ranked.of(two, ~np.isnan(two)))


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Changes, which of them are ranked, and the distances of their ranks from the mean rank."""

    changes: Floats
    known: Flags
    ranks: Floats
    spread: float

    @classmethod
    def of(cls, changes: Floats, known: Flags) -> "_Ranked":
        """Rank these changes among each other."""
        ranks = _ranks(changes[known])
        ranks = ranks - ranks.mean() if len(ranks) else ranks
        return cls(changes, known, ranks, (ranks**2).sum().item())


def _likeness(one: _Ranked, two: _Ranked) -> float:
    """Ranks of series with the same gaps are those of each; others are ranked anew over what both have."""
    if not np.array_equal(one.known, two.known):
        both = one.known & two.known
        one, two = _Ranked.of(one.changes, both), _Ranked.of(two.changes, both)
    if len(one.ranks) < FEWEST_CHANGES:
        return 0.0
    spread = math.sqrt(one.spread * two.spread)
    return (one.ranks * two.ranks).sum().item() / spread if spread else 0.0


def _ranks(values: Floats) -> Floats:
    """Ranks from 1 on, ties sharing their mean."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    shared: Floats = (last - (counts - 1) / 2)[where]
    return shared
