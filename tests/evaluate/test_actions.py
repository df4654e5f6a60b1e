"""What an action's dates and progress say about it as of a day."""

import datetime as dt

import pytest

from kpisite.declare.model import Action
from kpisite.evaluate.actions import action_status

DAY = "2025-06-30"  # half of the action's time is over


def action(**more):
    return Action.model_validate(
        {"title": "Call customers", "owner": "Li", "start": "2025-01-01", "due": "2025-12-31"} | more
    )


@pytest.mark.parametrize(
    ("declared", "day", "status"),
    [
        ({"cancelled": True, "done": "2025-03-01"}, DAY, "cancelled"),
        ({"done": "2025-03-01", "progress": 100}, DAY, "done"),
        ({"due": "2025-03-01", "done": "2025-03-01"}, DAY, "done"),
        ({"due": "2025-03-01", "done": "2025-03-02"}, DAY, "done-late"),
        ({"due": "2025-06-29", "progress": 90}, DAY, "late"),
        ({"due": "2025-06-30", "progress": 90}, DAY, "doing"),
        ({"progress": 29}, DAY, "at-risk"),
        ({"progress": 30}, DAY, "doing"),
        ({"progress": 60, "milestones": [{"name": "Pilot", "due": "2025-05-01"}]}, DAY, "at-risk"),
        ({"progress": 60, "milestones": [{"name": "Pilot", "due": "2025-05-01", "done": "2025-04-30"}]}, DAY, "doing"),
        ({"progress": 60, "milestones": [{"name": "Pilot", "due": "2025-06-30"}]}, DAY, "doing"),
        ({}, DAY, "overdue-start"),
        ({}, "2025-01-01", "planned"),
        ({}, "2024-12-01", "planned"),
        ({"done": "2025-07-01", "progress": 90}, DAY, "doing"),  # not done yet on that day
    ],
)
def test_the_first_that_holds(declared, day, status):
    assert action_status(action(**declared), dt.date.fromisoformat(day)) == status


def test_an_action_of_one_day_is_never_behind_before_it():
    one_day = action(start="2025-07-01", due="2025-07-01", progress=5)

    assert action_status(one_day, dt.date(2025, 6, 30)) == "doing"
