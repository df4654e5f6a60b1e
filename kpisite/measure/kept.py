"""What is kept of a cube for those who ask later where a figure comes from."""

from collections.abc import Iterator, Sequence

import numpy as np

from kpisite.measure.cube import Cube, Member, is_averaged
from kpisite.measure.inputs import Input, Inputs, Members, Question
from kpisite.periods import Grain


def inputs_of(cube: Cube) -> Inputs:
    """The measures of a cube, and what the engine was asked for besides them."""
    measures = {
        name: Input(
            engine=one.engine,
            sent=one.sent,
            additive=one.aggregate.additive,
            step=one.step,
            value=one.cells.value,
            rows=one.counted,
            days=one.days if is_averaged(one) else None,
            first=np.maximum(one.first, 0),
        )
        for name, one in sorted(cube.measures.items())
    }
    return Inputs(cube.calendar.start, cube.calendar.count, measures, dict(_asked(cube)))


def _asked(cube: Cube) -> Iterator[tuple[Question, float]]:
    """The answers for shown periods; what one product gave in one month stands among the measures already."""
    for (name, _, groups), (axis, answers) in cube.answers.items():
        shown = range(cube.calendar.shown(axis.grain).start, len(axis.periods))
        for group, row in zip(groups, answers, strict=True):
            who = members_of(group)
            if len(who) == 1 and axis.grain is Grain.MONTH:
                continue
            for t in shown:
                if np.isfinite(row[t]):
                    last, months = int(axis.last[t]), int(axis.months[t])
                    yield (name, last, months, who), float(row[t])


def members_of(group: Sequence[Member]) -> Members:
    """A group as it is looked up: who began before the first month is there from the beginning."""
    return tuple((member.product, max(member.since, 0)) for member in group)
