"""Why a composite moved, as the scorecard tells it."""

import re
from itertools import pairwise

import pytest

from kpisite.release.store import read_releases
from kpisite.render.views.reasons import of_period, of_release
from kpisite.render.views.why import MOST_PARTS
from tests.conftest import ROOT
from tests.render.reading import rows
from tests.render.small import in_language


@pytest.fixture(scope="module")
def releases():
    return read_releases(ROOT / "releases")


def tenths(text):
    return round(float(text.replace("−", "-").replace("+", "")) * 10)


def product(e, id_):
    return e.report.subject(id_)


def test_the_points_in_the_table_and_in_the_chart_sum_to_the_printed_change(releases):
    told = 0
    for report in releases:
        e = in_language("en", report)
        for s in e.board.products:
            why = of_period(e, s)
            *parts, total = rows(why.table.table)
            assert sum(tenths(row[2]) for row in parts) == tenths(total[2])
            start, end = total[3].split(" → ")
            assert tenths(end) - tenths(start) == tenths(total[2])
            shown = re.findall(r'class="value [a-z]+"[^>]*>([^<]+)<', why.chart)
            if shown:
                assert sum(tenths(one) for one in shown[1:-2]) == tenths(shown[-2]) == tenths(total[2])
                assert tenths(shown[0]) + tenths(shown[-2]) == tenths(shown[-1])
                assert len(shown) <= MOST_PARTS + 4
                told += 1

    assert told > 20


def test_the_largest_part_comes_first(releases):
    e = in_language("en", releases[-1])

    *parts, _ = rows(of_period(e, product(e, "credit-card")).table.table)

    sizes = [abs(tenths(row[2])) for row in parts]
    assert all(one >= two - 1 for one, two in pairwise(sizes))


def test_a_restated_figure_is_told_against_the_release_before(releases):
    october, november = releases[1], releases[2]
    e = in_language("en", november)

    why = of_release(e, product(e, "sme-loan"), october)

    assert why.title == "Oct 2025, as version 2025-10 said it and as it is known now"
    first = rows(why.table.table)[0]
    assert first[:2] == ["Non-performing loan ratio", "restated"]
    assert first[3] == "1.45% → 1.66%"


def test_where_the_release_before_said_the_same_there_is_nothing_to_tell(releases):
    e = in_language("en", releases[2])

    assert of_release(e, product(e, "mortgage"), releases[1]) is None
    assert of_release(e, product(e, "mortgage"), None) is None


def test_both_languages_tell_the_same_numbers(releases):
    zh, en = (in_language(lang, releases[-1]) for lang in ("zh", "en"))

    for s in en.board.products:
        texts = [of_period(e, s).text for e in (zh, en)]
        found = [re.findall(r"[+−]?\d+\.\d", text) for text in texts]
        assert found[0] == found[1]
        assert found[0]
