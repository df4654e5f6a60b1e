"""The page of data quality, and the part of a figure's page that tells how it came about."""

import json
import re

import pytest

from kpisite.publish.exports import exports
from kpisite.render.board import board
from kpisite.render.edition import edition
from kpisite.render.theme import load_theme
from kpisite.render.views.figure import figure_page
from kpisite.render.views.quality import data_quality
from tests.conftest import ROOT
from tests.evaluate.explained import measured
from tests.evaluate.test_soundness import rows as delivered
from tests.evaluate.test_soundness import the_site


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    import datetime as dt

    return measured(tmp_path_factory.mktemp("bank"), the_site(), delivered(), dt.date(2026, 1, 15))


@pytest.fixture(scope="module")
def theme():
    return load_theme(ROOT)


def texts(table):
    """The rows of a table without their tags."""
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in str(table.body).split("\n")
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_languages_show_the_same_numbers(report, theme, language):
    page = data_quality(edition(board(report), language, theme.texts))

    assert [re.findall(r"\d+", fact.value)[:2] for fact in page.summary] == [
        ["5", "6"],
        ["3", "3"],
        ["1", "2"],
        ["2", "35"],
    ]
    assert [row[1] for row in texts(page.products)] == ["2", "2", "2"]
    assert len(texts(page.complete)) == 12
    assert [row[0] for row in texts(page.principles)] == [f"P{n}" for n in range(1, 12)]


def test_the_page_agrees_with_the_figure_of_family_ten():
    from kpisite.evaluate.soundness import soundness
    from kpisite.release.store import read_releases

    for frozen in read_releases(ROOT / "releases"):
        figures = frozen.figures["month"]
        bank, i = frozen.subject("bank"), frozen.indicator("data-completeness")

        assert 100 * soundness(frozen).delivered.ratio == figures.value[bank, i, frozen.now()]


def test_control_totals_say_whether_they_are_kept(report, theme):
    page = data_quality(edition(board(report), "en", theme.texts))

    assert [row[2:] for row in texts(page.controls)] == [
        ["Nov 2025", "n/a", "306", "", "0.5", "a product is missing"],
        ["Oct 2025", "305.7", "307", "−1.3", "0.5", "failed"],
        ["Sep 2025", "305.4", "305.4", "0", "0.5", "kept"],
    ]


def test_every_file_stands_with_its_hash(report, theme):
    page = data_quality(edition(board(report), "en", theme.texts))

    (row,) = texts(page.files)
    assert row[0] == "monthly.csv"
    assert re.fullmatch(r"[0-9a-f]{64}", row[-1])


def test_the_page_prints_in_both_languages(report, theme):
    for language in ("zh", "en"):
        html = theme.text(data_quality(edition(board(report), language, theme.texts)), language)
        assert 'id="controls"' in html and 'id="bcbs"' in html


def test_principles_tell_what_there_is_and_no_more(report, theme):
    """Nobody owns anything in this bank, and nobody has signed."""
    page = data_quality(edition(board(report), "en", theme.texts))
    said = {row[0]: row[2:] for row in texts(page.principles)}

    assert said["P1"][0].startswith("an owner is named for 0 of 2 indicators, 0 of 1 sources and 0 of 3 targets")
    assert said["P11"] == [
        "0 of 3 products of this version are signed; each scorecard says by whom, and the list of versions how many",
        "Products",
    ]


def test_programs_get_the_same_facts(report):
    found = json.loads(exports(report)["quality.json"])

    assert found["summary"]["delivered"] == {"part": 5, "whole": 6, "share": 5 / 6}
    assert [control["state"] for control in found["controls"]] == ["kept", "failed", "open"]
    assert found["sources"][0]["punctual"][5]["late"] == 1
    assert found["files"][0]["files"][0]["path"] == "monthly.csv"


def test_a_figure_tells_its_arithmetic_and_folds_the_rest(report, theme):
    e = edition(board(report), "en", theme.texts)
    page = figure_page(e, report.subject("loan"), report.indicator("cost"))

    facts = {fact.label: re.sub(r"<[^>]+>", "", fact.value) for fact in page.arithmetic}
    assert facts["Formula in force"] == "100 * opex / revenue"
    assert facts["With the numbers"] == "100 * 41 / 102.1"
    assert facts["Result, unrounded"] == "40.156709108716946"
    assert [step.key for step in page.steps] == ["measures", "target", "rules", "composite"]
    assert [step.open for step in page.steps] == [True, False, False, False]
    assert texts(page.steps[0].table)[0][3:5] == ["41", "1"]
    assert page.files.href == "../../../data-quality/index.html#read"
