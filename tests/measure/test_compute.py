"""Figures of a small bank against the rules, each grain and level against a computation of its own."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpisite.periods import Grain
from tests.measure.small import a_site, an_indicator, figures, flow, months, stock, write

PRODUCTS = ("card", "loan", "cash")


def bank_rows():
    """Three products over three years, with amounts in cents that floats cannot hold exactly."""
    return [
        {
            "product": product,
            "period": label,
            "revenue": f"{1000 + 100 * p + 7 * m + 0.1 * (m % 7):.2f}",
            "opex": f"{400 + 30 * p + 3 * m + 0.01 * m:.2f}",
            "balance": f"{50000 + 5000 * p + 321 * m + 0.7:.2f}",
            "promoters": 40 + p + m % 5,
            "detractors": 10 + m % 3,
            "answers": 100 + 2 * p + m % 11,
            "hours": f"{4 + p + m % 4 / 2:.1f}",
        }
        for p, product in enumerate(PRODUCTS)
        for m, label in enumerate(months("2023-01", "2025-12"))
    ]


def bank(**more):
    return a_site(
        measures={
            "revenue": flow(),
            "opex": flow(),
            "balance": stock(),
            "promoters": flow(unit="count"),
            "detractors": flow(unit="count"),
            "answers": flow(unit="count"),
            "hours": {"source": "monthly", "kind": "duration", "unit": "hours"},
        },
        indicators={
            "income": an_indicator("revenue", "flow", unit="cny", across="sum"),
            "volume": an_indicator("balance", "stock", unit="cny", across="sum"),
            "cost-income": an_indicator("100 * opex / revenue"),
            "nps": an_indicator(
                "100 * (promoters - detractors) / answers", "index", sample={"measure": "answers", "least": 30}
            ),
            "speed": an_indicator("hours", "duration", unit="hours"),
            "eva": an_indicator("revenue - opex - 0.12 / 12 * balance", "flow", unit="cny"),
            "margin": an_indicator("10000 * ann(revenue) / avg2(balance)"),
            "growth": an_indicator("100 * yoy(balance)"),
            "share": an_indicator("100 * revenue / opex", across="none"),
        },
        **more,
    )


@pytest.fixture(scope="module")
def frame():
    found = pd.DataFrame(bank_rows())
    for name in found.columns[2:]:
        found[name] = found[name].astype(float)
    found["month"] = pd.PeriodIndex(found["period"], freq="M")
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bank")
    write(folder, bank_rows())
    return figures(folder, bank())


SUBJECTS = {
    "card": ["card"],
    "loan": ["loan"],
    "line:retail": ["card", "loan"],
    "line:corporate": ["cash"],
    "bank": list(PRODUCTS),
}
SPANS = {
    "2025-05": ("2025-05", "2025-05"),
    "2024-Q3": ("2024-07", "2024-09"),
    "2025-H1": ("2025-01", "2025-06"),
    "2025": ("2025-01", "2025-12"),
    "2025-08 YTD": ("2025-01", "2025-08"),
}


@pytest.mark.parametrize("label", SPANS)
@pytest.mark.parametrize("subject", SUBJECTS)
def test_figures_equal_an_independent_computation_at_every_grain_and_level(found, frame, subject, label):
    first, last = (pd.Period(month, "M") for month in SPANS[label])
    mine = frame[frame["product"].isin(SUBJECTS[subject])]
    inside = mine[(mine["month"] >= first) & (mine["month"] <= last)]
    flows = inside[["revenue", "opex", "promoters", "detractors", "answers"]].sum()
    closing = mine[mine["month"] == last]["balance"].sum()
    opening = mine[mine["month"] == first - 1]["balance"].sum()
    length = last.ordinal - first.ordinal + 1
    year_ago = mine[mine["month"] == last - 12]["balance"].sum()
    eva = (inside["revenue"] - inside["opex"] - 0.01 * inside["balance"]).sum()

    expected = {
        "income": flows["revenue"],
        "volume": closing,
        "cost-income": 100 * flows["opex"] / flows["revenue"],
        "nps": 100 * (flows["promoters"] - flows["detractors"]) / flows["answers"],
        "eva": eva,
        "margin": 10000 * flows["revenue"] * 12 / length / ((opening + closing) / 2),
        "growth": 100 * (closing / year_ago - 1),
    }

    for indicator, value in expected.items():
        assert found.value(subject, indicator, label) == pytest.approx(value, rel=1e-12), indicator
    assert found.sample(subject, "nps", label) == flows["answers"]


def test_a_median_is_told_by_month_and_product_only(found, frame):
    hours = frame[(frame["product"] == "loan") & (frame["period"] == "2025-05")]["hours"].item()

    assert found.value("loan", "speed", "2025-05") == hours
    assert found.value("loan", "speed", "2025-Q2") == "not-derivable"
    assert found.value("bank", "speed", "2025-05") == "not-derivable"


def test_what_does_not_add_up_across_products_is_not_applicable_above_them(found):
    assert isinstance(found.value("card", "share", "2025-05"), float)
    assert found.value("line:retail", "share", "2025-05") == "not-applicable"
    assert found.value("bank", "share", "2025") == "not-applicable"


def test_subjects_are_products_then_lines_then_the_bank(found):
    assert found.subjects == ["card", "loan", "cash", "line:retail", "line:corporate", "bank"]
    assert [s.members for s in found.series.subjects[3:]] == [(0, 1), (2,), (0, 1, 2)]


def test_grains_hold_the_periods_that_lie_whole_within_the_window(found):
    labels = {grain: [p.label for p in found.shown(grain)] for grain in found.series.grains}

    assert labels[Grain.MONTH] == months("2024-01", "2025-12")
    assert labels[Grain.QUARTER][0] == "2024-Q1"
    assert labels[Grain.HALF] == ["2024-H1", "2024-H2", "2025-H1", "2025-H2"]
    assert labels[Grain.YEAR] == ["2024", "2025"]
    assert len(labels[Grain.YTD]) == 24


def test_a_window_that_begins_within_a_quarter_leaves_that_quarter_out(tmp_path):
    write(tmp_path, bank_rows())

    found = figures(tmp_path, bank(report={"history": 14}))

    assert found.shown(Grain.QUARTER)[0].label == "2025-Q1"
    assert found.shown(Grain.YTD)[0].label == "2024-11 YTD"
    assert found.value("card", "income", "2024-11 YTD") == pytest.approx(
        sum(
            float(row["revenue"])
            for row in bank_rows()
            if row["product"] == "card" and "2024-01" <= row["period"] <= "2024-11"
        )
    )


def test_sums_are_exact_in_decimals(tmp_path):
    rows = [{"product": p, "period": m, "amount": "0.1"} for p in PRODUCTS for m in months("2024-01", "2025-12")]
    write(tmp_path, rows)
    site = a_site(
        measures={"amount": flow()}, indicators={"income": an_indicator("amount", "flow", across="sum", unit="cny")}
    )

    found = figures(tmp_path, site)

    assert found.value("card", "income", "2025-Q1") == 0.3
    assert found.value("card", "income", "2025-07 YTD") == 0.7
    assert found.value("bank", "income", "2025-01") == 0.3
    assert found.value("bank", "income", "2025") == 3.6


def test_figures_that_grow_with_the_period_are_known(found):
    grows = dict(zip(found.series.indicators, found.series.accumulates.tolist(), strict=True))

    assert grows == {
        "income": True,
        "volume": False,
        "cost-income": False,
        "nps": False,
        "speed": False,
        "eva": True,
        "margin": False,
        "growth": False,
        "share": False,
    }


def test_the_sources_are_told_with_their_hashes_and_rows(found):
    (fact,) = found.series.sources

    assert (fact.source, fact.rows) == ("monthly", 108)
    assert fact.files[0].path == "monthly.csv"
    assert len(fact.files[0].sha256) == 64
    assert (fact.files[0].encoding, fact.files[0].rows) == ("utf-8", 108)
    assert fact.files[0].size > 1000
    assert fact.newest == fact.files[0].newest != ""


def test_only_the_grains_asked_for_are_computed(tmp_path):
    write(tmp_path, bank_rows())

    found = figures(tmp_path, bank(report={"grains": ["month", "year"]}))

    assert list(found.series.grains) == [Grain.MONTH, Grain.YEAR]


def test_fiscal_years_begin_where_the_site_says(tmp_path):
    write(tmp_path, bank_rows())

    found = figures(tmp_path, bank(report={"fiscal_year_starts": 4}))

    total = sum(
        float(r["revenue"]) for r in bank_rows() if r["product"] == "card" and "2024-04" <= r["period"] <= "2025-03"
    )
    assert found.value("card", "income", "2025") == pytest.approx(total)
    april = next(float(r["revenue"]) for r in bank_rows() if r["product"] == "card" and r["period"] == "2025-04")
    assert found.value("card", "income", "2025-04 YTD") == april


def test_builtin_figures_wait_for_the_bank(tmp_path):
    write(tmp_path, bank_rows())
    done = {
        "name": "x",
        "family": "growth",
        "builtin": "data-completeness",
        "unit": "pct",
        "direction": "higher",
        "kind": "ratio",
    }
    site = a_site(measures={"revenue": flow()}, indicators={"done": done})

    found = figures(tmp_path, site)

    assert found.value("bank", "done", "2025-12") == "not-reviewed"
    assert found.value("card", "done", "2025-12") == "not-applicable"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cents=st.lists(st.integers(-(10**11), 10**11), min_size=24, max_size=24))
def test_any_amounts_add_up_to_the_cent(tmp_path_factory, cents):
    folder = tmp_path_factory.mktemp("cents")
    labels = months("2024-01", "2025-12")
    write(
        folder,
        [{"product": "card", "period": m, "amount": f"{c / 100:.2f}"} for m, c in zip(labels, cents, strict=True)],
    )
    site = a_site(
        products={"card": {"name": "Card", "line": "retail"}},
        measures={"amount": flow()},
        indicators={"income": an_indicator("amount", "flow", across="sum", unit="cny")},
    )

    found = figures(folder, site)

    assert found.value("card", "income", "2025") == sum(cents[12:]) / 100
    assert found.value("bank", "income", "2024-Q2") == sum(cents[3:6]) / 100


def test_a_new_definition_over_a_measure_that_begins_with_it_leaves_the_years_before(tmp_path):
    labels = months("2024-01", "2025-06")
    rows = [
        {"product": p, "period": label, "rev": 100 + n, "fee": None if label < "2025" else 10}
        for p, known in (("card", labels), ("loan", labels[3:]))
        for n, label in enumerate(labels)
        if label in known
    ]
    write(tmp_path, rows)
    definitions = [
        {"version": 1, "valid_from": "2024-01", "formula": "max(rev, 0)"},
        {"version": 2, "valid_from": "2025-01", "comparable": True},
    ]
    site = a_site(
        measures={"rev": flow(), "fee": flow()},
        indicators={"x": an_indicator("max(rev, 0) + fee", "flow", unit="cny", across="sum", definitions=definitions)},
        report={"period": "2025-06", "history": 18},
    )
    found = figures(tmp_path, site)

    assert found.value("card", "x", "2024-Q1") == 100 + 101 + 102
    assert found.value("card", "x", "2024") == sum(100 + n for n in range(12))
    assert found.value("bank", "x", "2024-03") == 102
    assert found.value("bank", "x", "2024-04") == 103 + 103
    assert found.value("line:retail", "x", "2024-Q3") == 2 * (106 + 107 + 108)
    assert found.value("bank", "x", "2024") == sum(100 + n for n in range(12)) + sum(100 + n for n in range(3, 12))
    assert found.value("bank", "x", "2025-Q1") == 2 * (112 + 113 + 114 + 30)
    assert found.value("loan", "x", "2024-02") == "not-launched"


def test_a_share_that_has_no_value_above_the_products_says_why(tmp_path):
    rows = [
        {"product": product, "period": label, "rev": 10, "net": net}
        for product, net in (("card", 1), ("loan", -1), ("cash", 2))
        for label in months("2025-01", "2025-03")
    ]
    write(tmp_path, rows)
    site = a_site(
        measures={"share": flow("sum(rev) / sum(net)", unit="ratio")},
        indicators={"x": an_indicator("share")},
        report={"period": "2025-03", "history": 3},
    )
    found = figures(tmp_path, site)

    assert found.value("card", "x", "2025-02") == 10
    assert found.value("line:retail", "x", "2025-02") == "no-meaning"
    assert found.value("bank", "x", "2025-02") == 15


@pytest.mark.parametrize(
    ("sql", "is_growing"),
    [
        ("sum(amount)", True),
        ("count(*) filter (where amount > 1)", True),
        ("count(distinct name)", True),
        ("sum(amount) / 100 + count(*)", True),
        ("median(amount)", False),
        ("avg(amount) filter (where amount > 1)", False),
        ("max(amount)", False),
        ("100 * sum(amount) / count(*)", False),
    ],
)
def test_a_median_of_records_does_not_grow_with_the_period(sql, is_growing, tmp_path):
    write(tmp_path, [{"product": "card", "period": "2025-01", "amount": 3, "name": "a"}])
    site = a_site(
        measures={"it": flow(sql)},
        indicators={"x": an_indicator("it", "flow"), "y": an_indicator("2 * it", "index")},
        sources={"monthly": {"file": "monthly.csv", "product": "product", "columns": {"name": "text"}}},
        report={"period": "2025-01", "history": 1},
    )

    assert figures(tmp_path, site).series.accumulates.tolist() == [is_growing, is_growing]
