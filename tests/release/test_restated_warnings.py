"""Warnings of figures that an earlier release had published otherwise."""

from kpisite.evaluate.warning import alerts
from kpisite.release.restated_warnings import warned_of_restated
from kpisite.release.snapshot import freeze, thaw
from tests.factories import a_report, a_site, an_indicator


def report_of(period, values, tolerance=4):
    """A release on these values of one figure."""
    key = {"weight": 100, "target": 10, "tolerance": tolerance}
    site = a_site({"card": {"key": {"it": key}}}, {"it": an_indicator(decimals=1)}, period=period, history=6)
    return a_report(site, {"card": {"it": values}}, as_of=f"{period}-28", version=period)


def restated(report, *releases):
    found = warned_of_restated(report, releases)
    return [
        (one.raised.label, one.cleared.label if one.cleared else "", one.value, one.threshold, one.detail)
        for one in alerts(found)
        if one.rule == "W11"
    ]


def test_a_published_figure_that_reads_otherwise_is_a_warning_of_the_release_that_changes_it():
    before = report_of("2025-10", {"": 9.0})

    after = report_of("2025-11", {"": 9.0, "2025-08": 7.0, "2025-09": 7.5})

    assert restated(after, before) == [("2025-11", "", 7.5, 9.0, "2025-08..2025-09")]


def test_a_trifle_is_none_but_a_changed_status_is():
    before = report_of("2025-10", {"": 9.0, "2025-09": 10.0})

    assert restated(report_of("2025-11", {"": 9.0, "2025-09": 10.0, "2025-08": 9.3}), before) == []
    assert restated(report_of("2025-11", {"": 9.0, "2025-09": 9.9}), before) == [("2025-11", "", 9.9, 10.0, "2025-09")]


def test_it_is_carried_on_and_cleared_two_periods_later():
    first = report_of("2025-09", {"": 9.0})
    second = warned_of_restated(report_of("2025-10", {"": 9.0, "2025-08": 7.0}), [first])
    third = warned_of_restated(report_of("2025-11", {"": 9.0, "2025-08": 7.0}), [first, second])

    assert restated(report_of("2025-11", {"": 9.0, "2025-08": 7.0}), first, second) == [
        ("2025-10", "", 7.0, 9.0, "2025-08")
    ]
    assert restated(report_of("2025-12", {"": 9.0, "2025-08": 7.0}), first, second, third) == [
        ("2025-10", "2025-12", 7.0, 9.0, "2025-08")
    ]


def test_the_first_release_has_nothing_to_compare_with():
    report = report_of("2025-10", {"": 9.0})

    assert warned_of_restated(report, [report_of("2025-11", {"": 5.0})]) is report


def test_warnings_come_back_from_a_release_as_they_were():
    before = report_of("2025-10", {"": 9.0, "2025-09": 4.0})
    report = warned_of_restated(report_of("2025-11", {"": 9.0, "2025-09": 5.5}), [before])

    back = thaw(freeze(report))

    assert [repr(one) for one in alerts(back)] == [repr(one) for one in alerts(report)]
    assert {one.rule for one in alerts(back)} >= {"W1", "W11"}
