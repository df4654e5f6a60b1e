"""Figures and scores back from their tables."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpisite.evaluate.report import ASSURANCES, STATUSES, VARIATIONS, Codes, Counts, Figures, Flags, Floats, Scores
from kpisite.evaluate.rules import RULES
from kpisite.measure.series import REASON
from kpisite.periods import Grain
from kpisite.release.axes import Axes
from kpisite.release.tables import COMPOSITE
from kpisite.release.text import read_few, read_numbers

_NUMBERS = ("value", "target", "target_high", "score", "attainment", "tolerance", "weight", "sample", "charted")
# Hardly any two cells of these are the same.
_VARIED = ("value", "attainment", "charted")
# Columns of words: where they stand in a report, and their codes.
_CODES: Mapping[str, tuple[str, Mapping[str, int]]] = {
    "signal": ("variation", {name: code for code, name in enumerate(VARIATIONS)}),
    "rule": ("rule", {name: code for code, name in enumerate(RULES)}),
    "assurance": ("assurance", {name: code for code, name in enumerate(ASSURANCES)}),
}
_FLAGS = ("over_limit", "small")
_ROLLED = ("score", "coverage", "low", "high")
_STATUS = {name: code for code, name in enumerate(STATUSES)}
_Cut = tuple[slice, slice, slice]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the signals of a grain say of each figure; the limits behind them stand in tables of their own."""

    charted: Floats
    variation: Codes
    rule: Codes
    assurance: Codes


@dataclass(frozen=True, slots=True)
class _Whole:
    """The cells of all grains side by side, [S, I, all T]."""

    numbers: dict[str, Floats]
    flags: dict[str, Flags]
    reason: Codes
    status: Codes
    codes: dict[str, Codes]
    vintage: npt.NDArray[np.int32]
    provisional: Codes


def read_figures(axes: Axes, tables: Sequence[str]) -> tuple[dict[Grain, Figures], dict[Grain, Judged]]:
    """The figures of all subjects and what was said of each, from one table for each subject in their order."""
    labels = axes.labels
    whole = _nothing((len(axes.subjects), len(axes.indicators), len(labels)))
    where = {id_: i * len(labels) for i, id_ in enumerate(axes.indicators)}
    when = {label: t for t, label in enumerate(labels)}
    for s, text in enumerate(tables):
        columns = columns_of(text)
        at = [where[id_] + when[label] for id_, label in zip(columns["indicator"], columns["period"], strict=True)]
        _fill(whole, s, np.array(at, dtype=np.intp), columns)
    figures = {
        grain: Figures(
            grain=grain,
            periods=axes.periods[grain],
            reason=whole.reason[part].copy(),
            status=whole.status[part].copy(),
            vintage=whole.vintage[part].copy(),
            provisional=whole.provisional[part].copy(),
            over_limit=whole.flags["over_limit"][part].copy(),
            small=whole.flags["small"][part].copy(),
            **{field: cells[part].copy() for field, cells in whole.numbers.items() if field != "charted"},
        )
        for grain, part in _cuts(axes)
    }
    judged = {
        grain: Judged(
            whole.numbers["charted"][part].copy(), **{name: c[part].copy() for name, c in whole.codes.items()}
        )
        for grain, part in _cuts(axes)
    }
    return figures, judged


def read_scores(axes: Axes, text: str) -> dict[Grain, Scores]:
    """The roll-ups of all subjects."""
    columns = columns_of(text)
    shape = (len(axes.subjects), len(axes.families) + 1, len(axes.labels))
    at = _score_cells(axes, columns)
    cells = {field: np.full(shape, np.nan) for field in _ROLLED}
    for field, part in cells.items():
        part.reshape(-1)[at] = read_numbers(columns[field])
    status: Codes = np.zeros(shape, dtype=np.int8)
    status.reshape(-1)[at] = read_few(columns["status"], _STATUS)
    counts: Counts = np.zeros((*shape, len(STATUSES)), dtype=np.int32)
    for name, code in _STATUS.items():
        counts.reshape(-1, len(STATUSES))[at, code] = [int(text) for text in columns[name]]
    return {
        grain: Scores(
            status=status[part].copy(),
            counts=counts[part].copy(),
            **{field: array[part].copy() for field, array in cells.items()},
        )
        for grain, part in _cuts(axes)
    }


def _nothing(shape: tuple[int, int, int]) -> _Whole:
    """Cells as they are where a subject does not carry an indicator."""
    return _Whole(
        numbers={field: np.full(shape, 0.0 if field == "weight" else np.nan) for field in _NUMBERS},
        flags={field: np.zeros(shape, dtype=np.bool_) for field in _FLAGS},
        reason=np.full(shape, REASON["not-applicable"], dtype=np.int8),
        status=np.zeros(shape, dtype=np.int8),
        codes={field: np.zeros(shape, dtype=np.int8) for field, _ in _CODES.values()},
        vintage=np.zeros(shape, dtype=np.int32),
        provisional=np.zeros(shape, dtype=np.int8),
    )


def columns_of(text: str) -> dict[str, Sequence[str]]:
    """The columns of a table by their names; ids, codes, labels and numbers need no quotes.

    All cells are cut apart in one go, and every n-th belongs to a column: that makes no object for each line.
    """
    header, _, body = text.partition("\n")
    names = header.split(",")
    cells = body.replace("\n", ",").split(",")[:-1]
    return {name: cells[at :: len(names)] for at, name in enumerate(names)}


def _fill(whole: _Whole, subject: int, at: npt.NDArray[np.intp], columns: Mapping[str, Sequence[str]]) -> None:
    """Write one subject's table into its cells."""
    low, high = _split_targets(columns["target"])
    texts = {**columns, "target": low, "target_high": high}
    for field, numbers in whole.numbers.items():
        read = read_numbers if field in _VARIED else read_few
        numbers[subject].reshape(-1)[at] = read(texts[field])
    np.nan_to_num(whole.numbers["weight"][subject], copy=False)
    for field, flags in whole.flags.items():
        flags[subject].reshape(-1)[at] = [word != "" for word in columns[field]]
    whole.reason[subject].reshape(-1)[at] = read_few(columns["reason"], REASON)
    whole.status[subject].reshape(-1)[at] = read_few(columns["status"], _STATUS)
    for name, (field, known) in _CODES.items():
        whole.codes[field][subject].reshape(-1)[at] = read_few(columns[name], known)
    parts = {text: int(text.partition("/")[0] or 0) for text in set(columns["provisional"])}
    whole.provisional[subject].reshape(-1)[at] = read_few(columns["provisional"], parts)
    days = {text: dt.date.fromisoformat(text).toordinal() if text else 0 for text in set(columns["vintage"])}
    whole.vintage[subject].reshape(-1)[at] = read_few(columns["vintage"], days)


def _split_targets(cells: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Lower and higher bounds; a single value has no higher one."""
    parts = {cell: cell.partition("..") for cell in set(cells)}
    low = {cell: part[0] for cell, part in parts.items()}
    high = {cell: part[2] for cell, part in parts.items()}
    return read_few(cells, low), read_few(cells, high)


def _score_cells(axes: Axes, columns: Mapping[str, Sequence[str]]) -> npt.NDArray[np.intp]:
    """The flat positions of the lines of a table of scores."""
    labels = axes.labels
    families = (*axes.families, COMPOSITE)
    subjects = {subject.id: s * len(families) * len(labels) for s, subject in enumerate(axes.subjects)}
    which = {family: f * len(labels) for f, family in enumerate(families)}
    when = {label: t for t, label in enumerate(labels)}
    keys = zip(columns["product"], columns["family"], columns["period"], strict=True)
    return np.array([subjects[s] + which[f] + when[t] for s, f, t in keys], dtype=np.intp)


def _cuts(axes: Axes) -> Iterator[tuple[Grain, _Cut]]:
    """Where the cells of each grain stand among those of all."""
    start = 0
    for grain in axes.grains:
        end = start + len(axes.periods[grain])
        yield grain, (slice(None), slice(None), slice(start, end))
        start = end
