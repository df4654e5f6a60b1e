"""Do the numbers of a target fit its indicator: one or a range, their tolerance, and the order of the anchors?"""

from collections.abc import Iterator
from itertools import pairwise

from kpisite.declare.draft import Draft
from kpisite.declare.model import Indicator, Path, Site, Target
from kpisite.errors import Problems
from kpisite.periods import Grain, Period

# From the worst to the best.
ANCHORS = ("floor", "amber", "target", "stretch")
# Computed levels are as exact as authors write them.
_DIGITS = 9


def check_numbers(site: Site, target: Target, indicator: str, path: Path, draft: Draft, problems: Problems) -> None:
    """Check one target against its indicator, in every month that it rules."""
    declared = site.indicators[indicator]
    _check_shape(target, declared, indicator, path, draft, problems)
    _check_basis(target, declared, indicator, path, draft, problems)
    _check_order(site, target, indicator, path, draft, problems)
    _check_zero(target, indicator, path, draft, problems)


def _check_zero(target: Target, indicator: str, path: Path, draft: Draft, problems: Problems) -> None:
    """The tolerance that follows from a target is a share of it in each month, and a share of 0 is none."""
    if target.tolerance is not None or target.amber is not None:
        return
    bounds = [bound for level in target.levels for bound in (level if isinstance(level, tuple) else (level,))]
    when = "" if 0 in bounds else next((f" in {month}" for month, level in _line(target) if level == 0), None)
    if when is not None:
        what = f"the target of '{indicator}' is 0{when} and has no tolerance"
        hint = "Add 'tolerance'; a share of 0 is no tolerance."
        problems.error(draft.place(*path, "target"), what, hint, "zero-target-needs-tolerance")


def _check_shape(
    target: Target, declared: Indicator, indicator: str, path: Path, draft: Draft, problems: Problems
) -> None:
    ranged = declared.direction == "range"
    if ranged and any(not isinstance(level, tuple) for level in target.levels):
        what = f"'{indicator}' has the direction 'range', but one number as its target"
        problems.error(draft.place(*path, "target"), what, "Write [low, high].", "target-range")
    if not ranged and any(isinstance(level, tuple) for level in target.levels):
        what = f"'{indicator}' has the direction '{declared.direction}', but a range as its target"
        problems.error(draft.place(*path, "target"), what, "Write one number.", "target-range")


def _check_basis(
    target: Target, declared: Indicator, indicator: str, path: Path, draft: Draft, problems: Problems
) -> None:
    """The number of a whole year is spread over months only where months add up to the year."""
    if target.path == "profile" and (declared.kind in ("stock", "duration") or declared.builtin):
        what = f"'{indicator}' does not add up over the months, so its target has no profile"
        problems.error(draft.place(*path, "path"), what, "Write the target of each period.", "target-profile")
    if target.basis == "ytd" and target.path == "flat" and declared.kind == "flow":
        what = f"'{indicator}' grows over the year, and its target of the year to date does not"
        hint = "Write 'values' month by month, or the number of the whole year with 'basis: year'."
        problems.error(draft.place(*path, "basis"), what, hint, "target-basis")


def _check_order(site: Site, target: Target, indicator: str, path: Path, draft: Draft, problems: Problems) -> None:
    """Floor, amber limit, target and stretch follow each other the way that is better, in every month."""
    direction = site.indicators[indicator].direction
    if direction == "range" or all(getattr(target, name) is None for name in ANCHORS if name != "target"):
        return
    sign, told = -1 if direction == "lower" else 1, set()
    hint = f"Where {direction} is better they go floor, amber, target, stretch."
    for month, level in _levels(target, site.indicators[indicator]):
        known = _anchors(site, target, level, sign)
        for worse, better in pairwise(known):
            if sign * known[worse] < sign * known[better] or (worse, better) in told:
                continue
            told.add((worse, better))
            first, second = (_named(target, name, known[name], month) for name in (worse, better))
            key = worse if worse in ("floor", "amber") and getattr(target, worse) is not None else better
            what = f"{first} is not worse than {second} of '{indicator}'"
            problems.error(draft.place(*path, key), what, hint, "anchor-order")


def _anchors(site: Site, target: Target, level: float, sign: int) -> dict[str, float]:
    """The anchors of a target at a level, from the worst to the best; amber where it ends a tolerance away."""
    known = {name: number for name in ANCHORS if (number := getattr(target, name)) is not None} | {"target": level}
    if "floor" in known and "amber" not in known and sign * known["floor"] < sign * level:
        share = site.scoring.default_tolerance * abs(level)
        known["amber"] = round(level - sign * (share if target.tolerance is None else target.tolerance), _DIGITS)
    return {name: known[name] for name in ANCHORS if name in known}


def _named(target: Target, name: str, number: float, month: str) -> str:
    """An anchor with its number, and the month in which it is so where it is not always."""
    follows = name == "target" or getattr(target, name) is None
    return f"'{name}' ({number:g}{f' in {month}' if month and follows else ''})"


def _levels(target: Target, declared: Indicator) -> Iterator[tuple[str, float]]:
    """The final number, and those of other months with the month; of a year to date that grows only the final one."""
    if isinstance(target.target, tuple):
        return
    yield "", target.target
    if target.basis == "ytd" and declared.kind == "flow":
        return
    for month, level in (target.steps or target.values).items():
        if not isinstance(level, tuple):
            yield month.label, level
    yield from _line(target)


def _line(target: Target) -> Iterator[tuple[str, float]]:
    """What a straight path wants in each month that the target rules, up to the agreed one."""
    baseline, by, final = target.baseline, target.by, target.target
    if target.path != "linear" or baseline is None or by is None or isinstance(final, tuple):
        return
    start, end = baseline.period.number, by.number
    first = max(start, target.from_.number) if target.from_ else start
    last = min(end, target.until.number) if target.until else end
    for number in range(first, last + 1):
        level = baseline.value + (final - baseline.value) * (number - start) / (end - start)
        yield Period(Grain.MONTH, number).label, round(level, _DIGITS)
