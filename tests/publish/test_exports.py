"""The version's data folder: columns as promised, nothing rounded, nothing that a spreadsheet would run."""

import csv
import hashlib
import io
import json

import pytest

from kpisite.publish.exports import exports, guarded
from kpisite.release.snapshot import freeze, thaw
from tests.factories import a_report, a_site, an_indicator

INDICATORS = {
    "csat": an_indicator("customers", name={"zh": "客户满意度", "en": "Satisfaction"}),
    "margin": an_indicator("money", direction="range"),
    "mau": an_indicator("money", across="none"),
}
PRODUCTS = {
    "card": {
        "name": {"zh": "信用卡", "en": "Credit card"},
        "key": {
            "csat": {"weight": 60, "target": 86, "tolerance": 3},
            "margin": {"weight": 40, "target": [70, 100], "tolerance": 10},
        },
        "monitor": ["mau"],
    },
    "loan": {"line": "corporate", "key": {"csat": {"weight": 100, "target": 80, "tolerance": 3}}},
}
PLAN = {
    "title": "Plan",
    "product": "card",
    "indicators": ["csat", "margin"],
    "owner": "Li",
    "opened": "2025-03-01",
    "actions": {
        "call": {
            "title": "Call, then write", "owner": '=HYPERLINK("x")', "start": "2025-03-01", "due": "2025-09-30",
            "done": "2025-08-31", "progress": 100, "practice": "m-1-1", "indicators": ["csat"],
        },
        "sell": {"title": "Sell", "owner": "Wang, Fang", "start": "2025-03-01", "due": "2025-09-30", "progress": 62.5},
    },
}  # fmt: skip
VALUES = {
    "card": {
        "csat": {"2025-11": 1 / 3, "2025-12": 86.4, "2025-Q4": 86},
        "margin": {"": 105},
        "mau": {"2025-12": 8.8e6},
    },
    "loan": {"csat": {"": "not-launched", "2025-12": "no-data"}},
    "bank": {"csat": {"2025-12": 86.4}},
}


@pytest.fixture(scope="module")
def report():
    site = a_site(
        PRODUCTS, INDICATORS, grains=("month", "quarter", "half", "year", "ytd"), history=12, plans={"p-1": PLAN}
    )
    return a_report(site, VALUES)


@pytest.fixture(scope="module")
def files(report):
    return exports(report)


def rows(files, name):
    return list(csv.DictReader(io.StringIO(files[name].decode())))


def result(files, *key):
    return next(row for row in rows(files, "results.csv") if (row["product"], row["indicator"], row["period"]) == key)


def test_the_files_are_those_of_the_contract(files):
    assert sorted(files) == [
        "actions.csv",
        "datapackage.json",
        "quality.json",
        "results.csv",
        "results.json",
        "scores.csv",
        "warnings.csv",
    ]


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("results.csv", "product,indicator,period,value,target,attainment,status,score,signal,reason"),
        ("scores.csv", "product,family,period,score,status,coverage,low,high,green,amber,red,grey"),
        ("warnings.csv", "id,rule,severity,product,indicator,raised,cleared,value,threshold"),
        ("actions.csv", "plan,action,product,indicators,owner,practice,start,due,done,progress,status"),
    ],
)
def test_columns_begin_as_promised(files, name, columns):
    header = files[name].decode().splitlines()[0]

    assert header == columns or header.startswith(columns + ",")


def test_a_figure_has_one_row_with_all_its_digits(files):
    row = result(files, "card", "csat", "2025-11")

    assert row == {
        "product": "card", "indicator": "csat", "period": "2025-11", "value": "0.3333333333333333", "target": "86",
        "attainment": repr(33 / 8600), "status": "red", "score": "0", "signal": "", "reason": "",
        "role": "key", "weight": "60", "provisional": "",
    }  # fmt: skip


def test_a_range_is_written_from_bound_to_bound(files):
    row = result(files, "card", "margin", "2025-12")

    assert (row["target"], row["value"], row["score"], row["status"]) == ("70..100", "105", "80", "amber")


def test_there_is_a_value_or_a_reason(files):
    found = rows(files, "results.csv")

    assert {row["reason"] for row in found} == {"", "no-data", "not-launched"}
    assert all((row["value"] == "") == (row["reason"] != "") for row in found)
    assert all(row["status"] in ("green", "amber", "red", "grey") for row in found)


def test_all_subjects_and_grains_are_there_once(files):
    found = rows(files, "results.csv")
    keys = [(row["product"], row["indicator"], row["period"]) for row in found]

    assert len(set(keys)) == len(keys)
    assert list(dict.fromkeys(row["product"] for row in found)) == [
        "card",
        "loan",
        "line:retail",
        "line:corporate",
        "bank",
    ]
    periods = [row["period"] for row in found if (row["product"], row["indicator"]) == ("card", "csat")]
    assert periods[11:20] == [
        "2025-12",
        "2025-Q1",
        "2025-Q2",
        "2025-Q3",
        "2025-Q4",
        "2025-H1",
        "2025-H2",
        "2025",
        "2025-01 YTD",
    ]
    assert not any(row["indicator"] == "mau" and row["product"] != "card" for row in found)


def test_scores_tell_coverage_bounds_and_counts(files):
    found = {(row["product"], row["family"], row["period"]): row for row in rows(files, "scores.csv")}
    row = found["card", "composite", "2025-12"]

    assert float(row["score"]) == pytest.approx(0.6 * (100 + 40 * 0.4 / 3) + 0.4 * 80)
    assert [row[name] for name in ("status", "coverage", "green", "amber", "red", "grey")] == [
        "green",
        "1",
        "1",
        "1",
        "0",
        "0",
    ]
    late = found["loan", "composite", "2025-12"]
    assert [late[name] for name in ("score", "status", "coverage", "low", "high", "grey")] == [
        "",
        "grey",
        "0",
        "0",
        "120",
        "1",
    ]
    assert found["loan", "composite", "2025-11"]["coverage"] == ""
    assert ("loan", "money", "2025-12") not in found


def test_actions_carry_their_derived_status(files):
    call, sell = rows(files, "actions.csv")

    assert (call["status"], call["done"], call["indicators"], call["practice"]) == (
        "done",
        "2025-08-31",
        "csat",
        "m-1-1",
    )
    assert (sell["status"], sell["done"], sell["indicators"], sell["progress"]) == ("late", "", "csat;margin", "62.5")
    assert sell["owner"] == "Wang, Fang"


def test_no_text_is_run_by_a_spreadsheet(files):
    assert rows(files, "actions.csv")[0]["owner"] == '\'=HYPERLINK("x")'
    assert [guarded(text) for text in ("@x", "-1", "Li - Wang")] == ["'@x", "'-1", "Li - Wang"]


def test_results_json_holds_the_reports_period(files):
    data = json.loads(files["results.json"])
    card = data["subjects"][0]

    assert [data[name] for name in ("version", "period", "as_of")] == ["2025-12", "2025-12", "2025-12-31"]
    assert data["indicators"]["csat"]["name"] == {"zh": "客户满意度", "en": "Satisfaction"}
    assert (card["id"], card["name"]["en"]) == ("card", "Credit card")
    assert card["composite"] == {
        "status": "green", "score": 95.2, "coverage": 1.0, "low": 95.2, "high": 95.2,
        "counts": {"grey": 0, "red": 0, "amber": 1, "green": 1},
    }  # fmt: skip
    assert card["figures"][1] == {
        "indicator": "margin", "role": "key", "value": 105.0, "reason": None, "target": [70.0, 100.0], "weight": 40.0,
        "status": "amber", "score": 80.0, "attainment": 0.95,
    }  # fmt: skip
    assert data["subjects"][1]["figures"][0]["reason"] == "no-data"


def test_results_json_is_one_figure_a_line(files):
    lines = files["results.json"].decode().splitlines()

    assert sum('"indicator": "csat"' in line for line in lines) == 5
    assert all(line.count('"indicator":') <= 1 for line in lines)


def test_the_package_describes_every_file(files):
    package = json.loads(files["datapackage.json"])
    resources = {one["path"]: one for one in package["resources"]}

    assert sorted(resources) == [
        "actions.csv",
        "quality.json",
        "results.csv",
        "results.json",
        "scores.csv",
        "warnings.csv",
    ]
    for path, one in resources.items():
        assert one["bytes"] == len(files[path])
        assert one["hash"] == f"sha256:{hashlib.sha256(files[path]).hexdigest()}"
    for path, one in resources.items():
        if path.endswith(".csv"):
            header = files[path].decode().splitlines()[0].split(",")
            assert [field["name"] for field in one["schema"]["fields"]] == header
            assert set(one["schema"]["primaryKey"]) <= set(header)


def test_every_cell_is_of_its_declared_type(files):
    package = json.loads(files["datapackage.json"])
    kinds = {"number": float, "integer": int, "string": str, "date": str, "list": str}

    for one in package["resources"]:
        if one["path"].endswith(".csv"):
            for row in rows(files, one["path"]):
                for field in one["schema"]["fields"]:
                    cell = row[field["name"]]
                    if cell:
                        kinds[field["type"]](cell)
                        assert cell in field.get("constraints", {}).get("enum", [cell])


def test_a_thawed_release_exports_the_same_bytes(report, files):
    assert exports(thaw(freeze(report))) == files


def test_a_site_without_anything_still_exports():
    files = exports(a_report(a_site({}, {}, grains=("month", "year"), history=1), {}))

    assert files["results.csv"].decode().count("\n") == 1
    assert json.loads(files["results.json"])["subjects"][0]["id"] == "bank"


def test_without_months_the_report_speaks_of_its_longer_period():
    report = a_report(a_site(PRODUCTS, INDICATORS, grains=("quarter",), history=3), VALUES)

    data = json.loads(exports(report)["results.json"])

    assert data["subjects"][0]["figures"][0]["value"] == 86
