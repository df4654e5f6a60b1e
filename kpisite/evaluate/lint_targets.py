"""Are targets specific, achievable, relevant and bound in time? What the declarations alone can tell."""

import re
from collections.abc import Iterator

import numpy as np

from kpisite.declare.model import Site, Target
from kpisite.evaluate.lint_found import Finding, Pair, found
from kpisite.evaluate.lint_rules import Level
from kpisite.evaluate.rounding import steps
from kpisite.periods import Grain, Period

# Words of degree that say nothing without a number beside them.
VAGUE = (
    "as much as possible", "as soon as possible", "improve", "enhance", "strengthen", "optimise", "optimize",
    "尽量", "尽可能", "进一步", "加强", "力争",
)  # fmt: skip
FARTHEST = 18  # months that a target may lie ahead
_NUMBER = re.compile(r"[\d一二三四五六七八九十百]")
_CADENCE = {"month": Grain.MONTH, "quarter": Grain.QUARTER, "year": Grain.YEAR}


def declared(site: Site, pair: Pair) -> Iterator[Finding]:
    """Everything that can be said of one target without any figure."""
    for check in (_owned, _explained, _vague, _fine, _possible, _within_limit, _no_step_back, _weighs, _timed, _ends):
        yield from check(site, pair)


def _owned(site: Site, pair: Pair) -> Iterator[Finding]:
    if not (pair.target.owner or pair.product.owner or pair.indicator.owner):
        what = f"nobody owns {pair.name}"
        yield found(site, "T-S1", "error", "no-owner", what, pair.path)


def _explained(site: Site, pair: Pair) -> Iterator[Finding]:
    if not pair.indicator.meaning and not site.bodies.get(f"indicators/{pair.indicator_id}"):
        what = f"the key indicator '{pair.indicator_id}' has no 'meaning' text"
        yield found(site, "T-S1", "warning", "no-meaning", what, ("indicators", pair.indicator_id))


def _vague(site: Site, pair: Pair) -> Iterator[Finding]:
    texts = [text for _, text in pair.target.rationale.values]
    if any(_NUMBER.search(text) for text in texts):
        return
    word = next((word for word in VAGUE for text in texts if word in text.lower()), "")
    if word:
        what = f"the rationale of '{pair.indicator_id}' says '{word}' and no number"
        yield found(site, "T-S2", "warning", "vague", what, (*pair.path, "rationale"), word=word)


def _fine(site: Site, pair: Pair) -> Iterator[Finding]:
    decimals = pair.indicator.decimals
    unit = 10.0**-decimals
    for bound in dict.fromkeys(pair.numbers):
        if abs(steps(np.array(bound), np.array(decimals)).item() * unit - bound) > unit * 1e-6:
            what = f"the target {bound:g} of '{pair.indicator_id}' has more than {decimals} decimals"
            yield found(site, "T-M2", "warning", "fine", what, (*pair.path, "target"), target=bound)
    tolerance = pair.target.tolerance
    if tolerance is not None and tolerance < unit / 2:
        what = f"the tolerance {tolerance:g} of '{pair.indicator_id}' is below half of its last decimal ({unit:g})"
        yield found(site, "T-M2", "warning", "narrow", what, (*pair.path, "tolerance"), tolerance=tolerance)


def _possible(site: Site, pair: Pair) -> Iterator[Finding]:
    low, high = pair.indicator.bounds
    if pair.target.basis != "period":
        return
    for bound in dict.fromkeys(pair.numbers):
        if (low is not None and bound < low) or (high is not None and bound > high):
            what = f"the target {bound:g} of '{pair.indicator_id}' lies outside its bounds {_span(low, high)}"
            yield found(site, "T-A1", "error", "outside", what, (*pair.path, "target"), target=bound)


def _within_limit(site: Site, pair: Pair) -> Iterator[Finding]:
    limit = pair.indicator.limit
    if limit is None:
        return
    low, high = min(pair.numbers), max(pair.numbers)
    if (limit.side == "max" and high > limit.value) or (limit.side == "min" and low < limit.value):
        bound = high if limit.side == "max" else low
        what = f"the target {bound:g} of '{pair.indicator_id}' is weaker than the regulatory limit {limit.value:g}"
        facts = {"target": bound, "limit": limit.value}
        yield found(site, "T-R1", "error", "over-limit", what, (*pair.path, "target"), **facts)


def _no_step_back(site: Site, pair: Pair) -> Iterator[Finding]:
    baseline, wanted = pair.target.baseline, pair.target.target
    if baseline is None or isinstance(wanted, tuple) or pair.target.rationale:
        return
    sign = -1 if pair.indicator.direction == "lower" else 1
    if sign * (wanted - baseline.value) < 0:
        what = f"the target {wanted:g} of '{pair.indicator_id}' is weaker than its baseline {baseline.value:g}"
        facts = {"target": wanted, "baseline": baseline.value}
        yield found(site, "T-R1", "warning", "step-back", what, (*pair.path, "target"), **facts)


def _weighs(site: Site, pair: Pair) -> Iterator[Finding]:
    if not pair.target.weight:
        what = f"{pair.name} has the weight 0"
        yield found(site, "T-R2", "warning", "weightless", what, (*pair.path, "weight"))


def _timed(site: Site, pair: Pair) -> Iterator[Finding]:
    target, id_ = pair.target, pair.indicator_id

    def finding(level: Level, kind: str, what: str, **facts: str | float) -> Finding:
        return found(site, "T-T1", level, kind, f"the target of '{id_}' {what}", (*pair.path, "by"), **facts)

    if target.by is None:
        # A table ends with the month of its last number.
        if target.path != "table":
            yield finding("warning", "no-month", "does not say by when it is to be met")
        return
    by = target.by.label
    if target.approved_on and target.by.last_day < target.approved_on:
        yield finding("error", "before-approval", f"is due in {by}, before its approval on {target.approved_on}", by=by)
    cadence = _CADENCE[pair.indicator.cadence]
    if target.by.at(cadence).last_month != target.by.last_month:
        yield finding("warning", "no-period-end", f"is due in {by}, which ends no {cadence}", by=by)
    away = target.by.number - _begins(site, target).number
    if away > FARTHEST:
        yield finding("warning", "far", f"lies {away} months ahead", by=by, months=away)
    goes_on = pair.product.lives_in(site.report.period)
    if target.by < site.report.period and pair.at == len(pair.targets) - 1 and goes_on:
        yield finding("warning", "past", f"was due in {by} and has no successor", by=by)


def _begins(site: Site, target: Target) -> Period:
    """The month that a target is looked at from: its approval, its start, its baseline, else the report's period."""
    if target.approved_on:
        return Period(Grain.MONTH, target.approved_on.year * 12 + target.approved_on.month - 1)
    return target.from_ or (target.baseline.period if target.baseline else site.report.period)


def _span(low: float | None, high: float | None) -> str:
    return f"{'' if low is None else f'{low:g}'}..{'' if high is None else f'{high:g}'}"


def _ends(site: Site, pair: Pair) -> Iterator[Finding]:
    """Months of a target that lie beyond the last one of its product."""
    ended, target = pair.product.ended, pair.target
    if ended is None:
        return
    for key, month in {"from": target.from_, "until": target.until, "by": target.by}.items():
        if month is not None and month > ended:
            what = f"'{key}' of {pair.name} is {month}, after the product ends in {ended}"
            yield found(
                site, "T-T2", "warning", "beyond-end", what, (*pair.path, key), month=str(month), end=str(ended)
            )
