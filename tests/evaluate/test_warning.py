"""Each rule of early warning on figures made by hand."""

from statistics import NormalDist

import pytest

from kpisite.evaluate.crossing import crossings
from kpisite.evaluate.report import WARNING_RULES
from kpisite.evaluate.warning import alert_id, alerts, rows_about
from kpisite.periods import Grain, span
from tests.factories import a_report, a_site, an_indicator

NO_DATA = "no-data"


def report_of(values, *, key=None, monitor=(), history=None, as_of="2025-12-31", more=None, **indicator):
    """A report on one product's figure `x` (values up to December 2025), and on others by name."""
    history = history or len(values)
    others = more or {}
    months = span(Grain.MONTH, 2025 * 12 + 12 - history, 2025 * 12 + 11, 1)
    own = {"x": dict(zip((p.label for p in months), values, strict=True))}
    for id_, (line, _) in others.items():
        own[id_] = dict(zip((p.label for p in months), line, strict=True))
    target = {"weight": 50, "target": 100, "tolerance": 10} if key is None else key
    site = a_site(
        {"card": {"key": {"x": target} | {id_: {"weight": 50, "target": 100, "tolerance": 10} for id_ in others}}}
        if target
        else {"card": {"key": {}, "monitor": ["x"]}},
        {"x": an_indicator(**({"decimals": 1} | indicator))}
        | {id_: an_indicator(**how) for id_, (_, how) in others.items()},
        history=history,
    )
    return a_report(site, {"card": own}, as_of=as_of)


def said(report, rule, indicator="x"):
    """When alerts of a rule were raised and cleared, as labels."""
    return [
        (one.raised.label, one.cleared.label if one.cleared else "")
        for one in alerts(report)
        if (one.rule, one.product, one.indicator) == (rule, "card", indicator)
    ]


def test_a_red_figure_is_a_breach_and_twice_better_clears_it():
    report = report_of([100, 85, 84, 91, 92, 91, 100, 100])

    assert said(report, "W1") == [("2025-06", "2025-09")]
    (alert,) = (one for one in alerts(report) if one.rule == "W1")
    assert (alert.severity, alert.value, alert.threshold) == ("high", 85, 90)


def test_a_value_clearly_better_clears_a_breach_at_once():
    assert said(report_of([85, 92.4, 92.5]), "W1") == [("2025-10", "2025-12")]
    assert said(report_of([85, 92.5]), "W1") == [("2025-11", "2025-12")]


def test_a_crossed_regulatory_limit_is_critical():
    limit = {"value": 80, "side": "min", "source": ""}
    report = report_of([100, 85, 79, 85], limit=limit)

    (alert,) = (one for one in alerts(report) if one.rule == "W1")
    assert (alert.severity, alert.raised.label) == ("critical", "2025-10")


def test_only_a_turn_from_green_to_amber_is_off_target():
    assert said(report_of([95, 95, 95]), "W2") == []
    assert said(report_of([100, NO_DATA, 95, 95]), "W2") == [("2025-11", "")]


def test_a_flickering_figure_has_one_alert():
    report = report_of([100.1, 99.9] * 8)

    assert len(said(report, "W2")) == 1
    assert said(report, "W2")[0][1] == ""


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([100, 95, 95, 95], [("2025-12", "")]),
        ([95, 95, NO_DATA, 85], [("2025-12", "")]),
        ([95, 95, 100, 95, 95], []),
        ([95, 95, 95, 100, NO_DATA, 100], [("2025-09", "2025-12")]),
        ([95, 95, 95, 102.5, 95], [("2025-10", "2025-11")]),
    ],
)
def test_three_misses_in_a_row_are_a_repeated_miss(values, expected):
    assert said(report_of(values), "W3") == expected


def test_a_figure_that_heads_for_its_amber_limit_is_told_with_its_month():
    falling = [130 - n for n in range(36)]
    report = report_of(falling)

    assert [one.rule for one in alerts(report) if not one.cleared and one.rule in ("W1", "W4")] == ["W4"]
    (alert,) = (one for one in alerts(report) if one.rule == "W4")
    # From 95 one a month: 90 is amber still, the sixth month is below.
    assert (alert.raised.label, alert.breach.label, alert.chance) == ("2025-12", "2026-06", 1.0)
    assert alert.threshold == 90


def test_what_was_forecast_years_ago_is_told_as_it_was_then():
    falling = [130 - n for n in range(36)]

    assert said(report_of(falling), "W4") == [("2025-12", "")]
    assert said(report_of([*falling, *[130] * 30]), "W4") == [("2023-06", "2023-08")]


def test_a_segment_is_forecast_from_its_own_values_alone():
    falling = [130 - n for n in range(36)]
    rebase = [{"from": "2023-06", "reason": "moved"}]

    assert said(report_of([*falling, *[130] * 30], rebase=rebase), "W4") == []


def test_a_signal_for_the_worse_is_one_alert_from_its_first_month():
    steady = [100 + (n % 2) for n in range(24)]

    assert said(report_of([*steady, 90, 90, 90]), "W5") == [("2025-10", "")]
    assert said(report_of([*steady, 120, 120, 120]), "W5") == []


def test_a_jump_either_way_asks_to_look_at_the_data():
    steady = [100 + (n % 2) for n in range(20)]

    assert said(report_of([*steady, 120, 120]), "W8") == [("2025-11", "")]
    assert said(report_of([*steady, 80, 80, 80, 80]), "W8") == [("2025-09", "2025-11")]


def test_a_process_below_its_target_will_not_reach_it_once_its_limits_are_firm():
    steady = [90 + (n % 2) for n in range(16)]

    assert said(report_of(steady), "W6") == [("2025-09", "")]
    assert said(report_of(steady[:12]), "W6") == []


def test_a_figure_not_delivered_is_told_until_it_has_come_twice():
    report = report_of([100, NO_DATA, 100, 100])

    assert said(report, "W7") == [("2025-10", "2025-12")]
    assert said(report_of([100, 100, NO_DATA]), "W7") == [("2025-12", "")]
    assert said(report_of(["not-launched", 100, 100]), "W7") == []


def test_nothing_but_a_missing_value_is_told_of_a_missing_month():
    report = report_of([100, 100, 85, NO_DATA, NO_DATA])

    assert said(report, "W1") == [("2025-10", "")]
    assert {one.rule for one in alerts(report) if one.raised.label > "2025-10"} == {"W7"}


def test_a_leading_indicator_warns_while_the_other_is_green():
    leading = [100] * 6 + [85, 85, 85]
    report = report_of([105] * 9, led_by=["y"], more={"y": (leading, {})})

    (alert,) = (one for one in alerts(report) if one.rule == "W9")
    assert (alert.indicator, alert.raised.label, alert.detail, alert.severity) == ("x", "2025-10", "y", "high")
    assert said(report, "W1", "y") == [("2025-10", "")]


def test_a_tenth_of_a_regulatory_limit_is_near():
    limit = {"value": 5, "side": "max", "source": ""}
    key = {"weight": 100, "target": 6, "tolerance": 1}

    report = report_of([4, 4.4, 4.5, 4.6, 4.4, 4.4], key=key, direction="lower", limit=limit)

    assert said(report, "W13") == [("2025-10", "2025-12")]


def test_a_veto_is_critical():
    report = report_of([100, 99], veto=True)

    (alert,) = (one for one in alerts(report) if one.rule == "W14")
    assert (alert.severity, alert.raised.label) == ("critical", "2025-12")


def test_small_samples_and_figures_that_are_only_watched_are_not_judged():
    report = report_of([85, 85, 85, 85], key={})

    assert list(alerts(report)) == []


def test_alerts_are_named_by_rule_figure_and_first_month():
    report = report_of([100, 85, 85, 85])

    names = {one.rule: one.id for one in alerts(report)}
    assert names["W1"] == alert_id("W1", "card", "x", "2025-10")
    assert len(set(names.values())) == len(names)


def test_the_warnings_of_a_subject_stand_together():
    report = report_of([100, 85, 85, 85])

    here = rows_about(report.warnings, report.subject("card"))
    assert here == slice(0, len(report.warnings.detail))
    assert rows_about(report.warnings, report.subject("bank")).start == here.stop


def test_there_are_fourteen_rules():
    assert tuple(f"W{n}" for n in range(1, 15)) == WARNING_RULES


def npl(values, *, limit, key, **more):
    """Reports of a ratio that should be low and has a regulatory limit above it."""
    limit = {"value": limit, "side": "max", "source": ""}
    return report_of(values, key=key, **({"direction": "lower", "decimals": 2} | more), limit=limit)


def test_a_crossed_limit_of_a_figure_that_is_only_watched_is_cleared_when_it_is_kept_again():
    watched = npl([3.0, 5.2, 3.0, 3.0, 3.0], limit=5, key={})

    assert said(watched, "W1") == [("2025-09", "2025-11")]
    assert said(npl([3.0, 5.2, NO_DATA, 3.0], limit=5, key={}), "W1") == [("2025-10", "")]
    assert said(npl([3.0, 3.0], limit=5, key={}), "W1") == []


def test_a_figure_around_a_limit_stricter_than_amber_has_one_breach():
    key = {"weight": 100, "target": 1.8, "tolerance": 0.5}

    assert said(npl([2.01, 1.99] * 6, limit=2, key=key), "W1") == [("2025-01", "")]
    # A quarter of the tolerance below the limit is 1.875.
    assert said(npl([2.01, 1.88], limit=2, key=key), "W1") == [("2025-11", "")]
    assert said(npl([2.01, 1.87], limit=2, key=key), "W1") == [("2025-11", "2025-12")]


def test_a_veto_that_flickers_is_one_breach_and_one_veto():
    zero = {"key": {"weight": 100, "target": 0, "tolerance": 1}, "direction": "lower", "veto": True}

    report = report_of([2, 0, 1, 0, 1], **zero)

    assert said(report, "W1") == said(report, "W14") == [("2025-08", "")]
    assert said(report_of([0, 2, 0, 0, 0], **zero), "W1") == [("2025-09", "2025-11")]


def test_a_figure_with_a_veto_heads_for_a_breach_where_it_misses_its_target():
    key = {"weight": 100, "target": 99.9, "tolerance": 0.5}
    report = report_of([100.36 - 0.02 * n for n in range(24)], key=key, veto=True)

    (alert,) = (one for one in alerts(report) if one.rule == "W4" and not one.cleared)
    assert (alert.threshold, alert.breach.label, alert.chance) == (99.9, "2026-01", 1.0)
    without = report_of([100.36 - 0.02 * n for n in range(24)], key=key)
    assert said(without, "W4") == []


def test_the_probability_of_a_crossing_is_that_of_the_limit_and_side_told_of_the_figure():
    months = [p.label for p in span(Grain.MONTH, 2024 * 12, 2024 * 12 + 23, 1)]
    values = [
        100.9 - 0.5 * n + wave for n, wave in enumerate([0.1, -0.15, 0.05, 0.2, -0.1, 0, -0.2, 0.15, 0.1, -0.05] * 3)
    ]
    steps = {"2024-01": 90, "2025-12": 92}
    site = a_site(
        {"card": {"key": {"x": {"weight": 100, "steps": steps, "tolerance": 3}}}},
        {"x": an_indicator(decimals=2)},
        history=24,
    )
    report = a_report(site, {"card": {"x": dict(zip(months, values[:24], strict=True))}})

    (alert,) = (one for one in alerts(report) if one.rule == "W4")
    (told,) = crossings(report, 0, 0)
    step = report.outlook.crosses[0, 0]
    expected, spread = (float(part[0, 0, step - 1]) for part in (report.outlook.expected, report.outlook.spread))
    assert (alert.raised.label, alert.threshold, told.level) == ("2025-11", 87.0, 89.0)
    assert expected < 89 < report.figures[Grain.MONTH].value[0, 0, -1]
    assert alert.chance == told.chance == pytest.approx(NormalDist(expected, spread).cdf(89))
    assert 0.5 < alert.chance < 1
    assert alert.breach == told.period


def test_the_next_month_does_not_change_what_a_straight_line_to_the_limit_was_told_as():
    for step in (0.05, 0.07, 0.1, 0.13, 0.31):
        falling = {
            p.label: round(97 + (23 - n) * step, 2)
            for n, p in enumerate(span(Grain.MONTH, 2024 * 12, 2025 * 12 + 11, 1))
        }
        june, july = (_straight(falling, period, count) for period, count in (("2025-06", 18), ("2025-07", 19)))
        assert [one for one in said(july, "W4") if one[0] <= "2025-06"] == said(june, "W4") == []
        assert said(_straight({label: value - 0.02 for label, value in falling.items()}, "2025-06", 18), "W4") != []


def _straight(values, period, history):
    site = a_site(
        {"card": {"key": {"x": {"weight": 100, "target": 100, "tolerance": 3}}}},
        {"x": an_indicator(decimals=2)},
        period=period,
        history=history,
    )
    return a_report(site, {"card": {"x": values}}, as_of="2025-08-01")


@pytest.mark.parametrize(
    ("cadence", "expected"), [("month", [("2025-07", "")]), ("quarter", [("2025-09", "")]), ("year", [])]
)
def test_a_leading_indicator_may_have_another_cadence(cadence, expected):
    leading = {
        "month": {"": 100, **{f"2025-{m:02d}": 80 for m in range(7, 13)}},
        "quarter": {"": "not-due", "2025-Q2": 100, "2025-Q3": 80, "2025-Q4": 80},
        "year": {"": "not-due", "2024": 100, "2025": 100},
    }
    report = leads_report(leading[cadence], cadence)

    assert said(report, "W9") == expected


def test_a_leading_month_warns_the_quarter_it_leads():
    report = leads_report({"": 100, "2025-11": 80, "2025-12": 80}, "month", {"": "not-due", "2025-Q4": 60}, "quarter")

    assert said(report, "W9") == [("2025-Q4", "")]


def leads_report(leading, cadence, own=60, led="month"):
    """A figure that stays green, led by another, each at its cadence."""
    keys = {id_: {"weight": 50, "target": 100 if id_ == "y" else 50, "tolerance": 5} for id_ in ("x", "y")}
    site = a_site(
        {"card": {"key": keys}},
        {"x": an_indicator(led_by=["y"], cadence=led), "y": an_indicator(cadence=cadence)},
        history=24,
        grains=("month", "quarter", "year"),
    )
    return a_report(site, {"card": {"x": own, "y": leading}})


def test_a_figure_is_not_missing_before_its_sources_are_due():
    def told(as_of, *values):
        sources = {
            "fast": {"file": "f.csv", "product": "product", "due": 5},
            "slow": {"file": "s.csv", "product": "product", "due": 15},
        }
        measures = {
            "total": {"source": "fast", "kind": "flow", "unit": "count"},
            "whole": {"source": "slow", "kind": "flow", "unit": "count"},
        }
        site = a_site(
            {"card": {"key": {"x": {"weight": 100, "target": 100, "tolerance": 10}}}},
            {"x": an_indicator(decimals=1) | {"formula": "100 * total / whole"}},
            sources=sources,
            measures=measures,
            history=len(values),
        )
        months = span(Grain.MONTH, 2025 * 12 + 12 - len(values), 2025 * 12 + 11, 1)
        given = dict(zip((p.label for p in months), values, strict=True))
        return said(a_report(site, {"card": {"x": given}}, as_of=as_of), "W7")

    assert told("2026-01-03", 100, 100, NO_DATA) == []
    assert told("2026-01-15", 100, 100, NO_DATA) == []
    assert told("2026-01-16", 100, 100, NO_DATA) == [("2025-12", "")]
    # An earlier gap stays one: a month that may still come does not clear it.
    assert told("2026-01-03", NO_DATA, 100, NO_DATA) == [("2025-10", "")]
