"""The slow path of reading one cell: numbers, dates and booleans as people and spreadsheets write them."""

import datetime as dt
import decimal
import re
import unicodedata

from kpisite.declare.model import Column
from kpisite.periods import Grain, PeriodError, parse

SPREADSHEET_ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
# DECIMAL(38,12): twelve decimals leave 26 digits before the point.
LARGEST = decimal.Decimal(10) ** 26
SCALE = decimal.Decimal(10) ** -12
# The minus sign and the en dash; NFKC has folded the full-width one.
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")
_COMMA = re.compile(r"[-+]?\d+,\d+")
YES = ("true", "t", "yes", "y", "1", "是")
NO = ("false", "f", "no", "n", "0", "否")


class CellError(ValueError):
    """A cell that is not what its column should hold; hint says what to do."""

    def __init__(self, what: str, hint: str = "") -> None:
        """Keep the hint beside the message."""
        self.hint = hint
        super().__init__(what)


def read_cell(text: str, kind: Column) -> str:
    """Read one cell of a column's declared type; the answer is the plain spelling that the engine casts."""
    if text.strip().upper() in SPREADSHEET_ERRORS:
        raise CellError(f"'{text.strip()}' is a spreadsheet's error", "Mend the spreadsheet and export it again.")
    match kind:
        case "decimal" | "integer" | "float":
            return _number(text, kind)
        case "date":
            return _date(text)
        case "boolean":
            return _boolean(text)
        case "text":
            return text


def _number(text: str, kind: Column) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
    sign = ""
    if folded.startswith("(") and folded.endswith(")"):
        folded, sign = folded[1:-1].strip(), "-"
    elif len(folded) > 1 and folded.endswith("-"):
        folded, sign = folded[:-1].strip(), "-"
    if _GROUPED.fullmatch(folded):
        folded = folded.replace(",", "")
    if not _NUMBER.fullmatch(folded) or (sign and folded[0] in "+-"):
        raise CellError(f"'{text}' is not a number", _hint(folded))
    number = decimal.Decimal(sign + folded)
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
    if folded.endswith("%"):
        return "Deliver the number without '%'."
    if _COMMA.fullmatch(folded):
        return "Is it a decimal comma? Thousands have three digits between commas."
    if folded.lower() in ("nan", "inf", "-inf", "+inf", "infinity"):
        return "Leave the cell empty, or name it in the source's 'na'."
    if re.fullmatch(r"[¥$€£]\s*[-\d.,]+[万亿元]*|[-\d.,]+\s*[万亿元]+", folded):
        return "Deliver the number without its unit."
    return "If it stands for a missing value, name it in the source's 'na'."


def _date(text: str) -> str:
    try:
        period = parse(text)
    except PeriodError as error:
        raise CellError(f"'{text}' is not a date", error.hint) from error
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
