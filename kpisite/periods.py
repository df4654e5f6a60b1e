"""Periods as values: parse, label, order and count them, on calendar or fiscal years."""

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Grain(StrEnum):
    """How long a period is; ytd is a month together with all months of its year before it."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    YTD = "ytd"


# Months in one period of the grains that are made of months (ytd varies, see Period.months).
MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.HALF: 6, Grain.YEAR: 12}
# The order in which files and pages list grains.
GRAIN_ORDER = (Grain.MONTH, Grain.QUARTER, Grain.HALF, Grain.YEAR, Grain.YTD)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period: its grain and its number.

    The number counts periods from year 0 of the (fiscal) calendar: months are year*12 + month-1 of the
    calendar, quarters, halves and years are counted in fiscal years, ytd carries the number of its last month,
    days and weeks are proleptic ordinals (weeks by their Monday // 7).
    A fiscal year is named by the calendar year in which it ends.
    """

    grain: Grain
    number: int
    fiscal_start: int = 1

    @property
    def label(self) -> str:
        """2025-12, 2025-Q4, 2025-H2, 2025, 2025-12 YTD, 2025-W36 or 2025-12-31."""
        match self.grain:
            case Grain.MONTH:
                return f"{self.number // 12:04d}-{self.number % 12 + 1:02d}"
            case Grain.YTD:
                return f"{self.number // 12:04d}-{self.number % 12 + 1:02d} YTD"
            case Grain.QUARTER:
                return f"{self.number // 4:04d}-Q{self.number % 4 + 1}"
            case Grain.HALF:
                return f"{self.number // 2:04d}-H{self.number % 2 + 1}"
            case Grain.YEAR:
                return f"{self.number:04d}"
            case Grain.WEEK:
                year, week, _ = dt.date.fromordinal(self.number * 7 + 1).isocalendar()
                return f"{year:04d}-W{week:02d}"
            case Grain.DAY:
                return dt.date.fromordinal(self.number).isoformat()

    def __str__(self) -> str:
        """Print the label."""
        return self.label

    @property
    def _shift(self) -> int:
        """Months from a calendar month's number to its number on the fiscal calendar."""
        return (13 - self.fiscal_start) % 12

    @property
    def last_month(self) -> int:
        """The number of the last calendar month of a month, quarter, half, year or ytd."""
        if self.grain in (Grain.MONTH, Grain.YTD):
            return self.number
        size = MONTHS[self.grain]
        return self.number * size + size - 1 - self._shift

    @property
    def first_month(self) -> int:
        """The number of the first calendar month of a month, quarter, half, year or ytd."""
        if self.grain is Grain.YTD:
            return (self.number + self._shift) // 12 * 12 - self._shift
        return self.last_month - MONTHS[self.grain] + 1

    @property
    def months(self) -> int:
        """How many months the period holds."""
        return self.last_month - self.first_month + 1

    @property
    def last_day(self) -> dt.date:
        """The last calendar day of the period."""
        if self.grain is Grain.DAY:
            return dt.date.fromordinal(self.number)
        if self.grain is Grain.WEEK:
            return dt.date.fromordinal(self.number * 7 + 7)
        year, month = divmod(self.last_month, 12)
        return dt.date(year, month + 1, calendar.monthrange(year, month + 1)[1])

    def at(self, grain: Grain) -> "Period":
        """The period of another month-based grain that this period's last month lies in."""
        return of_month(self.last_month, grain, self.fiscal_start)

    def plus(self, count: int) -> "Period":
        """The period so many periods of the same grain later."""
        return Period(self.grain, self.number + count, self.fiscal_start)


def of_month(month: int, grain: Grain = Grain.MONTH, fiscal_start: int = 1) -> Period:
    """The period of a month-based grain that holds this calendar month (its number, year*12 + month-1)."""
    if grain in (Grain.MONTH, Grain.YTD):
        return Period(grain, month, fiscal_start)
    return Period(grain, (month + (13 - fiscal_start) % 12) // MONTHS[grain], fiscal_start)


def month(year: int, number: int) -> Period:
    """The calendar month, number 1..12."""
    return Period(Grain.MONTH, year * 12 + number - 1)


def span(grain: Grain, first_month: int, last_month: int, fiscal_start: int = 1) -> tuple[Period, ...]:
    """All periods of a grain that lie whole within these months, in order; ytd gives one for each month."""
    first = of_month(first_month, grain, fiscal_start)
    if grain is not Grain.YTD and first.first_month < first_month:
        first = first.plus(1)
    periods = []
    while first.last_month <= last_month:
        periods.append(first)
        first = first.plus(1)
    return tuple(periods)


_YEAR = r"(?P<y>\d{4})"
_MONTH = r"(?P<m>0?[1-9]|1[0-2])"
_DAY = r"(?P<d>0?[1-9]|[12]\d|3[01])"
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4}
_SPELLINGS = tuple(
    (re.compile(pattern), grain)
    for pattern, grain in (
        (rf"{_YEAR}[-/.]?(?P<m>0[1-9]|1[0-2])[-/.]?(?P<d>0[1-9]|[12]\d|3[01])", Grain.DAY),
        (rf"{_YEAR}[-/]{_MONTH}[-/]{_DAY}(?:[T ]00:00(?::00(?:\.0+)?)?)?", Grain.DAY),
        (rf"{_YEAR}年{_MONTH}月{_DAY}日", Grain.DAY),
        (rf"{_YEAR}[-/]{_MONTH}", Grain.MONTH),
        (rf"{_YEAR}\.(?P<m>0[1-9]|1[0-2])", Grain.MONTH),
        (rf"{_YEAR}(?P<m>0[1-9]|1[0-2])", Grain.MONTH),
        (rf"{_YEAR}M{_MONTH}", Grain.MONTH),
        (rf"{_YEAR}-M{_MONTH}", Grain.MONTH),
        (rf"{_YEAR}年{_MONTH}月份?", Grain.MONTH),
        (rf"{_YEAR}-?Q(?P<q>[1-4])", Grain.QUARTER),
        (r"Q(?P<q>[1-4])[ -]?(?P<y>\d{4})", Grain.QUARTER),
        (rf"{_YEAR}年第?(?P<q>[1-4一二三四])季度?", Grain.QUARTER),
        (rf"{_YEAR}-?H(?P<h>[12])", Grain.HALF),
        (rf"{_YEAR}年(?P<h>[上下])半年", Grain.HALF),
        (rf"{_YEAR}-?W(?P<w>0[1-9]|[1-4]\d|5[0-3])", Grain.WEEK),
        (rf"(?:FY)?{_YEAR}年?", Grain.YEAR),
        (rf"{_YEAR}-(?P<m>0[1-9]|1[0-2]) YTD", Grain.YTD),
    )
)
_HINTS = (
    (
        re.compile(r"[A-Za-z]{3}[-/ ]\d{2}|\d{1,2}[-/ ][A-Za-z]{3}"),
        "A spreadsheet has shortened it; format the column as text and write 2025-09.",
    ),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}"), "Day and month cannot be told apart; write 2025-09-30."),
    (re.compile(r"\d{4}\.\d"), "January or October? Write 2025-01 or 2025-10."),
    (
        re.compile(r"\d{5}"),
        "It looks like a spreadsheet's serial date; format the column as text and write 2025-09-30.",
    ),
)


class PeriodError(ValueError):
    """A text that is no period; hint says how to write it."""

    def __init__(self, text: str, hint: str) -> None:
        """Keep the author's spelling and the hint."""
        self.hint = hint
        super().__init__(f"'{text}' is not a period")


def parse(text: str, fiscal_start: int = 1) -> Period:
    """Read one label, also with full-width digits or in Chinese; raise PeriodError for anything doubtful."""
    folded = unicodedata.normalize("NFKC", text).strip()
    for pattern, grain in _SPELLINGS:
        found = pattern.fullmatch(folded)
        if found:
            return _build(grain, found.groupdict(), folded, fiscal_start)
    for pattern, hint in _HINTS:
        if pattern.fullmatch(folded):
            raise PeriodError(text, hint)
    raise PeriodError(text, "Write 2025-09, 2025-Q3, 2025-H2, 2025 or 2025-09-30.")


def _build(grain: Grain, parts: dict[str, str | None], text: str, fiscal_start: int) -> Period:
    year = int(parts["y"] or 0)
    match grain:
        case Grain.DAY:
            try:
                day = dt.date(year, int(parts["m"] or 0), int(parts["d"] or 0))
            except ValueError as error:
                raise PeriodError(text, "There is no such day in the calendar.") from error
            return Period(grain, day.toordinal(), fiscal_start)
        case Grain.WEEK:
            try:
                monday = dt.date.fromisocalendar(year, int(parts["w"] or 0), 1)
            except ValueError as error:
                raise PeriodError(text, "There is no such week in the calendar.") from error
            return Period(grain, monday.toordinal() // 7, fiscal_start)
        case Grain.MONTH | Grain.YTD:
            return Period(grain, year * 12 + int(parts["m"] or 0) - 1, fiscal_start)
        case Grain.QUARTER:
            quarter = parts["q"] or ""
            return Period(grain, year * 4 + (_CHINESE.get(quarter) or int(quarter)) - 1, fiscal_start)
        case Grain.HALF:
            return Period(grain, year * 2 + (parts["h"] in ("2", "下")), fiscal_start)
        case _:
            return Period(grain, year, fiscal_start)
