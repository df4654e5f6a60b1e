"""The first months of a period, where the others have not arrived: what a provisional figure is made of."""

from dataclasses import dataclass

from kpisite.periods import Grain, Period


@dataclass(frozen=True, slots=True)
class Begun(Period):
    """A period that ends after its first `count` months; so do those it is compared with."""

    count: int = 0

    @property
    def whole(self) -> Period:
        """The same period with all its months."""
        return Period(self.grain, self.number, self.fiscal_start)

    @property
    def label(self) -> str:
        """The period's label and what of it is meant: 2025-Q4 (2/3)."""
        return f"{self.whole.label} ({self.count}/{self.whole.months})"

    @property
    def first_month(self) -> int:
        """The number of the first month."""
        return self.whole.first_month

    @property
    def last_month(self) -> int:
        """The number of the last month that is meant."""
        return self.whole.first_month + self.count - 1

    def plus(self, count: int) -> "Begun":
        """The same months of the period so many periods later."""
        return Begun(self.grain, self.number + count, self.fiscal_start, self.count)


def begun(period: Period, months: int) -> Period:
    """The first months of a period; of a year to date, the year up to the last of them."""
    if months in (0, period.months):
        return period
    if period.grain is Grain.YTD:
        return period.plus(months - period.months)
    return Begun(period.grain, period.number, period.fiscal_start, months)
