"""Sheets: files that are made together, each with a key that names everything they are made from.

Equal keys mean equal files, so a sheet that stands in the published folder need not be made again. A key is a hash, and
leaves nothing out: the program, the look, the language, and all of the report. Only the pages of one product leave out
the figures of the other subjects, which they do not show; tests/render/test_sheets.py holds every page to that.
"""

import hashlib
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from kpisite.errors import Place
from kpisite.evaluate.report import Report
from kpisite.evaluate.warning import rows_about
from kpisite.measure.inputs import Inputs

Files = Iterable[tuple[str, bytes]]
# What of a report holds arrays whose first axis is the subjects, by grain or for all grains together.
BY_SUBJECT = ("figures", "scores", "signals", "outlook")
# What is told of a figure, but not in a scorecard.
TOLD = ("sources", "inputs", "quality")
# Columns of warnings, in which those of a subject stand together.
WARNINGS = "warnings"
PLACE = attrgetter(*[field.name for field in fields(Place)])


class Sheet(NamedTuple):
    """Files that are made together; with an empty key they are always made."""

    key: str
    make: Callable[[], Files]


class Origins:
    """Keys for what is made from one report; `base` stands for the program and the look."""

    def __init__(self, report: Report, base: str) -> None:
        """Hash every part of the report once."""
        arrays = [array for _, array in arrays_of(report)]
        common = hash_of(base, list(_common(report)))
        self.report = report
        self.told = hash_of(report.sources)
        self.subjects = [
            hash_of(_hash_of_rows(common, arrays, s), warnings_about(report, s)) for s in range(len(report.subjects))
        ]
        self.whole = hash_of(self.told, hash_of_inputs(report.inputs), report.quality, self.subjects)

    def of_report(self, *more: object) -> str:
        """The key of what may show anything of the report."""
        return hash_of(self.whole, more)

    def of_figures(self, s: int, *more: object) -> str:
        """The key of what shows the figures of one product, and where they come from."""
        product = s if self.report.subjects[s].level == "product" else None
        return hash_of(self.subjects[s], self.told, hash_of_inputs(self.report.inputs, product), more)

    def of_subject(self, s: int, *more: object) -> str:
        """The key of what shows the figures of one subject only."""
        return hash_of(self.subjects[s], more)


def arrays_of(report: Report) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """All arrays whose first axis is the subjects, in a fixed order, with what each of them is."""
    for held in BY_SUBJECT:
        for grain, one in by_grain(getattr(report, held)).items():
            for name, value in _fields(one):
                if isinstance(value, np.ndarray):
                    yield f"{held} {grain} {name} {value.dtype} {value.shape}", value


def warnings_about(report: Report, s: int) -> list[object]:
    """The columns of the warnings of one subject."""
    at = rows_about(report.warnings, s)
    parts = [value[at] for _, value in _fields(report.warnings)]
    return [part.tobytes() if _is_array(part) else part for part in parts]


def by_grain(held: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any dataclass, or several by grain
    """What is held by grain; what is held for all grains together stands under no name."""
    return held if isinstance(held, dict) else {"": held}


def hash_of(*values: object) -> str:
    """A hash over values of any kind: texts, numbers, collections, dataclasses and declarations."""
    total = _Total()
    _Pickler(total, protocol=5).dump(values)
    return total.hash.hexdigest()


def hash_of_inputs(inputs: Inputs, product: int | None = None) -> str:
    """A hash over what the figures of one product, or all of them, were computed from."""
    total = hashlib.sha256(f"{inputs.start} {inputs.months}".encode())
    rows = slice(None) if product is None else product
    for name, one in inputs.measures.items():
        total.update(f"{name} {one.engine} {one.sent} {one.additive} {one.step}".encode())
        for array in (one.value, one.rows, one.first, one.days):
            if array is not None:
                total.update(np.ascontiguousarray(array[rows]).data)
    for question, answer in sorted(inputs.asked.items()):
        if product is None or [p for p, _ in question[-1]] == [product]:
            total.update(f"{question} {answer!r}".encode())
    return total.hexdigest()


def _common(report: Report) -> Iterator[object]:
    """Everything but the rows of the subjects."""
    for name, value in _fields(report):
        if name in BY_SUBJECT:
            yield [
                (grain, [held for _, held in _fields(one) if not _is_array(held)])
                for grain, one in by_grain(value).items()
            ]
        elif name not in (*TOLD, WARNINGS):
            yield name, value
    yield [name for name, _ in arrays_of(report)]


def _hash_of_rows(common: str, arrays: Iterable[npt.NDArray[Any]], s: int) -> str:
    total = hashlib.sha256(common.encode())
    for array in arrays:
        total.update(np.ascontiguousarray(array[s]).data)
    return total.hexdigest()


def _fields(value: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - any dataclass
    return [(field.name, getattr(value, field.name)) for field in fields(value)]


def _is_array(value: object) -> bool:
    return isinstance(value, np.ndarray)


class _Total:
    """A file whose bytes are only hashed."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()

    def write(self, data: bytes | pickle.PickleBuffer) -> int:
        """Take bytes, or the buffer of a large array."""
        self.hash.update(data)
        return memoryview(data).nbytes


class _Pickler(pickle.Pickler):
    """Writes values only to be hashed: they are never read back."""

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401 - what pickle asks for
        """Declarations without the set of their given fields: its order changes from process to process."""
        if type(value) is Place:  # there is one for every declared thing, and the usual way takes ten times as long
            return tuple, (PLACE(value),)
        if isinstance(value, BaseModel):
            return object.__new__, (type(value),), value.__dict__
        return NotImplemented
