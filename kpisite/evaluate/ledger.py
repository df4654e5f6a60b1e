"""The measures behind the figures of one subject, read back from a report's inputs one period at a time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from kpisite.declare.model import Site
from kpisite.measure.inputs import Input, Inputs, Members
from kpisite.periods import Grain, Period, of_month


@dataclass(frozen=True, slots=True)
class Part:
    """What one product gave in one month."""

    product: str
    month: str
    value: float
    rows: int
    days: int = 0  # behind the average of a balance


@dataclass(frozen=True, slots=True)
class Use:
    """A measure at one period, as a formula takes it: its value (None: there is none), rows counted, and its parts."""

    measure: str
    period: str
    value: float | None
    rows: int
    parts: tuple[Part, ...]


@dataclass(slots=True)
class Ledger:
    """Looks measures up for some products together; every look is kept in `uses`, each measure and period once."""

    site: Site
    inputs: Inputs
    products: tuple[str, ...]  # all of the report, by position
    members: Members
    rolled: bool  # a line or the bank, not a product
    uses: dict[tuple[str, str], Use] = field(default_factory=dict)

    def measure(self, name: str, period: Period) -> float | None:
        """The measure over a period: flows added up, balances of the last month, anything else as it was asked for."""
        key = (name, period.label)
        if key not in self.uses:
            self.uses[key] = self._use(name, period)
        return self.uses[key].value

    def _use(self, name: str, period: Period) -> Use:
        one = self.inputs.measures.get(name)
        months = self._months(name, period)
        if one is None or months is None:
            return Use(name, period.label, None, 0, ())
        # A balance averaged over the period counts with those that are there at its end.
        end = months[-1] if one.days is not None else None
        cells = [
            (p, t) for p, since in self.members for t in months if since <= (t if end is None else end) <= self.until(p)
        ]
        parts = tuple(self._part(one, p, t) for p, t in cells if one.value[p, t] == one.value[p, t])
        whole = self._value(name, one, months, parts) if self._is_whole(one, cells, months) else None
        return Use(name, period.label, whole, sum(part.rows for part in parts), parts)

    def until(self, p: int) -> int:
        """The position of the last month in which a product counts."""
        ended = self.site.products[self.products[p]].ended
        return self.inputs.months if ended is None else ended.number - self.inputs.start

    def _part(self, one: Input, p: int, t: int) -> Part:
        days = int(one.days[p, t]) if one.days is not None else 0
        return Part(self.products[p], self.month(t).label, float(one.value[p, t]), int(one.rows[p, t]), days)

    def _months(self, name: str, period: Period) -> range | None:
        """The positions of the months that count; None where the measure cannot be had for such a period."""
        measure = self.site.measures[name]
        last = period.last_month - self.inputs.start
        first = period.first_month - self.inputs.start
        if measure.kind == "duration" and (first != last or self.rolled):
            return None
        if measure.kind == "stock" and measure.within != "average":
            first = last = first if measure.within == "first" else last
        return range(first, last + 1) if first >= 0 and last < self.inputs.months else None

    def _is_whole(self, one: Input, cells: list[tuple[int, int]], months: range) -> bool:
        """Is there a value in every month that is due, for every member that counts in it?"""
        due = [(p, t) for p, t in cells if (t + 1) % one.step == 0 or len(months) == 1]
        begun = {t for _, t in cells} == set(months)
        return begun and bool(due) and all(one.value[p, t] == one.value[p, t] for p, t in due)

    def _value(self, name: str, one: Input, months: range, parts: tuple[Part, ...]) -> float | None:
        if len(parts) == 1 and len(months) == 1:
            return parts[0].value
        if one.days is not None:
            return exact_sum(_average(group) for _, group in groupby(parts, key=lambda part: part.product))
        if one.additive or (self.site.measures[name].kind == "stock" and not self.rolled):
            return exact_sum(part.value for part in parts)
        who = self.members if self.rolled else ((self.members[0][0], int(one.first[self.members[0][0]])),)
        return self.inputs.asked.get((name, months[-1], len(months), who))

    def month(self, position: int) -> Period:
        """The month at a position of the inputs."""
        return of_month(position + self.inputs.start, Grain.MONTH, self.site.report.fiscal_year_starts)


def _average(parts: Iterable[Part]) -> float:
    """The average over all days, from those over the days of each month."""
    found = list(parts)
    return exact_sum(part.value * part.days for part in found) / sum(part.days for part in found)


def exact_sum(values: Iterable[float]) -> float:
    """The sum of decimal numbers, exact as long as they are written with some 15 digits."""
    return float(sum((Decimal(repr(value)) for value in values), Decimal(0)))
