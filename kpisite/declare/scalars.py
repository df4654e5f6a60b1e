"""The simplest things an author writes: ids, names, texts, months, days and numbers, checked by pydantic.

Ids are kebab-case (measures: snake_case, because formulas use them as names).
"""

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from kpisite.languages import Text
from kpisite.periods import Grain, Period, PeriodError, parse

# A path into the declarations, as ("indicators", "csat", "formula").
Path = tuple[str | int, ...]

YEAR = 12

ID = re.compile(r"[a-z0-9][a-z0-9]*(-[a-z0-9]+)*")

NAME = re.compile(r"[^\W\d]\w*")


def _id(value: object) -> object:
    if isinstance(value, str) and not ID.fullmatch(value):
        raise ValueError("an id is written in lower case with hyphens, like 'npl-ratio'")
    return value


def _name(value: object) -> object:
    if isinstance(value, str) and not NAME.fullmatch(value):
        raise ValueError("a measure's name is one word of letters, digits and _, like 'npl_balance'")
    return value


def _text(value: object) -> object:
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text.of(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Text.of(str(value))
    if isinstance(value, dict) and value and all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        return Text.of(value)
    raise ValueError("write a text, or one text per language: {zh: ..., en: ...}")


def _month(value: object) -> object:
    if isinstance(value, Period):
        return value
    try:
        period = parse(str(value))
    except PeriodError as error:
        raise ValueError(f"{error}. {error.hint}") from error
    if period.grain in (Grain.DAY, Grain.WEEK):
        raise ValueError("a month is meant here, like 2025-12")
    return Period(Grain.MONTH, period.last_month)


def _day(value: object) -> object:
    if isinstance(value, dt.date):
        return value
    try:
        period = parse(str(value))
    except PeriodError as error:
        raise ValueError(f"'{value}' is not a day. Write 2025-09-30.") from error
    if period.grain is not Grain.DAY:
        raise ValueError("a day is meant here, like 2025-09-30")
    return period.last_day


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a number is meant here, not true or false")
    return float(value) if isinstance(value, float) else value


Id = Annotated[str, BeforeValidator(_id)]

Name = Annotated[str, BeforeValidator(_name)]

Words = Annotated[Text, BeforeValidator(_text), PlainSerializer(lambda text: text.plain(), return_type=Any)]

# A quarter or a year written where a month is meant stands for its last month.
Month = Annotated[Period, BeforeValidator(_month), PlainSerializer(lambda period: period.label, return_type=str)]

# pydantic alone reads days from seconds since 1970, and true as the number 1.
Day = Annotated[dt.date, BeforeValidator(_day)]

Number = Annotated[float, BeforeValidator(_number)]

Whole = Annotated[int, BeforeValidator(_number)]

Kind = Literal["flow", "stock", "ratio", "index", "duration"]

Direction = Literal["higher", "lower", "range"]

Column = Literal["decimal", "integer", "float", "text", "date", "boolean"]


class Model(BaseModel):
    """Shared by everything declared: frozen, no unknown keys, numbers may stand where text is meant."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        coerce_numbers_to_str=True,
        populate_by_name=True,
        allow_inf_nan=False,
    )


def several(value: object) -> object:
    """One written singly stands for a list of one."""
    return value if isinstance(value, list | tuple) else [value]
