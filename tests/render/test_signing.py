import pytest

from kpisite.render.signing import signed_products, signing
from kpisite.render.views.scorecard import scorecard
from kpisite.render.views.summary import summary
from tests.render.small import both, in_language, the_report, the_site

VERSION = "2025-12"


def a_review(person, on="2025-12-30", verdict="signed", release=VERSION, product="card", role="Risk"):
    return {"release": release, "product": product, "role": role, "person": person, "on": on, "verdict": verdict}


def reported(*reviews):
    return the_report(the_site(reviews=list(reviews)))


@pytest.mark.parametrize(
    ("reviews", "names", "whole"),
    [
        ([], [], False),
        ([a_review("Chen")], ["Chen"], False),
        ([a_review("Wu")], ["Wu"], True),
        ([a_review("Wu", "2025-12-31"), a_review("Chen", "2025-12-30")], ["Chen", "Wu"], True),
        ([a_review("Wu", on="2999-01-01")], [], False),
        ([a_review("Wu", release="2025-11")], [], False),
        ([a_review("Wu", product="app")], [], False),
        ([a_review("Wu", verdict="returned")], [], False),
        ([a_review("Wu", "2025-12-29", "returned"), a_review("Wu")], ["Wu"], True),
        ([a_review("Wu", "2025-12-29"), a_review("Wu", verdict="returned")], [], False),
        ([a_review("Wu"), a_review("Xu", verdict="returned")], ["Wu"], False),
    ],
)
def test_a_product_is_signed_by_four_eyes_by_the_day_of_the_report(reviews, names, whole):
    found = signing(reported(*reviews), "card")
    assert ([one.person for one in found.reviews], found.whole) == (names, whole)


def test_products_signed_are_counted():
    assert signed_products(reported(a_review("Wu"))) == (1, 2)


def test_scorecard_and_summary_say_who_signed():
    zh, en = both(reported(a_review("Wu"), a_review("Chen", product="app", on="2999-01-01")))
    place = {subject.id: s for s, subject in enumerate(zh.report.subjects)}
    card, app = place["card"], place["app"]
    assert {fact.label: fact.value for fact in scorecard(en, card).facts}["Signed"] == "Wu (Risk, 30 Dec 2025)"
    assert {fact.label: fact.value for fact in scorecard(zh, app).facts}["签署"] == "尚未签署"
    assert {fact.label: fact.value for fact in summary(en).completeness}["Signed"] == "1 of 2 products signed"


def test_a_site_without_reviews_says_nothing_of_signatures():
    e = in_language("en")
    assert "Signed" not in {fact.label for fact in summary(e).completeness}


def test_every_page_leads_to_the_own_pages():
    e = in_language("en")
    assert [link.href for link in scorecard(e, e.board.products[0]).pages] == ["../../pages/about/index.html"]
    assert [link.href for link in summary(e).pages] == ["pages/about/index.html"]
