"""Which products a roll-up is made of, and which of them its base lacks."""

import pytest

from kpisite.evaluate.address import find
from kpisite.evaluate.covers import covered_by
from kpisite.evaluate.explain import explain
from kpisite.evaluate.working import desk
from kpisite.periods import parse
from kpisite.render.board import board
from kpisite.render.edition import edition
from kpisite.render.told import tell
from kpisite.render.views.indicators import indicator_page
from tests.evaluate.explained import bank, measured, rows
from tests.render.reading import rows as cells_of
from tests.render.small import TEXTS

CARD, LOAN, CASH = range(3)
JUNE_2023 = 2023 * 12 + 5  # cash delivers from then on


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Nobody of the corporate line answers, so that nps has no figure of cash."""
    written = [row | ({"answers": None} if row["product"] == "cash" else {}) for row in rows()]
    return measured(tmp_path_factory.mktemp("bank"), bank("2024-03"), written)


def covered(report, subject, indicator, period="2024-03"):
    return covered_by(desk(report, report.indicator(indicator)), report.subject(subject), parse(period))


def test_a_product_that_does_not_deliver_a_measure_of_the_formula_is_not_named(report):
    assert covered(report, "bank", "nps").products == (CARD, LOAN)
    assert covered(report, "line:corporate", "nps").products == ()
    assert covered(report, "bank", "cost-income").products == (CARD, LOAN, CASH)
    assert covered(report, "bank", "cost-income", "2023-05").products == (CARD, LOAN)


@pytest.mark.parametrize(
    ("indicator", "period", "joined"),
    [
        ("growth", "2024-03", ((CASH, JUNE_2023),)),
        ("growth", "2024-05", ((CASH, JUNE_2023),)),
        ("growth", "2024-06", ()),
        ("cost-income", "2024-03", ((CASH, JUNE_2023),)),  # against the year before
        ("step", "2024-06", ()),
        ("growth", "2024-Q2", ((CASH, JUNE_2023),)),  # of its months the base has one with cash, and two without
    ],
)
def test_a_product_that_came_after_the_base_had_begun_is_told(report, indicator, period, joined):
    assert covered(report, "bank", indicator, period).joined == joined
    assert covered(report, "line:retail", indicator, period).joined == ()


def test_growth_is_told_apart_from_a_figure_that_others_compare(report):
    assert covered(report, "bank", "growth").grows
    assert not covered(report, "bank", "cost-income").grows


def test_the_page_of_an_indicator_names_what_is_covered_and_what_the_base_lacks(report):
    e = edition(board(report), "en", TEXTS)
    nps, growth = (cells_of(indicator_page(e, report.indicator(id_)).rollups) for id_ in ("nps", "growth"))

    assert [row[-1] for row in nps] == ["Card, Loan", "", "Card, Loan"]
    assert [row[-2:] for row in growth] == [
        ["", "Card, Loan"],
        ["looks back to before the first figure", "Cash"],
        ["includes Cash since Jun 2023, which the base of the comparison does not", "Card, Loan, Cash"],
    ]


def test_an_explanation_of_a_roll_up_names_them_too(report):
    e = edition(board(report), "zh", TEXTS)
    bank_, card = (tell(e, explain(report, *find(report, address)))[0] for address in ("bank/nps", "card/nps"))

    assert [line.text for line in bank_.lines if line.label == "覆盖产品"] == ["Card、Loan"]
    assert "覆盖产品" not in [line.label for line in card.lines]
