"""Each rule of early warning on figures made by hand."""

import pytest

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
        {"x": an_indicator(decimals=1, **indicator)} | {id_: an_indicator(**how) for id_, (_, how) in others.items()},
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
