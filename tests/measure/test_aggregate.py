"""Measures: what SQL may say, how it is rewritten, and what its authors are told."""

import pytest

from kpisite.load.scope import TableColumn
from kpisite.measure.aggregate import compile_measure
from kpisite.measure.expression import FormulaError
from tests.measure.small import a_site, an_indicator, figures, flow, problems_of, stock, write

COLUMNS = {
    "amount": TableColumn("c0", "decimal"),
    "cost": TableColumn("c1", "decimal"),
    "channel": TableColumn("c2", "text"),
    "weight": TableColumn("c3", "float"),
    "customer": TableColumn("c4", "text"),
    "churned": TableColumn("c5", "boolean"),
}


@pytest.mark.parametrize(
    ("sql", "additive"),
    [
        ("sum(amount)", True),
        ("sum(amount) - sum(cost)", True),
        ("10000 * sum(amount)", True),
        ("count(*) filter (where not churned)", True),
        ("sum(case when channel in ('app', 'web') then amount else 0 end)", True),
        ("count(distinct customer)", False),
        ("sum(amount) / count(*)", False),
        ("avg(amount)", False),
        ("max(amount)", False),
        ("median(amount)", False),
        ("coalesce(sum(amount), 0)", False),
        ("sum(distinct amount)", False),
    ],
)
def test_what_can_be_added_up_is_known(sql, additive):
    assert compile_measure(sql, COLUMNS, tuple(COLUMNS)).additive is additive


@pytest.mark.parametrize(
    ("sql", "what", "part", "hint"),
    [
        ("sum(amuont)", "the source has no column 'amuont'", "amuont", "Did you mean 'amount'?"),
        ("summ(amount)", "there is no aggregate 'summ'", "summ", "Did you mean 'sum'?"),
        ("sum(amount", "a '(' is never closed", "(amount", ""),
        ("sum(sum(amount))", "an aggregate stands inside another aggregate", "s", ""),
        ("sum(amount) + cost", "the column 'cost' stands outside an aggregate", "cost", "Write sum(cost), max(cost) or the like."),
        ("sum(a.amount)", "a column's name has no '.'", "a", "A measure sees one source only."),
        ("min(amount, cost)", "min() takes one argument", "a", ""),
        ("1 + 2", "a measure aggregates rows, and this has no aggregate", "1 + 2", "Write one, like sum(amount) or count(*)."),
        ("sum('x", "a quoted text is never closed", "'", ""),
        ("quantile_cont(amount, 2)", "a quantile is asked for a share from 0 to 1", "amount, 2)", "Write quantile_cont(minutes, 0.9)."),
        ("max(channel) = 'app'", "outside of its aggregates a measure knows only numbers", "'app'", "Compare texts within an aggregate, as in sum(amount) filter (where channel = 'app')."),
        ("sum(amount) -- all", "'--' would start a comment", "-", "Write - (-x), or leave it out."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_part_and_what_to_do(sql, what, part, hint):
    with pytest.raises(FormulaError) as caught:
        compile_measure(sql, COLUMNS, tuple(COLUMNS))

    error = caught.value
    assert (str(error), sql[error.start : error.end], error.hint) == (what, part, hint)


@pytest.mark.parametrize(
    "sql",
    [
        "read_csv('/etc/passwd')",
        "sum((select 1))",
        "sum(amount); drop table s0",
        "getenv('HOME')",
        "count(*) over ()",
        "sum(amount)::integer",
        "sum(amount) filter (where exists (select 1))",
        "",
        "(" * 200 + "sum(amount)" + ")" * 200,
        "sum(amount) # 3",
    ],
)
def test_anything_else_of_sql_is_refused(sql):
    with pytest.raises(FormulaError):
        compile_measure(sql, COLUMNS, tuple(COLUMNS))


def records(folder):
    """Calls of three customers: product, day, customer, channel, minutes, rate."""
    rows = [
        ("card", "2025-01-03", "u1", "app", 10, 2),
        ("card", "2025-01-20", "u2", "web", 20, 0),
        ("card", "2025-02-05", "u1", "app", 30, 3),
        ("card", "2025-03-09", "u3", "app", 40, 4),
        ("loan", "2025-01-07", "u1", "web", 50, 5),
        ("loan", "2025-02-07", "u4", "web", 60, 6),
        ("loan", "2025-03-07", "u4", "app", 70, 7),
    ]
    names = ("product", "day", "customer", "channel", "minutes", "rate")
    write(folder, [dict(zip(names, row, strict=True)) for row in rows], "calls.csv")


CASES = [
    # sql, card 2025-01, card 2025-Q1, line 2025-01, line 2025-Q1
    ("count(*)", 2, 4, 3, 7),
    ("count(distinct customer)", 2, 3, 2, 4),
    ("count(distinct customer) filter (where channel = 'app')", 1, 2, 1, 3),
    ("sum(minutes) filter (where channel = 'web')", 20, 20, 70, 70),
    ("sum(minutes * rate)", 20, 270, 270, 1370),
    ("sum(minutes / rate)", 5, 25, 15, 55),
    ("avg(minutes)", 15, 25, 80 / 3, 40),
    ("max(minutes)", 20, 40, 50, 70),
    ("min(minutes) - 5", 5, 5, 5, 5),
    ("median(minutes)", 15, 25, 20, 40),
    ("quantile_cont(minutes, 0.25)", 12.5, 17.5, 15, 25),
    ("avg(minutes) filter (where channel = 'app')", 10, 80 / 3, 10, 37.5),
    ("case when count(*) > 0 then sum(minutes) / (count(*) + 1) end", 10, 20, 20, 35),
    ("coalesce(sum(minutes) filter (where channel = 'fax'), 0)", 0, 0, 0, 0),
    ("sum(minutes) / count(*)", 15, 25, 80 / 3, 40),
    ("sum(case when channel like 'a%' then minutes else 0 end)", 10, 80, 10, 150),
    ("sum(minutes) filter (where minutes between 20 and 60)", 20, 90, 70, 160),
]


@pytest.mark.parametrize(("sql", "month", "quarter", "line", "line_quarter"), CASES, ids=[case[0] for case in CASES])
def test_aggregates_are_asked_anew_for_each_period_and_level(tmp_path, sql, month, quarter, line, line_quarter):
    records(tmp_path)
    site = a_site(
        sources={"calls": {"file": "calls.csv", "product": "product", "period": "day", "repeats": "allow"}},
        measures={"x": flow(sql, "count", "calls")},
        indicators={"x": an_indicator("x", "ratio", unit="count")},
        report={"period": "2025-03", "history": 3},
    )

    found = figures(tmp_path, site)

    assert found.value("card", "x", "2025-01") == pytest.approx(month)
    assert found.value("card", "x", "2025-Q1") == (quarter if isinstance(quarter, str) else pytest.approx(quarter))
    assert found.value("line:retail", "x", "2025-01") == pytest.approx(line)
    expected = line_quarter if isinstance(line_quarter, str) else pytest.approx(line_quarter)
    assert found.value("line:retail", "x", "2025-Q1") == expected


def test_many_sums_told_apart_by_a_label_equal_their_filters(tmp_path):
    labels = [f"k{n}" for n in range(6)]
    rows = [
        {"product": p, "period": m, "key": k, "value": (n + 1) * 10 + i}
        for n, p in enumerate(("card", "loan"))
        for m in ("2025-01", "2025-02", "2025-03")
        for i, k in enumerate(labels)
    ]
    write(tmp_path, [*rows, rows[0]], "long.csv")
    site = a_site(
        sources={"long": {"file": "long.csv", "product": "product", "repeats": "allow"}},
        measures={k: flow(f"sum(value) filter (where key = '{k}')", "count", "long") for k in labels},
        indicators={k: an_indicator(k, "flow", unit="count", across="sum") for k in labels},
        report={"period": "2025-03", "history": 3},
    )

    found = figures(tmp_path, site)

    assert found.value("card", "k0", "2025-01") == 20
    assert found.value("card", "k5", "2025-Q1") == 45
    assert found.value("bank", "k3", "2025-02") == 13 + 23


def test_daily_balances_stand_on_the_last_day_of_the_month(tmp_path):
    rows = [
        {"product": "card", "day": day, "balance": balance}
        for day, balance in (
            ("2025-01-10", 5),
            ("2025-01-30", 7),
            ("2025-02-27", 11),
            ("2025-03-02", 1),
            ("2025-03-31", 13),
        )
    ]
    write(tmp_path, rows, "daily.csv")
    site = a_site(
        sources={"daily": {"file": "daily.csv", "product": "product", "period": "day"}},
        measures={"s": flow("sum(balance)", "cny", "daily") | {"kind": "stock"}},
        indicators={"x": an_indicator("s", "stock", unit="cny")},
        report={"period": "2025-03", "history": 3},
    )

    found = figures(tmp_path, site)

    assert [found.value("card", "x", f"2025-0{n}") for n in (1, 2, 3)] == [7, 11, 13]
    assert found.value("card", "x", "2025-Q1") == 13


WITHIN = [
    # how, 2025-01, 2025-02, 2025-Q1, of the line in 2025-Q1
    ("last", 7, 11, 13, 113),
    ("first", 5, 11, 5, 105),
    ("average", 6, 11, (5 + 7 + 11 + 1 + 13) / 5, (5 + 7 + 11 + 1 + 13) / 5 + 100),
]


@pytest.mark.parametrize(("within", "january", "february", "quarter", "line"), WITHIN, ids=[case[0] for case in WITHIN])
def test_a_balance_says_which_of_its_days_stand_for_a_period(tmp_path, within, january, february, quarter, line):
    days = (("2025-01-10", 5), ("2025-01-30", 7), ("2025-02-27", 11), ("2025-03-02", 1), ("2025-03-31", 13))
    rows = [{"product": "card", "day": day, "balance": balance} for day, balance in days]
    rows += [{"product": "loan", "day": day, "balance": 100} for day, _ in days]
    write(tmp_path, rows, "daily.csv")
    site = a_site(
        sources={"daily": {"file": "daily.csv", "product": "product", "period": "day"}},
        measures={"s": stock("sum(balance)", source="daily") | {"within": within}},
        indicators={
            "x": an_indicator("s", "stock", unit="cny"),
            "sum": an_indicator("s", "stock", unit="cny", across="sum"),
            "half": an_indicator("s / 2", "ratio", unit="cny"),
        },
        report={"period": "2025-03", "history": 3},
    )

    found = figures(tmp_path, site)

    assert [found.value("card", "x", f"2025-0{n}") for n in (1, 2)] == [january, february]
    assert found.value("card", "x", "2025-Q1") == quarter
    assert found.value("card", "half", "2025-Q1") == quarter / 2
    assert found.value("line:retail", "x", "2025-Q1") == line
    assert found.value("line:retail", "sum", "2025-Q1") == line


def test_a_comparison_of_unlike_types_is_told_at_the_measure(tmp_path):
    write(tmp_path, [{"product": "card", "period": "2025-12", "amount": 1, "channel": "2"}])
    site = a_site(measures={"x": flow("sum(amount) filter (where channel > 'a')")}, indicators={})

    (problem,) = problems_of(tmp_path, site)

    assert problem.startswith("bank.yaml:20:10: error: measure 'x' cannot be computed: ")
    assert problem.endswith("Declare the type of the source's columns, as in 'columns: {channel: text}'.")


def test_formulas_and_measures_are_told_together_with_their_places(tmp_path):
    write(tmp_path, [{"product": "card", "period": "2025-12", "amount": 1}])
    site = a_site(
        measures={"amount": flow(), "people": flow("count(customers)", "count")},
        indicators={"a": an_indicator("100 * amuont"), "b": an_indicator("amount + people")},
    )

    assert problems_of(tmp_path, site) == [
        "bank.yaml:10:20: error: indicator 'a': there is no measure 'amuont'. Did you mean 'amount'?",
        "bank.yaml:10:23: error: indicator 'b': cannot add cny and count. Both sides need the same unit.",
        "bank.yaml:20:16: error: measure 'people': the source has no column 'customers'. Known: amount, period, product.",
    ]
