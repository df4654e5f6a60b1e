"""Do the numbers of a target fit its indicator: one or a range, their tolerance, and the order of the anchors?"""

from itertools import pairwise

from kpisite.declare.draft import Draft
from kpisite.declare.model import Indicator, Path, Target
from kpisite.errors import Problems

# From the worst to the best.
ANCHORS = ("floor", "amber", "target", "stretch")


def check_numbers(
    target: Target, declared: Indicator, indicator: str, path: Path, draft: Draft, problems: Problems
) -> None:
    """Check one target against its indicator."""
    _check_shape(target, declared, indicator, path, draft, problems)
    _check_basis(target, declared, indicator, path, draft, problems)
    _check_order(target, declared, indicator, path, draft, problems)
    bounds = [bound for level in target.levels for bound in (level if isinstance(level, tuple) else (level,))]
    if target.tolerance is None and target.amber is None and 0 in bounds:
        what = f"the target of '{indicator}' is 0 and has no tolerance"
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


def _check_order(
    target: Target, declared: Indicator, indicator: str, path: Path, draft: Draft, problems: Problems
) -> None:
    """Floor, amber limit, target and stretch follow each other the way that is better."""
    if isinstance(target.target, tuple) or declared.direction == "range":
        return
    sign = -1 if declared.direction == "lower" else 1
    written = [(name, getattr(target, name)) for name in ANCHORS]
    known = [(name, sign * number) for name, number in written if number is not None]
    for (worse, low), (better, high) in pairwise(known):
        if low >= high:
            what = f"'{worse}' ({sign * low:g}) is not worse than '{better}' ({sign * high:g}) of '{indicator}'"
            hint = f"Where {declared.direction} is better they go floor, amber, target, stretch."
            problems.error(draft.place(*path, worse if worse != "target" else better), what, hint, "anchor-order")
