"""A figure by the labels of a dimension, as its page shows it."""

from dataclasses import replace

import numpy as np
import pytest

from kpisite.measure.series import REASON, Breakdown
from kpisite.periods import Grain
from kpisite.render.views.breakdown import breakdowns, worst_first
from tests.factories import a_report, a_site, an_indicator
from tests.render.reading import rows
from tests.render.small import in_language

LABELS = ("app", "branch", "phone", "")
SOURCE = {
    "file": "x.csv",
    "dimensions": {
        "channel": {"name": {"zh": "渠道", "en": "channel"}, "labels": {"app": {"zh": "手机", "en": "App"}}}
    },
}


def report(values, *, adds=True, direction="higher", reasons=None):
    """One product with one figure in December by label; November is half of it."""
    site = a_site(
        {"card": {"monitor": ["sales"]}},
        {"sales": an_indicator(kind="flow", unit="count", decimals=0, direction=direction, across="none")},
        history=2,
        sources={"calls": SOURCE},
    )
    made = a_report(site, {"card": {"sales": 100}})
    value = np.full((len(made.subjects), 1, len(LABELS), 2), np.nan)
    value[0, 0, :, 1] = values
    value[0, 0, :, 0] = value[0, 0, :, 1] / 2
    reason = np.where(np.isnan(value), REASON["no-data"], 0).astype(np.int8)
    for label, code in (reasons or {}).items():
        reason[0, 0, LABELS.index(label)] = REASON[code]
    return replace(made, breakdowns=(Breakdown("channel", LABELS, ("sales",), (adds,), value, reason),))


def test_the_worst_label_comes_first_with_its_share_and_change():
    (one,) = breakdowns(in_language("en", report([500, 300, 100, 100])), 0, 0)

    assert one.title == "By channel"
    assert one.table.heads[0].text == "Channel"
    assert [row[:5] for row in rows(one.table)] == [
        ["phone", "100", "50", "+50", "10.0%"],
        ["not stated", "100", "50", "+50", "10.0%"],
        ["branch", "300", "150", "+150", "30.0%"],
        ["App", "500", "250", "+250", "50.0%"],
    ]
    assert one.table.heads[3].text == "Against prior period"
    assert one.chart.count('"head":') == len(LABELS)


def test_all_changes_of_a_table_are_told_in_one_unit():
    """Growth only where each label had enough to grow from; else the differences, of all of them."""
    (one,) = breakdowns(in_language("en", report([500, 300, 400, 200])), 0, 0)

    assert one.table.heads[3].text == "Against prior period (%)"
    assert {row[3] for row in rows(one.table)} == {"+100.0"}


def test_parts_that_do_not_add_up_have_no_share():
    (one,) = breakdowns(in_language("zh", report([50, 30, 10, 10], adds=False)), 0, 0)

    assert one.title == "按渠道细分"
    assert "占比" not in [head.text for head in one.table.heads]
    assert [row[0] for row in rows(one.table)][-1] == "手机"


def test_a_missing_part_says_why_and_a_label_that_never_was_is_no_row():
    made = report([50, np.nan, 10, np.nan], reasons={"": "not-launched"})
    (one,) = breakdowns(in_language("en", made), 0, 0)

    assert [(row[0], row[1], row[-1]) for row in rows(one.table)] == [
        ("phone", "10", ""),
        ("App", "50", ""),
        ("branch", "n/a", "not delivered"),
    ]


def test_quarters_and_years_stand_beside_the_months_in_their_order():
    site = a_site(
        {"card": {"monitor": ["sales"]}},
        {"sales": an_indicator(kind="flow", unit="count", decimals=0, across="none")},
        history=6,
        grains=("month", "quarter"),
        sources={"calls": SOURCE},
    )
    made = a_report(site, {"card": {"sales": 100}})
    parts = []
    for grain in (Grain.MONTH, Grain.QUARTER):
        value = np.full((len(made.subjects), 1, 2, len(made.figures[grain].periods)), np.nan)
        value[0, 0] = np.arange(value[0, 0].size).reshape(value[0, 0].shape) * (3 if grain is Grain.QUARTER else 1) + 10
        reason = np.where(np.isnan(value), REASON["no-data"], 0).astype(np.int8)
        parts.append(Breakdown("channel", ("app", "branch"), ("sales",), (True,), value, reason, grain))

    (one,) = breakdowns(in_language("en", replace(made, breakdowns=tuple(parts))), 0, 0)

    assert one.longer.title == "By channel, quarters and years"
    assert [head.text for head in one.longer.table.heads] == ["Channel", "Q3 2025", "Q4 2025"]
    assert [row[0] for row in rows(one.longer.table)] == [row[0] for row in rows(one.table)] == ["App", "branch"]
    assert [row[1:] for row in rows(one.longer.table)] == [["10", "13"], ["16", "19"]]


@pytest.mark.parametrize(
    ("direction", "order"), [("higher", [1, 0, 2, 3]), ("lower", [2, 0, 1, 3]), ("range", [2, 0, 1, 3])]
)
def test_worst_first(direction, order):
    assert worst_first(np.array([2.0, 1.0, 3.0, np.nan]), direction) == order
