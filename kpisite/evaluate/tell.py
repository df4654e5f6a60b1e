"""Gathers what is told of a figure from a report: its value and target, signal, forecast, competitors and plans."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from kpisite.declare.model import Plan, Target
from kpisite.evaluate.charted import CADENCES, watched
from kpisite.evaluate.crossing import crossings
from kpisite.evaluate.facts import (
    CRITICAL,
    Behind,
    Effect,
    Kind,
    Known,
    Merit,
    Movement,
    Next,
    Restatement,
    Told,
    worsens,
)
from kpisite.evaluate.limits import NONE
from kpisite.evaluate.report import AMBER, ASSURANCES, GREEN, SEVERITIES, VARIATIONS, Figures, PeerFact, Report
from kpisite.evaluate.rounding import steps
from kpisite.evaluate.trend import TRENDS
from kpisite.periods import Grain, Period

# Statuses of actions that need nothing more.
CLOSED = ("cancelled", "done", "done-late")
_WORDS: Mapping[str, Merit] = {
    "common": "common", "improvement": "improvement", "concern": "concern", "neutral": "neutral"
}  # fmt: skip
_MERITS = tuple(_WORDS.get(variation.partition("-")[0]) for variation in VARIATIONS)


@dataclass(frozen=True, slots=True)
class Teller:
    """A report with the relations that its facts need; plans by product and indicator, restatements likewise."""

    report: Report
    plans: Mapping[tuple[str, str], tuple[str, ...]]
    action_status: Mapping[tuple[str, str], str]
    restated: Mapping[tuple[str, str], Restatement] = field(default_factory=dict)
    peers: Mapping[tuple[str, str], PeerFact] = field(default_factory=dict)
    warnings: Mapping[tuple[int, int], str] = field(default_factory=dict)  # by position: the worst open severity

    def tell(self, s: int, i: int) -> Told:
        """All that is told of one figure in the report's period."""
        report = self.report
        months, t = report.figures[Grain.MONTH], report.now()
        grain = CADENCES[report.site.indicators[report.indicators[i]].cadence]
        product, id_ = report.subjects[s].id, report.indicators[i]
        running = _running(report, grain, s, i)
        figures, at = (months, t) if running is None else (report.figures[grain], running)
        value = figures.value.item(s, i, at)
        status, kind = figures.status.item(s, i, at), _kind(report, figures, s, i, at)
        over = bool(figures.over_limit[s, i, at])
        declared = report.site.indicators[id_]
        movement = _movement(report, grain, s, i)
        trend = TRENDS[report.outlook.trend.item(s, i)]
        return Told(
            product=product,
            indicator=id_,
            period=_period(report, grain, figures, at, value),
            kind=kind,
            status=status,
            value=value,
            target=figures.target.item(s, i, at),
            high=figures.target_high.item(s, i, at),
            weight=months.weight.item(s, i, t),
            score=figures.score.item(s, i, at),
            reason=figures.reason.item(s, i, at),
            last=_last(report, grain, months, s, i, t) if math.isnan(value) else None,
            sample=figures.sample.item(s, i, at),
            least=declared.sample.least if declared.sample else 0,
            months=figures.provisional.item(s, i, at),
            limit=declared.limit.value if over and declared.limit else math.nan,
            veto=declared.veto and status not in (GREEN, 0),
            movement=movement,
            crossing=None if kind in ("missing", "small", "provisional") else next(iter(crossings(report, s, i)), None),
            behind=_behind(self.peers.get((product, id_))) if status == GREEN else None,
            effect=self._effect(grain, s, i) if status == GREEN else None,
            restated=self.restated.get((product, id_)),
            next=self._next(s, i, movement, status, worsens(trend, kind)) if status not in (GREEN, 0) else None,
            warning=self.warnings.get((s, i), ""),
            trend=trend,
        )

    def _effect(self, grain: Grain, s: int, i: int) -> Effect | None:
        report, id_ = self.report, self.report.indicators[i]
        found = None
        for name in self.plans.get((report.subjects[s].id, id_), ()):
            plan = report.site.plans[name]
            reviews = [one for one in plan.reviews if one.on.isoformat() <= report.as_of]
            last = max(reviews, key=lambda one: one.on, default=None)
            if last is not None and last.verdict == "effective" and id_ in plan.indicators:
                found = _with_means(report, grain, (s, i), plan, Effect(name, last.on))
        return found

    def _next(self, s: int, i: int, movement: Movement | None, status: int, is_worsening: bool) -> Next:
        """The next open action with its owner and day, or that there is none yet; a trend that worsens needs one."""
        report, id_ = self.report, self.report.indicators[i]
        plans = self.plans.get((report.subjects[s].id, id_), ())
        open_ = [
            (action.due, name, key)
            for name in plans
            for key, action in report.site.plans[name].actions.items()
            if id_ in (action.indicators or report.site.plans[name].indicators)
            and self.action_status[name, key] not in CLOSED
        ]
        if open_:
            due, name, key = min(open_)
            owner = report.site.plans[name].actions[key].owner
            return Next("action", owner, name, key, due, self.action_status[name, key])
        if plans:
            return Next("closed", report.site.plans[plans[-1]].owner, plans[-1])
        noise = (
            movement is not None and movement.merit == "common" and movement.assurance != "fails" and not is_worsening
        )
        quiet = noise and status == AMBER and self.warnings.get((s, i), "") not in ("high", CRITICAL)
        return Next("unneeded" if quiet else "none", owner_of(report, s, i))


def owner_of(report: Report, s: int, i: int) -> str:
    """Who answers for a figure: the owner of its target in force, else of the product, else of the indicator."""
    subject, indicator = report.subjects[s], report.indicators[i]
    if subject.level != "product":
        return report.site.indicators[indicator].owner
    target = target_in_force(report, s, i)
    product = report.site.products[subject.id]
    return (target.owner if target else "") or product.owner or report.site.indicators[indicator].owner


def target_in_force(report: Report, s: int, i: int) -> Target | None:
    """The target declared for the report's period."""
    subject, indicator = report.subjects[s], report.indicators[i]
    declared = report.site.bank.key if subject.level == "bank" else report.site.products[subject.id].key
    period = report.period.last_month
    known = [one for one in declared.get(indicator, ()) if one.from_ is None or one.from_.number <= period]
    newest = max(known, key=lambda one: one.from_.number if one.from_ else 0, default=None)
    return None if newest is None or (newest.until and newest.until.number < period) else newest


def newest_peers(report: Report) -> dict[tuple[str, str], PeerFact]:
    """One comparison of the newest comparable period for each figure that competitors have, too."""
    found: dict[tuple[str, str], PeerFact] = {}
    for one in report.peers:
        key = one.product, one.indicator
        if one.rank and (key not in found or one.period > found[key].period):
            found[key] = one
    return found


def worst_warnings(report: Report) -> dict[tuple[int, int], str]:
    """The worst severity of the open warnings of each figure, by its position."""
    found: dict[tuple[int, int], int] = {}
    told = report.warnings
    open_ = told.cleared == 0
    for s, i, severity in zip(*(a[open_].tolist() for a in (told.subject, told.indicator, told.severity)), strict=True):
        found[s, i] = max(severity, found.get((s, i), severity))
    return {at: SEVERITIES[code] for at, code in found.items()}


# ------------------------------------------------------------------------------------------------ one figure


def _running(report: Report, grain: Grain, s: int, i: int) -> int | None:
    """The place of a running period of the indicator's own cadence that already has a figure."""
    if grain is Grain.MONTH or grain not in report.figures:
        return None
    figures, wanted = report.figures[grain], report.period.last_month
    for t, one in enumerate(figures.periods):
        if one.first_month <= wanted < one.last_month and figures.provisional[s, i, t] and figures.reason[s, i, t] == 0:
            return t
    return None


def _period(report: Report, grain: Grain, figures: Figures, at: int, value: float) -> Period:
    """The period as the indicator's cadence calls it, where it ends with the report's."""
    own = figures.periods[at]
    if figures.grain is not Grain.MONTH or grain is Grain.MONTH or math.isnan(value) or grain not in report.figures:
        return own
    return next((one for one in report.figures[grain].periods if one.last_month == own.last_month), own)


def _kind(report: Report, figures: Figures, s: int, i: int, t: int) -> Kind:
    value, low, high = (array.item(s, i, t) for array in (figures.value, figures.target, figures.target_high))
    if math.isnan(value):
        return "missing"
    if figures.provisional[s, i, t]:
        return "provisional"
    if figures.small[s, i, t]:
        return "small"
    if math.isnan(low):
        return "no_target"
    ranged = not math.isnan(high)
    if figures.score.item(s, i, t) >= 100:
        return "inside" if ranged else "met"
    decimals = np.array(report.site.indicators[report.indicators[i]].decimals)
    above = steps(np.array(value), decimals).item() > steps(np.array(high if ranged else low), decimals).item()
    if ranged:
        return "range_above" if above else "range_below"
    return "above" if above else "below"


def _last(report: Report, grain: Grain, months: Figures, s: int, i: int, t: int) -> Known | None:
    known = np.flatnonzero(np.isfinite(months.value[s, i, :t])).tolist()
    if not known:
        return None
    value = months.value.item(s, i, known[-1])
    return Known(value, _period(report, grain, months, known[-1], value))


def _now(report: Report, grain: Grain) -> int | None:
    """The last period of a grain that ended with the report's period."""
    if grain not in report.figures:
        return None
    ended = [t for t, one in enumerate(report.figures[grain].periods) if one.last_month <= report.period.last_month]
    return ended[-1] if ended else None


def _movement(report: Report, grain: Grain, s: int, i: int) -> Movement | None:
    found, now = report.signals.get(grain), _now(report, grain)
    if found is None or now is None or report.figures[grain].periods[now].last_month != report.period.last_month:
        return None
    merits = [_MERITS[code] for code in found.variation[s, i, : now + 1].tolist()]
    merit = merits[-1]
    if merit is None:
        return None
    since = now
    while since and merits[since - 1] == merit:
        since -= 1
    has_limits = found.state.item(s, i, now) != NONE  # a count that should be zero has none and is taken as it is
    of = watched(report.site.indicators[report.indicators[i]]) if has_limits else "level"
    return Movement(merit, report.figures[grain].periods[since], ASSURANCES[found.assurance.item(s, i, now)], of)


def _behind(peer: PeerFact | None) -> Behind | None:
    if peer is None or peer.quadrant != "behind_on_target":
        return None
    return Behind(peer.period, peer.own, peer.best, peer.rank, peer.of)


def _with_means(report: Report, grain: Grain, at: tuple[int, int], plan: Plan, effect: Effect) -> Effect:
    """The means of the process before and after the plan's rebase, if it has one and both have limits."""
    rebases, found, now = plan.rebase.get(report.indicators[at[1]], ()), report.signals.get(grain), _now(report, grain)
    if not rebases or found is None or now is None:
        return effect
    start = rebases[-1].from_
    first = next((t for t, one in enumerate(report.figures[grain].periods) if one.last_month >= start.last_month), 0)
    before = found.mean.item(*at, first - 1) if 0 < first <= now else math.nan
    after = found.mean.item(*at, now)
    if math.isnan(before + after):
        return effect
    return Effect(effect.plan, effect.on, start, before, after)
