"""Labels of products, periods and days of delivery: each distinct one is read once."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpisite.declare.model import Site, Source
from kpisite.errors import did_you_mean
from kpisite.load.header import fold
from kpisite.load.values import order_hint
from kpisite.periods import Grain, Period, PeriodError, parse


@dataclass(frozen=True, slots=True)
class BadLabel:
    """A label that means nothing here, and what to do about it."""

    what: str
    hint: str


@dataclass(frozen=True, slots=True)
class PeriodLabel:
    """What a period's label means: its last month, and the day where it is a day or a week (0 = it is neither)."""

    grain: Grain
    month: int
    day: int = 0
    name: str = ""  # its label as we write it


def product_numbers(site: Site) -> dict[str, int]:
    """The products in their order (as declared where the order is the same), numbered from 0."""
    ids = sorted(site.products, key=lambda id_: site.products[id_].order)
    return {id_: number for number, id_ in enumerate(ids)}


def product_labels(site: Site) -> dict[str, int]:
    """What data may call each product, its id or one of its codes, and the product's number."""
    numbers = product_numbers(site)
    return numbers | {fold(code): numbers[id_] for id_ in numbers for code in site.products[id_].codes}


# A cumulated figure is none of one month.
NO_MONTHS = (Grain.YTD, Grain.T12)
# Days from a week's Monday to the day that decides its year and, here, its month.
THURSDAY = 3


def read_products(labels: Iterable[str], ids: Mapping[str, int]) -> tuple[dict[str, int], dict[str, BadLabel]]:
    """The number of each product's label, and the labels of products that are not declared."""
    good: dict[str, int] = {}
    bad: dict[str, BadLabel] = {}
    for label in sorted(labels):
        number = ids.get(fold(label))
        if number is not None:
            good[label] = number
        elif not fold(label):
            bad[label] = BadLabel("the row names no product", "Delete it, or fill in the product.")
        else:
            bad[label] = BadLabel(f"the product '{label}' is not declared", did_you_mean(label, ids))
    return good, bad


def read_periods(
    labels: Iterable[str], source: Source, fiscal_start: int
) -> tuple[dict[str, PeriodLabel], dict[str, BadLabel]]:
    """What each period's label means, and the labels that mean nothing; one of an undeclared grain is in neither."""
    good: dict[str, PeriodLabel] = {}
    bad: dict[str, BadLabel] = {}
    for label in sorted(labels):
        try:
            period = parse(label, fiscal_start, source.date_format)
        except PeriodError as error:
            bad[label] = BadLabel(str(error), order_hint(label, error.hint))
            continue
        if source.grain not in (None, period.grain):
            continue
        if period.grain in NO_MONTHS:
            bad[label] = BadLabel(f"'{label}' cannot be put into months", "Deliver days, months, quarters or years.")
        elif period.grain is Grain.WEEK and source.weeks == "refuse":
            bad[label] = BadLabel(
                f"'{label}' is a week, and weeks cross the ends of months",
                "Declare 'weeks: thursday' to count a week in the month of its Thursday, or deliver days.",
            )
        else:
            good[label] = _placed(period)
    return _of_one_length(good, bad)


def _placed(period: Period) -> PeriodLabel:
    if period.grain is Grain.DAY:
        return _on(period, period.last_day)
    if period.grain is Grain.WEEK:
        return _on(period, period.first_day + dt.timedelta(days=THURSDAY))
    return PeriodLabel(period.grain, period.last_month, name=period.label)


def _on(period: Period, day: dt.date) -> PeriodLabel:
    return PeriodLabel(period.grain, day.year * 12 + day.month - 1, day.toordinal(), period.label)


def _of_one_length(
    good: dict[str, PeriodLabel], bad: dict[str, BadLabel]
) -> tuple[dict[str, PeriodLabel], dict[str, BadLabel]]:
    """Periods of different length would be counted twice: the rarer ones are refused."""
    grains = Counter(read.grain for read in good.values())
    if len(grains) < 2:
        return good, bad
    usual = min(grains, key=lambda grain: (-grains[grain], grain))
    example = next(label for label, read in good.items() if read.grain is usual)
    for label, read in good.items():
        if read.grain is not usual:
            what = f"'{label}' is a {read.grain}, but most periods here are a {usual} like '{example}'"
            bad[label] = BadLabel(what, f"Declare 'grain: {usual}' to read those only, or keep them in two sources.")
    return {label: read for label, read in good.items() if label not in bad}, bad


def read_days(labels: Iterable[str]) -> tuple[dict[str, int], dict[str, BadLabel]]:
    """The day (date ordinal) of each label; a period stands for its last day."""
    good: dict[str, int] = {}
    bad: dict[str, BadLabel] = {}
    for label in sorted(labels):
        try:
            good[label] = parse(label).last_day.toordinal()
        except PeriodError as error:
            bad[label] = BadLabel(f"'{label}' is no day of delivery", error.hint)
    return good, bad
