"""Collections of nasty files, one test for each: read right, or refused with the place; nothing in between.

The files stay where they are, beside the project. What is read is compared with the collection's own answers
(csv-spectrum) or with what Python's csv module makes of the same file (frictionless).
"""

import csv
import datetime as dt
import io
import json
import re

import pytest

from kpisite.declare.read import read_site
from kpisite.errors import AuthorError, Problems
from kpisite.load import engine_duckdb as engine
from kpisite.load.tables import open_tables
from tests.conftest import REALDATA
from tests.load.test_tables import NOW
from tests.measure.small import a_site, an_indicator, figures, flow

NASTY = REALDATA / "nasty"
pytestmark = pytest.mark.skipif(not NASTY.is_dir(), reason="the collections of nasty files are not beside the project")
PLACE = re.compile(r"[^:]+(:\d+(:\d+)?)?: (error|warning): .+")


def files(folder, ending):
    return sorted(path.name for path in (NASTY / folder).glob(f"*.{ending}"))


def header_of(text, delimiter=",", skip=0):
    lines = io.StringIO("".join(text.splitlines(keepends=True)[skip:]), newline="")
    return next(csv.reader(lines, delimiter=delimiter, skipinitialspace=True), [])


def read_texts(folder, raw, **source):
    """All columns of one file as texts, or the problems; the path tells the period, and there is one product."""
    (folder / "2025-03").mkdir(exist_ok=True)
    (folder / "2025-03" / "data.csv").write_bytes(raw)
    text = raw.decode(source.get("encoding", "utf-8"), "replace")
    names = header_of(text, source.get("delimiter", ","), source.get("skip", 0))
    named = {name.strip(): f"m{number}" for number, name in enumerate(names) if name.strip()}
    quoted = {name: name.replace('"', '""') for name in named}
    declared = a_site(
        products={"card": {"name": "Card", "line": "retail"}},
        sources={"monthly": {"file": "{period}/data.csv", "repeats": "allow"} | source},
        measures={m: flow(f'count(distinct "{quoted[name]}")', unit="count") for name, m in named.items()},
        indicators={"n": an_indicator("m0", "flow", unit="count")},
    )
    problems = Problems()
    with open_tables(declared, folder, NOW, problems) as tables:
        told = [str(problem) for problem in AuthorError(problems.found).problems]
        if problems.errors:
            return None, told
        table = tables.tables["monthly"]
        fields = [table.columns[name].field for name in table.columns]
        query = f"SELECT {', '.join(fields)} FROM {engine.name(table.view)}"
        rows = tables.connection.execute(query).fetchall()
        return sorted(tuple(cell or "" for cell in row) for row in rows), told


def by_python(text, delimiter=",", skip=0):
    """What Python's csv module reads, columns in the order of their names, without rows that hold nothing."""
    lines = io.StringIO("".join(text.splitlines(keepends=True)[skip:]), newline="")
    names, *rows = csv.reader(lines, delimiter=delimiter, skipinitialspace=', "' in text)
    order = sorted((name.strip(), number) for number, name in enumerate(names) if name.strip())
    found = [tuple(row[number].replace("\r\n", "\n") for _, number in order) for row in rows if any(row)]
    return sorted(found)


# The collection's answer has another phone number than its file.
CORRECTED = {"location_coordinates.csv": {"Contact Phone Number": "2095257564"}}


@pytest.mark.parametrize("name", files("csv-spectrum/csvs", "csv"))
def test_csv_spectrum_is_read_as_its_authors_say(tmp_path, name):
    raw = (NASTY / "csv-spectrum" / "csvs" / name).read_bytes()
    answer = json.loads((NASTY / "csv-spectrum" / "json" / name.replace(".csv", ".json")).read_text(encoding="utf-8"))

    rows, told = read_texts(tmp_path, raw)

    assert told == []
    answer = [row | CORRECTED.get(name, {}) for row in (answer if isinstance(answer, list) else [answer])]
    order = sorted(answer[0])
    assert rows == sorted(tuple(row[column].replace("\r\n", "\n") for column in order) for row in answer)


# How a file has to be declared to be read, where the usual way does not fit it.
DECLARED = {
    "accent.csv": {"delimiter": ";"},
    "country-2.csv": {"delimiter": ";", "skip": 1},
    "dialect.csv": {"delimiter": "|"},
    "issue-1100.csv": {"delimiter": ";"},
    "issue-1232.csv": {"delimiter": ";"},
    "matrix-with-comment.csv": {"skip": 1},
    "table-with-accents.csv": {"delimiter": ";", "encoding": "latin-1"},
    "vix.csv": {"delimiter": ";"},
}
RAGGED = "this row has {} fields, the header has {}: "
# What is refused: the line of the first message, and how it goes on.
REFUSED = {
    "countries.csv": (2, RAGGED.format(4, 1) + "'id,neighbor_id,name,population'"),
    "defective-rows.csv": (2, RAGGED.format(2, 3) + "'1101,John'"),
    "dialect.csv": (3, RAGGED.format(3, 2) + "'2| -|##'"),
    "duplicate-column.csv": (1, "the column 'B' stands twice, as column 2 and 3"),
    "issue-1004-data1.csv": (3, RAGGED.format(5, 4) + "'2,3,France,n/a,find the population'"),
    "issue-493.csv": ("2:6112", "column 'createdTime': '1.60328E+12' is a number that a spreadsheet has shortened"),
    "skip-blank-at-the-end.csv": (2, RAGGED.format(1, 2) + "'#testing comment'"),
    "skip-rows.csv": (2, RAGGED.format(2, 1) + "'id,name'"),
    "without-headers-extra.csv": (3, RAGGED.format(3, 2) + "'3,german,extra'"),
}


@pytest.mark.parametrize("name", files("frictionless", "csv"))
def test_files_of_frictionless_are_read_right_or_refused_with_the_place(tmp_path, name):
    raw = (NASTY / "frictionless" / name).read_bytes()
    declared = DECLARED.get(name, {})

    rows, told = read_texts(tmp_path, raw, **declared)

    if name in REFUSED:
        assert rows is None
        line, what = REFUSED[name]
        assert told[0].startswith(f"2025-03/data.csv:{line}: error: {what}. ")
        return
    assert told == []
    text = raw.decode(declared.get("encoding", "utf-8"))
    assert rows == by_python(text, declared.get("delimiter", ","), declared.get("skip", 0))


# Who the products of the handmade files are, and what their values are called.
PEOPLE = {
    "card": ["Cards", "A", "信用卡"],
    "loan": ["Loans", "B", "个人住房贷款"],
    "cash": ["Deposits", "C", "手机银行"],
}
OTHERS = {"d": ["D"], "e": ["E"], "f": ["F"], "g": ["G"]}
CHINESE = {"product": "产品", "period": "期间", "repeats": "allow", "other_columns": "ignore"}
ZH_FILES = ("zh_gbk.csv", "zh_utf16le_bom.csv", "zh_utf8.csv", "zh_utf8_bom.csv")


def handmade(name, column="value", sql=None, **source):
    """A site that reads one of the handmade files where it is copied to."""
    codes = PEOPLE | OTHERS
    return a_site(
        products={id_: {"name": id_, "line": "retail", "codes": known} for id_, known in codes.items()},
        sources={"monthly": {"file": name, "product": "product"} | source},
        measures={"x": flow(sql or f'sum("{column}")')},
        indicators={"x": an_indicator("x", "flow", unit="cny")},
        report={"period": "2024-06", "history": 6, "through": "2024-12"},
    )


def messages(folder, name, **more):
    (folder / name).write_bytes((NASTY / "handmade" / name).read_bytes())
    problems = Problems()
    with open_tables(handmade(name, **more), folder, dt.date(2026, 1, 31), problems):
        pass
    found = [str(problem) for problem in AuthorError(problems.found).problems]
    assert all(PLACE.fullmatch(line) for line in found), found
    return found


def values(folder, name, id_, **more):
    """The figures of one product by month."""
    assert not [line for line in messages(folder, name, **more) if ": error: " in line]
    found = figures(folder, handmade(name, **more), dt.date(2026, 1, 31))
    return {month: value for month, value in found.row(id_, "x").items() if not isinstance(value, str)}


@pytest.mark.parametrize("name", ZH_FILES)
def test_chinese_files_of_all_encodings_give_the_same_figures(tmp_path, name):
    npl = "sum(数值) filter (where 指标 = '不良贷款率')"
    users = "sum(数值) filter (where 指标 = '月活跃用户数')"

    assert values(tmp_path, name, "card", sql=npl, **CHINESE) == {"2024-01": 1.98, "2024-02": 2.05, "2024-03": 2.17}
    assert values(tmp_path, name, "cash", sql=users, **CHINESE) == {"2024-01": 1234, "2024-02": 1301, "2024-03": 1288}


def test_a_sheet_with_a_total_a_note_and_blank_rows_is_read_when_they_are_named(tmp_path):
    name = "excel_trailing_total_and_blank.csv"

    assert values(tmp_path, name, "card", ignore_rows=["Total", "Source:*"]) == {"2024-01": 10, "2024-02": 20}


def test_a_table_of_a_header_only_has_no_figures(tmp_path):
    assert values(tmp_path, "header_only.csv", "card") == {}


def test_extreme_values_are_read_as_floats_where_infinity_is_declared_missing(tmp_path):
    wide = {"columns": {"value": "float", "target": "float"}, "na": ["", "inf", "-inf", "nan"]}

    assert values(tmp_path, "values_extreme.csv", "loan", **wide) == {"2024-01": 1e308}
    assert values(tmp_path, "values_extreme.csv", "cash", **wide) == {
        "2024-01": 0.1,
        "2024-02": 0.30000000000000004,
        "2024-03": 0.3,
    }


MONTHS = "but most periods here are a month"
# What is refused: the place in the file and a part of each message, in the order of the places.
TOLD = {
    "crlf_in_cell.csv": [("2:1", "the product 'Cards (retail)' is not declared")],
    "dup_rows_unsorted_gaps.csv": [
        ("4", "the same row of product 'A' for 2024-01 as line 3; it counts once"),
        ("7", "a second row of product 'B' for 2024-02; the first is line 6"),
    ],
    "duplicate_header.csv": [("1", "the column 'value' stands twice, as column 3 and 4")],
    "empty.csv": [("1", "there is no header")],
    "excel_errors.csv": [
        ("2:15", "'#DIV/0!' is a spreadsheet's error"),
        ("4:15", "column 'value' is in per cent in some rows only"),
        ("6:15", "'n/a' is not a number"),
    ],
    "excel_sep_line.csv": [(f"{line}:15", "Is it a decimal comma?") for line in (3, 4, 5)],
    "nul_byte.csv": [("2", "a NUL byte stands in the file")],
    "periods_many_styles.csv": [
        ("6:7", "'May 2024' is not a period"),
        ("7:7", "'06/2024' is not a period"),
        *((f"{line}:7", MONTHS) for line in (8, 9, 10, 11, 12)),
        ("13:10", "'2022/23' is not a period"),
        ("14:10", MONTHS),
        ("15:10", MONTHS),
    ],
    "product_names_hostile_1.csv": [
        (f"{line}:1", "the row names no product" if line == 12 else "is not declared") for line in range(2, 32, 2)
    ],
    "ragged.csv": [("3", "this row has 2 fields, the header has 3"), ("4", "this row has 5 fields, the header has 3")],
    "unclosed_quote.csv": [("3", "a quoted text is never closed")],
    "values_extreme.csv": [
        ("1", "nothing uses the column 'target'"),
        ("5:11", "'1e308' has more than 26 digits"),
        *((f"{line}:11", "is not a number") for line in (6, 7, 8)),
    ],
    "whitespace_only.csv": [("1", "there is no header")],
}


@pytest.mark.parametrize("name", sorted(TOLD))
def test_handmade_files_are_refused_with_their_places(tmp_path, name):
    found = messages(tmp_path, name)

    assert [line.partition(": ")[0] for line in found] == [f"{name}:{place}" for place, _ in TOLD[name]]
    assert [part in line for line, (_, part) in zip(found, TOLD[name], strict=True)] == [True] * len(found)


def test_every_handmade_table_is_spoken_of(tmp_path):
    read = {*ZH_FILES, "excel_trailing_total_and_blank.csv", "header_only.csv"}

    assert set(files("handmade", "csv")) == read | set(TOLD)


@pytest.mark.parametrize("name", [*files("handmade", "yaml"), *files("handmade", "json")])
def test_declarations_that_are_none_are_refused_with_their_places(tmp_path, name):
    (tmp_path / "site.yaml").write_bytes((NASTY / "handmade" / name).read_bytes())
    problems = Problems()

    with pytest.raises(AuthorError) as caught:
        read_site(tmp_path / "site.yaml", problems)
        problems.stop_if_any()

    assert all(PLACE.fullmatch(str(problem)) for problem in caught.value.problems)


def test_json_is_no_table_and_is_refused(tmp_path):
    for name in files("handmade", "json"):
        (problem, *_) = messages(tmp_path, name)
        assert "the header lacks the column" in problem
