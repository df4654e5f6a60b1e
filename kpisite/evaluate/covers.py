"""Which products a figure of a line or the bank is made of, and which of them its base does not hold."""

from dataclasses import dataclass

from kpisite.evaluate.working import Desk, ledger_of, worked
from kpisite.measure.expression import Call, walk
from kpisite.measure.versions import Version
from kpisite.periods import Period, parse

# What sets a period against an earlier one.
GROWTH = ("yoy", "qoq", "mom", "delta")
YEAR = 12


@dataclass(frozen=True, slots=True)
class Covered:
    """Products by position; of those that came after the base of a comparison had begun, also the month they came."""

    products: tuple[int, ...]
    joined: tuple[tuple[int, int], ...] = ()
    grows: bool = False  # the figure itself is a growth


def covered_by(found: Desk, s: int, period: Period) -> Covered:
    """The products of a line or the bank that deliver all that the formula in force needs, by the end of a period.

    Compared are the same months of the year before, and with growth in the formula also what that looks back to.
    """
    start = found.report.inputs.start
    members = ledger_of(found, s, found.version(period)).members
    came = {p: start + month for p, month in members if start + month <= period.last_month}
    grows = _grows(found.version(period))
    bases = [parse(use.period, period.fiscal_start) for use in worked(found, s, period).uses] if grows else []
    base = min((one.first_month for one in bases), default=period.first_month)
    base = min(base, period.first_month - YEAR)
    # What is there from the first month on may have been there before.
    joined = tuple((p, month) for p, month in came.items() if month > max(base, start))
    return Covered(tuple(came), joined, grows)


def _grows(version: Version) -> bool:
    return any(isinstance(one, Call) and one.name in GROWTH for one in walk(version.formula))
