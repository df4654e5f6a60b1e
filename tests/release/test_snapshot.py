"""A report survives being written as text, to the last digit; equal reports are equal bytes."""

import csv
import dataclasses
import io
import json

import numpy as np
import pytest

from kpisite.load.facts import FileFact, Fix, LeftOut, SourceFact
from kpisite.periods import Grain
from kpisite.release.snapshot import content_hash, freeze, thaw
from tests.factories import a_report, a_site, an_indicator
from tests.release.report_equal import differences

INDICATORS = {
    "csat": an_indicator(
        "customers", sample={"measure": "answers", "least": 30}, name={"zh": "客户满意度", "en": "CSAT"}
    ),
    "npl-ratio": an_indicator("risk", direction="lower", limit={"value": 5, "side": "max"}, decimals=2),
    "ftp-margin": an_indicator("money", direction="range", decimals=0),
    "attainment": an_indicator("house", builtin="target-attainment-rate"),
}
PRODUCTS = {
    "loan": {
        "name": {"zh": "小微企业贷款", "en": "SME loan"},
        "key": {
            "npl-ratio": [
                {"weight": 40, "target": 1.6, "tolerance": 0.25, "rationale": {"zh": "同业，第一", "en": 'Peers, "best"'}},
                {
                    "weight": 45, "target": 1.5, "from": "2025-11", "path": "linear", "by": "2025-12", "owner": "Li, Wei",
                    "baseline": {"period": "2025-10", "value": 1.6}, "approved_by": "Board", "approved_on": "2025-10-30",
                    "rationale": "{as in the plan}",
                },
            ],
            "ftp-margin": {"weight": 60, "target": [70, 100.5], "tolerance": 10},
        },
        "monitor": ["csat"],
    },
    "card": {"line": "corporate", "key": {"csat": {"weight": 100, "target": 86, "tolerance": 3}}},
}  # fmt: skip
PLAN = {
    "title": {"zh": "降低不良", "en": "Fewer bad loans"},
    "product": "loan",
    "indicators": ["npl-ratio"],
    "owner": "Li",
    "opened": "2025-03-01",
    "actions": {
        "b-2": {"title": "Call", "owner": "Li", "start": "2025-03-01", "due": "2025-09-30", "done": "2025-08-31"},
        "a-1": {"title": "Sell", "owner": "Wang", "start": "2025-03-01", "due": "2026-09-30", "progress": 12.5},
    },
    "reviews": [{"on": "2025-11-30", "verdict": "effective", "decision": "standardise"}],
}
REVIEW = {
    "release": "2025-11",
    "product": "loan",
    "role": "head",
    "person": "Wang",
    "on": "2025-12-10",
    "verdict": "signed",
}
GRAINS = ("ytd", "month", "quarter", "half", "year")
VALUES = {
    "loan": {
        "npl-ratio": {"2025-10": 1.2000000000000002, "2025-11": 1e-07, "2025-12": 5.5, "2025-Q4": 1 / 3, "2025": 1e22},
        "ftp-margin": {"": -0.0, "2025-10": "zero-denominator"},
        "csat": 90.25,
    },
    "card": {"csat": {"": 86, "2025-11": "not-due"}},
    "bank": {"npl-ratio": {"2025-12": 2.0}},
}
FIXES = (Fix("decoded", 1), Fix("thousands", 7))
LEFT = (LeftOut("total-row", 2, (4, 9), "合计"),)
SOURCES = (
    SourceFact(
        "monthly",
        (
            FileFact("data/a.csv", "00ff", "utf-8", 12, 400, delimiter=",", newest="2025-09"),
            FileFact(
                "data/中文.csv", "11", "gb18030", 3, 90, delimiter=";", newest="2025-08", fixes=FIXES, left_out=LEFT
            ),
            FileFact("data/a.xlsx", "22", "", 3, 9000, "xlsx", sheet="月报", newest="2025-09"),
        ),
    ),
)


def report(values=VALUES, *, as_of="2025-12-31", vintage=739000, **more):
    site = a_site(
        PRODUCTS,
        INDICATORS,
        grains=GRAINS,
        history=12,
        plans={"p-1": PLAN},
        reviews=[REVIEW],
        bank={"key": {"attainment": {"weight": 0, "target": 75, "tolerance": 10}}},
        bodies={"products/loan": {"zh": "# 说明\n\n第一行\r\n", "en": ""}, "plans/p-1": {"zh": "text"}},
        **more,
    )
    samples = {"loan": {"csat": 12}, "card": {"csat": 400}}
    return a_report(site, values, as_of=as_of, samples=samples, sources=SOURCES, vintage=vintage)


@pytest.fixture(scope="module")
def files():
    return freeze(report(), previous="2025-11")


def test_a_thawed_report_is_the_report(files):
    thawed = thaw(files)

    assert differences(report(), thawed) == []
    assert thawed.frozen


def test_freezing_again_gives_the_same_bytes(files):
    assert freeze(thaw(files), previous="2025-11") == files


def test_a_report_on_a_fiscal_calendar_survives():
    one = report(report={"fiscal_year_starts": 7})

    assert differences(one, thaw(freeze(one))) == []


def test_a_report_without_any_figures_survives():
    one = a_report(a_site({}, {}, grains=("month", "year")), {})

    assert differences(one, thaw(freeze(one))) == []


def test_the_hash_does_not_change_by_being_frozen(files):
    recorded = json.loads(files["release.json"])["content_hash"]

    assert recorded == content_hash(report()) == content_hash(thaw(files))
    assert recorded.startswith("sha256:")


def test_the_hash_changes_with_every_figure_and_declaration(files):
    one = content_hash(report())

    assert content_hash(report(VALUES | {"bank": {"npl-ratio": {"2025-12": 2.0000000000000004}}})) != one
    assert content_hash(report(scoring={"cap": 100})) != one
    assert content_hash(report(vintage=0)) != one


def test_signing_a_release_does_not_change_what_was_signed():
    one = report()
    reviews = (*one.site.reviews, *one.site.reviews)
    signed = dataclasses.replace(one, site=one.site.model_copy(update={"reviews": reviews}))

    assert content_hash(signed) == content_hash(one)
    assert freeze(signed) != freeze(one)


def test_the_hash_does_not_depend_on_how_the_report_was_asked_for():
    one = content_hash(report())

    assert content_hash(report(report={"version": "2025-12", "as_of": "2025-12-31", "through": "2025-12"})) == one
    assert content_hash(report(report={"title": {"zh": "年报", "en": "Annual report"}})) == one
    assert content_hash(report(as_of="2026-01-01")) != one


def test_titles_survive_in_all_languages():
    one = report(report={"title": {"zh": "年报", "en": "Annual report"}})

    assert thaw(freeze(one)).site.report.title.in_("zh") == "年报"
    assert differences(one, thaw(freeze(one))) == []


def test_a_release_says_what_it_is(files):
    head = json.loads(files["release.json"])

    assert [head[name] for name in ("version", "period", "as_of", "previous")] == [
        "2025-12",
        "2025-12",
        "2025-12-31",
        "2025-11",
    ]
    assert head["inputs"][0]["newest"] == "2025-09"
    assert head["inputs"][0]["files"][1] == {
        "path": "data/中文.csv",
        "sha256": "11",
        "format": "csv",
        "bytes": 90,
        "encoding": "gb18030",
        "delimiter": ";",
        "rows": 3,
        "newest": "2025-08",
        "fixes": {"decoded": 1, "thousands": 7},
        "left_out": [{"reason": "total-row", "label": "合计", "rows": 2, "lines": [4, 9]}],
    }
    assert set(head["files"]) == set(files) - {"release.json"}


def test_the_files_are_those_of_the_contract(files):
    assert sorted(files) == [
        "actions.csv",
        "axes.json",
        "definitions.json",
        "outlook/bank.csv",
        "outlook/card.csv",
        "outlook/line-corporate.csv",
        "outlook/line-retail.csv",
        "outlook/loan.csv",
        "plans/p-1.json",
        "release.json",
        "reviews/reviews.json",
        "scores.csv",
        "signals/bank.csv",
        "signals/card.csv",
        "signals/line-corporate.csv",
        "signals/line-retail.csv",
        "signals/loan.csv",
        "targets.csv",
        "texts/plans/p-1.zh.md",
        "texts/products/loan.en.md",
        "texts/products/loan.zh.md",
        "values/bank.csv",
        "values/card.csv",
        "values/line-corporate.csv",
        "values/line-retail.csv",
        "values/loan.csv",
        "warnings.csv",
    ]
    columns = "id,rule,severity,product,indicator,raised,cleared,value,threshold,breach,chance,detail"
    assert files["warnings.csv"].splitlines()[0] == columns


def test_values_are_one_line_a_cell(files):
    lines = files["values/loan.csv"].splitlines()
    rows = {(row["indicator"], row["period"]): row for row in csv.DictReader(io.StringIO(files["values/loan.csv"]))}

    assert lines[0].startswith("indicator,period,value,target,status,score,attainment,signal,reason,vintage,")
    assert rows["ftp-margin", "2025-12"]["target"] == "70..100.5"
    assert rows["ftp-margin", "2025-12"]["value"] == "0"
    assert rows["ftp-margin", "2025-10"]["reason"] == "zero-denominator"
    assert rows["npl-ratio", "2025-Q4"]["value"] == "0.3333333333333333"
    assert rows["npl-ratio", "2025-12"]["over_limit"] == "yes"
    assert rows["npl-ratio", "2025-12"]["vintage"] == "2024-04-24"
    assert rows["csat", "2025-12"]["small"] == "yes"
    assert all((row["value"] == "") == (row["reason"] != "") for row in rows.values())


def test_only_what_a_subject_carries_is_written(files):
    carried = {line.split(",")[0] for line in files["values/card.csv"].splitlines()[1:]}

    assert carried == {"csat"}


def test_lines_stand_in_a_stable_order(files):
    rows = [line.split(",")[:2] for line in files["values/loan.csv"].splitlines()[1:]]
    labels = [label for indicator, label in rows if indicator == "csat"]

    assert [indicator for indicator, _ in rows] == sorted(indicator for indicator, _ in rows)
    assert labels[:12] == [f"2025-{month:02d}" for month in range(1, 13)]
    assert labels[12:19] == ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2025-H1", "2025-H2", "2025"]
    assert labels[19] == "2025-01 YTD"


def test_a_new_month_only_adds_lines():
    def lines(period, history):
        site = a_site(PRODUCTS, INDICATORS, period=period, history=history, grains=GRAINS)
        return freeze(a_report(site, VALUES))

    before, after = lines("2025-11", 11), lines("2025-12", 12)

    for path in ("values/loan.csv", "values/card.csv", "values/bank.csv", "scores.csv"):
        rest = iter(after[path].splitlines())
        assert all(line in rest for line in before[path].splitlines()), path
        assert len(after[path]) > len(before[path])


def test_scores_that_nothing_is_due_for_are_left_out(files):
    rows = list(csv.DictReader(io.StringIO(files["scores.csv"])))

    assert ("card", "risk") not in {(row["product"], row["family"]) for row in rows}
    assert {row["family"] for row in rows if row["product"] == "card"} == {"customers", "composite"}


def test_everything_is_text_without_surprises(files):
    for path, text in files.items():
        if not path.startswith("texts/"):
            assert text.endswith("\n"), path
            assert "\r" not in text, path
            assert ",nan" not in text, path


def test_declarations_are_written_in_the_order_in_which_they_were_made(files):
    definitions = json.loads(files["definitions.json"])

    assert list(definitions["products"]) == ["loan", "card"]
    assert "places" not in definitions
    assert "客户满意度" in files["definitions.json"]
    assert list(json.loads(files["plans/p-1.json"])["actions"]) == ["b-2", "a-1"]


def test_figures_of_each_grain_are_arrays_of_their_own(files):
    figures = thaw(files).figures[Grain.MONTH]

    assert figures.value.base is None
    assert figures.value.flags["C_CONTIGUOUS"]
    assert np.isnan(figures.value).any()
