"""What the figures of a report were computed from, as text and back: one table for each product, sorted by measure.

A new month adds a line to each measure's block; an empty value is one that was due and did not come.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.measure.cube import NEVER
from kpisite.measure.inputs import NO_INPUTS, Counts, Floats, Input, Inputs, Members, Question
from kpisite.periods import Grain, Period, of_month, parse
from kpisite.release.text import as_json, number, numbers, read_numbers

FOLDER = "inputs/"
MEASURES = "measures.json"
ASKED = "asked.csv"
COLUMNS = ("measure", "period", "value", "rows", "days")
ASKED_COLUMNS = ("measure", "period", "months", "members", "value")


def freeze_inputs(inputs: Inputs, products: Sequence[str]) -> dict[str, str]:
    """The inputs as files; products by their positions."""
    if not inputs.measures:
        return {}
    queries = sorted({one.sent for one in inputs.measures.values()})
    about = {
        "first": of_month(inputs.start).label,
        "months": inputs.months,
        "measures": {
            name: {"engine": one.engine, "query": queries.index(one.sent), "additive": one.additive, "step": one.step}
            for name, one in sorted(inputs.measures.items())
        },
        "queries": queries,
    }
    files = {MEASURES: as_json(about)}
    labels = [of_month(inputs.start + t).label for t in range(inputs.months)]
    for p, product in enumerate(products):
        files[f"{FOLDER}{product}.csv"] = _table(COLUMNS, _lines(inputs, p, labels))
    if inputs.asked:
        files[ASKED] = _table(ASKED_COLUMNS, _asked_lines(inputs, products, labels))
    return files


def thaw_inputs(files: Mapping[str, str], products: Sequence[str]) -> Inputs:
    """The inputs back from their files."""
    if MEASURES not in files:
        return NO_INPUTS
    about = json.loads(files[MEASURES])
    start, count = _month(about["first"]), about["months"]
    names = sorted(about["measures"])
    shape = (len(names), len(products), count)
    value, rows, days = np.full(shape, np.nan), np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    first = np.full(shape[:2], NEVER, dtype=np.intp)
    when = {of_month(start + t).label: t for t in range(count)}
    cells = _Cells({name: m * count for m, name in enumerate(names)}, when)
    for p, product in enumerate(products):
        at, *columns = cells.read(files[f"{FOLDER}{product}.csv"])
        where = (at // count, p, at % count)
        value[where], rows[where], days[where] = columns
        np.minimum.at(first[:, p], where[0], where[2])
    averaged = [bool(days[m].any()) for m in range(len(names))]
    measures = {
        name: Input(
            engine=one["engine"],
            sent=about["queries"][one["query"]],
            additive=one["additive"],
            step=one["step"],
            value=value[m],
            rows=rows[m],
            days=days[m] if averaged[m] else None,
            first=first[m],
        )
        for m, (name, one) in enumerate(sorted(about["measures"].items()))
    }
    return Inputs(start, count, measures, dict(_read_asked(files.get(ASKED, ""), products, when)))


@dataclass(frozen=True, slots=True)
class _Cells:
    """Finds the cell of a line: where the months of each measure begin, and how far on each month stands."""

    where: Mapping[str, int]
    when: Mapping[str, int]

    def read(self, text: str) -> tuple[npt.NDArray[np.intp], Floats, Counts, Counts]:
        """The positions, values, rows and days of one product's table; its lines are cut apart in one go."""
        cells = text.partition("\n")[2].replace("\n", ",").split(",")[:-1]
        names, labels, values, rows, days = (cells[column::5] for column in range(5))
        at = [self.where[name] + self.when[label] for name, label in zip(names, labels, strict=True)]
        known = [int(number or 0) for number in days]
        return np.array(at, np.intp), read_numbers(values), np.array(rows, np.int64), np.array(known, np.int64)


def _lines(inputs: Inputs, p: int, labels: Sequence[str]) -> Iterator[str]:
    for name, one in sorted(inputs.measures.items()):
        first = int(one.first[p])
        if first >= inputs.months:
            continue
        value, rows = numbers(one.value[p, first:]), one.rows[p, first:].tolist()
        days = [""] * len(rows) if one.days is None else [str(n or "") for n in one.days[p, first:].tolist()]
        for t, (text, count, of) in enumerate(zip(value, rows, days, strict=True), first):
            # Between two deliveries nothing is due, and nothing is said.
            if text or t == first or (t + 1) % one.step == 0:
                yield f"{name},{labels[t]},{text},{count},{of}"


def _asked_lines(inputs: Inputs, products: Sequence[str], labels: Sequence[str]) -> list[str]:
    """The answers that cannot be added up; members are written product@month and joined by +."""

    def line(question: Question) -> str:
        name, last, months, members = question
        who = "+".join(f"{products[p]}@{labels[since]}" for p, since in members)
        return f"{name},{labels[last]},{months},{who},{number(inputs.asked[question])}"

    return sorted(line(question) for question in inputs.asked)


def _read_asked(text: str, products: Sequence[str], when: Mapping[str, int]) -> Iterator[tuple[Question, float]]:
    where = {product: p for p, product in enumerate(products)}
    for line in text.splitlines()[1:]:
        name, label, months, who, value = line.split(",")
        parts = [member.rpartition("@") for member in who.split("+")]
        members: Members = tuple((where[product], when[since]) for product, _, since in parts)
        yield (name, when[label], int(months), members), float(value)


def _table(columns: Sequence[str], lines: Iterator[str] | Sequence[str]) -> str:
    return "\n".join((",".join(columns), *lines)) + "\n"


def _month(label: str) -> int:
    period: Period = parse(label)
    return period.at(Grain.MONTH).number
