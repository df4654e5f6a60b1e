"""The quality of a target on the page of its figure."""

import re

import pytest

from kpisite.render.views.smart import smart
from tests.conftest import ROOT
from tests.evaluate.test_lint import MONTHS, a_good_site, values
from tests.factories import a_report
from tests.render.reading import rows
from tests.render.small import TEXTS, in_language

FAR = {"target": 95, "by": "2026-03", "owner": "", "rationale": ""}


def panel(site, lang="en", given=None, i=0):
    e = in_language(lang, a_report(site, given or values()))
    return rows(smart(e, e.report.subject("card"), e.report.indicator(f"i-{i}")))


def test_a_good_target_meets_every_letter():
    assert [row[:2] for row in panel(a_good_site())] == [
        [letter, "✓ met"] for letter in ("Specific", "Measurable", "Achievable", "Relevant", "Time-bound")
    ]


def test_a_doubt_stands_beside_its_letter_with_what_was_found():
    found = {row[0]: row[1:] for row in panel(a_good_site(FAR))}

    assert found["Specific"] == ["? doubt", "Nobody is named as its owner."]
    assert found["Achievable"][0] == "? doubt"
    assert re.fullmatch(r"What is left in 3 periods is \d+\.\d times what .*", found["Achievable"][1])
    assert found["Measurable"] == ["✓ met", ""]


def test_a_doubt_of_another_figure_is_not_told():
    assert {row[1] for row in panel(a_good_site(FAR), i=1)} == {"✓ met"}


def test_an_accepted_doubt_counts_as_met_and_gives_its_reason():
    ignore = {"ignore": [{"rule": "T-S1", "where": "card/i-0", "reason": "The board owns it"}]}

    specific = panel(a_good_site({"owner": ""}, lint=ignore))[0]

    assert specific == ["Specific", "✓ met", "Nobody is named as its owner. Accepted: The board owns it"]


def test_both_languages_tell_the_same_numbers():
    swinging = values(i_0={label: 87.0 + (10 if n % 2 else 0) for n, label in enumerate(MONTHS)})
    site = a_good_site({"tolerance": 4.9, "baseline": {"period": "2024-12", "value": 95}})

    zh, en = (panel(site, lang, swinging) for lang in ("zh", "en"))

    numbers = [[re.findall(r"\d+(?:\.\d+)?", row[2]) for row in found[:4]] for found in (zh, en)]
    assert numbers[0][1] == numbers[1][1] == ["4.90", "10.00"]
    assert numbers[0][3] == numbers[1][3] == ["90.00", "95.00"]


def test_a_watched_figure_has_no_panel():
    site = a_good_site(product={"monitor": []})
    e = in_language("en", a_report(site, values()))

    assert smart(e, e.report.subject("bank"), 0) is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_of_doubt_has_its_sentence(lang):
    sources = "".join(
        (ROOT / "kpisite" / "evaluate" / f"{module}.py").read_text(encoding="utf-8")
        for module in ("lint_targets", "lint_figures")
    )
    kinds = set(re.findall(r'"(?:error|warning)", "([a-z-]+)"', sources)) | {"stretch", "unheard", "unlikely"}

    assert kinds == set(TEXTS[lang]["smart"]["kinds"])
