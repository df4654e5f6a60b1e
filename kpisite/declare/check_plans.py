"""Can a plan be meant as it is written: its indicators, its days, and how far its actions are?"""

from kpisite.declare.draft import Draft
from kpisite.declare.model import Action, Path, Plan, Site
from kpisite.errors import Problems

LEAST_PERCENT = 1


def doubt_plans(site: Site, draft: Draft, problems: Problems) -> None:
    """Warn of what contradicts the rest of the plan, its product or the day of the report."""
    for id_, plan in site.plans.items():
        path = ("plans", id_)
        _doubt_indicators(site, plan, path, draft, problems)
        for number, effect in enumerate(plan.expected):
            if effect.by.last_day < plan.opened:
                what = f"an effect is expected by {effect.by}, before the plan was opened ({plan.opened})"
                problems.warn(draft.place(*path, "expected", number, "by"), what, "Check both.", "plan-order")
        for name, action in plan.actions.items():
            _doubt_action(site, plan, action, (*path, "actions", name), draft, problems)


def _doubt_indicators(site: Site, plan: Plan, path: Path, draft: Draft, problems: Problems) -> None:
    product = site.products.get(plan.product)
    carried = set() if product is None else {*product.key, *product.monitor}
    # Where one of them is misspelt or could not be read, it may be the one that is missed.
    certain = product is not None and not draft.some_targets and carried <= set(site.indicators)
    for number, indicator in enumerate(plan.indicators):
        if certain and indicator in site.indicators and indicator not in carried:
            what = f"the plan is about '{indicator}', which '{plan.product}' has neither under 'key' nor 'monitor'"
            place = draft.place(*path, "indicators", number)
            problems.warn(place, what, "Name an indicator of the product, or add it there.", "plan-indicator")
    for number, effect in enumerate(plan.expected):
        if _is_stray(site, plan, effect.indicator):
            what = f"an effect is expected on '{effect.indicator}', which the plan's 'indicators' do not name"
            place = draft.place(*path, "expected", number, "indicator")
            problems.warn(place, what, "Add it to them, or correct it.", "plan-indicator")


def _is_stray(site: Site, plan: Plan, indicator: str) -> bool:
    """Is it an indicator that the plan does not name, while all that it names are known?"""
    return (
        indicator in site.indicators and indicator not in plan.indicators and {*plan.indicators} <= {*site.indicators}
    )


def _doubt_action(site: Site, plan: Plan, action: Action, path: Path, draft: Draft, problems: Problems) -> None:
    for number, indicator in enumerate(action.indicators):
        if _is_stray(site, plan, indicator):
            what = f"the action '{path[-1]}' is about '{indicator}', which the plan's 'indicators' do not name"
            place = draft.place(*path, "indicators", number)
            problems.warn(place, what, "Add it to them, or correct it.", "plan-indicator")
    if action.start <= action.due < plan.opened:
        what = f"the action '{path[-1]}' was due on {action.due}, before the plan was opened ({plan.opened})"
        problems.warn(draft.place(*path, "due"), what, "Check both days.", "plan-order")
    if 0 < action.progress < LEAST_PERCENT:
        what = f"the action '{path[-1]}' is at {action.progress:g} %"
        hint = f"Progress is in per cent: did you mean {100 * action.progress:g}?"
        problems.warn(draft.place(*path, "progress"), what, hint, "plan-progress")
    day = site.report.as_of
    if day is not None and action.done is not None and action.done > day:
        what = f"the action '{path[-1]}' was done on {action.done}, after the day of the report ({day})"
        hint = "For this report it is still open; correct the day, or 'report.as_of'."
        problems.warn(draft.place(*path, "done"), what, hint, "plan-later")
