"""Do months and days follow each other as they must, in the report, in definitions and in plans?"""

import datetime as dt
from itertools import pairwise

from kpisite.declare.draft import Draft
from kpisite.declare.model import Action, Path, Plan, Site
from kpisite.errors import Problems
from kpisite.periods import GRAIN_ORDER, Grain

DONE = 100


def check_report(site: Site, draft: Draft, problems: Problems) -> None:
    """The report's last month does not lie before its period, and its grains are made of months."""
    report = site.report
    if report.through and report.through < report.period:
        what = f"'report.through' ({report.through}) lies before the report's period ({report.period})"
        problems.error(
            draft.place("report", "through"), what, "Write a later month, or leave it out.", "report-through"
        )
    for number, grain in enumerate(report.grains):
        if grain not in GRAIN_ORDER:
            hint = f"Known: {', '.join(GRAIN_ORDER)}."
            problems.error(
                draft.place("report", "grains", number), f"a report has no grain '{grain}'", hint, "report-grain"
            )
    if Grain.MONTH not in report.grains:
        problems.error(
            draft.place("report", "grains"),
            "the report's grains lack 'month'",
            "Every other grain is made of months.",
            "report-grain",
        )


def check_definitions(site: Site, draft: Draft, problems: Problems) -> None:
    """The versions of an indicator's definition stand in the order of their months."""
    for id_, indicator in site.indicators.items():
        for number, (one, two) in enumerate(pairwise(indicator.definitions), 1):
            path = ("indicators", id_, "definitions", number)
            if two.version <= one.version:
                what = f"version {two.version} of '{id_}' follows version {one.version}"
                problems.error(draft.place(*path, "version"), what, "Number the versions upwards.", "definition-order")
            if two.valid_from <= one.valid_from:
                what = f"version {two.version} of '{id_}' is valid from {two.valid_from}, not after {one.valid_from}"
                problems.error(
                    draft.place(*path, "valid_from"),
                    what,
                    "Write the versions in the order of their months.",
                    "definition-order",
                )


def check_restatements(site: Site, draft: Draft, problems: Problems) -> None:
    """The months of a restatement follow each other."""
    for number, note in enumerate(site.restatements):
        if note.to < note.from_:
            what = f"the restated months end in {note.to}, before they begin in {note.from_}"
            problems.error(draft.place("restatements", number, "to"), what, "Check both months.", "date-order")


def check_plans(site: Site, draft: Draft, problems: Problems) -> None:
    """Nothing in a plan ends before it begins."""
    for id_, plan in site.plans.items():
        _check_plan(("plans", id_), plan, draft, problems)
        for name, action in plan.actions.items():
            _check_action(("plans", id_, "actions", name), action, draft, problems)


def _check_plan(path: Path, plan: Plan, draft: Draft, problems: Problems) -> None:
    _check_order(("closed", plan.closed), ("opened", plan.opened), path, draft, problems)
    for number, review in enumerate(plan.reviews):
        if review.on < plan.opened:
            what = f"the review on {review.on} lies before the plan was opened ({plan.opened})"
            problems.error(draft.place(*path, "reviews", number, "on"), what, "", "date-order")


def _check_action(path: Path, action: Action, draft: Draft, problems: Problems) -> None:
    _check_order(("due", action.due), ("start", action.start), path, draft, problems)
    _check_order(("done", action.done), ("start", action.start), path, draft, problems)
    if action.progress >= DONE and action.done is None and not action.cancelled:
        what = f"the action '{path[-1]}' is at {action.progress:g} % and has no 'done'"
        problems.warn(draft.place(*path, "progress"), what, "Write the day it was done.", "done-missing")
    for number, milestone in enumerate(action.milestones):
        here = (*path, "milestones", number)
        _check_order(("due", milestone.due), ("start", action.start), here, draft, problems)


def _check_order(
    later: tuple[str, dt.date | None], earlier: tuple[str, dt.date], path: Path, draft: Draft, problems: Problems
) -> None:
    name, day = later
    before, first = earlier
    if day and day < first:
        problems.error(
            draft.place(*path, name),
            f"'{name}' ({day}) lies before '{before}' ({first})",
            "Check both days.",
            "date-order",
        )
