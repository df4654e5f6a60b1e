"""Why the ratios of the demo bank moved: effects add up to the change, and equal what the delivered rows say."""

import math

import pytest

from kpisite.evaluate.fraction import effects, factor_of, measure_of, parts, ratio_of
from kpisite.evaluate.report import ABSENT
from kpisite.evaluate.working import desk
from kpisite.measure.expression import parse_formula
from kpisite.periods import Grain
from tests.evaluate.test_demo_signals import demo_of

NAMES = ("a", "b", "c")


@pytest.fixture(scope="module")
def demo():
    return demo_of("2025-12")


@pytest.mark.parametrize(
    ("formula", "numerator", "denominator"),
    [("a / b", "a", "b"), ("100 * a / b", "100 * a", "b"), ("100 * (a / (b + c))", "100 * a", "b + c")],
)
def test_a_ratio_is_its_outermost_division(formula, numerator, denominator):
    found = ratio_of(parse_formula(formula, NAMES))

    assert found.numerator == parse_formula(numerator, NAMES)
    assert found.denominator == parse_formula(denominator, NAMES)


@pytest.mark.parametrize("formula", ["a", "a - b", "100 * yoy(a)", "a / 2", "a / b - 1"])
def test_any_other_formula_is_no_ratio(formula):
    assert ratio_of(parse_formula(formula, NAMES)) is None


def test_a_side_is_named_after_its_only_measure():
    assert [measure_of(parse_formula(one, NAMES)) for one in ("a", "100 * a", "a + b", "a * b")] == ["a", "a", "", ""]
    assert [factor_of(parse_formula(one, NAMES)) for one in ("a", "100 * a", "2 * (a + b) * 50")] == [1, 100, 100]


def test_numerator_and_denominator_add_up_to_every_change_of_the_year(demo):
    months, now, split = demo.figures[Grain.MONTH], demo.now(), 0
    for i, id_ in enumerate(demo.indicators):
        found = desk(demo, i)
        if found is None or demo.site.indicators[id_].kind != "ratio":
            continue
        for s, subject in enumerate(demo.subjects):
            if subject.level != "product" or demo.role[s, i] == ABSENT:
                continue
            one = effects(found, s, months.periods[now - 1], months.periods[now])
            if one is None:
                continue
            change = months.value[s, i, now] - months.value[s, i, now - 1]
            assert one.change.numerator + one.change.denominator == pytest.approx(change, abs=1e-6)
            split += 1
    assert split > 50


def test_the_overdue_ratio_of_cards_moved_by_its_numerator(demo):
    s, i = demo.subject("credit-card"), demo.indicator("overdue-30d-ratio")
    periods, now = demo.figures[Grain.MONTH].periods, demo.now()

    one = effects(desk(demo, i), s, periods[now - 12], periods[now])

    n0, n1 = one.before.numerator, one.after.numerator
    d0, d1 = one.before.denominator, one.after.denominator
    assert one.change.numerator == pytest.approx((n1 - n0) * (1 / d0 + 1 / d1) / 2)
    assert one.change.numerator > 0.5 > abs(one.change.denominator)


def test_products_and_shares_add_up_to_the_change_of_the_house(demo):
    months, now, split = demo.figures[Grain.MONTH], demo.now(), 0
    bank = next(s for s, subject in enumerate(demo.subjects) if subject.level == "bank")
    for i, id_ in enumerate(demo.indicators):
        found = desk(demo, i)
        if found is None or demo.site.indicators[id_].kind != "ratio":
            continue
        one = parts(found, bank, months.periods[now - 12], months.periods[now])
        if one is None:
            continue
        change = months.value[bank, i, now] - months.value[bank, i, now - 12]
        assert math.fsum((*one.change.within, *one.change.mix)) == pytest.approx(change, abs=1e-6)
        assert all(demo.subjects[p].level == "product" for p in one.products)
        split += 1
    assert split > 5
