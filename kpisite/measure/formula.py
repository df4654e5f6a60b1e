"""Formulas on a ground: every subject and period at once, with the reason of each missing value beside it."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from kpisite.measure.axis import Axis, Indexes
from kpisite.measure.cells import HERE, Cells, Flags, cells, missing, sum_months
from kpisite.measure.expression import Call, Expression, Name, Number, is_measured
from kpisite.measure.ground import Ground
from kpisite.measure.series import REASON, Codes, Floats
from kpisite.periods import Grain

# Periods of a grain in a year; a cumulated or trailing figure looks back month by month.
OVERLAPPING = (Grain.YTD, Grain.T12)
IN_A_YEAR = {Grain.MONTH: 12, Grain.QUARTER: 4, Grain.HALF: 2, Grain.YEAR: 1, Grain.YTD: 12, Grain.T12: 12}
YEAR = 12

ARITHMETIC: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "min": np.minimum,
    "max": np.maximum,
    "=": lambda a, b: (a == b).astype(np.float64),
    "<>": lambda a, b: (a != b).astype(np.float64),
    "<": lambda a, b: (a < b).astype(np.float64),
    "<=": lambda a, b: (a <= b).astype(np.float64),
    ">": lambda a, b: (a > b).astype(np.float64),
    ">=": lambda a, b: (a >= b).astype(np.float64),
    "and": lambda a, b: ((a != 0) & (b != 0)).astype(np.float64),
    "or": lambda a, b: ((a != 0) | (b != 0)).astype(np.float64),
}


@dataclass(slots=True)
class Formulas:
    """Evaluates formulas on one ground; before the month `barrier` another definition was in force."""

    ground: Ground
    params: Mapping[str, float]
    barrier: int = 0
    _kept: dict[tuple[Expression, Grain], Cells] = field(default_factory=dict)

    def value(self, expression: Expression, grain: Grain) -> Cells:
        """The value of an expression for every subject and period of a grain."""
        key = (expression, grain)
        if key not in self._kept:
            self._kept[key] = self._value(expression, grain)
        return self._kept[key]

    def _value(self, expression: Expression, grain: Grain) -> Cells:
        if isinstance(expression, Number):
            return self._constant(expression.value, grain)
        if isinstance(expression, Name):
            if expression.name in self.params:
                return self._constant(self.params[expression.name], grain)
            return self.ground.measure(expression.name, grain)
        if expression.name in OVER_TIME:
            return OVER_TIME[expression.name](self, expression, grain)
        args = [self.value(arg, grain) for arg in expression.args]
        if expression.name == "/":
            return divide(args[0], args[1], signed=not is_measured(expression.args[1], self.params))
        if expression.name in ON_CELLS:
            return ON_CELLS[expression.name](args)
        return functools.reduce(functools.partial(combine, ARITHMETIC[expression.name]), args)

    def _constant(self, value: float, grain: Grain) -> Cells:
        shape = (self.ground.count, len(self.axis(grain).periods))
        return Cells(np.full(shape, value), np.zeros(shape, np.int8))

    def axis(self, grain: Grain) -> Axis:
        """The periods of a grain."""
        return self.ground.cube.calendar.axes[grain]

    def lag(self, arg: Expression, count: int, grain: Grain) -> Cells:
        """The value so many periods before; before the first one there is no history."""
        return self.look_back(self.value(arg, grain), np.arange(len(self.axis(grain).periods)) - count, grain)

    def look_back(self, found: Cells, columns: Indexes, grain: Grain) -> Cells:
        """The cells of earlier periods, by their positions, with the reasons of looking back."""
        before = columns < 0
        safe = np.where(before, 0, columns)
        if not found.value.shape[1]:
            return found
        reason = found.reason[:, safe].copy()
        value = found.value[:, safe]
        reason[reason == REASON["not-launched"]] = REASON["no-history"]
        reason[:, before] = REASON["no-history"]
        across = self.axis(grain).first[safe] < self.barrier
        reason[:, across & ~before] = np.where(
            reason[:, across & ~before] == REASON["no-history"], REASON["no-history"], REASON["not-comparable"]
        )
        return cells(np.where(reason == HERE, value, np.nan), reason)

    def window(self, arg: Expression, count: int, grain: Grain) -> Cells:
        """The sum over the last periods of a grain; cumulated and trailing figures take the window of their month."""
        over = Grain.MONTH if grain in OVERLAPPING else grain
        if self.axis(over).partial and count > 1:
            # Parts of periods do not add up to anything that has a name.
            return missing((self.ground.count, len(self.axis(over).periods)), "incomplete")
        size = len(self.axis(over).periods)
        total: Cells | None = None
        for back in range(count - 1, -1, -1):
            part = self.look_back(self.value(arg, over), np.arange(size) - back, over)
            total = part if total is None else combine(np.add, total, part)
        found = total if total is not None else missing((self.ground.count, size), "no-history")
        gap = (found.reason == REASON["no-data"]) & self.value(arg, over).ok
        found = Cells(found.value, np.where(gap, np.int8(REASON["incomplete"]), found.reason))
        return found.at(self.axis(grain).last) if grain in OVERLAPPING else found


def combine(operation: Callable[[Floats, Floats], Floats], left: Cells, right: Cells) -> Cells:
    """Apply an operation where both sides are there; else the first reason stands."""
    reason = np.where(left.reason != HERE, left.reason, right.reason)
    with np.errstate(all="ignore"):
        return cells(operation(left.value, right.value), reason)


def divide(left: Cells, right: Cells, *, signed: bool = True) -> Cells:
    """Divide; by zero there is no value, and by less than zero only where `signed` says that it has a meaning."""
    reason: Codes = np.where(left.reason != HERE, left.reason, right.reason)
    zero = (right.value == 0) & (reason == HERE)
    reason = np.where(zero, np.int8(REASON["zero-denominator"]), reason)
    if not signed:
        reason = np.where((right.value < 0) & (reason == HERE), np.int8(REASON["negative-denominator"]), reason)
    with np.errstate(all="ignore"):
        return cells(left.value / np.where(zero, np.nan, right.value), reason)


def _choose(condition: Cells, yes: Cells, no: Cells) -> Cells:
    holds: Flags = condition.value != 0
    reason = np.where(holds, yes.reason, no.reason)
    reason = np.where(condition.reason != HERE, condition.reason, reason)
    return cells(np.where(holds, yes.value, no.value), reason)


def _first_there(args: list[Cells]) -> Cells:
    value, reason = args[0].value, args[0].reason
    for arg in args[1:]:
        gone = reason != HERE
        value, reason = np.where(gone, arg.value, value), np.where(gone, arg.reason, reason)
    return Cells(value, reason)


def _growth(now: Cells, base: Cells) -> Cells:
    """Growth on a base of zero or less has no meaning."""
    ratio = divide(now, base)
    low = (base.value <= 0) & (now.reason == HERE) & (base.reason == HERE)
    reason = np.where(low, np.int8(REASON["base-not-positive"]), ratio.reason)
    return cells(np.where(low, np.nan, ratio.value - 1), reason)


def _lag(formulas: Formulas, call: Call, grain: Grain) -> Cells:
    return formulas.lag(call.args[0], call.count, grain)


def _year_ago(formulas: Formulas, call: Call, grain: Grain) -> Cells:
    return formulas.lag(call.args[0], IN_A_YEAR[grain], grain)


def _yoy(formulas: Formulas, call: Call, grain: Grain) -> Cells:
    return _growth(formulas.value(call.args[0], grain), _year_ago(formulas, call, grain))


def _step(formulas: Formulas, call: Call, grain: Grain) -> Cells:
    if grain is Grain.YTD:
        return _in_its_month(formulas, _step(formulas, call, Grain.MONTH))
    return _growth(formulas.value(call.args[0], grain), formulas.lag(call.args[0], 1, grain))


def _delta(formulas: Formulas, call: Call, grain: Grain) -> Cells:
    if grain is Grain.YTD:
        return _in_its_month(formulas, _delta(formulas, call, Grain.MONTH))
    return combine(np.subtract, formulas.value(call.args[0], grain), formulas.lag(call.args[0], 1, grain))


def _in_its_month(formulas: Formulas, months: Cells) -> Cells:
    """What grows with the year has no period before it in January; a step is that of its last month."""
    return months.at(formulas.axis(Grain.YTD).last)


def _ytd(formulas: Formulas, call: Call, grain: Grain) -> Cells:
    if isinstance(call.args[0], Name):
        found = formulas.value(call.args[0], Grain.YTD)
    else:
        found = _sum_over(formulas, call.args[0], formulas.axis(Grain.YTD))
    return found.at(formulas.axis(grain).last)


def _sum_over(formulas: Formulas, arg: Expression, axis: Axis) -> Cells:
    """The sum of the months of each period; one that is missing leaves it incomplete."""
    months = formulas.value(arg, Grain.MONTH)
    sums = sum_months(np.where(months.ok, months.value, 0.0), axis)
    here = sum_months(months.ok.astype(np.float64), axis)
    reason = np.where(here == axis.months, np.int8(HERE), np.int8(REASON["incomplete"]))
    gone = months.reason == REASON["not-launched"]
    reason[sum_months(gone.astype(np.float64), axis) == axis.months] = REASON["not-launched"]
    return cells(np.where(reason == HERE, sums, np.nan), reason)


def _rolling_sum(formulas: Formulas, call: Call, grain: Grain) -> Cells:
    return formulas.window(call.args[0], call.count, grain)


def _rolling_avg(formulas: Formulas, call: Call, grain: Grain) -> Cells:
    total = formulas.window(call.args[0], call.count, grain)
    return Cells(total.value / call.count, total.reason)


def _trailing_year(formulas: Formulas, call: Call, grain: Grain) -> Cells:
    return formulas.window(call.args[0], YEAR, Grain.MONTH).at(formulas.axis(grain).last)


def _average(formulas: Formulas, call: Call, grain: Grain) -> Cells:
    if grain is Grain.MONTH:
        return formulas.value(call.args[0], grain)
    axis = formulas.axis(grain)
    total = _sum_over(formulas, call.args[0], axis)
    return Cells(total.value / axis.months, total.reason)


def _opening(formulas: Formulas, call: Call, grain: Grain) -> Cells:
    """The balance with which the period opens: that of the month before it."""
    months = formulas.value(call.args[0], Grain.MONTH)
    before = formulas.axis(grain).first - 1
    # The opening balance belongs to the period: it is not compared with anything.
    return Formulas(formulas.ground, formulas.params).look_back(months, before, Grain.MONTH)


def _avg2(formulas: Formulas, call: Call, grain: Grain) -> Cells:
    """The mean of the opening and the closing balance."""
    closing = formulas.value(call.args[0], Grain.MONTH).at(formulas.axis(grain).last)
    total = combine(np.add, closing, _opening(formulas, call, grain))
    return Cells(total.value / 2, total.reason)


def _ann(formulas: Formulas, call: Call, grain: Grain) -> Cells:
    found = formulas.value(call.args[0], grain)
    return Cells(found.value * YEAR / formulas.axis(grain).months, found.reason)


ON_CELLS: Mapping[str, Callable[[list[Cells]], Cells]] = {
    "neg": lambda args: Cells(-args[0].value, args[0].reason),
    "abs": lambda args: Cells(np.abs(args[0].value), args[0].reason),
    "not": lambda args: cells((args[0].value == 0).astype(np.float64), args[0].reason),
    "if": lambda args: _choose(args[0], args[1], args[2]),
    "coalesce": _first_there,
}
OVER_TIME: Mapping[str, Callable[[Formulas, Call, Grain], Cells]] = {
    "lag": _lag,
    "year_ago": _year_ago,
    "yoy": _yoy,
    "qoq": _step,
    "mom": _step,
    "delta": _delta,
    "ytd": _ytd,
    "rolling_sum": _rolling_sum,
    "rolling_avg": _rolling_avg,
    "trailing_year": _trailing_year,
    "average": _average,
    "opening": _opening,
    "avg2": _avg2,
    "ann": _ann,
}
