"""Do targets fit their indicators, follow each other in time, and weigh 100 together?"""

import math

from kpisite.declare.draft import Draft
from kpisite.declare.model import Path, Product, Site, Target
from kpisite.errors import Problems
from kpisite.periods import Grain, Period

WHOLE_WEIGHT = 100
# Weights of thirds and sevenths are written with two decimals.
WEIGHT_SLACK = 0.01
# Before any month an author can write.
_BEGINNING = 0


def check_targets(site: Site, draft: Draft, problems: Problems) -> None:
    """Check the targets of every product, and those of the bank."""
    for id_, product in site.products.items():
        for indicator, targets in product.key.items():
            _check_history(site, indicator, targets, ("products", id_, "key", indicator), draft, problems)
        _check_weights(id_, product, draft, problems)
        _check_monitor(id_, product, draft, problems)
    for indicator, targets in site.bank.key.items():
        _check_history(site, indicator, targets, ("bank", "key", indicator), draft, problems)


def _check_history(
    site: Site, indicator: str, targets: tuple[Target, ...], path: Path, draft: Draft, problems: Problems
) -> None:
    declared = site.indicators.get(indicator)
    before: Period | None = None
    for number, target in enumerate(targets):
        here = (*path, number)
        if number and target.from_ is None:
            place = draft.place(*here)
            problems.error(
                place,
                f"the target number {number + 1} of '{indicator}' has no 'from'",
                "Write the month it begins in.",
                "target-from",
            )
        if before and target.from_ and target.from_ <= before:
            place = draft.place(*here, "from")
            what = f"the target from {target.from_} follows the one from {before}"
            problems.error(place, what, "Write the targets in the order of their months, one for each.", "target-order")
        before = target.from_ or before
        if declared:
            _check_value(target, declared.direction, indicator, here, draft, problems)


def _check_value(target: Target, direction: str, indicator: str, path: Path, draft: Draft, problems: Problems) -> None:
    low_and_high = target.target if isinstance(target.target, tuple) else None
    if direction == "range" and low_and_high is None:
        what = f"'{indicator}' has the direction 'range', but one number as its target"
        problems.error(draft.place(*path, "target"), what, "Write [low, high].", "target-range")
    if direction != "range" and low_and_high is not None:
        what = f"'{indicator}' has the direction '{direction}', but a range as its target"
        problems.error(draft.place(*path, "target"), what, "Write one number.", "target-range")
    if target.tolerance is None and 0 in (low_and_high or (target.target,)):
        what = f"the target of '{indicator}' is 0 and has no tolerance"
        hint = "Add 'tolerance'; a share of 0 is no tolerance."
        problems.error(draft.place(*path, "target"), what, hint, "zero-target-needs-tolerance")


def _check_weights(id_: str, product: Product, draft: Draft, problems: Problems) -> None:
    """Wherever a target takes over, the weights then in force are 100 together."""
    starts = sorted({_start(target) for targets in product.key.values() for target in targets})
    told = float(WHOLE_WEIGHT)
    for start in starts:
        weights = {indicator: _weight(targets, start) for indicator, targets in product.key.items()}
        total = round(math.fsum(weights.values()), 6)
        if round(abs(total - WHOLE_WEIGHT), 6) > WEIGHT_SLACK and total != told:
            since = _since(start, starts)
            what = f"the weights of the key indicators of '{id_}' sum to {total:g}{since}, not {WHOLE_WEIGHT}"
            hint = f"They are {', '.join(f'{indicator} {weight:g}' for indicator, weight in weights.items())}."
            problems.error(draft.key_place("products", id_, "key"), what, hint, "weights")
        told = total


def _since(start: int, starts: list[int]) -> str:
    if start != _BEGINNING:
        return f" from {Period(Grain.MONTH, start)} on"
    return f" before {Period(Grain.MONTH, starts[1])}" if len(starts) > 1 else ""


def _start(target: Target) -> int:
    return target.from_.number if target.from_ else _BEGINNING


def _weight(targets: tuple[Target, ...], month: int) -> float:
    """The weight in force in a month."""
    begun = [target.weight for target in targets if _start(target) <= month]
    return begun[-1] if begun else 0


def _check_monitor(id_: str, product: Product, draft: Draft, problems: Problems) -> None:
    seen = set(product.key)
    for number, indicator in enumerate(product.monitor):
        if indicator in seen:
            what = f"'{indicator}' is listed twice for '{id_}'"
            hint = "An indicator is either a key indicator or watched under 'monitor'."
            problems.error(draft.place("products", id_, "monitor", number), what, hint, "indicator-twice")
        seen.add(indicator)
