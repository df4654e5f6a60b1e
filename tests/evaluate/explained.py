"""A small bank with an indicator of each kind and function, measured from a file, for tests of explanations."""

import datetime as dt

from kpisite.errors import Problems
from kpisite.evaluate.evaluate import evaluate
from kpisite.load.tables import open_tables
from kpisite.measure.compute import measure
from tests.measure.small import a_site, an_indicator, flow, months, stock, write

PRODUCTS = ("card", "loan", "cash")
FORMULAS = {
    "income": ("revenue", "flow", {"unit": "cny", "across": "sum"}),
    "profit": ("revenue - opex", "flow", {"unit": "cny", "across": "sum"}),
    "eva": ("revenue - opex - hurdle / 12 * balance", "flow", {"unit": "cny"}),
    "takings": ("revenue", "flow", {"unit": "cny", "across": "sum", "cadence": "quarter"}),
    "volume": ("balance", "stock", {"unit": "cny", "across": "sum"}),
    "volume-at-first": ("opened", "stock", {"unit": "cny", "across": "sum"}),
    "volume-on-average": ("averaged", "stock", {"unit": "cny", "across": "sum"}),
    "cost-income": ("100 * opex / revenue", "ratio", {"direction": "lower"}),
    "cost-of-one": ("100 * opex / revenue", "ratio", {"direction": "lower", "veto": True}),
    "margin": ("10000 * ann(revenue) / avg2(balance)", "ratio", {"direction": "range"}),
    "on-average": ("100 * revenue / average(balance)", "ratio", {}),
    "nps": ("100 * (promoters - detractors) / answers", "index", {"sample": {"measure": "answers", "least": 105}}),
    "speed": ("hours", "duration", {"unit": "hours", "direction": "lower"}),
    "growth": ("100 * yoy(balance)", "ratio", {}),
    "pace": ("100 * qoq(revenue)", "ratio", {}),
    "step": ("100 * mom(revenue)", "ratio", {}),
    "rise": ("delta(balance) / lag(balance, 2)", "ratio", {}),
    "year-so-far": ("ytd(revenue) / ytd(revenue - opex)", "ratio", {}),
    "window": ("rolling_sum(revenue, 3) / rolling_avg(balance, 2)", "ratio", {}),
    "trailing": ("trailing_year(revenue) / opening(balance)", "ratio", {}),
    "chosen": ("if(revenue > 1200, max(revenue, opex), abs(-opex)) / min(balance, revenue)", "ratio", {}),
    "first-there": ("coalesce(absent, revenue) / opex + (revenue > opex)", "ratio", {}),
    "opened": ("100 * opened / averaged", "ratio", {}),
    "customers": ("customers", "flow", {"unit": "count"}),
    "quarterly": ("100 * opex / revenue", "ratio", {"cadence": "quarter"}),
    "redefined": (
        "100 * opex / revenue",
        "ratio",
        {
            "definitions": [
                {"version": 1, "valid_from": "2023-01", "formula": "opex / revenue"},
                {"version": 2, "valid_from": "2025-01", "reason": "in percent"},
            ]
        },
    ),
    "charged": (
        "max(opex, 0) + late / 10",
        "flow",
        {
            "unit": "cny",
            "across": "sum",
            "definitions": [
                {"version": 1, "valid_from": "2023-01", "formula": "max(opex, 0)"},
                {"version": 2, "valid_from": "2025-01", "comparable": True},
            ],
        },
    ),
    "zero": ("revenue / (opex - opex)", "ratio", {}),
    "meaningless": ("revenue / opex", "ratio", {"missing_when": {"formula": "revenue > 0", "reason": "never"}}),
}
TARGETS = {
    "income": {"weight": 20, "target": 1500, "tolerance": 100},
    "cost-income": {"weight": 30, "target": 40, "tolerance": 2},
    "margin": {"weight": 10, "target": [1500, 2500], "tolerance": 300},
    "nps": {"weight": 15, "target": 30, "tolerance": 0.5},
    "cost-of-one": {"weight": 4, "target": 41, "amber": 43, "floor": 44, "stretch": 39.5},
    "eva": {"weight": 3, "target": 500, "floor": -400, "stretch": 900, "tolerance": 100},
    "profit": {
        "weight": 3,
        "target": 800,
        "amber": 590,
        "floor": 400,
        "path": "linear",
        "by": "2025-12",
        "baseline": {"period": "2023-12", "value": 650},
    },
    "takings": {"weight": 3, "target": 14500, "tolerance": 800, "floor": 12000, "basis": "year", "profile": [1] * 12},
    "pace": {"weight": 3, "steps": {"2024-01": 2, "2025-06": 3}, "tolerance": 1},
    "speed": {
        "weight": 15,
        "target": 4,
        "tolerance": 2,
        "path": "linear",
        "by": "2025-12",
        "baseline": {"period": "2024-01", "value": 8},
        "approved_by": "Board",
    },
}


def rows():
    """Three products over three years, one of them launched late and with a gap."""
    found = []
    for p, product in enumerate(PRODUCTS):
        for m, label in enumerate(months("2023-01", "2025-12")):
            if product == "cash" and m < 5:
                continue
            found.append(
                {
                    "product": product,
                    "period": label,
                    "revenue": f"{1000 + 100 * p + 7 * m + 0.1 * (m % 7):.2f}",
                    "opex": None if (product, label) == ("loan", "2025-05") else f"{400 + 30 * p + 3 * m:.2f}",
                    "balance": f"{50000 + 5000 * p + 321 * m + 0.7:.2f}",
                    "promoters": 40 + p + m % 5,
                    "detractors": 10 + m % 3,
                    "answers": 100 + 2 * p + m % 11,
                    "hours": f"{4 + p + m % 4 / 2:.1f}",
                    "name": f"{'abc'[m % 3]}{p // 2}",
                    "late": None if label < "2025" else 10 + m,
                }
            )
    return found


def bank(period="2025-12"):
    """The site of the small bank."""
    measures = {name: flow(unit="cny") for name in ("revenue", "opex", "late")}
    measures |= {name: flow(unit="count") for name in ("promoters", "detractors", "answers")}
    measures |= {
        "balance": stock(),
        "hours": {"source": "monthly", "kind": "duration", "unit": "hours"},
        "opened": stock("sum(balance)") | {"within": "first"},
        "averaged": stock("sum(balance)") | {"within": "average"},
        "customers": flow("count(distinct name)", unit="count"),
        "absent": flow("sum(revenue) filter (where name = 'nobody')"),
    }
    indicators = {id_: an_indicator(formula, kind, **more) for id_, (formula, kind, more) in FORMULAS.items()}
    others = [id_ for id_ in FORMULAS if id_ not in TARGETS]
    lines = {"card": "retail", "loan": "retail", "cash": "corporate"}
    return a_site(
        measures=measures,
        params={"hurdle": 0.12},
        indicators=indicators,
        products={
            id_: {"name": id_.title(), "line": line, "order": n, "key": TARGETS, "monitor": others}
            for n, (id_, line) in enumerate(lines.items())
        },
        report={"period": period, "history": 24, "grains": ["month", "quarter", "half", "year", "ytd", "t12"]},
        sources={"monthly": {"file": "monthly.csv", "product": "product", "columns": {"name": "text"}}},
    )


def measured(folder, site=None, written=None, as_of=dt.date(2026, 1, 31)):
    """The report of a site whose rows lie in a folder."""
    site = site or bank()
    write(folder, written or rows())
    problems = Problems()
    with open_tables(site, folder, as_of, problems) as tables:
        problems.stop_if_any()
        series = measure(site, tables, problems)
    problems.stop_if_any()
    return evaluate(site, series, version="2025-12", title="2025-12", as_of=as_of)
