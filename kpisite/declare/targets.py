"""Targets of one product x indicator: their weight, tolerance, path and anchors, and what in them cannot be meant."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from kpisite.declare.scalars import YEAR, Day, Model, Month, Number, Words, several
from kpisite.languages import Text


class Baseline(Model):
    """Where a linear target path starts."""

    period: Month
    value: Number


class Target(Model):
    """The target of one product x indicator from one month on: weight, value or range, tolerance and path.

    `path`: flat is the same each month; linear leads straight from the baseline to `by`; step changes with the months
    of `steps`; profile spreads the number of a whole year over its months; table has a number for each month of
    `values`. `basis` says which figures the number is meant for: by default those of each period of the indicator's
    cadence, so that the number of a quarterly indicator is that of a quarter. A `floor`, `amber` limit or `stretch` of
    its own replaces the one that follows from the tolerance.
    """

    weight: Annotated[Number, Field(ge=0, le=100)]
    target: Number | tuple[Number, Number]  # left out where steps or values say it
    tolerance: Annotated[Number, Field(gt=0)] | None = None
    from_: Month | None = Field(default=None, alias="from")  # default: from the beginning
    until: Month | None = None  # the last month it rules; default: until the next one begins
    by: Month | None = None
    path: Literal["flat", "linear", "step", "profile", "table"] = "flat"
    basis: Literal["period", "ytd", "year"] = "period"  # of each period, of the year to date, of the whole year
    baseline: Baseline | None = None
    steps: dict[Month, Number | tuple[Number, Number]] = {}  # month -> the number from then on
    values: dict[Month, Number | tuple[Number, Number]] = {}  # month -> its number
    profile: tuple[
        Annotated[Number, Field(ge=0)], ...
    ] = ()  # twelve parts of the year; default: as last year, else equal
    floor: Number | None = None  # scores 0
    amber: Number | None = None  # the end of amber
    stretch: Number | None = None  # scores the cap
    owner: str = ""
    approved_by: str = ""
    approved_on: Day | None = None
    rationale: Words = Text()

    @model_validator(mode="before")
    @classmethod
    def _in_full(cls, data: Any) -> Any:  # noqa: ANN401 - what an author wrote
        return in_full(data) if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _whole(self) -> "Target":
        wrong = next((what for what, holds in contradictions(self) if holds), "")
        if wrong:
            raise ValueError(wrong)
        return self

    @property
    def levels(self) -> tuple[float | tuple[float, float], ...]:
        """All numbers or ranges that it wants at one time or another."""
        return tuple((self.steps or self.values).values()) or (self.target,)


def in_full(data: dict[str, Any]) -> dict[str, Any]:
    """What follows from what was written: the path from its numbers, the final number, the basis of a profile."""
    path = next((word for key, word in PATHS.items() if data.get(key)), "flat")
    found = {"path": "profile" if path == "flat" and data.get("basis") == "year" else path} | data
    numbers = data.get("steps" if found["path"] == "step" else "values")
    if found["path"] in ("step", "table") and isinstance(numbers, dict) and numbers and "target" not in data:
        found["target"] = list(numbers.values())[-1]
    if found["path"] == "profile":
        found.setdefault("basis", "year")
    return found


# Which path is meant where only its numbers are written.
PATHS = {"steps": "step", "values": "table", "profile": "profile"}


def contradictions(target: Target) -> Iterator[tuple[str, bool]]:
    """What a target must not say, and whether it does."""
    ranges = [one for one in (target.target, *target.levels) if isinstance(one, tuple)]
    yield "a range must go from the lower to the higher bound", any(low >= high for low, high in ranges)
    linear = target.path == "linear"
    yield (
        "a linear path must have a baseline {period, value} and a 'by' month",
        linear and not (target.baseline and target.by),
    )
    yield "a range cannot have a linear path", linear and bool(ranges)
    late = target.baseline and target.by and target.baseline.period >= target.by
    yield "the baseline must lie before the 'by' month", bool(late)
    for key, path in PATHS.items():
        written = bool(getattr(target, key))
        yield f"'{key}' belongs to the path '{path}', not to '{target.path}'", written and target.path != path
        yield f"the path '{path}' must have '{key}'", key != "profile" and target.path == path and not written
    yield "'profile' must have twelve parts, one for each month of the year", len(target.profile) not in (0, YEAR)
    yield "the parts of 'profile' must sum to more than zero", bool(target.profile) and not sum(target.profile)
    off = target.path == "profile" and target.basis != "year"
    yield "a profile spreads the number of a whole year: write 'basis: year'", off
    off = target.basis == "year" and target.path != "profile"
    yield "the number of a whole year must have the path 'profile'", off
    yield "'amber' and 'tolerance' both say where amber ends", target.amber is not None and target.tolerance is not None
    anchored = any(one is not None for one in (target.floor, target.amber, target.stretch))
    yield "a range can have a tolerance, but no floor, amber or stretch", anchored and bool(ranges)
    months = [*target.steps, *target.values]
    yield "the months must stand in their order", months != sorted(months)
    first = target.from_ or (months[0] if months else None)
    yield "'until' lies before the target begins", bool(target.until and first and target.until < first)


# Several targets hand over to each other by their `from` months; written singly when there is only one.
Targets = Annotated[tuple[Target, ...], BeforeValidator(several), Field(min_length=1)]
