import dataclasses
import datetime as dt

import pytest

from kpisite.assay import doubt_signatures
from kpisite.errors import Problems
from kpisite.evaluate.signing import due_day, signed_products, signing, unsigned, working_days
from kpisite.periods import parse
from tests.render.test_signing import VERSION, a_review, reported


@pytest.mark.parametrize(
    ("reviews", "names", "whole"),
    [
        ([], [], False),
        ([a_review("Chen")], ["Chen"], False),
        ([a_review("Wu")], ["Wu"], True),
        ([a_review("Wu", "2025-12-31"), a_review("Chen", "2025-12-30")], ["Chen", "Wu"], True),
        ([a_review("Wu", on="2999-01-01")], [], False),
        ([a_review("Wu", release="2025-11")], [], False),
        ([a_review("Wu", product="app")], [], False),
        ([a_review("Wu", verdict="returned")], [], False),
        ([a_review("Wu", "2025-12-29", "returned"), a_review("Wu")], ["Wu"], True),
        ([a_review("Wu", "2025-12-29"), a_review("Wu", verdict="returned")], [], False),
        ([a_review("Wu"), a_review("Xu", verdict="returned")], ["Wu"], False),
    ],
)
def test_a_product_is_signed_by_four_eyes_by_the_day_of_the_report(reviews, names, whole):
    found = signing(reported(*reviews), "card")
    assert ([one.person for one in found.reviews], found.whole) == (names, whole)


def test_a_release_counts_what_was_signed_after_its_day():
    late = dataclasses.replace(reported(a_review("Wu")), as_of="2025-12-29")

    assert not signing(late, "card").whole
    assert signing(dataclasses.replace(late, frozen=True), "card").whole


def test_products_signed_are_counted():
    assert signed_products(reported(a_review("Wu"))) == (1, 2)


def late(*reviews, day="2026-01-15"):
    return dataclasses.replace(reported(*reviews), as_of=day)


@pytest.mark.parametrize(
    ("period", "due"),
    [("2025-12", "2026-01-14"), ("2025-08", "2025-09-12"), ("2025-11", "2025-12-12"), ("2025-Q1", "2025-04-14")],
)
def test_a_version_is_due_ten_working_days_after_its_period(period, due):
    assert due_day(parse(period)).isoformat() == due


def test_working_days_are_counted_as_a_calendar_has_them():
    period = parse("2025-12")
    for n in range(60):
        day = period.last_day + dt.timedelta(days=n)
        days = [period.last_day + dt.timedelta(days=k) for k in range(1, n + 1)]
        assert working_days(period, day) == sum(one.isoweekday() <= 5 for one in days), day


def test_what_is_not_signed_after_the_due_day_is_told_with_its_owner():
    found = list(unsigned(late(a_review("Wu", product="app"))))
    assert [(one.version, one.product, one.due.isoformat(), one.days, one.owner) for one in found] == [
        (VERSION, "card", "2026-01-14", 11, "Chen")
    ]


def test_a_signature_of_the_owner_alone_leaves_a_part_unsigned():
    assert reported().site.products["card"].owner == "Chen"
    assert [one.product for one in unsigned(late(a_review("Chen"), a_review("Wu", product="app")))] == ["card"]


@pytest.mark.parametrize(
    "report",
    [
        late(a_review("Wu"), day="2026-01-14"),  # not due before the day has passed
        late(),  # nobody ever signs
        dataclasses.replace(late(a_review("Wu")), version=f"{VERSION}-draft"),  # no version yet
    ],
)
def test_nothing_is_due_too_early_nor_where_nobody_signs_nor_of_a_draft(report):
    assert list(unsigned(report)) == []


def test_authors_are_warned_of_released_versions_and_of_the_working_one():
    report, problems = late(a_review("Wu"), a_review("Wu", release="2025-11")), Problems()
    released = dataclasses.replace(report, version="2025-11", period=parse("2025-11"), frozen=True)
    doubt_signatures(report, [released, report], problems)

    assert [(one.code, one.level) for one in problems.found] == [("unsigned", "warning")] * 2
    assert problems.found[0].what == (
        "'app' in version 2025-11 was to be signed by 2025-12-12 and is not, after 34 working days"
    )
    assert "'app' in version 2025-12" in problems.found[1].what


def test_versions_before_the_first_signature_are_left_alone():
    months = [(f"2025-{n:02d}", parse(f"2025-{n:02d}")) for n in (9, 10, 11)]
    report = late(a_review("Wu", "2025-11-10", release="2025-10"))
    assert {(one.version, one.product) for one in unsigned(report, months)} == {
        ("2025-10", "app"),
        ("2025-11", "app"),
        ("2025-11", "card"),
    }
