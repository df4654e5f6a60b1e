"""The same site over files, PostgreSQL, MariaDB, a Spark cluster and Spark Connect: equal to the last digit."""

import os
import statistics

import pytest
import yaml

from kpisite.build import judged_with_rows, report_of
from kpisite.declare.read import read_site
from kpisite.errors import AuthorError, Problems
from kpisite.explaining import explanation, rows_behind
from kpisite.publish.exports import exports
from tests import servers
from tests.conftest import kpisite
from tests.engines import shop

SUBJECTS = ("card", "loan", "cash", "line:retail", "line:corporate", "bank")
PERIODS = 24 + 8 + 2


def lacking(*names):
    """Skip a test without its servers; on CI only those of a second database."""
    lacks = [name for name in servers.missing() if name in names]
    if set(lacks) - servers.OPTIONAL and os.environ.get("CI") == "true":
        pytest.fail(f"CI needs {', '.join(lacks)}")
    if lacks:
        pytest.skip(f"without {', '.join(lacks)} there is no server to ask; run make test")


def results(config):
    """The site's results.csv, and after it breakdowns.csv."""
    problems = Problems()
    try:
        report = report_of(config, problems)
    except AuthorError as error:
        raise AssertionError("\n".join(map(str, error.problems))) from error
    assert not problems.found
    files = exports(report)
    return files["results.csv"].decode() + files["breakdowns.csv"].decode()


def told(config):
    """What the author of a site reads."""
    with pytest.raises(AuthorError) as caught:
        report_of(config, Problems())
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder for all sites of this module."""
    return tmp_path_factory.mktemp("engines")


@pytest.fixture(scope="module")
def from_csv(folder):
    """What DuckDB says of the CSV files."""
    shop.write_csv(folder / "csv")
    return results(shop.site(folder / "csv", shop.of_files()))


@pytest.fixture(scope="module")
def warehouse():
    """A PostgreSQL with the rows in two tables; its URL."""
    lacking("PostgreSQL", "SQLAlchemy", "psycopg")
    import sqlalchemy

    with servers.postgres() as url:
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
        with engine.begin() as connection:
            shop.fill(connection)
        yield url


@pytest.fixture(scope="module")
def lake(folder):
    """A Spark cluster that can read the rows as Parquet; its URL."""
    lacking("Java", "PySpark")
    shop.write_parquet(folder / "parquet")
    with servers.spark(folder / "spark") as url:
        yield url


def a_site(folder, sales=None, balances=None, **more):
    """A site over the two tables of a database; its connection's URL stands in KPISITE_WAREHOUSE_URL."""
    place = {"warehouse": {"url": "${KPISITE_WAREHOUSE_URL}"}}
    tables = shop.on_connection(sales=sales or {"table": "sales"}, balances=balances or {"table": "public.balances"})
    return shop.site(folder, tables, place, **more)


def changed(config, **sections):
    """The site with these sections changed."""
    declared = yaml.safe_load(config.read_text(encoding="utf-8"))
    for section, change in sections.items():
        change(declared[section])
    config.write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return config


def test_the_measures_are_many_and_have_values_at_each_grain_and_level(from_csv):
    whole, _, parts = from_csv.partition("product,indicator,dimension")
    rows = [line.split(",") for line in whole.splitlines()[1:]]

    assert len(rows) == len(SUBJECTS) * len(shop.MEASURES) * PERIODS
    assert len(shop.MEASURES) >= 15
    with_value = {(row[0], row[1], row[2]) for row in rows if row[3]}
    for name in shop.MEASURES:
        for period in ("2025-12", "2025-Q4", "2025"):
            assert ("bank", name.replace("_", "-"), period) in with_value, (name, period)
    assert len(with_value) > 0.9 * len(rows)
    of_parts = [line.split(",") for line in parts.splitlines()[1:]]
    assert len(of_parts) == len(SUBJECTS) * len(shop.BROKEN_DOWN) * 3 * PERIODS
    assert len([row for row in of_parts if row[5]]) > 0.9 * len(of_parts)


def test_parquet_files_say_what_csv_files_say(folder, from_csv):
    shop.write_parquet(folder / "columns")

    assert results(shop.site(folder / "columns", shop.of_files("parquet"))) == from_csv


def test_postgresql_says_what_duckdb_says(folder, from_csv, warehouse, monkeypatch):
    monkeypatch.setenv("KPISITE_WAREHOUSE_URL", warehouse)
    (folder / "pg").mkdir()
    (folder / "pg" / "sales.sql").write_text("-- every sale\nSELECT * FROM sales -- all of it\n;\n", encoding="utf-8")

    assert results(a_site(folder / "pg", sales={"query": "sales.sql"})) == from_csv


def test_spark_says_what_duckdb_says(folder, from_csv, lake, monkeypatch):
    monkeypatch.setenv("KPISITE_LAKE", lake)
    (folder / "lake").mkdir()
    for name in ("sales", "balances"):
        query = f"SELECT * FROM parquet.`{folder}/parquet/data/{name}.parquet`"
        (folder / "lake" / f"{name}.sql").write_text(query, encoding="utf-8")
    sources = shop.on_connection(sales={"query": "sales.sql"}, balances={"query": "balances.sql"})
    place = {"warehouse": {"url": "${KPISITE_LAKE}", "settings": servers.spark_settings()}}

    assert results(shop.site(folder / "lake", sources, place)) == from_csv


# How each measure follows from the values of its rows.
FROM_ROWS = {
    "turnover": sum,
    "online": sum,
    "orders": len,
    "promoters": len,
    "customers": lambda values: len(set(values)),
    "largest": max,
    "middle": statistics.median,
    "mean": lambda values: sum(values) / len(values),
    "closing": sum,
    "opening_day": sum,
}


def rows_give_the_inputs(config, run):
    """The SELECT that `explain` tells lists rows whose values give what went into the figure."""
    with judged_with_rows(read_site(config, Problems()), config, Problems()) as (report, tables):
        for name, how in FROM_ROWS.items():
            found = explanation(report, f"bank/{name.replace('_', '-')}@2025-Q4")
            ((use,),) = [one.uses for one in found.measures]
            (taken,) = rows_behind(report, tables, found, 10_000)
            values = [row["v0"] for row in run(taken.select) if row["v0"] is not None]
            assert taken.rows == len(taken.listed) == len(values)
            assert float(how(values)) == pytest.approx(use.value, rel=1e-12), name


def test_the_rows_of_postgresql_are_listed_by_a_select(folder, warehouse, monkeypatch):
    import sqlalchemy

    monkeypatch.setenv("KPISITE_WAREHOUSE_URL", warehouse)
    engine = sqlalchemy.create_engine(warehouse, poolclass=sqlalchemy.pool.NullPool)
    with engine.connect() as connection:

        def run(sql):
            return connection.execution_options(no_parameters=True).exec_driver_sql(sql).mappings()

        rows_give_the_inputs(a_site(folder / "pg-rows"), run)


def test_spark_connect_says_what_duckdb_says(folder, from_csv, monkeypatch):
    lacking("Java", "PySpark")
    shop.write_parquet(folder / "parquet")
    (folder / "connect").mkdir()
    for name in ("sales", "balances"):
        query = f"SELECT * FROM parquet.`{folder}/parquet/data/{name}.parquet`"
        (folder / "connect" / f"{name}.sql").write_text(query, encoding="utf-8")
    sources = shop.on_connection(sales={"query": "sales.sql"}, balances={"query": "balances.sql"})
    with servers.spark_connect(folder / "spark-connect") as url:
        monkeypatch.setenv("KPISITE_LAKE", url)
        place = {"warehouse": {"url": "${KPISITE_LAKE}"}}
        assert results(shop.site(folder / "connect", sources, place)) == from_csv

        (folder / "connect" / "sales.sql").write_text("SELECT * FROM nowhere", encoding="utf-8")
        (line,) = told(folder / "connect" / "site.yaml")
        assert "source 'sales': [TABLE_OR_VIEW_NOT_FOUND]" in line
    assert f"nobody answers at {url.removeprefix('sc://')}" in told(folder / "connect" / "site.yaml")[0]


@pytest.fixture(scope="module")
def mart():
    """A MariaDB with the rows in two tables; its URL."""
    lacking("MariaDB", "SQLAlchemy", "PyMySQL")
    import sqlalchemy

    with servers.mariadb() as url:
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
        with engine.begin() as connection:
            shop.fill(connection)
        yield url


def test_mariadb_says_what_duckdb_says_of_all_but_quantiles(folder, mart, monkeypatch):
    monkeypatch.setenv("KPISITE_WAREHOUSE_URL", mart)
    shop.write_csv(folder / "without-quantiles")
    from_files = results(shop.site(folder / "without-quantiles", shop.of_files(), lacking=shop.QUANTILES))

    assert results(a_site(folder / "mart", balances={"table": "balances"}, lacking=shop.QUANTILES)) == from_files


def test_quantiles_are_refused_where_the_database_has_none(folder, mart, monkeypatch):
    monkeypatch.setenv("KPISITE_WAREHOUSE_URL", mart)

    lines = told(a_site(folder / "mart-quantiles", balances={"table": "balances"}))

    assert [line.partition("error: ")[2] for line in lines] == [
        f"measure '{name}': medians and quantiles cannot be asked of mysql. "
        "Use an engine that has them, or read the rows from a file."
        for name in shop.QUANTILES
    ]


def test_sums_are_the_same_in_every_run_and_with_any_number_of_threads(folder, from_csv):
    runs = {
        results(shop.site(folder / "csv", shop.of_files(), engine={"threads": threads}))
        for threads in (1, 2, 4, *(4,) * 17)
    }

    assert runs == {from_csv}


def test_little_memory_and_a_spill_folder_change_nothing(folder, from_csv, tmp_path):
    settings = {"memory_limit": "100MB", "threads": 1, "spill": str(tmp_path / "spill")}

    assert results(shop.site(folder / "csv", shop.of_files(), engine=settings)) == from_csv
    assert (tmp_path / "spill").is_dir()


def test_a_site_on_a_connection_is_built_every_time_and_keeps_its_secret(folder, warehouse, tmp_path):
    config = a_site(tmp_path / "site")
    environment = {"KPISITE_WAREHOUSE_URL": warehouse}

    first = kpisite("build", "-f", config, **environment)
    again = kpisite("build", "-f", config, **environment)
    kpisite("release", "2025-12", "-f", config, **environment)

    assert "up to date" not in again.stdout + again.stderr
    written = [path for path in config.parent.rglob("*") if path.is_file()]
    assert len(written) > 50
    password = warehouse.partition("kpisite:")[2].partition("@")[0]
    assert password not in first.stdout + first.stderr + again.stdout + again.stderr
    for path in written:
        assert password.encode() not in path.read_bytes(), path


MISTAKES = [
    # what is wrong, and what is told of it
    ({"table": "sale"}, "source 'sales': relation \"sale\" does not exist. Did you mean 'sales'?"),
    ({"table": "sales; drop table sales"}, "source 'sales': 'sales; drop table sales' is no name of a table."),
    ({"query": "sale.sql"}, "source 'sales': there is no file 'sale.sql'."),
    ({"table": "sales", "product": "product"}, "source 'sales': the answer has no column 'product'."),
    ({"table": "sales", "columns": {"scor": "integer"}}, "source 'sales': the answer has no column 'scor'."),
    ({"table": "sales", "repeats": "error"}, "rows of product 'card' and 'web' for 2024-"),
    ({"table": "strangers"}, "source 'sales': the product 'kard' is not declared (2 rows). Did you mean 'card'?"),
    ({"table": "badly", "date": "month"}, "source 'sales': 'Sep-25'"),
]


@pytest.mark.parametrize(("sales", "what"), MISTAKES, ids=[what for _, what in MISTAKES])
def test_mistakes_on_a_connection_are_told_at_the_source(tmp_path, warehouse, tables, monkeypatch, sales, what):
    monkeypatch.setenv("KPISITE_WAREHOUSE_URL", warehouse)

    found = told(a_site(tmp_path, sales=sales))

    assert all(line.startswith("site.yaml:") for line in found)
    assert any(what in line for line in found), found


@pytest.fixture(scope="module")
def tables(warehouse):
    """Two tables with mistakes in them."""
    import sqlalchemy

    engine = sqlalchemy.create_engine(warehouse, poolclass=sqlalchemy.pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE strangers AS SELECT * FROM sales LIMIT 2")
        connection.exec_driver_sql("UPDATE strangers SET product_code = 'kard'")
        connection.exec_driver_sql("CREATE TABLE badly AS SELECT *, 'Sep-25' AS month FROM sales")


def test_what_the_engine_cannot_do_is_told_at_the_measure(tmp_path, warehouse, monkeypatch):
    monkeypatch.setenv("KPISITE_WAREHOUSE_URL", warehouse)
    config = a_site(tmp_path)
    changed(config, measures=lambda measures: measures["mean"].update(sql="sum(amount / cost)"))

    (line,) = told(config)

    assert line.endswith(
        "measure 'mean': rows are not divided by postgres: engines disagree about it. "
        "Divide in the source's query, or write sum(a) / sum(b)."
    )


def test_as_of_columns_take_the_newest_delivery(tmp_path, warehouse, monkeypatch):
    import sqlalchemy

    rows = [
        ("card", "2025-12-31", "2026-01-05", 10), ("card", "2025-12-31", "2026-01-09", 12), ("loan", "2025-12-31", "2026-01-05", 5),
        ("cash", "2025-12-31", "2026-01-05", 1), ("loan", "2025-12-31", "2026-02-05", 99),
    ]  # fmt: skip
    engine = sqlalchemy.create_engine(warehouse, poolclass=sqlalchemy.pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE late (product_code TEXT, day TIMESTAMP, arrived DATE, balance INTEGER, accounts INTEGER)"
        )
        connection.exec_driver_sql("INSERT INTO late VALUES (%s, %s, %s, %s, 1)", rows)
    monkeypatch.setenv("KPISITE_WAREHOUSE_URL", warehouse)
    config = a_site(tmp_path, balances={"table": "late", "date": "day", "as_of": "arrived"})
    changed(config, report=lambda report: report.update(as_of="2026-01-31"))

    lines = results(config).splitlines()

    found = {tuple(line.split(",")[:3]): line.split(",")[3] for line in lines}
    closing = {subject: found[subject, "closing", "2025-12"] for subject in SUBJECTS}
    assert closing == {"card": "12", "loan": "5", "cash": "1", "line:retail": "17", "line:corporate": "1", "bank": "18"}
