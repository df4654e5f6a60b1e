"""The cells of a file of targets, one column at a time: each distinct text is read once."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, get_args

from kpisite.declare.model import Target
from kpisite.errors import did_you_mean
from kpisite.periods import Grain, Period, PeriodError, parse

NEEDED = ("product", "indicator", "weight", "target")
RANGE = ".."


class CellError(ValueError):
    """A cell that is not what its column should hold; hint says what to do."""

    def __init__(self, what: str, hint: str = "", code: str = "csv-value") -> None:
        """Keep hint and code beside the message."""
        self.hint = hint
        self.code = code
        super().__init__(what)


class Names(NamedTuple):
    """What a column of ids may hold, by the id that is meant; `all` means that nothing else is declared."""

    ids: Mapping[str, str]
    all: bool = True


def fold(text: str) -> str:
    """A name as it is compared: full-width characters are their half-width twins."""
    return unicodedata.normalize("NFKC", text).strip()


def _number(text: str) -> float:
    folded = fold(text).replace("\u2212", "-")
    try:
        number = float(folded) if "_" not in folded else float("nan")
    except ValueError:
        number = float("nan")
    if number - number != 0:
        raise CellError(f"'{text}' is not a number", "Write digits only, with a point before decimals.")
    return number


def _level(text: str) -> float | tuple[float, float]:
    low, range_, high = text.partition(RANGE)
    return (_number(low), _number(high)) if range_ else _number(text)


def _month(text: str) -> Period:
    try:
        period = parse(text)
    except PeriodError as error:
        raise CellError(str(error), error.hint, "csv-period") from error
    if period.grain in (Grain.DAY, Grain.WEEK):
        raise CellError(f"'{text}' is no month", "Write 2025-12.", "csv-period")
    return Period(Grain.MONTH, period.last_month)


def _day(text: str) -> object:
    try:
        period = parse(text)
    except PeriodError as error:
        raise CellError(str(error), error.hint, "csv-period") from error
    if period.grain is not Grain.DAY:
        raise CellError(f"'{text}' is no day", "Write 2025-12-31.", "csv-period")
    return period.last_day


def _parts(text: str) -> tuple[float, ...]:
    return tuple(_number(part) for part in text.split(";"))


def _words(name: str) -> Callable[[str], str]:
    known = get_args(Target.model_fields[name].annotation)

    def read(text: str) -> str:
        if text not in known:
            raise CellError(f"'{name}' cannot be '{text}'", did_you_mean(text, known))
        return text

    return read


def _id(noun: str, known: Names) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not text:
            raise CellError(f"the row names no {noun}", "", f"unknown-{noun}")
        id_ = known.ids.get(fold(text))
        if id_ is None and known.all:
            raise CellError(f"no {noun} is called '{text}'", did_you_mean(text, known.ids), f"unknown-{noun}")
        return id_ or text

    return read


_READERS: dict[str, Callable[[str], object]] = {
    "period": _month,
    "from": _month,
    "until": _month,
    "weight": _number,
    "target": _level,
    "tolerance": _number,
    "path": _words("path"),
    "basis": _words("basis"),
    "by": _month,
    "baseline_period": _month,
    "baseline_value": _number,
    "profile": _parts,
    "floor": _number,
    "amber": _number,
    "stretch": _number,
    "owner": str,
    "approved_by": str,
    "approved_on": _day,
    "rationale": str,
}
COLUMNS = ("product", "indicator", *_READERS)


def read_column(name: str, texts: Sequence[str], known: Names) -> tuple[Sequence[object], Sequence[int]]:
    """What each cell of a column says, None where it is empty, a CellError where it is wrong; and the wrong rows."""
    read = _id(name, known) if name in ("product", "indicator") else _READERS[name]
    needed = name in NEEDED
    meaning: dict[str, object] = {}
    wrong: set[str] = set()
    for text in set(texts):
        plain = text.strip()
        try:
            if plain or name in ("product", "indicator"):
                meaning[text] = read(plain)
            elif needed:
                raise CellError(f"the row has no '{name}'", "", "csv-empty")
            else:
                meaning[text] = None
        except CellError as error:
            meaning[text] = error
            wrong.add(text)
    values = [meaning[text] for text in texts]
    return values, [row for row, text in enumerate(texts) if text in wrong] if wrong else ()
