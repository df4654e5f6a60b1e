"""What a notebook can do: the same as the site, as tables."""

import math

import pytest

from kpisite import api
from kpisite.errors import AuthorError
from tests.conftest import ROOT, copy_site

CASE = ROOT / "tests" / "sites" / "english-only"


@pytest.fixture
def site(tmp_path):
    return copy_site(CASE, tmp_path / "site") / "site.yaml"


def test_a_report_comes_as_tables(site):
    report = api.evaluate(site)

    table = api.results(report).set_index(["product", "indicator", "period"])
    scores = api.scores(report).set_index(["product", "family", "period"])

    assert table.loc[("card", "csat", "2025-06"), "value"] == 100 * 97 / 117
    assert table.loc[("loan", "breaches", "2025-03"), "status"] == "red"
    assert math.isnan(table.loc[("card", "growth", "2024-01"), "value"])
    assert table.loc[("card", "growth", "2024-01"), "reason"] == "no-history"
    assert scores.loc[("bank", "composite", "2025-06"), "coverage"] == 1
    assert api.actions(report).empty


def test_building_from_a_notebook_writes_beside_the_site(site):
    built = api.build(site)

    assert built.versions == 1
    assert (site.parent / "public" / "index.html").is_file()


def test_a_mistake_is_raised_with_its_place(site):
    site.write_text(site.read_text(encoding="utf-8").replace("happy / answers", "hapy / answers"), encoding="utf-8")

    with pytest.raises(AuthorError, match=r"site.yaml:\d+:\d+: error: .*hapy"):
        api.evaluate(site)


def test_a_figure_explains_itself_in_a_notebook(site):
    report = api.evaluate(site)

    found = api.explain(report, "card/csat@2025-06")

    assert found.value == 100 * 97 / 117
    assert found.arithmetic.text == "100 * 97 / 117"
    assert [use.rows for measure in found.measures for use in measure.uses] == [1, 1]
