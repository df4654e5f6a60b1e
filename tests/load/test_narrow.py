"""Aggregates over narrow types give the same floats as over ours, to the last bit."""

import duckdb
import pytest

from kpisite.load.narrow import narrowed

OURS = {"c0": "DECIMAL(38,12)", "c1": "DECIMAL(38,12)", "c2": "DECIMAL(38,0)"}
TYPES = {"c0": "DECIMAL(18,2)", "c1": "DECIMAL(15,7)", "c2": "BIGINT", "c3": "VARCHAR"}
KEPT = [
    'SUM("c0")',
    'SUM("c0" - "c1")',
    'SUM(("c1"))',
    'SUM("c2")',
    'SUM("c0") FILTER(WHERE "c3" = \'web\')',
    'MAX("c1")',
    'MIN("c0") FILTER(WHERE "c2" >= 9)',
    'COUNT(*) FILTER(WHERE 3.5 < "c2")',
]
WIDENED = [
    'SUM("c0" - "c2")',
    'SUM(CAST(("c0") AS DOUBLE) * CAST(("c1") AS DOUBLE))',
    'SUM(CASE WHEN "c2" > "c0" THEN "c1" END)',
    'COUNT(DISTINCT "c1")',
    'MEDIAN("c1")',
    'SUM(COALESCE("c0", 0))',
    'SUM(ABS("c1"))',
    'MAX("c0" + "c1")',
]


def answers(sql: str, types: dict[str, str]) -> list[float]:
    """The aggregate by group, over columns of these types."""
    fields = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in types.items())
    rows = (
        "SELECT i % 7 AS g, CASE WHEN i % 11 > 0 THEN hash(i) % 1000000000000 / 100 END::DECIMAL(18,2) AS c0, "
        "(hash(-i) % 100000000000000 / 10000000)::DECIMAL(15,7) AS c1, hash(i * 3) % 4000000000 AS c2, "
        "['web', 'app'][i % 2 + 1] AS c3 FROM range(5000) t(i)"
    )
    query = f"SELECT {sql} FROM (SELECT g, {fields} FROM ({rows})) GROUP BY g ORDER BY g"
    return [row[0] for row in duckdb.connect().execute(query).fetchall()]


@pytest.mark.parametrize("aggregate", [*KEPT, *WIDENED])
def test_narrow_types_give_the_same_to_the_last_bit(aggregate: str) -> None:
    sql = f"CAST({aggregate} AS DOUBLE)"

    assert answers(narrowed(sql, OURS), TYPES) == answers(sql, TYPES | OURS)


@pytest.mark.parametrize("aggregate", KEPT)
def test_sums_extremes_and_comparisons_keep_the_types_of_the_file(aggregate: str) -> None:
    assert '"c0" AS' not in narrowed(f"CAST({aggregate} AS DOUBLE)", OURS)
    assert '"c2" AS' not in narrowed(f"CAST({aggregate} AS DOUBLE)", OURS)


@pytest.mark.parametrize("aggregate", WIDENED)
def test_anything_else_sees_our_types(aggregate: str) -> None:
    assert "AS DECIMAL(38" in narrowed(f"CAST({aggregate} AS DOUBLE)", OURS)


def test_without_narrow_types_nothing_changes() -> None:
    assert narrowed('CAST(SUM("c0") AS DOUBLE)', {}) == 'CAST(SUM("c0") AS DOUBLE)'
