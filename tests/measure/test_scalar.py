"""What a measure computes from its atoms equals what DuckDB says of the same numbers, missing ones included."""

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import parse_one

from kpisite.measure.scalar import evaluate

numbers = st.one_of(
    st.none(),
    st.sampled_from([0.0, 1.0, -1.0]),
    st.integers(-(10**6), 10**6).map(lambda cents: cents / 100),
)
EXPRESSIONS = [
    "a0 + a1",
    "a0 - a1",
    "a0 * a1 - 2.5 * a2",
    "-(a0 - 0.1)",
    "abs(a0)",
    "coalesce(a0, a1, 0)",
    "nullif(a0, a1)",
    "case when a0 > a1 and not a2 = 0 then a0 when a1 is null then -1 else a2 end",
    "case a0 when 0 then a1 when 1 then a2 end",
    "case when a0 in (0, 1, a1) or a2 between a0 and a1 then 1 else 0 end",
    "case when not (a0 in (a1, a2)) then 1 when a0 is not null then 2 end",
    "case when a0 <= a1 or a1 <> a2 then 1 when a1 >= a2 then 2 else 3 end",
    "case when true and a0 < 5 then a1 end",
]


@pytest.mark.parametrize("sql", EXPRESSIONS)
@given(rows=st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=20))
def test_it_says_what_duckdb_says_of_decimals(sql, rows):
    types = ", ".join(f"unnest(?::DECIMAL(18,2)[]) AS a{number}" for number in range(3))
    columns = [[row[number] for row in rows] for number in range(3)]
    said = duckdb.execute(f"SELECT CAST({sql} AS DOUBLE) FROM (SELECT {types})", columns).fetchall()

    found = evaluate(parse_one(sql, read="duckdb"), {f"a{n}": _floats(column) for n, column in enumerate(columns)})

    assert found.tolist() == pytest.approx([np.nan if row[0] is None else row[0] for row in said], rel=0, nan_ok=True)


def test_decimals_stay_decimals():
    tree = parse_one("a0 - a1", read="duckdb")

    assert evaluate(tree, {"a0": np.array([0.3, 1e15]), "a1": np.array([0.1, 0.5])}).tolist() == [0.2, 1e15 - 0.5]


def test_what_is_divided_by_zero_is_missing():
    tree = parse_one("a0 / a1", read="duckdb")

    found = evaluate(tree, {"a0": np.array([1.0, 0.0, 3.0]), "a1": np.array([0.0, 0.0, 2.0])})

    assert np.isnan(found[:2]).all()
    assert found[2] == 1.5


def _floats(column):
    return np.array([np.nan if value is None else value for value in column], dtype=np.float64)
