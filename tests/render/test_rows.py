import math

from kpisite.periods import Grain
from kpisite.render.levels import levels
from kpisite.render.views.rows import judged_columns, longest
from tests.render.small import in_language


def test_a_shortened_list_says_so():
    e = in_language("en")
    assert longest(e, 5, 5) == ""
    assert "5" in longest(e, 5, 12)
    assert "12" in longest(e, 5, 12)


def test_no_rows_are_five_empty_columns():
    assert judged_columns(()) == ((),) * 5


def test_levels_are_the_rounded_numbers_of_each_figure():
    e = in_language("en")
    card = next(s for s, subject in enumerate(e.report.subjects) if subject.id == "card")
    found, now = levels(e, card, Grain.MONTH), e.board.now
    overdue, csat = (found.rows[e.report.indicators.index(id_)] for id_ in ("overdue", "csat"))
    assert (found.values[overdue, now], found.targets[overdue, now]) == (345, 280)
    assert math.isnan(found.values[csat, now])
    margin = found.rows[e.report.indicators.index("margin")]
    assert (found.targets[margin, now], found.highs[margin, now]) == (70, 100)
    assert levels(e, card, Grain.MONTH) is found
