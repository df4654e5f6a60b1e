"""The figures of a product over time as rounded numbers: those with pages of their own, or the worst few."""

from functools import partial
from typing import NamedTuple

import numpy as np

from kpisite.languages import Column
from kpisite.periods import Grain
from kpisite.render import rounding
from kpisite.render.edition import Edition
from kpisite.render.rounding import Floats

# A page that carries its figures itself shows so many charts, the worst figures first.
MOST_BLOCKS = 4


class Levels(NamedTuple):
    """Rounded numbers by row and period, in units of the last decimal of the row's column; NaN where there is none."""

    rows: dict[int, int]  # position of an indicator -> row
    columns: tuple[Column, ...]
    values: Floats
    targets: Floats
    highs: Floats


def levels(e: Edition, s: int, grain: Grain) -> Levels:
    """Values and targets of a product's figures at a grain; kept until the next product's turn."""
    return e.latest(("levels", grain), s, partial(_levels, e, s, grain))


def charted(e: Edition, s: int) -> tuple[int, ...]:
    """The figures of a product that are shown over time."""
    keys = e.board.keys[s]
    if e.board.pages == "none":
        return keys[:MOST_BLOCKS]
    return tuple(i for i in (*keys, *e.board.watched[s]) if e.board.has_page(s, i))


def _levels(e: Edition, s: int, grain: Grain) -> Levels:
    figures, shown = e.report.figures[grain], e.latest(("charted",), s, partial(charted, e, s))
    at, columns = (s, list(shown)), tuple([e.column(s, i, grain) for i in shown])
    together = np.stack([figures.value[at], figures.target[at], figures.target_high[at]], axis=1)
    found = rounding.rounded(together, columns)
    return Levels({i: row for row, i in enumerate(shown)}, columns, found[:, 0], found[:, 1], found[:, 2])
