"""Do targets fit their indicators, follow each other in time, and weigh 100 together?"""

import math

from kpisite.declare.check_anchors import check_numbers
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
        if not draft.some_targets:
            _check_weights(site, id_, product, draft, problems)
        _check_monitor(id_, product, draft, problems)
    for indicator, targets in site.bank.key.items():
        _check_history(site, indicator, targets, ("bank", "key", indicator), draft, problems)
    _doubt_zeros(site, draft, problems)


def _doubt_zeros(site: Site, draft: Draft, problems: Problems) -> None:
    """A target of zero has no attainment, which is told once for each indicator unless its rationale says why."""
    owners: list[tuple[Path, dict[str, tuple[Target, ...]]]] = [
        (("products", id_, "key"), product.key) for id_, product in site.products.items()
    ]
    found: dict[str, list[Path]] = {}
    for path, keys in [*owners, (("bank", "key"), site.bank.key)]:
        for indicator, targets in keys.items():
            zeros = (n for n, one in enumerate(targets) if _is_judged_by_difference(one) and not one.rationale)
            found.setdefault(indicator, []).extend((*path, indicator, n, "target") for n in zeros)
    for indicator, (first, *others) in ((id_, paths) for id_, paths in found.items() if paths):
        more = f", like {len(others)} more of its targets," if others else ""
        what = (
            f"the target of '{indicator}' is 0{more} and therefore has no attainment in per cent; "
            "it is judged by the difference, within its tolerance"
        )
        hint = "If 0 is meant, say why in its 'rationale'; else set another target."
        problems.warn(draft.place(*first), what, hint, "zero-target")


def _is_judged_by_difference(target: Target) -> bool:
    return 0 in target.levels and (target.tolerance is not None or target.amber is not None)


def _check_history(
    site: Site, indicator: str, targets: tuple[Target, ...], path: Path, draft: Draft, problems: Problems
) -> None:
    declared = site.indicators.get(indicator)
    for number, target in enumerate(targets):
        here = (*path, number)
        if number:
            _check_hand_over(indicator, targets[number - 1], target, here, draft, problems)
        _check_one_number(target, indicator, here, draft, problems)
        if declared:
            check_numbers(site, target, indicator, here, draft, problems)


def _check_one_number(target: Target, indicator: str, here: Path, draft: Draft, problems: Problems) -> None:
    """The numbers of months say what is wanted; one more beside them says it twice."""
    months = next((key for key in ("steps", "values") if (*here, key) in draft.marks), "")
    if months and (*here, "target") in draft.marks:
        what = f"'target' and '{months}' both say what is wanted of '{indicator}'"
        problems.error(draft.place(*here, "target"), what, f"Keep '{months}', or 'target' alone.", "target-twice")


def _check_hand_over(
    indicator: str, before: Target, target: Target, here: Path, draft: Draft, problems: Problems
) -> None:
    """Each target begins after the one before it, and after its end where it has one."""
    number = int(here[-1])
    previous = draft.place(*here[:-1], number - 1)
    if target.from_ is None:
        what = f"the target number {number + 1} of '{indicator}' has no 'from'"
        problems.error(draft.place(*here), what, "Write the month it begins in.", "target-from")
    elif before.from_ and target.from_ < before.from_:
        what = f"the target from {target.from_} follows the one from {before.from_}"
        hint = "Write the targets in the order of their months, one for each."
        problems.error(draft.place(*here, "from"), what, hint, "target-order")
    elif (before.until and target.from_ <= before.until) or target.from_ == before.from_:
        what = f"two targets of '{indicator}' rule in {target.from_}; the other is at {previous}"
        problems.error(draft.place(*here), what, "Let one end before the other begins.", "target-overlap")


def _check_weights(site: Site, id_: str, product: Product, draft: Draft, problems: Problems) -> None:
    """Wherever a target takes over, the weights then in force are 100 together."""
    reported = (site.report.through or site.report.period).number
    starts = sorted({month for targets in product.key.values() for one in targets for month in _turns(one, reported)})
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


def _turns(target: Target, reported: int) -> tuple[int, ...]:
    """The month in which a target's weight begins to count, and the one after its end if that is reported already."""
    ended = target.until is not None and target.until.number < reported
    return (_start(target), target.until.number + 1) if target.until and ended else (_start(target),)


def _weight(targets: tuple[Target, ...], month: int) -> float:
    """The weight in force in a month."""
    begun = [target for target in targets if _start(target) <= month]
    if not begun or (begun[-1].until and begun[-1].until.number < month):
        return 0
    return begun[-1].weight


def _check_monitor(id_: str, product: Product, draft: Draft, problems: Problems) -> None:
    seen = set(product.key)
    for number, indicator in enumerate(product.monitor):
        if indicator in seen:
            what = f"'{indicator}' is listed twice for '{id_}'"
            hint = "An indicator is either a key indicator or watched under 'monitor'."
            problems.error(draft.place("products", id_, "monitor", number), what, hint, "indicator-twice")
        seen.add(indicator)
