"""Periods as values: parse, label, order and count them, on calendar or fiscal years."""

import calendar
import datetime as dt
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum


class Grain(StrEnum):
    """How long a period is; ytd is a month with all months of its year before it, t12 with the eleven before it."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    YTD = "ytd"
    T12 = "t12"


# Months in one period of the grains that cut the calendar up (ytd and t12 overlap, see Period.months).
MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.HALF: 6, Grain.YEAR: 12}
# The order in which files and pages list grains.
GRAIN_ORDER = (Grain.MONTH, Grain.QUARTER, Grain.HALF, Grain.YEAR, Grain.YTD, Grain.T12)
# Grains of which one period ends in every month; each carries the number of its last month.
MONTHLY = (Grain.MONTH, Grain.YTD, Grain.T12)
TRAILING = 12


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period: its grain and its number.

    The number counts periods from year 0 of the (fiscal) calendar: months are year*12 + month-1 of the
    calendar, quarters, halves and years are counted in fiscal years, ytd and t12 carry the number of their last month,
    days and weeks are proleptic ordinals (weeks by their Monday // 7).
    A fiscal year is named by the calendar year in which it ends.
    """

    grain: Grain
    number: int
    fiscal_start: int = 1

    @property
    def label(self) -> str:
        """2025-12, 2025-Q4, 2025-H2, 2025, 2025-12 YTD, 2025-12 T12, 2025-W36 or 2025-12-31."""
        match self.grain:
            case Grain.MONTH:
                return f"{self.number // 12:04d}-{self.number % 12 + 1:02d}"
            case Grain.YTD | Grain.T12:
                return f"{self.number // 12:04d}-{self.number % 12 + 1:02d} {self.grain.upper()}"
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
        """The number of the last calendar month of a period that is made of months."""
        if self.grain in MONTHLY:
            return self.number
        size = MONTHS[self.grain]
        return self.number * size + size - 1 - self._shift

    @property
    def first_month(self) -> int:
        """The number of the first calendar month of a period that is made of months."""
        if self.grain is Grain.T12:
            return self.number - TRAILING + 1
        if self.grain is Grain.YTD:
            return (self.number + self._shift) // 12 * 12 - self._shift
        return self.last_month - MONTHS[self.grain] + 1

    @property
    def months(self) -> int:
        """How many months the period holds."""
        return self.last_month - self.first_month + 1

    @property
    def first_day(self) -> dt.date:
        """The first calendar day of the period."""
        if self.grain is Grain.DAY:
            return dt.date.fromordinal(self.number)
        if self.grain is Grain.WEEK:
            return dt.date.fromordinal(self.number * 7 + 1)
        year, month = divmod(self.first_month, 12)
        return dt.date(year, month + 1, 1)

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
    if grain in MONTHLY:
        return Period(grain, month, fiscal_start)
    return Period(grain, (month + (13 - fiscal_start) % 12) // MONTHS[grain], fiscal_start)


def month(year: int, number: int) -> Period:
    """The calendar month, number 1..12."""
    return Period(Grain.MONTH, year * 12 + number - 1)


def span(grain: Grain, first_month: int, last_month: int, fiscal_start: int = 1) -> tuple[Period, ...]:
    """All periods of a grain that lie whole within these months, in order; ytd gives one for each month."""
    first = of_month(first_month + (TRAILING - 1 if grain is Grain.T12 else 0), grain, fiscal_start)
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
# A time of day behind a date says nothing about the day: it is the one that is written.
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?Z| ?[+-]\d{2}:?\d{2})?)?"
_SPELLINGS = tuple(
    (re.compile(pattern), grain)
    for pattern, grain in (
        (rf"{_YEAR}(?P<s>[-/.]?)(?P<m>0[1-9]|1[0-2])(?P=s)(?P<d>0[1-9]|[12]\d|3[01]){_TIME}", Grain.DAY),
        (rf"{_YEAR}(?P<s>[-/]){_MONTH}(?P=s){_DAY}{_TIME}", Grain.DAY),
        (rf"{_YEAR}年{_MONTH}月{_DAY}日{_TIME}", Grain.DAY),
        (rf"{_YEAR}[-/]{_MONTH}", Grain.MONTH),
        (rf"{_YEAR}\.(?P<m>0[1-9]|1[0-2])", Grain.MONTH),
        (rf"{_YEAR}(?P<m>0[1-9]|1[0-2])", Grain.MONTH),
        (rf"{_YEAR}M{_MONTH}", Grain.MONTH),
        (rf"{_YEAR}-M{_MONTH}", Grain.MONTH),
        (rf"{_YEAR}年{_MONTH}月份?", Grain.MONTH),
        (rf"{_YEAR}[- ]?Q(?P<q>[1-4])", Grain.QUARTER),
        (r"Q(?P<q>[1-4])[ -]?(?P<y>\d{4})", Grain.QUARTER),
        (rf"{_YEAR}年第?(?P<q>[1-4一二三四])季度?", Grain.QUARTER),
        (rf"{_YEAR}[- ]?[HS](?P<h>[12])", Grain.HALF),
        (r"H(?P<h>[12])[ -]?(?P<y>\d{4})", Grain.HALF),
        (rf"{_YEAR}年(?P<h>[上下])半年", Grain.HALF),
        (rf"{_YEAR}-?W(?P<w>0[1-9]|[1-4]\d|5[0-3])", Grain.WEEK),
        (rf"(?:FY ?)?{_YEAR}(?:年度?|-A1)?", Grain.YEAR),
        (rf"{_YEAR}-(?P<m>0[1-9]|1[0-2]) YTD", Grain.YTD),
        (rf"{_YEAR}-(?P<m>0[1-9]|1[0-2]) T12", Grain.T12),
    )
)
_HINTS = (
    (
        re.compile(r"[A-Za-z]{3}[-/ ]\d{2}|\d{1,2}[-/ ][A-Za-z]{3}"),
        "A spreadsheet has shortened it; format the column as text and write 2025-09.",
    ),
    (
        re.compile(r"\d{1,2}月(\d{1,2}日?)?"),
        "It has no year; a spreadsheet may have shortened it. Format the column as text and write 2025-09.",
    ),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}"), "Day and month cannot be told apart; write 2025-09-30."),
    (
        re.compile(r"第?[1-4一二三四]季度?|[上下]半年|(0?[1-9]|1[0-2])月份?|[QH][1-4]"),
        "The year is missing; write 2025-Q3, 2025-H2 or 2025-09.",
    ),
    (
        re.compile(r"'?\d{2}[-/.年]\d{1,2}月?([-/.]?\d{1,2}日?)?|'?\d{2}[- ]?[QH]\d|FY ?\d{2}|[QH]\d[- ]?\d{2}"),
        "Write the year with four digits, as in 2025-09.",
    ),
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


# How doubtful labels are read where an author declares what they are.
_ORDERS = {
    "day-first": re.compile(rf"(?P<d>\d{{1,2}})(?P<s>[-/.])(?P<m>\d{{1,2}})(?P=s)(?P<y>\d{{4}}){_TIME}"),
    "month-first": re.compile(rf"(?P<m>\d{{1,2}})(?P<s>[-/.])(?P<d>\d{{1,2}})(?P=s)(?P<y>\d{{4}}){_TIME}"),
}
# Day 0 of a spreadsheet; serials begin after its 29 February 1900, which never was.
_SERIAL = re.compile(r"(\d{2,6})(?:\.\d+)?")
_SERIAL_START = dt.date(1899, 12, 30)
_LEAST_SERIAL = 61


def parse(text: str, fiscal_start: int = 1, form: str = "label") -> Period:
    """Read one label, also with full-width digits or in Chinese; raise PeriodError for anything doubtful.

    `form` says what doubtful labels are: "day-first" or "month-first" dates, or a spreadsheet's serial days
    ("excel-serial"; then nothing else is read).
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if form == "excel-serial":
        return _serial(folded, text, fiscal_start)
    if form in _ORDERS and (dated := _ORDERS[form].fullmatch(folded)):
        return _build(Grain.DAY, dated.groupdict(), text, fiscal_start)
    for pattern, grain in _SPELLINGS:
        found = pattern.fullmatch(folded)
        if found:
            return _build(grain, found.groupdict(), folded, fiscal_start)
    for pattern, hint in _HINTS:
        if pattern.fullmatch(folded):
            raise PeriodError(text, hint)
    raise PeriodError(text, "Write 2025-09, 2025-Q3, 2025-H2, 2025 or 2025-09-30.")


def day_orders(text: str) -> tuple[str, ...]:
    """The forms, day-first or month-first, in which a text that is no period would be a day."""
    folded = unicodedata.normalize("NFKC", text).strip()
    found = []
    for form, pattern in _ORDERS.items():
        dated = pattern.fullmatch(folded)
        if dated:
            with suppress(PeriodError):
                _build(Grain.DAY, dated.groupdict(), text, 1)
                found.append(form)
    return tuple(found)


def _serial(folded: str, text: str, fiscal_start: int) -> Period:
    found = _SERIAL.fullmatch(folded)
    if not found or int(found[1]) < _LEAST_SERIAL:
        raise PeriodError(text, "The source declares a spreadsheet's serial days, like 45930.")
    day = _SERIAL_START + dt.timedelta(days=int(found[1]))
    return Period(Grain.DAY, day.toordinal(), fiscal_start)


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
        case Grain.MONTH | Grain.YTD | Grain.T12:
            return Period(grain, year * 12 + int(parts["m"] or 0) - 1, fiscal_start)
        case Grain.QUARTER:
            quarter = parts["q"] or ""
            return Period(grain, year * 4 + (_CHINESE.get(quarter) or int(quarter)) - 1, fiscal_start)
        case Grain.HALF:
            return Period(grain, year * 2 + (parts["h"] in ("2", "下")), fiscal_start)
        case _:
            return Period(grain, year, fiscal_start)
