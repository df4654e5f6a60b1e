"""Text in several languages; numbers, units, periods and dates as each language writes them."""

import datetime as dt
import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from kpisite.periods import Grain, Period


@dataclass(frozen=True, slots=True)
class Text:
    """What an author wrote for readers: one string for all languages (key "") or one for each."""

    values: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, value: "str | dict[str, str] | Text") -> "Text":
        """Make a Text from a plain string or from {language: string}."""
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            return cls((("", value),))
        return cls(tuple(sorted(value.items())))

    def in_(self, language: str) -> str:
        """The text in this language; else the common one; else the first there is."""
        found = dict(self.values)
        first = self.values[0][1] if self.values else ""
        return found.get(language, found.get("", first))

    def __bool__(self) -> bool:
        """Is anything written at all?"""
        return any(text for _, text in self.values)

    def plain(self) -> str | dict[str, str]:
        """The form an author writes: a string, or {language: string}."""
        found = dict(self.values)
        return found[""] if set(found) == {""} else found


# Amounts are read, not added up: more digits than these hide the size.
SIGNIFICANT = 4
NEAR_TIE = 1e-9
COARSE = 2.0**50
SURE = 1e9


def half_up(value: float, decimals: int, factor: float = 1.0) -> Decimal:
    """The shortest decimal that reads back as this float, divided by the factor and rounded half up; never -0."""
    exact = Decimal(repr(float(value))) / Decimal(repr(float(factor)))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded.is_zero() else rounded


@dataclass(frozen=True, slots=True)
class UnitWords:
    """How one language writes figures of a unit, their differences, and a column's heading."""

    style: str  # number, money, percent or count
    name: str
    prefix: str = ""
    suffix: str = ""
    one: str = ""  # the suffix after exactly 1, where the language has one
    gap: str = ""  # the suffix of a difference: percentage points
    head: str = ""
    gap_head: str = ""


NO_UNIT = UnitWords("number", "")


@dataclass(frozen=True, slots=True)
class Column:
    """How all numbers of one column, or of one sentence, are printed: the same factor, decimals and unit."""

    unit: UnitWords
    decimals: int
    factor: float = 1.0
    scale: str = ""  # the word for the factor

    def steps(self, value: float) -> int:
        """The number that is shown for this value, counted in units of its last decimal: exact to add and compare."""
        scaled = abs(value) * 10.0**self.decimals / self.factor
        whole = math.floor(scaled)
        # Only near a tie, or where doubles are too coarse, do the decimal digits have to decide.
        if abs(scaled - whole - 0.5) <= NEAR_TIE + scaled * 1e-15 or scaled > COARSE:
            return int(half_up(value, self.decimals, self.factor).scaleb(self.decimals))
        whole += scaled - whole > 0.5
        return -whole if value < 0 else whole

    def many(self, values: Iterable[float]) -> list[int | None]:
        """The same for many values at once; None where there is none."""
        scale, found = 10.0**self.decimals / self.factor, list[int | None]()
        for value in values:
            if value != value:
                found.append(None)
                continue
            scaled = abs(value) * scale
            whole = int(scaled) if scaled < SURE else 0
            rest = scaled - whole
            # Clear of a tie: the short way and the exact one agree.
            if rest < 0.499 or 0.501 < rest < 1.5:
                whole += rest > 0.5
                found.append(-whole if value < 0 else whole)
            else:
                found.append(self.steps(value))
        return found

    def shown(self, steps: int) -> float:
        """The number that a reader sees, in the unit of the column."""
        return steps / 10.0**self.decimals

    @property
    def head(self) -> str:
        """The unit in the heading of a column of values."""
        return self._scaled(self.unit.head)

    @property
    def gap_head(self) -> str:
        """The unit in the heading of a column of differences."""
        return self._scaled(self.unit.gap_head or self.unit.head)

    def _scaled(self, unit: str) -> str:
        return f"{unit}{self.scale}" if self.unit.prefix else f"{self.scale.strip()}{unit}"


# Numbers without a unit, by their decimals; no column needs more than these.
PLAIN = tuple(Column(NO_UNIT, decimals) for decimals in range(24))
# More numbers of one form are not kept in mind.
_MOST_TEXTS = 1 << 16
_FORMS = tuple((10.0**decimals, f",.{decimals}f") for decimals in range(24))


@dataclass(frozen=True, slots=True)
class Tongue:
    """How one language writes numbers, units, periods and dates; made from a theme's texts by `tongue`."""

    language: str
    minus: str
    plus: str
    dash: str
    to: str
    scales: Mapping[str, tuple[tuple[float, float, str], ...]]  # style -> (from, divided by, word), the largest first
    least_decimals: int  # of a scaled number
    units: Mapping[str, UnitWords]
    periods: Mapping[str, str]
    months: tuple[str, ...]
    quarters: tuple[str, ...]
    halves: tuple[str, ...]
    day: str
    said: dict[Period, str] = field(default_factory=dict, compare=False)  # the words of periods

    def unit(self, id_: str) -> UnitWords:
        """The words of a unit; a unit nobody has described stands behind the number as it is."""
        found = self.units.get(id_)
        return found if found else UnitWords("number", id_, suffix=f" {id_}", head=id_)

    def column(self, values: Iterable[float], unit: str, decimals: int, *, prose: bool = False) -> Column:
        """Choose one factor and one number of decimals for these values: by their median magnitude.

        Counts stay whole in tables and are shortened in prose. Amounts keep four significant digits, and more only
        where two different values would otherwise look the same.
        """
        words = self.unit(unit)
        if words.style not in self.scales or (words.style == "count" and not prose):
            return Column(words, decimals)
        known = [v for v in values if math.isfinite(v)]
        if not any(known):
            return Column(words, decimals)
        middle = statistics.median_low([abs(v) for v in known if v])
        factor, scale = self._scale(words.style, middle)
        return Column(words, self._digits(known, middle, factor, decimals), factor, scale)

    def _scale(self, style: str, size: float) -> tuple[float, str]:
        shown = float(f"{size:.{SIGNIFICANT}g}")  # 99,999,999 is read as one hundred million
        return next(((by, word) for start, by, word in self.scales[style] if shown >= start), (1.0, ""))

    def _digits(self, known: list[float], middle: float, factor: float, decimals: int) -> int:
        if factor == 1 and not decimals:
            return 0
        finest = decimals + round(math.log10(factor))  # what the indicator itself distinguishes
        wanted = SIGNIFICANT - 1 - math.floor(math.log10(float(f"{middle / factor:.{SIGNIFICANT}g}")))
        digits = max(0, min(finest, wanted))
        apart = len(_rounded(known, decimals))
        while digits < finest and len(_rounded(known, digits, factor)) < apart:
            digits += 1
        if factor == 1:
            return max(digits, 0) if digits < decimals else decimals
        while digits > self.least_decimals and all(n % 10 == 0 for n in _rounded(known, digits, factor)):
            digits -= 1
        return max(digits, self.least_decimals)

    def number(self, steps: float, decimals: int, *, signed: bool = False) -> str:
        """A number counted in units of its last decimal, with grouping and the typographic minus."""
        return _texts(decimals, self.minus, self.plus if signed else "")[steps]

    def numbers(
        self, steps: Iterable[float | None], decimals: int, *, signed: bool = False, missing: str = ""
    ) -> list[str]:
        """The same for many numbers at once."""
        texts = _texts(decimals, self.minus, self.plus if signed else "")
        return [missing if n is None or n != n else texts[n] for n in steps]

    def rounded(self, value: float, decimals: int, *, signed: bool = False) -> str:
        """A number without a unit, rounded half up."""
        return self.number(PLAIN[decimals].steps(value), decimals, signed=signed)

    def tenths(self, value: float) -> int:
        """A number in tenths, rounded half up."""
        return PLAIN[1].steps(value)

    def figure(self, value: float, column: Column) -> str:
        """A value with its unit, as in prose: 3.45%, CNY 109.0 m."""
        return self.amount(column.steps(value), column)

    def amount(self, steps: float, column: Column, *, signed: bool = False, gap: bool = False) -> str:
        """A rounded number with its unit; of a difference with the unit of differences."""
        return self.amounts((steps,), column, signed=signed, gap=gap)[0]

    def amounts(
        self, steps: Iterable[float | None], column: Column, *, signed: bool = False, gap: bool = False
    ) -> list[str]:
        """The same for many rounded numbers at once; empty where there is none."""
        unit, minus = column.unit, self.minus
        suffix = unit.gap if gap and unit.gap else unit.suffix
        one = 10**column.decimals if unit.one and suffix == unit.suffix else None
        plus, end = self.plus if signed else "", f"{column.scale}{suffix}"
        texts = _texts(column.decimals, minus, "")
        return [
            ""
            if n is None or n != n
            else f"{minus if n < 0 else plus if n > 0 else ''}{unit.prefix}{texts[abs(n)]}"
            f"{f'{column.scale}{unit.one}' if abs(n) == one else end}"
            for n in steps
        ]

    def shares(self, steps: Iterable[float | None], decimals: int, *, signed: bool = False) -> list[str]:
        """Many rounded numbers with the sign of percentages; empty where there is none."""
        return [text and f"{text}%" for text in self.numbers(steps, decimals, signed=signed)]

    def amount_span(self, low: float, high: float, column: Column) -> str:
        """From one number to another with one unit: 70–100 bp."""
        numbers = self.span(self.number(low, column.decimals), self.number(high, column.decimals))
        return f"{column.unit.prefix}{numbers}{column.scale}{column.unit.suffix}"

    def span(self, low: str, high: str) -> str:
        """From one number to another: 70–100; with a sign among them a word stands between: −5 to 10."""
        signed = self.minus in low or self.minus in high
        return f"{low}{self.to if signed else self.dash}{high}"

    def date(self, day: dt.date | str) -> str:
        """A calendar day."""
        when = dt.date.fromisoformat(day) if isinstance(day, str) else day
        return self.day.format(year=when.year, month=self.months[when.month - 1], day=when.day)

    def period(self, period: Period) -> str:
        """A period in words: Dec 2025, Q4 2025."""
        if period not in self.said:
            self.said[period] = self._period(period)
        return self.said[period]

    def _period(self, period: Period) -> str:
        if period.grain in (Grain.DAY, Grain.WEEK):
            return period.label
        fiscal = period.fiscal_start != 1
        year, month = divmod(period.last_month, 12)
        words, key = {"year": year, "month": self.months[month]}, period.grain.value
        match period.grain:
            case Grain.QUARTER:
                words |= {"year": period.number // 4, "part": self.quarters[period.number % 4]}
            case Grain.HALF:
                words |= {"year": period.number // 2, "part": self.halves[period.number % 2]}
            case Grain.YEAR:
                words["year"] = period.number
            case Grain.YTD:
                first_year, first = divmod(period.first_month, 12)
                words |= {"first": self.months[first], "first_year": first_year}
                key = "month" if first == month else "ytd" if first_year == year else "ytd_across"
        if fiscal and period.grain in (Grain.QUARTER, Grain.HALF, Grain.YEAR):
            key = f"fiscal_{key}"
        return self.periods[key].format(**words)


class _Texts(dict[float, str]):
    """Numbers as they are written, for most of them stand on several pages of a site."""

    def __init__(self, decimals: int, minus: str, plus: str) -> None:
        """All of them have these decimals and signs."""
        self.power, self.form = _FORMS[decimals]
        self.minus, self.plus = minus, plus

    def __missing__(self, steps: float) -> str:
        """Write a number for the first time."""
        if len(self) >= _MOST_TEXTS:
            self.clear()
        text = format(abs(steps) / self.power, self.form)
        self[steps] = text = self.minus + text if steps < 0 else self.plus + text if steps else text
        return text


@cache
def _texts(decimals: int, minus: str, plus: str) -> _Texts:
    return _Texts(decimals, minus, plus)


def _rounded(values: Iterable[float], decimals: int, factor: float = 1.0) -> set[int]:
    """The different numbers that readers would see."""
    return {n for n in Column(NO_UNIT, decimals, factor).many(values) if n is not None}


def tongue(language: str, words: Mapping[str, Any], units: Mapping[str, UnitWords]) -> Tongue:
    """Make the Tongue of a language from the `number` texts of a theme; `units` of the site come before the theme's."""
    number = words["number"]
    scales = {
        style: tuple(sorted(((s["from"], s["by"], s["word"]) for s in found), reverse=True))
        for style, found in number["scales"].items()
    }
    known = {id_: UnitWords(**found) for id_, found in words["units"].items()}
    return Tongue(
        language=language,
        minus=number["minus"],
        plus=number["plus"],
        dash=number["range"],
        to=number["range_signed"],
        scales=scales,
        least_decimals=number["least_decimals"],
        units=known | dict(units),
        periods=number["period"],
        months=tuple(number["months"]),
        quarters=tuple(number["quarters"]),
        halves=tuple(number["halves"]),
        day=number["date"],
    )
