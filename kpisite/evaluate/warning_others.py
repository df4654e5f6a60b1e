"""The rules of early warning that look at other things than one figure: W10 at competitors, W12 at plans."""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from kpisite.declare.model import Action, Plan, Site
from kpisite.evaluate.actions import SLACK, action_status, elapsed
from kpisite.evaluate.gaps import FALLING
from kpisite.evaluate.report import PeerFact
from kpisite.evaluate.warning_replay import OPEN, Case, replay
from kpisite.periods import Period

NONE = math.nan
DAY = dt.timedelta(days=1)
# Verdicts by which a plan did not do what it was for.
_WITHOUT_EFFECT = ("no-evidence", "adverse")


@dataclass(frozen=True, slots=True)
class Found:
    """An alert that was not found in the rows of a grain; months by their numbers, cleared 0 while open."""

    rule: str
    product: str
    indicator: str
    raised: int
    cleared: int
    value: float = NONE
    threshold: float = NONE
    detail: str = ""


def falling_behind(peers: Sequence[PeerFact]) -> Iterator[Found]:
    """W10: the gap to a competitor worsened in three comparable periods in a row, even where the target is met."""
    order = sorted(peers, key=lambda one: (one.product, one.indicator, one.period.grain, one.period, one.competitor))
    for key, group in groupby(order, key=lambda one: (one.product, one.indicator, one.period.grain)):
        own = [one for one in group if not math.isnan(one.gap)]
        periods = [(period, list(facts)) for period, facts in groupby(own, key=lambda one: one.period)]
        yield from _spells(key[0], key[1], periods)


def _spells(product: str, indicator: str, periods: Sequence[tuple[Period, list[PeerFact]]]) -> Iterator[Found]:
    fires = np.array([[any(one.worsenings >= FALLING for one in facts) for _, facts in periods]], dtype=np.bool_)
    (events,) = replay([Case(fires, fires, np.ones_like(fires))])
    for raised, cleared in zip(events.raised.tolist(), events.cleared.tolist(), strict=True):
        period, facts = periods[raised]
        ahead = [one for one in facts if one.worsenings >= FALLING]
        yield Found(
            "W10",
            product,
            indicator,
            period.last_month,
            0 if cleared == OPEN else periods[cleared][0].last_month,
            ahead[0].own,
            ahead[0].value,
            " ".join(one.competitor for one in ahead),
        )


def plans_in_trouble(site: Site, as_of: dt.date) -> Iterator[Found]:
    """W12: an action is or was late, is at risk, or a plan was judged to have had no effect or an adverse one."""
    for id_, plan in sorted(site.plans.items()):
        for action_id, action in plan.actions.items():
            yield from _action(plan, action, f"{id_}/{action_id}", as_of)
        yield from _verdicts(plan, id_)


def _action(plan: Plan, action: Action, name: str, as_of: dt.date) -> Iterator[Found]:
    """The one alert of an action: since when it was late or at risk, and until it was done."""
    since = _since(action, as_of)
    if since is None:
        return
    indicator = (action.indicators or plan.indicators)[0]
    should = 100.0 if as_of > action.due else max(elapsed(action, as_of) - SLACK, 0.0)
    cleared = _month(action.done) if action.done else 0
    yield Found("W12", plan.product, indicator, _month(since), cleared, action.progress, should, name)


def _since(action: Action, as_of: dt.date) -> dt.date | None:
    """The day from which an action was late, or from which it is at risk with the progress it has."""
    status = action_status(action, as_of)
    late = action.due + DAY
    if status in ("late", "done-late"):
        return late
    if status != "at-risk":
        return None
    overdue = [one.due + DAY for one in action.milestones if one.done is None and one.due < as_of]
    days = (action.due - action.start).days
    behind = action.start + dt.timedelta(days=math.floor(days * (action.progress + SLACK) / 100) + 1)
    return min([*overdue, *([behind] if action.progress > 0 and behind <= as_of else [])], default=as_of)


def _verdicts(plan: Plan, id_: str) -> Iterator[Found]:
    """A plan that did not work, until it is judged otherwise or closed."""
    opened: dt.date | None = None
    for review in sorted(plan.reviews, key=lambda one: one.on):
        if review.verdict in _WITHOUT_EFFECT:
            opened = opened or review.on
        elif opened and review.verdict != "too-early":
            yield Found("W12", plan.product, plan.indicators[0], _month(opened), _month(review.on), detail=id_)
            opened = None
    if opened:
        cleared = _month(plan.closed) if plan.closed else 0
        yield Found("W12", plan.product, plan.indicators[0], _month(opened), cleared, detail=id_)


def _month(day: dt.date) -> int:
    return day.year * 12 + day.month - 1
