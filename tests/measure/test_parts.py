"""Breakdowns: figures by the labels of a dimension, each computed from the rows of its label alone."""

import duckdb
import numpy as np
import pytest

from kpisite.measure.series import REASONS
from kpisite.periods import parse
from tests.measure.small import a_site, an_indicator, figures, months, problems_of, write

CHANNELS = ("app", "branch", "phone")


def calls(folder, *, skip=()):
    """Three products, three channels, six months; every number different, every label with a rate of its own."""
    rows = [
        {
            "product": product,
            "period": period,
            "channel": channel,
            "customer": f"u{(p + c + m) % 4}",
            "sales": 10 * (p + 1) + 3 * c + m,
            "leads": 100 * (c + 1) + 7 * m + p,
            "open": 1000 * (p + 1) + 10 * c + m,
        }
        for p, product in enumerate(("card", "loan", "cash"))
        for m, period in enumerate(months("2025-07", "2025-12"))
        for c, channel in enumerate(CHANNELS)
        if (product, period, channel) not in skip
    ]
    write(folder, rows, "calls.csv")
    table = f"read_csv('{folder / 'calls.csv'}', types={{'period': 'VARCHAR'}})"
    return lambda sql: duckdb.connect().execute(sql.replace("calls", table, 1)).fetchone()[0]


MEASURES = {
    "sales": {"source": "calls", "kind": "flow", "unit": "count"},
    "leads": {"source": "calls", "kind": "flow", "unit": "count"},
    "open": {"source": "calls", "kind": "stock", "unit": "count"},
    "customers": {"source": "calls", "kind": "flow", "unit": "count", "sql": "count(distinct customer)"},
}


def site(formula, kind="ratio", **more):
    one = an_indicator(formula, kind, unit=more.pop("unit", "pct"), breakdowns=["channel"])
    source = {"file": "calls.csv", "product": "product", "dimensions": ["channel"], "repeats": "allow"}
    return a_site(
        sources={"calls": source | more.pop("source", {})},
        measures=MEASURES,
        indicators={"x": one | more},
        report={"period": "2025-12", "history": 6},
    )


def part(found, subject, label, period):
    """The figure of a label, or the reason why there is none."""
    grain = parse(period).grain
    (one,) = [one for one in found.series.breakdowns if one.grain is grain]
    t = [p.label for p in found.series.grains[grain].periods].index(period)
    at = (found.subjects.index(subject), 0, one.labels.index(label), t)
    return REASONS[one.reason[at]] if np.isnan(one.value[at]) else float(one.value[at])


WHERE = {"card": "product = 'card'", "line:retail": "product IN ('card', 'loan')", "bank": "true"}


@pytest.mark.parametrize("subject", WHERE)
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("formula", "kind", "sql"),
    [
        ("sales", "flow", "sum(sales) FILTER (period = '2025-12')"),
        ("open", "stock", "sum(open) FILTER (period = '2025-12')"),
        ("100 * sales / leads", "ratio", "100 * sum(sales) FILTER (period = '2025-12') / sum(leads) FILTER (period = '2025-12')"),
        ("ytd(sales)", "ratio", "sum(sales)"),
        ("mom(sales)", "ratio", "sum(sales) FILTER (period = '2025-12') / sum(sales) FILTER (period = '2025-11') - 1"),
        ("customers", "ratio", "count(DISTINCT customer) FILTER (period = '2025-12')"),
    ],
)  # fmt: skip
def test_the_figure_of_a_label_is_that_of_its_rows(tmp_path, formula, kind, sql, channel, subject):
    computed = calls(tmp_path)

    found = figures(tmp_path, site(formula, kind, unit="count" if formula == "customers" else "pct"))

    expected = computed(f"SELECT {sql} FROM calls WHERE channel = '{channel}' AND {WHERE[subject]}")
    # The year begins in July: there are no earlier rows, and a product begins with its first one.
    value = part(found, subject, channel, "2025-12")
    assert value == ("incomplete" if formula.startswith("ytd") else pytest.approx(expected, rel=1e-12))


@pytest.mark.parametrize("subject", WHERE)
@pytest.mark.parametrize(
    ("formula", "kind", "sql"),
    [
        ("sales", "flow", "sum(sales)"),
        ("open", "stock", "sum(open) FILTER (period = '2025-12')"),
        ("100 * sales / leads", "ratio", "100 * sum(sales) / sum(leads)"),
        ("customers", "ratio", "count(DISTINCT customer)"),
    ],
)
def test_the_quarter_of_a_label_is_computed_from_its_rows_of_the_quarter(tmp_path, formula, kind, sql, subject):
    computed = calls(tmp_path)

    found = figures(tmp_path, site(formula, kind, unit="count" if formula == "customers" else "pct"))

    for channel in CHANNELS:
        where = f"channel = '{channel}' AND period >= '2025-10' AND {WHERE[subject]}"
        expected = computed(f"SELECT {sql} FROM calls WHERE {where}")
        assert part(found, subject, channel, "2025-Q4") == pytest.approx(expected, rel=1e-12)


def test_a_mean_of_the_labels_ratios_would_be_another_number(tmp_path):
    calls(tmp_path)

    found = figures(tmp_path, site("100 * sales / leads"))

    mean = sum(part(found, "bank", channel, "2025-12") for channel in CHANNELS) / len(CHANNELS)
    assert abs(mean - found.value("bank", "x", "2025-12")) > 1


@pytest.mark.parametrize(("formula", "kind", "adds"), [("sales", "flow", True), ("open - 2 * sales", "stock", True), ("sales / leads", "ratio", False), ("customers", "flow", False)])  # fmt: skip
def test_parts_of_what_adds_up_sum_to_the_whole(tmp_path, formula, kind, adds):
    calls(tmp_path)

    found = figures(tmp_path, site(formula, kind, unit="count"))

    one = found.series.breakdowns[0]
    assert one.additive == (adds,)
    if adds:
        whole = found.series.grains["month"].value[:, 0]
        assert np.array_equal(one.value[:, 0].sum(axis=1), whole, equal_nan=True)


def test_records_that_are_not_there_have_not_happened(tmp_path):
    calls(tmp_path, skip={("card", "2025-12", "phone"), *(("loan", "2025-10", channel) for channel in CHANNELS)})

    found = figures(tmp_path, site("sales", "flow", unit="count"))

    assert part(found, "card", "phone", "2025-12") == 0
    assert part(found, "loan", "phone", "2025-10") == "no-data"


def test_rows_without_a_label_are_a_part_of_their_own(tmp_path):
    write(
        tmp_path,
        [
            {
                "product": "card",
                "period": "2025-12",
                "channel": channel,
                "sales": n,
                "leads": 1,
                "open": 1,
                "customer": "u",
            }
            for n, channel in ((5, "app"), (2, None))
        ],
        "calls.csv",
    )

    found = figures(tmp_path, site("sales", "flow", unit="count"))

    assert found.series.breakdowns[0].labels == ("app", "")
    assert (part(found, "card", "app", "2025-12"), part(found, "card", "", "2025-12")) == (5, 2)


def test_labels_with_declared_names_come_first(tmp_path):
    calls(tmp_path)
    labels = {"phone": {"zh": "电话", "en": "Phone"}, "web": "Web"}

    found = figures(
        tmp_path, site("sales", "flow", unit="count", source={"dimensions": {"channel": {"labels": labels}}})
    )

    assert found.series.breakdowns[0].labels == ("phone", "app", "branch")


@pytest.mark.parametrize(
    ("breakdown", "dimensions", "expected"),
    [
        (
            "chanel",
            ["channel"],
            "bank.yaml:10:14: error: 'x' has no breakdown by 'chanel': source 'calls' of its measure 'sales' has no such "
            "dimension. Did you mean 'channel'?",
        ),
        (
            "segment",
            ["segment"],
            "bank.yaml:10:14: error: the source 'calls' has no column 'segment' to break 'x' down by",
        ),
    ],
)
def test_a_breakdown_that_cannot_be_is_told(tmp_path, breakdown, dimensions, expected):
    calls(tmp_path)
    declared = site("sales", "flow", unit="count", breakdowns=[breakdown], source={"dimensions": dimensions})
    places = declared.places | {("indicators", "x", "breakdowns"): declared.places["indicators", "x", "formula"]}

    told = problems_of(tmp_path, declared.model_copy(update={"places": places}))

    assert [one for one in told if one.startswith(expected)]
