"""The status of every action, derived from its dates and progress as of the report's day."""

import datetime as dt

from kpisite.declare.model import Action, Site
from kpisite.evaluate.report import ActionFact

# Percentage points that progress may lie behind the elapsed time before an action counts as at risk.
SLACK = 20.0


def action_facts(site: Site, as_of: dt.date) -> tuple[ActionFact, ...]:
    """One fact for every action of every plan, plans by id, actions as declared."""
    return tuple(
        ActionFact(plan_id, action_id, action_status(action, as_of))
        for plan_id, plan in sorted(site.plans.items())
        for action_id, action in plan.actions.items()
    )


def action_status(action: Action, as_of: dt.date) -> str:
    """The first that holds of cancelled, done, done-late, late, at-risk, doing, overdue-start and planned."""
    if action.cancelled:
        return "cancelled"
    if action.done is not None and action.done <= as_of:
        return "done" if action.done <= action.due else "done-late"
    if as_of > action.due:
        return "late"
    if _is_at_risk(action, as_of):
        return "at-risk"
    if action.progress > 0:
        return "doing"
    return "overdue-start" if as_of > action.start else "planned"


def _is_at_risk(action: Action, as_of: dt.date) -> bool:
    """Is a begun action far behind its time, or is one of its milestones overdue?"""
    if any(_is_overdue(one.due, one.done, as_of) for one in action.milestones):
        return True
    return action.progress > 0 and action.progress < elapsed(action, as_of) - SLACK


def elapsed(action: Action, as_of: dt.date) -> float:
    """The share of an action's time that is over, in percent."""
    days = (action.due - action.start).days
    if days <= 0:
        return 100.0 if as_of >= action.due else 0.0
    return min(max(100 * (as_of - action.start).days / days, 0.0), 100.0)


def _is_overdue(due: dt.date, done: dt.date | None, as_of: dt.date) -> bool:
    return due < as_of and (done is None or done > as_of)
