"""The slow path of reading one cell: numbers, dates and booleans as people and spreadsheets write them."""

import datetime as dt
import decimal
import re
import unicodedata
from dataclasses import dataclass

from kpisite.declare.model import Column
from kpisite.load.units import COUNTED, SHARES, factor_of, split_unit
from kpisite.periods import Grain, PeriodError, day_orders, parse

SPREADSHEET_ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
# DECIMAL(38,12): twelve decimals leave 26 digits before the point.
LARGEST = decimal.Decimal(10) ** 26
SCALE = decimal.Decimal(10) ** -12
# The minus sign and the en dash; NFKC has folded the full-width one.
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")
_COMMA = re.compile(r"[-+]?\d[\d.]*,\d+")
# 1.23E+11 was an account's number once; its other digits are gone.
_SHORTENED = re.compile(r"\d(\.\d+)?[eE]\+\d+")
YES = ("true", "t", "yes", "y", "1", "是")
NO = ("false", "f", "no", "n", "0", "否")


class CellError(ValueError):
    """A cell that is not what its column should hold; hint says what to do."""

    def __init__(self, what: str, hint: str = "") -> None:
        """Keep the hint beside the message."""
        self.hint = hint
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says: the plain spelling that the engine casts, and what had to be repaired to read it."""

    value: str
    fixes: tuple[str, ...] = ()  # of facts.FIXES


def read_cell(text: str, kind: Column, unit: str = "", form: str = "label") -> Reading:
    """Read one cell of a column's declared type, its plain numbers counted in the column's declared unit.

    `form` says how doubtful dates are meant, as for periods.
    """
    if text.strip().upper() in SPREADSHEET_ERRORS:
        raise CellError(f"'{text.strip()}' is a spreadsheet's error", "Mend the spreadsheet and export it again.")
    match kind:
        case "decimal" | "integer" | "float":
            return _number(text, kind, unit)
        case "date":
            return Reading(_date(text, form), ("spelling" if form == "label" else "dates",))
        case "boolean":
            return Reading(_boolean(text), ("spelling",))
        case "text":
            return Reading(_label(text))


def _label(text: str) -> str:
    if _SHORTENED.fullmatch(text.strip()):
        what = f"'{text.strip()}' is a number that a spreadsheet has shortened"
        raise CellError(what, "Format the column as text, and export it again.")
    return text


def _number(text: str, kind: Column, unit: str) -> Reading:
    folded = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
    fixes = ["full-width"] if folded != text.strip(" \t") else []
    sign = ""
    if folded.startswith("(") and folded.endswith(")"):
        folded, sign = folded[1:-1].strip(), "-"
    elif len(folded) > 1 and folded.endswith("-"):
        folded, sign = folded[:-1].strip(), "-"
    fixes += ["negatives"] if sign else []
    bare, factor = _without_unit(text, folded, unit, fixes)
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
        fixes.append("thousands")
    if not _NUMBER.fullmatch(bare) or (sign and bare[0] in "+-"):
        raise CellError(f"'{text}' is not a number", _hint(bare))
    number = decimal.Decimal(sign + bare)
    with decimal.localcontext(prec=60):
        number *= factor
    return Reading(_spell(number, text, kind), tuple(fixes) or ("spelling",))


def _without_unit(text: str, folded: str, unit: str, fixes: list[str]) -> tuple[str, decimal.Decimal]:
    """The bare number, and what one of it counts: a cell's own unit only where the column's does not count, too."""
    declared = factor_of(unit) or decimal.Decimal(1)
    split = split_unit(folded)
    if split is None:
        return folded, declared
    bare, own = split
    factor = factor_of(own) or decimal.Decimal(1)
    if own in SHARES:
        if unit not in ("", own):
            raise CellError(f"'{text}' is in {own}, but the column is declared in {unit}", "Correct one of them.")
        fixes.append("percent")
        return bare, factor
    if not unit:
        like = next((word for word in COUNTED if own.endswith(word)), "元")
        hint = f"Declare in the source's 'units' what a plain number of the column counts, like {like}."
        raise CellError(f"'{text}' carries the unit {own}", hint)
    if declared != 1:
        what = f"'{text}' carries a unit, and so does the column, declared in {unit}"
        raise CellError(what, "It would be counted twice: leave one out.")
    fixes.append("units")
    return bare, factor


def _spell(number: decimal.Decimal, text: str, kind: Column) -> str:
    if kind == "float":
        if abs(number) > decimal.Decimal("1.7e308"):
            raise CellError(f"'{text}' is too large a number")
        return repr(float(number))
    if abs(number) >= LARGEST:
        raise CellError(f"'{text}' has more than 26 digits", "Declare the column as float, or as text if it is an id.")
    if kind == "integer" and number != number.to_integral_value():
        raise CellError(f"'{text}' is not a whole number", "Declare the column as decimal.")
    with decimal.localcontext(prec=50):
        return f"{number.quantize(SCALE):f}"


def _hint(folded: str) -> str:
    if _COMMA.fullmatch(folded):
        return "Is it a decimal comma? Thousands have three digits between commas."
    if folded.lower() in ("nan", "inf", "-inf", "+inf", "infinity"):
        return "Leave the cell empty, or name it in the source's 'na'."
    return "If it stands for a missing value, name it in the source's 'na'."


def order_hint(text: str, hint: str) -> str:
    """How a day is to be written, or which order of day and month the source may declare."""
    orders = day_orders(text)
    if not orders:
        return hint
    start = "Day and month cannot be told apart; write" if len(orders) > 1 else "Write"
    named = " or ".join(f"'{order}'" for order in orders)
    return f"{start} 2025-09-30, or declare {named} as the 'date_format' of the source."


def _date(text: str, form: str) -> str:
    try:
        period = parse(text, form=form)
    except PeriodError as error:
        raise CellError(f"'{text}' is not a date", order_hint(text, error.hint)) from error
    if period.grain is not Grain.DAY:
        raise CellError(f"'{text}' is not a date", "Write 2025-09-30.")
    return dt.date.fromordinal(period.number).isoformat()


def _boolean(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    if folded in YES:
        return "true"
    if folded in NO:
        return "false"
    raise CellError(f"'{text}' is neither yes nor no", "Write true or false.")
