"""The tables of why a ratio moved: rounded effects add up to the displayed change, in both languages."""

import re

import pytest

from kpisite.render.board import board
from kpisite.render.edition import edition
from kpisite.render.views.effects import mix_effects, ratio_effects, rollup_effects
from tests.evaluate.test_demo_signals import demo_of
from tests.render.reading import rows
from tests.render.small import TEXTS


@pytest.fixture(scope="module")
def both():
    shared = board(demo_of("2025-12"))
    return tuple(edition(shared, lang, TEXTS) for lang in ("zh", "en"))


def tenths(text):
    return round(float(re.sub(r"[^\d.−+]", "", text).replace("−", "-")) * 1000)


def test_the_effects_of_numerator_and_denominator_add_up(both):
    for e, together in zip(both, ("合计", "Together"), strict=True):
        s, i = e.report.subject("credit-card"), e.report.indicator("overdue-30d-ratio")
        found = rows(ratio_effects(e, s, i))

        assert [row[1] for row in found][2::3] == [together, together]
        assert "9.160" in found[3][2] or "916.0" in found[3][2]  # the balance in the data, not a hundred times of it
        for first, second, whole in zip(found[0::3], found[1::3], found[2::3], strict=True):
            assert tenths(first[-1]) + tenths(second[-1]) == tenths(whole[-1])
            assert tenths(whole[3]) - tenths(whole[2]) == tenths(whole[-1])


def test_the_effects_of_products_and_shares_add_up(both):
    for e in both:
        i = e.report.indicator("npl-ratio")
        whole = (e.board.bank, e.report.subject("line:retail"))
        for s, table in zip(whole, (mix_effects(e, s, i) for s in whole), strict=True):
            found = rows(table)

            assert len(found) > 2
            assert {row[0] for row in found[:-1]} <= {e.subjects[p] for p in e.report.subjects[s].members}
            for side in (1, 2):
                assert sum(tenths(row[side]) for row in found[:-1]) == tenths(found[-1][side])


def test_the_bank_and_its_lines_tell_why_a_ratio_moved_in_the_same_tables(both):
    for e in both:
        found = rollup_effects(e, e.report.indicator("npl-ratio"))

        assert [(one.title, one.open) for one in found] == [
            (e.subjects[e.board.bank], True),
            (e.subjects[e.report.subject("line:retail")], False),
        ]  # the other lines have one product with bad loans, whose own page tells
        for one in found:
            products, sides = (rows(table) for table in one.tables)
            assert sum(tenths(cell) for cell in products[-1][1:]) == tenths(sides[-1][-1])
        ids = [table.id for one in found for table in one.tables]
        assert ids == ["mix-effects", "ratio-effects", "mix-effects-retail", "ratio-effects-retail"]


def test_what_is_no_ratio_of_measures_is_not_split(both):
    e = both[0]
    assert ratio_effects(e, e.report.subject("credit-card"), e.report.indicator("nps")) is None
    assert mix_effects(e, e.board.bank, e.report.indicator("eva")) is None
    assert rollup_effects(e, e.report.indicator("eva")) == ()


def test_of_many_products_the_largest_effects_are_named_and_the_others_told_together(both, monkeypatch):
    for e, others in zip(both, ("其余{}个产品", "{} other products"), strict=True):
        everyone = rows(mix_effects(e, e.board.bank, e.report.indicator("npl-ratio")))
        with monkeypatch.context() as patch:
            patch.setattr("kpisite.render.views.effects.NAMED", 2)
            patch.setattr("kpisite.render.views.effects.LARGEST", 2)
            found = rows(mix_effects(e, e.board.bank, e.report.indicator("npl-ratio")))

        assert len(found) == 4 < len(everyone)
        assert found[2][0] == others.format(len(everyone) - 3)
        by_size = sorted(everyone[:-1], key=lambda row: -max(abs(tenths(cell)) for cell in row[1:]))
        assert {row[0] for row in found[:2]} == {row[0] for row in by_size[:2]}
        assert found[-1] == everyone[-1]
        for side in (1, 2):
            assert sum(tenths(row[side]) for row in found[:-1]) == tenths(found[-1][side])
