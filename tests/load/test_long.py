"""Long sources: one row for each value, whose measure stands in a column; also under the names of statistical offices."""

import duckdb
import pytest

from kpisite.assay import notes
from kpisite.declare.model import Connection
from kpisite.evaluate.evaluate import evaluate
from tests.load.test_tables import told
from tests.measure.small import AS_OF, a_site, an_indicator, figures, flow, months, problems_of, stock, write

MEASURES = ("sales", "cost", "leads", "calls", "visits")


def long_site(source=None, measures=MEASURES, **more):
    return a_site(
        sources={"facts": {"file": "data.csv", "product": "product", "shape": "long"} | (source or {})},
        measures={name: flow(unit="count", source="facts") | more.get(name, {}) for name in measures},
        indicators={name: an_indicator(name, "flow", unit="count") for name in measures},
        report={"period": "2025-03", "history": 3},
    )


def long_rows(period="period", measure="measure", value="value"):
    return [
        {"product": product, period: label, measure: name, value: 100 * n + 10 * p + m}
        for p, product in enumerate(("card", "loan"))
        for m, label in enumerate(months("2025-01", "2025-03"), 1)
        for n, name in enumerate(MEASURES, 1)
    ]


@pytest.mark.parametrize(
    ("source", "columns"),
    [
        ({}, {}),
        ({"measure": "indicator", "value": "amount"}, {"measure": "indicator", "value": "amount"}),
        ({"shape": "sdmx"}, {"period": "TIME_PERIOD", "measure": "INDICATOR", "value": "OBS_VALUE"}),
        ({"shape": "open-sdg", "measure": "Series"}, {"period": "Year", "measure": "Series", "value": "Value"}),
    ],
)
def test_the_values_of_a_long_source_are_those_of_their_labels(tmp_path, source, columns):
    write(tmp_path, long_rows(**columns), "data.csv")

    found = figures(tmp_path, long_site(source))

    names = {"period": "period", "measure": "measure", "value": "value"} | columns
    for name in MEASURES:
        sql = (
            f"SELECT sum({names['value']}) FROM read_csv('{tmp_path / 'data.csv'}') WHERE {names['measure']} = '{name}'"
        )
        assert found.value("bank", name, "2025-Q1") == duckdb.connect().execute(sql).fetchone()[0]
        assert found.value("card", name, "2025-02") == 100 * (MEASURES.index(name) + 1) + 2


def test_the_areas_of_statistical_offices_are_the_products_unless_told_otherwise(tmp_path):
    rows = [{"REF_AREA": "card", "TIME_PERIOD": "2025-03", "INDICATOR": "sales", "OBS_VALUE": 7}]
    write(tmp_path, rows, "data.csv")
    site = a_site(
        sources={"facts": {"file": "data.csv", "shape": "sdmx"}},
        measures={"sales": flow(unit="count", source="facts")},
        indicators={"sales": an_indicator("sales", "flow", unit="count")},
        report={"period": "2025-03", "history": 1},
    )

    assert figures(tmp_path, site).value("card", "sales", "2025-03") == 7


def test_a_measure_may_have_another_label_than_its_name(tmp_path):
    rows = [{"product": "card", "period": "2025-03", "measure": "KPI'1", "value": 7}]
    write(tmp_path, rows, "data.csv")

    found = figures(tmp_path, long_site(measures=("sales",), sales={"label": "KPI'1"}))

    assert found.value("card", "sales", "2025-03") == 7


HEAD = "product,period,measure,value\n"


def test_labels_that_no_measure_asks_for_are_told_with_the_nearest_one(tmp_path):
    text = HEAD + "card,2025-01,sales,1\ncard,2025-01,slaes,2\ncard,2025-02,slaes,3\ncard,2025-03,,4\n"

    assert told(tmp_path, text, long_site(measures=("sales", "cost"))) == [
        "data.csv:3:14: error: no measure is called 'slaes' (lines 3, 4). Did you mean 'sales'?",
        "data.csv:5:14: error: the row names no measure. Delete it, or fill in the measure.",
    ]


@pytest.mark.parametrize(("unknown", "count"), [("warn", 1), ("ignore", 0)])
def test_unknown_labels_can_be_left_out(tmp_path, unknown, count):
    text = HEAD + "card,2025-01,sales,1\ncard,2025-01,other,2\n"

    problems = told(tmp_path, text, long_site({"unknown": unknown}, ("sales",)))

    assert len(problems) == count
    assert all("warning" in problem for problem in problems)


@pytest.mark.parametrize("unknown", ["warn", "ignore"])
def test_rows_whose_label_no_measure_asks_for_are_counted_and_named(tmp_path, unknown):
    rows = ["card,2025-01,sales,1", "card,2025-01,other,2", "loan,2025-02,other,3", "card,2025-02,,4"]
    # Of an undeclared product, of a later month: these do not count for another reason, and count once.
    rows += ["kard,2025-01,other,5", "card,2025-04,other,6", "other,2025-01,sales,7"]
    (tmp_path / "data.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")

    found = figures(tmp_path, long_site({"unknown": unknown}, ("sales",)))

    left = {(one.reason, one.label): (one.rows, one.lines) for one in found.series.sources[0].files[0].left_out}
    assert left["unknown-measure", "other"][0] == 2
    assert left["unknown-measure", "other"][1][:2] == (3, 4)
    assert left["unknown-measure", ""][0] == 1
    assert left["unknown-product", "other"] == (1, (8,))
    assert left["unknown-product", "kard"] == (1, (6,))
    assert left["later-period", ""][0] == 1
    report = evaluate(long_site(measures=("sales",)), found.series, version="v", title="v", as_of=AS_OF)
    assert "3 rows do not count because no measure asks for their label: 'other'" in [n.what for n in notes(report)]


def test_a_later_delivery_on_a_connection_replaces_the_value_of_its_measure_alone(tmp_path):
    sqlalchemy = pytest.importorskip("sqlalchemy", reason="SQLAlchemy is an extra; run make test")
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/bank.db", poolclass=sqlalchemy.pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE facts (product, period, measure, channel, value, as_of)")
        connection.exec_driver_sql(
            "INSERT INTO facts VALUES ('card', '2025-03', 'sales', 'app', 1, '2025-04-01'), "
            "('card', '2025-03', 'sales', NULL, 7, '2025-04-01'), ('card', '2025-03', 'cost', 'app', 2, '2025-04-01'), "
            "('card', '2025-03', 'sales', 'app', 5, '2025-05-01')"
        )
    source = {"connection": "db", "file": "", "table": "facts", "as_of": "as_of", "dimensions": ["channel"]}
    site = long_site(source, ("sales", "cost")).model_copy(
        update={"connections": {"db": Connection(url=f"sqlite:///{tmp_path}/bank.db")}}
    )

    found = figures(tmp_path, site)

    assert (found.value("card", "sales", "2025-03"), found.value("card", "cost", "2025-03")) == (12, 2)


def test_labels_that_a_connection_holds_and_no_measure_asks_for_are_counted_too(tmp_path):
    sqlalchemy = pytest.importorskip("sqlalchemy", reason="SQLAlchemy is an extra; run make test")
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/bank.db", poolclass=sqlalchemy.pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE facts (product TEXT, period TEXT, measure TEXT, value INTEGER)")
        connection.exec_driver_sql(
            "INSERT INTO facts VALUES ('card', '2025-01', 'sales', 3), ('card', '2025-01', 'other', 4), "
            "('kard', '2025-01', 'sales', 5), ('card', '2025-09', 'sales', 6)"
        )
    source = {"connection": "db", "table": "facts", "product": "product", "shape": "long", "unknown": "ignore"}
    site = long_site(source | {"file": ""}, ("sales",)).model_copy(
        update={"connections": {"db": Connection(url=f"sqlite:///{tmp_path}/bank.db")}}
    )

    found = figures(tmp_path, site)

    assert found.value("card", "sales", "2025-01") == 3
    left = {(one.reason, one.label): one.rows for one in found.series.sources[0].files[0].left_out}
    assert left == {("unknown-product", "kard"): 1, ("unknown-measure", "other"): 1, ("later-period", ""): 1}


def test_two_rows_of_one_measure_are_told_and_rows_of_two_measures_are_not(tmp_path):
    text = HEAD + "card,2025-01,sales,1\ncard,2025-01,cost,1\ncard,2025-01,sales,2\n"

    assert told(tmp_path, text, long_site(measures=("sales", "cost"))) == [
        "data.csv:4: error: a second row of product 'card' and 'sales' for 2025-01; the first is line 2. "
        "Delete one, or declare 'repeats: allow' if rows are records to be added up."
    ]


def test_a_later_delivery_replaces_the_value_of_its_measure_alone(tmp_path):
    text = "product,period,measure,value,as_of\ncard,2025-03,sales,1,2025-04-01\ncard,2025-03,cost,2,2025-04-01\n"
    (tmp_path / "data.csv").write_text(text + "card,2025-03,sales,5,2025-05-01\n", encoding="utf-8")

    found = figures(tmp_path, long_site({"as_of": "as_of"}, ("sales", "cost")))

    assert (found.value("card", "sales", "2025-03"), found.value("card", "cost", "2025-03")) == (5, 2)


def test_a_row_for_each_label_of_a_dimension_is_no_repeat(tmp_path):
    text = "product,period,channel,sales\ncard,2025-03,app,1\ncard,2025-03,web,2\n"
    source = {"shape": "wide", "dimensions": ["channel"]}

    assert told(tmp_path, text, long_site(source, ("sales",))) == []
    assert told(tmp_path, text + "card,2025-03,web,3\n", long_site(source, ("sales",))) == [
        "data.csv:4: error: a second row of product 'card' and 'web' for 2025-03; the first is line 3. "
        "Delete one, or declare 'repeats: allow' if rows are records to be added up."
    ]


def test_many_measures_of_a_long_source_are_one_question(tmp_path):
    from kpisite.errors import Problems
    from kpisite.load.tables import open_tables
    from kpisite.measure.axis import calendar
    from kpisite.measure.monthly import build_cube, read_columns
    from kpisite.measure.understand import aggregates
    from tests.measure.small import AS_OF

    write(tmp_path, long_rows(), "data.csv")
    site, problems = long_site(), Problems()
    with open_tables(site, tmp_path, AS_OF, problems) as tables:
        found = aggregates(site, tables, problems)
        columns = read_columns(site, tables, found, problems)
        cube = build_cube(site, tables, found, columns, dict.fromkeys(MEASURES, 1), calendar(site.report, ()))

    assert problems.found == []
    assert len({cube.measures[name].sent for name in MEASURES}) == 1
    assert "GROUP BY" in cube.measures["sales"].sent


def test_the_columns_of_a_long_table_need_a_long_shape():
    with pytest.raises(ValueError, match="belong to a long table"):
        long_site({"shape": "wide", "value": "value"})


def a_folder(folder, **files):
    """Files about one measure each, named after it; their tables differ."""
    for name, text in files.items():
        (folder / f"indicator_{name.replace('_', '-')}.csv").write_text(text, encoding="utf-8")


def in_paths(measures, **source):
    """A site whose source has a file for each measure."""
    return a_site(
        sources={"goals": {"file": "indicator_{measure}.csv", "shape": "open-sdg", "other_columns": "ignore"} | source},
        measures={name: stock(unit="index", source="goals") | more for name, more in measures.items()},
        indicators={name: an_indicator(name, "stock", unit="index", cadence="year") for name in measures},
        products={"usa": {"name": "USA", "line": "retail"}},
        report={"period": "2025-12", "history": 24},
    )


BIRTHS = "Year,Value\n2024,5.6\n2025,5.4\n"
POVERTY = "Year,Sex,Value\n2024,,11\n2024,Female,12\n2025,,10\n2025,Male,9\n"
OF_POVERTY = {"sql": 'sum("Value") filter (where measure = \'1-2-1\' and "Sex" is null)'}


def test_a_path_tells_the_measure_of_its_rows(tmp_path):
    a_folder(tmp_path, births=BIRTHS, _1_2_1=POVERTY)
    (tmp_path / "indicator_-1-2-1.csv").rename(tmp_path / "indicator_1-2-1.csv")

    found = figures(tmp_path, in_paths({"births": {}, "poverty": OF_POVERTY}, repeats="allow"))

    assert [found.value("usa", "births", year) for year in ("2024", "2025")] == [5.6, 5.4]
    assert [found.value("usa", "poverty", year) for year in ("2024", "2025")] == [11, 10]


def test_a_later_delivery_of_one_measure_replaces_that_measure_alone(tmp_path):
    for day, births in (("2025-12-01", BIRTHS), ("2026-01-15", BIRTHS.replace("5.4", "5.3"))):
        (tmp_path / day).mkdir()
        (tmp_path / day / "births.csv").write_text(births, encoding="utf-8")
    (tmp_path / "2025-12-01" / "deaths.csv").write_text(BIRTHS.replace("5.4", "9"), encoding="utf-8")

    found = figures(tmp_path, in_paths({"births": {}, "deaths": {}}, file="{as_of}/{measure}.csv"))

    assert (found.value("usa", "births", "2025"), found.value("usa", "deaths", "2025")) == (5.3, 9)


def problems_in(folder, site):
    """What is told of files that lie there already."""
    return told(folder, None, site)


def test_a_file_that_no_measure_asks_for_is_told_or_counted(tmp_path):
    a_folder(tmp_path, births=BIRTHS, birhts=BIRTHS)

    assert problems_in(tmp_path, in_paths({"births": {}})) == [
        "indicator_birhts.csv: error: no measure is called 'birhts' (lines 2, 3). Did you mean 'births'?"
    ]
    found = figures(tmp_path, in_paths({"births": {}}, unknown="ignore"))
    left = {
        file.path: [(one.reason, one.rows, one.label) for one in file.left_out]
        for file in found.series.sources[0].files
    }
    assert left == {"indicator_birhts.csv": [("unknown-measure", 2, "birhts")], "indicator_births.csv": []}


def test_a_column_beside_the_measure_in_the_path_is_refused(tmp_path):
    a_folder(tmp_path, births="Year,measure,Value\n2025,x,1\n")

    assert problems_in(tmp_path, in_paths({"births": {}})) == [
        "indicator_births.csv:1: error: the path tells the measure, and so does the column 'measure'. "
        "Rename the column, or take {measure} out of the path."
    ]


def test_sql_that_would_add_up_all_files_is_refused(tmp_path):
    a_folder(tmp_path, births=BIRTHS)

    assert problems_of(tmp_path, in_paths({"births": {"sql": 'sum("Value")'}})) == [
        "bank.yaml:20:10: error: measure 'births': the source has a file for each measure, and the sql does not say "
        "which it reads. Give it a 'label' instead of SQL, or write filter (where measure = '...')."
    ]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ({"shape": "wide"}, "belongs to a long table"),
        ({"measure": "Series"}, "both the path and a column tell the measure"),
        ({"file": "{measures}.csv"}, "Known: {product}, {period}, {measure}, {as_of}."),
    ],
)
def test_a_measure_in_the_path_needs_a_long_shape_and_no_column(tmp_path, source, what):
    if "file" in source:
        assert any(what in line for line in problems_in(tmp_path, in_paths({"births": {}}, **source)))
    else:
        with pytest.raises(ValueError, match=what):
            in_paths({"births": {}}, **source)
