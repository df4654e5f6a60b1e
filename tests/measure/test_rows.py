"""The rows behind a figure are those that were taken, stand where it is said, and add up to what went into it."""

import csv
import gzip
import io
import math
import statistics
from decimal import Decimal

import numpy as np
import openpyxl
import pytest

from kpisite.errors import Problems
from kpisite.evaluate.address import find
from kpisite.evaluate.evaluate import evaluate
from kpisite.evaluate.explain import explain
from kpisite.load.engine_duckdb import connect
from kpisite.load.tables import open_tables
from kpisite.measure.compute import measure
from kpisite.measure.rows import Lister, Wanted
from kpisite.measure.understand import aggregates
from kpisite.periods import parse
from tests.measure.small import AS_OF, a_site, an_indicator

RECORDS = {"file": "sales/*.csv", "product": "product", "period": "day", "repeats": "allow"}
BALANCES = {"file": "balances.csv", "product": "product", "period": "day", "as_of": "delivered"}
SQL = {
    "amount": "sum(amount)",
    "by_app": "sum(amount) filter (where channel = 'app' and amount > 20)",
    "number": "count(*)",
    "priced": "count(price)",
    "customers": "count(distinct customer)",
    "least": "min(amount)",
    "most": "max(amount)",
    "mean": "avg(amount)",
    "middle": "median(amount)",
    "ninth": "quantile_cont(amount, 0.9)",
    "net": "sum(amount) - sum(price)",
    "turnover": "sum(amount * price)",
}
STOCKS = {"closing": "last", "opening": "first", "daily": "average"}


def sales(month):
    """Records of two products, some without a price, some with a text over two lines."""
    for n in range(1, 21):
        product, channel = ("card", "loan")[n % 3 == 0], ("app", "branch")[n % 2]
        price = "" if n % 5 == 0 else f"{n * 1.25:.2f}"
        note = "two\nlines" if n == 7 and month == 2 else "plain"
        yield (product, f"2025-{month:02d}-{n:02d}", channel, f"c{n % 7}", f"{n * 7 % 50}.{n:02d}", price, note)


HEAD = ("product", "day", "channel", "customer", "amount", "price", "note")


def site(**more):
    """A site with a measure of each kind and an indicator that is that measure."""
    measures = {name: {"source": "sales", "kind": "flow", "unit": "cny", "sql": sql} for name, sql in SQL.items()} | {
        name: {"source": "balances", "kind": "stock", "unit": "cny", "sql": "sum(balance)", "within": within}
        for name, within in STOCKS.items()
    }
    return a_site(
        sources={
            "sales": RECORDS | {"columns": {"customer": "text", "channel": "text"}, "other_columns": "ignore"} | more,
            "balances": BALANCES,
        },
        measures=measures,
        indicators={
            name.replace("_", "-"): an_indicator(name, "stock" if name in STOCKS else "ratio") for name in measures
        },
        products={
            id_: {"name": id_, "line": "retail", "monitor": [name.replace("_", "-") for name in measures]}
            for id_ in ("card", "loan")
        },
        report={"period": "2025-03", "history": 3},
    )


def text_of(rows, blank=()):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for n, row in enumerate((HEAD, *rows)):
        out.write("\n" if n in blank else "")
        writer.writerow(row)
    return out.getvalue()


def written(folder, form="csv"):
    """The files of both sources, in one of the forms."""
    (folder / "sales").mkdir()
    for month in (1, 2, 3):
        rows = list(sales(month))
        if form == "gz":
            (folder / f"sales/{month}.csv.gz").write_bytes(gzip.compress(text_of(rows).encode("utf-16")))
        elif form == "xlsx":
            book = openpyxl.Workbook()
            for row in (HEAD, *rows):
                book.active.append([" ".join(cell.split()) for cell in row])
            book.save(folder / f"sales/{month}.xlsx")
        else:
            (folder / f"sales/{month}.csv").write_text(text_of(rows, {5, 12} if month == 3 else ()), encoding="utf-8")
    if form == "parquet":
        connection = connect(folder, a_site().engine)
        for month in (1, 2, 3):
            (folder / f"{month}.csv").write_text(text_of(sales(month)), encoding="utf-8")
            fields = "product, day, channel, customer, CAST(amount AS DECIMAL(12,2)) AS amount, "
            fields += "CAST(price AS DECIMAL(12,2)) AS price, note"
            source = f"read_csv('{folder}/{month}.csv', all_varchar=true, header=true)"
            connection.execute(f"COPY (SELECT {fields} FROM {source}) TO '{folder}/sales/{month}.parquet'")
    lines = ["product,day,delivered,balance"]
    lines += [
        f"{product},2025-{month:02d}-{day:02d},2025-04-01,{len(product) * month * day + month}.5"
        for product in ("card", "loan")
        for month in (1, 2, 3)
        for day in (1, 15, 28)
    ]
    lines += ["card,2025-02-28,2025-04-15,99.25", "loan,2025-03-15,2025-04-15,11"]
    (folder / "balances.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module", params=["csv", "gz", "xlsx", "parquet"])
def desk(request, tmp_path_factory):
    """A way to ask for the measures and rows of a figure, from files of each form."""
    folder = tmp_path_factory.mktemp(request.param)
    written(folder, request.param)
    endings = {"csv": "sales/*.csv", "gz": "sales/*.csv.gz"}
    declared = site(file=endings.get(request.param, f"sales/*.{request.param}"))
    problems = Problems()
    with open_tables(declared, folder, AS_OF, problems, numbered=True) as tables:
        problems.stop_if_any()
        series = measure(declared, tables, problems)
        report = evaluate(declared, series, version="v", title="v", as_of=AS_OF)
        lister = Lister(declared, tables, aggregates(declared, tables, problems), most=1000)

        def ask(address):
            for used in explain(report, *find(report, address)).measures:
                for use in used.uses:
                    cells = [(part.product, parse(part.month)) for part in use.parts]
                    yield use, lister.rows(Wanted(used.measure, use.period, cells))

        yield folder, request.param, ask


def mean(values):
    return sum(values) / len(values)


# The measure from its values alone, by another program; the others are sums.
OTHERWISE = {
    "number": len,
    "priced": len,
    "customers": lambda values: len(set(values)),
    "least": min,
    "most": max,
    "mean": mean,
    "middle": statistics.median,
    "ninth": lambda values: np.quantile([float(value) for value in values], 0.9),
}


def recomputed(name, rows):
    """The measure from its listed values alone."""
    number = str if name == "customers" else lambda value: Decimal(str(value))
    columns = [
        [number(value) for value in one if value is not None] for one in zip(*(r.values for r in rows), strict=True)
    ]
    if name == "net":
        return sum(columns[0]) - sum(columns[1])
    if name == "daily":
        of = {
            product: [number(row.values[0]) for row in rows if row.product == product] for product in ("card", "loan")
        }
        return sum(mean(values) for values in of.values() if values)
    return OTHERWISE.get(name, sum)(columns[0])


@pytest.mark.parametrize("subject", ["card@2025-02", "loan@2025-Q1", "line:retail@2025-03", "bank@2025-Q1"])
@pytest.mark.parametrize("name", [*SQL, *STOCKS])
def test_the_listed_values_give_the_input(desk, name, subject):
    _, _, ask = desk
    who, _, period = subject.partition("@")

    found = list(ask(f"{who}/{name.replace('_', '-')}@{period}"))

    assert [use.measure for use, _ in found] == [name]
    for use, taken in found:
        assert taken.rows == len(taken.listed) > 0
        assert float(recomputed(name, taken.listed)) == pytest.approx(use.value, rel=1e-12)
        assert sum(file.rows for file in taken.files) == taken.rows


def stands(folder, form, place, month_of_file):
    """What stands at a place, read by another program."""
    path, _, line = place.rpartition(":")
    if form == "xlsx":
        path, _, cell = place.partition(":")
        sheet = openpyxl.load_workbook(folder / path).active
        return tuple("" if one.value is None else str(one.value) for one in sheet[int(cell.partition("!")[2])])
    if form == "parquet":
        return tuple(next(csv.reader([text_of([list(sales(month_of_file))[int(line) - 1]]).partition("\n")[2]])))
    raw = (folder / path).read_bytes()
    text = gzip.decompress(raw).decode("utf-16") if form == "gz" else raw.decode()
    return tuple(next(csv.reader(io.StringIO("".join(text.splitlines(keepends=True)[int(line) - 1 :])))))


@pytest.mark.parametrize("name", ["amount", "by-app", "priced"])
def test_every_row_stands_where_it_is_said(desk, name):
    folder, form, ask = desk
    ((_, taken),) = ask(f"bank/{name}@2025-Q1")

    assert len({row.place for row in taken.listed}) == len(taken.listed)
    for row in taken.listed:
        cells = stands(folder, form, row.place, int(row.period[5:7]))
        assert cells[:2] == (row.product, row.period)
        if name != "priced":
            assert math.isclose(float(cells[4]), row.values[0])
        if name == "by-app":
            assert cells[2] == "app" and float(cells[4]) > 20
        if name == "priced":
            assert cells[5] != ""


def test_lines_that_follow_each_other_are_told_as_one_range(tmp_path):
    written(tmp_path)
    declared = site()
    with open_tables(declared, tmp_path, AS_OF, Problems(), numbered=True) as tables:
        lister = Lister(declared, tables, aggregates(declared, tables, Problems()))
        taken = lister.rows(Wanted("number", "2025-01", [("card", parse("2025-01"))]))
        newest = lister.rows(Wanted("closing", "2025-02", [("card", parse("2025-02"))]))

    assert taken.listed == ()
    assert [(file.path, file.rows, file.is_all) for file in taken.files] == [("sales/1.csv", 14, False)]
    assert taken.files[0].places == tuple(f"sales/1.csv:{first}-{first + 1}" for first in (2, 5, 8, 11, 14))
    # The later delivery stands, and nothing else of that day.
    assert [file.places for file in newest.files] == [("balances.csv:20",)]
