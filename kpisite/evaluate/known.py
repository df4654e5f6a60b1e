"""What was known on the report's day: facts dated later are left out of the declarations."""

import datetime as dt

from kpisite.declare.model import Action, Control, Milestone, Plan, ReportSettings, Site
from kpisite.periods import Period


def as_known(site: Site, version: str, as_of: dt.date) -> Site:
    """The site without plans opened, actions done, verdicts given and reviews signed after this day.

    Its settings say the report's version and day even where the author left them to their defaults, so that a report
    does not depend on how it was asked for.
    """
    plans = {id_: _plan(plan, as_of) for id_, plan in site.plans.items() if plan.opened <= as_of}
    reviews = tuple(review for review in site.reviews if review.on <= as_of)
    notes = tuple(note for note in site.restatements if note.on <= as_of)
    settings = _settings(site.report, version, as_of)
    last = settings.through or settings.period
    controls = {id_: _control(control, last) for id_, control in site.controls.items()}
    known = {"report": settings, "plans": plans, "reviews": reviews, "restatements": notes, "controls": controls}
    return site.model_copy(update=known)


def _control(control: Control, last: Period) -> Control:
    """Control totals of later months are nobody's business yet."""
    return control.model_copy(update={"totals": {month: n for month, n in control.totals.items() if month <= last}})


def _settings(settings: ReportSettings, version: str, as_of: dt.date) -> ReportSettings:
    through = settings.through if settings.through and settings.through > settings.period else None
    return settings.model_copy(update={"version": version, "as_of": as_of, "through": through})


def _plan(plan: Plan, as_of: dt.date) -> Plan:
    actions = {id_: _action(action, as_of) for id_, action in plan.actions.items()}
    reviews = tuple(review for review in plan.reviews if review.on <= as_of)
    closed = _past(plan.closed, as_of)
    return plan.model_copy(update={"actions": actions, "reviews": reviews, "closed": closed})


def _action(action: Action, as_of: dt.date) -> Action:
    milestones = tuple(_milestone(one, as_of) for one in action.milestones)
    return action.model_copy(update={"done": _past(action.done, as_of), "milestones": milestones})


def _milestone(milestone: Milestone, as_of: dt.date) -> Milestone:
    return milestone.model_copy(update={"done": _past(milestone.done, as_of)})


def _past(day: dt.date | None, as_of: dt.date) -> dt.date | None:
    return day if day is not None and day <= as_of else None
