"""Hysteresis: what replaying a series may and may not do, against the rule told step by step."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kpisite.evaluate.warning_replay import OPEN, Case, open_at, replay

# A period: does the rule fire, can it be asked, is the value clearly better?
PERIODS = st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=40)
MANY = settings(max_examples=500)


def told(periods):
    """The rule in words: raised at once, cleared after two quiet periods or when the value is clearly better."""
    alerts, raised, quiet = [], None, 0
    for t, (fires, available, better) in enumerate(periods):
        if not available:
            continue
        quiet = 0 if fires else quiet + 1
        if raised is None and fires:
            raised = t
        elif raised is not None and not fires and (quiet >= 2 or better):
            alerts.append((raised, t))
            raised = None
    return [*alerts, *([(raised, OPEN)] if raised is not None else [])]


def alerts_of(*series):
    """The alerts of each series (of the same length)."""
    fires, available, better = (np.array([[one[part] for one in every] for every in series]) for part in range(3))
    (found,) = replay([Case(fires, fires, available, better)])
    rows = list(zip(found.series.tolist(), found.raised.tolist(), found.cleared.tolist(), strict=True))
    return [[(raised, cleared) for n, raised, cleared in rows if n == own] for own in range(len(series))]


@MANY
@given(PERIODS)
def test_alerts_are_raised_and_cleared_as_the_rule_says_step_by_step(periods):
    assert alerts_of(periods) == [told(periods)]


@MANY
@given(PERIODS, st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_another_period_changes_nothing_of_before_but_the_clearing_of_an_open_alert(periods, more):
    (before,), (after,) = alerts_of(periods), alerts_of([*periods, more])

    last = len(periods)
    settled = [alert for alert in before if alert[1] != OPEN]
    assert after[: len(settled)] == settled
    for alert in before[len(settled) :]:
        assert after[len(settled)] in (alert, (alert[0], last))
    assert all(raised == last for raised, _ in after[len(before) :])


@MANY
@given(PERIODS, st.data())
def test_periods_without_a_value_neither_raise_nor_clear(periods, data):
    gaps = data.draw(st.lists(st.integers(0, len(periods)), max_size=6))
    longer, kept = list(periods), list(range(len(periods)))
    for at in gaps:
        longer.insert(at, (True, False, True))
        kept = [t + (t >= at) for t in kept]
    (without,), (with_gaps,) = alerts_of(periods), alerts_of(longer)

    assert with_gaps == [(kept[raised], OPEN if cleared == OPEN else kept[cleared]) for raised, cleared in without]


@MANY
@given(st.integers(1, 12), st.data())
def test_series_do_not_touch_each_other(length, data):
    one = st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=length, max_size=length)
    series = data.draw(st.lists(one, min_size=2, max_size=5))

    assert alerts_of(*series) == [alerts_of(each)[0] for each in series]


@MANY
@given(st.integers(1, 12), st.data())
def test_rules_replayed_together_do_not_touch_each_other(length, data):
    flags = st.lists(st.lists(st.booleans(), min_size=length, max_size=length), min_size=3, max_size=3).map(np.array)
    cases = [Case(*(data.draw(flags) for _ in range(parts))) for parts in (3, 4, 4)]

    together = replay(cases)

    for case, own in zip(cases, together, strict=True):
        (alone,) = replay([case])
        for name in ("series", "raised", "cleared"):
            assert getattr(own, name).tolist() == getattr(alone, name).tolist()


@MANY
@given(PERIODS)
def test_an_alert_is_open_from_its_period_to_the_one_before_it_is_cleared(periods):
    fires, available, better = (np.array([[one[part] for one in periods]]) for part in range(3))
    (events,) = replay([Case(fires, fires, available, better)])

    found = open_at(events, fires.shape)[0]

    expected = np.zeros(len(periods), dtype=bool)
    for raised, cleared in told(periods):
        expected[raised : len(periods) if cleared == OPEN else cleared] = True
    assert np.array_equal(found, expected)


def test_what_begins_an_alert_may_differ_from_what_keeps_it_open():
    raises = np.array([[False, True, False, False, False, False]])
    holds = np.array([[True, True, True, True, False, False]])

    (found,) = replay([Case(raises, holds, np.ones_like(raises))])

    assert (found.raised.tolist(), found.cleared.tolist()) == ([1], [5])
