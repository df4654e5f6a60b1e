"""The warnings of a report as its pages need them: which are open, of which figure, the most severe first."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from kpisite.evaluate.charted import CADENCES
from kpisite.evaluate.report import SEVERITIES, Alert
from kpisite.evaluate.warning import alerts, rows_about
from kpisite.periods import Grain
from kpisite.render import marks
from kpisite.render.cells import raw
from kpisite.render.due import month_due
from kpisite.render.edition import Edition
from kpisite.render.narrative import next_step
from kpisite.render.parts import Link

# Of two warnings of the same severity the one whose rule stands first is told.
_TELLING = ("W14", "W1", "W13", "W4", "W9", "W3", "W12", "W10", "W6", "W5", "W2", "W7", "W11", "W8")
BY_SEVERITY = tuple(reversed(SEVERITIES))


@dataclass(frozen=True, slots=True)
class Warned:
    """A figure with its open warnings, the most severe first."""

    s: int
    i: int
    alerts: tuple[Alert, ...]

    @property
    def worst(self) -> Alert:
        """The one that a summary tells of."""
        return self.alerts[0]


def of_subject(e: Edition, s: int) -> tuple[Warned, ...]:
    """The figures of a subject with open warnings, the most severe first."""
    at = rows_about(e.report.warnings, s)
    return _grouped(e, np.flatnonzero(e.report.warnings.cleared[at] == 0) + at.start)


def of_report(e: Edition) -> tuple[Warned, ...]:
    """The same for all products and the bank."""
    return e.once(("warned",), lambda: _grouped(e, np.flatnonzero(e.report.warnings.cleared == 0)))


def _grouped(e: Edition, which: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> tuple[Warned, ...]:
    found: dict[tuple[int, int], list[Alert]] = {}
    for w, one in zip(which.tolist(), alerts(e.report, which), strict=True):
        at = (int(e.report.warnings.subject[w]), int(e.report.warnings.indicator[w]))
        found.setdefault(at, []).append(one)
    warned = [Warned(s, i, tuple(sorted(own, key=_order))) for (s, i), own in found.items()]
    shortfall = np.nan_to_num(e.board.shortfall)
    return tuple(sorted(warned, key=lambda one: (_rank(one.worst), -float(shortfall[one.s, one.i]), one.s, one.i)))


def _order(one: Alert) -> tuple[int, int, int]:
    """Within one severity by what the rules say: what has happened, what is near, what goes on; then the latest."""
    return _rank(one), _TELLING.index(one.rule), -one.raised.last_month


def _rank(one: Alert) -> int:
    return BY_SEVERITY.index(one.severity)


def counts(warned: Iterable[Warned]) -> dict[str, int]:
    """How many warnings are open, by severity, and how many in all."""
    every = [one for figure in warned for one in figure.alerts]
    return {severity: sum(one.severity == severity for one in every) for severity in SEVERITIES} | {"open": len(every)}


# ------------------------------------------------------------------------------------------------ words


def severity_mark(e: Edition, severity: str) -> Markup:
    """Glyph and word of a severity."""
    word = e.t["warning"]["severity"][severity]
    return e.once(("severity", severity), lambda: marks.severity(severity, word))


def rule_name(e: Edition, one: Alert) -> str:
    """The name of a rule, and what else the warning is about."""
    name = e.t["warning"]["rules"][one.rule]
    about = _about(e, one)
    return str(e.t["warning"]["about"].format(rule=name, about=about)) if about else str(name)


def _about(e: Edition, one: Alert) -> str:
    """What the detail of a warning names, in this language."""
    if one.rule == "W12":
        plan, _, action = one.detail.partition("/")
        declared = e.site.plans.get(plan)
        if declared is None:
            return one.detail
        return e.say(declared.actions[action].title if action in declared.actions else declared.title)
    names = one.detail.split()
    if one.rule == "W9":
        return e.listed(e.indicators[e.report.indicator(id_)] for id_ in names if id_ in e.report.indicators)
    if one.rule == "W10" and e.site.competitors:
        known = e.site.competitors.names
        return e.listed(e.say(known[id_].name) if id_ in known else id_ for id_ in names)
    if one.rule == "W11":
        first, _, last = one.detail.partition("..")
        names = [_period(e, label) for label in (first, last) if label]
        return str(e.t["warning"]["months"].format(first=names[0], last=names[1])) if last else names[0]
    return ""


def _period(e: Edition, label: str) -> str:
    found = next((p for figures in e.report.figures.values() for p in figures.periods if p.label == label), None)
    return e.tongue.period(found) if found else label


def forecast_text(e: Edition, figure: Warned) -> str:
    """The month in which a limit is forecast to be crossed, with its probability; empty without one."""
    one = next((alert for alert in figure.alerts if alert.breach is not None), None)
    if one is None or one.breach is None:
        return ""
    chance = e.tongue.rounded(one.chance, 2)
    text: str = e.t["warning"]["breach"].format(period=e.tongue.period(one.breach), chance=chance)
    return text


def value_text(e: Edition, i: int, value: float) -> str:
    """A value in its unit; empty without one."""
    return "" if math.isnan(value) else e.tongue.figure(value, e.prose_column(i, [value]))


def told_values(e: Edition, one: Alert) -> tuple[str, str]:
    """Value and threshold of a warning; those of an action are percentages."""
    if one.rule == "W12":
        found = ["" if math.isnan(v) else f"{e.tongue.rounded(v, 0)}%" for v in (one.value, one.threshold)]
        return found[0], found[1]
    i = e.report.indicator(one.indicator)
    return value_text(e, i, one.value), value_text(e, i, one.threshold)


def room_text(e: Edition, s: int, i: int) -> str:
    """How far the present value is from its amber limit and from its regulatory limit, or how far beyond."""
    return e.listed(text for text in (_room(e, s, i, key) for key in ("amber", "limit")) if text)


def limit_room(e: Edition, s: int, i: int) -> str:
    """The same for the regulatory limit alone."""
    return _room(e, s, i, "limit")


def _room(e: Edition, s: int, i: int, key: str) -> str:
    one, declared = raw(e, s, i, month_due(e, s, i)), e.site.indicators[e.report.indicators[i]]
    if math.isnan(one.value):
        return ""
    if key == "limit":
        if declared.limit is None:
            return ""
        edge, side = declared.limit.value, 1 if declared.limit.side == "max" else -1
    else:
        found = _amber(e, s, i, one.value)
        if found is None:
            return ""
        edge, side = found
    column = e.prose_column(i, [one.value, edge])
    steps = side * (column.steps(edge) - column.steps(one.value))
    words = e.t["warning"]["room"][key]["left" if steps >= 0 else "beyond"]
    text: str = words.format(room=e.tongue.amount(abs(steps), column, gap=True), edge=e.tongue.figure(edge, column))
    return text


def _amber(e: Edition, s: int, i: int, value: float) -> tuple[float, int] | None:
    """The amber limit that the value is nearer to, and the side on which it lies: 1 above, -1 below."""
    months, at = e.board.months, (s, i, month_due(e, s, i))
    low, high, width = (float(part[at]) for part in (months.target, months.target_high, months.tolerance))
    if math.isnan(low + width):
        return None
    direction = e.site.indicators[e.report.indicators[i]].direction
    top = low if math.isnan(high) else high
    upper = direction == "lower" or (direction == "range" and top + width - value < value - (low - width))
    return (round(top + width, 12), 1) if upper else (round(low - width, 12), -1)


# ------------------------------------------------------------------------------------------------ what was done


def step_of(e: Edition, figure: Warned, root: str) -> str:
    """Plan, owner and next action, or the plain words that there is none yet."""
    step = next_step(e, figure.s, figure.i)
    if not step.plan:
        return step.text
    plan: Link = e.to_plan(step.plan, root)
    return Markup("{} · {}").format(marks.anchor(plan.text, plan.href), step.text)


def response_text(e: Edition, figure: Warned) -> str:
    """Days from the warning to the start of the first action after it, or that one was under way, or none yet."""
    raised, words = figure.worst.raised.last_day, e.t["warning"]["response"]
    as_of = dt.date.fromisoformat(e.report.as_of)
    spans = [(start, done) for start, done in _actions(e, figure) if start <= as_of]
    if any(start <= raised and (done is None or done > raised) for start, done in spans):
        return str(words["under_way"])
    later = [start for start, _ in spans if start > raised]
    if later:
        return str(words["days"].format(count=(min(later) - raised).days))
    return str(words["none"].format(count=max((as_of - raised).days, 0)))


def _actions(e: Edition, figure: Warned) -> Sequence[tuple[dt.date, dt.date | None]]:
    """Start and end of the actions about a figure that were not cancelled."""
    product, indicator = e.report.subjects[figure.s].id, e.report.indicators[figure.i]
    found: list[tuple[dt.date, dt.date | None]] = []
    for id_ in e.board.plans.get((product, indicator), ()):
        plan = e.site.plans[id_]
        found += [
            (action.start, action.done)
            for action in plan.actions.values()
            if indicator in (action.indicators or plan.indicators) and not action.cancelled
        ]
    return found


def cadence_now(e: Edition, i: int) -> int:
    """The last period of an indicator's cadence that the report holds, on the axis of its grain."""
    grain = CADENCES[e.site.indicators[e.report.indicators[i]].cadence]
    return e.once(("now", grain), lambda: _last(e, grain))


def _last(e: Edition, grain: Grain) -> int:
    until = e.report.period.last_month
    return max((t for t, one in enumerate(e.report.figures[grain].periods) if one.last_month <= until), default=0)
