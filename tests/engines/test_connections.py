"""Connections that cannot be opened say why, at their place, and never with a secret."""

import sys

import pytest

import kpisite.load
from kpisite.build import report_of
from kpisite.errors import AuthorError, Problems
from kpisite.load.secrets_kept import NotSetError, filled
from tests import servers
from tests.engines import shop


def told(folder, url, **environment):
    """What the author of a site with this connection reads."""
    sources = shop.on_connection(sales={"table": "sales"}, balances={"table": "balances"})
    with pytest.raises(AuthorError) as caught:
        report_of(shop.site(folder, sources, {"warehouse": {"url": url}}), Problems())
    (line,) = map(str, caught.value.problems)
    place, _, what = line.partition(": error: ")
    assert place.startswith("site.yaml:")
    return what


def test_a_variable_that_is_not_set_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("KPISITE_NOWHERE", raising=False)

    what = told(tmp_path, "${KPISITE_NOWHERE}")

    assert what == (
        "the environment variable KPISITE_NOWHERE of connection 'warehouse' is not set. Set it where kpisite runs."
    )


@pytest.mark.parametrize(
    ("url", "library", "extra"),
    [("postgresql://nobody@127.0.0.1/x", "sqlalchemy", "sql"), ("spark://127.0.0.1:1", "pyspark", "spark")],
)
def test_an_extra_that_is_not_installed_is_named(tmp_path, monkeypatch, url, library, extra):
    for module in [
        name for name in sys.modules if name.partition(".")[0] == library or name.startswith("kpisite.load.engine_s")
    ]:
        monkeypatch.delitem(sys.modules, module)
    # A package also keeps what was imported from it before.
    for module in ("engine_sql", "engine_spark"):
        monkeypatch.delattr(kpisite.load, module, raising=False)
    monkeypatch.setitem(sys.modules, library, None)

    what = told(tmp_path, url)

    assert what.startswith("connection 'warehouse' needs ")
    assert what.endswith(f"which is not installed. Run pip install 'kpisite[{extra}]'.")


def test_a_server_that_does_not_answer_is_told_without_the_secret(tmp_path, monkeypatch):
    pytest.importorskip("psycopg", reason="psycopg is an extra; run make test")
    url = f"postgresql+psycopg://clerk:s3cr%40t@127.0.0.1:{servers.free_port()}/bank"
    monkeypatch.setenv("KPISITE_WAREHOUSE_URL", url)

    what = told(tmp_path, "${KPISITE_WAREHOUSE_URL}")

    assert what.startswith("connection 'warehouse' cannot be opened: ")
    assert "refused" in what
    assert "s3cr" not in what


def test_a_spark_master_that_does_not_answer_is_told_at_once(tmp_path):
    pytest.importorskip("pyspark", reason="PySpark is an extra; run make test")
    port = servers.free_port()

    assert told(tmp_path, f"spark://127.0.0.1:{port}") == (
        f"connection 'warehouse' cannot be opened: nobody answers at 127.0.0.1:{port}."
    )


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("warehouse", "it is no SQLAlchemy URL like postgresql+psycopg://user@host/database."),
        ("postgrsql://x@y/z", "the SQL of 'postgrsql' is not known. Did you mean 'postgresql'?"),
        ("mysql://clerk@127.0.0.1/x", "its driver is not installed: No module named 'MySQLdb'."),
    ],
)
def test_a_url_that_means_nothing_is_told(tmp_path, url, what):
    pytest.importorskip("sqlalchemy", reason="SQLAlchemy is an extra; run make test")

    assert told(tmp_path, url) == f"connection 'warehouse' cannot be opened: {what}"


def test_a_database_in_a_file_is_asked_too(tmp_path):
    sqlalchemy = pytest.importorskip("sqlalchemy", reason="SQLAlchemy is an extra; run make test")
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/bank.db", poolclass=sqlalchemy.pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE sales (product_code TEXT, month TEXT, amount INTEGER)")
        connection.exec_driver_sql(
            "INSERT INTO sales VALUES ('card', '2025年12月', 3), ('card', '2025-11', 4), ('loan', '202512', 5)"
        )
    source = {"connection": "file", "table": "sales", "product": "product_code", "period": "month"}
    config = shop.site(
        tmp_path / "site", {"sales": source},
        {"file": {"url": f"sqlite:///{tmp_path}/bank.db"}},
        measures={"amount": {"source": "sales", "kind": "flow", "unit": "count"}},
        indicators={"amount": {"name": "x", "family": "growth", "formula": "amount", "unit": "count", "direction": "higher", "kind": "flow"}},
        products={"card": {"name": "c", "line": "retail", "monitor": ["amount"]}, "loan": {"name": "l", "line": "retail", "monitor": ["amount"]}},
    )  # fmt: skip

    report = report_of(config, Problems())

    from kpisite.publish.exports import exports

    lines = exports(report)["results.csv"].decode().splitlines()
    assert [line.split(",")[3] for line in lines if line.startswith("bank,amount,2025-12,")] == ["8"]


@pytest.mark.parametrize(
    "url", ["postgresql://clerk:secret@host/bank", "mssql://host/x?Password=abc", "sc://host:15002/;token=abc"]
)
def test_a_secret_in_the_declarations_is_refused(tmp_path, url):
    assert told(tmp_path, url).endswith("a password stands in the URL; write ${NAME} and set NAME in the environment.")


def test_variables_are_filled_in_and_kept():
    url, kept = filled("db://clerk:${WORD}@host", {"WORD": "a b"})

    assert url == "db://clerk:a b@host"
    assert kept.out_of("no a%20b, no a+b, no a b") == "no ***, no ***, no ***"
    with pytest.raises(NotSetError, match="WORD"):
        filled("${WORD}", {})
