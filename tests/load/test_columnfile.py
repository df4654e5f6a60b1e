"""Parquet files: read by the engine where they lie, and checked as any other file."""

import duckdb
import pytest

from kpisite.errors import Problems
from kpisite.load.facts import Fix, LeftOut
from kpisite.load.tables import open_tables
from tests.load.test_tables import NOW, read, site, told

PARQUET = site(file="data.parquet")
ROWS = "('card', DATE '2025-01-31', 1.5), ('card', DATE '2025-02-28', 2), ('card', DATE '2025-03-31', 3)"


def parquet(folder, rows, columns="product, period, amount", name="data.parquet", select="*"):
    """A Parquet file of these rows, written in SQL."""
    path = str(folder / name).replace("'", "''")
    duckdb.sql(f"COPY (SELECT {select} FROM (VALUES {rows}) AS t({columns})) TO '{path}' (FORMAT parquet)")


def amounts(found):
    return list(found.row("card", "amount").values())


@pytest.mark.parametrize(
    "select",
    [
        "*",
        "product, strftime(period, '%Y-%m') AS period, amount",
        "product, CAST(period AS TIMESTAMP) + INTERVAL 8 HOUR AS period, CAST(amount AS DOUBLE) AS amount",
        "product, CAST(strftime(period, '%Y%m') AS INTEGER) AS period, CAST(amount AS DECIMAL(38,4)) AS amount",
        "product, period, CAST(amount AS VARCHAR) AS amount, 'x' AS note",
    ],
)
def test_columns_of_all_usual_types_are_read(tmp_path, select):
    parquet(tmp_path, ROWS, select=select)

    found = read(tmp_path, None, PARQUET)

    assert amounts(found) == [1.5, 2, 3]
    (file,) = found.series.sources[0].files
    assert (file.format, file.encoding, file.delimiter, file.rows) == ("parquet", "", "", 3)
    assert file.size == (tmp_path / "data.parquet").stat().st_size
    assert file.newest[:7] == "2025-03"


def test_nothing_of_a_sound_file_is_copied(tmp_path):
    parquet(tmp_path, ROWS)

    with open_tables(PARQUET, tmp_path, NOW, Problems()) as tables:
        kinds = dict(
            tables.connection.execute("SELECT view_name, 'view' FROM duckdb_views() WHERE NOT internal").fetchall()
        )

    assert kinds["s0"] == "view"


def test_texts_in_a_parquet_file_are_repaired_like_others(tmp_path):
    parquet(tmp_path, "('card', '2025年1月', '1,234.50'), ('card', '2025-02', '(2)'), ('card', '2025-03', '-')")

    found = read(tmp_path, None, PARQUET)

    assert amounts(found) == [1234.5, -2, "no-data"]
    assert found.series.sources[0].fixes == (Fix("thousands", 1), Fix("negatives", 1))


def test_what_is_wrong_is_told_with_the_number_of_the_row(tmp_path):
    parquet(
        tmp_path, "('card', '2025-01', 'x'), ('crad', '2025-02', '2'), ('card', 'soon', '3'), ('合计', '2025-03', '5')"
    )

    assert told(tmp_path, None, PARQUET) == [
        "data.parquet:1: error: column 'amount': 'x' is not a number. "
        "If it stands for a missing value, name it in the source's 'na'.",
        "data.parquet:2: error: the product 'crad' is not declared. Did you mean 'card'?",
        "data.parquet:3: error: 'soon' is not a period. Write 2025-09, 2025-Q3, 2025-H2, 2025 or 2025-09-30.",
        "data.parquet:4: error: '合计' seems to be a row of sums. Declare 'ignore_rows: [合计]' to leave such rows out.",
    ]


def test_numbers_that_are_none_are_refused(tmp_path):
    parquet(tmp_path, "('card', '2025-01', 'nan'::DOUBLE), ('card', '2025-02', 'inf'::DOUBLE)")

    assert [line.partition(" error: ")[0] for line in told(tmp_path, None, PARQUET)] == [
        "data.parquet:1:",
        "data.parquet:2:",
    ]


def test_repeated_rows_are_settled_as_in_other_files(tmp_path):
    parquet(tmp_path, f"{ROWS}, ('card', DATE '2025-03-31', 3.0)")
    assert amounts(read(tmp_path, None, PARQUET)) == [1.5, 2, 3]
    parquet(tmp_path, f"{ROWS}, ('card', DATE '2025-03-31', 9.5)")

    (problem,) = told(tmp_path, None, PARQUET)

    assert problem.startswith(
        "data.parquet:4: error: a second row of product 'card' for 2025-03-31; the first is line 3."
    )
    found = read(tmp_path, None, site(file="data.parquet", repeats="last"))
    assert amounts(found) == [1.5, 2, 9.5]
    assert found.series.sources[0].files[0].left_out == (LeftOut("replaced", 1),)


def test_a_missing_column_and_a_damaged_file_are_told(tmp_path):
    parquet(tmp_path, "('card', 5)", "prodcut, amount")
    assert told(tmp_path, None, PARQUET) == [
        "data.parquet: error: the header lacks the column 'product', 'period'. Did you mean 'prodcut'?"
    ]
    (tmp_path / "data.parquet").write_bytes(b"PAR1 nothing PAR1")

    (problem,) = told(tmp_path, None, PARQUET)

    assert problem.startswith("data.parquet: error: it is no Parquet file: ")


def test_csv_and_parquet_files_are_one_source_together(tmp_path):
    parquet(tmp_path, ROWS, name="a.parquet", select="product, strftime(period, '%Y-%m') AS period, amount")
    (tmp_path / "b.csv").write_text('period,product,amount\n2025-03,loan,"1,000"\n', encoding="utf-8")

    found = read(tmp_path, None, site(file="?.*"))

    assert amounts(found) == [1.5, 2, 3]
    assert found.value("bank", "amount", "2025-03") == 1003


def test_units_count_in_columns_of_numbers_too(tmp_path):
    parquet(tmp_path, ROWS)

    assert amounts(read(tmp_path, None, site(file="data.parquet", units={"amount": "万元"}))) == [15000, 20000, 30000]
    assert amounts(read(tmp_path, None, site(file="data.parquet", units={"amount": "%"}))) == [0.015, 0.02, 0.03]


@pytest.mark.parametrize("unit", ["%", "bp", "亿元"])
def test_numbers_too_large_for_a_factor_are_exact_or_refused(tmp_path, unit):
    parquet(tmp_path, f"('card', '2025-01', 1{'0' * 25}), ('card', '2025-02', 2)", select="product, period, amount")
    declared = site(file="data.parquet", units={"amount": unit})

    if unit == "亿元":
        assert "has more than 26 digits" in told(tmp_path, None, declared)[0]
        return
    assert amounts(read(tmp_path, None, declared))[0] == pytest.approx({"%": 1e23, "bp": 1e21}[unit], rel=1e-15)
