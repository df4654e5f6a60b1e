"""An explanation's numbers multiply out to the figure: everything is recomputed from what is printed."""

import csv
import json
import math
import re

import duckdb
import pytest

from kpisite.evaluate.address import AddressError, find
from kpisite.evaluate.explain import explain
from kpisite.explaining import as_json
from kpisite.measure.series import REASONS
from kpisite.release.snapshot import freeze, thaw
from tests.evaluate.explained import FORMULAS, PRODUCTS, TARGETS, bank, measured
from tests.release.report_equal import differences


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bank")


@pytest.fixture(scope="module")
def report(folder):
    return measured(folder)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A report in the middle of a quarter."""
    return measured(tmp_path_factory.mktemp("running"), bank("2025-11"))


def told(report, address):
    """What the JSON of an explanation says."""
    return json.loads(as_json(explain(report, *find(report, address))))


def recomputed(text):
    """Plain arithmetic by another program: DuckDB, in doubles."""
    for name, other in (("min(", "least("), ("max(", "greatest(")):
        text = text.replace(name, other)
    return duckdb.connect().execute(f"SELECT CAST({doubles(text)} AS DOUBLE)").fetchall()[0][0]


def doubles(text):
    """The numbers of a text as doubles: DuckDB would take them for decimals."""
    return re.sub(r"(?<![\w.])\d[\d.]*(?:e[-+]?\d+)?", lambda n: f"CAST('{n.group()}' AS DOUBLE)", text)


ADDRESSES = [
    "card/income",
    "card/income@2025-Q4",
    "card/income@2025-12 YTD",
    "line:retail/income@2025-Q4",
    "bank/income",
    "card/profit@2025-H2",
    "bank/profit@2025-Q4",
    "bank/eva@2024",
    "card/volume@2025-Q4",
    "line:retail/volume",
    "bank/volume@2025-12 YTD",
    "bank/volume-at-first@2025-Q4",
    "card/volume-on-average@2025-Q4",
    "bank/volume-on-average@2025",
    "card/cost-income",
    "card/cost-income@2025-Q3",
    "bank/cost-income@2024-09 YTD",
    "card/margin@2025-Q2",
    "bank/margin",
    "line:retail/on-average@2025",
    "card/nps",
    "bank/nps@2025-Q4",
    "card/speed",
    "card/growth",
    "line:retail/growth@2025-Q4",
    "bank/growth@2025-12 YTD",
    "card/pace@2025-Q1",
    "card/step",
    "bank/rise@2025-Q4",
    "card/year-so-far",
    "bank/year-so-far@2024-Q4",
    "card/window@2025-Q4",
    "bank/window@2025-11 YTD",
    "card/window@2025-11 T12",
    "card/step@2025-01 YTD",
    "bank/charged@2024-Q4",
    "line:retail/charged@2025-Q4",
    "bank/trailing@2025-Q4",
    "card/chosen",
    "bank/chosen@2025-Q4",
    "card/first-there",
    "card/customers@2025-Q4",
    "bank/customers@2025-Q4",
    "bank/customers",
    "card/quarterly",
    "card/redefined@2024-12",
    "card/redefined",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_printed_numbers_multiply_out_to_the_figure(report, address):
    one = told(report, address)

    assert one["value"] is not None
    assert recomputed(one["arithmetic"]["text"]) == pytest.approx(one["value"], rel=1e-12, abs=1e-12)
    s, i, period = find(report, address)
    figures = report.figures[period.grain]
    assert one["value"] == figures.value[s, i, figures.periods.index(period)]


@pytest.mark.parametrize("which", ["report", "running"])
def test_every_figure_of_every_subject_and_period_is_worked_out_to_itself(which, request):
    report, wrong = request.getfixturevalue(which), []
    for i, id_ in enumerate(report.indicators):
        for s, subject in enumerate(report.subjects):
            for figures in report.figures.values():
                for t, period in enumerate(figures.periods):
                    value, one = float(figures.value[s, i, t]), explain(report, s, i, period)
                    if math.isnan(value):
                        assert one.value is None and one.reason == REASONS[figures.reason[s, i, t]]
                    elif not math.isclose(eval(one.arithmetic.text, {}), value, rel_tol=1e-12):
                        wrong.append((subject.id, id_, period.label, value, one.arithmetic.text))

    assert wrong == []


@pytest.mark.parametrize("grain", ["month", "quarter", "year", "ytd"])
def test_every_score_is_recomputed_from_its_text(report, grain):
    figures, found = report.figures[grain], set()
    for s in range(len(PRODUCTS)):
        for id_ in TARGETS:
            i = report.indicators.index(id_)
            for period in figures.periods:
                one = explain(report, s, i, period)
                for rule in (rule for rule in one.rules if rule.rule == "score"):
                    assert eval(dict(rule.numbers)["text"], {}) == pytest.approx(one.score, abs=1e-9), (id_, period)
                    found.add(one.status)

    assert found == {"green", "amber", "red"}


def test_a_score_is_recomputed_by_another_program(report):
    for id_ in TARGETS:
        one = told(report, f"card/{id_}")
        for rule in (rule for rule in one["rules"] if rule["rule"] == "score"):
            assert recomputed(rule["numbers"]["text"]) == pytest.approx(one["score"], abs=1e-9)


def test_a_running_period_is_explained_from_its_first_months_and_not_judged(running):
    one = told(running, "card/cost-income@2025-Q4")

    assert one["provisional"] == 2
    assert one["arithmetic"]["period"] == "2025-Q4 (2/3)"
    assert {part["month"] for m in one["measures"] for use in m["uses"] for part in use["parts"]} == {
        "2025-10",
        "2025-11",
    }
    assert [rule["rule"] for rule in one["rules"]] == ["missing", "provisional", "result"]
    assert recomputed(one["arithmetic"]["text"]) == pytest.approx(one["value"])


def test_a_running_growth_is_that_of_the_same_months(running):
    one = told(running, "line:retail/growth@2025-Q4")

    assert [use["period"] for use in one["measures"][0]["uses"]] == ["2025-Q4 (2/3)", "2024-Q4 (2/3)"]
    assert {part["month"] for use in one["measures"][0]["uses"] for part in use["parts"]} == {"2025-11", "2024-11"}


def test_the_contributions_of_a_product_add_up_to_its_composite(report):
    parts = [told(report, f"loan/{id_}")["contribution"] for id_ in TARGETS]
    known = [part for part in parts if part]

    assert sum(part["points"] for part in known) == pytest.approx(known[0]["composite"])
    assert all(recomputed(part["text"]) == pytest.approx(part["points"]) for part in known)


def test_a_measure_tells_its_expression_its_rows_and_its_parts(report):
    opex, revenue = told(report, "line:retail/cost-income@2025-Q4")["measures"]

    assert opex["sql"] == 'sum("opex")'
    assert revenue["sql"] == 'sum("revenue")'
    assert "SUM" in revenue["sent"]
    assert [use["rows"] for use in revenue["uses"]] == [6]
    assert sum(part["value"] for part in revenue["uses"][0]["parts"]) == pytest.approx(revenue["uses"][0]["value"])


def test_the_values_are_those_of_the_rows_in_the_file(report, folder):
    with (folder / "monthly.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["product"], row["period"]): row for row in csv.DictReader(file)}

    used = {m["measure"]: m["uses"][0] for m in told(report, "cash/cost-income@2025-03")["measures"]}

    assert used["opex"]["value"] == float(rows["cash", "2025-03"]["opex"])
    assert used["revenue"]["value"] == float(rows["cash", "2025-03"]["revenue"])


def test_a_missing_input_is_a_question_mark_and_carries_its_reason(report):
    one = told(report, "loan/cost-income@2025-05")

    assert (one["value"], one["reason"], one["rounded"]) == (None, "no-data", "")
    assert one["arithmetic"]["text"].startswith("100 * ? / 1")
    assert [rule["rule"] for rule in one["rules"]] == ["missing", "result"]


def test_the_rules_stand_in_their_order(report):
    one = told(report, "card/cost-income")

    rules = [(rule["rule"], rule["found"]) for rule in one["rules"]]

    assert rules == [
        ("missing", "there"),
        ("sample", "none"),
        ("limit", "none"),
        ("target", "there"),
        ("status", "amber"),
        ("veto", "none"),
        ("score", "there"),
        ("result", "amber"),
    ]


def test_a_small_sample_ends_the_judgement(report):
    rules = told(report, "card/nps@2025-01")["rules"]

    assert [(rule["rule"], rule["found"]) for rule in rules][1] == ("sample", "small")
    assert "score" not in [rule["rule"] for rule in rules]


def test_the_definition_in_force_is_that_of_the_period(report):
    old, new = told(report, "card/redefined@2024-12"), told(report, "card/redefined")

    assert (old["definition"]["version"], old["definition"]["formula"]) == (1, "opex / revenue")
    assert (new["definition"]["version"], new["definition"]["formula"]) == (2, "100 * opex / revenue")


def test_the_target_of_a_straight_path_is_that_of_the_month(report):
    target = told(report, "card/speed@2025-06")["target"]

    assert target["low"] == pytest.approx(8 + (4 - 8) * 17 / 23, abs=1e-6)
    assert (target["path"], target["baseline"], target["approved_by"]) == ("linear", ["2024-01", 8], "Board")


def test_a_figure_of_a_quarterly_indicator_is_that_of_its_quarter(report):
    one = told(report, "card/quarterly@2025-12")

    assert one["arithmetic"]["period"] == "2025-Q4"
    assert {use["period"] for measure in one["measures"] for use in measure["uses"]} == {"2025-Q4"}


@pytest.mark.parametrize("address", ["bank/customers@2025-Q4", "loan/cost-income", "card/growth", "bank/eva@2025"])
def test_a_frozen_release_explains_itself_without_todays_data(report, address):
    frozen = thaw(freeze(report))

    assert differences(report, frozen) == []
    today, later = told(report, address), told(frozen, address)

    assert later["frozen"] and not today["frozen"]
    for one in (today, later):
        del one["frozen"], one["definition"]["place"], one["files"]
        for part in (*one["measures"], one["target"] or {}):
            part.pop("place", None)
    assert later == today


@pytest.mark.parametrize(
    ("address", "what", "hint"),
    [
        ("card", "'card' names no figure", "PRODUCT/INDICATOR"),
        ("card/income@", "'card/income@' names no figure", "PRODUCT/INDICATOR"),
        ("crad/income", "there is no product 'crad'", "Did you mean 'card'?"),
        ("card/incme", "there is no indicator 'incme'", "Did you mean 'income'?"),
        ("line:retail/speed", "'line:retail' does not carry the indicator 'speed'", ""),
        ("card/income@Sep-25", "'SEP-25' is not a period", "2025-09"),
        ("card/income@2030-01", "the report '2025-12' has no period '2030-01'", "2024-01 to 2025-12"),
        ("card/income@2025-12-31", "the report '2025-12' has no period '2025-12-31'", "Its grains are"),
    ],
)
def test_what_a_report_does_not_have_is_told_with_what_is_near(report, address, what, hint):
    with pytest.raises(AddressError) as error:
        find(report, address)

    assert str(error.value) == what
    assert hint in error.value.hint


def test_a_period_may_be_spelt_in_any_accepted_way(report):
    spelt = ["2025-Q4", "2025q4", "2025年第四季度"]

    assert {find(report, f"card/income@{label}")[2].label for label in spelt} == {"2025-Q4"}
    assert find(report, "card/income@2025-12-YTD")[2].label == "2025-12 YTD"
    assert find(report, "card/income")[2].label == "2025-12"


def test_every_indicator_of_the_small_bank_is_there(report):
    assert set(report.indicators) == set(FORMULAS)
