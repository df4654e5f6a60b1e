"""Targets that are declared to move, and what is forecast against them."""

import numpy as np
import pytest

from kpisite.evaluate.crossing import crossings
from kpisite.evaluate.moving import moving
from kpisite.evaluate.warning import alerts
from kpisite.periods import Grain, span
from kpisite.release.snapshot import freeze, thaw
from tests.factories import a_report, a_series, a_site, an_indicator

LINEAR = {"target": 92, "path": "linear", "baseline": {"period": "2024-12", "value": 80}, "by": "2025-12"}


def the_site(*targets, period="2025-06", cadence="month", history=24, **indicator):
    keys = [{"weight": 100, "tolerance": 2} | one for one in targets]
    return a_site(
        {"card": {"key": {"x": keys if len(keys) > 1 else keys[0]}}},
        {"x": an_indicator(decimals=1, cadence=cadence, **indicator)},
        period=period, history=history, grains=("month", "quarter"),
    )  # fmt: skip


def report_of(site, level, *, slope=0.0, **more):
    """Figures around a level at the report's period, or on a straight way to it."""
    months = span(Grain.MONTH, 2023 * 12, site.report.period.number, 1)
    values = {p.label: level - slope * (len(months) - 1 - n) + 0.1 * (n % 2) for n, p in enumerate(months)}
    return a_report(site, {"card": {"x": values}}, as_of="2026-01-31", **more)


def w4(report):
    return [
        (one.raised.label, one.breach.label if one.breach else "")
        for one in alerts(report)
        if one.rule == "W4" and not one.cleared
    ]


def test_a_figure_that_stands_still_is_red_when_its_target_has_left_it():
    report = report_of(the_site(LINEAR), 86.0)

    # In June 86 is wanted, in September 89, and 87 is the least that is not red.
    (told,) = crossings(report, 0, 0)
    assert (report.outlook.crosses[0, 0], told.level, told.period.label) == (3, 87.0, "2025-09")
    assert w4(report) == [("2025-03", "2025-09")]
    assert told.chance > 0.99


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_a_target_that_becomes_easier_in_time_warns_of_nothing(direction):
    sign = 1 if direction == "higher" else -1
    way = {
        "target": sign * 80,
        "path": "linear",
        "baseline": {"period": "2025-04", "value": sign * 90},
        "by": "2025-09",
    }

    # From 92 down by one a month, while 86 is wanted in June and 80 from September on.
    easier = report_of(the_site(way, direction=direction), sign * 92.0, slope=-sign)
    stays = report_of(the_site({"target": sign * 90}, direction=direction), sign * 92.0, slope=-sign)

    assert (easier.outlook.crosses[0, 0], w4(easier)) == (0, [])
    assert stays.outlook.crosses[0, 0] > 0
    assert len(w4(stays)) == 1


def test_after_its_last_month_a_target_goes_on():
    report = report_of(the_site(LINEAR | {"until": "2025-08"}), 86.0)

    # 88 is wanted in August; the months after it are measured against that, and 86 is its limit.
    assert report.outlook.crosses[0, 0] == 0
    (told,) = crossings(report_of(the_site(LINEAR | {"until": "2025-08"}), 85.9), 0, 0)
    assert (told.level, told.period.label) == (86.0, "2025-08")


@pytest.mark.parametrize(
    "targets",
    [
        [{"steps": {"2024-01": 80, "2025-09": 95}}],
        [{"values": {"2025-06": 80, "2025-07": 95}}],
        [{"target": 80}, {"target": 95, "from": "2025-09"}],
    ],
)
def test_levels_that_are_agreed_later_do_not_warn_before(targets):
    report = report_of(the_site(*targets), 86.0)

    assert (report.outlook.crosses[0, 0], w4(report)) == (0, [])


def test_a_later_month_does_not_change_what_was_told():
    values = np.random.default_rng(3).normal(86, 1, 36).round(1)
    months = span(Grain.MONTH, 2023 * 12, 2025 * 12 + 11, 1)
    given = {"card": {"x": dict(zip((p.label for p in months), values.tolist(), strict=True))}}

    def raised(period, history):
        report = a_report(the_site(LINEAR, period=period, history=history), given, as_of="2026-01-31")
        return {one.raised.label for one in alerts(report) if one.rule == "W4"}

    last = raised("2025-12", 36)
    for n in range(3, 12):
        label = f"2025-{n:02d}"
        assert {one for one in last if one <= label} == raised(label, 24 + n)
    assert last


def test_the_part_of_a_year_moves_with_the_season_and_is_left_alone():
    part = {"target": 1200, "tolerance": 120, "basis": "year", "profile": [20, 20, 20, 10, 10, 5, 5, 2, 2, 2, 2, 2]}
    site = the_site(part, kind="flow", unit="count")
    series = a_series(site, {}, accumulates=["x"])

    assert not moving(site, series, series.grains[Grain.MONTH].periods).any.any()
    assert not moving(the_site({"target": 90}), series, series.grains[Grain.MONTH].periods).any.any()


def test_quarters_are_measured_against_the_quarters_to_come():
    site = the_site(LINEAR, cadence="quarter", period="2025-06", history=36)
    series = a_series(site, {})

    found = moving(site, series, series.grains[Grain.QUARTER].periods)

    # At the end of the second quarter 86 is wanted, of the third 89, and from the fourth on 92.
    assert found.worst[0, -1].tolist() == [3.0, 6.0, 6.0, 6.0, 6.0, 6.0]
    assert found.low[0, -1].tolist() == found.worst[0, -1].tolist()
    assert found.high[0, -1].tolist() == [0.0] * 6


def test_a_regulatory_limit_does_not_move_with_the_target():
    site = the_site(LINEAR, limit={"value": 85, "side": "min"})
    series = a_series(site, {})

    found = moving(site, series, series.grains[Grain.MONTH].periods)

    # 84, 85, 86, 87, 88, 89, 90 are the amber limits from June on.
    assert found.worst[0, -1].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert found.low[0, -1].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_what_is_crossed_is_frozen_and_may_be_missing_in_older_releases():
    report = report_of(the_site(LINEAR), 86.0)
    files = freeze(report)

    assert repr(crossings(thaw(files), 0, 0)) == repr(crossings(report, 0, 0))
    older = {path: _without(text, "crosses_at") for path, text in files.items()}
    assert older != files
    assert crossings(thaw(older), 0, 0)[0].level == 84.0  # all that it can tell: the limit of its own period


def _without(text, column):
    head = text.partition("\n")[0].split(",")
    if column not in head:
        return text
    at = head.index(column)
    lines = [line.split(",") for line in text.splitlines()]
    return "".join(",".join(cells[:at] + cells[at + 1 :]) + "\n" for cells in lines)
