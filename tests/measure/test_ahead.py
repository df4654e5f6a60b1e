"""A large clean file is read in one pass, and gives exactly what the staged table gives; any other file is staged."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from kpisite.declare.model import Site
from kpisite.errors import AuthorError, Problem, Problems
from kpisite.load import onepass
from kpisite.load.tables import open_tables
from kpisite.measure.ahead import ahead_of
from kpisite.measure.compute import measure
from kpisite.measure.inputs import Inputs

AS_OF = dt.date(2025, 12, 31)
MEASURES = {
    "turnover": "sum(amount)",
    "margin": "sum(amount - cost)",
    "online": "sum(amount) filter (where channel = 'web')",
    "promoters": "count(*) filter (where score >= 9)",
    "weighted": "sum(amount * score) / count(*)",
    "largest": "max(amount)",
    "channels": "count(distinct channel)",
    "average": "avg(cost)",
}
HEAD = "id,day,amount,cost,channel,score"
INDICATOR = {"name": "I", "family": "all", "unit": "count", "direction": "higher", "decimals": 0}


def declared(measures: dict[str, str], indicators: dict[str, Any] | None = None, **source: object) -> Site:
    """A site of three products, one with a code, one with a launch."""
    base = {"file": "rows.csv", "product": "id", "period": "day", "repeats": "allow", "columns": {"score": "integer"}}
    return Site.model_validate(
        {
            "site": {"title": "T", "languages": ["en"]},
            "report": {"period": "2025-09", "history": 6, "grains": ["month", "year"], "as_of": "2025-12-31"},
            "sources": {"rows": base | source},
            "lines": {"all": {"name": "All"}},
            "families": {"all": {"name": "All", "order": 1, "perspective": "financial"}},
            "products": {
                "a": {"name": "A", "line": "all"},
                "b": {"name": "B", "line": "all", "codes": ["0042"]},
                "c": {"name": "C", "line": "all", "launched": "2025-06"},
            },
            "measures": {n: {"source": "rows", "kind": "flow", "unit": "count", "sql": q} for n, q in measures.items()},
            "indicators": indicators or {},
        }
    )


@dataclass(frozen=True)
class Read:
    """What came of a site: its measures, the facts about its files, its problems, and whether one pass was enough."""

    inputs: Inputs | None
    files: object
    problems: tuple[Problem, ...]
    at_once: bool


def read(site: Site, folder: Path, *, ahead: bool) -> Read:
    """Read and measure a site."""
    problems = Problems()
    with open_tables(site, folder, AS_OF, problems, ahead_of(site) if ahead else None) as tables:
        at_once = any(table.known is not None for table in tables.tables.values())
        try:
            problems.stop_if_any()
            found = measure(site, tables, problems)
        except AuthorError:
            return Read(None, tables.files, tuple(problems.found), at_once)
        return Read(found.inputs, tables.files, tuple(problems.found), at_once)


def both(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Read a site both ways and compare all that is known afterwards; the answer: was one pass enough?"""
    monkeypatch.setattr(onepass, "LARGE", 0)
    one, other = read(site, folder, ahead=True), read(site, folder, ahead=False)
    assert not other.at_once
    assert one.files == other.files
    assert [str(problem) for problem in one.problems] == [str(problem) for problem in other.problems]
    assert (one.inputs is None) == (other.inputs is None)
    if one.inputs is not None and other.inputs is not None:
        assert one.inputs.measures.keys() == other.inputs.measures.keys()
        for name, had in other.inputs.measures.items():
            got = one.inputs.measures[name]
            assert (got.sent, got.engine, got.step) == (had.sent, had.engine, had.step)
            assert got.value.tobytes() == had.value.tobytes()
            assert got.rows.tobytes() == had.rows.tobytes()
    return one.at_once


def lines(count: int = 400) -> list[str]:
    """Rows of all three products from March to September, with every number of decimals up to twelve."""
    random = np.random.default_rng(7)
    rows = []
    for number in range(count):
        product = "abc"[number % 3]
        day = dt.date(2025, 6 if product == "c" else 3, 1) + dt.timedelta(days=int(random.integers(0, 120)))
        digits = f"{random.integers(1, 10**9)}.{random.integers(0, 10**12):012d}"[: int(random.integers(8, 23))]
        channel = ("web", "app", "分行")[int(random.integers(0, 3))]
        rows.append(
            f"{product},{day},{digits.rstrip('.')},{random.integers(0, 999)},{channel},{random.integers(0, 11)}"
        )
    return rows


def write(folder: Path, rows: Iterable[str], encoding: str = "utf-8") -> None:
    """Write the rows below their header."""
    (folder / "rows.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding=encoding)


CLEAN: dict[str, list[str]] = {
    "as they are": [],
    "with missing values": ["a,2025-09-01,,-,web,9", "a,2025-09-02,12,无,,", "b,2025-09-03,N/A,1,#1_x+,3"],
    "with rows after the period": ["a,2025-10-01,5,1,web,1", "b,2025-11-30,6,1,app,2"],
    "with texts that hold the separators of days": ["a,2025-09-30,1.5,2,web / app 1\\2,4"],
    "with whole numbers of one digit and of many": [
        "a,2025-09-30,1,2,web,0",
        "a,2025-09-30,1,2,web,-12345678901234567890",
    ],
    "with quoted texts": ['"a","2025-09-30","1.5","2","web, or ""app""",4'],
}
DOUBTFUL: dict[str, str] = {
    "an unknown product": "x,2025-09-01,1,1,web,1",
    "no product": ",2025-09-01,1,1,web,1",
    "nothing at all": ",,,,,",
    "a code of a product that also has its id": "0042,2025-09-01,1,1,web,1",
    "another spelling of a day": "a,2025/9/1,1,1,web,1",
    "a day between spaces": "a, 2025-9-01,1,1,web,1",
    "a day with spaces in it": "a,2025 09 01,1,1,web,1",
    "a day with backslashes": "a,2025\\09\\01,1,1,web,1",
    "a day with a nought too many": "a,02025-9-01,1,1,web,1",
    "a day with a nought too many, and a space elsewhere": "a,02025-9-01,1,1,web app,1",
    "a day that is none": "a,2025-02-30,1,1,web,1",
    "a month": "a,2025-09,1,1,web,1",
    "a day with its time": "a,2025-09-01 10:00,1,1,web,1",
    "a year long ago": "a,0025-09-01,1,1,web,1",
    "thousands": 'a,2025-09-01,"1,234",1,web,1',
    "a low line in a number": "a,2025-09-01,1_000,1,web,1",
    "a word in a number": "a,2025-09-01,many,1,web,1",
    "half a score": "a,2025-09-01,1,1,web,1.5",
    "half a score without its nought": "a,2025-09-01,1,1,web,.5",
    "a score that is no digit": "a,2025-09-01,1,1,web,x",
    "a spreadsheet's error in a text": "a,2025-09-01,1,1,#REF!,1",
    "a shortened number in a text": "a,2025-09-01,1,1,1.2E+11,1",
    "too many fields": "a,2025-09-01,1,1,web,1,1",
    "rows of the future": "a,2026-01-01,1,1,web,1",
    "rows before a launch": "c,2025-05-31,1,1,web,1",
}


@pytest.mark.parametrize("more", CLEAN.values(), ids=CLEAN)
def test_a_clean_file_is_read_in_one_pass_and_gives_the_same(
    more: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, [*lines(), *more])
    assert both(declared(MEASURES), tmp_path, monkeypatch)


@pytest.mark.parametrize("row", DOUBTFUL.values(), ids=DOUBTFUL)
def test_a_file_with_anything_doubtful_is_staged_and_told_as_ever(
    row: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, [*lines(), row])
    assert not both(declared(MEASURES), tmp_path, monkeypatch)


def test_a_file_in_another_encoding_is_read_in_one_pass_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, lines(), "gb18030")
    assert both(declared(MEASURES), tmp_path, monkeypatch)


@pytest.mark.parametrize("day", ["DATE", "TIMESTAMP", "VARCHAR"])
@pytest.mark.parametrize("amount", ["DECIMAL(18,2)", "DECIMAL(38,12)", "DECIMAL(30,15)", "BIGINT", "VARCHAR"])
def test_a_parquet_file_is_read_in_one_pass_and_gives_the_same(
    day: str, amount: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, lines())
    query = (
        f"SELECT id, CAST(day AS {day}) AS day, CAST(amount AS {amount}) AS amount, cost, channel, score "
        f"FROM read_csv('{tmp_path / 'rows.csv'}', header=true, columns={{'id': 'VARCHAR', 'day': 'DATE', "
        "'amount': 'DECIMAL(30,12)', 'cost': 'BIGINT', 'channel': 'VARCHAR', 'score': 'INTEGER'})"
    )
    duckdb.connect().execute(f"COPY ({query}) TO '{tmp_path / 'rows.parquet'}' (FORMAT parquet)")
    assert both(declared(MEASURES, file="rows.parquet"), tmp_path, monkeypatch)


def test_a_value_that_is_too_large_in_a_parquet_file_is_told_as_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "SELECT 'a' AS id, DATE '2025-09-01' AS day, CAST('1' || repeat('0', 30) AS DECIMAL(38,2)) AS amount"
    duckdb.connect().execute(f"COPY ({query}) TO '{tmp_path / 'rows.parquet'}' (FORMAT parquet)")
    site = declared({"turnover": "sum(amount)"}, file="rows.parquet", columns={})
    assert not both(site, tmp_path, monkeypatch)


def test_additive_measures_behind_indicators_need_one_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, lines())
    site = declared(MEASURES, {"i": INDICATOR | {"formula": "turnover / promoters", "kind": "ratio", "unit": "ratio"}})
    assert both(site, tmp_path, monkeypatch)


def test_a_measure_that_cannot_be_added_up_is_staged_where_an_indicator_uses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, lines())
    site = declared(MEASURES, {"i": INDICATOR | {"formula": "largest", "kind": "flow"}})
    assert not both(site, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "source",
    [{"repeats": "last"}, {"columns": {"score": "float"}}, {"date_format": "day-first"}, {"grain": "month"}],
    ids=str,
)
def test_sources_that_need_more_than_sums_are_staged(
    source: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, lines())
    assert not both(declared(MEASURES, **source), tmp_path, monkeypatch)


def test_a_mistake_in_a_measure_is_told_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, lines())
    assert not both(declared(MEASURES | {"wrong": "sum(amount"}), tmp_path, monkeypatch)


def test_rows_that_are_asked_for_after_all_are_staged_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, lines())
    monkeypatch.setattr(onepass, "LARGE", 0)
    site, problems = declared(MEASURES), Problems()
    with open_tables(site, tmp_path, AS_OF, problems, ahead_of(site)) as tables:
        table = tables.tables["rows"]
        assert table.known is not None
        query = f"SELECT count(*) FROM {table.engine.rows(table.view).sql(dialect='duckdb')}"
        assert tables.connection.execute(query).fetchall() == [(400,)]
        again = table.engine.rows(table.view).sql(dialect="duckdb")
        assert tables.connection.execute(f"SELECT min(c0) > 0 FROM {again}").fetchall() == [(True,)]
    assert not problems.errors


def test_small_files_are_staged(tmp_path: Path) -> None:
    write(tmp_path, lines())
    assert not read(declared(MEASURES), tmp_path, ahead=True).at_once
