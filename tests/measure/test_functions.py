"""What each function of formulas gives at each grain."""

import pytest

from tests.measure.small import a_site, an_indicator, figures, flow, months, stock, write

# Month numbers 1..36 for 2023-01..2025-12: flow f = n, balance s = 100 n, h = n squared.
LABELS = months("2023-01", "2025-12")


@pytest.fixture(scope="module")
def value(tmp_path_factory):
    folder = tmp_path_factory.mktemp("functions")
    rows = [{"product": "card", "period": label, "f": n, "s": 100 * n, "h": n * n} for n, label in enumerate(LABELS, 1)]
    write(folder, rows)

    def compute(formula, label):
        site = a_site(
            products={"card": {"name": "Card", "line": "retail"}},
            measures={"f": flow(), "h": flow(), "s": stock()},
            params={"rate": 0.12},
            indicators={"x": an_indicator(formula)},
        )
        found = figures(folder, site)
        assert found.value("bank", "x", label) == found.value("card", "x", label)
        return found.value("card", "x", label)

    return compute


# 2025-09 is month 33, 2025-Q3 months 31..33, 2025-H2 31..36, 2025 25..36.
CASES = [
    ("f", "2025-09", 33),
    ("f", "2025-Q3", 31 + 32 + 33),
    ("s", "2025-Q3", 3300),
    ("lag(f, 2)", "2025-09", 31),
    ("lag(f, 1)", "2025-Q3", 28 + 29 + 30),
    ("lag(f, 1)", "2025-09 YTD", sum(range(25, 33))),
    ("lag(s, 1)", "2025", 2400),
    ("year_ago(f)", "2025-09", 21),
    ("year_ago(f)", "2025-Q3", 19 + 20 + 21),
    ("year_ago(f)", "2025-H2", sum(range(19, 25))),
    ("year_ago(f)", "2025", sum(range(13, 25))),
    ("year_ago(f)", "2025-09 YTD", sum(range(13, 22))),
    ("yoy(f)", "2025-09", 33 / 21 - 1),
    ("yoy(f)", "2025-Q3", 96 / 60 - 1),
    ("mom(f)", "2025-09", 33 / 32 - 1),
    ("qoq(f)", "2025-Q3", 96 / 87 - 1),
    ("delta(s)", "2025-09", 100),
    ("delta(s)", "2025-Q3", 300),
    ("delta(f)", "2025-01 YTD", 1),
    ("delta(s)", "2025-09 YTD", 100),
    ("mom(f)", "2025-01 YTD", 25 / 24 - 1),
    ("mom(f)", "2025-09 YTD", 33 / 32 - 1),
    ("ytd(f)", "2025-03", 25 + 26 + 27),
    ("ytd(f)", "2025-Q2", sum(range(25, 31))),
    ("ytd(f)", "2025-09 YTD", sum(range(25, 34))),
    ("ytd(f + h)", "2025-02", 25 + 26 + 25**2 + 26**2),
    ("yoy(ytd(f))", "2025-03", 78 / 42 - 1),
    ("rolling_sum(f, 3)", "2025-09", 96),
    ("rolling_sum(f, 2)", "2025-Q3", sum(range(28, 34))),
    ("rolling_sum(f, 12)", "2025-03 YTD", sum(range(16, 28))),
    ("rolling_avg(s, 3)", "2025-09", 3200),
    ("trailing_year(f)", "2025-09", sum(range(22, 34))),
    ("trailing_year(f)", "2025-Q3", sum(range(22, 34))),
    ("trailing_year(f)", "2025", sum(range(25, 37))),
    ("average(s)", "2025-09", 3300),
    ("average(s)", "2025-Q3", 3200),
    ("average(s)", "2025-03 YTD", 2600),
    ("opening(s)", "2025-09", 3200),
    ("opening(s)", "2025-Q3", 3000),
    ("opening(s)", "2025-09 YTD", 2400),
    ("opening(s)", "2025", 2400),
    ("avg2(s)", "2025-09", 3250),
    ("avg2(s)", "2025-Q3", (3000 + 3300) / 2),
    ("avg2(s)", "2025-09 YTD", (2400 + 3300) / 2),
    ("avg2(s)", "2025", (2400 + 3600) / 2),
    ("ann(f)", "2025-09", 33 * 12),
    ("ann(f)", "2025-Q3", 96 * 4),
    ("ann(f)", "2025-03 YTD", 78 * 4),
    ("ann(f)", "2025-H2", sum(range(31, 37)) * 2),
    ("rate / 12 * s", "2025-09", 33),
    ("coalesce(lag(f, 40), f)", "2025-09", 33),
    ("if(f > 32, f, h)", "2025-09", 33),
    ("if(f > 33 or f = 1, f, h)", "2025-09", 33**2),
    ("if(not (f <> 33) and h >= 33, 1, 0)", "2025-09", 1),
    ("min(f, 5, h)", "2025-09", 5),
    ("max(f, h)", "2025-09", 33**2),
    ("abs(f - 50)", "2025-09", 17),
    ("-f + - 2", "2025-09", -35),
    ("(f + h) * 2 / 4", "2025-09", (33 + 33**2) / 2),
    ("100 × f ÷ （h － f）", "2025-09", 3300 / (33**2 - 33)),
]


@pytest.mark.parametrize(("formula", "label", "expected"), CASES)
def test_a_function_at_a_grain(value, formula, label, expected):
    assert value(formula, label) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("formula", "label", "reason"),
    [
        ("trailing_year(f)", "2024-01", None),
        ("rolling_sum(f, 14)", "2024-01", "no-history"),
        ("rolling_sum(f, 24)", "2024-11", "no-history"),
        ("avg2(s)", "2024-01", None),
        ("lag(f, 3)", "2025", "no-history"),
        ("year_ago(f)", "2024", None),
    ],
)
def test_what_reaches_before_the_data_has_no_history(value, formula, label, reason):
    found = value(formula, label)

    assert found == reason if reason else isinstance(found, float)
